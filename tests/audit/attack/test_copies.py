"""Whatever is laid over the rates is held against the counts.

An honest column is one of residents, scores, distances, shares or numbers of something; it may
grow with the counts, as all that people do does. A copy is found by its numbers, whatever form
they have. Each lie was seen to pass with `return []` as the first line of `copied_figures`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vawg_geo.audit.attack.copies import copied_figures
from vawg_geo.audit.tables.sheets import Laid, Sheet

AREAS = 120
CODES = [f"E050{n:05}" for n in range(AREAS)]
NAMES = [f"Ward {chr(65 + n % 26)}{chr(97 + n // 26)}" for n in range(AREAS)]
HIDDEN = (5, 40, 77, 100)
CELL = {"indicator": "crimes", "sex": "persons", "period": "2015/16"}


def made(seed=7, areas=AREAS):
    """Counts and residents of wards; the hidden ones are small."""
    rng = np.random.default_rng(seed)
    people = rng.integers(2_500, 11_000, areas).astype(float)
    counts = rng.poisson(people * rng.lognormal(-5.5, 0.5, areas)).astype(float) + 8
    counts[[place for place in HIDDEN if place < areas]] = [2, 5, 3, 7][
        : sum(p < areas for p in HIDDEN)
    ]
    return counts, people


def observed(counts, hidden=HIDDEN):
    frame = pd.DataFrame({"area_code": CODES[: len(counts)], **CELL, "level": "ward",
                          "basis": "own", "status": "value", "low": counts, "high": counts,
                          "source": "rates.csv"})  # fmt: skip
    hidden = [place for place in hidden if place < len(counts)]
    frame.loc[hidden, "status"] = "suppressed"
    frame.loc[hidden, ["low", "high"]] = np.nan
    return frame


def sheets(people):
    size = len(people)
    columns = {"area_code": CODES[:size], "area_name": NAMES[:size], "population": list(people)}
    return [Sheet(columns=columns | {k: [v] * size for k, v in CELL.items()}, source="rates.csv")]


def findings(column, *, counts, people, base=0, hidden=HIDDEN, areas=CODES, **more):
    laid = Laid(columns={"area_code": list(areas[: len(counts)]), "score": list(column), **more},
                source="mine.csv")  # fmt: skip
    return copied_figures([laid], observed(counts, hidden), sheets(people), base=base)


def printed(values, decimals=0):
    return [f"{value:,.{decimals}f}" for value in values]


LIES = {
    "the counts": lambda c, p: c,
    "as texts with thousands": lambda c, p: printed(1_000 * c),
    "a tenth of them": lambda c, p: c / 10,
    "rates per 1,000": lambda c, p: printed(c / p * 1_000, 2),
    "rates, one decimal, per 100,000": lambda c, p: printed(c / p * 100_000, 1),
    "in a sentence": lambda c, p: [f"About {n:.0f} within 5 km." for n in c],
    "second in a sentence": lambda c, p: [f"{50 + k % 7} of them, {n:.0f}." for k, n in enumerate(c)],
    "their squares": lambda c, p: c**2 + 3,
    "the reverse": lambda c, p: 10_000 - np.sqrt(c),
    "one in fifteen spoiled": lambda c, p: np.where(np.arange(len(c)) % 15, c, 12),
    "classes by rate": lambda c, p: [f"class {chr(75 + int(q * 9))}" for q in
                                     pd.Series(c / p).rank(pct=True) * 0.999],
    "a rank": lambda c, p: pd.Series(c).rank(method="first"),
}  # fmt: skip


@pytest.mark.parametrize("lie", list(LIES))
@pytest.mark.parametrize("seed", range(3))
def test_a_copy_is_found(lie, seed):
    counts, people = made(seed)
    (found,) = findings(LIES[lie](counts, people), counts=counts, people=people)
    assert found.kind == "copied_figure"
    assert found.file == "mine.csv"
    assert "4 areas whose count of crimes, persons, 2015/16 is hidden" in found.text


def test_areas_by_their_names_and_rows_that_stand_twice():
    counts, people = made()
    by_name = Laid(columns={"place": NAMES, "score": list(counts)}, source="mine.csv")
    assert len(copied_figures([by_name], observed(counts), sheets(people))) == 1
    rng = np.random.default_rng(1)
    columns = {
        "area_code": [*CODES, *CODES],
        "group": ["plain"] * AREAS + ["sly"] * AREAS,
        "score": [*rng.integers(1, 90, AREAS), *counts],
    }
    for keys in (("area_code", "group"), ()):
        laid = Laid(columns=columns, source="mine.csv", keys=keys)
        (found,) = copied_figures([laid], observed(counts), sheets(people))
        assert ("sly" in found.text) is bool(keys)


def test_five_districts_are_enough_for_large_counts():
    counts, people = made(areas=6)
    counts = counts * 37 + 11
    assert len(findings(counts, counts=counts, people=people)) == 1
    assert len(findings(printed(counts / people * 1000, 3), counts=counts, people=people)) == 1


def test_exact_counts_beside_rounded_ones():
    """What is shown is rounded to five; the column gives every count as it is."""
    counts, people = made()
    rounded = np.round(counts / 5) * 5
    rounded[rounded == 0] = 5
    (found,) = findings(counts, counts=rounded, people=people, base=5)
    assert "score" in found.text


HONEST = {
    "residents": lambda rng, c, p: p,
    "residents over 16": lambda rng, c, p: np.round(p * rng.normal(0.81, 0.02, len(p))),
    "households, which grow with all": lambda rng, c, p: np.round(p / rng.normal(2.4, 0.1, len(p))),
    "scores": lambda rng, c, p: printed(rng.uniform(4, 60, len(c)), 1),
    "scores that go with the rate": lambda rng, c, p: printed(c / p * 900 + rng.normal(0, 2, len(c)), 1),
    "distances": lambda rng, c, p: printed(rng.gamma(2, 4, len(c)), 2),
    "shares": lambda rng, c, p: printed(rng.uniform(0, 1, len(c)), 3),
    "number of premises": lambda rng, c, p: rng.poisson(p / 900),
    "as many premises as make trouble": lambda rng, c, p: rng.poisson(np.maximum(c, 1)),
    "stations, none or one": lambda rng, c, p: rng.integers(0, 2, len(c)),
    "the count of another year": lambda rng, c, p: rng.poisson(c),
    "a year": lambda rng, c, p: [2015] * len(c),
    "deciles": lambda rng, c, p: pd.Series(c / p + rng.normal(0, 0.001, len(c))).rank(pct=True).mul(10).round(),
    "classes": lambda rng, c, p: rng.choice(["low", "middle", "high", "highest"], len(c)),
    "words": lambda rng, c, p: [f"{a} of {a + b} near" for a, b in rng.integers(0, 9, (len(c), 2))],
}  # fmt: skip


@pytest.mark.parametrize("kind", list(HONEST))
def test_an_honest_column_is_no_finding(kind):
    for seed in range(12):
        for areas in (6, 21, AREAS):
            rng = np.random.default_rng(100 + seed)
            counts, people = made(seed, areas)
            column = HONEST[kind](rng, counts, people)
            assert findings(column, counts=counts, people=people) == [], (seed, areas)


def test_a_column_that_is_the_same_everywhere_gives_nothing():
    """Where counts differ little, 10 km is one factor of them all as far as its decimals tell.

    Seen to fail with areas of one value taken for as many proofs.
    """
    _, people = made()
    counts = 10_000.0 + 7 * np.arange(AREAS)
    counts[list(HIDDEN)] = [7351, 8623, 6947, 9173]
    words = [f"{n % 7} sites; one is within 10 km" for n in range(AREAS)]
    assert findings(words, counts=counts, people=people) == []
    assert findings(printed(counts / 9), counts=counts, people=people)


def test_residents_by_which_counts_were_made_up():
    """Illustrative counts are so many for each resident: their residents tell nothing new."""
    _, people = made()
    counts = np.maximum(np.round(people / 250), 1)
    assert findings(people, counts=counts, people=people) == []


def test_a_copy_that_says_nothing_where_the_count_is_hidden():
    counts, people = made()
    column = [n if place not in HIDDEN else "" for place, n in enumerate(counts)]
    assert findings(column, counts=counts, people=people) == []
    assert findings(counts, counts=counts, people=people, hidden=()) == []
