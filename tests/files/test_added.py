"""A layer or sheet beside others: nothing that was there is lost."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from openpyxl.chart import BarChart, Reference

from vawg_geo.errors import OutputError
from vawg_geo.files.added import add_layer, add_table, require_room

TABLE = pd.DataFrame({"area_code": ["E05002703", "=1+1"], "count": [1, None]})


def layer(count):
    squares = [shapely.box(n, 0, n + 1, 1) for n in range(count)]
    return gpd.GeoDataFrame({"n": range(count)}, geometry=squares, crs="EPSG:27700")


def test_a_sheet_is_added_and_the_others_stay(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Mine"
    book.active["A1"], book.active["B1"] = 5, "=A1*2"
    book.active["A1"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "book.xlsx")
    add_table(TABLE, tmp_path / "book.xlsx", name="rates")
    after = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert after.sheetnames == ["Mine", "rates"]
    assert (after["Mine"]["A1"].value, after["Mine"]["B1"].value) == (5, "=A1*2")
    assert after["Mine"]["A1"].font.bold
    assert after["rates"]["A3"].value == "'=1+1"


def test_a_sheet_is_replaced_in_its_place_only_where_asked(tmp_path):
    for name in ("rates", "scan"):
        add_table(TABLE, tmp_path / "book.xlsx", name=name)
    with pytest.raises(OutputError, match=r"book\.xlsx has a sheet 'Rates' already.*--replace"):
        require_room(tmp_path / "book.xlsx", "Rates", replace=False)
    require_room(tmp_path / "book.xlsx", "hotspots", replace=False)
    require_room(tmp_path / "book.xlsx", "rates", replace=True)
    add_table(TABLE.head(1), tmp_path / "book.xlsx", name="rates")
    after = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert after.sheetnames == ["rates", "scan"]
    assert (after["rates"].max_row, after["scan"].max_row) == (2, 3)


def test_a_workbook_with_a_chart_is_left_alone(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([1])
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1))
    book.active.add_chart(chart, "C1")
    book.save(tmp_path / "book.xlsx")
    before = (tmp_path / "book.xlsx").read_bytes()
    for act in (
        lambda: require_room(tmp_path / "book.xlsx", "rates", replace=True),
        lambda: add_table(TABLE, tmp_path / "book.xlsx", name="rates"),
    ):
        with pytest.raises(OutputError, match=r"charts, pictures or the like .* would be lost"):
            act()
    assert (tmp_path / "book.xlsx").read_bytes() == before


def test_a_layer_is_added_and_the_others_stay(tmp_path):
    path = tmp_path / "mine.gpkg"
    pyogrio.write_dataframe(layer(3), path, layer="mine")
    add_layer(layer(2), path, name="hotspots", about="x")
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["mine", "hotspots"]
    assert [len(pyogrio.read_dataframe(path, layer=n)) for n in ("mine", "hotspots")] == [3, 2]
    with pytest.raises(OutputError, match=r"mine\.gpkg has a layer 'hotspots' already"):
        require_room(path, "hotspots", replace=False)
    add_layer(layer(1), path, name="hotspots", about="x")
    assert [len(pyogrio.read_dataframe(path, layer=n)) for n in ("mine", "hotspots")] == [3, 1]


@pytest.mark.parametrize("name", ["a.gpkg", "a.xlsx"])
def test_a_file_of_another_kind_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("my notes")
    with pytest.raises(OutputError, match=rf"{name} is there and is no"):
        require_room(tmp_path / name, "rates", replace=True)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_another_file_is_replaced_only_where_asked(tmp_path, name):
    add_table(TABLE.head(1), tmp_path / name, name="rates")
    with pytest.raises(OutputError, match=rf"{name} is there already\. .*--replace"):
        require_room(tmp_path / name, "rates", replace=False)
    require_room(tmp_path / name, "rates", replace=True)
