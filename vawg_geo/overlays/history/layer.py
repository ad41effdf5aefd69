"""Tables of published figures over time, and of a source's statements, for one edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.overlays.history.figures import changes_of, figures_over_time
from vawg_geo.overlays.history.statements import statements_found
from vawg_geo.overlays.part import Part, named

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.overlays.history.settings import HistorySettings
    from vawg_geo.overlays.overlay import Given

__all__ = ["history_part"]


def history_part(given: Given[HistorySettings]) -> Part:
    """Tables of the overlay; it has no layer.

    Parameters
    ----------
    given : Given

    Returns
    -------
    Part
    """
    edition, inputs = given.edition, given.inputs.tables
    names = edition.area_names()
    tables: dict[str, pd.DataFrame] = {}
    if "history" in inputs and given.settings.series:
        figures = figures_over_time(
            inputs["history"], inputs.get("residents_by_group"), given.settings
        )
        # Of areas of the project: a source may have figures of others too.
        figures = figures[figures["area_code"].isin(list(names))]
        tables["published_over_time"] = named(figures, names)
        tables["published_changes"] = named(changes_of(figures), names)
    if "statements" in inputs:
        parents = {
            str(code): str(parent)
            for layer in edition.areas.values()
            for code, parent in zip(layer["area_code"], layer["parent_code"], strict=True)
        }
        found = statements_found(inputs["statements"], given.rates, parents=parents, names=names)
        tables["statements_of_change"] = named(found, names)
    return Part(tables={name: table for name, table in tables.items() if len(table)})
