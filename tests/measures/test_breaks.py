"""Class limits against every other cut there is, and what must always hold."""

from __future__ import annotations

import subprocess
import sys
from bisect import bisect_right
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.breaks import natural_breaks, printed_breaks
from vawg_geo.terms.rounding import round_half_up


def cost(values, breaks):
    groups = np.digitize(values, breaks, right=True)
    return sum(((values[groups == g] - values[groups == g].mean()) ** 2).sum() for g in set(groups))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=9), st.integers(1, 4))
def test_no_other_cut_is_better(numbers, classes):
    values = np.array(numbers, dtype=float)
    distinct = np.unique(values)
    k = min(classes, distinct.size)
    best = min(
        (
            cost(values, distinct[list(ends)])
            for ends in combinations(range(distinct.size - 1), k - 1)
        ),
        default=0.0,
    )
    found = natural_breaks(values, classes=classes)
    assert len(found) == k - 1
    assert cost(values, np.array(found)) == pytest.approx(best, abs=1e-6)


def exact_cost(values, ends):
    """Squared deviations within classes in whole fractions, which lose nothing."""
    inner = [bisect_right(values, end) for end in ends]
    parts = pairwise([0, *inner, len(values)])
    return sum(
        sum((value - sum(values[i:j]) / (j - i)) ** 2 for value in values[i:j]) for i, j in parts
    )


@pytest.mark.promise
@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9, -1e9, 1e12])
@pytest.mark.parametrize("seed", range(4))
def test_large_numbers_lose_no_digits(offset, seed):
    """Classes of values far from zero are as good as those of the same values near it.

    Seen to fail at 1e9 where squares were not taken about the middle.
    """
    values = np.random.default_rng(seed).gamma(2, 3, 11).round(2) + offset
    exact = sorted(map(Fraction, values.tolist()))
    best = min(exact_cost(exact, ends) for ends in combinations(exact[:-1], 3))
    found = natural_breaks(values, classes=4)
    assert set(found) <= set(values)
    assert float(exact_cost(exact, map(Fraction, found)) / best) == pytest.approx(1, abs=1e-9)


@given(st.lists(st.floats(0, 200), min_size=2, max_size=60))
def test_printed_limits_ascend_and_have_one_decimal(values):
    limits = printed_breaks(values)
    assert list(limits) == sorted(set(limits))
    assert all(round_half_up(limit) == limit for limit in limits)


def test_missing_values_are_left_out():
    assert natural_breaks([1.0, np.nan, 9.0], classes=2) == (1.0,)
    assert natural_breaks([np.nan], classes=3) == ()
    assert printed_breaks([]) == ()


def test_many_values_end_in_time():
    values = np.random.default_rng(4).gamma(2, 5, 20_000)
    assert len(natural_breaks(values, classes=5)) == 4


def test_no_class_refused():
    with pytest.raises(InputError, match="at least 1 class"):
        natural_breaks([1.0], classes=0)


def test_measures_do_not_import_the_slow_libraries():
    code = (
        "import sys, vawg_geo.measures.rates.breaks, vawg_geo.measures.rates.rates, "
        "vawg_geo.measures.rates.significance; "
        "print([m for m in ('scipy.stats', 'mapclassify', 'geopandas', 'sklearn') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
