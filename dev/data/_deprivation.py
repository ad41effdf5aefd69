"""Scores of the English Indices of Deprivation 2015, for `make_default_data.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from _data import ATTRIBUTION, DISTRICTS, OGL

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

__all__ = ["DEPRIVATION_ENTRY", "imd_scores"]

LSOAS_OF_ENGLAND: Final = 32_844

DEPRIVATION_ENTRY: Final = {
    "name": "imd2015-lsoa11",
    "title": "Index of Multiple Deprivation 2015 by LSOA (2011): score, rank, decile",
    "source": "English Indices of Deprivation 2015, Department for Communities and Local "
    "Government, 30 September 2015",
    "licence": OGL,
    "attribution": ATTRIBUTION,
    "vintage": "indices of 2015, mostly data of 2012/13; LSOA of 2011",
    "done": "the 487 LSOAs of the six districts; scores, ranks and deciles as published, with "
    "rank 1 the most deprived of the 32,844 LSOAs of England, decile 1 the most deprived tenth",
}


def imd_scores(folder: Path, lsoa_codes: AbstractSet[str]) -> pd.DataFrame:
    """Take score, rank and national decile of each LSOA; refuse a table that contradicts itself.

    Parameters
    ----------
    folder : Path
        The one with `imd2015_lsoa11.csv`.
    lsoa_codes : set of str
        The LSOAs that the look-up to wards knows.

    Returns
    -------
    pandas.DataFrame
        `lsoa_code`, `score`, `rank`, `decile`, one row per LSOA, figures as printed.
    """
    file = folder / "imd2015_lsoa11.csv"
    printed = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
    score, rank, decile = (
        pd.to_numeric(printed[f"imd_{name}"]) for name in ("score", "rank", "decile")
    )
    by_rank = score.iloc[rank.argsort()]
    wrong = {
        "its LSOAs are not those of the look-up": set(printed["lsoa11_code"]) != set(lsoa_codes),
        "an LSOA stands in it twice": bool(printed["lsoa11_code"].duplicated().any()),
        "it has a district too many or too few": set(printed["lad13_code"]) != set(DISTRICTS),
        "two LSOAs have one rank": bool(rank.duplicated().any()),
        "ranks and scores do not run against each other": not by_rank.is_monotonic_decreasing,
        # Tenths of England's LSOAs: 3,284.4 to a decile.
        "a decile is not its rank's": not decile.eq((rank * 10 - 1) // LSOAS_OF_ENGLAND + 1).all(),
    }
    if said := [what for what, holds in wrong.items() if holds]:
        msg = f"{file.name}: {said[0]}. Look at the source again; nothing was written."
        raise SystemExit(msg)
    columns = {f"imd_{name}": name for name in ("score", "rank", "decile")}
    table = printed.rename(columns={"lsoa11_code": "lsoa_code", **columns})
    return table[["lsoa_code", *columns.values()]].sort_values("lsoa_code", ignore_index=True)
