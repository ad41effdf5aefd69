"""The workbook: the same figures as the CSV files, read back by programs that did not write it."""

from __future__ import annotations

import csv
import math
import re
import subprocess

import openpyxl
import pandas as pd
import pytest
import python_calamine

from vawg_geo.disclosure.way_out import audited_as_a_whole
from vawg_geo.overlays.registry import declared_tables
from vawg_geo.publish.tables.write import write_tables
from vawg_geo.results.results import results_of
from vawg_geo.terms.tables import rates_of
from vawg_geo.words.columns import headings_of
from vawg_geo.words.page import SYMBOL
from vawg_geo.words.workbook import MARK, WORKBOOK

ABOUT = ["Contents", "Notes", "Columns"]
STATUS_OF = {mark: status for status, mark in SYMBOL.items()}
SAID = {one.name: one for one in declared_tables()}


@pytest.fixture(scope="module", params=["public", "partnership"])
def written(request, tmp_path_factory, default_edition):
    folder = tmp_path_factory.mktemp("tables") / request.param
    with audited_as_a_whole():
        write_tables(results_of(default_edition(request.param)), folder)
    return folder


def by_openpyxl(path):
    """Rows of each sheet's table, by the place that the file gives it."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        (table,) = sheet.tables.values()
        yield sheet.title, [[cell.value for cell in row] for row in sheet[table.ref]]


def by_calamine(path):
    """Rows of each sheet below those with one cell alone."""
    book = python_calamine.CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        head = next(place for place, row in enumerate(rows) if row[1] != "")
        yield name, [[None if value == "" else value for value in row] for row in rows[head:]]


def differences(rows, csv, said):
    """Cells that are not as in the CSV file, where shorthand stands for nothing there."""
    table = pd.read_csv(csv, dtype=str, keep_default_na=False)
    heads = headings_of(table.columns, said)
    assert rows[0][: len(heads)] == heads
    assert rows[0][len(heads) :] in ([], [WORKBOOK["mark_column"]])
    assert len(rows) - 1 == len(table)
    for row, line in zip(rows[1:], table.itertuples(index=False), strict=True):
        for name, value, text in zip(table.columns, row, line, strict=False):
            if value in MARK and text == "":
                if STATUS_OF[value] != line.status:
                    yield name, value, line
            elif isinstance(value, bool):
                if str(value) != text:
                    yield name, value, text
            elif isinstance(value, int | float):
                if value != float(text):
                    yield name, value, text
            elif (value or "") != text:
                yield name, value, text


@pytest.mark.promise
@pytest.mark.parametrize("read", [by_openpyxl, by_calamine])
def test_the_workbook_has_the_figures_of_the_tables(written, read):
    """The workbook has every figure of the CSV files, and says why where there is none."""
    sheets = {name: rows for name, rows in read(written / "vawg.xlsx") if name not in ABOUT}
    assert list(sheets) != []
    assert set(sheets) == {path.stem for path in written.glob("*.csv")}
    for name, rows in sheets.items():
        said = SAID.get(name) or rates_of(name.removeprefix("rates_"))
        assert list(differences(rows, written / f"{name}.csv", said)) == [], name


def test_the_five_things_stay_five(written):
    name, rows = next(x for x in by_openpyxl(written / "vawg.xlsx") if x[0] == "rates_district")
    place = {text: column for column, text in enumerate(rows[0])}
    seen = {}
    for row in rows[1:]:
        seen.setdefault(row[place["Status"]], set()).add(
            (type(row[place["Count"]]).__name__, row[place["Rate"]], row[place["Shorthand"]])
            if row[place["Status"]] in ("missing", "suppressed", "not_applicable")
            else (type(row[place["Count"]]).__name__, row[place["Shorthand"]])
        )
    expected = {
        "value": {("int", None)},
        "zero": {("int", None)},
        "unstable": {("int", "[u]")},
        **{
            status: {("str", SYMBOL[status], SYMBOL[status])}
            for status in ("missing", "suppressed", "not_applicable")
        },
    }
    assert seen.keys() >= {"value", "not_applicable"}, name
    assert seen == {status: expected[status] for status in seen}


def test_it_is_as_the_guidance_asks(written):
    book = openpyxl.load_workbook(written / "vawg.xlsx")
    assert book.properties.title.endswith("edition")
    assert book.properties.language == "en-GB"
    assert book.sheetnames[:3] == ABOUT
    names = []
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert list(sheet.merged_cells.ranges) == []
        (table,) = sheet.tables.values()
        names.append(table.displayName)
        head = int(re.match(r"A(\d+):", table.ref)[1])
        assert sheet.freeze_panes.endswith(str(head + 1))
        heads = [cell.value for cell in sheet[head]]
        assert all(heads)
        assert len(set(heads)) == len(heads)
        assert [column.name for column in table.tableColumns] == heads
        assert all(any(cell.value is not None for cell in row) for row in sheet.iter_rows())
    assert len(set(names)) == len(names)


def test_links_lead_to_every_sheet_and_back(written):
    book = openpyxl.load_workbook(written / "vawg.xlsx")
    for sheet in book:
        links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        targets = [link.location.removesuffix("!A1").strip("'") for link in links]
        wanted = book.sheetnames[1:] if sheet.title == "Contents" else ["Contents"]
        assert targets == wanted


def test_what_looks_like_a_day_is_text_and_numbers_are_short(written):
    sheet = openpyxl.load_workbook(written / "vawg.xlsx")["rates_ward"]
    (table,) = sheet.tables.values()
    head, *rows = sheet[table.ref]
    column = {cell.value: place for place, cell in enumerate(head)}
    periods = {row[column["Period"]].value: row[column["Period"]] for row in rows}
    assert "2019-08" in periods
    assert {(cell.data_type, cell.number_format) for cell in periods.values()} == {("s", "@")}
    rates = [c for r in rows if isinstance((c := r[column["Rate"]]).value, float)]
    assert {cell.number_format for cell in rates} == {"#,##0.0"}


def test_the_same_bytes_twice(written, tmp_path, default_edition):
    edition = default_edition(written.name)
    with audited_as_a_whole():
        write_tables(results_of(edition), tmp_path)
    assert (tmp_path / "vawg.xlsx").read_bytes() == (written / "vawg.xlsx").read_bytes()


def same(shown, text, status):
    """Whether LibreOffice shows what the CSV file has, or the shorthand of why there is nothing."""
    if shown in MARK and text == "":
        return STATUS_OF[shown] == status
    try:
        # It writes fifteen digits.
        return math.isclose(float(shown), float(text), rel_tol=1e-14)
    except ValueError:
        return shown == text or (text in ("True", "False") and shown == text.upper())


@pytest.mark.long
def test_libreoffice_has_the_figures_of_the_tables(written, tmp_path, libreoffice):
    filters = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [libreoffice, home, "--headless", "--convert-to", filters, "--outdir", tmp_path]
    subprocess.run([*command, written / "vawg.xlsx"], check=True, capture_output=True, timeout=300)
    for path in written.glob("*.csv"):
        table = list(csv.reader(path.read_text("utf-8").splitlines(keepends=True)))
        lines = (tmp_path / f"vawg-{path.stem}.csv").read_text("utf-8").splitlines(keepends=True)
        rows = list(csv.reader(lines))
        head = next(place for place, row in enumerate(rows) if len([x for x in row if x]) > 1)
        rows = rows[head:]
        assert len(rows) == len(table), path.stem
        status = table[0].index("status") if "status" in table[0] else None
        for row, line in zip(rows[1:], table[1:], strict=True):
            why = "" if status is None else line[status]
            told = [(a, b) for a, b in zip(row, line, strict=False) if not same(a, b, why)]
            assert told == [], path.stem
