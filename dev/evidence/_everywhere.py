"""Places all over England and Wales, and a project of made-up counts for any of them.

The outlines are the official ones beside the project. Populations and counts are made up: the
populations go by a code's digits alone, the counts are drawn with a fixed seed for each place.
"""

from __future__ import annotations

import zlib
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from vawg_geo.inputs.key import KEY_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SHARED", "Place", "places", "write_project"]

SHARED: Final = Path(__file__).resolve().parents[2].parent / "shared"

# Events of a year for every 1,000 residents, women and men.
INDICATORS: Final = {"domestic abuse crimes": (16.0, 5.0), "sexual offences": (5.0, 0.7)}
_PERIOD: Final = "2015/16"
# Residents of 16 and over in one area: least, and how many more at most.
_RESIDENTS: Final = {"lsoa": (900, 800), "ward": (2_500, 9_000), "district": (60_000, 120_000)}
# Districts to build by LSOA, which takes longer: all over the country, and of all sizes.
_BY_LSOA: Final = (
    "E06000001", "E06000008", "E06000014", "E06000016", "E06000023", "E06000031", "E06000045",
    "E06000053", "E06000057", "E07000008", "E07000012", "E07000066", "E07000102", "E07000146",
    "E07000187", "E07000229", "E08000012", "E08000032", "E09000001", "E09000028",
)  # fmt: skip


class Place(NamedTuple):
    """One area to map, by smaller ones: `level` is theirs, `own` the area's."""

    code: str
    name: str
    own: str
    level: str

    @property
    def country(self) -> str:
        """`England` or `Wales`."""
        return "Wales" if self.code.startswith("W") else "England"


def places() -> list[Place]:
    """Every place: districts by ward and by LSOA, police areas by district and by ward."""
    districts = [*_districts("England").itertuples(), *_districts("Wales").itertuples()]
    forces = [row for row in _forces().itertuples() if row.code != "W" and _members(row.code)]
    found = [Place(row.code, row.name, "district", "ward") for row in districts]
    found += [Place(row.code, row.name, "district", "lsoa") for row in districts
              if row.code in _BY_LSOA]  # fmt: skip
    for level in ("district", "ward"):
        found += [Place(row.code, row.name, "police_area", level) for row in forces]
    return found


def write_project(place: Place, folder: Path, *, hotspots: bool = False) -> Path:
    """Write a project of one place: outlines, made-up counts and populations, the configuration.

    Parameters
    ----------
    place : Place
    folder : Path
        An empty folder.
    hotspots : bool
        With hotspots, by few permutations; without them most of the time goes.

    Returns
    -------
    Path
        The configuration.
    """
    layers = _layers(place)
    for level, areas in layers.items():
        areas.to_file(folder / f"{level}.gpkg", layer=level, driver="GPKG")
    people = _people(list(layers[place.level]["code"]), place.level)
    people.to_csv(folder / "people.csv", index=False)
    _counts(people, place).to_csv(folder / "counts.csv", index=False)
    # A key of its own for each place, and the same at each time: so the table can be made again.
    key = sha256("".join(place).encode()).hexdigest()
    (folder / KEY_FILE).write_text(key, "utf-8")
    config = folder / "vawg.toml"
    config.write_text(_toml(place, layers, hotspots=hotspots), "utf-8")
    return config


def _layers(place: Place) -> dict[str, gpd.GeoDataFrame]:
    """Outlines of each level, the smallest first."""
    if place.own == "district":
        one = _districts(place.country)
        own = one[one["code"] == place.code]
        smaller = _lsoas(place.code) if place.level == "lsoa" else _wards(place.country)
        smaller = smaller[smaller["parent"] == place.code]
        return {place.level: smaller, "district": own}
    members = _members(place.code)
    district = _districts(place.country)
    district = district[district["code"].isin(members)]
    layers = {"district": district.assign(parent=place.code)}
    if place.level == "ward":
        wards = _wards(place.country)
        layers = {"ward": wards[wards["parent"].isin(members)], **layers}
    forces = _forces()
    return {**layers, "police_area": forces[forces["code"] == place.code]}


@cache
def _wards(country: str) -> gpd.GeoDataFrame:
    if country == "England":
        found = _read("boundaries/england_wards_dec2013_27700.gpkg", "WD13CD", "WD13NM", "ladcd")
    else:
        file = "open/boundaries/wards_2025_ew_generalised_27700.gpkg"
        found = _read(file, "WD25CD", "WD25NM", "LAD25CD")
    return found[found["code"].str.startswith(country[0])]


@cache
def _districts(country: str) -> gpd.GeoDataFrame:
    if country == "England":
        return _read("boundaries/england_districts_dec2013_27700.gpkg", "ladcd", "ladnm")
    found = _read("open/boundaries/geographr_boundaries_ltla24.gpkg", "ltla24_code", "ltla24_name")
    return found[found["code"].str.startswith("W")]


@cache
def _forces() -> gpd.GeoDataFrame:
    file = "boundaries/england_wales_police_areas_2020_4326.gpkg"
    return _read(file, "pfa20_code", "pfa20_name")


def _lsoas(district: str) -> gpd.GeoDataFrame:
    whole = _all_lsoas()
    table = pd.read_csv(SHARED / "open/gazetteer/LSOA11_WD15_LAD15_EW_LU.csv.gz")
    inside = table[table["LAD15CD"] == district]["LSOA11CD"]
    return whole[whole["code"].isin(inside)].assign(parent=district)


@cache
def _all_lsoas() -> gpd.GeoDataFrame:
    return _read("boundaries/england_wales_lsoa11_4326.gpkg", "lsoa11_code", "lsoa11_name")


def _read(file: str, code: str, name: str, parent: str = "") -> gpd.GeoDataFrame:
    """Outlines as published, with our short names of columns."""
    areas = gpd.read_file(SHARED / file)
    areas = areas.rename(columns={code: "code", name: "name", parent: "parent"})
    kept = ["code", "name", *(["parent"] if parent else []), "geometry"]
    return areas[kept].sort_values("code", ignore_index=True)


@cache
def _force_of_district() -> pd.Series:
    gazetteer = SHARED / "open/gazetteer"
    england = pd.read_csv(gazetteer / "LAD17_CSP17_PFA17_EW_LU_Jan2017_v2.csv")
    wales = pd.read_csv(gazetteer / "geographr_lookup_ltla24_csp24_pfa24.csv")
    pairs = [
        england[["LAD17CD", "PFA17CD"]].set_axis(["district", "force"], axis=1),
        wales[wales["ltla24_code"].str.startswith("W")][["ltla24_code", "pfa24_code"]].set_axis(
            ["district", "force"], axis=1
        ),
    ]
    return pd.concat(pairs).drop_duplicates("district").set_index("district")["force"]


def _members(force: str) -> frozenset[str]:
    """Districts of a police area that there are outlines of."""
    table = _force_of_district()
    inside = set(table.index[table == force])
    known = {*_districts("England")["code"], *_districts("Wales")["code"]}
    return frozenset(inside & known)


def _people(codes: list[str], level: str) -> pd.DataFrame:
    """Made-up residents of 16 and over: they go by the digits of a code alone."""
    least, more = _RESIDENTS[level]
    numbers = [least + zlib.crc32(code.encode()) % more for code in codes]
    women = [number * 51 // 100 for number in numbers]
    by_sex = {
        "persons": numbers,
        "female": women,
        "male": [number - part for number, part in zip(numbers, women, strict=True)],
    }
    tables = [
        pd.DataFrame({"area_code": codes, "sex": sex, "population": values})
        for sex, values in by_sex.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _counts(people: pd.DataFrame, place: Place) -> pd.DataFrame:
    """Made-up counts of two indicators, of women, men and persons."""
    numbers = np.random.default_rng(zlib.crc32("".join(place).encode()))
    by_sex = dict(list(people.groupby("sex")))
    tables = []
    for indicator, (of_women, of_men) in INDICATORS.items():
        codes = by_sex["female"]["area_code"].to_numpy()
        # Areas differ by more than chance: a factor of its own for each.
        factor = numbers.gamma(4.0, 0.25, len(codes))
        female, male = (
            numbers.poisson(factor * by_sex[sex]["population"].to_numpy() * per / 1000)
            for sex, per in (("female", of_women), ("male", of_men))
        )
        for sex, count in (("female", female), ("male", male), ("persons", female + male)):
            tables.append(
                pd.DataFrame(
                    {
                        "area_code": codes, "indicator": indicator, "sex": sex,
                        "period": _PERIOD, "count": count,
                    }
                )
            )  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _toml(place: Place, layers: dict[str, gpd.GeoDataFrame], *, hotspots: bool) -> str:
    return "\n".join(_lines(place, layers, hotspots=hotspots)) + "\n"


def _lines(place: Place, layers: dict[str, gpd.GeoDataFrame], *, hotspots: bool) -> Iterator[str]:
    name = place.name.replace('"', "'")
    yield from ("[project]", f'title = "{name} (made-up figures)"', f'period = "{_PERIOD}"')
    yield 'publisher = "Made up, to try the maps out"'
    for level, areas in layers.items():
        yield f"[areas.{level}]"
        yield f'boundaries = "{level}.gpkg"\ncode = "code"\nname = "name"'
        if "parent" in areas:
            yield 'parent = "parent"'
    yield f'[[counts]]\nfile = "counts.csv"\nbasis = "own"\nlevel = "{place.level}"'
    yield "[population]"
    yield f'[[population.files]]\nfile = "people.csv"\nlevel = "{place.level}"\nbasis = "estimated"'
    yield f'[significance]\ncomparator = "{place.code}"'
    yield "[hotspots]\npermutations = 199\nreplicates = 99"
    if not hotspots:
        yield "statistic = []\nscan = false"
    yield "[editions]\nbuild = ['public', 'partnership']"
