"""The committed table of all areas of England and Wales: what came of each."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.areas.country import list_areas

SHARED = "shares it with other partnerships|shares them with other partnerships"


@pytest.fixture(scope="module")
def table(root):
    return pd.read_csv(root / "docs" / "country.csv", keep_default_na=False)


def test_every_area_has_a_line(table):
    areas = {area.code: (area.name, area.kind) for area in list_areas()}
    lines = zip(table["area"], table["kind"], strict=True)
    assert dict(zip(table["code"], lines, strict=True)) == areas
    assert len(table) == 696


def test_each_is_built_or_a_partnership_that_shares_a_district(table):
    """Exit 0 for 675 of 696 areas; the other 21 have no outline and are refused with that reason."""
    refused = table[table["outcome"] != "built"]
    assert set(refused["code"]) == {area.code for area in list_areas() if area.shared}
    assert len(refused) == 21
    assert set(refused["kind"]) == {"csp"}
    assert refused["message"].str.contains(SHARED).all()
    assert refused["message"].str.contains("Build the district").all()


def test_wards_of_districts_are_all_wards(table):
    districts = table[table["kind"] == "district"]
    assert districts["wards"].astype(int).sum() == 7588
    assert districts["wards_without_residents"].astype(int).sum() == 31
