"""An edition's layers for other tools: FlatGeobuf, GeoParquet, Shapefile, file geodatabase.

A file for each layer that stands on its own: the outlines of every level, and every view of the
edition's GeoPackage, under the same names, with the same columns and rows; or one file geodatabase
with all of them. They are read from a
GeoPackage that is written for it, so that no file can say anything else than the GeoPackage does.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.errors import OutputError
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.filegdb import FOLDER, pack_filegdb
from vawg_geo.publish.geopackage.file import WRITE_ERRORS, draft_settings
from vawg_geo.publish.geopackage.write import (
    described_layers,
    table_titles,
    write_geopackage,
)
from vawg_geo.results.results import edition_of
from vawg_geo.terms.editions import FORMATS, LAYERS_FOLDER, require_formats
from vawg_geo.terms.short_names import README, SHAPEFILE_LIMITS, layer_readme, short_name
from vawg_geo.terms.tables import JOIN_REPORT
from vawg_geo.words.layers import LAYER
from vawg_geo.words.page import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vawg_geo.results.results import EditionResults

    # Layer's table, its file, its title and its description.
    Writer = Callable[[Any, Path, str, str], None]

__all__ = ["shapefile_limits", "write_exports"]

_GEOMETRY: Final = "geometry"
_CRS: Final = "EPSG:27700"
# The format's header has a date of its last change.
_NO_DAY: Final = "2000-01-01"


def write_exports(results: EditionResults, folder: Path, *, formats: Iterable[str]) -> list[Path]:
    """Write an edition's layers as files of other kinds.

    Parameters
    ----------
    results : EditionResults
        Nothing else is accepted.
    folder : Path
        Made where there is anything to write.
    formats : iterable of str
        Of `formats.FORMATS`.

    Returns
    -------
    list of Path
        In the order of writing, without the parts that go with a Shapefile; `README.txt` last
        where there are Shapefiles.

    Raises
    ------
    ConfigurationError
        A format is not known.
    OutputError
        A file cannot be written.
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.
    """
    edition = edition_of(results)
    wanted = require_formats(formats)
    if not wanted:
        return []
    import pyogrio

    about = {
        level: (
            fill(LAYER["outlines"], {"levels": level.replace("_", " ")}),
            " ".join(results.attribution),
        )
        for level in results.areas
    }
    layers = described_layers(results)
    about |= {layer.name: (layer.title, layer.description) for layer in layers}
    # Their columns have no names of ten letters that would tell them apart.
    too_wide = tuple(layer.name for layer in layers if layer.said) if "shapefile" in wanted else ()
    folder.mkdir(parents=True, exist_ok=True)
    names, columns = [], dict[str, None]()
    with tempfile.TemporaryDirectory() as scratch, drafted(edition, folder) as draft:
        package = write_geopackage(results, Path(scratch, "layers.gpkg"))
        for name, (title, description) in about.items():
            meta, table = pyogrio.read_arrow(package, layer=name)
            table = table.rename_columns(
                [_GEOMETRY if c == meta["geometry_name"] else c for c in table.column_names]
            )
            if name not in too_wide:
                columns |= dict.fromkeys(c for c in table.column_names if c != _GEOMETRY)
            for kind in (one for one in wanted if one in _WRITERS):
                if kind == "shapefile" and name in too_wide:
                    continue
                names.append(f"{name}{FORMATS[kind]}")
                _write(
                    _WRITERS[kind], table, draft / names[-1], title=title, description=description
                )
        if "filegdb" in wanted:
            names.append(f"{FOLDER}.zip")
            _write_in_one(package, draft / names[-1], about, results, scratch=Path(scratch))
        if "shapefile" in wanted:
            write_whole(draft / README, layer_readme(results.watermark, columns))
            names.append(README)
    return [folder / name for name in names]


def shapefile_limits(folders: Iterable[Path]) -> list[str]:
    """Say what Shapefiles cannot hold, once, where editions have any.

    Parameters
    ----------
    folders : iterable of Path
        Of editions.

    Returns
    -------
    list of str
        One sentence or none.
    """
    readmes = [folder / LAYERS_FOLDER / README for folder in folders]
    notes = [f"{p.parent.parent.name}/{LAYERS_FOLDER}/{README}" for p in readmes if p.is_file()]
    if not notes:
        return []
    limits = "; ".join(SHAPEFILE_LIMITS)
    return [f"Shapefiles have limits: {limits}. Full names of columns: {', '.join(notes)}."]


def _write(write: Writer, table: Any, path: Path, *, title: str, description: str) -> None:
    try:
        with draft_settings():
            write(table, path, title, description)
    except (OSError, *WRITE_ERRORS) as error:
        msg = f"{path.name} cannot be written: {error}. Make room, or choose another place."
        raise OutputError(msg) from error


def _write_in_one(
    package: Path,
    path: Path,
    layers: dict[str, tuple[str, str]],
    results: EditionResults,
    *,
    scratch: Path,
) -> None:
    """All layers, and the tables without which they say too little, in one file."""
    others = {JOIN_REPORT.name, *results.overlays.tables}
    tables = {name: title for name, title in table_titles(results).items() if name not in others}
    try:
        pack_filegdb(package, path, layers=layers, tables=tables, scratch=scratch)
    except (OSError, *WRITE_ERRORS) as error:
        msg = f"{path.name} cannot be written: {error}. Make room, or choose another place."
        raise OutputError(msg) from error


def _flatgeobuf(table: Any, path: Path, title: str, description: str) -> None:
    import pyogrio

    pyogrio.write_arrow(
        table,
        path,
        layer=path.stem,
        driver="FlatGeobuf",
        geometry_name=_GEOMETRY,
        geometry_type="MultiPolygon",
        crs=_CRS,
        layer_options={"SPATIAL_INDEX": "YES", "TITLE": title, "DESCRIPTION": description},
    )


def _geoparquet(table: Any, path: Path, title: str, description: str) -> None:
    import geopandas as gpd
    import pandas as pd

    frame = table.drop([_GEOMETRY]).to_pandas(types_mapper=_nullable().get)
    outlines = gpd.GeoSeries.from_wkb(table[_GEOMETRY].to_pandas(), crs=_CRS)
    layer = gpd.GeoDataFrame(pd.DataFrame(frame), geometry=outlines)
    # Read back by geopandas and pandas, and by any reader among the file's key-value pairs.
    layer.attrs = {"title": title, "description": description}
    layer.to_parquet(
        path,
        index=False,
        compression="zstd",
        geometry_encoding="WKB",
        write_covering_bbox=True,
        schema_version="1.1.0",
    )


def _nullable() -> dict[Any, Any]:
    """Types of pandas in which a number may be absent."""
    import pandas as pd
    import pyarrow as pa

    return {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def _shapefile(table: Any, path: Path, title: str, description: str) -> None:
    import pyogrio

    del title, description  # The format has no place for them: the README says what must be said.
    names = [c if c == _GEOMETRY else short_name(c) for c in table.column_names]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        msg = (
            f"{path.name}: {len(twice)} short names stand twice; first: {twice[0]!r}. Choose "
            "another format."
        )
        raise OutputError(msg)
    with warnings.catch_warnings():
        # Texts of more than 254 bytes are cut, as the README says.
        warnings.filterwarnings("ignore", message=".*truncated to 254", category=RuntimeWarning)
        pyogrio.write_arrow(
            table.rename_columns(names),
            path,
            layer=path.stem,
            driver="ESRI Shapefile",
            geometry_name=_GEOMETRY,
            geometry_type="Polygon",
            crs=_CRS,
            layer_options={"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": _NO_DAY},
        )


_WRITERS: Final[dict[str, Writer]] = {
    "flatgeobuf": _flatgeobuf,
    "geoparquet": _geoparquet,
    "shapefile": _shapefile,
}
