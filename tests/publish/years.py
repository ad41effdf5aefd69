"""Counts of six years by ward, district and county, made up: what a project over time has."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd

from tests.publish.factory import grid_areas
from vawg_geo.areas.tables import Tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.settings import HotspotSettings, SmoothingSettings

COUNTY = "E10000003"
YEARS = tuple(f"{year}/{(year + 1) % 100}" for year in range(2019, 2025))
# Places of wards, and what was made to happen to them.
ROSE, FELL, HIDDEN_FIRST, HIDDEN_AMID, NEVER = 3, 5, 7, 9, 11
SMALL = 3


def edition_over(folder, *, name="public", periods=YEARS):
    """Edition of these counts; the folder keeps its key."""
    held = areas()
    tables = Tables.from_frames(
        counts=counts(held["ward"], years=periods),
        population=people(held),
        boundaries=held,
        folder=folder,
    )
    # No test of these waits for permutations that it does not ask for.
    quick = {
        "hotspots": HotspotSettings(permutations=99, scan=False),
        "smoothing": SmoothingSettings(risk=False),
    }
    project = msgspec.structs.replace(tables.project, **quick)
    return protect(dataclasses.replace(tables, project=project), edition=name)


def areas():
    """Twenty-four square wards in two districts of one county."""
    held = grid_areas(6, 4)
    whole = held["ward"].dissolve().geometry.iloc[0]
    county = {"area_code": [COUNTY], "area_name": ["Testshire"], "parent_code": [""]}
    return {**held, "county": gpd.GeoDataFrame(county, geometry=[whole], crs=27700)}


def counts(wards, *, years=YEARS):
    """Counts of crimes in all years, and of referrals in the last."""
    # In no order: the audit would say that names in their order tell counts in theirs.
    base = 40 + 4 * np.random.default_rng(17).permutation(len(wards))
    rows = []
    for n, year in enumerate(years):
        held = np.round(base * (1 + 0.03 * n) + 3 * np.sin(np.arange(len(wards)) * 7 + n))
        held[ROSE] = round(base[ROSE] * (1 + 0.6 * n))
        held[FELL] = round(base[FELL] * 0.75**n)
        held[NEVER] = 0
        if n == 0:
            held[HIDDEN_FIRST] = SMALL
        if n == 2:
            held[HIDDEN_AMID] = SMALL
        rows.append(_of(wards, held, indicator="crimes", period=year))
    rows.append(_of(wards, base, indicator="referrals", period=years[-1]))
    table = pd.concat(rows, ignore_index=True)
    keys = ["indicator", "sex", "period"]
    by_district = table.groupby(["parent_code", *keys], sort=False)["count"].sum().reset_index()
    by_district = by_district.rename(columns={"parent_code": "area_code"})
    whole = table.groupby(keys, sort=False)["count"].sum().reset_index().assign(area_code=COUNTY)
    names = ["area_code", *keys, "count"]
    return pd.concat([table[names], by_district[names], whole[names]], ignore_index=True)


def _of(wards, held, *, indicator, period):
    return pd.DataFrame(
        {
            "area_code": wards["area_code"],
            "parent_code": wards["parent_code"],
            "indicator": indicator,
            "sex": "persons",
            "period": period,
            "count": held.astype(int),
        }
    )


def people(held):
    """Residents of every area."""
    wards = held["ward"].assign(population=4000, sex="persons")
    found = wards.groupby("parent_code")["population"].sum().rename_axis("area_code").reset_index()
    whole = pd.DataFrame({"area_code": [COUNTY], "population": [wards["population"].sum()]})
    return pd.concat([wards, found, whole])[["area_code", "population"]].assign(sex="persons")
