"""Pictures and documents for printing: they may hold what can be seen, and nothing else."""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.documents.drawings import read_xml, without_geometry
from vawg_geo.audit.documents.read import packed_runs, read_text
from vawg_geo.audit.tables.sheets import Reading, merged, one_finding
from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject

__all__ = ["read_pdf", "read_png", "read_svg"]

# Bytes of a picture's pixels; those of a report have less than a tenth.
_MOST_BYTES: Final = 1 << 28
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SEEN: Final = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs", b"gAMA", b"sRGB", b"cHRM"))
_TEXTS: Final = frozenset((b"tEXt", b"iTXt"))
_MAY_SAY: Final = frozenset(("Title", "Description", "Copyright", "Source"))
# Samples in a pixel by the kinds that have nothing transparent.
_SAMPLES: Final = {0: 1, 2: 3, 3: 1}
# A program, a reference to elsewhere, or what is there and not shown.
_ACTIVE: Final = re.compile(
    r"<(?:script|foreignObject|iframe|object|embed|animate\w*|set|handler)\b|\son\w+\s*=|javascript:",
    re.I,
)
_OUTSIDE: Final = re.compile(
    r"""\b(?:href|src)\s*=\s*["'](?!#)[^"']+|url\(\s*["']?(?!#)|@import""", re.I
)
_UNSEEN: Final = re.compile(
    r"<(?:metadata|image)\b|\bdata-[\w-]+\s*=|<!--|<!\[CDATA\[|<!ENTITY"
    r"|\b(?:display\s*[=:]\s*[\"']?none|visibility\s*[=:]\s*[\"']?(?:hidden|collapse))"
    r"|opacity\s*[=:]\s*[\"']?(?:0+(?:\.0*)?|\.0+)[\"';\s]",
    re.I,
)
# What makes a PDF act, carry files, or keep something from the eye.
_FORBIDDEN: Final = {
    "/JS": "active_content",
    "/JavaScript": "active_content",
    "/OpenAction": "active_content",
    "/AA": "active_content",
    "/AcroForm": "active_content",
    "/XFA": "active_content",
    "/RichMedia": "active_content",
    "/EmbeddedFiles": "embedded_data",
    "/EF": "embedded_data",
    "/AF": "embedded_data",
    "/Collection": "embedded_data",
    "/PieceInfo": "embedded_data",
    "/OCProperties": "hidden_content",
    "/Encrypt": "hidden_content",
    "/Threads": "hidden_content",
}
_ACTIONS: Final = frozenset(("/Launch", "/SubmitForm", "/ImportData", "/JavaScript", "/GoToR"))
# What PDFium gives for a hyphen at the end of a line.
_HYPHEN: Final = re.compile("[\x02\ufffe]")
_LINK: Final = frozenset(("/Link",))


def read_svg(path: Path, source: str) -> Reading:
    """Read a drawing: its texts, and that it neither acts nor carries anything unseen.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        As of `read_xml`, and `embedded_data`, `active_content`, `foreign_source`, `hidden_content`.

    Raises
    ------
    InputError
        The file is no text.
    """
    reading = read_xml(path, source)
    text = path.read_bytes().decode("utf-8-sig")
    checks = (
        (_ACTIVE, "active_content", "it could do something: {}"),
        (_OUTSIDE, "foreign_source", "it points outside itself: {}"),
        (_UNSEEN, "hidden_content", "it holds what is not seen: {}"),
    )
    unseen = [
        one_finding(kind, source, words.format(repr(match.group()[:60])))
        for pattern, kind, words in checks
        if (match := pattern.search(text))
    ]
    if runs := packed_runs(without_geometry(text)):
        words = f"{len(runs):,} long runs of letters are no words; first: {runs[0][:20]!r}..."
        unseen.append(one_finding("embedded_data", source, words))
    return merged([reading, *unseen])


def read_png(path: Path, source: str) -> Reading:
    """Read pixels: nothing stands beside them but a title and the like.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `unknown_tag`, `hidden_content`, and what `read_text` finds in its texts.

    Raises
    ------
    InputError
        The file is no PNG, or a damaged one.
    """
    data = path.read_bytes()
    readings: list[Reading] = []
    pixels, head, end = b"", b"", 0
    for kind, content, after in _chunks(data, source):
        end = after
        head = content if kind == b"IHDR" else head
        pixels += content if kind == b"IDAT" else b""
        if kind in _TEXTS:
            readings += _picture_text(kind, content, source)
        elif kind not in _SEEN:
            words = f"the part {kind.decode('latin-1')!r} is not known."
            readings.append(one_finding("unknown_tag", source, words))
    if end != len(data):
        words = f"{len(data) - end:,} bytes stand behind the picture."
        readings.append(one_finding("hidden_content", source, words))
    if wrong := _unseen_pixels(head, pixels):
        readings.append(one_finding("hidden_content", source, wrong))
    return merged(readings)


def _chunks(data: bytes, source: str) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, content and end of every part of a PNG."""
    at, kind = len(_PNG), b""
    if not data.startswith(_PNG):
        at = len(data)
    while at + 12 <= len(data) and kind != b"IEND":
        size = int.from_bytes(data[at : at + 4], "big")
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size
        if zlib.crc32(kind + content) != int.from_bytes(data[at - 4 : at], "big"):
            break
        yield kind, content, at
    else:
        if kind == b"IEND":
            return
    msg = f"{source} cannot be read as a PNG. Write it again or take it out."
    raise InputError(msg)


def _picture_text(kind: bytes, content: bytes, source: str) -> list[Reading]:
    name, _, rest = content.partition(b"\0")
    word = name.decode("latin-1")
    if word not in _MAY_SAY or (kind == b"iTXt" and rest[:1] != b"\0"):
        return [one_finding("unknown_tag", source, f"the text called {word!r} is not known.")]
    return [read_text(rest.decode("utf-8", "replace").replace("\0", " "), source)]


def _unseen_pixels(head: bytes, pixels: bytes) -> str:
    """What of the pixels cannot be seen: transparent ones, or more than the size needs."""
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    depth, colour, interlaced = head[8], head[9], head[12]
    if colour not in _SAMPLES:
        return "its pixels can be transparent, and then have colours that nobody sees."
    if interlaced:
        return "it is interlaced, which no reader of ours follows."
    row = 1 + (width * _SAMPLES[colour] * depth + 7) // 8
    if row * height > _MOST_BYTES:
        return f"it states {width:,} by {height:,} pixels, more than any picture of a report has."
    unpacked = zlib.decompressobj()
    try:
        real = len(unpacked.decompress(pixels, row * height + 1))
    except zlib.error:
        return "its pixels cannot be unpacked."
    if real != row * height or unpacked.unused_data:
        return "it holds more or fewer pixels than it shows."
    return ""


def read_pdf(path: Path, source: str) -> Reading:
    """Read a document: its pages' texts, its titles and descriptions, and that it carries no more.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `active_content`, `embedded_data`, `hidden_content`, `deleted_content`, and what `read_text`
        finds in its texts. `unread_file` where no program for PDF is installed.

    Raises
    ------
    InputError
        The file is no PDF, or a damaged one.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
        from pypdfium2 import PdfiumError
    except ImportError as missing:
        words = f"{missing.name} is not installed, so it was not read."
        return one_finding("unread_file", source, words)
    data = path.read_bytes()
    readings = []
    if data.count(b"%%EOF") != 1 or data.count(b"startxref") != 1:
        words = "it was changed after it was written, and may hold what was taken out."
        readings.append(one_finding("deleted_content", source, words))
    try:
        texts = _texts_of_pages(data)
        faults = dict(_objects(PdfReader(io.BytesIO(data)), texts))
    except (
        PdfiumError,
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        msg = f"{source} cannot be read as a PDF: {error}. Write it again or take it out."
        raise InputError(msg) from error
    readings += [one_finding(kind, source, words) for words, kind in faults.items()]
    # A table's row comes out in pieces; a code and a number a line apart still stand together.
    readings.append(read_text("\n".join(texts), source))
    return merged(readings)


def _texts_of_pages(data: bytes) -> list[str]:
    """Text of each page, whatever its colour and wherever it stands.

    By PDFium, which takes a thirtieth of what a reader in Python takes of pages that are maps.
    """
    from pypdfium2 import PdfDocument

    texts = []
    document = PdfDocument(data)
    try:
        for page in document:
            text = page.get_textpage().get_text_range()
            texts.append(_HYPHEN.sub("-", text).replace("\r\n", "\n"))
    finally:
        document.close()
    return texts


def _objects(document: PdfReader, texts: list[str]) -> Iterator[tuple[str, str]]:
    """Everything in every object, reachable or not; adds the texts that it finds."""
    from pypdf.generic import IndirectObject

    numbers = set(document.xref_objStm)
    for generation in document.xref.values():
        numbers |= set(generation)
    for number in sorted(numbers - {0}):
        yield from _object(document.get_object(IndirectObject(number, 0, document)), texts)
    yield from _object(document.trailer, texts)


def _object(value: object, texts: list[str]) -> Iterator[tuple[str, str]]:
    from pypdf.generic import ArrayObject, DictionaryObject, TextStringObject

    if isinstance(value, TextStringObject):
        texts.append(str(value))
    elif isinstance(value, ArrayObject):
        # As it stands, without following references: each object has its own turn.
        for inner in list.__iter__(value):
            yield from _object(inner, texts)
    elif isinstance(value, DictionaryObject):
        for key, inner in dict.items(value):
            if key in _FORBIDDEN:
                yield f"it has {key}, which no report needs.", _FORBIDDEN[key]
            yield from _object(inner, texts)
        yield from _kind(value, texts)


def _kind(value: DictionaryObject, texts: list[str]) -> Iterator[tuple[str, str]]:
    """What an object is by its own word; adds the text of metadata."""
    from pypdf.generic import StreamObject

    kinds = {str(value.get(name, "")) for name in ("/Type", "/S", "/Subtype")}
    if kinds & _ACTIONS:
        yield "it has a link that does more than show a page.", "active_content"
    if "/EmbeddedFile" in kinds or "/Image" in kinds:
        yield "it carries a file or pixels, which no reader looks into.", "embedded_data"
    if str(value.get("/Type")) == "/Annot" and str(value.get("/Subtype")) not in _LINK:
        yield "it has a note beside its pages.", "hidden_content"
    if isinstance(value, StreamObject) and "/XML" in kinds:
        texts.append(value.get_data().decode("utf-8", "replace"))
