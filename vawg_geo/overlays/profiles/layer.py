"""Ward profiles as layers and a table; never in a public edition, whose gate holds none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.overlays.part import LIGHT, Part
from vawg_geo.overlays.profiles.profiles import PROFILE_CLASSES, ward_profiles
from vawg_geo.terms.indicators import slug

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.overlays.overlay import Given, Protected
    from vawg_geo.overlays.profiles.settings import ProfileSettings

__all__ = ["profiles_part"]

_UNNAMED: Final = OverlayClass(key="unnamed", label="Not named by the source", ground=LIGHT)
# By place from the highest: ground and ink.
_SHADES: Final = (("#8e2f5c", "#ffffff"), ("#d58cab", "#5b1538"), ("#f0d3df", "#8e2f5c"))
_PATTERNS: Final = {"stated": "solid", "inferred": "diagonal", "ambiguous": "cross"}
_NOTE: Final = (
    "A class of whole wards by a published source, not of any place in them. That a ward is not "
    "named does not mean that nothing happens there. Hatched: inferred; crossed: the source's text "
    "is ambiguous. Under the sharing agreement only."
)


def profiles_part(given: Given[ProfileSettings]) -> Part:
    """Table and layers of ward profiles, with deprivation beside them where it was computed.

    Parameters
    ----------
    given : Given

    Returns
    -------
    Part
        Empty where no wards are mapped.
    """
    edition, profiles = given.edition, given.inputs.tables["profiles"]
    if "ward" not in edition.areas:
        return Part()
    scores = given.before.get("deprivation", Part()).tables.get("deprivation")
    table = ward_profiles(profiles, edition.areas["ward"])
    shown = table
    if scores is not None:
        beside = scores[["area_code", "score", "decile"]].rename(
            columns={"score": "deprivation_score", "decile": "deprivation_decile"}
        )
        shown = table.merge(beside, on="area_code", how="left")
    layers = [
        _layer(rows, str(profile), str(level), edition)
        for (profile, level), rows in table.groupby(["profile", "level"], sort=False)
    ]
    return Part(
        tables={"ward_profiles": shown},
        layers=tuple(layers),
    )


def _layer(rows: pd.DataFrame, profile: str, level: str, edition: Protected) -> OverlayLayer:
    ranks = PROFILE_CLASSES.get(profile, ())[::-1]
    classes = [
        OverlayClass(
            key=f"{word}, {basis}",
            label=f"{word[0].upper()}{word[1:]} ({basis})",
            ground=_SHADES[place][0],
            ink=_SHADES[place][1],
            pattern=_PATTERNS[basis],
        )
        for place, word in enumerate(ranks)
        for basis in _PATTERNS
        if ((rows["profile_class"] == word) & (rows["basis"] == basis)).any()
    ]
    values = {code: AreaValue(key="unnamed") for code in edition.areas[level]["area_code"]}
    values |= {row["area_code"]: _value(row) for row in rows.to_dict("records")}
    return OverlayLayer(
        name=slug(profile).replace("_", "-"),
        group="Ward profiles",
        title=f"{profile[0].upper()}{profile[1:]}",
        level=level,
        classes=(*classes, _UNNAMED),
        by_area=values,
        note=_NOTE,
    )


def _value(row: dict[Any, Any]) -> AreaValue:
    return AreaValue(
        key=f"{row['profile_class']}, {row['basis']}",
        words=row["words"],
        short=row["profile_class"],
    )
