"""The list of overlays: those of the package, and those that other distributions add.

All that is found here is declarations: importing it, and calling `overlays`, computes nothing.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from vawg_geo.errors import ConfigurationError
from vawg_geo.overlays.overlay import Overlay
from vawg_geo.settings import OverlaySettings, Settings
from vawg_geo.terms.columns import LEVELS
from vawg_geo.terms.shared import RATE_LIMITS
from vawg_geo.terms.tables import FIGURES, TABLES, rates_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vawg_geo.terms.declared import DeclaredTable

__all__ = [
    "GROUP",
    "OVERLAYS",
    "chosen_overlays",
    "declared_tables",
    "overlay_of",
    "overlays",
    "settings_of_overlays",
]

# One line for each folder: its `overlay.py` has an `OVERLAY`. In this order they are computed,
# and what one gives the later ones may use.
OVERLAYS: Final = (
    "deprivation",
    "services",
    "access",
    "profiles",
    "standardised",
    "surfaces",
    "history",
)
GROUP: Final = "vawg_geo.overlays"
"""Group of entry points by which other distributions name theirs."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_OF_COUNTS: Final = frozenset(("count", "rate", *chain(*RATE_LIMITS.values())))


@cache
def overlays() -> tuple[Overlay[Any], ...]:
    """Every overlay: those of the package in the order of `OVERLAYS`, then others by their names.

    Returns
    -------
    tuple of Overlay

    Raises
    ------
    ConfigurationError
        One from outside cannot be used; the message says which and why.

    Examples
    --------
    >>> [overlay.name for overlay in overlays()][:3]
    ['deprivation', 'services', 'access']
    """
    found = [import_module(f"vawg_geo.overlays.{name}.overlay").OVERLAY for name in OVERLAYS]
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        found.append(_from_outside(entry, found))
    return tuple(found)


def chosen_overlays(settings: OverlaySettings) -> Iterator[tuple[Overlay[Any], Any]]:
    """Overlays that a configuration names, each with its settings.

    Parameters
    ----------
    settings : OverlaySettings
        As `read_project` gives them.

    Yields
    ------
    tuple of (Overlay, Settings)
    """
    for overlay in overlays():
        if (own := settings.of(overlay.settings)) is not None:
            yield overlay, own


@cache
def declared_tables() -> tuple[DeclaredTable, ...]:
    """Every table that an edition may have, but for one level's rates.

    Examples
    --------
    >>> {"rates", "overlays", "access", "reach"} <= {table.name for table in declared_tables()}
    True
    """
    return (*TABLES, *(table for overlay in overlays() for table in overlay.tables))


def overlay_of(table: str) -> str:
    """Name of the overlay that declares a table; empty where none does.

    Examples
    --------
    >>> overlay_of("gaps"), overlay_of("rates")
    ('services', '')
    """
    named = (one.name for one in overlays() if table in {each.name for each in one.tables})
    return next(named, "")


@cache
def settings_of_overlays() -> type[OverlaySettings]:
    """Type of `[overlays]`: a table for each overlay, left out where it is not named.

    Examples
    --------
    >>> msgspec.convert({"profiles": {"file": "profiles.csv"}}, settings_of_overlays()).lsoas
    """
    fields = [(overlay.name, overlay.settings | None, None) for overlay in overlays()]
    made = msgspec.defstruct(
        "OverlaySettings", fields, bases=(OverlaySettings,), frozen=True, kw_only=True
    )
    return cast("type[OverlaySettings]", made)


def _from_outside(entry: EntryPoint, before: list[Overlay[Any]]) -> Overlay[Any]:
    """Overlay of another distribution; refused where it cannot be told from those there are."""
    where = f"the overlay {entry.name!r} of {entry.dist.name if entry.dist else 'somebody else'}"
    then = "Correct it, or take that distribution out."
    try:
        found = entry.load()
    # Whatever goes wrong in another's module is no fault of this configuration.
    except Exception as error:
        msg = f"{where} cannot be loaded: {type(error).__name__}: {error}. {then}"
        raise ConfigurationError(msg) from error
    overlay = found() if isinstance(found, type) and issubclass(found, Overlay) else found
    if why := next(_faults(overlay, entry.name, before), ""):
        msg = f"{where} cannot be used: {why}. {then}"
        raise ConfigurationError(msg)
    return overlay


def _faults(overlay: Any, name: str, before: list[Overlay[Any]]) -> Iterator[str]:
    """Why an overlay cannot be used; nothing where it can."""
    if not isinstance(overlay, Overlay):
        yield f"{overlay!r} is no vawg_geo.overlays.overlay.Overlay"
        return
    if getattr(overlay, "name", "") != name or not _NAME.fullmatch(name):
        yield "its name is not that of its entry point, in small letters"
    if name == "lsoas" or name in {one.name for one in before}:
        yield "there is an overlay of that name"
    kind = getattr(overlay, "settings", None)
    if not (isinstance(kind, type) and issubclass(kind, Settings)):
        yield "its settings are no vawg_geo.settings.Settings"
    if kind in {one.settings for one in before}:
        yield "its settings are those of another overlay"
    known = [*TABLES, *map(rates_of, LEVELS), *(table for one in before for table in one.tables)]
    for table in overlay.tables:
        yield from (f"its table {table.name!r} {why}" for why in _untold(table, known))
        known.append(table)


def _untold(table: DeclaredTable, known: Iterable[DeclaredTable]) -> Iterator[str]:
    """Why a table could be taken for another, or for one of no count; nothing where it cannot.

    The audit tells a table by its columns, so one that has those of another would be read as it.
    """
    if not _NAME.fullmatch(table.name):
        yield "has a name that is not in small letters"
    if table.tells_of_counts:
        yield "tells of counts, which only overlays of the package may: the audit reads them"
    for column in sorted(_OF_COUNTS & set(table.names)):
        yield f"has the column {column!r}, which is that of a count or a rate"
    if not table.known_by - {column.name for column in FIGURES}:
        yield "has no column in known_by that tells it from a table of counts"
    for other in known:
        if other.name == table.name:
            yield "has the name of another"
        if table.known_by <= set(other.names):
            yield f"is known by columns that the table {other.name!r} has too"
        if other.known_by and other.known_by <= set(table.names):
            yield f"has the columns that the table {other.name!r} is known by"
