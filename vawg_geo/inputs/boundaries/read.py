"""Reading boundary files: from whatever somebody has to four columns on the National Grid."""

from __future__ import annotations

import os
import re
import warnings
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from vawg_geo.errors import BoundaryError, did_you_mean
from vawg_geo.files.archives import unpacked_boundaries
from vawg_geo.files.limits import require_bounded_parquet
from vawg_geo.inputs.boundaries.checks import (
    Expected,
    repair_polygons,
    validate_codes,
    validate_expected,
    validate_overlaps,
    validate_polygons,
)
from vawg_geo.inputs.boundaries.columns import TakenColumns, take_columns
from vawg_geo.inputs.boundaries.containers import Container, inspect_container
from vawg_geo.inputs.boundaries.national_grid import (
    NATIONAL_GRID,
    to_national_grid,
    validate_coordinates,
    validate_location,
)
from vawg_geo.inputs.boundaries.other_formats import OPEN_OPTIONS
from vawg_geo.inputs.boundaries.parts import join_parts
from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry, verified_path
from vawg_geo.inputs.tables.sums import require_recorded
from vawg_geo.terms.codes import is_beyond
from vawg_geo.terms.columns import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Expected", "read_boundaries"]

_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class _Source:
    """A file to read, and what is known of it."""

    path: Path
    label: str
    verified: bool = False
    layer: str | None = None
    expected: Expected | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Content:
    """What a reader found: attributes, geometries and their system, side by side."""

    table: pd.DataFrame
    geometries: Any
    crs: pyproj.CRS | None
    notes: list[str]


def read_boundaries(
    source: str | os.PathLike[str],
    *,
    layer: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    parent_column: str | None = None,
    level: str | None = None,
    crs: Any = None,
    expected: Expected | None = None,
) -> gpd.GeoDataFrame:
    """Read outlines of areas, and refuse what would make a wrong map.

    Parameters
    ----------
    source : str or path
        A GeoPackage, Shapefile (with its sidecars), GeoJSON, TopoJSON, FlatGeobuf, GeoParquet,
        MapInfo (`.tab` or `.mif` with its parts), file geodatabase (`.gdb`), KML or GML file, or a
        zip of one of them; or the name of an embedded layer (`wards-2015`). Addresses and GDAL's
        virtual paths are not taken.
    layer : str, optional
        Layer of a file with several; the Shapefile's name in a zip with several.
    code_column, name_column, parent_column : str, optional
        Columns of the area's code, its name and its district's code; found by the habits of ONS
        and OS where they are not given.
    level : str, optional
        `ward`, `district`, `county`, `police_area` or `lsoa`: whose codes to take where the file
        has several levels', and what they must be.
    crs : anything that pyproj understands, optional
        What the coordinates really are, in place of what the file says. TopoJSON, which has no
        room to say, is taken as WGS84 unless this says otherwise.
    expected : Expected, optional
        Rows, bounds and area that are known beforehand. Embedded layers bring their own.

    Returns
    -------
    GeoDataFrame
        Columns `area_code`, `area_name`, `parent_code` ('' where there is none) and `geometry`
        (valid polygons in EPSG:27700, metres, two dimensions), in the file's order. Its
        `attrs["notes"]` is a list of what a person should know: which columns were taken, which
        operation reprojected them and how accurate it is, repairs, slivers.

    Raises
    ------
    BoundaryError
        The file is absent, damaged, cut short or of another kind; no coordinate reference system
        is known or it contradicts the coordinates; a column is absent or ambiguous; a code is
        missing or repeats; an outline is missing, crosses itself, is no polygon, lies on another
        one or outside England and Wales; rows, bounds or area are not as expected.
    InputError
        An embedded file is not the one that was registered, or a file not the one that the
        `SHA256SUMS` beside it records.
    """
    if level is not None and level not in LEVELS:
        msg = f"{level!r} is not a level. Use one of: {', '.join(LEVELS)}."
        raise BoundaryError(msg)
    located = _resolve(source)
    content = _read_content(located, layer=layer or located.layer, crs=crs)
    if len(content.table) == 0:
        msg = f"{located.label} has no areas. Give a layer with at least one."
        raise BoundaryError(msg)
    taken = take_columns(
        content.table,
        code_column=code_column,
        name_column=name_column,
        parent_column=parent_column,
        level=level,
    )
    texts, notes = _texts(content.table, taken, label=located.label)
    content, texts, beyond = _without_beyond(content, texts, located.label)
    whole, places, parts = join_parts(texts, label=located.label)
    notes = [*content.notes, *notes, *beyond, *parts]
    # Codes first: a row that is empty throughout is best named as one without a code.
    notes += validate_codes(
        whole["area_code"],
        whole["area_name"],
        whole["parent_code"],
        label=located.label,
        level=level,
    )
    geometries, more = _outlines(content, texts, located)
    if parts:
        geometries = np.array([shapely.union_all(geometries[rows]) for rows in places])
    texts = whole
    stated = expected or located.expected
    if stated is not None:
        validate_expected(geometries, texts["area_code"], stated, label=located.label)
    frame = gpd.GeoDataFrame(texts, geometry=geometries, crs=NATIONAL_GRID)
    frame.attrs["notes"] = notes + more
    return frame


def _without_beyond(
    content: _Content, texts: dict[str, list[str]], label: str
) -> tuple[_Content, dict[str, list[str]], list[str]]:
    """Leave out areas of Scotland and Northern Ireland, which layers of the whole country have."""
    here = [not is_beyond(code) for code in texts["area_code"]]
    if all(here) or not any(here):
        return content, texts, []
    note = (
        f"{here.count(False):,} of {len(here):,} areas in {label} are of Scotland or Northern "
        "Ireland and are left out"
    )
    table = content.table[here]
    kept = replace(content, table=table, geometries=content.geometries[here])
    return kept, {name: list(compress(values, here)) for name, values in texts.items()}, [note]


def _resolve(source: str | os.PathLike[str]) -> _Source:
    """Find the file that a name of the registry or a path means."""
    text = os.fspath(source)
    if not isinstance(text, str) or not text.strip():
        msg = "no boundary file is given. Give a path, or the name of an embedded layer."
        raise BoundaryError(msg)
    if text.replace("\\", "/").lower().startswith("/vsi") or "://" in text or "\0" in text:
        msg = (
            f"{text!r} is an address or a virtual path. Boundaries are read from files only: "
            "download it first, then give its path."
        )
        raise BoundaryError(msg)
    if isinstance(source, str) and _NAME.fullmatch(text):
        return _embedded(text)
    # Absolute, so that no part of a name can be taken for a scheme; links are left as they are,
    # because a Shapefile's sidecars lie beside the name that was given.
    path = Path(text).absolute()
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError:  # a name that the file system cannot even ask for
        is_folder = is_file = False
    if is_folder and path.suffix.lower() == ".gdb":
        return _Source(path, path.name)
    if is_folder:
        msg = f"{path.name} is a folder. Give the file in it (of a Shapefile: the .shp)."
        raise BoundaryError(msg)
    if not is_file:
        msg = f"there is no file {text!r}. Check the path."
        raise BoundaryError(msg)
    if "!" in str(path) or str(path).startswith("/vsi"):
        msg = (
            f"{text!r}: the reader gives '!' and /vsi in a path another meaning. Rename it or copy "
            "it elsewhere."
        )
        raise BoundaryError(msg)
    return _Source(path, path.name, notes=tuple(require_recorded(path)))


def _embedded(name: str) -> _Source:
    registry = read_registry(embedded_folder("boundaries"))
    # Look-ups stand in the same registry and have no level.
    layers = {key: entry for key, entry in registry.items() if "level" in entry.facts}
    if (entry := layers.get(name)) is None:
        hint = did_you_mean(name, layers, otherwise="Choose another.")
        msg = (
            f"there is no embedded layer {name!r}. {hint} Embedded are: "
            f"{', '.join(layers)}. For a file, give its name with its ending."
        )
        raise BoundaryError(msg)
    return _Source(
        verified_path(entry),
        entry.name,
        verified=True,
        layer=entry.facts.get("layer"),
        expected=Expected.from_facts(entry.facts),
    )


def _read_content(source: _Source, *, layer: str | None, crs: Any) -> _Content:
    """Read a file's rows once its container is known to be whole."""
    with ExitStack() as stack:
        path = source.path
        if path.suffix.lower() == ".zip":
            path = stack.enter_context(unpacked_boundaries(path, layer=layer))
            # Of a Shapefile the layer is its name, which has done its work.
            layer = None if path.suffix == ".shp" or path.stem == layer else layer
        label = source.label if path == source.path else f"{source.label}/{path.name}"
        try:
            container = inspect_container(
                path, label=label, need_prj=crs is None, verified=source.verified
            )
        except OSError as error:
            msg = f"{label} cannot be opened ({error.strerror}). Check who may read it."
            raise BoundaryError(msg) from error
        with warnings.catch_warnings(record=True) as caught:
            # The reader's warnings are for the person too, but as notes.
            warnings.simplefilter("always")
            try:
                if container.format == "geoparquet":
                    frame, rows = _read_parquet(path), None
                else:
                    frame, rows = _read_gdal(container, source.label, layer)
            except BoundaryError:
                raise
            # Readers raise what they like, even NameError, where a file makes no sense to them.
            except Exception as error:
                detail = (str(error).splitlines() or [type(error).__name__])[0]
                msg = (
                    f"{source.label} cannot be read ({_without_folder(detail, path)}): it is "
                    "damaged, cut short or not what its name says. Fetch or export it again."
                )
                raise BoundaryError(msg) from error
    if rows is not None and rows != len(frame):
        msg = (
            f"{source.label} states {rows:,} rows and {len(frame):,} can be read: it is damaged, "
            "cut short or holds deleted rows. Fetch or export it again."
        )
        raise BoundaryError(msg)
    notes = [
        f"the reader says of {source.label}: {_without_folder(str(item.message), path)}"
        for item in caught
        # A programmer's matter and none of the reader's of maps.
        if not issubclass(item.category, (DeprecationWarning, FutureWarning))
    ]
    system, more = _system(frame, container, source.label, crs)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    said = [*source.notes, *container.notes, *notes, *more]
    return _Content(table, np.asarray(frame.geometry.array), system, said)


def _without_folder(text: str, path: Path) -> str:
    """Leave a temporary or private folder's name out of a message."""
    return text.replace(str(path.parent) + os.sep, "").replace(str(path.parent), "")


def _read_gdal(
    container: Container, label: str, layer: str | None
) -> tuple[gpd.GeoDataFrame, int | None]:
    """Read one layer, and the rows that its container says it has."""
    listed = pyogrio.list_layers(container.path)
    layers = [str(name) for name, kind in listed if kind is not None]
    if not layers:
        msg = f"{label} has no layer with geometry. Give a file with outlines of areas."
        raise BoundaryError(msg)
    if layer is None and len(layers) == 1:
        layer = layers[0]
    if layer not in layers:
        names = ", ".join(repr(name) for name in layers)
        missing = f"no layer {layer!r}" if layer is not None else f"{len(layers)} layers"
        msg = f"{label} has {missing}. Give layer= one of: {names}."
        raise BoundaryError(msg)
    options = OPEN_OPTIONS.get(container.format, {})
    frame = pyogrio.read_dataframe(container.path, layer=layer, **options)
    if not isinstance(frame, gpd.GeoDataFrame):
        msg = f"{label} has no geometry. Give a file with outlines of areas."
        raise BoundaryError(msg)
    return frame, container.rows.get(layer, container.rows.get(""))


def _read_parquet(path: Path) -> gpd.GeoDataFrame:
    require_bounded_parquet(path, label=path.name, error=BoundaryError)
    # An open file and not a path: paths may be taken for addresses.
    with path.open("rb") as stream:
        return gpd.read_parquet(stream)


def _system(
    frame: gpd.GeoDataFrame, container: Container, label: str, crs: Any
) -> tuple[pyproj.CRS | None, list[str]]:
    """Settle which system the coordinates are in: as given, else as the file says."""
    if crs is not None:
        try:
            given = pyproj.CRS.from_user_input(crs)
        except pyproj.exceptions.CRSError as error:
            msg = f"crs={crs!r} is no coordinate reference system. Give one as 'EPSG:27700'."
            raise BoundaryError(msg) from error
        if frame.crs is not None and frame.crs != given:
            return given, [
                f"{label} says it is in {frame.crs.name}, and was read as {given.name}, as asked"
            ]
        return given, []
    if frame.crs is None and container.format == "topojson":
        note = f"{label} is TopoJSON, which cannot say its system: taken as WGS84"
        return pyproj.CRS("EPSG:4326"), [note]
    # GeoPackage writes down that a system is undefined, which is as good as none.
    if frame.crs is not None and frame.crs.name.lower().startswith("undefined"):
        return None, []
    return frame.crs, []


def _texts(
    table: pd.DataFrame, taken: TakenColumns, *, label: str
) -> tuple[dict[str, list[str]], list[str]]:
    """Take codes, names and parents' codes as stripped text, '' where there is none."""
    codes = _as_text(table[taken.code])
    names = _as_text(table[taken.name]) if taken.name else [""] * len(codes)
    parents = _as_text(table[taken.parent]) if taken.parent else [""] * len(codes)
    # Our own column names need no telling.
    notes = [] if taken.code == "area_code" else [f"{label}: {taken.note()}"]
    if taken.name and (nameless := names.count("")):
        notes.append(
            f"{nameless:,} of {len(names):,} areas in {label} have no name; their code stands for "
            "it"
        )
    if 0 < (orphans := parents.count("")) < len(parents):
        notes.append(f"{orphans:,} of {len(parents):,} areas in {label} have no parent's code")
    names = [name or code for name, code in zip(names, codes, strict=True)]
    return {"area_code": codes, "area_name": names, "parent_code": parents}, notes


def _as_text(values: pd.Series) -> list[str]:
    def text(value: object) -> str:
        # Codes that were stored as numbers come back as 12.0 where one of them is missing.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return " ".join(str(value).split())

    return [
        "" if absent else text(value) for value, absent in zip(values, values.isna(), strict=True)
    ]


def _outlines(
    content: _Content, texts: dict[str, list[str]], source: _Source
) -> tuple[Any, list[str]]:
    """Bring outlines to the National Grid and through every check."""
    label = source.label
    names: Sequence[str] = [
        f"{code!r} {name}"
        for code, name in zip(texts["area_code"], texts["area_name"], strict=True)
    ]
    if content.crs is None:
        msg = (
            f"{label} has no coordinate reference system. Give it with crs=, 'EPSG:27700' for "
            "British National Grid or 'EPSG:4326' for longitude and latitude."
        )
        raise BoundaryError(msg)
    notes = []
    geometries = content.geometries
    validate_polygons(geometries, names, label=label)
    if shapely.has_z(geometries).any() or shapely.has_m(geometries).any():
        geometries = shapely.force_2d(geometries)
        notes.append(f"heights or measures in {label} were dropped")
    bounds = [float(value) for value in shapely.total_bounds(geometries)]
    validate_coordinates(bounds, content.crs, label=label)
    geometries, moved = to_national_grid(geometries, content.crs, label=label)
    # Before the repair, which overflows on points that are out of this world.
    validate_location(geometries, names, label=label)
    geometries, repaired = repair_polygons(geometries, names, label=label)
    # A registered file's checksum vouches for it; its coverage was checked when it was made.
    slivers = [] if source.verified else validate_overlaps(geometries, names, label=label)
    return geometries, [*notes, *moved, *repaired, *slivers]
