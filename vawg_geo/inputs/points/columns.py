"""Which columns of a table of points hold the coordinates, the month and the category."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import ConfigurationError, InputError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PointColumns", "choose_columns"]

_DEGREES: Final = (
    ("longitude", "long", "lon", "lng", "xlongitude"),
    ("latitude", "lat", "ylatitude"),
)
_METRES: Final = (
    ("easting", "eastings", "oseasting", "gridrefeasting", "easting27700"),
    ("northing", "northings", "osnorthing", "gridrefnorthing", "northing27700"),
)


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
        Column of months as police.uk has it; empty without one.
    category : str
        Column of what is counted; empty where every row is.
    value : str
        What the column must say.
    crs : str or None
        System that the names of `x` and `y` mean.
    """

    x: str = ""
    y: str = ""
    geometry: str = ""
    month: str = ""
    category: str = ""
    value: str = ""
    crs: str | None = None

    @property
    def wanted(self) -> list[str]:
        """Columns to be read, the geometry aside."""
        names = [self.x, self.y, self.month, self.category]
        return list(dict.fromkeys(name for name in names if name))


def choose_columns(
    names: Sequence[str],
    label: str,
    *,
    geometry: str = "",
    category: tuple[str, str] | None = None,
    x: str | None = None,
    y: str | None = None,
    month: bool = True,
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
    category : (str, str), optional
        Column and value of the rows to be counted.
    x, y : str, optional
        Columns of coordinates, where they are named.
    month : bool
        Take the column `Month` where there is one.

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
    months = [name for name in names if _plain_column(name) == "month"] if month else []
    rest = PointColumns(
        month=months[0] if len(months) == 1 else "",
        category=_column(names, category[0], label) if category else "",
        value=category[1] if category else "",
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
