"""Violence against women and girls on a map: where, how much, how sure, who is reached.

Joins ward and district counts to boundaries, computes rates with intervals and significance,
protects small counts, and writes offline maps, GeoPackages and tables. Names below are imported
when they are first used, so that a command pays only for what it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vawg_geo.areas.joining.join import join_counts
    from vawg_geo.areas.neighbours.build import build_band, build_contiguity, build_nearest
    from vawg_geo.areas.neighbours.facing import facing_pairs
    from vawg_geo.areas.rebasing.country import rebase_country
    from vawg_geo.areas.rebasing.rebase import rebase
    from vawg_geo.areas.tables import Tables, load_area, load_default, load_tables
    from vawg_geo.audit.run import audit_files
    from vawg_geo.disclosure.gate import Edition, protect
    from vawg_geo.errors import (
        AuditRefusedError,
        BoundaryError,
        ConfigurationError,
        DecisionNeeded,
        DisclosureError,
        DownloadError,
        InputError,
        JoinError,
        OutputError,
        VawgGeoError,
    )
    from vawg_geo.front_door import (
        build_map,
        plot_map,
        write_geopackage,
        write_picture,
        write_report,
        write_tables,
    )
    from vawg_geo.inputs.boundaries.read import read_boundaries
    from vawg_geo.inputs.bridges import read_bridges
    from vawg_geo.inputs.by_age import (
        read_counts_by_age,
        read_reference_rates,
        read_residents_by_age,
    )
    from vawg_geo.inputs.counts import read_counts
    from vawg_geo.inputs.population import read_population
    from vawg_geo.inputs.repeat_victims import read_persons_by_events, repeat_victims_of
    from vawg_geo.inputs.ward_lookup import read_ward_lookup
    from vawg_geo.measures.patterns.adjust import adjust_p_values
    from vawg_geo.measures.patterns.autocorrelation import geary, getis_ord_general, global_moran
    from vawg_geo.measures.patterns.local import getis_ord, local_moran
    from vawg_geo.measures.rates.rates import crude_rate, proportion
    from vawg_geo.measures.rates.repeat_victims import (
        repeat_events_interval,
        with_repeat_limits,
    )
    from vawg_geo.measures.rates.significance import compare
    from vawg_geo.measures.rates.smoothing import assuncao_reis, empirical_bayes
    from vawg_geo.measures.rates.standardised import (
        directly_standardised_rates,
        european_standard,
        indirectly_standardised_ratios,
        reference_rates,
    )
    from vawg_geo.measures.risk.smoothed import SmoothedRisk, smoothed_risk
    from vawg_geo.measures.scan.scan import circular_scan
    from vawg_geo.measures.time.change import rate_ratio
    from vawg_geo.measures.time.concentration import concentration
    from vawg_geo.measures.time.emerging import emerging_hotspots
    from vawg_geo.measures.time.months import expected_range
    from vawg_geo.measures.time.periods import pool_periods
    from vawg_geo.measures.time.space_time import space_time_scan
    from vawg_geo.measures.time.trend import recent_trend
    from vawg_geo.pipeline import build
    from vawg_geo.project import read_project
    from vawg_geo.publish.page.html import write_html
    from vawg_geo.release.audited import audit_edition
    from vawg_geo.release.audited import require_safe_edition as require_safe_edition
    from vawg_geo.release.audited import require_safe_files as require_safe_files
    from vawg_geo.terms.repeat_victims import RepeatVictims

__version__ = "0.1.0"

_HOMES = {
    "AuditRefusedError": "vawg_geo.errors",
    "BoundaryError": "vawg_geo.errors",
    "ConfigurationError": "vawg_geo.errors",
    "DecisionNeeded": "vawg_geo.errors",
    "DisclosureError": "vawg_geo.errors",
    "DownloadError": "vawg_geo.errors",
    "Edition": "vawg_geo.disclosure.gate",
    "InputError": "vawg_geo.errors",
    "JoinError": "vawg_geo.errors",
    "OutputError": "vawg_geo.errors",
    "RepeatVictims": "vawg_geo.terms.repeat_victims",
    "SmoothedRisk": "vawg_geo.measures.risk.smoothed",
    "Tables": "vawg_geo.areas.tables",
    "VawgGeoError": "vawg_geo.errors",
    "adjust_p_values": "vawg_geo.measures.patterns.adjust",
    "assuncao_reis": "vawg_geo.measures.rates.smoothing",
    "audit_edition": "vawg_geo.release.audited",
    "audit_files": "vawg_geo.audit.run",
    "build": "vawg_geo.pipeline",
    "build_band": "vawg_geo.areas.neighbours.build",
    "build_contiguity": "vawg_geo.areas.neighbours.build",
    "build_map": "vawg_geo.front_door",
    "build_nearest": "vawg_geo.areas.neighbours.build",
    "circular_scan": "vawg_geo.measures.scan.scan",
    "compare": "vawg_geo.measures.rates.significance",
    "concentration": "vawg_geo.measures.time.concentration",
    "crude_rate": "vawg_geo.measures.rates.rates",
    "directly_standardised_rates": "vawg_geo.measures.rates.standardised",
    "emerging_hotspots": "vawg_geo.measures.time.emerging",
    "empirical_bayes": "vawg_geo.measures.rates.smoothing",
    "european_standard": "vawg_geo.measures.rates.standardised",
    "expected_range": "vawg_geo.measures.time.months",
    "facing_pairs": "vawg_geo.areas.neighbours.facing",
    "geary": "vawg_geo.measures.patterns.autocorrelation",
    "getis_ord": "vawg_geo.measures.patterns.local",
    "getis_ord_general": "vawg_geo.measures.patterns.autocorrelation",
    "global_moran": "vawg_geo.measures.patterns.autocorrelation",
    "indirectly_standardised_ratios": "vawg_geo.measures.rates.standardised",
    "join_counts": "vawg_geo.areas.joining.join",
    "load_area": "vawg_geo.areas.tables",
    "load_default": "vawg_geo.areas.tables",
    "load_tables": "vawg_geo.areas.tables",
    "local_moran": "vawg_geo.measures.patterns.local",
    "plot_map": "vawg_geo.front_door",
    "pool_periods": "vawg_geo.measures.time.periods",
    "proportion": "vawg_geo.measures.rates.rates",
    "protect": "vawg_geo.disclosure.gate",
    "rate_ratio": "vawg_geo.measures.time.change",
    "read_boundaries": "vawg_geo.inputs.boundaries.read",
    "read_bridges": "vawg_geo.inputs.bridges",
    "read_counts": "vawg_geo.inputs.counts",
    "read_counts_by_age": "vawg_geo.inputs.by_age",
    "read_persons_by_events": "vawg_geo.inputs.repeat_victims",
    "read_population": "vawg_geo.inputs.population",
    "read_project": "vawg_geo.project",
    "read_reference_rates": "vawg_geo.inputs.by_age",
    "read_residents_by_age": "vawg_geo.inputs.by_age",
    "read_ward_lookup": "vawg_geo.inputs.ward_lookup",
    "rebase": "vawg_geo.areas.rebasing.rebase",
    "rebase_country": "vawg_geo.areas.rebasing.country",
    "recent_trend": "vawg_geo.measures.time.trend",
    "reference_rates": "vawg_geo.measures.rates.standardised",
    "repeat_events_interval": "vawg_geo.measures.rates.repeat_victims",
    "repeat_victims_of": "vawg_geo.inputs.repeat_victims",
    "smoothed_risk": "vawg_geo.measures.risk.smoothed",
    "space_time_scan": "vawg_geo.measures.time.space_time",
    "with_repeat_limits": "vawg_geo.measures.rates.repeat_victims",
    "write_geopackage": "vawg_geo.front_door",
    "write_html": "vawg_geo.publish.page.html",
    "write_picture": "vawg_geo.front_door",
    "write_report": "vawg_geo.front_door",
    "write_tables": "vawg_geo.front_door",
}

__all__ = [
    "AuditRefusedError",
    "BoundaryError",
    "ConfigurationError",
    "DecisionNeeded",
    "DisclosureError",
    "DownloadError",
    "Edition",
    "InputError",
    "JoinError",
    "OutputError",
    "RepeatVictims",
    "SmoothedRisk",
    "Tables",
    "VawgGeoError",
    "__version__",
    "adjust_p_values",
    "assuncao_reis",
    "audit_edition",
    "audit_files",
    "build",
    "build_band",
    "build_contiguity",
    "build_map",
    "build_nearest",
    "circular_scan",
    "compare",
    "concentration",
    "crude_rate",
    "directly_standardised_rates",
    "emerging_hotspots",
    "empirical_bayes",
    "european_standard",
    "expected_range",
    "facing_pairs",
    "geary",
    "getis_ord",
    "getis_ord_general",
    "global_moran",
    "indirectly_standardised_ratios",
    "join_counts",
    "load_area",
    "load_default",
    "load_tables",
    "local_moran",
    "plot_map",
    "pool_periods",
    "proportion",
    "protect",
    "rate_ratio",
    "read_boundaries",
    "read_bridges",
    "read_counts",
    "read_counts_by_age",
    "read_persons_by_events",
    "read_population",
    "read_project",
    "read_reference_rates",
    "read_residents_by_age",
    "read_ward_lookup",
    "rebase",
    "rebase_country",
    "recent_trend",
    "reference_rates",
    "repeat_events_interval",
    "repeat_victims_of",
    "smoothed_risk",
    "space_time_scan",
    "with_repeat_limits",
    "write_geopackage",
    "write_html",
    "write_picture",
    "write_report",
    "write_tables",
]


# What the gate and the writers ask of a later room; not offered to anybody else.
_DOORS = {
    "require_safe_edition": "vawg_geo.release.audited",
    "require_safe_files": "vawg_geo.release.audited",
}


def __getattr__(name: str) -> Any:
    if name in _DOORS:
        return getattr(import_module(_DOORS[name]), name)
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
