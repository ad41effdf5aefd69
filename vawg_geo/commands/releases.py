"""`vawg-geo releases`: the ledger of what went out before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, print_lines

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "releases",
        help="the ledger of what went out before",
        description=(
            "Every build notes what its editions show in vawg-releases/ beside the configuration, "
            "and looks at what was shown before: old and new figures together may give a hidden "
            "count away."
        ),
    )
    actions = command.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="one line for each release")
    listing.set_defaults(action=_list)
    forgetting = actions.add_parser("forget", help="say of a release that it never went out")
    forgetting.add_argument("name", metavar="NAME", help="as the list has it: public-0002")
    forgetting.set_defaults(action=_forget)
    for action in (listing, forgetting):
        action.add_argument("config", nargs="?", type=Path, metavar="vawg.toml")
    return command


def run(options: argparse.Namespace) -> int:
    """Do what the action says."""
    return int(options.action(options))


def _list(options: argparse.Namespace) -> int:
    from vawg_geo.inputs.releases import read_releases
    from vawg_geo.project import find_project

    lines = [one.says() for one in read_releases(find_project(options.config).parent)]
    print_lines(lines or ["No release is noted here."])
    return DONE


def _forget(options: argparse.Namespace) -> int:
    from vawg_geo.project import find_project
    from vawg_geo.release.ledger import forget_release

    path = forget_release(find_project(options.config).parent, options.name)
    print_lines([f"{path.stem} is forgotten: nothing is compared with it any more."])
    return DONE
