"""`vawg-geo report`: the report and its pictures of an edition, without the rest of a build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.terms.editions import EDITIONS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "report_files", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "report",
        help="write the report, and its maps and charts as pictures",
        description=(
            "Writes report.html and report.pdf, and pictures/ with the maps and charts of what the "
            "report shows as SVG and PNG, for each edition. What is written is audited as by build."
        ),
    )
    command.add_argument("config", nargs="?", type=Path, metavar="vawg.toml")
    command.add_argument("--out", type=Path, default=Path("report"), metavar="DIR")
    command.add_argument(
        "--edition",
        action="append",
        choices=EDITIONS,
        help="may be given several times (default: public)",
    )
    return command


def run(options: argparse.Namespace) -> int:
    """Write the reports, and say where they are."""
    print_lines(report_files(options.config, out=options.out, editions=options.edition))
    return DONE


def report_files(
    config: Path | None = None, *, out: Path, editions: Sequence[str] | None = None
) -> list[str]:
    """Write reports and pictures of editions, each into a folder of its own.

    Parameters
    ----------
    config : Path, optional
        As for `build`.
    out : Path
        Gets a folder for each edition; one of the same name is replaced as a whole.
    editions : sequence of str, optional
        By default the public one.

    Returns
    -------
    list of str
        What to tell at the console.

    Raises
    ------
    VawgGeoError
        An input cannot be used, or the audit found that a file gives away what it should hide;
        nothing was written.
    """
    from vawg_geo.pipeline import write_reports

    built = write_reports(config, out=out, editions=editions or ["public"])
    return [
        *built.messages,
        *(f"{name}: {folder / 'report.html'}" for name, folder in built.folders.items()),
    ]
