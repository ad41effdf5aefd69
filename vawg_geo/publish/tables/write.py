"""Tables beside the maps: CSV that opens in a spreadsheet and can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.files.table import write_table
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.tables.datapackage import DESCRIPTOR, describe_tables
from vawg_geo.results.results import compute_results

if TYPE_CHECKING:
    from vawg_geo.disclosure.gate import Edition

__all__ = ["caveat_table", "indicator_table", "write_tables"]


def write_tables(edition: Edition, folder: Path | str) -> list[Path]:
    """Write an edition's tables into a folder.

    Parameters
    ----------
    edition : Edition
    folder : Path or str
        Made where it is absent.

    Returns
    -------
    list of Path
        `rates_<level>.csv`, `areas.csv`, `indicators.csv`, `sources_and_caveats.csv`,
        `join_report.csv`, `hotspots.csv` and `scans.csv` where there are any, and the tables of
        the overlays; `datapackage.json`, which describes them all, last.

    Raises
    ------
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.
    """
    folder = Path(folder)
    results = compute_results(edition)
    folder.mkdir(parents=True, exist_ok=True)
    frames = {f"rates_{level}": rows for level, rows in results.rates.groupby("level", sort=False)}
    frames["areas"] = area_table(edition)
    frames["indicators"] = indicator_table(edition)
    frames["sources_and_caveats"] = caveat_table(edition)
    frames["join_report"] = edition.join_report
    labelled = {"hotspots": results.hotspots, "scans": results.scans}
    frames |= {name: frame for name, frame in labelled.items() if not frame.empty}
    frames |= results.overlays.tables
    with drafted(edition, folder) as draft:
        for name, frame in frames.items():
            write_table(frame, draft / f"{name}.csv")
        write_whole(draft / DESCRIPTOR, describe_tables(edition, frames))
    return [*(folder / f"{name}.csv" for name in frames), folder / DESCRIPTOR]


def area_table(edition: Edition) -> pd.DataFrame:
    """Every area, and the one that holds it."""
    layers = [
        areas[["area_code", "area_name"]].assign(level=level)
        for level, areas in edition.areas.items()
    ]
    table = pd.DataFrame(pd.concat(layers, ignore_index=True))
    table["parent_code"] = [edition.parents.get(code, "") for code in table["area_code"]]
    return table


def indicator_table(edition: Edition) -> pd.DataFrame:
    """What each indicator is, one row each."""
    fields = (
        "name", "title", "unit", "definition", "source", "denominator", "caveat", "comparator",
        "part_of", "part_of_complete",
    )  # fmt: skip
    results = compute_results(edition)
    return pd.DataFrame(
        [{field: getattr(i, field) for field in fields} for i in results.indicators.values()]
    )


def caveat_table(edition: Edition) -> pd.DataFrame:
    """Sources, licences and caveats, as rows that a GIS can show."""
    results = compute_results(edition)
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
        ("significance", f"rule {project.significance.rule}"),
        *(("attribution", line) for line in results.attribution),
        *(("caveat", line) for line in results.caveats),
        *(("note", line) for line in edition.notes),
        (
            "help",
            "National Domestic Abuse Helpline: 0808 2000 247, free, at any hour. In danger: 999.",
        ),
    ]
    return pd.DataFrame([row for row in rows if row[1]], columns=["kind", "text"])
