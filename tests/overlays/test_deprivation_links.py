"""What is said of the link between rates and deprivation, and that no more is said than holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import vawg_geo
from vawg_geo.areas.neighbours.build import neighbours_of
from vawg_geo.errors import InputError
from vawg_geo.measures.rates.inequality import relative_index, slope_index, spearman
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.overlays.deprivation import links as module
from vawg_geo.overlays.deprivation.claims import RATE_CLAIM
from vawg_geo.overlays.deprivation.scores import (
    deprivation_links,
    deprivation_scores,
    source_claims,
)
from vawg_geo.terms.graph import Neighbours


@pytest.fixture(scope="module")
def data(root):
    return root / "data"


@pytest.fixture(scope="module")
def scores(data):
    lookup = pd.read_csv(data / "lookup_lsoa11_wards.csv").rename(
        columns={"ward15_code": "ward_code", "pop_all": "population"}
    )
    lsoas = lookup.merge(pd.read_csv(data / "imd2015_lsoa11.csv"), on="lsoa_code")
    levels = [deprivation_scores(lsoas, by=by) for by in ("ward", "district")]
    return pd.concat(levels, ignore_index=True)


@pytest.fixture(scope="module")
def police(data):
    return crude_rate(
        pd.read_csv(data / "ward_counts_police_2019_08.csv"),
        pd.read_csv(data / "population_wards_2015.csv"),
    )


@pytest.fixture(scope="module")
def published(data):
    return crude_rate(
        pd.read_csv(data / "published_rates.csv"), pd.read_csv(data / "population_districts.csv")
    )


@pytest.fixture(scope="module")
def queen():
    return neighbours_of(vawg_geo.read_boundaries("wards-2015"), "queen")


def hide(rates, codes):
    figures = ["count", "rate", "rate_lower", "rate_upper", "rate_lower_998", "rate_upper_998"]
    hidden = rates["area_code"].isin(codes)
    covered = rates.copy()
    covered.loc[hidden, figures] = np.nan
    covered.loc[hidden, "status"] = "suppressed"
    return covered


# Figures


def test_figures_are_those_of_the_measures(police, scores):
    found = deprivation_links(police, scores).set_index("statistic")
    joined = police.merge(scores[["area_code", "score"]], on="area_code")
    args = joined["count"], joined["population"], joined["score"]
    for name, theirs in {
        "spearman": spearman(joined["score"], joined["rate"]),
        "sii": slope_index(*args),
        "rii": relative_index(*args),
    }.items():
        row = found.loc[name]
        assert (row["value"], row["lower"], row["upper"], row["p_value"]) == (
            theirs.value, theirs.lower, theirs.upper, theirs.p_value,
        )  # fmt: skip
    assert set(found["areas"]) == {144}
    assert set(found["status"]) == {"value"}


def test_the_police_wards_rise_with_deprivation(police, scores):
    found = deprivation_links(police, scores).set_index("statistic")
    assert found.loc["spearman", "value"] == pytest.approx(0.674, abs=0.001)
    assert found.loc["spearman", "lower"] > 0.5
    assert "More deprived wards tend to have higher rates" in found.loc["spearman", "words"]
    assert "0.67, 95% interval 0.56 to 0.76, 144 wards" in found.loc["spearman", "words"]
    assert "4.3 per 1,000 higher" in found.loc["sii", "words"]
    assert "5.51 times" in found.loc["rii", "words"]
    assert not found["words"].str.contains("few").any()


def test_six_districts_are_called_few(published, scores):
    found = deprivation_links(published, scores)
    assert set(found["level"]) == {"district"}
    said = found[found["status"] == "value"]
    assert said["words"].str.contains("districts are few: the interval is a rough guide").all()
    incidents = found[
        (found["indicator"] == "domestic abuse incidents") & (found["statistic"] == "spearman")
    ]
    # Five of the six stand in the same order; one pair is swapped.
    assert incidents["value"].item() == pytest.approx(33 / 35)
    assert incidents["p_value"].item() == pytest.approx(12 / 720)


def test_words_follow_the_interval(published, scores):
    found = deprivation_links(published, scores).query("statistic == 'spearman'")
    crossing = (found["lower"] <= 0) & (found["upper"] >= 0)
    assert crossing.any()
    assert not crossing.all()
    assert (found["words"].str.startswith("No clear order") == crossing).all()
    assert (found["words"].str.contains("may be chance") == crossing).all()


def test_a_useless_ratio_is_not_printed(published, scores):
    found = deprivation_links(published, scores).query("statistic == 'rii'")
    wild = found["upper"] > 100 * found["lower"]
    assert wild.any()
    assert (found["words"].str.contains("says nothing") == wild).all()


def test_hidden_wards_are_left_out_and_named(police, scores):
    codes = police["area_code"].tolist()[:7]
    found = deprivation_links(hide(police, codes), scores)
    assert set(found["areas"]) == {137}
    assert set(found["areas_without"]) == {7}
    assert found["note"].str.startswith("7 of 144 wards take no part (7 hidden): Barnack").all()
    assert found["note"].str.contains("and 2 more").all()
    kept = police[~police["area_code"].isin(codes)]
    same = deprivation_links(kept, scores)
    assert found["value"].tolist() == same["value"].tolist()


def test_too_few_areas_have_no_value_and_say_why(police, scores):
    found = deprivation_links(police.head(4), scores)
    assert found["value"].isna().all()
    assert set(found["status"]) == {"not_applicable"}
    assert found["words"].str.contains("fewer than 5 areas").all()


def test_illustrative_counts_are_nowhere(police, scores):
    made_up = police.assign(basis="illustrative")
    assert deprivation_links(made_up, scores).empty
    assert source_claims(made_up, scores).empty
    assert list(deprivation_links(made_up, scores)) == list(deprivation_links(police, scores))


# Models in place


def grid(side):
    """Neighbours on a square grid."""
    cells = np.arange(side * side).reshape(side, side)
    pairs = np.r_[
        np.c_[cells[:, :-1].ravel(), cells[:, 1:].ravel()],
        np.c_[cells[:-1].ravel(), cells[1:].ravel()],
    ]
    both = np.r_[pairs, pairs[:, ::-1]]
    names = tuple(f"E05{n:06d}" for n in range(side * side))
    return Neighbours.from_pairs(names, both[:, 0], both[:, 1])


def row_standardised(neighbours):
    matrix = np.zeros((neighbours.n, neighbours.n))
    matrix[neighbours.rows, neighbours.others] = 1 / neighbours.degree[neighbours.rows]
    return matrix


@pytest.fixture(scope="module")
def spatial(absent):
    """Module of the models; the extra is needed."""
    from vawg_geo.overlays.deprivation import models as spatial_models

    if not spatial_models.models_are_installed():
        absent("spreg is not installed")
    return spatial_models


@pytest.mark.parametrize("kind", ["lag", "error", "none"])
def test_the_model_that_made_the_figures_is_found(spatial, kind, capsys):
    neighbours = grid(16)
    w, rng = row_standardised(neighbours), np.random.default_rng(1)
    score, noise = rng.normal(20, 8, neighbours.n), rng.normal(0, 1, neighbours.n)
    spread = np.linalg.inv(np.eye(neighbours.n) - 0.7 * w)
    rate = {
        "lag": spread @ (2 + 0.2 * score + noise),
        "error": 2 + 0.2 * score + spread @ noise,
        "none": 2 + 0.2 * score + noise,
    }[kind]
    found = spatial.fit_in_place(rate, score, neighbours)
    assert capsys.readouterr().out == ""
    assert found.kind == kind
    assert found.lower < 0.2 < found.upper
    assert abs(found.moran_after) < 0.1
    if kind == "none":
        assert np.isnan(found.strength)
        assert found.moran_p > 0.05
    else:
        assert found.strength == pytest.approx(0.7, abs=0.12)
        assert found.moran > 0.2


def test_morans_i_of_residuals_is_ours(spatial):
    from vawg_geo.measures.patterns.autocorrelation import global_moran

    neighbours = grid(8)
    rng = np.random.default_rng(4)
    score, rate = rng.normal(size=64), rng.normal(size=64)
    residuals = rate - np.polyval(np.polyfit(score, rate, 1), score)
    ours = global_moran(residuals, neighbours, permutations=99).statistic
    found = spatial.fit_in_place(rate, score, neighbours)
    assert found.moran == pytest.approx(ours, abs=1e-9)


def test_islands_and_small_maps_get_no_model(spatial):
    few = grid(5)
    rng = np.random.default_rng(2)
    assert spatial.fit_in_place(rng.normal(size=25), rng.normal(size=25), few) is None
    neighbours = grid(8)
    lone = neighbours.among(np.arange(64) != 1).among(np.arange(63) != 7)  # leaves corner 0 alone
    assert lone.islands == ("E05000000",)
    found = spatial.fit_in_place(rng.normal(size=62), rng.normal(size=62), lone)
    assert (found.areas, found.islands) == (61, 1)


def test_wards_of_the_police_month_need_no_model_in_place(spatial, police, scores, queen):
    found = deprivation_links(police, scores, neighbours={"ward": queen})
    row = found.iloc[-1]
    assert row["statistic"] == "least squares"
    assert row["words"].startswith("What deprivation leaves unexplained shows no pattern")
    joined = police.merge(scores[["area_code", "score"]], on="area_code")
    slope = np.polyfit(joined["score"], joined["rate"], 1)[0]
    assert row["value"] == pytest.approx(slope)


def test_the_model_takes_areas_by_code_and_not_by_row(spatial, police, scores, queen):
    hidden = hide(police, police["area_code"].tolist()[3:40:4])
    first = deprivation_links(hidden, scores, neighbours={"ward": queen}).iloc[-1]
    shuffled = hidden.sample(frac=1, random_state=3)
    again = deprivation_links(shuffled, scores, neighbours={"ward": queen}).iloc[-1]
    assert first["value"] == pytest.approx(again["value"])
    assert first["words"] == again["words"]
    assert first["areas"] == 134


def test_strange_neighbours_are_refused(spatial, police, scores):
    with pytest.raises(InputError, match="rates"):
        deprivation_links(police, scores, neighbours={"ward": grid(12)})


def test_without_the_extra_the_row_says_what_to_install(police, scores, queen, monkeypatch):
    monkeypatch.setattr(module, "models_are_installed", lambda: False)
    row = deprivation_links(police, scores, neighbours={"ward": queen}).iloc[-1]
    assert row["statistic"] == "spatial model"
    assert row["status"] == "not_applicable"
    assert "vawg-geo[models]" in row["words"]


def test_a_few_areas_have_no_model_and_say_so(published, scores):
    districts = neighbours_of(vawg_geo.read_boundaries("districts-2015"), "queen")
    found = deprivation_links(published, scores, neighbours={"district": districts})
    row = found[found["statistic"] == "spatial model"].iloc[0]
    assert "fewer than 30 districts" in row["words"]


# The claims of the source


def test_the_first_claim_on_districts_and_police_wards(police, published, scores):
    both = pd.concat([police, published], ignore_index=True)
    found = source_claims(both, scores)
    assert set(found["claim"]) == {RATE_CLAIM}
    wards = found[found["level"] == "ward"]
    assert wards["agrees"].tolist() == ["yes"]
    assert "0.67, 95% interval 0.56 to 0.76" in wards["evidence"].item()
    districts = found[found["level"] == "district"].set_index(["indicator", "sex"])
    assert districts.loc[("domestic abuse incidents", "persons"), "agrees"] == "yes"
    assert districts.loc[("harassment offences", "persons"), "agrees"] == "partly"
    assert districts.loc[("Cambridge Women's Aid contacts", "female"), "agrees"] == "not shown"
    assert districts["evidence"].str.contains("are few").all()
    links = deprivation_links(both, scores).query("statistic == 'spearman'")
    for column in ("value", "lower", "upper", "p_value", "areas"):
        assert found[column].tolist() == links[column].tolist()
    some = source_claims(both, scores, indicators={"domestic abuse incidents"})
    assert some["indicator"].tolist() == ["domestic abuse incidents"]


def test_a_claim_without_figures_is_not_shown(police, scores):
    found = source_claims(police.head(3), scores)
    assert found["agrees"].tolist() == ["not shown"]
    assert "Cannot be seen here" in found["evidence"].item()


def test_no_ward_is_named_unless_profiles_are_given(police, scores):
    assert (source_claims(police, scores)["area_code"] == "").all()


def test_the_second_claim_shows_the_wards_deciles(police, scores, data):
    profiles = pd.read_csv(data / "ward_profiles.csv")
    found = source_claims(police, scores, profiles=profiles)
    second = found[found["indicator"] == "brothel concentration"]
    whole, each = second.iloc[0], second.iloc[1:]
    assert whole["agrees"] == "partly"
    assert whole["evidence"].startswith("2 of the 6 wards named lie in the most deprived fifth")
    assert "Central (1), North (2), Park (4), Fletton and Woodston (4)" in whole["evidence"]
    assert "4 of 6 wards are not plainly stated by the source (ambiguous)" in whole["note"]
    assert "Huntingdonshire" in whole["note"]
    by_code = scores.set_index("area_code")
    assert len(each) == 6
    for row in each.to_dict("records"):
        assert row["decile"] == by_code.loc[row["area_code"], "decile"]
        assert row["value"] == by_code.loc[row["area_code"], "score"]
        assert f"place {by_code.loc[row['area_code'], 'place']} of 144" in row["evidence"]


@pytest.mark.parametrize(
    ("deciles", "agrees"),
    [([1, 5, 6, 7, 8, 9], "yes"), ([5] * 6, "yes"), ([1, 2, 9, 9, 9, 9], "partly"),
     ([1, 1, 2, 2, 1, 2], "not shown")],
)  # fmt: skip
def test_how_the_second_claim_is_judged(police, scores, data, deciles, agrees):
    profiles = pd.read_csv(data / "ward_profiles.csv")
    wards = profiles[
        (profiles["profile"] == "brothel concentration") & (profiles["level"] == "ward")
    ]
    changed = scores.copy()
    place = changed.set_index("area_code").index.get_indexer(wards["area_code"])
    changed.loc[place, "decile"] = deciles
    found = source_claims(police, changed, profiles=profiles)
    assert found[found["indicator"] == "brothel concentration"]["agrees"].iloc[0] == agrees


def test_profiles_without_their_columns_are_refused(police, scores):
    with pytest.raises(InputError, match="table of ward profiles"):
        source_claims(police, scores, profiles=pd.DataFrame({"profile": []}))
