"""Empirical Bayes and standardised rates against published values and esda."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.smoothing import assuncao_reis, empirical_bayes, marshall_prior
from vawg_geo.terms.graph import Neighbours


def events(rng, n, *, overdispersed=True):
    people = rng.integers(200, 9000, n)
    rate = 0.02 * (rng.gamma(4, 0.25, n) if overdispersed else 1)
    return rng.poisson(people * rate).astype(float), people.astype(float)


@pytest.mark.promise
@pytest.mark.shared
def test_auckland(shared):
    """Rates of Auckland are smoothed towards the published mean and variance."""
    # Published for deaths of infants over nine years (Marshall 1991; Bailey and Gatrell 1995).
    import pyogrio

    table = pyogrio.read_dataframe(shared / "reference" / "auckland.gpkg", read_geometry=False)
    prior = marshall_prior(table["M77_85"].to_numpy(float), 9 * table["Und5_81"].to_numpy(float))
    assert f"{prior.variance:.6e}" == "7.284173e-07"
    assert f"{prior.mean:.9f}" == "0.002633436"


@pytest.mark.parametrize("seed", range(5))
def test_global_is_esdas(seed):
    from esda.smoothing import Empirical_Bayes

    counts, people = events(np.random.default_rng(seed), 60)
    assert marshall_prior(counts, people).variance > 0
    ours = empirical_bayes(counts, people, per=1)["smoothed"]
    assert ours.to_numpy() == pytest.approx(Empirical_Bayes(counts, people).r.ravel(), abs=1e-12)


@pytest.mark.parametrize("overdispersed", [True, False])
def test_local_is_esdas(maps, overdispersed):
    from esda.smoothing import Spatial_Empirical_Bayes
    from libpysal.weights import W

    rng = np.random.default_rng(3)
    near = maps.grid(6, 8)
    counts, people = events(rng, near.n, overdispersed=overdispersed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Spatial_Empirical_Bayes(
            counts, people, W({i: list(near.of(i)) for i in near.ids}, id_order=list(near.ids))
        )
    ours = empirical_bayes(counts, people, near, per=1)["smoothed"]
    assert ours.to_numpy() == pytest.approx(theirs.r.ravel(), abs=1e-12)


@pytest.mark.promise
@pytest.mark.parametrize("form", ["neighbourhood", "neighbours-own"])
@pytest.mark.parametrize("name", ["north-carolina", "auckland"])
def test_both_local_forms_are_spdeps(name, form):
    """Both local forms of empirical Bayes are those that R's spdep prints, on two of its maps.

    Seen to fail where the forms were exchanged.
    """
    # Made by spdep_local_bayes.R, beside it.
    table = pd.read_csv(Path(__file__).with_name("spdep_local_bayes.csv"))
    table = table[table["map"] == name].set_index("area")
    near = [[int(n) for n in str(row).split()] for row in table["neighbours"].fillna("")]
    pairs = [(i, j) for i, row in zip(table.index, near, strict=True) for j in row]
    rows, others = np.array(pairs).T - 1
    graph = Neighbours.from_pairs(tuple(table.index), rows, others)
    ours = empirical_bayes(table["events"], table["people"], graph, per=1, local_form=form)[
        "smoothed"
    ]
    theirs = table[form.replace("-", "_")]
    # An area without events and without neighbours: 0/0 there, its own rate here.
    alone = theirs.isna()
    assert ours[alone].eq(0).all()
    assert alone.sum() == (2 if name == "north-carolina" else 0)
    np.testing.assert_allclose(ours[~alone], theirs[~alone], rtol=1e-12)
    other = empirical_bayes(table["events"], table["people"], graph, per=1)["smoothed"]
    apart = (ours / other - 1).abs().max()
    assert apart == 0 if form == "neighbourhood" else apart > 0.15


def test_an_unknown_local_form_is_refused():
    with pytest.raises(InputError, match=r"'neighbors-own' is no local form.*'neighbours-own'"):
        empirical_bayes([1, 2], [10, 20], local_form="neighbors-own")


@pytest.mark.parametrize("overdispersed", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_standardised_rates_are_esdas(seed, overdispersed):
    from esda.smoothing import assuncao_rate

    counts, people = events(np.random.default_rng(seed), 50, overdispersed=overdispersed)
    ours = assuncao_reis(counts, people)["z"]
    assert ours.to_numpy() == pytest.approx(assuncao_rate(counts, people), abs=1e-10)


def own_share_by_difference(counts, people, graph, area):
    """How the smoothed rate answers to the area's own rate, the model held fixed."""
    frame = empirical_bayes(counts, people, graph, per=1)
    members = [area, *graph.of(area)] if graph is not None else list(range(len(counts)))
    mean = counts[members].sum() / people[members].sum()
    weight = (frame["smoothed"][area] - mean) / (frame["rate"][area] - mean)
    return weight + (1 - weight) * people[area] / people[members].sum()


@pytest.mark.parametrize("local", [True, False])
def test_own_share(maps, local):
    counts, people = events(np.random.default_rng(1), 30)
    near = maps.grid(5, 6)
    frame = empirical_bayes(counts, people, near if local else None)
    for area in range(30):
        expected = own_share_by_difference(counts, people, near if local else None, area)
        assert frame["own_share"][area] == pytest.approx(expected, abs=1e-9)
    assert frame["own_share"].between(0, 1).all()


def test_the_standardised_rate_has_the_smoothed_rates_own_share():
    counts, people = events(np.random.default_rng(2), 30)
    assert assuncao_reis(counts, people)["own_share"].equals(
        empirical_bayes(counts, people)["own_share"]
    )


def test_islands_keep_their_own_rate(maps):
    near = maps.random_neighbours(np.random.default_rng(0), 20, islands=2)
    counts, people = events(np.random.default_rng(0), 20)
    frame = empirical_bayes(counts, people, near)
    assert frame["smoothed"].iloc[-2:].to_numpy() == pytest.approx(frame["rate"].iloc[-2:])
    assert frame["own_share"].iloc[-2:].tolist() == [1, 1]
    assert list(frame.index) == list(near.ids)


def test_missing_counts_are_in_nobodys_mean(maps):
    counts, people = events(np.random.default_rng(4), 30)
    near = maps.grid(5, 6)
    gap = counts.copy()
    gap[7] = np.nan
    some = np.arange(30) != 7
    for graph, without in ((None, None), (near, near.among(some))):
        frame = empirical_bayes(gap, people, graph)
        alone = empirical_bayes(counts[some], people[some], without)
        assert frame.loc[7].isna().all()
        assert frame[some].to_numpy() == pytest.approx(alone.to_numpy())
    z = assuncao_reis(gap, people)["z"]
    assert np.isnan(z[7])
    assert z[some].to_numpy() == pytest.approx(assuncao_reis(counts[some], people[some])["z"])


def test_less_variation_than_chance_shrinks_wholly():
    people = np.array([1000.0, 2000, 3000, 4000])
    frame = empirical_bayes(people / 100 + [1, 0, 0, 0], people)
    assert marshall_prior(people / 100 + [1, 0, 0, 0], people).variance < 0
    assert frame["smoothed"].to_numpy() == pytest.approx(np.full(4, 10.1))
    assert frame["own_share"].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_no_events_and_no_differences():
    people = np.array([3.0, 7, 11, 13])
    nothing = empirical_bayes(np.zeros(4), people)
    assert nothing["smoothed"].tolist() == [0, 0, 0, 0]
    assert assuncao_reis(np.zeros(4), people)["z"].tolist() == [0, 0, 0, 0]
    # 0.1 of each population is not to be told from the mean, though floats say otherwise.
    assert assuncao_reis(people * 0.1, people)["z"].tolist() == [0, 0, 0, 0]


def test_series_keep_their_index():
    counts = pd.Series(pd.array([3, None, 9], dtype="Int64"), index=["x", "y", "z"])
    people = pd.Series([100, 200, 300], index=["x", "y", "z"])
    frame = empirical_bayes(counts, people)
    assert list(frame.index) == ["x", "y", "z"]
    assert frame["rate"].isna().tolist() == [False, True, False]
    assert list(assuncao_reis(counts, people).index) == ["x", "y", "z"]


def test_refusals():
    with pytest.raises(
        InputError, match=r"1 of 3 areas have a count but no positive population; first: 2 \(0\)"
    ):
        empirical_bayes([1, 2, 3], [10, 10, 0])
    with pytest.raises(InputError, match=r"1 of 3 areas have a negative count; first: 0 \(-1\)"):
        assuncao_reis([-1, 2, 3], [10, 10, 10])
    with pytest.raises(InputError, match="there are 2 populations for 3 areas"):
        empirical_bayes([1, 2, 3], [10, 10])
    with pytest.raises(
        InputError, match="2 of 2 populations stand in another order than the counts"
    ):
        empirical_bayes(pd.Series([1, 2], ["a", "b"]), pd.Series([10, 20], ["b", "a"]))
    pair = Neighbours.from_pairs(("a", "b"), np.array([0, 1]), np.array([1, 0]))
    with pytest.raises(
        InputError,
        match="1 of 2 counts are of other areas than the neighbours; first: row 2 is 'c', not 'b'",
    ):
        empirical_bayes(pd.Series([1, 2], ["a", "c"]), [10, 20], pair)
    with pytest.raises(InputError, match="1 of 2 counts are infinite; first: 1"):
        empirical_bayes([1, np.inf], [10, 20])
    with pytest.raises(InputError, match="hold something that is no number"):
        empirical_bayes(["a few", 2], [10, 20])
