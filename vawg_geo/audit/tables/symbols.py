"""Numbers and symbols in cells of tables."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import pandas as pd

__all__ = ["read_figure", "read_figures"]

# What offices write for a hidden count.
_HIDDEN: Final = frozenset(
    (
        "x",
        "*",
        "**",
        "***",
        "c",
        "[c]",
        "(c)",
        "~",
        "[low]",
        "low",
        "s",
        "[s]",
        "#",
        "suppressed",
        "hidden",
    )
)
_NOT_APPLICABLE: Final = frozenset(
    ("z", "[z]", "not applicable", "not_applicable", "not available")
)
_MISSING: Final = frozenset(
    (
        "",
        "-",
        "–",
        "—",
        ":",
        ".",
        "..",
        "...",
        "…",
        "na",
        "n/a",
        "nan",
        "none",
        "null",
        "<na>",
        "[x]",
        "missing",
        "no figure",
        "u",
        "[u]",
    )
)
_BELOW: Final = re.compile(r"(?:<|under|below|fewer than|less than)\s*([\d,]+)", re.I)
_AT_MOST: Final = re.compile(r"(?:<=|≤|at most|up to)\s*([\d,]+)", re.I)
_ABOVE: Final = re.compile(r"(?:>|over|above|more than)\s*([\d,]+)", re.I)
_AT_LEAST: Final = re.compile(r"(?:(?:>=|≥|at least)\s*([\d,]+)|([\d,]+)\s*(?:\+|or more))", re.I)
_RANGE: Final = re.compile(r"\[?([\d,]+)\s*(?:-|–|—|to|\.\.)\s*([\d,]+)\]?", re.I)
_NUMBER: Final = re.compile(r"-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?\s*%?", re.I)


def read_figure(text: str) -> tuple[float, float, str]:
    """Least and greatest size that a text gives a number, and the state of its cell.

    Parameters
    ----------
    text : str

    Returns
    -------
    low, high : float
        NaN where the text says nothing.
    status : str
        `value`, `zero`, `suppressed`, `missing`, `not_applicable` or `unknown`.

    Examples
    --------
    >>> read_figure("1,234"), read_figure("<8"), read_figure("[c]")
    ((1234.0, 1234.0, 'value'), (0.0, 7.0, 'suppressed'), (nan, nan, 'suppressed'))
    >>> read_figure("1.5e3"), read_figure("E05002703")
    ((1500.0, 1500.0, 'value'), (nan, nan, 'unknown'))
    """
    word = " ".join(text.split()).casefold()
    if word in _HIDDEN:
        return np.nan, np.nan, "suppressed"
    if word in _MISSING:
        return np.nan, np.nan, "missing"
    if word in _NOT_APPLICABLE:
        return np.nan, np.nan, "not_applicable"
    if word.strip("%") and any(c.isdigit() for c in word) and _NUMBER.fullmatch(word):
        number = float(word.rstrip("% ").replace(",", ""))
        return number, number, "value" if number else "zero"
    return _read_range(word)


def _read_range(word: str) -> tuple[float, float, str]:
    for pattern, low, high in (
        (_AT_MOST, 0.0, None),
        (_BELOW, 0.0, -1.0),
        (_AT_LEAST, None, np.nan),
        (_ABOVE, 1.0, np.nan),
    ):
        if found := pattern.fullmatch(word):
            number = _whole(next(group for group in found.groups() if group))
            if pattern in (_AT_MOST, _BELOW):
                return 0.0, number + (high or 0.0), "suppressed"
            return number + (low or 0.0), np.nan, "suppressed"
    if found := _RANGE.fullmatch(word):
        return _whole(found[1]), _whole(found[2]), "suppressed"
    return np.nan, np.nan, "unknown"


def _whole(digits: str) -> float:
    return float(digits.replace(",", ""))


def read_figures(column: pd.Series) -> pd.DataFrame:
    """`read_figure` of a whole column of texts or numbers.

    Returns
    -------
    pandas.DataFrame
        `low`, `high`, `status`, in the order of the column.
    """
    codes, words = pd.factorize(column.to_numpy(dtype=object))
    # The last place is for what is missing, whose code is -1.
    read = [*(_read_any(word) for word in words), (np.nan, np.nan, "missing")]
    low, high, status = zip(*read, strict=True)
    return pd.DataFrame(
        {
            "low": np.array(low, dtype=float)[codes],
            "high": np.array(high, dtype=float)[codes],
            "status": np.array(status, dtype=object)[codes],
        },
        index=column.index,
    )


def _read_any(value: Any) -> tuple[float, float, str]:
    """Read a number or a text; most are plain numbers."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return read_figure(str(value))
    if np.isnan(number):
        return np.nan, np.nan, "missing"
    return number, number, "value" if number else "zero"
