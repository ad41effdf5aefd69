"""`vawg-geo build`: maps, layers and tables of every edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, Console
from vawg_geo.terms.editions import EDITIONS, FORMATS

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser("build", help="write maps, GeoPackage and tables")
    command.add_argument("config", nargs="?", type=Path, metavar="vawg.toml")
    command.add_argument("--out", type=Path, help="folder to write into (default: maps/)")
    command.add_argument(
        "--edition",
        action="append",
        choices=EDITIONS,
        help="may be given several times (default: the configuration's)",
    )
    command.add_argument("--report", action="store_true", help="with the report and its pictures")
    command.add_argument(
        "--formats",
        metavar="LIST",
        type=lambda text: text.split(","),
        help=f"layers for other tools too: {','.join(FORMATS)}",
    )
    command.add_argument(
        "--csv-bom",
        action="store_true",
        default=None,
        help="CSV files begin with a byte order mark, by which Excel knows their letters",
    )
    command.add_argument(
        "--keep-refused",
        type=Path,
        metavar="DIR",
        help="new folder, for you alone, that gets an edition that the audit refuses",
    )
    command.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return command


def run(options: argparse.Namespace) -> int:
    """Build, and say where each edition is."""
    from vawg_geo.pipeline import build
    from vawg_geo.project import default_project_path, find_project

    console = Console(quiet=options.quiet)
    path = find_project(options.config)
    which = "the embedded default" if path == default_project_path() else str(path)
    console.say(f"Building {which}")
    with console.progress() as step:
        built = build(
            options.config,
            out=options.out,
            editions=options.edition,
            progress=step,
            report=options.report,
            formats=options.formats,
            csv_bom=options.csv_bom,
            keep_refused=options.keep_refused,
        )
    for message in built.messages:
        console.note(message)
    for name, folder in built.folders.items():
        index = folder / "index.html"
        nothing = (
            "no map, since too much would have to be hidden; see tables/sources_and_caveats.csv"
        )
        console.say(f"{name}: {index if index.exists() else f'{folder}: {nothing}'}")
    return DONE
