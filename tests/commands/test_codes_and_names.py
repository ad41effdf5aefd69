"""Codes beside the names of other areas, and wards of two years: what each command says."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

import vawg_geo

SORTED = r"144 of 144 names contradict their codes; first: row 2, 'E05009514' Barnack"


@pytest.fixture
def off(shared):
    """Counts whose codes were sorted and whose names were not."""
    return shared / "cases" / "counts_one_row_off_their_names.csv"


@pytest.fixture
def people_off(shared):
    """Populations whose codes were sorted and whose names were not."""
    return shared / "cases" / "population_one_row_off_its_names.csv"


@pytest.mark.shared
@pytest.mark.parametrize("command", ["hotspots", "scan", "rates"])
def test_counts_off_their_names(run, tmp_path, own_files, off, command):
    _, *rest = own_files
    options = rest[:2] if command == "rates" else rest
    out = tmp_path / "out.csv"
    code, _, error = run(command, off, *options, "--out", out)
    assert code == 2
    assert SORTED in error
    assert not out.exists()


@pytest.mark.shared
@pytest.mark.parametrize("command", ["hotspots", "scan", "rates"])
def test_population_off_its_names(run, tmp_path, own_files, people_off, command):
    counts, _, _, *areas = own_files
    options = [] if command == "rates" else areas
    out = tmp_path / "out.csv"
    code, _, error = run(command, counts, "--population", people_off, *options, "--out", out)
    assert code == 2
    assert SORTED in error
    assert not out.exists()


@pytest.mark.shared
@pytest.mark.parametrize("command", ["build", "check"])
def test_a_project_off_its_names(run, tmp_path, make_project, off, people_off, command):
    out = ["--out", tmp_path / "maps"] if command == "build" else []
    config = make_project(table=off.read_bytes())
    code, _, error = run(command, config, *out)
    assert code == 2
    assert SORTED in error
    config = make_project()
    (config.parent / "people.csv").write_bytes(people_off.read_bytes())
    config.write_text(config.read_text().replace('"population-wards-2015"', '"people.csv"'))
    code, _, error = run(command, config, *out)
    assert code == 2
    assert SORTED in error
    assert not (tmp_path / "maps").exists()


def test_count_into_a_layer_off_its_names(run, tmp_path):
    layer = vawg_geo.read_boundaries("wards-2015")
    names = layer["area_name"].tolist()
    layer["area_name"] = [*names[1:], names[0]]
    layer.attrs.clear()
    layer.to_file(tmp_path / "wards.gpkg")
    points = gpd.GeoDataFrame(
        {"Month": ["2019-08"]}, geometry=layer.geometry.representative_point()[:1], crs=27700
    )
    points.to_file(tmp_path / "points.gpkg")
    arguments = ["count", tmp_path / "points.gpkg", "--areas", tmp_path / "wards.gpkg"]
    code, _, error = run(*arguments, "--indicator", "x", "--out", tmp_path / "out.csv")
    assert code == 2
    assert "names contradict their codes" in error
    assert not (tmp_path / "out.csv").exists()


def test_services_off_their_names(run, make_project, root):
    services = pd.read_csv(root / "data" / "services.csv", dtype=str, keep_default_na=False)
    names = services["area_name"].tolist()
    shifted = services.assign(area_name=[*names[1:], names[0]])
    config = make_project()
    for table, code in ((services, 0), (shifted, 2)):
        table.to_csv(config.parent / "services.csv", index=False)
        config.write_text(
            make_project().read_text() + '\n[overlays.services]\nfile = "services.csv"\n'
            "date = 2016-03-31\n"
        )
        found, _, error = run("check", config)
        assert found == code
    assert "names contradict their codes" in error


@pytest.mark.shared
def test_wards_of_two_years_on_a_map(run, tmp_path, own_files, shared):
    case = shared / "cases" / "ward_codes_of_two_years.csv"
    _, *rest = own_files
    code, _, error = run("hotspots", case, *rest, "--out", tmp_path / "out.csv")
    assert code == 2
    assert "11 of 2022 (first: E05000829 Gorse Hill) and 10 of 2023 (first: E05015239" in error
    assert "'vawg-geo rebase " in error
