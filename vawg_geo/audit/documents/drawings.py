"""Styles, projects and drawings: texts in XML, and projects packed with others."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from vawg_geo.audit.documents.read import read_text
from vawg_geo.audit.tables.sheets import Reading, merged, one_finding
from vawg_geo.errors import InputError

__all__ = ["is_path_data", "read_packed_project", "read_xml", "without_geometry"]

_SOURCE: Final = re.compile(
    r"<(?:datasource|layer-tree-layer)\b[^>]*?(?:source=\"([^\"]*)\"[^>]*)?>(?:([^<]*)</datasource>)?"
)
# Where a layer may come from besides a file: data typed into the project, a server, a database.
_FOREIGN: Final = re.compile(
    r"(?:^|[?&\s'\"])(?:\w+://|memory\?|virtual:|dbname=|host=|url=|service=|user=|password=)", re.I
)
_EMBEDDED: Final = re.compile(r"<(?:embedded-?data|base64|attachment|auxiliaryLayer)\b", re.I)
_URI: Final = re.compile(r"(?:base64:|data:[\w/+.-]*;base64,)")

# A number as drawings write it; nothing is read twice, so that a long line costs no more than its
# length. One of so many digits places nothing: it is data.
_NUMBER: Final = r"[+-]?(?>\d++(?:\.\d*+)?+|\.\d++)(?>[eE][+-]?\d++)?+"
_LONGEST_NUMBER: Final = re.compile(r"\d{21,}")
_GAP: Final = r"[\s,]*+"


def _numbers(count: int) -> str:
    return "".join([rf"{_NUMBER}{_GAP}"] * count)


_ARC: Final = rf"{_numbers(3)}[01]{_GAP}[01]{_GAP}{_numbers(2)}"
# Each command of a path and what must follow it, as often as it likes.
_STEP: Final = "|".join(
    [
        rf"[MmLlTt]{_GAP}(?>{_numbers(2)})++",
        rf"[HhVv]{_GAP}(?>{_numbers(1)})++",
        rf"[Cc]{_GAP}(?>{_numbers(6)})++",
        rf"[SsQq]{_GAP}(?>{_numbers(4)})++",
        rf"[Aa]{_GAP}(?>{_ARC})++",
        rf"[Zz]{_GAP}",
    ]
)
_PATH_DATA: Final = re.compile(rf"\s*+(?=[Mm])(?>{_STEP})++")
_MOVES: Final = {"matrix": 6, "translate": 2, "scale": 2, "rotate": 3, "skewX": 1, "skewY": 1}
_MOVE: Final = "|".join(
    rf"{name}\(\s*+(?>{_NUMBER}{_GAP}){{1,{most}}}+\)" for name, most in _MOVES.items()
)
# Attributes that place what is drawn: on which elements, and how their values are written.
_PLACING: Final = {
    "d": ("path", _PATH_DATA),
    "points": ("polygon polyline", re.compile(rf"\s*+(?>{_numbers(2)})++")),
    "viewbox": ("svg symbol marker pattern", re.compile(rf"\s*+{_numbers(4)}")),
    "transform": ("", re.compile(rf"\s*+(?>(?>{_MOVE}){_GAP})++")),
    "patterntransform": ("pattern", re.compile(rf"\s*+(?>(?>{_MOVE}){_GAP})++")),
}
_TAG: Final = re.compile(r"<([A-Za-z][\w:.-]*)(\s(?>[^<>\"']|\"[^\"]*\"|'[^']*')*+)>")
_ATTRIBUTE: Final = re.compile(r"(?<=\s)([\w:-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")


def is_path_data(text: str) -> bool:
    """Whether a text is the data of a path: commands and their numbers, and nothing else.

    Examples
    --------
    >>> is_path_data("M12 30l4-2-3 7z"), is_path_data("M12 30l4"), is_path_data("E05002703: 3")
    (True, False, False)
    """
    return bool(_PATH_DATA.fullmatch(text)) and not _LONGEST_NUMBER.search(text)


def without_geometry(markup: str) -> str:
    """Take out of tags what only places a drawing, where it is written as drawings write it.

    What stands in such an attribute and is no geometry stays, and is read as any other text.

    Examples
    --------
    >>> without_geometry('<path d="M1 2l3-4z" class="a"/><path d="E05002703 3"/>')
    '<path  class="a"/><path d="E05002703 3"/>'
    """
    return _TAG.sub(_placeless, markup)


def _placeless(tag: re.Match[str]) -> str:
    element = tag[1].lower()

    def kept(attribute: re.Match[str]) -> str:
        elements, grammar = _PLACING.get(attribute[1].lower(), ("-", None))
        value = attribute[2][1:-1]
        of_it = not elements or element in elements.split()
        drawn = of_it and grammar is not None and bool(grammar.fullmatch(value))
        return "" if drawn and not _LONGEST_NUMBER.search(value) else attribute[0]

    return f"<{tag[1]}{_ATTRIBUTE.sub(kept, tag[2])}>"


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
