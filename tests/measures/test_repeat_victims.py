"""Limits where the same persons come again: held to sums by hand, to draws, to coverage.

The tests of coverage were seen to fail with limits that leave the variance factor out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.inputs.repeat_victims import repeat_victims_of
from vawg_geo.measures.rates.intervals import public_health_interval
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.rates.repeat_victims import (
    repeat_events_interval,
    repeat_interval,
    with_repeat_limits,
)
from vawg_geo.measures.rates.significance import compare
from vawg_geo.terms.repeat_victims import (
    RepeatVictims,
    method_with_repeats,
    repeat_victims,
    split_method,
)


def test_repeat_victims_widen():
    plain = public_health_interval([100])
    lower, upper = repeat_events_interval({1: 60, 2: 20})
    assert lower < plain[0][0]
    assert upper > plain[1][0]
    # Two events for everybody: the limits are those of 50 persons, each twice.
    lower, upper = repeat_events_interval({2: 50})
    persons = public_health_interval([50])
    assert (lower, upper) == pytest.approx((2 * persons[0][0], 2 * persons[1][0]))
    # By events the standard error grows by sqrt(2).
    _, upper = repeat_events_interval({2: 50}, scale="events")
    assert upper - 100 == pytest.approx(np.sqrt(2) * (plain[1][0] - 100))


def test_dobsons_form_by_hand():
    persons, events, variance = 70, 50 + 20 + 30, 50 + 40 + 90
    low, high = (v.item() for v in public_health_interval([persons]))
    scale = np.sqrt(variance / persons)
    expected = (events + scale * (low - persons), events + scale * (high - persons))
    assert repeat_events_interval({1: 50, 2: 10, 3: 10}) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("table", [{}, {0: 3}, {1: -1}])
def test_repeat_victims_refused(table):
    with pytest.raises(InputError, match="persons by number of events"):
        repeat_events_interval(table)


def test_an_unknown_scale_is_refused():
    with pytest.raises(InputError, match="Choose persons or events"):
        repeat_events_interval({1: 5}, scale="areas")


def test_nobody_twice_is_the_plain_interval():
    once = RepeatVictims(variance_factor=1.0, events_per_person=1.0)
    counts = [0, 1, 9, 10, 250, np.nan]
    for method in ("exact", "byar", "public-health"):
        from vawg_geo.measures.rates.intervals import event_interval

        np.testing.assert_allclose(
            repeat_interval(counts, once, method=method),
            event_interval(method)(counts),
            rtol=1e-12,
        )


def test_limits_hold_the_count_and_are_never_below_nought():
    for factor, each in ((1.2, 1.1), (2.8, 1.6), (9.0, 2.0), (30.0, None)):
        victims = RepeatVictims(variance_factor=factor, events_per_person=each)
        counts = np.arange(400)
        lower, upper = repeat_interval(counts, victims)
        assert (lower >= 0).all()
        assert (lower <= counts).all()
        assert (counts <= upper).all()
        # No events: no lower limit, and an upper one, for it may be a place where some come twice.
        assert lower[0] == 0
        assert upper[0] > 3.6


@pytest.mark.parametrize("mix", [{1: 200, 2: 50, 4: 20, 10: 5}, {1: 60, 2: 20, 5: 5}])
@pytest.mark.parametrize("persons", [50, 200])
def test_coverage(mix, persons):
    # 2,000 draws: two standard errors of 95 % are 1.0 %. The large table is docs/repeat_victims.csv.
    generator = np.random.default_rng([7, persons, sum(mix.values())])
    f, n = np.array(list(mix)), np.array(list(mix.values()), dtype=float)
    means = n / n.sum() * persons
    events = (generator.poisson(means, (2000, len(f))) @ f).astype(float)
    true = float(means @ f)
    lower, upper = repeat_interval(events, repeat_victims(mix))
    assert 0.93 <= np.mean((lower <= true) & (true <= upper)) <= 0.97
    # The Poisson limits do not cover: the case that this is for.
    lower, upper = public_health_interval(events)
    assert np.mean((lower <= true) & (true <= upper)) < 0.87


def test_the_variance_is_that_of_drawn_persons():
    # Independent of the formula: persons drawn one by one, each with a number of events.
    generator = np.random.default_rng(3)
    pool = np.repeat([1, 2, 4, 10], [200, 50, 20, 5])
    totals = [
        generator.choice(pool, generator.poisson(len(pool)), replace=True).sum()
        for _ in range(4000)
    ]
    found = repeat_victims({1: 200, 2: 50, 4: 20, 10: 5})
    assert np.var(totals) / np.mean(totals) == pytest.approx(found.variance_factor, rel=0.08)


def test_factors_of_a_table():
    table = pd.DataFrame(
        {
            "indicator": ["a"] * 5 + ["b"],
            "sex": ["female", "female", "male", "male", "female", "persons"],
            "events_per_person": [1, 3, 1, 3, 1, 2],
            "persons": [30, 10, 20, 5, 20, 49],
        }
    )
    found = repeat_victims_of(table)
    # Women of both rows of one event: 50 + 10 persons, 80 events, variance 140. Men are too few by
    # themselves, and b has 49 persons: none.
    assert set(found) == {("a", "female"), ("a", "")}
    assert found["a", "female"].variance_factor == 1.8
    assert found["a", ""].variance_factor == round((50 + 90 + 20 + 45) / (50 + 30 + 20 + 15), 1)


def test_rows_of_persons_go_before_those_of_sexes():
    table = pd.DataFrame(
        {"indicator": "a", "sex": ["persons", "female"], "events_per_person": [2, 1],
         "persons": [60, 100]}
    )  # fmt: skip
    found = repeat_victims_of(table)
    assert found["a", ""].variance_factor == 2.0
    assert found["a", "female"].variance_factor == 1.0


def rates_of(counts, *, method="public-health"):
    codes = [f"E0500{1000 + n}" for n in range(len(counts))]
    table = pd.DataFrame({"area_code": codes, "sex": "persons", "period": "p", "indicator": "i",
                          "count": pd.array(counts, dtype="Int64")})  # fmt: skip
    people = pd.DataFrame({"area_code": codes, "sex": "persons", "population": 1000})
    return crude_rate(table, people, method=method)


def test_rates_get_the_limits_and_say_so():
    victims = RepeatVictims(variance_factor=2.8, events_per_person=1.6)
    plain = rates_of([0, 4, 40, None])
    wide = with_repeat_limits(plain, {("i", ""): victims})
    lower, upper = repeat_interval([0, 4, 40, np.nan], victims)
    np.testing.assert_allclose(wide["rate_lower"], lower)
    np.testing.assert_allclose(wide["rate_upper"], upper)
    wider = repeat_interval([40], victims, confidence=0.998)
    assert wide.loc[2, "rate_upper_998"] == pytest.approx(wider[1][0])
    assert set(wide["rate_method"]) == {"public-health, variance 2.8 times, 1.6 events a person"}
    # A missing count has no limits, and nothing else changed.
    assert wide.loc[3, ["rate_lower", "rate_upper"]].isna().all()
    same = [name for name in plain if not name.startswith(("rate_lower", "rate_upper"))]
    pd.testing.assert_frame_equal(
        wide[same].drop(columns="rate_method"), plain[same].drop(columns="rate_method")
    )


def test_limits_of_persons_are_refused():
    victims = {("i", ""): RepeatVictims(variance_factor=2.0)}
    with pytest.raises(InputError, match="who do not come twice"):
        with_repeat_limits(rates_of([4], method="wilson"), victims)
    with pytest.raises(InputError, match="'j', of whose victims"):
        with_repeat_limits(rates_of([4]), {("j", ""): victims["i", ""]})


@pytest.mark.parametrize(
    ("factor", "each", "match"),
    [(0.9, None, "1 or more"), (np.inf, None, "1 or more"), (2.0, 2.5, "no persons have such")],
)
def test_impossible_factors_are_refused(factor, each, match):
    with pytest.raises(InputError, match=match):
        RepeatVictims(variance_factor=factor, events_per_person=each)


def test_what_a_method_is_called_is_what_it_is():
    for method in ("exact", "byar", "public-health"):
        for each in (None, 1.0, 1.6):
            victims = RepeatVictims(variance_factor=2.8, events_per_person=each)
            assert split_method(method_with_repeats(method, victims)) == (method, victims)


def test_chance_calls_few_of_areas_with_repeats():
    # One true rate, events in pairs: the rule by Poisson limits calls a fifth, by these a twentieth.
    generator = np.random.default_rng(11)
    calls = {}
    for name, victims in (("poisson", {}), ("pairs", {("i", ""): RepeatVictims(
        variance_factor=2.0, events_per_person=2.0)})):  # fmt: skip
        counts = [*(2 * generator.poisson(50, 300)).tolist(), 3_000_000]
        rates = rates_of(counts)
        rates.loc[300, ["population", "rate"]] = 30_000_000.0, 100.0
        rates.loc[300, ["rate_lower", "rate_upper"]] = 100.0, 100.0
        rates = with_repeat_limits(rates, victims) if victims else rates
        for rule in ("interval-excludes-comparator", "funnel"):
            labels = compare(rates, rates["area_code"].iloc[300], rule=rule)["significance"]
            calls[name, rule] = labels.isin(["higher", "lower"]).mean()
    assert calls["poisson", "interval-excludes-comparator"] > 0.12
    assert calls["poisson", "funnel"] > 0.12
    assert calls["pairs", "interval-excludes-comparator"] < 0.08
    assert calls["pairs", "funnel"] < 0.08
