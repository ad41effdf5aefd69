"""Shares within reach, held to a nearest-neighbour tree and to one row per resident."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree

from vawg_geo.errors import DisclosureError, InputError
from vawg_geo.overlays.access.access import access, site_groups

FIGURES = ["within_5_km", "within_10_km", "within_20_km", "median_km", "mean_km"]


@pytest.fixture(scope="module")
def lsoas(root):
    lookup = pd.read_csv(root / "data" / "lookup_lsoa11_wards.csv")
    points = pd.read_csv(root / "data" / "lsoa11_points.csv")
    names = {"ward15_code": "ward_code", "pop16": "population_16"}
    return lookup.merge(points, on="lsoa_code", validate="1:1").rename(columns=names)


@pytest.fixture(scope="module")
def sites(root):
    return pd.read_csv(root / "data" / "public_sites.csv")


def one_by_one(lsoas, sites, code, by):
    """The figures of one area from one row per resident."""
    inside = lsoas[lsoas[by] == code]
    tree = cKDTree(sites[["easting", "northing"]])
    km = tree.query(inside[["easting", "northing"]])[0] / 1000
    people = np.sort(np.repeat(km, inside["population_16"]))
    shares = [(people <= limit).mean() for limit in (5, 10, 20)]
    return [*shares, people[(len(people) - 1) // 2], people.mean()]


@pytest.mark.parametrize(("by", "areas"), [("ward_code", 144), ("district_code", 6)])
def test_the_default_is_what_a_tree_and_a_count_of_residents_give(lsoas, sites, by, areas):
    table = access(lsoas, sites, by=by)
    assert len(table) == 2 * areas
    for group, chosen in (("all sites", sites), ("sites with an IDVA", sites.iloc[:2])):
        rows = table[table["site_group"] == group].set_index("area_code")
        assert (rows["sites"] == len(chosen)).all()
        for code, row in rows.iterrows():
            expected = one_by_one(lsoas, chosen, code, by)
            np.testing.assert_allclose(row[FIGURES].astype(float), expected, rtol=1e-9)
    people = lsoas.groupby(by)["population_16"].sum()
    assert table.groupby("area_code")["population"].first().equals(people.astype(float))


def test_nobody_in_peterborough_lives_within_20_km_of_an_advocate(lsoas, sites):
    names = dict.fromkeys(lsoas["district_code"], "Another") | {"E06000031": "Peterborough"}
    table = access(lsoas, sites, by="district_code", names=names)
    rows = table[table["area_code"] == "E06000031"].set_index("site_group")
    there, without = rows.loc["all sites"], rows.loc["sites with an IDVA"]
    assert there["within_10_km"] > 0.95
    assert there["nearest_site"] == "Peterborough City Hospital"
    assert (without["within_20_km"], without["status"]) == (0, "zero")
    assert without["nearest_site"] == "Hinchingbrooke Hospital"
    assert (rows["area_name"] == "Peterborough").all()
    assert set(table["level"]) == {"district"}
    assert set(table["method"]) == {"straight line"}
    assert set(table["basis"]) == {"estimated"}


def test_districts_are_their_wards_together(lsoas, sites):
    wards = access(lsoas, sites, by="ward_code")
    parents = lsoas.drop_duplicates("ward_code").set_index("ward_code")["district_code"]
    for column in ("within_5_km", "within_10_km", "within_20_km", "mean_km"):
        people = wards[column] * wards["population"]
        sums = people.groupby([wards["site_group"], wards["area_code"].map(parents)]).sum()
        districts = access(lsoas, sites, by="district_code")
        found = (districts[column] * districts["population"]).to_numpy()
        np.testing.assert_allclose(found, sums.to_numpy(), rtol=1e-9)


def test_the_order_of_the_rows_changes_nothing(lsoas, sites):
    mixed = access(lsoas.sample(frac=1, random_state=4), sites.iloc[::-1], by="ward_code")
    whole = access(lsoas, sites, by="ward_code")
    numbers = mixed.select_dtypes("number").columns
    np.testing.assert_allclose(mixed[numbers], whole[numbers], rtol=1e-12)
    assert mixed.drop(columns=numbers).equals(whole.drop(columns=numbers))


def homes(**columns):
    frame = {
        "lsoa_code": ["a", "b", "c"],
        "easting": [540_000, 545_000, 560_000],
        "northing": 280_000,
        "population_16": [100, 200, 300],
        "ward_code": ["w1", "w1", "w2"],
    }
    return pd.DataFrame(frame | columns)


SITE = pd.DataFrame({"site": ["A"], "easting": [540_000], "northing": [280_000]})


def test_a_limit_includes_itself():
    row = access(homes(), SITE, by="ward_code", within_km=(2.5, 5)).iloc[0]
    assert row["within_2_5_km"] == pytest.approx(1 / 3)
    assert row["within_5_km"] == 1


def test_of_equally_near_sites_it_is_always_the_same():
    east = SITE.assign(site="B", easting=550_000)
    sites = pd.concat([east, SITE], ignore_index=True)
    lsoas = homes(easting=545_000)
    for given in (sites, sites.iloc[::-1]):
        assert set(access(lsoas, given, by="ward_code")["nearest_site"]) == {"A"}


def test_areas_without_lsoas_or_residents_are_neither_zero_nor_left_out():
    table = access(
        homes(population_16=[100, 200, 0]),
        SITE,
        by="ward_code",
        names={"w1": "One", "w2": "Two", "w3": "Three"},
    ).set_index("area_code")
    assert table["status"].to_dict() == {"w1": "value", "w2": "not_applicable", "w3": "missing"}
    assert table["area_name"].tolist() == ["One", "Two", "Three"]
    assert table.loc[["w2", "w3"], FIGURES].isna().all(axis=None)
    assert table["note"].ne("").tolist() == [False, True, True]


def test_no_site_of_a_group_leaves_distances_missing_and_nobody_within():
    table = access(homes(), SITE.assign(idva="no"), by="ward_code")
    rows = table[table["site_group"] == "sites with an IDVA"]
    assert (rows[["within_5_km", "within_20_km"]] == 0).all(axis=None)
    assert rows[["median_km", "mean_km"]].isna().all(axis=None)
    assert (rows["status"] == "zero").all()
    assert rows["note"].str.startswith("There is no site").all()


def test_without_a_way_is_beyond_reach_and_said():
    def by_road(origins, destinations):
        metres = np.abs(origins[:, None, 0] - destinations[None, :, 0]) * 1.5
        return np.where(metres > 5_000, np.inf, metres)

    row = access(homes(), SITE, by="ward_code", distance=by_road, method="by road").iloc[0]
    assert row["method"] == "by road"
    assert row["within_20_km"] == pytest.approx(1 / 3)
    assert row["population_no_way"] == 200
    assert row["mean_km"] == 0
    assert np.isnan(row["median_km"])
    assert "200 of 300 residents" in row["note"]


def test_groups_as_at_a_date():
    sites = pd.DataFrame({
        "site": ["A", "B", "C"],
        "sarc": ["yes", "Yes", "no"],
        "sarc_from": ["2015-04-01", "2017-04-01", ""],
        "sarc_to": ["2017-03-31", None, ""],
    })  # fmt: skip
    expected = {
        None: [True, True, False],
        "2015-03-31": [False, False, False],
        "2017-03-31": [True, False, False],
        "2017-04-01": [False, True, False],
    }
    for date, flags in expected.items():
        assert site_groups(sites, date=date)["sites with a SARC"].tolist() == flags
    assert list(site_groups(sites, groups={})) == ["all sites"]
    assert site_groups(sites, groups={"forensic": "sarc"})["forensic"].tolist() == expected[None]
    with pytest.raises(InputError, match=r"'31\.3\.2016' is no date"):
        site_groups(sites, date="31.3.2016")
    with pytest.raises(InputError, match="missing from the sites; first: 'isva'"):
        site_groups(sites, groups={"x": "isva"})


def test_what_is_refused():
    with pytest.raises(DisclosureError, match="refuge"):
        access(homes(), SITE.assign(kind="refuge"), by="ward_code")
    with pytest.raises(InputError, match="'ward' names no level"):
        access(homes(), SITE, by="ward")
    with pytest.raises(InputError, match="no distances"):
        access(homes(), SITE, by="ward_code", within_km=(0, 5))
    with pytest.raises(InputError, match="1 of 3 LSOAs have no ward_code; first: 'b'"):
        access(homes(ward_code=["w1", None, "w2"]), SITE, by="ward_code")
    with pytest.raises(InputError, match=r"1 of 3 LSOAs have a ward_code .* first: 'c' \(w2\)"):
        access(homes(), SITE, by="ward_code", names={"w1": "One"})
    with pytest.raises(InputError, match="1 of 3 LSOAs have no population_16"):
        access(homes(population_16=[1, 2, -3]), SITE, by="ward_code")
