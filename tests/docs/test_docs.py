"""Every command and code block of the README and the documentation is run, page by page.

A fenced `sh` or `python` block is run in the order of its page, in a folder that looks like the
repository's. Marks, as comments of HTML on the line before a block:

    <!-- not run: why -->    the block is left out, and the reason is held to be one
    <!-- exits: 0 2 -->      its commands, a line each, end with these codes (otherwise all with 0)

A `text` block after a block that was run is what it prints: each line must be found, `...` standing
for anything. A block with a title is written to the file of that name and not run, a line that
takes in another file replaced by what stands there; a `toml` block without one must parse.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^>]*?) -->\n)?^```(?P<kind>\w+)(?P<rest>[^\n]*)\n(?P<text>.*?)^```$",
    re.M | re.S,
)
# A line that takes in another file, as the documentation's builder knows it.
TAKEN_IN = re.compile(r"^--8<--\n(\S+)\n--8<--\n", re.M)
# Marks of the README that CI itself looks for: it runs these lines in a clean clone.
RUN_BY_CI = ("build", "tests")


@dataclass(frozen=True)
class Block:
    kind: str
    mark: str
    rest: str
    text: str

    @property
    def is_run(self):
        left_out = self.mark.startswith("not run:") or self.mark in RUN_BY_CI
        return self.kind in {"sh", "python"} and not left_out and not self.title

    @property
    def title(self):
        """File that the block is; empty where it is none."""
        found = re.search(r'title="([^"]+)"', self.rest)
        return found[1] if found else ""

    @property
    def steps(self):
        """Commands, each with the code that it ends with."""
        if not self.mark.startswith("exits:"):
            return [(self.text, 0)]
        lines = [line for line in self.text.splitlines() if line and not line.startswith("#")]
        codes = [int(code) for code in self.mark.removeprefix("exits:").split()]
        return list(zip(lines, codes, strict=True))


def blocks_of(text):
    return [
        Block(kind=found["kind"], mark=found["mark"] or "", rest=found["rest"], text=found["text"])
        for found in FENCE.finditer(text)
    ]


@pytest.fixture(scope="session")
def default(tmp_path_factory):
    """A build of the embedded default, for pages that begin after one."""
    folder = tmp_path_factory.mktemp("docs") / "maps"
    command = [sys.executable, "-m", "vawg_geo", "build", "--quiet", "--out", str(folder)]
    subprocess.run(command, check=True, cwd=folder.parent)
    return folder


@pytest.fixture
def desk(tmp_path):
    """A folder like the repository's, and nothing beside it: no page needs more."""
    place = tmp_path / "project"
    place.mkdir()
    for name in ("scripts", "dev", "data"):
        (place / name).symlink_to(ROOT / name)
    return place


def tables_of_ones_own(desk):
    """The embedded month of police.uk, as if it were her own, and the residents."""
    import pandas as pd

    counts = pd.read_csv(ROOT / "data/ward_counts_police_2019_08.csv")
    wanted = ["area_code", "sex", "period", "indicator", "count"]
    counts[wanted].to_csv(desk / "counts.csv", index=False)
    people = pd.read_csv(ROOT / "data/population_wards_2015.csv")
    people[["area_code", "sex", "population"]].to_csv(desk / "population.csv", index=False)


STREET = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location",
    "LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context",
)  # fmt: skip
VIOLENCE = "Violence and sexual offences"


def street_file(path, places, *, month, force, kinds):
    """Write a month as police.uk does: at each easting and northing, one row of each kind."""
    import pandas as pd
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(27700, 4326, always_xy=True)
    east, north = to_degrees.transform(*zip(*places, strict=True))
    rows = [
        dict.fromkeys(STREET, "")
        | {"Crime ID": f"{month}-{n}-{again}", "Month": month, "Crime type": kind}
        | {"Reported by": force, "Falls within": force, "Longitude": x, "Latitude": y}
        for n, (x, y, wanted) in enumerate(zip(east, north, kinds, strict=True))
        for again, kind in enumerate(wanted)
    ]
    path.parent.mkdir(exist_ok=True)
    pd.DataFrame(rows, columns=list(STREET)).to_csv(path, index=False)


def month_of_the_default(path):
    """The month of police.uk that the default has: as many rows as each ward has offences, at one of
    its small areas.
    """
    import pandas as pd

    counts = pd.read_csv(ROOT / "data/ward_counts_police_2019_08.csv").set_index("area_code")
    wards = pd.read_csv(ROOT / "data/lookup_lsoa11_wards.csv").merge(
        pd.read_csv(ROOT / "data/lsoa11_points.csv"), on="lsoa_code"
    )
    firsts = wards.drop_duplicates("ward15_code").set_index("ward15_code")
    often = counts["count"].reindex(firsts.index).fillna(0).astype(int)
    rows = firsts.loc[firsts.index.repeat(often)]
    places = list(zip(rows["easting"], rows["northing"], strict=True))
    kinds = [[VIOLENCE]] * len(rows)
    street_file(path, places, month="2019-08", force="Cambridgeshire Constabulary", kinds=kinds)


def months_of_lincoln(desk):
    """A financial year of months with made-up rows at Lincoln's small areas, from the package."""
    import pandas as pd

    areas = pd.read_csv(ROOT / "data/national/lsoas_2021.csv.gz")
    areas = areas[areas["district_code"] == "E07000138"]
    places = list(zip(areas["easting"], areas["northing"], strict=True))
    for number, month in enumerate(pd.period_range("2024-04", "2025-03", freq="M")):
        kinds = [
            [VIOLENCE] * ((number + place) % 5) + ["Drugs"] * ((number * place) % 3)
            for place in range(len(places))
        ]
        path = desk / "street" / f"{month}-lincolnshire-street.csv"
        street_file(path, places, month=str(month), force="Lincolnshire Police", kinds=kinds)


def stage_readme(desk):
    tables_of_ones_own(desk)
    shutil.copyfile(ROOT / "boundaries/wards-2015.gpkg", desk / "mywards.gpkg")
    month_of_the_default(desk / "2019-08-street.csv")
    what_an_office_sends(desk)


def what_an_office_sends(desk):
    """Cardiff's wards by name, under a title; and a row for each crime. Both are made up."""
    import openpyxl

    wards = ["Adamsdown", "Butetown", "Caerau", "Canton", "Cathays", "Ely", "Splott", "Heath"]
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["MADE UP: domestic abuse by ward"],
        [],
        ["Ward", "Sex", "Year", "Offence", "Count"],
    ):
        sheet.append(row)
    for number, ward in enumerate(wards):
        sheet.append([ward, "Persons", "2024/25", "Domestic abuse crimes", 30 + 7 * number])
    book.save(desk / "counts.xlsx")
    rows = [f"{day:02}/05/2024,{ward}" for day, ward in enumerate(wards, start=1)]
    (desk / "crimes.csv").write_text("\n".join(["Date,Ward", *rows]) + "\n", "utf-8")


def stage_rebase(desk):
    """And the districts of North Yorkshire before they became one, with made-up counts."""
    tables_of_ones_own(desk)
    rows = [f"E070001{n},persons,2021/22,made up,{n}" for n in range(63, 70)]
    head = "area_code,sex,period,indicator,count"
    (desk / "districts.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")


def stage_disclosure(desk):
    """A table with a hidden ward, and what anybody can look up of its district."""
    head = "area_code,area_name,level,parent_code,indicator,sex,period,count,status\n"
    series = "offences,persons,2015/16"
    hidden = [f"E0500000{n},Ward {n},ward,E07000010,{series},,suppressed\n" for n in (1, 2)]
    shown = f"E05000003,Ward 3,ward,E07000010,{series},20,value\n"
    (desk / "mytable.csv").write_text(head + "".join(hidden) + shown, "utf-8")
    whole = f"E07000010,Fenland,district,,{series},28,value\n"
    (desk / "published.csv").write_text(head + whole, "utf-8")


def stage_overlays(desk):
    month_of_the_default(desk / "street/2019-08-cambridgeshire-street.csv")


def stage_adding(desk):
    """A copy of the package, for a page that changes it."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "vawg_geo", desk / "vawg_geo", ignore=ignore)
    (desk / "boundaries").symlink_to(ROOT / "boundaries")


def stage_from_outside(desk):
    """What pip would put beside the installed packages, here in the folder that Python starts in."""
    about = desk / "licensed_premises-1.0.dist-info"
    about.mkdir()
    head = "Metadata-Version: 2.1\nName: licensed-premises\nVersion: 1.0\n"
    (about / "METADATA").write_text(head)
    entry = "[vawg_geo.overlays]\npremises = licensed_premises:OVERLAY\n"
    (about / "entry_points.txt").write_text(entry)
    (desk / "licensed_premises.py").symlink_to("licensed-premises/licensed_premises.py")


STAGES = {
    "adding-an-overlay.md": stage_adding,
    "overlay-from-outside.md": stage_from_outside,
    "README.md": stage_readme,
    "commands.md": stage_overlays,
    "disclosure.md": stage_disclosure,
    "overlays.md": stage_overlays,
    "own-area.md": months_of_lincoln,
    "rebase.md": stage_rebase,
}
AFTER_A_BUILD = ("README.md", "disclosure.md")


def run(block, desk):
    """Standard output and error of a block, as one text."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "VAWG_GEO_CACHE": str(desk / "cache"),
        "COLUMNS": "200",
        "PYTHONPATH": str(ROOT),
    }
    shell = ["bash", "-euo", "pipefail", "-c"]
    if block.kind == "python":
        shell = [sys.executable, "-W", "ignore", "-c"]
    heard = ""
    for text, code in block.steps:
        done = subprocess.run(
            [*shell, text],
            check=False,
            cwd=desk,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{text}\nended with {done.returncode}\n{said}"
        heard += said
    return heard


def holds(said, line):
    """Whether a printed line is found, `...` standing for anything on one line, blanks alike."""
    squeeze = re.compile(r"[ \t]+")
    wanted = [re.escape(part.strip()) for part in squeeze.sub(" ", line).split("...")]
    return re.search(r"[^\n]*".join(wanted), squeeze.sub(" ", said)) is not None


def settle(block, desk):
    """Write a block that has a title to the file of that name; any other must parse."""
    if block.title:
        text = TAKEN_IN.sub(lambda found: (ROOT / found[1]).read_text("utf-8"), block.text)
        path = desk / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    elif not block.text.startswith("--8<--"):
        tomllib.loads(block.text)


@pytest.mark.promise
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_does_what_it_says(page, desk, request):
    """Every command and code block of the README and the documentation does what it says, without
    a file that is not in the package or on the page.
    """
    blocks = blocks_of(page.read_text("utf-8"))
    todo = [block for block in blocks if block.is_run]
    if page.name in STAGES:
        STAGES[page.name](desk)
    if any("maps/" in block.text for block in todo) and page.name in AFTER_A_BUILD:
        shutil.copytree(request.getfixturevalue("default"), desk / "maps")
    said = None
    for block in blocks:
        if block.kind == "toml" or block.title:
            settle(block, desk)
        elif block.is_run:
            said = run(block, desk)
        elif block.kind == "text" and said is not None:
            for line in block.text.splitlines():
                assert holds(said, line), f"{page.name} shows {line!r}; the command said:\n{said}"
            said = None


def test_no_page_needs_what_lies_beside_the_project():
    """Seen to fail with a command that reads a file of that folder."""
    assert [page.name for page in PAGES if "../shared" in page.read_text("utf-8")] == []


def test_no_command_stands_outside_a_block_that_is_run():
    """An indented block would be shown like a command, and never be run."""
    indented = re.compile(r"^(?: {4,}|\t)(?:vawg-geo|python3?|pip) .*$", re.M)
    for page in PAGES:
        text = FENCE.sub("", page.read_text("utf-8"))
        assert not indented.findall(text), f"{page.name}: put these into a fenced sh block"


def test_what_is_not_run_says_why():
    reasons = [
        block.mark.removeprefix("not run:").strip()
        for page in PAGES
        for block in blocks_of(page.read_text("utf-8"))
        if block.mark.startswith("not run:")
    ]
    assert reasons
    assert all(len(reason.split()) >= 4 for reason in reasons)


def test_blocks_are_all_found():
    """A fence that the pattern does not see would go untested."""
    for page in PAGES:
        text = page.read_text("utf-8")
        opened = len(re.findall(r"^```\w+", text, re.M))
        assert opened == len(blocks_of(text)), page


def test_a_false_line_is_noticed():
    assert holds("Note: a  b\nc", "Note: ... b")
    assert not holds("Note: a\nb", "Note: ... b")
    assert not holds("31.1", "31.0")


def test_every_command_is_in_the_reference():
    said = subprocess.run(
        [sys.executable, "-m", "vawg_geo", "--help"], capture_output=True, text=True, check=True
    ).stdout
    listed = re.findall(r"^    ([a-z-]+)(?:  |$)", said.split("positional arguments")[1], re.M)
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    assert len(listed) >= 10
    assert [name for name in listed if f"vawg-geo {name}" not in page] == []


def test_the_reference_lists_what_is_offered_and_nothing_else():
    """Seen to fail with `VawgGeoError` left out of the page, and with an inner function in it."""
    import vawg_geo

    page = (ROOT / "docs/api.md").read_text("utf-8")
    listed = re.findall(r"^::: ([\w.]+)$", page, re.M)
    offered = [getattr(vawg_geo, name) for name in vawg_geo.__all__ if name != "__version__"]
    assert sorted(listed) == sorted(f"{thing.__module__}.{thing.__name__}" for thing in offered)


def test_every_key_of_the_configuration_is_described():
    """Seen to fail with `unplaced`, and with `[[ratios]]`, left out of the page."""
    from vawg_geo import settings
    from vawg_geo.overlays.registry import settings_of_overlays
    from vawg_geo.project import Project
    from vawg_geo.terms.indicators import Indicator

    # Not what another test of this process made up: those of a module, and what is made of them now.
    kinds = [settings.Settings, settings_of_overlays()]
    for kind in kinds:
        known = (each for each in kind.__subclasses__() if each.__module__.startswith("vawg_geo."))
        here = ((each, sys.modules[each.__module__]) for each in known)
        kinds += [each for each, place in here if vars(place).get(each.__name__) is each]
    # Found by the reader, and made of the name.
    ours = {"folder", "file", "slug"}
    keys = {key for kind in (*kinds, Project, Indicator) for key in kind.__struct_fields__} - ours
    pages = [ROOT / f"docs/{name}.md" for name in ("configuration", "overlays", "methods")]
    pages += [ROOT / "vawg_geo/commands/templates/vawg.toml"]
    told = "\n".join(page.read_text("utf-8") for page in pages)
    assert len(keys) > 100
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", told)) == []


@pytest.mark.promise
def test_pictures_are_there_and_used():
    """Every picture of the documentation is used and described, coverage at both dates among them."""
    shown = set()
    for page in PAGES:
        for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text("utf-8")):
            assert alt.strip(), f"{page.name}: {target} says nothing to who cannot see it"
            path = (page.parent / target).resolve()
            assert path.is_file(), f"{page.name}: no picture {target}"
            shown.add(path)
    there = {path.resolve() for path in (ROOT / "docs/pictures").iterdir()}
    assert there - shown == set()
    assert ROOT / "docs/pictures/coverage.png" in shown


def test_site_is_built_without_a_warning(tmp_path, needed):
    needed("mkdocs")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)],
        cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 15
    loaded = re.compile(r'<(?:script|link|img)[^>]*(?:src|href)="https?://', re.I)
    foreign = [page.name for page in pages if loaded.search(page.read_text("utf-8"))]
    assert foreign == []
