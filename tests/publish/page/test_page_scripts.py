"""The page's scripts alone, under node's test runner and eslint, against what Python says."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import random
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import binomtest

from tests.publish.page.outlines import decode_shapes
from tests.publish.page.years import results_over_time
from vawg_geo.files.table import write_table
from vawg_geo.measures.rates.intervals import exact_interval
from vawg_geo.publish.page import assemble
from vawg_geo.publish.page.html import build_map
from vawg_geo.terms.columns import SIGNIFICANCES, STANDINGS, STATUSES
from vawg_geo.terms.rounding import rounded
from vawg_geo.words import page as words
from vawg_geo.words import palette

NAMES = (
    "Peterborough", "St Ives", "{rate}", "$& and $1", "<b>Ely</b>", "Ynys Môn", "", "{area", "a}b{",
)  # fmt: skip


@pytest.fixture(scope="module")
def node(absent):
    path = shutil.which("node") or shutil.which("nodejs")
    if path is None:
        absent("no node on this machine")
    return path


def page_of(results, level):
    return build_map(results, level=level).get_root().payload


@pytest.fixture(scope="module")
def cases(results, factory, area_sentence, tmp_path_factory):
    """What the scripts must make of many inputs, by Python; and pages' data, as one file."""
    folder = tmp_path_factory.mktemp("cases")
    laid = dataclasses.replace(results, overlays=factory.made_up_overlays(results.areas))
    ward = page_of(results, "ward")
    known = {
        "scripts": list(assemble._SCRIPTS),
        "pages": {
            "ward": ward,
            "district": page_of(results, "district"),
            "laid": page_of(laid, "ward"),
            "years": page_of(results_over_time(factory), "ward"),
        },
        "fill": fills(),
        "printed": printed(),
        "whose": [
            [name, words.possessive(name)]
            for name in (*NAMES, "SS", "s", "Stamford St John's", "St John’s", "Joneses")
        ],
        "shapes": shapes(ward),
        "sentences": sentences(area_sentence),
        "titles": [
            {
                "title": results.indicators[name].title,
                "illustrative": name == "crimes",
                "said": words.series_title(
                    results.indicators[name].title, level="ward", illustrative=name == "crimes"
                ),
            }
            for name in ("incidents", "crimes")
        ],
        "cells": cells(folder),
        "rates": rates(results),
        "contrasts": [
            [one, other, palette.contrast_ratio(one, other)]
            for one, other in itertools.combinations(
                [*palette.sequential(6), "#ffffff", "#000000", "#0a0a0a"], 2
            )
        ],
        "hatches": [
            [colour, palette.hatch_ink(colour)]
            for classes in (1, 5, 9)
            for colour in palette.sequential(classes)
        ],
        "outlines": outlines(ward),
        "pairs": pairs(),
    }
    path = folder / "cases.json"
    path.write_text(json.dumps(known, allow_nan=False), "utf-8")
    return path


def fills():
    templates = [
        "{area}: {rate}",
        "{area}{area}",
        "no braces",
        "{unknown} {rate}",
        "{levels}",
        "é{rate}%",
    ]
    return [
        [template, values, words.fill(template, values)]
        for template in templates
        for values in [{"area": name, "rate": "3.1", "levels": "$'"} for name in NAMES]
    ]


def printed():
    """Values as the payload sends them, rounded, and the text for the number itself."""
    draw = random.Random(11)
    values = [draw.uniform(0, 10 ** draw.randint(-2, 6)) for _ in range(200)]
    values += [0, 0.05, 0.25, 1.35, 2.675, 18.25, 31.05, 999.95, 1e6 + 0.05]
    return [
        [float(rounded(value, decimals)), decimals, words.format_number(value, decimals)]
        for value in values
        for decimals in (0, 1, 2, 3)
    ]


def shapes(ward):
    hole = [[[0, 5_200_000, 900, 0, 0, 900, -900, 0], [100, 5_200_100, 0, 300, 300, 0]]]
    two = [*hole, [[-2_000, 5_100_000, 50, 0, 0, 50]]]
    found = [*ward["areas"]["shape"], *ward["areas"]["water"], hole, two]
    return [
        {
            "shape": shape,
            "rings": [[r.tolist() for r in rings] for rings in decode_shapes([shape])[0]],
        }
        for shape in found
    ]


def sentences(area_sentence):
    """Every status with every significance, rates of every size, names that look like templates."""
    draw = random.Random(5)
    found = []
    for status, significance, compared in itertools.product(STATUSES, SIGNIFICANCES, (True, False)):
        for area, decimals, per in zip(
            draw.sample(NAMES, 4), (1, 1, 2, 3), (1000, 100, 1, 10_000), strict=True
        ):
            rate = (
                None
                if status in ("suppressed", "missing", "not_applicable")
                else draw.uniform(0, 2000)
            )
            known = {
                "area": area, "unit": "incidents", "status": status, "significance": significance,
                "standing": draw.choice(STANDINGS),
                "rate": 0.0 if status == "zero" else rate, "per": per, "decimals": decimals,
                "denominator": draw.choice(["residents", "households", "km²", "{per} $&"]),
                "comparator": "Cambridgeshire and {per} $&" if compared else None,
                "comparator_rate": draw.uniform(0, 90) if compared else None,
            }  # fmt: skip
            # The page takes "not compared" of a whole series to mean that it has no comparator.
            told = {"said": area_sentence(**known), "brief": area_sentence(**known, brief=True)}
            for name in ("rate", "comparator_rate"):
                if known[name] is not None:
                    known[name] = float(rounded(known[name], decimals))
            found.append({**known, **told})
    return found


def cells(folder):
    """Texts as `write_table` writes them, one to a line; a lone carriage return the page quotes."""
    texts = [
        "plain", "a,b", 'say "x"', "=cmd|' /C calc'!A0", '=HYPERLINK("x")', "+1", "-1", "@SUM(A1)",
        "\tx", "a=b", "'quoted'", " =x", "é", "\u202eevil", "<img>", "a\tb", "=a,b", "${x}", "`x`",
        "a\nb",
    ]  # fmt: skip
    path = folder / "cells.csv"
    write_table(pd.DataFrame({"text": texts}), path)
    written = path.read_bytes().decode("utf-8").removeprefix("text\n").removesuffix("\n")
    lines = written.replace('"a\nb"', '"a\v"').split("\n")
    found = [line.replace("\v", "\nb") for line in lines]
    return [*map(list, zip(texts, found, strict=True)), ["\rx", '"\'\rx"'], ["a\rb", '"a\rb"']]


def rates(results):
    table = results.rates[
        (results.rates["level"] == "ward") & (results.rates["indicator"] == "incidents")
    ]

    def number(value, decimals):
        if value != value or value is None:
            return ""
        return words.format_number(value, decimals).replace(",", "")

    return [
        {
            "area_code": row.area_code,
            "area_name": row.area_name,
            "status": row.status,
            "significance": row.significance,
            "standing": row.standing,
            "count": "" if pd.isna(row.count_) else str(row.count_),
            "rate": number(row.rate, 1),
            "rate_lower": number(row.rate_lower, 1),
            "rate_upper": number(row.rate_upper, 1),
        }
        for row in table.rename(columns={"count": "count_"}).itertuples()
    ]


def pairs():
    """Two counts of two populations with their limits, and the exact test of one rate."""
    draw = random.Random(7)
    found = []
    for _ in range(600):
        people = [draw.choice([1_000, 2_500, 8_000, 60_000]) for _ in range(2)]
        level = draw.choice([0.5, 2, 8, 30])
        times = draw.choice([1, 1.2, 2, 5])
        counts = [round(draw.gammavariate(level * size / 1_000 + 0.2, 1)) for size in people]
        counts[1] = round(counts[1] * times)
        low, high = exact_interval(np.array(counts))
        sides = [
            {"rate": n / of * 1_000, "low": lower / of * 1_000, "high": upper / of * 1_000}
            for n, of, lower, upper in zip(counts, people, low.tolist(), high.tolist(), strict=True)
        ]
        if sum(counts):
            share = people[0] / sum(people)
            found.append([sides, binomtest(counts[0], sum(counts), share).pvalue])
    return found


def outlines(ward):
    """Sides of the border of areas' union, by shapely: alone, together, apart, about a hole."""
    squares = [shapely.Polygon(decode_shapes([shape])[0][0][0]) for shape in ward["areas"]["shape"]]
    groups = (
        [0],
        [0, 1],
        [0, 2],
        [0, 5],
        [0, 1, 4, 5],
        [0, 1, 2, 4, 6, 8, 9, 10],
        [*range(12)],
        [],
    )
    found = []
    for members in groups:
        border = shapely.union_all([squares[i] for i in members]).boundary
        sides = set()
        for i in members:
            corners = [f"{x:.5f} {y:.5f}" for x, y in squares[i].exterior.coords]
            middles = [
                shapely.LineString(pair).interpolate(0.5, normalized=True)
                for pair in itertools.pairwise(squares[i].exterior.coords)
            ]
            for pair, middle in zip(itertools.pairwise(corners), middles, strict=True):
                if border.distance(middle) < 1e-9:
                    sides.add(" ".join(sorted(pair)))
        found.append({"members": list(members), "sides": sorted(sides)})
    return found


@pytest.mark.promise
def test_scripts_under_nodes_own_test_runner(node, cases, root):
    """The page's scripts do what their own tests say."""
    files = sorted(str(path) for path in (root / "tests" / "page").glob("*.test.mjs"))
    assert len(files) >= 9
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", *files],
        env={**os.environ, "VAWG_PAGE_CASES": str(cases)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    failed = re.findall(r"^not ok .*\n(?:  .*\n)*", done.stdout, re.MULTILINE)
    assert done.returncode == 0, "\n".join(failed) + done.stderr
    tally = dict(re.findall(r"^# (\w+) (\d+)$", done.stdout, re.MULTILINE))
    assert int(tally["pass"]) > 85
    assert (tally["fail"], tally["skipped"], tally["todo"]) == ("0", "0", "0")


def test_scripts_pass_the_linter(node, root, absent):
    linter = root / "tests" / "page" / "node_modules" / "eslint" / "bin" / "eslint.js"
    if not linter.is_file():
        absent("eslint is not installed (npm ci in tests/page)")
    done = subprocess.run(
        [node, linter, "--config", "tests/page/eslint.config.mjs", "--max-warnings", "0",
         "vawg_geo/publish/page/scripts", "tests/page"],
        cwd=root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_script_of_the_folder_is_on_the_page(root):
    folder = root / "vawg_geo" / "publish" / "page" / "scripts"
    names = {path.name for path in folder.glob("*.js")} - {"page.min.js"}
    assert sorted(assemble._SCRIPTS) == sorted(names)


@pytest.mark.promise
def test_the_small_script_is_made_of_the_scripts_as_they_are(node, root, absent):
    """The script that pages carry is made of the scripts that can be read."""
    if not (root / "tests" / "page" / "node_modules" / "terser").is_dir():
        absent("terser is not installed (npm ci in tests/page)")
    done = subprocess.run(
        [node, "dev/page/minify.mjs", "--print"],
        cwd=root, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    # Seen to fail after a change of one script.
    assert done.stdout.decode() == assemble.own_script(), "run: node dev/page/minify.mjs"


def test_the_small_script_has_no_newer_syntax_than_the_scripts(node, root, absent):
    """Seen to fail with `?.` in it: offices keep their browsers long."""
    if not (root / "tests" / "page" / "node_modules" / "acorn").is_dir():
        absent("the linter's parser is not installed (npm ci in tests/page)")
    parse = "require('acorn').parse(require('fs').readFileSync(0, 'utf8'), {ecmaVersion: 2018})"
    for text, code in ((assemble.own_script(), 0), ("a?.b", 1)):
        done = subprocess.run(
            [node, "-e", parse], cwd=root / "tests" / "page", input=text.encode(),
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr.decode()
