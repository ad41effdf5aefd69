"""What the report says of time: a line, a trend, what changed since when; not a page a year.

The latest period has its maps, charts and tables elsewhere in the section. Here is what was before:
in the line, in sentences, and in one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.results.series import series_of
from vawg_geo.terms.rounding import people_decimals
from vawg_geo.terms.shared import RATE_LIMITS
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Keyed, Paragraph, Table
from vawg_geo.words.change import FOUND, RULES, trend_words
from vawg_geo.words.report import HEAD, OVER_TIME, REPORT
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vawg_geo.publish.pictures.lines import AreaLine, Lines
    from vawg_geo.publish.report.blocks import Block, Shown
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["over_time_blocks"]

# Rows of the table of earlier periods, and names in a sentence: more are for a spreadsheet.
_MOST_ROWS: Final = 36
_MOST_NAMES: Final = 12
_EARLIER: Final = ("sex", "period", "count", "population", "rate", *RATE_LIMITS["95"])
_LOCKDOWN: Final = "2020/21"


def over_time_blocks(
    results: EditionResults, name: str, *, lines: Sequence[Lines], pictures: Sequence[Shown]
) -> Iterator[Block]:
    """Say how one indicator changed over its periods.

    Parameters
    ----------
    results : EditionResults
    name : str
        Of the indicator.
    lines : sequence of Lines
        Its own, of the first sex that is shown.
    pictures : sequence of Shown
        Its line charts and maps of change.

    Yields
    ------
    Block
        None where it has one period.
    """
    changed = list(_changed(results, name))
    if not lines and not changed:
        return
    yield Heading(text=OVER_TIME["heading"], rank=3)
    for one in lines:
        if said := " ".join(_of_whole(results, one)):
            yield Paragraph(text=said)
    if changed:
        yield Bullets(lines=tuple(changed))
    yield from _drawn(pictures)
    yield Paragraph(text=" ".join(_caveats(lines)))
    for one in lines:
        if table := _earlier(results, one):
            yield table


def _drawn(pictures: Sequence[Shown]) -> Iterator[Shown]:
    """Lines first, then the change of the smallest areas: those of larger ones are in the lines."""
    yield from (one for one in pictures if one.picture.name.startswith("line."))
    maps = [one for one in pictures if not one.picture.name.startswith("line.")]
    smallest = maps[-1].picture.level if maps else ""
    yield from (one for one in maps if one.picture.level == smallest)


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


def _changed(results: EditionResults, name: str) -> Iterator[str]:
    """How many areas of each level rose and fell, and which."""
    for level in results.areas:
        if len(results.areas[level]) < 2 or not (results.rates["level"] == level).any():
            continue
        drawn = set[str]()
        for series in series_of(results, level):
            line = series.line
            last = line is not None and series.period == line.periods[-1]
            if series.indicator.name == name and last and series.length not in drawn:
                drawn.add(series.length)
                if series.since:
                    yield " ".join(_found(series))


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
    if (against != "not_compared").any():
        yield words.fill(FOUND["against"], values)
    for word in ("increasing", "decreasing"):
        # The surest first.
        places = sorted(
            (place for place, one in enumerate(change.change.tolist()) if one == word),
            key=lambda place: (change.p_adjusted[place], place),
        )
        if places:
            yield _named([str(series.area_name[place]) for place in places], word)


def _named(names: list[str], word: str) -> str:
    beyond = len(names) - _MOST_NAMES
    more = words.fill(REPORT["hotspots_more"], {"n": f"{beyond:,}"}) if beyond > 0 else ""
    return words.fill(OVER_TIME[word], {"names": ", ".join(names[:_MOST_NAMES]) + more})


def _caveats(lines: Sequence[Lines]) -> Iterator[str]:
    yield RECORDING
    if any(_LOCKDOWN in one.periods for one in lines):
        yield RULES["lockdown"]


# --- the table of what was before ----------------------------------------------------------------


def _earlier(results: EditionResults, lines: Lines) -> Table | None:
    """One row for each sex and period of the whole area."""
    whole, series = lines.whole, lines.latest
    if whole is None:
        return None
    rates = results.rates
    mine = rates[
        (rates["area_code"] == whole.code)
        & (rates["indicator"] == series.indicator.name)
        & rates["period"].isin(lines.periods)
    ]
    order = {period: n for n, period in enumerate(lines.periods)}
    mine = mine.sort_values("period", key=lambda column: column.map(order), kind="stable")
    sexes = mine["sex"].unique()
    # Of longer series the first sex alone, and its latest periods.
    if len(mine) > _MOST_ROWS:
        mine = mine[mine["sex"] == series.sex]
    cut = len(mine) > _MOST_ROWS
    mine = mine.tail(_MOST_ROWS)
    by_sex = [mine[mine["sex"] == sex] for sex in sexes]
    unit = words.unit_of(series.rate_per, series.denominator)
    values = {"area": whole.name, "title": series.indicator.title, "rate_unit": unit}
    bases = set(mine["basis"].dropna())
    return Table(
        caption=words.fill(OVER_TIME["caption_cut" if cut else "caption"], values),
        head=tuple(HEAD[column] for column in _EARLIER),
        rows=tuple(_row(row, series) for rows in by_sex for row in rows.to_dict("records")),
        numbers=True,
        names=2,
        columns=_EARLIER,
        series={
            "area_code": whole.code,
            "indicator": series.indicator.name,
            "basis": str(bases.pop()) if len(bases) == 1 else "own",
            "rate_per": f"{series.rate_per:g}",
        },
    )


def _row(row: dict[Any, Any], series: Series) -> tuple[str, ...]:
    who = (words.SEX[str(row["sex"])], str(row["period"]))
    status = str(row["status"])
    if pd.isna(row["rate"]):
        kind = {"suppressed": "hidden_cell", "not_applicable": "absent_cell"}
        text = REPORT[kind.get(status, "missing_cell")]
        return (*who, Keyed(text, key=status), *[""] * (len(_EARLIER) - 3))
    return (
        *who,
        words.format_number(float(row["count"]), 0),
        words.format_number(float(row["population"]), people_decimals(series.rate_per)),
        *(series.printed(float(row[name])) for name in ("rate", *RATE_LIMITS["95"])),
    )
