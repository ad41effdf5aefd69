"""Everything that the issues say must be shown, run and judged in one go.

    python scripts/shown.py [--all] [--only 3.2 --only 7] [--list] [--out TABLE.md]

Each line of each issue has its commands in `shown.toml`, with what they must print. A line is

- PASS: every command ended as it should, printed what it should, and every figure keeps its limit;
- NOT MET: all ran, and a figure misses its limit; the figure is told;
- FAIL: a command ended otherwise, a text or a figure is absent, or a test was skipped;
- NOT RUN: left out because it takes long (`--all` runs it), or something that it needs is absent.

Exit code 0 where every line that was asked for passes (checks that take long are asked for by
`--all` alone), 1 otherwise, 2 where the list or the options cannot be used. Run it from an
environment with the extra `dev`; the data folder beside the project, Chromium, node and QGIS are
needed as in CI.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from _shown import ROOT, Line, Outcome, Result, Runner, read_lines

__all__ = ["LIST", "main", "run"]

LIST: Final = Path(__file__).with_name("shown.toml")
_LEFT_OUT: Final = "left out: takes long"


def chosen(lines: Sequence[Line], only: Sequence[str]) -> list[Line]:
    """Lines whose number or issue is asked for; all where nothing is.

    Raises
    ------
    ValueError
        No line has such a number.
    """
    known = {line.id for line in lines} | {line.issue for line in lines}
    if strange := [one for one in only if one not in known]:
        msg = f"{len(strange)} of {len(only)} lines are not in the list; first: {strange[0]!r}."
        raise ValueError(f"{msg} --list shows them all.")
    return [line for line in lines if not only or line.id in only or line.issue in only]


def run_line(line: Line, runner: Runner, outcomes: dict[str, Outcome], *, long: bool) -> Result:
    """Carry out a line's checks, and sum them up.

    Parameters
    ----------
    line : Line
    runner : Runner
    outcomes : dict of str to Outcome
        Of the lines before.
    long : bool
        Whether checks that take long are run.

    Returns
    -------
    Result
    """
    found: list[str] = []
    results = []
    for check in line.check:
        if check.long and not long:
            found.append(f"{_LEFT_OUT}: {check.text}")
            continue
        result = runner.check(check, line.id, outcomes)
        results.append(result)
        found += result.found
    order = list(Outcome)
    worst = min((r.outcome for r in results), key=order.index, default=Outcome.NOT_RUN)
    tail = "\n".join(result.tail for result in results if result.tail)
    return Result(worst, tuple(found), sum(result.seconds for result in results), tail)


def run(lines: Sequence[Line], *, long: bool) -> dict[str, Result]:
    """Carry out lines in turn, telling each as it ends.

    Parameters
    ----------
    lines : sequence of Line
    long : bool
        Whether checks that take long are run.

    Returns
    -------
    dict of str to Result
        By the line's number.
    """
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(prefix="shown-") as folder:
        runner = Runner(Path(folder))
        for line in lines:
            print(f"{line.id}  {line.shows}", flush=True)
            before = {one: result.outcome for one, result in results.items()}
            result = results[line.id] = run_line(line, runner, before, long=long)
            print(f"{'':5}{result.outcome}  ({result.seconds:.1f} s)")
            print("".join(f"{'':7}{words}\n" for words in result.found), end="", flush=True)
            if result.tail:
                print("\n".join(f"{'':9}| {row}" for row in result.tail.splitlines()), flush=True)
    return results


def summary(lines: Sequence[Line], results: dict[str, Result]) -> str:
    """The results as a table, and how many lines came out how."""
    rows = ["| line | what must be shown | result | found | s |", "|---|---|---|---|---:|"]
    for line in lines:
        result = results[line.id]
        found = "; ".join(result.found).replace("|", "\\|").replace("{python}", "python")
        rows.append(
            f"| {line.id} | {line.shows} | {result.outcome} | {found} | {result.seconds:.0f} |"
        )
    tally = Counter(result.outcome for result in results.values())
    told = ", ".join(f"{tally[outcome]} {outcome}" for outcome in reversed(Outcome))
    return "\n".join([*rows, "", f"{len(lines)} lines: {told}"])


def listed(lines: Sequence[Line]) -> str:
    """Every line with its commands."""
    rows = []
    for line in lines:
        rows.append(f"{line.id}  {line.shows}")
        for check in line.check:
            mark = " (long)" if check.long else ""
            rows.append(f"{'':7}{check.text.replace('{python}', 'python')}{mark}")
    return "\n".join(rows)


def _everything_passed(results: dict[str, Result], *, long: bool) -> bool:
    for result in results.values():
        left_out = bool(result.found) and all(w.startswith(_LEFT_OUT) for w in result.found)
        if result.outcome is Outcome.NOT_RUN and left_out and not long:
            continue
        if result.outcome is not Outcome.PASS:
            return False
    return True


def main(arguments: Sequence[str] | None = None, *, path: Path = LIST) -> int:
    """Read the list, run what is asked for, print; gives the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="what takes long too (hours)")
    parser.add_argument("--only", action="append", default=[], metavar="LINE", help="3.2, or 3")
    parser.add_argument("--list", action="store_true", help="print the lines and run nothing")
    parser.add_argument("--out", type=Path, help="write the table to this file too")
    options = parser.parse_args(arguments)
    try:
        lines = chosen(read_lines(path), options.only)
    except ValueError as error:
        print(f"shown: {error}", file=sys.stderr)
        return 2
    if options.list:
        print(listed(lines))
        return 0
    results = run(lines, long=options.all)
    table = summary(lines, results).replace(str(ROOT), ".")
    print(f"\n{table}")
    if options.out:
        options.out.write_text(f"{table}\n", "utf-8")
    return 0 if _everything_passed(results, long=options.all) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
