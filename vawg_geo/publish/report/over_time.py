"""What the report says of time: a trend, what changed since when, and one table of what was before.

The latest period has its map, chart and table on the page; here is what was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.words import page as words
from vawg_geo.words.blocks import Keyed, Table
from vawg_geo.words.bullets import LONGEST, listed, together
from vawg_geo.words.change import FOUND, RULES, trend_words
from vawg_geo.words.report import HEAD, OVER_TIME, REPORT
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vawg_geo.publish.pictures.lines import AreaLine, Lines
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["change_in_brief", "earlier_table", "recording_lines", "time_lines"]

# Columns of the table of earlier periods: more are for a spreadsheet.
_MOST_PERIODS: Final = 12
_LOCKDOWN: Final = "2020/21"


def time_lines(
    results: EditionResults, *, lines: Sequence[Lines], of_levels: Sequence[Series]
) -> Iterator[str]:
    """Say how one indicator changed over its periods.

    Parameters
    ----------
    results : EditionResults
    lines : sequence of Lines
        Its own, of the first sex that is shown.
    of_levels : sequence of Series
        Its latest period of each level.

    Yields
    ------
    str
        Nothing where it has one period.
    """
    for one in lines:
        yield from together(_of_whole(results, one))
    for series in of_levels:
        if series.since and not series.illustrative:
            yield from together(_found(series))


def change_in_brief(results: EditionResults, lines: Lines) -> str:
    """One line of the first page: the change of the whole, or its trend; empty without either."""
    return next(iter(reversed([*_of_whole(results, lines)])), "")


def recording_lines(lines: Sequence[Lines]) -> Iterator[str]:
    """What must be known of any change.

    Parameters
    ----------
    lines : sequence of Lines
        All that the report has.

    Yields
    ------
    str
    """
    if lines:
        yield RECORDING
    if any(_LOCKDOWN in one.periods for one in lines):
        yield RULES["lockdown"]


# --- sentences ---------------------------------------------------------------------------------


def _of_whole(results: EditionResults, lines: Lines) -> Iterator[str]:
    """Trend of the whole area, and its change since the earliest period that is comparable."""
    whole = lines.whole
    if whole is None:
        return
    series = lines.latest
    mine = _of_area(results.over_time.trends, series, whole)
    for row in mine.to_dict("records"):
        trend = str(row["trend"])
        if trend == "cannot_be_calculated":
            yield words.fill(OVER_TIME["no_trend"], {"why": str(row["note"])}).strip()
        else:
            said = trend_words(int(row["points"]), years=True)[trend]
            values = {"area": whole.name, "trend": said[:1].lower() + said[1:]}
            yield words.fill(OVER_TIME["trend"], values)
    changes = _of_area(results.over_time.changes, series, whole)
    changes = changes[(changes["period_to"] == series.period) & changes["ratio"].notna()]
    if len(changes):
        yield _change_said(results, changes.iloc[0], series, whole)


def _of_area(table: pd.DataFrame, series: Series, area: AreaLine) -> pd.DataFrame:
    """Rows of an area in a table over time, of one indicator and sex."""
    if table.empty:
        return table
    return table[
        (table["area_code"] == area.code)
        & (table["indicator"] == series.indicator.name)
        & (table["sex"] == series.sex)
    ]


def _change_said(results: EditionResults, row: pd.Series, series: Series, area: AreaLine) -> str:
    periods = (str(row["period_from"]), str(row["period_to"]))
    rates = results.rates
    mine = rates[
        (rates["area_code"] == area.code)
        & (rates["indicator"] == series.indicator.name)
        & (rates["sex"] == series.sex)
    ].set_index("period")["rate"]
    values = {
        "areas": words.possessive(area.name),
        "sex": words.SEX[series.sex].lower(),
        "since": periods[0],
        "period": periods[1],
        "first": series.printed(float(mine[periods[0]])),
        "last": series.printed(float(mine[periods[1]])),
        "ratio": words.format_number(float(row["ratio"]), 2),
        "low": words.format_number(float(row["ratio_lower"]), 2),
        "high": words.format_number(float(row["ratio_upper"]), 2),
        "rate_unit": words.unit_of(series.rate_per, series.denominator),
    }
    return words.fill(OVER_TIME["change"], values)


def _found(series: Series) -> Iterator[str]:
    change = series.changes[series.since]
    n = {word: int((change.change == word).sum()) for word in set(change.change.tolist())}
    without = n.get("not_compared", 0)
    against = change.relative_change
    values = {
        "n": f"{series.areas:,}",
        "levels": series.levels,
        "since": change.period_from,
        "rose": f"{n.get('increasing', 0):,}",
        "fell": f"{n.get('decreasing', 0):,}",
        "unsure": f"{n.get('no_clear_change', 0):,}",
        "without": f"{without:,}",
        "comparator": change.comparator,
        "more": f"{int((against == 'increasing').sum()):,}",
        "less": f"{int((against == 'decreasing').sum()):,}",
    }
    sure = n.get("increasing", 0) + n.get("decreasing", 0)
    yield words.fill(FOUND["some" if sure else "none"], values)
    if without:
        yield words.fill(FOUND["without"], values)
    if np.isin(against, ["increasing", "decreasing"]).any():
        yield words.fill(FOUND["against"], values)
    for word in ("increasing", "decreasing"):
        # The surest first.
        places = sorted(
            (place for place, one in enumerate(change.change.tolist()) if one == word),
            key=lambda place: (change.p_adjusted[place], place),
        )
        if places:
            names = [str(series.area_name[place]) for place in places]
            room = LONGEST - len(OVER_TIME[word].split())
            yield words.fill(OVER_TIME[word], {"names": listed(names, room=room)})


# --- the table of what was before ----------------------------------------------------------------


def earlier_table(results: EditionResults, lines: Lines) -> Table | None:
    """Make one row of the whole area: what was recorded in each period.

    Parameters
    ----------
    results : EditionResults
    lines : Lines

    Returns
    -------
    Table or None
        None where the whole has no figures. Its rates stand in the line.
    """
    whole, series = lines.whole, lines.latest
    if whole is None:
        return None
    rates = results.rates
    mine = rates[
        (rates["area_code"] == whole.code)
        & (rates["indicator"] == series.indicator.name)
        & (rates["sex"] == series.sex)
        & rates["period"].isin(lines.periods)
    ]
    by_period = {str(row["period"]): row for row in mine.to_dict("records")}
    periods = [one for one in lines.periods if one in by_period]
    cut = len(periods) > _MOST_PERIODS
    periods = periods[-_MOST_PERIODS:]
    bases = set(mine["basis"].dropna())
    values = {"title": series.indicator.title}
    return Table(
        caption=words.fill(OVER_TIME["caption_cut" if cut else "caption"], values),
        head=(HEAD["area_name"], *periods),
        rows=((Keyed(whole.name, key=whole.code), *(_number(by_period[one]) for one in periods)),),
        numbers=True,
        columns=("area_name", *(f"count:{period}" for period in periods)),
        series={
            "indicator": series.indicator.name,
            "sex": series.sex,
            "basis": str(bases.pop()) if len(bases) == 1 else "own",
        },
    )


def _number(row: dict[Any, Any]) -> str:
    """A count, or why there is none."""
    status = str(row["status"])
    if pd.isna(row["count"]):
        kind = {"suppressed": "hidden_cell", "not_applicable": "absent_cell"}
        return Keyed(REPORT[kind.get(status, "missing_cell")], key=status)
    return words.format_number(float(row["count"]), 0)
