"""`vawg-geo count`: points, from files of any size, into a table of counts by area."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import OWN_FILE, TABLES, require_new, require_place
from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.terms.columns import BASES, LEVELS, SEXES

if TYPE_CHECKING:
    import argparse

    import geopandas as gpd
    import pandas as pd

    from vawg_geo.areas.counting.count_points import Account, PointCounts
    from vawg_geo.commands.console import Commands

__all__ = ["Labels", "account_line", "add_parser", "count_file", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "count",
        help="points with coordinates, counted into areas",
        description=(
            "Counts points into areas and says where every row went. POINTS is a CSV file with "
            "longitude and latitude or easting and northing, a street file of police.uk as it "
            "comes or a folder of them, a GeoPackage or a Parquet file, of any size. A point on "
            "the border of several areas counts once, in the area with the lowest code. For the "
            "analyst's own use: nothing is hidden in the result, which can be named in vawg.toml "
            "under [[counts]]."
        ),
    )
    command.add_argument("points", type=Path, metavar="POINTS", help="a file or a folder")
    command.add_argument("--areas", required=True, metavar="NAME|FILE")
    command.add_argument("--category", metavar="COLUMN=VALUE", help="count only these rows")
    command.add_argument("--out", type=Path, metavar="COUNTS", help=".csv, .xlsx or .parquet")
    command.add_argument("--indicator", help="default: the category's value")
    command.add_argument("--period", help="of all points (default: the column Month)")
    command.add_argument("--sex", choices=SEXES, default="persons")
    command.add_argument("--basis", choices=BASES, default="own")
    command.add_argument("--level", choices=LEVELS, help="where the codes do not tell it")
    command.add_argument("--vintage", default="", metavar="DATE", help="of the areas")
    command.add_argument("--note", default="", help="for every row of the result")
    command.add_argument("--x", metavar="COLUMN", help="only where it cannot be recognised")
    command.add_argument("--y", metavar="COLUMN")
    command.add_argument("--crs", help="of the points, e.g. EPSG:27700")
    command.add_argument("--layer", help="of a GeoPackage of points with several")
    command.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="count on a dask.distributed cluster"
    )
    return command


def run(options: argparse.Namespace) -> int:
    """Count, and say where every row went."""
    labels = Labels(**{field.name: getattr(options, field.name) for field in fields(Labels)})
    names = ("areas", "out", "category", "x", "y", "crs", "layer", "scheduler")
    given = {name: getattr(options, name) for name in names}
    print_lines(count_file(options.points, labels=labels, **given))
    return DONE


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What every row of a table of counts says.

    Attributes
    ----------
    indicator : str, optional
        The category's value where not given.
    period : str, optional
        Of all points; by the column `Month` where not given.
    level : str, optional
        As the codes tell it where not given.
    sex, basis, vintage, note : str
    """

    indicator: str | None = None
    period: str | None = None
    level: str | None = None
    sex: str = "persons"
    basis: str = "own"
    vintage: str = ""
    note: str = ""


def count_file(
    points: Path,
    *,
    areas: str,
    out: Path | None = None,
    category: str | None = None,
    labels: Labels | None = None,
    x: str | None = None,
    y: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    scheduler: str | None = None,
) -> list[str]:
    """Count a file or folder of points into areas, and write the counts where asked to.

    Parameters
    ----------
    points : Path
        See `plan_points`.
    areas : str
        A name of the catalogue, or a boundary file.
    out : Path, optional
        Where to write the counts; its ending says the format.
    category : str, optional
        ``COLUMN=VALUE``: count only rows that say so.
    labels : Labels, optional
    x, y, crs, layer : str, optional
        See `plan_points`.
    scheduler : str, optional
        Address of a cluster.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.areas.counting.count_points import count_points
    from vawg_geo.files.table import write_table
    from vawg_geo.inputs.boundaries.by_name import read_layer
    from vawg_geo.inputs.points.plan import plan_points

    wanted = _category(category)
    labels = labels or Labels()
    if labels.indicator is None and wanted is not None:
        labels = replace(labels, indicator=wanted[1])
    month = labels.period is None
    source = plan_points(points, category=wanted, x=x, y=y, crs=crs, layer=layer, month=month)
    if out is not None:
        require_new(out, points, Path(areas))
        require_place(out, TABLES)
        _require_labels(labels, has_months=source.columns.month != "", points=points)
    outlines = read_layer(areas)
    notes = [f"Note: {said}" for said in (*source.notes, *outlines.attrs.pop("notes", []))]
    labels = replace(labels, level=_level(outlines, labels.level))
    result = count_points(source, outlines, period=labels.period, scheduler=scheduler)
    lines = [*notes, *_account(result, wanted), *_shares(result, outlines)]
    if out is None:
        return [*lines, "Nothing was written. Give --out COUNTS for a table."]
    table = _table(result, outlines, labels)
    write_table(table, out)
    return [*lines, f"{out}: {len(table):,} counts. {OWN_FILE}"]


def _table(result: PointCounts, outlines: gpd.GeoDataFrame, labels: Labels) -> pd.DataFrame:
    from vawg_geo.areas.counting.count_points import count_table

    return count_table(
        result.counts,
        outlines,
        indicator=str(labels.indicator),
        level=str(labels.level),
        vintage=labels.vintage,
        sex=labels.sex,
        basis=labels.basis,
        note=labels.note,
    )


def account_line(title: str, account: Account) -> str:
    """Say where the rows went.

    Examples
    --------
    >>> from vawg_geo.areas.counting.count_points import Account
    >>> account_line("All rows", Account(rows=9, without_coordinates=2, outside=1, in_areas=6))
    'All rows: 9 = 6 in an area (0 of them on a border) + 1 outside + 2 without coordinates'
    """
    return (
        f"{title}: {account.rows:,} = {account.in_areas:,} in an area ({account.on_borders:,} of "
        f"them on a border) + {account.outside:,} outside + {account.without_coordinates:,} "
        "without coordinates"
    )


def _category(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    column, found, value = text.partition("=")
    if not (column.strip() and found and value.strip()):
        msg = f"--category {text!r} is not COLUMN=VALUE. Write it as 'Crime type=Burglary'."
        raise ConfigurationError(msg)
    return column.strip(), value.strip()


def _require_labels(labels: Labels, *, has_months: bool, points: Path) -> None:
    if labels.period is None and not has_months:
        msg = f"{points.name} has no column Month. Say what period it is of with --period."
        raise InputError(msg)
    if labels.indicator is None:
        msg = "what is counted has no name. Give it one with --indicator."
        raise ConfigurationError(msg)


def _level(outlines: gpd.GeoDataFrame, level: str | None) -> str:
    from vawg_geo.terms.codes import level_of_code

    found = level or level_of_code(str(outlines["area_code"].iloc[0]))
    if found is None:
        msg = f"the code {outlines['area_code'].iloc[0]!r} does not tell its level. Give --level."
        raise ConfigurationError(msg)
    return found


def _account(result: PointCounts, category: tuple[str, str] | None) -> list[str]:
    lines = [account_line("All rows", result.everything)]
    if category is not None:
        lines.append(account_line(category[1], result.chosen))
    if result.chosen.on_borders:
        lines.append("A point on a border of several areas counts in the one with the lowest code.")
    return lines


def _shares(result: PointCounts, outlines: gpd.GeoDataFrame) -> list[str]:
    places, inside = result.places, result.chosen.in_areas
    lines = []
    if places.too_many:
        lines.append("More than 1,000,000 different places: shared ones are not counted.")
    elif places.shared:
        lines.append(
            f"{places.points_shared:,} of {inside:,} points in areas share their exact place with "
            f"another: {places.shared:,} of {places.different:,} places, up to {places.most:,} "
            "points at one"
        )
    if result.areas_without:
        lines.append(
            f"Note: {result.areas_without:,} of {len(outlines):,} areas have no row of any kind "
            "and are counted as zero: give only areas that the points cover."
        )
    return lines
