"""Which Python is found, how it is started and stopped; nothing of QGIS is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

NEVER = SimpleNamespace(isCanceled=lambda: False)


def environment_at(folder, *, scripts="bin", name="python3"):
    """A folder that looks like an environment."""
    place = folder / scripts
    place.mkdir(parents=True)
    for one in (name, "vawg-geo"):
        (place / one).write_text("#!/bin/sh\n", "utf-8")
        (place / one).chmod(0o755)
    return place / name


def found(parts, *given, environ=None, has):
    """What is found where these Pythons have the package."""
    asked = []

    def ask(python):
        asked.append(python)
        return python in has

    python = parts.environment.find_python(*given, environ=environ or {"PATH": ""}, ask=ask)
    return python, asked


def test_the_named_one_is_taken_whatever_it_names(parts, tmp_path):
    python = environment_at(tmp_path / "with blank é")
    link = tmp_path / "vawg-geo"
    link.symlink_to(python.with_name("vawg-geo"))
    for given in (python, python.with_name("vawg-geo"), link, python.parents[1]):
        assert found(parts, str(given), has=[python])[0] == python


def test_the_folder_of_windows_is_known(parts, tmp_path):
    python = environment_at(tmp_path, scripts="Scripts", name="python.exe")
    assert found(parts, str(tmp_path), has=[python])[0] == python


def test_a_named_one_without_the_package_is_not_passed_over(parts, tmp_path):
    named, other = environment_at(tmp_path / "a"), environment_at(tmp_path / "b")
    with pytest.raises(parts.environment.NoEnvironment, match=r"that is named, .* has no package"):
        found(parts, str(named), str(other), has=[other])


def test_each_place_is_looked_at_in_order(parts, tmp_path):
    names = ("remembered", "active", "project/.venv", "command", "uv/tools/vawg-geo")
    pythons = [environment_at(tmp_path / name) for name in names]
    project = tmp_path / "project" / "maps" / "public"
    project.mkdir(parents=True)
    environ = {
        "VIRTUAL_ENV": str(tmp_path / "active"), "PATH": str(tmp_path / "command" / "bin"),
        "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path),
    }  # fmt: skip
    given = ("", str(tmp_path / "remembered"), str(project))
    for first in range(len(pythons)):
        python, asked = found(parts, *given, environ=environ, has=pythons[first:])
        assert python == pythons[first]
        assert asked[: first + 1] == pythons[: first + 1]


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("UV_TOOL_DIR", "vawg-geo"), ("PIPX_HOME", "venvs/vawg-geo"),
        ("APPDATA", "uv/tools/vawg-geo"), ("USERPROFILE", "pipx/venvs/vawg-geo"),
        ("HOME", ".local/share/pipx/venvs/vawg-geo"),
    ],
)  # fmt: skip
def test_tools_of_uv_and_pipx_are_found(parts, tmp_path, variable, folder):
    python = environment_at(tmp_path / folder)
    environ = {"PATH": "", "HOME": "/nothing"} | {variable: str(tmp_path)}
    assert found(parts, environ=environ, has=[python])[0] == python


def test_where_there_is_none_one_sentence_says_how_to_make_one(parts):
    with pytest.raises(parts.environment.NoEnvironment) as refused:
        found(parts, has=[])
    said = str(refused.value)
    for word in ("uv tool install", "python3 -m venv .venv", "py -m venv .venv", "PowerShell",
                 "without an administrator"):  # fmt: skip
        assert word in said
    assert parts.environment.HOW_TO.count(". ") == 0


def test_a_python_is_asked_for_the_package(parts, package_python, tmp_path, monkeypatch):
    assert parts.environment.has_package(package_python)
    # A folder of this name is no package, and neither is the plugin: QGIS's own Python has both.
    bare = tmp_path / "python3"
    bare.write_text(
        f'#!/bin/sh\nPYTHONPATH="{tmp_path}" exec "{sys.executable}" -S "$@"\n', "utf-8"
    )
    bare.chmod(0o755)
    assert not parts.environment.has_package(bare)
    (tmp_path / "vawg_geo").mkdir()
    (tmp_path / "vawg_geo" / "__init__.py").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert not parts.environment.has_package(bare)
    assert not parts.environment.has_package(tmp_path / "absent")


def test_nothing_of_qgis_reaches_another_python(parts, monkeypatch):
    for name in ("PYTHONHOME", "PYTHONPATH", "GDAL_DATA", "PROJ_LIB", "LD_LIBRARY_PATH", "QT_X"):
        monkeypatch.setenv(name, "of QGIS")
    held = parts.environment.environment_for(Path("/somewhere/bin/python3"))
    assert "of QGIS" not in held.values()
    assert held["PYTHONUTF8"] == "1"
    # Its own does not start on Windows without its home.
    own = parts.environment.own_pythons()[0]
    assert parts.environment.environment_for(own)["PYTHONHOME"] == "of QGIS"


def test_on_windows_no_window_opens(parts, monkeypatch):
    monkeypatch.setattr(parts.environment.os, "name", "nt")
    monkeypatch.setattr(subprocess, "CREATE_NO_WINDOW", 0x08000000, raising=False)
    assert parts.environment.without_window() == {"creationflags": 0x08000000}


def entry_of(tmp_path, text):
    path = tmp_path / "entry.py"
    path.write_text(text, "utf-8")
    return path


def test_a_run_that_is_stopped_ends_its_children(parts, tmp_path):
    """The Python of an environment may start another one; neither goes on."""
    pids = tmp_path / "pids"
    entry = entry_of(
        tmp_path,
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(60)\n",
    )
    asked = SimpleNamespace(isCanceled=pids.exists)
    begun = time.monotonic()
    assert parts.child.run_entry(sys.executable, tmp_path, {}, asked, entry=entry) is None
    assert time.monotonic() - begun < 20
    for pid in pids.read_text("utf-8").split():
        assert ended(int(pid))


def ended(pid):
    """Whether a process is gone, or dead and not yet asked for by whoever took it over."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


def test_what_it_says_is_read_whatever_the_code_page(parts, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    monkeypatch.setenv("LC_ALL", "C")
    entry = entry_of(
        tmp_path, "import sys\nprint('Llŷn “ward” – ≥ 5', file=sys.stderr)\nsys.exit(2)\n"
    )
    with pytest.raises(parts.child.ChildRefused, match="Llŷn “ward” – ≥ 5"):
        parts.child.run_entry(sys.executable, tmp_path, {}, NEVER, entry=entry)
    entry.write_text("import sys\nsys.stderr.buffer.write(b'\\x96 not UTF-8')\nsys.exit(2)\n")
    with pytest.raises(parts.child.ChildRefused, match="not UTF-8"):
        parts.child.run_entry(sys.executable, tmp_path, {}, NEVER, entry=entry)


def test_paths_have_blanks_and_accents(parts, package_python, tmp_path):
    folder = tmp_path / "O’Brien & Söhne 100% ŷ"
    folder.mkdir()
    entry = folder / "entry.py"
    entry.write_text(
        "import json, sys, pathlib\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "(folder / 'result.json').write_text(json.dumps(str(folder)), 'utf-8')\n", "utf-8",
    )  # fmt: skip
    said = parts.child.run_entry(package_python, folder, {}, NEVER, entry=entry)
    assert said == str(folder)


def test_nothing_stays_in_the_temporary_folder(parts, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = []

    def fail():
        with parts.child.exchange_folder(left.append) as folder:
            (folder / "counts.csv").write_text("secret", "utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (list(tmp_path.iterdir()), left) == ([], [])


def test_what_cannot_be_deleted_is_named(parts, tmp_path, monkeypatch):
    """On Windows a file that another program holds stays; with every count in it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(parts.child.shutil, "rmtree", lambda path, ignore_errors: None)
    left = []
    with parts.child.exchange_folder(left.append) as folder:
        json.dumps({})
    assert left == [str(folder)]
