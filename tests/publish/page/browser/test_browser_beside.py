"""Two indicators side by side, fading, and pages of more than a thousand areas."""

from __future__ import annotations

import pytest

from tests.publish.page.browser.choosing import more
from vawg_geo.publish.page.html import build_map, write_html

pytestmark = pytest.mark.browser

COMPARED = "#indicator=incidents&sex=persons&period=2015/16&compare=crimes"


@pytest.fixture(scope="module")
def ward(results, tmp_path_factory):
    return write_html(build_map(results, level="ward"), tmp_path_factory.mktemp("w") / "ward.html")


@pytest.fixture(scope="module")
def large(factory, tmp_path_factory):
    results = factory.make_results(factory.grid_areas(40, 30))
    return write_html(build_map(results, level="ward"), tmp_path_factory.mktemp("l") / "ward.html")


def test_second_map_moves_with_the_first(visit, ward):
    page = visit(ward, address=COMPARED)
    assert page.locator("#vawg-second").is_visible()
    assert "crimes" in page.inner_text("#vawg-second-title")
    assert "illustrative" in page.inner_text("#vawg-second-title")
    paths = page.locator("#vawg-second-map .leaflet-areas-pane path")
    assert paths.count() == 12
    before = paths.nth(0).get_attribute("d")
    page.focus("#map_vawg")
    page.keyboard.press("+")
    page.wait_for_timeout(200)
    assert paths.nth(0).get_attribute("d") != before
    paths.nth(7).click()
    assert page.inner_text("#vawg-detail-title") == "Square 8"
    assert "On the second map" in page.inner_text("#vawg-detail-body")
    assert page.locator("#vawg-second-map .leaflet-chosen-pane path").count() == 2


def test_beside_is_chosen_and_let_go(visit, ward):
    page = visit(ward)
    page.select_option(more(page, "#vawg-beside"), label="Domestic abuse crimes")
    assert "compare=crimes" in page.evaluate("location.hash")
    page.select_option(more(page, "#vawg-beside"), value="")
    assert page.locator("#vawg-second").is_hidden()
    assert "compare" not in page.evaluate("location.hash")


def test_fading_is_a_choice_and_the_key_explains_it(visit, ward):
    page = visit(ward)

    def opacities():
        return set(page.eval_on_selector_all(
            ".leaflet-areas-pane path", "all => all.map(one => one.getAttribute('fill-opacity'))"
        ))  # fmt: skip

    assert opacities() == {"1"}
    rows = page.locator("#vawg-key tbody tr").count()
    page.check(more(page, "[name=vawg-fade]"))
    assert len(opacities()) > 1
    assert page.locator("#vawg-key tbody tr").count() == rows + 3
    assert "fade=1" in page.evaluate("location.hash")


def test_many_areas_are_a_canvas_that_can_be_picked(visit, large):
    page = visit(large)
    assert page.locator("#map_vawg .leaflet-areas-pane canvas").count() == 1
    box = page.locator("#map_vawg").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    assert page.inner_text("#vawg-detail-title").startswith("Square ")
    assert page.locator("#map_vawg .leaflet-chosen-pane path").count() == 2


def test_long_tables_come_in_parts_with_the_chosen_area(visit, large):
    page = visit(large)
    page.wait_for_selector("[data-more]")
    assert page.locator("#vawg-table tbody tr").count() == 100
    page.fill("#vawg-find", "E05990004")
    page.keyboard.press("Enter")
    page.wait_for_selector("#vawg-table tr.picked")
    assert "Square 5" in page.inner_text("#vawg-table tr.picked")
    page.click("[data-more]")
    assert page.locator("#vawg-table tbody tr").count() >= 600
