"""The country's list of codes by year: which areas stood when, and what took their place."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from vawg_geo.inputs.national import about_national, read_national
from vawg_geo.terms.area_names import normalise_name
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Stretch",
    "district_of",
    "former_codes",
    "later_district",
    "present_district",
    "recoded_wards",
    "standing",
    "stretches",
    "years_of_history",
]

# How the list gives a start that no file has: in force, and not before the list ends.
_AFTER: Final = "after "
_OF_A_STRETCH: Final = ("code", "name", "other_name", "parent", "start", "end", "became")


class Stretch(NamedTuple):
    """A time in which a code had one name and one parent.

    A tuple, since there are 20,000 and a build waits for them.

    Attributes
    ----------
    name : str
    names : frozenset of str
        The name and others that it was called by then.
    parent : str
        Code of what held it.
    began, ended : str
        Days as the list has them; `ended` is empty for what is in force.
    first, last : int
        First and last year at whose end it stood; `last` is the earlier one where it stood at the
        end of none.
    """

    name: str
    names: frozenset[str]
    parent: str
    began: str
    ended: str
    first: int
    last: int


@cache
def stretches() -> Mapping[str, tuple[Stretch, ...]]:
    """By code: the stretches of its life, in order.

    Examples
    --------
    >>> [(s.name, s.first, s.last) for s in stretches()["E05000621"]]
    [('Roehampton', 2009, 2009), ('Roehampton and Putney Heath', 2010, 2021)]
    """
    table = read_national("codes")
    newest = max(_year(text) for text in table["start"])
    wards = _wards_of_newest()
    found: dict[str, tuple[Stretch, ...]] = {}
    # As lists: a walk over a column makes an object of each cell, at ten times the cost.
    columns = (table[name].tolist() for name in _OF_A_STRETCH)
    for code, name, other, parent, start, end, became in zip(*columns, strict=True):
        gone = (_is_ward(code) and code not in wards) or bool(became)
        # What ended on the last day of a year stood at the end of it. The list ends before the
        # newest wards, which say what did not outlive it.
        last = int(end[:4]) - (not end.endswith("12-31")) if end else newest - gone
        stretch = Stretch(
            name=name,
            names=frozenset(part for part in (name, *other.split("|")) if part),
            parent=parent,
            began=start,
            ended=end,
            first=_year(start),
            last=last,
        )
        found[code] = (*found.get(code, ()), stretch)
    return found


def _year(start: str) -> int:
    return int(start.removeprefix(_AFTER)[:4]) + start.startswith(_AFTER)


def _wards_of_newest() -> frozenset[str]:
    import pandas as pd

    from vawg_geo.inputs.catalogue.registry import verified_path

    path = verified_path(about_national("wards-2025"))
    return frozenset(pd.read_parquet(path, columns=["area_code"])["area_code"])


@cache
def years_of_history() -> tuple[int, ...]:
    """Years at whose end the list says which wards stood, in order.

    Examples
    --------
    >>> years_of_history()[0], years_of_history()[-1]
    (2009, 2025)
    """
    firsts = {each.first for code, found in stretches().items() for each in found if _is_ward(code)}
    return tuple(range(min(firsts), max(firsts) + 1))


def _is_ward(code: str) -> bool:
    return level_of_code(code) == "ward"


@cache
def standing(level: str, year: int) -> Mapping[str, Stretch]:
    """Areas of a level that stood at the end of a year, by code.

    Examples
    --------
    >>> len(standing("ward", 2025)), standing("ward", 2016)["E05010809"].name
    (7588, 'East')
    """
    return {
        code: stretch
        for code, found in stretches().items()
        if level_of_code(code) == level
        for stretch in found
        if stretch.first <= year <= stretch.last
    }


@cache
def former_codes() -> Mapping[str, tuple[str, ...]]:
    """By code: those of before that became it.

    Examples
    --------
    >>> former_codes()["E06000060"]
    ('E07000004', 'E07000005', 'E07000006', 'E07000007')
    """
    table = read_national("codes")
    became = table[(table["became"] != "") & (table["became"] != table["code"])]
    return {str(code): tuple(rows) for code, rows in became.groupby("became")["code"]}


@cache
def _became() -> Mapping[str, str]:
    return {old: new for new, olds in former_codes().items() for old in olds}


def present_district(code: str) -> str:
    """Code of the newest year of a district: of a former one that of what it became.

    Examples
    --------
    >>> present_district("E07000190"), present_district("E07000008")
    ('E06000066', 'E07000008')
    """
    return _became().get(code, code)


def district_of(ward: Stretch, year: int) -> str:
    """District that a ward lay in at the end of a year.

    Examples
    --------
    >>> district_of(standing("ward", 2025)["E05010858"], 2025)
    'E08000039'
    """
    known = standing("district", year)
    return ward.parent if ward.parent in known else present_district(ward.parent)


def later_district(code: str, year: int) -> str:
    """District of a later year that one became, or an empty text.

    Parameters
    ----------
    code : str
        Of a district that stood before.
    year : int

    Examples
    --------
    >>> later_district("E07000190", 2020), later_district("E07000190", 2024)
    ('E07000246', 'E06000066')
    """
    known = standing("district", year)
    while code and code not in known:
        code = _next_district(code)
    return code


def _next_district(code: str) -> str:
    """What took a district's place on the day after it ended."""
    present = present_district(code)
    if present == code:
        return ""
    ended = stretches()[code][-1].ended
    begun = _begun_on(_day_after(ended), "district") if ended else ()
    heirs = [each for each in begun if present_district(each) == present]
    return heirs[0] if len(heirs) == 1 else present


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


@cache
def _begun_on(day: str, level: str) -> tuple[str, ...]:
    return tuple(
        code
        for code, found in stretches().items()
        if found[0].began == day and level_of_code(code) == level
    )


@cache
def recoded_wards() -> Mapping[str, str]:
    """Wards that got another code and kept their name, where all did that changed with them.

    Where on one day some wards of a district ended and others of just the same names began, that
    is a change of codes with small changes of borders; where names differ, wards were drawn anew,
    and a name that survives may mean another area.

    Returns
    -------
    mapping of str to str
        Later code by former.

    Examples
    --------
    >>> recoded_wards()["E05013195"], "E05002174" in recoded_wards()
    ('E05015847', False)
    """
    ended: dict[tuple[str, str], dict[str, str]] = {}
    begun: dict[tuple[str, str], dict[str, str]] = {}
    for code, found in stretches().items():
        if not _is_ward(code):
            continue
        first, last = found[0], found[-1]
        begun.setdefault((last.parent, first.began), {})[normalise_name(first.name)] = code
        if last.ended:
            day = _day_after(last.ended)
            ended.setdefault((last.parent, day), {})[normalise_name(last.name)] = code
    pairs = {
        old: begun[place][name]
        for place, wards in ended.items()
        if begun.get(place, {}).keys() == wards.keys()
        for name, old in wards.items()
    }
    return {old: new for old, new in pairs.items() if old != new}
