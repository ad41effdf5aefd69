"""What is laid over the counts, read and tied to a project's areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.areas.reading import InputNote
from vawg_geo.errors import ConfigurationError, JoinError, problem
from vawg_geo.inputs.reference import LSOA_FORMS, read_reference
from vawg_geo.overlays.overlay import NOTHING, Inputs
from vawg_geo.overlays.registry import chosen_overlays

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from vawg_geo.areas.reading import ProjectReader
    from vawg_geo.settings import LsoaSettings, Settings
    from vawg_geo.terms.forms import Form

__all__ = ["OverlayReader", "Reference", "read_overlays"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """Tables that are laid over an edition's figures.

    Attributes
    ----------
    lsoas : pandas.DataFrame, optional
        `lsoa_code, ward_code, district_code, population, population_16`; with points also
        `easting, northing` (EPSG:27700, metres). None where the configuration names none.
    inputs : dict of str to Inputs
        What each overlay has read, by its name.
    figures : tuple of pandas.DataFrame
        Those of its tables that hold published counts, which anybody can look up.
    """

    lsoas: pd.DataFrame | None = None
    inputs: Mapping[str, Inputs] = field(default_factory=dict)
    figures: tuple[pd.DataFrame, ...] = ()

    def of(self, overlay: str) -> Inputs:
        """What an overlay has read; nothing where the configuration does not name it."""
        return self.inputs.get(overlay, NOTHING)

    def table(self, overlay: str, name: str) -> pd.DataFrame | None:
        """One table of an overlay, or None where it has none.

        Examples
        --------
        >>> towns = pd.DataFrame({"town": ["Ely"]})
        >>> reference = Reference(inputs={"access": Inputs(tables={"towns": towns})})
        >>> reference.table("access", "towns") is towns, reference.table("access", "sites")
        (True, None)
        """
        return self.of(overlay).tables.get(name)


class OverlayReader:
    """Reads the tables of overlays, and ties them to the project's areas.

    Attributes
    ----------
    areas : dict of str to geopandas.GeoDataFrame
        Layers by level.
    lsoas : pandas.DataFrame or None
        The small areas of the project, as `Reference` has them.
    """

    def __init__(self, reader: ProjectReader, areas: dict[str, gpd.GeoDataFrame]) -> None:
        self._reader = reader
        self.areas = areas
        self.lsoas: pd.DataFrame | None = None
        if settings := reader.project.overlays.lsoas:
            self.lsoas = self._lsoas(settings)

    def table(self, form: Form, file: str, settings: Settings) -> pd.DataFrame:
        """Read one table and tie it to the areas, as its form says.

        Parameters
        ----------
        form : Form
        file : str
            As the configuration names it.
        settings : Settings
            Those that name it: `columns` among them says how columns are called.

        Returns
        -------
        pandas.DataFrame
            The form's columns; of a table by LSOA, those of the project with their wards,
            districts and residents beside them.

        Raises
        ------
        ConfigurationError, InputError, JoinError
            The table cannot be used; the message says why and what to do.
        """
        of_file = form.setting == "file"
        columns = getattr(settings, "columns", None) if of_file else None
        sheet = getattr(settings, "sheet", None) if of_file else None
        table = read_reference(self._reader.path(file), form, columns=columns, sheet=sheet)
        # For the console: how a file was read is no caveat of what is shown.
        self._reader.remember(table, file, "own")
        if form.row_of == "area":
            _require_areas(table, self.areas, file)
        if form.row_of == "lsoa" and self.lsoas is not None:
            return _joined(self.lsoas, table, file)
        return table

    def require_lsoas(self, name: str, *, places: bool) -> None:
        """Refuse an overlay whose small areas, or their places, nobody named."""
        if self.lsoas is None:
            msg = f"[overlays.{name}] needs [overlays.lsoas]: which ward holds each LSOA."
            raise ConfigurationError(msg)
        if places and "easting" not in self.lsoas:
            msg = (
                f"[overlays.{name}] needs a place in each LSOA. Name a table with lsoa_code, "
                "easting and northing as points under [overlays.lsoas]."
            )
            raise ConfigurationError(msg)

    def _lsoas(self, settings: LsoaSettings) -> pd.DataFrame:
        file = settings.file
        table = self.table(LSOA_FORMS["lsoas"], file, settings)
        if settings.population:
            people = self.table(LSOA_FORMS["population"], settings.population, settings)
            table = _joined(
                table.drop(columns=["population", "population_16"]), people, settings.population
            )
        table = _within(table, self.areas, file, self._reader)
        _require_people(table, file)
        if settings.points:
            points = self.table(LSOA_FORMS["points"], settings.points, settings)
            table = _joined(table, points, settings.points)
        return table


def read_overlays(reader: ProjectReader, areas: dict[str, gpd.GeoDataFrame]) -> Reference:
    """Read the tables that the configuration names under `[overlays]`.

    Parameters
    ----------
    reader : ProjectReader
    areas : dict of str to geopandas.GeoDataFrame
        Layers by level.

    Returns
    -------
    Reference

    Raises
    ------
    ConfigurationError, InputError, JoinError
        A table cannot be used; the message says which and what to do.
    """
    settings, resolve = reader.project.overlays, reader.project.resolve
    ours = OverlayReader(reader, areas)
    inputs, figures = {}, []
    for overlay, own in chosen_overlays(settings):
        if overlay.lsoas or any(form.row_of == "lsoa" for form in overlay.forms):
            ours.require_lsoas(overlay.name, places=overlay.lsoas == "with places")
        tables = overlay.read(ours, own)
        published = [form.name for form in overlay.forms if form.row_of == "figure"]
        figures += [tables[name] for name in published if name in tables]
        inputs[overlay.name] = Inputs(
            tables=tables,
            files={key: resolve(name) for key in overlay.files if (name := getattr(own, key))},
        )
    return Reference(lsoas=ours.lsoas, inputs=inputs, figures=tuple(figures))


def _joined(table: pd.DataFrame, other: pd.DataFrame, source: str) -> pd.DataFrame:
    """Each LSOA with its row of another table; all of them must have one."""
    lacking = table.loc[~table["lsoa_code"].isin(other["lsoa_code"]), "lsoa_code"]
    if len(lacking):
        msg = problem(
            f"are not in {source}",
            bad=len(lacking),
            total=len(table),
            noun="LSOAs of the look-up",
            first=repr(lacking.iloc[0]),
            action="Give tables of the same LSOAs (2011 or 2021), and of the whole area.",
        )
        raise JoinError(msg)
    return table.merge(other, on="lsoa_code", how="left")


def _within(
    table: pd.DataFrame, areas: dict[str, gpd.GeoDataFrame], file: str, reader: ProjectReader
) -> pd.DataFrame:
    """LSOAs of the project's own wards and districts; a look-up may be of all England."""
    inside = pd.Series(data=True, index=table.index)
    for level in ("ward", "district"):
        if level in areas:
            inside &= table[f"{level}_code"].isin(areas[level]["area_code"])
    if not inside.any():
        first = table.iloc[0]
        msg = problem(
            "lie in no area of the boundaries",
            bad=len(table),
            total=len(table),
            noun=f"LSOAs of {file}",
            first=f"{first['lsoa_code']} in ward {first['ward_code']}",
            action="Use a look-up to the wards of the same year as the boundaries.",
        )
        raise JoinError(msg)
    if "ward" in areas:
        wards = areas["ward"]
        empty = wards.loc[~wards["area_code"].isin(table["ward_code"]), "area_name"]
        if len(empty):
            text = (
                f"{len(empty):,} of {len(wards):,} wards are the best fit of no LSOA; first: "
                f"{empty.iloc[0]}. They have no deprivation and no access."
            )
            reader.notes.append(InputNote(table=file, text=text, basis="published"))
    return table[inside].reset_index(drop=True)


def _require_people(table: pd.DataFrame, file: str) -> None:
    people = table[["population", "population_16"]]
    wrong = (people.isna() | (people < 0)).any(axis=1) | (people["population"] <= 0)
    if wrong.any():
        first = table[wrong].iloc[0]
        msg = problem(
            "have no positive population",
            bad=int(wrong.sum()),
            total=len(table),
            noun=f"LSOAs of {file}",
            first=repr(first["lsoa_code"]),
            action=(
                "Name their residents, of all ages and from 16 on, in population and "
                "population_16, or a table of them as population under [overlays.lsoas]."
            ),
        )
        raise JoinError(msg)


def _require_areas(table: pd.DataFrame, areas: dict[str, gpd.GeoDataFrame], file: str) -> None:
    known = {code for layer in areas.values() for code in layer["area_code"]}
    strange = table[~table["area_code"].isin(known)]
    if len(strange):
        msg = problem(
            "name no area of the boundaries",
            bad=len(strange),
            total=len(table),
            noun=f"rows of {file}",
            first=repr(strange["area_code"].iloc[0]),
            action="Use the codes of the same year as the boundaries, or add their level.",
        )
        raise JoinError(msg)
