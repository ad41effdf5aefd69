"""What a refused build says and keeps."""

from __future__ import annotations

import json
import os
import stat

import pytest

from vawg_geo import pipeline as walk
from vawg_geo.audit.observed import Finding
from vawg_geo.commands.main import main
from vawg_geo.disclosure import gate
from vawg_geo.disclosure.hide import Protected
from vawg_geo.errors import AuditRefusedError, OutputError
from vawg_geo.project import default_project_path, read_project
from vawg_geo.publish.edition import WRITERS
from vawg_geo.release.causes import cause_of
from vawg_geo.results.results import results_of
from vawg_geo.words.figures import HIDDEN_NOTE


def only_small(counts, rules, *_, **__):
    """A gate that has forgotten sums."""
    hide = counts["count"].between(rules.smallest, rules.largest) & (counts["basis"] != "published")
    hidden = counts.assign(
        count=counts["count"].mask(hide),
        status=counts["status"].mask(hide, "suppressed"),
        note=counts["note"].mask(hide, HIDDEN_NOTE),
    )
    return Protected(counts=hidden)


@pytest.fixture
def config(make_project):
    """A project with one small ward in its district."""
    path = make_project()
    table = path.parent / "counts.csv"
    lines = table.read_text("utf-8").splitlines()
    head = lines[0].split(",")
    first = dict(zip(head, lines[1].split(","), strict=True)) | {"count": "3"}
    rest = [
        ",".join(
            (dict(zip(head, line.split(","), strict=True)) | {"count": "40"})[name] for name in head
        )
        for line in lines[2:]
    ]
    table.write_text("\n".join([lines[0], ",".join(first[n] for n in head), *rest]) + "\n", "utf-8")
    return path


def closed_to_others(folder):
    paths = [folder, *folder.rglob("*")]
    return os.name == "nt" or all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths)


def test_counts_that_tell_are_kept_to_look_at(config, tmp_path, monkeypatch, capsys):
    """Seen to fail with `chmod` taken out of `keep_refused`: the folder was open to all."""
    monkeypatch.setattr(gate, "hide_counts", only_small)
    kept, out = tmp_path / "refused", tmp_path / "maps"
    code = main(
        ["build", str(config), "--edition", "public", "--out", str(out), "--keep-refused",
         str(kept), "--quiet"]
    )  # fmt: skip
    said = capsys.readouterr().err
    assert code == 2
    assert "other figures give the count, 3" in said
    assert "[[counts]] 1 (counts.csv)" in said
    assert "largest_hidden under [disclosure.public]" in said
    assert f"all findings are in {kept}" in said
    assert "--keep-refused DIR" not in said
    assert not out.exists() or not (out / "public").exists()
    assert {p.name for p in kept.iterdir()} == {"public", "findings.txt", "findings.json"}
    assert (kept / "public" / "vawg.gpkg").is_file()
    findings = json.loads((kept / "findings.json").read_text("utf-8"))["findings"]
    assert findings[0]["kind"] == "recovered"
    assert findings[0]["text"] in (kept / "findings.txt").read_text("utf-8")
    assert closed_to_others(kept)


def a_note(results, folder):
    """A file that nobody asked for, with a hidden count in it."""
    counts = results.made_from.counts
    hidden = counts[counts["status"] == "suppressed"].iloc[0]
    rows = "area_code,indicator,sex,period,count\n"
    cell = ",".join(str(hidden[n]) for n in ("area_code", "indicator", "sex", "period"))
    (folder / "tables" / "notes.csv").write_text(f"{rows}{cell},3\n", "utf-8")
    return []


def test_files_that_tell_are_kept_to_look_at(config, tmp_path):
    from vawg_geo.areas.tables import load_tables

    results = [results_of(gate.protect(load_tables(read_project(config))))]
    kept = tmp_path / "refused"
    with pytest.raises(AuditRefusedError, match=r"tables/notes\.csv") as told:
        walk.write_editions(results, out=tmp_path / "maps", writers=[*WRITERS, a_note], keep=kept)
    assert told.value.edition == "public"
    assert (kept / "public" / "tables" / "notes.csv").is_file()
    assert closed_to_others(kept)
    assert not (tmp_path / "maps" / "public").exists()


def test_a_folder_with_anything_in_it_is_not_taken(config, tmp_path):
    (tmp_path / "refused").mkdir()
    (tmp_path / "refused" / "mine.txt").write_text("x")
    with pytest.raises(OutputError, match="Name a new folder, or empty it"):
        walk.build(config, keep_refused=tmp_path / "refused")


def test_nothing_is_kept_of_a_build_that_passes(config, tmp_path):
    walk.build(config, editions=["public"], keep_refused=tmp_path / "refused")
    assert not (tmp_path / "refused").exists()


@pytest.mark.parametrize(
    ("kind", "file", "text", "cause"),
    [
        (
            "unknown_column", "tables/access.csv", "the column 'within_7_km' is not known: ...",
            "[overlays.access], column 'within_7_km'",
        ),
        (
            "derived_figure", "vawg.gpkg: rates_by_deprivation", "3 rows whose count ...",
            "[overlays.deprivation]",
        ),
        ("unknown_series", "rasters/smoothed_rate_x.tif", "no table tells", "[overlays.surfaces]"),
        ("derived_figure", "tables/hotspots.csv", "3 areas", "under [hotspots]"),
        (
            "figure_in_text", "index.html",
            "it says 'ILLUSTRATIVE' beside a figure.".replace("ILLUSTRATIVE", "Violence against women"),
            "[project] title ('Violence against women')",
        ),
        ("unknown_geometry", "layers/ward.fgb", "what is it", "[output] formats"),
        ("unread_period", "tables/rates_ward.csv", "the period 'x'", "column period of"),
        ("open_journal", "vawg.gpkg", "vawg.gpkg-wal lies beside it", "close it in other programs"),
        ("forbidden_layer", "ward.html", "it speaks of 'brothel'", "--edition partnership"),
        ("some_new_kind", "tables/odd.csv", "odd", "[[counts]] first"),
    ],
)  # fmt: skip
def test_each_kind_of_finding_names_what_causes_it(kind, file, text, cause):
    project = read_project(default_project_path())
    said = cause_of(Finding(kind=kind, file=file, text=text), project)
    assert cause in said
    assert said.startswith("Cause: ")
    assert "fault of vawg-geo" not in said
