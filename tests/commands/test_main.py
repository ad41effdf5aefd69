"""The command line as a whole: what a shell sees, and the list of commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import vawg_geo
from vawg_geo.commands import main
from vawg_geo.terms import editions


def test_as_a_process():
    """What a shell sees: exit code, no traceback, version."""
    python = [sys.executable, "-m", "vawg_geo"]
    done = subprocess.run([*python, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"vawg-geo {vawg_geo.__version__}"
    bad = subprocess.run(
        [*python, "build", "absent.toml"], capture_output=True, text=True, check=False
    )
    assert (bad.returncode, bad.stdout.count("Traceback")) == (2, 0)
    assert bad.stderr.startswith("vawg-geo: there is no file absent.toml")


def test_each_command_is_a_file_and_stands_in_the_list():
    """Seen to fail with a command taken out of the list."""
    folder = Path(main.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if "\ndef add_parser(" in path.read_text()}
    assert sorted(module.__name__.rpartition(".")[2] for module in main.COMMANDS) == sorted(files)


@pytest.mark.parametrize("module", main.COMMANDS, ids=lambda module: module.__name__)
def test_each_command_has_help_and_runs_by_its_own_name(module, capsys):
    name = module.__name__.rpartition(".")[2]
    with pytest.raises(SystemExit) as stopped:
        main.main([name, "--help"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: vawg-geo {name} ")


def test_the_help_lists_the_formats_there_are(capsys, monkeypatch):
    """Seen to fail while the help named them by hand."""
    monkeypatch.setitem(editions.FORMATS, "kml", ".kml")
    with pytest.raises(SystemExit):
        main.main(["build", "--help"])
    assert ",".join(editions.FORMATS) in "".join(capsys.readouterr().out.split())


def test_the_help_needs_nothing_but_the_standard_library():
    """Seen to fail when the formats stood beside a module that imports msgspec: three times as
    slow."""
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from vawg_geo.commands.main import make_parser\n"
        "make_parser().format_help()\n"
        "ours = {'vawg_geo'} | set(sys.stdlib_module_names)\n"
        "print(sorted({n.partition('.')[0] for n in set(sys.modules) - before} - ours))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [["--version"], ["rates", "--help"], ["build", "--help"]])
def test_commands_that_need_no_country_do_not_load_it(words):
    """Seen to fail with `find_area` imported at the top of `commands/init.py`."""
    code = (
        "import sys\n"
        "from vawg_geo.commands.main import main\n"
        "try:\n"
        f"    main({words!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(sorted(name for name in sys.modules if name in {\n"
        "    'pandas', 'geopandas', 'vawg_geo.inputs.national', 'vawg_geo.areas.country',\n"
        "    'vawg_geo.areas.asked', 'vawg_geo.areas.extract', 'vawg_geo.areas.own_outlines',\n"
        "    'vawg_geo.areas.project_of_area'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
