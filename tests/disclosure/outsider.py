"""Small tables with their sums written down, and an outsider who solves them by brute force."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from scipy.optimize import linprog

from vawg_geo.terms.columns import COUNT_COLUMNS

LEVELS = {"w": "ward", "d": "district", "c": "county", "p": "police_area"}
FEW = 1e-6


def counts_of(cells, basis="own"):
    """Table of counts; keys are (area, sex, indicator, period), the last three may be left out.

    Values are counts, None for a missing one, "n/a", or (value, basis). The first letter of an
    area's code is that of its level.
    """
    rows = []
    for name, given in cells.items():
        key = (name,) if isinstance(name, str) else name
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


def outsider_of(table, hidden, rules, sums, *, gone=(), known=None):
    """What somebody knows who sees a table with some cells hidden and some series left out.

    `hidden` is a mask over the rows; `gone` are keys that are not there at all; `known` are
    counts that she has from elsewhere.
    """
    low, high = {}, {}
    rows = zip(keys_of(table), table["count"], table["basis"], hidden, strict=True)
    for key, value, basis, hide in rows:
        if known and key in known:
            low[key] = high[key] = float(known[key])
        elif pd.isna(value) or key in gone:
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


def too_near(table, hidden, rules, sums, *, gone=(), known=None):
    """Hidden cells whose range is narrower than asked, with the range and what is asked.

    Asked is what the range would be if every count of our own but the zeros shown were hidden,
    as far as it lies within the range that is protected. Small counts must have all of that; any
    other must have it too, or be larger in every solution and `largest - smallest` wide. Only
    small ones count among those `gone`. `known` holds counts that somebody has from elsewhere.
    Empty where what is shown contradicts itself, so that nothing follows.
    """
    own = (table["basis"] != "published").to_numpy()
    value = table["count"].to_numpy(dtype=float, na_value=np.nan)
    small = (value >= rules.smallest) & (value < rules.largest + 1)
    every = own & ~np.isnan(value) & ((value > 0) | (rules.smallest == 0))
    keys = keys_of(table)
    asked = {
        keys[n]: n
        for n in np.flatnonzero(np.asarray(hidden) & own & ~np.isnan(value))
        if (small[n] or keys[n] not in gone) and keys[n] not in (known or {})
    }
    ranges = outsider_of(table, hidden, rules, sums, gone=gone, known=known).ranges(asked)

    def narrow(key, low, high, width):
        least, most = ranges[key]
        if not small[asked[key]] and least > rules.largest:
            return most - least < width
        return least > low or most < high

    width = rules.largest - rules.smallest
    near = [k for k in ranges or () if narrow(k, rules.smallest, rules.largest, width)]
    if not near:
        return {}
    best = outsider_of(table, every, rules, sums, gone=gone, known=known).ranges(near)
    return {
        key: (ranges[key], best[key])
        for key in near
        if narrow(
            key,
            max(rules.smallest, best[key][0]),
            min(rules.largest, best[key][1]),
            min(width, best[key][1] - best[key][0]),
        )
    }


VALUES = (0, 0, 1, 2, 3, 5, 7, 8, 9, 12, 20, 40)
SEXES = ("persons", "female", "male")


@st.composite
def tables(
    draw,
    *,
    sexes=(SEXES[:1], SEXES, SEXES[:2], SEXES[::2]),
    missing=False,
    published=(),
    off=0,
    scale=1,
    most_wards=4,
):
    """Table of one or two districts of 2 to 4 wards, perhaps with their county; and its sums.

    `published` are levels or sexes of which some are published, `off` how far from the sum a
    published total may be, `scale` the factor of estimates.
    """
    sexes = draw(st.sampled_from(sexes))
    districts = range(1, draw(st.integers(1, 2)) + 1)
    inside = {
        f"d{d}": [f"w{d}{n}" for n in range(draw(st.integers(2, most_wards)))] for d in districts
    }
    if len(inside) > 1 and draw(st.booleans()):
        inside["c1"] = [f"d{d}" for d in districts]
    value = {}
    for whole, parts in inside.items():
        for part in parts if whole != "c1" else ():
            female, male = draw(st.sampled_from(VALUES)), draw(st.sampled_from(VALUES))
            value |= zip(((part, s) for s in SEXES), (female + male, female, male), strict=True)
        value |= {(whole, s): sum(value[part, s] for part in parts) for s in SEXES}
    public = draw(st.sets(st.sampled_from(published), min_size=1)) if published else set()

    def given(area, sex, count):
        if missing and area[0] == "w" and draw(st.integers(0, 5)) == 0:
            return None
        if LEVELS[area[0]] in public or sex in public:
            return max(0, count + draw(st.integers(-off, off))), "published"
        return count if scale == 1 else (round(count * scale, 4), "estimated")

    cells = {(a, s): given(a, s, count) for (a, s), count in value.items() if s in sexes}
    return counts_of(cells), sums_of(inside, sexes)


def key_of(area, sex):
    return (area, sex, "crimes", "2015/16")


def sums_of(inside, sexes):
    """Sums over areas (`inside`: parts by whole) and, where two sexes are given, over all three."""
    tied = SEXES if len(sexes) > 1 else sexes
    sums = [
        (key_of(whole, sex), [key_of(part, sex) for part in parts])
        for whole, parts in inside.items()
        for sex in tied
    ]
    if len(sexes) > 1:
        areas = dict.fromkeys(area for whole, parts in inside.items() for area in (whole, *parts))
        sums += [
            (key_of(area, "persons"), [key_of(area, "female"), key_of(area, "male")])
            for area in areas
        ]
    return sums
