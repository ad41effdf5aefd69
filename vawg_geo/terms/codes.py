"""GSS codes, and the words for level and sex that people's tables use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from vawg_geo.terms.columns import Level, Sex

__all__ = ["is_gss_code", "level_of_code", "read_sex"]

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
_GSS_CODE: Final = re.compile(r"[ENSWKJL]\d{8}")

_SEX_WORDS: Final[dict[str, Sex]] = {
    **dict.fromkeys(
        ("persons", "person", "people", "all", "both", "total", "p", "all persons", "both sexes"),
        "persons",
    ),
    **dict.fromkeys(
        ("female", "females", "f", "woman", "women", "girls", "women and girls"), "female"
    ),
    **dict.fromkeys(("male", "males", "m", "man", "men", "boys"), "male"),
}


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


def read_sex(word: str) -> Sex | None:
    """One of `persons`, `female`, `male` for a word of somebody's table, or None.

    Examples
    --------
    >>> read_sex("Women"), read_sex(" F "), read_sex("unknown")
    ('female', 'female', None)
    """
    return _SEX_WORDS.get(" ".join(word.split()).casefold())
