"""Hotspots and clusters of one level: for each series a value for every area, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.errors import OutputError
from vawg_geo.measures.patterns.permutation import permutations_needed
from vawg_geo.words.hotspots import CLUSTER_SIGN, edge_words, hotspot_rule, none_stands_out
from vawg_geo.words.page import LEVEL
from vawg_geo.words.palette import CLUSTER_FILLS
from vawg_geo.words.scan import ScanVerdict, scan_found, scan_rule, scan_said

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
    "called_of",
    "hotspots_of",
    "label_rule",
    "none_of",
    "scan_rule_of",
    "scan_said_of",
    "scan_sentences",
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
    none : str
        That no area stands out, and the smallest adjusted p; empty where one does.
    """

    cluster: NDArray[np.str_]
    p_value: Numbers
    p_adjusted: Numbers
    stability: Numbers
    neighbours: Numbers
    rule: str
    none: str = ""


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
        Those that the scan's model calls.
    member : ndarray of int
        Number of the cluster that each area belongs to, 0 for none.
    rule : str
        How the clusters came about, in words.
    said : tuple of str
        Sentences on what was allowed for, and which clusters the other model judges otherwise.
    """

    clusters: tuple[ScanCluster, ...]
    member: NDArray[np.int64]
    rule: str
    said: tuple[str, ...]


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
    # A layer has a row for each sex of an area, and each sex is a map of its own.
    tested = rows.loc[rows["p_value"].notna(), "sex"].value_counts()
    rule = hotspot_rule(
        first["statistic"],
        weights=first["weights"],
        alternative=first["alternative"],
        transform=first["transform"],
        permutations=int(first["permutations"]),
        needed=permutations_needed(
            int(tested.max()) if len(tested) else 0,
            alpha=float(first["alpha"]),
            correction=first["correction"],
            alternative=first["alternative"],
        ),
        seed=int(first["seed"]),
        correction=first["correction"],
        alpha=float(first["alpha"]),
        levels=levels,
    )
    each = rows.drop_duplicates("area_code")
    edge = int(each["at_edge"].eq("yes").sum()) if "at_edge" in each else 0
    return "; ".join(filter(None, [rule, edge_words(edge, of=len(each), levels=levels)]))


def none_of(rows: pd.DataFrame, *, level: str) -> str:
    """Say that no area of one series and statistic stands out; empty where one does.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one series and statistic.
    level : str
        Noun of one area.
    """
    if rows["cluster"].isin(CLUSTER_SIGN).any():
        return ""
    first: dict[Any, Any] = rows.iloc[0].to_dict()
    return none_stands_out(
        float(rows["p_adjusted"].min()),
        alpha=float(first["alpha"]),
        correction=first["correction"],
        level=level,
    )


def scan_rule_of(rows: pd.DataFrame) -> str:
    """How the clusters of one series came about, from their members' rows."""
    first: dict[Any, Any] = rows.iloc[0].to_dict()
    return scan_rule(
        model=first["scan_model"],
        replicates=int(first["replicates"]),
        seed=int(first["seed"]),
        max_population=first.get("max_population"),
    )


def scan_said_of(rows: pd.DataFrame) -> list[str]:
    """What was allowed for in one series, and which clusters the other model judges otherwise."""
    each = _each_cluster(rows)
    called = each["significant"].astype(bool)
    disputed = each[called != (each["p_value_other_model"] <= each["alpha"])]
    level, levels = LEVEL[str(rows["level"].iloc[0])]
    return scan_said(
        model=str(rows["scan_model"].iloc[0]),
        risk_cv=float(rows["risk_cv"].iloc[0]),
        found=int(called.sum()),
        disputed=[
            ScanVerdict(
                where=_where(row, rows),
                p_value=float(row["p_value"]),
                p_other=float(row["p_value_other_model"]),
                significant=bool(row["significant"]),
            )
            for row in disputed.to_dict("records")
        ],
        level=level,
        levels=levels,
    )


def scan_sentences(rows: pd.DataFrame, *, members: bool = True) -> list[str]:
    """One series' clusters in sentences, each with its members, from their rows.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of `tables.SCANS`, of one level, indicator, sex and period.
    members : bool
        Whether each cluster's areas are named.

    Returns
    -------
    list of str
        One for each cluster that is called, then what was allowed for and how it was done.
    """
    found = []
    for row in _each_cluster(called_of(rows)).to_dict("records"):
        names = rows.loc[rows["scan_cluster"] == row["scan_cluster"], "area_name"].tolist()
        sentence = scan_found(
            _where(row, rows),
            ratio=float(row["relative_risk"]),
            observed=int(row["observed"]),
            expected=float(row["expected"]),
            p_value=float(row["p_value"]),
        )
        found.append(f"{sentence} {', '.join(names)}." if members and len(names) > 1 else sentence)
    return [*found, " ".join(scan_said_of(rows)), f"{scan_rule_of(rows)}."]


def called_of(scans: pd.DataFrame) -> pd.DataFrame:
    """Members of the clusters that the scan's model calls."""
    return scans[scans["significant"].astype(bool)] if len(scans) else scans


def _each_cluster(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop_duplicates("scan_cluster").sort_values("scan_cluster")


def _where(row: Mapping[Any, Any], rows: pd.DataFrame) -> str:
    """The area of a cluster, or how many about which."""
    mine = rows[rows["scan_cluster"] == row["scan_cluster"]].set_index("area_code")["area_name"]
    name = str(mine.get(row["centre"], row["centre"]))
    if row["areas"] == 1:
        return name
    return f"{row['areas']:,} {LEVEL[str(rows['level'].iloc[0])][1]} about {name}"


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
        none=none_of(rows, level=LEVEL[level][0]),
    )


def _scan(rows: pd.DataFrame, *, place: Mapping[str, int]) -> Scan:
    member = np.zeros(len(place), dtype=np.int64)
    _places(rows, place)
    # Should circles overlap, an area belongs to the likelier cluster.
    called = called_of(rows).sort_values("scan_cluster", ascending=False)
    for position, number in zip(_places(called, place), called["scan_cluster"], strict=True):
        member[position] = int(number)
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
        for row in _each_cluster(called).to_dict("records")
    )
    return Scan(
        clusters=clusters, member=member, rule=scan_rule_of(rows), said=tuple(scan_said_of(rows))
    )


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
