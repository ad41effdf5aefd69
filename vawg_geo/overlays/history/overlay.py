"""Figures that a source published of several periods, and what it says of change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.overlays.history.settings import HistorySettings
from vawg_geo.overlays.history.tables import TABLES
from vawg_geo.overlays.overlay import NamedThere, Overlay
from vawg_geo.terms.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from vawg_geo.overlays.overlay import Given, Inputs, TableReader
    from vawg_geo.overlays.part import Part
    from vawg_geo.words.blocks import Told

__all__ = ["OVERLAY"]

_PERCENTS: Final = frozenset(("stated_percent", "comparator_percent"))


class _History(Overlay[HistorySettings]):
    name = "history"
    settings = HistorySettings
    tables = TABLES
    place_in_report = 0
    forms = (
        Form(
            name="history",
            needs=("indicator", "area_code", "period", "value"),
            may=("area_name", "category", "sex", "unit", "status", "source", "note"),
            names={"value": ("count", "number")},
            row_of="figure",
        ),
        Form(
            name="residents_by_group",
            needs=("area_code", "category", "period", "population"),
            may=("area_name", "reference_date", "series", "note"),
            numbers=frozenset(("population",)),
            key=("area_code", "category", "period"),
            setting="residents",
        ),
        Form(
            name="statements",
            needs=("statement", "indicator", "area_code"),
            may=(
                *("area_name", "sex", "place_in_source", "since", "until", "stated_percent"),
                *("comparator", "comparator_percent", "note"),
            ),
            numbers=_PERCENTS,
            row_of="area",
            setting="statements",
        ),
    )

    def read(self, reader: TableReader, settings: HistorySettings) -> Mapping[str, pd.DataFrame]:
        from vawg_geo.overlays.history.figures import require_series

        tables = super().read(reader, settings)
        require_series(tables.get("history"), settings)
        return tables

    def names(self, settings: HistorySettings, inputs: Inputs) -> Iterator[NamedThere]:  # noqa: ARG002
        table = inputs.tables.get("statements")
        for row in [] if table is None else table.to_dict("records"):
            yield NamedThere(str(row["indicator"]), "indicator", "indicator of a statement")
            yield NamedThere(str(row["comparator"]), "area", "comparator of a statement")

    def known(
        self, settings: HistorySettings, inputs: Inputs, *, indicators: Mapping[str, str]
    ) -> pd.DataFrame | None:
        from vawg_geo.overlays.history.known import counts_of_the_maps

        figures = inputs.tables.get("history")
        if figures is None:
            return None
        return counts_of_the_maps(figures, settings, indicators=indicators)

    def texts(self, settings: HistorySettings) -> Iterator[tuple[str, str]]:
        for series in settings.series:
            for key in ("title", "called", "source", "caveat"):
                yield f"[[overlays.history.series]] {key}", getattr(series, key)

    def for_other_counts(self, settings: HistorySettings) -> None:  # noqa: ARG002
        return None

    def compute(self, given: Given[HistorySettings]) -> Part:
        from vawg_geo.overlays.history.layer import history_part

        return history_part(given)

    def report(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        titles: Mapping[str, str],  # noqa: ARG002
    ) -> Iterator[Told]:
        from vawg_geo.overlays.history.report import history_blocks

        return history_blocks(tables)

    def findings(self, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
        from vawg_geo.overlays.history.report import history_findings

        return history_findings(tables)


OVERLAY: Final = _History()
