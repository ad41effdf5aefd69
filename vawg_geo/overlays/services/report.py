"""What a report says of services, of whom they reach, and of the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.overlays.services.coverage import coverage_summary
from vawg_geo.overlays.services.provisions import date_in_words
from vawg_geo.terms.rounding import rate_decimals
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Keyed, Led, Paragraph, Table
from vawg_geo.words.bullets import listed
from vawg_geo.words.report import COVERAGE_SIGN, COVERAGE_STATE, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.words.blocks import Text

__all__ = ["service_blocks", "service_findings"]

_COVERED: Final = frozenset(("stated", "inferred"))


def service_blocks(tables: Mapping[str, pd.DataFrame]) -> Iterator[Text]:
    """Kinds of help by area, what changed, whom they reach, and the gaps.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Those of the overlay that have rows.

    Yields
    ------
    Text
    """
    yield Heading(text=REPORT["services"])
    yield from _coverage(tables["coverage"])
    if "coverage_changes" in tables:
        yield Bullets(lines=tuple(_changed(tables["coverage_changes"])))
    if "reach" in tables:
        yield Heading(text=REPORT["reach"], rank=3)
        yield Paragraph(text=REPORT["reach_note"])
        yield from _reach(tables["reach"])
    yield Heading(text=REPORT["gaps"])
    found = tuple(_gaps(tables["gaps"])) if "gaps" in tables else ()
    yield Paragraph(text=REPORT["gaps_intro"] if found else REPORT["gaps_none"])
    if found:
        yield Bullets(lines=found)


def service_findings(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Which kinds of help are everywhere, at the last date, and where need meets none.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Those of the overlay that have rows.

    Yields
    ------
    str
    """
    coverage = tables["coverage"]
    date = _dates(coverage)[-1]
    summary = coverage_summary(coverage[coverage["date"].astype(str) == date])
    for level, rows in summary.groupby("level", sort=False):
        kinds: list[str] = []
        everywhere = 0
        for name, mine in rows.groupby("provision", sort=False):
            states = set(mine["state"])
            everywhere += states <= _COVERED
            # What no source speaks of is nothing to find.
            if not states <= _COVERED and states != {"not_recoverable"}:
                kinds.append(str(name))
        values = {
            "date": _in_words(date),
            "n": f"{everywhere:,}",
            "of": f"{rows['provision'].nunique():,}",
            "level": words.LEVEL[str(level)][0],
            "kinds": listed(kinds),
        }
        yield words.fill(REPORT["found_served" if kinds else "found_all_served"], values)
    if "gaps" in tables:
        above = tables["gaps"][tables["gaps"]["need_significance"] == "higher"]
        if names := list(dict.fromkeys(above["area_name"].astype(str))):
            yield words.fill(REPORT["found_gaps"], {"areas": listed(names)})


def _dates(coverage: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(coverage["date"].astype(str)))


def _in_words(date: str) -> str:
    return str(date_in_words(pd.Timestamp(date).date()))


def _coverage(coverage: pd.DataFrame) -> Iterator[Text]:
    """Kinds of help by area: a row for each, and one more where a later date differs."""
    dates = _dates(coverage)
    names = dict(zip(coverage["area_code"], coverage["area_name"], strict=True))
    at = {date: coverage_summary(coverage[coverage["date"].astype(str) == date]) for date in dates}
    first, last = at[dates[0]], at[dates[-1]]
    for level, rows in first.groupby("level", sort=False):
        codes = [code for code in names if code in set(rows["area_code"])]
        before, after = _states(rows), _states(last[last["level"] == level])
        lines: list[tuple[str, ...]] = []
        later = False
        for provision in dict.fromkeys([*rows["provision"], *last["provision"]]):
            cells = tuple(before.get((provision, code), "") for code in codes)
            then = tuple(after.get((provision, code), "") for code in codes)
            lines.append((provision, *cells))
            if then != cells:
                later = True
                name = words.fill(REPORT["coverage_later"], {"provision": provision})
                lines.append((name, *then))
        values = {"level": words.LEVEL[str(level)][0], "date": _in_words(dates[0])}
        caption = words.fill(REPORT["coverage_caption"], values)
        if later:
            values = {"caption": caption, "later": _in_words(dates[-1])}
            caption = words.fill(REPORT["coverage_two"], values)
        head = (REPORT["provision"], *(str(names[code]) for code in codes))
        yield Table(caption=caption, head=head, rows=tuple(lines))
    yield Paragraph(text=REPORT["coverage_note"])


def _states(summary: pd.DataFrame) -> dict[tuple[str, str], Keyed]:
    return {
        (str(row["provision"]), str(row["area_code"])): Keyed(
            words.fill(
                REPORT["coverage_cell"],
                {"sign": COVERAGE_SIGN[row["state"]], "state": COVERAGE_STATE[row["state"]]},
            ),
            key=row["state"],
        )
        for row in summary.to_dict("records")
        if row["state"] in COVERAGE_STATE
    }


def _changed(changes: pd.DataFrame) -> Iterator[str]:
    """What changed between the two dates, by how it changed: the kinds of help, and where."""
    areas = changes["area_code"].nunique()
    date = _in_words(str(changes["after"].iloc[0]))
    for change, heading in REPORT["changes"].items():
        rows = changes[changes["change"] == change]
        if rows.empty:
            continue
        found = []
        for provision, mine in rows.groupby("provision", sort=False):
            all_of_them = mine["area_code"].nunique() == areas > 1
            where = words.fill(REPORT["changes_all"], {"n": f"{areas:,}"})
            names = where if all_of_them else listed(mine["area_name"].astype(str).tolist())
            values = {"provision": str(provision), "areas": names}
            found.append(words.fill(REPORT["changes_of"], values))
        yield Led(f"{'; '.join(found)}.", about=words.fill(heading, {"date": date}))


def _reach(reach: pd.DataFrame) -> Iterator[Text]:
    """Of each kind the areas with their limits: the wholes, then by how others compare."""
    known = reach[reach["reach"].notna()]
    lines = []
    for (indicator, word), rows in known.groupby(["indicator", "significance"], sort=False):
        compared = "" if word == "not_compared" else words.SIGNIFICANCE[str(word)]
        values = {"indicator": str(indicator), "word": compared.lower()}
        about = words.fill(REPORT["reach_compared"], values) if compared else str(indicator)
        found = [_reached(row) for row in rows.to_dict("records")]
        lines.append(Led(f"{'; '.join(found)}.", about=about))
    if lines:
        yield Bullets(lines=tuple(lines))


def _reached(row: Mapping[Any, Any]) -> str:
    figures = (("reach", "reach"), ("low", "reach_lower"), ("high", "reach_upper"))
    values = {key: words.format_number(float(row[column]), 1) for key, column in figures}
    return words.fill(REPORT["reach_words"], values | {"area": str(row["area_name"])})


def _gaps(gaps: pd.DataFrame) -> Iterator[str]:
    """For each area and need one line: what is recorded, and which help is lacking."""
    for (area, _), rows in gaps.groupby(["area_name", "need_indicator"], sort=False):
        row = rows.iloc[0]
        lacking = [text for one in rows.to_dict("records") if (text := _lack(one))]
        yield Led(f"{_need(row)}. {_first_up('; '.join(lacking))}.", about=str(area))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _need(row: pd.Series) -> str:
    indicator = _first_up(str(row["need_indicator"]))
    if pd.isna(row["need_rate"]):
        return words.fill(REPORT["gap_need_none"], {"indicator": indicator})
    rate, other = float(row["need_rate"]), row["need_comparator_rate"]
    known = pd.notna(other)
    places = rate_decimals(max(rate, float(other) if known else 0.0))
    values = {
        "indicator": indicator,
        "period": str(row["need_period"]),
        "rate": words.format_number(rate, places),
        "per": f"{float(row['need_rate_per']):,.0f}",
        "how": REPORT["gap_how"].get(str(row["need_significance"]), ""),
        "other": words.format_number(float(other), places) if known else words.PAGE["none"],
    }
    return words.fill(REPORT["gap_need"], values)


def _lack(row: Mapping[Any, Any]) -> str:
    """What one gap is, in short."""
    if row["gap"] != "reach_below":
        text = REPORT.get(f"gap_{row['gap']}", "")
        return words.fill(text, {"provision": str(row["provision"])}) if text else str(row["words"])
    values = {
        "name": str(row["reach_indicator"]),
        "reach": words.format_number(float(row["reach"]), 1),
        "other": words.format_number(float(row["reach_comparator_value"]), 1),
    }
    return words.fill(REPORT["gap_reach"], values)
