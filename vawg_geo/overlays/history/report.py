"""What a report says of figures over time, and of what the source says of change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.overlays.history.words import CHANGE, HISTORY
from vawg_geo.overlays.part import sentences
from vawg_geo.terms.rounding import round_half_up
from vawg_geo.words.blocks import Bullets, Chart, ChartLine, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.words.blocks import Told

__all__ = ["history_blocks", "history_findings", "page_lines", "statement_lines"]

_SERIES: Final = ("area_code", "indicator", "sex")
_AT_ITS_WORD: Final = HISTORY["at_its_word"].partition("{")[0]
# Levels that have a page of their own.
_PAGES: Final = frozenset(("lsoa", "ward", "district"))


def history_blocks(tables: Mapping[str, pd.DataFrame]) -> Iterator[Told]:
    """A table and a line chart of each series, its changes, and the source's statements.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Those of the overlay that have rows.

    Yields
    ------
    Told
    """
    yield Heading(text=HISTORY["heading"])
    figures, changes = tables.get("published_over_time"), tables.get("published_changes")
    if figures is not None:
        for key, rows in figures.groupby(list(_SERIES), sort=False):
            yield from _series(rows)
            if changes is not None:
                mine = (changes[list(_SERIES)] == list(key)).all(axis=1)
                yield from _changes(rows, changes[mine])
    if "statements_of_change" in tables:
        yield Heading(text=HISTORY["statements"], rank=3)
        said = tables["statements_of_change"]
        yield Paragraph(text=HISTORY["at_word_elsewhere"])
        yield Bullets(lines=tuple(statement_lines(said.assign(note="", found=_briefly(said)))))


def history_findings(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """How each series as a whole changed from its first period to its last.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Those of the overlay that have rows.

    Yields
    ------
    str
    """
    yield from _of_whole_series(tables)


def page_lines(tables: Mapping[str, pd.DataFrame], level: str) -> list[str]:
    """What a page of a level says: changes of whole series, and statements, of it and of the whole.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        All of an edition.
    level : str
        Of the page. What is of counties and larger stands on every page.

    Returns
    -------
    list of str
    """
    lines = list(_of_whole_series(tables, level))
    if (said := tables.get("statements_of_change")) is not None:
        said = _of_level(said, level)
        lines += statement_lines(said.assign(note="", found=_briefly(said)))
    return lines


def _of_whole_series(tables: Mapping[str, pd.DataFrame], level: str = "") -> Iterator[str]:
    """Change of each series as a whole; of a page's level, or of all."""
    figures, changes = tables.get("published_over_time"), tables.get("published_changes")
    if figures is None or changes is None:
        return
    mine = _of_level(figures, level) if level else figures
    for key, rows in mine.groupby(list(_SERIES), sort=False):
        found = changes[(changes[list(_SERIES)] == list(key)).all(axis=1)]
        first = rows["period"].iloc[0]
        whole = found[(found["since"] == first) & (found["measured"] == "numbers")].head(1)
        for row in whole.to_dict("records"):
            change, title = _change(row, rows), str(row["indicator"])
            yield HISTORY["on_page"].format(title=title, area=row["area_name"], change=change)


def _briefly(statements: pd.DataFrame) -> list[str]:
    """What was found of each statement; what it would mean at its word is in the table."""
    return [str(found).partition(_AT_ITS_WORD)[0].strip() for found in statements["found"]]


def _when(row: Mapping[Any, Any]) -> str:
    since, until = str(row["since"]), str(row["until"])
    key = "when" if since else "until"
    return HISTORY[key].format(since=since, until=until) if until else ""


def _of_level(table: pd.DataFrame, level: str) -> pd.DataFrame:
    return table[(table["level"] == level) | ~table["level"].isin(_PAGES)]


def statement_lines(statements: pd.DataFrame) -> Iterator[str]:
    """Each statement of the source with what the figures say, as a sentence.

    Parameters
    ----------
    statements : pandas.DataFrame
        As `statements_found` gives them.

    Yields
    ------
    str
    """
    for row in statements.fillna({"note": ""}).to_dict("records"):
        told = {name: str(row[name]) for name in ("statement", "found", "note")}
        line = HISTORY["statement"].format(
            **told, area=row["area_name"], place=row["place_in_source"], when=_when(row)
        )
        yield line.strip()


def _series(rows: pd.DataFrame) -> Iterator[Told]:
    """Table and chart of one series of an area."""
    periods = tuple(dict.fromkeys(rows["period"]))
    title, area = str(rows["indicator"].iloc[0]), str(rows["area_name"].iloc[0])
    groups = list(dict.fromkeys(rows["category"]))
    by_group = {group: rows[rows["category"] == group].set_index("period") for group in groups}
    first = rows.iloc[0]
    caption = HISTORY["caption"].format(title=title, area=area)
    common = {name: str(first[name]) for name in ("area_code", "indicator", "sex", "basis")}
    yield Table(
        caption=caption,
        head=(HISTORY["group"], *periods),
        rows=tuple(
            (group, *(_printed(part, period, "count", 0) for period in periods))
            for group, part in by_group.items()
        ),
        numbers=True,
        columns=("category", *(f"count:{period}" for period in periods)),
        series=common,
    )
    about = {name: str(first[name]) for name in ("source", "caveat")}
    if any(about.values()):
        yield Paragraph(text=HISTORY["source"].format(**about).strip())
    rated = {g: part for g, part in by_group.items() if part["published_rate"].notna().any()}
    if rated:
        yield Table(
            caption=HISTORY["rate_caption"].format(
                title=title, area=area, per=f"{float(first['rate_per']):,.0f}"
            ),
            head=(HISTORY["group"], *periods),
            rows=tuple(
                (group, *(_printed(part, period, "published_rate", 2) for period in periods))
                for group, part in rated.items()
            ),
            numbers=True,
            columns=("category", *(f"value:{period}" for period in periods)),
            series=common,
        )
    drawn = tuple(
        ChartLine(name=group, points=tuple(_number(part, period) for period in periods))
        for group, part in by_group.items()
    )
    yield Chart(
        title=HISTORY["chart"].format(title=title, area=area),
        alt=HISTORY["chart_alt"].format(area=area, title=title, lines=_alt(drawn, periods)),
        places=periods,
        lines=drawn,
    )


def _number(part: pd.DataFrame, period: str) -> float | None:
    value = part["count"].get(period)
    return None if value is None or pd.isna(value) else float(value)


def _printed(part: pd.DataFrame, period: str, column: str, decimals: int) -> str:
    """A figure, or why there is none: an empty cell is no zero."""
    value: Any = part[column].get(period)
    if value is not None and pd.notna(value):
        return f"{round_half_up(float(value), decimals):,.{decimals}f}"
    hidden = part["status"].get(period) == "suppressed"
    return HISTORY["hidden_cell"] if hidden else HISTORY["no_cell"]


def _alt(lines: tuple[ChartLine, ...], periods: tuple[str, ...]) -> str:
    said = []
    for line in lines:
        known = [n for n, value in enumerate(line.points) if value is not None]
        if known:
            ends: dict[str, Any] = {
                "first": f"{line.points[known[0]]:,.0f}",
                "last": f"{line.points[known[-1]]:,.0f}",
            }
            said.append(
                HISTORY["chart_line"].format(
                    group=line.name, since=periods[known[0]], until=periods[known[-1]], **ends
                )
            )
    return "; ".join(said)


def _changes(rows: pd.DataFrame, changes: pd.DataFrame) -> Iterator[Told]:
    """How sure the changes from the first period to the last are."""
    first = rows["period"].iloc[0]
    shown = changes[(changes["measured"] == "rates") | (changes["since"] == first)]
    yield Heading(text=HISTORY["changes"], rank=3)
    yield Bullets(lines=tuple(_change(row, rows) for row in shown.to_dict("records")))
    notes = [str(note) for note in dict.fromkeys(changes["note"].fillna("")) if note]
    of_whole = changes.loc[changes["measured"] == "rates", "note"].fillna("")
    notes = list(dict.fromkeys([*of_whole[of_whole != ""], *notes]))[:1]
    yield Paragraph(text=sentences(HISTORY["limits"], *notes))


def _change(row: Mapping[Any, Any], rows: pd.DataFrame) -> str:
    of_rates = row["measured"] == "rates"
    column, decimals = ("published_rate", 2) if of_rates else ("count", 0)
    part = rows[rows["category"] == row["category"]].set_index("period")
    kind = "rate_change" if of_rates else "change"
    # From nought, or from no figure, there is no ratio that could be said.
    kind = kind if np.isfinite(row["times"]) else "no_ratio"
    return HISTORY[kind].format(
        group=row["category"],
        per=f"{float(part['rate_per'].iloc[0]):,.0f}",
        since=row["since"],
        until=row["until"],
        from_count=_printed(part, row["since"], column, decimals),
        to_count=_printed(part, row["until"], column, decimals),
        times=f"{row['times']:.2f}",
        lower=f"{row['times_lower']:.2f}",
        upper=f"{row['times_upper']:.2f}",
        change=CHANGE[row["change"]],
    )
