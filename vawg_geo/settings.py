"""What `vawg.toml` may say, table by table: frozen, named options, nothing unknown."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Final, Literal, TypeVar

import msgspec

from vawg_geo.errors import ConfigurationError, InputError

# Runtime imports: msgspec resolves the annotations of its structs.
from vawg_geo.terms.columns import Basis, Level, RateMethod, ScanModel, Sex, SignificanceRule
from vawg_geo.terms.editions import EditionName, require_formats
from vawg_geo.terms.repeat_victims import RepeatVictims

__all__ = [
    "AreaSource",
    "BreakSettings",
    "Confirmed",
    "CountSource",
    "DenominatorSource",
    "DisclosureSettings",
    "EditionSettings",
    "HelpSettings",
    "HotspotSettings",
    "LsoaSettings",
    "OutputSettings",
    "OverlaySettings",
    "PeriodSettings",
    "PopulationSettings",
    "PopulationSource",
    "ProjectSettings",
    "RateSettings",
    "RatioSettings",
    "RepeatSettings",
    "ScanSettings",
    "Settings",
    "SignificanceSettings",
    "SmoothingSettings",
    "Thresholds",
]

Unit = Literal["events", "persons"]
# More periods in one are a slip: ten years of months.
MOST_POOLED: Final = 120
Laid = TypeVar("Laid", bound="Settings")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration."""


class ProjectSettings(Settings, frozen=True, kw_only=True):
    """`[project]`: what the output is called, of when, and where it goes."""

    title: str
    period: str
    reference_date: str = ""
    out: str = "maps"
    publisher: str = ""
    agreement: str = ""
    attribution: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


class AreaSource(Settings, frozen=True, kw_only=True):
    """`[areas.<level>]`: boundaries by a catalogue's name or a file, and their columns."""

    boundaries: str
    layer: str | None = None
    code: str | None = None
    name: str | None = None
    parent: str | None = None
    crs: str | None = None
    vintage: str = ""


class CountSource(Settings, frozen=True, kw_only=True):
    """`[[counts]]`: one table of counts; `columns` maps our names to the file's.

    `unit` is of what the threshold is asked of this table, where it is not as in `[disclosure]`.
    `unplaced` is the code of an area whose totals are to hold the table's events without an area.
    """

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
    unit: Unit | None = None
    unplaced: str = ""


class PopulationSource(Settings, frozen=True, kw_only=True):
    """One of `[[population.files]]`; `sex` and `period` are for tables that do not say them."""

    file: str
    level: Level | None = None
    sex: str | None = None
    period: str | None = None
    sheet: str | None = None
    basis: Basis = "published"
    columns: dict[str, Any] = {}
    notes: str = ""


class PopulationSettings(Settings, frozen=True, kw_only=True):
    """`[population]`: the denominators, their series and date."""

    files: tuple[PopulationSource, ...]
    series: str = ""
    date: str = ""
    age_group: str = "16+"


class DenominatorSource(Settings, frozen=True, kw_only=True):
    """One of `[[denominators]]`: what rates are per of indicators that name it.

    `kind` says what is counted: `residents` (of all ages, women), a `workday` population,
    `households`, `events` (all recorded crime, of which the indicator's are a part), or `area`
    (square kilometres of the outlines; no file). `sex` is of whom alone there are rows, whatever
    the sex of a count: the women that all victims are per.
    """

    name: str
    kind: Literal["residents", "workday", "households", "events", "area"] = "residents"
    file: str = ""
    sex: Sex | None = None
    age_group: str = "all ages"
    period: str | None = None
    sheet: str | None = None
    level: Level | None = None
    columns: dict[str, Any] = {}
    basis: Basis = "published"
    notes: str = ""
    per: float | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            msg = "name must say what the rates are per"
            raise ValueError(msg)
        if (self.kind == "area") == bool(self.file):
            msg = "a denominator has a file, but for kind = 'area', which is of the outlines"
            raise ValueError(msg)
        if self.kind == "events" and self.basis != "published":
            msg = "a denominator of events must be published: small numbers of it would be shown"
            raise ValueError(msg)
        if self.per is not None and not (math.isfinite(self.per) and self.per >= 1):
            msg = f"per must be a number of 1 or more, not {self.per:g}"
            raise ValueError(msg)

    @property
    def is_of_persons(self) -> bool:
        """Whether persons are counted, who have a sex."""
        return self.kind in ("residents", "workday")

    def rate_per(self, usual: float) -> float:
        """Of how many a rate is: as said, else the usual number, 100 events, 1 km².

        Examples
        --------
        >>> DenominatorSource(name="km²", kind="area").rate_per(1000)
        1.0
        """
        return self.per or {"events": 100.0, "area": 1.0}.get(self.kind, usual)


class RateSettings(Settings, frozen=True, kw_only=True):
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


class SignificanceSettings(Settings, frozen=True, kw_only=True):
    """`[significance]`: comparator, rule, correction over areas, and what comparisons colour.

    With `leave_out` an area is compared with the rest of its comparator. `colours` says which
    question comparisons colour first: whether an area differs from the `whole`, whether it is
    unusual among `areas`, or `by-level`: the second for wards and smaller, else the first.
    """

    comparator: str
    rule: SignificanceRule = "intervals-apart"
    overdispersion: bool = False
    correction: Literal["none", "bonferroni", "bh"] = "none"
    leave_out: bool = False
    colours: Literal["by-level", "whole", "areas"] = "by-level"

    def colours_standing(self, level: str) -> bool:
        """Whether comparisons of a level colour first what is unusual among its areas.

        Examples
        --------
        >>> settings = SignificanceSettings(comparator="E23000023")
        >>> settings.colours_standing("ward"), settings.colours_standing("district")
        (True, False)
        """
        small = level in ("ward", "lsoa")
        return self.colours == "areas" or (self.colours == "by-level" and small)


class RatioSettings(Settings, frozen=True, kw_only=True):
    """`[[ratios]]`: one indicator's counts as a proportion of another's."""

    indicator: str
    numerator: str
    denominator: str
    per: float = 100


class RepeatSettings(Settings, frozen=True, kw_only=True):
    """`[[repeat_victims]]`: how much wider limits are, since the same persons come again.

    Either `file`, of persons by their number of events, or a `variance_factor` from elsewhere, of
    the indicator's rates of all sexes or of one. `source` says in print where either is from.
    """

    indicator: str
    file: str = ""
    variance_factor: float | None = None
    events_per_person: float | None = None
    sex: Sex | None = None
    source: str = ""
    sheet: str | None = None
    columns: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if (not self.file) == (self.variance_factor is None):
            msg = "repeat victims have either a file or a variance_factor"
            raise ValueError(msg)
        if self.file and (self.events_per_person is not None or self.sex is not None):
            msg = "a file says itself how many events are of a person, and the sex"
            raise ValueError(msg)
        try:
            self.victims()
        except InputError as error:
            raise ValueError(str(error).rstrip(".")) from None

    def victims(self) -> RepeatVictims | None:
        """Factor that the configuration gives; None where a file has it."""
        if self.variance_factor is None:
            return None
        return RepeatVictims(
            variance_factor=float(self.variance_factor),
            events_per_person=None
            if self.events_per_person is None
            else float(self.events_per_person),
        )


class BreakSettings(Settings, frozen=True, kw_only=True):
    """`[[breaks]]`: from when on figures are not as before, of which indicator, and why.

    Without `indicator` it is of all.
    """

    words: str
    date: dt.date | None = None
    period: str = ""
    indicator: str = ""

    def __post_init__(self) -> None:
        if (self.date is None) == (not self.period.strip()):
            msg = "a break has either a date or a period"
            raise ValueError(msg)
        if not self.words.strip():
            msg = "words must say what changed"
            raise ValueError(msg)

    @property
    def when(self) -> str:
        """The date, or the period from which on it holds."""
        return self.date.isoformat() if self.date else self.period.strip()


class PeriodSettings(Settings, frozen=True, kw_only=True):
    """`[periods]`: how many periods are put together, and whether rates are made yearly.

    Counts of `pool` periods that follow each other are added up before anything is hidden; of
    `indicators` alone, where they are named. Residents are counted as person-years then, and with
    `annualise` too, so that rates are of a year.
    """

    pool: int = 1
    annualise: bool = False
    indicators: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.pool <= MOST_POOLED:
            msg = (
                f"pool must be a number of periods from 2 to {MOST_POOLED}, or 1 for none, not "
                f"{self.pool}"
            )
            raise ValueError(msg)
        if self.indicators and self.pool == 1:
            msg = "indicators says whose periods are put together, and pool says how many: give it"
            raise ValueError(msg)

    def pools(self, indicator: str) -> bool:
        """Whether an indicator's periods are put together."""
        return self.pool > 1 and (not self.indicators or indicator in self.indicators)

    def counts_years(self, indicator: str) -> bool:
        """Whether what an indicator's rates are per is counted in years of it: person-years."""
        return self.annualise or self.pools(indicator)


class HelpSettings(Settings, frozen=True, kw_only=True):
    """`[help]`: helplines in the place of the nations'; the number for emergencies stays."""

    lines: tuple[str, ...] = ()


class HotspotSettings(Settings, frozen=True, kw_only=True):
    """`[hotspots]`: statistics, neighbours, permutations, correction, seed, and whether to scan.

    `bridges` names, by level, a file of pairs of areas across water that a person has looked at.
    `max_population` and `replicates` are where older configurations have those of `[scan]`.
    """

    statistic: tuple[Literal["local-moran", "gi-star"], ...] = ("local-moran", "gi-star")
    weights: str = "queen"
    bridges: dict[Level, str] = {}
    alternative: Literal["two-sided", "high"] = "high"
    transform: Literal["none", "log-eb", "rank"] = "none"
    # None: 99,999, or more on maps of many areas (`measures.patterns.permutation`).
    permutations: int | None = None
    correction: Literal["bh", "bonferroni", "none"] = "bh"
    alpha: float = 0.05
    seed: int = 12345
    max_population: float | None = None
    replicates: int | None = None
    scan: bool = True

    def __post_init__(self) -> None:
        if self.permutations is not None and self.permutations < 99:
            msg = "permutations must be at least 99"
            raise ValueError(msg)
        _require_scan(self.max_population, self.replicates)
        if self.seed < 0:
            msg = f"the seed must be 0 or more, not {self.seed}"
            raise ValueError(msg)
        if not 0 < self.alpha < 1:
            msg = "alpha must lie between 0 and 1"
            raise ValueError(msg)


class ScanSettings(Settings, frozen=True, kw_only=True):
    """`[scan]`: what maps without a pattern look like, the largest circle, and replicates.

    Without `max_population` a circle holds up to half of the population, and a tenth on maps of
    more than 1,000 areas.
    """

    model: ScanModel = "negative-binomial"
    max_population: float | None = None
    replicates: int | None = None

    def __post_init__(self) -> None:
        _require_scan(self.max_population, self.replicates)

    def options(self, hotspots: HotspotSettings) -> dict[str, Any]:
        """Options of `circular_scan`, with those that an older configuration has in `[hotspots]`.

        Raises
        ------
        ValueError
            Both tables have the same key.

        Examples
        --------
        >>> ScanSettings(model="poisson").options(HotspotSettings(replicates=99))
        {'model': 'poisson', 'max_population': None, 'replicates': 99}
        """
        found: dict[str, Any] = {"model": self.model, "max_population": None, "replicates": 999}
        for name in ("max_population", "replicates"):
            mine, older = getattr(self, name), getattr(hotspots, name)
            if mine is not None and older is not None:
                msg = f"{name} stands in [scan] and in [hotspots]; keep that of [scan]"
                raise ValueError(msg)
            if mine is not None or older is not None:
                found[name] = older if mine is None else mine
        return found


def _require_scan(max_population: float | None, replicates: int | None) -> None:
    if replicates is not None and replicates < 99:
        msg = "replicates must be at least 99"
        raise ValueError(msg)
    if max_population is not None and not 0 < max_population <= 0.5:
        msg = "max_population must lie between 0 and 0.5"
        raise ValueError(msg)


class SmoothingSettings(Settings, frozen=True, kw_only=True):
    """`[smoothing]`: whether risks are smoothed, and which risk their probability is above.

    The definition of neighbours is that of `[hotspots]`.
    """

    risk: bool = True
    threshold: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.threshold) and self.threshold > 0):
            msg = f"threshold must be a relative risk above 0, not {self.threshold:g}"
            raise ValueError(msg)


class Thresholds(Settings, frozen=True, kw_only=True):
    """Overrides of a preset for one edition."""

    preset: Literal["nhs", "dfe", "open"] | None = None
    smallest_hidden: int | None = None
    largest_hidden: int | None = None


class Confirmed(Settings, frozen=True, kw_only=True):
    """`[[disclosure.confirmed]]`: a text of the configuration that somebody read and let stand.

    `text` is the whole text of its key, so that a changed one is asked about anew.
    """

    text: str
    by: str
    on: dt.date

    def __post_init__(self) -> None:
        if not self.text.strip() or not self.by.strip():
            msg = "text and by must say what was read and by whom"
            raise ValueError(msg)


class DisclosureSettings(Settings, frozen=True, kw_only=True):
    """`[disclosure]`: preset of the threshold, with overrides for an edition.

    `decision` records who decided, when and why, that an edition hides less than is usual.
    With `protection = "rounding"` every count that is not hidden is rounded to `round_to`.
    With `unit = "persons"` the threshold is asked of the number of different persons, where a
    table of counts has a column of `individuals`.
    """

    preset: Literal["nhs", "dfe", "open"] = "nhs"
    protection: Literal["suppression", "rounding"] = "suppression"
    round_to: int | None = None
    unit: Unit = "events"
    decision: str = ""
    confirmed: tuple[Confirmed, ...] = ()
    public: Thresholds = Thresholds()
    partnership: Thresholds = Thresholds(smallest_hidden=1, largest_hidden=4)
    analyst: Thresholds = Thresholds(preset="open")

    def __post_init__(self) -> None:
        if self.round_to is not None and not 2 <= self.round_to <= 100:
            msg = f"round_to must be from 2 to 100, not {self.round_to}"
            raise ValueError(msg)


class EditionSettings(Settings, frozen=True, kw_only=True):
    """`[editions]`: which are built, and why an analyst's one is."""

    build: tuple[EditionName, ...] = ("public", "partnership")
    reason: str = ""


class OutputSettings(Settings, frozen=True, kw_only=True):
    """`[output]`: layers for other tools: `flatgeobuf`, `geoparquet`, `shapefile`, `filegdb`.

    With `csv_bom` each CSV file begins with a byte order mark, by which Excel knows its letters.
    """

    formats: tuple[str, ...] = ()
    csv_bom: bool = False

    def __post_init__(self) -> None:
        try:
            known = require_formats(self.formats)
        except ConfigurationError as error:
            raise ValueError(str(error).rstrip(".")) from None
        msgspec.structs.force_setattr(self, "formats", known)


class LsoaSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.lsoas]`: which ward and district holds each LSOA, and how many live there.

    `sheet` is of `file`, where that is a workbook with several; `population` names a table of
    residents where the look-up has none; `points` one with a place in
    each LSOA, `easting` and `northing`.
    """

    file: str
    sheet: str | None = None
    population: str = ""
    points: str = ""
    columns: dict[str, str] = {}


class OverlaySettings(Settings, frozen=True, kw_only=True):
    """`[overlays.*]`: what is laid over the rates; each is left out where it is not named.

    The fields beside `lsoas` are those of `overlays.registry`: one for each overlay.
    """

    lsoas: LsoaSettings | None = None

    def of(self, kind: type[Laid]) -> Laid | None:
        """Settings of one overlay, by their type; None where the configuration has none.

        Examples
        --------
        >>> OverlaySettings(lsoas=LsoaSettings(file="lookup.csv")).of(LsoaSettings).file
        'lookup.csv'
        """
        values = (getattr(self, name) for name in self.__struct_fields__)
        return next((value for value in values if type(value) is kind), None)
