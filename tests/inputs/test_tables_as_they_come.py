"""Tables as programs and offices write them: titles, remarks, covers, packed, unseen characters."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile

import openpyxl
import pytest

from vawg_geo.errors import InputError
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.tables.read import read_table

HEAD = "area_code,area_name,sex,period,indicator,count"
ROWS = ["E05002169,Barnack,persons,2015/16,x,20", "E05002170,Bretton North,persons,2015/16,x,21"]
TABLE = "\n".join([HEAD, *ROWS]) + "\n"


def save(folder, text, name="t.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def book(folder, sheets, name="t.xlsx"):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(folder / name)
    return folder / name


# --- the header ---------------------------------------------------------------------------------

NOMIS = """"Population estimates - small area by single year of age"
"ONS Crown Copyright Reserved [from Nomis on 12 May 2025]"

"sex",:,"Total"
"age",:,"Aged 16+"

"2022 electoral wards","mnemonic","2022"
"Altrincham","E05000819",10153
"Bowdon","E05000821",7451


In order to protect against disclosure of personal information, records have been swapped.
"""


def test_a_nomis_download(tmp_path):
    table = read_table(save(tmp_path, NOMIS))
    assert table.frame["mnemonic"].tolist() == ["E05000819", "E05000821"]
    assert table.rows == (8, 9)
    assert table.facts == {"sex": "Total", "age": "Aged 16+"}
    assert table.notes[0].startswith("the header is in row 7; 4 rows above it are titles: 'Popul")
    assert table.notes[1].startswith("row 12 set aside as a remark: 'In order to protect")


def test_a_nomis_download_as_a_workbook_of_two_columns(tmp_path):
    rows = [
        ["Population estimates"],
        ["ONS Crown Copyright Reserved [from Nomis on 12 May 2025]"],
        [],
        ["sex", "Total"],
        ["age", "Aged 16+"],
        [],
        ["2022 electoral wards", "2022"],
        ["E05000819 : Altrincham", 10153],
        ["E05000821 : Bowdon", 7451],
    ]
    table = read_table(book(tmp_path, {"Data": rows}))
    assert list(table.frame.columns) == ["2022 electoral wards", "2022"]
    assert table.facts["age"] == "Aged 16+"


def test_seven_titles_and_line_breaks_in_the_headings(tmp_path):
    titles = "\n".join(f'"Title number {n}",,' for n in range(1, 8))
    text = f'{titles}\n"Police Force\nArea code","CSP\nname",All\nE23000009,Trafford,"40,806 "\n'
    table = read_table(save(tmp_path, text))
    assert list(table.frame.columns) == ["Police Force Area code", "CSP name", "All"]
    assert table.frame["All"].tolist() == ["40,806 "]
    assert "the header is in row 8; 7 rows above it are titles: 'Title number 1'" in table.notes


def test_a_lone_word_above_a_wide_header_is_a_title(tmp_path):
    text = f"Contents,,,,,\n,,,,,\nTable 1: crimes by ward,,,,,\n,,,,,\n{TABLE}"
    table = read_table(save(tmp_path, text))
    assert list(table.frame.columns) == HEAD.split(",")
    assert table.rows == (6, 7)


def test_blank_rows_between_districts_are_no_titles(tmp_path):
    text = f"{HEAD}\n{ROWS[0]}\n\n" + "\n".join(ROWS[1:] * 5) + "\n"
    assert len(read_table(save(tmp_path, text)).frame) == 6


def test_a_ward_alone_in_its_row_is_no_remark(tmp_path):
    text = "ward,sex,count\nBarnack,persons,3\n\nUnknown or outside area,,\nWest,persons,\n"
    assert read_table(save(tmp_path, text)).frame["ward"].tolist()[-2:] == [
        "Unknown or outside area",
        "West",
    ]


# --- lines and characters that nobody sees --------------------------------------------------------


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_first_line_says_what_parts_the_columns(tmp_path, mark):
    text = f"\ufeffsep={mark}\r\n" + TABLE.replace(",", mark).replace("\n", "\r\n")
    table = read_table(save(tmp_path, text))
    assert table.frame["count"].tolist() == ["20", "21"]
    # A spreadsheet program does not show the line.
    assert table.rows == (2, 3)


def test_a_first_line_with_another_mark_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"t\.csv: its first line says that '\|' parts the col"):
        read_table(save(tmp_path, "sep=|\na|b\n1|2\n"))


@pytest.mark.parametrize("odd", ["\u200b", "\ufeff", "\u2060", "\u00a0", "\u202f"])
def test_unseen_characters_are_left_out_and_said(tmp_path, odd):
    frame = read_counts(save(tmp_path, TABLE.replace("E05002169", f"E05002169{odd}")))
    assert frame["area_code"].tolist() == ["E05002169", "E05002170"]
    said = [note for note in frame.attrs["notes"] if "not seen" in note]
    assert len(said) == 1
    assert "row 2, 'E05002169', " in said[0]
    assert f"U+{ord(odd):04X}" in said[0]


def test_a_plain_table_has_nothing_to_say(tmp_path):
    assert read_table(save(tmp_path, TABLE)).notes == ()


# --- sheets -----------------------------------------------------------------------------------

COVER = [["Counts by ward"], ["This workbook holds one table."]]
CELLS = [HEAD.split(","), *([*row.split(",")[:-1], int(row.split(",")[-1])] for row in ROWS)]


def test_the_sheet_behind_a_cover_is_found(tmp_path):
    table = read_table(book(tmp_path, {"Cover": COVER, "Data": CELLS}))
    assert table.frame["count"].tolist() == ["20", "21"]
    assert "read the sheet 'Data', the one of 2 that has a table: 'Cover', 'Data'" in table.notes


def test_several_tables_behind_a_cover_are_listed(tmp_path):
    path = book(tmp_path, {"Cover": COVER, "2022": CELLS, "2023": CELLS})
    with pytest.raises(InputError, match=r"2 of 3 sheets have a table.*sheet = \"2022\" \(or '202"):
        read_table(path)
    assert len(read_table(path, sheet="2023").frame) == 2


def test_the_first_sheet_stays_where_it_is_a_table(tmp_path):
    table = read_table(book(tmp_path, {"Data": CELLS, "Look-up": CELLS}))
    assert table.notes == ("read the sheet 'Data', one of 2: 'Data', 'Look-up'",)


# --- packed -----------------------------------------------------------------------------------


def test_a_packed_table(tmp_path):
    table = read_table(save(tmp_path, gzip.compress(TABLE.encode()), "t.csv.gz"))
    assert table.frame["count"].tolist() == ["20", "21"]
    with pytest.raises(InputError, match=r"of packed files \.csv\.gz"):
        read_table(save(tmp_path, gzip.compress(b"x"), "t.xlsx.gz"))
    with pytest.raises(InputError, match="cannot be unpacked"):
        read_table(save(tmp_path, gzip.compress(TABLE.encode())[:30], "t.csv.gz"))


def test_a_zip_of_one_table_and_of_two(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("counts.csv", TABLE)
    table = read_table(tmp_path / "t.zip")
    assert table.frame["count"].tolist() == ["20", "21"]
    assert table.notes == ("read counts.csv in it",)
    with zipfile.ZipFile(tmp_path / "t.zip", "a") as archive:
        archive.writestr("more.csv", TABLE)
    with pytest.raises(InputError, match=r"t\.zip holds 2 tables; first: counts\.csv"):
        read_table(tmp_path / "t.zip")


# --- .ods ----------------------------------------------------------------------------------------

ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    "<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
)


def cell(value, repeated=1):
    again = f' table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
    if value is None:
        return f"<table:table-cell{again}/>"
    if isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value}"'
    elif isinstance(value, int):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}{again}><text:p>{value}</text:p></table:table-cell>"


def ods(folder, rows, *, after="", name="t.ods"):
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    table = f'<table:table table:name="Data">{lines}{after}</table:table>'
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(tables=table))
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
            ' manifest:version="1.2"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            "</manifest:manifest>",
        )
    return folder / name


def blank_rows(times, width=1024):
    return (
        f'<table:table-row table:number-rows-repeated="{times}">{cell(None, width)}'
        "</table:table-row>"
    )


def test_an_ods_with_titles_and_dates(tmp_path):
    rows = [
        ["Crimes by ward"],
        ["ward code", "sex", "month", "indicator", "count"],
        ["E05002169", "persons", dt.date(2019, 8, 1), "x", 20],
    ]
    path = ods(tmp_path, rows, after=blank_rows(1_048_573))
    frame = read_counts(path)
    assert frame[["area_code", "period", "count"]].to_numpy().tolist() == [
        ["E05002169", "2019-08", 20]
    ]
    with pytest.raises(InputError, match=r"no sheet 'Dat'. .*Name one of: 'Data'"):
        read_counts(path, sheet="Dat")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (
            f'<table:table-row table:number-rows-repeated="1000000">{cell(1, 16384)}'
            "</table:table-row>",
            "more than the 50,000,000 cells",
        ),
        (blank_rows(2_000_000) + f"<table:table-row>{cell(1)}</table:table-row>", "1,048,576 rows"),
        (f"<table:table-row>{cell(None, 10**9)}{cell(1)}</table:table-row>", "50,000,000 cells"),
    ],
)
def test_an_ods_that_repeats_beyond_measure_is_refused_before_it_is_read(tmp_path, after, said):
    with pytest.raises(InputError, match=said):
        read_table(ods(tmp_path, [["a"], ["b"]], after=after + "<table:table-row/>"))


@pytest.mark.parametrize("name", ["t.ods", "t.xls"])
def test_damaged_books(tmp_path, name):
    with pytest.raises(InputError, match=rf"{name}.*(damaged|no Excel file)"):
        read_table(save(tmp_path, b"PK\x03\x04 no more" if name == "t.ods" else b"<html>", name))
    ole = bytes.fromhex("d0cf11e0a1b11ae1")
    with pytest.raises(InputError, match=r"t2\.xls: the workbook is damaged"):
        read_table(save(tmp_path, ole + b"\0" * 600, "t2.xls"))


# --- cases that were sent in ------------------------------------------------------------------------


@pytest.mark.shared
def test_cases_of_reading(shared):
    cases = shared / "cases"
    assert read_counts(cases / "sep_line.csv")["count"].tolist() == [20] * 5
    frame = read_counts(cases / "zero_width_space_in_codes.csv")
    assert frame["area_code"].tolist() == [f"E050021{n}" for n in (69, 70, 71, 72, 73)]
    assert any("zero width space U+200B" in note for note in frame.attrs["notes"])
    table = read_table(cases / "cover_sheet_first.xlsx")
    assert any("that has a table" in note for note in table.notes)
    months = read_counts(cases / "months_as_excel_writes_them.csv")
    assert set(months["period"]) == {"2019-08"}
