"""Results of six years and of thirty months on made-up squares, changes computed by the measures."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.special import chdtri

from vawg_geo.measures.rates.breaks import printed_breaks
from vawg_geo.results.over_time import compute_over_time
from vawg_geo.settings import SignificanceSettings
from vawg_geo.terms.tables import RATES

YEARS = tuple(f"{year}/{(year + 1) % 100:02d}" for year in range(2014, 2020))
# One month of the second year lacks.
MONTHS = tuple(f"{2016 + n // 12}-{n % 12 + 1:02d}" for n in range(30) if n != 18)
PEOPLE = 5_000.0
RISES, FALLS, HIDDEN_ONCE, MISSING_FIRST, FROM_NONE, NEVER = 0, 1, 3, 4, 5, 6


def results_over_time(factory, *, breaks=(), months=True, names=()):
    """Squares: one doubles from 2017/18 on, one falls by half, others vary by chance."""
    areas = factory.grid_areas(8, 6, names=names)
    series = [("incidents", "persons", "published")]
    base = factory.make_results(areas, hotspots=False, series=series)
    tables = [_years(base.areas, factory.WHOLE)]
    if months:
        tables.append(_months(base.areas, factory.WHOLE))
    rates = pd.concat(tables, ignore_index=True)
    parents = {
        **dict.fromkeys(base.areas["district"]["area_code"], factory.WHOLE),
        **base.areas["ward"].set_index("area_code")["parent_code"].to_dict(),
    }
    edition = SimpleNamespace(
        project=SimpleNamespace(
            breaks=breaks,
            significance=SignificanceSettings(comparator=factory.WHOLE),
            indicator=lambda _name: SimpleNamespace(comparator=""),
        ),
        areas=base.areas,
        parents=parents,
        area_names=lambda: base.area_names,
    )
    keys = ["level", "indicator", "sex"]
    lengths = {"incidents": "year", "crimes": "month"}
    limits = {
        (*key, lengths[key[1]]): printed_breaks(group["rate"].to_numpy(dtype=float), decimals=1)
        for key, group in rates.groupby(keys)
    }
    return dataclasses.replace(
        base,
        title="Six years, made up",
        rates=rates,
        parents=parents,
        breaks=limits,
        over_time=compute_over_time(edition, rates),
    )


def _years(areas, whole):
    """Some hundred events a year and ward, at the places of a ward or a district."""
    random = np.random.default_rng(17)
    level = random.uniform(60, 140, len(areas["ward"]))
    found = []
    for n, year in enumerate(YEARS):
        times = np.ones(len(level))
        times[RISES], times[FALLS] = (2.2, 0.4) if n > 2 else (1, 1)
        counts = random.poisson(level * times).astype(float)
        counts[NEVER] = 0
        counts[FROM_NONE] = 0 if n == 0 else 25 + n
        status = np.where(counts == 0, "zero", "value").astype(object)
        shown = counts.copy()
        if n == 2:
            shown[HIDDEN_ONCE], status[HIDDEN_ONCE] = np.nan, "suppressed"
        if n == 0:
            shown[MISSING_FIRST], status[MISSING_FIRST] = np.nan, "missing"
        found.append(_level(areas["ward"], "ward", shown, status, "incidents", year))
        west = areas["ward"]["parent_code"].to_numpy() == "E07999901"
        halves = np.array([counts[west].sum(), counts[~west].sum()])
        words = np.array(["value", "value"], dtype=object)
        found.append(_level(areas["district"], "district", halves, words, "incidents", year, 24))
        found.append(_whole(whole, counts.sum(), "incidents", year))
    return pd.concat(found, ignore_index=True)


def _months(areas, whole):
    random = np.random.default_rng(3)
    found = []
    for n, month in enumerate(MONTHS):
        counts = random.poisson(np.full(len(areas["ward"]), 30.0)).astype(float)
        counts[2] = 90 if n == len(MONTHS) - 2 else counts[2]
        status = np.full(len(counts), "value", dtype=object)
        found.append(_level(areas["ward"], "ward", counts, status, "crimes", month))
        found.append(_whole(whole, counts.sum(), "crimes", month))
    return pd.concat(found, ignore_index=True)


def _whole(code, count, indicator, period):
    frame = pd.DataFrame({"area_code": [code], "area_name": ["Cambridgeshire and Peterborough"]})
    status = np.array(["value"], dtype=object)
    return _level(frame, "police_area", np.array([count]), status, indicator, period, 48)


def _level(areas, level, count, status, indicator, period, wards=1):
    people = PEOPLE * wards
    lower, upper = (_limits(count, share) / people * 1_000 for share in (0.975, 0.025))
    rate = count / people * 1_000
    names = {
        "area_code": areas["area_code"].to_numpy(),
        "area_name": areas["area_name"].to_numpy(),
        "count": pd.array([pd.NA if np.isnan(v) else int(v) for v in count], dtype="Int64"),
        "rate": rate,
        "rate_lower": lower,
        "rate_upper": upper,
        "rate_lower_998": lower * 0.9,
        "rate_upper_998": upper * 1.1,
        "significance": np.where(np.isnan(rate), "not_compared", "similar"),
        "status": status,
    }
    same = {
        "level": level, "population": people, "standing": "not_compared", "vintage": "made-up",
        "indicator": indicator, "sex": "persons", "period": period, "rate_per": 1000,
        "denominator": "residents aged 16 and over", "rate_method": "exact",
        "comparator": "E23999999", "significance_rule": "intervals-apart", "basis": "published",
        "note": "",
    }  # fmt: skip
    return pd.DataFrame(names).assign(**same)[list(RATES.names)]


def _limits(count, share):
    """Exact Poisson limits, by the chi-squared distribution."""
    more = count + (share < 0.5)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(more > 0, chdtri(2 * more, share) / 2, np.where(np.isnan(count), np.nan, 0))
