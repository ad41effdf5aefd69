"""Points from files too large for memory, piece by piece.

A source is planned first: which files, which columns, which system of coordinates, cut into which
pieces. A plan is small and can be sent to another machine that sees the same files; pieces are
read one at a time, in any order, each whole by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyproj

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.inputs.points.columns import PointColumns, choose_columns
from vawg_geo.inputs.points.files import (
    ENDINGS,
    PointFile,
    describe_file,
    kind_of,
    points_in_zip,
)
from vawg_geo.inputs.points.pieces import Piece, PointChunk, plan_pieces, read_piece
from vawg_geo.inputs.tables.sums import require_recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["PointChunk", "PointSource", "plan_points"]

_WGS84, _NATIONAL_GRID = "EPSG:4326", "EPSG:27700"


@dataclass(frozen=True, kw_only=True)
class PointSource:
    """Points to be read.

    Attributes
    ----------
    files : tuple of Path
    columns : PointColumns
        Of the first file; the others have the same.
    crs : str
        System of the coordinates.
    pieces : tuple of Piece
        In the files' order.
    notes : tuple of str
        What is worth saying of the files.
    """

    files: tuple[Path, ...]
    columns: PointColumns
    crs: str
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()

    def read(self, piece: Piece) -> Iterator[PointChunk]:
        """Points of a piece, some hundred thousand at a time.

        Parameters
        ----------
        piece : Piece
            One of `pieces`.

        Yields
        ------
        PointChunk

        Raises
        ------
        InputError
            The piece cannot be read, or a coordinate is no number.
        """
        return read_piece(piece, self.columns, crs=self.crs)


def plan_points(
    path: str | Path,
    *,
    category: tuple[str, str] | Sequence[tuple[str, str]] | None = None,
    x: str | None = None,
    y: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    month: bool | str = True,
) -> PointSource:
    """Look at a file or a folder of points and plan how to read it.

    Parameters
    ----------
    path : str or Path
        A CSV file (also packed, `.csv.gz`) or workbook with longitude and latitude or easting and
        northing, a street file of police.uk as it comes or its zip of months, a GeoPackage,
        Shapefile, GeoJSON, a Parquet or GeoParquet file, or a folder. Of a folder with street
        files of police.uk (``*-street.csv``, at any depth) only these are read.
    category : (str, str) or sequence of (str, str), optional
        Columns and values of the rows to be counted: values of one column are alternatives, and
        each column must say one of its own. Capitals do not matter.
    x, y : str, optional
        Columns of the coordinates where they cannot be recognised.
    crs : str, optional
        System of the coordinates; recognised from the columns' names or the file where not given.
    layer : str, optional
        Of a GeoPackage with several; a workbook's sheet.
    month : bool or str
        Read the column `Month` where there is one; or the name of a column of months or dates.

    Returns
    -------
    PointSource

    Raises
    ------
    InputError
        There is no such file or nothing to read in it, or files differ in their columns.
    ConfigurationError
        A column or a system of coordinates that is named is not there or not known.
    """
    files, notes = _files_of(Path(path))
    paths = dict.fromkeys(file.path for file in files)
    notes += [note for path in paths for note in require_recorded(path)]
    first = describe_file(files[0], layer=layer)
    columns = choose_columns(
        first.names,
        files[0].name,
        category=category,
        x=x,
        y=y,
        month=month,
        geometry=first.geometry,
    )
    system = _system(crs or first.crs or columns.crs, given=crs, name=files[0].name)
    pieces: list[Piece] = []
    for file in files:
        description = first if file is files[0] else describe_file(file, layer=layer)
        lacking = [name for name in columns.wanted if name not in description.names]
        if lacking or description.geometry != first.geometry:
            msg = (
                f"{file.name} has no column {(lacking or ['geometry'])[0]!r}, which "
                f"{files[0].name} has. Files of a folder must have the same columns: count the "
                "others by themselves."
            )
            raise InputError(msg)
        if crs is None and description.crs != first.crs:
            msg = (
                f"{file.name} is in another system of coordinates than {files[0].name}. Count "
                "them by themselves."
            )
            raise InputError(msg)
        pieces += plan_pieces(description)
    return PointSource(
        files=tuple(paths),
        columns=replace(columns, crs=system),
        crs=system,
        pieces=tuple(pieces),
        notes=tuple(notes),
    )


def _files_of(path: Path) -> tuple[list[PointFile], list[str]]:
    if not path.exists():
        msg = f"there is no file or folder {str(path)!r}. Check the path."
        raise InputError(msg)
    if not path.is_dir():
        if path.suffix.lower() != ".zip":
            if not kind_of(path):
                msg = f"{path.name}: points are read from {_LISTED}. Save it as one of these."
                raise InputError(msg)
            return [PointFile(path=path)], []
        every = points_in_zip(path)
    else:
        found = sorted(p for p in path.rglob("*") if p.is_file() and _is_read(p))
        every = [file for one in found for file in _files_in(one)]
    street = [file for file in every if _is_street(file.name)]
    files = street or every
    if not files:
        msg = f"{path} holds no file that ends in {_LISTED}. Name a folder with points."
        raise InputError(msg)
    _require_once(files)
    notes = [f"{path.name}: {len(files):,} files are read, {files[0].name} to {files[-1].name}"]
    if len(files) < len(every):
        other = next(file for file in every if not _is_street(file.name))
        notes.append(
            f"{len(every) - len(files):,} of {len(every):,} files are no street files and are not "
            f"read; first: {other.name}"
        )
    return files, notes


_LISTED: Final = ", ".join(ENDINGS)


def _is_read(path: Path) -> bool:
    return bool(kind_of(path)) or path.suffix.lower() == ".zip"


def _files_in(path: Path) -> list[PointFile]:
    return points_in_zip(path) if path.suffix.lower() == ".zip" else [PointFile(path=path)]


def _is_street(name: str) -> bool:
    return name.lower().endswith(("-street.csv", "-street.csv.gz"))


def _require_once(files: list[PointFile]) -> None:
    """Two archives of police.uk share most of their months: no month may count twice."""
    names: dict[str, PointFile] = {}
    twice = [f for f in files if names.setdefault(f.name.lower().removesuffix(".gz"), f) is not f]
    if twice:
        first, other = twice[0], names[twice[0].name.lower().removesuffix(".gz")]
        msg = (
            f"{len(twice):,} of {len(files):,} files repeat a name, so their rows may count twice; "
            f"first: {_place(first)} and {_place(other)}. Keep one of each."
        )
        raise InputError(msg)


def _place(file: PointFile) -> str:
    return f"{file.member} of {file.path}" if file.member else str(file.path)


def _system(crs: str | None, *, given: str | None, name: str) -> str:
    if crs is None:
        msg = f"{name} does not say its system of coordinates. Give it with --crs EPSG:27700."
        raise InputError(msg)
    try:
        known = pyproj.CRS.from_user_input(crs).to_2d()
    except pyproj.exceptions.CRSError as error:
        where = "--crs" if given else name
        msg = f"{where}: {crs!r} is no system of coordinates. Give one as EPSG:27700."
        raise ConfigurationError(msg) from error
    if known.is_compound:
        known = known.sub_crs_list[0]
    code: Any = known.to_epsg()
    return f"EPSG:{code}" if code else str(known.to_wkt())
