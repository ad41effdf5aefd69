"""Deprivation of small areas, beside the rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from vawg_geo.overlays.deprivation.settings import DeprivationSettings
from vawg_geo.overlays.deprivation.tables import TABLES
from vawg_geo.overlays.overlay import NamedThere, Overlay
from vawg_geo.terms.forms import LSOA_NAMES, Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from vawg_geo.overlays.overlay import Given, Inputs
    from vawg_geo.overlays.part import Part
    from vawg_geo.words.blocks import Text

__all__ = ["OVERLAY"]


class _Deprivation(Overlay[DeprivationSettings]):
    name = "deprivation"
    settings = DeprivationSettings
    tables = TABLES
    place_in_report = 2
    forms = (
        Form(
            name="scores",
            needs=("lsoa_code", "score", "rank", "decile"),
            numbers=frozenset(("score", "rank", "decile")),
            key=("lsoa_code",),
            names=LSOA_NAMES
            | {"score": ("imd_score",), "rank": ("imd_rank",), "decile": ("imd_decile",)},
            row_of="lsoa",
        ),
    )

    def names(self, settings: DeprivationSettings, inputs: Inputs) -> Iterator[NamedThere]:  # noqa: ARG002
        for name in settings.source_claims:
            yield NamedThere(name, "indicator", "indicator of a claim")

    def for_other_counts(self, settings: DeprivationSettings) -> DeprivationSettings:
        return msgspec.structs.replace(settings, source_claims=())

    def compute(self, given: Given[DeprivationSettings]) -> Part:
        from vawg_geo.overlays.deprivation.layer import deprivation_part

        return deprivation_part(given)

    def report(
        self, tables: Mapping[str, pd.DataFrame], *, titles: Mapping[str, str]
    ) -> Iterator[Text]:
        from vawg_geo.overlays.deprivation.report import deprivation_blocks

        return deprivation_blocks(tables, titles=titles)

    def findings(self, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
        from vawg_geo.overlays.deprivation.report import deprivation_findings

        return deprivation_findings(tables)


OVERLAY: Final = _Deprivation()
