"""A Shapefile's `.prj` and `.cpg`: whole, known, or said."""

from __future__ import annotations

import struct

import pytest

from vawg_geo.errors import BoundaryError
from vawg_geo.inputs.boundaries.shapefile import inspect_encoding, require_whole_system

WHOLE = 'PROJCS["OSGB36 (odd [name",GEOGCS["x"],UNIT("m",1)]'


@pytest.mark.parametrize("text", [WHOLE, f"\ufeff{WHOLE}\n", "GEOGCS [1]"])
def test_a_whole_definition(tmp_path, text):
    (tmp_path / "w.prj").write_text(text, "utf-8")
    require_whole_system(tmp_path / "w.prj")


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_every_cut_is_seen(tmp_path, length):
    (tmp_path / "w.prj").write_text(WHOLE[:length], "utf-8")
    with pytest.raises(BoundaryError, match=r"w\.prj is damaged or cut short"):
        require_whole_system(tmp_path / "w.prj")


def parts(folder, text, *, language=0, encoding=None):
    """A .dbf of one column and one row, and perhaps a .cpg."""
    raw = text.encode("latin-1")
    head = bytearray(struct.pack("<4xIHH20x", 1, 65, len(raw) + 1))
    head[29] = language
    (folder / "w.dbf").write_bytes(bytes(head) + b"NAME".ljust(32, b"\0") + b"\r " + raw)
    files = {".dbf": folder / "w.dbf"}
    if encoding is not None:
        (folder / "w.cpg").write_text(encoding, "latin-1")
        files[".cpg"] = folder / "w.cpg"
    return files


@pytest.mark.parametrize(
    "name", ["UTF-8", "utf8\n", "65001", "1252", "ANSI 1252", "ISO-8859-15", "88591", "LDID/87"]
)
def test_known_encodings_of_plain_text_need_no_word(tmp_path, name):
    assert inspect_encoding(parts(tmp_path, "Arbury", encoding=name), "w.shp") == []


@pytest.mark.parametrize("name", ["", "U", "UTF", "UTF-", "125", "ISO-8859-", "UTF-9", "\xff", "7"])
def test_names_of_no_encoding_are_refused(tmp_path, name):
    with pytest.raises(BoundaryError, match=r"w\.cpg names no known encoding"):
        inspect_encoding(parts(tmp_path, "Arbury", encoding=name), "w.shp")


@pytest.mark.parametrize(("name", "said"), [("UTF-8", 0), ("1252", 1)])
def test_letters_beyond_ascii(tmp_path, name, said):
    notes = inspect_encoding(parts(tmp_path, "Ch\xe9rry", encoding=name), "w.shp")
    assert len(notes) == said


def test_without_a_cpg(tmp_path):
    assert inspect_encoding(parts(tmp_path, "Arbury"), "w.shp") == [
        "w.shp has no .cpg; its text is plain ASCII"
    ]
    stated = parts(tmp_path, "Ch\xe9rry", language=87)
    assert inspect_encoding(stated, "w.shp") == ["w.shp has no .cpg; its .dbf says the encoding"]
    with pytest.raises(BoundaryError, match=r"w\.shp has letters beyond ASCII, and nothing says"):
        inspect_encoding(parts(tmp_path, "Ch\xe9rry"), "w.shp")
