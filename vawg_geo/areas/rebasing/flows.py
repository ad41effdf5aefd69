"""Which ward of one year went to which of another, by residents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, problem
from vawg_geo.inputs.ward_lookup import UNTOLD
from vawg_geo.terms.area_names import normalise_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vawg_geo.inputs.ward_lookup import WardLookup
    from vawg_geo.terms.columns import Level

__all__ = [
    "MOVEMENT_COLUMNS",
    "NAME_ONLY",
    "WardFlows",
    "build_ward_flows",
    "vintage_of",
]

MOVEMENT_COLUMNS: Final = (
    "district_code",
    "from_code",
    "from_name",
    "to_code",
    "to_name",
    "lsoas",
    "population",
    "share_of_from",
    "share_of_to",
    "same_lsoas",
    "same_name",
    "warning",
)
# What a join by name would get wrong.
NAME_ONLY: Final = "the name survives, the area does not"

_YEARS: Final = {
    level: re.compile(rf"(?:(?:.*-)?{level}s?-)?(20\d\d)(?:-(?!.*20\d\d).*)?")
    for level in ("ward", "district")
}


@dataclass(frozen=True, kw_only=True, eq=False)
class WardFlows:
    """The wards concerned, and how the residents of each went over.

    Attributes
    ----------
    shares : dict of str to dict of str to Fraction
        By ward of the first year: share of its residents by ward of the second; each sums to 1.
    components : tuple of (tuple of str, tuple of str)
        Wards of the first and of the second year that are linked with one another only: what
        is counted in the former stays in the latter.
    names : dict of str to str
        Name by code, of both years (a code of both has the same name in both).
    movements : pandas.DataFrame
        The columns `MOVEMENT_COLUMNS`, one row for each pair that shares residents.
    links : dict of (str, str) to str
        What links two wards: `residents`, or `same code`, `same name`, `recoded`, `merged`.
    level : {"ward", "district"}
    unreached : tuple of str
        Wards of the second year, in the districts that are reached, that are the best fit of no
        small area.
    """

    shares: dict[str, dict[str, Fraction]]
    components: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    names: dict[str, str]
    movements: pd.DataFrame
    links: dict[tuple[str, str], str]
    level: Level = "ward"
    unreached: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Wards of the first year, without what no look-up has."""
        return tuple(old for old in self.shares if not old.startswith(UNTOLD))

    @property
    def exact(self) -> bool:
        """Whether nothing is estimated: areas are the same, or whole ones were put together."""
        return not {*self.links.values()} & {"residents", "same name"} and not self.unreached


def vintage_of(name: str, lookup: WardLookup) -> str:
    """Year of wards that a name such as `wards-2015` means, where the look-up has it.

    Raises
    ------
    ConfigurationError
        The name is not of wards, or the look-up lacks the year.
    """
    nouns = f"{lookup.level}s"
    have = ", ".join(f"{nouns}-{year}" for year in lookup.vintages)
    match = _YEARS[lookup.level].fullmatch(name.strip())
    if not match:
        msg = f"{name!r} does not name {nouns} of a year. Write one of {have or 'wards-2015'}."
        raise ConfigurationError(msg)
    if match[1] not in lookup.vintages:
        msg = (
            f"the look-up {lookup.source} has no wards of {match[1]} ({name!r}); it has "
            f"{have or 'none'}. Give a look-up from LSOA to these wards."
        )
        raise ConfigurationError(msg)
    return match[1]


def build_ward_flows(
    lookup: WardLookup, districts: Iterable[str], *, source: str, target: str
) -> WardFlows:
    """Follow the residents of some districts' wards from one year to another.

    Parameters
    ----------
    lookup : WardLookup
    districts : iterable of str
        Codes of the districts whose wards are concerned ("" where the look-up names none).
    source, target : str
        Years of the look-up.

    Returns
    -------
    WardFlows

    Raises
    ------
    InputError
        An LSOA belongs to a ward of one year and to none of the other (the vintages do not share
        the area), or its residents are not known, or a ward to be split has none.
    """
    before, after = lookup.wards_of(source), lookup.wards_of(target)
    chosen = set(before.loc[before["parent_code"].isin(set(districts)), "area_code"])
    lsoas = lookup.lsoas
    reached = set(lsoas.loc[lsoas[source].isin(chosen), target]) - {""}
    # Whatever else went into the wards reached counts too, be it of another district.
    concerned = lsoas[lsoas[source].isin(chosen) | lsoas[target].isin(reached)]
    _require_shared_area(concerned, lookup, source, target)
    flows = _pairs_of(concerned, source, target)
    pairs = list(zip(flows[source], flows[target], map(_exact, flows["people"]), strict=True))
    names = _Names(
        {
            code: name or code
            for wards in (before, after)
            for code, name in zip(wards["area_code"], wards["area_name"], strict=True)
        }
    )
    shares = _shares(pairs, names)
    movements = _movements(
        pairs, lsoas=flows["parts"].tolist(), before=before, after=after, names=names
    )
    told = ~movements["from_code"].str.startswith(UNTOLD)
    told &= ~movements["to_code"].str.startswith(UNTOLD)
    homes = after.set_index("area_code")["parent_code"]
    places = set(homes[homes.index.isin(reached)])
    return WardFlows(
        shares=shares,
        components=_components(shares),
        names=names,
        movements=movements[told].reset_index(drop=True),
        links={
            (old, new): link
            for old, new, link in zip(flows[source], flows[target], flows["link"], strict=True)
        },
        level=lookup.level,
        unreached=tuple(code for code in lookup.unreached if homes.get(code) in places),
    )


class _Names(dict[str, str]):
    """Names by code; of what no look-up has, what it is."""

    def __missing__(self, code: str) -> str:
        return "wards that no look-up from small areas has" if code[:1] == UNTOLD else code


def _pairs_of(concerned: pd.DataFrame, source: str, target: str) -> pd.DataFrame:
    """Pairs of wards with the residents and the number of small areas that they have in common."""
    given: dict[str, Any] = {"parts": 1, "link": "residents"}
    rows = concerned.assign(**{k: v for k, v in given.items() if k not in concerned})
    return (
        rows.groupby([source, target], sort=True)
        .agg(people=("population", "sum"), parts=("parts", "sum"), link=("link", "first"))
        .reset_index()
    )


def _exact(people: float) -> Fraction:
    return Fraction(people)


def _require_shared_area(
    concerned: pd.DataFrame, lookup: WardLookup, source: str, target: str
) -> None:
    lacking_before, lacking_after = concerned[source] == "", concerned[target] == ""
    lacking = lacking_before | lacking_after
    if lacking.any():
        row = concerned[lacking].iloc[0]
        has, lacks = (source, target) if row[target] == "" else (target, source)
        raise InputError(
            problem(
                f"belong to a ward of one of {source} and {target} only, so the vintages do not "
                "share the area",
                bad=int(lacking.sum()),
                total=len(concerned),
                noun="LSOAs",
                first=f"{row['lsoa_code']} (in {row[has]} in {has}, in no ward of {lacks})",
                action="Give a look-up that has both wards of every LSOA, or leave out the "
                "districts that changed their limits.",
            )
        )
    unknown = concerned["population"].isna()
    if unknown.any():
        raise InputError(
            problem(
                f"of {lookup.source} have no number of residents",
                bad=int(unknown.sum()),
                total=len(concerned),
                noun="LSOAs",
                first=str(concerned.loc[unknown, "lsoa_code"].iloc[0]),
                action="Add a table of residents by LSOA to the look-ups.",
            )
        )


def _shares(
    pairs: list[tuple[str, str, Fraction]], names: dict[str, str]
) -> dict[str, dict[str, Fraction]]:
    people: dict[str, dict[str, Fraction]] = {}
    for old, new, residents in pairs:
        people.setdefault(old, {})[new] = residents
    empty = [old for old, parts in people.items() if len(parts) > 1 and not sum(parts.values())]
    if empty:
        raise InputError(
            problem(
                "are split but have no residents to split them by",
                bad=len(empty),
                total=len(people),
                noun="areas",
                first=f"{empty[0]} {names[empty[0]]}",
                action="Give a look-up with residents.",
            )
        )
    return {
        old: {
            new: part / total if (total := sum(parts.values())) else Fraction(1)
            for new, part in parts.items()
        }
        for old, parts in people.items()
    }


def _components(
    shares: dict[str, dict[str, Fraction]],
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Groups of wards that exchange residents, in the order of their first ward."""
    givers: dict[str, list[str]] = {}
    for old, parts in shares.items():
        for new in parts:
            givers.setdefault(new, []).append(old)
    seen: set[str] = set()
    components = []
    for first in shares:
        if first in seen:
            continue
        olds, news, waiting = {first}, set[str](), [first]
        while waiting:
            for new in set(shares[waiting.pop()]) - news:
                news.add(new)
                fresh = set(givers[new]) - olds
                olds |= fresh
                waiting += fresh
        seen |= olds
        components.append((tuple(sorted(olds)), tuple(sorted(news))))
    return tuple(components)


def _movements(
    pairs: list[tuple[str, str, Fraction]],
    *,
    lsoas: list[int],
    before: pd.DataFrame,
    after: pd.DataFrame,
    names: dict[str, str],
) -> pd.DataFrame:
    district = dict(zip(before["area_code"], before["parent_code"], strict=True))
    after_names = {
        (parent, normalise_name(name))
        for parent, name in zip(after["parent_code"], after["area_name"], strict=True)
        if name
    }
    out: dict[str, Fraction] = {}
    into: dict[str, Fraction] = {}
    degree: dict[str, int] = {}
    for old, new, people in pairs:
        out[old] = out.get(old, Fraction()) + people
        into[new] = into.get(new, Fraction()) + people
        # The two years may share a code, so the sides are kept apart.
        for side in (f"from {old}", f"to {new}"):
            degree[side] = degree.get(side, 0) + 1
    rows = []
    for (old, new, people), count in zip(pairs, lsoas, strict=True):
        same_lsoas = degree[f"from {old}"] == 1 and degree[f"to {new}"] == 1
        form = normalise_name(names[old])
        same_name = form == normalise_name(names[new])
        survives = (district.get(old, ""), form) in after_names
        rows.append(
            (
                district.get(old, ""),
                old,
                names[old],
                new,
                names[new],
                count,
                float(people),
                round(float(people / out[old]), 6) if out[old] else 1.0,
                round(float(people / into[new]), 6) if into[new] else 1.0,
                same_lsoas,
                same_name,
                NAME_ONLY if survives and not (same_lsoas and same_name) else "",
            )
        )
    return pd.DataFrame(rows, columns=list(MOVEMENT_COLUMNS))
