"""An edition's layers as one Esri file geodatabase, zipped: aliases, domains, metadata.

It is read from the edition's GeoPackage, so that it can say nothing else. GDAL's driver keeps an
alias of a column and a domain's name; a domain itself it takes through its table of items alone.
"""

from __future__ import annotations

import sqlite3
import uuid
import warnings
import zipfile
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from vawg_geo.publish.geopackage.file import draft_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["FOLDER", "pack_filegdb"]

FOLDER: Final = "vawg.gdb"
_GEOMETRY: Final = "SHAPE"
_CRS: Final = "EPSG:27700"
_DRIVER: Final = "OpenFileGDB"
_LARGEST: Final = 2**31 - 1
_ZERO_DATE: Final = (1980, 1, 1, 0, 0, 0)
# What the format itself calls an item that is a list of words.
_CODED_VALUES: Final = "{8C368B12-A12E-4C7E-9638-C9C64E69E98F}"
_SPACE: Final = uuid.UUID("0b1d3c1e-58a5-5a0c-8f9c-6f0b1f7b6a11")
_SETTINGS: Final = {"OPENFILEGDB_REPRODUCIBLE_UUID": "YES"}


def pack_filegdb(
    package: Path,
    path: Path,
    *,
    layers: Mapping[str, tuple[str, str]],
    tables: Mapping[str, str],
    scratch: Path,
) -> None:
    """Write layers and tables of a GeoPackage as a zipped file geodatabase.

    Parameters
    ----------
    package : Path
        A GeoPackage of this package.
    path : Path
        Ends in `.gdb.zip`.
    layers : mapping of str to (str, str)
        Spatial layers by name: title and description. The first has no column with a domain.
    tables : mapping of str to str
        Titles of tables without geometry, by name.
    scratch : Path
        Folder for drafts.
    """
    folder = scratch / FOLDER
    domains, of_columns = _domains(package)
    about = {**layers, **{name: (title, title) for name, title in tables.items()}}
    with _settings():
        for place, (name, (title, description)) in enumerate(about.items()):
            _write_layer(
                package,
                folder,
                name,
                title=title,
                description=description,
                domains=of_columns.get(name, {}),
            )
            if not place:
                _add_domains(folder, domains, scratch)
    _pack(folder, path)


@contextmanager
def _settings() -> Iterator[None]:
    import pyogrio

    with draft_settings(), warnings.catch_warnings():
        # The number of an item is made anew by the driver, from a seed of its own.
        warnings.filterwarnings("ignore", message="Value found in a GlobalID field")
        pyogrio.set_gdal_config_options(_SETTINGS)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(dict.fromkeys(_SETTINGS))


def _domains(package: Path) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Lists of words and what each means; and which list each column of each layer has."""
    lists: dict[str, dict[str, str]] = {}
    of_columns: dict[str, dict[str, str]] = {}
    with closing(sqlite3.connect(package)) as base:
        for name, word, text in base.execute(
            "SELECT constraint_name, value, description FROM gpkg_data_column_constraints"
        ):
            lists.setdefault(name, {})[word] = text
        for table, column, name in base.execute(
            "SELECT table_name, column_name, constraint_name FROM gpkg_data_columns "
            "WHERE constraint_name IS NOT NULL"
        ):
            of_columns.setdefault(table, {})[column] = name
    return lists, of_columns


def _write_layer(
    package: Path,
    folder: Path,
    name: str,
    *,
    title: str,
    description: str,
    domains: Mapping[str, str],
) -> None:
    import pyogrio

    meta, table = pyogrio.read_arrow(package, layer=name)
    place = meta["geometry_name"]
    spatial = bool(place) and meta["geometry_type"] is not None
    table = _as_held(table, place if spatial else "", domains)
    pyogrio.write_arrow(
        table,
        folder,
        layer=name,
        driver=_DRIVER,
        append=folder.exists(),
        geometry_name=_GEOMETRY if spatial else None,
        geometry_type="MultiPolygon" if spatial else None,
        crs=_CRS if spatial else None,
        layer_options={"LAYER_ALIAS": title, "DOCUMENTATION": _documentation(title, description)},
    )


def _as_held(table: Any, geometry: str, domains: Mapping[str, str]) -> Any:
    """Columns as the format holds them: whole numbers of 32 bits, days as moments, domains."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = []
    for field in table.schema:
        kind = field.type
        if field.name == geometry:
            fields.append(field.with_name(_GEOMETRY))
            continue
        if pa.types.is_int64(kind):
            highest = pc.max(pc.abs(table[field.name])).as_py() or 0
            kind = pa.int32() if highest <= _LARGEST else pa.float64()
        if pa.types.is_date(kind):
            kind = pa.timestamp("ms")
        about = dict(field.metadata or {})
        # The format has no place for sentences: they stand in the GeoPackage.
        about.pop(b"GDAL:OGR:comment", None)
        if field.name in domains:
            about[b"GDAL:OGR:domain_name"] = domains[field.name].encode()
        fields.append(pa.field(field.name, kind, metadata=about or None))
    return table.rename_columns([field.name for field in fields]).cast(pa.schema(fields))


def _add_domains(folder: Path, domains: Mapping[str, Mapping[str, str]], scratch: Path) -> None:
    """Put lists of words into the table of items, which is opened only by who asks for it."""
    import pandas as pd
    import pyogrio

    items = scratch / "items.vrt"
    items.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="GDB_Items">'
        f"<SrcDataSource>{escape(str(folder))}</SrcDataSource>"
        '<OpenOptions><OOI key="LIST_ALL_TABLES">YES</OOI></OpenOptions>'
        "<SrcLayer>GDB_Items</SrcLayer></OGRVRTLayer></OGRVRTDataSource>",
        "utf-8",
    )
    rows = pd.DataFrame(
        {
            "UUID": [f"{{{str(uuid.uuid5(_SPACE, name)).upper()}}}" for name in domains],
            "Type": _CODED_VALUES,
            "Name": list(domains),
            "PhysicalName": [name.upper() for name in domains],
            "Path": "",
            "URL": "",
            "Definition": [_domain(name, held) for name, held in domains.items()],
            "Properties": pd.array([1] * len(domains), dtype="int32"),
        }
    )
    pyogrio.write_dataframe(rows, items, layer="GDB_Items", driver=_DRIVER, append=True)


def _domain(name: str, held: Mapping[str, str]) -> str:
    values = "".join(
        '<CodedValue xsi:type="typens:CodedValue">'
        f'<Name>{escape(text)}</Name><Code xsi:type="xs:string">{escape(word)}</Code></CodedValue>'
        for word, text in held.items()
    )
    return (
        '<GPCodedValueDomain2 xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.1" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="typens:GPCodedValueDomain2">'
        f"<DomainName>{escape(name)}</DomainName><FieldType>esriFieldTypeString</FieldType>"
        "<MergePolicy>esriMPTDefaultValue</MergePolicy>"
        "<SplitPolicy>esriSPTDuplicate</SplitPolicy>"
        f"<Description>{escape(name)}</Description><Owner></Owner>"
        f'<CodedValues xsi:type="typens:ArrayOfCodedValue">{values}</CodedValues>'
        "</GPCodedValueDomain2>"
    )


def _documentation(title: str, description: str) -> str:
    """Metadata as ArcGIS shows them: title and abstract, with sources and licence in it."""
    return (
        '<metadata xml:lang="en"><Esri><ArcGISFormat>1.0</ArcGISFormat></Esri><dataIdInfo>'
        f"<idCitation><resTitle>{escape(title)}</resTitle></idCitation>"
        f"<idAbs>{escape(description)}</idAbs>"
        "<searchKeys><keyword>violence against women and girls</keyword></searchKeys>"
        "</dataIdInfo></metadata>"
    )


def _pack(folder: Path, path: Path) -> None:
    """One file, which is there whole or not at all, under dates of no clock."""
    with zipfile.ZipFile(path, "w") as packed:
        for part in sorted(folder.iterdir()):
            about = zipfile.ZipInfo(f"{FOLDER}/{part.name}", date_time=_ZERO_DATE)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            packed.writestr(about, part.read_bytes())
