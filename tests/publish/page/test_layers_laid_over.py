"""What is laid over an edition's rates: tables and layers, of the embedded default."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.errors import OutputError
from vawg_geo.overlays.compute import Overlays, compute_overlays
from vawg_geo.overlays.history.report import page_lines
from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
from vawg_geo.overlays.part import named
from vawg_geo.project import read_project
from vawg_geo.publish.page.overlays import build_overlays
from vawg_geo.results.results import compute_results

TABLES = {
    "deprivation", "rates_by_deprivation", "deprivation_links", "rate_and_deprivation",
    "source_claims", "coverage", "coverage_changes", "gaps", "reach", "access", "next_sites",
    "published_over_time", "published_changes", "statements_of_change",
}  # fmt: skip


@pytest.fixture(scope="module")
def editions(default_edition):
    return {name: default_edition(name) for name in ("public", "partnership")}


@pytest.fixture(scope="module")
def public(editions):
    return compute_results(editions["public"])


@pytest.fixture(scope="module")
def partnership(editions):
    return compute_results(editions["partnership"])


def test_tables_by_edition(public, partnership):
    assert set(public.overlays.tables) == TABLES
    assert set(partnership.overlays.tables) == TABLES | {"ward_profiles"}
    for results in (public, partnership):
        assert set(results.overlays.titles) == set(results.overlays.tables)
        assert all(len(table) for table in results.overlays.tables.values())


def test_profiles_are_in_no_word_of_the_public_edition(public, partnership):
    def said(results):
        tables = results.overlays.tables.values()
        layers = results.overlays.layers
        return " ".join([*(t.to_csv() for t in tables), *map(repr, layers)]).lower()

    for word in ("brothel", "red-light"):
        assert word not in said(public)
        assert word in said(partnership)
    assert not public.overlays.tables["source_claims"]["claim"].str.contains("Wards with").any()
    assert partnership.overlays.tables["source_claims"]["claim"].str.contains("Wards with").any()


def test_nothing_is_of_illustrative_counts(public):
    made_up = set(public.rates.loc[public.rates["basis"] == "illustrative", "indicator"])
    assert made_up
    wards = public.rates[public.rates["level"] == "ward"]
    real = set(wards.loc[wards["basis"] != "illustrative", "indicator"])
    for name in ("rates_by_deprivation", "deprivation_links", "rate_and_deprivation"):
        table = public.overlays.tables[name]
        assert set(table.loc[table["level"] == "ward", "indicator"]) <= real, name
    for layer in public.overlays.layers:
        assert layer.series is None or layer.series[0] in real


def test_every_class_is_in_the_key_and_every_area_is_an_area(public, partnership):
    for results in (public, partnership):
        codes = {level: set(frame["area_code"]) for level, frame in results.areas.items()}
        for layer in results.overlays.layers:
            keys = {one.key for one in layer.classes}
            assert {v.key for v in layer.by_area.values()} - {None} <= keys
            assert set(layer.by_area) <= codes[layer.level]
        names = [(lay.level, lay.name, lay.series) for lay in results.overlays.layers]
        assert len(names) == len(set(names))


def test_scores_are_those_of_the_table(public):
    scores = public.overlays.tables["deprivation"].set_index("area_code")
    layer = next(x for x in public.overlays.layers if (x.name, x.level) == ("deprivation", "ward"))
    assert len(layer.by_area) == 144
    for code, value in layer.by_area.items():
        assert value.key == str((scores.loc[code, "decile"] + 1) // 2)
        assert f"decile {scores.loc[code, 'decile']} of 10" in value.words


def test_a_hidden_area_has_no_class_and_no_ratio(overlaid, ward_codes, tmp_path):
    """By own counts: a hidden need in some wards, and hidden contacts in others."""
    lines = ["area_code,sex,period,indicator,count"]
    for place, code in enumerate(ward_codes):
        need, contacts = 3 if place % 9 == 0 else 40 + place, 4 if place % 7 == 1 else 15
        lines.append(f"{code},female,2015/16,domestic abuse incidents,{need}")
        lines += [
            f"{code},female,2015/16,{name},{contacts}"
            for name in ("IDVA high-risk referrals", "Cambridge Women's Aid contacts")
        ]
    table = "\n".join(lines) + "\n"
    config = overlaid(tmp_path / "p", table, claims=["domestic abuse incidents"], wards=ward_codes)
    edition = protect(load_tables(read_project(config)))
    results = compute_results(edition)
    rates = results.rates[results.rates["level"] == "ward"]
    hidden = {
        name: set(rows.loc[rows["status"] == "suppressed", "area_code"])
        for name, rows in rates.groupby("indicator")
    }
    need, contacts = hidden["domestic abuse incidents"], hidden["IDVA high-risk referrals"]
    assert len(need) > 10
    assert len(contacts - need) > 10
    by_name = {(x.name, x.level, x.series): x for x in results.overlays.layers}
    both = next(x for x in results.overlays.layers if x.level == "ward" and x.series
                and x.series[0] == "domestic abuse incidents")  # fmt: skip
    reach = by_name["reach-high-risk-idva-referrals-per-100-incidents", "ward", None]
    for code in need:
        assert both.by_area[code] == AreaValue(key=None)
    for code in need | contacts:
        assert reach.by_area[code] == AreaValue(key="suppressed")
    assert sum(value.key == "suppressed" for value in reach.by_area.values()) == len(
        need | contacts
    )
    table = results.overlays.tables["reach"]
    rows = table[table["level"] == "ward"].set_index("area_code")
    rows = rows[rows["numerator"] == "IDVA high-risk referrals"]
    gone = rows.loc[sorted(need | contacts)]
    assert gone[["reach", "reach_lower", "reach_upper"]].isna().all(axis=None)
    assert (gone["significance"] == "not_compared").all()
    assert gone.loc[sorted(contacts), "numerator_count"].isna().all()
    assert gone.loc[sorted(need), "denominator_count"].isna().all()
    assert set(table["basis"]) <= {"own", "published"}
    gaps = results.overlays.tables["gaps"].set_index("area_code")
    for code in need & set(gaps.index):
        assert gaps.loc[[code], "need_significance"].eq("not_compared").all()
        assert gaps.loc[[code], "words"].str.contains(r"(?i)no rate of").all()
    _require_sums_of_what_is_shown(results)


def _require_sums_of_what_is_shown(results):
    """Every sum and every limit of a class can be had from the rates that the edition prints."""
    rates = results.rates[results.rates["count"].notna()]
    deciles = results.overlays.tables["deprivation"].set_index("area_code")["decile"]
    rates = rates.assign(decile=rates["area_code"].map(deciles))
    series = ["level", "indicator", "sex", "period"]
    for row in results.overlays.tables["rates_by_deprivation"].to_dict("records"):
        mine = rates[(rates[series] == pd.Series(row)[series]).all(axis=1)]
        width = 2 if row["grouping"] == "national fifth" else 1
        group = mine[(mine["decile"] + width - 1) // width == row["group"]]
        assert (len(group), group["count"].sum()) == (row["areas"], row["count"] or 0)
    table = results.overlays.tables["rate_and_deprivation"]
    for key, rows in table[table["level"] == "ward"].groupby(series):
        mine = rates[(rates[series] == pd.Series(key, index=series)).all(axis=1)]
        limits = np.quantile(mine["rate"].to_numpy(float), [1 / 3, 2 / 3])
        assert rows["rate_limit_1"].unique() == pytest.approx(limits[0])
        assert rows["rate_limit_2"].unique() == pytest.approx(limits[1])


def test_coverage_at_both_dates_is_a_layer_each(public):
    services = [x for x in public.overlays.layers if x.group.startswith("Services at")]
    assert {x.group for x in services} == {
        "Services at 31 March 2016", "Services at 1 April 2017",
    }  # fmt: skip
    assert not any(x.in_panel for x in services)
    outreach = {x.group: x for x in services if x.name.startswith("outreach")}
    before, after = (
        outreach[group].by_area["E06000031"]
        for group in ("Services at 31 March 2016", "Services at 1 April 2017")
    )
    assert before.key in ("stated", "inferred")
    assert after.key == "not_running"
    assert "until 31 March 2017" in after.words


def test_access_marks_public_sites_and_no_other(public):
    marked = {name for x in public.overlays.layers for *_, name in x.points}
    assert marked == {
        "Addenbrooke's Hospital", "Hinchingbrooke Hospital", "Peterborough City Hospital",
    }  # fmt: skip


def test_parts_are_empty_where_nothing_is_named(make_project):
    edition = protect(load_tables(read_project(make_project())))
    results = compute_results(edition)
    assert results.overlays.tables == {}
    assert results.overlays.layers == ()
    assert compute_overlays(edition, results.rates).titles == {}


def test_claims_of_a_level_have_what_each_figure_says_and_no_ward_rows(public, partnership):
    assert Overlays().claims("ward") == []
    for level in ("ward", "district"):
        first, *others = public.overlays.claims(level)
        assert first.said.startswith("Recorded rates")
        table = public.overlays.tables["source_claims"]
        assert len(first.found) == (table["level"] == level).sum() > 0
        assert all(len(words.split()) <= 40 for *_, words in first.found)
        # What the source says of change, and its figures over time.
        assert [one.said for one in others] == page_lines(public.overlays.tables, level)
        assert not any(one.found for one in others)
    more = set(partnership.overlays.claims("ward")) - set(public.overlays.claims("ward"))
    assert len(more) == 1


def test_columns_of_a_level():
    steps = (OverlayClass(key="a", label="A", ground="#111"),)
    layer = OverlayLayer(
        name="x", group="g", title="t", level="ward", classes=steps, series=("i", "persons", "p"),
        by_area={"E05000001": AreaValue(key="a", words="Same."),
                 "E05000002": AreaValue(key="a", words="Same.", short="1")},
    )  # fmt: skip
    codes = ["E05000002", "E05000003", "E05000001"]
    series = [("i", "female", "p"), ("i", "persons", "p")]
    found = build_overlays([layer], level="ward", codes=codes, series=series)
    assert found["words"] == ["Same."]
    (one,) = found["layers"]
    assert (one["class"], one["text"], one["short"]) == ([0, None, 0], [0, None, 0], ["1", "", ""])
    assert one["series"] == 1
    assert "brief" not in one
    assert "points" not in one
    # A series that the page does not have, as one that is withheld, has no layer.
    assert build_overlays([layer], level="ward", codes=codes, series=series[:1])["layers"] == []
    assert build_overlays([layer], level="district", codes=codes, series=series)["layers"] == []
    bad = dataclasses.replace(layer, by_area={"E05000001": AreaValue(key="b")})
    with pytest.raises(OutputError, match=r"1 of 3 areas have a class.*'b'"):
        build_overlays([bad], level="ward", codes=codes, series=series)


def test_an_unknown_pattern():
    with pytest.raises(OutputError, match="'dots' is no pattern"):
        OverlayClass(key="a", label="A", ground="#111", pattern="dots")


def test_patterns_and_grounds_of_a_key_are_all_different(partnership):
    for layer in partnership.overlays.layers:
        looks = [(one.ground, one.ink, one.pattern) for one in layer.classes]
        assert len(set(looks)) == len(looks), layer.name
        for a, b in itertools.combinations(layer.classes, 2):
            assert a.label != b.label


def test_areas_are_named():
    table = pd.DataFrame({"area_code": ["E05000001", "E05000009"], "score": [1, 2]})
    assert named(table, {"E05000001": "Abbey"})["area_name"].tolist() == ["Abbey", "E05000009"]
    assert "area_name" not in table
