"""The list of what must be shown, read strictly, and how one check of it is carried out."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import signal
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
import pandas as pd

__all__ = ["ROOT", "SHARED", "Check", "Line", "Outcome", "Result", "Runner", "read_lines"]

ROOT: Final = Path(__file__).resolve().parents[1]
SHARED: Final = ROOT.parent / "shared"
_MINUTES: Final = 20
_MINUTES_LONG: Final = 240
_TAIL: Final = 15
_FOLD: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "first": lambda values: values[0],
    "max": max,
    "min": min,
    "sum": sum,
    "mean": statistics.fmean,
}


class Outcome(StrEnum):
    """What became of a line, the worst first."""

    FAIL = "FAIL"
    NOT_RUN = "NOT RUN"
    NOT_MET = "NOT MET"
    PASS = "PASS"  # noqa: S105  (no password)


class Number(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A figure to look for: in what a command prints (`pattern`) or in a column of a table.

    Where there are several, `fold` says which counts. Without a limit it is told and not judged.
    """

    what: str
    pattern: str = ""
    column: str = ""
    where: dict[str, str] = {}
    fold: Literal["first", "max", "min", "sum", "mean"] = "first"
    at_least: float | None = None
    at_most: float | None = None

    def judge(self, values: Sequence[float]) -> tuple[Outcome, str]:
        """Outcome of the figures found, and words."""
        if not values:
            return Outcome.FAIL, f"{self.what}: no such figure"
        value = _FOLD[self.fold](values)
        limits = [
            ("at least", self.at_least, self.at_least is None or value >= self.at_least),
            ("at most", self.at_most, self.at_most is None or value <= self.at_most),
        ]
        asked = ", ".join(f"{words} {limit:g}" for words, limit, _ in limits if limit is not None)
        said = f"{self.what} {value:,.6g}" + (f" ({asked} asked)" if asked else "")
        met = all(holds for *_, holds in limits)
        return (Outcome.PASS if met else Outcome.NOT_MET), said


class Check(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One thing to run or to look at.

    Attributes
    ----------
    command, pytest : str
        What is run, in the project's folder; `pytest` gives its arguments alone. `{python}`,
        `{shared}` and `{scratch}` stand for the interpreter, the data folder beside the project
        and a folder of the line's own.
    table : str
        In place of a command: a committed table whose figures are judged.
    lines : tuple of str
        In place of a command: issues of which every line must have passed in this run.
    exit : int
    expect : tuple of str
        Patterns that must be found in what is printed.
    numbers : tuple of Number
    made, same_as : str
        A file that the command makes, and the committed one that it equals to the byte.
    needs : tuple of str
        Modules that are no part of the project's environment.
    long : bool
    ci : bool
        Whether a skipped test is a failure, as in CI.
    minutes : float
        After so long it is ended, and has failed.
    """

    command: str = ""
    pytest: str = ""
    table: str = ""
    lines: tuple[str, ...] = ()
    exit: int = 0
    expect: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    made: str = ""
    same_as: str = ""
    needs: tuple[str, ...] = ()
    long: bool = False
    ci: bool = True
    minutes: float | None = None

    def __post_init__(self) -> None:
        kinds = [self.command, self.pytest, self.table, self.lines]
        if sum(map(bool, kinds)) != 1:
            msg = "a check has one of command, pytest, table, lines"
            raise ValueError(msg)
        if bool(self.made) != bool(self.same_as):
            msg = "made and same_as go together"
            raise ValueError(msg)
        for number in self.numbers:
            if bool(number.column) != bool(self.table) or bool(number.pattern) == bool(self.table):
                msg = f"{number.what}: a table's figure has a column, a command's a pattern"
                raise ValueError(msg)

    @property
    def text(self) -> str:
        """What is run or looked at, as one would type it."""
        if self.pytest:
            # A check that may take long runs the tests that are marked so too.
            chosen = ' -m "long or not long"' if self.long else ""
            return f"{{python}} -m pytest -q -p no:cacheprovider{chosen} {self.pytest}"
        return self.command or self.table or f"lines of {', '.join(self.lines)}"


class Line(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A line of an issue's "what must be shown": `2.1` is the first of issue 2."""

    id: str
    shows: str
    check: tuple[Check, ...]

    @property
    def issue(self) -> str:
        """Number of the issue."""
        return self.id.partition(".")[0]


class _List(msgspec.Struct, forbid_unknown_fields=True):
    line: tuple[Line, ...]


class Result(NamedTuple):
    """Outcome of a check or a line, what was found, and how long it took."""

    outcome: Outcome
    found: tuple[str, ...]
    seconds: float = 0.0
    # What was printed at the end, where that explains a failure.
    tail: str = ""


class _Ran(NamedTuple):
    code: int | None
    printed: str
    seconds: float


def read_lines(path: Path) -> tuple[Line, ...]:
    """Read a list of lines; a key that is not known is an error.

    Raises
    ------
    ValueError
        The list cannot be used; says where.
    """
    try:
        lines = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _List, strict=False).line
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"{path.name} cannot be used: {error}"
        raise ValueError(msg) from error
    ids = [line.id for line in lines]
    if repeated := [one for one in ids if ids.count(one) > 1]:
        msg = f"{path.name} has line {repeated[0]} twice"
        raise ValueError(msg)
    return lines


class Runner:
    """Carries checks out; a command that several lines share runs once.

    Parameters
    ----------
    scratch : Path
        An empty folder.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._ran: dict[tuple[str, bool], _Ran] = {}

    def check(self, check: Check, line: str, passed: Mapping[str, Outcome]) -> Result:
        """Carry one check out.

        Parameters
        ----------
        check : Check
        line : str
            Whose it is.
        passed : mapping of str to Outcome
            Outcomes of all lines, for a check of lines.

        Returns
        -------
        Result
        """
        if check.lines:
            return _of_lines(check.lines, passed)
        if check.table:
            return _judged(check.numbers, lambda number: _of_table(ROOT / check.table, number))
        if absent := _absent(check):
            return Result(Outcome.NOT_RUN, (f"needs {absent}",))
        return self._run(check, line)

    def _run(self, check: Check, line: str) -> Result:
        scratch = self._scratch / line
        scratch.mkdir(exist_ok=True)
        names = {"python": sys.executable, "shared": str(SHARED), "scratch": str(scratch)}
        words = [word.format_map(names) for word in shlex.split(check.text)]
        key = (check.text if "{scratch}" not in check.text else shlex.join(words), check.ci)
        if key not in self._ran:
            limit = check.minutes or (_MINUTES_LONG if check.long else _MINUTES)
            self._ran[key] = _started(words, scratch, ci=check.ci, seconds=60 * limit)
        ran = self._ran[key]
        faults = list(_faults(check, ran))
        if check.made and not faults:
            made, committed = Path(check.made.format_map(names)), ROOT / check.same_as
            if not made.is_file() or made.read_bytes() != committed.read_bytes():
                faults.append(f"what it makes is not {check.same_as}")
        if faults:
            tail = "\n".join(ran.printed.strip().splitlines()[-_TAIL:])
            return Result(Outcome.FAIL, tuple(faults), ran.seconds, tail)
        judged = _judged(check.numbers, lambda number: _of_text(ran.printed, number))
        told = [*_counted(check, ran.printed), *judged.found]
        told += [f"equals {check.same_as}"] if check.made else []
        return Result(judged.outcome, tuple(told), ran.seconds)


def _absent(check: Check) -> str:
    lacking = [name for name in check.needs if importlib.util.find_spec(name) is None]
    if "{shared}" in check.text and not SHARED.is_dir():
        lacking.append("the data folder beside the project")
    return ", ".join(lacking)


def _started(words: list[str], scratch: Path, *, ci: bool, seconds: float) -> _Ran:
    """Run a command to its end, or end it and all that it started."""
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    environment |= {"CI": "true"} if ci else {}
    environment |= {"VAWG_GEO_CACHE": str(scratch / "cache"), "COLUMNS": "200"}
    folder = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join([folder, environment.get("PATH", os.defpath)])
    start = time.perf_counter()
    try:
        process = subprocess.Popen(  # noqa: S603  (the commands are the list's)
            words, cwd=ROOT, env=environment, text=True, errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return _Ran(None, f"cannot be started: {error}", 0.0)
    try:
        printed, _ = process.communicate(timeout=seconds)
        code: int | None = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        printed, _ = process.communicate()
        code, printed = None, f"{printed}\nended after {seconds / 60:g} minutes"
    except BaseException:
        # Who stops this script stops what it started.
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return _Ran(code, printed, time.perf_counter() - start)


def _faults(check: Check, ran: _Ran) -> list[str]:
    if ran.code is None:
        return [ran.printed.strip().splitlines()[-1]]
    faults = []
    if ran.code != check.exit:
        faults.append(f"exit code {ran.code}, not {check.exit}")
    if check.pytest and check.exit == 0:
        tally = _tally(ran.printed)
        if not tally.get("passed"):
            faults.append("no test ran")
        if tally.get("skipped") and check.ci:
            faults.append(f"{tally['skipped']:,} tests were skipped")
    faults += [f"not printed: {p}" for p in check.expect if not re.search(p, ran.printed, re.M)]
    return faults


def _tally(printed: str) -> dict[str, int]:
    """What pytest counts in its last line: `{"passed": 12, "skipped": 1}`."""
    last = printed.strip().splitlines()[-1:] or [""]
    return {what: int(count) for count, what in re.findall(r"(\d+) ([a-z]+)", last[0])}


def _counted(check: Check, printed: str) -> list[str]:
    return [f"{_tally(printed)['passed']:,} tests passed"] if check.pytest else []


def _judged(numbers: Sequence[Number], values: Callable[[Number], Sequence[float]]) -> Result:
    judged = [number.judge(values(number)) for number in numbers]
    order = list(Outcome)
    worst = min((outcome for outcome, _ in judged), key=order.index, default=Outcome.PASS)
    return Result(worst, tuple(words for _, words in judged))


def _of_text(printed: str, number: Number) -> list[float]:
    found = re.findall(number.pattern, printed, re.M | re.S)
    return [float(value.replace(",", "")) for value in found]


def _of_table(path: Path, number: Number) -> list[float]:
    if not path.is_file():
        return []
    table = pd.read_csv(path)
    for column, value in number.where.items():
        table = table[table[column].astype(str) == value]
    return [float(value) for value in table[number.column]]


def _of_lines(issues: Sequence[str], outcomes: Mapping[str, Outcome]) -> Result:
    mine = {one: outcome for one, outcome in outcomes.items() if one.partition(".")[0] in issues}
    others = [f"{one} {outcome}" for one, outcome in mine.items() if outcome is not Outcome.PASS]
    said = f"{len(mine) - len(others)} of {len(mine)} lines of issues {', '.join(issues)} pass"
    if not mine or Outcome.NOT_RUN in mine.values():
        return Result(Outcome.NOT_RUN, (said, *others))
    worst = Outcome.FAIL if Outcome.FAIL in mine.values() else Outcome.NOT_MET
    return Result(worst if others else Outcome.PASS, (said, *others))
