"""Whether other programs read the same rows from GeoPackage, file geodatabase and FlatGeobuf.

Held against the GeoPackage as Python's own sqlite3 reads it, which knows no GDAL:

    vawg-geo build --edition public --formats filegdb,flatgeobuf
    python dev/same_rows.py maps/public --reader ogr2ogr --reader Rscript
    python dev/same_rows.py maps/public --reader "chroot /opt/trixie ogr2ogr" --at /mnt/public

`--at` is where the readers before it find the folder. Every layer, row, value and absent value is
compared, texts and whole numbers as they are, numbers within one part in 10^12, outlines by their
area within a square metre. Ends with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    Rows = list[dict[str, Any]]

_GEOPACKAGE: Final = "vawg.gpkg"
_FILEGDB: Final = "layers/vawg.gdb.zip"
_NOTHING: Final = "<nothing>"
_AREA: Final = "area of the outline"
_TIMEOUT: Final = 120
# Of no reader's business: numbers that formats count up by themselves.
_NUMBERS: Final = frozenset(("fid", "ogc_fid", "objectid", "shape_length", "shape_area"))
_IN_R: Final = """
args <- commandArgs(TRUE)
suppressPackageStartupMessages(library(sf))
x <- suppressWarnings(st_read(args[1], args[2], quiet = TRUE, stringsAsFactors = FALSE))
if (inherits(x, "sf")) { area <- as.numeric(st_area(x)); x <- st_drop_geometry(x)
  x[["AREA"]] <- area }
for (name in names(x)) {
  column <- x[[name]]
  x[[name]] <- if (is.double(column) && !inherits(column, c("Date", "POSIXct")))
    ifelse(is.na(column), NA, sprintf("%.17g", column)) else as.character(column)
}
write.csv(x, row.names = FALSE, na = "<nothing>", fileEncoding = "UTF-8")
"""


def main(arguments: list[str] | None = None) -> int:
    """Compare, and say what differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", action="append", required=True, dest="readers")
    parser.add_argument("--at", default="")
    parser.add_argument(
        "--layer", action="append", dest="layers", help="this alone; by default all"
    )
    given = parser.parse_args(arguments)
    different = 0
    for reader in given.readers:
        command = shlex.split(reader)
        compared, rows, found = 0, 0, []
        for name, wanted in layers_of(given.folder / _GEOPACKAGE):
            if given.layers and name not in given.layers:
                continue
            for file in files_of(given.folder, name):
                got = read_by(command, f"{given.at or given.folder}/{file}", name)
                found += [f"{file}, {name}: {text}" for text in differences(wanted, got)]
                compared, rows = compared + 1, rows + len(wanted)
        print(f"{reader}: {compared} layers, {rows:,} rows compared, {len(found)} differ")
        print("".join(f"  {text}\n" for text in found[:20]), end="")
        different += len(found)
    return int(different > 0)


def files_of(folder: Path, layer: str) -> Iterator[str]:
    """Files of an edition that have a layer."""
    yield _GEOPACKAGE
    for file in (_FILEGDB, f"layers/{layer}.fgb"):
        if (folder / file).exists():
            yield file


def layers_of(package: Path) -> Iterator[tuple[str, Rows]]:
    """Spatial layers of a GeoPackage and their rows, with the area of each outline."""
    with closing(sqlite3.connect(package)) as base:
        base.row_factory = sqlite3.Row
        names = base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        for name, place in names:
            rows = []
            for row in base.execute(f'SELECT * FROM "{name}"'):
                values = {key: row[key] for key in row.keys() if key != place}  # noqa: SIM118
                blob = row[place]
                outline = blob[8 + (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7] :]
                rows.append(values | {_AREA: shapely.from_wkb(outline).area})
            yield name, rows


def read_by(command: list[str], file: str, layer: str) -> Rows:
    """Rows of a layer as a program reads them."""
    if Path(command[-1]).name == "Rscript":
        text = run([*command, "-e", _IN_R, file, layer])
        table = csv.DictReader(io.StringIO(text))
        return [
            {_AREA if k == "AREA" else k: None if v == _NOTHING else v for k, v in row.items()}
            for row in table
        ]
    options = ["-lco", "SIGNIFICANT_FIGURES=17", "-q"]
    text = run([*command, "-f", "GeoJSON", *options, "/vsistdout/", file, layer])
    return [
        one["properties"] | {_AREA: shapely.from_geojson(json.dumps(one["geometry"])).area}
        for one in json.loads(text)["features"]
    ]


def run(command: list[str]) -> str:
    """Standard output of a program; what it says on the other way is shown where it fails."""
    done = subprocess.run(
        command, capture_output=True, timeout=_TIMEOUT, check=False, encoding="utf-8"
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} ... ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def differences(wanted: Rows, got: Rows) -> list[str]:
    """What differs between two readings of a layer, by area and period."""
    if len(wanted) != len(got):
        return [f"{len(got)} rows and not {len(wanted)}"]
    found = []
    for one, other in zip(sorted(wanted, key=_key), sorted(got, key=_key), strict=True):
        names = {name for name in (*one, *other) if name.lower() not in _NUMBERS}
        for name in sorted(names):
            # GeoJSON has no key for what FlatGeobuf leaves out.
            left, right = one.get(name), other.get(name)
            if not _same(left, right, area=name == _AREA):
                found.append(f"{one['area_code']}, {name}: {right!r} and not {left!r}")
    return found


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return str(row["area_code"]), str(row.get("period", ""))


def _same(left: Any, right: Any, *, area: bool) -> bool:
    if left is None or right is None:
        return left is right
    if area:
        return abs(float(left) - float(right)) < 1
    if isinstance(left, bool | int | float):
        text = {"true": "1", "false": "0"}.get(str(right).lower(), str(right))
        try:
            return math.isclose(float(left), float(text), rel_tol=1e-12, abs_tol=0)
        except ValueError:
            return False
    # A day is a moment in some formats, and is written with strokes in others.
    day = str(right).replace("/", "-")
    return str(left) == str(right) or (
        len(left) == 10
        and left.count("-") == 2
        and day[:10] == left
        and not day[10:].strip("T 0:+Z")
    )


if __name__ == "__main__":
    sys.exit(main())
