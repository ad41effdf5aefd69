"""Rasters of an edition: what they say, what they hide, and what a stranger's audit makes of them."""

from __future__ import annotations

import dataclasses
import functools
import shutil
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import rasterio
import rasterio.features

import vawg_geo
from vawg_geo.areas.reference import Reference
from vawg_geo.areas.tables import load_tables
from vawg_geo.audit.run import audit_files
from vawg_geo.errors import ConfigurationError, DisclosureError, OutputError
from vawg_geo.overlays.overlay import Inputs
from vawg_geo.project import read_project
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.publish.rasters.style import class_limits, raster_style
from vawg_geo.publish.rasters.write import write_rasters
from vawg_geo.publish.tables.write import write_tables
from vawg_geo.results.results import compute_results, results_of

SITES = pd.DataFrame(
    {
        "site": ["Addenbrooke's", "Hinchingbrooke", "Peterborough"],
        "kind": "hospital",
        "easting": [546_300, 522_500, 516_600],
        "northing": [254_900, 272_100, 300_000],
    }
)
POINTS = "easting,northing\n546000,258000\n546900,258000\n530000,285000\n"
DISTANCE = "distance_nearest_site.tif"
RATE = "smoothed_rate_ward_crimes_persons_2015_16.tif"


def laid(*, sites=None, points=None):
    """What overlays have read: public sites, and a file of own points."""
    inputs = {} if sites is None else {"access": Inputs(tables={"sites": sites})}
    if points is not None:
        inputs["surfaces"] = Inputs(files={"points": points})
    return Reference(inputs=inputs)


@pytest.fixture(scope="session")
def make_edition(tmp_path_factory, ward_codes, project_text):
    """Editions of made-up counts by ward, three of them small; each is made once."""
    toml = project_text.replace("[hotspots]", "[hotspots]\nscan = false") + (
        '[editions]\nbuild = ["public"]\nreason = "a test"\n[overlays.surfaces]\n'
    )

    @functools.cache
    def tables(small):
        counts = {code: 20 + 3 * (n % 40) for n, code in enumerate(ward_codes)}
        places = (ward_codes[4], ward_codes[5], ward_codes[60])
        counts |= dict(zip(places, small, strict=True))
        rows = [f"{code},persons,2015/16,crimes,{count}" for code, count in counts.items()]
        folder = tmp_path_factory.mktemp("project")
        head = "area_code,sex,period,indicator,count"
        (folder / "counts.csv").write_text("\n".join([head, *rows]) + "\n")
        (folder / "vawg.toml").write_text(toml, "utf-8")
        return load_tables(read_project(folder / "vawg.toml"))

    @functools.cache
    def make(name="public", small=(3, 4, 6), points=None, *, sited=False):
        reference = laid(sites=SITES if sited else None, points=points)
        held = dataclasses.replace(tables(small), reference=reference)
        return vawg_geo.protect(held, edition=name)

    return make


@pytest.fixture
def edition(make_edition):
    return make_edition(sited=True)


@pytest.fixture(scope="session")
def events(tmp_path_factory):
    """File of a few points, whose name is what they are."""

    def write(title):
        path = tmp_path_factory.mktemp("points") / f"{title}.csv"
        path.write_text(POINTS, "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def written(make_edition, tmp_path_factory):
    """Folder of the public edition with layers, tables and rasters; it is not changed."""
    folder = tmp_path_factory.mktemp("written") / "public"
    write_folder(make_edition(sited=True), folder)
    return folder


def write_folder(edition, folder):
    folder.mkdir()
    write_geopackage(results_of(edition), folder / "vawg.gpkg")
    write_tables(results_of(edition), folder / "tables")
    return write_rasters(results_of(edition), folder / "rasters")


def hidden_wards(edition):
    wards = edition.counts[edition.counts["level"] == "ward"]
    return list(wards.loc[wards["status"] == "suppressed", "area_code"])


def read(path):
    with rasterio.open(path) as raster:
        tags = raster.tags() | raster.tags(1)
        return raster.read(1, masked=True), tags, raster.transform


def covered(edition, codes, shape, transform):
    wards = edition.areas["ward"].set_index("area_code").geometry
    return rasterio.features.geometry_mask(
        list(wards[codes]), out_shape=shape, transform=transform, invert=True
    )


def contents(paths):
    return {path.name: path.read_bytes() for path in paths}


def test_each_raster_is_a_valid_cog_with_a_style_beside_it(written):
    from rio_cogeo.cogeo import cog_validate

    names = [RATE, RATE.replace(".tif", ".qml"), DISTANCE, DISTANCE.replace(".tif", ".qml")]
    assert sorted(path.name for path in (written / "rasters").iterdir()) == sorted(names)
    for path in (written / "rasters" / name for name in names[::2]):
        valid, errors, warnings = cog_validate(path, strict=True)
        assert (valid, errors, warnings) == (True, [], [])
        with rasterio.open(path) as raster:
            assert (raster.crs.to_epsg(), raster.res) == (27700, (100, 100))
            assert (raster.nodata, raster.dtypes) == (-9999, ("float32",))
            assert raster.units[0]
            assert raster.descriptions[0]
            assert raster.overviews(1) == [2, 4]


def test_what_a_raster_says_of_itself(written):
    values, tags, _ = read(written / "rasters" / RATE)
    assert (tags["indicator"], tags["sex"], tags["period"]) == ("crimes", "persons", "2015/16")
    assert (tags["level"], tags["edition"], tags["basis"]) == ("ward", "public", "own")
    assert (tags["kind"], tags["bandwidth_m"], tags["rate_per"]) == (
        "smoothed_rate",
        "2000",
        "1000",
    )
    assert "under" in tags["caveat"] or "less is reported" in tags["caveat"]
    assert "0808 2000 247" in tags["help"]
    assert float(tags["STATISTICS_MINIMUM"]) == pytest.approx(values.min(), abs=1e-4)
    assert float(tags["STATISTICS_MAXIMUM"]) == pytest.approx(values.max(), abs=1e-4)
    assert float(tags["STATISTICS_MEAN"]) == pytest.approx(values.astype(float).mean(), rel=1e-5)
    assert float(tags["STATISTICS_STDDEV"]) == pytest.approx(values.astype(float).std(), rel=1e-5)
    share = 100 * (~values.mask).mean()
    assert float(tags["STATISTICS_VALID_PERCENT"]) == pytest.approx(share, rel=1e-3)
    _, tags, _ = read(written / "rasters" / DISTANCE)
    assert tags["sites"] == "546300 254900; 522500 272100; 516600 300000"
    assert "straight line" in tags["method"]
    assert "indicator" not in tags


def test_hidden_wards_have_no_value_and_all_others_have(edition, written):
    hidden = hidden_wards(edition)
    assert len(hidden) >= 3
    values, _, place = read(written / "rasters" / RATE)
    within = covered(edition, hidden, values.shape, place)
    shown = [code for code in edition.areas["ward"]["area_code"] if code not in hidden]
    assert within.sum() > 100
    assert values.mask[within].all()
    assert not values.mask[covered(edition, shown, values.shape, place) & ~within].any()


def test_what_a_hidden_count_is_changes_no_byte(make_edition, tmp_path):
    one = make_edition(small=(3, 4, 6))
    other = make_edition(small=(5, 2, 6))
    assert hidden_wards(one) == hidden_wards(other)
    found = contents(write_rasters(results_of(one), tmp_path / "1", cell_m=300))
    assert contents(write_rasters(results_of(other), tmp_path / "2", cell_m=300)) == found


def test_a_shown_count_does_change_the_raster(make_edition, tmp_path):
    one = make_edition(small=(3, 4, 6))
    other = make_edition(small=(3, 4, 600))
    found = contents(write_rasters(results_of(one), tmp_path / "1", cell_m=300))
    assert contents(write_rasters(results_of(other), tmp_path / "2", cell_m=300)) != found


def test_the_same_edition_gives_the_same_bytes(edition, written, tmp_path):
    first = contents((written / "rasters").iterdir())
    assert contents(write_rasters(results_of(edition), tmp_path)) == first
    # Over files that are there already, too.
    (tmp_path / RATE).write_bytes(b"an older one")
    assert contents(write_rasters(results_of(edition), tmp_path)) == first


def test_no_raster_of_illustrative_counts_nor_of_shares(tmp_path, default_tables):
    tables = dataclasses.replace(default_tables, reference=Reference())
    edition = vawg_geo.protect(tables)
    rates = compute_results(edition).rates
    assert (rates.loc[rates["level"] == "ward", "basis"] == "illustrative").any()
    paths = write_rasters(results_of(edition), tmp_path, cell_m=500)
    assert [path.suffix for path in paths] == [".tif", ".qml"]
    assert read(paths[0])[1]["basis"] == "published"


@pytest.mark.parametrize("name", ["public", "partnership"])
def test_the_audit_finds_nothing_in_a_folder_with_rasters(make_edition, written, tmp_path, name):
    edition = make_edition(name, sited=True)
    folder = written
    if name != "public":
        folder = tmp_path / "out"
        write_folder(edition, folder)
    report = audit_files(folder, smallest=1, largest=edition.rules.largest)
    assert [str(finding) for finding in report.findings] == []
    assert {f"rasters/{RATE}", f"rasters/{DISTANCE}"} <= set(report.files)
    assert report.hidden > 0


def test_the_audit_finds_a_hidden_ward_that_was_filled_in(edition, written, tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(written, folder)
    rate = folder / "rasters" / RATE
    values, _, place = read(rate)
    spot = np.argwhere(covered(edition, hidden_wards(edition)[:1], values.shape, place))[5]
    with rasterio.open(rate, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as raster:
        one = rasterio.windows.Window(spot[1], spot[0], 1, 1)
        raster.write(np.full((1, 1), 2.5, dtype="float32"), 1, window=one)
    found = [f.kind for f in audit_files(folder, smallest=1, largest=7).findings]
    assert found == ["derived_figure"]


def test_a_density_of_points_is_the_analysts(make_edition, events, tmp_path):
    made_up = events("made-up events")
    for name in ("public", "partnership"):
        edition = make_edition(name, points=made_up)
        assert not edition.reference.of("surfaces").files
        # The gate took them out; had it not, they would still not be drawn.
        forced = dataclasses.replace(edition, reference=laid(points=made_up))
        with pytest.raises(
            DisclosureError, match=f"density of made-up events is in no {name} edition"
        ):
            write_rasters(results_of(forced), tmp_path / name)
        assert not (tmp_path / name).exists()
    analyst = make_edition("analyst", points=made_up)
    paths = write_rasters(results_of(analyst), tmp_path / "own")
    density = next(path for path in paths if path.name == "density_of_points.tif")
    values, tags, _ = read(density)
    with rasterio.open(density) as raster:
        assert raster.res == (250, 250)
    assert tags["title"] == "Density of made-up events"
    assert "Analyst's edition" in tags["watermark"]
    assert tags["edition"] == "analyst"
    # Three points, two of them within reach of each other; all are well within the area.
    assert values.sum() * 0.25**2 == pytest.approx(3, rel=0.02)


def test_a_density_that_strays_into_another_folder_is_found(make_edition, events, tmp_path):
    own = tmp_path / "own"
    write_rasters(results_of(make_edition("analyst", points=events("events"))), own, cell_m=500)
    density = own / "density_of_points.tif"
    public = tmp_path / "public"
    public.mkdir()
    density.rename(public / density.name)
    record = '{"edition": "public", "parameters": {"smallest_hidden": 1, "largest_hidden": 7}}'
    (public / "build.json").write_text(record)
    (public / "own.csv").write_text("area_code,sex,period,indicator,count\nE05002703,,,crimes,12\n")
    assert "foreign_edition" in [finding.kind for finding in audit_files(public).findings]


@pytest.mark.parametrize("words", ["Refuge, north", "safe house", "brothels", "victims' address"])
def test_places_that_no_raster_shows(make_edition, events, tmp_path, words):
    sites = SITES.assign(site=["Addenbrooke's", words, "Peterborough"])
    edition = make_edition("analyst")
    results = results_of(dataclasses.replace(edition, reference=laid(sites=sites)))
    with pytest.raises(DisclosureError, match=r"1 of 3 places .*first: "):
        write_rasters(results, tmp_path / "out")
    with pytest.raises(DisclosureError, match="1 of 1 places"):
        write_rasters(results_of(make_edition("analyst", points=events(words))), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_is_changed_where_a_raster_cannot_be_made(edition, tmp_path):
    with pytest.raises(ConfigurationError, match="less than a cell"):
        write_rasters(results_of(edition), tmp_path / "out", cell_m=3_000)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        write_rasters(results_of(edition), tmp_path / "file")
    assert (tmp_path / "file").read_text() == "in the way"
    assert not (tmp_path / "out").exists()


def classes(path):
    items = list(ET.parse(path).iter("item"))
    return [(float(i.get("value")), i.get("color"), i.get("label")) for i in items]


def test_a_style_has_a_class_for_every_value_and_the_map_s_limits(edition, written):
    rate, far = (written / "rasters" / name for name in (RATE, DISTANCE))
    style = rate.with_suffix(".qml")
    found = classes(style)
    limits = compute_results(edition).breaks["ward", "crimes", "persons", "year"]
    assert [value for value, _, _ in found] == [*limits, np.inf]
    assert len({colour for _, colour, _ in found}) == len(found)
    assert found[0][2].startswith("up to ")
    assert found[-1][2].startswith("over ")
    assert [label for _, _, label in classes(far.with_suffix(".qml"))] == [
        "up to 5 km",
        "5 to 10 km",
        "10 to 20 km",
        "20 to 30 km",
        "over 30 km",
    ]
    renderer = next(ET.parse(style).iter("rasterrenderer"))
    assert float(renderer.get("classificationMax")) == pytest.approx(
        float(read(rate)[1]["STATISTICS_MAXIMUM"])
    )


def test_styles_of_odd_rasters():
    assert class_limits(0) == class_limits(float("nan")) == ()
    text = raster_style(lowest=0, highest=0, unit="per <km> & more")
    assert [item.get("label") for item in ET.fromstring(text).iter("item")] == ["per <km> & more"]


def test_a_country_is_never_held_as_a_whole(monkeypatch, edition, tmp_path):
    """No strip that is made is higher than a tile and what the kernel needs on either side."""
    from vawg_geo.overlays.surfaces.grid import AreaCells

    heights = []
    real = AreaCells.at

    def at(self, first, last):
        heights.append(last - first)
        return real(self, first, last)

    monkeypatch.setattr(AreaCells, "at", at)
    write_rasters(results_of(edition), tmp_path, bandwidth_m=500)
    assert max(heights) == 256 + 2 * 30
