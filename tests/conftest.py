"""Fixtures that several rooms' tests share."""

from __future__ import annotations

import functools
import importlib
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from _project import project_text
from hypothesis import settings

from tests.examples import EVERYDAY, WHOLE
from tests.once import Once
from tests.promises import (  # noqa: F401  (what pytest asks for by these names)
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_terminal_summary,
)

# Machines are busy at times; how long an example takes says nothing about whether it is right.
settings.register_profile("everyday", deadline=None, max_examples=EVERYDAY)
settings.register_profile("ci", deadline=None, max_examples=WHOLE)
settings.load_profile("ci" if os.environ.get("CI") else "everyday")

ROOT = Path(__file__).resolve().parents[1]


def skip_unless_ci(reason: str) -> None:
    """Skip a test for want of something on this machine; in CI its absence is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}: this may not be skipped in CI")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def absent():
    """Say that something is not on this machine: the test is skipped, or in CI fails."""
    return skip_unless_ci


@pytest.fixture(scope="session")
def needed():
    """Import a module that is no part of every environment."""

    def load(name):
        try:
            return importlib.import_module(name)
        except ImportError:
            skip_unless_ci(f"{name} is not installed")

    return load


@pytest.fixture(scope="session")
def libreoffice() -> str:
    """Where LibreOffice is."""
    return shutil.which("soffice") or skip_unless_ci("no LibreOffice on this machine")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    return path or skip_unless_ci("no chromium on this machine")


@pytest.fixture(scope="session")
def chromium(chromium_path, needed):
    """One browser for all tests of a process: a second beside it would not start."""
    with needed("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of source data beside the project."""
    folder = ROOT.parent / "shared"
    if not (folder / "README.md").is_file():
        skip_unless_ci("the data folder beside the project is absent")
    return folder


PROJECT = project_text(
    "Example (made up)",
    # As few as may be: no test waits for a hundred thousand permutations that it does not ask for.
    more="[hotspots]\npermutations = 99\nreplicates = 99",
)


@pytest.fixture(scope="session")
def project_text() -> str:
    """Configuration of a project with one table of its own, `counts.csv`."""
    return PROJECT


# Help by ward, so that gaps and words are of wards too: one kind that is known for some wards only.
WARD_STATES = ("none", "not_recoverable", "stated")


@pytest.fixture(scope="session")
def overlaid(root, project_text):
    """Write a project of own ward counts with every overlay of the embedded default switched on.

    `write(folder, table, claims=...)` gives the configuration's path; `more` is added to it. The
    spatial model, which takes seconds, is fitted where `spatial_model` says so.
    """
    whole = (root / "data" / "vawg.toml").read_text("utf-8")
    start, end = whole.index("[overlays.lsoas]"), whole.index("[disclosure]")
    overlays = whole[start:end]
    head, _, rest = overlays.partition("source_claims = [")
    _, _, rest = rest.partition("]")
    services = (root / "data" / "services.csv").read_text("utf-8").rstrip("\n")

    def write(
        folder,
        table,
        *,
        claims,
        wards,
        more="",
        name="counts.csv",
        profiles="ward-profiles",
        spatial_model=False,
    ):
        folder.mkdir(exist_ok=True)
        listed = ", ".join(f'"{claim}"' for claim in claims)
        text = f"{head}source_claims = [{listed}]{rest}"
        # Coarse cells: rasters of a county by 100 m are half of what a build writes.
        text = text.replace("cell_m = 100", "cell_m = 500")
        if spatial_model:
            text = text.replace("source_claims", "spatial_model = true\nsource_claims")
        text = text.replace('file = "services"', 'file = "services.csv"')
        text = text.replace('file = "ward-profiles"', f'file = "{profiles}"')
        # What the source says of change is of the default's own indicators.
        text = text.replace('statements = "statements-of-change"\n', "")
        rows = [
            f"Ward hub,{code},,ward,{WARD_STATES[place % 3]},2015-04-01,,outreach,all,,"
            for place, code in enumerate(wards)
        ]
        (folder / "services.csv").write_text("\n".join([services, *rows]) + "\n", "utf-8")
        (folder / name).write_text(table, "utf-8")
        config = project_text.replace("counts.csv", name) + text + more
        (folder / "vawg.toml").write_text(config, "utf-8")
        return folder / "vawg.toml"

    return write


@pytest.fixture(scope="session")
def ward_codes() -> list[str]:
    """Codes of the embedded wards of 2015, in the boundaries' order."""
    import vawg_geo

    return list(vawg_geo.read_boundaries("wards-2015")["area_code"])


@pytest.fixture(autouse=True, scope="session")
def one_key():
    """Every project of the tests chooses by the same key: two of the same tables hide alike."""
    with pytest.MonkeyPatch.context() as patch:
        always = SimpleNamespace(token_hex=lambda size: "5a" * size)
        patch.setattr("vawg_geo.inputs.key.secrets", always)
        yield


@pytest.fixture(scope="session")
def default_tables():
    """Tables of the embedded default, before the gate: read once, changed by nobody."""
    import vawg_geo

    return vawg_geo.load_default()


@pytest.fixture(scope="session")
def default_edition(default_tables):
    """Editions of the embedded default by name, each made once: `default_edition("public")`."""
    import vawg_geo

    @functools.cache
    def edition(name):
        return vawg_geo.protect(default_tables, edition=name)

    return edition


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Fill a folder once for all processes of a run: `made_once(name, fill)` gives it.

    It is for reading: a test that changes something takes a copy. Where the files are others at
    the end, the run fails.
    """
    base = tmp_path_factory.getbasetemp()
    once = Once(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    yield once.folder
    assert once.changed() == []


@pytest.fixture(scope="session")
def default_build(made_once):
    """Both editions of the embedded default as `build` writes them; for reading."""
    from vawg_geo.pipeline import Built, build

    def fill(folder):
        messages = build(out=folder / "maps").messages
        (folder / "messages.json").write_text(json.dumps(messages), "utf-8")

    folder = made_once("default_build", fill)
    editions = {name: folder / "maps" / name for name in ("public", "partnership")}
    messages = json.loads((folder / "messages.json").read_text("utf-8"))
    return Built(folders=editions, messages=tuple(messages))


@pytest.fixture
def make_project(tmp_path, ward_codes):
    """Write a project with made-up ward counts; gives the path of its configuration."""

    def make(counts=None, *, toml=PROJECT, table=None, name="counts.csv", folder="project"):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        if table is None:
            values = counts if counts is not None else {c: 20 + n for n, c in enumerate(ward_codes)}
            rows = [f"{code},persons,2015/16,crimes,{value}" for code, value in values.items()]
            table = "\n".join(["area_code,sex,period,indicator,count", *rows]) + "\n"
        data = table if isinstance(table, bytes) else table.encode()
        (place / name).write_bytes(data)
        (place / "vawg.toml").write_text(toml, "utf-8")
        return place / "vawg.toml"

    return make
