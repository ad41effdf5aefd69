"""`vawg-geo audit`: an attack on finished files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import Console

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "audit",
        help="attack finished files: can a hidden count be found out?",
        description=(
            "Reads finished files as a stranger would and bounds every hidden count by what the "
            "others give away. The report names cells: it is for the analyst only."
        ),
    )
    command.add_argument("path", type=Path, metavar="PATH", help="a built folder, or one file")
    command.add_argument(
        "--with",
        dest="beside",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="another folder that the same reader holds; may be given several times",
    )
    command.add_argument(
        "--known",
        action="append",
        type=Path,
        default=[],
        metavar="TABLE",
        help="a published table, printed in the folder or not; may be given several times",
    )
    command.add_argument(
        "--smallest", type=int, metavar="N", help="least protected count, where no file says it"
    )
    command.add_argument("--largest", type=int, metavar="N", help="greatest protected count")
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    return command


def run(options: argparse.Namespace) -> int:
    """Audit, print the findings, and return 1 where there are any."""
    from vawg_geo.audit.run import audit_files

    report = audit_files(
        options.path,
        beside=options.beside,
        known=options.known,
        smallest=options.smallest,
        largest=options.largest,
    )
    if options.json:
        print(report.to_json())
        return report.exit_code
    console = Console()
    console.table(report.table(), title="Findings, for the analyst only")
    for line in (*report.notes, *report.remedies()):
        console.note(line)
    console.say(report.summary())
    console.say(report.conclusion())
    return report.exit_code
