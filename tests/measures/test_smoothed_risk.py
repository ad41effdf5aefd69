"""Smoothed risks: against a sampler's figures, against dense algebra, on maps that have little."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sample_smoothed_risk import MAPS

import vawg_geo
from vawg_geo.errors import InputError
from vawg_geo.measures.risk.field import build_field
from vawg_geo.measures.risk.fit import Events, fit_log_risks, variances
from vawg_geo.measures.risk.inverse import Inverse, factored
from vawg_geo.measures.risk.lattice import Density, likely_points
from vawg_geo.terms.graph import Neighbours


def joined(n, pairs):
    """Neighbours of n areas, each pair given once."""
    both = np.array([*pairs, *((j, i) for i, j in pairs)], dtype=np.int64).reshape(-1, 2)
    return Neighbours.from_pairs(tuple(range(n)), both[:, 0], both[:, 1])


def line(n):
    return joined(n, [(i, i + 1) for i in range(n - 1)])


def dense_covariance(near, sigma, phi):
    """Covariance of x from the pseudo-inverse of each part's Laplacian."""
    touch = np.zeros((near.n, near.n))
    touch[near.rows, near.others] = 1
    reach = np.linalg.matrix_power(touch + np.eye(near.n), near.n) > 0
    spatial = np.zeros_like(touch)
    for i in range(near.n):
        part = np.flatnonzero(reach[i])
        if part[0] == i and part.size > 1:
            inverse = np.linalg.pinv(_laplacian(touch, part))
            spatial[np.ix_(part, part)] = inverse / np.exp(np.log(np.diag(inverse)).mean())
    own = np.where(touch.any(axis=1), 1 - phi, 1.0)
    return sigma**2 * (phi * spatial + np.diag(own))


def _laplacian(touch, part):
    block = touch[np.ix_(part, part)]
    return np.diag(block.sum(axis=1)) - block


def dense_fit(counts, expected, covariance):
    """Mode, variances and log evidence with b0 integrated over, by matrices in full."""
    precision = np.linalg.inv(covariance)
    ones = precision.sum(axis=1)
    flat = precision - np.outer(ones, ones) / ones.sum()
    eta = np.log((counts + 0.5) / (expected + 0.5))
    for _ in range(60):
        weight = expected * np.exp(eta)
        eta = np.linalg.solve(flat + np.diag(weight), weight * eta + counts - weight)
    weight = expected * np.exp(eta)
    hessian = flat + np.diag(weight)
    evidence = (counts * eta - weight).sum() - 0.5 * (
        eta @ flat @ eta
        + np.linalg.slogdet(covariance)[1]
        + np.log(ones.sum())
        + np.linalg.slogdet(hessian)[1]
    )
    return eta, np.diag(np.linalg.inv(hessian)), evidence


@pytest.fixture
def uneven(maps):
    """Two parts, a pair and an island, with counts."""
    rng = np.random.default_rng(4)
    square = maps.grid(4, 5, kind="rook")
    pairs = [(int(i), int(j)) for i, j in zip(square.rows, square.others, strict=True) if i < j]
    near = joined(23, [*pairs, (20, 21)])
    expected = rng.gamma(3, 3, 23)
    return near, rng.poisson(expected * rng.gamma(4, 0.25, 23)).astype(float), expected


@pytest.mark.promise
@pytest.mark.parametrize("name", MAPS)
def test_it_is_what_a_sampler_finds(root, name):
    """The smoothed risk of Scottish lip cancer, of wards and of a sparse map is within 2 % of an
    independent sampler's, the probability within 0.02.
    """
    table = pd.read_csv(root / "docs" / "smoothed_risk.csv", keep_default_na=False)
    rows = table[table["map"] == name].reset_index(drop=True)
    made = MAPS[name][0]()
    assert rows["count"].tolist() == made[0].tolist()
    assert rows["expected"].to_numpy() == pytest.approx(made[1], abs=1e-4)
    pairs = [
        (i, int(other) - 1)
        for i, others in enumerate(rows["neighbours"].astype(str))
        for other in others.split()
        if int(other) - 1 > i
    ]
    found = vawg_geo.smoothed_risk(rows["count"], rows["expected"], joined(len(rows), pairs)).areas
    assert rows["standard_error"].max() < 0.004
    assert found["risk"].to_numpy() == pytest.approx(rows["sampled_risk"], rel=0.02)
    assert found["probability"].to_numpy() == pytest.approx(rows["sampled_probability"], abs=0.02)
    for end in ("lower", "upper"):
        assert found[end].to_numpy() == pytest.approx(rows[f"sampled_{end}"], rel=0.05, abs=0.01)


@pytest.mark.parametrize(("sigma", "phi"), [(0.6, 0.8), (0.05, 0.5), (1.5, 0.02), (0.3, 0.999)])
def test_a_fit_is_that_of_dense_algebra(uneven, sigma, phi):
    near, counts, expected = uneven
    field = build_field(near, has_count=np.ones(near.n, dtype=bool))
    events = Events(counts, expected)
    fit = fit_log_risks(events, field, sigma=sigma, phi=phi)
    eta, variance, evidence = dense_fit(counts, expected, dense_covariance(near, sigma, phi))
    assert fit.eta == pytest.approx(eta, abs=1e-7)
    assert variances([fit], field)[:, 0] == pytest.approx(variance, rel=1e-5)
    # The evidence lacks a constant of the map: two fits differ by the same.
    other = fit_log_risks(events, field, sigma=0.4, phi=0.4)
    there = dense_fit(counts, expected, dense_covariance(near, 0.4, 0.4))[2]
    assert fit.evidence - other.evidence == pytest.approx(evidence - there, abs=1e-4)


def test_the_field_is_scaled_by_part(uneven):
    near = uneven[0]
    field = build_field(near, has_count=np.ones(near.n, dtype=bool))
    assert field.at.tolist() == list(range(22))
    for number in (0, 1):
        part = field.part == number
        block = field.precision.toarray()[np.ix_(part, part)]
        assert block.sum(axis=0) == pytest.approx(0, abs=1e-12)
        assert np.log(np.diag(np.linalg.pinv(block))).mean() == pytest.approx(0, abs=1e-10)


def test_diagonals_of_inverses(maps):
    from scipy.sparse import csc_array

    rng = np.random.default_rng(2)
    near = maps.random_neighbours(rng, 60, density=0.06)
    matrices = []
    for _ in range(3):
        dense = np.zeros((60, 60))
        dense[near.rows, near.others] = -1
        dense = np.minimum(dense, dense.T)
        dense[np.arange(60), np.arange(60)] = -dense.sum(axis=1) + rng.gamma(2, 0.1, 60)
        matrices.append(dense)
    sparse = [csc_array(dense) for dense in matrices]
    found = Inverse.of(sparse[0]).diagonals([factored(matrix) for matrix in sparse])
    for n, dense in enumerate(matrices):
        assert found[:, n] == pytest.approx(np.diag(np.linalg.inv(dense)), rel=1e-10)


def test_a_lattice_finds_a_crooked_density():
    def log_density(at):
        return -np.logaddexp(0, 4 * at[0] - 8) - np.exp(-at[0]) - (at[1] - at[0]) ** 2, at

    points, shares = likely_points(Density(log_density), np.zeros(2), spacing=0.5)
    side = np.linspace(-8, 12, 801)
    weight = np.exp([log_density(np.array([x, x]))[0] for x in side])
    assert shares @ np.array(points)[:, 0] == pytest.approx(side @ weight / weight.sum(), abs=0.05)


def test_events_are_kept(uneven):
    """A level that the prior leaves free gives the map back its events, to the lattice's edge."""
    near, counts, expected = uneven
    found = vawg_geo.smoothed_risk(counts, expected, near).areas
    assert expected @ found["risk"] == pytest.approx(counts.sum(), rel=2e-3)


def test_the_order_of_the_areas_is_nothing(uneven):
    near, counts, expected = uneven
    order = np.random.default_rng(1).permutation(near.n)
    turned = vawg_geo.smoothed_risk(
        pd.Series(counts[order], index=order), expected[order], near.reordered(order)
    )
    straight = vawg_geo.smoothed_risk(counts, expected, near)
    assert turned.areas.loc[range(near.n)].to_numpy() == pytest.approx(
        straight.areas.to_numpy(), abs=1e-4
    )
    assert turned.mixing.mean == pytest.approx(straight.mixing.mean, abs=1e-3)


def test_a_threshold_and_limits(uneven):
    near, counts, expected = uneven
    plain = vawg_geo.smoothed_risk(counts, expected, near)
    high = vawg_geo.smoothed_risk(counts, expected, near, threshold=1.5, confidence=0.8)
    assert (high.areas["probability"] < plain.areas["probability"]).all()
    assert (high.areas["lower"] > plain.areas["lower"]).all()
    assert (high.areas["upper"] < plain.areas["upper"]).all()
    # What lies above a limit of 95 % is 2.5 %.
    edge = vawg_geo.smoothed_risk(counts, expected, near, threshold=plain.areas["upper"].iloc[0])
    assert edge.areas["probability"].iloc[0] == pytest.approx(0.025, abs=5e-4)


def test_a_missing_count_is_not_zero_and_lends_nothing():
    near = line(6)
    expected = np.full(6, 20.0)
    found = vawg_geo.smoothed_risk([40, 35, np.nan, 38, 5, 4], expected, near).areas
    assert found.isna().all(axis=1).tolist() == [False, False, True, False, False, False]
    zero = vawg_geo.smoothed_risk([40, 35, 0, 38, 5, 4], expected, near).areas
    assert zero["risk"].iloc[1] < found["risk"].iloc[1]
    # It is still between its neighbours: without it they would not lean on each other.
    whatever = vawg_geo.smoothed_risk(
        [40, 35, np.nan, 38, 5, 4], np.where(np.arange(6) == 2, 999.0, 20.0), near
    ).areas
    pd.testing.assert_frame_equal(found, whatever)


def test_where_nothing_is_expected_there_is_no_risk():
    found = vawg_geo.smoothed_risk([10, 0, 20, 5], [15, 0, 15, 15], line(4)).areas
    assert found["risk"].isna().tolist() == [False, True, False, False]
    with pytest.raises(
        InputError, match=r"1 of 4 areas have events where none are expected.*1 \(2"
    ):
        vawg_geo.smoothed_risk([10, 2, 20, 5], [15, 0, 15, 15], line(4))


def test_one_area_has_its_own_risk():
    found = vawg_geo.smoothed_risk([3], [2.0], joined(1, []))
    assert found.areas["risk"].iloc[0] == pytest.approx(1.5, rel=2e-3)
    assert np.isnan(found.mixing.mean)


def test_without_neighbours_areas_lean_on_the_whole_alone():
    found = vawg_geo.smoothed_risk([10, 30, 20, 5, 7], [15.0] * 5, joined(5, []))
    assert np.isnan(found.mixing.mean)
    ratio = np.array([10, 30, 20, 5, 7]) / 15
    risk = found.areas["risk"].to_numpy()
    assert (np.abs(risk - 0.96) < np.abs(ratio - 0.96)).all()


def test_a_part_of_the_map_without_a_count_is_left_out():
    near = joined(7, [(0, 1), (2, 3), (3, 4), (5, 6)])
    counts = [10, 3, 20, 5, 7, np.nan, np.nan]
    found = vawg_geo.smoothed_risk(counts, [8.0] * 7, near)
    smaller = vawg_geo.smoothed_risk(counts[:5], [8.0] * 5, joined(5, [(0, 1), (2, 3), (3, 4)]))
    assert found.areas.iloc[:5].to_numpy() == pytest.approx(smaller.areas.to_numpy(), abs=1e-6)


def test_a_huge_count_keeps_its_ratio():
    found = vawg_geo.smoothed_risk([10, 10**7, 20, 5], [15, 9e6, 15, 15], line(4)).areas
    assert found["risk"].iloc[1] == pytest.approx(10 / 9, rel=1e-5)
    assert found["probability"].iloc[1] == pytest.approx(1)


def test_equal_ratios_are_smoothed_to_one():
    found = vawg_geo.smoothed_risk([10] * 30, [10.0] * 30, line(30))
    assert found.areas["risk"].to_numpy() == pytest.approx(1, abs=0.01)
    assert found.sigma.mean < 0.1
    assert found.effective < 4


@pytest.mark.parametrize(
    ("counts", "expected", "options", "message"),
    [
        ([0, 0, 0], [1, 1, 1], {}, "3 of 3 areas have a count .* no event"),
        ([np.nan] * 3, [1, 1, 1], {}, "0 of 3 areas have a count"),
        ([1, -2, 3], [1, 1, 1], {}, r"1 of 3 areas have a negative count.*1 \(-2\)"),
        ([1, 2, 3], [1, -1, 1], {}, "have a negative expected number"),
        ([1, 2], [1, 1], {}, "2 counts for 3 areas"),
        ([1, 2, 3], [1, 1, 1], {"threshold": 0}, "threshold must be a relative risk above 0"),
        ([1, 2, 3], [1, 1, 1], {"confidence": 1}, "confidence must lie between 0 and 1"),
    ],
)
def test_what_it_refuses(counts, expected, options, message):
    with pytest.raises(InputError, match=message):
        vawg_geo.smoothed_risk(counts, expected, line(3), **options)
