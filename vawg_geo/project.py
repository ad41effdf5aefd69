"""One frozen configuration, read from `vawg.toml`.

Unknown keys are errors that name the nearest known one; paths are relative to the file; a file
without an ending is a name of the embedded registry (`published-rates`, `wards-2015`).
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final, cast, get_args

import msgspec

from vawg_geo.errors import ConfigurationError
from vawg_geo.overlays.registry import settings_of_overlays
from vawg_geo.settings import (
    AreaSource,
    CountSource,
    DisclosureSettings,
    EditionSettings,
    HotspotSettings,
    OutputSettings,
    OverlaySettings,
    PopulationSettings,
    ProjectSettings,
    RateSettings,
    RatioSettings,
    Settings,
    SignificanceSettings,
)

# Runtime imports: msgspec resolves the annotations of its structs.
from vawg_geo.terms.columns import Level
from vawg_geo.terms.indicators import Indicator

__all__ = ["Project", "default_project_path", "find_project", "read_project"]


# Where the configuration was found, which it does not say of itself.
_OURS: Final = ("folder", "file")


class Project(Settings, frozen=True, kw_only=True):
    """The whole of `vawg.toml`."""

    project: ProjectSettings
    areas: dict[Level, AreaSource]
    counts: tuple[CountSource, ...]
    known: tuple[CountSource, ...] = ()
    population: PopulationSettings
    rates: RateSettings = RateSettings()
    significance: SignificanceSettings
    indicators: tuple[Indicator, ...] = ()
    ratios: tuple[RatioSettings, ...] = ()
    hotspots: HotspotSettings = HotspotSettings()
    overlays: OverlaySettings = OverlaySettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    editions: EditionSettings = EditionSettings()
    output: OutputSettings = OutputSettings()
    folder: str = "."
    file: str = "vawg.toml"

    def resolve(self, name: str) -> Path:
        """Path of a file that the configuration names."""
        return Path(self.folder, name)

    def indicator(self, name: str) -> Indicator:
        """What the configuration says of an indicator, or its bare name."""
        return next((i for i in self.indicators if i.name == name), Indicator(name=name))


def default_project_path() -> Path:
    """Path of the embedded default's configuration."""
    from vawg_geo.inputs.catalogue.registry import embedded_folder

    return embedded_folder("data") / "vawg.toml"


def find_project(path: Path | None) -> Path:
    """Configuration to use: the given one, else `vawg.toml` here, else the embedded default."""
    if path is not None:
        return path
    here = Path("vawg.toml")
    return here if here.is_file() else default_project_path()


def read_project(path: Path | str) -> Project:
    """Read and check a configuration.

    Parameters
    ----------
    path : Path or str
        A TOML file.

    Returns
    -------
    Project

    Raises
    ------
    ConfigurationError
        The file is absent, no TOML, has an unknown key, or a value of the wrong kind.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        msg = f"there is no file {path}. 'vawg-geo init DIR' writes a configuration to start from."
        raise ConfigurationError(msg) from None
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}. Name a vawg.toml."
        raise ConfigurationError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"{path} cannot be read as text: {error}. Save it as UTF-8."
        raise ConfigurationError(msg) from None
    try:
        values = tomllib.loads(text)
    except RecursionError:
        msg = f"{path.name} has brackets within brackets, too deep to be read. Take them out."
        raise ConfigurationError(msg) from None
    except tomllib.TOMLDecodeError as error:
        msg = f"{path.name} is not TOML: {error}. Correct that line."
        raise ConfigurationError(msg) from None
    kind = _with_overlays()
    _require_known_keys(values, kind, "", path.name)
    try:
        return msgspec.convert({**values, **_found_at(path)}, kind)
    except msgspec.ValidationError as error:
        msg = f"{path.name}: {_plain(str(error))}. Correct that entry."
        raise ConfigurationError(msg) from None


@cache
def _with_overlays() -> type[Project]:
    """The whole of `vawg.toml` with a table for each overlay that is installed."""
    kind = settings_of_overlays()
    made = msgspec.defstruct(
        "Project", [("overlays", kind, kind())], bases=(Project,), frozen=True, kw_only=True
    )
    return cast("type[Project]", made)


def _found_at(path: Path) -> dict[str, str]:
    return {"folder": str(path.resolve().parent), "file": path.name}


def _plain(message: str) -> str:
    """Msgspec's message with its place in the words of TOML."""
    what, _, where = message.partition(" - at `$")
    if what.startswith("Object missing required field"):
        what = f"there is no {what.split('`')[1]!r}"
    return f"[{where.rstrip('`').lstrip('.')}] {what}" if where else what


def _require_known_keys(values: Any, kind: Any, where: str, file: str) -> None:
    """Refuse a key that the structure does not have, naming the nearest that it has."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(values, dict):
        ours = _OURS if issubclass(kind, Project) else ()
        fields = {f.name: f.type for f in msgspec.structs.fields(kind) if f.name not in ours}
        for key, value in values.items():
            if key not in fields:
                _refuse_key(key, list(fields), where, file)
            _require_known_keys(value, fields[key], f"{where}.{key}".lstrip("."), file)
        return
    inner = [part for part in get_args(kind) if part is not type(None)]
    if len(inner) == 1 and isinstance(values, dict):
        _require_known_keys(values, inner[0], where, file)
        return
    if isinstance(values, list) and inner:
        for value in values:
            _require_known_keys(value, inner[0], where, file)
    elif isinstance(values, dict) and len(inner) == 2:
        names = get_args(inner[0])
        for key, value in values.items():
            if names and key not in names:
                _refuse_key(key, list(names), where, file)
            _require_known_keys(value, inner[1], f"{where}.{key}", file)


def _refuse_key(key: str, known: list[str], where: str, file: str) -> None:
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"The nearest known key is {near[0]!r}." if near else f"Known: {', '.join(known)}."
    place = f"[{where}]" if where else "the top level"
    msg = f"{file}: {key!r} is not a key of {place}. {hint}"
    raise ConfigurationError(msg)
