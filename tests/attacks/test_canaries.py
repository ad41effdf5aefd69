"""Figures and names planted in what is hidden are in no byte of a public file."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from contextlib import closing
from itertools import groupby

import pandas as pd
import pytest

from vawg_geo.pipeline import build

# No other figure of the build has these digits; all of them are hidden by the threshold below.
CANARIES = [7351, 8623, 6947, 9173, 8269, 7589]
# Of another indicator and of other wards: what a ratio of two counts is made of.
CONTACTS = [7127, 8839, 6733, 9371, 8461, 7919]
_KEY_OF_RULE = re.compile(rb' key="\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}"')
NAMES = ["Zebedee Canary", "12 Canary Row", "canary-file", "canary-wards"]
NEED, SERVICE = "domestic abuse incidents", "IDVA high-risk referrals"
OTHERS = ["Cambridge Women's Aid contacts", "MARAC cases heard"]
HIDE_ALMOST_ALL = """
[disclosure]
[disclosure.public]
largest_hidden = 9999
[disclosure.partnership]
largest_hidden = 9999
"""
PROFILES = """profile,area_code,area_name,level,profile_class,as_of,basis,area_name_in_source,note
brothel concentration,{0},{1},ward,highest,2016,stated,12 Canary Row,Zebedee Canary
"""


def mixed(place, step):
    """Places in another order for each step: counts in one order would tell of each other."""
    return place * step % 144


def contacts_of(place):
    """Contacts of women with the service, where they are no canary."""
    return 10_300 + mixed(place, 35)


# Scans of counts as large as these and spatial models take two thirds of the build's time.
@pytest.fixture(
    scope="module",
    params=[False, pytest.param(True, marks=pytest.mark.long)],
    ids=["as every day", "with scan and model"],
)
def planted(request, tmp_path_factory, ward_codes, overlaid):
    """A project whose counts are all over the threshold but for a few; built, public edition."""
    folder = tmp_path_factory.mktemp("planted")
    rows = []
    for place, code in enumerate(ward_codes):
        female = (
            CANARIES[place // 20]
            if place % 20 == 0 and place < 120
            else 10_000 + 7 * mixed(place, 55)
        )
        name = NAMES[place % 3] if female in CANARIES else ""
        contacts = CONTACTS[place // 20] if place % 20 == 10 and place < 120 else contacts_of(place)
        for sex, count in (("female", female), ("male", 12_000), ("persons", female + 12_000)):
            rows.append(f"{code},{name},{sex},2015/16,{NEED},{count},{name}")
        rows.append(f"{code},{name},female,2015/16,{SERVICE},{contacts},{name}")
        rows += [
            f"{code},,persons,2015/16,{other},{10_500 + mixed(place, 29 + 36 * n)},"
            for n, other in enumerate(OTHERS)
        ]
    table = "area_code,area_name,sex,period,indicator,count,note\n" + "\n".join(rows) + "\n"
    people = [
        f"{code},{sex},{number + place}"
        for place, code in enumerate(ward_codes)
        for sex, number in (("female", 31_000), ("male", 30_000), ("persons", 61_000 + place))
    ]
    (folder / "people.csv").write_text("\n".join(["area_code,sex,population", *people]), "utf-8")
    config = overlaid(
        folder,
        table,
        claims=[NEED],
        wards=ward_codes,
        more=HIDE_ALMOST_ALL,
        spatial_model=request.param,
        name="canary-file.csv",
        profiles="canary-wards.csv",
    )
    text = config.read_text("utf-8")
    text = text.replace("[hotspots]", f"[hotspots]\nscan = {str(request.param).lower()}")
    text = text.replace('file = "population-wards-2015"', 'file = "people.csv"')
    text = text.replace('[[population.files]]\nfile = "population-districts"\n', "")
    config.write_text(text, "utf-8")
    profiles = PROFILES.format("E05002172", "Central")
    (folder / "canary-wards.csv").write_text(profiles, "utf-8")
    return build(config, out=folder / "out", editions=["public"]).folders["public"]


@pytest.fixture(scope="module")
def texts(planted):
    """Every file as text, whatever its bytes are, and every base64 run in it decoded."""
    return list(_texts(planted))


def _texts(planted):
    for path in planted.rglob("*"):
        if path.is_file():
            # The key of a style's rule is made of the rule's name: its digits are no figure.
            data = _KEY_OF_RULE.sub(b"", path.read_bytes())
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


def places_of(words, texts):
    """Files and the words that are in them, in whatever letters."""
    lowered = ((file, text.lower()) for file, text in texts)
    return [(file, word) for file, text in lowered for word in words if word in text]


def numbers_in(needles, end, texts):
    """Files and the number that is in them, where another number does not hold it."""
    starts = groupby(sorted(needles), key=lambda needle: needle[0])
    # The first digit stands in front of what is asked of its place: so text without it is skipped.
    kinds = (
        f"{one}(?<![\\d.].)(?:{'|'.join(re.escape(n[1:]) for n in all_)})" for one, all_ in starts
    )
    pattern = re.compile(f"(?:{'|'.join(kinds)}){end}")
    found = ((file, pattern.search(text)) for file, text in texts)
    return [(file, match[0]) for file, match in found if match]


def test_the_canaries_are_hidden(planted):
    rates = pd.read_csv(planted / "tables" / "rates_ward.csv")
    female = rates[rates["sex"] == "female"]
    hidden = female[female["status"] == "suppressed"]
    assert hidden["count"].isna().all()
    for indicator in (NEED, SERVICE):
        assert (hidden["indicator"] == indicator).sum() >= len(CANARIES)
    # The test can find a figure: others are there.
    assert (female["count"] == 10_007).any()
    assert "10007" in (planted / "ward.html").read_text("utf-8")


def test_all_that_is_laid_over_is_there(planted):
    tables = {path.stem: pd.read_csv(path) for path in (planted / "tables").glob("*.csv")}
    reached = tables["reach"][tables["reach"]["level"] == "ward"]
    assert (reached["status"] == "suppressed").sum() >= len(CANARIES + CONTACTS)
    assert (reached["numerator_count"] == 10_301).any()
    for name in ("rates_by_deprivation", "deprivation_links", "rate_and_deprivation", "gaps"):
        assert (tables[name]["level"] == "ward").any(), name
    assert "ward_profiles" not in tables


@pytest.mark.promise
def test_no_profile_in_any_byte(texts):
    """What an edition may not show is in no byte of its files: no ward profile is in a public one."""
    assert places_of(["canary", "brothel", "zebedee", "profile_class"], texts) == []


def test_no_private_name_in_any_byte(texts):
    assert places_of([name.lower() for name in NAMES], texts) == []


def test_no_reach_of_a_hidden_need(planted, texts):
    """Contacts for every 100 in need would give the need back, and so would its words."""
    reached = pd.read_csv(planted / "tables" / "reach.csv")
    ours = reached[(reached["numerator"] == SERVICE) & (reached["level"] == "ward")]
    contacts = [contacts_of(place * 20) for place in range(len(CANARIES))]
    assert set(contacts) <= set(ours["numerator_count"])
    ratios = [f"{n / need * 100:.5f}"[:6] for n, need in zip(contacts, CANARIES, strict=True)]
    assert numbers_in(ratios, "", texts) == []


@pytest.mark.promise
def test_no_hidden_figure_in_any_byte(planted, texts):
    """A hidden count is in no byte of any public file."""
    places = pd.read_csv(planted / "tables" / "rates_ward.csv")
    population = places.loc[places["sex"] == "female", "population"][::20].head(6)
    needles = []
    for canary in CANARIES + CONTACTS:
        needles += [str(canary), f"{canary:,}", str(canary + 12_000)]
        # A rate to four digits would give the count back as well.
        needles += [f"{canary / people * 1000:.4f}"[:-1] for people in population]
    assert numbers_in(needles, r"(?!\d)", texts) == []


def test_a_figure_that_is_shown_is_found(texts):
    """The searches above can fail: all that they look for is looked for at once."""
    assert "rates_ward.csv" in {file for file, _ in numbers_in(["10007", "5"], r"(?!\d)", texts)}
    assert "ward.html" in {file for file, _ in numbers_in(["99", "10,007"], "", texts)}
    assert ("ward.html", "arbury") in places_of(["nowhere", "arbury"], texts)


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
        values = set()
        for name in names:
            if not name.startswith(("rtree", "gpkg_tile", "sqlite")):
                rows = base.execute(f'SELECT * FROM "{name}"')
                # Rows are numbered, and some table has as many rows as a canary has crimes.
                kept = [n for n, one in enumerate(rows.description) if one[0].lower() != "fid"]
                values |= {row[n] for row in rows for n in kept if isinstance(row[n], int | float)}
    assert 10_007 in values
    assert not values & (set(CANARIES + CONTACTS) | {c + 12_000 for c in CANARIES})


def test_no_hidden_figure_in_the_pages_data(planted):
    page = (planted / "ward.html").read_text("utf-8")
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    numbers = {n for block in blocks for n in numbers_of(json.loads(block))}
    assert 10_007 in numbers
    assert not numbers & (set(CANARIES + CONTACTS) | {c + 12_000 for c in CANARIES})
