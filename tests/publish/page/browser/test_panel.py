"""The chosen area above the fold, areas pinned beside it, help by district, and what is said."""

from __future__ import annotations

import dataclasses
import re

import pytest

from tests.publish.page.browser.choosing import more
from tests.publish.page.years import results_over_time
from vawg_geo.publish.page.html import build_map, write_html

pytestmark = pytest.mark.browser

STATUS = "#vawg-status"
LATEST = "#indicator=incidents&sex=persons&period=2019%2F20"
MOST_WORDS = 40
# Of every paragraph, bullet and cell that is to be seen: its words where they are too many.
TOO_LONG = """most => Array.from(document.querySelectorAll("p, li, dd, dt, td, th, caption, summary"))
  .filter(at => !at.querySelector("p, li, dd") && at.checkVisibility())
  .map(at => at.textContent.trim()).filter(text => text.split(/\\s+/).length > most)"""
IN_SIGHT = """what => { const box = document.querySelector(what).getBoundingClientRect();
  const side = document.querySelector(".side").getBoundingClientRect();
  const head = document.querySelector(".head").getBoundingClientRect();
  return box.height > 0 && box.top >= head.bottom - 1 && box.bottom <= side.bottom + 1; }"""


def choose(page, name):
    page.fill("#vawg-find", name)
    page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def squares(factory, tmp_path_factory):
    folder = tmp_path_factory.mktemp("years")
    write_html(build_map(results_over_time(factory), level="ward"), folder / "ward.html")
    return folder


@pytest.mark.promise
def test_number_sentence_interval_and_years_are_above_the_fold(visit, squares):
    """The chosen area's number, sentence, interval and line over time are seen without scrolling."""
    page = visit(squares / "ward.html", address=LATEST, width=1366, height=768)
    choose(page, "Square 1")
    for what in (".big b", ".say", ".ruler svg", ".line svg"):
        assert page.evaluate(IN_SIGHT, f"#vawg-detail {what}"), what
    assert page.evaluate("window.scrollY") == 0
    text = page.inner_text("#vawg-detail")
    assert re.search(r"95% interval: [\d.]+ to [\d.]+; [\d,]+ incidents; [\d,]+ residents", text)
    assert "99.8%" not in text
    page.click("#vawg-detail summary >> text=How this was worked out")
    assert "99.8% interval" in page.inner_text("#vawg-detail")


@pytest.mark.promise
def test_four_areas_are_pinned_compared_kept_in_the_address_and_taken_out(visit, folder):
    """Up to four areas are pinned and compared with the chosen one; a fifth is refused in words."""
    page = visit(folder / "ward.html", width=1366, height=768)
    for n in (1, 2, 3, 7):
        choose(page, f"Square {n}")
        page.get_by_role("button", name="Pin to compare").click()
        assert page.inner_text(STATUS).startswith(f"Pinned: Square {n}.")
    choose(page, "Square 8")
    page.get_by_role("button", name="Pin to compare").click()
    assert page.inner_text(STATUS).startswith("Four wards are pinned, and four is the most")
    rows = page.locator(".pins li")
    assert rows.count() == 5
    assert rows.nth(0).inner_text().startswith("Square 8")
    said = page.inner_text(".pins")
    assert "by more than chance alone would give." in said
    again = visit(folder / "ward.html", address=page.evaluate("location.hash"))
    assert again.inner_text(".pins") == said
    page.get_by_role("button", name="Unpin Square 2").click()
    assert page.inner_text(STATUS) == "No longer pinned: Square 2."
    assert rows.count() == 4
    page.get_by_role("button", name="Close Square 8").click()
    assert rows.count() == 3
    assert "Choose a ward to hold the pinned ones against it." in page.inner_text(".pins")


@pytest.mark.promise
def test_pins_by_keyboard_keep_the_focus(visit, folder):
    """Areas are pinned, gone to and taken out by keyboard, and the focus is never lost."""
    page = visit(folder / "ward.html", width=1366, height=768)
    choose(page, "Square 1")
    page.get_by_role("button", name="Pin to compare").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Unpin"
    choose(page, "Square 2")
    page.locator(".pins").get_by_role("button", name="Square 1", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.inner_text("#vawg-detail-title") == "Square 1"
    assert page.evaluate("document.activeElement.closest('#vawg-detail') !== null")
    page.get_by_role("button", name="Unpin Square 1").focus()
    page.keyboard.press("Space")
    assert page.locator(".pins").count() == 0
    assert page.evaluate("document.activeElement.id") == "vawg-detail"


def test_what_is_hidden_stays_so_when_it_is_pinned(visit, folder):
    page = visit(folder / "ward.html", address="#area=E05990000&pins=E05990003,E05990004")
    rows = page.locator(".pins li")
    texts = [rows.nth(n).inner_text() for n in (1, 2)]
    for text, word in zip(texts, ("Hidden to protect people", "No figure supplied"), strict=True):
        assert word in text
        assert not re.search(r"\d", re.sub(r"Square \d", "", text))


@pytest.mark.promise
def test_every_change_is_said_once_to_a_screen_reader(visit, laid):
    """Each change of the view is said in the page's status, once and shortly."""
    page = visit(laid / "ward.html", width=1366, height=768)
    page.evaluate("""() => { window.told = []; new MutationObserver(() => {
      window.told.push(document.getElementById("vawg-status").textContent);
    }).observe(document.getElementById("vawg-status"), {childList: true}); }""")

    def said(act):
        page.evaluate("window.told = []")
        act()
        page.wait_for_timeout(60)
        told = page.evaluate("window.told")
        assert len(told) == 1, told
        assert 0 < len(told[0].split()) <= MOST_WORDS, told
        return told[0]

    assert "Square 1’s rate" in said(lambda: choose(page, "Square 1"))
    assert "crimes" in said(lambda: page.check("#vawg-indicator input >> nth=1"))
    assert "incidents" in said(lambda: page.check("#vawg-indicator input >> nth=0"))
    for view in page.locator("#vawg-view input[name=vawg-view]").all()[::-1]:
        assert said(view.check)
    more(page, "#vawg-overlay")
    assert "Deprivation" in said(lambda: page.select_option("#vawg-overlay", "over-deprivation"))
    assert said(lambda: page.select_option("#vawg-within", label="West & Left")).startswith(
        "Shown: "
    )
    assert said(lambda: page.click("[data-sort=name]")).startswith("Sorted by Area")
    assert said(lambda: page.click("[data-act=pin]")).startswith("Pinned: ")
    assert said(lambda: page.click("[data-act=pin]")).startswith("No longer pinned: ")
    assert said(lambda: page.get_by_role("button", name="Close Square").click()) == (
        "No ward is chosen."
    )


@pytest.mark.promise
def test_help_by_district_opens_on_the_map_and_is_told_without_colour(visit, laid):
    """Help stands in one table of districts and dates; a cell opens it on the map."""
    page = visit(laid / "district.html", width=1366, height=768)
    box = page.locator("#vawg-services")
    heads = box.locator("thead th").all_inner_texts()
    assert heads[:2] == ["Kind of help", "As at"]
    cells = box.locator("tbody td")
    assert {text[0] for text in cells.all_inner_texts()} <= set("●◐○–?")
    assert page.locator("#vawg-overlay option", has_text="Outreach").count() == 0
    cells.nth(0).locator("button").focus()
    page.keyboard.press("Enter")
    assert "view=over-outreach" in page.evaluate("location.hash")
    assert page.inner_text("#vawg-detail-title") == heads[2]
    assert "Outreach" in page.inner_text("#vawg-key")
    other = visit(laid / "ward.html")
    assert other.locator("#vawg-services thead th").all_inner_texts() == heads
    assert other.locator("#vawg-services button").count() == 0


@pytest.mark.promise
@pytest.mark.long
@pytest.mark.parametrize("edition", ["public", "partnership"])
def test_no_block_of_the_page_has_over_forty_words(visit, default_build, edition):
    """No paragraph or bullet of the default's pages is longer than forty words."""
    folder = default_build.folders[edition]
    views = {
        "index.html": [""],
        "district.html": ["", "#area=E07000010", "#indicator=sexual-offences&area=E06000031"],
        "ward.html": ["", "#area=E05002703&pins=E05002704", "#view=patterns", "#view=standing"],
    }
    for name, addresses in views.items():
        for address in addresses:
            page = visit(folder / name, address=address)
            assert page.evaluate(TOO_LONG, MOST_WORDS) == [], (name, address)
            page.evaluate("document.querySelectorAll('details').forEach(at => { at.open = true; })")
            assert page.evaluate(TOO_LONG, MOST_WORDS) == [], (name, address, "all open")
            page.close()


def test_the_title_names_the_figure_and_the_site(visit, folder, results):
    page = visit(folder / "ward.html")
    assert page.title() == (
        f"Domestic abuse incidents by ward, All people, 2015/16 – {results.title}"
    )


@pytest.mark.parametrize("width", [320, 390])
def test_panel_and_table_of_help_reflow(visit, laid, width):
    page = visit(laid / "district.html", width=width, height=844,
                 address="#area=E06990000&pins=E06990001")  # fmt: skip
    page.evaluate("document.querySelectorAll('details').forEach(at => { at.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_area_alone_has_a_panel(visit, results, tmp_path):
    alone = results.areas["district"].iloc[:1]
    code = alone["area_code"].iloc[0]
    rates = results.rates[(results.rates["level"] != "district")
                          | (results.rates["area_code"] == code)]  # fmt: skip
    made = dataclasses.replace(results, areas={**results.areas, "district": alone}, rates=rates)
    page = visit(write_html(build_map(made, level="district"), tmp_path / "district.html"),
                 address=f"#area={code}&pins={code}")  # fmt: skip
    assert page.locator("#vawg-detail .big b").count() == 1
    page.click("#vawg-detail summary >> text=How this was worked out")
    assert "Place among" not in page.inner_text("#vawg-detail")
