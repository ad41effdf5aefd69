"""Ward profiles: ordered classes, their basis and date, and texts that mean several wards."""

from __future__ import annotations

import pandas as pd
import pytest

import vawg_geo
from vawg_geo.errors import InputError, JoinError
from vawg_geo.overlays.profiles.profiles import PROFILE_CLASSES, ward_profiles

RUN_TOGETHER = "Fletton & Woodston Park and Central North"


@pytest.fixture(scope="module")
def told(root):
    return pd.read_csv(root / "data" / "ward_profiles.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def wards(root):
    codes = pd.read_csv(root / "data" / "area_codes.csv", dtype=str, keep_default_na=False)
    return codes[codes["vintages"].str.contains("2015")].reset_index(drop=True)


def test_every_row_keeps_its_basis_date_and_words(told, wards):
    found = ward_profiles(told, wards)
    assert len(found) == len(told) == 12
    for name in ("area_code", "profile", "profile_class", "basis", "as_of", "note"):
        assert found[name].tolist() == told[name].tolist(), name
    assert all(date in words for date, words in zip(found["as_of"], found["words"], strict=True))


def test_classes_are_ordered_and_absence_is_no_class(told, wards):
    found = ward_profiles(told, wards)
    brothels = found[found["profile"] == "brothel concentration"]
    by_name = brothels.set_index("area_name")["class_rank"]
    assert by_name["Park"] > by_name["Trumpington"] > by_name["Huntingdonshire"] == 1
    assert set(brothels["classes"]) == {3}
    assert len(set(found["area_code"])) < len(wards)
    assert found["class_rank"].min() == 1


def test_one_ambiguous_text_shows_all_the_wards_it_may_mean(told, wards):
    found = ward_profiles(told, wards)
    ambiguous = found[found["basis"] == "ambiguous"]
    assert len(ambiguous) == 4
    assert set(ambiguous["area_name_in_source"]) == {RUN_TOGETHER}
    assert set(ambiguous["named_together"]) == {4}
    assert set(ambiguous["wards_named_together"]) == {"Fletton and Woodston; Park; Central; North"}
    for words in ambiguous["words"]:
        assert f"{RUN_TOGETHER!r} is ambiguous: four wards are read from it, Fletton" in words
    road = found[found["area_name_in_source"] == "City end of Lincoln Road"]
    assert set(road["basis"]) == {"inferred"}
    assert set(road["named_together"]) == {3}
    assert set(found.loc[found["basis"] == "stated", "named_together"]) == {1}


def test_a_district_stays_a_district(told, wards):
    found = ward_profiles(told, wards)
    rest = found[found["level"] != "ward"]
    assert rest["area_code"].tolist() == ["E07000011"]
    assert (
        rest["words"].item().endswith("as 'Huntingdon', and no ward: held for the whole district.")
    )
    inside = wards.loc[wards["parent_code"] == "E07000011", "area_code"]
    assert not set(found["area_code"]) & set(inside)


def test_a_run_of_names_is_refused_and_both_offered(told, wards):
    wrong = told.iloc[[7]].assign(area_code="", area_name="Central North")
    with pytest.raises(
        JoinError, match=r"1 of 1 rows .* name no ward of this vintage.*'Central' and 'North'"
    ):
        ward_profiles(wrong, wards)


def test_wards_of_another_vintage_are_refused(told):
    later = vawg_geo.read_boundaries("wards-2016")[["area_code", "area_name", "parent_code"]]
    with pytest.raises(JoinError, match=r"7 of 12 rows .*The code is of other wards"):
        ward_profiles(told, later)


@pytest.mark.parametrize(
    ("row", "change", "kind", "match"),
    [
        (0, {"area_name": "Park"}, JoinError, r"1 of 12 rows .* of different wards; first: 'Park'"),
        (11, {"area_code": "E07000999"}, JoinError, "1 of 12 rows .* name no district"),
        (0, {"profile_class": "some"}, InputError, "lowest first: former, current"),
        (0, {"profile": "rumour"}, InputError, "of a profile that is not known"),
        (0, {"basis": "guessed"}, InputError, "have a basis that is not known"),
        (0, {"level": "street"}, InputError, "of neither wards nor districts"),
        (1, {"area_code": "E05002172", "area_name": "Central"}, InputError, "repeat an area"),
    ],
)
def test_refusals(told, wards, row, change, kind, match):
    wrong = told.copy()
    for name, value in change.items():
        wrong.loc[row, name] = value
    with pytest.raises(kind, match=match):
        ward_profiles(wrong, wards)
    with pytest.raises(InputError, match="first: 'basis'"):
        ward_profiles(told.drop(columns="basis"), wards)


def test_the_classes_of_the_default_are_all_used(told):
    for profile, classes in PROFILE_CLASSES.items():
        assert set(told.loc[told["profile"] == profile, "profile_class"]) == set(classes)
