"""A made-up table of ward counts, our editions of it, and naive publications of the same table.

Each naive publication makes one mistake that is common, or was made by a tool without being
asked. `attack_editions.py` attacks them and our editions alike.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from _attacks import LATER, OFFENCES, Cell
from _project import project_text

from vawg_geo.inputs.catalogue.registry import embedded_folder
from vawg_geo.inputs.key import KEY_FILE
from vawg_geo.pipeline import build

__all__ = [
    "EARLIER",
    "TWO_SEXES",
    "TWO_YEARS",
    "YEARS",
    "Secret",
    "coloured_map",
    "dropped_layer",
    "make_secret",
    "naive_marks",
    "naive_tables",
    "rates_only",
    "tooltip_map",
    "write_editions",
    "write_second",
]  # fmt: skip

# `OFFENCES` are by women, men and persons, for one year.
TWO_SEXES: Final = "referrals"  # men left out
YEARS: Final = "contacts"  # two years, and both together
EARLIER: Final = "2014/15"
TWO_YEARS: Final = "2014/15 to 2015/16"
_POLICE_AREA: Final = "E23000023"
_COUNTY: Final = "E10000003"
_UNITARY: Final = "E06000031"
_FEMALE_SHARE: Final = 0.68
# Mean count of persons in a ward, and the shape of the gamma distribution of the wards' rates.
_MEAN: Final = 55.0
_SHAPE: Final = 2.5
_KEYS: Final = ["area_code", "indicator", "sex", "period"]
_LARGEST: Final = 7

_PROJECT: Final = project_text(
    "Made-up counts", more="[hotspots]\npermutations = 99\nscan = false\n"
)
_OWN_KEY: Final = "c4" * 32
_WEAKER: Final = """
[disclosure]
decision = "Made-up counts: a second publication with another threshold."
[disclosure.public]
largest_hidden = 4
"""


class Secret(NamedTuple):
    """What nobody outside may know: all counts at all levels, by `Cell` and indicator."""

    table: pd.DataFrame
    parents: dict[str, str]

    def counts(self, indicator: str, *, level: str = "E05") -> dict[Cell, int]:
        """Counts of the wards, or of areas whose codes begin otherwise."""
        rows = self.table[self.table["indicator"] == indicator]
        rows = rows[rows["area_code"].str.startswith(level)]
        return {
            Cell(area, sex, period): int(count)
            for area, sex, period, count in zip(
                rows["area_code"], rows["sex"], rows["period"], rows["count"], strict=True
            )
        }


@cache
def _people() -> pd.DataFrame:
    return pd.read_csv(embedded_folder("data") / "population_wards_2015.csv")


def make_secret(seed: int) -> Secret:
    """Draw counts for the embedded wards, over-dispersed and in proportion to their residents."""
    people = _people()
    parents = dict(zip(people["area_code"], people["parent_code"], strict=True))
    parents |= {d: _COUNTY for d in set(parents.values()) if d != _UNITARY}
    parents |= {_UNITARY: _POLICE_AREA, _COUNTY: _POLICE_AREA}
    persons = people[people["sex"] == "persons"]
    wards, residents = persons["area_code"].tolist(), persons["population"].to_numpy()
    generator = np.random.default_rng(seed)
    mean = _MEAN * residents / residents.mean()

    def draw(times: float) -> np.ndarray:
        rates = generator.gamma(_SHAPE, 1 / _SHAPE, len(wards))
        events: np.ndarray = generator.poisson(times * mean * rates)
        return events

    frames = []

    def add(indicator: str, sex: str, period: str, counts: np.ndarray) -> None:
        frames.append(
            pd.DataFrame({"area_code": wards, "count": counts}).assign(
                indicator=indicator, sex=sex, period=period
            )
        )

    for indicator in (OFFENCES, TWO_SEXES):
        both = draw(1)
        female = generator.binomial(both, _FEMALE_SHARE)
        for sex, counts in (("persons", both), ("female", female), ("male", both - female)):
            add(indicator, sex, LATER, counts)
    first, second = draw(0.5), draw(0.5)
    for period, counts in ((EARLIER, first), (LATER, second), (TWO_YEARS, first + second)):
        add(YEARS, "persons", period, counts)
    return Secret(_with_sums(pd.concat(frames, ignore_index=True), parents), parents)


def _with_sums(wards: pd.DataFrame, parents: dict[str, str]) -> pd.DataFrame:
    levels = [wards]
    for _ in range(3):
        upper = levels[-1].assign(area_code=levels[-1]["area_code"].map(parents)).dropna()
        levels.append(pd.DataFrame(upper.groupby(_KEYS, as_index=False)["count"].sum()))
    # The county's figure comes one step later than the unitary authority's reaches the top.
    table = pd.concat([*levels[:2], levels[2], levels[3]], ignore_index=True)
    return pd.DataFrame(table.groupby(_KEYS, as_index=False)["count"].sum())


def write_editions(secret: Secret, folder: Path) -> dict[str, Path]:
    """Build our editions; the men of one indicator are not in the table."""
    given = secret.table[secret.table["area_code"].str.startswith("E05")]
    given = given[(given["indicator"] != TWO_SEXES) | (given["sex"] != "male")]
    return _built(given, _PROJECT, folder, ["public", "partnership"])


def write_second(secret: Secret, folder: Path) -> Path:
    """Build a publication of its own with another threshold, which knows of no other."""
    given = secret.table[secret.table["indicator"] == OFFENCES]
    given = given[given["area_code"].str.startswith("E05")]
    return _built(given, _PROJECT + _WEAKER, folder, ["public"])["public"]


def _built(counts: pd.DataFrame, config: str, folder: Path, editions: list[str]) -> dict[str, Path]:
    folder.mkdir(parents=True)
    counts.to_csv(folder / "counts.csv", index=False)
    (folder / "vawg.toml").write_text(config, "utf-8")
    # The same at each time, so that the table of the attacks can be made again.
    (folder / KEY_FILE).write_text(_OWN_KEY, "utf-8")
    return build(folder / "vawg.toml", out=folder / "out", editions=editions).folders


def _with_people(secret: Secret, sex: str) -> pd.DataFrame:
    """Wards of one sex with their residents and the rate per 1,000."""
    counts = secret.table[(secret.table["indicator"] == OFFENCES) & (secret.table["sex"] == sex)]
    people = _people()[["area_code", "area_name", "sex", "population"]]
    wards = people.merge(counts, on=["area_code", "sex"])
    return wards.assign(rate=wards["count"] / wards["population"] * 1000)


def rates_only(secret: Secret, folder: Path) -> None:
    """Leave the counts out and print rates to one decimal beside the population."""
    wards = pd.concat([_with_people(secret, sex) for sex in ("persons", "female", "male")])
    wards = wards.assign(rate=wards["rate"].round(1), rate_per=1000, count="")
    _write(wards.drop(columns="area_name"), folder)


def naive_tables(secret: Secret, folder: Path, indicator: str, *, men: bool = True) -> None:
    """Hide small counts and nothing else; all sums, sexes and periods are published."""
    table = secret.table[secret.table["indicator"] == indicator]
    if not men:
        table = table[table["sex"] != "male"]
    small = table["count"].between(1, _LARGEST) & table["area_code"].str.startswith("E05")
    _write(table.assign(count=table["count"].astype(str).mask(small, "x")), folder)
    _write_areas(secret, folder)


def naive_marks(secret: Secret, edition: Path, folder: Path) -> None:
    """Hide what our edition hides, but mark small counts `x` and all others `c`."""
    paths = (edition / "tables").glob("rates_*.csv")
    shown = pd.concat([pd.read_csv(path) for path in paths])
    hidden = shown[(shown["status"] == "suppressed")][_KEYS].assign(hidden=True)
    table = secret.table[secret.table["indicator"] == OFFENCES].merge(hidden, "left", on=_KEYS)
    mark = np.where(table["count"] <= _LARGEST, "x", "c")
    counts = table["count"].astype(str).mask(table["hidden"].notna(), pd.Series(mark))
    _write(table.assign(count=counts).drop(columns="hidden"), folder)
    _write_areas(secret, folder)


def _write(table: pd.DataFrame, folder: Path) -> None:
    (folder / "tables").mkdir(parents=True)
    table.to_csv(folder / "tables" / "rates_all.csv", index=False)


def _write_areas(secret: Secret, folder: Path) -> None:
    areas = pd.DataFrame(secret.parents.items(), columns=["area_code", "parent_code"])
    areas.to_csv(folder / "tables" / "areas.csv", index=False)


def _outlines() -> dict[str, object]:
    """Small squares: what a map says by its colours and data does not hang on its outlines."""
    from shapely.geometry import box

    codes = _people()["area_code"].unique()
    return {c: box(n % 12, n // 12, n % 12 + 1, n // 12 + 1) for n, c in enumerate(codes)}


def coloured_map(secret: Secret, folder: Path) -> None:
    """Draw rates in colours without steps, with a key and without a single number on a ward."""
    import folium
    from branca.colormap import LinearColormap

    for sex in ("persons", "female", "male"):
        wards = _with_people(secret, sex)
        scale = LinearColormap(
            ["#ffffff", "#67000d"],
            vmin=float(wards["rate"].min()),
            vmax=float(wards["rate"].max()),
        )
        colours = dict(zip(wards["area_code"], wards["rate"].map(scale), strict=True))
        chart = folium.Map(tiles=None)
        folium.GeoJson(
            _features(wards[["area_code", "area_name"]]),
            style_function=lambda feature, colours=colours: {
                "fillColor": colours[feature["properties"]["area_code"]]
            },
        ).add_to(chart)
        scale.add_to(chart)
        _save(chart, folder, sex)
        people = wards[["area_code", "sex", "population"]].assign(rate="", rate_per=1000, count="")
        (folder / "tables").mkdir(exist_ok=True)
        people.assign(indicator=OFFENCES, period=LATER).to_csv(
            folder / "tables" / f"rates_{sex}.csv", index=False
        )


def tooltip_map(secret: Secret, folder: Path) -> None:
    """Draw a choropleth whose tooltip shows the name of a ward and no more."""
    import folium

    for sex in ("persons", "female", "male"):
        wards = _with_people(secret, sex)
        data = _features(wards[["area_code", "area_name", "count"]])
        chart = folium.Map(tiles=None)
        folium.Choropleth(
            data, wards, columns=["area_code", "count"], key_on="feature.properties.area_code"
        ).add_to(chart)
        tooltip = folium.GeoJsonTooltip(["area_name"])
        folium.GeoJson(data, tooltip=tooltip).add_to(chart)
        _save(chart, folder, sex)


def _features(wards: pd.DataFrame) -> object:
    import geopandas as gpd

    shapes = _outlines()
    return gpd.GeoDataFrame(wards, geometry=[shapes[c] for c in wards["area_code"]], crs=4326)


def _save(chart: object, folder: Path, sex: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    chart.save(folder / f"{sex}.html")  # type: ignore[attr-defined]


def dropped_layer(secret: Secret, folder: Path) -> None:
    """Write a layer of counts into a GeoPackage and drop it again."""
    import pyogrio

    folder.mkdir(parents=True)
    path = folder / "wards.gpkg"
    table = secret.table[secret.table["indicator"] == OFFENCES]
    wards = table[table["area_code"].str.startswith("E05")].reset_index(drop=True)
    names = _people()[["area_code", "area_name"]].drop_duplicates()
    pyogrio.write_dataframe(names, path, layer="wards")
    pyogrio.write_dataframe(wards, path, layer="for_us_only")
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA secure_delete = OFF")
        base.execute("DROP TABLE for_us_only")
        for index in ("gpkg_contents", "gpkg_ogr_contents"):
            base.execute(f"DELETE FROM {index} WHERE table_name = 'for_us_only'")
        base.commit()
