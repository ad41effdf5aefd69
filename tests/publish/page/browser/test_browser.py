"""The page in a real browser without a network: every control, by mouse and by keyboard."""

from __future__ import annotations

import csv
import dataclasses
import re
from itertools import product
from pathlib import Path

import pytest

from tests.examples import some_every_day
from tests.publish.page.browser.choosing import more
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.words import page as words
from vawg_geo.words import palette

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "${alert(3)}",
    '=HYPERLINK("x")',
    "`${alert(4)}`",
)


def fills(page):
    return page.eval_on_selector_all(
        ".leaflet-areas-pane path", "paths => paths.map(path => path.getAttribute('fill'))"
    )


def wait_for_zoom(page, right):
    """Wait a second at most; the browser tool's own wait needs eval, which the policy forbids."""
    for _ in range(20):
        if right(page.evaluate("map_vawg.getZoom()")):
            return
        page.wait_for_timeout(50)
    pytest.fail("the map did not zoom")


def choose(page, name):
    page.fill("#vawg-find", name)
    page.keyboard.press("Enter")


def test_a_console_message_would_be_seen(chromium, folder):
    page = chromium.new_page()
    seen = []
    page.on("console", lambda message: seen.append(message.text))
    page.goto((folder / "ward.html").as_uri())
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(document.createElement('img')); "
                  "document.querySelector('img').src = 'https://example.org/x.png'")  # fmt: skip
    page.wait_for_timeout(100)
    page.close()
    assert any("Content Security Policy" in text for text in seen)


@pytest.mark.promise
def test_every_area_is_drawn_with_a_fill_of_its_state(visit, folder):
    """The map opens without a network and without a message, every area drawn as its state."""
    page = visit(folder / "ward.html")
    found = fills(page)
    assert len(found) == 12
    assert found[2].startswith("url(#p-light-")
    assert found[3:6] == ["url(#p-suppressed)", "url(#p-missing)", "url(#p-not_applicable)"]
    for place in (2, 3, 4, 5):
        assert page.locator(found[place][4:-1]).count() == 1
    assert page.locator(".leaflet-borders-pane path").count() == 2
    key = page.inner_text("#vawg-key")
    for text in (
        "Hidden to protect people",
        "No figure supplied",
        "Not available here",
        "Light hatch",
    ):
        assert text in key


@pytest.mark.promise
def test_districts_have_one_dark_edge(visit, folder):
    """Districts have one outline, and it is seen on the map of the wards."""
    page = visit(folder / "district.html")
    edges = page.locator(".leaflet-borders-pane path")
    assert edges.count() == 1
    assert edges.get_attribute("stroke") == "#1f1a2e"
    assert edges.get_attribute("fill") == "none"


def test_panel_says_what_python_says(visit, folder, results, area_sentence):
    page = visit(folder / "ward.html")
    rows = results.rates[
        (results.rates["level"] == "ward") & (results.rates["indicator"] == "incidents")
    ]
    whole = results.rates[
        (results.rates["level"] == "police_area") & (results.rates["indicator"] == "incidents")
    ]["rate"].iloc[0]
    for row in rows.itertuples():
        choose(page, row.area_code)
        assert page.inner_text("#vawg-detail .say") == area_sentence(
            area=row.area_name,
            unit="incidents",
            status=row.status,
            significance=row.significance,
            standing=row.standing,
            rate=None if row.rate != row.rate else row.rate,
            comparator="Cambridgeshire and Peterborough",
            comparator_rate=whole,
            brief=True,
        )


def test_pickers_repaint_one_layer(visit, folder):
    page = visit(folder / "ward.html")
    first = fills(page)
    assert page.locator("#vawg-stamp").is_hidden()
    assert page.locator("input[value=female]").is_disabled()
    assert "Women and girls" in page.inner_text("#vawg-why")
    page.check("#vawg-indicator input >> nth=1")
    assert page.inner_text("#vawg-heading").endswith("(illustrative, not real figures)")
    assert "ILLUSTRATIVE" in page.inner_text("#vawg-stamp")
    assert page.locator("#vawg-banner").is_visible()
    page.check("input[value=female]")
    assert "female residents" in page.inner_text("#vawg-subheading")
    assert fills(page) != first
    page.check("input[value=compared]")
    page.check("input[value=significance]")
    assert page.inner_text("#vawg-key").count("Higher") == 1
    assert set(fills(page)) & {"#a9500f", "#7fb2dd", "#f1ece1"}
    page.check("#vawg-indicator input >> nth=0")
    page.check("input[value=rate]")
    assert fills(page) == first


def test_chosen_area_is_marked_everywhere(visit, folder):
    page = visit(folder / "ward.html")
    page.locator(".leaflet-areas-pane path").nth(0).click()
    assert page.inner_text("#vawg-detail-title") == "Square 1"
    assert page.locator(".leaflet-chosen-pane path").count() == 2
    assert page.locator("#vawg-key tr.now").count() == 1
    assert page.locator("#vawg-table tr.picked").count() == 1
    assert "Square 1" in page.inner_text("#vawg-status")
    assert page.locator("#vawg-chart .picked").count() == 1
    page.get_by_role("button", name="Close Square 1").click()
    assert page.locator(".leaflet-chosen-pane path").count() == 0
    assert page.inner_text("#vawg-status") == "No ward is chosen."


def test_table_sorts_with_gaps_last_and_chooses(visit, folder):
    page = visit(folder / "ward.html")

    def column(n):
        return page.eval_on_selector_all(
            "#vawg-table tbody tr", f"rows => rows.map(row => row.cells[{n}].textContent)"
        )

    falling = column(2)
    numbers = [float(text) for text in falling if re.fullmatch(r"[\d.]+", text)]
    assert numbers == sorted(numbers, reverse=True)
    assert falling[-3:] == ["hidden", "no figure", "not available"]
    page.click("[data-sort=rate]")
    assert column(2)[-3:] == ["hidden", "no figure", "not available"]
    assert float(column(2)[0]) == min(numbers)
    page.click("[data-sort=name]")
    assert page.locator("[aria-sort=ascending]").inner_text().startswith("Area")
    page.get_by_role("button", name="Square 8", exact=True).click()
    assert page.inner_text("#vawg-detail-title") == "Square 8"


def test_keyboard_alone_reaches_everything(visit, folder):
    page = visit(folder / "ward.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#map_vawg")
    page.keyboard.press("ArrowRight")
    first = page.inner_text("#vawg-detail-title")
    page.keyboard.press("ArrowRight")
    second = page.inner_text("#vawg-detail-title")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#vawg-detail-title") == first != second
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "vawg-detail"
    page.focus("#map_vawg")
    zoom = page.evaluate("map_vawg.getZoom()")
    page.keyboard.press("+")
    wait_for_zoom(page, lambda now: now > zoom)
    page.keyboard.press("Home")
    wait_for_zoom(page, lambda now: abs(now - zoom) < 0.01)
    page.keyboard.press("Escape")
    assert page.inner_text("#vawg-detail-title") == "Chosen ward"
    page.focus("#vawg-indicator input:checked")
    page.keyboard.press("ArrowDown")
    assert "crimes" in page.inner_text("#vawg-heading")
    page.focus("#vawg-find")
    page.keyboard.type("square")
    assert page.locator("[role=option]").count() == 12
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.inner_text("#vawg-detail-title") == "Square 10"
    assert page.locator("#vawg-found").is_hidden()


@pytest.mark.long
def test_tab_visits_controls_in_order_and_never_hides_focus(visit, folder):
    page = visit(folder / "ward.html")
    visited = []
    for _ in range(40):
        page.keyboard.press("Tab")
        visited.append(page.evaluate("document.activeElement.id || document.activeElement.name"))
    wanted = ["vawg-find", "vawg-exit", "map_vawg", "vawg-print", "vawg-csv", "vawg-link",
              "vawg-indicator", "vawg-sex", "vawg-view", "vawg-more-title", "vawg-table"]  # fmt: skip
    places = [visited.index(name) for name in wanted]
    assert places == sorted(places)


@pytest.mark.long
def test_one_district_alone(visit, folder):
    page = visit(folder / "ward.html")
    page.select_option(more(page, "#vawg-within"), label="West & Left")
    assert "said of the whole map" in page.inner_text("#vawg-headline")
    assert page.locator("#vawg-table tbody tr").count() == 6
    faint = page.eval_on_selector_all(
        ".leaflet-areas-pane path", "p => p.filter(x => x.getAttribute('fill-opacity') < 1).length"
    )
    assert faint == 6


def test_address_keeps_the_view(visit, folder):
    page = visit(folder / "ward.html")
    page.check("#vawg-indicator input >> nth=1")
    page.check("input[value=male]")
    page.check("input[value=compared]")
    page.check("input[value=significance]")
    choose(page, "Square 7")
    address = page.evaluate("location.hash")
    assert "area=E05990006" in address
    again = visit(folder / "ward.html", address=address)
    assert again.inner_text("#vawg-detail-title") == "Square 7"
    assert again.inner_text("#vawg-subheading") == page.inner_text("#vawg-subheading")
    assert again.locator("input[value=significance]").is_checked()
    visit(folder / "ward.html", address="#indicator=%3Cscript%3E&area=zzz&view=x")


def test_hostile_names_are_shown_and_do_nothing(visit, factory, tmp_path):
    areas = factory.grid_areas(4, 3, names=HOSTILE)
    made = factory.make_results(areas, note=HOSTILE[1], watermark=HOSTILE[0])
    path = write_html(build_map(made, level="ward"), tmp_path / "ward.html")
    page = visit(path, accept_downloads=True)
    for place, name in enumerate(HOSTILE):
        shape = page.locator(".leaflet-areas-pane path").nth(place)
        shape.hover()
        assert page.locator(".leaflet-tooltip b").last.inner_text() == name
        shape.click()
        assert page.inner_text("#vawg-detail-title") == name
    assert page.inner_text(".mark") == HOSTILE[0]
    page.fill("#vawg-find", "img")
    assert page.inner_text("[role=option] span") == HOSTILE[0]
    assert page.locator("img").count() == 0
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.click("#vawg-csv")
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        names = {row["area_name"] for row in csv.DictReader(file)}
    assert "'" + HOSTILE[3] in names
    assert HOSTILE[0] in names


def test_download_is_the_table(visit, folder, results):
    page = visit(folder / "ward.html", accept_downloads=True)
    with page.expect_download() as download:
        page.click("#vawg-csv")
    assert download.value.suggested_filename == "ward-incidents-persons-2015-16-rate-public.csv"
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["area_code"]: row for row in csv.DictReader(file)}
    table = results.rates[
        (results.rates["level"] == "ward") & (results.rates["indicator"] == "incidents")
    ]
    assert len(rows) == len(table)
    for row in table.itertuples():
        shown = rows[row.area_code]
        assert shown["status"] == row.status
        assert shown["rate"] == ("" if row.rate != row.rate else words.format_number(row.rate))


@pytest.mark.long
def test_leaving_replaces_the_page(visit, folder):
    page = visit(folder / "ward.html")
    page.evaluate("document.getElementById('vawg-exit').href = 'about:blank#away'")
    before = page.evaluate("history.length")
    page.click("#vawg-exit")
    page.wait_for_url("about:blank#away")
    assert page.evaluate("history.length") == before
    page = visit(folder / "ward.html")
    page.evaluate("document.getElementById('vawg-exit').href = 'about:blank#away'")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("about:blank#away")


@pytest.mark.promise
@pytest.mark.parametrize(
    ("width", "name"),
    some_every_day(product([320, 768, 1280], ["ward.html", "district.html", "index.html"]), 4),
)
def test_nothing_is_wider_than_the_screen(visit, folder, name, width):
    """No page is wider than the screen, from a telephone's to a desk's."""
    page = visit(folder / name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.long
def test_paper_has_the_view_and_nothing_else(visit, folder, tmp_path):
    page = visit(folder / "ward.html")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".paper svg").is_visible()
    for other in ("#vawg-controls", "#vawg-exit", "#vawg-frame", "#vawg-find", "#vawg-table"):
        assert page.locator(other).is_hidden()
    said = page.locator(".paper").text_content()
    for text in (page.text_content("#vawg-heading"), "Hidden to protect people", "Source: "):
        assert text in said
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#vawg-frame").is_visible()


@pytest.mark.long
def test_analysts_layers_lie_above_ours(visit, results, tmp_path):
    import folium

    chart = build_map(results, level="ward")
    folium.CircleMarker([52.31, 0.06], radius=9, color="#000").add_to(chart)
    folium.Marker([52.32, 0.08]).add_to(chart)
    page = visit(write_html(chart, tmp_path / "ward.html"))
    assert page.locator(".leaflet-overlay-pane path").count() == 1
    assert page.locator(".leaflet-marker-pane img").evaluate("image => image.naturalWidth") > 0


PATTERNS = "#indicator=incidents&sex=persons&period=2015%2F16&view=patterns"


def test_patterns_have_fills_letters_and_a_key_with_counts(visit, folder):
    page = visit(folder / "ward.html")
    page.check("input[value=patterns]")
    found = fills(page)
    assert found[0] == palette.CLUSTER_FILLS["hot"][0]
    assert found[1] == palette.CLUSTER_FILLS["cold"][0]
    assert found[2] == palette.CLUSTER_FILLS["not_significant"][0]
    # Hidden, missing and not available keep their patterns; no neighbours has one of its own.
    assert found[3:6] == ["url(#p-suppressed)", "url(#p-missing)", "url(#p-not_applicable)"]
    assert found[6:9] == [f"url(#p-label-{word})" for word in ("high-low", "low-high", "island")]
    for place in range(3, 9):
        assert page.locator(found[place][4:-1]).count() == 1
    names = page.eval_on_selector_all(
        ".plate-label", "boxes => boxes.map(box => box.textContent.trim())"
    )
    assert names[0].startswith("Square 1HH")
    assert names[6].startswith("Square 7HL")
    assert key_rows(page) == {
        "HH: High among high": "1", "LL: Low among low": "1", "HL: High among low": "1",
        "LH: Low among high": "1", "No clear pattern": "4", "No neighbour with a figure": "1",
        "Dashed: a group with more than expected": "2",
        "Hidden to protect people": "1", "No figure supplied": "1", "Not available here": "1",
    }  # fmt: skip
    assert page.inner_text("#vawg-caveat").startswith(
        "Hotspots and clusters are patterns in recorded"
    )
    assert page.inner_text("#vawg-subheading").startswith("Patterns of the rate per 1,000")
    page.check("input[value=rate]")
    assert page.inner_text("#vawg-caveat") == ""
    assert page.inner_text("#vawg-finding") == ""


def key_rows(page):
    return dict(
        page.eval_on_selector_all(
            "#vawg-key tbody tr",
            "rows => rows.map(row => [row.cells[1].textContent, row.cells[2].textContent])",
        )
    )


@pytest.mark.promise
def test_where_are_patterns_in_one_click(visit, folder):
    """Where patterns are is one click, one sentence, and its members by name."""
    page = visit(folder / "ward.html")
    page.check("input[value=patterns]")
    said = page.inner_text("#vawg-headline").strip()
    assert said.startswith(
        "4 wards stand out among their neighbours (1 high among high, 1 low among low, 1 high "
        "among low, 1 low among high); so do 2 groups: 2 wards in "
    )
    assert said.endswith("Every ward that is high among high lies in a group.")
    # What is longer is read where it stands.
    assert page.inner_text("#vawg-status").startswith("4 wards stand out among their neighbours (")
    page.click("#vawg-finding .named:has-text('Group 2') button >> nth=2")
    assert page.inner_text("#vawg-detail-title") == "Square 11"
    assert "It is in group 2 of 2" in page.inner_text("#vawg-detail")
    assert "It is in group 2 of 2" in page.inner_text("#vawg-status")
    # Rules, p-values and seeds: closed, and nowhere else.
    for where in ("#vawg-headline", "#vawg-finding", "#vawg-key", "#vawg-about", "#vawg-detail"):
        seen = page.inner_text(where)
        assert not re.search(r"\bp\s+(under )?0\.|permutations|seed|Getis|Gi\*", seen), where
    page.click("#vawg-finding summary >> text=How this was worked out")
    worked = page.inner_text("#vawg-finding details[open]")
    assert "99,999 permutations, seed 12345, Benjamini-Hochberg at 5%" in worked
    assert "999 replicates, seed 12345" in worked
    assert "Local Moran and Gi* differ on 2 of 9 wards: Square 7" in worked


@pytest.mark.long
def test_views_that_a_series_lacks_are_off_and_say_why(visit, folder):
    page = visit(folder / "ward.html", address=PATTERNS)
    assert page.locator("input[value=patterns]").is_checked()
    assert page.inner_text("#vawg-view-why") == ""
    page.check("#vawg-indicator input >> nth=1")
    assert page.locator("input[value=patterns]").is_disabled()
    why = page.locator("input[value=patterns]").get_attribute("aria-describedby")
    said = "Patterns were not computed: illustrative figures."
    assert page.inner_text(f"#{why}") == said
    assert page.locator("input[value=rate]").is_checked()
    assert page.locator(".leaflet-scan-pane path").count() == 0
    districts = visit(folder / "district.html")
    assert districts.locator("input[value=patterns]").count() == 0
    assert "fewer than 10 areas." in districts.text_content("#vawg-about")


@pytest.mark.long
def test_patterns_without_a_scan_say_so(visit, results, tmp_path):
    bare = dataclasses.replace(results, scans=results.scans[:0])
    page = visit(write_html(build_map(bare, level="ward"), tmp_path / "ward.html"))
    page.check("input[value=patterns]")
    assert page.inner_text("#vawg-headline").endswith(". Groups were not searched for.")
    choose(page, "Square 1")
    assert "group" not in page.inner_text("#vawg-detail .say >> nth=0")


@pytest.mark.long
def test_a_map_without_a_pattern_says_so(visit, results, tmp_path):
    quiet = results.hotspots.assign(cluster="not_significant")
    calm = results.scans.assign(significant=False)
    made = dataclasses.replace(results, hotspots=quiet, scans=calm)
    page = visit(write_html(build_map(made, level="ward"), tmp_path / "ward.html"))
    page.check("input[value=patterns]")
    said = page.inner_text("#vawg-headline").strip()
    assert said == (
        "No ward stands out on its own; no group of wards does. None was found, and that is a "
        "finding too."
    )
    page.click("#vawg-finding summary >> text=How this was worked out")
    assert "No ward stands out after the correction." in page.inner_text("#vawg-finding details")


def test_groups_are_outlined_and_numbered_in_patterns_alone(visit, folder):
    page = visit(folder / "ward.html")
    assert page.locator(".leaflet-scan-pane path").count() == 0
    page.check("input[value=patterns]")
    paths = page.eval_on_selector_all(
        ".leaflet-scan-pane path", "paths => paths.map(path => path.getAttribute('d'))"
    )
    assert len(paths) == 4
    # Squares 1 and 2 share a side, which falls away: one closed line of six corners or fewer.
    assert [path.count("M") for path in paths[:2]] == [1, 1]
    assert paths[0].count("L") <= 6
    numbers = page.eval_on_selector_all(
        ".place.scan-number", "boxes => boxes.map(box => box.textContent)"
    )
    assert numbers == ["1", "2"]
    found = page.inner_text("#vawg-finding").replace("\xa0", " ")
    assert "Group 1, 2 wards: 1,234 recorded, 617 expected by population" in found
    choose(page, "Square 10")
    assert "It is in no group." in page.inner_text("#vawg-detail")
    page.check("input[value=rate]")
    assert page.locator(".leaflet-scan-pane path").count() == 0
    assert page.locator(".place.scan-number").count() == 0


@pytest.mark.long
def test_panel_says_the_pattern_in_words(visit, folder):
    page = visit(folder / "ward.html", address=PATTERNS)
    choose(page, "E05990000")
    assert "high rates gather here" in page.inner_text("#vawg-detail")
    assert "high rates gather here" in page.inner_text("#vawg-status")
    page.click("#vawg-detail summary >> text=How this was worked out")
    panel = page.inner_text("#vawg-detail").replace("\xa0", " ")
    assert "High among high (p under 0.0001, adjusted under 0.0001)" in panel
    assert "Steady: held in 100% of trials" in panel
    choose(page, "E05990008")
    # What is open stays open.
    assert "borders no other ward with a figure" in page.inner_text("#vawg-detail")
    assert "Frail: held in only 27% of trials" in page.inner_text("#vawg-detail")
    choose(page, "E05990003")
    assert "Local Moran" not in page.inner_text("#vawg-detail")


@pytest.mark.long
def test_table_has_the_pattern_and_file_the_labels(visit, folder, factory):
    page = visit(folder / "ward.html", accept_downloads=True)
    heads = page.locator("#vawg-table thead th").all_inner_texts()
    assert [h.split(" \u2195")[0].strip() for h in heads][-2] == "Pattern"
    page.click("[data-sort=pattern]")
    cells = page.eval_on_selector_all(
        "#vawg-table tbody tr",
        "rows => rows.map(row => row.cells[row.cells.length - 2].textContent)",
    )
    assert cells == sorted(cells, key=str.lower, reverse=True)
    assert "High among high; group 1" in cells
    with page.expect_download() as download:
        page.click("#vawg-csv")
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["area_code"]: row for row in csv.DictReader(file)}
    for place, (moran, gi) in enumerate(zip(factory.MORAN, factory.GI, strict=True)):
        row = rows[f"E0599{place:04d}"]
        assert (row["moran_cluster"], row["gi_cluster"]) == (moran, gi)
    assert rows["E05990006"]["scan_cluster"] == "2"
    assert rows["E05990003"]["moran_p_value"] == rows["E05990003"]["scan_cluster"] == ""
    assert rows["E05990011"]["moran_p_value"] == "0.9"
    assert rows["E05990000"]["moran_stability"] == "1"
    page.check("#vawg-indicator input >> nth=1")
    assert "Pattern" not in page.inner_text("#vawg-table thead")


@pytest.mark.long
@pytest.mark.parametrize("old", ["view=moran", "view=gi", "clusters=1"])
def test_addresses_of_before_open_as_patterns(visit, folder, old):
    page = visit(folder / "ward.html", address=PATTERNS.replace("view=patterns", old))
    assert page.locator("input[value=patterns]").is_checked()
    assert page.evaluate("location.hash").endswith("view=patterns")
    assert page.locator(".leaflet-scan-pane path").count() == 4
    again = visit(folder / "ward.html", address=page.evaluate("location.hash"))
    assert fills(again) == fills(page)


def test_views_by_keyboard(visit, folder):
    page = visit(folder / "ward.html")
    page.focus("input[value=rate]")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[value=compared]").is_checked()
    page.keyboard.press("ArrowRight")
    assert page.locator("input[value=patterns]").is_checked()
    assert page.locator(".leaflet-scan-pane path").count() == 4
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.parentElement.id") == "vawg-more"
    page.keyboard.press("Enter")
    assert page.locator("[name=vawg-fade]").is_visible()
    for control in page.locator("#vawg-view label:visible, #vawg-more label:visible").all():
        assert control.bounding_box()["height"] >= 24


def test_compared_has_a_second_choice_that_says_what_it_asks(visit, folder):
    page = visit(folder / "ward.html")
    assert page.locator("#vawg-compared").is_hidden()
    page.check("input[value=compared]")
    first, other = page.evaluate(
        "JSON.parse(document.getElementById('vawg-data').textContent).meta.compares"
    )
    assert page.locator(f"input[value={first}]").is_checked()
    asks = page.inner_text("#vawg-compared")
    assert "Is a rate higher or lower than that of Cambridgeshire and Peterborough (" in asks
    assert "Is a rate unusual, given how much wards differ?" in asks
    before = fills(page)
    page.check(f"input[value={other}]")
    assert f"view={other}" in page.evaluate("location.hash")
    assert page.locator("input[value=compared]").is_checked()
    assert page.inner_text("#vawg-status").startswith(("Compared with ", "Unusual among "))
    # It is kept while other views are looked at.
    page.check("input[value=rate]")
    page.check("input[value=compared]")
    assert page.locator(f"input[value={other}]").is_checked()
    assert before[3:6] == fills(page)[3:6]


@pytest.mark.long
def test_paper_keeps_patterns(visit, folder):
    page = visit(folder / "ward.html", address=PATTERNS)
    caveat = page.text_content("#vawg-caveat")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    said = " ".join(page.locator(".paper text").all_text_contents())
    assert "HH: High among high" in said
    assert "stand out among their neighbours" in said
    assert caveat in said
    outlines = page.eval_on_selector_all(
        ".paper path[stroke-dasharray='9 5']", "all => all.map(one => one.getAttribute('d').length)"
    )
    assert len(outlines) == page.locator(".leaflet-scan-pane path").count() / 2
    assert min(outlines) > 20
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".paper").count() == 0


@pytest.mark.parametrize("width", some_every_day([320, 768, 1280], 1))
def test_patterns_are_no_wider_than_the_screen(visit, folder, width):
    page = visit(folder / "ward.html", address=PATTERNS, width=width)
    choose(page, "Square 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


LAID = "#indicator=incidents&sex=persons&period=2015%2F16&view=over-deprivation"


def details(page):
    """Text of the panel with all that is closed in it opened."""
    for summary in page.locator("#vawg-detail details:not([open]) > summary").all()[::-1]:
        summary.click()
    return page.inner_text("#vawg-detail").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("name", "areas", "high"), some_every_day([("ward", 12, 4), ("district", 2, 1)], 1)
)
def test_a_layer_is_chosen_and_let_go_of(visit, laid, name, areas, high):
    page = visit(laid / f"{name}.html")
    rates = fills(page)
    groups = page.eval_on_selector_all(
        "#vawg-overlay optgroup", "groups => groups.map(group => group.label)"
    )
    # Single services of districts are chosen in their table.
    services = ["Services"] if name == "ward" else []
    assert groups == ["Deprivation", *services, "Access"]
    page.select_option(more(page, "#vawg-overlay"), label="Deprivation (made up)")
    assert fills(page)[:2] == ["#31572c", "#e8f0d8"]
    assert key_rows(page) == {"Least deprived": str(areas - high), "Most deprived": str(high)}
    assert "Scores are made up." in page.inner_text("#vawg-key")
    assert "Deprivation (made up)" in page.inner_text("#vawg-heading")
    assert "Deprivation (made up)" in page.inner_text("#vawg-status")
    page.select_option(more(page, "#vawg-overlay"), "")
    assert fills(page) == rates
    assert page.locator("input[value=rate]").is_checked()


def test_a_layer_of_the_address(visit, laid):
    page = visit(laid / "ward.html", address=LAID + "&area=E05990001")
    assert page.input_value("#vawg-overlay") == "over-deprivation"
    assert "Score 21.0 of E05990001." in details(page)
    page.select_option(more(page, "#vawg-overlay"), "over-outreach")
    assert "view=over-outreach" in page.evaluate("location.hash")
    again = visit(laid / "ward.html", address=page.evaluate("location.hash"))
    assert fills(again) == fills(page)
    unknown = visit(laid / "ward.html", address=LAID.replace("deprivation", "nothing"))
    assert unknown.input_value("#vawg-overlay") == ""
    assert unknown.locator("input[value=rate]").is_checked()


@pytest.mark.long
def test_a_layer_by_keyboard(visit, laid):
    page = visit(laid / "ward.html")
    page.focus(more(page, "#vawg-overlay"))
    page.keyboard.press("ArrowDown")
    assert page.input_value("#vawg-overlay") == "over-deprivation"
    assert fills(page)[0] == "#31572c"
    page.keyboard.press("ArrowUp")
    assert page.input_value("#vawg-overlay") == ""
    assert page.locator("#vawg-overlay").bounding_box()["height"] >= 24


def test_panel_table_and_patterns_of_layers(visit, laid):
    page = visit(laid / "ward.html")
    choose(page, "E05990002")
    # What is of a single service stands there only while it is shown.
    assert "Score 22.0 of E05990002." in details(page)
    assert "Help of" not in details(page)
    page.select_option(more(page, "#vawg-overlay"), "over-outreach")
    assert "Help of E05990002." in details(page)
    found = fills(page)
    assert found[0] == "#2c86b5"
    assert found[1].startswith("url(#p-over-")
    assert page.locator(found[1][4:-1]).count() == 1
    assert found[2] == "url(#p-missing)"
    assert key_rows(page) == {"Covered": "4", "None named by the source": "4", "No figure": "4"}
    heads = page.locator("#vawg-table thead th").all_inner_texts()
    column = next(n for n, head in enumerate(heads) if head.startswith("Outreach"))
    cells = page.eval_on_selector_all(
        "#vawg-table tbody tr",
        f"rows => rows.map(row => [row.cells[0].textContent, row.cells[{column}].textContent])",
    )
    said = {name.split("\n")[0].strip(): text for name, text in cells}
    assert said["Square 1"] == "Covered"
    assert said["Square 3"] == "No figure"
    page.select_option(more(page, "#vawg-overlay"), "")
    assert not any("Outreach" in head for head in page.locator("thead th").all_inner_texts())


@pytest.mark.long
def test_a_hidden_rate_is_hidden_in_a_layer_of_rates(visit, laid):
    page = visit(laid / "ward.html")
    page.select_option(more(page, "#vawg-overlay"), "over-both")
    assert fills(page)[0] == "#31572c"
    assert fills(page)[3:6] == ["url(#p-suppressed)", "url(#p-missing)", "url(#p-not_applicable)"]
    choose(page, "E05990003")
    assert "Both." not in details(page)
    assert "Rate and deprivation" not in details(page)
    # It belongs to one series; with another it is off.
    page.check("#vawg-indicator input >> nth=1")
    assert page.input_value("#vawg-overlay") == ""
    assert page.locator("option[value=over-both]").is_disabled()


@pytest.mark.long
def test_sites_are_marked_while_their_layer_is_shown(visit, laid):
    page = visit(laid / "district.html")
    assert page.locator(".leaflet-marks-pane path").count() == 0
    page.select_option(more(page, "#vawg-overlay"), "over-access-0")
    assert page.locator(".leaflet-marks-pane path").count() == 1
    assert page.inner_text(".mark-name") == "Made-up Hospital"
    page.select_option(more(page, "#vawg-overlay"), "over-deprivation")
    assert page.locator(".leaflet-marks-pane path").count() == 0
    assert page.locator(".mark-name").count() == 0


@pytest.mark.parametrize(
    ("width", "name"), some_every_day(product([320, 768], ["ward.html", "district.html"]), 1)
)
def test_layers_are_no_wider_than_the_screen(visit, laid, width, name):
    page = visit(laid / name, address=LAID + "&area=E05990001", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.long
def test_pages_without_layers_have_no_such_control(visit, folder):
    page = visit(folder / "ward.html")
    assert page.locator("#vawg-overlay").count() == 0


def test_hostile_words_of_a_layer_do_nothing(visit, results, factory, tmp_path):
    overlays = factory.made_up_overlays(results.areas)
    first = overlays.layers[0]
    code = next(iter(first.by_area))
    bad = dataclasses.replace(
        first,
        title=HOSTILE[0],
        group=HOSTILE[1],
        note=HOSTILE[2],
        by_area={code: dataclasses.replace(first.by_area[code], words=HOSTILE[0])},
    )
    made = dataclasses.replace(results, overlays=dataclasses.replace(overlays, layers=(bad,)))
    page = visit(write_html(build_map(made, level="ward"), tmp_path / "ward.html"))
    page.select_option(more(page, "#vawg-overlay"), "over-deprivation")
    choose(page, code)
    assert HOSTILE[0] in details(page)
    assert page.locator("img").count() == 0
