"""An edition as one GeoPackage.

Every outline and every figure stands in it once: a feature table for each level, the long table
`rates`, and for each indicator a spatial view that puts the figures by sex beside the outlines.
(Writing each of these layers as a table of its own took three times as long and made a file three
times the size; a view opens in QGIS like any layer and cannot be edited by mistake.)

Always a whole new file under a temporary name, renamed when it is complete; the same edition gives
the same bytes.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyogrio

from vawg_geo.errors import OutputError
from vawg_geo.indicators import slug
from vawg_geo.publish.results import compute_results
from vawg_geo.publish.tables import caveat_table, indicator_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.publish.results import EditionResults

__all__ = ["write_geopackage"]

# GDAL stamps the time of writing unless it is told one; the same inputs must give the same bytes.
_NO_CLOCK = "2000-01-01T00:00:00.000Z"
# A level of fewer areas is an outline, not a map.
_FEWEST_AREAS = 2
_LONGEST_NAME = 57
_WHO = ("area_code", "area_name", "parent_code")
_BY_SEX = (
    "count", "population", "rate", "rate_lower", "rate_upper", "rate_lower_998", "rate_upper_998",
    "significance", "status",
)  # fmt: skip
_SHARED = (
    "indicator", "period", "rate_per", "rate_method", "comparator", "significance_rule", "basis",
)  # fmt: skip


def write_geopackage(edition: Edition, path: Path | str) -> Path:
    """Write an edition's layers and tables.

    Parameters
    ----------
    edition : Edition
        As `protect` returns; nothing else is accepted.
    path : Path or str
        Ends in `.gpkg`. Replaced when the new file is whole.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        The file cannot be written, or another program is writing to it.
    """
    path = Path(path)
    results = compute_results(edition)
    with _whole_file(path) as draft, _draft_settings():
        for level, areas in results.areas.items():
            _write_outlines(draft, level, areas, results)
        with closing(sqlite3.connect(draft)) as base, base:
            base.execute("PRAGMA journal_mode=OFF")
            base.execute("PRAGMA synchronous=OFF")
            illustrative = results.rates["basis"] == "illustrative"
            rates = results.rates.assign(illustrative=illustrative)
            _add_table(base, "rates", rates, "All figures, one row each")
            base.execute("CREATE INDEX rates_series ON rates (indicator, period, sex, area_code)")
            _add_table(base, "indicators", indicator_table(edition), "What is counted")
            _add_table(
                base, "sources_and_caveats", caveat_table(edition), "Sources, licences, caveats"
            )
            _add_table(base, "join_report", edition.join_report, "How rows came to areas")
            for layer in _layers(results):
                _add_view(base, layer)
    return path


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """A spatial view: an indicator, period and basis at a level, sexes side by side."""

    name: str
    title: str
    description: str
    level: str
    indicator: str
    period: str
    sexes: tuple[str, ...]


def _layers(results: EditionResults) -> Iterator[_Layer]:
    """Layers of every level that has areas enough for a map."""
    for level, areas in results.areas.items():
        if len(areas) < _FEWEST_AREAS:
            continue
        rates = results.rates[results.rates["level"] == level]
        periods = rates.groupby("indicator", sort=False)["period"].nunique()
        for key, rows in rates.groupby(["indicator", "period", "basis"], sort=False):
            indicator, period, basis = map(str, key)
            yield _describe(
                results,
                level,
                indicator,
                period,
                illustrative=basis == "illustrative",
                sexes=tuple(rows["sex"].unique()),
                several=periods[indicator] > 1,
            )


def _describe(
    results: EditionResults,
    level: str,
    indicator: str,
    period: str,
    *,
    illustrative: bool,
    sexes: tuple[str, ...],
    several: bool,
) -> _Layer:
    about = results.indicators[indicator]
    mark = "illustrative" if illustrative else ""
    parts = (level, about.slug, mark, slug(period) if several else "")
    title = f"{about.title}, {period}, by {level.replace('_', ' ')}"
    if illustrative:
        title = f"ILLUSTRATIVE, NOT REAL FIGURES: {title}"
    sentences = (
        f"{title}.",
        about.definition,
        f"Source: {about.source}.",
        about.caveat,
        results.protection,
        results.watermark,
        *results.attribution,
    )
    return _Layer(
        name="_".join(part for part in parts if part)[:_LONGEST_NAME],
        title=title,
        description=" ".join(sentence for sentence in sentences if sentence),
        level=level,
        indicator=indicator,
        period=period,
        sexes=sexes,
    )


def _write_outlines(
    draft: Path, level: str, areas: gpd.GeoDataFrame, results: EditionResults
) -> None:
    title = f"Outlines: {level.replace('_', ' ')}"
    pyogrio.write_dataframe(
        areas[[*_WHO, "geometry"]],
        draft,
        layer=level,
        driver="GPKG",
        append=draft.exists(),
        use_arrow=True,
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        dataset_options={"VERSION": "1.3"},
        layer_options={
            "IDENTIFIER": title,
            "DESCRIPTION": " ".join([f"{title}.", *results.attribution]),
        },
    )


def _add_table(base: sqlite3.Connection, name: str, table: pd.DataFrame, title: str) -> None:
    """Add a table without geometry, and register it so that a GIS lists it."""
    types = ", ".join(f"{_quoted(str(column))} {_sql_type(table[column])}" for column in table)
    base.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY NOT NULL, {types})")
    values = table.astype(object).where(table.notna(), None).to_numpy(object)
    marks = ", ".join("?" * (len(table.columns) + 1))
    base.executemany(
        f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608  (names are ours)
        ((n, *map(_plain, row)) for n, row in enumerate(values, start=1)),
    )
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "srs_id) VALUES (?, 'attributes', ?, ?, ?, 0)",
        (name, title, title, _NO_CLOCK),
    )


def _add_view(base: sqlite3.Connection, layer: _Layer) -> None:
    """Add a spatial view of one layer, and register it as GIS programs expect."""
    first = layer.sexes[0]
    columns = ["o.fid AS OGC_FID", "o.geom AS geom", *(f"o.{name}" for name in _WHO)]
    columns += [f"{sex}.{name} AS {name}_{sex}" for sex in layer.sexes for name in _BY_SEX]
    columns += [f"{first}.{name}" for name in (*_SHARED, "illustrative", "note")]
    joins = " ".join(
        f"LEFT JOIN rates {sex} ON {sex}.area_code = o.area_code AND {sex}.sex = '{sex}' "
        f"AND {sex}.indicator = {_text(layer.indicator)} AND {sex}.period = {_text(layer.period)}"
        for sex in layer.sexes
    )
    base.execute(
        f"CREATE VIEW {_quoted(layer.name)} AS "  # noqa: S608  (names are ours, values quoted)
        f"SELECT {', '.join(columns)} FROM {layer.level} o {joins}"
    )
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "min_x, min_y, max_x, max_y, srs_id) SELECT ?, 'features', ?, ?, ?, min_x, min_y, max_x, "
        "max_y, srs_id FROM gpkg_contents WHERE table_name = ?",
        (layer.name, layer.title, layer.description, _NO_CLOCK, layer.level),
    )
    base.execute(
        "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name, srs_id, z, m "
        "FROM gpkg_geometry_columns WHERE table_name = ?",
        (layer.name, layer.level),
    )


def _sql_type(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "BOOLEAN"
    if pd.api.types.is_integer_dtype(column):
        return "INTEGER"
    return "REAL" if pd.api.types.is_numeric_dtype(column) else "TEXT"


def _plain(value: object) -> object:
    """Value as sqlite3 takes it: NumPy's scalars are not Python's."""
    return value.item() if isinstance(value, np.generic) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def _whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside the file, and rename when the block ends well."""
    if Path(f"{path}-wal").exists():
        msg = (
            f"{path.name} is open for editing in another program. Save and close it there, then "
            "run again."
        )
        raise OutputError(msg)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".vawg-") as folder:
        draft = Path(folder, path.name)
        try:
            yield draft
            with draft.open("rb") as stream:
                os.fsync(stream.fileno())
            os.replace(draft, path)  # noqa: PTH105
        except (OSError, sqlite3.Error, pyogrio.errors.DataSourceError) as error:
            msg = f"{path.name} cannot be written: {error}. Nothing was changed."
            raise OutputError(msg) from error


@contextmanager
def _draft_settings() -> Iterator[None]:
    """No clock in the file, and no journal for a draft that nobody else reads."""
    settings = {
        "OGR_CURRENT_DATE": _NO_CLOCK,
        "OGR_SQLITE_SYNCHRONOUS": "OFF",
        "OGR_SQLITE_JOURNAL": "OFF",
    }
    pyogrio.set_gdal_config_options(settings)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(settings))
