"""Violence against women and girls on a map: where, how much, how sure, who is reached.

Joins ward and district counts to boundaries, computes rates with intervals and significance,
protects small counts, and writes offline maps, GeoPackages and tables. Names below are imported
when they are first used, so that a command pays only for what it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vawg_geo.areas.join import join_counts
    from vawg_geo.areas.tables import load_default, load_tables
    from vawg_geo.build import build
    from vawg_geo.disclosure.gate import protect
    from vawg_geo.inputs.boundaries import read_boundaries
    from vawg_geo.inputs.counts import read_counts
    from vawg_geo.inputs.population import read_population
    from vawg_geo.measures.rates import crude_rate, proportion
    from vawg_geo.measures.significance import compare
    from vawg_geo.publish.geopackage import write_geopackage
    from vawg_geo.publish.html import build_map, write_html

__version__ = "0.1.0"

_HOMES = {
    "build": "vawg_geo.build",
    "build_map": "vawg_geo.publish.html",
    "compare": "vawg_geo.measures.significance",
    "crude_rate": "vawg_geo.measures.rates",
    "join_counts": "vawg_geo.areas.join",
    "load_default": "vawg_geo.areas.tables",
    "load_tables": "vawg_geo.areas.tables",
    "proportion": "vawg_geo.measures.rates",
    "protect": "vawg_geo.disclosure.gate",
    "read_boundaries": "vawg_geo.inputs.boundaries",
    "read_counts": "vawg_geo.inputs.counts",
    "read_population": "vawg_geo.inputs.population",
    "write_geopackage": "vawg_geo.publish.geopackage",
    "write_html": "vawg_geo.publish.html",
}

__all__ = [
    "__version__",
    "build",
    "build_map",
    "compare",
    "crude_rate",
    "join_counts",
    "load_default",
    "load_tables",
    "proportion",
    "protect",
    "read_boundaries",
    "read_counts",
    "read_population",
    "write_geopackage",
    "write_html",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
