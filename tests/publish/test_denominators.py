"""What a rate is per reads alike in a QGIS project, on a page, in a picture and in the report.

Seen to fail while each asked a rule of its own: the picture and the report put the sex before
"residents" alone, QGIS and the page before whatever did not name a sex itself.
"""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from vawg_geo import load_default, protect
from vawg_geo.publish.layers.rates import rate_layers
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.publish.report.indicator import indicator_blocks, subjects_of
from vawg_geo.results.results import compute_results
from vawg_geo.results.series import series_of
from vawg_geo.words.page import denominator

RESIDENTS, ADULTS, WOMEN, SHARE = "crimes", "contacts", "referrals", "converted"
PEOPLE = {
    RESIDENTS: "residents aged 16 and over",
    ADULTS: "adults aged 16 and over",
    WOMEN: "women aged 16 and over",
    SHARE: "domestic abuse incidents",
}
SAID = {
    RESIDENTS: "Rate per 1,000 female residents aged 16 and over",
    ADULTS: "Rate per 1,000 female adults aged 16 and over",
    WOMEN: "Rate per 1,000 women aged 16 and over",
    SHARE: "Rate per 1,000 domestic abuse incidents",
}


@pytest.fixture(scope="module")
def per_people(factory):
    known = factory.INDICATORS["crimes"]
    indicators = {
        name: msgspec.structs.replace(known, name=name, title=name, slug=name, denominator=people)
        for name, people in PEOPLE.items()
    }
    made = factory.make_results(
        indicators=indicators,
        series=[(name, "female", "published") for name in PEOPLE],
        hotspots=False,
    )
    return dataclasses.replace(made, shares=frozenset([SHARE]))


def qgis(results):
    """Lines above the classes in a key."""
    return {
        layer.indicator: layer.styles[0].rules[0].label.replace("\n", " ")
        for layer in rate_layers(results)
        if layer.level == "ward"
    }


def pictures(results):
    return {one.indicator.name: one.per for one in series_of(results, "ward")}


def report(results):
    captions = {
        one.name: next(b.caption for b in indicator_blocks(results, one) if b.kind == "table")
        for one in subjects_of(results)
    }
    rates = {name: caption.split(": ")[1] for name, caption in captions.items()}
    return {name: text.replace("rates per", "Rate per") for name, text in rates.items()}


@pytest.mark.parametrize("ask", [qgis, pictures, report])
def test_a_womens_rate_reads_alike(per_people, ask):
    assert ask(per_people) == SAID


@pytest.mark.browser
def test_a_womens_rate_reads_so_on_the_page(per_people, visit, tmp_path):
    page = visit(write_html(build_map(per_people, level="ward"), tmp_path / "ward.html"))
    for place, name in enumerate(PEOPLE):
        page.check(f"#vawg-indicator input >> nth={place}")
        assert page.inner_text("#vawg-subheading").startswith(f"{SAID[name]}, women and girls")


@pytest.mark.parametrize("people", ["women", "Women", "girls under 18", "female patients", "a man"])
def test_who_says_a_sex_is_given_no_other(people):
    assert denominator(people, sex="female") == people


@pytest.mark.parametrize("people", ["omens", "residents", "mankind"])
def test_who_says_none_is_given_it(people):
    assert denominator(people, sex="male") == f"male {people}"
    assert denominator(people, sex="persons") == people


def test_a_projects_ratios_are_shares():
    made = compute_results(protect(load_default(), edition="public"))
    assert made.shares == {"incidents converted to crimes"}
