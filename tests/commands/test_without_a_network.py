"""A project of an area needs no network: started and built where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

# What a program in the namespace would need: a way out.
REACH_OUT = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"


@pytest.fixture
def apart(absent, root):
    """Run a command in a network namespace of its own, which has not even a loopback."""
    unshare = shutil.which("unshare")
    options = [] if os.geteuid() == 0 else ["--map-root-user"]
    if not unshare or subprocess.run([unshare, *options, "-n", "true"], check=False).returncode:
        absent("this system gives no network namespace (unshare -n)")

    def run_apart(*arguments):
        return subprocess.run(
            [unshare, *options, "-n", sys.executable, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(root)},
        )

    return run_apart


def test_an_area_is_started_and_built_without_a_network(apart, tmp_path):
    """Seen to fail with a connection opened in `init`: 'Network is unreachable'."""
    outside = apart("-c", REACH_OUT)
    assert outside.returncode == 1
    assert "Network is unreachable" in outside.stderr
    folder = tmp_path / "own"
    started = apart("-m", "vawg_geo", "init", folder, "--area", "Isle of Anglesey")
    assert started.returncode == 0, started.stderr
    built = apart("-m", "vawg_geo", "build", "--quiet", folder / "vawg.toml")
    assert built.returncode == 0, built.stderr
    assert (folder / "maps" / "public" / "tables" / "areas.csv").exists()
