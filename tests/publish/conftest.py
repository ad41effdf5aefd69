"""Fixtures of the writers' tests."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from vawg_geo.publish.edition import write_edition
from vawg_geo.publish.page.pages import write_pages


def load(name):
    """Load a module beside the tests by its path: tests are no package."""
    path = Path(__file__).parent / name
    spec = importlib.util.spec_from_file_location(f"vawg_geo_test_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def factory():
    """Module that makes editions' results."""
    return load("factory.py")


@pytest.fixture(scope="session")
def years():
    """Module that makes up counts of several years."""
    return load("years.py")


@pytest.fixture(scope="session")
def over_years(years, tmp_path_factory):
    """Editions of six years by name, or of the years that are asked for; each is made once."""

    @functools.cache
    def make(name="public", periods=years.YEARS):
        folder = tmp_path_factory.mktemp("years")
        return years.edition_over(folder, name=name, periods=periods)

    return make


@pytest.fixture(scope="session")
def area_sentence():
    """What the page's panel says of an area, made in Python."""
    return load("page/sentences.py").area_sentence


@pytest.fixture(scope="session")
def results(factory):
    """Twelve square wards in two districts, four series, every status."""
    return factory.make_results()


@pytest.fixture(scope="session")
def folder(results, tmp_path_factory):
    made = tmp_path_factory.mktemp("pages")
    write_edition(results, made, writers=[write_pages])
    return made


@pytest.fixture
def visit(chromium):
    """Open a file; when the test ends, no message, dialogue or request may have come of it."""
    contexts, found = [], SimpleNamespace(messages=[], requests=[])

    def open_page(path: Path, *, address="", width=1280, height=800, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: found.messages.append(message.text))
        page.on("pageerror", lambda error: found.messages.append(str(error)))
        page.on("dialog", lambda dialog: found.messages.append(dialog.message))
        page.on("request", lambda request: found.requests.append(request.url))
        page.goto(path.as_uri() + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert found.messages == []
    strangers = [u for u in found.requests if not u.startswith(("file:", "data:", "blob:"))]
    assert strangers == []


@pytest.fixture(scope="session")
def laid(results, factory, tmp_path_factory):
    """Pages with layers that are laid over the rates."""
    made = tmp_path_factory.mktemp("laid")
    overlays = factory.made_up_overlays(results.areas)
    laid = dataclasses.replace(results, overlays=overlays)
    write_edition(laid, made, writers=[write_pages])
    return made
