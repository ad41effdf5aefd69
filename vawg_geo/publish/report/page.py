"""The report as one page: no script, no file beside it, a strict policy."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from vawg_geo.publish.page.assemble import page_text
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Heading
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vawg_geo.publish.report.blocks import Block
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
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
li{margin:.25rem 0}
dl{margin:1rem 0}
dl div{display:flex;flex-wrap:wrap;gap:.2rem .8rem}
dt{min-width:7rem;color:#5b5660}
dd{margin:0}
figure{margin:1rem 0;break-inside:avoid}
figure svg{width:100%;height:auto}
.beside{display:grid;gap:0 1rem;align-items:start;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}
nav li{margin:.2rem 0}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:#fff;padding:.4rem}
@media print{@page{size:A4;margin:16mm}body{font-size:9.5pt}
.leaf{break-before:page}.beside{grid-template-columns:1fr 1fr}
h2,h3{break-after:avoid}tr{break-inside:avoid}nav{display:none}}
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
    edition = words.EDITION.get(results.edition, results.edition)
    return page_text(
        "report.html",
        {
            "title": results.title,
            "page_title": words.fill(REPORT["page_title"], {"title": results.title}),
            "subtitle": words.fill(REPORT["subtitle"], {"edition": edition.lower()}),
            "watermark": results.watermark,
            "skip": words.PAGE["skip"],
            "contents": REPORT["contents"],
            "blocks": list(_numbered(blocks)),
        },
        styles=[_STYLE.strip()],
    )


def _numbered(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Each block, with an address where it begins a section."""
    numbers = count(1)
    for block in blocks:
        begins = isinstance(block, Heading) and block.rank == 2
        yield block, f"section-{next(numbers)}" if begins else ""
