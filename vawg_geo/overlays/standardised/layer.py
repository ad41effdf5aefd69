"""Standardised figures of an edition: a table, and a layer for each series with its panel line."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.rates.intervals import STABLE_EVENTS
from vawg_geo.measures.rates.repeat_victims import limits_of_method
from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.overlays.part import Part, named
from vawg_geo.overlays.standardised.read import EVERY_PERIOD
from vawg_geo.terms.repeat_victims import RepeatVictims, method_with_repeats, split_method
from vawg_geo.terms.rounding import rate_decimals, round_half_up, rounded
from vawg_geo.words.palette import SIGNIFICANCE_COLOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vawg_geo.overlays.overlay import Given
    from vawg_geo.overlays.standardised.settings import StandardisedSettings

__all__ = ["standardised_part"]

_COLUMNS: Final = (
    *("area_code", "level", "indicator", "sex", "period", "standardisation", "standard"),
    *("standardised", "standardised_lower", "standardised_upper", "expected", "significance"),
    *("standardised_per", "rate_method", "status", "basis"),
)
_FIGURES: Final = ("standardised", "standardised_lower", "standardised_upper")
_KEY: Final = ["area_code", "indicator", "sex", "period"]
_CLASSES: Final = (
    OverlayClass(key="higher", label="Higher", ground=SIGNIFICANCE_COLOURS["higher"]),
    OverlayClass(key="similar", label="Similar", ground=SIGNIFICANCE_COLOURS["similar"]),
    OverlayClass(key="lower", label="Lower", ground=SIGNIFICANCE_COLOURS["lower"]),
    OverlayClass(key="not_compared", label="Not compared", ground="#ffffff"),
    OverlayClass(
        key="suppressed", label="Hidden", ground="#ffffff", ink="#5b5660", pattern="diagonal"
    ),
)
_TITLES: Final = {
    "indirect": "Compared with what its ages lead to expect",
    "direct": "Rate with ages of a standard population",
}
_NOTES: Final = {
    "indirect": (
        "Events recorded over those expected if residents of each age had the {standard}; higher "
        "and lower where the 95% interval leaves out 1. Each area is weighted by its own ages: "
        "two ratios are not to be compared with each other."
    ),
    "direct": (
        "The rate if the residents had the ages of the {standard}. Higher and lower where the 95% "
        "interval does not overlap the comparator's. Fewer than 10 events have none."
    ),
}


def standardised_part(given: Given[StandardisedSettings]) -> Part:
    """Table and layers of standardised figures, of counts alone that the edition shows.

    Parameters
    ----------
    given : Given

    Returns
    -------
    Part
    """
    rates = given.rates[~given.rates["rate_method"].str.startswith("wilson")]
    rates = rates[rates["basis"] != "illustrative"]
    frames = []
    # What comes of counts by age is for the analyst alone: a reference of one's own is sums of true
    # counts, hidden ones among them, and direct rates and their limits can be taken apart.
    analyst = given.edition.name == "analyst"
    own = bool(given.settings.reference_area)
    expected, direct = (given.inputs.tables.get(name) for name in ("expected", "direct"))
    if expected is not None and (analyst or not own):
        frames.append(_indirect(rates, expected))
    if direct is not None and analyst:
        frames.append(_direct(rates, direct, per=given.settings.per))
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return Part()
    table = pd.concat(frames, ignore_index=True)[list(_COLUMNS)]
    return Part(
        tables={"standardised": named(table, given.edition.area_names())},
        layers=tuple(_layers(table, given)),
    )


def _indirect(rates: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Observed over expected, of the counts that the edition shows."""
    own = expected[expected["period"] != EVERY_PERIOD]
    every = expected[expected["period"] == EVERY_PERIOD].drop(columns="period")
    rows = pd.concat(
        [rates.merge(own, on=_KEY), rates.merge(every, on=[n for n in _KEY if n != "period"])],
        ignore_index=True,
    )
    counts = rows["count"].astype("Float64").to_numpy(float, na_value=np.nan)
    known = ~np.isnan(counts) & (rows["expected"] > 0).to_numpy()
    below = rows["expected"].where(known).to_numpy(float)
    lower, upper = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for told, places in rows.groupby("rate_method", sort=False).indices.items():
        limits = limits_of_method(str(told))(counts[places], confidence=0.95)
        lower[places], upper[places] = limits[0] / below[places], limits[1] / below[places]
    hidden = rows["status"].where(~known & (rows["status"] != "value"), "missing")
    words = np.where(counts == 0, "zero", np.where(counts < STABLE_EVENTS, "unstable", "value"))
    signs = np.where(lower > 1, "higher", np.where(upper < 1, "lower", "similar"))
    return rows.assign(
        standardisation="indirect",
        standardised=counts / below,
        standardised_lower=lower,
        standardised_upper=upper,
        # Beside a count that is hidden nothing stands that goes with it.
        expected=rounded(below, 1),
        standardised_per=1.0,
        significance=np.where(known, signs, "not_compared"),
        status=np.where(known, words, hidden),
    )


def _direct(rates: pd.DataFrame, direct: pd.DataFrame, *, per: float) -> pd.DataFrame:
    """Rates of a standard population, where the edition shows the count itself."""
    names = {"rate": "direct", "rate_lower": "direct_lower", "rate_upper": "direct_upper"}
    own = direct.rename(columns=names | {"count": "by_age", "status": "status_by_age"})
    rows = rates.merge(own.drop(columns="level"), on=_KEY)
    _require_no_more(rows)
    shown = rows["count"].notna().to_numpy()
    known = shown & rows["direct"].notna().to_numpy()
    rate = np.where(known, rows["direct"].to_numpy(float), np.nan)
    victims = [split_method(str(told))[1] for told in rows["rate_method"]]
    wider = np.sqrt([1.0 if one is None else one.variance_factor for one in victims])
    lower = np.maximum(rate - wider * (rate - rows["direct_lower"].to_numpy(float)), 0)
    upper = rate + wider * (rows["direct_upper"].to_numpy(float) - rate)
    figures = dict(zip(_FIGURES, (rate * per, lower * per, upper * per), strict=True))
    peak = rows.assign(**figures).groupby(["indicator", "sex"])["standardised"].transform("max")
    return rows.assign(
        # As they are printed: more digits would give the counts by age away.
        **{name: _printed(values, peak) for name, values in figures.items()},
        standardisation="direct",
        expected=np.nan,
        standardised_per=per,
        status=np.where(shown, rows["status_by_age"], rows["status"]),
        rate_method=[
            "byar"
            if one is None
            else method_with_repeats("byar", RepeatVictims(variance_factor=one.variance_factor))
            for one in victims
        ],
    ).pipe(_compared)


def _printed(values: NDArray[np.float64], peak: pd.Series) -> NDArray[np.float64]:
    pairs = zip(values.tolist(), peak.tolist(), strict=True)
    return np.array([v if isnan(v) else round_half_up(v, rate_decimals(top)) for v, top in pairs])


def _compared(rows: pd.DataFrame) -> pd.DataFrame:
    """Higher and lower than the comparator's rate of the same standard population."""
    key = ["comparator", *_KEY[1:]]
    whole = rows[[*_KEY, *_FIGURES]].rename(columns={"area_code": "comparator"})
    against = rows[key].merge(whole, how="left", on=key)
    mine, theirs = rows[list(_FIGURES)].to_numpy(float), against[list(_FIGURES)].to_numpy(float)
    signs = np.where(
        mine[:, 1] > theirs[:, 2], "higher", np.where(mine[:, 2] < theirs[:, 1], "lower", "similar")
    )
    is_part = (rows["area_code"] != rows["comparator"]).to_numpy()
    both = ~np.isnan(mine[:, 0]) & ~np.isnan(theirs[:, 0]) & is_part
    return rows.assign(significance=np.where(both, signs, "not_compared"))


def _require_no_more(rows: pd.DataFrame) -> None:
    """Refuse counts by age that are more than the counts themselves."""
    more = (rows["by_age"] > rows["count"].astype("Float64")).fillna(value=False).astype(bool)
    if more.any():
        first = rows[more].iloc[0]
        raise InputError(
            problem(
                "are more than the area's count",
                bad=int(more.sum()),
                total=len(rows),
                noun="sums of counts by age",
                first=f"{first['area_code']!r}, {first['indicator']!r}, {first['sex']}",
                action="Give both of the same events; those of unknown age may be left out.",
            )
        )


def _layers(table: pd.DataFrame, given: Given[StandardisedSettings]) -> list[OverlayLayer]:
    layers = []
    by = ["level", "standardisation", "indicator", "sex", "period"]
    for key, rows in table.groupby(by, sort=False):
        level, kind, indicator, sex, period = map(str, key)
        if level not in given.edition.areas or len(given.edition.areas[level]) < 2:
            continue
        layers.append(
            OverlayLayer(
                name=f"standardised-{kind}",
                group="By age",
                title=_TITLES[kind],
                level=level,
                classes=_CLASSES,
                by_area={row["area_code"]: _value(row) for row in rows.to_dict("records")},
                note=_NOTES[kind].format(standard=rows["standard"].iloc[0]),
                series=(indicator, sex, period),
            )
        )
    return layers


def _value(row: dict[Any, Any]) -> AreaValue:
    if pd.isna(row["standardised"]):
        return AreaValue(key="suppressed" if row["status"] == "suppressed" else None)
    ratio = row["standardisation"] == "indirect"
    decimals = 2 if ratio else 1
    value, low, high = (f"{round_half_up(row[name], decimals):,.{decimals}f}" for name in _FIGURES)
    few = " It rests on fewer than 10 events." if row["status"] == "unstable" else ""
    what = (
        f"{value} times the events expected from its ages"
        if ratio
        else f"{value} per {row['standardised_per']:,.0f}, ages of the {row['standard']}"
    )
    return AreaValue(
        key=row["significance"],
        words=f"{what} (95% interval {low} to {high}).{few}",
        short=value,
    )
