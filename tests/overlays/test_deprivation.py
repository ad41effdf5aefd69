"""Deprivation of areas against an independent computation, and rates laid beside it."""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.overlays.deprivation.scores import (
    bivariate_classes,
    decile_limits,
    deprivation_scores,
    rates_by_deprivation,
)
from vawg_geo.terms.tables import RATES

PETERBOROUGH, FENLAND, CAMBRIDGE = "E06000031", "E07000010", "E07000008"
EAST, HUNTINGDONSHIRE, SOUTH = "E07000009", "E07000011", "E07000012"


@pytest.fixture(scope="module")
def data(root):
    return root / "data"


@pytest.fixture(scope="module")
def lsoas(data):
    lookup = pd.read_csv(data / "lookup_lsoa11_wards.csv").rename(
        columns={"ward15_code": "ward_code", "pop_all": "population", "pop16": "population_16"}
    )
    return lookup.merge(pd.read_csv(data / "imd2015_lsoa11.csv"), on="lsoa_code")


@pytest.fixture(scope="module")
def wards(lsoas):
    return deprivation_scores(lsoas, by="ward")


@pytest.fixture(scope="module")
def districts(lsoas):
    return deprivation_scores(lsoas, by="district")


@pytest.fixture(scope="module")
def police(data):
    return crude_rate(
        pd.read_csv(data / "ward_counts_police_2019_08.csv"),
        pd.read_csv(data / "population_wards_2015.csv"),
    )


def rates_of(counts, *, people=1_000.0, status=None, basis="own", names=None):
    """Rates of made-up wards; None is a hidden count."""
    codes = [f"E0500000{n}" for n in range(len(counts))]
    table = pd.DataFrame(
        {
            "area_code": codes,
            "area_name": names or [f"Ward {n}" for n in range(len(counts))],
            "level": "ward",
            "indicator": "crimes",
            "sex": "persons",
            "period": "2015/16",
            "count": pd.array(counts, dtype="Int64"),
            "status": status or ["suppressed" if c is None else "value" for c in counts],
            "basis": basis,
        }
    )
    population = pd.DataFrame({"area_code": codes, "sex": "persons", "population": people})
    return crude_rate(table, population)


def scores_of(values, deciles):
    codes = [f"E0500000{n}" for n in range(len(values))]
    return pd.DataFrame({"area_code": codes, "score": values, "decile": deciles})


# The embedded table


def test_the_embedded_table_is_whole_and_agrees_with_itself(lsoas):
    assert len(lsoas) == 487
    assert not lsoas.isna().any(axis=None)
    by_rank = lsoas.sort_values("rank")
    assert by_rank["rank"].is_unique
    assert by_rank["score"].is_monotonic_decreasing
    assert (np.ceil(lsoas["rank"] / 3284.4) == lsoas["decile"]).all()
    assert (lsoas["population"] > lsoas["population_16"]).all()


def test_most_deprived_lsoas_are_those_that_the_county_published(lsoas):
    # Cambridgeshire County Council's Research Group on the Indices of 2015: 16 LSOAs in the most
    # deprived fifth, 12 of them in Fenland, two each in Cambridge and Huntingdonshire; four of
    # Fenland's, and none else, in the most deprived tenth.
    county = lsoas[lsoas["district_code"] != PETERBOROUGH]
    fifth = county[county["decile"] <= 2]["district_code"].value_counts().to_dict()
    assert fifth == {FENLAND: 12, CAMBRIDGE: 2, HUNTINGDONSHIRE: 2}
    assert county[county["decile"] == 1]["district_code"].tolist() == [FENLAND] * 4


@pytest.mark.shared
def test_the_embedded_table_is_the_sources(lsoas, shared):
    source = pd.read_csv(shared / "deprivation" / "imd2015_lsoa11.csv").set_index("lsoa11_code")
    people = pd.read_csv(shared / "population" / "mid2015_lsoa11.csv").set_index("lsoa11cd")
    ours = lsoas.set_index("lsoa_code")
    assert set(ours.index) == set(source.index)
    for name in ("score", "rank", "decile"):
        assert (ours[name] == source[f"imd_{name}"].reindex(ours.index)).all()
    assert (ours["population"] == people["pop_total"].reindex(ours.index)).all()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (",29.988,8245,3", ",29.988,8245,4", "a decile is not its rank's"),
        (",29.988,8245,3", ",9.988,8245,3", "ranks and scores do not run"),
        ("E01017975,", "E01017976,", "not those of the look-up"),
    ],
)
def test_a_source_that_contradicts_itself_is_refused(shared, tmp_path, lsoas, old, new, match):
    import _deprivation

    text = (shared / "deprivation" / "imd2015_lsoa11.csv").read_text("utf-8")
    assert old in text
    (tmp_path / "imd2015_lsoa11.csv").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SystemExit, match=match):
        _deprivation.imd_scores(tmp_path, set(lsoas["lsoa_code"]))


# Scores


@pytest.mark.promise
@pytest.mark.shared
@pytest.mark.parametrize("year", [2015, 2016])
def test_ward_scores_are_the_independent_ones_to_the_printed_digit(data, shared, year):
    """Deprivation scores of wards are those of an independent computation to the printed digit."""
    short = year % 100
    lookup = pd.read_csv(data / "lookup_lsoa11_wards.csv").rename(
        columns={f"ward{short}_code": "ward_code", "pop_all": "population"}
    )
    lsoas = lookup.merge(pd.read_csv(data / "imd2015_lsoa11.csv"), on="lsoa_code")
    ours = deprivation_scores(lsoas, by="ward").set_index("area_code")
    theirs = pd.read_csv(shared / "deprivation" / f"imd2015_by_ward{year}.csv").set_index(
        f"WD{short}CD"
    )
    assert set(ours.index) == set(theirs.index)
    ours = ours.loc[theirs.index]
    assert len(ours) == {2015: 144, 2016: 142}[year]
    # Three decimals are printed: half a unit of the last, and nothing more.
    assert (ours["score"] - theirs["imd2015_score_popwt"]).abs().max() <= 0.0005 + 1e-9
    for mine, given in {
        "population": "pop_total", "lsoas": "n_lsoa", "lsoas_most_deprived": "n_lsoa_decile1_2",
        "score_lowest": "score_min", "score_highest": "score_max",
    }.items():  # fmt: skip
        assert (ours[mine] == theirs[given]).all(), mine


@pytest.mark.parametrize("by", ["ward", "district"])
def test_scores_are_those_of_a_plain_loop(data, lsoas, by):
    # By hand from the files' own text: no pandas, no code of the package.
    with (data / "imd2015_lsoa11.csv").open(encoding="utf-8", newline="") as file:
        score = {row["lsoa_code"]: float(row["score"]) for row in csv.DictReader(file)}
    column = {"ward": "ward15_code", "district": "district_code"}[by]
    above, below = defaultdict(float), defaultdict(int)
    with (data / "lookup_lsoa11_wards.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            people = int(row["pop_all"])
            above[row[column]] += people * score[row["lsoa_code"]]
            below[row[column]] += people
    ours = deprivation_scores(lsoas, by=by).set_index("area_code")
    assert set(ours.index) == set(above)
    for code, total in above.items():
        assert ours.loc[code, "score"] == pytest.approx(total / below[code], rel=1e-12)
        assert ours.loc[code, "population"] == below[code]


@pytest.mark.promise
@pytest.mark.parametrize("weight", ["population", "population_16", "none"])
def test_districts_stand_in_the_official_order(lsoas, weight):
    """Districts stand in the official order of deprivation."""
    # The county's five as the council's Research Group lists them from the official average
    # scores: Fenland, Cambridge, East Cambridgeshire, Huntingdonshire, South Cambridgeshire.
    # Peterborough is in another authority's lists; whatever the weights, it leads.
    weighted = lsoas.assign(population=1 if weight == "none" else lsoas[weight])
    found = deprivation_scores(weighted, by="district")
    official = [PETERBOROUGH, FENLAND, CAMBRIDGE, EAST, HUNTINGDONSHIRE, SOUTH]
    assert found["area_code"].tolist() == official
    assert found["place"].tolist() == [1, 2, 3, 4, 5, 6]


def test_shares_and_places(wards, districts):
    assert wards["share_most_deprived"].between(0, 1).all()
    assert wards["score"].is_monotonic_decreasing
    assert ((wards["score_lowest"] <= wards["score"] + 1e-9)
            & (wards["score"] <= wards["score_highest"] + 1e-9)).all()  # fmt: skip
    assert districts["lsoas"].sum() == wards["lsoas"].sum() == 487
    assert districts["population"].sum() == wards["population"].sum()


def test_row_order_changes_nothing(lsoas, wards):
    again = deprivation_scores(lsoas.sample(frac=1, random_state=2), by="ward")
    pd.testing.assert_frame_equal(wards, again)


def test_an_lsoas_own_score_falls_in_its_own_decile(lsoas):
    # Each LSOA as a ward of its own: the limits must give back all 487 deciles.
    alone = deprivation_scores(lsoas.assign(ward_code=lsoas["lsoa_code"]), by="ward")
    own = lsoas.set_index("lsoa_code")["decile"]
    assert (alone.set_index("area_code")["decile"].reindex(own.index) == own).all()
    assert (alone["decile_note"] == "").all()


def test_limits_are_tight_and_gaps_are_told(lsoas, wards):
    limits = decile_limits(lsoas)
    assert limits["decile"].tolist() == list(range(1, 10))
    assert ((limits["lowest"] > limits["limit"]) & (limits["limit"] > limits["highest"])).all()
    assert (limits["lowest"] - limits["highest"]).max() < 1.1
    in_gap = wards[wards["decile_note"] != ""]
    assert in_gap["area_code"].tolist() == ["E05002709", "E05002820", "E05002710"]
    assert in_gap["decile_note"].str.startswith("Between the scores seen in deciles").all()


@pytest.mark.shared
def test_limits_agree_with_another_county(lsoas, shared):
    # Norfolk's LSOAs are cut by the same national limits.
    other = pd.read_csv(shared / "deprivation" / "imd2015_lsoa11_norfolk.csv").rename(
        columns={"imd_score": "score", "imd_decile": "decile"}
    )
    here, there = decile_limits(lsoas), decile_limits(other)
    assert (there["highest"] < here["lowest"]).all()
    assert (here["highest"] < there["lowest"]).all()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"score": np.nan}, r"1 of 487 LSOAs have no score or decile; first: 'E0"),
        ({"population": 0}, "1 of 487 LSOAs have no positive population"),
        ({"lsoa_code": "E01015590"}, "1 of 487 LSOAs repeat"),
        ({"score": 99.0, "decile": 9}, "decile 9 has a score of 99"),
    ],
)
def test_bad_lsoas_are_refused(lsoas, change, match):
    bad = lsoas.copy()
    for column, value in change.items():
        bad.loc[0, column] = value
    with pytest.raises(InputError, match=match):
        deprivation_scores(bad)
    with pytest.raises(InputError, match="first: 'population'"):
        deprivation_scores(lsoas.drop(columns="population"))
    with pytest.raises(InputError, match="empty"):
        deprivation_scores(lsoas[:0])


# Rates by deprivation


def test_groups_add_up_to_the_police_month(police, wards):
    found = rates_by_deprivation(police, wards)
    assert set(found["grouping"]) == {"national fifth"}
    assert found["areas"].sum() == 144
    assert found["count"].sum() == police["count"].sum()
    assert found["population"].sum() == pytest.approx(police["population"].sum())
    assert found["rate"].is_monotonic_decreasing
    by_hand = police.merge(wards[["area_code", "decile"]])
    first = by_hand[by_hand["decile"] <= 2]
    assert found["rate"].iloc[0] == pytest.approx(
        1000 * first["count"].sum() / first["population"].sum()
    )
    deciles = rates_by_deprivation(police, wards, groups="deciles")
    assert deciles["group"].tolist() == list(range(1, 11))
    assert deciles["note"].iloc[0].startswith("1 ward only")


def test_a_hidden_ward_takes_part_in_no_sum():
    rates = rates_of([10, None, 30, 40], people=[1_000, 9_000, 1_000, 1_000])
    scores = scores_of([40, 39, 10, 9], [2, 2, 8, 8])
    found = rates_by_deprivation(rates, scores, groups="deciles")
    assert found["areas"].tolist() == [1, 2]
    assert found["areas_without"].tolist() == [1, 0]
    assert found["population"].tolist() == [1_000, 2_000]
    assert found["note"].iloc[0].startswith("1 of 2 wards take no part (1 hidden): Ward 1.")
    assert "hidden" not in found["note"].iloc[1]


def test_a_count_behind_a_hidden_status_changes_nothing():
    # The frame of an edition has no such count; nothing here may depend on it either.
    scores = scores_of([40, 39, 10, 9], [2, 2, 8, 8])
    first = rates_by_deprivation(rates_of([10, None, 30, 40]), scores)
    leak = rates_of([10, None, 30, 40])
    leak.loc[1, "population"] = 77_777.0
    pd.testing.assert_frame_equal(first, rates_by_deprivation(leak, scores))


def test_a_group_of_hidden_wards_only_says_so():
    rates = rates_of([None, None, 30, 40], status=["suppressed", "missing", "value", "value"])
    found = rates_by_deprivation(rates, scores_of([40, 39, 10, 9], [2, 2, 8, 8]))
    assert found["status"].tolist() == ["suppressed", "value"]
    assert found["areas"].tolist() == [0, 2]
    assert np.isnan(found["rate"].iloc[0])
    assert "1 hidden, 1 missing" in found["note"].iloc[0] or (
        "1 missing, 1 hidden" in found["note"].iloc[0]
    )


def test_illustrative_counts_are_nowhere(police, wards):
    made_up = police.assign(basis="illustrative", indicator="made up")
    assert rates_by_deprivation(made_up, wards).empty
    assert bivariate_classes(made_up, wards).empty
    mixed = pd.concat([police, made_up], ignore_index=True)
    pd.testing.assert_frame_equal(
        rates_by_deprivation(mixed, wards), rates_by_deprivation(police, wards)
    )
    assert list(rates_by_deprivation(made_up, wards)) == list(rates_by_deprivation(police, wards))


def test_levels_without_scores_and_areas_outside_take_no_part(data, districts):
    published = crude_rate(
        pd.read_csv(data / "published_rates.csv"), pd.read_csv(data / "population_districts.csv")
    )
    found = rates_by_deprivation(published, districts)
    assert set(found["level"]) == {"district"}
    aid = found[found["indicator"] == "Cambridge Women's Aid contacts"]
    assert aid["areas"].sum() == 5
    assert aid["areas_without"].sum() == 0
    incidents = found[found["indicator"] == "domestic abuse incidents"]
    assert incidents["count"].tolist() == [6_481, 4_630, 1_191]
    assert incidents["note"].str.contains("only: this is a rate of places").all()


def test_wards_without_a_score_are_told():
    rates = rates_of([10, 20, 30])
    found = bivariate_classes(rates, scores_of([40, 10], [2, 8]))
    assert "1 of 3 wards take no part (1 no score): Ward 2." in found["note"].iloc[0]


def test_unusable_frames_are_refused(police, wards):
    with pytest.raises(InputError, match="first: 'score'"):
        rates_by_deprivation(police, wards.drop(columns="score"))
    with pytest.raises(InputError, match="first: 'basis'"):
        rates_by_deprivation(police.drop(columns="basis"), wards)
    with pytest.raises(InputError, match="144 of 288 rows of rates repeat"):
        rates_by_deprivation(pd.concat([police, police]), wards)
    with pytest.raises(InputError, match="144 of 288 rows of deprivation scores repeat"):
        bivariate_classes(police, pd.concat([wards, wards]))
    with pytest.raises(InputError, match="tenths"):
        rates_by_deprivation(police, wards, groups="tenths")


# Classes


def test_nine_classes_of_the_police_month(police, wards):
    found = bivariate_classes(police, wards)
    assert len(found) == 144
    assert found["deprivation_class"].value_counts().to_dict() == {1: 48, 2: 48, 3: 48}
    assert found["rate_class"].value_counts().to_dict() == {1: 48, 2: 48, 3: 48}
    row = found.iloc[0]
    merged = found.merge(police[["area_code", "rate"]]).merge(wards[["area_code", "score"]])
    for figure, name in (("rate", "rate"), ("score", "deprivation")):
        limits = [row[f"{name}_limit_1"], row[f"{name}_limit_2"]]
        by_limits = 1 + np.searchsorted(limits, merged[figure])
        assert (by_limits == merged[f"{name}_class"]).all()
    central = found[found["area_code"] == "E05002172"]
    assert central["deprivation_class"].item() == 3


def test_a_hidden_ward_has_a_class_of_deprivation_only():
    counts = [5, 10, 15, 20, 25, 30, None]
    found = bivariate_classes(rates_of(counts), scores_of([7, 6, 5, 4, 3, 2, 1], [5] * 7))
    assert found["rate_class"].tolist()[:6] == [1, 1, 2, 2, 3, 3]
    assert found["rate_class"].isna().tolist() == [False] * 6 + [True]
    assert found["deprivation_class"].tolist() == [3, 3, 2, 2, 2, 1, 1] or (
        found["deprivation_class"].tolist() == [3, 3, 2, 2, 1, 1, 1]
    )
    assert found["status"].tolist()[-1] == "suppressed"


def test_few_areas_have_no_rate_classes_and_equal_rates_say_so():
    few = bivariate_classes(rates_of([10, 20, 30]), scores_of([3, 2, 1], [5] * 3))
    assert few["rate_class"].isna().all()
    assert few["deprivation_class"].tolist() == [3, 2, 1]
    assert few["note"].str.startswith("Fewer than 6 areas").all()
    flat = bivariate_classes(rates_of([10] * 7), scores_of(range(7), [5] * 7))
    assert set(flat["rate_class"]) == {1}
    assert flat["note"].str.contains("a class is empty").all()


def test_columns_of_the_contract_are_enough(police, wards):
    assert list(police.columns) == list(RATES.names)
    assert bivariate_classes(police, wards).columns[:3].tolist() == [
        "area_code", "area_name", "level",
    ]  # fmt: skip
