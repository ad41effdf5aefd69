"""Hotspots and clusters of one level: for each series a value for every area, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.errors import OutputError
from vawg_geo.words.hotspots import hotspot_rule, scan_rule
from vawg_geo.words.page import LEVEL
from vawg_geo.words.palette import CLUSTER_FILLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from vawg_geo.results.results import EditionResults

    Numbers = NDArray[np.float64]
    SeriesKey = tuple[str, str, str]

__all__ = [
    "Hotspots",
    "Scan",
    "ScanCluster",
    "hotspots_of",
    "label_rule",
    "scan_rule_of",
    "scans_of",
]

_SERIES: Final = ["indicator", "sex", "period"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Hotspots:
    """Labels of one statistic of one series.

    Attributes
    ----------
    cluster : ndarray of str
        Words of `words.hotspots.CLUSTER`; `not_applicable` for areas without a row.
    p_value, p_adjusted, stability, neighbours : ndarray of float
        NaN where there is no value.
    rule : str
        How the labels came about, in words.
    """

    cluster: NDArray[np.str_]
    p_value: Numbers
    p_adjusted: Numbers
    stability: Numbers
    neighbours: Numbers
    rule: str


@dataclass(frozen=True, kw_only=True)
class ScanCluster:
    """One cluster of the scan.

    Attributes
    ----------
    number : int
        From 1, the likeliest.
    centre : int, optional
        Place of the area in its middle.
    areas, observed : int
    expected, relative_risk, p_value : float
    """

    number: int
    centre: int | None
    areas: int
    observed: int
    expected: float
    relative_risk: float
    p_value: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan:
    """Clusters of one series.

    Attributes
    ----------
    clusters : tuple of ScanCluster
    member : ndarray of int
        Number of the cluster that each area belongs to, 0 for none.
    rule : str
        How the clusters came about, in words.
    """

    clusters: tuple[ScanCluster, ...]
    member: NDArray[np.int64]
    rule: str


def hotspots_of(
    results: EditionResults, *, level: str, place: Mapping[str, int]
) -> dict[SeriesKey, dict[str, Hotspots]]:
    """Labels of each series of a level, by statistic.

    Parameters
    ----------
    results : EditionResults
    level : str
    place : mapping of str to int
        Position of each area of the level by its code.

    Returns
    -------
    dict of (indicator, sex, period) to dict of str to Hotspots

    Raises
    ------
    OutputError
        A hotspot of an area without an outline, or a label that no map knows.
    """
    found: dict[SeriesKey, dict[str, Hotspots]] = {}
    for key, rows in _groups(results.hotspots, level, [*_SERIES, "statistic"]):
        indicator, sex, period, statistic = key
        of_series = found.setdefault((indicator, sex, period), {})
        of_series[statistic] = _labels(rows, level=level, place=place)
    return found


def scans_of(
    results: EditionResults, *, level: str, place: Mapping[str, int]
) -> dict[SeriesKey, Scan]:
    """Clusters of the scan of each series of a level.

    Parameters
    ----------
    results, level, place
        As for `hotspots_of`.

    Returns
    -------
    dict of (indicator, sex, period) to Scan

    Raises
    ------
    OutputError
        A cluster has an area without an outline.
    """
    return {
        (indicator, sex, period): _scan(rows, place=place)
        for (indicator, sex, period), rows in _groups(results.scans, level, _SERIES)
    }


def label_rule(rows: pd.DataFrame, *, levels: str) -> str:
    """How the labels of one series and statistic came about, from its rows."""
    first: dict[Any, Any] = rows.iloc[0].to_dict()
    return hotspot_rule(
        first["statistic"],
        weights=first["weights"],
        permutations=int(first["permutations"]),
        seed=int(first["seed"]),
        correction=first["correction"],
        alpha=float(first["alpha"]),
        levels=levels,
    )


def scan_rule_of(rows: pd.DataFrame) -> str:
    """How the clusters of one series came about, from their members' rows."""
    first: dict[Any, Any] = rows.iloc[0].to_dict()
    return scan_rule(
        replicates=int(first["replicates"]),
        seed=int(first["seed"]),
        max_population=first.get("max_population"),
    )


def _groups(
    table: pd.DataFrame, level: str, by: list[str]
) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Rows of each series of a level, under its key and what follows it."""
    if table.empty:
        return
    for key, rows in table[table["level"] == level].groupby(by, sort=False, observed=True):
        yield tuple(map(str, key)), rows


def _labels(rows: pd.DataFrame, *, level: str, place: Mapping[str, int]) -> Hotspots:
    at = _places(rows, place)
    strange = sorted(set(rows["cluster"]) - set(CLUSTER_FILLS))
    if strange:
        msg = f"{strange[0]!r} is no label of a hotspot. Use one of: {', '.join(CLUSTER_FILLS)}."
        raise OutputError(msg)
    cluster = np.full(len(place), "not_applicable", dtype=object)
    cluster[at] = rows["cluster"]
    return Hotspots(
        cluster=cluster.astype(str),
        p_value=_spread(rows["p_value"], at, len(place)),
        p_adjusted=_spread(rows["p_adjusted"], at, len(place)),
        stability=_spread(rows["stability"], at, len(place)),
        neighbours=_spread(rows["neighbours"], at, len(place)),
        rule=label_rule(rows, levels=LEVEL[level][1]),
    )


def _scan(rows: pd.DataFrame, *, place: Mapping[str, int]) -> Scan:
    member = np.zeros(len(place), dtype=np.int64)
    # Should circles overlap, an area belongs to the likelier cluster.
    rows = rows.sort_values("scan_cluster", ascending=False)
    for position, number in zip(_places(rows, place), rows["scan_cluster"], strict=True):
        member[position] = int(number)
    each = rows.drop_duplicates("scan_cluster").sort_values("scan_cluster")
    clusters = tuple(
        ScanCluster(
            number=int(row["scan_cluster"]),
            centre=place.get(row["centre"]),
            areas=int(row["areas"]),
            observed=int(row["observed"]),
            expected=float(row["expected"]),
            relative_risk=float(row["relative_risk"]),
            p_value=float(row["p_value"]),
        )
        for row in each.to_dict("records")
    )
    return Scan(clusters=clusters, member=member, rule=scan_rule_of(rows))


def _places(rows: pd.DataFrame, place: Mapping[str, int]) -> list[int]:
    strangers = [code for code in rows["area_code"] if code not in place]
    if strangers:
        msg = (
            f"{len(strangers):,} of {len(rows):,} rows of hotspots are of areas without an "
            f"outline; first: {strangers[0]!r}. Compute them from the edition's own rates."
        )
        raise OutputError(msg)
    return [place[code] for code in rows["area_code"]]


def _spread(values: pd.Series, at: Sequence[int], size: int) -> Numbers:
    """One number for each area, NaN where there is none."""
    column = np.full(size, np.nan)
    column[at] = values.to_numpy(dtype=float, na_value=np.nan)
    return column
