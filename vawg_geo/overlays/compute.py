"""What is laid over an edition's rates: tables, and layers for the page and the GIS.

Everything comes of the edition's own counts and of the reference tables that the gate let through.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from vawg_geo.disclosure.overlays import require_showable
from vawg_geo.errors import OutputError, problem
from vawg_geo.overlays.history.report import page_lines
from vawg_geo.overlays.overlay import Given
from vawg_geo.overlays.registry import chosen_overlays

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.overlays.layer import OverlayLayer
    from vawg_geo.overlays.overlay import Overlay
    from vawg_geo.overlays.part import Part
    from vawg_geo.settings import Settings

__all__ = ["Claim", "Overlays", "compute_overlays"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a source says, and what the figures say of it.

    Attributes
    ----------
    said : str
    found : tuple of (indicator, sex, words)
        None where the sentence has both in it.
    """

    said: str
    found: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Overlays:
    """Tables by name, and layers.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        Written as CSV and as tables of the GeoPackage.
    titles : dict of str to str
        What each table is.
    layers : tuple of OverlayLayer
        Painted by the page, and by a GIS with their style.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    layers: tuple[OverlayLayer, ...] = ()

    def claims(self, level: str) -> list[Claim]:
        """Claims of a source, each with what the figures of a level say of it."""
        over_time = [Claim(said=line) for line in page_lines(self.tables, level)]
        table = self.tables.get("source_claims")
        if table is None:
            return over_time
        rows = table[(table["level"] == level) & (table["area_code"] == "")]
        found: dict[str, list[tuple[str, str, str]]] = {}
        for row in rows.to_dict("records"):
            words = " ".join(part for part in (row["evidence"], row["note"]) if part)
            of = (str(row.get("indicator") or ""), str(row.get("sex") or ""), words)
            found.setdefault(row["claim"], []).append(of)
        claims = [Claim(said=claim, found=tuple(rows)) for claim, rows in found.items()]
        return claims + over_time


def compute_overlays(edition: Edition, rates: pd.DataFrame) -> Overlays:
    """Compute every overlay that the configuration names and the edition may know.

    Parameters
    ----------
    edition : Edition
    rates : pandas.DataFrame
        The edition's rates (`tables.RATES`).

    Returns
    -------
    Overlays
        Tables without rows are left out.

    Raises
    ------
    DisclosureError
        An overlay would show what the edition may not.
    OutputError
        An overlay gives a table that it does not declare.
    """
    parts: dict[str, Part] = {}
    titles: dict[str, str] = {}
    for overlay, settings in chosen_overlays(edition.project.overlays):
        inputs = edition.reference.inputs.get(overlay.name)
        if inputs is None:
            continue
        part = overlay.compute(
            Given(edition=edition, rates=rates, settings=settings, inputs=inputs, before=parts)
        )
        require_showable(part.tables, part.layers, edition=edition)
        titles |= _titles(overlay, part, settings)
        parts[overlay.name] = part
    full = {
        name: table for part in parts.values() for name, table in part.tables.items() if len(table)
    }
    return Overlays(
        tables=full,
        titles={name: titles[name] for name in full},
        layers=tuple(layer for part in parts.values() for layer in part.layers),
    )


def _titles(overlay: Overlay[Any], part: Part, settings: Settings) -> dict[str, str]:
    """Title of each table of a part, with what the settings say in it."""
    words = msgspec.structs.asdict(settings)
    declared = {table.name: table.title.format_map(words) for table in overlay.tables}
    unknown = [name for name in part.tables if name not in declared]
    if unknown:
        msg = problem(
            "are not among those that it declares",
            bad=len(unknown),
            total=len(part.tables),
            noun=f"tables of the overlay {overlay.name!r}",
            first=repr(unknown[0]),
            action="Declare each: its columns, and what they tell.",
        )
        raise OutputError(msg)
    return declared
