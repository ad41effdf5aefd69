"""Nothing that writes a file can be reached with counts that have not passed the gate."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import typing

import pandas as pd
import pytest

import vawg_geo
import vawg_geo.publish
from vawg_geo.errors import DisclosureError
from vawg_geo.results.results import EditionResults, compute_results

# What these are given was made by a function that takes an edition.
MADE_OF_AN_EDITION = {
    "write_html": "a map that build_map made",
    "whole_file": "an empty draft for write_geopackage",
    "require_replaceable": "no figures",
    "one_at_a_time": "no figures",
    "repair": "no figures",
    "require_keepable": "no figures",
    "keep_refused": "an edition that the audit refused, for its maker alone",
    "forget_release": "no figures",
}


def _writers():
    """Every public function of the room that takes a place to write to."""
    for found in pkgutil.walk_packages(vawg_geo.publish.__path__, "vawg_geo.publish."):
        module = importlib.import_module(found.name)
        for name in getattr(module, "__all__", ()):
            function = getattr(module, name)
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                places = set(inspect.signature(function).parameters) & {
                    "path", "folder", "final", "parent", "target",
                }  # fmt: skip
                if places:
                    yield pytest.param(function, id=name)


WRITERS = list(_writers())


def test_the_list_of_writers_is_not_empty():
    names = {param.id for param in WRITERS}
    assert {
        "write_pages",
        "write_geopackage",
        "write_tables",
        "write_index",
        "write_rasters",
    } <= names


@pytest.mark.parametrize("function", WRITERS)
def test_writers_take_an_edition_and_nothing_else(function):
    if function.__name__ in MADE_OF_AN_EDITION:
        return
    annotations = {
        name: str(parameter.annotation)
        for name, parameter in inspect.signature(function).parameters.items()
    }
    assert any("Edition" in text for text in annotations.values()), annotations
    assert not any("DataFrame" in text or "Tables" in text for text in annotations.values())


@pytest.mark.parametrize("function", WRITERS)
def test_writers_refuse_counts_before_the_gate(function, tmp_path):
    if function.__name__ in MADE_OF_AN_EDITION:
        return
    tables = vawg_geo.load_default()
    arguments: dict[str, typing.Any] = {"entries": []}
    for name in inspect.signature(function).parameters:
        arguments[name] = {"edition": tables, "results": tables, "level": "ward"}.get(
            name, arguments.get(name, tmp_path / "out")
        )
    signature = inspect.signature(function)
    with pytest.raises((DisclosureError, AttributeError, TypeError)):
        function(**{name: arguments[name] for name in signature.parameters})
    assert list(tmp_path.rglob("*")) == []


def test_results_cannot_be_made_without_an_edition():
    edition = vawg_geo.protect(vawg_geo.load_default())
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
