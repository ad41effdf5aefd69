"""Editions: who a map is for."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["EDITIONS", "EditionName"]

EditionName = Literal["public", "partnership", "analyst"]
# From what everybody may have to what nobody else may.
EDITIONS: Final[tuple[str, ...]] = get_args(EditionName)
