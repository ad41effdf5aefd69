"""Counts of wards shared out among the wards that took their place, sum by sum."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.areas.rebasing.apportion import apportion, as_fraction

if TYPE_CHECKING:
    from vawg_geo.areas.rebasing.flows import WardFlows

__all__ = ["Cell", "Cells", "figures_of", "read_cells", "share_out"]


@dataclass(frozen=True)
class Cell:
    """One count as it was given: `figure` is None exactly where `status` says why."""

    status: str
    figure: Fraction | None
    note: str


_WITHOUT_FIGURE: Final = frozenset({"missing", "suppressed", "not_applicable"})
# Of one series, by ward.
Cells = dict[str, Cell]


def read_cells(coded: pd.DataFrame) -> dict[tuple[str, str], dict[str, Cells]]:
    """Cells by indicator and period, then by sex, then by ward."""
    cells_by_series: dict[tuple[str, str], dict[str, Cells]] = {}
    columns = ["indicator", "sex", "period", "area_code", "status", "count", "note"]
    for indicator, sex, period, code, status, count, note in coded[columns].itertuples(index=False):
        known = pd.notna(count) and status not in _WITHOUT_FIGURE
        reason = "missing" if not known and status in {"value", "zero"} else status
        figure = as_fraction(count) if known else None
        cell = Cell(reason, figure, note if isinstance(note, str) else "")
        cells_by_series.setdefault((indicator, period), {}).setdefault(sex, {})[code] = cell
    return cells_by_series


def figures_of(cells: Cells, olds: tuple[str, ...]) -> dict[str, Fraction]:
    """Figures given for some wards."""
    return {
        old: figure for old in olds if old in cells and (figure := cells[old].figure) is not None
    }


def share_out(
    by_sex: dict[str, Cells], flows: WardFlows, unit: Fraction
) -> dict[str, dict[str, Fraction]]:
    """What each ward receives, by sex, in multiples of the unit; group by group of wards."""
    result: dict[str, dict[str, Fraction]] = {sex: {} for sex in by_sex}
    for olds, news in flows.components:
        figures_by_sex = {sex: figures_of(cells, olds) for sex, cells in by_sex.items()}

        def rounded(figures: dict[str, Fraction], news: tuple[str, ...] = news) -> list[Fraction]:
            exact = [
                sum((n * flows.shares[old].get(new, 0) for old, n in figures.items()), Fraction())
                for new in news
            ]
            return apportion(exact, unit=unit)

        part = _part_of_persons(figures_by_sex, len(olds))
        for sex, figures in figures_by_sex.items():
            if sex == "persons" and part:
                rest = {old: n - figures_by_sex[part][old] for old, n in figures.items()}
                sums = zip(rounded(figures_by_sex[part]), rounded(rest), strict=True)
                received = [one + other for one, other in sums]
            else:
                received = rounded(figures)
            result[sex] |= dict(zip(news, received, strict=True))
    return result


def _part_of_persons(figures_by_sex: dict[str, dict[str, Fraction]], wards: int) -> str:
    """Sex whose figures lie within those of persons in every ward of a group, or ""."""
    persons = figures_by_sex.get("persons", {})
    return next(
        (
            sex
            for sex in ("female", "male")
            if len(persons) == len(figures_by_sex.get(sex, {})) == wards
            and all(n <= persons[old] for old, n in figures_by_sex[sex].items())
        ),
        "",
    )
