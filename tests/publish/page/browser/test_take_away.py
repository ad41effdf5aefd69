"""What is taken away from the page: pictures, paper, tables, links, in a real browser."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from tests.publish.page.years import results_over_time
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.words import palette

pytestmark = pytest.mark.browser

SERIES = "#indicator=incidents&sex=persons&period=2015%2F16"
MADE_UP = "#indicator=crimes&sex=persons&period=2015%2F16"
CHOSEN = SERIES + "&area=E05990007"
SVG = "{http://www.w3.org/2000/svg}"
A4 = (595, 842)
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "${alert(3)}",
    "]]>",
)


@pytest.fixture(scope="module")
def image(needed):
    return needed("PIL.Image")


@pytest.fixture(scope="module")
def pdfs(needed):
    return needed("pypdf")


def taken(page, kind):
    """Name and bytes of what a button saves."""
    with page.expect_download() as download:
        page.click(f"#vawg-{kind}")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def drawing(page):
    """The SVG that is saved, read by a strict reader."""
    return ET.fromstring(taken(page, "svg")[1])


def said(drawn):
    """All its texts, lines of one paragraph joined."""
    return " ".join("".join(one.itertext()) for one in drawn.iter(SVG + "text"))


def paper(page, pdfs):
    """Pages as printed: their sizes, and all that they say."""
    pages = pdfs.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    sizes = [(round(one.mediabox.width), round(one.mediabox.height)) for one in pages]
    text = " ".join(one.extract_text() for one in pages)
    # What a PDF says has ligatures in it.
    return sizes, " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.promise
def test_a_picture_is_the_view_with_title_key_and_source(visit, folder, image):
    """A picture of the view is saved with its title, key and source, as PNG and as SVG."""
    page = visit(folder / "ward.html", address=CHOSEN + "&view=significance", accept_downloads=True)
    name, png = taken(page, "png")
    assert name == "ward-incidents-persons-2015-16-significance-public.png"
    pixels = image.open(io.BytesIO(png)).convert("RGB")
    assert pixels.size == (3200, 1800)
    colours = {colour for _, colour in pixels.getcolors(1 << 24)}
    for word in ("higher", "similar"):
        ink = palette.SIGNIFICANCE_COLOURS[word]
        assert tuple(int(ink[at : at + 2], 16) for at in (1, 3, 5)) in colours, word
    # Not a picture of nothing: the lower right has the map's frame and texts of the key.
    assert np.asarray(pixels)[900:, 1700:].std() > 5
    drawn = drawing(page)
    text = said(drawn)
    for part in (page.inner_text("#vawg-heading"), page.inner_text("#vawg-subheading"), "Square 8",
                 "Hidden to protect people", "Not available here", "95% interval",
                 "Source: ", "Public edition"):  # fmt: skip
        assert part in text, part
    areas = page.locator(".leaflet-areas-pane path").count()
    assert len(list(drawn.iter(SVG + "path"))) > areas
    # It stands alone: every pattern that it uses is its own, and nothing is fetched.
    source = ET.tostring(drawn, "unicode")
    used = set(re.findall(r"url\(#([^)]+)\)", source))
    own = {one.get("id") for one in drawn.iter() if one.get("id")}
    assert used <= own
    assert {"s-p-suppressed", "s-p-missing"} <= used
    assert not re.search(r"href|<image|<script|<style| style=", source)


@pytest.mark.promise
def test_a_picture_of_made_up_figures_says_so_across_them(visit, folder):
    """A picture of made-up figures says so across the map."""
    page = visit(folder / "ward.html", address=MADE_UP, accept_downloads=True)
    assert said(drawing(page)).count("ILLUSTRATIVE – NOT REAL FIGURES") == 3
    page = visit(folder / "ward.html", address=SERIES, accept_downloads=True)
    assert "ILLUSTRATIVE" not in said(drawing(page))


def test_a_picture_keeps_two_maps_a_zoom_and_a_layer(visit, laid):
    page = visit(laid / "ward.html", address=SERIES + "&compare=crimes", accept_downloads=True)
    name, source = taken(page, "svg")
    drawn = ET.fromstring(source)
    assert name == "ward-incidents-persons-2015-16-rate-crimes-public.svg"
    assert len(list(drawn.iter(SVG + "clipPath"))) == 2
    assert said(drawn).count("ILLUSTRATIVE – NOT REAL FIGURES") == 3
    page = visit(
        laid / "ward.html", address=SERIES + "&view=over-deprivation", accept_downloads=True
    )
    whole = drawing(page)
    assert "Most deprived" in said(whole)
    assert "Deprivation (made up)" in said(whole)
    page.get_by_role("button", name="Zoom in").click(click_count=4)
    page.wait_for_timeout(100)
    near = drawing(page)
    # What is out of sight is not drawn.
    paths = [len([one for one in d.iter(SVG + "path") if one.get("d")]) for d in (whole, near)]
    assert paths[1] < paths[0]


def test_hidden_counts_are_in_no_picture(visit, folder):
    page = visit(folder / "ward.html", address=SERIES + "&area=E05990003", accept_downloads=True)
    text = said(drawing(page))
    about = text[text.index("Square 4, ") :]
    assert about.startswith(
        "Square 4, East and Right Hidden to protect people The figure for Square 4 is"
    )


def test_names_of_any_kind_are_text_in_a_picture(visit, factory, tmp_path):
    made = factory.make_results(factory.grid_areas(4, 3, names=HOSTILE), watermark=HOSTILE[0])
    path = write_html(build_map(made, level="ward"), tmp_path / "ward.html")
    for place, name in enumerate(HOSTILE):
        page = visit(path, address=SERIES + f"&area=E0599{place:04d}", accept_downloads=True)
        drawn = drawing(page)
        assert name in said(drawn)
        assert not list(drawn.iter(SVG + "script"))
        taken(page, "png")


def of_one_status(results, status):
    """All wards without a figure, or all without an event."""
    rates = results.rates.copy()
    mine = rates["level"] == "ward"
    numbers = ["rate", "rate_lower", "rate_upper", "rate_lower_998", "rate_upper_998"]
    rates.loc[mine, ["count", *numbers]] = 0 if status == "zero" else pd.NA
    rates.loc[mine, "status"] = status
    rates.loc[mine, ["significance", "standing"]] = "not_compared"
    return dataclasses.replace(results, rates=rates)


@pytest.mark.parametrize("status", ["suppressed", "zero", "missing"])
def test_a_map_with_nothing_to_say_is_taken_away_too(visit, factory, pdfs, tmp_path, status):
    made = of_one_status(factory.make_results(hotspots=False), status)
    path = write_html(build_map(made, level="ward"), tmp_path / "ward.html")
    page = visit(path, address=CHOSEN, accept_downloads=True)
    word = {
        "suppressed": "Hidden to protect",
        "zero": "None recorded",
        "missing": "No figure supplied",
    }
    assert word[status] in said(drawing(page))
    taken(page, "png")
    sizes, text = paper(page, pdfs)
    assert len(sizes) == 1
    assert word[status] in text
    rows = list(csv.DictReader(io.StringIO(taken(page, "csv")[1].decode("utf-8-sig"))))
    assert {row["rate"] for row in rows} == {"0.000" if status == "zero" else ""}


@pytest.mark.long
def test_a_page_that_is_one_canvas_is_taken_away_too(visit, factory, pdfs, image, tmp_path):
    made = factory.make_results(factory.grid_areas(40, 30))
    path = write_html(build_map(made, level="ward"), tmp_path / "ward.html")
    page = visit(path, address=SERIES, accept_downloads=True)
    page.wait_for_timeout(400)
    drawn = drawing(page)
    assert len([one for one in drawn.iter(SVG + "path") if one.get("fill-rule")]) >= 1200
    pixels = image.open(io.BytesIO(taken(page, "png")[1])).convert("RGB")
    assert len(pixels.getcolors(1 << 24)) > 20
    assert len(paper(page, pdfs)[0]) == 1


@pytest.mark.promise
def test_a_chosen_area_is_one_a4(visit, folder, pdfs):
    """A chosen area is printed on one A4, with its number, sentence, interval and source."""
    page = visit(folder / "ward.html", address=CHOSEN)
    sizes, text = paper(page, pdfs)
    # The squares' area is wider than it is tall.
    assert sizes in ([A4], [A4[::-1]])
    number = page.inner_text("#vawg-detail .big b")
    assert text.count(number) >= 2
    for part in ("Square 8, ", "Square 8’s rate", "of Cambridgeshire and Peterborough", "95% interval", "Source:", "Public edition",
                 page.inner_text("#vawg-heading")):  # fmt: skip
        assert part in text, part
    # The page on the screen is as it was.
    assert page.locator(".paper").count() == 0
    assert page.locator("#vawg-controls").is_visible()


@pytest.mark.promise
def test_two_maps_are_one_a4_landscape(visit, folder, pdfs):
    """Two maps are printed on one A4, landscape."""
    page = visit(folder / "ward.html", address=SERIES + "&compare=crimes")
    sizes, text = paper(page, pdfs)
    assert sizes == [A4[::-1]]
    for part in ("Domestic abuse incidents", "Domestic abuse crimes", "ILLUSTRATIVE"):
        assert part in text, part


@pytest.mark.parametrize("name", ["ward", "district"])
def test_paper_has_map_key_finding_and_source(visit, laid, pdfs, name):
    page = visit(laid / f"{name}.html", address=SERIES + "&view=over-deprivation")
    sizes, text = paper(page, pdfs)
    assert len(sizes) == 1
    for part in ("Most deprived", "Deprivation (made up)", "Source:", "Period: 2015/16"):
        assert part in text, part
    page = visit(laid / f"{name}.html", address=SERIES)
    assert page.inner_text("#vawg-headline")[:25] in paper(page, pdfs)[1]


def test_paper_has_the_finding_and_the_line_over_time(visit, factory, pdfs, tmp_path):
    path = write_html(build_map(results_over_time(factory), level="ward"), tmp_path / "ward.html")
    page = visit(path, address="#period=2017%2F18&view=change&area=E05990000")
    sizes, text = paper(page, pdfs)
    assert len(sizes) == 1
    assert "Change since" in text
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".paper path[stroke='#5b3fa0']").count() >= 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")


@pytest.mark.promise
@pytest.mark.long
def test_firefox_prints_one_sheet_that_lies_as_it_should(firefox, laid, pdfs):
    """Firefox prints a chosen area on one A4, and two maps on one A4 landscape."""
    for address, lies in ((CHOSEN, None), (SERIES + "&compare=crimes", A4[::-1])):
        tab = firefox.open((laid / "ward.html").as_uri() + address)
        tab.until("document.querySelectorAll('.leaflet-areas-pane path').length >= 12")
        pages = pdfs.PdfReader(io.BytesIO(tab.paper())).pages
        assert len(pages) == 1
        size = (round(pages[0].mediabox.width), round(pages[0].mediabox.height))
        if lies:
            assert abs(size[0] - lies[0]) < 3
            assert abs(size[1] - lies[1]) < 3


@pytest.mark.promise
def test_a_copied_link_says_so_beside_its_button(visit, folder):
    """That the link was copied is seen beside the button, and read out."""
    page = visit(folder / "ward.html", address=CHOSEN)
    page.click("#vawg-link")
    assert page.inner_text(".copied") == "Link copied"
    assert page.inner_text("#vawg-status") == "Link copied"
    assert page.evaluate("document.activeElement.id") == "vawg-link"
    page.click("#vawg-link")
    assert page.locator(".copied").count() == 1
    page.wait_for_timeout(4300)
    assert page.locator(".copied").count() == 0
    # Where it cannot be copied the address is there to take.
    page.evaluate("document.execCommand = () => false")
    page.click("#vawg-link")
    assert page.inner_text(".copied") == page.evaluate("location.href")


def test_a_telephone_shares_in_its_own_way(visit, folder):
    page = visit(
        folder / "ward.html", address=CHOSEN, width=390, height=844, has_touch=True, is_mobile=True
    )
    page.evaluate("""() => { window.shared = []; window.fails = "";
      navigator.share = given => { window.shared.push(given);
        return window.fails ? Promise.reject(new DOMException("", window.fails)) : Promise.resolve(); }; }""")
    page.tap("#vawg-link")
    assert page.evaluate("window.shared.map(one => one.url)") == [page.evaluate("location.href")]
    # Somebody who closes the sheet wants nothing copied; where sharing fails it is.
    page.evaluate("window.fails = 'AbortError'")
    page.tap("#vawg-link")
    page.wait_for_timeout(50)
    assert page.locator(".copied").count() == 0
    page.evaluate("window.fails = 'NotAllowedError'")
    page.tap("#vawg-link")
    page.wait_for_timeout(50)
    assert page.locator(".copied").count() == 1


@pytest.mark.promise
def test_the_file_has_all_that_a_figure_needs(visit, laid, results):
    """The table as a file says for whom, of how many, how sure, from where and under which licence."""
    page = visit(laid / "ward.html", address=SERIES, accept_downloads=True)
    name, content = taken(page, "csv")
    assert name == "ward-incidents-persons-2015-16-rate-public.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    wards = results.rates[
        (results.rates["level"] == "ward") & (results.rates["indicator"] == "incidents")
    ]
    known = wards.set_index("area_code")
    for row in rows:
        was = known.loc[row["area_code"]]
        assert float(row["population"]) == pytest.approx(was["population"], abs=0.5)
        assert row["status"] == was["status"]
        for number in (
            "count",
            "population",
            "rate",
            "rate_lower",
            "rate_upper",
            "comparator_rate",
        ):
            assert re.fullmatch(r"\d*(?:\.\d+)?", row[number]), (number, row[number])
        assert (row["symbol"] == "[c]") == (row["status"] == "suppressed")
        if row["status"] == "suppressed":
            assert row["count"] == row["rate"] == row["rate_lower"] == ""
        for text in ("source", "licence", "edition", "basis", "period"):
            assert row[text] or text == "licence", text
        # A spreadsheet would make a day of some periods.
        assert row["period"] == "2015/16 (year)"
    assert "Most deprived" in {row["deprivation"] for row in rows}


def test_the_chart_draws_the_figure_that_the_map_shows(visit, factory, tmp_path):
    path = write_html(build_map(results_over_time(factory), level="ward"), tmp_path / "ward.html")
    page = visit(path, address="#period=2017%2F18&view=change")
    assert "Change since" in page.inner_text("#vawg-chart-title")
    assert page.locator("#vawg-chart .same").count() == 1
    ratios = [float(t) for t in page.eval_on_selector_all(
        "#vawg-chart title", "all => all.map(t => t.textContent.split(': ').pop())") if re.fullmatch(r"[\d.]+", t)]  # fmt: skip
    assert len(ratios) > 3
    assert ratios == sorted(ratios, reverse=True)
    head = "[...document.querySelectorAll('#vawg-table [aria-sort=descending]')].map(h => h.innerText).join()"
    assert page.evaluate(head).startswith("Ratio")
    page.click("#vawg-view input[value=rate]")
    assert page.inner_text("#vawg-chart-title").endswith(
        "Rate per 1,000 residents aged 16 and over"
    )
    assert page.locator("#vawg-chart .same").count() == 0
    assert "Rate" in page.evaluate(head)
