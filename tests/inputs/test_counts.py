from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.files.table import write_table
from vawg_geo.inputs.counts import read_counts
from vawg_geo.terms.columns import COUNT_COLUMNS

HEAD = "area_code,area_name,sex,period,indicator,count\n"
CELLS = ",persons,2015/16,crimes,"


@pytest.fixture
def save(tmp_path):
    def save_text(text, name="wards.csv"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return save_text


def tidy(*cells):
    rows = (f"E0500270{place},Ward {place}{CELLS}{cell}\n" for place, cell in enumerate(cells))
    return HEAD + "".join(rows)


def test_tidy_table(save):
    frame = read_counts(save(tidy("12", "0", "<5", "", "[z]")), vintage="2015-12-31", notes="draft")
    assert tuple(frame.columns) == COUNT_COLUMNS
    assert frame["count"].fillna(-1).tolist() == [12, 0, -1, -1, -1]
    assert frame["status"].tolist() == ["value", "zero", "suppressed", "missing", "not_applicable"]
    assert str(frame["count"].dtype) == "Int64"
    first = frame.iloc[0].to_dict()
    assert first == {
        "area_code": "E05002700", "area_name": "Ward 0", "level": "ward", "vintage": "2015-12-31",
        "indicator": "crimes", "sex": "persons", "period": "2015/16", "count": 12,
        "status": "value", "basis": "own", "note": "draft",
    }  # fmt: skip
    assert "wards.csv: 1 of 5 counts are marked as suppressed: <5" in frame.attrs["notes"]
    assert "wards.csv: 1 of 5 counts are missing, not zero: empty" in frame.attrs["notes"]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("-3", r"wards.csv: 1 of 2 counts are negative; first: row 3, 'E05002701' Ward 1 \('-3'\)"),
        ("2.5", r"1 of 2 counts are fractional; first: row 3, 'E05002701' Ward 1 \('2.5'\)"),
        (
            "many",
            r"1 of 2 counts are neither numbers.* first: row 3, 'E05002701' Ward 1 \('many'\)",
        ),
    ],
)
def test_bad_counts_name_row_area_and_value(save, cell, message):
    with pytest.raises(InputError, match=message):
        read_counts(save(tidy("1", cell)))


def test_fractions_of_estimates(save):
    frame = read_counts(save(tidy("1", "2.5")), basis="estimated")
    assert frame["count"].tolist() == [1.0, 2.5]
    assert str(frame["count"].dtype) == "Float64"
    assert set(frame["basis"]) == {"estimated"}


def test_empty_file(save):
    with pytest.raises(InputError, match="is an empty file"):
        read_counts(save(""))
    with pytest.raises(InputError, match="has no rows"):
        read_counts(save(HEAD))


def test_duplicate_rows_are_refused(save):
    rows = HEAD + f"E05002703,Arbury{CELLS}1\nE05002704,Castle{CELLS}2\nE05002703,{CELLS}3\n"
    with pytest.raises(
        InputError,
        match=r"1 of 3 rows repeat an area.*row 4, 'E05002703', ward, crimes, .*also in row 2",
    ):
        read_counts(save(rows))


def test_names_repeat_only_within_a_district(save):
    text = "District,Ward,N\nCambridge,Abbey,1\nPeterborough,Abbey,2\n"
    options = {"level": "ward", "sex": "F", "period": "2015/16", "indicator": "crimes"}
    frame = read_counts(save(text), **options)
    assert frame["district"].tolist() == ["Cambridge", "Peterborough"]
    assert tuple(frame.columns) == (*COUNT_COLUMNS, "district")
    assert frame["area_code"].tolist() == ["", ""]
    assert frame["sex"].tolist() == ["female", "female"]
    text = "Ward,N\nAbbey,1\nabbey,2\n"
    with pytest.raises(InputError, match="two areas of one name, give their codes or districts"):
        read_counts(save(text), **options)


OPTIONS = {"sex": "persons", "period": "2015/16", "indicator": "crimes"}


@pytest.mark.parametrize(
    ("header", "used"),
    [
        ("WD15CD,WD15NM,LAD15CD,LAD15NM,N", "ward"),
        ("wd16cd,ward name,lad_code,district,Count", "ward"),
        ("GSS code,Area,LA code,Local authority,Number of crimes", "ward"),
        ("lsoa11_code,lsoa11_name,lad13_code,lad13_name,value", "ward"),
    ],
)
def test_common_headings_are_recognised(save, header, used):
    text = f"{header}\nE05002703,Arbury,E07000008,Cambridge,7\n"
    frame = read_counts(save(text), **OPTIONS)
    row = frame.iloc[0]
    assert (row["area_code"], row["area_name"], row["count"]) == ("E05002703", "Arbury", 7)
    assert (row["district"], row["level"]) == ("E07000008", used)


def test_district_columns_are_the_areas_where_there_are_no_nearer_ones(save):
    frame = read_counts(save("LAD15CD,LAD15NM,n\nE07000008,Cambridge,7\n"), **OPTIONS)
    assert frame.loc[0, ["area_code", "area_name", "level"]].tolist() == [
        "E07000008", "Cambridge", "district",
    ]  # fmt: skip
    assert "district" not in frame


def test_ambiguous_headings_are_refused_with_the_candidates(save):
    path = save("WD15CD,WD16CD,n\nE05002703,E05002703,7\n")
    with pytest.raises(InputError, match="2 columns may be the area_code: 'WD15CD', 'WD16CD'"):
        read_counts(path, **OPTIONS)
    frame = read_counts(path, columns={"area_code": "wd16cd"}, **OPTIONS)
    assert "wards.csv: columns not read: WD15CD" in frame.attrs["notes"]
    with pytest.raises(InputError, match="2 columns may be the count: 'n', 'value'"):
        read_counts(save("code,n,value\nE05002703,1,7\n"), **OPTIONS)


def test_columns_that_are_not_there(save):
    path = save("code,amount\nE05002703,7\n")
    with pytest.raises(ConfigurationError, match=r"no column 'amounts' for 'count'.*mean 'amount'"):
        read_counts(path, columns={"count": "amounts"}, **OPTIONS)
    with pytest.raises(ConfigurationError, match=r"unknown key 'cuont'.*Did you mean 'count'"):
        read_counts(path, columns={"cuont": "amount"}, **OPTIONS)
    with pytest.raises(
        InputError, match="no column of counts was recognised among 'code', 'amount'"
    ):
        read_counts(path, **OPTIONS)
    with pytest.raises(InputError, match="no column of areas was recognised"):
        read_counts(path, columns={"area_code": "", "count": "amount"}, **OPTIONS)


@pytest.mark.parametrize("key", ["sex", "period", "indicator"])
def test_what_the_table_does_not_say_must_be_said(save, key):
    path = save("code,n\nE05002703,7\n")
    with pytest.raises(InputError, match=rf"does not say the {key} of 'n'. Say it \({key} = "):
        read_counts(path, **{k: v for k, v in OPTIONS.items() if k != key})


def test_option_against_the_table(save):
    path = save("code,sex,n\nE05002703,F,7\n")
    with pytest.raises(ConfigurationError, match="sex = 'persons' is given, but the column 'sex'"):
        read_counts(path, **OPTIONS)
    assert read_counts(path, **{**OPTIONS, "sex": "women"})["sex"].tolist() == ["female"]
    unread = read_counts(path, columns={"sex": ""}, **OPTIONS)
    assert unread["sex"].tolist() == ["persons"]


def test_unknown_words(save):
    with pytest.raises(InputError, match=r"1 of 1 rows have an unknown sex; .*Ward 0 \('Q'\)"):
        read_counts(save(tidy("1").replace("persons", "Q")))
    with pytest.raises(InputError, match="1 of 1 rows have no period"):
        read_counts(save(tidy("1").replace("2015/16", " ")))
    with pytest.raises(InputError, match="1 of 1 rows have no area; first: row 2"):
        read_counts(save(HEAD + f",{CELLS}1\n"))
    with pytest.raises(ConfigurationError, match="sex 'Q' is unknown"):
        read_counts(save(tidy("1")), sex="Q")
    with pytest.raises(ConfigurationError, match="basis 'mine' is unknown"):
        read_counts(save(tidy("1")), basis="mine")
    with pytest.raises(ConfigurationError, match="level 'wards' is unknown"):
        read_counts(save(tidy("1")), level="wards")


def test_levels_come_from_codes_and_else_from_the_option(save):
    text = "code,name,n\ne07000008,Cambridge,1\nE10000003,Cambridgeshire,2\n,Newtown,3\n"
    with pytest.raises(InputError, match=r"1 of 3 rows have no GSS code of Eng.*row 4, Newtown"):
        read_counts(save(text), **OPTIONS)
    frame = read_counts(save(text), level="district", **OPTIONS)
    assert frame["level"].tolist() == ["district", "county", "district"]
    assert frame["area_code"].tolist() == ["E07000008", "E10000003", ""]
    assert any("1 of 3 rows are not of the level district" in n for n in frame.attrs["notes"])


WIDE = "code,2014/15,2015/16\nE05002703,1,<5\nE05002704,0,4\n"


def test_wide_by_period(save):
    frame = read_counts(
        save(WIDE), columns={"counts": ["2014/15", "2015/16"]}, sex="f", indicator="i"
    )
    assert frame[["area_code", "period"]].to_numpy().tolist() == [
        ["E05002703", "2014/15"], ["E05002703", "2015/16"],
        ["E05002704", "2014/15"], ["E05002704", "2015/16"],
    ]  # fmt: skip
    assert frame["status"].tolist() == ["value", "suppressed", "zero", "value"]
    assert set(frame["sex"]) == {"female"}
    assert len(frame.columns) == len(COUNT_COLUMNS)


def test_wide_by_sex_and_by_mapping(save):
    path = save("code,Women,Men\nE05002703,5,6\n")
    frame = read_counts(path, columns={"counts": ["Women", "Men"]}, period="p", indicator="i")
    assert frame[["sex", "count"]].to_numpy().tolist() == [["female", 5], ["male", 6]]
    counts = {
        "2014/15": {"sex": "F", "period": "2014/15", "indicator": "a"},
        "2015/16": {"sex": "M", "period": "2015/16", "indicator": "b"},
    }
    frame = read_counts(save(WIDE), columns={"counts": counts})
    assert frame[["indicator", "sex", "period"]].iloc[1].tolist() == ["b", "male", "2015/16"]


def test_wide_errors(save):
    path = save(WIDE.replace("<5", "-5"))
    counts = {"counts": ["2014/15", "2015/16"]}
    with pytest.raises(
        InputError, match=r"1 of 4 counts are negative; first: row 2, 'E05002703', column '2015/16'"
    ):
        read_counts(path, columns=counts, sex="f", indicator="i")
    for columns, message in (
        ({**counts, "count": "2014/15"}, "both 'count' and 'counts'"),
        ({"counts": "2014/15"}, "must be a list"),
        ({"counts": ["2013/14"]}, "no column '2013/14'"),
        ({"counts": {"2014/15": {"year": "2014"}}}, "unknown key 'year'"),
        ({"counts": {"2014/15": {"sex": "Q"}}}, "sex 'Q' is unknown"),
        ({"counts": {"2014/15": {"sex": "M"}}}, "sex = 'female' is given, but columns.counts"),
    ):
        with pytest.raises(ConfigurationError, match=message):
            read_counts(path, columns=columns, sex="f", indicator="i")


def test_totals_and_remarks_are_set_aside_and_said(save):
    text = (
        "District,Ward,Code,N\nCambridge,Abbey,E05002702,5\nAll,,,12\n,Total,,17\n"
        "Cambridge,All,E05002703,7\nGrand Total,,,17\nSource: police,,,\nNote 1: drafts\n"
    )
    frame = read_counts(save(text), **OPTIONS)
    assert frame["count"].tolist() == [5, 7]
    assert [note for note in frame.attrs["notes"] if "set aside" in note] == [
        "wards.csv: row 7 set aside as a remark: 'Source: police'",
        "wards.csv: row 8 set aside as a remark: 'Note 1: drafts'",
        "wards.csv: row 3 ('All') set aside as a total: 12",
        "wards.csv: row 4 ('Total') set aside as a total: 17",
        "wards.csv: row 6 ('Grand Total') set aside as a total: 17",
    ]
    with pytest.raises(InputError, match="no rows but totals"):
        read_counts(save("code,n\nTotal,5\n"), **OPTIONS)


def test_reasons_in_a_table_of_ours_are_kept(save, tmp_path):
    frame = read_counts(save(tidy("12", "0", "<5", "", "[z]")), notes="a")
    write_table(frame, tmp_path / "again.csv")
    again = read_counts(tmp_path / "again.csv")
    pd.testing.assert_frame_equal(again, frame)
    text = tidy("12").replace("count\n", "count,status\n").replace("12\n", "12,suppressed\n")
    with pytest.raises(InputError, match=r"have a count although .* \(suppressed\)"):
        read_counts(save(text))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_formats_agree(save, tmp_path, ending):
    expected = read_counts(save(tidy("12", "0", "<5", '"1,234"')))
    text = pd.read_csv(tmp_path / "wards.csv", dtype=str)
    write_table(text, tmp_path / f"t.{ending}")
    pd.testing.assert_frame_equal(
        read_counts(tmp_path / f"t.{ending}").drop(columns="note"), expected.drop(columns="note"),
        check_flags=False,
    )  # fmt: skip


CELL = st.one_of(st.integers(0, 10**6).map(str), st.sampled_from(["x", "<5", "", "[z]", "1,234"]))


@given(cells=st.lists(CELL, min_size=1, max_size=9), random=st.randoms())
def test_shuffled_rows_keep_their_values(tmp_path_factory, cells, random):
    folder = tmp_path_factory.mktemp("shuffle")
    header, *rows = tidy(*(f'"{cell}"' for cell in cells)).splitlines(keepends=True)
    (folder / "a.csv").write_text(header + "".join(rows))
    random.shuffle(rows)
    (folder / "b.csv").write_text(header + "".join(rows))
    straight, shuffled = read_counts(folder / "a.csv"), read_counts(folder / "b.csv")
    assert shuffled["area_code"].tolist() == [row[:9] for row in rows]
    pd.testing.assert_frame_equal(
        shuffled.sort_values("area_code", ignore_index=True), straight, check_flags=False
    )


@pytest.mark.shared
def test_published_table(shared):
    frame = read_counts(shared / "assessment" / "published_rates.csv", basis="published")
    assert len(frame) == 92
    assert frame["level"].value_counts().to_dict() == {
        "district": 70, "county": 12, "police_area": 10,
    }  # fmt: skip
    assert frame["count"].isna().sum() == 0


@pytest.mark.shared
def test_tables_of_the_home_office_and_of_fingertips(shared):
    cases = shared / "cases"
    path = cases / "community_safety_partnerships.csv"
    frame = read_counts(path, sex="persons")
    assert frame.loc[0, ["area_code", "area_name", "level", "indicator", "period"]].tolist() == [
        "E22000140", "Trafford", "csp", "Stalking", "Q1 2023/24",
    ]  # fmt: skip
    # The codes of this imitation are of other partnerships.
    assert any("3 of 3 names contradict their codes" in note for note in frame.attrs["notes"])
    assert frame["count"].tolist() == [120, 300, 150] * 2
    assert set(frame["period"]) == {"Q1 2023/24", "Q2 2023/24"}
    frame = read_counts(cases / "fingertips_download.csv")
    assert frame["count"].tolist() == [1000, 1001, 1002, 1003, 1004, 1005]


def test_a_value_beside_limits_is_a_rate(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("Area Code,Sex,Time period,Indicator Name,Value,Lower CI 95.0 limit\n")
    with path.open("a") as stream:
        stream.write("E07000008,Persons,2019,x,12,11\n")
    with pytest.raises(InputError, match="no column of counts was recognised"):
        read_counts(path)
    path.write_text(path.read_text().replace("Lower CI 95.0 limit", "Note"))
    assert read_counts(path)["count"].tolist() == [12]


def test_columns_headed_by_months_are_counts(tmp_path):
    path = tmp_path / "wards.csv"
    path.write_text("MinorText,WardCode,202009,202010\nRape,E05000026,3,0\n")
    frame = read_counts(path, sex="persons", columns={"indicator": "MinorText"})
    assert frame[["period", "count"]].to_numpy().tolist() == [["202009", 3], ["202010", 0]]
    assert any("2 columns are counts by period: '202009' to" in n for n in frame.attrs["notes"])


def test_a_quarter_that_nobody_understands(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("code,sex,year,quarter,offence,count\nE07000008,F,2019,5,x,3\n")
    with pytest.raises(InputError, match="1 of 1 rows have a quarter that is not understood"):
        read_counts(path)
    path.write_text(path.read_text().replace("2019,5", "2019,Q3"))
    assert read_counts(path)["period"].tolist() == ["Q3 2019"]


def test_a_column_that_is_not_read_is_why_rows_repeat(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "code,sex,year,offence,age,count\nE07000008,F,2019,x,16-24,3\nE07000008,F,2019,x,25+,4\n"
    )
    with pytest.raises(InputError, match=r"They differ in 'age' \('16-24', '25\+'\), which is not"):
        read_counts(path)
