"""Everything a project's counts are joined to, gathered once: the input of the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.areas.hierarchy import SUM_NOTE, add_up, ancestors, reconcile
from vawg_geo.areas.join import join_counts
from vawg_geo.columns import COUNT_COLUMNS, COUNT_KEY, LEVELS
from vawg_geo.errors import ConfigurationError
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.layers import read_layer
from vawg_geo.inputs.plausible import require_plausible_counts
from vawg_geo.inputs.population import read_population
from vawg_geo.inputs.registry import embedded_folder, read_registry, verified_path
from vawg_geo.project import default_project_path, read_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd

    from vawg_geo.project import CountSource, Project

__all__ = ["InputNote", "Tables", "load_default", "load_tables", "names_of"]

# From the smallest areas to the largest: the order in which counts are added up.
_UPWARDS = ("lsoa", "ward", "district", "county", "police_area")
# What each level is the sum of, best first. A county need not tile its police area.
_SERIES = ("indicator", "sex", "period")
_PARTS = {
    "ward": ("lsoa",),
    "district": ("ward", "lsoa"),
    "county": ("district",),
    "police_area": ("district",),
}


@dataclass(frozen=True, kw_only=True)
class InputNote:
    """Something that reading a table found worth saying, and about which table."""

    table: str
    text: str
    basis: str

    def line(self) -> str:
        """Name the table, unless the text does."""
        return self.text if self.text.startswith(self.table) else f"{self.table}: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Tables:
    """A project's counts on its areas, before any protection.

    Attributes
    ----------
    project : Project
        The configuration that they were read by.
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`, all levels, areas in boundary order within a level.
    populations : pandas.DataFrame
        `area_code`, `sex`, `population`, `basis`, `note`.
    areas : dict of str to geopandas.GeoDataFrame
        By level: `area_code`, `area_name`, `parent_code`, `geometry` (EPSG:27700).
    parents : dict of str to str
        Code of the area that holds an area.
    join_report, reconciliation : pandas.DataFrame
        How rows came to areas (`join.REPORT_COLUMNS`); sums of wards against districts.
    rows : int
        How many counts the tables should have given, sums not among them.
    notes : tuple of InputNote
        What reading and joining found worth saying.
    inputs : dict of str to str
        By name of each embedded or published input: its checksum. A table of the analyst's own
        is not in it: a hash of a small table can be guessed backwards.
    """

    project: Project
    counts: pd.DataFrame
    populations: pd.DataFrame
    areas: dict[str, gpd.GeoDataFrame]
    parents: dict[str, str]
    join_report: pd.DataFrame
    reconciliation: pd.DataFrame
    rows: int
    notes: tuple[InputNote, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)

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


def load_default() -> Tables:
    """Read and join the embedded default: Cambridgeshire and Peterborough, 2015/16.

    Returns
    -------
    Tables
        Before any protection; `protect` makes an edition of it.
    """
    return load_tables(read_project(default_project_path()))


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
    reader = _Reader(project)
    areas: dict[str, gpd.GeoDataFrame] = {
        level: reader.boundaries(level) for level in LEVELS if level in project.areas
    }
    parents = {
        code: parent
        for layer in areas.values()
        for code, parent in zip(layer["area_code"], layer["parent_code"], strict=True)
    }
    populations = reader.populations()
    joined = [table for source in project.counts for table in reader.counts(source, areas)]
    counts = _with_scope(pd.concat([t for t, _ in joined], ignore_index=True), project, parents)
    rows = len(counts)
    report = pd.concat([r for _, r in joined], ignore_index=True)
    report = _without(report, counts, "not_applicable")
    reconciliation = _reconciliation(counts, parents)
    populations = _with_population_sums(populations, parents, areas)
    require_plausible_counts(
        counts.merge(populations[["area_code", "sex", "population"]], on=["area_code", "sex"])
    )
    counts = _with_scope(_with_sums(counts, areas, parents), project, parents)
    known = set(names_of(areas))
    return Tables(
        project=project,
        counts=_ordered(counts, areas, project),
        populations=populations[populations["area_code"].isin(known)].reset_index(drop=True),
        areas=areas,
        parents=parents,
        join_report=report,
        reconciliation=reconciliation,
        rows=rows,
        notes=tuple(reader.notes),
        inputs=reader.inputs,
    )


class _Reader:
    """Reads the files of a project, remembering what they had to say."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.registry = read_registry(embedded_folder("data"))
        self.layers = read_registry(embedded_folder("boundaries"))
        self.notes: list[InputNote] = []
        self.inputs: dict[str, str] = {}
        self.gazetteer = pd.read_csv(
            verified_path(self.registry["area-codes"]), dtype=str, keep_default_na=False
        )

    def path(self, name: str) -> Path:
        """Path of an embedded table by its name, or of a file relative to the configuration."""
        if name in self.registry:
            entry = self.registry[name]
            self.inputs[name] = entry.sha256
            return verified_path(entry)
        path = self.project.resolve(name)
        if not path.suffix:
            known = ", ".join(k for k in self.registry if k.startswith(("pop", "pub", "ward-c")))
            msg = (
                f"{name!r} is no file and no embedded table. Give a file with its ending, or one "
                f"of: {known}."
            )
            raise ConfigurationError(msg)
        return path

    def remember(self, frame: pd.DataFrame, table: str, basis: str) -> None:
        """Keep what reading had to say, off the frame: pandas would copy it at each step."""
        notes = frame.attrs.pop("notes", [])
        # Of the embedded files everything worth saying stands in the registry.
        if table not in self.registry and table not in self.layers:
            self.notes += [InputNote(table=table, text=text, basis=basis) for text in notes]

    def boundaries(self, level: str) -> gpd.GeoDataFrame:
        source = self.project.areas[level]  # type: ignore[index]
        if source.boundaries in self.layers:
            self.inputs[source.boundaries] = self.layers[source.boundaries].sha256
        layer = read_layer(
            source.boundaries,
            folder=self.project.folder,
            layer=source.layer,
            code_column=source.code,
            name_column=source.name,
            parent_column=source.parent,
            crs=source.crs,
            level=level,
        )
        self.remember(layer, source.boundaries, "published")
        return layer

    def vintage(self, level: str) -> str:
        source = self.project.areas[level]  # type: ignore[index]
        if source.vintage:
            return source.vintage
        entry = self.layers.get(source.boundaries)
        return entry.vintage[:4] if entry else ""

    def populations(self) -> pd.DataFrame:
        population = self.project.population
        frames = []
        for source in population.files:
            frame = read_population(
                self.path(source.file),
                columns=source.columns or None,
                level=source.level,
                age_group=population.age_group,
                basis=source.basis,
                note=source.notes,
            )
            self.remember(frame, source.file, "published")
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def counts(
        self, source: CountSource, areas: dict[str, gpd.GeoDataFrame]
    ) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        frame = read_counts(
            self.path(source.file),
            columns=source.columns or None,
            level=source.level,
            vintage=source.vintage,
            indicator=source.indicator,
            sex=source.sex,
            period=source.period,
            basis=source.basis,
            notes=source.notes,
        )
        self.remember(frame, source.file, source.basis)
        for level, rows in frame.groupby("level", sort=False):
            if level not in areas:
                msg = (
                    f"{source.file}: {len(rows):,} of {len(frame):,} rows are of the level "
                    f"{level!r}, which has no boundaries; first: {rows['area_name'].iloc[0]!r}. "
                    f"Add [areas.{level}] to the configuration."
                )
                raise ConfigurationError(msg)
            join = join_counts(
                rows,
                areas[str(level)],
                vintage=self.vintage(str(level)),
                gazetteer=self.gazetteer,
                parent_names=names_of(areas),
                table=Path(source.file).name,
            )
            yield join.table.assign(vintage=self.vintage(str(level))), join.report


def names_of(areas: dict[str, gpd.GeoDataFrame]) -> dict[str, str]:
    """Name of every area of every level, by code."""
    return {
        code: name
        for layer in areas.values()
        for code, name in zip(layer["area_code"], layer["area_name"], strict=True)
    }


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
        note=counts["note"].mask(outside, "outside the area that the source covers"),
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
        for upper, lowers in _PARTS.items()
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
    for upper, lowers in _PARTS.items():
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


def _with_population_sums(
    populations: pd.DataFrame, parents: dict[str, str], areas: dict[str, gpd.GeoDataFrame]
) -> pd.DataFrame:
    """Add populations of higher areas as sums, where the files give none."""
    frames = [populations]
    for level in _UPWARDS[2:]:
        if level not in areas:
            continue
        known = pd.concat(frames)
        have = set(zip(known["area_code"], known["sex"], strict=True))
        for code, name in zip(areas[level]["area_code"], areas[level]["area_name"], strict=True):
            parts = known[known["area_code"].map(lambda c, up=code: parents.get(c, "") == up)]
            for sex, rows in parts.groupby("sex", sort=False):
                if (code, sex) not in have:
                    row = rows.iloc[[0]].assign(
                        area_code=code, area_name=name, level=level,
                        population=rows["population"].sum(), note=f"sum of {len(rows)} areas",
                    )  # fmt: skip
                    frames.append(row)
    return pd.concat(frames, ignore_index=True)


def _ordered(
    counts: pd.DataFrame, areas: dict[str, gpd.GeoDataFrame], project: Project
) -> pd.DataFrame:
    """Levels from the largest areas down, indicators as configured, areas as in the boundaries."""
    ranks = {level: n for n, level in enumerate(reversed(_UPWARDS))}
    names = [i.name for i in project.indicators]
    names += [name for name in counts["indicator"].unique() if name not in names]
    places = {code: n for layer in areas.values() for n, code in enumerate(layer["area_code"])}
    order = pd.DataFrame(
        {
            "level": counts["level"].map(ranks),
            "indicator": counts["indicator"].map({name: n for n, name in enumerate(names)}),
            "sex": counts["sex"].map({"persons": 0, "female": 1, "male": 2}),
            "period": counts["period"],
            "place": counts["area_code"].map(places),
        }
    ).sort_values(["level", "indicator", "sex", "period", "place"], kind="stable")
    return counts.loc[order.index, list(COUNT_COLUMNS)].reset_index(drop=True)
