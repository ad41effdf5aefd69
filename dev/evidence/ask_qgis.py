"""Ask a QGIS what its users ask of an edition, and export each theme: a table and a contact sheet.

    python dev/evidence/ask_qgis.py maps/public --out docs/qgis.csv --sheet /tmp/sheet.png
    python dev/evidence/ask_qgis.py maps/public --root /opt/trixie --out docs/qgis.csv

`--root` is the root of another system that has QGIS, entered by chroot. A row of the table is
written for the version that answered, in place of what it said before.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import tempfile
from math import ceil
from pathlib import Path
from typing import Any

from PIL import Image

_SCRIPTS = Path(__file__).resolve().parents[2] / "tests" / "qgis"
# The Ordnance Survey's own example, and Peterborough's cathedral.
_ASKED = {
    "wgs84": [1.7160739722, 52.6580078333], "grid": [651409.80, 313177.45],
    "names_of": "ward_police_violence_and_sexual_offences_month", "at": [519420, 298650],
    "clicked": "=district_domestic_abuse_crimes",
}  # fmt: skip
_COLUMNS = (
    "qgis", "system", "layers", "bad_layers", "layers_without_system", "scale_of_1_to_100000",
    "pixels_from_own_point", "names_at_1_to_100000", "names_at_1_to_400000", "layers_alone",
    "of_them_each_area_once", "relations_of_a_layer", "themes_exported", "themes_failed",
)  # fmt: skip
_WIDE = 420
_ACROSS = 5


def run_script(name: str, folder: Path, more: str, root: Path | None) -> dict[str, Any]:
    """Answers of a script that runs in QGIS; `folder` is within the other root, if there is one."""
    inside = f"/{folder.relative_to(root)}" if root else str(folder)
    enter = ["chroot", str(root)] if root else []
    run = subprocess.run(
        [*enter, "/usr/bin/python3", f"{inside}/{name}", inside, f"{inside}/{more}"],
        capture_output=True, text=True, check=True, timeout=600,
        env={"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    said: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return said


def row_of(asked: dict[str, Any], exported: dict[str, Any]) -> dict[str, str]:
    """What one version said, as a row."""
    alone = asked["alone"].values()
    once = [
        one["style"] and one["areas"] == one["drawn_once"] and not one["drawn_more"]
        for one in alone
    ]
    values = (
        asked["version"], asked["system"], asked["layers"], len(asked["bad"]),
        len(asked["without_system"]), round(asked["scale"]), asked["pixels_away"],
        len(asked["names_near"]), len(asked["names_far"]), len(alone), sum(once),
        len(asked["clicked"]["related"]), len(exported["made"]), len(exported["failed"]),
    )  # fmt: skip
    return dict(zip(_COLUMNS, map(str, values), strict=True))


def contact_sheet(folder: Path, names: list[str], path: Path) -> None:
    """All pictures on one, in the order of their themes."""
    pictures = [Image.open(folder / name).convert("RGB") for name in names]
    high = round(_WIDE * pictures[0].height / pictures[0].width)
    sheet = Image.new("RGB", (_WIDE * _ACROSS, high * ceil(len(pictures) / _ACROSS)), "white")
    for place, picture in enumerate(pictures):
        spot = (place % _ACROSS * _WIDE, place // _ACROSS * high)
        sheet.paste(picture.resize((_WIDE, high)), spot)
    sheet.save(path)


def main() -> None:
    """Ask, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("edition", type=Path)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.root / "tmp" if given.root else None) as scratch:
        folder = Path(scratch) / "edition"
        shutil.copytree(given.edition, folder)
        for name in ("ask_project.py", "export_themes.py"):
            shutil.copy(_SCRIPTS / name, folder / name)
        (folder / "questions.json").write_text(json.dumps(_ASKED), "utf-8")
        (folder / "pictures").mkdir()
        asked = run_script("ask_project.py", folder, "questions.json", given.root)
        exported = run_script("export_themes.py", folder, "pictures", given.root)
        if given.sheet:
            contact_sheet(folder / "pictures", list(exported["made"]), given.sheet)
    row = row_of(asked, exported)
    before = []
    if given.out.exists():
        with given.out.open(encoding="utf-8", newline="") as file:
            before = [one for one in csv.DictReader(file) if one["qgis"] != row["qgis"]]
    with given.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted([*before, row], key=lambda one: one["qgis"]))
    print(row)


if __name__ == "__main__":
    main()
