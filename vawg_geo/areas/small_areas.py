"""Counts of small areas, added up into the wards that they are counted to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.pooled import sum_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["are_small_areas", "counts_by_ward"]

# What stands in the written table for a sum of which a part is hidden.
_HIDDEN: Final = "x"


def are_small_areas(counts: pd.DataFrame) -> bool:
    """Whether all counts are of small areas (LSOAs), by their codes.

    Examples
    --------
    >>> are_small_areas(pd.DataFrame({"area_code": ["E01026122", "W01000003"]}))
    True
    """
    codes = counts["area_code"].unique()
    return len(codes) > 0 and all(level_of_code(code) == "lsoa" for code in codes)


def counts_by_ward(
    counts: pd.DataFrame, ward_of: Mapping[str, str], names: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """Add counts of small areas up into wards.

    Parameters
    ----------
    counts : pandas.DataFrame
        As `read_counts` gives them.
    ward_of : mapping of str to str
        Ward of every small area of the area that is mapped.
    names : mapping of str to str
        Of the wards.

    Returns
    -------
    (DataFrame, list of str)
        `area_code`, `area_name`, `indicator`, `sex`, `period`, `count`: a ward of which a small
        area lacks a figure has an empty cell, or a mark where it is hidden. And what is to be said.

    Raises
    ------
    InputError
        No small area is of the area that is mapped.

    Examples
    --------
    >>> counts = pd.DataFrame({"area_code": ["E01000001", "E01000002"], "indicator": "i",
    ...     "sex": "persons", "period": "2019", "count": [3, 4], "status": "value"})
    >>> ward_of = dict.fromkeys(counts["area_code"], "E05000001")
    >>> table, _ = counts_by_ward(counts, ward_of, {"E05000001": "Abbey"})
    >>> table[["area_code", "area_name", "count"]].to_numpy().tolist()
    [['E05000001', 'Abbey', 7]]
    """
    codes = list(counts["area_code"].unique())
    inside = counts[counts["area_code"].isin(ward_of)]
    if inside.empty:
        msg = problem(
            "are small areas of 2021 in the area that is mapped",
            bad=0,
            total=len(codes),
            noun="codes",
            first=f"row 2, {codes[0]}",
            action="Give counts of that area, by ward or by LSOA of 2021.",
        )
        raise InputError(msg)
    parts = pd.Series(ward_of).value_counts()
    rows = inside.assign(area_code=inside["area_code"].map(ward_of))
    summed = sum_counts(rows, rows["area_code"].map(parts))
    marks = summed["count"].astype("object").where(summed["count"].notna(), "")
    summed = summed.assign(
        area_name=summed["area_code"].map(dict(names)),
        count=marks.mask(summed["status"] == "suppressed", _HIDDEN),
    )
    read = inside["area_code"].nunique()
    notes = [
        f"{read:,} small areas are added up into {summed['area_code'].nunique():,} wards, each "
        "into the one that it is counted to (area/lsoas.csv)"
    ]
    if others := len(codes) - read:
        notes.append(f"{others:,} of {len(codes):,} small areas lie elsewhere and are left out")
    lacking = int((summed["status"] == "missing").sum())
    if lacking:
        notes.append(
            f"{lacking:,} of {len(summed):,} sums lack a small area: they are missing. Write 0 "
            "where nothing was recorded"
        )
    wanted = ["area_code", "area_name", "indicator", "sex", "period", "count"]
    return summed[wanted].reset_index(drop=True), notes
