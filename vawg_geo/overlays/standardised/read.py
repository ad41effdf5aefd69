"""From tables by age to what an edition may start from: expected events, and rates of a standard.

Counts by age are small where counts are not, so none leaves this file. A rate of a standard
population is a sum of them with known weights, so that all of them could be worked out from enough
digits: it goes on rounded as it is printed. Expected events could be solved for the rates of a
reference: those of the project's own counts are of age groups of ten events or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pandas as pd

from vawg_geo.errors import InputError, VawgGeoError
from vawg_geo.inputs.by_age import counts_of_texts, rates_of_texts, residents_by_age
from vawg_geo.measures.rates.standardised import (
    directly_standardised_rates,
    indirectly_standardised_ratios,
    reference_rates,
)
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from vawg_geo.overlays.standardised.settings import StandardisedSettings

__all__ = ["EVERY_PERIOD", "read_standardised"]

# In the place of a period, where the reference is of all.
EVERY_PERIOD: Final = ""
# Of a reference from the project's own counts.
_FEWEST_IN_GROUP: Final = 10


def read_standardised(
    tables: Mapping[str, pd.DataFrame],
    settings: StandardisedSettings,
    areas: Mapping[str, gpd.GeoDataFrame],
) -> dict[str, pd.DataFrame]:
    """Expected events and directly standardised rates, without any count by age.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Texts, by form.
    settings : StandardisedSettings
    areas : mapping of str to geopandas.GeoDataFrame

    Returns
    -------
    dict of str to pandas.DataFrame
        `expected`: `area_code, indicator, sex, period, expected, standard`; `direct`: `area_code,
        indicator, sex, period, count, rate, rate_lower, rate_upper, standard`, rates per person.

    Raises
    ------
    InputError
        A table cannot be used; the message names it.
    """
    try:
        residents = residents_by_age(_filled(tables["residents"]))
        # By name: a code beside a number reads like a figure of it.
        known = {
            code: name
            for layer in areas.values()
            for code, name in zip(layer["area_code"], layer["area_name"], strict=True)
        }
        residents = residents[residents["area_code"].isin(known)]
        residents = _with_wholes(residents, areas)
        found = {}
        counts = None
        if "counts_by_age" in tables:
            counts = counts_of_texts(_filled(tables["counts_by_age"]))
            lacking = counts[~counts["area_code"].isin(residents["area_code"])]
            if len(lacking):
                msg = (
                    f"{lacking['area_code'].nunique():,} areas of {settings.counts_by_age} have no "
                    f"residents by age in {settings.residents}; first: "
                    f"{lacking['area_code'].iloc[0]!r}. Add them."
                )
                raise InputError(msg)
            found["direct"] = _direct(counts, residents, settings.standard, known)
        reference = _reference(tables, counts, residents, settings)
        if reference is not None:
            area = settings.reference_area
            name = settings.reference_name or (f"rates of {known.get(area, area)}" if area else "")
            found["expected"] = _expected(reference, residents, name or "rates by age")
    except VawgGeoError as error:
        msg = f"[overlays.standardised] {error}"
        raise type(error)(msg) from error
    return found


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Without columns that the file did not have."""
    table = table.astype(str)
    return table[[name for name in table.columns if (table[name] != "").any()]]


def _with_wholes(residents: pd.DataFrame, areas: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Add residents of larger areas of which all parts are there."""
    for level in ("ward", "district", "csp", "county"):
        if level not in areas:
            continue
        layer = areas[level]
        have = set(residents["area_code"])
        parts = layer[layer["parent_code"].fillna("") != ""]
        lacking = set(parts.loc[~parts["area_code"].isin(have), "parent_code"])
        wanted = set(parts["parent_code"]) - lacking - have
        parent = dict(zip(parts["area_code"], parts["parent_code"], strict=True))
        rows = residents.assign(area_code=residents["area_code"].map(parent))
        rows = rows[rows["area_code"].isin(wanted)]
        keys = ["area_code", "sex", "age_group"]
        sums = rows.groupby(keys, sort=False)["population"].sum().reset_index()
        residents = pd.concat([residents, sums], ignore_index=True)
    return residents


def _direct(
    counts: pd.DataFrame, residents: pd.DataFrame, standard: str, names: Mapping[str, str]
) -> pd.DataFrame:
    table = directly_standardised_rates(counts, residents, standard=standard, per=1)
    if standard in names:
        table = table.assign(standard=f"residents of {names[standard]}")
    level = [level_of_code(code) or "" for code in table["area_code"]]
    kept = ["area_code", "indicator", "sex", "period", "count", "status"]
    kept += ["rate", "rate_lower", "rate_upper", "standard"]
    return table[kept].assign(level=level)


def _reference(
    tables: Mapping[str, pd.DataFrame],
    counts: pd.DataFrame | None,
    residents: pd.DataFrame,
    settings: StandardisedSettings,
) -> pd.DataFrame | None:
    if "reference" in tables:
        return rates_of_texts(_filled(tables["reference"]))
    if counts is None or not settings.reference_area:
        return None
    return reference_rates(counts, residents, area=settings.reference_area, fewest=_FEWEST_IN_GROUP)


def _expected(reference: pd.DataFrame, residents: pd.DataFrame, name: str) -> pd.DataFrame:
    """Expected events of every area, by series of the reference."""
    frames = []
    by = [name for name in ("indicator", "sex", "period") if name in reference]
    for key, rates in reference.groupby(by, sort=False):
        said = dict(zip(by, cast("tuple[str, ...]", key), strict=True))
        sex = said.get("sex") or "persons"
        there = residents["area_code"][residents["sex"].isin(_whom(sex))]
        blank = pd.DataFrame({"area_code": list(dict.fromkeys(there))}).assign(
            indicator=said["indicator"], sex=sex, period="", count=0.0
        )
        table = indirectly_standardised_ratios(blank, residents, rates[["age_group", "rate"]])
        frames.append(table.assign(period=said.get("period") or EVERY_PERIOD))
    kept = ["area_code", "indicator", "sex", "period", "expected"]
    return pd.concat(frames, ignore_index=True)[kept].assign(standard=name)


def _whom(sex: str) -> tuple[str, ...]:
    return ("persons", "female") if sex == "persons" else (sex,)
