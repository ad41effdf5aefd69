"""`vawg-geo init`: a folder to start from, with an area of the country or with templates."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DONE
from vawg_geo.commands.own_files import add_reading_of_counts, advising_options, pairs_of
from vawg_geo.errors import ConfigurationError, OutputError
from vawg_geo.files.names import require_name

if TYPE_CHECKING:
    import argparse

    from vawg_geo.areas.country import CountryArea
    from vawg_geo.areas.own_outlines import OwnOutlines
    from vawg_geo.commands.console import Commands
    from vawg_geo.inputs.counts_told import HowRead

__all__ = ["add_parser", "run", "write_area_project", "write_project"]

_COPIED: Final = ("vawg.toml", "README.md")
_OF_COUNTS: Final = ("columns", "sheet", "sex", "indicator", "period")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser("init", help="start a project for an area of one's own")
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument(
        "--area",
        metavar="NAME",
        help="a district, community safety partnership, county or police force area of England "
        "and Wales, by name or code: its wards, residents and deprivation come with it",
    )
    command.add_argument(
        "--police",
        type=Path,
        metavar="FILE|FOLDER",
        help="with --area: street files of police.uk, or its zip, counted into its wards by "
        "financial year",
    )
    command.add_argument(
        "--counts",
        type=Path,
        metavar="FILE",
        help="with --area or --boundaries: counts by ward of one's own",
    )
    command.add_argument(
        "--boundaries",
        type=Path,
        metavar="FILE",
        help="outlines of one's own, whose level, columns and year are found; alone where they "
        "make up one area, else with --area",
    )
    command.add_argument("--layer", metavar="NAME", help="of a file of outlines with several")
    add_reading_of_counts(command.add_argument_group("what the table of --counts does not say"))
    return command


def run(options: argparse.Namespace) -> int:
    """Write the files, and say which."""
    if options.area is None and options.boundaries is None:
        if options.police or options.counts:
            msg = (
                "--police and --counts go with --area NAME or --boundaries FILE, which say into "
                "which wards."
            )
            raise ConfigurationError(msg)
        for path in write_project(options.folder):
            print(path)
        return DONE
    from vawg_geo.areas.extract import missing_words

    own = None
    if options.boundaries is not None:
        from vawg_geo.areas.own_outlines import read_outlines

        own = read_outlines(options.boundaries, layer=options.layer)
    area = _area_asked(options, own)
    how = _how_read(options)
    with advising_options(command=_command(options) if options.counts else ""):
        written, notes = write_area_project(
            options.folder, area, police=options.police, counts=options.counts, own=own, how=how
        )
    missing = missing_words(area) if own is None else []
    for line in (*map(str, written), *notes, *missing):
        print(line)
    print(f"{area}. Next: vawg-geo build {options.folder / 'vawg.toml'}")
    return DONE


def _how_read(options: argparse.Namespace) -> HowRead | None:
    """What is said of the table of counts."""
    from vawg_geo.inputs.counts_told import HowRead

    how = HowRead(
        columns=pairs_of(options.columns or (), "--columns") or {},
        **{name: getattr(options, name) for name in ("sheet", "indicator", "sex", "period")},
    )
    if how == HowRead():
        return None
    if options.counts is None:
        msg = "--columns, --sheet, --sex, --indicator and --period go with --counts FILE."
        raise ConfigurationError(msg)
    return how


def _command(options: argparse.Namespace) -> str:
    """What was typed, for a message to add an option to."""
    words = ["vawg-geo", "init", str(options.folder)]
    for name in ("area", "police", "counts", "boundaries", "layer", *_OF_COUNTS):
        value = getattr(options, name)
        values = value if isinstance(value, list) else [value]
        words += [f"--{name}", *map(str, values)] if value is not None else []
    return shlex.join(words)


def _area_asked(options: argparse.Namespace, own: OwnOutlines | None) -> CountryArea:
    """Area that is named, and said where it has another name; else that of the outlines."""
    if options.area is None and own is not None:
        from vawg_geo.areas.own_outlines import area_of_outlines

        return area_of_outlines(own)
    from vawg_geo.areas.country import find_area

    area = find_area(options.area)
    if area.former:
        print(f"{area.former} is a former code, now of {area}.")
    elif options.area.strip().casefold() not in (area.name.casefold(), area.code.casefold()):
        print(f"{options.area!r} is taken as {area}.")
    return area


def write_project(folder: Path) -> list[Path]:
    """Write a commented configuration, templates and a short guide into a new folder.

    Parameters
    ----------
    folder : Path
        Made where it is absent; nothing in it is overwritten.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    OutputError
        A file of the same name is there already, or the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as place:
    ...     [path.name for path in write_project(Path(place, "county"))]
    ['vawg.toml', 'README.md', 'ward_counts.csv', 'population.csv']
    """
    contents = {name: _template(name).encode("utf-8") for name in _COPIED}
    from vawg_geo.areas.project_of_area import empty_ward_counts

    contents["ward_counts.csv"] = empty_ward_counts(_embedded_wards(), period="2015/16")
    contents["population.csv"] = b"area_code,sex,population\n"
    return _write_all(folder, contents)


def write_area_project(
    folder: Path,
    area: CountryArea,
    *,
    police: Path | None = None,
    counts: Path | None = None,
    own: OwnOutlines | None = None,
    how: HowRead | None = None,
) -> tuple[list[Path], list[str]]:
    """Write a project of an area of the country: it builds as it stands.

    Parameters
    ----------
    folder : Path
        Made where it is absent; nothing in it is overwritten.
    area : CountryArea
        As `find_area` gives it.
    police : Path, optional
        Street files of police.uk: their violence and sexual offences, of all victims, are counted
        into the wards, by whole financial years.
    counts : Path, optional
        Counts by ward of one's own; the file is copied. Without both the table of counts is empty.
    own : OwnOutlines, optional
        In the place of the country's of their level.
    how : HowRead, optional
        How the counts of one's own are read, where they do not say it themselves.

    Returns
    -------
    written : list of Path
        A short configuration, a guide, a table of counts, and `area/` with outlines, residents,
        small areas and deprivation.
    notes : list of str
        What was found in the files of counts and outlines.

    Raises
    ------
    OutputError
        A file of the same name is there already, or the folder cannot be written to.
    InputError
        A file of counts cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from vawg_geo.areas.country import find_area
    >>> with tempfile.TemporaryDirectory() as place:
    ...     written, _ = write_area_project(Path(place, "sheffield"), find_area("Sheffield"))
    ...     [path.name for path in written][:3]
    ['vawg.toml', 'README.md', 'ward_counts.csv']
    """
    from vawg_geo.areas.project_of_area import contents_of_project

    contents, notes = contents_of_project(area, police=police, counts=counts, own=own, how=how)
    guide = {"README.md": _template("README-area.md").encode("utf-8")}
    first = {"vawg.toml": contents.pop("vawg.toml")}
    return _write_all(folder, first | guide | contents), notes


def _template(name: str) -> str:
    from importlib.resources import files

    return (files("vawg_geo.commands") / "templates" / name).read_text("utf-8")


def _write_all(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write files into a folder; nothing of it is replaced."""
    from vawg_geo.files.whole import write_whole

    require_name(folder)
    present = [name for name in contents if (folder / name).exists()]
    if present:
        msg = (
            f"{len(present)} of {len(contents)} files are in {folder} already; first: "
            f"{present[0]}. Choose another folder: nothing is overwritten."
        )
        raise OutputError(msg)
    try:
        for name, content in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, content)
    except OSError as error:
        msg = f"{folder} cannot be written to: {error}. Choose another folder."
        raise OutputError(msg) from None
    return [folder / name for name in contents]


def _embedded_wards() -> list[tuple[str, str]]:
    """Codes and names of the embedded wards of 2015."""
    import csv

    from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry, verified_path

    source = verified_path(read_registry(embedded_folder("data"))["population-wards-2015"])
    with source.open(encoding="utf-8", newline="") as stream:
        return [
            (row["area_code"], row["area_name"])
            for row in csv.DictReader(stream)
            if row["sex"] == "persons"
        ]
