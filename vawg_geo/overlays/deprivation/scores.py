"""Deprivation of wards and districts, and an edition's rates beside it.

Scores of areas are population-weighted means of their LSOAs' scores. All rates come from an
edition, so that what the edition hides takes part in nothing here; illustrative counts never do.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.rates.inequality import rate_by_group
from vawg_geo.overlays.deprivation.claims import source_claims
from vawg_geo.overlays.deprivation.links import deprivation_links
from vawg_geo.overlays.deprivation.rates import Series, plural, series_of
from vawg_geo.terms.columns import require_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "bivariate_classes",
    "decile_limits",
    "deprivation_links",
    "deprivation_scores",
    "rates_by_deprivation",
    "source_claims",
]

_MOST_DEPRIVED: Final = 2
_CLASSES: Final = 3
# Fewer areas than this in a tenth make its rate an area's rather than a tenth's.
_FEWEST_IN_GROUP: Final = 5
# Two to a class, as among six districts, is the least that a class can be read of.
_FEWEST_FOR_CLASSES: Final = 6

Groups = Literal["auto", "deciles", "fifths"]


def deprivation_scores(
    lsoas: pd.DataFrame, *, by: Literal["ward", "district"] = "ward"
) -> pd.DataFrame:
    """Deprivation of wards or districts, from their LSOAs.

    Parameters
    ----------
    lsoas : pandas.DataFrame, one row per LSOA
        `lsoa_code, ward_code, district_code, population` (all ages), `score, rank, decile`. The
        score is higher, rank and decile are lower where deprivation is.
    by : {"ward", "district"}

    Returns
    -------
    pandas.DataFrame
        Most deprived first: `area_code, level, score, place` (1 the most deprived of these areas),
        `decile, decile_note, lsoas, lsoas_most_deprived` (deciles 1 and 2), `share_most_deprived`
        (residents in these, 0 to 1), `score_lowest, score_highest, population`.

    Raises
    ------
    InputError
        A column is absent, an LSOA repeats, a score is missing or a population is not above 0.

    Notes
    -----
    score = sum(population x score) / sum(population), as in the Indices' own average score of a
    local authority, whose population is that of mid-2012; here it is the table's.

    `decile` is the national decile of LSOAs in which the score would fall. The limits are those of
    `decile_limits`, so they are as fine as the table of LSOAs; where the score lies in a gap,
    `decile_note` says so. No area of this size is as deprived as its most deprived LSOA: areas'
    scores reach the outer deciles seldom.

    Examples
    --------
    >>> lsoas = pd.DataFrame({
    ...     "lsoa_code": ["E01000001", "E01000002"], "ward_code": "E05000001",
    ...     "district_code": "E07000008", "population": [1000, 3000], "score": [40.0, 20.0],
    ...     "rank": [5000, 14000], "decile": [2, 5]})
    >>> deprivation_scores(lsoas)[["area_code", "score", "share_most_deprived"]]
       area_code  score  share_most_deprived
    0  E05000001   25.0                 0.25
    """
    column = f"{by}_code"
    needed = ("lsoa_code", column, "population", "score", "rank", "decile")
    require_columns(lsoas, needed, "LSOAs")
    _require_lsoas(lsoas)
    table = lsoas.assign(
        weighted=lsoas["score"] * lsoas["population"],
        deprived=lsoas["decile"] <= _MOST_DEPRIVED,
        residents=lsoas["population"].where(lsoas["decile"] <= _MOST_DEPRIVED, 0),
    )
    sums = table.groupby(column).agg(
        weighted=("weighted", "sum"),
        population=("population", "sum"),
        lsoas=("lsoa_code", "size"),
        lsoas_most_deprived=("deprived", "sum"),
        residents=("residents", "sum"),
        score_lowest=("score", "min"),
        score_highest=("score", "max"),
    )
    sums["score"] = sums["weighted"] / sums["population"]
    sums["share_most_deprived"] = sums["residents"] / sums["population"]
    sums["place"] = sums["score"].rank(ascending=False, method="min").astype(int)
    sums["decile"], sums["decile_note"] = _deciles(sums["score"], lsoas)
    columns = [
        "area_code",
        "level",
        "score",
        "place",
        "decile",
        "decile_note",
        "lsoas",
        "lsoas_most_deprived",
        "share_most_deprived",
        "score_lowest",
        "score_highest",
        "population",
    ]
    found = sums.rename_axis("area_code").reset_index().assign(level=by)
    return found.sort_values(["place", "area_code"], ignore_index=True)[columns]


def decile_limits(lsoas: pd.DataFrame) -> pd.DataFrame:
    """Scores at which one national decile of LSOAs ends and the next begins.

    Parameters
    ----------
    lsoas : pandas.DataFrame
        `score, decile`, with LSOAs of several deciles.

    Returns
    -------
    pandas.DataFrame
        `decile, next_decile, limit, lowest, highest`, most deprived first: `lowest` is the lowest
        score seen in `decile`, `highest` the highest in `next_decile`, and `limit`, half way
        between, is off by no more than half their distance. The national limit itself stands in no
        table of a part of England.

    Raises
    ------
    InputError
        A less deprived decile has a higher score.

    Examples
    --------
    >>> decile_limits(pd.DataFrame({"score": [50.0, 44.0, 36.0], "decile": [1, 2, 2]}))
       decile  next_decile  limit  lowest  highest
    0       1            2   47.0    50.0     44.0
    """
    ends = lsoas.groupby("decile")["score"].agg(["min", "max"]).sort_index()
    rows = []
    for here, after in pairwise(ends.index):
        lowest, highest = float(ends.loc[here, "min"]), float(ends.loc[after, "max"])
        if highest > lowest:
            msg = (
                f"decile {after:g} has a score of {highest:g}, above {lowest:g} of decile "
                f"{here:g}. "
                "Decile 1 is the most deprived, with the highest scores: look at the table."
            )
            raise InputError(msg)
        rows.append((int(here), int(after), (lowest + highest) / 2, lowest, highest))
    return pd.DataFrame(rows, columns=["decile", "next_decile", "limit", "lowest", "highest"])


def rates_by_deprivation(
    rates: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    groups: Groups = "auto",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Rate of the areas in each national tenth or fifth of deprivation.

    Parameters
    ----------
    rates : pandas.DataFrame
        An edition's, with the columns of `tables.RATES`. Rows of basis `illustrative`, and
        levels without scores, take no part.
    scores : pandas.DataFrame
        As `deprivation_scores` gives them, of one or more levels.
    groups : {"auto", "deciles", "fifths"}
        `auto` takes deciles unless one of those in use has fewer than 5 areas with a count.
    confidence : float
        Of `rate_lower` and `rate_upper`.

    Returns
    -------
    pandas.DataFrame
        `level, indicator, sex, period, grouping` ("national decile" or "national fifth"), `group`
        (1 the most deprived), `areas, areas_without, count, population, rate, rate_lower,
        rate_upper, rate_per, rate_method, status, note`. Only areas whose count is shown are in
        `areas` and the sums; the others are counted in `areas_without` and named in `note`.
        Groups that hold none of the areas are left out.

    Raises
    ------
    InputError
        A column is absent, a row repeats, or `groups` is unknown.

    Notes
    -----
    Rate = sum of counts / sum of populations; limits by the rates' own method.
    """
    if groups not in ("auto", "deciles", "fifths"):
        msg = f"{groups!r} are no groups. Choose auto, deciles or fifths."
        raise InputError(msg)
    found = [_by_group(series, groups, confidence) for series in series_of(rates, scores)]
    columns = [
        "level",
        "indicator",
        "sex",
        "period",
        "grouping",
        "group",
        "areas",
        "areas_without",
        "count",
        "population",
        "rate",
        "rate_lower",
        "rate_upper",
        "rate_per",
        "rate_method",
        "status",
        "note",
    ]
    if not found:
        return pd.DataFrame(columns=columns)
    return pd.concat(found, ignore_index=True)[columns]


def bivariate_classes(rates: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Three classes of rate by three of deprivation, for a map of nine colours.

    Parameters
    ----------
    rates, scores : pandas.DataFrame
        As in `rates_by_deprivation`.

    Returns
    -------
    pandas.DataFrame
        `area_code, area_name, level, indicator, sex, period, rate_class, deprivation_class` (1 low
        to 3 high, 3 the most deprived; missing where there is none), `status, rate_limit_1,
        rate_limit_2, deprivation_limit_1, deprivation_limit_2, note`. A figure equal to a limit
        belongs below it. Status is the rate's own; an area without a score has no class at all.

    Notes
    -----
    Limits are thirds of the areas of the series with a count (rate) and of all its areas
    (deprivation), so that a hidden rate moves no limit. Nine colours show where both are high; they
    test nothing: see `deprivation_links`. With fewer than 6 areas shown there are no rate classes.
    """
    found = [_bivariate(series) for series in series_of(rates, scores)]
    columns = [
        "area_code",
        "area_name",
        "level",
        "indicator",
        "sex",
        "period",
        "rate_class",
        "deprivation_class",
        "status",
        "rate_limit_1",
        "rate_limit_2",
        "deprivation_limit_1",
        "deprivation_limit_2",
        "note",
    ]
    if not found:
        return pd.DataFrame(columns=columns)
    return pd.concat(found, ignore_index=True)[columns]


def _by_group(series: Series, groups: Groups, confidence: float) -> pd.DataFrame:
    rows = series.rows[series.rows["decile"].notna()]
    first = series.rows.iloc[0]
    deciles = rows["decile"].astype(int)
    grouping = "national decile"
    fewest = rows["shown"].groupby(deciles).sum().min()
    if groups == "fifths" or (groups == "auto" and fewest < _FEWEST_IN_GROUP):
        deciles, grouping = (deciles + 1) // 2, "national fifth"
    sums = rate_by_group(
        rows["count"].where(rows["shown"]),
        rows["population"].where(rows["shown"]),
        deciles,
        per=float(first["rate_per"]),
        method=str(first["rate_method"]),
        confidence=confidence,
    )
    without = (~rows["shown"]).groupby(deciles).sum()
    notes = {group: Series(key=series.key, rows=part).note for group, part in rows.groupby(deciles)}
    hidden = rows["status"].eq("suppressed").groupby(deciles).any()
    group = sums["group"]
    few = [_few_note(int(n), series.key["level"]) for n in sums["areas"]]
    return sums.assign(
        **series.key,
        grouping=grouping,
        areas_without=group.map(without),
        rate_per=first["rate_per"],
        rate_method=first["rate_method"],
        status=sums["status"].mask(sums["areas"].eq(0) & group.map(hidden), "suppressed"),
        note=[f"{notes[g]} {more}".strip() for g, more in zip(group, few, strict=True)],
    )


def _few_note(areas: int, level: str) -> str:
    if not 0 < areas < _FEWEST_IN_GROUP:
        return ""
    word = level.replace("_", " ") if areas == 1 else plural(level)
    return f"{areas} {word} only: this is a rate of places, hardly of a group."


def _bivariate(series: Series) -> pd.DataFrame:
    rows, shown = series.rows, series.shown
    note = series.note
    enough = len(shown) >= _FEWEST_FOR_CLASSES
    if not enough:
        note = f"Fewer than {_FEWEST_FOR_CLASSES} areas have a rate: no classes of it. {note}"
    rate_limits = _thirds(shown["rate"]) if enough else (np.nan, np.nan)
    score_limits = _thirds(rows["score"].dropna())
    if rate_limits[0] == rate_limits[1]:
        note = f"So many areas have the same rate that a class is empty. {note}"
    return rows.assign(
        **series.key,
        rate_class=_class_of(rows["rate"].where(rows["shown"]), rate_limits),
        deprivation_class=_class_of(rows["score"], score_limits),
        rate_limit_1=rate_limits[0],
        rate_limit_2=rate_limits[1],
        deprivation_limit_1=score_limits[0],
        deprivation_limit_2=score_limits[1],
        note=note.strip(),
    )


def _thirds(values: pd.Series) -> tuple[float, float]:
    low, high = np.quantile(values.to_numpy(float), [1 / _CLASSES, 2 / _CLASSES])
    return float(low), float(high)


def _class_of(values: pd.Series, limits: tuple[float, float]) -> Any:
    numbers = values.to_numpy(float, na_value=np.nan)
    # A limit that is interpolated between equal figures must not fall a rounding below them.
    slack = 1e-12 * (1 + np.abs(limits[1]))
    classes = 1 + sum((numbers > limit + slack).astype(int) for limit in limits)
    known = ~np.isnan(numbers) & ~np.isnan(limits[0])
    return pd.array(np.where(known, classes, np.nan), dtype="Int64")


def _deciles(scores: pd.Series, lsoas: pd.DataFrame) -> tuple[NDArray[np.int64], list[str]]:
    """Decile of each score, and a note where it lies between two deciles' seen scores."""
    limits = decile_limits(lsoas)
    ordered = np.sort(lsoas["decile"].unique()).astype(np.int64)
    place = (scores.to_numpy(float)[:, None] < limits["limit"].to_numpy(float)).sum(axis=1)
    ends = limits[["highest", "lowest", "decile", "next_decile"]].to_numpy(float).tolist()
    return ordered[place], [_gap_note(float(score), ends) for score in scores]


def _gap_note(score: float, ends: list[list[float]]) -> str:
    # A mean of one LSOA is its score but for the last bit.
    slack = 1e-9 * (1 + abs(score))
    for highest, lowest, decile, following in ends:
        if highest + slack < score < lowest - slack:
            return (
                f"Between the scores seen in deciles {decile:.0f} and {following:.0f}: the nearer "
                "was taken."
            )
    return ""


def _require_lsoas(lsoas: pd.DataFrame) -> None:
    checks = (
        (lsoas["lsoa_code"].duplicated(), "repeat an earlier row", "Keep one row for each."),
        (
            lsoas[["score", "decile"]].isna().any(axis=1),
            "have no score or decile",
            "Add them from the Indices of Deprivation, or leave these LSOAs out.",
        ),
        (
            ~(lsoas["population"] > 0),
            "have no positive population",
            "Add their residents of all ages.",
        ),
    )
    if lsoas.empty:
        msg = "the table of LSOAs is empty. Give one row for each LSOA of the areas."
        raise InputError(msg)
    for bad, what, action in checks:
        if bad.any():
            first = repr(lsoas.loc[bad, "lsoa_code"].iloc[0])
            msg = problem(
                what,
                bad=int(bad.sum()),
                total=len(lsoas),
                noun="LSOAs",
                first=first,
                action=action,
            )
            raise InputError(msg)
