"""Tables that are laid over the counts, each read by its form.

None of them holds a count of the analyst's own. An overlay declares the forms of its tables; those
of the small areas that several of them stand on are here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, did_you_mean, problem
from vawg_geo.inputs.known_codes import require_names_of_codes
from vawg_geo.inputs.tables.layout import header_of
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.forms import LSOA_NAMES, PLACE, Form

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["LSOA_FORMS", "read_reference"]

_PEOPLE: Final = frozenset(("population", "population_16"))
LSOA_FORMS: Final = {
    "lsoas": Form(
        name="lsoas",
        needs=("lsoa_code", "ward_code", "district_code"),
        may=("population", "population_16"),
        numbers=_PEOPLE,
        key=("lsoa_code",),
        names=LSOA_NAMES,
    ),
    "population": Form(
        name="population",
        needs=("lsoa_code", "population", "population_16"),
        numbers=_PEOPLE,
        key=("lsoa_code",),
        names=LSOA_NAMES,
        setting="population",
    ),
    "points": Form(
        name="points",
        needs=("lsoa_code", "easting", "northing"),
        numbers=PLACE,
        key=("lsoa_code",),
        names=LSOA_NAMES,
        setting="points",
    ),
}
"""Tables that `[overlays.lsoas]` names: what several overlays stand on."""


def read_reference(
    path: Path,
    form: Form,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> pd.DataFrame:
    r"""Read a table by its form.

    Parameters
    ----------
    path : Path
        CSV, Excel workbook or Parquet, as `read_table` reads.
    form : Form
    columns : mapping of str to str, optional
        Our name of a column to the table's, where it is called otherwise.
    sheet : str, optional
        Sheet of a workbook.

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
    ...     table = Path(folder, "points.csv")
    ...     _ = table.write_text("LSOA11CD,easting,northing\nE01015589,518600,298800\n")
    ...     read_reference(table, LSOA_FORMS["points"])
       lsoa_code   easting  northing
    0  E01015589  518600.0  298800.0
    """
    table = read_table(path, sheet=sheet)
    found = _columns(table.frame, form, dict(columns or {}), table.source)
    result = pd.DataFrame(index=table.frame.index)
    for name in (*form.needs, *form.may):
        text = (
            table.frame[found[name]].astype("str").fillna("").str.strip()
            if name in found
            else pd.Series("", index=table.frame.index, dtype="str")
        )
        numeric = name in form.numbers
        result[name] = _numbers(text, name, name in form.needs, table.source) if numeric else text
    _require_keys(result, form, table.source)
    notes = [*table.notes, *_of_names(result, table.source)]
    result = result.reset_index(drop=True)
    result.attrs["notes"] = [f"{table.source}: {note}" for note in notes]
    return result


def _of_names(result: pd.DataFrame, source: str) -> list[str]:
    """Say where names contradict their codes; a table in which most do is refused."""
    if not {"area_code", "area_name"} <= set(result.columns):
        return []
    try:
        return require_names_of_codes(result.set_axis(range(2, len(result) + 2)))
    except InputError as error:
        msg = f"{source}: {error}"
        raise InputError(msg) from None


def _columns(
    frame: pd.DataFrame, shape: Form, given: dict[str, str], source: str
) -> dict[str, str]:
    """Our name of each column to the table's."""
    wanted = (*shape.needs, *shape.may)
    for name in given:
        if name not in wanted:
            hint = did_you_mean(name, wanted, otherwise="Correct the key.")
            msg = f"columns has an unknown key {name!r}; known are {', '.join(wanted)}. {hint}"
            raise ConfigurationError(msg)
    plain = {column.casefold().replace(" ", "_"): column for column in frame.columns}
    column_of = {name: header_of(frame, column, key=name) for name, column in given.items()}
    for name in wanted:
        known = (name, *shape.names.get(name, ()))
        here = next((plain[word] for word in known if word in plain), None)
        if name not in column_of and here is not None:
            column_of[name] = here
    lacking = [name for name in shape.needs if name not in column_of]
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
    return column_of


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
