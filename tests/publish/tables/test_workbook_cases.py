"""The workbook where names are not as usual, and its printed pages."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest
import python_calamine

from vawg_geo.audit.tables.book import read_workbook
from vawg_geo.publish.tables import workbook
from vawg_geo.results.results import results_of
from vawg_geo.terms.tables import AREAS


@pytest.fixture(scope="module")
def results(default_edition):
    return results_of(default_edition("public"))


def names(*texts):
    """The table of areas with these names."""
    codes = [f"E0500{2702 + place}" for place in range(len(texts))]
    rows = {"area_code": codes, "area_name": texts, "level": "ward", "parent_code": ""}
    return pd.DataFrame(rows, columns=list(AREAS.names), dtype=object)


def cells(data, sheet):
    """Values of a sheet's table as two programs read them."""
    one = openpyxl.load_workbook(io.BytesIO(data))[sheet]
    (table,) = one.tables.values()
    rows = [[cell.value for cell in row] for row in one[table.ref]]
    assert "f" not in {cell.data_type for row in one[table.ref] for cell in row}
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    other = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    assert [[v if v != "" else None for v in row] for row in other[-len(rows) :]] == rows
    return rows


# --- Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("=cmd()", "'=cmd()"),
        ("+1", "'+1"),
        ("@x", "'@x"),
        ("-2", "'-2"),
        ("a\x07b", "a\N{REPLACEMENT CHARACTER}b"),
        ('</t></is></c><c r="Z9"><v>7</v>', '</t></is></c><c r="Z9"><v>7</v>'),
        ("Ynys Môn & Llŷn's", "Ynys Môn & Llŷn's"),
        ("1-2", "1-2"),
    ],
)
def test_a_name_is_text_and_no_more(results, tmp_path, name, written):
    data = workbook.make_workbook(results, {"areas": names(name, "Ely")}, {"areas": AREAS})
    rows = cells(data, "areas")
    assert [row[1] for row in rows[1:]] == [written, "Ely"]
    (tmp_path / "vawg.xlsx").write_bytes(data)
    found = read_workbook(tmp_path / "vawg.xlsx", "vawg.xlsx").findings
    assert [one for one in found if one.kind == "hidden_content"] == []


# --- Printing -------------------------------------------------------------------------------------


def test_pages_have_headings_and_areas_and_are_not_shrunk(results):
    frames = {"areas": names("Ely", "x " * 400)}
    data = workbook.make_workbook(results, frames, {"areas": AREAS})
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        (table,) = sheet.tables.values()
        head = int(table.ref.partition(":")[0][1:])
        assert sheet.print_title_rows == f"${head}:${head}"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert not sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.scale in (None, 100)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["areas"]
    assert sheet.print_title_cols in ("$A:$A", "$A:$B")
    long = sheet.cell(sheet.max_row, 2)
    assert long.alignment.wrap_text
    assert sheet.row_dimensions[long.row].height > 100
    lines = [sheet.cell(row, 1).value for row in range(1, sheet.max_row - 2)]
    # Few lines, for all above the table stays where the sheet is scrolled.
    assert max(map(len, lines)) <= 170
    assert sheet.max_row - 2 <= 8
