"""What `[overlays.standardised]` may say."""

from __future__ import annotations

from vawg_geo.settings import Settings

__all__ = ["StandardisedSettings"]


class StandardisedSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.standardised]`: residents by age, and events or rates by age.

    `residents` are by area, sex and age group. Ratios need `reference`, rates by age group, or
    `counts_by_age` with the area of it, `reference_area`, whose rates are the reference. Directly
    standardised rates need `counts_by_age`; `standard` is `ESP2013` or the code of an area.
    `reference_name` says in print where the reference is from; `per` is of direct rates.
    """

    residents: str
    counts_by_age: str = ""
    reference: str = ""
    reference_area: str = ""
    reference_name: str = ""
    standard: str = "ESP2013"
    per: float = 1000

    def __post_init__(self) -> None:
        if not (self.counts_by_age or self.reference):
            msg = "standardised figures need counts_by_age or a reference of rates by age"
            raise ValueError(msg)
        if self.reference and self.reference_area:
            msg = "the reference is either a file or an area of counts_by_age"
            raise ValueError(msg)
        if not self.per >= 1:
            msg = f"per must be a number of residents, 1 or more, not {self.per:g}"
            raise ValueError(msg)
        if self.reference_area and not self.counts_by_age:
            msg = "reference_area is an area of counts_by_age, which is not given"
            raise ValueError(msg)
