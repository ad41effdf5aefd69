"""What the catalogue knows of a layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from vawg_geo.terms.columns import Level

__all__ = ["CatalogueEntry", "FoundLayer", "Kind", "ServiceLayer", "State"]

Kind = Literal["embedded", "official", "added"]
State = Literal["in the package", "fetched", "not fetched", "added"]


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
