"""Thresholds: which counts an edition hides, of what it asks, and what it rounds the others to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import pandas as pd

from vawg_geo.areas.joining.hierarchy import SUM_NOTE, ancestors
from vawg_geo.errors import ConfigurationError
from vawg_geo.settings import Unit  # noqa: TC001 - msgspec resolves it
from vawg_geo.terms.columns import COUNT_KEY
from vawg_geo.words.figures import PROTECTION
from vawg_geo.words.page import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vawg_geo.settings import DisclosureSettings

__all__ = ["PRESETS", "THRESHOLD_COUNT", "Rules", "rules_for", "with_threshold_counts"]

THRESHOLD_COUNT: Final = "threshold_count"
"""Column of the number that the threshold is asked of; where it is missing, of the count."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Counts from `smallest` to `largest` are hidden; `largest` 0 hides none.

    Those that are shown are rounded to multiples of `base`; 0 leaves them as they are. With the
    unit `persons` the number of persons behind a count is asked too, for the indicators in
    `of_persons`, whose tables say it.
    """

    preset: str
    smallest: int
    largest: int
    base: int = 0
    unit: Unit = "events"
    of_persons: tuple[str, ...] = ()

    def sentence(self) -> str:
        """What is hidden and why, for readers.

        Examples
        --------
        >>> PRESETS["nhs"].sentence()
        'Counts from 1 to 7 that are not published elsewhere are hidden so that nobody can be
        recognised, and so are others from which these could be worked out.'
        """
        if not self.largest:
            return PROTECTION["none"]
        said = [PROTECTION["hidden"]]
        if self.base:
            said.append(PROTECTION["rounded"])
        # Of what the threshold is asked, where it is not of events alone.
        if self.of_persons:
            said.append(PROTECTION["of_persons"])
        elif self.unit == "persons":
            said.append(PROTECTION["persons_unknown"])
        numbers = {name: str(getattr(self, name)) for name in ("smallest", "largest", "base")}
        return fill(" ".join(said), {**numbers, "known": ", ".join(self.of_persons)})


PRESETS: Final = {
    "nhs": Rules(preset="nhs", smallest=1, largest=7),
    "dfe": Rules(preset="dfe", smallest=1, largest=5),
    "open": Rules(preset="open", smallest=0, largest=0),
}

# What the presets round to where rounding is chosen; the others have no usual base.
_BASES: Final = {"nhs": 5}
# What an edition must hide at the least, unless a decision is recorded.
_USUAL: Final = {"public": (1, 5), "partnership": (1, 4)}


def rules_for(settings: DisclosureSettings, edition: str) -> Rules:
    """Threshold of an edition: the preset with the edition's overrides.

    Raises
    ------
    ConfigurationError
        The overrides make no range, or the public edition would hide nothing.
    """
    rules = _as_set(settings, edition)
    if edition == "partnership":
        # Partners hold the public edition too: what that shows cannot be hidden from them.
        public = _as_set(settings, "public")
        if public.largest < rules.largest:
            smallest = min(rules.smallest, public.largest)
            rules = msgspec.structs.replace(rules, largest=public.largest, smallest=smallest)
    if settings.protection == "rounding" and rules.largest:
        rules = msgspec.structs.replace(
            rules, base=settings.round_to or _BASES.get(rules.preset, 0)
        )
        if not rules.base:
            msg = (
                f"the preset {rules.preset!r} has no usual number to round to. Add round_to = 5 "
                "or another under [disclosure]."
            )
            raise ConfigurationError(msg)
        if rules.base > 2 * (rules.largest + 1):
            msg = (
                f"[disclosure] round_to = {rules.base} would make {rules.largest + 1} a zero. "
                f"Round to {2 * (rules.largest + 1)} at the most."
            )
            raise ConfigurationError(msg)
    if rules.largest and not 0 <= rules.smallest <= rules.largest:
        msg = (
            f"[disclosure.{edition}] hides counts from {rules.smallest} to {rules.largest}, which "
            "is no range. Give smallest_hidden at most largest_hidden."
        )
        raise ConfigurationError(msg)
    smallest, largest = _USUAL.get(edition, (0, 0))
    weaker = rules.largest < largest or rules.smallest > max(smallest, 1)
    if edition in _USUAL and weaker and not settings.decision.strip():
        msg = (
            f"the {edition} edition would hide less than the usual {smallest} to {largest} "
            f'({rules.sentence()}) Record who decided that, when and why: decision = "..." under '
            "[disclosure]; or leave the threshold out."
        )
        raise ConfigurationError(msg)
    return rules


def _as_set(settings: DisclosureSettings, edition: str) -> Rules:
    """Range that the preset and the edition's overrides give."""
    own = getattr(settings, edition)
    base = PRESETS[own.preset or settings.preset]
    return Rules(
        preset=own.preset or settings.preset,
        smallest=base.smallest if own.smallest_hidden is None else own.smallest_hidden,
        largest=base.largest if own.largest_hidden is None else own.largest_hidden,
        unit=settings.unit,
    )


def with_threshold_counts(
    counts: pd.DataFrame, individuals: pd.DataFrame, parents: Mapping[str, str]
) -> pd.DataFrame:
    """Add the number of persons behind each count, where it is known.

    One person may be counted in two wards, so that of a sum of wards nobody knows the number: the
    largest of its parts is taken, which it cannot be below.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`.
    individuals : pandas.DataFrame
        `columns.COUNT_KEY` and `individuals`.
    parents : mapping of str to str
        Code of the area that holds an area.

    Returns
    -------
    pandas.DataFrame
        `counts` with the column `THRESHOLD_COUNT` (`Float64`); without it where no number of
        persons is known.

    Examples
    --------
    Eight incidents of one woman, nine of seven; the district is their sum.

    >>> counts = pd.DataFrame({
    ...     "area_code": ["v", "w", "d"], "indicator": "incidents", "sex": "persons",
    ...     "period": "2015/16", "count": [8, 9, 17], "note": ["", "", "sum of 2 wards"]})
    >>> known = counts[:2].assign(individuals=[1, 7])
    >>> with_threshold_counts(counts, known, {"v": "d", "w": "d"})["threshold_count"].tolist()
    [1.0, 7.0, 7.0]
    """
    if individuals.empty:
        return counts
    keys = list(COUNT_KEY)
    persons_behind: dict[tuple[str, ...], float] = dict(
        zip(
            individuals[keys].itertuples(index=False, name=None),
            individuals["individuals"].astype(float),
            strict=True,
        )
    )
    least: dict[tuple[str, ...], float] = {}
    for (code, *series), number in persons_behind.items():
        for above in ancestors(code, parents):
            least[above, *series] = max(number, least.get((above, *series), 0.0))
    sums = counts["note"].str.startswith(SUM_NOTE)
    numbers = [
        persons_behind.get(key, least.get(key) if summed else None)
        for key, summed in zip(counts[keys].itertuples(index=False, name=None), sums, strict=True)
    ]
    return counts.assign(**{THRESHOLD_COUNT: pd.array(numbers, dtype="Float64")})
