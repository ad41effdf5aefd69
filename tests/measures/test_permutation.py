"""The fast count of tails against a loop, and p-values against what they promise."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import up_to
from vawg_geo.errors import InputError
from vawg_geo.measures.patterns import permutation
from vawg_geo.measures.patterns.draws import drawn_orders
from vawg_geo.measures.patterns.permutation import KeptTails, tail_counts, two_sided_p


def by_loop(values, near, permutations, seed):
    """Tails over the same samples, one area and one sample at a time.

    Values and weights are binary fractions of few digits, so that every sum is exact.
    """
    order = near.by_id
    if not np.array_equal(order, np.arange(near.n)):
        # Samples are of areas in the order of their ids.
        return by_loop(values[order], near.reordered(order), permutations, seed)[
            :, np.argsort(order)
        ]
    orders = next(drawn_orders(near.n, int(near.degree.max()) + 1, permutations, seed=seed))
    exact = values.tolist()
    tails = np.zeros((2, near.n), dtype=int)
    for area in range(near.n):
        mine = slice(near.starts[area], near.starts[area + 1])
        others, weights = near.others[mine].tolist(), near.weights[mine].tolist()
        observed = sum(w * exact[j] for w, j in zip(weights, others, strict=True))
        for sample in orders.T.tolist():
            drawn = sample[: len(others)]
            if area in drawn:
                drawn[drawn.index(area)] = sample[len(others)]
            permuted = sum(w * exact[j] for w, j in zip(weights, drawn, strict=True))
            tails[0, area] += permuted >= observed
            tails[1, area] += permuted <= observed
    return tails


@up_to(30)
@given(st.integers(0, 2**32), st.sampled_from(["few", "counts", "floats", "far"]), st.booleans())
def test_counts_are_those_of_a_loop_over_the_same_samples(maps, seed, kind, uneven):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(10, 40))
    near = maps.random_neighbours(
        rng,
        n,
        density=rng.uniform(0.02, 0.9),
        weights="quarters" if uneven else None,
        islands=int(rng.integers(0, 3)),
    )
    values = {
        "few": rng.integers(0, 2, n) * 1.0,
        "counts": rng.poisson(0.4, n) * 1.0,
        "floats": np.round(rng.normal(size=n) * 2.0**24) / 2.0**24,
        "far": 2.0**30 + rng.integers(0, 4, n) / 4,
    }[kind]
    tails = tail_counts(values, near, permutations=120, seed=seed)
    expected = by_loop(values, near, 120, seed)
    assert np.array_equal(np.array([tails.at_least, tails.at_most]), expected)


def test_some_rows_even_and_some_not(maps):
    rng = np.random.default_rng(5)
    near = maps.random_neighbours(rng, 30, weights="quarters")
    weights = np.where(near.rows < 15, 0.25, near.weights)
    near = replace(near, weights=weights)
    values = rng.poisson(2, 30) * 1.0
    tails = tail_counts(values, near, permutations=150, seed=1)
    expected = by_loop(values, near, 150, 1)
    assert np.array_equal(np.array([tails.at_least, tails.at_most]), expected)


@pytest.mark.parametrize("uneven", [False, True])
def test_sums_that_should_tie_do(maps, uneven):
    # Tenths and thirds are no floats: 0.1 + 0.2 is not 0.3, nor is any sum in another order.
    rng = np.random.default_rng(2)
    near = maps.grid(6, 6)
    if uneven:
        near = replace(near, weights=np.where(near.others % 2, 1.0, 3.0))
    whole = rng.integers(0, 4, near.n)
    exact = tail_counts(whole * 1.0, near, permutations=2000, seed=1)
    for values in (whole * 0.1, whole / 3 - 7.1, (whole - whole.mean()) / whole.std()):
        tails = tail_counts(values, near, permutations=2000, seed=1)
        assert np.array_equal(tails.at_least, exact.at_least)
        assert np.array_equal(tails.at_most, exact.at_most)
    assert (exact.at_least + exact.at_most > 2000).any()


@pytest.mark.parametrize("weights", [None, "random"])
def test_chunks_and_threads_change_nothing(maps, weights):
    rng = np.random.default_rng(0)
    near = maps.random_neighbours(rng, 60, density=0.1, weights=weights)
    values = rng.normal(size=60)

    def counts(chunk):
        tails = tail_counts(values, near, permutations=30_000, seed=9, chunk=chunk)
        return tails.at_least.tolist(), tails.at_most.tolist()

    once = counts(None)
    assert counts(1) == counts(10_000) == once
    with ThreadPoolExecutor(4) as pool:
        assert all(found == once for found in pool.map(counts, [None, 1, 9000, 20_000]))


def test_memory_decides_nothing(maps, monkeypatch):
    near = maps.grid(6, 6)
    values = np.random.default_rng(0).normal(size=36)
    once = tail_counts(values, near, permutations=20_000, seed=1)
    monkeypatch.setattr(permutation, "_BUDGET", 1)
    again = tail_counts(values, near, permutations=20_000, seed=1)
    assert np.array_equal(once.at_least, again.at_least)


def test_kept_counts_are_of_the_same_question_only(maps):
    values, graph = np.arange(36.0) % 7, maps.grid(6, 6)
    other_graph = maps.random_neighbours(np.random.default_rng(0), 36, density=0.2)
    rows = replace(graph, weights=graph.weights / np.repeat(graph.degree, graph.degree))
    heavy = replace(graph, weights=graph.weights * (1 + np.arange(graph.weights.size) % 2))
    kept = KeptTails()
    first = tail_counts(values, graph, permutations=999, seed=1, kept=kept)
    # Row by row all neighbours weigh the same: another weight for each area asks nothing new.
    assert tail_counts(values, rows, permutations=999, seed=1, kept=kept) is first
    for other in (
        tail_counts(values[::-1].copy(), graph, permutations=999, seed=1, kept=kept),
        tail_counts(values, graph, permutations=998, seed=1, kept=kept),
        tail_counts(values, graph, permutations=999, seed=2, kept=kept),
        tail_counts(values, heavy, permutations=999, seed=1, kept=kept),
        tail_counts(values, other_graph, permutations=999, seed=1, kept=kept),
    ):
        assert other is not first
    again = tail_counts(values, graph, permutations=999, seed=1)
    assert again is not first
    assert np.array_equal(again.at_least, first.at_least)
    assert np.array_equal(
        tail_counts(values, rows, permutations=999, seed=1).at_most, first.at_most
    )


def test_the_seed_decides(maps):
    near = maps.grid(6, 6)
    values = np.random.default_rng(0).normal(size=36)
    first, again, other = (
        tail_counts(values, near, permutations=999, seed=seed).at_least for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("n", "size"), [(6, 3), (6, 6), (40, 4)])
def test_every_ordered_sample_is_equally_likely(n, size):
    count = 120_000
    orders = next(drawn_orders(n, size, count, seed=3))
    assert orders.shape == (size, count)
    assert ((orders >= 0) & (orders < n)).all()
    assert (np.diff(np.sort(orders, axis=0), axis=0) > 0).all()
    # Pairs of first and last place, on which any leaning of one draw to another would show.
    pairs = np.bincount(orders[0] * n + orders[-1], minlength=n * n).reshape(n, n)
    assert (np.diag(pairs) == 0).all()
    expected = count / (n * (n - 1))
    chi = ((pairs - expected) ** 2 / expected)[~np.eye(n, dtype=bool)].sum()
    free = n * (n - 1) - 1
    assert abs(chi - free) < 5 * np.sqrt(2 * free)


def slow_p(values, near, area, permutations, rng):
    """Two-sided p by shuffling the other areas' values with another generator."""
    others = [v for i, v in enumerate(values) if i != area]
    mine = near.others[near.starts[area] : near.starts[area + 1]]
    observed = round(sum(values[j] for j in mine), 9)
    above = below = 0
    for _ in range(permutations):
        rng.shuffle(others)
        permuted = round(sum(others[: len(mine)]), 9)
        above += permuted >= observed
        below += permuted <= observed
    return min(1, 2 * (min(above, below) + 1) / (permutations + 1))


@pytest.mark.promise
@pytest.mark.parametrize("kind", ["floats", "sparse"])
def test_p_values_are_a_slow_implementations_within_monte_carlo_error(maps, kind):
    """Permutation p-values are those of a slow plain implementation, within chance."""
    draw = np.random.default_rng(8)
    near = maps.grid(5, 5)
    values = draw.normal(size=25) if kind == "floats" else draw.poisson(0.5, 25) * 1.0
    ours = tail_counts(values, near, permutations=99_999, seed=1).p_values
    rng = random.Random(1)
    for area in range(0, 25, 3):
        slow = slow_p(values.tolist(), near, area, 4000, rng)
        error = 2 * np.sqrt(max(slow / 2, 1e-3) * (1 - slow / 2) / 4000)
        assert abs(ours[area] - slow) < 4.5 * error


@pytest.mark.promise
@pytest.mark.parametrize(("mean", "least"), [(0.1, 0), (0.3, 0), (5, 0.03), (50, 0.04)])
def test_share_flagged_is_never_above_nominal(maps, mean, least):
    """Where there is no pattern, no more areas are flagged than the level says."""
    rng = np.random.default_rng(int(mean * 10))
    near = maps.grid(12, 12)
    p = np.concatenate(
        [
            tail_counts(rng.poisson(mean, 144) * 1.0, near, permutations=999, seed=s).p_values
            for s in range(150)
        ]
    )
    # The areas of a map are not independent: five standard errors of the maps' shares.
    by_map = (p <= 0.05).reshape(150, 144).mean(axis=1)
    error = by_map.std() / np.sqrt(150)
    assert by_map.mean() <= 0.05 + 2 * error
    assert by_map.mean() >= least
    assert p.max() <= 1


@pytest.mark.promise
def test_values_all_alike_tie(maps):
    """Where all values are alike nothing is significant."""
    near = maps.grid(4, 4)
    assert (
        tail_counts(np.full(16, 0.1), near, permutations=99, seed=1).p_values.tolist() == [1] * 16
    )
    uneven = replace(near, weights=np.where(near.others % 2, 1.0, 3.0))
    assert (
        tail_counts(np.full(16, 0.1), uneven, permutations=99, seed=1).p_values.tolist() == [1] * 16
    )


def test_islands_tie_with_everything(maps):
    near = maps.random_neighbours(np.random.default_rng(0), 12, islands=2)
    tails = tail_counts(np.arange(12.0), near, permutations=99, seed=1)
    assert tails.p_values[-2:].tolist() == [1, 1]
    alone = near.among(np.arange(12) >= 10)
    assert tail_counts(np.arange(2.0), alone, permutations=99, seed=1).p_values.tolist() == [1, 1]


def test_two_sided_p():
    assert two_sided_p(np.array([0, 999]), np.array([999, 999]), 999).tolist() == [0.002, 1]


def test_too_few_permutations(maps):
    with pytest.raises(InputError, match="9 permutations are too few for a p-value"):
        tail_counts(np.arange(16.0), maps.grid(4, 4), permutations=9, seed=1)
