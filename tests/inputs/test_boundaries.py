"""Reading boundary files of every kind, whole, damaged and mislabelled."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import struct
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from vawg_geo.errors import BoundaryError, InputError
from vawg_geo.inputs.boundaries import read as boundaries
from vawg_geo.inputs.boundaries.columns import take_columns
from vawg_geo.inputs.boundaries.read import Expected, read_boundaries
from vawg_geo.inputs.catalogue.registry import RegisteredFile, embedded_folder, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

E0, N0 = 546_000.0, 258_000.0
# Not in order, so that a reader that sorts is found out.
CODES = ["E05002704", "E05002702", "E05002706", "E05002703", "E05002705", "E05002707"]
NAMES = ["Castle", "Abbey", "Coleridge", "Arbury", "Cherry Hinton", "East Chesterton"]


def cell(i: int) -> Polygon:
    x, y = E0 + 1000 * (i % 3), N0 + 1000 * (i // 3)
    return box(x, y, x + 1000, y + 1000)


def wards(**columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"wd15cd": CODES, "wd15nm": NAMES, "lad15cd": "E07000008", **columns},
        geometry=[cell(i) for i in range(6)],
        crs="EPSG:27700",
    )


def write(frame: gpd.GeoDataFrame, path: Path, **options: Any) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        pyogrio.write_dataframe(frame, path, **options)
    return path


def topology(cells: list[Polygon]) -> dict[str, Any]:
    arcs = [[list(point) for point in shapely.get_coordinates(one).tolist()] for one in cells]
    objects = [
        {
            "type": "Polygon",
            "arcs": [[i]],
            "properties": {"WD15CD": CODES[i], "WD15NM": NAMES[i], "LAD15CD": "E07000008"},
        }
        for i in range(len(cells))
    ]
    return {
        "type": "Topology",
        "objects": {"wards": {"type": "GeometryCollection", "geometries": objects}},
        "arcs": arcs,
    }


def zip_folder(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"boundaries/{file.name}")
    return path


def assert_same_wards(frame: gpd.GeoDataFrame, *, tolerance: float = 0.01) -> None:
    assert list(frame.columns) == ["area_code", "area_name", "parent_code", "geometry"]
    assert frame.index.equals(pd.RangeIndex(6))
    assert frame.crs.to_epsg() == 27700
    assert frame["area_code"].tolist() == CODES
    assert frame["area_name"].tolist() == NAMES
    assert frame["parent_code"].tolist() == ["E07000008"] * 6
    expected = [cell(i) for i in range(6)]
    assert (
        shapely.area(shapely.symmetric_difference(frame.geometry.array, expected))
        < 4000 * tolerance
    ).all()
    assert all(isinstance(note, str) for note in frame.attrs["notes"])


class TestFormats:
    @pytest.mark.parametrize("name", ["w.gpkg", "w.shp", "w.parquet"])
    def test_each(self, tmp_path: Path, name: str) -> None:
        frame = read_boundaries(write(wards(), tmp_path / name))
        assert_same_wards(frame)
        assert "codes are taken from column 'wd15cd'" in frame.attrs["notes"][0]
        assert len(frame.attrs["notes"]) == 1

    def test_flatgeobuf(self, tmp_path: Path) -> None:
        # With its index the writer sorts the rows; the reader keeps what it finds.
        assert_same_wards(read_boundaries(write(wards(), tmp_path / "w.fgb", SPATIAL_INDEX="NO")))
        indexed = read_boundaries(write(wards(), tmp_path / "x.fgb"))
        assert sorted(indexed["area_code"]) == sorted(CODES)

    @pytest.mark.parametrize("name", ["w.geojson", "w.json"])
    def test_geojson(self, tmp_path: Path, name: str) -> None:
        path = write(
            wards().to_crs(4326), tmp_path / name, driver="GeoJSON", COORDINATE_PRECISION=9
        )
        frame = read_boundaries(path)
        assert_same_wards(frame)
        assert "reprojected from WGS 84" in frame.attrs["notes"][1]
        assert "accuracy" in frame.attrs["notes"][1]

    def test_geojson_with_a_byte_order_mark(self, tmp_path: Path) -> None:
        path = write(wards().to_crs(4326), tmp_path / "w.geojson", COORDINATE_PRECISION=9)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert_same_wards(read_boundaries(path))

    def test_topojson_is_wgs84_unless_told(self, tmp_path: Path) -> None:
        path = tmp_path / "w.topojson"
        cells = wards().to_crs(4326).geometry
        path.write_text(json.dumps(topology(list(cells))))
        frame = read_boundaries(path)
        assert_same_wards(frame)
        assert "taken as WGS84" in frame.attrs["notes"][0]
        path.write_text(json.dumps(topology([cell(i) for i in range(6)])))
        with pytest.raises(BoundaryError, match="its coordinates are metres"):
            read_boundaries(path)
        assert_same_wards(read_boundaries(path, crs="EPSG:27700"))

    def test_topojson_whose_type_comes_last(self, tmp_path: Path) -> None:
        path = tmp_path / "w.json"
        document = topology(list(wards().to_crs(4326).geometry))
        path.write_text(json.dumps({key: document[key] for key in ("arcs", "objects", "type")}))
        assert_same_wards(read_boundaries(path))

    def test_zipped_shapefile(self, tmp_path: Path) -> None:
        folder = tmp_path / "loose"
        folder.mkdir()
        write(wards(), folder / "w.shp")
        path = zip_folder(folder, tmp_path / "w.zip")
        assert_same_wards(read_boundaries(path))
        write(wards().iloc[:1], folder / "other.shp")
        zip_folder(folder, path)
        with pytest.raises(BoundaryError, match=r"w\.zip has 2 Shapefiles\. Give layer= one of"):
            read_boundaries(path)
        assert_same_wards(read_boundaries(path, layer="w"))

    def test_a_zip_whose_names_lead_elsewhere(self, tmp_path: Path) -> None:
        """Its parts get names of our own; nothing is written where it says."""
        folder = tmp_path / "in"
        folder.mkdir()
        write(wards(), folder / "w.shp")
        path = tmp_path / "w.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.iterdir():
                archive.write(part, f"../../{part.name}")
        assert_same_wards(read_boundaries(path))
        assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "w.zip"]

    def test_one_of_several_layers(self, tmp_path: Path) -> None:
        path = write(wards(), tmp_path / "w.gpkg", layer="wards")
        write(wards().iloc[:1], path, layer="first", append=True)
        write(pd.DataFrame({"a": [1]}), path, layer="plain", append=True)
        with pytest.raises(BoundaryError, match=r"has 2 layers\. Give layer= one of: 'wards', 'f"):
            read_boundaries(path)
        with pytest.raises(BoundaryError, match="has no layer 'plain'"):
            read_boundaries(path, layer="plain")
        assert_same_wards(read_boundaries(path, layer="wards"))

    def test_a_table_without_outlines(self, tmp_path: Path) -> None:
        path = write(pd.DataFrame({"a": [1]}), tmp_path / "t.gpkg", layer="t")
        with pytest.raises(BoundaryError, match="has no layer with geometry"):
            read_boundaries(path)
        pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "t.parquet")
        with pytest.raises(BoundaryError, match=r"t\.parquet cannot be read"):
            read_boundaries(tmp_path / "t.parquet")

    def test_no_areas(self, tmp_path: Path) -> None:
        with pytest.raises(BoundaryError, match=r"w\.gpkg has no areas"):
            read_boundaries(write(wards().iloc[:0], tmp_path / "w.gpkg", geometry_type="Polygon"))

    def test_both_kinds_of_polygon_and_heights(self, tmp_path: Path) -> None:
        frame = wards()
        frame.geometry = shapely.force_3d(frame.geometry.array, 7.0)
        frame.loc[0, "geometry"] = MultiPolygon([frame.geometry[0]])
        read = read_boundaries(write(frame, tmp_path / "w.gpkg", promote_to_multi=False))
        assert_same_wards(read)
        assert not read.geometry.has_z.any()
        assert "heights or measures in w.gpkg were dropped" in read.attrs["notes"]

    def test_curves_become_lines(self, tmp_path: Path) -> None:
        path = write(wards(), tmp_path / "w.gpkg", layer="w", SPATIAL_INDEX="NO")
        x, y = E0 + 500, N0 - 400
        circle = [(x - 300, y), (x, y + 300), (x + 300, y), (x, y - 300), (x - 300, y)]
        ring = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<dd", *p) for p in circle)
        curve = struct.pack("<BII", 1, 10, 1) + ring
        with sqlite3.connect(path) as connection:
            (blob,) = connection.execute("SELECT geom FROM w WHERE fid = 1").fetchone()
            head = bytearray(blob[:8])
            head[3] &= ~0x0E  # no envelope
            connection.execute("UPDATE w SET geom = ? WHERE fid = 1", (bytes(head) + curve,))
        connection.close()
        frame = read_boundaries(path)
        assert frame.geometry[0].area == pytest.approx(np.pi * 300**2, rel=0.01)

    def test_a_mended_outline_is_noted(self, tmp_path: Path) -> None:
        frame = wards()
        frame.loc[0, "geometry"] = Polygon(
            [
                (E0, N0),
                (E0 + 1000, N0),
                (E0 + 1000, N0 - 900),
                (E0 + 1000, N0),
                (E0 + 1000, N0 + 1000),
                (E0, N0 + 1000),
            ]
        )
        read = read_boundaries(write(frame, tmp_path / "w.gpkg"))
        assert_same_wards(read)
        assert "1 of 6 areas in w.gpkg were invalid and were repaired" in read.attrs["notes"][1]

    def test_the_readers_warnings_become_notes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write(wards(), tmp_path / "w.gpkg")
        real = pyogrio.read_dataframe

        def noisy(*args: Any, **options: Any) -> Any:
            warnings.warn(f"odd thing in {path}", RuntimeWarning, stacklevel=2)
            return real(*args, **options)

        monkeypatch.setattr(pyogrio, "read_dataframe", noisy)
        assert read_boundaries(path).attrs["notes"][0] == (
            "the reader says of w.gpkg: odd thing in w.gpkg"
        )


class TestSources:
    @pytest.mark.parametrize(
        "source",
        [
            "/vsicurl/https://example.org/w.gpkg",
            "/vsizip/w.zip",
            "\\vsimem\\w.gpkg",
            "https://example.org/w.gpkg",
            "zip://w.zip",
            "s3://bucket/w.parquet",
        ],
    )
    def test_addresses_and_virtual_paths(self, source: str) -> None:
        with pytest.raises(BoundaryError, match="is an address or a virtual path"):
            read_boundaries(source)

    def test_absent_folder_empty_and_unknown(self, tmp_path: Path) -> None:
        with pytest.raises(BoundaryError, match=r"there is no file"):
            read_boundaries(tmp_path / "w.gpkg")
        with pytest.raises(BoundaryError, match=r"there is no file"):
            read_boundaries("x" * 5000 + ".gpkg")
        with pytest.raises(BoundaryError, match="is a folder"):
            read_boundaries(tmp_path)
        with pytest.raises(BoundaryError, match="no boundary file is given"):
            read_boundaries(" ")
        for name in ("w.gpkg", "w.geojson", "w.fgb", "w.parquet"):
            (tmp_path / name).touch()
            with pytest.raises(BoundaryError, match="is empty"):
                read_boundaries(tmp_path / name)
        (tmp_path / "w.dxf").write_text("0")
        with pytest.raises(BoundaryError, match=r"not read from \.dxf\. Use one of: GeoPackage"):
            read_boundaries(tmp_path / "w.dxf")

    @pytest.mark.parametrize("name", ["w.gpkg", "w.shp", "w.fgb", "w.parquet", "w.zip", "w.json"])
    def test_another_content_than_the_name_says(self, tmp_path: Path, name: str) -> None:
        """A reader that guesses by content would follow this to another file."""
        for suffix in (".shx", ".dbf", ".prj"):
            (tmp_path / f"w{suffix}").write_bytes(b"x" * 200)
        (tmp_path / name).write_text(f"<OGRVRTDataSource>{' ' * 200}</OGRVRTDataSource>")
        with pytest.raises(BoundaryError, match=r"whatever its name|damaged|cut short"):
            read_boundaries(tmp_path / name)

    def test_json_of_another_kind(self, tmp_path: Path) -> None:
        path = tmp_path / "w.json"
        for text in ('{"type": "Feature"}', "[]", '{"type": "FeatureCollection"}'):
            path.write_text(text)
            with pytest.raises(BoundaryError, match="neither a GeoJSON FeatureCollection nor"):
                read_boundaries(path)
        path.write_bytes('{"type": "FeatureCollection", "n": "é"}'.encode("cp1252"))
        with pytest.raises(BoundaryError, match="is not in UTF-8"):
            read_boundaries(path)

    def test_an_embedded_layer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write(wards(), tmp_path / "w.gpkg")

        def register(**facts: Any) -> None:
            entry = RegisteredFile(
                name="wards-2015", path=path, sha256=sha256_of(path), title="", source="",
                licence="", attribution="", vintage="", done="", facts={"level": "ward", **facts},
            )  # fmt: skip
            monkeypatch.setattr(boundaries, "read_registry", lambda _: {"wards-2015": entry})

        monkeypatch.setattr(boundaries, "embedded_folder", lambda _: tmp_path)
        bounds = [E0, N0, E0 + 3000, N0 + 2000]
        register(rows=6, bounds=bounds, area_km2=6.0)
        assert_same_wards(read_boundaries("wards-2015"))
        with pytest.raises(BoundaryError, match=r"no embedded layer 'wards-2051'. Did you mean"):
            read_boundaries("wards-2051")
        register(rows=7, bounds=bounds, area_km2=6.0)
        with pytest.raises(BoundaryError, match="wards-2015 has 6 areas, and 7 are known"):
            read_boundaries("wards-2015")
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(InputError, match="not the file that was registered"):
            read_boundaries("wards-2015")


class TestSystems:
    def test_none(self, tmp_path: Path) -> None:
        for name in ("w.gpkg", "w.fgb", "w.parquet"):
            with (
                np.errstate(all="ignore"),
                pytest.warns() if name != "w.parquet" else np.errstate(),
            ):
                path = write(wards().set_crs(None, allow_override=True), tmp_path / name)
            with pytest.raises(
                BoundaryError, match=r"has no coordinate reference system\. Give it"
            ):
                read_boundaries(path)
            assert len(read_boundaries(path, crs=27700)) == 6

    def test_degrees_as_national_grid(self, tmp_path: Path) -> None:
        frame = wards().to_crs(4326).set_crs(27700, allow_override=True)
        path = write(frame, tmp_path / "w.gpkg")
        with pytest.raises(BoundaryError, match=r"are degrees .* WGS84 under a wrong label"):
            read_boundaries(path)
        frame = read_boundaries(path, crs="EPSG:4326")
        assert_same_wards(frame)
        assert "was read as WGS 84, as asked" in frame.attrs["notes"][0]

    def test_national_grid_as_degrees(self, tmp_path: Path) -> None:
        path = write(wards().set_crs(4326, allow_override=True), tmp_path / "w.gpkg")
        with pytest.raises(BoundaryError, match="its coordinates are metres"):
            read_boundaries(path)

    @pytest.mark.parametrize(
        ("crs", "match"), [(4326, "latitude and longitude"), (27700, "easting")]
    )
    def test_swapped_axes(self, tmp_path: Path, crs: int, match: str) -> None:
        frame = wards()
        frame.geometry = frame.geometry.to_crs(crs)
        frame.geometry = shapely.transform(frame.geometry.array, lambda points: points[:, ::-1])
        with pytest.raises(BoundaryError, match=f"{match}.* swapped"):
            read_boundaries(write(frame, tmp_path / "w.gpkg"))

    def test_a_system_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(BoundaryError, match="is no coordinate reference system"):
            read_boundaries(write(wards(), tmp_path / "w.gpkg"), crs="EPSG:nonsense")

    def test_abroad(self, tmp_path: Path) -> None:
        frame = wards()
        frame.geometry = frame.geometry.translate(2_000_000, 0)
        with pytest.raises(BoundaryError, match=r"6 of 6 areas in w.gpkg lie outside England"):
            read_boundaries(write(frame, tmp_path / "w.gpkg"))


class TestContent:
    def refuse(self, tmp_path: Path, match: str, frame: gpd.GeoDataFrame, **options: Any) -> None:
        path = write(frame, tmp_path / "w.gpkg")
        with pytest.raises(BoundaryError, match=match) as caught:
            read_boundaries(path, **options)
        message = str(caught.value)
        assert "\n" not in message
        assert str(tmp_path) not in message

    def test_bow_tie(self, tmp_path: Path) -> None:
        frame = wards()
        frame.loc[2, "geometry"] = Polygon([(E0, N0), (E0 + 9, N0 + 9), (E0 + 9, N0), (E0, N0 + 9)])
        self.refuse(tmp_path, "1 of 6 .* cross themselves .* first: 'E05002706' Coleridge", frame)

    def test_duplicate_and_missing_codes(self, tmp_path: Path) -> None:
        self.refuse(
            tmp_path,
            "1 of 6 .* first: 'E05002704' Abbey",
            wards(wd15cd=[CODES[0], CODES[0], *CODES[2:]]),
        )
        self.refuse(tmp_path, r"1 of 6 .* no code; first: row 6", wards(wd15cd=[*CODES[:5], None]))

    def test_no_outline_and_points(self, tmp_path: Path) -> None:
        frame = wards()
        frame.loc[1, "geometry"] = None
        self.refuse(tmp_path, "1 of 6 areas in w.gpkg have no outline; first: 'E05002702'", frame)
        points = wards()
        points.geometry = points.geometry.centroid
        self.refuse(tmp_path, r"6 of 6 areas in w.gpkg are no polygons \(Point\)", points)

    def test_areas_on_one_another(self, tmp_path: Path) -> None:
        frame = wards()
        frame.loc[1, "geometry"] = cell(0)
        self.refuse(tmp_path, "2 of 6 areas in w.gpkg lie by more than 5 %", frame)

    def test_not_as_expected(self, tmp_path: Path) -> None:
        known = Expected(144, (0, 0, 1, 1), 1.0)
        self.refuse(tmp_path, "has 6 areas, and 144 are known", wards(), expected=known)

    def test_a_level_that_is_none(self, tmp_path: Path) -> None:
        self.refuse(tmp_path, "'borough' is not a level", wards(), level="borough")

    def test_numbers_as_codes_and_untidy_names(self, tmp_path: Path) -> None:
        frame = wards(
            code=[1.0, 2, 3, 4, 5, 6], name=["  Castle ", "East\n Chesterton", *NAMES[2:]]
        )
        path = write(frame, tmp_path / "w.gpkg")
        read = read_boundaries(path, code_column="code", name_column="name")
        assert read["area_code"].tolist() == ["1", "2", "3", "4", "5", "6"]
        assert read["area_name"].tolist()[:2] == ["Castle", "East Chesterton"]


class TestColumns:
    def take(self, **columns: str) -> tuple[str, str | None, str | None]:
        taken = take_columns(pd.DataFrame({key: [value] for key, value in columns.items()}))
        return taken.code, taken.name, taken.parent

    @pytest.mark.parametrize(
        ("columns", "expected"),
        [
            ("OBJECTID WD15CD WD15CDO WD15NM WD15NMW LAD15CD LAD15NM", "WD15CD WD15NM LAD15CD"),
            ("lsoa11cd lsoa11nm ladcd ladnm", "lsoa11cd lsoa11nm ladcd"),
            ("lsoa11_name lsoa11_code", "lsoa11_code lsoa11_name -"),
            ("pfa20_name pfa20_code", "pfa20_code pfa20_name -"),
            ("lad15cd lad15nm cty15cd cty15nm", "lad15cd lad15nm -"),
            ("area_code area_name parent_code", "area_code area_name parent_code"),
            ("id ward_code ward_name", "ward_code ward_name -"),
        ],
    )
    def test_habits(self, columns: str, expected: str) -> None:
        codes = {
            **dict.fromkeys(("wd", "wa", "ar"), "E05002702"),
            **dict.fromkeys(("la", "pa"), "E07000008"),
            "ls": "E01000001",
            "pf": "E23000023",
            "ct": "E10000003",
        }
        is_code = lambda name: name.lower().endswith(("cd", "code"))  # noqa: E731
        values = {c: codes[c[:2].lower()] if is_code(c) else "x" for c in columns.split()}
        found = self.take(**values)
        assert " ".join(entry or "-" for entry in found) == expected

    def test_ordnance_survey(self) -> None:
        """There the column AREA_CODE holds a kind and CODE the code."""
        found = self.take(NAME="Abbey", AREA_CODE="DIW", FILE_NAME="CAMBS", CODE="E05002702")
        assert found == ("CODE", "NAME", None)

    def test_london(self) -> None:
        found = self.take(NAME="Abbey", GSS_CODE="E05000026", LB_GSS_CD="E09000002")
        assert found == ("GSS_CODE", "NAME", "LB_GSS_CD")

    def test_two_vintages(self) -> None:
        with pytest.raises(
            BoundaryError, match=r"2 columns .* code_column= one of: 'wd15cd', 'wd16cd'"
        ):
            self.take(wd15cd="E05002702", wd16cd="E05010805", wd15nm="Abbey")

    def test_two_names(self) -> None:
        with pytest.raises(
            BoundaryError, match=r"2 columns may hold the names\. .*'a_name', 'b_name'"
        ):
            self.take(wd15cd="E05002702", a_name="x", b_name="y")

    def test_two_districts(self) -> None:
        with pytest.raises(BoundaryError, match=r"2 columns may hold the districts' codes"):
            self.take(wdcd="E05002702", wdnm="x", lad15cd="E07000008", lad16cd="E07000009")

    def test_none(self) -> None:
        with pytest.raises(BoundaryError, match=r"no column of codes is found\. .*'place', 'size'"):
            self.take(place="x", size="y")

    def test_a_named_one(self) -> None:
        table = pd.DataFrame({"Kennung": ["a"], "Titel": ["b"]})
        taken = take_columns(table, code_column="kennung", name_column="Titel")
        assert (taken.code, taken.name) == ("Kennung", "Titel")
        with pytest.raises(
            BoundaryError, match=r"no column 'Kenung' for code_column=. Did you mean 'K"
        ):
            take_columns(table, code_column="Kenung")

    def test_by_level(self) -> None:
        table = pd.DataFrame({"wd15cd": ["E05002702"], "lad15cd": ["E07000008"]})
        assert take_columns(table, level="district").code == "lad15cd"
        with pytest.raises(BoundaryError, match="no column of lsoa codes is found"):
            take_columns(table, level="lsoa")


def read_or_none(path: Path, **options: Any) -> gpd.GeoDataFrame | None:
    """What was read, or None where it was refused in the proper way."""
    try:
        return read_boundaries(path, **options)
    except BoundaryError:
        return None


# Told by the file's own arithmetic, before any reader or later check stumbles over it.
STATED_LENGTH = r"is empty|cut short: (it states [\d,]+|[\d,]+ bytes are less than its header)"


class TestTruncation:
    @pytest.fixture
    def shapefile(self, tmp_path: Path) -> Path:
        frame = wards(note=["x" * 20] * 6)
        frame.geometry = frame.geometry.segmentize(50)
        return write(frame, tmp_path / "w.shp")

    @pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
    def test_shapefile(self, shapefile: Path, suffix: str) -> None:
        path = shapefile.with_suffix(suffix)
        whole = path.read_bytes()
        # The last byte of a .dbf is an end mark that holds nothing.
        longest = len(whole) - (2 if suffix == ".dbf" else 1)
        for length in random.Random(suffix).sample(range(longest + 1), 50):
            path.write_bytes(whole[:length])
            with pytest.raises(BoundaryError, match=STATED_LENGTH):
                read_boundaries(shapefile)
        path.write_bytes(whole)
        assert_same_wards(read_boundaries(shapefile))

    def test_geopackage_by_its_stated_length(self, tmp_path: Path) -> None:
        path = write(wards(), tmp_path / "w.gpkg")
        whole = path.read_bytes()
        for length in random.Random(2).sample(range(len(whole)), 20):
            path.write_bytes(whole[:length])
            with pytest.raises(BoundaryError, match=STATED_LENGTH):
                read_boundaries(path)

    def test_a_missing_end_mark_loses_nothing(self, shapefile: Path) -> None:
        path = shapefile.with_suffix(".dbf")
        assert path.read_bytes().endswith(b"\x1a")
        path.write_bytes(path.read_bytes()[:-1])
        assert_same_wards(read_boundaries(shapefile))

    @pytest.mark.parametrize("suffix", [".shp", ".shx"])
    def test_a_header_that_was_made_to_fit(self, shapefile: Path, suffix: str) -> None:
        """Even where the stated length agrees, records outside the file or rows are missed."""
        path = shapefile.with_suffix(suffix)
        whole = path.read_bytes()
        for length in random.Random(1).sample(range(50, len(whole) // 2), 20):
            cut = bytearray(whole[: 2 * length])
            cut[24:28] = struct.pack(">i", length)
            path.write_bytes(cut)
            assert read_or_none(shapefile) is None, length

    def test_files_of_two_shapefiles(self, shapefile: Path, tmp_path: Path) -> None:
        (tmp_path / "o").mkdir()
        other = write(wards().iloc[:5], tmp_path / "o" / "w.shp")
        shutil.copy(other.with_suffix(".dbf"), shapefile.with_suffix(".dbf"))
        with pytest.raises(BoundaryError, match=r"has 6 outlines and w\.dbf has 5 rows"):
            read_boundaries(shapefile)

    def test_a_deleted_row(self, shapefile: Path) -> None:
        path = shapefile.with_suffix(".dbf")
        data = bytearray(path.read_bytes())
        head = struct.unpack("<H", data[8:10])[0]
        data[head] = ord("*")
        path.write_bytes(data)
        with pytest.raises(BoundaryError, match="states 6 rows and 5 can be read"):
            read_boundaries(shapefile)

    @pytest.mark.parametrize("suffix", [".shx", ".dbf", ".prj"])
    def test_a_missing_sidecar(self, shapefile: Path, suffix: str) -> None:
        shapefile.with_suffix(suffix).unlink()
        with pytest.raises(BoundaryError, match=rf"w\.shp lacks w\{suffix} beside it"):
            read_boundaries(shapefile)
        if suffix == ".prj":
            assert_same_wards(read_boundaries(shapefile, crs="EPSG:27700"))

    def refuse_cuts(self, path: Path, end: int) -> None:
        whole = path.read_bytes()
        for length in [*random.Random(path.suffix).sample(range(end), min(end, 50)), end - 1]:
            path.write_bytes(whole[:length])
            assert read_or_none(path) is None, length
        path.write_bytes(whole)
        assert len(read_boundaries(path)) == 6

    @pytest.mark.parametrize("name", ["w.gpkg", "w.fgb", "w.parquet"])
    def test_binary(self, tmp_path: Path, name: str) -> None:
        path = write(wards(), tmp_path / name)
        self.refuse_cuts(path, path.stat().st_size)

    def test_flatgeobuf_between_two_rows(self, tmp_path: Path) -> None:
        path = write(wards(), tmp_path / "w.fgb", SPATIAL_INDEX="NO")
        self.refuse_cuts(path, path.stat().st_size)
        data = path.read_bytes()
        start = 12 + struct.unpack_from("<I", data, 8)[0]
        for _ in range(6):
            path.write_bytes(data[:start])
            assert read_or_none(path) is None, start
            start += 4 + struct.unpack_from("<I", data, start)[0]
        assert start == len(data)

    @pytest.mark.parametrize("name", ["w.geojson", "w.topojson"])
    def test_json(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        if name == "w.geojson":
            write(wards().to_crs(4326), path)
        else:
            path.write_text(json.dumps(topology(list(wards().to_crs(4326).geometry))))
        # Behind the last brace stands a line's end at most.
        self.refuse_cuts(path, path.read_bytes().rindex(b"}") + 1)

    def test_geopackage_damaged_inside(self, tmp_path: Path) -> None:
        path = write(wards(), tmp_path / "w.gpkg")
        data = bytearray(path.read_bytes())
        for page in range(1, len(data) // 4096):
            broken = data.copy()
            broken[page * 4096 : page * 4096 + 16] = b"\xff" * 16
            path.write_bytes(broken)
            frame = read_or_none(path)
            assert frame is None or frame["area_code"].tolist() == CODES

    def test_geopackage_with_unsaved_changes(self, tmp_path: Path) -> None:
        path = write(wards(), tmp_path / "w.gpkg")
        path.with_name("w.gpkg-wal").write_bytes(b"x")
        with pytest.raises(BoundaryError, match=r"unsaved changes beside it \(w\.gpkg-wal\)"):
            read_boundaries(path)

    @pytest.mark.parametrize("value", [1e300, -1e300, 1e160, 1e20])
    def test_a_point_out_of_this_world(self, tmp_path: Path, value: float) -> None:
        for name in ("w.shp", "w.fgb"):
            path = write(wards(), tmp_path / name)
            north = struct.pack("<d", N0 + 2000)
            path.write_bytes(path.read_bytes().replace(north, struct.pack("<d", value)))
            with pytest.raises(BoundaryError, match="lie outside England and Wales"):
                read_boundaries(path)

    @pytest.mark.parametrize("name", ["w.gpkg", "w.shp", "w.shx", "w.dbf", "w.prj", "w.fgb"])
    def test_damage_never_surfaces_as_anything_else(self, tmp_path: Path, name: str) -> None:
        loose = name[2:] in ("shx", "dbf", "prj")
        source = write(wards(), tmp_path / ("w.shp" if loose else name))
        whole = (tmp_path / name).read_bytes()
        chance = random.Random(name)
        for _ in range(40):
            damaged = bytearray(whole)
            for place in chance.sample(range(len(whole)), chance.randint(1, 20)):
                damaged[place] ^= 1 << chance.randrange(8)
            (tmp_path / name).write_bytes(damaged)
            frame = read_or_none(source)
            assert frame is None or len(frame) == 6

    def test_nothing_is_written_beside_the_file(self, tmp_path: Path) -> None:
        path = write(wards(), tmp_path / "w.gpkg")
        before = path.read_bytes()
        read_boundaries(path)
        assert [file.name for file in tmp_path.iterdir()] == ["w.gpkg"]
        assert path.read_bytes() == before


@pytest.mark.shared
class TestOfficialFiles:
    def test_wards_in_two_systems(self, shared: Path) -> None:
        grid = read_boundaries(shared / "boundaries" / "wards_dec2015_27700.gpkg", level="ward")
        assert len(grid) == 144
        assert grid["parent_code"].nunique() == 6
        degrees = read_boundaries(shared / "boundaries" / "wards_dec2015_4326.geojson")
        assert degrees["area_code"].tolist() == grid["area_code"].tolist()
        # The national transformation is good to 2 m without its grid file, and so are the areas.
        assert np.allclose(degrees.area, grid.area, rtol=1e-3)
        assert (degrees.centroid.distance(grid.centroid) < 5).all()

    def test_seams_are_noted(self, shared: Path) -> None:
        frame = read_boundaries(shared / "boundaries" / "wards_dec2015_unsnapped_27700.gpkg")
        assert any("overlap by 4.15" in note for note in frame.attrs["notes"])

    def test_topojson_is_repaired_with_a_report(self, shared: Path) -> None:
        frame = read_boundaries(shared / "boundaries" / "england_districts_dec2013.topo.json")
        assert len(frame) == 326
        assert frame.geometry.is_valid.all()
        assert any("of 326 areas" in n and "were repaired" in n for n in frame.attrs["notes"])
        known = read_boundaries(shared / "boundaries" / "england_districts_dec2013_27700.gpkg")
        both = frame.merge(known, on="area_code")
        assert len(both) == 326
        assert np.allclose(both["geometry_x"].area, both["geometry_y"].area, rtol=0.01)

    def test_one_of_all_wards_is_repaired(self, shared: Path) -> None:
        frame = read_boundaries(shared / "boundaries" / "england_wards_dec2013_27700.gpkg")
        assert len(frame) == 7681
        assert frame.geometry.is_valid.all()
        assert any(note.startswith("1 of 7,681 areas") for note in frame.attrs["notes"])

    def test_truncated(self, shared: Path, tmp_path: Path) -> None:
        for name in ("wards_dec2015_27700.gpkg", "wards_dec2015_4326.geojson"):
            whole = (shared / "boundaries" / name).read_bytes().rstrip(b"\n")
            path = tmp_path / name
            for length in random.Random(name).sample(range(len(whole)), 50):
                path.write_bytes(whole[:length])
                assert read_or_none(path) is None, length


class TestEmbeddedLayers:
    @pytest.mark.parametrize(
        ("name", "rows"),
        [
            ("wards-2015", 144),
            ("wards-2016", 142),
            ("districts-2015", 6),
            ("county-2015", 1),
            ("police-area-2015", 1),
        ],
    )
    def test_each_passes_even_what_its_checksum_spares_it(self, name: str, rows: int) -> None:
        frame = read_boundaries(name)
        assert len(frame) == rows
        # Through its path it is anybody's file, and every check is made.
        path = embedded_folder("boundaries") / f"{name}.gpkg"
        assert read_boundaries(path).drop(columns="geometry").equals(frame.drop(columns="geometry"))
