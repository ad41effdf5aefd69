"""Registers of a GeoPackage beside its layers: styles, names of columns, domains, metadata.

All are written after the layers, in the transaction of the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.publish.geopackage.file import NO_CLOCK
from vawg_geo.publish.qgis.qml import VERSION, qml
from vawg_geo.publish.qgis.symbols import element, leaf
from vawg_geo.words.columns import described, heading, meanings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

    from vawg_geo.publish.layers.rates import MapLayer
    from vawg_geo.publish.layers.styles import Style
    from vawg_geo.results.results import EditionResults
    from vawg_geo.terms.declared import DeclaredColumn
    from vawg_geo.terms.shared import Described

__all__ = ["add_columns", "add_metadata", "add_styles", "create_style_table", "metadata_parts"]

# The columns and types that QGIS itself makes; with others it finds no style.
_STYLES: Final = """CREATE TABLE IF NOT EXISTS layer_styles (
 id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
 f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
 f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
 useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
 update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_COLUMNS: Final = (
    """CREATE TABLE gpkg_data_columns (
 table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
 mime_type TEXT, constraint_name TEXT,
 CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
 CONSTRAINT gdc_tn UNIQUE (table_name, name))""",
    """CREATE TABLE gpkg_data_column_constraints (
 constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
 min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
 CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))""",
)
_METADATA: Final = (
    """CREATE TABLE gpkg_metadata (
 id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
 md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,
 mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE gpkg_metadata_reference (
 reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
 timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
 md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
 CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
 CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))""",
)
_EXTENSION: Final = "http://www.geopackage.org/spec121/#extension_{}"
# By this name QGIS knows its own metadata.
_QMD: Final = "http://mrcc.com/qgis.dtd"
_LICENCE: Final = "Open Government Licence v3.0"


def create_style_table(base: sqlite3.Connection) -> None:
    """Make QGIS' table of styles where it is not there, and register it.

    Unregistered, QGIS passes over it without a word.
    """
    base.execute(_STYLES)
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "srs_id) SELECT 'layer_styles', 'attributes', 'layer_styles', '', ?, 0 WHERE NOT EXISTS "
        "(SELECT 1 FROM gpkg_contents WHERE table_name = 'layer_styles')",
        (NO_CLOCK,),
    )


def add_styles(
    base: sqlite3.Connection,
    table: str,
    styles: Sequence[Style],
    *,
    columns: Sequence[str],
    geometry: str = "geom",
) -> None:
    """Put styles onto a layer; the first becomes its default.

    Parameters
    ----------
    base : sqlite3.Connection
        With the table of styles.
    table : str
    styles : sequence of Style
    columns : sequence of str
        Of the layer, without its geometry.
    geometry : str
        Column of the geometry.
    """
    base.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, "
        "update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
        [
            (
                table,
                geometry,
                style.name,
                qml(style, columns=columns, forms=not place),
                int(not place),
                style.description,
                NO_CLOCK,
            )
            for place, style in enumerate(styles)
        ],
    )


def add_columns(
    base: sqlite3.Connection, tables: Mapping[str, Sequence[str]], layers: Sequence[MapLayer]
) -> None:
    """Give columns names for readers, sentences, and the words that may stand in them.

    GDAL, and with it QGIS since 3.36, takes for its heading what the format calls a column's name.

    Parameters
    ----------
    base : sqlite3.Connection
    tables : mapping of str to sequence of str
        Columns of each table or view.
    layers : sequence of MapLayer
        What they say of their own columns, and the lists of words that they alone have.
    """
    lists = meanings() | {name: dict(held) for layer in layers for name, held in layer.lists}
    own = {layer.name: dict(layer.said) for layer in layers}
    for statement in _COLUMNS:
        base.execute(statement)
    for name in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        _extend(base, name, "gpkg_schema", "schema")
    base.executemany(
        "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, "
        "description) VALUES (?, 'enum', ?, ?)",
        [(name, word, text) for name, held in lists.items() for word, text in held.items()],
    )
    base.executemany(
        "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)",
        [
            (table, column, *names, said.words or None, _list(said.holds, lists))
            for table, columns in tables.items()
            for column, said, names in _named(columns, own.get(table, {}))
        ],
    )


def _named(
    columns: Sequence[str], own: Mapping[str, Described]
) -> Iterator[tuple[str, DeclaredColumn | Described, tuple[str, str]]]:
    """What is said of each column; its heading as a name that no other has, and as title."""
    taken: set[str] = set()
    for column in columns:
        said = own.get(column) or described(column)
        text = own[column].title if column in own else heading(column)
        name = text if text not in taken else f"{text} ({column})"
        taken.add(name)
        yield column, said, (name, text)


def add_metadata(
    base: sqlite3.Connection, layers: Sequence[MapLayer], results: EditionResults
) -> None:
    """Describe the file and each layer, as QGIS keeps metadata.

    Parameters
    ----------
    base : sqlite3.Connection
    layers : sequence of MapLayer
    results : EditionResults
    """
    for statement in _METADATA:
        base.execute(statement)
    for name in ("gpkg_metadata", "gpkg_metadata_reference"):
        _extend(base, name, "gpkg_metadata", "metadata")
    whole = _document(results.title, " ".join((*results.caveats, results.protection)), results)
    rows = [(1, whole)]
    references: list[tuple[str, str | None, str, int]] = [("geopackage", None, NO_CLOCK, 1)]
    for number, layer in enumerate(layers, start=2):
        rows.append((number, _document(layer.title, layer.description, results, layer)))
        references.append(("table", layer.name, NO_CLOCK, number))
    base.executemany(
        f"INSERT INTO gpkg_metadata VALUES (?, 'dataset', '{_QMD}', 'text/xml', ?)",  # noqa: S608
        rows,
    )
    base.executemany(
        "INSERT INTO gpkg_metadata_reference VALUES (?, ?, NULL, NULL, ?, ?, NULL)", references
    )


def metadata_parts(
    title: str, abstract: str, results: EditionResults, layer: MapLayer | None = None
) -> str:
    """Metadata of a layer as XML, as it stands in a document of its own and in a project.

    Parameters
    ----------
    title, abstract : str
    results : EditionResults
    layer : MapLayer, optional
        Without it the metadata are of the whole file.

    Returns
    -------
    str
    """
    about = results.indicators.get(layer.indicator) if layer else None
    subjects = ["violence against women and girls", layer.level.replace("_", " ") if layer else ""]
    subjects += [about.title if about else "", layer.period if layer else ""]
    keywords = [leaf("keyword", word) for word in subjects if word]
    history = [about.source if about else "", results.protection]
    return "".join(
        (
            leaf("identifier", layer.name if layer else ""),
            leaf("language", "ENG"),
            leaf("type", "dataset"),
            leaf("title", title),
            leaf("abstract", abstract),
            element("keywords", {"vocabulary": "gmd:topicCategory"}, leaf("keyword", "society")),
            element("keywords", {"vocabulary": "subject"}, *keywords),
            *(leaf("history", line) for line in history if line),
            *(leaf("rights", line) for line in (*results.attribution, results.watermark) if line),
            leaf("license", _LICENCE),
            leaf("encoding", "UTF-8"),
        )
    )


def _document(
    title: str, abstract: str, results: EditionResults, layer: MapLayer | None = None
) -> str:
    parts = metadata_parts(title, abstract, results, layer)
    body = element("qgis", {"version": VERSION}, parts)
    return f"<!DOCTYPE qgis PUBLIC '{_QMD}' 'SYSTEM'>\n{body}"


def _list(holds: str, lists: Mapping[str, object]) -> str | None:
    return holds if holds in lists else None


def _extend(base: sqlite3.Connection, table: str, name: str, anchor: str) -> None:
    """Register a table of an extension, as a reader must be told."""
    base.execute(
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
        "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, "
        "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
    )
    base.execute(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')",
        (table, name, _EXTENSION.format(anchor)),
    )
