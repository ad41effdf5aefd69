"""What a stranger finds out from finished files: written apart from the package's own audit.

Each attack reads the bytes of a folder, knows nothing else but how English areas nest and how
common tools write, and returns the counts that it is sure of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

__all__ = [
    "LATER",
    "OFFENCES",
    "Cell",
    "Claims",
    "by_bytes",
    "by_colour",
    "by_embedded_data",
    "by_rate",
    "by_sums",
    "read_tables",
]

OFFENCES: Final = "offences"
LATER: Final = "2015/16"
# More than any count here.
_MOST: Final = 1_000_000
# Least and most that a hidden count can be by its mark.
_MARKS: Final = {"x": (1, 7), "c": (8, _MOST)}
_EPSILON: Final = 1e-6
_SEXES: Final = ("persons", "female", "male")


class Cell(NamedTuple):
    """What a count is of."""

    area: str
    sex: str
    period: str


Claims = dict[Cell, int]


# --- tables -------------------------------------------------------------------------------------


class Printed(NamedTuple):
    """What tables say: counts, marks where a count is hidden, and which area holds which."""

    counts: dict[Cell, int]
    marks: dict[Cell, str]
    parents: dict[str, str]
    rows: pd.DataFrame


def read_tables(folders: Iterable[Path], indicator: str) -> Printed:
    """Read the CSV tables of all folders that one reader holds; what one shows, she knows."""
    folders = list(folders)
    paths = [p for f in folders for p in sorted((f / "tables").glob("rates_*.csv"))]
    rows = pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths])
    rows = rows[rows["indicator"] == indicator]
    counts, marks = {}, {}
    for row in rows.to_dict("records"):
        cell = Cell(row["area_code"], row["sex"], row["period"])
        if row["count"].replace(".0", "").isdigit():
            counts[cell] = int(float(row["count"]))
        else:
            marks[cell] = row["count"] or row.get("status", "")
    holders = [p for f in folders if (p := f / "tables" / "areas.csv").is_file()]
    areas = pd.concat([pd.read_csv(p) for p in holders]) if holders else pd.DataFrame()
    parents = dict(areas[["area_code", "parent_code"]].dropna().to_numpy()) if holders else {}
    return Printed(counts, {c: m for c, m in marks.items() if c not in counts}, parents, rows)


def by_rate(folder: Path) -> Claims:
    """Multiply printed rates by printed populations: often one whole number is left."""
    claims: Claims = {}
    for row in read_tables([folder], OFFENCES).rows.to_dict("records"):
        if row["rate"]:
            cell = Cell(row["area_code"], row["sex"], row["period"])
            decimals = len(row["rate"].partition(".")[2])
            per = float(row["population"]) / float(row["rate_per"])
            rate, half = float(row["rate"]), 0.5 * 10**-decimals
            claims |= _only({cell: (per * (rate - half), per * (rate + half))})
    return claims


def _only(ranges: dict[Cell, tuple[float, float]]) -> Claims:
    """Counts for which a range leaves one whole number."""
    whole = {c: (np.ceil(a - _EPSILON), np.floor(b + _EPSILON)) for c, (a, b) in ranges.items()}
    return {cell: int(low) for cell, (low, high) in whole.items() if low == high}


# --- sums ---------------------------------------------------------------------------------------


def years_of(period: str) -> frozenset[int]:
    """Financial years that a period spans.

    Examples
    --------
    >>> sorted(years_of("2014/15 to 2015/16"))
    [2014, 2015]
    """
    starts = [int(year) for year in re.findall(r"(\d{4})/\d\d", period)]
    return frozenset(range(starts[0], starts[-1] + 1)) if starts else frozenset()


def sums_of(printed: Printed) -> Iterator[tuple[Cell, list[Cell]]]:
    """Wholes and their parts: areas in areas, sexes in persons, years in longer periods."""
    cells = printed.counts.keys() | printed.marks.keys()
    areas = {c.area for c in cells}
    children: dict[str, list[str]] = {}
    for area, parent in printed.parents.items():
        children.setdefault(parent, []).append(area)
    series = {(c.sex, c.period) for c in cells}
    for (sex, period), area in product(series, areas & children.keys()):
        yield Cell(area, sex, period), [Cell(a, sex, period) for a in children[area]]
    if len({sex for sex, _ in series}) > 1:
        for area, period in product(areas, {period for _, period in series}):
            parts = [Cell(area, sex, period) for sex in ("female", "male")]
            yield Cell(area, "persons", period), parts
    for (sex, period), area in product(series, areas):
        years = years_of(period)
        if len(years) > 1:
            names = [f"{y}/{(y + 1) % 100:02}" for y in sorted(years)]
            yield Cell(area, sex, period), [Cell(area, sex, name) for name in names]


def by_sums(*folders: Path, indicator: str = OFFENCES) -> Claims:
    """Take the least and the most of every hidden count over all that the sums allow."""
    printed = read_tables(folders, indicator)
    sums = list(sums_of(printed))
    hidden = {c for whole, parts in sums for c in (whole, *parts)} - printed.counts.keys()
    place = {cell: n for n, cell in enumerate(sorted(hidden))}
    entries: list[tuple[int, int, float]] = []
    totals: list[float] = []
    for whole, parts in sums:
        signed = [(whole, -1.0), *((part, 1.0) for part in parts)]
        if unknown := [(place[c], sign) for c, sign in signed if c in place]:
            entries += [(len(totals), column, sign) for column, sign in unknown]
            totals.append(-sum(sign * printed.counts[c] for c, sign in signed if c not in place))
    if not entries:
        return {}
    rows, columns, signs = zip(*entries, strict=True)
    system = csr_array((signs, (rows, columns)), shape=(len(totals), len(place)))
    # Zeros are shown, so what is marked is one at least; of what is left out nothing is known.
    bounds = [
        _MARKS.get(printed.marks[c], (1, _MOST)) if c in printed.marks else (0, _MOST)
        for c in place
    ]
    found = _fixed(system, np.array(totals), bounds)
    return {cell: found[n] for cell, n in place.items() if n in found}


def _fixed(system: csr_array, totals: np.ndarray, bounds: list[Any]) -> dict[int, int]:
    """Columns that can be one whole number only."""

    def solve(costs: np.ndarray) -> np.ndarray:
        solver: Any = linprog  # its stubs know no sparse matrices
        solved = solver(costs, A_eq=system, b_eq=totals, bounds=bounds, method="highs")
        if solved.status != 0:
            raise RuntimeError(f"the figures contradict each other: {solved.message}")
        return np.asarray(solved.x)

    size = system.shape[1]
    # A few solutions far apart show of most columns that they are free; the rest is asked alone.
    draws = np.random.default_rng(0).uniform(0.1, 1, (8, size))
    seen = np.array([solve(sign * draw) for draw in draws for sign in (1, -1)])
    low, high = seen.min(axis=0), seen.max(axis=0)
    fixed = {}
    for column in np.flatnonzero(high - low < 2):
        costs = np.zeros(size)
        costs[column] = 1
        least, most = solve(costs)[column], solve(-costs)[column]
        if (value := int(np.ceil(least - _EPSILON))) == np.floor(most + _EPSILON):
            fixed[int(column)] = value
    return fixed


# --- pages --------------------------------------------------------------------------------------


def _embedded(page: str) -> Iterator[Any]:
    """Every JSON object that a page carries: in a block of its own, or handed to a function."""
    decoder = json.JSONDecoder()
    for start in re.finditer(r'<script type="application/json"[^>]*>|_add\((?={)', page):
        yield decoder.raw_decode(page, start.end())[0]


def _series(data: Any) -> Iterator[tuple[list[Cell], dict[str, Any]]]:
    """Series of our pages, columns by name, with the cells in their order."""
    for series in data.get("series", ()):
        if data["indicators"][series["indicator"]]["name"] == OFFENCES:
            cells = [Cell(code, series["sex"], series["period"]) for code in data["areas"]["code"]]
            yield cells, series


def by_embedded_data(folder: Path) -> Claims:
    """Read what a page carries, whatever it shows of it."""
    claims = {}
    for path in sorted(folder.glob("*.html")):
        for data in _embedded(path.read_text("utf-8")):
            for feature in data.get("features", ()):
                said = feature["properties"]
                if "count" in said:
                    claims[Cell(said["area_code"], path.stem, LATER)] = said["count"]
            for cells, series in _series(data):
                numbers = zip(cells, series["count"], strict=True)
                claims |= {cell: count for cell, count in numbers if count is not None}
    return claims


def by_colour(folder: Path) -> Claims:
    """Read rates off the fill colours and multiply them by the populations."""
    rows = read_tables([folder], OFFENCES).rows
    keys = zip(rows["area_code"], rows["sex"], rows["period"], strict=True)
    people = rows["population"].astype(float) / rows["rate_per"].astype(float)
    per = dict(zip((Cell(*key) for key in keys), people, strict=True))
    claims: Claims = {}
    for path in sorted(folder.glob("*.html")):
        page = path.read_text("utf-8")
        for data in _embedded(page):
            if "features" in data and "fillColor" in page:
                claims |= _by_shade(page, data["features"], path.stem, per)
            for cells, series in _series(data):
                ends = [0.0, *series["breaks"], np.inf]
                shades = zip(cells, series["class"], strict=True)
                claims |= _only(
                    {
                        c: (per[c] * ends[n], per[c] * ends[n + 1])
                        for c, n in shades
                        if n is not None
                    }
                )
    return claims


def _by_shade(page: str, features: list[Any], sex: str, per: dict[Cell, float]) -> Claims:
    """Try counts until the scale, which the key of the map gives, yields the ward's colour."""
    from branca.colormap import LinearColormap

    values = [float(v) for v in re.findall(r"\.domain\(\[(.*?)\]", page)[0].split(",")]
    shades = re.findall(r"#[0-9a-f]{6}", re.findall(r"\.range\(\[(.*?)\]", page)[0])
    scale = LinearColormap([shades[0], shades[-1]], vmin=values[0], vmax=values[-1])
    cases = re.findall(r'((?:case "\d+": |default:)+)\s*return {"fillColor": "(#\w+)"', page)
    colours = {number: shade for names, shade in cases for number in re.findall(r"\d+", names)}
    other = next((shade for names, shade in cases if "default" in names), "")
    claims = {}
    for feature in features:
        cell = Cell(feature["properties"]["area_code"], sex, LATER)
        shade = colours.get(feature["id"], other)
        counts = range(int(values[0] * per[cell]), int(values[-1] * per[cell]) + 2)
        found = [
            c for c in counts if scale(min(max(c / per[cell], values[0]), values[-1])) == shade
        ]
        if len(found) == 1:
            claims[cell] = found[0]
    return claims


# --- bytes of a database --------------------------------------------------------------------------


def by_bytes(folder: Path) -> Claims:
    """Find rows in the bytes of a GeoPackage, whether a table has them or not."""
    claims = {}
    for path in sorted(folder.glob("*.gpkg")):
        data = path.read_bytes()
        for code in re.finditer(rb"E05\d{6}", data):
            starts = range(code.start() - 2, max(code.start() - 300, 0), -1)
            row = next((r for s in starts if (r := _row(data, s, code.start()))), [])
            sex = next((n for n, value in enumerate(row) if value in _SEXES), len(row))
            # The count follows the sex and the period; where it is absent, nothing does.
            if OFFENCES in row and row[sex + 1 : sex + 2] == [LATER]:
                count = next(iter(row[sex + 2 :]), None)
                if isinstance(count, int):
                    claims[Cell(code.group().decode(), str(row[sex]), LATER)] = count
    return claims


def _row(data: bytes, start: int, code: int) -> list[str | int | float | None]:
    """Decode a row of SQLite that begins here and has a text field at `code`; else nothing."""
    end = start + data[start]
    if not 3 <= data[start] <= 60 or end > code:
        return []
    kinds, at = [], start + 1
    while at < end:
        kind = 0
        while at < end and data[at] & 0x80:
            kind, at = kind << 7 | data[at] & 0x7F, at + 1
        kinds.append(kind << 7 | data[at])
        at += 1
    row: list[str | int | float | None] = []
    at, met = end, False
    for kind in kinds:
        if kind in (10, 11):
            return []
        size = (kind - 12) // 2 if kind > 11 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind]
        field = data[at : at + size]
        met |= at == code and kind == 13 + 2 * 9
        if kind > 11:
            row.append(field.decode("latin-1"))
        elif kind in (0, 7):
            row.append(None if kind == 0 else 0.5)
        else:
            row.append(kind - 8 if size == 0 else int.from_bytes(field, "big", signed=True))
        at += size
    return row if met else []
