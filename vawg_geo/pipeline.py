"""The whole walk: inputs to areas, through the gate, to everything that an edition shows.

Not named `build`: the module would take the place of the function `vawg_geo.build`.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd

import vawg_geo
from vawg_geo.areas.tables import Tables, load_tables
from vawg_geo.audit.build import HOW_TO_LOOK, require_safe
from vawg_geo.disclosure.gate import Edition, protect
from vawg_geo.disclosure.way_out import audited_as_a_whole
from vawg_geo.disclosure.words import noticed_texts
from vawg_geo.errors import AuditRefusedError, ConfigurationError
from vawg_geo.files.folder import (
    RECORD,
    one_at_a_time,
    places_of,
    repair,
    replaced_folders,
    require_replaceable,
)
from vawg_geo.files.whole import write_whole
from vawg_geo.inputs.releases import Release, ledger_of, read_releases
from vawg_geo.project import Project, find_project, read_project
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.publish.page.pages import write_pages
from vawg_geo.publish.qgis.project import write_project
from vawg_geo.publish.rasters.write import write_rasters
from vawg_geo.publish.tables.write import write_tables
from vawg_geo.release.audited import former_release, published_beside
from vawg_geo.release.causes import cause_of
from vawg_geo.release.ledger import note_releases, noted_releases
from vawg_geo.release.refused import keep_refused as keep_draft
from vawg_geo.release.refused import require_keepable
from vawg_geo.results.results import EditionResults, edition_of, results_of
from vawg_geo.settings import OutputSettings
from vawg_geo.terms.short_names import LAYERS_FOLDER, README, SHAPEFILE_LIMITS, require_formats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from vawg_geo.audit.observed import Finding

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
        Layers for other tools too: `flatgeobuf`, `geoparquet`, `shapefile`; by default the
        configuration's.
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
    if report:
        _require_drawing()
    write = _write_all if report else _write_edition
    keep = None if keep_refused is None else Path(keep_refused)
    if keep is not None:
        require_keepable(keep)
    return _walk(
        config, out=out, editions=editions, progress=progress, write=write, formats=formats,
        keep=keep,
    )  # fmt: skip


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
    _require_drawing()
    return _walk(config, out=out, editions=editions, progress=None, write=_write_report)


def _require_drawing() -> None:
    """Refuse a report before anything is computed, where what draws it is not installed."""
    lacking = [name for name in ("matplotlib", "PIL", "pypdf", "typst") if find_spec(name) is None]
    if lacking:
        msg = (
            f"a report needs {', '.join(lacking)}, which is not installed. Install the extra: "
            "pip install 'vawg-geo[report]'."
        )
        raise ConfigurationError(msg)


# A build's tables are many and small. Arrow's strings make each step on them dearer: with Python's
# the default build takes about a seventh less, to the same bytes.
@pd.option_context("mode.string_storage", "python")
def _walk(
    config: Path | str | Project | None,
    *,
    out: Path | str | None,
    editions: Sequence[str] | None,
    progress: Callable[[str], None] | None,
    write: Callable[[EditionResults, Path], None],
    formats: Sequence[str] | None = None,
    keep: Path | None = None,
) -> Built:
    say = progress or (lambda _: None)
    project, out_folder = _project_and_folder(config, out)
    project = _with_formats(project, formats)
    names = list(editions or project.editions.build)
    # Before the work and not only after it: a GeoPackage may be open for editing.
    for name in names:
        require_replaceable(out_folder / name)
    say("Reading and joining")
    tables = load_tables(project)
    # Every edition passes the gate and is computed before the first file is written: a refusal
    # leaves nothing.
    released = _releases(project, {name: out_folder / name for name in names})
    try:
        protected = [protect(tables, edition=name, released=released) for name in names]
    except AuditRefusedError as refused:
        edition = refused.made_from
        raise _kept(refused, keep, lambda draft: _draft_of(edition, draft, write)) from refused
    for edition in protected:
        results_of(edition)
    built = write_editions(protected, out=out_folder, write=write, progress=say, keep=keep)
    said = [*_messages(tables), *built.messages, *_limits(built.folders.values())]
    return Built(folders=built.folders, messages=tuple(said))


def write_editions(
    editions: Sequence[Edition],
    *,
    out: Path,
    write: Callable[[EditionResults, Path], None] | None = None,
    progress: Callable[[str], None] | None = None,
    keep: Path | None = None,
) -> Built:
    """Write editions into a folder, audit them, and exchange them for the former ones.

    Parameters
    ----------
    editions : sequence of Edition
        As `protect` returns.
    out : Path
        Gets a folder for each edition.
    write : callable, optional
        What to write of an edition into its folder; by default all but the report.
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
    folders = {edition.name: out / edition.name for edition in editions}
    places = [out, *places_of(folders.values())]
    with one_at_a_time(*places), noted_releases() as noted:
        messages = repair(*places)
        with replaced_folders(list(folders.values())) as drafts:
            for edition, draft in zip(editions, drafts, strict=True):
                say(f"Writing the {edition.name} edition")
                with audited_as_a_whole():
                    (write or _write_edition)(results_of(edition), draft)
            # No folder gets its name before all of them are found to give nothing away.
            say("Auditing what was written")
            written = dict(zip(folders, drafts, strict=True))
            published = {edition.name: published_beside(edition) for edition in editions}
            cause = _causes(editions)
            try:
                messages += require_safe(written, out, known=published, cause=cause)
            except AuditRefusedError as refused:
                draft = written.get(refused.edition, out / refused.edition)
                raise _kept(refused, keep, lambda place: _copied(draft, place)) from refused
            messages += note_releases(editions, noted)
    return Built(folders=folders, messages=tuple(messages))


def _causes(editions: Sequence[Edition]) -> Callable[[Finding], str]:
    project = editions[0].project
    return lambda finding: cause_of(finding, project)


def _kept(
    refused: AuditRefusedError, keep: Path | None, fill: Callable[[Path], object]
) -> AuditRefusedError:
    """Keep what was refused, if asked for, and say where."""
    if keep is None:
        return refused
    text = "".join(f"{f.file}: {f.text} ({f.kind})\n" for f in refused.report.findings)
    both = (f"{refused}\n\n{text}", refused.report.to_json())
    keep_draft(keep, edition=refused.edition, fill=fill, report=both)
    said = str(refused).removesuffix(HOW_TO_LOOK).rstrip()
    msg = f"{said} The draft and all findings are in {keep}, for your eyes alone."
    return AuditRefusedError(msg, report=refused.report, edition=refused.edition)


def _draft_of(edition: Edition, draft: Path, write: Callable[[EditionResults, Path], None]) -> None:
    with audited_as_a_whole():
        write(results_of(edition), draft)


def _copied(draft: Path, place: Path) -> None:
    shutil.copytree(draft, place, dirs_exist_ok=True)


def _write_edition(results: EditionResults, folder: Path) -> None:
    write_pages(results, folder)
    write_geopackage(results, folder / "vawg.gpkg")
    write_tables(results, folder / "tables")
    write_rasters(results, folder / "rasters")
    write_project(results, folder / "vawg.qgz")
    if formats := edition_of(results).project.output.formats:
        from vawg_geo.publish.exports import write_exports

        write_exports(results, folder / LAYERS_FOLDER, formats=formats)
    write_whole(folder / RECORD, _build_record(results))


def _write_all(results: EditionResults, folder: Path) -> None:
    from vawg_geo.publish.report.report import write_report

    _write_edition(results, folder)
    write_report(results, folder)


def _write_report(results: EditionResults, folder: Path) -> None:
    from vawg_geo.publish.pictures.write import write_pictures
    from vawg_geo.publish.report.report import write_report

    write_report(results, folder)
    write_pictures(results, folder / "pictures")
    write_whole(folder / RECORD, _build_record(results))


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


def _releases(project: Project, folders: Mapping[str, Path]) -> tuple[Release, ...]:
    """What went out before: the ledger, and editions in their folders from before there was one."""
    noted = read_releases(project.folder)
    if ledger_of(project.folder) is None:
        return noted
    have = {one.edition for one in noted}
    former = (
        former_release(name, folder)
        for name, folder in folders.items()
        if name not in have and (folder / RECORD).is_file()
    )
    return (*noted, *(one for one in former if one is not None))


def _with_formats(project: Project, formats: Sequence[str] | None) -> Project:
    """Take the configuration with other kinds of files than its own."""
    if formats is None:
        return project
    # Names that are none are refused here, before anything is read.
    output = OutputSettings(formats=require_formats(formats))
    return msgspec.structs.replace(project, output=output)


def _limits(folders: Iterable[Path]) -> list[str]:
    """What must be said of Shapefiles, once."""
    notes = [f"{folder.name}/{LAYERS_FOLDER}/{README}" for folder in folders
             if (folder / LAYERS_FOLDER / README).is_file()]  # fmt: skip
    if not notes:
        return []
    limits = "; ".join(SHAPEFILE_LIMITS)
    return [f"Shapefiles have limits: {limits}. Full names of columns: {', '.join(notes)}."]


def _build_record(results: EditionResults) -> str:
    """Versions, parameters, row counts and public inputs; no clock and no private input."""
    edition = edition_of(results)
    project = edition.project
    record: dict[str, Any] = {
        "title": results.title,
        "edition": edition.name,
        "vawg_geo": vawg_geo.__version__,
        "python": platform.python_version(),
        "libraries": {
            name: version(name)
            for name in ("folium", "geopandas", "numpy", "pandas", "pyogrio", "scipy", "shapely")
        },
        "parameters": {
            "rate_per": project.rates.per,
            "rate_method": project.rates.method,
            "confidence": list(project.rates.confidence),
            "comparator": project.significance.comparator,
            "significance_rule": project.significance.rule,
            "protection": results.protection,
            "disclosure_preset": edition.rules.preset,
            "disclosure_decision": project.disclosure.decision,
            "threshold_unit": edition.rules.unit,
            "smallest_hidden": edition.rules.smallest,
            "largest_hidden": edition.rules.largest,
            "base": edition.rules.base,
        },
        "rows": {
            "rates": len(results.rates),
            "by_level_and_status": _tally(results.rates),
        },
        "not_shown": [line for lines in results.not_shown.values() for line in lines],
        "public_inputs": dict(sorted(edition.inputs.items())),
        "attribution": list(results.attribution),
    }
    noticed = noticed_texts(project, edition.name)
    record |= {"words": noticed} if noticed else {}
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def _tally(rates: pd.DataFrame) -> dict[str, int]:
    """Rows by level and status."""
    pairs = Counter(zip(rates["level"], rates["status"], strict=True))
    return {f"{level} {status}": n for (level, status), n in sorted(pairs.items())}


def _messages(tables: Tables) -> list[str]:
    """What a person at the console must know."""
    messages = []
    illustrative = tables.counts[tables.counts["basis"] == "illustrative"]
    if len(illustrative):
        names = ", ".join(illustrative["indicator"].unique())
        messages.append(
            f"ILLUSTRATIVE, NOT REAL FIGURES: {len(illustrative):,} of {len(tables.counts):,} "
            f"counts ({', '.join(illustrative['level'].unique())}: {names}). Name a table of your "
            "own in vawg.toml to replace them."
        )
    if missing := tables.missing():
        messages.append(f"{missing} They are hatched on the map; see the join report.")
    messages += [note.line() for note in tables.notes]
    return messages
