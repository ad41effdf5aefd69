"""Hotspots and clusters of one level as plain columns for the page's script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.errors import OutputError
from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.terms.rounding import rounded
from vawg_geo.terms.views import STATISTICS
from vawg_geo.words.hotspots import hotspot_rule, scan_rule
from vawg_geo.words.page import LEVEL
from vawg_geo.words.palette import CLUSTER_FILLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from vawg_geo.results.results import EditionResults

__all__ = ["build_hotspots", "label_rule", "reason_without", "scan_rule_of"]

SeriesKey = tuple[str, str, str]

_SERIES: Final = ["indicator", "sex", "period"]
_LABELS: Final = {word: place for place, word in enumerate(CLUSTER_FILLS)}


def build_hotspots(
    results: EditionResults, *, level: str, place: Mapping[str, int]
) -> dict[SeriesKey, dict[str, Any]]:
    """Columns of hotspots by indicator, sex and period.

    Parameters
    ----------
    results : EditionResults
    level : str
    place : mapping of str to int
        Position of each area of the level by its code.

    Returns
    -------
    dict
        For each series with hotspots ``hot`` (by view, `moran` and `gi`: ``cluster`` as positions
        in `CLUSTER_FILLS`, ``p`` and ``q`` in ten-thousandths, ``holds`` in per cent, ``near``,
        ``rule``) and, where there are clusters, ``scan`` (``clusters`` with their figures,
        ``member`` with the number of the cluster of each area or 0, ``rule``).

    Raises
    ------
    OutputError
        A hotspot or cluster of an area without an outline, or a label that no map knows.
    """
    found: dict[SeriesKey, dict[str, Any]] = {}
    for (key, statistic), rows in _groups(results.hotspots, level, [*_SERIES, "statistic"]):
        views = found.setdefault(key, {}).setdefault("hot", {})
        views[STATISTICS[statistic].prefix] = _labels(rows, level=level, place=place)
    for (key, _), rows in _groups(results.scans, level, _SERIES):
        found.setdefault(key, {})["scan"] = _scan(rows, place=place)
    return found


def reason_without(*, basis: str, method: str, counts: list[float | int | None]) -> str:
    """Word of `words_hotspots.NOT_COMPUTED` for a series without hotspots.

    Parameters
    ----------
    basis, method : str
        Of the series.
    counts : list
        One for each area, None where it is hidden or missing.

    Returns
    -------
    str

    Examples
    --------
    >>> reason_without(basis="published", method="exact", counts=[5] * 6)
    'few_areas'
    """
    if basis == "illustrative":
        return "illustrative"
    if len(counts) < FEWEST_AREAS:
        return "few_areas"
    if method == "wilson":
        return "share"
    known = [count for count in counts if count is not None]
    if len(known) < FEWEST_AREAS:
        return "few_known"
    return "settings" if any(known) else "zero"


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


def _groups(table: pd.DataFrame, level: str, by: list[str]) -> Any:
    """Rows of each series of a level, under its key and what follows it."""
    if table.empty:
        return
    for key, rows in table[table["level"] == level].groupby(by, sort=False, observed=True):
        yield (tuple(map(str, key[:3])), key[-1]), rows


def _labels(rows: pd.DataFrame, *, level: str, place: Mapping[str, int]) -> dict[str, Any]:
    at = _places(rows, place)
    strange = sorted(set(rows["cluster"]) - set(_LABELS))
    if strange:
        msg = f"{strange[0]!r} is no label of a hotspot. Use one of: {', '.join(_LABELS)}."
        raise OutputError(msg)
    cluster = [_LABELS["not_applicable"]] * len(place)
    for position, word in zip(at, rows["cluster"], strict=True):
        cluster[position] = _LABELS[word]
    return {
        "cluster": cluster,
        "p": _whole(rows["p_value"], at, len(place), times=10_000),
        "q": _whole(rows["p_adjusted"], at, len(place), times=10_000),
        "holds": _whole(rows["stability"], at, len(place), times=100),
        "near": _whole(rows["neighbours"], at, len(place)),
        "rule": label_rule(rows, levels=LEVEL[level][1]),
    }


def _scan(rows: pd.DataFrame, *, place: Mapping[str, int]) -> dict[str, Any]:
    member = [0] * len(place)
    # Should circles overlap, an area belongs to the likelier cluster.
    rows = rows.sort_values("scan_cluster", ascending=False)
    for position, number in zip(_places(rows, place), rows["scan_cluster"], strict=True):
        member[position] = int(number)
    each = rows.drop_duplicates("scan_cluster").sort_values("scan_cluster")
    clusters = [
        {
            "n": int(row["scan_cluster"]),
            "centre": place.get(row["centre"]),
            "areas": int(row["areas"]),
            "observed": int(row["observed"]),
            "expected": float(rounded(row["expected"], 1)),
            "risk": float(rounded(row["relative_risk"], 2)),
            "p": int(rounded(row["p_value"] * 10_000, 0)),
        }
        for row in each.to_dict("records")
    ]
    return {"clusters": clusters, "member": member, "rule": scan_rule_of(rows)}


def _places(rows: pd.DataFrame, place: Mapping[str, int]) -> list[int]:
    strangers = [code for code in rows["area_code"] if code not in place]
    if strangers:
        msg = (
            f"{len(strangers):,} of {len(rows):,} rows of hotspots are of areas without an "
            f"outline; first: {strangers[0]!r}. Compute them from the edition's own rates."
        )
        raise OutputError(msg)
    return [place[code] for code in rows["area_code"]]


def _whole(values: pd.Series, at: list[int], size: int, *, times: int = 1) -> list[int | None]:
    """Whole numbers in the order of the areas, None where there is no value."""
    column: list[int | None] = [None] * size
    numbers = rounded(values.to_numpy(dtype=float, na_value=np.nan) * times, 0)
    for position, number in zip(at, numbers.tolist(), strict=True):
        column[position] = None if np.isnan(number) else int(number)
    return column
