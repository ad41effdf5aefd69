"""An edition's results for one level as plain columns: what the page's script reads."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from scipy.special import ndtri

from vawg_geo.publish.page.context import build_context, credit_of
from vawg_geo.publish.page.geometry import (
    encode_edge,
    encode_points,
    encode_shapes,
    encode_water,
    lighter,
)
from vawg_geo.publish.page.overlays import build_overlays, build_services
from vawg_geo.publish.page.periods import FILLS, Periods, meta_over_time
from vawg_geo.results.headline import headline_of
from vawg_geo.results.series import series_of
from vawg_geo.terms.columns import SEXES, SIGNIFICANCES, STANDINGS, STATUSES
from vawg_geo.terms.on_page import RATES_ON_PAGE, RISKS_ON_PAGE
from vawg_geo.terms.rounding import people_decimals, rounded
from vawg_geo.terms.views import STATISTICS
from vawg_geo.words.change import CHANGE_PAGE, change_words
from vawg_geo.words.page import EDITION, LEVEL, METHOD, method_in_words, page_words
from vawg_geo.words.palette import (
    CLUSTER_COLOUR,
    CLUSTER_FILLS,
    PATTERNS,
    SIGNIFICANCE_COLOURS,
    STANDING_COLOURS,
    WATER,
    ZERO,
    sequential,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import ArrayLike

    from vawg_geo.publish.page.geometry import Shape
    from vawg_geo.results.hotspots import Hotspots, Scan
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.risks import Risks
    from vawg_geo.results.series import Series

__all__ = ["build_payload"]


# More areas than this are drawn as one picture, with lighter outlines.
MANY = 1_000
_STATUS = {word: place for place, word in enumerate(STATUSES)}
_SIGNIFICANCE = {word: place for place, word in enumerate(SIGNIFICANCES)}
_STANDING = {word: place for place, word in enumerate(STANDINGS)}
_CLUSTER = {word: place for place, word in enumerate(CLUSTER_FILLS)}


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
        ``meta`` (texts about the whole), ``areas`` and ``parents`` (codes, names, outlines or
        borders, label points), ``context`` (see `build_context`), ``indicators``, ``notes`` and
        ``populations`` (each text and column once),
        ``series`` (one dict per indicator, sex and period: the constants of the series, and
        columns in the order of ``areas``; ``note`` is one position where all areas share it;
        ``hot`` has labels by view and ``scan`` clusters, or ``without`` says why not; with several
        periods ``line`` is a position among ``lines``, and ``changes`` are those since earlier
        ones, ratios in hundredths, -1 for what has no end),
        ``palette``, ``words``. Numbers are rounded half up; ``class`` was assigned before
        rounding; None stands for what has no value. Statuses and significances are positions in
        ``meta``'s lists.

    Raises
    ------
    OutputError
        No outlines or no rates for the level, or rates of an area without an outline.
    """
    every = series_of(results, level)
    areas = detailed = results.areas[level]
    if len(areas) > MANY:
        areas = lighter(areas)
    indicators = list(dict.fromkeys(one.indicator.name for one in every))
    tables = _Tables({}, [])
    time = Periods(
        results=results, level=level, every=every, notes_of=tables.notes_of, brief=len(areas) > MANY
    )
    held = areas["parent_code"].fillna("").astype(str).tolist()
    series = [
        _series(one, indicators.index(one.indicator.name), tables, time)
        | {"finding": headline_of(one, parents=held, names=results.parent_names)}
        for one in every
    ]
    parents = _parents(results, areas)
    page_time = time.of_page()
    return {
        "meta": {
            **_meta(results, level),
            "attribution": [*results.attribution, *credit_of(detailed)],
            "compares": _compares(every[0]),
            **_rank(len(areas)),
            **(meta_over_time() if page_time else {}),
        },
        "areas": {
            "code": areas["area_code"].astype(str).tolist(),
            "name": areas["area_name"].astype(str).tolist(),
            "parent": _positions(areas["parent_code"].tolist(), parents["code"]),
            "shape": encode_shapes(areas),
            # Where districts have borders, those are the edge.
            "edge": [] if parents["edge"] else encode_edge(areas, light=len(areas) > MANY),
            "water": encode_water(areas, light=len(areas) > MANY),
            "point": encode_points(areas, spacious=level != "ward"),
        },
        "parents": parents,
        "context": build_context(detailed, parents=parents["code"], rivers=len(areas) <= MANY),
        "indicators": [_indicator(results, name) for name in indicators],
        "notes": list(tables.notes),
        "populations": tables.populations,
        "series": series,
        **page_time,
        "overlays": build_overlays(
            results.overlays.layers,
            level=level,
            codes=areas["area_code"].astype(str).tolist(),
            series=[one.key for one in every],
        ),
        **build_services(results, level=level),
        "palette": _palette(results, every, over_time=bool(page_time)),
        "words": _words(results, over_time=bool(page_time)) | {"method": _methods(every)},
    }


def _palette(
    results: EditionResults, every: Sequence[Series], *, over_time: bool
) -> dict[str, Any]:
    """Colours and patterns of everything that the page may show."""
    return {
        "zero": ZERO,
        "water": WATER,
        "classes": {
            str(k): sequential(k, results.colours)
            for k in sorted({len(one.breaks) + 1 for one in every})
        },
        "compared": {**SIGNIFICANCE_COLOURS, **STANDING_COLOURS},
        "patterns": PATTERNS,
        "clusters": CLUSTER_FILLS,
        "scan": CLUSTER_COLOUR,
        **({"change": FILLS} if over_time else {}),
    }


def _meta(results: EditionResults, level: str) -> dict[str, Any]:
    one, many = LEVEL[level]
    return {
        "title": results.title,
        "edition": results.edition,
        "edition_title": EDITION.get(results.edition, results.edition),
        "watermark": results.watermark,
        "protection": results.protection,
        "left_out": [asdict(one) for one in results.left_out.get(level, ())],
        "claims": _claims(results, level),
        "level": level,
        "level_one": one,
        "level_many": many,
        "caveats": results.printed_caveats(),
        "statuses": list(STATUSES),
        "significances": list(SIGNIFICANCES),
        "standings": list(STANDINGS),
        "sexes": list(SEXES),
        "clusters": list(CLUSTER_FILLS),
    }


def _rank(areas: int) -> dict[str, float]:
    """How many times the 99.8% distances are to be taken, so that they hold for all pairs at once.

    A place among all rests on a comparison with each of the others; Bonferroni's correction keeps
    the chance of any false one at 5% (Mogstad, Romano, Shaikh and Wilhelm 2024).
    """
    if areas < 2:
        return {}
    ratio = ndtri(0.025 / (areas - 1)) / ndtri(0.001)
    return {"rank": float(rounded(ratio, 4))}


def _claims(results: EditionResults, level: str) -> list[Any]:
    """What a source says, with what the figures say of it: of which indicator, whom, in words."""
    titles = {name: about.title for name, about in results.indicators.items()}
    return [
        [
            claim.said,
            [[titles.get(i, i[:1].upper() + i[1:]), i, sex, text] for i, sex, text in claim.found],
        ]
        for claim in results.overlays.claims(level)
    ]


def _words(results: EditionResults, *, over_time: bool) -> dict[str, Any]:
    words = page_words(leave_out=results.comparison.leave_out)
    if over_time:
        words |= change_words() | {"page": words["page"] | CHANGE_PAGE}
    return words


def _compares(series: Series) -> list[str]:
    """Views of the comparisons, that which is to be coloured first at the head."""
    return sorted(("significance", "standing"), key=lambda view: view != series.compares)


def _indicator(results: EditionResults, name: str) -> dict[str, Any]:
    known = results.indicators[name]
    fields = ("name", "title", "unit", "definition", "source", "denominator", "caveat", "slug")
    told: dict[str, Any] = {field: str(getattr(known, field)) for field in fields}
    told["definition"] = known.about
    return told | {"denominators": {sex: results.denominator(name, sex) for sex in SEXES}}


def _methods(every: Sequence[Series]) -> dict[str, str]:
    """Words of the methods, those with a factor of repeat victims among them."""
    return METHOD | {one.rate_method: method_in_words(one.rate_method) for one in every}


def _parents(results: EditionResults, areas: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """Districts that areas of this level lie in, with borders where the edition has them."""
    codes = [code for code in dict.fromkeys(areas["parent_code"].fillna("")) if code]
    empty: dict[str, list[Any]] = {"code": codes, "name": [], "edge": [], "point": []}
    empty["name"] = [results.parent_names.get(code, code) for code in codes]
    if codes and len(areas) > MANY:
        # From the lighter outlines, so that both lie on the same lines.
        held = areas[areas["parent_code"].isin(codes)].dissolve("parent_code")
        found = held.reindex(codes)
        empty["edge"] = _edges(found, light=True)
        empty["point"] = encode_points(found, spacious=True)
        return empty
    for frame in results.areas.values():
        found = frame.set_index("area_code", drop=False).reindex(codes) if codes else frame[:0]
        if codes and found["area_name"].notna().all():
            empty["edge"] = _edges(found)
            empty["point"] = encode_points(found, spacious=True)
            break
    return empty


def _edges(areas: gpd.GeoDataFrame, *, light: bool = False) -> list[Shape]:
    """Border of each area: lines without the banks of rivers that run through it."""
    return [encode_edge(areas.iloc[[place]], light=light) for place in range(len(areas))]


def _series(series: Series, indicator: int, tables: _Tables, time: Periods) -> dict[str, Any]:
    """One series as the page has it: whole numbers and short names."""
    printed: dict[str, Any] = {
        "indicator": indicator,
        "sex": series.sex,
        "period": series.period,
        "comparator": _comparator(series, time),
        "per": series.rate_per,
        "method": series.rate_method,
        "rule": series.significance_rule,
        "basis": series.basis,
        "decimals": series.decimals,
        "breaks": list(series.breaks),
        "class": [None if number < 0 else number for number in series.class_number.tolist()],
        "status": [_STATUS[word] for word in series.status],
        "significance": [_SIGNIFICANCE[word] for word in series.significance],
        "standing": [_STANDING[word] for word in series.standing],
        "chance": {"significance": series.chance_of_calls, "standing": series.chance_of_standing},
        "note": tables.notes_of(series.note),
        "count": _listed(series.count, 0),
        "population": tables.population(
            _listed(series.population, people_decimals(series.rate_per))
        ),
    }
    for name, column in RATES_ON_PAGE.items():
        printed[name] = _listed(getattr(series, column), series.decimals)
    if series.time_of_rate:
        printed["time"] = series.time_of_rate
    if series.hotspots:
        printed["hot"] = {
            STATISTICS[name].prefix: _labels(one) for name, one in series.hotspots.items()
        }
    if series.risks is not None:
        printed |= _risks(series.risks)
    if series.scan is not None:
        printed["scan"] = _scan(series.scan)
    if series.without:
        printed["without"] = series.without
    return printed | time.of_series(series)


def _comparator(series: Series, time: Periods) -> dict[str, Any] | None:
    """Name and rate of the area that a series is compared with, where there is one."""
    one = series.comparator
    if one is None:
        return None
    limits = _listed((one.rate, one.rate_lower, one.rate_upper), series.decimals)
    rates = dict(zip(RATES_ON_PAGE, limits, strict=False))
    return {"code": one.code, "name": one.name, **rates, **time.of_comparator(series)}


def _labels(hotspots: Hotspots) -> dict[str, Any]:
    """P-values in ten-thousandths, shares in per cent."""
    return {
        "cluster": [_CLUSTER[word] for word in hotspots.cluster],
        "p": _listed(hotspots.p_value * 10_000, 0),
        "q": _listed(hotspots.p_adjusted * 10_000, 0),
        "holds": _listed(hotspots.stability * 100, 0),
        "near": _listed(hotspots.neighbours, 0),
        "rule": hotspots.rule,
        "none": hotspots.none,
    }


def _risks(risks: Risks) -> dict[str, Any]:
    """Smoothed risks to two decimals, probabilities in per cent."""
    columns = (risks.risk, risks.lower, risks.upper)
    printed = [*(_listed(column, 2) for column in columns), _listed(risks.above * 100, 0)]
    return {**dict(zip(RISKS_ON_PAGE, printed, strict=True)), "threshold": risks.threshold}


def _scan(scan: Scan) -> dict[str, Any]:
    clusters = [
        {
            "n": one.number,
            "centre": one.centre,
            "areas": one.areas,
            "observed": one.observed,
            "expected": float(rounded(one.expected, 1)),
            # Nothing is recorded outside: there is no rate of the rest to set it against.
            "risk": float(rounded(one.relative_risk, 2)) if isfinite(one.relative_risk) else None,
            "p": int(rounded(one.p_value * 10_000, 0)),
        }
        for one in scan.clusters
    ]
    return {
        "clusters": clusters,
        "member": scan.member.tolist(),
        "rule": scan.rule,
        "said": list(scan.said),
    }


@dataclass(frozen=True)
class _Tables:
    """What many series have in common, written once."""

    notes: dict[str, int]
    populations: list[list[float | int | None]]

    def notes_of(self, texts: Sequence[str]) -> int | list[int | None] | None:
        """Positions of notes: one for the whole series where all areas have the same."""
        places = [
            self.notes.setdefault(text, len(self.notes)) if text.strip() else None for text in texts
        ]
        return places[0] if len(set(places)) == 1 else places

    def population(self, column: list[float | int | None]) -> int:
        """Position of a column of populations."""
        if column not in self.populations:
            self.populations.append(column)
        return self.populations.index(column)


def _listed(values: ArrayLike, decimals: int) -> list[float | int | None]:
    kind = int if decimals == 0 else float
    return [None if isnan(v) else kind(v) for v in rounded(values, decimals).tolist()]


def _positions(values: Sequence[str], among: Sequence[str]) -> list[int | None]:
    place = {word: position for position, word in enumerate(among)}
    return [place.get(value) for value in values]
