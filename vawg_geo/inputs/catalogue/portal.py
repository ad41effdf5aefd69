"""Speaking to a feature service of the ArcGIS REST kind, such as the ONS Open Geography portal's.

Features are asked for as `f=json` (Esri's own form) with `outSR=27700`, not as GeoJSON. Esri
documents `outSR` for both, but only the Esri form states in each answer which coordinate system
it is in, so that a server that ignored `outSR` is found out; GeoJSON says nothing and, by
RFC 7946, means WGS84. The documented `exceededTransferLimit` also stands at the top of the Esri
form alone.

What goes wrong on the way is of two kinds. A refused connection, a 429 or a 5xx is retried by
urllib3, a bounded number of times, with `Retry-After` heeded up to a minute. A body that is cut
short, is no JSON, or is an error sent as HTTP 200 only shows once it is read: `FeatureLayer`
retries those itself.

What is no bad day but no portal either is refused at once: an answer that is too large, packed or
unpacked, that trickles, that is nothing but marks, that has other types than it should, or that
sends on to a host that nobody registered.
"""

from __future__ import annotations

import queue
import threading
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec
import requests
import shapely
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from vawg_geo.errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["FeatureLayer", "LayerState", "PortalUnreachableError", "make_session", "polygon_of"]

TRIES: Final = 4
TIMEOUT_SECONDS: Final = (10, 60)
LONGEST_WAIT_SECONDS: Final = 60
# Servers and proxies cut addresses off at about 2,000 characters: longer queries are posted.
LONGEST_ADDRESS: Final = 1_800
# Pause before the second try of what urllib3 does not retry; doubled for each further one.
PAUSE_SECONDS = 0.5

# Bytes of one answer. All 326 districts at full resolution, 2.5 million points, come in one page of
# about 110 MB, or a third of that packed.
MOST_BYTES = 160_000_000
# Brackets, braces and commas of one answer: what it takes in memory is a multiple of them. The same
# districts have five million commas and two and a half million brackets.
MOST_MARKS: Final = 12_000_000
# Seconds from asking to the first words of an answer, with all that is tried again meanwhile.
ASK_SECONDS = 300.0
# Seconds for the rest of it, and how little may come in some seconds: a telephone line brings ten
# times as much.
ANSWER_SECONDS = 600.0
SLOW_SECONDS = 5.0
SLOW_BYTES: Final = 2_000
# How often one answer may send on.
MOST_STEPS: Final = 3
# Areas of a layer: all output areas of the United Kingdom are 240,000.
MOST_AREAS: Final = 1_000_000
# Pairs of rings to look at for one outline: the coast of Argyll has some thousand islands.
MOST_PAIRS: Final = 5_000_000

_CHUNK: Final = 1 << 16
_SENT_ON: Final = frozenset({301, 302, 303, 307, 308})
_TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})


class PortalUnreachableError(DownloadError):
    """No connection, no name, no answer: the way to the portal is closed, not its door."""


class _PatientRetry(Retry):
    """Retries that heed `Retry-After`, but not for longer than a person would wait."""

    def get_retry_after(self, response: Any) -> float | None:
        wait = super().get_retry_after(response)
        return None if wait is None else min(wait, LONGEST_WAIT_SECONDS)


def make_session(*, backoff: float = 0.5) -> requests.Session:
    """Make a session that retries what is worth retrying.

    Parameters
    ----------
    backoff : float
        Seconds before the second retry; doubled for each further one.
    """
    session = requests.Session()
    retry = _PatientRetry(
        total=TRIES,
        connect=2,
        read=2,
        backoff_factor=backoff,
        status_forcelist=_TRANSIENT,
        # A query changes nothing on the server, also when it is posted.
        allowed_methods=frozenset({"GET", "POST"}),
        respect_retry_after_header=True,
        raise_on_status=False,
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    session.headers["User-Agent"] = "vawg-geo"
    # What is unpacked here, a piece at a time, and nothing else.
    session.headers["Accept-Encoding"] = "gzip"
    return session


@dataclass(frozen=True, kw_only=True)
class LayerState:
    """What a layer says of itself before anything is taken from it.

    Attributes
    ----------
    fields : tuple of str
        Names of its columns, as the service spells them.
    object_id : str
        The column that numbers its rows.
    page_rows : int
        Most rows that it gives at once.
    last_edit : int or None
        When it was last edited (milliseconds since 1970), where the service says so.
    """

    fields: tuple[str, ...]
    object_id: str
    page_rows: int
    last_edit: int | None


# What a service may answer with, in its own words; more than this is passed over.


class _Column(msgspec.Struct):
    name: str
    type: str = ""


class _Paging(msgspec.Struct):
    supportsPagination: bool | None = None  # noqa: N815


class _Editing(msgspec.Struct):
    dataLastEditDate: int | None = None  # noqa: N815
    lastEditDate: int | None = None  # noqa: N815


class _About(msgspec.Struct):
    fields: list[_Column] = []
    objectIdField: str | None = None  # noqa: N815
    maxRecordCount: int | None = None  # noqa: N815
    advancedQueryCapabilities: _Paging = msgspec.field(default_factory=_Paging)  # noqa: N815
    editingInfo: _Editing = msgspec.field(default_factory=_Editing)  # noqa: N815


class _Outline(msgspec.Struct):
    # Two numbers, and heights or measures where a service has them.
    rings: list[list[list[float]]] = []


class _Feature(msgspec.Struct):
    attributes: dict[str, str | int | float | bool | None]
    geometry: _Outline | None = None


class _System(msgspec.Struct):
    wkid: int | None = None
    latestWkid: int | None = None  # noqa: N815


class _Page(msgspec.Struct):
    features: list[_Feature]
    spatialReference: _System = msgspec.field(default_factory=_System)  # noqa: N815
    exceededTransferLimit: bool | None = None  # noqa: N815


_Shape = TypeVar("_Shape", _About, _Page)
_Result = TypeVar("_Result")


class FeatureLayer:
    """One layer of a feature service.

    Parameters
    ----------
    session : requests.Session
        See `make_session`.
    url : str
        Address of the layer, ending in `/FeatureServer/<number>`.
    hosts : iterable of str
        Addresses of hosts, beside the layer's own, to which an answer may send on.

    Attributes
    ----------
    bytes_taken : int
        Of all answers so far, unpacked.
    """

    def __init__(self, session: requests.Session, url: str, *, hosts: Iterable[str] = ()) -> None:
        self.url = url
        self.bytes_taken = 0
        self._session = session
        self._hosts = {_host_of(each) for each in (url, *hosts)}

    def describe(self) -> LayerState:
        """Ask for columns, page size and date of the last edit.

        Raises
        ------
        DownloadError
            There is no such layer, or it is not one of polygons that can be paged through.
        """
        answer = self._ask("", {})
        if answer.get("geometryType") != "esriGeometryPolygon":
            self._refuse(f"is of type {answer.get('geometryType')!r}, not one of areas")
        about = self._shaped(answer, _About)
        if about.advancedQueryCapabilities.supportsPagination is False:
            self._refuse("cannot be read page by page")
        object_id = about.objectIdField or next(
            (column.name for column in about.fields if column.type == "esriFieldTypeOID"), None
        )
        if object_id is None:
            self._refuse("does not number its rows")
        return LayerState(
            fields=tuple(column.name for column in about.fields),
            object_id=str(object_id),
            page_rows=max(1, about.maxRecordCount or 1_000),
            last_edit=about.editingInfo.dataLastEditDate or about.editingInfo.lastEditDate,
        )

    def count(self, where: str) -> int:
        """Ask how many rows a condition selects."""
        answer = self._ask("/query", {"where": where, "returnCountOnly": "true"})
        count = answer.get("count")
        if type(count) is not int or count < 0:
            self._refuse("does not say how many rows it has")
        if count > MOST_AREAS:
            self._refuse(f"announces {count:,} areas, more than the {MOST_AREAS:,} that are taken")
        return count

    def page(
        self, where: str, *, fields: Sequence[str], object_id: str, offset: int, rows: int
    ) -> dict[str, Any]:
        """Ask for some rows, ordered by their numbers, in EPSG:27700.

        Returns
        -------
        dict
            The answer in Esri's form: `features`, perhaps `exceededTransferLimit`.

        Raises
        ------
        DownloadError
            The answer is in another coordinate system, or is no set of features.
        """
        answer = self._ask(
            "/query",
            {
                "where": where,
                "outFields": ",".join(fields),
                "returnGeometry": "true",
                "outSR": "27700",
                "orderByFields": object_id,
                "resultOffset": str(offset),
                "resultRecordCount": str(rows),
            },
        )
        if not isinstance(answer.get("features"), list):
            self._refuse("answered a query without a list of features")
        given = self._shaped(answer, _Page)
        system = given.spatialReference
        if given.features and 27700 not in (system.wkid, system.latestWkid):
            self._refuse(
                f"answered in coordinate system {system.latestWkid or system.wkid}, though 27700 "
                "was asked for"
            )
        return answer

    def _shaped(self, answer: dict[str, Any], shape: type[_Shape]) -> _Shape:
        """Answer in the types that it should have."""
        # Absent and empty mean the same to a service.
        held = {key: value for key, value in answer.items() if value is not None}
        try:
            return msgspec.convert(held, shape)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$.")
            place = f" in {where.rstrip('`')}" if where else ""
            self._refuse(f"answered with other types than a layer's ({what}{place})")
            raise

    def _refuse(self, what: str) -> NoReturn:
        msg = (
            f"the layer at {self.url} {what}. It may not be the layer it was: give its present "
            "name with --service, or download the file by hand and run "
            "'vawg-geo boundaries add FILE'."
        )
        raise DownloadError(msg)

    def _ask(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer to one request, tried again while what comes is broken or says to wait."""
        url, parameters = f"{self.url}{path}", {**query, "f": "json"}
        trouble = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                answer = self._send(url, parameters)
            except _BrokenAnswerError as broken:
                trouble = str(broken)
                continue
            fault = answer.get("error")
            if not isinstance(fault, dict):
                return answer
            trouble = _words_of(fault)
            code = fault.get("code")
            if not (isinstance(code, int) and code in _TRANSIENT):
                break
        msg = (
            f"the portal did not give {url} ({trouble}). If this goes on, the service may have "
            "another name now: give it with --service, or download the file by hand from the ONS "
            "Open Geography portal and run 'vawg-geo boundaries add FILE'."
        )
        raise DownloadError(msg)

    def _send(self, url: str, parameters: dict[str, str]) -> dict[str, Any]:
        posted = len(url) + len(urlencode(parameters)) > LONGEST_ADDRESS
        address = url if posted else f"{url}?{urlencode(parameters)}"
        try:
            for _ in range(MOST_STEPS + 1):
                response = self._request(address, parameters if posted else None)
                onward = response.headers.get("Location")
                if response.status_code not in _SENT_ON or not onward:
                    break
                response.close()
                address = self._onward(address, onward)
            else:
                self._refuse(f"sends on more than {MOST_STEPS} times")
            body = b"" if response.status_code in _TRANSIENT else self._body(response)
            # Nothing is left of it that could keep the connection.
            response.close()
        except (
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
            urllib3.exceptions.ProtocolError,
            zlib.error,
        ):
            broken = "the answer broke off"
            raise _BrokenAnswerError(broken) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, TimeoutError) as error:
            msg = f"no answer from {urlsplit(url).netloc} ({_reason_of(error)}); asked for {url}"
            raise PortalUnreachableError(msg) from error
        if response.status_code in _TRANSIENT:
            broken = f"HTTP {response.status_code} after {TRIES + 1} tries"
            return {"error": {"code": 0, "message": broken}}
        answer = self._parsed(body, response)
        if response.status_code >= 400 and "error" not in answer:
            return {"error": {"code": 0, "message": f"HTTP {response.status_code}"}}
        return answer

    def _request(self, address: str, posted: Mapping[str, str] | None) -> requests.Response:
        """Ask, and give the answer before its body; follow nothing by itself."""

        def ask() -> requests.Response:
            return self._session.request(
                "GET" if posted is None else "POST",
                address,
                data=posted,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            )

        return _within(ASK_SECONDS, ask)

    def _onward(self, address: str, onward: str) -> str:
        """Where an answer sends on, if that is a host to go to."""
        target = urljoin(address, onward)
        downgraded = urlsplit(address).scheme == "https" and urlsplit(target).scheme != "https"
        if downgraded or _host_of(target) not in self._hosts:
            known = ", ".join(sorted(host for host, _ in self._hosts))
            self._refuse(
                f"sends on to {_plain_address(target)}, and an answer may only send on to "
                f"{known}, never from https to http; nothing was asked there"
            )
        return target

    def _body(self, response: requests.Response) -> bytes:
        """Body of an answer, unpacked, refused as soon as it is too large or too slow."""
        body = bytearray()
        unpack = _unpacker(response.headers.get("Content-Encoding", ""))
        for packed in self._pieces(response):
            for piece in unpack(packed):
                body += piece
                if len(body) > MOST_BYTES:
                    response.close()
                    self._refuse(
                        f"answers with more than the {MOST_BYTES:,} bytes, unpacked, that are taken"
                    )
        # What was packed and is not unpacked to its end broke off.
        for _ in unpack(None):
            pass
        self.bytes_taken += len(body)
        return bytes(body)

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """What comes, as it comes and still packed."""
        raw = response.raw
        # The newer way gives what is there; the older waits until it has all that was asked for.
        read = getattr(raw, "read1", None)
        start = window = time.monotonic()
        total = some = 0
        while piece := (read(_CHUNK, decode_content=False) if read else raw.read(512)):
            total += len(piece)
            some += len(piece)
            if total > MOST_BYTES:
                response.close()
                self._refuse(f"answers with more than the {MOST_BYTES:,} bytes that are taken")
            yield piece
            now = time.monotonic()
            if now - start > ANSWER_SECONDS or (now - window > SLOW_SECONDS and some < SLOW_BYTES):
                response.close()
                self._refuse(
                    f"answers too slowly: {total:,} bytes in {now - start:.0f} seconds, and no end"
                )
            if now - window > SLOW_SECONDS:
                window, some = now, 0

    def _parsed(self, body: bytes, response: requests.Response) -> dict[str, Any]:
        marks = sum(body.count(mark) for mark in (b"[", b"{", b","))
        if marks > MOST_MARKS:
            self._refuse(
                f"answers with {marks:,} brackets and commas, more than the {MOST_MARKS:,} that "
                "are taken"
            )
        try:
            answer = msgspec.json.decode(body)
        except RecursionError:
            self._refuse("answers with brackets within brackets, too deep to be read")
        except (msgspec.DecodeError, ValueError):
            kind = response.headers.get("Content-Type", "of no stated type")
            broken = f"the answer, {kind}, is not whole JSON; HTTP {response.status_code}"
            raise _BrokenAnswerError(broken) from None
        if not isinstance(answer, dict):
            broken = "the answer is JSON of another kind"
            raise _BrokenAnswerError(broken)
        return answer


class _BrokenAnswerError(Exception):
    """An answer came, but not whole."""


def _within(seconds: float, action: Callable[[], _Result]) -> _Result:
    """Result of an action, or no answer after some seconds, whatever it waits for.

    A socket's own time limit begins anew with each byte, so that a server that sends one at a time
    is never too late.
    """
    done: queue.SimpleQueue[tuple[_Result | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((action(), None))
        except BaseException as error:  # noqa: BLE001  (raised where it is waited for)
            done.put((None, error))

    # Not waited for when the program ends.
    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except queue.Empty:
        late = "timed out"
        raise TimeoutError(late) from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def _unpacker(encoding: str) -> Callable[[bytes | None], Iterator[bytes]]:
    """Give a function that unpacks what comes a piece at a time; None says that all has come."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return lambda packed: iter([packed] if packed else [])
    if name not in ("gzip", "x-gzip", "deflate"):
        broken = f"the answer is packed as {encoding!r}, which was not asked for"
        raise _BrokenAnswerError(broken)
    # 32 and more: gzip or zlib, by its first bytes.
    unpacking = zlib.decompressobj(wbits=47)

    def unpack(packed: bytes | None) -> Iterator[bytes]:
        if packed is None:
            if not unpacking.eof:
                broken = "the answer broke off"
                raise _BrokenAnswerError(broken)
            return
        left = packed
        while left and not unpacking.eof:
            yield unpacking.decompress(left, _CHUNK)
            left = unpacking.unconsumed_tail

    return unpack


def _host_of(address: str) -> tuple[str, int | None]:
    """Host and port of an address; a name or password before them makes it another one."""
    parts = urlsplit(address)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return address, None
    return (parts.netloc if "@" in parts.netloc else parts.hostname or "").lower(), port


def _plain_address(address: str) -> str:
    """Scheme and host of an address, for a message."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or '?'}"


def _words_of(fault: Mapping[str, Any]) -> str:
    details = fault.get("details")
    parts = [fault.get("message"), *(details if isinstance(details, list) else [])]
    words = "; ".join(str(part).strip() for part in parts if part)
    code = fault.get("code")
    return f"error {code}: {words}" if code else words or "an error without words"


def _reason_of(error: Exception) -> str:
    """Say in a word or two why there was no answer, without the address repeated."""
    if isinstance(error, (requests.Timeout, TimeoutError, urllib3.exceptions.TimeoutError)):
        return "timed out"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy refused"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate was not accepted"
    text = str(error)
    for sign, reason in (
        ("resol", "the name cannot be resolved"),
        ("timed out", "timed out"),
        ("refused", "connection refused"),
        ("unreachable", "network unreachable"),
    ):
        if sign in text.lower():
            return reason
    return "the connection broke"


def polygon_of(
    rings: Sequence[Sequence[Sequence[float]]],
) -> shapely.Polygon | shapely.MultiPolygon:
    """Area of a list of rings in Esri's form.

    Outer rings run clockwise and holes anticlockwise, in any order; which hole lies in which
    outer ring is not said, and is found here.

    Parameters
    ----------
    rings : sequence of rings
        Each a closed sequence of (x, y) or (x, y, ...).

    Raises
    ------
    ValueError
        A point is no pair of numbers, or there are too many rings to tell which lies in which.

    Returns
    -------
    Polygon or MultiPolygon
        Empty where there are no rings.

    Examples
    --------
    >>> outer = [(0, 0), (0, 9), (9, 9), (9, 0), (0, 0)]
    >>> hole = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]
    >>> polygon_of([outer, hole]).area
    80.0
    """
    closed = [shapely.LinearRing([point[:2] for point in ring]) for ring in rings if len(ring) > 3]
    shells = [ring for ring in closed if not ring.is_ccw]
    holes = [ring for ring in closed if ring.is_ccw]
    if len(shells) * len(holes) > MOST_PAIRS:
        msg = f"{len(shells):,} outer rings and {len(holes):,} holes are no outline of an area"
        raise ValueError(msg)
    areas = [shapely.Polygon(shell) for shell in shells]
    inside: list[list[shapely.LinearRing]] = [[] for _ in shells]
    for hole in holes:
        point = shapely.Polygon(hole).point_on_surface()
        around = [place for place, area in enumerate(areas) if area.covers(point)]
        if around:
            inside[min(around, key=lambda place: areas[place].area)].append(hole)
        else:
            # A hole in nothing is an outer ring that runs the wrong way round.
            shells.append(hole)
            inside.append([])
    parts = [shapely.Polygon(shell, own) for shell, own in zip(shells, inside, strict=True)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
