"""What an edition's counts look like after the choice: series left out, other editions, words."""

from __future__ import annotations

import msgspec
import pandas as pd
import pytest

from tests.disclosure.outsider import counts_of, parents_of
from vawg_geo.disclosure.hide import Withheld, hide_counts
from vawg_geo.disclosure.rules import PRESETS, Rules
from vawg_geo.results.not_shown import not_shown_sentence
from vawg_geo.terms.indicators import Indicator
from vawg_geo.words.figures import HIDDEN_NOTE

NHS = PRESETS["nhs"]
WARDS = [f"w{10 + n}" for n in range(9)]


def shown(result, area, sex="persons"):
    rows = result.counts
    row = rows[(rows["area_code"] == area) & (rows["sex"] == sex)]
    if row.empty:
        return "left out"
    return row["status"].item() if pd.isna(row["count"].item()) else row["count"].item()


def wards(small, *, large=30):
    """District d1 of nine wards, the first `small` of them with 3."""
    values = {ward: 3 if n < small else large + n for n, ward in enumerate(WARDS)}
    return counts_of({"d1": sum(values.values()), **values})


def hide(table, rules=NHS, **options):
    return hide_counts(table, rules, parents_of(table), **options)


def test_a_third_may_be_hidden_and_no_more():
    result = hide(wards(3))
    assert result.withheld == ()
    assert [shown(result, ward) for ward in WARDS[:3]] == ["suppressed"] * 3
    result = hide(wards(4))
    assert result.withheld == (
        Withheld(level="ward", indicator="crimes", sex="persons", too_many=True),
    )
    assert [shown(result, ward) for ward in WARDS] == ["left out"] * 9
    assert shown(result, "d1") == wards(4)["count"].iloc[0]


def test_districts_are_shown_whatever_share_of_them_is_hidden():
    table = counts_of({"d1": 3, "d2": 2, "d3": 40})
    result = hide(table)
    assert [shown(result, area) for area in ("d1", "d2", "d3")] == ["suppressed"] * 2 + [40]
    assert result.withheld == ()


def test_published_counts_pass_as_they_are():
    table = wards(4).assign(basis="published")
    pd.testing.assert_frame_equal(hide(table).counts, table)


def test_missing_is_not_hidden():
    cells = {"w10": None, "w11": None, "w12": 30, "w13": 40, "w14": 50}
    result = hide(counts_of(cells))
    assert result.withheld == ()
    assert shown(result, "w10") == "missing"


def test_a_sex_that_does_not_apply_is_no_secret():
    cells = {}
    for n, ward in enumerate(WARDS):
        cells[ward, "persons"] = cells[ward, "female"] = 3 if n == 0 else 20 + n
        cells[ward, "male"] = "n/a"
    table = counts_of(cells)
    total = int(table.loc[table["sex"] == "female", "count"].sum())
    extra = {("d1", "persons"): total, ("d1", "female"): total, ("d1", "male"): "n/a"}
    table = pd.concat([counts_of(extra), table], ignore_index=True)
    result = hide(table)
    assert result.withheld == ()
    for sex in ("persons", "female"):
        hidden = [w for w in WARDS if shown(result, w, sex) == "suppressed"]
        assert WARDS[0] in hidden
        assert len(hidden) == 2


def test_what_another_edition_shows_is_known():
    """The partner holds the public edition: what that shows may not stand in for a partner."""
    table = wards(1)
    partner = Rules(preset="nhs", smallest=1, largest=4)
    public = hide(table)
    partnership = hide(table, partner, other_edition=public.counts)
    hidden_public = {w for w in WARDS if shown(public, w) == "suppressed"}
    hidden = {w for w in WARDS if shown(partnership, w) == "suppressed"}
    assert hidden
    assert hidden <= hidden_public


def test_published_elsewhere_is_known():
    table = wards(1)
    alone = {w for w in WARDS if shown(hide(table), w) == "suppressed"}
    partner = next(iter(alone - {WARDS[0]}))
    public = table[table["area_code"] == partner].assign(basis="published")
    result = hide(table, public=public)
    hidden = {w for w in WARDS if shown(result, w) == "suppressed"}
    # The former partner protects nobody any more: another takes its place.
    assert WARDS[0] in hidden
    assert len(hidden - {partner}) >= 2


def test_a_figure_published_elsewhere_that_differs_does_not_lay_ours_open():
    table = wards(1)
    other = table[table["area_code"] == WARDS[0]].assign(
        basis="published", count=pd.array([5], "Int64")
    )
    assert shown(hide(table, public=other), WARDS[0]) == "suppressed"
    twice = pd.concat([other, other])
    assert shown(hide(table, public=twice), WARDS[0]) == "suppressed"


def test_hidden_rows_are_alike():
    table = wards(2).assign(note=[f"note {n}" for n in range(10)])
    rows = hide(table).counts
    hidden = rows[rows["status"] == "suppressed"]
    assert len(hidden) >= 2
    assert set(hidden["note"]) == {HIDDEN_NOTE}
    assert hidden["count"].isna().all()


def test_what_the_source_hid_is_like_the_rest():
    """Else the audit refuses the edition: one kind of hidden count could be told from another."""
    table = wards(2)
    from_source = table["area_code"] == WARDS[-1]
    table = table.assign(
        count=table["count"].mask(from_source),
        status=table["status"].mask(from_source, "suppressed"),
    )
    rows = hide(table).counts
    assert set(rows.loc[rows["status"] == "suppressed", "note"]) == {HIDDEN_NOTE}
    public = hide(table.assign(basis="published")).counts
    assert set(public.loc[public["status"] == "suppressed", "note"]) == {""}


def test_rounding():
    rules = msgspec.structs.replace(NHS, base=5)
    rows = hide(wards(1), rules).counts
    given = rows.dropna(subset="count")
    assert (given["count"] % 5 == 0).all()
    assert set(given["note"]) == {"rounded to 5"}
    assert shown(hide(wards(1), rules), WARDS[0]) == "suppressed"


@pytest.mark.parametrize(
    ("level", "shown_at", "words"),
    [
        ("ward", {("district", "crimes", "male")}, "See the figures by district."),
        ("ward", {("county", "crimes", "male")}, "See the figures by county."),
        ("district", set(), "There are no figures for larger areas."),
    ],
)
def test_the_reader_is_told_where_to_look(level, shown_at, words):
    series = Withheld(level=level, indicator="crimes", sex="male", too_many=level == "ward")
    text = not_shown_sentence(series, {"crimes": Indicator(name="crimes")}, shown_at)
    assert text.endswith(words)
    assert ("more than a third of the wards" in text) == (level == "ward")
    assert not any(letter.isdigit() for letter in text)
