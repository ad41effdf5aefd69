"""Places: no refuge among them, metres of the National Grid, distances of whoever measures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree

from vawg_geo.errors import DisclosureError, InputError
from vawg_geo.overlays.access.places import (
    distances,
    positive_weights,
    require_points,
)
from vawg_geo.terms.refuges import refuse_refuges


def table(**columns):
    frame = {"site": ["A", "B"], "easting": [540000, 545000], "northing": [280000, 285000]}
    return pd.DataFrame(frame | columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"site": ["A", "Women's Aid REFUGE"]},
        {"note": ["", "leads to the safe house"]},
        {"kind": ["hospital", "safe-house"]},
        {"service": ["drop-in", "refuges"]},
        {"refuge": ["no", "yes"]},
        {"is_refuge": [False, True]},
        {"note": ["", "at a confidential address"]},
    ],
)
def test_a_refuge_is_refused_wherever_the_table_says_so(columns):
    with pytest.raises(
        DisclosureError,
        match=r"""1 of 2 places are a refuge or a private place; first: ('B'|"Women)""",
    ):
        refuse_refuges(table(**columns), name="site")


def test_other_places_that_are_on_no_map_are_refused_by_name():
    for columns in ({"site": ["A", "Brothel"]}, {"kind": ["", "sex work outreach"]}):
        with pytest.raises(DisclosureError, match="1 of 2 places"):
            refuse_refuges(table(**columns), name="site")
    # What a site is called says so, not where it is.
    refuse_refuges(table(postcode="CB2 1TN", note="coordinates by hand"), name="site")


def test_refugees_are_no_refuge_and_no_means_no():
    refuse_refuges(
        table(site=["Refugee advice", "B"], refuge=["no", ""], safe_house=[0, 0]), name="site"
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"site": ["A", "A"]}, "1 of 2 places stand more than once; first: 'A'"),
        ({"easting": [None, 545000]}, "1 of 2 places have no coordinates; first: 'A'"),
        ({"easting": [540000, "somewhere"]}, "1 of 2 places have no coordinates; first: 'B'"),
        (
            {"easting": [0.12, 0.13], "northing": [52.2, 52.3]},
            "2 of 2 .* National Grid; first: 'A'",
        ),
        ({"northing": [280000, -5]}, "1 of 2 .* National Grid; first: 'B'"),
    ],
)
def test_points_that_are_none(columns, message):
    with pytest.raises(InputError, match=message):
        require_points(table(**columns), name="site", what="places")


def test_missing_columns_and_no_rows():
    with pytest.raises(
        InputError, match="1 of 3 columns are missing from the towns; first: 'town'"
    ):
        require_points(table(), name="town", what="towns")
    with pytest.raises(InputError, match="have no row"):
        require_points(table().iloc[:0], name="site", what="sites")


@pytest.mark.parametrize("weight", [-1, None, np.inf, "many"])
def test_weights_that_are_none(weight):
    with pytest.raises(InputError, match="1 of 2 sites have no need of zero or more; first: 'B'"):
        positive_weights(table(need=[1, weight]), "need", name="site", what="sites")


def test_straight_lines_are_those_of_a_tree():
    rng = np.random.default_rng(3)
    homes, places = (rng.uniform(500_000, 560_000, (n, 2)) for n in (200, 7))
    found, method = distances(homes, places)
    nearest, which = cKDTree(places).query(homes)
    assert method == "straight line"
    np.testing.assert_allclose(found.min(axis=1), nearest)
    np.testing.assert_array_equal(found.argmin(axis=1), which)


def test_distances_of_ones_own_are_checked():
    homes = np.array([[500_000.0, 300_000.0], [520_000.0, 300_000.0]])
    place = homes[:1]
    found, method = distances(
        homes, place, distance=lambda a, b: np.array([[0.0], [np.nan]]), method="by road"
    )
    assert method == "by road"
    assert found.tolist() == [[0.0], [np.inf]]
    for given, message in (
        ([[0.0], [20.0]], "1 of 2 distances are negative or less .* 20.0 for 20,000 m.*kilometres"),
        ([[0.0], [-1.0]], "1 of 2 distances are negative"),
        ([[0.0, 20_000.0]], r"shape \(1, 2\) for 2 origins and 1 destinations"),
    ):
        with pytest.raises(InputError, match=message):
            distances(homes, place, distance=lambda a, b, g=given: np.array(g), method="by road")
    with pytest.raises(InputError, match="belong together"):
        distances(homes, place, distance=lambda a, b: np.zeros((2, 1)))
    with pytest.raises(InputError, match="belong together"):
        distances(homes, place, method="by road")
    with pytest.raises(InputError, match="easting first"):
        distances(homes, place[:, ::-1])
