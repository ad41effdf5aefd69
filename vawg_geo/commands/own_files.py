"""What the commands share that go from an analyst's file to another, with nothing hidden."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import ConfigurationError, InputError, OutputError, VawgGeoError
from vawg_geo.terms.columns import LEVELS as LEVELS_OF_AREAS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd

    from vawg_geo.terms.bridges import Bridge

__all__ = [
    "LAYERS",
    "OWN_FILE",
    "SERIES",
    "TABLES",
    "InTime",
    "Reading",
    "add_in_time",
    "add_out",
    "add_reading",
    "add_reading_of_counts",
    "add_series_inputs",
    "advising_options",
    "as_options",
    "bridges_of",
    "joined_inputs",
    "pairs_of",
    "put_in_time",
    "read_inputs",
    "require_new",
    "require_place",
    "series_of",
    "write_own_file",
]

OWN_FILE: Final = "An analyst's file: no small number is hidden in it."
# What tells one series of a table of counts from another.
SERIES: Final = ("indicator", "sex", "period")
# Endings of what is written: tables, and tables or a layer with outlines.
TABLES: Final = (".csv", ".xlsx", ".parquet")
LAYERS: Final = (*TABLES, ".gpkg")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the two tables are read, where they do not say it themselves.

    Attributes
    ----------
    columns, population_columns : tuple of str
        `NAME=COLUMN`, our name to the table's heading; `counts=A,B` names several.
    sheet, sex, indicator, period, level : str or None
        Of the counts; see `read_counts`.
    population_sheet, population_sex, population_period : str or None
        Of the populations; see `read_population`.
    age_group : str
        Of the populations.
    """

    columns: tuple[str, ...] = ()
    sheet: str | None = None
    sex: str | None = None
    indicator: str | None = None
    period: str | None = None
    level: str | None = None
    population_columns: tuple[str, ...] = ()
    population_sheet: str | None = None
    population_sex: str | None = None
    population_period: str | None = None
    age_group: str = "16+"

    @classmethod
    def of(cls, options: argparse.Namespace) -> Reading:
        """Take them from a command's options."""
        given = {each.name: getattr(options, each.name) for each in fields(cls)}
        for name in ("columns", "population_columns"):
            given[name] = tuple(given[name] or ())
        return cls(**given)


def add_reading(command: argparse.ArgumentParser) -> None:
    """Add the options that say how a table of counts and one of populations are read."""
    command.add_argument("counts", type=Path, metavar="COUNTS")
    command.add_argument("--population", type=Path, required=True, metavar="FILE")
    group = command.add_argument_group("what the tables do not say themselves")
    add_reading_of_counts(group)
    group.add_argument("--level", choices=LEVELS_OF_AREAS, help="level of areas without codes")
    group.add_argument("--population-columns", help="columns of the population FILE", **_PAIRS)
    group.add_argument("--population-sheet", metavar="NAME")
    group.add_argument("--population-sex", metavar="WORD")
    group.add_argument("--population-period", metavar="WORD")
    group.add_argument("--age-group", default="16+", metavar="16+|16-59|all ages")


# Options that take pairs.
_PAIRS: Final[dict[str, Any]] = {"nargs": "+", "action": "extend", "metavar": "NAME=COLUMN"}


def add_reading_of_counts(group: argparse._ArgumentGroup) -> None:
    """Add the options that say how a table of counts is read."""
    group.add_argument("--columns", help="columns of the counts, as count=Incidents", **_PAIRS)
    group.add_argument("--sheet", metavar="NAME", help="sheet of a workbook of counts")
    for name in ("sex", "indicator", "period"):
        group.add_argument(f"--{name}", metavar="WORD", help=f"{name} of all counts")


def add_out(
    command: argparse.ArgumentParser, endings: Sequence[str], *, required: bool = True
) -> None:
    """Add the options of the file that is written."""
    metavar = f"FILE({'|'.join(endings)})"
    command.add_argument("--out", type=Path, required=required, metavar=metavar)
    command.add_argument(
        "--replace",
        action="store_true",
        help="replace the file, or the layer or sheet of the result in a .gpkg or .xlsx",
    )


def add_series_inputs(command: argparse.ArgumentParser) -> None:
    """Add the options of a command that looks at every series of a table on a map."""
    add_reading(command)
    command.add_argument("--areas", required=True, metavar="NAME|FILE")
    command.add_argument("--seed", type=int, default=12345)
    add_out(command, LAYERS)


def require_new(out: Path, *inputs: Path) -> None:
    """Refuse to write over what is read.

    Parameters
    ----------
    out : Path
        The file to write.
    *inputs : Path
        The files to read.

    Raises
    ------
    ConfigurationError
        The file to write is one of the inputs.
    """
    if any(out.resolve() == path.resolve() for path in inputs):
        msg = f"{out} is one of the inputs. Write to another file."
        raise ConfigurationError(msg)


def require_place(out: Path, endings: Sequence[str], *, name: str, replace: bool) -> None:
    """Refuse a place that cannot be written to, before the work and not after it.

    Parameters
    ----------
    out : Path
        The file to write.
    endings : sequence of str
        How its name may end.
    name : str
        Of the layer or sheet that is added to a `.gpkg` or `.xlsx` that is there already.
    replace : bool
        Whether what is there may be replaced.

    Raises
    ------
    ConfigurationError
        Its name ends otherwise.
    OutputError
        There is no such folder, the file is a GeoPackage that is open for editing, or what is there
        may not be replaced.

    Examples
    --------
    >>> require_place(Path("rates.doc"), TABLES, name="rates", replace=False)
    Traceback (most recent call last):
    ...
    vawg_geo.errors.ConfigurationError: rates.doc must end in .csv, .xlsx or .parquet.
    """
    from vawg_geo.files.added import require_room
    from vawg_geo.files.in_use import require_closed
    from vawg_geo.files.names import require_name
    from vawg_geo.files.whole import file_meant

    if out.suffix.lower() not in endings:
        msg = f"{out.name} must end in {', '.join(endings[:-1])} or {endings[-1]}."
        raise ConfigurationError(msg)
    require_name(out)
    if not out.parent.is_dir():
        msg = f"the folder {out.parent} does not exist. Make it, or write elsewhere."
        raise OutputError(msg)
    if out.suffix.lower() == ".gpkg":
        require_closed(file_meant(out))
    require_room(out, name, replace=replace)


def read_inputs(
    counts: Path, population: Path, *, reading: Reading | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Read counts and populations, and refuse counts that no such population could have.

    Parameters
    ----------
    counts, population : Path
        Tables, as `read_table` reads them.
    reading : Reading, optional
        What the tables do not say themselves.

    Returns
    -------
    (DataFrame, DataFrame, list of str)
        Counts, populations, and what a person should know of either. Where populations are of
        periods, there is one for each period of the counts.

    Raises
    ------
    InputError, ConfigurationError
        A table cannot be read; the message advises options of these commands.
    """
    from vawg_geo.areas.joining.denominators import populations_by_period
    from vawg_geo.inputs.counts import read_counts
    from vawg_geo.inputs.plausible import require_plausible_counts
    from vawg_geo.inputs.population import read_population
    from vawg_geo.terms.columns import population_key

    how = reading or Reading()
    with advising_options():
        events = read_counts(
            counts,
            columns=pairs_of(how.columns, "--columns"),
            level=how.level,
            indicator=how.indicator,
            sex=how.sex,
            period=how.period,
            sheet=how.sheet,
        )
    with advising_options("population-"):
        people = read_population(
            population,
            columns=pairs_of(how.population_columns, "--population-columns"),
            level=how.level,
            sex=how.population_sex,
            period=how.population_period,
            age_group=how.age_group,
            sheet=how.population_sheet,
        )
    notes = [f"Note: {note}" for table in (events, people) for note in table.attrs.pop("notes", [])]
    events, people, added = _with_persons(events, people)
    notes += [f"Note: {note}" for note in added]
    people, years = populations_by_period(people, events["period"])
    events = _without_lost_periods(events, people)
    key = population_key(people)
    require_plausible_counts(events.merge(people[[*key, "population"]], on=key))
    return events, people, [*notes, *(f"Note: {note}" for note in years)]


@dataclass(frozen=True, kw_only=True)
class InTime:
    """How periods are put together, and whether rates are made yearly.

    Attributes
    ----------
    pool : int or None
        See `pool_periods`; rates are yearly then too.
    annualise : bool
        See `person_years`.
    breaks : tuple of str
        First periods of new series.
    """

    pool: int | None = None
    annualise: bool = False
    breaks: tuple[str, ...] = ()

    @property
    def in_years(self) -> bool:
        """Whether residents are counted as person-years."""
        return self.annualise or self.pool is not None

    @classmethod
    def of(cls, options: argparse.Namespace) -> InTime:
        """Take them from a command's options."""
        return cls(pool=options.pool, annualise=options.annualise, breaks=tuple(options.breaks))


def add_in_time(command: argparse.ArgumentParser) -> None:
    """Add the options of `InTime`."""
    command.add_argument(
        "--pool", type=int, metavar="N", help="put N periods together first, never one in two"
    )
    command.add_argument(
        "--annualise",
        action="store_true",
        help="make rates of months, quarters or several years yearly: per person-years",
    )
    command.add_argument(
        "--break",
        dest="breaks",
        action="append",
        default=[],
        metavar="PERIOD",
        help="with --pool: a new series begins with this period, and no pool reaches across",
    )


def put_in_time(
    events: pd.DataFrame, people: pd.DataFrame, how: InTime
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Put periods together, and count residents in years, as asked; and what is to be said."""
    from vawg_geo.measures.time.periods import person_years, pool_periods

    if how.breaks and how.pool is None:
        msg = "--break goes with --pool: without it every period stands for itself."
        raise ConfigurationError(msg)
    notes: list[str] = []
    if how.in_years:
        people, notes = person_years(people, events["period"])
    if how.pool is not None:
        events, people, told = pool_periods(events, people, pool=how.pool, breaks=how.breaks)
        notes += told
    return events, people, [f"Note: {note}" for note in notes]


def pairs_of(given: Sequence[str], option: str) -> dict[str, Any] | None:
    """Our names to headings; several headings of counts, parted by commas, as a list."""
    pairs: dict[str, Any] = {}
    for text in given:
        name, sign, heading = text.partition("=")
        if not sign:
            msg = f"{option} {text!r} has no '='. Write NAME=COLUMN, as in count=Incidents."
            raise ConfigurationError(msg)
        pairs[name.strip()] = heading.split(",") if name.strip() == "counts" else heading
    return pairs or None


@contextmanager
def advising_options(prefix: str = "", *, command: str = "") -> Iterator[None]:
    """Say what to do in the words of a command: readers advise lines of a configuration.

    With a command that was typed, the message ends with it and the options that it lacks.
    """
    try:
        yield
    except VawgGeoError as error:
        text = as_options(str(error), prefix=prefix)
        options = [found[0] for found in _OPTION.finditer(text) if '..."' not in found[0]]
        if command and options:
            text = f"{text} Next: {command} {' '.join(options)}"
        raise type(error)(text) from error


_OPTION: Final = re.compile(r'--(?:columns|sheet|sex|indicator|period) "[^"]*"')


def as_options(text: str, *, prefix: str = "") -> str:
    """Turn the lines of a configuration that a message advises into options of a command.

    Parameters
    ----------
    text : str
    prefix : str
        What the options of the table start with.

    Examples
    --------
    >>> as_options('Say which: columns = { count = "Value" }.')
    'Say which: --columns "count=Value".'
    >>> as_options('Say it: sex = "persons" (or female, male).', prefix="population-")
    'Say it: --population-sex "persons" (or female, male).'
    >>> as_options('Say it: level = "ward", or age_group = "15+".', prefix="population-")
    'Say it: --level "ward", or --age-group "15+".'
    """

    def columns(found: re.Match[str]) -> str:
        pairs = re.sub(r'(\w+) = "([^"]*)"', r'"\1=\2"', found[1]).replace('",', '"')
        return f"--{prefix}columns {pairs}"

    text = re.sub(r"columns = \{ (.*?) \}", columns, text)
    text = re.sub(
        r'(?<![\w-])counts = \["([^\]]*)"\]',
        lambda m: f'--columns "counts={m[1].replace(chr(34) + ", " + chr(34), ",")}"',
        text,
    )
    text = re.sub(r'(?<![\w-])(sex|period|sheet) = (?=")', lambda m: f"--{prefix}{m[1]} ", text)
    text = re.sub(r'(?<![\w-])(indicator|level) = (?=")', r"--\1 ", text)
    return re.sub(r'(?<![\w-])age_group = (?=")', "--age-group ", text)


def _without_lost_periods(events: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Counts of periods of which nobody has residents are missing, with the reason.

    An area that has none is refused when its rate is computed.
    """
    from vawg_geo.words.figures import NO_RESIDENTS

    if "period" not in people:
        return events
    lost = events["count"].notna() & ~events["period"].isin(people["period"].unique())
    notes = events["note"].where(events["note"] == "", events["note"] + "; ") + NO_RESIDENTS
    return events.assign(
        count=events["count"].mask(lost),
        status=events["status"].mask(lost, "missing"),
        note=events["note"].mask(lost, notes),
    )


def _with_persons(
    events: pd.DataFrame, people: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Add all people to counts and populations that have women and men only."""
    import pandas as pd

    from vawg_geo.areas.joining.persons import persons_of_counts, persons_of_populations

    residents, notes = persons_of_populations(people)
    if len(residents):
        people = pd.concat([people, residents], ignore_index=True)
    persons, more = persons_of_counts(events)
    known = set(people.loc[people["sex"] == "persons", "area_code"])
    if len(persons) and set(persons["area_code"]) <= known:
        return pd.concat([events, persons], ignore_index=True), people, [*notes, *more]
    return events, people, notes


def joined_inputs(
    counts: Path, population: Path, areas: str, *, reading: Reading | None = None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[str]]:
    """Areas, and counts on all of them with their populations.

    Parameters
    ----------
    counts, population : Path
        CSV, XLSX or Parquet.
    areas : str
        A name of the catalogue, or a boundary file.
    reading : Reading, optional
        What the tables do not say themselves.

    Returns
    -------
    (GeoDataFrame, DataFrame, list of str)
        The areas, the joined table, and what a person should know.

    Raises
    ------
    InputError
        An area has no population.
    """
    from vawg_geo.areas.joining.join import join_counts
    from vawg_geo.inputs.boundaries.by_name import read_layer
    from vawg_geo.terms.columns import population_key

    events, people, notes = read_inputs(counts, population, reading=reading)
    layer = read_layer(areas)
    notes += [f"Note: {note}" for note in layer.attrs.pop("notes", [])]
    table = join_counts(events, layer, table=counts.name).table
    key = population_key(people)
    table = table.merge(people[[*key, "population"]], on=key, how="left")
    lacking = table["population"].isna()
    if lacking.any():
        row = table[lacking].iloc[0]
        of = f", {row['period']}" if "period" in key else ""
        msg = (
            f"{int(lacking.sum()):,} of {len(table):,} rows have no population; first: "
            f"{row['area_code']}, {row['sex']}{of}. Add them to {population.name}, or take these "
            "counts out."
        )
        raise InputError(msg)
    return layer, table, notes


def bridges_of(path: Path | None, layer: gpd.GeoDataFrame) -> tuple[tuple[Bridge, ...], list[str]]:
    """Pairs across water of a file, and what is to be said of them and of others like them."""
    from vawg_geo.areas.neighbours.bridges import bridge_notes, require_bridges
    from vawg_geo.areas.neighbours.facing import facing_pairs, facing_words
    from vawg_geo.inputs.bridges import read_bridges

    bridges = read_bridges(path) if path else ()
    require_bridges(bridges, layer, source=str(path), noun="areas")
    found = facing_pairs(layer, known=[one[:2] for one in bridges])
    asked = facing_words(found, areas=len(layer), noun="areas", where="--bridges")
    return bridges, [*bridge_notes(bridges, layer), *asked]


def series_of(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Rows of each series of a table, by area."""
    for _, rows in table.groupby(list(SERIES), sort=False):
        yield rows.set_index("area_code", drop=False)


def write_own_file(
    table: pd.DataFrame, layer: gpd.GeoDataFrame, out: Path, *, layer_name: str
) -> None:
    """Write a table, or, where the ending says so, a layer with outlines.

    Parameters
    ----------
    table : DataFrame
        Rows of areas, by `area_code`.
    layer : GeoDataFrame
        Outlines by `area_code`.
    out : Path
        See `require_place`.
    layer_name : str
        Of the layer in a GeoPackage, or of the sheet in a workbook; what else is in either stays.

    Raises
    ------
    OutputError
        It cannot be written. Nothing was changed then.
    """
    from vawg_geo.files.added import add_layer, add_table

    if out.suffix.lower() != ".gpkg":
        add_table(table, out, name=layer_name)
        return
    outlines: Any = layer[["area_code", "geometry"]]
    joined = outlines.merge(table, on="area_code", how="right")
    add_layer(joined, out, name=layer_name, about=OWN_FILE)
