"""The index of an edition lists what was written, all of it and nothing else."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from vawg_geo.commands.init import write_project
from vawg_geo.errors import AuditRefusedError, ConfigurationError, OutputError
from vawg_geo.pipeline import build, write_reports
from vawg_geo.publish import edition as edition_module
from vawg_geo.publish.edition import WRITERS, every_writer, write_edition
from vawg_geo.publish.written import Written
from vawg_geo.results.results import results_of


class Links(HTMLParser):
    """What a page links to or shows, addresses elsewhere left out."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value and ":" not in value and value[0] != "#":
                self.found.append(value.split("#")[0])


def links_of(page):
    return Links(page.read_text("utf-8")).found


def dead_links(folder):
    """Links of all pages of a folder that lead nowhere."""
    pages = sorted(folder.rglob("*.html"))
    assert pages
    return [
        f"{page.relative_to(folder)}: {link}"
        for page in pages
        for link in links_of(page)
        if not (page.parent / link).exists()
    ]


def not_listed(folder):
    """Files and folders that no line of the index leads to."""
    listed = {link.split("/")[0] for link in links_of(folder / "index.html")}
    return sorted({path.name for path in folder.iterdir()} - listed - {"index.html"})


def test_the_checks_can_fail(tmp_path):
    (tmp_path / "index.html").write_text('<a href="rasters/">a</a><a href="https://x.org">b</a>')
    (tmp_path / "layers").mkdir()
    assert dead_links(tmp_path) == ["index.html: rasters/"]
    assert not_listed(tmp_path) == ["layers"]


def test_the_default(default_build):
    for folder in default_build.folders.values():
        assert dead_links(folder) == []
        assert not_listed(folder) == []


def test_a_project_that_has_no_surfaces(tmp_path):
    """Seen to fail before: the index linked `rasters/`, and there was no such folder."""
    write_project(tmp_path / "county")
    folder = build(tmp_path / "county" / "vawg.toml", editions=["public"]).folders["public"]
    assert not (folder / "rasters").exists()
    assert dead_links(folder) == []
    assert not_listed(folder) == []


def test_with_layers_and_the_report(make_project):
    """Seen to fail before: `layers/`, the report and its pictures were never linked."""
    built = build(
        make_project(), editions=["public"], formats=["flatgeobuf", "shapefile"], report=True
    )
    folder = built.folders["public"]
    names = {path.name for path in folder.iterdir()}
    assert {"layers", "report.html", "report.pdf", "pictures"} <= names
    assert dead_links(folder) == []
    assert not_listed(folder) == []


@pytest.mark.long
def test_the_report_alone(make_project, tmp_path):
    """It is read from `report.html`, and has no index: there are no maps to list."""
    folder = write_reports(make_project(), out=tmp_path, editions=["public"]).folders["public"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "build.json",
        "pictures",
        "report.html",
        "report.pdf",
    ]
    assert dead_links(folder) == []


@pytest.fixture(scope="module")
def results(default_edition):
    return results_of(default_edition("public"))


@pytest.fixture
def outside(monkeypatch):
    """A writer of another distribution, as its entry point names it."""

    def name(writer):
        module = ModuleType("somebody_elses_writer")
        module.write = writer
        monkeypatch.setitem(sys.modules, module.__name__, module)
        entry = EntryPoint("places", f"{module.__name__}:write", edition_module.GROUP)
        monkeypatch.setattr(edition_module, "entry_points", lambda group: [entry])
        every_writer.cache_clear()

    yield name
    every_writer.cache_clear()


def places(results, folder):
    """A table of areas for another program."""
    codes = results.areas["district"]["area_code"]
    (folder / "places.csv").write_text("\n".join(["area_code", *codes]) + "\n", "utf-8")
    return [Written(href="places.csv", title="Places", description="For another program.")]


def test_a_writer_from_outside(outside, make_project):
    outside(places)
    assert every_writer() == (*WRITERS, places)
    folder = build(make_project(), editions=["public"]).folders["public"]
    assert (folder / "places.csv").is_file()
    assert not_listed(folder) == []
    text = (folder / "index.html").read_text("utf-8")
    assert text.index("Places") < text.index("Build record")


def test_what_a_writer_from_outside_wrote_is_audited(outside, make_project, ward_codes, tmp_path):
    def tells(results, folder):
        counts = results.made_from.counts
        hidden = counts[counts["status"] == "suppressed"].iloc[0]
        cell = ",".join(str(hidden[n]) for n in ("area_code", "indicator", "sex", "period"))
        head = "area_code,indicator,sex,period,count"
        (folder / "places.csv").write_text(f"{head}\n{cell},3\n", "utf-8")
        return [Written(href="places.csv", title="Places", description="")]

    outside(tells)
    counts = {code: 20 + n for n, code in enumerate(ward_codes)} | {ward_codes[0]: 3}
    with pytest.raises(AuditRefusedError, match=r"places\.csv"):
        build(make_project(counts), editions=["public"], out=tmp_path)
    assert not (tmp_path / "public").exists()


def test_a_writer_that_names_what_is_not_there(results, tmp_path):
    def forgets(results, folder):
        return [Written(href="places.csv", title="Places", description="")]

    with pytest.raises(OutputError, match=r"'forgets' says that it wrote 'places\.csv', which is"):
        write_edition(results, tmp_path, writers=[forgets])
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_says_something_else(results, tmp_path):
    def says_a_path(results, folder):
        return [folder / "places.csv"]

    with pytest.raises(OutputError, match=r"'says_a_path' says that it wrote .*no vawg_geo\.publ"):
        write_edition(results, tmp_path, writers=[says_a_path])
    assert list(tmp_path.iterdir()) == []


def test_an_entry_point_that_leads_to_no_function(outside):
    outside("a text")
    with pytest.raises(ConfigurationError, match=r"writer 'places' of somebody else cannot be use"):
        every_writer()


def test_an_entry_point_that_leads_nowhere(outside, monkeypatch):
    outside(places)
    monkeypatch.delitem(sys.modules, "somebody_elses_writer")
    with pytest.raises(ConfigurationError, match=r"cannot be loaded: ModuleNotFoundError"):
        every_writer()
