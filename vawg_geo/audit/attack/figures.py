"""Counts that sheets tell, and what sheets tell beside hidden counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.attack.beside import (
    by_source,
    clusters,
    colours,
    derived_figures,
    limits,
    told_apart,
)
from vawg_geo.audit.observed import CELL, OBSERVATION_COLUMNS, Finding
from vawg_geo.audit.tables.sheets import OWN, PUBLISHED, Sheet, mapped, texts_in
from vawg_geo.audit.tables.symbols import read_figures
from vawg_geo.terms.codes import level_of_code, read_sex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["observe"]

_STATUS: Final = {"unstable": "value"}


def observe(
    sheets: list[Sheet], shares: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Turn sheets into observations, and say what stands beside hidden counts.

    Parameters
    ----------
    sheets : list of Sheet
    shares : mapping of str to str, optional
        By indicator: what its rates are per. Where that is another indicator, its populations are
        counts of that one.

    Returns
    -------
    observations : pandas.DataFrame
        `OBSERVATION_COLUMNS`.
    findings : list of Finding
        `derived_figure`, `told_apart`, `unknown_value`.
    """
    sheets = [sheet for sheet in sheets if len(sheet)]
    if not sheets:
        return pd.DataFrame(columns=list(OBSERVATION_COLUMNS)), []
    rows = _together(sheets)
    findings: list[Finding] = []
    rows = _with_counts(rows, findings)
    cells = pd.MultiIndex.from_frame(rows[list(CELL)])
    protected = (rows["basis"] != PUBLISHED).to_numpy()
    hidden_cells = cells[protected & (rows["status"] == "suppressed").to_numpy()].unique()
    silent = rows["low"].isna().to_numpy() | (rows["status"] == "suppressed").to_numpy()
    beside = np.zeros(len(rows), dtype=bool)
    if len(hidden_cells):
        beside = cells.isin(hidden_cells) & silent & protected
    exact = ~silent & (rows["low"] == rows["high"]).to_numpy()
    observations = [rows.loc[rows["counted"], list(OBSERVATION_COLUMNS)]]
    # Where a count is shown, a rate of it in another place says nothing new.
    silent_rates = silent & ~cells.isin(cells[exact].unique())
    observations += _from_rates(rows, silent=silent_rates, shown=exact, findings=findings)
    observations += _from_percentages(rows, silent=silent)
    observations += _from_shares(rows, shares or {}, shown_cells=cells[exact])
    # A file that gives no count still may give a figure of a cell that it says is missing.
    missing = protected & silent & rows["counted"].to_numpy()
    findings += derived_figures(rows[beside | missing])
    findings += told_apart(rows[beside])
    findings += colours(rows, hidden=beside, silent=silent)
    findings += clusters(rows)
    findings += limits(rows[exact & protected & ~_rounded_elsewhere(rows)])
    observations = [some for some in observations if len(some)] or observations[:1]
    return pd.concat(observations, ignore_index=True), findings


def _together(sheets: list[Sheet]) -> pd.DataFrame:
    """Put sheets below each other, with every column that names a cell, in this package's words."""
    names = dict.fromkeys(name for sheet in sheets for name in sheet.columns)
    names |= dict.fromkeys((*CELL, "level", "basis", "count", "status"))
    columns = {name: _stacked(sheets, name) for name in names}
    sizes = [len(sheet) for sheet in sheets]
    source = pd.Series([sheet.source for sheet in sheets], dtype=object)
    rows = pd.DataFrame(columns, dtype=object)
    rows["source"] = source.repeat(sizes).to_numpy()
    rows["counted"] = np.repeat(["count" in sheet.columns for sheet in sheets], sizes)
    for name in (*CELL, "level", "basis", "status"):
        rows[name] = texts_in(rows[name])
    # A table that does not say what it counts is told from others by its own name.
    stems = {name: name.rsplit("/", 1)[-1].split(".")[0] for name in rows["source"].unique()}
    rows["indicator"] = rows["indicator"].mask(rows["indicator"] == "", rows["source"].map(stems))
    rows["sex"] = mapped(rows["sex"], lambda word: read_sex(word) or word or "persons")
    rows["basis"] = rows["basis"].replace("", OWN)
    by_code = mapped(rows["area_code"], lambda code: level_of_code(code) or "")
    rows["level"] = rows["level"].mask(rows["level"] == "", by_code)
    return rows


def _stacked(sheets: list[Sheet], name: str) -> NDArray[np.object_]:
    values: list[object] = []
    for sheet in sheets:
        values += sheet.columns.get(name) or [None] * len(sheet)
    stacked = np.empty(len(values), dtype=object)
    stacked[:] = values
    return stacked


def _with_counts(rows: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Add `low`, `high` and a status that follows from the count where the file gives none."""
    read = read_figures(rows["count"])
    status = rows["status"].replace(_STATUS).mask(rows["status"] == "", read["status"])
    # A symbol hides whatever a status column says.
    status = status.mask(read["status"] == "suppressed", "suppressed")
    strange = rows[read["status"].eq("unknown") & rows["counted"]]
    for source, some in strange.groupby("source", sort=False):
        text = (
            f"{len(some):,} counts are neither numbers nor known symbols; "
            f"first: {some['count'].iloc[0]!r}."
        )
        findings.append(Finding(kind="unknown_value", file=str(source), text=text))
    return rows.assign(
        status=status.replace("unknown", "missing"), low=read["low"], high=read["high"]
    )


def _from_rates(
    rows: pd.DataFrame,
    *,
    silent: NDArray[np.bool_],
    shown: NDArray[np.bool_],
    findings: list[Finding],
) -> list[pd.DataFrame]:
    """Counts that a rate and a population give, where the count itself is not shown.

    A rate that gives another count than the one shown was computed from another count.
    """
    if "rate" not in rows:
        return []
    rate = read_figures(rows["rate"])["low"].to_numpy()
    people = _populations(rows)
    per = _multipliers(rows)
    given = ~np.isnan(rate) & ~np.isnan(people)
    # An estimate with a fraction is printed as a whole number for readers.
    near = np.where(_printed_whole(rows), 0.5, 0.0)
    with np.errstate(invalid="ignore"):
        off = np.abs(rate * people / per - rows["low"].to_numpy()) > near + 1e-6
    look = given & (silent | (shown & off))
    if not look.any():
        return []
    some = rows[look]
    about, around = rate[look], people[look]
    slack = _half_unit(some["rate"])
    slack_people = np.where(around == np.rint(around), 0.5, _half_unit(pd.Series(around)))
    low = np.maximum(about - slack, 0) * np.maximum(around - slack_people, 0) / per[look]
    high = (about + slack) * (around + slack_people) / per[look]
    from_rates = some.assign(low=low, high=high)[list(OBSERVATION_COLUMNS)]
    count = some["low"].to_numpy(dtype=float)
    away = shown[look] & ((count + near[look] < low) | (count - near[look] > high))
    away &= (some["basis"] != PUBLISHED).to_numpy()
    text = "{n} rates were computed from other counts than those shown; first: {first}."
    findings += by_source(some, away, kind="derived_figure", text=text)
    return [from_rates[~shown[look] | away]]


def _printed_whole(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Estimates that stand as whole numbers, so that the last half is a rounding."""
    counts = rows["low"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        is_integer = np.abs(counts - np.rint(counts)) < 1e-9
    return np.asarray((rows["basis"] == "estimated").to_numpy() & is_integer, dtype=np.bool_)


def _rounded_elsewhere(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Estimates printed as whole numbers whose cells another file gives with a fraction."""
    as_whole = _printed_whole(rows)
    if not as_whole.any():
        return as_whole
    cells = pd.MultiIndex.from_frame(rows[list(CELL)])
    fractions = ~as_whole & rows["low"].notna().to_numpy()
    return np.asarray(as_whole & cells.isin(cells[fractions]), dtype=np.bool_)


def _from_percentages(rows: pd.DataFrame, *, silent: NDArray[np.bool_]) -> list[pd.DataFrame]:
    """Counts that a percentage of another count gives, where the count itself is not shown."""
    if "percent" not in rows or "part_of" not in rows:
        return []
    percent = read_figures(rows["percent"])["low"].to_numpy()
    look = silent & ~np.isnan(percent) & (texts_in(rows["part_of"]) != "").to_numpy()
    if not look.any():
        return []
    shown = rows[~silent].drop_duplicates(list(CELL)).set_index(list(CELL))["low"]
    some = rows[look]
    whole_cells = some[list(CELL)].assign(indicator=texts_in(some["part_of"]))
    whole = shown.reindex(pd.MultiIndex.from_frame(whole_cells)).to_numpy()
    slack = _half_unit(some["percent"])
    low = np.maximum(percent[look] - slack, 0) / 100 * whole
    high = (percent[look] + slack) / 100 * whole
    from_percentages = some.assign(low=low, high=high)[list(OBSERVATION_COLUMNS)]
    return [from_percentages[~np.isnan(whole)]]


def _from_shares(
    rows: pd.DataFrame, shares: Mapping[str, str], *, shown_cells: pd.MultiIndex
) -> list[pd.DataFrame]:
    """Counts of the indicator that another indicator's rates are per, where they are not shown."""
    names = set(rows["indicator"].unique())
    whole = {part: one for part, one in shares.items() if one in names and part in names}
    if not whole or "population" not in rows:
        return []
    some = rows[rows["indicator"].isin(list(whole)) & rows["population"].notna()]
    people = read_figures(some["population"])["low"]
    from_shares = some.assign(
        indicator=some["indicator"].map(whole), low=people, high=people, status="value"
    )[list(OBSERVATION_COLUMNS)]
    is_shown = pd.MultiIndex.from_frame(from_shares[list(CELL)]).isin(shown_cells)
    return [from_shares[~is_shown & people.notna().to_numpy()]]


def _populations(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Population of each row, else one that any file gives of its cell, or of the area and sex.

    What an indicator's rates are per need not be residents.
    """
    if "population" not in rows:
        return np.full(len(rows), np.nan)
    people = read_figures(rows["population"])["low"]
    lacking = people.isna() & rows["rate"].notna()
    if lacking.any():
        given = rows.assign(people=people)
        for keys in (list(CELL), ["area_code", "sex"]):
            by_area = given[[*keys, "people"]].dropna().drop_duplicates(keys)
            wanted = pd.MultiIndex.from_frame(rows[keys])
            of_rows = by_area.set_index(keys)["people"].reindex(wanted)
            people = people.fillna(pd.Series(of_rows.to_numpy(), index=rows.index))
    return people.to_numpy()


def _multipliers(rows: pd.DataFrame) -> NDArray[np.float64]:
    """What rates are per so many of: as the row says, else as others of the indicator do."""
    if "rate_per" not in rows:
        return np.full(len(rows), 1000.0)
    per = read_figures(rows["rate_per"])["low"]
    given = pd.DataFrame({"indicator": rows["indicator"], "per": per}).dropna().drop_duplicates()
    told = given.drop_duplicates("indicator", keep=False).set_index("indicator")["per"]
    return per.fillna(rows["indicator"].map(told)).fillna(1000.0).to_numpy(dtype=float)


def _half_unit(column: pd.Series) -> NDArray[np.float64]:
    """Half of the last printed digit of each number."""
    texts = texts_in(column).str.replace("%", "").str.strip().str.lower()
    parts = texts.str.extract(r"^-?(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$")
    whole, decimals, exponent = (parts[i].fillna("") for i in range(3))
    power = pd.to_numeric(exponent.replace("", "0")).to_numpy(dtype=float)
    half = 0.5 * 10.0 ** (power - decimals.str.len().to_numpy(dtype=float))
    digits = (whole.str.lstrip("0") + decimals).str.len().to_numpy()
    size = np.abs(pd.to_numeric(texts, errors="coerce").fillna(0).to_numpy(dtype=float))
    # So many digits are a computer's whole number, not a printed rounding.
    return np.where(digits >= 12, size * 1e-12 + 1e-12, half)
