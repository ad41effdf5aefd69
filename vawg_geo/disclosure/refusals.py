"""What no edition of a kind may show at all, by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import DisclosureError
from vawg_geo.terms.periods import MONTH_NAMES, PERIOD_EXAMPLES, read_day, read_periods
from vawg_geo.terms.refuges import is_left_out, names_hidden_places

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NO_FINER_THAN_COUNTY", "refuse_forbidden"]

# Indicators whose subject can be found from a small area alone: in the public edition no finer
# than the county. Matched in the indicator's name and title; better a word too many than a person.
NO_FINER_THAN_COUNTY: Final = re.compile(
    r"honou?r[- ]?based|\bhonou?r\b|\bhb[va]\b|\bfgm\b|genital|forced[- ]marriages?"
    r"|traffick\w*|modern[- ]slavery",
    re.I,
)
"""Subjects that the public edition shows no finer than the county."""
# Days of a period that counts as a month: five or six weeks are one in some forces' books.
_MONTH: Final = 45
_SHORTER: Final = re.compile(r"month|mth|week|wk|day|night|date|" + MONTH_NAMES, re.I)
_LONGER: Final = re.compile(r"year|annual|quarter|half|winter|spring|summer|autumn|term\b", re.I)
_FINE: Final = ["ward", "lsoa"]
_INSTEAD: Final = (
    "Take them out of the counts, or give them for larger areas. The name and the title under "
    "[[indicators]] say what is mapped; what is not in it, and how events came to areas, belongs "
    "into the definition."
)


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
        wards by sex and month, or by sex in a period that cannot be read and may be a month; two
        vintages of the same level, which give small areas away by subtraction.

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
        # Apart, so that what the title leaves out is not taken for left out of the name.
        [f"{name}; {words.get(name, '')}" for name in series["indicator"]],
        index=series.index,
        dtype="str",
    )
    fine = series["level"].isin(_FINE)
    never = series[fine & shown.map(names_hidden_places).astype(bool)]
    _refuse_series(
        never,
        len(series),
        "would show refuges, addresses or sex workers below district level",
        edition,
        instead=_INSTEAD,
    )
    if edition == "public":
        finer = fine | (series["level"] == "district")
        coarse = series[finer & shown.map(_names_coarse_subject).astype(bool)]
        _refuse_series(
            coarse, len(series), "are published no finer than the county", edition, instead=_INSTEAD
        )
        _refuse_months(counts)
        _refuse_vintages(counts)


def _names_coarse_subject(text: str) -> bool:
    return any(not is_left_out(text, found) for found in NO_FINER_THAN_COUNTY.finditer(text))


def _refuse_months(counts: pd.DataFrame) -> None:
    """Refuse small areas by sex and month, and what nobody can tell to be longer."""
    if not {"sex", "period"} <= set(counts.columns):
        return
    series = counts[["indicator", "level", "sex", "period"]].drop_duplicates()
    words = list(series["period"].unique())
    spans = dict(zip(words, read_periods(words), strict=True))
    fine = series[series["level"].isin(_FINE) & (series["sex"] != "persons")]
    months, unread = [], []
    for word in fine["period"]:
        span = spans[word]
        days = span[1] - span[0] if span else 1 if read_day(word) is not None else None
        months.append(days is not None and days <= _MONTH)
        unread.append(days is None and not _tells_longer(word))
    _refuse_series(
        fine[np.array(months, bool)], len(series), "are small areas by sex and month", "public"
    )
    _refuse_series(
        fine[np.array(unread, bool)],
        len(series),
        "are small areas by sex in a period that cannot be read, and may be a month",
        "public",
        instead=f"Write the period as {PERIOD_EXAMPLES}; or give larger areas, or all people only.",
    )


def _tells_longer(word: str) -> bool:
    """Whether a word that cannot be read is plainly of more than a month."""
    if _SHORTER.search(word):
        return False
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", word))
    pairs = re.findall(r"(?<!\d)\d\d(\d\d)\s?[/–-]\s?(\d\d)(?!\d)", word)
    # 2011-12 may be a month.
    follow = any(int(b) == (int(a) + 1) % 100 and not 1 <= int(b) <= 12 for a, b in pairs)
    return follow or len(years) > 1 or bool(_LONGER.search(word))


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


def _refuse_series(
    series: pd.DataFrame,
    total: int,
    why: str,
    edition: str,
    *,
    instead: str = "Take them out of the counts, or give them for larger areas.",
) -> None:
    if series.empty:
        return
    first = series.iloc[0]
    period = f", {first['period']!r}" if "period" in series else ""
    msg = (
        f"{len(series):,} of {total:,} series {why} ({edition} edition); first: "
        f"{first['indicator']!r} by {first['level']}{period}. {instead}"
    )
    raise DisclosureError(msg)
