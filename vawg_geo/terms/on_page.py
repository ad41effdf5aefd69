"""Names that the page's data have for columns: short, for they stand in every page.

The page's writer and the audit read the same lists; a key of a page that stands in none is a
finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.terms.shared import RATE_LIMITS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CELLS_OF_CHANGE",
    "CLUSTERS_ON_PAGE",
    "COLUMNS_ON_PAGE",
    "LABELS_ON_PAGE",
    "RATES_ON_PAGE",
    "RELATIVES_ON_PAGE",
    "RISKS_ON_PAGE",
    "TIMES_ON_PAGE",
]

(_LOWER, _UPPER), (_LOWER_998, _UPPER_998) = RATE_LIMITS.values()

# A number for each area, rounded as the page prints it: the page's name, and the column's.
RATES_ON_PAGE: Final[Mapping[str, str]] = {
    "rate": "rate",
    "low": _LOWER,
    "high": _UPPER,
    "low998": _LOWER_998,
    "high998": _UPPER_998,
}
# Smoothed risks to two decimals, and a probability in per cent.
RISKS_ON_PAGE: Final[Mapping[str, str]] = {
    "risk": "smoothed_risk",
    "risk_low": "smoothed_lower",
    "risk_high": "smoothed_upper",
    "risk_above": "probability_above",
}
# All that a series has for each area.
COLUMNS_ON_PAGE: Final[Mapping[str, str]] = {
    **{name: name for name in ("count", "class", "status", "significance", "standing")},
    **RATES_ON_PAGE,
    **RISKS_ON_PAGE,
}
# Of each statistic of hotspots.
LABELS_ON_PAGE: Final[Mapping[str, str]] = {
    "cluster": "cluster",
    "p": "p_value",
    "q": "p_adjusted",
    "holds": "stability",
    "near": "neighbours",
}
# Of each cluster of the scan.
CLUSTERS_ON_PAGE: Final[Mapping[str, str]] = {
    "n": "scan_cluster",
    "areas": "areas",
    "observed": "observed",
    "expected": "expected",
    "risk": "relative_risk",
    "p": "p_value",
}
# Of each change since an earlier period: the page's name, and the figure's. In hundredths, -1 where
# there is no end.
TIMES_ON_PAGE: Final[Mapping[str, str]] = {"ratio": "ratio", "low": "lower", "high": "upper"}
# The same against the change of the comparator, where there is one.
RELATIVES_ON_PAGE: Final[Mapping[str, str]] = {
    "relative": "relative",
    "relative_low": "relative_lower",
    "relative_high": "relative_upper",
}
# Columns of a change in the page's table and file: name in the file, as in `tables/changes.csv`;
# name on the page; which text heads it, for people; figure or word.
CELLS_OF_CHANGE: Final = (
    ("period_from", "", "", ""),
    ("ratio", "ratio", "ratio", "times"),
    ("ratio_lower", "low", "lower", "times"),
    ("ratio_upper", "high", "upper", "times"),
    ("p_adjusted", "p", "p_adjusted", "times"),
    ("change", "kind", "change", ""),
    ("relative_ratio", "relative", "relative", "times"),
    ("relative_lower", "relative_low", "lower", "times"),
    ("relative_upper", "relative_high", "upper", "times"),
    ("relative_change", "against", "against", ""),
)
