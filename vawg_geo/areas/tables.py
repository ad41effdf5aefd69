"""Everything a project's counts are joined to, gathered once: the input of the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec
import pandas as pd

from vawg_geo.areas.in_time import in_time
from vawg_geo.areas.joining.denominators import populations_by_period
from vawg_geo.areas.joining.figures import known_figures
from vawg_geo.areas.joining.hierarchy import (
    PARTS,
    SUM_NOTE,
    UPWARDS,
    add_unplaced,
    add_up,
    add_up_populations,
    ancestors,
    bridge_parents,
    people_lacking,
    reconcile,
)
from vawg_geo.areas.joining.other_denominators import joined_denominator, square_kilometres
from vawg_geo.areas.reading import InputNote, ProjectReader, names_of
from vawg_geo.areas.reference import Reference, read_overlays
from vawg_geo.areas.repeat_victims import repeat_victims_of_project
from vawg_geo.areas.shared import Shared
from vawg_geo.errors import (
    ConfigurationError,
    DisclosureError,
    InputError,
    did_you_mean,
    problem,
)
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.plausible import require_plausible_counts
from vawg_geo.overlays.registry import chosen_overlays
from vawg_geo.project import default_project_path, read_project
from vawg_geo.settings import CountSource, ProjectSettings
from vawg_geo.terms.columns import COUNT_COLUMNS, COUNT_KEY, LEVELS, Level, population_key
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.periods import in_order
from vawg_geo.terms.summary import HEAD, Summary, areas_by_level, series_rows
from vawg_geo.words.figures import OUTSIDE_SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd

    from vawg_geo.project import Project
    from vawg_geo.terms.bridges import Bridge
    from vawg_geo.terms.repeat_victims import RepeatVictims

__all__ = ["Tables", "load_area", "load_default", "load_tables"]

_SERIES = ("indicator", "sex", "period")
_NEXT = 'vawg_geo.protect(tables, edition="public")'
_NOT_DRAWN = (
    "these counts have passed no gate, so no map is drawn of them: small ones could be seen. Draw "
    f"an edition of them: {_NEXT}, then .plot(level=...) or .explore(level=...) of that."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """A project's counts on its areas, before any protection.

    Attributes
    ----------
    project : Project
        The configuration that they were read by.
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`, all levels, areas in boundary order within a level.
    known : pandas.DataFrame
        Counts that others have published, under `[[known]]` or among the figures of services, and
        that no rate is of: what an attacker knows.
    populations : pandas.DataFrame
        `area_code`, `sex`, `population`, `basis`, `note`; and `period`, where populations are of
        periods: a row then for each period of the counts.
    areas : dict of str to geopandas.GeoDataFrame
        By level: `area_code`, `area_name`, `parent_code`, `geometry` (EPSG:27700).
    parents : dict of str to str
        Code of the area that holds an area.
    bridges : dict of str to tuple of Bridge
        By level: pairs of areas across water that a person has looked at.
    repeat_victims : dict of (indicator, sex) to RepeatVictims
        How much wider limits are; the sex is empty where it is of all.
    join_report, reconciliation : pandas.DataFrame
        How rows came to areas (`tables.JOIN_REPORT`); sums of wards against districts.
    rows : int
        How many counts the tables should have given, sums not among them.
    reference : Reference
        What is laid over the counts.
    notes : tuple of InputNote
        What reading and joining found worth saying.
    denominators : dict of str to pandas.DataFrame
        By name: what rates of indicators are per that name it, with the columns of `populations`.
    individuals : pandas.DataFrame
        `columns.COUNT_KEY` and `individuals`: of how many persons the events of a count are, where
        the threshold is asked of persons and the table says so.
    inputs : dict of str to str
        By name of each embedded or published input: its checksum. A table of the analyst's own
        is not in it: a hash of a small table can be guessed backwards.
    shared : Shared
        What editions of these tables compute once.
    """

    project: Project
    counts: pd.DataFrame
    known: pd.DataFrame
    populations: pd.DataFrame
    areas: dict[str, gpd.GeoDataFrame]
    parents: dict[str, str]
    join_report: pd.DataFrame
    reconciliation: pd.DataFrame
    rows: int
    bridges: dict[str, tuple[Bridge, ...]] = field(default_factory=dict)
    repeat_victims: dict[tuple[str, str], RepeatVictims] = field(default_factory=dict)
    reference: Reference = field(default_factory=Reference)
    denominators: dict[str, pd.DataFrame] = field(default_factory=dict)
    individuals: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[InputNote, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)

    @classmethod
    def from_frames(
        cls,
        *,
        counts: pd.DataFrame,
        population: pd.DataFrame,
        boundaries: gpd.GeoDataFrame | Mapping[Level, gpd.GeoDataFrame],
        title: str = "Counts of your own",
        comparator: str | None = None,
        level: Level | None = None,
        vintage: str = "",
        folder: Path | str = ".",
    ) -> Tables:
        """Join frames that are in memory: no file and no configuration is needed.

        Parameters
        ----------
        counts : pandas.DataFrame
            `area_code` or `area_name`, `indicator`, `sex`, `period`, `count`, or other headings
            that `read_counts` recognises.
        population : pandas.DataFrame
            `area_code`, `sex`, `population` of those aged 16 and over; see `read_population`.
        boundaries : geopandas.GeoDataFrame or mapping of str to geopandas.GeoDataFrame
            `area_code`, `area_name` and outlines, with their system of coordinates; by level where
            there are several.
        title : str
        comparator : str, optional
            Code of the area that others are compared with; where not given, of the area that is a
            level by itself, else all areas of the one level together.
        level : str, optional
            Where codes do not tell it.
        vintage : str
            Year of the areas.
        folder : Path or str
            Where the key is kept by which cells are chosen to be hidden (`disclosure.key`): with
            another key the same counts may be hidden otherwise.

        Returns
        -------
        Tables
            Before any protection; `protect` makes an edition of it. The frames are kept in a
            private folder until the program ends.

        Raises
        ------
        VawgGeoError
            As for tables in files.

        Examples
        --------
        >>> import geopandas as gpd
        >>> from shapely import box
        >>> codes = ["E05002703", "E05002704"]
        >>> wards = gpd.GeoDataFrame(
        ...     {"area_code": codes, "area_name": ["Arbury", "Castle"]},
        ...     geometry=[box(544000, 259000, 546000, 261000), box(546000, 259000, 548000, 261000)],
        ...     crs=27700)
        >>> counts = pd.DataFrame({"area_code": codes, "indicator": "referrals", "sex": "persons",
        ...     "period": "2024/25", "count": [31, 12]})
        >>> people = pd.DataFrame({"area_code": codes, "sex": "persons",
        ...     "population": [7000, 5000]})
        >>> tables = Tables.from_frames(counts=counts, population=people, boundaries=wards)
        >>> tables.counts[["area_name", "count"]].values.tolist()
        [['All areas', 43], ['Arbury', 31], ['Castle', 12]]
        """
        from vawg_geo.areas.frames import project_of_frames

        return load_tables(
            project_of_frames(
                counts=counts,
                population=population,
                boundaries=boundaries,
                title=title,
                comparator=comparator,
                level=level,
                vintage=vintage,
                folder=folder,
            )
        )

    def area_names(self) -> dict[str, str]:
        """Name of every area, by code."""
        return names_of(self.areas)

    def missing(self) -> str:
        """How many counts are missing, in words; empty where none is."""
        lost = self.join_report[self.join_report["outcome"] == "missing"]
        if lost.empty:
            return ""
        first = lost.iloc[0]
        return (
            f"{len(lost):,} of {self.rows:,} counts are missing; first: {first['area_code']} "
            f"{first['area_name']}, {first['indicator']}, {first['sex']}, {first['period']}."
        )

    def messages(self) -> list[str]:
        """What whoever builds maps of these tables must know."""
        messages = []
        illustrative = self.counts[self.counts["basis"] == "illustrative"]
        if len(illustrative):
            names = ", ".join(illustrative["indicator"].unique())
            messages.append(
                f"ILLUSTRATIVE, NOT REAL FIGURES: {len(illustrative):,} of {len(self.counts):,} "
                f"counts ({', '.join(illustrative['level'].unique())}: {names}). Name a table of "
                "your own in vawg.toml to replace them."
            )
        if missing := self.missing():
            messages.append(f"{missing} They are hatched on the map; see the join report.")
        return messages + [note.line() for note in self.notes]

    # The representation of a dataclass would print the counts, and a notebook would keep them.
    def __repr__(self) -> str:
        return self._summary().text()

    def _repr_html_(self) -> str:
        return self._summary().html()

    def _summary(self) -> Summary:
        return Summary(
            kind="Tables",
            title=f"{self.project.project.title}: before any protection",
            areas=areas_by_level(self.areas),
            head=HEAD,
            rows=series_rows(self.counts),
            lines=(
                "Nothing is hidden in these tables, so they are not to be shown or sent.",
                f"Next: {_NEXT}, which has .plot() and .explore().",
            ),
        )

    def plot(self, *_: object, **__: object) -> NoReturn:
        """Refuse: only an edition is drawn.

        Raises
        ------
        DisclosureError
            Always; it says how to make an edition.
        """
        raise DisclosureError(_NOT_DRAWN)

    def explore(self, *_: object, **__: object) -> NoReturn:
        """Refuse: only an edition is drawn.

        Raises
        ------
        DisclosureError
            Always; it says how to make an edition.
        """
        raise DisclosureError(_NOT_DRAWN)


def load_default(*, counts: Path | str | None = None, level: Level | None = None) -> Tables:
    r"""Read and join the embedded default: Cambridgeshire and Peterborough, 2015/16.

    Parameters
    ----------
    counts : Path or str, optional
        A table of your own in the place of the default's: `area_code` or `area_name` of its wards
        or districts of 2015, `sex`, `period`, `indicator`, `count`. Areas, residents, deprivation,
        places and the rules of hiding stay; what is said of the default's own counts goes. As in
        any project, the key by which cells are chosen (`disclosure.key`) is kept beside the table.
    level : str, optional
        `ward` or `district`, where the table has names and no codes.

    Returns
    -------
    Tables
        Before any protection; `protect` makes an edition of it.

    Raises
    ------
    InputError, JoinError
        The table cannot be read, or a row of it is of no area; the message says which and what to
        do.
    ConfigurationError
        A level without a table.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> head = "area_code,sex,period,indicator,count"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     own = Path(folder, "own.csv")
    ...     _ = own.write_text(f"{head}\nE07000008,persons,2019/20,referrals,31\n")
    ...     tables = load_default(counts=own)
    >>> tables.counts.loc[tables.counts["area_code"] == "E07000008", "count"].tolist()
    [31]
    """
    project = read_project(default_project_path())
    if counts is not None:
        return load_tables(_with_own_counts(project, Path(counts), level))
    if level is not None:
        msg = f"level = {level!r} is of a table of your own, and none is named. Add counts=..."
        raise ConfigurationError(msg)
    return load_tables(project)


def load_area(
    asked: str, *, counts: pd.DataFrame | Path | str | None = None, folder: Path | str = "."
) -> Tables:
    """Read and join an area of England and Wales: its wards of 2025, residents and deprivation.

    Parameters
    ----------
    asked : str
        A district, community safety partnership, county or police force area, by name or code.
    counts : pandas.DataFrame, Path or str, optional
        Counts by ward: `area_code` or `area_name`, `indicator`, `sex`, `period`, `count`. Without
        them every count is missing.
    folder : Path or str
        Where the key is kept by which cells are chosen to be hidden (`disclosure.key`).

    Returns
    -------
    Tables
        Before any protection; `protect` makes an edition of it. A frame is kept in a private
        folder until the program ends.

    Raises
    ------
    InputError, JoinError
        There is no such area, the counts cannot be read, or a row is of no ward of it.

    Examples
    --------
    >>> counts = pd.DataFrame({"area_name": ["Arbury", "Market"], "indicator": "referrals",
    ...     "sex": "female", "period": "2024/25", "count": [31, 12]})
    >>> tables = load_area("Cambridge", counts=counts)
    >>> wards = tables.counts[tables.counts["level"] == "ward"]
    >>> len(wards), int(wards["count"].sum()), wards["status"].value_counts().to_dict()
    (14, 43, {'missing': 12, 'value': 2})
    """
    from vawg_geo.areas.frames import project_of_area

    return load_tables(project_of_area(asked, counts=counts, folder=folder))


def _with_own_counts(project: Project, path: Path, level: Level | None) -> Project:
    """Put a table in the place of a project's counts, and take out what is said of those."""
    periods = sorted(set(read_counts(path, level=level)["period"]))
    own = ProjectSettings(
        title="Counts of your own in Cambridgeshire and Peterborough",
        period=" to ".join(periods[:1] + periods[1:][-1:]),
        attribution=project.project.attribution[:1],
    )
    laid = {
        overlay.name: overlay.for_other_counts(settings)
        for overlay, settings in chosen_overlays(project.overlays)
    }
    return msgspec.structs.replace(
        project,
        project=own,
        counts=(CountSource(file=path.name, basis="own", level=level, vintage="2015"),),
        indicators=(),
        ratios=(),
        overlays=msgspec.structs.replace(project.overlays, **laid),
        folder=str(path.resolve().parent),
    )


def load_tables(project: Project) -> Tables:
    """Read and join everything that a configuration names.

    Parameters
    ----------
    project : Project

    Returns
    -------
    Tables

    Raises
    ------
    InputError, BoundaryError, JoinError
        An input cannot be used; the message says which and what to do.
    """
    _require_something(project)
    reader = ProjectReader(project)
    areas: dict[str, gpd.GeoDataFrame] = {
        level: reader.boundaries(level) for level in LEVELS if level in project.areas
    }
    parents, placed = bridge_parents(areas)
    bridges = reader.bridges(areas)
    join = reader.counts(areas)
    public = reader.known(areas)
    victims = repeat_victims_of_project(
        reader, indicators=set(join.table["indicator"]), parents=parents
    )
    reference = read_overlays(reader, areas)
    _require_known_names(project, join.table, public, areas)
    _require_known_in_overlays(project, join.table, reference, areas)
    counts = _with_scope(join.table, project, parents)
    populations, years = populations_by_period(
        add_up_populations(reader.populations(), areas, parents),
        counts["period"],
        date=project.population.date,
    )
    key = population_key(populations)
    rows = len(counts)
    report = _without(join.report, counts, "not_applicable")
    reconciliation = _reconciliation(counts, parents)
    require_plausible_counts(counts.merge(populations[[*key, "population"]], on=key))
    counts = _with_sums(counts, areas, parents)
    counts = add_unplaced(counts, reader.unplaced, parents)
    counts = _with_scope(counts, project, parents)
    lacking = people_lacking(counts, populations)
    codes = set(names_of(areas))
    denominators, others = _denominators(reader, areas, parents, counts)
    years += others
    vintages = {level: reader.vintage(level) for level in areas}
    for figures in (*reference.figures, *_known_to_overlays(project, counts, reference)):
        public = _together(public, known_figures(figures, counts, vintages=vintages))
    tables = Tables(
        project=_told(_credited(project, reader.credits), years),
        counts=_ordered(counts, areas, project),
        known=public,
        populations=populations[populations["area_code"].isin(codes)].reset_index(drop=True),
        areas=areas,
        parents=parents,
        bridges=bridges,
        repeat_victims=victims,
        join_report=report,
        reconciliation=reconciliation,
        rows=rows,
        reference=reference,
        denominators=denominators,
        individuals=pd.concat([pd.DataFrame(), *reader.individuals], ignore_index=True),
        notes=(*reader.notes, *_notes_on(placed, years, lacking)),
        inputs=reader.inputs,
    )
    return in_time(tables)


def _notes_on(placed: Sequence[str], years: Sequence[str], lacking: str) -> Iterator[InputNote]:
    """What joining found worth saying of outlines and populations."""
    yield from (InputNote(table="boundaries", text=text, basis="published") for text in placed)
    for text in (*years, *([lacking] if lacking else [])):
        yield InputNote(table="populations", text=text, basis="own")


def _told(project: Project, lines: Sequence[str]) -> Project:
    """Add what every output says of populations and periods, as sentences."""
    sentences = [f"{line[:1].upper()}{line[1:].rstrip('.')}." for line in lines]
    return msgspec.structs.replace(project, told=(*project.told, *sentences))


def _denominators(
    reader: ProjectReader,
    areas: dict[str, gpd.GeoDataFrame],
    parents: dict[str, str],
    counts: pd.DataFrame,
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Every denominator that is not the residents of `[population]`, and what is worth saying."""
    project, found, notes = reader.project, {}, []
    for source in project.denominators:
        mine = [i.name for i in project.indicators if i.denominator == source.name]
        if not mine:
            msg = (
                f"no indicator names the denominator {source.name!r}. Write denominator = "
                f'"{source.name}" under [[indicators]], or take it out.'
            )
            raise ConfigurationError(msg)
        if source.name in found:
            msg = f"the denominator {source.name!r} stands twice. Keep one."
            raise ConfigurationError(msg)
        rows = reader.denominator(source) if source.file else square_kilometres(areas)
        periods = counts.loc[counts["indicator"].isin(mine), "period"]
        found[source.name], said = joined_denominator(
            rows, source, areas=areas, parents=parents, periods=periods
        )
        notes += said
        if source.kind == "events":
            _require_parts(counts[counts["indicator"].isin(mine)], found[source.name], source.name)
    return found, notes


def _require_parts(counts: pd.DataFrame, events: pd.DataFrame, name: str) -> None:
    """Refuse counts that are more than all the events that they are a part of."""
    both = counts.merge(events[[*population_key(events), "population"]], on=population_key(events))
    more = both[both["count"].astype("Float64").gt(both["population"]).fillna(value=False)]
    if len(more):
        first = more.iloc[0]
        # A message may be sent on: it names the area, and says no number of it.
        raise InputError(
            problem(
                f"are more than all {name} of their area",
                bad=len(more),
                total=len(both),
                noun="counts",
                first=f"{first['area_code']} {first['area_name']}, {first['indicator']}",
                action="A denominator of events holds the indicator's; correct either table.",
            )
        )


def _credited(project: Project, credit: Sequence[str]) -> Project:
    """Add the words that licences ask for, as far as the configuration does not say them."""
    said = project.project.attribution
    lacking = [text for text in credit if not any(text in line for line in said)]
    if not lacking:
        return project
    named = msgspec.structs.replace(project.project, attribution=(*said, *lacking))
    return msgspec.structs.replace(project, project=named)


def _together(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Both, the first's where they tell of the same cell."""
    if first.empty or second.empty:
        return second if first.empty else first
    return pd.concat([first, second]).drop_duplicates(list(COUNT_KEY), ignore_index=True)


def _require_something(project: Project) -> None:
    """A project without counts, populations or editions would build nothing in silence."""
    for what, where in (
        (project.counts, "[[counts]]"),
        (project.population.files, "[[population.files]]"),
        (project.areas, "[areas.ward] or another level"),
        (project.editions.build, "build under [editions]"),
    ):
        if not what:
            msg = f"the configuration has nothing under {where}. Add at least one entry."
            raise ConfigurationError(msg)


def _require_known_names(
    project: Project,
    counts: pd.DataFrame,
    public: pd.DataFrame,
    areas: dict[str, gpd.GeoDataFrame],
) -> None:
    """Refuse ratios, scopes, comparators and wholes that name what is not there."""
    indicators = set(counts["indicator"]) | set(public["indicator"])
    codes = set(names_of(areas))
    named = indicators | {ratio.indicator for ratio in project.ratios}
    wanted = [
        *((ratio.numerator, indicators, "numerator of a ratio") for ratio in project.ratios),
        *((ratio.denominator, indicators, "denominator of a ratio") for ratio in project.ratios),
        *((i.scope, codes, f"scope of {i.name!r}") for i in project.indicators if i.scope),
        *((i.comparator, codes, f"comparator of {i.name!r}") for i in project.indicators),
        *((i.part_of, indicators - {i.name}, f"whole of {i.name!r}") for i in project.indicators),
        *((one.indicator, named, "indicator of a break") for one in project.breaks),
        *(
            (one.unplaced, codes, f"area of what {one.file} has no area for")
            for one in project.counts
        ),
        (project.significance.comparator, codes, "comparator"),
    ]
    _require_names(wanted)
    for ratio in project.ratios:
        if ratio.indicator in indicators:
            msg = f"the ratio {ratio.indicator!r} has the name of a count. Give it another."
            raise ConfigurationError(msg)


def _require_known_in_overlays(
    project: Project,
    counts: pd.DataFrame,
    reference: Reference,
    areas: dict[str, gpd.GeoDataFrame],
) -> None:
    """Refuse overlays that name an indicator or area that is not there."""
    known, codes = set(counts["indicator"]), set(names_of(areas))
    for overlay, settings in chosen_overlays(project.overlays):
        _require_names(
            [
                (name, (known if of == "indicator" else codes) | also, role)
                for name, of, role, also in overlay.names(settings, reference.of(overlay.name))
            ]
        )


def _known_to_overlays(
    project: Project, counts: pd.DataFrame, reference: Reference
) -> Iterator[pd.DataFrame]:
    """Published counts of the project's own cells that stand in the tables of overlays."""
    names = list(dict.fromkeys(counts["indicator"]))
    indicators = {slug(project.indicator(name).title): name for name in names}
    indicators |= {slug(name): name for name in names}
    # What has no Latin letter has no slug, and would be one and the same.
    indicators.pop("", None)
    for overlay, settings in chosen_overlays(project.overlays):
        found = overlay.known(settings, reference.of(overlay.name), indicators=indicators)
        if found is not None:
            yield found


def _require_names(wanted: Sequence[tuple[str, set[str], str]]) -> None:
    for name, choices, role in wanted:
        if name and name not in choices:
            hint = did_you_mean(name, choices, otherwise="Correct the configuration.")
            msg = f"{name!r}, the {role}, is in no table or layer of the project. {hint}"
            raise ConfigurationError(msg)


def _with_scope(counts: pd.DataFrame, project: Project, parents: dict[str, str]) -> pd.DataFrame:
    """Areas that an indicator's source does not cover, or covers in part, are not applicable.

    A figure that somebody published for such an area stays: it is what it is.
    """
    scope = {i.name: i.scope for i in project.indicators if i.scope}
    limited = counts["indicator"].map(scope)
    inside = [
        not isinstance(limit, str) or limit in (code, *ancestors(code, parents))
        for code, limit in zip(counts["area_code"], limited, strict=True)
    ]
    ours = (counts["status"] == "missing") | counts["note"].str.startswith(SUM_NOTE)
    outside = ours & ~pd.Series(inside, index=counts.index)
    return counts.assign(
        count=counts["count"].mask(outside),
        status=counts["status"].mask(outside, "not_applicable"),
        note=counts["note"].mask(outside, OUTSIDE_SCOPE),
    )


def _without(report: pd.DataFrame, counts: pd.DataFrame, status: str) -> pd.DataFrame:
    """Report without the areas that turned out to be of a status."""
    rows = counts[counts["status"] == status]
    gone = set(_keys(rows, COUNT_KEY))
    keep = [key not in gone for key in _keys(report, COUNT_KEY)]
    return report[keep].reset_index(drop=True)


def _keys(table: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Values of some columns, row by row."""
    return zip(*(table[column].tolist() for column in columns), strict=True)


def _reconciliation(counts: pd.DataFrame, parents: dict[str, str]) -> pd.DataFrame:
    by_level = dict(iter(counts.groupby("level", sort=False)))
    frames = [
        reconcile(by_level[lower], by_level[upper], parents).assign(lower=lower, upper=upper)
        for upper, lowers in PARTS.items()
        for lower in lowers
        if lower in by_level and upper in by_level
    ]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _with_sums(
    counts: pd.DataFrame, areas: dict[str, gpd.GeoDataFrame], parents: dict[str, str]
) -> pd.DataFrame:
    """Add the sums of higher levels for every series that has no figure there."""
    by_level = dict(iter(counts.groupby("level", sort=False)))
    for upper, lowers in PARTS.items():
        if upper not in areas:
            continue
        given = [by_level[upper]] if upper in by_level else []
        have = {key for rows in given for key in _keys(rows, _SERIES)}
        for lower in lowers:
            if lower not in by_level:
                continue
            rows = by_level[lower]
            lacking = rows[[key not in have for key in _keys(rows, _SERIES)]]
            if len(lacking):
                vintage = str(given[0]["vintage"].iloc[0]) if given else ""
                given.append(
                    add_up(lacking, areas[upper].assign(level=upper), parents, vintage=vintage)
                )
                have |= set(_keys(lacking, _SERIES))
        if given:
            by_level[upper] = pd.concat(given, ignore_index=True)
    return pd.concat(by_level.values(), ignore_index=True)


def _ordered(
    counts: pd.DataFrame, areas: dict[str, gpd.GeoDataFrame], project: Project
) -> pd.DataFrame:
    """Levels from the largest areas down, indicators as configured, areas as in the boundaries."""
    ranks = {level: n for n, level in enumerate(reversed(UPWARDS))}
    names = [i.name for i in project.indicators]
    names += [name for name in counts["indicator"].unique() if name not in names]
    places = {code: n for layer in areas.values() for n, code in enumerate(layer["area_code"])}
    order = pd.DataFrame(
        {
            "level": counts["level"].map(ranks),
            "indicator": counts["indicator"].map({name: n for n, name in enumerate(names)}),
            "sex": counts["sex"].map({"persons": 0, "female": 1, "male": 2}),
            "period": counts["period"].map(in_order(counts["period"])),
            "place": counts["area_code"].map(places),
        }
    ).sort_values(["level", "indicator", "sex", "period", "place"], kind="stable")
    return counts.loc[order.index, list(COUNT_COLUMNS)].reset_index(drop=True)
