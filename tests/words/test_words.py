"""Sentences made from numbers, and colours that can be told apart."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from vawg_geo.errors import OutputError
from vawg_geo.terms.columns import BASES, LEVELS, RATE_METHODS, SEXES, SIGNIFICANCE_RULES, STATUSES
from vawg_geo.terms.rounding import round_half_up, rounded
from vawg_geo.words import hotspots as words_hotspots
from vawg_geo.words import page as words
from vawg_geo.words import palette
from vawg_geo.words import patterns as words_patterns
from vawg_geo.words.change import CHANGE_PAGE


@pytest.mark.parametrize("value", [0.05, 0.25, 1.35, 2.675, 18.25, 31.05, 31.049999, 1e6 + 0.05])
def test_arrays_round_as_single_numbers_do(value):
    for decimals in (0, 1, 2):
        assert rounded([value], decimals)[0] == round_half_up(value, decimals)


def test_every_word_of_the_tables_has_a_text():
    assert set(words.SEX) == set(words.SEX_ADJECTIVE) == set(SEXES)
    assert set(words.STATUS) == set(STATUSES)
    assert set(words.BASIS) == set(BASES)
    assert set(words.METHOD) == set(RATE_METHODS)
    assert set(words.RULE) == set(SIGNIFICANCE_RULES)
    assert set(words.LEVEL) == set(LEVELS)


def test_page_scripts_use_texts_that_exist(root):
    folder = root / "vawg_geo" / "publish" / "page" / "scripts"
    scripts = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.js")))
    used = set(re.findall(r'\bpage\.(\w+)|\b(?:says|told)\("(\w+)"[,)]', scripts))
    names = {one or other for one, other in used}
    known = set(words.PAGE) | set(CHANGE_PAGE)
    assert len(names) > 100
    assert names <= known, names - known


def test_neighbouring_classes_are_told_apart_in_grey():
    for classes in range(2, 10):
        against_white = [
            palette.contrast_ratio(colour, "#ffffff") for colour in palette.sequential(classes)
        ]
        steps = [b / a for a, b in itertools.pairwise(against_white)]
        assert min(steps) >= 1.35, classes
    with pytest.raises(OutputError, match="cannot be read"):
        palette.sequential(12)


def test_words_of_the_comparison_are_told_apart_in_grey():
    """By lightness, or by the sign that stands beside the colour."""
    order = list(palette.STANDING_COLOURS)[:5]
    for one, other in itertools.pairwise(order):
        colours = palette.STANDING_COLOURS[one], palette.STANDING_COLOURS[other]
        assert palette.contrast_ratio(*colours) >= 1.35, (one, other)


def test_the_light_hatch_is_seen_on_every_class_and_loud_on_none():
    grounds = {colour for classes in range(1, 10) for colour in palette.sequential(classes)}
    grounds |= set(palette.SIGNIFICANCE_COLOURS.values()) | set(palette.STANDING_COLOURS.values())
    for ground in sorted(grounds):
        ratio = palette.contrast_ratio(ground, palette.hatch_ink(ground))
        assert 1.4 < ratio < 2.8, (ground, ratio)
    # What is hidden is printed in a darker ink than what is unsure.
    loudest = max(
        palette.contrast_ratio(palette.hatch_ink(ground), "#ffffff")
        for ground in palette.sequential(5)[:3]
    )
    hidden = palette.PATTERNS["suppressed"][1]
    assert palette.contrast_ratio(hidden, "#ffffff") > loudest


def test_none_recorded_has_a_mark_of_its_own():
    ground, ink, kind = palette.ZERO
    assert palette.contrast_ratio(ground, ink) > 4
    others = {pattern for _, _, pattern in palette.PATTERNS.values()}
    others |= {pattern for _, _, pattern in palette.CLUSTER_FILLS.values()}
    assert kind not in {*others, "solid", "back"}


def lab(colour):
    """Lightness and two axes of colour, by CIE 1976, under daylight."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    matrix = (
        (0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)
    )  # fmt: skip
    white = (0.9505, 1.0, 1.089)
    x, y, z = (
        sum(a * b for a, b in zip(row, linear, strict=True)) / top
        for row, top in zip(matrix, white, strict=True)
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_water_is_no_class_and_not_the_sea(root):
    style = (root / "vawg_geo/publish/page/scripts/page.css").read_text("utf-8")
    sea = re.search(r"--sea: (#[0-9a-f]{6})", style).group(1)
    grounds = {sea, "#ffffff"}
    grounds |= {colour for classes in range(1, 10) for colour in palette.sequential(classes)}
    for table in (palette.SIGNIFICANCE_COLOURS, palette.STANDING_COLOURS, palette.BIVARIATE):
        grounds |= set(table.values())
    for table in (palette.PATTERNS, palette.CLUSTER_FILLS, palette.CHANGE_FILLS):
        grounds |= {ground for ground, _, _ in table.values()}
    for ground in sorted(grounds):
        apart = math.dist(lab(palette.WATER), lab(ground))
        # 2.3 is just seen side by side; rivers are thin.
        assert apart > 14, (ground, apart)


def test_significance_colours_differ_in_lightness_and_carry_black_signs():
    colours = palette.SIGNIFICANCE_COLOURS
    for one, other in itertools.combinations(("higher", "similar", "lower"), 2):
        assert palette.contrast_ratio(colours[one], colours[other]) > 1.7, (one, other)


CLUSTERS = {
    "high-high", "low-low", "high-low", "low-high", "hot", "cold", "not_significant", "island",
    "not_applicable",
}  # fmt: skip


def test_every_label_of_a_hotspot_has_texts_and_a_fill():
    for table in (words_hotspots.CLUSTER, palette.CLUSTER_FILLS):
        assert set(table) == CLUSTERS
    # What is beyond chance has a sign beside its colour; what is not has none.
    quiet = {"not_significant", "island", "not_applicable"}
    assert set(words_hotspots.CLUSTER_SIGN) == CLUSTERS - quiet
    assert len(set(words_hotspots.CLUSTER_SIGN.values())) == len(CLUSTERS - quiet)


def test_every_pattern_has_texts_a_sign_where_it_stands_out_and_a_fill():
    kinds = set(words_patterns.PATTERN)
    assert kinds == CLUSTERS - {"high-high", "low-low"} == set(words_patterns.PATTERN_SENTENCE)
    assert len(set(words_patterns.PATTERN_SENTENCE.values())) == len(kinds)
    assert set(words_patterns.PATTERN_SIGN) == kinds - {
        "not_significant",
        "island",
        "not_applicable",
    }
    assert len(set(words_patterns.PATTERN_SIGN.values())) == len(words_patterns.PATTERN_SIGN)


@pytest.mark.parametrize(
    "labels",
    [
        ("high-high", "low-low", "high-low", "low-high", "not_significant", "island",
         "not_applicable"),
        ("hot", "cold", "not_significant", "island", "not_applicable"),
    ],
)  # fmt: skip
def test_labels_differ_in_lightness_or_in_pattern(labels):
    fills = palette.CLUSTER_FILLS
    for one, other in itertools.combinations(labels, 2):
        if fills[one][2] == fills[other][2]:
            ratio = palette.contrast_ratio(fills[one][0], fills[other][0])
            assert ratio > 1.35, (one, other, ratio)
    for ground, ink, kind in fills.values():
        assert kind == "solid" or palette.contrast_ratio(ground, ink) > 4.5


def test_numbers_of_clusters_are_read():
    assert palette.contrast_ratio(palette.CLUSTER_COLOUR, "#ffffff") > 7
    for ground, _, _ in palette.CLUSTER_FILLS.values():
        # The white casing keeps the line apart where the fill alone would not.
        assert palette.contrast_ratio(palette.CLUSTER_COLOUR, ground) > 1.5


@pytest.mark.parametrize(
    ("correction", "phrase"),
    [("bh", "Benjamini-Hochberg at 5%"), ("bonferroni", "Bonferroni at 5%"),
     ("none", "no correction for many wards, at 5%")],
)  # fmt: skip
def test_the_rule_names_the_correction(correction, phrase):
    rule = words_hotspots.hotspot_rule(
        "gi-star", weights="rook", permutations=999, seed=7, correction=correction, alpha=0.05,
        levels="wards",
    )  # fmt: skip
    assert rule == (
        "Gi* on empirical-Bayes-standardised rates, rook neighbours, 999 permutations, seed 7, "
        f"{phrase}, high and low neighbours (two-sided)"
    )


def test_patterns_are_seen():
    for ground, ink, _ in palette.PATTERNS.values():
        assert palette.contrast_ratio(ground, ink) > 2.5
