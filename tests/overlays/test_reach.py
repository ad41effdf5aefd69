"""Reach by area: which counts are divided, what hides it, and limits from the counts alone."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.overlays.services.reach import REACH_COLUMNS, published_figures, reach
from vawg_geo.overlays.services.settings import ReachSettings

CAMBRIDGE, FENLAND, COUNTY, PETERBOROUGH = "E07000008", "E07000010", "E10000003", "E06000031"
NOBODY = pd.DataFrame({"area_code": [], "sex": [], "population": []})
RATIO = ReachSettings(name="reach", numerator="contacts", denominator="incidents")
WOMEN = ReachSettings(name="per women", numerator="cases", per=1000)


def counts(*rows):
    """Rows of (indicator, area, sex, count, status, basis); what is left out is as usual."""
    usual = (None, CAMBRIDGE, "female", None, "value", "own")
    table = pd.DataFrame(
        [(*row, *usual[len(row) :]) for row in rows],
        columns=["indicator", "area_code", "sex", "count", "status", "basis"],
    )
    return table.assign(
        area_name="somewhere", level="district", period="2015/16", note="",
        count=table["count"].astype("Int64"),
    )  # fmt: skip


def pair(x, y, x_status="value", y_status="value"):
    return counts(
        ("contacts", CAMBRIDGE, "female", x, x_status),
        ("incidents", CAMBRIDGE, "persons", y, y_status),
    )


@pytest.mark.parametrize(
    ("x", "y", "x_status", "y_status", "status"),
    [
        (50, 200, "value", "value", "value"),
        (0, 200, "zero", "value", "zero"),
        (9, 200, "value", "value", "unstable"),
        (50, 9, "value", "value", "unstable"),
        (50, 0, "value", "zero", "not_applicable"),
        (None, 200, "suppressed", "value", "suppressed"),
        (50, None, "value", "suppressed", "suppressed"),
        (None, None, "not_applicable", "suppressed", "suppressed"),
        (None, 200, "not_applicable", "value", "not_applicable"),
        (50, None, "value", "missing", "missing"),
        (None, 200, "missing", "value", "missing"),
    ],
)
def test_five_states_stay_five(x, y, x_status, y_status, status):
    row = reach(pair(x, y, x_status, y_status), NOBODY, [RATIO]).iloc[0]
    assert row["status"] == status
    shown = status in ("value", "zero", "unstable")
    assert pd.notna(row["reach"]) == shown
    assert pd.notna(row["reach_lower"]) == pd.notna(row["reach_upper"]) == shown
    if shown:
        assert row["reach"] == 100 * x / y


def test_a_hidden_count_is_not_looked_up_elsewhere():
    figures = pd.DataFrame({
        "indicator": ["contacts", "incidents"], "area_code": CAMBRIDGE,
        "sex": ["female", "persons"], "period": "2015/16", "count": [5, 200],
    })  # fmt: skip
    row = reach(pair(None, 200, "suppressed"), NOBODY, [RATIO], figures=figures).iloc[0]
    assert row["status"] == "suppressed"
    assert row[["numerator_count", "reach", "reach_lower", "reach_upper"]].isna().all()
    # Where the edition has no row at all, the published figure stands in and says so.
    only = counts(("incidents", CAMBRIDGE, "persons", 200))
    row = reach(only, NOBODY, [RATIO], figures=figures).iloc[0]
    assert (row["numerator_count"], row["reach"], row["status"]) == (5, 2.5, "unstable")
    assert row["note"].endswith("a published figure")


def test_illustrative_counts_take_no_part():
    table = pair(50, 200).assign(basis=["illustrative", "own"])
    assert reach(table, NOBODY, [RATIO]).empty
    table = pair(50, 200).assign(basis=["own", "illustrative"])
    assert list(reach(table, NOBODY, [RATIO]).columns) == list(REACH_COLUMNS)
    assert reach(table, NOBODY, [RATIO]).empty


def test_residents_of_a_sex_and_exact_limits():
    people = pd.DataFrame({
        "area_code": [PETERBOROUGH, PETERBOROUGH], "sex": ["female", "persons"],
        "population": [76013, 150817],
    })  # fmt: skip
    figures = pd.DataFrame({
        "indicator": "cases", "area_code": [PETERBOROUGH, COUNTY], "sex": "persons",
        "period": "2015/16", "count": [507, 662],
    })  # fmt: skip
    table = reach(counts(), people, [WOMEN], figures=figures).set_index("area_code")
    row = table.loc[PETERBOROUGH]
    from scipy.stats import chi2

    assert row["reach"] == pytest.approx(507 / 76013 * 1000)
    assert row["reach_lower"] == pytest.approx(chi2.ppf(0.025, 2 * 507) / 2 / 76013 * 1000)
    assert row["reach_upper"] == pytest.approx(chi2.ppf(0.975, 2 * 508) / 2 / 76013 * 1000)
    assert (row["denominator"], row["denominator_sex"]) == ("residents", "female")
    assert row["level"] == "district"
    assert (table.loc[COUNTY, "status"], table.loc[COUNTY, "level"]) == ("missing", "county")


def test_comparison_needs_a_comparator_with_a_figure():
    table = counts(
        ("contacts", CAMBRIDGE, "female", 30), ("incidents", CAMBRIDGE, "persons", 1000),
        ("contacts", COUNTY, "female", 800), ("incidents", COUNTY, "persons", 8000),
    )  # fmt: skip
    ratio = ReachSettings(
        name="r", numerator="contacts", denominator="incidents", comparator=COUNTY
    )
    found = reach(table, NOBODY, [ratio]).set_index("area_code")
    assert found["significance"].to_dict() == {CAMBRIDGE: "lower", COUNTY: "not_compared"}
    assert found.loc[CAMBRIDGE, "comparator_reach"] == 10
    hidden = table.assign(count=table["count"].mask(table.index == 2))
    hidden["status"] = hidden["status"].mask(hidden.index == 2, "suppressed")
    found = reach(hidden, NOBODY, [ratio]).set_index("area_code")
    assert set(found["significance"]) == {"not_compared"}
    assert found["comparator_reach"].isna().all()
    away = reach(table[:2], NOBODY, [ratio]).iloc[0]
    assert (away["significance"], away["comparator"]) == ("not_compared", "")


def test_sex_is_one_for_the_whole_indicator():
    table = counts(
        ("contacts", CAMBRIDGE, "female", 30), ("contacts", FENLAND, "persons", 40),
        ("incidents", CAMBRIDGE, "persons", 1000), ("incidents", FENLAND, "persons", 1000),
    )  # fmt: skip
    found = reach(table, NOBODY, [RATIO])
    assert found["area_code"].tolist() == [CAMBRIDGE]
    assert found["note"].item() == "contacts of women and girls, incidents of all people"


def test_unknown_names_and_rules():
    ratio = ReachSettings(name="r", numerator="contact", denominator="incidents")
    known = ["contacts", "incidents"]
    with pytest.raises(ConfigurationError, match=r"1 of 2 indicators .* Did you mean 'contacts'"):
        reach(pair(1, 2), NOBODY, [ratio], known=known)
    assert reach(pair(1, 2), NOBODY, [ratio]).empty
    withheld = pair(1, 2)[1:]
    assert reach(withheld, NOBODY, [RATIO], known=known).empty
    with pytest.raises(InputError, match="'funnel' is no rule for a ratio"):
        reach(pair(1, 2), NOBODY, [RATIO], rule="funnel")
    with pytest.raises(InputError, match=r"1 of 6 columns .* 'status'"):
        reach(pair(1, 2).drop(columns="status"), NOBODY, [RATIO])


def test_published_figures_are_counts_of_whole_areas(root):
    facts = pd.read_csv(root / "data" / "published_other.csv", dtype=str, keep_default_na=False)
    figures = published_figures(facts)
    marac = figures[figures["indicator"] == "MARAC cases heard"].set_index("area_code")["count"]
    assert marac.to_dict() == {PETERBOROUGH: 507, COUNTY: 662}
    assert not figures["indicator"].str.contains("share|prevalence|repeat|converted").any()
    assert "Cambridge Women's Aid support and training groups" not in set(figures["indicator"])
    assert not figures.duplicated(["indicator", "area_code", "sex", "period"]).any()
    # Hidden at source stays out.
    assert not (facts["status"].eq("suppressed") & facts["area_code"].eq("")).any()
    assert len(figures) == 23


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("published", "published", "published"), ("published", "own", "own"),
        ("own", "published", "own"), ("published", "estimated", "estimated"),
        ("estimated", "own", "own"),
    ],
)  # fmt: skip
def test_a_ratio_is_no_more_public_than_its_parts(above, below, whole):
    table = pair(142, 1798).assign(basis=[above, below])
    found = reach(table, NOBODY, [RATIO])
    assert found[["numerator_basis", "denominator_basis", "basis"]].to_numpy().tolist() == [
        [above, below, whole]
    ]
