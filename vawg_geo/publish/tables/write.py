"""Tables beside the maps: CSV that opens in a spreadsheet and can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.files.table import write_table
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.tables.datapackage import DESCRIPTOR, describe_tables, said_of
from vawg_geo.publish.tables.workbook import WORKBOOK_NAME, make_workbook
from vawg_geo.results.results import edition_of
from vawg_geo.terms.tables import (
    AREAS,
    CHANGES,
    HOTSPOTS,
    INDICATORS,
    JOIN_REPORT,
    MONTHS,
    RISKS,
    SCANS,
    TRENDS,
    WHOLE,
    rates_of,
)
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vawg_geo.results.results import EditionResults
    from vawg_geo.settings import SignificanceSettings

__all__ = ["caveat_table", "indicator_table", "write_tables"]


def write_tables(results: EditionResults, folder: Path) -> list[Path]:
    """Write an edition's tables into a folder.

    Parameters
    ----------
    results : EditionResults
    folder : Path
        Made where it is absent.

    Returns
    -------
    list of Path
        `rates_<level>.csv`, `areas.csv`, `indicators.csv`, `sources_and_caveats.csv`,
        `join_report.csv`; `hotspots.csv`, `scans.csv`, `smoothed_risks.csv`, `changes.csv`,
        `trends.csv` and `months.csv` where there are any; the tables of the overlays; `vawg.xlsx`,
        which holds them all; and `datapackage.json`, which describes them, last.

    Raises
    ------
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.
    """
    edition = edition_of(results)
    folder.mkdir(parents=True, exist_ok=True)
    by_level = results.rates.groupby("level", sort=False)
    frames = {rates_of(str(level)).name: rows for level, rows in by_level}
    frames[AREAS.name] = area_table(results)
    frames[INDICATORS.name] = indicator_table(results)
    frames[WHOLE.name] = caveat_table(results)
    frames[JOIN_REPORT.name] = edition.join_report
    labelled = {
        HOTSPOTS.name: results.hotspots,
        SCANS.name: results.scans,
        RISKS.name: results.risks,
        CHANGES.name: results.over_time.changes,
        TRENDS.name: results.over_time.trends,
        MONTHS.name: results.over_time.months,
    }
    frames |= {name: frame for name, frame in labelled.items() if not frame.empty}
    frames |= results.overlays.tables
    with drafted(edition, folder) as draft:
        for name, frame in frames.items():
            write_table(frame, draft / f"{name}.csv", bom=edition.project.output.csv_bom)
        write_whole(draft / WORKBOOK_NAME, make_workbook(results, frames, said_of(frames, results)))
        write_whole(draft / DESCRIPTOR, describe_tables(results, frames))
    names = [*(f"{name}.csv" for name in frames), WORKBOOK_NAME, DESCRIPTOR]
    return [folder / name for name in names]


def area_table(results: EditionResults) -> pd.DataFrame:
    """Every area, and the one that holds it."""
    layers = [
        areas[["area_code", "area_name"]].assign(level=level)
        for level, areas in results.areas.items()
    ]
    table = pd.DataFrame(pd.concat(layers, ignore_index=True))
    table["parent_code"] = [results.parents.get(code, "") for code in table["area_code"]]
    return table[list(AREAS.names)]


def indicator_table(results: EditionResults) -> pd.DataFrame:
    """What each indicator is, one row each; parts of a complete sum without figures stand last.

    Whoever reads that all parts are there, and not of such a part, would take the others for all.
    """
    listed = dict(results.indicators)
    declared = [about for about in edition_of(results).project.indicators if about.part_of]
    complete = {about.part_of for about in declared if about.part_of_complete}
    for about in declared:
        if about.part_of in complete & results.indicators.keys():
            listed.setdefault(about.name, about)
    return pd.DataFrame(
        [
            {name: getattr(about, name) for name in INDICATORS.names} | {"place": about.place or ""}
            for about in listed.values()
        ]
    )


def caveat_table(results: EditionResults) -> pd.DataFrame:
    """Sources, licences and caveats, as rows that a GIS can show."""
    edition = edition_of(results)
    project = edition.project
    rows = [
        ("title", results.title),
        ("edition", results.edition),
        ("watermark", results.watermark),
        ("protection", results.protection),
        *(("not shown", line) for lines in results.not_shown.values() for line in lines),
        ("publisher", project.project.publisher),
        ("population", f"{project.population.series} ({project.population.date})"),
        ("limits", f"{project.rates.method}, 95 % and 99.8 %"),
        *(("significance", line) for line in _comparison(project.significance)),
        *(("attribution", line) for line in results.attribution),
        *(("caveat", line) for line in results.caveats),
        *(("break", line) for line in results.break_lines),
        *(("trend", line) for line in results.trend_lines()),
        *(("period", line) for line in results.told),
        *(("note", line) for line in edition.notes),
        *(("help", line) for line in results.help_lines),
    ]
    return pd.DataFrame([row for row in rows if row[1]], columns=list(WHOLE.names))


def _comparison(settings: SignificanceSettings) -> Iterator[str]:
    """How the columns of the comparisons came about."""
    yield f"rule {settings.rule}"
    if settings.correction != "none":
        yield f"correction {settings.correction}, over the areas of a level"
    if settings.leave_out:
        yield REPORT["method_leave_out"]
    yield REPORT["method_standing"]
