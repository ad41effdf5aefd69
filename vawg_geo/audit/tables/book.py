"""A workbook of an edition's tables: what its cells say, and what its file holds besides.

Cells are read by calamine, which did not write them. All else of the file must be written as the
grammar here says: a sheet, a row, a name or a part that is not in it is a finding, for it may hold
what nobody sees.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from vawg_geo.audit.documents.read import read_text
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.read import read_columns
from vawg_geo.audit.tables.sheets import Reading, merged
from vawg_geo.errors import InputError
from vawg_geo.overlays.registry import declared_tables
from vawg_geo.terms.columns import LEVELS
from vawg_geo.terms.tables import rates_of
from vawg_geo.words.columns import named_by_headings
from vawg_geo.words.page import SYMBOL
from vawg_geo.words.workbook import HEADINGS, MARK, WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vawg_geo.terms.declared import DeclaredTable

__all__ = ["read_workbook"]

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PARTS: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml|xl/workbook\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/(?:styles|sharedStrings)\.xml|xl/theme/theme1\.xml"
    r"|xl/worksheets/sheet\d+\.xml|xl/worksheets/_rels/sheet\d+\.xml\.rels"
    r"|xl/tables/table\d+\.xml"
)
# All that may stand among a sheet's rows: no formula, no hidden row, no rich text.
_CELLS: Final = re.compile(
    rb'</row>|<row r="\d+"(?: ht="[1-9]\d{1,2}" customHeight="1")?(?: spans="\d+:\d+")?>'
    rb'|<c r="[A-Z]{1,3}\d{1,7}"(?: s="\d+")?(?: t="(?:n|b|inlineStr)")?'
    rb'(?: ?/>|>(?:<v>[^<]*</v>|<is><t(?: xml:space="preserve")?>[^<]*</t></is>)?</c>)'
)
_PLACE: Final = re.compile(rb'<c r="([A-Z]+\d+)"')
# Elements around the rows, of tables and of the workbook, with the attributes that they may have.
_KNOWN: Final = {
    name: frozenset(attributes.split())
    for name, attributes in {
        "worksheet": "",
        "sheetPr": "",
        "outlinePr": "summaryBelow summaryRight",
        "pageSetUpPr": "",
        "sheetViews": "",
        "sheetView": "workbookViewId",
        "pane": "xSplit ySplit topLeftCell activePane state",
        "selection": "pane activeCell sqref",
        "sheetFormatPr": "baseColWidth defaultRowHeight",
        "cols": "",
        "col": "width customWidth min max",
        "sheetData": "",
        "hyperlinks": "",
        "hyperlink": "ref location display",
        "pageMargins": "left right top bottom header footer",
        "pageSetup": "orientation paperSize",
        "headerFooter": "",
        **dict.fromkeys(("oddHeader", "evenHeader", "firstHeader"), ""),
        **dict.fromkeys(("oddFooter", "evenFooter", "firstFooter"), ""),
        "tableParts": "count",
        "tablePart": "id",
        "table": "id name displayName ref headerRowCount",
        "tableColumns": "count",
        "tableColumn": "id name",
        "tableStyleInfo": "name showFirstColumn showLastColumn showRowStripes showColumnStripes",
        "workbook": "",
        "workbookPr": "",
        "workbookProtection": "",
        "bookViews": "",
        "workbookView": (
            "visibility minimized showHorizontalScroll showVerticalScroll showSheetTabs tabRatio "
            "firstSheet activeTab autoFilterDateGrouping"
        ),
        "sheets": "",
        "sheet": "name sheetId state id",
        "definedNames": "",
        "definedName": "name localSheetId",
        "calcPr": "calcId fullCalcOnLoad",
        "Properties": "",
        "Application": "",
        "AppVersion": "",
        "coreProperties": "",
        "creator": "",
        "title": "",
        "language": "",
        "created": "type",
        "modified": "type",
    }.items()
}
_TITLES: Final = re.compile(r"('[^'!]+'!)\$(\d+):\$\2(?:,\1\$A:\$[A-Z]{1,3})?")
_FOOTER: Final = "&L{}&R{}".format(*WORKBOOK["footer"].split("|"))
_RANGE: Final = re.compile(r"A(\d+):([A-Z]+)(\d+)")
_FORMAT: Final = re.compile(r"[#,0.@%]+")


@dataclass(frozen=True, kw_only=True)
class _Table:
    """Where a sheet's table lies: rows and columns counted from 0, the last not in it."""

    head: int
    end: int
    width: int


def read_workbook(path: Path, source: str) -> Reading:
    """Read a workbook of tables.

    Parameters
    ----------
    path : Path
    source : str
        How findings and observations name the file.

    Returns
    -------
    Reading
        What a reader would not see is a finding: `hidden_content`.

    Raises
    ------
    InputError
        The file is no workbook.
    """
    import python_calamine

    try:
        with zipfile.ZipFile(path) as pack:
            parts = {name: pack.read(name) for name in pack.namelist()}
            strange = [one for one in (pack.comment, *(i.comment for i in pack.infolist())) if one]
            names = pack.namelist()
        book = python_calamine.CalamineWorkbook.from_path(path)
        rows = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
        hidden = [*_strange_parts(names, strange), *_strange_markup(parts)]
        tables = _tables(parts)
    # Each of the readers raises what it stumbles over.
    except Exception as error:
        msg = f"{source} cannot be read as a workbook: {error}. Repair it or take it out."
        raise InputError(msg) from error
    said = {one.name: one for one in (*declared_tables(), *map(rates_of, LEVELS))}
    readings = [
        _sheet(cells, f"{source}:{name}", table=tables.get(name), said=said.get(name))
        for name, cells in rows.items()
    ]
    readings += [read_text(text, source) for text in _texts(parts)]
    return merged([Reading(findings=_findings(hidden, source)), *readings])


def _findings(hidden: list[str], source: str) -> list[Finding]:
    return [
        Finding(
            kind="hidden_content",
            file=source,
            text=f"{text}: a reader would not see it. Write the workbook anew, or take it out.",
        )
        for text in hidden
    ]


# --- What nobody sees -----------------------------------------------------------------------------


def _strange_parts(names: list[str], comments: list[bytes]) -> Iterator[str]:
    if comments:
        yield "its archive has a comment"
    if len(set(names)) < len(names):
        yield "two of its parts have one name"
    for name in names:
        if not _PARTS.fullmatch(name):
            yield f"it has the part {name!r}, which no table needs"


def _strange_markup(parts: dict[str, bytes]) -> Iterator[str]:
    """What the markup of the parts says that the grammar does not have."""
    for name, data in parts.items():
        if not _PARTS.fullmatch(name):
            continue
        if re.search(rb"<!|<\?(?!xml )", data):
            yield f"{name} has a remark"
        elif name.startswith("xl/worksheets/sheet"):
            yield from _strange_rows(name, data)
        elif name.startswith(("xl/tables/", "docProps/")) or name == "xl/workbook.xml":
            yield from _strange_elements(name, data)
        elif b'TargetMode="External"' in data:
            yield f"{name} leads out of the file"
        for code in re.findall(rb'formatCode="([^"]*)"', data):
            if not _FORMAT.fullmatch(code.decode("utf-8", "replace")):
                yield f"a format of numbers is {code.decode('utf-8', 'replace')!r}"


def _strange_rows(name: str, data: bytes) -> Iterator[str]:
    before, begin, rest = data.partition(b"<sheetData>")
    inside, end, after = rest.partition(b"</sheetData>")
    if left := _CELLS.sub(b"", inside).strip():
        yield f"{name} has {left[:60].decode('utf-8', 'replace')!r} among its rows"
    places = _PLACE.findall(inside)
    if len(set(places)) < len(places):
        yield f"{name} has two cells at one place"
    yield from _strange_elements(name, before + begin + end + after)


def _strange_elements(part: str, data: bytes) -> Iterator[str]:
    for element in ET.fromstring(data).iter():  # noqa: S314  # Without a DOCTYPE, as is seen above.
        tag = element.tag.rpartition("}")[2]
        attributes = {name.rpartition("}")[2] for name in element.attrib}
        if tag not in _KNOWN:
            yield f"{part} has the element {tag!r}"
        elif strange := sorted(attributes - _KNOWN[tag]):
            yield f"{part} has {tag!r} with {strange[0]!r}"
        elif tag == "sheet" and element.get("state", "visible") != "visible":
            yield f"the sheet {element.get('name')!r} is hidden"
        elif tag == "definedName" and not (
            element.get("name") == "_xlnm.Print_Titles" and _TITLES.fullmatch(element.text or "")
        ):
            yield f"it has the name {element.get('name')!r}"
        elif tag.endswith(("Header", "Footer")) and (element.text or "") not in ("", _FOOTER):
            yield f"{part} has {tag!r} that says {element.text!r}"
        elif tag == "col" and float(element.get("width", "8")) < 1:
            yield f"{part} has a column without width"


def _texts(parts: dict[str, bytes]) -> Iterator[str]:
    """Texts that stand in no cell."""
    for name, data in parts.items():
        if not name.startswith("xl/worksheets/sheet"):
            yield data.decode("utf-8", "replace")


# --- Cells ----------------------------------------------------------------------------------------


def _tables(parts: dict[str, bytes]) -> dict[str, _Table]:
    """Where the table of each sheet lies, by the sheet's name."""
    files = _related(parts, "xl/_rels/workbook.xml.rels")
    found = {}
    for sheet in ET.fromstring(parts["xl/workbook.xml"]).iter(f"{_MAIN}sheet"):  # noqa: S314
        file = files[sheet.get(_RELATED, "")]
        folder, _, name = file.rpartition("/")
        for target in _related(parts, f"{folder}/_rels/{name}.rels").values():
            place = _RANGE.fullmatch(ET.fromstring(parts[target]).get("ref", ""))  # noqa: S314
            if place:
                head, end = int(place[1]) - 1, int(place[3])
                found[str(sheet.get("name"))] = _Table(head=head, end=end, width=_number(place[2]))
    return found


def _related(parts: dict[str, bytes], name: str) -> dict[str, str]:
    if name not in parts:
        return {}
    return {
        one.get("Id", ""): one.get("Target", "").removeprefix("/")
        for one in ET.fromstring(parts[name])  # noqa: S314
    }


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _sheet(
    cells: list[list[Any]], place: str, *, table: _Table | None, said: DeclaredTable | None
) -> Reading:
    head = table.head if table else len(cells)
    above = [row[0] for row in cells[:head]]
    outside = sum(value != "" for row in cells[:head] for value in row[1:])
    lines = read_text("\n".join(map(str, above)), place)
    if table is None:
        return merged([lines, _outside(outside, place)])
    inside = [row[: table.width] for row in cells[head : table.end]]
    outside += sum(value != "" for row in cells[head:] for value in row[table.width :])
    outside += sum(value != "" for row in cells[table.end :] for value in row[: table.width])
    headings = [str(text) for text in inside[0]]
    if tuple(headings) in HEADINGS.values():
        words = read_text("\n".join(" ".join(map(str, row)) for row in inside), place)
        return merged([lines, words, _outside(outside, place)])
    names = named_by_headings(headings, said) if said else [""] * len(headings)
    names = [name or text for name, text in zip(names, headings, strict=True)]
    values = zip(*(map(_value, row) for row in inside[1:]), strict=True)
    columns = dict(zip(names, map(list, values), strict=False)) or {name: [] for name in names}
    marks = columns.pop(WORKBOOK["mark_column"], None)
    findings = _odd_marks(columns, marks, place)
    return merged(
        [lines, _outside(outside, place), Reading(findings=findings), read_columns(columns, place)]
    )


def _outside(cells: int, place: str) -> Reading:
    if not cells:
        return Reading()
    text = f"{cells:,} cells stand outside its table, where nobody looks: take them out."
    return Reading(findings=[Finding(kind="hidden_content", file=place, text=text)])


def _value(value: Any) -> Any:
    """A cell's value as other readers have it: nothing where it is empty, whole numbers whole."""
    if value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _odd_marks(columns: dict[str, list[Any]], marks: list[Any] | None, place: str) -> list[Finding]:
    """Take shorthand out of figures' cells; it must say what the status of the row says."""
    status = columns.get("status")
    odd = 0
    for name, values in columns.items():
        if not any(value in MARK for value in values if isinstance(value, str)):
            continue
        kept = []
        for row, value in enumerate(values):
            is_mark = isinstance(value, str) and value in MARK
            odd += is_mark and (status is None or SYMBOL.get(str(status[row])) != value)
            kept.append(None if is_mark else value)
        columns[name] = kept
    for row, mark in enumerate(marks or ()):
        said = SYMBOL.get(str(status[row]), "") if status else ""
        rest = str(mark or "").removeprefix(said)
        odd += not str(mark or "").startswith(said) or bool(re.sub(r"\[[eb]\]", "", rest))
    if not odd:
        return []
    text = f"{odd:,} cells have a shorthand that the status of their row does not say."
    return [Finding(kind="odd_mark", file=place, text=text)]
