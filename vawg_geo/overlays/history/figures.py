"""Figures that a source published of several periods: as a table, with rates and with changes.

Numbers are compared as they are, and as rates where residents of both periods are known. Of one
area alone nobody can say how it varies from year to year beyond chance, so limits are of chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, did_you_mean, problem
from vawg_geo.measures.rates.intervals import exact_interval
from vawg_geo.measures.time.change import rate_ratio
from vawg_geo.measures.time.periods import Timeline
from vawg_geo.measures.time.trend import FEWEST_POINTS, recent_trend
from vawg_geo.overlays.history.words import HISTORY
from vawg_geo.terms.codes import level_of_code, read_sex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.overlays.history.settings import HistorySeries, HistorySettings

__all__ = ["changes_of", "figures_over_time", "require_series"]

_KEY: Final = ["area_code", "sex", "category", "period"]
_STATUSES: Final = ("value", "zero", "missing", "suppressed")
_RATE: Final = ("published_rate", "published_rate_lower", "published_rate_upper")


def require_series(figures: pd.DataFrame | None, settings: HistorySettings) -> None:
    """Refuse series that the table of figures does not have, before anything is computed.

    Parameters
    ----------
    figures : pandas.DataFrame, optional
        As the form reads them; None where the configuration names no file.
    settings : HistorySettings

    Raises
    ------
    ConfigurationError
        A series names an indicator or group that is not there, or there is no table.
    InputError
        A figure is no count, or stands twice.
    """
    for series in settings.series:
        if figures is None:
            msg = "[[overlays.history.series]] needs figures. Name them: file = ..."
            raise ConfigurationError(msg)
        indicators = list(dict.fromkeys(figures["indicator"]))
        _require_known(series.indicator, indicators, "indicator", series)
        rows = figures[figures["indicator"] == series.indicator]
        groups = list(dict.fromkeys(rows["category"]))
        for group in (series.whole, *series.without):
            _require_known(group, groups, "group", series)
        if bool(series.without) != bool(series.called):
            msg = (
                f"[[overlays.history.series]] {series.indicator!r}: without and called go "
                "together. Say what the whole is called when these groups are taken off."
            )
            raise ConfigurationError(msg)
        _require_counts(rows)


def _require_known(name: str, known: list[str], what: str, series: HistorySeries) -> None:
    if name not in known:
        hint = did_you_mean(name, known, otherwise=f"It has {', '.join(map(repr, known[:5]))}.")
        msg = (
            f"[[overlays.history.series]] {series.indicator!r}: the figures have no {what} "
            f"{name!r}. {hint}"
        )
        raise ConfigurationError(msg)


def _require_counts(rows: pd.DataFrame) -> None:
    numbers = pd.to_numeric(rows["value"].where(~_without_figure(rows)), errors="coerce")
    wrong = ~_without_figure(rows) & ~(numbers.ge(0) & numbers.mod(1).eq(0))
    repeated = rows.duplicated(_KEY)
    for bad, what, action in (
        (wrong, "are no counts", "Give whole numbers, or leave out what is no count."),
        (repeated, "stand twice", "Leave one row for each."),
    ):
        if bad.any():
            row = rows[bad].iloc[0]
            raise InputError(
                problem(
                    what,
                    bad=int(bad.sum()),
                    total=len(rows),
                    noun="figures over time",
                    first=f"{row['category']!r}, {row['period']}: {row['value']!r}",
                    action=action,
                )
            )


def _without_figure(rows: pd.DataFrame) -> pd.Series:
    """Which rows have no number, and are said not to have one."""
    return (rows["value"] == "") | rows["status"].isin(("missing", "suppressed"))


def figures_over_time(
    figures: pd.DataFrame, residents: pd.DataFrame | None, settings: HistorySettings
) -> pd.DataFrame:
    """Every series by area, group and period, with rates where residents are known.

    Parameters
    ----------
    figures : pandas.DataFrame
        As the form reads them, and as `require_series` lets them through.
    residents : pandas.DataFrame, optional
        `area_code, category, period, population`.
    settings : HistorySettings

    Returns
    -------
    pandas.DataFrame
        The columns of `published_over_time` but for the names of areas, the earliest period first.
        A figure that is absent or hidden at the source is empty, and never zero.

    Examples
    --------
    >>> from vawg_geo.overlays.history.settings import HistorySeries, HistorySettings
    >>> figures = pd.DataFrame({"area_code": "E10000003", "indicator": "referrals", "sex": "",
    ...     "category": ["all ages", "Unborn"], "period": "2015/16", "value": ["349", "13"],
    ...     "status": "", "note": ""})
    >>> people = pd.DataFrame({"area_code": ["E10000003"], "category": "0-17 years",
    ...     "period": "2015/16", "population": [131427.0]})
    >>> series = HistorySeries(indicator="referrals", whole="all ages", without=("Unborn",),
    ...     called="0-17 years")
    >>> found = figures_over_time(figures, people, HistorySettings(series=(series,)))
    >>> found[["category", "count", "published_rate"]].round(2).values.tolist()
    [['all ages', 349, nan], ['0-17 years', 336, 2.56], ['Unborn', 13, nan]]
    """
    parts = []
    for series in settings.series:
        rows = _counted(figures[figures["indicator"] == series.indicator], series)
        if residents is not None:
            people = residents[["area_code", "category", "period", "population"]]
            rows = rows.merge(people, on=["area_code", "category", "period"], how="left")
        else:
            rows["population"] = np.nan
        parts.append(_rated(rows, series))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _counted(rows: pd.DataFrame, series: HistorySeries) -> pd.DataFrame:
    """Counts of one series in the order of time, with the whole less what is taken off."""
    numbers = pd.to_numeric(rows["value"], errors="coerce")
    said = rows["status"].where(rows["status"].isin(_STATUSES), "")
    known = np.where(numbers.eq(0), "zero", np.where(numbers.isna(), "missing", "value"))
    table = rows.assign(
        indicator=series.title or series.indicator,
        level=[level_of_code(code) or "" for code in rows["area_code"]],
        sex=[read_sex(sex) or sex if sex else "persons" for sex in rows["sex"]],
        count=numbers,
        status=said.where(said != "", pd.Series(known, index=rows.index)),
        basis="published",
    )
    if series.without:
        table = pd.concat([table, _left(table, series)], ignore_index=True)
    words = Timeline.of(table["period"]).words
    groups = [series.whole, *([series.called] if series.called else [])]
    order = list(dict.fromkeys([*groups, *table["category"]]))
    place = table["period"].map(words.index)
    group = table["category"].map(order.index)
    table = table.assign(place=place, group=group)
    names = ["area_code", "level", "indicator", "sex", "period", "category", "count", "status"]
    table = table.sort_values(["area_code", "sex", "group", "place"], kind="stable")
    return table[[*names, "basis", "note"]].reset_index(drop=True)


def _left(table: pd.DataFrame, series: HistorySeries) -> pd.DataFrame:
    """The whole when groups without residents are taken off; empty where one of them is."""
    key = ["area_code", "sex", "period"]
    off = table[table["category"].isin(series.without)]
    sums = off.groupby(key)["count"].agg(lambda counts: counts.sum(skipna=False))
    complete = off.groupby(key)["count"].size() == len(series.without)
    whole = table[table["category"] == series.whole]
    index = pd.MultiIndex.from_frame(whole[key])
    left = whole["count"].to_numpy(float) - sums.where(complete).reindex(index).to_numpy(float)
    note = HISTORY["taken_off"].format(whole=series.whole, off=", ".join(series.without))
    status = np.where(np.isnan(left), "missing", np.where(left == 0, "zero", "value"))
    return whole.assign(category=series.called, count=left, status=status, note=note)


def _rated(rows: pd.DataFrame, series: HistorySeries) -> pd.DataFrame:
    counts, people = (rows[name].to_numpy(float) for name in ("count", "population"))
    lower, upper = exact_interval(counts)
    rates = (value / people * series.per for value in (counts, lower, upper))
    return rows.assign(
        count=rows["count"].astype("Int64"),
        **dict(zip(_RATE, rates, strict=True)),
        rate_per=series.per,
        source=series.source,
        caveat=series.caveat,
    )


def changes_of(table: pd.DataFrame) -> pd.DataFrame:
    """Change of each group of each series, to the last period from the first and the one before.

    Parameters
    ----------
    table : pandas.DataFrame
        As `figures_over_time` gives it.

    Returns
    -------
    pandas.DataFrame
        The columns of `published_changes` but for the names of areas. `measured` is `numbers`, or
        `rates` from the first period with residents to the last; `trend` is that of the rates.
    """
    parts = [
        pd.DataFrame(_changes_of_series(dict(zip(_SERIES, key, strict=True)), rows))
        for key, rows in table.groupby(list(_SERIES), sort=False)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


_SERIES: Final = ("area_code", "level", "indicator", "sex")


def _changes_of_series(key: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Changes of one area's series: the groups stand where areas usually do."""
    words = list(Timeline.of(rows["period"]).words)
    if len(words) < 2:
        return
    groups = rows.assign(area_code=rows["category"], level="")
    trends = _trends(groups)
    plain = groups.assign(population=1.0)
    pairs = dict.fromkeys([(words[0], words[-1]), (words[-2], words[-1])])
    for since, until in pairs:
        yield from _compared(key, plain, (since, until), measured="numbers", trends=trends)
    rated = [word for word in words if groups.loc[groups["period"] == word, _RATE[0]].notna().any()]
    if len(rated) > 1:
        ends = (rated[0], rated[-1])
        both = groups[groups["period"].isin(ends) & groups["population"].notna()]
        both = both[both.groupby("category")["period"].transform("nunique") == 2]
        if len(both):
            yield from _compared(key, both, ends, measured="rates", trends=trends)


def _compared(
    key: Mapping[str, Any],
    groups: pd.DataFrame,
    ends: tuple[str, str],
    *,
    measured: str,
    trends: Mapping[str, tuple[str, str]],
) -> Iterator[dict[str, Any]]:
    found = rate_ratio(groups, period_from=ends[0], period_to=ends[1], variance=0)
    for row in found.to_dict("records"):
        trend, why = trends.get(row["area_code"], ("", ""))
        yield {
            **key,
            "category": row["area_code"],
            "measured": measured,
            "since": ends[0],
            "until": ends[1],
            "times": row["ratio"],
            "times_lower": row["ratio_lower"],
            "times_upper": row["ratio_upper"],
            "p_value": row["p_value"],
            "p_adjusted": row["p_adjusted"],
            "change": row["change"],
            "trend": trend,
            "basis": "published",
            "note": why,
        }


def _trends(groups: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Recent trend of each group's rates, and why there is none."""
    names = dict(zip(_RATE, ("rate", "rate_lower", "rate_upper"), strict=True))
    found = recent_trend(groups.rename(columns=names))
    trends = {}
    for row in found.to_dict("records"):
        points, why = int(row["points"]), ""
        if row["trend"] == "cannot_be_calculated":
            periods = groups.loc[groups["category"] == row["area_code"], "period"].nunique()
            values = {"n": points, "periods": periods, "fewest": FEWEST_POINTS}
            why = HISTORY["no_trend" if points else "no_residents"].format(**values)
        trends[str(row["area_code"])] = (str(row["trend"]), why)
    return trends
