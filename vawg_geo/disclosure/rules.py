"""Thresholds of primary suppression, and what no edition of a kind may show at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
import pandas as pd

from vawg_geo.errors import ConfigurationError, DisclosureError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vawg_geo.project import DisclosureSettings

__all__ = ["PRESETS", "Rules", "refuse_forbidden", "rules_for"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Counts from `smallest` to `largest` are hidden; `largest` 0 hides none."""

    preset: str
    smallest: int
    largest: int

    def sentence(self) -> str:
        """What is hidden and why, for readers.

        Examples
        --------
        >>> PRESETS["nhs"].sentence()
        'Counts from 1 to 7 that are not published elsewhere are hidden ...'
        """
        if not self.largest:
            return "No count is hidden."
        return (
            f"Counts from {self.smallest} to {self.largest} that are not published elsewhere are "
            "hidden so that nobody can be recognised."
        )


PRESETS: Final = {
    "nhs": Rules(preset="nhs", smallest=1, largest=7),
    "dfe": Rules(preset="dfe", smallest=1, largest=5),
    "open": Rules(preset="open", smallest=0, largest=0),
}

# Indicators whose subject can be found from a small area alone: in the public edition no finer
# than the county. Matched in the indicator's name and title; better a word too many than a person.
_NO_FINER_THAN_COUNTY: Final = re.compile(
    r"honou?r[- ]?based|\bhonou?r\b|\bhb[va]\b|\bfgm\b|genital|forced[- ]marriage|traffick"
    r"|modern[- ]slavery",
    re.I,
)
# What is in no edition below district level: the places themselves.
_NEVER_BELOW_DISTRICT: Final = re.compile(
    r"refuge(?!e)|safe[- ]?house|victims?'? (?:home )?address|sex[- ]?work|street[- ]?(?:sex|work)"
    r"|prostitut|brothel",
    re.I,
)
# What an edition must hide at the least, unless a decision is recorded.
_USUAL: Final = {"public": (1, 5), "partnership": (1, 4)}


def rules_for(settings: DisclosureSettings, edition: str) -> Rules:
    """Threshold of an edition: the preset with the edition's overrides.

    Raises
    ------
    ConfigurationError
        The overrides make no range, or the public edition would hide nothing.
    """
    own = getattr(settings, edition)
    base = PRESETS[own.preset or settings.preset]
    rules = Rules(
        preset=own.preset or settings.preset,
        smallest=base.smallest if own.smallest_hidden is None else own.smallest_hidden,
        largest=base.largest if own.largest_hidden is None else own.largest_hidden,
    )
    if rules.largest and not 0 <= rules.smallest <= rules.largest:
        msg = (
            f"[disclosure.{edition}] hides counts from {rules.smallest} to {rules.largest}, which "
            "is no range. Give smallest_hidden at most largest_hidden."
        )
        raise ConfigurationError(msg)
    smallest, largest = _USUAL.get(edition, (0, 0))
    weaker = rules.largest < largest or rules.smallest > max(smallest, 1)
    if edition in _USUAL and weaker and not settings.decision.strip():
        msg = (
            f"the {edition} edition would hide less than the usual {smallest} to {largest} "
            f'({rules.sentence()}) Record who decided that, when and why: decision = "..." under '
            "[disclosure]; or leave the threshold out."
        )
        raise ConfigurationError(msg)
    return rules


def refuse_forbidden(
    counts: pd.DataFrame, *, edition: str, titles: Mapping[str, str] | None = None
) -> None:
    """Refuse series that an edition may not show, by name.

    Parameters
    ----------
    counts : pandas.DataFrame
        `indicator`, `level`.
    edition : str
    titles : mapping of str to str, optional
        Further words by indicator: what an innocent name is shown as.

    Raises
    ------
    DisclosureError
        Refuges or sex workers below district level in any edition; honour-based violence, FGM,
        forced marriage or trafficking finer than the county in the public one.
    """
    series = counts[["indicator", "level"]].drop_duplicates()
    words = titles or {}
    shown = pd.Series(
        [f"{name} {words.get(name, '')}" for name in series["indicator"]],
        index=series.index,
        dtype="str",
    )
    fine = series["level"].isin(["ward", "lsoa"])
    never = series[fine & shown.str.contains(_NEVER_BELOW_DISTRICT)]
    _refuse(never, len(series), "would show refuges or sex workers below district level", edition)
    if edition == "public":
        finer = fine | (series["level"] == "district")
        coarse = series[finer & shown.str.contains(_NO_FINER_THAN_COUNTY)]
        _refuse(coarse, len(series), "are published no finer than the county", edition)


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
