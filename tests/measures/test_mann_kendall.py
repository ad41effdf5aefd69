"""Mann-Kendall against scipy, against every order of the values, and against a plain loop."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.examples import up_to
from vawg_geo.measures.time.mann_kendall import mann_kendall


def plain_s(values):
    return sum(np.sign(b - a) for a, b in itertools.combinations(values, 2))


@up_to(60)
@given(st.permutations(range(9)), st.integers(2, 9))
def test_without_ties_it_is_kendalls_exact_test(order, n):
    values = order[:n]
    found = mann_kendall(values)
    theirs = stats.kendalltau(range(n), values, method="exact")
    assert found.tau[0] == pytest.approx(theirs.statistic, abs=1e-12)
    assert found.p_value[0] == pytest.approx(theirs.pvalue, rel=1e-9)


@pytest.mark.parametrize("n", [10, 44, 60])
def test_longer_series_without_ties(n):
    values = np.random.default_rng(n).normal(size=n) + 0.03 * np.arange(n)
    theirs = stats.kendalltau(range(n), values, method="exact")
    assert mann_kendall(values).p_value[0] == pytest.approx(theirs.pvalue, rel=1e-9)


@up_to(30)
@given(st.lists(st.integers(0, 4), min_size=3, max_size=6))
def test_with_ties_the_variance_is_that_of_every_order(values):
    found = mann_kendall(values)
    assert found.s[0] == plain_s(values)
    every = [plain_s(order) for order in itertools.permutations(values)]
    assert np.mean(every) == pytest.approx(0, abs=1e-9)
    assert found.variance[0] == pytest.approx(np.var(every), abs=1e-9)
    if len(set(values)) > 1:
        assert found.tau[0] == pytest.approx(
            stats.kendalltau(range(len(values)), values).statistic, abs=1e-12
        )
    else:
        assert math.isnan(found.tau[0])
        assert found.p_value[0] == 1


@pytest.mark.parametrize("n", [12, 61])
def test_the_normal_approximation_is_corrected_for_continuity(n):
    """With ties, and beyond 60 values: 2 (1 - Phi((|S| - 1) / sqrt(V)))."""
    values = np.arange(n) // 2 + np.random.default_rng(3).integers(0, 9, n)
    found = mann_kendall(values)
    z = (abs(plain_s(values)) - 1) / math.sqrt(found.variance[0])
    assert found.p_value[0] == pytest.approx(2 * stats.norm.sf(z), rel=1e-12)
    # scipy's own approximation has no such correction, and a smaller p.
    assert stats.kendalltau(range(n), values, method="asymptotic").pvalue < found.p_value[0]


def test_four_values_can_never_be_significant():
    rows = list(itertools.permutations(range(4)))
    assert mann_kendall(rows).p_value.min() == pytest.approx(2 / 24)


def test_missing_values_are_passed_over():
    gaps = [[1, np.nan, 3, 2, np.nan, 5], [np.nan] * 6, [np.nan] * 5 + [1]]
    found = mann_kendall(gaps)
    short = mann_kendall([1, 3, 2, 5])
    assert found.n.tolist() == [4, 0, 1]
    assert (found.s[0], found.p_value[0]) == (short.s[0], short.p_value[0])
    assert np.isnan(found.p_value[1:]).all()
