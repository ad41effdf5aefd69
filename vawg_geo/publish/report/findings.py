"""What a report finds, in sentences: how many areas differ, which, how sure, and where they gather.

Every number is one of the edition's own results: what is hidden is in none of them. No sentence
names an area by its place in an order without the limits of its rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.results.hotspots import called_of
from vawg_geo.words import page as words
from vawg_geo.words.bullets import LONGEST, listed, together
from vawg_geo.words.hotspots import NOT_COMPUTED
from vawg_geo.words.report import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["in_brief", "pattern_lines", "verdict_lines"]

# So many names have their rate and its limits; those after them stand without.
_WITH_LIMITS: Final = 2
_HIGH: Final = frozenset(("higher", "unusually_high"))
_LOW: Final = frozenset(("lower", "unusually_low"))
_NEARLY: Final = frozenset(("possibly_high", "possibly_low"))
# More clusters than this are for the table.
_MOST_CLUSTERS: Final = 3


def verdict_lines(series: Series) -> Iterator[str]:
    """Which areas are higher and lower, and which cannot be told apart.

    Parameters
    ----------
    series : Series

    Yields
    ------
    str
        Nothing of made-up figures, or where nothing is compared.
    """
    told, chance = series.coloured()
    known = told[series.rated & (told != "not_compared")]
    if series.illustrative or not len(known):
        return
    kind = FINDINGS["among" if told is series.standing else "against"]
    values = _values(series, told, len(known))
    high, low = _places(series, told, _HIGH), _places(series, told, _LOW)
    sure = [_with_names(kind["high"], values, series, high)] if high else []
    if low:
        sure.append(_with_names(kind["low"], values, series, low[::-1]))
    yield from together(sure or [words.fill(kind["none"], values)])
    unsure = [words.fill(kind["unsure"], values)] if values["unsure"] != "0" else []
    if any(word in _NEARLY for word in told):
        unsure.append(words.fill(FINDINGS["nearly"], values))
    if values["loose"] != "0":
        unsure.append(words.fill(FINDINGS["loose"], values))
    yield from together([*unsure, *([chance] if chance else [])])


def in_brief(series: Series) -> str:
    """One line of the first page: how many differ, which, and how many cannot be told apart."""
    told, _ = series.coloured()
    known = told[series.rated & (told != "not_compared")]
    if series.illustrative or not len(known):
        return ""
    kind = FINDINGS["among" if told is series.standing else "against"]
    values = _values(series, told, len(known))
    high = _places(series, told, _HIGH)
    rest = [words.fill(said, values) for n, said in FINDINGS["rest"].items() if values[n] != "0"]
    ending = f"{'; '.join(rest)}." if rest else ""
    if not high:
        return f"{words.fill(kind['brief_none'], values)} {ending}".rstrip()
    room = LONGEST - 6
    template = words.fill(kind["brief"], values)
    names = _named(series, high, room=room - len(template.split()) - len(ending.split()))
    return f"{template} {names}. {ending}".rstrip()


def _values(series: Series, told: np.ndarray, known: int) -> dict[str, str]:
    high = sum(word in _HIGH for word in told[series.rated])
    low = sum(word in _LOW for word in told[series.rated])
    one, many = words.LEVEL[series.level]
    whole = series.compared_with
    numbers = {
        "n": high,
        "lower": low,
        "of": known,
        "unsure": known - high - low,
        "nearly": sum(word in _NEARLY for word in told[series.rated]),
        "loose": int((series.status == "unstable").sum()),
    }
    return {
        **{name: f"{value:,}" for name, value in numbers.items()},
        "level": one,
        "levels": many,
        "is": "is" if high == 1 else "are",
        "lower_is": "is" if low == 1 else "are",
        "whole": whole.name if whole else FINDINGS["whole"],
        "rate": series.printed(whole.rate) if whole else words.PAGE["none"],
    }


def _places(series: Series, told: np.ndarray, kinds: frozenset[str]) -> list[int]:
    """Areas with one of these verdicts, the highest rate first."""
    found = [n for n, word in enumerate(told) if word in kinds and series.rated[n]]
    return sorted(found, key=lambda n: (-series.rate[n], str(series.area_name[n])))


def _with_names(template: str, values: dict[str, str], series: Series, places: list[int]) -> str:
    begun = words.fill(template, values)
    return f"{begun} {_named(series, places, room=LONGEST - len(begun.split()))}."


def _named(series: Series, places: list[int], *, room: int) -> str:
    """Names, the first of them with rate and limits."""
    first = [
        words.fill(
            FINDINGS["limits"],
            {
                "area": str(series.area_name[n]),
                "rate": series.printed(series.rate[n]),
                "low": series.printed(series.rate_lower[n]),
                "high": series.printed(series.rate_upper[n]),
            },
        )
        for n in places[:_WITH_LIMITS]
    ]
    rest = [str(series.area_name[n]) for n in places[_WITH_LIMITS:]]
    return listed([*first, *rest], room=max(room, 1))


# --- patterns ------------------------------------------------------------------------------------


def pattern_lines(results: EditionResults, series: Series) -> Iterator[str]:
    """Where high rates gather: areas by themselves, and groups of them.

    Parameters
    ----------
    results : EditionResults
    series : Series

    Yields
    ------
    str
        Nothing where patterns are not for such areas or figures.
    """
    if not series.hotspots:
        # Few areas and made-up figures have none, and nobody expects them.
        if series.without in ("few_known", "zero", "settings", "share"):
            why = {"reason": NOT_COMPUTED[series.without], "levels": series.levels}
            yield words.fill(FINDINGS["not_looked"], why)
        return
    one, many = words.LEVEL[series.level]
    labels = [found.cluster for found in series.hotspots.values()]
    low = _labelled(labels, ("low-high",))
    high = [n for n in _labelled(labels, ("high-high", "hot")) if n not in low]
    groups = _groups(results, series)
    values = {"level": one, "levels": many, "n": f"{len(high):,}", "low": f"{len(low):,}"}
    found = []
    for key, places in (("gather", high), ("beside", low)):
        if places:
            begun = words.fill(FINDINGS[key], values)
            names = [str(series.area_name[n]) for n in places]
            found.append(f"{begun} {listed(names, room=LONGEST - len(begun.split()))}.")
    yield from together(found)
    if not found:
        yield words.fill(FINDINGS["no_ward" if groups else "no_pattern"], values)
    yield from groups[:_MOST_CLUSTERS]


def _labelled(labels: Sequence[np.ndarray], wanted: tuple[str, ...]) -> list[int]:
    """Areas that one statistic or more labels so, in the order of the map."""
    return np.flatnonzero(np.any([np.isin(one, wanted) for one in labels], axis=0)).tolist()


def _groups(results: EditionResults, series: Series) -> list[str]:
    """A sentence for each group of areas that the scan calls."""
    scans = results.scans
    if scans.empty:
        return []
    mine = scans[
        (scans["level"] == series.level)
        & (scans["indicator"] == series.indicator.name)
        & (scans["sex"] == series.sex)
        & (scans["period"] == series.period)
    ]
    called = called_of(mine)
    return [_group(rows, series) for _, rows in called.groupby("scan_cluster", sort=True)]


def _group(rows: pd.DataFrame, series: Series) -> str:
    counted, expected = (float(rows[name].iloc[0]) for name in ("observed", "expected"))
    ratio = float(rows["relative_risk"].iloc[0])
    values = {
        "n": f"{len(rows):,}",
        "levels": series.levels,
        # As the page prints it.
        "times": words.format_number(counted / expected, 1),
        "area": str(rows["area_name"].iloc[0]),
    }
    alone = "all" if np.isinf(ratio) else "group_of_one" if len(rows) == 1 else "group"
    begun = words.fill(FINDINGS[alone], values)
    if len(rows) == 1:
        return begun
    names = [str(name) for name in rows["area_name"]]
    return f"{begun} {listed(names, room=LONGEST - len(begun.split()))}."
