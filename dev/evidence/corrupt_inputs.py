"""Cut and flip input files at random: which damage is noticed.

    python dev/evidence/corrupt_inputs.py [--rounds 200] [--seed 1] [--out table.csv]

For each kind of file, `--rounds` random truncations and as many random bit flips, each read twice:
as it is, and with a record of checksums (`SHA256SUMS` beside the file; for a layer that was added
to the catalogue, the catalogue's own). What is read is compared with what the whole file gives:

- refused: an error of ours with its message;
- said: read, with a message that the whole file does not give (a note, missing areas, sums apart);
- same: every value is the whole file's (the damage lies in free space, or in an unread column);
- silent: other values without a word;
- crashed: an error that is not ours.

Exits with 1 where a cut or an absent part of a Shapefile passed in silence, where a record let any
change pass, or where anything crashed. A flip that no record guards is only counted.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import pandas as pd
from _project import project_text

from vawg_geo.areas.tables import Tables, load_tables
from vawg_geo.errors import VawgGeoError
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.catalogue.catalogue import add_file, find_layer
from vawg_geo.inputs.tables.sums import RECORD
from vawg_geo.project import read_project

__all__ = ["KINDS", "OUTCOMES", "allowed", "damage", "run"]

OUTCOMES: Final = ("refused", "said", "same", "silent", "crashed")
_DISTRICT: Final = "E07000008"
_CONFIG: Final = project_text(
    "Made up",
    levels={"ward": 'boundaries = "wards.gpkg"\nvintage = "2015"'},
    people='[[population.files]]\nfile = "population.csv"\nlevel = "ward"',
    comparator="E05002702",
)


class Read(NamedTuple):
    """What a file gave: a digest of every value, and what was said."""

    content: str
    said: frozenset[str]


class Kind(NamedTuple):
    """A kind of input: which file is damaged, and how the whole is read."""

    damaged: str
    read: Callable[[Path], Read]
    record: bool = True


def _read_layer(name: str, folder: Path) -> Read:
    return _layer(read_boundaries(folder / name, level="ward"))


def _read_added(folder: Path) -> Read:
    found = find_layer("wards", cache=folder / "cache")
    return _layer(read_boundaries(found.path, level="ward"))


def _layer(frame: gpd.GeoDataFrame) -> Read:
    texts = frame.drop(columns="geometry").to_csv(index=False)
    shapes = b"".join(frame.geometry.to_wkb())
    content = hashlib.sha256(texts.encode() + shapes).hexdigest()
    return Read(content, frozenset(frame.attrs["notes"]))


def _read_project(folder: Path) -> Read:
    tables: Tables = load_tables(read_project(folder / "vawg.toml"))
    content = tables.counts.to_csv(index=False) + tables.populations.to_csv(index=False)
    apart = tables.reconciliation
    said = {*(note.line() for note in tables.notes), tables.missing(), apart.to_csv()}
    odd = tables.join_report[tables.join_report["outcome"] != "joined"]
    return Read(content, frozenset(said | {odd.to_csv(index=False)}))


_SHAPEFILE = partial(_read_layer, "wards.shp")
KINDS: Final = {
    "GeoPackage": Kind("wards.gpkg", partial(_read_layer, "wards.gpkg")),
    "Shapefile .shp": Kind("wards.shp", _SHAPEFILE),
    "Shapefile .shx": Kind("wards.shx", _SHAPEFILE),
    "Shapefile .dbf": Kind("wards.dbf", _SHAPEFILE),
    "Shapefile .prj": Kind("wards.prj", _SHAPEFILE),
    "Shapefile .cpg": Kind("wards.cpg", _SHAPEFILE),
    "GeoJSON": Kind("wards.geojson", partial(_read_layer, "wards.geojson")),
    "CSV of counts": Kind("counts.csv", _read_project),
    "CSV of populations": Kind("population.csv", _read_project),
    "Added layer": Kind("cache/added/wards.gpkg", _read_added, record=False),
}
_PARTS: Final = (".shx", ".dbf", ".prj", ".cpg")


def make_inputs(folder: Path) -> None:
    """Write whole files of every kind: the wards of one district, one of them with an accent."""
    wards = read_boundaries("wards-2015")
    wards = wards[wards["parent_code"] == _DISTRICT].reset_index(drop=True)
    wards.attrs = {}
    wards.loc[3, "area_name"] = "Chérry Hinton"
    wards.to_file(folder / "wards.gpkg", engine="pyogrio")
    # Names in a .dbf have ten characters.
    short = wards.rename(columns={"parent_code": "lad15cd"})
    short.to_file(folder / "wards.shp", engine="pyogrio", encoding="UTF-8")
    wards.to_crs(4326).to_file(folder / "wards.geojson", engine="pyogrio", driver="GeoJSON")
    rows = {"area_code": wards["area_code"], "area_name": wards["area_name"]}
    pieces = [
        pd.DataFrame({**rows, "sex": sex, "period": "2015/16", "indicator": "crimes"}).assign(
            count=[most - 9 * place for place in range(len(wards))]
        )
        for sex, most in (("persons", 412), ("female", 290), ("male", 122))
    ]
    pd.concat(pieces).to_csv(folder / "counts.csv", index=False)
    people = [
        pd.DataFrame({**rows, "sex": sex}).assign(population=range(most, most + len(wards)))
        for sex, most in (("persons", 9120), ("female", 4610), ("male", 4510))
    ]
    pd.concat(people).to_csv(folder / "population.csv", index=False)
    (folder / "vawg.toml").write_text(_CONFIG, "utf-8")
    add_file(folder / "wards.gpkg", name="wards", cache=folder / "cache")


def damage(raw: bytes, how: str, chance: random.Random) -> bytes:
    """Cut bytes off the end, or turn one bit.

    Examples
    --------
    >>> damage(b"abc", "cut", random.Random(1)), damage(b"abc", "flip", random.Random(1))
    (b'', b'cbc')
    """
    place = chance.randrange(len(raw))
    if how == "cut":
        return raw[:place]
    turned = bytes([raw[place] ^ (1 << chance.randrange(8))])
    return raw[:place] + turned + raw[place + 1 :]


def _outcome(kind: Kind, folder: Path, whole: Read) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = kind.read(folder)
    except VawgGeoError:
        return "refused"
    except Exception:  # noqa: BLE001  (any other error is a fault, and is counted as one)
        return "crashed"
    if found.said - whole.said:
        return "said"
    return "same" if found.content == whole.content else "silent"


def _write_record(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]
    (folder / RECORD).write_text("".join(lines), "utf-8")


def _trials(folder: Path, kind: Kind, rounds: int, seed: str) -> Iterator[tuple[str, str, str]]:
    """Damage, record and outcome of each trial."""
    chance = random.Random(seed)
    path = folder / kind.damaged
    raw, whole = path.read_bytes(), kind.read(folder)
    for recorded in (False, True) if kind.record else (True,):
        if recorded and kind.record:
            _write_record(folder)
        for how in ("cut", "flip"):
            for _ in range(rounds):
                path.write_bytes(damage(raw, how, chance))
                yield how, "recorded" if recorded else "alone", _outcome(kind, folder, whole)
                path.write_bytes(raw)
        if kind.damaged.startswith("wards.") and path.suffix in _PARTS:
            path.unlink()
            yield "absent", "recorded" if recorded else "alone", _outcome(kind, folder, whole)
            path.write_bytes(raw)
    (folder / RECORD).unlink(missing_ok=True)


def run(rounds: int, seed: int, *, kinds: Sequence[str] = tuple(KINDS)) -> pd.DataFrame:
    """Damage every kind of file, and count the outcomes.

    Parameters
    ----------
    rounds : int
        Truncations, and flips, of each kind; each alone and with a record.
    seed : int
    kinds : sequence of str
        Names of `KINDS`.

    Returns
    -------
    DataFrame
        `kind`, `damage` (cut, flip, absent), `record` (alone, recorded), and a count of each of
        `OUTCOMES`.
    """
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch, "whole")
        whole.mkdir()
        make_inputs(whole)
        for name in kinds:
            folder = Path(scratch, "damaged")
            shutil.copytree(whole, folder)
            rows += [(name, *one) for one in _trials(folder, KINDS[name], rounds, f"{seed} {name}")]
            shutil.rmtree(folder)
    table = pd.DataFrame(rows, columns=["kind", "damage", "record", "outcome"])
    counts = table.groupby(["kind", "damage", "record"], sort=False)["outcome"].value_counts()
    wide = counts.unstack(fill_value=0)  # noqa: PD010  (the outcomes are counted already)
    wide = wide.reindex(columns=list(OUTCOMES), fill_value=0)
    return wide.reset_index().rename_axis(columns=None)


def allowed(table: pd.DataFrame) -> pd.Series:
    """Mark the rows in which nothing passed that should not.

    With a record every change is refused; without one no cut and no absent part is silent.

    Examples
    --------
    >>> row = {"kind": "GeoJSON", "damage": "cut", "record": "alone", "refused": 199, "said": 0,
    ...        "same": 0, "silent": 1, "crashed": 0}
    >>> allowed(pd.DataFrame([row, row | {"damage": "flip"}])).tolist()
    [False, True]
    """
    passed = table["said"] + table["same"] + table["silent"]
    recorded = table["record"] == "recorded"
    guarded = table["damage"] != "flip"
    fault = (recorded & (passed > 0)) | (~recorded & guarded & (table["silent"] > 0))
    return ~fault & (table["crashed"] == 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; gives 1 where something passed that should not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    table = run(options.rounds, options.seed)
    good = allowed(table)
    print(table.assign(held=good.map({True: "yes", False: "NO"})).to_string(index=False))
    if options.out:
        table.to_csv(options.out, index=False)
    return int(not good.all())


if __name__ == "__main__":
    raise SystemExit(main())
