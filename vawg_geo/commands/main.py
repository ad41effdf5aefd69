"""The command line: the list of commands, and what becomes of an error."""

from __future__ import annotations

import argparse
import gc
import io
import sys
from typing import TYPE_CHECKING, Final, Protocol

from vawg_geo import __version__
from vawg_geo.commands import (
    areas,
    audit,
    boundaries,
    build,
    change,
    check,
    concentration,
    count,
    emerging,
    hotspots,
    init,
    rates,
    rebase,
    releases,
    report,
    scan,
    smooth,
    style,
    trend,
)
from vawg_geo.commands.console import BAD_INPUT, DECIDE, DONE
from vawg_geo.errors import DecisionNeeded, VawgGeoError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.commands.console import Commands

__all__ = ["COMMANDS", "Command", "main", "make_parser"]


class Command(Protocol):
    """What the module of a command offers; what it needs it imports when it runs."""

    def add_parser(self, commands: Commands) -> argparse.ArgumentParser:
        """Add the command, and return its parser."""
        ...

    def run(self, options: argparse.Namespace) -> int:
        """Do it, and return the exit code."""
        ...


# In the order of the help.
COMMANDS: Final[tuple[Command, ...]] = (
    build,
    check,
    audit,
    rates,
    hotspots,
    scan,
    smooth,
    change,
    trend,
    emerging,
    concentration,
    count,
    rebase,
    report,
    style,
    releases,
    init,
    areas,
    boundaries,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `vawg-geo`; returns its exit code: 0 done, 1 a person must decide, 2 bad input."""
    # A console's code page may lack a letter (ŵ in cp1252): it is escaped, and ends no run.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    options = make_parser().parse_args(arguments)
    # A run of seconds frees little by looking for cycles, and imports make many objects: a tenth
    # of the default build went into looking.
    gc.set_threshold(100_000, 50, 50)
    try:
        return int(options.run(options))
    except VawgGeoError as error:
        print(f"vawg-geo: {error}", file=sys.stderr)
        return DECIDE if isinstance(error, DecisionNeeded) else BAD_INPUT
    except MemoryError:
        print(
            "vawg-geo: there is not enough memory for what was asked. Take out what is not needed "
            "of the input, or build fewer editions at once.",
            file=sys.stderr,
        )
        return BAD_INPUT
    except KeyboardInterrupt:
        print("vawg-geo: stopped; each file or edition is the old or the new one.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return DONE


def make_parser() -> argparse.ArgumentParser:
    """Parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="vawg-geo",
        description=(
            "Maps, layers and tables of violence against women and girls, from ward and district "
            "counts. Without a vawg.toml it builds the embedded default: Cambridgeshire and "
            "Peterborough, 2015/16."
        ),
        epilog="Exit codes: 0 done; 1 a person must decide; 2 bad input, nothing written.",
    )
    parser.add_argument("--version", action="version", version=f"vawg-geo {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands).set_defaults(run=command.run)
    return parser
