"""The report of a build: tables, maps and charts in the order of the assessment, with the methods.

One list of blocks, printed as a page and as a PDF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.latest import latest_only
from vawg_geo.publish.pictures.drawing import as_svg, require_modules
from vawg_geo.publish.pictures.lines import lines_of
from vawg_geo.publish.pictures.write import draw_pictures, write_drawn
from vawg_geo.publish.report.blocks import Block, Shown
from vawg_geo.publish.report.clusters import cluster_blocks
from vawg_geo.publish.report.ending import last_blocks, overlay_blocks
from vawg_geo.publish.report.hotspots import hotspot_blocks
from vawg_geo.publish.report.over_time import over_time_blocks
from vawg_geo.publish.report.page import report_page
from vawg_geo.publish.report.pdf import report_pdf
from vawg_geo.results.results import edition_of
from vawg_geo.terms.rounding import people_decimals
from vawg_geo.terms.shared import RATE_LIMITS
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Heading, Keyed, Mark, Paragraph, Table
from vawg_geo.words.report import HEAD, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from vawg_geo.results.results import EditionResults

__all__ = ["indicator_blocks", "report_blocks", "require_report", "write_report"]

_ORDER = ("police_area", "county", "csp", "district")
# A table of more rows than this is for a spreadsheet.
_MOST = 60
# Why an area has no figure, and what its cell says then.
_LEFT_OUT = {
    "suppressed": "hidden_cell",
    "missing": "missing_cell",
    "not_applicable": "absent_cell",
}
# As the tables name them: columns of an indicator's table, and of that of the largest area.
_COLUMNS = (
    "area_name",
    "count",
    "population",
    "rate",
    *RATE_LIMITS["95"],
    "significance",
    "standing",
)
_SUMMARY = (
    *("indicator", "sex", "period", "count", "population", "rate_per", "rate"),
    *RATE_LIMITS["95"],
)


def require_report() -> None:
    """Refuse a report before anything is computed, where what makes it is not installed.

    Raises
    ------
    ConfigurationError
    """
    require_modules(
        ("matplotlib", "PIL", "pypdf", "typst"), what="a report", extra="vawg-geo[report]"
    )


def write_report(results: EditionResults, folder: Path) -> list[Path]:
    """Write an edition's report as a page and as a PDF, and the pictures that stand in it.

    Parameters
    ----------
    results : EditionResults
    folder : Path
        Exists.

    Returns
    -------
    list of Path
        `report.html`, `report.pdf`, and the pictures with their page.

    Raises
    ------
    OutputError
        A file cannot be written.
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.
    """
    edition = edition_of(results)
    blocks = report_blocks(results)
    page, pdf = "report.html", "report.pdf"
    shown = {b.picture: {"svg": b.drawing} for b in blocks if isinstance(b, Shown)}
    with drafted(edition, folder) as draft:
        write_whole(draft / page, report_page(results, blocks))
        write_whole(draft / pdf, report_pdf(results, blocks))
        pictures = write_drawn(results, draft / "pictures", shown)
    drawn = [folder / path.relative_to(draft) for path in pictures]
    return [folder / page, folder / pdf, *drawn]


def report_blocks(results: EditionResults) -> list[Block]:
    """Everything that the report says, in its order.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    list of Block
    """
    pictures: dict[str, list[Shown]] = {}
    for picture in draw_pictures(results, every_sex=False, every_period=False):
        shown = Shown(picture=picture, drawing=as_svg(picture))
        pictures.setdefault(picture.indicator, []).append(shown)
    blocks: list[Block] = []
    if (results.rates["basis"] == "illustrative").any():
        blocks.append(Mark(text=REPORT["illustrative"]))
    blocks += _summary(results)
    for name in results.indicators:
        blocks += indicator_blocks(results, name, pictures.get(name, []))
    blocks += overlay_blocks(results)
    blocks += last_blocks(results)
    return blocks


def _summary(results: EditionResults) -> Iterator[Block]:
    """Figures of the largest area that the edition has."""
    rates = latest_only(results.rates, results)
    whole = rates[rates["level"].isin(("police_area", "county", "csp"))]
    whole = whole[whole["rate"].notna() & (whole["basis"] != "illustrative")]
    if whole.empty:
        return
    yield Heading(text=REPORT["summary"])
    yield Paragraph(text=REPORT["summary_intro"])
    code = str(whole["area_code"].iloc[0])
    lines = tuple(
        (
            results.indicators[row["indicator"]].title,
            words.SEX[row["sex"]],
            row["period"],
            *_with_per(row),
        )
        for row in whole[whole["area_code"] == code].to_dict("records")
    )
    yield Table(
        caption=results.area_names.get(code, code),
        head=_head(_SUMMARY),
        rows=lines,
        numbers=True,
        names=3,
        columns=_SUMMARY,
        series={"area_code": code, "basis": _basis(whole)},
    )


def _head(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(HEAD[name] for name in columns)


def _with_per(row: dict[Any, Any]) -> tuple[str, ...]:
    """Figures of a row, and what its rate is per: rows of one table may differ in that."""
    count, population, *rates = _figures(row)
    return (count, population, f"{float(str(row['rate_per'])):,.0f}", *rates)


def _basis(rows: pd.DataFrame) -> str:
    """Basis of all rows; figures of several kinds are looked at as an analyst's own."""
    found = set(rows["basis"].dropna())
    return str(found.pop()) if len(found) == 1 else "own"


def _figures(row: dict[Any, Any]) -> tuple[str, ...]:
    peak = float(str(row["rate"]))
    places = 1 if peak >= 1 else 2

    def printed(name: str, decimals: int) -> str:
        return words.format_number(float(str(row[name])), decimals)

    return (
        printed("count", 0),
        printed("population", people_decimals(float(str(row["rate_per"])))),
        *(printed(name, places) for name in ("rate", "rate_lower", "rate_upper")),
    )


def indicator_blocks(results: EditionResults, name: str, pictures: list[Shown]) -> Iterator[Block]:
    """One indicator's section: what it is, its rates by sex and latest period, and over time.

    Parameters
    ----------
    results : EditionResults
    name : str
    pictures : list of Shown
        Printed last.

    Yields
    ------
    Block
    """
    about = results.indicators[name]
    yield Heading(text=about.title)
    yield Paragraph(text=" ".join(part for part in (about.about, about.caveat) if part))
    rates = results.rates[(results.rates["indicator"] == name)]
    coarse = latest_only(rates[rates["level"].isin(_ORDER)], results)
    for key, found in coarse.groupby(["sex", "period"], sort=False):
        sex, period = map(str, key)
        rows = found.sort_values("level", key=_coarseness, kind="stable")
        if rows["rate"].notna().any() and len(rows) <= _MOST:
            yield from _sentences(results, rows)
            yield _rate_table(results, rows, sex=sex, period=period)
    yield from hotspot_blocks(results, name)
    yield from cluster_blocks(results, name)
    of_time = [shown for shown in pictures if shown.picture.over_time]
    yield from (shown for shown in pictures if not shown.picture.over_time)
    lines = [one for one in lines_of(results, every_sex=False) if one.latest.indicator.name == name]
    yield from over_time_blocks(results, name, lines=lines, pictures=of_time)


def _coarseness(levels: pd.Series) -> pd.Series:
    return levels.map({"district": 0, "csp": 1, "county": 2, "police_area": 3})


def _rate_table(results: EditionResults, rows: pd.DataFrame, *, sex: str, period: str) -> Table:
    name = str(rows["indicator"].iloc[0])
    about = results.indicators[name]
    caption = words.fill(
        REPORT["table_caption"],
        {
            "title": about.title,
            "sex": words.SEX[sex].lower(),
            "period": period,
            "rate_unit": _rate_unit(results, rows.iloc[0]),
        },
    )
    # A level of few areas has none that is unusual among them.
    ranks = bool((rows["standing"] != "not_compared").any())
    columns = _COLUMNS if ranks else _COLUMNS[:-1]
    lines: list[tuple[str, ...]] = []
    for row in rows.to_dict("records"):
        area = Keyed(str(row["area_name"]), key=str(row["area_code"]))
        status, word = str(row["status"]), str(row["significance"])
        if status in _LEFT_OUT:
            cell = Keyed(REPORT[_LEFT_OUT[status]], key=status)
            lines.append((area, cell, *[""] * (len(columns) - 2)))
            continue
        compared = "" if word == "not_compared" else Keyed(words.SIGNIFICANCE[word], key=word)
        among = str(row["standing"])
        ranked = "" if among == "not_compared" else Keyed(words.STANDING[among], key=among)
        lines.append((area, *_figures(row), compared, ranked)[: len(columns)])
    return Table(
        caption=caption,
        head=_head(columns),
        rows=tuple(lines),
        numbers=True,
        columns=columns,
        series={
            "indicator": name,
            "sex": sex,
            "period": period,
            "basis": _basis(rows),
            "rate_per": f"{rows['rate_per'].iloc[0]:g}",
        },
    )


def _rate_unit(results: EditionResults, row: pd.Series) -> str:
    name = str(row["indicator"])
    people = results.denominator(name, str(row["sex"]))
    time = results.time_of_rate(name, str(row["period"]))
    return words.unit_of(float(row["rate_per"]), f"{people} {time}".strip())


def _sentences(results: EditionResults, rows: pd.DataFrame) -> Iterator[Block]:
    """Say the highest, the lowest, and how many differ from the whole."""
    areas = rows[(rows["level"] == "district") & rows["rate"].notna()]
    if len(areas) < 2:
        return
    top, low = areas.iloc[int(areas["rate"].argmax())], areas.iloc[int(areas["rate"].argmin())]
    places = 1 if top["rate"] >= 1 else 2
    sentence = words.fill(
        REPORT["highest"],
        {
            "areas": words.possessive(top["area_name"]),
            "rate": words.format_number(top["rate"], places),
            "rate_unit": _rate_unit(results, top),
            "levels": words.LEVEL["district"][1],
            "other": words.possessive(low["area_name"]),
            "other_rate": words.format_number(low["rate"], places),
        },
    )
    compared = areas[areas["significance"] != "not_compared"]
    whole = results.rates[
        (results.rates["area_code"] == areas["comparator"].iloc[0])
        & (results.rates["indicator"] == top["indicator"])
        & (results.rates["sex"] == top["sex"])
        & (results.rates["period"] == top["period"])
    ]
    if len(compared) and len(whole) and whole["rate"].notna().all():
        n = compared["significance"].value_counts()
        sentence += " " + words.fill(
            REPORT["counts"],
            {
                **{word: f"{n.get(word, 0):,}" for word in ("higher", "lower", "similar")},
                "n": f"{len(compared):,}",
                "levels": words.LEVEL["district"][1],
                "comparator": str(whole["area_name"].iloc[0]),
                "rate": words.format_number(whole["rate"].iloc[0], places),
            },
        )
    yield Paragraph(text=sentence)
