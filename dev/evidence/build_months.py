"""Build maps of South Yorkshire's months, and see that the month that lacks is missing everywhere.

    python dev/evidence/build_months.py STREET.csv.gz [--keep DIR] [--out docs/months.csv]

STREET is a street file of police.uk of many months in which July 2019 lacks. Started, counted and
built as `docs/change.md` does it, by the commands; then every table and layer is opened: where July
2019 has a count, a rate or anything that follows of one, or a nought, the program ends with 1. With
`--out` it writes what came of it, with the seconds of processor time and the bytes.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

AREA: Final = "South Yorkshire"
LACKING: Final = "2019-07"
CATEGORY: Final = "Crime type=Violence and sexual offences"
# Columns that only a count can give.
_FIGURES: Final = (
    *("count", "rate", "rate_lower", "rate_upper", "ratio", "difference", "relative_ratio"),
    *("p_value", "p_adjusted", "z", "smoothed_risk", "expected", "observed", "trend", "slope"),
)


def run(*words: object) -> tuple[str, float]:
    """Run a command of the package; what it printed, and its seconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "vawg_geo", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout + done.stderr, spent


def make(street: Path, folder: Path) -> dict[str, Any]:
    """Start a project, count the months into its wards, and build the public edition."""
    project = folder / "months"
    counts = project / "ward_counts.csv"
    run("init", project, "--area", AREA)
    options = ("--by", "month", "--basis", "published", "--replace", "--out", counts)
    _, counting = run("count", street, "--within", AREA, "--category", CATEGORY, *options)
    config = project / "vawg.toml"
    text = config.read_text("utf-8").replace('basis = "own"', 'basis = "published"', 1)
    config.write_text(text.replace("2024/25", "January 2018 to September 2021"), "utf-8")
    asked = ("--edition", "public", "--report", "--out", folder / "maps")
    said, building = run("build", config, *asked)
    table = pd.read_csv(counts)
    return {
        "wards": table["area_code"].nunique(),
        "months in the table": table["period"].nunique(),
        "months with a figure": table.loc[table["count"].notna(), "period"].nunique(),
        "offences counted": int(table["count"].sum()),
        "findings of the audit": int(said.partition(": 0 findings")[1] == ""),
        "seconds to count": round(counting, 1),
        "seconds to build, with the report": round(building, 1),
    }


def sizes(edition: Path) -> dict[str, Any]:
    """Kilobytes of what was written."""
    kept = {f"KB of {name}": edition / name for name in
            ("ward.html", "district.html", "report.html", "report.pdf", "vawg.gpkg")}  # fmt: skip
    found = {name: round(path.stat().st_size / 1024) for name, path in kept.items()}
    every = sum(path.stat().st_size for path in edition.rglob("*") if path.is_file())
    return found | {"KB of everything": round(every / 1024)}


def told(edition: Path) -> Iterator[str]:
    """Every place that says something of the month that lacks."""
    for path in sorted((edition / "tables").glob("*.csv")):
        yield from told_by(pd.read_csv(path, low_memory=False), path.name)
    with closing(sqlite3.connect(edition / "vawg.gpkg")) as base:
        names = [row[0] for row in base.execute("SELECT table_name FROM gpkg_contents")]
        for name in names:
            # A name of the file's own list of layers, in quotes as SQL has them.
            quoted = name.replace('"', '""')
            yield from told_by(pd.read_sql_query(f'SELECT * FROM "{quoted}"', base), name)


def told_by(table: pd.DataFrame, source: str) -> Iterator[str]:
    """What a table says of the month that lacks, where it says more than that it is missing.

    >>> row = {"area_code": "E1", "period": LACKING, "count": None, "status": "missing"}
    >>> [list(told_by(pd.DataFrame([row | {"count": n}]), "a")) for n in (None, 0)]
    [[], ['a: 1 of 1 rows have a figure']]
    """
    ends = [name for name in ("period", "period_from", "period_to") if name in table]
    if not ends:
        return
    mine = table[(table[ends] == LACKING).any(axis=1)]
    figures = [name for name in mine if str(name).removesuffix("_persons") in _FIGURES]
    wrong = mine[figures].replace("cannot_be_calculated", None).notna().any(axis=1)
    if wrong.any():
        yield f"{source}: {int(wrong.sum())} of {len(mine)} rows have a figure"
    for name in ("status", "status_persons"):
        # What is of whole levels has no count that could be missing.
        if {name, "area_code"} <= set(mine) and set(mine[name].dropna()) - {"missing"}:
            yield f"{source}: {sorted(set(mine[name].dropna()))} beside missing"


def main() -> int:
    """Build, look, and say what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("street", type=Path)
    parser.add_argument("--keep", type=Path, help="new folder that keeps project and maps")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    with tempfile.TemporaryDirectory() as place:
        folder = options.keep or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        found = make(options.street.resolve(), folder.resolve())
        edition = folder.resolve() / "maps" / "public"
        wrong = list(told(edition))
        found |= {"places that tell of July 2019": len(wrong)} | sizes(edition)
    for line in (*wrong, *(f"{name}: {value}" for name, value in found.items())):
        print(line)
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows([("what", "figure"), *found.items()])
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
