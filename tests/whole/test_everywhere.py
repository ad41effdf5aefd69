"""Places all over the country, built as an analyst there would: none of them may be refused."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.examples import some_every_day

pytestmark = pytest.mark.shared

# Refused once: their small map's lines were taken for packed data, or a note of our own on an outline
# that was repaired (Maldon) for a figure. The others are of every other kind of place.
PLACES = [
    ("E06000016", "ward", "Leicester"),
    ("E06000023", "ward", "Bristol, City of"),
    ("E06000008", "ward", "Blackburn with Darwen"),
    ("E07000082", "ward", "Stroud"),
    ("E07000074", "ward", "Maldon"),
    ("E06000053", "ward", "Isles of Scilly"),
    ("E09000001", "ward", "City of London"),
    ("W06000001", "ward", "Isle of Anglesey"),
    ("E06000001", "lsoa", "Hartlepool"),
    ("E23000006", "district", "Cheshire"),
    ("E23000006", "ward", "Cheshire"),
    ("W15000002", "district", "Gwent"),
]


@pytest.fixture(scope="module")
def everywhere(shared):
    """The command's functions; `shared` says where there are no outlines."""
    import _everywhere
    import build_everywhere

    assert shared == _everywhere.SHARED
    return build_everywhere


@pytest.fixture(scope="module")
def known(everywhere):
    return {(place.code, place.level): place for place in everywhere.places()}


@pytest.mark.parametrize(("code", "level", "name"), some_every_day(PLACES, 2))
def test_a_place_is_built(everywhere, known, code, level, name):
    place = known[code, level]
    assert place.name == name
    result = everywhere.build_place(place)
    assert (result.row["outcome"], result.message) == ("built", "")
    # What was built is a map of something: all areas are there, and not all of them are hidden.
    assert result.row["counts"] == 6 * result.row["areas"]
    assert result.row["hidden_public"] < result.row["counts"]


def test_a_refusal_is_a_line_of_the_table(everywhere, known, monkeypatch):
    """The check above can fail: a place whose counts nobody can read is no place that was built."""
    write = everywhere.write_project

    def spoilt(place, folder, *, hotspots):
        config = write(place, folder, hotspots=hotspots)
        table = (folder / "counts.csv").read_text("utf-8")
        (folder / "counts.csv").write_text(table.replace(",count", ",wisdom"), "utf-8")
        return config

    monkeypatch.setattr(everywhere, "write_project", spoilt)
    result = everywhere.build_place(known["E06000017", "ward"])
    assert result.row["outcome"] == "InputError"
    assert "wisdom" in result.message


@pytest.mark.promise
def test_every_place_is_in_the_committed_table_and_built(everywhere, root):
    """Every district and police area of England and Wales is built, and none is refused."""
    table = pd.read_csv(root / "docs" / "everywhere.csv")
    assert list(table.columns) == list(everywhere.COLUMNS)
    given = list(zip(table["code"], table["by"], strict=True))
    assert given == [(place.code, place.level) for place in everywhere.places()]
    assert set(table["outcome"]) == {"built"}
    of_england = table[table["code"].str[0] == "E"]
    force = of_england["code"].str.startswith("E23")
    kinds = of_england.groupby([force, of_england["by"]]).size().to_dict()
    assert kinds == {
        (False, "ward"): 326, (False, "lsoa"): 20, (True, "district"): 39, (True, "ward"): 39,
    }  # fmt: skip
    # Something is hidden nearly everywhere: the builds had something to go wrong with.
    assert (table["hidden_public"] > 0).mean() > 0.8


def test_a_part_of_the_places_can_be_asked_for(everywhere):
    assert [place.name for place, _ in everywhere.chosen("leicester", 1, set())][:2] == [
        "Leicester", "North West Leicestershire",
    ]  # fmt: skip
    some = everywhere.chosen("", 50, set())
    assert len(some) == -(-len(everywhere.places()) // 50)
    done = {(place.code, place.level) for place, _ in some}
    assert everywhere.chosen("", 50, done) == []
    assert 0.05 < sum(hot for _, hot in everywhere.chosen("", 1, set())) / 454 < 0.2
