"""What a notebook keeps of a result: what it holds, and of unprotected tables never a figure."""

from __future__ import annotations

import re

import vawg_geo
from vawg_geo.project import read_project
from vawg_geo.results.results import compute_results
from vawg_geo.terms.summary import HEAD, Summary, series_rows


def shown(thing):
    return repr(thing), thing._repr_html_()


def test_tables_look_the_same_whatever_their_counts(make_project, ward_codes):
    few = make_project(dict.fromkeys(ward_codes, 3), folder="few")
    many = make_project({code: 40 + n for n, code in enumerate(ward_codes)}, folder="many")
    looks = {shown(vawg_geo.load_tables(read_project(path))) for path in (few, many)}
    assert len(looks) == 1


def test_tables_say_what_they_hold_and_what_to_do(make_project):
    text, html = shown(vawg_geo.load_tables(read_project(make_project())))
    assert text.startswith("<Tables: Example (made up): before any protection; ward: 144,")
    assert "1 indicator: crimes" in text
    for words in ("ward: 144, district: 6", "crimes", "persons", "2015/16", "Nothing is hidden"):
        assert words in html
    assert "vawg_geo.protect(tables, edition=&quot;public&quot;)" in html


def test_an_edition_says_how_many_are_hidden(make_project, ward_codes):
    counts = dict.fromkeys(ward_codes, 30) | dict.fromkeys(ward_codes[:2], 3)
    tables = vawg_geo.load_tables(read_project(make_project(counts)))
    edition = vawg_geo.protect(tables, edition="public")
    wards = edition.counts[edition.counts["level"] == "ward"]
    hidden = int((wards["status"] == "suppressed").sum())
    assert hidden >= 2
    for thing in (edition, compute_results(edition)):
        text, html = shown(thing)
        assert "public edition" in text
        assert f"ward: {hidden} of 144" in html
        assert edition.protection in html


def test_a_watermark_and_what_is_left_out_are_said(default_edition):
    edition = default_edition("partnership")
    html = edition._repr_html_()
    assert "Not for publication." in html
    assert "not shown" in html
    left_out = compute_results(edition).not_shown
    n = sum(map(len, left_out.values()))
    assert f"{n} series are not shown" in compute_results(edition)._repr_html_()


def test_no_text_of_a_file_becomes_markup(make_project, ward_codes):
    name = "<img src=x onerror=alert(1)>"
    rows = "".join(f"{code},persons,2015/16,{name},20\n" for code in ward_codes)
    path = make_project(table=f"area_code,sex,period,indicator,count\n{rows}")
    html = vawg_geo.load_tables(read_project(path))._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html


def test_summary_of_nothing():
    import pandas as pd

    empty = pd.DataFrame(columns=["indicator", "level", "sex", "period", "status"])
    assert series_rows(empty, hidden=True) == []
    summary = Summary(kind="Tables", title="t", areas="", head=HEAD, rows=[])
    assert "0 indicators" in summary.text()
    assert not re.search(r"<td>", summary.html())
