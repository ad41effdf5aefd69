"""Local statistics against esda, definitions, and maps where nothing or something is."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import up_to
from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.patterns.local import getis_ord, local_moran
from vawg_geo.measures.patterns.permutation import default_permutations, permutations_needed
from vawg_geo.measures.rates.smoothing import assuncao_reis
from vawg_geo.terms.graph import Neighbours

BOTH = [local_moran, getis_ord]
FEW = {"permutations": 99}


@pytest.mark.promise
@up_to(25)
@given(
    seed=st.integers(0, 2**32),
    weights=st.sampled_from([None, "random"]),
    islands=st.integers(0, 2),
)
def test_equal_to_esda(maps, seed, weights, islands):
    """Local statistics are equal to esda's to ten digits, and islands are called so."""
    from esda import G_Local, Moran_Local

    rng = np.random.default_rng(seed)
    n = int(rng.integers(10, 50))
    near = maps.random_neighbours(rng, n, density=0.1, weights=weights, islands=islands)
    graph, y = near.to_graph(), rng.gamma(2, 3, n)
    held = near.degree > 0
    exact = {"rel": 1e-10, "abs": 1e-10}

    def compare(ours, theirs, what):
        assert ours[what][held].to_numpy() == pytest.approx(theirs[held], **exact)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for transform in ("r", "b"):
            theirs = Moran_Local(y, graph, transformation=transform, permutations=0)
            ours = local_moran(y, graph, weighting=transform, **FEW)
            compare(ours, theirs.Is, "value")
            assert (ours["quadrant"][held] == theirs.q[held]).all()
            for star in (True, False):
                theirs = G_Local(y, graph, transform=transform, star=star, permutations=0)
                ours = getis_ord(y, near, weighting=transform, star=star, **FEW)
                compare(ours, theirs.Gs, "value")
                if transform == "b":
                    compare(ours, theirs.Zs, "z")
    assert (ours["cluster"][~held] == "island").all()


def every_p(values, near, area, alternative):
    """P-value of an area by all ways to choose its neighbours' values, ties against the finding."""
    mine = near.others[near.rows == area]
    others = np.delete(values, area)
    sums = np.array(
        [others[list(some)].sum() for some in combinations(range(others.size), mine.size)]
    )
    upper = (sums >= values[mine].sum() - 1e-9).mean()
    lower = (sums <= values[mine].sum() + 1e-9).mean()
    return upper if alternative == "high" else min(1.0, 2 * min(upper, lower))


@pytest.mark.promise
@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize("alternative", ["two-sided", "high"])
def test_p_values_are_those_of_full_enumeration(maps, measure, alternative):
    """P-values in both directions, and of high neighbours alone, are those of all shuffles there
    are.

    Seen to fail where the lower tail stood for the upper.
    """
    rng = np.random.default_rng(8)
    near = maps.grid(3, 4)
    values = rng.integers(0, 6, 12).astype(float)
    found = measure(values, near, alternative=alternative)["p_value"]
    exact = [every_p(values, near, area, alternative) for area in range(12)]
    # An area at the mean is not tested by local Moran.
    tied = np.isclose(values, values.mean()) & (measure is local_moran)
    np.testing.assert_allclose(found[~tied], np.array(exact)[~tied], atol=0.006)


@pytest.mark.parametrize("measure", BOTH)
def test_high_calls_no_area_for_its_low_neighbours(maps, measure):
    y, near, cells = planted(maps)
    both, high = measure(y, near), measure(y, near, alternative="high")
    assert set(both["cluster"]) & {"low-low", "high-low", "cold"}
    assert not set(high["cluster"]) & {"low-low", "high-low", "cold"}
    assert high["cluster"].iloc[cells["inside"]] in {"high-high", "hot"}
    assert high["p_value"].iloc[cells["inside"]] == both["p_value"].iloc[cells["inside"]] / 2
    assert high["p_value"].iloc[cells["low"]] > 0.99
    assert high["alternative"].unique().tolist() == ["high"]


@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize("weighting", ["r", "b"])
def test_transformed_rates_are_those_of_esda_and_scipy(maps, measure, weighting):
    from esda.smoothing import Empirical_Bayes, assuncao_rate
    from scipy.stats import norm, rankdata

    rng = np.random.default_rng(3)
    near = maps.grid(6, 6)
    people = rng.integers(500, 5000, 36)
    counts = rng.poisson(people * 0.02 * rng.gamma(4, 0.25, 36))
    shrunk = Empirical_Bayes(counts, people).r.ravel()
    scores = norm.ppf(rankdata(assuncao_rate(counts, people)) / 37)
    options = {"weighting": weighting, **FEW}
    for name, values in (("log-eb", np.log(shrunk)), ("rank", scores)):
        ours = measure(counts, near, population=people, transform=name, **options)
        theirs = measure(values, near, **options)
        np.testing.assert_allclose(ours["z"], theirs["z"], atol=1e-9)
        assert ours["p_value"].tolist() == theirs["p_value"].tolist()
        assert ours["transform"].unique().tolist() == [name]
        if measure is local_moran:
            np.testing.assert_allclose(ours["value"], theirs["value"], atol=1e-9)
    plain = measure(counts.astype(float), near, transform="rank", **options)
    by_hand = norm.ppf(rankdata(counts) / 37)
    np.testing.assert_allclose(plain["z"], measure(by_hand, near, **options)["z"], atol=1e-9)
    assert plain["value"].notna().all()


@pytest.mark.parametrize("measure", BOTH)
def test_logarithms_of_rates_that_differ_by_chance_alone_or_not_at_all(maps, measure):
    near, people = maps.grid(4, 4), np.full(16, 1000.0)
    options = {"population": people, "transform": "log-eb", **FEW}
    for counts in (np.full(16, 7.0), np.zeros(16), np.tile([7.0, 8.0], 8)):
        frame = measure(counts, near, **options)
        assert (frame["reason"] == "no more than chance").all()
        assert (frame["p_value"] == 1).all()
        assert (frame["cluster"] == "not_significant").all()
    one = np.r_[0.0, np.tile([2.0, 40.0, 5.0], 5)]
    huge = np.r_[1e17, people[1:]]
    frame = measure(one, near, population=huge, transform="log-eb", **FEW)
    assert np.isfinite(frame[["value", "z", "p_value"]].to_numpy(float)).all()


@pytest.mark.parametrize("measure", BOTH)
def test_missing_and_hidden_stay_so_when_transformed(maps, measure):
    near, people = maps.grid(4, 4), np.full(16, 1000.0)
    counts = np.random.default_rng(1).poisson(20, 16).astype(float)
    counts[3] = np.nan
    status = ["value"] * 16
    status[5], counts[7] = "suppressed", 0.0
    for name in ("log-eb", "rank"):
        frame = measure(counts, near, population=people, status=status, transform=name, **FEW)
        assert frame["reason"][[3, 5]].tolist() == ["missing", "suppressed"]
        assert frame["p_value"][[3, 5]].isna().all()
        assert frame["p_value"].drop([3, 5]).notna().all()


@pytest.mark.promise
@pytest.mark.parametrize("alternative", ["two-sided", "high"])
@pytest.mark.parametrize("correction", ["bh", "bonferroni", "none"])
@pytest.mark.parametrize("areas", [10, 144, 326, 7681, 34_753])
def test_permutations_that_one_area_alone_needs(areas, correction, alternative):
    """The number of permutations that is said to be needed lets one area alone pass the correction,
    and one fewer does not.
    """
    tails = 2 if alternative == "two-sided" else 1
    for alpha in (0.1, 0.05, 0.01, 0.001):
        test = {"alpha": alpha, "correction": correction, "alternative": alternative}
        needed = permutations_needed(areas, **test)
        smallest = [
            adjust_p_values([tails / (n + 1), *[1.0] * (areas - 1)], method=correction).min()
            for n in (needed - 1, needed)
        ]
        assert smallest[0] > alpha >= smallest[1]
        assert default_permutations(areas, **test) == max(99_999, needed)


def test_permutations_of_maps_of_wards():
    assert [permutations_needed(n) for n in (144, 326, 7681)] == [5_759, 13_039, 307_239]


def test_the_default_grows_with_the_areas(maps):
    few = maps.grid(6, 6)
    found = local_moran(np.arange(36.0), few)
    assert found["permutations"].unique().tolist() == [99_999]
    assert found["permutations_needed"].unique().tolist() == [2 * 36 * 20 - 1]
    many = maps.grid(51, 51)
    values = np.random.default_rng(0).normal(size=many.n)
    assert getis_ord(values, many)["permutations"].unique().tolist() == [2 * 2601 * 20 - 1]
    one_sided = getis_ord(values, many, alternative="high")
    assert one_sided["permutations"].unique().tolist() == [99_999]


@pytest.mark.parametrize("measure", BOTH)
def test_r_and_b_still_mean_the_weights(maps, measure):
    y, near, _ = planted(maps)
    for name in ("r", "b"):
        old, new = measure(y, near, transform=name, **FEW), measure(y, near, weighting=name, **FEW)
        assert old["value"].tolist() == new["value"].tolist()
        assert old["transform"].unique().tolist() == ["none"]


@pytest.mark.parametrize("measure", BOTH)
def test_refusals_of_alternatives_and_transforms(maps, measure):
    near, y = maps.grid(4, 4), np.arange(16.0)
    with pytest.raises(InputError, match=r"'hihg' is no alternative. Did you mean 'high'"):
        measure(y, near, alternative="hihg")
    with pytest.raises(InputError, match=r"'logs' is no transformation of values"):
        measure(y, near, transform="logs")
    with pytest.raises(InputError, match="give counts with their population"):
        measure(y, near, transform="log-eb")


def test_scores_are_those_of_the_shuffles(maps):
    rng = np.random.default_rng(1)
    near = maps.random_neighbours(rng, 15, weights="random")
    y = rng.gamma(1, 1, 15)
    moran, gi = local_moran(y, near, **FEW), getis_ord(y, near, star=False, weighting="r", **FEW)
    for area in (0, 4, 9):
        mine = slice(near.starts[area], near.starts[area + 1])
        weights = near.weights[mine] / near.weights[mine].sum()
        others = np.delete(y, area)
        lags = np.array([weights @ rng.permutation(others)[: weights.size] for _ in range(20_000)])
        z = (weights @ y[near.others[mine]] - lags.mean()) / lags.std()
        assert gi["z"].iloc[area] == pytest.approx(z, abs=0.05)
        assert moran["z"].iloc[area] == pytest.approx(z * np.sign(y[area] - y.mean()), abs=0.05)


def test_rates_are_standardised(maps):
    from esda.moran import Moran_Local_Rate

    rng = np.random.default_rng(3)
    near = maps.grid(6, 6)
    people = rng.integers(500, 5000, 36)
    counts = rng.poisson(people * 0.02 * rng.gamma(4, 0.25, 36))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Moran_Local_Rate(counts, people, near.to_graph(), permutations=0)
    ours = local_moran(counts, near, population=people, **FEW)
    assert ours["value"].to_numpy() == pytest.approx(theirs.Is, abs=1e-10)
    z = assuncao_reis(counts, people)["z"].to_numpy()
    hot = getis_ord(counts, near, population=people, **FEW)
    for area in (0, 7, 20):
        assert hot["value"][area] == pytest.approx(z[[area, *near.of(area)]].mean())
    on_z = getis_ord(z, near, **FEW)
    assert hot["z"].to_numpy() == pytest.approx(on_z["z"].to_numpy())
    assert hot["p_value"].tolist() == on_z["p_value"].tolist()


def planted(maps):
    """A grid with a high block, a low block and one high cell amid the low."""
    rng = np.random.default_rng(0)
    near = maps.grid(14, 14)
    y = rng.normal(50, 3, (14, 14))
    y[:4, :4] += 40
    y[9:, 9:] -= 40
    y[11, 11] = 100
    return y.ravel(), near, {"inside": 15, "low": 10 * 14 + 10, "outlier": 11 * 14 + 11}


def test_what_is_there_is_found(maps):
    y, near, cells = planted(maps)
    moran = local_moran(y, near)["cluster"]
    assert moran[cells["inside"]] == "high-high"
    assert moran[cells["low"]] == "low-low"
    assert moran[cells["outlier"]] == "high-low"
    assert set(moran) >= {"high-high", "low-low", "high-low", "not_significant"}
    hot = getis_ord(y, near)["cluster"]
    assert hot[cells["inside"]] == "hot"
    assert hot[cells["low"]] == "cold"
    assert (hot == "not_significant").mean() > 0.5
    assert getis_ord(y, near, star=False)["cluster"][cells["outlier"]] == "cold"
    mirrored = local_moran(100 - y, near)["cluster"]
    assert mirrored[cells["outlier"]] == "low-high"


def test_a_high_area_amid_low_ones_is_not_called_hot(maps):
    y, near, cells = planted(maps)
    y[cells["outlier"]] = 1000
    row = getis_ord(y, near).loc[cells["outlier"]]
    assert row["z"] > 2.5
    assert row["p_adjusted"] <= 0.05
    assert (row["cluster"], row["reason"]) == ("not_significant", "mixed")


@pytest.mark.parametrize("correction", ["bh", "bonferroni", "none"])
def test_labels_follow_the_adjusted_p(maps, correction):
    y, near, _ = planted(maps)
    frame = local_moran(y, near, correction=correction, alpha=0.01)
    adjusted = adjust_p_values(frame["p_value"], method=correction)
    assert frame["p_adjusted"].tolist() == adjusted.tolist()
    called = frame["cluster"] != "not_significant"
    assert (called == ((adjusted <= 0.01) & (frame["reason"] != "mixed"))).all()
    words = frame["quadrant"].map({1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"})
    assert (frame["cluster"][called] == words[called]).all()
    assert called.sum() > 10
    assert set(frame["correction"]) == {correction}


@pytest.mark.parametrize("measure", BOTH)
def test_columns_and_index(maps, measure):
    near = maps.random_neighbours(np.random.default_rng(0), 30)
    frame = measure(np.arange(30), near, **FEW)
    assert list(frame.columns) == [
        "statistic",
        "value",
        "z",
        "p_value",
        "p_adjusted",
        "cluster",
        "quadrant",
        "neighbours",
        "reason",
        "weights",
        "alternative",
        "transform",
        "permutations",
        "permutations_needed",
        "correction",
    ]
    assert list(frame.index) == list(near.ids)
    assert frame["neighbours"].tolist() == near.degree.tolist()
    name = {"local_moran": "local-moran", "getis_ord": "gi-star"}[measure.__name__]
    assert set(frame["statistic"]) == {name}
    assert set(getis_ord(np.arange(30), near, star=False, **FEW)["statistic"]) == {"gi"}
    assert (set(frame["weights"]), set(frame["permutations"])) == ({"given"}, {99})


@pytest.mark.promise
@pytest.mark.parametrize("measure", BOTH)
def test_missing_and_hidden_are_left_out_and_said(maps, measure):
    """Missing and hidden counts take no part in hotspots, are never zero, and the reason is said."""
    rng = np.random.default_rng(5)
    near = maps.grid(5, 5)
    y = pd.Series(rng.integers(1, 30, 25), dtype="Int64")
    status = pd.Series("value", index=y.index)
    y[[3, 4]] = pd.NA
    # A hidden value must not count even where the table still holds it.
    status[[4, 11, 12]] = ["suppressed", "suppressed", "not_applicable"]
    frame = measure(y, near, status=status, permutations=999)
    some = np.ones(25, dtype=bool)
    some[[3, 4, 11, 12]] = False
    alone = measure(y[some].to_numpy(), near.among(some), permutations=999)
    columns = ["value", "z", "p_value", "p_adjusted"]
    assert frame.loc[some, columns].to_numpy().tolist() == alone[columns].to_numpy().tolist()
    hidden = frame[~some]
    assert (hidden["cluster"] == "not_applicable").all()
    assert hidden["reason"].tolist() == ["missing", "suppressed", "suppressed", "not_applicable"]
    assert hidden[[*columns, "neighbours", "quadrant"]].isna().all(axis=None)
    assert frame.loc[some, "neighbours"].tolist() == near.among(some).degree.tolist()
    as_zero = measure(y.fillna(0).mask(~some, 0), near, permutations=999)
    assert not np.allclose(frame["z"][some], as_zero["z"][some])


@pytest.mark.parametrize("measure", BOTH)
def test_a_hidden_count_needs_no_population(maps, measure):
    near = maps.grid(4, 4)
    people = pd.Series(np.full(16, 100.0))
    people[2] = np.nan
    status = ["value"] * 16
    status[2] = "suppressed"
    frame = measure(np.arange(16), near, population=people, status=status, **FEW)
    assert frame["reason"][2] == "suppressed"


@pytest.mark.promise
@pytest.mark.parametrize("measure", BOTH)
def test_islands(maps, measure):
    """An area without neighbours is named as such and gets no label."""
    near = maps.random_neighbours(np.random.default_rng(0), 20, islands=1)
    y = np.arange(20.0)
    # All neighbours of the first area go missing.
    y[near.others[near.starts[0] : near.starts[1]]] = np.nan
    frame = measure(y, near, **FEW)
    assert frame["cluster"].iloc[[0, -1]].tolist() == ["island", "island"]
    assert frame["reason"].iloc[[0, -1]].tolist() == ["no neighbours with a value", "no neighbours"]
    assert frame[["value", "z", "p_value", "p_adjusted"]].iloc[[0, -1]].isna().all(axis=None)
    assert frame["neighbours"].iloc[[0, -1]].tolist() == [0, 0]
    assert (
        frame["p_value"].notna().sum()
        == np.isfinite(y).sum() - (frame["cluster"] == "island").sum()
    )


@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize(
    ("values", "people"),
    [
        (np.full(16, 0.1), None),
        (np.zeros(16), None),
        (np.zeros(16), np.arange(1.0, 17)),
        (np.arange(1.0, 17) * 0.1, np.arange(1.0, 17)),
    ],
)
def test_values_all_alike(maps, measure, values, people):
    frame = measure(values, maps.grid(4, 4), population=people, **FEW)
    assert frame[["value", "z"]].isna().all(axis=None)
    assert (frame[["p_value", "p_adjusted"]] == 1).all(axis=None)
    assert (frame["cluster"] == "not_significant").all()
    assert (frame["reason"] == "constant").all()
    assert frame["quadrant"].isna().all()


def test_an_area_at_the_mean_is_neither_high_nor_low(maps):
    y = np.r_[np.full(20, 3.0), np.full(20, 1.0), np.full(9, 2.0)] * 0.1
    frame = local_moran(y, maps.grid(7, 7), **FEW)
    middle = frame.iloc[40:]
    assert (middle["value"] == 0).all()
    assert (middle["p_value"] == 1).all()
    assert (middle["reason"] == "at the mean").all()


@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize("mean", [0.1, 0.3, 5])
def test_sparse_counts_raise_no_more_alarms_than_nominal(maps, measure, mean):
    near = maps.grid(12, 12)
    shares, called = [], []
    for seed in range(60):
        counts = np.random.default_rng(seed).poisson(mean, 144)
        frame = measure(counts, near, permutations=999)
        assert frame["p_value"].between(0, 1).all()
        shares.append((frame["p_value"] <= 0.05).mean())
        called.append((frame["cluster"] != "not_significant").sum())
    assert np.mean(shares) <= 0.05 + 2 * np.std(shares) / np.sqrt(60)
    assert np.mean(called) <= 0.5
    if mean == 5:
        assert np.mean(shares) > 0.03


@pytest.mark.parametrize("measure", BOTH)
def test_shuffled_rows_change_no_statistic(maps, measure):
    rng = np.random.default_rng(1)
    near = maps.random_neighbours(rng, 40)
    y = pd.Series(rng.gamma(2, 1, 40), index=list(near.ids))
    order = rng.permutation(40)
    back = np.argsort(order)
    ids = tuple(near.ids[i] for i in order)
    moved = Neighbours.from_pairs(ids, back[near.rows], back[near.others])
    once = measure(y, near, permutations=9999)
    again = measure(y.iloc[order], moved, permutations=9999).loc[once.index]
    assert again["value"].to_numpy() == pytest.approx(once["value"].to_numpy(), abs=1e-12)
    assert again["z"].to_numpy() == pytest.approx(once["z"].to_numpy(), abs=1e-10)
    assert again["p_value"].to_numpy() == pytest.approx(once["p_value"].to_numpy(), abs=0.04)


@pytest.mark.parametrize("measure", BOTH)
def test_the_seed_decides(maps, measure):
    y, near = np.random.default_rng(0).normal(size=36), maps.grid(6, 6)
    frames = [measure(y, near, seed=seed, permutations=999) for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    assert not frames[0]["p_value"].equals(frames[2]["p_value"])


def test_weights_of_nothing_are_no_neighbours(maps):
    near = maps.grid(5, 5)
    y = np.random.default_rng(0).normal(size=25)
    weights = np.where(near.others == 7, 0.0, 1.0)
    some = near.others != 7
    without = Neighbours.from_pairs(near.ids, near.rows[some], near.others[some], kind="queen")
    given = Neighbours(near.ids, near.starts, near.others, weights, kind="queen")
    pd.testing.assert_frame_equal(local_moran(y, given, **FEW), local_moran(y, without, **FEW))


@pytest.mark.parametrize("measure", BOTH)
def test_nothing_given_is_changed(maps, measure):
    near = maps.grid(4, 4)
    y = pd.Series(np.arange(16.0))
    status = pd.Series(["suppressed", *["value"] * 15])
    people = pd.Series(np.full(16, 9.0))
    before = [y.copy(), status.copy(), people.copy()]
    measure(y, near, population=people, status=status, **FEW)
    for given_, kept in zip((y, status, people), before, strict=True):
        pd.testing.assert_series_equal(given_, kept)


@pytest.mark.promise
@pytest.mark.parametrize("measure", BOTH)
def test_refusals(maps, measure):
    """Values that no statistic can be computed of are refused, with what to do."""
    near = maps.grid(4, 4)
    y = pd.Series(np.arange(16.0))
    with pytest.raises(InputError, match="9 of 16 areas have a value; first without: 9"):
        measure(y.where(y < 9), near)
    with pytest.raises(InputError, match=r"of 16 statuses are unknown; first: 0 .'hidden'."):
        measure(y, near, status=["hidden"] * 16)
    with pytest.raises(InputError, match="16 of 16 statuses stand in another order"):
        measure(y, near, status=pd.Series("value", index=y.index[::-1]))
    with pytest.raises(InputError, match="populations stand in another order than the neighbours"):
        measure(y, near, population=y[::-1] + 1)
    with pytest.raises(InputError, match="16 of 16 values are of other areas"):
        measure(y.set_axis(list("abcdefghijklmnop")), near)
    with pytest.raises(InputError, match="alpha is 5, not between 0 and 1"):
        measure(y, near, alpha=5)
    with pytest.raises(InputError, match="'fdr' is no correction"):
        measure(y, near, correction="fdr")
    with pytest.raises(InputError, match="10 permutations are too few"):
        measure(y, near, permutations=10)
    with pytest.raises(InputError, match="'v' is no transformation"):
        measure(y, near, transform="v")


@pytest.mark.promise
def test_disconnected_maps_are_one_map(maps):
    """A map in several parts is computed as one map."""
    # Two grids that do not touch: shuffles go over both, as the question is about the whole map.
    half = maps.grid(4, 5)
    near = Neighbours.from_pairs(
        tuple(range(40)),
        np.r_[half.rows, half.rows + 20],
        np.r_[half.others, half.others + 20],
    )
    y = np.r_[np.arange(20) % 3, 10 + np.arange(20) % 3].astype(float)
    frame = local_moran(y, near, correction="none")
    assert set(frame["cluster"][:20]) <= {"low-low", "not_significant"}
    assert (frame["cluster"][20:] == "high-high").sum() > 10
