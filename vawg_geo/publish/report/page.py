"""The report as one page: no script, no file beside it, a strict policy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vawg_geo.publish.page.assemble import escape, list_items, page_text
from vawg_geo.publish.report.blocks import Block, Bullets, Heading, Mark, Paragraph, Shown, Table
from vawg_geo.words import page as words
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.results.results import EditionResults

__all__ = ["report_page"]

_STYLE: Final = """
:root{color-scheme:light}
body{font:16px/1.5 "DejaVu Sans",Verdana,Arial,sans-serif;color:#1f1a2e;background:#fff;margin:0}
main,header{max-width:52rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.25;margin:.3rem 0}
h2{font-size:1.3rem;margin:2.2rem 0 .6rem;border-top:3px solid #1f3f86;padding-top:.6rem}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
a{color:#1f3f86}
.edition{color:#5b5660;margin:1rem 0 0}
.mark{background:#ffd98a;border:1px solid #1f1a2e;padding:.5rem .8rem;font-weight:bold}
.scroll{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;font-weight:bold;padding-bottom:.4rem}
th,td{padding:.3rem .6rem;border-bottom:1px solid #c9c4d4;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid #5b5660}
tbody th{font-weight:normal}
.numbers td:not(:last-child),.numbers th:not(:first-child):not(:last-child){
  text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1.4rem 0;break-inside:avoid}
figure svg{width:100%;height:auto;border:1px solid #c9c4d4}
nav li{margin:.2rem 0}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:#fff;padding:.4rem}
@media print{@page{size:A4;margin:16mm}body{font-size:10.5pt}
h2{break-after:avoid}tr{break-inside:avoid}nav{display:none}}
"""


def report_page(results: EditionResults, blocks: Sequence[Block]) -> str:
    """Text of the page.

    Parameters
    ----------
    results : EditionResults
    blocks : sequence of Block

    Returns
    -------
    str
    """
    sections = [b.text for b in blocks if isinstance(b, Heading) and b.rank == 2]
    ids = {text: f"section-{number}" for number, text in enumerate(sections, start=1)}
    edition = words.EDITION.get(results.edition, results.edition)
    contents = "".join(f'<li><a href="#{ids[t]}">{escape(t)}</a></li>' for t in sections)
    return page_text(
        "report.html",
        slots={
            "title": escape(results.title),
            "subtitle": escape(words.fill(REPORT["subtitle"], {"edition": edition.lower()})),
            "watermark": f'<p class="mark">{escape(results.watermark)}</p>'
            if results.watermark
            else "",
            "skip": escape(words.PAGE["skip"]),
            "contents_title": escape(REPORT["contents"]),
            "contents": contents,
            "body": "\n".join(_block(block, ids) for block in blocks),
        },
        styles=[_STYLE.strip()],
    )


def _block(block: Block, ids: dict[str, str]) -> str:  # noqa: PLR0911
    match block:
        case Heading(text=text, rank=2):
            return f'<h2 id="{ids[text]}">{escape(text)}</h2>'
        case Heading(text=text):
            return f"<h3>{escape(text)}</h3>"
        case Paragraph(text=text):
            return f"<p>{escape(text)}</p>"
        case Mark(text=text):
            return f'<p class="mark">{escape(text)}</p>'
        case Bullets(lines=lines):
            return f"<ul>{list_items(lines)}</ul>"
        case Table():
            return _table(block)
        case Shown(drawing=drawing):
            # Fixed sizes would not shrink with a narrow screen.
            svg = re.sub(r'\s(?:width|height)="[^"]*pt"', "", drawing, count=2)
            return f"<figure>{svg.strip()}</figure>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    series = "".join(
        f' data-{key.replace("_", "-")}="{escape(value)}"' for key, value in table.series.items()
    )
    kind = ' class="numbers"' if table.numbers else ""
    # What scrolls sideways must be reached by keyboard, and so it has a name.
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.caption)}">'
        f"<table{kind}{series}><caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
