"""Maps and charts as pictures."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from vawg_geo.audit.documents.pictures import read_png, read_svg
from vawg_geo.publish.pictures.drawing import as_png, as_svg, settings
from vawg_geo.publish.pictures.write import draw_pictures, write_pictures
from vawg_geo.words.palette import sequential


@pytest.fixture(scope="module")
def pictures(results):
    return {picture.name: picture for picture in draw_pictures(results)}


@pytest.fixture(scope="module")
def ward_map(pictures):
    return pictures["map.ward.incidents.persons.2015-16"]


@pytest.fixture(scope="module")
def drawing(ward_map):
    return as_svg(ward_map)


def test_every_series_of_districts_and_wards_has_a_map_and_a_chart(pictures):
    assert len(pictures) == 2 * 2 * 4
    assert {name.split(".")[1] for name in pictures} == {"ward", "district"}


def test_one_sex_of_each_indicator_where_asked(results):
    names = [picture.name for picture in draw_pictures(results, every_sex=False)]
    assert len(names) == 2 * 2 * 2
    assert not any(".female." in name for name in names)


def test_a_drawing_says_what_it_shows(drawing):
    for text in (
        "Domestic abuse incidents by ward", "All people, 2015/16", "Number of wards",
        "Hidden to protect people", "No figure supplied", "Not available here", "None recorded",
        "Light hatch: fewer than 10 events", "Cambridgeshire and Peterborough", "Public edition.",
        "Made up for tests", "Contains made-up data.", "Square 12", "km",
    ):  # fmt: skip
        assert text in drawing, text
    assert "ILLUSTRATIVE" not in drawing


def test_made_up_figures_are_marked(pictures):
    for name in ("map.ward.crimes.female.2015-16", "chart.ward.crimes.female.2015-16"):
        text = as_svg(pictures[name])
        assert text.count("ILLUSTRATIVE") >= 2
        assert "illustrative, not real figures" in text


def test_the_watermark_stands_on_every_picture(factory):
    results = factory.make_results(watermark="Partnership edition, A/1.", edition="partnership")
    for picture in draw_pictures(results, every_sex=False):
        assert "Partnership edition, A/1." in as_svg(picture)


def test_a_drawing_fits_a_strict_policy_and_the_audit(drawing, tmp_path):
    assert not re.search(r"\sstyle=|<style|<metadata|<script|<!--|<image", drawing)
    (tmp_path / "a.svg").write_text(drawing)
    assert read_svg(tmp_path / "a.svg", "a.svg").findings == []


def test_names_in_a_drawing_are_its_own_and_all_found(drawing):
    ids = re.findall(r'\bid="([^"]+)"', drawing)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("map.ward.incidents.") for name in ids)
    pointed = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', drawing))
    assert {a or b for a, b in pointed} <= set(ids)


def test_no_area_has_an_element_or_a_value_of_its_own(drawing, results):
    codes = results.areas["ward"]["area_code"]
    assert not any(code in drawing for code in codes)
    labels = re.findall(r">([^<]+)</text>", drawing)
    ward = labels.index("Square 4")
    assert labels[ward + 1] == "hidden"


def test_same_figures_same_bytes(results, ward_map, drawing):
    again = next(p for p in draw_pictures(results) if p.name == ward_map.name)
    assert as_svg(again) == drawing
    assert as_png(again) == as_png(ward_map)


def test_labels_do_not_touch_each_other(pictures):
    for picture in pictures.values():
        if not picture.labels:
            continue
        with settings():
            renderer = picture.figure.canvas.get_renderer()
            boxes = [label.get_window_extent(renderer) for label in picture.labels]
        for place, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:place]), picture.name


def test_pixels_have_the_colours_of_the_key(ward_map, tmp_path):
    data = as_png(ward_map)
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).reshape(-1, 3).astype(int)
    for colour in sequential(5):
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert (np.abs(image - wanted).max(axis=1) <= 3).sum() > 500, colour
    (tmp_path / "a.png").write_bytes(data)
    assert read_png(tmp_path / "a.png", "a.png").findings == []
    assert len(data) < 200_000


def test_a_reader_without_pictures_is_told(pictures):
    chart = pictures["chart.district.incidents.persons.2015-16"]
    assert "Highest:" in chart.alt
    assert "suppressed" not in chart.alt
    assert "Hidden to protect people: 1" in pictures["map.ward.incidents.persons.2015-16"].alt


def test_the_gallery_shows_each(results, tmp_path):
    paths = write_pictures(results, tmp_path / "pictures", every_sex=False)
    page = paths[0].read_text("utf-8")
    assert paths[0].name == "index.html"
    for path in paths[1:]:
        assert path.is_file()
        assert f'href="{path.name}"' in page
    assert page.count("<img ") == len(paths[1:]) // 2
