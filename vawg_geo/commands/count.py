"""`vawg-geo count`: events, from files of any size, into a table of counts by area."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import OWN_FILE, TABLES, add_out, require_new, require_place
from vawg_geo.errors import ConfigurationError, DecisionNeeded, InputError
from vawg_geo.terms.columns import BASES, LEVELS, SEXES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from vawg_geo.areas.counting.count_points import PointCounts
    from vawg_geo.commands.console import Commands
    from vawg_geo.inputs.points.events import Events

__all__ = [
    "Labels",
    "Request",
    "add_parser",
    "count_file",
    "layer_of",
    "run",
    "tally_file",
]

# Of a workbook.
_SHEET: Final = "counts"
BY: Final = ("month", "quarter", "year", "financial-year")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "count",
        help="events, with coordinates or with the name of their area, counted into areas",
        description=(
            "Counts events into areas and says where every row went. EVENTS is a table with "
            "longitude and latitude or easting and northing, a street file of police.uk as it "
            "comes, a folder of them or police.uk's own zip, a GeoPackage, Shapefile, GeoJSON, "
            "workbook or Parquet file, of any size. A point on the border of several areas counts "
            "once, in the area with the lowest code. With --area-column no coordinates are needed: "
            "each row names its area, and is one event, or has a column of counts for each month. "
            "For the analyst's own use: nothing is hidden in the result, which can be named in "
            "vawg.toml under [[counts]]."
        ),
    )
    command.add_argument("points", type=Path, metavar="EVENTS", help="a file or a folder")
    command.add_argument(
        "--areas", metavar="NAME|FILE", help="outlines, or the areas to match names to"
    )
    command.add_argument(
        "--within",
        metavar="AREA",
        help="only areas of this district, county, partnership or police force area, by name or "
        "code; without --areas its wards of 2025",
    )
    command.add_argument(
        "--category",
        metavar="COLUMN=VALUE",
        action="append",
        help="count only these rows; several times: values of one column are alternatives, and "
        "every column named must fit",
    )
    add_out(command, TABLES, required=False)
    command.add_argument("--indicator", help="default: the category's value")
    command.add_argument(
        "--period", help="count only this time, e.g. 2023/24; without dates: what all rows are of"
    )
    command.add_argument("--by", choices=BY, default="month", help="periods of the result")
    command.add_argument(
        "--incomplete",
        action="store_true",
        help="count a --period although months of it lack",
    )
    _add_columns(command)
    command.add_argument("--sex", choices=SEXES, default="persons")
    command.add_argument("--basis", choices=BASES, default="own")
    command.add_argument("--level", choices=LEVELS, help="where the codes do not tell it")
    command.add_argument("--vintage", default="", metavar="DATE", help="of the areas")
    command.add_argument("--note", default="", help="for every row of the result")
    command.add_argument("--crs", help="of the points, e.g. EPSG:27700")
    command.add_argument(
        "--layer", "--sheet", help="of a GeoPackage of points with several; of a workbook"
    )
    command.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="count on a dask.distributed cluster"
    )
    return command


def _add_columns(command: argparse.ArgumentParser) -> None:
    for name, what in (
        ("area", "the area's code or name; coordinates are not needed then"),
        ("date", "dates or months, the day before the month (default: Month)"),
        ("sex", "sex; rows of neither women nor men are set aside"),
        ("offence", "what is counted, an indicator for each"),
        ("district", "the district's code or name, where names of areas repeat"),
    ):
        command.add_argument(f"--{name}-column", metavar="COLUMN", help=what)
    command.add_argument("--x", metavar="COLUMN", help="only where it cannot be recognised")
    command.add_argument("--y", metavar="COLUMN")


def run(options: argparse.Namespace) -> int:
    """Count, and say where every row went."""
    labels = Labels(**{field.name: getattr(options, field.name) for field in fields(Labels)})
    given = {f.name: getattr(options, f.name) for f in fields(Request) if f.name != "category"}
    request = Request(**given, category=tuple(options.category or ()))
    if options.area_column is not None:
        columns = {
            name: getattr(options, f"{name}_column")
            for name in ("area", "date", "sex", "offence", "district")
        }
        print_lines(tally_file(options.points, columns, request, labels))
        return DONE
    for name in ("sex", "offence", "district"):
        if getattr(options, f"{name}_column") is not None:
            msg = (
                f"--{name}-column goes with --area-column. For points give --sex and --category, "
                "and count each by itself."
            )
            raise ConfigurationError(msg)
    columns = {"x": options.x, "y": options.y, "date": options.date_column, "crs": options.crs}
    said = count_file(options.points, columns, request, labels, scheduler=options.scheduler)
    print_lines(said)
    return DONE


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be counted, into which areas and periods.

    Attributes
    ----------
    areas : str, optional
        A name of the catalogue, or a boundary file.
    within : str, optional
        See `layer_of`.
    out : Path, optional
        Where to write the counts; its ending says the format.
    category : tuple of str
        ``COLUMN=VALUE``: count only rows that say so.
    by : {"month", "quarter", "year", "financial-year"}
    incomplete : bool
        Count a period although months of it lack.
    layer : str, optional
        Of a GeoPackage; sheet of a workbook.
    replace : bool
        Whether a file, or the sheet `counts` of a workbook, that is there may be replaced.
    """

    areas: str | None = None
    within: str | None = None
    out: Path | None = None
    category: tuple[str, ...] = ()
    by: str = "month"
    incomplete: bool = False
    layer: str | None = None
    replace: bool = False

    def require_free(self, path: Path) -> None:
        """Refuse to write over what is read, or where nothing can be written."""
        if self.out is not None:
            require_new(self.out, path, *([Path(self.areas)] if self.areas else []))
            require_place(self.out, TABLES, name=_SHEET, replace=self.replace)


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What every row of a table of counts says.

    Attributes
    ----------
    indicator : str, optional
        The category's value where not given.
    period : str, optional
        Which time is counted; of all rows where they say none.
    level : str, optional
        As the codes tell it where not given.
    sex, basis, vintage, note : str
    """

    indicator: str | None = None
    period: str | None = None
    level: str | None = None
    sex: str = "persons"
    basis: str = "own"
    vintage: str = ""
    note: str = ""


def count_file(
    points: Path,
    columns: Mapping[str, str | None],
    request: Request,
    labels: Labels,
    *,
    scheduler: str | None = None,
) -> list[str]:
    """Count a file or folder of points into areas, and write the counts where asked to.

    Parameters
    ----------
    points : Path
        See `plan_points`.
    columns : mapping of str to str or None
        `x`, `y` and `date`: what the table calls them, where it cannot be recognised; `crs`.
    request : Request
    labels : Labels
    scheduler : str, optional
        Address of a cluster.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.areas.counting.count_points import count_points
    from vawg_geo.areas.counting.told import account_of
    from vawg_geo.inputs.points.plan import plan_points

    wanted = _categories(request.category)
    labels = _named(labels, wanted)
    places = {name: columns.get(name) for name in ("x", "y", "crs")}
    source = plan_points(
        points, category=wanted, layer=request.layer, month=columns.get("date") or True, **places
    )
    dated = source.columns.month != ""
    request.require_free(points)
    if request.out is not None:
        _require_labels(labels, has_months=dated, points=points)
    outlines = layer_of(request.areas, request.within)
    notes = [f"Note: {said}" for said in (*source.notes, *outlines.attrs.pop("notes", []))]
    labels = _of_layer(labels, outlines)
    result = count_points(
        source,
        outlines,
        period=None if dated else labels.period,
        scheduler=scheduler,
        near=_near(outlines),
    )
    lines = [*notes, *account_of(result, source, outlines)]
    counts = result.counts
    if dated:
        counts, said = _periods(result, period=labels.period, request=request)
        lines += said
    return [*lines, _written(counts, outlines, labels, request.out)]


def tally_file(
    path: Path, columns: Mapping[str, str | None], request: Request, labels: Labels
) -> list[str]:
    """Tally a table whose rows name their area, and write the counts where asked to.

    Parameters
    ----------
    path : Path
        See `read_events`.
    columns : mapping of str to str or None
        `area`, `date`, `sex`, `offence`, `district`: what the table calls them.
    request : Request
        Without `areas` and `within` the areas are those that the rows name.
    labels : Labels

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.areas.counting.tally import tally_events
    from vawg_geo.inputs.points.events import EventColumns, read_events

    wanted = _categories(request.category)
    labels = _named(labels, wanted)
    request.require_free(path)
    asked = {name: value for name, value in columns.items() if value is not None}
    dated = "date" in asked
    events = read_events(
        path,
        EventColumns(**asked, filters=wanted),
        by="month" if labels.period and dated else request.by,
        sheet=request.layer,
    )
    places, notes, parents = None, [], {}
    if request.areas or request.within:
        places = layer_of(request.areas, request.within)
        notes, parents = places.attrs.pop("notes", []), places.attrs.pop("parent_names", {})
        labels = _of_layer(labels, places)
    counts = tally_events(events, places, parent_names=parents, vintage=labels.vintage)
    lines = [*(f"Note: {said}" for said in (*notes, *events.notes)), events.account()]
    counts, said = _event_periods(
        counts, events, period=labels.period, dated=dated, request=request
    )
    lines += [*said, *_totals(counts)]
    if "offence" in asked:
        labels = replace(labels, indicator=None)
    elif labels.indicator is None:
        labels = replace(labels, indicator="events")
        lines.append("Note: what is counted is called 'events': --indicator gives it a name.")
    level = labels.level or _level_told(counts, asked["area"])
    labels = replace(labels, level=level)
    unsaid = [
        name for name, told in (("indicator", "offence"), ("sex", "sex")) if told not in asked
    ]
    return [*lines, _written(counts.drop(columns=unsaid), None, labels, request.out)]


def _of_layer(labels: Labels, outlines: gpd.GeoDataFrame) -> Labels:
    """Level and year that the outlines tell."""
    vintage = labels.vintage or str(outlines.attrs.get("vintage", ""))
    return replace(labels, level=_level(outlines, labels.level), vintage=vintage)


def layer_of(areas: str | None, within: str | None) -> gpd.GeoDataFrame:
    """Outlines that are meant: a layer, the part of it within an area, or the area's wards.

    Parameters
    ----------
    areas : str, optional
        A name of the catalogue, or a boundary file.
    within : str, optional
        A district, county, partnership or police force area by name or code; outlines are within
        it whose code says so or, of another year, whose middle lies in it.

    Returns
    -------
    geopandas.GeoDataFrame
        `area_code`, `area_name`, `parent_code` and outlines.

    Raises
    ------
    ConfigurationError
        Neither is given.
    VawgGeoError
        There is no such layer or area, or nothing of the layer lies in it.
    """
    from vawg_geo.inputs.boundaries.by_name import read_layer

    if within is None:
        if areas is None:
            msg = "say into which areas: --areas NAME|FILE, or --within AREA for its wards of 2025."
            raise ConfigurationError(msg)
        return read_layer(areas)
    from vawg_geo.areas.country import find_area
    from vawg_geo.areas.extract import area_layers, layer_within

    area = find_area(within)
    if areas is None:
        layers = area_layers(area)
        wards = layers["ward"]
        districts = layers["district"]
        names = dict(zip(districts["area_code"], districts["area_name"], strict=True))
        wards.attrs["parent_names"] = names
        wards.attrs["notes"] = [f"{len(wards):,} wards of 2025 of {area}"]
        wards.attrs["generalised"], wards.attrs["vintage"] = True, "2025"
        return wards
    return layer_within(read_layer(areas), area)


def _near(outlines: gpd.GeoDataFrame) -> float | None:
    from vawg_geo.areas.counting.told import NEAR_METRES

    return NEAR_METRES if outlines.attrs.get("generalised") else None


def _named(labels: Labels, wanted: Sequence[tuple[str, str]]) -> Labels:
    """Name what is counted after the values of the categories."""
    if labels.indicator is not None or not wanted:
        return labels
    return replace(labels, indicator=", ".join(value for _, value in wanted))


def _periods(
    result: PointCounts, *, period: str | None, request: Request
) -> tuple[pd.DataFrame, list[str]]:
    """Months as they are, as one period, or put together; and what is to be said of that."""
    from vawg_geo.areas.counting.told import doubtful_months
    from vawg_geo.areas.counting.years import whole_periods

    if period is not None:
        return _one_period(result.counts, period, incomplete=request.incomplete)
    if request.by == "month":
        return result.counts, []
    return whole_periods(result.counts, by=request.by, doubtful=doubtful_months(result))


def _one_period(
    monthly: pd.DataFrame, period: str, *, incomplete: bool | None
) -> tuple[pd.DataFrame, list[str]]:
    """Months of one period; where some lack and that is not allowed, a person must decide.

    With `incomplete` None the rows are single events: a month without any may have had none.
    """
    from vawg_geo.areas.counting.years import keep_period

    kept = keep_period(monthly, period)
    have = kept.months - len(kept.lacking)
    lines = [f"{period}: {have:,} of {kept.months:,} months are counted"]
    if kept.left_out:
        lines.append(
            f"{len(kept.left_out):,} months outside {period} are left out: {kept.left_out[0]} to "
            f"{kept.left_out[-1]}"
        )
    if not kept.lacking:
        return kept.counts, lines
    told = ", ".join(kept.lacking[:12])
    if incomplete is False:
        msg = (
            f"{period} has {have:,} of {kept.months:,} months; these lack: {told}. Add their "
            "files, or, if the sum of the others may stand for the whole, give --incomplete."
        )
        raise DecisionNeeded(msg)
    lines.append(f"Note: no row of {period} is of {told}: check that none of them is absent.")
    return kept.counts, lines


def _event_periods(
    counts: pd.DataFrame, events: Events, *, period: str | None, dated: bool, request: Request
) -> tuple[pd.DataFrame, list[str]]:
    """Periods of events, and what is to be said of them."""
    from vawg_geo.areas.counting.years import whole_periods

    if events.monthly:
        if period is None:
            return whole_periods(counts, by=request.by)
        return _one_period(counts, period, incomplete=request.incomplete)
    if dated:
        if period is None:
            return counts, _span_of_rows(events, request.by)
        return _one_period(counts, period, incomplete=None)
    if period is None:
        msg = (
            f"{events.label}: no date is said. Name a column with --date-column, or say of what "
            "period all rows are with --period."
        )
        raise InputError(msg)
    return counts.assign(period=period), []


def _span_of_rows(events: Events, by: str) -> list[str]:
    months = sorted(events.months)
    if by == "month" or not months:
        return []
    return [
        f"Rows are of {months[0]} to {months[-1]}, {len(months):,} different months: a period "
        "that they do not fill is counted as far as they go."
    ]


def _totals(counts: pd.DataFrame) -> list[str]:
    """Sums of each period, sex and indicator, the first of them."""
    sums = counts.groupby(["period", "indicator", "sex"], sort=False, as_index=False)["count"].sum()
    lines = [
        f"{', '.join(word for word in key if word)}: {int(total):,}"
        for *key, total in sums.itertuples(index=False, name=None)
    ]
    more = [f"... and {len(lines) - 12:,} more"] if len(lines) > 12 else []
    return [*lines[:12], *more]


def _written(
    counts: pd.DataFrame, outlines: gpd.GeoDataFrame | None, labels: Labels, out: Path | None
) -> str:
    from vawg_geo.files.added import add_table

    if out is None:
        return "Nothing was written. Give --out COUNTS for a table."
    table = _table(counts, outlines, labels)
    add_table(table, out, name=_SHEET)
    return f"{out}: {len(table):,} counts. {OWN_FILE}"


def _table(counts: pd.DataFrame, outlines: gpd.GeoDataFrame | None, labels: Labels) -> pd.DataFrame:
    from vawg_geo.areas.counting.count_points import count_table

    return count_table(
        counts,
        outlines,
        indicator=None if "indicator" in counts else str(labels.indicator),
        level=str(labels.level),
        vintage=labels.vintage,
        sex=None if "sex" in counts else labels.sex,
        basis=labels.basis,
        note=labels.note,
    )


def _categories(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        column, found, value = text.partition("=")
        if not (column.strip() and found and value.strip()):
            msg = f"--category {text!r} is not COLUMN=VALUE. Write it as 'Crime type=Burglary'."
            raise ConfigurationError(msg)
        pairs.append((column.strip(), value.strip()))
    return pairs


def _require_labels(labels: Labels, *, has_months: bool, points: Path) -> None:
    if labels.period is None and not has_months:
        msg = f"{points.name} has no column Month. Say what period it is of with --period."
        raise InputError(msg)
    if labels.indicator is None:
        msg = "what is counted has no name. Give it one with --indicator."
        raise ConfigurationError(msg)


def _level(outlines: gpd.GeoDataFrame, level: str | None) -> str:
    from vawg_geo.terms.codes import level_of_code

    found = level or level_of_code(str(outlines["area_code"].iloc[0]))
    if found is None:
        msg = f"the code {outlines['area_code'].iloc[0]!r} does not tell its level. Give --level."
        raise ConfigurationError(msg)
    return found


def _level_told(counts: pd.DataFrame, column: str) -> str:
    """Level that the codes tell, else the heading of the column of areas."""
    from vawg_geo.terms.codes import level_of_code

    by_code = level_of_code(str(counts["area_code"].iloc[0]))
    by_name = [level for level in LEVELS if level.replace("_", " ") in column.casefold()]
    if by_code is None and len(by_name) != 1:
        msg = f"neither codes nor the heading {column!r} tell the areas' level. Give --level."
        raise ConfigurationError(msg)
    return by_code or by_name[0]
