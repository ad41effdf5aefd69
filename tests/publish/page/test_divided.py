"""A level of too many areas for one page becomes a page for each wider area, and an overview."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from vawg_geo.publish.edition import write_edition
from vawg_geo.publish.page import divided, pages
from vawg_geo.publish.page.pages import write_pages


@pytest.fixture
def results(factory):
    areas = factory.grid_areas(4, 3)
    made = factory.make_results(areas)
    parents = dict(zip(areas["ward"]["area_code"], areas["ward"]["parent_code"], strict=True))
    return dataclasses.replace(made, parents=parents)


def payload_of(path):
    text = path.read_text("utf-8")
    return json.loads(re.search(r'id="vawg-data">(.*?)</script>', text, re.S)[1])


def test_each_holder_has_a_page_with_its_own_areas(results, tmp_path, monkeypatch):
    monkeypatch.setattr(divided, "MOST_AREAS", 5)
    write_edition(results, tmp_path, writers=[write_pages])
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")}
    assert {"index.html", "ward/index.html", "district.html"} <= names
    assert "ward.html" not in names
    codes = []
    for path in sorted((tmp_path / "ward").glob("*.html")):
        if path.name != "index.html":
            data = payload_of(path)
            assert data["meta"]["title"].startswith(results.title)
            assert len(data["areas"]["code"]) == len(data["series"][0]["rate"])
            codes += data["areas"]["code"]
    assert sorted(codes) == sorted(results.areas["ward"]["area_code"])
    overview = (tmp_path / "ward" / "index.html").read_text("utf-8")
    for name in results.areas["district"]["area_name"]:
        assert name.replace("&", "&amp;") in overview
    assert 'href="ward/index.html"' in (tmp_path / "index.html").read_text("utf-8")


def test_figures_are_those_of_the_whole_level(results, monkeypatch):
    monkeypatch.setattr(divided, "MOST_AREAS", 5)
    holder = divided.holder_level(results, "ward")
    assert holder == "district"
    shares = list(divided.divisions(results, "ward", holder))
    whole = results.rates[results.rates["level"] == "ward"].set_index(
        ["area_code", "indicator", "sex", "period"]
    )["rate"]
    for share in shares:
        rates = share.results.rates
        mine = rates[rates["level"] == "ward"].set_index(
            ["area_code", "indicator", "sex", "period"]
        )["rate"]
        assert mine.equals(whole.loc[mine.index])
        assert (rates["level"] != "ward").sum() == (results.rates["level"] != "ward").sum()
        assert share.results.breaks == results.breaks


def test_pages_of_alike_and_reserved_names_are_apart(results, monkeypatch):
    """Two areas of one name have two pages, and none has the name of a device."""
    monkeypatch.setattr(divided, "MOST_AREAS", 5)
    areas = results.areas["district"].copy()
    names = ["Con", "St. Ives", "St Ives", "ST IVES", "*"]
    areas["area_name"] = [*names, *areas["area_name"]][: len(areas)]
    named = dataclasses.replace(results, areas={**results.areas, "district": areas})
    files = [share.file for share in divided.divisions(named, "ward", "district")]
    assert "con-1.html" in files
    assert "con.html" not in files
    assert len({file.lower() for file in files}) == len(files)


def test_areas_in_no_holder_come_last(results, monkeypatch):
    monkeypatch.setattr(divided, "MOST_AREAS", 5)
    lost = results.areas["ward"]["area_code"].iloc[0]
    loose = dataclasses.replace(results, parents={**results.parents, lost: ""})
    *_, last = divided.divisions(loose, "ward", "district")
    assert last.name == "Elsewhere"
    assert last.results.areas["ward"]["area_code"].tolist() == [lost]


def test_few_areas_stay_on_one_page(results, tmp_path):
    assert divided.holder_level(results, "ward") is None
    assert pages.holder_level is divided.holder_level


def test_a_large_level_without_wider_areas_is_one_page(factory, tmp_path, monkeypatch):
    from vawg_geo.publish.page import payload

    areas = factory.grid_areas(4, 3)
    areas["ward"]["parent_code"] = ""
    results = dataclasses.replace(factory.make_results(areas), areas={"ward": areas["ward"]})
    monkeypatch.setattr(payload, "MANY", 5)
    write_pages(results, tmp_path)
    assert payload_of(tmp_path / "ward.html")["parents"]["code"] == []
