"""Which columns of a table of points hold the coordinates, the month and what is counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from vawg_geo.errors import ConfigurationError, InputError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Filter", "PointColumns", "choose_columns", "filters_of"]

_DEGREES: Final = (
    ("longitude", "long", "lon", "lng", "xlongitude"),
    ("latitude", "lat", "ylatitude"),
)
_METRES: Final = (
    ("easting", "eastings", "oseasting", "gridrefeasting", "easting27700"),
    ("northing", "northings", "osnorthing", "gridrefnorthing", "northing27700"),
)


# As police.uk calls them.
_IDENTIFIER: Final = "crimeid"
_FORCE: Final = "reportedby"


@dataclass(frozen=True)
class Filter:
    """Rows that are counted: those whose column says one of some words.

    Attributes
    ----------
    column : str
    words : tuple of str
        Capitals and blanks at the ends do not matter.

    Examples
    --------
    >>> only = Filter("Crime type", ("Violence and sexual offences", "Robbery"))
    >>> only.holds("Violence and Sexual Offences"), only.holds("Burglary")
    (True, False)
    """

    column: str
    words: tuple[str, ...]

    def holds(self, word: str) -> bool:
        """Whether a word is one of them."""
        return _plain_value(word) in {_plain_value(one) for one in self.words}

    def __str__(self) -> str:
        return f"{self.column!r} = {' or '.join(map(repr, self.words))}"


def _plain_value(word: str) -> str:
    return " ".join(word.split()).casefold()


def filters_of(
    chosen: tuple[str, str] | Sequence[tuple[str, str]] | None,
) -> tuple[Filter, ...]:
    """Filters of pairs of a column and a value: those of one column are alternatives.

    Parameters
    ----------
    chosen : (str, str) or sequence of (str, str), optional

    Returns
    -------
    tuple of Filter
        One for each column; a row is counted where all of them hold.

    Examples
    --------
    >>> [str(one) for one in filters_of([("kind", "a"), ("sex", "F"), ("kind", "b")])]
    ["'kind' = 'a' or 'b'", "'sex' = 'F'"]
    """
    if chosen is None:
        return ()
    only_one = len(chosen) == 2 and all(isinstance(part, str) for part in chosen)
    pairs = cast("Sequence[tuple[str, str]]", [chosen] if only_one else chosen)
    values: dict[str, list[str]] = {}
    for column, value in pairs:
        values.setdefault(column, []).append(value)
    return tuple(Filter(column, tuple(dict.fromkeys(many))) for column, many in values.items())


@dataclass(frozen=True, kw_only=True)
class PointColumns:
    """Names of columns, as they stand in the file.

    Attributes
    ----------
    x, y : str
        Coordinates; empty where the file holds geometry.
    geometry : str
        Column of points; empty where there are `x` and `y`.
    month : str
        Column of months as police.uk has it, or of dates; empty without one.
    dated : bool
        The column of months was named: it holds dates, and what is none is refused.
    filters : tuple of Filter
        Which rows are counted; empty where every row is.
    identifier, force : str
        Columns of an identifier and of the force that reported, as police.uk has them; empty
        without them.
    crs : str or None
        System that the names of `x` and `y` mean.
    """

    x: str = ""
    y: str = ""
    geometry: str = ""
    month: str = ""
    dated: bool = False
    filters: tuple[Filter, ...] = ()
    identifier: str = ""
    force: str = ""
    crs: str | None = None

    @property
    def wanted(self) -> list[str]:
        """Columns to be read, the geometry aside."""
        filtered = (only.column for only in self.filters)
        names = [self.x, self.y, self.month, *filtered, self.identifier, self.force]
        return list(dict.fromkeys(name for name in names if name))


def choose_columns(
    names: Sequence[str],
    label: str,
    *,
    geometry: str = "",
    category: tuple[str, str] | Sequence[tuple[str, str]] | None = None,
    x: str | None = None,
    y: str | None = None,
    month: bool | str = True,
) -> PointColumns:
    """Find the columns of a table of points.

    Parameters
    ----------
    names : sequence of str
        The table's columns.
    label : str
        What to call the file.
    geometry : str
        Column of geometry, empty without one.
    category : (str, str) or sequence of (str, str), optional
        Columns and values of the rows to be counted; see `filters_of`.
    x, y : str, optional
        Columns of coordinates, where they are named.
    month : bool or str
        Take the column `Month` where there is one; or the name of a column of months or dates.

    Returns
    -------
    PointColumns

    Raises
    ------
    ConfigurationError
        A column that is named is not there, or one of `x` and `y` is named without the other.
    InputError
        Coordinates are not recognised, or two pairs of columns could be meant.

    Examples
    --------
    >>> choose_columns(["Month", "Longitude", "Latitude"], "street.csv").crs
    'EPSG:4326'
    >>> choose_columns(["id", "EASTING", "NORTHING"], "cases.csv").x
    'EASTING'
    """
    if (x is None) != (y is None):
        msg = "one of --x and --y is given without the other. Name both columns."
        raise ConfigurationError(msg)
    if isinstance(month, str):
        dated = _column(names, month, label)
    else:
        dated = _only(names, "month") if month else ""
    rest = PointColumns(
        month=dated,
        dated=isinstance(month, str),
        filters=tuple(
            replace(only, column=_column(names, only.column, label))
            for only in filters_of(category)
        ),
        identifier=_only(names, _IDENTIFIER),
        force=_only(names, _FORCE),
    )
    if x is not None and y is not None:
        east, north = _column(names, x, label), _column(names, y, label)
        return replace(rest, x=east, y=north, crs=_crs_of(east, north))
    if geometry:
        return replace(rest, geometry=geometry)
    pairs = [
        (pair, crs)
        for words, crs in ((_METRES, "EPSG:27700"), (_DEGREES, "EPSG:4326"))
        if (pair := _pair(names, words, label)) is not None
    ]
    if len(pairs) != 1:
        has = (
            "both easting and northing and longitude and latitude"
            if pairs
            else (
                "no columns of coordinates that were recognised; its columns are "
                + ", ".join(map(repr, names))
            )
        )
        msg = f"{label} has {has}. Name the columns with --x and --y."
        raise InputError(msg)
    (east, north), crs = pairs[0]
    return replace(rest, x=east, y=north, crs=crs)


def _only(names: Sequence[str], word: str) -> str:
    """The one column of a name, or none."""
    found = [name for name in names if _plain_column(name) == word]
    return found[0] if len(found) == 1 else ""


def _plain_column(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _crs_of(x: str, y: str) -> str | None:
    for words, crs in ((_METRES, "EPSG:27700"), (_DEGREES, "EPSG:4326")):
        if _plain_column(x) in words[0] and _plain_column(y) in words[1]:
            return crs
    return None


def _pair(
    names: Sequence[str], words: tuple[tuple[str, ...], tuple[str, ...]], label: str
) -> tuple[str, str] | None:
    east, north = ([n for n in names if _plain_column(n) in meant] for meant in words)
    if not east or not north:
        return None
    if len(east) > 1 or len(north) > 1:
        both = ", ".join(map(repr, [*east, *north]))
        msg = f"{label} has {both}: which are meant? Name the columns with --x and --y."
        raise InputError(msg)
    return east[0], north[0]


def _column(names: Sequence[str], wanted: str, label: str) -> str:
    if wanted in names:
        return wanted
    alike = [name for name in names if _plain_column(name) == _plain_column(wanted)]
    if len(alike) == 1:
        return alike[0]
    hint = did_you_mean(wanted, names, otherwise="Name one of these.")
    msg = f"{label} has no column {wanted!r}; it has {', '.join(map(repr, names))}. {hint}"
    raise ConfigurationError(msg)
