"""What Windows does, imitated: files that a program holds, and its names for places."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vawg_geo.errors import ConfigurationError, InputError, OutputError
from vawg_geo.files import folder, names, whole
from vawg_geo.files.folder import replaced_folders
from vawg_geo.files.whole import write_whole
from vawg_geo.inputs.tables.read import read_table
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
        ("data\\new.csv", r"path data\\new.csv was read as another"),
        ("..\\tables\\new.csv", r"path \.\.\\tables\\new.csv was read as another"),
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


@pytest.mark.parametrize(
    "name",
    [
        "con",
        "NUL.csv",
        "Com1.gpkg",
        "lpt9",
        "aux .txt",
        "maps.",
        "maps ",
        "a:b",
        "why?",
        "<a>",
        'a"',
    ],
)
def test_names_that_windows_refuses(tmp_path, monkeypatch, name):
    """Device names, signs and endings that Windows does not take."""
    edition = tmp_path / name / "public"
    with replaced_folders([edition]) as [draft]:
        (draft / "build.json").write_text("{}")
    assert edition.is_dir()
    monkeypatch.setattr(names, "_WINDOWS", True)
    with (
        pytest.raises(OutputError, match=r"on Windows\. Choose another name\. Nothing was written"),
        replaced_folders([tmp_path / "new" / name / "public"]),
    ):
        pass
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["console", "Ynys Môn", "context.csv", "..", "a.b", "nullarbor"])
def test_names_that_windows_takes(monkeypatch, name):
    monkeypatch.setattr(names, "_WINDOWS", True)
    names.require_name(Path("maps", name, "rates.csv"))


@pytest.mark.parametrize("number", [errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOTSUP])
def test_a_share_without_permissions_gets_the_whole_folder(tmp_path, monkeypatch, number):
    """A folder that does not settle ends no build."""

    def refused(*_, **__):
        raise OSError(number, os.strerror(number))

    settled = os.fsync

    def of_files_alone(place):
        if Path(f"/proc/self/fd/{place}").is_dir():
            refused()
        settled(place)

    monkeypatch.setattr(Path, "chmod", refused)
    monkeypatch.setattr(whole.os, "fsync", of_files_alone)
    final = tmp_path / "public"
    with replaced_folders([final]) as [draft]:
        (draft / "tables").mkdir()
        (draft / "tables" / "rates.csv").write_text("one")
    assert (final / "tables" / "rates.csv").read_text() == "one"


def test_a_disk_that_fails_is_no_share(tmp_path, monkeypatch):
    def failed(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(folder.os, "fsync", failed)
    with (
        pytest.raises(OutputError, match=os.strerror(errno.EIO)),
        replaced_folders([tmp_path / "public"]) as [draft],
    ):
        (draft / "tables").mkdir()
    assert not (tmp_path / "public").exists()


def test_a_long_path(tmp_path):
    place = tmp_path.joinpath(*["a-folder-of-forty-signs-in-a-shared-drive"] * 7)
    assert len(str(place)) > 260
    with replaced_folders([place / "public"]) as [draft]:
        (draft / "build.json").write_text("{}")
    assert (place / "public" / "build.json").read_text() == "{}"


@pytest.mark.parametrize("word", ["Ynys Môn", "Café", "Caffè Nord", "Tŷ Bach", "Pîl"])
def test_a_table_of_a_console_is_said(tmp_path, word):
    """Letters that are words in cp850 alone are said to be so."""
    table = tmp_path / "t.csv"
    code = "cp850" if "ŷ" not in word else "utf-8"
    table.write_bytes(f"area,count\n{word},1\n".encode(code))
    try:
        notes = " ".join(read_table(table).notes)
    except InputError as refused:
        notes = str(refused)
    assert ("cp850" in notes) is (code == "cp850")


def test_a_table_of_windows_is_no_console(tmp_path):
    table = tmp_path / "t.csv"
    text = "area,count\nYnys Môn – “north”… it’s £5 at café,1\nPîl,2\n"
    table.write_bytes(text.encode("cp1252"))
    assert "cp850" not in " ".join(read_table(table).notes)


@pytest.mark.parametrize("code", ["cp1252", "cp850", "ascii"])
@pytest.mark.parametrize(
    ("words", "ends"),
    [(["areas", "Gwynedd"], 0), (["rates", "--help"], 0), (["build", "Ynys Môn ŵ.toml"], 2)],
)
def test_consoles_of_other_code_pages(tmp_path, code, words, ends):
    done = subprocess.run(
        [sys.executable, "-m", "vawg_geo", *words],
        check=False,
        capture_output=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONIOENCODING": code,
            "PYTHONUTF8": "0",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == ends, done.stderr
    assert done.stdout or done.stderr
