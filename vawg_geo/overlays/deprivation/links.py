"""How closely an edition's rates follow deprivation, in numbers and in words.

The words are for an officer: what was found, how sure one can be of it, and that a link between
areas says nothing about the persons who live in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.measures.rates.aligned import require_same_areas
from vawg_geo.measures.rates.inequality import Estimate, relative_index, slope_index, spearman
from vawg_geo.overlays.deprivation.models import (
    FEWEST_FOR_MODELS,
    SpatialFit,
    fit_in_place,
    models_are_installed,
)
from vawg_geo.overlays.deprivation.rates import plural, series_of
from vawg_geo.terms.rounding import rate_decimals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vawg_geo.overlays.deprivation.rates import Series
    from vawg_geo.terms.graph import Neighbours

__all__ = ["LINK_COLUMNS", "deprivation_links", "limits_in_words"]

LINK_COLUMNS: Final = (
    "level",
    "indicator",
    "sex",
    "period",
    "statistic",
    "value",
    "lower",
    "upper",
    "p_value",
    "areas",
    "areas_without",
    "status",
    "words",
    "note",
)
# Below this the limits are a rough guide, and the words say so.
_FEW: Final = 25
# A ratio whose upper limit is so many times its lower one is not printed in words.
_USELESS: Final = 100
# Moran's I of a model's residuals below which the pattern counts as taken up.
_LITTLE: Final = 0.1


def deprivation_links(
    rates: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    neighbours: Mapping[str, Neighbours] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Rank correlation, slope and relative index of inequality, and a model in place.

    Parameters
    ----------
    rates : pandas.DataFrame
        An edition's, with the columns of `tables.RATES`. Rows of basis `illustrative`, and
        levels without scores, take no part.
    scores : pandas.DataFrame
        `area_code, score, decile` as `deprivation_scores` gives them, of one or more levels.
    neighbours : mapping of str to Neighbours, optional
        By level, of all its areas. With them, and `spreg` installed, a spatial lag or error model
        is fitted where the residuals of a straight line ask for one.
    confidence : float
        Of `lower` and `upper`.

    Returns
    -------
    pandas.DataFrame
        `level, indicator, sex, period, statistic, value, lower, upper, p_value, areas,
        areas_without, status, words, note`. `statistic` is `spearman`; `sii` (in the rate's own
        unit); `rii` (a ratio); `spatial lag`, `spatial error` or `least squares` (change of the
        rate per point of score; the last where the diagnostics ask for no more); or
        `spatial model` where none could be examined. `status` is `value`, or `not_applicable`
        where there is no value and `words` says why.

    Raises
    ------
    InputError
        A column is absent, a row repeats, or an area is not among its level's neighbours.

    Notes
    -----
    Formulas and sources: `measures.inequality`, `overlays.spatial_models`. The model in place takes
    all areas alike, however many people they have; slope and ratio weigh them. P-values are of one
    series each and not adjusted for the number of series.
    """
    rows: list[dict[str, Any]] = []
    for series in series_of(rates, scores):
        shown = series.shown
        found = {
            "spearman": spearman(shown["score"], shown["rate"], confidence=confidence),
            "sii": slope_index(
                shown["count"],
                shown["population"],
                shown["score"],
                per=_per(series),
                confidence=confidence,
            ),
            "rii": relative_index(
                shown["count"], shown["population"], shown["score"], confidence=confidence
            ),
        }
        rows += [
            _row(series, name, estimate, _WORDS[name](estimate, series, confidence))
            for name, estimate in found.items()
        ]
        level = series.key["level"]
        if neighbours is not None and level in neighbours:
            rows.append(_in_place(series, neighbours[level], confidence))
    return pd.DataFrame(rows, columns=list(LINK_COLUMNS))


def limits_in_words(estimate: Estimate, decimals: int, confidence: float) -> str:
    """Limits as printed.

    Examples
    --------
    >>> limits_in_words(Estimate(value=1, lower=-0.5, upper=2, p_value=0.2, areas=9), 1, 0.95)
    '95% interval -0.5 to 2.0'
    """
    return (
        f"{confidence * 100:g}% interval {_number(estimate.lower, decimals)} to "
        f"{_number(estimate.upper, decimals)}"
    )


def _row(series: Series, statistic: str, found: Estimate, words: str) -> dict[str, Any]:
    return {
        **series.key,
        "statistic": statistic,
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "p_value": found.p_value,
        "areas": found.areas,
        "areas_without": series.without,
        "status": "not_applicable" if found.why else "value",
        "words": f"{words}{_few(found, series)}",
        "note": series.note,
    }


def _per(series: Series) -> float:
    return float(series.rows["rate_per"].iloc[0])


def _number(value: float, decimals: int) -> str:
    # Adding nothing turns a rounded -0.0 into 0.0.
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def _few(found: Estimate, series: Series) -> str:
    if found.why or found.areas >= _FEW:
        return ""
    areas = plural(series.key["level"])
    return (
        f" {found.areas} {areas} are few: the interval is a rough guide and one area can turn it."
    )


def _nothing(found: Estimate) -> str:
    return f"Nothing can be said: {found.why}."


def _sureness(found: Estimate, null: float) -> str:
    if found.lower > null or found.upper < null:
        return "Chance alone would seldom give this."
    return "The interval includes no link at all, so this may be chance."


def _spearman_words(found: Estimate, series: Series, confidence: float) -> str:
    if found.why:
        return _nothing(found)
    areas = plural(series.key["level"])
    limits = limits_in_words(found, 2, confidence)
    if found.lower > 0:
        said = f"More deprived {areas} tend to have higher rates"
    elif found.upper < 0:
        said = f"More deprived {areas} tend to have lower rates"
    else:
        said = f"No clear order: the rates of {areas} may or may not follow deprivation"
    return (
        f"{said} (rank correlation {_number(found.value, 2)}, {limits}, {found.areas} {areas}). "
        f"{_sureness(found, 0)}"
    )


def _sii_words(found: Estimate, series: Series, confidence: float) -> str:
    if found.why:
        return _nothing(found)
    decimals = rate_decimals(float(series.shown["rate"].max()))
    more = "higher" if found.value >= 0 else "lower"
    return (
        f"On a straight line from the least to the most deprived resident, the rate ends "
        f"{_number(abs(found.value), decimals)} per {_per(series):,g} {more} than it begins "
        f"({limits_in_words(found, decimals, confidence)}). {_sureness(found, 0)}"
    )


def _rii_words(found: Estimate, series: Series, confidence: float) -> str:  # noqa: ARG001
    if found.why:
        return _nothing(found)
    if found.upper > _USELESS * found.lower:
        return "The limits are so far apart that the ratio of the two ends says nothing."
    return (
        f"The rate at the most deprived end is {_number(found.value, 2)} times that at the least "
        f"deprived ({limits_in_words(found, 2, confidence)}). {_sureness(found, 1)}"
    )


_WORDS: Final[dict[str, Callable[[Estimate, Series, float], str]]] = {
    "spearman": _spearman_words,
    "sii": _sii_words,
    "rii": _rii_words,
}


def _in_place(series: Series, neighbours: Neighbours, confidence: float) -> dict[str, Any]:
    """Row of the model that the residuals ask for, or of why there is none."""
    areas = plural(series.key["level"])
    shown = series.shown.set_index("area_code")
    if len(shown) < FEWEST_FOR_MODELS:
        why = f"fewer than {FEWEST_FOR_MODELS} {areas} have both figures"
        return _row(series, "spatial model", *_unfit(len(shown), why))
    if not models_are_installed():
        why = "the model needs spreg, which is not installed (vawg-geo[models])"
        return _row(series, "spatial model", *_unfit(len(shown), why))
    keep = np.isin(np.asarray(neighbours.ids, dtype=object), shown.index.to_numpy(object))
    among = neighbours.among(keep)
    _require_known(shown.index, among)
    shown = shown.loc[list(among.ids)]
    fit = fit_in_place(
        shown["rate"].to_numpy(float),
        shown["score"].to_numpy(float),
        among,
        confidence=confidence,
    )
    if fit is None:
        why = f"too few {areas} have neighbours with a figure, or all have the same"
        return _row(series, "spatial model", *_unfit(len(shown), why))
    found = Estimate(
        value=fit.slope,
        lower=fit.lower,
        upper=fit.upper,
        p_value=fit.p_value,
        areas=fit.areas,
    )
    name = "least squares" if fit.kind == "none" else f"spatial {fit.kind}"
    return _row(series, name, found, _model_words(fit, found, series, confidence))


def _unfit(areas: int, why: str) -> tuple[Estimate, str]:
    found = Estimate.nothing(areas, why)
    return found, _nothing(found)


def _model_words(fit: SpatialFit, found: Estimate, series: Series, confidence: float) -> str:
    areas = plural(series.key["level"])
    decimals = rate_decimals(abs(found.value))
    slope = (
        f"{_number(found.value, decimals)} per {_per(series):,g} for each point of score "
        f"({limits_in_words(found, decimals, confidence)})"
    )
    tests = (
        f"Moran's I {fit.moran:.2f}, p {_p_words(fit.moran_p)}; lag p {_p_words(fit.lag_p)}, "
        f"error p {_p_words(fit.error_p)}"
    )
    left = f" {fit.islands} {areas} without neighbours were left out." if fit.islands else ""
    if fit.kind == "none":
        return (
            f"What deprivation leaves unexplained shows no pattern on the map ({tests}), so a "
            f"plain line stands: {slope}.{left}"
        )
    because = {
        "lag": "the rates of neighbours go together beyond what deprivation says",
        "error": "something else that neighbours share moves their rates",
    }[fit.kind]
    after = (
        f"Little of the pattern is left (Moran's I {fit.moran_after:.2f})."
        if abs(fit.moran_after) < _LITTLE
        else f"Some of the pattern is left (Moran's I {fit.moran_after:.2f}): trust this less."
    )
    return (
        f"Deprivation leaves a pattern on the map ({tests}): {because}. Allowing for it, the rate "
        f"changes by {slope}. {_sureness(found, 0)} {after}{left}"
    )


def _p_words(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


def _require_known(codes: pd.Index, among: Neighbours) -> None:
    require_same_areas(pd.Index(sorted(codes)), sorted(among.ids), what="rates")
