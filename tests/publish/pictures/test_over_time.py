"""Pictures over time: the line of an indicator, and the map of its change."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from vawg_geo.audit.documents.pictures import read_svg
from vawg_geo.publish.pictures.change import change_picture
from vawg_geo.publish.pictures.drawing import as_png, as_svg
from vawg_geo.publish.pictures.line import line_picture
from vawg_geo.publish.pictures.lines import lines_of
from vawg_geo.publish.pictures.map import ground_of
from vawg_geo.publish.pictures.write import draw_pictures
from vawg_geo.results.change_kinds import change_kinds
from vawg_geo.results.results import results_of
from vawg_geo.results.series import series_of
from vawg_geo.words.change import CHANGE_KIND


@pytest.fixture(scope="module")
def results(over_years):
    return results_of(over_years())


@pytest.fixture(scope="module")
def lines(results):
    (found,) = lines_of(results)
    return found


def gapped(line, *places, status="suppressed"):
    """The line with these periods hidden."""
    values = {}
    for name in ("rate", "lower", "upper"):
        values[name] = getattr(line, name).copy()
        values[name][list(places)] = np.nan
    told = [status if n in places else word for n, word in enumerate(line.status)]
    return dataclasses.replace(line, **values, status=tuple(told))


def runs(axes):
    """Where solid lines of more than one point go, as pairs of first and last place."""
    found = []
    for drawn in axes.lines:
        x, y = drawn.get_xdata(), np.asarray(drawn.get_ydata(), dtype=float)
        if drawn.get_linestyle() == "-" and drawn.get_linewidth() == 1.8:
            known = np.flatnonzero(~np.isnan(y))
            each = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
            found += [(int(x[run[0]]), int(x[run[-1]])) for run in each if len(run) > 1]
    return sorted(found)


def test_the_line_is_of_the_whole_and_of_the_districts(lines, years, results):
    assert lines.periods == years.YEARS
    assert lines.whole.name == "Testshire"
    assert [part.name for part in lines.parts] == ["West & Left", "East and Right"]
    rates = results.rates.query("area_code == @lines.whole.code and indicator == 'crimes'")
    wanted = rates.set_index("period")["rate"].reindex(list(years.YEARS)).to_numpy(dtype=float)
    assert lines.whole.rate == pytest.approx(wanted, abs=0.051)
    trends = results.over_time.trends.set_index(["area_code", "indicator"])["trend"]
    for part in lines.parts:
        assert part.trend == trends[part.code, "crimes"]


def test_a_hidden_year_is_a_gap_and_says_so(results, lines):
    whole = gapped(lines.whole, 2)
    picture = line_picture(results, dataclasses.replace(lines, whole=whole))
    assert runs(picture.figure.axes[0]) == [(0, 1), (3, 5)]
    strips = [p for p in picture.figure.axes[0].patches if p.get_hatch()]
    assert [(p.get_hatch(), p.get_x()) for p in strips] == [("////", 1.5)]
    assert "hidden" in as_svg(picture)
    # Without a gap there is none, and no word of it.
    plain = line_picture(results, lines)
    assert runs(plain.figure.axes[0]) == [(0, 5)]
    assert ">hidden<" not in as_svg(plain)


def test_missing_is_not_hidden(results, lines):
    whole = gapped(lines.whole, 4, status="missing")
    picture = line_picture(results, dataclasses.replace(lines, whole=whole))
    strips = [p for p in picture.figure.axes[0].patches if p.get_hatch()]
    assert [p.get_hatch() for p in strips] == ["xxxx"]


def test_no_line_goes_into_a_new_series(results, lines):
    picture = line_picture(results, dataclasses.replace(lines, new_series=(3,)))
    assert runs(picture.figure.axes[0]) == [(0, 2), (3, 5)]
    assert "New series" in as_svg(picture)
    # Nor does the dashed line of the whole in a small chart.
    dashed = [one for one in picture.figure.axes[1].lines if one.get_linewidth() == 1]
    ends = sorted((one.get_xdata()[0], one.get_xdata()[-1]) for one in dashed)
    assert (0, 2) in ends
    assert (3, 5) in ends


def test_a_point_alone_is_drawn(results, lines):
    whole = gapped(lines.whole, 1, 3)
    picture = line_picture(results, dataclasses.replace(lines, whole=whole))
    points = {
        float(x)
        for one in picture.figure.axes[0].lines
        if one.get_marker() == "o"
        for x in one.get_xdata()
    }
    assert points == {0, 2, 4, 5}


def test_a_line_without_any_figure_is_no_error(results, lines):
    nothing = gapped(lines.parts[0], *range(6))
    picture = line_picture(results, dataclasses.replace(lines, whole=None, parts=(nothing,)))
    assert f"{nothing.name}: no figure" in picture.alt
    as_png(picture)


def test_the_map_of_change_has_the_key_s_numbers(results):
    series = next(
        one for one in reversed(series_of(results, "ward")) if one.indicator.name == "crimes"
    )
    change = series.changes[series.since]
    picture = change_picture(results, series, change, ground_of(results, "ward"))
    kinds = change_kinds(change.ratio, change.lower, change.change, change.status).tolist()
    for kind, label in CHANGE_KIND.items():
        assert (f"{label}: {kinds.count(kind)}" in picture.alt) == (kind in kinds)
    assert f"Hidden to protect people: {kinds.count('suppressed')}" in picture.alt
    svg = as_svg(picture)
    # In the description, in the key and its note, and on each area that rose.
    assert svg.count("▲") == 3 + change.change.tolist().count("increasing")
    assert re.search(r"2024/25 against 2019/20", svg)


def test_pictures_of_an_edition_have_each_map_and_the_latest_s_change(results, over_years, years):
    names = [picture.name for picture in draw_pictures(results)]
    assert len(names) == len(set(names))
    maps = [name for name in names if name.startswith("map.ward.crimes")]
    assert len(maps) == len(years.YEARS)
    assert [n for n in names if n.startswith("change.ward")] == [
        "change.ward.crimes.persons.2024-25.2019-20"
    ]
    assert [n for n in names if n.startswith("line.")] == [
        "line.district.crimes.persons.2019-20.2024-25"
    ]
    brief = [picture.name for picture in draw_pictures(results, every_period=False)]
    assert [n for n in brief if n.startswith("map.ward.crimes")] == [
        "map.ward.crimes.persons.2024-25"
    ]
    alone = results_of(over_years(periods=("2024/25",)))
    assert {picture.name.split(".")[0] for picture in draw_pictures(alone)} == {"map", "chart"}


def test_drawings_are_plain_and_the_same_each_time(results, lines, tmp_path):
    first, again = (as_svg(line_picture(results, lines)) for _ in range(2))
    assert first == again
    path = tmp_path / "line.svg"
    path.write_text(first, "utf-8")
    assert read_svg(path, "line.svg").findings == []
