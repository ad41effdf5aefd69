"""What no edition of a kind may show at all, by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import DisclosureError
from vawg_geo.periods import read_period
from vawg_geo.refuges import names_hidden_places

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["refuse_forbidden"]

# Indicators whose subject can be found from a small area alone: in the public edition no finer
# than the county. Matched in the indicator's name and title; better a word too many than a person.
_NO_FINER_THAN_COUNTY: Final = re.compile(
    r"honou?r[- ]?based|\bhonou?r\b|\bhb[va]\b|\bfgm\b|genital|forced[- ]marriage|traffick"
    r"|modern[- ]slavery",
    re.I,
)
# A period as short as a month, in days.
_MONTH: Final = 31
_FINE: Final = ["ward", "lsoa"]


def refuse_forbidden(
    counts: pd.DataFrame, *, edition: str, titles: Mapping[str, str] | None = None
) -> None:
    """Refuse series that an edition may not show, by name.

    Parameters
    ----------
    counts : pandas.DataFrame
        `indicator`, `level`, and, where they are there, `sex`, `period` and `vintage`.
    edition : str
    titles : mapping of str to str, optional
        Further words by indicator: what an innocent name is shown as.

    Raises
    ------
    DisclosureError
        Refuges, addresses or sex workers below district level in any edition. In the public one
        also: honour-based violence, FGM, forced marriage or trafficking finer than the county;
        wards by sex and month; two vintages of the same level, which give small areas away by
        subtraction.

    Examples
    --------
    >>> import pandas as pd
    >>> refuse_forbidden(
    ...     pd.DataFrame({"indicator": ["refuge places"], "level": "ward"}), edition="analyst")
    Traceback (most recent call last):
    vawg_geo.errors.DisclosureError: 1 of 1 series would show ...
    """
    series = counts[["indicator", "level"]].drop_duplicates()
    words = titles or {}
    shown = pd.Series(
        [f"{name} {words.get(name, '')}" for name in series["indicator"]],
        index=series.index,
        dtype="str",
    )
    fine = series["level"].isin(_FINE)
    never = series[fine & shown.map(names_hidden_places).astype(bool)]
    _refuse(
        never,
        len(series),
        "would show refuges, addresses or sex workers below district level",
        edition,
    )
    if edition == "public":
        finer = fine | (series["level"] == "district")
        coarse = series[finer & shown.str.contains(_NO_FINER_THAN_COUNTY)]
        _refuse(coarse, len(series), "are published no finer than the county", edition)
        _refuse_months(counts)
        _refuse_vintages(counts)


def _refuse_months(counts: pd.DataFrame) -> None:
    if not {"sex", "period"} <= set(counts.columns):
        return
    series = counts[["indicator", "level", "sex", "period"]].drop_duplicates()
    spans = [read_period(period) for period in series["period"]]
    short = pd.Series([span is not None and span[1] - span[0] <= _MONTH for span in spans])
    found = series[
        series["level"].isin(_FINE) & (series["sex"] != "persons") & short.to_numpy(dtype=bool)
    ]
    _refuse(found, len(series), "are small areas by sex and month", "public")


def _refuse_vintages(counts: pd.DataFrame) -> None:
    if "vintage" not in counts:
        return
    pairs = counts[["level", "vintage"]].drop_duplicates()
    several = pairs[pairs["level"].duplicated(keep=False)]
    if len(several):
        level = several["level"].iloc[0]
        years = ", ".join(several.loc[several["level"] == level, "vintage"])
        msg = (
            f"the public edition would hold {level}s of {len(several):,} vintages ({years}): their "
            "differences are small areas. Give all counts of a level on one vintage."
        )
        raise DisclosureError(msg)


def _refuse(series: pd.DataFrame, total: int, why: str, edition: str) -> None:
    if series.empty:
        return
    first = series.iloc[0]
    msg = (
        f"{len(series):,} of {total:,} series {why} ({edition} edition); first: "
        f"{first['indicator']!r} by {first['level']}. Take them out of the counts, or give them "
        "for larger areas."
    )
    raise DisclosureError(msg)
