"""`vawg-geo init --area --counts`: a table as an office sends it, and nothing in it lost."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from vawg_geo.areas.tables import load_tables
from vawg_geo.project import read_project

WARDS = (
    "Abbey", "Birchwood", "Boultham", "Carholme", "Castle", "Glebe", "Hartsholme", "Minster",
    "Moorland", "Park", "Witham",
)  # fmt: skip


@pytest.fixture
def started(run, tmp_path):
    """Start a project of Lincoln; gives what was said and the configuration's path."""

    def start(text):
        table = tmp_path / "sent.csv"
        table.write_text(text, "utf-8")
        code, printed, error = run("init", tmp_path / "own", "--area", "Lincoln", "--counts", table)
        assert code == 0, error
        assert (tmp_path / "own" / "sent.csv").read_text("utf-8") == text
        return printed, tmp_path / "own" / "vawg.toml"

    return start


def rows(counts, sex="All"):
    head = f"Ward,{'Sex,' if sex else ''}Year,Offence,Number\n"
    middle = f"{sex}," if sex else ""
    lines = [f"{name},{middle}2024/25,crimes,{count}\n" for name, count in counts]
    return head + "".join(lines)


def test_hidden_missing_and_zero_stay_three_things(started):
    """Seen to fail: what the source hid was written as an empty cell, and so was missing."""
    counts = dict.fromkeys(WARDS, 30) | {"Witham": "<5", "Park": "", "Glebe": "x", "Abbey": 0}
    printed, config = started(rows(counts.items()))
    assert "sent.csv: 11 counts of 11 areas" in printed
    table = load_tables(read_project(config)).counts
    status = table[table["level"] == "ward"].set_index("area_name")["status"]
    told = {name: status[name] for name in ("Witham", "Glebe", "Park", "Abbey", "Castle")}
    assert told == {
        "Witham": "suppressed",
        "Glebe": "suppressed",
        "Park": "missing",
        "Abbey": "zero",
        "Castle": "value",
    }


def test_rows_of_no_area_are_said_and_kept(started):
    printed, config = started(rows([*dict.fromkeys(WARDS, 30).items(), ("Unknown", 19)]))
    assert "Unknown" in printed
    text = config.read_text("utf-8").replace(
        'basis = "own"', 'basis = "own"\nunplaced = "E07000138"'
    )
    config.write_text(text, "utf-8")
    counts = load_tables(read_project(config)).counts.set_index("area_code")["count"]
    assert counts["E07000138"] == 11 * 30 + 19


def test_a_total_that_is_not_the_sum_is_said(started):
    printed, _ = started(rows([*dict.fromkeys(WARDS, 30).items(), ("Total", 331)]))
    assert "331" in printed


def test_a_table_without_sexes_is_of_all_people_and_says_so(started, run):
    printed, config = started(rows(dict.fromkeys(WARDS, 30).items(), sex=""))
    assert 'does not say the sex: taken as all people, sex = "persons"' in printed
    assert 'sex = "persons"' in config.read_text("utf-8")
    assert run("check", config)[0] == 0


def test_a_workbook_stays_one(run, tmp_path):
    frame = pd.read_csv(io.StringIO(rows(dict.fromkeys(WARDS, 30).items())))
    with pd.ExcelWriter(tmp_path / "by 'ward'.xlsx") as book:
        pd.DataFrame({"Notes": ["made up"]}).to_excel(book, sheet_name="Cover", index=False)
        frame.to_excel(book, sheet_name="Data", index=False, startrow=3)
    table = tmp_path / "by 'ward'.xlsx"
    code, _, error = run("init", tmp_path / "own", "--area", "Lincoln", "--counts", table)
    assert code == 0, error
    config = tmp_path / "own" / "vawg.toml"
    assert read_project(config).counts[0].file == "by 'ward'.xlsx"
    assert run("check", config)[0] == 0
