"""`vawg-geo report`."""

from __future__ import annotations

from vawg_geo.commands.main import main


def test_a_report_with_all_pictures(make_project, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["report", str(make_project()), "--out", str(out)]) == 0
    names = {path.name for path in (out / "public").iterdir()}
    assert names == {"build.json", "pictures", "report.html", "report.pdf"}
    pictures = {path.suffix for path in (out / "public" / "pictures").iterdir()}
    assert pictures == {".html", ".png", ".svg"}
    said = capsys.readouterr().out
    assert "Audit of the public edition" in said
    assert "report.html" in said


def test_a_bad_configuration_writes_nothing(tmp_path, capsys):
    assert main(["report", str(tmp_path / "no.toml"), "--out", str(tmp_path / "out")]) == 2
    assert "there is no file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
