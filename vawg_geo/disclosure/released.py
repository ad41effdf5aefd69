"""What earlier releases leave of the choice: figures that readers have, counts to keep hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.inputs.releases import CELL
from vawg_geo.words.figures import HIDDEN_NOTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from vawg_geo.disclosure.hide import Protected
    from vawg_geo.disclosure.rules import Rules
    from vawg_geo.inputs.releases import Release

__all__ = ["corrected_cells", "hide_again", "still_true"]

_KEYS: Final = list(CELL)
_PUBLISHED: Final = "published"


def still_true(
    counts: pd.DataFrame, releases: Iterable[Release], *, published: pd.DataFrame
) -> pd.DataFrame:
    """Figures that earlier releases showed, as far as they hold today: readers have them.

    Parameters
    ----------
    counts : pandas.DataFrame
        Today's, before the gate.
    releases : iterable of Release
        The later one has the last word.
    published : pandas.DataFrame
        What others have published: no cell of it is given twice.

    Returns
    -------
    pandas.DataFrame
        The columns of a release's cells, each cell once.
    """
    shown = [one.shown() for one in releases if not one.base]
    if not shown:
        return pd.DataFrame(columns=[*_KEYS, "level", "basis", "status", "count"])
    rows = pd.concat(shown[::-1], ignore_index=True)
    today = _today(counts, rows)
    is_given = _index(rows).isin(_index(counts))
    value = rows["count"].to_numpy(dtype=float)
    twice = _index(rows).isin(_index(published))
    holds = ((today == value) | ~is_given) & ~twice
    return pd.DataFrame(rows[holds].drop_duplicates(_KEYS).reset_index(drop=True))


def corrected_cells(counts: pd.DataFrame, release: Release) -> pd.DataFrame:
    """Rows of a release whose figure is another one today.

    Parameters
    ----------
    counts : pandas.DataFrame
        Today's: before the gate, or as an edition shows them.
    release : Release
    """
    shown = release.shown()
    if release.base:
        # A rounded figure is as good as any that rounds to it.
        counts = counts.assign(count=_rounded(counts["count"], release.base))
    today = _today(counts, shown)
    value = shown["count"].to_numpy(dtype=float)
    return pd.DataFrame(shown[~np.isnan(today) & (today != value)])


def hide_again(
    protected: Protected,
    counts: pd.DataFrame,
    rules: Rules,
    releases: Iterable[Release],
    *,
    part_of: Mapping[str, tuple[str, bool]],
    published: pd.DataFrame,
) -> Protected:
    """Hide what a release hid whose figures have been corrected since, and small counts it showed.

    Old and new figures together are two equations for the same hidden counts. As long as the new
    edition shows none that the old one hid, its figures add nothing to the old ones. And a small
    count is hidden today though a former rule let it be shown.

    Parameters
    ----------
    protected : Protected
    counts : pandas.DataFrame
        Today's, before the gate.
    rules : Rules
    releases : iterable of Release
        Of the same edition.
    part_of : mapping of str to (str, bool)
        Figures of indicators that nest hang together.
    published : pandas.DataFrame
        What others have published: that is shown, however small.
    """
    family = _families(part_of)
    hidden = []
    for release in releases:
        touched = {family(name) for name in corrected_cells(counts, release)["indicator"]}
        marked = release.cells[release.cells["status"] == "suppressed"]
        hidden.append(marked[marked["indicator"].map(family).isin(touched)][_KEYS])
    if not hidden:
        return protected
    shown = protected.counts
    value = shown["count"].to_numpy(dtype=float, na_value=np.nan)
    small = (value > rules.smallest - 1) & (value < rules.largest + 1)
    again = _index(shown).isin(_index(pd.concat(hidden, ignore_index=True)))
    again |= small & ~_index(shown).isin(_index(published))
    again &= (shown["basis"] != _PUBLISHED).to_numpy() & shown["count"].notna().to_numpy()
    kept = shown.assign(
        count=shown["count"].mask(again),
        status=shown["status"].mask(again, "suppressed"),
        note=shown["note"].mask(again, HIDDEN_NOTE),
    )
    return replace(protected, counts=kept)


def _today(counts: pd.DataFrame, rows: pd.DataFrame) -> NDArray[np.float64]:
    """Today's count of each row's cell; missing where there is none."""
    table = counts.drop_duplicates(_KEYS).set_index(_KEYS)["count"]
    values = table.reindex(_index(rows)).to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(values, dtype=np.float64)


def _index(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[_KEYS])


def _rounded(values: pd.Series, base: int) -> pd.Series:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(np.floor(numbers / base + 0.5) * base, index=values.index)


def _families(part_of: Mapping[str, tuple[str, bool]]) -> Callable[[str], str]:
    def root(name: str) -> str:
        seen = {name}
        while name in part_of and part_of[name][0] not in seen:
            name = part_of[name][0]
            seen.add(name)
        return name

    return root
