"""The zip, by the rules by which the repository of plugins checks one that is uploaded.

The rules are those of the site's validator (size, names of entries, folder, metadata, licence,
addresses, author), and of its page for those who publish (no hidden file, no program). Whether
addresses answer is asked there and not here.
"""

from __future__ import annotations

import ast
import configparser
import io
import re
import struct
import zipfile
from urllib.parse import urlparse

import pytest
from pack_plugin import main, pack

import vawg_geo

REQUIRED = ("name", "description", "version", "qgisMinimumVersion", "author", "email", "about",
            "tracker", "repository")  # fmt: skip
FORBIDDEN_FOLDERS = {"__MACOSX", ".git", "__pycache__"}
PROGRAMS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
MOST_BYTES = 25_000_000
NOBODYS = {"tracker": "http://bugs", "repository": "http://repo", "homepage": "http://homepage"}


def faults(content):
    """What the validator would refuse; empty where it would take the zip."""
    if len(content) > MOST_BYTES:
        return ["too large"]
    try:
        opened = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        return ["no zip"]
    try:
        if opened.testzip():
            return ["a file is broken"]
    except (zipfile.BadZipFile, struct.error):
        return ["a file is broken"]
    names = opened.namelist()
    return [*_faults_of_names(names), *_faults_of_contents(opened, names)]


def _faults_of_names(names):
    found = []
    for name in names:
        parts = name.split("/")
        if ".." in name or name.startswith("/"):
            found.append("a path leads out")
        if ".pyc" in name:
            found.append("compiled")
        if FORBIDDEN_FOLDERS & set(parts):
            found.append("a forbidden folder")
        elif any(part.startswith(".") for part in parts if part):
            found.append("a hidden file")
    folders = {name.split("/")[0] for name in names}
    if len(folders) != 1:
        found.append("not one folder")
    folder = names[0].split("/")[0]
    if not (folder.isidentifier() and re.match(r"^[A-Za-z][A-Za-z0-9-_]+$", folder)):
        found.append("the folder's name")
    found += [f"no {one}" for one in ("__init__.py", "LICENSE") if f"{folder}/{one}" not in names]
    return found


def _faults_of_contents(opened, names):
    folder = names[0].split("/")[0]
    found = ["a program" for name in names if opened.read(name).startswith(PROGRAMS)]
    parser = configparser.ConfigParser()
    parser.optionxform = str
    try:
        parser.read_string(opened.read(f"{folder}/metadata.txt").decode("utf8"))
        general = dict(parser.items("general"))
    except (KeyError, configparser.Error):
        return [*found, "metadata"]
    found += [f"no {name}" for name in REQUIRED if not general.get(name, "").strip()]
    for name, placeholder in NOBODYS.items():
        url = urlparse(general.get(name, ""))
        if general.get(name) == placeholder or not (url.scheme and url.netloc):
            found.append(f"address {name}")
    if "/" in general.get("author", ""):
        found.append("author")
    if f"{folder}/{general.get('icon', '')}" not in names:
        found.append("icon")
    if "plugin" in general.get("name", "").lower():
        found.append("'plugin' in the name")
    return found


def changed(archive, *, drop=(), add=None, folder="vawg_geo", edit=None):
    """The zip with something that is wrong."""
    made = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name not in drop:
                content = old.read(name)
                if edit and name.endswith("metadata.txt"):
                    content = edit(content.decode()).encode()
                new.writestr(name.replace("vawg_geo", folder, 1), content)
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return made.getvalue()


def test_the_repository_would_take_it(archive):
    assert faults(archive.read_bytes()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"drop": ["vawg_geo/LICENSE"]}, "no LICENSE"),
        ({"drop": ["vawg_geo/__init__.py"]}, "no __init__.py"),
        ({"drop": ["vawg_geo/metadata.txt"]}, "metadata"),
        ({"drop": ["vawg_geo/icon.svg"]}, "icon"),
        ({"folder": "vawg-geo"}, "the folder's name"),
        ({"folder": "1vawg"}, "the folder's name"),
        ({"add": {"vawg_geo/__pycache__/a.cpython-39.pyc": b""}}, "compiled"),
        ({"add": {"vawg_geo/__pycache__/a.txt": b""}}, "a forbidden folder"),
        ({"add": {"__MACOSX/a": b""}}, "not one folder"),
        ({"add": {"vawg_geo/.DS_Store": b""}}, "a hidden file"),
        ({"add": {"vawg_geo/../a": b""}}, "a path leads out"),
        ({"add": {"vawg_geo/lib.so": b"\x7fELF"}}, "a program"),
        ({"add": {"vawg_geo/much": bytes(MOST_BYTES)}}, "too large"),
        *[
            ({"edit": lambda text, name=name: re.sub(rf"(?m)^{name}=.*\n", "", text)}, f"no {name}")
            for name in REQUIRED
        ],
        ({"edit": lambda text: re.sub("tracker=.*", "tracker=later", text)}, "address tracker"),
        ({"edit": lambda text: re.sub("author=.*", "author=a/b", text)}, "author"),
        ({"edit": lambda text: text.replace("[general]", "[plugin]")}, "metadata"),
        ({"edit": lambda text: text.replace("name=V", "name=Plugin of V", 1)}, "'plugin' in"),
    ],
)
def test_each_rule_finds_its_fault(archive, wrong, said):
    assert any(fault.startswith(said) for fault in faults(changed(archive, **wrong)))


def test_a_broken_zip_is_found(archive):
    content = bytearray(archive.read_bytes())
    content[200] ^= 255
    assert faults(bytes(content)) == ["a file is broken"]
    assert faults(b"PK") == ["no zip"]


def test_the_same_bytes_each_time(archive, tmp_path):
    assert pack(tmp_path).read_bytes() == archive.read_bytes()


def test_it_has_what_is_needed_and_nothing_else(archive, root):
    with zipfile.ZipFile(archive) as opened:
        packed = {name.removeprefix("vawg_geo/") for name in opened.namelist()}
        assert opened.read("vawg_geo/LICENSE") == (root / "LICENSE").read_bytes()
    lying = {
        path.name for path in (root / "qgis" / "vawg_geo").iterdir() if path.name != "__pycache__"
    }
    assert packed == lying | {"LICENSE"}


def test_version_and_qt_are_said(archive):
    with zipfile.ZipFile(archive) as opened:
        parser = configparser.ConfigParser()
        parser.read_string(opened.read("vawg_geo/metadata.txt").decode())
    general = parser["general"]
    assert general["version"] == vawg_geo.__version__
    assert general["version"] in archive.name
    assert (general["supportsQt6"], general["hasProcessingProvider"]) == ("True", "yes")
    assert general["qgisMinimumVersion"] == "3.22"


def test_whoever_uploads_gives_an_address(tmp_path, capsys):
    main(["--out", str(tmp_path)])
    assert "nobody's" in capsys.readouterr().out
    main(["--out", str(tmp_path), "--home", "https://gis.example.gov.uk/v/", "--email", "a@b.uk"])
    assert "nobody's" not in capsys.readouterr().out
    (path,) = tmp_path.glob("*.zip")
    with zipfile.ZipFile(path) as opened:
        text = opened.read("vawg_geo/metadata.txt").decode()
    assert "tracker=https://gis.example.gov.uk/v/issues\n" in text
    assert "example.org" not in text


# ---- Both of Qt, and every Python of QGIS --------------------------------------------------------


# Classes of QGIS and Qt whose members stood in the class itself and now stand in an enumeration.
ENUMERATED = re.compile(
    r"\b(Qt|QVariant|QMetaType|QgsWkbTypes|QgsProcessing|QgsFeatureSink|"
    r"QgsProcessingParameter\w+|QgsMapLayer|QgsProcessingAlgorithm)\.([A-Z]\w*)\b(?!\.)"
)
GONE = re.compile(r"PyQt5|PySide|\bexec_\(|QRegExp\b|\bsip\b")


def unscoped(source):
    """Members of an enumeration that are named without it; Qt 6 knows no such name."""
    return [
        found.group() for found in ENUMERATED.finditer(source)
        if found.group(2) not in ("Type", "Flag", "SourceType", "Behavior", "DataType")
    ]  # fmt: skip


def test_every_enumeration_is_named(plugin_sources):
    assert {n: u for n, s in plugin_sources.items() if (u := unscoped(s))} == {}
    assert {n: u for n, s in plugin_sources.items() if (u := GONE.findall(s))} == {}


def test_a_bare_member_is_found():
    for line in (
        "QVariant.String", "QgsProcessing.TypeVectorPolygon", "QgsWkbTypes.MultiPolygon",
        "number.x(QgsProcessingParameterNumber.Integer)", "Qt.AlignLeft",
    ):  # fmt: skip
        assert unscoped(line)
    assert not unscoped("QVariant.Type.String, QgsProcessing.SourceType.TypeVectorPolygon")


def test_it_runs_on_the_oldest_python_of_qgis(plugin_sources):
    """QGIS 3.22 for Windows has Python 3.9."""
    for source in plugin_sources.values():
        tree = ast.parse(source, feature_version=(3, 9))
        called = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert not [node for node in called if any(k.arg == "strict" for k in node.keywords)]


@pytest.fixture
def plugin_sources(root):
    return {
        path.name: path.read_text("utf-8") for path in sorted((root / "qgis/vawg_geo").glob("*.py"))
    }


def test_every_word_can_be_translated(plugin_sources):
    """A title, help or message in a call of the form goes through `tr`."""
    bare = []
    for name, source in plugin_sources.items():
        if name in ("base.py", "entry.py", "environment.py", "child.py"):
            continue
        for node in ast.walk(ast.parse(source)):
            if not (
                isinstance(node, ast.Call) and getattr(node.func, "attr", "").startswith("add")
            ):
                continue
            bare += [
                (name, one.value) for one in [*node.args, *(k.value for k in node.keywords)]
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
                and " " in one.value
            ]  # fmt: skip
    assert bare == []
