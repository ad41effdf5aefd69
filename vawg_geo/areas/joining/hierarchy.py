"""Ward in district in county in police area: sums upwards, and whether two levels agree."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.terms.columns import COUNT_COLUMNS, population_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

__all__ = [
    "PARTS",
    "SUM_NOTE",
    "UPWARDS",
    "add_unplaced",
    "add_up",
    "add_up_populations",
    "ancestors",
    "bridge_parents",
    "reconcile",
]

# How the note of a sum begins.
SUM_NOTE: Final = "sum of"

_SERIES = ("indicator", "sex", "period")
# From the smallest areas to the largest.
UPWARDS: Final = ("lsoa", "ward", "district", "csp", "county", "police_area")
# What each level is the sum of, best first. A county need not tile its police area.
PARTS: Final = {
    "ward": ("lsoa",),
    "district": ("ward", "lsoa"),
    "csp": ("district", "ward", "lsoa"),
    "county": ("district", "ward", "lsoa"),
    "police_area": ("district", "ward", "lsoa"),
}
_RECONCILIATION = (
    "area_code",
    "area_name",
    *_SERIES,
    "basis",
    "count",
    "sum_of_parts",
    "difference",
    "parts",
    "parts_without_figure",
)


def ancestors(code: str, parents: Mapping[str, str]) -> list[str]:
    """Codes of the areas that hold an area, nearest first.

    Raises
    ------
    InputError
        An area holds itself.

    Examples
    --------
    >>> ancestors("w", {"w": "d", "d": "c", "c": ""})
    ['d', 'c']
    """
    chain: list[str] = []
    while code := parents.get(code, ""):
        if code in chain:
            msg = f"the area {code!r} lies in itself by its parent codes. Correct the parents."
            raise InputError(msg)
        chain.append(code)
    return chain


def bridge_parents(areas: Mapping[str, gpd.GeoDataFrame]) -> tuple[dict[str, str], list[str]]:
    """Code of the area that holds each area, by its parent's code or else by where it lies.

    A parent that no layer has (a county that the project leaves out) and a parent that is not
    given are replaced by the smallest larger area that holds a point of the area.

    Parameters
    ----------
    areas : mapping of str to geopandas.GeoDataFrame
        By level: `area_code`, `parent_code`, `geometry`.

    Returns
    -------
    parents : dict of str to str
        Empty text where no larger area holds an area.
    notes : list of str
        Which levels' areas were placed by where they lie.
    """
    codes = {code for layer in areas.values() for code in layer["area_code"]}
    parents: dict[str, str] = {}
    notes = []
    for level, layer in areas.items():
        given = dict(zip(layer["area_code"], layer["parent_code"], strict=True))
        lost = layer[[parent not in codes for parent in given.values()]]
        larger = [areas[u] for u in UPWARDS[UPWARDS.index(level) + 1 :] if u in areas]
        found = _holders_by_place(lost, larger) if len(lost) and larger else {}
        parents |= {code: parent if parent in codes else "" for code, parent in given.items()}
        parents |= found
        if found:
            notes.append(
                f"{len(found):,} of {len(layer):,} areas ({level}) were put into a larger area by "
                "where they lie: their parent's code is not given or in no layer"
            )
    return parents, notes


def _holders_by_place(
    layer: gpd.GeoDataFrame, larger: Sequence[gpd.GeoDataFrame]
) -> dict[str, str]:
    """For each area the first of the larger layers' areas that holds a point of it."""
    points = layer.geometry.representative_point()
    holders: dict[str, str] = {}
    for above in larger:
        inside, holder = above.sindex.query(points, predicate="within")
        codes = above["area_code"].to_numpy()[holder]
        pairs = zip(layer["area_code"].to_numpy()[inside], codes, strict=True)
        holders = dict(pairs) | holders
    return holders


def add_up(
    counts: pd.DataFrame, areas: pd.DataFrame, parents: Mapping[str, str], *, vintage: str = ""
) -> pd.DataFrame:
    """Sum the counts of one level into areas of a higher one.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`, rows of one level.
    areas : pandas.DataFrame
        `area_code`, `area_name` and `level` of the higher areas.
    parents : mapping of str to str
        Code of the area that holds an area.
    vintage : str
        Of the result.

    Returns
    -------
    pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`. A sum of which a part is missing is missing, of
        which a part is suppressed is suppressed; parts that are not applicable do not count, and
        a sum of nothing else is not applicable. The note says how many areas were added up.
    """
    parts = _parts_by_sum(counts, set(areas["area_code"]), parents)
    child = str(counts["level"].iloc[0]) if len(counts) else ""
    places = {code: n for n, code in enumerate(areas["area_code"])}
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
    levels = dict(zip(areas["area_code"], areas["level"], strict=True))
    rows = [
        {
            "area_code": code,
            "area_name": names[code],
            "level": levels[code],
            "vintage": vintage,
            **dict(zip((*_SERIES, "basis"), series, strict=True)),
            **_sum_of(part, child),
        }
        for (code, *series), part in sorted(parts.items(), key=lambda item: places[item[0][0]])
    ]
    table = pd.DataFrame(rows, columns=list(COUNT_COLUMNS))
    return table.astype({"count": counts["count"].dtype})


def add_unplaced(
    counts: pd.DataFrame,
    unplaced: Sequence[Mapping[str, Any]],
    parents: Mapping[str, str],
) -> pd.DataFrame:
    """Put events without an area into the sums of the area that they are known to be of.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`, sums among them.
    unplaced : sequence of mapping
        `area_code` (of the area whose totals hold them), `indicator`, `sex`, `period`, `count`.
    parents : mapping of str to str
        Code of the area that holds an area.

    Returns
    -------
    pandas.DataFrame
        Sums of that area and of those that hold it are larger by the events; figures that were
        given stay as they are, and a sum without a figure stays without one.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area_code": ["w", "d"], "indicator": "crimes", "sex": "persons", "period": "2015/16",
    ...     "count": pd.array([20, 20], dtype="Int64"), "status": "value",
    ...     "note": ["", "sum of 1 ward"]})
    >>> events = [{"area_code": "d", "indicator": "crimes", "sex": "persons",
    ...            "period": "2015/16", "count": 3}]
    >>> add_unplaced(counts, events, {"w": "d"})[["area_code", "count"]].values.tolist()
    [['w', 20], ['d', 23]]
    """
    more: Counter[tuple[str, ...]] = Counter()
    for row in unplaced:
        code = str(row["area_code"])
        for holder in (code, *ancestors(code, parents)):
            more[(holder, *(str(row[name]) for name in _SERIES))] += row["count"]
    if not more:
        return counts
    keys = zip(*(counts[name] for name in ("area_code", *_SERIES)), strict=True)
    added = pd.Series([more.get(key, 0) for key in keys], index=counts.index)
    ours = counts["note"].str.startswith(SUM_NOTE) & counts["count"].notna() & (added > 0)
    return counts.assign(
        count=(counts["count"] + added.where(ours, 0)).astype(counts["count"].dtype),
        status=counts["status"].mask(ours, "value"),
        # Without their number: it is printed in editions that hide small ones.
        note=counts["note"].where(~ours, counts["note"] + "; events without an area among them"),
    )


def _parts_by_sum(
    counts: pd.DataFrame, higher: set[str], parents: Mapping[str, str]
) -> dict[tuple[str, ...], list[tuple[Any, str]]]:
    """Counts and statuses of the parts of each sum, by area, series and basis.

    Plain dictionaries: a data frame's machinery costs more than the sums themselves.
    """
    lineage = {
        code: next((above for above in ancestors(code, parents) if above in higher), "")
        for code in counts["area_code"].unique()
    }
    columns = ["area_code", *_SERIES, "basis", "count", "status"]
    parts: dict[tuple[str, ...], list[tuple[Any, str]]] = {}
    for code, *series, count, status in zip(*(counts[c].tolist() for c in columns), strict=True):
        if holder := lineage[code]:
            parts.setdefault((holder, *series), []).append((count, status))
    return parts


def _sum_of(parts: list[tuple[Any, str]], child: str) -> dict[str, object]:
    """Count, status and note of a sum; one part without a figure leaves the sum without one."""
    tally = Counter(status for _, status in parts)
    lacking = tally["missing"] + tally["suppressed"]
    if lacking:
        status = "missing" if tally["missing"] else "suppressed"
        return {
            "count": pd.NA,
            "status": status,
            "note": f"{lacking} of {len(parts)} {child}s have no figure",
        }
    if tally["not_applicable"] == len(parts):
        return {"count": pd.NA, "status": "not_applicable", "note": "of none of its parts"}
    total = sum(count for count, status in parts if status != "not_applicable")
    return {
        "count": total,
        "status": "zero" if total == 0 else "value",
        "note": f"{SUM_NOTE} {len(parts)} {child}{'s' * (len(parts) != 1)}",
    }


def people_lacking(counts: pd.DataFrame, populations: pd.DataFrame) -> str:
    """Say where a count has no population, so that it gets no rate.

    A population table that was cut short is well-formed: only this tells.

    Parameters
    ----------
    counts : pandas.DataFrame
        `area_code`, `area_name`, `sex`, `count`.
    populations : pandas.DataFrame
        `area_code`, `sex`, and `period` where they are of periods.

    Returns
    -------
    str
        Empty where every count has one.

    Examples
    --------
    >>> counts = pd.DataFrame({"area_code": ["A", "B"], "area_name": ["North", "South"],
    ...                        "sex": "persons", "count": [12, 15]})
    >>> people_lacking(counts, pd.DataFrame({"area_code": ["A"], "sex": ["persons"]}))
    "1 of 2 counts have no population; first: 'B' South, persons. They get no rate: add the rows."
    """
    figures = counts[counts["count"].notna()]
    key = population_key(populations)
    known = pd.MultiIndex.from_frame(populations[key])
    lacking = figures[~pd.MultiIndex.from_frame(figures[key]).isin(known)]
    if lacking.empty:
        return ""
    first = lacking.iloc[0]
    return problem(
        "have no population",
        bad=len(lacking),
        total=len(figures),
        noun="counts",
        first=f"{first['area_code']!r} {first['area_name']}, {first['sex']}",
        action="They get no rate: add the rows.",
    )


def add_up_populations(
    populations: pd.DataFrame, areas: Mapping[str, gpd.GeoDataFrame], parents: Mapping[str, str]
) -> pd.DataFrame:
    """Add populations of larger areas as sums of one lower level, where none is given.

    Parameters
    ----------
    populations : pandas.DataFrame
        `area_code`, `sex`, `population`, `basis`, and whatever else the rows have.
    areas : mapping of str to geopandas.GeoDataFrame
        By level: `area_code`, `area_name`.
    parents : mapping of str to str

    Returns
    -------
    pandas.DataFrame
        The rows given, and sums over all parts of an area; never over some of them. Populations
        of periods are added up period by period.
    """
    if "period" in populations:
        by_period = [
            add_up_populations(rows.drop(columns="period"), areas, parents).assign(period=period)
            for period, rows in populations.groupby("period", sort=False)
        ]
        return pd.concat(by_period, ignore_index=True)
    levels = {code: level for level, layer in areas.items() for code in layer["area_code"]}
    people_of: dict[tuple[str, str], tuple[float, str]] = {
        (code, sex): (people, basis)
        for code, sex, people, basis in zip(
            *(populations[c].tolist() for c in ("area_code", "sex", "population", "basis")),
            strict=True,
        )
    }
    sexes = populations["sex"].unique().tolist()
    added = []
    for upper in UPWARDS:
        for lower in PARTS.get(upper, ()):
            if upper not in areas or lower not in areas:
                continue
            parts: dict[str, list[str]] = {}
            for code in areas[lower]["area_code"]:
                if holder := next((a for a in ancestors(code, parents) if levels[a] == upper), ""):
                    parts.setdefault(holder, []).append(code)
            for holder, codes in parts.items():
                for sex in sexes:
                    if (holder, sex) in people_of or any((c, sex) not in people_of for c in codes):
                        continue
                    people = sum(people_of[c, sex][0] for c in codes)
                    bases = {people_of[c, sex][1] for c in codes}
                    basis = "published" if bases == {"published"} else "estimated"
                    people_of[holder, sex] = (people, basis)
                    note = f"{SUM_NOTE} {len(codes)} {lower}s"
                    added.append((holder, upper, sex, people, basis, note))
    sums = pd.DataFrame(added, columns=["area_code", "level", "sex", "population", "basis", "note"])
    return pd.concat([populations, sums], ignore_index=True) if added else populations


def reconcile(lower: pd.DataFrame, upper: pd.DataFrame, parents: Mapping[str, str]) -> pd.DataFrame:
    """Compare the sums of a lower level with the figures given for a higher one.

    Parameters
    ----------
    lower, upper : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`.
    parents : mapping of str to str

    Returns
    -------
    pandas.DataFrame
        One row for each area of `upper` and series that both have: `area_code`, `area_name`,
        `indicator`, `sex`, `period`, `basis` (of the lower), `count` (of the upper),
        `sum_of_parts`, `difference` (sum less count), `parts`, `parts_without_figure`. A
        difference is missing where a part has no figure or the count is not known.
    """
    parts = _parts_by_sum(lower, set(upper["area_code"]), parents)
    child = str(lower["level"].iloc[0]) if len(lower) else ""
    columns = ["area_code", "area_name", *_SERIES, "count"]
    given = {
        (code, *series): (name, count)
        for code, name, *series, count in zip(*(upper[c].tolist() for c in columns), strict=True)
    }
    rows = []
    for (*key, basis), figures_of_parts in parts.items():
        if tuple(key) not in given:
            continue
        name, count = given[tuple(key)]
        total = _sum_of(figures_of_parts, child)["count"]
        rows.append(
            {
                **dict(zip(("area_code", *_SERIES), key, strict=True)),
                "area_name": name,
                "basis": basis,
                "count": count,
                "sum_of_parts": total,
                "difference": total - count,
                "parts": len(figures_of_parts),
                "parts_without_figure": sum(
                    s in {"missing", "suppressed"} for _, s in figures_of_parts
                ),
            }
        )
    return pd.DataFrame(rows, columns=list(_RECONCILIATION)).astype(
        dict.fromkeys(("count", "sum_of_parts", "difference"), "Float64")
    )
