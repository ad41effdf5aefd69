"""Tidy the needs assessment's figures: one row per area, sex, indicator and period.

The assessment contradicts itself in a few places. Nothing is mended here: each figure stays as
printed, and the rows concerned carry a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from _data import (
    AREA_NAMES,
    COUNTY,
    DISTRICTS,
    PETERBOROUGH,
    POLICE_AREA,
    WARD_VINTAGE,
    status_of,
)

from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["published_other", "published_rates", "services", "ward_profiles"]

# The rows that a conflict concerns, by source table, area and sex.
_RATE_NOTES: Final = {
    ("2", COUNTY, "persons"): "The upper limit is printed as 14.8; the count and the population "
    "give 14.7. Known misprint, kept as printed.",
    ("2", POLICE_AREA, "persons"): "The upper limit is printed as 18.5; the count and the "
    "population give 18.4. Known misprint, kept as printed.",
    ("4", POLICE_AREA, "persons"): "The Constabulary's count. Table 3 has 4,900 for the same "
    "area and year from ONS; both are kept.",
    ("6", POLICE_AREA, "persons"): "Table 6 has 981; the document's text has 988 for the same "
    "area and year. Both are kept.",
}
_TABLE_NOTES: Final = {
    "6": "The sentence that introduces Table 6 speaks of stalking; what the table counts is "
    "harassment.",
}
_HIDDEN_NOTE: Final = (
    "Hidden at source (x stands for 1 to 5), yet not protected: the percentages printed beside it "
    "and the total of 257 leave exactly 5 children for the two hidden cells, so 1 to 4 in each."
)
# Rows that stand in both source files, as (table, area code, indicator there): the same fact here.
_TWICE: Final = {
    "assessments citing domestic violence": ("children in need assessments that cite a factor",
                                             "domestic violence", "percent"),
    "children subject to a child protection plan at 31 March 2016":
        ("children subject to a child protection plan", "", "children"),
    **{
        f"child protection plans: {kind}":
            ("child protection plans by latest category of abuse", kind, "percent")
        for kind in ("neglect", "physical abuse", "sexual abuse", "emotional abuse", "multiple")
    },
}  # fmt: skip
_OTHER_COLUMNS: Final = [
    "source_table", "indicator", "category", "area_code", "area_name", "area_name_in_source",
    "sex", "period", "value", "unit", "status", "source", "note",
]  # fmt: skip


def _read(path: Path) -> pd.DataFrame:
    # As text throughout: a figure keeps the decimals that were printed, and 'x' stays a mark.
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _rows(path: Path) -> list[dict[str, str]]:
    return [
        {str(key): value for key, value in row.items()} for row in _read(path).to_dict("records")
    ]


def _require(holds: bool, what: str) -> None:
    if not holds:
        msg = f"{what}. Look at the source again; nothing was written."
        raise SystemExit(msg)


def published_rates(folder: Path) -> pd.DataFrame:
    """Tables 2, 4, 5, 6, 10 and 11: counts with the rates and limits as printed."""
    printed = _read(folder / "published_rates.csv")
    notes = [
        " ".join(filter(None, (_TABLE_NOTES.get(table), _RATE_NOTES.get((table, area, sex)))))
        for table, area, sex in zip(
            printed["source_table"], printed["area_code"], printed["sex"], strict=True
        )
    ]
    tidy = pd.DataFrame({
        "area_code": printed["area_code"],
        "area_name": printed["area_code"].map(AREA_NAMES),
        "area_name_in_source": printed["area"],
        "level": printed["area_code"].map(level_of_code),
        "vintage": WARD_VINTAGE,
        "indicator": printed["indicator"],
        "sex": printed["sex"],
        "period": printed["period"],
        "count": printed["count"],
        "rate_published": printed["rate"],
        "rate_lower_published": printed["lci"],
        "rate_upper_published": printed["uci"],
        "rate_per": printed["per"],
        "denominator": "population aged 16+, " + printed["sex"],
        "status": printed["count"].map(status_of),
        "basis": "published",
        "source_table": printed["source_table"],
        "source": printed["source"],
        "note": notes,
    })  # fmt: skip
    _require(len(tidy) == 92, f"{len(tidy)} rows of published rates, not 92")
    _check_sums(tidy)
    return tidy


def _check_sums(tidy: pd.DataFrame) -> None:
    """Districts make the county, county and Peterborough the police area, sexes the persons."""
    counts = tidy.assign(count=tidy["count"].astype(int))
    wide = counts.pivot_table(index=["indicator", "sex"], columns="area_code", values="count")
    county = wide[[code for code in DISTRICTS if code != PETERBOROUGH]].sum(axis=1)
    _require(bool((county == wide[COUNTY]).all()), "districts do not add up to the county")
    both = wide.dropna(subset=[POLICE_AREA])
    force = both[COUNTY] + both[PETERBOROUGH]
    _require(bool((force == both[POLICE_AREA]).all()), "areas do not add up to the police area")
    sexes = counts.pivot_table(index=["indicator", "area_code"], columns="sex", values="count")
    sexes = sexes.dropna()
    together = sexes["female"] + sexes["male"]
    _require(bool((together == sexes["persons"]).all()), "sexes do not add up to persons")


def _other_row(row: Mapping[str, str], **tidy: str) -> dict[str, str]:
    code = tidy.get("area_code", "")
    in_source = tidy.get("area_name_in_source", "")
    return {
        "source_table": row["source_table"],
        "category": "",
        "sex": "",
        "source": "",
        "note": "",
        "status": status_of(row["value"]),
        "value": "" if row["value"] == "x" else row["value"],
        "area_code": code,
        "area_name": AREA_NAMES.get(code, in_source),
        "area_name_in_source": in_source,
    } | tidy


def _unit(column: str, plain: str) -> tuple[str, str]:
    """Split a column's heading in tables 3, 8 and 9 into what is counted and its unit."""
    what, _, bracket = column.removesuffix(")").partition(" (")
    units = {"": plain, "%": "percent", "rate per 1000": "per 1,000 residents of all ages"}
    return what, units.get(bracket, bracket.replace("%", "percent"))


def _table_1(row: Mapping[str, str]) -> dict[str, str]:
    what, unit = {
        "prevalence (%)": ("prevalence", "percent"),
        "estimated number": ("estimated victims", "people"),
        "% of total": ("share of estimated victims", "percent"),
    }[row["column"]]
    return _other_row(
        row, indicator=f"domestic abuse in the last year, ages 16 to 59: {what}", unit=unit,
        area_code=POLICE_AREA, area_name_in_source="Cambridgeshire and Peterborough",
        sex={"Male": "male", "Female": "female", "Total": "persons"}[row["row"]],
        period="2016", source="Crime Survey for England and Wales",
        note="A survey's estimate; the period is the survey's year as the source gives it.",
    )  # fmt: skip


def _table_3(row: Mapping[str, str]) -> dict[str, str]:
    what, unit = _unit(row["column"], "offences")
    here = row["row"] == "Cambridgeshire"
    note = "Table 3's Cambridgeshire is the police area, Peterborough included." if here else ""
    if here and row["column"] == "domestic abuse offences":
        note += " Table 4 has 4,821 for it from the Constabulary; both are kept."
    return _other_row(
        row, indicator=what, unit=unit, area_code=POLICE_AREA if here else "",
        area_name_in_source=row["row"], period="2015/16", source="ONS police recorded crime",
        note=note,
    )  # fmt: skip


def _table_7(row: Mapping[str, str]) -> dict[str, str]:
    return _other_row(
        row, indicator="children's services referrals with domestic abuse as secondary need",
        category="all ages" if row["row"] == "Total" else row["row"], unit="referrals",
        area_code=COUNTY, area_name_in_source="Cambridgeshire", period=row["column"],
    )  # fmt: skip


def _table_8_or_9(row: Mapping[str, str]) -> dict[str, str]:
    what, unit = _unit(row["column"], "assessments" if row["source_table"] == "8" else "children")
    if row["source_table"] == "8":
        total = "children in need assessments with factors identified"
        parts, period = "children in need assessments that cite a factor", "2015/16"
    else:
        total = "children subject to a child protection plan"
        parts, period = "child protection plans by latest category of abuse", "2016-03-31"
    part = unit == "percent"
    code = {"Cambridgeshire": COUNTY, "Peterborough": PETERBOROUGH}.get(row["row"], "")
    return _other_row(
        row, indicator=parts if part else total, category=what if part else "", unit=unit,
        area_code=code, area_name_in_source=row["row"], period=period,
        source="Department for Education", note=_HIDDEN_NOTE if row["value"] == "x" else "",
    )  # fmt: skip


def _table_12(row: Mapping[str, str]) -> dict[str, str]:
    return _other_row(
        row, indicator="Cambridge Women's Aid support and training groups", unit=row["column"],
        category="all groups" if row["row"] == "Total" else row["row"], period="2015/16",
        source="Cambridge Women's Aid",
    )  # fmt: skip


def _table_14_or_15(row: Mapping[str, str]) -> dict[str, str]:
    at_date = row["source_table"] == "14"
    return _other_row(
        row, indicator=f"MAPPA {'' if at_date else 'managed over the year: '}{row['column']}",
        category=row["row"], unit="offenders", period="2016-03-31" if at_date else "2015/16",
    )  # fmt: skip


_TIDY: Final = {
    "1": _table_1, "3": _table_3, "7": _table_7, "8": _table_8_or_9, "9": _table_8_or_9,
    "12": _table_12, "14": _table_14_or_15, "15": _table_14_or_15,
}  # fmt: skip


def _district_row(row: Mapping[str, str]) -> dict[str, str]:
    indicator, note = row["indicator"], ""
    if indicator == "harassment offences (as stated in the text)":
        note = "The document's text; Table 6 has 981 for the same area and year. Both are kept."
    elif indicator == "stalking offences":
        note = "Stalking alone; Table 6 counts harassment, whatever its introduction says."
    return _other_row(
        row, indicator=indicator, unit=row["unit"], area_code=row["area_code"],
        area_name_in_source=row["area"], period=row["period"], source=row["source"], note=note,
    )  # fmt: skip


def published_other(folder: Path) -> pd.DataFrame:
    """Every other figure of the assessment, one row per fact.

    Tables 8 and 9 stand in both source files: where they do, the two must agree, and one row
    stays.
    """
    full = [_TIDY[row["source_table"]](row) for row in _rows(folder / "other_tables.csv")]
    known = {
        (row["area_code"], row["indicator"], row["category"], row["unit"], row["period"]): row
        for row in full
    }
    districts: list[dict[str, str]] = []
    for row in _rows(folder / "district_tables.csv"):
        tidy = _district_row(row)
        if row["indicator"] not in _TWICE:
            districts.append(tidy)
            continue
        twin = known[row["area_code"], *_TWICE[row["indicator"]], row["period"]]
        _require(
            all(twin[key] == tidy[key] for key in ("value", "status", "unit", "source")),
            f"{row['indicator']!r} of {row['area']} differs between the two source files",
        )
    table = pd.DataFrame(full + districts)[_OTHER_COLUMNS]
    key = ["source_table", "indicator", "category", "area_name_in_source", "sex", "period", "unit"]
    _require(not table.duplicated(key).any(), "a fact stands twice among the other figures")
    order = table["source_table"].map(lambda number: int(number or 99))
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def services(folder: Path) -> pd.DataFrame:
    """Who covers which district, from when to when: one row per service and district."""
    rows: list[dict[str, str]] = []
    for row in _rows(folder / "services.csv"):
        refuge = row["provides"] == "refuge"
        _require(not (refuge and row["public_site"]), f"{row['service']!r}: a refuge has no site")
        for code in DISTRICTS:
            notes = [row["notes"]] if row["notes"] and not refuge else []
            if refuge:
                notes.append("A refuge is known by the district it serves, and never any closer.")
            if row[code] == "" and not row["notes"]:
                notes.append("The source does not say whether this district is covered.")
            rows.append({
                "service": row["service"],
                "area_code": code,
                "area_name": AREA_NAMES[code],
                "level": "district",
                "coverage": row[code] or "not_recoverable",
                "valid_from": row["valid_from"],
                "valid_to": row["valid_to"],
                "provides": row["provides"],
                "age_range": row["age_range"],
                "public_site": row["public_site"],
                "note": "; ".join(notes),
            })  # fmt: skip
    return pd.DataFrame(rows)


def ward_profiles(folder: Path, wards: pd.DataFrame) -> pd.DataFrame:
    """Red-light areas and wards with most brothels, one row per ward or district.

    Parameters
    ----------
    folder : Path
        With `ward_profiles.csv`.
    wards : pandas.DataFrame
        `area_code`, `area_name`, `parent_code` of the vintage that the names belong to.
    """
    codes = {
        (district, name): code
        for code, name, district in zip(
            wards["area_code"], wards["area_name"], wards["parent_code"], strict=True
        )
    }
    rows: list[dict[str, str]] = []
    for row in _rows(folder / "ward_profiles.csv"):
        district = row["district_code"]
        names = row["ward_names_2015"].split(";") if row["ward_names_2015"] else [""]
        for name in names:
            code = codes[district, name] if name else district
            rows.append({
                "profile": row["profile"],
                "area_code": code,
                "area_name": name or AREA_NAMES[district],
                "level": "ward" if name else "district",
                "vintage": WARD_VINTAGE,
                "parent_code": district if name else "",
                "profile_class": row["level"],
                "as_of": row["as_of"],
                "basis": row["basis"],
                "area_name_in_source": row["area_text"],
                "note": row["notes"],
            })  # fmt: skip
    return pd.DataFrame(rows)
