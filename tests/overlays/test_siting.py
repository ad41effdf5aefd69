"""Further sites, held to every set there is and to spopt."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest

from tests.examples import some_every_day
from vawg_geo.errors import DisclosureError, InputError
from vawg_geo.overlays.access.siting import place_sites


@pytest.fixture(scope="module")
def default(root):
    lookup = pd.read_csv(root / "data" / "lookup_lsoa11_wards.csv")
    points = pd.read_csv(root / "data" / "lsoa11_points.csv")
    names = {"ward15_code": "ward_code", "pop16": "population_16"}
    lsoas = lookup.merge(points, on="lsoa_code", validate="1:1").rename(columns=names)
    sites, towns = (pd.read_csv(root / "data" / f"{n}.csv") for n in ("public_sites", "towns"))
    return lsoas, towns, sites


def every_set(demand, towns, existing, *, sites, method, within_km, need="population_16"):
    """Share within reach and mean km of every set of towns, best first."""

    def metres(places):
        return np.hypot(*(
            demand[axis].to_numpy()[:, None] - places[axis].to_numpy()[None, :]
            for axis in ("easting", "northing")
        ))  # fmt: skip

    far = metres(towns)
    there = np.full(len(demand), np.inf)
    if existing is not None:
        there = metres(existing).min(axis=1)
    weights = demand[need].to_numpy(dtype=float) / demand[need].sum()
    found = []
    for chosen in itertools.combinations(range(len(towns)), sites):
        nearest = np.minimum(there, far[:, chosen].min(axis=1))
        share, km = weights[nearest <= within_km * 1000].sum(), weights @ nearest / 1000
        found.append((share, km, set(towns["town"].iloc[list(chosen)])))
    return sorted(found, key=lambda one: -one[0] if method == "coverage" else one[1])


def by_spopt(demand, towns, existing, *, sites, method, within_km, need="population_16"):
    """Towns that spopt chooses, from its own model of the same distances."""
    import pulp
    from spopt.locate import MCLP, PMedian

    places = towns if existing is None else pd.concat([towns, existing])
    km = np.hypot(*(
        demand[axis].to_numpy()[:, None] - places[axis].to_numpy()[None, :]
        for axis in ("easting", "northing")
    )) / 1000  # fmt: skip
    there = len(places) - len(towns)
    some = (demand[need] > 0).to_numpy()
    options = {
        # Solvers stop at small differences: large weights make these less than a person.
        "weights": 1e6 * demand[need].to_numpy(dtype=float)[some] / demand[need].sum(),
        "p_facilities": sites + there,
        "predefined_facilities_arr": np.r_[np.zeros(len(towns)), np.ones(there)] if there else None,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if method == "coverage":
            model = MCLP.from_cost_matrix(km[some], service_radius=within_km, **options)
        else:
            model = PMedian.from_cost_matrix(km[some], **options)
        solvers = [n for n in ("PULP_CBC_CMD", "HiGHS", "COIN_CMD")
                   if n in pulp.listSolvers(onlyAvailable=True)]  # fmt: skip
        model = model.solve(pulp.getSolver(solvers[0], msg=False), results=False)
    return {name for n, name in enumerate(towns["town"]) if model.fac_vars[n].value() > 0.5}


@pytest.mark.parametrize(
    ("there", "sites", "method"),
    some_every_day(
        itertools.product(["all", "with an advocate", "none"], [1, 2, 3], ["coverage", "p-median"]),
        5,
    ),
)
def test_the_default_is_the_best_of_every_set(default, method, sites, there):
    lsoas, towns, existing = default
    existing = {"all": existing, "with an advocate": existing.iloc[:2], "none": None}[there]
    found = place_sites(lsoas, towns, existing=existing, sites=sites, method=method)
    best, second = every_set(
        lsoas, towns, existing, sites=sites, method=method, within_km=10
    )[:2]  # fmt: skip
    assert set(found["town"]) == best[2]
    last = found.iloc[-1]
    assert last["share_within_after"] == pytest.approx(best[0])
    assert last["mean_km_after"] == pytest.approx(best[1])
    assert set(last["runner_up"].split(", ")) == second[2]
    assert last["runner_up_share_within"] == pytest.approx(second[0])
    assert last["runner_up_mean_km"] == pytest.approx(second[1])


def test_the_best_town_is_the_same_however_the_rows_stand(default):
    lsoas, towns, existing = default
    whole = place_sites(lsoas, towns, existing=existing, sites=3)
    mixed = place_sites(
        lsoas.sample(frac=1, random_state=2), towns.iloc[::-1], existing=existing, sites=3
    )
    pd.testing.assert_frame_equal(whole, mixed)


def test_three_towns_of_the_default(default):
    lsoas, towns, existing = default
    found = place_sites(lsoas, towns, existing=existing, sites=3)
    assert found["town"].tolist() == ["Ely", "St Neots", "Wisbech"]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["share_within_before"].tolist()[1:] == found["share_within_after"].tolist()[:2]
    total = lsoas["population_16"].sum()
    assert (found["need_total"] == total).all()
    gained = found["share_within_after"].iloc[2] - found["share_within_before"].iloc[0]
    assert found["need_newly_within"].sum() == pytest.approx(gained * total)
    assert found["need_newly_within"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("method", "seed"), some_every_day(itertools.product(["coverage", "p-median"], range(6)), 3)
)
def test_random_maps_against_every_set_and_spopt(seed, method):
    rng = np.random.default_rng(seed)

    def points(n, column, prefix):
        east, north = rng.uniform(500_000, 540_000, (2, n))
        names = [f"{prefix}{i}" for i in range(n)]
        return pd.DataFrame({column: names, "easting": east, "northing": north})

    demand = points(60, "lsoa_code", "l").assign(
        need=rng.gamma(0.5, 20, 60) * (rng.random(60) > 0.2)
    )
    towns = points(9, "town", "t")
    existing = points(2, "site", "s") if seed % 2 else None
    options = {"sites": 1 + seed % 4, "method": method, "within_km": 8, "need": "need"}
    found = place_sites(demand, towns, existing=existing, **options)
    best, second = every_set(demand, towns, existing, **options)[:2]
    by = "share_within_after" if method == "coverage" else "mean_km_after"
    place = 0 if method == "coverage" else 1
    assert found[by].iloc[-1] == pytest.approx(best[place], abs=1e-12)
    by = "runner_up_share_within" if method == "coverage" else "runner_up_mean_km"
    assert found[by].iloc[-1] == pytest.approx(second[place], abs=1e-12)
    assert set(found["town"]) == by_spopt(demand, towns, existing, **options)


@pytest.mark.long
def test_spopt_chooses_the_same_of_the_default(default):
    lsoas, towns, existing = default
    for method in ("coverage", "p-median"):
        found = place_sites(lsoas, towns, existing=existing, sites=2, method=method)
        options = {"sites": 2, "method": method, "within_km": 10}
        assert set(found["town"]) == by_spopt(lsoas, towns, existing, **options)


def line(kilometres, people):
    return pd.DataFrame({
        "lsoa_code": [f"l{i}" for i in range(len(people))],
        "easting": [500_000 + 1000 * km for km in kilometres],
        "northing": 300_000,
        "population_16": people,
    })  # fmt: skip


def towns_at(**kilometres):
    return pd.DataFrame({
        "town": list(kilometres),
        "easting": [500_000 + 1000 * km for km in kilometres.values()],
        "northing": 300_000,
    })  # fmt: skip


def test_the_best_two_need_not_hold_the_best_one():
    demand = line([0, 10, 20, 30], [30, 35, 35, 30])
    towns = towns_at(West=5, Middle=15, East=25)
    assert place_sites(demand, towns, within_km=5)["town"].tolist() == ["Middle"]
    both = place_sites(demand, towns, sites=2, within_km=5)
    assert set(both["town"]) == {"West", "East"}
    assert both["share_within_after"].iloc[-1] == 1


def test_one_resident_of_ten_million_tips_the_scale():
    demand = line([0, 30], [5_000_000, 5_000_001])
    towns = towns_at(Aaa=0, Bbb=30)
    for method in ("coverage", "p-median"):
        found = place_sites(demand, towns, within_km=5, method=method)
        assert found["town"].tolist() == ["Bbb"]
        assert found["note"].tolist() == [""]


def test_a_tie_is_said():
    demand = line([0, 30], [500, 500])
    towns = towns_at(Aaa=0, Bbb=30)
    found = place_sites(demand, towns, within_km=5)
    assert "serves equally well" in found["note"].iloc[0]
    # And is decided alike however the rows stand.
    for mixed in (towns.iloc[::-1], towns.iloc[::-1].reset_index(drop=True)):
        pd.testing.assert_frame_equal(place_sites(demand.iloc[::-1], mixed, within_km=5), found)


def test_a_town_that_adds_nobody_is_said():
    demand = line([0, 30], [500, 500])
    there = towns_at(Here=1).rename(columns={"town": "site"})
    found = place_sites(
        demand, towns_at(Aaa=0, Bbb=30, Ccc=90), existing=there, sites=2, within_km=5
    )
    assert found["town"].iloc[0] == "Bbb"
    assert "brings no further need within reach" in found["note"].iloc[1]
    assert found["need_newly_within"].iloc[1] == 0


def test_a_distance_of_ones_own(default):
    demand = line([0, 30], [500, 400])

    def across_the_river(origins, destinations):
        metres = np.abs(origins[:, None, 0] - destinations[None, :, 0])
        return np.where(origins[:, None, 0] < 510_000, metres + 20_000, metres)

    options = {"distance": across_the_river, "distance_method": "by road"}
    found = place_sites(demand, towns_at(Aaa=0, Bbb=30), within_km=5, **options)
    assert found["town"].tolist() == ["Bbb"]
    assert found["distance_method"].tolist() == ["by road"]

    def no_way(origins, destinations):
        return np.full((len(origins), len(destinations)), np.nan)

    options = {"distance": no_way, "distance_method": "by road"}
    with pytest.raises(InputError, match="2 of 2 LSOAs have no way"):
        place_sites(demand, towns_at(Aaa=0, Bbb=30), method="p-median", **options)
    assert place_sites(demand, towns_at(Aaa=0, Bbb=30), **options)["mean_km_after"].isna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sites": 2}, "2 further sites of 2 candidates leave no choice"),
        ({"sites": 0}, "0 further sites"),
        ({"sites": True}, "True further sites"),
        ({"method": "best"}, "'best' is no method"),
        ({"within_km": 0}, "0 km is no reach"),
        ({"need": "counts"}, "missing from the LSOAs; first: 'counts'"),
    ],
)
def test_options_that_cannot_be_used(options, message):
    with pytest.raises(InputError, match=message):
        place_sites(line([0, 30], [500, 400]), towns_at(Aaa=0, Bbb=30), **options)


def test_refuges_and_illustrative_needs_are_refused():
    demand, towns = line([0, 30], [500, 400]), towns_at(Aaa=0, Bbb=30)
    site = towns.rename(columns={"town": "site"})
    with pytest.raises(DisclosureError, match="refuge"):
        place_sites(demand, towns.assign(note=["", "near the refuge"]))
    with pytest.raises(DisclosureError, match="refuge"):
        place_sites(demand, towns, existing=site.assign(kind="refuge"))
    with pytest.raises(InputError, match=r"1 of 2 rows are illustrative, .*first: 'l1'"):
        place_sites(demand.assign(basis=["own", "illustrative"]), towns)
    with pytest.raises(InputError, match="all 2 LSOAs have a population_16 of zero"):
        place_sites(line([0, 30], [0, 0]), towns)
