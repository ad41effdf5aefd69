"""Hotspots of one series on one map, and how far their labels hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.neighbours.build import neighbours_and_notes, neighbours_of, parse_weights
from vawg_geo.areas.neighbours.outer import at_the_edge
from vawg_geo.measures.patterns.local import getis_ord, local_moran
from vawg_geo.measures.patterns.stability import OTHER_SEEDS, label_stability

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vawg_geo.measures.patterns.permutation import KeptTails
    from vawg_geo.terms.bridges import Bridge
    from vawg_geo.terms.graph import Neighbours

__all__ = ["STABILITY_PERMUTATIONS", "HotspotRule", "MapNeighbours", "hotspot_columns"]

_ALTERNATIVES: Final = ("queen", "rook", "knn:4", "knn:5", "knn:6", "knn:7", "knn:8")
_COLUMNS: Final = (
    *("value", "z", "p_value", "p_adjusted", "cluster", "reason", "neighbours"),
    *("alternative", "transform", "permutations", "permutations_needed"),
)
_NOTHING_VARIES: Final = ("constant", "no more than chance")
# Labels near alpha flip for want of permutations, and that is no frailty: the trials have as many
# as the label itself, but for maps on which that takes long.
_MANY_AREAS: Final = 1_000
STABILITY_PERMUTATIONS: Final = 9_999


@dataclass(frozen=True, kw_only=True)
class HotspotRule:
    """How hotspots are called: everything that is printed beside them but the neighbours."""

    statistic: str = "local-moran"
    alternative: str = "high"
    transform: str = "none"
    permutations: int | None = None
    correction: str = "bh"
    alpha: float = 0.05
    seed: int = 12345
    stability: bool = True


@dataclass(eq=False)
class MapNeighbours:
    """Neighbours on one map: the chosen definition, and the others, built when first asked.

    Attributes
    ----------
    areas : geopandas.GeoDataFrame
        `area_code`, `geometry` in EPSG:27700.
    weights : str
        The chosen definition (`queen`, `rook`, `knn:6`, `band:5000`).
    bridges : tuple of Bridge
        Pairs across water, which are neighbours by every definition.
    notes : list of str
        Pairs found by geometry only, and islands, by name.
    found : dict
        What was computed on this map before, by figures and rule.
    """

    areas: gpd.GeoDataFrame
    weights: str
    bridges: tuple[Bridge, ...] = ()
    found: dict[Any, dict[str, Any]] = field(default_factory=dict)
    _others: list[Neighbours] | None = None

    def __post_init__(self) -> None:
        self.chosen, self.notes = neighbours_and_notes(
            self.areas, self.weights, bridges=self.bridges
        )
        centres = self.areas.geometry.centroid
        self.coordinates: NDArray[np.float64] = np.c_[centres.x, centres.y]

    @cached_property
    def at_edge(self) -> pd.Series:
        """By area code: `yes` for those at the map's edge, whose neighbours outside are unknown."""
        marks = np.where(at_the_edge(self.areas), "yes", "no")
        return pd.Series(marks, index=self.areas["area_code"].to_numpy())

    @property
    def others(self) -> list[Neighbours]:
        """Definitions other than the chosen one: rook, 4 to 8 nearest, a distance band."""
        if self._others is None:
            names = [*_ALTERNATIVES, f"band:{self._reach():.0f}"]
            self._others = [
                neighbours_of(self.areas, name, bridges=self.bridges)
                for name in names
                if name != str(parse_weights(self.weights)) and not _too_many(name, len(self.areas))
            ]
        return self._others

    def _reach(self) -> float:
        """Metres within which nearly all areas have a neighbour, rounded up to 100.

        The 95th percentile of the distance to the nearest: one remote area must not make the band
        so wide that everybody neighbours everybody.
        """
        from scipy.spatial import cKDTree

        distances = np.asarray(cKDTree(self.coordinates).query(self.coordinates, k=2)[0])
        return max(100.0, float(np.ceil(np.quantile(distances[:, 1], 0.95) / 100) * 100))


def hotspot_columns(
    rows: pd.DataFrame,
    neighbours: MapNeighbours,
    rule: HotspotRule,
    *,
    tails: KeptTails | None = None,
) -> dict[str, Any]:
    """Label the hotspots of one series.

    Parameters
    ----------
    rows : pandas.DataFrame
        `count`, `population`, `status` of every area of the map, in its order, indexed by
        `area_code`.
    neighbours : MapNeighbours
    rule : HotspotRule
    tails : KeptTails, optional
        Counts of permutations that another statistic of the same figures left, and that this one
        leaves.

    Returns
    -------
    dict of str to Series or str
        `statistic`, `alternative`, `transform`, `permutations`, `permutations_needed` (for one
        area alone to be called), `value`, `z`, `p_value`, `p_adjusted`, `cluster`, `reason`,
        `stability`, `neighbours`; series by area. The stability is the share of the other
        definitions of neighbours and of four other seeds under which the label holds, on maps of
        more than 1,000 areas with no more permutations each than one area alone needs.

    Raises
    ------
    InputError
        Too few areas have a count, or the rows are not those of the map.
    """
    shown = rows[["count", "population", "status"]].to_csv().encode()
    if (shown, rule) not in neighbours.found:
        neighbours.found[shown, rule] = _compute(rows, neighbours, rule, tails)
    return neighbours.found[shown, rule]


def _compute(
    rows: pd.DataFrame, neighbours: MapNeighbours, rule: HotspotRule, tails: KeptTails | None
) -> dict[str, Any]:
    function = local_moran if rule.statistic == "local-moran" else partial(getis_ord, star=True)

    def label(graph: Neighbours, seed: int, permutations: int | None) -> pd.DataFrame:
        return function(
            rows["count"],
            graph,
            population=rows["population"],
            status=rows["status"],
            alternative=rule.alternative,
            transform=rule.transform,
            permutations=permutations,
            seed=seed,
            correction=rule.correction,
            alpha=rule.alpha,
            tails=tails,
        )

    found = label(neighbours.chosen, rule.seed, rule.permutations)
    table = {"statistic": rule.statistic, **{column: found[column] for column in _COLUMNS}}
    if not rule.stability:
        return table | {"stability": pd.Series(np.nan, index=found.index)}
    permutations = int(found["permutations"].iloc[0])
    if len(rows) > _MANY_AREAS:
        enough = int(found["permutations_needed"].iloc[0])
        permutations = min(permutations, max(STABILITY_PERMUTATIONS, enough))
    stability = label_stability(
        found["cluster"],
        lambda graph, seed: label(graph, seed, permutations)["cluster"],
        neighbours=neighbours.chosen,
        alternatives=neighbours.others,
        seeds=[rule.seed + step for step in range(1, OTHER_SEEDS + 1)],
    )
    # Where there was nothing to label, nothing held.
    nothing = found["cluster"].eq("island") | found["reason"].isin(_NOTHING_VARIES)
    return table | {"stability": stability.mask(nothing)}


def _too_many(weights: str, areas: int) -> bool:
    return weights.startswith("knn:") and int(weights.removeprefix("knn:")) >= areas
