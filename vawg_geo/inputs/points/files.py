"""What a file of points says of itself: its columns, geometry and system of coordinates."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError
from vawg_geo.files.limits import (
    LONGEST_LINE,
    MOST_COLUMNS,
    require_bounded_file,
    require_bounded_parquet,
)
from vawg_geo.files.packed import opened_table, tables_in_zip
from vawg_geo.inputs.boundaries.containers import inspect_geopackage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

__all__ = [
    "ENDINGS",
    "PointFile",
    "describe_file",
    "kind_of",
    "line_too_long",
    "opened",
    "points_in_zip",
]

# What is read, by the ending of the name.
_KINDS: Final = {
    ".csv": "text",
    ".csv.gz": "packed text",
    ".parquet": "parquet",
    ".gpkg": "layer",
    ".shp": "layer",
    ".geojson": "layer",
    ".json": "layer",
    ".xlsx": "sheet",
    ".xlsm": "sheet",
    ".xls": "sheet",
    ".ods": "sheet",
}
ENDINGS: Final = (*_KINDS, ".zip")
_ENCODINGS: Final = ("utf-8-sig", "cp1252")
# Points of a text table that is packed are never held whole; more bytes than this for each that is
# packed, and no table of points has them.
_UNPACKED_RATIO: Final = 250
_RATIO_MATTERS_FROM: Final = 1 << 24


@dataclass(frozen=True, kw_only=True)
class PointFile:
    """What a file says of itself.

    Attributes
    ----------
    path : Path
    member : str
        Of a zip.
    names : tuple of str
        Columns.
    geometry, crs, layer : str
        Column of geometry, system of coordinates, layer; empty without.
    delimiter : str
    body : int
        Where the rows begin: bytes of text; row groups of Parquet.
    """

    path: Path
    names: tuple[str, ...] = ()
    member: str = ""
    geometry: str = ""
    crs: str | None = None
    layer: str = ""
    delimiter: str = ","
    body: int = 0

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return self.member.replace("\\", "/").rpartition("/")[2] if self.member else self.path.name

    @property
    def kind(self) -> str:
        """How it is read; see `kind_of`."""
        return "packed text" if self.member else kind_of(self.path)


def kind_of(path: Path) -> str:
    """How a file is read: `text`, `packed text`, `parquet`, `layer`, `sheet` or "".

    Examples
    --------
    >>> from pathlib import Path
    >>> kind_of(Path("2024-01-street.csv.gz")), kind_of(Path("p.SHP")), kind_of(Path("p.doc"))
    ('packed text', 'layer', '')
    """
    name = path.name.lower()
    if name.endswith(".csv.gz"):
        return "packed text"
    return _KINDS.get(path.suffix.lower(), "")


def points_in_zip(path: Path) -> list[PointFile]:
    """Text tables in a zip, such as police.uk's archive of months.

    Raises
    ------
    InputError
        It is damaged, or holds no such table.
    """
    return [PointFile(path=path, member=name) for name in tables_in_zip(path)]


@contextmanager
def opened(file: PointFile) -> Iterator[IO[bytes]]:
    """A text table, unpacked where it is packed.

    Raises
    ------
    InputError
        It is damaged.
    """
    if file.kind == "packed text":
        with opened_table(file.path, file.member) as stream:
            yield stream
    else:
        with file.path.open("rb") as stream:
            yield stream


def require_bounded(file: PointFile, unpacked: int) -> None:
    """Refuse a packed table that is much more than a table would be.

    Raises
    ------
    InputError
        It gives too many bytes for its size.
    """
    if unpacked <= _RATIO_MATTERS_FROM:
        return
    if unpacked > _UNPACKED_RATIO * file.path.stat().st_size:
        msg = (
            f"{file.path.name} unpacks to more than {_UNPACKED_RATIO:,} times its size, which no "
            "table of points does. Unpack it by hand if you trust it."
        )
        raise InputError(msg)


def describe_file(file: PointFile, *, layer: str | None = None) -> PointFile:
    """Columns, geometry and system of a file.

    Raises
    ------
    InputError
        It is empty, damaged, has no points, or several layers and none is named.
    """
    path = file.path
    if path.stat().st_size == 0:
        msg = f"{path.name} is an empty file. Export it again."
        raise InputError(msg)
    match file.kind:
        case "text" | "packed text":
            return _describe_csv(file)
        case "parquet":
            return _describe_parquet(path)
        case "sheet":
            from vawg_geo.inputs.tables.read import read_table

            return PointFile(path=path, names=tuple(read_table(path, sheet=layer).frame.columns))
        case _:
            return _describe_layer(path, layer)


def _describe_csv(file: PointFile) -> PointFile:
    with opened(file) as stream:
        head = stream.readline(LONGEST_LINE)
        # As spreadsheet programs write it above the header.
        if head.lstrip(b"\xef\xbb\xbf").lower().startswith(b"sep="):
            head = stream.readline(LONGEST_LINE)
        body = stream.tell()
    if len(head) == LONGEST_LINE:
        raise line_too_long(file.name)
    if b"\0" in head:
        msg = f"{file.name} is no plain text. Save it as 'CSV UTF-8'."
        raise InputError(msg)
    for encoding in _ENCODINGS:
        try:
            text = head.decode(encoding).strip("\r\n")
            break
        except UnicodeDecodeError:
            continue
    else:
        msg = f"{file.name}: the header is neither UTF-8 nor Windows-1252. Save it as 'CSV UTF-8'."
        raise InputError(msg)
    delimiter = max(",;\t", key=text.count)
    names = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    if len(names) > MOST_COLUMNS:
        msg = (
            f"{file.name} has {len(names):,} columns, more than the {MOST_COLUMNS:,} that are "
            "read. Take out those that are not needed."
        )
        raise InputError(msg)
    # Names that repeat are told apart, and so are never taken for coordinates by mistake.
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            names[place] = f"{name} ({seen[name]})"
    return PointFile(
        path=file.path, member=file.member, names=tuple(names), delimiter=delimiter, body=body
    )


def line_too_long(name: str) -> InputError:
    """What to say of a line that no table of points has."""
    return InputError(
        f"{name} has a line of {LONGEST_LINE:,} bytes or more, which no table of points has. "
        "Save it again as CSV with a line for each point."
    )


def _describe_parquet(path: Path) -> PointFile:
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        require_bounded_parquet(path, label=path.name, error=InputError)
        with pq.ParquetFile(path) as file:
            schema, groups = file.schema_arrow, file.num_row_groups
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        msg = f"{path.name}: the Parquet file is damaged or cut short. Write or copy it again."
        raise InputError(msg) from error
    geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    geometry, crs = str(geo.get("primary_column", "")), None
    if geometry:
        about = geo["columns"][geometry]
        if about.get("encoding", "WKB") != "WKB":
            msg = f"{path.name}: geometry is not held as WKB. Write it again with geopandas."
            raise InputError(msg)
        # Without a word the format means longitude and latitude; null says that nobody knows.
        written = about.get("crs", "OGC:CRS84")
        crs = json.dumps(written) if isinstance(written, dict) else written
    return PointFile(path=path, names=tuple(schema.names), geometry=geometry, crs=crs, body=groups)


def _describe_layer(path: Path, layer: str | None) -> PointFile:
    import pyogrio

    if path.suffix.lower() == ".gpkg":
        inspect_geopackage(path, label=path.name)
    else:
        require_bounded_file(path, label=path.name, action="Save it as a GeoPackage.")
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if layer is None and len(layers) == 1:
            layer = layers[0]
        if layer not in layers:
            found = ", ".join(map(repr, layers)) or "none"
            msg = f"{path.name}: say which layer with --layer; layers with geometry: {found}."
            raise InputError(msg)
        about = pyogrio.read_info(path, layer=layer)
    except pyogrio.errors.DataSourceError as error:
        msg = f"{path.name}: the file is damaged or cut short. Copy it again."
        raise InputError(msg) from error
    kind = str(about["geometry_type"]).split()[0]
    if kind not in {"Point", "MultiPoint", "Unknown", "GeometryCollection"}:
        msg = f"{path.name}: layer {layer!r} holds {kind}, and only points are counted."
        raise InputError(f"{msg} Give a layer of points.")
    return PointFile(
        path=path,
        names=tuple(map(str, about["fields"])),
        geometry="geometry",
        crs=about["crs"],
        layer=layer,
    )
