"""`vawg-geo init --area`: a project of an area of the country that builds as it stands."""

from __future__ import annotations

import csv
import re
import tomllib

import pytest

from vawg_geo.areas.country import find_area, list_areas
from vawg_geo.pipeline import build

# Of each kind, of both nations, small and large, with names of all sorts.
KINDS = {
    "E06000053": "Isles of Scilly, whose wards are the best fit of no small area",
    "E09000001": "City of London, the same",
    "E08000039": "Sheffield, recoded in 2025",
    "E06000065": "North Yorkshire, with a ward in two parts",
    "E07000146": "an apostrophe in its name",
    "E06000023": "Bristol, City of: a comma",
    "E06000046": "an island",
    "W06000001": "names in Welsh",
    "W06000016": "Wales, a police area's part",
    "E10000003": "a county that is a part of a police area",
    "E10000012": "a county of twelve districts",
    "E23000011": "a police area of four districts",
    "E23000013": "a police area of four unitaries",
    "W15000002": "a police area of Wales",
    "W15000004": "another",
    "E22000361": "a partnership that is a district",
    "E22000364": "a partnership of several districts",
    "W14000023": "a partnership of several districts of Wales",
    "E23000022": "a police area of new unitaries",
    "E22000145": "a partnership by the former name of its district",
}
EVERY_DAY = ("E06000053", "W06000001", "E22000364")


def start(run, folder, area, *more):
    code, printed, error = run("init", folder, "--area", area, *more)
    assert (code, error) == (0, "")
    return printed


def made_up_counts(folder):
    path = folder / "ward_counts.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows):
        row["count"] = 3 + number * 7 % 41
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def is_built(run, folder, area):
    start(run, folder, area)
    wards = made_up_counts(folder)
    code, printed, error = run("build", folder / "vawg.toml")
    assert code == 0, error
    for edition in ("public", "partnership"):
        place = folder / "maps" / edition
        with (place / "tables" / "areas.csv").open(encoding="utf-8") as stream:
            levels = [row["level"] for row in csv.DictReader(stream)]
        assert levels.count("ward") == wards
        if not (place / "ward.html").exists():
            # Five wards, of which more than a third is hidden: said, and pointed to.
            assert (area, "no map, since" in printed) == ("E06000053", True)


@pytest.mark.parametrize("area", EVERY_DAY, ids=[KINDS[code] for code in EVERY_DAY])
def test_an_area_builds_as_it_is_started(run, tmp_path, area):
    is_built(run, tmp_path / "own", area)


@pytest.mark.long
@pytest.mark.parametrize("area", [code for code in KINDS if code not in EVERY_DAY])
def test_areas_of_every_kind_build(run, tmp_path, area):
    is_built(run, tmp_path / "own", area)


@pytest.mark.parametrize(
    ("area", "lines"), [("South Yorkshire", 25), ("Sheffield", 24), ("E10000003", 25)]
)
def test_the_configuration_has_25_lines_at_most(run, tmp_path, area, lines):
    start(run, tmp_path / "own", area)
    text = (tmp_path / "own" / "vawg.toml").read_text("utf-8")
    assert len(text.splitlines()) == lines
    written = tomllib.loads(text)
    assert written["significance"]["comparator"] == find_area(area).code
    assert written["areas"]["ward"] == {"boundaries": "area/ward.gpkg", "vintage": "2025"}


def test_no_area_needs_more_lines_than_another():
    """Levels are the ward, the district, and the area itself where it is neither."""
    assert {area.level for area in list_areas()} == {"district", "csp", "county", "police_area"}


@pytest.mark.parametrize(
    ("area", "helpline", "other", "index"),
    [
        ("E06000039", "0808 2000 247", "Live Fear Free", "English Indices of Deprivation 2025"),
        ("W06000001", "Live Fear Free", "0808 2000 247", "Welsh Index of Multiple Deprivation"),
    ],
)
def test_helpline_attribution_and_comparator_are_in_what_is_built(
    run, tmp_path, area, helpline, other, index
):
    """Of the nation, by rule: the configuration says nothing of a helpline."""
    folder = tmp_path / "own"
    start(run, folder, area)
    made_up_counts(folder)
    assert "help" not in tomllib.loads((folder / "vawg.toml").read_text("utf-8"))
    built = build(folder / "vawg.toml")
    for edition in built.folders.values():
        page = (edition / "ward.html").read_text("utf-8")
        assert helpline in page
        assert other not in page
        assert "Crown copyright and database right 2025" in page
        sources = (edition / "tables" / "sources_and_caveats.csv").read_text("utf-8")
        assert re.search(rf"^help,.*{helpline}", sources, re.MULTILINE)
        assert "Crown copyright" in sources
        assert index in (edition / "tables" / "datapackage.json").read_text("utf-8")
        for level in ("ward", "district"):
            path = edition / "tables" / f"rates_{level}.csv"
            if path.exists():
                with path.open(encoding="utf-8") as stream:
                    assert {row["comparator"] for row in csv.DictReader(stream)} == {area}


def test_what_an_area_is_taken_for_is_printed(run, tmp_path):
    printed = start(run, tmp_path / "one", "Anglesey")
    assert "'Anglesey' is taken as Isle of Anglesey (district, W06000001)." in printed
    printed = start(run, tmp_path / "two", "E08000019")
    assert "E08000019 is a former code, now of Sheffield (district, E08000039)." in printed
    assert "taken as" not in start(run, tmp_path / "three", "sheffield")


@pytest.mark.parametrize("area", ["London", "North West", "Newcastle", "Poole", "Sheffeild"])
def test_what_is_no_area_writes_nothing(run, tmp_path, area):
    code, printed, error = run("init", tmp_path / "own", "--area", area)
    assert (code, printed) == (2, "")
    assert re.search(r"E\d{8}|--area '", error)
    assert not (tmp_path / "own").exists()


def test_the_guide_names_the_files_that_are_there(run, tmp_path):
    folder = tmp_path / "own"
    start(run, folder, "Isle of Anglesey")
    guide = (folder / "README.md").read_text("utf-8")
    named = set(re.findall(r"^\| `([^`]+)`", guide, re.MULTILINE))
    made_later = {"disclosure.key", "vawg-releases/"}
    assert {path.name + "/" * path.is_dir() for path in folder.iterdir()} - {"README.md"} == (
        named - made_later
    )
