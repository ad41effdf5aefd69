"""Random tables of small counts by area and sex, to try the choice of hidden cells on.

Wards in districts, all districts but the last in a county, all in one police area; the rates of
the wards are over-dispersed, as those of recorded violence are. The same seed gives the same table.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from vawg_geo.terms.columns import COUNT_COLUMNS, SEXES

__all__ = ["COUNTY", "POLICE_AREA", "random_parents", "random_table"]

POLICE_AREA: Final = "E23990000"
COUNTY: Final = "E10990000"
_LEVELS: Final = {"E05": "ward", "E06": "district", "E07": "district", "E10": "county"}
_FEMALE_SHARE: Final = 0.68
# Shape of the gamma distribution of the wards' rates: a ward may have a third or thrice the mean.
_SHAPE: Final = 2.5


def random_parents(*, wards: int = 144, districts: int = 6) -> dict[str, str]:
    """Parent of each area: district of a ward, county or police area of a district or county.

    The last district is a unitary authority: it lies in the police area and in no county.

    Examples
    --------
    >>> parents = random_parents(wards=4, districts=2)
    >>> parents["E05990000"], parents["E07990000"], parents["E06990000"], parents["E10990000"]
    ('E07990000', 'E10990000', 'E23990000', 'E23990000')
    """
    codes = [f"E0799{i:04}" for i in range(districts - 1)] + ["E06990000"]
    ends = [round(i * wards / districts) for i in range(districts + 1)]
    parents = {
        f"E0599{ward:04}": district
        for district, (start, end) in zip(codes, pairwise(ends), strict=True)
        for ward in range(start, end)
    }
    parents |= dict.fromkeys(codes[:-1], COUNTY)
    return parents | {codes[-1]: POLICE_AREA, COUNTY: POLICE_AREA}


def random_table(
    seed: int, *, wards: int = 144, districts: int = 6, mean: float = 39.0
) -> pd.DataFrame:
    """Counts of an analyst's own, additive over areas and sexes.

    Parameters
    ----------
    seed : int
    wards, districts : int
        Areas of the lowest two levels; their parents are those of `random_parents`.
    mean : float
        Mean count of persons in a ward. At 39, about 65 of the 456 cells are 1 to 7.

    Returns
    -------
    DataFrame
        The columns of `COUNT_COLUMNS`, a row for every area and sex: the police area first, the
        wards last.

    Examples
    --------
    >>> table = random_table(1)
    >>> len(table), table["area_code"].nunique(), int(table["count"].between(1, 7).sum())
    (456, 152, 75)
    >>> table.groupby("level")["count"].sum()[["police_area", "ward"]].nunique()
    1
    """
    parents = random_parents(wards=wards, districts=districts)
    generator = np.random.default_rng(seed)
    level = mean * generator.uniform(0.85, 1.15)
    persons = generator.poisson(level * generator.gamma(_SHAPE, 1 / _SHAPE, wards))
    female = generator.binomial(persons, _FEMALE_SHARE)

    counts = {POLICE_AREA: np.zeros(3, dtype=np.int64)}
    counts |= {code: np.zeros(3, dtype=np.int64) for code in reversed(parents)}
    leaves = [code for code in parents if code.startswith("E05")]
    for code, row in zip(leaves, np.stack([persons, female, persons - female], 1), strict=True):
        area: str | None = code
        while area is not None:
            counts[area] += row
            area = parents.get(area)

    table = pd.DataFrame(
        [
            (code, sex, int(count))
            for code, row in counts.items()
            for sex, count in zip(SEXES, row, strict=True)
        ],
        columns=["area_code", "sex", "count"],
    )
    table["area_name"] = "Area " + table["area_code"]
    table["level"] = table["area_code"].str[:3].map(_LEVELS).fillna("police_area")
    table["vintage"] = "2015"
    table["indicator"] = "random"
    table["period"] = "2015/16"
    table["count"] = table["count"].astype("Int64")
    table["status"] = np.where(table["count"] == 0, "zero", "value")
    table["basis"] = "own"
    table["note"] = ""
    return table[list(COUNT_COLUMNS)]
