"""The pages reach what `figures.py` measures: each figure, on the embedded default."""

from __future__ import annotations

import pytest

from tests.publish.page.browser import figures
from tests.publish.page.years import results_over_time
from vawg_geo.publish.page.html import build_map, write_html

pytestmark = [pytest.mark.browser, pytest.mark.long]

AIMS = {figure.name: figure for figure in figures.FIGURES}
CHANGED = "#indicator=incidents&sex=persons&period=2019%2F20&area=E05990000"


@pytest.fixture(scope="module")
def ward(default_build):
    return default_build.folders["public"] / "ward.html"


def reached(found):
    """Figures that do not reach what is aimed at."""
    aimed = {name: AIMS[name] for name in found if AIMS[name].reaches}
    assert aimed
    return {
        name: (found[name], one.aim) for name, one in aimed.items() if not one.reaches(found[name])
    }


@pytest.mark.promise
def test_the_map_comes_first(chromium, ward):
    """At 1366 by 768 the area takes 36 % of the window or more, and the search is the second stop."""
    assert reached(figures.of_desk(chromium, ward)) == {}


@pytest.mark.promise
def test_the_chosen_area_stands_above_the_fold(chromium, ward, factory, tmp_path):
    """Number, sentence, limits and line over time of a chosen area are seen without a scroll."""
    years = write_html(build_map(results_over_time(factory), level="ward"), tmp_path / "years.html")
    assert reached(figures.of_panel(chromium, ward, years, CHANGED)) == {}


@pytest.mark.promise
@pytest.mark.parametrize("size", figures.SIZES, ids="{0[0]}x{0[1]}".format)
def test_nothing_lies_on_an_area(chromium, ward, size):
    """No ward's centre lies under the key or anything else, at any width, in any view."""
    assert reached(figures.of_cover(chromium, ward, [size])) == {}


@pytest.mark.promise
def test_no_bullet_is_long(chromium, ward):
    """No bullet of the pages is longer than 40 words."""
    assert reached(figures.of_words(chromium, ward.parent)) == {}


@pytest.mark.promise
def test_areas_called_higher_are_seen(chromium, ward):
    """No ward that is called higher lies under a name, and most of them are large enough to see."""
    assert reached(figures.of_higher(chromium, ward)) == {}


@pytest.mark.promise
def test_classes_and_marks_are_told_apart(chromium, ward, needed):
    """Neighbouring classes differ, none recorded is not the sea, and unsure rates are no louder."""
    needed("PIL")
    assert reached(figures.of_colours(chromium, ward)) == {}


@pytest.mark.promise
def test_paper_has_one_page(chromium, ward, needed, firefox_found):
    """A chosen ward and two maps are one A4 each, in Chromium and in Firefox."""
    needed("pypdf")
    found = figures.of_paper(chromium, ward)
    assert len(found) == 4
    assert reached(found) == {}


@pytest.mark.promise
def test_a_phone_is_a_map(chromium, ward):
    """On a phone one finger moves the page, two the map, and a tap's figure is on the screen."""
    assert reached(figures.of_phone(chromium, ward)) == {}


def test_every_figure_is_asked_for():
    """Each figure with an aim is of one of the tests here, and kept with its former value."""
    kept = figures.kept()
    assert set(kept) == set(AIMS)
    assert [name for name, row in kept.items() if not row["before"]] == []
