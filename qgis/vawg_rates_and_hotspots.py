r"""Rates and hotspots from within QGIS: one tool of the Processing toolbox, thin over vawg_geo.

Installation:

1. Install the package into an environment of its own: `python3 -m venv vawg`, then
   `vawg/bin/pip install FOLDER_OF_THE_PROJECT` (on Windows `vawg\Scripts\pip`).
2. In QGIS, Processing Toolbox, Scripts button, "Add Script to Toolbox...": choose this file.
3. Open Scripts, Violence against women and girls, Rates and hotspots; name that environment's
   Python once, under Advanced (`vawg/bin/python`, `vawg\Scripts\python.exe`).

The tool needs QGIS 3.22 or later and reads polygons with a code, a count and a population. The
package runs in its own Python and never in that of QGIS, which has its own NumPy, mostly older than
the one that the package needs: replacing it can break QGIS. So this file has two halves. Run as a
script by the package's Python it computes; loaded by QGIS it is the tool.

Counts pass the package's gate: small ones are hidden, and whatever is computed is computed from
those that are left. Only for the analyst's own desk is nothing hidden.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

LEVELS = ("ward", "district", "county", "police_area", "lsoa")
STATISTICS = ("local-moran", "gi-star")
CORRECTIONS = ("bh", "bonferroni", "none")
# Name, and whether it is a text, a whole number or a number.
COLUMNS = (
    ("area_code", "text"), ("area_name", "text"), ("count", "whole"), ("population", "number"),
    ("rate", "number"), ("rate_lower", "number"), ("rate_upper", "number"),
    ("rate_per", "number"), ("confidence", "number"), ("status", "text"), ("statistic", "text"),
    ("cluster", "text"), ("reason", "text"), ("p_value", "number"), ("p_adjusted", "number"),
    ("permutations", "whole"), ("correction", "text"), ("edition", "text"),
)  # fmt: skip

_AREAS, _COUNTS, _PEOPLE = "areas.geojson", "counts.csv", "population.csv"
_REQUEST, _RESULT = "request.json", "result.json"
_COUNT_HEAD = ("area_code", "area_name", "indicator", "sex", "period", "count")
_PEOPLE_HEAD = ("area_code", "sex", "population")
_INSTALL = (
    "Install the package into an environment of its own (python3 -m venv vawg; vawg/bin/pip "
    "install FOLDER_OF_THE_PROJECT), then name that environment's Python under Advanced."
)

_PROJECT = """
[project]
title = "From QGIS"
period = "all"
[areas.{level}]
boundaries = "areas.geojson"
code = "area_code"
name = "area_name"
crs = {crs}
[[counts]]
file = "counts.csv"
basis = "own"
level = "{level}"
[population]
[[population.files]]
file = "population.csv"
level = "{level}"
basis = "estimated"
[significance]
comparator = {first}
[editions]
reason = "An analyst's own desk, in QGIS"
"""


# ---- Run by the package's Python ------------------------------------------------------------


def compute(folder: Path) -> int:
    """Compute what the request in a folder asks for; gives the exit code."""
    try:
        import vawg_geo
        from vawg_geo.errors import InputError, VawgGeoError
        from vawg_geo.project import read_project
    except ImportError as error:
        print(f"{sys.executable} cannot import vawg_geo ({error}). {_INSTALL}", file=sys.stderr)
        return 2
    request = json.loads((folder / _REQUEST).read_text("utf-8"))
    (folder / "vawg.toml").write_text(_toml(request), "utf-8")
    try:
        tables = vawg_geo.load_tables(read_project(folder / "vawg.toml"))
        edition = vawg_geo.protect(tables, edition=request["edition"])
        asked = {name: request[name] for name in ("per", "confidence")}
        rates = vawg_geo.crude_rate(edition.counts, edition.populations, **asked)
        rates = rates.set_index("area_code", drop=False)
        notes = [note.text for note in tables.notes]
        found = rates[[]]
        if rates.empty:
            notes.append("More than a third of the areas would have to be hidden, so all are.")
        else:
            try:
                found = _hotspots(rates, edition.areas[request["level"]], request)
            except InputError as error:
                notes.append(f"No hotspots: {error}")
    except VawgGeoError as error:
        print(error, file=sys.stderr)
        return 2
    table = rates.join(found)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    result = {"rows": rows, "notes": notes, "protection": edition.protection}
    (folder / _RESULT).write_text(json.dumps(result), "utf-8")
    return 0


def _toml(request):
    """Texts of the request as TOML: JSON's strings are strings there, unless they are escaped."""
    quoted = {name: json.dumps(request[name], ensure_ascii=False) for name in ("crs", "first")}
    return _PROJECT.format(level=request["level"], **quoted)


def _hotspots(rates, areas, request):
    """Labels and p-values of the protected counts, by area code."""
    import vawg_geo

    gi_star = partial(vawg_geo.getis_ord, star=True)
    measure = vawg_geo.local_moran if request["statistic"] == "local-moran" else gi_star
    rows = rates.reindex(areas["area_code"])
    labels = measure(
        rows["count"],
        vawg_geo.build_contiguity(areas),
        population=rows["population"],
        status=rows["status"],
        permutations=request["permutations"],
        correction=request["correction"],
    )
    return labels[["statistic", "cluster", "reason", "p_value", "p_adjusted"]]


if __name__ == "__main__":
    sys.exit(compute(Path(sys.argv[1])))


# ---- Loaded by QGIS -------------------------------------------------------------------------

from qgis.PyQt.QtCore import QVariant  # noqa: E402

from qgis import core  # noqa: E402

_REMEMBERED = "vawg_geo/python"
_KINDS = {"text": QVariant.String, "whole": QVariant.LongLong, "number": QVariant.Double}
_HELP = """Rates per 1,000 residents with limits, and hotspots (local Moran or Gi*), of one count \
on one layer of polygons.

Small counts are hidden, as in the public edition of a build, and rates and hotspots are computed \
from what is left. Read <i>status</i> before <i>rate</i>: a rate that is absent is not zero.

Only one level is known here. If totals of larger areas are published beside this layer, a hidden \
count may be worked out from them: use <i>vawg-geo build</i>, which looks at all levels together.

<b>For my own desk</b>: nothing is hidden, and the layer must not be passed on; the column \
<i>edition</i> says so.

Correction and permutations: see Methods in the documentation of vawg_geo. Columns are named as in \
its tables."""


class RatesAndHotspots(core.QgsProcessingAlgorithm):
    """The tool: asks, hands over to the package, and writes a layer."""

    def createInstance(self):
        """Return a new one, as QGIS asks for each run."""
        return RatesAndHotspots()

    def name(self):
        """Name in models and scripts."""
        return "vawg_rates_and_hotspots"

    def displayName(self):
        """Name in the toolbox."""
        return "Rates and hotspots"

    def group(self):
        """Group in the toolbox."""
        return "Violence against women and girls"

    def groupId(self):
        """Name of the group in models."""
        return "vawg_geo"

    def shortHelpString(self):
        """Text beside the form."""
        return _HELP

    def initAlgorithm(self, configuration=None):  # noqa: ARG002
        """Say what is asked for."""
        numeric = core.QgsProcessingParameterField.Numeric
        for parameter in (
            core.QgsProcessingParameterFeatureSource(
                "LAYER", "Areas", [core.QgsProcessing.TypeVectorPolygon]
            ),
            _field("CODE", "Code of the area"),
            _field("NAME", "Name of the area", optional=True),
            # A count may be a text: "x" and "<5" are hidden already.
            _field("COUNT", "Count of events"),
            _field("POPULATION", "Population", kind=numeric),
            _choice("LEVEL", "Level of the areas", LEVELS),
            _number("CONFIDENCE", "Confidence of the limits", 0.95, low=0.5, high=0.9999),
            _number("PER", "Residents that a rate is per", 1000, low=1, high=1e6),
            _choice("STATISTIC", "Hotspots by", STATISTICS),
            _number("PERMUTATIONS", "Permutations", 99_999, low=99, high=9_999_999, whole=True),
            _choice("CORRECTION", "Correction for many areas", CORRECTIONS),
            core.QgsProcessingParameterBoolean(
                "OWN_DESK", "For my own desk: hide nothing, and pass the layer on to nobody",
                defaultValue=False,
            ),
        ):  # fmt: skip
            self.addParameter(parameter)
        python = core.QgsProcessingParameterFile(
            "PYTHON",
            "Python that has vawg_geo (empty: the one beside the command vawg-geo)",
            optional=True,
            defaultValue=core.QgsSettings().value(_REMEMBERED) or None,
        )
        python.setFlags(python.flags() | core.QgsProcessingParameterDefinition.FlagAdvanced)
        self.addParameter(python)
        self.addParameter(core.QgsProcessingParameterFeatureSink("OUTPUT", "Rates and hotspots"))

    def processAlgorithm(self, parameters, context, feedback):
        """Hand the layer to the package, and what comes back to QGIS."""
        source = self.parameterAsSource(parameters, "LAYER", context)
        if source is None:
            raise core.QgsProcessingException(self.invalidSourceError(parameters, "LAYER"))
        python = python_of(self.parameterAsFile(parameters, "PYTHON", context))
        request = self._request(parameters, context)
        fields = {
            name: self.parameterAsString(parameters, name, context)
            for name in ("CODE", "NAME", "COUNT", "POPULATION")
        }
        areas = list(source.getFeatures())
        if not areas:
            raise core.QgsProcessingException("The layer has no areas. Choose one that has.")
        # What is handed over has every count in it, and goes when the tool ends.
        with TemporaryDirectory(prefix="vawg-") as folder:
            write_request(Path(folder), request, areas, fields, source.sourceCrs())
            result = run(python, Path(folder), feedback)
        if result is None:
            return {}
        for note in [*result["notes"], result["protection"]]:
            feedback.pushInfo(note)
        if request["edition"] == "analyst":
            feedback.pushWarning("Nothing is hidden in this layer: it must not be passed on.")
        core.QgsSettings().setValue(_REMEMBERED, str(python))
        (sink, target) = self.parameterAsSink(
            parameters, "OUTPUT", context, output_fields(), source.wkbType(), source.sourceCrs()
        )
        if sink is None:
            raise core.QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        constants = {name: request[name] for name in ("confidence", "permutations", "correction")}
        constants |= {"edition": request["edition"], "rate_per": request["per"]}
        rows = {row["area_code"]: row for row in result["rows"]}
        for area in areas:
            code = text_of(area[fields["CODE"]])
            # A series that is left out has no rows: every area of it is hidden.
            name = text_of(area[fields["NAME"]]) if fields["NAME"] else code
            row = rows.get(code.upper()) or {"status": "suppressed", "area_name": name}
            row = row | constants | {"area_code": code}
            sink.addFeature(output_feature(area, row), core.QgsFeatureSink.FastInsert)
        return {"OUTPUT": target}

    def _request(self, parameters, context):
        def chosen(name, words):
            return words[self.parameterAsEnum(parameters, name, context)]

        own = self.parameterAsBoolean(parameters, "OWN_DESK", context)
        return {
            "level": chosen("LEVEL", LEVELS),
            "statistic": chosen("STATISTIC", STATISTICS),
            "correction": chosen("CORRECTION", CORRECTIONS),
            "confidence": self.parameterAsDouble(parameters, "CONFIDENCE", context),
            "per": self.parameterAsDouble(parameters, "PER", context),
            "permutations": self.parameterAsInt(parameters, "PERMUTATIONS", context),
            "edition": "analyst" if own else "public",
        }


def _field(name, text, *, optional=False, kind=None):
    options = {} if kind is None else {"type": kind}
    return core.QgsProcessingParameterField(
        name, text, parentLayerParameterName="LAYER", optional=optional, **options
    )


def _choice(name, text, words):
    return core.QgsProcessingParameterEnum(name, text, list(words), defaultValue=0)


def _number(name, text, default, *, low, high, whole=False):
    number = core.QgsProcessingParameterNumber
    kind = number.Integer if whole else number.Double
    return number(name, text, type=kind, defaultValue=default, minValue=low, maxValue=high)


def python_of(given):
    """Find the Python that has the package: the given one, or the one beside `vawg-geo`."""
    found = given or shutil.which("vawg-geo")
    if not found:
        raise core.QgsProcessingException(f"There is no command vawg-geo here. {_INSTALL}")
    path = Path(found)
    if path.is_file() and path.stem.lower().startswith("python"):
        return path
    # An environment's folder, or the command in it; a link to the command leads to it.
    folders = [path, path / "bin", path / "Scripts", path.parent, path.resolve().parent]
    for folder in folders:
        for name in ("python.exe", "python3", "python"):
            if (folder / name).is_file():
                return folder / name
    raise core.QgsProcessingException(f"There is no Python at {found}. {_INSTALL}")


def text_of(value):
    """Text of a cell; empty for NULL, and whole numbers without a point."""
    if value is None or value == core.NULL:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def write_request(folder, request, areas, fields, crs):
    """Write outlines, counts and wishes as the other half of this file reads them."""
    outlines, counts, people = [], [_COUNT_HEAD], [_PEOPLE_HEAD]
    for area in areas:
        # The package joins on capitals.
        code = text_of(area[fields["CODE"]]).upper()
        name = text_of(area[fields["NAME"]]) if fields["NAME"] else code
        shape = area.geometry()
        outlines.append(
            {
                "type": "Feature",
                "properties": {"area_code": code, "area_name": name},
                # All digits: shared borders must stay shared.
                "geometry": None if shape.isNull() else json.loads(shape.asJson(17)),
            }
        )
        count = text_of(area[fields["COUNT"]])
        counts.append((code, name, "counts", "persons", "all", count))
        people.append((code, "persons", text_of(area[fields["POPULATION"]])))
    # A project names an area to compare with; nothing is compared here.
    wishes = request | {"crs": crs.authid() or crs.toWkt(), "first": counts[1][0]}
    (folder / _REQUEST).write_text(json.dumps(wishes), "utf-8")
    layer = {"type": "FeatureCollection", "features": outlines}
    if crs.authid().startswith("EPSG:"):
        # Without it GeoJSON says WGS 84, and the person would read of a system that is not hers.
        urn = f"urn:ogc:def:crs:EPSG::{crs.authid()[5:]}"
        layer["crs"] = {"type": "name", "properties": {"name": urn}}
    (folder / _AREAS).write_text(json.dumps(layer), "utf-8")
    for name, table in ((_COUNTS, counts), (_PEOPLE, people)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(table)


def run(python, folder, feedback):
    """Compute in the package's Python; None where the person stopped it."""
    # QGIS's own libraries and settings must not get into the other Python.
    foreign = ("PYTHON", "GDAL_", "PROJ_", "OSGEO", "QT_", "LD_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    process = subprocess.Popen(
        [str(python), str(Path(__file__).resolve()), str(folder)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=clean | {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
        # No black window on Windows.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )  # fmt: skip
    while True:
        try:
            _, said = process.communicate(timeout=0.2)
            break
        except subprocess.TimeoutExpired:
            if feedback.isCanceled():
                process.kill()
                process.communicate()
                return None
    if process.returncode:
        words = said.decode("utf-8", "replace").strip()
        raise core.QgsProcessingException(words or f"vawg_geo ended with {process.returncode}.")
    return json.loads((folder / _RESULT).read_text("utf-8"))


def output_fields():
    """Columns of the layer that comes out."""
    fields = core.QgsFields()
    for name, kind in COLUMNS:
        fields.append(core.QgsField(name, _KINDS[kind]))
    return fields


def output_feature(area, row):
    """One area with its figures, and nothing else of the layer that came in."""
    feature = core.QgsFeature(output_fields())
    feature.setGeometry(area.geometry())
    feature.setAttributes([row.get(name) for name, _ in COLUMNS])
    return feature
