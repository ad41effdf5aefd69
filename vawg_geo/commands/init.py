"""`vawg-geo init`: a folder to start from, with an area of the country or with templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DONE
from vawg_geo.errors import ConfigurationError, InputError, OutputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from vawg_geo.areas.country import CountryArea
    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run", "write_area_project", "write_project"]

_COPIED: Final = ("vawg.toml", "README.md")


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
        "--counts", type=Path, metavar="FILE", help="with --area: counts by ward of one's own"
    )
    return command


def run(options: argparse.Namespace) -> int:
    """Write the files, and say which."""
    if options.area is None:
        if options.police or options.counts:
            msg = "--police and --counts go with --area NAME, which says into which wards."
            raise ConfigurationError(msg)
        for path in write_project(options.folder):
            print(path)
        return DONE
    from vawg_geo.areas.country import find_area
    from vawg_geo.areas.extract import missing_words

    area = find_area(options.area)
    if area.former:
        print(f"{area.former} is a former code of {area}.")
    written, notes = write_area_project(
        options.folder, area, police=options.police, counts=options.counts
    )
    for line in (*map(str, written), *notes, *missing_words(area)):
        print(line)
    print(f"{area}. Next: vawg-geo build {options.folder / 'vawg.toml'}")
    return DONE


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
    contents["ward_counts.csv"] = _empty_ward_counts(_embedded_wards(), period="2015/16")
    contents["population.csv"] = b"area_code,sex,population\n"
    return _write_all(folder, contents)


def write_area_project(
    folder: Path, area: CountryArea, *, police: Path | None = None, counts: Path | None = None
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

    Returns
    -------
    written : list of Path
        A short configuration, a guide, a table of counts, and `area/` with outlines, residents,
        small areas and deprivation.
    notes : list of str
        What was found in the files of counts.

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
    from vawg_geo.areas.extract import area_layers, area_tables

    layers, tables = area_layers(area), area_tables(area)
    outlines = {
        _outlines_of(level): _as_geopackage(layer, level) for level, layer in layers.items()
    }
    table, periods, notes = _counts_of(area, layers["ward"], police, counts)
    basis = "published" if police and not counts else "own"
    contents = {
        "vawg.toml": _configuration(area, layers, periods=periods, basis=basis).encode("utf-8"),
        "README.md": _template("README.md").encode("utf-8"),
        "ward_counts.csv": table,
    }
    for name, frame in tables.items():
        contents[f"area/{name}.csv"] = frame.to_csv(index=False, lineterminator="\n").encode()
    return _write_all(folder, contents | outlines), notes


def _counts_of(
    area: CountryArea,
    wards: gpd.GeoDataFrame,
    police: Path | None,
    counts: Path | None,
) -> tuple[bytes, list[str], list[str]]:
    """Table of counts, its periods, and what is to be said of it."""
    if counts is not None:
        return _own_counts(counts)
    if police is not None:
        return _police_counts(police, wards)
    names = zip(wards["area_code"], wards["area_name"], strict=True)
    note = f"ward_counts.csv has no count yet: put those of {area.name} into it."
    return _empty_ward_counts(names, period=_NEWEST), [_NEWEST], [note]


def _own_counts(path: Path) -> tuple[bytes, list[str], list[str]]:
    from vawg_geo.inputs.counts import read_counts

    table = read_counts(path, level="ward")
    periods = list(dict.fromkeys(table["period"]))
    note = f"{path.name}: {len(table):,} counts of {table['area_code'].nunique():,} areas"
    kept = ["area_code", "area_name", "indicator", "sex", "period", "count"]
    text = table[kept].to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8"), periods, [note]


def _police_counts(police: Path, wards: gpd.GeoDataFrame) -> tuple[bytes, list[str], list[str]]:
    from vawg_geo.areas.counting.count_points import count_points, count_table
    from vawg_geo.areas.counting.told import NEAR_METRES, account_of, doubtful_months
    from vawg_geo.areas.counting.years import whole_periods
    from vawg_geo.inputs.points.plan import plan_points

    source = plan_points(police, category=_CATEGORY)
    if not source.columns.month:
        msg = f"{police.name} has no column Month: --police takes street files of police.uk."
        raise InputError(msg)
    result = count_points(source, wards, near=NEAR_METRES)
    counts, lacking = whole_periods(
        result.counts, by="financial-year", doubtful=doubtful_months(result)
    )
    table = count_table(counts, wards, indicator=_OFFENCES, level="ward", basis="published")
    kept = table[["area_code", "area_name", "indicator", "sex", "period", "count"]]
    text = kept.to_csv(index=False, lineterminator="\n")
    periods = list(dict.fromkeys(kept["period"]))
    notes = [*source.notes, *account_of(result, source, wards), *lacking]
    return text.encode("utf-8"), periods, notes


# The newest financial year that has ended.
_NEWEST: Final = "2024/25"
_CATEGORY: Final = ("Crime type", "Violence and sexual offences")
_OFFENCES: Final = "violence and sexual offences, all victims"


def _outlines_of(level: str) -> str:
    return f"area/{level}.gpkg"


def _as_geopackage(layer: gpd.GeoDataFrame, name: str) -> bytes:
    import tempfile

    import pyogrio

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{name}.gpkg"
        pyogrio.write_dataframe(layer, path, layer=name)
        return path.read_bytes()


def _configuration(
    area: CountryArea,
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    periods: list[str],
    basis: str,
) -> str:
    """What `vawg.toml` says of an area: what is there, and nothing that is as usual."""
    from vawg_geo.areas.extract import attribution_of

    index, score = _INDEX[area.country]
    levels = "".join(
        f'[areas.{level}]\nboundaries = "{_outlines_of(level)}"\nvintage = "2025"\n'
        for level in layers
    )
    return _AREA_CONFIGURATION.format(
        area=area,
        name=area.name,
        levels=levels,
        period=_span(periods),
        basis=basis,
        comparator=area.code,
        attribution=attribution_of(area),
        index=index,
        score=score,
    )


def _span(periods: list[str]) -> str:
    ordered = sorted(periods)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"


# Scores of income: the index holds a domain of crime, and a rate of crimes set against it would
# partly be set against itself.
_INDEX: Final = {
    "England": ("Income deprivation, English Indices of Deprivation 2025", "income"),
    "Wales": ("Income deprivation, Welsh Index of Multiple Deprivation 2019", "income"),
}
_AREA_CONFIGURATION: Final = """\
# {area}, wards of 2025. What else may stand here: docs/configuration.md, or `vawg-geo init DIR`
# without --area writes every option with a comment.

[project]
title = "Violence against women and girls in {name}, {period}"
period = "{period}"
attribution = ["{attribution}"]

{levels}
[[counts]]
file = "ward_counts.csv"
basis = "{basis}"
level = "ward"
vintage = "2025"

[population]
series = "ONS mid-2023; wards estimated from small areas and from mid-2020"
date = "2023-06-30"
[[population.files]]
file = "area/residents_wards.csv"
level = "ward"
basis = "estimated"
[[population.files]]
file = "area/residents_districts.csv"

[significance]
comparator = "{comparator}"

[overlays.lsoas]
file = "area/lsoas.csv"
points = "area/lsoas.csv"
[overlays.deprivation]
file = "area/deprivation.csv"
title = "{index}"
columns = {{ score = "{score}_score", rank = "{score}_rank", decile = "{score}_decile" }}
"""


def _template(name: str) -> str:
    from importlib.resources import files

    return (files("vawg_geo.commands") / "templates" / name).read_text("utf-8")


def _write_all(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write files into a folder; nothing of it is replaced."""
    from vawg_geo.files.whole import write_whole

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


def _empty_ward_counts(wards: Iterable[tuple[str, str]], *, period: str) -> bytes:
    """Wards with no count yet, as CSV."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["area_code", "area_name", "indicator", "sex", "period", "count"])
    for code, name in wards:
        writer.writerow([code, name, "domestic abuse crimes", "persons", period, ""])
    return text.getvalue().encode("utf-8")
