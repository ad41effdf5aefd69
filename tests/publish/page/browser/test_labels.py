"""Labels as a browser draws them: no two meet, none leaves the map, none covers a sign."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# Pairs of labels whose boxes meet, labels beyond the frame, and how many of each kind there are.
FOUND = """() => {
  const frame = document.querySelector("#vawg-frame .folium-map").getBoundingClientRect();
  const all = [...document.querySelectorAll(".leaflet-names-pane .place")]
    .map(node => ({text: node.textContent, kind: node.className, box: node.getBoundingClientRect()}));
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const outside = ({box}) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  const above = [...document.querySelectorAll("#vawg-key, .find, #vawg-tools, .leaflet-bar")].map(node => node.getBoundingClientRect());
  const kinds = {};
  all.forEach(one => { kinds[one.kind] = (kinds[one.kind] || 0) + 1; });
  return {
    pairs: all.flatMap((a, n) => all.slice(n + 1).filter(b => meet(a.box, b.box)).map(b => [a.text, b.text])),
    under: all.filter(one => above.some(box => box.width && meet(one.box, box))).map(one => one.text),
    outside: all.filter(outside).map(one => one.text), kinds, texts: all.map(one => one.text)
  };
}"""


def looked_at(page):
    found = page.evaluate(FOUND)
    assert found["pairs"] == []
    assert found["outside"] == []
    assert found["under"] == []
    return found


@pytest.mark.parametrize("level", ["ward", "district"])
@pytest.mark.parametrize(
    ("width", "height"),
    [(1920, 1080), (1366, 768), (1024, 768), (768, 1024), (390, 844), (320, 640)],
)
def test_labels_meet_nowhere(default_build, visit, level, width, height):
    path = default_build.folders["public"] / f"{level}.html"
    page = visit(path, address="#view=significance", width=width, height=height)
    assert looked_at(page)["texts"]
    for _ in range(5):
        page.locator(".leaflet-bar button").first.click()
        looked_at(page)


# Wards whose middle is in the frame.
IN_VIEW = """() => {
  const frame = document.querySelector("#vawg-frame .folium-map").getBoundingClientRect();
  return [...document.querySelectorAll(".leaflet-areas-pane path")].map(node => node.getBoundingClientRect())
    .filter(box => (box.left + box.right) / 2 > frame.left && (box.left + box.right) / 2 < frame.right
      && (box.top + box.bottom) / 2 > frame.top && (box.top + box.bottom) / 2 < frame.bottom).length;
}"""


def test_nearer_by_more_wards_are_named(default_build, visit):
    page = visit(default_build.folders["public"] / "ward.html", width=1366, height=768)
    first = looked_at(page)
    assert first["kinds"]["place area"] >= 5
    assert first["kinds"]["place dot"] == sum(
        n for kind, n in first["kinds"].items() if kind.startswith("place town")
    )
    share = first["kinds"]["place area"] / page.evaluate(IN_VIEW)
    for _ in range(5):
        page.locator(".leaflet-bar button").first.click()
    near = looked_at(page)
    assert near["kinds"]["place area"] / page.evaluate(IN_VIEW) > 1.5 * share


def test_the_chosen_ward_is_named_on_the_map(default_build, visit):
    page = visit(default_build.folders["public"] / "ward.html")
    page.locator("#vawg-find").fill("Medworth")
    page.keyboard.press("Enter")
    assert page.locator(".place.now").inner_text() == "Medworth"
    looked_at(page)
