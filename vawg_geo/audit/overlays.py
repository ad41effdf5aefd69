"""Tables that are laid over the rates: which of their columns tell of counts, and which cannot.

A table is known by columns that no other has. One more column than it may have, and it is read
like any table, so that the strange column is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.audit.documents import read_text
from vawg_geo.audit.observed import CELL, Finding
from vawg_geo.audit.sheets import Groups, Reading, Sheet, merged
from vawg_geo.audit.symbols import read_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    Columns = dict[str, list[Any]]

__all__ = ["odd_sums", "read_overlay"]

_WHO: Final = ("fid", "area_code", "area_name", "level", "parent_code", "vintage")
_SERIES: Final = ("indicator", "sex", "period")


@dataclass(frozen=True, kw_only=True)
class _Form:
    """A table's columns: those that it is known by, and all that it may have."""

    known_by: frozenset[str]
    may: frozenset[str]


def _form(known_by: str, may: str) -> _Form:
    return _Form(
        known_by=frozenset(known_by.split()),
        may=frozenset((*_WHO, *known_by.split(), *may.split())),
    )


# No column of these is of a count.
_OF_AREAS: Final = (
    _form(
        "score lsoas_most_deprived",
        "place decile decile_note lsoas share_most_deprived score_lowest score_highest population",
    ),
    _form(
        "service coverage",
        "provision state covered date valid_from valid_to provides age_range public_site note",
    ),
    _form(
        "change state_before",
        "provision state_after services_before services_after before after words note",
    ),
    _form(
        "site_group median_km",
        "sites population within_5_km within_10_km within_20_km mean_km population_no_way "
        "nearest_site method basis status note",
    ),
    _form(
        "town need_newly_within",
        "rank district_code easting northing method within_km need need_total share_within_before "
        "share_within_after mean_km_before mean_km_after runner_up runner_up_share_within "
        "runner_up_mean_km distance_method basis note",
    ),
    _form(
        "profile profile_class",
        "class_rank classes basis as_of area_name_in_source named_together wards_named_together "
        "words note deprivation_score deprivation_decile",
    ),
    _form(
        "statistic areas_without words",
        "indicator sex period value lower upper p_value areas status note",
    ),
    _form(
        "claim evidence",
        "agrees indicator sex period value lower upper p_value areas areas_without decile note",
    ),
)
_CLASSES: Final = _form(
    "rate_class deprivation_class",
    "indicator sex period status rate_limit_1 rate_limit_2 deprivation_limit_1 "
    "deprivation_limit_2 note",
)
_LAYERS: Final = _form("layer class words", "title label indicator sex period ogc_fid")
_REACH: Final = _form(
    "numerator_count denominator_count",
    "indicator period numerator numerator_sex denominator denominator_sex reach reach_lower "
    "reach_upper reach_per reach_method comparator comparator_reach significance "
    "significance_rule status basis note",
)
_GAPS: Final = _form(
    "gap need_indicator reach_numerator",
    "provision state services date need_sex need_period need_count need_population need_rate "
    "need_rate_lower need_rate_upper need_rate_per need_status need_basis need_comparator "
    "need_comparator_rate need_significance need_significance_rule reach_indicator "
    "reach_numerator_sex reach_numerator_count reach_denominator reach_denominator_sex "
    "reach_denominator_count reach reach_lower reach_upper reach_per reach_period reach_status "
    "reach_basis reach_comparator reach_comparator_value reach_significance words note",
)
_SUMS: Final = _form(
    "grouping group areas_without",
    "indicator sex period areas count population rate rate_lower rate_upper rate_per rate_method "
    "status note",
)


def read_overlay(columns: Columns, source: str) -> Reading | None:
    """Read a table that is laid over the rates.

    Parameters
    ----------
    columns : dict of str to list
        By name, lower case.
    source : str

    Returns
    -------
    Reading or None
        None where it is no such table.

    Examples
    --------
    >>> table = {"area_code": ["E05002703"], "level": ["ward"], "score": [20.1],
    ...          "lsoas_most_deprived": [0]}
    >>> read_overlay(table, "deprivation.csv").findings
    []
    >>> read_overlay(table | {"count": [3]}, "deprivation.csv") is None
    True
    """
    names = {name for name in columns if name != "geom"}

    def is_a(form: _Form) -> bool:
        return form.known_by <= names <= form.may

    texts = read_text("\n".join(_texts(columns)), source)
    if any(is_a(form) for form in _OF_AREAS):
        deciles = {
            str(code): int(float(decile))
            for code, decile in zip(
                columns.get("area_code", []), columns.get("decile", []), strict=False
            )
            if decile not in (None, "")
        }
        return merged([texts, Reading(groups=Groups(sums=[], deciles=deciles))])
    sheets: list[Sheet] = []
    groups = None
    if is_a(_CLASSES):
        sheets = [_sheet(columns, source, {"class": "rate_class"})]
    elif is_a(_LAYERS):
        sheets = _of_series(columns, source)
    elif is_a(_REACH):
        sheets = [_ratio(columns, source, part) for part in ("numerator", "denominator")]
    elif is_a(_GAPS):
        sheets = [_need(columns, source)]
    elif is_a(_SUMS):
        groups = Groups(sums=[(source, columns)], deciles={})
    else:
        return None
    return merged([texts, Reading(sheets=sheets, groups=groups)])


def odd_sums(groups: Groups, observations: pd.DataFrame) -> list[Finding]:
    """Sums over groups that are not those of the counts that the files show.

    Parameters
    ----------
    groups : Groups
    observations : pandas.DataFrame
        `observed.OBSERVATION_COLUMNS`.

    Returns
    -------
    list of Finding
        `derived_figure`: such a sum tells of a count that is not shown.
    """
    if not groups.sums:
        return []
    seen = observations[observations["status"] != "suppressed"]
    exact = seen[seen["low"].notna() & (seen["low"] == seen["high"])]
    exact = exact[exact["level"].isin(("ward", "district"))].drop_duplicates(list(CELL))
    exact = exact.assign(decile=exact["area_code"].map(groups.deciles))
    return [
        Finding(
            kind="derived_figure",
            file=source,
            text=f"{len(odd):,} sums of groups are not of the counts that are shown; first: "
            f"{odd[0]}.",
        )
        for source, columns in groups.sums
        if (odd := _odd(columns, exact))
    ]


def _odd(columns: Columns, exact: pd.DataFrame) -> list[str]:
    keys = ("level", *_SERIES)
    by_series = dict(list(exact.groupby(list(keys))))
    table = pd.DataFrame(columns)
    counts = read_figures(table["count"])["low"]
    odd = []
    for row, count in zip(table.to_dict("records"), counts, strict=True):
        if pd.isna(count):
            continue
        rows = by_series.get(tuple(str(row[name]) for name in keys), exact[:0])
        width = 2 if "fifth" in str(row["grouping"]) else 1
        group = int(float(row["group"]))
        inside = ((rows["decile"] + width - 1) // width) == group
        if abs(float(rows.loc[inside, "low"].sum()) - float(count)) > 1e-6:
            odd.append(f"{row['indicator']}, {row['sex']}, {row['grouping']} {group}")
    return odd


def _texts(columns: Columns) -> list[str]:
    return [value for values in columns.values() for value in values if isinstance(value, str)]


def _sheet(columns: Columns, source: str, renamed: Mapping[str, str]) -> Sheet:
    """Sheet of the columns that name a cell, and others under the auditor's names."""
    same = ("area_code", "area_name", "level", *_SERIES, "status", "basis")
    kept = {name: columns[name] for name in same if name in columns}
    return Sheet(
        columns=kept | {name: columns[old] for name, old in renamed.items() if old in columns},
        source=source,
    )


def _of_series(columns: Columns, source: str) -> list[Sheet]:
    """Classes of layers that belong to a series; others tell of no count."""
    of_series = [bool(name) for name in columns["indicator"]]
    kept = {
        name: [value for value, keep in zip(values, of_series, strict=True) if keep]
        for name, values in columns.items()
    }
    return [_sheet(kept, source, {"class": "class"})] if any(of_series) else []


def _ratio(columns: Columns, source: str, part: str) -> Sheet:
    """Counts of one part of a ratio, and the ratio beside them: residents are no count."""
    residents = [str(name) == "residents" for name in columns[part]]
    counts = [
        None if people else count
        for people, count in zip(residents, columns[f"{part}_count"], strict=True)
    ]
    renamed = {"indicator": part, "sex": f"{part}_sex", "value": "reach"}
    sheet = _sheet({**columns, f"{part}_count": counts}, source, renamed)
    status = [
        "not_applicable" if people else str(word)
        for people, word in zip(residents, columns["status"], strict=True)
    ]
    # A part may be shown where the other is hidden: each count says its own status.
    own = ["" if count is not None and count != "" else word
           for count, word in zip(counts, status, strict=True)]  # fmt: skip
    return Sheet(
        columns={**sheet.columns, "count": counts, "status": own}, source=f"{source}/{part}"
    )


def _need(columns: Columns, source: str) -> Sheet:
    renamed = {
        "indicator": "need_indicator",
        "sex": "need_sex",
        "period": "need_period",
        "count": "need_count",
        "population": "need_population",
        "rate": "need_rate",
        "rate_per": "need_rate_per",
        "status": "need_status",
        "basis": "need_basis",
    }
    return _sheet(columns, source, renamed)
