"""What a writer is given: an edition's figures, all computed from that edition's own counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import msgspec
import numpy as np
import pandas as pd

from vawg_geo.areas.joining.denominators import undated_notes
from vawg_geo.areas.joining.hierarchy import ancestors
from vawg_geo.disclosure.gate import require_gate, require_something
from vawg_geo.disclosure.way_out import require_audited
from vawg_geo.errors import DisclosureError
from vawg_geo.inputs.code_history import stretches
from vawg_geo.measures.rates.breaks import printed_breaks
from vawg_geo.measures.rates.rates import crude_rate, proportion
from vawg_geo.measures.rates.repeat_victims import with_repeat_limits
from vawg_geo.overlays.compute import Overlays, compute_overlays
from vawg_geo.overlays.hotspots.compute import compute_hotspots
from vawg_geo.results.comparisons import Chance, calls_of_chance, compared
from vawg_geo.results.not_shown import LeftOut, left_out, not_shown_sentence
from vawg_geo.results.over_time import OverTime, compute_over_time
from vawg_geo.results.risks import compute_risks
from vawg_geo.settings import SignificanceSettings
from vawg_geo.terms.columns import population_key
from vawg_geo.terms.indicators import Indicator
from vawg_geo.terms.periods import period_lengths
from vawg_geo.terms.rounding import rate_decimals
from vawg_geo.terms.summary import HEAD_HIDDEN, Summary, areas_by_level, series_rows
from vawg_geo.terms.tables import RATES
from vawg_geo.words.figures import (
    ESTIMATED_BY_SEX,
    NO_DENOMINATOR,
    NO_RESIDENTS,
    TOWN_CENTRES,
    break_line,
    help_lines,
    map_caveats,
    repeat_lines,
    usual_caveats,
)
from vawg_geo.words.page import SEX, denominator
from vawg_geo.words.periods import counted_in_years, time_of_rate
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.project import Project

__all__ = ["EditionResults", "Indicator", "compute_results", "edition_of", "results_of"]

_NO_COMPARATOR = SignificanceSettings(comparator="")


@dataclass(frozen=True, kw_only=True)
class EditionResults:
    """Everything that the writers may know; made by `compute_results` from an edition alone.

    Attributes
    ----------
    edition : str
        `public`, `partnership` or `analyst`.
    title : str
        Of the whole output ("Violence against women and girls, Cambridgeshire ... 2015/16").
    watermark : str
        Text to show on every page and layer; empty for none.
    protection : str
        One sentence: what is hidden and why.
    not_shown : dict of str to tuple of str
        By level: a sentence for each series that is left out there, and why.
    left_out : dict of str to tuple of LeftOut
        The same, a sentence for each reason with the series that it is of.
    rates : pandas.DataFrame
        Long table with the columns of `tables.RATES`, all levels, areas in boundary order
        within a level. `rate` is missing where the status is `missing`, `suppressed` or
        `not_applicable`.
    areas : dict of str to geopandas.GeoDataFrame
        By level: `area_code`, `area_name`, `parent_code` (district of a ward, else empty),
        `geometry` in EPSG:27700.
    indicators : dict of str to Indicator
        By name, in display order.
    breaks : dict of (level, indicator, sex, length) to tuple of float
        Inner class limits of the rate, ascending (k classes have k - 1), the same for every
        period of one length (`periods.length_of`): a month and a year share no colours. Computed
        from this edition's values only.
    area_names : dict of str to str
        Display name by code for every area of every level, comparators among them.
    attribution, caveats : tuple of str
        Lines to print on every output.
    hotspots, scans : pandas.DataFrame
        As `compute_hotspots` gives them; empty where no series allows hotspots.
    risks : pandas.DataFrame
        As `compute_risks` gives them; empty where no series allows it.
    over_time : OverTime
        Changes, trends and months that stand out; nothing where every series is of one period.
    overlays : Overlays
        Tables and layers that are laid over the rates.
    parents : dict of str to str
        Code of the area that holds an area.
    shares : frozenset of str
        Indicators that are shares of another's events, and no rates of residents.
    of_no_sex : frozenset of str
        Indicators that are per what has no sex, or one alone: households, women.
    help_lines : tuple of str
        Where to turn for help.
    break_lines : tuple of str
        From when on figures are not as before, and why.
    told : tuple of str
        Whose residents stand under several periods, and which were put together or left out.
    in_years : mapping of str to bool
        Indicators whose rates are yearly, whatever their periods, and whether they are per
        person-years or per years of something else.
    colours : tuple of str
        Others than the usual ones for classes of rates.
    comparison : SignificanceSettings
        How areas were compared.
    chance : dict of (level, indicator, sex, period) to Chance
        What chance alone would call on each map.
    made_from : Edition
        What all of it was computed from.
    """

    edition: str
    title: str
    watermark: str
    protection: str
    rates: pd.DataFrame
    areas: dict[str, gpd.GeoDataFrame]
    indicators: dict[str, Indicator]
    breaks: dict[tuple[str, str, str, str], tuple[float, ...]]
    area_names: dict[str, str]
    attribution: tuple[str, ...]
    caveats: tuple[str, ...]
    hotspots: pd.DataFrame = field(default_factory=pd.DataFrame)
    scans: pd.DataFrame = field(default_factory=pd.DataFrame)
    risks: pd.DataFrame = field(default_factory=pd.DataFrame)
    not_shown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: dict[str, tuple[LeftOut, ...]] = field(default_factory=dict)
    over_time: OverTime = field(default_factory=OverTime)
    overlays: Overlays = field(default_factory=Overlays)
    parents: dict[str, str] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()
    of_no_sex: frozenset[str] = frozenset()
    help_lines: tuple[str, ...] = help_lines(())
    break_lines: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    in_years: Mapping[str, bool] = field(default_factory=dict)
    colours: tuple[str, ...] = ()
    comparison: SignificanceSettings = field(default=_NO_COMPARATOR)
    chance: dict[tuple[str, str, str, str], Chance] = field(default_factory=dict)
    key: object = None
    made_from: Edition | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_gate(self.key, "what a writer is given")

    def printed_caveats(self) -> list[str]:
        """Caveats with those that no map may lack, and breaks in the series."""
        abuse = any(about.of_domestic_abuse for about in self.indicators.values())
        return [*map_caveats(self.caveats, of_domestic_abuse=abuse), *self.break_lines, *self.told]

    def trend_lines(self) -> list[str]:
        """What must be said under every change and trend of the figures that are shown."""
        return [RECORDING] if self.over_time.lines else []

    def denominator(self, indicator: str, sex: str) -> str:
        """What an indicator's rate of one sex is per, in words."""
        people = self.indicators[indicator].denominator or "residents"
        sexless = indicator in self.shares or indicator in self.of_no_sex
        words = denominator(people, sex=sex, share=sexless)
        if indicator not in self.in_years:
            return words
        return counted_in_years(words, of_persons=self.in_years[indicator])

    def time_of_rate(self, indicator: str, period: str) -> str:
        """Of what time an indicator's rate of one period is: `per month`; empty for a year."""
        if indicator in self.shares:
            return ""
        return self._times.get((indicator, period), "")

    @cached_property
    def _times(self) -> dict[tuple[str, str], str]:
        return _times_of_rates(self.rates, self.in_years)

    @cached_property
    def lengths(self) -> dict[str, str]:
        """How long each period is, in words (`periods.length_of`); empty where nobody can say."""
        return period_lengths(self.rates["period"])

    def limits(self, *, level: str, indicator: str, sex: str, period: str) -> tuple[float, ...]:
        """Class limits of one map, which it shares with all others of periods as long."""
        return self.breaks.get((level, indicator, sex, self.lengths.get(period, "")), ())

    @cached_property
    def parent_names(self) -> dict[str, str]:
        """Name by code of what areas lie in; the country's where the project has no such level."""
        held = pd.concat(
            [pd.Series(dtype=object), *(a["parent_code"] for a in self.areas.values())]
        )
        codes = [str(code) for code in held.dropna().unique() if code]
        unknown = [code for code in codes if code not in self.area_names]
        known = stretches() if unknown else {}
        named = {code: known[code][-1].name for code in unknown if code in known}
        return {code: self.area_names[code] for code in codes if code in self.area_names} | named

    def mapped_levels(self) -> list[str]:
        """Levels that have a map, those of the fewest areas first.

        A map of one area compares nothing: county and police area are comparators.
        """
        rated = set(self.rates["level"])
        levels = [name for name, areas in self.areas.items() if name in rated and len(areas) > 1]
        return sorted(levels, key=lambda level: len(self.areas[level]))

    def __repr__(self) -> str:
        return self._summary().text()

    def _repr_html_(self) -> str:
        return self._summary().html()

    def _summary(self) -> Summary:
        n = sum(len(lines) for lines in self.not_shown.values())
        left_out = f"{n:,} series are not shown; `not_shown` says which and why." if n else ""
        return Summary(
            kind="EditionResults",
            title=f"{self.title}: rates of the {self.edition} edition",
            areas=areas_by_level(self.areas),
            head=HEAD_HIDDEN,
            rows=series_rows(self.rates, hidden=True),
            lines=(self.protection, left_out, self.watermark),
        )


def compute_results(edition: Edition) -> EditionResults:
    """Compute everything that an edition shows, from its protected counts alone.

    Parameters
    ----------
    edition : Edition
        As `protect` returns.

    Returns
    -------
    EditionResults

    Raises
    ------
    DisclosureError
        This is no edition that `protect` made, or nothing is left in it to show.
    """
    require_audited(edition)
    require_something(edition)
    project = edition.project
    rates = pd.concat([_crude(edition), *_ratios(edition)], ignore_index=True)
    whole = _comparators(rates, project)
    rates = compared(rates, whole, project.significance, parents=edition.parents)
    in_years = _in_years(project, rates)
    rates = rates.assign(denominator=_denominators(rates, project, in_years))
    hotspots, scans = compute_hotspots(edition, rates)
    present = list(rates["indicator"].unique())
    indicators = {
        i.name: _with_caveat_of_place(i, project) for i in project.indicators if i.name in present
    }
    indicators |= {name: Indicator(name=name) for name in present if name not in indicators}
    in_order = _in_display_order(rates, list(indicators))
    return EditionResults(
        edition=edition.name,
        title=project.project.title,
        watermark=edition.watermark,
        protection=edition.protection,
        rates=in_order,
        areas=edition.areas,
        indicators=indicators,
        breaks=_breaks(rates),
        area_names=edition.area_names(),
        attribution=project.project.attribution,
        caveats=project.project.caveats or _caveats(edition, rates, indicators),
        hotspots=hotspots,
        scans=scans,
        risks=compute_risks(edition, rates),
        over_time=compute_over_time(edition, in_order),
        not_shown=_not_shown(edition, rates),
        left_out=_left_out(edition, rates),
        overlays=compute_overlays(edition, rates),
        parents=edition.parents,
        shares=frozenset(ratio.indicator for ratio in project.ratios),
        of_no_sex=_of_no_sex(project, present),
        help_lines=help_lines(edition.area_names(), project.help.lines),
        break_lines=_break_lines(project, indicators),
        told=project.told,
        in_years=in_years,
        comparison=project.significance,
        chance=calls_of_chance(rates, whole, project.significance, parents=edition.parents),
        key=edition.key,
        made_from=edition,
    )


def results_of(edition: Edition | EditionResults) -> EditionResults:
    """Give the results of an edition; what are results already stays as it is.

    The one place where an edition becomes what a writer takes: the package's front door and the
    pipeline ask here, writers never do.

    Parameters
    ----------
    edition : Edition or EditionResults

    Returns
    -------
    EditionResults

    Raises
    ------
    DisclosureError
        This is no edition that `protect` made.
    """
    if isinstance(edition, EditionResults):
        return edition
    require_gate(getattr(edition, "key", None), "what a writer is given")
    return edition.shared.once(compute_results, edition)


def edition_of(results: object) -> Edition:
    """Give the edition that results were computed from; refuse anything else.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    Edition

    Raises
    ------
    DisclosureError
        These are no results of an edition that `protect` made.
    """
    if not isinstance(results, EditionResults):
        msg = (
            "a writer takes the results of an edition that vawg_geo.protect made, and "
            f"{type(results).__name__} is none. Call vawg_geo's own functions with an edition."
        )
        raise DisclosureError(msg)
    made_from = results.made_from
    require_gate(getattr(made_from, "key", None), "what a writer is given")
    return cast("Edition", made_from)


def _of_no_sex(project: Project, indicators: list[str]) -> frozenset[str]:
    """Indicators that are per what has no sex, or one alone."""
    sources = {name: project.denominator(name) for name in indicators}
    return frozenset(
        name
        for name, one in sources.items()
        if one is not None and (one.sex or not one.is_of_persons)
    )


def _in_years(project: Project, rates: pd.DataFrame) -> dict[str, bool]:
    """Indicators with yearly rates of other times, and whether these are per persons."""
    shares = {ratio.indicator for ratio in project.ratios}
    sources = {name: project.denominator(name) for name in rates["indicator"].unique()}
    return {
        name: source is None or source.is_of_persons
        for name, source in sources.items()
        if name not in shares
        and (source is None or source.kind != "events")
        and project.periods.counts_years(name)
    }


def _denominators(rates: pd.DataFrame, project: Project, in_years: Mapping[str, bool]) -> list[str]:
    """What each row's rate is per, in words, with the time that it is of."""
    shares = {ratio.indicator: ratio.denominator for ratio in project.ratios}
    words = {name: project.indicator(name).denominator for name in rates["indicator"].unique()}
    words |= {
        name: counted_in_years(words[name], of_persons=persons)
        for name, persons in in_years.items()
    }
    times = _times_of_rates(rates, in_years)
    return [
        shares.get(name) or f"{words[name]} {times[name, period]}".strip()
        for name, period in zip(rates["indicator"], rates["period"], strict=True)
    ]


def _times_of_rates(
    rates: pd.DataFrame, in_years: Mapping[str, bool]
) -> dict[tuple[str, str], str]:
    """Of what time the rate of each indicator and period is, in words; empty for a year."""
    long = period_lengths(rates["period"])
    pairs = rates[["indicator", "period"]].drop_duplicates().to_numpy().tolist()
    lengths: dict[str, set[str]] = {}
    for name, period in pairs:
        lengths.setdefault(name, set()).add(long[period])
    return {
        (name, period): time_of_rate(
            long[period], in_years=name in in_years, among_others=len(lengths[name]) > 1
        )
        for name, period in pairs
    }


def _with_caveat_of_place(about: Indicator, project: Project) -> Indicator:
    """An indicator that says so where residents stand under offences of town centres."""
    source = project.denominator(about.name)
    of_residents = source is None or source.kind == "residents"
    shares = {ratio.indicator for ratio in project.ratios}
    said = TOWN_CENTRES.get(about.place or "", "")
    if not said or not of_residents or about.name in shares:
        return about
    return msgspec.structs.replace(about, caveat=f"{about.caveat} {said}".strip())


def _left_out(edition: Edition, rates: pd.DataFrame) -> dict[str, tuple[LeftOut, ...]]:
    shown, about = _shown(edition, rates)
    return {
        level: left_out([w for w in edition.withheld if w.level == level], about, shown)
        for level in dict.fromkeys(w.level for w in edition.withheld)
    }


def _shown(
    edition: Edition, rates: pd.DataFrame
) -> tuple[set[tuple[str, str, str]], dict[str, Indicator]]:
    """What the edition has, and what is known of the indicators that it leaves out."""
    shown = set(rates[["level", "indicator", "sex"]].itertuples(index=False, name=None))
    return shown, {w.indicator: edition.project.indicator(w.indicator) for w in edition.withheld}


def _not_shown(edition: Edition, rates: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    shown, about = _shown(edition, rates)
    return {
        level: tuple(
            not_shown_sentence(w, about, shown) for w in edition.withheld if w.level == level
        )
        for level in dict.fromkeys(w.level for w in edition.withheld)
    }


def _crude(edition: Edition) -> pd.DataFrame:
    """Rates of every indicator, per what it says; in the order of the counts."""
    named = {
        name: source.name
        for name in edition.counts["indicator"].unique()
        if (source := edition.project.denominator(name)) is not None
    }
    of = [named.get(name, "") for name in edition.counts["indicator"]]
    parts = [
        _rates_per(edition, rows, str(name))
        for name, rows in edition.counts.groupby(np.asarray(of))
    ]
    return pd.concat(parts).loc[edition.counts.index].reset_index(drop=True)


def _rates_per(edition: Edition, counts: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rates per a denominator by its name; per the residents of `[population]` without one."""
    settings = edition.project.rates
    source = next((one for one in edition.project.denominators if one.name == name), None)
    below = edition.populations if source is None else edition.denominators[name]
    if source is not None and source.kind == "events":
        below = _large_enough(below, edition.rules.largest)
    known = _with_people(counts, below, NO_RESIDENTS if source is None else NO_DENOMINATOR)
    rates = crude_rate(
        known,
        below,
        per=settings.per if source is None else source.rate_per(settings.per),
        # Events are a part of all events, and no events of a number of residents.
        method="wilson" if source is not None and source.kind == "events" else settings.method,
        confidence=settings.confidence[0],
    ).pipe(_with_population_notes, below)
    if source is None:
        rates = _with_times_of_populations(rates, below, date=edition.project.population.date)
    # A series may be left out of an edition, and its factor with it.
    shown = set(rates["indicator"])
    victims = {key: one for key, one in edition.repeat_victims.items() if key[0] in shown}
    rates = with_repeat_limits(rates, victims, confidence=settings.confidence[0])
    if source is None or source.is_of_persons:
        return rates
    # Residents may stand beside a hidden count; other events may be of the same persons.
    return rates.assign(population=rates["population"].where(rates["rate"].notna()))


def _large_enough(events: pd.DataFrame, largest: int) -> pd.DataFrame:
    """Without areas of so few events that they would be hidden if they were counts of our own."""
    return events[~events["population"].between(1, largest)]


def _with_people(counts: pd.DataFrame, populations: pd.DataFrame, note: str) -> pd.DataFrame:
    """Take out counts of areas whose denominator nobody knows: missing, with the reason."""
    key = population_key(populations)
    known = pd.MultiIndex.from_frame(populations[key])
    lacking = counts["count"].notna().to_numpy() & ~pd.MultiIndex.from_frame(counts[key]).isin(
        known
    )
    if not lacking.any():
        return counts
    notes = counts["note"].where(counts["note"] == "", counts["note"] + "; ") + note
    return counts.assign(
        count=counts["count"].mask(lacking),
        status=counts["status"].mask(lacking, "missing"),
        note=counts["note"].mask(lacking, notes),
    )


def _with_population_notes(rates: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Say on the row where a denominator is an estimate."""
    key = population_key(populations)
    estimated = populations.loc[populations["basis"] == "estimated", key]
    keys = pd.MultiIndex.from_frame(rates[key])
    # Hidden rows are alike: some areas have no population at all, and no estimate to be said.
    by_sex = (rates["sex"] != "persons") & (rates["status"] != "suppressed")
    soft = keys.isin(pd.MultiIndex.from_frame(estimated)) & by_sex.to_numpy()
    joined = rates["note"].where(rates["note"] == "", rates["note"] + "; ") + ESTIMATED_BY_SEX
    return rates.assign(note=rates["note"].mask(soft, joined))


def _with_times_of_populations(
    rates: pd.DataFrame, populations: pd.DataFrame, *, date: str
) -> pd.DataFrame:
    """Say on the row where its residents are of another time than its count."""
    if "time_note" in populations:
        key = population_key(populations)
        by_row = populations.set_index(key)["time_note"]
        found = by_row.reindex(pd.MultiIndex.from_frame(rates[key])).fillna("").to_numpy()
    elif "period" in populations:
        return rates
    else:
        found = rates["period"].map(undated_notes(rates["period"], date=date)).to_numpy()
    said = (found != "") & (rates["status"] != "suppressed").to_numpy()
    joined = rates["note"].where(rates["note"] == "", rates["note"] + "; ") + found
    return rates.assign(note=rates["note"].mask(said, joined))


def _ratios(edition: Edition) -> list[pd.DataFrame]:
    """Proportions of one indicator's counts in another's; never of illustrative counts."""
    counts = edition.counts[edition.counts["basis"] != "illustrative"]
    frames = []
    for ratio in edition.project.ratios:
        top = counts[counts["indicator"] == ratio.numerator]
        under = counts[counts["indicator"] == ratio.denominator]
        table = proportion(top, under, indicator=ratio.indicator, per=ratio.per)
        frames.append(table.assign(note=f"{ratio.numerator} per {ratio.per:g} {ratio.denominator}"))
    return frames


def _break_lines(project: Project, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Breaks of all figures and of those that are shown."""
    return tuple(
        break_line(one.when, one.words, title=indicators[one.indicator].title)
        if one.indicator
        else break_line(one.when, one.words)
        for one in project.breaks
        if not one.indicator or one.indicator in indicators
    )


def _caveats(
    edition: Edition, rates: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> tuple[str, ...]:
    """What every reader should know, of comparators that hold the areas too."""
    pairs = rates.loc[rates["significance"] != "not_compared", ["area_code", "comparator"]]
    parts = not edition.project.significance.leave_out and any(
        comparator in ancestors(area, edition.parents)
        for area, comparator in pairs.drop_duplicates().itertuples(index=False)
    )
    return usual_caveats(
        parts_of_comparator=parts,
        of_domestic_abuse=any(about.of_domestic_abuse for about in indicators.values()),
        repeats=_repeats(rates, indicators),
    )


def _repeats(rates: pd.DataFrame, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Of which series the limits allow for repeat victims, and by how much."""
    series = rates[["indicator", "sex", "rate_method"]].drop_duplicates()
    rows = series.itertuples(index=False, name=None)
    return tuple(repeat_lines((indicators[name].title, SEX[sex], told) for name, sex, told in rows))


def _comparators(rates: pd.DataFrame, project: Project) -> dict[str, str]:
    return {
        name: project.indicator(name).comparator or project.significance.comparator
        for name in rates["indicator"].unique()
    }


def _in_display_order(rates: pd.DataFrame, indicators: list[str]) -> pd.DataFrame:
    levels = {level: n for n, level in enumerate(rates["level"].unique())}
    places = {name: n for n, name in enumerate(indicators)}
    order = pd.DataFrame(
        {"level": rates["level"].map(levels), "indicator": rates["indicator"].map(places)}
    ).sort_values(["level", "indicator"], kind="stable")
    return rates.loc[order.index, list(RATES.names)].reset_index(drop=True)


def _breaks(rates: pd.DataFrame) -> dict[tuple[str, str, str, str], tuple[float, ...]]:
    values = rates["rate"].to_numpy()
    long = rates["period"].map(period_lengths(rates["period"])).rename("length")
    peaks = rates.groupby(["indicator", "sex", long], sort=False)["rate"].max().to_dict()
    grouped = rates.groupby(["level", "indicator", "sex", long], sort=False)
    breaks = {}
    for key, places in grouped.indices.items():
        level, indicator, sex, length = cast("tuple[str, str, str, str]", key)
        # Limits are printed as the page prints the rates, or they would not be between them.
        decimals = rate_decimals(peaks[indicator, sex, length])
        breaks[level, indicator, sex, length] = printed_breaks(values[places], decimals=decimals)
    return breaks
