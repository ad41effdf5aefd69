"""Services as at a date, whom they reach, and the gaps: tables and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.disclosure.refusals import refuse_forbidden
from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.overlays.part import ABSENT, LIGHT, Part, named
from vawg_geo.overlays.services.changes import coverage_changes
from vawg_geo.overlays.services.coverage import coverage, coverage_summary
from vawg_geo.overlays.services.gaps import gaps
from vawg_geo.overlays.services.provisions import date_in_words
from vawg_geo.overlays.services.reach import published_figures, reach
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.rounding import round_half_up
from vawg_geo.words.palette import SIGNIFICANCE_COLOURS

if TYPE_CHECKING:
    import datetime as dt

    from vawg_geo.overlays.overlay import Given
    from vawg_geo.overlays.services.settings import ServiceSettings

__all__ = ["services_part"]

_COVERAGE: Final = (
    OverlayClass(key="stated", label="Covered", ground="#2c86b5"),
    OverlayClass(
        key="inferred",
        label="Covered, inferred from the text",
        ground="#c3e3f2",
        ink="#1f5f86",
        pattern="upright",
    ),
    OverlayClass(key="none", label="None named by the source", ground="#f8dfc6"),
    OverlayClass(
        key="not_running",
        label="Not running at this date",
        ground=LIGHT,
        ink="#6b6574",
        pattern="level",
    ),
    ABSENT,
)
# Abbreviations that a councillor need not know.
_LONG: Final = {
    "IDVA": "IDVA (adviser of victims of domestic violence)",
    "hospital IDVA": "IDVA at a hospital",
    "ISVA": "ISVA (adviser of victims of sexual violence)",
    "MARAC": "MARAC (conference on high-risk cases)",
}
_COVERAGE_NOTE: Final = (
    "As at {date}, by the table of services. What the source does not say is neither cover nor a "
    "gap."
)
_REACH: Final = (
    OverlayClass(key="higher", label="More than the whole", ground=SIGNIFICANCE_COLOURS["higher"]),
    OverlayClass(key="similar", label="Similar", ground=SIGNIFICANCE_COLOURS["similar"]),
    OverlayClass(key="lower", label="Fewer than the whole", ground=SIGNIFICANCE_COLOURS["lower"]),
    OverlayClass(key="not_compared", label="Not compared", ground="#ffffff"),
    OverlayClass(
        key="suppressed", label="Hidden", ground="#ffffff", ink="#5b5660", pattern="diagonal"
    ),
    OverlayClass(
        key="not_applicable",
        label="Not for this area",
        ground="#e4e2de",
        ink="#6f6b76",
        pattern="level",
    ),
)
_REACH_NOTE: Final = (
    "Not every contact belongs to an incident, and one person may be in touch more than once: this "
    "is a ratio of two counts, no share. More can mean better reach; it is no verdict."
)
_GAPS: Final = (
    OverlayClass(key="none", label="None found", ground=LIGHT),
    OverlayClass(key="1", label="1 gap", ground="#d9c2e6"),
    OverlayClass(key="2", label="2 gaps", ground="#9a6cbb"),
    OverlayClass(key="3", label="3 or more", ground="#5a2a83"),
)
_GAPS_NOTE: Final = (
    "Need above the comparator's while help is absent, unknown or reaches fewer, as at {date}. A "
    "gap is a question to ask; where none is found there may still be need that no record shows."
)


def services_part(given: Given[ServiceSettings]) -> Part:
    """Tables and layers of services.

    Parameters
    ----------
    given : Given

    Returns
    -------
    Part
    """
    edition, settings = given.edition, given.settings
    services = given.inputs.tables["services"]
    dates = [date for date in (settings.date, settings.compare_with) if date is not None]
    once = edition.shared.once
    covered = {date: once(coverage, services, date=date) for date in dates}
    summed = {date: once(coverage_summary, covered[date]) for date in dates}
    reached = _reach(given)
    found = gaps(given.rates, reached, covered[settings.date])
    tables = {
        "coverage": pd.concat(list(covered.values()), ignore_index=True),
        "gaps": found,
    }
    if settings.compare_with is not None:
        changes = once(coverage_changes, *(summed[date] for date in dates))
        tables["coverage_changes"] = changes
    if len(reached):
        tables["reach"] = reached
    return Part(
        tables={name: named(table, edition.area_names()) for name, table in tables.items()},
        layers=(
            *_gap_layers(found, services, settings.date),
            *_reach_layers(reached),
            *(layer for date in dates for layer in _coverage_layers(summed[date], date)),
        ),
    )


def _reach(given: Given[ServiceSettings]) -> pd.DataFrame:
    edition, figures = given.edition, given.inputs.tables.get("figures")
    if figures is not None:
        _refuse_ratios(figures, given)
    rule = edition.project.significance.rule
    return reach(
        edition.counts,
        edition.populations,
        given.settings.reach,
        figures=None if figures is None else published_figures(figures),
        area_names=edition.area_names(),
        rule="intervals-apart" if rule == "funnel" else rule,
    )


def _refuse_ratios(figures: pd.DataFrame, given: Given[ServiceSettings]) -> None:
    """Hold ratios to the gate's refusals: a published figure comes round the counts."""
    ratios = given.settings.reach
    parts = {name for one in ratios for name in (one.numerator, one.denominator) if name}
    levels = figures.assign(level=[level_of_code(code) or "" for code in figures["area_code"]])
    refuse_forbidden(
        levels.loc[levels["indicator"].isin(parts), ["indicator", "level"]],
        edition=given.edition.name,
    )


def _coverage_layers(summary: pd.DataFrame, date: dt.date) -> list[OverlayLayer]:
    """One layer for each kind of help."""
    layers = []
    for key, rows in summary.groupby(["level", "provision"], sort=False):
        level, provision = map(str, key)
        layers.append(
            OverlayLayer(
                name=f"{slug(provision).replace('_', '-')}-{date.isoformat()}",
                group=f"Services at {date_in_words(date)}",
                title=_LONG.get(provision, f"{provision[0].upper()}{provision[1:]}"),
                level=level,
                classes=_COVERAGE,
                by_area={
                    row["area_code"]: AreaValue(key=row["state"], words=row["words"])
                    for row in rows.to_dict("records")
                },
                note=_COVERAGE_NOTE.format(date=date_in_words(date)),
                in_panel=False,
                date=date_in_words(date),
            )
        )
    return layers


def _reach_layers(reached: pd.DataFrame) -> list[OverlayLayer]:
    if reached.empty:
        return []
    layers = []
    for key, rows in reached.groupby(["level", "indicator"], sort=False):
        level, indicator = map(str, key)
        # A county alone is no map.
        latest = rows[rows["period"] == rows["period"].max()]
        layers.append(
            OverlayLayer(
                name=f"reach-{slug(indicator).replace('_', '-')}",
                group="Reach",
                title=indicator,
                level=level,
                classes=_REACH,
                by_area={row["area_code"]: _reach_value(row) for row in latest.to_dict("records")},
                note=_REACH_NOTE,
            )
        )
    return layers


def _reach_value(row: dict[Any, Any]) -> AreaValue:
    if pd.isna(row["reach"]):
        known = row["status"] if row["status"] in ("suppressed", "not_applicable") else None
        return AreaValue(key=known)
    value, low, high = (
        f"{round_half_up(row[name], 1):,.1f}" for name in ("reach", "reach_lower", "reach_upper")
    )
    per = f"{row['reach_per']:,.0f}"
    few = " It rests on fewer than 10 events." if row["status"] == "unstable" else ""
    return AreaValue(
        key=row["significance"],
        words=f"{value} per {per} (95% interval {low} to {high}).{few}",
        short=value,
    )


def _gap_layers(found: pd.DataFrame, services: pd.DataFrame, date: dt.date) -> list[OverlayLayer]:
    """Number of gaps of each area that the services' table speaks of."""
    layers = []
    for level, rows in services.groupby("level", sort=False):
        words = found[found["level"] == level].groupby("area_code")["words"].agg(list).to_dict()
        layers.append(
            OverlayLayer(
                name="gaps",
                group="Reach",
                title="Gaps between need and help",
                level=str(level),
                classes=_GAPS,
                by_area={
                    code: _gap_value(words.get(code, []))
                    for code in dict.fromkeys(rows["area_code"])
                },
                note=_GAPS_NOTE.format(date=date_in_words(date)),
            )
        )
    return layers


def _gap_value(words: list[str]) -> AreaValue:
    if not words:
        return AreaValue(key="none", words="None found.", short="0")
    return AreaValue(key=str(min(len(words), 3)), words=" ".join(words), short=f"{len(words)}")
