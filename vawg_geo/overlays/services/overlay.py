"""Services as at a date, whom they reach, and the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.overlays.overlay import NamedThere, Overlay
from vawg_geo.overlays.services.settings import ServiceSettings
from vawg_geo.overlays.services.tables import TABLES
from vawg_geo.terms.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from vawg_geo.overlays.overlay import Given, Inputs
    from vawg_geo.overlays.part import Part
    from vawg_geo.words.blocks import Text

__all__ = ["OVERLAY"]


class _Services(Overlay[ServiceSettings]):
    name = "services"
    settings = ServiceSettings
    tables = TABLES
    place_in_report = 1
    forms = (
        Form(
            name="services",
            needs=("service", "area_code", "coverage", "valid_from"),
            may=(
                "valid_to",
                "area_name",
                "level",
                "provides",
                "provision",
                "age_range",
                "public_site",
                "note",
            ),
            key=("service", "area_code", "valid_from"),
            row_of="area",
        ),
        Form(
            name="figures",
            needs=("indicator", "area_code", "period", "value"),
            may=("area_name", "category", "sex", "unit", "source"),
            names={"value": ("count", "number")},
            row_of="figure",
            setting="figures",
        ),
    )

    def names(self, settings: ServiceSettings, inputs: Inputs) -> Iterator[NamedThere]:
        figures = inputs.tables.get("figures")
        also = frozenset() if figures is None else frozenset(figures["indicator"])
        for ratio in settings.reach:
            of = repr(ratio.name)
            yield NamedThere(ratio.numerator, "indicator", f"numerator of {of}", also)
            yield NamedThere(ratio.denominator, "indicator", f"denominator of {of}", also)
            yield NamedThere(ratio.comparator, "area", f"comparator of {of}")

    def texts(self, settings: ServiceSettings) -> Iterator[tuple[str, str]]:
        for ratio in settings.reach:
            yield "[[overlays.services.reach]] name", ratio.name

    def for_other_counts(self, settings: ServiceSettings) -> None:  # noqa: ARG002
        return None

    def compute(self, given: Given[ServiceSettings]) -> Part:
        from vawg_geo.overlays.services.layer import services_part

        return services_part(given)

    def report(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        titles: Mapping[str, str],  # noqa: ARG002
    ) -> Iterator[Text]:
        from vawg_geo.overlays.services.report import service_blocks

        return service_blocks(tables)

    def findings(self, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
        from vawg_geo.overlays.services.report import service_findings

        return service_findings(tables)


OVERLAY: Final = _Services()
