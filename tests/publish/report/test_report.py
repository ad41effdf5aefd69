"""The report: its order, its figures, its page and its PDF."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from vawg_geo.audit.files import read_folder
from vawg_geo.publish.report.blocks import pictures_of
from vawg_geo.publish.report.page import report_page
from vawg_geo.publish.report.report import report_blocks, write_report
from vawg_geo.results.results import results_of
from vawg_geo.words.blocks import Bullets, Heading, Paragraph, Table

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def edition(default_edition):
    return default_edition("public")


@pytest.fixture(scope="module")
def blocks(edition):
    return report_blocks(results_of(edition))


@pytest.fixture(scope="module")
def written(edition, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(results_of(edition), folder)
    return folder


def lines_of(blocks):
    """Every line of every list."""
    return [line for b in blocks if isinstance(b, Bullets) for line in b.lines]


def table(blocks, start):
    return next(b for b in blocks if isinstance(b, Table) and b.caption.startswith(start))


def test_the_order_is_that_of_the_assessment(blocks):
    headings = [b.text for b in blocks if isinstance(b, Heading) and b.rank == 2]
    wanted = [
        "What was found", "At a glance", "Domestic abuse incidents", "Domestic abuse crimes",
        "Incidents converted to crimes", "Sexual offences", "Harassment offences",
        "High-risk referrals to the IDVA service", "Contacts with Cambridge Women's Aid",
        "Violence and sexual offences, August 2019",
        "Figures over time, and what the source says of change", "Services",
        "Where need meets no help", "Deprivation", "What is hidden, and why",
        "Before you draw a conclusion", "Methods", "Sources", "If you need help",
    ]  # fmt: skip
    assert headings == wanted


def test_table_2_as_the_assessment_prints_it(blocks):
    found = table(blocks, "Domestic abuse incidents, all people, 2015/16")
    rows = {row[0]: row[1:] for row in found.rows}
    assert rows["Peterborough"] == ("4,683", "150,817", "31.1", "30.2", "32.0", "Higher")
    assert rows["Cambridgeshire and Peterborough"][2] == "18.1"


def test_sentences_come_of_the_figures(blocks):
    texts = lines_of(blocks)
    higher = "2 of 6 districts are higher than Cambridgeshire and Peterborough (18.1): "
    assert any(
        one.startswith(f"{higher}Peterborough 31.1 (30.2 to 32.0) and Fenland 22.0 (21.0 to 23.0).")
        for one in texts
    )
    assert (
        f"Domestic abuse incidents: {higher}Peterborough 31.1 (30.2 to 32.0) and Fenland "
        "22.0 (21.0 to 23.0). 4 are lower." in texts
    )


def test_made_up_figures_are_in_no_table(blocks):
    assert {b.series.get("basis") for b in blocks if isinstance(b, Table)} == {"published", None}
    marked = [one for one in pictures_of(blocks) if "ILLUSTRATIVE" in one.drawing]
    assert {one.picture.level for one in marked} == {"ward"}
    assert {one.picture.indicator for one in marked} == {
        "domestic abuse incidents", "domestic abuse crimes",
    }  # fmt: skip


def test_the_page_runs_nothing_and_loads_nothing(written):
    page = (written / "report.html").read_text("utf-8")
    assert "script-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"\sstyle=|\bon\w+=|(?:src|href)=\"https?:", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count("<h1>") == 1


def test_the_document_is_tagged_and_says_its_title_and_language(written):
    data = (written / "report.pdf").read_bytes()
    document = PdfReader(io.BytesIO(data))
    catalogue = document.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] is not False
    assert catalogue["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in catalogue
    assert document.metadata.title.startswith("Violence against women and girls")
    assert document.metadata.creation_date is None
    assert "4,683" in document.pages[1].extract_text()


def test_the_audit_finds_nothing_and_reads_the_tables(written):
    observed = read_folder(written)
    assert observed.findings == []
    cells = observed.observations
    mine = cells[(cells["area_code"] == "E06000031") & (cells["sex"] == "persons")]
    assert 4683 in set(mine["low"])


def test_the_audit_sees_a_figure_put_into_the_report(written, tmp_path):
    page = (written / "report.html").read_text("utf-8")
    (tmp_path / "report.html").write_text(page.replace("<h1>", "<h1>E05002703: 3 crimes "))
    assert [f.kind for f in read_folder(tmp_path).findings] == ["figure_in_text"]


def test_same_edition_same_bytes(edition, written, tmp_path):
    write_report(results_of(edition), tmp_path)
    for path in written.rglob("*"):
        if path.is_file():
            assert (tmp_path / path.relative_to(written)).read_bytes() == path.read_bytes()


def test_texts_are_shown_literally(blocks, edition):
    from vawg_geo.publish.report.pdf import report_pdf

    bad = '<img src=x onerror=alert(1)> #{ panic("x") } $ ` </script>'
    results = results_of(edition)
    hostile = [
        Heading(text=bad),
        Paragraph(text=bad),
        Table(caption=bad, head=(bad,), rows=((bad,),)),
    ]
    page = report_page(results, hostile)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror" in page
    text = PdfReader(io.BytesIO(report_pdf(results, hostile))).pages[0].extract_text()
    assert 'panic("x")' in " ".join(text.split())


def test_no_text_turns_the_figures_after_it_round(edition):
    """Seen to fail for the PDF while its texts were handed on as they came."""
    from vawg_geo.publish.report.pdf import report_pdf

    results = results_of(edition)
    turned = [Heading(text="Ely \u202e31.1")]
    assert "Ely \ufffd31.1" in report_page(results, turned)
    text = PdfReader(io.BytesIO(report_pdf(results, turned))).pages[0].extract_text()
    assert "Ely \ufffd31.1" in text
    assert "\u202e" not in text


def test_sections_of_one_title_have_addresses_of_their_own(edition):
    page = report_page(results_of(edition), [Heading(text="Twice"), Heading(text="Twice")])
    assert page.count('id="section-1"') == page.count('id="section-2"') == 1
    assert page.count('href="#section-1"') == page.count('href="#section-2"') == 1


def test_the_methods_name_the_breaks_that_the_maps_have(blocks):
    """The sentence names Fisher; the limits are held to every other cut in the measures' tests."""
    methods = next(
        n for n, b in enumerate(blocks) if isinstance(b, Heading) and b.text == "Methods"
    )
    text = " ".join(blocks[methods + 1].lines)
    assert "natural breaks (Fisher)" in text
    assert "equally many" not in text
