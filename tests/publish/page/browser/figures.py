"""The figures that the pages are judged by, measured in a browser on a built edition.

    python -m tests.publish.page.browser.figures maps/public --years example/maps/public
    python -m tests.publish.page.browser.figures maps/public --column before

It prints what was measured beside what is aimed at, and keeps it in `docs/page_figures.csv`: the
column `before` is of the pages as they were until the map came first, `now` of those that stand.
Each figure is measured in the same way on both. `--years` is an edition of several years; without
it what lies over time is left out. Needs Chromium, and Firefox for what it prints.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import itertools
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.publish.page.browser.firefox import Firefox, firefox_path
from vawg_geo.words.palette import contrast_ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Browser, Page

__all__ = ["FIGURES", "Figure", "main", "measure"]

TABLE = Path(__file__).resolve().parents[4] / "docs" / "page_figures.csv"
COLUMNS = ("figure", "what", "aim", "before", "now", "reached")
SIZES = (
    (320, 640), (390, 844), (640, 400), (768, 1024), (911, 600),
    (1024, 768), (1280, 800), (1366, 768), (1536, 864), (1920, 1080),
)  # fmt: skip
DESK, PHONE = (1366, 768), (390, 844)
SETTLED = 400
# Below this an area is a speck: about 18 by 18 pixels.
SPECK = 350
POLICE = "#indicator=police_violence_and_sexual_offences_month&sex=persons&period=2019-08"
MEDWORTH, CHANGED = "E05009503", "E05009641"
VIEWS = ("", "&view=significance", "&view=standing", "&view=moran", "&view=gi", "&view=moran&clusters=1",
         "&view=over-deprivation", "&view=over-access-all-sites")  # fmt: skip
TWO = "&compare=domestic_abuse_incidents"
YEARS = "#indicator=domestic_abuse_crimes_made_up&sex=persons&period=2024%2F25"

# Boxes of what is drawn, each cut to the window.
TOOLS = """
  const shape = at => { const b = at.getBoundingClientRect();
    return {left: Math.max(b.left, 0), top: Math.max(b.top, 0), right: Math.min(b.right, innerWidth),
      bottom: Math.min(b.bottom, innerHeight)}; };
  const size = b => Math.max(0, b.right - b.left) * Math.max(0, b.bottom - b.top);
  const paths = box => [...box.querySelectorAll(".leaflet-areas-pane path")];
  const join = all => all.reduce((a, b) => ({left: Math.min(a.left, b.left), top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right), bottom: Math.max(a.bottom, b.bottom)}));
  const held = JSON.parse(document.getElementById("vawg-data").textContent);
  const spots = () => { const at = map_vawg.getContainer().getBoundingClientRect();
    return held.areas.point.map(p => { const q = map_vawg.latLngToContainerPoint([p[1] / 1e5, p[0] / 1e5]);
      return [q.x + at.left, q.y + at.top]; }); };
  const sheets = () => [...document.querySelectorAll(".detail, .controls")]
    .filter(at => seen(at) && getComputedStyle(at).position === "fixed");
  const seen = at => at && at.checkVisibility() && at.getBoundingClientRect().width > 0;
  const inside = (p, b) => p[0] > b.left && p[0] < b.right && p[1] > b.top && p[1] < b.bottom;
"""
DRAWN = (
    "() => {"
    + TOOLS
    + "return size(join(paths(map_vawg.getContainer()).map(shape))) / innerWidth / innerHeight; }"
)
# Of the map's frame, what no sheet lies on.
FRAME = (
    "() => {"
    + TOOLS
    + """
  const frame = shape(map_vawg.getContainer());
  sheets().forEach(at => { const b = shape(at); if (b.left < frame.right) frame.bottom = Math.min(frame.bottom, b.top); });
  return size(frame) / innerWidth / innerHeight; }"""
)
# How far down headings and controls reach that stand between the header and the map.
ABOVE = (
    "() => {"
    + TOOLS
    + """
  const map = map_vawg.getContainer().getBoundingClientRect(), top = document.querySelector("header").getBoundingClientRect().bottom;
  const between = [...document.querySelectorAll("main *")].filter(at => seen(at) && !at.childElementCount)
    .map(at => at.getBoundingClientRect()).filter(b => b.top >= top && b.bottom <= map.top + 1 && b.left < map.right && b.right > map.left);
  return Math.max(0, ...between.map(b => b.bottom - top)); }"""
)
# Centres of areas that lie under the key, or under any other box that stands upon the map.
UNDER_KEY = (
    "() => {"
    + TOOLS
    + """
  const key = document.getElementById("vawg-key");
  if (!seen(key)) return 0;
  const box = key.getBoundingClientRect();
  return spots().filter(p => inside(p, box)).length; }"""
)
UNDER_ANY = (
    "() => {"
    + TOOLS
    + """
  const boxes = [...document.querySelectorAll(".plate .leaflet-control, .plate .key, .plate form, .plate .inset, .plate button")]
    .filter(seen).concat(sheets()).map(at => at.getBoundingClientRect());
  return spots().filter(p => boxes.some(b => inside(p, b))).length; }"""
)
# What the chosen area's panel shows without a scroll: number, sentence, limits, line over time.
FOLD = """() => {
  const panel = document.getElementById("vawg-detail");
  let bottom = innerHeight;
  for (let up = panel; up; up = up.parentElement)
    if (/auto|scroll|hidden/.test(getComputedStyle(up).overflowY)) bottom = Math.min(bottom, up.getBoundingClientRect().bottom);
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT), found = {};
  const low = (name, at) => { if (found[name] === undefined) found[name] = at.getBoundingClientRect().bottom; };
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent, at = walker.currentNode.parentElement;
    if (!at.checkVisibility() || at.closest("svg")) continue;
    const range = document.createRange(); range.selectNode(walker.currentNode);
    if (/^\\s*\\d+\\.\\d/.test(text)) low("number", range);
    if (text.split(/\\s+/).length > 10) low("sentence", range);
    if (/\\d\\s*(to|\\u2013)\\s*\\d/.test(text)) low("limits", range);
  }
  const line = panel.querySelector("svg path, svg polyline"), own = line && line.closest("svg");
  if (own && own.getBoundingClientRect().height > 30) low("line", own);
  return {visible: Math.max(0, bottom - panel.getBoundingClientRect().top), whole: panel.scrollHeight,
    above: ["number", "sentence", "limits", "line"].filter(name => found[name] <= bottom)}; }"""
BULLET = """() => [...document.querySelectorAll("li, dd")].filter(at => !at.closest("[hidden]"))
  .map(at => [at.textContent.trim().split(/\\s+/).length, at.textContent.trim().slice(0, 60)])
  .sort((a, b) => b[0] - a[0])[0]"""
# Areas called higher: their share of what is drawn, the largest drawing of each, what lies on them.
HIGHER = (
    "speck => {"
    + TOOLS
    + """
  const reach = at => { let whole = 0; (at.getAttribute("d") || "").split("M").slice(1).forEach(ring => {
      const n = (ring.match(/-?[\\d.]+/g) || []).map(Number);
      for (let i = 0; i < n.length; i += 2) { const j = (i + 2) % n.length; whole += n[i] * n[j + 1] - n[j] * n[i + 1]; } });
    const m = at.getScreenCTM(); return Math.abs(whole / 2 * m.a * m.d); };
  const ink = held.palette.compared.higher, own = paths(map_vawg.getContainer());
  const all = own.map(reach).reduce((a, b) => a + b, 0), hot = own.filter(at => at.getAttribute("fill") === ink);
  // Each in its largest drawing: on the map, or on a small map of a town.
  const largest = at => Math.max(reach(at), ...[...document.querySelectorAll(`.plate [data-area="${own.indexOf(at)}"]`)].filter(seen).map(reach));
  const names = [...document.querySelectorAll(".plate .place b")].filter(seen).map(at => at.getBoundingClientRect());
  const middle = at => { const b = at.getBoundingClientRect(); return [(b.left + b.right) / 2, (b.top + b.bottom) / 2]; };
  return {share: hot.map(reach).reduce((a, b) => a + b, 0) / all, count: hot.length,
    specks: hot.filter(at => largest(at) < speck).length,
    under: hot.filter(at => names.some(b => inside(middle(at), b))).length}; }"""
)
# Tiles of the mark of unsure rates on each class, the classes' colours, what is beside them.
MARKS = (
    "() => {"
    + TOOLS
    + """
  const own = paths(map_vawg.getContainer()), marks = {}, slug = "police_violence_and_sexual_offences_month";
  const s = held.series.find(one => held.indicators[one.indicator].slug === slug);
  const tile = fill => document.querySelector(fill.slice(4, -1)).outerHTML;
  let zero = null;
  s.status.forEach((status, i) => { const fill = own[i].getAttribute("fill"), kind = held.meta.statuses[status];
    if (kind === "zero") zero = fill.startsWith("url(") ? tile(fill) : fill;
    if (kind === "unstable" && fill.startsWith("url(")) marks[s.class[i]] = tile(fill); });
  return {marks, zero, classes: held.palette.classes[s.breaks.length + 1],
    sea: getComputedStyle(map_vawg.getContainer()).backgroundColor}; }"""
)
WHERE = (
    "() => { const c = map_vawg.getCenter(), p = map_vawg.project(c); return [scrollY, p.x, p.y]; }"
)
# How far below the window the chosen area's number begins.
BELOW = """() => { const big = document.querySelector("#vawg-detail .big, #vawg-detail .state, #vawg-detail-title");
  return Math.max(0, big.getBoundingClientRect().bottom - innerHeight); }"""


@dataclass(frozen=True)
class Figure:
    """One figure: its name, what it is, what is aimed at, and whether a number reaches that."""

    name: str
    what: str
    aim: str
    reaches: Callable[[float], bool] | None


def _least(value: float, unit: str = "") -> tuple[str, Callable[[float], bool]]:
    return f"{value:g}{unit} or more", lambda found: found >= value


def _most(value: float, unit: str = "") -> tuple[str, Callable[[float], bool]]:
    return f"{value:g}{unit}{' or less' if value else ''}", lambda found: found <= value


FIGURES = tuple(
    Figure(name, what, *aim)
    for name, what, aim in (
        ("drawn", "the area as drawn, of a window of 1366 by 768, %", _least(36)),
        ("frame", "the map's frame, of a window of 1366 by 768, %", _least(60)),
        ("above", "heading and controls above the map, pixels", _most(0)),
        ("panel", "of the chosen area's panel seen without a scroll, %", ("", None)),
        ("parts", "of number, sentence, limits and line over time, above the fold", _least(4)),
        ("under_key", "ward centres under the key, worst of all sizes and views", _most(0)),
        ("under_any", "ward centres under anything on the map, worst of all", _most(0)),
        ("bullet", "longest bullet of the pages, words", _most(40)),
        ("higher", "wards called higher, share of the drawn area, %", ("", None)),
        ("specks", f"of the 13 higher wards, nowhere drawn as large as {SPECK} square pixels", _most(6)),
        ("under_name", "of the 13 higher wards, under a name", _most(0)),
        ("unsure", "lightness that the mark of unsure rates adds or takes, of a class's step, %", _most(50)),
        ("unsure_ink", "contrast of the mark of unsure rates with its class, at most, to 1", _most(4.5)),
        ("classes", "lowest contrast of neighbouring classes, to 1", _least(1.35)),
        ("none", "contrast of none recorded, or of its mark, with what is outside, to 1", _least(3)),
        ("paper", "pages of a chosen ward on paper, Chromium", _most(1)),
        ("paper_two", "pages of two maps on paper, Chromium", _most(1)),
        ("paper_firefox", "pages of a chosen ward on paper, Firefox", _most(1)),
        ("paper_two_firefox", "pages of two maps on paper, Firefox", _most(1)),
        ("finger_page", "phone: one finger 200 pixels over the map, the page moves, pixels", _least(100)),
        ("finger_map", "phone: one finger 200 pixels over the map, the map moves, pixels", _most(5)),
        ("fingers_map", "phone: two fingers 100 pixels over the map, the map moves, pixels", _least(50)),
        ("tap", "phone: after a tap, the ward's number is so far below the window, pixels", _most(0)),
        ("phone_map", "phone: the map's frame, of a window of 390 by 844, %", _least(60)),
        ("stops", "stops of the Tab key up to the search", _most(2)),
    )
)  # fmt: skip


@contextlib.contextmanager
def _page(
    browser: Browser, file: Path, address: str = "", *, size: Any = DESK, **more: Any
) -> Iterator[Page]:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, **more)
    page = context.new_page()
    page.goto(file.resolve().as_uri() + address)
    page.wait_for_timeout(SETTLED)
    yield page
    context.close()


def _share(value: float) -> float:
    return round(100 * value, 1)


def of_desk(browser: Browser, ward: Path) -> dict[str, float]:
    """Shares of a window of a laptop, and the way to the search."""
    with _page(browser, ward, POLICE) as page:
        found = {
            "drawn": _share(page.evaluate(DRAWN)),
            "frame": _share(page.evaluate(FRAME)),
            "above": round(max(0, page.evaluate(ABOVE))),
        }
        for stops in itertools.count(1):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "vawg-find" or stops == 60:
                return found | {"stops": stops}
    raise AssertionError


def of_panel(
    browser: Browser, ward: Path, years: Path | None, address: str = f"{YEARS}&area={CHANGED}"
) -> dict[str, float]:
    """What is seen of the chosen area; over time, of the one that the address names."""
    with _page(browser, ward, f"{POLICE}&area={MEDWORTH}") as page:
        fold = page.evaluate(FOLD)
        found = {"panel": min(100.0, _share(fold["visible"] / fold["whole"]))}
    if years:
        with _page(browser, years, address) as page:
            found["parts"] = len(page.evaluate(FOLD)["above"])
    return found


def of_cover(browser: Browser, ward: Path, sizes: Sequence[Any] = SIZES) -> dict[str, float]:
    """How many centres of areas lie under something, at worst: in every view, or with one chosen."""
    found = {"under_key": 0, "under_any": 0}
    chosen = {"under_key": UNDER_KEY}
    wanted = [(view, chosen | {"under_any": UNDER_ANY}) for view in VIEWS]
    wanted += [
        (f"{view}&area={MEDWORTH}", chosen) for view in ("", "&view=significance", "&view=moran")
    ]
    for size in sizes:
        with _page(browser, ward, POLICE, size=size) as page:
            for view, scripts in wanted:
                page.evaluate("address => { location.hash = address; }", POLICE + view)
                page.wait_for_timeout(SETTLED // 4)
                for name, script in scripts.items():
                    found[name] = max(found[name], page.evaluate(script))
    return found


def of_words(browser: Browser, folder: Path) -> dict[str, float]:
    """Words of the longest bullet that any page has."""
    longest = 0
    for name in ("ward", "district", "index"):
        with _page(browser, folder / f"{name}.html") as page:
            longest = max(longest, page.evaluate(BULLET)[0])
    return {"bullet": longest}


def of_higher(browser: Browser, ward: Path) -> dict[str, float]:
    """The wards that the comparison calls higher: are they seen?"""
    with _page(browser, ward, f"{POLICE}&view=significance") as page:
        found = page.evaluate(HIGHER, SPECK)
    assert found["count"] == 13, found
    return {
        "higher": _share(found["share"]), "specks": found["specks"], "under_name": found["under"],
    }  # fmt: skip


def _tile(browser: Browser, tile: str) -> Any:
    """Picture of a pattern, as it fills an area."""
    from PIL import Image

    name = re.search(r'id="([^"]+)"', tile)
    assert name
    page = browser.new_page(viewport={"width": 240, "height": 240})
    page.set_content(
        f'<body style="margin:0"><svg width="240" height="240">{tile}'
        f'<rect width="240" height="240" fill="url(#{name[1]})"/></svg>'
    )
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def _lightness(picture: Any) -> float:
    """CIE lightness of a picture as the eye mixes it from afar."""
    levels = [v / 255 for v in range(256)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    size = picture.width * picture.height
    light = sum(
        weight * sum(n * linear[v] for v, n in enumerate(band.histogram())) / size
        for weight, band in zip((0.2126, 0.7152, 0.0722), picture.split(), strict=True)
    )
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def _hex(colour: Sequence[Any]) -> str:
    return "#" + "".join(f"{int(n):02x}" for n in colour[:3])


def of_colours(browser: Browser, ward: Path) -> dict[str, float]:
    """What classes and marks can be told apart by."""
    from PIL import Image

    with _page(browser, ward, POLICE) as page:
        held = page.evaluate(MARKS)
    classes = held["classes"]
    bare = [_lightness(Image.new("RGB", (1, 1), colour)) for colour in classes]
    steps = [abs(one - other) for one, other in itertools.pairwise(bare)]
    taken, inks = [], []
    for key, tile in held["marks"].items():
        place, picture = int(key), _tile(browser, tile)
        step = min(steps[max(0, place - 1) : place + 1])
        taken.append(abs(_lightness(picture) - bare[place]) / step)
        colours = [_hex(colour) for _, colour in picture.getcolors(1 << 16)]
        inks.append(max(contrast_ratio(colour, classes[place]) for colour in colours))
    sea = _hex(re.findall(r"\d+", held["sea"]))
    none = re.findall(r'(?:stroke|fill)="(#[0-9a-fA-F]{6})"', held["zero"]) or [held["zero"]]
    return {
        "unsure": _share(max(taken)),
        "unsure_ink": round(max(inks), 2),
        "classes": round(min(contrast_ratio(a, b) for a, b in itertools.pairwise(classes)), 2),
        "none": round(max(contrast_ratio(ink, sea) for ink in none), 2),
    }


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(pdf)).pages)


def of_paper(browser: Browser, ward: Path) -> dict[str, float]:
    """Pages on paper, in each browser."""
    wanted = {"paper": f"{POLICE}&area={MEDWORTH}", "paper_two": POLICE + TWO}
    found: dict[str, float] = {}
    for name, address in wanted.items():
        with _page(browser, ward, address) as page:
            found[name] = pages_of(page.pdf(prefer_css_page_size=True))
    path = firefox_path()
    if path:
        with contextlib.closing(Firefox(path)) as firefox:
            for name, address in wanted.items():
                tab = firefox.open(ward.resolve().as_uri() + address)
                tab.until("document.querySelectorAll('.leaflet-areas-pane path').length > 0")
                found[f"{name}_firefox"] = pages_of(tab.paper(landscape=name == "paper_two"))
    return found


def _drag(page: Page, fingers: int, far: int) -> tuple[float, float]:
    """How far page and map move under fingers that are drawn up over the map."""
    box = page.locator("#map_vawg").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6
    line = page.context.new_cdp_session(page)
    before = page.evaluate(WHERE)

    def touch(kind: str, moved: float) -> None:
        points = [{"x": x + 50 * n, "y": y - moved, "id": n} for n in range(fingers)]
        line.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": points if kind != "touchEnd" else []},
        )

    touch("touchStart", 0)
    for step in range(1, 11):
        touch("touchMove", far * step / 10)
        page.wait_for_timeout(16)
    # A finger that rests before it is lifted throws nothing.
    page.wait_for_timeout(300)
    touch("touchMove", far)
    touch("touchEnd", far)
    page.wait_for_timeout(SETTLED)
    after = page.evaluate(WHERE)
    moved = ((after[1] - before[1]) ** 2 + (after[2] - before[2]) ** 2) ** 0.5
    return abs(after[0] - before[0]), moved


def of_phone(browser: Browser, ward: Path) -> dict[str, float]:
    """What fingers do, and what a tap shows."""
    phone = {"size": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    with _page(browser, ward, POLICE, **phone) as page:
        found = {"phone_map": _share(page.evaluate(FRAME))}
        page.locator("#map_vawg").scroll_into_view_if_needed()
        one = _drag(page, 1, 200)
    with _page(browser, ward, POLICE, **phone) as page:
        page.locator("#map_vawg").scroll_into_view_if_needed()
        two = _drag(page, 2, 100)
    with _page(browser, ward, POLICE, **phone) as page:
        page.locator("#map_vawg").scroll_into_view_if_needed()
        box = page.locator(".leaflet-areas-pane path").nth(60).bounding_box()
        assert box
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(2 * SETTLED)
        assert "&area=" in page.evaluate("location.hash")
        below = page.evaluate(BELOW)
    return found | {
        "finger_page": round(one[0]), "finger_map": round(one[1]), "fingers_map": round(two[1]),
        "tap": round(below),
    }  # fmt: skip


def measure(browser: Browser, folder: Path, years: Path | None = None) -> dict[str, float]:
    """Measure every figure on the pages of the embedded default."""
    ward = folder / "ward.html"
    return {
        **of_desk(browser, ward), **of_panel(browser, ward, years and years / "ward.html"), **of_cover(browser, ward),
        **of_words(browser, folder), **of_higher(browser, ward), **of_colours(browser, ward),
        **of_paper(browser, ward), **of_phone(browser, ward),
    }  # fmt: skip


def kept() -> dict[str, dict[str, str]]:
    """The table as it is kept, by figure."""
    if not TABLE.is_file():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["figure"]: row for row in csv.DictReader(file)}


def _table(found: dict[str, float], column: str) -> list[dict[str, str]]:
    old = kept()
    rows = []
    for figure in FIGURES:
        row = {"figure": figure.name, "what": figure.what, "aim": figure.aim}
        row |= {name: old.get(figure.name, {}).get(name, "") for name in ("before", "now")}
        if figure.name in found:
            row[column] = f"{found[figure.name]:g}"
        reached = figure.reaches and row["now"] and figure.reaches(float(row["now"]))
        row["reached"] = "" if reached is None or reached == "" else "yes" if reached else "no"
        rows.append(row)
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and keep."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="public edition of the embedded default")
    parser.add_argument("--years", type=Path, help="public edition of docs/change.md's six years")
    parser.add_argument("--column", choices=("before", "now"), default="now")
    options = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        rows = _table(measure(browser, options.folder, options.years), options.column)
        browser.close()
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        line = f"{row['before']:>7} {row['now']:>7}  {row['aim']:>12}  {row['reached']:>3}  {row['what']}"
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
