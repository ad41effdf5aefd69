"""Bounds of the audit held to a plain linear programme over all atoms, written for itself here.

Nothing is shared with the audit: no reader of periods, no table of sums, no block. With the sums
of blocks left out (`_Ties.run` writing none) 7 of the first 60 structures fail, and five of the
tables below.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from tests.examples import some_every_day
from vawg_geo.audit.attack.bounds import cell_bounds, make_consistent
from vawg_geo.audit.attack.knowledge import Holding, know
from vawg_geo.audit.observed import CELL, OBSERVATION_COLUMNS, Observed, Parameters
from vawg_geo.audit.run import audit_observed

NHS = Parameters(smallest=1, largest=7)
HIDDEN, NOTHING = "suppressed", "not_applicable"
# Quarters since April 2013: no word here cuts one.
QUARTERS = {
    "2013/14": range(4),
    "2014/15": range(4, 8),
    "2015/16": range(8, 12),
    "2013/14 to 2015/16": range(12),
    "2013/14 to 2014/15": range(8),
    "2014/15 Q1": range(4, 5),
    "2014/15 Q2": range(5, 6),
    "2014": range(3, 7),
}
SEXES = {"persons": ("f", "m"), "female": ("f",), "male": ("m",)}
LEVELS = {"w": "ward", "d": "district", "c": "county", "p": "police_area"}


class Atoms:
    """Smallest areas by sex, part and quarter; a figure is a set of them."""

    def __init__(self, parents, part_of):
        self.parents, self.part_of = parents, part_of

    def areas(self, code):
        inside = [a for a, above in self.parents.items() if above == code]
        return set().union(*(self.areas(a) for a in inside)) if inside else {code}

    def parts(self, name):
        inside = [part for part, (whole, _) in self.part_of.items() if whole == name]
        if not inside:
            return {name}
        rest = set() if any(self.part_of[part][1] for part in inside) else {f"rest of {name}"}
        return rest.union(*(self.parts(part) for part in inside))

    def of(self, area, indicator, sex, period):
        return set(product(self.areas(area), self.parts(indicator), SEXES[sex], QUARTERS[period]))


def oracle(atoms, figures, wanted):
    """Least and greatest value of each wanted figure, by one dense programme for each."""
    every = sorted(set().union(*(atoms.of(*cell) for cell in [*figures, *wanted])))
    nought = set()
    for cell, said in figures.items():
        if said == NOTHING:
            inside = atoms.of(*cell)
            smaller = (atoms.of(*c) for c, s in figures.items() if s != NOTHING)
            nought |= inside.difference(*(other for other in smaller if other <= inside))
    cells = {cell: said for cell, said in figures.items() if said != NOTHING}

    def row(cell):
        return np.array([float(a in inside) for a in every]) if (inside := atoms.of(*cell)) else 0

    shown = [cell for cell, said in cells.items() if said != HIDDEN]
    hidden = [cell for cell, said in cells.items() if said == HIDDEN]
    limits = [(0, 0) if a in nought else (0, None) for a in every]
    result = {}
    for cell in wanted:
        ends = []
        for direction in (1, -1):
            solved = linprog(
                direction * row(cell),
                A_eq=np.array([row(c) for c in shown]) if shown else None,
                b_eq=np.array([cells[c] for c in shown]) if shown else None,
                A_ub=-np.array([row(c) for c in hidden]) if hidden else None,
                b_ub=-np.ones(len(hidden)) if hidden else None,
                bounds=limits,
            )
            assert solved.status in {0, 3, 4}, solved.message
            ends.append(direction * solved.fun if solved.status == 0 else -direction * np.inf)
        result[cell] = tuple(ends)
    return result


def random_structure(seed):
    """Atoms, and what is said of some figures: a number, a symbol, or that it does not apply."""
    random = np.random.default_rng(seed)
    parents = [
        {"w1": "d1", "w2": "d1", "w3": "d1"},
        {"w1": "d1", "w2": "d1", "w3": "d2", "w4": "d2", "d1": "c1", "d2": "c1"},
        {"w1": "d1", "w2": "d1", "w3": "d2", "d1": "c1", "d2": "p1", "c1": "p1"},
        {},
    ][random.integers(4)]
    areas = sorted({*parents, *parents.values()}) or ["w1"]
    part_of = [
        {},
        {"b": ("a", bool(random.integers(2)))},
        {"b": ("a", True), "c": ("a", True)},
        {"b": ("a", False), "c": ("b", bool(random.integers(2)))},
        {"b": ("a", True), "c": ("b", True), "d": ("b", True), "e": ("a", True)},
    ][random.integers(5)]
    names = sorted({*part_of, *(whole for whole, _ in part_of.values())}) or ["a"]
    words = [str(w) for w in random.permutation(list(QUARTERS))[: random.integers(1, 4)]]
    # Some levels, indicators or sexes have no figure at all.
    levels = [k for k in "wdcp" if random.random() < 0.75] or ["w"]
    names = [n for n in names if random.random() < 0.8] or names[:1]
    atoms = Atoms(parents, part_of)
    series = [key for key in product(names, SEXES, words) if random.random() < 0.65] or [
        (names[0], "persons", words[0])
    ]
    keys = [(a, *key) for a in areas for key in series if a[0] in levels]
    keys = [key for key in keys if random.random() < 0.85] or [(areas[0], *series[0])]
    every = sorted(set().union(*(atoms.of(*key) for key in keys)))
    truth = dict(zip(every, random.poisson(random.choice([0.1, 0.5, 2]), len(every)), strict=True))
    none = set()
    if random.random() < 0.3:
        none = set().union(*(atoms.of(*k) for k in keys if random.random() < 0.1))
    said = {}
    for key in keys:
        inside = atoms.of(*key)
        count = int(sum(truth[a] for a in inside if a not in none))
        if inside <= none:
            said[key] = NOTHING
        else:
            hide = count > 0 and (count <= 7 or random.random() < 0.2) and random.random() < 0.9
            said[key] = HIDDEN if hide else count
    return atoms, said


def observed(atoms, said):
    rows = [
        (area, name, sex, period, LEVELS[area[0]], "own",
         count if isinstance(count, str) else "value" if count else "zero",
         *([np.nan] * 2 if isinstance(count, str) else [float(count)] * 2), "t.csv")
        for (area, name, sex, period), count in said.items()
    ]  # fmt: skip
    return Observed(
        observations=pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS)),
        parents=atoms.parents,
        part_of=atoms.part_of,
        parameters=NHS,
    )


# These have so many atoms that the plain programme takes most of the time.
SLOW = (8, 16, 28, 40, 51, 68)
QUICK = [seed for seed in (*range(60), 81, 95, 352) if seed not in SLOW]


@pytest.mark.parametrize(
    "seed",
    [
        *some_every_day(QUICK, 20),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in SLOW),
    ],
)
def test_bounds_are_those_over_all_atoms(seed):
    atoms, said = random_structure(seed)
    known = know([Holding(observed=observed(atoms, said), smallest=1, largest=7)])
    tight, freed = make_consistent(known.sums)
    assert len(freed) == 0
    assert known.notes == []
    lower, upper = cell_bounds(tight, wanted=np.arange(len(known.cells)))
    got = {
        tuple(cell): (low, high)
        for cell, low, high in zip(
            known.cells[list(CELL)].to_numpy().tolist(), lower.tolist(), upper.tolist(), strict=True
        )
    }
    wanted = [cell for cell, figure in said.items() if figure == HIDDEN]
    for cell, (low, high) in oracle(atoms, said, wanted).items():
        assert got[cell] == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6)), cell


def findings(atoms, said):
    cells = audit_observed(observed(atoms, said)).cells
    return {
        tuple(row[name] for name in CELL): (row["kind"], row["lower"], row["upper"])
        for row in cells.to_dict("records")
    }


YEARS, POOLED = ("2013/14", "2014/15", "2015/16"), "2013/14 to 2015/16"


def test_a_whole_by_year_and_its_parts_pooled():
    """37 + 38 + 37 - 109 = 3, and the whole pooled stands nowhere."""
    atoms = Atoms({}, {"b": ("a", True), "c": ("a", True)})
    years = {("w1", "a", "persons", y): n for y, n in zip(YEARS, (37, 38, 37), strict=True)}
    said = years | {
        ("w1", "b", "persons", POOLED): 109, ("w1", "c", "persons", POOLED): HIDDEN,
    }  # fmt: skip
    assert findings(atoms, said) == {("w1", "c", "persons", POOLED): ("recovered", 3, 3)}
    # One year less, and the others leave room.
    del said["w1", "a", "persons", YEARS[0]]
    assert findings(atoms, said) == {}


def test_persons_by_year_and_women_and_men_pooled():
    persons = {("w1", "a", "persons", y): n for y, n in zip(YEARS, (37, 38, 37), strict=True)}
    said = persons | {("w1", "a", "female", POOLED): 109, ("w1", "a", "male", POOLED): HIDDEN}
    assert findings(Atoms({}, {}), said) == {("w1", "a", "male", POOLED): ("recovered", 3, 3)}


def test_a_nest_whose_middle_is_by_district_only():
    """28 holds what no ward has a figure of, which holds 27 and another: that is one at most."""
    atoms = Atoms(
        {"w1": "d1", "w2": "d1"},
        {"sexual": ("violence", False), "rape": ("sexual", True), "other": ("sexual", True)},
    )
    said = {
        ("w1", "violence", "persons", "2014"): 28,
        ("d1", "sexual", "persons", "2014"): 60,
        ("w1", "rape", "persons", "2014"): 27,
        ("w1", "other", "persons", "2014"): HIDDEN,
    }
    assert findings(atoms, said) == {("w1", "other", "persons", "2014"): ("recovered", 1, 1)}
    said["w1", "violence", "persons", "2014"] = 34
    assert findings(atoms, said) == {}


def test_a_sum_that_crosses_others_is_found_across_files():
    """The wards' men beside a published total of persons in another table, years pooled."""
    parents = {"w1": "d1", "w2": "d1"}
    own = observed(
        Atoms(parents, {}),
        {("w1", "a", "female", y): n for y, n in zip(YEARS, (11, 12, 13), strict=True)}
        | {("w2", "a", "persons", POOLED): 40, ("w1", "a", "male", POOLED): HIDDEN},
    )
    published = observed(Atoms(parents, {}), {("d1", "a", "persons", POOLED): 80})
    assert audit_observed(own).passed
    report = audit_observed(own, known=[published])
    assert report.findings[0].text == (f"w1, a, male, {POOLED}: other figures give the count, 4.")


def test_remainders_of_parts_that_are_not_all_are_nobodys_figures():
    """30 less 28 is 2: what is beside rape, which has no row and no name."""
    atoms = Atoms({}, {"rape": ("sexual", False)})
    said = {("w1", "sexual", "persons", "2014"): 30, ("w1", "rape", "persons", "2014"): 28}
    assert findings(atoms, said) == {}
    pooled = {("w1", "sexual", "persons", y): n for y, n in zip(YEARS, (10, 11, 9), strict=True)}
    assert findings(atoms, pooled | {("w1", "rape", "persons", POOLED): 28}) == {}


def test_a_sum_that_crosses_one_that_does_not_hold_is_not_relied_on():
    """Districts are published with fewer than their wards, so that nothing follows from them."""
    parents = {"w1": "d1", "w2": "d1", "w3": "d2", "w4": "d2"}
    wards = {("w3", "a", "persons", YEARS[0]): 40, ("w4", "a", "persons", YEARS[0]): 20}
    crossed = {("w1", "a", "female", y): 12 for y in YEARS} | {
        ("w2", "a", "persons", POOLED): 40, ("w1", "a", "male", POOLED): HIDDEN,
    }  # fmt: skip
    own = observed(Atoms(parents, {}), wards | crossed)
    total = ("d1", "a", "persons", POOLED)
    other = ("d2", "a", "persons", YEARS[0])
    right = observed(Atoms(parents, {}), {total: 80, other: 60})
    wrong = observed(Atoms(parents, {}), {total: 80, other: 58})
    assert not audit_observed(own, known=[right]).passed
    report = audit_observed(own, known=[wrong])
    assert report.passed
    assert "sums of areas to the district for a that can be checked do not hold" in report.notes[0]
