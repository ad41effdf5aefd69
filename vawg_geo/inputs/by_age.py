"""Read counts of events and residents by age group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, problem, said_of
from vawg_geo.inputs.tables.layout import find_columns
from vawg_geo.inputs.tables.numbers import parse_counts
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.ages import ALL_AGES, ages_in_words, read_age_heading, read_ages
from vawg_geo.terms.codes import read_sex
from vawg_geo.terms.columns import SEXES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["read_counts_by_age", "read_reference_rates", "read_residents_by_age"]

_SERIES: Final = ("area_code", "indicator", "sex", "period")
_WIDE: Final = re.compile(r"_(\d+)_(\d+)$")


def read_counts_by_age(
    path: str | Path,
    *,
    columns: Mapping[str, Any] | None = None,
    sheet: str | None = None,
    indicator: str = "",
    period: str = "",
) -> pd.DataFrame:
    r"""Read counts of events by area and age group.

    Parameters
    ----------
    path : str or Path
        A row for each area, series and age group: `area_code`, `indicator`, `sex`, `period`,
        `age_group`, `count`. Without `sex` the counts are of all people.
    columns : mapping, optional
        Our names to the table's headings.
    sheet : str, optional
        Sheet of a workbook.
    indicator, period : str
        Of a table that does not say it.

    Returns
    -------
    pandas.DataFrame
        These columns, with `status`; a total of all ages is left out.

    Raises
    ------
    InputError
        A column is absent, or a count, sex or age group cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "ages.csv")
    ...     head, rows = "area_code,sex,age_group,count", ["F,16-24,31", "F,25 and over,x"]
    ...     _ = table.write_text("\n".join([head, *(f"E07000008,{row}" for row in rows)]))
    ...     found = read_counts_by_age(table, indicator="referrals", period="2023/24")
    >>> found[["age_group", "sex", "status"]].values.tolist()
    [['16-24', 'female', 'value'], ['25+', 'female', 'suppressed']]
    """
    table = read_table(path, sheet=sheet)
    with said_of(table.source):
        result = counts_of_texts(
            table.frame.set_axis(pd.Index(table.rows), axis=0),
            columns=columns,
            indicator=indicator,
            period=period,
        )
    result.attrs["notes"] = [f"{table.source}: {note}" for note in table.notes]
    return result


def counts_of_texts(
    frame: pd.DataFrame,
    *,
    columns: Mapping[str, Any] | None = None,
    indicator: str = "",
    period: str = "",
) -> pd.DataFrame:
    """Counts of a table of text, as `read_counts_by_age` gives them."""
    frame = _texts(frame)
    wanted = (*_SERIES, "age_group", "count")
    found = find_columns(frame, wanted, given=dict(columns or {}))
    _require(frame, found, ("area_code", "age_group", "count"))
    rows = pd.DataFrame({key: frame[found[key]] for key in found if key != "count"})
    for key, value in (("indicator", indicator), ("period", period)):
        if key not in rows:
            if not value:
                msg = f'no column says the {key}. Name it: {key} = "...".'
                raise ConfigurationError(msg)
            rows[key] = value
    rows["sex"] = _sexes(rows["sex"]) if "sex" in rows else "persons"
    rows["age_group"] = _age_groups(rows["age_group"])
    parsed = parse_counts(frame[found["count"]], fractional=False)
    rows["count"], rows["status"] = parsed.values, parsed.status  # noqa: PD011 - ours
    rows["status"] = rows["status"].replace("zero", "value")
    rows = rows[rows["age_group"] != ages_in_words(ALL_AGES)]
    return rows[[*_SERIES, "age_group", "count", "status"]].reset_index(drop=True)


def read_residents_by_age(
    path: str | Path,
    *,
    columns: Mapping[str, Any] | None = None,
    sheet: str | None = None,
) -> pd.DataFrame:
    """Read residents by area, sex and age group.

    Parameters
    ----------
    path : str or Path
        A row for each area, sex and age group, with `age_group` and `population`; or for each
        area and sex, with a column for each age group (`aged_0_4`, `F16 to 24`, `85+`).
    columns : mapping, optional
        Our names to the table's headings.
    sheet : str, optional
        Sheet of a workbook.

    Returns
    -------
    pandas.DataFrame
        `area_code`, `sex`, `age_group`, `population`; totals of all ages are left out.

    Raises
    ------
    InputError
        A column is absent, or a number, sex or age group cannot be used.

    Examples
    --------
    >>> from vawg_geo.inputs.catalogue.registry import embedded_folder
    >>> wards = embedded_folder("data") / "national" / "residents_wards_2025.csv.gz"
    >>> found = residents_by_age(pd.read_csv(wards, dtype=str).head(2))
    >>> len(found), found["age_group"].iloc[[0, -1]].tolist(), found["sex"].unique().tolist()
    (36, ['0-4', '85+'], ['female', 'male'])
    """
    table = read_table(path, sheet=sheet)
    with said_of(table.source):
        return residents_by_age(table.frame, columns=columns)


def residents_by_age(
    frame: pd.DataFrame, *, columns: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Residents of a table of text, as `read_residents_by_age` gives them."""
    frame = _texts(frame)
    wide = {
        name: heading
        for name in frame.columns
        if (heading := read_age_heading(_WIDE.sub(r" \1-\2", _over(name)))) is not None
    }
    parts = {name: one for name, one in wide.items() if one[1] != ALL_AGES}
    given = dict(columns or {})
    if len(parts) > 1:
        found = find_columns(frame.drop(columns=list(wide)), ("area_code", "sex"), given=given)
        _require(frame, found, ("area_code",))
        own = _sexes(frame[found["sex"]]) if "sex" in found else None
        pieces = [
            pd.DataFrame(
                {
                    "area_code": frame[found["area_code"]],
                    "sex": sex or (own if own is not None else "persons"),
                    "age_group": ages_in_words(ages),
                    "population": frame[name],
                }
            )
            for name, (sex, ages) in parts.items()
        ]
        rows = pd.concat(pieces)
    else:
        names = ("area_code", "sex", "age_group", "population")
        found = find_columns(frame, names, given=given)
        _require(frame, found, ("area_code", "age_group", "population"))
        rows = pd.DataFrame({key: frame[name] for key, name in found.items()})
        rows["sex"] = _sexes(rows["sex"]) if "sex" in rows else "persons"
        rows["age_group"] = _age_groups(rows["age_group"])
        rows = rows[rows["age_group"] != ages_in_words(ALL_AGES)]
    rows["population"] = _numbers(rows["population"], "residents")
    if (twice := rows.duplicated(["area_code", "sex", "age_group"])).any():
        first = rows[twice].iloc[0]
        msg = (
            f"{int(twice.sum()):,} of {len(rows):,} residents by age stand twice; first: "
            f"{first['area_code']!r}, {first['sex']}, {first['age_group']}. Leave one year of them."
        )
        raise InputError(msg)
    return rows[["area_code", "sex", "age_group", "population"]].reset_index(drop=True)


def read_reference_rates(
    path: str | Path, *, columns: Mapping[str, Any] | None = None, sheet: str | None = None
) -> pd.DataFrame:
    """Read rates by age group that areas are held against.

    Parameters
    ----------
    path : str or Path
        `age_group`, and `rate` in events per person, or `count` and `population`; `indicator`,
        `sex` and `period` where they differ.
    columns : mapping, optional
        Our names to the table's headings.
    sheet : str, optional
        Sheet of a workbook.

    Returns
    -------
    pandas.DataFrame
        `age_group`, `rate`, and those of `indicator`, `sex`, `period` that the table has.

    Raises
    ------
    InputError
        A column is absent, or a value cannot be used.
    """
    table = read_table(path, sheet=sheet)
    with said_of(table.source):
        return rates_of_texts(table.frame, columns=columns)


def rates_of_texts(
    frame: pd.DataFrame, *, columns: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Rates of a table of text, as `read_reference_rates` gives them."""
    frame = _texts(frame)
    wanted = ("indicator", "sex", "period", "age_group", "rate", "count", "population")
    found = find_columns(frame, wanted, given=dict(columns or {}))
    given = ("rate",) if "rate" in found else ("count", "population")
    _require(frame, found, ("age_group", *given))
    rows = pd.DataFrame({key: frame[found[key]] for key in found})
    rows["age_group"] = _age_groups(rows["age_group"])
    if "sex" in rows:
        rows["sex"] = _sexes(rows["sex"])
    for name in given:
        rows[name] = _numbers(rows[name], name)
    if "rate" not in found:
        rows["rate"] = rows["count"] / rows["population"].where(rows["population"] > 0)
    kept = [name for name in ("indicator", "sex", "period") if name in rows]
    rows = rows[rows["age_group"] != ages_in_words(ALL_AGES)]
    return rows[[*kept, "age_group", "rate"]].reset_index(drop=True)


def _over(name: str) -> str:
    return re.sub(r"_(\d+)_(over|plus)$", r" \1+", name)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    texts: pd.DataFrame = frame.fillna("").astype(str).apply(lambda column: column.str.strip())
    return texts


def _require(frame: pd.DataFrame, found: Mapping[str, str], names: tuple[str, ...]) -> None:
    lacking = [name for name in names if name not in found]
    if lacking:
        msg = (
            f"no column of {lacking[0]} was recognised among "
            f"{', '.join(map(repr, frame.columns[:12]))}. Say which: "
            f'columns = {{ {lacking[0]} = "..." }}.'
        )
        raise InputError(msg)


def _sexes(given: pd.Series) -> pd.Series:
    words = {word: read_sex(word) if word else "persons" for word in given.unique()}
    if strange := [word for word, sex in words.items() if sex is None]:
        msg = f"sex {strange[0]!r} is unknown. Write {', '.join(SEXES)}."
        raise InputError(msg)
    return given.map(words)


def _age_groups(given: pd.Series) -> pd.Series:
    words = {word: read_ages(word) for word in given.unique()}
    if strange := [word for word, ages in words.items() if ages is None]:
        raise InputError(
            problem(
                "are not understood",
                bad=len(strange),
                total=len(words),
                noun="age groups",
                first=repr(strange[0]),
                action="Write 0-4, 16-24, 85+; events of unknown age are in no row.",
            )
        )
    return given.map({word: ages_in_words(ages) for word, ages in words.items() if ages})


def _numbers(given: pd.Series, noun: str) -> pd.Series:
    numbers = pd.to_numeric(given.str.replace(",", ""), errors="coerce")
    wrong = ~(numbers >= 0)
    if wrong.any():
        raise InputError(
            problem(
                "are no numbers of 0 or more",
                bad=int(wrong.sum()),
                total=len(given),
                noun=noun,
                first=repr(given[wrong].iloc[0]),
                action="Correct them.",
            )
        )
    return numbers
