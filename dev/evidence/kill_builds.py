"""Kill builds while they write, fill the disk under them, run eight at once; is each set whole.

    python dev/evidence/kill_builds.py [--kills 200] [--sizes 40] [--together 8] [--seed 1]
                                           [--default]

Two sets of editions are computed once. Then, again and again, a process of its own writes the
second set over the first, by the same call as `vawg-geo build`, and is killed: at a random moment,
or at the n-th file operation of its own. After each kill every edition's folder must be the first
set or the second, byte for byte, and the next run must clear up and say so. `--default` writes the
embedded default with all overlays, which takes ten times as long as the small project. The disk is
a tmpfs of a set size where that may be mounted, otherwise a limit on the size of files.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from _kill_sets import EDITIONS, Sets, litter_of, make_sets, put_old, which_sets

from vawg_geo.errors import VawgGeoError
from vawg_geo.files import folder as exchange
from vawg_geo.pipeline import write_editions

__all__ = ["Tally", "fill_disk", "kill_builds", "run_together"]


@dataclass
class Tally:
    """What was found, by words, and what should not have been."""

    found: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def _forked(action: Callable[[], object], said: Path) -> int:
    """Run something in a process of its own, which ends as the command would; gives its id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        with said.open("w") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        try:
            action()
            code = 0
        except VawgGeoError as error:
            print(f"vawg-geo: {error}", file=sys.stderr)
            code = 2
    except BaseException:  # noqa: BLE001  (a traceback is what is looked for)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _exit_code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _write_new(sets: Sets, out: Path, *, swap: bool) -> Callable[[], object]:
    in_one_step = exchange._swapped  # noqa: SLF001  (the step between whose two sides to kill)

    def exchanged(one: Path, other: Path) -> bool:
        sys.audit("os.rename", str(one), str(other))
        done = swap and in_one_step(one, other)
        sys.audit("os.rename", str(one), str(other))
        return done

    def action() -> None:
        with patch.object(exchange, "_swapped", exchanged):
            write_editions(sets.new, out=out)

    return action


def _stepping(action: Callable[[], object], out: Path, tell: Callable[[int], None]) -> Any:
    """Have `tell` called with the number of each operation on a file below a folder."""
    place, steps = str(out), 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        # A tree is removed by names within its folder.
        if event in ("os.remove", "os.rmdir") or (
            event.startswith(("open", "os.", "shutil.", "sqlite3.connect"))
            and any(str(argument).startswith(place) for argument in arguments[:2])
        ):
            steps += 1
            tell(steps)

    def counted() -> None:
        sys.addaudithook(hook)
        action()

    return counted


def _steps_of(action: Callable[[], object], out: Path) -> int:
    count = out.with_name("steps")
    said = out.with_name("said.txt")

    def tell(step: int) -> None:
        os.pwrite(descriptor, f"{step:9}".encode(), 0)

    descriptor = os.open(count, os.O_WRONLY | os.O_CREAT, 0o644)
    if _exit_code(_forked(_stepping(action, out, tell), said)):
        raise SystemExit(said.read_text())
    os.close(descriptor)
    return int(count.read_text())


def kill_builds(sets: Sets, folder: Path, *, kills: int, seed: int = 1, swap: bool = True) -> Tally:
    """Kill a writing process, half the times by the clock and half at a step of its own.

    Parameters
    ----------
    sets : Sets
    folder : Path
        Scratch.
    kills : int
    seed : int
    swap : bool
        Exchange in one step, where the system can; else by two renames.

    Returns
    -------
    Tally
    """
    out, chance, tally = folder / "maps", random.Random(seed), Tally()
    action = _write_new(sets, out, swap=swap)
    put_old(out, sets)
    start = time.monotonic()
    steps = _steps_of(action, out)
    took = time.monotonic() - start
    tally.found[f"file operations of one run: {steps:,}"] += 1
    # A quarter spread over all steps, a quarter over the last ones, in which folders are exchanged.
    part = max(1, kills // 4)
    plan: list[int | float] = [1 + steps * n // part for n in range(part)]
    plan += [1 + steps - steps // 3 + steps // 3 * n // part for n in range(part)]
    plan = plan[:kills] + [chance.uniform(0, took) for _ in range(kills - len(plan))]
    for moment in plan:
        put_old(out, sets)
        where = f"step {moment}" if isinstance(moment, int) else f"{moment:.3f} s"
        killed = _kill_once(action, out, moment)
        tally.found["killed" if killed else "ended before the kill"] += 1
        _judge(tally, sets, out, where, swap=swap)
    return tally


def _kill_once(action: Callable[[], object], out: Path, moment: float) -> bool:
    said = out.with_name("said.txt")
    if isinstance(moment, int):

        def tell(step: int) -> None:
            if step >= moment:
                os.kill(os.getpid(), signal.SIGKILL)

        child = _forked(_stepping(action, out, tell), said)
    else:
        child = _forked(action, said)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
    return _exit_code(child) == -signal.SIGKILL


def _judge(tally: Tally, sets: Sets, out: Path, where: str, *, swap: bool) -> None:
    """Look at the folders after a kill, let the next run clear up, and look again."""
    found = which_sets(out, sets)
    tally.found[f"after the kill: {' and '.join(found)}"] += 1
    # Two renames leave a moment without a folder, which the next run mends.
    whole = {"old", "new"} if swap else {"old", "new", "absent"}
    if not set(found) <= whole:
        tally.faults.append(f"{where}: {dict(zip(EDITIONS, found, strict=True))}")
    left = litter_of(out)
    with exchange.one_at_a_time(out):
        said = exchange.repair(out)
    again = which_sets(out, sets)
    tally.found[f"after the next run's repair: {' and '.join(again)}"] += 1
    tally.found.update(said)
    if not set(again) <= {"old", "new"}:
        tally.faults.append(f"{where}, repaired: {dict(zip(EDITIONS, again, strict=True))}")
    if left and not said:
        tally.faults.append(f"{where}: {left} were cleared up without a word")
    if litter_of(out):
        tally.faults.append(f"{where}: {litter_of(out)} are left")


def fill_disk(sets: Sets, folder: Path, *, sizes: int) -> Tally:
    """Write with too little room, at many sizes, up to one that is enough.

    Parameters
    ----------
    sets : Sets
    folder : Path
        Scratch.
    sizes : int
        How many, evenly spread.

    Returns
    -------
    Tally
    """
    tally = Tally()
    need = sum(path.stat().st_size for path in sets.new_folder.rglob("*") if path.is_file())
    with _small_disk(folder) as disk:
        out = (disk or folder) / "maps"
        tally.found["a tmpfs" if disk else "a limit on the size of files"] += 1
        for number in range(sizes):
            # Twice the set: a GeoPackage is packed anew beside itself.
            room = int(need * 2.2 * number / (sizes - 1))
            put_old(out, sets)
            if disk:
                _resize(disk, room)
                code, said = _write_in(sets, out, folder, None)
                _resize(disk, 4 * need + (64 << 20))
            else:
                code, said = _write_in(sets, out, folder, room // 4)
            _judge_full(tally, sets, out, f"{room:,} bytes", code, said)
    return tally


def _write_in(sets: Sets, out: Path, folder: Path, limit: int | None) -> tuple[int, str]:
    action = _write_new(sets, out, swap=True)

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        action()

    # What is said is not written on the full disk, and is short.
    said = folder / "said-full.txt"
    return _exit_code(_forked(limited, said)), said.read_text()


def _judge_full(tally: Tally, sets: Sets, out: Path, where: str, code: int, said: str) -> None:
    found = which_sets(out, sets)
    tally.found[f"exit {code}: {' and '.join(found)}"] += 1
    if code == 2:
        last = (said.strip().splitlines() or [""])[-1]
        tally.found[last.replace(str(out), "maps")[:150]] += 1
    expected = {0: ["new", "new"], 2: ["old", "old"]}.get(code)
    if found != expected:
        tally.faults.append(f"{where}: exit {code}, {found}: {said.strip()[-300:]}")
    # A line of ours, once; the library that writes TIFF files may have its own above it.
    if code == 2 and (said.count("vawg-geo: ") != 1 or "Traceback" in said):
        tally.faults.append(f"{where}: no clear message: {said.strip()[-300:]}")
    if litter_of(out):
        tally.faults.append(f"{where}: {litter_of(out)} are left")


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """Mount a tmpfs, or give None where that is not allowed."""
    place = folder / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(place)]
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _resize(disk: Path, room: int) -> None:
    state = os.statvfs(disk)
    used = (state.f_blocks - state.f_bfree) * state.f_frsize
    size = f"remount,size={(used + room) // 1024 + 4}k"
    subprocess.run(["mount", "-o", size, str(disk)], check=True)


def run_together(sets: Sets, folder: Path, *, builds: int) -> Tally:
    """Run the command several times at once into one folder, half of them for each set.

    Parameters
    ----------
    sets : Sets
        Of the small project.
    folder : Path
        Scratch.
    builds : int

    Returns
    -------
    Tally
    """
    tally, out = Tally(), folder / "together"
    commands = [
        [sys.executable, "-m", "vawg_geo", "build", str(config), "--quiet", "--out", str(out)]
        for config in [*(sets.configs or ())] * (builds // 2)
    ]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for command in commands]
    for one in running:
        said = one.communicate()[1].decode()
        tally.found[f"exit {one.returncode}"] += 1
        if one.returncode:
            tally.faults.append(said.strip()[-300:])
    found = which_sets(out, sets)
    tally.found[f"at the end: {' and '.join(found)}"] += 1
    if len(set(found)) != 1 or not set(found) <= {"old", "new"} or litter_of(out):
        tally.faults.append(f"at the end: {found}, beside them {litter_of(out)}")
    return tally


def _report(title: str, tally: Tally) -> bool:
    print(f"\n{title}")
    for words, times in tally.found.most_common():
        print(f"  {times:5,}  {words}")
    for fault in tally.faults:
        print(f"  FAULT  {fault}")
    print(f"  {'FAILED' if tally.faults else 'passed'}: {len(tally.faults):,} faults", flush=True)
    return bool(tally.faults)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do all three, and print what was found; gives 1 where something was not whole."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--sizes", type=int, default=40, help="of the disk")
    parser.add_argument("--together", type=int, default=8, help="builds at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--default", action="store_true", help="write the embedded default")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sets = make_sets(folder, default=options.default)
        wrong = []
        for swap, name in ((True, "one step"), (False, "two renames")):
            place = folder / name.replace(" ", "-")
            place.mkdir()
            kills = options.kills if swap else options.kills // 4
            tally = kill_builds(sets, place, kills=kills, seed=options.seed, swap=swap)
            wrong.append(_report(f"{kills} kills, exchange in {name}", tally))
        if options.sizes > 1:
            wrong.append(_report("A full disk", fill_disk(sets, folder, sizes=options.sizes)))
        if sets.configs and options.together:
            tally = run_together(sets, folder, builds=options.together)
            wrong.append(_report(f"{options.together} builds at once", tally))
    return int(any(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
