"""How well a hotspot's label holds when the analyst's choices are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vawg_geo.terms.graph import Neighbours

__all__ = ["OTHER_SEEDS", "label_stability"]

# How many other seeds a label is tried under.
OTHER_SEEDS = 4


def label_stability(
    labels: pd.Series,
    classify: Callable[[Neighbours, int], pd.Series],
    *,
    neighbours: Neighbours,
    alternatives: Iterable[Neighbours],
    seeds: Sequence[int],
) -> pd.Series:
    """Share of other neighbour definitions and seeds under which each area's label holds.

    Parameters
    ----------
    labels : pandas.Series, shape (n,)
        Labels under the chosen definition and seed, by area.
    classify : callable
        Gives the labels under other neighbours and another seed.
    neighbours : Neighbours
        The chosen definition, tried again with each of the seeds.
    alternatives : iterable of Neighbours
        Other definitions, each tried with the first of the seeds.
    seeds : sequence of int
        At least one.

    Returns
    -------
    pandas.Series of float, shape (n,)
        Between 0 and 1; missing where the label says that there was nothing to label.

    Examples
    --------
    >>> labels = pd.Series(["high-high", "not_significant", "not_applicable"], index=list("abc"))
    >>> def classify(graph, seed):
    ...     return labels if seed else labels.replace("high-high", "not_significant")
    >>> label_stability(
    ...     labels, classify, neighbours=None, alternatives=[None], seeds=[1, 0]).tolist()
    [0.6666666666666666, 1.0, nan]
    """
    trials = [classify(other, seeds[0]) for other in alternatives]
    trials += [classify(neighbours, seed) for seed in seeds]
    held = np.mean([trial.reindex(labels.index) == labels for trial in trials], axis=0)
    return pd.Series(held, index=labels.index).mask(labels == "not_applicable")
