"""Look-ups from LSOA to the wards of several years, with the residents that link them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, problem
from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry, verified_path
from vawg_geo.inputs.tables.read import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from vawg_geo.terms.columns import Level

__all__ = ["UNTOLD", "WardLookup", "read_ward_lookup"]

# What stands before a code for whatever else it shares small areas with: wards of no look-up.
UNTOLD: Final = "?"

# Headings in small letters without spaces and underscores.
_LSOA: Final = re.compile(r"lsoa(\d\d)?(cd|code)")
_WARD: Final = re.compile(r"(?:wd|ward)(\d\d)(cd|code)")
_WARD_NAME: Final = re.compile(r"(?:wd|ward)(\d\d)(nm|name)")
_DISTRICT: Final = re.compile(r"(lad|ltla|la|district)(\d\d)?(cd|code)|lad")
_DISTRICT_NAME: Final = re.compile(r"(lad|ltla|la|district)(\d\d)?(nm|name)")
# The population of the rates first: residents aged 16 and over.
_RESIDENTS: Final = ("pop16", "pop16plus", "population", "residents", "popall", "poptotal")
_WARD_COLUMNS: Final = ["vintage", "area_code", "area_name", "parent_code", "parent_name"]


@dataclass(frozen=True, kw_only=True, eq=False)
class WardLookup:
    """Which ward an LSOA belongs to in each of several years, by best fit.

    Attributes
    ----------
    lsoas : pandas.DataFrame
        One row per LSOA: `lsoa_code`, `population` (residents, `Float64`, NA where not known) and
        for each year (`"2015"`) the code of the ward, "" where the look-up has none.
    wards : pandas.DataFrame
        One row per year and ward: `vintage` (the year), `area_code`, `area_name`, `parent_code`
        and `parent_name` (of the district, "" where not known).
    gazetteer : pandas.DataFrame
        As `join_counts` takes it: `area_code`, `area_name`, `parent_code`, `vintages`.
    source : str
        What was read, for messages.
    level : {"ward", "district"}
        What the columns of years hold.
    untold, unreached : tuple of str
        Wards of the first year that went nowhere known, and those of the second that are the best
        fit of no small area.

    Notes
    -----
    `lsoas` may have a column `link` (`residents` where it has none, or what says without them that
    two areas are the same) and `parts` (of how many small areas a row is).
    """

    lsoas: pd.DataFrame
    wards: pd.DataFrame
    gazetteer: pd.DataFrame
    source: str
    level: Level = "ward"
    untold: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()

    @property
    def vintages(self) -> tuple[str, ...]:
        """Years of wards that the look-up has, in order."""
        return tuple(sorted(filter(str.isdigit, self.lsoas.columns)))

    def wards_of(self, year: str) -> pd.DataFrame:
        """Wards of one year, by code; as `areas` of `join_counts`."""
        found = self.wards[self.wards["vintage"] == year]
        return found.sort_values("area_code", ignore_index=True)


def read_ward_lookup(*paths: str | Path) -> WardLookup:
    """Read a look-up from LSOA to wards, or the embedded one.

    Columns are recognised by the habits of ONS: `LSOA11CD`, `WD15CD`, `WD15NM`, `LAD15CD`,
    `LAD15NM`, and one of `pop16`, `pop_16_plus`, `population`, `pop_all`, `pop_total` (the first
    of these that there is) for the residents. A look-up of one year, a look-up of another and a
    table of residents may be three files: rows are put together by LSOA.

    Parameters
    ----------
    paths : str or Path
        CSV, XLSX or Parquet; without any, the embedded look-up of Cambridgeshire and Peterborough
        (wards of 2015, 2016 and 2019; residents aged 16 and over of mid-2015).

    Returns
    -------
    WardLookup

    Raises
    ------
    InputError
        A file cannot be read; an LSOA stands twice in a file; a year or the residents in two
        files; a number of residents is none.

    Examples
    --------
    >>> lookup = read_ward_lookup()
    >>> lookup.vintages, len(lookup.lsoas), len(lookup.wards_of("2016"))
    (('2015', '2016', '2019'), 487, 142)
    """
    registry = read_registry(embedded_folder("data"))
    files = list(paths) or [verified_path(registry["lookup-lsoa11-wards"])]
    merged = pd.DataFrame({"lsoa_code": pd.Series(dtype="str")})
    names: dict[str, str] = {}
    wards = []
    for path in files:
        part, own_wards, own_names = _read_part(path)
        twice = sorted((set(map(str, part)) & set(map(str, merged))) - {"lsoa_code"})
        if twice:
            what = twice[0]
            what = "the residents" if what == "population" else f"the wards of {what}"
            msg = f"two of the look-ups give {what}. Leave one out."
            raise InputError(msg)
        merged = merged.merge(part, on="lsoa_code", how="outer")
        wards.append(own_wards)
        names |= own_names
    if "population" not in merged:
        msg = (
            f"{_named(files)}: no column of residents ({', '.join(_RESIDENTS)}) was recognised. "
            "Add one, or give a table of residents by LSOA as another look-up."
        )
        raise InputError(msg)
    years = [str(c) for c in merged if c not in {"lsoa_code", "population"}]
    merged[years] = merged[years].fillna("").astype("str")
    listed = pd.concat(wards, ignore_index=True).drop_duplicates(["vintage", "area_code"])
    listed["parent_name"] = [names.get(code, "") for code in listed["parent_code"]]
    if not paths:
        gazetteer = pd.read_csv(
            verified_path(registry["area-codes"]), dtype=str, keep_default_na=False
        )
        listed = _with_names(listed, gazetteer)
    else:
        gazetteer = (
            listed.groupby(["area_code", "area_name", "parent_code"], sort=False)["vintage"]
            .agg(";".join)
            .rename("vintages")
            .reset_index()
        )
    return WardLookup(
        lsoas=merged, wards=listed[_WARD_COLUMNS], gazetteer=gazetteer, source=_named(files)
    )


def _named(files: list[str | Path]) -> str:
    return " and ".join(str(path).replace("\\", "/").rsplit("/", 1)[-1] for path in files)


def _read_part(path: str | Path) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """LSOAs with what one file says of them; its wards; names of its districts."""
    table = read_table(path)
    frame = table.frame.fillna("").apply(lambda column: column.str.strip())
    plain = {column: re.sub(r"[\s_-]+", "", column).lower() for column in frame}
    codes = [column for column, word in plain.items() if _LSOA.fullmatch(word)]
    if len(codes) != 1:
        msg = (
            f"{table.source}: {len(codes)} columns hold codes of LSOAs by their headings; one is "
            "needed. Call it LSOA11CD."
        )
        raise InputError(msg)
    lsoas = frame[codes[0]]
    _require_each_once(lsoas, table.source)
    part = pd.DataFrame({"lsoa_code": lsoas})
    if found := next((c for word in _RESIDENTS for c, w in plain.items() if w == word), None):
        part["population"] = _residents(frame[found], lsoas, table.source)
    district = next((c for c, word in plain.items() if _DISTRICT.fullmatch(word)), None)
    called = next((c for c, word in plain.items() if _DISTRICT_NAME.fullmatch(word)), None)
    names = {m[1]: c for c, word in plain.items() if (m := _WARD_NAME.fullmatch(word))}
    blank = pd.Series("", index=frame.index, dtype="str")
    wards = []
    for column, word in plain.items():
        if not (match := _WARD.fullmatch(word)):
            continue
        year = f"20{match[1]}"
        part[year] = frame[column]
        wards.append(
            pd.DataFrame(
                {
                    "vintage": year,
                    "area_code": frame[column],
                    "area_name": frame[names[match[1]]] if match[1] in names else blank,
                    "parent_code": frame[district] if district else blank,
                }
            ).loc[lambda rows: rows["area_code"] != ""]
        )
    if not wards and "population" not in part:
        msg = (
            f"{table.source}: neither wards (WD15CD or the like) nor residents by LSOA were "
            f"recognised among {', '.join(map(repr, frame.columns))}. Correct the headings."
        )
        raise InputError(msg)
    listed = pd.concat(wards) if wards else pd.DataFrame(columns=_WARD_COLUMNS[:4], dtype="str")
    known = dict(zip(frame[district], frame[called], strict=True)) if district and called else {}
    return part, listed, known


def _require_each_once(lsoas: pd.Series, source: str) -> None:
    for bad, what in (
        (lsoas == "", "have no code of an LSOA"),
        (lsoas.duplicated(), "repeat an LSOA, so that it is no best fit to one ward"),
    ):
        if bad.any():
            at = int(bad.to_numpy(dtype=bool).argmax())
            raise InputError(
                f"{source}: "
                + problem(
                    what,
                    bad=int(bad.sum()),
                    total=len(lsoas),
                    noun="rows",
                    first=f"row {at + 2} ({lsoas.iloc[at]!r})",
                    action="Give one row for each LSOA.",
                )
            )


def _residents(text: pd.Series, lsoas: pd.Series, source: str) -> pd.Series:
    numbers = pd.to_numeric(text.str.replace(",", ""), errors="coerce").astype("Float64")
    bad = (text != "") & ~(numbers.ge(0) & numbers.lt(1e9)).fillna(value=False)
    if bad.any():
        at = int(bad.to_numpy(dtype=bool).argmax())
        raise InputError(
            f"{source}: "
            + problem(
                "are no numbers of residents",
                bad=int(bad.sum()),
                total=len(text),
                noun="cells",
                first=f"{lsoas.iloc[at]} ({text.iloc[at]!r})",
                action="Write plain numbers.",
            )
        )
    return numbers


def _with_names(wards: pd.DataFrame, gazetteer: pd.DataFrame) -> pd.DataFrame:
    """Give the embedded wards their names, which stand in another table."""
    rows = gazetteer.set_index("area_code")
    unnamed = wards[~wards["area_code"].isin(rows.index)]
    if len(unnamed):
        msg = f"area_codes.csv has no {unnamed['area_code'].iloc[0]}. Install the package again."
        raise ConfigurationError(msg)
    return wards.assign(
        area_name=wards["area_code"].map(rows["area_name"]),
        parent_name=wards["area_code"].map(rows["parent_name"]),
    )
