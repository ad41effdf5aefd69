"""Layers of change and of trend: the latest period against the earliest, and over all of them.

Where an indicator has one period there are none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from vawg_geo.publish.geopackage.file import layer_name, quoted_text
from vawg_geo.publish.layers.over_time import last_series_of
from vawg_geo.publish.layers.rates import FEW, FEWEST_AREAS, described_layer
from vawg_geo.publish.layers.styles import change_style, trend_style, with_heading
from vawg_geo.terms.tables import CHANGES, TRENDS
from vawg_geo.terms.views import OF_CHANGES, OF_EACH_CHANGE, OF_EACH_TREND, OF_OUTLINES, OF_TRENDS
from vawg_geo.words import page as words
from vawg_geo.words.layers import LAYER, STYLE
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vawg_geo.publish.layers.rates import MapLayer
    from vawg_geo.publish.layers.styles import Style
    from vawg_geo.results.over_time import Change
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["change_layers", "trend_layers"]

# What stands in no trend layer that says nothing else.
_NO_TREND: Final = "cannot_be_calculated"


@dataclass(frozen=True, kw_only=True)
class _Long:
    """A long table, and which of its rows and columns a layer shows for each sex."""

    table: str
    where: str
    each: Sequence[str]
    once: Sequence[str]


def change_layers(results: EditionResults) -> Iterator[MapLayer]:
    """Layers of the latest period against the earliest that it can be compared with.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    MapLayer
        One for each level, indicator and length of the periods.
    """
    for level, areas in results.areas.items():
        if len(areas) < FEWEST_AREAS:
            continue
        for held in last_series_of(results, level):
            found = {one.sex: one.changes[one.since] for one in held if one.since}
            if not found:
                continue
            first = next(iter(found.values()))
            # Of one pair of periods: other sexes may have begun later.
            shown = [
                one
                for one in held
                if one.sex in found and found[one.sex].period_from == first.period_from
            ]
            yield _of_change(results, shown, first)


def trend_layers(results: EditionResults) -> Iterator[MapLayer]:
    """Layers of the trend of each area over the latest five periods or more.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    MapLayer
        None of lines that have no trend anywhere.
    """
    for level, areas in results.areas.items():
        if len(areas) < FEWEST_AREAS:
            continue
        for held in last_series_of(results, level):
            shown = [one for one in held if one.line and (one.line.trend != _NO_TREND).any()]
            if shown:
                yield _of_trend(results, shown)


def _of_change(results: EditionResults, shown: Sequence[Series], change: Change) -> MapLayer:
    start, end = change.period_from, change.period_to
    span = words.fill(LAYER["against"], {"period": end, "since": start})
    layer = _described(results, shown, span, name="change")
    values = {"since": start, "period": end}
    long = _Long(
        table=CHANGES.name,
        where=f"period_from = {quoted_text(start)} AND period_to = {quoted_text(end)}",
        each=OF_EACH_CHANGE,
        once=OF_CHANGES,
    )
    few = shown[0].areas <= FEW
    styles: list[Style] = []
    for one in shown:
        of_sex = next(c for c in one.changes.values() if c.period_from == start)
        style = change_style(sex=one.sex, few=few)
        styles.append(with_heading(style, words.fill(STYLE["change_heading"], values)))
        if (of_sex.relative_change != "not_compared").any():
            against = values | {"comparator": of_sex.comparator}
            style = change_style(sex=one.sex, few=few, relative=True)
            styles.append(with_heading(style, words.fill(STYLE["relative_heading"], against)))
    about = words.fill(LAYER["change_about"], {"levels": shown[0].levels})
    return replace(
        _with_query(layer, long),
        description=f"{about} {RECORDING} {layer.description}",
        styles=tuple(styles),
    )


def _of_trend(results: EditionResults, shown: Sequence[Series]) -> MapLayer:
    line = shown[0].line
    periods = line.periods if line else ()
    ends = words.fill(LAYER["span"], {"first": periods[0], "last": periods[-1]})
    layer = _described(results, shown, words.fill(LAYER["trend"], {"span": ends}), name="trend")
    within = ", ".join(map(quoted_text, periods))
    long = _Long(
        table=TRENDS.name,
        where=f"period_to IN ({within})",
        each=OF_EACH_TREND,
        once=OF_TRENDS,
    )
    few = shown[0].areas <= FEW
    heading = words.fill(STYLE["trend_heading"], {"span": ends})
    styles = [with_heading(trend_style(sex=one.sex, few=few), heading) for one in shown]
    return replace(
        _with_query(layer, long),
        description=f"{LAYER['trend_about']} {RECORDING} {layer.description}",
        styles=tuple(styles),
    )


def _described(
    results: EditionResults, shown: Sequence[Series], span: str, *, name: str
) -> MapLayer:
    last = shown[0]
    layer = described_layer(
        results,
        last.level,
        last.indicator.name,
        span,
        illustrative=last.illustrative,
        sexes=tuple(one.sex for one in shown),
        several=False,
    )
    return replace(
        layer,
        name=layer_name(last.level, last.indicator.slug, keep=[name]),
        group=LAYER["over_time_group"],
        period=last.period,
    )


def _with_query(layer: MapLayer, long: _Long) -> MapLayer:
    first = layer.sexes[0]
    columns = {name: f"o.{name}" for name in OF_OUTLINES}
    columns |= {f"{name}_{sex}": f"{sex}.{name}" for sex in layer.sexes for name in long.each}
    columns |= {name: f"{first}.{name}" for name in long.once}
    joins = " ".join(
        f"LEFT JOIN (SELECT * FROM {long.table} WHERE {long.where} AND sex = '{sex}' "  # noqa: S608
        f"AND indicator = {quoted_text(layer.indicator)}) {sex} ON {sex}.area_code = o.area_code"
        for sex in layer.sexes
    )
    listed = ", ".join(f'{source} AS "{name}"' for name, source in columns.items())
    return replace(
        layer,
        query=(
            f"SELECT o.fid AS OGC_FID, o.geom AS geom, {listed} "  # noqa: S608
            f"FROM {layer.level} o {joins}"
        ),
        columns=tuple(columns),
    )
