"""What all commands print with: lines for a person at a terminal, plain elsewhere; exit codes."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd

__all__ = ["BAD_INPUT", "DECIDE", "DONE", "Commands", "Console", "print_lines"]

# Exit codes: done; a person must decide; bad input, and nothing was written.
DONE: Final = 0
DECIDE: Final = 1
BAD_INPUT: Final = 2
# What a command adds its parser to; argparse has no public name for it.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001

_MOST_ROWS: Final = 30


def print_lines(lines: Iterable[str]) -> None:
    """Print lines, each as it stands."""
    for line in lines:
        print(line)


class Console:
    """Prints steps, notes and tables; `rich` draws only where there is a terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.terminal = sys.stdout.isatty()

    def say(self, line: str) -> None:
        """Print a line."""
        if not self.quiet:
            print(line, flush=True)

    def note(self, line: str) -> None:
        """Print a line that a person should not overlook."""
        if self.quiet:
            return
        if self.terminal:
            from rich.console import Console as Rich

            Rich().print("Note: ", end="", style="bold yellow")
        else:
            print("Note: ", end="")
        print(line, flush=True)

    def table(self, frame: pd.DataFrame, *, title: str, error: bool = False) -> None:
        """Print the first rows of a table, without columns that are empty throughout."""
        stream = sys.stderr if error else sys.stdout
        if self.quiet or frame.empty:
            return
        shown = frame.loc[:, [c for c in frame if (frame[c].astype(str) != "").any()]]
        print(f"{title} ({len(frame):,})", file=stream)
        print(shown.head(_MOST_ROWS).to_string(index=False), file=stream)
        if len(shown) > _MOST_ROWS:
            print(f"... and {len(shown) - _MOST_ROWS:,} more", file=stream)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Give a function that reports a step."""
        if self.quiet or not self.terminal:
            yield self.say
            return
        from rich.console import Console as Rich

        rich = Rich()
        with rich.status("Starting") as status:

            def step(line: str) -> None:
                status.update(line)

            yield step
