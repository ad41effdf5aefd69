"""Two claims of the needs assessment about deprivation, beside what the data can say.

The maps behind both claims are lost, so neither can be checked as it was made. What can be: whether
the rates at hand follow deprivation, and how deprived the wards are that the text names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.measures.rates.inequality import spearman
from vawg_geo.overlays.deprivation.links import limits_in_words
from vawg_geo.overlays.deprivation.rates import plural, series_of
from vawg_geo.terms.columns import require_columns

if TYPE_CHECKING:
    from collections.abc import Collection

    from vawg_geo.overlays.deprivation.rates import Series

__all__ = ["BROTHEL_CLAIM", "CLAIM_COLUMNS", "RATE_CLAIM", "source_claims"]

RATE_CLAIM: Final = "Recorded rates are higher in the more deprived areas."
BROTHEL_CLAIM: Final = (
    "Wards with the most brothels are not closely tied to deprivation, one ward excepted."
)
CLAIM_COLUMNS: Final = (
    "claim",
    "level",
    "indicator",
    "sex",
    "period",
    "agrees",
    "evidence",
    "value",
    "lower",
    "upper",
    "p_value",
    "areas",
    "areas_without",
    "area_code",
    "decile",
    "note",
)
BROTHEL_PROFILE: Final = "brothel concentration"
# The most deprived fifth of England's LSOAs.
_DEPRIVED: Final = 2


def source_claims(
    rates: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    profiles: pd.DataFrame | None = None,
    indicators: Collection[str] | None = None,
) -> pd.DataFrame:
    """Set the two claims of the source beside what the data say.

    Parameters
    ----------
    rates, scores : pandas.DataFrame
        As in `deprivation_links`.
    profiles : pandas.DataFrame, optional
        `profile, area_code, area_name, level, profile_class, basis`: the second claim names wards,
        so give them for an edition that may show ward profiles and leave them out for all others.
    indicators : collection of str, optional
        Those that the first claim is about (recorded crimes and incidents, not the use of
        services); by default all of the rates.

    Returns
    -------
    pandas.DataFrame
        `claim, level, indicator, sex, period, agrees` ("yes", "partly", "not shown"), `evidence`
        in words, and the figures in them: `value, lower, upper, p_value` of Spearman's correlation,
        `areas, areas_without`; for the second claim one row for all named wards, whose `value` is
        the share of them in the most deprived fifth, and one row for each ward with its
        `area_code`, its `decile` and, as `value`, its score.

    Notes
    -----
    First claim: `yes` where the lower limit is above 0, `partly` where only the correlation is.
    Second claim: `yes` where at most one of the wards lies in national deciles 1 and 2, `not shown`
    where all do, `partly` between. Neither is a test of the claim as made.
    """
    rows = [
        _rate_claim(series)
        for series in series_of(rates, scores)
        if indicators is None or series.key["indicator"] in indicators
    ]
    if profiles is not None:
        rows += _brothel_claim(profiles, scores)
    return pd.DataFrame(rows, columns=list(CLAIM_COLUMNS))


def _rate_claim(series: Series) -> dict[str, Any]:
    found = spearman(series.shown["score"], series.shown["rate"])
    areas = plural(series.key["level"])
    agrees = "yes" if found.lower > 0 else "partly" if found.value > 0 else "not shown"
    if found.why:
        evidence = f"Cannot be seen here: {found.why}."
    else:
        figures = f"rank correlation {found.value:.2f}, {limits_in_words(found, 2, 0.95)}"
        said = {
            "yes": f"Among {found.areas} {areas} the rate rises with deprivation",
            "partly": f"Among {found.areas} {areas} the rate leans towards the more deprived, but "
            "the interval includes no link at all",
            "not shown": f"Among {found.areas} {areas} the rate does not rise with deprivation",
        }[agrees]
        evidence = f"{said} ({figures})."
        if found.areas < 25:
            evidence += f" {found.areas} {areas} are few, and one of them can turn the order."
    return {
        "claim": RATE_CLAIM,
        **series.key,
        "agrees": agrees,
        "evidence": evidence,
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "p_value": found.p_value,
        "areas": found.areas,
        "areas_without": series.without,
        "area_code": "",
        "note": series.note,
    }


def _brothel_claim(profiles: pd.DataFrame, scores: pd.DataFrame) -> list[dict[str, Any]]:
    needed = ("profile", "area_code", "area_name", "level", "profile_class", "basis")
    require_columns(profiles, needed, "ward profiles")
    named = profiles[profiles["profile"] == BROTHEL_PROFILE]
    wards = named[named["level"] == "ward"].merge(
        scores[["area_code", "score", "decile"]], on="area_code", how="left"
    )
    if wards.empty:
        return []
    known = wards.dropna(subset=["score"]).sort_values("score", ascending=False)
    all_wards = scores[scores["area_code"].str.startswith("E05")]
    base = {
        "claim": BROTHEL_CLAIM,
        "level": "ward",
        "indicator": BROTHEL_PROFILE,
        "sex": "",
        "period": "",
        "note": "",
    }
    if known.empty:
        words = "Cannot be seen here: none of the named wards has a deprivation score."
        return [
            base
            | {
                "agrees": "not shown",
                "evidence": words,
                "areas": 0,
                "areas_without": len(wards),
                "area_code": "",
            }
        ]
    deprived = int((known["decile"] <= _DEPRIVED).sum())
    agrees = "yes" if deprived <= 1 else "not shown" if deprived == len(known) else "partly"
    listed = ", ".join(f"{row.area_name} ({row.decile:.0f})" for row in known.itertuples())
    evidence = (
        f"{deprived} of the {len(known)} wards named lie in the most deprived fifth of England. "
        f"National deciles, 1 the most deprived: {listed}. Wards without a mention have no "
        "figure, so no correlation can be computed."
    )
    whole = {
        "agrees": agrees,
        "evidence": evidence,
        "value": deprived / len(known),
        "areas": len(known),
        "areas_without": len(wards) - len(known),
        "area_code": "",
        "note": _basis_note(named),
    }
    return [base | whole, *(base | _ward_row(row, all_wards) for row in known.to_dict("records"))]


def _ward_row(row: dict[Any, Any], all_wards: pd.DataFrame) -> dict[str, Any]:
    place = int((all_wards["score"] > row["score"]).sum()) + 1
    return {
        "agrees": "",
        "evidence": f"{row['area_name']}: national decile {row['decile']:.0f}, place {place} of "
        f"{len(all_wards)} wards from the most deprived ({row['profile_class']}).",
        "value": row["score"],
        "areas": 1,
        "areas_without": 0,
        "area_code": row["area_code"],
        "decile": row["decile"],
        "note": f"Basis: {row['basis']}.",
    }


def _basis_note(named: pd.DataFrame) -> str:
    wards = named[named["level"] == "ward"]
    unsure = wards[wards["basis"] != "stated"]
    notes = []
    if len(unsure):
        notes.append(
            f"{len(unsure)} of {len(wards)} wards are not plainly stated by the source "
            f"({', '.join(sorted(set(unsure['basis'])))}): {', '.join(unsure['area_name'])}."
        )
    wider = named[named["level"] != "ward"]["area_name"].tolist()
    if wider:
        notes.append(f"Known for a district only, and left out here: {', '.join(wider)}.")
    return " ".join(notes)
