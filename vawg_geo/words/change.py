"""Texts of change over time on pages that show several periods.

A page of one period has none of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vawg_geo.words.page import STATUS
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CHANGE_PAGE", "RULES", "change_words", "line_said", "trend_words"]

CHANGE: Final = {
    "increasing": "Rose",
    "decreasing": "Fell",
    "no_clear_change": "No clear change",
    "not_compared": "Not compared",
}

# Beside the colour: where it is sure.
CHANGE_SIGN: Final = {"increasing": "▲", "decreasing": "▼"}

# Lines of the key, as `palette.CHANGE_FILLS` has them.
CHANGE_KIND: Final = {
    "up_high": "▲ Rose, by half or more",
    "up": "▲ Rose, by less",
    "unsure_up": "Unsure, rate higher",
    "unsure_down": "Unsure, rate not higher",
    "down": "▼ Fell, by less",
    "down_low": "▼ Fell, by a third or more",
    "zero": "None recorded, then and now",
    "not_compared": "Not compared",
}

# What each of them is a case of, where it is a change.
CHANGE_WORD: Final = {
    "up_high": "increasing",
    "up": "increasing",
    "unsure_up": "no_clear_change",
    "unsure_down": "no_clear_change",
    "down": "decreasing",
    "down_low": "decreasing",
}

CHANGE_SENTENCE: Final = {
    "increasing": (
        "{areas} rate rose: in {period} it was {ratio} times that of {since} "
        "(95% interval {limits})."
    ),
    "decreasing": (
        "{areas} rate fell: in {period} it was {ratio} times that of {since} "
        "(95% interval {limits})."
    ),
    "no_clear_change": (
        "{areas} rate did not clearly change: in {period} it was {ratio} times that of {since} "
        "(95% interval {limits})."
    ),
    "not_compared": "{areas} rate of {period} is not compared with that of {since}.",
}

# Where nothing was recorded at the start there is no ratio, only what it is at least.
CHANGE_FROM_NONE: Final = {
    "increasing": (
        "{areas} rate rose from none recorded in {since}: by its 95% interval to {low} times or "
        "more."
    ),
    "no_clear_change": (
        "{areas} rate did not clearly change: none were recorded in {since}, and chance alone "
        "could bring what was recorded in {period}."
    ),
}

_OTHERS: Final = "the rest of {comparator}, whose rate was {whole} times what it had been"
_TIMES: Final = "{relative} times as much (95% interval {limits})"
_NOT_MORE: Final = f"But it did not clearly {{way}} more than {_OTHERS}: {_TIMES}."

# By the area's own change, then by its change against that of the comparator.
RELATIVE_SENTENCE: Final = {
    "increasing": {
        "increasing": f"It rose more than {_OTHERS}: {_TIMES}.",
        "decreasing": f"It rose less than {_OTHERS}: {_TIMES}.",
        "no_clear_change": _NOT_MORE.replace("{way}", "rise"),
    },
    "decreasing": {
        "increasing": f"It fell less than {_OTHERS}: {_TIMES}.",
        "decreasing": f"It fell more than {_OTHERS}: {_TIMES}.",
        "no_clear_change": _NOT_MORE.replace("{way}", "fall"),
    },
    "no_clear_change": {
        "increasing": f"Held against {_OTHERS}, it rose: {_TIMES}.",
        "decreasing": f"Held against {_OTHERS}, it fell: {_TIMES}.",
        "no_clear_change": f"Nor did it clearly change otherwise than {_OTHERS}.",
    },
}

TREND: Final = {
    "increasing": "Increasing over {n} {periods}",
    "decreasing": "Decreasing over {n} {periods}",
    "no_significant_change": "No significant change over {n} {periods}",
    "cannot_be_calculated": "Cannot be calculated",
}
_YEARS: Final = "years"
_PERIODS: Final = "periods"

# How a change was called, and what may lie behind it.
RULES: Final = {
    "sure": (
        "▲ and ▼: sure, after correction for the number of {levels}. Hatched: chance alone could "
        "do it."
    ),
    "vary": (
        "The limits allow for {levels} that vary by {cv}% between two such periods beyond chance."
    ),
    "vary_chance": "The {levels} vary between two such periods by chance alone.",
    "vary_unknown": (
        "How {levels} vary between two such periods cannot be said: the limits are those of "
        "chance alone."
    ),
    "lockdown": "2020/21 was a year of lockdowns.",
}

# How many rose and fell, by what there is to say.
FOUND: Final = {
    "some": (
        "{rose} of {n} {levels} rose since {since}, {fell} fell, {unsure} did not clearly change."
    ),
    "none": "None of the {n} {levels} clearly rose or fell since {since}.",
    "nothing": "None of the {n} {levels} is compared with {since}.",
    "without": "Not compared: {without}.",
    "against": "Held against the change of {comparator}, {more} rose and {less} fell.",
    "against_whole": (
        "Held against the change of {comparator} ({whole} times), {more} rose and {less} fell."
    ),
}

CHANGE_PAGE: Final = {
    "view_change": "Change",
    "since": "Since",
    "change_title": "Change since {since}",
    "change_sub": "Change since {since} of the {rate}",
    "change_caveat": RECORDING,
    "change_none": "Nothing earlier can be compared with {period}.",
    "change_single": "Change: there is no earlier period of this.",
    "found_rose": "Rose ({n}):",
    "found_fell": "Fell ({n}):",
    "ratio": "Ratio to {since}",
    "lower": "its lower 95% limit",
    "upper": "its upper 95% limit",
    "p_adjusted": "Adjusted p",
    "change": "Change",
    "relative": "Ratio to the change of {comparator}",
    "against": "Against that change",
    "or_more": "{low} or more",
    "change_sure": "How sure this change is",
    "trend": "Trend",
    "line": "Over time",
    "line_label": "Line of the rate over time; the table below has the same figures.",
    "line_key": "Dashed: {others}.",
    "line_others": "the rest of {comparator}",
    "line_whole": "{comparator}",
    "line_table": "The figures of this line",
    "line_head": ["Period", "Rate", "95% interval"],
    "line_new": "New series.",
    "line_above": "▲ Above its expected range.",
    "line_below": "▼ Below its expected range.",
    "play": "Play",
    "pause": "Pause",
    "next": "Next period",
    "play_end": "{period}: the end. Stopped.",
    "beside_same": "Both maps have the same classes and colours.",
    "beside_other": "Each map has classes of its own: their colours do not compare.",
}

_LINE: Final = "Line and band: the rate and its 95% interval. A gap: hidden, or no figure."
_LINE_NEW: Final = "A new series begins in {periods}: figures before it are not those after it."
_LINE_OUT: Final = "▲ ▼: a month above or below what the months before it let expect."


def trend_words(points: int, *, years: bool) -> dict[str, str]:
    """What is said of each trend.

    Parameters
    ----------
    points : int
        Periods that it is over.
    years : bool
        Whether they are years.

    Examples
    --------
    >>> trend_words(5, years=True)["increasing"]
    'Increasing over 5 years'
    """
    return {
        word: text.replace("{n}", str(points)).replace("{periods}", _YEARS if years else _PERIODS)
        for word, text in TREND.items()
    }


def line_said(new_series: Sequence[str], *, stand_out: bool) -> str:
    """What the marks of a line mean, those that it has.

    Parameters
    ----------
    new_series : sequence of str
        Periods in which a new series begins.
    stand_out : bool
        Whether months stand out.
    """
    said = [_LINE]
    if new_series:
        said.append(_LINE_NEW.replace("{periods}", ", ".join(new_series)))
    if stand_out:
        said.append(_LINE_OUT)
    return " ".join(said)


def change_words() -> dict[str, Any]:
    """What the page's script needs beside the words of every page, where there are periods."""
    return {
        "change": CHANGE,
        "change_sign": CHANGE_SIGN,
        "change_kind": CHANGE_KIND
        | {
            word: text for word, text in STATUS.items() if word not in ("value", "zero", "unstable")
        },
        "change_word": CHANGE_WORD,
        "change_sentence": CHANGE_SENTENCE,
        "change_from_none": CHANGE_FROM_NONE,
        "relative_sentence": RELATIVE_SENTENCE,
        "found": FOUND,
    }
