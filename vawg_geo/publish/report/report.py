"""The report of a build: findings, a page an indicator, what is laid over them, and the methods.

One list of blocks, printed as a page and as a PDF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.pictures.drawing import require_modules
from vawg_geo.publish.pictures.write import write_pictures
from vawg_geo.publish.report.blocks import Block, NewPage, text_lines
from vawg_geo.publish.report.ending import caveat_blocks, last_blocks, overlay_blocks
from vawg_geo.publish.report.first import first_blocks
from vawg_geo.publish.report.indicator import grounds_of, indicator_blocks, subjects_of
from vawg_geo.publish.report.page import report_page
from vawg_geo.publish.report.pdf import report_pdf
from vawg_geo.results.results import edition_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vawg_geo.results.results import EditionResults

__all__ = ["report_blocks", "require_report", "write_report"]

# Lines that stand on the first page below its title.
_FIRST_PAGE: Final = 52


def require_report() -> None:
    """Refuse a report before anything is computed, where what makes it is not installed.

    Raises
    ------
    ConfigurationError
    """
    require_modules(
        ("matplotlib", "PIL", "pypdf", "pypdfium2", "typst"),
        what="a report",
        extra="vawg-geo[report]",
    )


def write_report(
    results: EditionResults, folder: Path, *, endings: Sequence[str] = ("svg",)
) -> list[Path]:
    """Write an edition's report as a page and as a PDF, and what it shows as pictures.

    Parameters
    ----------
    results : EditionResults
    folder : Path
        Exists.
    endings : sequence of str
        Of the pictures: `svg`, `png` or both.

    Returns
    -------
    list of Path
        `report.html`, `report.pdf`, and the pictures with their page.

    Raises
    ------
    OutputError
        A file cannot be written.
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.
    """
    edition = edition_of(results)
    blocks = report_blocks(results)
    page, pdf = "report.html", "report.pdf"
    with drafted(edition, folder) as draft:
        write_whole(draft / page, report_page(results, blocks))
        write_whole(draft / pdf, report_pdf(results, blocks))
        pictures = write_pictures(
            results, draft / "pictures", every_sex=False, every_period=False, endings=endings
        )
    drawn = [folder / path.relative_to(draft) for path in pictures]
    return [folder / page, folder / pdf, *drawn]


def report_blocks(results: EditionResults) -> list[Block]:
    """Everything that the report says, in its order.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    list of Block
    """
    subjects = subjects_of(results)
    grounds = grounds_of(results, subjects)
    blocks: list[Block] = [*first_blocks(results, subjects)]
    caveats = list(caveat_blocks(results))
    # A short first page has room for what must be known before a conclusion.
    if early := text_lines([*blocks, *caveats]) <= _FIRST_PAGE:
        blocks += caveats
    drawn = [one for one in subjects if one.series]
    for subject in drawn:
        blocks.append(NewPage(fits=True))
        blocks += indicator_blocks(results, subject, grounds)
    blocks.append(NewPage())
    # What has no map is no page.
    for subject in subjects:
        if not subject.series:
            blocks += indicator_blocks(results, subject)
    blocks += overlay_blocks(results)
    if not early:
        blocks += caveats
    blocks += last_blocks(results)
    return blocks
