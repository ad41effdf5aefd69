"""Nothing that writes a file can be reached with counts that have not passed the gate."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import typing
from pathlib import Path

import pandas as pd
import pytest

import vawg_geo
import vawg_geo.publish
from vawg_geo.errors import DisclosureError
from vawg_geo.results.results import EditionResults, compute_results

if typing.TYPE_CHECKING:
    from vawg_geo.disclosure.gate import Edition

# These take no results: what they are given holds none, or was made of results.
MADE_OF_RESULTS = {
    "write_html": "a map that build_map made",
    "whole_file": "an empty draft for write_geopackage",
    "write_outlines": "areas without figures, into the draft of write_geopackage",
    "pack_filegdb": "a GeoPackage that write_geopackage made",
}


def writers_of(functions):
    """Those of the functions that take a place to write to."""
    places = {"path", "folder", "final", "parent", "target"}
    return [f for f in functions if places & set(inspect.signature(f).parameters)]


def public_functions(package):
    """Every public function of a room."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for name in getattr(module, "__all__", ()):
            function = getattr(module, name)
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                yield function


WRITERS = [
    pytest.param(function, id=function.__name__)
    for function in writers_of(public_functions(vawg_geo.publish))
    if function.__name__ not in MADE_OF_RESULTS
]


def test_the_list_of_writers_is_not_empty():
    names = {param.id for param in WRITERS}
    assert {
        "write_pages",
        "write_geopackage",
        "write_tables",
        "write_index",
        "write_rasters",
        "write_project",
        "write_exports",
        "write_pictures",
        "write_report",
    } <= names


def wrong_parameters(function):
    """What a writer asks for, where it is not results and a place alone."""
    annotations = {
        name: str(parameter.annotation)
        for name, parameter in inspect.signature(function).parameters.items()
    }
    forbidden = ("DataFrame", "Tables", "Edition |", "| Edition")
    wrong = {
        name: text
        for name, text in annotations.items()
        if text == "Edition" or any(word in text for word in forbidden)
    }
    if "EditionResults" not in annotations.values():
        wrong["results"] = "absent"
    return wrong


@pytest.mark.parametrize("function", WRITERS)
def test_writers_take_results_and_nothing_else(function):
    assert wrong_parameters(function) == {}


def test_a_writer_of_something_else_is_found():
    """The check before can fail: of these it accepts the first alone."""

    def writes_results(results: EditionResults, folder: Path) -> None: ...

    def writes_an_edition(edition: Edition, folder: Path) -> None: ...

    def writes_either(results: Edition | EditionResults, folder: Path) -> None: ...

    def writes_a_table(results: EditionResults, table: pd.DataFrame, folder: Path) -> None: ...

    every = [writes_results, writes_an_edition, writes_either, writes_a_table]
    found = {f.__name__: wrong_parameters(f) for f in writers_of(every)}
    assert found == {
        "writes_results": {},
        "writes_an_edition": {"edition": "Edition", "results": "absent"},
        "writes_either": {"results": "absent"},
        "writes_a_table": {"table": "pd.DataFrame"},
    }


def test_no_writer_computes():
    """Seen to fail with `compute_results` in one module of the room."""
    folder = Path(vawg_geo.publish.__path__[0])
    said = re.compile(r"\b(?:compute_results|results_of)\b")
    sources = {path: path.read_text("utf-8") for path in folder.rglob("*.py")}
    assert [path.name for path, text in sources.items() if said.search(text)] == []


@pytest.fixture(scope="module")
def before_the_gate(default_tables):
    return {
        "tables": default_tables,
        "counts": default_tables.counts,
        "edition": vawg_geo.protect(default_tables),
    }


@pytest.mark.parametrize("given", ["tables", "counts", "edition"])
@pytest.mark.parametrize("function", WRITERS)
def test_writers_refuse_what_are_no_results(function, given, before_the_gate, tmp_path):
    """Seen to fail with `edition_of` taken out of a writer, which then fails in its middle."""
    arguments: dict[str, typing.Any] = {
        "results": before_the_gate[given],
        "level": "ward",
        "entries": [],
        "formats": ["geoparquet"],
    }
    wanted = {
        name: arguments.get(name, tmp_path / "out")
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    with pytest.raises(DisclosureError, match=r"takes the results of an edition"):
        function(**wanted)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("given", ["tables", "counts"])
@pytest.mark.parametrize(
    "door",
    [
        lambda given, _: vawg_geo.build_map(given, level="ward"),
        lambda given, _: vawg_geo.plot_map(given, level="ward"),
        lambda given, out: vawg_geo.write_geopackage(given, out / "vawg.gpkg"),
        lambda given, out: vawg_geo.write_tables(given, out / "tables"),
        vawg_geo.write_report,
    ],
    ids=["build_map", "plot_map", "write_geopackage", "write_tables", "write_report"],
)
def test_the_front_door_refuses_counts_before_the_gate(door, given, before_the_gate, tmp_path):
    with pytest.raises(DisclosureError, match=r"made by vawg_geo\.protect"):
        door(before_the_gate[given], tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_results_cannot_be_made_without_an_edition(default_edition):
    edition = default_edition("public")
    made = compute_results(edition)
    fields = {f.name: getattr(made, f.name) for f in dataclasses.fields(EditionResults)}
    with pytest.raises(DisclosureError, match=r"made by vawg_geo\.protect"):
        EditionResults(**{**fields, "key": None, "rates": pd.DataFrame()})


def test_what_a_map_is_made_of(tmp_path):
    """An ordinary Folium map, which could hold anything, is refused by write_html."""
    import folium

    from vawg_geo.errors import OutputError

    with pytest.raises(OutputError, match="not made by build_map"):
        vawg_geo.write_html(folium.Map(), tmp_path / "map.html")
