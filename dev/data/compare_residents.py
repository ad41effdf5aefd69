"""Hold the residents of wards in the wheel against the published ward estimates of mid-2020.

    python dev/data/compare_residents.py [--shared ../shared] [--out docs/residents.csv]

Residents aged 16 and over, by sex, of wards that are the same since 2020. What is in the wheel is
of mid-2023, so that three years of change are in the difference; the ward's share of its district
has them out. Since these wards' pattern is that of the workbook itself, best fit from small areas,
which the other wards have, is held against it too (both sexes together). The codes of the workbook
at hand are not right: wards are known by their district and name.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import pandas as pd
from make_national_data import ROOT, read_ward_ages, same_since_2020

from vawg_geo.inputs.national import read_national, read_national_wards

COLUMNS: Final = (
    "kind", "measure", "sex", "wards", "median_percent", "largest_percent", "ward_code", "ward",
    "district", "value", "against",
)  # fmt: skip
# Further apart than this, a ward is named.
EXCEPTION: Final = 20.0
AS_THEY_ARE: Final = "mid-2023 in the wheel against mid-2020"
SHARE: Final = "share of the district, mid-2023 against mid-2020"
BEST_FIT: Final = "best fit of small areas against the ward's own, mid-2023"


def same_wards() -> pd.DataFrame:
    """Wards that are the same since 2020, with the names of their districts."""
    districts = read_national("districts-2025").set_index("district_code")["district_name"]
    wards = read_national_wards(districts.index)
    same = wards[same_since_2020(wards, read_national("codes")).to_numpy()]
    plain = pd.DataFrame(same[["area_code", "area_name", "district_code"]])
    return plain.assign(district=plain["district_code"].map(districts))


def held_together(population: Path) -> pd.DataFrame:
    """Each of these wards and sexes: published at mid-2020, and as it is in the wheel."""
    codes = read_national("codes")
    became = {
        str(old): str(new) for old, new in zip(codes["code"], codes["became"], strict=True) if new
    }
    ages = read_ward_ages(population, became)
    published = ages[[age for age in ages if int(str(age)) >= 16]].sum(axis=1).rename("published")
    table = same_wards().merge(read_national("residents-wards-2025"), how="left", on="area_code")
    return table.merge(
        published.reset_index(), how="left", on=["district_code", "area_name", "sex"]
    )


def measured(pairs: pd.DataFrame) -> pd.DataFrame:
    """Differences in per cent of what is published, of both measures and of best fit."""
    whole = pairs.dropna(subset=["published", "population_16"])
    totals = whole.groupby(["district_code", "sex"])[["published", "population_16"]].transform(
        "sum"
    )
    ratio = whole["population_16"] / whole["published"]
    growth = totals["population_16"] / totals["published"]
    fitted = read_national("lsoas-2021").groupby("ward_code")["population_16"].sum()
    both = whole.groupby(["area_code", "area_name", "district"])["population_16"].sum()
    # Here what it is held against is the ward's own.
    persons = both.rename("published").reset_index().assign(sex="persons")
    persons["population_16"] = persons["area_code"].map(fitted)
    persons = persons.dropna()
    three: pd.DataFrame = pd.concat(
        [
            whole.assign(measure=AS_THEY_ARE, percent=100 * (ratio - 1)),
            whole.assign(measure=SHARE, percent=100 * (ratio / growth - 1)),
            persons.assign(
                measure=BEST_FIT,
                percent=100 * (persons["population_16"] / persons["published"] - 1),
            ),
        ],
        ignore_index=True,
    )
    return three


def as_rows(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """A line for each measure and sex with the furthest ward, and the exceptions by name."""
    table = table.assign(apart=table["percent"].abs()).sort_values(
        ["apart", "area_code"], ascending=[False, True]
    )
    summary = []
    for _, rows in table.groupby(["measure", "sex"], sort=True):
        median = rows["apart"].median()
        summary.append(rows.head(1).assign(kind="summary", wards=len(rows), median_percent=median))
    far = table[(table["measure"] == AS_THEY_ARE) & (table["apart"] > EXCEPTION)]
    bare = pairs[pairs["published"].isna()].drop_duplicates("area_code")
    named = pd.concat(
        [
            *summary,
            far.assign(kind="exception"),
            bare.assign(kind="not in the workbook by this district and name"),
        ]
    )
    lines = named.rename(
        columns={
            "percent": "largest_percent",
            "area_code": "ward_code",
            "area_name": "ward",
            "population_16": "value",
            "published": "against",
        }
    )
    bare_lines = lines["kind"].str.startswith("not in")
    lines.loc[bare_lines, ["sex", "value"]] = None
    rounded = lines.assign(
        median_percent=lines["median_percent"].round(2),
        largest_percent=lines["largest_percent"].round(1),
    )
    whole = {name: rounded[name].astype("Int64") for name in ("wards", "value", "against")}
    return rounded.assign(**whole)[list(COLUMNS)].reset_index(drop=True)


def main() -> int:
    """Compare, write the table, print its summary."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    pairs = held_together(options.shared / "open" / "population")
    table = as_rows(measured(pairs), pairs)
    if options.out:
        table.to_csv(options.out, index=False, lineterminator="\n")
    print(table[table["kind"] == "summary"].drop(columns="kind").to_string(index=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
