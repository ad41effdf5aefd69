"""Start and build a project for every district, partnership, county and force, from the wheel.

    python dev/evidence/build_country.py [--only NAME] [--every 10] [--processes 2]
                                         [--out docs/country.csv]

As `vawg-geo init DIR --area CODE` and `vawg-geo build DIR/vawg.toml` do, with counts that are made
up (a fixed seed for each area) so that something is hidden, and without a network. An area of the
same districts as one before it is not built again. With `--out` each result is put down as it
comes, beside the table; the same command goes on where it was stopped, and when all are there it
writes the table, a line for each area.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
import warnings
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.country import CountryArea, find_area, list_areas
from vawg_geo.commands.init import write_area_project
from vawg_geo.errors import VawgGeoError
from vawg_geo.pipeline import build

COLUMNS: Final = (
    "code", "area", "kind", "districts", "wards", "wards_without_residents", "outcome", "message",
)  # fmt: skip
BUILT: Final = "built"
Row = dict[str, Any]


def build_area(code: str) -> tuple[Row, float]:
    """Start a project of an area, give it made-up counts, and build both editions."""
    known = next(area for area in list_areas() if area.code == code)
    row: Row = dict.fromkeys(COLUMNS, "")
    row |= {"code": code, "area": known.name, "kind": known.kind, "districts": len(known.districts)}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            folder = Path(place) / "project"
            write_area_project(folder, find_area(code))
            counts = pd.read_csv(folder / "ward_counts.csv")
            residents = pd.read_csv(folder / "area" / "residents_wards.csv")
            row["wards"] = len(counts)
            lacking = ~counts["area_code"].isin(residents["area_code"])
            row["wards_without_residents"] = int(lacking.sum())
            rng = np.random.default_rng(zlib.crc32(code.encode()))
            made_up = rng.negative_binomial(2, 0.04, len(counts))
            counts.assign(count=made_up).to_csv(folder / "ward_counts.csv", index=False)
            row |= {"message": _build(folder), "outcome": BUILT}
        except VawgGeoError as error:
            row |= {"outcome": type(error).__name__, "message": str(error)}
        # What was not foreseen is a line of the table too, and the exit code says so.
        except Exception as error:  # noqa: BLE001
            row |= {"outcome": f"not foreseen: {type(error).__name__}", "message": str(error)}
    return row, time.perf_counter() - began


def _build(folder: Path) -> str:
    """Build both editions; what is said where one has no map of wards, as of five with few."""
    built = build(folder / "vawg.toml")
    lacking = []
    for name, edition in built.folders.items():
        if (edition / "ward.html").exists() or list(edition.glob("ward/*.html")):
            continue
        record = json.loads((edition / "build.json").read_text("utf-8"))
        if not any("not shown by ward" in line for line in record["not_shown"]):
            msg = f"{name} has no map of wards and does not say why"
            raise RuntimeError(msg)
        lacking.append(name)
    return f"no map of wards, too many hidden: {' and '.join(lacking)}" if lacking else ""


def twins(areas: tuple[CountryArea, ...]) -> dict[str, str]:
    """Areas of the same districts as one before them, which is what is built.

    >>> twins(list_areas())["E22000001"]
    'E06000022'
    """
    first: dict[frozenset[str], str] = {}
    same = {}
    for area in areas:
        if area.shared:
            continue
        before = first.setdefault(frozenset(area.districts), area.code)
        if before != area.code:
            same[area.code] = before
    return same


def chosen(only: str | None, every: int) -> list[str]:
    """Codes of the areas to build: each set of districts once."""
    areas = list_areas()
    same = twins(areas)
    codes = [
        area.code
        for area in areas
        if area.code not in same
        and (not only or only.casefold() in f"{area.name} {area.code}".casefold())
    ]
    return codes[::every]


def whole_table(rows: dict[str, Row], codes: list[str]) -> list[Row]:
    """A line for each area that was built, and for each that is the same as one of them."""
    areas = list_areas()
    same = twins(areas)
    table = []
    for area in areas:
        if area.code in codes:
            table.append(rows[area.code])
        elif same.get(area.code) in codes:
            as_built = rows[same[area.code]]
            own = {"code": area.code, "area": area.name, "kind": area.kind}
            note = f"the same districts as {as_built['code']}"
            table.append(as_built | own | {"message": as_built["message"] or note})
    return table


def _read_made(path: Path | None) -> dict[str, Row]:
    if path is None or not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row["code"]: row for row in rows}


def build_all(codes: list[str], *, processes: int, made: Path | None) -> dict[str, Row]:
    """Build what is not built yet, and put each result down as it comes."""
    rows = _read_made(made)
    left = [code for code in codes if code not in rows]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as workers:
        for row, seconds in workers.map(build_area, left):
            rows[row["code"]] = row
            if made:
                with made.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            said = f"{row['code']} {row['area']}: {row['outcome']} {row['message'][:120]}"
            print(f"{len(rows)} of {len(codes)}, {seconds:.0f} s: {said}", flush=True)
    return rows


def main() -> int:
    """Build, write the table, and say what came of it; exit code 1 for what was not foreseen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    codes = chosen(options.only, options.every)
    made = options.out.with_suffix(".part") if options.out else None
    table = whole_table(build_all(codes, processes=options.processes, made=made), codes)
    if options.out and made:
        with options.out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
        made.unlink()
    done = sum(row["outcome"] == BUILT for row in table)
    shared = sum("other partnerships" in row["message"] for row in table)
    rest = len(table) - done - shared
    print(f"{done} of {len(table)} areas built, {shared} are partnerships that share a district, "
          f"{rest} otherwise refused.")  # fmt: skip
    return 1 if rest else 0


if __name__ == "__main__":
    raise SystemExit(main())
