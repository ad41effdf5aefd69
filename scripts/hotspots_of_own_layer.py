"""Hotspots of one's own counts on one's own layer, as a GeoPackage for QGIS.

    python scripts/hotspots_of_own_layer.py boundaries/wards-2015.gpkg \
        data/ward_counts_police_2019_08.csv data/population_wards_2015.csv hotspots.gpkg

Any layer of areas with codes; a table of counts of one indicator, sex and period (area_code, sex,
period, indicator, count), and one of residents (area_code, sex, population). `scan_cluster` numbers
groups of areas with more events than by chance (circular scan); `cluster` is an area's own label
(local Moran, corrected for looking at all of them). No count is written; small ones show through
labels all the same, so the layer is for your desk. Copy the script, and change the statistics.
"""

from __future__ import annotations

import sys

import vawg_geo


def main(layer: str, table: str, population: str, out: str) -> None:
    """Look for groups of areas and for single ones, write the layer, and print the groups."""
    areas = vawg_geo.read_boundaries(layer).set_index("area_code")
    events = vawg_geo.read_counts(table)
    people = vawg_geo.read_population(population)
    people = people[people["sex"] == events["sex"].iloc[0]]
    counts = events.set_index("area_code")["count"].reindex(areas.index)
    residents = people.set_index("area_code")["population"].reindex(areas.index)

    graph = vawg_geo.build_contiguity(areas.reset_index(), kind="queen")
    labels = vawg_geo.local_moran(counts, graph, population=residents, permutations=9999)
    scan = vawg_geo.circular_scan(counts, residents, areas.centroid.get_coordinates())
    sure = scan.clusters[scan.clusters["p_value"] <= 0.05]
    members = scan.members[scan.members["scan_cluster"].isin(sure["scan_cluster"])]

    areas["scan_cluster"] = members.set_index("id")["scan_cluster"].astype("Int64")
    areas.join(labels[["cluster", "p_value", "p_adjusted", "reason"]]).to_file(out)
    for row in sure.itertuples():
        print(f"{row.areas} areas around {areas.loc[row.centre, 'area_name']}: p = {row.p_value}")
    print(labels["cluster"].value_counts().to_string(), out, sep="\n")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except vawg_geo.VawgGeoError as error:
        sys.exit(f"{error}")
