"""What a table that is laid over the counts must and may have: its form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = ["LSOA_NAMES", "PLACE", "Form", "RowOf"]

RowOf = Literal["area", "lsoa", "place", "figure", "other"]
"""What a row is of, which says how a table is tied to the project and what may be shown of it.

`area`: an area of the project, by `area_code`. `lsoa`: a small area of the look-up, by `lsoa_code`;
every one of them has a row. `place`: a public place that a map may mark, by `easting` and
`northing`. `figure`: a count that is published, so that anybody can look it up. `other`: none of
these.
"""

PLACE: Final = frozenset(("easting", "northing"))
# Publishers' names of what stands beside a small area.
LSOA_NAMES: Final = {
    "lsoa_code": ("lsoa11cd", "lsoa11_code", "lsoa21cd", "lsoa"),
    "ward_code": ("wd15cd", "wd16cd", "wd17cd", "wd18cd", "wd19cd", "ward"),
    "district_code": ("lad15cd", "lad16cd", "lad17cd", "lad18cd", "lad19cd", "lad"),
    "population": ("pop_total", "pop_all", "all_ages"),
    "population_16": ("pop_16_plus", "pop16", "population_16_plus"),
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a table must and may have.

    Attributes
    ----------
    name : str
        Of the table, among those of its overlay.
    needs, may : tuple of str
        Columns, in order; what may be there is empty text where it is not.
    numbers : frozenset of str
        Columns of numbers.
    key : tuple of str
        Columns that no two rows share.
    names : dict of str to tuple of str
        Publishers' names of a column, lower case.
    row_of : RowOf
        What a row is of.
    setting : str
        Key of the configuration that names the file.

    Examples
    --------
    >>> places = ("town", "easting", "northing")
    >>> Form(name="towns", needs=places, numbers=PLACE, row_of="place").setting
    'file'
    """

    name: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    key: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    row_of: RowOf = "other"
    setting: str = "file"
