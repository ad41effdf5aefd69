"""Which periods a report is of: the latest of each length; what was before stands in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.terms.periods import in_order

if TYPE_CHECKING:
    from vawg_geo.results.results import EditionResults

__all__ = ["latest_only", "latest_periods"]

_SERIES = ("level", "indicator", "sex")


def latest_periods(results: EditionResults) -> frozenset[tuple[str, str, str, str]]:
    """Latest period of each length of every series, and periods that nobody can read.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    frozenset of (level, indicator, sex, period)
    """
    keys = results.rates[[*_SERIES, "period"]].drop_duplicates()
    when = in_order(keys["period"])
    lengths = keys["period"].map(results.lengths)
    unread = keys[lengths == ""]
    known = keys.assign(length=lengths, when=keys["period"].map(when))[lengths != ""]
    last = known.loc[known.groupby([*_SERIES, "length"], sort=False)["when"].idxmax()]
    found = pd.concat([unread, last])[[*_SERIES, "period"]]
    return frozenset(found.astype(str).itertuples(index=False, name=None))


def latest_only(table: pd.DataFrame, results: EditionResults) -> pd.DataFrame:
    """Rows of a table that are of the latest period of their series.

    Parameters
    ----------
    table : pandas.DataFrame
        Without the columns of a series it is given back as it is.
    results : EditionResults
    """
    columns = [*_SERIES, "period"]
    if table.empty or not set(columns) <= set(table.columns):
        return table
    latest = latest_periods(results)
    earlier = {
        key
        for key in results.rates[columns].astype(str).itertuples(index=False, name=None)
        if key not in latest
    }
    held = table[columns].astype(str).itertuples(index=False, name=None)
    return table[[key not in earlier for key in held]]
