"""A feature service on this machine, with the faults that the real one has on bad days."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DISTRICTS = ("E07000008", "E07000009", "E06000031")


def write_registry(folder: Path) -> Path:
    """Write an embedded folder with one small layer and one file that is no layer."""
    import geopandas as gpd
    import shapely

    path = folder / "wards.gpkg"
    outlines = [shapely.box(x, 250_000, x + 1_000, 251_000) for x in (540_000, 541_000)]
    gpd.GeoDataFrame(
        {"code": ["E05002703", "E05002704"], "label": ["Arbury", "Castle"]},
        geometry=outlines,
        crs=27700,
    ).to_file(path, driver="GPKG")
    (folder / "lookup.csv").write_text("a,b\n")
    tables = []
    for name, file, facts in (
        ("wards-2015", path, 'level = "ward"\nrows = 2\ncode_column = "code"\n'),
        ("lookup-2015-2016", folder / "lookup.csv", ""),
    ):
        words = "".join(
            f'{key} = "{key} of it"\n'
            for key in ("title", "source", "licence", "attribution", "vintage", "done")
        )
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        tables.append(
            f'[[file]]\nname = "{name}"\nfile = "{file.name}"\nsha256 = "{digest}"\n{words}{facts}'
        )
    (folder / "registry.toml").write_text("\n".join(tables))
    return folder


def square(place: int) -> list[list[list[float]]]:
    """One clockwise ring, as Esri draws an outer one."""
    x, y = 540_000.0 + 200 * place, 250_000.0
    return [[[x, y], [x, y + 100], [x + 100, y + 100], [x + 100, y], [x, y]]]


def ward_row(place: int) -> dict[str, Any]:
    return {
        "attributes": {
            "FID": place + 1,
            "WD19CD": f"E05{place:06d}",
            "WD19NM": f"Ward {place}",
            "LAD19CD": DISTRICTS[place % 3],
        },
        "geometry": {"rings": square(place)},
    }


@dataclass
class Service:
    """What the server holds, what it does wrong, and what it was asked.

    A fault is a function of the parsed query that returns None to let a request pass, or what to
    do instead: a status with headers, a JSON answer, `truncate`, `drop`, `html`, or a function
    that is given the handler and writes what it likes.
    """

    rows: list[dict[str, Any]] = field(default_factory=lambda: [ward_row(n) for n in range(25)])
    name: str = "Wards_December_2019_Boundaries_UK_BGC_2022"
    page: int = 10
    wkid: int = 27700
    last_edit: int | None = 1_600_000_000_000
    announced: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    fault: Callable[[dict[str, str]], Any] = lambda query: None
    asked: list[dict[str, str]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    root: str = ""

    @property
    def pages_asked(self) -> list[int]:
        return [int(q["resultOffset"]) for q in self.asked if "resultOffset" in q]

    def describe(self) -> dict[str, Any]:
        columns = list(self.rows[0]["attributes"]) if self.rows else ["FID"]
        kinds = ["esriFieldTypeOID"] + ["esriFieldTypeString"] * (len(columns) - 1)
        answer = {
            "geometryType": "esriGeometryPolygon",
            "maxRecordCount": self.page,
            "objectIdField": columns[0],
            "fields": [
                {"name": name, "type": kind} for name, kind in zip(columns, kinds, strict=True)
            ],
            "advancedQueryCapabilities": {"supportsPagination": True},
            **self.extra,
        }
        if self.last_edit is not None:
            answer["editingInfo"] = {"lastEditDate": self.last_edit}
        return answer

    def selected(self, where: str) -> list[dict[str, Any]]:
        rows = self.rows
        for part in where.split(" AND "):
            column, _, rest = part.partition(" ")
            if rest.startswith("LIKE"):
                start = rest.split("'")[1].rstrip("%")
                rows = [r for r in rows if str(r["attributes"][column]).startswith(start)]
            else:
                codes = rest.split("'")[1::2]
                rows = [r for r in rows if r["attributes"][column] in codes]
        return rows

    def answer(self, query: dict[str, str]) -> dict[str, Any]:
        if "where" not in query:
            return self.describe()
        rows = self.selected(query["where"])
        if "returnCountOnly" in query:
            return {"count": len(rows) if self.announced is None else self.announced}
        assert query["f"] == "json"
        assert query["outSR"] == "27700"
        assert query["orderByFields"] == "FID"
        start = int(query["resultOffset"])
        size = min(self.page, int(query["resultRecordCount"]))
        fields = query["outFields"].split(",")
        answer: dict[str, Any] = {
            "spatialReference": {"wkid": self.wkid},
            "features": [
                {**row, "attributes": {name: row["attributes"][name] for name in fields}}
                for row in rows[start : start + size]
            ],
        }
        if start + size < len(rows):
            answer["exceededTransferLimit"] = True
        return answer


def _spoilt(
    what: Any, service: Service, query: dict[str, str]
) -> tuple[int, dict[str, str], bytes, int]:
    """Status, headers, body and the length to announce."""
    kind = {"Content-Type": "application/json"}
    if isinstance(what, tuple):
        return what[0], {**kind, **what[1]}, b"", 0
    if what == "html":
        body = b"<html>Please sign in to the guest network</html>"
        return 200, {"Content-Type": "text/html"}, body, len(body)
    if what == "hang":
        time.sleep(0.6)
    whole = service.answer(query) if isinstance(what, str) else what
    body = json.dumps(whole).encode()
    half = body[: len(body) // 2]
    if what == "truncate":
        return 200, kind, half, len(body)
    if what == "cut json":
        return 200, kind, half, len(half)
    return 200, kind, body, len(body)


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_GET(self) -> None:
            self.reply(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply(dict(parse_qsl(body)))

        def reply(self, query: dict[str, str]) -> None:
            service.asked.append(query)
            service.methods.append(self.command)
            if f"/{service.name}/FeatureServer/0" not in self.path:
                what: Any = {"error": {"code": 400, "message": "Invalid URL", "details": []}}
            else:
                what = service.fault(query)
            if what is None:
                what = service.answer(query)
            if what == "drop":
                self.close_connection = True
                self.connection.shutdown(2)
                return
            if callable(what):
                self.close_connection = True
                what(self)
                return
            status, headers, body, length = _spoilt(what, service, query)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = length > len(body)

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hung up, which is what some tests are about."""


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """Serve on a free port of this machine for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _handler(service))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service.root = f"http://127.0.0.1:{server.server_address[1]}/arcgis/rest/services"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def times(number: int, what: Any, when: Callable[[dict[str, str]], bool]) -> Any:
    """Let a fault happen a number of times to the requests that `when` picks."""
    left = [number]

    def fault(query: dict[str, str]) -> Any:
        if left[0] and when(query):
            left[0] -= 1
            return what
        return None

    return fault


def is_page(offset: int) -> Callable[[dict[str, str]], bool]:
    return lambda query: query.get("resultOffset") == str(offset)
