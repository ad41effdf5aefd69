"""How many of those in need a service reaches: a ratio of two counts, with limits.

Illustrative counts take no part. A count that the edition hides is not looked up elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.joining.figures import published_figures
from vawg_geo.errors import ConfigurationError, InputError, did_you_mean
from vawg_geo.measures.rates.intervals import STABLE_EVENTS, count_ratio_interval
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.rates.significance import compare
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.columns import population_key, require_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from vawg_geo.overlays.services.settings import ReachSettings

__all__ = ["REACH_COLUMNS", "published_figures", "reach"]

REACH_COLUMNS: Final = (
    "area_code",
    "area_name",
    "level",
    "indicator",
    "period",
    "numerator",
    "numerator_sex",
    "numerator_count",
    "numerator_basis",
    "denominator",
    "denominator_sex",
    "denominator_count",
    "denominator_basis",
    "reach",
    "reach_lower",
    "reach_upper",
    "reach_per",
    "reach_method",
    "comparator",
    "comparator_reach",
    "significance",
    "significance_rule",
    "status",
    "basis",
    "note",
)
RESIDENTS: Final = "residents"
_FIGURES: Final = ("indicator", "area_code", "sex", "period", "count")
_RULES: Final = ("intervals-apart", "interval-excludes-comparator")
# A ratio is no more public than the less public of its parts.
_LESS_PUBLIC: Final = ("own", "estimated")
# A hidden part hides the whole; then what is not applicable, then what is missing.
_UNKNOWN: Final = ("suppressed", "not_applicable", "missing")


def reach(
    counts: pd.DataFrame,
    populations: pd.DataFrame,
    ratios: Iterable[ReachSettings],
    *,
    figures: pd.DataFrame | None = None,
    area_names: Mapping[str, str] | None = None,
    known: Collection[str] | None = None,
    rule: str = "intervals-apart",
) -> pd.DataFrame:
    """Ratios of contacts with a service to need, by area, with limits.

    Parameters
    ----------
    counts : pandas.DataFrame
        An edition's counts: the columns `columns.COUNT_COLUMNS`.
    populations : pandas.DataFrame
        `area_code`, `sex`, `population`.
    ratios : iterable of ReachSettings
        What to divide. Of the numerator, and of a denominator that is an indicator, the counts
        are of the ratio's sex where any row of that indicator is, else of persons. Without a
        denominator the numerator is per residents of the ratio's sex.
    figures : pandas.DataFrame, optional
        `indicator`, `area_code`, `sex`, `period`, `count`: published counts that anybody can
        look up; used only where `counts` has no row of the indicator, area, sex and period, hidden
        rows being rows.
    area_names : mapping of str to str, optional
        Names of areas that stand in the figures only.
    known : collection of str, optional
        Every indicator of the project. A ratio that names any other is then refused; without it,
        and for indicators that an edition leaves out, such a ratio has no rows.
    rule : {"intervals-apart", "interval-excludes-comparator"}
        How a ratio is compared with its comparator's, which has the area as a part.

    Returns
    -------
    pandas.DataFrame
        The columns `REACH_COLUMNS`, a row for each ratio, area and period of the numerator.
        `status` is `value`, `zero` (no contacts), `unstable` (fewer than 10 events above or below
        the line), `suppressed`, `missing` or `not_applicable`; the last three have no ratio.
        Each part has its own basis, and `basis` is that of the less public one.
        `reach_method` is `exact conditional binomial` for two counts, `exact` for residents.

    Raises
    ------
    ConfigurationError
        A ratio names an indicator that is not known.
    InputError
        A column is absent, or the rule is unknown.

    Notes
    -----
    Not every contact belongs to an incident: this is no proportion, and may pass 100 %.
    Limits at 95 % as `count_ratio_interval`; per residents, as `crude_rate` by the exact method.

    Examples
    --------
    >>> from vawg_geo.overlays.services.settings import ReachSettings
    >>> counts = pd.DataFrame({
    ...     "area_code": "E07000010", "area_name": "Fenland", "level": "district",
    ...     "indicator": ["referrals", "incidents"], "sex": ["female", "persons"],
    ...     "period": "2015/16", "count": [142, 1798], "status": "value", "basis": "published"})
    >>> people = pd.DataFrame({"area_code": [], "sex": [], "population": []})
    >>> ratio = ReachSettings(name="reach", numerator="referrals", denominator="incidents")
    >>> reach(counts, people, [ratio])[["reach", "reach_lower", "reach_upper"]].round(1)
       reach  reach_lower  reach_upper
    0    7.9          6.6          9.4
    """
    if rule not in _RULES:
        msg = f"{rule!r} is no rule for a ratio of counts. Choose {' or '.join(_RULES)}."
        raise InputError(msg)
    require_columns(
        counts, ("area_code", "indicator", "sex", "period", "count", "status"), "counts"
    )
    require_columns(populations, ("area_code", "sex", "population"), "populations")
    pool = _pool(counts, figures, area_names or {})
    ratios = list(ratios)
    _require_known(
        ratios,
        {*pool["indicator"]} if known is None else {*known, *pool["indicator"]},
        strict=known is not None,
    )
    frames = [_one(pool, populations, ratio, rule) for ratio in ratios]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return pd.DataFrame(columns=pd.Index(REACH_COLUMNS))
    table = pd.concat(frames, ignore_index=True)
    # Whole numbers as such: populations may be fractions, counts are not.
    for name in ("numerator_count", "denominator_count"):
        table[name] = table[name].convert_dtypes()
    return table


def _pool(
    counts: pd.DataFrame, figures: pd.DataFrame | None, area_names: Mapping[str, str]
) -> pd.DataFrame:
    """The edition's counts, and published figures of what it has no row of."""
    blank = {"area_name": "", "level": "", "basis": "", "note": ""}
    pool = counts.assign(**{k: v for k, v in blank.items() if k not in counts})
    pool = pool.assign(origin=0, count=pool["count"].astype("Float64"))
    if figures is not None:
        require_columns(figures, _FIGURES, "published figures")
        names = {**area_names}
        names |= dict(zip(pool["area_code"], pool["area_name"], strict=True))
        levels = dict(zip(pool["area_code"], pool["level"], strict=True))
        amounts = figures["count"].astype("Float64")
        given = figures["area_name"] if "area_name" in figures else figures["area_code"]
        more = figures[[*_FIGURES]].assign(
            count=amounts,
            status=np.where(amounts.fillna(0) == 0, "zero", "value"),
            basis="published",
            note="a published figure",
            origin=1,
        )
        more["status"] = more["status"].mask(amounts.isna(), "missing")
        pairs = zip(more["area_code"], given.fillna(""), strict=True)
        more["area_name"] = [names.get(code) or name for code, name in pairs]
        more["level"] = [levels.get(c) or level_of_code(c) or "" for c in more["area_code"]]
        pool = pd.concat([pool, more], ignore_index=True)
    key = ["indicator", "area_code", "sex", "period"]
    # An illustrative row keeps out a figure of the same cell too, and goes itself afterwards.
    pool = pool.sort_values("origin", kind="stable").drop_duplicates(key)
    return pool[pool["basis"] != "illustrative"].reset_index(drop=True)


def _one(
    pool: pd.DataFrame,
    populations: pd.DataFrame,
    ratio: ReachSettings,
    rule: str,
) -> pd.DataFrame:
    above, sex_above = _series(pool, ratio.numerator, ratio.sex)
    if above.empty:
        return pd.DataFrame()
    table = above[["area_code", "area_name", "level", "period"]].assign(
        indicator=ratio.name,
        numerator=ratio.numerator,
        numerator_sex=sex_above,
        numerator_count=above["count"],
        numerator_basis=above["basis"],
        reach_per=float(ratio.per),
    )
    if ratio.denominator:
        below, sex_below = _series(pool, ratio.denominator, ratio.sex)
        if below.empty:
            return pd.DataFrame()
        pairs = above[["area_code", "period"]].merge(
            below[["area_code", "period", "count", "status", "basis"]],
            how="left",
            on=["area_code", "period"],
            validate="1:1",
        )
        under, under_status = pairs["count"], pairs["status"].fillna("missing")
        under_basis = pairs["basis"].fillna("")
        table = table.assign(
            denominator=ratio.denominator,
            reach_method="exact conditional binomial",
        )
    else:
        key = [name for name in population_key(populations) if name != "sex"]
        known = populations[populations["sex"] == ratio.sex].set_index(key)["population"]
        rows = pd.MultiIndex.from_frame(above[key]) if len(key) > 1 else above["area_code"]
        under = pd.Series(known.reindex(rows).to_numpy(), dtype="Float64")
        under = under.mask(under <= 0)
        under_status = pd.Series(np.where(under.isna(), "missing", "value"))
        sex_below, under_basis = ratio.sex, pd.Series("", index=under.index)
        table = table.assign(denominator=RESIDENTS, reach_method="exact")
    table = table.reset_index(drop=True)
    table["denominator_sex"], table["denominator_count"] = sex_below, under
    table["denominator_basis"] = under_basis
    both = zip(table["numerator_basis"], table["denominator_basis"], strict=True)
    table["basis"] = [
        next((basis for basis in _LESS_PUBLIC if basis in pair), pair[0]) for pair in both
    ]
    status = _status(
        above["status"].tolist(), under_status.tolist(), table, bool(ratio.denominator)
    )
    table["status"] = status
    note = _note(sex_above, sex_below, ratio)
    said = [n if n == "a published figure" else "" for n in above["note"].fillna("")]
    table["note"] = ["; ".join(t for t in (note, s) if t) for s in said]
    table = table.assign(**_limits(table, residents=not ratio.denominator))
    return _compared(table, ratio.comparator, rule)[list(REACH_COLUMNS)]


def _series(pool: pd.DataFrame, indicator: str, sex: str) -> tuple[pd.DataFrame, str]:
    rows = pool[pool["indicator"] == indicator]
    chosen = sex if (rows["sex"] == sex).any() else "persons"
    return rows[rows["sex"] == chosen].reset_index(drop=True), chosen


def _status(above: list[str], below: list[str], table: pd.DataFrame, two_counts: bool) -> list[str]:
    found = []
    counts = table[["numerator_count", "denominator_count"]].astype("Float64")
    for pair, x, y in zip(
        zip(above, below, strict=True), counts.iloc[:, 0], counts.iloc[:, 1], strict=True
    ):
        unknown = next((word for word in _UNKNOWN if word in pair), "")
        if unknown or pd.isna(x) or pd.isna(y):
            found.append(unknown or "missing")
        elif two_counts and y == 0:
            found.append("not_applicable")
        elif x == 0:
            found.append("zero")
        else:
            few = x < STABLE_EVENTS or (two_counts and y < STABLE_EVENTS)
            found.append("unstable" if few else "value")
    return found


def _limits(table: pd.DataFrame, *, residents: bool) -> dict[str, Any]:
    shown = ~table["status"].isin(_UNKNOWN)
    x = table["numerator_count"].mask(~shown).to_numpy(float, na_value=np.nan)
    y = table["denominator_count"].mask(~shown).to_numpy(float, na_value=np.nan)
    per = table["reach_per"].to_numpy(float)
    if not residents:
        lower, upper = count_ratio_interval(x, y)
        return {"reach": x / y * per, "reach_lower": lower * per, "reach_upper": upper * per}
    whole = pd.DataFrame(
        {
            "area_code": table["area_code"],
            "indicator": table["indicator"],
            "sex": "persons",
            "period": table["period"],
            "count": pd.array(x, dtype="Float64"),
        }
    )
    whole["count"] = whole["count"].mask(np.isnan(x))
    people = pd.DataFrame({"area_code": table["area_code"], "sex": "persons", "population": y})
    people = people.drop_duplicates("area_code")
    rates = crude_rate(whole, people, per=per[0], method="exact")
    return {f"reach{end}": rates[f"rate{end}"].to_numpy() for end in ("", "_lower", "_upper")}


def _compared(table: pd.DataFrame, comparator: str, rule: str) -> pd.DataFrame:
    rates = table.rename(columns={f"reach{end}": f"rate{end}" for end in ("", "_lower", "_upper")})
    rates = rates.assign(sex=rates["numerator_sex"])
    there = comparator in set(table["area_code"])
    if not there:
        nothing = {"significance": "not_compared", "significance_rule": "", "comparator": ""}
        return table.assign(**nothing, comparator_reach=np.nan)
    labels = compare(rates, comparator, rule=rule)
    values = table[table["area_code"] == comparator].set_index("period")["reach"]
    return table.assign(
        comparator=labels["comparator"],
        comparator_reach=table["period"].map(values),
        significance=labels["significance"],
        significance_rule=labels["significance_rule"],
    )


def _note(sex_above: str, sex_below: str, ratio: ReachSettings) -> str:
    what = ratio.denominator or RESIDENTS
    words = {"persons": "all people", "female": "women and girls", "male": "men and boys"}
    if sex_above == sex_below:
        return ""
    return f"{ratio.numerator} of {words[sex_above]}, {what} of {words[sex_below]}"


def _require_known(ratios: list[ReachSettings], known: set[str], *, strict: bool) -> None:
    if not strict:
        return
    named = [name for r in ratios for name in (r.numerator, r.denominator) if name]
    unknown = [name for name in named if name not in known]
    if unknown:
        msg = (
            f"{len(unknown)} of {len(named)} indicators that reach is made of are in no table; "
            f"first: {unknown[0]!r}. "
            f"{did_you_mean(unknown[0], known, otherwise='Correct the name.')}"
        )
        raise ConfigurationError(msg)
