"""What a reader puts together from tables: sums, hidden cells, and what she cannot rely on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.examples import up_to
from vawg_geo.audit.attack import judge as judging
from vawg_geo.audit.attack.bounds import cell_bounds, make_consistent
from vawg_geo.audit.attack.cells import CellTable
from vawg_geo.audit.attack.knowledge import Holding, know
from vawg_geo.audit.attack.periods import overlapping, pieces_of
from vawg_geo.audit.observed import CELL, OBSERVATION_COLUMNS, Observed, Parameters
from vawg_geo.audit.run import audit_observed
from vawg_geo.errors import ConfigurationError
from vawg_geo.terms.periods import read_period, span_name

NHS = Parameters(smallest=1, largest=7)
DISTRICT = {"w1": "d1", "w2": "d1", "w3": "d1"}
LEVELS = {"w": "ward", "d": "district", "c": "county", "p": "police_area"}


def observed(*rows, parents=None, part_of=None, parameters=NHS):
    """From rows (area, sex, count or word[, indicator[, period[, basis]]])."""
    cells = []
    for row in rows:
        area, sex, said, indicator, period, basis = (*row, *("a", "2015", "own")[len(row) - 3 :])
        figure = float(said) if not isinstance(said, str) else np.nan
        status = said if isinstance(said, str) else "value" if said else "zero"
        cells.append(
            (area, indicator, sex, period, LEVELS[area[0]], basis, status, figure, figure, "t.csv")
        )
    return Observed(
        observations=pd.DataFrame(cells, columns=list(OBSERVATION_COLUMNS)),
        parents=parents or {},
        part_of=part_of or {},
        parameters=parameters,
    )


def found(*args, **options):
    """Findings as {cell: kind and bounds}."""
    report = audit_observed(*args, **options)
    return {
        (row["area_code"], row["sex"], row["indicator"], row["period"]): (
            row["kind"],
            row["lower"],
            row["upper"],
        )
        for row in report.cells.to_dict("records")
    }


def bounds_of(*items, base=0):
    known = know([Holding(observed=o, smallest=1, largest=7, base=base) for o in items])
    tight, freed = make_consistent(known.sums)
    assert len(freed) == 0
    lower, upper = cell_bounds(tight, wanted=np.arange(len(known.cells)))
    names = [tuple(row) for row in known.cells[list(CELL)].to_numpy()]
    return dict(zip(names, zip(lower.tolist(), upper.tolist(), strict=True), strict=True))


HIDDEN = "suppressed"


# Held to enumeration ---------------------------------------------------------------------------


@st.composite
def small_tables(draw):
    """Two or three wards by sex in a district, and which cells are hidden or left out."""
    wards = draw(st.integers(2, 3))
    most = 2 if wards == 3 else 4
    counts = draw(st.lists(st.integers(0, most), min_size=2 * wards, max_size=2 * wards))
    by_sex = np.array(counts).reshape(wards, 2)
    assume(by_sex.sum() <= (6 if wards == 3 else 9))
    table = np.vstack([by_sex, by_sex.sum(axis=0)])
    table = np.column_stack([table.sum(axis=1), table])
    fates = draw(
        st.lists(
            st.sampled_from(["show", "hide", "hide", "drop"]),
            min_size=table.size,
            max_size=table.size,
        )
    )
    fate = np.array(fates).reshape(table.shape)
    fate[-1, 0] = "show"
    # Of the district nothing is left out, and noughts are shown.
    fate[-1][fate[-1] == "drop"] = "show"
    fate[(table == 0) & (fate == "hide")] = "show"
    return table, fate


def enumerated(table, fate):
    """Least and greatest value of each cell over all tables that look the same."""
    wards, total = len(table) - 1, table[-1, 0]
    grids = np.indices((total + 1,) * (2 * wards)).reshape(2 * wards, -1)
    by_sex = grids.reshape(wards, 2, -1)
    every = np.concatenate([by_sex, by_sex.sum(axis=0, keepdims=True)])
    every = np.concatenate([every.sum(axis=1, keepdims=True), every], axis=1)
    shown, hidden = fate == "show", fate == "hide"
    fits = (every[shown] == table[shown][:, None]).all(axis=0) & (every[hidden] >= 1).all(axis=0)
    every = every[:, :, fits]
    return every.min(axis=2), every.max(axis=2)


@up_to(40)
@given(small_tables())
@example(
    (
        np.array([[1, 1, 0], [1, 0, 1], [2, 1, 1]]),
        np.array([["drop", "show", "drop"], ["hide", "drop", "drop"], ["show"] * 3]),
    )
)
def test_bounds_are_those_of_all_tables_that_look_the_same(drawn):
    table, fate = drawn
    areas = [*(f"w{i}" for i in range(1, len(table))), "d1"]
    rows = [
        (area, sex, int(table[i, j]) if fate[i, j] == "show" else HIDDEN)
        for i, area in enumerate(areas)
        for j, sex in enumerate(("persons", "female", "male"))
        if fate[i, j] != "drop"
    ]
    got = bounds_of(observed(*rows, parents=dict.fromkeys(areas[:-1], "d1")))
    least, most = enumerated(table, fate)
    for i, area in enumerate(areas):
        for j, sex in enumerate(("persons", "female", "male")):
            if (area, "a", sex, "2015") in got:
                lower, upper = got[area, "a", sex, "2015"]
                assert np.ceil(lower - 1e-6) == least[i, j], (area, sex)
                assert np.floor(upper + 1e-6) == most[i, j], (area, sex)


@up_to(40)
@given(
    st.lists(st.integers(0, 14), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.sampled_from(["own", "published"]),
)
def test_short_cuts_change_no_judgement(counts, secondary, basis):
    female, male = np.array(counts).reshape(2, 6)
    rows = []
    for n in range(6):
        values = {"persons": female[n] + male[n], "female": female[n], "male": male[n]}
        for k, (sex, value) in enumerate(values.items()):
            hide = 1 <= value <= 7 or (k and value and secondary[2 * n + k - 1])
            rows.append((f"w{n}", sex, HIDDEN if hide else int(value)))
    for sex, values in {"persons": female + male, "female": female, "male": male}.items():
        rows.append(("d1", sex, int(values.sum()), "a", "2015", basis))
    table = observed(*rows, parents={f"w{n}": "d1" for n in range(6)})
    quick = found(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_surely_wide", lambda cases, _: np.zeros(len(cases.number), bool))
        patch.setattr(
            judging,
            "_public_bounds",
            lambda known, freed, cases, _: judging.Bounds(
                *cell_bounds(
                    make_consistent(judging.without(known.public, freed))[0], wanted=cases.number
                )
            ),
        )
        assert found(table) == quick


# Attacks ---------------------------------------------------------------------------------------


def test_an_honest_table_passes():
    table = observed(
        ("d1", "persons", 60),
        ("w1", "persons", 40),
        ("w2", "persons", HIDDEN),
        ("w3", "persons", HIDDEN),
        parents=DISTRICT,
    )
    report = audit_observed(table)
    assert (report.passed, report.exit_code, report.hidden, report.judged) == (True, 0, 2, 2)


def test_one_hidden_ward_follows_from_its_district():
    table = observed(
        ("d1", "persons", 60),
        ("w1", "persons", 40),
        ("w2", "persons", 17),
        ("w3", "persons", HIDDEN),
        parents=DISTRICT,
    )
    assert found(table) == {("w3", "persons", "a", "2015"): ("recovered", 3, 3)}


@pytest.mark.parametrize(("total", "bounds"), [(44, (1, 3)), (48, (1, 7)), (47, (1, 6))])
def test_two_hidden_wards_need_room(total, bounds):
    table = observed(
        ("d1", "persons", total),
        ("w1", "persons", 40),
        ("w2", "persons", HIDDEN),
        ("w3", "persons", HIDDEN),
        parents=DISTRICT,
    )
    wards = {("w2", "persons", "a", "2015"), ("w3", "persons", "a", "2015")}
    expected = {} if bounds == (1, 7) else dict.fromkeys(wards, ("narrowed", *bounds))
    assert found(table) == expected


def test_a_secondary_cell_that_is_known_too_nearly():
    table = observed(
        ("d1", "persons", 60, "a"),
        ("w1", "persons", 40, "a"),
        ("w2", "persons", HIDDEN, "a"),
        ("w2", "persons", 14, "b"),
        ("w3", "persons", HIDDEN, "a"),
        parents=DISTRICT,
        part_of={"b": ("a", False)},
    )
    assert found(table) == {
        ("w2", "persons", "a", "2015"): ("narrow", 14, 19),
        ("w3", "persons", "a", "2015"): ("narrowed", 1, 6),
    }


def test_the_third_sex_that_nobody_names():
    pair = (("w1", "persons", 50), ("w1", "female", 46))
    assert found(observed(*pair)) == {("w1", "male", "a", "2015"): ("recovered", 4, 4)}
    # A count that could have been shown is no secret; nor is a nought.
    assert found(observed(pair[0], ("w1", "female", 40))) == {}
    assert found(observed(pair[0], ("w1", "female", 50))) == {}
    hides_noughts = Parameters(smallest=0, largest=7)
    nought = observed(pair[0], ("w1", "female", 50), parameters=hides_noughts)
    assert found(nought) == {("w1", "male", "a", "2015"): ("recovered", 0, 0)}
    # Where the second is hidden the third is free.
    assert found(observed(pair[0], ("w1", "female", HIDDEN))) == {}


def test_a_ward_that_was_left_out_or_is_missing():
    rows = [("d1", "persons", 60), ("w1", "persons", 40), ("w2", "persons", 17)]
    expected = {("w3", "persons", "a", "2015"): ("recovered", 3, 3)}
    assert found(observed(*rows, parents=DISTRICT)) == expected
    assert found(observed(*rows, ("w3", "persons", "missing"), parents=DISTRICT)) == expected
    assert found(observed(*rows, ("w3", "persons", "not_applicable"), parents=DISTRICT)) == {}


def test_a_small_count_that_is_simply_shown():
    assert found(observed(("w1", "persons", 3))) == {
        ("w1", "persons", "a", "2015"): ("shown", 3, 3)
    }
    published = observed(("w1", "persons", 3, "a", "2015", "published"))
    assert found(published) == {}


def test_a_count_hidden_in_one_file_and_shown_in_another():
    table = observed(("w1", "persons", HIDDEN), ("w1", "persons", 12))
    assert found(table) == {("w1", "persons", "a", "2015"): ("recovered", 12, 12)}


def test_periods_differ():
    # A year, and eleven months of it: one month is left.
    year = ("w1", "persons", 20, "a", "2015")
    months = ("w1", "persons", 16, "a", "2015-01-01 to 2015-11-30")
    assert found(observed(year, months)) == {
        ("w1", "persons", "a", "2015-12-01 to 2015-12-31"): ("recovered", 4, 4)
    }
    # The month has a row and a symbol.
    month = ("w1", "persons", HIDDEN, "a", "2015-12")
    assert found(observed(year, months, month)) == {
        ("w1", "persons", "a", "2015-12"): ("recovered", 4, 4)
    }
    apart = ("w1", "persons", 16, "a", "2016")
    assert found(observed(year, apart)) == {}


def test_two_ways_of_writing_a_period_are_one():
    table = observed(
        ("w1", "persons", HIDDEN, "a", "2015/16"),
        ("w1", "persons", 12, "a", "2015-04-01 to 2016-03-31"),
    )
    assert len(found(table)) == 1


def test_quarters_of_a_year():
    quarters = [("w1", "persons", 10, "a", f"2015/16 Q{n}") for n in (1, 2)]
    year = ("w1", "persons", 26, "a", "2015/16")
    hidden = [("w1", "persons", HIDDEN, "a", f"2015/16 Q{n}") for n in (3, 4)]
    assert set(found(observed(year, *quarters, *hidden)).values()) == {("narrowed", 1, 5)}


def test_nested_indicators():
    whole = ("w1", "persons", 30, "all")
    rows = [whole, ("w1", "persons", 26, "b"), ("w1", "persons", HIDDEN, "c")]
    complete = {"b": ("all", True), "c": ("all", True)}
    assert found(observed(*rows, part_of=complete)) == {
        ("w1", "persons", "c", "2015"): ("recovered", 4, 4)
    }
    # A part that nobody names; and parts that need not be all.
    assert found(observed(*rows[:2], part_of=complete)) == {
        ("w1", "persons", "c", "2015"): ("recovered", 4, 4)
    }
    partial = {"b": ("all", False), "c": ("all", False)}
    assert found(observed(*rows, part_of=partial)) == {
        ("w1", "persons", "c", "2015"): ("narrowed", 1, 4)
    }
    assert found(observed(*rows)) == {}


def test_a_partner_holds_the_public_folder_too():
    """Each alone is safe: one shows the persons, the other one a sex."""
    partner = observed(
        ("w1", "persons", 50), ("w1", "female", HIDDEN), ("w1", "male", HIDDEN),
        parameters=Parameters(smallest=1, largest=4),
    )  # fmt: skip
    public = observed(
        ("w1", "persons", HIDDEN), ("w1", "female", 47), ("w1", "male", HIDDEN), parameters=NHS
    )
    assert found(partner) == {}
    assert found(public) == {}
    assert found(partner, beside=[public]) == {
        ("w1", "female", "a", "2015"): ("recovered", 47, 47),
        ("w1", "male", "a", "2015"): ("recovered", 3, 3),
    }


def test_wards_of_two_years_difference():
    """Folder by folder a district is shared out by other wards."""
    now = observed(
        ("d1", "persons", HIDDEN),
        ("w1", "persons", 40),
        ("w2", "persons", HIDDEN),
        parents={"w1": "d1", "w2": "d1"},
    )
    before = observed(
        ("w8", "persons", 30), ("w9", "persons", 13), parents={"w8": "d1", "w9": "d1"}
    )
    assert found(now) == {}
    assert found(now, beside=[before]) == {
        ("d1", "persons", "a", "2015"): ("recovered", 43, 43),
        ("w2", "persons", "a", "2015"): ("recovered", 3, 3),
    }


def test_wards_of_two_years_differ_where_no_district_is_printed():
    """The wards of one year add up to those of another; here also a year against its halves."""
    parents = {"w1": "d1", "w2": "d1"}
    now = observed(("w1", "persons", 40), ("w2", "persons", HIDDEN), parents=parents)
    then = {"w8": "d1", "w9": "d1"}
    before = observed(("w8", "persons", 30), ("w9", "persons", 13), parents=then)
    expected = {("w2", "persons", "a", "2015"): ("recovered", 3, 3)}
    assert found(now, beside=[before]) == expected
    halves = observed(
        ("w8", "persons", 30, "a", "2015"),
        ("w9", "persons", 6, "a", "2015-01 to 2015-06"),
        ("w9", "persons", 7, "a", "2015-07 to 2015-12"),
        parents=then,
    )
    assert found(now, beside=[halves]) == expected


def test_a_folder_with_some_of_the_wards_divides_nothing_anew():
    rows = [("d1", "persons", 60), ("w1", "persons", 40), ("w2", "persons", HIDDEN)]
    whole = observed(*rows, ("w3", "persons", HIDDEN), parents=DISTRICT)
    some = observed(*rows[1:], parents={"w1": "d1", "w2": "d1"})
    got = bounds_of(whole, some)
    assert got["w2", "a", "persons", "2015"] == got["w3", "a", "persons", "2015"] == (1, 19)


def test_published_figures_are_known_and_excuse():
    # The district is published as 5 in all: nobody can hide a ward better than that.
    hidden = [("w1", "persons", HIDDEN), ("w2", "persons", HIDDEN)]
    parents = {"w1": "d1", "w2": "d1"}
    free = observed(*hidden, parents=parents)
    assert found(free) == {}
    assert found(free, beside=[observed(("d1", "persons", 5))]) == {
        (w, "persons", "a", "2015"): ("narrowed", 1, 4) for w in parents
    }
    # A published total that leaves less room than the range asks for no more than its room.
    one = observed(("w1", "persons", HIDDEN))
    small = observed(("w1", "persons", 5))
    assert found(one, known=[small]) == {}
    assert found(one, beside=[small]) != {}


def test_a_county_does_not_tile_its_police_area():
    parents = {"d1": "c1", "d2": "c1", "d3": "p1", "c1": "p1"}
    table = observed(
        ("p1", "persons", 100),
        ("c1", "persons", 60),
        ("d1", "persons", 30),
        ("d2", "persons", HIDDEN),
        ("d3", "persons", HIDDEN),
        parents=parents,
    )
    assert found(table) == {
        ("d2", "persons", "a", "2015"): ("recovered", 30, 30),
        ("d3", "persons", "a", "2015"): ("recovered", 40, 40),
    }


def test_wards_add_up_to_a_police_area_where_no_district_is_named():
    parents = {"w1": "d1", "w2": "d1", "w3": "d2", "d1": "p1", "d2": "p1"}
    table = observed(
        ("p1", "persons", 100),
        ("w1", "persons", 50),
        ("w2", "persons", 46),
        ("w3", "persons", HIDDEN),
        parents=parents,
    )
    assert found(table)["w3", "persons", "a", "2015"] == ("recovered", 4, 4)


# What cannot be relied on ----------------------------------------------------------------------


def two_districts(total):
    return observed(
        ("d1", "persons", 60, "a", "2015", "published"),
        ("w1", "persons", 40),
        ("w2", "persons", 16),
        ("w3", "persons", HIDDEN),
        ("d2", "persons", total, "a", "2015", "published"),
        ("w4", "persons", 40),
        ("w5", "persons", 20),
        parents=DISTRICT | {"w4": "d2", "w5": "d2"},
    )


def test_sums_that_do_not_hold_elsewhere_are_not_relied_on():
    assert found(two_districts(60)) == {("w3", "persons", "a", "2015"): ("recovered", 4, 4)}
    # Elsewhere the district has more than its wards: here the ward has at most what is left.
    report = audit_observed(two_districts(63))
    assert report.cells[["kind", "lower", "upper"]].to_numpy().tolist() == [["narrowed", 1, 4]]
    assert (
        "1 of 1 sums of areas to the district for a that can be checked do not hold"
        in (report.notes[0])
    )
    # Elsewhere it has fewer: the wards are of something else, and nothing follows.
    assert found(two_districts(58)) == {}


def test_one_misprint_among_many_sums_frees_no_other():
    rows = [("w9", "persons", 50), ("w9", "female", 46), ("w9", "male", HIDDEN)]
    right = [
        (f"w{n}", sex, v) for n in range(10, 40) for sex, v in
        (("persons", 30), ("female", 20), ("male", 10))
    ]  # fmt: skip
    wrong = [("w8", "persons", 31), ("w8", "female", 20), ("w8", "male", 10)]
    report = audit_observed(observed(*rows, *right, *wrong))
    assert list(report.cells["area_code"]) == ["w9"]
    assert "1 of 31 sums of female and male for a" in report.notes[0]
    assert "the others are relied on" in report.notes[0]


def test_sums_that_contradict_each_other_only_together():
    table = observed(
        ("d1", "persons", 40), ("d1", "female", 20), ("d1", "male", 15),
        ("w1", "persons", HIDDEN), ("w1", "female", HIDDEN), ("w1", "male", HIDDEN),
        ("w2", "persons", HIDDEN), ("w2", "female", HIDDEN), ("w2", "male", HIDDEN),
        parents={"w1": "d1", "w2": "d1"},
    )  # fmt: skip
    report = audit_observed(table)
    assert report.passed, report.table()
    assert report.notes


def test_a_count_given_in_two_ways_lies_between():
    table = observed(
        ("w1", "persons", 30), ("w1", "persons", 34), ("w1", "female", HIDDEN), ("w1", "male", 20)
    )
    assert bounds_of(table)["w1", "a", "female", "2015"] == (10, 14)
    assert "1 of 3 counts are given differently" in audit_observed(table).notes[0]


# What is hidden, and how -----------------------------------------------------------------------


def test_hidden_cells_are_at_least_one_where_noughts_are_shown():
    row = ("w1", "persons", HIDDEN)
    assert bounds_of(observed(row))["w1", "a", "persons", "2015"] == (1, np.inf)
    estimate = observed((*row, "a", "2015", "estimated"))
    assert bounds_of(estimate)["w1", "a", "persons", "2015"] == (0, np.inf)


def test_persons_hidden_with_both_sexes_are_two_at_least():
    trio = [("w1", sex, HIDDEN) for sex in ("persons", "female", "male")]
    assert bounds_of(observed(*trio))["w1", "a", "persons", "2015"] == (2, np.inf)
    assert found(observed(*trio)) == {}
    # That they are 3 at least is due to a published figure, which nobody can take back.
    table = observed(*trio[:2], ("w1", "male", 2, "a", "2015", "published"))
    assert bounds_of(table)["w1", "a", "persons", "2015"] == (3, np.inf)
    assert found(table) == {}


def test_percentages_give_whole_numbers():
    table = observed(("w1", "persons", 257), ("w1", "female", HIDDEN))
    table.observations.loc[1, ["low", "high"]] = [184.9, 185.17]
    assert bounds_of(table)["w1", "a", "female", "2015"] == (185, 185)


def test_rounded_counts():
    rows = [("w1", "persons", 20), ("w1", "female", 10), ("w1", "male", HIDDEN)]
    got = bounds_of(observed(*rows), base=5)
    assert got["w1", "a", "persons", "2015"] == (18, 22)
    assert got["w1", "a", "male", "2015"] == (6, 14)
    published = observed(*[(*r, "a", "2015", "published") for r in rows])
    assert bounds_of(published, base=5)["w1", "a", "persons", "2015"] == (20, 20)
    # A rounded 10 stands for 8 at the least where 7 would be hidden; a nought is one.
    low = observed(("w1", "persons", 5), ("w1", "female", 0))
    assert bounds_of(low, base=5)["w1", "a", "persons", "2015"] == (3, 7)
    assert bounds_of(low, base=5)["w1", "a", "female", "2015"] == (0, 0)
    assert bounds_of(observed(("w1", "persons", 10)), base=10)["w1", "a", "persons", "2015"] == (
        8,
        15,
    )


def test_rounding_alone_is_attacked_by_sums():
    rounds = Parameters(smallest=0, largest=0, base=5)
    trio = [("w1", "persons", 20), ("w1", "female", 10), ("w1", "male", 5)]
    assert found(observed(*trio, parameters=rounds)) == {}
    # 24 to 28 cannot be had from 8 to 12 and 8 to 12, but in one way.
    tight = [("w1", "persons", 26), ("w1", "female", 10), ("w1", "male", 10)]
    assert set(found(observed(*tight, parameters=rounds)).values()) == {
        ("recovered", 24, 24),
        ("recovered", 12, 12),
    }


def test_an_open_edition_hides_nothing():
    table = observed(("w1", "persons", 3), parameters=Parameters(smallest=0, largest=0))
    assert audit_observed(table).passed


def test_not_applicable_is_no_figure():
    parents = {"d1": "c1", "d2": "p1", "c1": "p1"}
    table = observed(
        ("p1", "female", "not_applicable"),
        ("c1", "female", 40),
        ("d1", "female", 40),
        ("d2", "female", "not_applicable"),
        parents=parents,
    )
    report = audit_observed(table)
    assert report.passed
    assert report.notes == ()


def test_a_range_is_needed():
    table = observed(("w1", "persons", 3), parameters=Parameters())
    with pytest.raises(ConfigurationError, match="do not say which counts are protected"):
        audit_observed(table)
    with pytest.raises(ConfigurationError, match="counts from 7 to 1 are no range"):
        audit_observed(table, smallest=7, largest=1)
    assert not audit_observed(table, smallest=1, largest=7).passed
    # What the files say of themselves comes first.
    assert not audit_observed(observed(("w1", "persons", 3)), smallest=1, largest=2).passed


def test_nothing_observed():
    assert audit_observed(Observed(parameters=NHS)).passed


def test_two_levels_under_one_area_are_two_sums():
    table = CellTable(
        areas=["d1", "w1", "l1"],
        levels={"d1": "district", "w1": "ward", "l1": "lsoa"},
        series=[("a", "persons", "2015")],
        parents=[{"w1": "d1", "l1": "d1"}],
        named=[{"d1", "w1", "l1"}],
    )
    table.name_cells(np.array([0, 1, 2]), np.zeros(3, np.int64))
    table.add_sums({}, np.zeros(3, bool))
    equations = table.equations()
    assert len(equations.kind) == 2
    assert sorted(np.bincount(equations.row)) == [2, 2]


@pytest.mark.parametrize("word", ["since the change of law", "2016-03-31", ""])
def test_a_period_that_cannot_be_read_may_overlap_any_other(word):
    """Nothing was found here while such a word was compared with nothing."""
    rows = [
        ("w1", "persons", HIDDEN, "a", "2015/16"),
        ("w1", "persons", 12, "a", word),
        ("w2", "persons", 30, "a", word),
        ("w2", "persons", 0, "a", word),
    ]
    (finding,) = audit_observed(observed(*rows)).findings
    assert (finding.kind, finding.file) == ("unread_period", "t.csv")
    assert repr(word) in finding.text or (not word and "without a period" in finding.text)
    assert f"2 counts of it are shown beside hidden ones; first: w1, a, persons, {word}." in (
        finding.text
    )
    assert "'Apr to Jun 2015' or '2015-04-01 to 2016-03-31'" in finding.text


def test_a_period_that_cannot_be_read_harms_nobody():
    word, year = "since the change of law", "2015/16"
    nested = {"a": ("b", False)}
    # Alone; with nothing hidden; of another family; published; all of it hidden.
    for rows in (
        [("w1", "persons", HIDDEN, "a", word), ("w2", "persons", 30, "a", word)],
        [("w1", "persons", 12, "a", year), ("w2", "persons", 30, "a", word)],
        [("w1", "persons", HIDDEN, "a", year), ("w2", "persons", 30, "c", word)],
        [("w1", "persons", HIDDEN, "a", year), ("w2", "persons", 30, "a", word, "published")],
        [("w1", "persons", 12, "a", year), ("w2", "persons", HIDDEN, "a", word)],
    ):
        assert audit_observed(observed(*rows, part_of=nested)).passed, rows
    family = [("w1", "persons", HIDDEN, "a", year), ("w2", "persons", 30, "b", word)]
    assert not audit_observed(observed(*family, part_of=nested)).passed


# Periods ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "days"),
    [
        ("2015/16", "2015-04-01 to 2016-03-31"),
        ("2015/2016", "2015-04-01 to 2016-03-31"),
        ("2015-16", "2015-04-01 to 2016-03-31"),
        ("1999-00", "1999-04-01 to 2000-03-31"),
        ("2015", "2015-01-01 to 2015-12-31"),
        ("2015-04", "2015-04-01 to 2015-04-30"),
        ("2011-12", "2011-12-01 to 2011-12-31"),
        ("2016-02", "2016-02-01 to 2016-02-29"),
        ("2015 Q2", "2015-04-01 to 2015-06-30"),
        ("2015/16 Q2", "2015-07-01 to 2015-09-30"),
        ("2015/16 Q4", "2016-01-01 to 2016-03-31"),
        ("2015-04-01 to 2016-03-31", "2015-04-01 to 2016-03-31"),
        ("2013/14 to 2015/16", "2013-04-01 to 2016-03-31"),
        ("2015-04 to 2015-06", "2015-04-01 to 2015-06-30"),
    ],
)
def test_words_for_periods(word, days):
    assert span_name(read_period(word)) == days


@pytest.mark.parametrize(
    "word",
    ["", "2016-03-31", "2015/17", "2015-18", "2015 Q5", "2015-04 Q1", "latest", "2016 to 2015",
     "2015-02-30 to 2015-03-31", "0000", "2015-13-01", "before to after"],
)  # fmt: skip
def test_words_that_stand_alone(word):
    assert read_period(word) is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=6))
def test_pieces_share_out_every_span(pairs):
    spans = [(start, start + length) for start, length in pairs]
    pieces = pieces_of(spans)
    for start, end in spans:
        assert sum(e - s for s, e in pieces if start <= s and e <= end) == end - start
    together = [i for group in overlapping(spans) for i in group]
    for i, (start, end) in enumerate(spans):
        touches = any(s < end and start < e for j, (s, e) in enumerate(spans) if j != i)
        assert (i in together) == touches
