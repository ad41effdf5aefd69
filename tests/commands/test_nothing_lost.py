"""What is there already stays: one rule for every command that writes a file."""

from __future__ import annotations

import argparse

import openpyxl
import pandas as pd
import pytest

from vawg_geo.commands.main import make_parser

# Their folders are known by the record in them, and only such a folder is replaced.
FOLDERS = {"build", "report"}
EVENTS = "Ward,Date\nE05002703,2024-01-03\nE05002703,2024-01-09\nE05002704,2024-02-01\n"
TALLY = ("--area-column", "Ward", "--date-column", "Date")


def commands():
    actions = make_parser()._actions
    (found,) = [each for each in actions if isinstance(each, argparse._SubParsersAction)]
    return found.choices


def test_every_command_with_a_file_to_write_asks_before_it_replaces():
    """Seen to fail of `count`, which replaced its file in silence."""
    options = {
        name: {option for action in parser._actions for option in action.option_strings}
        for name, parser in commands().items()
    }
    writers = {name for name, known in options.items() if "--out" in known}
    assert {"count", "rates", "hotspots", "scan", "rebase"} <= writers
    assert {name for name in writers - FOLDERS if "--replace" not in options[name]} == set()


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(EVENTS)
    return path


def test_count_replaces_a_table_only_where_asked(run, events, tmp_path):
    out = tmp_path / "mine.csv"
    out.write_text("a table of my own\n")
    code, _, error = run("count", events, *TALLY, "--out", out)
    assert code == 2
    assert "mine.csv is there already. Write to another file, or add --replace." in error
    assert out.read_text() == "a table of my own\n"
    assert run("count", events, *TALLY, "--out", out, "--replace")[0] == 0
    assert pd.read_csv(out)["count"].sum() == 3


def test_count_adds_a_sheet(run, events, tmp_path):
    out = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Mine"
    book.active["A1"] = "=1+1"
    book.save(out)
    assert run("count", events, *TALLY, "--out", out)[0] == 0
    assert openpyxl.load_workbook(out).sheetnames == ["Mine", "counts"]
    code, _, error = run("count", events, *TALLY, "--out", out)
    assert code == 2
    assert "book.xlsx has a sheet 'counts' already" in error
    assert run("count", events, *TALLY, "--out", out, "--replace")[0] == 0
    assert openpyxl.load_workbook(out)["Mine"]["A1"].value == "=1+1"
