"""Names as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.areas.joining.names import suggest_names
from vawg_geo.terms.area_names import normalise_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fletton & Woodston", "Fletton and Woodston"),
        ("King's Hedges", "Kings Hedges"),
        ("Queen Edith’s", "QUEEN EDITH'S"),
        ("Cambridge City", "Cambridge"),
        ("Benwick, Coates & Eastrea", "Benwick Coates and Eastrea"),
        ("  Orton   with Hampton ", "orton with hampton"),
        ("Abbey Ward", "Abbey"),
        ("St. Ives South", "St Ives South"),
    ],
)
def test_forgiven(one, other):
    assert normalise_name(one) == normalise_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("East", "West"), ("City", ""), ("Orton Longueville", "Orton Waterville")]
)
def test_not_forgiven(one, other):
    assert normalise_name(one) != normalise_name(other)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text):
    once = normalise_name(text)
    # A closing 'City' goes once: 'City City' is a name nobody gave.
    if not once.endswith((" city", " ward", " district")):
        assert normalise_name(once) == once


WARDS = ["Central", "North", "Park", "Fletton and Woodston", "East", "Werrington North"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Central North", ["Central", "North"]),
        (
            "Fletton & Woodston Park and Central North",
            ["Fletton and Woodston", "Park", "Central", "North"],
        ),
        ("Park and Central", ["Park", "Central"]),
        ("Flettn and Woodston", ["Fletton and Woodston"]),
        ("Xyzzy", []),
    ],
)
def test_suggestions(name, expected):
    assert suggest_names(name, WARDS) == expected
