"""Small pictures of the index: what the page shows, nothing else, and small."""

from __future__ import annotations

import re

import pytest

from vawg_geo.publish.edition import write_edition
from vawg_geo.publish.page.pages import write_pages
from vawg_geo.publish.page.thumbnails import fills_of, small_map, small_patterns
from vawg_geo.results.opening import opening_series
from vawg_geo.results.series import series_of


@pytest.fixture
def fills(results):
    series = series_of(results, "ward")
    return fills_of(series[opening_series(series)])


def test_fills_are_those_that_the_page_opens_with(fills):
    assert fills[1] == "url(#p-zero)"
    assert fills[3:6] == ["url(#p-suppressed)", "url(#p-missing)", "url(#p-not_applicable)"]
    assert all(fill.startswith(("#", "url(#p-")) for fill in fills)


def test_areas_of_one_fill_are_one_path(results, fills):
    picture = small_map(results.areas["ward"], fills)
    found = re.findall(r'<path fill="([^"]+)"', picture)
    assert sorted(found) == sorted(set(fills))
    # Every square is a ring of its own.
    assert picture.count("M") == len(fills)
    assert not re.search(r"E0\d{7}|style=", picture)


def test_hatches_stand_in_the_page_that_uses_them(results, tmp_path):
    write_edition(results, tmp_path, writers=[write_pages])
    text = (tmp_path / "index.html").read_text("utf-8")
    used = set(re.findall(r'fill="url\(#([\w-]+)\)"', text))
    assert used
    assert used <= set(re.findall(r'id="([\w-]+)"', small_patterns()))
    assert text.count("<pattern ") == 4
    assert text.count("<svg viewBox") == 2


def test_thousands_of_areas_stay_small(factory):
    areas = factory.grid_areas(40, 30)["ward"]
    picture = small_map(areas, ["#fbf3c4", "#1f3f86"] * 600)
    assert picture.count("<path") == 2
    assert len(picture) < 60_000
