"""The report of several periods: the latest in full, what was before in a line and one table."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from vawg_geo.audit.files import read_folder
from vawg_geo.publish.report.blocks import NewPage, pictures_of
from vawg_geo.publish.report.report import report_blocks, write_report
from vawg_geo.results.results import results_of
from vawg_geo.results.series import series_of
from vawg_geo.words.blocks import Bullets, Table
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


def of_crimes(blocks):
    """Blocks of the page of crimes."""
    start = next(
        n
        for n, b in enumerate(blocks)
        if isinstance(b, NewPage) and b.fits and blocks[n + 1].text == "Crimes"
    )
    rest = blocks[start + 1 :]
    return rest[: next(n for n, b in enumerate(rest) if isinstance(b, NewPage))]


def said_of_crimes(blocks):
    return [line for b in of_crimes(blocks) if isinstance(b, Bullets) for line in b.lines]


def pages(folder):
    return len(PdfReader(io.BytesIO((folder / "report.pdf").read_bytes())).pages)


def test_a_report_of_six_years_is_not_six_times_as_long(written, alone, tmp_path):
    write_report(alone, tmp_path)
    assert pages(written) <= pages(tmp_path) + 1


def test_maps_charts_and_tables_are_of_the_latest_period(blocks):
    pictures = [one.picture for one in pictures_of(blocks)]
    assert {one.period for one in pictures} == {"2024/25"}
    kinds = [one.name.split(".")[1] for one in pictures if one.indicator == "crimes"]
    assert kinds == ["map", "map", "chart", "chart", "line"]
    periods = {b.series["period"] for b in blocks if isinstance(b, Table) and "period" in b.series}
    assert periods == {"2024/25"}


def test_pictures_are_drawn_of_what_the_report_shows_alone(written):
    """Seen to fail: `vawg-geo report` drew every period, 220 files of six years."""
    names = [path.name for path in (written / "pictures").glob("*.svg")]
    assert [name for name in names if name.startswith("map.ward.crimes")] == [
        "map.ward.crimes.persons.2024-25.svg"
    ]
    assert not [name for name in names if "2019-20.svg" in name and name.startswith("map")]


def test_what_was_before_stands_in_one_table(blocks, years, results):
    (table,) = [
        b for b in of_crimes(blocks) if isinstance(b, Table) and b.columns[1].startswith("count:")
    ]
    assert table.head[1:] == tuple(years.YEARS)
    rates = results.rates.query(f"area_code == '{years.COUNTY}' and indicator == 'crimes'")
    counts = rates.set_index("period")["count"]
    assert table.rows == (("Testshire", *(f"{counts[year]:,}" for year in years.YEARS)),)


def test_the_rates_of_the_whole_stand_on_its_line(blocks, years, results):
    (line,) = [
        one for one in pictures_of(blocks)
        if one.picture.indicator == "crimes" and one.picture.over_time
    ]  # fmt: skip
    rates = results.rates.query(f"area_code == '{years.COUNTY}' and indicator == 'crimes'")
    texts = [text.get_text() for text in line.picture.figure.axes[0].texts]
    assert texts == [f"{rate:.1f}" for rate in rates.set_index("period")["rate"][list(years.YEARS)]]


def test_the_sentences_are_those_of_the_tables(blocks, results):
    said = said_of_crimes(blocks)
    assert any(line.startswith("Testshire: ") for line in said)
    assert any("Testshire’s rate went from " in line for line in said)
    caveats = [line for b in blocks if isinstance(b, Bullets) for line in b.lines]
    assert caveats.count(RECORDING) == 1
    assert caveats.count("2020/21 was a year of lockdowns.") == 1
    wards = " ".join(said[n] for n in range(len(said)) if "wards rose" in said[n])
    series = next(
        one for one in reversed(series_of(results, "ward")) if one.indicator.name == "crimes"
    )
    words = series.changes[series.since].change.tolist()
    rose, fell, without = (words.count(w) for w in ("increasing", "decreasing", "not_compared"))
    assert rose
    assert fell
    assert f"{rose} of 24 wards rose since 2019/20, {fell} fell" in wards
    assert f"Not compared: {without}." in wards
    place = next(n for n, one in enumerate(said) if "24 wards rose" in one)
    line = next(one for one in said[place:] if "Rose: " in one)
    names = re.split(", | and ", re.search(r"Rose: ([^.]+)\.", line)[1])
    assert len(names) == rose
    assert "Square 4" in names


def test_the_change_of_the_whole_is_the_rates_own(blocks, results, years):
    said = " ".join(said_of_crimes(blocks))
    found = re.search(
        r"from ([\d.]+) per .* in 2019/20 to ([\d.]+) in 2024/25: ([\d.]+) times", said
    )
    rates = results.rates.query(f"area_code == '{years.COUNTY}' and indicator == 'crimes'")
    rate = rates.set_index("period")["rate"]
    first, last = rate["2019/20"], rate["2024/25"]
    assert [float(one) for one in found.groups()] == pytest.approx(
        [first, last, last / first], abs=0.06
    )


def test_one_period_has_nothing_on_time(alone):
    blocks = report_blocks(alone)
    assert not [one for one in pictures_of(blocks) if one.picture.over_time]
    lines = [line for b in blocks if isinstance(b, Bullets) for line in b.lines]
    assert RECORDING not in lines
    assert not [line for line in lines if "since" in line and "rose" in line]


def test_the_audit_finds_nothing(written):
    assert read_folder(written).findings == []
