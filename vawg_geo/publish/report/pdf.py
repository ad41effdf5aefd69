"""The report as a tagged PDF with title and language, the same bytes for the same report."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vawg_geo.errors import OutputError
from vawg_geo.publish.page.assemble import page_file
from vawg_geo.publish.report.blocks import Beside, Block, NewPage, Shown
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Facts, Heading, Led, Mark, Paragraph, Table
from vawg_geo.words.markup import plain
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.results.results import EditionResults

__all__ = ["report_pdf"]


def report_pdf(results: EditionResults, blocks: Sequence[Block]) -> bytes:
    """Bytes of the PDF (PDF/UA-1).

    Parameters
    ----------
    results : EditionResults
    blocks : sequence of Block

    Returns
    -------
    bytes

    Raises
    ------
    OutputError
        A text cannot be set.
    """
    import typst

    edition = words.EDITION.get(results.edition, results.edition)
    data = {
        "title": results.title,
        "subtitle": words.fill(REPORT["subtitle"], {"edition": edition.lower()}),
        "watermark": results.watermark,
        "mark": results.watermark or f"{edition}. {results.title}",
        "pages": [
            {"fits": page.fits, "blocks": [_plain(block) for block in of]}
            for page, of in _pages(blocks)
        ],
    }
    # The machine's own fonts would make other bytes of the same report elsewhere.
    folder = Path(str(resources.files("matplotlib"))) / "mpl-data" / "fonts" / "ttf"
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder])
    try:
        made = typst.compile(
            page_file("report.typ").encode(),
            format="pdf",
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"report": plain(json.dumps(data, ensure_ascii=False))},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        msg = f"report.pdf cannot be made: {error.message}. Read report.html, and tell us."
        raise OutputError(msg) from error
    return bytes(made)


def _pages(blocks: Sequence[Block]) -> list[tuple[NewPage, list[Block]]]:
    """What begins on a page of its own, with what follows it; a page without anything is none."""
    pages: list[tuple[NewPage, list[Block]]] = [(NewPage(), [])]
    for block in blocks:
        if isinstance(block, NewPage):
            pages.append((block, []))
        else:
            pages[-1][1].append(block)
    return [(page, of) for page, of in pages if of]


def _plain(block: Block) -> dict[str, Any]:
    return {"kind": block.kind, **_parts(block)}


def _parts(block: Block) -> dict[str, Any]:
    found: dict[str, Any] = {}
    match block:
        case Heading(text=text, rank=rank):
            found = {"text": text, "rank": rank}
        case Paragraph(text=text) | Mark(text=text):
            found = {"text": text}
        case Bullets(lines=lines):
            found = {"lines": [_line(line) for line in lines]}
        case Facts(pairs=pairs):
            found = {"pairs": pairs}
        case Shown():
            found = _picture(block)
        case Beside(shown=shown):
            found = {"shown": [_picture(one) for one in shown]}
        case Table(caption=caption, head=head):
            rows = {"rows": block.aligned(), "numeric": block.numeric}
            found = {"caption": caption, "head": head, **rows}
        case NewPage():
            pass
    return found


def _line(line: str) -> dict[str, str]:
    if isinstance(line, Led):
        return {"about": line.about, "rest": line.rest}
    return {"about": "", "rest": line}


def _picture(shown: Shown) -> dict[str, Any]:
    return {"drawing": shown.drawing, "alt": shown.picture.alt, "size": shown.size}
