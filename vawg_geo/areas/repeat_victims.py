"""Repeat victims of a project's indicators: one factor of the whole for each, and nothing smaller.

A table of persons by their number of events says more of single persons than one of counts: that
somebody had nine. Its cells are read here and go no further. What goes on is the factor of all
areas together, with one decimal, from at least fifty persons, and from no few of them alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.areas.joining.hierarchy import ancestors
from vawg_geo.errors import ConfigurationError, InputError, did_you_mean
from vawg_geo.inputs.repeat_victims import read_persons_by_events, repeat_victims_of
from vawg_geo.terms.repeat_victims import FEWEST_PERSONS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from vawg_geo.areas.reading import ProjectReader
    from vawg_geo.settings import RepeatSettings
    from vawg_geo.terms.repeat_victims import RepeatVictims

__all__ = ["repeat_victims_of_project", "whole_areas"]

# So few persons may not make more than half of a variance: it would be said how often they came.
_FEW: Final = 5


def repeat_victims_of_project(
    reader: ProjectReader, *, indicators: Collection[str], parents: Mapping[str, str]
) -> dict[tuple[str, str], RepeatVictims]:
    """Factor of each indicator that the configuration has repeat victims of.

    Parameters
    ----------
    reader : ProjectReader
    indicators : collection of str
        Of the project's counts.
    parents : mapping of str to str
        Code of the area that holds an area.

    Returns
    -------
    dict of (indicator, sex) to RepeatVictims
        As `with_repeat_limits` takes it.

    Raises
    ------
    ConfigurationError
        It names no indicator of the project, one twice, or a method that is not of events.
    InputError
        A table cannot be used, or is of too few persons.
    """
    settings = reader.project.repeat_victims
    found: dict[tuple[str, str], RepeatVictims] = {}
    for one in settings:
        if one.indicator not in indicators:
            hint = did_you_mean(one.indicator, indicators, otherwise="Correct the name.")
            msg = f"[[repeat_victims]] names {one.indicator!r}, which is in no table. {hint}"
            raise ConfigurationError(msg)
        given = one.victims()
        of_one: dict[tuple[str, str], RepeatVictims] = (
            {(one.indicator, one.sex or ""): given} if given else _read(reader, one, parents)
        )
        if twice := next((key for key in of_one if key in found), None):
            msg = f"[[repeat_victims]] has {twice[0]!r} twice. Leave one entry for it."
            raise ConfigurationError(msg)
        found |= of_one
    if found and reader.project.rates.method == "wilson":
        msg = (
            'method = "wilson" under [rates] takes events for persons, who do not come twice. '
            "Choose another method, or take [[repeat_victims]] out."
        )
        raise ConfigurationError(msg)
    return found


def whole_areas(table: pd.DataFrame, parents: Mapping[str, str]) -> pd.DataFrame:
    """Rows of areas that lie in no other area of the table: each event once.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"area_code": ["E07000008", "E10000003"]})
    >>> whole_areas(table, {"E07000008": "E10000003"})["area_code"].tolist()
    ['E10000003']
    """
    codes = set(table["area_code"])
    inside = {code for code in codes if codes & set(ancestors(code, dict(parents)))}
    return table[~table["area_code"].isin(inside)]


def _read(
    reader: ProjectReader, settings: RepeatSettings, parents: Mapping[str, str]
) -> dict[tuple[str, str], RepeatVictims]:
    table = read_persons_by_events(
        reader.path(settings.file),
        columns=settings.columns,
        sheet=settings.sheet,
        indicator=settings.indicator,
    )
    reader.remember(table, settings.file, "own")
    rows = whole_areas(table[table["indicator"] == settings.indicator], parents)
    found = repeat_victims_of(rows)
    if (settings.indicator, "") not in found:
        persons = int(rows.loc[rows["sex"].eq("persons"), "persons"].sum() or rows["persons"].sum())
        msg = (
            f"{settings.file}: {persons:,} of {len(rows):,} rows' persons had events of "
            f"{settings.indicator!r}, and a factor is from {FEWEST_PERSONS} or more: from fewer it "
            "is not steady, and tells of single persons. Give a table of more areas or a longer "
            "time, or the variance_factor of such a one."
        )
        raise InputError(msg)
    for sex in {sex for _, sex in found}:
        _require_no_few(rows[rows["sex"] == sex] if sex else rows, settings.file)
    return found


def _require_no_few(rows: pd.DataFrame, file: str) -> None:
    """Refuse a factor that comes of a few persons: it would say how often they came."""
    by_number = rows.groupby("events_per_person")["persons"].sum().astype(int).sort_index()
    by_number = by_number[by_number > 0][::-1]
    squares = by_number.index.to_numpy() ** 2 * by_number.to_numpy()
    # Of the most frequent, whole groups until there are enough persons.
    few = by_number.cumsum().to_numpy() < _FEW
    if few.any() and squares[few].sum() * 2 > squares.sum():
        most = int(by_number[few].sum())
        msg = (
            f"{file}: {most} of {int(by_number.sum()):,} persons make more than half of the "
            f"variance, those with {int(by_number.index[few][-1])} events or more. The factor "
            "would say how often they came. Give a table of more areas or a longer time, or the "
            "variance_factor of such a one."
        )
        raise InputError(msg)
