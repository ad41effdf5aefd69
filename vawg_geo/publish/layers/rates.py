"""The layers that a GIS lists: for each its query, its columns, its styles and its place.

Pure descriptions: the GeoPackage is written by them and the project names the same layers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain, count
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from vawg_geo.publish.geopackage.file import layer_name, quoted_text
from vawg_geo.publish.layers.styles import (
    Style,
    cluster_style,
    graduated_style,
    rate_style,
    scan_style,
    significance_style,
    standing_style,
    with_heading,
)
from vawg_geo.results.hotspots import called_of, label_rule, scan_rule_of, scan_said_of
from vawg_geo.results.series import series_of
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.periods import month_word, read_period
from vawg_geo.terms.views import (
    OF_EACH_SCAN,
    OF_EACH_SEX,
    OF_EACH_STATISTIC,
    OF_HOTSPOTS,
    OF_OUTLINES,
    OF_RATES,
    SCAN,
    STATISTICS,
    side_by_side,
)
from vawg_geo.words import page as words
from vawg_geo.words.layers import LAYER, MADE_UP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series
    from vawg_geo.terms.shared import Described

__all__ = [
    "FEW",
    "FEWEST_AREAS",
    "MapLayer",
    "described_layer",
    "hotspot_layers",
    "rate_layers",
    "rates_join",
    "with_columns_said",
    "with_free_names",
    "with_free_style_names",
]

# A level of fewer areas is an outline, not a map.
FEWEST_AREAS = 2
# As many as the page writes figures upon.
FEW = 30
# As many letters as the table of styles takes.
LONGEST_STYLE = 30


@dataclass(frozen=True, kw_only=True)
class MapLayer:
    """A spatial view.

    Attributes
    ----------
    name, title, description : str
        As the GeoPackage registers it.
    level : str
        Whose outlines it has.
    group : str
        Where a project lists it.
    query : str
    columns : tuple of str
        In the query's order, without the geometry.
    styles : tuple of Style
        The first is the default.
    indicator, period : str
        Empty where it is of no series.
    sexes : tuple of str
    illustrative : bool
    timed : bool
        Whether there are other periods of the same.
    periods : tuple of str
        Of a layer that has a row for each of several; empty where it is of one.
    said : tuple of (str, Described)
        What is said of columns that this layer alone has.
    lists : tuple of (str, tuple of (str, str))
        Lists of words that stand in its columns alone: their names, and what each word means.
    first : bool
        Whether a program is to list it before all others.
    subject, when : str
        Of a series: what is counted, and of when, unless that says it.
    """

    name: str
    title: str
    description: str
    level: str
    group: str
    query: str = ""
    columns: tuple[str, ...] = ()
    styles: tuple[Style, ...] = ()
    indicator: str = ""
    period: str = ""
    sexes: tuple[str, ...] = ()
    illustrative: bool = False
    timed: bool = False
    periods: tuple[str, ...] = ()
    said: tuple[tuple[str, Described], ...] = ()
    lists: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    first: bool = False
    subject: str = ""
    when: str = ""


def rate_layers(results: EditionResults) -> Iterator[MapLayer]:
    """Layers of every level that has areas enough for a map: sexes side by side."""
    for level, areas in results.areas.items():
        if len(areas) < FEWEST_AREAS:
            continue
        rates = results.rates[results.rates["level"] == level]
        periods = rates.groupby("indicator", sort=False)["period"].nunique()
        for key, rows in rates.groupby(["indicator", "period", "basis"], sort=False):
            indicator, period, basis = map(str, key)
            layer = described_layer(
                results,
                level,
                indicator,
                period,
                illustrative=basis == "illustrative",
                sexes=tuple(sorted(rows["sex"].unique(), key=SEXES.index)),
                several=bool(periods[indicator] > 1),
            )
            yield replace(
                _with_query(layer),
                styles=_rate_styles(results, layer, rows, few=len(areas) <= FEW),
            )


def hotspot_layers(results: EditionResults, of_rates: Iterable[MapLayer]) -> Iterator[MapLayer]:
    """Layers of every series of rates that has hotspots."""
    if results.hotspots.empty:
        return
    for rates_layer in of_rates:
        rows = _of_layer(results.hotspots, rates_layer)
        if rates_layer.illustrative or rows.empty:
            continue
        scans = _of_layer(results.scans, rates_layer)
        about = results.indicators[rates_layer.indicator]
        layer = _hotspots_layer(rates_layer, about.slug, rows, scans)
        statistics = tuple(rows["statistic"].unique())
        few = len(results.areas[layer.level]) <= FEW
        styles = [
            cluster_style(statistic, sex=sex, prefix=STATISTICS[statistic].prefix, few=few)
            for sex in layer.sexes
            for statistic in statistics
        ]
        called = called_of(scans)
        styles += _scan_styles(called, layer)
        query, columns = _hotspots_query(layer, statistics, with_scan=not called.empty)
        yield replace(layer, query=query, columns=columns, styles=tuple(styles))


def with_columns_said(layer: MapLayer, said: Mapping[str, Described]) -> MapLayer:
    """Layer whose own columns are described, in its styles too.

    Parameters
    ----------
    layer : MapLayer
    said : mapping of str to Described
        By column.

    Returns
    -------
    MapLayer
    """
    headings = tuple((name, about.title) for name, about in said.items())
    return replace(
        layer,
        said=tuple(said.items()),
        styles=tuple(replace(style, headings=headings) for style in layer.styles),
    )


def with_free_style_names(styles: Iterable[Style]) -> tuple[Style, ...]:
    """Styles under names of their own, of at most as many letters as their table takes.

    Parameters
    ----------
    styles : iterable of Style

    Returns
    -------
    tuple of Style

    Examples
    --------
    >>> long = Style(name="Front door for referrals with children", description="", rules=())
    >>> [style.name for style in with_free_style_names([long, long])]
    ['Front door for referrals with', 'Front door for referrals wi, 2']
    """
    taken: set[str] = set()
    found = []
    for style in styles:
        ends = chain([""], (f", {number}" for number in count(2)))
        names = (f"{style.name[: LONGEST_STYLE - len(end)].rstrip()}{end}" for end in ends)
        name = next(name for name in names if name not in taken)
        taken.add(name)
        found.append(replace(style, name=name))
    return tuple(found)


def with_free_names(layers: Iterable[MapLayer], taken: Sequence[str]) -> list[MapLayer]:
    """Layers under names and titles of their own: indicators may be called alike but for a dash.

    Parameters
    ----------
    layers : iterable of MapLayer
    taken : sequence of str
        Names of tables.

    Returns
    -------
    list of MapLayer
    """
    names, titles, found = set(taken), set[str](), []
    for layer in layers:
        name = _free(names, layer.name, partial(_numbered_name, layer.name))
        title = _free(titles, layer.title, partial(_numbered_title, layer.title))
        names.add(name)
        titles.add(title)
        found.append(replace(layer, name=name, title=title))
    return found


def _free(taken: set[str], wanted: str, numbered: Callable[[int], str]) -> str:
    every = chain([wanted], map(numbered, count(2)))
    return next(name for name in every if name not in taken)


def _numbered_name(name: str, number: int) -> str:
    return layer_name(name, keep=[str(number)])


def _numbered_title(title: str, number: int) -> str:
    return words.fill(LAYER["another"], {"title": title, "n": str(number)})


def described_layer(
    results: EditionResults,
    level: str,
    indicator: str,
    period: str,
    *,
    illustrative: bool,
    sexes: tuple[str, ...],
    several: bool,
) -> MapLayer:
    """Describe a layer of rates, without its query and its styles.

    Parameters
    ----------
    results : EditionResults
    level, indicator, period : str
    illustrative : bool
    sexes : tuple of str
    several : bool
        Whether its name has the period in it.
    """
    about = results.indicators[indicator]
    mark = "illustrative" if illustrative else ""
    keep = (mark, period if several else "")
    when = "" if _tells(about.title, period) else period
    subject = about.title
    if illustrative:
        subject = words.fill(LAYER["made_up"], {"mark": MADE_UP, "title": subject})
    values = {"title": ", ".join(filter(None, (subject, when))), "level": level.replace("_", " ")}
    title = words.fill(LAYER["title"], values)
    sentences = (
        f"{title}.",
        about.about,
        words.fill(LAYER["source"], {"source": about.source}) if about.source else "",
        about.caveat,
        results.protection,
        results.watermark,
        *results.attribution,
    )
    return MapLayer(
        name=layer_name(level, about.slug, keep=keep),
        title=title,
        description=" ".join(sentence for sentence in sentences if sentence),
        level=level,
        group=words.fill(LAYER["rates"], {"level": words.LEVEL[level][0]}),
        indicator=indicator,
        period=period,
        sexes=sexes,
        illustrative=illustrative,
        timed=several,
        subject=subject,
        when=when,
    )


def _tells(title: str, period: str) -> bool:
    """Whether a title says of which period it is, as in `Offences, August 2019` of 2019-08."""
    span = read_period(period)
    month = f"{date.fromordinal(span[0]):%B %Y}" if span and month_word(span) else period
    return period in title or month in title


def _rate_styles(
    results: EditionResults, layer: MapLayer, rows: pd.DataFrame, *, few: bool
) -> tuple[Style, ...]:
    """For each sex classes, the same graduated, and the comparison; classes of the first first."""
    found = []
    of_level = {series.key: series for series in series_of(results, layer.level)}
    for sex in layer.sexes:
        series = of_level[layer.indicator, sex, layer.period]
        mine = rows[rows["sex"] == sex]
        style = rate_style(
            series.breaks, sex=sex, decimals=series.decimals, few=few, suffix=f"_{sex}"
        )
        highest = float(mine["rate"].max()) if mine["rate"].notna().any() else 0.0
        graduated = graduated_style(style, sex=sex, column=f"rate_{sex}", highest=highest)
        found += [with_heading(style, series.per), graduated]
        found += _comparisons(series, first=series.compares, few=few)
    return tuple(found)


def _comparisons(series: Series, *, first: str, few: bool) -> list[Style]:
    """Styles of both comparisons, that which is to be coloured first at the head."""
    sex, found = series.sex, {}
    if (series.significance != "not_compared").any():
        style = significance_style(sex=sex, few=few, suffix=f"_{sex}")
        text = series.compared(words.PAGE["key_compared_with"])
        found["significance"] = (style, text, series.chance_of_calls)
    if (series.standing != "not_compared").any():
        style = standing_style(sex=sex, few=few, suffix=f"_{sex}")
        text = words.fill(words.PAGE["view_standing"], {"levels": series.levels})
        found["standing"] = (style, text, series.chance_of_standing)
    return [
        with_heading(style, f"{words.SEX[sex]}: {text[:1].lower()}{text[1:]}. {chance}")
        for _, (style, text, chance) in sorted(found.items(), key=lambda one: one[0] != first)
    ]


def _scan_styles(scans: pd.DataFrame, layer: MapLayer) -> list[Style]:
    styles = []
    for sex in layer.sexes:
        if scans.empty or not (mine := scans[scans["sex"] == sex]).size:
            continue
        each = mine.drop_duplicates("scan_cluster").sort_values("scan_cluster")
        clusters = [
            (int(row["scan_cluster"]), _cluster_words(row, layer.level))
            for row in each.to_dict("records")
        ]
        styles.append(scan_style(clusters, sex=sex))
    return styles


def _cluster_words(row: dict[Any, Any], level: str) -> str:
    one, many = words.LEVEL[level]
    count = int(str(row["areas"]))
    risk = float(str(row["relative_risk"]))
    values = {
        "n": str(row["scan_cluster"]),
        "areas": str(count),
        "level": one,
        "levels": many,
        "risk": words.format_number(risk, 2) if isfinite(risk) else "",
        "p": words.format_number(float(str(row["p_value"])), 3),
    }
    told = "cluster_one" if count == 1 else "cluster_many"
    return words.fill(LAYER[told if isfinite(risk) else "cluster_all"], values)


def _of_layer(table: pd.DataFrame, layer: MapLayer) -> pd.DataFrame:
    """Rows of a layer's level, indicator and period."""
    if table.empty:
        return table
    same = [table[name] == getattr(layer, name) for name in ("level", "indicator", "period")]
    return table[np.logical_and.reduce(same)]


def _hotspots_layer(
    layer: MapLayer, about: str, rows: pd.DataFrame, scans: pd.DataFrame
) -> MapLayer:
    """Name, title and rules of a layer of hotspots."""
    rules = [label_rule(one, levels="areas") for _, one in rows.groupby("statistic", sort=False)]
    by_sex = list(scans.groupby("sex", sort=False)) if len(scans) else []
    for sex, one in by_sex:
        said = " ".join(scan_said_of(one)).rstrip(".")
        about_sex = f"{words.SEX[str(sex)]}: " if len(by_sex) > 1 else ""
        rules.append(f"{about_sex}{scan_rule_of(one)}. {said}")
    about_hotspots = words.fill(LAYER["hotspots_about"], {"caveat": words.PAGE["hot_caveat"]})
    return replace(
        layer,
        name=layer_name(layer.level, about, keep=[layer.period if layer.timed else "", "hotspots"]),
        title=words.fill(LAYER["hotspots"], {"title": layer.title}),
        description=" ".join([about_hotspots, *(f"{r}." for r in rules), layer.description]),
        group=LAYER["hotspots_group"],
        sexes=tuple(sex for sex in layer.sexes if (rows["sex"] == sex).any()),
    )


def _with_query(layer: MapLayer) -> MapLayer:
    first = layer.sexes[0]
    columns = {name: f"o.{name}" for name in OF_OUTLINES}
    columns |= {
        side_by_side(name, sex=sex).name: f"{sex}.{name}"
        for sex in layer.sexes
        for name in OF_EACH_SEX
    }
    columns |= {name: f"{first}.{name}" for name in OF_RATES}
    joins = " ".join(rates_join(layer, sex) for sex in layer.sexes)
    return replace(layer, query=_select(columns, layer.level, joins), columns=tuple(columns))


def _hotspots_query(
    layer: MapLayer, statistics: tuple[str, ...], *, with_scan: bool
) -> tuple[str, tuple[str, ...]]:
    columns = {name: f"o.{name}" for name in OF_OUTLINES}
    joins = []
    same = f"indicator = {quoted_text(layer.indicator)} AND period = {quoted_text(layer.period)}"
    for sex in layer.sexes:
        joins.append(rates_join(layer, sex))
        columns[f"status_{sex}"] = f"{sex}.status"
        for statistic in statistics:
            about = STATISTICS[statistic]
            table = f"{about.prefix}_{sex}"
            columns |= {
                side_by_side(name, sex=sex, statistic=about).name: f"{table}.{name}"
                for name in OF_EACH_STATISTIC
            }
            joins.append(
                f"LEFT JOIN hotspots {table} ON {table}.area_code = o.area_code "
                f"AND {table}.sex = '{sex}' AND {table}.statistic = '{statistic}' "
                f"AND {table}.indicator = {quoted_text(layer.indicator)} "
                f"AND {table}.period = {quoted_text(layer.period)}"
            )
        if with_scan:
            mine = f"area_code = o.area_code AND sex = '{sex}' AND {same}"
            columns |= {
                side_by_side(name, sex=sex, statistic=SCAN).name: (
                    f"(SELECT {name} FROM scans WHERE {mine} AND significant "  # noqa: S608
                    "ORDER BY scan_cluster LIMIT 1)"
                )
                for name in OF_EACH_SCAN
            }
    first = f"{STATISTICS[statistics[0]].prefix}_{layer.sexes[0]}"
    columns |= {name: f"{first}.{name}" for name in OF_HOTSPOTS}
    return _select(columns, layer.level, " ".join(joins)), tuple(columns)


def rates_join(layer: MapLayer, sex: str, *, period: str = "") -> str:
    """Part of a query: the rates of one sex beside the outlines `o`.

    Parameters
    ----------
    layer : MapLayer
    sex : str
    period : str
        Expression of the query; without it the layer's own.
    """
    return (
        f"LEFT JOIN rates {sex} ON {sex}.area_code = o.area_code AND {sex}.sex = '{sex}' "
        f"AND {sex}.indicator = {quoted_text(layer.indicator)} "
        f"AND {sex}.period = {period or quoted_text(layer.period)}"
    )


def _select(columns: dict[str, str], level: str, joins: str) -> str:
    # Names are ours, values quoted.
    listed = ", ".join(f'{source} AS "{name}"' for name, source in columns.items())
    return f"SELECT o.fid AS OGC_FID, o.geom AS geom, {listed} FROM {level} o {joins}"  # noqa: S608
