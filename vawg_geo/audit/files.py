"""Everything that a folder's files say, whatever their kind; a kind that no reader knows fails."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo import __version__
from vawg_geo.audit.attack.beside import by_source
from vawg_geo.audit.attack.copies import copied_figures
from vawg_geo.audit.attack.figures import observe
from vawg_geo.audit.attack.over_time import counts_of_changes, odd_over_time
from vawg_geo.audit.documents.prose import prose_left_out, without_prose_in
from vawg_geo.audit.observed import CELL, Finding, Observed, Parameters
from vawg_geo.audit.tables.history import counts_of_the_maps
from vawg_geo.audit.tables.overlays import odd_sums
from vawg_geo.audit.tables.sheets import PUBLISHED, Reading, merged
from vawg_geo.errors import InputError
from vawg_geo.files.limits import require_bounded_file
from vawg_geo.terms.short_names import README

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Reader = Callable[[Path, str], Reading]

__all__ = ["read_folder", "shown_small"]

RECORD: Final = "build.json"
_DESCRIPTOR: Final = "datapackage.json"
_RASTERS: Final = (".tif", ".tiff")
_PARQUET: Final = (".parquet", ".geoparquet")
# What the public edition does not show of any area, by whatever layer or table.
_NOT_PUBLIC: Final = (
    b"brothel",
    *(b"red%clight" % sign for sign in b"- _"),
    *(b"ward%cprofile" % sign for sign in b"- _"),
    b"profile_class",
)
_PUBLIC: Final = "public"
_OUT: Final = "Build it again or take it out."


def read_folder(folder: Path, *, parameters: Parameters | None = None) -> Observed:
    r"""Read every file of a folder, or a single file.

    Parameters
    ----------
    folder : Path
        A folder with all below it, or one file.
    parameters : Parameters, optional
        How the files are protected, where none of them says so.

    Returns
    -------
    Observed

    Raises
    ------
    InputError
        There is no such folder, it is empty, or a file of a known kind cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as name:
    ...     table = Path(name, "own.csv")
    ...     _ = table.write_text("area_code,count\nE05002703,x\nE05002704,12\n")
    ...     observed = read_folder(Path(name))
    >>> observed.observations[["area_code", "status", "low"]]
       area_code      status   low
    0  E05002703  suppressed   NaN
    1  E05002704       value  12.0
    """
    paths = _files(folder)
    root = folder if folder.is_dir() else folder.parent
    names = {path.relative_to(root).as_posix(): path for path in paths}
    prose = [text for text, _ in _prose(names, parameters)]
    with prose_left_out(prose):
        reading = merged([_reading_of(path, name) for name, path in names.items()])
    observations, findings = observe(reading.sheets, reading.shares)
    worked_out = counts_of_changes(reading.over_time, reading.sheets, observations)
    if len(worked_out):
        observations = pd.concat([observations, worked_out], ignore_index=True)
    parameters = reading.parameters or parameters or Parameters()
    observations = counts_of_the_maps(observations, base=parameters.base or 0)
    # Another version may compute otherwise; what it wrote was audited by itself.
    if parameters.version in ("", __version__):
        findings += odd_over_time(reading.over_time, reading.sheets, reading.parents)
    findings += shown_small(observations, parameters)
    findings += copied_figures(
        reading.laid, observations, reading.sheets, base=parameters.base or 0
    )
    if reading.groups is not None:
        findings += odd_sums(reading.groups, observations)
    findings += _rasters(names, observations, parameters.edition)
    if parameters.edition == _PUBLIC:
        with prose_left_out(prose):
            findings += _not_public(names)
    return Observed(
        observations=observations,
        parents=reading.parents,
        totals=reading.totals,
        part_of=reading.part_of,
        parameters=parameters,
        notes=reading.notes,
        findings=[*reading.findings, *findings],
        files=list(names),
    )


def _prose(names: dict[str, Path], parameters: Parameters | None) -> tuple[tuple[str, str], ...]:
    """Texts of the configuration, as the folder's record gives them, or whoever reads the files."""
    if RECORD in names:
        from vawg_geo.audit.documents.read import read_record

        recorded = read_record(names[RECORD], RECORD).parameters
        return recorded.prose if recorded else ()
    return parameters.prose if parameters else ()


def shown_small(
    observations: pd.DataFrame, parameters: Parameters, *, known: Sequence[Observed] = ()
) -> list[Finding]:
    """Counts that the files say are hidden and that they show.

    Parameters
    ----------
    observations : pandas.DataFrame
        `observed.OBSERVATION_COLUMNS`.
    parameters : Parameters
        What the files say of their own protection.
    known : sequence of Observed
        Published tables: what one of them gives just so is no secret.

    Returns
    -------
    list of Finding
        `shown_small`, one for each source.
    """
    if not parameters.largest:
        return []
    low, high = observations["low"].astype(float), observations["high"].astype(float)
    small = (low == high) & low.between(parameters.smallest or 0, parameters.largest)
    wrong = small & (observations["basis"] != PUBLISHED) & (observations["status"] != "suppressed")
    for table in known:
        given = table.observations.drop_duplicates(list(CELL)).set_index(list(CELL))["low"]
        ours = given.reindex(pd.MultiIndex.from_frame(observations[list(CELL)]))
        wrong &= ours.to_numpy(dtype=float, na_value=np.nan) != low.to_numpy(dtype=float)
    text = (
        f"{{n}} counts from {parameters.smallest or 0} to {parameters.largest} are shown; "
        "first: {first}."
    )
    return by_source(observations, wrong.to_numpy(), kind="shown_small", text=text)


def _not_public(names: dict[str, Path]) -> list[Finding]:
    """Files of the public edition that speak of ward profiles, in whatever form."""
    findings = []
    for name, path in names.items():
        data = without_prose_in(_all_bytes(path)).lower()
        if word := next((said.decode() for said in _NOT_PUBLIC if said in data), ""):
            text = f"it speaks of {word!r}, which no public file may: take that layer out."
            findings.append(Finding(kind="forbidden_layer", file=name, text=text))
    return findings


def _all_bytes(path: Path) -> bytes:
    """A file's bytes, and those of what is packed in it."""
    data = path.read_bytes()
    if path.suffix.lower() in _PARQUET:
        from vawg_geo.audit.layers.vector_files import strings_in_geoparquet

        return data + strings_in_geoparquet(path)
    if not zipfile.is_zipfile(path):
        return data
    with zipfile.ZipFile(path) as packed:
        return b"\n".join([data, *(packed.read(name) for name in packed.namelist())])


def _rasters(names: dict[str, Path], observations: pd.DataFrame, edition: str) -> list[Finding]:
    """Look into rasters, once it is known what is hidden and where it lies."""
    rasters = {name: path for name, path in names.items() if path.suffix.lower() in _RASTERS}
    if not rasters:
        return []
    from vawg_geo.audit.layers.geopackage import read_outlines
    from vawg_geo.audit.layers.rasters import values_in_hidden_areas

    outlines: dict[str, bytes] = {}
    for path in names.values():
        if path.suffix.lower() == ".gpkg":
            outlines |= read_outlines(path)
    hidden = observations[observations["status"] == "suppressed"]
    return [
        finding
        for name, path in rasters.items()
        for finding in values_in_hidden_areas(
            path, name, hidden=hidden, outlines=outlines, told=observations, edition=edition
        )
    ]


def _files(folder: Path) -> list[Path]:
    if not folder.exists():
        msg = f"{folder} does not exist. Give a folder that vawg-geo build wrote, or a file."
        raise InputError(msg)
    if folder.is_file():
        return [folder]
    paths = sorted(p for p in folder.rglob("*") if not p.is_dir())
    if not paths:
        msg = f"{folder} has no files. Give a folder that vawg-geo build wrote, or a file."
        raise InputError(msg)
    return paths


def _reading_of(path: Path, name: str) -> Reading:
    reader = _reader(path)
    if path.is_symlink() or not path.is_file() or reader is None:
        text = "no reader knows this kind of file, so nothing is known of what it tells."
        return Reading(findings=[Finding(kind="unknown_file", file=name, text=text)])
    require_bounded_file(path, label=name, action=_OUT)
    try:
        return reader(path, name)
    except RecursionError as error:
        msg = f"{name} has parts within parts, too deep to be read. {_OUT}"
        raise InputError(msg) from error


def _reader(path: Path) -> Reader | None:
    from vawg_geo.audit.documents import drawings, pages, pictures
    from vawg_geo.audit.documents import read as documents
    from vawg_geo.audit.layers import filegdb, geopackage, rasters, shapefile, vector_files
    from vawg_geo.audit.tables import book, descriptor
    from vawg_geo.audit.tables import read as tables

    by_name: dict[str, Reader] = {
        RECORD: documents.read_record,
        _DESCRIPTOR: descriptor.read_descriptor,
        README: shapefile.read_readme,
    }
    if path.name in by_name:
        return by_name[path.name]
    readers: dict[str, Reader] = {
        ".csv": tables.read_csv,
        ".tsv": tables.read_csv,
        ".xlsx": book.read_workbook,
        ".gpkg": geopackage.read_geopackage,
        ".html": pages.read_page,
        ".htm": pages.read_page,
        ".json": pages.read_json,
        ".geojson": pages.read_json,
        ".qgz": drawings.read_packed_project,
        **dict.fromkeys((".qml", ".qgs", ".xml", ".sld"), drawings.read_xml),
        ".svg": pictures.read_svg,
        ".png": pictures.read_png,
        ".pdf": pictures.read_pdf,
        **dict.fromkeys(_RASTERS, rasters.read_raster),
        ".fgb": vector_files.read_flatgeobuf,
        **dict.fromkeys(_PARQUET, vector_files.read_geoparquet),
        ".zip": filegdb.read_filegdb,
        ".dbf": shapefile.read_dbf,
        **dict.fromkeys((".shp", ".shx"), shapefile.read_outline_part),
        **dict.fromkeys((".prj", ".cpg"), shapefile.read_word_part),
    }
    return readers.get(path.suffix.lower())
