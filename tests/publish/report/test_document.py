"""The report as a board reads it: its pages, how full they are, and what stands in which order."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from vawg_geo.publish.report.blocks import NewPage, pictures_of
from vawg_geo.publish.report.page import report_page
from vawg_geo.publish.report.pdf import report_pdf
from vawg_geo.publish.report.report import report_blocks
from vawg_geo.results.results import results_of
from vawg_geo.results.series import series_of
from vawg_geo.words.blocks import Bullets, Heading, Paragraph, Table
from vawg_geo.words.bullets import LONGEST

pytestmark = pytest.mark.long

_MOST_PAGES = 14
# Of a page between its margins: from the top to the last line that is no footer.
_FULL = 0.5


@pytest.fixture(scope="module", params=["public", "partnership"])
def results(request, default_edition):
    return results_of(default_edition(request.param))


@pytest.fixture(scope="module")
def blocks(results):
    return report_blocks(results)


@pytest.fixture(scope="module")
def pdf(results, blocks, tmp_path_factory):
    path = tmp_path_factory.mktemp("document") / "report.pdf"
    path.write_bytes(report_pdf(results, blocks))
    return path


@pytest.fixture(scope="module")
def tool(absent):
    """Run one of poppler's tools."""

    def run(name, *options):
        if shutil.which(name) is None:
            absent(f"{name} is not on this machine")
        return subprocess.run([name, *map(str, options)], capture_output=True, check=True).stdout

    return run


def number_of_pages(tool, path):
    return int(re.search(rb"Pages:\s+(\d+)", tool("pdfinfo", path))[1])


def fullness(tool, path, folder):
    """How far down each page has ink, as a share of the room between its margins."""
    tool("pdftoppm", "-r", "40", "-gray", path, folder / "page")
    shares = []
    for page in sorted(folder.glob("page-*.pgm")):
        with Image.open(page) as image:
            ink = (np.asarray(image) < 200).any(axis=1)
        top, bottom = (round(share * len(ink)) for share in (15 / 297, 1 - 17 / 297))
        rows = np.flatnonzero(ink[:bottom])
        shares.append((rows[-1] - top) / (bottom - top) if len(rows) else 0.0)
    return shares


def lines_of(blocks):
    return [line for b in blocks if isinstance(b, Bullets) for line in b.lines]


def page_of(blocks, title):
    """Blocks of an indicator's page."""
    start = next(
        n for n, b in enumerate(blocks) if isinstance(b, NewPage) and blocks[n + 1].text == title
    )
    rest = blocks[start + 1 :]
    return rest[: next(n for n, b in enumerate(rest) if isinstance(b, NewPage))]


def before_methods(blocks):
    end = next(n for n, b in enumerate(blocks) if isinstance(b, Heading) and b.text == "Methods")
    return blocks[:end]


def test_the_default_has_fourteen_pages_at_most(tool, pdf, results, blocks, tmp_path):
    assert number_of_pages(tool, pdf) <= _MOST_PAGES
    # The count is the document's: two pages more are two pages more.
    longer = tmp_path / "longer.pdf"
    more = [NewPage(), Heading(text="One more"), NewPage(), Heading(text="And one")]
    longer.write_bytes(report_pdf(results, [*blocks, *more]))
    assert number_of_pages(tool, longer) == number_of_pages(tool, pdf) + 2


def test_no_page_is_half_empty(tool, pdf, results, tmp_path):
    shares = fullness(tool, pdf, tmp_path)
    assert len(shares) == number_of_pages(tool, pdf)
    assert min(shares) >= _FULL, shares
    short = tmp_path / "short.pdf"
    short.write_bytes(report_pdf(results, [Paragraph(text="Little.")]))
    (tmp_path / "short").mkdir()
    assert max(fullness(tool, short, tmp_path / "short")) < _FULL


def test_it_is_tagged_and_has_its_headings_in_order(tool, pdf, blocks):
    assert re.search(rb"Tagged:\s+yes", tool("pdfinfo", pdf))
    tagged = tool("pdfinfo", "-struct", pdf).decode()
    ranks = [int(rank) for rank in re.findall(r"^\s*H(\d)\b", tagged, flags=re.M)]
    wanted = [b.rank - 1 for b in blocks if isinstance(b, Heading)]
    assert [rank - min(ranks) + 1 for rank in ranks] == wanted
    assert max(np.diff(ranks)) <= 1
    for kind in ("Table", "TH", "TD", "Figure", "L", "LI"):
        assert re.search(rf"^\s*{kind}\b", tagged, flags=re.M), kind


def test_every_indicator_has_one_page_with_map_chart_and_sentences(results, blocks):
    begun = [blocks[n + 1].text for n, b in enumerate(blocks) if isinstance(b, NewPage) and b.fits]
    assert begun == [about.title for about in results.indicators.values()]
    for name, about in results.indicators.items():
        page = page_of(blocks, about.title)
        kinds = {one.picture.name.split(".")[1] for one in pictures_of(page)}
        assert {"map", "chart"} <= kinds, name
        assert all(one.picture.indicator == name for one in pictures_of(page))
        assert sum(isinstance(b, Heading) for b in page) == 1
        assert any("districts" in line for line in lines_of(page))


def test_each_page_of_an_indicator_is_one_page_of_paper(tool, pdf, results):
    first = [text.split("\n", 1)[0] for text in texts_of(tool, pdf)]
    for about in results.indicators.values():
        assert first.count(about.title) == 1
    titles = [about.title for about in results.indicators.values()]
    assert first[1 : 1 + len(titles)] == titles


def texts_of(tool, pdf):
    return tool("pdftotext", "-layout", pdf, "-").decode().strip("\f").split("\f")


def test_no_table_stands_twice_and_none_lists_all_wards(results, blocks):
    tables = [b for b in blocks if isinstance(b, Table)]
    assert len({one.rows for one in tables}) == len(tables)
    assert len({one.caption for one in tables}) == len(tables)
    assert max(len(one.rows) for one in tables) < 40 < len(results.areas["ward"])


def test_no_line_is_long_and_no_p_value_stands_before_the_methods(blocks):
    found = before_methods(blocks)
    for line in lines_of(found):
        assert len(line.split()) <= LONGEST + 2, line
        assert not re.search(r"\bp[  ]?\d|\bp[  ]?[=<]|\bseed\b|permutation", line), line
    methods = blocks[len(found) :]
    assert any(re.search(r"\(p \d", line) for line in lines_of(methods))


def test_findings_are_the_results(results, blocks):
    """Counts of higher, lower and unsure areas, from the table that is printed nowhere else."""
    lines = lines_of(blocks)
    for level in ("district", "ward"):
        for series in series_of(results, level):
            if series.illustrative or series.sex != "persons":
                continue
            told, _ = series.coloured()
            high = sum(word in {"higher", "unusually_high"} for word in told)
            low = sum(word in {"lower", "unusually_low"} for word in told)
            known = sum(word != "not_compared" for word in told)
            begun = f"{series.indicator.title}: {high or 'None'} of {known} {series.levels} "
            (line,) = [one for one in lines if one.startswith(begun)]
            unsure = known - high - low
            lower = f"{low} {'is' if low == 1 else 'are'} lower" if low else ""
            rest = [lower, f"{unsure} cannot be told apart" if unsure else ""]
            assert line.endswith(" ".join(["", "; ".join(filter(None, rest))]) + ".")


def test_what_stands_out_is_named_with_its_limits(results, blocks):
    series = next(one for one in series_of(results, "ward") if not one.illustrative)
    told, _ = series.coloured()
    high = [n for n, word in enumerate(told) if word == "unusually_high"]
    line = next(one for one in lines_of(blocks) if "unusually high, given how wards" in one)
    for n in high[:2]:
        low, up = (series.printed(one[n]) for one in (series.rate_lower, series.rate_upper))
        assert f"{series.area_name[n]} {series.printed(series.rate[n])} ({low} to {up})" in line


def test_numbers_stand_point_under_point(tool, pdf, tmp_path):
    """In the table at a glance, the last column too: it has one, two and no more decimals."""
    box = tmp_path / "page.html"
    tool("pdftotext", "-f", "1", "-l", "1", "-bbox", pdf, box)
    found = re.findall(
        r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([^<]+)</word>',
        box.read_text("utf-8"),
    )
    found = found[[text for *_, text in found].index("glance") :]
    last = [(float(a), float(b), text) for a, b, text in found if float(b) > 500 and "." in text]
    assert {len(text.partition(".")[2]) for _, _, text in last} == {1, 2}
    points = []
    for left, right, text in last:
        marks = sum(not sign.isdigit() for sign in text)
        digit = (right - left) / (len(text) - marks / 2)
        points.append(right - digit * len(text.partition(".")[2]))
    assert max(points) - min(points) < 1.0, points


def test_the_page_has_the_same_headings_and_marks_its_numbers(results, blocks):
    page = report_page(results, blocks)
    told = re.findall(r"<h([123])[^>]*>", page)
    assert told[0] == "1"
    assert all(int(after) - int(before) <= 1 for before, after in pairwise(told))
    assert '<td class="n">' in page
    assert page.count("<svg") == len(pictures_of(blocks))
    assert page.count('role="img"') == len(pictures_of(blocks))
