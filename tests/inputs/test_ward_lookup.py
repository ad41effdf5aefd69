"""Look-ups from LSOA to wards: the embedded one, ONS files, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.inputs.ward_lookup import read_ward_lookup


def written(folder, name, text):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_the_embedded_look_up(root):
    lookup = read_ward_lookup()
    table = pd.read_csv(root / "data" / "lookup_lsoa11_wards.csv", dtype=str)
    assert lookup.lsoas["lsoa_code"].tolist() == table["lsoa_code"].tolist()
    assert lookup.lsoas["2016"].tolist() == table["ward16_code"].tolist()
    assert lookup.lsoas["population"].tolist() == table["pop16"].astype(float).tolist()
    assert [len(lookup.wards_of(year)) for year in lookup.vintages] == [144, 142, 126]
    east = lookup.wards_of("2015").set_index("area_code").loc["E05002174"]
    assert east[["area_name", "parent_code", "parent_name"]].tolist() == [
        "East", "E06000031", "Peterborough",
    ]  # fmt: skip
    assert (lookup.wards["area_name"] != "").all()


@pytest.mark.shared
def test_files_as_ons_has_them_say_the_same(shared):
    folder = shared / "boundaries"
    lookup = read_ward_lookup(
        folder / "lookup_lsoa11_ward2015_cambs.csv",
        folder / "lookup_lsoa11_ward2016_cambs.csv",
        shared / "population" / "mid2015_lsoa11.csv",
    )
    embedded = read_ward_lookup()
    key = "lsoa_code"
    ours = embedded.lsoas[[key, "population", "2015", "2016"]].sort_values(key, ignore_index=True)
    theirs = lookup.lsoas[list(ours)].sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(theirs, ours)
    for year in ("2015", "2016"):
        own, other = (
            each.wards_of(year).drop(columns="parent_name") for each in (embedded, lookup)
        )
        pd.testing.assert_frame_equal(
            own.drop(columns="area_name"), other.drop(columns="area_name")
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,WD15CD,pop16\na,b,1\n", "0 columns hold codes of LSOAs"),
        ("LSOA11CD,x\na,b\n", "neither wards .* nor residents"),
        ("LSOA11CD,WD15CD\na,b\n", "no column of residents"),
        ("LSOA11CD,WD15CD,pop16\na,b,1\na,c,1\n", r"1 of 2 rows repeat an LSOA.*row 3 \('a'\)"),
        ("LSOA11CD,WD15CD,pop16\n,b,1\n", "1 of 1 rows have no code of an LSOA"),
        ("LSOA11CD,WD15CD,pop16\na,b,many\n", r"1 of 1 cells are no numbers.*a \('many'\)"),
        ("LSOA11CD,WD15CD,pop16\na,b,-1\n", "1 of 1 cells are no numbers"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_ward_lookup(written(tmp_path, "lookup.csv", text))


def test_two_files_may_not_say_the_same(tmp_path):
    one = written(tmp_path, "one.csv", "LSOA11CD,WD15CD,pop16\na,b,1\n")
    two = written(tmp_path, "two.csv", "LSOA11CD,WD15CD\na,c\n")
    three = written(tmp_path, "three.csv", "LSOA11CD,WD16CD,population\na,c,2\n")
    with pytest.raises(InputError, match="two of the look-ups give the wards of 2015"):
        read_ward_lookup(one, two)
    with pytest.raises(InputError, match="two of the look-ups give the residents"):
        read_ward_lookup(one, three)


def test_residents_of_16_and_over_come_first(tmp_path):
    path = written(tmp_path, "l.csv", "LSOA11CD,WD15CD,pop_total,pop_16_plus\na,b,9,7\n")
    assert read_ward_lookup(path).lsoas["population"].tolist() == [7]
