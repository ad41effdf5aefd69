"""What every overlay of places needs: points in metres, and how far apart they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Metres = NDArray[np.float64]
    Distance = Callable[[Metres, Metres], Metres]

__all__ = [
    "STRAIGHT_LINE",
    "distances",
    "positive_weights",
    "require_columns",
    "require_points",
    "straight_line",
]

STRAIGHT_LINE: Final = "straight line"
# No point of the National Grid in England or Wales has both so small: they are degrees.
_DEGREES: Final = 1_000.0
_FARTHEST: Final = 1_300_000.0
# A way by road cannot be shorter than the straight line, but both ends are first moved to the
# nearest junction: only long ways that are far too short are a sign of another unit.
_LONG: Final = 5_000.0
_TOO_SHORT: Final = 0.5
# All places farther off than this are in another part of the country, or have their axes swapped.
_ELSEWHERE: Final = 100_000.0


def require_columns(table: pd.DataFrame, columns: Sequence[str], *, what: str) -> None:
    """Refuse a table that lacks columns, and one without rows.

    Raises
    ------
    InputError
        Names what is missing.
    """
    if missing := [column for column in columns if column not in table.columns]:
        raise InputError(
            problem(
                f"are missing from the {what}",
                bad=len(missing),
                total=len(columns),
                noun="columns",
                first=repr(missing[0]),
                action=f"Give {', '.join(columns)}.",
            )
        )
    if table.empty:
        msg = f"the {what} have no row. Give at least one."
        raise InputError(msg)


def require_points(places: pd.DataFrame, *, name: str, what: str) -> Metres:
    """Coordinates of places in metres of the National Grid.

    Parameters
    ----------
    places : pandas.DataFrame, n rows
        `easting`, `northing` (EPSG:27700), and the column `name`, in which no name stands twice.
    name : str
        Column to call a place by.
    what : str
        Plural noun for messages.

    Returns
    -------
    ndarray of float, shape (n, 2)

    Raises
    ------
    InputError
        Columns or rows are missing, a name stands twice, a coordinate is missing or is no metre
        of the National Grid.

    Examples
    --------
    >>> import pandas as pd
    >>> town = pd.DataFrame({"town": ["Ely"], "easting": [554100], "northing": [280300]})
    >>> require_points(town, name="town", what="towns")
    array([[554100., 280300.]])
    """
    require_columns(places, [name, "easting", "northing"], what=what)
    axes = places[["easting", "northing"]].apply(pd.to_numeric, errors="coerce")
    points: Metres = np.asarray(axes.to_numpy(dtype=np.float64, na_value=np.nan))
    twice = places[name].duplicated().to_numpy(dtype=bool)
    missing = ~np.isfinite(points).all(axis=1)
    outside = ((points < 0) | (points > _FARTHEST)).any(axis=1)
    degrees = (np.abs(points) < _DEGREES).all(axis=1)
    for bad, why, action in (
        (twice, "stand more than once", "Give each one row."),
        (missing, "have no coordinates", "Give easting and northing, or leave them out."),
        (
            outside | degrees,
            "have coordinates that are no metres of the National Grid",
            "Give easting and northing in EPSG:27700, not degrees.",
        ),
    ):
        if bad.any():
            raise InputError(
                problem(
                    why,
                    bad=int(bad.sum()),
                    total=len(places),
                    noun=what,
                    first=_call(places, int(bad.argmax()), name),
                    action=action,
                )
            )
    return points


def positive_weights(table: pd.DataFrame, column: str, *, name: str, what: str) -> Metres:
    """Weights of zero or more as floats.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    column, name : str
        Columns of the weights, and of what to call a row by.
    what : str
        Plural noun for messages.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    InputError
        One is missing, negative or infinite.
    """
    require_columns(table, [column], what=what)
    read = pd.to_numeric(table[column], errors="coerce")
    numbers = np.asarray(read.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        raise InputError(
            problem(
                f"have no {column} of zero or more",
                bad=int(bad.sum()),
                total=len(table),
                noun=what,
                first=_call(table, int(bad.argmax()), name),
                action="Give a number, or leave the row out and say so.",
            )
        )
    return numbers


def straight_line(origins: Metres, destinations: Metres) -> Metres:
    """Straight-line distances in metres, shape (origins, destinations).

    Examples
    --------
    >>> straight_line(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]))
    array([[5., 1.]])
    """
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(origins, destinations), dtype=np.float64)


def distances(
    origins: Metres,
    destinations: Metres,
    *,
    distance: Distance | None = None,
    method: str | None = None,
) -> tuple[Metres, str]:
    """Distances from everywhere to everywhere, and how they were measured.

    Parameters
    ----------
    origins, destinations : ndarray of float, shape (n, 2) and (m, 2)
        Metres of the National Grid.
    distance : callable, optional
        Takes both and gives metres of shape (n, m), NaN or infinite where there is no way.
    method : str, optional
        What `distance` measures, for readers ("by road, OpenStreetMap of June 2016"). Needed with
        it, and refused without it.

    Returns
    -------
    ndarray of float, shape (n, m)
        Infinite where there is no way.
    str

    Raises
    ------
    InputError
        The callable gives another shape, negative distances, or another unit than metres; its
        method is not named; or every destination is in another part of the country.
    """
    straight = straight_line(origins, destinations)
    if straight.min() > _ELSEWHERE:
        msg = (
            f"the nearest of {len(destinations):,} places is {straight.min() / 1000:,.0f} km away. "
            "Give places of this area, easting first and northing second."
        )
        raise InputError(msg)
    if (distance is None) != (method is None):
        msg = (
            "a distance of your own and the words for it belong together. Give `distance` and "
            "`method`, or neither."
        )
        raise InputError(msg)
    if distance is None or method is None:
        return straight, STRAIGHT_LINE
    found = np.array(distance(origins, destinations), dtype=np.float64)
    if found.shape != straight.shape:
        msg = (
            f"`distance` gave the shape {found.shape} for {straight.shape[0]:,} origins and "
            f"{straight.shape[1]:,} destinations. Give one row per origin, one column per "
            "destination."
        )
        raise InputError(msg)
    found[np.isnan(found)] = np.inf
    bad = (found < 0) | ((straight > _LONG) & (found < _TOO_SHORT * straight))
    if bad.any():
        row, column = np.unravel_index(int(bad.argmax()), bad.shape)
        raise InputError(
            problem(
                "are negative or less than half the straight line",
                bad=int(bad.sum()),
                total=bad.size,
                noun="distances",
                first=f"{found[row, column]:,.1f} for {straight[row, column]:,.0f} m",
                action="Give metres, not kilometres or minutes.",
            )
        )
    return found, method


def _call(table: pd.DataFrame, row: int, name: str) -> str:
    called: Any = table[name].iloc[row] if name in table.columns else table.index[row]
    return repr(str(called))
