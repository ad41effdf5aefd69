"""What a reader is told of figures that an edition does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.areas.joining.hierarchy import UPWARDS
from vawg_geo.disclosure.hide import SMALL_LEVELS
from vawg_geo.words.figures import NOT_SHOWN
from vawg_geo.words.page import LEVEL, SEX, fill

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from vawg_geo.disclosure.hide import Withheld
    from vawg_geo.terms.indicators import Indicator

__all__ = ["not_shown_sentence"]


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
    one, many = LEVEL[series.level]
    larger = UPWARDS[UPWARDS.index(series.level) + 1 :]
    instead = next((u for u in larger if (u, series.indicator, series.sex) in shown), "")
    values = {
        "title": indicators[series.indicator].title,
        "sex": SEX[series.sex].lower(),
        "level": one,
        "levels": many,
        "instead": NOT_SHOWN["nothing"],
    }
    if instead:
        values["instead"] = fill(NOT_SHOWN["instead"], {"level": LEVEL[instead][0]})
    return fill(NOT_SHOWN["small_areas" if series.level in SMALL_LEVELS else "unsafe"], values)
