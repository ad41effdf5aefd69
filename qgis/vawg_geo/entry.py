"""What the package's Python runs: a request in a folder, through the gate, into a result.

    python entry.py FOLDER

FOLDER holds `request.json` and what it names: `areas.geojson` (area_code, area_name), `counts.csv`
(area_code, area_name, indicator, sex, period, count), `population.csv` (area_code, sex, period,
population), `events.csv` or `layer.geojson`, `target.geojson` for outlines. A request is

    {"tool": "rates", "edition": "public", "level": "ward", "crs": "EPSG:27700",
     "options": ["--per", "1000"], "style": ["rate"]}

where `options` are those of the package's command of that name, and `style` names columns, the
first of which that is there is coloured. Written are `result.json` (`columns` with kinds, `rows`,
`notes`) and `style.qml`. Exit codes: 0 done, 2 refused; the reason is on the error stream. QGIS
never loads this file.

Counts pass the package's gate first, so that small ones are hidden, and its command computes from
what is left. With the edition `analyst` nothing is hidden.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

_COUNTS, _PEOPLE, _AREAS = "counts.csv", "population.csv", "areas.geojson"
_EVENTS, _LAYER, _STYLE = "events.csv", "layer.geojson", "style.qml"
_SHOWN, _FOUND, _TARGET = "shown.csv", "found.parquet", "target.geojson"
_HEAD = ("area_code", "area_name", "indicator", "sex", "period", "count")
# What a layer that may be passed on has not: of a change it would tell which of its two counts is
# hidden; and what no table of an edition has.
_ON_A_DESK = frozenset(
    ("count_from", "count_to", "population_from", "population_to", "rate_from", "rate_to",
     "permutations_needed")
)  # fmt: skip
_TOO_MANY = "More than a third of the areas would have to be hidden, so all are."

_PROJECT = """
[project]
title = "From QGIS"
period = {period}
[areas.{level}]
boundaries = "areas.geojson"
code = "area_code"
name = "area_name"
crs = {crs}
[[counts]]
file = "counts.csv"
basis = {basis}
level = "{level}"
[population]
[[population.files]]
file = "population.csv"
level = "{level}"
basis = "estimated"
[significance]
comparator = {first}
[editions]
reason = "An analyst's own desk, in QGIS"
"""


class Refused(Exception):
    """What a command of the package said when it refused."""


def main(folder: Path) -> int:
    """Do what the request in a folder asks for; gives the exit code."""
    try:
        from vawg_geo.errors import VawgGeoError
    except ImportError as error:
        print(f"{sys.executable} cannot import vawg_geo ({error}).", file=sys.stderr)
        return 2
    request = json.loads((folder / "request.json").read_text("utf-8"))
    try:
        result = TOOLS[request["tool"]](folder, request)
    except (VawgGeoError, Refused) as error:
        print(error, file=sys.stderr)
        return 2
    result["notes"] = list(dict.fromkeys(result["notes"]))
    (folder / "result.json").write_text(json.dumps(result), "utf-8")
    return 0


# ---- The gate and the commands ----------------------------------------------------------------


def protected(folder, request, *, basis="own"):
    """Counts that the edition may show, into a file as the commands read one; and notes."""
    import vawg_geo
    from vawg_geo.project import read_project

    rows = _read(folder / _COUNTS)
    texts = {
        "crs": request["crs"], "first": rows[0]["area_code"], "basis": basis,
        "period": rows[-1]["period"],
    }  # fmt: skip
    # Strings of JSON are strings of TOML, unless they are escaped.
    quoted = {name: json.dumps(text, ensure_ascii=False) for name, text in texts.items()}
    (folder / "vawg.toml").write_text(_PROJECT.format(level=request["level"], **quoted), "utf-8")
    tables = vawg_geo.load_tables(read_project(folder / "vawg.toml"))
    edition = vawg_geo.protect(tables, edition=request["edition"])
    counts = edition.counts
    notes = [note.text for note in tables.notes]
    if counts.empty:
        notes.append(_TOO_MANY)
    shown = [
        {**{name: row[name] for name in _HEAD[:-1]}, "count": _cell(row["count"], row["status"])}
        for row in counts.to_dict("records")
    ]
    _write(folder / _SHOWN, _HEAD, shown)
    return counts, [*notes, edition.protection]


def _cell(count, status):
    """A count as a table has it: hidden ones by the mark that the package reads as such."""
    import pandas as pd

    if status == "suppressed":
        return "[c]"
    if pd.isna(count):
        return "[z]" if status == "not_applicable" else ""
    return f"{float(count):.17g}"


def command(folder, *arguments, accept=(0,)):
    """Run a command of the package; gives its lines, without those of its files."""
    from vawg_geo.commands.main import main as run

    out, error = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(error):
        try:
            code = run([str(one) for one in arguments])
        except SystemExit as ended:
            code = 2 if ended.code is None else ended.code
    if code not in accept:
        said = error.getvalue().strip() or out.getvalue().strip()
        raise Refused(_plain(said.replace("vawg-geo: ", "", 1), folder))
    lines = out.getvalue().splitlines()
    # Where its file lies is of no use to her, and what is said of it speaks of another file.
    return [_plain(line, folder) for line in lines if not line.startswith(str(folder))]


def _plain(text, folder):
    return text.replace(str(folder) + "/", "").replace(str(folder) + "\\", "")


def _reading(folder):
    return [folder / _SHOWN, "--population", folder / _PEOPLE]


# ---- Tools ------------------------------------------------------------------------------------


def rates(folder, request):
    """`vawg-geo rates` of the counts that may be shown."""
    return _computed(folder, request, "rates")


def change(folder, request):
    """`vawg-geo change` of the counts that may be shown."""
    return _computed(folder, request, "change")


def scan(folder, request):
    """`vawg-geo scan` of the counts that may be shown."""
    return _computed(folder, request, "scan", "--areas", folder / _AREAS)


def hotspots(folder, request):
    """`vawg-geo hotspots` of the counts that may be shown, with the rates they are of."""
    counts, notes = protected(folder, request)
    if counts.empty:
        return _result([], [], notes)
    command(folder, "rates", *_reading(folder), *request["rate_options"], "--out", folder / _FOUND)
    columns, rows = _table(folder / _FOUND)
    try:
        notes += command(
            folder, "hotspots", *_reading(folder), "--areas", folder / _AREAS, *request["options"],
            "--out", folder / "labels.parquet",
        )  # fmt: skip
    except Refused as why:
        # The rates stand by themselves.
        return _styled(folder, request, (columns, rows), [*notes, f"No hotspots: {why}"])
    labels, found = _table(folder / "labels.parquet")
    new = [one for one in labels if one[0] not in {name for name, _ in columns}]
    by_code = {row["area_code"]: row for row in found}
    rows = [{**row, **{name: by_code[row["area_code"]][name] for name, _ in new}} for row in rows]
    return _styled(folder, request, ([*columns, *new], rows), notes)


def count(folder, request):
    """`vawg-geo count` of points, then the gate."""
    notes = command(
        folder, "count", folder / _EVENTS, "--areas", folder / _AREAS, "--level", request["level"],
        *request["options"], "--out", folder / "tally.csv",
    )  # fmt: skip
    rows = _read(folder / "tally.csv")
    names = {one["area_code"]: one["area_name"] for one in _outlines(folder / _AREAS)}
    for row in rows:
        row["area_name"] = names[row["area_code"]]
    return _counted(folder, request, rows, notes, basis="own")


def rebase(folder, request):
    """The gate, `vawg-geo rebase`, and the gate again: what is carried over may be small anew."""
    codes = list(dict.fromkeys(row["area_code"] for row in _read(folder / _COUNTS)))
    _write_squares(folder, codes)
    _write_people(folder, _read(folder / _COUNTS))
    _, notes = protected(folder, {**request, "crs": "EPSG:27700"})
    if not _read(folder / _SHOWN):
        return _result([], [], notes)
    said = command(
        folder, "rebase", folder / _SHOWN, *request["options"], "--out", folder / "carried.csv"
    )
    # Totals before the second gate would tell a count that it hides alone; the file goes.
    public = request["edition"] != "analyst"
    left_out = ("carried-movements", *([" before, "] if public else []))
    notes += [line for line in said if not any(one in line for one in left_out)]
    rows = _read(folder / "carried.csv")
    for row in rows:
        # A count that was hidden stays so, and is not missing.
        row["count"] = _cell(float(row["count"] or "nan"), row["status"])
    _target_outlines(folder, request["target"], {row["area_code"] for row in rows})
    result = _counted(folder, request, rows, notes, basis=rows[0]["basis"])
    return {**result, "outlines": _AREAS}


def _write_squares(folder, codes):
    """Outlines for the gate, which looks at counts alone, of a table that has none."""
    features = []
    for number, code in enumerate(codes):
        x, y = 400_000 + 100 * (number % 100), 300_000 + 100 * (number // 100)
        ring = [[x, y], [x + 100, y], [x + 100, y + 100], [x, y + 100], [x, y]]
        features.append(
            {
                "type": "Feature",
                "properties": {"area_code": code, "area_name": code},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    layer = {"type": "FeatureCollection", "crs": crs, "features": features}
    (folder / _AREAS).write_text(json.dumps(layer), "utf-8")


def _write_people(folder, rows):
    """Residents for the gate, which looks at counts alone: more than have any count."""
    most = max((_number(row["count"]) for row in rows), default=0)
    people = [
        {"area_code": code, "sex": "persons", "population": 1000 + 10 * math.ceil(most)}
        for code in dict.fromkeys(row["area_code"] for row in rows)
    ]
    _write(folder / _PEOPLE, ("area_code", "sex", "population"), people)


def _number(text):
    try:
        return float(text) if math.isfinite(float(text)) else 0.0
    except ValueError:
        return 0.0


def check(folder, request):
    """`vawg-geo audit` of a folder or file."""
    report = json.loads("\n".join(command(folder, "audit", *request["options"], accept=(0, 1))))
    columns = [("kind", "text"), ("file", "text"), ("finding", "text")]
    rows = [
        {"kind": one["kind"], "file": one["file"], "finding": one["text"]}
        for one in report["findings"]
    ]
    notes = [
        *report["notes"],
        f"{len(report['files']):,} files read, {report['hidden']:,} hidden counts, "
        f"{report['judged']:,} of them attacked: {len(rows):,} findings.",
    ]
    return {**_result(columns, rows, notes), "passed": report["passed"]}


def style(folder, request):
    """`vawg-geo style` of a layer that was handed over."""
    notes = command(folder, "style", folder / _LAYER, *request["options"])
    (folder / _LAYER).with_suffix(".qml").rename(folder / _STYLE)
    # The first line is of the file.
    return {**_result([], [], notes[1:]), "style": _STYLE}


TOOLS = {
    "rates": rates, "change": change, "scan": scan, "hotspots": hotspots, "count": count,
    "rebase": rebase, "check": check, "style": style,
}  # fmt: skip


def _computed(folder, request, name, *more):
    counts, notes = protected(folder, request)
    if counts.empty:
        return _result([], [], notes)
    notes += command(
        folder, name, *_reading(folder), *more, *request["options"], "--out", folder / _FOUND
    )
    return _styled(folder, request, _table(folder / _FOUND), notes)


def _counted(folder, request, rows, notes, *, basis):
    """Counts of areas through the gate, as a result."""
    _write(folder / _COUNTS, _HEAD, rows)
    _write_people(folder, rows)
    counts, told = protected(folder, request, basis=basis)
    names = ("area_code", "area_name", "indicator", "period", "count", "status", "basis")
    kinds = [(name, "number" if name == "count" else "text") for name in names]
    records = _records(counts[list(names)])
    return _styled(folder, request, (kinds, records), [*notes, *told])


def _target_outlines(folder, name, codes):
    """Outlines of the areas that counts were carried over to, unless they were handed over."""
    if (folder / _TARGET).is_file():
        (folder / _TARGET).replace(folder / _AREAS)
        return
    from vawg_geo.errors import VawgGeoError

    try:
        layer = _national(codes) if name.endswith("2025") else _of_catalogue(name)
    except VawgGeoError as error:
        msg = f"There are no outlines of {name} here: {error} Or name a layer under Outlines."
        raise Refused(msg) from None
    layer = layer[layer["area_code"].isin(codes)][["area_code", "area_name", "geometry"]]
    layer.to_crs(27700).to_file(folder / _AREAS, driver="GeoJSON", RFC7946="NO")


def _national(codes):
    """Outlines of wards or districts of 2025, which the package has."""
    import pandas as pd

    from vawg_geo.areas.country import list_areas
    from vawg_geo.areas.extract import area_layers

    level = "ward" if any(code[:3] in ("E05", "W05") for code in codes) else "district"
    parts = [
        area_layers(area)[level]
        for area in list_areas()
        if area.level == "district" and (level == "ward" or area.code in codes)
    ]
    return pd.concat(parts)


def _of_catalogue(name):
    from vawg_geo.inputs.boundaries.by_name import read_layer

    return read_layer(name)


# ---- Files ------------------------------------------------------------------------------------


def _read(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _write(path, head, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, head, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _outlines(path):
    return [one["properties"] for one in json.loads(path.read_text("utf-8"))["features"]]


def _table(path):
    """Columns with their kinds, and rows, of what a command wrote."""
    import pandas as pd

    table = pd.read_parquet(path)
    kinds = pd.api.types
    columns = []
    for name, values in table.items():
        kind = "text"
        told = values.dropna()
        if kinds.is_bool_dtype(values) or (
            len(told) and told.isin([True, False]).all() and told.map(type).eq(bool).all()
        ):
            kind = "truth"
        elif kinds.is_integer_dtype(values):
            kind = "whole"
        elif kinds.is_numeric_dtype(values):
            kind = "number"
        columns.append((str(name), kind))
    return columns, _records(table)


def _records(table):
    """Rows with plain values; what is absent is None, and so is what is endless."""
    import numpy as np

    table = table.replace([np.inf, -np.inf], np.nan).astype(object)
    rows = table.where(table.notna(), None).to_dict("records")
    return [
        {name: value.item() if hasattr(value, "item") else value for name, value in row.items()}
        for row in rows
    ]


def _result(columns, rows, notes):
    cells = [[row[name] for name, _ in columns] for row in rows]
    return {"columns": columns, "rows": cells, "notes": list(notes)}


def _styled(folder, request, table, notes):
    """Add the maps' style of a column of the result, where it can have one."""
    columns, rows = table
    if request["edition"] != "analyst":
        columns = [one for one in columns if one[0] not in _ON_A_DESK]
    result = _result(columns, rows, notes)
    wanted = request.get("style")
    if not wanted or not rows:
        return result
    column = next((one for one in wanted if one in rows[0]), None)
    if column is None:
        return result
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    features = [{"type": "Feature", "properties": row, "geometry": shape} for row in rows]
    layer = {"type": "FeatureCollection", "features": features}
    (folder / _LAYER).write_text(json.dumps(layer), "utf-8")
    try:
        styled = style(folder, {"options": ["--column", column]})
    except Refused as why:
        result["notes"].append(f"No style: {why}")
        return result
    return {**result, "style": styled["style"]}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
