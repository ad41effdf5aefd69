"""An edition's rates beside deprivation: which rows take part, series by series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError, problem
from vawg_geo.terms.columns import require_columns
from vawg_geo.terms.tables import RATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

__all__ = ["SERIES", "Series", "plural", "series_of"]

SERIES: Final = ("level", "indicator", "sex", "period")
_NEEDED: Final = tuple(name for name in RATES.names if name not in ("vintage", "comparator"))
_NAMED: Final = 5
_PLURALS: Final = {"ward": "wards", "district": "districts", "county": "counties", "lsoa": "LSOAs"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """One indicator, sex and period on one level, beside deprivation.

    Attributes
    ----------
    key : dict of str to str
        `level, indicator, sex, period`.
    rows : pandas.DataFrame
        Areas that the indicator applies to, with `score`, `decile` and `shown`.
    """

    key: dict[str, str]
    rows: pd.DataFrame

    @property
    def shown(self) -> pd.DataFrame:
        """Areas with a count that may be seen, a population and a score."""
        return self.rows[self.rows["shown"]]

    @property
    def without(self) -> int:
        """Areas that take no part."""
        return int((~self.rows["shown"]).sum())

    @property
    def note(self) -> str:
        """Which areas take no part and why, and whether counts are estimates."""
        notes = []
        shown = self.rows["shown"].to_numpy(dtype=bool)
        if not shown.all():
            left = self.rows[~shown]
            words = left["status"].mask(left["score"].isna(), "no score")
            words = words.replace({"suppressed": "hidden", "value": "no rate", "zero": "no rate"})
            reasons = ", ".join(f"{n} {word}" for word, n in words.value_counts().items())
            names = left["area_name"].mask(left["area_name"] == "", left["area_code"]).tolist()
            rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            notes.append(
                f"{len(left)} of {len(self.rows)} {plural(self.key['level'])} take no part "
                f"({reasons}): {', '.join(map(str, names[:_NAMED]))}{rest}."
            )
        if "estimated" in self.rows["basis"].to_numpy(dtype=object)[shown]:
            notes.append("Some of the counts are estimates.")
        return " ".join(notes)


def series_of(rates: pd.DataFrame, scores: pd.DataFrame) -> Iterator[Series]:
    """Series of an edition's rates whose level has deprivation scores.

    Parameters
    ----------
    rates : pandas.DataFrame
        The columns of `tables.RATES`. Illustrative rows take no part, nor do levels of which
        no area has a score (the county, the police area).
    scores : pandas.DataFrame
        `area_code, score, decile` of areas of one or more levels.

    Yields
    ------
    Series
        In the order of the rates.

    Raises
    ------
    InputError
        A column is absent, or an area or series repeats.
    """
    require_columns(rates, _NEEDED, "rates")
    require_columns(scores, ("area_code", "score", "decile"), "deprivation scores")
    _require_once(scores, ("area_code",), "deprivation scores")
    _require_once(rates, ("area_code", *SERIES), "rates")
    real = rates[(rates["basis"] != "illustrative") & (rates["status"] != "not_applicable")]
    table = real.merge(scores[["area_code", "score", "decile"]], on="area_code", how="left")
    table["shown"] = (
        table["count"].notna()
        & table["rate"].notna()
        & (table["population"] > 0)
        & table["score"].notna()
    ).astype(bool)
    for key, rows in table.groupby(list(SERIES), sort=False):
        if rows["score"].notna().any():
            names = dict(zip(SERIES, map(str, key), strict=True))
            yield Series(key=names, rows=rows.reset_index(drop=True))


def plural(level: str) -> str:
    """Word for several areas of a level.

    Examples
    --------
    >>> plural("ward"), plural("police_area")
    ('wards', 'areas')
    """
    return _PLURALS.get(level, "areas")


def _require_once(table: pd.DataFrame, key: Sequence[str], what: str) -> None:
    twice = table.duplicated(list(key))
    if twice.any():
        first = table.loc[twice, list(key)].iloc[0]
        raise InputError(
            problem(
                "repeat an earlier row",
                bad=int(twice.sum()),
                total=len(table),
                noun=f"rows of {what}",
                first=", ".join(map(str, first)),
                action="Keep one row for each.",
            )
        )
