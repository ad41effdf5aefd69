"""The report as a tagged PDF with title and language, the same bytes for the same report."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vawg_geo.errors import OutputError
from vawg_geo.publish.page.assemble import page_file
from vawg_geo.publish.report.blocks import Block, Shown
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Mark, Paragraph, Table
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
        "contents": REPORT["contents"],
        "blocks": [_plain(block) for block in blocks],
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


def _plain(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text=text, rank=rank):
            return {"kind": block.kind, "text": text, "rank": rank}
        case Paragraph(text=text):
            return {"kind": block.kind, "text": text}
        case Mark(text=text):
            return {"kind": block.kind, "text": text}
        case Bullets(lines=lines):
            return {"kind": block.kind, "lines": lines}
        case Shown(picture=picture, drawing=drawing):
            return {"kind": block.kind, "drawing": drawing, "alt": picture.alt}
        case Table():
            return {
                "kind": block.kind,
                "caption": block.caption,
                "head": block.head,
                "rows": block.rows,
                "numbers": block.numbers,
                "names": block.names,
                "words": not any(row[-1][:1].isdigit() for row in block.rows),
            }
