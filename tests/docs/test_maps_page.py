"""The steps of docs/maps.md, done on the page as a reader would, give what the document says."""

import re
from pathlib import Path

import pytest

from vawg_geo.publish.edition import write_edition
from vawg_geo.publish.page.pages import write_pages
from vawg_geo.results.results import results_of

pytestmark = pytest.mark.long

PAGE = Path(__file__).resolve().parents[2] / "docs/maps.md"
POLICE = "Violence and sexual offences, August 2019"


@pytest.fixture(scope="module")
def ward_map(tmp_path_factory, chromium, default_edition):
    """The default's map of wards in a browser that resolves no name."""
    folder = tmp_path_factory.mktemp("pages")
    results = results_of(default_edition("public"))
    write_edition(results, folder, writers=[write_pages])
    page = chromium.new_page()
    page.goto((folder / "index.html").as_uri())
    page.get_by_role("link", name="Map of wards").click()
    page.get_by_role("radio", name=POLICE).check()
    page.get_by_role("combobox", name="Find").fill("Fenland")
    page.get_by_role("option", name="Whole district").click()
    yield page
    page.close()


def choose(page, area):
    page.locator("#vawg-table").get_by_role("button", name=area, exact=True).click()
    return re.sub(r"\s+", " ", page.locator("#vawg-detail").inner_text())


def document():
    return re.sub(r"\s+", " ", PAGE.read_text("utf-8").replace("> ", ""))


@pytest.mark.promise
@pytest.mark.browser
def test_the_answer_in_the_document_is_the_one_on_the_page(ward_map):
    """The documentation answers a new user's question step by step, and the answer is the page's."""
    rows = ward_map.locator("#vawg-table tbody tr")
    first = re.sub(r"\s+", " ", rows.first.inner_text())
    assert rows.count() == 24
    assert first.startswith("Medworth Fenland 12.9 8.8 to 18.2 32")
    assert first.endswith("Shown")
    said = choose(ward_map, "Medworth")
    sentence = re.search(r"Medworth’s rate.*?unusually high\.", said)[0]
    assert sentence in document()
    assert "8.8 to 18.2" in said
    assert "2,485" in said
    assert "2.7 to 9.8" in rows.nth(1).inner_text()
    assert rows.nth(1).inner_text().startswith("Clarkson")
    assert "Hidden" not in ward_map.locator("#vawg-key").inner_text()


@pytest.mark.browser
def test_the_hidden_wards_of_the_document_are_those_of_the_page(ward_map):
    ward_map.get_by_role("radio", name="Domestic abuse crimes").check()
    hidden = ward_map.locator("#vawg-table tbody tr", has_text="Hidden to protect people")
    names = [row.split("\t")[0].strip() for row in hidden.all_inner_texts()]
    assert names == ["Manea", "Peckover"]
    said = choose(ward_map, "Manea")
    sentence = re.search(r"The figure for Manea is hidden.*?nothing happened\.", said)[0]
    assert sentence in document()
