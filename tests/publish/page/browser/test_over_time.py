"""Several periods in a real browser: the view of change, the line, the slider, two periods beside."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.publish.page.browser.choosing import more
from tests.publish.page.years import results_over_time
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.words import palette

pytestmark = pytest.mark.browser

LATEST = "#indicator=incidents&sex=persons&period=2019%2F20"
STATUS = "#vawg-status"


@pytest.fixture(scope="module")
def squares(factory, tmp_path_factory):
    folder = tmp_path_factory.mktemp("years")
    several = results_over_time(factory)
    write_html(build_map(several, level="ward"), folder / "ward.html")
    write_html(build_map(several, level="district"), folder / "district.html")
    return folder


def period(page):
    return page.inner_text("#vawg-slid")


def fills(page):
    return page.eval_on_selector_all(
        "#map_vawg .leaflet-areas-pane path", "paths => paths.map(p => p.getAttribute('fill'))"
    )


@pytest.mark.promise
def test_which_wards_rose_how_surely_and_against_the_whole_in_three_clicks(visit, squares):
    """Which wards rose, how sure that is, and against the whole: three clicks."""
    page = visit(squares / "ward.html", width=1366, height=768)
    page.check("input[value=change]")
    found = page.inner_text("#vawg-headline")
    assert "2 of 48 wards rose since 2014/15, 1 fell" in found
    assert "Held against the change of Cambridgeshire and Peterborough (1.02 times)" in found
    page.get_by_role("button", name="Square 1", exact=True).first.click()
    said = page.inner_text("#vawg-detail .say >> nth=0")
    assert "2.09 times that of 2014/15 (95% interval 1.68 to 2.62)" in said
    assert "It rose more than the rest of Cambridgeshire and Peterborough" in said
    page.click("#vawg-detail summary >> text=How sure this change is")
    closed = page.inner_text("#vawg-detail details[open]")
    assert re.search(r"Adjusted p\s+under 0\.0001", closed)
    assert "sure, after correction for the number of wards" in closed


@pytest.mark.promise
def test_the_same_by_keyboard(visit, squares):
    """The same question by keyboard alone."""
    page = visit(squares / "ward.html", address=LATEST)
    page.focus("#vawg-view input:checked")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        if page.locator("input[value=change]").is_checked():
            break
    assert "2 of 48 wards rose since 2014/15" in page.inner_text(STATUS)
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Square 1":
            break
    page.keyboard.press("Enter")
    assert page.inner_text("#vawg-detail-title") == "Square 1"
    assert "Square 1’s rate rose: in 2019/20" in page.inner_text(STATUS)
    page.focus("#vawg-detail summary >> text=How sure this change is")
    page.keyboard.press("Enter")
    assert "Adjusted p" in page.inner_text("#vawg-detail details[open]")


def test_colour_arrow_and_hatch_say_the_change(visit, squares):
    page = visit(squares / "ward.html", address=LATEST + "&view=change")
    found = fills(page)
    assert found[0] == palette.CHANGE_FILLS["up_high"][0]
    assert found[1] == palette.CHANGE_FILLS["down_low"][0]
    assert found[2].startswith("url(#p-change-unsure_")
    assert (found[4], found[6]) == ("url(#p-change-missing)", "url(#p-change-zero)")
    for one in {fill for fill in found if fill.startswith("url")}:
        assert page.locator(one[4:-1]).count() == 1
    signs = page.eval_on_selector_all(".place.sign", "all => all.map(one => one.textContent)")
    assert sorted(signs) == ["▲", "▲", "▼"]
    assert page.locator("[name=vawg-fade]").is_disabled()


def test_since_is_chosen_and_kept_in_the_address(visit, squares):
    page = visit(squares / "ward.html", address=LATEST)
    assert page.locator("#vawg-since").is_hidden()
    page.check("input[value=change]")
    before = page.inner_text("#vawg-headline")
    page.select_option("#vawg-since", "2018/19")
    assert page.inner_text("#vawg-headline") != before
    assert "since 2018/19" in page.inner_text("#vawg-subheading")
    assert "since 2018/19" in page.inner_text(STATUS)
    address = page.evaluate("location.hash")
    assert "view=change&since=2018%2F19" in address
    again = visit(squares / "ward.html", address=address)
    assert again.input_value("#vawg-since") == "2018/19"
    assert again.inner_text("#vawg-headline") == page.inner_text("#vawg-headline")
    page.select_option("#vawg-since", "2016/17")
    page.fill("#vawg-find", "Square 4")
    page.keyboard.press("Enter")
    assert "A count is hidden, so the change is." in page.inner_text("#vawg-detail .say >> nth=0")


def test_the_first_period_says_that_nothing_is_earlier(visit, squares):
    page = visit(squares / "ward.html", address=LATEST + "&view=change")
    frame = page.locator("#vawg-frame").bounding_box()
    page.focus("#vawg-slide")
    page.keyboard.press("Home")
    assert period(page) == "2014/15"
    assert page.locator("input[value=change]").is_checked()
    assert "Nothing earlier can be compared with 2014/15." in page.inner_text("#vawg-headline")
    assert page.locator("#vawg-since").is_disabled()
    # The map does not move while periods go by.
    assert page.locator("#vawg-frame").bounding_box() == frame
    page.keyboard.press("End")
    assert page.locator("#vawg-frame").bounding_box() == frame
    assert "since 2014/15" in page.inner_text("#vawg-headline")


def test_the_line_stands_in_the_panel_with_its_words_and_table(visit, squares):
    page = visit(squares / "ward.html", address=LATEST + "&area=E05990003", width=1366, height=768)
    line = page.locator("#vawg-detail .line svg")
    assert line.get_attribute("role") == "img"
    assert line.locator(".dot").count() == 5
    assert line.locator(".band").count() == 2
    assert line.locator(".mean").count() == 1
    assert "Cannot be calculated: No figure for 2016/17" in page.inner_text("#vawg-detail")
    page.click("#vawg-detail summary >> text=How this was worked out")
    rows = page.locator("#vawg-detail details[open] tbody tr")
    assert rows.count() == 6
    assert rows.nth(2).inner_text().split("\t")[1] == "hidden"
    # What was opened stays open when another area is chosen.
    page.fill("#vawg-find", "Square 1")
    page.keyboard.press("Enter")
    assert page.locator("#vawg-detail details[open] tbody tr").count() == 6
    assert "Increasing over 5 years" in page.inner_text("#vawg-detail")


@pytest.mark.promise
def test_the_slider_goes_by_keyboard_and_says_its_period(visit, squares):
    """The slider over periods works by keyboard and says its period."""
    page = visit(squares / "ward.html", address=LATEST)
    assert page.locator("#vawg-period input[type=radio]").count() == 0
    slide = page.locator("#vawg-slide")
    slide.focus()
    page.keyboard.press("ArrowLeft")
    assert (period(page), slide.get_attribute("aria-valuetext")) == ("2018/19", "2018/19")
    assert "2018/19" in page.inner_text("#vawg-subheading")
    assert "2018/19" in page.inner_text(STATUS)
    assert "period=2018%2F19" in page.evaluate("location.hash")
    page.keyboard.press("Home")
    assert period(page) == "2014/15"
    assert page.evaluate("document.activeElement.id") == "vawg-slide"


def test_other_lengths_stand_apart(visit, squares):
    page = visit(squares / "ward.html", address="#indicator=crimes&sex=persons&period=2018-05")
    assert page.locator("#vawg-slide").get_attribute("max") == "28"
    page.fill("#vawg-find", "Square 3")
    page.keyboard.press("Enter")
    assert page.locator("#vawg-detail .line text >> text=▲").count() == 1
    page.click("#vawg-detail summary >> text=How this was worked out")
    assert "▲ ▼: a month above or below" in page.inner_text("#vawg-detail details[open]")


def test_it_plays_and_stops_at_the_end(visit, squares):
    page = visit(squares / "ward.html", address="#indicator=incidents&sex=persons&period=2017%2F18")
    play = page.locator("#vawg-play")
    assert play.inner_text() == "Play"
    play.focus()
    page.keyboard.press("Enter")
    assert play.inner_text() == "Pause"
    page.wait_for_timeout(2_900)
    assert (period(page), play.inner_text()) == ("2019/20", "Play")
    assert page.inner_text(STATUS) == "2019/20: the end. Stopped."
    assert page.evaluate("document.activeElement.id") == "vawg-play"
    play.click()
    assert period(page) == "2014/15"
    play.click()
    assert play.inner_text() == "Play"
    page.wait_for_timeout(1_500)
    assert period(page) == "2014/15"


def test_without_motion_it_goes_step_by_step(visit, squares):
    page = visit(squares / "ward.html", address=LATEST, reduced_motion="reduce")
    play = page.locator("#vawg-play")
    assert play.inner_text() == "Next period"
    play.click()
    assert period(page) == "2014/15"
    page.wait_for_timeout(1_500)
    assert period(page) == "2014/15"


def test_two_periods_side_by_side_have_one_scale(visit, squares):
    page = visit(squares / "ward.html", address=LATEST)
    page.select_option(more(page, "#vawg-beside"), "2014/15")
    assert page.inner_text("#vawg-second-title").endswith("2014/15")
    assert page.inner_text("#vawg-first-title").endswith("2019/20")
    assert "Both maps have the same classes and colours." in page.inner_text("#vawg-second-key")
    address = page.evaluate("location.hash")
    again = visit(squares / "ward.html", address=address)
    assert again.locator("#vawg-second").is_visible()
    assert again.input_value("#vawg-beside") == "2014/15"
    again.focus("#vawg-slide")
    again.keyboard.press("Home")
    assert again.locator("#vawg-second").is_hidden()


def test_table_and_file_have_the_change(visit, squares):
    page = visit(squares / "ward.html", address=LATEST + "&view=change", accept_downloads=True)
    heads = page.eval_on_selector_all("#vawg-table thead th", "all => all.map(h => h.innerText)")
    assert [h for h in heads if h.startswith("Ratio to 2014/15")]
    # A change is sorted by itself.
    assert page.get_attribute("#vawg-table th:has([data-sort=ratio])", "aria-sort") == "descending"
    first = page.locator("#vawg-table tbody tr >> nth=0").inner_text()
    assert first.startswith("Square 6")
    with page.expect_download() as download:
        page.click("#vawg-csv")
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["area_name"]: row for row in csv.DictReader(file)}
    assert rows["Square 1"]["ratio"] == "2.09"
    assert rows["Square 1"]["period_from"] == "2014/15 (year)"
    assert rows["Square 5"]["change"] == "not_compared"


def test_hostile_names_are_shown_and_do_nothing(visit, factory, tmp_path):
    names = ("<img src=x onerror=alert(1)>", "${alert(3)} {since} {levels}", "a", '=HYPERLINK("x")')
    several = results_over_time(factory, names=names, months=False)
    path = write_html(build_map(several, level="ward"), tmp_path / "ward.html")
    page = visit(path, address=LATEST + "&view=change&since=%3Cimg%20src%3Dx%3E&and=%3Cb%3E")
    page.get_by_role("button", name=names[0], exact=True).first.click()
    assert page.inner_text("#vawg-detail-title") == names[0]
    assert page.inner_text("#vawg-detail .say >> nth=0").startswith(names[0] + "’s rate rose")
    page.get_by_role("button", name=names[1], exact=True).first.click()
    assert page.inner_text("#vawg-detail .say >> nth=0").startswith(names[1] + "’s rate fell")
    assert page.locator("img").count() == 0


NOTICED = """() => JSON.stringify([location.hash, document.getElementById("vawg-detail").innerText,
  document.getElementById("vawg-key").innerText, document.getElementById("vawg-play").textContent])"""


@pytest.mark.long
@pytest.mark.promise
@pytest.mark.parametrize(
    ("control", "keys"),
    [
        ("#vawg-since", ["ArrowDown"]),
        ("#vawg-slide", ["ArrowLeft"]),
        ("#vawg-play", ["Space"]),
        ("#vawg-more > summary", ["Enter", "Tab", "ArrowDown"]),
        ("#vawg-finding button >> nth=0", ["Enter"]),
        ("#vawg-detail summary >> nth=0", ["Enter"]),
        ("#vawg-detail summary >> nth=1", ["Space"]),
    ],
)
def test_each_control_of_time_by_keyboard_alone(visit, squares, control, keys):
    """Every control over time is reached by the Tab key and works by keyboard."""
    page = visit(squares / "ward.html", address=LATEST + "&view=change&area=E05990002")
    at = page.locator(control)
    handle = at.element_handle()
    for _ in range(90):
        page.keyboard.press("Tab")
        if handle.evaluate("at => at === document.activeElement"):
            break
    assert handle.evaluate("at => at === document.activeElement")
    before = page.evaluate(NOTICED)
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(100)
    assert page.evaluate(NOTICED) != before


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 390, 768, 1366])
def test_nothing_is_wider_than_the_screen(visit, squares, width):
    page = visit(squares / "ward.html", address=LATEST + "&view=change&area=E05990000", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_of_districts_says_the_ratio_on_the_map(visit, squares):
    page = visit(squares / "district.html", address=LATEST + "&view=change")
    assert page.locator(".plate-label").count() == 2
    assert re.search(r"\d\.\d\d", page.inner_text(".plate-label >> nth=0"))


def test_a_sheet_of_change_has_the_ratio_large_as_its_bar_has_it(visit, squares):
    page = visit(squares / "ward.html", width=1366, height=768)
    page.check("input[value=change]")
    page.get_by_role("button", name="Square 1", exact=True).first.click()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    large = page.locator(".paper text[font-size='34']").all_text_contents()
    assert large == ["2.09"]
    said = " ".join(page.locator(".paper text").all_text_contents())
    assert "(95% interval 1.68 to 2.62)" in said


def test_the_map_keeps_its_place_where_a_key_needs_less_room(visit, squares):
    """A map that plays does not leap for a row that its key no longer has."""
    page = visit(squares / "ward.html", width=900, height=768)
    where = "() => [map_vawg.getZoom(), map_vawg.getCenter().lat, map_vawg.getCenter().lng]"
    slide = page.locator("#vawg-slide")
    last = int(slide.get_attribute("max"))
    # A key of before that was taller than any.
    page.evaluate("document.getElementById('vawg-key').style.minHeight = '420px'")
    slide.fill(str(last - 1))
    first = page.evaluate(where)
    page.evaluate("document.getElementById('vawg-key').style.minHeight = ''")
    slide.fill(str(last - 2))
    assert page.evaluate(where) == first
    # Whoever asks for it has the room that there is.
    page.locator("#map_vawg").press("Home")
    assert page.evaluate(where) != first
