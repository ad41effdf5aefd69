"""Standardised rates: held to the public-health authority's own package, and to sums by hand.

The package is PHStatsMethods for Python, by the same authors as the one for R and with its
formulas; it is asked each time and not only once. Seen to fail with weights that add up to another
sum, and with exact limits from ten events.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.standardised import (
    directly_standardised_rates,
    european_standard,
    indirectly_standardised_ratios,
    reference_rates,
)
from vawg_geo.terms.repeat_victims import RepeatVictims

BANDS = [*(f"{a}-{a + 4}" for a in range(0, 90, 5)), "90+"]


def drawn(areas=6, seed=5, mean=4.0):
    """Counts and residents of areas by the nineteen age groups."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"E0700000{n}", band) for n in range(areas) for band in BANDS],
        columns=["area_code", "age_group"],
    )
    shape = np.tile(np.linspace(2.0, 0.1, len(BANDS)), areas)
    frame["population"] = generator.integers(300, 9000, len(frame))
    frame["count"] = generator.poisson(mean * shape)
    return frame.assign(indicator="i", sex="persons", period="2023/24")


@pytest.mark.parametrize("confidence", [0.95, 0.998])
@pytest.mark.parametrize("mean", [0.3, 4.0, 60.0])
def test_direct_rates_are_those_of_phstatsmethods(confidence, mean):
    from PHStatsMethods import ph_dsr

    table = drawn(mean=mean)
    ours = directly_standardised_rates(table, table, per=100_000, confidence=confidence)
    theirs = ph_dsr(table.copy(), "count", "population", "age_group", "area_code",
                    confidence=confidence, multiplier=100_000)  # fmt: skip
    theirs = theirs.set_index("area_code").loc[ours["area_code"]]
    low, high = [name for name in theirs if "lower" in name.lower() or "upper" in name.lower()]
    np.testing.assert_allclose(ours["rate"], theirs["Value"], rtol=1e-12)
    np.testing.assert_allclose(ours["rate_lower"], theirs[low], rtol=1e-9)
    np.testing.assert_allclose(ours["rate_upper"], theirs[high], rtol=1e-9)
    assert ours["count"].tolist() == theirs["Total Count"].tolist()
    assert (ours["rate"].isna() == (ours["count"] < 10)).all()


def test_a_standard_of_an_area_is_theirs_too():
    from PHStatsMethods import ph_dsr

    table = drawn()
    whole = table[table["area_code"] == "E07000003"].set_index("age_group")["population"]
    ours = directly_standardised_rates(table, table, standard="E07000003", per=1000)
    given = table.assign(standard=table["age_group"].map(whole))
    theirs = ph_dsr(given, "count", "population", "standard", "area_code", multiplier=1000,
                    euro_standard_pops=False).set_index("area_code")  # fmt: skip
    np.testing.assert_allclose(ours["rate"], theirs.loc[ours["area_code"], "Value"], rtol=1e-12)
    assert ours["standard"].unique().tolist() == ["residents of E07000003"]
    same = directly_standardised_rates(table, table, standard=whole, per=1000)
    np.testing.assert_allclose(ours["rate"], same["rate"])


@pytest.mark.parametrize("mean", [0.3, 0.6, 4.0, 60.0])
def test_ratios_are_those_of_phstatsmethods(mean):
    from PHStatsMethods import ph_ISRatio

    table, national = drawn(mean=mean), drawn(areas=1, seed=9, mean=900.0)
    rates = national[["age_group"]].assign(rate=national["count"] / national["population"])
    ours = indirectly_standardised_ratios(table, table, rates)
    given = table.merge(
        national[["age_group", "count", "population"]], on="age_group", suffixes=("", "_ref")
    )
    theirs = ph_ISRatio(given, "count", "population", "count_ref", "population_ref", "area_code")
    theirs = theirs.set_index("area_code").loc[ours["area_code"]]
    low, high = [name for name in theirs if "lower" in name.lower() or "upper" in name.lower()]
    np.testing.assert_allclose(ours["expected"], theirs["Expected"], rtol=1e-12)
    np.testing.assert_allclose(ours["ratio"], theirs["Value"], rtol=1e-12)
    # Exact below ten events, Byar's from ten. Theirs has no lower limit for none; it is 0.
    some = (ours["count"] > 0).to_numpy()
    np.testing.assert_allclose(ours["ratio_lower"][some], theirs[low][some], rtol=1e-9)
    np.testing.assert_allclose(ours["ratio_upper"], theirs[high], rtol=1e-9)
    assert (ours["ratio_lower"][~some] == 0).all()


def test_the_standard_is_theirs():
    from PHStatsMethods.utils import euro_standard_pop

    theirs = euro_standard_pop().set_index("esp_age_bands")["euro_standard_pops"]
    assert european_standard(theirs.index).to_dict() == theirs.to_dict()
    assert european_standard(["0-15", "16+"]).sum() == 100_000


def test_ages_do_not_count_where_rates_do_not_differ_by_age():
    table = drawn().assign(count=lambda t: t["population"] // 50)
    table["population"] = table["count"] * 50
    found = directly_standardised_rates(table, table, per=1000)
    assert found["rate"].to_numpy() == pytest.approx(20)
    reference = reference_rates(table, table, area="E07000002")
    ratios = indirectly_standardised_ratios(table, table, reference)
    assert ratios["ratio"].to_numpy() == pytest.approx(1)


def test_hidden_missing_and_absent_age_groups_leave_no_rate():
    table = drawn(mean=30).assign(status="value")
    table["count"] = table["count"].astype("Int64")
    table.loc[3, ["count", "status"]] = pd.NA, "suppressed"
    table.loc[19 + 4, ["count", "status"]] = pd.NA, "missing"
    table = table.drop(index=2 * 19 + 5)
    people = drawn()
    found = directly_standardised_rates(table, people).set_index("area_code")
    assert found["status"].tolist()[:4] == ["suppressed", "missing", "missing", "value"]
    assert found["rate"].isna().tolist()[:4] == [True, True, True, False]
    assert found["count"].isna().tolist()[:4] == [True, True, True, False]


def test_no_events_are_no_rate_and_a_ratio_of_nought():
    table = drawn().assign(count=0)
    assert set(directly_standardised_rates(table, table)["status"]) == {"zero"}
    reference = pd.DataFrame({"age_group": BANDS, "rate": 0.01})
    found = indirectly_standardised_ratios(table, table, reference)
    assert set(found["status"]) == {"zero"}
    assert found["ratio_lower"].tolist() == [0.0] * 6
    np.testing.assert_allclose(found["ratio_upper"], 3.688879454 / found["expected"])
    none = indirectly_standardised_ratios(table, table, reference.assign(rate=0.0))
    assert set(none["status"]) == {"missing"}
    assert none["ratio"].isna().all()


def test_repeat_victims_widen_the_limits():
    table = drawn(mean=30)
    twice = {("i", ""): RepeatVictims(variance_factor=4.0)}
    plain = directly_standardised_rates(table, table)
    wide = directly_standardised_rates(table, table, repeats=twice)
    assert ((wide["rate_upper"] - wide["rate"]) / (plain["rate_upper"] - plain["rate"])).to_numpy(
    ) == pytest.approx(2)  # fmt: skip
    assert set(wide["rate_method"]) == {"byar, variance 4.0 times"}
    reference = pd.DataFrame({"age_group": BANDS, "rate": 0.01})
    ratios = indirectly_standardised_ratios(table, table, reference, repeats=twice)
    assert set(ratios["rate_method"]) == {"public-health, variance 4.0 times"}


def test_finer_residents_make_up_coarser_counts():
    people = drawn(areas=1)
    counts = pd.DataFrame({"area_code": "E07000000", "indicator": "i", "sex": "persons",
                           "period": "p", "age_group": ["0-14", "15-44", "45+"],
                           "count": [5, 60, 20]})  # fmt: skip
    n = [people["population"][a:b].sum() for a, b in ((0, 3), (3, 9), (9, 19))]
    w = [16_000, 38_000, 46_000]
    expected = sum(wi * x / ni for wi, x, ni in zip(w, [5, 60, 20], n, strict=True)) / 1e5 * 1000
    found = directly_standardised_rates(counts, people)
    assert found["rate"].item() == pytest.approx(expected)


def test_reference_groups_of_few_events_are_joined():
    table = drawn(areas=1).assign(count=[2] * 19)
    found = reference_rates(table, table, area="E07000000", fewest=10)
    assert found["count"].tolist() == [10, 10, 18]
    assert found["age_group"].tolist() == ["0-24", "25-49", "50+"]
    assert found["population"].sum() == table["population"].sum()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"age_group": "young"}, "1 of 19 age groups are not understood; first: 'young'"),
        ({"age_group": "0-9"}, "overlap"),
        ({"population": 0, "count": 3}, "have events and no residents; first: 5-9"),
        ({"count": -1}, "is negative"),
    ],
)
def test_what_cannot_be_used_is_refused(change, match):
    table = drawn(areas=1, mean=30)
    table.loc[1, list(change)] = list(change.values())
    with pytest.raises(InputError, match=match):
        directly_standardised_rates(table, table)


def test_ages_that_are_left_out_and_standards_that_are_none():
    table = drawn(areas=1)
    with pytest.raises(InputError, match="leave ages out"):
        directly_standardised_rates(table.drop(index=4), table)
    with pytest.raises(InputError, match="neither ESP2013 nor an area"):
        directly_standardised_rates(table, table, standard="E99")
    with pytest.raises(InputError, match="no residents by age"):
        directly_standardised_rates(table.assign(area_code="X"), table)
