"""Another classing of a map: its limits, how many classes, by which rule, in which colours."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.errors import ConfigurationError, did_you_mean
from vawg_geo.measures.rates.breaks import printed_breaks
from vawg_geo.terms.rounding import rate_decimals, round_half_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vawg_geo.results.results import EditionResults

__all__ = ["SCHEMES", "class_limits", "with_classes"]

SCHEMES: Final = ("natural", "quantiles", "equal")
_MOST: Final = 9
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def with_classes(
    results: EditionResults,
    *,
    level: str,
    indicator: str | None = None,
    breaks: Sequence[float] | None = None,
    classes: int | None = None,
    scheme: str | None = None,
    colours: Sequence[str] | None = None,
) -> EditionResults:
    """The same results, classed otherwise; themselves where nothing is asked.

    Parameters
    ----------
    results : EditionResults
    level : str
    indicator : str, optional
        Of which the classes are; of every one where not given.
    breaks : sequence of float, optional
        Inner limits of the rate, ascending; a rate that equals one belongs to the class above.
    classes : int, optional
        How many, 1 to 9.
    scheme : {"natural", "quantiles", "equal"}, optional
        Fisher's natural breaks, as many areas in each class, or classes of the same width.
    colours : sequence of str, optional
        From the lowest rates to the highest, `#rrggbb`; where there are more or fewer classes,
        those between them.

    Returns
    -------
    EditionResults

    Raises
    ------
    ConfigurationError
        Limits that do not ascend, too many classes, an unknown scheme, or no colour.
    """
    if all(asked is None for asked in (breaks, classes, scheme, colours)):
        return results
    if breaks is not None and (classes is not None or scheme is not None):
        msg = "breaks say the classes, so classes and scheme cannot be given with them."
        raise ConfigurationError(msg)
    changed = dict(results.breaks)
    if breaks is not None or classes is not None or scheme is not None:
        for key in changed:
            if key[0] == level and indicator in (None, key[1]):
                changed[key] = _limits(results, key, breaks, classes=classes, scheme=scheme)
    return replace(results, breaks=changed, colours=_colours(colours))


def _limits(
    results: EditionResults,
    key: tuple[str, str, str, str],
    breaks: Sequence[float] | None,
    *,
    classes: int | None,
    scheme: str | None,
) -> tuple[float, ...]:
    if breaks is not None:
        return _ascending(breaks)
    rates = results.rates
    long = rates["period"].map(results.lengths)
    series = (rates["indicator"] == key[1]) & (rates["sex"] == key[2]) & (long == key[3])
    own = rates.loc[series & (rates["level"] == key[0]), "rate"].to_numpy(dtype=float)
    decimals = rate_decimals(rates.loc[series, "rate"].max())
    return class_limits(own, classes=classes or 5, scheme=scheme or "natural", decimals=decimals)


def _ascending(breaks: Sequence[float]) -> tuple[float, ...]:
    limits = tuple(float(limit) for limit in breaks)
    steps = all(a < b for a, b in itertools.pairwise(limits))
    if not steps or not all(0 < limit < np.inf for limit in limits):
        msg = f"breaks {list(breaks)} do not ascend from above 0. Give inner limits as [2, 4, 8]."
        raise ConfigurationError(msg)
    _require_classes(len(limits) + 1)
    return limits


def _require_classes(classes: int) -> None:
    if not 1 <= classes <= _MOST:
        msg = f"a key of {classes} classes cannot be read. Use 1 to {_MOST} classes; 5 are usual."
        raise ConfigurationError(msg)


def class_limits(
    values: NDArray[np.float64], *, classes: int, scheme: str, decimals: int
) -> tuple[float, ...]:
    """Inner limits of classes, at figures that a key can print.

    Parameters
    ----------
    values : ndarray of float
        No number where there is no rate.
    classes : int
    scheme : {"natural", "quantiles", "equal"}
    decimals : int

    Returns
    -------
    tuple of float
        Ascending; fewer than asked where values or printed limits repeat.

    Raises
    ------
    ConfigurationError
        Too many classes, or an unknown scheme.

    Examples
    --------
    >>> rates = np.array([1.0, 2.0, 3.0, 40.0])
    >>> class_limits(rates, classes=2, scheme="quantiles", decimals=1)
    (2.5,)
    >>> class_limits(rates, classes=2, scheme="equal", decimals=1)
    (20.5,)
    """
    _require_classes(classes)
    if scheme not in SCHEMES:
        hint = did_you_mean(scheme, SCHEMES, otherwise=f"Use {', '.join(SCHEMES)}.")
        msg = f"scheme {scheme!r} is unknown. {hint}"
        raise ConfigurationError(msg)
    if scheme == "natural":
        return printed_breaks(values, classes=classes, decimals=decimals)
    known = values[~np.isnan(values)]
    if not len(known):
        return ()
    low, high = float(known.min()), float(known.max())
    parts = np.arange(1, classes) / classes
    cuts = np.quantile(known, parts) if scheme == "quantiles" else low + (high - low) * parts
    printed = dict.fromkeys(round_half_up(float(cut), decimals) for cut in cuts)
    return tuple(limit for limit in printed if low < limit <= high)


def _colours(colours: Sequence[str] | None) -> tuple[str, ...]:
    if colours is None:
        return ()
    wrong = [one for one in colours if not _COLOUR.fullmatch(str(one))]
    if isinstance(colours, str) or wrong or len(colours) < 2:
        first = f"; first: {wrong[0]!r}" if wrong and not isinstance(colours, str) else ""
        msg = f"colours are two or more as '#fbf3c4', from the lowest rates to the highest{first}."
        raise ConfigurationError(msg)
    return tuple(str(one).lower() for one in colours)
