"""What can go wrong, as classes, and one way to say it.

A message names what is wrong, how many of how many, the first case and what to do next. The
command line prints the message of a `VawgGeoError` and exits with 2; it never shows a traceback
for one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from difflib import SequenceMatcher

__all__ = [
    "AuditRefusedError",
    "BoundaryError",
    "ConfigurationError",
    "DecisionNeeded",
    "DisclosureError",
    "DownloadError",
    "InputError",
    "JoinError",
    "OutputError",
    "VawgGeoError",
    "did_you_mean",
    "first_few",
    "nearest",
    "offer",
    "problem",
    "said_of",
]

# Two letters of three, in their order: `pre` still finds `per`, and what shares half of its letters
# with a name is another name.
_ALIKE: Final = 2 / 3
# Longer numbers are codes, in which one wrong digit, or two that changed places, is all that a slip
# of the hand makes: with more of them it is another area. Shorter ones are years and sizes.
_LONGEST_NUMBER: Final = 4
_DIGITS: Final = "0123456789"
_NO_DIGITS: Final = dict.fromkeys(map(ord, _DIGITS))


class VawgGeoError(Exception):
    """Anything this package refuses; the message is for the person at the keyboard."""


class ConfigurationError(VawgGeoError):
    """The configuration file or an option cannot be used."""


class InputError(VawgGeoError, ValueError):
    """A table or its values cannot be used."""


class BoundaryError(InputError):
    """A boundary file or its geometry cannot be used."""


class JoinError(InputError):
    """Rows and areas cannot be matched without a person's decision."""


class DisclosureError(VawgGeoError):
    """Publishing this would break a rule of disclosure control."""


class DecisionNeeded(DisclosureError):  # noqa: N818 - it is no fault of anybody's
    """A person must read something first and say that it may stand; the exit code is 1."""


class AuditRefusedError(DisclosureError):
    """The audit found that an edition, or a file of it, gives away what it should hide.

    Attributes
    ----------
    report : AuditReport
        All that was found, for the analyst only.
    edition : str
        Which one.
    made_from : Edition, optional
        Where its counts themselves were refused, before any file was written.
    """

    def __init__(
        self, message: str, *, report: Any, edition: str = "", made_from: Any = None
    ) -> None:
        super().__init__(message)
        self.report = report
        self.edition = edition
        self.made_from = made_from


class DownloadError(VawgGeoError):
    """A download failed, was cut short, or is not what was announced."""


class OutputError(VawgGeoError):
    """An output cannot be written whole."""


def first_few(names: Iterable[object], *, most: int = 12) -> str:
    """The first of some names for a message, and how many more there are.

    Examples
    --------
    >>> first_few(["Ely", "Soham", "March"], most=2), first_few(["Ely"], most=2)
    ("'Ely', 'Soham' and 1 more", "'Ely'")
    """
    listed = [repr(str(name)) for name in names]
    more = f" and {len(listed) - most:,} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def problem(what: str, *, bad: int, total: int, noun: str, first: str, action: str) -> str:
    """Word a message in the house's form.

    Parameters
    ----------
    what : str
        What is wrong, as the end of a sentence whose subject is `noun`.
    bad, total : int
        How many of how many.
    noun : str
        Plural noun for the things counted.
    first : str
        The first case, as its owner would recognise it.
    action : str
        What to do next, as a full sentence.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> problem(
    ...     "have no positive population", bad=3, total=144, noun="areas",
    ...     first="'E05002703' Arbury (0)",
    ...     action="Drop these areas, or supply another denominator.",
    ... )
    "3 of 144 areas have no positive population; first: 'E05002703' Arbury (0). Drop these areas, or supply another denominator."
    """  # noqa: E501
    return f"{bad:,} of {total:,} {noun} {what}; first: {first}. {action}"


def nearest(name: str, choices: Iterable[str], *, most: int = 1) -> list[str]:
    """Those of some names that a name which is none of them may have meant.

    Letters are compared without case and apart from digits: first comes what is most like the name,
    then what has the nearest number. A choice that stands whole in the name comes before all.

    Parameters
    ----------
    name : str
        What was given.
    choices : iterable of str
        What there is.
    most : int
        How many at most.

    Returns
    -------
    list of str
        The nearest first; empty where none is near.

    Examples
    --------
    >>> nearest("confidense", ["per", "method", "confidence"])
    ['confidence']
    >>> nearest("wards-2017", ["wards-2015", "districts-2017", "wards-2016"], most=2)
    ['wards-2016', 'wards-2015']
    >>> nearest("E05002721", ["E05002712", "E05002799"])
    ['E05002712']
    """
    from difflib import SequenceMatcher

    letters, digits = _taken_apart(name)
    likeness: SequenceMatcher[str] = SequenceMatcher(b=letters)
    near: list[tuple[tuple[bool, float, int, float], str]] = []
    for other in choices:
        other_letters, other_digits = _taken_apart(other)
        likeness.set_seq1(other_letters)
        alike = 1.0 if letters == other_letters else _ratio(likeness)
        if digits and digits == other_digits and other.casefold() in name.casefold():
            # All of it, number too, with something beside it.
            rank = (False, 0.0, 0, 0.0)
        elif alike < _ALIKE or (
            max(len(digits), len(other_digits)) > _LONGEST_NUMBER
            and not _one_slip(digits, other_digits)
        ):
            continue
        else:
            apart = abs(int(digits[:18]) - int(other_digits[:18])) if digits and other_digits else 0
            rank = (True, -round(alike, 1), apart, -alike)
        near.append((rank, other))
    return [other for _, other in sorted(near)[:most]]


def _taken_apart(name: str) -> tuple[str, str]:
    """Letters and other signs of a name, and its digits."""
    plain = name.casefold()
    return plain.translate(_NO_DIGITS), "".join(sign for sign in plain if sign in _DIGITS)


def _ratio(likeness: SequenceMatcher[str]) -> float:
    """How alike two texts are, 0 where a cheaper look says that they are not."""
    if likeness.real_quick_ratio() < _ALIKE or likeness.quick_ratio() < _ALIKE:
        return 0.0
    return likeness.ratio()


def _one_slip(number: str, other: str) -> bool:
    """Whether one digit is wrong, lost or too many, or two neighbours changed places."""
    pairs = enumerate(zip(number, other, strict=False))
    start = next((at for at, (one, two) in pairs if one != two), min(len(number), len(other)))
    rest, others = number[start:], other[start:]
    swapped = rest[1::-1] == others[:2] and rest[2:] == others[2:]
    return swapped or rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]


def did_you_mean(name: str, choices: Iterable[str], *, otherwise: str = "", most: int = 1) -> str:
    """Offer what a name may have meant, as a sentence.

    Parameters
    ----------
    name, choices, most
        As for `nearest`.
    otherwise : str
        What to say where there is nothing to offer.

    Returns
    -------
    str

    Examples
    --------
    >>> did_you_mean("pre", ["method", "per"])
    "Did you mean 'per'?"
    >>> did_you_mean("zebra", ["method", "per"], otherwise="Correct the name.")
    'Correct the name.'
    """
    return offer([repr(other) for other in nearest(name, choices, most=most)], otherwise=otherwise)


def offer(offers: Sequence[str], *, otherwise: str = "", joint: str = "or") -> str:
    """Word what may have been meant.

    Parameters
    ----------
    offers : sequence of str
        As they are to be read.
    otherwise : str
        What to say where there is nothing to offer.
    joint : str
        Between the last two.

    Returns
    -------
    str

    Examples
    --------
    >>> offer(["Central", "North"], joint="and")
    'Did you mean Central and North?'
    """
    if not offers:
        return otherwise
    listed = f"{', '.join(offers[:-1])} {joint} " if offers[1:] else ""
    return f"Did you mean {listed}{offers[-1]}?"


@contextmanager
def said_of(source: object) -> Iterator[None]:
    """Put the file that a refusal is of before its words.

    Parameters
    ----------
    source : object
        As the person knows it: a file, with its sheet or the member of an archive.

    Raises
    ------
    VawgGeoError
        Of the same class as the one inside.

    Examples
    --------
    >>> with said_of("counts.csv"):
    ...     raise InputError("no rows")
    Traceback (most recent call last):
    vawg_geo.errors.InputError: counts.csv: no rows
    """
    try:
        yield
    except VawgGeoError as error:
        msg = f"{source}: {error}"
        raise type(error)(msg) from error
