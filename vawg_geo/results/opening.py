"""Which series a map begins with, or is of."""

from __future__ import annotations

from typing import Any

from vawg_geo.errors import OutputError

__all__ = ["opening_series"]


def opening_series(
    payload: dict[str, Any],
    *,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
) -> int:
    """Choose a series of a page.

    Parameters
    ----------
    payload : dict
        As `build_payload` gives it.
    indicator, sex, period : str, optional
        What it must be of.

    Returns
    -------
    int
        Position in the payload's `series`: of those that fit, real figures before illustrative
        ones, then the first indicator, all people, the latest period.

    Raises
    ------
    OutputError
        None fits.
    """
    names = [known["name"] for known in payload["indicators"]]
    wanted = {"indicator": indicator, "sex": sex, "period": period}
    fitting = [
        place
        for place, series in enumerate(payload["series"])
        if indicator in (None, names[series["indicator"]])
        and sex in (None, series["sex"])
        and period in (None, series["period"])
    ]
    if not fitting:
        asked = ", ".join(f"{key} {value!r}" for key, value in wanted.items() if value is not None)
        msg = f"the edition has no figures for {asked}. It has: {_held(payload, indicator)}."
        raise OutputError(msg)
    series = payload["series"]
    return min(
        fitting,
        key=lambda place: (
            series[place]["basis"] == "illustrative",
            series[place]["indicator"],
            series[place]["sex"] != "persons",
            -place,
        ),
    )


def _held(payload: dict[str, Any], indicator: str | None) -> str:
    """Name the indicators; of one that is there, the sexes and periods."""
    names = [known["name"] for known in payload["indicators"]]
    if indicator not in names:
        return ", ".join(names)
    mine = [one for one in payload["series"] if names[one["indicator"]] == indicator]
    return "; ".join(f"{one['sex']}, {one['period']}" for one in mine) or "none at this level"
