"""Small maps of the largest towns: colours of the large map, a click chooses, a button goes there."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# Fill of each area by its name, on the large map and on the small ones.
FILLS = """() => {
  const data = JSON.parse(document.getElementById("vawg-data").textContent);
  const large = [...document.querySelectorAll("#vawg-frame .leaflet-areas-pane path")].map(p => p.getAttribute("fill"));
  const small = [...document.querySelectorAll(".inset [data-area]")].map(p => [Number(p.dataset.area), p.getAttribute("fill")]);
  return {large, small, names: data.areas.name};
}"""


@pytest.fixture
def page(default_build, visit):
    return visit(default_build.folders["public"] / "ward.html", width=1366, height=768)


@pytest.mark.promise
def test_small_maps_show_what_the_large_one_shows(page):
    """The largest towns have small maps in the colours of the large one, whatever is shown."""
    assert page.locator(".inset button").all_inner_texts() == [
        "Peterborough",
        "Cambridge",
        "Wisbech",
    ]
    looks = set()
    for name in ("rate", "significance", "patterns"):
        page.evaluate("text => { location.hash = text; }", f"#view={name}")
        page.wait_for_timeout(150)
        found = page.evaluate(FILLS)
        assert len(found["small"]) > 25
        for place, fill in found["small"]:
            assert fill == found["large"][place], found["names"][place]
        looks.add(str(found["small"]))
    assert len(looks) == 3


def test_a_click_on_a_small_map_chooses_the_ward(page):
    name = page.evaluate(FILLS)["names"]
    path = page.locator(".inset").nth(0).locator("[data-area]")
    boxes = path.evaluate_all("all => all.map(one => one.getBBox().width * one.getBBox().height)")
    # One that lies in the middle, and not under the frame's edge.
    middle = page.locator(".inset svg").first.bounding_box()
    page.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    chosen = page.inner_text("#vawg-detail-title")
    assert chosen in name
    assert len(boxes) > 5
    marks = page.locator(".inset .over-inset path")
    assert marks.count() >= 2
    assert page.locator(".place.now").inner_text() == chosen


def test_the_button_goes_to_the_town(page):
    def seen():
        return page.locator(".place.area").all_inner_texts()

    before = seen()
    button = page.locator(".inset button", has_text="Cambridge")
    assert button.get_attribute("title") == "Show Cambridge on the map"
    button.focus()
    page.keyboard.press("Enter")
    assert "Petersfield" in seen()
    assert "Petersfield" not in before


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024), (390, 844)])
def test_a_small_window_leaves_the_room_to_the_area(default_build, visit, width, height):
    page = visit(default_build.folders["public"] / "ward.html", width=width, height=height)
    assert not page.locator("#vawg-insets").is_visible()
    assert not page.locator(".leaflet-insets-pane").is_visible()


def test_districts_have_no_small_maps(default_build, visit):
    page = visit(default_build.folders["public"] / "district.html", width=1366, height=768)
    assert page.locator(".inset").count() == 0


def test_the_outline_of_a_district_that_a_river_divides_is_one(default_build, visit):
    path = default_build.folders["public"] / "district.html"
    page = visit(path, address="#area=E07000010", width=1366, height=768)
    # Straight through the middle of the tidal Nene in Fenland runs no line of the choice.
    found = page.evaluate(
        """() => {
          const data = JSON.parse(document.getElementById("vawg-data").textContent);
          const place = data.areas.code.indexOf("E07000010"), water = data.areas.water;
          const line = document.querySelector(".leaflet-chosen-pane path");
          const bank = water.map(shape => shape[0][0]).sort((a, b) => b.length - a.length);
          return {lines: data.context.outlines[place][0].length, length: line.getTotalLength(),
            rivers: bank.length, closed: /z/i.test(line.getAttribute("d"))};
        }"""
    )
    assert found["rivers"] >= 1
    assert found["lines"] >= 1
    assert not found["closed"]
