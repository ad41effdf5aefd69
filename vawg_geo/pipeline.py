"""The whole walk: inputs to areas, through the gate, to everything that an edition shows.

Not named `build`: the module would take the place of the function `vawg_geo.build`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import msgspec
import pandas as pd

from vawg_geo.areas.tables import load_tables
from vawg_geo.audit.build import require_safe
from vawg_geo.disclosure.gate import Edition, protect
from vawg_geo.disclosure.way_out import audited_as_a_whole
from vawg_geo.errors import AuditRefusedError
from vawg_geo.files.folder import (
    one_at_a_time,
    places_of,
    repair,
    replaced_folders,
    require_replaceable,
)
from vawg_geo.project import Project, find_project, read_project
from vawg_geo.publish.edition import REPORT, REPORT_ALONE, every_writer, write_edition
from vawg_geo.publish.exports import shapefile_limits
from vawg_geo.publish.report.report import require_report
from vawg_geo.release.audited import published_beside, releases_before
from vawg_geo.release.causes import cause_of
from vawg_geo.release.ledger import note_releases, noted_releases
from vawg_geo.release.refused import require_keepable, with_draft_kept
from vawg_geo.results.results import EditionResults, edition_of, results_of
from vawg_geo.settings import OutputSettings
from vawg_geo.terms.editions import require_formats

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vawg_geo.audit.observed import Finding
    from vawg_geo.publish.written import Writer

__all__ = ["Built", "build", "write_editions", "write_reports"]


@dataclass(frozen=True, kw_only=True)
class Built:
    """What a build wrote: folders by edition, and what it had to say."""

    folders: dict[str, Path]
    messages: tuple[str, ...]


def build(
    config: Path | str | Project | None = None,
    *,
    out: Path | str | None = None,
    editions: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
    report: bool = False,
    formats: Sequence[str] | None = None,
    csv_bom: bool | None = None,
    keep_refused: Path | str | None = None,
) -> Built:
    """Build maps, layers and tables.

    Parameters
    ----------
    config : path or Project, optional
        A `vawg.toml`; by default the one in the current folder, else the embedded default.
    out : path, optional
        Folder that gets a folder for each edition; by default the configuration's `out`, which
        is relative to the configuration, or to the current folder for the embedded default.
    editions : sequence of str, optional
        By default the configuration's.
    progress : callable, optional
        Called with a line for each step.
    report : bool
        With the report and its pictures too, which takes several times as long.
    formats : sequence of str, optional
        Layers for other tools too: `flatgeobuf`, `geoparquet`, `shapefile`, `filegdb`; by default
        the configuration's.
    csv_bom : bool, optional
        Whether CSV files begin with a byte order mark, by which Excel knows their letters; by
        default as in the configuration.
    keep_refused : path, optional
        New or empty folder that gets an edition that the audit refuses, and what it found, for its
        owner alone (mode 0700): to look at, and to delete.

    Returns
    -------
    Built

    Raises
    ------
    VawgGeoError
        An input or option cannot be used, or the audit found that a file gives away what it
        should hide; nothing was written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     built = build(out=folder, editions=["public"])
    ...     sorted(path.name for path in built.folders["public"].iterdir())
    ['build.json', 'district.html', 'index.html', 'rasters', 'tables', 'vawg.gpkg', 'vawg.qgz',
    'ward.html']
    """
    writers = every_writer()
    if report:
        require_report()
        writers += REPORT
    keep = None if keep_refused is None else Path(keep_refused)
    if keep is not None:
        require_keepable(keep)
    return _walk(
        config,
        out=out,
        editions=editions,
        progress=progress,
        writers=writers,
        formats=formats,
        csv_bom=csv_bom,
        keep=keep,
    )


def write_reports(
    config: Path | str | Project | None = None, *, out: Path | str, editions: Sequence[str]
) -> Built:
    """Write reports and all pictures of editions, by the same walk and with the same audit.

    Parameters
    ----------
    config, out, editions
        As for `build`.

    Returns
    -------
    Built
    """
    require_report()
    return _walk(config, out=out, editions=editions, progress=None, writers=REPORT_ALONE)


# A build's tables are many and small. Arrow's strings make each step on them dearer: with Python's
# the default build takes about a seventh less, to the same bytes.
@pd.option_context("mode.string_storage", "python")
def _walk(
    config: Path | str | Project | None,
    *,
    out: Path | str | None,
    editions: Sequence[str] | None,
    progress: Callable[[str], None] | None,
    writers: Sequence[Writer],
    formats: Sequence[str] | None = None,
    csv_bom: bool | None = None,
    keep: Path | None = None,
) -> Built:
    say = progress or (lambda _: None)
    project, out_folder = _project_and_folder(config, out)
    project = _with_output(project, formats, csv_bom=csv_bom)
    names = list(editions or project.editions.build)
    # Before the work and not only after it: a GeoPackage may be open for editing.
    for name in names:
        require_replaceable(out_folder / name)
    say("Reading and joining")
    tables = load_tables(project)
    # Every edition passes the gate and is computed before the first file is written: a refusal
    # leaves nothing.
    released = releases_before(project, {name: out_folder / name for name in names})
    try:
        protected = []
        for name in names:
            say(f"Choosing what the {name} edition hides")
            protected.append(protect(tables, edition=name, released=released))
    except AuditRefusedError as refused:
        raise with_draft_kept(refused, keep, partial(_draft, refused, writers)) from refused
    results = []
    for edition in protected:
        say(f"Computing rates and patterns of the {edition.name} edition")
        results.append(results_of(edition))
    built = write_editions(results, out=out_folder, writers=writers, progress=say, keep=keep)
    said = [*tables.messages(), *built.messages, *shapefile_limits(built.folders.values())]
    return Built(folders=built.folders, messages=tuple(said))


def write_editions(
    results: Sequence[EditionResults],
    *,
    out: Path,
    writers: Sequence[Writer] | None = None,
    progress: Callable[[str], None] | None = None,
    keep: Path | None = None,
) -> Built:
    """Write editions into a folder, audit them, and exchange them for the former ones.

    Parameters
    ----------
    results : sequence of EditionResults
        As `results_of` gives them.
    out : Path
        Gets a folder for each edition.
    writers : sequence of callable, optional
        What to write of an edition into its folder; by default `every_writer()`, all but the
        report.
    progress : callable, optional
        Called with a line for each step.
    keep : Path, optional
        Gets a draft that the audit refuses, as `keep_refused` of `build`.

    Returns
    -------
    Built
        Its messages are what was repaired and what was audited.

    Raises
    ------
    VawgGeoError
        A folder cannot be written to, or the audit found that a file gives away what it should
        hide; the former editions are as they were.
    """
    say = progress or (lambda _: None)
    editions = [edition_of(one) for one in results]
    folders = {edition.name: out / edition.name for edition in editions}
    places = [out, *places_of(folders.values())]
    with one_at_a_time(*places), noted_releases() as noted:
        messages = repair(*places)
        with replaced_folders(list(folders.values())) as drafts:
            for one, draft in zip(results, drafts, strict=True):
                say(f"Writing the {one.edition} edition")
                with audited_as_a_whole():
                    write_edition(one, draft, writers=writers or every_writer())
            # No folder gets its name before all of them are found to give nothing away.
            say("Auditing what was written")
            written = dict(zip(folders, drafts, strict=True))
            published = {edition.name: published_beside(edition) for edition in editions}
            cause = _causes(editions)
            try:
                messages += require_safe(written, out, known=published, cause=cause)
            except AuditRefusedError as refused:
                draft = written.get(refused.edition, out / refused.edition)
                copied = partial(copytree, draft, dirs_exist_ok=True)
                raise with_draft_kept(refused, keep, copied) from refused
            messages += note_releases(editions, noted)
    return Built(folders=folders, messages=tuple(messages))


def _draft(refused: AuditRefusedError, writers: Sequence[Writer], place: Path) -> None:
    """Write what the gate refused, for whoever wants to see why."""
    with audited_as_a_whole():
        write_edition(results_of(refused.made_from), place, writers=writers)


def _causes(editions: Sequence[Edition]) -> Callable[[Finding], str]:
    project = editions[0].project
    return lambda finding: cause_of(finding, project)


def _project_and_folder(
    config: Path | str | Project | None, out: Path | str | None
) -> tuple[Project, Path]:
    if isinstance(config, Project):
        return config, Path(out or config.project.out)
    path = find_project(Path(config) if config is not None else None)
    project = read_project(path)
    if out is not None:
        return project, Path(out)
    own = config is not None or path == Path("vawg.toml")
    return project, (Path(project.folder) if own else Path()) / project.project.out


def _with_output(
    project: Project, formats: Sequence[str] | None, *, csv_bom: bool | None
) -> Project:
    """Take the configuration with other kinds of files than its own."""
    own = project.output
    # Names that are none are refused here, before anything is read.
    output = OutputSettings(
        formats=own.formats if formats is None else require_formats(formats),
        csv_bom=own.csv_bom if csv_bom is None else csv_bom,
    )
    return project if output == own else msgspec.structs.replace(project, output=output)
