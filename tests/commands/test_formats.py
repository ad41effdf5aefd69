"""`vawg-geo build --formats`, and the same in `vawg.toml`."""

from __future__ import annotations

import pytest

import vawg_geo
from vawg_geo.commands.main import main
from vawg_geo.errors import ConfigurationError
from vawg_geo.project import read_project


def layers(folder):
    return {path.suffix for path in (folder / "layers").iterdir()}


def test_formats_on_the_command_line(make_project, tmp_path, capsys):
    out = tmp_path / "out"
    config = str(make_project())
    asked = ["build", config, "--out", str(out), "--edition", "public"]
    assert main([*asked, "--formats", "shapefile, FlatGeobuf"]) == 0
    assert layers(out / "public") == {".fgb", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".txt"}
    said = " ".join(capsys.readouterr().out.split())
    assert "Shapefiles have limits" in said
    assert "public/layers/README.txt" in said
    assert main(["audit", str(out / "public")]) == 0
    assert main(asked) == 0
    assert not (out / "public" / "layers").exists()


def test_formats_in_the_configuration(make_project, project_text, tmp_path):
    config = make_project(toml=project_text + '[output]\nformats = ["geoparquet"]\n')
    assert read_project(config).output.formats == ("geoparquet",)
    built = vawg_geo.build(config, out=tmp_path / "out", editions=["public"])
    assert layers(built.folders["public"]) == {".parquet"}
    assert not any("Shapefile" in line for line in built.messages)


def test_an_unknown_format_writes_nothing(make_project, project_text, tmp_path, capsys):
    out = tmp_path / "out"
    wrong = ["build", str(make_project()), "--out", str(out), "--formats", "geopackage,flatgeobuff"]
    assert main(wrong) == 2
    said = capsys.readouterr().err
    assert "2 of 2 formats are not known; first: 'geopackage'" in said
    assert "Traceback" not in said
    assert not out.exists()


def test_an_unknown_format_in_the_configuration(make_project, project_text):
    config = make_project(toml=project_text + '[output]\nformats = ["geoparket"]\n')
    with pytest.raises(ConfigurationError, match=r"\[output\] .*Did you mean 'geoparquet'"):
        read_project(config)
