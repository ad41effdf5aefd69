"""The list of overlays: those of the package, and those that other distributions add.

All that is found here is declarations: importing it, and calling `overlays`, computes nothing.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from vawg_geo.errors import ConfigurationError
from vawg_geo.overlays.overlay import Overlay
from vawg_geo.settings import OverlaySettings, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GROUP", "OVERLAYS", "chosen_overlays", "overlays", "settings_of_overlays"]

# One line for each folder: its `overlay.py` has an `OVERLAY`. In this order they are computed,
# and what one gives the later ones may use.
OVERLAYS: Final = (
    "deprivation",
    "services",
    "access",
    "profiles",
    "surfaces",
)
GROUP: Final = "vawg_geo.overlays"
"""Group of entry points by which other distributions name theirs."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


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
    if why := _wrong(overlay, entry.name, before):
        msg = f"{where} cannot be used: {why}. {then}"
        raise ConfigurationError(msg)
    return overlay


def _wrong(overlay: Any, name: str, before: list[Overlay[Any]]) -> str:
    """Why an overlay cannot be used; empty where it can."""
    if not isinstance(overlay, Overlay):
        return f"{overlay!r} is no vawg_geo.overlays.overlay.Overlay"
    if getattr(overlay, "name", "") != name or not _NAME.fullmatch(name):
        return "its name is not that of its entry point, in small letters"
    if name == "lsoas" or name in {one.name for one in before}:
        return "there is an overlay of that name"
    kind = getattr(overlay, "settings", None)
    if not (isinstance(kind, type) and issubclass(kind, Settings)):
        return "its settings are no vawg_geo.settings.Settings"
    if kind in {one.settings for one in before}:
        return "its settings are those of another overlay"
    return ""
