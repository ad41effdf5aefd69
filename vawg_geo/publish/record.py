"""The record of a build: what an edition was made with and from."""

from __future__ import annotations

import json
import platform
from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import vawg_geo
from vawg_geo.disclosure.words import noticed_texts
from vawg_geo.results.results import edition_of

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.results.results import EditionResults

__all__ = ["build_record"]


def build_record(results: EditionResults) -> str:
    """Versions, parameters, row counts and public inputs; no clock and no private input.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    str
        JSON, the text of `build.json`.
    """
    edition = edition_of(results)
    project = edition.project
    record: dict[str, Any] = {
        "title": results.title,
        "edition": edition.name,
        "vawg_geo": vawg_geo.__version__,
        "python": platform.python_version(),
        "libraries": {
            name: version(name)
            for name in ("folium", "geopandas", "numpy", "pandas", "pyogrio", "scipy", "shapely")
        },
        "parameters": {
            "rate_per": project.rates.per,
            "rate_method": project.rates.method,
            "confidence": list(project.rates.confidence),
            "comparator": project.significance.comparator,
            "significance_rule": project.significance.rule,
            "significance_correction": project.significance.correction,
            "leave_out": project.significance.leave_out,
            "protection": results.protection,
            "disclosure_preset": edition.rules.preset,
            "disclosure_decision": project.disclosure.decision,
            "threshold_unit": edition.rules.unit,
            "smallest_hidden": edition.rules.smallest,
            "largest_hidden": edition.rules.largest,
            "base": edition.rules.base,
        },
        "rows": {
            "rates": len(results.rates),
            "by_level_and_status": _tally(results.rates),
        },
        "not_shown": [line for lines in results.not_shown.values() for line in lines],
        "public_inputs": dict(sorted(edition.inputs.items())),
        "attribution": list(results.attribution),
    }
    noticed = noticed_texts(project, edition.name)
    record |= {"words": noticed} if noticed else {}
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def _tally(rates: pd.DataFrame) -> dict[str, int]:
    """Rows by level and status."""
    pairs = Counter(zip(rates["level"], rates["status"], strict=True))
    return {f"{level} {status}": n for (level, status), n in sorted(pairs.items())}
