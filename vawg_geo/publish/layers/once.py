"""What editions of one build share is computed once: tables that no edition changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import pandas as pd

__all__ = ["once"]

Made = TypeVar("Made")
_MOST: Final = 16
_HELD: dict[Hashable, tuple[tuple[pd.DataFrame, ...], Any]] = {}


def once(make: Callable[..., Made], *tables: pd.DataFrame, **options: Any) -> Made:
    """Call a function of tables, or give what it gave for the same tables before.

    Parameters
    ----------
    make : callable
        Pure: nobody changes what it returns.
    *tables : pandas.DataFrame
        The same are those that are one object; that they are equal is not looked at.
    **options : hashable

    Returns
    -------
    object
        What `make(*tables, **options)` returns.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"a": [1]})
    >>> def doubled(frame):
    ...     return frame * 2
    >>> once(doubled, table) is once(doubled, table), once(doubled, table.copy()) is table
    (True, False)
    """
    key = (make, *map(id, tables), *sorted(options.items()))
    held = _HELD.get(key)
    # A table that is gone may have left its number to another: the tables are held too.
    if held is None or any(a is not b for a, b in zip(held[0], tables, strict=True)):
        while len(_HELD) >= _MOST:
            _HELD.pop(next(iter(_HELD)))
        held = _HELD[key] = (tables, make(*tables, **options))
    made: Made = held[1]
    return made
