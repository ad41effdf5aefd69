"""The command line: exit codes, one clear message, nothing written on bad input."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Polygon

import vawg_geo
from vawg_geo.commands.main import main


def run(capsys, *arguments):
    """Run a command in this process; gives exit code, output and errors."""
    code = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def refused(capsys, config, message, *, out):
    """Assert that a build is refused: exit 2, one message, no traceback, nothing written."""
    code, printed, error = run(capsys, "build", config, "--out", out)
    assert code == 2, printed
    lines = error.strip().splitlines()
    assert lines[-1].startswith("vawg-geo: "), error
    assert message in lines[-1], lines[-1]
    assert "Traceback" not in error
    assert not out.exists() or not list(out.iterdir())


def counts_with(ward_codes, index, value):
    return dict.fromkeys(ward_codes, 20) | {ward_codes[index]: value}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-3", "1 of 144 counts are negative"),
        ("2.5", "1 of 144 counts"),
        ("many", "1 of 144 counts"),
        ("1e9", "1 of 144 counts are more than 5 times the population"),
        ("1,23", "1 of 144 counts"),
        ("inf", "1 of 144 counts"),
    ],
)
def test_bad_counts(capsys, tmp_path, make_project, ward_codes, value, message):
    text = f'"{value}"' if "," in value else value
    config = make_project(counts_with(ward_codes, 5, text))
    refused(capsys, config, message, out=tmp_path / "out")


def test_unknown_ward(capsys, tmp_path, make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 20) | {"E05999999": 3})
    refused(capsys, config, "no area has the code 'E05999999'", out=tmp_path / "out")


def test_central_north(capsys, tmp_path, make_project):
    table = (
        "ward,district,sex,period,indicator,count\n"
        "Central North,Peterborough,persons,2015/16,crimes,12\n"
    )
    refused(
        capsys, make_project(table=table), "Did you mean Central and North?", out=tmp_path / "out"
    )


def test_duplicate_row(capsys, tmp_path, make_project, ward_codes):
    row = f"{ward_codes[0]},persons,2015/16,crimes,12\n"
    table = "area_code,sex,period,indicator,count\n" + row + row
    refused(capsys, make_project(table=table), ward_codes[0], out=tmp_path / "out")


@pytest.mark.parametrize("table", ["", "area_code,sex,period,indicator,count\n"])
def test_empty_counts(capsys, tmp_path, make_project, table):
    refused(capsys, make_project(table=table), "counts.csv", out=tmp_path / "out")


def test_unknown_key(capsys, tmp_path, make_project):
    config = make_project()
    config.write_text(config.read_text() + "\n[rates]\nconfidense = [0.95, 0.998]\n")
    refused(capsys, config, "The nearest known key is 'confidence'", out=tmp_path / "out")


def test_absent_and_broken_configuration(capsys, tmp_path):
    refused(capsys, tmp_path / "no.toml", "vawg-geo init DIR", out=tmp_path / "out")
    (tmp_path / "bad.toml").write_text("[project\n")
    refused(capsys, tmp_path / "bad.toml", "is not TOML", out=tmp_path / "out")


def test_zero_population(capsys, tmp_path, make_project, ward_codes):
    config = make_project()
    rows = [f"{code},persons,{0 if n == 2 else 5000}" for n, code in enumerate(ward_codes)]
    (config.parent / "people.csv").write_text("area_code,sex,population\n" + "\n".join(rows))
    config.write_text(
        config.read_text().replace(
            'file = "population-wards-2015"\nlevel = "ward"\nbasis = "estimated"',
            'file = "people.csv"',
        )
    )
    refused(capsys, config, "have no positive population; first: 'E05002171'", out=tmp_path / "out")


# Boundaries: the embedded wards, spoilt in one way each.


@pytest.fixture
def wards():
    layer = vawg_geo.read_boundaries("wards-2015")
    return gpd.GeoDataFrame(layer, geometry="geometry", crs="EPSG:27700")


def project_on(make_project, file):
    config = make_project()
    config.write_text(
        config.read_text().replace('boundaries = "wards-2015"', f'boundaries = "{file}"')
    )
    return config


def no_crs(layer, folder):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyogrio says that there is no CRS: that is the point
        layer.set_crs(None, allow_override=True).to_file(folder / "w.gpkg")


def wgs84_as_bng(layer, folder):
    layer.to_crs(4326).set_crs(27700, allow_override=True).to_file(folder / "w.gpkg")


def swapped_axes(layer, folder):
    from shapely import transform

    flipped = layer.to_crs(4326)
    flipped["geometry"] = transform(flipped.geometry.values, lambda xy: xy[:, ::-1])
    flipped.to_file(folder / "w.gpkg")


def bow_tie(layer, folder):
    x, y = layer.geometry.iloc[0].centroid.coords[0]
    tie = Polygon([(x, y), (x + 2000, y + 2000), (x + 2000, y), (x, y + 2000)])
    layer.loc[0, "geometry"] = tie
    layer.to_file(folder / "w.gpkg")


def duplicate_code(layer, folder):
    layer.loc[1, "area_code"] = layer.loc[0, "area_code"]
    layer.to_file(folder / "w.gpkg")


def truncated_geopackage(layer, folder):
    layer.to_file(folder / "w.gpkg")
    content = (folder / "w.gpkg").read_bytes()
    (folder / "w.gpkg").write_bytes(content[: len(content) * 2 // 3])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (no_crs, "coordinate"),
        (wgs84_as_bng, "degrees"),
        (swapped_axes, "swapped"),
        (bow_tie, "cross themselves"),
        (duplicate_code, "E05002169"),
        (truncated_geopackage, "cut short"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_bad_boundaries(capsys, tmp_path, make_project, wards, spoil, message):
    config = project_on(make_project, "w.gpkg")
    spoil(wards, config.parent)
    refused(capsys, config, message, out=tmp_path / "out")


def test_truncated_shapefile(capsys, tmp_path, make_project, wards):
    config = project_on(make_project, "w.shp")
    wards.rename(columns={"parent_code": "lad15cd"}).to_file(config.parent / "w.shp")
    shape = config.parent / "w.shp"
    shape.write_bytes(shape.read_bytes()[:-5000])
    refused(capsys, config, "w.shp", out=tmp_path / "out")


@pytest.mark.parametrize("name", ["../w.shp", "/tmp/w.shp", "C:\\w.shp"])
def test_zip_that_climbs_out(capsys, tmp_path, make_project, name):
    config = project_on(make_project, "w.zip")
    with zipfile.ZipFile(config.parent / "w.zip", "w") as archive:
        archive.writestr(name, b"x")
    refused(capsys, config, "w.zip", out=tmp_path / "out")
    assert not (config.parent.parent / "w.shp").exists()


def test_zip_bomb(capsys, tmp_path, make_project):
    config = project_on(make_project, "w.zip")
    with zipfile.ZipFile(config.parent / "w.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.shp", bytes(200_000_000))
    refused(capsys, config, "w.zip", out=tmp_path / "out")


def test_former_output_survives_a_failed_build(capsys, tmp_path, make_project, ward_codes):
    config = make_project()
    out = tmp_path / "out"
    assert run(capsys, "build", config, "--out", out, "--edition", "public")[0] == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    (config.parent / "counts.csv").write_text("area_code,sex,period,indicator,count\nX,p,y,i,-1\n")
    assert run(capsys, "build", config, "--out", out)[0] == 2
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_missing_ward(capsys, tmp_path, make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes[1:], 20))
    code, printed, _ = run(capsys, "check", config)
    assert code == 1
    assert "1 of 144 counts are missing; first: E05002169 Barnack" in printed
    code, printed, _ = run(capsys, "build", config, "--out", tmp_path / "out")
    assert code == 0
    assert "1 of 144 counts are missing" in printed
    folder = tmp_path / "out" / "public"
    report = pd.read_csv(folder / "tables" / "join_report.csv")
    assert report.query("outcome == 'missing'")["area_code"].tolist() == ["E05002169"]
    rates = pd.read_csv(folder / "tables" / "rates_ward.csv").set_index("area_code")
    assert rates.loc["E05002169", "status"] == "missing"
    assert pd.isna(rates.loc["E05002169", "rate"])


def test_check_of_the_default(capsys):
    code, printed, _ = run(capsys, "check")
    assert code == 0
    assert "Nothing needs a decision." in printed


def test_check_lists_every_refused_row(capsys, make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 20) | {"E05999998": 3, "E05999999": 3})
    code, _, error = run(capsys, "check", config)
    assert code == 2
    assert "E05999998" in error
    assert "E05999999" in error


def test_check_of_sums_that_differ(capsys, make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 20))
    (config.parent / "districts.csv").write_text(
        "area_code,sex,period,indicator,count\nE07000008,persons,2015/16,crimes,279\n"
    )
    text = config.read_text()
    config.write_text(
        text.replace(
            "[population]", '[[counts]]\nfile = "districts.csv"\nbasis = "own"\n[population]', 1
        )
    )
    code, printed, _ = run(capsys, "check", config)
    assert code == 1
    assert "first: Cambridge, crimes, persons: parts 280, given 279" in printed


def test_rates(capsys, tmp_path):
    (tmp_path / "counts.csv").write_text(
        "area_code,sex,period,indicator,count\n"
        "E06000031,persons,2015/16,incidents,4683\n"
        "E23000023,persons,2015/16,incidents,12302\n"
        "E07000010,persons,2015/16,incidents,x\n"
    )
    (tmp_path / "people.csv").write_text(
        "area_code,sex,population\nE06000031,persons,150817\nE23000023,persons,679010\n"
        "E07000010,persons,81732\n"
    )
    out = tmp_path / "rates.csv"
    arguments = ["rates", tmp_path / "counts.csv", "--population", tmp_path / "people.csv"]
    code, printed, _ = run(capsys, *arguments, "--comparator", "E23000023", "--out", out)
    assert code == 0
    assert "no small number is hidden" in printed
    rates = pd.read_csv(out).set_index("area_code")
    assert round(rates.loc["E06000031", "rate"], 1) == 31.1
    assert rates.loc["E06000031", "significance"] == "higher"
    assert rates.loc["E07000010", "status"] == "suppressed"
    assert pd.isna(rates.loc["E07000010", "rate"])
    narrow = rates
    run(capsys, *arguments, "--confidence", "0.998", "--method", "exact", "--out", out)
    wide = pd.read_csv(out).set_index("area_code")
    assert wide.loc["E06000031", "rate_lower"] == wide.loc["E06000031", "rate_lower_998"]
    assert wide.loc["E06000031", "rate_lower"] < narrow.loc["E06000031", "rate_lower"]


def test_rates_on_bad_input_write_nothing(capsys, tmp_path):
    (tmp_path / "counts.csv").write_text(
        "area_code,sex,period,indicator,count\nE07000008,persons,y,i,-4\n"
    )
    (tmp_path / "people.csv").write_text("area_code,sex,population\nE07000008,persons,100\n")
    out = tmp_path / "rates.csv"
    code, _, error = run(
        capsys,
        "rates",
        tmp_path / "counts.csv",
        "--population",
        tmp_path / "people.csv",
        "--out",
        out,
    )
    assert code == 2
    assert "negative" in error
    assert sorted(p.name for p in tmp_path.iterdir()) == ["counts.csv", "people.csv"]


def test_init_then_check_then_refuse_to_overwrite(capsys, tmp_path):
    folder = tmp_path / "county"
    code, printed, _ = run(capsys, "init", folder)
    assert code == 0
    assert "vawg.toml" in printed
    code, printed, _ = run(capsys, "check", folder / "vawg.toml")
    assert code == 1
    assert "144 of 144 counts are missing" in printed
    code, _, error = run(capsys, "init", folder)
    assert code == 2
    assert "nothing is overwritten" in error


def test_boundaries_list(capsys):
    code, printed, _ = run(capsys, "boundaries", "list")
    assert code == 0
    assert "wards-2015" in printed


def test_unknown_boundaries_suggest(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("VAWG_GEO_CACHE", str(tmp_path))
    code, _, error = run(capsys, "boundaries", "fetch", "wards-2105")
    assert code == 2
    assert "wards-2015" in error


def test_as_a_process():
    """What a shell sees: exit code, no traceback, version."""
    python = [sys.executable, "-m", "vawg_geo"]
    done = subprocess.run([*python, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"vawg-geo {vawg_geo.__version__}"
    bad = subprocess.run(
        [*python, "build", "absent.toml"], capture_output=True, text=True, check=False
    )
    assert (bad.returncode, bad.stdout.count("Traceback")) == (2, 0)
    assert bad.stderr.startswith("vawg-geo: there is no file absent.toml")


def test_rates_never_write_over_their_input(capsys, tmp_path):
    counts = tmp_path / "counts.csv"
    counts.write_text("area_code,sex,period,indicator,count\nE07000008,persons,y,i,4\n")
    (tmp_path / "people.csv").write_text("area_code,sex,population\nE07000008,persons,100\n")
    before = counts.read_bytes()
    arguments = ["rates", counts, "--population", tmp_path / "people.csv", "--out", counts]
    code, _, error = run(capsys, *arguments)
    assert code == 2
    assert "is one of the inputs" in error
    assert counts.read_bytes() == before
    code, _, error = run(capsys, *arguments[:-1], tmp_path / "o.csv", "--per", "0")
    assert code == 2
    assert "above 0" in error


def test_sheet_of_a_workbook(capsys, tmp_path, make_project, ward_codes):
    import openpyxl

    config = make_project()
    book = openpyxl.Workbook()
    book.active.append(["A cover sheet"])
    sheet = book.create_sheet("Data")
    sheet.append(["area_code", "sex", "period", "indicator", "count"])
    for code in ward_codes:
        sheet.append([code, "persons", "2015/16", "crimes", 20])
    book.save(config.parent / "counts.xlsx")
    config.write_text(config.read_text().replace('"counts.csv"', '"counts.xlsx"\nsheet = "Data"'))
    assert run(capsys, "check", config)[0] == 0


def test_output_folder_of_somebody_else(capsys, tmp_path, make_project):
    theirs = tmp_path / "out" / "public"
    theirs.mkdir(parents=True)
    (theirs / "thesis.txt").write_text("mine")
    code, _, error = run(capsys, "build", make_project(), "--out", tmp_path / "out")
    assert code == 2
    assert "was not written by vawg-geo" in error
    assert (theirs / "thesis.txt").read_text() == "mine"


def test_configuration_that_is_a_folder(capsys, tmp_path):
    code, _, error = run(capsys, "build", tmp_path)
    assert code == 2
    assert "cannot be read" in error


@pytest.fixture
def own_files(tmp_path, ward_codes):
    """Made-up counts of the embedded wards, and their populations."""
    rows = [
        f"{code},persons,2015/16,crimes,{20 + (7 * n) % 31}" for n, code in enumerate(ward_codes)
    ]
    counts, people = tmp_path / "counts.csv", tmp_path / "people.csv"
    counts.write_text("area_code,sex,period,indicator,count\n" + "\n".join(rows))
    people.write_text(
        "area_code,sex,population\n" + "\n".join(f"{code},persons,4000" for code in ward_codes)
    )
    return [counts, "--population", people, "--areas", "wards-2015"]


@pytest.mark.parametrize("statistic", ["local-moran", "gi-star"])
def test_hotspots(capsys, tmp_path, own_files, statistic):
    out = tmp_path / "h.csv"
    options = ["--statistic", statistic, "--permutations", "999", "--weights", "knn:6"]
    code, printed, _ = run(capsys, "hotspots", *own_files, *options, "--out", out)
    assert code == 0
    assert "no small number is hidden" in printed
    table = pd.read_csv(out)
    wanted = {"z", "p_value", "p_adjusted", "cluster", "stability", "neighbours", "weights"}
    assert wanted <= set(table.columns)
    assert table["statistic"].unique().tolist() == [statistic]
    assert table["neighbours"].unique().tolist() == [6]
    assert len(table) == 144


def test_hotspots_without_stability(capsys, tmp_path, own_files):
    out = tmp_path / "h.csv"
    options = ["--permutations", "999", "--no-stability", "--out", out]
    assert run(capsys, "hotspots", *own_files, *options)[0] == 0
    table = pd.read_csv(out)
    assert table["stability"].isna().all()
    assert table["p_value"].notna().all()


def test_hotspots_as_a_layer(capsys, tmp_path, own_files):
    out = tmp_path / "h.gpkg"
    code, _, _ = run(capsys, "hotspots", *own_files, "--permutations", "999", "--out", out)
    assert code == 0
    layer = gpd.read_file(out)
    assert len(layer) == 144
    assert layer.crs == "EPSG:27700"


def test_scan(capsys, tmp_path, own_files):
    out = tmp_path / "s.csv"
    code, printed, _ = run(capsys, "scan", *own_files, "--replicates", "99", "--out", out)
    assert code == 0
    assert "cluster 1 about E0" in printed
    assert {"scan_cluster", "relative_risk", "p_value"} <= set(pd.read_csv(out).columns)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--weights", "bishop"], "cannot be read"),
        (["--weights", "knn:144"], "smaller k"),
        (["--seed", "-1"], "0 or more"),
        (["--permutations", "7"], "99"),
        (["--out", "x.docx"], "must end in .csv"),
    ],
)
def test_hotspots_refuse(capsys, tmp_path, own_files, options, message):
    arguments = ["hotspots", *own_files, "--out", tmp_path / "h.csv", *options]
    code, _, error = run(capsys, *arguments)
    assert code == 2
    assert message in error
    assert not (tmp_path / "h.csv").exists()


@pytest.mark.parametrize("command", ["hotspots", "scan"])
def test_a_boundary_file_is_never_written_over(capsys, tmp_path, own_files, command):
    layer = tmp_path / "mine.gpkg"
    vawg_geo.read_boundaries("wards-2015").to_file(layer)
    before = layer.read_bytes()
    code, _, error = run(capsys, command, *own_files[:-1], layer, "--out", layer)
    assert code == 2
    assert "is one of the inputs" in error
    assert layer.read_bytes() == before


def test_hotspots_say_why_there_is_no_label(capsys, tmp_path, own_files):
    counts = own_files[0]
    counts.write_text(counts.read_text().replace(",20\n", ",x\n", 1))
    options = ["--permutations", "999", "--correction", "bonferroni", "--out", tmp_path / "h.csv"]
    code, printed, _ = run(capsys, "hotspots", *own_files, *options)
    assert code == 0
    assert "without a label, suppressed: 1" in printed
    assert "can pass Bonferroni's correction over 144 areas" in printed
    table = pd.read_csv(tmp_path / "h.csv")
    assert table["reason"].tolist().count("suppressed") == 1


def test_scan_says_what_it_left_out_and_what_may_be_chance(capsys, tmp_path, own_files):
    counts = own_files[0]
    counts.write_text(counts.read_text().replace(",20\n", ",x\n", 1))
    code, printed, _ = run(
        capsys, "scan", *own_files, "--replicates", "99", "--out", tmp_path / "s.csv"
    )
    assert code == 0
    assert "in no circle" in printed
    assert "(may be chance)" in printed
    assert {"significant", "radius_m", "max_population"} <= set(
        pd.read_csv(tmp_path / "s.csv").columns
    )
