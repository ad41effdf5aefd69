"""What the commands share that go from an analyst's file to another, with nothing hidden."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import ConfigurationError, InputError, OutputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd

__all__ = [
    "LAYERS",
    "OWN_FILE",
    "SERIES",
    "TABLES",
    "add_series_inputs",
    "joined_inputs",
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


def add_series_inputs(command: argparse.ArgumentParser) -> None:
    """Add the options of a command that looks at every series of a table on a map."""
    command.add_argument("counts", type=Path, metavar="COUNTS")
    command.add_argument("--population", type=Path, required=True, metavar="FILE")
    command.add_argument("--areas", required=True, metavar="NAME|FILE")
    command.add_argument("--seed", type=int, default=12345)
    command.add_argument("--out", type=Path, required=True, metavar="FILE(.csv|.gpkg)")


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


def require_place(out: Path, endings: Sequence[str]) -> None:
    """Refuse a place that cannot be written to, before the work and not after it.

    Parameters
    ----------
    out : Path
        The file to write.
    endings : sequence of str
        How its name may end.

    Raises
    ------
    ConfigurationError
        Its name ends otherwise.
    OutputError
        There is no such folder, or the file is a GeoPackage that is open for editing.

    Examples
    --------
    >>> require_place(Path("rates.doc"), TABLES)
    Traceback (most recent call last):
    ...
    vawg_geo.errors.ConfigurationError: rates.doc must end in .csv, .xlsx or .parquet.
    """
    from vawg_geo.files.in_use import require_closed
    from vawg_geo.files.whole import file_meant

    if out.suffix.lower() not in endings:
        msg = f"{out.name} must end in {', '.join(endings[:-1])} or {endings[-1]}."
        raise ConfigurationError(msg)
    if not out.parent.is_dir():
        msg = f"the folder {out.parent} does not exist. Make it, or write elsewhere."
        raise OutputError(msg)
    if out.suffix.lower() == ".gpkg":
        require_closed(file_meant(out))


def read_inputs(counts: Path, population: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Read counts and populations, and refuse counts that no such population could have.

    Parameters
    ----------
    counts, population : Path
        CSV, XLSX or Parquet.

    Returns
    -------
    (DataFrame, DataFrame, list of str)
        Counts, populations, and what a person should know of either.
    """
    from vawg_geo.inputs.counts import read_counts
    from vawg_geo.inputs.plausible import require_plausible_counts
    from vawg_geo.inputs.population import read_population

    events = read_counts(counts)
    people = read_population(population)
    notes = [f"Note: {note}" for table in (events, people) for note in table.attrs.pop("notes", [])]
    require_plausible_counts(
        events.merge(people[["area_code", "sex", "population"]], on=["area_code", "sex"])
    )
    return events, people, notes


def joined_inputs(
    counts: Path, population: Path, areas: str
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[str]]:
    """Areas, and counts on all of them with their populations.

    Parameters
    ----------
    counts, population : Path
        CSV, XLSX or Parquet.
    areas : str
        A name of the catalogue, or a boundary file.

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

    events, people, notes = read_inputs(counts, population)
    layer = read_layer(areas)
    notes += [f"Note: {note}" for note in layer.attrs.pop("notes", [])]
    table = join_counts(events, layer, table=counts.name).table
    table = table.merge(
        people[["area_code", "sex", "population"]], on=["area_code", "sex"], how="left"
    )
    lacking = table["population"].isna()
    if lacking.any():
        msg = (
            f"{int(lacking.sum()):,} of {len(table):,} rows have no population; first: "
            f"{table.loc[lacking, 'area_code'].iloc[0]}. Add these areas and sexes to "
            f"{population.name}."
        )
        raise InputError(msg)
    return layer, table, notes


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
        Of the layer in a GeoPackage.

    Raises
    ------
    OutputError
        It cannot be written. Nothing was changed then.
    """
    from vawg_geo.files.table import write_table

    if out.suffix.lower() != ".gpkg":
        write_table(table, out)
        return
    import pyogrio

    from vawg_geo.files.in_use import require_closed
    from vawg_geo.files.whole import file_meant, written_whole

    outlines: Any = layer[["area_code", "geometry"]]
    try:
        with written_whole(out) as draft:
            pyogrio.write_dataframe(
                outlines.merge(table, on="area_code", how="right"),
                draft,
                layer=layer_name,
                geometry_type="MultiPolygon",
                promote_to_multi=True,
                dataset_options={"VERSION": "1.3"},
                layer_options={"DESCRIPTION": OWN_FILE},
            )
            require_closed(file_meant(out))
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        msg = f"{out.name} cannot be written: {error}. Nothing was changed."
        raise OutputError(msg) from error
