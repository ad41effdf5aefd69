"""Fetching official layers from the ONS Open Geography portal's feature services.

A layer comes in pages, each asked for again while what comes is broken; all wards of England and
Wales are 16 of them. It is taken whole: what breaks off leaves nothing, and is fetched anew. When
all pages are there, the layer is checked (as many rows as announced, none twice, codes unique and
of the right level, the service not edited meanwhile), written as a GeoPackage, and only then put
in its place.

The portal renames its services now and then, and the names in `catalogue.toml` were gathered from
public code rather than from the portal itself. Where a name no longer holds, `service=` (on the
command line `--service`) gives another one, and a file downloaded by hand can be added with
`vawg-geo boundaries add FILE`.
"""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from vawg_geo.errors import ConfigurationError, DownloadError, problem
from vawg_geo.inputs.catalogue.catalogue import (
    CatalogueEntry,
    ServiceLayer,
    find_entry,
    find_layer,
    read_catalogue,
)
from vawg_geo.inputs.catalogue.official import columns_of, condition_of, frame_of
from vawg_geo.inputs.catalogue.store import (
    cache_folder,
    is_intact,
    read_record,
    shelf,
    store_layer,
)
from vawg_geo.terms.codes import is_gss_code, level_of_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import requests

    from vawg_geo.inputs.catalogue.portal import FeatureLayer, LayerState

__all__ = ["PORTAL", "PORTAL_VARIABLE", "fetch", "is_fetched"]

PORTAL: Final = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
PORTAL_VARIABLE: Final = "VAWG_GEO_PORTAL"
# Seconds for a whole layer. All LSOAs take some minutes.
LONGEST_SECONDS: Final = 3_600.0
# Bytes of all pages together. All output areas of England and Wales take half.
MOST_BYTES: Final = 500_000_000
# Small enough that little is lost when the line breaks, large enough for few requests.
PAGE_ROWS: Final = 500
STARTS: Final = 3

Progress: TypeAlias = "Callable[[str], None]"


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What is wanted, as far as it decides whether something in the cache answers it."""

    service: str
    layer_id: int
    within: tuple[str, ...]


class _ServiceChangedError(Exception):
    """The service is no longer the one that the first pages came from."""


def is_fetched(
    entry: CatalogueEntry,
    *,
    cache: Path | str | None = None,
    within: Sequence[str] | None = None,
    service: str | None = None,
) -> bool:
    """Whether what is asked for is here already, as it was fetched.

    Parameters
    ----------
    entry : CatalogueEntry
        An entry of the catalogue; an embedded or added layer always is.
    cache : Path, str or None
        Folder of fetched layers.
    within, service
        As for `fetch`.
    """
    if entry.remote is None:
        return True
    folder = shelf(cache_folder(cache), "official")
    record = read_record(folder, entry.name)
    wanted = _as_recorded(_request_for(entry, within, service))
    return record.get("request") == wanted and is_intact(folder, entry.name)


def fetch(
    name: str,
    *,
    cache: Path | str | None = None,
    within: Sequence[str] | None = None,
    service: str | None = None,
    portal: str | None = None,
    progress: Progress | None = None,
    session: requests.Session | None = None,
) -> Path:
    """Fetch an official layer, or find it where it already is.

    Parameters
    ----------
    name : str
        A name of the catalogue. An embedded or added layer is simply found.
    cache : Path, str or None
        Folder of fetched layers (see `cache_folder`).
    within : sequence of str, optional
        Codes of districts: only their wards are fetched. The layer in the cache is then this
        part, until the layer is fetched again with other districts or without any.
    service : str, optional
        Another name for the layer's feature service, where the catalogue's no longer holds. The
        number of rows that the catalogue expects is then not insisted on.
    portal : str, optional
        Address under which the services are; without it `VAWG_GEO_PORTAL`, else the real one.
    progress : callable, optional
        Called with a line that says how many areas are here, at the start and per page.
    session : requests.Session, optional
        A session to use instead of one of our own; the caller closes it.

    Returns
    -------
    Path
        A GeoPackage in EPSG:27700 with `area_code`, `area_name`, `parent_code`.

    Raises
    ------
    ConfigurationError
        The name is unknown, or what is in `within` are no districts' codes.
    DownloadError
        The portal cannot be reached, does not have the layer, or does not give it whole.
    """
    from vawg_geo.inputs.catalogue.portal import PortalUnreachableError, make_session

    entry = find_entry(name, cache=cache)
    if entry.remote is None and not within and service is None:
        return find_layer(name, cache=cache).path
    request = _request_for(entry, within, service)
    folder = shelf(cache_folder(cache), "official")
    if is_fetched(entry, cache=cache, within=within, service=service):
        return folder / f"{name}.gpkg"
    own_session = session is None
    session = session or make_session()
    download = _Download(
        entry, request, folder=folder, portal=portal, session=session, progress=progress
    )
    try:
        return download.run()
    except PortalUnreachableError as error:
        embedded = [e.name for e in read_catalogue(cache=cache) if e.kind == "embedded"]
        msg = (
            f"{name!r} could not be fetched: {error}. Everything embedded works "
            f"offline ({', '.join(embedded)}). Try again with a connection, or download the file "
            "by hand from the ONS Open Geography portal (geoportal.statistics.gov.uk) and run "
            "'vawg-geo boundaries add FILE'."
        )
        raise DownloadError(msg) from error
    finally:
        if own_session:
            session.close()


class _Download:
    """One layer on its way from the portal into the cache."""

    def __init__(
        self,
        entry: CatalogueEntry,
        request: _Request,
        *,
        folder: Path,
        portal: str | None,
        session: requests.Session,
        progress: Progress | None,
    ) -> None:
        from vawg_geo.inputs.catalogue.portal import FeatureLayer

        self.entry = entry
        self.remote = _remote_of(entry)
        self.request = request
        self.folder = folder
        self.progress = progress or (lambda _line: None)
        root = (portal or os.environ.get(PORTAL_VARIABLE) or PORTAL).rstrip("/")
        self.layer: FeatureLayer = FeatureLayer(
            session,
            f"{root}/{quote(request.service)}/FeatureServer/{request.layer_id}",
            hosts=(PORTAL, root),
        )

    def run(self) -> Path:
        for _ in range(STARTS):
            try:
                return self._start()
            except _ServiceChangedError as error:
                reason = str(error)
        msg = (
            f"{self.entry.name!r} could not be fetched in one piece: {reason}, {STARTS} times in "
            "a row. Try again later."
        )
        raise DownloadError(msg)

    def _start(self) -> Path:
        before = self.layer.describe()
        columns = columns_of(before.fields, self.entry, self.remote)
        where = condition_of(columns, self.entry, self.remote, within=self.request.within)
        count = self.layer.count(where)
        self._expect(count)
        fields = [column for column in columns.values() if column]
        features = self._features(before, fields, where, count)
        if (after := self.layer.describe().last_edit) != before.last_edit:
            changed = f"the service was edited while it was read ({before.last_edit} to {after})"
            raise _ServiceChangedError(changed)
        if (now := self.layer.count(where)) != count:
            changed = f"the service announced {count:,} rows, then {now:,}"
            raise _ServiceChangedError(changed)
        frame = frame_of(features, columns, self.entry)
        return self._store(frame, where=where, last_edit=before.last_edit)

    def _expect(self, count: int) -> None:
        expected = self.remote.rows
        if self.request.within or self.request.service != self.remote.service:
            expected = None
        if count == 0 or (expected is not None and count != expected):
            wanted = f"{expected:,}" if expected is not None else "at least one"
            msg = (
                f"the service {self.request.service!r} announces {count:,} areas, {wanted} "
                f"expected for {self.entry.name!r}. It may not be the layer it was: give its "
                "present name with --service, or download the file by hand and run "
                "'vawg-geo boundaries add FILE'."
            )
            raise DownloadError(msg)

    def _features(
        self, state: LayerState, fields: list[str], where: str, count: int
    ) -> list[dict[str, Any]]:
        """All rows, page by page."""
        fields = list(dict.fromkeys([state.object_id, *fields]))
        rows = min(PAGE_ROWS, state.page_rows)
        features: list[dict[str, Any]] = []
        until = time.monotonic() + LONGEST_SECONDS
        self._report(0, count)
        while len(features) < count:
            offset = len(features)
            page = self.layer.page(
                where, fields=fields, object_id=state.object_id, offset=offset, rows=rows
            )
            features += page["features"]
            self._report(len(features), count)
            self._require_bounded(len(features), count, until=until)
            if not page["features"]:
                # Not necessarily an edit: some servers stop early and say that there is more.
                msg = (
                    f"the service {self.request.service!r} announced {count:,} rows for "
                    f"{self.entry.name!r} and gave {len(features):,}. Try again later, or "
                    "download the file by hand and run 'vawg-geo boundaries add FILE'."
                )
                raise DownloadError(msg)
        numbers = [feature["attributes"].get(state.object_id) for feature in features]
        if len(features) > count or len(set(numbers)) < len(numbers):
            twice = len(numbers) - len(set(numbers))
            changed = (
                f"{twice:,} of {len(numbers):,} rows came twice"
                if twice
                else f"the service announced {count:,} rows and gave {len(features):,}"
            )
            raise _ServiceChangedError(changed)
        return features

    def _require_bounded(self, rows: int, count: int, *, until: float) -> None:
        """Refuse a layer that takes too long or too much, whatever each page of it takes."""
        late, large = time.monotonic() > until, self.layer.bytes_taken > MOST_BYTES
        if not (late or large):
            return
        what = (
            f"took longer than {LONGEST_SECONDS:,.0f} seconds"
            if late
            else f"has more than {MOST_BYTES:,} bytes"
        )
        msg = (
            f"{self.entry.name!r} {what} when {rows:,} of {count:,} areas were here. Fetch fewer "
            "with --within, try again later, or download the file by hand and run 'vawg-geo "
            "boundaries add FILE'."
        )
        raise DownloadError(msg)

    def _report(self, rows: int, count: int) -> None:
        self.progress(f"{self.entry.name}: {rows:,} of {count:,} areas")

    def _store(self, frame: gpd.GeoDataFrame, *, where: str, last_edit: int | None) -> Path:
        record: dict[str, Any] = {
            "request": _as_recorded(self.request),
            "url": self.layer.url,
            "where": where,
            "last_edit": last_edit,
            "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
            "title": self.entry.title,
            "licence": self.entry.licence,
            "attribution": self.entry.attribution,
        }
        if self.request.within:
            record["notes"] = [f"only the districts {', '.join(self.request.within)}"]
        return store_layer(frame, self.folder, self.entry.name, record=record)


def _remote_of(entry: CatalogueEntry) -> ServiceLayer:
    if entry.remote is None:
        msg = (
            f"{entry.name!r} is an {entry.kind} layer: there is nothing to fetch, and it cannot be "
            "restricted to districts here. Leave --within and --service out."
        )
        raise ConfigurationError(msg)
    return entry.remote


def _request_for(
    entry: CatalogueEntry, within: Sequence[str] | None, service: str | None
) -> _Request:
    remote = _remote_of(entry)
    codes = tuple(sorted(set(within or ())))
    odd = [c for c in codes if not is_gss_code(c) or level_of_code(c) != "district"]
    if odd:
        raise ConfigurationError(
            problem(
                "are not codes of English districts",
                bad=len(odd),
                total=len(codes),
                noun="codes",
                first=repr(odd[0]),
                action="Give codes such as E07000008.",
            )
        )
    return _Request(service=service or remote.service, layer_id=remote.layer_id, within=codes)


def _as_recorded(request: _Request) -> dict[str, Any]:
    """Turn a request into what it is once it has been through JSON, for comparing."""
    return {**asdict(request), "within": list(request.within)}
