"""Projects of what is in memory: frames of counts, an area of the country, no file of one's own.

The frames are written to a private folder that lasts as long as the program, and read from there
as any table is: they pass the same checks, and every message is the same.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.project import Project, read_project
from vawg_geo.settings import (
    AreaSource,
    CountSource,
    PopulationSettings,
    PopulationSource,
    ProjectSettings,
    SignificanceSettings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from vawg_geo.terms.columns import Level

__all__ = ["project_of_area", "project_of_frames"]


@cache
def _session() -> Path:
    """A folder for its owner alone, taken away when the program ends."""
    place = Path(tempfile.mkdtemp(prefix="vawg-geo-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def _new_folder() -> Path:
    return Path(tempfile.mkdtemp(dir=_session()))


def project_of_frames(
    *,
    counts: pd.DataFrame,
    population: pd.DataFrame,
    boundaries: gpd.GeoDataFrame | Mapping[Level, gpd.GeoDataFrame],
    title: str,
    comparator: str | None = None,
    level: Level | None = None,
    vintage: str = "",
    folder: Path | str = ".",
) -> Project:
    """A project of three frames.

    Parameters
    ----------
    counts, population, boundaries, title, comparator, level, vintage, folder
        See `Tables.from_frames`.
    """
    place = _new_folder()
    layers: Mapping[Level, gpd.GeoDataFrame] = _by_level(boundaries, level)
    lowest = next(iter(layers)) if len(layers) == 1 else None
    if comparator is None:
        layers, comparator = _with_whole(layers)
    areas = {}
    for name, layer in layers.items():
        path = place / f"{name}.gpkg"
        _write_layer(layer, path)
        areas[name] = AreaSource(boundaries=str(path), vintage=vintage)
    written = [
        _write_table(frame, place / f"{name}.csv")
        for name, frame in (("counts", counts), ("population", population))
    ]
    return Project(
        project=ProjectSettings(title=title, period=_period(counts)),
        areas=areas,
        counts=(CountSource(file=str(written[0]), basis="own", level=level or lowest),),
        population=PopulationSettings(files=(PopulationSource(file=str(written[1])),)),
        significance=SignificanceSettings(comparator=comparator),
        folder=str(Path(folder).resolve()),
    )


def project_of_area(
    asked: str, *, counts: pd.DataFrame | Path | str | None = None, folder: Path | str = "."
) -> Project:
    """A project of an area of the country.

    Parameters
    ----------
    asked, counts, folder
        See `load_area`.
    """
    from vawg_geo.areas.country import find_area
    from vawg_geo.areas.project_of_area import contents_of_project

    place = _new_folder()
    path = None
    if counts is not None:
        path = (
            _write_table(counts, place / "counts.csv")
            if isinstance(counts, pd.DataFrame)
            else Path(counts)
        )
    contents, _ = contents_of_project(find_area(asked), counts=path, inside=f"{place.as_posix()}/")
    for name, content in contents.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    project = read_project(place / "vawg.toml")
    return msgspec.structs.replace(project, folder=str(Path(folder).resolve()))


def _by_level(
    boundaries: gpd.GeoDataFrame | Mapping[Level, gpd.GeoDataFrame], level: Level | None
) -> dict[Level, gpd.GeoDataFrame]:
    from vawg_geo.terms.codes import level_of_code

    if not isinstance(boundaries, pd.DataFrame):
        return dict(boundaries)
    codes = [name for name in boundaries if str(name).casefold() in ("area_code", "code")]
    found = level or (
        level_of_code(str(boundaries[codes[0]].iloc[0])) if codes and len(boundaries) else None
    )
    if found is None:
        msg = (
            "the boundaries do not tell their level. Say it: level='ward', or give them by level: "
            "boundaries={'ward': ...}."
        )
        raise ConfigurationError(msg)
    return {found: boundaries}


def _with_whole(
    layers: Mapping[Level, gpd.GeoDataFrame],
) -> tuple[Mapping[Level, gpd.GeoDataFrame], str]:
    """What rates are compared with: the area that is a level by itself, else all areas together."""
    for layer in reversed(list(layers.values())):
        if len(layer) == 1 and "area_code" in layer:
            return layers, str(layer["area_code"].iloc[0])
    if len(layers) > 1:
        listed = ", ".join(layers)
        msg = (
            f"none of the levels {listed} is one area, so it is not said what areas are compared "
            "with. Name the code of one: comparator='E07000008'."
        )
        raise ConfigurationError(msg)
    ((level, layer),) = layers.items()
    if level not in ("lsoa", "ward", "district"):
        msg = (
            f"nothing is the sum of areas of the level {level}, so it is not said what they are "
            "compared with. Name the code of one of them: comparator='E10000003'."
        )
        raise ConfigurationError(msg)
    upper: Level = "district" if level == "lsoa" else "county"
    whole = layer[["geometry"]].dissolve().assign(area_code=_WHOLE, area_name="All areas")
    return {level: layer.assign(parent_code=_WHOLE), upper: whole}, _WHOLE


_WHOLE: Final = "ALL"


def _write_layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    import pyogrio

    if layer.crs is None:
        msg = "the boundaries have no system of coordinates. Set it: boundaries.set_crs(27700)."
        raise InputError(msg)
    pyogrio.write_dataframe(layer, path, layer=path.stem)


def _write_table(frame: pd.DataFrame, path: Path) -> Path:
    if not len(frame):
        msg = f"the frame of {path.stem} has no rows. Give one with a row for each area."
        raise InputError(msg)
    # Whole numbers stay whole where a missing one had made them fractions.
    whole = frame.copy()
    for name in whole.select_dtypes("float"):
        values = whole[name]
        if (values.dropna() % 1 == 0).all():
            whole[name] = values.astype("Int64")
    whole.to_csv(path, index=False, lineterminator="\n")
    return path


def _period(counts: pd.DataFrame) -> str:
    names: list[Any] = [name for name in counts if str(name).casefold() == "period"]
    periods = sorted(counts[names[0]].astype(str).unique()) if names else []
    return " to ".join(periods[:1] + periods[1:][-1:])
