"""Largest remainders: nothing is lost, nothing moves by a unit, ties are settled."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.areas.rebasing.apportion import DECIMAL, DYADIC, apportion, as_fraction, finest_unit
from vawg_geo.errors import InputError


@st.composite
def shared_totals(draw):
    """A total, and what each of some weights would get of it."""
    unit = draw(st.sampled_from([Fraction(1), DYADIC, DECIMAL]))
    total = draw(st.integers(0, 5_000)) * unit
    weights = draw(st.lists(st.integers(0, 9_999), min_size=1, max_size=12).filter(any))
    return unit, total, [total * w / sum(weights) for w in weights]


@given(shared_totals())
def test_the_total_stays_and_no_share_moves_by_a_unit(case):
    unit, total, shares = case
    rounded = apportion(shares, unit=unit)
    assert sum(rounded) == total
    assert all(abs(n - share) < unit for n, share in zip(rounded, shares, strict=True))
    assert all((n / unit).denominator == 1 for n in rounded)


@given(shared_totals())
def test_a_larger_share_never_gets_less(case):
    unit, _, shares = case
    rounded = apportion(shares, unit=unit)
    pairs = sorted(zip(shares, rounded, strict=True))
    assert all(one[1] <= other[1] for one, other in pairwise(pairs) if one[0] < other[0])


def test_textbook_example():
    # 21 seats by 1,000s of votes: quotas 9.9, 6.3, 4.05, 0.75.
    quotas = [Fraction(n, 100) for n in (990, 630, 405, 75)]
    assert apportion(quotas) == [10, 6, 4, 1]


def test_ties_go_to_the_larger_then_the_earlier():
    assert apportion([Fraction(1, 2), Fraction(3, 2)]) == [0, 2]
    assert apportion([Fraction(1, 2), Fraction(1, 2)]) == [1, 0]


def test_a_total_that_is_no_multiple_is_refused():
    with pytest.raises(ValueError, match="no multiple of 1"):
        apportion([Fraction(1, 2)])


@pytest.mark.parametrize("number", [0.1, np.float64(0.1), 3, np.int64(3)])
def test_numbers_are_read_as_they_are_written(number):
    assert as_fraction(number) == Fraction(str(number))


def test_units():
    assert finest_unit({"a": Fraction(3), "b": Fraction(1, 64)}) == DYADIC
    assert finest_unit({"a": Fraction(1, 64), "b": Fraction(1, 10)}) == DECIMAL
    with pytest.raises(InputError, match=r"1 of 2 counts have more than six decimals; first: b"):
        finest_unit({"a": Fraction(1, 64), "b": Fraction(1, 3)})


@given(st.lists(st.integers(0, 64 * 10**6), max_size=50))
def test_sums_of_dyadic_numbers_are_exact_in_any_order(units):
    numbers = [n / 64 for n in units]
    assert sum(numbers) == sum(reversed(numbers)) == np.sum(numbers) == sum(units) / 64
    assert all(Fraction(f"{n:.6f}") == Fraction(n) for n in numbers)
