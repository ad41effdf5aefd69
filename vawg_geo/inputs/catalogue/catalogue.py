"""The catalogue of boundary layers: embedded, official and to be fetched, and one's own.

Three sources, one list. The package carries the default's layers (`boundaries/registry.toml`);
`catalogue.toml` names official layers of the ONS Open Geography portal that can be fetched; and
`add_file` takes in a file that an analyst has. What is fetched or added lies in one cache folder:
`VAWG_GEO_CACHE`, or the system's folder for caches.

Every layer in the cache is a GeoPackage in EPSG:27700 with the columns `area_code`, `area_name`,
`parent_code` and the geometry, and beside it a record with its SHA-256: a layer whose bytes are
no longer those of its record is not handed out.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache as cached
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from vawg_geo.errors import BoundaryError, ConfigurationError, did_you_mean, problem
from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry, verified_path
from vawg_geo.inputs.catalogue.store import cache_folder, is_intact, read_record, shelf, store_layer
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.columns import LEVELS, Level

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CatalogueEntry",
    "FoundLayer",
    "ServiceLayer",
    "add_file",
    "catalogue_table",
    "find_entry",
    "find_layer",
    "read_catalogue",
]

Kind = Literal["embedded", "official", "added"]
State = Literal["in the package", "fetched", "not fetched", "added"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, kw_only=True)
class ServiceLayer:
    """Where an official layer is on the portal.

    Attributes
    ----------
    service : str
        Name of the feature service.
    layer_id : int
        Number of the layer in the service.
    codes : str
        Beginning of the codes that are asked for (`E05`).
    code_column, name_column, parent_column : str or None
        The service's own columns; `parent_column` holds the district's code.
    rows : int or None
        Number of such areas in England, where it is certain.
    seen : str
        What the service's name rests on: `service` or `file` (see catalogue.toml).
    """

    service: str
    layer_id: int
    codes: str
    code_column: str
    name_column: str
    parent_column: str | None
    rows: int | None
    seen: str


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """One layer of the catalogue.

    Attributes
    ----------
    name, title : str
        Short name (what `vawg.toml` and the command line take), and what the layer is.
    level : str
        `ward`, `district`, `county`, `police_area` or `lsoa`.
    vintage : str
        Date of the boundaries, as `2015-12`; empty where an added file's is not known.
    licence, attribution, source : str
        Terms, the words that they ask for, and where the layer comes from.
    kind : str
        `embedded`, `official` or `added`.
    state : str
        Where it is now: `in the package`, `fetched`, `not fetched` or `added`.
    rows : int or None
        Number of areas, where known.
    path : Path or None
        The file, where there is one.
    code_column, name_column, parent_column : str or None
        Columns of that file.
    notes : tuple of str
        What reading it had to say.
    facts : dict
        What else is known: the registry's `bounds` and `area_km2`, the record's `where`.
    remote : ServiceLayer or None
        Where an official layer is on the portal.
    """

    name: str
    title: str
    level: Level
    vintage: str
    licence: str
    attribution: str
    source: str
    kind: Kind
    state: State
    rows: int | None = None
    path: Path | None = None
    code_column: str | None = None
    name_column: str | None = None
    parent_column: str | None = None
    notes: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    remote: ServiceLayer | None = None


class FoundLayer(NamedTuple):
    """A layer that is ready to be read, and its entry."""

    path: Path
    entry: CatalogueEntry


def read_catalogue(*, cache: Path | str | None = None) -> tuple[CatalogueEntry, ...]:
    """Every layer there is: embedded, official, added.

    No file is read through: a layer counts as fetched where its file has the recorded size.
    `find_layer` checks the bytes.

    Parameters
    ----------
    cache : Path, str or None
        Folder of fetched and added layers (see `cache_folder`).

    Returns
    -------
    tuple of CatalogueEntry
        Embedded ones first, then official ones in the catalogue's order, then added by name.

    Raises
    ------
    InputError
        The package's own registry is absent.
    """
    folder = cache_folder(cache)
    return (*_embedded_entries(), *_official_entries(folder), *_added_entries(folder))


def catalogue_table(*, cache: Path | str | None = None) -> pd.DataFrame:
    """Set the catalogue out as a table to be read: one row per layer, all text.

    Columns: `name`, `level`, `vintage`, `areas`, `where` it is now, `title`, and `note` (what
    fetching or adding it had to say).
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "name": entry.name,
                "level": entry.level,
                "vintage": entry.vintage,
                "areas": "" if entry.rows is None else f"{entry.rows:,}",
                "where": entry.state,
                "title": entry.title,
                "note": "; ".join(entry.notes),
            }
            for entry in read_catalogue(cache=cache)
        ],
        dtype="str",
    )


def find_entry(name: str, *, cache: Path | str | None = None) -> CatalogueEntry:
    """Entry of a layer by its name.

    Raises
    ------
    ConfigurationError
        No layer has this name; the message offers the nearest.
    """
    catalogue = read_catalogue(cache=cache)
    for entry in catalogue:
        if entry.name == name:
            return entry
    hint = did_you_mean(name, [entry.name for entry in catalogue], most=3)
    steps = (
        "Run 'vawg-geo boundaries list' for all names, or 'vawg-geo boundaries add FILE' for a "
        "file of your own."
    )
    msg = f"no layer of the catalogue is called {name!r}. {f'{hint} ' if hint else ''}{steps}"
    raise ConfigurationError(msg)


def find_layer(name: str, *, cache: Path | str | None = None) -> FoundLayer:
    """Find a layer that can be read now, with its bytes checked.

    Parameters
    ----------
    name : str
        A name of the catalogue.
    cache : Path, str or None
        Folder of fetched and added layers (see `cache_folder`).

    Returns
    -------
    FoundLayer
        `path` and `entry`.

    Raises
    ------
    ConfigurationError
        The name is unknown, or the layer has not been fetched.
    BoundaryError
        The cached file is not the one that was recorded.
    InputError
        The embedded file is not the one that was registered.
    """
    entry = find_entry(name, cache=cache)
    if entry.kind == "embedded":
        return FoundLayer(verified_path(read_registry(embedded_folder("boundaries"))[name]), entry)
    folder = shelf(cache_folder(cache), entry.kind)
    if not read_record(folder, name):
        msg = (
            f"the layer {name!r} has not been fetched. Run 'vawg-geo boundaries fetch {name}', or "
            "download the file by hand and run 'vawg-geo boundaries add FILE'."
        )
        raise ConfigurationError(msg)
    if not is_intact(folder, name):
        again = f"fetch {name}" if entry.kind == "official" else "add FILE --replace"
        msg = (
            f"the cached layer {name!r} is not the file that was recorded: it was changed, cut "
            f"short or removed since. Run 'vawg-geo boundaries {again}'."
        )
        raise BoundaryError(msg)
    return FoundLayer(folder / f"{name}.gpkg", entry)


def add_file(
    path: Path | str,
    *,
    name: str | None = None,
    level: Level | None = None,
    vintage: str = "",
    attribution: str = "",
    layer: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    parent_column: str | None = None,
    crs: str | None = None,
    overwrite: bool = False,
    cache: Path | str | None = None,
) -> CatalogueEntry:
    """Take a boundary file into the catalogue, once it has passed the checks.

    Only codes, names, parent codes and outlines are kept, and of the file's path only its name:
    whatever else stood in the file stays where it was.

    Parameters
    ----------
    path : Path or str
        A file in any format that `read_boundaries` reads.
    name : str, optional
        Name for the catalogue (small letters, digits, hyphens); without it the file's name.
    vintage, attribution : str, optional
        Date of the boundaries (`2015-12`), and the words that the licence asks for.
    level : str, optional
        Level of geography; without it, what the codes announce.
    layer, code_column, name_column, parent_column, crs : str, optional
        Passed on to `read_boundaries`.
    overwrite : bool
        Replace an added layer of the same name.
    cache : Path, str or None
        Folder of fetched and added layers (see `cache_folder`).

    Returns
    -------
    CatalogueEntry
        With `notes`, what reading the file had to say.

    Raises
    ------
    ConfigurationError
        The name is taken or has no acceptable form.
    BoundaryError
        The file fails the checks, or its level cannot be told from its codes.
    """
    from vawg_geo.inputs.boundaries.read import read_boundaries

    path = Path(path)
    name = _new_name(name, path, overwrite=overwrite, cache=cache)
    if level is not None and level not in LEVELS:
        msg = f"{level!r} is not a level. Use one of {', '.join(LEVELS)}."
        raise ConfigurationError(msg)
    frame = read_boundaries(
        path,
        layer=layer,
        code_column=code_column,
        name_column=name_column,
        parent_column=parent_column,
        level=level,
        crs=crs,
    )
    level = level or _level_of(frame["area_code"].astype(str).tolist(), path.name)
    folder = cache_folder(cache)
    record = {
        "title": path.stem,
        "level": level,
        "vintage": vintage,
        "attribution": attribution,
        "source": path.name,
        "notes": [str(note) for note in frame.attrs.get("notes", ())],
    }
    store_layer(frame, shelf(folder, "added"), name, record=record)
    return find_entry(name, cache=folder)


def _embedded_entries() -> list[CatalogueEntry]:
    entries = []
    for file in read_registry(embedded_folder("boundaries")).values():
        if file.facts.get("level") not in LEVELS:
            continue  # a look-up or the like, no layer
        entries.append(
            CatalogueEntry(
                name=file.name,
                title=file.title,
                level=file.facts["level"],
                vintage=file.vintage,
                licence=file.licence,
                attribution=file.attribution,
                source=file.source,
                kind="embedded",
                state="in the package",
                rows=file.facts.get("rows"),
                path=file.path,
                code_column=file.facts.get("code_column"),
                name_column=file.facts.get("name_column"),
                parent_column=file.facts.get("parent_column"),
                facts=file.facts,
            )
        )
    return entries


@cached
def _official_tables() -> tuple[dict[str, Any], ...]:
    document = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text("utf-8"))
    return tuple({**document["defaults"], **table} for table in document["layer"])


def _official_entries(folder: Path) -> list[CatalogueEntry]:
    entries = []
    for table in _official_tables():
        entry = CatalogueEntry(
            name=table["name"],
            title=table["title"],
            level=table["level"],
            vintage=table["vintage"],
            licence=table["licence"],
            attribution=table["attribution"].format(year=table["vintage"][:4]),
            source="ONS Open Geography portal",
            kind="official",
            state="not fetched",
            rows=table.get("rows"),
            remote=ServiceLayer(
                service=table["service"],
                layer_id=table["layer_id"],
                codes=table["codes"],
                code_column=table["code_column"],
                name_column=table["name_column"],
                parent_column=table.get("parent_column"),
                rows=table.get("rows"),
                seen=table["seen"],
            ),
        )
        entries.append(_with_file(entry, shelf(folder, "official")))
    return entries


def _with_file(entry: CatalogueEntry, folder: Path) -> CatalogueEntry:
    """Entry of an official layer with what the cache has of it."""
    record = read_record(folder, entry.name)
    path = folder / f"{entry.name}.gpkg"
    if not path.is_file() or path.stat().st_size != record.get("bytes") or "rows" not in record:
        return entry
    facts: dict[str, Any] = {
        key: value for key, value in record.items() if key in {"where", "url", "last_edit"}
    }
    return replace(
        entry,
        state="fetched",
        rows=record["rows"],
        path=path,
        notes=tuple(record.get("notes", ())),
        facts=facts,
        code_column="area_code",
        name_column="area_name",
        parent_column="parent_code" if record.get("parents") else None,
    )


def _added_entries(folder: Path) -> list[CatalogueEntry]:
    own = shelf(folder, "added")
    entries = []
    for file in sorted(own.glob("[!.]*.json")):
        record = read_record(own, file.stem)
        if record.get("level") not in LEVELS or not {"rows", "source"} <= record.keys():
            continue
        entries.append(
            CatalogueEntry(
                name=file.stem,
                title=record.get("title", file.stem),
                level=cast("Level", record["level"]),
                vintage=record.get("vintage", ""),
                licence="",
                attribution=record.get("attribution", ""),
                source=record["source"],
                kind="added",
                state="added",
                rows=record["rows"],
                path=own / f"{file.stem}.gpkg",
                notes=tuple(record.get("notes", ())),
                code_column="area_code",
                name_column="area_name",
                parent_column="parent_code" if record.get("parents") else None,
            )
        )
    return entries


def _new_name(name: str | None, path: Path, *, overwrite: bool, cache: Path | str | None) -> str:
    if name is None:
        name = re.sub(r"[^a-z0-9]+", "-", path.name.split(".")[0].lower()).strip("-")[:63]
    if not _NAME.fullmatch(name):
        msg = (
            f"{name!r} cannot be a layer's name: small letters, digits and hyphens only, at most "
            "63 of them. Give another with --name."
        )
        raise ConfigurationError(msg)
    for entry in read_catalogue(cache=cache):
        if entry.name == name and not (overwrite and entry.kind == "added"):
            action = (
                "Give another name with --name, or replace the layer with --replace."
                if entry.kind == "added"
                else "Give another name with --name."
            )
            msg = f"the catalogue already has an {entry.kind} layer called {name!r}. {action}"
            raise ConfigurationError(msg)
    return name


def _level_of(codes: list[str], file_name: str) -> Level:
    """Tell the one level that a layer's codes announce."""
    levels = [level_of_code(code) for code in codes]
    known = {level for level in levels if level is not None}
    if len(known) == 1 and None not in levels:
        return known.pop()
    expected = max(known, key=levels.count, default=None)
    odd = [code for code, level in zip(codes, levels, strict=True) if level != expected]
    odd = odd if expected else codes
    raise BoundaryError(
        problem(
            f"of {file_name} do not tell their level",
            bad=len(odd),
            total=len(codes),
            noun="codes",
            first=repr(odd[0]),
            action=f"Say which it is with --level: {', '.join(LEVELS)}.",
        )
    )
