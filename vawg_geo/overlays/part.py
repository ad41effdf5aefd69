"""What one overlay gives to an edition, and the colours that several of them share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from vawg_geo.overlays.layer import OverlayClass

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from vawg_geo.overlays.layer import OverlayLayer

__all__ = ["ABSENT", "LIGHT", "Part", "named", "percent", "sentences"]

LIGHT: Final = "#f1ece1"
ABSENT: Final = OverlayClass(
    key="not_recoverable",
    label="The source does not say",
    ground="#ffffff",
    ink="#5b5660",
    pattern="rings",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Tables and layers.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        By name, as the overlay declares it.
    layers : tuple of OverlayLayer
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    layers: tuple[OverlayLayer, ...] = ()


def named(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Put every area's name beside its code."""
    texts = [names.get(code, code) for code in table["area_code"]]
    if "area_name" in table:
        return table.assign(area_name=texts)
    table = table.copy()
    table.insert(1, "area_name", texts)
    return table


def percent(share: float) -> str:
    """Share as a whole percentage; nought and all are said only where they are exact.

    Examples
    --------
    >>> [percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)]
    ['0%', 'under 1%', '50%', 'over 99%', '100%']
    """
    whole = int(share * 100 + 0.5)
    if share > 0 and whole == 0:
        return "under 1%"
    return "over 99%" if share < 1 and whole == 100 else f"{whole}%"


def sentences(*parts: str) -> str:
    """Join sentences, without those that are empty."""
    return " ".join(part for part in parts if part)
