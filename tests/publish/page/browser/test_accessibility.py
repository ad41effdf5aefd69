"""The page for everybody: no violation of axe-core, contrast, reflow, order, on every state."""

from __future__ import annotations

import itertools

import pytest

from tests.publish.page.years import results_over_time
from vawg_geo.overlays import part
from vawg_geo.overlays.access import layer as access
from vawg_geo.overlays.deprivation import layer as deprivation
from vawg_geo.overlays.layer import OverlayClass
from vawg_geo.overlays.profiles import layer as profiles
from vawg_geo.overlays.services import layer as services
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.words import palette

pytestmark = [pytest.mark.browser, pytest.mark.long]

MODES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "forced-dark": {"forced_colors": "active", "color_scheme": "dark"},
    "320": {"width": 320, "height": 640},
    # A window of 1280 by 800 at 200 %.
    "zoomed": {"width": 640, "height": 400, "device_scale_factor": 2},
    "phone": {"width": 390, "height": 844, "has_touch": True, "is_mobile": True},
}
SERIES = "#indicator=incidents&sex=persons&period=2015%2F16"
ILLUSTRATIVE = "#indicator=crimes&sex=female&period=2015%2F16&area=E05990000"
WARD_STATES = (
    "",
    SERIES + "&area=E05990000",
    SERIES + "&area=E05990003&view=significance",
    SERIES + "&area=E05990000&view=patterns",
    SERIES + "&area=E05990006&view=standing",
    SERIES + "&area=E05990001&view=over-deprivation",
    SERIES + "&area=E05990001&view=over-outreach&within=E07999901",
    SERIES + "&view=over-access-0",
    SERIES + "&area=E05990000&view=over-both",
    SERIES + "&area=E05990000&fade=1",
    SERIES + "&area=E05990000&compare=crimes",
    ILLUSTRATIVE,
    SERIES + "&view=patterns",
    SERIES + "&area=E05990000&pins=E05990001,E05990003,E05990007",
    SERIES + "&pins=E05990001,E05990002",
    SERIES + "&view=significance&within=E07999902",
)
YEARS = "#indicator=incidents&sex=persons&period=2019%2F20"
MONTH = "#indicator=crimes&sex=persons&period=2018-05&area=E05990002"
YEARS_STATES = (
    "",
    YEARS + "&view=change",
    YEARS + "&view=change&area=E05990000&since=2016%2F17",
    YEARS + "&view=change&area=E05990003&since=2016%2F17",
    YEARS + "&area=E05990000&and=2014%2F15",
    "#indicator=incidents&sex=persons&period=2014%2F15&view=change&area=E05990000",
    MONTH,
    YEARS + "&area=E05990000&pins=E05990001,E05990003",
)
DISTRICT_STATES = (SERIES + "&area=E07999901", SERIES + "&view=over-access-0")
PAGES = {"ward": WARD_STATES, "years": YEARS_STATES, "district": DISTRICT_STATES, "index": ("",)}

# Lowest contrasts first: every text that can be seen, its colour over the colours behind it. Over
# the map a text stands on its white halo.
CONTRAST = """() => {
  const parse = text => { const p = text.match(/[\\d.]+/g).map(Number); return [p[0], p[1], p[2], p[3] ?? 1]; };
  const over = (a, b) => [0, 1, 2].map(k => a[k] * a[3] + b[k] * (1 - a[3])).concat(1);
  const lum = c => { const p = c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * p[0] + .7152 * p[1] + .0722 * p[2]; };
  const canvas = parse(getComputedStyle(document.body).backgroundColor);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, at = node.parentElement, style = getComputedStyle(at);
    const range = document.createRange(); range.selectNode(node);
    const box = range.getBoundingClientRect();
    if (!node.textContent.trim() || box.width < 2 || box.height < 2 || style.visibility !== "visible") continue;
    if (at.closest("script, style, option, noscript, .unseen, [aria-hidden=true], input:disabled, svg title")) continue;
    let ground = [0, 0, 0, 0], opacity = 1;
    for (let up = at; up; up = up.parentElement) {
      const one = getComputedStyle(up);
      opacity *= Number(one.opacity);
      let colour = parse(one.backgroundColor);
      if (up.matches(".place") && colour[3] === 0 && one.textShadow.startsWith("rgb(255, 255, 255)")) colour = [255, 255, 255, 1];
      const left = 1 - ground[3];
      ground = [0, 1, 2].map(k => ground[k] + colour[k] * colour[3] * left).concat(ground[3] + colour[3] * left);
      if (ground[3] > .999) break;
    }
    // What is not quite opaque may have the darkest fill of the map behind it.
    const rest = 1 - ground[3], behind = at.closest("#map_vawg, .key") ? [20, 32, 79] : canvas;
    ground = [0, 1, 2].map(k => ground[k] + behind[k] * rest);
    let ink = parse(at.namespaceURI.endsWith("svg") ? style.fill : style.color);
    ink = over([ink[0], ink[1], ink[2], ink[3] * opacity], ground);
    const a = lum(ink), b = lum(ground);
    found.push([(Math.max(a, b) + .05) / (Math.min(a, b) + .05), node.textContent.trim().slice(0, 40),
      at.tagName + "." + (at.getAttribute("class") || at.id || at.parentElement.className)]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}"""

# Controls that a screen's edge, or a box that does not scroll, cuts off.
CUT = """() => [...document.querySelectorAll("input, select, button, a, summary")].filter(at => {
  let box = at.getBoundingClientRect();
  if (!box.width || at.matches(".skip, .unseen") || at.closest(".scroll, .chart")) return false;
  if (box.right > innerWidth + 1 || box.left < -1) return true;
  for (let up = at.parentElement; up; up = up.parentElement) {
    if (getComputedStyle(up).overflowX === "visible") continue;
    const edge = up.getBoundingClientRect();
    if (box.right > edge.right + 1 || box.left < edge.left - 1) return true;
  }
  return false;
}).map(at => at.id || at.name || at.textContent)"""

# The search comes first by intent, wherever it stands; a sheet lies upon what is read before it; the
# head is one block, in one line or in two.
PLACES = """() => [...document.querySelectorAll("input, select, button, a, [tabindex='0']")]
  .filter(at => at.checkVisibility() && !at.disabled && at.tabIndex >= 0
    && !at.closest(".skip, .find, #map_vawg, .scroll")
    && getComputedStyle(at.closest(".detail, .controls") || at).position !== "fixed")
  .map(at => [at.id || at.name || at.textContent, (at.closest("header") || at).getBoundingClientRect().bottom + scrollY])"""


@pytest.fixture(scope="session")
def laid(laid, factory):
    """The pages with layers, and beside them one of six years and of thirty months."""
    write_html(build_map(results_over_time(factory), level="ward"), laid / "years.html")
    return laid


@pytest.fixture(scope="session")
def axe(needed):
    """Run axe-core over a page: rules that it found broken, and where."""
    runner = needed("axe_playwright_python.sync_playwright").Axe()
    # Sizes of targets are off by default; contrast is computed below, where the map's layers do
    # not make it give up.
    options = {
        "resultTypes": ["violations"],
        "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}},
    }

    def run(page):
        found = runner.run(page, options=options).response["violations"]
        return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]

    return run


def go(page, state):
    page.evaluate("address => { location.hash = address; }", state)
    # Charts and tables of a new state may come a frame later.
    page.wait_for_timeout(60)


def states(visit, laid, name, mode):
    page = visit(laid / f"{name}.html", **MODES[mode])
    for state in PAGES[name]:
        if state:
            go(page, state)
        # What can be opened is looked at open.
        page.evaluate("document.querySelectorAll('details').forEach(at => { at.open = true; })")
        yield state, page


@pytest.mark.promise
@pytest.mark.parametrize("mode", ["light", "dark", "forced", "320", "zoomed", "phone"])
@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing(visit, laid, axe, name, mode):
    """axe-core finds no violation on any page, state and width."""
    for state, page in states(visit, laid, name, mode):
        assert axe(page) == [], state


def test_axe_finds_nothing_on_paper_or_with_the_list_open(visit, laid, axe):
    page = visit(laid / "ward.html", address=WARD_STATES[1])
    page.fill("#vawg-find", "square")
    assert page.locator("[role=option]").count() == 12
    assert axe(page) == []
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    # Nobody goes about on paper: it needs no landmarks.
    found = [
        one for one in axe(page) if one[0] not in ("landmark-one-main", "page-has-heading-one")
    ]
    assert found == []
    assert page.evaluate(CONTRAST)[0][0] >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_sheets_of_a_phone(visit, laid, axe, scheme):
    page = visit(laid / "ward.html", address=WARD_STATES[1], color_scheme=scheme, **MODES["phone"])

    def faultless():
        assert axe(page) == []
        assert page.evaluate(CONTRAST)[0][0] >= 4.5
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    faultless()
    page.get_by_role("button", name="Show more").tap()
    faultless()
    page.get_by_role("button", name="Show less").tap()
    page.get_by_role("button", name="Layers").tap()
    page.evaluate("document.querySelectorAll('details').forEach(at => { at.open = true; })")
    faultless()


def test_axe_would_find_faults(visit, laid, axe):
    page = visit(laid / "ward.html")
    page.evaluate(
        "document.getElementById('vawg-csv').textContent = '';"
        "document.getElementById('vawg-sex').setAttribute('role', 'nothing');"
        "document.querySelectorAll('#vawg-link, #vawg-print').forEach(b => {"
        " b.style.minHeight = b.style.height = '6px'; b.style.padding = 0; b.style.fontSize = '5px';"
        " b.style.width = '9px'; b.style.margin = '-4px'; });"
    )
    assert {one[0] for one in axe(page)} >= {"button-name", "aria-roles", "target-size"}


@pytest.mark.promise
@pytest.mark.parametrize("mode", list(MODES))
@pytest.mark.parametrize("name", list(PAGES))
def test_every_text_stands_out(visit, laid, name, mode):
    """Every text of the page has enough contrast."""
    for state, page in states(visit, laid, name, mode):
        found = page.evaluate(CONTRAST)
        assert len(found) > 20
        assert [one for one in found if one[0] < 4.5] == [], state


def test_contrast_of_a_pale_text_is_seen(visit, laid):
    page = visit(laid / "ward.html")
    page.evaluate("document.getElementById('vawg-heading').style.color = '#999'")
    ratio, text, _ = page.evaluate(CONTRAST)[0]
    assert ratio == pytest.approx(palette.contrast_ratio("#999999", "#ffffff"), abs=0.01)
    assert text.startswith("Domestic abuse")


@pytest.mark.parametrize("mode", ["320", "zoomed"])
@pytest.mark.parametrize("name", list(PAGES))
def test_nothing_is_cut_off(visit, laid, name, mode):
    for state, page in states(visit, laid, name, mode):
        assert page.evaluate(CUT) == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state


def test_a_control_cut_off_is_seen(visit, laid):
    page = visit(laid / "ward.html", width=320)
    page.click("#vawg-layers")
    page.click("#vawg-more > summary")
    assert page.evaluate(CUT) == []
    page.evaluate("document.getElementById('vawg-overlay').style.minWidth = '400px'")
    assert "vawg-overlay" in page.evaluate(CUT)


@pytest.mark.parametrize("width", [320, 640, 768])
def test_order_of_focus_is_the_order_seen(visit, laid, width):
    page = visit(laid / "ward.html", address=WARD_STATES[1], width=width)
    places = page.evaluate(PLACES)
    assert len(places) > 10
    # What stands in one line may differ a little in height.
    falls = [(one, other) for one, other in itertools.pairwise(places) if other[1] < one[1] - 24]
    assert falls == []


@pytest.mark.parametrize("mode", ["light", "dark", "forced", "forced-dark"])
def test_focus_can_be_seen(visit, laid, mode):
    page = visit(laid / "ward.html", address=WARD_STATES[1], **MODES[mode])
    for _ in range(30):
        page.keyboard.press("Tab")
        style, width, shadow = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth), s.boxShadow]; })()"
        )
        assert style != "none"
        assert width >= 3
        # Amber beside a dark ring stands out from light and dark alike.
        assert mode.startswith("forced") or "rgb(31, 26, 46)" in shadow
    assert palette.contrast_ratio("#ffbf00", "#1f1a2e") > 4.5


@pytest.mark.promise
@pytest.mark.parametrize("mode", ["light", "dark", "forced", "forced-dark"])
def test_outlines_of_key_and_controls_stand_out(visit, laid, mode):
    """Outlines of key and controls have enough contrast."""
    page = visit(laid / "ward.html", address=WARD_STATES[2], **MODES[mode])
    ratios = page.evaluate(
        """() => {
  const parse = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const lum = c => { const p = c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * p[0] + .7152 * p[1] + .0722 * p[2]; };
  const ratio = (a, b) => { const [x, y] = [lum(parse(a)), lum(parse(b))]; return (Math.max(x, y) + .05) / (Math.min(x, y) + .05); };
  const ground = at => { for (; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor;
    if (!/^rgba.*, 0\\)$/.test(c)) return c; } return "rgb(255, 255, 255)"; };
  const edge = (all, of) => [...document.querySelectorAll(all)].map(at => [ratio(getComputedStyle(at)[of], ground(at.parentElement)), all]);
  return [].concat(edge(".key td rect", "stroke"), edge(".detail svg rect", "stroke"),
    edge("select, #vawg-find, .tools button", "borderTopColor"), edge(".chart .whisker, .chart .dot, .chart .mean", "stroke"));
}"""
    )
    assert {one[1] for one in ratios} >= {".key td rect", ".detail svg rect"}
    assert [one for one in ratios if one[0] < 3] == []


def test_outlines_stand_out_from_every_fill(visit, laid):
    """The line that is drawn round an area, on the map, against its own fill."""
    page = visit(laid / "ward.html")
    seen = set()
    for state in WARD_STATES:
        go(page, state or SERIES)
        pairs = page.eval_on_selector_all(
            "#map_vawg .leaflet-areas-pane path",
            "paths => paths.filter(p => p.getAttribute('fill-opacity') === '1')"
            ".map(p => [p.getAttribute('fill'), p.getAttribute('stroke')])",
        )
        seen.update((fill, line) for fill, line in pairs if fill.startswith("#"))
    assert {line for _, line in seen} == {"#4a4458", "#ffffff"}
    assert [pair for pair in seen if palette.contrast_ratio(*pair) < 3] == []


def _layer_classes():
    for module in (access, deprivation, part, profiles, services):
        for value in vars(module).values():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, OverlayClass):
                    yield one


def test_marks_of_patterns_stand_out_from_their_ground():
    kinds = [*palette.PATTERNS.values(), *palette.CLUSTER_FILLS.values()]
    pairs = [(ground, ink) for ground, ink, kind in kinds if kind != "solid"]
    pairs += [(one.ground, one.ink) for one in _layer_classes() if one.pattern != "solid"]
    assert len(pairs) > 8
    assert [pair for pair in pairs if palette.contrast_ratio(*pair) < 3] == []


def test_any_fill_has_an_outline_that_stands_out():
    """Each grey from black to white: one of the two outlines reaches 3 to 1."""
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(256)]
    for grey in greys:
        best = max(palette.contrast_ratio(grey, line) for line in ("#ffffff", "#4a4458"))
        assert best >= 3, grey
