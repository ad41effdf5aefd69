"""What the report says of patterns: names on the indicator's page, rules and p-values in methods."""

from __future__ import annotations

import dataclasses
import re

import pytest

from vawg_geo.publish.report.findings import pattern_lines
from vawg_geo.publish.report.patterns import pattern_rules
from vawg_geo.results.results import edition_of
from vawg_geo.results.series import series_of
from vawg_geo.words.blocks import Bullets
from vawg_geo.words.bullets import LONGEST


def rules(results):
    blocks = list(pattern_rules(results))
    return [line for block in blocks if isinstance(block, Bullets) for line in block.lines]


@pytest.fixture
def said(results):
    """Rules of the report after a change to its made-up hotspots, without a scan."""
    hotspots = results.hotspots

    def lines(change=lambda table: table):
        none = results.scans.iloc[:0]
        return rules(dataclasses.replace(results, hotspots=change(hotspots), scans=none))

    return lines


@pytest.fixture
def series(results):
    name = str(results.hotspots["indicator"].iloc[0])
    edition_of(results)
    return next(
        one for one in series_of(results, "ward") if one.indicator.name == name and one.hotspots
    )


def test_areas_are_named_that_stand_out_and_how_many(results, series):
    first = next(iter(pattern_lines(results, series)))
    labels = [found.cluster for found in series.hotspots.values()]
    low = {n for one in labels for n, word in enumerate(one) if word == "low-high"}
    high = {
        n for one in labels for n, word in enumerate(one) if word in {"high-high", "hot"}
    } - low  # fmt: skip
    assert first.startswith(f"High rates gather in {len(high)} wards: ")
    assert all(str(series.area_name[n]) in first for n in high)


def test_a_group_is_said_with_its_ratio_and_its_members(results, series):
    mine = results.scans[
        (results.scans["indicator"] == series.indicator.name)
        & (results.scans["sex"] == series.sex)
        & results.scans["significant"]
    ]
    lines = list(pattern_lines(results, series))
    for _, rows in mine.groupby("scan_cluster"):
        (line,) = [one for one in lines if one.startswith(f"A group of {len(rows)} wards has ")]
        times = rows["observed"].iloc[0] / rows["expected"].iloc[0]
        assert f"about {times:.1f} times what was expected" in line
        assert all(name in line for name in rows["area_name"])


def test_a_group_that_another_model_alone_calls_is_no_finding(results, series):
    scans = results.scans.assign(significant=False)
    lines = list(pattern_lines(dataclasses.replace(results, scans=scans), series))
    assert not [one for one in lines if "group of" in one and "no group" not in one]


def test_no_p_value_and_no_seed_among_the_findings(results, series):
    for line in pattern_lines(results, series):
        assert not re.search(r"\bp\b|seed|permutation", line)
        assert len(line.split()) <= LONGEST


def test_the_rule_stands_in_the_methods_once_for_a_statistic(said):
    lines = said()
    assert sum("Rule: Local Moran on empirical-Bayes-standardised rates" in t for t in lines) == 1
    assert not [one for one in lines if "stands out" in one]


def test_none_stands_out_says_how_near_the_nearest_came(said):
    told = said(lambda table: table.assign(cluster="not_significant", p_adjusted=0.0672))
    assert any(
        one.endswith("No ward stands out after the correction. The smallest adjusted p is 0.067.")
        for one in told
    )


def test_few_permutations_are_said_with_the_number_needed(said):
    told = [line for line in said(lambda table: table.assign(permutations=99)) if "Rule: " in line]
    assert told
    assert all("(too few for one of the wards alone to pass the correction: " in t for t in told)


def test_no_hotspots_no_words(said):
    assert said(lambda table: table.iloc[:0]) == []
