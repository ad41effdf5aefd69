"""What a writer says of what it wrote: a line of the index page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from vawg_geo.words.page import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from vawg_geo.results.results import EditionResults

    Writer: TypeAlias = Callable[[EditionResults, Path], Iterable["Written"]]
    """Takes an edition's results and the folder that gets its files; says what it wrote."""

__all__ = ["Written", "listed"]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file, or a folder of files, as the index page lists it.

    Attributes
    ----------
    href : str
        File, relative to the index; a folder ends in `/`.
    title, description : str
    kind : {"file", "page"}
        Maps come first, as cards.
    picture : str
        Markup of a small picture of a page; empty for none.

    Examples
    --------
    >>> Written(href="services.kml", title="Services", description="Places for other maps.").kind
    'file'
    """

    href: str
    title: str
    description: str
    kind: Literal["file", "page"] = "file"
    picture: str = ""


def listed(href: str) -> Written:
    """Say of a file of the package's own what `words.page.FILES` says of it.

    Parameters
    ----------
    href : str

    Returns
    -------
    Written

    Examples
    --------
    >>> listed("tables/").title
    'Tables'
    """
    title, description = FILES[href]
    return Written(href=href, title=title, description=description)
