r"""Pictures of the documentation: a browser goes through finished pages as a reader does.

    python dev/data/make_docs_pictures.py maps/public --area lincoln/maps/public
    python dev/data/make_docs_pictures.py maps/public --years example/maps/public \
        --months kept/maps/public

Needs Chromium and Playwright (`pip install playwright`). What it clicks on it finds by the words
that a reader sees, so that it stops when the page no longer says them.
"""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Locator, Page

__all__ = ["main"]

# The same five views of the pages as they were and as they are: page and address of each.
FIVE = {
    "rate": ("ward", "indicator=police_violence_and_sexual_offences_month&area=E05009503"),
    "compared": (
        "ward",
        "indicator=police_violence_and_sexual_offences_month&view=significance&area=E05009503",
    ),
    "patterns": (
        "ward",
        "indicator=police_violence_and_sexual_offences_month&view=moran&clusters=1",
    ),
    "services": (
        "district",
        "indicator=domestic_abuse_incidents&view=over-refuge-2017-04-01&area=E07000010",
    ),
    "change": ("years", "view=change&since=2019%2F20&area=E05009641"),
}
POLICE = "Violence and sexual offences"
CRIMES = "Domestic abuse crimes"
SETTLED = 500
LACKING = "2019-07"
WIDTH = 1366


def _open(page: Page, file: Path, indicator: str | None = None) -> None:
    """Open a page and choose what is shown."""
    page.goto("about:blank")
    page.goto(file.resolve().as_uri())
    page.wait_for_timeout(2 * SETTLED)
    if indicator:
        page.get_by_role("radio", name=indicator).check()
        page.wait_for_timeout(SETTLED)


def _save(what: Page | Locator, out: Path, name: str) -> None:
    """Take a picture when nothing moves any more."""
    what.screenshot(path=out / f"{name}.png", animations="disabled")


def _choose(page: Page, area: str) -> None:
    """Choose an area by its name in the table."""
    page.locator("#vawg-table").get_by_role("button", name=area, exact=True).click()
    page.wait_for_timeout(SETTLED)
    page.evaluate("scrollTo(0, 0)")


def _steps(page: Page, folder: Path, out: Path) -> None:
    """Pictures of the question about Fenland, in the order of docs/maps.md."""
    _open(page, folder / "index.html")
    _save(page, out, "steps-1-index")
    _open(page, folder / "ward.html", POLICE)
    _save(page.locator("#vawg-controls"), out, "steps-2-what")
    page.get_by_role("combobox", name="Find").fill("Fenland")
    page.get_by_role("option", name="Whole district").click()
    page.wait_for_timeout(SETTLED)
    page.evaluate("scrollTo(0, 0)")
    _save(page, out, "steps-3-fenland")
    _save(page.locator("section.panel", has=page.locator("#vawg-table")), out, "steps-4-table")
    _save(page.locator("#vawg-chart"), out, "steps-6-chart")
    _choose(page, "Medworth")
    _clip(page, out, "steps-5-panel", height=900)
    page.get_by_role("radio", name=CRIMES).check()
    page.wait_for_timeout(SETTLED)
    _choose(page, "Manea")
    _save(page, out, "steps-7-hidden")


def _gallery(page: Page, folder: Path, out: Path) -> None:
    """Plates of the gallery: map and key without the rest."""
    plate = page.locator("section.plate")
    _open(page, folder / "ward.html", POLICE)
    _choose(page, "Medworth")
    _save(page, out, "ward-chosen")
    _open(page, folder / "district.html")
    _save(plate, out, "gallery-districts")
    page.get_by_role("radio", name="Compared", exact=True).check()
    page.wait_for_timeout(SETTLED)
    _save(plate, out, "gallery-comparison")
    _open(page, folder / "ward.html", POLICE)
    _save(plate, out, "gallery-wards")
    page.get_by_role("radio", name="Patterns", exact=True).check()
    page.wait_for_timeout(SETTLED)
    _save(plate, out, "gallery-clusters")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Another layer").select_option(label="Rate and deprivation together")
    page.wait_for_timeout(SETTLED)
    _save(plate, out, "gallery-deprivation")
    _open(page, folder / "ward.html", CRIMES)
    _save(plate, out, "gallery-illustrative")


def _years(page: Page, folder: Path, out: Path) -> None:
    """The question of docs/change.md: which wards rose since 2019/20, and how sure is that."""
    _open(page, folder / "ward.html", CRIMES)
    page.get_by_role("radio", name="Change", exact=True).check()
    page.wait_for_timeout(SETTLED)
    _save(page.locator("section.plate"), out, "gallery-change")
    _choose(page, "Gainsborough North")
    _clip(page, out, "change-panel", height=1000)


def _months(page: Page, folder: Path, out: Path) -> None:
    """The month that lacks on the map, and as a gap in a ward's line."""
    _open(page, folder / "ward.html")
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(45):
        if slider.get_attribute("aria-valuetext") == LACKING:
            break
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(SETTLED // 10)
    page.wait_for_timeout(SETTLED)
    _save(page, out, "months-missing")
    page.keyboard.press("End")
    _choose(page, "Burngreave")
    _clip(page, out, "months-line", height=1000)


def _views(page: Page, folder: Path, years: Path, out: Path, when: str) -> None:
    """Five views in a window of a laptop, small enough to stand beside each other."""
    for name, (kind, address) in FIVE.items():
        file = years / "ward.html" if kind == "years" else folder / f"{kind}.html"
        page.goto("about:blank")
        page.goto(f"{file.resolve().as_uri()}#{address}")
        page.wait_for_timeout(2 * SETTLED)
        taken = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        small = taken.resize((1024, 576), Image.Resampling.LANCZOS)
        small.save(out / f"{when}-{name}.webp", quality=72, method=6)


def _clip(page: Page, out: Path, name: str, *, height: int) -> None:
    """Take a picture of the panel, down to the end of a window of that height."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_timeout(SETTLED)
    box = page.locator("#vawg-detail").bounding_box() or {"x": 0, "y": 0, "width": 400}
    page.screenshot(
        path=out / f"{name}.png",
        clip={"x": box["x"], "y": box["y"], "width": box["width"], "height": height - box["y"]},
    )
    page.set_viewport_size({"width": WIDTH, "height": 768})


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="public edition of the embedded default")
    parser.add_argument("--area", type=Path, help="public edition of docs/own-area.md's example")
    parser.add_argument("--years", type=Path, help="public edition of docs/change.md's six years")
    parser.add_argument(
        "--months", type=Path, help="public edition of dev/evidence/build_months.py"
    )
    parser.add_argument(
        "--views",
        choices=("before", "after"),
        help="only the five views of the page, before the map came first or after it did",
    )
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    options = parser.parse_args(arguments)
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 768})
        if options.views:
            _views(page, options.folder, options.years, options.out, options.views)
            browser.close()
            return
        _steps(page, options.folder, options.out)
        _gallery(page, options.folder, options.out)
        if options.area:
            _open(page, options.area / "ward.html")
            _save(page.locator("section.plate"), options.out, "own-area")
        if options.years:
            _years(page, options.years, options.out)
        if options.months:
            _months(page, options.months, options.out)
        browser.close()


if __name__ == "__main__":
    main()
