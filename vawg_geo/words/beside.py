"""Texts of the page for two indicators side by side, for fading and for long lists."""

from __future__ import annotations

from typing import Final

__all__ = ["BESIDE_PAGE"]

BESIDE_PAGE: Final[dict[str, str]] = {
    "beside": "Beside it",
    "beside_off": "(one map)",
    "beside_label": "Second map, moving with the first: {title}.",
    "beside_said": "Beside it, {title}: {said}",
    "fade": "Fade unsure rates",
    "fade_sure": "Full colour: interval at most half as wide as the rate",
    "fade_less_sure": "Paler: interval up to as wide as the rate",
    "fade_unsure": "Palest: interval wider than the rate",
    "more": "Show more ({n} {levels} are left)",
}
