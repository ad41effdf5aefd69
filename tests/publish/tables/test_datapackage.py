"""The descriptor of the tables, held to the standard and to the tables themselves."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from tests.examples import some_every_day
from vawg_geo.publish.tables.datapackage import describe_tables
from vawg_geo.publish.tables.write import write_tables
from vawg_geo.results.results import results_of
from vawg_geo.terms.columns import STATUSES


@pytest.fixture(scope="module", params=["public", "partnership"])
def written(request, tmp_path_factory, default_edition):
    edition = default_edition(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    write_tables(results_of(edition), folder)
    return edition, folder


def described(folder):
    return json.loads((folder / "datapackage.json").read_text("utf-8"))


def of(package, name):
    return next(one for one in package["resources"] if one["name"] == name)


def complaints(folder):
    """What the reference implementation has against a package: standard, then every cell."""
    # Slow to import, and wanted by these tests alone.
    from frictionless import Package, validate

    found = Package.validate_descriptor(described(folder))
    if not found.valid:
        return found.flatten(["note"])
    return validate(str(folder / "datapackage.json")).flatten(["type", "fieldName", "note"])


def test_the_reference_implementation_finds_nothing(written):
    assert complaints(written[1]) == []


@pytest.mark.parametrize(
    ("table", "old", "new", "kind"),
    some_every_day(
        [
            ("rates_district", ",value,", ",guessed,", "constraint-error"),
            ("rates_district", "E07000008", "E07999999", "foreign-key"),
            ("areas", "\nE07000009,", "\nE07000008,", "primary-key"),
            ("rates_district", ",persons,2015/16,", ",persons,2015/16,many", "type-error"),
            ("rates_district", "area_code,", "area,", "incorrect-label"),
        ],
        1,
    ),
)
def test_the_check_can_fail(written, tmp_path, table, old, new, kind):
    folder = shutil.copytree(written[1], tmp_path / "copy")
    path = folder / f"{table}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert kind in {row[0] for row in complaints(folder)}


def test_every_table_is_described_as_it_is(written):
    _, folder = written
    package = described(folder)
    assert {one["path"] for one in package["resources"]} == {p.name for p in folder.glob("*.csv")}
    for one in package["resources"]:
        head = (folder / one["path"]).read_text("utf-8").partition("\n")[0].split(",")
        assert [field["name"] for field in one["schema"]["fields"]] == head
        assert one["schema"]["missingValues"] == [""]
        assert all(field["title"] for field in one["schema"]["fields"])


def test_kinds_words_keys_and_pointers_of_rates(written):
    rates = of(described(written[1]), "rates_ward")["schema"]
    fields = {field["name"]: field for field in rates["fields"]}
    assert fields["count"]["type"] == "integer"
    assert "required" not in fields["count"].get("constraints", {})
    assert fields["rate"]["type"] == "number"
    assert "`rate_per`" in fields["rate"]["description"]
    assert fields["population"]["description"].startswith("Residents, or ")
    assert fields["status"]["constraints"]["enum"] == list(STATUSES)
    assert rates["primaryKey"] == ["area_code", "indicator", "sex", "period"]
    pointers = {one["fields"]: one["reference"] for one in rates["foreignKeys"]}
    assert pointers["area_code"] == {"resource": "areas", "fields": "area_code"}
    assert pointers["indicator"] == {"resource": "indicators", "fields": "name"}


def test_sources_and_licence(written):
    edition, folder = written
    package = described(folder)
    (licence,) = package["licenses"]
    if edition.name == "public":
        assert licence["name"] == "OGL-UK-3.0"
        assert "Not for publication" not in package["description"]
    else:
        assert licence["name"] == "other-closed"
        assert "Not for publication" in package["description"]
    assert any("Crown copyright" in source["title"] for source in package["sources"])


def test_it_holds_no_number_and_is_the_same_each_time(written, tmp_path):
    edition, folder = written
    write_tables(results_of(edition), tmp_path)
    text = (folder / "datapackage.json").read_text("utf-8")
    assert (tmp_path / "datapackage.json").read_text("utf-8") == text

    def numbers(value):
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return [one for part in inner for one in numbers(part)]
        return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []

    assert numbers(json.loads(text)) == []


def test_what_does_not_hold_is_not_said(written):
    """A pointer to an area that is none, a key that two rows share, a word that is no status."""
    edition, _ = written
    areas = pd.DataFrame({"area_code": ["E1", "E2"], "area_name": ["A", "B"]})
    indicators = pd.DataFrame({"name": ["crimes"]})
    own = pd.DataFrame(
        {
            "area_code": ["E1", "E1", "E3"], "status": ["value", "perhaps", "zero"],
            "date": ["2016-03-31", "2017", ""], "n": [1.0, None, 3.0],
            "whole": pd.array([1, None, 2], "Int64"), "flag": [True, False, True],
        }
    )  # fmt: skip
    text = describe_tables(
        results_of(edition), {"areas": areas, "indicators": indicators, "own": own}
    )
    schema = of(json.loads(text), "own")["schema"]
    assert "primaryKey" not in schema
    assert "foreignKeys" not in schema
    kinds = {field["name"]: field["type"] for field in schema["fields"]}
    assert kinds == {
        "area_code": "string", "status": "string", "date": "string", "n": "number",
        "whole": "integer", "flag": "boolean",
    }  # fmt: skip
    assert all("constraints" not in field for field in schema["fields"])
    day = describe_tables(
        results_of(edition),
        {"areas": areas, "indicators": indicators, "own": own.assign(date="2016-03-31")},
    )
    assert '{"name": "date", "type": "date"' in day
