"""The files of a project of an area of the country: it builds as it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError, problem, said_of
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.periods import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from vawg_geo.areas.country import CountryArea
    from vawg_geo.areas.own_outlines import OwnOutlines
    from vawg_geo.inputs.counts_told import HowRead

__all__ = ["contents_of_project", "empty_ward_counts"]


# What a map is called whose counts have several names or sexes.
_GENERAL: Final = "Violence against women and girls"


def contents_of_project(
    area: CountryArea,
    *,
    police: Path | None = None,
    counts: Path | None = None,
    own: OwnOutlines | None = None,
    how: HowRead | None = None,
    inside: str = "",
) -> tuple[dict[str, bytes], list[str]]:
    """Files of a project, by name.

    Parameters
    ----------
    area : CountryArea
    police : Path, optional
        Street files of police.uk: their violence and sexual offences, of all victims, are counted
        into the wards, by whole financial years.
    counts : Path, optional
        Counts by ward of one's own. Without both the table of counts is empty.
    own : OwnOutlines, optional
        In the place of the country's outlines of their level.
    how : HowRead, optional
        How the counts of one's own are read, where they do not say it themselves.
    inside : str
        What stands before the names of files in the configuration.

    Returns
    -------
    contents : dict of str to bytes
        `vawg.toml`, `ward_counts.csv` or the table of one's own as it came, and outlines,
        residents, small areas and deprivation.
    notes : list of str
        What was found in the files of counts and outlines.

    Raises
    ------
    InputError
        A file of counts cannot be read.
    BoundaryError
        No outline lies in the area.

    Examples
    --------
    >>> from vawg_geo.areas.country import find_area
    >>> contents, _ = contents_of_project(find_area("Sheffield"))
    >>> sorted(contents)[:3]
    ['area/deprivation.csv', 'area/district.gpkg', 'area/lsoas.csv']
    """
    from vawg_geo.areas.extract import area_layers, area_tables

    notes: list[str] = []
    if own is None:
        layers, tables = area_layers(area), area_tables(area)
    else:
        layers, tables, notes = _with_own(area, own)
    outlines = {
        _outlines_of(level): _as_geopackage(layer, level) for level, layer in layers.items()
    }
    found = _counts_of(
        area,
        layers["ward"],
        tables,
        police=police,
        counts=counts,
        given=how,
    )
    vintages = dict.fromkeys(layers, "2025") | ({own.level: own.vintage} if own else {})
    text = _configuration(area, vintages, found, inside=inside)
    contents = {"vawg.toml": text.encode("utf-8")} | {each.name: each.table for each in found}
    for name, frame in tables.items():
        contents[f"area/{name}.csv"] = frame.to_csv(index=False, lineterminator="\n").encode()
    return contents | outlines, [*notes, *(note for each in found for note in each.notes)]


def _with_own(
    area: CountryArea, own: OwnOutlines
) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, pd.DataFrame], list[str]]:
    from vawg_geo.areas.own_outlines import layers_with_own, tables_with_own

    layers, notes = layers_with_own(area, own)
    tables, more = tables_with_own(area, own, layers[own.level])
    credit = "Put what the licence of these outlines asks for into attribution of vawg.toml."
    return layers, tables, [*own.notes, *notes, *more, credit]


@dataclass(frozen=True, kw_only=True)
class _Counts:
    """Table of counts, what it counts and of when, and what is to be said of it."""

    table: bytes
    periods: list[str]
    notes: list[str]
    name: str = "ward_counts.csv"
    title: str = _GENERAL
    coded: bool = True
    basis: str = "own"
    said: str = ""
    credit: str = ""


def _counts_of(
    area: CountryArea,
    wards: gpd.GeoDataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    police: Path | None,
    counts: Path | None,
    given: HowRead | None,
) -> list[_Counts]:
    found = []
    if counts is not None:
        from vawg_geo.inputs.counts_told import sheets_of_periods

        hows: list[HowRead | None] = [*sheets_of_periods(counts, given)] or [given]
        found += [_own_counts(counts, area, wards=wards, tables=tables, given=how) for how in hows]
    if police is not None:
        of_police = _police_counts(police, wards)
        both = found and found[0].name.casefold() == of_police.name
        found.append(replace(of_police, name="police_counts.csv") if both else of_police)
    if found:
        return found
    names = zip(wards["area_code"], wards["area_name"], strict=True)
    note = f"ward_counts.csv has no count yet: put those of {area.name} into it."
    table = empty_ward_counts(names, period=_NEWEST)
    return [_Counts(table=table, periods=[_NEWEST], notes=[note])]


def _own_counts(
    path: Path,
    area: CountryArea,
    *,
    wards: gpd.GeoDataFrame,
    tables: Mapping[str, pd.DataFrame],
    given: HowRead | None,
) -> _Counts:
    from vawg_geo.areas.small_areas import are_small_areas
    from vawg_geo.inputs.counts import basis_told, read_counts
    from vawg_geo.inputs.counts_told import how_read

    how, said = how_read(path, given)
    told = basis_told(path, sheet=how.sheet)
    # What was published may be shown as it is: that is for a person to say, not for a column.
    basis = "own" if told == "published" else told
    table = read_counts(path, level="ward", basis=basis, **how.options())
    if are_small_areas(table):
        added = _added_up(table, path, wards, tables["lsoas"], basis=basis)
        of = f"_{slug(how.sheet)}" if how.sheet else ""
        name = f"{path.stem}{of}_by_ward.csv"
        return replace(added, name=name, notes=[added.notes[0], *said, *added.notes[1:]])
    _require_codes_of_area(table, area, {*wards["area_code"], *area.districts, area.code}, path)
    areas = table[["area_code", "area_name"]].drop_duplicates()
    counted = f"{path.name}: {len(table):,} counts of {len(areas):,} areas"
    notes = [counted, *said, *table.attrs["notes"]]
    if {"count", "counts"} & {*how.columns} - {*(given.columns if given else ())}:
        _require_no_residents(table, tables["residents_wards"], path, how)
    return _Counts(
        # As it came: what a mark or an empty cell means, and rows of no area, are in it alone.
        table=path.read_bytes(),
        periods=list(dict.fromkeys(table["period"])),
        notes=notes,
        name=path.name,
        title=_title_of(table),
        coded=all(level_of_code(code) for code in table["area_code"]),
        basis=basis,
        said=_said_of(how),
    )


def _added_up(
    table: pd.DataFrame,
    path: Path,
    wards: gpd.GeoDataFrame,
    lsoas: pd.DataFrame,
    *,
    basis: str,
) -> _Counts:
    """Counts of small areas as a table by ward."""
    from vawg_geo.areas.small_areas import counts_by_ward

    held = lsoas[lsoas["ward_code"].isin(wards["area_code"])]
    ward_of = dict(zip(held["lsoa_code"], held["ward_code"], strict=True))
    names = dict(zip(wards["area_code"], wards["area_name"], strict=True))
    with said_of(path.name):
        summed, notes = counts_by_ward(table, ward_of, names)
    counted = f"{path.name}: {len(table):,} counts of {table['area_code'].nunique():,} areas"
    return _Counts(
        table=summed.to_csv(index=False, lineterminator="\n").encode("utf-8"),
        periods=list(dict.fromkeys(summed["period"])),
        notes=[counted, *(f"{path.name}: {note}" for note in notes)],
        title=_title_of(table),
        coded=True,
        basis=basis,
    )


def _require_no_residents(
    table: pd.DataFrame, residents: pd.DataFrame, path: Path, how: HowRead
) -> None:
    """Refuse columns that were taken for counts and are as many as the residents."""
    people = residents.groupby("sex")["population"].sum()
    series = table.groupby(["indicator", "sex", "period"])["count"].sum()
    for key, total in series.items():
        sex = str(key[1])  # type: ignore[index]
        if sex in people.index and 2 * total > people[sex]:
            msg = (
                f"{path.name}: {total:,} in all, sex {sex}, of {people[sex]:,} residents of these "
                "wards: these may be residents, and no counts. If they are counts, say so: "
                f"{_columns_said(how)}."
            )
            raise InputError(msg)


def _columns_said(how: HowRead) -> str:
    """Columns of counts, in the words of a configuration."""
    if "counts" in how.columns:
        return f"counts = {_toml(list(how.columns['counts']))}"
    return f"columns = {_toml({'count': how.columns['count']})}"


def _said_of(how: HowRead) -> str:
    """Lines of a configuration that say how a table is read."""
    options = how.options()
    lines = [f"{name} = {_toml(options[name])}\n" for name in options]
    return "".join(lines)


def _toml(value: object) -> str:
    """Write a text, a list or a table in one line."""
    if isinstance(value, dict):
        pairs = (f"{_toml_key(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _toml_key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").isalpha()
    return name if bare else json.dumps(name, ensure_ascii=False)


def _require_codes_of_area(
    table: pd.DataFrame, area: CountryArea, here: set[str], path: Path
) -> None:
    """Refuse counts none of whose codes is of the area that the project is of."""
    from vawg_geo.areas.joining.finder import rebase_command
    from vawg_geo.inputs.code_history import present_district, stretches

    codes = [code for code in dict.fromkeys(table["area_code"]) if code]
    if not codes or here & set(codes):
        return
    first = codes[0]
    found = stretches().get(first, ())
    home = present_district(found[-1].parent) if found else ""
    if home in area.districts:
        what = f"are of the wards or districts of 2025 in {area.name}"
        command = rebase_command(path.name, first, "2025")
        action = f"They are of another year. Carry them over first: {command}"
    else:
        what = f"lie in {area.name}"
        instead = f", or name the area of these: --area {home}" if home in stretches() else ""
        action = f"Give counts of {area.name}{instead}"
    name = f" {found[-1].name}" if found else ""
    where = f" in {stretches()[home][-1].name} ({home})" if home in stretches() else ""
    msg = problem(
        what,
        bad=0,
        total=len(codes),
        noun=f"codes of {path.name}",
        first=f"row 2, {first}{name}{where}",
        action=f"{action}.",
    )
    raise InputError(msg)


def _police_counts(police: Path, wards: gpd.GeoDataFrame) -> _Counts:
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
    title = _OFFENCES[0].upper() + _OFFENCES[1:]
    return _Counts(
        table=text.encode("utf-8"),
        periods=periods,
        notes=notes,
        title=title,
        basis="published",
        credit=_STREET_CREDIT,
    )


def _title_of(table: pd.DataFrame) -> str:
    """What a table counts: its one indicator where all people are counted together."""
    indicators = table["indicator"].unique()
    if len(indicators) > 1 or set(table["sex"]) != {"persons"}:
        return _GENERAL
    words = str(indicators[0])
    # It stands between quotation marks in the configuration.
    words = words.replace("\\", "/").replace('"', "'")
    return words[0].upper() + words[1:]


# The newest financial year that has ended.
_NEWEST: Final = "2024/25"
_CATEGORY: Final = ("Crime type", "Violence and sexual offences")
_OFFENCES: Final = "violence and sexual offences, all victims"


def _outlines_of(level: str) -> str:
    return f"area/{level}.gpkg"


def _as_geopackage(layer: gpd.GeoDataFrame, name: str) -> bytes:
    import tempfile
    from pathlib import Path

    import pyogrio

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{name}.gpkg"
        pyogrio.write_dataframe(layer, path, layer=name)
        return path.read_bytes()


def _configuration(
    area: CountryArea,
    vintages: Mapping[str, str],
    counts: list[_Counts],
    *,
    inside: str,
) -> str:
    """What `vawg.toml` says of an area: what is there, and nothing that is as usual."""
    from vawg_geo.areas.extract import attribution_of

    levels = "".join(
        f'{level} = {{ boundaries = "{inside}{_outlines_of(level)}", vintage = "{vintage}" }}\n'
        for level, vintage in vintages.items()
    )
    titles = {each.title for each in counts}
    title = counts[0].title if len(titles) == 1 else _GENERAL
    asked_for = [
        attribution_of(area),
        *dict.fromkeys(each.credit for each in counts if each.credit),
    ]
    return _AREA_CONFIGURATION.format(
        area=area,
        levels=levels,
        inside=inside,
        what=title,
        of=f" in {_place(area)}" if title == _GENERAL else f": {_place(area)}",
        period=_span([period for each in counts for period in each.periods]),
        comparator=area.code,
        attribution=", ".join(f'"{credit}"' for credit in asked_for),
        counts="".join(_table_of(each, vintages["ward"], inside=inside) for each in counts),
        index=_INDEX[area.country],
    )


def _table_of(counts: _Counts, vintage: str, *, inside: str) -> str:
    """`[[counts]]` of one table."""
    file = json.dumps(f"{inside}{counts.name}", ensure_ascii=False)
    # A table without codes does not tell its level.
    level = "" if counts.coded else f'level = "ward"\nvintage = "{vintage}"\n'
    return f'[[counts]]\nfile = {file}\nbasis = "{counts.basis}"\n{level}{counts.said}'


def _place(area: CountryArea) -> str:
    """What an area is called where no kind stands beside it."""
    if area.kind == "police_area" and "police" in area.name.casefold():
        return f"{area.name} area"
    return area.name


def _span(periods: list[str]) -> str:
    ordered = list(in_order(periods))
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"


_STREET_CREDIT: Final = "Street-level crime: data.police.uk, Open Government Licence v3.0."
_INDEX: Final = {
    "England": "Income deprivation, English Indices of Deprivation 2025",
    "Wales": "Income deprivation, Welsh Index of Multiple Deprivation 2019",
}
# In groups: what it is, where, the figures, and what is laid over them.
_AREA_CONFIGURATION: Final = """\
# {area}. Whatever else may stand here: docs/configuration.md
[project]
title = "{what}{of}, {period}"
period = "{period}"
attribution = [{attribution}]

[areas]
{levels}
{counts}[population]
series = "ONS mid-2023; wards estimated from small areas and from mid-2020"
date = "2023-06-30"
files = [{{ file = "{inside}area/residents_wards.csv", level = "ward", basis = "estimated" }},
         {{ file = "{inside}area/residents_districts.csv" }}]
[significance]
comparator = "{comparator}"

[overlays]
lsoas = {{ file = "{inside}area/lsoas.csv", points = "{inside}area/lsoas.csv" }}
deprivation = {{ file = "{inside}area/deprivation.csv", title = "{index}" }}
"""


def empty_ward_counts(wards: Iterable[tuple[str, str]], *, period: str) -> bytes:
    """Wards with no count yet, as CSV.

    Parameters
    ----------
    wards : iterable of (str, str)
        Codes and names.
    period : str

    Examples
    --------
    >>> print(empty_ward_counts([("E05002703", "Arbury")], period="2024/25").decode())
    area_code,area_name,indicator,sex,period,count
    E05002703,Arbury,domestic abuse crimes,persons,2024/25,
    <BLANKLINE>
    """
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["area_code", "area_name", "indicator", "sex", "period", "count"])
    for code, name in wards:
        writer.writerow([code, name, "domestic abuse crimes", "persons", period, ""])
    return text.getvalue().encode("utf-8")
