"""Series hold what every output prints, and outputs print them."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import vawg_geo
from vawg_geo.results.key import rate_classes, state_classes
from vawg_geo.results.series import series_of

PACKAGE = Path(vawg_geo.__file__).parent


@pytest.fixture(scope="module")
def results():
    path = Path(__file__).parents[1] / "publish" / "factory.py"
    spec = importlib.util.spec_from_file_location("vawg_geo_series_factory", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.make_results()


def one(results, indicator, sex, level="ward"):
    keys = [series for series in series_of(results, level) if series.key[:2] == (indicator, sex)]
    assert len(keys) == 1
    return keys[0]


def test_figures_stand_in_the_areas_order_whatever_the_rows_order(results):
    rates = results.rates.sample(frac=1, random_state=2)
    shuffled = one(dataclasses.replace(results, rates=rates), "crimes", "male")
    straight = one(results, "crimes", "male")
    assert straight.area_code.tolist() == results.areas["ward"]["area_code"].tolist()
    for name in ("rate", "rate_lower", "rate_upper_998", "count", "population", "class_number"):
        np.testing.assert_array_equal(getattr(shuffled, name), getattr(straight, name))
    assert shuffled.status.tolist() == straight.status.tolist()


def test_arrays_have_a_place_for_each_area(results):
    for series in series_of(results, "ward"):
        arrays = {
            field.name: getattr(series, field.name)
            for field in dataclasses.fields(series)
            if isinstance(getattr(series, field.name), np.ndarray)
        }
        assert len(arrays) == 13
        assert {name: len(array) for name, array in arrays.items()} == dict.fromkeys(arrays, 12)


def test_what_is_hidden_has_no_figure(results):
    """Seen to fail with the counts of hidden areas put back."""
    series = one(results, "incidents", "persons")
    hidden = series.status == "suppressed"
    assert hidden.any()
    for name in ("rate", "rate_lower", "rate_upper", "rate_lower_998", "rate_upper_998", "count"):
        assert np.isnan(getattr(series, name)[hidden]).all(), name
    assert (series.class_number[hidden] == -1).all()
    assert {paint.key for paint, mine in zip(series.paints(), hidden, strict=True) if mine} == {
        "suppressed"
    }


def test_an_area_is_painted_by_its_class(results):
    series = one(results, "incidents", "persons")
    classes = series.classes()
    for place, paint in enumerate(series.paints()):
        if paint in classes:
            rate = results.rates.query(
                "area_code == @series.area_code[@place] and indicator == 'incidents'"
            )["rate"].iloc[0]
            assert paint.lower <= rate < paint.upper, place
    assert {paint.key for paint in series.paints()} > {"zero", "suppressed", "missing"}


def test_series_are_made_once(results):
    assert series_of(results, "ward") is series_of(results, "ward")
    again = dataclasses.replace(results)
    assert series_of(again, "ward") is not series_of(results, "ward")


def test_classes_meet_at_their_limits():
    classes = rate_classes((1.5, 3.0, 4.25), decimals=2)
    assert [one.upper for one in classes[:-1]] == [one.lower for one in classes[1:]]
    assert [one.label for one in classes] == [
        "Under 1.50",
        "1.50 to under 3.00",
        "3.00 to under 4.25",
        "4.25 or more",
    ]
    assert len({one.ground for one in (*classes, *state_classes())}) >= len(classes)


@pytest.mark.parametrize("room", ["pictures", "report", "layers"])
def test_only_the_page_knows_the_pages_data(room):
    """Seen to fail with `build_payload` in a picture, as it once was."""
    sources = {path: path.read_text("utf-8") for path in (PACKAGE / "publish" / room).glob("*.py")}
    assert sources
    assert [path.name for path, text in sources.items() if "payload" in text] == []
