"""What is laid over an edition's rates: tables, and layers for the page and the GIS.

Everything comes of the edition's own counts and of the reference tables that the gate let through.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vawg_geo.disclosure.overlays import require_showable
from vawg_geo.overlays.overlay import Given
from vawg_geo.overlays.part import together
from vawg_geo.overlays.registry import chosen_overlays

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.overlays.layer import OverlayLayer
    from vawg_geo.overlays.part import Part

__all__ = ["Overlays", "compute_overlays"]


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

    def claims(self, level: str) -> list[str]:
        """Claims of a source, each with what the figures of a level say of it."""
        table = self.tables.get("source_claims")
        if table is None:
            return []
        rows = table[(table["level"] == level) & (table["area_code"] == "")]
        said: dict[str, list[str]] = {}
        for row in rows.to_dict("records"):
            about = ", ".join(part for part in (row.get("indicator"), row.get("sex")) if part)
            parts = (f"{about}:" if about else "", row["evidence"], row["note"])
            said.setdefault(row["claim"], []).extend(part for part in parts if part)
        return [" ".join((claim, *evidence)) for claim, evidence in said.items()]


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
    """
    parts: dict[str, Part] = {}
    for overlay, settings in chosen_overlays(edition.project.overlays):
        inputs = edition.reference.inputs.get(overlay.name)
        if inputs is None:
            continue
        part = overlay.compute(
            Given(edition=edition, rates=rates, settings=settings, inputs=inputs, before=parts)
        )
        tables = {name: table for name, (_, table) in part.tables.items()}
        require_showable(tables, part.layers, edition=edition)
        parts[overlay.name] = part
    whole = together(parts.values())
    full = {name: pair for name, pair in whole.tables.items() if len(pair[1])}
    return Overlays(
        tables={name: table for name, (_, table) in full.items()},
        titles={name: title for name, (title, _) in full.items()},
        layers=whole.layers,
    )
