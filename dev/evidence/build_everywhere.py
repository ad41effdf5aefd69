"""Build a project for every place in England and Wales that there are outlines of.

    python dev/evidence/build_everywhere.py [--only Leicester] [--every 10] [--processes 2]
                                                [--resume] [--out docs/everywhere.csv]

Every district by ward, twenty by LSOA, every police area by district and by ward, from the outlines
beside the project: England's wards and districts of December 2013, wards of 2025 in Wales. Counts
(two indicators, women, men and persons) and populations are made up, with a fixed seed for each
place. Each project is built as `vawg-geo build` does, public and partnership edition, audit and
all. Hotspots are looked for in about every tenth only, with few permutations: they take the time.

The table has a line for each place: what came of it, and how many counts each edition hides.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
from _everywhere import Place, places, write_project

from vawg_geo.errors import VawgGeoError
from vawg_geo.pipeline import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["COLUMNS", "Result", "build_place", "summary"]

COLUMNS: Final = (
    "code", "place", "by", "areas", "hotspots", "outcome", "counts", "hidden_public",
    "hidden_partnership",
)  # fmt: skip
_BUILT: Final = "built"
# Hotspots in one of so many places.
_HOTSPOTS: Final = 10
_SUPPRESSED: Final = "suppressed"


class Result(NamedTuple):
    """What came of one place: `outcome` is `built`, or the kind of the refusal."""

    row: dict[str, object]
    seconds: float
    message: str


def build_place(place: Place, *, hotspots: bool = False) -> Result:
    """Write a project of a place and build both editions of it.

    Parameters
    ----------
    place : Place
    hotspots : bool

    Returns
    -------
    Result
        Its row has the columns `COLUMNS`.
    """
    row: dict[str, object] = dict.fromkeys(COLUMNS, 0)
    row |= {"code": place.code, "place": place.name, "by": place.level, "hotspots": int(hotspots)}
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        # Files of 2013 say less of themselves than GDAL would like; the build says what matters.
        warnings.simplefilter("ignore")
        config = write_project(place, Path(name), hotspots=hotspots)
        given = pd.read_csv(config.parent / "counts.csv")
        row |= {"areas": given["area_code"].nunique(), "counts": len(given)}
        start = time.perf_counter()
        try:
            built = build(config)
        except VawgGeoError as error:
            seconds = time.perf_counter() - start
            return Result(row | {"outcome": type(error).__name__}, seconds, str(error))
        seconds = time.perf_counter() - start
        for edition, folder in built.folders.items():
            row[f"hidden_{edition}"] = _hidden(folder, place.level)
    return Result(row | {"outcome": _BUILT}, seconds, "")


def _hidden(folder: Path, level: str) -> int:
    """Counts of the smallest areas that an edition hides; none where it leaves the level out."""
    path = folder / "tables" / f"rates_{level}.csv"
    if not path.is_file():
        return 0
    table = pd.read_csv(path)
    return int((table["status"] == _SUPPRESSED).sum())


def chosen(only: str, every: int, done: set[tuple[str, str]]) -> list[tuple[Place, bool]]:
    """Places to build, and whether with hotspots, in the order of the table.

    Parameters
    ----------
    only : str
        A part of a place's code, name or smaller areas; empty for all.
    every : int
        Take one of so many.
    done : set of (str, str)
        Codes and smaller areas of places that are built already.

    Returns
    -------
    list of (Place, bool)
    """
    numbered = [(place, _with_hotspots(place)) for place in places()]
    wanted = [
        (place, hotspots)
        for place, hotspots in numbered
        if only.casefold() in " ".join(place).casefold()
    ]
    return [
        (place, hotspots)
        for place, hotspots in wanted[::every]
        if (place.code, place.level) not in done
    ]


def _with_hotspots(place: Place) -> bool:
    """Whether a place is one of the tenth that hotspots are looked for in."""
    return zlib.crc32("".join(place).encode()) % _HOTSPOTS == 0


def summary(table: pd.DataFrame) -> str:
    """How many places of each kind were built, in lines.

    Examples
    --------
    >>> print(summary(pd.DataFrame({"code": ["E06000016", "W06000001"], "by": "ward",
    ...     "outcome": ["built", "DisclosureError"], "hidden_public": [31, 0]})))
    England, districts by ward: 1 of 1 built
    Wales, districts by ward: 0 of 1 built
    all: 1 of 2 built, 1 refused
    """
    country = table["code"].str[0].map({"E": "England", "W": "Wales"})
    force = table["code"].str[:3].isin(["E23", "W15"])
    kind = country + force.map({True: ", police areas by ", False: ", districts by "}) + table["by"]
    lines = [
        f"{name}: {int((rows['outcome'] == _BUILT).sum()):,} of {len(rows):,} built"
        for name, rows in table.groupby(kind, sort=False)
    ]
    built = int((table["outcome"] == _BUILT).sum())
    lines.append(f"all: {built:,} of {len(table):,} built, {len(table) - built:,} refused")
    return "\n".join(lines)


def _write(rows: Iterable[dict[str, object]], out: Path) -> pd.DataFrame:
    """Write the table in the order of places, whatever order they were built in."""
    order = {(place.code, place.level): number for number, place in enumerate(places())}
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    keys = [order.get(key, len(order)) for key in zip(table["code"], table["by"], strict=True)]
    table = table.assign(order=keys).sort_values("order", kind="stable").drop(columns="order")
    table.to_csv(out, index=False, lineterminator="\n")
    return table


def _build_one(one: tuple[Place, bool]) -> Result:
    return build_place(one[0], hotspots=one[1])


def _results(wanted: Sequence[tuple[Place, bool]], processes: int) -> Iterator[Result]:
    if processes < 2:
        yield from map(_build_one, wanted)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_build_one, wanted)


def run(wanted: Sequence[tuple[Place, bool]], out: Path, *, processes: int, resume: bool) -> int:
    """Build places, writing the table after each; 0 where none was refused, else 1."""
    rows: list[dict[str, object]] = []
    if resume and out.is_file():
        former = pd.read_csv(out).to_dict("records")
        rows = [{str(key): value for key, value in row.items()} for row in former]
    for number, result in enumerate(_results(wanted, processes), start=1):
        row = result.row
        rows.append(row)
        _write(rows, out)
        print(
            f"{number:,} of {len(wanted):,}: {row['place']} by {row['by']}, "
            f"{row['areas']:,} areas: {row['outcome']} in {result.seconds:.1f} s",
            *([result.message] if result.message else []),
            sep="\n  ",
            flush=True,
        )
    table = _write(rows, out)
    print(summary(table))
    return int((table["outcome"] != _BUILT).any())


def main() -> int:
    """Build, and say how many of how many."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="part of a code, a name or a level")
    parser.add_argument("--every", type=int, default=1, help="one of so many")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="leave out what the table has")
    parser.add_argument("--out", type=Path, default=Path("everywhere.csv"))
    options = parser.parse_args()
    done: set[tuple[str, str]] = set()
    if options.resume and options.out.is_file():
        table = pd.read_csv(options.out)
        done = set(zip(table["code"], table["by"], strict=True))
    wanted = chosen(options.only, options.every, done)
    return run(wanted, options.out, processes=options.processes, resume=options.resume)


if __name__ == "__main__":
    raise SystemExit(main())
