"""Global statistics against published values, esda and a plain shuffle."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import up_to
from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.autocorrelation import geary, getis_ord_general, global_moran
from vawg_geo.terms.graph import Neighbours

MEASURES = [global_moran, geary, getis_ord_general]


@pytest.fixture(scope="module")
def columbus():
    """Crime of the 49 neighbourhoods of Columbus with libpysal's own neighbours."""
    import libpysal
    from libpysal.graph import Graph

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        crime = libpysal.io.open(libpysal.examples.get_path("columbus.dbf")).by_col("CRIME")
        graph = Graph.from_W(libpysal.io.open(libpysal.examples.get_path("columbus.gal")).read())
    # The Graph sorts the names of areas as text; the table is in the order of the numbers.
    return pd.Series(crime, index=[str(i + 1) for i in range(49)]).reindex(graph.unique_ids), graph


@pytest.mark.promise
def test_columbus(columbus):
    """Global statistics of Columbus are the published ones to the printed digit."""
    moran = global_moran(*columbus)
    assert moran.statistic == pytest.approx(0.5001885571828611, abs=1e-14)
    assert moran.z_random == pytest.approx(5.58938267504451, abs=1e-12)
    assert moran.p_permutation <= 0.001
    assert geary(*columbus).statistic == pytest.approx(0.5405282027020684, abs=1e-14)


@pytest.mark.promise
@pytest.mark.shared
def test_eb_moran_of_north_carolina(shared):
    """Moran's I of rates in North Carolina is the published one."""
    import pyogrio

    table = pyogrio.read_dataframe(shared / "reference" / "sids.gpkg", read_geometry=False)
    lines = (shared / "reference" / "ncCC89.gal").read_text("ascii").split("\n")[1:]
    around = {
        int(head.split()[0]): [int(word) for word in line.split()]
        for head, line in zip(lines[0::2], lines[1::2], strict=False)
        if head
    }
    ids = tuple(table["FIPSNO"].astype(int))
    place = {name: i for i, name in enumerate(ids)}
    pairs = [(place[a], place[b]) for a, others in around.items() for b in others]
    first, second = np.array(pairs).T
    near = Neighbours.from_pairs(ids, first, second)
    found = global_moran(
        table["SID74"].to_numpy(), near, population=table["BIR74"].to_numpy(), transform="b"
    )
    assert round(found.statistic, 5) == 0.25789
    assert found.n == 100
    assert len(found.islands) == 2


@pytest.mark.promise
def test_getis_ord_sample():
    """The general G of the published sample is met to the printed digit."""
    # Six points of the example that libraries share, joined within 15 of each other.
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)])
    values = [2, 3, 3.2, 5, 8, 7]
    apart = np.hypot(*(points[:, None] - points).T)
    first, second = np.nonzero((apart <= 15) & (apart > 0))
    near = Neighbours.from_pairs(tuple(range(6)), first, second)
    found = getis_ord_general(values, near, min_areas=6)
    assert round(found.statistic, 8) == 0.55709779
    assert found.p_random / 2 == pytest.approx(0.1729, abs=5e-5)
    with pytest.raises(InputError, match=r"6 of 6 areas have a value. A pattern needs at least 10"):
        getis_ord_general(values, near)


@pytest.mark.promise
@up_to(25)
@given(
    seed=st.integers(0, 2**32),
    transform=st.sampled_from(["r", "b"]),
    weights=st.sampled_from([None, "random"]),
    islands=st.integers(0, 2),
)
def test_equal_to_esda(maps, seed, transform, weights, islands):
    """Global statistics are equal to esda's to ten digits."""
    from esda import G, Geary, Moran

    rng = np.random.default_rng(seed)
    n = int(rng.integers(10, 50))
    near = maps.random_neighbours(rng, n, weights=weights, islands=islands)
    graph, y = near.to_graph(), rng.gamma(2, 3, n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [
            Moran(y, graph, transformation=transform, permutations=0),
            G(y, graph, permutations=0),
            # esda 2.9 cannot take areas without neighbours here.
            None if islands else Geary(y, graph, transformation=transform, permutations=0),
        ]
    options = {"permutations": 99, "transform": transform}
    moran, c = global_moran(y, graph, **options), geary(y, near, **options)
    g = getis_ord_general(y, graph, permutations=99)
    close = {"rel": 1e-10, "abs": 1e-10}
    m = theirs[0]
    assert moran.statistic == pytest.approx(m.I, **close)
    assert (moran.expected, moran.variance_random, moran.variance_normal) == pytest.approx(
        (m.EI, m.VI_rand, m.VI_norm), **close
    )
    assert (moran.z_random, moran.z_normal) == pytest.approx((m.z_rand, m.z_norm), rel=1e-8)
    assert (moran.p_random, moran.p_normal) == pytest.approx((m.p_rand, m.p_norm), rel=1e-7)
    if (m := theirs[2]) is not None:
        assert c.statistic == pytest.approx(m.C, **close)
        assert (c.variance_random, c.variance_normal) == pytest.approx(
            (m.VC_rand, m.VC_norm), **close
        )
        assert (c.p_random / 2, c.p_normal / 2) == pytest.approx((m.p_rand, m.p_norm), rel=1e-7)
    m = theirs[1]
    assert (g.statistic, g.expected) == pytest.approx((m.G, m.EG), **close)
    assert g.variance_random == pytest.approx(m.VG, rel=1e-7)
    assert np.isnan(g.variance_normal)


@pytest.mark.parametrize("measure", MEASURES)
def test_permutation_p_is_that_of_a_plain_shuffle(maps, measure):
    rng = np.random.default_rng(4)
    near = maps.grid(4, 4)
    y = rng.poisson(1.5, 16) * 1.0
    found = measure(y, near, permutations=9999)
    shuffled = [measure(rng.permutation(y), near, permutations=99).statistic for _ in range(800)]
    above = np.mean(np.array(shuffled) >= found.statistic - 1e-9)
    below = np.mean(np.array(shuffled) <= found.statistic + 1e-9)
    expected = min(1, 2 * min(above, below))
    error = 2 * np.sqrt(expected / 2 * (1 - expected / 2) / 800)
    assert 0.02 < expected < 0.9
    assert abs(found.p_permutation - expected) < 4.5 * error


@pytest.mark.parametrize("measure", MEASURES)
def test_shuffled_rows_change_nothing(maps, measure):
    rng = np.random.default_rng(1)
    near = maps.random_neighbours(rng, 40, weights="random")
    y = pd.Series(rng.gamma(2, 1, 40), index=list(near.ids))
    order = rng.permutation(40)
    back = np.argsort(order)
    moved = Neighbours.from_pairs(
        tuple(near.ids[i] for i in order),
        back[near.rows],
        back[near.others],
        weights=near.weights,
    )
    once = measure(y, near, permutations=999)
    again = measure(y.iloc[order], moved, permutations=999)
    assert again.statistic == pytest.approx(once.statistic, abs=1e-13)
    assert again.variance_random == pytest.approx(once.variance_random, rel=1e-10)


@pytest.mark.parametrize("measure", MEASURES)
def test_values_that_are_not_there(maps, measure):
    rng = np.random.default_rng(2)
    near = maps.grid(5, 5)
    y = pd.Series(rng.integers(1, 9, 25), dtype="Int64")
    y[[3, 11]] = pd.NA
    found = measure(y, near, permutations=99)
    some = y.notna().to_numpy()
    alone = measure(y[some].to_numpy(), near.among(some), permutations=99)
    assert found.left_out == (3, 11)
    assert found.n == 23
    assert (found.statistic, found.p_permutation) == (alone.statistic, alone.p_permutation)
    zero = measure(y.fillna(0), near, permutations=99)
    assert (found.statistic, found.expected) != (zero.statistic, zero.expected)


def test_rates_are_standardised(maps):
    from esda.moran import Moran_Rate

    rng = np.random.default_rng(3)
    near = maps.grid(6, 6)
    people = rng.integers(500, 5000, 36)
    counts = rng.poisson(people * 0.02 * rng.gamma(4, 0.25, 36))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Moran_Rate(counts, people, near.to_graph(), permutations=0)
    ours = global_moran(counts, near, population=people, permutations=99)
    assert ours.statistic == pytest.approx(theirs.I, abs=1e-10)
    assert 0 < getis_ord_general(counts, near, population=people, permutations=99).statistic < 1


@pytest.mark.parametrize("measure", MEASURES)
def test_nothing_to_find(maps, measure):
    near = maps.grid(4, 4)
    for values, people in (
        (np.full(16, 0.3), None),
        (np.zeros(16), None),
        (np.zeros(16), np.arange(1, 17)),
    ):
        found = measure(values, near, population=people, permutations=99)
        assert np.isnan(found.statistic)
        assert (found.p_permutation, found.p_random, found.p_normal) == (1, 1, 1)
    one = np.zeros(16)
    one[5] = 3
    assert getis_ord_general(one, near, permutations=99).p_permutation == 1


def test_seed_and_count_decide_p(maps):
    near = maps.grid(6, 6)
    y = np.random.default_rng(0).normal(size=36)
    p = [global_moran(y, near, permutations=500, seed=seed).p_permutation for seed in (1, 1, 2)]
    assert p[0] == p[1] != p[2]


def test_says_what_it_used(maps):
    near = maps.random_neighbours(np.random.default_rng(0), 15, islands=1)
    found = global_moran(np.arange(15), near, permutations=199, seed=7)
    assert found.islands == (near.ids[-1],)
    assert (found.permutations, found.seed, found.weights) == (199, 7, "given, r")


@pytest.mark.parametrize("measure", MEASURES)
def test_refusals(maps, measure):
    near = maps.grid(4, 4)
    y = pd.Series(np.arange(16.0))
    with pytest.raises(
        InputError,
        match="16 of 16 values stand in another order than the neighbours; first: row 1 is 15, not 0",
    ):
        measure(y[::-1], near)
    with pytest.raises(
        InputError,
        match="there are 15 values for 16 areas of the neighbours; first that only one has: 0",
    ):
        measure(y[1:], near)
    with pytest.raises(InputError, match="9 of 16 areas have a value; first without: 0"):
        measure(y.where(y > 6), near)
    with pytest.raises(InputError, match="none of the 16 areas with a value has a neighbour"):
        measure(y, Neighbours.from_pairs(near.ids, np.array([], int), np.array([], int)))
    with pytest.raises(InputError, match="5 permutations are too few"):
        measure(y, near, permutations=5)
    with pytest.raises(
        InputError, match=r"1 of 16 areas have a count but no positive population; first: 3 \(nan\)"
    ):
        measure(y, near, population=y.where(y != 3, np.nan) + 1)


def test_refusals_of_one(maps):
    near = maps.grid(4, 4)
    with pytest.raises(InputError, match=r"'x' is no transformation of weights. Choose r or b"):
        global_moran(np.arange(16), near, transform="x")
    with pytest.raises(InputError, match=r"2 of 16 values are negative; first: 0 \(-2\)"):
        getis_ord_general(np.arange(16) - 2, near)
    bad = near.weights.copy()
    bad[4] = -1
    with pytest.raises(
        InputError, match=r"1 of 84 weights are negative or no number; first: 1 to 2 \(-1\)"
    ):
        global_moran(np.arange(16), Neighbours(near.ids, near.starts, near.others, bad))
