"""Editions' results for tests: made-up figures on made-up squares (or on outlines passed in)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vawg_geo.areas.shared import Shared
from vawg_geo.disclosure import gate
from vawg_geo.disclosure.rules import PRESETS
from vawg_geo.measures.rates.breaks import printed_breaks
from vawg_geo.overlays.compute import Overlays
from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.results.results import EditionResults, Indicator
from vawg_geo.terms.periods import period_lengths
from vawg_geo.terms.rounding import rate_decimals
from vawg_geo.terms.tables import RATES

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE = "E23999999"
PERIOD = "2015/16"


def grid_areas(
    columns: int = 4, rows: int = 3, *, names: Sequence[str] = ()
) -> dict[str, gpd.GeoDataFrame]:
    """Square wards of 2 km near Ely in two districts, left and right."""
    codes, titles, parents, boxes = [], [], [], []
    half = columns // 2
    for place in range(columns * rows):
        x, y = place % columns, place // columns
        codes.append(f"E0599{place:04d}")
        titles.append(names[place] if place < len(names) else f"Square {place + 1}")
        parents.append("E07999901" if x < half else "E07999902")
        boxes.append(
            shapely.box(
                540_000 + 2_000 * x, 270_000 + 2_000 * y, 542_000 + 2_000 * x, 272_000 + 2_000 * y
            )
        )
    wards = gpd.GeoDataFrame(
        {"area_code": codes, "area_name": titles, "parent_code": parents},
        geometry=boxes,
        crs=27700,
    )
    merged = wards.dissolve("parent_code").geometry
    districts = gpd.GeoDataFrame(
        {
            "area_code": list(merged.index),
            "area_name": ["West & Left", "East and Right"][: len(merged)],
            "parent_code": "",
        },
        geometry=list(merged),
        crs=27700,
    )
    return {"ward": wards, "district": districts}


INDICATORS = {
    "incidents": Indicator(
        name="incidents",
        title="Domestic abuse incidents",
        unit="incidents",
        definition="Incidents that the police recorded as domestic abuse.",
        source="Made up for tests",
        denominator="residents aged 16 and over",
        caveat="Incidents are not people.",
        slug="incidents",
    ),
    "crimes": Indicator(
        name="crimes",
        title="Domestic abuse crimes",
        unit="crimes",
        definition="Recorded crimes with a domestic abuse marker.",
        source="Made up for tests",
        denominator="residents aged 16 and over",
        caveat="",
        slug="crimes",
    ),
}
SERIES = (
    ("incidents", "persons", "published"),
    ("crimes", "persons", "illustrative"),
    ("crimes", "female", "illustrative"),
    ("crimes", "male", "illustrative"),
)

# Labels of the first wards, in order; the rest have none to speak of.
MORAN = (
    "high-high", "low-low", "not_significant", "not_applicable", "not_applicable",
    "not_applicable", "high-low", "low-high", "island",
)  # fmt: skip
GI = ("hot", "cold", "not_significant", *["not_applicable"] * 3, "hot", "cold", "island")
CLUSTERS = {1: (0, 1), 2: (6, 7, 10)}


def made_up_hotspots(rates: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Made-up hotspots and clusters for one series; nothing here was computed."""
    n = len(rates)
    frames = []
    who = ["area_code", "area_name", "level", "vintage", "indicator", "sex", "period"]
    for statistic, labels in (("local-moran", MORAN), ("gi-star", GI)):
        cluster = np.array([*labels, *["not_significant"] * (n - len(labels))], dtype=object)
        known = cluster != "not_applicable"
        p = np.where(known, np.linspace(0.00001, 0.9, n), np.nan)
        frames.append(
            rates[who].assign(
                statistic=statistic,
                value=np.where(known, 0.5, np.nan),
                z=np.where(known, 1.5, np.nan),
                p_value=p,
                p_adjusted=np.minimum(1, p * 2),
                cluster=cluster,
                stability=np.where(known, np.linspace(1, 0, n), np.nan),
                reason=np.where(known, "", "missing"),
                neighbours=np.where(cluster == "island", 0, 3),
                weights="queen",
                alternative="two-sided",
                transform="none",
                permutations=99_999,
                correction="bh",
                alpha=0.05,
                seed=12345,
                status=rates["status"],
                basis=rates["basis"],
                note="Made up for tests.",
            )
        )
    members = [
        rates.iloc[list(places)][who].assign(
            scan_cluster=number,
            centre=rates["area_code"].iloc[places[0]],
            radius_m=2_000.0,
            areas=len(places),
            observed=1_234 // number,
            expected=617.4 / number,
            relative_risk=2.125,
            log_likelihood_ratio=20.5,
            p_value=0.001 * number,
            p_value_other_model=0.001,
            significant=True,
            scan_model="negative-binomial",
            risk_cv=0.25,
            alpha=0.05,
            replicates=999,
            max_population=0.5,
            seed=12345,
            basis="published",
        )
        for number, places in CLUSTERS.items()
    ]
    return pd.concat(frames, ignore_index=True), pd.concat(members, ignore_index=True)


def make_results(
    areas: dict[str, gpd.GeoDataFrame] | None = None,
    *,
    indicators: dict[str, Indicator] | None = None,
    series: Sequence[tuple[str, str, str]] = SERIES,
    note: str = "Made up for tests.",
    watermark: str = "",
    edition: str = "public",
    hotspots: bool = True,
) -> EditionResults:
    """Results with every status in the first wards: value, zero, unstable, suppressed, missing."""
    areas = grid_areas() if areas is None else areas
    random = np.random.default_rng(7)
    tables = [
        _rates(areas[level], level, *one, random=random, note=note)
        for level in areas
        for one in series
    ]
    rates = pd.concat(tables, ignore_index=True)
    lengths = rates["period"].map(period_lengths(rates["period"])).rename("length")
    peaks = rates.groupby(["indicator", "sex", lengths])["rate"].max()
    breaks = {
        (level, *key): printed_breaks(
            group["rate"].to_numpy(dtype=float), decimals=rate_decimals(peaks[key])
        )
        for (level, *key), group in rates.groupby(["level", "indicator", "sex", lengths])
        for key in [tuple(key)]
    }
    names = {WHOLE: "Cambridgeshire and Peterborough"}
    for frame in areas.values():
        names.update(zip(frame["area_code"], frame["area_name"], strict=True))
    wards = rates[(rates["level"] == "ward") & (rates["basis"] != "illustrative")]
    made_up = made_up_hotspots(wards.reset_index(drop=True)) if hotspots else ()
    hides_nothing = SimpleNamespace(
        key=gate._KEY, name=edition, rules=PRESETS["open"], shared=Shared()
    )
    return EditionResults(
        made_from=hides_nothing,
        # Round the gate, on purpose: figures that no project would give.
        key=gate._KEY,
        edition=edition,
        title="Violence against women and girls, Cambridgeshire and Peterborough, 2015/16",
        watermark=watermark,
        protection="Counts of 1 to 7 are hidden, with others that would give them away.",
        rates=rates,
        areas=areas,
        indicators=INDICATORS if indicators is None else indicators,
        breaks=breaks,
        area_names=names,
        attribution=("Contains made-up data.",),
        caveats=("Police records only.",),
        **dict(zip(("hotspots", "scans"), made_up, strict=False)),
    )


def _rates(areas, level, indicator, sex, basis, *, random, note):
    n = len(areas)
    population = random.integers(2_000, 12_000, n).astype(float)
    count = random.poisson(population * random.gamma(4, 3.5, n) / 1_000).astype(float)
    status = np.where(count == 0, "zero", np.where(count < 10, "unstable", "value")).astype(object)
    if level == "ward":
        count[1], status[1] = 0, "zero"
        count[2], status[2] = 6, "unstable"
        for place, word in ((3, "suppressed"), (4, "missing"), (5, "not_applicable")):
            count[place], status[place] = np.nan, word
    rate = count / population * 1_000
    spread = 1.96 * np.sqrt(np.maximum(count, 1)) / population * 1_000
    whole = np.nansum(count) / population[~np.isnan(count)].sum() * 1_000
    table = pd.DataFrame(
        {
            "area_code": areas["area_code"].to_numpy(),
            "area_name": areas["area_name"].to_numpy(),
            "level": level,
            "count": count,
            "population": population,
            "rate": rate,
            "rate_lower": np.maximum(0, rate - spread),
            "rate_upper": rate + spread,
            "rate_lower_998": np.maximum(0, rate - 1.6 * spread),
            "rate_upper_998": rate + 1.6 * spread,
            "significance": np.select(
                [np.isnan(rate), rate - spread > whole, rate + spread < whole],
                ["not_compared", "higher", "lower"],
                "similar",
            ),
            "standing": "not_compared",
            "status": status,
        }
    )
    total = {
        "area_code": WHOLE, "area_name": "Cambridgeshire and Peterborough", "level": "police_area",
        "count": np.nansum(count), "population": population.sum(), "rate": whole,
        "rate_lower": whole * 0.97, "rate_upper": whole * 1.03, "rate_lower_998": whole * 0.95,
        "rate_upper_998": whole * 1.05, "significance": "not_compared", "standing": "not_compared",
        "status": "value",
    }  # fmt: skip
    if level == "ward" and basis != "illustrative":
        table["standing"] = table["significance"].map(
            {"higher": "unusually_high", "lower": "possibly_low", "similar": "as_expected",
             "not_compared": "not_compared"}
        )  # fmt: skip
    if level == "district":
        table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    table["vintage"] = "made-up"
    table["indicator"], table["sex"], table["period"] = indicator, sex, PERIOD
    table["denominator"] = "residents aged 16 and over"
    table["rate_per"], table["rate_method"] = 1000, "public-health"
    table["comparator"], table["significance_rule"] = WHOLE, "intervals-apart"
    table["basis"], table["note"] = basis, note
    table["count"] = table["count"].astype("Int64")
    return table[list(RATES.names)]


def made_up_overlays(areas: dict[str, gpd.GeoDataFrame]) -> Overlays:
    """Layers of every kind, made up: scores, a service, one of a series, one with marked sites."""
    steps = (
        OverlayClass(key="low", label="Least deprived", ground="#e8f0d8"),
        OverlayClass(key="high", label="Most deprived", ground="#31572c"),
    )
    help_ = (
        OverlayClass(key="stated", label="Covered", ground="#2c86b5"),
        OverlayClass(
            key="none",
            label="None named by the source",
            ground="#f8dfc6",
            ink="#333",
            pattern="level",
        ),
    )
    layers: list[OverlayLayer] = []
    for level, frame in areas.items():
        codes = list(frame["area_code"])
        scores = {
            code: AreaValue(
                key="high" if place % 3 == 0 else "low",
                words=f"Score {20 + place}.0 of {code}.",
                short=f"decile {place % 10 + 1}",
            )
            for place, code in enumerate(codes)
        }
        service = {
            code: AreaValue(key=("stated", "none", None)[place % 3], words=f"Help of {code}.")
            for place, code in enumerate(codes)
        }
        layers += [
            OverlayLayer(
                name="deprivation", group="Deprivation", title="Deprivation (made up)",
                level=level, classes=steps, by_area=scores, note="Scores are made up.",
            ),
            OverlayLayer(
                name="outreach", group="Services", title="Outreach", level=level, classes=help_,
                by_area=service, note="Made-up services.", in_panel=False,
                date="1 April 2017" if level == "district" else "",
            ),
            OverlayLayer(
                name="access-0", group="Access", title="Within 10 km", level=level, classes=steps,
                by_area=dict.fromkeys(codes, AreaValue(key="low", words="Near.")),
                points=((544_000.0, 273_000.0, "Made-up Hospital"),),
            ),
        ]  # fmt: skip
    hidden = areas["ward"]["area_code"].iloc[3]
    layers.append(
        OverlayLayer(
            name="both", group="Deprivation", title="Rate and deprivation together", level="ward",
            classes=steps, series=("incidents", "persons", PERIOD), note="Made-up thirds.",
            by_area={
                code: AreaValue(key=None) if code == hidden else AreaValue(key="high", words="Both.")
                for code in areas["ward"]["area_code"]
            },
        )
    )  # fmt: skip
    return Overlays(layers=tuple(layers))
