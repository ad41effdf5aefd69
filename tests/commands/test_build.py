"""`vawg-geo build`: exit codes, one clear message, nothing written on bad input."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Polygon

import vawg_geo


def refused(run, config, message, *, out):
    """Assert that a build is refused: exit 2, one message, no traceback, nothing written."""
    code, printed, error = run("build", config, "--out", out)
    assert code == 2, printed
    lines = error.strip().splitlines()
    assert lines[-1].startswith("vawg-geo: "), error
    assert message in lines[-1], lines[-1]
    assert "Traceback" not in error
    assert not out.exists() or not list(out.iterdir())


def counts_with(ward_codes, index, value):
    return dict.fromkeys(ward_codes, 20) | {ward_codes[index]: value}


@pytest.mark.promise
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-3", "1 of 144 counts are negative"),
        ("2.5", "1 of 144 counts"),
        ("many", "1 of 144 counts"),
        ("1e9", "1 of 144 counts are more than 5 times the population"),
        ("1,23", "1 of 144 counts"),
        ("inf", "1 of 144 counts"),
    ],
)
def test_bad_counts(run, tmp_path, make_project, ward_codes, value, message):
    """Bad input gives one clear message and exit code 2, writes nothing and shows no traceback."""
    text = f'"{value}"' if "," in value else value
    config = make_project(counts_with(ward_codes, 5, text))
    refused(run, config, message, out=tmp_path / "out")


def test_unknown_ward(run, tmp_path, make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 20) | {"E05999999": 3})
    refused(run, config, "no area has the code 'E05999999'", out=tmp_path / "out")


def test_central_north(run, tmp_path, make_project):
    table = (
        "ward,district,sex,period,indicator,count\n"
        "Central North,Peterborough,persons,2015/16,crimes,12\n"
    )
    refused(run, make_project(table=table), "Did you mean Central and North?", out=tmp_path / "out")


def test_duplicate_row(run, tmp_path, make_project, ward_codes):
    row = f"{ward_codes[0]},persons,2015/16,crimes,12\n"
    table = "area_code,sex,period,indicator,count\n" + row + row
    refused(run, make_project(table=table), ward_codes[0], out=tmp_path / "out")


@pytest.mark.parametrize("table", ["", "area_code,sex,period,indicator,count\n"])
def test_empty_counts(run, tmp_path, make_project, table):
    refused(run, make_project(table=table), "counts.csv", out=tmp_path / "out")


def test_unknown_key(run, tmp_path, make_project):
    config = make_project()
    config.write_text(config.read_text() + "\n[rates]\nconfidense = [0.95, 0.998]\n")
    refused(run, config, "Did you mean 'confidence'?", out=tmp_path / "out")


def test_absent_and_broken_configuration(run, tmp_path):
    refused(run, tmp_path / "no.toml", "vawg-geo init DIR", out=tmp_path / "out")
    (tmp_path / "bad.toml").write_text("[project\n")
    refused(run, tmp_path / "bad.toml", "is not TOML", out=tmp_path / "out")


def test_zero_population(run, tmp_path, make_project, ward_codes):
    config = make_project()
    rows = [f"{code},persons,{0 if n == 2 else 5000}" for n, code in enumerate(ward_codes)]
    (config.parent / "people.csv").write_text("area_code,sex,population\n" + "\n".join(rows))
    config.write_text(
        config.read_text().replace(
            'file = "population-wards-2015"\nlevel = "ward"\nbasis = "estimated"',
            'file = "people.csv"',
        )
    )
    refused(run, config, "have no positive population; first: 'E05002171'", out=tmp_path / "out")


# Boundaries: the embedded wards, spoilt in one way each.


@pytest.fixture
def wards():
    layer = vawg_geo.read_boundaries("wards-2015")
    return gpd.GeoDataFrame(layer, geometry="geometry", crs="EPSG:27700")


def project_on(make_project, file):
    config = make_project()
    config.write_text(
        config.read_text().replace('boundaries = "wards-2015"', f'boundaries = "{file}"')
    )
    return config


def no_crs(layer, folder):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyogrio says that there is no CRS: that is the point
        layer.set_crs(None, allow_override=True).to_file(folder / "w.gpkg")


def wgs84_as_bng(layer, folder):
    layer.to_crs(4326).set_crs(27700, allow_override=True).to_file(folder / "w.gpkg")


def swapped_axes(layer, folder):
    from shapely import transform

    flipped = layer.to_crs(4326)
    flipped["geometry"] = transform(flipped.geometry.values, lambda xy: xy[:, ::-1])
    flipped.to_file(folder / "w.gpkg")


def bow_tie(layer, folder):
    x, y = layer.geometry.iloc[0].centroid.coords[0]
    tie = Polygon([(x, y), (x + 2000, y + 2000), (x + 2000, y), (x, y + 2000)])
    layer.loc[0, "geometry"] = tie
    layer.to_file(folder / "w.gpkg")


def duplicate_code(layer, folder):
    layer.loc[1, "area_code"] = layer.loc[0, "area_code"]
    layer.to_file(folder / "w.gpkg")


def truncated_geopackage(layer, folder):
    layer.to_file(folder / "w.gpkg")
    content = (folder / "w.gpkg").read_bytes()
    (folder / "w.gpkg").write_bytes(content[: len(content) * 2 // 3])


@pytest.mark.promise
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (no_crs, "coordinate"),
        (wgs84_as_bng, "degrees"),
        (swapped_axes, "swapped"),
        (bow_tie, "cross themselves"),
        (duplicate_code, "E05002169"),
        (truncated_geopackage, "cut short"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_bad_boundaries(run, tmp_path, make_project, wards, spoil, message):
    """A layer that cannot be used is refused with one clear message, and nothing is written."""
    config = project_on(make_project, "w.gpkg")
    spoil(wards, config.parent)
    refused(run, config, message, out=tmp_path / "out")


def test_truncated_shapefile(run, tmp_path, make_project, wards):
    config = project_on(make_project, "w.shp")
    wards.rename(columns={"parent_code": "lad15cd"}).to_file(config.parent / "w.shp")
    shape = config.parent / "w.shp"
    shape.write_bytes(shape.read_bytes()[:-5000])
    refused(run, config, "w.shp", out=tmp_path / "out")


@pytest.mark.parametrize("name", ["../w.shp", "/tmp/w.shp", "C:\\w.shp"])
def test_zip_that_climbs_out(run, tmp_path, make_project, name):
    config = project_on(make_project, "w.zip")
    with zipfile.ZipFile(config.parent / "w.zip", "w") as archive:
        archive.writestr(name, b"x")
    refused(run, config, "w.zip", out=tmp_path / "out")
    assert not (config.parent.parent / "w.shp").exists()


def test_zip_bomb(run, tmp_path, make_project):
    config = project_on(make_project, "w.zip")
    with zipfile.ZipFile(config.parent / "w.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.shp", bytes(200_000_000))
    refused(run, config, "w.zip", out=tmp_path / "out")


def test_former_output_survives_a_failed_build(run, tmp_path, make_project, ward_codes):
    config = make_project()
    out = tmp_path / "out"
    assert run("build", config, "--out", out, "--edition", "public")[0] == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    (config.parent / "counts.csv").write_text("area_code,sex,period,indicator,count\nX,p,y,i,-1\n")
    assert run("build", config, "--out", out)[0] == 2
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


@pytest.mark.promise
def test_missing_ward(run, tmp_path, make_project, ward_codes):
    """A ward without a count is told by check, which exits with 1, and by the report of the join."""
    config = make_project(dict.fromkeys(ward_codes[1:], 20))
    code, printed, _ = run("check", config)
    assert code == 1
    assert "1 of 144 counts are missing; first: E05002169 Barnack" in printed
    code, printed, _ = run("build", config, "--out", tmp_path / "out")
    assert code == 0
    assert "1 of 144 counts are missing" in printed
    folder = tmp_path / "out" / "public"
    report = pd.read_csv(folder / "tables" / "join_report.csv")
    assert report.query("outcome == 'missing'")["area_code"].tolist() == ["E05002169"]
    rates = pd.read_csv(folder / "tables" / "rates_ward.csv").set_index("area_code")
    assert rates.loc["E05002169", "status"] == "missing"
    assert pd.isna(rates.loc["E05002169", "rate"])


def test_output_folder_of_somebody_else(run, tmp_path, make_project):
    theirs = tmp_path / "out" / "public"
    theirs.mkdir(parents=True)
    (theirs / "thesis.txt").write_text("mine")
    code, _, error = run("build", make_project(), "--out", tmp_path / "out")
    assert code == 2
    assert "was not written by vawg-geo" in error
    assert (theirs / "thesis.txt").read_text() == "mine"


def test_configuration_that_is_a_folder(run, tmp_path):
    code, _, error = run("build", tmp_path)
    assert code == 2
    assert "cannot be read" in error
