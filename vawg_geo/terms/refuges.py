"""Refuges and other places that are on no map: their words, and tables that would show them."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from vawg_geo.errors import DisclosureError, problem
from vawg_geo.terms.codes import level_of_code

__all__ = [
    "HIDDEN_SUBJECT",
    "PLACE_WORD",
    "gives_refuge_a_place",
    "is_left_out",
    "is_refuge",
    "names_hidden_places",
    "refuse_places_of_refuges",
    "refuse_refuges",
]

# Better a word too many than an address; "Refuge" may be a charity's name too.
_REFUGE: Final = re.compile(
    r"refuge(?!e)|safe[- _]?(?:house|home)"
    r"|(?:secret|undisclosed|confidential) (?:address|location)",
    re.I,
)
HIDDEN_SUBJECT: Final = re.compile(
    rf"{_REFUGE.pattern}|sex[- ]?work|street[- ]?(?:sex|work)|prostitut\w*|brothels?", re.I
)
"""Subjects that are on no map below district level."""
PLACE_WORD: Final = re.compile(
    r"victims?'? (?:home )?address\w*|postcodes?\b|home address\w*|point data|grid references?"
    r"|\bcoordinates\b",
    re.I,
)
"""Words of the place of a single event or person; they may say how events came to areas."""
# Matched in names and titles alone: a site may well have a column of postcodes.
_HIDDEN: Final = re.compile(rf"{HIDDEN_SUBJECT.pattern}|{PLACE_WORD.pattern}", re.I)
# How a text says that something is not in a figure: before it is named, and after.
_WITHOUT: Final = re.compile(
    r"\b(?:without|exclud(?:es?|ing)|except(?: for)?|other than|apart from|leaves? out"
    r"|(?:not|never) (?:including|counting|include|count|contain|cover))\b[^.;:!?()]*$",
    re.I,
)
_NOT_IN_IT: Final = re.compile(
    r"^[^.;:!?()]*?(?:\bnot (?:(?:in|part of|among) (?:it|this|these|them|the)\b"
    r"|(?:be )?(?:included|counted|covered|contained|shown)\b)"
    r"|\b(?:excluded|left out|omitted)\b|\bcounted (?:elsewhere|separately|apart)\b)",
    re.I,
)
# Columns by which a table says what a place or a service is.
_NAMES: Final = ("site", "town", "service", "kind", "provides", "public_site")
# Columns of remarks, which may speak of a refuge that is not the row's.
_REMARKS: Final = ("note", "source")
_SAID_NO: Final = frozenset({"", "no", "n", "false", "0", "none", "nan", "<na>"})
_PLACE_COLUMN: Final = re.compile(
    r"easting|northing|longitude|latitude|^(?:lon|lat|lng|x|y)$|coord|post ?code|address|street"
    r"|geometry|grid|uprn|site|^place$|location",
    re.I,
)
_PLACE_TEXT: Final = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[HJNOST][A-HJ-Z] ?\d{2,5} ?\d{2,5}\b"
    r"|\b-?\d{1,2}\.\d{3,},? -?\d{1,2}\.\d{3,}\b"
)
_COARSE: Final = ("district", "csp", "county", "police_area", "")


def names_hidden_places(text: str) -> bool:
    """Whether words are about refuges, addresses or sex workers' places, and not without them.

    Examples
    --------
    >>> [names_hidden_places(text) for text in ("Safe house, north", "City Hospital")]
    [True, False]
    >>> names_hidden_places("Sexual offences without prostitution")
    False
    """
    return any(not is_left_out(text, found) for found in _HIDDEN.finditer(text))


def is_left_out(text: str, found: re.Match[str]) -> bool:
    """Whether a text says, in the same part of a sentence, that what it names is not in it.

    Examples
    --------
    >>> texts = ("Honour-based abuse is not in it.", "Theft; excluding honour-based abuse",
    ...     "Honour-based abuse; stalking is not in it", "Honour-based abuse not reported")
    >>> [is_left_out(text, re.search("honour-based", text, re.I)) for text in texts]
    [True, True, False, False]
    """
    before, after = text[: found.start()], text[found.end() :]
    return bool(_WITHOUT.search(before) or _NOT_IN_IT.search(after))


def gives_refuge_a_place(text: str) -> bool:
    """Whether a text names a refuge, and a postcode, a grid reference or coordinates.

    Examples
    --------
    >>> gives_refuge_a_place("Refuge, CB1 2AB"), gives_refuge_a_place("Refuges; write to CSP")
    (True, False)
    """
    return bool(_REFUGE.search(text) and _PLACE_TEXT.search(text))


def is_refuge(table: pd.DataFrame) -> pd.Series:
    """Whether each row names a refuge or another place that is on no map.

    A charity called Refuge counts as one: what is said of it gives no place either.

    Parameters
    ----------
    table : pandas.DataFrame
        Sites, towns or services; looked at are the columns that say what each is.

    Returns
    -------
    pandas.Series of bool

    Examples
    --------
    >>> is_refuge(pd.DataFrame({"service": ["Safe houses", "Refugee Council"]})).tolist()
    [True, False]
    """
    named = [name for name in _NAMES if name in table]
    if not named:
        return pd.Series(data=False, index=table.index)
    # Row by row in plain lists: a fifth of the time that a table takes for it.
    columns = [table[name].astype(object).where(table[name].notna(), "").tolist() for name in named]
    hidden = [bool(_HIDDEN.search(" ".join(map(str, row)))) for row in zip(*columns, strict=True)]
    return pd.Series(hidden, index=table.index, dtype=bool)


def refuse_refuges(places: pd.DataFrame, *, name: str) -> None:
    """Refuse a table that would put a refuge or another such place on a map.

    Parameters
    ----------
    places : pandas.DataFrame
        Any table of places. Every text in it is looked at for refuges, and so are columns named
        after them that say anything but "no"; names and kinds for other hidden places too.
    name : str
        Column to call a place by in the message.

    Raises
    ------
    DisclosureError

    Examples
    --------
    >>> refuse_refuges(pd.DataFrame({"site": ["Town hall", "Refuge, High Street"]}), name="site")
    Traceback (most recent call last):
    vawg_geo.errors.DisclosureError: 1 of 2 places are a refuge or a private place; first:
    'Refuge, High Street'. These have no place on any map or list: take them out.
    """
    bad = is_refuge(places)
    for column in places.columns:
        words = places[column].astype(str)
        if column != "geometry":
            bad |= words.str.contains(_REFUGE)
        if _REFUGE.search(str(column)):
            bad |= ~words.str.strip().str.lower().isin(_SAID_NO)
    if bad.any():
        first = places[bad].iloc[0]
        called = first[name] if name in places else first.name
        raise DisclosureError(
            problem(
                "are a refuge or a private place",
                bad=int(bad.sum()),
                total=len(places),
                noun="places",
                first=repr(str(called)),
                action="These have no place on any map or list: take them out.",
            )
        )


def refuse_places_of_refuges(table: pd.DataFrame, *, sex_work: bool = True) -> None:
    """Refuse rows that would say where a refuge, or a sex worker's place, is.

    Parameters
    ----------
    table : pandas.DataFrame
        Services, or anything else that has names. Every text is looked at; a remark alone (`note`,
        `source`) makes a row that of a refuge only where it says a place too.
    sex_work : bool
        Whether sex workers' places are looked for, beside refuges.

    Raises
    ------
    DisclosureError
        A refuge or safe house with a site, an address, coordinates or a postcode in any cell, or
        by an area smaller than a district.

    Examples
    --------
    >>> refuse_places_of_refuges(pd.DataFrame({"service": ["A refuge"], "easting": [545000]}))
    Traceback (most recent call last):
    vawg_geo.errors.DisclosureError: 1 of 1 rows would give a refuge a place; first: ...
    """
    words = _HIDDEN if sex_work else _REFUGE
    texts = {
        str(name): table[name].astype(object).where(table[name].notna(), "").astype(str)
        for name in table
        if name != "geometry" and not pd.api.types.is_numeric_dtype(table[name])
    }
    hidden = pd.Series(data=False, index=table.index)
    for name, column in texts.items():
        named = column.str.contains(words)
        if name in _REMARKS:
            named &= column.str.contains(_PLACE_TEXT)
        hidden |= named
    refuges = table[hidden]
    if refuges.empty:
        return
    placed = _placed(refuges)
    if (named := placed[placed != ""]).empty:
        return
    first = refuges.loc[named.index[0]]
    called = next((name for name in (*_NAMES, *texts) if name in refuges), "")
    raise DisclosureError(
        problem(
            "would give a refuge a place",
            bad=len(named),
            total=len(table),
            noun="rows",
            first=f"{first[called]!r}, {named.iloc[0]}",
            action=(
                "Refuges are known by district and never any closer: take the place out of the "
                "table."
            ),
        )
    )


def _placed(refuges: pd.DataFrame) -> pd.Series:
    """How each row gives a place away, in words; empty where it does not."""
    text = refuges.drop(columns="geometry", errors="ignore").astype(object)
    text = text.where(text.notna(), "").astype(str)
    placed = pd.Series("", index=refuges.index)

    def mark(rows: pd.Series, how: str) -> None:
        placed[rows & (placed == "")] = how

    for name in refuges.columns:
        filled = refuges[name].notna() if name == "geometry" else text[name].str.strip() != ""
        if name != "site" and _PLACE_COLUMN.search(str(name)):
            mark(filled, f"by column {name!r}")
        elif name != "geometry":
            mark(text[name].str.contains(_PLACE_TEXT), f"in column {name!r}")
    small = "by an area smaller than a district"
    if "level" in text:
        mark(~text["level"].isin(_COARSE), small)
    for column in text:
        mark(~text[column].map(_level).isin(_COARSE), small)
    return placed


def _level(code: str) -> str:
    return level_of_code(code) or ""
