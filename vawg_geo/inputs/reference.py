"""Tables that are laid over the counts: look-ups, deprivation, services, profiles, places.

None of them holds a count of the analyst's own. Each has a form: the columns that it must have,
those that it may have, and the names that their publishers give to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, problem
from vawg_geo.inputs.tables.layout import header_of
from vawg_geo.inputs.tables.read import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["FORMS", "Form", "FormName", "read_reference"]

FormName = Literal[
    "lsoas",
    "lsoa_populations",
    "lsoa_points",
    "deprivation",
    "services",
    "profiles",
    "sites",
    "towns",
    "figures",
]


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a table must and may have.

    Attributes
    ----------
    needs, may : tuple of str
        Columns, in order; what may be there is empty text where it is not.
    numbers : frozenset of str
        Columns of numbers.
    key : tuple of str
        Columns that no two rows share.
    names : dict of str to tuple of str
        Publishers' names of a column, lower case.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    key: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)


_LSOA: Final = {
    "lsoa_code": ("lsoa11cd", "lsoa11_code", "lsoa21cd", "lsoa"),
    "ward_code": ("wd15cd", "wd16cd", "wd17cd", "wd18cd", "wd19cd", "ward"),
    "district_code": ("lad15cd", "lad16cd", "lad17cd", "lad18cd", "lad19cd", "lad"),
    "population": ("pop_total", "pop_all", "all_ages"),
    "population_16": ("pop_16_plus", "pop16", "population_16_plus"),
}
_PLACE: Final = frozenset(("easting", "northing"))
FORMS: Final[dict[str, Form]] = {
    "lsoas": Form(
        needs=("lsoa_code", "ward_code", "district_code"),
        may=("population", "population_16"),
        numbers=frozenset(("population", "population_16")),
        key=("lsoa_code",),
        names=_LSOA,
    ),
    "lsoa_populations": Form(
        needs=("lsoa_code", "population", "population_16"),
        numbers=frozenset(("population", "population_16")),
        key=("lsoa_code",),
        names=_LSOA,
    ),
    "lsoa_points": Form(
        needs=("lsoa_code", "easting", "northing"), numbers=_PLACE, key=("lsoa_code",), names=_LSOA
    ),
    "deprivation": Form(
        needs=("lsoa_code", "score", "rank", "decile"),
        numbers=frozenset(("score", "rank", "decile")),
        key=("lsoa_code",),
        names=_LSOA | {"score": ("imd_score",), "rank": ("imd_rank",), "decile": ("imd_decile",)},
    ),
    "services": Form(
        needs=("service", "area_code", "coverage", "valid_from"),
        may=(
            "valid_to",
            "area_name",
            "level",
            "provides",
            "provision",
            "age_range",
            "public_site",
            "note",
        ),
        key=("service", "area_code", "valid_from"),
    ),
    "profiles": Form(
        needs=("profile", "area_code", "area_name", "level", "profile_class", "as_of", "basis"),
        may=("vintage", "parent_code", "area_name_in_source", "note"),
        key=("profile", "area_code"),
    ),
    "sites": Form(
        needs=("site", "easting", "northing"),
        may=("kind", "district_code", "idva", "idva_from", "basis", "note"),
        numbers=_PLACE,
        key=("site",),
    ),
    "towns": Form(
        needs=("town", "easting", "northing"),
        may=("district_code",),
        numbers=_PLACE,
        key=("town",),
    ),
    "figures": Form(
        needs=("indicator", "area_code", "period", "value"),
        may=("area_name", "category", "sex", "unit", "source"),
        names={"value": ("count", "number")},
    ),
}


def read_reference(
    path: Path, form: FormName, *, columns: Mapping[str, str] | None = None
) -> pd.DataFrame:
    r"""Read a table of a known form.

    Parameters
    ----------
    path : Path
        CSV, Excel workbook or Parquet, as `read_table` reads.
    form : str
        A name of `FORMS`.
    columns : mapping of str to str, optional
        Our name of a column to the table's, where it is called otherwise.

    Returns
    -------
    pandas.DataFrame
        The form's columns in its order: numbers as floats, all else as text, empty where the
        table says nothing. ``attrs["notes"]`` is a list of what is worth saying of the file.

    Raises
    ------
    ConfigurationError
        `columns` names what is not there.
    InputError
        A column is missing, a number is none, a key is empty or stands twice.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "imd.csv")
    ...     _ = table.write_text("LSOA11CD,imd_score,imd_rank,imd_decile\nE01015589,10.0,24196,8\n")
    ...     read_reference(table, "deprivation")
       lsoa_code  score     rank  decile
    0  E01015589   10.0  24196.0     8.0
    """
    shape = FORMS[form]
    table = read_table(path)
    found = _columns(table.frame, shape, dict(columns or {}), table.source)
    result = pd.DataFrame(index=table.frame.index)
    for name in (*shape.needs, *shape.may):
        text = (
            table.frame[found[name]].astype("str").fillna("").str.strip()
            if name in found
            else pd.Series("", index=table.frame.index, dtype="str")
        )
        numeric = name in shape.numbers
        result[name] = _numbers(text, name, name in shape.needs, table.source) if numeric else text
    _require_keys(result, shape, table.source)
    result = result.reset_index(drop=True)
    result.attrs["notes"] = [f"{table.source}: {note}" for note in table.notes]
    return result


def _columns(
    frame: pd.DataFrame, shape: Form, given: dict[str, str], source: str
) -> dict[str, str]:
    """Our name of each column to the table's."""
    wanted = (*shape.needs, *shape.may)
    for name in given:
        if name not in wanted:
            near = get_close_matches(name, wanted, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = f"columns has an unknown key {name!r}; known are {', '.join(wanted)}.{hint}"
            raise ConfigurationError(msg)
    plain = {column.casefold().replace(" ", "_"): column for column in frame.columns}
    found = {name: header_of(frame, column, key=name) for name, column in given.items()}
    for name in wanted:
        known = (name, *shape.names.get(name, ()))
        here = next((plain[word] for word in known if word in plain), None)
        if name not in found and here is not None:
            found[name] = here
    lacking = [name for name in shape.needs if name not in found]
    if lacking:
        msg = problem(
            f"are not in {source}",
            bad=len(lacking),
            total=len(shape.needs),
            noun="needed columns",
            first=repr(lacking[0]),
            action=(
                f'Say under columns which it is: {lacking[0]} = "...". The table has '
                f"{', '.join(frame.columns)}."
            ),
        )
        raise InputError(msg)
    return found


def _numbers(text: pd.Series, name: str, needed: bool, source: str) -> pd.Series:
    values = pd.to_numeric(text.str.replace(",", "", regex=False), errors="coerce")
    wrong = values.isna() & ((text != "") | needed)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        msg = problem(
            f"have no number in the column {name!r}",
            bad=int(wrong.sum()),
            total=len(text),
            noun=f"rows of {source}",
            first=f"row {row + 2}, {text.iloc[row]!r}",
            action="Correct them, or take the rows out.",
        )
        raise InputError(msg)
    return values.astype(float)


def _require_keys(table: pd.DataFrame, shape: Form, source: str) -> None:
    if not shape.key:
        return
    keys = table[list(shape.key)]
    empty = (keys.astype("str") == "").any(axis=1)
    twice = keys.duplicated(keep="first")
    for wrong, what in ((empty, "have no"), (twice, "repeat the")):
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            msg = problem(
                f"{what} {', '.join(shape.key)}",
                bad=int(wrong.sum()),
                total=len(table),
                noun=f"rows of {source}",
                first=f"row {row + 2}, {', '.join(map(str, keys.iloc[row]))!r}",
                action="Leave one row for each.",
            )
            raise InputError(msg)
