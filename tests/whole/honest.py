"""A small made-up partnership area to try configurations on: twelve wards in two districts."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import tomli_w
from shapely.geometry import box

if TYPE_CHECKING:
    from pathlib import Path

WARDS = [f"E0500{9901 + n}" for n in range(12)]
DISTRICTS = ["E07000401", "E07000402"]
COUNTY = "E10000098"
HOME = dict(zip(WARDS, [DISTRICTS[n // 6] for n in range(12)], strict=True))
NAMES = {
    **dict(zip(WARDS, (
        "Abbey", "Bridge", "Castle", "Dean", "East", "Ferry", "Grange", "Hill", "Iron Moor",
        "Jubilee", "King's Park", "Lane End"), strict=True)),
    **dict(zip(DISTRICTS, ("Northbourne", "Southbourne"), strict=True)),
    COUNTY: "Bourneshire",
}  # fmt: skip
# Two small counts among twelve, and a zero.
COUNTS = [21, 34, 18, 27, 3, 40, 29, 0, 33, 24, 6, 38]
LSOAS = [f"E0109{9000 + n}" for n in range(24)]


def squares() -> dict[str, gpd.GeoDataFrame]:
    """Outlines by level: wards of 2 km, 4 x 3; a district is two columns of them."""
    wards = [box(400e3 + 2e3 * (n // 3), 300e3 + 2e3 * (n % 3), 402e3 + 2e3 * (n // 3),
                 302e3 + 2e3 * (n % 3)) for n in range(12)]  # fmt: skip
    districts = [box(400e3, 300e3, 404e3, 306e3), box(404e3, 300e3, 408e3, 306e3)]
    whole = [box(400e3, 300e3, 408e3, 306e3)]
    return {
        "ward": _layer(WARDS, wards, [HOME[code] for code in WARDS]),
        "district": _layer(DISTRICTS, districts, [COUNTY] * 2),
        "county": _layer([COUNTY], whole, [""]),
    }


def _layer(codes: list[str], shapes: list[Any], parents: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "area_code": codes,
            "area_name": [NAMES[code] for code in codes],
            "parent_code": parents,
        },
        geometry=shapes,
        crs="EPSG:27700",
    )


def table(series: dict[tuple[str, ...], list[Any]], *, areas: list[str] = WARDS) -> str:
    """A table of counts: (indicator, sex, period) to a count for each area; None has no row."""
    lines = ["area_code,indicator,sex,period,count"]
    for (indicator, sex, period), values in series.items():
        lines += [
            f'{code},"{indicator}",{sex},{period},{value}'
            for code, value in zip(areas, values, strict=True)
            if value is not None
        ]
    return "\n".join(lines) + "\n"


def residents() -> str:
    """Population by ward and sex: persons are the two together, districts and county the sums."""
    people = {code: 5000 + 331 * n for n, code in enumerate(WARDS)}
    for code in DISTRICTS:
        people[code] = sum(people[w] for w in WARDS if HOME[w] == code)
    people[COUNTY] = sum(people[code] for code in DISTRICTS)
    lines = ["area_code,sex,population"]
    for code, number in people.items():
        women = number * 51 // 100
        lines += [f"{code},persons,{number}", f"{code},female,{women}",
                  f"{code},male,{number - women}"]  # fmt: skip
    return "\n".join(lines) + "\n"


CONFIG: dict[str, Any] = {
    "project": {
        "title": "Example (made up)",
        "period": "2015/16",
        "reference_date": "2016-03-31",
        "publisher": "Bourneshire partnership",
        "agreement": "Agreement 12",
    },
    "areas": {
        "ward": {"boundaries": "wards.gpkg"},
        "district": {"boundaries": "districts.gpkg"},
        "county": {"boundaries": "county.gpkg"},
    },
    "counts": [{"file": "counts.csv", "basis": "own", "level": "ward", "vintage": "2015"}],
    "population": {"files": [{"file": "people.csv"}]},
    "significance": {"comparator": COUNTY},
    "hotspots": {"permutations": 99, "replicates": 99},
}


@dataclass
class Draft:
    """A project before it is written: its configuration, its tables and its outlines."""

    folder: Path
    config: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(CONFIG))
    tables: dict[str, str | bytes] = field(default_factory=dict)
    layers: dict[str, gpd.GeoDataFrame] = field(default_factory=squares)
    report: bool = False

    def __post_init__(self) -> None:
        self.tables.setdefault("people.csv", residents())
        self.tables.setdefault(
            "counts.csv", table({("crimes", "persons", "2015/16"): list(COUNTS)})
        )

    def counts(self, series: dict[tuple[str, ...], list[Any]], **options: Any) -> None:
        """Give other counts than the usual."""
        self.tables["counts.csv"] = table(series, **options)

    def indicator(self, name: str = "crimes", **said: Any) -> None:
        """Say something of an indicator."""
        self.config.setdefault("indicators", []).append({"name": name, **said})

    def project(self, **said: Any) -> None:
        """Say something under [project]."""
        self.config["project"] |= said

    def write(self) -> Path:
        """Write everything; gives the configuration's path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        files = {"ward": "wards.gpkg", "district": "districts.gpkg", "county": "county.gpkg"}
        for level, layer in self.layers.items():
            layer.to_file(self.folder / files[level], driver="GPKG")
        for name, text in self.tables.items():
            data = text if isinstance(text, bytes) else text.encode()
            (self.folder / name).write_bytes(data)
        path = self.folder / "vawg.toml"
        path.write_text(tomli_w.dumps(self.config), "utf-8")
        return path


def small_areas(draft: Draft) -> None:
    """Two LSOAs in each ward, with residents and a point: what overlays stand on."""
    rows, points, scores = [], [], []
    for n, code in enumerate(LSOAS):
        ward = n // 2
        rows.append((code, WARDS[ward], HOME[WARDS[ward]], 2000 + 37 * n, 1600 + 31 * n))
        points.append((code, 400500 + 2000 * (ward // 3) + 1000 * (n % 2),
                       301000 + 2000 * (ward % 3)))  # fmt: skip
        scores.append((code, 8.5 + 2.1 * ((7 * n) % 24), 32000 - 1300 * ((7 * n) % 24),
                       10 - ((7 * n) % 24) * 10 // 24))  # fmt: skip
    heads = {
        "lookup.csv": ["lsoa_code", "ward_code", "district_code", "population", "population_16"],
        "points.csv": ["lsoa_code", "easting", "northing"],
        "imd.csv": ["lsoa_code", "score", "rank", "decile"],
    }
    for (name, head), values in zip(heads.items(), (rows, points, scores), strict=True):
        text = io.StringIO()
        pd.DataFrame(values, columns=head).to_csv(text, index=False, lineterminator="\n")
        draft.tables[name] = text.getvalue()
    draft.config.setdefault("overlays", {})["lsoas"] = {
        "file": "lookup.csv", "points": "points.csv"
    }  # fmt: skip
