"""Read how many persons had one event, two, three and so on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, problem, said_of
from vawg_geo.inputs.tables.layout import find_columns
from vawg_geo.inputs.tables.numbers import parse_counts
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.codes import read_sex
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.repeat_victims import FEWEST_PERSONS, RepeatVictims, repeat_victims

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["PERSONS_COLUMNS", "read_persons_by_events", "repeat_victims_of"]

PERSONS_COLUMNS: Final = (
    "area_code",
    "indicator",
    "sex",
    "period",
    "events_per_person",
    "persons",
)
_TEXTS: Final = ("area_code", "indicator", "sex", "period")
_OPEN: Final = re.compile(r"(\d+) ?(?:\+|or more|and (?:more|over)|plus)", re.IGNORECASE)


def read_persons_by_events(
    path: str | Path,
    *,
    columns: Mapping[str, Any] | None = None,
    sheet: str | None = None,
    indicator: str = "",
) -> pd.DataFrame:
    r"""Read a table of persons by their number of events.

    Parameters
    ----------
    path : str or Path
        A row for each number of events, in the columns `events_per_person` and `persons`;
        `area_code`, `indicator`, `sex` and `period` where the table is of several.
    columns : mapping, optional
        Our names to the table's headings.
    sheet : str, optional
        Sheet of a workbook.
    indicator : str
        Of a table that does not say it.

    Returns
    -------
    pandas.DataFrame
        The columns `PERSONS_COLUMNS`; texts that are absent are "", the sex then `persons`.
        ``attrs["notes"]`` is a list of what is worth saying.

    Raises
    ------
    InputError
        A column is absent, a number is none, is hidden, or stands twice.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "repeats.csv")
    ...     _ = table.write_text("events_per_person,persons\n1,200\n2,50\n3+,25\n")
    ...     found = read_persons_by_events(table, indicator="incidents")
    >>> found["persons"].tolist(), found.attrs["notes"]
    ([200, 50, 25], ["repeats.csv: '3+' is read as 3 events: the limits are too narrow by that"])
    """
    table = read_table(path, sheet=sheet)
    frame = table.frame.set_axis(pd.Index(table.rows), axis=0)
    with said_of(table.source):
        found = find_columns(frame, PERSONS_COLUMNS, given=dict(columns or {}))
        result, notes = _rows(frame, found, indicator)
    result.attrs["notes"] = [f"{table.source}: {note}" for note in (*table.notes, *notes)]
    return result


def repeat_victims_of(table: pd.DataFrame) -> dict[tuple[str, str], RepeatVictims]:
    """Factor of each indicator, from persons by their number of events in all areas and periods.

    Parameters
    ----------
    table : pandas.DataFrame
        `indicator`, `sex`, `events_per_person`, `persons`; no area of it within another.

    Returns
    -------
    dict of (indicator, sex) to RepeatVictims
        Of each sex with events of at least `FEWEST_PERSONS` persons, and under the empty sex that
        of all people: of the rows of `persons`, or of women and men together where there are none.
        An indicator whose persons are fewer has none.

    Examples
    --------
    >>> table = pd.DataFrame({"indicator": "incidents", "sex": ["female", "female", "male"],
    ...     "events_per_person": [1, 4, 1], "persons": [80, 20, 30]})
    >>> for (indicator, sex), found in repeat_victims_of(table).items():
    ...     print(indicator, sex or "all", found.variance_factor, found.events_per_person)
    incidents female 2.5 1.6
    incidents all 2.3 1.5
    """
    found: dict[tuple[str, str], RepeatVictims] = {}
    for indicator, rows in table.groupby("indicator", sort=False):
        sexes = dict(iter(rows.groupby("sex", sort=False)))
        whole = sexes.pop("persons", rows)
        for sex, part in (*sexes.items(), ("", whole)):
            by_number = part.groupby("events_per_person")["persons"].sum().astype(int)
            if by_number.sum() >= FEWEST_PERSONS:
                numbers = {int(f): int(n) for f, n in by_number.items()}  # type: ignore[call-overload]
                found[str(indicator), str(sex)] = repeat_victims(numbers)
    return found


def _rows(
    frame: pd.DataFrame, found: Mapping[str, str], indicator: str
) -> tuple[pd.DataFrame, list[str]]:
    lacking = [name for name in ("events_per_person", "persons") if name not in found]
    if lacking:
        msg = (
            f"no column of {lacking[0]} was recognised among "
            f"{', '.join(map(repr, frame.columns[:12]))}. Say which: columns = {{ {lacking[0]} = "
            '"..." }.'
        )
        raise InputError(msg)
    frame = frame.fillna("").astype(str).apply(lambda column: column.str.strip())
    blank = pd.Series("", index=frame.index)
    rows = pd.DataFrame({key: frame[found[key]] if key in found else blank for key in _TEXTS})
    if indicator and "indicator" not in found:
        rows["indicator"] = indicator
    if (rows["indicator"] == "").any():
        msg = 'no column says which indicator the rows are of. Name it: indicator = "...".'
        raise ConfigurationError(msg)
    rows["sex"] = _sexes(rows["sex"])
    rows["events_per_person"], notes = _numbers_of_events(frame[found["events_per_person"]])
    parsed = parse_counts(frame[found["persons"]], fractional=False)
    rows["persons"] = parsed.values  # noqa: PD011 - a field of ours
    _refuse(
        rows["persons"].isna(),
        frame[found["persons"]],
        what="have no number of persons",
        action="Give every number, 0 among them: a variance cannot be had from hidden ones. "
        "Nothing of this table is written out.",
    )
    _refuse(
        rows.duplicated([*_TEXTS, "events_per_person"]),
        frame[found["events_per_person"]],
        what="repeat an earlier one",
        action="Leave one.",
    )
    return rows.reset_index(drop=True), notes


def _sexes(given: pd.Series) -> pd.Series:
    words = {word: read_sex(word) if word else "persons" for word in given.unique()}
    if strange := [word for word, sex in words.items() if sex is None]:
        msg = f"sex {strange[0]!r} is unknown. Write {', '.join(SEXES)}."
        raise InputError(msg)
    return given.map(words)


def _numbers_of_events(texts: pd.Series) -> tuple[pd.Series, list[str]]:
    """Whole numbers from 1; the last may be open."""
    is_open = {text: found[1] for text in texts.unique() if (found := _OPEN.fullmatch(text))}
    numbers = pd.to_numeric(texts.map(lambda text: is_open.get(text, text)), errors="coerce")
    wrong = ~(numbers >= 1) | (numbers % 1 != 0)
    if wrong.any():
        raise InputError(
            problem(
                "are no number of events from 1",
                bad=int(wrong.sum()),
                total=len(texts),
                noun="rows",
                first=f"row {wrong.idxmax()}: {texts[wrong].iloc[0]!r}",
                action="Write 1, 2, 3 and so on; who had none is in no row.",
            )
        )
    notes = [
        f"{text!r} is read as {number} events: the limits are too narrow by that"
        for text, number in is_open.items()
    ]
    return numbers.astype(int), notes


def _refuse(wrong: pd.Series, texts: pd.Series, *, what: str, action: str) -> None:
    if wrong.any():
        raise InputError(
            problem(
                what,
                bad=int(wrong.sum()),
                total=len(wrong),
                noun="rows",
                first=f"row {texts.index[wrong][0]}: {texts[wrong].iloc[0]!r}",
                action=action,
            )
        )
