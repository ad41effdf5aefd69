"""Every change of the view is said to those who do not see it: once, in words, and what it shows."""

from __future__ import annotations

import pytest

from tests.publish.page.browser.choosing import more
from tests.publish.page.years import results_over_time
from vawg_geo.publish.page.html import build_map, write_html

pytestmark = [pytest.mark.browser, pytest.mark.long]

SERIES = "#indicator=incidents&sex=persons&period=2015%2F16"
CHOSEN = SERIES + "&area=E05990000"


@pytest.fixture(scope="module")
def years(factory, tmp_path_factory):
    made = build_map(results_over_time(factory), level="ward")
    return write_html(made, tmp_path_factory.mktemp("years") / "ward.html")


class Ear:
    """What the status says since it was last asked; it is emptied each time."""

    def __init__(self, page):
        self.page = page
        self.heard()

    def heard(self):
        said = self.page.evaluate(
            """() => { const at = document.getElementById("vawg-status"), said = at.textContent;
              at.textContent = ""; return said.replace(/\u00a0/g, " "); }"""
        )
        for word in ("undefined", "null", "NaN", "{", "}"):
            assert word not in said
        return said


@pytest.mark.promise
@pytest.mark.parametrize("address", [SERIES, CHOSEN], ids=["none chosen", "one chosen"])
def test_every_view_is_said(visit, laid, address):
    """Every view says itself to a screen reader when it is chosen."""
    page = visit(laid / "ward.html", address=address)
    ear = Ear(page)
    heard = {}
    for name in ("Compared", "Patterns", "Rate"):
        page.get_by_role("radio", name=name, exact=True).check()
        heard[name] = ear.heard()
    assert len(set(heard.values())) == 3
    assert [name for name, said in heard.items() if len(said) < 12] == []
    page.get_by_role("radio", name="Compared", exact=True).check()
    ear.heard()
    for one in page.locator("#vawg-compared input").all():
        if not one.is_checked():
            one.check()
            assert len(ear.heard()) > 12


@pytest.mark.promise
def test_every_choice_is_said(visit, laid):
    """What, who, where, layers, pins, order and a second map are said as they are chosen."""
    page = visit(laid / "ward.html", address=SERIES)
    ear = Ear(page)
    page.locator("#vawg-indicator input").nth(1).check()
    assert "crimes" in ear.heard().lower()
    page.locator("input[value=female]").check()
    assert "women" in ear.heard().lower()
    page.locator("#vawg-indicator input").nth(0).check()
    ear.heard()
    page.get_by_role("combobox", name="Find").fill("square 1")
    page.keyboard.press("Enter")
    assert "Square 1\u2019s rate, " in ear.heard()
    page.get_by_role("button", name="Pin to compare").click()
    assert ear.heard() == "Pinned: Square 1. 1 of 4."
    page.get_by_role("button", name="Unpin", exact=True).click()
    assert ear.heard() == "No longer pinned: Square 1."
    page.select_option(more(page, "#vawg-overlay"), "over-deprivation")
    assert ear.heard().startswith("Deprivation (made up)")
    page.select_option("#vawg-overlay", "")
    assert ear.heard() != ""
    page.select_option("#vawg-within", label="West & Left")
    assert "West & Left" in ear.heard()
    page.click("#vawg-table [data-sort=name]")
    assert ear.heard().startswith("Sorted by Area")
    page.locator("[name=vawg-fade]").check()
    assert ear.heard() == "Unsure rates are paler."
    page.locator("#vawg-beside").select_option(label="Domestic abuse crimes")
    assert ear.heard().startswith("Second map: ")
    page.locator("#vawg-beside").select_option("")
    assert ear.heard() == "One map."
    page.get_by_role("button", name="Close Square 1").click()
    assert ear.heard() == "No ward is chosen."


@pytest.mark.promise
def test_time_is_said(visit, years):
    """A step through time and the view of change are said, with what they show."""
    page = visit(years, address="#indicator=incidents&sex=persons&period=2019%2F20")
    ear = Ear(page)
    page.get_by_role("radio", name="Change", exact=True).check()
    assert "since 2014/15" in ear.heard()
    page.get_by_role("combobox", name="Since").select_option(label="2016/17")
    assert "since 2016/17" in ear.heard()
    page.get_by_role("combobox", name="Find").fill("square 1")
    page.keyboard.press("Enter")
    said = ear.heard()
    assert "Square 1\u2019s rate rose" in said
    assert "2016/17" in said
    page.get_by_role("radio", name="Rate", exact=True).check()
    assert ear.heard() != ""
    page.get_by_role("slider").press("ArrowLeft")
    assert "2018/19" in ear.heard()
