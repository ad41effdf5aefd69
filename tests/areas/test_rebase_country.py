"""Counts of any year's wards and districts of the country for those of another year."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from vawg_geo.areas.rebasing.country import rebase_country
from vawg_geo.errors import InputError, VawgGeoError
from vawg_geo.inputs.code_history import district_of, later_district, standing, stretches
from vawg_geo.inputs.national import read_national_wards
from vawg_geo.inputs.ward_vintages import link_districts, link_wards

CAMBRIDGESHIRE = {"E06000031", *(f"E070000{n:02}" for n in range(8, 13))}
BARNSLEY_SHEFFIELD = {"E08000016", "E08000019"}
CUMBRIA = {f"E070000{n}" for n in range(26, 32)}
NORTH_YORKSHIRE = {f"E0700016{n}" for n in range(3, 10)}


def wards_of(year, districts):
    return {
        code: ward.name
        for code, ward in sorted(standing("ward", year).items())
        if district_of(ward, year) in districts
    }


def table_of(areas, *, level="ward", period="2022/23", counts=None):
    counts = counts or [11 + 7 * n % 53 for n in range(len(areas))]
    return pd.DataFrame(
        {
            "area_code": list(areas), "area_name": list(areas.values()), "level": level,
            "vintage": "", "indicator": "crimes", "sex": "persons", "period": period,
            "count": pd.array(counts, dtype="Int64"), "status": "value", "basis": "own", "note": "",
        }
    )  # fmt: skip


# The country's list of codes by year


def test_wards_of_a_year_in_cambridgeshire():
    """144 wards of 2015 and 142 of 2016, as the embedded layers have them."""
    assert [len(wards_of(year, CAMBRIDGESHIRE)) for year in (2015, 2016)] == [144, 142]


def test_wards_of_the_newest_year_are_those_of_the_outlines():
    districts = {district_of(ward, 2025) for ward in standing("ward", 2025).values()}
    wards = read_national_wards(districts)
    homes = {code: district_of(ward, 2025) for code, ward in standing("ward", 2025).items()}
    assert homes == dict(zip(wards["area_code"], wards["district_code"], strict=True))
    # The list ends before the wards of 2025: what is not among them did not outlive it.
    assert "E05000989" in standing("ward", 2024)
    assert "E05000989" not in standing("ward", 2025)
    assert "E08000019" not in standing("district", 2025)


@pytest.mark.shared
@pytest.mark.parametrize("year", [2017, 2018, 2019, 2023])
def test_wards_of_a_year_are_those_of_the_official_list(shared, year):
    folder = shared / "open" / "gazetteer"
    name = {
        2023: "Ward_to_Local_Authority_District_(December_2023)_Lookup_in_the_United_Kingdom.csv"
    }.get(year, f"WD{year - 2000}_LAD{year - 2000}_UK_LU.csv")
    table = pd.read_csv(folder / name, dtype=str, encoding="utf-8-sig")
    codes, homes = table[f"WD{year - 2000}CD"], table[f"LAD{year - 2000}CD"]
    official = {c: h for c, h in zip(codes, homes, strict=True) if c[0] in "EW"}
    ours = {code: district_of(ward, year) for code, ward in standing("ward", year).items()}
    assert ours == official


@pytest.mark.parametrize(
    ("code", "year", "became"),
    [
        ("E07000190", 2020, "E07000246"),
        ("E07000190", 2023, "E06000066"),
        ("E08000019", 2025, "E08000039"),
        ("E07000026", 2022, "E07000026"),
        ("E07000026", 2023, "E06000063"),
        ("E07000104", 2013, "E07000241"),
    ],
)
def test_what_became_of_a_district(code, year, became):
    assert later_district(code, year) == became


# One to one


def test_wards_of_barnsley_and_sheffield_in_2025():
    """47 of 49 keep their codes; the two that got others keep their names and small areas."""
    counts = table_of(wards_of(2024, BARNSLEY_SHEFFIELD))
    after = rebase_country(counts, source="wards-2024", target="wards-2025")
    rows = after.counts.set_index("area_code")
    given = counts.set_index("area_name")["count"]
    assert len(rows) == 49
    assert rows.set_index("area_name")["count"].astype(int).to_dict() == given.to_dict()
    notes = rows["note"].value_counts().to_dict()
    assert notes == {
        "[rebased: ward of 2024 with the same code]": 47,
        "[rebased: ward of 2024 with the same LSOAs]": 2,
    }
    assert {"E05016245", "E05016246"} <= set(rows.index)
    # Their borders moved a little: that is an estimate.
    assert rows["basis"].unique().tolist() == ["estimated"]


def test_wards_that_nothing_befell_are_no_estimates():
    counts = table_of(wards_of(2023, {"E07000008"}))
    after = rebase_country(counts, source="wards-2023", target="wards-2025").counts
    assert after["basis"].unique().tolist() == ["own"]
    assert after["count"].tolist() == counts["count"].tolist()
    assert str(after["count"].dtype) == "Int64"


def test_a_change_of_codes_that_no_look_up_has():
    """Stroud: three wards of 2021 to 2024 are in no look-up; all changed ones kept their names."""
    counts = table_of(wards_of(2022, {"E07000082"}))
    after = rebase_country(counts, source="wards-2022", target="wards-2025")
    rows = after.counts.set_index("area_name")
    assert rows["count"].sum() == counts["count"].sum()
    for name in ("Hardwicke", "Severn", "Stonehouse"):
        assert rows.loc[name, "count"] == int(counts.set_index("area_name")["count"][name])
        assert "with the same name, which got another code" in rows.loc[name, "note"]


# Merged and split


def test_districts_that_became_unitary():
    """Seventeen districts of 2022 are summed to four; nothing of that is an estimate."""
    known = standing("district", 2022)
    districts = {c: known[c].name for c in sorted(known) if c not in standing("district", 2025)}
    counts = table_of(districts, level="district")
    after = rebase_country(counts, target="districts-2025").counts
    assert after["basis"].unique().tolist() == ["own"]
    assert str(after["count"].dtype) == "Int64"
    given = counts.set_index("area_name")["count"]
    sums = after.set_index("area_name")["count"].astype(int).to_dict()
    assert sums == {
        "Cumberland": given[["Allerdale", "Carlisle", "Copeland"]].sum(),
        "Westmorland and Furness": given[["Barrow-in-Furness", "Eden", "South Lakeland"]].sum(),
        "North Yorkshire": given[[known[c].name for c in NORTH_YORKSHIRE]].sum(),
        "Somerset": given[
            ["Mendip", "Sedgemoor", "South Somerset", "Somerset West and Taunton"]
        ].sum(),
        "Barnsley": given["Barnsley"],
        "Sheffield": given["Sheffield"],
    }


def test_a_district_without_a_row_makes_the_sum_missing():
    known = standing("district", 2022)
    districts = {c: known[c].name for c in ("E07000026", "E07000028")}
    after = rebase_country(table_of(districts, level="district"), target="districts-2025").counts
    (row,) = after[["area_name", "status", "note"]].to_numpy().tolist()
    assert row[:2] == ["Cumberland", "missing"]
    assert "1 of the 3 districts it comes from have no figure: Copeland (missing)" in row[2]


def test_a_district_parted_again_follows_residents():
    known = standing("district", 2025)
    counts = table_of({"E06000063": known["E06000063"].name}, level="district", counts=[1000])
    after = rebase_country(counts, target="districts-2022").counts
    assert after["basis"].unique().tolist() == ["estimated"]
    assert after["count"].sum() == 1000
    # Census 2021, usual residents: Allerdale 96,100, Carlisle 110,000, Copeland 67,100.
    shares = after.set_index("area_name")["count"].astype(float) / 1000
    assert shares.to_dict() == pytest.approx(
        {"Allerdale": 0.352, "Carlisle": 0.403, "Copeland": 0.246}, abs=0.01
    )


@pytest.mark.shared
def test_wards_of_trafford_by_plain_arithmetic(shared):
    """Apart from the package: shares by residents of small areas, from the official look-ups."""
    folder = shared / "open"
    counts = table_of(wards_of(2019, {"E08000009"}))
    before = pd.read_csv(folder / "gazetteer" / "LSOA11_WD19_LAD19_EW_LU.csv", dtype=str)
    after = pd.read_csv(
        folder / "gazetteer" / "geographr_lookup_lsoa21_ward24_ltla24.csv.gz", dtype=str
    )
    links = pd.read_csv(
        folder / "gazetteer" / "geographr_lookup_lsoa11_lsoa21_ltla22.csv.gz", dtype=str
    )
    people = pd.read_csv(folder / "population" / "census2021-ts007a-lsoa.csv")
    atoms = links.assign(
        old=links["lsoa11_code"].map(before.set_index("LSOA11CD")["WD19CD"]),
        new=links["lsoa21_code"].map(after.set_index("lsoa21_code")["ward24_code"]),
        people=links["lsoa21_code"].map(people.set_index("geography code").iloc[:, 2]),
    )
    atoms = atoms[atoms["old"].isin(counts["area_code"])]
    share = atoms["people"] / atoms.groupby("old")["people"].transform("sum")
    given = atoms["old"].map(counts.set_index("area_code")["count"].astype(float))
    wanted = (share * given).groupby(atoms["new"]).sum()
    got = rebase_country(counts, source="wards-2019", target="wards-2024").counts
    figures = got.set_index("area_code")["count"].astype(float)
    assert figures.index.tolist() == wanted.index.tolist()
    # All ages there, 16 and over here.
    assert (figures - wanted).abs().max() < 1.5


@pytest.mark.parametrize(
    ("first", "then", "districts"),
    [
        (2015, 2016, CAMBRIDGESHIRE),
        (2015, 2025, CAMBRIDGESHIRE),
        (2016, 2024, CAMBRIDGESHIRE),
        (2021, 2025, NORTH_YORKSHIRE),
        (2022, 2023, {"E08000009"}),
        (2025, 2022, {"E08000009"}),
        (2009, 2025, {"E08000009"}),
    ],
)
def test_sums_are_kept(first, then, districts):
    counts = table_of(wards_of(first, districts))
    result = rebase_country(counts, source=f"wards-{first}", target=f"wards-{then}")
    figures = result.counts["count"].dropna()
    assert sum(Fraction(str(n)) for n in figures) == int(counts["count"].sum())
    shares = result.movements.groupby("from_code")["share_of_from"].sum()
    assert shares.sub(1).abs().max() < 1e-5
    assert set(result.counts["area_code"]) <= standing("ward", then).keys()


def test_every_pair_of_years_links_all_or_says_what_it_does_not():
    """What neither codes nor look-ups tell is named: nothing is lost between two years."""
    for first, then in ((2012, 2025), (2015, 2025), (2019, 2021), (2024, 2025), (2025, 2015)):
        lookup = link_wards(first, then)
        before, after = standing("ward", first), standing("ward", then)
        old, new = set(lookup.lsoas[str(first)]), set(lookup.lsoas[str(then)])
        assert before.keys() - old == set(lookup.untold)
        assert after.keys() - new == set(lookup.unreached)
    assert link_wards(2024, 2025).untold == ()
    assert len(link_wards(2015, 2025).untold) < 40


# Gaps


def test_suppressed_cells_stay_suppressed():
    counts = table_of(wards_of(2022, {"E08000009"}))
    hidden = counts["area_name"] == "Clifford"
    counts.loc[hidden, "status"] = "suppressed"
    counts["count"] = counts["count"].mask(hidden)
    rows = rebase_country(counts, target="wards-2025").counts.set_index("area_name")
    assert rows.loc[["Gorse Hill & Cornbrook", "Old Trafford"], "status"].tolist() == [
        "suppressed", "suppressed",
    ]  # fmt: skip
    assert rows["status"].value_counts().to_dict() == {"value": 19, "suppressed": 2}


def test_a_ward_from_which_nothing_leads_on_is_refused_by_name():
    counts = table_of(wards_of(2021, CUMBRIA))
    with pytest.raises(
        InputError, match=r"2 of 114 wards of 2021 ended .*Ravenstonedale.*Add --leave-out"
    ):
        rebase_country(counts, target="wards-2025")
    result = rebase_country(counts, target="wards-2025", leave_out=True)
    lost = counts[counts["area_name"].isin(["Ravenstonedale", "Allhallow & Waverton"])]
    assert result.counts["count"].sum() == counts["count"].sum() - lost["count"].sum()
    assert any(f"their {lost['count'].sum()} are left out" in note for note in result.notes)


def test_a_district_drawn_anew_before_the_look_ups_begin():
    counts = table_of(wards_of(2012, {"E06000042"}))
    with pytest.raises(InputError, match=r"23 of 23 wards of 2013 .*Bletchley and Fenny Stratford"):
        rebase_country(counts, target="wards-2025")


def test_a_ward_of_no_small_area_is_missing_and_named():
    counts = table_of(wards_of(2022, {"E07000042"}))
    result = rebase_country(counts, source="wards-2022", target="wards-2023")
    rows = result.counts.set_index("area_name")
    assert rows.loc["Cullompton Vale", "status"] == "missing"
    assert "no small area fits it best" in rows.loc["Cullompton Vale", "note"]
    assert any("Cullompton Vale" in note for note in result.notes)


# Years


def test_each_period_is_of_the_year_of_its_codes():
    trafford = {"E08000009"}
    counts = pd.concat(
        [
            table_of(wards_of(2022, trafford), period="2022/23"),
            table_of(wards_of(2023, trafford), period="2023/24"),
        ],
        ignore_index=True,
    )
    result = rebase_country(counts, target="wards-2025")
    assert set(result.counts["area_code"]) == wards_of(2025, trafford).keys()
    sums = result.counts.groupby("period")["count"].sum()
    assert sums.tolist() == counts.groupby("period")["count"].sum().tolist()
    assert "21 rows are of the year that is asked for and stay" in result.notes


def test_one_period_of_two_years_is_refused_and_the_way_out_works():
    trafford = {"E08000009"}
    old, new = wards_of(2022, trafford), wards_of(2023, trafford)
    mixed = table_of({**dict(list(old.items())[:11]), **dict(list(new.items())[11:])})
    with pytest.raises(
        InputError, match=r"11 of 21 codes of 2022/23 .*--from wards-2022 --leave-out"
    ):
        rebase_country(mixed, target="wards-2023")
    result = rebase_country(mixed, source="wards-2022", target="wards-2023", leave_out=True)
    assert result.notes[0].startswith("10 of 21 rows, with ")
    # What lacks a row of the other year is missing, and no zero.
    assert "missing" in set(result.counts["status"])


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (None, "wards-2008", "has no wards of 2008.*wards-2009 to wards-2025"),
        (None, "2025", "does not name wards or districts"),
        ("districts-2022", "wards-2025", "are of two levels"),
        ("wards-2025", "wards-2022", "of another vintage.*with --from"),
        (None, "districts-2025", "21 of 21 rows are not of districts"),
    ],
)
def test_refusals(source, target, message):
    counts = table_of(wards_of(2022, {"E08000009"}))
    with pytest.raises(VawgGeoError, match=message):
        rebase_country(counts, source=source, target=target)


def test_names_without_codes_need_the_year():
    counts = table_of(wards_of(2022, {"E08000009"})).assign(area_code="", district="Trafford")
    with pytest.raises(InputError, match=r"21 of 21 rows have no code.*--from wards-2024"):
        rebase_country(counts, target="wards-2025")
    named = rebase_country(counts, source="wards-2022", target="wards-2025").counts
    coded = rebase_country(
        table_of(wards_of(2022, {"E08000009"})), source="wards-2022", target="wards-2025"
    ).counts
    pd.testing.assert_frame_equal(named, coded)


def test_no_district_of_the_list_is_without_a_heir():
    for year in (2009, 2015, 2019, 2022):
        for code in standing("district", year):
            assert later_district(code, 2025) in standing("district", 2025), code
    assert stretches()["E08000019"][-1].last == 2024
    lookup = link_districts(2009, 2025)
    assert set(lookup.lsoas["2025"]) == standing("district", 2025).keys()
