"""`vawg-geo boundaries`: the catalogue of boundaries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, Console
from vawg_geo.terms.columns import LEVELS

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser("boundaries", help="the catalogue of boundaries")
    actions = command.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="names, and where each layer is")
    listing.set_defaults(action=_list)
    fetching = actions.add_parser("fetch", help="download an official layer")
    fetching.add_argument("name", metavar="NAME")
    fetching.add_argument(
        "--within", action="append", metavar="DISTRICT_CODE", help="only areas of these districts"
    )
    fetching.add_argument(
        "--service", metavar="URL", help="feature layer to ask, where the portal renamed its own"
    )
    fetching.set_defaults(action=_fetch)
    adding = actions.add_parser("add", help="check a file and add it to the catalogue")
    adding.add_argument("file", type=Path, metavar="FILE")
    adding.add_argument("--name", help="name in the catalogue (default: the file's)")
    adding.add_argument("--level", choices=LEVELS)
    adding.add_argument("--vintage", metavar="YEAR", default="", help="year of the codes")
    adding.add_argument("--layer", help="where the file has several")
    adding.add_argument("--code", metavar="COLUMN", help="only where it cannot be guessed")
    adding.add_argument("--name-column", metavar="COLUMN")
    adding.add_argument("--parent", metavar="COLUMN", help="code of the district, for wards")
    adding.add_argument("--crs", help="only where the file says none, e.g. EPSG:27700")
    adding.add_argument("--replace", action="store_true", help="take the place of a former one")
    adding.set_defaults(action=_add)
    return command


def run(options: argparse.Namespace) -> int:
    """Do what the action says."""
    return int(options.action(options))


def _list(_: argparse.Namespace) -> int:
    from vawg_geo.inputs.catalogue.catalogue import catalogue_table

    Console().table(catalogue_table(), title="Boundaries")
    return DONE


def _fetch(options: argparse.Namespace) -> int:
    from vawg_geo.inputs.catalogue.fetch import fetch

    console = Console()
    with console.progress() as step:
        path = fetch(options.name, within=options.within, service=options.service, progress=step)
    console.say(f"{options.name}: {path}")
    return DONE


def _add(options: argparse.Namespace) -> int:
    from vawg_geo.inputs.catalogue.catalogue import add_file

    entry = add_file(
        options.file,
        name=options.name,
        level=options.level,
        vintage=options.vintage,
        layer=options.layer,
        code_column=options.code,
        name_column=options.name_column,
        parent_column=options.parent,
        crs=options.crs,
        overwrite=options.replace,
    )
    print(f'{entry.name}: {entry.rows:,} areas. Use boundaries = "{entry.name}" in vawg.toml.')
    return DONE
