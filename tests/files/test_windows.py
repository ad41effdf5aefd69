"""What Windows does, imitated: files that a program holds, and its names for places."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from vawg_geo.errors import ConfigurationError, OutputError
from vawg_geo.files import folder
from vawg_geo.files.folder import replaced_folders
from vawg_geo.files.whole import write_whole
from vawg_geo.project import read_project

_SINGLE = "write such a path between single quotes"


def held(*_):
    """What a rename raises on Windows while QGIS shows a file."""
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = 32
    raise error


def test_a_folder_with_a_held_file_says_close_it(tmp_path, monkeypatch):
    final = tmp_path / "public"
    with replaced_folders([final]) as [draft]:
        (draft / "build.json").write_text('{"vawg_geo": "0"}')
    monkeypatch.setattr(folder, "_swapped", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", held)

    def again():
        with replaced_folders([final]) as [draft]:
            (draft / "build.json").write_text('{"vawg_geo": "1"}')

    with pytest.raises(
        OutputError, match=r"close it in QGIS, Excel and the browser, and run again"
    ):
        again()
    assert (final / "build.json").read_text() == '{"vawg_geo": "0"}'
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_held_file_says_close_it(tmp_path, monkeypatch):
    table = tmp_path / "rates.csv"
    write_whole(table, "one")
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(
        OutputError, match=r"rates.csv cannot be written .*close it in QGIS or Excel"
    ):
        write_whole(table, "two")
    assert table.read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["rates.csv"]


@pytest.mark.parametrize(
    ("path", "match"),
    [
        # A line feed and a tab: TOML that reads, of a file that nobody has.
        ("C:\\new\\counts.csv", r"has a backslash"),
        ("C:\\new\\table.csv", r"path C:\\new\\table.csv was read as another"),
        ("C:\\tables\\new.csv", r"path C:\\tables\\new.csv was read as another"),
        ("C:\\Users\\ana\\counts.csv", r"has a backslash"),
        ("\\\\server\\share\\counts.csv", r"has a backslash"),
    ],
)
def test_a_path_of_windows_between_double_quotes(make_project, project_text, path, match):
    """Seen to fail on the former reader: "is not TOML", and "there is no file" of another name."""
    toml = project_text.replace("counts.csv", path)
    assert toml != project_text
    with pytest.raises(ConfigurationError, match=match) as caught:
        read_project(make_project(toml=toml))
    assert _SINGLE in str(caught.value)


def test_other_texts_may_have_lines(make_project, project_text):
    text = project_text.replace("Example (made up)", "Example\\n(made up)")
    assert read_project(make_project(toml=text)).project.title == "Example\n(made up)"
