"""Tables of frames in memory, and of an area of the country."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

import vawg_geo
from vawg_geo.errors import ConfigurationError, InputError, JoinError

CODES = [f"E0500{2703 + n}" for n in range(9)]


@pytest.fixture
def frames(tmp_path):
    squares = [
        box(544000 + 1000 * x, 259000 + 1000 * y, 545000 + 1000 * x, 260000 + 1000 * y)
        for y in range(3)
        for x in range(3)
    ]
    return {
        "counts": pd.DataFrame({
            "area_code": CODES, "indicator": "referrals", "sex": "persons", "period": "2024/25",
            "count": [31, 12, None, 0, 15, 19, 22, 2, 30],
        }),
        "population": pd.DataFrame({"area_code": CODES, "sex": "persons", "population": 7000}),
        "boundaries": gpd.GeoDataFrame(
            {"area_code": CODES, "area_name": list("abcdefghi")}, geometry=squares, crs=27700
        ),
        "folder": tmp_path,
    }  # fmt: skip


def test_frames_become_a_map_without_a_file_of_ones_own(frames, tmp_path):
    tables = vawg_geo.Tables.from_frames(**frames)
    edition = vawg_geo.protect(tables, edition="public")
    told = edition.counts[edition.counts["level"] == "ward"].set_index("area_code")
    assert told["status"].to_dict() == {
        code: {2: "missing", 3: "zero", 7: "suppressed"}.get(n, "value")
        for n, code in enumerate(CODES)
    }
    page = vawg_geo.write_html(vawg_geo.build_map(edition, level="ward"), tmp_path / "map.html")
    assert "referrals" in page.read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disclosure.key", "map.html"]


def test_a_frame_is_left_as_it_is(frames):
    before = {name: frames[name].copy() for name in ("counts", "population", "boundaries")}
    vawg_geo.Tables.from_frames(**frames)
    assert all(frames[name].equals(before[name]) for name in before)


def test_all_areas_together_are_compared_with_where_no_area_is(frames):
    whole = frames["counts"].assign(count=10)
    tables = vawg_geo.Tables.from_frames(**frames | {"counts": whole})
    together = tables.counts[tables.counts["level"] == "county"]
    assert together["count"].tolist() == [90]
    named = vawg_geo.Tables.from_frames(**frames | {"comparator": CODES[0]})
    assert named.project.significance.comparator == CODES[0]
    assert set(named.areas) == {"ward"}


def test_frames_that_cannot_be_used_are_refused(frames):
    make = vawg_geo.Tables.from_frames
    with pytest.raises(InputError, match="frame of counts has no rows"):
        make(**frames | {"counts": frames["counts"].head(0)})
    odd = frames["counts"].tail(1).assign(area_code="E05002799")
    with pytest.raises(JoinError, match="1 of 10 areas of the table cannot be joined"):
        make(**frames | {"counts": pd.concat([frames["counts"], odd])})
    with pytest.raises(InputError, match="no system of coordinates"):
        make(**frames | {"boundaries": frames["boundaries"].set_crs(None, allow_override=True)})
    with pytest.raises(ConfigurationError, match="do not tell their level"):
        make(**frames | {"boundaries": frames["boundaries"].assign(area_code=list("abcdefghi"))})


def test_an_area_by_its_name_with_counts_by_names_of_wards(tmp_path):
    counts = pd.DataFrame({
        "area_name": ["Arbury", "Market"], "indicator": "referrals", "sex": "female",
        "period": "2024/25", "count": [31, 12],
    })  # fmt: skip
    tables = vawg_geo.load_area("Cambridge", counts=counts, folder=tmp_path)
    assert tables.project.project.title == "Violence against women and girls in Cambridge, 2024/25"
    wards = tables.counts[tables.counts["level"] == "ward"]
    assert (len(wards), int(wards["count"].sum())) == (14, 43)
    assert vawg_geo.protect(tables, edition="public").counts["count"].notna().any()
    wrong = counts.replace("Arbury", "Arbry")
    with pytest.raises(JoinError, match="Arbry"):
        vawg_geo.load_area("Cambridge", counts=wrong, folder=tmp_path)
    with pytest.raises(InputError, match="Did you mean Cambridge"):
        vawg_geo.load_area("Cambrige", counts=counts)
