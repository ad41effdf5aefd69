"""Killed builds, a full disk, builds at once: every edition's folder is one whole set."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter

import pytest


@pytest.fixture(scope="module")
def script(root):
    """Run dev/evidence/kill_builds.py; a process of its own, because it forks."""
    if not hasattr(os, "fork"):
        pytest.fail("killing builds needs a system that can fork")

    def run(*options):
        return subprocess.run(
            [sys.executable, str(root / "dev" / "evidence" / "kill_builds.py"), *map(str, options)],
            capture_output=True,
            text=True,
            check=False,
            timeout=3000,
        )

    return run


@pytest.mark.promise
@pytest.mark.long
def test_a_sample_of_kills_and_sizes(script):
    """A build that is killed or finds the disk full leaves one whole set of editions and a clear
    message.
    """
    done = script("--kills", 8, "--sizes", 4, "--together", 0)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\n +[1-9]\d*  killed\n", done.stdout)
    assert "An earlier run was cut short: what it left unfinished was removed." in done.stdout
    # Too little room and room enough both occurred.
    assert "exit 2: old and old" in done.stdout
    assert "exit 0: new and new" in done.stdout


@pytest.mark.promise
@pytest.mark.long
def test_many_kills_and_sizes_and_builds_at_once(script):
    """Eight builds at once into one folder leave one whole set of editions."""
    done = script("--kills", 48, "--sizes", 16, "--together", 8, "--seed", 7)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\n +8  exit 0\n", done.stdout)


class TestTheScriptSees:
    """What it is there for: a mixture, an absent folder, litter, an unclear message."""

    @pytest.fixture
    def kill_builds(self):
        import kill_builds

        return kill_builds

    @pytest.fixture
    def sets(self, kill_builds, tmp_path):
        from _kill_sets import Sets

        for name in ("old", "new"):
            for edition in ("public", "partnership"):
                place = tmp_path / name / edition
                place.mkdir(parents=True)
                (place / "build.json").write_text('{"vawg_geo": "0"}')
                (place / "a.txt").write_text(name)
                (place / "b.txt").write_text(name)
        shutil.copytree(tmp_path / "old", tmp_path / "maps")
        return Sets([], [], tmp_path / "old", tmp_path / "new", None)

    def judge(self, kill_builds, sets, out, *, swap=True):
        tally = kill_builds.Tally(Counter(), [])
        kill_builds._judge(tally, sets, out, "step 1", swap=swap)
        return tally

    def test_a_whole_set_passes(self, kill_builds, sets, tmp_path):
        assert self.judge(kill_builds, sets, tmp_path / "maps").faults == []

    def test_a_mixture(self, kill_builds, sets, tmp_path):
        (tmp_path / "maps" / "public" / "a.txt").write_text("new")
        tally = self.judge(kill_builds, sets, tmp_path / "maps")
        assert len(tally.faults) == 2
        assert "a mixture" in tally.faults[0]

    def test_an_absent_folder(self, kill_builds, sets, tmp_path):
        out = tmp_path / "maps"
        (out / "public").rename(out / ".vawg-geo-former-public")
        tally = self.judge(kill_builds, sets, out)
        assert tally.faults == ["step 1: {'public': 'absent', 'partnership': 'old'}"]
        (out / "public").rename(out / ".vawg-geo-former-public")
        assert self.judge(kill_builds, sets, out, swap=False).faults == []

    def test_litter(self, kill_builds, sets, tmp_path):
        (tmp_path / "maps" / "stray.tmp").write_text("")
        tally = self.judge(kill_builds, sets, tmp_path / "maps")
        assert any("are left" in fault for fault in tally.faults)

    @pytest.mark.parametrize(
        ("code", "said"), [(99, "Traceback"), (2, "Traceback (most recent call last):\nx\n")]
    )
    def test_an_unclear_end(self, kill_builds, sets, tmp_path, code, said):
        tally = kill_builds.Tally(Counter(), [])
        kill_builds._judge_full(tally, sets, tmp_path / "maps", "9 bytes", code, said)
        assert tally.faults
