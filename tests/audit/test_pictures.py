"""Pictures and PDFs hold what can be seen and nothing else."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vawg_geo.audit.files import read_folder
from vawg_geo.errors import InputError

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>Map</title>{}</svg>'


def kinds(folder):
    return sorted({finding.kind for finding in read_folder(folder).findings})


def png(mode="P", texts=(), **options):
    about = PngInfo()
    for name, text in texts:
        about.add_itxt(name, text)
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG", pnginfo=about, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("<script>1</script>", "active_content"),
        ('<path onclick="x()"/>', "active_content"),
        ('<a href="javascript:x()"><path/></a>', "active_content"),
        ("<foreignObject/>", "active_content"),
        ('<use href="other.svg#a"/>', "foreign_source"),
        ('<path fill="url(https://example.org/a)"/>', "foreign_source"),
        ('<path data-count="3"/>', "hidden_content"),
        ("<!-- 3 -->", "hidden_content"),
        ("<metadata>3</metadata>", "hidden_content"),
        ('<text display="none">3</text>', "hidden_content"),
        ('<text opacity="0">3</text>', "hidden_content"),
        ('<text style="fill-opacity: 0.0">3</text>', "hidden_content"),
        ("<text>E05002703: 3</text>", "figure_in_text"),
    ],
)
def test_what_a_drawing_must_not_hold(tmp_path, inside, kind):
    (tmp_path / "a.svg").write_text(SVG.format(inside))
    assert kind in kinds(tmp_path)


def test_a_plain_drawing(tmp_path):
    inside = '<path d="M0 0L5 5" opacity="0.2" fill="url(#a)"/><text>3.2 or more</text>'
    (tmp_path / "a.svg").write_text(SVG.format(inside))
    assert kinds(tmp_path) == []


def test_a_plain_picture(tmp_path):
    (tmp_path / "a.png").write_bytes(png(texts=[("Title", "Map of wards")]))
    (tmp_path / "b.png").write_bytes(png("RGB"))
    assert kinds(tmp_path) == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(texts=[("Secret", "x")]), "unknown_tag"),
        (png(texts=[("Title", "E05002703: 3")]), "figure_in_text"),
        (png() + b"E05002703,3", "hidden_content"),
        (png("RGBA"), "hidden_content"),
        (png(exif=b"Exif\0\0MM"), "unknown_tag"),
    ],
)
def test_what_a_picture_must_not_hold(tmp_path, data, kind):
    (tmp_path / "a.png").write_bytes(data)
    assert kinds(tmp_path) == [kind]


def test_more_pixels_than_are_shown(tmp_path):
    raw = png("L")
    head, at = raw[:33], raw.index(b"IDAT") - 4
    size = int.from_bytes(raw[at : at + 4], "big")
    pixels = zlib.compress(zlib.decompress(raw[at + 8 : at + 8 + size]) + b"3 crimes")
    part = b"IDAT" + pixels
    chunk = len(pixels).to_bytes(4, "big") + part + zlib.crc32(part).to_bytes(4, "big")
    (tmp_path / "a.png").write_bytes(head + chunk + raw[at + 12 + size :])
    assert kinds(tmp_path) == ["hidden_content"]


@pytest.mark.parametrize("end", ["png", "pdf"])
@pytest.mark.parametrize("data", [b"", b"x", b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7\n"])
def test_damaged_files_are_refused(tmp_path, end, data):
    (tmp_path / f"a.{end}").write_bytes(data)
    with pytest.raises(InputError, match="cannot be read as a"):
        read_folder(tmp_path)


@pytest.fixture
def document(tmp_path):
    """Write a PDF of one page of text, changed by a function of pypdf's writer."""
    import typst
    from pypdf import PdfReader, PdfWriter

    def write(text, change=lambda writer: None):
        body = f'#set document(title: "T")\n#set text(lang: "en")\n#"{text}"'
        made = typst.compile(body.encode(), format="pdf", ignore_system_fonts=True)
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made)))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        (tmp_path / "a.pdf").write_bytes(out.getvalue())
        return kinds(tmp_path)

    return write


def test_a_plain_document(document):
    assert document("Rates of the wards: 3.2") == []


def test_figures_in_a_document(document):
    assert document("E05002703 had 3 crimes") == ["figure_in_text"]
    assert document("plain", lambda w: w.add_metadata({"/Subject": "E05002703: 3"})) == [
        "figure_in_text"
    ]


@pytest.mark.parametrize(
    "body",
    [
        "#text(fill: white)[E05002703 had 3 crimes]",
        "#place(dx: 300cm)[E05002703 had 3 crimes]",
        "#text(size: 0.1pt)[E05002703 had 3 crimes]",
    ],
)
def test_what_the_eye_does_not_see_is_read(tmp_path, body):
    """White, beyond the page, too small: seen to fail where only a page's own box is read."""
    import typst

    text = f'#set document(title: "T")\n#set text(lang: "en")\nPlain words. {body}'
    made = typst.compile(text.encode(), format="pdf", ignore_system_fonts=True)
    (tmp_path / "a.pdf").write_bytes(made)
    assert kinds(tmp_path) == ["figure_in_text"]


def test_what_a_document_must_not_carry(document):
    assert document("x", lambda w: w.add_attachment("a.csv", b"3")) == ["embedded_data"]
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    def acts(writer):
        action = {NameObject("/S"): NameObject("/JavaScript")}
        action[NameObject("/JS")] = TextStringObject("app.alert(1)")
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)

    assert document("x", acts) == ["active_content"]


def test_a_document_that_was_changed_later(document, tmp_path):
    document("x")
    path = tmp_path / "a.pdf"
    path.write_bytes(path.read_bytes() + b"\nstartxref\n0\n%%EOF\n")
    assert "deleted_content" in kinds(tmp_path)
