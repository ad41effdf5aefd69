"""An edition's folder: one writer after the other, and last the index of what they wrote.

To add a format, write a function that takes results and a folder and says what it wrote, and name
it in `WRITERS`. One from another distribution is named by an entry point of the group `GROUP`.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.errors import ConfigurationError, OutputError
from vawg_geo.files.folder import RECORD
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.exports import write_exports
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.publish.page.pages import write_index, write_pages
from vawg_geo.publish.qgis.project import write_project
from vawg_geo.publish.rasters.write import write_rasters
from vawg_geo.publish.record import build_record
from vawg_geo.publish.report.report import write_report
from vawg_geo.publish.tables.workbook import WORKBOOK_NAME
from vawg_geo.publish.tables.write import write_tables
from vawg_geo.publish.written import Written, listed
from vawg_geo.results.results import edition_of
from vawg_geo.terms.editions import LAYERS_FOLDER
from vawg_geo.words.page import FILES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vawg_geo.publish.written import Writer
    from vawg_geo.results.results import EditionResults

__all__ = ["GROUP", "REPORT", "REPORT_ALONE", "WRITERS", "every_writer", "write_edition"]

GROUP: Final = "vawg_geo.writers"
"""Group of entry points by which other distributions name theirs."""
_REPORTED: Final = ("report.html", "report.pdf", "pictures/index.html")


def _geopackage(results: EditionResults, folder: Path) -> list[Written]:
    return [listed(write_geopackage(results, folder / "vawg.gpkg").name)]


def _tables(results: EditionResults, folder: Path) -> list[Written]:
    write_tables(results, folder / "tables")
    return [listed(f"tables/{WORKBOOK_NAME}"), listed("tables/")]


def _rasters(results: EditionResults, folder: Path) -> list[Written]:
    return [listed("rasters/")] if write_rasters(results, folder / "rasters") else []


def _project(results: EditionResults, folder: Path) -> list[Written]:
    return [listed(write_project(results, folder / "vawg.qgz").name)]


def _layers(results: EditionResults, folder: Path) -> list[Written]:
    formats = edition_of(results).project.output.formats
    if not formats:
        return []
    write_exports(results, folder / LAYERS_FOLDER, formats=formats)
    return [listed(f"{LAYERS_FOLDER}/")]


def _record(results: EditionResults, folder: Path) -> list[Written]:
    write_whole(folder / RECORD, build_record(results))
    return [listed(RECORD)]


def _report(results: EditionResults, folder: Path) -> list[Written]:
    write_report(results, folder)
    return [listed(href) for href in _REPORTED]


def _report_for_slides(results: EditionResults, folder: Path) -> list[Written]:
    write_report(results, folder, endings=("svg", "png"))
    return [listed(href) for href in _REPORTED]


# The project shows the rasters that it finds beside it.
WRITERS: Final[tuple[Writer, ...]] = (
    write_pages,
    _geopackage,
    _tables,
    _rasters,
    _project,
    _layers,
    _record,
)
"""What a build writes."""
REPORT: Final[tuple[Writer, ...]] = (_report,)
"""What a build writes beside that where it is asked for."""
REPORT_ALONE: Final[tuple[Writer, ...]] = (_report_for_slides, _record)
"""What `vawg-geo report` writes."""


def write_edition(
    results: EditionResults, folder: Path, *, writers: Sequence[Writer] = WRITERS
) -> list[Written]:
    """Write an edition into a folder, with an index of what was written.

    Parameters
    ----------
    results : EditionResults
    folder : Path
        Exists.
    writers : sequence of callable
        Each takes results and a folder, and says what it wrote. An index that would list no page
        is not written.

    Returns
    -------
    list of Written
        As the index lists them: pages first.

    Raises
    ------
    OutputError
        A file cannot be written, or a writer names one that is not there.
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.
    """
    with drafted(edition_of(results), folder) as draft:
        written = {one.href: one for writer in writers for one in _wrote(writer, results, draft)}
        ordered = sorted(written.values(), key=_place)
        if any(one.kind == "page" for one in ordered):
            write_index(draft / "index.html", results, entries=ordered)
    return ordered


def _wrote(writer: Writer, results: EditionResults, folder: Path) -> list[Written]:
    """Call a writer; what it names must be there, or the index would link to nothing."""
    # Another's writer may say anything.
    written: list[Any] = list(writer(results, folder))
    name = getattr(writer, "__name__", type(writer).__name__)
    for one in written:
        if not isinstance(one, Written):
            msg = (
                f"the writer {name!r} says that it wrote {one!r}, which is no "
                "vawg_geo.publish.written.Written. Return one for each file or folder."
            )
            raise OutputError(msg)
        if not (folder / one.href).exists():
            msg = (
                f"the writer {name!r} says that it wrote {one.href!r}, which is not in the "
                "edition's folder. Write it there, or do not name it."
            )
            raise OutputError(msg)
    return written


def _place(one: Written) -> tuple[bool, int]:
    """Pages first, then files in the order of their words; those of others before the record."""
    order = list(FILES)
    own = one.href in order
    return (one.kind != "page", 2 * order.index(one.href) if own else 2 * order.index(RECORD) - 1)


@cache
def every_writer() -> tuple[Writer, ...]:
    """What a build writes: the package's own writers, then those of other distributions.

    Returns
    -------
    tuple of callable

    Raises
    ------
    ConfigurationError
        One from outside cannot be used; the message says which and why.

    Examples
    --------
    >>> every_writer()[0].__name__
    'write_pages'
    """
    found = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    return (*WRITERS, *map(_from_outside, found))


def _from_outside(entry: EntryPoint) -> Writer:
    where = f"the writer {entry.name!r} of {entry.dist.name if entry.dist else 'somebody else'}"
    then = "Correct it, or take that distribution out."
    try:
        writer: Any = entry.load()
    # Whatever goes wrong in another's module is no fault of this configuration.
    except Exception as error:
        msg = f"{where} cannot be loaded: {type(error).__name__}: {error}. {then}"
        raise ConfigurationError(msg) from error
    if not callable(writer):
        msg = f"{where} cannot be used: {writer!r} is no function of results and a folder. {then}"
        raise ConfigurationError(msg)
    made: Writer = writer
    return made
