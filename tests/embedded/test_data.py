"""The embedded tables say what their sources say, and the scripts make them again."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.inputs.catalogue.registry import read_registry, verified_path
from vawg_geo.terms.columns import (
    BASES,
    COUNT_COLUMNS,
    COUNT_KEY,
    POPULATION_COLUMNS,
    SEXES,
    STATUSES,
)

if TYPE_CHECKING:
    from pathlib import Path

DISTRICTS = ["E06000031", "E07000008", "E07000009", "E07000010", "E07000011", "E07000012"]
COUNT_TABLES = ["published_rates", "ward_counts_illustrative", "ward_counts_police_2019_08"]
MADE = [
    *COUNT_TABLES,
    "published_other",
    "population_districts",
    "population_wards_2015",
    "population_wards_2016",
    "services",
    "ward_profiles",
    "statements_of_change",
    "children_residents",
    "area_codes",
    "lookup_lsoa11_wards",
    "imd2015_lsoa11",
    "public_sites",
    "towns",
    "lsoa11_points",
    "bridges_wards_2015",
]


@pytest.fixture(scope="module")
def data(root: Path) -> Path:
    return root / "data"


def read(data: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(data / f"{name}.csv")


def as_text(data: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(data / f"{name}.csv", dtype=str, keep_default_na=False)


def run(root: Path, script: str, *arguments: object) -> str:
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONHASHSEED": "random"}
    done = subprocess.run(
        [sys.executable, str(root / "dev" / "data" / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Registry and form


def test_every_file_is_registered_with_its_checksum(data: Path) -> None:
    entries = read_registry(data)
    assert {entry.path.name for entry in entries.values()} == {f"{name}.csv" for name in MADE}
    assert {path.name for path in data.glob("*.csv")} == {f"{name}.csv" for name in MADE}
    for entry in entries.values():
        assert verified_path(entry) == entry.path
        assert all((entry.title, entry.source, entry.licence, entry.attribution, entry.done))


def test_a_changed_byte_is_noticed(data: Path, tmp_path: Path) -> None:
    for name in ("registry.toml", *(f"{name}.csv" for name in MADE)):
        (tmp_path / name).write_bytes((data / name).read_bytes())
    file = tmp_path / "published_rates.csv"
    file.write_bytes(file.read_bytes().replace(b",1725,", b",1726,", 1))
    with pytest.raises(InputError, match="not the file that was registered"):
        verified_path(read_registry(tmp_path)["published-rates"])


@pytest.mark.parametrize("name", MADE)
def test_files_are_utf8_with_lf_and_whole_cells(data: Path, name: str) -> None:
    raw = (data / f"{name}.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    text = raw.decode("utf-8")
    assert "\ufffd" not in text
    # An apostrophe or ampersand that went through a wrong decoding or an HTML page.
    assert not re.search("â€|&amp;|&#|\u2019", text)
    table = as_text(data, name)
    assert not table.apply(lambda column: column.str.strip() != column).any(axis=None)
    assert not table.isin(["nan", "NaN", "None", "<NA>"]).any(axis=None)


def test_names_with_apostrophes_and_ampersands(data: Path) -> None:
    wards = as_text(data, "population_wards_2015")
    cambridge = wards[wards["parent_code"] == "E07000008"]["area_name"]
    assert {name for name in cambridge if "'" in name} == {"King's Hedges", "Queen Edith's"}
    ampersand = wards[wards["area_name"].str.contains("&")]
    assert set(ampersand["parent_code"]) == {"E07000010"}
    assert ampersand["area_name"].nunique() == 4


@pytest.mark.parametrize("name", COUNT_TABLES)
def test_count_tables_keep_the_contract(data: Path, name: str) -> None:
    table = as_text(data, name)
    assert set(COUNT_COLUMNS) <= set(table.columns)
    assert not table.duplicated(list(COUNT_KEY)).any()
    assert set(table["sex"]) <= set(SEXES)
    assert set(table["status"]) <= set(STATUSES)
    assert set(table["basis"]) <= set(BASES)
    empty = table["count"] == ""
    assert (empty == table["status"].isin(["missing", "suppressed", "not_applicable"])).all()
    assert table.loc[~empty, "count"].str.fullmatch(r"\d+").all()
    assert ((table["count"] == "0") == (table["status"] == "zero")).all()


# Published figures


def test_92_published_rows_under_the_names_of_ons(data: Path) -> None:
    table = as_text(data, "published_rates")
    assert len(table) == 92
    assert table["source_table"].value_counts().to_dict() == {
        "2": 8, "4": 24, "5": 24, "6": 24, "10": 6, "11": 6,
    }  # fmt: skip
    cambridge = table[table["area_code"] == "E07000008"]
    assert set(cambridge["area_name"]) == {"Cambridge"}
    assert set(cambridge["area_name_in_source"]) == {"Cambridge City"}
    figures = table[["rate_published", "rate_lower_published", "rate_upper_published"]]
    assert figures.apply(lambda column: column.str.fullmatch(r"\d+\.\d").all()).all()


def test_published_persons_are_female_and_male(data: Path) -> None:
    table = read(data, "published_rates")
    wide = table.pivot_table(index=["indicator", "area_code"], columns="sex", values="count")
    both = wide.dropna()
    assert len(both) == 3 * 8
    assert (both["female"] + both["male"] == both["persons"]).all()


def test_conflicts_of_the_source_are_notes_on_their_rows(data: Path) -> None:
    table = as_text(data, "published_rates").set_index(["source_table", "area_code", "sex"])
    noted = table["note"]
    assert table.loc[("6", "E23000023", "persons"), "count"] == "981"
    assert "988" in noted["6", "E23000023", "persons"]
    assert "4,900" in noted["4", "E23000023", "persons"]
    assert table.loc[("2", "E10000003", "persons"), "rate_upper_published"] == "14.8"
    assert "14.7" in noted["2", "E10000003", "persons"]
    assert table.loc[("2", "E23000023", "persons"), "rate_upper_published"] == "18.5"
    assert "18.4" in noted["2", "E23000023", "persons"]
    assert noted.loc["6"].str.contains("stalking").all()
    assert (noted != "").sum() == 24 + 3

    other = as_text(data, "published_other")
    text = other[other["value"] == "988"]
    assert len(text) == 1
    assert "981" in text["note"].item()
    ons = other[other["value"] == "4900"]
    assert ons["area_code"].item() == "E23000023"
    assert "4,821" in ons["note"].item()


def test_no_mark_became_a_number(data: Path) -> None:
    other = as_text(data, "published_other")
    hidden = other[other["status"] == "suppressed"]
    assert sorted(hidden["category"]) == ["multiple", "physical abuse"]
    assert set(hidden["area_code"]) == {"E06000031"}
    assert set(hidden["value"]) == {""}
    assert hidden["note"].str.contains("1 to 4").all()
    shown = other[other["status"] != "suppressed"]
    assert shown["value"].str.fullmatch(r"\d+(\.\d+)?").all()
    assert ((pd.to_numeric(shown["value"]) == 0) == (shown["status"] == "zero")).all()
    assert set(shown["status"]) == {"value", "zero"}


def test_hidden_cells_come_back_from_the_published_ones(data: Path) -> None:
    # What the note claims, from the figures themselves.
    other = read(data, "published_other")
    here = other[(other["source_table"] == 9) & (other["area_code"] == "E06000031")]
    total = here.loc[here["unit"] == "children", "value"].item()
    shown = here.loc[(here["unit"] == "percent") & here["value"].notna(), "value"]
    assert total - sum(round(total * share / 100) for share in shown) == 5


def test_other_figures_hold_no_fact_twice(data: Path) -> None:
    other = as_text(data, "published_other")
    key = ["source_table", "indicator", "category", "area_name_in_source", "sex", "period", "unit"]
    assert not other.duplicated(key).any()
    assert (other["source_table"] == "9").sum() == 3 * 6
    assert (other["source_table"] == "8").sum() == 3 * 8


@pytest.mark.shared
def test_every_printed_figure_is_there_once(data: Path, shared: Path) -> None:
    full = as_text(shared / "assessment", "other_tables")
    districts = as_text(shared / "assessment", "district_tables")
    twice = districts["source_table"].isin(["8", "9"])
    printed = pd.concat([full["value"], districts.loc[~twice, "value"]])
    ours = as_text(data, "published_other")
    values = ours["value"].where(ours["status"] != "suppressed", "x")
    assert sorted(values) == sorted(printed)


# Populations


def test_district_populations_and_their_sums(data: Path) -> None:
    table = read(data, "population_districts")
    assert tuple(table.columns[: len(POPULATION_COLUMNS)]) == POPULATION_COLUMNS
    wide = table.pivot_table(index="area_code", columns="sex", values="population", aggfunc="sum")
    assert len(wide) == 8
    assert (wide["female"] + wide["male"] == wide["persons"]).all()
    assert (wide.loc[DISTRICTS].sum() == wide.loc["E23000023"]).all()
    assert (wide.loc[DISTRICTS[1:]].sum() == wide.loc["E10000003"]).all()
    sums = table[table["level"] != "district"]
    assert sums["note"].str.contains("Sum of the").all()


@pytest.mark.parametrize(("year", "wards"), [(2015, 144), (2016, 142)])
def test_wards_sum_to_their_district_within_what_the_registry_says(
    data: Path, year: int, wards: int
) -> None:
    table = read(data, f"population_wards_{year}")
    assert tuple(table.columns[: len(POPULATION_COLUMNS)]) == POPULATION_COLUMNS
    assert table["area_code"].nunique() == wards
    assert len(table) == wards * 3
    assert (table["population"] > 0).all()
    assert set(table["basis"]) == {"estimated"}
    assert table.loc[table["sex"] != "persons", "note"].str.contains("split").all()
    known = read(data, "population_districts").set_index(["area_code", "sex"])["population"]
    sums = table.groupby(["parent_code", "sex"])["population"].sum()
    largest = (sums - known.reindex(sums.index)).abs().max()
    stated = read_registry(data)[f"population-wards-{year}"].facts["largest_difference"]
    assert f"{largest:.1f} people" in stated
    assert largest < 0.25


# Ward counts


def test_illustrative_wards_sum_to_the_published_figure_exactly(data: Path) -> None:
    made = read(data, "ward_counts_illustrative")
    people = read(data, "population_wards_2015")
    parent = people.drop_duplicates("area_code").set_index("area_code")["parent_code"]
    key = ["district", "indicator", "sex"]
    sums = (
        made.assign(district=made["area_code"].map(parent)).groupby(key)["count"].sum(min_count=1)
    )
    published = read(data, "published_rates").query("level == 'district'")
    published = published.rename(columns={"area_code": "district"}).set_index(key)["count"]
    assert len(published) == 6 * 10 + 5 * 2
    assert (sums.loc[published.index] == published).all()
    rest = sums.drop(published.index)
    assert sorted(rest.index) == [
        ("E06000031", "Cambridge Women's Aid contacts", "female"),
        ("E06000031", "IDVA high-risk referrals", "female"),
    ]
    assert rest.isna().all()


def test_illustrative_rows_say_what_they_are(data: Path) -> None:
    made = as_text(data, "ward_counts_illustrative")
    assert len(made) == 144 * (1 + 3 * 3 + 2)
    assert set(made["basis"]) == {"illustrative"}
    outside = made[made["status"] == "not_applicable"]
    assert len(outside) == 24 * 2
    assert outside["note"].str.contains("Cambridgeshire only").all()
    inside = made[made["status"] != "not_applicable"]
    assert inside["note"].str.startswith("Illustrative").all()


def test_illustrative_persons_are_female_and_male(data: Path) -> None:
    made = read(data, "ward_counts_illustrative")
    wide = made.pivot_table(
        index=["indicator", "area_code"], columns="sex", values="count"
    ).dropna()
    assert len(wide) == 3 * 144
    assert (wide["female"] + wide["male"] == wide["persons"]).all()


def test_illustrative_counts_do_not_depend_on_row_order(data: Path) -> None:
    import make_illustrative_ward_counts as script

    published = read(data, "published_rates")
    people = read(data, "population_wards_2015").query("sex == 'persons'")
    first = script.ward_counts(published, people)
    shuffled = script.ward_counts(
        published.sample(frac=1, random_state=1), people.sample(frac=1, random_state=2)
    )
    key = list(COUNT_KEY)
    left, right = (
        table.sort_values(key).set_index(key)["count"].astype("Float64")
        for table in (first, shuffled)
    )
    pd.testing.assert_series_equal(left, right)
    other_seed = script.ward_counts(published, people, seed=1)
    assert not first["count"].equals(other_seed["count"])


def test_largest_remainder_adds_up_and_stays_within_one() -> None:
    import make_illustrative_ward_counts as script

    chance = random.Random(4)
    for _ in range(200):
        weights = {f"W{i}": chance.randint(1, 10_000) for i in range(chance.randint(1, 40))}
        total = chance.randint(0, 5_000)
        shares = script.share_out(total, weights)
        assert sum(shares.values()) == total
        whole = sum(weights.values())
        assert all(abs(shares[w] - total * weights[w] / whole) < 1 for w in weights)
        backwards = dict(reversed(weights.items()))
        assert script.share_out(total, backwards) == shares


def test_noise_is_standard_normal_and_unrelated_to_size(data: Path) -> None:
    import make_illustrative_ward_counts as script

    people = read(data, "population_wards_2015").query("sex == 'persons'")
    drawn = pd.DataFrame({
        sex: [script.noise(script.SEED, code, "x", sex) for code in people["area_code"]]
        for sex in SEXES
    })  # fmt: skip
    assert drawn.mean().abs().max() < 0.25
    assert drawn.std().between(0.8, 1.2).all()
    size = pd.Series(people["population"].to_numpy())
    assert drawn.corrwith(size).abs().max() < 0.25


def test_police_month_names_its_limits(data: Path) -> None:
    table = as_text(data, "ward_counts_police_2019_08")
    wards = as_text(data, "population_wards_2015").query("sex == 'persons'")
    assert set(table["area_code"]) == set(wards["area_code"])
    assert set(table["period"]) == {"2019-08"}
    assert table["note"].str.contains("not annualised; a wider category").all()
    facts = read_registry(data)["ward-counts-police-2019-08"].facts
    assert facts["category_rows"]["in_wards"] == table["count"].astype(int).sum()
    for account in (facts["source_rows"], facts["category_rows"]):
        placed = account["in_wards"] + account["outside"] + account["without_coordinates"]
        assert placed == account["rows"]


@pytest.mark.shared
def test_every_street_row_is_accounted_for(data: Path, shared: Path) -> None:
    street = pd.read_csv(shared / "crime" / "2019-08-cambridgeshire-street.csv")
    facts = read_registry(data)["ward-counts-police-2019-08"].facts
    assert len(street) == facts["source_rows"]["rows"] == 7_363
    assert facts["source_rows"]["without_coordinates"] == street["Longitude"].isna().sum() == 321
    assert facts["source_rows"]["outside"] == 45
    violence = street[street["Crime type"] == "Violence and sexual offences"]
    assert facts["category_rows"]["rows"] == len(violence)
    assert facts["category_rows"]["without_coordinates"] == violence["Longitude"].isna().sum()


@pytest.mark.shared
def test_a_districts_points_are_in_its_wards(data: Path, shared: Path) -> None:
    # police.uk names each row's LSOA by itself: by district the two ways differ by a border's few.
    street = pd.read_csv(shared / "crime" / "2019-08-cambridgeshire-street.csv")
    violence = street[street["Crime type"] == "Violence and sexual offences"]
    lookup = read(data, "lookup_lsoa11_wards").set_index("lsoa_code")["district_code"]
    theirs = violence["LSOA code"].map(lookup).value_counts()
    parent = read(data, "population_wards_2015").drop_duplicates("area_code")
    table = read(data, "ward_counts_police_2019_08").merge(parent, on="area_code")
    ours = table.groupby("parent_code")["count"].sum()
    assert (ours - theirs).abs().max() <= 3


def street_and_wards(folder: Path, months: list[str], category: str) -> tuple[Path, Path]:
    """A made-up street file, and two wards that touch; one point lies on their border."""
    import geopandas as gpd
    from shapely import box

    # In degrees, so that a shared corner and a point on it go through the same projection.
    wards = gpd.GeoDataFrame(
        {"area_code": ["E05000002", "E05000001"], "area_name": ["Two", "One"]},
        geometry=[box(0.1, 52.1, 0.2, 52.2), box(0.0, 52.1, 0.1, 52.2)],
        crs=4326,
    )
    wards.to_file(folder / "wards.gpkg")
    street = pd.DataFrame({
        "Month": months,
        "Longitude": [0.05, 0.1, 0.15, 0.15, 2.0, None],
        "Latitude": [52.15, 52.1, 52.15, 52.16, 52.15, None],
        "Crime type": [*[category] * 3, "Burglary", *[category] * 2],
    })  # fmt: skip
    street.to_csv(folder / "2020-01-a-street.csv", index=False)
    return folder / "2020-01-a-street.csv", folder / "wards.gpkg"


def test_points_on_a_border_count_once_and_none_is_lost(tmp_path: Path) -> None:
    import make_police_month as script

    files = street_and_wards(tmp_path, ["2020-01"] * 6, script.CATEGORY)
    table, everything, account = script.count_month(*files, vintage="2020-12-31")
    assert dict(zip(table["area_code"], table["count"], strict=True)) == {
        "E05000001": 2,
        "E05000002": 1,
    }
    assert everything == script.Account(
        rows=6, without_coordinates=1, outside=1, in_areas=4, on_borders=1
    )
    assert account == script.Account(
        rows=5, without_coordinates=1, outside=1, in_areas=3, on_borders=1
    )


def test_two_months_are_refused(tmp_path: Path) -> None:
    import make_police_month as script

    months = ["2020-01", "2020-02"] * 3
    with pytest.raises(SystemExit, match="2 months"):
        script.count_month(*street_and_wards(tmp_path, months, script.CATEGORY))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "old", "new", "match"),
    [
        ("published_rates.csv", ",1725,", ",1726,", "districts do not add up to the county"),
        ("published_rates.csv", ",male,2015/16,157,", ",male,2015/16,158,", "do not add up"),
        ("district_tables.csv", ",53.2,percent", ",53.3,percent", "differs between the two"),
        ("district_tables.csv", ",x,percent", ",1.0,percent", "differs between the two"),
        ("services.csv", "2015-04-01,,,never", "2015-04-01,,Somewhere,never", "has no site"),
    ],
)
def test_a_source_that_contradicts_itself_anew_is_refused(
    shared: Path, tmp_path: Path, file: str, old: str, new: str, match: str
) -> None:
    import _assessment_tables as tables

    for source in (shared / "assessment").glob("*.csv"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    text = (tmp_path / file).read_text("utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), "utf-8")
    reader = {
        "published_rates.csv": tables.published_rates,
        "district_tables.csv": tables.published_other,
        "services.csv": tables.services,
    }[file]
    with pytest.raises(SystemExit, match=match):
        reader(tmp_path)


# Services, profiles, codes


def test_services_say_how_each_district_is_covered(data: Path) -> None:
    table = as_text(data, "services")
    assert set(table["coverage"]) == {"stated", "inferred", "none", "not_recoverable"}
    sizes = table.groupby("service").size()
    assert len(sizes) == 27
    assert set(sizes) == {6}
    unknown = table.groupby("service")["coverage"].agg(set)
    assert (unknown.map(lambda words: words == {"not_recoverable"})).sum() == 6
    dates = pd.concat([table["valid_from"], table["valid_to"]])
    assert dates[dates != ""].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_no_refuge_has_a_place(data: Path) -> None:
    table = as_text(data, "services")
    refuges = table[table["provides"].str.contains("refuge", case=False)
                    | table["service"].str.contains("refuge$|safe house", case=False)]  # fmt: skip
    assert refuges["service"].nunique() == 3
    assert set(refuges["public_site"]) == {""}
    assert set(refuges["level"]) == {"district"}
    assert set(refuges["area_code"]) == set(DISTRICTS)
    assert not set(table.columns) & {"easting", "northing", "postcode", "address", "lon", "lat"}


def test_public_sites_are_hospitals(data: Path) -> None:
    sites = set(as_text(data, "services")["public_site"]) - {""}
    assert sites == {"Addenbrooke's Hospital", "Hinchingbrooke Hospital"}


def test_profiles_are_of_known_wards(data: Path) -> None:
    profiles = as_text(data, "ward_profiles")
    codes = as_text(data, "area_codes").set_index("area_code")
    wards = profiles[profiles["level"] == "ward"].set_index("area_code")
    assert set(wards.index) <= set(codes.index)
    assert (codes.loc[wards.index, "area_name"] == wards["area_name"]).all()
    assert (codes.loc[wards.index, "parent_code"] == wards["parent_code"]).all()
    assert codes.loc[wards.index, "vintages"].str.contains("2015").all()
    assert set(profiles["basis"]) == {"stated", "inferred", "ambiguous"}
    assert "Central North" not in set(profiles["area_name"])
    rest = profiles[profiles["level"] != "ward"]
    assert list(rest["area_code"]) == ["E07000011"]


def test_area_codes_hold_each_vintage_whole(data: Path) -> None:
    codes = as_text(data, "area_codes")
    assert not codes.duplicated(["area_code", "area_name"]).any()
    years = codes.assign(year=codes["vintages"].str.split(";")).explode("year")
    assert years["year"].value_counts().to_dict() == {
        "2013": 147, "2015": 144, "2016": 142, "2017": 142, "2018": 131, "2019": 126,
    }  # fmt: skip
    assert not years.duplicated(["area_code", "year"]).any()
    former = codes[(codes["vintages"] == "2013") & (codes["parent_code"] == "E07000010")]
    assert len(former) == 27
    assert codes.loc[codes["area_code"] == "E05011288", "area_name"].item() == "Caxton & Papworth"


def test_lookup_knows_only_known_wards(data: Path) -> None:
    lookup = as_text(data, "lookup_lsoa11_wards")
    codes = as_text(data, "area_codes")
    assert len(lookup) == lookup["lsoa_code"].nunique() == 487
    for year in (15, 16, 19):
        known = codes[codes["vintages"].str.contains(f"20{year}")].set_index("area_code")
        assert set(lookup[f"ward{year}_code"]) == set(known.index)
        districts = lookup[f"ward{year}_code"].map(known["parent_code"])
        assert (districts == lookup["district_code"]).all()


# The scripts make these files again


def test_illustrative_script_makes_the_same_bytes(root: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "ward_counts_illustrative.csv"
    run(root, "make_illustrative_ward_counts.py", "--out", out)
    assert out.read_bytes() == (data / out.name).read_bytes()


@pytest.mark.long
@pytest.mark.shared
def test_scripts_make_the_same_bytes_and_registry(
    root: Path, data: Path, shared: Path, tmp_path: Path
) -> None:
    said = run(
        root, "make_police_month.py",
        "--street", shared / "crime" / "2019-08-cambridgeshire-street.csv",
        "--wards", shared / "boundaries" / "wards_dec2015_27700.gpkg",
        "--out", tmp_path / "ward_counts_police_2019_08.csv",
    )  # fmt: skip
    assert "All categories: 7,363 = 6,997 in an area" in said
    run(root, "make_default_data.py", "--source", shared, "--out", tmp_path)
    run(root, "make_illustrative_ward_counts.py", "--data", tmp_path)
    run(root, "make_bridges.py", "--out", tmp_path)
    for name in ("registry.toml", *(f"{name}.csv" for name in MADE)):
        assert (tmp_path / name).read_bytes() == (data / name).read_bytes(), name


def test_registering_keeps_the_other_entries(tmp_path: Path) -> None:
    import _data as script

    entry = dict.fromkeys(("title", "source", "licence", "attribution", "vintage", "done"), "x")
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(name)
        script.register(tmp_path, [entry | {"name": name, "file": f"{name}.csv", "rows": 1}])
    script.register(tmp_path, [entry | {"name": "a", "file": "a.csv", "title": "new"}])
    entries = read_registry(tmp_path)
    assert list(entries) == ["a", "b"]
    assert entries["a"].title == "new"
    assert entries["a"].facts == {}
    assert entries["b"].facts == {"rows": 1}


def test_bridges_are_made_again(root: Path, data: Path, tmp_path: Path) -> None:
    run(root, "make_bridges.py", "--out", tmp_path)
    name = "bridges_wards_2015.csv"
    assert (tmp_path / name).read_bytes() == (data / name).read_bytes()
    made = read_registry(tmp_path)["bridges-wards-2015"]
    assert made.sha256 == read_registry(data)["bridges-wards-2015"].sha256


def test_children_by_age_add_up_and_the_statements_are_eight(data):
    children = read(data, "children_residents")
    last = children[children["period"] == "2015/16"].set_index("category")["population"]
    # The groups are of the first series, the whole of the revised one; the note says what it was.
    assert last.drop("0-17 years").sum() == 133_034
    note = children.set_index(["category", "period"]).loc[("0-17 years", "2015/16"), "note"]
    assert "133,034" in note
    whole = children[children["category"] == "0-17 years"]
    assert whole["period"].tolist() == ["2012/13", "2013/14", "2014/15", "2015/16"]
    said = as_text(data, "statements_of_change")
    assert said["stated_percent"].tolist() == ["-5", "-10", "-10", "8", "31", "17.8", "34", ""]
    # 1,724 crimes; 4,821 / 1.30 less 3,097 / 1.16 before: a rise by two thirds.
    assert "rose by about 66%" in said["note"].iloc[6]
