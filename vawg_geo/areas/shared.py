"""What is computed once for a project's tables, however many editions and writers ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Shared"]

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class _Kept:
    """One answer, with what was asked."""

    given: tuple[object, ...]
    options: dict[str, object]
    answer: Any


@dataclass(eq=False)
class Shared:
    """Answers of pure functions, kept for whoever asks the same again.

    It is made with a project's tables, and every edition and all results that come of them carry
    it: it lives as long as the last of these, and holds nothing of another project.

    Attributes
    ----------
    kept : dict of tuple to list
        By a quick mark of what was asked.
    """

    kept: dict[tuple[object, ...], list[_Kept]] = field(default_factory=dict, repr=False)

    def once(self, make: Callable[..., Made], *given: object, **options: object) -> Made:
        """Call a function, or give what it gave for the same before.

        Parameters
        ----------
        make : callable
            Pure: nobody changes what it is given or what it returns.
        given : object
            The same tables are those that are one object or hold the same values; anything else
            has to be the same object.
        options : object
            Compared by `==`.

        Returns
        -------
        object
            What `make(*given, **options)` returns.

        Examples
        --------
        >>> table = pd.DataFrame({"a": [1]})
        >>> def doubled(frame):
        ...     return frame * 2
        >>> shared = Shared()
        >>> shared.once(doubled, table) is shared.once(doubled, table.copy())
        True
        >>> shared.once(doubled, table + 1) is shared.once(doubled, table)
        False
        """
        alike = self.kept.setdefault((make, *map(_mark, given)), [])
        for kept in alike:
            if kept.options == options and all(map(_same, kept.given, given)):
                found: Made = kept.answer
                return found
        made = make(*given, **options)
        alike.append(_Kept(given, options, made))
        return made


def _mark(given: object) -> object:
    """What two that are the same have in common; most others differ in it."""
    if not isinstance(given, pd.DataFrame):
        return id(given)
    first = given.iloc[:1].to_numpy(dtype=object).ravel()
    return (given.shape, *given.columns, *(cell for cell in first if isinstance(cell, str)))


def _same(one: object, other: object) -> bool:
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        return one is other or one.equals(other)
    return one is other
