"""Styles, projects and drawings: texts in XML, and projects packed with others."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from vawg_geo.audit.documents import read_text
from vawg_geo.audit.sheets import Reading, merged, one_finding
from vawg_geo.errors import InputError

__all__ = ["read_packed_project", "read_xml"]

_SOURCE: Final = re.compile(
    r"<(?:datasource|layer-tree-layer)\b[^>]*?(?:source=\"([^\"]*)\"[^>]*)?>(?:([^<]*)</datasource>)?"
)
# Where a layer may come from besides a file: data typed into the project, a server, a database.
_FOREIGN: Final = re.compile(
    r"(?:^|[?&\s'\"])(?:\w+://|memory\?|virtual:|dbname=|host=|url=|service=|user=|password=)", re.I
)
_EMBEDDED: Final = re.compile(r"<(?:embedded-?data|base64|attachment|auxiliaryLayer)\b", re.I)
_URI: Final = re.compile(r"(?:base64:|data:[\w/+.-]*;base64,)")


def read_xml(path: Path, source: str) -> Reading:
    """Read a style, a project, a drawing or another text in XML.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `absolute_path`, `foreign_source`, `figure_in_text`, `embedded_data`.

    Raises
    ------
    InputError
        The file is no text.
    """
    try:
        return _xml(path.read_bytes().decode("utf-8-sig"), source)
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{source} cannot be read as text: {error}. Write it in UTF-8 or take it out."
        raise InputError(msg) from error


def read_packed_project(path: Path, source: str) -> Reading:
    """Read a project of QGIS packed as a zip.

    Raises
    ------
    InputError
        The file is no zip, or its project no text.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            readings = []
            if pack.comment:
                readings.append(read_text(pack.comment.decode("utf-8", "replace"), source))
            for entry in pack.infolist():
                place = f"{source}: {entry.filename}"
                if PurePosixPath(entry.filename).suffix.lower() == ".qgs":
                    readings.append(_xml(pack.read(entry).decode("utf-8-sig"), place))
                else:
                    text = "no reader knows this part of a project."
                    readings.append(one_finding("unknown_file", place, text))
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, RuntimeError) as error:
        msg = f"{source} cannot be read as a project: {error}. Write it again or take it out."
        raise InputError(msg) from error
    return merged(readings)


def _xml(text: str, source: str) -> Reading:
    # An element may run over lines; what belongs to one element is searched together.
    joined = re.sub(r"\s*\n\s*", " ", text).replace("><", ">\n<")
    readings = [read_text(joined, source)]
    for found in _SOURCE.finditer(text):
        for place in filter(None, found.groups()):
            outside = PurePosixPath(place.split("|")[0]).parts[:1] == ("..",)
            if outside or _FOREIGN.search(place):
                words = f"the data source {place!r} does not lie in the folder."
                readings.append(one_finding("foreign_source", source, words))
    if _EMBEDDED.search(text) or _URI.search(text):
        readings.append(one_finding("embedded_data", source, "data are packed into it."))
    return merged(readings)
