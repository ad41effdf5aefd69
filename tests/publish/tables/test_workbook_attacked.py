"""A workbook that tells more than its tables is refused: each leak was planted, and is found."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest

from vawg_geo.audit.files import read_folder
from vawg_geo.audit.tables.book import read_workbook
from vawg_geo.disclosure.way_out import audited_as_a_whole
from vawg_geo.errors import DisclosureError
from vawg_geo.publish.tables import write
from vawg_geo.results.results import results_of

SHEET = "xl/worksheets/sheet4.xml"


@pytest.fixture(scope="module")
def made(default_edition, tmp_path_factory):
    """Bytes of the public edition's workbook."""
    folder = tmp_path_factory.mktemp("made")
    with audited_as_a_whole():
        write.write_tables(results_of(default_edition("public")), folder)
    return (folder / "vawg.xlsx").read_bytes()


def changed(data, name, change, **more):
    """A workbook with one part changed, and with other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part).decode()
            if part == name:
                before, text = text, change(text)
                assert before != text
            new.writestr(part, text)
        for part, text in more.items():
            new.writestr(part, text)
    return out.getvalue()


def swap(old, new):
    return lambda text: text.replace(old, new, 1)


CELL = '<c r="B1" t="inlineStr"><is><t>7</t></is></c></row>'
# Part, change, words of the finding.
HIDDEN = {
    "hidden sheet": ("xl/workbook.xml", swap('state="visible"', 'state="hidden"'), "is hidden"),
    "very hidden": ("xl/workbook.xml", swap('state="visible"', 'state="veryHidden"'), "is hidden"),
    "defined name": (
        "xl/workbook.xml",
        swap("<definedNames>", '<definedNames><definedName name="n">7</definedName>'),
        "the name 'n'",
    ),
    "title of print": (
        "xl/workbook.xml",
        lambda text: re.sub(
            r"(Print_Titles\" localSheetId=\"0\">)[^<]*", r"\g<1>E05002703 7", text
        ),
        "Print_Titles",
    ),
    "footer": (SHEET, swap("Page &amp;P", "7 in Barnack"), "'oddFooter'"),
    "header": (SHEET, swap("<oddHeader />", "<oddHeader>7</oddHeader>"), "'oddHeader'"),
    "row of no height": (
        SHEET,
        lambda text: re.sub(r' ht="\d+" customHeight', ' ht="0" customHeight', text, count=1),
        "among its rows",
    ),
    "formula with its value": (
        SHEET,
        lambda text: re.sub(r"<v>(\d+)</v>", r"<f>3+4</f><v>\1</v>", text, count=1),
        "among its rows",
    ),
    "hidden row": (SHEET, swap('<row r="8">', '<row r="8" hidden="1">'), "among its rows"),
    "hidden column": (SHEET, swap("<col ", '<col hidden="1" '), "'hidden'"),
    "column without width": (
        SHEET,
        lambda text: re.sub(r'<col width="\d+"', '<col width="0"', text, count=1),
        "without width",
    ),
    "cell beside the title": (SHEET, swap("</row>", CELL), "outside its table"),
    "cell below the table": (
        SHEET,
        swap("</sheetData>", '<row r="99"><c r="D99" t="n"><v>7</v></c></row></sheetData>'),
        "outside its table",
    ),
    "cell over a cell": (
        SHEET,
        lambda text: re.sub(r'(<c r="A8".*?</c>)', r"\1\1", text, count=1),
        "two cells at one place",
    ),
    "format that is a figure": (
        "xl/styles.xml",
        swap('formatCode="#,##0.0"', 'formatCode="&quot;7&quot;"'),
        "a format of numbers",
    ),
    "tip of a link": (SHEET, swap("<hyperlink ", '<hyperlink tooltip="7 of 9" '), "'tooltip'"),
    "remark": (SHEET, swap("<sheetData>", "<!-- 7 --><sheetData>"), "a remark"),
    "property": (
        "docProps/core.xml",
        swap("</cp:core", "<dc:description>7</dc:description></cp:core"),
        "'description'",
    ),
    "conditional format": (
        SHEET,
        swap("</sheetData>", "</sheetData><conditionalFormatting/>"),
        "'conditionalFormatting'",
    ),
    "formula of a table": (
        "xl/tables/table4.xml",
        lambda text: re.sub(
            r'(<tableColumn id="1" name="[^"]*") ?/>', r'\1 totalsRowFunction="sum"/>', text
        ),
        "'totalsRowFunction'",
    ),
}
PARTS = {
    "comments": "xl/comments/comment1.xml",
    "own properties": "docProps/custom.xml",
    "macro": "xl/vbaProject.bin",
    "another's data": "xl/externalLinks/externalLink1.xml",
    "pivot's copy": "xl/pivotCache/pivotCacheRecords1.xml",
    "picture": "xl/media/image1.png",
    "own XML": "customXml/item1.xml",
}


def kinds(path, data):
    path.write_bytes(data)
    return [(one.kind, one.text) for one in read_workbook(path, "vawg.xlsx").findings]


def test_the_workbook_as_it_is_hides_nothing(made, tmp_path):
    assert kinds(tmp_path / "vawg.xlsx", made) == []


@pytest.mark.parametrize("leak", HIDDEN)
def test_what_nobody_sees_is_found(made, tmp_path, leak):
    part, change, words = HIDDEN[leak]
    found = kinds(tmp_path / "vawg.xlsx", changed(made, part, change))
    assert any(kind == "hidden_content" and words in text for kind, text in found), found


@pytest.mark.parametrize("leak", PARTS)
def test_a_part_that_no_table_needs_is_found(made, tmp_path, leak):
    data = changed(made, "", str, **{PARTS[leak]: "7"})
    assert any(PARTS[leak] in text for _, text in kinds(tmp_path / "vawg.xlsx", data))


def test_a_mark_that_is_not_the_status_is_found(made, tmp_path):
    data = made
    with zipfile.ZipFile(io.BytesIO(made)) as pack:
        part = next(
            name
            for name in pack.namelist()
            if name.startswith("xl/worksheets/sheet")
            and b"<t>[c]</t>" in pack.read(name)
            and b"<t>suppressed</t>" in pack.read(name)
        )
    data = changed(made, part, swap("<t>[c]</t>", "<t>[x]</t>"))
    assert "odd_mark" in {kind for kind, _ in kinds(tmp_path / "vawg.xlsx", data)}


def test_a_column_that_nobody_declared_is_found(made, tmp_path):
    data = changed(made, "xl/worksheets/sheet7.xml", swap("<t>Vintage</t>", "<t>Real count</t>"))
    assert "unknown_column" in {kind for kind, _ in kinds(tmp_path / "vawg.xlsx", data)}


def show_hidden(rates, true):
    """A hidden count stands in its cell."""
    place = rates.index[rates["status"] == "suppressed"][0]
    rates.loc[place, "count"] = true[place]


def give_rate(rates, true):
    """The rate of a hidden count stands in its cell."""
    place = rates.index[(rates["status"] == "suppressed") & (true > 0)][0]
    rates.loc[place, "rate"] = 1000 * true[place] / rates.loc[place, "population"]


@pytest.mark.parametrize(
    ("leak", "kind"),
    [
        (show_hidden, "xlsx:rates_.* hidden counts differ"),
        (give_rate, "xlsx:rates_.* whose count is hidden or missing have 'rate'"),
    ],
)
def test_a_workbook_that_gives_a_hidden_count_away_is_not_written(
    default_edition, default_tables, tmp_path, monkeypatch, leak, kind
):
    """The CSV files are as they should be; what the workbook alone tells is found."""
    make = write.make_workbook
    key = ["area_code", "indicator", "sex", "period"]
    true = default_tables.counts.set_index(key)["count"]

    def planted(results, frames, said):
        frames = dict(frames)
        name = next(n for n, f in frames.items() if n.startswith("rates_") and is_hidden(f).any())
        rates = frames[name].copy()
        counts = true.reindex(pd.MultiIndex.from_frame(rates[key])).astype(float)
        leak(rates, counts.set_axis(rates.index))
        return make(results, frames | {name: rates}, said)

    monkeypatch.setattr(write, "make_workbook", planted)
    with pytest.raises(DisclosureError, match=kind):
        write.write_tables(results_of(default_edition("public")), tmp_path / "tables")
    assert not list((tmp_path / "tables").glob("*"))


def is_hidden(frame):
    return frame["status"] == "suppressed"


def test_it_is_read_like_the_csv_files(made, default_edition, tmp_path):
    """The workbook alone tells the audit of the same counts as the CSV files alone."""
    with audited_as_a_whole():
        write.write_tables(results_of(default_edition("public")), tmp_path / "csv")
    (tmp_path / "csv" / "vawg.xlsx").unlink()
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "vawg.xlsx").write_bytes(made)
    by = [read_folder(tmp_path / name) for name in ("csv", "book")]
    cells = ["area_code", "indicator", "sex", "period", "status", "low", "high"]
    told = [
        {tuple(map(str, row)) for row in one.observations[cells].itertuples(index=False)}
        for one in by
    ]
    assert told[0] == told[1]
    assert by[0].parents == by[1].parents
    assert by[0].part_of == by[1].part_of
