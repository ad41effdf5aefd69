"""What is said of points that were counted: where each row went, and what lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.areas.counting.count_points import like_named

if TYPE_CHECKING:
    import geopandas as gpd

    from vawg_geo.areas.counting.count_points import Account, PointCounts
    from vawg_geo.areas.counting.senders import Lacking
    from vawg_geo.inputs.points.plan import PointSource

__all__ = ["NEAR_METRES", "account_line", "account_of", "doubtful_months"]

# Within this distance of a border of the generalised wards lie 5.7 % of the places of South
# Yorkshire's crimes of September 2021. By official outlines 172 of these 799 are in another ward,
# which is 84 % of all that are.
NEAR_METRES: Final = 50.0


def account_line(title: str, account: Account) -> str:
    """Say where the rows went.

    Examples
    --------
    >>> from vawg_geo.areas.counting.count_points import Account
    >>> account_line("All rows", Account(rows=9, without_coordinates=2, outside=1, in_areas=6))
    'All rows: 9 = 6 in an area (0 of them on a border) + 1 outside + 2 without coordinates'
    """
    return (
        f"{title}: {account.rows:,} = {account.in_areas:,} in an area ({account.on_borders:,} of "
        f"them on a border) + {account.outside:,} outside + {account.without_coordinates:,} "
        "without coordinates"
    )


def account_of(result: PointCounts, source: PointSource, outlines: gpd.GeoDataFrame) -> list[str]:
    """Say where the rows of points went, and what is lacking in them.

    Parameters
    ----------
    result : PointCounts
    source : PointSource
    outlines : geopandas.GeoDataFrame

    Returns
    -------
    list of str
    """
    lines = [account_line("All rows", result.everything)]
    if source.columns.filters:
        words = ", ".join(word for only in source.columns.filters for word in only.words)
        lines.append(account_line(words, result.chosen))
    if result.spelled:
        lines.append(f"Note: counted too, written otherwise: {', '.join(result.spelled)}")
    if result.chosen.on_borders:
        lines.append("A point on a border of several areas counts in the one with the lowest code.")
    if result.parts:
        lines.append(f"{result.parts:,} rows more: geometries of several points count each point.")
    return [*lines, *_said_of_months(result), *_said_of_repeats(result), *_shares(result, outlines)]


def _said_of_months(result: PointCounts) -> list[str]:
    lines = []
    for one in result.lacking[:12]:
        if not one.forces:
            lines.append(f"Note: no row is of {one.month}: missing in all areas.")
            continue
        lines.append(f"Note: {_sent_nothing(one)}")
    if len(result.lacking) > 12:
        lines.append(f"Note: {len(result.lacking) - 12:,} more months are not whole.")
    for month, words in list(result.absent.items())[:12]:
        alike = [name for wanted in result.wanted for name in like_named(wanted, words)]
        hint = (
            f" It has {' and '.join(map(repr, dict.fromkeys(alike)))}: if that is its former name, "
            "add a second --category."
            if alike
            else ""
        )
        lines.append(f"Note: no row of {month} is of the category: counted as zero.{hint}")
    return lines


def _sent_nothing(one: Lacking) -> str:
    """What it means that some forces sent nothing for a month."""
    missing = int(one.areas.sum())
    said = f"{', '.join(one.forces)} sent nothing for {one.month}: "
    where = "area" if missing == 1 else f"{missing:,} areas"
    said += f"missing in the {where} reported by it" if missing else "no area is missing"
    if one.partly:
        said += f"; counted without its few rows: {one.partly:,}"
    return f"{said}."


def _said_of_repeats(result: PointCounts) -> list[str]:
    repeats = result.repeats
    if repeats.too_many:
        return ["Note: more than 20,000,000 identifiers: repeated rows were not looked for."]
    if not repeats.same_identifier:
        return []
    other = repeats.same_identifier - repeats.same_row
    lines = [
        f"Note: {repeats.same_identifier:,} of {repeats.identified:,} rows with an identifier "
        "repeat another's."
    ]
    if repeats.same_row:
        lines.append(
            f"Note: {repeats.same_row:,} of them agree in month, place and category too: each is "
            "the same row again and is not counted."
        )
    if other:
        lines.append(
            f"Note: {other:,} of them differ in month, place or category: they are counted, since "
            "several offences may have one identifier."
        )
    return lines


def _shares(result: PointCounts, outlines: gpd.GeoDataFrame) -> list[str]:
    places, inside = result.places, result.chosen.in_areas
    lines = []
    if result.near_border is not None and inside:
        lines.append(
            f"Note: {result.near_border:,} of {inside:,} points in areas "
            f"({result.near_border / inside:.1%}) lie within {NEAR_METRES:.0f} m of a border. "
            "The outlines are generalised: by official ones about a fifth of these lie in the next "
            "area."
        )
    if places.too_many:
        lines.append("More than 1,000,000 different places: shared ones are not counted.")
    elif places.shared:
        lines.append(
            f"{places.points_shared:,} of {inside:,} points in areas share their exact place with "
            f"another: {places.shared:,} of {places.different:,} places, up to {places.most:,} "
            "points at one"
        )
    if result.areas_without:
        lines.append(
            f"Note: {result.areas_without:,} of {len(outlines):,} areas have no row of any kind "
            "and are counted as zero: give only areas that the points cover."
        )
    return lines


def doubtful_months(result: PointCounts) -> set[str]:
    """Months whose zeros are another name of the category, as far as can be told.

    Parameters
    ----------
    result : PointCounts
    """
    return {
        month
        for month, words in result.absent.items()
        if any(like_named(wanted, words) for wanted in result.wanted)
    }
