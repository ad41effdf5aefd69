"""What the files say of time, held against the counts that they show: each fault planted once."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from vawg_geo.audit.run import audit_files
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.time.over_time import Asked, tables_over_time
from vawg_geo.terms.tables import RATES

WHOLE = "E23000023"
WARDS = [f"E0500{n:04}" for n in range(2001, 2015)]
YEARS = [f"20{n}/{n + 1}" for n in range(14, 20)]
MONTHS = [f"{year}-{month:02}" for year in (2016, 2017, 2018) for month in range(1, 13)]
YEARS_BREAK = date(2016, 4, 1).toordinal()
MONTHS_BREAK = date(2017, 6, 1).toordinal()
# One hidden in the midst, one at the end, one in a year that another hides too.
HIDDEN = ((WARDS[0], 2), (WARDS[1], 5), (WARDS[2], 2), (WARDS[2], 3))


def counted(periods, mean):
    """Counts of wards and of all of them together, one series, made up."""
    rng = np.random.default_rng(17)
    each = rng.poisson(mean * rng.gamma(6, 1 / 6, len(WARDS))[:, None], (len(WARDS), len(periods)))
    each = np.maximum(rng.poisson(each * rng.gamma(8, 1 / 8, each.shape)), 9)
    for ward, place in HIDDEN:
        each[WARDS.index(ward), place] = 3
    rows = [
        (code, level, period, int(values[n]))
        for code, level, values in (
            *((code, "ward", each[w]) for w, code in enumerate(WARDS)),
            # Others live beyond the wards, so that no ward follows from the rest.
            (WHOLE, "police_area", each.sum(axis=0) * 3),
        )
        for n, period in enumerate(periods)
    ]
    counts = pd.DataFrame(rows, columns=["area_code", "level", "period", "count"])
    return counts.assign(
        indicator="referrals",
        sex="persons",
        basis="own",
        status="value",
        area_name=counts["area_code"],
        count=counts["count"].astype("Int64"),
    )


def rated(counts, *, hides=True, periods=YEARS):
    people = {code: 4000.0 + 250 * n for n, code in enumerate(WARDS)} | {WHOLE: 200_000.0}
    population = pd.DataFrame(
        {"area_code": list(people), "sex": "persons", "population": list(people.values())}
    )
    if hides:
        cells = pd.MultiIndex.from_frame(counts[["area_code", "period"]])
        gone = cells.isin([(ward, periods[place]) for ward, place in HIDDEN])
        counts = counts.assign(
            count=counts["count"].mask(gone), status=counts["status"].mask(gone, "suppressed")
        )
    rates = crude_rate(counts, population)
    return rates.assign(comparator=WHOLE)[list(RATES.names)]


def asked(**more):
    terms = {
        "parents": dict.fromkeys(WARDS, WHOLE),
        "comparators": {"referrals": WHOLE},
        "breaks": {},
    }
    return Asked(**(terms | more))


@cache
def computed(periods, mean, more):
    """What the shown counts give, and what the true ones would."""
    more = {name: dict(value) if isinstance(value, tuple) else value for name, value in more}
    counts = counted(periods, mean)
    return (
        tables_over_time(rated(counts, periods=periods), asked(**more)),
        tables_over_time(rated(counts, hides=False), asked(**more)),
    )


class Written:
    """A folder with rates of one series, and what they and the true counts give over time."""

    def __init__(self, folder, *, periods=YEARS, mean=60, **more):
        self.rates = rated(counted(periods, mean), periods=periods)
        self.shown, self.true = computed(tuple(periods), mean, tuple(more.items()))
        self.folder = folder
        for level, rows in self.rates.groupby("level"):
            rows.to_csv(folder / f"rates_{level}.csv", index=False)
        areas = self.rates[["area_code", "area_name", "level"]].drop_duplicates()
        areas["parent_code"] = areas["area_code"].map(asked().parents)
        areas.to_csv(folder / "areas.csv", index=False)
        for name in ("changes", "trends", "months"):
            self.write(name, getattr(self.shown, name))

    def write(self, name, table):
        if len(table):
            table.to_csv(self.folder / f"{name}.csv", index=False)

    def found(self):
        report = audit_files(self.folder, smallest=1, largest=7)
        return [(one.kind, one.file, one.text) for one in report.findings]


@pytest.fixture
def years(tmp_path):
    return Written(tmp_path)


@pytest.fixture
def months(tmp_path):
    return Written(tmp_path, periods=MONTHS)


def of(table, ward, **where):
    mask = table["area_code"] == ward
    for name, value in where.items():
        mask &= table[name] == value
    assert mask.any()
    return mask


@pytest.mark.parametrize("correction", ["bh", "bonferroni"])
@pytest.mark.parametrize("breaks", [(), (("referrals", (YEARS_BREAK,)),)])
def test_what_follows_from_the_shown_counts_is_no_finding(tmp_path, correction, breaks):
    written = Written(tmp_path, correction=correction, breaks=breaks)
    assert len(written.shown.changes) > 100
    assert len(written.shown.trends) == 15
    assert written.found() == []


def test_months_that_follow_from_the_shown_counts_are_no_finding(months):
    assert (months.shown.months["stands_out"] != "not_compared").sum() > 100
    assert months.found() == []


def test_a_month_beside_which_a_series_breaks_is_no_finding(tmp_path):
    written = Written(tmp_path, periods=MONTHS, breaks=(("referrals", (MONTHS_BREAK,)),))
    compared = written.shown.changes["change"] != "not_compared"
    assert compared.any()
    assert not compared.all()
    assert written.found() == []


def test_a_ratio_at_a_hidden_end_gives_both_counts(years):
    """The whole row as the true counts have it: the counts are worked out from ratio and limits."""
    table, true = years.shown.changes.copy(), years.true.changes
    where = of(table, WARDS[1], period_to=YEARS[5], period_from=YEARS[4])
    names = ["ratio", "ratio_lower", "ratio_upper", "year_cv"]
    table.loc[where, names] = true.loc[where, names].to_numpy()
    years.write("changes", table)
    found = years.found()
    assert ("derived_figure", "changes.csv/period_to") in [(kind, file) for kind, file, _ in found]
    assert any(
        kind == "recovered"
        and text == f"{WARDS[1]}, referrals, persons, 2019/20: other figures give the count, 3."
        for kind, _, text in found
    ), found


@pytest.mark.parametrize(
    "name",
    ["p_value", "p_adjusted", "difference_lower", "relative_ratio", "relative_upper", "change"],
)
def test_one_figure_at_a_hidden_end_is_found(years, name):
    table, true = years.shown.changes.copy(), years.true.changes
    where = of(table, WARDS[0], period_from=YEARS[2])
    table[name] = table[name].astype(object)
    table.loc[where, name] = true.loc[where, name].to_numpy()
    years.write("changes", table)
    files = {(kind, file) for kind, file, text in years.found() if repr(name) in text}
    assert ("derived_figure", "changes.csv/period_from") in files


def test_a_note_with_the_count_of_a_hidden_end_is_found(years):
    table = years.shown.changes.copy()
    where = of(table, WARDS[1], period_to=YEARS[5], period_from=YEARS[4])
    table.loc[where, "note"] = "A count is hidden, so the change is: it was 3."
    years.write("changes", table)
    assert any("a note of their own with a number" in text for _, _, text in years.found())


@pytest.mark.parametrize("name", ["p_adjusted", "year_cv"])
def test_a_figure_over_all_areas_that_uses_hidden_ones_is_found(years, name):
    """The rows of shown areas alone, where no hidden one has a figure of its own."""
    table, true = years.shown.changes.copy(), years.true.changes
    shown = table[name].notna()
    assert not np.allclose(table.loc[shown, name], true.loc[shown, name], rtol=1e-6)
    table.loc[shown, name] = true.loc[shown, name]
    years.write("changes", table)
    assert any(
        f"{name!r} that does not follow from the counts that are shown" in text
        for _, _, text in years.found()
    )


def test_a_relative_ratio_to_another_whole_is_found(years):
    """The comparator with the area in it, and what it would be of all counts, tell of others."""
    table = years.shown.changes.copy()
    where = table["relative_ratio"].notna()
    table.loc[where, "relative_ratio"] *= 1.0001
    years.write("changes", table)
    assert any("'relative_ratio' that does not follow" in text for _, _, text in years.found())


def test_a_trend_that_uses_a_hidden_year_is_found(years):
    """Both ends are shown: only computing it again tells."""
    table, true = years.shown.trends.copy(), years.true.trends
    where = of(table, WARDS[0])
    assert table.loc[where, "points"].item() == 4
    table.loc[where] = true.loc[where].to_numpy()
    years.write("trends", table)
    texts = [text for _, _, text in years.found()]
    for name in ("slope", "chi_squared", "p_value", "points"):
        assert any(f"{name!r} that does not follow" in text for text in texts), name


@pytest.mark.parametrize("name", ["expected", "expected_upper", "p_value", "stands_out"])
def test_a_month_that_is_expected_from_a_hidden_one_is_found(months, name):
    table, true = months.shown.months.copy(), months.true.months
    others = ~table["area_code"].isin([ward for ward, _ in HIDDEN])
    mine = table["area_code"].isin([ward for ward, _ in HIDDEN]) & table[name].notna()
    if name == "stands_out":
        table.loc[mine, name] = "higher"
    else:
        table.loc[mine, name] = true.loc[mine, name] * 1.001
    assert mine.any()
    assert others.any()
    months.write("months", table)
    assert any(f"{name!r} that does not follow" in text for _, _, text in months.found())


def test_months_from_the_true_counts_are_found(months):
    months.write("months", months.true.months)
    assert months.found()


def test_a_pool_of_years_beside_all_but_one_gives_the_hidden_one(tmp_path):
    """A sum over time beside its parts; the gate would have hidden it."""
    written = Written(tmp_path)
    row = written.rates[written.rates["area_code"] == WARDS[1]].iloc[[-1]]
    true = counted(YEARS, 60)
    three = true[(true["area_code"] == WARDS[1]) & true["period"].isin(YEARS[3:])]["count"].sum()
    pool = row.assign(
        period=f"{YEARS[3]} to {YEARS[5]}", count=three, status="value", rate=np.nan
    ).drop(columns=["rate_lower", "rate_upper", "rate_lower_998", "rate_upper_998"])
    pool.to_csv(tmp_path / "pooled.csv", index=False)
    assert (
        "recovered",
        f"{WARDS[1]}, referrals, persons, 2019/20: other figures give the count, 3.",
    ) in [(kind, text) for kind, _, text in written.found()]


def test_changes_alone_give_small_counts(tmp_path):
    """No rates lie beside them: ratio, limits and residents are enough for a stranger."""
    counts = counted(YEARS, 60)
    rates = rated(counts, hides=False)
    table = tables_over_time(rates, asked()).changes
    where = of(table, WARDS[1], period_to=YEARS[5], period_from=YEARS[4])
    table.loc[where].to_csv(tmp_path / "changes.csv", index=False)
    report = audit_files(tmp_path, smallest=1, largest=7)
    assert [one.kind for one in report.findings] == ["shown"]
