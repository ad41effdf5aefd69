"""One frozen configuration, read from `vawg.toml`.

Unknown keys are errors that name the nearest known one; paths are relative to the file; a file
without an ending is a name of the embedded registry (`published-rates`, `wards-2015`).
"""

from __future__ import annotations

import math
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

# Runtime imports: msgspec resolves the annotations of its structs.
from vawg_geo.columns import Basis, Level, RateMethod, SignificanceRule
from vawg_geo.errors import ConfigurationError
from vawg_geo.indicators import Indicator

__all__ = [
    "AreaSource",
    "CountSource",
    "DisclosureSettings",
    "EditionSettings",
    "HotspotSettings",
    "PopulationSource",
    "Project",
    "ProjectSettings",
    "RateSettings",
    "RatioSettings",
    "SignificanceSettings",
    "default_project_path",
    "find_project",
    "read_project",
]

EditionName = Literal["public", "partnership", "analyst"]


class _Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration: frozen, named options, nothing unknown."""


class ProjectSettings(_Settings, frozen=True, kw_only=True):
    """`[project]`: what the output is called, of when, and where it goes."""

    title: str
    period: str
    reference_date: str = ""
    out: str = "maps"
    publisher: str = ""
    agreement: str = ""
    attribution: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


class AreaSource(_Settings, frozen=True, kw_only=True):
    """`[areas.<level>]`: boundaries by a catalogue's name or a file, and their columns."""

    boundaries: str
    layer: str | None = None
    code: str | None = None
    name: str | None = None
    parent: str | None = None
    crs: str | None = None
    vintage: str = ""


class CountSource(_Settings, frozen=True, kw_only=True):
    """`[[counts]]`: one table of counts; `columns` maps our names to the file's."""

    file: str
    basis: Basis
    level: Level | None = None
    indicator: str | None = None
    sex: str | None = None
    period: str | None = None
    vintage: str = ""
    sheet: str | None = None
    columns: dict[str, Any] = {}
    notes: str = ""


class PopulationSource(_Settings, frozen=True, kw_only=True):
    """One of `[[population.files]]`."""

    file: str
    level: Level | None = None
    basis: Basis = "published"
    columns: dict[str, Any] = {}
    notes: str = ""


class PopulationSettings(_Settings, frozen=True, kw_only=True):
    """`[population]`: the denominators, their series and date."""

    files: tuple[PopulationSource, ...]
    series: str = ""
    date: str = ""
    age_group: str = "16+"


class RateSettings(_Settings, frozen=True, kw_only=True):
    """`[rates]`: residents that a rate is per, method of the limits, their confidence."""

    per: float = 1000
    method: RateMethod = "public-health"
    confidence: tuple[float, float] = (0.95, 0.998)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per) and self.per >= 1):
            msg = f"per must be a number of residents, 1 or more, not {self.per:g}"
            raise ValueError(msg)
        if self.confidence != (0.95, 0.998):
            msg = (
                "confidence is [0.95, 0.998] on every output; 'vawg-geo rates --confidence' "
                "computes other limits"
            )
            raise ValueError(msg)


class SignificanceSettings(_Settings, frozen=True, kw_only=True):
    """`[significance]`: comparator and rule."""

    comparator: str
    rule: SignificanceRule = "intervals-apart"
    overdispersion: bool = False


class RatioSettings(_Settings, frozen=True, kw_only=True):
    """`[[ratios]]`: one indicator's counts as a proportion of another's."""

    indicator: str
    numerator: str
    denominator: str
    per: float = 100


class HotspotSettings(_Settings, frozen=True, kw_only=True):
    """`[hotspots]`: statistics, neighbours, permutations, correction, seed, and the scan."""

    statistic: tuple[Literal["local-moran", "gi-star"], ...] = ("local-moran", "gi-star")
    weights: str = "queen"
    permutations: int = 99_999
    correction: Literal["bh", "bonferroni", "none"] = "bh"
    alpha: float = 0.05
    seed: int = 12345
    max_population: float = 0.5
    replicates: int = 999
    scan: bool = True

    def __post_init__(self) -> None:
        if self.permutations < 99 or self.replicates < 99:
            msg = "permutations and replicates must be at least 99"
            raise ValueError(msg)
        if self.seed < 0:
            msg = f"the seed must be 0 or more, not {self.seed}"
            raise ValueError(msg)
        if not 0 < self.alpha < 1 or not 0 < self.max_population <= 0.5:
            msg = "alpha must lie between 0 and 1, max_population between 0 and 0.5"
            raise ValueError(msg)


class Thresholds(_Settings, frozen=True, kw_only=True):
    """Overrides of a preset for one edition."""

    preset: Literal["nhs", "dfe", "open"] | None = None
    smallest_hidden: int | None = None
    largest_hidden: int | None = None


class DisclosureSettings(_Settings, frozen=True, kw_only=True):
    """`[disclosure]`: preset of the threshold, with overrides for an edition.

    `decision` records who decided, when and why, that an edition hides less than is usual.
    With `protection = "rounding"` every count that is not hidden is rounded to `round_to`.
    """

    preset: Literal["nhs", "dfe", "open"] = "nhs"
    protection: Literal["suppression", "rounding"] = "suppression"
    round_to: int | None = None
    decision: str = ""
    public: Thresholds = Thresholds()
    partnership: Thresholds = Thresholds(smallest_hidden=1, largest_hidden=4)
    analyst: Thresholds = Thresholds(preset="open")

    def __post_init__(self) -> None:
        if self.round_to is not None and not 2 <= self.round_to <= 100:
            msg = f"round_to must be from 2 to 100, not {self.round_to}"
            raise ValueError(msg)


class EditionSettings(_Settings, frozen=True, kw_only=True):
    """`[editions]`: which are built, and why an analyst's one is."""

    build: tuple[EditionName, ...] = ("public", "partnership")
    reason: str = ""


class Project(_Settings, frozen=True, kw_only=True):
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
    disclosure: DisclosureSettings = DisclosureSettings()
    editions: EditionSettings = EditionSettings()
    folder: str = "."

    def resolve(self, name: str) -> Path:
        """Path of a file that the configuration names."""
        return Path(self.folder, name)

    def indicator(self, name: str) -> Indicator:
        """What the configuration says of an indicator, or its bare name."""
        return next((i for i in self.indicators if i.name == name), Indicator(name=name))


def default_project_path() -> Path:
    """Path of the embedded default's configuration."""
    from vawg_geo.inputs.registry import embedded_folder

    return embedded_folder("data") / "vawg.toml"


def find_project(path: Path | None) -> Path:
    """Configuration to use: the given one, else `vawg.toml` here, else the embedded default."""
    if path is not None:
        return path
    here = Path("vawg.toml")
    return here if here.is_file() else default_project_path()


def read_project(path: Path) -> Project:
    """Read and check a configuration.

    Parameters
    ----------
    path : Path
        A TOML file.

    Returns
    -------
    Project

    Raises
    ------
    ConfigurationError
        The file is absent, no TOML, has an unknown key, or a value of the wrong kind.
    """
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
    except tomllib.TOMLDecodeError as error:
        msg = f"{path.name} is not TOML: {error}. Correct that line."
        raise ConfigurationError(msg) from None
    _require_known_keys(values, Project, "", path.name)
    try:
        return msgspec.convert({**values, "folder": str(path.resolve().parent)}, Project)
    except msgspec.ValidationError as error:
        msg = f"{path.name}: {_plain(str(error))}. Correct that entry."
        raise ConfigurationError(msg) from None


def _plain(message: str) -> str:
    """Msgspec's message with its place in the words of TOML."""
    what, _, where = message.partition(" - at `$")
    if what.startswith("Object missing required field"):
        what = f"there is no {what.split('`')[1]!r}"
    return f"[{where.rstrip('`').lstrip('.')}] {what}" if where else what


def _require_known_keys(values: Any, kind: Any, where: str, file: str) -> None:
    """Refuse a key that the structure does not have, naming the nearest that it has."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(values, dict):
        fields = {f.name: f.type for f in msgspec.structs.fields(kind) if f.name != "folder"}
        for key, value in values.items():
            if key not in fields:
                _refuse_key(key, list(fields), where, file)
            _require_known_keys(value, fields[key], f"{where}.{key}".lstrip("."), file)
        return
    inner = [part for part in get_args(kind) if part is not type(None)]
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
