"""Adjusted p-values against definitions and scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.adjust import adjust_p_values

P = st.floats(0, 1, allow_subnormal=False)


@given(st.lists(P, min_size=1, max_size=60))
def test_bh_is_scipys(p):
    assert adjust_p_values(p) == pytest.approx(stats.false_discovery_control(p), abs=1e-15)


@given(st.lists(st.one_of(P, st.just(np.nan)), min_size=1, max_size=40))
def test_areas_without_a_test_take_nothing(p):
    p = np.array(p)
    tested = ~np.isnan(p)
    for method in ("bh", "bonferroni", "none"):
        adjusted = adjust_p_values(p, method=method)
        assert np.array_equal(np.isnan(adjusted), ~tested)
        assert np.array_equal(adjusted[tested], adjust_p_values(p[tested], method=method))
        assert (adjusted[tested] >= p[tested]).all()
        assert (adjusted[tested] <= 1).all()


def test_by_hand():
    p = [0.005, 0.9, 0.03, 0.02]
    assert adjust_p_values(p) == pytest.approx([0.02, 0.9, 0.04, 0.04])
    assert adjust_p_values(p, method="bonferroni") == pytest.approx([0.02, 1, 0.12, 0.08])
    assert adjust_p_values(p, method="none").tolist() == p


def test_series_keep_their_index_and_missing_values():
    p = pd.Series([0.01, None, 0.5], index=["c", "a", "b"], dtype="Float64", name="p")
    adjusted = adjust_p_values(p)
    assert list(adjusted.index) == ["c", "a", "b"]
    assert adjusted.name == "p"
    assert adjusted["c"] == 0.02
    assert np.isnan(adjusted["a"])


def test_nothing_to_adjust():
    assert adjust_p_values([]).size == 0
    assert np.isnan(adjust_p_values([np.nan])).all()


def test_refusals():
    with pytest.raises(InputError, match=r"'fdr' is no correction. Choose bh, bonferroni, none"):
        adjust_p_values([0.1], method="fdr")
    with pytest.raises(InputError, match=r"1 of 2 p-values are outside 0 to 1; first: 1.5"):
        adjust_p_values([0.1, 1.5])
