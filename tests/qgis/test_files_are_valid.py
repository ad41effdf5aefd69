"""GDAL's own check of every GeoPackage, and that of rio-cogeo of every raster, of the default."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

pytestmark = pytest.mark.long

EDITIONS = ("public", "partnership")


@pytest.fixture
def default(default_build):
    return default_build.folders


@pytest.fixture
def validate(gdal_python):
    """What `validate_gpkg.py` says, a line for each fault; warnings count."""

    def run(package):
        options = ["-k", "--extra", "--warning-as-error"]
        return subprocess.run(
            [gdal_python, "-m", "osgeo_utils.samples.validate_gpkg", *options, package],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


@pytest.mark.promise
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_geopackage(default, validate, edition):
    """GDAL's validator finds nothing in any GeoPackage."""
    packages = sorted(default[edition].rglob("*.gpkg"))
    assert packages
    for package in packages:
        done = validate(package)
        assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.promise
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_raster(default, edition):
    """rio-cogeo finds every raster a valid Cloud-Optimised GeoTIFF."""
    from rio_cogeo.cogeo import cog_validate

    rasters = sorted(default[edition].rglob("*.tif"))
    assert len(rasters) >= 2
    for raster in rasters:
        assert cog_validate(raster, strict=True, quiet=True) == (True, [], []), raster.name


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE gpkg_geometry_columns SET z = 7 WHERE table_name = 'ward'", "z"),
        ("PRAGMA application_id = 0", "application_id"),
        ("UPDATE gpkg_contents SET srs_id = 4711 WHERE table_name = 'ward'", "srs"),
    ],
)
def test_the_check_of_geopackages_can_fail(default, validate, tmp_path, damage, said):
    package = shutil.copyfile(default["public"] / "vawg.gpkg", tmp_path / "spoilt.gpkg")
    with closing(sqlite3.connect(package)) as base, base:
        base.execute(damage)
    done = validate(package)
    assert done.returncode == 1
    assert said in done.stdout


def test_the_check_of_rasters_can_fail(default, tmp_path):
    import numpy as np
    import rasterio
    from rio_cogeo.cogeo import cog_validate

    place = tmp_path / "plain.tif"
    profile = {"driver": "GTiff", "width": 600, "height": 600, "count": 1, "dtype": "int16",
               "crs": "EPSG:27700", "transform": rasterio.Affine(9, 0, 500_000, 0, -9, 300_000)}  # fmt: skip
    with rasterio.open(place, "w", **profile) as raster:
        raster.write(np.zeros((1, 600, 600), "int16"))
    valid, errors, warnings = cog_validate(place, strict=True, quiet=True)
    assert not valid
    assert errors + warnings
