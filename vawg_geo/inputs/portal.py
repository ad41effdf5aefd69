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
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

import requests
import shapely
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from vawg_geo.errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FeatureLayer", "LayerState", "PortalUnreachableError", "make_session", "polygon_of"]

TRIES: Final = 4
TIMEOUT_SECONDS: Final = (10, 60)
LONGEST_WAIT_SECONDS: Final = 60
# Servers and proxies cut addresses off at about 2,000 characters: longer queries are posted.
LONGEST_ADDRESS: Final = 1_800
# Pause before the second try of what urllib3 does not retry; doubled for each further one.
PAUSE_SECONDS = 0.5

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


class FeatureLayer:
    """One layer of a feature service.

    Parameters
    ----------
    session : requests.Session
        See `make_session`.
    url : str
        Address of the layer, ending in `/FeatureServer/<number>`.
    """

    def __init__(self, session: requests.Session, url: str) -> None:
        self.url = url
        self._session = session

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
        if answer.get("advancedQueryCapabilities", {}).get("supportsPagination") is False:
            self._refuse("cannot be read page by page")
        columns = answer.get("fields") or []
        object_id = answer.get("objectIdField") or next(
            (column["name"] for column in columns if column["type"] == "esriFieldTypeOID"), None
        )
        if object_id is None:
            self._refuse("does not number its rows")
        editing = answer.get("editingInfo") or {}
        return LayerState(
            fields=tuple(column["name"] for column in columns),
            object_id=str(object_id),
            page_rows=max(1, int(answer.get("maxRecordCount") or 1_000)),
            last_edit=editing.get("dataLastEditDate") or editing.get("lastEditDate"),
        )

    def count(self, where: str) -> int:
        """Ask how many rows a condition selects."""
        answer = self._ask("/query", {"where": where, "returnCountOnly": "true"})
        if not isinstance(answer.get("count"), int):
            self._refuse("does not say how many rows it has")
        return int(answer["count"])

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
        features = answer.get("features")
        if not isinstance(features, list) or not all(
            isinstance(feature, dict) and isinstance(feature.get("attributes"), dict)
            for feature in features
        ):
            self._refuse("answered a query without a list of features")
            return {}
        system = answer.get("spatialReference") or {}
        if features and 27700 not in {system.get("wkid"), system.get("latestWkid")}:
            self._refuse(
                f"answered in coordinate system {system.get('latestWkid') or system.get('wkid')}, "
                "though 27700 was asked for"
            )
        return answer

    def _refuse(self, what: str) -> None:
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
            if fault.get("code") not in _TRANSIENT:
                break
        msg = (
            f"the portal did not give {url} ({trouble}). If this goes on, the service may have "
            "another name now: give it with --service, or download the file by hand from the ONS "
            "Open Geography portal and run 'vawg-geo boundaries add FILE'."
        )
        raise DownloadError(msg)

    def _send(self, url: str, parameters: dict[str, str]) -> dict[str, Any]:
        try:
            if len(url) + len(urlencode(parameters)) > LONGEST_ADDRESS:
                response = self._session.post(url, data=parameters, timeout=TIMEOUT_SECONDS)
            else:
                response = self._session.get(url, params=parameters, timeout=TIMEOUT_SECONDS)
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            broken = "the answer broke off"
            raise _BrokenAnswerError(broken) from None
        except requests.RequestException as error:
            msg = f"no answer from {urlsplit(url).netloc} ({_reason_of(error)}); asked for {url}"
            raise PortalUnreachableError(msg) from error
        if response.status_code in _TRANSIENT:
            broken = f"HTTP {response.status_code} after {TRIES + 1} tries"
            return {"error": {"code": 0, "message": broken}}
        try:
            answer = response.json()
        except requests.exceptions.JSONDecodeError:
            kind = response.headers.get("Content-Type", "of no stated type")
            broken = f"the answer, {kind}, is not whole JSON; HTTP {response.status_code}"
            raise _BrokenAnswerError(broken) from None
        if not isinstance(answer, dict):
            broken = "the answer is JSON of another kind"
            raise _BrokenAnswerError(broken)
        if response.status_code >= 400 and "error" not in answer:
            return {"error": {"code": 0, "message": f"HTTP {response.status_code}"}}
        return answer


class _BrokenAnswerError(Exception):
    """An answer came, but not whole."""


def _words_of(fault: Mapping[str, Any]) -> str:
    details = fault.get("details")
    parts = [fault.get("message"), *(details if isinstance(details, list) else [])]
    words = "; ".join(str(part).strip() for part in parts if part)
    code = fault.get("code")
    return f"error {code}: {words}" if code else words or "an error without words"


def _reason_of(error: requests.RequestException) -> str:
    """Say in a word or two why there was no answer, without the address repeated."""
    if isinstance(error, requests.Timeout):
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
