"""Rates of a standard population and ratios to what is expected, by the ages of the residents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.overlays.overlay import NamedThere, Overlay
from vawg_geo.overlays.standardised.settings import StandardisedSettings
from vawg_geo.overlays.standardised.tables import TABLES
from vawg_geo.terms.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from vawg_geo.overlays.overlay import Given, Inputs, TableReader
    from vawg_geo.overlays.part import Part

__all__ = ["OVERLAY"]

# As the residents of the country's wards have them.
_WIDE: Final = (*(f"aged_{a}_{a + 4}" for a in range(0, 85, 5)), "aged_85_over")


class _Standardised(Overlay[StandardisedSettings]):
    name = "standardised"
    settings = StandardisedSettings
    tables = TABLES
    forms = (
        Form(
            name="residents",
            needs=("area_code", "sex"),
            may=("age_group", "population", *_WIDE),
            setting="residents",
        ),
        Form(
            name="counts_by_age",
            needs=("area_code", "indicator", "age_group", "count"),
            may=("sex", "period"),
            row_of="area",
            setting="counts_by_age",
        ),
        Form(
            name="reference",
            needs=("indicator", "age_group"),
            may=("sex", "period", "rate", "count", "population"),
            setting="reference",
        ),
    )

    def read(
        self, reader: TableReader, settings: StandardisedSettings
    ) -> Mapping[str, pd.DataFrame]:
        """What an edition may start from: no count by age goes further than this."""
        from vawg_geo.overlays.standardised.read import read_standardised

        return read_standardised(super().read(reader, settings), settings, reader.areas)

    def names(self, settings: StandardisedSettings, inputs: Inputs) -> Iterator[NamedThere]:
        for table in inputs.tables.values():
            for name in table["indicator"].unique():
                yield NamedThere(str(name), "indicator", "indicator of a table by age")
        if settings.reference_area:
            yield NamedThere(settings.reference_area, "area", "area of the reference")
        if settings.standard.upper() not in ("ESP2013", "ESP"):
            yield NamedThere(settings.standard, "area", "standard population")

    def for_other_counts(self, settings: StandardisedSettings) -> None:  # noqa: ARG002
        return None

    def compute(self, given: Given[StandardisedSettings]) -> Part:
        from vawg_geo.overlays.standardised.layer import standardised_part

        return standardised_part(given)


OVERLAY: Final = _Standardised()
