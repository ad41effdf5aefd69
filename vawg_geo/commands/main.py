"""The command line: parse, call, print, exit code. Each command imports what it needs."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo import __version__
from vawg_geo.commands.count import add_count
from vawg_geo.commands.rebase import add_rebase
from vawg_geo.commands.report import add_report
from vawg_geo.commands.style import add_style
from vawg_geo.errors import DecisionNeeded, VawgGeoError
from vawg_geo.terms.columns import LEVELS, RATE_METHODS, SIGNIFICANCE_RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

DONE, DECIDE, BAD_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `vawg-geo`; returns its exit code: 0 done, 1 a person must decide, 2 bad input."""
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
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
    _add_build(commands)
    _add_check(commands)
    _add_audit(commands)
    _add_rates(commands)
    _add_hotspots(commands)
    _add_scan(commands)
    add_count(commands)
    add_rebase(commands)
    add_report(commands)
    add_style(commands)
    _add_releases(commands)
    _add_init(commands)
    _add_boundaries(commands)
    return parser


def _add_build(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("build", help="write maps, GeoPackage and tables")
    command.add_argument("config", nargs="?", type=Path, metavar="vawg.toml")
    command.add_argument("--out", type=Path, help="folder to write into (default: maps/)")
    command.add_argument(
        "--edition",
        action="append",
        choices=("public", "partnership", "analyst"),
        help="may be given several times (default: the configuration's)",
    )
    command.add_argument("--report", action="store_true", help="with the report and its pictures")
    command.add_argument(
        "--formats",
        metavar="LIST",
        type=lambda text: text.split(","),
        help="layers for other tools too: flatgeobuf,geoparquet,shapefile",
    )
    command.add_argument(
        "--keep-refused",
        type=Path,
        metavar="DIR",
        help="new folder, for you alone, that gets an edition that the audit refuses",
    )
    command.add_argument("--quiet", action="store_true", help="print nothing but errors")
    command.set_defaults(run=_build)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("check", help="report on inputs and joins; write nothing")
    command.add_argument("config", nargs="?", type=Path, metavar="vawg.toml")
    command.set_defaults(run=_check)


def _add_audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    command.set_defaults(run=_audit)


def _add_rates(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "rates",
        help="rates with limits from a table of counts",
        description=(
            "Rates with limits, for the analyst's own use: nothing is hidden in the result. "
            "COUNTS has the columns area_code, sex, period, indicator, count; the population "
            "area_code, sex, population."
        ),
    )
    command.add_argument("counts", type=Path, metavar="COUNTS")
    command.add_argument("--population", type=Path, required=True, metavar="FILE")
    command.add_argument("--per", type=float, default=1000)
    command.add_argument("--method", choices=RATE_METHODS, default="public-health")
    command.add_argument("--confidence", type=float, default=0.95)
    command.add_argument("--comparator", metavar="CODE")
    command.add_argument("--rule", choices=SIGNIFICANCE_RULES, default="intervals-apart")
    command.add_argument("--out", type=Path, required=True, metavar="FILE")
    command.set_defaults(run=_rates)


def _add_series_inputs(command: argparse.ArgumentParser) -> None:
    command.add_argument("counts", type=Path, metavar="COUNTS")
    command.add_argument("--population", type=Path, required=True, metavar="FILE")
    command.add_argument("--areas", required=True, metavar="NAME|FILE")
    command.add_argument("--seed", type=int, default=12345)
    command.add_argument("--out", type=Path, required=True, metavar="FILE(.csv|.gpkg)")


def _add_hotspots(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "hotspots",
        help="local Moran or Gi* of a table of counts",
        description=(
            "Hotspots on empirical-Bayes-standardised rates, for the analyst's own use: nothing "
            "is hidden in the result."
        ),
    )
    _add_series_inputs(command)
    command.add_argument("--statistic", choices=("local-moran", "gi-star"), default="local-moran")
    command.add_argument("--weights", default="queen", metavar="queen|rook|knn:6|band:5000")
    command.add_argument("--permutations", type=int, default=99_999)
    command.add_argument("--correction", choices=("bh", "bonferroni", "none"), default="bh")
    command.add_argument(
        "--no-stability",
        action="store_true",
        help="do not try the labels under other neighbours and seeds: several times as fast",
    )
    command.set_defaults(run=_hotspots)


def _add_scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "scan",
        help="clusters by the circular scan of a table of counts",
        description="Kulldorff's circular Poisson scan, for the analyst's own use.",
    )
    _add_series_inputs(command)
    command.add_argument("--max-population", type=float, default=0.5)
    command.add_argument("--replicates", type=int, default=999)
    command.set_defaults(run=_scan)


def _add_releases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    listing.set_defaults(run=_releases_list)
    forgetting = actions.add_parser("forget", help="say of a release that it never went out")
    forgetting.add_argument("name", metavar="NAME", help="as the list has it: public-0002")
    forgetting.set_defaults(run=_releases_forget)
    for action in (listing, forgetting):
        action.add_argument("config", nargs="?", type=Path, metavar="vawg.toml")


def _add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("init", help="start a project for an area of one's own")
    command.add_argument("folder", type=Path, metavar="DIR")
    command.set_defaults(run=_init)


def _add_boundaries(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("boundaries", help="the catalogue of boundaries")
    actions = command.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="names, and where each layer is")
    listing.set_defaults(run=_boundaries_list)
    fetching = actions.add_parser("fetch", help="download an official layer")
    fetching.add_argument("name", metavar="NAME")
    fetching.add_argument(
        "--within", action="append", metavar="DISTRICT_CODE", help="only areas of these districts"
    )
    fetching.add_argument(
        "--service", metavar="URL", help="feature layer to ask, where the portal renamed its own"
    )
    fetching.set_defaults(run=_boundaries_fetch)
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
    adding.set_defaults(run=_boundaries_add)


def _build(options: argparse.Namespace) -> int:
    from vawg_geo.commands.console import Console
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
            keep_refused=options.keep_refused,
        )
    for message in built.messages:
        console.note(message)
    for name, folder in built.folders.items():
        console.say(f"{name}: {folder / 'index.html'}")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from vawg_geo.areas.joining.join import JoinRefusedError
    from vawg_geo.commands.check import check_project
    from vawg_geo.commands.console import Console

    console = Console()
    try:
        report = check_project(options.config)
    except JoinRefusedError as refused:
        console.table(refused.report, title="Rows that cannot be joined", error=True)
        raise
    for title, table in report.tables.items():
        console.table(table, title=title)
    for line in report.lines:
        console.say(line)
    for line in report.decisions:
        console.note(line)
    console.say("A person must decide." if report.decisions else "Nothing needs a decision.")
    return DECIDE if report.decisions else DONE


def _audit(options: argparse.Namespace) -> int:
    from vawg_geo.audit.run import audit
    from vawg_geo.commands.console import Console

    report = audit(
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


def _rates(options: argparse.Namespace) -> int:
    from vawg_geo.commands.own_files import rates_file

    lines = rates_file(
        options.counts,
        population=options.population,
        per=options.per,
        method=options.method,
        confidence=options.confidence,
        comparator=options.comparator,
        rule=options.rule,
        out=options.out,
    )
    return _print_all(lines)


def _hotspots(options: argparse.Namespace) -> int:
    from vawg_geo.commands.own_files import hotspots_file

    lines = hotspots_file(
        options.counts,
        population=options.population,
        areas=options.areas,
        out=options.out,
        statistic=options.statistic,
        weights=options.weights,
        permutations=options.permutations,
        seed=options.seed,
        correction=options.correction,
        stability=not options.no_stability,
    )
    return _print_all(lines)


def _scan(options: argparse.Namespace) -> int:
    from vawg_geo.commands.own_files import scan_file

    lines = scan_file(
        options.counts,
        population=options.population,
        areas=options.areas,
        out=options.out,
        max_population=options.max_population,
        replicates=options.replicates,
        seed=options.seed,
    )
    return _print_all(lines)


def _print_all(lines: Sequence[str]) -> int:
    for line in lines:
        print(line)
    return DONE


def _releases_list(options: argparse.Namespace) -> int:
    from vawg_geo.inputs.releases import read_releases
    from vawg_geo.project import find_project

    lines = [one.says() for one in read_releases(find_project(options.config).parent)]
    return _print_all(lines or ["No release is noted here."])


def _releases_forget(options: argparse.Namespace) -> int:
    from vawg_geo.project import find_project
    from vawg_geo.release.ledger import forget_release

    path = forget_release(find_project(options.config).parent, options.name)
    return _print_all([f"{path.stem} is forgotten: nothing is compared with it any more."])


def _init(options: argparse.Namespace) -> int:
    from vawg_geo.commands.templates import write_project

    for path in write_project(options.folder):
        print(path)
    return DONE


def _boundaries_list(_: argparse.Namespace) -> int:
    from vawg_geo.commands.console import Console
    from vawg_geo.inputs.catalogue.catalogue import catalogue_table

    Console().table(catalogue_table(), title="Boundaries")
    return DONE


def _boundaries_fetch(options: argparse.Namespace) -> int:
    from vawg_geo.commands.console import Console
    from vawg_geo.inputs.catalogue.fetch import fetch

    console = Console()
    with console.progress() as step:
        path = fetch(options.name, within=options.within, service=options.service, progress=step)
    console.say(f"{options.name}: {path}")
    return DONE


def _boundaries_add(options: argparse.Namespace) -> int:
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
