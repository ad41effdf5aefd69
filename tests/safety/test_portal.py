"""A portal that is none: every fault is refused with exit 2 and one message, soon and in little.

Seen to fail on the code before: a body without an end and a packed one filled the memory, one that
trickles went on for ever, types that are not a layer's ended in tracebacks, and a redirect to
another host of this machine was followed.
"""

from __future__ import annotations

import gzip
import json
import time
import zlib
from contextlib import contextmanager, suppress

import pytest

from tests.examples import some_every_day
from tests.inputs.portal import Service, is_page, serving
from tests.safety.measured import require_refused
from vawg_geo.inputs.catalogue import portal as client
from vawg_geo.inputs.catalogue.fetch import fetch

NAME = "ons-wards-2019-bgc"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0)


@pytest.fixture
def service():
    with serving(Service()) as served:
        yield served


@pytest.fixture
def refused(service, command, monkeypatch, tmp_path):
    """Fetch from a service with a fault, and require a refusal that leaves nothing behind."""

    def run(fault, message):
        service.fault = fault
        monkeypatch.setenv("VAWG_GEO_PORTAL", service.root)
        start = time.monotonic()
        ended = command("boundaries", "fetch", NAME)
        require_refused(ended, message)
        assert "boundaries add FILE" in ended.said
        assert time.monotonic() - start < 20
        assert not list(tmp_path.rglob("*.gpkg"))

    return run


def always(what):
    return lambda query: what


def on_page(what):
    return lambda query: what if is_page(10)(query) else None


# What goes on as long as somebody listens. The first bytes of an answer that would be one.


def write_head(handler, **headers):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def endless(handler):
    write_head(handler)
    with suppress(OSError):
        handler.wfile.write(b'{"features":[')
        while True:
            handler.wfile.write(b" " * (1 << 20))


def endless_chunks(handler):
    write_head(handler, Transfer_Encoding="chunked")
    with suppress(OSError):
        while True:
            handler.wfile.write(b"100000\r\n" + b" " * (1 << 20) + b"\r\n")


def six_gigabytes(handler):
    write_head(handler, Content_Length=str(6 << 30))
    with suppress(OSError):
        for _ in range(6 << 10):
            handler.wfile.write(b" " * (1 << 20))


def bomb(handler):
    write_head(handler, Content_Encoding="gzip")
    packing = zlib.compressobj(9, wbits=31)
    with suppress(OSError):
        for _ in range(3_000):
            handler.wfile.write(packing.compress(bytes(1 << 20)))
        handler.wfile.write(packing.flush())


def trickle(handler):
    write_head(handler)
    with suppress(OSError):
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)


def trickled_chunks(handler):
    write_head(handler, Transfer_Encoding="chunked")
    with suppress(OSError):
        while True:
            handler.wfile.write(b"1\r\n \r\n")
            handler.wfile.flush()
            time.sleep(0.05)


ENDLESS = {
    "without an end": (endless, "160,000,000 bytes"),
    "without an end, in chunks": (endless_chunks, "160,000,000 bytes"),
    "of six gigabytes": (six_gigabytes, "160,000,000 bytes"),
    "a bomb": (bomb, "bytes, unpacked, that are taken"),
    "a trickle": (trickle, "answers too slowly"),
    "a trickle of chunks": (trickled_chunks, "answers too slowly"),
}


@pytest.mark.parametrize("kind", some_every_day(ENDLESS, 3))
def test_an_answer_without_an_end(refused, kind):
    what, message = ENDLESS[kind]
    refused(on_page(what), message)


def test_a_head_that_trickles(refused, monkeypatch):
    """A socket's time limit begins anew with each byte; ours does not."""
    monkeypatch.setattr(client, "ASK_SECONDS", 2.0)

    def head(handler):
        with suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                handler.wfile.write(b"X")
                handler.wfile.flush()
                time.sleep(0.05)

    refused(always(head), "timed out")


# Whole answers of the wrong kind


def body(content, **headers):
    def write(handler):
        write_head(handler, Content_Length=str(len(content)), **headers)
        handler.wfile.write(content)

    return write


def described(**change):
    return lambda query: {**Service().describe(), **change} if "where" not in query else None


def counted(count):
    return lambda query: {"count": count} if "returnCountOnly" in query else None


def paged(change):
    """Change the first page of rows."""

    def fault(query):
        if not is_page(0)(query):
            return None
        answer = Service().answer(query)
        return {**answer, **change(answer)}

    return fault


def first_feature(**change):
    return paged(lambda answer: {
        "features": [{**answer["features"][0], **change}, *answer["features"][1:]]
    })  # fmt: skip


WRONG = {
    "brackets without an end": (always(body(b"[" * 1_000_000)), "too deep to be read"),
    "nothing but brackets": (
        always(body(b'{"a":[' + b"[]," * 9_000_000 + b"1]}")), "brackets and commas, more than",
    ),
    "a list": (always(body(b"[]")), "JSON of another kind"),
    "a number of a million digits": (always(body(b"9" * 1_000_000)), "is not whole JSON"),
    "packed in another way": (
        always(body(b"{}", Content_Encoding="br")), "which was not asked for",
    ),
    "packed and not": (always(body(b"{}", Content_Encoding="gzip")), "broke off"),
    "packed and cut short": (
        always(body(gzip.compress(b'{"a":1}' * 99)[:-20], Content_Encoding="gzip")), "broke off",
    ),
    "an error whose code is a list": (always({"error": {"code": [1], "message": "x"}}), "error [1]"),
    "an error that is a word": (always({"error": "no"}), "is of type None"),
    "paging that is a list": (described(advancedQueryCapabilities=[1]), "other types than"),
    "columns that are words": (described(fields=["WD19CD"]), "in fields[0]"),
    "columns without names": (described(fields=[{"type": "x"}]), "`name`"),
    "columns that are a number": (described(fields=5), "in fields"),
    "a page size in words": (described(maxRecordCount="ten"), "in maxRecordCount"),
    "edits that are a word": (described(editingInfo="x"), "in editingInfo"),
    "a date of an edit in words": (described(editingInfo={"lastEditDate": "x"}), "lastEditDate"),
    "a name of a column that is a list": (described(objectIdField=[1]), "in objectIdField"),
    "a count in words": (counted("many"), "does not say how many rows"),
    "a count below nothing": (counted(-1), "does not say how many rows"),
    "a count that is true": (counted(True), "does not say how many rows"),
    "a count without an end": (counted(10**15), "announces 1,000,000,000,000,000 areas"),
    "features that are a word": (paged(lambda answer: {"features": "x"}), "without a list"),
    "features that are numbers": (paged(lambda answer: {"features": [1]}), "in features[0]"),
    "a system that is a list": (paged(lambda answer: {"spatialReference": [1]}), "other types"),
    "a system in words": (
        paged(lambda answer: {"spatialReference": {"wkid": "27700"}}), "in spatialReference.wkid",
    ),
    "a code that is a list": (
        first_feature(attributes={"FID": 1, "WD19CD": ["E05000000"]}), "in features[0].attributes",
    ),
    "no attributes": (first_feature(attributes=None), "in features[0].attributes"),
    "an outline that is a word": (first_feature(geometry="x"), "in features[0].geometry"),
    "rings that are numbers": (first_feature(geometry={"rings": [1]}), "in features[0].geometry"),
    "points in words": (
        first_feature(geometry={"rings": [[["a", "b"]] * 4]}), "in features[0].geometry",
    ),
    "points of one number": (
        first_feature(geometry={"rings": [[[1.0]] * 4]}), "cannot be made of what came",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_an_answer_of_another_kind(refused, kind):
    refused(*WRONG[kind])


# Redirects


@contextmanager
def another_host():
    """Another server of this machine, which must not be asked anything."""
    with serving(Service()) as other:
        yield other


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_answer_that_sends_on_to_another_host(refused, status):
    with another_host() as other:
        where = f"{other.root}/{other.name}/FeatureServer/0?f=json"
        refused(
            always((status, {"Location": where})), "sends on to http://127.0.0.1, and an answer"
        )
        assert other.asked == []


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("http://localhost/x", "sends on to http://localhost"),
        ("//evil.example/x", "sends on to http://evil.example"),
        ("http://services1.arcgis.com@evil.example/x", "sends on to http://evil.example"),
        ("file:///etc/hostname", "sends on to file://"),
        ("http://127.0.0.1:99999999/", "sends on to http://127.0.0.1"),
    ],
)
def test_addresses_that_only_look_registered(refused, where, message):
    refused(always((302, {"Location": where})), message)


def test_an_answer_that_sends_on_for_ever(refused, service):
    where = f"{service.root}/{service.name}/FeatureServer/0?f=json"
    refused(always((302, {"Location": where})), "sends on more than 3 times")


class TestOnward:
    """Where an answer may send on, without asking anybody."""

    @pytest.fixture
    def layer(self):
        with client.make_session() as session:
            yield client.FeatureLayer(
                session, "https://portal.example/a/FeatureServer/0",
                hosts=["https://services1.arcgis.com/x"],
            )  # fmt: skip

    @pytest.mark.parametrize(
        "where",
        ["/b/FeatureServer/0", "https://portal.example:443/b", "https://SERVICES1.arcgis.com/b"],
    )
    def test_to_a_registered_host(self, layer, where):
        assert layer._onward(layer.url, where).startswith("https://")

    @pytest.mark.parametrize(
        "where",
        [
            "http://portal.example/b", "https://portal.example:8443/b",
            "https://portal.example.evil/b", "https://user@portal.example/b", "https://[::1]/b",
            "https://169.254.169.254/latest",
        ],
    )  # fmt: skip
    def test_to_any_other(self, layer, where):
        with pytest.raises(client.DownloadError, match="nothing was asked there"):
            layer._onward(layer.url, where)


# What must go on working


def test_a_packed_answer_is_unpacked(service, tmp_path):
    def packed(query):
        content = gzip.compress(json.dumps(service.answer(query)).encode())
        return body(content, Content_Encoding="gzip")

    service.fault = packed
    with client.make_session(backoff=0) as session:
        path = fetch(NAME, cache=tmp_path, portal=service.root, session=session)
    assert path.is_file()
    assert service.pages_asked == [0, 10, 20]


def test_a_redirect_on_the_same_host_is_followed(service, tmp_path):
    def once(query):
        if query.get("again") or "resultOffset" not in query:
            return None
        from urllib.parse import urlencode

        onward = urlencode({**query, "again": "1"})
        place = f"/arcgis/rest/services/{service.name}/FeatureServer/0/query"
        return 302, {"Location": f"{place}?{onward}"}

    service.fault = once
    with client.make_session(backoff=0) as session:
        path = fetch(NAME, cache=tmp_path, portal=service.root, session=session)
    assert path.is_file()


def test_a_slow_line_is_waited_for(service, tmp_path):
    """Slow is not stalled: a page at the speed of an old telephone line comes whole."""

    def slowly(query):
        content = json.dumps(service.answer(query)).encode()

        def write(handler):
            write_head(handler, Content_Length=str(len(content)))
            for at in range(0, len(content), 200):
                handler.wfile.write(content[at : at + 200])
                handler.wfile.flush()
                time.sleep(0.02)

        return write

    service.fault = slowly
    with client.make_session(backoff=0) as session:
        assert fetch(NAME, cache=tmp_path, portal=service.root, session=session).is_file()


def test_a_layer_of_too_many_bytes_or_too_long(service, tmp_path, monkeypatch):
    from vawg_geo.inputs.catalogue import fetch as fetching

    for name, value, message in (
        ("MOST_BYTES", 1_000, "has more than 1,000 bytes when 10 of 25"),
        ("LONGEST_SECONDS", 0, "took longer than 0 seconds when 10 of 25"),
    ):
        with monkeypatch.context() as patch, client.make_session(backoff=0) as session:
            patch.setattr(fetching, name, value)
            with pytest.raises(client.DownloadError, match=message):
                fetch(NAME, cache=tmp_path, portal=service.root, session=session)


def test_holes_without_number(service):
    ring = [[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]]
    with pytest.raises(ValueError, match="3,000 outer rings and 3,000 holes"):
        client.polygon_of([ring, ring[::-1]] * 3_000)
