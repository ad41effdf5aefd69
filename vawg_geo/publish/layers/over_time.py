"""Layers of several periods: a row for each area and period, for QGIS' temporal controller.

The layers of single periods stand beside them. One layer holds the periods of one line: they are as
long as each other and do not overlap, so that its classes hold for all of them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.publish.geopackage.file import layer_name, quoted_text
from vawg_geo.publish.layers.rates import FEW, described_layer, rates_join
from vawg_geo.publish.layers.styles import Style, rate_style, with_heading
from vawg_geo.results.series import series_of
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.periods import read_periods
from vawg_geo.terms.tables import PERIODS
from vawg_geo.terms.views import OF_EACH_SEX, OF_OUTLINES, OF_RATES, TIME_COLUMNS, side_by_side
from vawg_geo.words import page as words
from vawg_geo.words.layers import LAYER, STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vawg_geo.publish.layers.rates import MapLayer
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series
    from vawg_geo.terms.periods import Span

__all__ = ["last_series_of", "over_time_layers", "period_spans", "period_table"]

# A map at a time, or none: then the latest period stands for all, and nothing lies upon it.
_AT_A_TIME: Final = "@map_start_time IS NOT NULL"


def period_spans(results: EditionResults) -> dict[str, Span]:
    """Days of the periods of all lines, those that lack in a line among them.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    dict of str to Span
        The earliest first; empty where no series has two periods.
    """
    lines = [line for held in results.over_time.lines.values() for line in held]
    named = list(dict.fromkeys(word for line in lines for word in line.periods))
    if not named:
        return {}
    # Words may be read by those that stand beside them.
    beside = [str(word) for word in results.rates["period"].unique() if word not in named]
    spans = dict(zip([*named, *beside], read_periods([*named, *beside]), strict=True))
    known = {word: span for word in named if (span := spans[word]) is not None}
    return dict(sorted(known.items(), key=lambda pair: (pair[1], pair[0])))


def period_table(results: EditionResults) -> pd.DataFrame:
    """First and last day of each period of the layers of several periods.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    pandas.DataFrame
        The columns of `tables.PERIODS`, days as dates; empty where there are no such layers.
    """
    rows = [
        (word, date.fromordinal(first), date.fromordinal(end - 1))
        for word, (first, end) in period_spans(results).items()
    ]
    table = pd.DataFrame(rows, columns=list(PERIODS.names))
    return table.astype(dict.fromkeys(TIME_COLUMNS, "datetime64[s]"))


def over_time_layers(results: EditionResults, of_rates: Iterable[MapLayer]) -> Iterator[MapLayer]:
    """Give one layer for all periods of each line of an indicator.

    Parameters
    ----------
    results : EditionResults
    of_rates : iterable of MapLayer
        Of single periods.

    Yields
    ------
    MapLayer
        None where no indicator has two periods.
    """
    spans = period_spans(results)
    together: dict[tuple[str, str, bool, tuple[str, ...]], list[MapLayer]] = {}
    for layer in of_rates:
        line = _first_series(results, layer).line if layer.period in spans else None
        if line is not None:
            key = layer.level, layer.indicator, layer.illustrative, line.periods
            together.setdefault(key, []).append(layer)
    for (*_, periods), layers in together.items():
        layers.sort(key=lambda layer: spans[layer.period])
        yield _of_line(results, layers, tuple(word for word in periods if word in spans))


def last_series_of(results: EditionResults, level: str) -> Iterator[list[Series]]:
    """Series of the last period of each line of a level: those of one indicator and line together.

    Parameters
    ----------
    results : EditionResults
    level : str

    Yields
    ------
    list of Series
        One for each sex, in their usual order.
    """
    together: dict[tuple[str, str], list[Series]] = {}
    if (results.rates["level"] == level).any():
        for series in series_of(results, level):
            if series.line is not None and series.period == series.line.periods[-1]:
                together.setdefault((series.indicator.name, series.period), []).append(series)
    yield from together.values()


def _first_series(results: EditionResults, layer: MapLayer) -> Series:
    key = layer.indicator, layer.sexes[0], layer.period
    return next(one for one in series_of(results, layer.level) if one.key == key)


def _of_line(results: EditionResults, layers: list[MapLayer], periods: tuple[str, ...]) -> MapLayer:
    latest = layers[-1]
    every = {sex for layer in layers for sex in layer.sexes}
    span = words.fill(LAYER["span"], {"first": periods[0], "last": periods[-1]})
    about = described_layer(
        results,
        latest.level,
        latest.indicator,
        span,
        illustrative=latest.illustrative,
        sexes=tuple(sorted(every, key=SEXES.index)),
        several=False,
    )
    how = words.fill(LAYER["how_to_play"], {"period": latest.period})
    slug = results.indicators[latest.indicator].slug
    mark = "illustrative" if latest.illustrative else ""
    layer = replace(
        about,
        name=layer_name(latest.level, slug, keep=[mark, "by", results.lengths[latest.period]]),
        description=f"{about.description} {how}",
        group=LAYER["over_time_group"],
        period=latest.period,
        periods=periods,
    )
    columns = _columns(layer)
    return replace(
        layer,
        query=_query(layer, columns),
        columns=tuple(columns),
        styles=tuple(_styles(results, layers, layer=layer)),
    )


def _columns(layer: MapLayer) -> dict[str, str]:
    """Columns by name, with where each comes from."""
    columns = {name: f"o.{name}" for name in OF_OUTLINES}
    columns["period"] = "p.period"
    columns |= {name: f"p.{name}" for name in TIME_COLUMNS}
    columns |= {
        side_by_side(name, sex=sex).name: f"{sex}.{name}"
        for sex in layer.sexes
        for name in OF_EACH_SEX
    }
    first = layer.sexes[0]
    return columns | {name: f"{first}.{name}" for name in OF_RATES if name != "period"}


def _query(layer: MapLayer, columns: dict[str, str]) -> str:
    listed = ", ".join(f'{source} AS "{name}"' for name, source in columns.items())
    named = ", ".join(map(quoted_text, layer.periods))
    joins = " ".join(rates_join(layer, sex, period="p.period") for sex in layer.sexes)
    # Each row a number of its own: areas of the first period, then those of the next.
    number = f"(p.fid - 1) * (SELECT max(fid) FROM {layer.level}) + o.fid"  # noqa: S608
    return (
        f"SELECT {number} AS OGC_FID, o.geom AS geom, {listed} "  # noqa: S608
        f"FROM {layer.level} o JOIN {PERIODS.name} p ON p.period IN ({named}) {joins}"
    )


def _styles(results: EditionResults, layers: list[MapLayer], *, layer: MapLayer) -> Iterator[Style]:
    """Classes of the rates of each sex: the same for all periods."""
    of_level = {series.key: series for series in series_of(results, layer.level)}
    few = len(results.areas[layer.level]) <= FEW
    for sex in layer.sexes:
        series = [
            one for held in layers if (one := of_level.get((layer.indicator, sex, held.period)))
        ]
        style = rate_style(
            series[-1].breaks,
            sex=sex,
            decimals=series[-1].decimals,
            few=few,
            suffix=f"_{sex}",
        )
        values = {"rates": series[-1].per, "period": layer.period}
        yield replace(
            with_heading(style, words.fill(STYLE["one_at_a_time"], values)),
            shown=f'"period" = {quoted_text(layer.period)} OR {_AT_A_TIME}',
            order=TIME_COLUMNS[0],
        )
