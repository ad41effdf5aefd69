"""Ward profiles: what a source says of whole wards in words, as ordered classes.

A profile is no count. A ward that no row names is not said to be free of anything, and where one
text may mean several wards, each of them says so. For editions under a sharing agreement only: the
gate sees to that.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.areas.joining.names import suggest_names
from vawg_geo.errors import InputError, JoinError, problem
from vawg_geo.terms.area_names import normalise_name
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.columns import require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["BASES_OF_PROFILES", "PROFILE_CLASSES", "ward_profiles"]

BASES_OF_PROFILES: Final = ("stated", "inferred", "ambiguous")
# Lowest first. A ward without a row has no class, which is not the lowest.
PROFILE_CLASSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "red-light area": ("former", "current"),
        "brothel concentration": (
            "some evidence",
            "highest in Cambridge (numbers much lower)",
            "highest",
        ),
    }
)
_NEEDED: Final = (
    "profile",
    "area_code",
    "area_name",
    "level",
    "profile_class",
    "as_of",
    "basis",
    "area_name_in_source",
)
_COLUMNS: Final = [
    "area_code",
    "area_name",
    "level",
    "parent_code",
    "profile",
    "profile_class",
    "class_rank",
    "classes",
    "basis",
    "as_of",
    "area_name_in_source",
    "named_together",
    "wards_named_together",
    "words",
    "note",
]
_NUMBERS: Final = {2: "two", 3: "three", 4: "four", 5: "five"}
_HOW: Final = {
    "stated": "The source names it",
    "inferred": "Inferred from the source, which names {text!r}",
    "ambiguous": "The source's text {text!r} is ambiguous",
}


def ward_profiles(
    profiles: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    classes: Mapping[str, Sequence[str]] = PROFILE_CLASSES,
) -> pd.DataFrame:
    """Read profiles of wards as ordered classes, each with its basis, date and ambiguity.

    Parameters
    ----------
    profiles : pandas.DataFrame
        `profile`, `area_code`, `area_name`, `level` (`ward`, or `district` for what the source
        ties to no ward), `profile_class`, `as_of`, `basis` (`stated`, `inferred`, `ambiguous`),
        `area_name_in_source`; `note` where known.
    areas : pandas.DataFrame
        The wards of one vintage: `area_code`, `area_name`, `parent_code` (their district).
    classes : mapping of str to sequence of str
        By profile: its classes, lowest first.

    Returns
    -------
    pandas.DataFrame
        `area_code`, `area_name`, `level`, `parent_code`, `profile`, `profile_class`,
        `class_rank` (1 lowest) of `classes`, `basis`, `as_of`, `area_name_in_source`,
        `named_together` (how many wards that one text of the source may mean),
        `wards_named_together` (their names, with semicolons between), `words`, `note`; the rows'
        order is kept. A row at district level stays one, and no ward inherits it.

    Raises
    ------
    JoinError
        A row names no ward of this vintage, or its code and name are of different areas.
    InputError
        A column is absent, a class, basis or level is unknown, or an area stands twice in a
        profile.

    Examples
    --------
    >>> wards = pd.DataFrame({"area_code": ["E05002172", "E05002179"],
    ...     "area_name": ["Central", "North"], "parent_code": "E06000031"})
    >>> told = pd.DataFrame({
    ...     "profile": "brothel concentration", "area_code": ["E05002172", "E05002179"],
    ...     "area_name": ["Central", "North"], "level": "ward", "profile_class": "highest",
    ...     "as_of": "2016", "basis": "ambiguous", "area_name_in_source": "Central North"})
    >>> ward_profiles(told, wards)[["class_rank", "classes", "named_together"]].values.tolist()
    [[3, 3, 2], [3, 3, 2]]
    >>> ward_profiles(told.assign(area_name="Central North", area_code=""), wards)
    Traceback (most recent call last):
    vawg_geo.errors.JoinError: 2 of 2 rows of profiles name no ward of this vintage; first: ...
    """
    require_columns(profiles, _NEEDED, "profiles")
    require_columns(areas, ("area_code", "area_name", "parent_code"), "areas")
    text = profiles.astype(object)
    table = text.where(text.notna(), "").astype(str)
    if "note" not in table:
        table["note"] = ""
    _require_words(table, classes)
    _require_areas(table, areas)
    repeated = table.duplicated(["profile", "area_code"])
    _refuse(table, repeated, "repeat an area of their profile", "Keep one row for each.")
    parents = dict(zip(areas["area_code"], areas["parent_code"], strict=True))
    wards = table["level"] == "ward"
    # What one text may mean is known by the rows that give it, within its profile and district.
    table["parent_code"] = table["area_code"].map(parents).where(wards, "").fillna("")
    together = table.groupby(["profile", "parent_code", "area_name_in_source"], sort=False)
    table["named_together"] = together["area_code"].transform("size")
    names = together["area_name"].agg("; ".join)
    key = pd.MultiIndex.from_frame(table[["profile", "parent_code", "area_name_in_source"]])
    table["wards_named_together"] = names.reindex(key).to_numpy()
    table["class_rank"] = [
        list(classes[profile]).index(word) + 1
        for profile, word in zip(table["profile"], table["profile_class"], strict=True)
    ]
    table["classes"] = [len(classes[profile]) for profile in table["profile"]]
    table["words"] = [_words(row) for row in table.to_dict("records")]
    return table[_COLUMNS]


def _words(row: Mapping[Any, Any]) -> str:
    how = _HOW[row["basis"]].format(text=row["area_name_in_source"])
    several = int(row["named_together"])
    if several > 1:
        listed = row["wards_named_together"].split("; ")
        names = f"{', '.join(listed[:-1])} and {listed[-1]}"
        number = _NUMBERS.get(several, str(several))
        how += f": {number} wards are read from it, {names}"
    elif row["level"] != "ward":
        how += f" as {row['area_name_in_source']!r}, and no ward: held for the whole district"
    return (
        f"{row['profile'].capitalize()}, {row['area_name']}: {row['profile_class']} (as of "
        f"{row['as_of']}). {how}."
    )


def _require_words(table: pd.DataFrame, classes: Mapping[str, Sequence[str]]) -> None:
    known = ", ".join(classes)
    _refuse(
        table,
        ~table["profile"].isin(list(classes)),
        "are of a profile that is not known",
        f"Use one of: {known}.",
    )
    pairs = zip(table["profile"], table["profile_class"], strict=True)
    bad = pd.Series([word not in classes[profile] for profile, word in pairs], index=table.index)
    profile = table.loc[bad, "profile"].iloc[0] if bad.any() else ""
    _refuse(
        table,
        bad,
        "have a class that their profile does not know",
        f"Classes of {profile!r}, lowest first: {', '.join(classes.get(profile, ()))}.",
        column="profile_class",
    )
    _refuse(
        table,
        ~table["basis"].isin(BASES_OF_PROFILES),
        "have a basis that is not known",
        f"Use one of: {', '.join(BASES_OF_PROFILES)}.",
        column="basis",
    )
    _refuse(
        table,
        ~table["level"].isin(["ward", "district"]),
        "are of neither wards nor districts",
        "Give the ward, or the district where no ward is known.",
        column="level",
    )


def _require_areas(table: pd.DataFrame, areas: pd.DataFrame) -> None:
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
    wards = table["level"] == "ward"
    unknown = wards & ~table["area_code"].isin(list(names))
    if unknown.any():
        row = table[unknown].iloc[0]
        meant = suggest_names(row["area_name"], areas["area_name"])
        if level_of_code(row["area_code"]) == "ward":
            action = "The code is of other wards: give the profiles on the wards of the map."
        elif meant:
            action = f"It may mean {' and '.join(map(repr, meant))}: give a row and code for each."
        else:
            action = "Name a ward of the map, or give the row for its district."
        _refuse(table, unknown, "name no ward of this vintage", action, error=JoinError)
    forms = table["area_name"].map(normalise_name)
    other = wards & (forms != table["area_code"].map(names).fillna("").map(normalise_name))
    _refuse(
        table,
        other,
        "have a code and a name of different wards",
        "Correct one of the two.",
        column="area_code",
        error=JoinError,
    )
    districts = set(areas["parent_code"].dropna()) - {""}
    outside = ~wards & ~table["area_code"].isin(districts)
    _refuse(
        table,
        outside,
        "name no district of these wards",
        "Give the code of the district.",
        column="area_code",
        error=JoinError,
    )


def _refuse(
    table: pd.DataFrame,
    bad: pd.Series,
    what: str,
    action: str,
    *,
    column: str = "area_code",
    error: type[InputError] = InputError,
) -> None:
    if not bad.any():
        return
    row = table[bad.to_numpy()].iloc[0]
    first = f"{row['area_name']!r} ({row['profile']}, {column} {row[column]!r})"
    raise error(
        problem(
            what,
            bad=int(bad.sum()),
            total=len(table),
            noun="rows of profiles",
            first=first,
            action=action,
        )
    )
