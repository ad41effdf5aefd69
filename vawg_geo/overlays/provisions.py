"""What kind of help a service gives, by the words of its own entry; and refuges, never placed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.codes import level_of_code
from vawg_geo.errors import DisclosureError

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["date_in_words", "is_refuge", "phrase", "provisions_of", "refuse_places_of_refuges"]

# The first that fits a service's name or one item of what it provides; a hospital's adviser is
# another kind of help than the service for cases at high risk.
_KINDS: Final = {
    "hospital IDVA": re.compile(
        r"\b(health|hospital) (IDVA|independent domestic)|referred by health professionals", re.I
    ),
    "IDVA": re.compile(r"independent domestic violence advi[cs]|\bIDVA\b", re.I),
    "MARAC": re.compile(r"^MARAC\b|multi-agency risk assessment conference", re.I),
    "sexual assault referral centre": re.compile(r"sexual assault referral centre", re.I),
    "rape crisis": re.compile(r"\brape crisis\b", re.I),
    "child exploitation": re.compile(r"\bexploitation\b", re.I),
    "refuge": re.compile(r"^refuges?$|\brefuge$|\bsafe[- ]?houses?$", re.I),
}
# Kinds of help that a service may give beside the first.
_ALSO: Final = {
    "outreach": re.compile(r"\boutreach\b", re.I),
    "Freedom programme": re.compile(r"\bfreedom programme\b", re.I),
    "ISVA": re.compile(r"\bISVA\b", re.I),
}
# After "no" and after "covered by".
_PHRASES: Final = {
    "IDVA": "IDVA service",
    "child exploitation": "service for exploited children",
    "ISVA": "ISVA service",
    "outreach": "outreach service",
    "rape crisis": "rape crisis service",
}
# "Refuge" may be a charity's name too: better a drop-in without a place than a refuge with one.
_REFUGE: Final = re.compile(r"refuge(?!e)|safe[- ]?house", re.I)
_PLACE_COLUMN: Final = re.compile(
    r"easting|northing|longitude|latitude|^(?:lon|lat|lng|x|y)$|coord|post ?code|address|street"
    r"|geometry|grid|uprn|site|^place$|location",
    re.I,
)
_PLACE_TEXT: Final = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[HJNOST][A-HJ-Z] ?\d{2,5} ?\d{2,5}\b"
    r"|\b-?\d{1,2}\.\d{3,},? -?\d{1,2}\.\d{3,}\b"
)
_COARSE: Final = ("district", "county", "police_area")


def provisions_of(service: str, provides: str) -> tuple[str, ...]:
    """Kinds of help that a service gives.

    Parameters
    ----------
    service : str
        The service's name.
    provides : str
        What it provides, items with semicolons between.

    Returns
    -------
    tuple of str
        At least one: the kinds that its words name, else the items themselves, as they stand.

    Examples
    --------
    >>> provisions_of("Health IDVA at Addenbrooke's Hospital", "advocacy")
    ('hospital IDVA',)
    >>> provisions_of("Peterborough Women's Aid", "advocacy; outreach; Freedom programme")
    ('outreach', 'Freedom programme')
    >>> provisions_of("Centre 33", "practical support")
    ('practical support',)
    """
    items = [item.strip() for item in provides.split(";") if item.strip()]
    texts = [service, *items]
    first = next((k for k, words in _KINDS.items() if any(words.search(t) for t in texts)), None)
    also = [k for k, words in _ALSO.items() if any(words.search(t) for t in texts)]
    return tuple([*([first] if first else []), *also] or items or [service])


def phrase(provision: str) -> str:
    """A kind of help as a noun that "no" can stand before.

    Examples
    --------
    >>> phrase("rape crisis"), phrase("MARAC")
    ('rape crisis service', 'MARAC')
    """
    return _PHRASES.get(provision, provision)


def date_in_words(date: dt.date) -> str:
    """A date as it is read aloud.

    Examples
    --------
    >>> import datetime
    >>> date_in_words(datetime.date(2016, 3, 31))
    '31 March 2016'
    """
    return f"{date.day} {date:%B %Y}"


def is_refuge(services: pd.DataFrame) -> pd.Series:
    """Whether each row is about a refuge or a safe house, by any of its words.

    A charity called Refuge counts as one: what is said of it gives no place either.

    Examples
    --------
    >>> is_refuge(pd.DataFrame({"service": ["Safe houses", "Refugee Council"]})).tolist()
    [True, False]
    """
    told = [name for name in ("service", "site", "provides", "kind") if name in services]
    words = services[told].fillna("").astype(str).agg(" ".join, axis=1)
    return words.str.contains(_REFUGE.pattern, flags=re.I, regex=True).astype(bool)


def refuse_places_of_refuges(services: pd.DataFrame) -> None:
    """Refuse rows that would say where a refuge is.

    Parameters
    ----------
    services : pandas.DataFrame
        `service` or `site`, and whatever else stands beside it.

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
    refuges = services[is_refuge(services)]
    if refuges.empty:
        return
    text = refuges.drop(columns="geometry", errors="ignore").astype(object)
    text = text.where(text.notna(), "").astype(str)
    placed = pd.Series("", index=refuges.index)
    for name in refuges.columns:
        filled = refuges[name].notna() if name == "geometry" else text[name].str.strip() != ""
        if name != "site" and _PLACE_COLUMN.search(str(name)):
            placed[filled & (placed == "")] = f"by column {name!r}"
        elif name != "geometry":
            found = text[name].str.contains(_PLACE_TEXT.pattern, regex=True)
            placed[found & (placed == "")] = f"in column {name!r}"
    if "level" in text:
        fine = ~text["level"].isin([*_COARSE, ""])
        placed[fine & (placed == "")] = "by an area smaller than a district"
    if "area_code" in text:
        levels = text["area_code"].map(lambda code: level_of_code(code) or "")
        placed[levels.isin(["ward", "lsoa"]) & (placed == "")] = (
            "by an area smaller than a district"
        )
    if (named := placed[placed != ""]).empty:
        return
    first = refuges.loc[named.index[0]]
    name = first["service"] if "service" in refuges else first["site"]
    msg = (
        f"{len(named):,} of {len(services):,} rows would give a refuge a place; first: {name!r}, "
        f"{named.iloc[0]}. Refuges are known by district and never any closer: take the place out "
        "of the table."
    )
    raise DisclosureError(msg)
