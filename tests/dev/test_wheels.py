"""The lock, and the table of where its pins are wheels."""

from __future__ import annotations

import csv
import sys


def test_the_table_is_of_this_lock(root):
    """Seen to fail with the table of a former lock."""
    import check_wheels

    lock = (root / "requirements.lock").read_text("utf-8")
    with (root / "docs" / "wheels.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["platform"], row["python"]) for row in rows} == {
        (platform, python) for platform in check_wheels.PLATFORMS for python in check_wheels.PYTHONS
    }
    page = (root / "docs" / "installing.md").read_text("utf-8")
    for row in rows:
        pins = check_wheels.pins(lock, python=row["python"], platform=row["platform"])
        assert row["pinned"] == row["as_wheels"] == str(len(pins)), "run dev/check_wheels.py"
        assert f"{row['as_wheels']} of {row['pinned']}" in page


def test_what_is_computed_with_has_one_version_for_all_pythons(root):
    """Seen to fail on a lock of two versions of GDAL's wheels: rasters had other bytes."""
    import check_wheels

    lock = (root / "requirements.lock").read_text("utf-8")
    for python in check_wheels.PYTHONS:
        names = check_wheels.pins(lock, python=python, platform="Linux x64")
        assert len(names) == len(set(names))
    for name in ("numpy", "scipy", "pandas", "rasterio", "pyogrio", "pyproj", "shapely"):
        assert [
            line for line in lock.splitlines() if line.startswith(f"{name}==") and ";" in line
        ] == []


def test_one_without_a_wheel_hides_no_other(tmp_path):
    import check_wheels

    uv = tmp_path / "uv"
    uv.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "asked = open(next(a for a in sys.argv if a.endswith('asked.txt'))).read()\n"
        "for name in ('rasterio', 'pyproj'):\n"
        "    if name in asked:\n"
        "        sys.exit(f'Because {name}==1.0 has no usable wheels, you are unlucky')\n",
        "utf-8",
    )
    uv.chmod(0o755)
    lock = "numpy==1.0\npyproj==1.0\nrasterio==1.0\n"
    found = check_wheels.missing(lock, python="3.13", platform="macOS 14 arm64", uv=str(uv))
    assert found == ["rasterio", "pyproj"]
