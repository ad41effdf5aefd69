"""On how few areas events fall, against full enumeration and sums by hand."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from vawg_geo import InputError, concentration
from vawg_geo.measures.time.concentration import areas_that_hold, gini, lorenz_curve


def table_of(counts, *, period="2015/16", people=1000.0, **more):
    return pd.DataFrame(
        {"area_code": [f"E{n}" for n in range(len(counts))], "indicator": "i", "sex": "persons",
         "period": period, "count": pd.array(counts, dtype="Int64"), "population": people, **more}
    )  # fmt: skip


@pytest.mark.parametrize("counts", [[5, 1, 9, 0, 3], [4, 4, 4], [1], [0, 0, 7], [2, 30, 8, 8]])
def test_gini_is_the_mean_difference_of_all_pairs(counts):
    """Half the mean difference of two areas over the mean, and the area above the Lorenz curve."""
    differences = [abs(a - b) for a, b in product(counts, counts)]
    assert gini(counts) == pytest.approx(np.mean(differences) / (2 * np.mean(counts)))
    areas, share = lorenz_curve(counts)
    assert gini(counts) == pytest.approx(1 - 2 * np.trapezoid(share, areas))


@pytest.mark.parametrize("counts", [[5, 1, 9, 0, 3], [4, 4, 4, 4], [2, 30, 8, 8], [1, 1, 1, 1, 1]])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 1.0])
def test_fewest_areas_that_hold_a_share(counts, share):
    """Of all sets of areas there are."""
    fewest = next(
        size
        for size in range(1, len(counts) + 1)
        if any(sum(chosen) >= share * sum(counts) for chosen in combinations(counts, size))
    )
    held = areas_that_hold(counts, share=share)
    assert len(held) == fewest
    assert sum(np.array(counts)[held]) >= share * sum(counts)


def test_the_same_areas_as_last_year():
    before = [50, 40, 5, 5, 5, 5, 5, 5]
    after = [50, 5, 45, 5, 5, 5, 5, 5]
    found = concentration(
        pd.concat([table_of(after), table_of(before, period="2014/15")]), draws=99
    )
    assert found["period"].tolist() == ["2014/15", "2015/16"]
    assert found["areas_holding"].tolist() == [2, 2]
    assert found.loc[1, ["period_before", "holding_before", "also_before"]].tolist() == [
        "2014/15", 2, 1,
    ]  # fmt: skip
    assert np.isnan(found.loc[0, "also_before"])


def test_chance_alone_looks_concentrated():
    """Thirty events over 144 areas by residents alone: corrected, nothing is left of it."""
    counts = np.random.default_rng(1).multinomial(30, np.full(144, 1 / 144))
    found = concentration(table_of(counts)).iloc[0]
    assert found["gini"] > 0.8
    assert found["gini_by_chance"] == pytest.approx(found["gini"], abs=0.03)
    assert found["areas_holding_by_chance"] == pytest.approx(found["areas_holding"], abs=3)


def test_one_seed_one_result():
    table = table_of([50, 40, 5, 5, 5])
    pd.testing.assert_frame_equal(concentration(table), concentration(table))


@pytest.mark.parametrize("status", ["suppressed", "missing"])
def test_a_hidden_count_says_nothing_of_all(status):
    table = table_of([50, None, 5], status=["value", status, "value"])
    found = concentration(table, draws=99).iloc[0]
    assert found["status"] == status
    assert found[["gini", "areas_holding", "events"]].isna().all()
    assert "1 of 3 areas" in found["note"]


def test_no_events_and_one_area():
    found = concentration(table_of([0, 0, 0]), draws=99).iloc[0]
    assert found["status"] == "zero"
    assert np.isnan(found["gini"])
    one = concentration(table_of([9]), draws=99).iloc[0]
    assert one[["gini", "areas_holding"]].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("options", "match"), [({"share": 0}, "a share lies"), ({"draws": 5}, "99 draws or more")]
)
def test_what_is_refused(options, match):
    with pytest.raises(InputError, match=match):
        concentration(table_of([1, 2, 3]), **options)
    with pytest.raises(InputError, match="1 of 2 counts are missing"):
        gini([1, np.nan])
    with pytest.raises(InputError, match="no events"):
        lorenz_curve([0, 0])


def test_events_more_even_than_residents_are():
    """Equal risks of areas, not of people: what residents alone would give is no bound below."""
    generator = np.random.default_rng(8)
    people = generator.gamma(4, 1000, 144)
    corrected, lower = [], []
    for number in range(6):
        found = concentration(
            table_of(generator.poisson(8, 144), people=people), draws=99, seed=number
        ).iloc[0]
        assert found["gini"] < found["gini_by_chance"]
        corrected.append(found["gini_corrected"])
        lower.append(found["gini_lower"])
    assert np.mean(corrected) < 0.08
    assert np.mean(lower) < 0.02


def test_limits_hold_the_true_coefficient():
    """Forty maps whose true risks are known, three events an area. With counts drawn anew about the
    counts themselves 22 % of 300 were inside.
    """
    generator, inside, off = np.random.default_rng(6), 0, []
    for number in range(40):
        expected = generator.gamma(6.25, 0.16 * 3, 144)
        found = concentration(table_of(generator.poisson(expected)), draws=99, seed=number).iloc[0]
        inside += found["gini_lower"] <= gini(expected) <= found["gini_upper"]
        off.append(found["gini_corrected"] - gini(expected))
    # Fewer than 34 of 40 by chance where 95 % are inside: one try in 300.
    assert inside >= 34
    # Without a correction they are off by 0.1 and more; 3.3 standard errors is one try in 1,000.
    assert abs(np.mean(off)) < 3.3 * np.std(off, ddof=1) / np.sqrt(len(off))
