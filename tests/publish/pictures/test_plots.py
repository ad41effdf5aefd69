"""Maps in a notebook: only of an edition, with every status a look of its own."""

from __future__ import annotations

import io

import pytest

import vawg_geo
from vawg_geo.errors import ConfigurationError, DisclosureError, OutputError
from vawg_geo.publish.pictures import drawing
from vawg_geo.results.results import compute_results


@pytest.fixture(scope="module")
def tables(default_tables):
    return default_tables


@pytest.fixture(scope="module")
def edition(tables):
    return vawg_geo.protect(tables, edition="public")


@pytest.mark.parametrize("way", ["plot", "explore"])
def test_tables_are_not_drawn(tables, way):
    with pytest.raises(DisclosureError, match=r"vawg_geo\.protect\(tables, edition=\"public\"\)"):
        getattr(tables, way)(level="ward")


@pytest.mark.parametrize("function", [vawg_geo.plot_map, vawg_geo.build_map])
def test_nor_by_the_functions_themselves(tables, function):
    with pytest.raises(DisclosureError, match=r"made by vawg_geo\.protect"):
        function(tables, level="ward")


def test_a_picture_says_what_is_hidden(edition):
    picture = edition.plot(level="ward", indicator="domestic abuse crimes", sex="female")
    rates = compute_results(edition).rates
    mine = rates[
        (rates["level"] == "ward")
        & (rates["indicator"] == "domestic abuse crimes")
        & (rates["sex"] == "female")
    ]
    hidden = int((mine["status"] == "suppressed").sum())
    assert hidden > 0
    assert f"Hidden to protect people: {hidden}" in picture.alt
    assert (picture.level, picture.sex) == ("ward", "female")
    assert "illustrative, not real figures" in picture._repr_png_()[1]["alt"]


def test_every_status_has_a_look_of_its_own(results):
    from PIL import Image

    picture = vawg_geo.plot_map(results, level="ward")
    for words in ("None recorded: 1", "Hidden to protect people: 1", "No figure supplied: 1",
                  "Not available here: 1"):  # fmt: skip
        assert words in picture.alt
    content, about = picture._repr_png_()
    assert about == {"alt": f"{picture.title}. {picture.alt}"}
    image = Image.open(io.BytesIO(content)).convert("RGB")
    # The key's samples, one below the other: each status's row must differ from every other's.
    width, height = image.size
    samples = {
        image.crop((int(width * 0.638), y - 14, int(width * 0.668), y + 14)).tobytes()
        for y in _key_rows(picture, height)
    }
    assert len(samples) == 5


def _key_rows(picture, height):
    """Heights of the key's lines that are no classes, in pixels from above."""
    labels = ("fewer than 10", "None recorded", "Hidden", "No figure", "Not available")
    axes = picture.figure.axes[-1]
    for text in axes.texts:
        if any(label in text.get_text() for label in labels):
            _, y = axes.figure.transFigure.inverted().transform(
                axes.transData.transform(text.get_position())
            )
            yield round(height * (1 - y))


def test_plot_and_explore_begin_with_the_same_series(edition):
    picture = edition.plot(level="ward")
    page = edition.explore(level="ward").get_root().payload
    series = page["series"][page["start"]]
    assert page["indicators"][series["indicator"]]["name"] == picture.indicator
    assert (series["sex"], series["period"]) == (picture.sex, picture.period)


def test_results_draw_as_their_edition_does(edition):
    results = compute_results(edition)
    of_edition = edition.plot(level="district", sex="female")
    assert (
        vawg_geo.plot_map(results, level="district", sex="female")._repr_png_()
        == of_edition._repr_png_()
    )
    assert (
        vawg_geo.build_map(results, level="district").get_root().payload["meta"]["level"]
        == "district"
    )


def test_a_series_that_is_not_there(edition):
    with pytest.raises(OutputError, match="no figures for indicator 'sexual offences'"):
        edition.plot(level="ward", indicator="sexual offences")
    with pytest.raises(OutputError, match=r"sex 'women'\. It has: female, 2015/16"):
        edition.plot(level="ward", indicator="domestic abuse crimes", sex="women")
    with pytest.raises(OutputError, match="no outlines for the level 'parish'"):
        edition.plot(level="parish")


def test_without_matplotlib_the_message_says_what_to_install(edition, monkeypatch):
    monkeypatch.setattr(drawing, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"matplotlib, PIL.*vawg-geo\[notebook\]"):
        edition.plot(level="ward")


def test_save(edition, tmp_path):
    picture = edition.plot(level="district")
    assert picture.save(tmp_path / "a.png").read_bytes() == picture._repr_png_()[0]
    assert picture.save(str(tmp_path / "a.svg")).read_text("utf-8").startswith("<svg")
    with pytest.raises(OutputError, match=r"a\.jpg must end in \.png or \.svg"):
        picture.save(tmp_path / "a.jpg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.svg"]


@pytest.mark.browser
def test_a_map_works_in_a_cell_of_a_notebook(results, visit, tmp_path):
    """The page stands in a frame without an address there: nothing of it may need one."""
    cell = tmp_path / "cell.html"
    head = "<!doctype html><html lang='en'><meta charset='utf-8'><title>Cell</title>"
    shown = vawg_geo.build_map(results, level="ward", indicator="crimes", sex="persons")
    cell.write_text(head + shown._repr_html_(), "utf-8")
    page = visit(cell)
    frame = page.frames[1]
    frame.wait_for_selector("path")
    assert frame.evaluate("innerHeight") > 700
    frame.get_by_label("Women and girls").check()
    frame.get_by_role("button", name="Square 8", exact=True).click()
    assert "women and girls" in frame.locator("main").inner_text()
