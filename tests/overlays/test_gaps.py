"""The table of gaps: every number in it worked out again from the files of `data/`."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.rates.significance import compare
from vawg_geo.overlays.services.coverage import coverage
from vawg_geo.overlays.services.gaps import GAP_COLUMNS, Need, gaps
from vawg_geo.overlays.services.reach import published_figures, reach
from vawg_geo.overlays.services.settings import ReachSettings

BEFORE, AFTER = "2016-03-31", "2017-04-01"
EAST, FENLAND, PETERBOROUGH = "E07000009", "E07000010", "E06000031"
COUNTY, POLICE_AREA = "E10000003", "E23000023"
INCIDENTS = "domestic abuse incidents"
IDVA, AID = "IDVA high-risk referrals", "Cambridge Women's Aid contacts"
RATIOS = (
    ReachSettings(name="IDVA", numerator=IDVA, denominator=INCIDENTS, comparator=COUNTY),
    ReachSettings(name="Aid", numerator=AID, denominator=INCIDENTS, comparator=COUNTY),
    ReachSettings(name="MARAC", numerator="MARAC cases heard", per=1000, comparator=COUNTY),
)
EXPECTED = {
    BEFORE: {
        (EAST, "not_recoverable", "MARAC"), (FENLAND, "none", "hospital IDVA"),
        (FENLAND, "reach_below", IDVA), (FENLAND, "reach_below", AID),
        (PETERBOROUGH, "not_running", "IDVA"), (PETERBOROUGH, "none", "hospital IDVA"),
    }
}  # fmt: skip
EXPECTED[AFTER] = EXPECTED[BEFORE] - {(PETERBOROUGH, "not_running", "IDVA")} | {
    (PETERBOROUGH, "not_running", "outreach")
}


@pytest.fixture(scope="module")
def inputs(root):
    data = root / "data"
    services, facts = (
        pd.read_csv(data / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("services", "published_other")
    )
    people = pd.read_csv(data / "population_districts.csv")
    counts = pd.read_csv(data / "published_rates.csv").astype({"count": "Int64"})
    ratios = reach(counts, people, RATIOS, figures=published_figures(facts))
    rates = crude_rate(counts, people, method="exact")
    # As the project says: reach of a county service against the county, all else against the area.
    comparators = {
        name: COUNTY if name in (IDVA, AID) else POLICE_AREA for name in rates["indicator"]
    }
    return compare(rates, comparators), ratios, services


@pytest.fixture(scope="module", params=[BEFORE, AFTER])
def dated(request, inputs):
    rates, ratios, services = inputs
    return request.param, gaps(rates, ratios, coverage(services, date=request.param))


def rows_of(root, name):
    with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def raw(root):
    """Counts, populations and coverage straight from the files, with nothing of ours between."""
    counts = {
        (r["indicator"], r["area_code"], r["sex"]): int(r["count"])
        for r in rows_of(root, "published_rates")
    }
    people = {
        (r["area_code"], r["sex"]): int(r["population"])
        for r in rows_of(root, "population_districts")
    }
    marac = {
        r["area_code"]: int(r["value"])
        for r in rows_of(root, "published_other")
        if r["indicator"] == "MARAC cases heard"
    }
    return counts, people, marac, rows_of(root, "services")


def exact(events, people, per=1000):
    from scipy.stats import chi2

    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return low / people * per, chi2.ppf(0.975, 2 * events + 2) / 2 / people * per


def exact_ratio(x, y, per=100):
    from scipy.stats import beta

    low, high = beta.ppf(0.025, x, y + 1), beta.ppf(0.975, x + 1, y)
    return low / (1 - low) * per, high / (1 - high) * per


def key(row):
    what = row["reach_numerator"] if row["gap"] == "reach_below" else row["provision"]
    return row["area_code"], row["gap"], what


def test_the_gaps_at_both_dates(dated):
    date, table = dated
    assert list(table.columns) == list(GAP_COLUMNS)
    assert {key(row) for row in table.to_dict("records")} == EXPECTED[date]
    assert len(table) == len(EXPECTED[date])
    assert set(table["date"]) == {date}


@pytest.mark.promise
def test_every_number_of_need_comes_from_the_files(dated, raw):
    """Every need in the table of gaps is traced to its file."""
    _, table = dated
    counts, people, *_ = raw
    for row in table.to_dict("records"):
        series = row["need_indicator"], row["need_sex"]
        events = counts[series[0], row["area_code"], series[1]]
        residents = people[row["area_code"], series[1]]
        assert (row["need_count"], row["need_population"]) == (events, residents)
        assert row["need_rate"] == pytest.approx(events / residents * 1000)
        low, high = exact(events, residents)
        assert (row["need_rate_lower"], row["need_rate_upper"]) == pytest.approx((low, high))
        assert row["need_rate_per"] == 1000
        assert row["need_comparator"] == POLICE_AREA
        whole = counts[series[0], POLICE_AREA, series[1]], people[POLICE_AREA, series[1]]
        assert row["need_comparator_rate"] == pytest.approx(whole[0] / whole[1] * 1000)
        other = exact(*whole)
        label = "higher" if low > other[1] else "lower" if high < other[0] else "similar"
        assert row["need_significance"] == label
        assert row["need_significance_rule"] == "intervals-apart"


@pytest.mark.promise
def test_every_number_of_reach_comes_from_the_files(dated, raw):
    """Every figure of reach in the table of gaps is traced to its file."""
    _, table = dated
    counts, *_ = raw
    below = table[table["gap"] == "reach_below"]
    assert len(below) == 2
    for row in below.to_dict("records"):
        x = counts[row["reach_numerator"], row["area_code"], "female"]
        y = counts[row["reach_denominator"], row["area_code"], "persons"]
        assert (row["reach_numerator_count"], row["reach_denominator_count"]) == (x, y)
        assert row["reach"] == pytest.approx(x / y * 100)
        low, high = exact_ratio(x, y)
        assert (row["reach_lower"], row["reach_upper"]) == pytest.approx((low, high))
        whole = (
            counts[row["reach_numerator"], COUNTY, "female"],
            counts[row["reach_denominator"], COUNTY, "persons"],
        )
        assert row["reach_comparator"] == COUNTY
        assert row["reach_comparator_value"] == pytest.approx(whole[0] / whole[1] * 100)
        assert high < exact_ratio(*whole)[0]
        assert row["reach_status"] == ("unstable" if x < 10 else "value")
    rest = table[table["gap"] != "reach_below"]
    assert rest.filter(like="reach").isna().all(axis=None)


def test_every_ratio_comes_from_the_files(inputs, raw):
    _, ratios, _ = inputs
    counts, people, marac, _ = raw
    shown = ratios[ratios["reach"].notna()]
    assert shown.groupby("indicator").size().to_dict() == {"IDVA": 6, "Aid": 6, "MARAC": 2}
    for row in shown.to_dict("records"):
        code = row["area_code"]
        if row["indicator"] == "MARAC":
            x, y, per = marac[code], people[code, "female"], 1000
            limits = exact(x, y)
        else:
            x, per = counts[row["numerator"], code, "female"], 100
            y = counts[INCIDENTS, code, "persons"]
            limits = exact_ratio(x, y)
        assert (row["numerator_count"], row["denominator_count"]) == (x, y)
        assert row["reach"] == pytest.approx(x / y * per)
        assert (row["reach_lower"], row["reach_upper"]) == pytest.approx(limits)


def test_every_state_comes_from_the_table_of_services(dated, raw):
    date, table = dated
    services = raw[-1]
    kinds = {
        "MARAC": "MARAC ", "hospital IDVA": "Health IDVA ", "outreach": "",
        "IDVA": "Independent Domestic Violence Advisory Service",
    }  # fmt: skip
    for row in table[table["gap"] != "reach_below"].to_dict("records"):
        words: dict[bool, set[str]] = {True: set(), False: set()}
        for r in services:
            if (
                r["area_code"] == row["area_code"]
                and r["service"].startswith(kinds[row["provision"]])
                and (row["provision"] != "outreach" or "outreach" in r["provides"] + r["service"])
            ):
                runs = r["valid_from"] <= date and date <= (r["valid_to"] or "9999")
                words[runs].add(r["coverage"])
        assert not words[True] & {"stated", "inferred"}
        idle = words[False] & {"stated", "inferred"}
        expected = "not_running" if idle or not words[True] else "none"
        if "not_recoverable" in words[True]:
            expected = "not_recoverable"
        assert row["state"] == row["gap"] == expected


def test_every_number_in_a_sentence_stands_in_a_column(dated):
    _, table = dated
    for row in table.to_dict("records"):
        words = row["words"]
        assert words.count(". ") == 0
        assert words.endswith(".")
        for known in ("2015/16", "31 March 2016", "1 April 2017", "31 March 2017", "1,000",
                      "16 and over", "95%", "fewer than 10"):  # fmt: skip
            words = words.replace(known, "")
        said = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", words)} - {100.0}
        columns = [name for name in table if name.startswith(("need_rate", "need_comp", "reach"))]
        values = {
            round(value + 1e-9, 1)
            for name in columns
            if isinstance(value := row[name], float) and not pd.isna(value)
        }
        assert said
        assert said <= values, (said - values, words)


def test_east_cambridgeshire_and_peterborough_as_such(dated):
    _, table = dated
    marac = table[table["provision"] == "MARAC"]
    assert marac["area_code"].tolist() == [EAST]
    assert marac["state"].item() == "not_recoverable"
    assert marac["need_significance"].item() == "lower"
    assert marac["words"].item().startswith("Whether East Cambridgeshire is covered for MARAC at ")
    assert "the source names no MARAC for East Cambridgeshire" in marac["note"].item()
    hospital = table[(table["provision"] == "hospital IDVA") & (table["area_code"] == PETERBOROUGH)]
    assert hospital["state"].item() == "none"
    assert hospital["need_significance"].item() == "higher"
    assert "; the source names no hospital IDVA for Peterborough at" in hospital["words"].item()


def test_reach_of_a_service_that_does_not_work_there_says_so(dated):
    _, table = dated
    below = table[table["gap"] == "reach_below"].set_index("reach_numerator")
    assert below.loc[AID, "state"] == "none"
    assert below.loc[AID, "words"].endswith(
        "; by the source, Cambridge Women's Aid outreach does not work there."
    )
    assert "fewer than 10 events: unstable" in below.loc[AID, "words"]
    assert below.loc[IDVA, "state"] == "stated"
    assert "does not work there" not in below.loc[IDVA, "words"]


def test_illustrative_hidden_and_uncompared_need_is_no_need(inputs):
    rates, ratios, services = inputs
    covered = coverage(services, date=BEFORE)
    marac = {(EAST, "not_recoverable", "MARAC")}
    made_up = rates.assign(basis="illustrative")
    found = gaps(made_up, ratios, covered)
    assert {key(row) for row in found.to_dict("records")} == marac
    assert (
        found["words"]
        .item()
        .endswith("; no rate of domestic abuse incidents is shown for East Cambridgeshire.")
    )
    hidden = rates.assign(
        rate=float("nan"), count=pd.NA, status="suppressed", significance="not_compared"
    )
    found = gaps(hidden, ratios, covered)
    assert {key(row) for row in found.to_dict("records")} == marac
    assert found["need_status"].tolist() == ["suppressed"]


def test_silence_about_everyone_is_no_gap_of_one(inputs):
    rates, ratios, services = inputs
    covered = coverage(services, date=BEFORE)
    need = Need(indicator=INCIDENTS, provisions=("practical support",))
    found = gaps(rates, ratios[:0], covered, needs=[need])
    # Nobody is known to be covered: only where need is above is it asked.
    assert set(found["area_code"]) == {FENLAND, PETERBOROUGH}
    assert set(found["gap"]) == {"not_recoverable"}


def test_latest_period_counts(inputs):
    rates, ratios, services = inputs
    older = rates[rates["indicator"] == INCIDENTS].assign(
        period="2014/15", significance="higher", rate=99.0
    )
    covered = coverage(services, date=BEFORE)
    both = gaps(pd.concat([older, rates], ignore_index=True), ratios, covered)
    pd.testing.assert_frame_equal(both, gaps(rates, ratios, covered))


def test_rates_that_were_not_compared_are_refused(inputs):
    rates, ratios, services = inputs
    with pytest.raises(InputError, match=r"first: 'significance'\. Compare the rates"):
        gaps(rates.drop(columns="significance"), ratios, coverage(services, date=BEFORE))
