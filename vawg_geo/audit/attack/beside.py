"""What stands beside hidden counts: figures that only the count can give, and marks of a kind."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.observed import CELL, Finding
from vawg_geo.audit.tables.sheets import DERIVED, NAMING, PUBLISHED, texts_in
from vawg_geo.errors import first_few
from vawg_geo.terms.shared import RATE_LIMITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["by_source", "clusters", "colours", "derived_figures", "limits", "told_apart"]

# Words that say nothing of a count.
_SILENT: Final = frozenset(("", "not_compared", "not_applicable", "suppressed", "none", "nan"))
# What is said of a sum of which parts are missing: how many areas, and nothing of a count.
_PARTS_LACKING: Final = r"\d+ of \d+ (?:lsoa|ward|district|county|police_area)s have no figure"
_SERIES: Final = ("source", "indicator", "sex", "period", "level")
# A classed map has no more colours than this; more are a scale, and as good as figures.
_MOST_COLOURS: Final = 12
_LIMITS: Final = tuple(chain(*RATE_LIMITS.values()))
# Methods whose limits depend on the count alone.
_OF_COUNTS: Final = ("exact", "byar", "public-health")


def derived_figures(rows: pd.DataFrame) -> list[Finding]:
    """Figures in rows of hidden or missing counts that only the count can give."""
    findings = []
    for name in rows.columns.intersection(sorted(DERIVED)):
        findings += by_source(
            rows,
            ~texts_in(rows[name]).str.lower().isin(_SILENT).to_numpy(),
            kind="derived_figure",
            text=f"{{n}} rows whose count is hidden or missing have {name!r}; first: {{first}}.",
        )
    for name in rows.columns.intersection(["note", "detail"]):
        texts = texts_in(rows[name])
        alone = ~texts.duplicated(keep=False) & texts.str.contains(r"\d", regex=True)
        alone &= ~texts.str.fullmatch(_PARTS_LACKING)
        findings += by_source(
            rows,
            alone.to_numpy(),
            kind="derived_figure",
            text=f"{{n}} hidden or missing counts have a {name} of their own with a number in it; "
            "first: {first}.",
        )
    return findings


def told_apart(rows: pd.DataFrame) -> list[Finding]:
    """Columns in which hidden cells of one series of one file are not all alike."""
    if rows.empty:
        return []
    series = [*_SERIES, *rows.columns.intersection(["statistic"])]
    group = _groups(rows, series)
    findings = []
    aside = [*NAMING, *series, "low", "high", "counted", "colour"]
    for name in rows.columns.difference(aside, sort=False):
        codes, words = pd.factorize(texts_in(rows[name]))
        if len(words) == 1:
            continue
        findings += by_source(
            rows,
            _mixed(group, codes),
            kind="told_apart",
            text=f"{{n}} hidden counts differ from others of their series in {name!r} "
            f"({first_few(sorted(map(str, words)), most=4)}), so that one kind can be told from "
            "another; first: {first}.",
        )
    return findings


def colours(
    rows: pd.DataFrame, *, hidden: NDArray[np.bool_], silent: NDArray[np.bool_]
) -> list[Finding]:
    """Colours of a map that stand for figures.

    Parameters
    ----------
    rows : pandas.DataFrame
    hidden, silent : ndarray of bool
        Rows of hidden cells, and rows that show no count.

    Returns
    -------
    list of Finding
        Where hidden cells differ in colour, have a colour of shown ones or one that is no grey
        and no other hidden cell has, or where areas without a count have a scale of colours.
    """
    if "colour" not in rows:
        return []
    protected = (rows["basis"] != PUBLISHED).to_numpy()
    texts = texts_in(rows["colour"])
    drawn = (texts != "").to_numpy() & protected
    group = _groups(rows, _SERIES)
    codes, _ = pd.factorize(texts)
    pairs = group * (codes.max() + 1) + codes
    is_hidden_drawn = drawn & hidden
    wrong = np.zeros(len(rows), dtype=bool)
    if is_hidden_drawn.any():
        wrong[is_hidden_drawn] = _mixed(group[is_hidden_drawn], codes[is_hidden_drawn])
        wrong |= is_hidden_drawn & np.isin(pairs, pairs[drawn & ~silent])
        alone = is_hidden_drawn & np.isin(group, _once(group[is_hidden_drawn]))
        wrong |= alone & texts.map(_is_coloured).to_numpy(dtype=bool)
    findings = by_source(
        rows,
        wrong,
        kind="derived_figure",
        text="{n} hidden counts have a colour that tells of them; first: {first}.",
    )
    quiet = drawn & silent & ~hidden
    kinds = np.unique(pairs[quiet]) // (codes.max() + 1)
    scales, number = np.unique(kinds, return_counts=True)
    findings += by_source(
        rows,
        quiet & np.isin(group, scales[number > _MOST_COLOURS]),
        kind="derived_figure",
        text="{n} areas have colours of a scale, which are as good as figures; first: {first}.",
    )
    return findings


def clusters(rows: pd.DataFrame) -> list[Finding]:
    """Clusters whose count is not the sum of the counts that are shown of their members.

    Only clusters whose rows say how many areas they have are looked at: others are the same
    clusters in a view.
    """
    if "observed" not in rows or "areas" not in rows:
        return []
    protected = (rows["basis"] != PUBLISHED).to_numpy()
    look = protected & rows["observed"].notna().to_numpy() & rows["areas"].notna().to_numpy()
    if not look.any():
        return []
    shown = rows[rows["low"].notna() & (rows["low"] == rows["high"]) & rows["counted"]]
    counts = shown.drop_duplicates(list(CELL)).set_index(list(CELL))["low"]
    members = rows[look]
    of_members = counts.reindex(pd.MultiIndex.from_frame(members[list(CELL)])).to_numpy(dtype=float)
    group = _groups(members, [*_SERIES, "scan_cluster"])
    sums = np.bincount(group, weights=np.nan_to_num(of_members))
    sizes = np.bincount(group)
    observed = pd.to_numeric(members["observed"]).to_numpy(dtype=float)
    areas = pd.to_numeric(members["areas"]).to_numpy(dtype=float)
    wrong = (np.abs(sums[group] - observed) > 1e-6) | (sizes[group] != areas)
    return by_source(
        members,
        wrong,
        kind="derived_figure",
        text="{n} areas are in clusters whose count is not the sum of the counts shown of their "
        "members; first: {first}.",
    )


def limits(rows: pd.DataFrame) -> list[Finding]:
    """Limits of rates that were computed from other counts than those shown.

    A limit of a Poisson rate, times the population, depends on the count alone: two areas with
    the same count whose limits differ were not given the same count.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with a shown count that is protected.
    """
    findings: list[Finding] = []
    if "rate_method" not in rows or "population" not in rows:
        return findings
    rows = rows[rows["rate_method"].isin(_OF_COUNTS)]
    people = _numbers(rows["population"])
    for name in rows.columns.intersection(list(_LIMITS)):
        rate = _numbers(rows[name])
        slack = (_half(rate) + 1e-9) * people + (_half(people) + 1e-9) * rate
        count = pd.DataFrame({"low": rate * people - slack, "high": rate * people + slack})
        # Per how many people is the same within a group.
        keys = [rows[key].to_numpy() for key in ("low", "rate_method", "rate_per") if key in rows]
        grouped = count.groupby(keys, sort=False)
        wrong = grouped["low"].transform("max") > grouped["high"].transform("min")
        findings += by_source(
            rows,
            wrong.to_numpy(),
            kind="derived_figure",
            text=f"{{n}} areas have a {name} that differs from that of others with the same "
            "count; first: {first}.",
        )
    return findings


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _half(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half of the last digit of numbers with up to three decimals; nothing of longer ones."""
    half = np.zeros(len(values))
    for decimals in (3, 2, 1, 0):
        scaled = values * 10.0**decimals
        half[np.abs(scaled - np.rint(scaled)) < 1e-7] = 0.5 / 10.0**decimals
    return half


def by_source(
    rows: pd.DataFrame, which: NDArray[np.bool_], *, kind: str, text: str
) -> list[Finding]:
    """One finding for each source of the rows that are wrong.

    Parameters
    ----------
    rows : pandas.DataFrame
        `source` and what names a cell.
    which : ndarray of bool
    kind : str
    text : str
        With `{n}` for the number of rows and `{first}` for the first of them.
    """
    if not which.any():
        return []
    return [
        Finding(
            kind=kind,
            file=str(source),
            text=text.replace("{n}", f"{len(some):,}").replace("{first}", _cell(some.iloc[0])),
        )
        for source, some in rows.loc[which, ["source", *CELL]].groupby("source", sort=False)
    ]


def _groups(rows: pd.DataFrame, names: list[str] | tuple[str, ...]) -> NDArray[np.int64]:
    numbers = rows.groupby(list(names), sort=False, dropna=False).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def _mixed(group: NDArray[np.int64], codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows of groups that have more than one code."""
    pairs = np.unique(np.column_stack([group, codes]), axis=0)[:, 0]
    return np.asarray(np.isin(group, pairs[1:][pairs[1:] == pairs[:-1]]), dtype=np.bool_)


def _once(group: NDArray[np.int64]) -> NDArray[np.int64]:
    found, number = np.unique(group, return_counts=True)
    return np.asarray(found[number == 1], dtype=np.int64)


def _is_coloured(text: str) -> bool:
    """Whether a text has a colour that is no grey.

    Examples
    --------
    >>> _is_coloured("#fc8d59 0.7"), _is_coloured("#eeeeee"), _is_coloured("red")
    (True, False, True)
    """
    found = re.match(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", text.strip().lower())
    if not found:
        return text.strip().lower() not in ("", "none", "transparent", "white", "grey", "gray")
    digits = found[1] if len(found[1]) == 6 else "".join(c + c for c in found[1])
    parts = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    return max(parts) - min(parts) > 24


def _cell(row: pd.Series) -> str:
    return ", ".join(str(row[name]) for name in CELL if str(row[name]))
