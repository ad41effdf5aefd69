"""What is kept for a project's tables is theirs alone, and goes with them."""

from __future__ import annotations

import gc
import weakref

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import vawg_geo
from vawg_geo.areas.shared import Shared
from vawg_geo.results.results import results_of


class Counted:
    """A function that says how often it was called."""

    def __init__(self):
        self.calls = 0

    def __call__(self, *given, **options):
        self.calls += 1
        return (self.calls, len(given), options)


TABLE = pd.DataFrame({"area_code": ["E1", "E2"], "count": [1.0, None]})
LAYER = gpd.GeoDataFrame({"area_code": ["E1"]}, geometry=[box(0, 0, 1, 1)], crs=27700)


@pytest.mark.parametrize("table", [TABLE, LAYER, TABLE.iloc[:0]], ids=["table", "layer", "empty"])
def test_the_same_is_computed_once(table):
    shared, make = Shared(), Counted()
    first = shared.once(make, table, per=1_000)
    assert shared.once(make, table.copy(), per=1_000) is first
    assert make.calls == 1


@pytest.mark.parametrize(
    "other",
    [
        TABLE.assign(count=[1.0, 2.0]),
        TABLE.assign(area_code=["E1", "E3"]),
        TABLE.rename(columns={"count": "rate"}),
        TABLE.iloc[::-1],
        LAYER,
        "a text",
    ],
    ids=["a value", "an area", "a column", "an order", "a layer", "a text"],
)
def test_anything_else_is_computed_anew(other):
    """Seen to fail with `_same` that looks at shapes alone."""
    shared, make = Shared(), Counted()
    first = shared.once(make, TABLE, per=1_000)
    assert shared.once(make, other, per=1_000) is not first
    assert shared.once(make, TABLE, per=100) is not first
    assert shared.once(Counted(), TABLE, per=1_000) is not first
    assert shared.once(make, TABLE, TABLE, per=1_000) is not first
    assert shared.once(make, TABLE, per=1_000) is first


def test_what_is_kept_goes_with_the_tables(make_project):
    """Seen to fail with results that are kept by the module, as a cached function keeps them."""
    tables = vawg_geo.load_tables(vawg_geo.read_project(make_project()))
    edition = vawg_geo.protect(tables)
    results = results_of(edition)
    assert results_of(edition) is results
    gone = [weakref.ref(thing) for thing in (tables, edition, results, tables.shared)]
    del tables, edition, results
    gc.collect()
    assert [ref() for ref in gone] == [None] * 4


def test_editions_of_the_same_tables_share(make_project):
    config = make_project()
    tables = vawg_geo.load_tables(vawg_geo.read_project(config))
    public, partners = (vawg_geo.protect(tables, edition=n) for n in ("public", "partnership"))
    assert public.shared is partners.shared is tables.shared
    assert vawg_geo.load_tables(vawg_geo.read_project(config)).shared is not tables.shared
