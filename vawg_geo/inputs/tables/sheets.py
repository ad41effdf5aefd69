"""Which sheet of a workbook is meant, where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import InputError, did_you_mean
from vawg_geo.inputs.tables.header import looks_like_a_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["choose_sheet"]

# Rows of each sheet that are looked at: cover notes above a table are shorter.
_LOOKED_AT: Final = 80


def choose_sheet(
    names: Sequence[str],
    visible: Sequence[str],
    sheet: str | None,
    *,
    first_rows: Callable[[str, int], list[tuple[int, list[Any]]]],
    source: str,
) -> tuple[str, list[str]]:
    """Choose a sheet: the one named, the first visible one, or the only one that has a table.

    Parameters
    ----------
    names, visible : sequence of str
        All sheets, and those that are not hidden, in order.
    sheet : str, optional
        Name that a person gave.
    first_rows : callable
        Rows of a sheet that are not blank, up to a row's number.
    source : str
        The file's name.

    Returns
    -------
    tuple of str and list of str
        The sheet, and what is worth saying.

    Raises
    ------
    InputError
        No sheet of that name, none visible, or several that may be meant behind a cover.

    Examples
    --------
    >>> rows = {"Cover": [(1, ["Notes"])], "Data": [(1, ["code", "n"]), (2, ["E05002703", 3])]}
    >>> choose_sheet([*rows], [*rows], None, first_rows=lambda n, _: rows[n], source="a.xlsx")
    ('Data', ["read the sheet 'Data', the one of 2 that has a table: 'Cover', 'Data'"])
    """
    listed = ", ".join(repr(name) for name in names)
    if sheet is not None:
        if sheet in names:
            return sheet, []
        alike = [name for name in names if name.strip().casefold() == sheet.strip().casefold()]
        if len(alike) == 1:
            return alike[0], [f"read the sheet {alike[0]!r}"]
        hint = did_you_mean(sheet, names, otherwise="")
        msg = f"{source}: there is no sheet {sheet!r}. {hint} Name one of: {listed}."
        raise InputError(msg.replace(".  ", ". "))
    if not visible:
        msg = (
            f"{source}: the workbook has no visible sheet with cells. Name one: {listed or 'none'}."
        )
        raise InputError(msg)
    if len(names) == 1:
        return visible[0], []
    looks = {name: looks_like_a_table(first_rows(name, _LOOKED_AT)) for name in visible}
    tables = [name for name, (table, _) in looks.items() if table]
    if not tables or tables[0] == visible[0]:
        return visible[0], [f"read the sheet {visible[0]!r}, one of {len(names)}: {listed}"]
    tables = [name for name in tables if looks[name][1]] or tables
    if len(tables) > 1:
        msg = (
            f"{source}: {len(tables)} of {len(names)} sheets have a table, and the first sheet, "
            f'{visible[0]!r}, has none. Name one: sheet = "{tables[0]}" (or '
            f"{', '.join(map(repr, tables[1:]))})."
        )
        raise InputError(msg)
    return tables[0], [
        f"read the sheet {tables[0]!r}, the one of {len(names)} that has a table: {listed}"
    ]
