"""The report of several periods: the latest in full, what was before in a line and one table."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from vawg_geo.audit.files import read_folder
from vawg_geo.publish.report.blocks import Shown
from vawg_geo.publish.report.report import report_blocks, write_report
from vawg_geo.results.results import results_of
from vawg_geo.results.series import series_of
from vawg_geo.words.blocks import Bullets, Heading, Paragraph, Table
from vawg_geo.words.time import RECORDING

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def results(over_years):
    return results_of(over_years())


@pytest.fixture(scope="module")
def alone(over_years):
    return results_of(over_years(periods=("2024/25",)))


@pytest.fixture(scope="module")
def blocks(results):
    return report_blocks(results)


@pytest.fixture(scope="module")
def written(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(results, folder)
    return folder


def of_time(blocks):
    """Blocks from the heading of a part on time to the next heading."""
    start = next(
        n for n, b in enumerate(blocks) if isinstance(b, Heading) and b.text == "Over time"
    )
    rest = blocks[start + 1 :]
    end = next(n for n, b in enumerate(rest) if isinstance(b, Heading))
    return rest[:end]


def pages(folder):
    return len(PdfReader(io.BytesIO((folder / "report.pdf").read_bytes())).pages)


def test_a_report_of_six_years_is_not_six_times_as_long(written, alone, tmp_path):
    write_report(alone, tmp_path)
    assert pages(written) <= pages(tmp_path) + 3


def test_maps_charts_and_tables_are_of_the_latest_period(blocks):
    pictures = [b.picture for b in blocks if isinstance(b, Shown)]
    assert {one.period for one in pictures} == {"2024/25"}
    kinds = [one.name.split(".")[0] for one in pictures if one.indicator == "crimes"]
    assert kinds == ["map", "chart", "map", "chart", "line", "change"]
    periods = {b.series["period"] for b in blocks if isinstance(b, Table) and "period" in b.series}
    assert periods == {"2024/25"}


def test_what_was_before_stands_in_one_table(blocks, years, results):
    (table,) = [b for b in of_time(blocks) if isinstance(b, Table)]
    assert [row[1] for row in table.rows] == list(years.YEARS)
    rates = results.rates.query(f"area_code == '{years.COUNTY}' and indicator == 'crimes'")
    counts = rates.set_index("period")["count"]
    assert [row[2] for row in table.rows] == [f"{counts[year]:,}" for year in years.YEARS]


def test_the_sentences_are_those_of_the_tables(blocks, results):
    said = " ".join(b.text for b in of_time(blocks) if isinstance(b, Paragraph))
    assert said.startswith("Testshire: ")
    assert "Testshire’s rate went from " in said
    assert RECORDING in said
    assert "2020/21 was a year of lockdowns." in said
    (found,) = [b for b in of_time(blocks) if isinstance(b, Bullets)]
    wards = next(line for line in found.lines if "wards" in line)
    series = next(
        one for one in reversed(series_of(results, "ward")) if one.indicator.name == "crimes"
    )
    words = series.changes[series.since].change.tolist()
    rose, fell, without = (words.count(w) for w in ("increasing", "decreasing", "not_compared"))
    assert rose
    assert fell
    assert f"{rose} of 24 wards rose since 2019/20, {fell} fell" in wards
    assert f"Not compared: {without}." in wards
    names = re.search(r"Rose: ([^.]+)\.", wards)[1].split(", ")
    assert len(names) == rose
    assert "Square 4" in names


def test_the_change_of_the_whole_is_the_rates_own(blocks, results, years):
    said = " ".join(b.text for b in of_time(blocks) if isinstance(b, Paragraph))
    found = re.search(
        r"from ([\d.]+) per .* in 2019/20 to ([\d.]+) in 2024/25: ([\d.]+) times", said
    )
    rates = results.rates.query(f"area_code == '{years.COUNTY}' and indicator == 'crimes'")
    rate = rates.set_index("period")["rate"]
    first, last = rate["2019/20"], rate["2024/25"]
    assert [float(one) for one in found.groups()] == pytest.approx(
        [first, last, last / first], abs=0.06
    )


def test_one_period_has_no_part_on_time(alone):
    blocks = report_blocks(alone)
    assert not [b for b in blocks if isinstance(b, Heading) and b.text == "Over time"]
    assert not [b for b in blocks if isinstance(b, Shown) and b.picture.over_time]


def test_the_audit_finds_nothing(written):
    assert read_folder(written).findings == []
