"""Which series a map begins with, or is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.results.series import Series

__all__ = ["opening_series"]


def opening_series(
    series: Sequence[Series],
    *,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
) -> int:
    """Choose a series of a level.

    Parameters
    ----------
    series : sequence of Series
        As `series_of` gives them.
    indicator, sex, period : str, optional
        What it must be of.

    Returns
    -------
    int
        Its position: of those that fit, real figures before illustrative ones, then the first
        indicator, all people, the latest period.

    Raises
    ------
    OutputError
        None fits.
    """
    wanted = {"indicator": indicator, "sex": sex, "period": period}
    fitting = [
        place
        for place, one in enumerate(series)
        if indicator in (None, one.indicator.name)
        and sex in (None, one.sex)
        and period in (None, one.period)
    ]
    if not fitting:
        asked = ", ".join(f"{key} {value!r}" for key, value in wanted.items() if value is not None)
        msg = f"the edition has no figures for {asked}. It has: {_there_are(series, indicator)}."
        raise OutputError(msg)
    names = _indicators(series)
    return min(
        fitting,
        key=lambda place: (
            series[place].illustrative,
            names.index(series[place].indicator.name),
            series[place].sex != "persons",
            -place,
        ),
    )


def _indicators(series: Sequence[Series]) -> list[str]:
    return list(dict.fromkeys(one.indicator.name for one in series))


def _there_are(series: Sequence[Series], indicator: str | None) -> str:
    """Name the indicators; of one that is there, the sexes and periods."""
    names = _indicators(series)
    if indicator not in names:
        return ", ".join(names)
    mine = [one for one in series if one.indicator.name == indicator]
    return "; ".join(f"{one.sex}, {one.period}" for one in mine) or "none at this level"
