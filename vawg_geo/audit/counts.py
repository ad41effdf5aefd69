"""An edition's counts as a reader has them, before they stand in any file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vawg_geo.audit.observed import CELL, OBSERVATION_COLUMNS, Observed, Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["observed_counts"]


def observed_counts(
    counts: pd.DataFrame,
    *,
    source: str,
    parents: Mapping[str, str] | None = None,
    part_of: Mapping[str, tuple[str, bool]] | None = None,
    parameters: Parameters | None = None,
) -> Observed:
    """Take a table of counts as what somebody reads of it.

    Parameters
    ----------
    counts : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `count`, `status`; `level` and `basis` where it
        has them, else the level is not known and the basis is `own`.
    source : str
        What findings call the table.
    parents : mapping of str to str, optional
        Code of the area that holds an area.
    part_of : mapping of str to (str, bool), optional
        By indicator: the one that it is a part of, and whether all parts of that are there.
    parameters : Parameters, optional
        Which counts are protected in it.

    Returns
    -------
    Observed

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"area_code": ["E07000008", "E07000009"], "indicator": "referrals",
    ...     "sex": "persons", "period": "2015/16", "count": pd.array([12, None], "Int64"),
    ...     "status": ["value", "suppressed"]})
    >>> observed_counts(table, source="counts").observations[["area_code", "status", "low"]]
       area_code      status   low
    0  E07000008       value  12.0
    1  E07000009  suppressed   NaN
    """
    values = counts["count"].to_numpy(dtype=float, na_value=np.nan)
    rows = counts[list(CELL)].astype(str).reset_index(drop=True)
    rows = rows.assign(
        level=_column(counts, "level", ""),
        basis=_column(counts, "basis", "own"),
        status=_column(counts, "status", "value"),
        low=values,
        high=values,
        source=source,
    )
    return Observed(
        observations=pd.DataFrame(rows[list(OBSERVATION_COLUMNS)]),
        parents=dict(parents or {}),
        part_of=dict(part_of or {}),
        parameters=parameters or Parameters(),
        files=[source],
    )


def _column(counts: pd.DataFrame, name: str, otherwise: str) -> list[str]:
    if name not in counts:
        return [otherwise] * len(counts)
    return [str(value) for value in counts[name]]
