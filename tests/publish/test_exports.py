"""Layers for other tools: what they hold is what the GeoPackage holds."""

from __future__ import annotations

import json
import struct

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from tests.examples import some_every_day
from vawg_geo.audit.run import audit_files
from vawg_geo.errors import ConfigurationError, OutputError
from vawg_geo.publish import exports
from vawg_geo.publish.exports import write_exports
from vawg_geo.publish.geopackage.write import described_layers, write_geopackage
from vawg_geo.results.results import compute_results, results_of
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.editions import FORMATS, require_formats
from vawg_geo.terms.short_names import full_name, layer_readme, short_name
from vawg_geo.terms.views import VIEW_COLUMNS


@pytest.fixture(scope="module")
def edition(default_edition):
    return default_edition("public")


@pytest.fixture(scope="module")
def made(edition, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    write_exports(results_of(edition), folder / "layers", formats=FORMATS)
    write_geopackage(results_of(edition), folder / "vawg.gpkg")
    return folder


def names_of(edition):
    results = compute_results(edition)
    return [*results.areas, *(layer.name for layer in described_layers(results))]


def layer_of(made, name):
    return gpd.read_file(made / "vawg.gpkg", layer=name, use_arrow=True)


def by_area(frame):
    keys = [name for name in ("area_code", "layer") if name in frame]
    return frame.sort_values(keys, kind="stable").reset_index(drop=True)


def same(left, right, *, close=False, blank=False):
    """Whether two layers have the same rows: values, what is absent, outlines."""
    left, right = by_area(left), by_area(right)
    assert len(left) == len(right)
    for name in left.columns.drop("geometry"):
        one, other = left[name], right[name]
        if blank and not pd.api.types.is_numeric_dtype(one):
            one, other = one.fillna(""), other.fillna("")
            one = [str(value).encode()[:254].decode(errors="ignore") for value in one]
            assert one == [str(value) for value in other], name
            continue
        assert (one.isna().to_numpy() == other.isna().to_numpy()).all(), name
        there = one.notna().to_numpy()
        if pd.api.types.is_numeric_dtype(one) and not pd.api.types.is_bool_dtype(one):
            a, b = (part[there].to_numpy(dtype=float) for part in (one, other))
            assert (np.isclose(a, b, rtol=1e-13) if close else a == b).all(), name
        else:
            assert one[there].astype(str).tolist() == other[there].astype(str).tolist(), name
    assert left.geometry.geom_equals(right.geometry).all()


@pytest.mark.parametrize("ending", some_every_day([".fgb", ".parquet"], 1))
def test_every_layer_is_there_and_says_what_the_geopackage_says(edition, made, ending):
    names = names_of(edition)
    assert {path.stem for path in (made / "layers").glob(f"*{ending}")} == set(names)
    hidden = 0
    for name in names:
        path = made / "layers" / f"{name}{ending}"
        read = gpd.read_parquet if ending == ".parquet" else gpd.read_file
        layer, mine = layer_of(made, name), read(path)
        same(layer, mine[layer.columns.tolist()])
        assert mine.crs.to_epsg() == 27700
        columns = [c for c in mine if c.startswith("status_")]
        hidden += int(sum((mine[c] == "suppressed").sum() for c in columns))
        for column in columns:
            absent = mine[column].isin(["suppressed", "missing", "not_applicable"])
            counts = f"count_{column.removeprefix('status_')}"
            if counts in mine:
                assert mine.loc[absent, counts].isna().all()
                assert mine.loc[~absent, counts].notna().all()
    assert hidden > 10


def test_a_shapefile_says_it_within_its_limits(edition, made):
    # Ten letters do not tell the columns of these apart: the README says that they are not there.
    wide = {"ward_summary", "district_summary", "district_services"}
    names = [name for name in names_of(edition) if name not in wide]
    assert {path.stem for path in (made / "layers").glob("*.shp")} == set(names)
    readme = (made / "layers" / "README.txt").read_text("utf-8")
    assert "layers that end in _summary or _services are left out" in readme
    for name in names:
        path = made / "layers" / f"{name}.shp"
        layer, mine = layer_of(made, name), gpd.read_file(path)
        assert max(map(len, mine.columns)) <= 10
        mine = mine.rename(columns=full_name)
        same(layer, mine[layer.columns.tolist()], close=True, blank=True)
        assert mine.crs.to_epsg() == 27700
        assert path.with_suffix(".cpg").read_text() == "UTF-8"
        # The byte of the date of the last change is no clock.
        assert path.with_suffix(".dbf").read_bytes()[1:4] == bytes((100, 1, 1))


def test_geoparquet_is_1_1_with_boxes(made):
    with pq.ParquetFile(made / "layers" / "ward.parquet") as file:
        geo = json.loads(file.metadata.metadata[b"geo"])
        assert {"xmin", "ymin", "xmax", "ymax"} == {
            field.name for field in file.schema_arrow.field("bbox").type
        }
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert set(geo["columns"]["geometry"]["covering"]["bbox"]) == {"xmin", "ymin", "xmax", "ymax"}
    assert geo["columns"]["geometry"]["geometry_types"] == ["MultiPolygon"]
    ward = gpd.read_parquet(made / "layers" / "ward.parquet", bbox=(545e3, 257e3, 546e3, 258e3))
    assert 0 < len(ward) < 144


def test_whole_numbers_stay_whole_where_some_are_absent(made):
    name = "ward_domestic_abuse_crimes_illustrative"
    counts = gpd.read_parquet(made / "layers" / f"{name}.parquet")["count_female"]
    assert str(counts.dtype) == "Int64"
    assert counts.isna().any()
    _, table = pyogrio.read_arrow(made / "layers" / f"{name}.fgb")
    assert str(table.schema.field("count_female").type) == "int64"
    assert table["count_female"].null_count == counts.isna().sum()


def test_flatgeobuf_has_an_index_and_says_what_it_is(made):
    path = made / "layers" / "ward_domestic_abuse_crimes_illustrative.fgb"
    info = pyogrio.read_info(path)
    assert info["capabilities"]["fast_spatial_filter"]
    assert "ILLUSTRATIVE" in info["layer_metadata"]["TITLE"]
    assert "Open Government Licence" in info["layer_metadata"]["DESCRIPTION"]
    mine = gpd.read_parquet(path.with_suffix(".parquet"))
    assert mine.attrs["title"] == info["layer_metadata"]["TITLE"]


@pytest.mark.long
def test_the_same_bytes_each_time(edition, made, tmp_path):
    write_exports(results_of(edition), tmp_path, formats=FORMATS)
    again = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_bytes() for path in (made / "layers").iterdir()}


def test_the_readme_has_every_short_name(edition, made):
    layers = described_layers(compute_results(edition))
    columns = {c for layer in layers if not layer.said for c in layer.columns}
    text = (made / "layers" / "README.txt").read_text("utf-8")
    shortened = [name for name in columns if short_name(name) != name]
    assert len(shortened) > 40
    for name in shortened:
        assert full_name(short_name(name)) == name
        assert f"{short_name(name)} " in text
        assert f" {name}\n" in text
    assert "254 bytes" in text
    assert "suppressed" in text


def test_short_names_are_short_and_of_one_column_only():
    names = [f"{c}_{sex}" for sex in SEXES for c in ("rate_lower_998", "gi_p_adjusted", "count")]
    names += ["area_code", "significance_rule", "scan_relative_risk_male"]
    shorts = [short_name(name) for name in names]
    assert max(map(len, shorts)) <= 10
    assert len(set(shorts)) == len(names)
    assert [full_name(short) for short in shorts] == names


def test_every_column_of_a_layer_has_a_short_name_of_its_own():
    # Seen to fail where changes and trends had none.
    shorts = {name: short_name(name) for name in VIEW_COLUMNS}
    held = {short: column for column in VIEW_COLUMNS.values() if (short := column.short)}
    assert max(map(len, [*shorts.values(), *held])) <= 10
    assert len({short.lower() for short in shorts.values()}) == len(shorts)
    assert {name: full_name(short) for name, short in shorts.items()} == {n: n for n in shorts}


@pytest.mark.long
@pytest.mark.filterwarnings("error")
def test_layers_over_time_are_files_of_every_kind_that_pass_the_audit(over_years, tmp_path):
    # Seen to fail where their short names were cut off by the writer.
    results = results_of(over_years())
    write_exports(results, tmp_path / "layers", formats=FORMATS)
    write_geopackage(results, tmp_path / "vawg.gpkg")
    for name in ("ward_crimes_change", "ward_crimes_trend", "ward_crimes_by_year"):
        layer = layer_of(tmp_path, name)
        mine = gpd.read_file(tmp_path / "layers" / f"{name}.shp").rename(columns=full_name)
        assert set(mine.columns) == set(layer.columns)
        assert len(mine) == len(layer)
    report = audit_files(tmp_path, smallest=1, largest=7)
    assert report.findings == ()
    assert report.hidden > 0


def test_the_mark_of_an_edition_stands_in_the_readme():
    assert "\nNot for publication.\n" in layer_readme("Not for publication.", ["count_female"])
    assert "count_f  count_female" in layer_readme("", ["count_female"])


def test_a_column_without_a_short_name_of_its_own_is_refused(tmp_path, made):
    _, table = pyogrio.read_arrow(made / "vawg.gpkg", layer="ward")
    names = ["a_long_name_1", "a_long_name_2", "parent_code", "geometry"]
    with pytest.raises(OutputError, match="1 short names stand twice; first: 'a_long_nam'"):
        exports._shapefile(table.rename_columns(names), tmp_path / "ward.shp", "", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["flatgeobuff"], "1 of 1 formats is not known; first: 'flatgeobuff'. Did you mean 'flatg"),
        (
            ["shapefile", "kml", "dwg"],
            "2 of 3 formats are not known; first: 'kml'. .* Known: flatg",
        ),
    ],
)
def test_unknown_formats(words, said, edition, tmp_path):
    with pytest.raises(ConfigurationError, match=said):
        require_formats(words)
    with pytest.raises(ConfigurationError):
        write_exports(results_of(edition), tmp_path / "layers", formats=words)
    assert list(tmp_path.iterdir()) == []


def test_no_format_writes_nothing(edition, tmp_path):
    assert write_exports(results_of(edition), tmp_path / "layers", formats=[]) == []
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to(edition, tmp_path, monkeypatch):
    def full(*_, **__):
        raise pyogrio.errors.DataSourceError("no space left on device")

    monkeypatch.setattr(pyogrio, "write_arrow", full)
    with pytest.raises(OutputError, match=r"county.fgb|police_area.fgb|ward.fgb"):
        write_exports(results_of(edition), tmp_path / "layers", formats=["flatgeobuf"])


def test_the_comparison_of_these_tests_can_fail(made):
    layer = layer_of(made, "ward_domestic_abuse_crimes_illustrative")
    other = layer.copy()
    other.loc[3, "rate_female"] = 7.5
    with pytest.raises(AssertionError, match="rate_female"):
        same(layer, other)
    moved = layer.copy()
    moved.geometry = moved.geometry.translate(1)
    with pytest.raises(AssertionError):
        same(layer, moved)


def test_outlines_are_flat_and_whole(made):
    with (made / "layers" / "ward.shp").open("rb") as file:
        header = file.read(100)
    assert struct.unpack_from("<i", header, 32) == (5,)
    assert struct.unpack_from(">i", header, 24)[0] * 2 == (made / "layers/ward.shp").stat().st_size


def test_a_watermark_reaches_the_readme(edition, tmp_path, default_edition):
    partnership = default_edition("partnership")
    write_exports(results_of(partnership), tmp_path, formats=["shapefile"])
    assert "Not for publication" in (tmp_path / "README.txt").read_text("utf-8")


@pytest.mark.long
def test_layers_over_time_are_the_same_in_every_format(over_years, tmp_path):
    results = results_of(over_years())
    write_exports(results, tmp_path / "layers", formats=FORMATS)
    package = write_geopackage(results, tmp_path / "vawg.gpkg")
    for name in ("ward_crimes_by_year", "ward_crimes_change", "ward_crimes_trend"):
        wanted = _in_order(gpd.read_file(package, layer=name))
        for ending in (".fgb", ".parquet", ".shp"):
            path = tmp_path / "layers" / f"{name}{ending}"
            read = gpd.read_parquet if ending == ".parquet" else gpd.read_file
            found = _in_order(read(path).rename(columns=full_name))
            assert set(found) == set(wanted)
            for column in {"rate_persons", "ratio_persons", "slope_persons"} & set(wanted):
                there = wanted[column].notna()
                values = found[column].astype(float)
                assert np.allclose(wanted[column][there], values[there])
                # A Shapefile has no empty number.
                assert ending == ".shp" or values.notna().equals(there)
            for column in {"period_start", "period_end"} & set(wanted):
                days = (pd.to_datetime(one[column]).dt.date for one in (wanted, found))
                assert list(next(days)) == list(next(days))


def _in_order(table):
    """Rows by area and period, for which there is no other order."""
    keys = [key for key in ("area_code", "period") if key in table]
    return table.sort_values(keys, ignore_index=True)
