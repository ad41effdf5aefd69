"""False alarms on maps where nothing is to be found: a small run, and the large run's tables."""

from __future__ import annotations

import pandas as pd
import pytest

TOTALS = (4821, 400, 150, 60)


@pytest.fixture(scope="module")
def wards():
    from _simulated import load_wards

    return load_wards()


@pytest.mark.promise
@pytest.mark.long
def test_false_alarms_of_a_small_run(wards):
    """A fresh run of maps without a pattern raises as few false alarms as the documented one."""
    from calibrate_hotspots import calibrate_total

    maps = 120
    table = calibrate_total(wards, 400, maps=maps, permutations=9999, replicates=99, seed=2)
    called = table.set_index(["statistic", "correction"])["mean_wards_called"]
    for statistic in ("local Moran", "Gi*"):
        assert called[statistic, "bh"] <= 0.5
        # 5 % of 144 is 7.2: neither folded in two (14) nor cautious beyond use.
        assert 5 < called[statistic, "none"] < 8.5
    alarms = table.loc[table["statistic"] == "scan", "maps_with_a_call"].item() * maps
    # 6 of 120 are due; fewer than 1 or more than 14 comes by chance in 1 of 500 runs.
    assert 1 <= alarms <= 14


@pytest.mark.promise
def test_a_strong_cluster_is_found_so_that_silence_above_means_something(wards):
    """A cluster with three times the risk is found by every statistic."""
    import hotspot_power as power

    options = {"maps": 4, "permutations": 9999, "replicates": 99, "seed": 2}
    planted = power.power_of_case(wards, "E05002711", 3.0, 4821, **options)
    assert planted["found"].tolist() == [1, 1, 1]
    assert (planted["members_called"] > 0.5).all()
    nothing = power.power_of_case(wards, "E05002711", 1.0, 4821, **options)
    assert nothing["found"].sum() < 1


def test_a_centre_must_be_a_ward(wards):
    assert wards.around("E05002711").sum() == 1 + len(wards.queen.of("E05002711"))
    with pytest.raises(ValueError, match="no ward of 2015"):
        wards.around("E05999999")


@pytest.fixture(scope="module")
def calibration(root):
    return pd.read_csv(root / "docs" / "calibration.csv")


@pytest.mark.promise
def test_committed_calibration_keeps_what_is_promised(calibration):
    """On 1,000 maps without a pattern at most half a ward is called on average, and the scan raises
    a false alarm on 5 % of them.
    """
    assert calibration.groupby("events", sort=False).size().to_dict() == dict.fromkeys(TOTALS, 5)
    assert (calibration["maps"] == 1000).all()
    corrected = calibration[calibration["correction"] == "bh"]
    assert len(corrected) == 8
    assert (corrected["mean_wards_called"] <= 0.5).all()
    alarms = calibration.loc[calibration["statistic"] == "scan", "maps_with_a_call"]
    assert alarms.between(0.035, 0.065).all()


@pytest.mark.promise
def test_committed_power_has_every_case(root):
    """How often a planted cluster is found, by which statistic and at which risk, is documented."""
    power = pd.read_csv(root / "docs" / "power.csv")
    case = ["centre", "relative_risk", "events", "statistic"]
    assert not power.duplicated(case).any()
    assert len(power) == power[case].nunique().prod() == 5 * 3 * 2 * 3
    assert (power["maps"] == 200).all()
    assert set(power["setting"]) == {"city", "town", "rural"}
    assert power["found"].between(0, 1).all()
    assert (power["members_called"] <= power["found"] + 1e-3).all()


@pytest.mark.parametrize("name", ["calibration.csv", "power.csv"])
def test_page_names_the_tables_and_their_commands(root, name):
    text = (root / "docs" / "calibration.md").read_text("utf-8")
    assert f"({name})" in text
    assert f"--out docs/{name}" in text
