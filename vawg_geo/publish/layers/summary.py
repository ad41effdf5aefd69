"""The layer that an analyst joins and styles herself: a row an area, all indicators side by side.

Of each indicator it has the newest period of each length, of each sex count, rate, limits, status,
comparison, pattern and change. Every value is looked up in the long tables, so that it can say
nothing else than they do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from vawg_geo.publish.geopackage.file import layer_name, quoted_text
from vawg_geo.publish.latest import latest_periods
from vawg_geo.publish.layers.rates import (
    FEW,
    LONGEST_STYLE,
    MapLayer,
    with_columns_said,
    with_free_style_names,
)
from vawg_geo.publish.layers.styles import Style, rate_style, renamed, with_heading
from vawg_geo.results.series import series_of
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.shared import Described
from vawg_geo.terms.views import (
    OF_EACH_INDICATOR,
    OF_OUTLINES,
    OF_SUMMARY,
    OF_SUMMARY_CHANGE,
    STATISTICS,
    STATUS_OF_CHANGE,
)
from vawg_geo.words import page as words
from vawg_geo.words.columns import described, heading
from vawg_geo.words.layers import LAYER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["MOST_COLUMNS", "summary_layers"]

# A dBase table has room for 255, and a form for fewer.
MOST_COLUMNS: Final = 240
# What an indicator's columns begin with, all in all, and without what marks it as made up or as of
# one length of time: a FileGDB holds 64 letters, and a figure's own name has up to 22.
_LONGEST_STEM: Final = 39
_LONGEST_NAME: Final = 28
_UNNAMED: Final = "indicator"


@dataclass(frozen=True, kw_only=True, eq=False)
class _Block:
    """Columns of one indicator and sex.

    Attributes
    ----------
    stem : str
        What they begin with.
    title : str
        Of the indicator.
    series : Series
    columns : dict of str to str
        By name without the stem: where in the tables the value stands.
    """

    stem: str
    title: str
    series: Series
    columns: dict[str, str]


def summary_layers(results: EditionResults, of_rates: Sequence[MapLayer]) -> Iterator[MapLayer]:
    """Give one layer for each level that has layers of rates.

    Parameters
    ----------
    results : EditionResults
    of_rates : sequence of MapLayer
        Of every level, indicator and period.

    Yields
    ------
    MapLayer
        Of at most `MOST_COLUMNS` columns; what is left out for that, its description says.
    """
    latest = latest_periods(results)
    for level in results.areas:
        shown = [
            layer
            for layer in of_rates
            if layer.level == level
            and any((level, layer.indicator, sex, layer.period) in latest for sex in layer.sexes)
        ]
        if shown:
            blocks, left_out = _within_limit(list(_blocks(results, shown)))
            yield _layer(results, level, blocks, left_out)


def _blocks(results: EditionResults, layers: Iterable[MapLayer]) -> Iterator[_Block]:
    """Blocks of all series of these layers, under stems of their own."""
    layers = list(layers)
    taken: set[str] = set()
    for layer in layers:
        about = results.indicators[layer.indicator]
        alike = [
            one
            for one in layers
            if (one.indicator, one.illustrative) == (layer.indicator, layer.illustrative)
        ]
        mark = "illustrative" if layer.illustrative else ""
        length = slug(results.lengths.get(layer.period) or layer.period) if len(alike) > 1 else ""
        stem = _free(_stem(about.slug, mark, length), taken)
        title = f"{about.title}, {layer.period}"
        if layer.illustrative:
            title = words.fill(LAYER["summary_made_up"], {"title": title})
        of_level = {series.key: series for series in series_of(results, layer.level)}
        for sex in layer.sexes:
            series = of_level[layer.indicator, sex, layer.period]
            columns = _columns(series, first=sex == layer.sexes[0])
            yield _Block(stem=stem, title=title, series=series, columns=columns)


def _stem(name: str, *marks: str) -> str:
    """Cut after a whole word, as names of layers are, and never what tells two apart."""
    end = "_".join(mark for mark in marks if mark)
    room = min(_LONGEST_NAME, _LONGEST_STEM - len(end) - bool(end))
    if len(name) > room:
        start, _, _ = name[: room + 1].rpartition("_")
        name = start or name[:room]
    # Letters of another script leave no name, and a column begins with a letter.
    name = name if name[:1].isalpha() else f"{_UNNAMED}_{name}".rstrip("_")
    return "_".join(filter(None, (name, end)))


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name)
    return name


def _columns(series: Series, *, first: bool) -> dict[str, str]:
    """Where each value of a series stands in the long tables."""
    sex = series.sex
    cell = {"indicator": series.indicator.name, "period": series.period}
    of = cell | {"sex": sex}
    found: dict[str, str] = {}
    if first:
        # What is of the whole layer stands there for areas too that have no row.
        once = {name: _said_once("rates", name, of) for name in cell}
        once["basis"] = _looked_up("rates", "basis", of)
        found |= {name: once[name] for name in OF_EACH_INDICATOR}
    found |= {f"{name}_{sex}": _looked_up("rates", name, of) for name in OF_SUMMARY}
    for name in series.hotspots:
        about = STATISTICS[name]
        labels = of | {"statistic": name}
        found[f"{about.prefix}_cluster_{sex}"] = _looked_up("hotspots", "cluster", labels)
    if series.since:
        pair = {
            "indicator": series.indicator.name,
            "period_to": series.period,
            "period_from": series.since,
            "sex": sex,
        }
        found[f"period_from_{sex}"] = _said_once("changes", "period_from", pair)
        found |= {f"{name}_{sex}": _looked_up("changes", name, pair) for name in OF_SUMMARY_CHANGE}
        found[f"{STATUS_OF_CHANGE}_{sex}"] = _looked_up("changes", "status", pair)
    return found


def _looked_up(table: str, column: str, of: dict[str, str]) -> str:
    """Expression of a view: one value of a long table, for the area of the outlines `o`."""
    where = f"{_where(of)} AND area_code = o.area_code"
    return f"(SELECT {column} FROM {table} WHERE {where})"  # noqa: S608


def _said_once(table: str, column: str, of: dict[str, str]) -> str:
    """Expression of a view: a text that all its rows have.

    It is looked up, not quoted: a column of a view has a type only where it is one of a table.
    """
    return f"(SELECT {column} FROM {table} WHERE {_where(of)} LIMIT 1)"  # noqa: S608


def _where(of: dict[str, str]) -> str:
    return " AND ".join(f"{name} = {quoted_text(value)}" for name, value in of.items())


def _within_limit(blocks: list[_Block]) -> tuple[list[_Block], list[_Block]]:
    """Blocks that a layer has room for, and those that are left out; all people and real first."""
    room = MOST_COLUMNS - len(OF_OUTLINES)
    kept = []
    first: set[str] = set()
    order = sorted(blocks, key=lambda one: (one.series.illustrative, SEXES.index(one.series.sex)))
    for block in order:
        # What the indicator has once stands with its first sex: no other stands without that.
        opens = "indicator" in block.columns
        if len(block.columns) <= room and (opens or block.stem in first):
            first.add(block.stem)
            room -= len(block.columns)
            kept.append(block)
    return [one for one in blocks if one in kept], [one for one in blocks if one not in kept]


def _layer(
    results: EditionResults, level: str, blocks: list[_Block], left_out: list[_Block]
) -> MapLayer:
    columns = {name: f"o.{name}" for name in OF_OUTLINES}
    said: dict[str, Described] = {}
    for block in blocks:
        columns |= {f"{block.stem}_{name}": source for name, source in block.columns.items()}
        said |= {f"{block.stem}_{name}": _said(block, name) for name in block.columns}
    listed = ", ".join(f'{source} AS "{name}"' for name, source in columns.items())
    one, many = words.LEVEL[level]
    title = words.fill(LAYER["summary"], {"level": one})
    sentences = [
        f"{title}.",
        words.fill(LAYER["summary_about"], {"levels": many}),
        *_left_out_words(left_out),
        results.protection,
        results.watermark,
        *results.attribution,
    ]
    few = len(results.areas[level]) <= FEW
    layer = MapLayer(
        name=layer_name(level, "summary"),
        title=title,
        description=" ".join(filter(None, sentences)),
        level=level,
        group=LAYER["summary_group"],
        query=f"SELECT o.fid AS OGC_FID, o.geom AS geom, {listed} FROM {level} o",  # noqa: S608
        columns=tuple(columns),
        styles=_styles(blocks, few=few),
        first=True,
    )
    return with_columns_said(layer, _told_apart(said))


def _left_out_words(left_out: list[_Block]) -> Iterator[str]:
    if left_out:
        named = "; ".join(f"{one.title}, {words.SEX[one.series.sex].lower()}" for one in left_out)
        yield words.fill(
            LAYER["summary_left_out"],
            {"n": str(len(left_out)), "most": str(MOST_COLUMNS), "series": named},
        )


def _said(block: _Block, name: str) -> Described:
    """Heading and words of a column: those of the long table, of which indicator it is first."""
    base = name.replace(STATUS_OF_CHANGE, "status")
    about = described(base)
    title = heading(base)
    if name != base:
        title = words.fill(LAYER["summary_of_change"], {"title": title})
    sentence = about.words
    if name.startswith("rate_"):
        sentence = f"{block.series.per}. {sentence}".strip()
    return Described(title=f"{block.title}: {title}", words=sentence, holds=about.holds)


def _told_apart(said: dict[str, Described]) -> dict[str, Described]:
    """Headings of which no two are the same, as the format's register wants them."""
    taken: set[str] = set()
    found = {}
    for name, about in said.items():
        title, number = about.title, 2
        while title in taken:
            title, number = f"{about.title} ({number})", number + 1
        taken.add(title)
        found[name] = Described(title=title, words=about.words, holds=about.holds)
    return found


def _styles(blocks: Iterable[_Block], *, few: bool) -> tuple[Style, ...]:
    """For each series its classes; real ones first, so that the default shows no made-up figure."""
    found = []
    for block in sorted(blocks, key=lambda one: one.series.illustrative):
        series = block.series
        sex = words.SEX[series.sex].lower()
        style = rate_style(
            series.breaks,
            sex=series.sex,
            decimals=series.decimals,
            few=few,
            suffix=f"_{series.sex}",
        )
        names = {name: f'"{block.stem}_{name}"' for name in block.columns}
        style = with_heading(renamed(style, names), f"{block.title}, {sex}. {series.per}")
        end = f", {sex}"
        text = block.stem.replace("_", " ").capitalize()[: LONGEST_STYLE - len(end)].rstrip()
        found.append(replace(style, name=f"{text}{end}"))
    return with_free_style_names(found)
