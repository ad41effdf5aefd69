"""What a table looks like once counts are hidden in it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given

from tests.disclosure.outsider import SEXES, counts_of, keys_of, parents_of, tables, too_near
from tests.examples import up_to
from vawg_geo.disclosure import hide
from vawg_geo.disclosure.hide import hide_counts
from vawg_geo.disclosure.rules import PRESETS, Rules
from vawg_geo.words.figures import HIDDEN_NOTE

NHS = PRESETS["nhs"]
ROUNDED = Rules(preset="rounded", smallest=1, largest=7, base=5)
PARTNERS = Rules(preset="partners", smallest=1, largest=4)


def hide_in(table, rules=NHS, **given):
    return hide_counts(table, rules, parents_of(table), **given)


def seen(protected):
    """What stands in each cell: a count, or the first letter of why there is none."""
    counts = protected.counts
    length = 2 if set(counts["indicator"]) == {"crimes"} else 3
    return {
        key[:length]: (status[0] if pd.isna(count) else count)
        for key, count, status in zip(
            keys_of(counts), counts["count"], counts["status"], strict=True
        )
    }


def wards(values, *, sex="persons", district=1, total=True):
    """Counts by ward of one district, and their sum."""
    cells = {(f"w{district}{n:02}", sex): value for n, value in enumerate(values)}
    return cells | ({(f"d{district}", sex): sum(values)} if total else {})


def by_sex(pairs):
    """Female and male by ward, persons as their sum, and the district of all."""
    cells = {}
    for n, (female, male) in enumerate(pairs):
        for sex, count in zip(SEXES, (female + male, female, male), strict=True):
            for area in (f"w1{n:02}", "d1"):
                cells[area, sex] = cells.get((area, sex), 0) + count
    return cells


# --- too many ------------------------------------------------------------------------------------


@pytest.mark.promise
@pytest.mark.parametrize(("small", "withheld"), [(4, False), (5, True)])
def test_more_than_a_third_of_the_wards(small, withheld):
    """Where more than a third of the wards would be hidden, none of them is shown."""
    table = counts_of(wards([3] * small + [20] * (12 - small), total=False))
    protected = hide_in(table)
    assert len(protected.counts) == (0 if withheld else 12)
    if withheld:
        (one,) = protected.withheld
        assert (one.level, one.indicator, one.sex) == ("ward", "crimes", "persons")
        assert one.too_many
    else:
        assert protected.withheld == ()


def test_counts_hidden_for_the_sake_of_others_count_too():
    """One small count of five, and a partner: two of five are more than a third."""
    protected = hide_in(counts_of(wards([3, 20, 30, 40, 50])))
    assert seen(protected) == {("d1", "persons"): 143}
    assert [w.too_many for w in protected.withheld] == [True]


def test_districts_are_not_withheld_for_their_number():
    table = counts_of({f"d{n}": 3 if n < 3 else 20 for n in range(1, 6)})
    protected = hide_in(table)
    assert protected.withheld == ()
    assert protected.counts["status"].tolist() == ["suppressed"] * 2 + ["value"] * 3


def test_one_sex_may_be_withheld_and_the_others_not():
    """Small counts of men only: wards show women, and persons where nothing follows."""
    cells = {}
    for n in range(12):
        cells[f"w1{n:02}", "female"] = 30 + n
        cells[f"w1{n:02}", "male"] = 3 if n < 6 else 20
    protected = hide_in(counts_of(cells))
    assert [w.sex for w in protected.withheld] == ["male"]
    assert set(protected.counts["sex"]) == {"female"}


def test_a_withheld_series_does_not_come_back_by_subtraction():
    """Men are left out of the wards; women and persons together would tell them."""
    pairs = [(30 + n, 3 if n < 6 else 20) for n in range(12)]
    table = counts_of(by_sex(pairs))
    protected = hide_in(table)
    shown = seen(protected)
    assert ("w100", "male") not in shown
    for n in range(6):
        both = [shown.get((f"w1{n:02}", sex), "-") for sex in ("persons", "female")]
        assert not all(isinstance(one, int) for one in both), n


def test_missing_wards_are_not_hidden_ones():
    table = counts_of(wards([None, None, 30, 40, 50], total=False))
    protected = hide_in(table)
    assert protected.withheld == ()
    assert [status[0] for status in protected.counts["status"]] == list("mmvvv")


# --- the third sex -------------------------------------------------------------------------------


def test_the_third_sex_that_nobody_gives_is_not_given_away():
    """Persons and men are there; women follow, and one of them is small."""
    pairs = [(3, 40), *((20 + n, 30 + n) for n in range(8))]
    cells = {key: count for key, count in by_sex(pairs).items() if key[1] != "female"}
    shown = seen(hide_in(counts_of(cells)))
    assert "s" in (shown["w100", "persons"], shown["w100", "male"])
    # Alone it would follow from the district's sum.
    assert sum(one == "s" for one in shown.values()) >= 2
    assert shown["d1", "persons"] == sum(f + m for f, m in pairs)


def test_two_sexes_without_persons_give_nothing_away():
    cells = {k: v for k, v in by_sex([(30, 40), (20, 3)] * 3).items() if k[1] != "persons"}
    cells = {k: v for k, v in cells.items() if k[0] != "d1"}
    shown = seen(hide_in(counts_of({k: v for k, v in cells.items() if k[1] == "female"})))
    assert "s" not in shown.values()


def women_only(values):
    cells = wards(values, sex="persons") | wards(values, sex="female")
    return cells | {(area, "male"): "n/a" for area, _ in cells}


def test_where_men_do_not_apply_persons_are_women():
    """What hides persons must hide women too: each tells the other."""
    shown = seen(hide_in(counts_of(women_only([20, 30, 40, 3, 25, 35]))))
    for area in dict.fromkeys(area for area, _ in shown):
        assert shown[area, "persons"] == shown[area, "female"], area
        assert shown[area, "male"] == "n"
    assert sum(one == "s" for one in shown.values()) == 4


# --- other kinds of sums -------------------------------------------------------------------------


def test_a_part_of_an_indicator_needs_a_partner():
    """Three of 53 sexual offences were of one kind: the other kind may not tell."""
    cells = {}
    for n, (rape, other) in enumerate([(3, 50), (20, 60), (30, 70)], start=1):
        counts = zip(("rape", "other", "sexual"), (rape, other, rape + other), strict=True)
        cells |= {(f"d{n}", "persons", name): count for name, count in counts}
    table = counts_of(cells)
    part_of = {"rape": ("sexual", True), "other": ("sexual", True)}
    alone = seen(hide_in(table))
    assert [key for key, one in alone.items() if one == "s"] == [("d1", "persons", "rape")]
    linked = seen(hide_in(table, part_of=part_of))
    first = {name: linked["d1", "persons", name] for name in ("rape", "other", "sexual")}
    assert first["rape"] == "s"
    assert "s" in (first["other"], first["sexual"])


def test_a_quarter_needs_a_partner_in_its_year():
    periods = {"2015/16": 83, "2015/16 Q1": 3, "2015/16 Q2": 20, "2015/16 Q3": 25, "2015/16 Q4": 35}
    cells = {("d1", "persons", "crimes", period): count for period, count in periods.items()}
    protected = hide_in(counts_of(cells))
    hidden = set(protected.counts.loc[protected.counts["status"] == "suppressed", "period"])
    assert "2015/16 Q1" in hidden
    assert len(hidden) == 2


def test_a_unitary_district_is_not_the_rest_of_the_police_area():
    """The district in no county would follow from the police area less the county."""
    cells = {"d1": 40, "d2": 50, "d9": 3, "c1": 90, "p1": 93}
    shown = seen(hide_in(counts_of(cells)))
    assert shown["d9", "persons"] == "s"
    assert "s" in (shown["p1", "persons"], shown["c1", "persons"])


# --- what readers hold besides -------------------------------------------------------------------


def test_published_counts_stay_and_are_counted_with():
    """Small published counts are public; a published total gives a lone ward away."""
    cells = wards([3, 20, 30, 40, 50, 60, 70], total=False)
    table = counts_of(cells | {("d1", "persons"): (273, "published"), "d2": (4, "published")})
    shown = seen(hide_in(table))
    assert (shown["d1", "persons"], shown["d2", "persons"]) == (273, 4)
    assert sum(one == "s" for one in shown.values()) == 2


def test_counts_that_others_published_are_known_though_not_shown():
    table = counts_of(wards([3, 20, 30, 40, 50, 60, 70], total=False))
    assert sum(one == "s" for one in seen(hide_in(table)).values()) == 1
    known = counts_of({"d1": (273, "published")})
    protected = hide_in(table, public=known)
    assert sum(one == "s" for one in seen(protected).values()) == 2
    assert ("d1", "persons") not in seen(protected)
    # The same cell in two tables is one fact.
    again = hide_in(table, public=pd.concat([known, known], ignore_index=True))
    pd.testing.assert_frame_equal(again.counts, protected.counts)


def test_what_is_public_already_need_not_be_hidden_and_protects_nobody():
    cells = wards([3, 20, 30, 40, 50, 60, 70])
    known = counts_of({("w101", "persons"): (20, "published"), ("w102", "persons"): (30, "own")})
    shown = seen(hide_in(counts_of(cells), public=known))
    assert (shown["w101", "persons"], shown["w102", "persons"]) == (20, 30)
    assert sum(one == "s" for one in shown.values()) == 2
    small = counts_of({("w100", "persons"): (3, "published")})
    assert seen(hide_in(counts_of(cells), public=small))["w100", "persons"] == 3


def test_a_small_count_that_differs_from_the_published_one_is_hidden():
    table = counts_of(wards([3, 20, 30, 40], total=False))
    known = counts_of({("w100", "persons"): (5, "published")})
    assert seen(hide_in(table, public=known))["w100", "persons"] == "s"


def test_partners_hold_the_public_edition_too():
    """A count that the public edition shows is no partner for one that both hide."""
    values = [3, 6, 20, 30, 40, 50, 60, 70]
    table = counts_of(wards(values))
    public = hide_in(table).counts
    both = hide_in(table, PARTNERS, other_edition=public)
    of_public, of_both = seen_of(public), seen(both)
    assert of_both["w100", "persons"] == "s"
    known_to_partners = of_public | {k: v for k, v in of_both.items() if v != "s"}
    # What is left unknown with both at hand: the small one and another.
    assert sum(one == "s" for one in known_to_partners.values()) >= 2


def seen_of(counts):
    return seen(hide.Protected(counts=counts))


@up_to(6)
@given(tables(sexes=[SEXES[:1], SEXES]))
def test_partners_with_both_editions_come_no_nearer(drawn):
    table, sums = drawn
    public = hide_in(table)
    known = public.counts[public.counts["count"].notna()]
    values = dict(zip(keys_of(known), known["count"], strict=True))
    both = hide_in(table, PARTNERS, other_edition=public.counts)
    left = dict(zip(keys_of(both.counts), both.counts["status"], strict=True))
    gone = {key for key in keys_of(table) if key not in left}
    hidden = [left.get(key, "suppressed") == "suppressed" for key in keys_of(table)]
    if len(gone) < len(table):
        assert too_near(table, hidden, PARTNERS, sums, gone=gone, known=values) == {}


@up_to(6)
@given(tables())
def test_withheld_series_come_no_nearer(drawn):
    table, sums = drawn
    protected = hide_in(table)
    left = dict(zip(keys_of(protected.counts), protected.counts["status"], strict=True))
    gone = {key for key in keys_of(table) if key not in left}
    hidden = [left.get(key, "suppressed") == "suppressed" for key in keys_of(table)]
    if len(gone) < len(table):
        assert too_near(table, hidden, NHS, sums, gone=gone) == {}


# --- how it looks --------------------------------------------------------------------------------


@up_to(6)
@given(tables(sexes=[SEXES[:1], SEXES]))
def test_other_small_counts_give_the_very_same_table(drawn):
    table, _ = drawn
    small = table["count"].between(1, 7)
    other = table.assign(count=table["count"].mask(small, 8 - table["count"]))
    one, two = hide_in(table), hide_in(other)
    pd.testing.assert_frame_equal(one.counts, two.counts)
    assert one.withheld == two.withheld


@pytest.mark.parametrize("rules", [NHS, ROUNDED])
def test_hidden_rows_are_alike_and_the_others_as_they_were(rules):
    values = [3, 6, 20, 31, 42, 53, 64, 75, 0, 0]
    table = counts_of(wards(values)).assign(note=[f"as read {n}" for n in range(11)])
    table.loc[2, "note"] = "the only one with a long note"
    counts = hide_in(table, rules).counts
    hidden = counts["status"] == "suppressed"
    assert hidden.sum() >= 2
    rest = [c for c in counts.columns if c not in {"area_code", "area_name"}]
    assert len(counts.loc[hidden, rest].drop_duplicates()) == 1
    assert set(counts.loc[hidden, "note"]) == {HIDDEN_NOTE}
    assert counts["area_code"].tolist() == table["area_code"].tolist()
    if not rules.base:
        pd.testing.assert_frame_equal(counts[~hidden], table[~hidden])


def test_a_partner_looks_like_the_small_count_it_hides():
    """Rows of 3 and of its partner: nothing tells which is which."""
    counts = hide_in(counts_of(wards([3, 20, 31, 42, 53, 64]))).counts
    hidden = counts[counts["status"] == "suppressed"]
    assert len(hidden) == 2
    rest = [c for c in counts.columns if c not in {"area_code", "area_name"}]
    pd.testing.assert_series_equal(hidden[rest].iloc[0], hidden[rest].iloc[1], check_names=False)


# --- rounding ------------------------------------------------------------------------------------


def test_shown_counts_are_rounded_and_published_ones_are_not():
    cells = wards([3, 8, 12, 13, 0, 47], total=False)
    table = counts_of(cells | {("d1", "persons"): (83, "published")})
    counts = hide_in(table, ROUNDED).counts.set_index("area_code")
    shown = counts["count"].dropna()
    assert shown["d1"] == 83
    wards_shown = shown.drop("d1")
    assert (wards_shown % 5 == 0).all()
    assert counts.loc["w100", "status"] == "suppressed"
    assert (counts.loc["w104", "count"], counts.loc["w104", "status"]) == (0, "zero")
    assert counts.loc["w104", "note"] == ""
    assert set(counts.loc[wards_shown.index.drop("w104"), "note"]) <= {"rounded to 5"}
    assert abs(wards_shown - table.set_index("area_code")["count"]).max() <= 2


def test_rounding_spares_partners():
    """The total is known to within 5 and each of the others too: that is room enough."""
    table = counts_of(wards([3, 20, 31, 42, 53, 64]))
    assert sum(one == "s" for one in seen(hide_in(table, ROUNDED)).values()) == 1
    assert sum(one == "s" for one in seen(hide_in(table)).values()) == 2


# --- ends ----------------------------------------------------------------------------------------


def test_an_empty_table_and_a_rule_that_hides_nothing():
    table = counts_of(wards([3, 20]))
    assert hide_in(table.iloc[:0]).counts.empty
    pd.testing.assert_frame_equal(hide_in(table, PRESETS["open"]).counts, table)


def test_the_table_given_is_left_as_it_was():
    table = counts_of(wards([3, 20, 30, 40, 50, 60, 70]))
    before = table.copy(deep=True)
    hide_in(table, ROUNDED)
    pd.testing.assert_frame_equal(table, before)
