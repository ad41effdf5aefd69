"""The embedded boundaries: what is committed is what it says it is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely
from _coverage import (
    compare_coverages,
    dissolve_areas,
    queen_pairs,
    rebuild_coverage,
)

from vawg_geo.inputs.catalogue.registry import read_registry, verified_path
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {
    "wards-2015": 144,
    "wards-2016": 142,
    "districts-2015": 6,
    "county-2015": 1,
    "police-area-2015": 1,
}
WARDS = ("wards-2015", "wards-2016")
# Wards per district, by vintage: Peterborough alone went from 24 to 22.
PER_DISTRICT = {
    "E06000031": (24, 22),
    "E07000008": (14, 14),
    "E07000009": (19, 19),
    "E07000010": (24, 24),
    "E07000011": (29, 29),
    "E07000012": (34, 34),
}


@pytest.fixture(scope="module")
def layers(root: Path) -> dict[str, gpd.GeoDataFrame]:
    registry = read_registry(root / "boundaries")
    return {name: gpd.read_file(verified_path(entry)) for name, entry in registry.items()}


def read_source(shared: Path, name: str) -> gpd.GeoDataFrame:
    year = name[-2:]
    table = gpd.read_file(shared / "boundaries" / f"wards_dec20{year}_27700.gpkg")
    columns = {
        f"wd{year}cd": "area_code",
        f"wd{year}nm": "area_name",
        f"lad{year}cd": "parent_code",
    }
    table = table.rename(columns=columns)[[*columns.values(), "geometry"]]
    return table.sort_values("area_code", ignore_index=True)


def run_script(root: Path, shared: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    source = shared / "boundaries"
    command = [
        *(sys.executable, "-W", "error", str(root / "dev" / "data" / "make_default_boundaries.py")),
        *("--wards-2015", str(source / "wards_dec2015_27700.gpkg")),
        *("--wards-2016", str(source / "wards_dec2016_27700.gpkg")),
        *("--out", str(out), *more),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)


def test_all_layers_are_there(layers: dict[str, gpd.GeoDataFrame]) -> None:
    assert {name: len(layer) for name, layer in layers.items()} == ROWS


@pytest.mark.parametrize("name", ROWS)
def test_a_layer_is_a_clean_coverage(layers: dict[str, gpd.GeoDataFrame], name: str) -> None:
    layer = layers[name]
    shapes = layer.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert not shapely.is_empty(shapes).any()
    assert set(layer.geom_type) == {"MultiPolygon"}
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(shapes))).all()
    assert (shapely.get_coordinates(shapes) % 10 == 0).all()
    # The coverage check does not see holes. One is real: the tidal Nene, cut off by the grid.
    whole = shapely.get_parts(shapely.coverage_union_all(shapes))
    assert shapely.get_num_interior_rings(whole).sum() <= 1


@pytest.mark.parametrize("name", ROWS)
def test_the_registry_says_what_the_layer_is(
    root: Path, layers: dict[str, gpd.GeoDataFrame], name: str
) -> None:
    entry, layer = read_registry(root / "boundaries")[name], layers[name]
    assert entry.licence == "OGL-3.0"
    assert "Crown copyright and database right 2015" in entry.attribution
    assert entry.vintage == f"{name[-4:]}-12-31"
    facts = entry.facts
    assert facts["rows"] == len(layer)
    assert facts["bounds"] == list(layer.total_bounds)
    assert facts["area_km2"] == pytest.approx(layer.geometry.area.sum() / 1e6, abs=1e-4)
    assert layer.crs.to_string() == facts["crs"] == "EPSG:27700"
    columns = [facts[f"{what}_column"] for what in ("code", "name", "parent")]
    assert list(layer.columns) == [*columns, "geometry"]
    assert {level_of_code(code) for code in layer["area_code"]} == {facts["level"]}
    info = pyogrio.read_info(entry.path)
    assert info["layer_name"] == name.replace("-", "_")
    assert info["geometry_type"] == "MultiPolygon"


@pytest.mark.parametrize("name", WARDS)
def test_districts_are_what_wards_dissolve_to(
    layers: dict[str, gpd.GeoDataFrame], name: str
) -> None:
    districts = layers["districts-2015"]
    outlines = dissolve_areas(layers[name], by="parent_code")
    assert list(outlines["parent_code"]) == list(districts["area_code"])
    assert shapely.equals_exact(outlines.geometry.to_numpy(), districts.geometry.to_numpy()).all()
    number = layers[name].groupby("parent_code").size().to_dict()
    assert number == {code: both[WARDS.index(name)] for code, both in PER_DISTRICT.items()}


def test_county_and_police_area_are_what_districts_dissolve_to(
    layers: dict[str, gpd.GeoDataFrame],
) -> None:
    districts, county = layers["districts-2015"], layers["county-2015"]
    police_area = layers["police-area-2015"]
    five = districts[districts["parent_code"] == "E10000003"]
    assert sorted(set(districts["area_code"]) - set(five["area_code"])) == ["E06000031"]
    assert list(county[["area_code", "area_name", "parent_code"]].iloc[0]) == [
        "E10000003",
        "Cambridgeshire",
        "E23000023",
    ]
    assert list(police_area[["area_code", "area_name", "parent_code"]].iloc[0]) == [
        "E23000023",
        "Cambridgeshire and Peterborough",
        "",
    ]
    for whole, parts in ((county, five), (police_area, districts)):
        dissolved = dissolve_areas(parts.assign(every=1), by="every")
        assert dissolved.geometry.iloc[0].equals_exact(whole.geometry.iloc[0], 0)


def test_districts_have_the_names_that_the_ons_uses(layers: dict[str, gpd.GeoDataFrame]) -> None:
    assert list(layers["districts-2015"]["area_name"]) == [
        "Peterborough",
        "Cambridge",
        "East Cambridgeshire",
        "Fenland",
        "Huntingdonshire",
        "South Cambridgeshire",
    ]


def test_there_are_380_queen_pairs_of_2015(layers: dict[str, gpd.GeoDataFrame]) -> None:
    assert len(queen_pairs(layers["wards-2015"])) == 380


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "gained"),
    [
        ("wards-2015", ()),
        # In the 2015 drawing, which the 2016 one follows here, four wards meet at one point.
        ("wards-2016", (("E05009511 Stonald", "E05010809 East"),)),
    ],
)
def test_wards_keep_areas_and_neighbours(
    shared: Path,
    layers: dict[str, gpd.GeoDataFrame],
    name: str,
    gained: tuple[tuple[str, str], ...],
) -> None:
    source, layer = read_source(shared, name), layers[name]
    attributes = ["area_code", "area_name", "parent_code"]
    assert layer[attributes].to_numpy().tolist() == source[attributes].to_numpy().tolist()
    assert compare_coverages(source, layer).largest_change <= 2
    report = compare_coverages(rebuild_coverage(source), layer)
    assert report.lost == ()
    assert report.gained == gained
    # Ground that changed hands lies in strips along borders: a disc of 60 m fits nowhere in it.
    moved = shapely.symmetric_difference(layer.geometry.to_numpy(), source.geometry.to_numpy())
    assert shapely.is_empty(shapely.buffer(moved, -30)).all()


@pytest.mark.long
@pytest.mark.shared
def test_the_script_makes_the_committed_bytes_again(
    root: Path, shared: Path, tmp_path: Path
) -> None:
    for out in (tmp_path / "first", tmp_path / "second"):
        done = run_script(root, shared, out)
        assert (done.returncode, done.stderr) == (0, "")
        assert "0 queen pairs lost, 1 gained (E05009511 Stonald and E05010809 East)" in done.stdout
        made = {path.name: path.read_bytes() for path in out.iterdir()}
        assert set(made) == {f"{name}.gpkg" for name in ROWS} | {"registry.toml"}
        for name, content in made.items():
            assert content == (root / "boundaries" / name).read_bytes(), f"{name} differs"


@pytest.mark.shared
def test_the_script_refuses_and_writes_nothing(root: Path, shared: Path, tmp_path: Path) -> None:
    source = gpd.read_file(shared / "boundaries" / "wards_dec2015_27700.gpkg")
    short, nameless = tmp_path / "short.gpkg", tmp_path / "nameless.gpkg"
    source.iloc[1:].to_file(short)
    source.rename(columns={"wd15nm": "ward"}).to_file(nameless)
    out = tmp_path / "out"
    for path, message in (
        (
            short,
            "short.gpkg has 143 wards of our districts, needed are 144. Look for a file of that",
        ),
        (nameless, "has 0 columns like 'wd15nm', needed is one"),
        (tmp_path / "absent.gpkg", "absent.gpkg is not there"),
    ):
        done = run_script(root, shared, out, "--wards-2015", str(path))
        assert done.returncode == 2
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        assert not out.exists()


@pytest.mark.shared
@pytest.mark.long
def test_the_script_refuses_what_is_generalised_too_far(
    shared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import make_default_boundaries

    monkeypatch.setattr(make_default_boundaries, "TOLERANCE", 150.0)
    source = shared / "boundaries"
    code = make_default_boundaries.main(
        [
            *("--wards-2015", str(source / "wards_dec2015_27700.gpkg")),
            *("--wards-2016", str(source / "wards_dec2016_27700.gpkg")),
            *("--out", str(tmp_path / "out")),
        ]
    )
    assert code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Nothing was written: wards-2015: E0" in said.err
    assert "changes its area by" in said.err
    assert not (tmp_path / "out").exists()
