"""Emerging hotspots: Gi* of each period, and whether it rises or falls over the periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.measures.patterns.local import getis_ord
from vawg_geo.measures.time.mann_kendall import mann_kendall
from vawg_geo.measures.time.panel import Panel, read_panel
from vawg_geo.terms.graph import Neighbours, as_neighbours

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from libpysal.graph import Graph
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "EMERGING",
    "FEWEST_PERIODS",
    "EmergingHotspots",
    "emerging_classes",
    "emerging_hotspots",
]

EMERGING: Final = ("new", "intensifying", "persistent", "diminishing", "none", "not_applicable")
FEWEST_PERIODS: Final = 10
# The end is the last fifth of the periods. Of ten that is two: one alone is soon hot by chance.
END: Final = 0.2
# A spot is new where no more of the periods before the end than this were like it.
SELDOM: Final = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class EmergingHotspots:
    """What became of each area, and what it is made of.

    Attributes
    ----------
    areas : pandas.DataFrame, index the graph's ids
        `emerging` (new, intensifying, persistent, diminishing, none, not_applicable), `side` (hot,
        cold, or empty), `tau` of the trend of its z (from -1 to 1), `p_value` of the trend and
        `p_adjusted` over the areas, `trend` (rising, falling, no_clear_trend), `periods` with a z,
        `periods_hot`, `periods_cold`, `end_hot` and `end_cold` of the `end_periods` at the end,
        `reason` why there is no class.
    by_period : pandas.DataFrame
        A row for each area and period: `id`, `period`, `z`, `p_value`, `p_adjusted`, `cluster`, as
        `getis_ord` gives them.
    end : tuple
        The periods that are the end.
    notes : tuple of str
        What a reader must know besides.
    alpha, permutations, seed
        As used.
    """

    areas: pd.DataFrame
    by_period: pd.DataFrame
    end: tuple[Hashable, ...]
    notes: tuple[str, ...]
    alpha: float
    permutations: int | None
    seed: int


def emerging_hotspots(
    counts: ArrayLike | pd.DataFrame,
    population: ArrayLike | pd.Series | pd.DataFrame,
    graph: Graph | Neighbours,
    *,
    periods: Sequence[Hashable] | None = None,
    alpha: float = 0.05,
    correction: str = "bh",
    permutations: int | None = None,
    seed: int = 12345,
) -> EmergingHotspots:
    """Hotspots that are new, intensify, persist or diminish over ten periods or more.

    Parameters
    ----------
    counts : array-like or DataFrame, shape (n, t)
        Events, a row for each area in the order of the graph's ids, a column for each period from
        the first to the last. A missing count is no zero: its area has no z in that period, and is
        nobody's neighbour in it. A period that is missing for all areas has no column.
    population : array-like, Series or DataFrame, shape (n, t) or (n,)
        Persons of each area and period, or of each area for all periods.
    graph : Graph or Neighbours
        Who neighbours whom, in every period.
    periods : sequence, length t, optional
        Names of the periods; the counts' columns where they are a DataFrame.
    alpha : float
        Level of both tests.
    correction : {"bh", "bonferroni", "none"}
        Of the p-values over areas, those of Gi* in each period and those of the trends.
    permutations, seed : see `getis_ord`

    Returns
    -------
    EmergingHotspots

    Raises
    ------
    InputError
        Fewer than 10 periods or 10 areas, shapes or names disagree, periods overlap or are not in
        order, a count is negative or no whole number, or what `getis_ord` refuses.

    Notes
    -----
    Gi* is of the standardised rates of each period by itself, so that a rise or a season that all
    areas share changes nothing, and neither does the length of a period. An area is hot in a period
    where `getis_ord` calls it so. Its trend is that of its z by Mann-Kendall, rising or falling
    where the adjusted p is at most alpha. The end is the last fifth of the periods, two at least.
    `emerging_classes` has the rule of each class.

    An area whose neighbours change is called with them: Gi* is of a place and what is around it.
    Neighbours in time, that is the same periods counted several times, are not offered: overlapping
    windows are alike, and Mann-Kendall would find trends in them that are none.

    References
    ----------
    Ord and Getis (1995), Geographical Analysis 27; Mann (1945), Econometrica 13.

    Examples
    --------
    >>> row = np.arange(80)
    >>> near = np.concatenate([(row + step) % 80 for step in (-2, -1, 1, 2)])
    >>> ring = Neighbours.from_pairs(tuple(row), np.tile(row, 4), near)
    >>> counts = np.random.default_rng(1).poisson(30, (80, 12))
    >>> counts[5:10] += 90
    >>> counts[20:25, 9:] += 90
    >>> found = emerging_hotspots(counts, np.full(80, 5000), ring)
    >>> found.areas.loc[[7, 22, 35], ["emerging", "side", "periods_hot", "trend"]]
          emerging side  periods_hot           trend
    7   persistent  hot           12  no_clear_trend
    22         new  hot            3  no_clear_trend
    35        none                 0  no_clear_trend
    """
    near = as_neighbours(graph)
    panel = read_panel(
        counts,
        population,
        ids=near.ids,
        periods=periods,
        least=FEWEST_PERIODS,
        why="A trend over fewer is seldom told from chance: compare two periods instead.",
    )
    if near.n < FEWEST_AREAS:
        msg = f"{near.n:,} areas have no pattern to speak of. Give at least {FEWEST_AREAS}."
        raise InputError(msg)
    by_period, notes = _by_period(
        panel,
        near,
        alpha=alpha,
        correction=correction,
        permutations=permutations,
        seed=seed,
    )
    z = by_period["z"].to_numpy().reshape(len(panel.periods), near.n).T
    cluster = by_period["cluster"].to_numpy().reshape(len(panel.periods), near.n).T
    end = int(END * len(panel.periods))
    areas = _of_areas(z, cluster, end=end, alpha=alpha, correction=correction)
    return EmergingHotspots(
        areas=areas.set_axis(pd.Index(list(near.ids)), axis=0),
        by_period=by_period,
        end=panel.periods[-end:],
        notes=tuple(notes),
        alpha=alpha,
        permutations=permutations,
        seed=seed,
    )


def _by_period(
    panel: Panel,
    near: Neighbours,
    *,
    alpha: float,
    correction: str,
    permutations: int | None,
    seed: int,
) -> tuple[pd.DataFrame, list[str]]:
    """Gi* of every period; one in which too few areas have a count has no z."""
    frames, few = [], []
    for place, period in enumerate(panel.periods):
        events = panel.events[:, place]
        if np.count_nonzero(~np.isnan(events)) >= FEWEST_AREAS:
            found = getis_ord(
                events,
                near,
                population=panel.people[:, place],
                permutations=permutations,
                seed=seed,
                correction=correction,
                alpha=alpha,
            )
        else:
            few.append(period)
            found = pd.DataFrame(
                {"z": np.nan, "p_value": np.nan, "p_adjusted": np.nan, "cluster": "not_applicable"},
                index=range(near.n),
            )
        chosen = found[["z", "p_value", "p_adjusted", "cluster"]].reset_index(drop=True)
        chosen.insert(0, "id", pd.Series(list(near.ids)))
        chosen.insert(1, "period", pd.Series([period] * near.n))
        frames.append(chosen)
    notes = []
    if few:
        notes.append(
            f"{len(few):,} of {len(panel.periods):,} periods have a count in fewer than "
            f"{FEWEST_AREAS} areas and no Gi*; first: {few[0]}."
        )
    return pd.concat(frames, ignore_index=True), notes


def _of_areas(
    z: NDArray[np.float64],
    cluster: NDArray[np.object_],
    *,
    end: int,
    alpha: float,
    correction: str,
) -> pd.DataFrame:
    """Trend, counts of hot and cold periods, and class of each area."""
    has_z = ~np.isnan(z)
    enough = has_z.sum(axis=1) >= FEWEST_PERIODS
    trend = mann_kendall(np.where(enough[:, None], z, np.nan))
    p_value = np.where(enough, trend.p_value, np.nan)
    adjusted = adjust_p_values(p_value, method=correction)
    sure = enough & (adjusted <= alpha)
    direction = np.where(sure, np.sign(trend.s), 0)
    hot, cold = cluster == "hot", cluster == "cold"
    words = np.array(["falling", "no_clear_trend", "rising"], dtype=object)
    emerging, side = emerging_classes(hot, cold, has_z, direction, end=end)
    alone = (cluster == "island").any(axis=1)
    why = np.where(alone, "no neighbours", f"fewer than {FEWEST_PERIODS} periods")
    why = np.where(enough, "no count at the end", why)
    lacking = ~enough | ~has_z[:, -end:].any(axis=1)
    emerging[lacking], side[lacking] = "not_applicable", ""
    return pd.DataFrame(
        {
            "emerging": emerging,
            "side": side,
            "trend": np.where(enough, words[direction + 1], "not_applicable"),
            "tau": np.where(enough, trend.tau, np.nan),
            "p_value": p_value,
            "p_adjusted": adjusted,
            "periods": has_z.sum(axis=1),
            "periods_hot": hot.sum(axis=1),
            "periods_cold": cold.sum(axis=1),
            "end_periods": has_z[:, -end:].sum(axis=1),
            "end_hot": hot[:, -end:].sum(axis=1),
            "end_cold": cold[:, -end:].sum(axis=1),
            "reason": np.where(lacking, why, ""),
        }
    )


def emerging_classes(
    hot: NDArray[np.bool_],
    cold: NDArray[np.bool_],
    has_z: NDArray[np.bool_],
    direction: NDArray[np.int_],
    *,
    end: int,
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Class of each area, and whether it is of hot or of cold.

    Parameters
    ----------
    hot, cold, has_z : ndarray of bool, shape (n, t)
        Whether an area is hot, cold, or has a z at all in a period.
    direction : ndarray of int, shape (n,)
        Of the trend of z: 1 rising, -1 falling, 0 none that is sure.
    end : int
        How many of the periods are the end; the others are those before.

    Returns
    -------
    (ndarray of str, ndarray of str)
        `new`, `intensifying`, `persistent`, `diminishing` or `none`; `hot`, `cold` or empty.

    Notes
    -----
    Of the periods in which the area has a z, and for cold ones with the trend turned round:

    - new: hot in more than half of the end, and in at most a tenth of the periods before;
    - intensifying: hot in more than half of the end and in more than a tenth before, and rising;
    - persistent: hot in more than half of the end and of the periods before, with no sure trend;
    - diminishing: hot in more than half of the periods before, and falling, hot or not at the end;
    - none: everything else, such as an area that is hot now and then.

    The first that holds is the class, and one at the end goes before `diminishing` of the other
    side: what was cold, rose and is hot now is new, and hot.

    Examples
    --------
    >>> hot = np.array([[False] * 8 + [True] * 2, [True] * 8 + [False] * 2])
    >>> emerging_classes(hot, np.zeros((2, 10), bool), np.ones((2, 10), bool), np.array([0, -1]),
    ...     end=2)
    (array(['new', 'diminishing'], dtype=object), array(['hot', 'hot'], dtype=object))
    """
    n = len(hot)
    emerging, side = np.full(n, "none", dtype=object), np.full(n, "", dtype=object)
    periods_before, periods_end = has_z[:, :-end].sum(axis=1), has_z[:, -end:].sum(axis=1)
    late: list[tuple[NDArray[np.bool_], str, str]] = []
    for name, spots, sign in (("hot", hot, 1), ("cold", cold, -1)):
        before, at_end = spots[:, :-end].sum(axis=1), spots[:, -end:].sum(axis=1)
        now, mostly = 2 * at_end > periods_end, 2 * before > periods_before
        seldom = before <= SELDOM * periods_before
        grows = sign * direction
        for held, word in (
            (now & seldom, "new"),
            (now & ~seldom & (grows > 0), "intensifying"),
            (now & mostly & (grows == 0), "persistent"),
        ):
            emerging[held], side[held] = word, name
        late.append((mostly & (grows < 0), "diminishing", name))
    for held, word, name in late:
        left = held & (emerging == "none")
        emerging[left], side[left] = word, name
    return emerging, side
