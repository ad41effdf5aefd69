"""Licensed premises by area, from a table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.overlays.overlay import Overlay
from vawg_geo.settings import Settings
from vawg_geo.terms.declared import DeclaredColumn, table
from vawg_geo.terms.forms import Form
from vawg_geo.terms.tables import WHO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from vawg_geo.overlays.layer import OverlayLayer
    from vawg_geo.overlays.overlay import Given
    from vawg_geo.overlays.part import Part
    from vawg_geo.words.blocks import Text


class PremisesSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.premises]`: a table of licensed premises, and who made it."""

    file: str
    source: str = ""


class Premises(Overlay[PremisesSettings]):
    """How many licensed premises an area has, and how many for each 1,000 residents."""

    name = "premises"
    settings = PremisesSettings
    # What is read: a row for each area of the project, by its code.
    forms = (
        Form(
            name="premises",
            needs=("area_code", "premises"),
            numbers=frozenset(("premises",)),
            key=("area_code",),
            row_of="area",
        ),
    )
    # What is written: each column with its name for people, its unit, and what it tells of a count.
    tables = (
        table(
            name="licensed_premises",
            title="Licensed premises by area",
            keys=("area_code",),
            known_by="premises premises_per_1000",
            columns=(
                *WHO,
                DeclaredColumn(
                    name="premises", tells="nothing", title="Licensed premises", unit="Premises."
                ),
                DeclaredColumn(
                    name="premises_per_1000",
                    tells="nothing",
                    title="Licensed premises for each 1,000 residents",
                    unit="For each 1,000 residents.",
                ),
            ),
        ),
    )

    def compute(self, given: Given[PremisesSettings]) -> Part:
        """Put residents beside the premises, and lay a layer over each level that has any."""
        from vawg_geo.overlays.part import Part, named

        edition = given.edition
        everybody = edition.populations[edition.populations["sex"] == "persons"]
        people = everybody.set_index("area_code")["population"].astype(float)
        levels = {c: level for level, areas in edition.areas.items() for c in areas["area_code"]}
        found = given.inputs.tables["premises"]
        rows = found.assign(
            level=found["area_code"].map(levels),
            premises_per_1000=found["premises"] / found["area_code"].map(people) * 1000,
        )
        layers = tuple(
            _layer(part, str(level), given.settings.source) for level, part in rows.groupby("level")
        )
        return Part(tables={"licensed_premises": named(rows, edition.area_names())}, layers=layers)

    def report(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        titles: Mapping[str, str],  # noqa: ARG002
    ) -> Iterator[Text]:
        """Say where most premises are for each resident."""
        from vawg_geo.words.blocks import Heading, Paragraph

        rows = tables["licensed_premises"]
        most = rows.loc[rows["premises_per_1000"].idxmax()]
        yield Heading(text="Licensed premises")
        rate = f"{most['premises_per_1000']:.1f} for each 1,000 residents"
        yield Paragraph(text=f"{most['area_name']} has most: {rate}.")


def _layer(rows: pd.DataFrame, level: str, source: str) -> OverlayLayer:
    from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
    from vawg_geo.words.palette import sequential

    labels = ("Fewer than 1", "1 to 2", "2 or more")
    colours = sequential(len(labels))
    return OverlayLayer(
        name="premises",
        group="Licensed premises",
        title="Licensed premises for each 1,000 residents",
        level=level,
        classes=tuple(
            OverlayClass(key=str(place), label=label, ground=colour)
            for place, (label, colour) in enumerate(zip(labels, colours, strict=True))
        ),
        by_area={
            code: AreaValue(
                key=str(min(int(rate), 2)),
                words=f"{number:,.0f} licensed premises, {rate:.1f} for each 1,000 residents.",
                short=f"{rate:.1f}",
            )
            for code, number, rate in zip(
                rows["area_code"], rows["premises"], rows["premises_per_1000"], strict=True
            )
        },
        note=f"Source: {source}" if source else "",
    )


OVERLAY = Premises()
