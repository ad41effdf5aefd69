"""What is said of a series that is left out must not give its counts away."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from html import unescape

import pandas as pd
import pytest

from vawg_geo.disclosure.hide import hide_counts
from vawg_geo.disclosure.rules import PRESETS
from vawg_geo.pipeline import build
from vawg_geo.results.not_shown import not_shown_sentence
from vawg_geo.terms.indicators import Indicator

# The words of before, with which a stranger knew each ward.
OLD = (
    "Crimes, all people: not shown by ward, because {} of {} wards would have to be hidden. See "
    "the figures by district."
)


def numbers_said(text):
    """Numbers in every sentence that says that something is not shown."""
    text, found = unescape(text), []
    for place in re.finditer("not shown by", text):
        before = re.split(r"[.<>\"\n]", text[max(0, place.start() - 300) : place.start()])[-1]
        after = re.split(r"[.<>\"\n]", text[place.end() : place.end() + 300])[0]
        found.append(tuple(map(int, re.findall(r"\d+", before + after))))
    return found


def least_and_most(total, hidden, wards):
    """What any ward can be where so many are hidden (1 to 7), all others shown to nobody."""
    possible = set()
    for own in range(total + 1):
        for is_hidden in {1 <= own <= 7} if own else {False}:
            others = hidden - is_hidden
            # The others that are hidden have 1 each at least; those that are not may have 0.
            room = total - own - others
            if 0 <= others <= wards - 1 and room >= 0:
                # What is left over must fit: 7 to a hidden one at most, 8 or more to another.
                free = wards - 1 - others
                if room <= 6 * others or (free and room >= 8):
                    possible.add(own)
    return min(possible), max(possible)


@pytest.mark.parametrize(
    ("hidden", "wards", "total", "least", "most"), [(8, 12, 8, 0, 1), (12, 12, 14, 1, 3)]
)
def test_the_old_sentence_gave_each_ward(hidden, wards, total, least, most):
    """The attack works: seen to find the numbers in the words of before."""
    assert numbers_said(f"<li>{OLD.format(hidden, wards)}</li>") == [(hidden, wards)]
    assert least_and_most(total, hidden, wards) == (least, most)


@pytest.mark.parametrize("values", [[1] * 8 + [0] * 4, [1] * 10 + [2] * 2])
def test_the_sentence_gives_no_ward(values):
    codes = [f"w{n}" for n in range(12)]
    counts = pd.DataFrame(
        {
            "area_code": ["d", *codes], "level": ["district", *["ward"] * 12], "note": "",
            "indicator": "crimes", "sex": "persons", "period": "2015/16", "basis": "own",
            "status": ["value", *("value" if value else "zero" for value in values)],
            "count": pd.array([sum(values), *values], "Int64"),
        }
    )  # fmt: skip
    (series,) = hide_counts(counts, PRESETS["nhs"], dict.fromkeys(codes, "d")).withheld
    text = not_shown_sentence(
        series, {"crimes": Indicator(name="crimes")}, {("district", "crimes", "persons")}
    )
    assert "more than a third of the wards" in text
    assert numbers_said(text) == [()]
    assert set(vars(series)) == {"level", "indicator", "sex", "too_many"}


@pytest.fixture(scope="module")
def public(tmp_path_factory, ward_codes, project_text):
    """A folder with a series that is left out by ward and shown by district."""
    folder = tmp_path_factory.mktemp("withheld")
    rows = [
        f"{code},persons,2015/16,{name},{count}"
        for place, code in enumerate(ward_codes)
        for name, count in (("crimes", 20 + place), ("rare crimes", int(place % 3 > 0)))
    ]
    table = "area_code,sex,period,indicator,count\n" + "\n".join(rows) + "\n"
    (folder / "counts.csv").write_text(table, "utf-8")
    (folder / "vawg.toml").write_text(project_text, "utf-8")
    return build(folder / "vawg.toml", editions=["public"], report=True).folders["public"]


def texts(folder):
    """All text of a folder's files, those of the GeoPackage's tables too, by file."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".gpkg":
            with closing(sqlite3.connect(path)) as base:
                tables = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                rows = [
                    row
                    for (t,) in tables.fetchall()
                    for row in base.execute(f'SELECT * FROM "{t}"')
                ]
            yield (
                path.name,
                "\n".join(cell for row in rows for cell in row if isinstance(cell, str)),
            )
        elif path.suffix == ".json":
            # As a program reads it: no sentence is cut by escapes.
            lines = json.loads(path.read_text("utf-8"))
            yield path.name, json.dumps(lines, ensure_ascii=False)
        elif path.suffix in {".html", ".csv", ".txt", ".qgs", ".qml", ".md", ".toml"}:
            yield path.name, path.read_text("utf-8")


def test_no_public_file_counts_what_would_be_hidden(public):
    found = {name: said for name, text in texts(public) if (said := numbers_said(text))}
    assert {"ward.html", "build.json", "vawg.gpkg"} <= set(found)
    assert {numbers for said in found.values() for numbers in said} == {()}
    number = sum(1 for place in range(144) if place % 3 > 0)
    for name, text in texts(public):
        assert not re.search(rf"\b{number} (?:of|out of|/) 144\b", text), name
