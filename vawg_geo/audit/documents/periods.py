"""What a page says of several periods, back into tables over time: each end must be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vawg_geo.audit.tables.over_time import SHEETS_OVER_TIME
from vawg_geo.audit.tables.sheets import Reading, TimeTable, merged
from vawg_geo.terms.on_page import CELLS_OF_CHANGE
from vawg_geo.terms.tables import CHANGES, MONTHS, TRENDS
from vawg_geo.words.change import CHANGE_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Columns = dict[str, list[Any]]

__all__ = ["sheets_over_time"]

# Said of a whole change, or of a whole line.
_OF_CHANGE: Final = frozenset(("since", "whole", "comparator", "note", "rule", "caveat"))
_OF_LINE: Final = frozenset(
    ("periods", "places", "trend", "words", "note", "out", "breaks", "said")
)
# Periods that a trend goes over: with fewer there is none.
_POINTS: Final = 5
_NO_TREND: Final = "cannot_be_calculated"
# In how many parts of 1 a page has its figures.
_PARTS: Final = 100
_PARTS_OF_P: Final = 10_000


def sheets_over_time(
    data: dict[str, Any], codes: list[str], same: Sequence[Mapping[str, str]], source: str
) -> tuple[Reading, list[str]]:
    """What a page's changes and lines tell, and keys that no reader knows.

    Parameters
    ----------
    data : dict
        The page's.
    codes : list of str
        Its areas.
    same : list of mapping of str to str
        What names the cells of each series, beside the area.
    source : str

    Returns
    -------
    (Reading, list of str)
        A change is a sheet for each of its ends, a trend for its first and its last period; changes
        and months that stand out are tables over time too.
    """
    readings: list[Reading] = []
    strange: list[str] = []
    for number, series in enumerate(data["series"]):
        for one in series.get("changes") or []:
            known = {key for _, key, _, _ in CELLS_OF_CHANGE} | _OF_CHANGE
            strange += [f"series[{number}].changes.{key}" for key in one.keys() - known]
            columns = _change(one, data, codes)
            columns |= {"period_from": _all(one.get("since"), codes)}
            columns |= {"period_to": _all(same[number]["period"], codes)}
            strange += [
                f"series[{number}].changes.{name}"
                for name, values in columns.items()
                if len(values) != len(codes)
            ]
            if not strange:
                readings.append(_told(CHANGES.name, columns, same[number], source))
    for number, line in enumerate(data.get("lines") or []):
        strange += [f"lines[{number}].{key}" for key in line.keys() - _OF_LINE]
        known_places = [
            place
            for place in line.get("places", [])
            if isinstance(place, int) and 0 <= place < len(same)
        ]
        if known_places:
            for name, columns in _line(line, data, codes, [same[at] for at in known_places]):
                readings.append(_told(name, columns, same[known_places[-1]], source))
    return merged(readings), strange


def _told(kind: str, columns: Columns, same: Mapping[str, str], source: str) -> Reading:
    size = len(columns["area_code"])
    named = {name: [word] * size for name, word in same.items() if name != "period"} | columns
    sheets = SHEETS_OVER_TIME[kind](named, source)
    if kind == TRENDS.name:
        # A page says of no area from when to when its trend is.
        return Reading(sheets=sheets)
    near = {name: 0.5 / _PARTS for name, _, _, how in CELLS_OF_CHANGE if how == "times"}
    near["p_adjusted"] = 0.5 / _PARTS_OF_P
    table = TimeTable(name=kind, columns=named, source=source, near=near)
    return Reading(sheets=sheets, over_time=[table])


def _change(one: dict[str, Any], data: dict[str, Any], codes: list[str]) -> Columns:
    """Columns of `tables/changes.csv` of one change."""
    columns: Columns = {"area_code": codes, "note": _notes(data, one.get("note"), codes)}
    for name, key, _, kind in CELLS_OF_CHANGE:
        if key not in one:
            continue
        values = one[key] if isinstance(one[key], list) else [one[key]]
        if kind == "times":
            columns[name] = [_ratio(v, _PARTS_OF_P if key == "p" else _PARTS) for v in values]
        else:
            words = data.get("meta", {}).get("changes" if key == "kind" else "verdicts", [])
            columns[name] = [_verdict(_word(v, words)) for v in values]
    return columns


def _verdict(word: Any) -> Any:
    """Without those kinds that say what a status says, and nothing of a ratio."""
    if word in ("suppressed", "missing", "not_applicable"):
        return "not_compared"
    # No events in either period: that is no change, and tells both counts.
    return "no_clear_change" if word == "zero" else CHANGE_WORD.get(word, word)


def _ratio(value: Any, parts: int) -> Any:
    """A whole number of parts; what has no end is told by its other limit."""
    if value is None or not isinstance(value, int):
        return value
    return None if value < 0 else value / parts


def _line(
    line: dict[str, Any], data: dict[str, Any], codes: list[str], series: list[Mapping[str, str]]
) -> Iterator[tuple[str, Columns]]:
    """Columns of `tables/trends.csv` and `tables/months.csv` of one line."""
    ends = series[-_POINTS:]
    words = [_word(v, data.get("meta", {}).get("trends", [])) for v in line.get("trend", [])]
    told = [n for n, word in enumerate(words) if word != _NO_TREND and n < len(codes)]
    if told:
        yield (
            TRENDS.name,
            {
                "area_code": [codes[n] for n in told],
                "trend": [words[n] for n in told],
                "period_from": _all(ends[0]["period"], told),
                "period_to": _all(ends[-1]["period"], told),
            },
        )
    periods, places = line.get("periods", []), line.get("places", [])
    out = [each for each in line.get("out", []) if each[0] < len(codes) and each[1] < len(periods)]
    if out:
        month = [_series_at(data, places, period) for _, period, _ in out]
        statuses = data.get("meta", {}).get("statuses", [])
        yield (
            MONTHS.name,
            {
                "area_code": [codes[area] for area, _, _ in out],
                "period": [periods[period] for _, period, _ in out],
                "stands_out": ["higher" if way > 0 else "lower" for _, _, way in out],
                "count": [
                    _of_area(one, "count", each[0]) for one, each in zip(month, out, strict=True)
                ],
                "status": [
                    _word(_of_area(one, "status", each[0]), statuses)
                    for one, each in zip(month, out, strict=True)
                ],
            },
        )


def _series_at(data: dict[str, Any], places: list[Any], period: int) -> dict[str, Any]:
    """Series of a line's period; empty where it lacks."""
    place = places[period] if period < len(places) else None
    known = isinstance(place, int) and 0 <= place < len(data["series"])
    return data["series"][place] if known else {}


def _of_area(series: dict[str, Any], key: str, area: int) -> Any:
    values = series.get(key)
    return values[area] if isinstance(values, list) and area < len(values) else None


def _notes(data: dict[str, Any], note: Any, codes: list[str]) -> list[Any]:
    places = note if isinstance(note, list) else _all(note, codes)
    return [_word(place, data.get("notes", [])) for place in places]


def _word(place: Any, words: list[Any]) -> Any:
    if isinstance(place, int) and 0 <= place < len(words):
        return words[place]
    return "" if place is None else place


def _all(value: Any, rows: list[Any]) -> list[Any]:
    return [value] * len(rows)
