"""The table of calls of change is that of the command that makes it."""

from __future__ import annotations

import sys

import pandas as pd
import pytest


@pytest.fixture
def evidence(root, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(root / "dev" / "evidence"), *sys.path])


def test_a_part_of_the_table_is_made_again(evidence, root):
    from calibrate_change import load_wards, one_case

    kind = {"spread": 0.2, "planted": (10, 3.0), "maps": 100, "seed": 12345}
    made = one_case(load_wards(), 2000, **kind)
    table = pd.read_csv(root / "docs" / "change.csv")
    kept = table.merge(made[["test", "events", "cv", "raised", "relative_risk"]])
    pd.testing.assert_frame_equal(made, kept, check_dtype=False)


def test_the_command_calls_what_the_measure_calls(evidence):
    """The table's p are those of `rate_ratio`, each map as a table with its comparator."""
    import numpy as np
    from calibrate_change import load_wards, p_values_of, two_years

    from vawg_geo import crude_rate, rate_ratio

    wards = load_wards()
    generator = np.random.default_rng(1)
    ends, _ = two_years(wards, 5000, spread=0.2, planted=(1, 3.0), generator=generator)
    p, _ = p_values_of(ends)
    people = pd.DataFrame(
        {"area_code": [*wards.codes, "ALL"], "sex": "persons",
         "population": [*wards.population, wards.population.sum()]}
    )  # fmt: skip
    years = []
    for period, events in (("2014/15", ends.events_from), ("2015/16", ends.events_to)):
        years.append(pd.DataFrame(
            {"area_code": [*wards.codes, "ALL"], "level": [*["ward"] * len(events), "county"],
             "indicator": "i", "sex": "persons", "period": period,
             "count": [*events, events.sum()]}
        ))  # fmt: skip
    found = rate_ratio(crude_rate(pd.concat(years), people), comparator="ALL")
    wards_only = found[found["level"] == "ward"]
    assert wards_only["p_adjusted"].to_numpy() == pytest.approx(p["change"])
    assert wards_only["relative_p_adjusted"].to_numpy() == pytest.approx(p["relative"])
