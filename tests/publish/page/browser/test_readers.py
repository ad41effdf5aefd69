"""Eleven questions that readers come with: each answered in three clicks, by mouse and by keyboard.

Everything is found by what a reader sees or hears: names of controls and texts. Typing a name is no
click, choosing from what is found is one; by keyboard, what is counted is what is set off, and every
control is come to by the Tab and arrow keys alone.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from tests.publish.page.browser.figures import pages_of
from tests.publish.page.years import results_over_time
from vawg_geo.publish.page.html import build_map, write_html

pytestmark = [pytest.mark.browser, pytest.mark.long]

MOST = 3
SEARCH = re.compile(r"^Find a ")
ACTIVE = "at => at === document.activeElement"
# A group of radio buttons is one stop.
BESIDE = """at => { const now = document.activeElement;
  return at === now || at.type === "radio" && now.type === "radio" && now.name === at.name; }"""


# Which way it is from here to there.
BEFORE = """at => Boolean(document.activeElement.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_PRECEDING)
  && document.activeElement !== document.body"""


class Mouse:
    """A reader with a mouse."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def press(self, role, name):
        self.page.get_by_role(role, name=name).first.click()
        self.clicks += 1

    def type(self, text):
        self.page.get_by_role("combobox", name=SEARCH).fill(text)

    def take(self, name):
        self.page.get_by_role("option", name=re.compile(name)).first.click()
        self.clicks += 1


class Keys(Mouse):
    """A reader with a keyboard and nothing else."""

    def _reach(self, target):
        for _ in range(120):
            self.page.keyboard.press("Shift+Tab" if target.evaluate(BEFORE) else "Tab")
            if target.evaluate(BESIDE):
                return
        pytest.fail(f"never reached: {target}")

    def press(self, role, name):
        target = self.page.get_by_role(role, name=name).first
        self._reach(target)
        if role == "radio":
            for _ in range(12):
                if target.is_checked():
                    break
                self.page.keyboard.press("ArrowDown")
            assert target.is_checked()
        else:
            assert target.evaluate(ACTIVE)
            self.page.keyboard.press("Space" if role == "checkbox" else "Enter")
        self.clicks += 1

    def type(self, text):
        field = self.page.get_by_role("combobox", name=SEARCH)
        self._reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def take(self, name):
        for _ in range(12):
            here = self.page.locator("[role=option][aria-selected=true]")
            if re.search(name, " ".join(here.inner_text().split())):
                break
            self.page.keyboard.press("ArrowDown")
        else:
            pytest.fail(f"not in the list: {name}")
        self.page.keyboard.press("Enter")
        self.clicks += 1


@pytest.fixture(params=[Mouse, Keys], ids=["mouse", "keyboard"])
def reader(request, visit):
    """Open a page as a reader; when the test ends, three clicks must have been enough."""
    opened = []

    def come(path, address="", **options):
        page = visit(path, address=address, width=1366, height=768, **options)
        page.set_default_timeout(4000)
        opened.append(request.param(page))
        return opened[-1]

    yield come
    assert [one for one in opened if one.clicks > MOST] == []


@pytest.fixture(scope="module")
def public(default_build):
    return default_build.folders["public"]


@pytest.fixture(scope="module")
def years(factory, tmp_path_factory):
    made = build_map(results_over_time(factory), level="ward")
    return write_html(made, tmp_path_factory.mktemp("years") / "ward.html")


def seen(found):
    """Is it on the screen, without a scroll?"""
    return found.evaluate(
        """at => new Promise(done => new IntersectionObserver(all =>
          done(all[0].intersectionRatio > 0.9)).observe(at))"""
    )


def shows(page, text):
    """A paragraph, number or heading of the panel that is seen and says so."""
    found = page.locator("#vawg-detail").get_by_text(re.compile(text)).first
    found.wait_for(timeout=2000)
    return seen(found)


@pytest.mark.promise
def test_find_my_ward_by_name(reader, public):
    """A ward is found by its name, and its figure is seen at once."""
    one = reader(public / "ward.html")
    one.type("medw")
    one.take("Medworth")
    assert one.page.get_by_role("heading", name="Medworth").is_visible()
    assert shows(one.page, r"12\.9")
    assert shows(one.page, "Fenland")


@pytest.mark.promise
def test_find_my_ward_by_town(reader, public):
    """A ward is found by the town that it lies in."""
    one = reader(public / "ward.html")
    one.type("wisbech")
    one.take(r"Town, in ")
    name = one.page.get_by_role("combobox", name=SEARCH).input_value()
    assert name == "Wisbech"
    assert shows(one.page, "Fenland")
    assert shows(one.page, r"\d+\.\d")


@pytest.mark.promise
def test_compare_two_areas(reader, public):
    """Two areas are compared in three clicks, and whether chance alone could make them differ."""
    one = reader(public / "ward.html")
    one.type("medworth")
    one.take("Medworth")
    one.press("button", "Pin to compare")
    one.type("elm")
    one.take("Elm")
    pinned = one.page.get_by_role("region", name="Pinned to compare")
    pinned.scroll_into_view_if_needed()
    text = pinned.inner_text()
    assert "Medworth" in text
    assert re.search("Elm (and|&) Christchurch", text)
    assert re.search(r"Higher than Elm|Lower than Elm|Cannot be told apart from Elm", text)


@pytest.mark.promise
def test_is_it_higher_and_how_sure(reader, public):
    """Whether a ward is higher than the whole, and how sure that is, takes one click."""
    one = reader(public / "ward.html")
    one.type("medworth")
    one.take("Medworth")
    assert one.clicks == 1
    assert shows(one.page, r"statistically higher than that of Cambridgeshire and Peterborough")
    assert shows(one.page, r"8\.8\sto\s18\.2")


@pytest.mark.promise
def test_where_are_patterns(reader, public):
    """One click shows where rates gather, says it in a sentence and lists the wards."""
    one = reader(public / "ward.html")
    one.press("radio", "Patterns")
    assert one.clicks == 1
    # The sentence that joins both ways of looking, and the members of the group by name.
    text = one.page.locator("main").inner_text()
    assert re.search(r"11 wards in Peterborough", text)
    for name in ("Bretton North", "Ravensthorpe"):
        assert (
            one.page.get_by_role("button", name=re.compile(name))
            .or_(one.page.get_by_role("link", name=re.compile(name)))
            .first.is_visible()
        )


@pytest.mark.promise
def test_what_is_hidden_and_why(reader, public):
    """Which figures are hidden, how many, and why, is said by key and panel."""
    one = reader(public / "ward.html")
    one.press("radio", re.compile("^Domestic abuse crimes"))
    key = one.page.get_by_role("region", name="Key")
    assert re.search(r"Hidden to protect people\s*\d+", key.inner_text())
    one.type("manea")
    one.take("Manea")
    assert shows(one.page, "hidden to protect people: it is small, or would give away")


@pytest.mark.promise
def test_which_service_is_missing_where(reader, public):
    """Which kind of help is missing in which district is a table, at most two clicks away."""
    one = reader(public / "ward.html")
    one.press("link", re.compile("^Districts"))
    one.page.wait_for_url("**/district.html*")
    table = one.page.get_by_role("table").filter(has_text="Refuge").filter(has_text="Fenland").first
    table.scroll_into_view_if_needed()
    head = table.locator("thead").inner_text()
    row = table.get_by_role("row").filter(has_text="Refuge").first.inner_text()
    assert "East Cambridgeshire" in head + row
    assert re.search(r"\bNo(ne)?\b", table.inner_text())


@pytest.mark.promise
def test_how_did_it_change(reader, years):
    """How a ward changed, and how sure that is, takes two clicks."""
    one = reader(years)
    one.press("radio", "Change")
    one.type("square 1")
    one.take(r"^Square 1\b")
    assert shows(one.page, r"rose|times that of|did not clearly")
    assert shows(one.page, r"95% interval")


@pytest.mark.promise
def test_one_page_for_the_meeting(reader, public, needed):
    """A chosen ward is printed on one A4."""
    needed("pypdf")
    one = reader(public / "ward.html")
    one.page.evaluate("window.print = () => { document.body.dataset.printed = '1'; }")
    one.type("medworth")
    one.take("Medworth")
    one.press("button", "Print")
    assert one.page.evaluate("document.body.dataset.printed") == "1"
    assert pages_of(one.page.pdf(prefer_css_page_size=True)) == 1


@pytest.mark.promise
def test_send_the_view(reader, public):
    """A link is copied, it says so, and the link opens the same view."""
    one = reader(public / "ward.html")
    one.type("medworth")
    one.take("Medworth")
    one.press("radio", "Compared")
    one.press("button", "Copy a link")
    assert one.page.get_by_text("Link copied").first.is_visible()
    other = one.page.context.new_page()
    other.set_content("<textarea></textarea>")
    other.focus("textarea")
    other.keyboard.press("Control+v")
    link = other.input_value("textarea")
    assert link == one.page.url
    other.goto(link)
    assert other.get_by_role("heading", name="Medworth").is_visible()
    assert other.get_by_role("radio", name="Compared").is_checked()
    assert other.inner_text("#vawg-subheading") == one.page.inner_text("#vawg-subheading")


@pytest.mark.promise
def test_numbers_into_a_spreadsheet(reader, public):
    """The numbers are one click away, and a spreadsheet opens them as numbers."""
    one = reader(public / "ward.html", accept_downloads=True)
    with one.page.expect_download() as download:
        one.press("button", re.compile("CSV"))
    assert one.clicks == 1
    data = Path(download.value.path()).read_bytes()
    # What a spreadsheet takes as the sign that letters are UTF-8.
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    medworth = next(row for row in rows if row["area_name"] == "Medworth")
    assert float(medworth["rate"]) == 12.9
    assert float(medworth["population"]) > 1000
    assert [row["area_name"] for row in rows if not row["source"]] == []
    assert len(rows) == 144
