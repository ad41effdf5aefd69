"""The country in the wheel: wards, districts, residents, small areas and codes, as they are kept.

Made from official files and registered with source, date and what was done. Everything is of 2025
unless it says otherwise; what is not known has no row.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry, verified_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd

    from vawg_geo.inputs.catalogue.registry import RegisteredFile

__all__ = ["about_national", "read_national", "read_national_wards", "read_welsh_names"]

FOLDER: Final = "national"


@cache
def _registry() -> dict[str, RegisteredFile]:
    return read_registry(embedded_folder("data") / FOLDER)


def about_national(name: str) -> RegisteredFile:
    """Source, date, licence and making of a file of the country.

    Examples
    --------
    >>> about_national("wards-2025").title
    'Wards of England and Wales, 2025'
    """
    return _registry()[f"national-{name}"]


def _path(name: str) -> Path:
    return verified_path(about_national(name))


def read_national(name: str) -> pd.DataFrame:
    """Read a table of the country.

    Parameters
    ----------
    name : str
        `districts-2025`, `csps-2023`, `codes`, `residents-wards-2025`, `residents-districts-2025`,
        `lsoas-2021`, `deprivation-england-2025`, `deprivation-wales-2019` or `towns`.

    Returns
    -------
    pandas.DataFrame
        Codes and names are texts, empty where there is none; the rest are numbers.

    Examples
    --------
    >>> districts = read_national("districts-2025")
    >>> len(districts), sorted(districts["country_name"].unique())
    (318, ['England', 'Wales'])
    """
    return pd.read_csv(_path(name), keep_default_na=False, low_memory=False)


def read_national_wards(districts: Iterable[str]) -> gpd.GeoDataFrame:
    """Outlines of the wards of some districts, in the order of their codes.

    Parameters
    ----------
    districts : iterable of str
        Codes of 2025.

    Returns
    -------
    geopandas.GeoDataFrame
        `area_code, area_name, area_name_welsh, district_code`, EPSG:27700.

    Examples
    --------
    >>> wards = read_national_wards(["E08000039"])
    >>> len(wards), wards.crs.to_epsg()
    (28, 27700)
    """
    import geopandas as gpd

    wards = gpd.read_parquet(
        _path("wards-2025"), filters=[("district_code", "in", sorted(set(districts)))]
    )
    return wards.reset_index(drop=True)


def read_welsh_names() -> dict[str, str]:
    """Welsh names of wards, by code, of those that have one.

    Examples
    --------
    >>> read_welsh_names()["W05001277"]
    'Y Tyllgoed'
    """
    wards = pd.read_parquet(_path("wards-2025"), columns=["area_code", "area_name_welsh"])
    named = wards[wards["area_name_welsh"].fillna("") != ""]
    return dict(zip(named["area_code"], named["area_name_welsh"], strict=True))
