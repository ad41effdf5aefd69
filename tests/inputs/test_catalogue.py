from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from tests.inputs.portal import write_registry
from vawg_geo.errors import BoundaryError, ConfigurationError, InputError
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.catalogue import catalogue
from vawg_geo.inputs.catalogue.catalogue import (
    add_file,
    catalogue_table,
    find_entry,
    find_layer,
    read_catalogue,
)
from vawg_geo.inputs.catalogue.registry import verified_path
from vawg_geo.inputs.catalogue.store import cache_folder, store_layer
from vawg_geo.terms.columns import LEVELS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a small embedded folder in the real one's place."""
    folder = tmp_path / "embedded"
    folder.mkdir()
    monkeypatch.setattr(catalogue, "embedded_folder", lambda kind: write_registry(folder))
    return folder


def squares(codes: list[str], **more: list[str]) -> gpd.GeoDataFrame:
    outlines = [
        shapely.box(540_000 + 1_000 * n, 250_000, 541_000 + 1_000 * n, 251_000)
        for n in range(len(codes))
    ]
    names = [f"Area {n}" for n in range(len(codes))]
    return gpd.GeoDataFrame(
        {"WD23CD": codes, "WD23NM": names, **more}, geometry=outlines, crs=27700
    )


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    path = tmp_path / "private folder" / "Our wards (2023).geojson"
    path.parent.mkdir()
    frame = squares(
        ["E05000003", "E05000001", "E05000002"],
        LAD23CD=["E07000008"] * 3,
        refuge=["secret", "secret", "secret"],
    )
    frame.to_crs(4326).to_file(path, driver="GeoJSON")
    return path


def test_the_package_brings_its_default_layers(tmp_path):
    entries = {e.name: e for e in read_catalogue(cache=tmp_path) if e.kind == "embedded"}
    assert {n: e.rows for n, e in entries.items()} == {
        "wards-2015": 144,
        "wards-2016": 142,
        "districts-2015": 6,
        "county-2015": 1,
        "police-area-2015": 1,
    }
    for entry in entries.values():
        assert entry.state == "in the package"
        assert entry.level in LEVELS
        assert entry.licence == "OGL-3.0"
        assert "Open Government Licence v3.0" in entry.attribution
        frame = read_boundaries(
            find_layer(entry.name, cache=tmp_path).path,
            code_column=entry.code_column,
            name_column=entry.name_column,
            level=entry.level,
        )
        assert len(frame) == entry.rows


def test_official_layers_are_listed_before_they_are_fetched(small, tmp_path):
    entry = find_entry("ons-lsoa-2011-bgc", cache=tmp_path)
    assert (entry.kind, entry.state, entry.level) == ("official", "not fetched", "lsoa")
    assert (entry.vintage, entry.rows, entry.path) == ("2011-12", 32_844, None)
    assert entry.attribution.endswith("Crown copyright and database right 2011.")
    with pytest.raises(ConfigurationError, match=r"Run 'vawg-geo boundaries fetch ons-lsoa-2011"):
        find_layer("ons-lsoa-2011-bgc", cache=tmp_path)


def test_every_official_entry_is_complete_and_consistent(small, tmp_path):
    entries = [e for e in read_catalogue(cache=tmp_path) if e.kind == "official"]
    prefixes = {
        "ward": "E05", "district": "E0", "county": "E10", "police_area": "E23", "lsoa": "E01"
    }  # fmt: skip
    stems = {"ward": "WD", "district": "LAD", "county": "CTY", "police_area": "PFA", "lsoa": "LSOA"}
    assert len({e.name for e in entries}) == len(entries) >= 15
    for entry in entries:
        remote = entry.remote
        year = entry.vintage[2:4]
        assert re.fullmatch(r"ons-[a-z-]+-20\d\d-b[fgs]c", entry.name)
        assert f"-20{year}-" in entry.name
        assert remote.codes == prefixes[entry.level]
        assert remote.code_column.upper() == f"{stems[entry.level]}{year}CD"
        assert remote.name_column.upper() == f"{stems[entry.level]}{year}NM"
        assert remote.parent_column is None or remote.parent_column.upper() == f"LAD{year}CD"
        assert f"20{year}" in remote.service
        assert remote.seen in {"service", "file"}
        assert entry.title.split(",")[1].strip().endswith(f"20{year}")


def test_an_embedded_layer_is_found_with_its_columns(small, tmp_path):
    path, entry = find_layer("wards-2015", cache=tmp_path)
    assert path == small / "wards.gpkg"
    assert (entry.kind, entry.rows, entry.code_column) == ("embedded", 2, "code")
    assert "lookup-2015-2016" not in {e.name for e in read_catalogue(cache=tmp_path)}


def test_a_changed_embedded_layer_is_refused(small, tmp_path, monkeypatch):
    folder = write_registry(small)
    with (folder / "wards.gpkg").open("ab") as stream:
        stream.write(b"x")
    monkeypatch.setattr(catalogue, "embedded_folder", lambda kind: folder)
    with pytest.raises(InputError, match=r"wards\.gpkg is not the file that was registered"):
        find_layer("wards-2015", cache=tmp_path)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("ward-2015", r"Did you mean 'wards-2015'"),
        ("Wards-2015", r"Did you mean 'wards-2015'"),
        ("ons-wards-2015-bgc", r"mean 'wards-2015', 'ons-wards-2016-bgc' or 'ons-wards-2019-bgc'"),
        ("ons-lsoa-2015-bgc", r"mean 'ons-lsoa-2011-bgc', 'ons-lsoa-2021-bgc'"),
        ("polise-area-2015", r"mean 'ons-police-areas-2023-bgc'"),
    ],
)
def test_an_unknown_name_offers_the_nearest(typed, offered, small, tmp_path):
    with pytest.raises(ConfigurationError, match=offered) as caught:
        find_layer(typed, cache=tmp_path)
    assert f"no layer of the catalogue is called {typed!r}" in str(caught.value)


def test_the_table_has_a_row_for_each_layer(small, own_file, tmp_path):
    add_file(own_file, name="mine", cache=tmp_path / "cache")
    table = catalogue_table(cache=tmp_path / "cache").set_index("name")
    assert table.loc["wards-2015", ["level", "areas", "where"]].tolist() == [
        "ward", "2", "in the package"
    ]  # fmt: skip
    assert table.loc["ons-lsoa-2011-bgc", ["areas", "where"]].tolist() == ["32,844", "not fetched"]
    assert table.loc["ons-wards-2019-bgc", "areas"] == ""
    assert table.loc["mine", "where"] == "added"
    assert len(table) == len(read_catalogue(cache=tmp_path / "cache"))


def test_a_name_like_no_other_offers_none(small, tmp_path):
    with pytest.raises(ConfigurationError, match=r"'zzz'\. Run 'vawg-geo boundaries list'"):
        find_entry("zzz", cache=tmp_path)


def test_an_added_file_becomes_a_layer(small, own_file, tmp_path):
    entry = add_file(own_file, vintage="2023-05", attribution="Us", cache=tmp_path / "cache")
    assert (entry.name, entry.kind, entry.state) == ("our-wards-2023", "added", "added")
    assert (entry.level, entry.vintage, entry.rows) == ("ward", "2023-05", 3)
    assert (entry.source, entry.attribution) == ("Our wards (2023).geojson", "Us")
    assert entry.notes
    path, found = find_layer("our-wards-2023", cache=tmp_path / "cache")
    assert found == entry
    frame = gpd.read_file(path)
    assert frame.crs.to_epsg() == 27700
    assert frame["area_code"].tolist() == ["E05000001", "E05000002", "E05000003"]
    again = read_boundaries(
        path, code_column=found.code_column, name_column=found.name_column,
        parent_column=found.parent_column, level=found.level,
    )  # fmt: skip
    assert set(again["parent_code"]) == {"E07000008"}
    assert again.area.tolist() == pytest.approx([1e6] * 3, rel=1e-4)


def test_nothing_private_of_an_added_file_is_kept(small, own_file, tmp_path):
    add_file(own_file, cache=tmp_path / "cache")
    for file in (tmp_path / "cache").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"secret" not in content
            assert b"private folder" not in content
            assert str(tmp_path).encode() not in content


def test_an_added_layer_without_parents_says_so(small, tmp_path):
    squares(["E05000001"]).to_file(tmp_path / "bare.gpkg")
    entry = add_file(tmp_path / "bare.gpkg", cache=tmp_path)
    assert entry.parent_column is None
    assert len(read_boundaries(entry.path, code_column=entry.code_column)) == 1


def test_codes_of_ones_own_need_a_level(small, tmp_path):
    path = tmp_path / "beats.gpkg"
    squares(["E05000001", "beat-2", "beat-3"]).to_file(path)
    message = r"2 of 3 codes of beats\.gpkg do not tell their level; first: 'beat-2'.*--level"
    with pytest.raises(BoundaryError, match=message):
        add_file(path, cache=tmp_path)
    assert not (tmp_path / "added").exists()


def test_a_file_that_fails_the_checks_is_not_taken(small, tmp_path):
    path = tmp_path / "twice.gpkg"
    squares(["E05000001", "E05000001"]).to_file(path)
    with pytest.raises(BoundaryError, match=r"E05000001"):
        add_file(path, cache=tmp_path)
    assert not (tmp_path / "added").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wards-2015", r"already has an embedded layer called 'wards-2015'.*--name"),
        ("ons-lsoa-2011-bgc", r"already has an official layer called"),
        ("../escape", r"'\.\./escape' cannot be a layer's name"),
        ("Caps", r"'Caps' cannot be a layer's name"),
        ("", r"'' cannot be a layer's name"),
    ],
)
def test_names_that_cannot_be_had(name, message, small, own_file, tmp_path):
    with pytest.raises(ConfigurationError, match=message):
        add_file(own_file, name=name, overwrite=True, cache=tmp_path)


def test_an_added_layer_is_replaced_only_on_request(small, own_file, tmp_path):
    add_file(own_file, name="mine", cache=tmp_path)
    squares(["E05000009"]).to_file(tmp_path / "new.gpkg")
    with pytest.raises(ConfigurationError, match=r"already has an added layer .*--replace"):
        add_file(tmp_path / "new.gpkg", name="mine", cache=tmp_path)
    assert find_entry("mine", cache=tmp_path).rows == 3
    assert add_file(tmp_path / "new.gpkg", name="mine", overwrite=True, cache=tmp_path).rows == 1


def test_a_level_that_is_none_is_refused(small, own_file, tmp_path):
    with pytest.raises(ConfigurationError, match=r"'parish' is not a level\. Use one of ward, "):
        add_file(own_file, level="parish", cache=tmp_path)


def test_a_damaged_added_layer_is_not_handed_out(small, own_file, tmp_path):
    path = add_file(own_file, name="mine", cache=tmp_path).path
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BoundaryError, match=r"'mine' is not the file that was recorded.*add FILE"):
        find_layer("mine", cache=tmp_path)
    path.unlink()
    with pytest.raises(BoundaryError, match=r"changed, cut short or removed"):
        find_layer("mine", cache=tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"rows": 3}', '{"level": "moon", "rows": 1}'])
def test_a_record_that_cannot_be_read_spoils_no_list(content, small, own_file, tmp_path):
    add_file(own_file, name="mine", cache=tmp_path)
    (tmp_path / "added" / "mine.json").write_text(content)
    (tmp_path / "fetched").mkdir()
    (tmp_path / "fetched" / "ons-lsoa-2011-bgc.json").write_text(content)
    names = {e.name: e.state for e in read_catalogue(cache=tmp_path)}
    assert "mine" not in names
    assert names["ons-lsoa-2011-bgc"] == "not fetched"


def test_a_failed_write_leaves_the_former_layer(small, own_file, tmp_path, monkeypatch):
    entry = add_file(own_file, name="mine", cache=tmp_path)
    before = entry.path.read_bytes()
    frame = gpd.read_file(entry.path)

    def fail(self, path, **options):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gpd.GeoDataFrame, "to_file", fail)
    with pytest.raises(OSError, match="No space"):
        store_layer(frame, tmp_path / "added", "mine", record={})
    assert entry.path.read_bytes() == before
    assert sorted(p.name for p in entry.path.parent.iterdir()) == ["mine.gpkg", "mine.json"]


def test_a_record_holds_what_was_written(small, own_file, tmp_path):
    entry = add_file(own_file, name="mine", cache=tmp_path)
    record = json.loads(entry.path.with_suffix(".json").read_text("utf-8"))
    assert record["bytes"] == entry.path.stat().st_size
    assert (record["rows"], record["parents"], record["name"]) == (3, True, "mine")
    assert len(record["sha256"]) == 64


def test_the_cache_is_where_it_is_told_to_be(tmp_path, monkeypatch):
    monkeypatch.setenv("VAWG_GEO_CACHE", str(tmp_path / "variable"))
    assert cache_folder(tmp_path / "given") == tmp_path / "given"
    assert cache_folder() == tmp_path / "variable"
    monkeypatch.delenv("VAWG_GEO_CACHE")
    assert cache_folder().name == "vawg-geo"


def test_the_real_registry_is_what_the_catalogue_reads(tmp_path):
    for entry in read_catalogue(cache=tmp_path):
        if entry.kind == "embedded":
            files = catalogue.read_registry(catalogue.embedded_folder("boundaries"))
            assert verified_path(files[entry.name]) == entry.path
