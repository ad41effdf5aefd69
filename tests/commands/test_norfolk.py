"""An area from files of one's own, as `scripts/norfolk` says it: outlines, residents, deprivation."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def norfolk(root, shared, tmp_path_factory):
    """What the script puts together, and the configuration beside it."""
    folder = tmp_path_factory.mktemp("norfolk") / "norfolk"
    script = root / "scripts" / "norfolk" / "put_together.py"
    done = subprocess.run(
        [sys.executable, str(script), str(shared), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("196 wards, 538 LSOAs, 392 made-up counts")
    shutil.copyfile(script.with_name("vawg.toml"), folder / "vawg.toml")
    return folder


@pytest.mark.shared
@pytest.mark.promise
def test_an_area_from_files_of_ones_own(norfolk, run):
    """An area that brings its own outlines, residents and deprivation is checked and built."""
    code, printed, _ = run("check", norfolk / "vawg.toml")
    assert code == 0
    assert "matched_by_code    196" in printed
    code, printed, error = run("build", norfolk / "vawg.toml", "--out", norfolk / "maps")
    assert code == 0, error
    assert "ILLUSTRATIVE, NOT REAL FIGURES" in printed + error
    page = (norfolk / "maps" / "public" / "index.html").read_text("utf-8")
    assert "Norfolk" in page
    assert (norfolk / "maps" / "public" / "ward.html").is_file()


@pytest.mark.shared
def test_outlines_of_a_wrong_year_are_refused(norfolk, run):
    """Breckland's wards are new, and so are five of King's Lynn and West Norfolk."""
    text = (norfolk / "vawg.toml").read_text("utf-8")
    mistake = norfolk / "mistake.toml"
    mistake.write_text(text.replace("wards.gpkg", "wards_2013.gpkg"), "utf-8")
    code, _, error = run("check", mistake)
    assert code == 2
    assert "32 of 196 areas of the table cannot be joined" in error
    assert "E05009656" in error


def test_every_file_of_the_configuration_is_in_the_guide(root):
    """Seen to fail with `imd2015.csv` left out of the guide."""
    import tomllib

    folder = root / "scripts" / "norfolk"
    said = tomllib.loads((folder / "vawg.toml").read_text("utf-8"))
    lsoas, deprivation = said["overlays"]["lsoas"], said["overlays"]["deprivation"]
    named = [area["boundaries"] for area in said["areas"].values()]
    named += [source["file"] for source in (*said["counts"], *said["population"]["files"])]
    named += [lsoas["file"], lsoas["points"], deprivation["file"]]
    guide = (folder / "README.md").read_text("utf-8")
    assert [name for name in named if f"`{name}`" not in guide] == []
