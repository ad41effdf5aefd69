"""Counts of wards of one year for those of another: sums, names, gaps, refusals."""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import vawg_geo
from tests.examples import up_to
from vawg_geo.areas.rebasing.flows import NAME_ONLY, build_ward_flows
from vawg_geo.areas.rebasing.rebase import rebase
from vawg_geo.errors import ConfigurationError, InputError, JoinError
from vawg_geo.inputs.catalogue.registry import embedded_folder
from vawg_geo.inputs.ward_lookup import WardLookup, read_ward_lookup

LOOKUP = read_ward_lookup()
PETERBOROUGH = "E06000031"
WARDS = LOOKUP.wards_of("2015").query("parent_code == @PETERBOROUGH").reset_index(drop=True)
CENTRAL, NORTH, WEST = "E05002172", "E05002179", "E05002192"


def table_of(cells, *, wards=WARDS, sex="persons", basis="own", indicator="crimes"):
    """Counts on wards; a text is a status without a figure."""
    counts = [None if isinstance(c, str) else c for c in cells]
    status = [c if isinstance(c, str) else "value" if c else "zero" for c in cells]
    fractional = any(isinstance(c, float) for c in cells)
    return pd.DataFrame(
        {
            "area_code": wards["area_code"], "area_name": wards["area_name"], "level": "ward",
            "vintage": "", "indicator": indicator, "sex": sex, "period": "2015/16",
            "count": pd.array(counts, dtype="Float64" if fractional else "Int64"),
            "status": status, "basis": basis, "note": "",
        }
    )  # fmt: skip


def there(counts, **options):
    return rebase(counts, LOOKUP, source="wards-2015", target="wards-2016", **options)


def back(counts, **options):
    return rebase(counts, LOOKUP, source="wards-2016", target="wards-2015", **options)


def exact_sum(counts):
    """Sum of the numbers as they are printed."""
    return sum((Fraction(str(n)) for n in counts.dropna()), Fraction())


# The 24 wards of Peterborough


@pytest.mark.promise
def test_24_wards_to_22_and_back():
    """Counts brought to the wards of another year and back keep their sums to the last unit."""
    counts = table_of([17 * n % 101 + n for n in range(24)])
    after = there(counts)
    assert len(after.counts) == 22
    again = back(after.counts)
    assert again.counts["area_code"].tolist() == sorted(counts["area_code"])
    total = int(counts["count"].sum())
    for result in (after, again):
        figures = result.counts["count"]
        assert figures.sum() == total
        assert math.fsum(figures) == sum(reversed(figures.tolist())) == total
        assert exact_sum(figures) == total
        assert result.counts["basis"].unique().tolist() == ["estimated"]
    assert not again.counts["count"].equals(counts["count"].astype("Float64"))


def test_whole_numbers_there_and_back():
    counts = table_of([17 * n % 101 + n for n in range(24)])
    after = there(counts, integers=True)
    again = back(after.counts, integers=True)
    assert after.counts["count"].dtype == again.counts["count"].dtype == "Int64"
    assert after.counts["count"].sum() == again.counts["count"].sum() == counts["count"].sum()
    exact = there(counts).counts["count"]
    assert (after.counts["count"].astype("Float64") - exact).abs().max() < 1 + 1 / 64


def test_equal_to_plain_arithmetic(root):
    """Apart from the package: shares by residents, with pandas, to half a unit or so."""
    counts = table_of([100 + n for n in range(24)])
    lookup = pd.read_csv(root / "data" / "lookup_lsoa11_wards.csv")
    lookup = lookup[lookup["district_code"] == PETERBOROUGH]
    share = lookup["pop16"] / lookup.groupby("ward15_code")["pop16"].transform("sum")
    given_ = lookup["ward15_code"].map(counts.set_index("area_code")["count"].astype(float))
    wanted = (share * given_).groupby(lookup["ward16_code"]).sum()
    got = there(counts).counts.set_index("area_code")["count"].astype(float)
    assert got.index.tolist() == wanted.index.tolist()
    assert (got - wanted).abs().max() < 1 / 64


@pytest.mark.promise
def test_names_that_survive_on_another_area_are_flagged():
    """The six ward names that went to another area are flagged."""
    moves = there(table_of([10] * 24)).movements
    assert len(moves) == 36
    flagged = moves.loc[moves["warning"] == NAME_ONLY, "from_name"].unique().tolist()
    assert sorted(flagged) == [
        "Central", "East", "Fletton and Woodston", "North", "Ravensthorpe", "West",
    ]  # fmt: skip
    kept = moves[moves["same_lsoas"] & moves["same_name"]]
    assert sorted(kept["from_name"]) == [
        "Barnack", "Dogsthorpe", "Orton Longueville", "Orton Waterville", "Park",
    ]  # fmt: skip
    assert (kept["warning"] == "").all()
    shares = moves.groupby("from_code")["share_of_from"].sum()
    assert shares.sub(1).abs().max() < 1e-5
    result = there(table_of([10] * 24))
    assert any("6 names survive but not with the same area" in note for note in result.notes)


def test_a_name_that_went_to_another_place_altogether_is_flagged():
    lsoas = pd.DataFrame(
        {
            "lsoa_code": ["E01000001", "E01000002"],
            "population": pd.array([100.0, 100.0], dtype="Float64"),
            "2015": ["E05000001", "E05000002"],
            "2016": ["E05000011", "E05000012"],
        }
    )
    wards = pd.DataFrame(
        {
            "vintage": ["2015", "2015", "2016", "2016"],
            "area_code": ["E05000001", "E05000002", "E05000011", "E05000012"],
            "area_name": ["Abbey", "Brook", "Brook", "Castle"],
            "parent_code": "E06000099",
            "parent_name": "",
        }
    )
    lookup = WardLookup(
        lsoas=lsoas, wards=wards, gazetteer=wards.assign(vintages="2015"), source=""
    )
    moves = build_ward_flows(lookup, ["E06000099"], source="2015", target="2016").movements
    assert moves["same_lsoas"].all()
    assert moves.set_index("from_name")["warning"].to_dict() == {"Abbey": "", "Brook": NAME_ONLY}


def test_all_six_districts():
    wards = LOOKUP.wards_of("2015")
    counts = table_of([n % 37 for n in range(144)], wards=wards)
    after = there(counts)
    assert len(after.counts) == 142
    assert after.counts["count"].sum() == counts["count"].sum()
    # Elsewhere nothing moved between these years: the same figures under the same codes.
    same = set(wards.query("parent_code != @PETERBOROUGH")["area_code"])
    figures = after.counts.set_index("area_code")["count"]
    given_ = counts.set_index("area_code")["count"]
    assert len(same) == 120
    assert figures[sorted(same)].tolist() == given_[sorted(same)].tolist()
    assert not (after.movements["same_lsoas"] & (after.movements["warning"] != "")).any()


@pytest.mark.promise
def test_the_police_month():
    """The 1,806 offences of a real month in 144 wards are 1,806 in the 142 wards of the next year."""
    path = embedded_folder("data") / "ward_counts_police_2019_08.csv"
    found = vawg_geo.read_counts(path, level="ward", vintage="2015")
    after = there(found)
    assert (len(found), found["count"].sum()) == (144, 1806)
    assert (len(after.counts), after.counts["count"].sum()) == (142, 1806)


def test_three_years_on():
    counts = table_of([n % 37 for n in range(144)], wards=LOOKUP.wards_of("2015"))
    after = rebase(counts, LOOKUP, source="wards-2015", target="ons-wards-2019-bgc")
    assert (len(after.counts), after.counts["count"].sum()) == (126, counts["count"].sum())


def test_the_note_says_from_where_and_how_sure():
    counts = table_of([100] * 24)
    notes = there(counts).counts.set_index("area_name")["note"]
    assert notes["Barnack"] == "[rebased: ward of 2015 with the same LSOAs]"
    assert notes["North"] == (
        "[rebased: by residents, from wards of 2015: Central (33 %), North (100 %); "
        "between 100 and 200 however events were spread]"
    )
    again = back(there(counts.assign(note="as recorded")).counts).counts["note"]
    assert again.str.count(r"\[rebased").eq(1).all()
    assert again.str.endswith("]; as recorded").all()
    assert again.str.contains("from counts that were rebased before").all()


# Gaps


@pytest.mark.parametrize("status", ["missing", "suppressed"])
def test_a_gap_never_becomes_a_figure(status):
    cells = [10] * 24
    cells[WARDS["area_code"].tolist().index(CENTRAL)] = status
    result = there(table_of(cells))
    rows = result.counts.set_index("area_name")
    assert rows.loc[["Central", "North"], "status"].tolist() == [status, status]
    assert rows.loc[["Central", "North"], "count"].isna().all()
    assert (
        f"1 of the 2 wards it comes from have no figure: Central ({status})"
        in rows.loc["North", "note"]
    )
    assert (rows["count"].notna()).sum() == 20
    totals = result.totals.iloc[0]
    assert (
        totals["count_before"]
        == 230
        == totals["count_after"] + totals["count_in_wards_without_figure"]
    )
    assert totals["count_in_wards_without_figure"] > 0
    assert totals["without_figure_after"] == 2


def test_a_ward_without_a_row_is_missing_and_missing_goes_before_suppressed():
    counts = table_of([10] * 23 + ["suppressed"])
    assert counts["area_code"].iloc[-1] == WEST
    counts = counts[counts["area_code"] != CENTRAL]
    rows = there(counts).counts.set_index("area_name")
    assert rows.loc["Central", "status"] == "missing"
    assert rows.loc["West", "status"] == "suppressed"
    assert "Central (missing)" in rows.loc["North", "note"]


def test_where_a_count_does_not_apply():
    cells = ["not_applicable"] * 24
    result = there(table_of(cells))
    assert set(result.counts["status"]) == {"not_applicable"}
    cells[WARDS["area_code"].tolist().index(NORTH)] = 12
    rows = there(table_of(cells)).counts.set_index("area_name")
    assert rows.loc["North", ["status", "count"]].tolist() == ["value", 12]
    assert "Central (33 %, does not apply)" in rows.loc["North", "note"]


def test_a_figure_beside_a_status_that_denies_it_is_not_used():
    counts = table_of([10] * 24)
    counts.loc[counts["area_code"] == NORTH, "status"] = "suppressed"
    result = there(counts)
    assert result.counts.set_index("area_name").loc["North", "status"] == "suppressed"
    assert result.totals.loc[0, ["count_before", "without_figure_before"]].tolist() == [230, 1]


def test_a_zero_is_a_zero():
    result = there(table_of([0] * 24))
    assert set(result.counts["status"]) == {"zero"}
    assert (result.counts["count"] == 0).all()


def test_what_was_rounded_to_nothing_says_so():
    cells = [0] * 24
    cells[WARDS["area_code"].tolist().index(WEST)] = 1
    rows = there(table_of(cells), integers=True).counts.set_index("area_name")
    assert rows["count"].sum() == 1
    assert "0.15 rounded to 0" in rows.loc["Central", "note"]
    assert "rounded" not in rows.loc["Park", "note"]


# Sexes


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=24, max_size=24))
@up_to(15)
def test_women_and_men_stay_all_persons(cells):
    women, men = zip(*cells, strict=True)
    both = [w + m for w, m in cells]
    counts = pd.concat(
        [
            table_of(list(both)),
            table_of(list(women), sex="female"),
            table_of(list(men), sex="male"),
        ]
    )
    for integers in (False, True):
        after = there(counts, integers=integers).counts
        by_sex = after.pivot_table(index="area_code", columns="sex", values="count", aggfunc="sum")
        assert (by_sex["female"] + by_sex["male"] == by_sex["persons"]).all()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3)), min_size=24, max_size=24))
@up_to(15)
def test_women_are_never_more_than_persons(cells):
    counts = pd.concat(
        [
            table_of([w + rest for w, rest in cells]),
            table_of([w for w, _ in cells], sex="female"),
        ]
    )
    after = there(counts, integers=True).counts.set_index(["area_code", "sex"])["count"]
    assert (after.xs("female", level="sex") <= after.xs("persons", level="sex")).all()


# Conservation on tables and look-ups made by chance


@st.composite
def made_up(draw, *, gaps=True):
    """A look-up of two years and counts, with gaps or without."""
    n = draw(st.integers(2, 25))
    old = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    new = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    people = draw(st.lists(st.integers(1, 3_000), min_size=n, max_size=n))
    lsoas = pd.DataFrame(
        {
            "lsoa_code": [f"E0100{k:04}" for k in range(n)],
            "population": pd.array(people, dtype="Float64"),
            "2015": [f"E0500000{k}" for k in old],
            "2016": [f"E0500010{k}" for k in new],
        }
    )
    wards = pd.concat(
        [
            pd.DataFrame({"vintage": year, "area_code": sorted(set(lsoas[year]))})
            for year in ("2015", "2016")
        ]
    ).assign(
        area_name=lambda rows: "Ward " + rows["area_code"].str[-1],
        parent_code="E06000099",
        parent_name="",
    )
    gazetteer = wards.rename(columns={"vintage": "vintages"})
    lookup = WardLookup(lsoas=lsoas, wards=wards, gazetteer=gazetteer, source="made up")
    figure = st.integers(0, 400)
    if gaps:
        figure |= st.sampled_from(["missing", "suppressed", "not_applicable"])
    cells = draw(st.lists(figure, min_size=6, max_size=6))
    first = lookup.wards_of("2015")
    return lookup, table_of(cells[: len(first)], wards=first)


@given(made_up(), st.booleans())
@up_to(40, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_and_nothing_made(case, integers):
    lookup, counts = case
    after = rebase(counts, lookup, source="2015", target="2016", integers=integers)
    totals = after.totals.iloc[0]
    assert totals["count_before"] == counts["count"].sum()
    assert totals["count_after"] == after.counts["count"].sum() == exact_sum(after.counts["count"])
    assert totals["count_before"] == (
        totals["count_after"] + totals["count_in_wards_without_figure"]
    )
    # Every ward whose LSOAs were partly in a ward without a figure has none.
    status = counts.set_index("area_code")["status"]
    from_gap = set(
        lookup.lsoas.loc[lookup.lsoas["2015"].map(status).isin(["missing", "suppressed"]), "2016"]
    )
    shown = set(after.counts.loc[after.counts["count"].notna(), "area_code"])
    assert not from_gap & shown
    if not counts["count"].isna().any():
        assert after.counts["count"].sum() == counts["count"].sum()


@given(made_up(gaps=False))
@up_to(25, suppress_health_check=[HealthCheck.too_slow])
def test_each_group_of_wards_keeps_its_own_sum(case):
    lookup, counts = case
    flows = build_ward_flows(lookup, ["E06000099"], source="2015", target="2016")
    assert all(sum(parts.values()) == 1 for parts in flows.shares.values())
    before = counts.set_index("area_code")["count"]
    after = rebase(counts, lookup, source="2015", target="2016", integers=True)
    figures = after.counts.set_index("area_code")["count"]
    for olds, news in flows.components:
        assert before[list(olds)].sum() == figures[list(news)].sum()


def test_the_order_of_rows_does_not_matter():
    counts = table_of([17 * n % 101 for n in range(24)])
    shuffled = counts.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(there(counts).counts, there(shuffled).counts)


# Basis and fractions


def test_illustrative_counts_stay_illustrative_and_whole():
    result = there(table_of([7] * 24, basis="illustrative"))
    assert result.counts["basis"].unique().tolist() == ["illustrative"]
    assert result.counts["count"].dtype == "Int64"
    assert any("illustrative" in note for note in result.notes)


def test_estimates_of_another_kind_keep_their_sum_as_printed():
    counts = table_of([0.1 * n for n in range(24)], basis="estimated")
    counts["count"] = counts["count"].round(1)
    result = there(counts).counts["count"]
    assert exact_sum(result) == Fraction(276, 10)


def test_more_decimals_than_anybody_knows():
    with pytest.raises(InputError, match="24 of 24 counts have more than six decimals"):
        there(table_of([1 / 3] * 24, basis="estimated"))


def test_whole_numbers_of_fractions_are_refused():
    with pytest.raises(InputError, match="1 of 24 counts are fractional, so that no whole"):
        there(table_of([2.5] + [1.0] * 23, basis="estimated"), integers=True)


# Refusals


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("wards-2013", r"has no wards of 2013 .*it has wards-2015, wards-2016, wards-2019"),
        ("districts-2015", "does not name wards of a year"),
        ("wards", "does not name wards of a year"),
        ("wards-2015", "are the same wards"),
    ],
)
def test_wards_of_no_such_year(target, message):
    with pytest.raises(ConfigurationError, match=message):
        rebase(table_of([1] * 24), LOOKUP, source="wards-2015", target=target)


@pytest.mark.parametrize("lost", ["2016", "2015"])
def test_vintages_that_do_not_share_the_area(lost):
    lsoas = LOOKUP.lsoas.copy()
    row = lsoas.index[lsoas["2015"] == WEST][0]
    lsoas.loc[row, lost] = ""
    lookup = WardLookup(
        lsoas=lsoas, wards=LOOKUP.wards, gazetteer=LOOKUP.gazetteer, source="a file"
    )
    with pytest.raises(InputError, match=r"1 of 112 LSOAs belong .*do not share the area; first"):
        rebase(table_of([1] * 24), lookup, source="wards-2015", target="wards-2016")


def test_residents_must_be_known():
    lsoas = LOOKUP.lsoas.assign(population=LOOKUP.lsoas["population"].mask(LOOKUP.lsoas.index < 3))
    lookup = WardLookup(lsoas=lsoas, wards=LOOKUP.wards, gazetteer=LOOKUP.gazetteer, source="file")
    with pytest.raises(InputError, match="3 of 112 LSOAs of file have no number of residents"):
        rebase(table_of([1] * 24), lookup, source="wards-2015", target="wards-2016")
    nobody = lsoas.assign(population=lsoas["population"].mask(lsoas["2015"] == WEST, 0).fillna(1))
    lookup = WardLookup(lsoas=nobody, wards=LOOKUP.wards, gazetteer=LOOKUP.gazetteer, source="file")
    with pytest.raises(InputError, match="1 of 24 areas are split but have no"):
        rebase(table_of([1] * 24), lookup, source="wards-2015", target="wards-2016")


def test_codes_of_the_other_year_are_refused():
    wards = LOOKUP.wards_of("2016").query("parent_code == @PETERBOROUGH")
    with pytest.raises(
        JoinError, match=r"22 are of another vintage.*wards of 2015 that the look-up"
    ):
        there(table_of([1] * 22, wards=wards))


def test_names_are_taken_as_of_the_year_that_is_said():
    counts = table_of(list(range(24))).assign(area_code="", district="Peterborough")
    by_code = there(table_of(list(range(24)))).counts
    pd.testing.assert_frame_equal(there(counts).counts, by_code)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": "district"}, "24 of 24 rows are not of wards"),
        ({"vintage": "2016-12-31"}, "24 of 24 rows say that they are of another vintage than 2015"),
        ({"count": -1}, "24 of 24 counts are negative"),
        ({"count": math.inf}, "24 of 24 counts are negative or too large"),
    ],
)
def test_rows_that_cannot_be_rebased(change, message):
    with pytest.raises(InputError, match=message):
        there(table_of([1] * 24).assign(**change))


def test_a_table_without_rows():
    with pytest.raises(InputError, match="has no rows"):
        there(table_of([1] * 24).iloc[:0])


def test_a_row_twice():
    counts = table_of([1] * 24)
    with pytest.raises(JoinError, match="1 stand for an area twice"):
        there(pd.concat([counts, counts.head(1)]))


def test_nothing_given_is_changed():
    counts = table_of([5] * 24)
    copy = counts.copy(deep=True)
    there(counts)
    pd.testing.assert_frame_equal(counts, copy)


def test_it_is_offered():
    assert vawg_geo.rebase is rebase
    assert vawg_geo.read_ward_lookup is read_ward_lookup
