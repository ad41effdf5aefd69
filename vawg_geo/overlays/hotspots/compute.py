"""Hotspots and clusters of an edition, from that edition's own counts.

For every indicator, sex, period and level that has areas enough and whose counts are not
illustrative: local Moran and Gi* on empirical-Bayes-standardised rates, how far their labels hold
under other neighbours and seeds, and the circular scan. Hidden and missing counts are left out of
the neighbourhoods; they are never zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.measures.patterns.permutation import KeptTails
from vawg_geo.measures.scan.scan import circular_scan
from vawg_geo.overlays.hotspots.rule import HotspotRule, MapNeighbours, hotspot_columns
from vawg_geo.terms.tables import HOTSPOTS, SCANS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.settings import HotspotSettings
    from vawg_geo.terms.declared import DeclaredTable

__all__ = ["compute_hotspots"]

_SERIES = ["level", "indicator", "sex", "period"]
_WHO = ["area_code", "area_name", "level", "vintage", "indicator", "sex", "period"]


def compute_hotspots(edition: Edition, rates: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute the hotspots and the scan's clusters of every series that allows it.

    Parameters
    ----------
    edition : Edition
    rates : pandas.DataFrame
        The edition's rates (`tables.RATES`), areas in boundary order.

    Returns
    -------
    hotspots, scans : pandas.DataFrame
        The columns of `tables.HOTSPOTS` (one row for each area and statistic) and of
        `tables.SCANS` (one row for each member of a cluster); empty where no series allows it.
    """
    settings, once = edition.project.hotspots, edition.shared.once
    options = edition.project.scan.options(settings)
    hotspots: list[pd.DataFrame] = []
    scans: list[pd.DataFrame] = []
    for level, rows in _series(rates):
        areas = edition.areas[level]
        if len(areas) < FEWEST_AREAS:
            continue
        bridges = edition.bridges.get(level, ())
        neighbours = once(MapNeighbours, areas, weights=settings.weights, bridges=bridges)
        hotspots.append(once(_labels, rows, neighbours=neighbours, settings=settings))
        if settings.scan:
            scans.append(
                once(_scan, rows, neighbours=neighbours, settings=settings, options=options)
            )
    return _together(hotspots, HOTSPOTS), _together(scans, SCANS)


def _series(rates: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Rates of each series with real counts for areas enough."""
    # A share of another count is no rate of people: the standardised rate would mean nothing.
    real = rates[(rates["basis"] != "illustrative") & (rates["rate_method"] != "wilson")]
    for (level, *_), rows in real.groupby(_SERIES, sort=False):
        known = rows["count"].notna()
        if known.sum() >= FEWEST_AREAS and rows["count"].sum() > 0:
            yield str(level), rows.set_index("area_code", drop=False)


def _labels(
    rows: pd.DataFrame, *, neighbours: MapNeighbours, settings: HotspotSettings
) -> pd.DataFrame:
    """All statistics of one series, below each other."""
    tails = KeptTails()
    tables = [
        _label(rows, name, neighbours=neighbours, settings=settings, tails=tails)
        for name in settings.statistic
    ]
    # Somebody may want none, and clusters alone.
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _label(
    rows: pd.DataFrame,
    statistic: str,
    *,
    neighbours: MapNeighbours,
    settings: HotspotSettings,
    tails: KeptTails,
) -> pd.DataFrame:
    """One statistic of one series, with the stability of its labels."""
    rule = HotspotRule(
        statistic=statistic,
        alternative=settings.alternative,
        transform=settings.transform,
        permutations=settings.permutations,
        correction=settings.correction,
        alpha=settings.alpha,
        seed=settings.seed,
    )
    table = rows[[*_WHO, "status", "basis", "note"]].assign(
        at_edge=neighbours.at_edge,
        weights=neighbours.chosen.kind,
        correction=rule.correction,
        alpha=rule.alpha,
        seed=rule.seed,
        **hotspot_columns(rows, neighbours, rule, tails=tails),
    )
    return table[list(HOTSPOTS.names)].reset_index(drop=True)


def _scan(
    rows: pd.DataFrame,
    *,
    neighbours: MapNeighbours,
    settings: HotspotSettings,
    options: Mapping[str, Any],
) -> pd.DataFrame:
    """Members of the circular scan's clusters that either of its models calls at alpha."""
    if (rows["count"].dropna() % 1).any():
        # The scan counts events; estimates with fractions are none.
        return pd.DataFrame()
    result = circular_scan(
        rows["count"],
        rows["population"],
        neighbours.coordinates,
        ids=rows["area_code"].tolist(),
        seed=settings.seed,
        **options,
    )
    called = result.clusters[["p_value", "p_value_other_model"]] <= settings.alpha
    clusters = result.clusters.assign(significant=called["p_value"])[called.any(axis=1)]
    members = result.members.merge(clusters, on="scan_cluster").rename(
        columns={"id": "area_code", "radius": "radius_m"}
    )
    table = members.merge(rows[[*_WHO, "basis"]].reset_index(drop=True), on="area_code")
    return table.assign(
        scan_model=result.model,
        risk_cv=result.risk_cv,
        alpha=settings.alpha,
        replicates=result.replicates,
        max_population=result.max_population,
        seed=result.seed,
    )[list(SCANS.names)]


def _together(frames: list[pd.DataFrame], table: DeclaredTable) -> pd.DataFrame:
    full = [frame for frame in frames if len(frame)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=list(table.names))
