"""`vawg-geo count`: what people really have: months that lack, rows that repeat, rows of names."""

from __future__ import annotations

import gzip
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPoint, Point

from vawg_geo.commands.main import main
from vawg_geo.inputs.counts import read_counts

HEAD = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context\n"
)
VIOLENCE = "Crime type=Violence and sexual offences"
# Two places in Peterborough and two in Cambridge, in wards of 2015.
NORTH, SOUTH = "-0.243,52.574", "0.1218,52.2053"


def rows(month, force, place, *, kind="Violence and sexual offences", ids=("",)):
    return "".join(f"{i},{month},{force},{force},{place},x,,,{kind},,\n" for i in ids)


def count(capsys, *arguments):
    code = main(["count", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        place = tmp_path / "months"
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / f"{name.replace('_', '-')}-street.csv").write_text(HEAD + text)
        return place

    return write


def written(out):
    table = pd.read_csv(out, dtype={"period": str})
    return table[table["status"] != "zero"].set_index(["period", "area_name"])["count"].to_dict()


@pytest.mark.shared
def test_the_cases_as_they_came(capsys, shared, tmp_path):
    cases, out = shared / "cases", tmp_path / "counts.csv"
    areas = ("--areas", "wards-2015", "--category", VIOLENCE)
    code, said, _ = count(capsys, cases / "month_without_a_force", *areas, "--out", out)
    assert code == 0
    assert "Northern Police sent nothing for 2019-07: missing in the 2 areas" in said
    table = pd.read_csv(out)
    assert (table["status"] == "missing").sum() == 2
    assert table["count"].sum() == 27
    code, said, _ = count(capsys, cases / "category_renamed", *areas)
    assert (code, "no row of 2013-04 is of the category: counted as zero. It has" in said) == (
        0,
        True,
    )
    code, said, _ = count(capsys, cases / "one_row_thirteen_times-street.csv", *areas)
    assert (code, "12 of them agree in month, place and category too" in said) == (0, True)
    code, said, _ = count(capsys, cases / "points_some_empty.gpkg", *areas[:2], "--period", "2020")
    assert (code, "3 = 2 in an area (0 of them on a border) + 0 outside + 1 without" in said) == (
        0,
        True,
    )
    out = tmp_path / "events.csv"
    code, said, _ = count(
        capsys, cases / "events_without_coordinates.csv", "--area-column", "Ward", "--date-column",
        "Date recorded", "--sex-column", "Victim sex", "--by", "financial-year", "--out", out,
    )  # fmt: skip
    assert (code, "36 counted + 12 without a known area + 12 without a known sex" in said) == (
        0,
        True,
    )
    told = read_counts(out)
    assert told.groupby("sex")["count"].sum().to_dict() == {"female": 24, "male": 12}
    assert set(told["period"]) == {"2023/24"}


def test_a_month_in_which_a_force_sent_nothing_is_missing_and_not_zero(capsys, folder, tmp_path):
    place = folder(
        a=rows("2019-06", "Northern", NORTH, ids="  ") + rows("2019-06", "Southern", SOUTH),
        b=rows("2019-07", "Southern", SOUTH, ids="   "),
    )
    out = tmp_path / "counts.csv"
    code, said, _ = count(
        capsys, place, "--areas", "wards-2015", "--category", VIOLENCE, "--out", out
    )
    assert code == 0
    assert "Northern sent nothing for 2019-07: missing in the area reported by it" in said
    table = pd.read_csv(out).set_index(["period", "area_name"])
    lost = table[table["status"] == "missing"]
    assert len(lost) == 1
    (period, name) = lost.index[0]
    assert period == "2019-07"
    assert table.loc[("2019-06", name), "count"] == 2
    assert table.loc[("2019-07", "Market"), "count"] == 3


def test_a_month_that_no_force_sent_is_missing_everywhere(capsys, folder, tmp_path):
    place = folder(a=rows("2019-06", "One", SOUTH), b=rows("2019-08", "One", SOUTH))
    out = tmp_path / "counts.csv"
    code, said, _ = count(
        capsys, place, "--areas", "wards-2015", "--category", VIOLENCE, "--out", out
    )
    assert (code, "no row is of 2019-07" in said) == (0, True)
    table = pd.read_csv(out)
    assert set(table.loc[table["period"] == "2019-07", "status"]) == {"missing"}
    assert set(table.loc[table["period"] == "2019-08", "status"]) == {"value", "zero"}


def test_a_stray_row_of_a_neighbour_makes_no_area_missing(capsys, folder, tmp_path):
    place = folder(
        a=rows("2019-06", "Home", SOUTH, ids=" " * 30) + rows("2019-06", "Next", SOUTH),
        b=rows("2019-07", "Home", SOUTH, ids=" " * 30),
    )
    out = tmp_path / "counts.csv"
    _, said, _ = count(capsys, place, "--areas", "wards-2015", "--category", VIOLENCE, "--out", out)
    assert "no area is missing; counted without its few rows: 1" in said
    assert written(out) == {("2019-06", "Market"): 31, ("2019-07", "Market"): 30}


def test_a_category_that_had_another_name(capsys, folder, tmp_path):
    place = folder(
        a=rows("2013-04", "One", SOUTH, kind="Violent crime"), b=rows("2013-05", "One", SOUTH)
    )
    out = tmp_path / "counts.csv"
    code, said, _ = count(
        capsys, place, "--areas", "wards-2015", "--category", VIOLENCE, "--out", out
    )
    assert code == 0
    assert "no row of 2013-04 is of the category: counted as zero. It has 'Violent crime'" in said
    table = pd.read_csv(out)
    assert set(table.loc[table["period"] == "2013-04", "status"]) == {"zero"}
    both = ("--category", VIOLENCE, "--category", "Crime type=Violent crime")
    out = tmp_path / "both.csv"
    count(capsys, place, "--areas", "wards-2015", *both, "--out", out)
    assert written(out) == {("2013-04", "Market"): 1, ("2013-05", "Market"): 1}


def test_capitals_are_forgiven_and_said(capsys, folder):
    place = folder(a=rows("2013-05", "One", SOUTH, ids="  "))
    asked = "Crime type=VIOLENCE AND Sexual Offences"
    code, said, _ = count(capsys, place, "--areas", "wards-2015", "--category", asked)
    assert code == 0
    assert "VIOLENCE AND Sexual Offences: 2 = 2 in an area" in said
    assert "counted too, written otherwise: Violence and sexual offences" in said


def test_filters_of_two_columns_must_both_fit(capsys, folder):
    place = folder(a=rows("2013-05", "One", SOUTH) + rows("2013-05", "Two", SOUTH, ids="  "))
    asked = ("--category", VIOLENCE, "--category", "Reported by=Two")
    _, said, _ = count(capsys, place, "--areas", "wards-2015", *asked)
    assert "Violence and sexual offences, Two: 2 = 2 in an area" in said


def test_a_category_that_is_nowhere_offers_the_nearest(capsys, folder):
    place = folder(a=rows("2013-05", "One", SOUTH))
    code, _, error = count(
        capsys, place, "--areas", "wards-2015", "--category", "Crime type=Violent crime"
    )
    assert code == 2
    assert "Did you mean 'Violence and sexual offences'" in error


def test_one_row_thirteen_times(capsys, folder, tmp_path):
    again = rows("2019-08", "One", SOUTH, ids=["an-identifier"] * 13)
    elsewhere = rows("2019-08", "One", NORTH, ids=["an-identifier"])
    without = rows("2019-08", "One", SOUTH, ids=["", ""])
    place, out = folder(a=again + elsewhere, b=without), tmp_path / "counts.csv"
    _, said, _ = count(capsys, place, "--areas", "wards-2015", "--category", VIOLENCE, "--out", out)
    assert "13 of 14 rows with an identifier repeat another's" in said
    assert "12 of them agree in month, place and category too" in said
    assert "1 of them differ in month, place or category: they are counted" in said
    counts = written(out)
    assert counts["2019-08", "Market"] == 3
    assert sum(counts.values()) == 4


def test_a_repeated_row_in_another_file_is_found_too(capsys, folder, tmp_path):
    text, out = rows("2019-08", "One", SOUTH, ids=["same"]), tmp_path / "counts.csv"
    count(
        capsys, folder(a=text, b=text), "--areas", "wards-2015", "--category", VIOLENCE,
        "--out", out,
    )  # fmt: skip
    assert written(out) == {("2019-08", "Market"): 1}


@pytest.fixture
def three_years(folder):
    months = [f"{year}-{month:02}" for year in (2022, 2023, 2024) for month in range(1, 13)]
    return folder(**{m: rows(m, "One", SOUTH, ids="  ") for m in months})


def test_a_period_keeps_what_lies_within(capsys, three_years, tmp_path):
    """The case of three_years_one_label.txt: 36 months became one year, threefold."""
    out = tmp_path / "counts.csv"
    options = ("--areas", "wards-2015", "--category", VIOLENCE, "--out", out)
    code, said, _ = count(capsys, three_years, *options, "--period", "2023/24")
    assert code == 0
    assert "2023/24: 12 of 12 months are counted" in said
    assert "24 months outside 2023/24 are left out: 2022-01 to 2024-12" in said
    assert written(out) == {("2023/24", "Market"): 24}


def test_a_period_of_which_months_lack_is_a_decision(capsys, three_years, tmp_path):
    (three_years / "2023-07-street.csv").unlink()
    out = tmp_path / "counts.csv"
    options = ("--areas", "wards-2015", "--category", VIOLENCE, "--period", "2023/24", "--out", out)
    code, _, error = count(capsys, three_years, *options)
    assert code == 1
    assert "2023/24 has 11 of 12 months; these lack: 2023-07" in error
    assert not out.exists()
    code, said, _ = count(capsys, three_years, *options, "--incomplete")
    assert (code, "no row of 2023/24 is of 2023-07" in said) == (0, True)
    assert written(out) == {("2023/24", "Market"): 22}


@pytest.mark.parametrize(
    ("by", "periods", "each"),
    [
        ("financial-year", {"2022/23", "2023/24"}, 24),
        ("year", {"2022", "2023", "2024"}, 24),
        ("quarter", {f"{y} Q{q}" for y in (2022, 2023, 2024) for q in (1, 2, 3, 4)}, 6),
    ],
)
def test_whole_periods_alone_are_written(capsys, three_years, tmp_path, by, periods, each):
    out = tmp_path / "counts.csv"
    options = ("--areas", "wards-2015", "--category", VIOLENCE, "--by", by, "--out", out)
    code, said, _ = count(capsys, three_years, *options)
    assert code == 0
    assert written(out) == {(period, "Market"): each for period in periods}
    assert ("2021/22 has 3 of 12 months and is left out" in said) == (by == "financial-year")


def test_packed_files_and_the_zip_of_months(capsys, folder, tmp_path):
    text = HEAD + rows("2019-08", "One", SOUTH, ids="  ")
    packed = tmp_path / "2019-08-one-street.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    archive = tmp_path / "latest.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        pack.writestr("2019-08/2019-08-one-street.csv", text)
        pack.writestr("2019-09/2019-09-one-street.csv", text.replace("2019-08", "2019-09"))
        pack.writestr("2019-09/2019-09-one-outcomes.csv", "Crime ID,Outcome type\na,b\n")
    _, said, _ = count(capsys, packed, "--areas", "wards-2015", "--category", VIOLENCE)
    assert "Violence and sexual offences: 2 = 2 in an area" in said
    _, said, _ = count(capsys, archive, "--areas", "wards-2015", "--category", VIOLENCE)
    assert "Violence and sexual offences: 4 = 4 in an area" in said
    assert "1 of 3 files are no street files" in said


def test_a_month_packed_and_unpacked_is_refused(capsys, folder, tmp_path):
    place = folder(a=rows("2019-08", "One", SOUTH))
    packed = gzip.compress((place / "a-street.csv").read_bytes())
    (place / "a-street.csv.gz").write_bytes(packed)
    code, _, error = count(capsys, place, "--areas", "wards-2015")
    assert (code, "repeat a name" in error) == (2, True)


@pytest.mark.parametrize(
    "damage", [b"no gzip at all", gzip.compress(b"x" * 90_000, mtime=0)[:40]], ids=["text", "cut"]
)
def test_a_damaged_packed_file_is_refused(capsys, tmp_path, damage):
    path = tmp_path / "a-street.csv.gz"
    path.write_bytes(damage)
    code, _, error = count(capsys, path, "--areas", "wards-2015")
    assert (code, "a-street.csv.gz cannot be unpacked" in error) == (2, True)


def test_what_unpacks_to_nothing_but_blanks_is_refused(capsys, tmp_path):
    path = tmp_path / "a-street.csv.gz"
    path.write_bytes(gzip.compress(b"Month,Longitude,Latitude\n" + b"2020-01,,\n" * 9_000_000))
    code, _, error = count(capsys, path, "--areas", "wards-2015")
    assert (code, "more than 250 times its size" in error) == (2, True)


@pytest.mark.parametrize("name", ["p.gpkg", "p.shp", "p.geojson", "p.parquet"])
def test_points_without_a_place_and_points_in_many(capsys, tmp_path, name):
    shapes = [
        Point(545000, 258500),
        Point(),
        None,
        MultiPoint([(545000, 258500), (545001, 258500)]),
    ]
    if name == "p.shp":
        # A Shapefile holds points or multi-points, and nothing for a place.
        shapes = [MultiPoint([(545000, 258500)]), None, None, shapes[3]]
    frame = gpd.GeoDataFrame({"kind": list("aaab")}, geometry=shapes, crs=27700)
    if name == "p.geojson":
        frame = frame.to_crs(4326)
    path = tmp_path / name
    frame.to_parquet(path) if name == "p.parquet" else frame.to_file(path)
    code, said, _ = count(capsys, path, "--areas", "wards-2015", "--period", "2020")
    assert code == 0
    assert "All rows: 5 = 3 in an area (0 of them on a border) + 0 outside + 2 without" in said
    assert "1 rows more" in said


def test_points_of_a_workbook_with_dates(capsys, tmp_path):
    frame = pd.DataFrame({
        "When": pd.to_datetime(["2023-04-02", "2023-06-30", "2023-06-30"]),
        "Easting": [545000, 545000, None], "Northing": [258500, 258500, None],
    })  # fmt: skip
    path, out = tmp_path / "p.xlsx", tmp_path / "counts.csv"
    frame.to_excel(path, index=False)
    code, said, _ = count(
        capsys, path, "--areas", "wards-2015", "--date-column", "When", "--by", "quarter",
        "--indicator", "x", "--out", out,
    )  # fmt: skip
    assert code == 2, said
    code, said, _ = count(
        capsys, path, "--areas", "wards-2015", "--date-column", "When", "--indicator", "x",
        "--out", out,
    )  # fmt: skip
    assert code == 0
    assert sorted(period for period, _ in written(out)) == ["2023-04", "2023-06"]


def test_within_an_area_of_another_year(capsys, folder):
    place = folder(a=rows("2019-08", "One", SOUTH) + rows("2019-08", "One", NORTH))
    _, said, _ = count(capsys, place, "--areas", "wards-2015", "--within", "Cambridge")
    assert "All rows: 2 = 1 in an area (0 of them on a border) + 1 outside" in said
    _, said, _ = count(capsys, place, "--within", "Cambridge")
    assert "14 wards of 2025 of Cambridge (district, E07000008)" in said
    assert "within 50 m of a border" in said
    code, _, error = count(capsys, place)
    assert (code, "--within AREA" in error) == (2, True)
    code, _, error = count(capsys, place, "--areas", "wards-2015", "--within", "Sheffield")
    assert (code, "none of the 144 outlines lies in Sheffield" in error) == (2, True)


# --- rows that name their area ---------------------------------------------------------------

CRIMES = (
    "Ref,Date recorded,Offence,Victim sex,Ward\n"
    "1,01/04/2023,DA - ABH,Female,Arbury\n2,02/05/2023,Stalking,Male,Market\n"
    "3,03/06/2024,Stalking,F,arbury\n4,04/07/2023,DA - ABH,Not stated,Market\n"
    "5,05/08/2023,DA - ABH,Female,Unknown\n"
)
NAMED = ("--area-column", "Ward", "--date-column", "Date recorded")


@pytest.fixture
def crimes(tmp_path):
    def write(text=CRIMES):
        path = tmp_path / "crimes.csv"
        path.write_text(text)
        return path

    return write


def test_events_are_tallied_by_the_names_of_their_areas(capsys, crimes, tmp_path):
    out = tmp_path / "counts.csv"
    code, said, _ = count(
        capsys, crimes(), *NAMED, "--sex-column", "Victim sex", "--by", "financial-year",
        "--out", out,
    )  # fmt: skip
    assert code == 0
    assert "5 events = 3 counted + 1 without a known area + 1 without a known sex" in said
    assert "neither female nor male: Not stated" in said
    assert "areas that are none, set aside: Unknown (1)" in said
    table = read_counts(out)
    told = table.set_index(["area_name", "sex", "period"])["count"]
    assert told["Arbury", "female", "2023/24"] == 1
    assert told["Arbury", "female", "2024/25"] == 1
    assert told["Market", "male", "2024/25"] == 0
    assert len(told) == 2 * 2 * 2
    assert set(table["level"]) == {"ward"}


def test_events_into_the_wards_of_an_area_have_their_codes(capsys, crimes, tmp_path):
    out = tmp_path / "counts.csv"
    code, _, _ = count(
        capsys, crimes(), *NAMED, "--within", "Cambridge", "--offence-column", "Offence",
        "--by", "year", "--out", out,
    )  # fmt: skip
    assert code == 0
    table = read_counts(out)
    assert len(table) == 14 * 2 * 2
    arbury = table[(table["area_name"] == "Arbury") & (table["count"] > 0)]
    assert len(set(arbury["area_code"])) == 1
    assert set(table["sex"]) == {"persons"}
    assert set(table["indicator"]) == {"DA - ABH", "Stalking"}
    assert int(table["count"].sum()) == 4


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("02/05/2023", "05/22/2023", "row 3, '05/22/2023' (there is no month 22: dates are read"),
        ("02/05/2023", "23-05-02", "row 3, '23-05-02' (it may be a day of 2002 or of 2023)"),
        ("02/05/2023", "2023", "row 3, '2023' (it is longer than a month)"),
        ("02/05/2023", "soon", "1 of 4 dates of 'Date recorded' of crimes.csv cannot be read"),
        ("2,02/05/2023,Stalking,Male,Market", "2,1/4/2023,x,F,Markit", "row 3, no area is called"),
    ],
)
def test_events_that_cannot_be_read_are_refused_with_their_row(capsys, crimes, old, new, match):
    code, _, error = count(
        capsys, crimes(CRIMES.replace(old, new)), *NAMED, "--within", "Cambridge"
    )
    assert code == 2
    assert match in error


def test_dates_as_people_write_them(capsys, crimes):
    dates = ["2023-04-01", "1/4/23", "01.04.2023 14:35", "1 April 2023", "45017", "Sat 1 Apr 2023"]
    text = "Date recorded,Ward\n" + "".join(f"{date},Arbury\n" for date in dates)
    code, said, _ = count(capsys, crimes(text), *NAMED)
    assert code == 0
    assert "2023-04: 6" in said
    assert "1 of 6 dates are day numbers; first: '45017' is read as 2023-04-01" in said


def test_rows_that_repeat_are_counted_only_where_nothing_identifies_them(capsys, crimes):
    again = CRIMES + "1,01/04/2023,DA - ABH,Female,Arbury\n1,01/04/2023,Stalking,Female,Arbury\n"
    _, said, _ = count(capsys, crimes(again), *NAMED)
    assert "7 events = 5 counted + 1 that are another row again + 1 without a known area" in said
    assert "1 of 7 rows repeat the 'Ref' of another and differ" in said
    anonymous = "Date recorded,Ward\n1/4/2023,Arbury\n1/4/2023,Arbury\n"
    _, said, _ = count(capsys, crimes(anonymous), *NAMED)
    assert "2 events = 2 counted" in said
    assert "no column identifies a crime: they are counted; first: row 3" in said


def test_a_table_with_a_column_a_month_is_tallied(capsys, crimes, tmp_path):
    months = [f"2023{m:02}" for m in range(4, 13)] + ["202401", "202402", "202403", "202404"]
    table = (
        f"Major,Minor,Name,Code,{','.join(months)}\n"
        f"SEXUAL OFFENCES,RAPE,Arbury,E05013052,{','.join(['1'] * 13)}\n"
        f"SEXUAL OFFENCES,OTHER,Arbury,E05013052,{','.join(['2'] * 13)}\n"
        f"THEFT,THEFT,Arbury,E05013052,{','.join(['50'] * 13)}\n"
    )
    out = tmp_path / "counts.csv"
    code, said, _ = count(
        capsys, crimes(table), "--area-column", "Code", "--category", "Major=sexual offences",
        "--by", "financial-year", "--out", out,
    )  # fmt: skip
    assert code == 0
    assert "13 columns of months are counts: 202304 to 202404" in said
    assert "2024/25 has 1 of 12 months and is left out" in said
    told = read_counts(out)
    assert list(zip(told["period"], told["count"], told["indicator"], strict=True)) == [
        ("2023/24", 36, "sexual offences")
    ]


def test_a_month_of_a_few_stray_rows_is_no_month_of_zeros(capsys, crimes, tmp_path):
    table = "Kind,Code,202403,202404,202405\nA,E05013052,0,30,40\nB,E05013052,12,2000,2100\n"
    out = tmp_path / "counts.csv"
    options = ("--area-column", "Code", "--category", "Kind=A", "--out", out)
    _, said, _ = count(capsys, crimes(table), *options)
    assert "'202403' has 12 events of all kinds, where 2,030 are usual" in said
    assert set(read_counts(out)["period"]) == {"2024-04", "2024-05"}
    small = table.replace("2000", "2").replace("2100", "3").replace("12,", "0,")
    _, said, _ = count(capsys, crimes(small), *options, "--replace")
    assert dict(zip(read_counts(out)["period"], read_counts(out)["count"], strict=True)) == {
        "2024-03": 0, "2024-04": 30, "2024-05": 40,
    }  # fmt: skip


def test_what_goes_only_with_names_is_said(capsys, folder):
    place = folder(a=rows("2019-08", "One", SOUTH))
    code, _, error = count(capsys, place, "--areas", "wards-2015", "--sex-column", "Sex")
    assert (code, "--sex-column goes with --area-column" in error) == (2, True)


# --- official files as they are published ----------------------------------------------------


@pytest.mark.shared
def test_months_of_south_yorkshire_into_sheffields_wards_in_two_commands(capsys, shared, tmp_path):
    months = shared / "open" / "crime" / "police_uk_south-yorkshire_violence_2018-01_2021-09.csv.gz"
    folder = tmp_path / "sheffield"
    assert main(["init", str(folder), "--area", "Sheffield", "--police", str(months)]) == 0
    said = capsys.readouterr().out
    assert "189,335 = 64,853 in an area" in said
    assert "no row is of 2019-07: missing in all areas" in said
    assert "2019/20 has 11 of 12 months and is left out" in said
    table = read_counts(folder / "ward_counts.csv")
    assert (len(table), set(table["period"])) == (2 * 28, {"2018/19", "2020/21"})
    assert set(table["indicator"]) == {"violence and sexual offences, all victims"}
    out = tmp_path / "maps"
    assert main(["build", str(folder / "vawg.toml"), "--quiet", "--out", str(out)]) == 0
    page = (out / "public" / "ward.html").read_text("utf-8")
    assert "Violence and sexual offences, all victims: Sheffield, 2018/19 to 2020/21" in page
    assert "Violence against women and girls in Sheffield" not in page


@pytest.mark.shared
@pytest.mark.parametrize(
    ("edition", "events", "periods"),
    [
        ("2023-04_2025-03", 46_632, {"2023/24", "2024/25"}),
        ("2024-03_2026-03", 50_390, {"2024/25", "2025/26"}),
    ],
)
def test_londons_table_of_wards_as_it_is_published(
    capsys, shared, tmp_path, edition, events, periods
):
    """All 46,632 and 50,390 sexual offences, as the files' own description has them."""
    crime = shared / "open" / "crime"
    path = crime / f"MPS Ward Level Crime (most recent 24 months) {edition}.csv"
    out = tmp_path / "london.csv"
    code, said, _ = count(
        capsys, path, "--area-column", "WardCode", "--category", "MajorText=Sexual Offences",
        "--within", "Metropolitan Police", "--by", "financial-year", "--out", out,
    )  # fmt: skip
    assert code == 0
    assert f"= {events:,} counted" in said
    table = read_counts(out)
    assert table["area_code"].nunique() == 679
    assert set(table["period"]) == periods
    assert table["count"].sum() == events
    # The twenty-fifth month has 47 events of all kinds, and no sexual offence: that is no zero.
    assert ("'202403' has 47 events of all kinds" in said) == (edition == "2024-03_2026-03")


@pytest.mark.shared
def test_londons_wards_of_before_are_told_from_those_of_today(capsys, shared, tmp_path):
    crime = shared / "open" / "crime"
    path = crime / "MPS Ward Level Crime (most recent 24 months) 2020-09_2022-08.csv"
    options = ("--area-column", "WardCode", "--category", "MajorText=sexual offences")
    code, _, error = count(capsys, path, *options, "--within", "Metropolitan Police")
    assert code == 2
    assert "are of 483 areas that none of the 679 areas is; first: row 30, E05000026" in error
    assert "rebase" in error
    out = tmp_path / "as_they_are.csv"
    code, said, _ = count(capsys, path, *options, "--by", "financial-year", "--out", out)
    assert (code, "= 43,052 counted" in said) == (0, True)
    assert read_counts(out)["area_code"].nunique() == 632


@pytest.mark.shared
def test_police_uks_own_zip_of_months(capsys, shared):
    crime = shared / "open" / "crime"
    path = crime / "police_uk_city-of-london_2018-01_2021-11_and_2023-10_2025-12.zip"
    code, said, _ = count(capsys, path, "--within", "City of London", "--category", VIOLENCE)
    assert code == 0
    assert "All rows: 51,674 =" in said
    assert "4,093 without coordinates" in said
    assert "Note: no row is of 2021-12: missing in all areas." in said
    assert "10 more months are not whole" in said
