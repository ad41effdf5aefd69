"""The gate: what an edition holds, and what it must not."""

from __future__ import annotations

import dataclasses
import json

import msgspec
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.areas.shared import Shared
from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure import gate
from vawg_geo.disclosure.gate import Edition, protect
from vawg_geo.disclosure.hide import Protected, Withheld, hide_counts
from vawg_geo.disclosure.refusals import refuse_forbidden
from vawg_geo.disclosure.rules import PRESETS, Rules, rules_for
from vawg_geo.errors import ConfigurationError, DisclosureError
from vawg_geo.project import read_project
from vawg_geo.results.results import compute_results
from vawg_geo.settings import DisclosureSettings, Thresholds
from vawg_geo.terms.columns import SEXES
from vawg_geo.words.figures import HIDDEN_NOTE


def table_of(values, basis="own"):
    """Counts that no sum ties together: what is hidden is hidden for its own sake."""
    return pd.DataFrame(
        {
            "area_code": [f"d{n}" for n in range(len(values))],
            "level": "district",
            "indicator": "crimes",
            "sex": "persons",
            "period": "2015/16",
            "count": pd.array(values, dtype="Int64"),
            "status": ["missing" if v is None else "zero" if v == 0 else "value" for v in values],
            "basis": basis,
            "note": "as read",
        }
    )


def suppress(counts, rules):
    return hide_counts(counts, rules, {}).counts


@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1), st.integers(1, 9))
def test_exactly_the_range_is_hidden(values, largest):
    rules = Rules(preset="nhs", smallest=1, largest=largest)
    hidden = suppress(table_of(values), rules)
    for value, count, status, note in zip(
        values, hidden["count"], hidden["status"], hidden["note"], strict=True
    ):
        if value is not None and 1 <= value <= largest:
            assert (count is pd.NA, status, note) == (True, "suppressed", HIDDEN_NOTE)
        else:
            assert status == ("missing" if value is None else "zero" if value == 0 else "value")
            assert note == "as read"


def test_hidden_rows_are_alike_whatever_they_held():
    one, other = (suppress(table_of([v]), PRESETS["nhs"]) for v in (1, 7))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("basis", ["own", "illustrative", "estimated"])
def test_every_basis_but_published_is_protected(basis):
    assert suppress(table_of([3], basis), PRESETS["nhs"])["status"].tolist() == ["suppressed"]
    assert suppress(table_of([3], "published"), PRESETS["nhs"])["count"].tolist() == [3]


def test_suppressing_twice_changes_nothing():
    once = suppress(table_of([0, 3, 9, None]), PRESETS["nhs"])
    pd.testing.assert_frame_equal(suppress(once, PRESETS["nhs"]), once)


def test_thresholds_of_the_editions():
    settings = DisclosureSettings()
    ranges = {e: rules_for(settings, e) for e in ("public", "partnership", "analyst")}
    assert (ranges["public"].smallest, ranges["public"].largest) == (1, 7)
    assert (ranges["partnership"].smallest, ranges["partnership"].largest) == (1, 4)
    assert ranges["analyst"].largest == 0
    with pytest.raises(ConfigurationError, match="from 6 to 5, which is no range"):
        rules_for(
            msgspec.structs.replace(
                settings, public=Thresholds(smallest_hidden=6, largest_hidden=5)
            ),
            "public",
        )


def test_no_edition_round_the_gate(default_edition):
    edition = default_edition("public")
    fields = {f.name: getattr(edition, f.name) for f in dataclasses.fields(Edition)}
    with pytest.raises(DisclosureError, match=r"made by vawg_geo\.protect"):
        Edition(**{**fields, "key": object()})


def test_unknown_edition_and_analyst_without_reason(default_tables):
    with pytest.raises(ConfigurationError, match="'secret' is no edition"):
        protect(default_tables, edition="secret")
    with pytest.raises(ConfigurationError, match="needs a recorded reason"):
        protect(default_tables, edition="analyst")


@pytest.mark.promise
@pytest.mark.parametrize(
    ("indicator", "level", "edition", "refused"),
    [
        ("refuge places", "ward", "analyst", True),
        ("Refuge referrals", "county", "public", False),
        ("sex workers known to outreach", "ward", "partnership", True),
        ("honour-based violence crimes", "district", "public", True),
        ("honour-based violence crimes", "district", "partnership", False),
        ("FGM attendances", "ward", "public", True),
        ("trafficking crimes", "police_area", "public", False),
        ("domestic abuse crimes", "ward", "public", False),
    ],
)
def test_refusals_by_name(indicator, level, edition, refused):
    """A sensitive indicator is refused by name in the editions that may not show it."""
    counts = pd.DataFrame({"indicator": [indicator], "level": [level]})
    if refused:
        with pytest.raises(DisclosureError, match=f"first: '{indicator}' by {level}"):
            refuse_forbidden(counts, edition=edition)
    else:
        refuse_forbidden(counts, edition=edition)


def test_everything_shown_follows_from_the_editions_counts(make_project, ward_codes):
    """Two tables that differ in hidden counts only give the same results to the last digit.

    The sums above the wards are alike too: what one hidden ward gains, another of the same
    district loses.
    """
    base = {code: 30 + n % 11 for n, code in enumerate(ward_codes)}
    first, second = ward_codes[0], ward_codes[1]
    results = []
    for values in ((2, 6), (5, 3)):
        counts = base | dict(zip((first, second), values, strict=True))
        config = make_project(counts, folder=f"p{values[0]}")
        edition = protect(load_tables(read_project(config)), edition="public")
        shown = compute_results(edition)
        hidden = shown.rates["status"] == "suppressed"
        assert shown.rates.loc[hidden & (shown.rates["level"] == "ward"), "area_code"].tolist() == [
            first,
            second,
        ]
        assert shown.rates.loc[hidden, "rate"].isna().all()
        results.append((shown.rates, shown.breaks, edition.counts, edition.notes))
    pd.testing.assert_frame_equal(results[0][0], results[1][0])
    pd.testing.assert_frame_equal(results[0][2], results[1][2])
    assert results[0][1] == results[1][1]
    assert results[0][3] == results[1][3]


def test_no_name_of_a_private_file_in_an_edition(make_project):
    config = make_project()
    table = (config.parent / "counts.csv").rename(config.parent / "names-of-victims.csv")
    config.write_text(config.read_text().replace("counts.csv", table.name))
    edition = protect(load_tables(read_project(config)), edition="public")
    held = edition.join_report.to_csv() + edition.counts.to_csv() + " ".join(edition.notes)
    assert "victims" not in held + json.dumps(edition.inputs)
    assert "own counts, table 1" in held


def test_illustrative_figures_are_compared_with_nothing(default_edition):
    shown = compute_results(default_edition("public"))
    made_up = shown.rates[shown.rates["basis"] == "illustrative"]
    # Six indicators by ward; most are left out, since more than a third would be hidden.
    assert set(made_up["indicator"]) == {"domestic abuse incidents", "domestic abuse crimes"}
    assert len(made_up) == 288
    assert (made_up["significance"] == "not_compared").all()
    assert "incidents converted to crimes" not in set(made_up["indicator"])


@pytest.mark.parametrize(
    "weaker",
    [
        {"preset": "open"},
        {"public": Thresholds(largest_hidden=0)},
        {"public": Thresholds(smallest_hidden=3)},
        {"partnership": Thresholds(smallest_hidden=1, largest_hidden=2)},
    ],
)
def test_hiding_less_needs_a_recorded_decision(weaker):
    settings = DisclosureSettings(**weaker)
    edition = "partnership" if "partnership" in weaker else "public"
    with pytest.raises(ConfigurationError, match=f"the {edition} edition would hide less"):
        rules_for(settings, edition)
    decided = msgspec.structs.replace(settings, decision="Board, 3 May 2026: all figures public")
    assert rules_for(decided, edition) is not None


@pytest.mark.parametrize("count", [0.01, 0.4, 1.0, 7.0, 7.9])
def test_estimates_that_round_to_a_hidden_number_are_hidden(count):
    table = table_of([1], "estimated").assign(count=pd.array([count], dtype="Float64"))
    assert suppress(table, PRESETS["nhs"])["status"].tolist() == ["suppressed"]


@pytest.mark.parametrize("count", [0.0, 8.0])
def test_other_estimates_are_shown(count):
    table = table_of([1], "estimated").assign(count=pd.array([count], dtype="Float64"))
    assert suppress(table, PRESETS["nhs"])["count"].tolist() == [count]


@pytest.mark.parametrize(
    "name",
    ["forced marriages", "HBA crimes", "street sex work", "safehouse placements", "x"],
)
def test_other_words_for_the_same_are_refused(name):
    counts = pd.DataFrame({"indicator": [name], "level": ["ward"]})
    titles = {"x": "FGM attendances"}
    with pytest.raises(DisclosureError):
        refuse_forbidden(counts, edition="public", titles=titles)


def test_what_an_analyst_wrote_into_cells_stays_with_her(make_project, ward_codes):
    rows = [
        f"{code},{'12 High Street' if n == 0 else ''},persons,2015/16,crimes,20,call Sgt Example"
        for n, code in enumerate(ward_codes)
    ]
    config = make_project(
        table="area_code,area_name,sex,period,indicator,count,note\n" + "\n".join(rows)
    )
    tables = load_tables(read_project(config))
    assert "High Street" in tables.join_report.to_csv()
    edition = protect(tables, edition="public")
    held = edition.join_report.to_csv() + edition.counts.to_csv()
    assert "High Street" not in held
    assert "Sgt" not in held


def test_an_edition_with_nothing_left_is_one_message(default_tables, monkeypatch):
    """As where sexes by year went out, and all are asked for over three years."""
    tables = dataclasses.replace(default_tables, shared=Shared())
    gone = tuple(
        Withheld(level="ward", indicator="crimes", sex=sex, too_many=False) for sex in SEXES
    )
    nothing = Protected(counts=tables.counts.iloc[:0], withheld=gone)
    monkeypatch.setattr(gate, "hide_counts", lambda *_, **__: nothing)
    edition = protect(tables, edition="public")
    with pytest.raises(
        DisclosureError, match="the public edition could show: each of its 3 series"
    ):
        compute_results(edition)
