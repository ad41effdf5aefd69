"""What `[overlays.surfaces]` asks for is written, and own points for the analyst alone."""

from __future__ import annotations

import msgspec
import pytest

import vawg_geo
from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.overlays.surfaces.settings import SurfaceSettings
from vawg_geo.project import default_project_path, read_project
from vawg_geo.publish.rasters.write import write_rasters
from vawg_geo.results.results import results_of
from vawg_geo.settings import EditionSettings


def without_hotspots():
    """The default without what takes time and is in no raster."""
    project = read_project(default_project_path())
    hotspots = msgspec.structs.replace(
        project.hotspots, permutations=99, replicates=99, statistic=(), scan=False
    )
    return msgspec.structs.replace(project, hotspots=hotspots)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    points = tmp_path_factory.mktemp("points") / "points.csv"
    points.write_text(
        "easting,northing,kind\n" + "530000,270000,a\n" * 40 + "531000,271000,b\n" * 60 + ",,a\n"
    )
    project = without_hotspots()
    surfaces = SurfaceSettings(cell_m=500, points=str(points), category=("kind", "a"))
    return load_tables(
        msgspec.structs.replace(
            project,
            overlays=msgspec.structs.replace(project.overlays, surfaces=surfaces),
            editions=EditionSettings(reason="a test"),
        )
    )


def test_the_density_is_of_the_category_and_in_the_analyst_edition_alone(tables, tmp_path):
    import rasterio

    written = write_rasters(results_of(protect(tables, edition="analyst")), tmp_path / "analyst")
    (density,) = (path for path in written if path.name == "density_of_points.tif")
    with rasterio.open(density) as raster:
        cells = raster.read(1, masked=True)
        area_km2 = (raster.res[0] / 1000) ** 2
    # Points per km2: away from the border all forty are within the map.
    assert float(cells.sum()) * area_km2 == pytest.approx(40, rel=0.02)
    for edition in ("public", "partnership"):
        names = {
            p.name
            for p in write_rasters(results_of(protect(tables, edition=edition)), tmp_path / edition)
        }
        assert "density_of_points.tif" not in names
        assert "distance_nearest_site.tif" in names


def test_no_surfaces_where_none_are_asked_for(tmp_path):
    project = without_hotspots()
    overlays = msgspec.structs.replace(project.overlays, surfaces=None)
    tables = load_tables(msgspec.structs.replace(project, overlays=overlays))
    assert write_rasters(results_of(vawg_geo.protect(tables)), tmp_path / "rasters") == []
    assert not (tmp_path / "rasters").exists()
