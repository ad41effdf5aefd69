"""Small files that ask for everything: exit 2, one message, in seconds and in little memory.

Each case runs the command in a process of its own, whose memory and processor time are measured by
the system. Seen to fail: on the code before, 44 of 58 ran on until they were stopped, took more
memory than they may, ended in a traceback, or were refused for another reason than the true one.
The other 14 show that their kind stays refused, or read.
"""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from tests.examples import some_every_day
from tests.safety.measured import require_refused
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.tables.read import read_table

HEAD = "area_code,sex,period,indicator,count\n"
ROW = "E05002703,persons,2015/16,crimes,{}\n"


# Workbooks


def workbook(path, rows, *, shared=None, packed=zipfile.ZIP_DEFLATED):
    """Write the least workbook that is one, with rows of XML as they are given."""
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName='
            '"/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.'
            'xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
            'sharedStrings+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
    }
    main_space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(path, "w", packed) as book:
        for name, text in parts.items():
            book.writestr(name, text)
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f"<sst {main_space}>".encode())
            for text in shared or []:
                part.write(text.encode())
            part.write(b"</sst>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f"<worksheet {main_space}><sheetData>".encode())
            for text in rows:
                part.write(text.encode())
            part.write(b"</sheetData></worksheet>")
    return path


def cells(number, texts, columns="ABCDE"):
    inner = "".join(
        f'<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip(columns, texts, strict=True)
    )
    return f'<row r="{number}">{inner}</row>'


HEADER = cells(1, HEAD.strip().split(","))
FIRST = cells(2, ROW.format(12).strip().split(","))


def _many(text, times, at_once=100_000):
    for _ in range(times // at_once):
        yield text * at_once


def _numbered_rows(count):
    for start in range(3, count, 50_000):
        yield "".join(f'<row r="{n}"/>' for n in range(start, min(count, start + 50_000)))


def _scattered(count):
    """Rows of one cell each, in the last column: filled up, they are 16,384 times as many."""
    return (f'<row r="{n}"><c r="XFD{n}"><v>{n * 7919 % 10007}</v></c></row>'
            for n in range(3, count))  # fmt: skip


def _high_row(path):
    last = cells(2_000_000_000, ROW.format(12).strip().split(","))
    return workbook(path, [HEADER, FIRST, last])


WORKBOOKS = {
    "row number 2,000,000,000": (_high_row, "beyond number 1,048,576, the last that a workbook"),
    "millions of empty rows": (
        lambda path: workbook(path, [HEADER, FIRST, *_numbered_rows(2_000_000)]),
        "has more than 1,048,576 rows (empty ones count)",
    ),
    "empty rows without numbers": (
        lambda path: workbook(path, [HEADER, *_many("<row/>", 2_000_000)]),
        "has more than 1,048,576 rows",
    ),
    "a cell in the last column of each row": (
        lambda path: workbook(path, [HEADER, FIRST, *_scattered(9_000)]),
        "cells, more than the 50,000,000 that are read",
    ),
    "millions of cells in a row": (
        lambda path: workbook(path, [HEADER, "<row>", *_many("<c/>", 3_000_000), "</row>"]),
        "marks of XML in one row",
    ),
    "millions of empty texts": (
        lambda path: workbook(
            path, [HEADER, FIRST], shared=_many("<si/>", 9_000_000), packed=zipfile.ZIP_STORED
        ),
        "xl/sharedStrings.xml has",
    ),
    "a bomb": (
        lambda path: workbook(path, [HEADER, FIRST, *_many(" " * 1000, 40_000, 1000)]),
        "looks like a zip bomb",
    ),
}


def workbook_of_entities(path):
    workbook(path, [HEADER])
    names = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)]
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{"".join(names)}]>'
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/sharedStrings.xml"] = (
        bomb.encode() + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<si><t>&e11;</t></si></sst>"
    )
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


WORKBOOKS["entities within entities"] = (workbook_of_entities, "damaged or cut short")


# Tables of text and of Parquet


def text_file(*parts):
    def write(path):
        with path.open("w") as stream:
            stream.writelines(parts)
        return path

    return write


def parquet_file(table, **options):
    def write(path):
        pq.write_table(table(), path, **options)
        return path

    return write


def _one_word_each():
    word = pa.array(["x" * 4_000_000])
    codes = pa.array(np.zeros(2_000, dtype=np.int32))
    return pa.table({"area_code": pa.DictionaryArray.from_arrays(codes, word)})


def _many_rows():
    codes = pa.array(np.zeros(12_000_000, dtype=np.int8))
    return pa.table({"a": codes, "b": codes})


TABLES = {
    "12 million empty lines": (
        ".csv", text_file(HEAD, "\n" * 12_000_000, ROW.format(12)), "lines, more than the 10,000,000",
    ),
    "five million empty lines": (
        ".csv", text_file(HEAD, "\n" * 5_000_000, ROW.format(12)), "rows are blank, more than",
    ),
    "12 million lines of commas": (
        ".csv", text_file(HEAD, ",,,,\n" * 12_000_000), "lines, more than the 10,000,000",
    ),
    "a line of commas": (
        ".csv", text_file(HEAD, ROW.format(12), "," * 60_000_000), "cells, more than the 50,000,000",
    ),
    "two million columns": (
        ".csv", text_file(",".join(map(str, range(2_000_000))), "\n1\n"), "2,000,000 cells, more",
    ),
    "footnotes under a wide header": (
        ".csv", text_file(",".join(f"c{n}" for n in range(16_000)), "\n" + "Note\n" * 900_000),
        "has no rows under its header",
    ),
    "an open quote": (".csv", text_file(HEAD, '"', "x\n" * 3_000_000), "no well-formed CSV"),
    "12 million rows of nothing": (
        ".parquet", parquet_file(_many_rows, compression="zstd"), "rows a byte that are read",
    ),
    "one word for every row": (
        ".parquet", parquet_file(_one_word_each, compression="zstd"), "it looks like a bomb",
    ),
}  # fmt: skip


class TestTables:
    @pytest.mark.parametrize("kind", some_every_day(WORKBOOKS, 5))
    def test_workbooks(self, command, tmp_path, kind):
        write, message = WORKBOOKS[kind]
        path = write(tmp_path / "counts.xlsx")
        self.refused(command, path, message)

    @pytest.mark.parametrize("kind", some_every_day(TABLES, 6))
    def test_text_and_parquet(self, command, tmp_path, kind):
        ending, write, message = TABLES[kind]
        path = write(tmp_path / f"counts{ending}")
        self.refused(command, path, message)

    def refused(self, command, path, message):
        out = path.with_name("rates.csv")
        people = path.with_name("people.csv")
        people.write_text("area_code,sex,population\nE05002703,persons,5000\n")
        require_refused(command("rates", path, "--population", people, "--out", out), message)
        assert not out.exists()


# Outlines


def layer(count=1):
    return gpd.GeoDataFrame(
        {"area_code": [f"E0500{2703 + n}" for n in range(count)], "area_name": ["A"] * count},
        geometry=[shapely.box(545_000 + n * 1000, 258_000, 546_000 + n * 1000, 259_000)
                  for n in range(count)],
        crs=27700,
    )  # fmt: skip


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
VIEWS = {
    "rows without an end": ENDLESS + "SELECT i AS fid, 'E0500' || i AS area_code, 'A' AS area_name,"
    " geom FROM n, (SELECT geom FROM areas LIMIT 1)",
    "no row and no end": ENDLESS + "SELECT fid, area_code, area_name, geom FROM areas, n "
    "WHERE i < 0",
    "a value without an end": "SELECT fid, area_code, area_name, geom, "
    f"({ENDLESS} SELECT sum(i) FROM n) AS x FROM areas",
    "a join of all with all": "SELECT a.fid, a.area_code, a.area_name, a.geom FROM areas a, "
    + ", ".join(f"areas a{n}" for n in range(12)),
}


def package(path, view, *, of="features", count=12):
    """Write a layer of areas and a view of it, registered as a layer too."""
    layer(count).to_file(path, layer="areas", driver="GPKG")
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(f"CREATE VIEW seen AS {view}")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('seen', ?, 'seen', 27700)", (of,),
        )  # fmt: skip
        base.execute(
            "INSERT INTO gpkg_geometry_columns VALUES ('seen', 'geom', 'POLYGON', 27700, 0, 0)"
        )
    return path


def system_view(path):
    layer().to_file(path, layer="areas", driver="GPKG")
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("ALTER TABLE gpkg_contents RENAME TO real_contents")
        base.execute(
            f"CREATE VIEW gpkg_contents AS {ENDLESS} SELECT real_contents.* FROM real_contents, n"
        )
    return path


class TestGeoPackages:
    # A view that is not asked for is no less opened by the reader.
    @pytest.mark.parametrize(
        ("view", "named"),
        some_every_day([*((view, "seen") for view in VIEWS), ("no row and no end", "areas")], 2),
    )
    def test_a_view_without_an_end_among_boundaries(self, command, tmp_path, view, named):
        path = package(tmp_path / "wards.gpkg", VIEWS[view])
        ended = command("boundaries", "add", path, "--name", "mine", "--layer", named)
        require_refused(ended, "as a view without an end does")
        assert not (tmp_path / "cache").exists()

    @pytest.mark.parametrize("view", some_every_day(VIEWS, 2))
    def test_in_the_audit(self, command, tmp_path, view):
        path = package(tmp_path / "wards.gpkg", VIEWS[view], of="attributes")
        require_refused(command("audit", path), "as a view without an end does")

    def test_large_values_of_a_view_in_the_audit(self, command, tmp_path):
        view = "SELECT a.fid, printf('%.900000c', 'x') AS area_code FROM areas a, areas b, areas c"
        path = package(tmp_path / "wards.gpkg", view, of="attributes")
        require_refused(command("audit", path), "rows of a view take")

    def test_among_points_and_styles(self, command, tmp_path):
        path = package(tmp_path / "points.gpkg", VIEWS["no row and no end"])
        ended = command("count", path, "--areas", "wards-2015", "--layer", "areas")
        require_refused(ended, "as a view without an end does")
        ended = command("style", path, "--layer", "areas", "--column", "area_code")
        require_refused(ended, "as a view without an end does")

    def test_a_table_of_the_format_that_is_a_view(self, command, tmp_path):
        path = system_view(tmp_path / "wards.gpkg")
        for words in (("boundaries", "add", path, "--name", "mine"), ("audit", path)):
            require_refused(command(*words), "of the GeoPackage's own tables are views")

    def test_an_honest_view_is_read(self, tmp_path):
        """A join of a table of figures, as QGIS users and our own editions have."""
        view = "SELECT fid, area_code, area_name, geom, upper(area_name) AS x FROM areas"
        path = package(tmp_path / "wards.gpkg", view)
        assert len(read_boundaries(path, layer="seen")) == 12


def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("wards.shp", bytes(40_000_000))
    return path


def shared_records(path):
    """Write a Shapefile whose index names one record again and again."""
    layer().to_file(path)
    index = path.with_suffix(".shx")
    head, entry = index.read_bytes()[:100], index.read_bytes()[100:108]
    raw = bytearray(head + entry * 400_000)
    raw[24:28] = (len(raw) // 2).to_bytes(4, "big")
    index.write_bytes(raw)
    table = path.with_suffix(".dbf")
    about = bytearray(table.read_bytes())
    start, width = int.from_bytes(about[8:10], "little"), int.from_bytes(about[10:12], "little")
    about[4:8] = (400_000).to_bytes(4, "little")
    table.write_bytes(bytes(about[:start]) + bytes(about[start : start + width]) * 400_000)
    return path


def shared_arcs(path):
    arc = [[0, 0], [9, 9], [0, 9], *([[1, 1]] * 5_000), [0, 0]]
    area = {"type": "Polygon", "arcs": [[0]], "properties": {"area_code": "E05002703"}}
    whole = {"type": "Topology", "arcs": [arc],
             "objects": {"a": {"type": "GeometryCollection", "geometries": [area] * 100_000}}}  # fmt: skip
    path.write_text(json.dumps(whole))
    return path


def flatgeobuf(path):
    layer().to_file(path, driver="FlatGeobuf")
    raw = path.read_bytes()
    path.write_bytes(raw.replace((1).to_bytes(8, "little"), (1 << 40).to_bytes(8, "little"), 1))
    return path


def geoparquet(path):
    """Write one outline that each of very many rows has."""
    layer().to_parquet(path)
    table = pq.read_table(path)
    codes = pa.array(np.zeros(500_000, dtype=np.int32))
    shape = shapely.to_wkb(shapely.Point(545_000, 258_000).buffer(999, quad_segs=50_000))
    many = pa.table(
        {"area_code": pa.DictionaryArray.from_arrays(codes, pa.array(["E05002703"])),
         "geometry": pa.DictionaryArray.from_arrays(codes, pa.array([shape], pa.binary()))}
    )  # fmt: skip
    pq.write_table(many.replace_schema_metadata(table.schema.metadata), path)
    return path


def written(text):
    def write(path):
        path.write_text(text)
        return path

    return write


def features(*parts):
    return written(f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}')


def feature(geometry):
    return f'{{"type":"Feature","properties":{{"area_code":"E05002703"}},"geometry":{geometry}}}'


DEEP = "[" * 100_000 + "]" * 100_000
OUTLINES = {
    "a bomb in a zip": (".zip", zip_bomb, "it looks like a zip bomb"),
    "records that share bytes": (".shp", shared_records, "several records share their bytes"),
    "borders named again and again": (".topojson", shared_arcs, "named far more often than twice"),
    "a trillion areas": (".fgb", flatgeobuf, "areas, for which"),
    "one outline for all rows": (".parquet", geoparquet, "it looks like a bomb"),
    "brackets 100,000 deep": (".geojson", written(DEEP), "brackets within brackets"),
    "coordinates 100,000 deep": (
        ".geojson", features(feature(f'{{"type":"Polygon","coordinates":{DEEP}}}')),
        "brackets within brackets",
    ),
    "coordinates 500 deep": (
        ".geojson",
        features(feature(f'{{"type":"Polygon","coordinates":{"[" * 500 + "]" * 500}}}')),
        "wards.geojson",
    ),
    "a list": (".geojson", written("[1, 2]"), "neither a GeoJSON FeatureCollection"),
    "a number": (".geojson", written("12"), "neither a GeoJSON FeatureCollection"),
    "features that are a number": (
        ".geojson", written('{"type":"FeatureCollection","features":12}'), "neither a GeoJSON",
    ),
    "a feature that is a number": (".geojson", features("1", "2"), "wards.geojson"),
    "a geometry that is a number": (".geojson", features(feature("5")), "wards.geojson"),
    "a point": (
        ".geojson", features(feature('{"type":"Point","coordinates":[0.1,52.2]}')), "wards.geojson",
    ),
    "coordinates that are words": (
        ".geojson", features(feature('{"type":"Polygon","coordinates":"x"}')), "wards.geojson",
    ),
    "objects that are a list": (
        ".topojson", written('{"type":"Topology","objects":[],"arcs":[]}'), "neither a GeoJSON",
    ),
    "arcs that are a number": (
        ".topojson",
        written('{"type":"Topology","arcs":5,"objects":{"a":{"type":"GeometryCollection",'
                '"geometries":[{"type":"Polygon","arcs":[[0]]}]}}}'),
        "wards.topojson",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", some_every_day(OUTLINES, 5))
def test_outlines(command, tmp_path, kind):
    ending, write, message = OUTLINES[kind]
    path = write(tmp_path / f"wards{ending}")
    require_refused(command("boundaries", "add", path, "--name", "mine"), message)
    assert not (tmp_path / "cache").exists()


# Points, configurations, and what the audit reads

POINTS = {
    "one endless line": (
        ".csv", text_file("Longitude,Latitude\n", "0.1,52.2," * 3_000_000), "has a line of 1,048,576",
    ),
    "one endless header": (".csv", text_file("Longitude,Latitude," * 100_000), "has a line of"),
    "rows of nothing": (
        ".parquet",
        parquet_file(lambda: pa.table({"Longitude": np.zeros(12_000_000, dtype=np.float32),
                                       "Latitude": np.zeros(12_000_000, dtype=np.float32)}),
                     compression="zstd"),
        "rows a byte that are read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", POINTS)
def test_points(command, tmp_path, kind):
    ending, write, message = POINTS[kind]
    path = write(tmp_path / f"points{ending}")
    require_refused(command("count", path, "--areas", "wards-2015"), message)


def test_a_configuration_within_brackets(command, tmp_path):
    path = written(f"a = {DEEP}")(tmp_path / "vawg.toml")
    require_refused(command("check", path), "too deep to be read")


def packed_project(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a.qgs", "<qgis>" + " " * 40_000_000)
    return path


AUDITED = {
    "a.csv": (text_file(HEAD, "\n" * 12_000_000), "lines, more than the 10,000,000"),
    "a.qgz": (packed_project, "looks like a zip bomb"),
    "a.json": (written(DEEP), "a.json"),
    "a.geojson": (written(DEEP), "a.geojson"),
    "build.json": (written(DEEP), "build.json"),
    "datapackage.json": (written(DEEP), "datapackage.json"),
    "a.parquet": (parquet_file(_one_word_each, compression="zstd"), "it looks like a bomb"),
}


@pytest.mark.parametrize("name", AUDITED)
def test_the_audit(command, tmp_path, name):
    write, message = AUDITED[name]
    (tmp_path / "maps").mkdir()
    write(tmp_path / "maps" / name)
    require_refused(command("audit", tmp_path / "maps"), message)


class TestHonestWork:
    """What limits must not refuse: each of these is many times what a partnership has."""

    def test_a_table_of_many_rows_and_blank_ones(self, tmp_path):
        path = tmp_path / "counts.csv"
        path.write_text(HEAD + ROW.format(12) * 50_000 + ",,,,\n" * 1_000_000)
        assert len(read_table(path).frame) == 50_000

    def test_a_workbook_of_the_same_row(self, tmp_path):
        path = tmp_path / "counts.xlsx"
        pd.DataFrame({"a": ["Anti-social behaviour"] * 8_000, "b": 0}).to_excel(path, index=False)
        assert len(read_table(path).frame) == 8_000

    def test_a_workbook_to_the_last_row_of_all(self, tmp_path):
        path = workbook(tmp_path / "counts.xlsx", [HEADER, FIRST, '<row r="1048576"/>'])
        assert len(read_table(path).frame) == 1

    def test_a_parquet_of_one_value(self, tmp_path):
        path = tmp_path / "counts.parquet"
        pq.write_table(pa.table({"a": ["persons"] * 200_000, "b": [0] * 200_000}), path)
        assert len(read_table(path).frame) == 200_000
