"""What can go wrong, as classes, and one way to say it.

A message names what is wrong, how many of how many, the first case and what to do next. The
command line prints the message of a `VawgGeoError` and exits with 2; it never shows a traceback
for one.
"""

from __future__ import annotations

from typing import Any

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
    "problem",
]


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
