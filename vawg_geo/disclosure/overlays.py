"""What an edition may know of the tables that are laid over the counts, and may show of them.

Each overlay says what it allows. What none may show is refused here, whatever an overlay says and
whoever wrote it: a table of places or names that would give a refuge or a sex worker's place away,
anything smaller than a ward, and places that no table of public places has.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import DisclosureError, problem
from vawg_geo.overlays.overlay import Inputs, Protected
from vawg_geo.overlays.registry import overlays
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.refuges import refuse_places_of_refuges, refuse_refuges

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vawg_geo.areas.reference import Reference
    from vawg_geo.overlays.layer import OverlayLayer
    from vawg_geo.terms.forms import Form

__all__ = ["allowed_reference", "require_showable", "withheld_files"]

_WHOLE_AREAS: Final = frozenset(("ward", "district", "csp", "county", "police_area"))
# The one table that may say of whole wards what no map shows: it stands under an agreement, and
# no public edition has it.
_BY_WHOLE_WARDS: Final = ("profiles", "profiles")
# Codes of areas smaller than a ward: output areas, small areas, workplace zones.
_SMALL_CODE: Final = re.compile(r"(?<![0-9A-Za-z])(?:[EW]0[01]|E33|W35|S00|S01|N00)\d{6}(?!\d)")
_POSTCODE: Final = re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")
# Columns by which a place can be found, but for eastings and northings, which are looked at.
_PLACE_COLUMN: Final = re.compile(
    r"longitude|latitude|^(?:lon|lat|lng|x|y)$|coord|post ?_?code|address|street|uprn|grid_?ref",
    re.I,
)
_ANALYST: Final = "analyst"


def allowed_reference(reference: Reference, *, edition: str) -> Reference:
    """Take out what an edition may not show, and refuse what none may.

    Parameters
    ----------
    reference : Reference
    edition : {"public", "partnership", "analyst"}

    Returns
    -------
    Reference
        What each overlay allows; files that nobody looked into in the analyst's edition alone. An
        overlay that may know nothing of what it read is not in it.

    Raises
    ------
    DisclosureError
        A place that is marked on the map, in whatever overlay, is a refuge or a sex worker's; a
        refuge by anything smaller than a district, or with a site; a profile of anything smaller
        than a ward.
    """
    inputs = {}
    for overlay in overlays():
        if overlay.name not in reference.inputs:
            continue
        read = reference.inputs[overlay.name]
        forms = {form.name: form for form in overlay.forms}
        for name, table in read.tables.items():
            by_wards = (overlay.name, name) == _BY_WHOLE_WARDS
            _refuse_places(table, forms.get(name), whole_wards=by_wards)
        allowed = overlay.allow(read, edition=edition)
        # Not more than was read and looked at.
        tables = {name: table for name, table in read.tables.items() if name in allowed.tables}
        files = dict(allowed.files) if edition == _ANALYST else {}
        if tables or files or not (read.tables or read.files):
            inputs[overlay.name] = Inputs(tables=tables, files=files)
    return replace(reference, inputs=inputs)


def withheld_files(settings: object, before: Reference, after: Reference) -> set[str]:
    """Names of the files whose tables an edition may not know: not even that they were read.

    Parameters
    ----------
    settings : OverlaySettings
    before, after : Reference
        What was read, and what the edition may know of it.
    """
    return {
        getattr(own, form.setting)
        for overlay in overlays()
        if (own := getattr(settings, overlay.name, None)) is not None
        for form in overlay.forms
        if form.name in before.of(overlay.name).tables
        and form.name not in after.of(overlay.name).tables
    }


def require_showable(
    tables: Mapping[str, pd.DataFrame], layers: Iterable[OverlayLayer], *, edition: Protected
) -> None:
    """Refuse what an overlay would lay over the rates and no edition, or not this one, may show.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        By name.
    layers : iterable of OverlayLayer
    edition : Protected

    Raises
    ------
    DisclosureError
        A place is a refuge or a sex worker's; in another edition than the analyst's, something is
        smaller than a ward or no area of the map, or a place stands in no table of public places.
    """
    layers = tuple(layers)
    for layer in layers:
        places = pd.DataFrame(list(layer.points), columns=["easting", "northing", "site"])
        refuse_refuges(places, name="site")
        if edition.name != _ANALYST:
            _require_public_places(places, edition, f"the layer {layer.title!r}")
            _require_areas(layer, edition)
    for name, table in tables.items():
        if {"easting", "northing"} & set(table):
            refuse_refuges(table, name=str(table.columns[0]))
        if edition.name != _ANALYST:
            _require_no_smaller(table, name)
            _require_public_places(table, edition, f"the table {name}")


def _require_areas(layer: OverlayLayer, edition: Protected) -> None:
    """Refuse a layer of anything but the map's own areas, and words of smaller ones."""
    where = f"of the layer {layer.title!r}"
    known = set(edition.areas[layer.level]["area_code"]) if layer.level in edition.areas else set()
    strange = [code for code in layer.by_area if code not in known]
    if strange:
        msg = problem(
            f"are none of the map's by {layer.level}",
            bad=len(strange),
            total=len(layer.by_area),
            noun=f"areas {where}",
            first=repr(strange[0]),
            action="Lay it over wards or larger: only the analyst's edition has smaller areas.",
        )
        raise DisclosureError(msg)
    texts = [
        layer.title,
        layer.note,
        *(one.label for one in layer.classes),
        *(text for value in layer.by_area.values() for text in (value.words, value.short)),
    ]
    _require_no_small_code(pd.Series(texts, dtype="str"), f"texts {where}")


def _require_no_smaller(table: pd.DataFrame, name: str) -> None:
    """Refuse a table of anything smaller than a ward."""
    if "level" in table:
        levels = table["level"].fillna("").astype(str)
        _refuse_rows(~levels.isin({*_WHOLE_AREAS, ""}), levels, f"rows of the table {name}")
    for column in table.columns:
        if _PLACE_COLUMN.search(str(column)):
            msg = (
                f"the table {name} has the column {str(column)!r}, by which a place can be found. "
                "Take it out: only easting and northing of public places are shown."
            )
            raise DisclosureError(msg)
        if not pd.api.types.is_numeric_dtype(table[column]):
            texts = table[column].fillna("").astype(str)
            _require_no_small_code(texts, f"cells of the table {name}, {str(column)!r}")


def _require_no_small_code(texts: pd.Series, what: str) -> None:
    _refuse_rows(texts.str.contains(_SMALL_CODE) | texts.str.contains(_POSTCODE), texts, what)


def _refuse_rows(wrong: pd.Series, texts: pd.Series, what: str) -> None:
    if wrong.any():
        msg = problem(
            "are of something smaller than a ward",
            bad=int(wrong.sum()),
            total=len(wrong),
            noun=what,
            first=repr(texts[wrong].iloc[0]),
            action="Sum them up by ward or larger: only the analyst's edition has smaller areas.",
        )
        raise DisclosureError(msg)


def _require_public_places(places: pd.DataFrame, edition: Protected, what: str) -> None:
    """Refuse places that stand in no table of public places that an overlay has read."""
    if not {"easting", "northing"} & set(places) or places.empty:
        return
    public: set[tuple[float, float]] = set()
    for overlay in overlays():
        for form in overlay.forms:
            table = edition.reference.table(overlay.name, form.name)
            if form.row_of == "place" and table is not None:
                public |= set(_pairs(table))
    strange = [pair for pair in _pairs(places) if pair not in public]
    if strange:
        msg = problem(
            "stand in no table of public places",
            bad=len(strange),
            total=len(places),
            noun=f"places of {what}",
            first=f"easting {strange[0][0]:g}, northing {strange[0][1]:g}",
            action='Read them by a form whose row_of is "place", or take them out.',
        )
        raise DisclosureError(msg)


def _pairs(places: pd.DataFrame) -> list[tuple[float, float]]:
    columns = [
        pd.to_numeric(places[name], errors="coerce").tolist()
        if name in places
        else [0.0] * len(places)
        for name in ("easting", "northing")
    ]
    return list(zip(*columns, strict=True))


def _refuse_places(table: pd.DataFrame, form: Form | None, *, whole_wards: bool) -> None:
    """Refuse a table that says where a refuge or a sex worker's place is."""
    if whole_wards:
        refuse_places_of_refuges(table, sex_work=False)
        _refuse_small_profiles(table)
    elif (form is not None and form.row_of == "place") or {"easting", "northing"} <= set(table):
        refuse_refuges(table, name=form.needs[0] if form else str(table.columns[0]))
    else:
        refuse_places_of_refuges(table)


def _refuse_small_profiles(profiles: pd.DataFrame) -> None:
    by_code = profiles["area_code"].map(lambda code: level_of_code(code) or "")
    small = ~profiles["level"].isin(_WHOLE_AREAS) | ~by_code.isin({*_WHOLE_AREAS, ""})
    if small.any():
        msg = problem(
            "are of something smaller than a ward",
            bad=int(small.sum()),
            total=len(profiles),
            noun="profiles",
            first=repr(profiles.loc[small, "profile"].iloc[0]),
            action="Take them out: no edition shows them.",
        )
        raise DisclosureError(msg)
