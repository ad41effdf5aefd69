"""What is counted, in words for readers."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

__all__ = ["PLACES", "Indicator", "slug"]

# What a row of counts is by: where it happened, or where the victim lives.
Place = Literal["offence", "home", "unknown"]
PLACES: Final[dict[Place, str]] = {
    "offence": "Counted by the place of the offence.",
    "home": "Counted by the home of the person concerned.",
    "unknown": "Whether it is by the place of the offence or by the victim's home is not known.",
}
_DOMESTIC_ABUSE: Final = re.compile(
    r"\b(domestic|partner (abuse|violence)|intimate partner|coerci(ve|on)|controlling"
    r"|da|idvas?|marac|women.?s aid|refuges?)\b",
    re.IGNORECASE,
)


def slug(text: str) -> str:
    """Lower-case letters, digits and underscores, for names of files and layers.

    Examples
    --------
    >>> slug("Cambridge Women's Aid contacts")
    'cambridge_womens_aid_contacts'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower().replace("'", "")).strip("_")


class Indicator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is counted, in words for readers.

    Attributes
    ----------
    name : str
        As in the tables' column `indicator`.
    title : str
        As a heading ("Domestic abuse crimes").
    unit : str
        Plural noun for what is counted ("crimes", "referrals").
    definition : str
        One or two plain sentences: what is in it and what is not.
    source : str
        Publisher and table.
    denominator : str
        What the rate is per ("residents aged 16 and over").
    caveat : str
        What a reader must know before she reads the map; may be empty.
    scope : str
        Code of the area that the source covers; areas outside it are not applicable. Empty for
        everywhere.
    comparator : str
        Code of the area that rates are compared with; empty for the project's comparator.
    slug : str
        For names of files and layers; made from the name where not given.
    part_of : str
        Name of an indicator that counts these events too; empty for none. An attacker subtracts.
    part_of_complete : bool
        Whether that indicator is the sum of all its parts.
    place : {"offence", "home", "unknown"}, optional
        What a row of its counts is by: the place of the offence or the victim's home; None where
        nobody has said.
    """

    name: str
    title: str = ""
    unit: str = "events"
    definition: str = ""
    source: str = ""
    denominator: str = "residents aged 16 and over"
    caveat: str = ""
    scope: str = ""
    comparator: str = ""
    slug: str = ""
    part_of: str = ""
    part_of_complete: bool = False
    place: Place | None = None

    @property
    def of_domestic_abuse(self) -> bool:
        """Whether name, title or definition speak of domestic abuse or of services for it.

        Examples
        --------
        >>> Indicator(name="DA", title="Domestic abuse crimes").of_domestic_abuse
        True
        >>> Indicator(name="sexual offences").of_domestic_abuse
        False
        """
        words = f"{self.name} {self.title} {self.definition}"
        return _DOMESTIC_ABUSE.search(words) is not None

    @property
    def about(self) -> str:
        """Definition, and by which place it is counted.

        Examples
        --------
        >>> Indicator(name="x", definition="Crimes.", place="offence").about
        'Crimes. Counted by the place of the offence.'
        """
        place = PLACES[self.place] if self.place else ""
        return " ".join(part for part in (self.definition, place) if part)

    def __post_init__(self) -> None:
        # Frozen to everybody else; a default that is made from another field has no other place.
        if not self.title:
            msgspec.structs.force_setattr(self, "title", self.name[:1].upper() + self.name[1:])
        if not self.slug:
            msgspec.structs.force_setattr(self, "slug", slug(self.name))
