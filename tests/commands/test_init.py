"""`vawg-geo init`: a project that can be checked at once."""

from __future__ import annotations


def test_init_then_check_then_refuse_to_overwrite(run, tmp_path):
    folder = tmp_path / "county"
    code, printed, _ = run("init", folder)
    assert code == 0
    assert "vawg.toml" in printed
    code, printed, _ = run("check", folder / "vawg.toml")
    assert code == 1
    assert "144 of 144 counts are missing" in printed
    code, _, error = run("init", folder)
    assert code == 2
    assert "nothing is overwritten" in error
