"""Which larger area holds an area of somebody's table: by the layers that the package has."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from vawg_geo.terms.codes import is_gss_code, level_of_code

if TYPE_CHECKING:
    from pathlib import Path

    from vawg_geo.audit.observed import Observed

    # By area: the areas in it.
    Layer = dict[str, set[str]]

__all__ = ["alike", "placed"]

_LSOAS: Final = ("lookup_lsoa11_wards.csv", "lsoa_code", "district_code")
# Levels so small that the one district of a table is taken to hold them.
_SMALL: Final = ("ward", "lsoa")


def placed(observed: Observed) -> Observed:
    """Put areas of which no file says where they lie into larger ones.

    Parameters
    ----------
    observed : Observed

    Returns
    -------
    Observed
        With more `parents`, and a note on where they are from.
    """
    codes = {str(code) for code in observed.observations["area_code"].unique()}
    loose = {c for c in codes if is_gss_code(c) and c not in observed.parents}
    if not loose:
        return observed
    parents, names = _by_layers(loose)
    notes = []
    if found := loose & set(parents):
        notes.append(
            f"{len(found):,} of {len(codes):,} areas are put into larger ones by what this package "
            f"knows of their codes ({', '.join(names)})."
        )
    if whole := _only_district(codes, loose - set(parents)):
        parents |= dict.fromkeys(loose - {whole}, whole)
        notes.append(
            f"{len(loose) - 1:,} areas are taken to be all of {whole}, the only district of their "
            "table."
        )
    # What the files say comes first.
    return replace(observed, parents=parents | observed.parents, notes=[*observed.notes, *notes])


def alike(other: Observed, own: Observed) -> Observed:
    """Take a table that does not say what it counts, or when, to be of what the first one is of.

    Parameters
    ----------
    other, own : Observed
        Each of one series; where either has several, or both say it, nothing is done.

    Returns
    -------
    Observed
    """
    rows, notes = other.observations, list(other.notes)
    if not len(rows) or not len(own.observations):
        return other
    for column, what in (("indicator", "what it counts"), ("period", "of what time it is")):
        said, meant = rows[column].unique(), own.observations[column].unique()
        both = _unsaid(other, column) and _unsaid(own, column)
        either = column == "period" and (_unsaid(other, column) or _unsaid(own, column))
        if len(said) == len(meant) == 1 and said[0] != meant[0] and (both or either):
            rows = rows.assign(**{column: meant[0]})
            notes.append(
                f"{rows['source'].iloc[0]} or {own.observations['source'].iloc[0]} does not say "
                f"{what}; they are taken to be alike."
            )
    return replace(other, observations=rows, notes=notes)


def _unsaid(observed: Observed, column: str) -> bool:
    """Whether no table says it: an indicator is then called as the file is."""
    rows = observed.observations
    if column == "period":
        return bool((rows["period"] == "").all())
    stems = rows["source"].str.rsplit("/").str[-1].str.split(".").str[0]
    return bool((rows["indicator"] == stems).all())


def _by_layers(loose: set[str]) -> tuple[dict[str, str], list[str]]:
    """Parents of areas and of all beside them; a layer must have all of an area's that are asked.

    So wards of two years are never put together.
    """
    parents: dict[str, str] = {}
    names: dict[str, None] = {}
    asked = set(loose)
    while asked:
        found: dict[str, str] = {}
        for holder in {holder for _, layer in _layers() for holder in layer}:
            hits = [(name, layer.get(holder, set())) for name, layer in _layers()]
            every = asked & set().union(*(inside for _, inside in hits))
            name, inside = next(((n, i) for n, i in hits if every <= i), ("", set()))
            if every and inside:
                names[name] = None
                found |= dict.fromkeys(inside, holder)
        parents |= found
        asked = set(found.values()) - set(parents)
    return parents, list(names)


def _only_district(codes: set[str], loose: set[str]) -> str:
    """The one district of a table whose other areas are all wards, or all LSOAs, of no district."""
    levels = {code: level_of_code(code) for code in codes if is_gss_code(code)}
    districts = [code for code, level in levels.items() if level == "district"]
    others = {level for level in levels.values() if level != "district"}
    if len(districts) != 1 or len(others) != 1 or not others <= set(_SMALL):
        return ""
    small = {code for code in levels if code != districts[0]}
    return districts[0] if len(small) > 1 and small <= loose else ""


@cache
def _layers() -> list[tuple[str, Layer]]:
    """Layers that are here now, by name."""
    from vawg_geo.inputs.catalogue.catalogue import read_catalogue
    from vawg_geo.inputs.catalogue.registry import embedded_folder

    layers = [
        (entry.name, _inside(entry.path, entry.code_column, entry.parent_column))
        for entry in read_catalogue()
        if entry.path and entry.path.is_file() and entry.code_column and entry.parent_column
    ]
    name, code, parent = _LSOAS
    with (embedded_folder("data") / name).open(encoding="utf-8", newline="") as file:
        pairs = [(row[code], row[parent]) for row in csv.DictReader(file)]
    return [*layers, (name, _by_holder(pairs))]


def _inside(path: Path, code: str, parent: str) -> Layer:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
        (table,) = base.execute("SELECT table_name FROM gpkg_contents").fetchone()
        quoted = ", ".join('"{}"'.format(name.replace('"', '""')) for name in (code, parent))
        table = str(table).replace('"', '""')
        return _by_holder(base.execute(f'SELECT {quoted} FROM "{table}"').fetchall())  # noqa: S608


def _by_holder(pairs: list[tuple[str, str]]) -> Layer:
    layer: dict[str, set[str]] = {}
    for code, holder in pairs:
        if code and holder:
            layer.setdefault(str(holder), set()).add(str(code))
    return layer
