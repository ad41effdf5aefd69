"""Where need is high and help is absent, unknown, or reaches fewer: sentences with their numbers.

A gap is a question to put to those who plan services. It is no proof that anybody went without
help, and a place without a gap may still have unmet need that no record shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.overlays.services.coverage import coverage_summary
from vawg_geo.terms.periods import read_periods
from vawg_geo.terms.rounding import rate_decimals, round_half_up

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

__all__ = ["GAP_COLUMNS", "NEEDS", "REACH_SERVICES", "Need", "gaps"]

GAP_COLUMNS: Final = (
    "area_code",
    "area_name",
    "level",
    "gap",
    "provision",
    "state",
    "services",
    "date",
    "need_indicator",
    "need_sex",
    "need_period",
    "need_count",
    "need_population",
    "need_rate",
    "need_rate_lower",
    "need_rate_upper",
    "need_rate_per",
    "need_status",
    "need_basis",
    "need_comparator",
    "need_comparator_rate",
    "need_significance",
    "need_significance_rule",
    "reach_indicator",
    "reach_period",
    "reach_numerator",
    "reach_numerator_sex",
    "reach_numerator_count",
    "reach_numerator_basis",
    "reach_denominator",
    "reach_denominator_sex",
    "reach_denominator_count",
    "reach_denominator_basis",
    "reach",
    "reach_lower",
    "reach_upper",
    "reach_per",
    "reach_status",
    "reach_comparator",
    "reach_comparator_value",
    "reach_significance",
    "words",
    "note",
)
_NEEDED_RATES: Final = (
    "area_code",
    "area_name",
    "level",
    "indicator",
    "sex",
    "period",
    "count",
    "population",
    "rate",
    "rate_lower",
    "rate_upper",
    "rate_per",
    "comparator",
    "significance",
    "significance_rule",
    "status",
    "basis",
)
_HOSPITAL_NOTE: Final = (
    "a hospital's adviser is listed for the hospital's own district; patients come from others too"
)


@dataclass(frozen=True, kw_only=True)
class Need:
    """An indicator of need, and the help that answers to it.

    Attributes
    ----------
    indicator, sex : str
        Series of the rates that is compared.
    provisions : tuple of str
        Kinds of help, as in the column `provision` of `coverage_summary`.
    reach : tuple of str
        Numerators of ratios that answer to it, beside those whose denominator it is.
    """

    indicator: str
    sex: str = "persons"
    provisions: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()


NEEDS: Final = (
    Need(
        indicator="domestic abuse incidents",
        provisions=("IDVA", "hospital IDVA", "outreach", "MARAC"),
        reach=("MARAC cases heard",),
    ),
    Need(
        indicator="sexual offences",
        sex="female",
        provisions=("rape crisis", "sexual assault referral centre", "ISVA"),
    ),
)

# Whose contacts a numerator counts: a service is not expected to reach where it does not work.
REACH_SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "IDVA high-risk referrals": (
            "Independent Domestic Violence Advisory Service (Cambridgeshire)"
        ),
        "Cambridge Women's Aid contacts": "Cambridge Women's Aid outreach",
    }
)


def gaps(
    rates: pd.DataFrame,
    reach: pd.DataFrame,
    covered: pd.DataFrame,
    *,
    needs: Iterable[Need] = NEEDS,
    reach_services: Mapping[str, str] = REACH_SERVICES,
    residents: str = "residents aged 16 and over",
) -> pd.DataFrame:
    """Find areas whose need is above the comparator's and whose help is absent or reaches fewer.

    Parameters
    ----------
    rates : pandas.DataFrame
        An edition's rates, compared: the columns of `tables.RATES`. Illustrative rows take
        no part. Of several periods the latest counts.
    reach : pandas.DataFrame
        As `overlays.reach.reach` returns; may be empty.
    covered : pandas.DataFrame
        As `coverage` returns, as at one date.
    needs : iterable of Need
    reach_services : mapping of str to str
        By a ratio's numerator: the service whose contacts it counts.
    residents : str
        Whom the rates are of, in words.

    Returns
    -------
    pandas.DataFrame
        The columns `GAP_COLUMNS`, areas in the order of `covered`. `gap` is `none` (need above,
        and the source names no service), `not_running` (need above, and what there is does not
        run at the date), `not_recoverable` (whatever the need: the source does not tell, though
        it does for another area), `reach_below` (need above, reach below its comparator's).
        `words` is a sentence, and every number in it stands in a column. Where reach is below,
        `services` is the service whose contacts are counted, and `state` the table's word for it
        in this area, whether it runs at the date or not.

    Raises
    ------
    InputError
        A column of the rates is absent.
    """
    absent = [name for name in _NEEDED_RATES if name not in rates]
    if absent:
        msg = (
            f"{len(absent)} of {len(_NEEDED_RATES)} columns that the rates need are absent; "
            f"first: {absent[0]!r}. Compare the rates first."
        )
        raise InputError(msg)
    summary = coverage_summary(covered)
    observed = rates[rates["basis"] != "illustrative"]
    rows: list[dict[str, Any]] = []
    for need in needs:
        series = _latest(observed, need)
        rows += _gaps_of_coverage(series, summary, need, residents)
        rows += _gaps_of_reach(
            series,
            reach,
            covered=covered,
            need=need,
            residents=residents,
            reach_services=reach_services,
        )
    table = pd.DataFrame(rows, columns=pd.Index(GAP_COLUMNS))
    order = {code: place for place, code in enumerate(covered["area_code"].unique())}
    table = table.sort_values("area_code", key=lambda codes: codes.map(order), kind="stable")
    for name in ("need_count", "reach_numerator_count", "reach_denominator_count"):
        table[name] = table[name].astype("Float64").convert_dtypes()
    return table.reset_index(drop=True)


def _latest(rates: pd.DataFrame, need: Need) -> pd.DataFrame:
    rows = rates[(rates["indicator"] == need.indicator) & (rates["sex"] == need.sex)]
    if rows.empty:
        return rows.set_index("area_code", drop=False)
    periods = rows["period"].unique()
    spans = read_periods(map(str, rates["period"].unique()))
    read = dict(zip(rates["period"].unique(), spans, strict=True))
    ends = {period: (read[period] or (0, 0))[1] for period in periods}
    last = max(ends, key=lambda period: (ends[period], str(period)))
    latest: pd.DataFrame = rows[rows["period"] == last].set_index("area_code", drop=False)
    return latest


def _gaps_of_coverage(
    series: pd.DataFrame, summary: pd.DataFrame, need: Need, residents: str
) -> Iterable[dict[str, Any]]:
    told = set(summary.loc[summary["covered"].fillna(False), "provision"])
    for row in summary[summary["provision"].isin(need.provisions)].to_dict("records"):
        state = row["state"]
        if state in ("stated", "inferred"):
            continue
        figures = _need_columns(series, row["area_code"], need)
        above = figures["need_significance"] == "higher"
        # Where no area is known to have it, silence about this one says nothing of this one.
        unknown = state == "not_recoverable" and row["provision"] in told
        if not (above or unknown):
            continue
        about = _need_words(figures, row["area_name"], residents, series)
        said = str(row["words"])
        words = _one_sentence(about, said) if above else _one_sentence(said, about)
        hospital = _HOSPITAL_NOTE if row["provision"] == "hospital IDVA" else ""
        yield {
            **{k: row[k] for k in ("area_code", "area_name", "level", "provision", "state")},
            **{k: row[k] for k in ("services", "date")},
            **figures,
            "gap": state,
            "words": words,
            "note": "; ".join(n for n in (row["note"], hospital) if n),
        }


def _gaps_of_reach(
    series: pd.DataFrame,
    reach: pd.DataFrame,
    *,
    covered: pd.DataFrame,
    need: Need,
    residents: str,
    reach_services: Mapping[str, str],
) -> Iterable[dict[str, Any]]:
    if reach.empty:
        return
    answers = (reach["denominator"] == need.indicator) | reach["numerator"].isin(need.reach)
    names = dict(zip(reach["area_code"], reach["area_name"], strict=True))
    states = covered.set_index(["service", "area_code"])["coverage"].to_dict()
    date = str(covered["date"].iloc[0])
    for row in reach[answers & (reach["significance"] == "lower")].to_dict("records"):
        figures = _need_columns(series, row["area_code"], need)
        if figures["need_significance"] != "higher" or figures["need_period"] != row["period"]:
            continue
        service = reach_services.get(row["numerator"], "")
        state = str(states.get((service, row["area_code"]), ""))
        others = "" if state != "none" else f"by the source, {service} does not work there."
        about = _need_words(figures, row["area_name"], residents, series)
        yield {
            **{k: row[k] for k in ("area_code", "area_name", "level")},
            **figures,
            "gap": "reach_below",
            "provision": "",
            "state": state,
            "services": service,
            "date": date,
            **_reach_columns(row),
            "words": _one_sentence(about, _reach_words(row, names), others),
            "note": row["note"],
        }


def _need_columns(series: pd.DataFrame, code: str, need: Need) -> dict[str, Any]:
    """Figures of need in one area, all of them from its row and its comparator's."""
    columns = {"need_indicator": need.indicator, "need_sex": need.sex}
    if code not in series.index:
        return columns | {"need_status": "missing", "need_significance": "not_compared"}
    row = series.loc[code]
    there = row["comparator"] in series.index
    taken = ("period", "count", "population", "rate", "rate_lower", "rate_upper", "rate_per")
    same = (*taken, "status", "basis", "comparator", "significance", "significance_rule")
    return {
        **columns,
        **{f"need_{name}": row[name] for name in same},
        "need_comparator_rate": series.loc[row["comparator"], "rate"] if there else None,
    }


def _one_sentence(first: str, *others: str) -> str:
    """Sentences as one, to be quoted whole."""
    rest = [text[0].lower() + text[1:] for text in others if text]
    return "; ".join(text.removesuffix(".") for text in (first, *rest)) + "."


def _need_words(figures: Mapping[str, Any], area: str, residents: str, series: pd.DataFrame) -> str:
    label = figures["need_significance"]
    rate = figures.get("need_rate")
    whom = {"female": "female ", "male": "male "}.get(figures["need_sex"], "") + residents
    if rate is None or pd.isna(rate):
        return f"No rate of {figures['need_indicator']} is shown for {area}."
    other = figures["need_comparator_rate"]
    decimals = rate_decimals(max(float(rate), float(other or 0)))
    said = (
        f"The rate of {figures['need_indicator']} in {area} in {figures['need_period']}, "
        f"{round_half_up(rate, decimals)} per {figures['need_rate_per']:,.0f} {whom}, "
    )
    if label == "not_compared" or other is None:
        return f"{said}is not compared with another area's."
    than = str(series.loc[figures["need_comparator"], "area_name"])
    how = {"higher": "statistically higher than", "lower": "statistically lower than"}
    against = how.get(label, "not statistically different from")
    return f"{said}is {against} that of {than} as a whole ({round_half_up(other, decimals)})."


def _reach_columns(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    parts = [
        f"{part}{what}"
        for part in ("numerator", "denominator")
        for what in ("", "_sex", "_count", "_basis")
    ]
    same = ("period", *(name for name in parts if name in row))
    return {
        "reach_indicator": row["indicator"],
        **{f"reach_{name}": row[name] for name in same},
        **{name: row[name] for name in ("reach", "reach_lower", "reach_upper", "reach_per")},
        "reach_status": row["status"],
        "reach_comparator": row["comparator"],
        "reach_comparator_value": row["comparator_reach"],
        "reach_significance": row["significance"],
    }


def _reach_words(row: Mapping[Hashable, Any], names: Mapping[str, str]) -> str:
    low, high, value, other = (
        round_half_up(row[k], rate_decimals(row["comparator_reach"]))
        for k in ("reach_lower", "reach_upper", "reach", "comparator_reach")
    )
    per = f"{row['reach_per']:,.0f} {row['denominator']}"
    few = "; fewer than 10 events: unstable" if row["status"] == "unstable" else ""
    than = names[row["comparator"]]
    return (
        f"There were {value} {row['numerator']} for every {per} "
        f"(95% interval {low} to {high}{few}), statistically fewer than in {than} as a whole "
        f"({other})."
    )
