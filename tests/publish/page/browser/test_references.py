"""What the page looks like, held to small pictures that somebody has looked at.

Run with ``VAWG_GEO_REFERENCES=write`` to write them anew, and look at each before it is kept.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.long]

FOLDER = Path(__file__).with_name("references")
WRITE = os.environ.get("VAWG_GEO_REFERENCES") == "write"
SERIES = "#indicator=incidents&sex=persons&period=2015%2F16"
SIZE = (480, 320)
# A tile is another one from this mean difference on (of 255); so many tiles may be others, since
# letters fall a little differently from one machine's fonts to the next.
TILE, DIFFERENT = 16, 12
ALLOWED, ALLOWED_OF_TEXT = 0.02, 0.06

# Name: page, address, options, what is pictured, and layers without which it is another picture.
MAP = "#map_vawg"
CASES = {
    "rates": ("ward", SERIES, {}, MAP, (".leaflet-areas-pane",)),
    "chosen": ("ward", SERIES + "&area=E05990005", {}, MAP, (".leaflet-areas-pane",)),
    "comparison": ("ward", SERIES + "&view=significance", {}, MAP, (".leaflet-areas-pane",)),
    "hotspots": (
        "ward", SERIES + "&view=patterns", {}, MAP,
        (".leaflet-areas-pane", ".leaflet-scan-pane"),
    ),
    "overlay": ("ward", SERIES + "&view=over-outreach", {}, MAP, (".leaflet-areas-pane",)),
    "illustrative": (
        "ward", "#indicator=crimes&sex=persons&period=2015%2F16", {}, "#vawg-frame",
        ("#vawg-stamp", ".leaflet-areas-pane", "#vawg-key"),
    ),
    "districts": (
        "district", SERIES + "&view=over-access-0", {}, "#vawg-frame",
        (".leaflet-areas-pane", ".leaflet-names-pane", "#vawg-key"),
    ),
    "dark": ("ward", SERIES, {"color_scheme": "dark"}, "", ("#vawg-frame", "#vawg-controls")),
    "forced-colours": (
        "ward", SERIES, {"forced_colors": "active", "color_scheme": "dark"}, "",
        ("#vawg-frame", "#vawg-controls"),
    ),
    "narrow": ("ward", SERIES, {"width": 320, "height": 640}, "#vawg-frame", (MAP, "#vawg-key")),
    "paper": ("ward", SERIES + "&area=E05990000", {}, ".paper", (".paper path", ".paper text")),
    "index": ("index", "", {}, "", (".cards", ".top")),
}  # fmt: skip


@pytest.fixture(scope="module")
def image(needed):
    return needed("PIL.Image")


def picture(page, what, image):
    """Pixels of a part of the page, at the references' size."""
    shot = page.locator(what).screenshot() if what else page.screenshot()
    whole = image.open(io.BytesIO(shot)).convert("RGB")
    whole.thumbnail(SIZE)
    return whole


def others(one, other):
    """Share of tiles that are different; all of them where the sizes are."""
    if abs(one.width - other.width) > 12 or abs(one.height - other.height) > 12:
        return 1.0
    a, b = (np.asarray(image.resize(SIZE), dtype=float) for image in (one, other))
    wide, high = SIZE[0] // TILE, SIZE[1] // TILE
    tiles = np.abs(a - b).reshape(high, TILE, wide, TILE, 3).mean(axis=(1, 3, 4))
    return float((tiles > DIFFERENT).mean())


def opened(visit, laid, name):
    level, address, options, _, _ = CASES[name]
    page = visit(laid / f"{level}.html", address=address, **options)
    if name == "paper":
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
    page.wait_for_timeout(150)
    return page


@pytest.mark.promise
@pytest.mark.parametrize("name", list(CASES))
def test_looks_as_it_did(visit, laid, name, image):
    """The page looks as its reference pictures do."""
    page = opened(visit, laid, name)
    what, layers = CASES[name][3:]
    now = picture(page, what, image)
    path = FOLDER / f"{name}.png"
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        now.quantize(64, dither=image.Dither.NONE).save(path, optimize=True)
    reference = image.open(path).convert("RGB")
    allowed = ALLOWED if what else ALLOWED_OF_TEXT
    assert others(now, reference) <= allowed
    assert path.stat().st_size < 40_000
    # A layer that is missing would be seen.
    for layer in layers:
        page.evaluate(
            "layer => document.querySelectorAll(layer).forEach(at => { at.style.opacity = 0; })",
            layer,
        )
        assert others(picture(page, what, image), reference) > allowed, layer
        page.evaluate(
            "layer => document.querySelectorAll(layer).forEach(at => { at.style.opacity = ''; })",
            layer,
        )


@pytest.mark.parametrize(("name", "other"), [("rates", "comparison"), ("rates", "overlay")])
def test_views_are_told_apart(name, other, image):
    one, two = (image.open(FOLDER / f"{which}.png").convert("RGB") for which in (name, other))
    assert others(one, two) > ALLOWED


def test_every_reference_belongs_to_a_test():
    assert {path.stem for path in FOLDER.glob("*.png")} == set(CASES)
    assert len(CASES) <= 12
