"""`vawg-geo style`: the project's styles onto a layer of the analyst's own."""

from __future__ import annotations

import argparse
import re
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.errors import InputError, OutputError, did_you_mean, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from vawg_geo.commands.console import Commands
    from vawg_geo.publish.layers.styles import Style

__all__ = ["add_parser", "run", "style_file"]

_PACKAGE: Final = ".gpkg"
# Files that take their style from a .qml of the same name.
_BESIDE: Final = (".shp", ".fgb", ".geojson", ".json")
_MAGIC: Final = b"SQLite format 3\0"
_STYLE_COLUMNS: Final = frozenset(
    (
        "f_table_catalog",
        "f_table_schema",
        "f_table_name",
        "f_geometry_column",
        "styleName",
        "styleQML",
        "styleSLD",
        "useAsDefault",
        "description",
        "owner",
        "ui",
        "update_time",
    )
)


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "style",
        help="put the project's styles onto a layer of your own",
        description=(
            "Puts the classes and colours of the maps onto a layer in a GeoPackage of your own, "
            "or writes a .qml beside a Shapefile, FlatGeobuf or GeoJSON. Of a GeoPackage only the "
            "table of styles is written to. For QGIS 3.22 and later."
        ),
    )
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--layer", metavar="NAME", help="where the file has several")
    command.add_argument("--column", default="rate", help="what to show (default: rate)")
    command.add_argument("--status", metavar="COLUMN", help="why a figure is absent")
    command.add_argument("--label", metavar="COLUMN", help="names of areas (default: area_name)")
    command.add_argument("--breaks", type=_limits, metavar="LIST", help="class limits, as 2,5.5,10")
    command.add_argument("--name", help="name of the style (default: after the column)")
    command.add_argument("--default", action="store_true", help="take the place of its default")
    command.add_argument("--replace", action="store_true", help="overwrite a style of this name")
    return command


def _limits(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        msg = f"{text!r} is no list of numbers; write them as 2,5.5,10"
        raise argparse.ArgumentTypeError(msg) from None


def run(options: argparse.Namespace) -> int:
    """Put the styles on, and say which."""
    lines = style_file(
        options.file,
        layer=options.layer,
        column=options.column,
        status=options.status,
        label=options.label,
        breaks=options.breaks,
        name=options.name,
        default=options.default,
        replace=options.replace,
    )
    print_lines(lines)
    return DONE


def style_file(
    file: Path,
    *,
    layer: str | None = None,
    column: str = "rate",
    status: str | None = None,
    label: str | None = None,
    breaks: Sequence[float] | None = None,
    name: str | None = None,
    default: bool = False,
    replace: bool = False,
) -> list[str]:
    """Put styles onto a layer in a GeoPackage, or write a `.qml` beside another file.

    Parameters
    ----------
    file : Path
        A GeoPackage; or a Shapefile, FlatGeobuf or GeoJSON.
    layer : str, optional
        Needed where the file has several.
    column : str
        What to show: numbers, or the words of hotspots, comparisons or change.
    status, label : str, optional
        Columns; by default those that go with the column by name, and `area_name`.
    breaks : sequence of float, optional
        Inner class limits; by default natural breaks of the numbers.
    name : str, optional
        Of the style.
    default : bool
        Make it the layer's default though it has one; a layer without one gets one anyway.
    replace : bool
        Overwrite a style of the same name, or the `.qml`.

    Returns
    -------
    list of str
        What was done, in words.

    Raises
    ------
    InputError
        No such file, layer or column; the layer has no areas; a style of the name is there.
    OutputError
        The file is open elsewhere or cannot be written to. It is as it was.
    """
    from vawg_geo.files.in_use import require_closed
    from vawg_geo.publish.layers.own_styles import BESIDE, own_styles

    _require_kind(file)
    packed = file.suffix.lower() == _PACKAGE
    if packed:
        require_closed(file)
    layer, columns = _layer(file, layer)
    _require_column(columns, column, "--column", file)
    asked = bool(status)
    status = _chosen(columns, status, option="--status", file=file, usual=_status_of(column))
    label = _chosen(columns, label, option="--label", file=file, usual="area_name")
    beside = [one for one in BESIDE if one in columns]
    table = _read_columns(file, layer, list(dict.fromkeys(filter(None, (column, status, *beside)))))
    status, unread = _usable(table, status, asked=asked)
    styles = own_styles(
        table, column=column, status=status, label=label, breaks=breaks, name=name or ""
    )
    classes = [rule.label for rule in styles[0].rules if rule.kind == "class"]
    done = (
        _put_styles(file, layer, styles, default=default, replace=replace)
        if packed
        else _write_beside(file, styles[0], replace=replace)
    )
    return [done, f"Classes: {'; '.join(classes)}.", *unread]


def _require_kind(file: Path) -> None:
    ending = file.suffix.lower()
    if not file.is_file():
        msg = f"there is no file {file}. Name a GeoPackage, Shapefile, FlatGeobuf or GeoJSON."
        raise InputError(msg)
    if ending not in (_PACKAGE, *_BESIDE):
        msg = (
            f"{file.name} takes no style: its name ends in {ending or 'nothing'}. Styles go into a "
            "GeoPackage (.gpkg), or beside .shp, .fgb and .geojson."
        )
        raise InputError(msg)
    if ending != _PACKAGE:
        return
    with file.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            msg = f"{file.name} is not a GeoPackage: it is no SQLite database. Save the layer anew."
            raise InputError(msg)
    from vawg_geo.inputs.boundaries.containers import require_bounded_geopackage

    require_bounded_geopackage(file, label=file.name)


def _layer(file: Path, wanted: str | None) -> tuple[str, list[str]]:
    """Name and columns of the layer to style."""
    import pyogrio

    try:
        with warnings.catch_warnings():
            # What GDAL finds odd beside what it refuses: the refusal says enough.
            warnings.simplefilter("ignore", RuntimeWarning)
            found = {str(name): kind for name, kind in pyogrio.list_layers(file)}
        areas = [name for name, kind in found.items() if _has_polygons(file, name, kind)]
        if wanted is not None and wanted not in found:
            hint = did_you_mean(wanted, found, otherwise=f"It has {first_few(found)}.")
            msg = f"{file.name} has no layer {wanted!r}. {hint}"
            raise InputError(msg)
        if wanted is None and len(areas) > 1:
            msg = f"{file.name} has {len(areas):,} layers. Choose with --layer: {first_few(areas)}."
            raise InputError(msg)
        if wanted is not None and wanted not in areas:
            msg = f"the layer {wanted!r} of {file.name} has no polygons, which the styles are for."
            raise InputError(msg)
        if not areas:
            msg = f"{file.name} has no layer of polygons, which the styles are for."
            raise InputError(msg)
        layer = wanted or areas[0]
        info = pyogrio.read_info(file, layer=layer)
    except (RuntimeError, OSError) as error:
        msg = f"{file.name} cannot be read: {error}. Save the layer anew."
        raise InputError(msg) from error
    return layer, [str(column) for column in info["fields"]]


def _has_polygons(file: Path, layer: str, kind: str | None) -> bool:
    """Whether a layer has polygons, by its kind; one of no kind in particular is looked at."""
    import pyogrio
    import shapely

    if kind != "Unknown":
        return kind is not None and "Polygon" in kind
    # As GDAL has it for a GeoJSON of single and multiple polygons.
    _, _, shapes, _ = pyogrio.raw.read(file, layer=layer, columns=[])
    kinds = set(shapely.get_type_id(shapely.from_wkb(shapes)).tolist())
    return bool(kinds & {shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON})


def _require_column(columns: Sequence[str], column: str, option: str, file: Path) -> None:
    if column in columns:
        return
    hint = did_you_mean(column, columns, otherwise=f"Name one of these with {option}.")
    msg = f"{file.name} has no column {column!r}; it has {first_few(columns)}. {hint}"
    raise InputError(msg)


def _chosen(
    columns: Sequence[str], wanted: str | None, *, option: str, file: Path, usual: str
) -> str:
    """Return the column that was asked for, else the usual one where it is there."""
    if wanted:
        _require_column(columns, wanted, option, file)
        return wanted
    return usual if usual in columns else ""


def _status_of(column: str) -> str:
    """Column of statuses that goes with a column by its name."""
    found = re.search(r"_(persons|female|male)$", column)
    return f"status{found.group()}" if found else "status"


def _usable(table: pd.DataFrame, status: str, *, asked: bool) -> tuple[str, list[str]]:
    """Return the column of statuses where it is one, and what is to be said of another."""
    from vawg_geo.publish.layers.own_styles import other_status

    why = other_status(table[status]) if status else ""
    if why and asked:
        msg = f"the column {status!r} has no statuses: {why}. Leave --status out."
        raise InputError(msg)
    # Her own column, which happens to have this name.
    return ("", [f"The column {status!r} is not used: {why}."]) if why else (status, [])


def _read_columns(file: Path, layer: str, columns: list[str]) -> pd.DataFrame:
    import pandas as pd
    import pyogrio

    try:
        table = pyogrio.read_dataframe(file, layer=layer, columns=columns, read_geometry=False)
    except (RuntimeError, OSError) as error:
        msg = f"{file.name} cannot be read: {error}. Save the layer anew."
        raise InputError(msg) from error
    return pd.DataFrame(table)


def _put_styles(
    file: Path, layer: str, styles: Sequence[Style], *, default: bool, replace: bool
) -> str:
    """Write styles into the table of styles, all or none; what is there stays."""
    from vawg_geo.files.limits import bounded_sqlite

    try:
        with (
            closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as base,
            bounded_sqlite(base, size=file.stat().st_size, label=file.name),
        ):
            base.execute("BEGIN IMMEDIATE")
            try:
                done = _insert_styles(base, layer, styles, default=default, replace=replace)
            except BaseException:
                # On a full disk SQLite has rolled back by itself.
                if base.in_transaction:
                    base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")
    except sqlite3.Error as error:
        full = (getattr(error, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_FULL
        why = (
            "there is no room left on the disk. Make room, and run again."
            if full
            else f"{error}. Close it in other programs, and see that it may be changed."
        )
        msg = f"{file.name} cannot be written to: {why} Nothing was changed."
        raise OutputError(msg) from error
    return f"{file.name}: {done}"


def _insert_styles(
    base: sqlite3.Connection,
    layer: str,
    styles: Sequence[Style],
    *,
    default: bool,
    replace: bool,
) -> str:
    """Put styles into the table of styles; say what the layer has now."""
    from vawg_geo.publish.geopackage.registers import add_styles

    _require_style_table(base)
    present = base.execute(
        "SELECT id, styleName, useAsDefault FROM layer_styles WHERE f_table_name = ?", (layer,)
    ).fetchall()
    names = [style.name for style in styles]
    same = [(key, title) for key, title, _ in present if title in names]
    if same and not replace:
        msg = (
            f"{len(same)} of {len(names)} styles are there already; first: {same[0][1]!r}. "
            "Overwrite with --replace, or give another --name."
        )
        raise InputError(msg)
    base.executemany("DELETE FROM layer_styles WHERE id = ?", [(key,) for key, _ in same])
    former = [title for _, title, first in present if first and title not in names]
    kept = None if default or not former else former[0]
    (geometry,) = base.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
    ).fetchone()
    add_styles(base, layer, styles, columns=(), geometry=geometry)
    # Of what the layer has now, one style is its default.
    other = "NOT IN" if kept is None else "IN"
    base.execute(
        f"UPDATE layer_styles SET useAsDefault = 0 WHERE f_table_name = ? AND styleName {other} "  # noqa: S608
        f"({', '.join('?' * len(names))})",
        (layer, *names),
    )
    said = f"the layer {layer!r} has {first_few(names)}"
    if kept is not None:
        return f"{said}; its default is still {kept!r} (--default changes that)."
    return f"{said}, the first as its default."


def _require_style_table(base: sqlite3.Connection) -> None:
    """Make the table of styles where there is none, and refuse one that QGIS did not make."""
    from vawg_geo.publish.geopackage.registers import create_style_table

    create_style_table(base)
    columns = {row[1] for row in base.execute("PRAGMA table_info(layer_styles)")}
    if lacking := sorted(_STYLE_COLUMNS - columns):
        msg = (
            f"its table layer_styles is not as QGIS makes it: {len(lacking)} of "
            f"{len(_STYLE_COLUMNS)} columns are not there; first: {lacking[0]!r}. Save the layer "
            "into a new GeoPackage."
        )
        raise InputError(msg)


def _write_beside(file: Path, style: Style, *, replace: bool) -> str:
    from vawg_geo.files.whole import write_whole
    from vawg_geo.publish.qgis.qml import qml

    path = file.with_suffix(".qml")
    if path.exists() and not replace:
        msg = f"{path.name} is there already. Overwrite it with --replace."
        raise InputError(msg)
    write_whole(path, qml(style, columns=()))
    return f"{path.name}: {style.name}. QGIS takes it with {file.name}; keep them together."
