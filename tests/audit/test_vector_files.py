"""FlatGeobuf, GeoParquet, Shapefile: columns, and what no column shows."""

from __future__ import annotations

import struct
import warnings

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.geometry import Point, Polygon, box

from vawg_geo.audit.files import read_folder
from vawg_geo.audit.run import audit_files
from vawg_geo.errors import InputError
from vawg_geo.terms.short_names import layer_readme

CODES = [f"E0500{n:04d}" for n in range(2700, 2720)]
HIDDEN = set(CODES[:6])

ENDINGS = ["fgb", "parquet", "shp"]


def kinds(observed):
    return sorted({finding.kind for finding in observed.findings})


def areas(**changes):
    """A layer as an edition writes it: hidden counts are absent, and the status says so."""
    layer = gpd.GeoDataFrame(
        {
            "area_code": CODES,
            "area_name": CODES,
            "parent_code": "E07000008",
            "count_female": pd.array(
                [None if code in HIDDEN else 20 + n for n, code in enumerate(CODES)], "Int64"
            ),
            "population_female": 5000.0,
            "status_female": ["suppressed" if code in HIDDEN else "value" for code in CODES],
            "indicator": "crimes",
            "period": "2015/16",
            "basis": "own",
        },
        geometry=[box(n, 0, n + 1, 1) for n in range(len(CODES))],
        crs=27700,
    )
    return layer.assign(**changes)


def write(layer, folder, ending):
    from vawg_geo.terms.short_names import short_name

    path = folder / f"ward_crimes.{ending}"
    if ending == "parquet":
        layer.to_parquet(path, schema_version="1.1.0", write_covering_bbox=True)
        return path
    if ending == "shp":
        layer = layer.rename(columns=short_name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        layer.to_file(path)
    return path


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_layer_is_read_whole_and_has_nothing_to_find(ending, tmp_path):
    write(areas(), tmp_path, ending)
    observed = read_folder(tmp_path)
    assert observed.findings == []
    rows = observed.observations
    assert len(rows) == len(CODES)
    assert (rows["sex"] == "female").all()
    assert set(rows.loc[rows["status"] == "suppressed", "area_code"]) == HIDDEN
    shown = rows.set_index("area_code")["low"]
    assert shown[CODES[10]] == 30
    assert observed.parents[CODES[0]] == "E07000008"


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("planted", ["count", "rate"])
def test_a_planted_small_count_is_found(ending, planted, tmp_path):
    layer = areas()
    layer["rate_female"] = layer["count_female"].astype(float) / 5
    if planted == "count":
        layer.loc[2, "count_female"] = 3
        layer.loc[2, "status_female"] = "value"
    else:
        layer.loc[2, "rate_female"] = 0.6
    write(layer, tmp_path, ending)
    report = audit_files(tmp_path, smallest=1, largest=7)
    assert not report.passed
    assert any(CODES[2] in finding.text for finding in report.findings)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_clean_layer_passes_the_audit(ending, tmp_path):
    write(areas(), tmp_path, ending)
    assert audit_files(tmp_path, smallest=1, largest=7).passed


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_unknown_column_is_a_finding(ending, tmp_path):
    write(areas(secret=range(20)), tmp_path, ending)
    assert "unknown_column" in kinds(read_folder(tmp_path))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "outline", [Point(1, 1), Polygon([(0, 0, 3), (1, 0, 3), (1, 1, 3)])], ids=["points", "heights"]
)
def test_geometry_that_could_hold_figures_is_a_finding(ending, outline, tmp_path):
    layer = areas()
    layer.geometry = [outline] * len(layer)
    write(layer, tmp_path, ending)
    assert "unknown_geometry" in kinds(read_folder(tmp_path))


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_that_are_cut_off_cannot_be_read(ending, tmp_path):
    path = write(areas(), tmp_path, ending)
    for place in (path, path.with_suffix(".dbf")):
        if place.exists():
            data = place.read_bytes()
            place.write_bytes(data[: len(data) - 200])
            with pytest.raises(InputError, match="cannot be read"):
                read_folder(tmp_path)


def test_a_title_of_a_flatgeobuf_that_tells_of_an_area(tmp_path):
    areas().to_file(tmp_path / "ward.fgb", layer_options={"DESCRIPTION": f"{CODES[0]}: 3 crimes"})
    assert kinds(read_folder(tmp_path)) == ["figure_in_text"]


def test_words_behind_a_feature_of_a_flatgeobuf(tmp_path):
    """A feature is a length and so many bytes: some may be of no column."""
    path = write(areas(), tmp_path, "fgb")
    data = path.read_bytes()
    path.write_bytes(data + struct.pack("<I", 24) + b"E05002700 had 3 crimes..")
    assert kinds(read_folder(tmp_path)) == ["deleted_content"]


def test_attributes_of_a_geoparquet_that_tell_of_an_area(tmp_path):
    layer = areas()
    layer.attrs = {"title": f"{CODES[0]}: 3 crimes"}
    write(layer, tmp_path, "parquet")
    assert "figure_in_text" in kinds(read_folder(tmp_path))


def test_words_of_a_parquet_column_that_no_row_has(tmp_path):
    words = pd.Categorical(["value"] * 20, categories=["value", "3 crimes in Arbury"])
    table = pa.Table.from_pandas(
        pd.DataFrame({"area_code": CODES, "count": 30, "status": words}), preserve_index=False
    )
    pq.write_table(table, tmp_path / "ward.parquet")
    assert "deleted_content" in kinds(read_folder(tmp_path))


@pytest.mark.parametrize("planted", ["box", "bytes", "kind"])
def test_places_of_a_geoparquet_that_are_none(planted, tmp_path):
    path = write(areas(), tmp_path, "parquet")
    table = pq.read_table(path)
    if planted == "box":
        boxes = table["bbox"].to_pylist()
        boxes[2]["xmin"] = -3.0
        table = table.set_column(table.column_names.index("bbox"), "bbox", pa.array(boxes))
    elif planted == "bytes":
        table = table.append_column("geom", pa.array([b"3 crimes"] * len(table)))
    else:
        geo = table.schema.metadata[b"geo"].replace(b'"Polygon"', b"")
        table = table.replace_schema_metadata({**table.schema.metadata, b"geo": geo})
    pq.write_table(table, path)
    found = kinds(read_folder(tmp_path))
    assert ("unknown_column" if planted == "bytes" else "unknown_geometry") in found


def test_bytes_between_the_columns_of_a_parquet(tmp_path):
    path = write(areas(), tmp_path, "parquet")
    data = path.read_bytes()
    (footer,) = struct.unpack("<I", data[-8:-4])
    at = len(data) - footer - 8
    path.write_bytes(data[:at] + b"E05002700 had 3 crimes" + data[at:])
    assert "deleted_content" in kinds(read_folder(tmp_path))


def test_a_deleted_row_of_a_shapefile(tmp_path):
    path = write(areas(), tmp_path, "shp").with_suffix(".dbf")
    data = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<H", data, 8)
    data[start] = ord("*")
    path.write_bytes(data)
    assert kinds(read_folder(tmp_path)) == ["deleted_content"]


@pytest.mark.parametrize("end", [".dbf", ".shp", ".shx"])
def test_bytes_behind_the_last_row_of_a_shapefile(end, tmp_path):
    path = write(areas(), tmp_path, "shp").with_suffix(end)
    path.write_bytes(path.read_bytes() + b"\x1aE05002700 had 3 crimes" + b" " * 9)
    if end == ".shp":
        with pytest.raises(InputError, match="cannot be read"):
            read_folder(tmp_path)
        return
    assert kinds(read_folder(tmp_path)) == ["deleted_content"]


def test_other_words_beside_a_shapefile(tmp_path):
    path = write(areas(), tmp_path, "shp")
    path.with_suffix(".prj").write_text("Arbury had 3 crimes")
    assert kinds(read_folder(tmp_path)) == ["unknown_file"]
    path.with_suffix(".prj").unlink()
    path.with_suffix(".cpg").write_text("3")
    assert kinds(read_folder(tmp_path)) == ["unknown_file"]
    path.with_suffix(".cpg").unlink()
    path.with_suffix(".sbn").write_bytes(b"index")
    assert kinds(read_folder(tmp_path)) == ["unknown_file"]


def test_the_text_beside_shapefiles(tmp_path):
    path = tmp_path / "README.txt"
    names = ["count_female", "rate_lower_998_male"]
    for mark in ("", "Partnership edition. Not for publication."):
        path.write_text(layer_readme(mark, names))
        assert read_folder(tmp_path).findings == []
    path.write_text(layer_readme("", names).replace("fewer than 10", "3 in Arbury, fewer than 10"))
    assert kinds(read_folder(tmp_path)) == ["unknown_text"]
    path.write_text(layer_readme("", names) + "count_f  3 in Arbury\n")
    assert kinds(read_folder(tmp_path)) == ["unknown_text"]
    path.write_text(layer_readme(f"{CODES[0]}: 3 crimes", names))
    assert kinds(read_folder(tmp_path)) == ["figure_in_text"]


def test_what_the_public_edition_may_not_speak_of_is_found_in_compressed_text(tmp_path):
    from vawg_geo.audit.files import _not_public

    path = write(areas(note="near a brothel"), tmp_path, "parquet")
    assert [f.kind for f in _not_public({"ward.parquet": path})] == ["forbidden_layer"]
