"""The gate: from a project's counts to what one edition may show.

Every later room computes from an edition's counts. What is hidden here is missing to all of
them, so it cannot come back through a rate, a class limit or a neighbour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pandas as pd

from vawg_geo.areas.reading import names_of
from vawg_geo.areas.shared import Shared
from vawg_geo.disclosure.hide import Protected, Withheld, hide_counts
from vawg_geo.disclosure.overlays import allowed_reference, withheld_files
from vawg_geo.disclosure.refusals import refuse_forbidden
from vawg_geo.disclosure.released import hide_again, still_true
from vawg_geo.disclosure.rules import (
    THRESHOLD_COUNT,
    Rules,
    rules_for,
    with_threshold_counts,
)
from vawg_geo.disclosure.words import require_confirmed
from vawg_geo.errors import ConfigurationError, DisclosureError, first_few
from vawg_geo.inputs.key import read_key
from vawg_geo.inputs.releases import read_releases
from vawg_geo.terms.editions import EDITIONS
from vawg_geo.terms.summary import HEAD_HIDDEN, Summary, areas_by_level, series_rows
from vawg_geo.words.figures import WATERMARK
from vawg_geo.words.page import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import folium
    import geopandas as gpd

    from vawg_geo.areas.reference import Reference
    from vawg_geo.areas.tables import Tables
    from vawg_geo.inputs.releases import Release
    from vawg_geo.project import Project
    from vawg_geo.terms.bridges import Bridge
    from vawg_geo.terms.repeat_victims import RepeatVictims

__all__ = ["Edition", "protect", "releases_held", "require_gate", "require_something"]


# Only `protect` holds it, so that no edition can be made round the gate.
_KEY: Final = object()

# Whoever holds an edition may hold the ones named here too.
_ALSO_HELD: Final = {"partnership": "public"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Edition:
    """Protected counts and what may be shown with them; made by `protect` and by nothing else.

    Attributes
    ----------
    name : str
        `public`, `partnership` or `analyst`.
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`; hidden counts are absent, their status `suppressed`.
    rules : Rules
        What was hidden.
    withheld : tuple of Withheld
        Series that are not shown at a level, since too many of their counts would be hidden.
    project, populations, denominators, areas, parents, bridges, repeat_victims, join_report
        As in `Tables`; none of them holds a count.
    reference : Reference
        What may be laid over the counts: without ward profiles in the public edition.
    watermark : str
        Words to show on every page and layer; empty for none.
    known : pandas.DataFrame, optional
        Counts that others have published, as in `Tables`.
    also_held : dict of str to pandas.DataFrame
        Counts of other editions of the same tables that the same reader may hold, by name.
    released : tuple of Release
        What went out before to the same readers.
    before : pandas.DataFrame, optional
        The figures that these showed, as far as they hold today.
    shared : Shared
        What all editions of the same tables compute once.
    """

    name: str
    counts: pd.DataFrame
    rules: Rules
    withheld: tuple[Withheld, ...]
    project: Project
    populations: pd.DataFrame
    areas: dict[str, gpd.GeoDataFrame]
    parents: dict[str, str]
    join_report: pd.DataFrame
    reference: Reference
    notes: tuple[str, ...]
    inputs: dict[str, str]
    watermark: str
    key: object
    bridges: dict[str, tuple[Bridge, ...]] = field(default_factory=dict)
    repeat_victims: dict[tuple[str, str], RepeatVictims] = field(default_factory=dict)
    denominators: dict[str, pd.DataFrame] = field(default_factory=dict)
    known: pd.DataFrame | None = None
    also_held: dict[str, pd.DataFrame] = field(default_factory=dict)
    released: tuple[Release, ...] = ()
    before: pd.DataFrame | None = None
    shared: Shared = field(default_factory=Shared)

    def __post_init__(self) -> None:
        require_gate(self.key, "an edition")

    @property
    def protection(self) -> str:
        """What is hidden and why, in a sentence."""
        return self.rules.sentence()

    def area_names(self) -> dict[str, str]:
        """Name of every area, by code."""
        return names_of(self.areas)

    def part_of(self) -> dict[str, tuple[str, bool]]:
        """By indicator: the one that it is a part of, and whether all parts of that are there."""
        return _part_of(self.project)

    def __repr__(self) -> str:
        return self._summary().text()

    def _repr_html_(self) -> str:
        return self._summary().html()

    def _summary(self) -> Summary:
        return Summary(
            kind="Edition",
            title=f"{self.project.project.title}: {self.name} edition",
            areas=areas_by_level(self.areas),
            head=HEAD_HIDDEN,
            rows=series_rows(
                self.counts,
                hidden=True,
                not_shown=[(one.indicator, one.level, one.sex) for one in self.withheld],
            ),
            lines=(self.protection, self.watermark),
        )

    # Maps are drawn in a later room, which this one must not know: the package's front door does.
    def plot(
        self,
        *,
        level: str,
        indicator: str | None = None,
        sex: str | None = None,
        period: str | None = None,
    ) -> Any:
        """Draw one series on a map, as a `Picture`; see `vawg_geo.plot_map`."""
        import vawg_geo

        return vawg_geo.plot_map(self, level=level, indicator=indicator, sex=sex, period=period)

    def explore(
        self,
        *,
        level: str,
        indicator: str | None = None,
        sex: str | None = None,
        period: str | None = None,
    ) -> folium.Map:
        """Make a map to click on; see `vawg_geo.build_map`."""
        import vawg_geo

        return vawg_geo.build_map(self, level=level, indicator=indicator, sex=sex, period=period)


def require_gate(key: object, what: str) -> None:
    """Refuse what was made round the gate.

    Raises
    ------
    DisclosureError
        The key is not that of an edition that `protect` made.
    """
    if key is not _KEY:
        msg = f"{what} is made by vawg_geo.protect and in no other way."
        raise DisclosureError(msg)


def protect(
    tables: Tables, *, edition: str = "public", released: Sequence[Release] | None = None
) -> Edition:
    """Make an edition: hide what would let somebody be found.

    Small counts of every table that is not published already are hidden, and so many others that
    no small one can be worked out from those shown, nor from another edition of the same tables
    that the same reader may hold.

    Parameters
    ----------
    tables : Tables
        As `load_tables` returns.
    edition : {"public", "partnership", "analyst"}
    released : sequence of Release, optional
        What went out before; by default what the ledger beside the configuration says. Readers of
        an edition hold its former releases, partners the public ones too.

    Returns
    -------
    Edition

    Raises
    ------
    ConfigurationError
        Unknown edition, or an analyst's without a recorded reason.
    DisclosureError
        The counts hold something that the edition may not show, or the audit finds that what
        would be shown gives a hidden count away.
    """
    if edition not in EDITIONS:
        msg = f"{edition!r} is no edition. Choose {', '.join(EDITIONS)}."
        raise ConfigurationError(msg)
    project = tables.project
    if edition == "analyst" and not project.editions.reason.strip():
        msg = (
            'the analyst edition needs a recorded reason. Add reason = "..." under [editions] '
            "in the configuration."
        )
        raise ConfigurationError(msg)
    _refuse_forbidden_series(tables, edition)
    require_confirmed(project, tables.counts, edition)
    reference = allowed_reference(tables.reference, edition=edition)
    every = tuple(read_releases(project.folder) if released is None else released)
    of_readers = releases_held(every, edition)
    protected = _protected(tables, edition, every)
    made = Edition(
        name=edition,
        counts=protected.counts,
        rules=_rules(tables, edition),
        withheld=protected.withheld,
        project=project,
        populations=tables.populations,
        denominators=tables.denominators,
        areas=tables.areas,
        parents=tables.parents,
        bridges=tables.bridges,
        repeat_victims=tables.repeat_victims,
        reference=reference,
        join_report=_nameless(tables.join_report, project, tables.area_names()),
        # What reading said of an analyst's own table stays with her: it may quote a value.
        notes=tuple(
            _with_names(note.line(), tables.area_names())
            for note in tables.notes
            if note.basis == "published"
        ),
        inputs=_inputs(tables, reference),
        watermark=_watermark(project, edition),
        key=_KEY,
        known=tables.known,
        also_held=_also_held(tables, edition, every),
        released=of_readers,
        before=still_true(tables.counts, of_readers, published=tables.known),
        shared=tables.shared,
    )
    # The audit is a later room, which this one must not know: the package's front door asks it.
    import vawg_geo

    vawg_geo.require_safe_edition(made)
    return made


def require_something(edition: Edition) -> None:
    """Refuse to show an edition of which every series had to be left out.

    Parameters
    ----------
    edition : Edition

    Raises
    ------
    DisclosureError
        It has no count; says what to do.
    """
    if len(edition.counts):
        return
    of, before = len(edition.withheld), edition.released
    beside = (
        f" beside what went out before ({first_few([one.name for one in before])}; the first on "
        f"{before[0].released})"
        if before
        else ""
    )
    ways = "keep the periods, sexes and indicators of those releases" if before else "pool years"
    msg = (
        f"nothing is left that the {edition.name} edition could show: each of its {of:,} series "
        f"would give small counts away{beside}. Nothing was written. Ways out: {ways}; give fewer "
        "sexes or indicators by ward, or figures of larger areas; or build another edition alone, "
        "with --edition."
    )
    if before:
        msg += " If a release never went out, say so with vawg-geo releases forget."
    raise DisclosureError(msg)


def _rules(tables: Tables, edition: str) -> Rules:
    """Threshold of an edition, and of which indicators it is asked of persons."""
    of_persons = () if tables.individuals.empty else tuple(tables.individuals["indicator"].unique())
    rules = rules_for(tables.project.disclosure, edition)
    return msgspec.structs.replace(rules, of_persons=of_persons)


def _inputs(tables: Tables, reference: Reference) -> dict[str, str]:
    """Public inputs; without those that the edition may not know."""
    hidden = withheld_files(tables.project.overlays, tables.reference, reference)
    return {name: sha for name, sha in tables.inputs.items() if name not in hidden}


def _refuse_forbidden_series(tables: Tables, edition: str) -> None:
    titles = {i.name: i.title for i in tables.project.indicators}
    refuse_forbidden(tables.counts, edition=edition, titles=titles)


def releases_held(released: Iterable[Release], edition: str) -> tuple[Release, ...]:
    """Releases that a reader of an edition may hold: its own, and for partners the public ones.

    Parameters
    ----------
    released : iterable of Release
    edition : str
    """
    names = {edition, _ALSO_HELD.get(edition)}
    return tuple(one for one in released if one.edition in names and not one.forgotten)


def _protected(tables: Tables, edition: str, released: tuple[Release, ...] = ()) -> Protected:
    """Counts of an edition: chosen once, since an edition leans on the one more people see."""
    return tables.shared.once(_chosen, tables, edition=edition, released=released)


def _chosen(tables: Tables, *, edition: str, released: tuple[Release, ...]) -> Protected:
    project = tables.project
    more_public = next(iter(_also_held(tables, edition, released).values()), None)
    rules = rules_for(project.disclosure, edition)
    of_readers = releases_held(released, edition)
    before = still_true(tables.counts, of_readers, published=tables.known)
    protected = hide_counts(
        with_threshold_counts(tables.counts, tables.individuals, tables.parents),
        rules,
        tables.parents,
        part_of=_part_of(project),
        other_edition=more_public,
        public=_together(tables.known, before),
        people=_people(tables),
        key=read_key(project.folder) if rules.largest else "",
    )
    # How many persons stand behind a count is no figure of any edition.
    shown = protected.counts.drop(columns=THRESHOLD_COUNT, errors="ignore")
    protected = replace(protected, counts=shown)
    own_releases = [one for one in of_readers if one.edition == edition]
    if not own_releases or not rules.largest:
        return protected
    return hide_again(
        protected,
        tables.counts,
        rules,
        own_releases,
        part_of=_part_of(project),
        published=tables.known,
    )


def _also_held(
    tables: Tables, edition: str, released: tuple[Release, ...]
) -> dict[str, pd.DataFrame]:
    """Counts of the editions that whoever holds this one may hold too."""
    also = _ALSO_HELD.get(edition)
    if also is None:
        return {}
    try:
        _refuse_forbidden_series(tables, also)
        return {also: _protected(tables, also, released).counts}
    except DisclosureError:
        # There can be no such edition, so nobody holds it.
        return {}


def _part_of(project: Project) -> dict[str, tuple[str, bool]]:
    return {i.name: (i.part_of, i.part_of_complete) for i in project.indicators if i.part_of}


def _together(published: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    if before.empty:
        return published
    return pd.concat([published, before], ignore_index=True)


def _people(tables: Tables) -> dict[str, float]:
    persons = tables.populations[tables.populations["sex"] == "persons"]
    # Of several years the fewest.
    fewest = persons.groupby("area_code", sort=False)["population"].min().astype(float)
    return {str(code): people for code, people in fewest.items()}


def _nameless(report: pd.DataFrame, project: Project, official: dict[str, str]) -> pd.DataFrame:
    """Join report without private files' names and without what stood in their cells."""
    names = {
        Path(source.file).name: f"{source.basis} counts, table {number}"
        for number, source in enumerate(project.counts, start=1)
        if source.basis in {"own", "estimated"}
    }
    private = report["table"].map(lambda tables: any(n in names for n in tables.split(" and ")))
    named = pd.Series(
        [official.get(code, "") for code in report["area_code"]], index=report.index, dtype="str"
    )
    return report.assign(
        table=[
            " and ".join(names.get(name, name) for name in tables.split(" and "))
            for tables in report["table"]
        ],
        area_name=report["area_name"].mask(private, named),
        detail=report["detail"].mask(private & (report["outcome"] == "name_differs"), ""),
    )


def _with_names(note: str, names: dict[str, str]) -> str:
    """Give a note with areas by their names: a code beside a number reads like a figure of it.

    Examples
    --------
    >>> _with_names("first: 'E05009901' Abbey (12 m2)", {"E05009901": "Abbey"})
    'first: Abbey (12 m2)'
    """
    for code in dict.fromkeys(re.findall(r"(?<![0-9A-Za-z])[EWSNKJL]\d{8}(?![0-9A-Za-z])", note)):
        name = names.get(code, "an area that is not mapped")
        note = re.sub(rf"'?{code}'?(?: {re.escape(name)})?", name.replace("\\", "/"), note)
    return note


def _watermark(project: Project, edition: str) -> str:
    values = {
        "date": str(project.project.reference_date or project.project.period),
        "agreement": project.project.agreement or WATERMARK["no_agreement"],
        "reason": str(project.editions.reason),
    }
    return fill(WATERMARK[edition], values)
