"""Sizes of pages, and how fast a page of thousands of areas appears and changes.

    python benchmarks/page.py WARDS [--districts DISTRICTS] [--rounds 5] [--periods 10]

WARDS is a boundary file with some thousand areas, DISTRICTS one of those that hold them. Counts
and populations are made up and marked illustrative. In one run, in turns:

- size of the page, and size of the default's pages beside the same content as plain folium
  GeoJson layers, one for each series and each layer laid over (labels of hotspots left out);
- first paint of the page beside a bare Leaflet page that draws the same polygons on a canvas;
- time from choosing another indicator until the map is painted;
- size of a page of one indicator over so many years (made up, as an analyst's own), and time of
  each step of its slider until the map is painted: rates, and change with an area chosen.

Needs Chromium and playwright. It is a measurement, not a test.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pandas as pd

import vawg_geo
from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.project import read_project
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.publish.page.leaflet import load_leaflet
from vawg_geo.results.results import EditionResults, compute_results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser

NAMES = ("incidents", "crimes", "sexual offences", "harassment offences", "referrals")
BARE = """<!DOCTYPE html><meta charset="utf-8"><style>{style}
#map {{ width: 840px; height: 600px }}</style>
<div id="map"></div><script type="application/json" id="shapes">{shapes}</script>
<script>{script}</script><script>
var map = L.map("map", {{
  preferCanvas: true, zoomAnimation: false, fadeAnimation: false, zoomSnap: 0.125
}});
var layers = JSON.parse(document.getElementById("shapes").textContent).map(function (shape) {{
  return L.polygon(shape.map(function (rings) {{
    return rings.map(function (ring) {{
      var points = [], x = 0, y = 0;
      for (var i = 0; i < ring.length; i += 2) {{
        x += ring[i]; y += ring[i + 1]; points.push([y / 1e5, x / 1e5]);
      }}
      return points;
    }});
  }}), {{weight: 0.3, color: "#4a4458", fillColor: "#6cc2bb", fillOpacity: 1}});
}});
var all = L.featureGroup(layers);
map.fitBounds(all.getBounds());
all.addTo(map);
</script>"""
# A frame after the last one that scripts asked for: what they drew stands on the screen.
PAINTED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
  () => done(performance.now()))))"""
# The slider as its keys move it.
STEP = """place => new Promise(done => {
  const slide = document.getElementById("vawg-slide"), start = performance.now();
  slide.value = place;
  slide.dispatchEvent(new Event("input", {bubbles: true}));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start), 0));
})"""
# A few indicators are radio buttons, more of them a list.
SWITCH = """place => new Promise(done => {
  const box = document.getElementById("vawg-indicator"), list = box.querySelector("select");
  const start = performance.now();
  if (list) {
    list.selectedIndex = place;
    list.dispatchEvent(new Event("change", {bubbles: true}));
  } else box.querySelectorAll("input")[place].click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start), 0));
})"""


def made_up_project(
    wards: Path,
    districts: Path | None,
    folder: Path,
    *,
    names: Sequence[str] = NAMES,
    periods: Sequence[str] = ("2015/16",),
    basis: str = "illustrative",
) -> Path:
    """Write a configuration with counts and populations for a boundary file."""
    areas = read_boundaries(wards)
    codes = areas["area_code"].to_numpy()
    rng = np.random.default_rng(1)
    people = rng.integers(2_000, 9_000, len(codes))
    population = pd.DataFrame({"area_code": codes, "sex": "persons", "population": people})
    population.to_csv(folder / "population.csv", index=False)
    rows = [
        pd.DataFrame(
            {
                "area_code": codes, "indicator": name, "sex": "persons", "period": period,
                "count": rng.poisson(people * level),
            }
        )
        for n, name in enumerate(names)
        for level in [rng.gamma(4, 0.004 / (n + 1), len(codes))]
        for period in periods
    ]  # fmt: skip
    pd.concat(rows).to_csv(folder / "counts.csv", index=False)
    upper = f'[areas.district]\nboundaries = "{districts.resolve()}"\n' if districts else ""
    (folder / "vawg.toml").write_text(
        f'''[project]
title = "Made-up figures of {len(codes):,} wards"
period = "{periods[-1]}"
[areas.ward]
boundaries = "{wards.resolve()}"
{upper}[[counts]]
file = "counts.csv"
basis = "{basis}"
level = "ward"
[population]
[[population.files]]
file = "population.csv"
level = "ward"
[significance]
comparator = "{codes[0]}"
# Neither is measured here.
[hotspots]
permutations = 99
scan = false
[smoothing]
risk = false
''',
        "utf-8",
    )
    return folder / "vawg.toml"


def plain_folium(results: EditionResults, level: str, path: Path) -> int:
    """Size of a level's figures as plain folium layers."""
    import folium

    areas = results.areas[level].to_crs(4326)
    rates = results.rates[results.rates["level"] == level]
    chart = folium.Map(tiles=None)
    columns = ["area_code", "count", "population", "rate", "rate_lower", "rate_upper",
               "rate_lower_998", "rate_upper_998", "significance", "status"]  # fmt: skip
    for name, table in rates.groupby(["indicator", "sex", "period"], sort=False):
        layer = areas.merge(table[columns], on="area_code").astype({"count": object})
        layer = layer.where(layer.notna(), None)
        fields = [c for c in layer.columns if c != "geometry"]
        folium.GeoJson(
            layer.to_json(),
            name=" ".join(map(str, name)),
            tooltip=folium.GeoJsonTooltip(fields=fields),
        ).add_to(chart)
    for one in results.overlays.layers:
        if one.level != level:
            continue
        labels: dict[str | None, str] = {kind.key: kind.label for kind in one.classes}
        said = one.by_area
        layer = areas[["area_code", "area_name", "geometry"]].assign(
            label=[labels.get(said[c].key) if c in said else None for c in areas["area_code"]],
            words=[said[c].words if c in said else None for c in areas["area_code"]],
        )
        tip = folium.GeoJsonTooltip(fields=["area_name", "label", "words"])
        folium.GeoJson(layer.to_json(), name=one.title, tooltip=tip).add_to(chart)
    chart.save(str(path))
    return path.stat().st_size


def first_paint(browser: Browser, path: Path) -> float:
    """Milliseconds from opening a file until its map stands on the screen."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    taken: float = page.evaluate(PAINTED)
    page.close()
    return taken


def switches(browser: Browser, path: Path) -> list[float]:
    """Milliseconds of choosing each indicator in turn."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    page.wait_for_timeout(1_000)
    taken = []
    for place in (1, 2, 3, 4, 0, 2, 1):
        taken.append(page.evaluate(SWITCH, place))
        page.wait_for_timeout(500)
    page.close()
    return taken


def main() -> None:
    """Make the pages, open them in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wards", type=Path)
    parser.add_argument("--districts", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--periods", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _sizes_of_default(folder)
        project = read_project(made_up_project(options.wards, options.districts, folder))
        results = compute_results(protect(load_tables(project), edition="public"))
        page = write_html(build_map(results, level="ward"), folder / "ward.html")
        payload: dict[str, Any] = build_map(results, level="ward").get_root().payload  # type: ignore[attr-defined]
        size = page.stat().st_size
        print(f"{len(payload['areas']['code']):,} wards, {len(NAMES)} indicators: {size:,} bytes")
        leaflet = load_leaflet()
        bare = folder / "bare.html"
        shapes = json.dumps(payload["areas"]["shape"], separators=(",", ":"))
        bare.write_text(BARE.format(style=leaflet.style, script=leaflet.script, shapes=shapes))
        _times(page, bare, options.rounds)
        _over_time(options, folder)


def _times(page: Path, bare: Path, rounds: int) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        ours, theirs = [], []
        for round_ in range(rounds + 1):
            pair = first_paint(browser, page), first_paint(browser, bare)
            if round_:
                ours.append(pair[0])
                theirs.append(pair[1])
        changed = switches(browser, page)
        browser.close()
    one, other = statistics.median(ours), statistics.median(theirs)
    print(f"first paint: {one:.0f} ms, bare Leaflet {other:.0f} ms, ratio {one / other:.2f}")
    print(
        f"another indicator: median {statistics.median(changed):.0f} ms, at most {max(changed):.0f}"
    )


def _over_time(options: argparse.Namespace, folder: Path) -> None:
    """Size of a page of several years, and how fast its slider is."""
    from playwright.sync_api import sync_playwright

    years = [f"{2026 - n}/{27 - n:02d}" for n in range(options.periods, 0, -1)]
    path = made_up_project(
        options.wards, options.districts, folder, names=NAMES[:1], periods=years, basis="own"
    )
    results = compute_results(protect(load_tables(read_project(path)), edition="public"))
    page = write_html(build_map(results, level="ward"), folder / "years.html")
    print(f"{len(years)} years of one indicator: {page.stat().st_size:,} bytes")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        first = f"#period={quote(years[-1], safe='')}"
        area = results.areas["ward"]["area_code"].iloc[5]
        for what, address in (
            ("rates", first),
            ("change, an area chosen", f"{first}&view=change&area={area}"),
        ):
            taken = steps(browser, page, address, len(years))
            print(
                f"a step of the slider, {what}: median {statistics.median(taken):.0f} ms, "
                f"at most {max(taken):.0f}"
            )
        browser.close()


def steps(browser: Browser, path: Path, address: str, periods: int) -> list[float]:
    """Milliseconds of each step of the slider, back and forth; the first is not counted."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(path.as_uri() + address)
    page.wait_for_timeout(1_000)
    taken = []
    for place in [*range(periods - 1, -1, -1), *range(periods)]:
        taken.append(page.evaluate(STEP, place))
        page.wait_for_timeout(400)
    page.close()
    return taken[1:]


def _sizes_of_default(folder: Path) -> None:
    results = compute_results(protect(vawg_geo.load_default(), edition="public"))
    for level in ("district", "ward"):
        ours = write_html(build_map(results, level=level), folder / "one.html").stat().st_size
        theirs = plain_folium(results, level, folder / "other.html")
        print(
            f"default, {level}: {ours:,} bytes; plain folium {theirs:,}; ratio {ours / theirs:.3f}"
        )


if __name__ == "__main__":
    main()
