"""Sharing out a total without losing any of it: largest remainders in exact arithmetic."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DECIMAL", "DYADIC", "apportion", "as_fraction", "finest_unit"]

# A sixty-fourth has six decimals and is exact as a binary fraction, so any program's sum of such
# numbers, in any order, is exact too. A millionth is exact only as it is printed.
DYADIC: Final = Fraction(1, 64)
DECIMAL: Final = Fraction(1, 1_000_000)


def as_fraction(number: float) -> Fraction:
    """Value of a number as it is written: 0.1 is a tenth.

    Examples
    --------
    >>> as_fraction(0.1), as_fraction(12)
    (Fraction(1, 10), Fraction(12, 1))
    """
    # float() first: the text of a NumPy number is not that of its value.
    whole = not isinstance(number, float)
    return Fraction(int(number)) if whole else Fraction(Decimal(repr(float(number))))


def finest_unit(numbers: Mapping[str, Fraction]) -> Fraction:
    """Unit of which all numbers are multiples: `DYADIC` where it can be, else `DECIMAL`.

    Parameters
    ----------
    numbers : mapping of str to Fraction
        By words for messages.

    Raises
    ------
    InputError
        A number has more than six decimals.
    """
    for unit in (DYADIC, DECIMAL):
        odd = [name for name, number in numbers.items() if (number / unit).denominator != 1]
        if not odd:
            return unit
    raise InputError(
        problem(
            "have more than six decimals",
            bad=len(odd),
            total=len(numbers),
            noun="counts",
            first=f"{odd[0]} ({float(numbers[odd[0]])!r})",
            action="Round them: no estimate is known that well, and no sum of them is exact.",
        )
    )


def apportion(shares: Sequence[Fraction], *, unit: Fraction = Fraction(1)) -> list[Fraction]:
    """Round shares of a total to multiples of a unit so that they still make the total.

    Each share is rounded down; the units that are left go, one each, to those with the largest
    remainders (the method of largest remainders, also called Hamilton's). Of equal remainders the
    larger share goes first, then the earlier.

    Parameters
    ----------
    shares : sequence of Fraction
        None negative; their sum a multiple of the unit.
    unit : Fraction

    Returns
    -------
    list of Fraction
        In the order given; each less than one unit from its share.

    Raises
    ------
    ValueError
        The sum is no multiple of the unit.

    Examples
    --------
    >>> [int(n) for n in apportion([Fraction(10, 3), Fraction(10, 3), Fraction(10, 3)])]
    [4, 3, 3]
    """
    wanted = sum(shares, Fraction()) / unit
    if wanted.denominator != 1:
        msg = f"{wanted * unit} is no multiple of {unit}. Choose a smaller unit."
        raise ValueError(msg)
    whole = [share // unit for share in shares]
    order = sorted(range(len(shares)), key=lambda n: (whole[n] - shares[n] / unit, -shares[n], n))
    for n in order[: int(wanted) - sum(whole)]:
        whole[n] += 1
    return [n * unit for n in whole]
