"""The page in Firefox, by WebDriver BiDi: it loads, answers, prints, and is silent."""

from __future__ import annotations

import contextlib
import time

import pytest

from tests.publish.page.browser.figures import pages_of
from tests.publish.page.browser.firefox import Firefox

pytestmark = [pytest.mark.browser, pytest.mark.long]

SERIES = "#indicator=incidents&sex=persons&period=2015%2F16"
DRAWN = "document.querySelectorAll('.leaflet-areas-pane path').length"
FILLS = """[...document.querySelectorAll(".leaflet-areas-pane path")]
  .map(path => path.getAttribute("fill")).join()"""


def open_ward(firefox, folder, address="", **size):
    tab = firefox.open((folder / "ward.html").as_uri() + address, **size)
    tab.until(f"{DRAWN} >= 12")
    return tab


@pytest.mark.promise
def test_firefox_loads_chooses_and_changes_the_view(firefox, laid):
    """Firefox shows the map, an area that is chosen and another view, without a message."""
    tab = open_ward(firefox, laid, SERIES)
    first = tab.evaluate(FILLS)
    tab.click("#vawg-find")
    tab.press(*"square 8", "Enter")
    assert tab.evaluate("document.getElementById('vawg-detail-title').textContent") == "Square 8"
    assert "area=E05990007" in tab.evaluate("location.hash")
    tab.click("#vawg-detail button[data-act=pin]")
    assert "pins=E05990007" in tab.evaluate("location.hash")
    assert "Square 8" in tab.evaluate("document.querySelector('.pins').textContent")
    for view in ("compared", "patterns"):
        tab.click(f"#vawg-view input[value={view}]")
        assert tab.evaluate(FILLS) != first
        assert len(tab.evaluate("document.getElementById('vawg-status').textContent")) > 20
    assert "view=patterns" in tab.evaluate("location.hash")
    # The area that is clicked on is the one that is chosen.
    tab.click(".leaflet-areas-pane path:first-of-type")
    assert tab.evaluate("document.getElementById('vawg-detail-title').textContent") == "Square 1"


@pytest.mark.promise
def test_firefox_prints_a_chosen_area_on_one_page(firefox, laid):
    """Firefox prints a chosen area on one A4."""
    tab = open_ward(firefox, laid, SERIES + "&area=E05990000")
    assert pages_of(tab.paper()) == 1


def test_firefox_prints_two_maps_on_one_page(firefox, laid):
    tab = open_ward(firefox, laid, SERIES + "&compare=crimes")
    assert pages_of(tab.paper(landscape=True)) == 1


@pytest.mark.parametrize("name", ["district", "index"])
def test_firefox_opens_the_other_pages(firefox, laid, name):
    tab = firefox.open((laid / f"{name}.html").as_uri())
    assert tab.evaluate("document.querySelector('h1, h2').textContent.length") > 5


def test_a_message_in_firefox_would_be_seen(firefox_found, laid):
    with contextlib.closing(Firefox(firefox_found)) as browser:
        tab = browser.open((laid / "ward.html").as_uri())
        assert browser.messages == []
        tab.evaluate("document.body.setAttribute('style', 'color: red')")
        tab.evaluate("void (document.body.append(new Image()),"
                     " document.querySelector('img').src = 'https://example.org/x.png')")  # fmt: skip
        time.sleep(0.2)
        tab.evaluate("1")
        assert any("Content-Security-Policy" in text for text in browser.messages)
