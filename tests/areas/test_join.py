"""Joins: by code and vintage, by name within a district, nothing dropped in silence."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.areas.joining.join import JoinRefusedError, join_counts
from vawg_geo.errors import JoinError
from vawg_geo.terms.columns import COUNT_COLUMNS
from vawg_geo.terms.tables import JOIN_REPORT

PETERBOROUGH, CAMBRIDGE = "E06000031", "E07000008"
AREAS = pd.DataFrame(
    [
        ("E05002172", "Central", PETERBOROUGH),
        ("E05002179", "North", PETERBOROUGH),
        ("E05002174", "East", PETERBOROUGH),
        ("E05002711", "Market", CAMBRIDGE),
        ("E05009001", "Abbey", PETERBOROUGH),
        ("E05002702", "Abbey", CAMBRIDGE),
    ],
    columns=["area_code", "area_name", "parent_code"],
)
GAZETTEER = pd.DataFrame(
    [
        ("E05002174", "East", PETERBOROUGH, "2013;2015"),
        ("E05010809", "East", PETERBOROUGH, "2016;2017;2018;2019"),
        ("E05002711", "Market", CAMBRIDGE, "2013;2015;2016"),
        ("E05010812", "Gunthorpe", PETERBOROUGH, "2016;2017"),
    ],
    columns=["area_code", "area_name", "parent_code", "vintages"],
)


def counts_of(*who, **columns):
    """Counts for pairs of code and name."""
    table = pd.DataFrame(
        {
            "area_code": [code for code, _ in who],
            "area_name": [name for _, name in who],
            "level": "ward",
            "vintage": "",
            "indicator": "crimes",
            "sex": "persons",
            "period": "2015/16",
            "count": pd.array(range(10, 10 + len(who)), dtype="Int64"),
            "status": "value",
            "basis": "own",
            "note": "",
        }
    )
    return table.assign(**columns)


def join(counts, **options):
    return join_counts(
        counts,
        AREAS,
        vintage="2015",
        gazetteer=GAZETTEER,
        parent_names={PETERBOROUGH: "Peterborough"},
        **options,
    )


def test_by_code_with_every_area_in_boundary_order():
    result = join(counts_of(("E05002711", ""), ("e05002172 ", "")))
    assert list(result.table.columns) == list(COUNT_COLUMNS)
    assert result.table["area_code"].tolist() == AREAS["area_code"].tolist()
    assert result.table["count"].tolist()[0] == 11
    assert result.table["count"].tolist()[3] == 10
    assert result.table["status"].tolist().count("missing") == 4
    assert list(result.report.columns) == list(JOIN_REPORT.names)
    assert result.report["outcome"].value_counts().to_dict() == {
        "matched_by_code": 2,
        "missing": 4,
    }


def test_missing_is_never_zero():
    table = join(counts_of(("E05002711", ""))).table
    missing = table[table["status"] == "missing"]
    assert missing["count"].isna().all()
    assert (missing["note"] == "no row in the table of counts").all()
    assert (missing["basis"] == "own").all()


def test_by_name_in_a_district_by_code_or_name():
    result = join(counts_of(("", "ABBEY"), district=CAMBRIDGE))
    assert result.report["outcome"].tolist()[0] == "matched_by_name"
    assert result.report["area_code"].tolist()[0] == "E05002702"
    result = join(counts_of(("", "Abbey"), district="Peterborough City"))
    assert result.report["area_code"].tolist()[0] == "E05009001"


def test_ambiguous_name_refused():
    message = r"1 fit more than one area.*'Abbey' is E05009001 \(E06000031\), E05002702 .*districts"
    with pytest.raises(JoinError, match=message):
        join(counts_of(("", "Abbey")))


def test_name_that_other_vintages_use_for_other_borders():
    with pytest.raises(
        JoinError, match=r"'East' is E05002174 in 2015 and E05010809 in 2016 to 2019"
    ):
        join(counts_of(("", "East")))
    result = join(counts_of(("", "East"), vintage="2015"))
    assert result.report["outcome"].tolist()[0] == "matched_by_name"


def test_code_of_another_vintage_refused():
    with pytest.raises(
        JoinError,
        match=r"E05010809 is a code of 2016 to 2019, the boundaries are of 2015\. .*rebase",
    ):
        join(counts_of(("E05010809", "East")))


def test_name_of_another_vintage_refused():
    with pytest.raises(JoinError, match="'Gunthorpe' is a name of 2016, 2017, the boundaries"):
        join(counts_of(("", "Gunthorpe")))


def test_central_north_offers_both():
    with pytest.raises(
        JoinError, match=r"no area is called 'Central North'.*mean Central and North"
    ):
        join(counts_of(("", "Central North")))


def test_unknown_code_offers_the_nearest():
    with pytest.raises(
        JoinError, match=r"no area has the code 'E05002712' \(.*\)\. Did you mean E050027"
    ):
        join(counts_of(("E05002712", "")))


def test_unknown_district_refused():
    with pytest.raises(JoinError, match="no district 'Narnia'"):
        join(counts_of(("", "Abbey"), district="Narnia"))


def test_refusal_lists_every_row():
    counts = counts_of(("", "Central North"), ("", "Abbey"), ("E05010809", ""), ("E05002711", ""))
    with pytest.raises(
        JoinRefusedError, match="3 of 4 areas of the table cannot be joined"
    ) as refused:
        join(counts, table="own.csv")
    assert sorted(refused.value.report["outcome"]) == ["ambiguous", "other_vintage", "unknown"]
    assert (refused.value.report["table"] == "own.csv").all()


def test_code_and_name_for_the_same_area_are_duplicates():
    with pytest.raises(JoinError, match=r"1 stand for an area twice.*E05002711"):
        join(counts_of(("E05002711", ""), ("", "Market"), vintage="2015"))


def test_name_that_differs_is_reported():
    report = join(counts_of(("E05002711", "Newnham"))).report
    assert report["outcome"].tolist()[0] == "name_differs"
    assert "the boundaries 'Market'" in report["detail"].tolist()[0]


def test_fractional_counts_stay_fractional():
    counts = counts_of(("E05002711", ""), count=pd.array([1.5], dtype="Float64"), basis="estimated")
    table = join(counts).table
    assert table["count"].dtype == "Float64"
    assert table["count"].sum() == 1.5


@given(st.permutations(range(len(AREAS))), st.permutations(range(4)))
def test_order_of_rows_changes_nothing(area_order, count_order):
    counts = counts_of(*((code, "") for code in AREAS["area_code"][:4]))
    straight = join(counts).table.set_index("area_code")
    shuffled = join_counts(
        counts.iloc[list(count_order)],
        AREAS.iloc[list(area_order)].reset_index(drop=True),
        vintage="2015",
        gazetteer=GAZETTEER,
    ).table
    assert shuffled["area_code"].tolist() == AREAS["area_code"].iloc[list(area_order)].tolist()
    pd.testing.assert_frame_equal(shuffled.set_index("area_code").loc[straight.index], straight)
