"""What rates are per of indicators that do not divide by the residents: households, crimes, km²."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.areas.joining.denominators import populations_by_period
from vawg_geo.areas.joining.hierarchy import add_up_populations
from vawg_geo.terms.columns import SEXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from vawg_geo.settings import DenominatorSource

__all__ = ["for_every_sex", "joined_denominator", "square_kilometres"]

_M2_IN_KM2: Final = 1e6


def square_kilometres(areas: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Size of every area, as a denominator: `area_code`, `sex` (persons), `population` in km².

    Parameters
    ----------
    areas : mapping of str to geopandas.GeoDataFrame
        By level, outlines in metres.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> layer = gpd.GeoDataFrame({"area_code": ["A"]}, geometry=[box(0, 0, 3000, 2000)], crs=27700)
    >>> square_kilometres({"ward": layer})[["area_code", "population"]].values.tolist()
    [['A', 6.0]]
    """
    layers = [
        pd.DataFrame(
            {
                "area_code": layer["area_code"].to_numpy(),
                "level": level,
                "sex": "persons",
                "population": layer.geometry.area.to_numpy() / _M2_IN_KM2,
                "basis": "published",
                "note": "",
            }
        )
        for level, layer in areas.items()
    ]
    return pd.concat(layers, ignore_index=True)


def joined_denominator(
    rows: pd.DataFrame,
    source: DenominatorSource,
    *,
    areas: Mapping[str, gpd.GeoDataFrame],
    parents: Mapping[str, str],
    periods: Iterable[str],
) -> tuple[pd.DataFrame, list[str]]:
    """A denominator on all areas, for every sex and period of counts.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `read_population` or `square_kilometres` gives them.
    source : DenominatorSource
    areas, parents
        As in `Tables`.
    periods : iterable of str
        Of the counts.

    Returns
    -------
    tuple of pandas.DataFrame and list of str
        `area_code`, `sex`, `population`, `basis`, `note`, and `period` where it has one; larger
        areas added up from all of their parts. And what is worth saying.
    """
    summed = add_up_populations(rows, areas, parents) if source.file else rows
    by_period, notes = populations_by_period(summed.assign(area_name=""), periods, noun=source.name)
    if not source.file:
        # The ground is the same in every year.
        notes = []
    only = source.sex or ("" if source.is_of_persons else "persons")
    return (for_every_sex(by_period, only) if only else by_period), notes


def for_every_sex(rows: pd.DataFrame, only: str) -> pd.DataFrame:
    """Rows of one sex, for counts of every sex.

    Examples
    --------
    >>> rows = pd.DataFrame({"area_code": ["A", "A"], "sex": ["female", "male"],
    ...                      "population": [5.0, 4.0]})
    >>> for_every_sex(rows, "female")[["sex", "population"]].values.tolist()
    [['persons', 5.0], ['female', 5.0], ['male', 5.0]]
    """
    mine = rows[rows["sex"] == only]
    return pd.concat([mine.assign(sex=sex) for sex in SEXES], ignore_index=True)
