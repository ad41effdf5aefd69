"""What a source says of change, beside what can be computed from the figures of an edition.

Where the figures of both periods are at hand, a statement is held against them. Where they are not,
it is said so, and what the statement would mean if it were true: how far chance alone could have
moved such numbers, whether two areas said to differ differ by more than chance, and what is left
for the other parts of a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.joining.hierarchy import ancestors
from vawg_geo.measures.time.ratios import Ends, ratio_interval, relative_ratios
from vawg_geo.overlays.history.words import HISTORY
from vawg_geo.overlays.part import sentences
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.periods import in_order
from vawg_geo.terms.rounding import round_half_up

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["statements_found"]

_HIDDEN: Final = "suppressed"
_CANNOT: Final = "cannot be computed"
# What stands for a statement that would give a hidden count.
_UNPRINTED: Final = {
    "statement": HISTORY["unprinted"],
    "stated_percent": np.nan,
    "comparator_percent": np.nan,
    "note": "",
}


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """A count of an area in a period, with its rate; NaN where there is none."""

    count: float
    population: float
    rate: float
    per: float
    period: str
    status: str
    basis: str

    @property
    def known(self) -> bool:
        """Whether there is a count."""
        return not np.isnan(self.count)

    @property
    def public(self) -> bool:
        """Whether anybody may work something out from it."""
        return self.known and self.basis == "published"


@dataclass(frozen=True, kw_only=True, eq=False)
class _Figures:
    """Figures of an edition, and which area holds which.

    Attributes
    ----------
    rates : pandas.DataFrame
        Without illustrative ones.
    parents : mapping of str to str
    names : mapping of str to str
    """

    rates: pd.DataFrame
    parents: Mapping[str, str]
    names: Mapping[str, str]

    def of(self, row: Mapping[Any, Any], area: str, period: str = "") -> _Figure | None:
        """Figure of an area, in the latest period where none is named."""
        mine = self._series(row)
        mine = mine[mine["area_code"] == area]
        mine = mine[mine["period"] == period] if period else mine
        if mine.empty:
            return None
        order = in_order(mine["period"])
        found = mine.iloc[int(mine["period"].map(order).to_numpy().argmax())]
        numbers = {
            name: float(found[name]) if pd.notna(found[name]) else np.nan
            for name in ("count", "population", "rate")
        }
        return _Figure(
            **numbers,
            per=float(found["rate_per"]),
            period=str(found["period"]),
            status=str(found["status"]),
            basis=str(found["basis"]),
        )

    def hidden_end(self, row: Mapping[Any, Any]) -> str:
        """Period of a statement of change whose figure is hidden; empty where none is.

        Where a statement does not name its earlier period, any may be meant.
        """
        areas = [row["area_code"]]
        areas += [row["comparator"]] * bool(pd.notna(row["comparator_percent"]))
        hidden = self._hidden(row, areas)
        named = {row["since"], row["until"]}
        return next((one for one in hidden if "" in named or one in named), "")

    def hides_a_part(self, row: Mapping[Any, Any]) -> bool:
        """Whether a figure of an area that lies in a statement's is hidden, at either end."""
        areas = [code for code in self.parents if self.holds(row["area_code"], code)]
        return bool({row["since"], row["until"]} & set(self._hidden(row, areas)))

    def _series(self, row: Mapping[Any, Any]) -> pd.DataFrame:
        rates, sex = self.rates, row["sex"] or "persons"
        same = (rates["indicator"] == row["indicator"]) & (rates["sex"] == sex)
        return pd.DataFrame(rates[same])

    def _hidden(self, row: Mapping[Any, Any], areas: list[str]) -> list[str]:
        mine = self._series(row)
        mine = mine[mine["area_code"].isin(areas) & (mine["status"] == _HIDDEN)]
        return [str(period) for period in mine["period"]]

    def holds(self, whole: str, part: str) -> bool:
        """Whether an area is a part of another."""
        return whole in ancestors(part, self.parents)


def statements_found(
    statements: pd.DataFrame,
    rates: pd.DataFrame,
    *,
    parents: Mapping[str, str],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Set what a source says of change beside what the figures say.

    Parameters
    ----------
    statements : pandas.DataFrame
        As the form reads them. `stated_percent` is the change; a row without one says that the
        area's rate is above that of its comparator.
    rates : pandas.DataFrame
        The edition's rates (`tables.RATES`).
    parents : mapping of str to str
        Code of the area that holds an area.
    names : mapping of str to str
        Of areas, by code.

    Returns
    -------
    pandas.DataFrame
        The statements with `level`, `agrees` ("yes", "not shown", "cannot be computed"), `found`
        in words, and the figures in them: `value`, `lower`, `upper` of the later number over the
        earlier, or of the area's rate over that of the rest of its comparator.

    Notes
    -----
    A change is computed where the edition shows both periods, and agrees where what is stated, as
    far as it is rounded, meets the 95 % limits. Numbers are compared, as the statements have them.

    A change and one of its ends give the other. So a statement of a change is not printed where an
    end of it is hidden, and where one is lacking, nothing is computed from figures of one's own.
    """
    figures = _Figures(
        rates=rates[rates["basis"] != "illustrative"], parents=dict(parents), names=names
    )
    rows: list[dict[Any, Any]] = []
    for row in statements.to_dict("records"):
        of_change = pd.notna(row["stated_percent"])
        level = level_of_code(row["area_code"]) or ""
        if of_change and (period := figures.hidden_end(row)):
            told = _told(_CANNOT, HISTORY["hidden"].format(until=period))
            rows.append({**row, "level": level, **told, **_UNPRINTED})
            continue
        told = _of_change(row, figures) if of_change else _of_rates(row, figures)
        rest = _rest(row, statements, figures) if of_change and told["agrees"] == _CANNOT else ""
        words = sentences(told["found"], rest)
        rows.append({**row, "level": level, **told, "found": words})
    return pd.DataFrame(rows)


def _told(
    agrees: str, words: str, numbers: tuple[float, float, float] | None = None
) -> dict[str, Any]:
    value, lower, upper = numbers or (np.nan, np.nan, np.nan)
    return {"agrees": agrees, "found": words, "value": value, "lower": lower, "upper": upper}


def _of_change(row: Mapping[Any, Any], figures: _Figures) -> dict[str, Any]:
    """A stated change: held against both periods, or what it would mean."""
    later = figures.of(row, row["area_code"], row["until"])
    if later is None or not later.known:
        area = figures.names.get(row["area_code"], row["area_code"])
        return _told(_CANNOT, HISTORY["no_until"].format(area=area))
    earlier = figures.of(row, row["area_code"], row["since"]) if row["since"] else None
    if earlier is not None and earlier.known:
        return _held(row, earlier, later)
    why = HISTORY["no_since" if row["since"] else "no_earlier"].format(since=row["since"])
    if not later.public:
        return _told(_CANNOT, why)
    return _told(_CANNOT, sentences(why, _at_its_word(row, later), _against(row, later, figures)))


def _held(row: Mapping[Any, Any], earlier: _Figure, later: _Figure) -> dict[str, Any]:
    """A stated change beside the one that the figures have."""
    ends = _ends(earlier.count, later.count)
    low, high = (float(limit[0]) for limit in ratio_interval(ends))
    least, most = _as_rounded(row["stated_percent"])
    agrees = low <= most and high >= least
    words = HISTORY["agrees" if agrees else "differs"].format(
        from_count=_whole(earlier.count),
        to_count=_whole(later.count),
        since=earlier.period,
        until=later.period,
        change=_change(float(ends.ratio[0])),
        lower=_change(low),
        upper=_change(high),
    )
    return _told("yes" if agrees else "not shown", words, (float(ends.ratio[0]), low, high))


def _at_its_word(row: Mapping[Any, Any], later: _Figure) -> str:
    """How many there would have been before, and how far chance alone moves such numbers."""
    stated = 1 + row["stated_percent"] / 100
    before = later.count / stated
    low, high = (float(limit[0]) for limit in ratio_interval(_ends(before, later.count)))
    return HISTORY["at_its_word"].format(
        to_count=_whole(later.count),
        until=later.period,
        from_count=_whole(before),
        change=_change(stated),
        lower=_change(low),
        upper=_change(high),
    )


def _against(row: Mapping[Any, Any], later: _Figure, figures: _Figures) -> str:
    """Whether it differs by more than chance from what is stated of the rest of the comparator."""
    if not row["comparator"] or pd.isna(row["comparator_percent"]):
        return ""
    whole = figures.of(row, row["comparator"], later.period)
    if whole is None or not whole.public:
        return ""
    mine = _ends(later.count / (1 + row["stated_percent"] / 100), later.count)
    others = [whole.count / (1 + row["comparator_percent"] / 100), whole.count]
    if figures.holds(row["comparator"], row["area_code"]):
        others = [others[0] - mine.events_from[0], others[1] - later.count]
    if min(others) <= 0:
        return ""
    # Fisher's test counts whole events.
    found = relative_ratios(_ends(*np.rint(_pair(mine))), _ends(*np.rint(others)))
    value, low, high = (float(found[name][0]) for name in ("ratio", "lower", "upper"))
    chance = low <= 1 <= high
    return HISTORY["against"].format(
        other=figures.names.get(row["comparator"], row["comparator"]),
        times=_times(value),
        lower=_times(low),
        upper=_times(high),
        verdict=HISTORY["within_chance" if chance else "beyond_chance"],
    )


def _of_rates(row: Mapping[Any, Any], figures: _Figures) -> dict[str, Any]:
    """Whether an area's rate is above that of its comparator."""
    mine = figures.of(row, row["area_code"], row["until"])
    other = figures.of(row, row["comparator"], row["until"]) if row["comparator"] else None
    for one, area in ((mine, row["area_code"]), (other, row["comparator"])):
        if one is None or np.isnan(one.rate):
            hidden = one is not None and one.status == _HIDDEN
            name = figures.names.get(area, area)
            words = HISTORY["hidden" if hidden else "no_until"].format(
                until=one.period if one else row["until"], area=name
            )
            return _told(_CANNOT, words)
    if mine is None or other is None:
        return _told(_CANNOT, HISTORY["no_earlier"])
    inside = figures.holds(row["comparator"], row["area_code"])
    ends = Ends(
        events_from=np.array([other.count - inside * mine.count]),
        people_from=np.array([other.population - inside * mine.population]),
        events_to=np.array([mine.count]),
        people_to=np.array([mine.population]),
    )
    value = float(ends.ratio[0])
    low, high = (float(limit[0]) for limit in ratio_interval(ends))
    above = low > 1
    words = HISTORY["above" if above else "not_above"].format(
        until=mine.period,
        rate=f"{round_half_up(mine.rate):,.1f}",
        per=f"{mine.per:,.0f}",
        other_rate=f"{round_half_up(other.rate):,.1f}",
        other=figures.names.get(row["comparator"], row["comparator"]),
        times=_times(value),
        lower=_times(low),
        upper=_times(high),
    )
    return _told("yes" if above else "not shown", words, (value, low, high))


def _rest(row: Mapping[Any, Any], statements: pd.DataFrame, figures: _Figures) -> str:
    """What is left for the other parts of an area, if it and some parts changed as stated."""
    if not (row["since"] and row["until"]) or figures.hides_a_part(row):
        return ""
    same = ["indicator", "sex", "since", "until"]
    alike = statements[(statements[same] == [row[name] for name in same]).all(axis=1)]
    alike = alike[alike["stated_percent"].notna()]
    inside = [figures.holds(row["area_code"], code) for code in alike["area_code"]]
    parts = alike[inside].drop_duplicates("area_code").to_dict("records")
    whole = figures.of(row, row["area_code"], row["until"])
    counts = [figures.of(part, part["area_code"], row["until"]) for part in parts]
    if not parts or whole is None or any(one is None or not one.public for one in (whole, *counts)):
        return ""
    known = [one.count for one in counts if one is not None]
    now = whole.count - sum(known)
    least, most = _as_rounded(row["stated_percent"])
    before = [whole.count / most, whole.count / least]
    for part, count in zip(parts, known, strict=True):
        low, high = _as_rounded(part["stated_percent"])
        before = [before[0] - count / low, before[1] - count / high]
    if now <= 0 or min(before) <= 0:
        return ""
    return HISTORY["rest"].format(
        areas=" and ".join(figures.names.get(p["area_code"], p["area_code"]) for p in parts),
        lower=_change(now / before[1]),
        upper=_change(now / before[0]),
    )


def _ends(before: float, after: float) -> Ends:
    """Two numbers, as those of one and the same person would be."""
    one = np.array([1.0])
    return Ends(
        events_from=np.array([float(before)]),
        events_to=np.array([float(after)]),
        people_from=one,
        people_to=one,
    )


def _pair(ends: Ends) -> tuple[float, float]:
    return float(ends.events_from[0]), float(ends.events_to[0])


def _as_rounded(percent: float) -> tuple[float, float]:
    """Least and most that a rounded change may be, as later over earlier.

    Examples
    --------
    >>> [round(end, 4) for end in (*_as_rounded(-5.0), *_as_rounded(17.8))]
    [0.945, 0.955, 1.1775, 1.1785]
    """
    text = f"{percent:g}"
    decimals = len(text.partition(".")[2])
    half = 0.5 * 10.0**-decimals
    return 1 + (percent - half) / 100, 1 + (percent + half) / 100


def _change(times: float) -> str:
    """Later over earlier, as a change in per cent.

    Examples
    --------
    >>> [_change(times) for times in (0.95, 1.178, 1.0, float("inf"))]
    ['-5%', '+18%', '0%', 'without end']
    """
    if np.isinf(times):
        return "without end"
    percent = int(round_half_up((times - 1) * 100, 0))
    return f"{percent:+d}%" if percent else "0%"


def _times(times: float) -> str:
    return "without end" if np.isinf(times) else f"{round_half_up(times, 2):.2f}"


def _whole(number: float) -> str:
    return f"{round_half_up(number, 0):,.0f}"
