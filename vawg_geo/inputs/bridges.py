"""Read a file of pairs of areas across water that a person has looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError, did_you_mean, problem
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.bridges import Bridge

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["read_bridges"]

_NEEDED: Final = ("area_code", "across_code", "reason")
_ASIDE: Final = ("joined", "area_name", "across_name")
# Written by `facing_pairs`, for whoever looks at the pairs.
_MEASURED: Final = ("gap_m", "length_m")
_JOINED: Final = {"yes": True, "no": False, "": True}


def read_bridges(path: str | Path) -> tuple[Bridge, ...]:
    """Read pairs of areas that face each other across water.

    Parameters
    ----------
    path : path-like
        A table with the columns `area_code`, `across_code` and `reason`; `area_name` and
        `across_name` are for reading, and `joined` is `no` for a pair that somebody looked at and
        did not join.

    Returns
    -------
    tuple of Bridge
        In the order of the rows. Whether an area has such a code is asked where they are used.

    Raises
    ------
    InputError
        A column or a value is missing, a pair is of one area, or it stands twice with different
        words in `joined`.

    Examples
    --------
    >>> from vawg_geo.inputs.catalogue.registry import embedded_folder
    >>> bridges = read_bridges(embedded_folder("data") / "bridges_wards_2015.csv")
    >>> len(bridges), bridges[1].area_name, bridges[1].across_name
    (8, 'Haddenham', 'Earith')
    """
    table = read_table(path)
    frame, source = table.frame.fillna("").astype(str), table.source
    _require_columns(frame, source)
    frame = frame.reindex(columns=[*_NEEDED, *_ASIDE], fill_value="")
    frame = frame.apply(lambda column: column.str.strip())
    joined = frame["joined"].str.lower()
    for bad, why, action in (
        (
            (frame[["area_code", "across_code"]] == "").any(axis=1),
            "lack a code",
            "Give each row two codes.",
        ),
        (frame["area_code"] == frame["across_code"], "are an area with itself", "Correct them."),
        (
            frame["reason"] == "",
            "have no reason",
            "Write into each row what you know of the place, a bridge or a ferry.",
        ),
        (
            ~joined.isin(_JOINED),
            "say neither yes nor no in 'joined'",
            "Write yes or no, or leave the column out.",
        ),
    ):
        if bad.any():
            first = frame[bad].iloc[0]
            raise InputError(
                problem(
                    why,
                    bad=int(bad.sum()),
                    total=len(frame),
                    noun=f"rows of {source}",
                    first=f"row {table.rows[int(bad.to_numpy().argmax())]:,}, "
                    f"{first['area_code']!r} and {first['across_code']!r}",
                    action=action,
                )
            )
    found = tuple(
        Bridge(**row) for row in frame.assign(joined=joined.map(_JOINED)).to_dict("records")
    )
    _require_one_answer(found, source)
    return found


def _require_columns(frame: pd.DataFrame, source: str) -> None:
    known = (*_NEEDED, *_ASIDE, *_MEASURED)
    lacking = [name for name in _NEEDED if name not in frame]
    if lacking:
        msg = (
            f"{source} has no column {lacking[0]!r} ({len(lacking)} of {len(_NEEDED)} are missing)."
            f" Give {', '.join(_NEEDED)}."
        )
        raise InputError(msg)
    if strange := [name for name in frame if name not in known]:
        hint = did_you_mean(str(strange[0]), known, otherwise=f"Known: {', '.join(known)}.")
        msg = f"{source} has a column {strange[0]!r} that means nothing here. {hint}"
        raise InputError(msg)
    if frame.empty:
        msg = f"{source} has no row. Give at least one pair, or leave the file out."
        raise InputError(msg)


def _require_one_answer(bridges: tuple[Bridge, ...], source: str) -> None:
    """Refuse a pair that is joined in one row and not in another."""
    answers: dict[frozenset[str], bool] = {}
    for one in bridges:
        if answers.setdefault(frozenset(one[:2]), one.joined) != one.joined:
            msg = (
                f"{source}: {one.area_code!r} and {one.across_code!r} are joined in one row and "
                "not in another. Keep one of them."
            )
            raise InputError(msg)
