"""One frozen configuration, read from `vawg.toml`.

Unknown keys are errors that offer the nearest there is; paths are relative to the file; a file
without an ending is a name of the embedded registry (`published-rates`, `wards-2015`).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from vawg_geo.errors import ConfigurationError, did_you_mean
from vawg_geo.overlays.registry import settings_of_overlays
from vawg_geo.settings import (
    AreaSource,
    BreakSettings,
    CountSource,
    DenominatorSource,
    DisclosureSettings,
    EditionSettings,
    HelpSettings,
    HotspotSettings,
    OutputSettings,
    OverlaySettings,
    PeriodSettings,
    PopulationSettings,
    ProjectSettings,
    RateSettings,
    RatioSettings,
    RepeatSettings,
    ScanSettings,
    Settings,
    SignificanceSettings,
    SmoothingSettings,
)

# Runtime imports: msgspec resolves the annotations of its structs.
from vawg_geo.terms.columns import Level
from vawg_geo.terms.indicators import Indicator

__all__ = ["Project", "default_project_path", "find_project", "read_project"]


# Where the configuration was found and what reading its tables told, which it does not say itself.
_OURS: Final = ("folder", "file", "told")
_UNKNOWN_KEY: Final = "Object contains unknown field `"
_ITEM_OF_A_LIST: Final = re.compile(r"\[\d+\]")


class Project(Settings, frozen=True, kw_only=True):
    """The whole of `vawg.toml`.

    `told` is what reading its tables found that every output says: whose residents stand under
    several periods, and which periods were put together or left out.
    """

    project: ProjectSettings
    areas: dict[Level, AreaSource]
    counts: tuple[CountSource, ...]
    known: tuple[CountSource, ...] = ()
    population: PopulationSettings
    denominators: tuple[DenominatorSource, ...] = ()
    rates: RateSettings = RateSettings()
    significance: SignificanceSettings
    indicators: tuple[Indicator, ...] = ()
    ratios: tuple[RatioSettings, ...] = ()
    repeat_victims: tuple[RepeatSettings, ...] = ()
    breaks: tuple[BreakSettings, ...] = ()
    periods: PeriodSettings = PeriodSettings()
    help: HelpSettings = HelpSettings()
    hotspots: HotspotSettings = HotspotSettings()
    scan: ScanSettings = ScanSettings()
    smoothing: SmoothingSettings = SmoothingSettings()
    overlays: OverlaySettings = OverlaySettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    editions: EditionSettings = EditionSettings()
    output: OutputSettings = OutputSettings()
    folder: str = "."
    file: str = "vawg.toml"
    told: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.scan.options(self.hotspots)

    def resolve(self, name: str) -> Path:
        """Path of a file that the configuration names."""
        return Path(self.folder, name)

    def indicator(self, name: str) -> Indicator:
        """What the configuration says of an indicator, or its bare name."""
        return next((i for i in self.indicators if i.name == name), Indicator(name=name))

    def denominator(self, indicator: str) -> DenominatorSource | None:
        """What an indicator's rates are per, where that is not the residents of `[population]`."""
        name = self.indicator(indicator).denominator
        return next((one for one in self.denominators if one.name == name), None)


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
        msg = f"{path.name} is not TOML: {error}. {_backslash_in(text) or 'Correct that line.'}"
        raise ConfigurationError(msg) from None
    if hint := _turned_into_another(values):
        msg = f"{path.name}: {hint}"
        raise ConfigurationError(msg)
    try:
        if hidden := next((key for key in _OURS if key in values), None):
            raise msgspec.ValidationError(f"{_UNKNOWN_KEY}{hidden}`")
        return msgspec.convert({**values, **_found_at(path)}, _with_overlays())
    except msgspec.ValidationError as error:
        msg = f"{path.name}: {_worded(str(error))}"
        raise ConfigurationError(msg) from None


@cache
def _with_overlays() -> type[Project]:
    """The whole of `vawg.toml` with a table for each overlay that is installed."""
    kind = settings_of_overlays()
    made = msgspec.defstruct(
        "Project", [("overlays", kind, kind())], bases=(Project,), frozen=True, kw_only=True
    )
    return cast("type[Project]", made)


_AS_IT_STANDS: Final = (
    "Between double quotes TOML reads a backslash as the start of a sign; write such a path "
    "between single quotes ('C:\\data\\counts.csv') or with / (C:/data/counts.csv)."
)
# With a drive; or relative, and no blank in it but what a backslash became: a title has blanks.
_LIKE_A_PATH: Final = re.compile(
    r"[A-Za-z]:[\x00-\x1f].*|[^ ]*[\x00-\x1f][^ ]*\.[A-Za-z0-9]{2,8}", re.DOTALL
)
# What \b, \t, \n, \f, \r and \e of a path become.
_SIGNS: Final = {"\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r", "\x1b": "e"}


def _backslash_in(text: str) -> str:
    """Advice where text between double quotes looks like a path of Windows; else empty."""
    found = re.search(r'"[^"\n]*\\[^"\n]*"', text)
    return f"{found[0]} has a backslash. {_AS_IT_STANDS}" if found else ""


def _turned_into_another(values: object) -> str:
    """Say of the first path of Windows whose backslashes were read as other signs; else empty."""
    if isinstance(values, dict):
        return next(filter(None, map(_turned_into_another, values.values())), "")
    if isinstance(values, list):
        return next(filter(None, map(_turned_into_another, values)), "")
    if not isinstance(values, str) or not _LIKE_A_PATH.fullmatch(values):
        return ""
    meant = "".join(f"\\{_SIGNS[sign]}" if sign in _SIGNS else sign for sign in values)
    return f"the path {meant} was read as another. {_AS_IT_STANDS}"


def _found_at(path: Path) -> dict[str, str]:
    return {"folder": str(path.resolve().parent), "file": path.name}


def _worded(message: str) -> str:
    """Msgspec's message in the words of TOML, with the nearest of what may stand there."""
    what, _, place = message.partition(" - at `")
    path = place.removeprefix("key` in `").strip("`").removeprefix("$")
    entry = f"[{path.lstrip('.')}]" if path else "the top level"
    if what.startswith(_UNKNOWN_KEY) or place.startswith("key`"):
        key = what.removeprefix(_UNKNOWN_KEY).removeprefix("Invalid enum value ").strip("`'")
        known = _choices(path)
        hint = did_you_mean(key, known, otherwise=f"Known: {', '.join(known)}.")
        table = _ITEM_OF_A_LIST.sub("", entry).replace("[...]", ".NAME")
        return f"{key!r} is not a key of {table}. {hint}"
    if what.startswith("Object missing required field"):
        what = f"there is no {what.split('`')[1]!r}"
    elif what.startswith("Invalid enum value '"):
        known = _choices(path)
        hint = did_you_mean(what.split("'")[1], known, otherwise="Correct that entry.")
        return f"{entry} {what}; it may be {', '.join(known)}. {hint}"
    return f"{entry} {what}. Correct that entry." if path else f"{what}. Correct that entry."


def _choices(path: str) -> list[str]:
    """What may stand at a place of the configuration: keys of a table, or words of an entry."""
    kind: Any = msgspec.inspect.type_info(_with_overlays())
    for name in re.findall(r"\.(\w+)|\[", path):
        kind = _of_one_kind(kind)
        if isinstance(kind, msgspec.inspect.StructType):
            kind = next(field.type for field in kind.fields if field.encode_name == name)
        else:
            kind = kind.value_type if isinstance(kind, msgspec.inspect.DictType) else kind.item_type
    kind = _of_one_kind(kind)
    if isinstance(kind, msgspec.inspect.StructType):
        names = [field.encode_name for field in kind.fields]
        return [name for name in names if not (issubclass(kind.cls, Project) and name in _OURS)]
    words = kind.key_type if isinstance(kind, msgspec.inspect.DictType) else kind
    return [str(word) for word in getattr(words, "values", ())]


def _of_one_kind(kind: Any) -> Any:
    """Of an entry that may be left out, what it is where it stands."""
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    return next(one for one in kinds if not isinstance(one, msgspec.inspect.NoneType))
