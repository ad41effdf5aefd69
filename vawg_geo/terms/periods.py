"""What time the words for periods mean.

One vocabulary for everybody: what the Office for National Statistics, the Home Office, police
forces, Fingertips and spreadsheet programs write. What could mean two things is not read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from vawg_geo.terms.codes import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "MONTH_NAMES",
    "PERIOD_EXAMPLES",
    "Span",
    "in_order",
    "length_of",
    "month_word",
    "months_of",
    "period_lengths",
    "read_day",
    "read_period",
    "read_periods",
    "span_name",
    "years_of",
]

# First day, and the day after the last, as day numbers.
Span = tuple[int, int]


class _Style(NamedTuple):
    """How words that could be two things are meant in a column: "month", "year" or "" (neither).

    By the mark between four figures and two (`2011-12`, `2011/12`, `2011.12`, `201112`); whether
    two figures and two (`17/18`) are years; and whether a first day of a month stands for the month
    or is a day.
    """

    hyphen: str = "month"
    slash: str = "year"
    dot: str = ""
    joined: str = ""
    short: str = ""
    first_is_month: bool = True


class _Part(NamedTuple):
    """A piece of text that was read: its days, and what kind of word it is."""

    span: Span
    kind: str


_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr ion",
            "february feb chwefror chwef",
            "march mar mawrth fawrth maw",
            "april apr ebrill ebr",
            "may mai fai",
            "june jun mehefin fehefin meh",
            "july jul gorffennaf orffennaf gorff",
            "august aug awst",
            "september sept sep medi fedi",
            "october oct hydref hyd",
            "november nov tachwedd dachwedd tach",
            "december dec rhagfyr ragfyr rhag",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        # As `6 months to`, `twelve months to`.
        (
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ),
        start=1,
    )
}
# No word for a period has as many letters; a page of text in a cell is not searched for one.
_LONGEST: Final = 200
# What to write, for messages.
PERIOD_EXAMPLES: Final = "2015/16, 2015, 2015 Q2, 2015-04 or 2015-04-01 to 2016-03-31"
_NAME: Final = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
# For looking whether a text names a month: the beginnings that English and Welsh names have.
MONTH_NAMES: Final = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ionawr|chwef|fawrth|ebr|mai|fai|meh|gorff|"
    "awst|medi|fedi|hydref|tach|rhag"
)
_UNIT: Final = (
    "(?P<unit>half[- ]years?|years?|yrs?|quarters?|qtrs?|months?|mths?|m|weeks?|wks?|days?)"
)
_YEAR: Final = r"\d{4}"
_PAIR: Final = r"\d{4}[/-](?:\d{4}|\d{2})"
_SHORT_PAIR: Final = re.compile(r"\d{2}[/-]\d{2}")
_ORDINAL: Final = r"(?:st|nd|rd|th)?"
_CLOCK: Final = r"(?:[t ](?:00:00(?::00(?:\.0+)?)?|23:59(?::\d{2}(?:\.\d+)?)?)(?:z|[+]00:?00)?)?"

# Marks of a footnote, and what is said of a figure in brackets, after a dash or by a letter.
_MARKS: Final = re.compile("[¹²³⁰⁴-⁹ᵖʳ*†‡§#^]+$")
_SAID: Final = (
    "provisional|prov|preliminary|prelim|revised|rev|final|finalised|estimated?|est|experimental|"
    "latest|baseline|unaudited|pooled|combined|see note|note|footnote|official|statistics|figures|"
    "data|break in|series|[prebu]"
)
_HARMLESS: Final = re.compile(rf"(?:(?:{_SAID})\s?\d{{0,2}}|\d)(?:[ ;&]+(?:{_SAID})\d{{0,2}})*")
_AS_AT: Final = re.compile(
    r"(?:data |figures )?(?:as (?:at|of|on)|published|extracted|updated|correct at|revised|"
    r"downloaded|released|accessed)(?: on| in| at)? (.+)"
)
_BRACKETS: Final = re.compile(r"\s*(?:\(([^()\[\]]*)\)|\[([^()\[\]]*)\])")
_AFTER: Final = re.compile(rf"(?<=[\da-z])(?:\s*[-;]\s*|\s+)(?:{_SAID})(?:(?<=note)\s\d{{1,2}})?$")
_LETTER: Final = re.compile(r"(?<=\d)[pr]$")

_QUALIFIERS: Final = {
    "financial": r"\b(?:(?:financial|fiscal|fin)(?: years?| yrs?)?\b|f[/ ]?y(?=\d|\b))",
    "calendar": r"\b(?:(?:calendar|cal)(?: years?| yrs?)?\b|c/?y(?=\d|\b))",
    "academic": r"\b(?:(?:academic|school)(?: years?| yrs?)?\b|ay(?=\d|\b))",
}


def read_period(word: str) -> Span | None:
    """Time that a word for a period means, or None where it cannot be said.

    Parameters
    ----------
    word : str
        Years `2015` (calendar), `2015/16`, `2015-16`, `FY 2015/16` (April to March), `academic
        year 2015/16` (September to August); quarters and halves `2015 Q2` (of the calendar year),
        `Q2 2015/16`, `first half of 2015/16`; months `2015-04`, `2019/08`, `201908`, `August 2019`,
        `Aug-19`, `08/2019`; `year ending March 2016`, `12 months to 31 March 2016`, `4 weeks ending
        28 August 2019`; any two with `to` or a dash (`Apr to Jun 2015`, `01/04/2015 to 31/03/2016`,
        `2013 - 15`, `2013/14 to 15/16`), both included; ISO intervals. The day stands before the
        month. Notes such as `(provisional)`, `[r]`, `*` are passed over.

        A date that is the first of a month means the month: that is how spreadsheet programs and
        police exports give months. Any other single day is no period, since nobody can tell
        whether it is a day's count or one as at that day; `19-Aug` may be a day or a month, `2015
        to 2016` two years or the financial one, `2014/15` with a bare `FY 2015` any of three:
        None. `2011-12` by itself is a month; in a column, see `read_periods`.

    Returns
    -------
    tuple of int, or None
        None must be taken as time that may overlap any other.

    Examples
    --------
    >>> year = read_period("2015/16")
    >>> year == read_period("Apr 2015 to Mar 2016") == read_period("year ending March 2016 [r]")
    True
    >>> span_name(year), span_name(read_period("Aug-19"))
    ('2015-04-01 to 2016-03-31', '2019-08-01 to 2019-08-31')
    >>> read_period("2016-03-31"), read_period("since the change of law")
    (None, None)
    """
    return read_periods([word])[0]


def read_periods(words: Iterable[str]) -> list[Span | None]:
    """Times of a column's words, each read in the light of the others.

    `2011-12` is December 2011 among months and April 2011 to March 2012 among years (`2012-13`
    cannot be a month); where both stand in the column it cannot be said. `2019-08-01` is the
    month, but beside `2019-08-02` a day. `17/18` is a year where all such words are, and never by
    itself.

    Parameters
    ----------
    words : iterable of str
        Words of one column, or of all tables that are put together; they may repeat.

    Returns
    -------
    list of tuple of int, or None
        One for each word, in order, as `read_period` gives them.

    Examples
    --------
    >>> [span_name(s) for s in read_periods(["2011-12", "2012-13"])]
    ['2011-04-01 to 2012-03-31', '2012-04-01 to 2013-03-31']
    >>> [span_name(s) for s in read_periods(["2011-12", "2011-11"])]
    ['2011-12-01 to 2011-12-31', '2011-11-01 to 2011-11-30']
    >>> read_periods(["2019-08-01", "2019-08-02"])
    [None, None]
    """
    column = list(words)
    return list(_read_column(tuple(column))) if len(column) < 1000 else _by_distinct(column)


def _by_distinct(column: list[str]) -> list[Span | None]:
    distinct = tuple(dict.fromkeys(column))
    spans = dict(zip(distinct, _read_column(distinct), strict=True))
    return [spans[word] for word in column]


@lru_cache(maxsize=4096)
def _read_column(words: tuple[str, ...]) -> tuple[Span | None, ...]:
    style = _style(frozenset(words))
    return tuple(_read(word, style) for word in words)


def read_day(word: str) -> int | None:
    """Day number of a word that is a single date, the first of a month too; else None.

    Examples
    --------
    >>> read_day("31/08/2019") == read_day("2019-08-31 00:00:00") == date(2019, 8, 31).toordinal()
    True
    >>> read_day("2019-08")
    """
    core, _ = _without_notes(_plain(word))
    return _day(core)


def span_name(span: Span) -> str:
    """A span in words, both days included."""
    return f"{date.fromordinal(span[0])} to {date.fromordinal(span[1] - 1)}"


def month_word(span: Span) -> str | None:
    """The word `2019-08` for a span that is one month, else None.

    Examples
    --------
    >>> month_word(read_period("Aug-19")), month_word(read_period("2019"))
    ('2019-08', None)
    """
    first = date.fromordinal(span[0])
    return f"{first:%Y-%m}" if span == _months(first.year, first.month, 1) else None


def months_of(span: Span) -> int | None:
    """How many whole months a span has; None where it has a part of one."""
    first, end = date.fromordinal(span[0]), date.fromordinal(span[1])
    if first.day != end.day:
        return None
    return (end.year - first.year) * 12 + end.month - first.month


def years_of(span: Span) -> float:
    """How many years a span has: a month is a twelfth, a day outside whole months 1/365.25.

    Examples
    --------
    >>> years_of(read_period("2015/16")), years_of(read_period("2015 Q2"))
    (1.0, 0.25)
    """
    months = months_of(span)
    return (span[1] - span[0]) / 365.25 if months is None else months / 12


def length_of(span: Span) -> str:
    """How long a span is, in words: `year`, `month`, `quarter`, `half-year`, `3 years`, `4 weeks`.

    Examples
    --------
    >>> [length_of(read_period(word)) for word in ("2015/16", "2019-08", "3 years to March 2016")]
    ['year', 'month', '3 years']
    """
    months, days = months_of(span), span[1] - span[0]
    named = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}
    if months:
        whole = named.get(months) or (f"{months // 12} years" if months % 12 == 0 else "")
        return whole or f"{months} months"
    if days % 7 == 0:
        return "week" if days == 7 else f"{days // 7} weeks"
    return "day" if days == 1 else f"{days:,} days"


def period_lengths(words: Iterable[str]) -> dict[str, str]:
    """How long each period of a column is: see `length_of`; empty where it cannot be read.

    Examples
    --------
    >>> period_lengths(["2019/20", "2020-04", "before the change"])
    {'2019/20': 'year', '2020-04': 'month', 'before the change': ''}
    """
    column = list(dict.fromkeys(words))
    spans = zip(column, read_periods(column), strict=True)
    return {word: length_of(span) if span else "" for word, span in spans}


def in_order(words: Iterable[str]) -> dict[str, int]:
    """Place of each period in time, the earliest first; those that cannot be read at the end.

    Of two that begin on the same day the shorter is first.

    Examples
    --------
    >>> in_order(["Jan-21", "Feb-20", "Jan-20"])
    {'Jan-20': 0, 'Feb-20': 1, 'Jan-21': 2}
    """
    column = list(dict.fromkeys(words))
    spans = dict(zip(column, read_periods(column), strict=True))
    ordered = sorted(column, key=lambda word: (spans[word] is None, spans[word] or (0, 0), word))
    return {word: place for place, word in enumerate(ordered)}


# --- plain text ------------------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def _plain(word: str) -> str:
    """Small letters, one kind of dash and space; no footnote marks, no words that say nothing."""
    if len(word) > _LONGEST:
        return ""
    # A soft hyphen is a hyphen here; otherwise 2015-16 would become six figures.
    text = _MARKS.sub("", visible(word.replace("\u00ad", "-")))
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        "-" if unicodedata.category(c) == "Pd" or c in "−⁃‑─" else "/" if c in "⁄∕" else c
        for c in text
    )
    text = re.sub(r"[',’‘`\"]", lambda m: " " if m[0] == "," else "", text).casefold()
    text = re.sub(r"(?<=[a-z])\.", " ", text)
    text = re.sub(r"\b(?:the|of|in|for|during|period|inclusive)\b", " ", text)
    text = re.sub(r"-{2,}", "-", " ".join(text.split()))
    text = re.sub(r"\s?/\s?", "/", text)
    # A dash with a space on one side only is a slip of the hand.
    text = re.sub(r"(?<! )- | -(?! )", "-", text)
    return _MARKS.sub("", text).strip()


@lru_cache(maxsize=65_536)
def _without_notes(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without what is said in brackets or after it, and the notes that speak of time."""
    notes = [" ".join((a or b).split()) for a, b in _BRACKETS.findall(text)]
    core = " ".join(_BRACKETS.sub(" ", text).split())
    core = _LETTER.sub("", _MARKS.sub("", _AFTER.sub("", core)).strip())
    return core, tuple(note for note in notes if note and not _HARMLESS.fullmatch(note))


@lru_cache(maxsize=65_536)
def _read(word: str, style: _Style) -> Span | None:
    text = _plain(word)
    core, notes = _without_notes(text)
    if not core.isascii() or not re.search(r"\d", text):
        return None
    found = _qualified(core, style)
    for note in notes:
        found = _noted(core, found, note, style)
        if found is None:
            return None
    return found


def _noted(core: str, found: Span | None, note: str, style: _Style) -> Span | None:
    """A span in the light of a note that must agree with it, or say what it lacks."""
    if as_at := _AS_AT.fullmatch(note):
        seen = _day(as_at[1]) or (_qualified(as_at[1], style) or (0, 0))[1]
        # Seen before its end, a period was not over: nobody knows how much of it was counted.
        return found if found and seen >= found[1] else None
    if length := re.fullmatch(rf"(\d{{1,2}}) {_UNIT}(?: (?:pooled|combined|rolling))?", note):
        whole = found and _reach(found[1], int(length[1]), length["unit"], back=True)
        return found if whole == found else None
    alone = _qualified(note, style)
    if found and alone:
        return found if alone == found else None
    together = _qualified(f"{core} {note}", style) or _qualified(f"{note} {core}", style)
    if found and (months := re.fullmatch(rf"({_NAME})(?: to | - |-)({_NAME})", note)):
        first, last = date.fromordinal(found[0]), date.fromordinal(found[1] - 1)
        same = (first.month, last.month) == (_MONTHS[months[1]], _MONTHS[months[2]])
        return found if same and found[1] - found[0] <= 366 else None
    if alone and (part := re.fullmatch(r"([qh])([1-4])", _ordinals(core))):
        year = date.fromordinal(alone[0]).year
        words = (
            f"{part[0]} {year}",
            *(f"{part[0]} {y}/{(y + 1) % 100:02}" for y in (year, year - 1)),
        )
        return alone if alone in [_qualified(word, style) for word in words] else None
    return together


# --- ambiguous words in a column ---------------------------------------------------------------

_TWO_NUMBERS: Final = re.compile(r"(?<![\d/.-])(\d{4})([/.-]?)(\d{2})(?![\d]|[/.-]\d)")


@lru_cache(maxsize=65_536)
def _evidence(word: str) -> tuple[frozenset[tuple[str, str, str]], str]:
    """What a word tells of its column: (mark, month, year or either, text); days of which kind."""
    core, _ = _without_notes(_plain(word))
    if day := _day(core):
        return frozenset(), "first" if date.fromordinal(day).day == 1 else "day"
    whole_year = bool(re.search(r"\b[qh][1-4]\b|q[1-4]|\bf/?y|financ|academ|half|quarter", core))
    found = set()
    for first, mark, second in _TWO_NUMBERS.findall(core):
        month = 1 <= int(second) <= 12
        year = int(second) == (int(first) + 1) % 100
        if month or year:
            either = "either" if not whole_year else "year"
            found.add((mark, either if month and year else "month" if month else "year", first))
    return frozenset(found), ""


@lru_cache(maxsize=4096)
def _style(words: frozenset[str]) -> _Style:
    told: dict[str, dict[str, set[str]]] = {}
    days = set()
    for word in words:
        pairs, day = _evidence(word)
        days.add(day)
        for mark, kind, text in pairs:
            told.setdefault(mark, {}).setdefault(kind, set()).add(text)
    chosen: dict[str, str] = {}
    for mark, usual in (("-", "month"), ("/", "year"), (".", ""), ("", "")):
        kinds = told.get(mark, {})
        sure: list[str] = [kind for kind in ("month", "year") if kind in kinds]
        if len(sure) == 1:
            chosen[mark] = sure[0]
        elif sure:
            chosen[mark] = ""
        else:
            # Two that are both years of a row, 2010-11 and 2011-12, are no months.
            chosen[mark] = "year" if mark == "-" and len(kinds.get("either", ())) > 1 else usual
    # Six figures in a row are read as months or not at all.
    joined = chosen[""] if chosen[""] == "month" else ""
    short = "year" if _are_short_years(words) else ""
    return _Style(chosen["-"], chosen["/"], chosen["."], joined, short, "day" not in days)


def _are_short_years(words: frozenset[str]) -> bool:
    """Whether all words of two figures and two, as `17/18`, are years in a row, and no months."""
    cores = {_without_notes(_plain(word))[0] for word in words}
    pairs = [(int(core[:2]), int(core[3:])) for core in cores if _SHORT_PAIR.fullmatch(core)]
    # One alone may be anything: the 15th of 16, or September 2010.
    return len(pairs) > 1 and all(second == (first + 1) % 100 for first, second in pairs)


# --- from texts to spans -----------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def _qualified(text: str, style: _Style) -> Span | None:
    """Read a text that may say which kind of year it means."""
    text = _ordinals(text)
    if part := _ending(text, style):
        return part.span
    bases = [basis for basis, form in _QUALIFIERS.items() if re.search(form, text)]
    if len(bases) > 1:
        return None
    basis = bases[0] if bases else ""
    rest = " ".join(re.sub(_QUALIFIERS[basis], " ", text).split()).strip("-: ") if basis else text
    if basis in ("financial", "academic"):
        # Of two years in a row the one that begins in the first: 2015 to 2016, 15-16.
        rest = re.sub(r"\b(\d{4}|\d{2})(?: to | - |[/-])(\d{4}|\d{2})\b", _as_pair, rest)
        style = style._replace(hyphen="year", slash="year")
    part = _whole(rest, style, basis=basis)
    return part.span if part and _agrees(basis, rest, part.span) else None


def _agrees(basis: str, text: str, span: Span) -> bool:
    """Whether a text gives years of the kind that it says it does."""
    if basis == "calendar":
        return not re.search(_PAIR, text)
    if basis == "academic":
        return bool(re.fullmatch(rf"{_PAIR}(?:(?: to | - |-){_PAIR})?", text))
    ends = [date.fromordinal(day) for day in span]
    whole_years = all((end.month, end.day) == (4, 1) for end in ends)
    return not basis or whole_years or bool(re.search(_PAIR, text))


def _as_pair(found: re.Match[str]) -> str:
    first, second = _full_year(found[1]), found[2]
    if first and int(second) in (first + 1, (first + 1) % 100) and len(second) <= len(found[1]):
        return f"{first}/{second}"
    return found[0]


def _ordinals(text: str) -> str:
    """`first half`, `2nd quarter`, `quarter 2`, `qtr 2` as h1, q2."""
    for unit, letter in (("quarter|qtr", "q"), ("half(?: year)?", "h")):
        for number, words in enumerate(("first|1st", "second|2nd", "third|3rd", "fourth|4th"), 1):
            text = re.sub(rf"\b(?:{words})[ -](?:{unit})\b", f"{letter}{number}", text)
        text = re.sub(rf"\b(?:{unit})[ -]?([1-4])\b(?!/)", rf"{letter}\1", text)
    return text


_ENDING: Final = re.compile(
    r"(?:(?:rolling|moving|last|latest|previous|financial|fiscal)\s)?"
    rf"(?:(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})(?:\s?-\s?|\s)?)?{_UNIT}"
    r"(?:\s(?:rolling|moving))?\s?(?P<way>up to|to|ending|ended|end|beginning|commencing|starting|"
    r"from)\s(?:on\s)?(?:end\s)?(?P<day>.+)"
)
_SHORT_ENDINGS: Final = (
    (re.compile(r"(?:y/?e|yr/?e)(?=[\s\d]|$)"), "year ending "),
    (
        re.compile(r"fye(?=[\s\d]|$)|f/?y(?: year)?\s(?:ending|ended|end)\b"),
        "financial year ending ",
    ),
    (re.compile(r"w/?e(?=[\s\d]|$)"), "week ending "),
    (re.compile(r"w/?c(?=[\s\d]|$)"), "week commencing "),
    (re.compile(r"(?:q/?e|qtr/?e)(?=[\s\d]|$)"), "quarter ending "),
    (re.compile(r"m/?e(?=[\s\d]|$)"), "month ending "),
)


def _ending(text: str, style: _Style) -> _Part | None:
    """`year ending March 2016`, `12 months to 31 March 2016`, `4 weeks from 5 August 2019`."""
    for short, long in _SHORT_ENDINGS:
        if short.match(text):
            text = " ".join(short.sub(long, text, count=1).split())
    found = _ENDING.fullmatch(text)
    if not found:
        return None
    number = _NUMBERS.get(found["number"], 0) if found["number"] else 1
    number = number or int(found["number"])
    plural = found["unit"].endswith("s") and not found["number"]
    if not number or (plural and found["unit"] not in ("yrs", "mths", "qtrs", "wks")):
        return None
    day = found["day"]
    if re.fullmatch(_YEAR, day) and text.startswith(("financial", "fiscal")):
        day = f"march {day}"
    at = _span_of_day(day) or _unit(day, style, basis="")
    if at is None or at.kind not in ("day", "month", "quarter"):
        return None
    backwards = found["way"] not in ("beginning", "commencing", "starting", "from")
    span = _reach(at.span[1] if backwards else at.span[0], number, found["unit"], back=backwards)
    return _Part(span, "ending") if span else None


def _reach(day: int, number: int, unit: str, *, back: bool) -> Span | None:
    """Span of some units before a day (not included), or from it on."""
    sign = -1 if back else 1
    if unit.startswith(("w", "d")):
        other = day + sign * number * (7 if unit.startswith("w") else 1)
    else:
        months = 6 if unit.startswith("h") else {"y": 12, "q": 3, "m": 1}[unit[0]]
        from_ = date.fromordinal(day)
        month = from_.year * 12 + from_.month - 1 + sign * number * months
        if not 1800 * 12 <= month < 2200 * 12:
            return None
        first = date(month // 12, month % 12 + 1, 1)
        last = date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
        other = first.replace(day=min(from_.day, last.day)).toordinal()
    return (min(day, other), max(day, other)) if day != other else None


def _whole(text: str, style: _Style, *, basis: str) -> _Part | None:
    """A single period, or two with `to` or a dash between."""
    if found := re.fullmatch(r"(years?|month|quarter|h[- ]?year) (.+)", text):
        part = _whole(found[2], style, basis=basis)
        longest = {"month": 31, "quarter": 92}.get(found[1], 366)
        shortest = {"month": 28, "quarter": 89}.get(found[1], 365)
        days = part.span[1] - part.span[0] if part else 0
        if shortest <= days and (days <= longest or found[1] == "years"):
            return part
    part = _unit(text, style, basis=basis)
    if part and part.kind == "day":
        return _first_of_month(part, style)
    return part or _range(text, style, basis=basis)


def _first_of_month(part: _Part, style: _Style) -> _Part | None:
    first = date.fromordinal(part.span[0])
    month = _months(first.year, first.month, 1)
    if first.day == 1 and style.first_is_month and month:
        return _Part(month, "month")
    return None


# --- single periods ----------------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def _unit(text: str, style: _Style, *, basis: str) -> _Part | None:
    """A day, month, quarter, half or year."""
    if part := _span_of_day(text):
        return part
    for reader in (_year, _part_of_year, _named_month, _numbered_month, _week):
        if part := reader(text, style, basis):
            return part
    return None


def _year(text: str, style: _Style, basis: str) -> _Part | None:
    if style.short and not basis and _SHORT_PAIR.fullmatch(text):
        text = f"{_full_year(text[:2]) or ''}{text[2:]}"
        style = style._replace(hyphen="year", slash="year")
    # What a spreadsheet program makes of a year in a column with gaps.
    if text.endswith(".0") and re.fullmatch(_YEAR, text[:-2]):
        text = text[:-2]
    if re.fullmatch(_YEAR, text) and basis in ("", "calendar"):
        span = _months(int(text), 1, 12)
        return _Part(span, "year") if span else None
    first = _pair(text)
    if first is None or basis == "calendar":
        return None
    mark, second = text[4], text[5:]
    chosen = style.hyphen if mark == "-" else style.slash
    if len(second) == 2 and 1 <= int(second) <= 12 and chosen != "year":
        return None
    span = _months(first, 9 if basis == "academic" else 4, 12)
    return _Part(span, "pair") if span else None


def _pair(text: str) -> int | None:
    """First year of two that follow each other, `2015/16`, `2015-2016`."""
    if not re.fullmatch(_PAIR, text):
        return None
    first, second = int(text[:4]), text[5:]
    follows = first + 1 if len(second) == 4 else (first + 1) % 100
    return first if int(second) == follows else None


def _part_of_year(text: str, _: _Style, basis: str) -> _Part | None:
    """Quarters and halves; those of two years are of the financial one."""
    forms = (
        rf"(?P<part>[qh][1-4])[ /-]?(?P<year>{_PAIR}|\d{{2}}[/-]\d{{2}}|{_YEAR})",
        rf"(?P<year>{_PAIR}|\d{{2}}[/-]\d{{2}}|{_YEAR})(?: - |[ :/-])?(?P<part>[qh][1-4])",
        rf"(?P<part>[qh][1-4]) - (?P<year>{_PAIR}|{_YEAR})",
    )
    found = next((f for form in forms if (f := re.fullmatch(form, text))), None)
    if not found or basis == "academic":
        return None
    letter, number = found["part"][0], int(found["part"][1])
    months = 3 if letter == "q" else 6
    if number * months > 12:
        return None
    year = found["year"]
    if re.fullmatch(r"\d{2}[/-]\d{2}", year):
        year = f"{_full_year(year[:2]) or ''}{year[2:]}"
    if re.fullmatch(_YEAR, year):
        span = _months(int(year), months * (number - 1) + 1, months)
    else:
        first = _pair(year)
        span = _months(first, months * (number - 1) + 4, months) if first else None
    return _Part(span, "quarter" if letter == "q" else "half") if span else None


def _named_month(text: str, _: _Style, basis: str) -> _Part | None:
    found = re.fullmatch(rf"({_NAME})[ /-]?({_PAIR}|{_YEAR}|\d{{2}})", text) or re.fullmatch(
        rf"(?P<b>{_YEAR})[ /-]?(?P<a>{_NAME})", text
    )
    if not found or basis == "academic":
        return None
    if "a" in found.groupdict():
        name, year = found["a"], found["b"]
    else:
        name, year = found[1], found[2]
    number = _MONTHS[name]
    if re.fullmatch(_PAIR, year):
        # `April 2015/16` is in the financial year.
        first = _pair(year)
        span = _months(first + (number < 4), number, 1) if first else None
    else:
        full = _full_year(year)
        span = _months(full, number, 1) if full else None
    return _Part(span, "month") if span else None


def _numbered_month(text: str, style: _Style, basis: str) -> _Part | None:
    if basis:
        return None
    if found := re.fullmatch(r"(\d{4})-?m(\d{1,2})", text):
        year, month = int(found[1]), int(found[2])
    elif found := re.fullmatch(r"(0?[1-9]|1[0-2])[/.-](\d{4})", text):
        year, month = int(found[2]), int(found[1])
    elif found := re.fullmatch(r"(\d{4})([/.-])(\d{1,2})|(\d{4})()(\d{2})", text):
        first, mark, second = (found[1], found[2], found[3]) if found[1] else found.group(4, 5, 6)
        year, month = int(first), int(second)
        ahead = (year + 1) % (100 if len(second) == 2 else 10)
        chosen = {"-": style.hyphen, "/": style.slash, ".": style.dot, "": style.joined}[mark or ""]
        if month == ahead and (chosen != "month" or len(second) == 1):
            return None
    else:
        return None
    span = _months(year, month, 1) if 1 <= month <= 12 else None
    return _Part(span, "month") if span else None


def _week(text: str, _: _Style, basis: str) -> _Part | None:
    found = re.fullmatch(r"(\d{4})-?w(\d{2})", text)
    if not found or basis:
        return None
    try:
        first = date.fromisocalendar(int(found[1]), int(found[2]), 1).toordinal()
    except ValueError:
        return None
    return _Part((first, first + 7), "week")


_DAYS: Final = (
    re.compile(rf"(?P<y>\d{{4}})(?P<s>[/.-])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_CLOCK}"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(rf"(?P<d>\d{{1,2}})(?P<s>[/.-])(?P<m>\d{{1,2}})(?P=s)(?P<y>\d{{4}}){_CLOCK}"),
    re.compile(r"(?P<d>\d{1,2})(?P<s>[/.])(?P<m>\d{1,2})(?P=s)(?P<y>\d{2})"),
    re.compile(
        rf"(?P<d>\d{{1,2}}){_ORDINAL}[ -]?(?P<n>{_NAME})[ -]?"
        rf"(?P<y>\d{{4}}|(?<=[ -])\d{{2}}){_CLOCK}"
    ),
    re.compile(rf"(?P<n>{_NAME}) (?P<d>\d{{1,2}}){_ORDINAL} (?P<y>\d{{4}})"),
)


@lru_cache(maxsize=65_536)
def _day(text: str) -> int | None:
    for form in _DAYS:
        if found := form.fullmatch(text):
            got = found.groupdict()
            year, month = _full_year(got["y"]), _MONTHS.get(got.get("n") or "", 0)
            try:
                return date(year or 0, month or int(got["m"]), int(got["d"])).toordinal()
            except ValueError:
                return None
    return None


def _span_of_day(text: str) -> _Part | None:
    day = _day(text)
    return _Part((day, day + 1), "day") if day else None


# --- two periods with `to` between ---------------------------------------------------------------


def _range(text: str, style: _Style, *, basis: str) -> _Part | None:
    """From the first of two to the end of the second; None where it can be cut in two ways."""
    text = re.sub(r"^from ", "", text)
    text = re.sub(r"^between (.+) and ", r"\1 to ", text)
    joined = re.fullmatch(r"(.+?)\s?(?: and |&|\+)\s?(.+)", text)
    if joined:
        first, last = (_unit(side, style, basis=basis) for side in joined.groups())
        follows = first and last and "day" not in (first.kind, last.kind)
        if first and last and follows and first.span[1] == last.span[0]:
            return _Part((first.span[0], last.span[1]), "range")
        return None
    found = set()
    for left, right, spaced in _cuts(text):
        if span := _between(left, right, style, basis=basis, spaced=spaced):
            found.add(span)
    return _Part(found.pop(), "range") if len(found) == 1 else None


def _cuts(text: str) -> Iterator[tuple[str, str, bool]]:
    """Where a text can be cut: at words for `to`, else at dashes between spaces, else at others."""
    for mark in (r" (?:up to|to|until|till|through|thru|i) ", " - ", "[-/]"):
        cuts = list(re.finditer(mark, text))
        for cut in cuts:
            yield text[: cut.start()], text[cut.end() :], mark != "[-/]"
        if cuts:
            return


def _between(left: str, right: str, style: _Style, *, basis: str, spaced: bool) -> Span | None:
    duration = re.fullmatch(r"p(\d{1,2})([ymwd])", right)
    if duration and (start := _day(left)):
        return _reach(start, int(duration[1]), duration[2], back=False)
    first, last = _side(left, style, basis), _side(right, style, basis)
    if last is None and first:
        last = _later(left, right, first, style, basis=basis, spaced=spaced)
    elif first is None and last:
        first = _earlier(left, right, last, style, basis=basis)
    if (
        first is None
        or last is None
        or not _go_together(left, right, first=first, last=last, basis=basis)
    ):
        return None
    span = first.span[0], last.span[1]
    return span if first.span[0] <= last.span[0] and first.span[1] <= span[1] else None


def _side(text: str, style: _Style, basis: str) -> _Part | None:
    return _ending(text, style) or _unit(text, style, basis=basis)


def _go_together(left: str, right: str, *, first: _Part, last: _Part, basis: str) -> bool:
    kinds = first.kind, last.kind
    if "ending" in kinds:
        return kinds == ("ending", "ending")
    if kinds == ("year", "year") and basis != "calendar" and first.span[1] == last.span[0]:
        # Two years, or the financial year that begins in the first.
        return False
    if kinds == ("day", "day"):
        # Midnight at the start of a month may be the end of the month before.
        return not ("00:00" in right and date.fromordinal(last.span[0]).day == 1)
    # Where one is a day, the other's year must be plain: not 16 March to June '18.
    return "day" not in kinds or all(re.search(r"(?<!\d)\d{4}(?!\d)", t) for t in (left, right))


def _later(
    left: str, right: str, first: _Part, style: _Style, *, basis: str, spaced: bool
) -> _Part | None:
    """The second of two that leaves out what the first says: 2013 - 15, 2013/14 to 15/16."""
    if first.kind == "year" and re.fullmatch(r"\d{2}", right) and spaced:
        year = _next_year(left, right)
        return _unit(str(year), style, basis=basis) if year else None
    if first.kind == "pair" and re.fullmatch(r"\d{2}[/-]\d{2}", right):
        year = _next_year(left, right)
        return _unit(f"{year}{left[4]}{right[3:]}", style, basis=basis) if year else None
    if re.fullmatch(rf"{_NAME}|[qh][1-4]", right):
        year_text = re.search(rf"{_PAIR}|\d{{2}}/\d{{2}}|{_YEAR}|\d{{2}}$", left)
        last = _unit(f"{right} {year_text[0]}", style, basis=basis) if year_text else None
        return last if last and last.kind == first.kind else None
    return None


def _earlier(left: str, right: str, last: _Part, style: _Style, *, basis: str) -> _Part | None:
    """The first of two that leaves out the second's year: Apr to Jun 2015, 1 to 7 August 2019."""
    if re.fullmatch(rf"\d{{1,2}}{_ORDINAL}", left) and last.kind == "day":
        month = re.fullmatch(rf"\d{{1,2}}{_ORDINAL}(?=[ -]?{_NAME})(.+)", right)
        return _span_of_day(left + month[1]) if month else None
    if not re.fullmatch(rf"(?:\d{{1,2}}{_ORDINAL}[ -]?)?{_NAME}|[qh][1-4]", left):
        return None
    year_text = re.search(rf"{_PAIR}|\d{{2}}/\d{{2}}|{_YEAR}|\d{{2}}$", right)
    if not year_text:
        return None
    first = _unit(f"{left} {year_text[0]}", style, basis=basis)
    if first and first.span[0] > last.span[0] and re.fullmatch(r"\d{4}|\d{2}", year_text[0]):
        before = (_full_year(year_text[0]) or 0) - 1
        first = _unit(f"{left} {before}", style, basis=basis) if left[0] not in "qh" else None
    return first if first and first.kind == last.kind else None


# --- numbers -----------------------------------------------------------------------------------


def _full_year(text: str) -> int | None:
    """A year of four figures, or of two between 1970 and 2049."""
    if len(text) == 4:
        return int(text) if 1800 <= int(text) < 2200 else None
    short = int(text)
    return 2000 + short if short < 50 else 1900 + short if short >= 70 else None


def _next_year(first: str, second: str) -> int | None:
    """Full year of two figures after a full one, not more than 25 years on: 1998 - 02."""
    ahead = (int(second[:2]) - int(first[:4])) % 100
    return int(first[:4]) + ahead if 0 < ahead <= 25 else None


def _months(year: int, first: int, number: int) -> Span | None:
    def start(month: int) -> int:
        return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1).toordinal()

    if not 1800 <= year < 2200:
        return None
    return start(first), start(first + number)
