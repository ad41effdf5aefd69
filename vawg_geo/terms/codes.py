"""GSS codes, and the words for level and sex that people's tables use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from vawg_geo.terms.columns import Level, Sex

__all__ = [
    "INVISIBLE",
    "is_beyond",
    "is_gss_code",
    "kind_of_code",
    "level_of_code",
    "no_area",
    "read_sex",
    "visible",
]

# Of England and of Wales.
_LEVEL_BY_PREFIX: Final[dict[str, Level]] = {
    "E01": "lsoa",
    "E05": "ward",
    "E06": "district",
    "E07": "district",
    "E08": "district",
    "E09": "district",
    "E10": "county",
    "E22": "csp",
    "E23": "police_area",
    "W01": "lsoa",
    "W05": "ward",
    "W06": "district",
    "W14": "csp",
    "W15": "police_area",
}
# Kinds of areas that no level of a map is called by.
_KIND_BY_PREFIX: Final = {
    "E02": "middle layer super output areas (MSOA)",
    "W02": "middle layer super output areas (MSOA)",
    "E58": "electoral divisions of counties",
    "E11": "metropolitan counties",
    "E12": "regions",
    "E13": "parts of London",
    "W58": "electoral divisions of counties",
}
# Nations, and the United Kingdom with what it is made of.
_NATION: Final = re.compile(r"[ENSW]92\d{6}|K\d{8}")
_BEYOND: Final = re.compile(r"[NS]\d{8}")
_PSEUDO: Final = re.compile(r"[A-Z]9{8}")
_GSS_CODE: Final = re.compile(r"[ENSWKJL]\d{8}")
# Signs without width or ink that a code pasted from a web page or a letter brings along: soft
# hyphen, zero-width spaces and joiners, marks of direction, byte order mark.
INVISIBLE: Final = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)

# What stands in the place of an area where events have none, in small letters and single spaces.
_NO_AREA: Final = re.compile(
    r"(area |ward |location |address |postcode )?(is )?"
    r"(unknown|not known|not stated|not recorded|not given|not available|not specified"
    r"|unspecified|unassigned|unallocated|unmapped|unmatched|no location|no fixed (abode|address)"
    r"|missing|blank|null|none|n/?k|n/?a|nfa)( (area|ward|location|address|postcode))?"
    r"|(outside|out)( of)?( the)? ?(police )?(force|area|county|district|borough|city|region"
    r"|force area|force boundary|csp|england|wales|england and wales)( area)?"
    r"|elsewhere|other areas?|no (area|ward)"
    # What a police area could not give to one of its partnerships: `Unassigned Wiltshire`.
    r"|unassigned [a-z ,&'-]+"
)

_SEX_WORDS: Final[dict[str, Sex]] = {
    **dict.fromkeys(
        (
            "persons",
            "person",
            "people",
            "all",
            "both",
            "total",
            "p",
            "all persons",
            "both sexes",
            "pawb",
            "pob person",
            "cyfanswm",
        ),
        "persons",
    ),
    **dict.fromkeys(
        (
            "female",
            "females",
            "f",
            "woman",
            "women",
            "girls",
            "women and girls",
            "benyw",
            "benywod",
            "menyw",
            "menywod",
            "merched",
        ),
        "female",
    ),
    **dict.fromkeys(
        ("male", "males", "m", "man", "men", "boys", "gwryw", "gwrywod", "dyn", "dynion"), "male"
    ),
}


def visible(text: str) -> str:
    r"""Text without signs that nobody sees, and with single blanks.

    Examples
    --------
    >>> visible("\u200bE05002169\u00a0"), visible("Bar\u00adnack\u00a0 Ward")
    ('E05002169', 'Barnack Ward')
    """
    return " ".join(INVISIBLE.sub("", text).split())


def is_gss_code(text: str) -> bool:
    """Whether a text has the form of a nine-character GSS code.

    Examples
    --------
    >>> is_gss_code("E07000008"), is_gss_code("Cambridge")
    (True, False)
    """
    return _GSS_CODE.fullmatch(text) is not None


def level_of_code(code: str) -> Level | None:
    """Level of geography that the prefix of a GSS code of England or Wales announces, or None.

    Examples
    --------
    >>> level_of_code("E05002703"), level_of_code("W06000015"), level_of_code("S13002516")
    ('ward', 'district', None)
    """
    return _LEVEL_BY_PREFIX.get(code[:3]) if is_gss_code(code) else None


def is_beyond(code: str) -> bool:
    """Whether a code is of an area of Scotland or Northern Ireland.

    Examples
    --------
    >>> is_beyond("S13002516"), is_beyond("W05000107")
    (True, False)
    """
    return _BEYOND.fullmatch(code) is not None


def kind_of_code(code: str) -> str:
    """Words for the kind of area of a code that is of no level, or an empty text.

    Examples
    --------
    >>> kind_of_code("E58001102"), kind_of_code("E92000001"), kind_of_code("E05002703")
    ('electoral divisions of counties', 'nations', '')
    """
    if not is_gss_code(code):
        return ""
    if _NATION.fullmatch(code):
        return "nations"
    if _BEYOND.fullmatch(code):
        return "areas of Scotland or Northern Ireland"
    return _KIND_BY_PREFIX.get(code[:3], "")


def no_area(cell: str) -> str:
    """What a cell in the place of an area's code or name says instead of one, or an empty text.

    Returns
    -------
    str
        `unplaced` for events without a place or of elsewhere, `regions`, `nations` or `areas of
        Scotland or Northern Ireland` for rows of what no map here has.

    Examples
    --------
    >>> no_area("Outside Force Area"), no_area("E99999999"), no_area("E12000006"), no_area("Ely")
    ('unplaced', 'unplaced', 'regions', '')
    """
    plain = " ".join(cell.split())
    if _PSEUDO.fullmatch(plain.upper()) or _NO_AREA.fullmatch(plain.strip("()[]<>").casefold()):
        return "unplaced"
    kind = kind_of_code(plain.upper())
    return kind if kind in _WIDER else ""


_WIDER: Final = (
    "regions",
    "nations",
    "metropolitan counties",
    "parts of London",
    "areas of Scotland or Northern Ireland",
)


def read_sex(word: str) -> Sex | None:
    """One of `persons`, `female`, `male` for a word of somebody's table, or None.

    Examples
    --------
    >>> read_sex("Women"), read_sex(" F "), read_sex("unknown")
    ('female', 'female', None)
    """
    return _SEX_WORDS.get(" ".join(word.split()).casefold())
