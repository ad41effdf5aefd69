"""Access to public sites, and where the next one would serve most: tables and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.overlays.access.access import access, site_groups, within_column
from vawg_geo.overlays.access.networks import network_distance
from vawg_geo.overlays.access.siting import Method, place_sites
from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.overlays.part import Part, named, percent
from vawg_geo.overlays.services.settings import ServiceSettings
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.rounding import round_half_up
from vawg_geo.words.palette import sequential

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.overlays.access.places import Distance
    from vawg_geo.overlays.access.settings import AccessSettings
    from vawg_geo.overlays.overlay import Given

__all__ = ["access_part"]

_LABELS: Final = (
    "Nobody",
    "Under a quarter",
    "A quarter to half",
    "Half to three quarters",
    "Three quarters or more",
    "Everybody",
)
NETWORK: Final = ("nodes", "edges")
_MEASURED: Final = "along the network"
METHODS: Final[tuple[Method, ...]] = ("coverage", "p-median")
_NOTE: Final = (
    "Residents aged 16 and over within {km:g} km, {method}. The point that stands for each small "
    "area (LSOA) is no middle of its homes, so that shares of large rural areas are estimates. "
    "Being near is not the same as being served."
)


def access_part(given: Given[AccessSettings]) -> Part:
    """Tables and layers of access, which is of residents: no rate is looked at.

    Parameters
    ----------
    given : Given

    Returns
    -------
    Part
    """
    edition, settings = given.edition, given.settings
    sites, towns = given.inputs.tables["sites"], given.inputs.tables.get("towns")
    lsoas = given.lsoas()
    services = edition.project.overlays.of(ServiceSettings)
    date = services.date.isoformat() if services else None
    levels = tuple(level for level in ("ward", "district") if level in edition.areas)
    network = tuple(given.inputs.tables[name] for name in NETWORK if name in given.inputs.tables)
    once = edition.shared.once
    table = once(
        _access,
        lsoas,
        sites,
        *(edition.areas[level] for level in levels),
        *network,
        levels=levels,
        within_km=settings.within_km,
        date=date,
    )
    near = named(table, edition.area_names())
    found = {"access": near}
    if towns is not None and len(towns) > 1:
        found["next_sites"] = once(
            _next_sites,
            lsoas,
            towns,
            sites,
            *network,
            number=min(settings.next_sites, len(towns) - 1),
            within_km=_middle(settings),
        )
    points = {
        group: _places(sites[chosen]) for group, chosen in site_groups(sites, date=date).items()
    }
    return Part(tables=found, layers=tuple(_layers(table, settings, points)))


def _places(sites: pd.DataFrame) -> tuple[tuple[float, float, str], ...]:
    rows = sites[["easting", "northing", "site"]].itertuples(index=False, name=None)
    return tuple((float(x), float(y), str(name)) for x, y, name in rows)


def _access(
    lsoas: pd.DataFrame,
    sites: pd.DataFrame,
    *others: pd.DataFrame,
    levels: tuple[str, ...],
    within_km: tuple[float, ...],
    date: str | None,
) -> pd.DataFrame:
    layers, network = others[: len(levels)], others[len(levels) :]
    tables = [
        access(
            lsoas,
            sites,
            by=f"{level}_code",
            within_km=within_km,
            date=date,
            names=dict(zip(areas["area_code"], areas["area_name"], strict=True)),
            distance=_along(network),
            method=_MEASURED if network else None,
        )
        for level, areas in zip(levels, layers, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def _along(network: Sequence[pd.DataFrame]) -> Distance | None:
    """Distance along the analyst's network; None for the straight line."""
    if not network:
        return None
    nodes, edges = network
    return network_distance(nodes, edges)


def _next_sites(
    lsoas: pd.DataFrame,
    towns: pd.DataFrame,
    sites: pd.DataFrame,
    *network: pd.DataFrame,
    number: int,
    within_km: float,
) -> pd.DataFrame:
    frames = [
        place_sites(
            lsoas,
            towns,
            existing=sites,
            sites=number,
            method=method,
            within_km=within_km,
            distance=_along(network),
            distance_method=_MEASURED if network else None,
        )
        for method in METHODS
    ]
    return pd.concat(frames, ignore_index=True)


def _middle(settings: AccessSettings) -> float:
    """Distance that the map shows, of those that the table has."""
    return sorted(settings.within_km)[len(settings.within_km) // 2]


def _layers(
    table: pd.DataFrame, settings: AccessSettings, points: dict[str, Any]
) -> list[OverlayLayer]:
    km = _middle(settings)
    colours = sequential(len(_LABELS))
    layers = []
    for key, rows in table.groupby(["level", "site_group"], sort=False):
        level, group = map(str, key)
        layers.append(
            OverlayLayer(
                name=f"access-{slug(group).replace('_', '-')}",
                group="Access",
                title=f"Within {km:g} km: {group}",
                level=level,
                classes=tuple(
                    OverlayClass(key=str(place), label=label, ground=colour)
                    for place, (label, colour) in enumerate(zip(_LABELS, colours, strict=True))
                ),
                by_area={
                    row["area_code"]: _value(row, km, settings) for row in rows.to_dict("records")
                },
                note=_NOTE.format(km=km, method=rows["method"].iloc[0]),
                points=points.get(group, ()),
            )
        )
    return layers


def _value(row: dict[Any, Any], km: float, settings: AccessSettings) -> AreaValue:
    share = row[within_column(km)]
    if pd.isna(share):
        return AreaValue(key=None)
    place = 0 if share == 0 else 5 if share == 1 else 1 + int(share * 4)
    said = _within(row, sorted(settings.within_km))
    middle = f"half of them within {round_half_up(row['median_km'], 1):.1f} km"
    return AreaValue(
        key=str(place),
        words=f"{said}; {middle} (residents aged 16 and over, {row['method']}).",
        short=percent(share),
    )


def _within(row: dict[Any, Any], limits: list[float]) -> str:
    """Shares by distance, up to the one that holds everybody."""
    words = []
    for km in limits:
        share = row[within_column(km)]
        words.append(f"{percent(share)} within {km:g} km")
        if share == 1:
            break
    return ", ".join(words)
