"""Deprivation beside an edition's rates: scores, classes of both, rates by decile, the claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.overlays.deprivation.scores import (
    bivariate_classes,
    deprivation_links,
    deprivation_scores,
    rates_by_deprivation,
    source_claims,
)
from vawg_geo.overlays.hotspots.rule import MapNeighbours
from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.overlays.part import Part, named, sentences
from vawg_geo.terms.rounding import round_half_up
from vawg_geo.words.palette import BIVARIATE, sequential

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.overlays.deprivation.settings import DeprivationSettings
    from vawg_geo.overlays.overlay import Given
    from vawg_geo.terms.graph import Neighbours

__all__ = ["deprivation_part"]

GROUP: Final = "Deprivation"
# Fewer than this and each ninth of the map is hardly an area.
_FEWEST_FOR_BOTH: Final = 9
_THIRDS: Final = {1: "low", 2: "middle", 3: "high"}
_FIFTHS: Final = {
    1: "Deciles 1 and 2, the most deprived",
    2: "Deciles 3 and 4",
    3: "Deciles 5 and 6",
    4: "Deciles 7 and 8",
    5: "Deciles 9 and 10, the least deprived",
}
_SCORE_NOTE: Final = (
    "{title}: scores of LSOAs, weighted by residents, and the national decile of LSOAs in which "
    "the score would fall. Not everyone in a deprived area is deprived, and no crime follows from "
    "it."
)
_BOTH_NOTE: Final = (
    "Thirds of the areas shown here by rate and by deprivation ({title}). It shows where both are "
    "high; it proves no link. See the table deprivation_links for how strong one may be."
)


def deprivation_part(given: Given[DeprivationSettings]) -> Part:
    """Tables and layers of deprivation.

    Parameters
    ----------
    given : Given

    Returns
    -------
    Part
    """
    edition, rates, settings = given.edition, given.rates, given.settings
    lsoas = given.inputs.tables["scores"]
    names = edition.area_names()
    levels = [level for level in ("ward", "district") if level in edition.areas]
    once = edition.shared.once
    scores = pd.concat([once(_scores, lsoas, level=level) for level in levels], ignore_index=True)
    real = rates[rates["basis"] != "illustrative"]
    both = once(bivariate_classes, real, scores)
    return Part(
        tables={
            "deprivation": named(scores, names),
            "rates_by_deprivation": once(rates_by_deprivation, real, scores),
            "deprivation_links": once(
                deprivation_links, real, scores, neighbours=_neighbours(given, levels)
            ),
            "rate_and_deprivation": both,
            "source_claims": _claims(given, scores),
        },
        layers=(
            *(_score_layer(scores, level, settings.title) for level in levels),
            *_both_layers(both, settings.title),
        ),
    )


def _claims(given: Given[DeprivationSettings], scores: pd.DataFrame) -> pd.DataFrame:
    about = given.settings.source_claims
    if not about:
        return pd.DataFrame()
    profiles = given.edition.reference.table("profiles", "profiles")
    return source_claims(given.rates, scores, profiles=profiles, indicators=about)


def _neighbours(
    given: Given[DeprivationSettings], levels: Sequence[str]
) -> dict[str, Neighbours] | None:
    """Neighbours of every level with areas enough, where a model is asked for."""
    if not given.settings.spatial_model:
        return None
    areas, weights = given.edition.areas, given.edition.project.hotspots.weights
    bridges = given.edition.bridges
    return {
        level: MapNeighbours(areas[level], weights, bridges=bridges.get(level, ())).chosen
        for level in levels
        if len(areas[level]) >= FEWEST_AREAS
    }


def _scores(lsoas: pd.DataFrame, level: str) -> pd.DataFrame:
    return deprivation_scores(lsoas, by="ward" if level == "ward" else "district")


def _score_layer(scores: pd.DataFrame, level: str, title: str) -> OverlayLayer:
    colours = sequential(len(_FIFTHS))[::-1]
    rows = scores[scores["level"] == level]
    return OverlayLayer(
        name="deprivation",
        group=GROUP,
        title="Deprivation (national deciles)",
        level=level,
        classes=tuple(
            OverlayClass(key=str(fifth), label=label, ground=colour)
            for (fifth, label), colour in zip(_FIFTHS.items(), colours, strict=True)
        ),
        by_area={
            row["area_code"]: AreaValue(
                key=str((int(row["decile"]) + 1) // 2),
                words=_score_words(row),
                short=f"decile {row['decile']}",
            )
            for row in rows.to_dict("records")
        },
        note=_SCORE_NOTE.format(title=title),
    )


def _score_words(row: dict[Any, Any]) -> str:
    few = int(row["lsoas_most_deprived"])
    of = f"{few} of its {row['lsoas']} small areas (LSOAs)"
    return sentences(
        f"Score {_score(row['score'])}, decile {row['decile']} of 10 (1 is the most "
        f"deprived in England).",
        f"{of} {'is' if few == 1 else 'are'} among the most deprived fifth of England.",
    )


def _score(score: float) -> str:
    """A score as it is printed: shares of people lie below 1, and differ in the second place."""
    decimals = 1 if score >= 1 else 2
    return f"{round_half_up(score, decimals):.{decimals}f}"


def _both_layers(both: pd.DataFrame, title: str) -> list[OverlayLayer]:
    layers = []
    for key, rows in both.groupby(["level", "indicator", "sex", "period"], sort=False):
        level, indicator, sex, period = map(str, key)
        if rows["rate_class"].notna().sum() < _FEWEST_FOR_BOTH:
            continue
        limits = rows.iloc[0]
        layers.append(
            OverlayLayer(
                name="rate-and-deprivation",
                group=GROUP,
                title="Rate and deprivation together",
                level=level,
                classes=tuple(
                    OverlayClass(key=f"{r}{d}", label=_both_label(r, d), ground=colour)
                    for (r, d), colour in BIVARIATE.items()
                ),
                by_area={row["area_code"]: _both_value(row) for row in rows.to_dict("records")},
                note=sentences(
                    _BOTH_NOTE.format(title=title),
                    f"Limits: rate {limits['rate_limit_1']:.1f} and {limits['rate_limit_2']:.1f}, "
                    f"score {_score(limits['deprivation_limit_1'])} and "
                    f"{_score(limits['deprivation_limit_2'])}.",
                    str(limits["note"]),
                ),
                series=(indicator, sex, period),
            )
        )
    return layers


def _both_label(rate: int, deprivation: int) -> str:
    return f"{_THIRDS[rate].capitalize()} rate, {_THIRDS[deprivation]} deprivation"


def _both_value(row: dict[Any, Any]) -> AreaValue:
    pair = (row["rate_class"], row["deprivation_class"])
    if any(pd.isna(one) for one in pair):
        return AreaValue(key=None)
    rate, deprivation = (int(one) for one in pair)
    return AreaValue(
        key=f"{rate}{deprivation}", words=f"{_both_label(rate, deprivation)}, by thirds."
    )
