"""What a table and a column are: said once, for whoever writes, describes or audits them.

A folder that writes a table of its own declares it with `table` and `columns`, and imports nothing
else for it:

    TABLE = table(
        name="licensed_premises",
        title="Licensed premises by area",
        known_by="premises premises_per",
        keys=("area_code",),
        columns=(
            *columns("cell", "area_code area_name level"),
            *columns("nothing", "premises_within_{km}_km", unit=SHARE),
            DeclaredColumn(name="premises", tells="nothing", title="Licensed premises"),
        ),
    )

What `vawg_geo.terms.shared` says of a column, `columns` takes from there.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from vawg_geo.terms.shared import SHARED, Described

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DeclaredColumn",
    "DeclaredTable",
    "Tells",
    "columns",
    "table",
]

Tells = Literal["cell", "series", "nothing", "count", "class", "derived"]
"""What a column tells of the count of its row.

`cell`: which count it is. `series`: what is the same for a whole series. `nothing`: something
else than a count. `count`: a count. `class`: a class of what a count gives. `derived`: a figure
that only the count can give.
"""

# What stands for a number in a column's name, and what that number may look like: 5, 7_5.
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_NUMBER: Final = r"\d+(?:_\d+)?"


class DeclaredColumn(Described, frozen=True, kw_only=True):
    """One column of a table.

    Attributes
    ----------
    name : str
        As written; a number in it stands as a word in braces, `within_{km}_km`.
    tells : Tells
        What it tells of the count of its row.
    sex, statistic : str
        Whom it is of, and of which statistic, in a view that has a column for each.
    title, words, unit, short, holds, points_to : str
        As in `Described`; a number of the name may stand in the title, by the same word.
    """

    name: str
    tells: Tells
    sex: str = ""
    statistic: str = ""

    def is_called(self, name: str) -> bool:
        """Whether a column of a file is this one.

        Examples
        --------
        >>> shares = DeclaredColumn(name="within_{km}_km", tells="nothing")
        >>> [shares.is_called(name) for name in ("within_5_km", "within_7_5_km", "within_a_km")]
        [True, True, False]
        """
        if "{" not in self.name:
            return name == self.name
        return _pattern(self.name).fullmatch(name) is not None

    def heading(self, name: str = "") -> str:
        """Name for people, of the column of a file that this one is.

        Parameters
        ----------
        name : str
            As the file has it; needed where the declared name holds a number.

        Examples
        --------
        >>> DeclaredColumn(name="within_{km}_km", tells="nothing").heading("within_7_5_km")
        'Within 7.5 km'
        >>> DeclaredColumn(name="rate_per", tells="series").heading()
        'Rate per'
        """
        found = _pattern(self.name).fullmatch(name or self.name)
        text = self.title or self.name.replace("_", " ").capitalize()
        if found is None:
            return text
        words = _PLACEHOLDER.findall(self.name)
        numbers = dict(zip(words, (n.replace("_", ".") for n in found.groups()), strict=True))
        return _PLACEHOLDER.sub(lambda word: numbers.get(word[1], word[0]), text)

    def names_in(self, heading: str) -> list[str]:
        """Names in a file that may stand behind a name for people, with its numbers put in.

        Parameters
        ----------
        heading : str
            A name for people, of this column or of any other.

        Examples
        --------
        >>> shares = DeclaredColumn(name="within_{km}_km", tells="nothing")
        >>> shares.names_in("Within 7.5 km"), shares.names_in("Rate")
        (['within_7_5_km'], [])
        """
        if "{" not in self.name:
            return [self.name]
        words = _PLACEHOLDER.findall(self.name)
        parts = _PLACEHOLDER.split(self.heading())
        # Text and words by turns; a heading by the words alone has the numbers at their places.
        pattern = "".join(
            rf"(?P<{part}>\d+(?:\.\d+)?)" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        )
        found = re.match(pattern, heading)
        if found is None or set(words) - set(found.groupdict()):
            return []
        numbers = {word: found[word].replace(".", "_") for word in words}
        return [_PLACEHOLDER.sub(lambda word: numbers[word[1]], self.name)]


class DeclaredTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of an edition.

    Attributes
    ----------
    name : str
        As the file or layer is called.
    title : str
        What it is, for people; what only the build knows stands in it as a word in braces.
    keys : tuple of str
        Columns that make a row the only one of its kind; empty where there are none.
    known_by : frozenset of str
        Columns that no other table has all of; empty where it is read like any table of figures.
    columns : tuple of DeclaredColumn
        All that it may have, in the order of writing where the writer takes it from here.
    """

    name: str
    title: str
    keys: tuple[str, ...] = ()
    known_by: frozenset[str] = frozenset()
    columns: tuple[DeclaredColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its columns, in their order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> DeclaredColumn | None:
        """Column that is called so; None where it may have no such column.

        Examples
        --------
        >>> sites = table(name="sites", title="Sites", columns=columns("nothing", "within_{km}_km"))
        >>> sites.column("within_3_km").name, sites.column("count")
        ('within_{km}_km', None)
        """
        return next((column for column in self.columns if column.is_called(name)), None)

    def undeclared(self, names: Iterable[str]) -> set[str]:
        """Columns of a file that this table may not have.

        Examples
        --------
        >>> sites = table(name="sites", title="Sites", columns=columns("nothing", "within_{km}_km"))
        >>> sites.undeclared({"within_7_5_km", "count"})
        {'count'}
        """
        return {name for name in names if self.column(name) is None}

    @property
    def tells_of_counts(self) -> bool:
        """Whether any column is of a count or of what one gives."""
        return any(column.tells in ("count", "class", "derived") for column in self.columns)


def columns(tells: Tells, names: str, *, unit: str = "") -> tuple[DeclaredColumn, ...]:
    """Declare columns that tell the same.

    Parameters
    ----------
    tells : Tells
    names : str
        With blanks between them.
    unit : str
        Of each that `vawg_geo.terms.shared` gives none.

    Returns
    -------
    tuple of DeclaredColumn
        With the titles, words and units of `vawg_geo.terms.shared` where it has the name.

    Examples
    --------
    >>> code, share = columns("nothing", "area_code share_near", unit="Share, from 0 to 1.")
    >>> code.heading(), share.heading(), share.unit
    ('Area code', 'Share near', 'Share, from 0 to 1.')
    """
    declared = []
    for name in names.split():
        said = msgspec.structs.asdict(SHARED.get(name, Described()))
        said["unit"] = said["unit"] or unit
        declared.append(DeclaredColumn(name=name, tells=tells, **said))
    return tuple(declared)


def table(
    *,
    name: str,
    title: str,
    columns: Iterable[DeclaredColumn],
    keys: tuple[str, ...] = (),
    known_by: str = "",
) -> DeclaredTable:
    """Declare a table.

    Parameters
    ----------
    name, title, keys
        As in `DeclaredTable`.
    columns : iterable of DeclaredColumn
    known_by : str
        Names with blanks between them.

    Returns
    -------
    DeclaredTable

    Raises
    ------
    ValueError
        A column stands twice, or one of the keys or of `known_by` is no column of the table.

    Examples
    --------
    >>> table(name="sites", title="Sites", keys=("place",), columns=())
    Traceback (most recent call last):
    ValueError: The table 'sites': 1 of its keys are none of its 0 columns; first: 'place'. Declare
    it among the columns.
    """
    whole = DeclaredTable(
        name=name,
        title=title,
        keys=keys,
        known_by=frozenset(known_by.split()),
        columns=tuple(columns),
    )
    named = whole.names
    twice = sorted({one for one in named if named.count(one) > 1})
    if twice:
        msg = (
            f"The table {name!r}: {len(twice)} of {len(named)} columns stand twice; first: "
            f"{twice[0]!r}. Declare each once."
        )
        raise ValueError(msg)
    lacking = sorted({*keys, *whole.known_by} - set(named))
    if lacking:
        msg = (
            f"The table {name!r}: {len(lacking)} of its keys are none of its {len(named)} columns; "
            f"first: {lacking[0]!r}. Declare it among the columns."
        )
        raise ValueError(msg)
    return whole


@cache
def _pattern(name: str) -> re.Pattern[str]:
    fixed = _PLACEHOLDER.split(name)[::2]
    return re.compile(f"({_NUMBER})".join(map(re.escape, fixed)))
