"""Reading points piece by piece: formats, columns, systems, and what is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.inputs.points import pieces as point_pieces
from vawg_geo.inputs.points.plan import plan_points
from vawg_geo.inputs.points.projection import Projection

HEAD = "Crime ID,Month,Longitude,Latitude,Crime type\n"


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def rows_of(source):
    chunks = [chunk for piece in source.pieces for chunk in source.read(piece)]
    return np.concatenate([c.x for c in chunks]), np.concatenate([c.y for c in chunks])


def test_street_file(tmp_path):
    path = write(tmp_path, "a-street.csv", HEAD + "1,2020-01,0.1,52.1,Drugs\n2,2020-02,,,\n")
    source = plan_points(path, category=("crime type", "Drugs"))
    (chunk,) = source.read(source.pieces[0])
    assert source.crs == "EPSG:4326"
    assert chunk.x.tolist()[0] == 0.1
    assert np.isnan([chunk.x[1], chunk.y[1]]).all()
    assert chunk.chosen.tolist() == [True, False]
    assert [chunk.months[m] for m in chunk.month] == ["2020-01", "2020-02"]


def test_pieces_hold_every_row_once(tmp_path, monkeypatch):
    monkeypatch.setattr(point_pieces, "_PIECE_BYTES", 100)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.uniform(100_000, 600_000, (500, 2)), columns=["Easting", "Northing"])
    for end in ("\n", "\r\n"):
        path = tmp_path / "p.csv"
        frame.to_csv(path, index=False, lineterminator=end)
        source = plan_points(path)
        assert len(source.pieces) > 50
        x, y = rows_of(source)
        assert np.array_equal(x, frame["Easting"])
        assert np.array_equal(y, frame["Northing"])


def test_a_last_line_without_its_end_and_other_delimiters(tmp_path):
    path = write(tmp_path, "p.csv", "\ufefflon;lat\n0.1;52\n0.2;53")
    assert rows_of(plan_points(path))[1].tolist() == [52, 53]


def test_formats_hold_the_same_points(tmp_path):
    lon, lat = np.array([0.1, 0.2, np.nan]), np.array([52.1, 52.2, np.nan])
    shapes = [shapely.Point(a, b) for a, b in zip(lon[:2], lat[:2], strict=True)]
    frame = gpd.GeoDataFrame({"kind": list("aab")}, geometry=[*shapes, None], crs=4326)
    frame.to_file(tmp_path / "p.gpkg")
    frame.to_parquet(tmp_path / "geo.parquet")
    table = pd.DataFrame({"lon": lon, "lat": lat, "kind": list("aab")})
    table.to_parquet(tmp_path / "plain.parquet", row_group_size=2, index=False)
    table.to_csv(tmp_path / "p.csv", index=False)
    for name in ("p.gpkg", "geo.parquet", "plain.parquet", "p.csv"):
        source = plan_points(tmp_path / name, category=("kind", "a"))
        assert source.crs == "EPSG:4326", name
        x, y = rows_of(source)
        assert np.array_equal(x, lon, equal_nan=True), name
        assert np.array_equal(y, lat, equal_nan=True), name
        chosen = [c for p in source.pieces for k in source.read(p) for c in k.chosen.tolist()]
        assert chosen == [True, True, False], name


def test_a_folder_of_months_reads_street_files_only(tmp_path):
    for month in ("2020-01", "2020-02"):
        write(tmp_path, f"{month}/{month}-a-street.csv", HEAD + f"1,{month},0.1,52.1,Drugs\n")
        write(tmp_path, f"{month}/{month}-a-outcomes.csv", "Crime ID,Outcome\n1,None\n")
    source = plan_points(tmp_path)
    assert [p.name for p in source.files] == ["2020-01-a-street.csv", "2020-02-a-street.csv"]
    assert any("2 of 4 files are no street files" in note for note in source.notes)


def test_a_month_in_two_folders_is_refused(tmp_path):
    for folder in ("one", "two"):
        write(tmp_path, f"{folder}/2020-01-a-street.csv", HEAD + "1,2020-01,0.1,52.1,Drugs\n")
    with pytest.raises(InputError, match="1 of 2 files repeat a name"):
        plan_points(tmp_path)


@pytest.mark.parametrize(
    ("text", "options", "error", "match"),
    [
        ("a,b\n1,2\n", {}, InputError, "no columns of coordinates that were recognised"),
        ("lon,lat,easting,northing\n1,2,3,4\n", {}, InputError, "both easting and northing and"),
        ("lon,longitude,lat\n1,2,3\n", {}, InputError, "'lon', 'longitude', 'lat': which are"),
        ("lon,lat\n1,2\n", {"x": "lon"}, ConfigurationError, "one of --x and --y"),
        ("lon,lat\n1,2\n", {"x": "lno", "y": "lat"}, ConfigurationError, "Did you mean 'lon'"),
        ("a,b\n1,2\n", {"x": "a", "y": "b"}, InputError, "does not say its system"),
        ("lon,lat\n1,2\n", {"crs": "EPSG:1"}, ConfigurationError, "no system of coordinates"),
        ("lon,lat\n1,2\n", {"category": ("kind", "a")}, ConfigurationError, "no column 'kind'"),
        ("", {}, InputError, "is an empty file"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_planned(tmp_path, text, options, error, match):
    with pytest.raises(error, match=match):
        plan_points(write(tmp_path, "p.csv", text), **options)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("lon,lat\n0.1,52\nabc,52\n,\n", "1 of 3 rows of a part of p.csv hold no number in 'lon'; first: 'abc'"),
        ("lon,lat\n0.1,52,7\n", "rows do not all have the header's cells"),
        ("lon,lat\n545000,258000\n", "its coordinates are metres"),
        ("easting,northing\n0.1,52.1\n", "its coordinates are degrees"),
        ("lon,lat\n52.1,0.1\n", "latitude and longitude swapped"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_read(tmp_path, text, match):
    with pytest.raises(InputError, match=match):
        rows_of(plan_points(write(tmp_path, "p.csv", text)))


def test_other_files_are_refused(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="no file or folder"):
        plan_points(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="points are read from"):
        plan_points(write(tmp_path, "p.doc", "x"))
    with pytest.raises(InputError, match="holds no file"):
        plan_points(empty)
    with pytest.raises(InputError, match="damaged"):
        plan_points(write(tmp_path, "p.parquet", "PAR1 no"))
    with pytest.raises(InputError, match="is not a GeoPackage"):
        plan_points(write(tmp_path, "p.gpkg", "no"))
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 52), (1, 52)])], crs=4326)
    lines.to_parquet(tmp_path / "lines.parquet")
    lines.to_file(tmp_path / "lines.gpkg")
    with pytest.raises(
        InputError, match=r"1 of 1 geometries of a part of lines\.parquet are no po"
    ):
        rows_of(plan_points(tmp_path / "lines.parquet"))
    with pytest.raises(InputError, match="holds LineString, and only points"):
        plan_points(tmp_path / "lines.gpkg")


def test_quick_projection_is_as_good_as_it_says():
    way = Projection("EPSG:4326", tolerance=0.01)
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-12, 5, 50_000), rng.uniform(45, 62, 50_000)
    lon[0] = np.nan
    for near, exact in zip(way.nearly(lon, lat), way.exactly(lon, lat), strict=True):
        assert np.nanmax(np.abs(near - exact)) < 0.01
        assert np.isnan(near[0])


def test_a_tolerance_that_cannot_be_kept_means_exactly():
    way = Projection("EPSG:4326", tolerance=1e-12)
    lon, lat = np.array([0.1]), np.array([52.1])
    assert way.nearly(lon, lat) == way.exactly(lon, lat)
    grid = Projection("EPSG:27700", tolerance=0.01)
    assert grid.is_grid
    assert grid.nearly(lon, lat) == (lon, lat)
