"""Areas that come in several rows: a ward that a change of districts left in parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["join_parts"]

# "Hunmanby & Sherburn (part Scarborough)".
_PART: Final = re.compile(r"\s*[(\[]\s*(?:det\.? )?part\b[^)\]]*[)\]]\s*$", re.IGNORECASE)


def join_parts(
    texts: Mapping[str, list[str]], *, label: str
) -> tuple[dict[str, list[str]], list[list[int]], list[str]]:
    """Find rows that call themselves parts of one area, and make one row of them.

    Parameters
    ----------
    texts : mapping of str to list of str
        `area_code`, `area_name` and `parent_code` of each row.
    label : str
        What to call the file.

    Returns
    -------
    texts : dict of str to list of str
        A row for each area: the name without the part, the first part's parent. Rows of one code
        that do not call themselves parts stay as they are.
    places : list of list of int
        The rows of each area.
    notes : list of str

    Examples
    --------
    >>> texts = {"area_code": ["A", "B", "A"], "parent_code": ["c", "c", "d"],
    ...          "area_name": ["Hunmanby (part Scarborough)", "Ely", "Hunmanby (part Ryedale)"]}
    >>> whole, places, notes = join_parts(texts, label="own")
    >>> whole["area_name"], places
    (['Hunmanby', 'Ely'], [[0, 2], [1]])
    >>> notes
    ["1 of 2 areas in own comes in parts that were put together; first: 'A' Hunmanby (2 parts)"]
    """
    codes, names = texts["area_code"], texts["area_name"]
    rows: dict[str, list[int]] = {}
    for place, code in enumerate(codes):
        rows.setdefault(code, []).append(place)
    plain = [_PART.sub("", name) for name in names]
    in_parts = {
        code
        for code, held in rows.items()
        if code
        and len(held) > 1
        and len({plain[place] for place in held}) == 1
        and all(plain[place] != names[place] for place in held)
    }
    if not in_parts:
        return dict(texts), [[place] for place in range(len(codes))], []
    places = [
        rows[code] if code in in_parts else [place]
        for place, code in enumerate(codes)
        if code not in in_parts or rows[code][0] == place
    ]
    whole = {name: [values[held[0]] for held in places] for name, values in texts.items()}
    whole["area_name"] = [plain[held[0]] if len(held) > 1 else names[held[0]] for held in places]
    first = next(held for held in places if len(held) > 1)
    verb = "comes" if len(in_parts) == 1 else "come"
    note = (
        f"{len(in_parts):,} of {len(places):,} areas in {label} {verb} in parts that were put "
        f"together; first: {codes[first[0]]!r} {plain[first[0]]} ({len(first)} parts)"
    )
    return whole, places, [note]
