"""Outlines as MapInfo, file geodatabase, KML or GML: is the file whole, before GDAL is let at it.

XML is gone through once: it must close every mark, and may declare no entities, of which a few can
stand for more text than any machine holds.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from vawg_geo.errors import BoundaryError
from vawg_geo.files.limits import PARSED_BYTES, require_size
from vawg_geo.inputs.boundaries.shapefile import AGAIN, cut_short

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DRIVERS", "OPEN_OPTIONS", "inspect_other", "require_driver"]

# GDAL's drivers for each format, any of which will do.
DRIVERS: Final[dict[str, tuple[str, ...]]] = {
    "mapinfo": ("MapInfo File",),
    "filegdb": ("OpenFileGDB",),
    "kml": ("LIBKML", "KML"),
    "gml": ("GML",),
}
# Nothing is fetched, and nothing is written beside somebody's file.
OPEN_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "gml": {"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO"}
}
_SAVE_AS: Final = "Save it as a GeoPackage."
_CHUNK: Final = 1 << 20
# Marks of XML within marks; KML and GML have a dozen.
_DEEPEST: Final = 200


def require_driver(kind: str, *, label: str) -> None:
    """Refuse a format for which the installed GDAL has no driver.

    Parameters
    ----------
    kind, label : str

    Raises
    ------
    BoundaryError
        It has none.

    Examples
    --------
    >>> require_driver("mapinfo", label="wards.tab")
    """
    import pyogrio

    known = pyogrio.list_drivers(read=True)
    if not any(name in known for name in DRIVERS[kind]):
        msg = f"{label}: the installed GDAL cannot read {' or '.join(DRIVERS[kind])}. {_SAVE_AS}"
        raise BoundaryError(msg)


def inspect_other(path: Path, kind: str, *, label: str) -> dict[str, int]:
    """Refuse a file that is not whole, and count its rows where the file tells them.

    Parameters
    ----------
    path : Path
        A file, or of a geodatabase its folder.
    kind : str
        One of `DRIVERS`.
    label : str
        What to call it in messages.

    Returns
    -------
    dict of str to int
        Rows of its one layer under the key ''; empty where the file does not say.

    Raises
    ------
    BoundaryError
        It is damaged, too large, lacks a part, or is of another kind.
    """
    require_driver(kind, label=label)
    if kind == "filegdb":
        return _inspect_geodatabase(path, label)
    require_size(path, label=label, action=_SAVE_AS, error=BoundaryError)
    if kind == "mapinfo":
        return _inspect_mapinfo(path, label)
    return _inspect_xml(path, kind, label)


def _beside(path: Path, ending: str, label: str) -> Path:
    """A part under the same name; case is no other name."""
    for part in sorted(path.parent.iterdir()):
        if part.stem == path.stem and part.suffix.lower() == ending and part.is_file():
            require_size(part, label=part.name, action=_SAVE_AS, error=BoundaryError)
            return part
    msg = f"{label}: {path.stem}{ending} is not beside it. Copy all parts of the table together."
    raise BoundaryError(msg)


def _inspect_mapinfo(path: Path, label: str) -> dict[str, int]:
    with path.open("rb") as stream:
        start = stream.read(2000).lstrip().lower()
    if path.suffix.lower() == ".mif":
        if not start.startswith(b"version"):
            msg = f"{label} is no MapInfo interchange file, whatever its name says. {AGAIN}"
            raise BoundaryError(msg)
        _beside(path, ".mid", label)
        return {}
    if not start.startswith(b"!table"):
        msg = f"{label} is no MapInfo table, whatever its name says. {AGAIN}"
        raise BoundaryError(msg)
    for ending in (".map", ".id"):
        _beside(path, ending, label)
    table = _beside(path, ".dat", label)
    with table.open("rb") as stream:
        header = stream.read(12)
    if len(header) < 12:
        raise cut_short(label, f"{table.name} is less than its header")
    rows, head, width = struct.unpack("<IHH", header[4:12])
    size = table.stat().st_size
    if size < head + rows * width:
        raise cut_short(
            label, f"{table.name} states {head + rows * width:,} bytes and has {size:,}"
        )
    return {"": int(rows)}


def _inspect_geodatabase(path: Path, label: str) -> dict[str, int]:
    if not (path / "a00000001.gdbtable").is_file():
        msg = f"{label} is no file geodatabase: it lacks a00000001.gdbtable. {AGAIN}"
        raise BoundaryError(msg)
    parts = [part for part in path.iterdir() if part.is_file()]
    size = sum(part.stat().st_size for part in parts)
    if size > PARSED_BYTES:
        msg = (
            f"{label} has {size:,} bytes, more than the {PARSED_BYTES:,} that are read. {_SAVE_AS}"
        )
        raise BoundaryError(msg)
    return {}


class _Marks:
    """What goes by while XML is read."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.root, self.depth = "", 0
        self.areas = self.folders = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        """Count what holds an area, and folders of KML, which are layers."""
        plain = name.rpartition(":")[2]
        self.root = self.root or plain
        self.depth += 1
        if self.depth > _DEEPEST:
            msg = f"{self.label} has marks within marks, more than {_DEEPEST} deep. {AGAIN}"
            raise BoundaryError(msg)
        self.areas += plain in ("Placemark", "featureMember", "member")
        self.folders += plain in ("Folder", "Document")

    def end(self, _: str) -> None:
        """Come out of a mark."""
        self.depth -= 1

    def entity(self, *_: Any) -> None:
        """Refuse: what an entity stands for may have no end."""
        msg = f"{self.label} declares entities, as no {self.root or 'KML or GML'} needs. {_SAVE_AS}"
        raise BoundaryError(msg)


def _inspect_xml(path: Path, kind: str, label: str) -> dict[str, int]:
    marks = _Marks(label)
    parser = expat.ParserCreate()
    parser.StartElementHandler = marks.start
    parser.EndElementHandler = marks.end
    parser.EntityDeclHandler = marks.entity
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise cut_short(label, f"it is not whole XML ({error})") from error
    if (marks.root == "kml") != (kind == "kml"):
        msg = f"{label} is XML of {marks.root!r} and no {kind.upper()}. {AGAIN}"
        raise BoundaryError(msg)
    # Several folders are several layers, and then the file does not say how many are in which.
    return {"": marks.areas} if marks.areas and marks.folders <= 2 else {}
