"""The page of one indicator: sentences, map and chart of each level, line, and one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.publish.latest import latest_only, latest_periods
from vawg_geo.publish.pictures.drawing import as_svg
from vawg_geo.publish.pictures.lines import lines_of
from vawg_geo.publish.pictures.map import ground_of
from vawg_geo.publish.pictures.panel import chart_panel, line_panel, map_panel
from vawg_geo.publish.report.blocks import LETTERS, SHRUNK, Beside, Block, Shown
from vawg_geo.publish.report.findings import pattern_lines, verdict_lines
from vawg_geo.publish.report.over_time import earlier_table, time_lines
from vawg_geo.results.series import series_of
from vawg_geo.terms.rounding import people_decimals, rate_decimals
from vawg_geo.terms.shared import RATE_LIMITS
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Keyed, Paragraph, Table
from vawg_geo.words.bullets import sentences_of, together
from vawg_geo.words.figures import TOWN_CENTRES
from vawg_geo.words.report import HEAD, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vawg_geo.publish.pictures.drawing import Picture
    from vawg_geo.publish.pictures.lines import Lines
    from vawg_geo.publish.pictures.map import Ground
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = [
    "Subject",
    "basis_of",
    "figures_of",
    "grounds_of",
    "head_of",
    "indicator_blocks",
    "subjects_of",
]

_ORDER: Final = ("district", "csp", "county", "police_area")
# Inches of pictures before the page shrinks them: two levels beside each other, or one alone.
_WIDTH: Final = 10.0
_TWO: Final = 4.9
_ONE: Final = (5.75, 4.05)
# Least and most height of each kind, as what is left of a page allows.
_MAP_HIGH: Final = (3.2, 6.4)
_CHART_HIGH: Final = (2.4, 2.8)
_LINE_HIGH: Final = (1.75, 2.4)
# Inches on paper of a page, of its head, of each line of a bullet and row of a table.
_PAGE, _HEAD, _TEXT_LINE, _TABLE_ROW = 10.7, 0.5, 0.16, 0.172
# Named rows of a chart need so many inches each, beside its title and axis; it has no more in all.
_ROW, _AROUND, _HIGHEST = 0.17, 1.0, 4.6
# More rows than these are cut to the highest and lowest, and of other sexes to the whole.
_MOST_AREAS: Final = 14
_ENDS: Final = 5
_MOST_ROWS: Final = 30
# Why an area has no figure, and what its cell says then.
_LEFT_OUT: Final = {
    "suppressed": "hidden_cell",
    "missing": "missing_cell",
    "not_applicable": "absent_cell",
}
# As the tables name them.
_FIGURES: Final = ("count", "population", "rate", *RATE_LIMITS["95"])


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What one page is of.

    Attributes
    ----------
    name : str
        Of the indicator.
    title : str
    periods : frozenset of str
        The latest of one length: usually one.
    series : tuple of Series
        Of each mapped level that has a rate, the level of the fewest areas first: of the first sex.
    lines : Lines, optional
        Over its periods.
    """

    name: str
    title: str
    periods: frozenset[str]
    series: tuple[Series, ...]
    lines: Lines | None

    @property
    def drawn(self) -> tuple[Series, ...]:
        """The two smallest levels: what has a map."""
        return self.series[-2:]


def subjects_of(results: EditionResults) -> list[Subject]:
    """Every indicator, and each length of its periods, in display order.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    list of Subject
    """
    latest = latest_periods(results)
    every = [
        series
        for level in results.mapped_levels()
        for series in series_of(results, level)
        if (level, *series.key) in latest and series.rated.any()
    ]
    lines = lines_of(results, every_sex=False)
    found = []
    for name in results.indicators:
        lengths: dict[str, set[str]] = {}
        for _, indicator, _, period in sorted(latest):
            if indicator == name:
                lengths.setdefault(results.lengths.get(period) or period, set()).add(period)
        for length, periods in lengths.items():
            title = results.indicators[name].title
            if len(lengths) > 1:
                title = f"{title}, {', '.join(sorted(periods))}"
            mine = [one for one in every if one.indicator.name == name and one.period in periods]
            # The first sex of each level: series stand in the order of sexes.
            by_level = {one.level: one for one in reversed(mine)}
            levels = [one for one in results.mapped_levels() if one in by_level]
            line = next(
                (
                    one
                    for one in lines
                    if one.latest.indicator.name == name and one.latest.length == length
                ),
                None,
            )
            found.append(
                Subject(
                    name=name,
                    title=title,
                    periods=frozenset(periods),
                    series=tuple(by_level[level] for level in levels),
                    lines=line,
                )
            )
    return found


def indicator_blocks(
    results: EditionResults, subject: Subject, grounds: Mapping[str, Ground] | None = None
) -> Iterator[Block]:
    """One indicator's page: what was found, pictures, figures, and what they are.

    Parameters
    ----------
    results : EditionResults
    subject : Subject
    grounds : mapping of str to Ground, optional
        By level; without them there are no pictures.

    Yields
    ------
    Block
    """
    about = results.indicators[subject.name]
    yield Heading(text=subject.title)
    if subject.series:
        first = subject.series[0]
        values = {
            "sex": words.SEX[first.sex],
            "period": first.period,
            "rate_unit": words.unit_of(
                first.rate_per, f"{first.denominator} {first.time_of_rate}".strip()
            ),
            "source": _source(about.source),
        }
        yield Paragraph(text=words.fill(REPORT["of_indicator"], values).strip())
    said = tuple(_said(results, subject))
    if said:
        yield Bullets(lines=said)
    tables = [_table(results, subject)]
    if subject.lines is not None:
        tables.append(earlier_table(results, subject.lines))
    shown = [one for one in tables if one is not None]
    what = tuple(_what_it_is(about.about, about.caveat))
    if grounds is not None:
        rows = sum(len(one.rows) + 2 for one in shown)
        lines = sum(-(-len(one) // LETTERS) + 0.25 for one in (*said, *what))
        taken = _HEAD + _TEXT_LINE * lines + _TABLE_ROW * rows
        yield from _pictures(results, subject, grounds, room=(_PAGE - taken) / SHRUNK)
    yield from shown
    if what:
        yield Bullets(lines=what)


def _source(source: str) -> str:
    return words.fill(REPORT["source_of"], {"source": source.rstrip(".")}) if source else ""


def _said(results: EditionResults, subject: Subject) -> Iterator[str]:
    for series in subject.series:
        yield from verdict_lines(series)
        yield from pattern_lines(results, series)
        if series.illustrative:
            level = {"level": words.LEVEL[series.level][0]}
            yield words.fill(REPORT["made_up_levels"], level)
    lines = [subject.lines] if subject.lines is not None else []
    yield from time_lines(results, lines=lines, of_levels=subject.series)


def _what_it_is(*texts: str) -> Iterator[str]:
    """What the figures are, in bullets; what is said of several indicators stands once, later."""
    found: list[str] = []
    for text in texts:
        own = sentences_of(text.replace(TOWN_CENTRES["unknown"], ""))
        found += [one for one in own if one not in found]
    yield from together(found)


# --- pictures ------------------------------------------------------------------------------------


def grounds_of(results: EditionResults, subjects: Sequence[Subject]) -> dict[str, Ground]:
    """Outlines of every level that has a map in the report."""
    levels = dict.fromkeys(series.level for one in subjects for series in one.drawn)
    return {level: ground_of(results, level) for level in levels}


def _pictures(
    results: EditionResults, subject: Subject, grounds: Mapping[str, Ground], *, room: float
) -> Iterator[Block]:
    """Maps, charts and lines, the maps as high as so many inches leave."""
    drawn = subject.drawn
    lines = subject.lines
    few = min((int(one.rated.sum()) for one in drawn), default=0)
    # Between least and most: as far as the maps are not small.
    share = min(max((room - 6.6) / 4, 0.0), 1.0)
    chart_high = _CHART_HIGH[0] + share * (_CHART_HIGH[1] - _CHART_HIGH[0])
    chart_high = min(max(chart_high, _AROUND + _ROW * few), _HIGHEST)
    line_high = _LINE_HIGH[0] + share * (_LINE_HIGH[1] - _LINE_HIGH[0])
    line_high += 0.9 if lines and len(lines.parts) > _MOST_AREAS else 0.0
    room -= (line_high + 0.3 if lines else 0.0) + (chart_high + 0.3 if len(drawn) > 1 else 0.0)
    high = min(max(room, _MAP_HIGH[0]), _MAP_HIGH[1])
    if len(drawn) == 1:
        (series,) = drawn
        yield _beside(
            map_panel(results, series, grounds[series.level], size=(_ONE[0], high)),
            chart_panel(results, series, size=(_ONE[1], high)),
        )
    elif drawn:
        size = (_TWO, high)
        yield _beside(*(map_panel(results, one, grounds[one.level], size=size) for one in drawn))
        size = (_TWO, chart_high)
        yield _beside(*(chart_panel(results, one, size=size) for one in drawn))
    if lines is not None:
        panel = line_panel(results, lines, size=(_WIDTH, line_high))
        yield Shown(picture=panel, drawing=as_svg(panel))


def _beside(*panels: Picture) -> Beside:
    return Beside(shown=tuple(Shown(picture=one, drawing=as_svg(one)) for one in panels))


# --- the table -----------------------------------------------------------------------------------


def _table(results: EditionResults, subject: Subject) -> Table | None:
    """Rates of the larger areas, by sex: of districts, and of what holds them."""
    rates = results.rates
    mine = rates[
        (rates["indicator"] == subject.name)
        & rates["level"].isin(_ORDER)
        & rates["period"].isin(subject.periods)
    ]
    mine = latest_only(mine, results)
    # A sex that has no rate at all has no rows.
    known = mine.groupby("sex", sort=False)["rate"].transform(lambda rate: rate.notna().any())
    mine = mine[known.astype(bool) & (mine["basis"] != "illustrative")]
    if mine.empty:
        return None
    place = {level: n for n, level in enumerate(_ORDER)}
    order = mine.assign(place=mine["level"].map(place))
    sexes = list(dict.fromkeys(mine["sex"].astype(str)))
    parts, cut = [], False
    for n, sex in enumerate(sexes):
        rows = order[order["sex"] == sex].sort_values("place", kind="stable")
        kept, was_cut = _kept(rows, whole_alone=n > 0 and len(mine) > _MOST_ROWS)
        parts.append(kept)
        cut = cut or was_cut
    return _made(results, subject, pd.concat(parts), cut=cut)


def _kept(rows: pd.DataFrame, *, whole_alone: bool) -> tuple[pd.DataFrame, bool]:
    """Rows of a sex that the table has, and whether some are left out."""
    areas, whole = rows[rows["level"] == "district"], rows[rows["level"] != "district"]
    if whole_alone and len(whole):
        return whole, len(areas) > 0
    if len(areas) <= _MOST_AREAS:
        return rows, False
    ordered = areas[areas["rate"].notna()].sort_values("rate", ascending=False, kind="stable")
    ends = pd.concat([ordered.head(_ENDS), ordered.tail(_ENDS)]).drop_duplicates("area_code")
    return pd.concat([ends, whole]), True


def _made(results: EditionResults, subject: Subject, rows: pd.DataFrame, *, cut: bool) -> Table:
    sexes = list(dict.fromkeys(rows["sex"].astype(str)))
    periods = list(dict.fromkeys(rows["period"].astype(str)))
    columns = [
        "area_name",
        *(["sex"] if len(sexes) > 1 else []),
        *(["period"] if len(periods) > 1 else []),
    ]
    names = len(columns)
    columns += _FIGURES
    for word in ("significance", "standing"):
        # A level of few areas has none that is unusual among them.
        if (rows[word] != "not_compared").any():
            columns.append(word)
    first = rows.iloc[0]
    values = {
        "title": subject.title,
        "sex": words.SEX[sexes[0]].lower(),
        "period": periods[0],
        "rate_unit": _rate_unit(results, first),
    }
    by_sex = len(sexes) > 1
    caption = words.fill(REPORT["table_by_sex" if by_sex else "table_caption"], values)
    if cut:
        caption = words.fill(REPORT["table_ends"], {"caption": caption, "n": f"{_ENDS}"})
    series = {"indicator": subject.name, "basis": basis_of(rows)}
    series |= {} if by_sex else {"sex": sexes[0]}
    series |= {} if len(periods) > 1 else {"period": periods[0]}
    peaks = rows.groupby("sex", sort=False)["rate"].max()
    return Table(
        caption=caption,
        head=head_of(columns),
        rows=tuple(
            _row(row, columns, decimals=rate_decimals(float(peaks[row["sex"]])))
            for row in rows.to_dict("records")
        ),
        numbers=True,
        names=names,
        columns=tuple(columns),
        series=series | {"rate_per": f"{first['rate_per']:g}"},
    )


def _row(row: dict[Any, Any], columns: Sequence[str], *, decimals: int) -> tuple[str, ...]:
    known = {
        "area_name": Keyed(str(row["area_name"]), key=str(row["area_code"])),
        "sex": words.SEX[str(row["sex"])],
        "period": str(row["period"]),
    }
    names = [known[column] for column in columns if column in known]
    rest = columns[len(names) :]
    status = str(row["status"])
    if status in _LEFT_OUT:
        cell = Keyed(REPORT[_LEFT_OUT[status]], key=status)
        return (*names, cell, *[""] * (len(rest) - 1))
    figures = dict(zip(_FIGURES, figures_of(row, decimals=decimals), strict=True))
    for column, told in (("significance", words.SIGNIFICANCE), ("standing", words.STANDING)):
        word = str(row[column])
        figures[column] = "" if word == "not_compared" else Keyed(told[word], key=word)
    return (*names, *(figures[column] for column in rest))


def figures_of(row: Mapping[Any, Any], *, decimals: int) -> tuple[str, ...]:
    """Count, population, rate and its limits, as they are printed."""

    def printed(name: str, places: int) -> str:
        return words.format_number(float(str(row[name])), places)

    return (
        printed("count", 0),
        printed("population", people_decimals(float(str(row["rate_per"])))),
        *(printed(name, decimals) for name in ("rate", *RATE_LIMITS["95"])),
    )


def head_of(columns: Sequence[str]) -> tuple[str, ...]:
    """Heads of columns, as the tables name these."""
    return tuple(HEAD[name] for name in columns)


def basis_of(rows: pd.DataFrame) -> str:
    """Basis of all rows; figures of several kinds are looked at as an analyst's own."""
    found = set(rows["basis"].dropna())
    return str(found.pop()) if len(found) == 1 else "own"


def _rate_unit(results: EditionResults, row: pd.Series) -> str:
    name = str(row["indicator"])
    people = results.denominator(name, str(row["sex"]))
    time = results.time_of_rate(name, str(row["period"]))
    return words.unit_of(float(row["rate_per"]), f"{people} {time}".strip())
