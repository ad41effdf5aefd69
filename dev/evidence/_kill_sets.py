"""Two sets of editions, and which of them a folder holds: for dev/evidence/kill_builds.py."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from _project import EMBEDDED, project_text

from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.pipeline import write_editions
from vawg_geo.project import Project, find_project, read_project
from vawg_geo.results.results import EditionResults, results_of

__all__ = ["EDITIONS", "Sets", "litter_of", "make_sets", "put_old", "which_sets"]

EDITIONS: Final = ("public", "partnership")
_LOCK: Final = ".vawg-geo.lock"
_LEVELS: Final = {level: EMBEDDED[level] for level in ("ward", "district")}


@dataclass(frozen=True)
class Sets:
    """The first set and the second: their editions, and their folders as they must be."""

    old: list[EditionResults]
    new: list[EditionResults]
    old_folder: Path
    new_folder: Path
    configs: tuple[Path, Path] | None


def make_sets(folder: Path, *, default: bool = False) -> Sets:
    """Compute two sets of editions and write each once, undisturbed.

    Parameters
    ----------
    folder : Path
        For projects and the two sets.
    default : bool
        The embedded default, once as it is and once per 10,000, in place of the small project.

    Returns
    -------
    Sets
    """
    configs = None
    if default:
        project = read_project(find_project(None))
        rates = msgspec.structs.replace(project.rates, per=10_000)
        projects = [project, msgspec.structs.replace(project, rates=rates)]
    else:
        configs = (_small(folder, "old", 20), _small(folder, "new", 31))
        projects = [read_project(path) for path in configs]
    old, new = (_editions(project) for project in projects)
    for editions, name in ((old, "set-old"), (new, "set-new")):
        write_editions(editions, out=folder / name)
    return Sets(old, new, folder / "set-old", folder / "set-new", configs)


def _small(folder: Path, name: str, least: int) -> Path:
    place = folder / f"project-{name}"
    place.mkdir(parents=True)
    codes = read_boundaries("wards-2015")["area_code"]
    rows = [
        f"{code},persons,2015/16,crimes,{least + 7 * row % 90}" for row, code in enumerate(codes)
    ]
    table = "\n".join(["area_code,sex,period,indicator,count", *rows]) + "\n"
    (place / "counts.csv").write_text(table, "utf-8")
    more = "[hotspots]\npermutations = 99\nreplicates = 99"
    config = project_text(f"Made up, {name}", levels=_LEVELS, comparator="E07000008", more=more)
    (place / "vawg.toml").write_text(config, "utf-8")
    return place / "vawg.toml"


def _editions(project: Project) -> list[EditionResults]:
    tables = load_tables(project)
    return [results_of(protect(tables, edition=name)) for name in EDITIONS]


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@cache
def _known_digests(folder: Path) -> dict[str, str]:
    return _digests(folder)


def which_sets(out: Path, sets: Sets) -> list[str]:
    """Of each edition's folder: `old`, `new`, `absent`, or `a mixture`."""
    found = []
    for name in EDITIONS:
        held = _digests(out / name)
        known = {"old": sets.old_folder / name, "new": sets.new_folder / name}
        same = [word for word, place in known.items() if _known_digests(place) == held]
        found.append(same[0] if same else "a mixture" if held else "absent")
    return found


def litter_of(out: Path) -> list[str]:
    """Names beside the editions and the lock."""
    return sorted(path.name for path in out.iterdir() if path.name not in (*EDITIONS, _LOCK))


def put_old(out: Path, sets: Sets) -> None:
    """Have a folder hold the first set and nothing else."""
    if out.is_dir() and which_sets(out, sets) == ["old", "old"] and not litter_of(out):
        return
    if out.is_dir():
        for path in out.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in EDITIONS:
        shutil.copytree(sets.old_folder / name, out / name)
