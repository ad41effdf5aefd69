"""An overlay is a folder and one line: two trials, and what happens to one that lies.

The overlay is that of the documentation, `docs/premises/overlay.py`, and its figures are made up.
Once it is put into a copy of the package, once it comes from outside by an entry point, with no
file of the package changed. Either way it stands on the page, in the GeoPackage, in the QGIS
project, in the tables and in the descriptor, and the audit looks at its values.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing

import pandas as pd
import pytest

import vawg_geo
from tests.examples import some_every_day
from vawg_geo import project as projects
from vawg_geo.errors import AuditRefusedError, ConfigurationError, DisclosureError
from vawg_geo.overlays import registry

MORE = """
[overlays.premises]
file = "premises.csv"
source = "made up, to show how an overlay is added"
"""
ENTRY = "[vawg_geo.overlays]\npremises = licensed_premises:OVERLAY\n"
# Wards whose counts are small: the public edition hides these, and four more that would tell.
SMALL = (3, 40, 77, 101)


@pytest.fixture(scope="session")
def example(root):
    return root / "docs" / "premises"


@pytest.fixture(scope="session")
def counts(ward_codes):
    """Own counts by ward, four of them small."""
    made = {code: 20 + (37 * n) % 101 for n, code in enumerate(ward_codes)}
    return made | {ward_codes[place]: 2 + n for n, place in enumerate(SMALL)}


@pytest.fixture(scope="session")
def people(root):
    table = pd.read_csv(root / "data" / "population_wards_2015.csv")
    table = table[table["sex"] == "persons"]
    return table.set_index("area_code")["population"].astype(float)


@pytest.fixture
def write_project(make_project, project_text, counts):
    """Write a project whose premises are these, by ward; gives its configuration."""

    def write(premises, toml=project_text + MORE):
        config = make_project(counts, toml=toml)
        rows = [f"{code},{value}" for code, value in premises.items()]
        (config.parent / "premises.csv").write_text("\n".join(["area_code,premises", *rows]))
        return config

    return write


@pytest.fixture
def honest(ward_codes):
    """Premises that go with nothing."""
    return {code: 1 + (29 * n) % 17 for n, code in enumerate(ward_codes)}


def run(config, out, place):
    """Build the public edition by the command line, with what lies in `place`."""
    return subprocess.run(
        [sys.executable, "-m", "vawg_geo", "build", str(config), "--out", str(out), "--quiet",
         "--edition", "public"],
        cwd=place, env=os.environ | {"PYTHONPATH": f"{place}{os.pathsep}{place / 'site'}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def inside(root, place):
    """Put the overlay into a copy of the package; gives the files that were written or changed."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "vawg_geo", place / "vawg_geo", ignore=ignore)
    for name in ("data", "boundaries"):
        (place / name).symlink_to(root / name)
    folder = place / "vawg_geo" / "overlays" / "premises"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Licensed premises."""\n')
    shutil.copyfile(root / "docs" / "premises" / "overlay.py", folder / "overlay.py")
    listed = folder.parent / "registry.py"
    text = listed.read_text("utf-8")
    assert text.count('    "surfaces",\n') == 1
    listed.write_text(text.replace('    "surfaces",\n', '    "surfaces",\n    "premises",\n'))
    return touched(root, place)


def touched(root, place):
    """Files of the package that differ from ours, or are new."""
    ours = {p.relative_to(root): p for p in (root / "vawg_geo").rglob("*.py")}
    theirs = {p.relative_to(place): p for p in (place / "vawg_geo").rglob("*.py")}
    return sorted(
        str(name)
        for name in ours | theirs
        if name not in ours
        or name not in theirs
        or ours[name].read_bytes() != theirs[name].read_bytes()
    )


def outside(root, place):
    """Put it among the installed distributions, as pip would; gives the files of the package."""
    (place / "vawg_geo").symlink_to(root / "vawg_geo")
    site = place / "site"
    site.mkdir()
    shutil.copyfile(root / "docs" / "premises" / "overlay.py", site / "licensed_premises.py")
    about = site / "licensed_premises-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: licensed-premises\nVersion: 1.0\n"
    )
    (about / "entry_points.txt").write_text(ENTRY)
    return touched(root, place)


TRIALS = {
    inside: [
        "vawg_geo/overlays/premises/__init__.py",
        "vawg_geo/overlays/premises/overlay.py",
        "vawg_geo/overlays/registry.py",
    ],
    outside: [],
}


@pytest.fixture(params=some_every_day(TRIALS, 1), ids=["inside", "outside"])
def built(request, root, tmp_path, write_project, honest):
    """Public edition of a project with the overlay."""
    place = tmp_path / "place"
    place.mkdir()
    files = request.param(root, place)
    print(f"{request.param.__name__}: {len(files)} files of the package: {', '.join(files)}")
    assert files == TRIALS[request.param]
    done = run(write_project(honest), tmp_path / "out", place)
    assert done.returncode == 0, done.stderr
    return tmp_path / "out" / "public"


def test_an_overlay_stands_wherever_the_others_do(built, honest):
    """An overlay is one folder and one line in the package, three files or fewer; or it comes by
    an entry point and no file of the package changes. It is on the page, in the GeoPackage, in the
    QGIS project, in the tables and in the descriptor with title and unit.
    """
    title = "Licensed premises for each 1,000 residents"
    page = (built / "ward.html").read_text("utf-8")
    assert title in page
    assert "made up, to show how an overlay is added" in page
    table = pd.read_csv(built / "tables" / "licensed_premises.csv")
    assert dict(zip(table["area_code"], table["premises"], strict=True)) == honest
    assert table["area_name"].notna().all()
    assert table["premises_per_1000"].gt(0).all()
    described = json.loads((built / "tables" / "datapackage.json").read_text("utf-8"))
    (mine,) = [one for one in described["resources"] if one["name"] == "licensed_premises"]
    assert mine["title"] == "Licensed premises by area"
    assert mine["schema"]["primaryKey"] == ["area_code"]
    fields = {field["name"]: field for field in mine["schema"]["fields"]}
    assert fields["premises_per_1000"]["title"] == title
    assert fields["premises_per_1000"]["description"] == "For each 1,000 residents."
    with closing(sqlite3.connect(built / "vawg.gpkg")) as base:
        assert base.execute("SELECT count(*) FROM licensed_premises").fetchone() == (len(honest),)
        views = dict(base.execute("SELECT table_name, identifier FROM gpkg_contents"))
        assert "Licensed premises by area" in views.values()
        (view,) = [name for name in views if name.startswith("ward") and "premises" in name]
        assert base.execute(f'SELECT count(*) FROM "{view}"').fetchone() == (len(honest),)
    with zipfile.ZipFile(built / "vawg.qgz") as packed:
        (qgs,) = [name for name in packed.namelist() if name.endswith(".qgs")]
        project = packed.read(qgs).decode()
    assert view in project
    assert "licensed_premises" in project


@pytest.mark.parametrize("trial", some_every_day(TRIALS, 1), ids=["inside", "outside"])
def test_a_column_that_holds_the_counts_is_refused_whatever_it_is_said_to_tell(
    trial, root, tmp_path, write_project, counts
):
    """The table of premises is the analyst's own table: exit code 2, and nothing is written."""
    place = tmp_path / "place"
    place.mkdir()
    trial(root, place)
    done = run(write_project(counts), tmp_path / "out", place)
    assert done.returncode == 2, done.stdout
    assert "as the same number in 136 of 136 areas" in done.stderr
    assert (
        "'premises' has a value of 8 areas whose count of crimes, persons, 2015/16" in done.stderr
    )
    assert "[overlays.premises]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "public").exists()


@pytest.fixture
def installed(root, tmp_path, monkeypatch):
    """The overlay from outside in this process, where lists of overlays are made once."""
    place = tmp_path / "place"
    place.mkdir()
    outside(root, place)
    monkeypatch.syspath_prepend(str(place / "site"))
    caches = (
        registry.overlays, registry.declared_tables, registry.settings_of_overlays,
        projects._with_overlays,
    )  # fmt: skip
    for cache in caches:
        cache.cache_clear()
    yield place / "site"
    sys.modules.pop("licensed_premises", None)
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


def test_without_the_attack_the_copy_passes(
    installed, write_project, counts, tmp_path, monkeypatch
):
    """It is the attack on copies that refuses it, and nothing else."""
    config = write_project(counts)
    with pytest.raises(AuditRefusedError, match="'premises' has a value of 8 areas"):
        vawg_geo.build(config, out=tmp_path / "out", editions=["public"])
    monkeypatch.setattr("vawg_geo.audit.files.copied_figures", lambda *_, **__: [])
    vawg_geo.build(config, out=tmp_path / "out", editions=["public"])
    table = pd.read_csv(tmp_path / "out" / "public" / "tables" / "licensed_premises.csv")
    assert dict(zip(table["area_code"], table["premises"], strict=True)) == counts


def test_it_has_its_part_of_the_report(installed, write_project, honest, people):
    from vawg_geo.publish.report.report import report_blocks
    from vawg_geo.results.results import results_of

    edition = vawg_geo.protect(vawg_geo.load_tables(projects.read_project(write_project(honest))))
    blocks = report_blocks(results_of(edition))
    texts = [getattr(block, "text", "") for block in blocks]
    place = texts.index("Licensed premises")
    most = max(honest, key=lambda code: honest[code] / people[code])
    assert texts[place + 1].startswith(f"{edition.area_names()[most]} has most: ")


LIES = {
    # Somebody spoils one in twenty.
    "spoiled": lambda code, n, counts, people: counts[code] if n % 20 else 5,
    "seven times as many": lambda code, n, counts, people: 7 * counts[code],
    "rates with one decimal": lambda code, n, counts, people: (
        f"{counts[code] / people[code] * 1000:.1f}"
    ),
    "an order alone": lambda code, n, counts, people: f"{counts[code] ** 0.5 + 11:.3f}",
    "the reverse of it": lambda code, n, counts, people: f"{9_000 - counts[code] ** 1.2:.3f}",
}


@pytest.mark.parametrize("lie", some_every_day(LIES, 2))
def test_copies_in_disguise_are_refused(installed, write_project, counts, people, tmp_path, lie):
    made = {code: LIES[lie](code, n, counts, people) for n, code in enumerate(counts)}
    with pytest.raises(AuditRefusedError, match=r"goes with the shown ones .* areas: it gives"):
        vawg_geo.build(write_project(made), out=tmp_path / "out", editions=["public"])


def test_a_copy_that_is_empty_where_the_count_is_hidden_passes(
    installed, write_project, counts, tmp_path
):
    edition = vawg_geo.protect(vawg_geo.load_tables(projects.read_project(write_project(counts))))
    shown = edition.counts[(edition.counts["level"] == "ward") & edition.counts["count"].notna()]
    assert len(shown) == len(counts) - 8
    copy = dict(zip(shown["area_code"], shown["count"], strict=True))
    vawg_geo.build(write_project(copy), out=tmp_path / "out", editions=["public"])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (('name = "premises"', 'name = "access"'), "its name is not that of its entry point"),
        (('tells="nothing", title="Licensed premises"', 'tells="count", title="x"'),
         "tells of counts, which only overlays of the package may"),
        (('name="premises", tells', 'name="rate", tells'), "'rate', which is that of a count"),
        (('known_by="premises premises_per_1000"', 'known_by="area_code"'),
         "no column in known_by that tells it from a table of counts"),
        (('name="licensed_premises"', 'name="rates_ward"'), "has the name of another"),
        (("settings = PremisesSettings", "settings = 3"), "are no vawg_geo.settings.Settings"),
        (("OVERLAY = Premises()", "OVERLAY = 3"), "3 is no vawg_geo.overlays.overlay.Overlay"),
        (("OVERLAY = Premises()", "1 / 0"), "cannot be loaded: ZeroDivisionError"),
    ],
)  # fmt: skip
def test_an_overlay_from_outside_that_cannot_be_told(
    installed, write_project, honest, change, match
):
    module = installed / "licensed_premises.py"
    old, new = change
    text = module.read_text("utf-8")
    assert old in text
    text = text.replace(old, new)
    if "rate" in new and "tells" in new:
        text = text.replace('known_by="premises premises_per_1000"', 'known_by="premises_per_1000"')
    module.write_text(text)
    with pytest.raises(
        ConfigurationError, match=r"the overlay 'premises' of licensed-premises"
    ) as e:
        projects.read_project(write_project(honest))
    assert match in str(e.value)


def test_a_key_that_no_overlay_has(installed, write_project, honest, project_text):
    config = write_project(honest, toml=project_text + MORE.replace(".premises]", ".premisses]"))
    with pytest.raises(ConfigurationError, match=r"'premisses'.*'premises'"):
        projects.read_project(config)


def test_a_refuge_among_its_names_is_refused(installed, write_project, honest, tmp_path):
    """An overlay from outside has no exception: a refuge by ward has a place."""
    module = installed / "licensed_premises.py"
    text = module.read_text("utf-8")
    text = text.replace(
        'needs=("area_code", "premises")', 'needs=("area_code", "premises", "largest")'
    )
    module.write_text(text)
    config = write_project(honest)
    table = config.parent / "premises.csv"
    head, first, *rows = table.read_text().split("\n")
    named = [f"{head},largest", f"{first},The Safe House", *(f"{row},Club" for row in rows)]
    table.write_text("\n".join(named))
    with pytest.raises(DisclosureError, match="1 of 144 rows would give a refuge a place"):
        vawg_geo.build(config, out=tmp_path / "out", editions=["public"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("edition", ["public", "partnership"])
def test_nothing_smaller_than_a_ward_gets_out(installed, write_project, honest, tmp_path, edition):
    """Neither by a column of codes, nor as places that no table of public places has."""
    module = installed / "licensed_premises.py"
    plain = module.read_text("utf-8")
    for column, value, match in (
        ("largest_in", "'E01017985'", "are of something smaller than a ward"),
        ("postcode", "'x'", "by which a place can be found"),
        ("easting", "545000.0", "stand in no table of public places"),
    ):
        text = plain.replace(
            "            level=found", f"            {column}={value},\n            level=found"
        )
        module.write_text(text)
        sys.modules.pop("licensed_premises", None)
        for cache in (registry.overlays, registry.declared_tables, registry.settings_of_overlays,
                      projects._with_overlays):  # fmt: skip
            cache.cache_clear()
        with pytest.raises(DisclosureError, match=match):
            vawg_geo.build(write_project(honest), out=tmp_path / "out", editions=[edition])
