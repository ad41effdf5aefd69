"""`vawg-geo areas`: codes and names of the country looked up, of today and of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, Console

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run"]

_MOST = 40


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "areas",
        help="codes and names of England and Wales",
        description=(
            "Looks up districts, community safety partnerships, counties and police force areas "
            "for 'vawg-geo init --area', and with --wards wards too, by a part of their name or "
            "by code, those of former years with what became of them."
        ),
    )
    command.add_argument("name", metavar="NAME", help="a part of a name, or a code")
    command.add_argument("--wards", action="store_true", help="wards too")
    return command


def run(options: argparse.Namespace) -> int:
    """Print what is called so."""
    from vawg_geo.areas.country import look_up

    table = look_up(options.name, wards=options.wards)
    title = "Codes and names" if len(table) <= _MOST else f"The first {_MOST} of {len(table):,}"
    Console().table(table.head(_MOST), title=title)
    return DONE
