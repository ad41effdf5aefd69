"""Several periods that follow each other put together, never one in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.terms.periods import read_period, span_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from vawg_geo.terms.periods import Span

__all__ = ["GRAVEST", "person_time", "pooled_word", "pools_of", "sum_counts"]

# Statuses of what lacks a part, the gravest first.
GRAVEST: Final = ("suppressed", "missing", "not_applicable")


def pools_of(
    spans: Mapping[str, Span], number: int, *, breaks: Collection[int] = ()
) -> list[tuple[str, ...]]:
    """So many periods that follow each other, counted from the latest back; none is in two.

    Parameters
    ----------
    spans : mapping of str to Span
        Of periods of one length; they may have gaps, and may overlap.
    number : int
        How many make a pool.
    breaks : collection of int
        Days on which a new series begins: no pool reaches across one.

    Returns
    -------
    list of tuple of str
        The earliest pool first, in each the earliest period first. What is in none is left out.

    Examples
    --------
    >>> from vawg_geo.terms.periods import read_period
    >>> years = {w: read_period(w) for w in ("2013", "2014", "2015", "2017", "2018")}
    >>> pools_of(years, 2)
    [('2014', '2015'), ('2017', '2018')]
    """
    by_end: dict[int, str] = {}
    for word, span in spans.items():
        by_end.setdefault(span[1], word)
    pools: list[tuple[str, ...]] = []
    free = max(by_end, default=0)
    for end in sorted(by_end, reverse=True):
        if end > free:
            continue
        chain = [by_end[end]]
        last = spans[chain[0]][0]
        while len(chain) < number:
            first = spans[chain[0]][0]
            before = by_end.get(first)
            if before is None or any(spans[before][0] < day <= last for day in breaks):
                break
            chain.insert(0, before)
        if len(chain) == number:
            pools.append(tuple(chain))
            free = spans[chain[0]][0]
    return pools[::-1]


def pooled_word(words: Sequence[str], spans: Mapping[str, Span]) -> str:
    """A word for periods put together, that is read as their time.

    Examples
    --------
    >>> from vawg_geo.terms.periods import read_period
    >>> years = ("2013/14", "2014/15", "2015/16")
    >>> pooled_word(years, {word: read_period(word) for word in years})
    '2013/14 to 2015/16'
    >>> pooled_word(["2014", "2015"], {w: read_period(w) for w in ("2014", "2015")})
    '2014-01-01 to 2015-12-31'
    """
    span = spans[words[0]][0], spans[words[-1]][1]
    word = f"{words[0]} to {words[-1]}"
    return word if read_period(word) == span else span_name(span)


def sum_counts(rows: pd.DataFrame, parts: ArrayLike) -> pd.DataFrame:
    """Sums of counts of periods that are put together.

    Parameters
    ----------
    rows : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `count`; `period` is the word of the pool already; `status`
        where known.
    parts : array_like of int
        For each row, how many periods its pool has.

    Returns
    -------
    pandas.DataFrame
        A row for each area, indicator, sex and pool, with `status`, in the order of the first. A
        sum that lacks a part is `suppressed`, `missing` or `not_applicable` as the part is.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"area_code": ["A", "A", "B"], "indicator": "i", "sex": "persons",
    ...     "period": "2014 to 2015", "count": [3, 5, 6]})
    >>> sum_counts(rows, [2, 2, 2])[["area_code", "count", "status"]].astype(str).values.tolist()
    [['A', '8', 'value'], ['B', nan, 'missing']]
    """
    names = [str(name) for name in rows.columns]
    if "status" not in rows:
        rows = rows.assign(status="missing")
    key = ["area_code", "indicator", "sex", "period"]
    lost = rows["count"].isna()
    rows = rows.assign(
        **{f"_{word}": lost & (rows["status"] == word) for word in GRAVEST},
        _known=~lost,
        _parts=np.asarray(parts),
    )
    groups = rows.groupby(key, sort=False, as_index=False)
    table = groups.first()
    total = groups["count"].sum()["count"].convert_dtypes()
    # An area that has no row in one of the periods lacks that part as well.
    whole = groups["_known"].sum()["_known"] == table["_parts"]
    lacking = np.full(len(table), "missing", dtype=object)
    for word in reversed(GRAVEST):
        has = np.asarray(groups[f"_{word}"].any()[f"_{word}"], dtype=bool)
        lacking[has] = word
    known = np.where(total.fillna(1) == 0, "zero", "value")
    table = table.assign(count=total.where(whole), status=np.where(whole, known, lacking))
    return table[names if "status" in names else [*names, "status"]]


def person_time(
    populations: pd.DataFrame,
    weights: Mapping[str, Sequence[tuple[str, float]]],
    *,
    notes: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Populations of periods, each part of one counted so many times: person-years.

    Parameters
    ----------
    populations : pandas.DataFrame
        `area_code`, `sex`, `population`; `period` where they are of several.
    weights : mapping of str to sequence of (str, float)
        By the word of the result: the periods that it is put together of, and how often each
        counts (its years).
    notes : mapping of str to str, optional
        What rows of populations without periods say in `time_note`, by part.

    Returns
    -------
    pandas.DataFrame
        With `period`. An area and sex that lacks a part has no row: half a denominator is none.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"area_code": ["A"], "sex": "persons", "population": 6000.0})
    >>> person_time(people, {"2019-01": [("2019-01", 1 / 12)]})[["period", "population"]]
        period  population
    0  2019-01       500.0
    """
    import pandas as pd

    if "period" not in populations:
        told = {} if notes is None else {"time_note": notes}
        frames = [
            populations.assign(
                period=word,
                population=populations["population"] * sum(times for _, times in parts),
                **{name: _first_of(by_part, parts) for name, by_part in told.items()},
            )
            for word, parts in weights.items()
        ]
        return pd.concat(frames, ignore_index=True)
    by_period = dict(iter(populations.groupby("period", sort=False)))
    frames = []
    for word, parts in weights.items():
        known = [by_period[part].assign(_times=times) for part, times in parts if part in by_period]
        if known and len(known) == len(parts):
            frames.append(_added(known).assign(period=word))
    return pd.concat(frames, ignore_index=True) if frames else populations[:0]


def _first_of(by_part: Mapping[str, str], parts: Sequence[tuple[str, float]]) -> str:
    return next((said for part, _ in parts if (said := by_part.get(part))), "")


def _added(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Sum of the parts of every area and sex that has all of them."""
    keyed = [
        one.assign(population=one["population"] * one["_times"])
        .drop(columns="_times")
        .set_index(["area_code", "sex"])
        for one in parts
    ]
    total = keyed[0]
    for one in keyed[1:]:
        both = total.index[total.index.isin(one.index)]
        more, total = one.loc[both], total.loc[both]
        told: dict[str, Any] = {"population": total["population"] + more["population"]}
        if "basis" in total:
            soft = (total["basis"] != "published") & (more["basis"] == "published")
            told["basis"] = total["basis"].where(soft, more["basis"])
        if "time_note" in total:
            pairs = zip(total["time_note"], more["time_note"], strict=True)
            told["time_note"] = [_both(first, second) for first, second in pairs]
        total = total.assign(**told)
    return total.reset_index()


def _both(first: str, second: str) -> str:
    known = first.split("; ") if first else []
    return "; ".join([*known, *([second] if second and second not in known else [])])
