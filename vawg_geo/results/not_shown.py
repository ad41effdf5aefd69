"""What a reader is told of figures that an edition does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.areas.joining.hierarchy import UPWARDS
from vawg_geo.disclosure.hide import SMALL_LEVELS
from vawg_geo.words.page import LEVEL, SEX, fill

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from vawg_geo.disclosure.hide import Withheld
    from vawg_geo.terms.indicators import Indicator

__all__ = ["not_shown_sentence"]

# One sentence for both reasons, and no number. With a district's total of 8, "8 of 12 wards" would
# give each ward to 0 or 1, and "more than a third" by itself none above 4.
_SMALL_AREAS: Final = (
    "{title}, {sex}: not shown by {level}, because more than a third of the {levels} would have to "
    "be hidden, or single ones could not be kept hidden. {instead}"
)
_UNSAFE: Final = (
    "{title}, {sex}: not shown by {level}, because single {levels} cannot be hidden so that they "
    "stay hidden. {instead}"
)
_INSTEAD: Final = "See the figures by {level}."
_NOTHING: Final = "There are no figures for larger areas."


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
        "instead": fill(_INSTEAD, {"level": LEVEL[instead][0]}) if instead else _NOTHING,
    }
    return fill(_SMALL_AREAS if series.level in SMALL_LEVELS else _UNSAFE, values)
