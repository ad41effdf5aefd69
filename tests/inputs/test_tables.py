from __future__ import annotations

import os
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import InputError, OutputError
from vawg_geo.files.table import write_table
from vawg_geo.inputs.tables.read import read_table

TEXT = "code,name,count\nE05002703,Arbury,x\nE05002704,Castle – café,<5\n"


def save(tmp_path, contents, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    return path


def workbook(tmp_path, rows, *, others=()):
    book = openpyxl.Workbook()
    book.active.title = "Counts"
    for row in rows:
        book.active.append(row)
    for name in others:
        book.create_sheet(name).append(["a", "b"])
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def test_cells_stay_the_text_that_they_are(tmp_path):
    marks = ["x", "*", "c", "<5", "NA", "n/a", "nan", "1,234", " 12 ", "007", "True"]
    quoted = "\n".join(f'"{mark}",a' for mark in marks)
    table = read_table(save(tmp_path, f"count,b\n{quoted}\n,a\n"))
    assert table.frame["count"].tolist()[:-1] == marks
    assert table.frame["count"].isna().tolist() == [False] * len(marks) + [True]
    assert table.notes == ()


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", None), ("utf-8-sig", "byte order mark"), ("utf-16", "UTF-16"), ("cp1252", "cp1252")],
)
@given(cells=st.lists(st.text("Aé–€ ,;\"'x5<*", max_size=8), min_size=2, max_size=6))
def test_encodings_give_the_same_frame(tmp_path_factory, encoding, said, cells):
    folder = tmp_path_factory.mktemp("e")
    plain = folder / "plain.csv"
    write_table(pd.DataFrame({"é": ["é", *cells], "n": "1"}), plain)
    expected = read_table(plain)
    other = save(folder, plain.read_bytes().decode().encode(encoding), "other.csv")
    table = read_table(other)
    pd.testing.assert_frame_equal(table.frame, expected.frame)
    assert table.rows == expected.rows
    assert (said is None) == (not table.notes)
    assert said is None or said in table.notes[0]


@pytest.mark.parametrize("byte_order", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_is_refused_by_name(tmp_path, byte_order):
    with pytest.raises(InputError, match=r"t.csv: the text holds NUL bytes: UTF-16 without"):
        read_table(save(tmp_path, TEXT.encode(byte_order)))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (TEXT.encode("utf-32"), "UTF-32"),
        (TEXT.encode("utf-16")[:-1], "UTF-16 but damaged"),
        (b"a,b\n\x81,1\n", "neither UTF-8 nor Windows-1252"),
        (b"\xef\xbb\xbfa,b\n\xe9,1\n", "marked as UTF-8 but damaged"),
        (b"PK\x03\x04rest", "not text, whatever the ending .csv says"),
    ],
)
def test_other_bytes_are_refused(tmp_path, raw, message):
    with pytest.raises(InputError, match=message):
        read_table(save(tmp_path, raw))


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolon"), ("\t", "tab")])
def test_delimiter_is_detected_and_noted(tmp_path, mark, name):
    text = f'"a{mark}, b"{mark}count\n"x, y, z"{mark}1,234\n'
    table = read_table(save(tmp_path, text))
    assert list(table.frame.columns) == [f"a{mark}, b" if mark == ";" else "a , b", "count"]
    assert table.frame["count"].tolist() == ["1,234"]
    assert table.notes == (f"columns are separated by {name}",)


def test_rows_have_a_spreadsheets_numbers(tmp_path):
    text = 'name,count\n"two\nlines",1\n\n , \nb,2\n'
    table = read_table(save(tmp_path, text))
    assert table.rows == (2, 5)
    assert table.frame["name"].tolist() == ["two\nlines", "b"]


def test_ragged_row_is_refused_with_its_number(tmp_path):
    with pytest.raises(
        InputError, match=r"1 of 3 rows .*; first: row 3 \(2 cells, the header has 3"
    ):
        read_table(save(tmp_path, "a,b,c\n1,2,3\n1,2\n4,5,6\n"))


def test_empty_cells_past_the_header_and_bare_remarks_do_no_harm(tmp_path):
    table = read_table(save(tmp_path, "a,b,\n1,2,,\n3,4,\nSource: police\n"))
    assert list(table.frame.columns) == ["a", "b"]
    assert table.frame["a"].tolist() == ["1", "3"]
    assert "row 4 set aside as a remark: 'Source: police'" in table.notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is an empty file"),
        ("\n\n", "has no rows"),
        ("a,b\n", "has no rows under its header"),
        ("a,a \n1,2\n", "1 of 2 columns repeat a name; first: 'a'"),
        ("a,\n1,2\n", "column 2 has values .*row 2.* but no name"),
        ('a,b\n"1,2\n', "quote may be open"),
    ],
)
def test_unusable_layouts(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_table(save(tmp_path, text))


def test_unusable_files(tmp_path):
    with pytest.raises(InputError, match=r"absent.csv is not there"):
        read_table(tmp_path / "absent.csv")
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path / "d.csv")
    with pytest.raises(InputError, match=r"t\.xls is no Excel file, whatever its name says"):
        read_table(save(tmp_path, "a", "t.xls"))
    with pytest.raises(InputError, match=r"tables are read from .csv"):
        read_table(save(tmp_path, "a", "t.doc"))
    with pytest.raises(InputError, match="has no sheets"):
        read_table(save(tmp_path, TEXT), sheet="one")


def test_workbook_numbers_become_clean_text(tmp_path):
    path = workbook(
        tmp_path,
        [
            ["code", " count \nof all"],
            ["a", 12.0],
            ["b", 12.5],
            [None, None],
            ["c", "<5"],
            ["d", 0],
        ],
    )
    table = read_table(path)
    assert list(table.frame.columns) == ["code", "count of all"]
    assert table.frame["count of all"].tolist() == ["12", "12.5", "<5", "0"]
    assert table.rows == (2, 3, 5, 6)


def test_workbook_sheets(tmp_path):
    path = workbook(tmp_path, [["a"], ["1"]], others=["Notes"])
    assert read_table(path).notes == ("read the sheet 'Counts', one of 2: 'Counts', 'Notes'",)
    assert list(read_table(workbook(tmp_path, [["a"], ["1"]]), sheet="Counts").frame["a"]) == ["1"]
    assert "read the sheet 'Counts'" in read_table(path, sheet="counts").notes
    with pytest.raises(InputError, match=r"no sheet 'Count'. .*Name one of: 'Counts'"):
        read_table(path, sheet="Count")


def test_formula_without_a_stored_value_is_not_an_empty_cell(tmp_path):
    path = workbook(tmp_path, [["a", "n"], ["x", 1], ["y", "=B2+1"], ["z", 3]])
    with pytest.raises(InputError, match="cell B3 holds a formula whose value was never stored"):
        read_table(path)


def test_protected_and_disguised_workbooks(tmp_path):
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512
    with pytest.raises(InputError, match="old Excel file"):
        read_table(save(tmp_path, ole, "t.xlsx"))
    with pytest.raises(InputError, match="protected by a password"):
        read_table(save(tmp_path, ole + "EncryptedPackage".encode("utf-16-le"), "t.xlsx"))


@pytest.mark.parametrize("ending", [".xlsx", ".parquet"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_cut_files_are_refused(tmp_path, ending, share):
    path = tmp_path / f"t{ending}"
    write_table(pd.DataFrame({"a": range(200), "b": "x"}), path)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(InputError, match=f"t{ending}: .* damaged or cut short"):
        read_table(path)


def test_workbook_with_a_damaged_part_is_refused(tmp_path):
    path = workbook(tmp_path, [["a"], ["1"]])
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:200]
    with zipfile.ZipFile(path, "w") as new:
        for name, contents in parts.items():
            new.writestr(name, contents)
    with pytest.raises(InputError, match="damaged or cut short"):
        read_table(path)


def test_parquet_keeps_texts_and_cleans_numbers(tmp_path):
    frame = pd.DataFrame(
        {"code": ["a", "b", "c"], "n": [1.0, None, 2.5], "k": pd.array([1, None, 3], dtype="Int64")}
    )
    frame["bytes"] = [b"1", b"2", b"3"]
    frame["word"] = pd.Categorical(["x", "NA", "x"])
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.frame["n"].fillna("?").tolist() == ["1", "?", "2.5"]
    assert table.frame["k"].fillna("?").tolist() == ["1", "?", "3"]
    assert table.frame["word"].tolist() == ["x", "NA", "x"]
    assert "bytes" not in table.frame
    assert "bytes" in table.notes[0]
    frame.iloc[:0].to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="has no rows"):
        read_table(tmp_path / "t.parquet")


def test_a_flipped_bit_in_our_parquet_never_changes_a_value_unseen(tmp_path):
    path = tmp_path / "t.parquet"
    write_table(pd.DataFrame({"n": [12345]}), path)
    raw = path.read_bytes()
    for place in range(0, len(raw), 3):
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 4]) + raw[place + 1 :])
        try:
            table = read_table(path)
        except InputError:
            continue
        assert table.frame.get("n", pd.Series(["12345"])).tolist() == ["12345"]


FRAME = pd.DataFrame(
    {
        "code": ["E05002703", "=1+1", "@x", "-", "\tq", "+44"],
        "n": pd.array([1, None, -3, 0, 5, 6], dtype="Int64"),
        "rate": [0.1, -2.5, float("nan"), 1e-7, 1.0, 3.0],
        "=col": ["é", "a,b", 'q"', "", "x\ny", "z"],
    }
)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_writing_is_the_same_bytes_and_leaves_nothing_beside(tmp_path, ending, monkeypatch):
    path = tmp_path / f"t{ending}"
    write_table(FRAME, path)
    first = path.read_bytes()
    monkeypatch.setattr("time.time", lambda: 4e9)
    write_table(FRAME.assign(n=FRAME["n"]), path)
    assert path.read_bytes() == first
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208


def test_csv_bytes(tmp_path):
    write_table(FRAME, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode() == (
        'code,n,rate,\'=col\nE05002703,1,0.1,é\n\'=1+1,,-2.5,"a,b"\n\'@x,-3,,"q"""\n'
        "'-,0,1e-07,\n'\tq,5,1.0,\"x\ny\"\n'+44,6,3.0,z\n"
    )


def test_workbook_has_no_formula_and_keeps_numbers(tmp_path):
    write_table(FRAME, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert [cell.value for cell in sheet["A"]][1:4] == ["E05002703", "'=1+1", "'@x"]
    assert [cell.value for cell in sheet["B"]][1:4] == [1, None, -3]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_parquet_carries_no_attributes(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["notes"] = ["a private remark"]
    write_table(frame, tmp_path / "t.parquet")
    assert b"private" not in (tmp_path / "t.parquet").read_bytes()
    assert frame.attrs == {"notes": ["a private remark"]}


def test_failed_writing_leaves_the_former_file(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("former")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match=r"t.csv cannot be written .No space left"):
        write_table(FRAME, path)
    assert path.read_text() == "former"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_writing_refuses(tmp_path):
    with pytest.raises(OutputError, match=r"tables are written as .csv"):
        write_table(FRAME, tmp_path / "t.json")
    with pytest.raises(OutputError, match="there is no folder"):
        write_table(FRAME, tmp_path / "none" / "t.csv")
    with pytest.raises(OutputError, match="Excel sheet cannot hold"):
        write_table(pd.DataFrame({"a": ["\x01"]}), tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "titles", [["Crimes by ward, 2015/16"], ["Crimes by ward", "Extracted in May"]]
)
def test_title_rows_above_the_header_are_set_aside(tmp_path, titles):
    import openpyxl

    header, row = ["area_code", "sex", "count"], ["E07000008", "persons", "12"]
    lines = [*titles, "", ";".join(header), ";".join(row)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    book = openpyxl.Workbook()
    for line in [*([title] for title in titles), [], header, row]:
        book.active.append(line)
    book.save(tmp_path / "t.xlsx")
    for name in ("t.csv", "t.xlsx"):
        table = read_table(tmp_path / name)
        assert list(table.frame.columns) == header
        assert table.frame.to_numpy().tolist() == [row]
        assert table.rows == (len(titles) + 3,)
        assert any(titles[0] in note for note in table.notes)


def test_a_table_of_one_column_has_no_title(tmp_path):
    (tmp_path / "t.csv").write_text("count\n12\n")
    assert read_table(tmp_path / "t.csv").frame["count"].tolist() == ["12"]


def test_a_lone_carriage_return_ends_no_row(tmp_path):
    path = tmp_path / "names.csv"
    write_table(pd.DataFrame({"name": ["one\rtwo", None, "three"], "count": [1, 2, 3]}), path)
    frame = read_table(path).frame
    assert frame["name"].fillna("").tolist() == ["one\ntwo", "", "three"]
    assert frame["count"].tolist() == ["1", "2", "3"]
