"""The short names that a Shapefile forces on columns, and what else it loses.

Both who writes such files and who audits them must know the names, so they stand on the ground.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.terms.views import LONGEST_SHORT_NAME, VIEW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "README",
    "SHAPEFILE_LIMITS",
    "full_name",
    "layer_readme",
    "short_name",
]

# What stands beside the Shapefiles.
README: Final = "README.txt"
# Also said at the console.
SHAPEFILE_LIMITS: Final = (
    f"names of columns have at most {LONGEST_SHORT_NAME} letters",
    "a number cannot be empty, so that some programs show 0 where there is none: only the status "
    "says whether there is a figure",
    "an empty text and no text are the same",
    "layers that end in _summary or _services are left out, for ten letters do not tell their "
    "columns apart",
    "texts end after 254 bytes",
    "decimal numbers keep 15 digits",
    "no part may be larger than 2 GB",
    "one Shapefile is five files that must stay together",
)
_SHORT: Final = {name: column.short for name, column in VIEW_COLUMNS.items() if column.short}
_FULL: Final = {short: full for full, short in _SHORT.items()}


def short_name(column: str) -> str:
    """Name of a column in a Shapefile: at most ten letters, the same in every layer.

    Examples
    --------
    >>> short_name("rate_lower_998_female"), short_name("area_code"), short_name("gi_z_persons")
    ('rlo998_f', 'area_code', 'g_z_p')
    """
    return _SHORT.get(column, column[:LONGEST_SHORT_NAME])


def full_name(short: str) -> str:
    """Name that a short one stands for; itself where it stands for none.

    Examples
    --------
    >>> full_name("m_padj_m"), full_name("period")
    ('moran_p_adjusted_male', 'period')
    """
    return _FULL.get(short, short)


def layer_readme(mark: str, columns: Iterable[str]) -> str:
    """Text that stands beside Shapefiles: their limits, and the full names of their columns.

    Parameters
    ----------
    mark : str
        The edition's own line; empty for none.
    columns : iterable of str
        Full names, in the order of the list.

    Returns
    -------
    str
    """
    shortened = {name: short_name(name) for name in columns if short_name(name) != name}
    width = max((len(short) for short in shortened.values()), default=0)
    lines = [
        "Shapefiles of this edition",
        "",
        *([mark, ""] if mark else []),
        "A Shapefile holds less than the GeoPackage beside it:",
        *(f"- {limit}." for limit in SHAPEFILE_LIMITS),
        "",
        "Read the status first. suppressed: hidden to protect people. missing: never supplied.",
        "not_applicable: has no meaning there. In all three no number of that row is a figure,",
        "whatever a program shows. zero: a count of nought. unstable: fewer than 10 events.",
        "Layers whose name ends in _illustrative hold made-up figures.",
        "Sources, licences and caveats: ../tables/sources_and_caveats.csv. Pass them on.",
        "",
        "Names of columns, short and full (_p all people, _f women and girls, _m men and boys):",
        *(f"{short:<{width}}  {full}" for full, short in sorted(shortened.items())),
    ]
    return "\n".join(lines) + "\n"
