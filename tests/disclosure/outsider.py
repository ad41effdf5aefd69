"""Small tables with their sums written down, and an outsider who solves them by brute force."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from vawg_geo.columns import COUNT_COLUMNS

LEVELS = {"w": "ward", "d": "district", "c": "county", "p": "police_area"}
FEW = 1e-6


def counts_of(cells, basis="own"):
    """Table of counts; keys are (area, sex, indicator, period), the last three may be left out.

    Values are counts, None for a missing one, "n/a", or (value, basis). The first letter of an
    area's code is that of its level.
    """
    rows = []
    for key, given in cells.items():
        key = (key,) if isinstance(key, str) else key
        area, sex, indicator, period = key + ("persons", "crimes", "2015/16")[len(key) - 1 :]
        value, of = given if isinstance(given, tuple) else (given, basis)
        status = {None: "missing", "n/a": "not_applicable", 0: "zero"}.get(value, "value")
        rows.append(
            (area, f"Area {area}", LEVELS[area[0]], "2015", indicator, sex, period,
             None if value == "n/a" else value, status, of, "")
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COUNT_COLUMNS))
    values = [None if pd.isna(v) else v for v in table["count"]]
    whole = all(v is None or float(v).is_integer() for v in values)
    return table.assign(count=pd.array(values, dtype="Int64" if whole else "Float64"))


def parents_of(table):
    """By the codes: w12 lies in d1, d1 in c1, c1 in p1; d9 lies in p1 and in no county."""
    parents = {}
    for area in table["area_code"]:
        if area[0] == "w":
            parents[area] = f"d{area[1]}"
        if area[0] in "wd":
            parents[f"d{area[1]}"] = "p1" if area[1] == "9" else "c1"
            parents["c1"] = "p1"
    return parents


def keys_of(table):
    return list(
        zip(
            *(table[c] for c in ("area_code", "sex", "indicator", "period")),
            strict=True,
        )
    )


@dataclass
class Outsider:
    """Knows sums, shown values and intervals; asks a linear programme about each cell.

    `sums` are (whole, parts); `low` and `high` hold what each cell may be.
    """

    sums: list
    low: dict
    high: dict = field(default_factory=dict)

    def _known(self):
        cells = list(self.low)
        place = {cell: n for n, cell in enumerate(cells)}
        matrix = np.zeros((len(self.sums), len(cells)))
        for row, (whole, parts) in enumerate(self.sums):
            matrix[row, place[whole]] = -1
            for part in parts:
                matrix[row, place[part]] = 1
        bounds = [(self.low[c], self.high.get(c)) for c in cells]
        return place, {"A_eq": matrix, "b_eq": np.zeros(len(self.sums)), "bounds": bounds}

    def ranges(self, wanted):
        """Whole numbers that each of some cells may be; None where the figures contradict."""
        place, known = self._known()
        if not len(self.sums):
            known = {"bounds": known["bounds"]}
        found = {}
        for cell in wanted:
            cost = np.zeros(len(place))
            cost[place[cell]] = 1
            least, most = linprog(cost, **known), linprog(-cost, **known)
            # Presolve may call an unlimited programme "infeasible or unbounded".
            if least.status != 0:
                return None
            top = float("inf") if most.status != 0 else np.floor(-most.fun + FEW)
            found[cell] = (np.ceil(least.fun - FEW), top)
        return found


def outsider_of(table, hidden, rules, sums, *, gone=()):
    """What somebody knows who sees a table with some cells hidden and some series left out.

    `hidden` is a mask over the rows; `gone` are keys that are not there at all.
    """
    low, high = {}, {}
    rows = zip(keys_of(table), table["count"], table["basis"], hidden, strict=True)
    for key, value, basis, hide in rows:
        if pd.isna(value) or key in gone:
            low[key], high[key] = 0, None
        elif hide:
            low[key] = 1 if rules.smallest > 0 and basis != "estimated" else 0
            high[key] = None
        elif rules.base and basis != "published" and value > 0:
            rounded = int(np.floor(value / rules.base + 0.5)) * rules.base
            inside = [
                n
                for n in range(rules.largest + 1, rounded + 2 * rules.base)
                if int(np.floor(n / rules.base + 0.5)) * rules.base == rounded
            ]
            low[key], high[key] = min(inside), max(inside)
        else:
            low[key] = high[key] = float(value)
    for whole, parts in sums:
        for key in (whole, *parts):
            if key not in low:
                low[key], high[key] = 0, None
    return Outsider(sums, low, high)


def too_near(table, hidden, rules, sums, *, gone=(), among=None):
    """Hidden cells whose range is narrower than asked, with the range and what is asked.

    Asked is what the range would be if every count of our own but the zeros shown were hidden,
    as far as it lies within the range that is protected. Small counts must have all of that; any
    other must have it too, or be larger in every solution and `largest - smallest` wide.
    """
    own = (table["basis"] != "published").to_numpy()
    filled = table["count"].notna().to_numpy()
    value = table["count"].to_numpy(dtype=float, na_value=np.nan)
    every = own & filled & ((value > 0) | (rules.smallest == 0))
    keys = keys_of(table)
    asked = [
        keys[n]
        for n in np.flatnonzero(np.asarray(hidden) & own & filled)
        if keys[n] not in gone and (among is None or keys[n] in among)
    ]
    ranges = outsider_of(table, hidden, rules, sums, gone=gone).ranges(asked)
    best = outsider_of(table, every, rules, sums, gone=gone).ranges(asked)
    if ranges is None or best is None:
        return {}
    found = {}
    for n, key in enumerate(keys):
        if key not in ranges:
            continue
        (least, most), (floor, top) = ranges[key], best[key]
        low, high = max(rules.smallest, floor), min(rules.largest, top)
        covers = least <= low and most >= high
        if value[n] >= rules.largest + 1 and least > rules.largest:
            covers = most - least >= min(rules.largest - rules.smallest, top - floor)
        if not covers:
            found[key] = ((least, most), (low, high))
    return found
