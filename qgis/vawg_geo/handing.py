"""What is handed over to the package, and what of it QGIS reads."""

from __future__ import annotations

import csv
import json

from qgis.core import NULL, QgsGeometry, QgsJsonUtils


def text_of(value):
    """Text of a cell; empty for NULL, and whole numbers without a point."""
    if value is None or value == NULL:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if hasattr(value, "toString"):
        # A date of Qt's, as all read it.
        value = value.toString("yyyy-MM-dd")
    return str(value).strip()


def code_of(area, column):
    """Code of an area in capitals, on which the package joins."""
    return text_of(area[column]).upper()


def named(areas, code, name):
    """Code, name and outline of each area."""
    for area in areas:
        key = code_of(area, code)
        yield key, (text_of(area[name]) if name else key), area.geometry()


def write_areas(folder, areas, *, code, name, crs, file="areas.geojson"):
    """Write outlines as the package reads them."""
    features = [
        {
            "type": "Feature",
            "properties": {"area_code": key, "area_name": title},
            # All digits: shared borders must stay shared.
            "geometry": None if shape.isNull() else json.loads(shape.asJson(17)),
        }
        for key, title, shape in named(areas, code, name)
    ]
    layer = {"type": "FeatureCollection", "features": features}
    if crs.authid().startswith("EPSG:"):
        # Without it GeoJSON says WGS 84, and the person would read of a system that is not hers.
        urn = f"urn:ogc:def:crs:EPSG::{crs.authid()[5:]}"
        layer["crs"] = {"type": "name", "properties": {"name": urn}}
    (folder / file).write_text(json.dumps(layer), "utf-8")


def write_counts(folder, rows):
    """Write counts: code, name, period, count."""
    head = ("area_code", "area_name", "indicator", "sex", "period", "count")
    write_table(
        folder / "counts.csv", head,
        [(code, name, "counts", "persons", period, count) for code, name, period, count in rows],
    )  # fmt: skip


def write_people(folder, rows):
    """Write residents: code, period, number; no period where they are of all."""
    rows = list(rows)
    if any(period for _, period, _ in rows):
        head = ("area_code", "sex", "period", "population")
        table = [(code, "persons", period, number) for code, period, number in rows]
    else:
        head = ("area_code", "sex", "population")
        table = [(code, "persons", number) for code, _, number in rows]
    write_table(folder / "population.csv", head, table)


def write_table(path, head, rows):
    """Write a table, as all read it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def crs_words(crs):
    """A coordinate system as the package reads one."""
    return crs.authid() or crs.toWkt()


def shapes_of(text):
    """Outlines of a GeoJSON that the package wrote: code, name, outline."""
    fields = QgsJsonUtils.stringToFields(text)
    for feature in QgsJsonUtils.stringToFeatureList(text, fields):
        shape = QgsGeometry(feature.geometry())
        shape.convertToMultiType()
        yield feature["area_code"], feature["area_name"], shape
