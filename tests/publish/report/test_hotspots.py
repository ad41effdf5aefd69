"""What the report says of hotspots: names by label, or that none stands out, with the rule."""

from __future__ import annotations

import dataclasses

import pytest

from vawg_geo.publish.report.hotspots import hotspot_blocks
from vawg_geo.words.blocks import Bullets


@pytest.fixture
def said(results):
    """Lines of the report on one indicator, after a change to its made-up hotspots."""
    hotspots = results.hotspots

    def lines(change=lambda table: table):
        found = dataclasses.replace(results, hotspots=change(hotspots))
        name = str(hotspots["indicator"].iloc[0])
        blocks = list(hotspot_blocks(found, name)) if len(found.hotspots) else []
        return [line for block in blocks if isinstance(block, Bullets) for line in block.lines]

    return lines, hotspots


def test_areas_are_named_by_label(said):
    lines, hotspots = said
    moran = hotspots[hotspots["statistic"] == "local-moran"].drop_duplicates("area_code")
    first = next(line for line in lines() if line.startswith("Local Moran: "))
    for label, words in (("high-high", "High among high"), ("low-low", "Low among low")):
        names = moran.loc[moran["cluster"] == label, "area_name"].tolist()
        assert f"{words} ({len(names)}): {', '.join(names)}." in first
    assert "Rule: Local Moran on empirical-Bayes-standardised rates" in first
    assert "stands out" not in first


def test_none_stands_out_says_how_near_the_nearest_came(said):
    lines, _ = said
    told = lines(lambda table: table.assign(cluster="not_significant", p_adjusted=0.0672))
    assert told
    assert all(
        "No ward stands out after the correction. The smallest adjusted p is 0.067." in line
        for line in told
    )


def test_few_permutations_are_said_with_the_number_needed(said):
    lines, _ = said
    told = lines(lambda table: table.assign(permutations=99))
    assert all("(too few for one of the wards alone to pass the correction: " in t for t in told)


def test_no_hotspots_no_words(said):
    lines, _ = said
    assert lines(lambda table: table.iloc[:0]) == []
