"""Make the embedded boundaries: wards 2015 and 2016, districts, county and police area.

    python dev/data/make_default_boundaries.py --wards-2015 WARDS15 --wards-2016 WARDS16

The sources are layers as the Office for National Statistics publishes them, in any format that
geopandas reads: columns like wd15cd, wd15nm, lad15cd, lad15nm. Wards of other districts in them
are left out. What is written is this project's own generalised layer in EPSG:27700 with every
coordinate on a 10 m grid. To make the layer of another county, change DISTRICTS, COUNTY and
POLICE_AREA below. Nothing is written unless every check of `check_layers` holds.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from _coverage import (
    CoverageReport,
    align_coverage,
    compare_coverages,
    dissolve_areas,
    generalise_coverage,
    intersect_coverages,
    rebuild_coverage,
)
from _registry import write_registry

from vawg_geo.errors import BoundaryError, VawgGeoError

COUNTY = ("E10000003", "Cambridgeshire")
POLICE_AREA = ("E23000023", "Cambridgeshire and Peterborough")
# Each district with the area that it belongs to: Peterborough is no part of the county.
DISTRICTS = {
    "E06000031": POLICE_AREA[0],
    "E07000008": COUNTY[0],
    "E07000009": COUNTY[0],
    "E07000010": COUNTY[0],
    "E07000011": COUNTY[0],
    "E07000012": COUNTY[0],
}
WARDS = {"wards-2015": 144, "wards-2016": 142}

SOURCE_GRID = 0.5  # metres: borders of the source that come this close are one border
SAME_BORDER = 20.0  # metres: a border drawn in both years within this strip did not change
TOLERANCE = 60.0  # metres: vertices that span triangles smaller than its square go
GRID = 10.0  # metres: every coordinate is a multiple of it
MOST_AREA_CHANGE = 2.0  # per cent of a ward
MOST_GAINED = 1  # pairs of wards that become neighbours, per vintage

GDAL_OPTIONS = {
    # The date of writing stands in a GeoPackage: pinned, or no two runs would be alike.
    "OGR_CURRENT_DATE": "2015-12-31T00:00:00.000Z",
    # Small pages: each outline leaves part of its last page empty.
    "OGR_SQLITE_PRAGMA": "page_size=1024",
}
COLUMNS = ["area_code", "area_name", "parent_code", "geometry"]
ATTRIBUTION = (
    "Contains National Statistics data © Crown copyright and database right 2015; "
    "contains OS data © Crown copyright and database right 2015; "
    "contains public sector information licensed under the Open Government Licence v3.0."
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Wards as they arrive: the table of areas, the districts' names, and who carried the file."""

    wards: gpd.GeoDataFrame
    district_names: dict[str, str]
    carriers: str


def main(arguments: list[str] | None = None) -> int:
    """Read, generalise, check, write, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wards-2015", type=Path, required=True, metavar="PATH")
    parser.add_argument("--wards-2016", type=Path, required=True, metavar="PATH")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).resolve().parents[2] / "boundaries"
    )
    options = parser.parse_args(arguments)
    try:
        sources = {
            "wards-2015": read_source(options.wards_2015, rows=WARDS["wards-2015"]),
            "wards-2016": read_source(options.wards_2016, rows=WARDS["wards-2016"]),
        }
        layers = make_layers(sources)
        reports = check_layers(layers, sources)
        write_layers(layers, reports, sources, options.out)
    except VawgGeoError as error:
        print(f"Nothing was written: {error}", file=sys.stderr)
        return 2
    for name, layer in layers.items():
        size = (options.out / f"{name}.gpkg").stat().st_size
        print(f"{name}: areas: {len(layer)}, vertices: {count_vertices(layer):,}, bytes: {size:,}")
    for name, report in reports.items():
        print(
            f"{name} against its source: largest change of an area "
            f"{report.largest_change:.2f} %, {len(report.lost)} queen pairs lost, "
            f"{len(report.gained)} gained{describe_pairs(report.gained)}"
        )
    return 0


def read_source(path: Path, *, rows: int) -> Source:
    """Read wards of our districts from a layer with the ONS's columns."""
    if not path.is_file():
        msg = f"{path.name} is not there. Give the path of a ward layer."
        raise BoundaryError(msg)
    table = gpd.read_file(path)
    found = {}
    for column, pattern in {
        "area_code": r"wd\d\dcd",
        "area_name": r"wd\d\dnm",
        "parent_code": r"lad\d\dcd",
        "parent_name": r"lad\d\dnm",
    }.items():
        fits = [name for name in table.columns if re.fullmatch(pattern, str(name), re.IGNORECASE)]
        if len(fits) != 1:
            example = pattern.replace(r"\d\d", "15")
            msg = (
                f"{path.name} has {len(fits)} columns like {example!r}, needed is one; it has "
                f"{', '.join(map(str, table.columns))}. Rename its columns as the ONS does."
            )
            raise BoundaryError(msg)
        found[fits[0]] = column
    table = table.rename(columns=found)
    table = table[table["parent_code"].isin(DISTRICTS)]
    if len(table) != rows:
        msg = (
            f"{path.name} has {len(table)} wards of our districts, needed are {rows}. "
            "Look for a file of that vintage."
        )
        raise BoundaryError(msg)
    if table.crs is None:
        msg = f"{path.name} does not say its coordinate reference system. Set it first."
        raise BoundaryError(msg)
    table = table.to_crs(27700).sort_values("area_code", ignore_index=True)
    names = dict(zip(table["parent_code"], table["parent_name"], strict=True))
    carriers = sorted(set(table["src"])) if "src" in table else []
    return Source(wards=table[COLUMNS], district_names=names, carriers=", ".join(carriers))


def make_layers(sources: dict[str, Source]) -> dict[str, gpd.GeoDataFrame]:
    """Generalise both vintages of wards together, then dissolve the areas that they make up."""
    old = rebuild_coverage(sources["wards-2015"].wards, grid=SOURCE_GRID)
    new = rebuild_coverage(sources["wards-2016"].wards, grid=SOURCE_GRID)
    # Borders that did not change were drawn twice. They have to be one line before they are
    # generalised, or the two vintages' districts would have two outlines.
    new = align_coverage(new, old, width=SAME_BORDER, grid=SOURCE_GRID)
    parts = intersect_coverages(old, new, grid=SOURCE_GRID)
    parts = generalise_coverage(parts, tolerance=TOLERANCE, grid=GRID)
    layers = {
        "wards-2015": dissolve_wards(parts, by="first_code", names=old),
        "wards-2016": dissolve_wards(parts, by="second_code", names=new),
    }
    districts = dissolve_areas(layers["wards-2015"], by="parent_code")
    districts = districts.rename(columns={"parent_code": "area_code"})
    districts["area_name"] = districts["area_code"].map(sources["wards-2015"].district_names)
    districts["parent_code"] = districts["area_code"].map(DISTRICTS)
    layers["districts-2015"] = districts[COLUMNS]
    in_county = districts["parent_code"] == COUNTY[0]
    layers["county-2015"] = dissolve_whole(districts[in_county], COUNTY, parent=POLICE_AREA[0])
    layers["police-area-2015"] = dissolve_whole(districts, POLICE_AREA, parent="")
    return layers


def dissolve_wards(
    parts: gpd.GeoDataFrame, *, by: str, names: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Wards of one vintage from the parts that both vintages have in common."""
    wards = dissolve_areas(parts, by=by).rename(columns={by: "area_code"})
    known = names.set_index("area_code")
    for column in ("area_name", "parent_code"):
        wards[column] = wards["area_code"].map(known[column])
    return wards[COLUMNS]


def dissolve_whole(
    areas: gpd.GeoDataFrame, code_and_name: tuple[str, str], *, parent: str
) -> gpd.GeoDataFrame:
    """One area of all rows."""
    code, name = code_and_name
    whole = dissolve_areas(areas.assign(area_code=code), by="area_code")
    return whole.assign(area_name=name, parent_code=parent)[COLUMNS]


def check_layers(
    layers: dict[str, gpd.GeoDataFrame], sources: dict[str, Source]
) -> dict[str, CoverageReport]:
    """Refuse layers that are not what they should be; report what changed in the wards."""
    rows = WARDS | {"districts-2015": len(DISTRICTS), "county-2015": 1, "police-area-2015": 1}
    for name, layer in layers.items():
        shapes = layer.geometry.to_numpy()
        rings = shapely.get_exterior_ring(shapely.get_parts(shapes))
        require(len(layer) == rows[name], f"{name} has {len(layer)} areas, not {rows[name]}")
        require(layer["area_code"].is_unique, f"{name} repeats an area code")
        require(not layer.drop(columns="geometry").isna().any(axis=None), f"{name} lacks a value")
        require(shapely.coverage_is_valid(shapes), f"{name} is no valid coverage")
        require(shapely.is_valid(shapes).all(), f"{name} has an invalid geometry")
        require(set(layer.geom_type) == {"MultiPolygon"}, f"{name} mixes geometry types")
        require(not shapely.is_empty(shapes).any(), f"{name} has an empty geometry")
        require(shapely.is_ccw(rings).all(), f"{name} has a clockwise outer ring")
        off_grid = (shapely.get_coordinates(shapes) % GRID != 0).any()
        require(not off_grid, f"{name} leaves the {GRID:g} m grid")
    districts = layers["districts-2015"]
    for name in WARDS:
        outlines = dissolve_areas(layers[name], by="parent_code")
        same = list(outlines["parent_code"]) == list(districts["area_code"])
        same = same and shapely.equals_exact(
            outlines.geometry.to_numpy(), districts.geometry.to_numpy()
        ).all()  # fmt: skip
        require(same, f"the districts are not what {name} dissolve to")
    reports = {}
    for name in WARDS:
        source = sources[name].wards
        change = compare_coverages(source, layers[name]).area_change
        worst = change.abs().sort_values().tail(1)
        require(
            worst.max() <= MOST_AREA_CHANGE,
            f"{name}: {worst.index[0]} changes its area by {worst.max():.2f} %",
        )
        # Neighbours can only be told where borders meet: the source has to be made to first.
        report = compare_coverages(rebuild_coverage(source, grid=SOURCE_GRID), layers[name])
        require(not report.lost, f"{name} loses neighbours{describe_pairs(report.lost)}")
        require(
            len(report.gained) <= MOST_GAINED,
            f"{name} gains {len(report.gained)} pairs of neighbours{describe_pairs(report.gained)}",
        )
        reports[name] = CoverageReport(area_change=change, lost=report.lost, gained=report.gained)
    return reports


def require(holds: object, otherwise: str) -> None:
    """Raise what is wrong unless a check holds."""
    if not holds:
        msg = f"{otherwise}. Look at the source, or choose a smaller TOLERANCE."
        raise BoundaryError(msg)


def write_layers(
    layers: dict[str, gpd.GeoDataFrame],
    reports: dict[str, CoverageReport],
    sources: dict[str, Source],
    folder: Path,
) -> None:
    """Write one GeoPackage per layer and the registry; the same layers give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = {name: folder / f".{name}.partial.gpkg" for name in layers}
    pyogrio.set_gdal_config_options(GDAL_OPTIONS)
    try:
        for name, layer in layers.items():
            partial[name].unlink(missing_ok=True)
            pyogrio.write_dataframe(
                layer,
                partial[name],
                layer=name.replace("-", "_"),
                driver="GPKG",
                geometry_type="MultiPolygon",
                dataset_options={"VERSION": "1.3"},
                # 144 rows are found as fast without an index, which would double the file.
                layer_options={"SPATIAL_INDEX": "NO"},
            )
        for name, path in partial.items():
            path.replace(folder / f"{name}.gpkg")
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(GDAL_OPTIONS))
        for path in partial.values():
            path.unlink(missing_ok=True)
    write_registry(
        folder, [describe_layer(name, layers[name], reports, sources) for name in layers]
    )


def describe_layer(
    name: str,
    layer: gpd.GeoDataFrame,
    reports: dict[str, CoverageReport],
    sources: dict[str, Source],
) -> dict[str, object]:
    """Entry of a layer in the registry."""
    title, level = {
        "wards-2015": ("Wards of Cambridgeshire and Peterborough, December 2015", "ward"),
        "wards-2016": ("Wards of Cambridgeshire and Peterborough, December 2016", "ward"),
        "districts-2015": ("Districts of Cambridgeshire, and Peterborough", "district"),
        "county-2015": ("Cambridgeshire county, without Peterborough", "county"),
        "police-area-2015": ("Police area of Cambridgeshire and Peterborough", "police_area"),
    }[name]
    if name in WARDS:
        year = name[-4:]
        source = f"Office for National Statistics, ward boundaries, December {year}"
        if sources[name].carriers:
            source += f" (as carried by: {sources[name].carriers})"
        report = reports[name]
        done = (
            f"Borders drawn once on a {SOURCE_GRID:g} m grid; borders that did not change between "
            f"2015 and 2016 taken from 2015; generalised ({TOLERANCE:g} m, Visvalingam) as one "
            f"coverage of both vintages on a {GRID:g} m grid. Largest change of a ward's area "
            f"{report.largest_change:.2f} %; queen pairs of neighbours lost: {len(report.lost)}, "
            f"gained: {len(report.gained)}{describe_pairs(report.gained)}."
        )
    else:
        source = "wards-2015 of this folder"
        done = "Dissolved from wards-2015; the outlines are those of wards-2016 as well."
    return {
        "name": name,
        "file": f"{name}.gpkg",
        "title": title,
        "source": source,
        "licence": "OGL-3.0",
        "attribution": ATTRIBUTION,
        "vintage": f"{name[-4:]}-12-31",
        "done": done,
        "level": level,
        "code_column": "area_code",
        "name_column": "area_name",
        "parent_column": "parent_code",
        "rows": len(layer),
        "bounds": [float(edge) for edge in layer.total_bounds],
        "area_km2": round(float(layer.geometry.area.sum()) / 1e6, 4),
        "crs": "EPSG:27700",
    }


def count_vertices(layer: gpd.GeoDataFrame) -> int:
    """Coordinates of all rings of a layer."""
    return int(shapely.get_num_coordinates(layer.geometry.to_numpy()).sum())


def describe_pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    """Pairs of areas by name, as the end of a sentence; nothing where there are none."""
    return " (" + "; ".join(" and ".join(pair) for pair in pairs) + ")" if pairs else ""


if __name__ == "__main__":
    sys.exit(main())
