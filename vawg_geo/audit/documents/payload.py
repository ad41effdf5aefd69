"""The data of this package's own pages, back into figures for each area."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.audit.documents.periods import sheets_over_time
from vawg_geo.audit.documents.read import read_text, texts_of
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.overlays import classes_told, layer_sheet
from vawg_geo.audit.tables.sheets import Laid, Reading, Sheet, merged
from vawg_geo.terms.on_page import CLUSTERS_ON_PAGE, COLUMNS_ON_PAGE, LABELS_ON_PAGE, RATES_ON_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    Columns = dict[str, list[Any]]

__all__ = ["is_payload", "read_payload"]

_TOP: Final = frozenset(
    (
        "meta",
        "areas",
        "parents",
        "context",
        "indicators",
        "notes",
        "populations",
        "series",
        "palette",
        "words",
        "start",
        "overlays",
        "services",
        "lines",
        "runs",
    )
)
_AREAS: Final = frozenset(("code", "name", "parent", "shape", "edge", "water", "point"))
# Said of a whole series.
_WHOLE: Final = frozenset(
    (
        "indicator",
        "sex",
        "period",
        "comparator",
        "per",
        "method",
        "rule",
        "basis",
        "decimals",
        "breaks",
        "without",
        "hot",
        "scan",
        "note",
        "population",
        "chance",
        "threshold",
        "line",
        "changes",
        "since",
        "finding",
        "time",
    )
)
# Of the table of services.
_SERVICES: Final = frozenset(("level", "one", "many", "code", "name", "words", "layers"))
# Of a layer that is laid over the rates.
_LAYER: Final = frozenset(
    (
        "id",
        "group",
        "title",
        "classes",
        "keys",
        "class",
        "text",
        "short",
        "note",
        "series",
        "brief",
        "date",
        "points",
    )
)
# Lists of words that a column's numbers are positions in.
_LISTS: Final = {
    "status": "statuses",
    "significance": "significances",
    "standing": "standings",
    "cluster": "clusters",
}
# What is said of a statistic as a whole.
_SAID: Final = frozenset(("rule", "none"))


def is_payload(data: Any) -> bool:
    """Whether decoded JSON is the data of one of this package's pages."""
    return (
        isinstance(data, dict)
        and isinstance(data.get("series"), list)
        and isinstance(data.get("areas"), dict)
        and isinstance(data["areas"].get("code"), list)
    )


def read_payload(data: dict[str, Any], source: str) -> Reading:
    """Read the data of a page.

    Parameters
    ----------
    data : dict
        Decoded JSON.
    source : str

    Returns
    -------
    Reading
        A key that no reader knows is a finding, and so are columns of another length than the
        areas'.
    """
    codes = [str(code) for code in data["areas"]["code"]]
    unknown = [*(data.keys() - _TOP), *(f"areas.{k}" for k in data["areas"].keys() - _AREAS)]
    sheets = []
    for number, series in enumerate(data["series"]):
        mine, strange = _series(series, data, codes, source)
        sheets += mine
        unknown += [f"series[{number}].{key}" for key in strange]
    every = [_same(series, data) for series in data["series"]]
    over_time, strange = sheets_over_time(data, codes, every, source)
    unknown += strange
    layers, strange = _overlays(data, codes, source)
    sheets += layers
    unknown += strange
    wider, wider_codes, strange = _services(data)
    unknown += strange
    layers, strange = _overlays(wider, wider_codes, source)
    sheets += layers
    unknown += strange
    findings = [
        Finding(kind="unknown_key", file=source, text=f"the key {key!r} is not known.")
        for key in sorted(unknown)
    ]
    findings += [one for each in data["series"] for one in _headline(each, data, source)]
    texts = {
        k: v for k, v in data.items() if k not in ("areas", "series", "populations", "parents")
    }
    return merged(
        [
            Reading(
                sheets=sheets + over_time.sheets,
                over_time=over_time.over_time,
                laid=[*_laid(data, codes, source), *_laid(wider, wider_codes, source)],
                parents=_parents(data, codes),
                findings=findings,
                shares={
                    str(one.get("name")): str(one.get("denominator", ""))
                    for one in data.get("indicators", [])
                },
            ),
            read_text("\n".join(texts_of(texts)), source),
        ]
    )


def _parents(data: dict[str, Any], codes: list[str]) -> dict[str, str]:
    above = data.get("parents", {}).get("code", [])
    places = data["areas"].get("parent", [])
    return {
        code: str(above[place])
        for code, place in zip(codes, places, strict=False)
        if isinstance(place, int) and 0 <= place < len(above)
    }


def _series(
    series: dict[str, Any], data: dict[str, Any], codes: list[str], source: str
) -> tuple[list[Sheet], list[str]]:
    """Sheets of one series, and keys that no reader knows or that have another length."""
    strange = [key for key in series if key not in _WHOLE and key not in COLUMNS_ON_PAGE]
    same = _same(series, data)
    columns: Columns = {"area_code": codes}
    for key, name in COLUMNS_ON_PAGE.items():
        if key in series:
            columns[name] = _decoded(data, name, series[key])
    columns["note"] = _notes(data, series.get("note"), len(codes))
    columns["population"] = _population(data, series.get("population"), len(codes))
    columns["rate_per"] = [series.get("per")] * len(codes)
    columns["rate_method"] = [series.get("method")] * len(codes)
    blocks = [columns, *_hot(series, data, codes, strange), *_scan(series, codes, strange)]
    # A rate of the area that others are compared with is a figure of that area.
    comparator = series.get("comparator") or {}
    if "code" in comparator:
        names = {key: RATES_ON_PAGE[key] for key in ("rate", "low", "high")}
        names |= {key: key for key in ("count", "population") if key in comparator}
        block = {name: [comparator.get(key)] for key, name in names.items()}
        # One that is hidden has no figure here, and its own row says that it is hidden.
        if any(values != [None] for values in block.values()):
            # Its rate is per as many as those of the areas: a share is per 100 events.
            block["rate_per"] = [series.get("per")]
            blocks.append({"area_code": [str(comparator["code"])], **block, "level": [""]})
        strange += [
            f"comparator.{k}" for k in comparator.keys() - {"code", "name", "times", "part", *names}
        ]
    sheets = []
    for block in blocks:
        size = len(block["area_code"])
        strange += [name for name, values in block.items() if len(values) != size]
        kept = {name: values for name, values in block.items() if len(values) == size}
        full = {**{name: [value] * size for name, value in same.items()}, **kept}
        sheets.append(Sheet(columns=full, source=source))
    return sheets, strange


def _headline(series: dict[str, Any], data: dict[str, Any], source: str) -> Iterator[Finding]:
    """Areas that the sentences of a series speak of although it shows no rate of them."""
    said = series.get("finding", [])
    text = " ".join(texts_of(said))
    names = [str(name) for name in data["areas"].get("name", [])]
    rates = series.get("rate")
    if not text or not isinstance(rates, list) or len(rates) != len(names):
        return
    shown = {name for name, rate in zip(names, rates, strict=True) if rate is not None}
    others = {str(name) for name in data.get("parents", {}).get("name", [])}
    others.add(str((series.get("comparator") or {}).get("name", "")))
    # The longest first: an area's name may be a part of another's.
    for name in sorted(shown | others - {""}, key=len, reverse=True):
        text = _standing_alone(name).sub(" ", text)
    for name in names:
        if name not in shown and _standing_alone(name).search(text):
            words = f"a sentence speaks of {name!r}, of which the map shows no rate."
            yield Finding(kind="hidden_content", file=source, text=words)


def _standing_alone(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _overlays(data: dict[str, Any], codes: list[str], source: str) -> tuple[list[Sheet], list[str]]:
    """Classes of layers that belong to a series: a hidden count has no class there either."""
    overlays = data.get("overlays") or {}
    strange = [f"overlays.{key}" for key in overlays.keys() - {"layers", "words"}]
    sheets = []
    for number, layer in enumerate(overlays.get("layers", [])):
        strange += [f"overlays[{number}].{key}" for key in layer.keys() - _LAYER]
        place, classes = layer.get("series"), layer.get("class")
        if place is None:
            said = _said(layer, overlays.get("words", []), codes)
            sheets += [layer_sheet(codes, **said, source=source)]
            continue
        known = isinstance(place, int) and 0 <= place < len(data["series"])
        if not known or not isinstance(classes, list) or len(classes) != len(codes):
            strange.append(f"overlays[{number}].class")
            continue
        same = _same(data["series"][place], data)
        full: Columns = {name: [value] * len(codes) for name, value in same.items()}
        said = _said(layer, overlays.get("words", []), codes)
        full |= {
            "area_code": codes,
            "class": classes_told(said["keys"], said["labels"]),
            "label": said["words"],
            "value": said["figures"],
        }
        # It says less of a cell than the series do: beside them, it would look like another mark.
        sheets.append(Sheet(columns=full, source=f"{source}, {layer.get('id')}"))
    return sheets, strange


def _services(data: dict[str, Any]) -> tuple[dict[str, Any], list[str], list[str]]:
    """Layers of the areas that the page's own lie in: as of a page of them, codes, strange keys."""
    services = data.get("services") or {}
    strange = [f"services.{key}" for key in services.keys() - _SERVICES]
    layers = {key: services[key] for key in ("layers", "words") if key in services}
    codes = [str(code) for code in services.get("code", [])]
    return {"overlays": layers, "series": data["series"]}, codes, strange


def _laid(data: dict[str, Any], codes: list[str], source: str) -> Iterator[Laid]:
    """Every layer that is laid over the rates, whatever series it is said to be of."""
    overlays = data.get("overlays") or {}
    for layer in overlays.get("layers", []):
        said = _said(layer, overlays.get("words", []), codes)
        said.pop("titles")
        place = f"{source}, layer {layer.get('title', '')}"
        yield Laid(columns={"area_code": codes, **said}, source=place)


def _said(layer: dict[str, Any], words: list[Any], codes: list[str]) -> dict[str, list[Any]]:
    """Title, class by key and by label, words and figure of each area, as a layer has them."""
    classes, size = layer.get("classes") or [], len(codes)
    keys = layer.get("keys")

    def looked_up(name: str, texts: list[Any]) -> list[Any]:
        places = layer.get(name)
        # A column that is no list of places is taken as it stands, so that it is looked at.
        values = places if isinstance(places, list) and len(places) == size else [places] * size
        return [texts[v] if isinstance(v, int) and 0 <= v < len(texts) else v for v in values]

    labels = [one[0] for one in classes]
    if not isinstance(keys, list) or len(keys) != len(labels):
        # A class without a key says what its label says.
        keys = labels
    return {
        "titles": [str(layer.get("title", ""))] * size,
        "keys": looked_up("class", keys),
        "labels": looked_up("class", labels),
        "words": looked_up("text", words),
        "figures": looked_up("short", []),
    }


def _same(series: dict[str, Any], data: dict[str, Any]) -> dict[str, str]:
    """What names the cells of a series, beside the area."""
    return {
        "indicator": _named(data["indicators"], series.get("indicator")),
        "sex": str(series.get("sex", "")),
        "period": str(series.get("period", "")),
        "level": str(data.get("meta", {}).get("level", "")),
        "basis": str(series.get("basis", "")),
    }


def _named(indicators: list[Any], place: Any) -> str:
    if isinstance(place, int) and 0 <= place < len(indicators):
        return str(indicators[place].get("name", place))
    return str(place)


def _decoded(data: dict[str, Any], name: str, values: Any) -> list[Any]:
    """Words for positions, where a column has positions."""
    if not isinstance(values, list):
        return [values]
    words = data.get("meta", {}).get(_LISTS.get(name, ""), [])
    if not words:
        return values
    return [words[v] if isinstance(v, int) and 0 <= v < len(words) else v for v in values]


def _notes(data: dict[str, Any], note: Any, size: int) -> list[Any]:
    notes = data.get("notes", [])
    places = note if isinstance(note, list) else [note] * size
    return [notes[p] if isinstance(p, int) and 0 <= p < len(notes) else p for p in places]


def _population(data: dict[str, Any], place: Any, size: int) -> list[Any]:
    columns = data.get("populations", [])
    if isinstance(place, int) and 0 <= place < len(columns):
        return list(columns[place])
    return place if isinstance(place, list) else [None] * size


def _hot(
    series: dict[str, Any], data: dict[str, Any], codes: list[str], strange: list[str]
) -> Iterator[Columns]:
    for view, labels in (series.get("hot") or {}).items():
        strange += [f"hot.{view}.{key}" for key in labels.keys() - LABELS_ON_PAGE.keys() - _SAID]
        columns: Columns = {"area_code": codes, "statistic": [view] * len(codes)}
        for key, name in LABELS_ON_PAGE.items():
            if key in labels:
                columns[name] = _decoded(data, name, labels[key])
        yield columns


def _scan(series: dict[str, Any], codes: list[str], strange: list[str]) -> Iterator[Columns]:
    """Members of clusters, one row each, with the figures of their cluster."""
    scan = series.get("scan")
    if not scan:
        return
    strange += [f"scan.{key}" for key in scan.keys() - {"clusters", "member", "rule", "said"}]
    clusters = {cluster.get("n"): cluster for cluster in scan.get("clusters", [])}
    for cluster in clusters.values():
        strange += [
            f"scan.clusters.{k}" for k in cluster.keys() - CLUSTERS_ON_PAGE.keys() - {"centre"}
        ]
    members = [
        (code, clusters.get(number, {"n": number}))
        for code, number in zip(codes, scan.get("member", []), strict=False)
        if number
    ]
    columns: Columns = {"area_code": [code for code, _ in members]}
    for key, name in CLUSTERS_ON_PAGE.items():
        columns[name] = [cluster.get(key) for _, cluster in members]
    columns["statistic"] = ["scan"] * len(members)
    yield columns
