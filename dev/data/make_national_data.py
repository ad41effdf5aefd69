"""Write `data/national/`: wards, residents, deprivation and codes of all England and Wales.

    python dev/data/make_national_data.py [--shared ../shared] [--out data/national]

Wards are those of 2025, the newest for which outlines, districts and small areas are at hand.
Their residents are estimates: the published pattern of mid-2020 where a ward is the same since,
else Census 2021 by small area, best fit to wards; both scaled to the districts' published
mid-2023 figures by sex and age. Every file is registered with what was done, and `--compare` says
how well best fit does where both are at hand.
"""

from __future__ import annotations

import argparse
import gzip
import io
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from _data import ATTRIBUTION, OGL
from _registry import write_registry
from _settlements import part_of_town

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).resolve().parents[2]
ATTRIBUTION_2025: Final = ATTRIBUTION.replace("right 2015", "right 2025")
GEONAMES: Final = "Contains places of GeoNames (geonames.org), CC BY 4.0."
BANDS: Final = tuple(range(0, 90, 5))
# Recoded on 1 April 2025 with the same area.
RECODED: Final = {"E08000016": "E08000038", "E08000019": "E08000039"}
_LSOA_WARDS: Final = (
    "LSOA_(2021)_to_Electoral_Ward_(2025)_to_LAD_(2025)_Best_Fit_Lookup_in_EW_v2.csv"
)
_CSPS: Final = "Local_Authority_District_to_CSPs_to_Police_Force_Areas_(December_2023)_Lookup.csv"
_DOMAINS: Final = {
    "imd": "Index of Multiple Deprivation (IMD)",
    "income": "Income",
    "employment": "Employment",
    "education": "Education, Skills and Training",
    "health": "Health Deprivation and Disability",
    "crime": "Crime",
    "barriers": "Barriers to Housing and Services",
    "environment": "Living Environment",
}


def read_text_table(path: Path) -> pd.DataFrame:
    """Read a table whose cells are texts."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def mended(text: str) -> str:
    r"""Undo a name whose UTF-8 was read as the code page of a console: `Ynys M├┤n`.

    >>> mended("Ynys M\u251c\u2524n"), mended("Ynys M\u00f4n")
    ('Ynys Môn', 'Ynys Môn')
    """
    try:
        return text.encode("cp437").decode("utf-8")
    except UnicodeError:
        return text


# --- Outlines ------------------------------------------------------------------------------------


def make_wards(source: Path) -> gpd.GeoDataFrame:
    """Wards as one valid coverage on a grid of whole metres, sorted by code."""
    wards = gpd.read_file(source).sort_values("WD25CD", ignore_index=True)
    outlines = on_whole_metres(wards.geometry.to_numpy())
    welsh = wards["WD25NMW"].fillna("").where(lambda names: names != wards["WD25NM"], "")
    return gpd.GeoDataFrame(
        {
            "area_code": wards["WD25CD"],
            "area_name": wards["WD25NM"],
            "area_name_welsh": welsh,
            "district_code": wards["LAD25CD"],
        },
        geometry=outlines,
        crs="EPSG:27700",
    )


def on_whole_metres(outlines: np.ndarray) -> np.ndarray:
    """Round every corner to a metre: what two areas share stays shared.

    Where that makes outlines cross, the corners of the areas in question keep their decimals.
    """
    kept = np.zeros(0, dtype=complex)
    while True:
        rounded = shapely.transform(outlines, partial(_rounded, kept=kept))
        wrong = ~shapely.is_valid(rounded)
        wrong |= ~shapely.is_empty(shapely.coverage_invalid_edges(rounded))
        if not wrong.any():
            return np.asarray(shapely.normalize(rounded))
        before = kept
        kept = np.union1d(kept, _as_numbers(shapely.get_coordinates(outlines[wrong])))
        if len(kept) == len(before):
            msg = "The wards are no valid coverage on whole metres."
            raise ValueError(msg)


def _as_numbers(corners: np.ndarray) -> np.ndarray:
    return np.asarray(corners[:, 0] + 1j * corners[:, 1])


def _rounded(corners: np.ndarray, *, kept: np.ndarray) -> np.ndarray:
    exact = np.isin(_as_numbers(corners), kept)
    return np.where(exact[:, None], corners, np.rint(corners))


# --- Areas and codes -----------------------------------------------------------------------------


def make_districts(gazetteer: Path, wards: gpd.GeoDataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Districts of 2025 with the county, police area, region and nation that each lies in."""
    present = names[["LAD25CD", "LAD25NM", "LAD25NMW"]].drop_duplicates("LAD25CD")
    table = present.set_index("LAD25CD").loc[sorted(set(wards["district_code"]))].reset_index()
    table.columns = ["district_code", "district_name", "district_name_welsh"]
    higher = read_text_table(gazetteer / "drkane_la_all_codes.csv").set_index("LADCD")
    police = read_text_table(gazetteer / _CSPS)
    police["LAD23CD"] = police["LAD23CD"].replace(RECODED)
    police = police.drop_duplicates("LAD23CD").set_index("LAD23CD")
    code = table["district_code"]
    in_county = code.map(higher["UTLACD"]).str.startswith("E10")
    return table.assign(
        county_code=code.map(higher["UTLACD"]).where(in_county, ""),
        county_name=code.map(higher["UTLANM"]).where(in_county, ""),
        police_area_code=code.map(police["PFA23CD"]),
        police_area_name=code.map(police["PFA23NM"]),
        region_code=code.map(higher["RGNCD"]),
        region_name=code.map(higher["RGNNM"]),
        country_code=code.map(higher["CTRYCD"]),
        country_name=code.map(higher["CTRYNM"]),
    )


def make_csps(gazetteer: Path) -> pd.DataFrame:
    """Each pair of a community safety partnership and a district that it holds or shares."""
    pairs = read_text_table(gazetteer / _CSPS)
    table = pd.DataFrame(
        {
            "csp_code": pairs["CSP23CD"],
            "csp_name": pairs["CSP23NM"],
            "district_code": pairs["LAD23CD"].replace(RECODED),
        }
    )
    return table.sort_values(["csp_code", "district_code"], ignore_index=True)


def make_codes(gazetteer: Path, wards: gpd.GeoDataFrame) -> pd.DataFrame:
    """Codes of every year since 2009 with name, parent, dates, and what became of districts."""
    history = read_text_table(gazetteer / "code_history_jul2024.csv")
    kinds = (
        history["code"]
        .str[:3]
        .isin(
            [
                "E05",
                "W05",
                "E06",
                "E07",
                "E08",
                "E09",
                "W06",
                "E10",
                "E22",
                "W14",
                "E23",
                "W15",
                "E58",
            ]
        )
    )
    columns = ["code", "name", "name_alt", "parent", "start", "end"]
    table = history.loc[kinds, columns].rename(columns={"name_alt": "other_name"})
    newer = wards[~wards["area_code"].isin(table["code"])]
    late = pd.DataFrame(
        {
            "code": newer["area_code"],
            "name": newer["area_name"],
            "other_name": newer["area_name_welsh"],
            "parent": newer["district_code"],
            # Made after the history ends, and there in the outlines of 2025.
            "start": "after 2024-07",
            "end": "",
        }
    )
    recoded = [
        {
            "code": new,
            "name": history.loc[history["code"] == old, "name"].iloc[0],
            "other_name": "",
            "parent": "E12000003",
            "start": "2025-04-01",
            "end": "",
        }
        for old, new in RECODED.items()
    ]
    table = pd.concat([table, late, pd.DataFrame(recoded)], ignore_index=True)
    active = read_text_table(gazetteer / "drkane_la_all_codes.csv").set_index("LADCD")
    became = table["code"].map(active["LADCD_ACTIVE"]).fillna("")
    table["became"] = became.where(became != table["code"], "") + _ward_successors(table)
    return table.sort_values(["code", "start"], ignore_index=True)


def _ward_successors(table: pd.DataFrame) -> pd.Series:
    """Ward of the same name and district that began on the day after this one ended."""
    wards = table[table["code"].str[1:3] == "05"]
    ended = pd.to_datetime(wards["end"], errors="coerce") + pd.Timedelta(days=1)
    by_start = {
        (start, parent, name): code
        for code, start, parent, name in wards[["code", "start", "parent", "name"]].itertuples(
            index=False
        )
    }
    keys = zip(ended.dt.strftime("%Y-%m-%d"), wards["parent"], wards["name"], strict=True)
    found = pd.Series([by_start.get(key, "") for key in keys], index=wards.index)
    # A ward that was renamed, or whose district was recoded, keeps its code: it became nothing.
    return found.where(found != wards["code"], "").reindex(table.index, fill_value="")


# --- Residents -----------------------------------------------------------------------------------


def read_district_ages(path: Path) -> pd.DataFrame:
    """Residents of mid-2023 by district, sex and single year of age, as published."""
    frames = []
    for sex, sheet in (("female", "MYE2 - Females"), ("male", "MYE2 - Males")):
        table = pd.read_excel(path, sheet_name=sheet, header=7, engine="openpyxl")
        ages = [column for column in table if _is_age(column)]
        table["Code"] = table["Code"].replace(RECODED)
        tidy = table.melt(id_vars="Code", value_vars=ages, var_name="age", value_name="count")
        frames.append(tidy.assign(sex=sex, age=tidy["age"].map(_age)))
    return pd.concat(frames, ignore_index=True).rename(columns={"Code": "district_code"})


def _is_age(column: object) -> bool:
    return str(column).removesuffix(".0").removesuffix("+").isdigit()


def _age(column: object) -> int:
    return int(str(column).removesuffix(".0").removesuffix("+"))


def by_band(ages: pd.DataFrame) -> pd.DataFrame:
    """Residents by district, sex and five-year band, and how many of 15 to 19 are 16 or older."""
    band = (ages["age"] // 5 * 5).clip(upper=BANDS[-1])
    table = (
        ages.assign(band=band)
        .pivot_table(index=["district_code", "sex"], columns="band", values="count", aggfunc="sum")
        .reindex(columns=list(BANDS))
    )
    teens = ages[ages["age"].between(16, 19)]
    of_teens = teens.groupby(["district_code", "sex"])["count"].sum()
    return table.assign(sixteen_to_nineteen=of_teens)


def read_census(path: Path) -> pd.DataFrame:
    """Residents of Census 2021 by small area and five-year band."""
    table = pd.read_csv(path)
    counts = table.iloc[:, 4:22]
    counts.columns = pd.Index(BANDS)
    return counts.set_axis(table["geography code"], axis=0)


def read_ward_ages(folder: Path, became: Mapping[str, str]) -> pd.DataFrame:
    """Residents of mid-2020 by ward's district and name, sex and single year of age.

    The codes of this export run on like a row that was filled down in a spreadsheet (the name and
    the code agree in 1 of 200 rows), so that wards are known by their district and name.
    """
    frames = []
    for sex, name in (("female", "Females"), ("male", "Males")):
        path = folder / f"SAPE23DT8a Mid-2020 {name}-Table 1.csv"
        raw = pd.read_csv(path, header=None, dtype=str, keep_default_na=False)
        top = next(row for row in range(20) if str(raw.iloc[row, 0]).startswith("Ward Code"))
        heads = [head.strip() for head in raw.iloc[top]]
        rows = raw.iloc[top + 1 :].set_axis(heads, axis=1)
        rows = rows[rows.iloc[:, 2] != ""]
        ages = [head for head in heads if _is_age(head)]
        counts = rows[ages].apply(lambda column: pd.to_numeric(column.str.replace(",", "")))
        places = rows.iloc[:, 2].map(lambda code: became.get(code, code))
        index = pd.MultiIndex.from_arrays([places, rows.iloc[:, 1], [sex] * len(rows)])
        frames.append(counts.set_axis(index, axis=0).set_axis([_age(age) for age in ages], axis=1))
    table = pd.concat(frames).rename_axis(["district_code", "area_name", "sex"])
    unique: pd.DataFrame = table[~table.index.duplicated(keep=False)]
    return unique


def same_since_2020(wards: gpd.GeoDataFrame, codes: pd.DataFrame) -> pd.Series:
    """Whether each ward had its code, and so its outline, at the end of 2020."""
    began = codes.groupby("code")["start"].min()
    same: pd.Series = wards["area_code"].map(began) <= "2020-12-31"
    return same


def ward_patterns(
    wards: gpd.GeoDataFrame, fitted: pd.DataFrame, ages: pd.DataFrame, same: pd.Series
) -> pd.DataFrame:
    """Residents of wards by sex and band before they are scaled, and the way they were found."""
    frames = []
    known = wards[same.to_numpy()]
    for sex in ("female", "male"):
        keys = pd.MultiIndex.from_arrays(
            [known["district_code"], known["area_name"], [sex] * len(known)]
        )
        single = ages.reindex(keys).set_axis(known["area_code"], axis=0).dropna()
        bands = single.T.groupby(np.minimum(single.columns // 5 * 5, BANDS[-1])).sum().T
        bands = bands.assign(teens=single[[16, 17, 18, 19]].sum(axis=1) / bands[15], method="ward")
        # Best fit knows no sex: half of each band, and the district's share of those aged 16 to 19.
        rest = (fitted / 2).loc[~fitted.index.isin(bands.index)].assign(method="best-fit")
        frames.append(pd.concat([bands, rest]).rename_axis("area_code").assign(sex=sex))
    return pd.concat(frames).set_index("sex", append=True).sort_index()


def make_ward_residents(
    wards: gpd.GeoDataFrame, patterns: pd.DataFrame, districts: pd.DataFrame
) -> pd.DataFrame:
    """Residents of wards by sex and band: each pattern scaled to its district's mid-2023.

    A ward that is the best fit of no small area, and not the same since 2020, has no row: its
    residents are not known.
    """
    home = wards.set_index("area_code")["district_code"]
    codes = patterns.index.get_level_values("area_code")
    places = pd.MultiIndex.from_arrays(
        [codes.map(home), patterns.index.get_level_values("sex")], names=["district_code", "sex"]
    )
    counts = patterns[list(BANDS)]
    totals = counts.groupby(places).sum().loc[places].set_axis(patterns.index)
    of_home = districts.loc[places].set_axis(patterns.index)
    counts = counts / totals * of_home[list(BANDS)]
    teens = patterns["teens"].fillna(of_home["sixteen_to_nineteen"] / of_home[15])
    older = counts[[band for band in BANDS if band >= 20]].sum(axis=1)
    table = _rounded_bands(counts).assign(
        population_16=(older + counts[15] * teens).round().astype(int), method=patterns["method"]
    )
    return table.reset_index()[[*_RESIDENT_COLUMNS, "method"]]


_BAND_COLUMNS: Final = [*(f"aged_{low}_{low + 4}" for low in BANDS[:-1]), "aged_85_over"]
_RESIDENT_COLUMNS: Final = ["area_code", "sex", "population", "population_16", *_BAND_COLUMNS]


def _rounded_bands(counts: pd.DataFrame) -> pd.DataFrame:
    bands = counts.round().astype(int).set_axis(_BAND_COLUMNS, axis=1)
    return bands.assign(population=counts.sum(axis=1).round().astype(int))


def make_district_residents(districts: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Residents of districts by sex and band, as published."""
    table = districts.loc[codes]
    counts = table[list(BANDS)]
    older = counts[[band for band in BANDS if band >= 20]].sum(axis=1)
    whole = _rounded_bands(counts).assign(
        population_16=(older + table["sixteen_to_nineteen"]).astype(int)
    )
    return whole.rename_axis(["area_code", "sex"]).reset_index()[_RESIDENT_COLUMNS]


def make_lsoas(
    lookup: pd.DataFrame, census: pd.DataFrame, districts: pd.DataFrame, outlines: Path
) -> pd.DataFrame:
    """Small areas of 2021: ward, district, neighbourhood, residents, a place inside."""
    home = lookup.set_index("LSOA21CD")["LAD25CD"].reindex(census.index)
    persons = districts.groupby(level="district_code").sum()
    of_home = persons.loc[home.to_numpy()].set_axis(census.index)
    counts = census / census.groupby(home).transform("sum") * of_home[list(BANDS)]
    teens = of_home["sixteen_to_nineteen"] / of_home[15]
    older = counts[[band for band in BANDS if band >= 20]].sum(axis=1)
    shapes = gpd.read_file(f"zip://{outlines}").to_crs("EPSG:27700")
    code = next(c for c in shapes if c.endswith("_code"))
    inside = shapes.set_index(code).geometry.representative_point().reindex(census.index)
    table = lookup.set_index("LSOA21CD").reindex(census.index)
    return pd.DataFrame(
        {
            "lsoa_code": census.index,
            "ward_code": table["WD25CD"].to_numpy(),
            "district_code": table["LAD25CD"].to_numpy(),
            # 'Sheffield 001A' lies in 'Sheffield 001'.
            "msoa_name": table["LSOA21NM"].str[:-1].to_numpy(),
            "population": counts.sum(axis=1).round().astype(int).to_numpy(),
            "population_16": (older + counts[15] * teens).round().astype(int).to_numpy(),
            "easting": inside.x.round().astype(int).to_numpy(),
            "northing": inside.y.round().astype(int).to_numpy(),
        }
    ).sort_values("lsoa_code", ignore_index=True)


def make_ward_history(gazetteer: Path, population: Path, lsoas: pd.DataFrame) -> pd.DataFrame:
    """Wards of earlier years by small area of 2021, or part of it that was one of 2011.

    Residents of a small area that was made of several are parted as those of mid-2020 were.
    """
    pairs = read_text_table(gazetteer / "geographr_lookup_lsoa11_lsoa21_ltla22.csv.gz")
    table = pd.DataFrame({"lsoa_code": pairs["lsoa21_code"], "lsoa_2011": pairs["lsoa11_code"]})
    table = table.sort_values(["lsoa_code", "lsoa_2011"], ignore_index=True)
    ages = pd.read_csv(
        population / "demographr_population20_lsoa11.csv.gz", index_col="lsoa11_code"
    )
    older = ages[[age for age in ages if _is_age(age) and _age(age) >= 16]].sum(axis=1)
    weight = table["lsoa_2011"].map(older)
    share = weight / weight.groupby(table["lsoa_code"]).transform("sum")
    residents = table["lsoa_code"].map(lsoas.set_index("lsoa_code")["population_16"])
    table["population_16"] = (share * residents).round().astype(int)
    for year, name in _WARD_LOOKUPS.items():
        lookup = read_text_table(gazetteer / name)
        by_lsoa = lookup.set_index("LSOA11CD")[f"WD{year[2:]}CD"]
        table[f"ward_{year}"] = table["lsoa_2011"].map(by_lsoa)
    lookup = read_text_table(gazetteer / "geographr_lookup_lsoa21_ward24_ltla24.csv.gz")
    table["ward_2024"] = table["lsoa_code"].map(lookup.set_index("lsoa21_code")["ward24_code"])
    return table


_WARD_LOOKUPS: Final = {
    "2015": "LSOA11_WD15_LAD15_EW_LU.csv.gz",
    "2016": "LSOA11_WD16_LAD16_EW_LU.csv.gz",
    "2017": "LSOA11_WD17_LAD17_EW_LU.csv.gz",
    "2018": "LSOA11_WD18_LAD18_EW_LU_v3.csv.gz",
    "2019": "LSOA11_WD19_LAD19_EW_LU.csv",
}


# --- Deprivation and places -----------------------------------------------------------------------


def make_english_deprivation(path: Path) -> pd.DataFrame:
    """Scores, and rank and decile of the index and of income, of England's small areas of 2021."""
    table = pd.read_csv(path)
    by_start = {
        f"{name}_{what}": next(
            column
            for column in map(str, table)
            if column.startswith(f"{words} {what.capitalize()}")
        )
        for name, words in _DOMAINS.items()
        for what in ("score", "rank", "decile")
    }
    wanted = [key for key in by_start if key.endswith("_score")]
    wanted += ["imd_rank", "imd_decile", "income_rank", "income_decile"]
    chosen = table[[by_start[key] for key in wanted]].set_axis(wanted, axis=1)
    return chosen.assign(lsoa_code=table["LSOA code (2021)"])[["lsoa_code", *wanted]].sort_values(
        "lsoa_code", ignore_index=True
    )


def make_welsh_deprivation(path: Path, links: Path) -> pd.DataFrame:
    """Scores, ranks and deciles of Wales' small areas of 2021, from those of 2011.

    A small area that is a part of one of 2011 has that one's values; one that several were merged
    into has the mean of their scores, and the rank that such a score had.
    """
    table = pd.read_csv(path).set_index("lsoa11_code")
    domains = [
        "IMD",
        "Income",
        "Employment",
        "Health",
        "Education",
        "Housing",
        "Access",
        "Environment",
        "Crime",
    ]
    values = {f"{name}_score": f"{name.lower()}_score" for name in domains}
    pairs = read_text_table(links)
    pairs = pairs[pairs["lsoa11_code"].isin(table.index)]
    joined = table.loc[pairs["lsoa11_code"], list(values)].set_axis(pairs["lsoa21_code"], axis=0)
    means = joined.rename(columns=values).groupby(level=0).mean()
    parts = pairs.groupby("lsoa21_code")["change_code"].first().map(_HOW_LINKED)
    for name in ("IMD", "Income"):
        # The place that the score has among those of 2011: the same where nothing was merged.
        ascending = np.sort(-table[f"{name}_score"].to_numpy())
        score = means[f"{name.lower()}_score"].to_numpy()
        rank = 1 + np.searchsorted(ascending, -score, side="left")
        means[f"{name.lower()}_rank"] = rank
        means[f"{name.lower()}_decile"] = np.ceil(rank / len(table) * 10).astype(int)
    return means.round(4).assign(from_2011=parts).rename_axis("lsoa_code").reset_index()


_HOW_LINKED: Final = {"U": "same", "S": "part", "M": "merged", "X": "redrawn"}


def make_towns(path: Path, outlines: Path) -> pd.DataFrame:
    """Populated places with 1,000 residents or more, largest first, and whose parts they are."""
    table = pd.read_csv(path)
    table = table[table["population"] >= 1000]
    places = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326").to_crs(
        "EPSG:27700"
    )
    # Signs and maps write St Ives.
    names = table["name"].str.replace(r"\bSaint\b", "St", regex=True)
    named = gpd.GeoDataFrame({"town": names, "population": table["population"]}, geometry=places)
    return pd.DataFrame(
        {
            "town": names,
            "easting": places.x.round().astype(int),
            "northing": places.y.round().astype(int),
            "population": table["population"],
            "part_of": part_of_town(named, outlines),
        }
    ).sort_values(["population", "town"], ascending=[False, True], ignore_index=True)


def print_comparison(
    wards: gpd.GeoDataFrame, fitted: pd.DataFrame, patterns: pd.DataFrame, bands: pd.DataFrame
) -> None:
    """Say how far best fit is from the ward's own pattern, of residents aged 16 and over."""
    bare = (fitted / 2).assign(method="best-fit", teens=float("nan")).rename_axis("area_code")
    both = pd.concat([bare.assign(sex=sex) for sex in ("female", "male")])
    by_fit = make_ward_residents(wards, both.set_index("sex", append=True).sort_index(), bands)
    by_ward = make_ward_residents(wards, patterns, bands)
    pairs = by_ward[by_ward["method"] == "ward"].merge(by_fit, on=["area_code", "sex"])
    apart = (pairs["population_16_y"] / pairs["population_16_x"] - 1).abs()
    print(
        f"{len(pairs):,} of {len(by_ward):,} by the ward's own pattern; best fit is "
        f"{apart.median():.1%} apart in the middle, {apart.quantile(0.95):.1%} at 95 of 100, "
        f"{apart.max():.1%} at the most"
    )
    names = wards.set_index("area_code")["area_name"]
    worst = pairs.assign(apart=apart).nlargest(10, "apart")
    for row in worst.itertuples():
        print(f"  {row.area_code} {names[row.area_code]}, {row.sex}: "
              f"{row.population_16_y:,} for {row.population_16_x:,}")  # fmt: skip


# --- Files ----------------------------------------------------------------------------------------


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8, packed without a clock where its name says so."""
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    content = text.getvalue().encode("utf-8")
    if path.suffix == ".gz":
        content = gzip.compress(content, compresslevel=9, mtime=0)
    path.write_bytes(content)
    print(f"{path.name}: {len(table):,} rows, {len(content) / 1e6:.2f} MB")


def write_outlines(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer as GeoParquet."""
    layer.to_parquet(path, compression="zstd", compression_level=19, index=False)
    print(f"{path.name}: {len(layer):,} rows, {path.stat().st_size / 1e6:.2f} MB")


_ONS: Final = "ONS Open Geography Portal"
ABOUT: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "wards_2025.parquet": (
        "Wards of England and Wales, 2025",
        f"{_ONS}: Wards (May 2025) Boundaries UK BGC",
        "2025-05-01",
        "simplified as one coverage with a tolerance of 200 m before it came here; corners "
        "on whole metres where outlines stay valid; names in Welsh where they differ",
    ),
    "districts_2025.csv": (
        "Districts of 2025 and the county, police area, region and nation of each",
        f"{_ONS}: look-ups from district to region and county; from district to police area "
        "(December 2023)",
        "2025-04-01",
        "Barnsley and Sheffield by their codes of April 2025",
    ),
    "csps_2023.csv": (
        "Community safety partnerships and their districts",
        f"{_ONS}: LAD to CSP to PFA (December 2023) Lookup in England and Wales",
        "2023-12-31",
        "a row for each pair: 7 districts lie in several partnerships, 12 partnerships hold "
        "several districts; Barnsley and Sheffield by their codes of April 2025",
    ),
    "codes.csv.gz": (
        "Codes and names of wards, districts, partnerships, counties and police areas since 2009",
        "ONS Code History Database (July 2024); wards of 2025 from their outlines",
        "2025-05-01",
        "`became` names the present district of a former one, and the ward that began with the "
        "same name in the same district on the day after another ended; 335 wards made after "
        "July 2024 have no exact beginning",
    ),
    "residents_wards_2025.csv.gz": (
        "Residents of wards of 2025 by sex and age, mid-2023, estimated",
        "ONS mid-2023 estimates of districts; ONS ward estimates mid-2020 (SAPE23DT8a); Census "
        "2021 TS007A by small area; ONS best-fit look-up from LSOA (2021) to ward (2025)",
        "2023-06-30",
        "method `ward`: the pattern of mid-2020 of a ward that is the same since; `best-fit`: "
        "small areas of the census, sexes by the district's split; both scaled to the "
        "district. Where both are at hand, best fit is 6.6 % apart in the middle for women and "
        "for men aged 16 and over (34.5 % at 95 of 100), 6.1 % for both together; a ward without "
        "either has no row",
    ),
    "residents_districts_2025.csv": (
        "Residents of districts by sex and age, mid-2023",
        "ONS mid-2023 population estimates for England and Wales",
        "2023-06-30",
        "as published, summed to five-year bands; Barnsley and Sheffield by their codes of 2025",
    ),
    "lsoas_2021.csv.gz": (
        "Small areas of 2021: ward, district, neighbourhood, residents, a place inside",
        "ONS best-fit look-up from LSOA (2021) to ward (2025) v2; Census 2021 TS007A; ONS mid-2023 "
        "estimates of districts; LSOA (2021) outlines",
        "2023-06-30",
        "residents are those of the census, scaled to the district's mid-2023 by band; the place "
        "is inside the outline, and not where most residents live",
    ),
    "ward_history.csv.gz": (
        "Small areas and the wards of 2015 to 2019 and of 2024 that each belonged to",
        "ONS best-fit look-ups from LSOA (2011) to wards 2015, 2016, 2017, 2018 and 2019, and from "
        "LSOA (2021) to ward (2024); ONS exact-fit look-up from LSOA (2011) to LSOA (2021); ONS "
        "small area estimates mid-2020",
        "December of each year named",
        "a row for each small area of 2021, or for each of 2011 that it was made of; residents "
        "aged 16 and over of mid-2023, parted as in mid-2020 where it was made of several",
    ),
    "deprivation_england_2025.csv.gz": (
        "English Indices of Deprivation 2025 by LSOA (2021)",
        "Ministry of Housing, Communities and Local Government: English Indices of Deprivation "
        "2025, File 7",
        "2025",
        "scores of the index and its seven domains; rank and decile of the index and of income, 1 "
        "the most deprived; never to be pooled with the Welsh index",
    ),
    "deprivation_wales_2019.csv.gz": (
        "Welsh Index of Multiple Deprivation 2019 by LSOA (2021)",
        "Welsh Government, Welsh Index of Multiple Deprivation 2019; ONS exact-fit look-up from "
        "LSOA (2011) to LSOA (2021)",
        "2019",
        "the index is of LSOA (2011): a part of one of 2011 has its values, one that several were "
        "merged into their mean score and its rank (`from_2011` says which); scores of the index "
        "and its domains; rank and decile of the index and of income, 1 the most deprived; "
        "never to be pooled with the English index",
    ),
    "towns.csv.gz": (
        "Populated places of England and Wales with 1,000 residents or more",
        "GeoNames, cities500; ONS outlines of built-up area subdivisions, as kept with its towns "
        "and cities",
        "2025",
        "coordinates in the British National Grid on whole metres; `part_of` names the town in "
        "whose outline, or within 700 m of it, a place of another name lies",
    ),
}


def _entry(file: str, folder: Path) -> dict[str, object]:
    title, source, vintage, done = ABOUT[file]
    towns = file.startswith("towns")
    return {
        "name": f"national-{Path(file).name.partition('.')[0].replace('_', '-')}",
        "file": file,
        "title": title,
        "source": source,
        "licence": "Creative Commons Attribution 4.0" if towns else OGL,
        "attribution": "Contains places of GeoNames (geonames.org), CC BY 4.0."
        if towns
        else ATTRIBUTION_2025,
        "vintage": vintage,
        "done": done,
        "script": Path(__file__).name,
        "megabytes": round((folder / file).stat().st_size / 1e6, 2),
    }


def main() -> int:
    """Read, make, write, register."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "national")
    parser.add_argument("--compare", action="store_true", help="only say how well best fit does")
    options = parser.parse_args()
    source, out = options.shared / "open", options.out
    out.mkdir(parents=True, exist_ok=True)
    gazetteer = source / "gazetteer"
    lookup = read_text_table(gazetteer / _LSOA_WARDS).map(mended)
    wards = make_wards(source / "boundaries" / "wards_2025_ew_generalised_27700.gpkg")
    census = read_census(source / "population" / "census2021-ts007a-lsoa.csv")
    ages = read_district_ages(source / "population" / "LAD23_Mid_Year_pop_2011_to_2023.xlsx")
    bands = by_band(ages)
    districts = make_districts(gazetteer, wards, lookup)
    codes = make_codes(gazetteer, wards)
    became = {str(k): str(v) for k, v in zip(codes["code"], codes["became"], strict=True) if v}
    ward_ages = read_ward_ages(source / "population", became)
    ward_of = lookup.set_index("LSOA21CD")["WD25CD"]
    fitted = census.groupby(ward_of.reindex(census.index)).sum()
    patterns = ward_patterns(wards, fitted, ward_ages, same_since_2020(wards, codes))
    if options.compare:
        print_comparison(wards, fitted, patterns, bands)
        return 0
    write_outlines(wards, out / "wards_2025.parquet")
    lsoas = make_lsoas(
        lookup, census, bands, source / "boundaries" / "geographr_boundaries_lsoa21.gpkg.zip"
    )
    made: Mapping[str, pd.DataFrame] = {
        "districts_2025.csv": districts,
        "csps_2023.csv": make_csps(gazetteer),
        "codes.csv.gz": codes,
        "residents_wards_2025.csv.gz": make_ward_residents(wards, patterns, bands),
        "residents_districts_2025.csv": make_district_residents(
            bands, list(districts["district_code"])
        ),
        "lsoas_2021.csv.gz": lsoas,
        "ward_history.csv.gz": make_ward_history(gazetteer, source / "population", lsoas),
        "deprivation_england_2025.csv.gz": make_english_deprivation(
            source / "deprivation" / "IoD2025_scores_ranks_deciles_lsoa21.csv.gz"
        ),
        "deprivation_wales_2019.csv.gz": make_welsh_deprivation(
            source / "deprivation" / "imd2019_wales_lsoa11.csv",
            gazetteer / "geographr_lookup_lsoa11_lsoa21_ltla22.csv.gz",
        ),
        "towns.csv.gz": make_towns(
            source / "context" / "geonames_gb_places_england_wales.csv",
            source / "context" / "geogtownandcitiesEW.json",
        ),
    }
    for file, table in made.items():
        write_table(table, out / file)
    write_registry(out, [_entry(file, out) for file in ABOUT])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
