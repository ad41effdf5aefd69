"""Reading everything that a project names, and finding the area of each row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.areas.joining.join import Join, Matched, complete_rows, match_rows
from vawg_geo.areas.joining.persons import persons_of_counts, persons_of_populations
from vawg_geo.areas.neighbours.bridges import bridge_notes, require_bridges
from vawg_geo.errors import ConfigurationError
from vawg_geo.inputs.boundaries.by_name import read_layer
from vawg_geo.inputs.bridges import read_bridges
from vawg_geo.inputs.catalogue.catalogue import find_entry
from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry, verified_path
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.population import read_population
from vawg_geo.terms.columns import COUNT_COLUMNS, COUNT_KEY
from vawg_geo.words.page import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd

    from vawg_geo.inputs.catalogue.catalogue import CatalogueEntry
    from vawg_geo.inputs.catalogue.registry import RegisteredFile
    from vawg_geo.project import Project
    from vawg_geo.settings import CountSource, DenominatorSource
    from vawg_geo.terms.bridges import Bridge

__all__ = ["InputNote", "ProjectReader", "names_of"]

# More series than any partnership maps: the wrong column was read.
MOST_SERIES: Final = 1_000
_ATTRIBUTED: Final = ("Open Government Licence", "OGL")


@dataclass(frozen=True, kw_only=True)
class InputNote:
    """Something that reading a table found worth saying, and about which table."""

    table: str
    text: str
    basis: str

    def line(self) -> str:
        """Name the table, unless the text does; by its own name, whatever folder it lies in."""
        name = re.split(r"[\\/]", self.table)[-1]
        return self.text if self.text.startswith(name) else f"{name}: {self.text}"


class ProjectReader:
    """Reads the files of a project, remembering what they had to say.

    Attributes
    ----------
    notes : list of InputNote
        What reading found worth saying.
    inputs : dict of str to str
        Checksum of each embedded input that was read, by name.
    credits : list of str
        Words that the licences of embedded and official inputs ask for, each once.
    individuals : list of pandas.DataFrame
        `columns.COUNT_KEY` and `individuals`: of how many persons the events are, for tables whose
        threshold is asked of persons.
    unplaced : list of dict
        Events without an area, with the code of the area whose totals are to hold them.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.registry = read_registry(embedded_folder("data"))
        self.layers = read_registry(embedded_folder("boundaries"))
        self.notes: list[InputNote] = []
        self.inputs: dict[str, str] = {}
        self.credits: list[str] = []
        self.individuals: list[pd.DataFrame] = []
        self.unplaced: list[dict[str, Any]] = []
        self.gazetteer = pd.read_csv(
            verified_path(self.registry["area-codes"]), dtype=str, keep_default_na=False
        )

    def path(self, name: str) -> Path:
        """Path of an embedded table by its name, or of a file relative to the configuration."""
        if name in self.registry:
            entry = self.registry[name]
            self.inputs[name] = entry.sha256
            self._credit(entry)
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
        """Layer of one level."""
        source = self.project.areas[level]  # type: ignore[index]
        if source.boundaries in self.layers:
            self.inputs[source.boundaries] = self.layers[source.boundaries].sha256
            self._credit(self.layers[source.boundaries])
        elif not Path(source.boundaries).suffix:
            self._credit(find_entry(source.boundaries))
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

    def bridges(self, areas: dict[str, gpd.GeoDataFrame]) -> dict[str, tuple[Bridge, ...]]:
        """Pairs of areas across water that a person has looked at, by level."""
        found: dict[str, tuple[Bridge, ...]] = {}
        for level, file in self.project.hotspots.bridges.items():
            if level not in areas:
                msg = (
                    f"[hotspots.bridges] names {file!r} for the level {level!r}, which has no "
                    f"boundaries. Add [areas.{level}], or leave it out."
                )
                raise ConfigurationError(msg)
            found[level] = read_bridges(self.path(file))
            require_bridges(found[level], areas[level], source=file, noun=LEVEL[level][1])
            notes = bridge_notes(found[level], areas[level])
            self.notes += [InputNote(table=file, text=text, basis="published") for text in notes]
        return found

    def _credit(self, entry: RegisteredFile | CatalogueEntry) -> None:
        """Keep the words of a licence that asks for them."""
        asked = entry.licence.startswith(_ATTRIBUTED) and entry.attribution
        if asked and entry.attribution not in self.credits:
            self.credits.append(entry.attribution)

    def vintage(self, level: str) -> str:
        """Year of a level's codes; empty where not known."""
        source = self.project.areas[level]  # type: ignore[index]
        if source.vintage:
            return source.vintage
        entry = self.layers.get(source.boundaries)
        return entry.vintage[:4] if entry else ""

    def populations(self) -> pd.DataFrame:
        """Rows of all population files."""
        population = self.project.population
        frames = []
        for source in population.files:
            frame = read_population(
                self.path(source.file),
                columns=source.columns or None,
                level=source.level,
                sex=source.sex,
                period=source.period,
                age_group=population.age_group,
                basis=source.basis,
                note=source.notes,
                sheet=source.sheet,
            )
            self.remember(frame, source.file, "published")
            frames.append(frame)
        people = pd.concat(frames, ignore_index=True)
        persons, notes = persons_of_populations(people)
        self.notes += [InputNote(table="populations", text=t, basis="published") for t in notes]
        return pd.concat([people, persons], ignore_index=True) if len(persons) else people

    def denominator(self, source: DenominatorSource) -> pd.DataFrame:
        """Rows of the file of a denominator that is not the residents of `[population]`."""
        frame = read_population(
            self.path(source.file),
            columns=source.columns or None,
            level=source.level,
            sex=source.sex if source.is_of_persons else "persons",
            period=source.period,
            age_group=source.age_group,
            basis=source.basis,
            note=source.notes,
            sheet=source.sheet,
            of_residents=source.is_of_persons,
        )
        self.remember(frame, source.file, source.basis)
        return frame

    def counts(self, areas: dict[str, gpd.GeoDataFrame]) -> Join:
        """Counts of all tables on all areas of their levels, and the report of the joins.

        Tables of the same level and basis are put together before areas are found missing: one
        indicator may come in several files.
        """
        return self._joined(self.project.counts, areas)

    def known(self, areas: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
        """Counts of the tables under `[[known]]`, only those that they give."""
        if not self.project.known:
            return pd.DataFrame(columns=list(COUNT_COLUMNS))
        table = self._joined(self.project.known, areas).table
        return table[table["count"].notna()].reset_index(drop=True)

    def _joined(self, sources: Sequence[CountSource], areas: dict[str, gpd.GeoDataFrame]) -> Join:
        matched = [
            (level, source.basis, joined_rows)
            for source in sources
            for level, joined_rows in self._matched(source, areas)
        ]
        self._require_one_basis([joined_rows.rows for _, _, joined_rows in matched])
        groups: dict[tuple[str, str], list[Matched]] = {}
        for level, basis, joined_rows in matched:
            groups.setdefault((level, basis), []).append(joined_rows)
        joins = [
            complete_rows(
                self._with_persons(
                    pd.concat([joined_rows.rows for joined_rows in group], ignore_index=True)
                ),
                areas[level],
                report=pd.concat([joined_rows.report for joined_rows in group], ignore_index=True),
            )
            for (level, _), group in groups.items()
        ]
        table = pd.concat([join.table for join in joins], ignore_index=True)
        vintages = {level: self.vintage(level) for level in areas}
        return Join(
            table.assign(vintage=table["level"].map(vintages)),
            pd.concat([join.report for join in joins], ignore_index=True),
        )

    def _with_persons(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add all people where women and men are given and they are not."""
        persons, notes = persons_of_counts(rows)
        if persons.empty:
            return rows
        table = " and ".join(persons["table"].unique())
        basis = str(persons["basis"].iloc[0])
        self.notes += [InputNote(table=table, text=text, basis=basis) for text in notes]
        if "individuals" in persons and self.individuals:
            said = persons[persons["individuals"].notna()]
            self.individuals.append(said[[*COUNT_KEY, "individuals"]])
        return pd.concat([rows, persons], ignore_index=True)

    def _matched(
        self, source: CountSource, areas: dict[str, gpd.GeoDataFrame]
    ) -> Iterator[tuple[str, Matched]]:
        """Rows of one table with their areas, level by level."""
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
            sheet=source.sheet,
        )
        self.remember(frame, source.file, source.basis)
        unplaced = frame.attrs.pop("unplaced")
        if source.unplaced:
            self.unplaced += _unplaced_of(source.unplaced, unplaced, frame)
        series = len(frame[["indicator", "sex", "period"]].drop_duplicates())
        if series > MOST_SERIES:
            msg = (
                f"{source.file}: {series:,} different pairs of indicator, sex and period in "
                f"{len(frame):,} rows; first indicator: {frame['indicator'].iloc[0]!r}. A column "
                "of names or numbers seems to be read as the indicator: name the right one under "
                "columns."
            )
            raise ConfigurationError(msg)
        if source.basis in {"own", "estimated"}:
            # What an analyst wrote into her rows is for her; what she wants printed stands in
            # the configuration.
            frame = frame.assign(note=source.notes)
        of_persons = self._is_of_persons(source, frame)
        for level, rows in frame.groupby("level", sort=False):
            if level not in areas:
                msg = (
                    f"{source.file}: {len(rows):,} of {len(frame):,} rows are of the level "
                    f"{level!r}, which has no boundaries; first: {rows['area_name'].iloc[0]!r}. "
                    f"Add [areas.{level}] to the configuration."
                )
                raise ConfigurationError(msg)
            matched = match_rows(
                rows,
                areas[str(level)],
                vintage=self.vintage(str(level)),
                gazetteer=self.gazetteer,
                parent_names=names_of(areas),
                table=Path(source.file).name,
            )
            if of_persons:
                said = matched.rows[[*COUNT_KEY, "individuals"]]
                self.individuals.append(said[said["individuals"].notna()])
            yield str(level), matched

    def _is_of_persons(self, source: CountSource, frame: pd.DataFrame) -> bool:
        """Whether the threshold is asked of persons; noted where the table does not have them."""
        unit = source.unit or self.project.disclosure.unit
        if unit == "events" or source.basis == "published":
            return False
        if "individuals" in frame:
            return True
        if source.unit == "persons":
            msg = (
                f'{source.file}: unit = "persons", but no column says of how many persons the '
                'events are. Name it: columns = { individuals = "..." }, or leave unit out.'
            )
            raise ConfigurationError(msg)
        text = (
            "the threshold is asked of events, since no column says of how many persons they are "
            '(columns = { individuals = "..." } names one)'
        )
        self.notes.append(InputNote(table=source.file, text=text, basis=source.basis))
        return False

    def _require_one_basis(self, tables: list[pd.DataFrame]) -> None:
        """One series at one level has one basis: half a map is not protected otherwise."""
        series = pd.concat([t[["level", "indicator", "sex", "period", "basis"]] for t in tables])
        series = series.drop_duplicates()
        mixed = series[series.duplicated(["level", "indicator", "sex", "period"], keep=False)]
        if len(mixed):
            first = mixed.iloc[0]
            msg = (
                f"{len(mixed):,} of {len(series):,} series come with more than one basis; first: "
                f"{first['indicator']!r}, {first['sex']}, {first['period']} by {first['level']}. "
                "Give one basis, or another name to one of them."
            )
            raise ConfigurationError(msg)


def names_of(areas: dict[str, gpd.GeoDataFrame]) -> dict[str, str]:
    """Name of every area of every level, by code."""
    return {
        code: name
        for layer in areas.values()
        for code, name in zip(layer["area_code"], layer["area_name"], strict=True)
    }


def _unplaced_of(
    area: str, unplaced: Sequence[Mapping[str, Any]], frame: pd.DataFrame
) -> list[dict[str, Any]]:
    """Events without an area, of all people too where women and men are added up."""
    rows = [{**row, "area_code": area} for row in unplaced]
    sexes = frame.groupby(["indicator", "period"], sort=False)["sex"].agg(set)
    both = {key for key, found in sexes.items() if found == {"female", "male"}}
    persons = [row for row in rows if (row["indicator"], row["period"]) in both]
    return rows + [{**row, "sex": "persons"} for row in persons]
