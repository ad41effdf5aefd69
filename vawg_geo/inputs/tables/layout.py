"""Where things stand in somebody's table: which column is which, which rows are areas.

`columns` maps our names to theirs. What it does not say is recognised from common headings, and
refused where two columns could be meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, did_you_mean, first_few, problem
from vawg_geo.inputs.tables.header import is_footnote, is_number
from vawg_geo.terms.codes import (
    INVISIBLE,
    is_gss_code,
    kind_of_code,
    level_of_code,
    no_area,
    visible,
)
from vawg_geo.terms.columns import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Aside",
    "area_columns",
    "describe_row",
    "find_columns",
    "header_of",
    "levels_of_rows",
    "nearest_cells",
    "require_distinct_rows",
    "set_aside_rows",
    "told_rows",
]

# Publishers put the number of a footnote behind a heading: `Ward Code 1`.
_CODE: Final = r"(cd|codes?)( \d)?"
_NAME: Final = r"(nm|names?)( \d)?"
_YEAR: Final = r"(\d\d|20\d\d)?"
# Headings in lower case with spaces for underscores and the like. Those of wards and smaller
# areas come before the general ones, those of districts last: a ward table often names the
# district too, which then is `district`.
_HEADINGS: Final[dict[str, str]] = {
    "area_code": rf"area {_CODE}|code|(gss|ons|geography|ecode)( ?{_CODE})?|area ?cd|mnemonic"
    rf"|(wd|ward|[lm]soa|electoral ward) ?{_YEAR} ?{_CODE}",
    "area_name": rf"area|area {_NAME}|name|geography( {_NAME})?|ward|[lm]soa"
    rf"|(wd|ward|[lm]soa|electoral ward) ?{_YEAR} ?{_NAME}"
    # As Nomis calls them.
    r"|((19|20)\d\d )?(electoral wards?( divisions?)?|census wards?|wards?|local authority: .*"
    r"|super output areas? (lower|middle) layer|(lower|middle) layer super output areas?)",
    "csp_code": rf"(csp|community safety partnership) ?{_YEAR} ?{_CODE}",
    "csp_name": rf"(csp|community safety partnership) ?{_YEAR} ?{_NAME}|csp"
    r"|community safety partnership",
    "district_code": rf"(new )?(lad|la|ltla|district|local authority) ?{_YEAR} ?{_CODE}",
    "district_name": rf"(lad|la|ltla|district|local authority) ?{_YEAR} ?{_NAME}"
    r"|lad|district|local authority|borough( ?name)?|lookup borough ?name",
    "wider_code": rf"(cty|ctyua|county|pfa|police (force )?area) ?{_YEAR} ?{_CODE}",
    "wider_name": rf"(cty|ctyua|county|pfa|police (force )?area) ?{_YEAR} ?{_NAME}"
    r"|county|police area",
    "sex": r"sex|gender",
    "period": r"periods?|(time|reporting) period|year ending|fy|months?|time"
    r"|((financial|fiscal|fin|calendar|reporting) )?years?",
    # Of the year that `period` says.
    "quarter": r"(financial |fiscal )?(quarter|qtr)",
    "indicator": r"indicator( name)?|measure|crime type|offence( type| group| description)?",
    "count": r"(offence |crime )?counts?|n|value|obs value|number( of [a-z ]+)?|events|crimes"
    r"|incidents|offences|referrals|cases|frequency",
    # Of how many different persons the events are: eight incidents may be one woman.
    "individuals": r"individuals|(unique|distinct|different) "
    r"(individuals|persons|people|clients|victims|women)",
    "population": r"population( estimate)?|pop|value|obs value|number|residents|denominator",
    "persons": r"(all )?persons|people|total persons",
    "female": r"females?|women",
    "male": r"males?|men",
    "age_group": r"age group|age|age band|ages",
    "basis": r"basis",
    "note": r"notes?",
    "status": r"status",
    "level": r"level",
    "vintage": r"vintage",
}
# Headings that say less than another that may stand beside them: where both do, the other is
# meant. A `Value` beside a `Count` is a rate, an offence's group is of many offences.
_SAY_LESS: Final[dict[str, str]] = {
    "count": "value|obs value|n",
    "population": "value|obs value|number",
    "indicator": "offence group|offence type|measure",
    "area_code": "geography",
    "area_name": "geography|area",
}
# Beside limits, or what it was divided by, a value is a rate.
_OF_RATES: Final = re.compile(
    r"(lower|upper) c(i|onfidence).*|.* (lower|upper) (ci|limit)|denominator"
)
_OUR_NAMES_ONLY: Final = frozenset({"basis", "status", "level", "vintage"})
_TOTALS: Final = re.compile(r"(grand )?totals?|all|all (areas|wards|districts)", re.IGNORECASE)


def header_of(frame: pd.DataFrame, name: object, *, key: str) -> str:
    """Find the column that a configuration names.

    Raises
    ------
    ConfigurationError
        The table has no such column; the message offers the nearest.
    """
    wanted = " ".join(str(name).split())
    if wanted in frame.columns:
        return wanted
    by_case = [column for column in frame.columns if column.casefold() == wanted.casefold()]
    if len(by_case) == 1:
        return str(by_case[0])
    hint = did_you_mean(wanted, frame.columns, otherwise="Name one of these.")
    there_are = first_few(frame.columns)
    msg = f"there is no column {wanted!r} for {key!r}; the table has {there_are}. {hint}"
    raise ConfigurationError(msg)


def find_columns(
    frame: pd.DataFrame, wanted: Iterable[str], *, given: Mapping[str, object]
) -> dict[str, str]:
    """Find which of their columns is which of ours.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    wanted : iterable of str
        Our names, `district` and those of `columns.py`.
    given : mapping of str to object
        Our name to theirs; an empty text says that the table's column is not to be read.

    Returns
    -------
    dict of str to str
        Our name to the table's, for those that were found.

    Raises
    ------
    ConfigurationError
        A name that is not ours, or a column that the table lacks.
    InputError
        Two columns could be meant.

    Examples
    --------
    >>> frame = pd.DataFrame(columns=["WD15CD", "LAD15CD", "Sex", "N"])
    >>> find_columns(frame, ["area_code", "area_name", "district", "sex", "count"], given={})
    {'area_code': 'WD15CD', 'district': 'LAD15CD', 'sex': 'Sex', 'count': 'N'}
    """
    wanted = list(wanted)
    for key in given:
        if key not in wanted:
            hint = did_you_mean(key, wanted, otherwise="Use one of these.")
            msg = f"columns has an unknown key {key!r}; known are {first_few(wanted)}. {hint}"
            raise ConfigurationError(msg)
    column_of = {key: header_of(frame, name, key=key) for key, name in given.items() if name != ""}
    left = [column for column in frame.columns if column not in column_of.values()]
    open_keys = [key for key in wanted if key not in given and key not in {"district"}]
    for key in open_keys:
        if column := _recognise(left, key):
            column_of[key] = column
    left = [column for column in left if column not in column_of.values()]
    _find_areas(left, column_of, given, wanted)
    return {key: column_of[key] for key in wanted if key in column_of}


def _recognise(columns: list[str], key: str) -> str | None:
    """Find the one column for a name of ours; our own spelling goes before others."""
    if key in columns:
        return key
    if key in _OUR_NAMES_ONLY or key not in _HEADINGS:
        own = [column for column in columns if _plain_heading(column) == _plain_heading(key)]
        return own[0] if len(own) == 1 else None
    plain = {column: _plain_heading(column) for column in columns}
    fitting = [column for column in columns if re.fullmatch(_HEADINGS[key], plain[column])]
    less = [column for column in fitting if re.fullmatch(_SAY_LESS.get(key, ""), plain[column])]
    of_rates = key in ("count", "population") and any(map(_OF_RATES.fullmatch, plain.values()))
    if of_rates or len(less) < len(fitting):
        fitting = [column for column in fitting if column not in less]
    if len(fitting) > 1:
        msg = (
            f"{len(fitting)} columns may be the {key}: {first_few(fitting)}. Say which: "
            f'columns = {{ {key} = "{fitting[0]}" }}.'
        )
        raise InputError(msg)
    return fitting[0] if fitting else None


def _find_areas(
    left: list[str], column_of: dict[str, str], given: Mapping[str, object], wanted: list[str]
) -> None:
    """Take district or wider columns for the areas where there are no nearer ones."""
    has_area = "area_code" in column_of or "area_name" in column_of
    if not has_area:
        for group in ("csp", "district", "wider"):
            for kind in ("code", "name"):
                column = (
                    _recognise(left, f"{group}_{kind}") if f"area_{kind}" not in given else None
                )
                if column:
                    column_of[f"area_{kind}"] = column
                    left.remove(column)
            if "area_code" in column_of or "area_name" in column_of:
                return
        return
    _find_name(left, column_of, given, wanted)
    if "district" in wanted and "district" not in given:
        column = _recognise(left, "district_code")
        column = column or ("district" if "district" in left else None)
        column = column or _recognise(left, "district_name")
        if column:
            column_of["district"] = column


def _find_name(
    left: list[str], column_of: dict[str, str], given: Mapping[str, object], wanted: list[str]
) -> None:
    """Take the name of a partnership where the areas' codes stand under a plain heading."""
    if "area_name" in {*column_of, *given} or "area_name" not in wanted:
        return
    plain = _plain_heading(column_of["area_code"]).startswith(("ons", "gss", "code", "geography"))
    if plain and (column := _recognise(left, "csp_name")) and not _recognise(left, "csp_code"):
        column_of["area_name"] = column
        left.remove(column)


def _plain_heading(heading: str) -> str:
    # What stands in brackets says of which year or edition it is: `LA Code (2021 boundaries)`.
    plain = re.sub(r"\s*\((?:[^()]*(?:boundar|edition)[^()]*|20\d\d)\)$", "", heading)
    return re.sub(r"[\s_./-]+", " ", plain).strip().casefold()


def area_columns(frame: pd.DataFrame, column_of: Mapping[str, str]) -> pd.DataFrame:
    """Codes and names of the rows' areas, trimmed, "" where there is none.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table of text whose index is the spreadsheet's row numbers.
    column_of : mapping of str to str
        As from `find_columns`.

    Returns
    -------
    pandas.DataFrame
        `area_code` (GSS codes in capitals), `area_name` and, where the table has it, `district`;
        without signs that nobody sees. ``attrs["notes"]`` says where there were any.

    Raises
    ------
    InputError
        No column of areas, or rows without an area.
    """
    if "area_code" not in column_of and "area_name" not in column_of:
        msg = (
            f"no column of areas was recognised among {first_few(frame.columns)}. Say which: "
            'columns = { area_code = "..." } or columns = { area_name = "..." }.'
        )
        raise InputError(msg)
    result = pd.DataFrame(index=frame.index)
    for key in ("area_code", "area_name", "district"):
        if key in column_of:
            cells = frame[column_of[key]].fillna("").map(visible)
            result[key] = cells.astype("str")
        elif key != "district":
            result[key] = pd.Series("", index=frame.index, dtype="str")
    for key in ("area_code", "district"):
        if key in result:
            capitals = result[key].str.upper()
            result[key] = capitals.where(capitals.map(is_gss_code), result[key])
    nowhere = result.index[(result["area_code"] == "") & (result["area_name"] == "")]
    if len(nowhere):
        raise InputError(
            problem(
                "have no area",
                bad=len(nowhere),
                total=len(result),
                noun="rows",
                first=f"row {nowhere[0]}",
                action="Give each its code or name, or remove it.",
            )
        )
    result.attrs["notes"] = _unseen(frame, column_of)
    return result


def _unseen(frame: pd.DataFrame, column_of: Mapping[str, str]) -> list[str]:
    """Say which cells of areas had signs that nobody sees."""
    notes = []
    for key in ("area_code", "area_name", "district"):
        cells = frame[column_of[key]].fillna("") if key in column_of else pd.Series(dtype="str")
        odd = cells[cells.str.contains(INVISIBLE)]
        if len(odd):
            sign = f"U+{ord(INVISIBLE.search(odd.iloc[0])[0]):04X}"  # type: ignore[index]
            notes.append(
                f"{len(odd):,} of {len(cells):,} cells of {column_of[key]!r} hold signs that "
                f"cannot be seen and are left out; first: row {odd.index[0]}, "
                f"{odd.iloc[0]!a} ({sign})"
            )
    return notes


class Aside(NamedTuple):
    """Rows of a table, apart.

    Attributes
    ----------
    kept, totals, unplaced : pandas.DataFrame
        Rows of areas; rows of totals; rows of events that have no area.
    notes : list of str
        What is to be said of rows that are not kept, apart from totals and rows without an area.
    """

    kept: pd.DataFrame
    totals: pd.DataFrame
    unplaced: pd.DataFrame
    notes: list[str]


def set_aside_rows(frame: pd.DataFrame, column_of: Mapping[str, str]) -> Aside:
    """Take out remarks under a table, and rows that are of no area of a map.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table of text whose index is the spreadsheet's row numbers.
    column_of : mapping of str to str
        As from `find_columns`.

    Returns
    -------
    Aside

    Examples
    --------
    >>> areas = ["Arbury", "Unknown", "Total", "E12000006"]
    >>> table = pd.DataFrame({"area": areas, "n": list("9312")})
    >>> aside = set_aside_rows(table, {"area_name": "area", "count": "n"})
    >>> aside.kept["n"].tolist(), aside.unplaced["n"].tolist(), aside.totals["n"].tolist()
    (['9'], ['3'], ['1'])
    >>> aside.notes
    ["1 of 4 rows are of regions and set aside; first: row 3, 'E12000006'"]
    """
    notes: list[str] = []
    filled = frame.notna()
    last = len(frame)
    while last:
        first_cell = frame.iloc[last - 1, 0]
        only = filled.iloc[last - 1].sum() == 1 and isinstance(first_cell, str)
        if not (only and is_footnote(str(first_cell))):
            break
        last -= 1
        notes.insert(0, f"row {frame.index[last]} set aside as a remark: {str(first_cell)!r}")
    kept = frame.iloc[:last]
    nearest = nearest_cells(kept, column_of)
    totals = nearest.map(lambda text: _TOTALS.fullmatch(text) is not None).astype(bool)
    kinds = nearest.map(no_area).astype("str")
    for kind, cells in nearest[~kinds.isin(["", "unplaced"])].groupby(kinds, sort=False):
        notes.append(
            f"{len(cells):,} of {len(kept):,} rows are of {kind} and set aside; first: "
            f"row {cells.index[0]}, {cells.iloc[0]!r}"
        )
    nameless = (nearest == "") & bool({"area_code", "area_name"} & {*column_of})
    wider = nameless & _names_other_area(kept, column_of, nameless)
    if wider.any():
        row = kept.index[int(wider.to_numpy().argmax())]
        notes.append(
            f"{int(wider.sum()):,} of {len(kept):,} rows name no area of this table but a wider "
            f"one, and are set aside; first: row {row}"
        )
    unplaced = kept[(kinds == "unplaced") & ~totals]
    return Aside(kept[~totals & (kinds == "") & ~wider], kept[totals], unplaced, notes)


def _names_other_area(
    frame: pd.DataFrame, column_of: Mapping[str, str], nameless: pd.Series
) -> pd.Series:
    """Whether a row without an area has the code of another, as sums over a police area do."""
    found = pd.Series(False, index=frame.index)
    for name in frame.columns.difference(list(column_of.values()), sort=False):
        cells = frame.loc[nameless, name].dropna().map(visible)
        codes = cells.index[cells.map(is_gss_code).astype(bool)]
        found[codes] = True
    return found


def nearest_cells(frame: pd.DataFrame, column_of: Mapping[str, str]) -> pd.Series:
    """What stands for the area of each row: the first of its cells that is filled.

    A code tells an area whatever it is called, and a ward of a district called "All" is a ward.
    """
    nearest = pd.Series("", index=frame.index, dtype="str")
    for key in ("district", "area_name", "area_code"):
        if key in column_of:
            cells = frame[column_of[key]].fillna("").map(visible).astype("str")
            nearest = cells.where(cells != "", nearest)
    return nearest


def told_rows(rows: pd.DataFrame, column_of: Mapping[str, str], *, as_what: str) -> list[str]:
    """Say of each row that is set aside what stands in it.

    Examples
    --------
    >>> rows = pd.DataFrame({"area": ["Total"], "n": ["34"]}, index=[5])
    >>> told_rows(rows, {"area_name": "area"}, as_what="a total")
    ["row 5 ('Total') set aside as a total: 34"]
    """
    names = [column_of[key] for key in ("area_code", "area_name", "district") if key in column_of]
    notes = []
    for word, (row, values) in zip(nearest_cells(rows, column_of), rows.iterrows(), strict=True):
        rest = [str(v) for name, v in values.items() if name not in names and isinstance(v, str)]
        told = ", ".join(rest) or "no values"
        notes.append(f"row {row} ({word!r}) set aside as {as_what}: {told}")
    return notes


def levels_of_rows(areas: pd.DataFrame, level: str | None) -> tuple[pd.Series, list[str]]:
    """Level of each row: what its code announces, else the level given.

    Raises
    ------
    ConfigurationError
        The level given is not one of the package's.
    InputError
        Neither tells.
    """
    if level is not None and level not in LEVELS:
        msg = f"level {level!r} is unknown. Choose one of {', '.join(LEVELS)}."
        raise ConfigurationError(msg)
    levels = areas["area_code"].map(level_of_code).astype("str")
    notes: list[str] = []
    if level is None:
        untold = areas.index[levels.isna()]
        kind = kind_of_code(areas["area_code"][untold[0]]) if len(untold) else ""
        if kind:
            same = areas["area_code"].map(kind_of_code) == kind
            raise InputError(
                problem(
                    f"are of {kind} by their codes, which is no level of a map here",
                    bad=int(same.sum()),
                    total=len(areas),
                    noun="rows",
                    first=describe_row(areas, untold[0]),
                    action='With boundaries of them as [areas.ward], say level = "ward".',
                )
            )
        if len(untold):
            raise InputError(
                problem(
                    "have no GSS code of England or Wales that tells their level",
                    bad=len(untold),
                    total=len(areas),
                    noun="rows",
                    first=describe_row(areas, untold[0]),
                    action='Say it: level = "ward" (or district, county, police_area, lsoa).',
                )
            )
    else:
        other = levels[levels.notna() & (levels != level)]
        if len(other):
            notes.append(
                f"{len(other):,} of {len(areas):,} rows are not of the level {level} by their "
                f"codes: {', '.join(sorted(set(other)))}"
            )
        levels = levels.fillna(level)
    return levels, notes


def require_distinct_rows(
    areas: pd.DataFrame, keys: pd.DataFrame, *, noun: str, unread: pd.DataFrame | None = None
) -> None:
    """Refuse rows that stand for the same thing twice.

    Parameters
    ----------
    areas : pandas.DataFrame
        As from `area_columns`; the index may repeat where a row gave several counts.
    keys : pandas.DataFrame
        What else makes a row the only one of its kind, in the same order.
    noun : str
        What `keys` holds, for the message.
    unread : pandas.DataFrame, optional
        Columns of the table that were not read, by the row numbers of `areas`: what differs there
        is why rows repeat.

    Raises
    ------
    InputError
        Two rows have the same area and keys.
    """
    by_name = areas["area_name"].str.casefold()
    if "district" in areas:
        by_name = areas["district"].str.casefold() + "/" + by_name
    area = areas["area_code"].where(areas["area_code"] != "", by_name)
    keyed = pd.concat([area, keys], axis=1)
    again = keyed.duplicated(keep="first").to_numpy()
    if not again.any():
        return
    at = int(again.argmax())
    former = int((keyed == keyed.iloc[at]).all(axis=1).to_numpy().argmax())
    words = ", ".join(str(word) for word in keys.iloc[at] if word != "")
    action = "Remove one. If they are two areas of one name, give their codes or districts."
    if unread is not None and (apart := _apart_by(unread, areas.index[former], areas.index[at])):
        action = (
            f"They differ in {apart}, which is not read: keep the rows of one of its values (of "
            "all, where there is such a row), or add them up."
        )
    raise InputError(
        problem(
            f"repeat an area, {noun}",
            bad=int(again.sum()),
            total=len(keyed),
            noun="rows",
            first=f"{describe_row(areas.iloc[[at]], areas.index[at])}, "
            f"{words}; also in row {areas.index[former]}",
            action=action,
        )
    )


def _apart_by(unread: pd.DataFrame, first: int, second: int) -> str:
    """Columns in which two rows differ, with what they say; empty where there is none."""
    a, b = unread.loc[first].fillna(""), unread.loc[second].fillna("")
    names = [name for name in unread.columns if a[name] != b[name]]
    # Numbers differ from row to row anyway: words make a kind of row.
    words = [name for name in names if not (is_number(a[name]) or is_number(b[name]))]
    return " and ".join(f"{name!r} ({a[name]!r}, {b[name]!r})" for name in (words or names)[:2])


def describe_row(areas: pd.DataFrame, row: int) -> str:
    """Words for a row, as its owner would recognise it: number, code, name."""
    cells = areas.loc[[row]].iloc[0]
    code = repr(cells["area_code"]) if cells["area_code"] else ""
    return f"row {row}, {' '.join(part for part in (code, cells['area_name']) if part)}"
