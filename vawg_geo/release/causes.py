"""From what an audit found to the setting that causes it, and what can be done about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from vawg_geo.audit.report import remedy
from vawg_geo.overlays.registry import overlays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vawg_geo.audit.observed import Finding
    from vawg_geo.project import Project

__all__ = ["cause_of"]

# Kinds of findings that are of counts: somebody can work one out.
_OF_COUNTS: Final = frozenset(
    ("shown", "recovered", "narrowed", "narrow", "shown_small", "unread_period")
)
# What is written of which setting, by words in the name of a file, table or layer.
_SETTINGS: Final = (
    (r"lsoa", "[overlays.lsoas]"),
    (r"within_\w*km|distance_nearest", "[overlays.access]"),
    (r"reach", "[[overlays.services.reach]]"),
    (r"profile", "[overlays.profiles]"),
    (r"published_over_time|published_changes|statements_of_change", "[overlays.history]"),
    (r"rasters/|smoothed_rate|density|\.tif", "[overlays.surfaces]"),
    (r"hotspots|scans", "[hotspots]"),
    (r"smoothed_risks", "[smoothing]"),
    (r"layers/|\.fgb|\.parquet|\.shp|\.dbf", "[output] formats"),
    (r"report|pictures/|\.pdf|\.svg|\.png", "--report"),
    (r"sources_and_caveats|build\.json", "[project]"),
    (r"join_report", "[areas] and [[counts]]"),
    (r"\bareas\.csv", "[areas]"),
    (r"indicators\.csv|table indicators", "[[indicators]]"),
)
_LEAVE_OUT: Final = {
    "[output] formats": "leave that format out",
    "--report": "build without --report",
    "[smoothing]": "leave it out: risk = false under [smoothing]",
    "[hotspots]": "give no hotspots of it: indicators = [...] under [hotspots] without that one",
}
_TEXTS: Final = frozenset(("figure_in_text", "absolute_path", "private_input", "unknown_text"))
# Of these a package that is changed, or a file that another program changed, is the cause.
_FOREIGN: Final = frozenset(
    ("unknown_file", "foreign_edition", "open_journal", "deleted_content", "unread_file")
)
_QUOTED: Final = re.compile(r"'([^']{3,})'")


def cause_of(finding: Finding, project: Project) -> str:
    """Say what of a configuration causes a finding, and what can be done about it.

    Parameters
    ----------
    finding : Finding
    project : Project

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> from vawg_geo.audit.observed import Finding
    >>> from vawg_geo.project import default_project_path, read_project
    >>> found = Finding(kind="unknown_column", file="tables/access.csv",
    ...     text="the column 'within_7_km' is not known: ...")
    >>> cause_of(found, read_project(default_project_path()))
    "Cause: [overlays.access], column 'within_7_km'. Change that setting, or leave the layer out."
    """
    if finding.kind in _OF_COUNTS:
        return _of_counts(finding, project)
    if finding.kind in _TEXTS and (place := _said_at(finding, project)):
        return (
            f"Cause: {place}. Change that text, which is printed as it stands, or confirm it under "
            "[[disclosure.confirmed]] where 'vawg-geo check' asks about it."
        )
    if finding.kind in _TEXTS or finding.kind == "unknown_value":
        return remedy(finding.kind)
    if finding.kind in _FOREIGN:
        return (
            f"Cause: the file {finding.file or 'named above'}. Take it out, or close it in other "
            "programs, and build again."
        )
    if finding.kind == "forbidden_layer":
        return (
            "Cause: a text or layer names what no public file may. Change that text, or build the "
            "partnership edition alone: --edition partnership."
        )
    setting = _setting(finding)
    column = re.search(r"column '([^']+)'", finding.text)
    what = f"{setting}, column {column[1]!r}" if column else setting
    then = _LEAVE_OUT.get(setting, "change that setting, or leave the layer out")
    return f"Cause: {what}. {then[0].upper()}{then[1:]}."


def _of_counts(finding: Finding, project: Project) -> str:
    names = {i.name for i in project.indicators} | {c.indicator for c in project.counts}
    named = sorted((n for n in names if n and f", {n}, " in finding.text), key=len)
    name = named[-1] if named else ""
    tables = [
        f"[[counts]] {number} ({_file(source.file)})"
        for number, source in enumerate(project.counts, start=1)
        if source.basis != "published" and source.indicator in (None, name)
    ]
    which = " and ".join(tables[:3]) or "the counts of " + (repr(name) if name else "the table")
    if finding.kind == "unread_period":
        return (
            f"Cause: the column period of {which}. Write it as 2015/16, 2015-04 or "
            "2015/16 to 2017/18."
        )
    return (
        f"Cause: {which}. What helps: give {repr(name) if name else 'it'} for fewer sexes, periods "
        "or parts (or only by district: the rows of level ward left out); hide more "
        "(largest_hidden under [disclosure.public] or [disclosure.partnership]); or "
        'protection = "rounding" under [disclosure].'
    )


def _file(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _setting(finding: Finding) -> str:
    for place in (finding.file, finding.text):
        for pattern, setting in (*_SETTINGS, *_of_overlays()):
            if re.search(pattern, place):
                return setting
    return f"what {finding.file.partition(':')[0] or 'the edition'} is made of, [[counts]] first"


def _of_overlays() -> Iterator[tuple[str, str]]:
    """What each overlay writes, by the names of its tables, and its key."""
    for overlay in overlays():
        names = "|".join(re.escape(table.name) for table in overlay.tables)
        if names:
            yield rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])", f"[overlays.{overlay.name}]"


def _said_at(finding: Finding, project: Project) -> str:
    """Key of the configuration whose text has what the finding quotes."""
    texts = list(_texts(msgspec.to_builtins(project), ""))
    for quoted in _QUOTED.findall(finding.text):
        for key, text in texts:
            if quoted in text:
                return f"{key} ({quoted!r})"
    return ""


def _texts(value: object, key: str) -> Iterator[tuple[str, str]]:
    """All texts of a configuration with their keys: `[[indicators]] 2, definition`."""
    if isinstance(value, str) and key != "folder":
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            nested = isinstance(inner, dict)
            head = f"[{name}]" if nested and not key else name
            yield from _texts(inner, f"{key} {head}".strip())
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, start=1):
            head = f"[[{key}]] {number}," if isinstance(inner, dict) else key
            yield from _texts(inner, head)
