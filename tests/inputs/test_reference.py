"""Tables that are laid over the counts, as files have them."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.inputs.reference import LSOA_FORMS, read_reference
from vawg_geo.overlays.registry import overlays

FORMS = LSOA_FORMS | {form.name: form for overlay in overlays() for form in overlay.forms}

GOOD = {
    "lsoas": "LSOA11CD,WD15CD,LAD15CD,pop_all,pop16\nE01000001,E05000001,E07000001,\"1,700\",1400\n",
    "population": "lsoa_code,population,population_16\nE01000001,1700,1400\n",
    "points": "lsoa_code,easting,northing\nE01000001,545000,258000\n",
    "scores": "LSOA11CD,IMD_Score,IMD_Rank,IMD_Decile\nE01000001,20.5,9000,3\n",
    "services": "service,area_code,coverage,valid_from\nHub,E07000001,stated,2015-04-01\n",
    "profiles": (
        "profile,area_code,area_name,level,profile_class,as_of,basis\n"
        "red-light area,E05000001,Abbey,ward,current,2016,stated\n"
    ),
    "sites": "site,easting,northing\nHospital,545000,258000\n",
    "towns": "town,easting,northing\nEly,554100,280300\n",
    "nodes": "node,easting,northing\nJ1,545000,258000\n",
    "edges": "from_node,to_node,metres\nJ1,J2,900\n",
    "figures": "indicator,area_code,period,count\nCases,E07000001,2015/16,507\n",
    "residents": "area_code,sex,aged_0_4,aged_85_over\nE05000001,female,120,80\n",
    "counts_by_age": "area_code,indicator,age_group,count\nE07000001,crimes,15-29,12\n",
    "history": "indicator,area_code,category,period,value\nCalls,E10000001,Unborn,2015/16,5\n",
    "residents_by_group": (
        "area_code,category,period,population\nE10000001,0-17 years,2015/16,131427\n"
    ),
    "statements": "statement,indicator,area_code,stated_percent,comparator_percent\nUp,c,E1,5,\n",
    "reference": "indicator,age_group,rate\ncrimes,15-29,0.01\n",
}  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def made(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return made


def test_every_form_has_an_example_here():
    assert set(GOOD) == set(FORMS)


@pytest.mark.parametrize("form", list(GOOD))
def test_the_forms_columns_in_their_order(write, form):
    table = read_reference(write(GOOD[form]), FORMS[form])
    shape = FORMS[form]
    assert list(table.columns) == [*shape.needs, *shape.may]
    assert len(table) == 1
    for name in table:
        numeric = pd.api.types.is_numeric_dtype(table[name])
        assert numeric is (name in shape.numbers), name
    # What a table does not say is empty text, and no number.
    for name in set(shape.may) - shape.numbers:
        assert table[name].notna().all()


def test_numbers_with_thousands_and_publishers_names(write):
    table = read_reference(write(GOOD["lsoas"]), FORMS["lsoas"])
    assert table.iloc[0].to_dict() == {
        "lsoa_code": "E01000001", "ward_code": "E05000001", "district_code": "E07000001",
        "population": 1700.0, "population_16": 1400.0,
    }  # fmt: skip


def test_a_column_by_another_name(write):
    text = "where,x,y\nEly,554100,280300\n"
    given = {"town": "where", "easting": "x", "northing": "y"}
    assert read_reference(write(text), FORMS["towns"], columns=given)["town"].tolist() == ["Ely"]
    # What is given wins over a name that is known.
    text = "lsoa_code,ward_code,other,district_code\nE01000001,old,new,E07000001\n"
    table = read_reference(write(text), FORMS["lsoas"], columns={"ward_code": "other"})
    assert table["ward_code"].tolist() == ["new"]
    assert table["population"].isna().all()


def test_unknown_and_absent_columns(write):
    path = write(GOOD["towns"])
    with pytest.raises(ConfigurationError, match=r"unknown key 'eastng'.*Did you mean 'easting'"):
        read_reference(path, FORMS["towns"], columns={"eastng": "easting"})
    with pytest.raises((ConfigurationError, InputError), match="nowhere"):
        read_reference(path, FORMS["towns"], columns={"easting": "nowhere"})
    with pytest.raises(InputError, match=r"2 of 3 needed columns are not in.*first: 'easting'"):
        read_reference(write("town\nEly\n"), FORMS["towns"])


@pytest.mark.parametrize(
    ("form", "text", "match"),
    [
        ("towns", "town,easting,northing\nEly,,280300\n", r"1 of 1 .*row 2, ''"),
        ("towns", "town,easting,northing\nEly,1,2\nMarch,far,2\n", r"1 of 2 .*row 3, 'far'"),
        ("lsoas", GOOD["lsoas"].replace("1400", "many"), r"'population_16'.*'many'"),
        ("sites", GOOD["sites"] + "Hospital,1,2\n", "1 of 2 .*repeat the site"),
        ("sites", "site,easting,northing\n,1,2\n", "1 of 1 .*have no site"),
        ("services", GOOD["services"] * 1 + "Hub,E07000001,none,2015-04-01\n", "repeat the serv"),
        ("profiles", GOOD["profiles"] + GOOD["profiles"].split("\n")[1] + "\n", "repeat the prof"),
        ("scores", GOOD["scores"] + "E01000001,1,2,3\n", "repeat the lsoa_code"),
    ],
)
def test_rows_that_cannot_be_used(write, form, text, match):
    with pytest.raises(InputError, match=match):
        read_reference(write(text), FORMS[form])


def test_a_service_may_come_and_go(write):
    text = GOOD["services"] + "Hub,E07000001,none,2017-04-01\n"
    assert len(read_reference(write(text), FORMS["services"])) == 2


def test_figures_may_stand_twice(write):
    """By category, say: what of them is used is settled later."""
    row = GOOD["figures"].split("\n")[1]
    table = read_reference(write(GOOD["figures"] + row + "\n"), FORMS["figures"])
    assert table["value"].tolist() == ["507", "507"]


def test_workbooks_and_parquet_too(tmp_path):
    frame = pd.DataFrame({"town": ["Ely"], "easting": [554_100], "northing": [280_300]})
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    for name in ("t.parquet", "t.xlsx"):
        assert read_reference(tmp_path / name, FORMS["towns"])["easting"].tolist() == [554_100.0]


def test_a_sheet_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Old"
    book.active.append(["town", "easting", "northing"])
    book.active.append(["March", 541000, 297000])
    book.create_sheet("New").append(["town", "easting", "northing"])
    book["New"].append(["Ely", 554000, 280000])
    book.save(tmp_path / "towns.xlsx")
    table = read_reference(tmp_path / "towns.xlsx", FORMS["towns"], sheet="New")
    assert table["town"].tolist() == ["Ely"]
