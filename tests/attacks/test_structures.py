"""Random structures, attacked over atoms by a programme that shares nothing with the package.

The attack was seen to fail: it finds the hidden counts where only small ones are hidden, and in
what the choice of cells gave out before it knew sums that cross two axes (`OLD_GATE`, as data).
"""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

WARDS = [f"E0599000{i}" for i in range(7)]
DISTRICTS = ["E07990000", "E07990001"]
PARENTS = dict.fromkeys(WARDS, DISTRICTS[0])
YEARS = ["2013/14", "2014/15", "2015/16"]
POOLED = "2013/14 to 2015/16"


@pytest.fixture(scope="module")
def tools():
    """The scripts' modules."""
    import _structures
    import attack_structures

    return _structures, attack_structures


def _spans(structures):
    span = structures.Span
    months = [span(12 * year + 3, 12 * year + 15) for year in (2013, 2014, 2015)]
    return dict(zip(YEARS, months, strict=True)) | {POOLED: span(months[0].start, months[2].end)}


def _whole_by_year_parts_pooled():
    """37 + 38 + 37 - 109 = 3: the part that is small, though no whole is pooled."""
    whole = [[37, 38, 37], [40, 52, 47], [60, 44, 51], [71, 64, 58], [33, 45, 39], [52, 50, 61]]
    small = [3, 14, 22, 31, 17, 25]
    rows = []
    for ward, years, part in zip(WARDS, whole, small, strict=False):
        rows += [(ward, "violence", "persons", y, n) for y, n in zip(YEARS, years, strict=True)]
        rows.append((ward, "sexual offences", "persons", POOLED, part))
        rows.append((ward, "assault", "persons", POOLED, sum(years) - part))
    part_of = {"sexual offences": ("violence", True), "assault": ("violence", True)}
    return rows, part_of, (WARDS[0], "sexual offences", "persons", POOLED)


def _persons_by_year_sexes_pooled():
    """37 + 38 + 37 - 109 = 3 men, though persons are not pooled."""
    persons = [[37, 38, 37], [40, 52, 47], [60, 44, 51], [71, 64, 58], [33, 45, 39], [52, 50, 61]]
    men = [3, 34, 42, 51, 37, 45]
    rows = []
    for ward, years, number in zip(WARDS, persons, men, strict=False):
        rows += [(ward, "violence", "persons", y, n) for y, n in zip(YEARS, years, strict=True)]
        rows.append((ward, "violence", "male", POOLED, number))
        rows.append((ward, "violence", "female", POOLED, sum(years) - number))
    return rows, {}, (WARDS[0], "violence", "male", POOLED)


def _middle_of_a_nest_by_district():
    """28 - 27 = 1: 'violence' of a ward holds 'rape' and 'other', through a middle by district."""
    rape, other = [27, 31, 40, 22, 35, 29, 33], [1, 12, 20, 9, 15, 11, 13]
    rows = []
    for ward, one, two in zip(WARDS, rape, other, strict=True):
        rows.append((ward, "violence", "persons", "2015/16", one + two))
        rows.append((ward, "rape", "persons", "2015/16", one))
        rows.append((ward, "other", "persons", "2015/16", two))
    rows.append((DISTRICTS[0], "sexual offences", "persons", "2015/16", sum(rape) + sum(other)))
    part_of = {
        "rape": ("sexual offences", True),
        "other": ("sexual offences", True),
        "sexual offences": ("violence", True),
    }
    return rows, part_of, (WARDS[0], "other", "persons", "2015/16")


CROSSED = {
    "parts pooled": (_whole_by_year_parts_pooled, 3),
    "sexes pooled": (_persons_by_year_sexes_pooled, 3),
    "middle by district": (_middle_of_a_nest_by_district, 1),
}


def _made(tools, name):
    structures, _ = tools
    make, value = CROSSED[name]
    rows, part_of, (area, indicator, sex, word) = make()
    spans = _spans(structures)
    made = structures.hand_made(rows, parents=PARENTS, spans=spans, part_of=part_of)
    return made, structures.Figure(area, indicator, sex, spans[word]), value


def _given_out(tools, made, hidden):
    """An edition where these figures are hidden and no others."""
    _, attack = tools
    shown = made.counts.copy()
    mask = pd.Series([figure in hidden for figure in made.figures])
    shown.loc[mask, "status"] = "suppressed"
    shown.loc[mask, "count"] = pd.NA
    return attack.Edition("public", shown, 0, made.rules)


@pytest.mark.parametrize("name", CROSSED)
def test_a_crossed_sum_gives_a_count_away_where_only_small_ones_are_hidden(tools, name):
    made, secret, value = _made(tools, name)
    found = tools[1].attack_shown(made, [_given_out(tools, made, {secret})])
    assert [(near.figure, near.low, near.high) for near in found.known] == [
        (secret, pytest.approx(value), pytest.approx(value))
    ]


@pytest.mark.parametrize("name", CROSSED)
def test_a_crossed_sum_gives_nothing_away_of_what_the_package_shows(tools, name):
    made, secret, _ = _made(tools, name)
    editions, _ = tools[1].hide(made)
    found = tools[1].attack_shown(made, editions)
    assert secret in found.small
    assert not found.shown
    assert not found.known
    assert not found.not_named_known
    assert not editions[0].withheld
    assert 1 < editions[0].shown["count"].isna().sum() <= 6
    assert not tools[1].audited(made, editions)


@pytest.mark.parametrize("published", [False, True])
def test_what_marks_alone_say_is_counted_apart_unless_a_published_total_is_used_up(
    tools, published
):
    """A hidden total of three hidden wards is 3 or more; where 3 is published, each of them is 1."""
    structures, attack = tools
    codes = [*WARDS[:4], DISTRICTS[0]]
    rows = [
        (code, "violence", "persons", "2015/16", n)
        for code, n in zip(codes, [1, 1, 1, 0, 3], strict=True)
    ]
    parents = dict.fromkeys(WARDS[:4], DISTRICTS[0])
    made = structures.hand_made(rows, parents=parents, spans=_spans(structures))
    if published:
        made.counts.loc[4, "basis"] = "published"
    hidden = set(made.figures[:3] if published else (*made.figures[:3], made.figures[4]))
    found = attack.attack_shown(made, [_given_out(tools, made, hidden)])
    assert [near.figure for near in found.floors] == ([] if published else [made.figures[4]])
    assert [near.figure for near in found.known] == (list(made.figures[:3]) if published else [])
    assert all(near.exactly for near in found.known)


# Structures at random

# Rows that the choice of cells hid before it knew sums that cross two axes, of structures whose
# small counts came back from the rest: by number, and how many of them exactly.
OLD_GATE = {
    2: ([46, 47, 48, 49, 52, 63, 66, 69, 87, 97, 128], 6),
    49: ([7, 63, 67], 1),
}
# What forty structures must have among them, or they prove little.
FEATURES = {
    "crossed",
    "gaps",
    "sexes by level",
    "sexes by time",
    "parts by level",
    "parts by time",
    "nest of three",
    "complete parts",
    "quarters",
    "pooled",
    "overlapping",
    "published printed",
    "published elsewhere",
    "estimated",
    "missing",
    "not applicable",
    "source hides",
    "partnership",
    "rounded",
    "noughts hidden",
    "words",
    "two words",
    "unreadable",
    "small",
}


@pytest.fixture(scope="module")
def forty(tools):
    """The first forty structures of at most 150 counts."""
    structures, _ = tools
    made = (structures.make_structure(number) for number in itertools.count())
    return list(itertools.islice((one for one in made if len(one.counts) <= 150), 40))


@pytest.mark.promise
@pytest.mark.parametrize("size", [12, pytest.param(40, marks=pytest.mark.long)])
def test_nothing_is_known_of_the_small_counts_of_structures_and_none_is_refused(tools, forty, size):
    """Sums that cross areas, sexes, parts and periods give no small count away."""
    _, attack = tools
    numbers = [made.number for made in forty[:size]]
    outcomes = attack.run(numbers, seed=1, brute=False)
    assert [outcome for outcome in outcomes if attack.is_unsafe(outcome)] == []
    if size == len(forty):
        assert {name for one in outcomes for name in one.features.split("+")} >= FEATURES
    assert sum(outcome.small for outcome in outcomes) > 150 * size / 40
    # Nothing is proved by tables that show nothing.
    shown = sum(outcome.cells - outcome.hidden for outcome in outcomes)
    assert shown > 0.6 * sum(outcome.cells for outcome in outcomes)


def test_the_attack_finds_small_counts_where_only_these_are_hidden(tools, forty):
    _, attack = tools
    found = [
        attack.attack_shown(made, [_given_out(tools, made, set(small))])
        for made in forty[:15]
        if (small := attack.small_figures(made, made.rules))
    ]
    assert sum(bool(one.known) for one in found) >= 5
    assert sum(near.exactly for one in found for near in one.known) >= 10


@pytest.mark.parametrize("number", OLD_GATE)
def test_the_attack_finds_small_counts_that_the_package_once_gave_away(tools, number):
    structures, attack = tools
    made = structures.make_structure(number)
    rows, exactly = OLD_GATE[number]
    hidden = {made.figures[row] for row in rows}
    assert hidden >= set(attack.small_figures(made, made.rules))
    found = attack.attack_shown(made, [_given_out(tools, made, hidden)])
    assert sum(near.exactly for near in found.known) == exactly


def test_the_best_pattern_is_found_by_trying(tools):
    """Two districts of four; where the district is not shown, one does."""
    structures, attack = tools
    districts = ["E07990000", "E07990001", "E07990002", "E07990003"]
    counts = [3, 12, 40, 25]
    spans = _spans(structures)
    rows = [
        (code, "violence", "persons", "2015/16", n)
        for code, n in zip(districts, counts, strict=True)
    ]
    parents = dict.fromkeys(districts, "E10990000")
    alone = structures.hand_made(rows, parents=parents, spans=spans)
    assert attack.best_pattern(alone, 3) == 1
    rows.append(("E10990000", "violence", "persons", "2015/16", sum(counts)))
    within = structures.hand_made(rows, parents=parents, spans=spans)
    assert attack.best_pattern(within, 3) == 2
    assert attack.best_pattern(within, 0) is None
