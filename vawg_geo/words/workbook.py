"""Texts of the workbook of an edition's tables, and its shorthand."""

from __future__ import annotations

from typing import Final

from vawg_geo.words.page import SYMBOL

__all__ = ["BREAK", "ESTIMATED", "HEADINGS", "MARK", "WORKBOOK"]

ESTIMATED: Final = "[e]"
BREAK: Final = "[b]"
# In the words of the Government Analysis Function's list of shorthand, and what it is here.
MARK: Final = {
    SYMBOL["suppressed"]: (
        "Confidential",
        "Hidden, so that nobody can be recognised. It is not zero.",
    ),
    SYMBOL["missing"]: ("Not available", "No figure was supplied. It is not zero."),
    SYMBOL["not_applicable"]: ("Not applicable", "There can be no figure for this area or group."),
    SYMBOL["unstable"]: (
        "Low reliability",
        "The rate rests on fewer than 10 events and would change much by chance.",
    ),
    BREAK: (
        "Break in time series",
        "The first period after a break: not to be compared with those before.",
    ),
    ESTIMATED: ("Estimated", "The figure was estimated, not counted."),
}

WORKBOOK: Final = {
    "title": "{title}: tables, {edition} edition",
    "contents": "Contents",
    "contents_about": (
        "{n} sheets of tables, as in the CSV files beside this workbook. Each sheet has one table, "
        "and what must be said of it above."
    ),
    "notes": "Notes",
    "notes_title": "Notes on the tables",
    "notes_about": (
        "Status says of each row whether it has a value. A count of zero is written as 0, and "
        "only what is none of these is blank."
    ),
    "columns": "Columns",
    "columns_title": "What each column is",
    "columns_about": "Headings of the sheets, and the names of the same columns in the CSV files.",
    "back": "Back to the contents",
    "rows": "{n} rows, as in {file}.",
    "row": "1 row, as in {file}.",
    "too_long": (
        "{n} rows, more than the {most} that a sheet of a workbook holds: read them in {file}."
    ),
    "units": "Units: {units}",
    "no_units": "Units: none; see the sheet Columns.",
    "unit_of": "{unit}: {columns}.",
    "shorthand": "Shorthand: {marks}",
    "no_shorthand": "Shorthand: none stands in this table.",
    "mark_of": "{mark} {words}",
    "source": "Source: {source}",
    "mark_column": "Shorthand",
    # Of a printed page, left and right of the bar: the sheet's name, the page and how many.
    "footer": "&A|Page &P of &N",
}
HEADINGS: Final = {
    "contents": ("Sheet", "Title", "Rows", "File"),
    "notes": ("Shorthand", "Meaning", "Here"),
    "columns": ("Sheet", "Heading", "Name in the CSV file", "Unit", "Words"),
}
