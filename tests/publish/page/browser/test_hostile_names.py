"""Names, notes and titles that look like markup, templates, scripts or formulas: shown, never run.

Every place of a page that shows a text from somebody's file gets every one of these texts. `visit`
fails where anything ran: a dialogue, a message of the policy or of a script, a request.
"""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from tests.publish.page.browser.choosing import more
from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.pipeline import build
from vawg_geo.publish.edition import write_edition
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.publish.page.pages import write_index, write_pages
from vawg_geo.publish.written import Written
from vawg_geo.results.not_shown import LeftOut

pytestmark = [pytest.mark.browser, pytest.mark.long]

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<svg onload=alert(3)>",
    "${alert(4)}",
    "`${alert(5)}`",
    "javascript:alert(6)",
    '"><b onclick=alert(7)>',
    "' onmouseover='alert(8)",
    "{area} {{title}} {0} %s $& $1",
    "&lt;i&gt;not&lt;/i&gt; &amp; <!-- --> ]]>",
    "=cmd|' /C calc'!A0",
    "+HYPERLINK(1)",
    "@SUM(1)",
    "__proto__",
    "\u200f\u05d0\u05d1\u200e mark\u2028ed",
    "</style><style>*{display:none}</style>",
)
FORMULAS = ("=", "+", "@")
TOGETHER = " | ".join(HOSTILE)
PER_ROW = 4

# What hostile texts would leave behind if they were read as markup or as an address.
TRACES = """() => {
    const found = [];
    for (const one of document.querySelectorAll("*")) {
        for (const {name, value} of one.attributes) {
            if (/^on/i.test(name) || /^\\s*javascript:/i.test(value) && name !== "value" &&
                !/^(label|title|aria-label|data-)/.test(name)) found.push(one.tagName + " " + name);
        }
    }
    for (const tag of ["img", "iframe", "object", "embed", "base", "form form", "b b"]) {
        found.push(...Array.from(document.querySelectorAll(tag), () => tag));
    }
    const strange = Array.from(document.scripts).filter(script => script.text.startsWith("alert("));
    return found.concat(strange.map(() => "script"));
}"""


def traces(page):
    return page.evaluate(TRACES)


def content(page, selector):
    """Texts as they are in the page, where `inner_text` would fold their spaces."""
    return page.eval_on_selector_all(selector, "all => all.map(one => one.textContent)")


def take(page, place):
    """Choose an area by its code: its name may hold anything."""
    page.fill("#vawg-find", f"E0599{place:04d}")
    page.keyboard.press("Enter")


def rows_of(page):
    with page.expect_download() as download:
        page.click("#vawg-csv")
    assert all(
        sign.isalnum() or sign in "_-" for sign in Path(download.value.suggested_filename).stem
    )
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def in_a_file(text):
    return f"'{text}" if text.startswith(FORMULAS) else text


def own_districts(factory, *, ward_names=(), district_names=()):
    """Sixteen wards, each a district of its own."""
    wards = factory.grid_areas(PER_ROW, len(HOSTILE) // PER_ROW, names=ward_names)["ward"]
    codes = [f"E079990{place:02d}" for place in range(len(wards))]
    districts = wards.assign(area_code=codes, parent_code="")
    if district_names:
        districts["area_name"] = list(district_names)
    return {"ward": wards.assign(parent_code=codes), "district": districts}


@pytest.fixture
def write(tmp_path):
    def write_level(results, level="ward"):
        return write_html(build_map(results, level=level), tmp_path / f"{level}.html")

    return write_level


def test_what_would_run_is_noticed(chromium, folder):
    page = chromium.new_page()
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    page.goto((folder / "ward.html").as_uri())
    assert traces(page) == []
    for text in HOSTILE:
        page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", text)
    found = traces(page)
    page.close()
    assert {"IMG onerror", "svg onload", "B onclick", "img", "script"} <= set(found)
    assert any("Content Security Policy" in text for text in heard)


def assert_names_on_the_map(page):
    """As they are written; those that cover no other area's figure."""
    named = content(page, ".plate-label b")
    assert len(named) >= len(HOSTILE) // 4
    assert set(named) <= set(HOSTILE)


@pytest.mark.promise
@pytest.mark.promise
def test_wards_and_notes(visit, factory, write):
    """Hostile names and notes are shown literally, and nothing of them runs."""
    made = factory.make_results(own_districts(factory, ward_names=HOSTILE))
    notes = dict(zip(made.areas["ward"]["area_code"], (f"note {t}" for t in HOSTILE), strict=True))
    rates = made.rates.assign(note=made.rates["area_code"].map(notes).fillna(""))
    page = visit(write(dataclasses.replace(made, rates=rates)), accept_downloads=True)
    for place, name in enumerate(HOSTILE):
        shape = page.locator(".leaflet-areas-pane path").nth(place)
        shape.hover()
        assert page.locator(".leaflet-tooltip b").last.text_content() == name
        shape.click()
        assert content(page, "#vawg-detail-title") == [name]
        # A hidden figure's sentence names its area too.
        assert name in content(page, "#vawg-detail .say")[0]
        assert f"note {name}" in content(page, "#vawg-detail dd")
        assert content(page, "#vawg-status")[0].count(name) >= 1
        assert content(page, "#vawg-table tr.picked th") == [name]
    page.fill("#vawg-find", "alert")
    # Wards and their districts have the same names, and twelve are listed.
    found = content(page, "[role=option] span")
    assert len(found) == 12
    assert set(found) <= {name for name in HOSTILE if "alert" in name}
    page.keyboard.press("Escape")
    assert_names_on_the_map(page)
    drawn = content(page, "#vawg-chart title")
    assert len(drawn) == len(HOSTILE) - 3
    assert all(any(text.startswith(f"{name}: ") for name in HOSTILE) for text in drawn)
    page.click("[data-sort=name]")
    assert {row["area_name"] for row in rows_of(page)} == set(map(in_a_file, HOSTILE))
    assert traces(page) == []


def test_districts(visit, factory, write):
    made = factory.make_results(own_districts(factory, district_names=HOSTILE))
    page = visit(write(made), accept_downloads=True)
    assert content(page, "#vawg-within option")[1:] == sorted(HOSTILE)
    for place, name in enumerate(HOSTILE):
        take(page, place)
        assert content(page, "#vawg-detail .where") == [f"{name}, E0599{place:04d}"]
        page.select_option(more(page, "#vawg-within"), str(place))
        assert content(page, "#vawg-table tbody td:nth-child(2)") == [name]
    page.select_option(more(page, "#vawg-within"), "")
    page.fill("#vawg-find", "E0599")
    assert set(content(page, "[role=option] small")) <= set(HOSTILE)
    page.keyboard.press("Escape")
    assert {row["district"] for row in rows_of(page)} == set(map(in_a_file, HOSTILE))
    assert traces(page) == []
    page = visit(write(made, "district"))
    assert_names_on_the_map(page)
    assert traces(page) == []


def test_indicators(visit, factory, results, write):
    known = results.indicators["incidents"]
    indicators = {
        text: msgspec.structs.replace(
            known, name=text, title=text, unit=f"unit {text}", definition=f"definition {text}",
            source=f"source {text}", denominator=f"people {text}", caveat=f"caveat {text}",
            slug=text,
        )
        for text in HOSTILE
    }  # fmt: skip
    made = factory.make_results(
        indicators=indicators,
        series=[(text, "persons", "published") for text in HOSTILE],
        hotspots=False,
    )
    page = visit(write(made), accept_downloads=True)
    assert content(page, "#vawg-indicator option") == list(HOSTILE)
    take(page, 0)
    for place, text in enumerate(HOSTILE):
        page.select_option("#vawg-indicator select", index=place)
        assert content(page, "#vawg-heading") == [f"{text} by ward"]
        assert f"people {text}" in content(page, "#vawg-subheading")[0]
        assert f"Number of unit {text}" in content(page, "#vawg-detail dt")
        assert f"source {text}" in content(page, "#vawg-detail dd")
        about = content(page, "#vawg-about")[0]
        assert all(f"{kind} {text}" in about for kind in ("definition", "source", "caveat"))
        assert text in content(page, "#vawg-table caption")[0]
    assert rows_of(page)[0]["indicator"] == HOSTILE[-1]
    # The address holds the name of what is shown, and brings it back.
    again = visit(write(made), address=page.evaluate("location.hash"))
    assert content(again, "#vawg-heading") == [f"{HOSTILE[-1]} by ward"]
    assert traces(page) == traces(again) == []


def test_overlays(visit, factory, write):
    made = factory.make_results()
    codes = list(made.areas["ward"]["area_code"])
    layers = tuple(
        OverlayLayer(
            name=text,
            group=f"group {text}" if place % 2 else text,
            title=f"title {text}",
            level="ward",
            classes=(OverlayClass(key=text, label=f"label {text}", ground="#e8f0d8"),),
            by_area=dict.fromkeys(codes, AreaValue(key=text, words=f"words {text}", short=text)),
            note=f"note {text}",
            points=((544_000.0, 273_000.0, f"site {text}"),),
        )
        for place, text in enumerate(HOSTILE)
    )
    overlays = dataclasses.replace(made.overlays, layers=layers)
    page = visit(write(dataclasses.replace(made, overlays=overlays)))
    listed = [text for text in content(page, "#vawg-overlay option")[1:] if text]
    assert listed == [f"title {text}" for text in HOSTILE]
    take(page, 0)
    for text in HOSTILE:
        page.select_option(more(page, "#vawg-overlay"), f"over-{text}")
        assert content(page, "#vawg-heading") == [f"title {text} by ward"]
        assert content(page, "#vawg-key h3") == [f"title {text}"]
        assert content(page, "#vawg-key tbody td:nth-child(2)") == [f"label {text}"]
        assert f"note {text}" in content(page, "#vawg-key")[0]
        assert f"words {text}" in content(page, "#vawg-detail dd")
        assert content(page, ".mark-name") == [f"site {text}"]
        assert f"label {text}" in content(page, "#vawg-table td")
    again = visit(page.url.split("#")[0] and write(dataclasses.replace(made, overlays=overlays)),
                  address=page.evaluate("location.hash"))  # fmt: skip
    assert content(again, "#vawg-key h3") == [f"title {HOSTILE[-1]}"]
    assert traces(page) == traces(again) == []


def test_sources(visit, factory, tmp_path):
    plain = factory.make_results(watermark=TOGETHER)
    claims = pd.DataFrame(
        {"level": "ward", "area_code": "", "claim": HOSTILE, "evidence": "x", "note": ""}
    )
    made = dataclasses.replace(
        plain,
        title=f"title {TOGETHER}",
        protection=f"protection {TOGETHER}",
        attribution=HOSTILE,
        caveats=HOSTILE,
        left_out={"ward": tuple(LeftOut(said=text) for text in HOSTILE)},
        area_names=dict.fromkeys(plain.area_names, f"whole {TOGETHER}"),
        overlays=dataclasses.replace(plain.overlays, tables={"source_claims": claims}),
    )
    write_edition(made, tmp_path, writers=[write_pages])
    for name in ("ward.html", "index.html"):
        page = visit(tmp_path / name)
        assert f"title {TOGETHER}" in page.title()
        assert content(page, "h1") == [f"title {TOGETHER}"]
        assert content(page, ".mark") == [TOGETHER]
        assert f"protection {TOGETHER}" in content(page, ".prose p")
        # Attribution and caveats; what is not shown; and on the map's page the claims.
        lines = content(page, ".prose li")
        assert [lines.count(text) for text in HOSTILE] == [2] * len(HOSTILE)
        lines = content(page, ".prose p")
        assert [lines.count(text) for text in HOSTILE] == [1] * len(HOSTILE)
        if name == "ward.html":
            lines = content(page, "#vawg-claims p")
            assert [lines.count(f"The source: {text}") for text in HOSTILE] == [1] * len(HOSTILE)
        assert traces(page) == []
        if name == "ward.html":
            assert f"whole {TOGETHER}" in content(page, "#vawg-chart-note")[0]


@pytest.mark.promise
def test_names_of_files(visit, results, write, tmp_path):
    """Hostile names of files are shown literally, and nothing of them runs."""
    names = [f"{text.replace('/', ' ')}.html" for text in HOSTILE]
    entries = [Written(href=f"./{name}", title=name, description=name) for name in names]
    index = visit(write_index(tmp_path / "index.html", results, entries=entries))
    assert content(index, ".files a") == content(index, ".files span") == names
    assert traces(index) == []
    for text in (HOSTILE[0], " ".join(HOSTILE[3:9]).replace("/", " ")):
        page = visit(write(results).rename(tmp_path / f"{text}.html"))
        take(page, 1)
        assert content(page, "#vawg-detail-title") == ["Square 2"]
        assert traces(page) == []


def test_a_whole_build_of_hostile_inputs(visit, make_project, ward_codes):
    """From a table of counts and a configuration to the pages: no step reads them as anything."""
    text = "</script><img src=x onerror=alert(1)>${alert(2)}`{area}"
    lines = [
        f"'{code}','{text}',persons,2015/16,{30 + n}".replace("'", '"')
        for n, code in enumerate(ward_codes)
    ]
    table = "\n".join(["area_code,indicator,sex,period,count", *lines]) + "\n"
    toml = (
        make_project().read_text("utf-8")
        .replace("Example (made up)", text)
        .replace("counts.csv", "<img src=x onerror=alert(1)>`${x}`.csv")
    )  # fmt: skip
    config = make_project(toml=toml, table=table, name="<img src=x onerror=alert(1)>`${x}`.csv")
    made = build(config, editions=["public"])
    for name in ("ward.html", "district.html", "index.html"):
        page = visit(made.folders["public"] / name)
        assert content(page, "h1") == [text]
        assert traces(page) == []
        if name == "ward.html":
            assert text in content(page, "#vawg-heading")[0]


# Names with controls that reverse what follows, up to the end of the line.
REVERSING = ("Ely \u202e", "March \u2067", "Soham \u202b", "Wisbech \u2066\u202e")


def test_no_name_turns_the_figures_after_it_round(visit, factory, write):
    page = visit(write(factory.make_results(factory.grid_areas(names=REVERSING))))
    for place in (0, 1, 2):
        take(page, place)
        read = page.evaluate(
            """() => {
                const text = document.querySelector("#vawg-detail .say").firstChild;
                const at = text.data.search(/\\d+\\.\\d/), range = document.createRange();
                const left = n => {
                    range.setStart(text, n);
                    range.setEnd(text, n + 1);
                    return range.getBoundingClientRect().left;
                };
                return [text.data.slice(at, at + 3), left(at), left(at + 1), left(at + 2)];
            }"""
        )
        assert read[1] < read[2] < read[3], read[0]
        assert content(page, "#vawg-detail-title")[0].endswith(" \ufffd")
