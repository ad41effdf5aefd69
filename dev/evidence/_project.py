"""The configuration of a made-up project: for what attacks and damages one, and for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["EMBEDDED", "project_text"]

EMBEDDED: Final = {
    "ward": 'boundaries = "wards-2015"',
    "district": 'boundaries = "districts-2015"',
    "county": 'boundaries = "county-2015"',
    "police_area": 'boundaries = "police-area-2015"',
}
"""Lines under each level of the embedded areas."""

_PEOPLE: Final = """
[[population.files]]
file = "population-wards-2015"
level = "ward"
basis = "estimated"
[[population.files]]
file = "population-districts"
"""


def project_text(
    title: str,
    *,
    levels: Mapping[str, str] = EMBEDDED,
    people: str = _PEOPLE,
    comparator: str = "E23000023",
    more: str = "",
) -> str:
    r"""Text of a `vawg.toml` with one table of its own, `counts.csv`, of wards of 2015.

    Parameters
    ----------
    title : str
    levels : mapping of str to str
        Lines of each level of areas.
    people : str
        The `[[population.files]]`.
    comparator : str
        Code of the area that others are compared with.
    more : str
        Further tables.

    Returns
    -------
    str

    Examples
    --------
    >>> text = project_text("Made up", levels={"ward": 'boundaries = "own.gpkg"'})
    >>> print(text[:text.index("[[counts]]")].strip())
    [project]
    title = "Made up"
    period = "2015/16"
    [areas.ward]
    boundaries = "own.gpkg"
    """
    areas = "\n".join(f"[areas.{level}]\n{lines}" for level, lines in levels.items())
    return f"""
[project]
title = "{title}"
period = "2015/16"
{areas}
[[counts]]
file = "counts.csv"
basis = "own"
level = "ward"
vintage = "2015"
[population]
{people.strip()}
{more}
[significance]
comparator = "{comparator}"
"""
