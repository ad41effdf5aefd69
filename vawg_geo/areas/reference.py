"""What is laid over the counts, read and tied to a project's areas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.areas.reading import InputNote
from vawg_geo.errors import ConfigurationError, JoinError, problem
from vawg_geo.inputs.reference import read_reference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from vawg_geo.areas.reading import ProjectReader
    from vawg_geo.inputs.reference import FormName

__all__ = ["Reference", "read_overlays"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """Tables that are laid over an edition's figures; each is None where it is not named.

    Attributes
    ----------
    lsoas : pandas.DataFrame
        `lsoa_code, ward_code, district_code, population, population_16`; with deprivation also
        `score, rank, decile`; with points also `easting, northing` (EPSG:27700, metres).
    services, profiles, sites, towns, figures : pandas.DataFrame
        As `read_reference` gives them; `figures` are published, so that anybody can look them
        up.
    points : Path
        Own points for a density; only an analyst's edition has them.
    """

    lsoas: pd.DataFrame | None = None
    services: pd.DataFrame | None = None
    profiles: pd.DataFrame | None = None
    sites: pd.DataFrame | None = None
    towns: pd.DataFrame | None = None
    figures: pd.DataFrame | None = None
    points: Path | None = None


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
    settings = reader.project.overlays
    reference = Reference(lsoas=_lsoas(reader, areas))
    if settings.services:
        services = _read(reader, settings.services.file, "services")
        _require_areas(services, areas, settings.services.file)
        figures = settings.services.figures
        reference = replace(
            reference,
            services=services,
            figures=_read(reader, figures, "figures") if figures else None,
        )
    if settings.profiles:
        profiles = _read(reader, settings.profiles.file, "profiles")
        _require_areas(profiles, areas, settings.profiles.file)
        reference = replace(reference, profiles=profiles)
    if settings.access:
        _require_points(reference.lsoas)
        towns = settings.access.towns
        reference = replace(
            reference,
            sites=_read(reader, settings.access.sites, "sites"),
            towns=_read(reader, towns, "towns") if towns else None,
        )
    if settings.surfaces and settings.surfaces.points:
        reference = replace(reference, points=reader.project.resolve(settings.surfaces.points))
    return reference


def _read(
    reader: ProjectReader, file: str, form: FormName, columns: Mapping[str, str] | None = None
) -> pd.DataFrame:
    table = read_reference(reader.path(file), form, columns=columns)
    # For the console: how a file was read is no caveat of what is shown.
    reader.remember(table, file, "own")
    return table


def _lsoas(reader: ProjectReader, areas: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame | None:
    settings = reader.project.overlays
    if settings.lsoas is None:
        return None
    file = settings.lsoas.file
    table = _read(reader, file, "lsoas", columns=settings.lsoas.columns)
    if settings.lsoas.population:
        people = _read(reader, settings.lsoas.population, "lsoa_populations")
        table = _joined(
            table.drop(columns=["population", "population_16"]), people, settings.lsoas.population
        )
    table = _within(table, areas, file, reader)
    _require_people(table, file)
    if settings.lsoas.points:
        points = _read(reader, settings.lsoas.points, "lsoa_points")
        table = _joined(table, points, settings.lsoas.points)
    if settings.deprivation:
        scores = _read(
            reader,
            settings.deprivation.file,
            "deprivation",
            columns=settings.deprivation.columns,
        )
        table = _joined(table, scores, settings.deprivation.file)
    return table


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


def _require_points(lsoas: pd.DataFrame | None) -> None:
    if lsoas is None or "easting" not in lsoas:
        msg = (
            "[overlays.access] needs a place in each LSOA. Name a table with lsoa_code, easting "
            "and northing as points under [overlays.lsoas]."
        )
        raise ConfigurationError(msg)


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
