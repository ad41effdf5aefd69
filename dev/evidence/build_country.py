"""Start and build a project for every district, partnership, county and force, from the wheel.

    python dev/evidence/build_country.py [--only NAME] [--every 10] [--processes 2]
                                         [--out docs/country.csv]

As `vawg-geo init DIR --area CODE` and `vawg-geo build DIR/vawg.toml` do, with counts that are made
up (a fixed seed for each area) so that something is hidden, and without a network. A partnership
that is the same as a district before it is built once. A line for each area: what came of it.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
import warnings
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from vawg_geo.areas.country import CountryArea, find_area, list_areas
from vawg_geo.commands.init import write_area_project
from vawg_geo.errors import VawgGeoError
from vawg_geo.pipeline import build

COLUMNS: Final = ("code", "area", "kind", "wards", "wards_without_residents", "outcome", "message")


def build_area(code: str) -> tuple[dict[str, object], float]:
    """Start a project of an area, give it made-up counts, and build both editions."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row["code"] = code
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            area = find_area(code)
            row |= {"area": area.name, "kind": area.kind}
            folder = Path(place) / "project"
            write_area_project(folder, area)
            counts = pd.read_csv(folder / "ward_counts.csv")
            known = set(pd.read_csv(folder / "area" / "residents_wards.csv")["area_code"])
            row["wards"] = len(counts)
            row["wards_without_residents"] = int((~counts["area_code"].isin(known)).sum())
            rng = np.random.default_rng(zlib.crc32(code.encode()))
            made_up = rng.negative_binomial(2, 0.04, len(counts))
            counts.assign(count=made_up).to_csv(folder / "ward_counts.csv", index=False)
            _build(folder)
            row["outcome"] = "built"
        except VawgGeoError as error:
            row |= {"outcome": type(error).__name__, "message": str(error)}
    return row, time.perf_counter() - began


def _build(folder: Path) -> None:
    built = build(folder / "vawg.toml")
    for edition in built.folders.values():
        if not (edition / "ward.html").exists() and not list(edition.glob("ward/*.html")):
            msg = f"{edition.name} has no map of wards"
            raise RuntimeError(msg)


def chosen(only: str | None, every: int) -> list[str]:
    """Codes of the areas to build: each set of districts once."""
    seen: set[frozenset[str]] = set()
    codes = []
    for area in list_areas():
        if only and only.casefold() not in f"{area.name} {area.code}".casefold():
            continue
        districts = frozenset(area.districts)
        if area.shared or districts not in seen:
            codes.append(area.code)
            if not area.shared:
                seen.add(districts)
    return codes[::every]


def said(row: dict[str, object], area: CountryArea | None = None) -> str:
    """One line for the person who waits."""
    del area
    return f"{row['code']} {row['area']}: {row['outcome']} {str(row['message'])[:120]}"


def main() -> int:
    """Build, write the table, and say what came of it; exit code 1 for what was not foreseen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    codes = chosen(options.only, options.every)
    rows = []
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as workers:
        for row, seconds in workers.map(build_area, codes):
            rows.append(row)
            print(f"{said(row)} ({seconds:.1f} s)", flush=True)
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    built = sum(row["outcome"] == "built" for row in rows)
    shared = sum("other partnerships" in str(row["message"]) for row in rows)
    print(f"{built} of {len(rows)} built, {shared} are partnerships that share a district, "
          f"{len(rows) - built - shared} otherwise refused.")  # fmt: skip
    return 1 if built + shared < len(rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
