"""Maps classed otherwise: limits, how many, by which rule, in which colours."""

from __future__ import annotations

import json

import numpy as np
import pytest

import vawg_geo
from vawg_geo.errors import ConfigurationError, OutputError
from vawg_geo.results.classing import class_limits, with_classes
from vawg_geo.results.results import results_of
from vawg_geo.results.series import series_of


@pytest.fixture(scope="module")
def edition(default_tables):
    return vawg_geo.protect(default_tables, edition="public")


def shown(edition, **asked):
    chart = vawg_geo.build_map(edition, level="ward", **asked)
    payload = chart.get_root().payload
    return payload, json.loads(json.dumps(payload["palette"]["classes"]))


def test_limits_that_are_given_are_the_pages_and_the_pictures(edition):
    payload, palette = shown(edition, breaks=[2, 6], colours=["#ffffff", "#000000"])
    assert {tuple(one["breaks"]) for one in payload["series"]} == {(2.0, 6.0)}
    assert palette == {"3": ["#ffffff", "#808080", "#000000"]}
    one = series_of(with_classes(results_of(edition), level="ward", breaks=[2, 6]), "ward")[0]
    rate = one.rate[~np.isnan(one.rate)]
    assert np.array_equal(one.class_number[one.class_number >= 0], (rate >= 2) * 1 + (rate >= 6))
    picture = vawg_geo.plot_map(edition, level="ward", breaks=[2, 6])
    assert picture.figure is not None


def test_one_indicators_classes_leave_the_others(edition):
    results = results_of(edition)
    name = results.breaks and next(key[1] for key in results.breaks if key[0] == "ward")
    changed = with_classes(results, level="ward", indicator=name, classes=2)
    for key, limits in results.breaks.items():
        mine = key[0] == "ward" and key[1] == name
        assert (changed.breaks[key] == limits) != (mine and len(limits) > 1), key


def test_nothing_asked_changes_nothing(edition):
    results = results_of(edition)
    assert with_classes(results, level="ward") is results


def test_quantiles_put_as_many_areas_in_each_class():
    rates = np.random.default_rng(3).gamma(2, 4, 400)
    limits = class_limits(rates, classes=4, scheme="quantiles", decimals=2)
    counted = np.bincount(np.searchsorted(limits, rates, side="right"))
    assert (abs(counted - 100) <= 1).all()
    widths = np.diff(class_limits(rates, classes=5, scheme="equal", decimals=2))
    assert np.allclose(widths, widths[0], atol=0.011)
    assert class_limits(np.full(5, np.nan), classes=5, scheme="equal", decimals=1) == ()


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"breaks": [4, 2]}, "do not ascend"),
        ({"breaks": [0, 2]}, "from above 0"),
        ({"breaks": [1, 2], "classes": 3}, "cannot be given with them"),
        ({"classes": 12}, "a key of 12 classes cannot be read"),
        ({"scheme": "quantile"}, "Did you mean 'quantiles'"),
        ({"colours": "viridis"}, "colours are two or more"),
        ({"colours": ["#ffffff", "blue"]}, "first: 'blue'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(edition, asked, match):
    with pytest.raises(ConfigurationError, match=match):
        vawg_geo.build_map(edition, level="ward", **asked)


def test_a_picture_by_one_call(edition, tmp_path):
    path = vawg_geo.write_picture(edition, tmp_path / "map.png", level="ward", classes=4)
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(OutputError, match=r"must end in \.png or \.svg"):
        vawg_geo.write_picture(edition, tmp_path / "map.doc", level="ward")
