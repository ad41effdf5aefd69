from __future__ import annotations

import contextlib
import json
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import requests
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import up_to
from tests.inputs.portal import (
    DISTRICTS,
    Service,
    is_page,
    serving,
    times,
    ward_row,
    write_registry,
)
from vawg_geo.errors import ConfigurationError, DownloadError
from vawg_geo.inputs.catalogue import catalogue
from vawg_geo.inputs.catalogue import portal as client
from vawg_geo.inputs.catalogue.catalogue import find_entry, find_layer
from vawg_geo.inputs.catalogue.fetch import fetch, is_fetched
from vawg_geo.inputs.catalogue.portal import LONGEST_WAIT_SECONDS, make_session, polygon_of

if TYPE_CHECKING:
    from collections.abc import Iterator


NAME = "ons-wards-2019-bgc"
TRANSIENT = {"error": {"code": 500, "message": "Error performing query operation", "details": []}}


@pytest.fixture(autouse=True, scope="module")
def _registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = write_registry(tmp_path_factory.mktemp("embedded"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "embedded_folder", lambda kind: folder)
        yield


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0)
    monkeypatch.delenv("VAWG_GEO_PORTAL", raising=False)
    monkeypatch.delenv("VAWG_GEO_CACHE", raising=False)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with make_session(backoff=0) as made:
        yield made


@pytest.fixture
def service() -> Iterator[Service]:
    with serving(Service()) as served:
        yield served


@pytest.fixture
def take(service: Service, session: requests.Session, tmp_path: Path) -> Any:
    def take(name: str = NAME, **options: Any) -> Path:
        return fetch(name, cache=tmp_path, portal=service.root, session=session, **options)

    return take


def test_twenty_five_rows_come_in_pages_of_ten(service, take, tmp_path):
    seen = []
    path = take(progress=seen.append)
    assert service.pages_asked == [0, 10, 20]
    assert seen == [f"{NAME}: {n} of 25 areas" for n in (0, 10, 20, 25)]
    frame = gpd.read_file(path)
    assert list(frame) == ["area_code", "area_name", "parent_code", "geometry"]
    assert frame.crs.to_epsg() == 27700
    assert frame["area_code"].tolist() == [f"E05{n:06d}" for n in range(25)]
    assert frame["parent_code"].tolist() == [DISTRICTS[n % 3] for n in range(25)]
    assert frame.area.tolist() == [10_000.0] * 25
    record = json.loads(path.with_suffix(".json").read_text())
    assert record["rows"] == 25
    assert record["url"].startswith(service.root)
    assert record["last_edit"] == service.last_edit
    assert record["licence"] == "OGL-3.0"
    assert sorted(p.name for p in path.parent.iterdir()) == [f"{NAME}.gpkg", f"{NAME}.json"]


def test_only_england_is_asked_for(service, take):
    foreign = ward_row(30)
    foreign["attributes"]["WD19CD"] = "W05000030"
    service.rows.append(foreign)
    assert len(gpd.read_file(take())) == 25


def test_what_is_here_is_used_without_a_request(service, take):
    first = take()
    service.asked.clear()
    assert take() == first
    assert service.asked == []


def test_a_download_that_breaks_off_leaves_nothing_and_is_taken_whole(service, take, tmp_path):
    entry = find_entry(NAME, cache=tmp_path)
    service.fault = times(99, "drop", is_page(20))
    with pytest.raises(DownloadError, match=r"could not be fetched.*Try again"):
        take()
    assert not list(tmp_path.rglob("*"))
    assert not is_fetched(entry, cache=tmp_path)
    service.fault = lambda query: None
    service.asked.clear()
    take()
    assert service.pages_asked == [0, 10, 20]
    assert is_fetched(entry, cache=tmp_path)


@pytest.mark.parametrize(
    "what",
    [
        (500, {}),
        (503, {"Retry-After": "0"}),
        (429, {"Retry-After": "0"}),
        TRANSIENT,
        "truncate",
        "cut json",
        "drop",
        "html",
    ],
    ids=str,
)
def test_a_passing_fault_is_got_over(what, service, take):
    service.fault = times(2, what, is_page(10))
    assert len(gpd.read_file(take())) == 25
    assert service.pages_asked == [0, 10, 10, 10, 20]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ((503, {"Retry-After": "0"}), r"HTTP 503 after 5 tries"),
        (TRANSIENT, r"error 500: Error performing query operation"),
        ("truncate", r"the answer broke off"),
        ("cut json", r"is not whole JSON"),
        ("html", r"text/html, is not whole JSON"),
    ],
    ids=str,
)
def test_a_lasting_fault_is_given_up_on_after_a_few_tries(what, message, service, take, tmp_path):
    service.fault = times(99, what, is_page(10))
    with pytest.raises(DownloadError, match=message):
        take()
    assert 2 <= len(service.pages_asked) <= 7
    assert not list(tmp_path.rglob("*"))


def test_a_long_retry_after_is_not_obeyed_to_the_letter(session):
    retry = session.get_adapter("https://example.org").max_retries
    answer = type("Answer", (), {"headers": {"Retry-After": "86400"}})()
    assert retry.get_retry_after(answer) == LONGEST_WAIT_SECONDS
    assert retry.new().get_retry_after(answer) == LONGEST_WAIT_SECONDS


def test_an_error_in_a_good_answer_is_not_retried_where_that_is_useless(service, take):
    what = {"error": {"code": 400, "message": "Cannot perform query.", "details": ["Bad field"]}}
    service.fault = times(99, what, is_page(0))
    with pytest.raises(DownloadError, match=r"error 400: Cannot perform query\.; Bad field"):
        take()
    assert service.pages_asked == [0]


def test_a_service_of_another_name_is_asked_for_with_service(service, take):
    service.name = "WD19_New_Name"
    with pytest.raises(DownloadError, match=r"Invalid URL.*--service"):
        take()
    assert len(gpd.read_file(take(service="WD19_New_Name"))) == 25


@pytest.mark.parametrize(("announced", "given"), [(30, 25), (26, 25)])
def test_fewer_rows_than_announced_are_refused(announced, given, service, take, tmp_path):
    service.announced = announced
    message = rf"announced {announced} rows for 'ons-wards-2019-bgc' and gave {given}"
    with pytest.raises(DownloadError, match=message):
        take()
    assert not (tmp_path / "fetched" / f"{NAME}.gpkg").exists()


def test_more_announced_by_the_page_than_comes_is_refused(service, take):
    endless = {"spatialReference": {"wkid": 27700}, "features": [], "exceededTransferLimit": True}
    service.fault = times(99, endless, is_page(20))
    with pytest.raises(DownloadError, match=r"announced 25 rows .* and gave 20"):
        take()


def test_more_rows_than_announced_are_refused(service, take):
    service.announced = 15
    with pytest.raises(DownloadError, match=r"announced 15 rows and gave 20, 3 times in a row"):
        take()


def test_an_edit_between_pages_starts_the_download_again(service, take):
    edits = times(1, "edit", is_page(20))

    def fault(query):
        if edits(query):
            service.last_edit += 5
            service.rows[0]["attributes"]["WD19NM"] = "Renamed"

    service.fault = fault
    frame = gpd.read_file(take())
    assert service.pages_asked == [0, 10, 20, 0, 10, 20]
    assert frame["area_name"][0] == "Renamed"


def test_a_service_that_is_edited_all_the_time_is_given_up_on(service, take, tmp_path):
    def fault(query):
        if is_page(20)(query):
            service.last_edit += 5

    service.fault = fault
    with pytest.raises(DownloadError, match=r"edited while it was read .*, 3 times in a row"):
        take()
    assert service.pages_asked == [0, 10, 20] * 3
    assert not list(tmp_path.rglob("*"))


def test_a_count_that_changes_without_a_date_is_noticed(service, take):
    service.last_edit = None
    # Between the last page and the questions that follow it.
    added = times(1, "add", lambda query: "where" not in query and 20 in service.pages_asked)

    def fault(query):
        if added(query):
            service.rows.append(ward_row(25))

    service.fault = fault
    assert len(gpd.read_file(take())) == 26
    assert service.pages_asked == [0, 10, 20] * 2


def test_rows_that_come_twice_are_refused(service, take):
    service.rows[20] = service.rows[3]
    with pytest.raises(DownloadError, match=r"1 of 25 rows came twice, 3 times in a row"):
        take()


def test_codes_that_come_twice_are_refused_and_nothing_is_kept(service, take, tmp_path):
    service.rows[20]["attributes"]["WD19CD"] = "E05000003"
    with pytest.raises(DownloadError, match=r"1 of 25 codes came twice; first: 'E05000003'"):
        take()
    assert not list(tmp_path.rglob("*"))


def test_codes_of_another_level_are_refused(service, take):
    service.rows[7]["attributes"]["WD19CD"] = "E05X"
    with pytest.raises(DownloadError, match=r"1 of 25 codes are not of the level 'ward'; .*'E05X'"):
        take()


def test_areas_without_an_outline_are_refused(service, take):
    del service.rows[4]["geometry"]
    with pytest.raises(DownloadError, match=r"1 of 25 areas came without an outline; .*E05000004"):
        take()


def test_another_coordinate_system_than_asked_for_is_refused(service, take):
    service.wkid = 102100
    with pytest.raises(DownloadError, match=r"in coordinate system 102100, though 27700 was"):
        take()


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"geometryType": "esriGeometryPoint"}, r"'esriGeometryPoint', not one of areas"),
        ({"advancedQueryCapabilities": {"supportsPagination": False}}, r"page by page"),
        ({"fields": [{"name": "FID", "type": "esriFieldTypeOID"}]}, r"no column 'WD19CD'; it has"),
    ],
    ids=["points", "no pages", "no codes"],
)
def test_a_layer_of_another_kind_is_refused(extra, message, service, take):
    service.extra = extra
    with pytest.raises(DownloadError, match=message):
        take()
    assert service.pages_asked == []


def test_columns_are_found_in_another_case(service, take):
    for row in service.rows:
        row["attributes"] = {
            key if key == "FID" else key.lower(): value for key, value in row["attributes"].items()
        }
    assert gpd.read_file(take())["area_code"][0] == "E05000000"


def test_another_number_of_areas_than_the_catalogue_knows_is_refused(service, take):
    service.name = "Local_Authority_Districts_December_2023_Boundaries_UK_BGC"
    for place, row in enumerate(service.rows):
        row["attributes"] = {
            "FID": place, "LAD23CD": f"E07{place:06d}", "LAD23NM": f"District {place}"
        }  # fmt: skip
    with pytest.raises(DownloadError, match=r"announces 25 areas, 296 expected"):
        take("ons-districts-2023-bgc")
    path = take("ons-districts-2023-bgc", within=["E07000003", "E07000001"])
    assert gpd.read_file(path)["area_code"].tolist() == ["E07000001", "E07000003"]


def test_wards_of_some_districts_only(service, take, tmp_path):
    path = take(within=["E07000009", "E07000008"])
    frame = gpd.read_file(path)
    assert set(frame["parent_code"]) == {"E07000008", "E07000009"}
    assert len(frame) == 17
    entry = find_entry(NAME, cache=tmp_path)
    assert entry.notes == ("only the districts E07000008, E07000009",)
    assert is_fetched(entry, cache=tmp_path, within=["E07000008", "E07000009"])
    assert not is_fetched(entry, cache=tmp_path)
    assert len(gpd.read_file(take())) == 25


def test_many_districts_are_posted(service, take):
    many = [f"E07{n:06d}" for n in range(300)]
    assert len(gpd.read_file(take(within=many))) == 17
    assert service.methods.count("POST") == 4


@pytest.mark.parametrize("bad", ["Cambridge", "E05002703", "E07000008') OR ('1'='1"])
def test_within_takes_codes_of_districts_only(bad, service, take):
    with pytest.raises(ConfigurationError, match=r"1 of 2 codes are not codes of English district"):
        take(within=["E07000008", bad])
    assert service.asked == []


def test_a_layer_without_districts_cannot_be_restricted(service, take):
    for row in service.rows:
        del row["attributes"]["LAD19CD"]
    with pytest.raises(ConfigurationError, match=r"does not say which district"):
        take(within=["E07000008"])
    frame = gpd.read_file(take())
    assert frame["parent_code"].isna().all()


def test_offline_says_what_was_tried_and_what_to_do(tmp_path, session):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(DownloadError) as caught:
        fetch(NAME, cache=tmp_path, portal=f"http://127.0.0.1:{port}", session=session)
    text = str(caught.value)
    assert f"no answer from 127.0.0.1:{port} (connection refused)" in text
    assert "Wards_December_2019_Boundaries_UK_BGC_2022" in text
    assert "Everything embedded works offline (wards-2015" in text
    assert "vawg-geo boundaries add FILE" in text
    assert not any(tmp_path.rglob("*.gpkg"))


def test_a_server_that_does_not_answer_in_time(service, take, monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", (5, 0.1))
    service.fault = lambda query: "hang"
    with pytest.raises(DownloadError, match=r"no answer from 127\.0\.0\.1:\d+ \(timed out\)"):
        take()


def test_a_changed_file_in_the_cache_is_refused_and_fetched_again(service, take, tmp_path):
    path = take()
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(Exception, match=r"is not the file that was recorded.*boundaries fetch"):
        find_layer(NAME, cache=tmp_path)
    service.asked.clear()
    take()
    assert service.pages_asked == [0, 10, 20]
    assert find_layer(NAME, cache=tmp_path).entry.rows == 25


def test_a_failed_renewal_leaves_the_former_layer(service, take, tmp_path):
    path = take()
    before = path.read_bytes()
    service.fault = times(99, (500, {}), is_page(0))
    with pytest.raises(DownloadError):
        take(within=["E07000008"])
    assert path.read_bytes() == before
    assert find_layer(NAME, cache=tmp_path).entry.rows == 25


def test_portal_and_cache_from_the_environment(service, session, tmp_path, monkeypatch):
    monkeypatch.setenv("VAWG_GEO_PORTAL", service.root + "/")
    monkeypatch.setenv("VAWG_GEO_CACHE", str(tmp_path / "elsewhere"))
    assert fetch(NAME, session=session) == tmp_path / "elsewhere" / "fetched" / f"{NAME}.gpkg"


@pytest.mark.parametrize("name", [NAME, "ons-wards-2021-bgc"], ids=["comes", "fails"])
def test_a_session_of_its_own_is_closed(name, service, tmp_path, monkeypatch):
    closed = []
    close = requests.Session.close

    def closing(session):
        closed.append(session)
        close(session)

    monkeypatch.setattr(requests.Session, "close", closing)
    with contextlib.suppress(DownloadError):
        fetch(name, cache=tmp_path, portal=service.root)
    assert len(closed) == 1


def test_an_embedded_layer_is_simply_found(tmp_path):
    found = find_layer("wards-2015", cache=tmp_path)
    assert fetch("wards-2015", cache=tmp_path, portal="http://127.0.0.1:9") == found.path
    assert is_fetched(found.entry, cache=tmp_path)
    with pytest.raises(ConfigurationError, match=r"'wards-2015' is an embedded layer"):
        fetch("wards-2015", cache=tmp_path, within=["E07000008"])


@up_to(10)
@given(
    rows=st.integers(1, 40),
    page=st.integers(1, 17),
    breaks=st.lists(st.integers(0, 12), max_size=4),
)
def test_however_often_it_breaks_off_the_layer_is_whole(rows, page, breaks):
    """Each time from the first page, whatever the sizes and however many breaks."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Service(rows=[ward_row(n) for n in range(rows)], page=page)) as service,
        make_session(backoff=0) as session,
    ):
        for allowed in [*breaks, 10_000]:
            done: list[str] = []

            def fault(query: dict[str, str], allowed: int = allowed, done=done) -> Any:
                if "resultOffset" not in query:
                    return None
                if len(done) == allowed:
                    return {"error": {"code": 403, "message": "enough"}}
                done.append(query["resultOffset"])
                return None

            service.fault = fault
            try:
                path = fetch(NAME, cache=folder, portal=service.root, session=session)
                break
            except DownloadError:
                assert not list(Path(folder).rglob("*"))
        assert gpd.read_file(path)["area_name"].tolist() == [f"Ward {n}" for n in range(rows)]
        assert done == [str(n) for n in range(0, rows, page)]


def ring(x, y, size, *, clockwise):
    points = [(x, y), (x, y + size), (x + size, y + size), (x + size, y), (x, y)]
    return points if clockwise else points[::-1]


def test_holes_go_to_the_smallest_ring_around_them():
    rings = [
        ring(22, 22, 2, clockwise=False),
        ring(0, 0, 100, clockwise=True),
        ring(10, 10, 50, clockwise=False),
        ring(20, 20, 10, clockwise=True),
    ]
    area = polygon_of(rings)
    assert area.is_valid
    assert area.area == 100**2 - 50**2 + 10**2 - 2**2
    assert sorted(len(part.interiors) for part in area.geoms) == [1, 1]


def test_a_lone_ring_the_wrong_way_round_is_an_area():
    assert polygon_of([ring(0, 0, 3, clockwise=False)]).area == 9
    assert polygon_of([]).is_empty


@up_to(40)
@given(
    cells=st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_any_area_of_cells_survives_esris_form(cells, order):
    """Whatever union of squares: rings in Esri's order and winding give the same area back."""
    area = shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in cells])
    rings = []
    for part in getattr(area, "geoms", [area]):
        turned = shapely.geometry.polygon.orient(part, -1)
        rings += [list(turned.exterior.coords), *(list(hole.coords) for hole in turned.interiors)]
    order.shuffle(rings)
    assert polygon_of(rings).symmetric_difference(area).area == 0
