"""An edition's results for one level as plain columns: what the page's script reads."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vawg_geo.errors import OutputError
from vawg_geo.publish.page.geometry import encode_edge, encode_points, encode_shapes, lighter
from vawg_geo.publish.page.overlays import build_overlays
from vawg_geo.results.hotspots import build_hotspots, reason_without
from vawg_geo.terms.columns import SEXES, SIGNIFICANCES, STATUSES
from vawg_geo.terms.on_page import RATES_ON_PAGE
from vawg_geo.terms.rounding import rate_decimals, rounded
from vawg_geo.words.figures import map_caveats
from vawg_geo.words.page import EDITION, LEVEL, page_words
from vawg_geo.words.palette import (
    CLUSTER_COLOUR,
    CLUSTER_FILLS,
    PATTERNS,
    SIGNIFICANCE_COLOURS,
    ZERO_FILL,
    sequential,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from vawg_geo.results.results import EditionResults

__all__ = ["build_payload"]


# More areas than this are drawn as one picture, with lighter outlines.
MANY = 1_000
_SERIES_KEY = ("indicator", "sex", "period")
# What the page has of the area that others are compared with.
_OF_WHOLE = {key: RATES_ON_PAGE[key] for key in ("rate", "low", "high")}


def build_payload(results: EditionResults, *, level: str) -> dict[str, Any]:
    """Columns for one page.

    Parameters
    ----------
    results : EditionResults
    level : str
        A level of `results.areas`.

    Returns
    -------
    dict
        ``meta`` (texts about the whole), ``areas`` and ``parents`` (codes, names, outlines, label
        points), ``indicators``, ``notes`` and ``populations`` (each text and column once),
        ``series`` (one dict per indicator, sex and period: the constants of the series, and
        columns in the order of ``areas``; ``note`` is one position where all areas share it;
        ``hot`` and ``scan`` as `build_hotspots` gives them, or ``without`` says why not),
        ``palette``, ``words``. Numbers are rounded half up; ``class`` was assigned before
        rounding; None stands for what has no value. Statuses and significances are positions in
        ``meta``'s lists.

    Raises
    ------
    OutputError
        No outlines or no rates for the level, or rates of an area without an outline.
    """
    if level not in results.areas:
        known = ", ".join(results.areas) or "none"
        msg = f"the edition has no outlines for the level {level!r}. Choose one of: {known}."
        raise OutputError(msg)
    areas = results.areas[level]
    if len(areas) > MANY:
        areas = lighter(areas)
    rates = results.rates[results.rates["level"] == level]
    if rates.empty:
        msg = f"the edition has no rates for the level {level!r}. Give it counts at that level."
        raise OutputError(msg)
    _require_outlines(rates, areas, level)
    indicators = [name for name in results.indicators if (rates["indicator"] == name).any()]
    tables = _Shared({}, [])
    series = _build_series(results, rates, level=level, indicators=indicators, tables=tables)
    parents = _parents(results, areas)
    return {
        "meta": _meta(results, level),
        "areas": {
            "code": areas["area_code"].astype(str).tolist(),
            "name": areas["area_name"].astype(str).tolist(),
            "parent": _positions(areas["parent_code"].tolist(), parents["code"]),
            "shape": encode_shapes(areas),
            # Where districts have borders, those are the edge.
            "edge": [] if parents["shape"] else encode_edge(areas),
            "point": encode_points(areas, spacious=level != "ward"),
        },
        "parents": parents,
        "indicators": [_indicator(results, name) for name in indicators],
        "notes": list(tables.notes),
        "populations": tables.populations,
        "series": series,
        "overlays": build_overlays(
            results.overlays.layers,
            level=level,
            codes=areas["area_code"].astype(str).tolist(),
            series=[(indicators[s["indicator"]], s["sex"], s["period"]) for s in series],
        ),
        "palette": {
            "zero": ZERO_FILL,
            "classes": {
                str(k): sequential(k) for k in sorted({len(s["breaks"]) + 1 for s in series})
            },
            "significance": SIGNIFICANCE_COLOURS,
            "patterns": PATTERNS,
            "clusters": CLUSTER_FILLS,
            "scan": CLUSTER_COLOUR,
        },
        "words": page_words(),
    }


def _meta(results: EditionResults, level: str) -> dict[str, Any]:
    one, many = LEVEL[level]
    return {
        "title": results.title,
        "edition": results.edition,
        "edition_title": EDITION.get(results.edition, results.edition),
        "watermark": results.watermark,
        "protection": results.protection,
        "not_shown": list(results.not_shown.get(level, ())),
        "claims": results.overlays.claims(level),
        "level": level,
        "level_one": one,
        "level_many": many,
        "attribution": list(results.attribution),
        "caveats": map_caveats(results.caveats),
        "statuses": list(STATUSES),
        "significances": list(SIGNIFICANCES),
        "sexes": list(SEXES),
        "clusters": list(CLUSTER_FILLS),
    }


def _indicator(results: EditionResults, name: str) -> dict[str, Any]:
    known = results.indicators[name]
    fields = ("name", "title", "unit", "definition", "source", "denominator", "caveat", "slug")
    told: dict[str, Any] = {field: str(getattr(known, field)) for field in fields}
    return told | {"denominators": {sex: results.denominator(name, sex) for sex in SEXES}}


def _parents(results: EditionResults, areas: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """Districts that areas of this level lie in, with outlines where the edition has them."""
    codes = [code for code in dict.fromkeys(areas["parent_code"].fillna("")) if code]
    empty: dict[str, list[Any]] = {"code": codes, "name": [], "shape": [], "point": []}
    empty["name"] = [results.area_names.get(code, code) for code in codes]
    if codes and len(areas) > MANY:
        # From the lighter outlines, so that both lie on the same lines.
        held = areas[areas["parent_code"].isin(codes)].dissolve("parent_code")
        found = held.reindex(codes)
        empty["shape"] = encode_shapes(found)
        empty["point"] = encode_points(found, spacious=True)
        return empty
    for frame in results.areas.values():
        found = frame.set_index("area_code", drop=False).reindex(codes) if codes else frame[:0]
        if codes and found["area_name"].notna().all():
            empty["shape"] = encode_shapes(found)
            empty["point"] = encode_points(found, spacious=True)
            break
    return empty


def _build_series(
    results: EditionResults,
    rates: pd.DataFrame,
    *,
    level: str,
    indicators: list[str],
    tables: _Shared,
) -> list[dict[str, Any]]:
    place = {code: i for i, code in enumerate(results.areas[level]["area_code"])}
    at = rates["area_code"].map(place).to_numpy()
    columns = {name: _plain(rates[name]) for name in rates.columns}
    groups: dict[Any, NDArray[np.int_]] = rates.groupby(
        list(_SERIES_KEY), sort=False, observed=True
    ).indices  # type: ignore[assignment]
    order = sorted(groups, key=lambda k: (indicators.index(k[0]), SEXES.index(k[1]), k[2]))
    whole = _whole_rates(results)
    largest = rates.groupby(["indicator", "sex"], observed=True)["rate"].max().to_dict()
    hotspots = build_hotspots(results, level=level, place=place)
    series = []
    for key in order:
        rows = groups[key]
        here = _Rows(len(place), at[rows], {name: col[rows] for name, col in columns.items()})
        peak = _float(largest[key[:2]])
        decimals = rate_decimals(peak)
        one = {
            "indicator": indicators.index(key[0]),
            "sex": str(key[1]),
            "period": str(key[2]),
            "comparator": _comparator(results, whole, here.common("comparator"), key, decimals),
            **_one_series(here, results.breaks.get((level, *key[:2]), ()), decimals, tables),
            **hotspots.get(key, {}),
        }
        if "hot" not in one:
            one["without"] = reason_without(
                basis=one["basis"], method=one["method"], counts=one["count"]
            )
        series.append(one)
    return series


def _one_series(
    rows: _Rows, breaks: tuple[float, ...], decimals: int, tables: _Shared
) -> dict[str, Any]:
    rate = rows.numbers("rate")
    # A limit belongs to the class above it, as the key says ("3.2 or more").
    classes = np.searchsorted(np.asarray(breaks, dtype=float), rate, side="right")
    series: dict[str, Any] = {
        "per": int(rows.common("rate_per") or 1000),
        "method": str(rows.common("rate_method") or ""),
        "rule": str(rows.common("significance_rule") or ""),
        "basis": _basis(set(rows.columns["basis"].tolist())),
        "decimals": decimals,
        "breaks": [float(b) for b in breaks],
        "class": [None if isnan(r) else int(c) for r, c in zip(rate, classes, strict=True)],
        "status": _positions(rows.texts("status"), STATUSES, "missing"),
        "significance": _positions(rows.texts("significance"), SIGNIFICANCES, "not_compared"),
        "note": tables.notes_of(rows.texts("note")),
        "count": _listed(rows.numbers("count"), 0),
        "population": tables.population(_listed(rows.numbers("population"), 0)),
    }
    for name, column in RATES_ON_PAGE.items():
        series[name] = _listed(rows.numbers(column), decimals)
    return series


@dataclass(frozen=True)
class _Rows:
    """Rows of one series and where their areas stand among all areas of the level."""

    size: int
    at: NDArray[np.int_]
    columns: dict[str, NDArray[Any]]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Give one value for each area, NaN where there is none."""
        found = np.full(self.size, np.nan)
        found[self.at] = self.columns[name]
        return found

    def texts(self, name: str) -> list[Any]:
        """Give one text for each area, None where there is none."""
        found = np.full(self.size, None, dtype=object)
        found[self.at] = self.columns[name]
        return found.tolist()

    def common(self, name: str) -> Any:
        """First value that is there: such a column says one thing for a whole series."""
        return next((v for v in self.columns[name].tolist() if pd.notna(v)), None)


@dataclass(frozen=True)
class _Shared:
    """What many series have in common, written once."""

    notes: dict[str, int]
    populations: list[list[float | int | None]]

    def notes_of(self, texts: list[Any]) -> int | list[int | None] | None:
        """Positions of notes: one for the whole series where all areas have the same."""
        places = [
            self.notes.setdefault(text, len(self.notes)) if text and text.strip() else None
            for text in texts
        ]
        return places[0] if len(set(places)) == 1 else places

    def population(self, column: list[float | int | None]) -> int:
        """Position of a column of populations."""
        if column not in self.populations:
            self.populations.append(column)
        return self.populations.index(column)


def _whole_rates(results: EditionResults) -> dict[Any, dict[str, Any]]:
    """Rates of the areas that others are compared with, by area, indicator, sex and period."""
    rates = results.rates
    found = rates[rates["area_code"].isin(rates["comparator"].dropna().unique())]
    keys = list(zip(*(found[c] for c in ("area_code", *_SERIES_KEY)), strict=True))
    records: list[Any] = found[list(_OF_WHOLE.values())].to_dict("records")
    return dict(zip(keys, records, strict=True))


def _comparator(
    results: EditionResults,
    whole: dict[Any, dict[str, Any]],
    code: str | None,
    key: tuple[str, str, str],
    decimals: int,
) -> dict[str, Any] | None:
    """Name and rate of the area that a series is compared with, where there is one."""
    if not code:
        return None
    row = whole.get((code, *key), {})
    limits = [_float(row.get(column)) for column in _OF_WHOLE.values()]
    return {
        "code": code,
        "name": results.area_names.get(code, code),
        **dict(zip(_OF_WHOLE, _listed(limits, decimals), strict=True)),
    }


def _basis(words: set[Any]) -> str:
    """Basis of a whole series; one illustrative figure makes all of it illustrative."""
    return next((w for w in ("illustrative", "estimated", "own") if w in words), "published")


def _plain(column: pd.Series) -> NDArray[Any]:
    """Values without pandas' own kinds of missing: NaN among numbers, None among texts."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    values: NDArray[Any] = column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
    return values


def _listed(values: ArrayLike, decimals: int) -> list[float | int | None]:
    kind = int if decimals == 0 else float
    return [None if isnan(v) else kind(v) for v in rounded(values, decimals).tolist()]


def _positions(values: list[Any], among: Sequence[str], default: str | None = None) -> list[Any]:
    place = {word: position for position, word in enumerate(among)}
    other = None if default is None else place[default]
    return [place.get(value, other) for value in values]


def _float(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)


def _require_outlines(rates: pd.DataFrame, areas: gpd.GeoDataFrame, level: str) -> None:
    known = set(areas["area_code"])
    strangers = [code for code in rates["area_code"].unique() if code not in known]
    if strangers:
        msg = (
            f"{len(strangers):,} of {rates['area_code'].nunique():,} areas with rates have no "
            f"outline at the level {level!r}; first: {strangers[0]!r}. "
            "Use boundaries and counts of the same vintage."
        )
        raise OutputError(msg)
