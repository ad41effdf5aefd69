"""`vawg-geo rebase`: a file of ward counts to a file for the wards of another year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import OWN_FILE, TABLES, add_out, require_new, require_place
from vawg_geo.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    import pandas as pd

    from vawg_geo.areas.rebasing.rebase import Rebased
    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "rebase_file", "run"]

_MOST_LINES: Final = 40


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "rebase",
        help="counts of wards or districts for those of another year",
        description=(
            "Carries counts over to the wards or districts of another year, anywhere in England "
            "and Wales since 2009: areas that only got another code one to one, merged ones added "
            "up, the rest by residents, LSOA by LSOA. Totals stay exactly the same. Beside FILE it "
            "writes FILE-movements: which ward went where. For the analyst's own use: nothing is "
            "hidden in the result."
        ),
    )
    command.add_argument("counts", type=Path, metavar="COUNTS")
    command.add_argument(
        "--from",
        dest="source",
        metavar="wards-2015",
        help="default: for each period the year that has all its codes",
    )
    command.add_argument("--to", dest="target", required=True, metavar="wards-2025")
    command.add_argument(
        "--leave-out",
        action="store_true",
        help="leave out rows that cannot be carried over, and say which: codes of other years than "
        "--from, and wards from which no look-up leads on",
    )
    command.add_argument("--sheet", metavar="NAME", help="sheet of a workbook of counts")
    add_out(command, TABLES)
    command.add_argument("--integers", action="store_true", help="whole numbers, by remainders")
    command.add_argument(
        "--lookup",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="look-ups of your own, LSOA to wards or residents by LSOA; several times if need be",
    )
    return command


def run(options: argparse.Namespace) -> int:
    """Rebase, and say which ward went where."""
    lines = rebase_file(
        options.counts,
        source=options.source,
        target=options.target,
        out=options.out,
        integers=options.integers,
        lookup=options.lookup,
        leave_out=options.leave_out,
        sheet=options.sheet,
        replace=options.replace,
    )
    print_lines(lines)
    return DONE


def rebase_file(
    counts: Path,
    *,
    target: str,
    out: Path,
    source: str | None = None,
    integers: bool = False,
    lookup: Sequence[Path] = (),
    leave_out: bool = False,
    sheet: str | None = None,
    replace: bool = False,
) -> list[str]:
    """Rebase a file of ward counts and write the estimates to a file, the movements beside it.

    Parameters
    ----------
    counts : Path
        CSV, XLSX or Parquet. A column `basis` is heeded; without one the counts are taken as
        one's own.
    source, target, integers, leave_out : see `rebase_country`
    out : Path
        Its ending says the format. The table of which ward went where gets the same name with
        `-movements`.
    lookup : sequence of Path
        See `read_ward_lookup`; where empty, what the country's list of codes and look-ups say.
    sheet : str, optional
        Sheet of a workbook of counts.
    replace : bool
        Whether files, or the sheets `rebase`, that are there may be replaced.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.files.added import add_table
    from vawg_geo.inputs.counts import basis_told, read_counts

    beside = out.with_name(f"{out.stem}-movements{out.suffix}")
    for written in (out, beside):
        require_new(written, counts, *lookup)
        require_place(written, TABLES, name="rebase", replace=replace)
    level = "district" if target.strip().startswith("district") else "ward"
    table = read_counts(counts, level=level, basis=basis_told(counts, sheet=sheet), sheet=sheet)
    # A mixture of years is what the command is for.
    notes = [note for note in table.attrs.pop("notes", []) if "vawg-geo rebase" not in note]
    result = _carried(
        table, lookup, source=source, target=target, integers=integers, leave_out=leave_out
    )
    # The movements first: where anything fails, the counts are not there without them.
    add_table(result.movements, beside, name="rebase")
    add_table(result.counts, out, name="rebase")
    return [
        *(f"Note: {note}" for note in notes),
        *(f"Note: {note}" for note in result.notes),
        *_movement_lines(result.movements, beside),
        *_total_lines(result),
        f"{out}: {len(result.counts):,} counts, basis {result.counts['basis'].iloc[0]}. {OWN_FILE}",
        f"{beside}: {len(result.movements):,} rows, which ward went where.",
    ]


def _carried(
    table: pd.DataFrame,
    lookup: Sequence[Path],
    *,
    source: str | None,
    target: str,
    integers: bool,
    leave_out: bool,
) -> Rebased:
    """Counts of the other year, by look-ups that were given or by the country's."""
    from vawg_geo.areas.rebasing.country import rebase_country
    from vawg_geo.areas.rebasing.rebase import rebase
    from vawg_geo.inputs.ward_lookup import read_ward_lookup

    if not lookup:
        return rebase_country(
            table, source=source, target=target, integers=integers, leave_out=leave_out
        )
    if source is None:
        msg = "with look-ups of your own say of which year the counts are: --from wards-2015."
        raise ConfigurationError(msg)
    return rebase(table, read_ward_lookup(*lookup), source=source, target=target, integers=integers)


def _movement_lines(movements: pd.DataFrame, beside: Path) -> list[str]:
    """One line for each ward that did not keep its LSOAs."""
    moved = movements[~movements["same_lsoas"]]
    lines = []
    for (code, name), parts in moved.groupby(["from_code", "from_name"], sort=False):
        shares = ", ".join(
            f"{_percent(share)} % to {other} ({new})"
            for share, other, new in zip(
                parts["share_of_from"], parts["to_name"], parts["to_code"], strict=True
            )
        )
        warning = parts["warning"].iloc[0]
        lines.append(f"{name} ({code}): {shares}{f' [{warning}]' if warning else ''}")
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], f"... and {more:,} more wards in {beside.name}"]
    return lines


def _total_lines(result: Rebased) -> list[str]:
    lines = []
    level = result.counts["level"].iloc[0]
    for row in result.totals.to_dict("records"):
        aside = row["count_in_wards_without_figure"]
        lines.append(
            f"{row['indicator']}, {row['sex']}, {row['period']}: {_number(row['count_before'])} in "
            f"{row['wards_before']:,} {level}s before, {_number(row['count_after'])} in "
            f"{row['wards_after']:,} after"
            + (f", and {_number(aside)} in {level}s without a figure" if aside else "")
        )
    return lines


def _number(number: float) -> str:
    return f"{number:,.6f}".rstrip("0").removesuffix(".")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")
