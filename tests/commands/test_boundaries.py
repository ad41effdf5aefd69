"""`vawg-geo boundaries`: what is listed, and what is suggested."""

from __future__ import annotations


def test_boundaries_list(run):
    code, printed, _ = run("boundaries", "list")
    assert code == 0
    assert "wards-2015" in printed


def test_unknown_boundaries_suggest(run, tmp_path, monkeypatch):
    monkeypatch.setenv("VAWG_GEO_CACHE", str(tmp_path))
    code, _, error = run("boundaries", "fetch", "wards-2105")
    assert code == 2
    assert "wards-2015" in error
