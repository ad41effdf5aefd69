"""Web pages: every script's data, every blob, and what stands in the page itself."""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import json
import re
import zlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from vawg_geo.audit.documents.drawings import is_path_data, without_geometry
from vawg_geo.audit.documents.payload import is_payload, read_payload
from vawg_geo.audit.documents.read import packed_runs, read_text, texts_of
from vawg_geo.audit.layers.features import colours_by_switch, feature_collections, read_features
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.history import by_period
from vawg_geo.audit.tables.read import read_columns
from vawg_geo.audit.tables.sheets import Reading, merged
from vawg_geo.errors import InputError
from vawg_geo.terms.columns import COVERAGE_STATES, SIGNIFICANCES, STANDINGS, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_json", "read_page"]

_SCRIPT: Final = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.I | re.S)
_STYLE: Final = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.I | re.S)
_CODE: Final = re.compile(r"(?<![0-9A-Za-z])[EWSNKJL]\d{8}(?![0-9A-Za-z])")
# A row of so many numbers in a script is data, not a program.
_NUMBERS: Final = re.compile(r"[\[(]\s*(?:(?:-?\d[\d.eE+-]*|null)\s*,\s*){11,}")
_URI: Final = re.compile(r"data:([\w.+/-]*)((?:;[\w=-]+)*),([A-Za-z0-9+/=%_.~!*'-]*)")
# The data of a path in a script, between its quotes.
_QUOTED: Final = re.compile(r"""(["'`])(\s*[Mm][\d\s.,+A-Za-z-]*+)\1""")
# What a browser checks a program from elsewhere against; of one length, and no data.
_CHECKSUM: Final = re.compile(
    r"""\sintegrity\s*=\s*(["'])sha(?:256-[\w+/]{43}=|384-[\w+/]{64}|512-[\w+/]{86}==)\1"""
)
_CELL: Final = re.compile(r"<t[dh]\b([^>]*)>(.*?)(?=<t[dh]\b|</t[dhr]|</table)", re.I | re.S)
# What a cell is to a program, whatever it says to people.
_KEY: Final = re.compile(r'\sdata-(?:key|column)="([^"]*)"')
_ROW: Final = re.compile(r"<tr\b[^>]*>(.*?)(?=<tr\b|</table)", re.I | re.S)
_TABLE: Final = re.compile(r"<table\b.*?</table\s*>", re.I | re.S)
# What all rows of a table have in common, as its element says it.
_COMMON: Final = re.compile(
    r'\sdata-(area-code|indicator|sex|period|basis|rate-per|statistic)="([^"]*)"'
)
# Keys of words that may stand in a table of figures.
_WORDS: Final = frozenset((*STATUSES, *SIGNIFICANCES, *STANDINGS))
_TAG: Final = re.compile(r"<[^>]*>")
# Icons of buttons and markers: too small to be a map.
_LARGEST_ICON: Final = 96
_LONGEST: Final = 50_000_000


def read_page(path: Path, source: str) -> Reading:
    """Read a web page.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading

    Raises
    ------
    InputError
        The file cannot be read as text.
    """
    text = _text_of(path, source)
    parts = []
    for number, found in enumerate(_SCRIPT.finditer(text), start=1):
        place = f"{source}: script {number}"
        kind = found[1].lower()
        parts.append(_json_text(found[2], place) if "json" in kind else _script(found[2], place))
    parts += [read_text(found[1], f"{source}: style") for found in _STYLE.finditer(text)]
    body = _STYLE.sub("", _SCRIPT.sub("", text))
    parts += [_markup(body, source), *_blobs(text, source)]
    return merged(parts)


def read_json(path: Path, source: str) -> Reading:
    """Read a JSON file: features, or data of a page.

    Raises
    ------
    InputError
        The file is no JSON.
    """
    text = _text_of(path, source)
    try:
        data = json.loads(text)
    except ValueError as error:
        msg = f"{source} cannot be read as JSON: {error}. Repair it or take it out."
        raise InputError(msg) from error
    return merged([read_data(data, source), *_blobs(text, source)])


def read_data(data: Any, source: str) -> Reading:
    """Read decoded JSON of whatever shape: what no reader knows is a finding."""
    if is_payload(data):
        return read_payload(data, source)
    collections = list(feature_collections(data))
    if collections:
        return merged([read_features(collection, source) for collection in collections])
    readings = [read_text("\n".join(texts_of(data)), source)]
    numbers = sum(1 for _ in _numbers_in(data))
    if numbers:
        text = f"{numbers:,} numbers in a form that no reader knows."
        readings.append(Reading(findings=[Finding(kind="unknown_data", file=source, text=text)]))
    return merged(readings)


def _text_of(path: Path, source: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{source} cannot be read as text: {error}. Write it in UTF-8 or take it out."
        raise InputError(msg) from error


def _json_text(text: str, source: str) -> Reading:
    try:
        return read_data(json.loads(text), source)
    except ValueError:
        return _script(text, source)


def _script(text: str, source: str) -> Reading:
    """Read a program: data in it, if it has any, and nothing that looks like data beside."""
    readings = []
    rest = []
    at = 0
    if _CODE.search(text) or _NUMBERS.search(text):
        for start, end, data in _json_in(text):
            readings.append(read_data(data, source))
            rest.append(text[at:start])
            at = end
    rest.append(text[at:])
    program = "\n".join(rest)
    readings.append(read_text(program, source))
    if rows := len(_NUMBERS.findall(program)):
        words = f"{rows:,} rows of numbers in a form that no reader knows."
        readings.append(Reading(findings=[Finding(kind="unknown_data", file=source, text=words)]))
    return colours_by_switch(text, merged(readings))


def _json_in(text: str) -> Iterator[tuple[int, int, Any]]:
    """Objects and lists of some size that stand in a program as JSON."""
    decoder = json.JSONDecoder()
    at = 0
    for opening in re.finditer(r"[\[{]\s*[\[{\"\d-]", text):
        if opening.start() < at:
            continue
        try:
            data, end = decoder.raw_decode(text, opening.start())
        except ValueError:
            continue
        if end - opening.start() > 40 and isinstance(data, dict | list):
            at = end
            yield opening.start(), end, data


def _numbers_in(data: Any) -> Iterator[float]:
    if isinstance(data, bool):
        return
    if isinstance(data, int | float):
        yield data
    elif isinstance(data, dict):
        for inner in data.values():
            yield from _numbers_in(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _numbers_in(inner)


class _Cell(NamedTuple):
    """What a cell says to people, and what it is to a program; empty where it does not say."""

    text: str
    key: str = ""


def _markup(body: str, source: str) -> Reading:
    """Read tables of a page, and search the rest for areas with figures."""
    readings = []
    for number, table in enumerate(_TABLE.finditer(body), start=1):
        rows = [
            [_cell(*cell) for cell in _CELL.findall(row + "</tr")] for row in _ROW.findall(table[0])
        ]
        rows = [row for row in rows if row]
        if len(rows) > 1:
            width = max(map(len, rows))
            names = [cell.key or cell.text or f"column {n}" for n, cell in enumerate(rows[0])]
            names += [f"column {n}" for n in range(len(names), width)]
            full = [row + [_Cell("")] * (width - len(row)) for row in rows[1:]]
            if _of_coverage(full):
                texts = "\n".join(" ".join(cell.text for cell in row) for row in rows)
                readings.append(read_text(texts, source))
                continue
            fair = _fair_keys(full) & _WORDS
            columns: dict[str, list[Any]] = {
                name: [row[n].key if row[n].key in fair else row[n].text for row in full]
                for n, name in enumerate(names)
            }
            # Areas are told by their codes where each row has one: names may be those of others.
            if all(_CODE.fullmatch(row[0].key) for row in full):
                columns.setdefault("area_code", [row[0].key for row in full])
            for found in _COMMON.finditer(table[0][: table[0].find(">") + 1]):
                name = found[1].replace("-", "_")
                columns.setdefault(name, [html.unescape(found[2])] * len(full))
            readings.append(read_columns(by_period(columns), f"{source}: table {number}"))
    rest = _TABLE.sub("", body)
    # Attributes may name an area too; tags stay in, and only what places a drawing goes.
    return merged([*readings, read_text(html.unescape(without_geometry(rest)), source)])


def _cell(attributes: str, inner: str) -> _Cell:
    key = _KEY.search(attributes)
    text = html.unescape(_TAG.sub("", inner)).strip()
    return _Cell(text, html.unescape(key[1]) if key else "")


def _fair_keys(rows: list[list[_Cell]]) -> set[str]:
    """Keys whose cells say one and the same word, which no other cell says and has no figure."""
    cells = {cell for row in rows for cell in row}
    by_key = Counter(cell.key for cell in cells)
    by_text = Counter(cell.text for cell in cells)
    return {
        cell.key
        for cell in cells
        if cell.key
        and by_key[cell.key] == by_text[cell.text] == 1
        and not any(sign.isdigit() for sign in cell.text)
    }


def _of_coverage(rows: list[list[_Cell]]) -> bool:
    """Whether a table says of each kind of help where it is, and has no figure."""
    fair = _fair_keys([row[1:] for row in rows]) & set(COVERAGE_STATES)
    return all(cell.key in fair or cell == _Cell("") for row in rows for cell in row[1:]) and not (
        any(re.search(r"\d", row[0].text) for row in rows)
    )


def _blobs(text: str, source: str) -> list[Reading]:
    """Read what is written in base64, and data in addresses."""
    readings = []
    seen: set[str] = set()
    for found in _URI.finditer(text):
        payload = unquote(found[3])
        seen.add(payload)
        data = _decoded(payload) if "base64" in found[2] else payload.encode()
        readings.append(_blob(data, source))
    plain = _CHECKSUM.sub(" ", without_geometry(_URI.sub("", text)))
    plain = _SCRIPT.sub(_without_icons, plain)
    return readings + [_packed(run, source) for run in packed_runs(plain) if run not in seen]


def _without_icons(script: re.Match[str]) -> str:
    """Take paths of drawings out of a program, which draws buttons with them."""
    return _QUOTED.sub(lambda found: " " if is_path_data(found[2]) else found[0], script[0])


def _packed(run: str, source: str) -> Reading:
    """Read a long run of letters and digits: what it holds, or that nobody knows."""
    if data := _decoded(run):
        return _blob(data, source)
    words = f"{len(run):,} letters and digits in a row that are no word: {run[:20]!r}..."
    return Reading(findings=[Finding(kind="unknown_data", file=source, text=words)])


def _decoded(payload: str) -> bytes:
    padded = payload.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _blob(data: bytes, source: str) -> Reading:
    """Read bytes that a page carries: a small picture, or text; nothing else."""
    if data[:2] == b"\x1f\x8b" or data[:1] == b"\x78":
        with contextlib.suppress(zlib.error):
            data = zlib.decompressobj(wbits=47).decompress(data, _LONGEST)
    if not data or _is_icon(data):
        return Reading()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if (text and text.isprintable()) or "\n" in text:
        return _json_text(text, source) if text.lstrip()[:1] in "[{" else read_text(text, source)
    words = f"{len(data):,} bytes in a form that no reader knows."
    return Reading(findings=[Finding(kind="unknown_data", file=source, text=words)])


def _is_icon(data: bytes) -> bool:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 24:
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    elif data[:3] == b"GIF" and len(data) > 10:
        width, height = (int.from_bytes(data[at : at + 2], "little") for at in (6, 8))
    else:
        return False
    return max(width, height) <= _LARGEST_ICON
