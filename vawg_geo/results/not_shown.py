"""What a reader is told of figures that an edition does not show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_geo.areas.joining.hierarchy import UPWARDS
from vawg_geo.disclosure.hide import SMALL_LEVELS
from vawg_geo.words.figures import NOT_SHOWN
from vawg_geo.words.page import LEVEL, SEX, fill

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from vawg_geo.disclosure.hide import Withheld
    from vawg_geo.terms.indicators import Indicator

__all__ = ["LeftOut", "left_out", "not_shown_sentence"]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Series that an edition leaves out for one reason: a sentence, and which they are.

    Attributes
    ----------
    said : str
    series : tuple of (title, who)
        Of several; of one, the sentence names it.
    """

    said: str
    series: tuple[tuple[str, str], ...] = ()


def left_out(
    withheld: Iterable[Withheld],
    indicators: Mapping[str, Indicator],
    shown: Collection[tuple[str, str, str]],
) -> tuple[LeftOut, ...]:
    """Say once for each reason which series of one level are left out.

    Parameters
    ----------
    withheld : iterable of Withheld
        Of one level.
    indicators : mapping of str to Indicator
    shown : collection of (level, indicator, sex)
        What the edition has.

    Returns
    -------
    tuple of LeftOut

    Examples
    --------
    >>> from vawg_geo.disclosure.hide import Withheld
    >>> from vawg_geo.terms.indicators import Indicator
    >>> series = [Withheld(level="ward", indicator="crimes", sex=s, too_many=True)
    ...     for s in ("female", "male")]
    >>> found, = left_out(series, {"crimes": Indicator(name="crimes")}, ())
    >>> found.said.partition(":")[0], found.series
    ('2 series are not shown by ward', (('Crimes', 'women and girls, men and boys'),))
    """
    groups: dict[str, list[Withheld]] = {}
    for one in withheld:
        groups.setdefault(_instead(one, shown), []).append(one)
    found = []
    for instead, series in groups.items():
        if len(series) == 1:
            found.append(LeftOut(said=not_shown_sentence(series[0], indicators, shown)))
            continue
        who: dict[str, list[str]] = {}
        for one in series:
            who.setdefault(indicators[one.indicator].title, []).append(SEX[one.sex].lower())
        values = {**_levels(series[0]), "n": f"{len(series):,}", "instead": instead}
        said = fill(NOT_SHOWN[f"many_{_reason(series[0])}"], values)
        rows = tuple((title, ", ".join(dict.fromkeys(sexes))) for title, sexes in who.items())
        found.append(LeftOut(said=said, series=rows))
    return tuple(found)


def not_shown_sentence(
    series: Withheld,
    indicators: Mapping[str, Indicator],
    shown: Collection[tuple[str, str, str]],
) -> str:
    """Say which figures are left out, why, and where to look instead.

    Parameters
    ----------
    series : Withheld
    indicators : mapping of str to Indicator
    shown : collection of (level, indicator, sex)
        What the edition has.

    Examples
    --------
    >>> from vawg_geo.disclosure.hide import Withheld
    >>> from vawg_geo.terms.indicators import Indicator
    >>> series = Withheld(level="ward", indicator="crimes", sex="male", too_many=True)
    >>> not_shown_sentence(series, {"crimes": Indicator(name="crimes")},
    ...     {("district", "crimes", "male")})
    'Crimes, men and boys: not shown by ward, because more than a third of the wards would have to
    be hidden, or single ones could not be kept hidden. See the figures by district.'
    """
    values = {
        **_levels(series),
        "title": indicators[series.indicator].title,
        "sex": SEX[series.sex].lower(),
        "instead": _instead(series, shown),
    }
    return fill(NOT_SHOWN[_reason(series)], values)


def _levels(series: Withheld) -> dict[str, str]:
    one, many = LEVEL[series.level]
    return {"level": one, "levels": many}


def _reason(series: Withheld) -> str:
    return "small_areas" if series.level in SMALL_LEVELS else "unsafe"


def _instead(series: Withheld, shown: Collection[tuple[str, str, str]]) -> str:
    """Say where to look instead."""
    larger = UPWARDS[UPWARDS.index(series.level) + 1 :]
    level = next((u for u in larger if (u, series.indicator, series.sex) in shown), "")
    return fill(NOT_SHOWN["instead"], {"level": LEVEL[level][0]}) if level else NOT_SHOWN["nothing"]
