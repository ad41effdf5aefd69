"""Figures and names planted in what is hidden are in no byte of a public file."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from vawg_geo.walk import build

# No other figure of the build has these digits; all of them are hidden by the threshold below.
CANARIES = [7351, 8623, 6947, 9173, 8269, 7589]
NAMES = ["Zebedee Canary", "12 Canary Row", "canary-file"]
HIDE_ALMOST_ALL = """
[disclosure]
[disclosure.public]
largest_hidden = 9999
[disclosure.partnership]
largest_hidden = 9999
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory, ward_codes, project_text):
    """A project whose counts are all over the threshold but for six; built, public edition."""
    folder = tmp_path_factory.mktemp("planted")
    rows = []
    for place, code in enumerate(ward_codes):
        female = CANARIES[place // 20] if place % 20 == 0 and place < 120 else 10_000 + 7 * place
        name = NAMES[place % 3] if female in CANARIES else ""
        for sex, count in (("female", female), ("male", 12_000), ("persons", female + 12_000)):
            rows.append(f"{code},{name},{sex},2015/16,crimes,{count},{name}")
    table = "area_code,area_name,sex,period,indicator,count,note\n" + "\n".join(rows) + "\n"
    (folder / "canary-file.csv").write_text(table, "utf-8")
    people = [
        f"{code},{sex},{number + place}"
        for place, code in enumerate(ward_codes)
        for sex, number in (("female", 31_000), ("male", 30_000), ("persons", 61_000 + place))
    ]
    (folder / "people.csv").write_text("\n".join(["area_code,sex,population", *people]), "utf-8")
    config = project_text.replace("counts.csv", "canary-file.csv") + HIDE_ALMOST_ALL
    config = config.replace('file = "population-wards-2015"', 'file = "people.csv"')
    config = config.replace('[[population.files]]\nfile = "population-districts"\n', "")
    (folder / "vawg.toml").write_text(config, "utf-8")
    return build(folder / "vawg.toml", out=folder / "out", editions=["public"]).folders["public"]


@pytest.fixture(scope="module")
def texts(planted):
    """Every file as text, whatever its bytes are, and every base64 run in it decoded."""
    return list(_texts(planted))


def _texts(planted):
    for path in planted.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, data.decode("latin-1")
            for run in re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", data):
                try:
                    yield f"{path.name} (base64)", base64.b64decode(run).decode("latin-1")
                except ValueError:
                    continue


def numbers_of(value):
    """All numbers in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from numbers_of(one)
    elif isinstance(value, int | float):
        yield value


def test_the_canaries_are_hidden(planted):
    rates = pd.read_csv(planted / "tables" / "rates_ward.csv")
    female = rates[rates["sex"] == "female"]
    hidden = female[female["status"] == "suppressed"]
    assert len(hidden) >= len(CANARIES)
    assert hidden["count"].isna().all()
    # The test can find a figure: others are there.
    assert (female["count"] == 10_007).any()
    assert "10007" in (planted / "ward.html").read_text("utf-8")


@pytest.mark.parametrize("canary", CANARIES)
def test_no_hidden_figure_in_any_byte(planted, texts, canary):
    places = pd.read_csv(planted / "tables" / "rates_ward.csv")
    population = places.loc[places["sex"] == "female", "population"]
    needles = [str(canary), f"{canary:,}", str(canary + 12_000)]
    # A rate to four digits would give the count back as well.
    needles += [f"{canary / people * 1000:.4f}"[:-1] for people in population[::20].head(6)]
    pattern = re.compile(rf"(?<![\d.])(?:{'|'.join(map(re.escape, needles))})(?!\d)")
    found = [name for name, text in texts if pattern.search(text)]
    assert found == []


def test_no_hidden_figure_in_a_database(planted):
    """SQLite writes numbers in binary: ask it for all of them."""
    with closing(sqlite3.connect(planted / "vawg.gpkg")) as base:
        assert base.execute("PRAGMA freelist_count").fetchone() == (0,)
        names = [
            n
            for (n,) in base.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            )
        ]
        values = {
            value
            for name in names
            if not name.startswith(("rtree", "gpkg_tile", "sqlite"))
            for row in base.execute(f'SELECT * FROM "{name}"')
            for value in row
            if isinstance(value, int | float)
        }
    assert 10_007 in values
    assert not values & (set(CANARIES) | {c + 12_000 for c in CANARIES})


def test_no_hidden_figure_in_the_pages_data(planted):
    page = (planted / "ward.html").read_text("utf-8")
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    numbers = {n for block in blocks for n in numbers_of(json.loads(block))}
    assert 10_007 in numbers
    assert not numbers & (set(CANARIES) | {c + 12_000 for c in CANARIES})


@pytest.mark.parametrize("name", NAMES)
def test_no_private_name_in_any_byte(texts, name):
    found = [file for file, text in texts if name.lower() in text.lower()]
    assert found == []
