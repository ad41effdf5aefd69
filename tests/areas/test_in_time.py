"""Periods put together and rates made yearly, before the gate and on what is shown."""

from dataclasses import replace

import geopandas as gpd
import msgspec
import pandas as pd
import pytest
from shapely import box

from vawg_geo.areas.in_time import in_time
from vawg_geo.areas.tables import Tables, load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.errors import ConfigurationError
from vawg_geo.project import read_project
from vawg_geo.release.ledger import forget_release, note_releases
from vawg_geo.results.results import compute_results
from vawg_geo.results.series import series_of
from vawg_geo.settings import BreakSettings, PeriodSettings

CODES = [f"E0500270{n}" for n in range(1, 10)]
YEARS = tuple(f"20{y}/{y + 1}" for y in range(13, 20))
MONTHS = tuple(f"2019-{month:02}" for month in range(1, 13))


def tables_of(periods, *, people=None, count=lambda n, k: 20 + n + k, hidden=(), **settings):
    """Counts of nine wards, with `[periods]` as given; `hidden` are (area, period) of a mark."""
    areas = gpd.GeoDataFrame(
        {"area_code": CODES, "area_name": [f"Ward {code[-1]}" for code in CODES]},
        geometry=[box(544000 + n * 1000, 259000, 545000 + n * 1000, 260000) for n in range(9)],
        crs=27700,
    )
    rows = [
        (code, period, "x" if (n, period) in hidden else count(n, k))
        for n, code in enumerate(CODES)
        for k, period in enumerate(periods)
    ]
    counts = pd.DataFrame(rows, columns=["area_code", "period", "count"])
    counts = counts.assign(indicator="crimes", sex="persons")
    if people is None:
        people = pd.DataFrame({"area_code": CODES, "sex": "persons", "population": 6000})
    first = Tables.from_frames(counts=counts, population=people, boundaries=areas)
    told = {"breaks": settings.pop("breaks", ())}
    asked = PeriodSettings(**settings)
    return load_tables(msgspec.structs.replace(first.project, periods=asked, told=(), **told))


def ward(tables, code=CODES[0]):
    return tables.counts[tables.counts["area_code"] == code].set_index("period")


def test_three_years_are_one_and_no_single_one_is_left():
    tables = tables_of(YEARS, pool=3)
    found = ward(tables)
    # Of seven years the first is in no pool: the latest two of three are counted back.
    assert list(found.index) == ["2014/15 to 2016/17", "2017/18 to 2019/20"]
    assert found["count"].tolist() == [21 + 22 + 23, 24 + 25 + 26]
    people = tables.populations[tables.populations["area_code"] == CODES[0]]
    assert people["population"].tolist() == [18_000, 18_000]
    results = compute_results(protect(tables, edition="partnership"))
    rates = results.rates[results.rates["area_code"] == CODES[0]]
    # A rate of one year: 22 a year of 6,000 residents.
    assert rates["rate"].tolist() == pytest.approx([22 / 6, 25 / 6])
    assert set(results.rates["period"]) == {"2014/15 to 2016/17", "2017/18 to 2019/20"}
    lines = " ".join(results.printed_caveats())
    assert "Left out, since in no such pool: 2013/14 (crimes)." in lines
    assert "The same residents stand under all 7 periods: 2013/14 to 2019/20." in lines
    one = series_of(results, "ward")[0]
    assert one.per == "Rate per 1,000 person-years of residents aged 16 and over"


def test_a_part_that_is_hidden_or_missing_leaves_no_sum():
    tables = tables_of(YEARS[:3], pool=3, hidden={(0, YEARS[1])})
    assert ward(tables)["status"].tolist() == ["suppressed"]
    assert ward(tables)["count"].isna().all()
    assert ward(tables, CODES[1])["status"].tolist() == ["value"]
    gap = tables_of(YEARS[:3], pool=3, hidden={(0, YEARS[1])}, count=lambda n, k: None if n else 9)
    assert ward(gap, CODES[1])["status"].tolist() == ["missing"]


def test_a_published_year_stays_known_beside_a_pool_of_ours():
    """13 of both years less 12 that anybody can look up is 1 of our own."""
    tables = tables_of(YEARS[:2], pool=1)
    of_first = (tables.counts["area_code"] == CODES[0]).to_numpy()
    public = (tables.counts["period"] == YEARS[1]).to_numpy()
    count = tables.counts["count"].mask(of_first & public, 12).mask(of_first & ~public, 1)
    basis = tables.counts["basis"].mask(public, "published")
    mixed = replace(
        tables,
        counts=tables.counts.assign(count=count, basis=basis),
        project=msgspec.structs.replace(tables.project, periods=PeriodSettings(pool=2)),
    )
    pooled = in_time(mixed)
    known = pooled.known[pooled.known["area_code"] == CODES[0]]
    assert known[["period", "count"]].to_numpy().tolist() == [[YEARS[1], 12]]
    assert ward(pooled)["count"].tolist() == [13]
    shown = protect(pooled, edition="partnership").counts
    assert shown.loc[shown["area_code"] == CODES[0], "count"].isna().all()
    # Published alone, nothing is ours and nothing need be known.
    alone = in_time(replace(mixed, counts=mixed.counts.assign(basis="published")))
    assert alone.known.empty


def test_pools_of_an_earlier_release_are_kept(tmp_path):
    """A year more would move every pool of two by a year; it waits for the one after it."""

    def pools(count):
        tables = tables_of(YEARS[:count], pool=1)
        project = msgspec.structs.replace(
            tables.project, periods=PeriodSettings(pool=2), folder=str(tmp_path)
        )
        return in_time(replace(tables, project=project))

    first = pools(4)
    assert ward(first).index.tolist() == ["2013/14 to 2014/15", "2015/16 to 2016/17"]
    note_releases([protect(first, edition="public")], [])
    more = pools(5)
    assert ward(more).index.tolist() == ward(first).index.tolist()
    assert any("2017/18 (crimes) will be shown as soon as 2" in line for line in more.project.told)
    full = pools(6)
    assert ward(full).index.tolist() == [*ward(first).index, "2017/18 to 2018/19"]
    # Without that release they are counted back from the latest.
    forget_release(tmp_path, "public-0001")
    assert ward(pools(5)).index.tolist() == ["2014/15 to 2015/16", "2016/17 to 2017/18"]


def test_all_zero_stays_zero():
    tables = tables_of(YEARS[:3], pool=3, count=lambda n, k: 0)
    assert set(tables.counts["status"]) == {"zero"}
    results = compute_results(protect(tables, edition="public"))
    assert set(results.rates["status"]) <= {"zero", "suppressed"}


@pytest.mark.parametrize(
    ("periods", "breaks", "pools"),
    [
        # A gap parts pools; overlapping ones are never both in.
        (("2013", "2014", "2016", "2017"), (), [("2013", "2014"), ("2016", "2017")]),
        (("2013", "2014", "2015"), (), [("2014", "2015")]),
        (
            ("year ending March 2016", "year ending June 2016", "year ending June 2017"),
            (),
            [("year ending June 2016", "year ending June 2017")],
        ),
        # Months and years, each with their own.
        (("2013", "2014", "2015-01", "2015-02"), (), [("2013", "2014"), ("2015-01", "2015-02")]),
        # No pool reaches across a break.
        (
            ("2013", "2014", "2015"),
            (BreakSettings(period="2015", words="New."),),
            [("2013", "2014")],
        ),
    ],
)
def test_what_is_put_together(periods, breaks, pools):
    tables = tables_of(periods, pool=2, breaks=breaks)
    order = {word: k for k, word in enumerate(periods)}
    sums = [sum(20 + order[word] for word in parts) for parts in pools]
    assert ward(tables)["count"].tolist() == sums


def test_nothing_to_put_together_is_one_message():
    with pytest.raises(
        ConfigurationError, match=r"no 3 periods follow each other in any of 1 indicators; first: "
    ):
        tables_of(YEARS[:2], pool=3)
    with pytest.raises(ConfigurationError, match=r"'crime', of which there are no counts.*crimes"):
        tables_of(YEARS, pool=3, indicators=("crime",))


def test_three_years_that_somebody_else_put_together_are_yearly_too():
    tables = tables_of(("2010/11 to 2012/13", "2013/14 to 2015/16"), pool=3)
    assert ward(tables)["count"].tolist() == [20, 21]
    assert tables.populations["population"].min() == 18_000


def test_a_residents_table_of_years_gives_each_part_its_own():
    people = pd.DataFrame(
        [(code, "persons", year, 1000 * n) for code in CODES for n, year in ((2, 2013), (4, 2014))],
        columns=["area_code", "sex", "year", "population"],
    )
    tables = tables_of(("2013", "2014"), pool=2, people=people)
    mine = tables.populations[tables.populations["area_code"] == CODES[0]]
    assert mine["population"].tolist() == [6000]


def test_months_are_of_a_month_unless_made_yearly():
    plain = tables_of(MONTHS)
    months = compute_results(protect(plain, edition="partnership"))
    one = series_of(months, "ward")[0]
    assert one.per == "Rate per 1,000 residents aged 16 and over per month"
    assert set(months.rates["denominator"]) == {"residents aged 16 and over per month"}
    asked = tables_of(MONTHS, annualise=True)
    yearly = compute_results(protect(asked, edition="partnership"))
    two = series_of(yearly, "ward")[0]
    assert two.per == "Rate per 1,000 person-years of residents aged 16 and over (made yearly)"
    first, second = (r.rates.set_index(["area_code", "period"])["rate"] for r in (months, yearly))
    assert second.to_numpy() == pytest.approx(12 * first.to_numpy(), nan_ok=True)
    assert any("are made yearly" in line for line in yearly.printed_caveats())
    assert not any("are made yearly" in line for line in months.printed_caveats())


def test_what_cannot_be_read_has_no_yearly_rate():
    tables = tables_of(("2019-01", "since then"), annualise=True)
    results = compute_results(protect(tables, edition="partnership"))
    rates = results.rates[results.rates["level"] == "ward"].set_index("period")
    assert set(rates.loc["since then", "status"]) == {"missing"}
    assert rates.loc["since then", "note"].str.contains("no residents of the area are known").all()
    assert rates.loc["2019-01", "rate"].notna().all()
    with pytest.raises(ConfigurationError, match="none of 1 periods can be read as a time"):
        tables_of(("since then",), annualise=True)


def test_rows_say_whose_residents_they_divide_by():
    results = compute_results(protect(tables_of(YEARS), edition="partnership"))
    notes = results.rates.loc[results.rates["status"] == "value", "note"]
    assert notes.str.contains("residents of one time under all 7 periods").all()
    single = compute_results(protect(tables_of(YEARS[:1]), edition="partnership"))
    assert not single.rates["note"].str.contains("residents of").any()
    assert single.told == ()


def test_persons_of_a_pool_are_at_least_those_of_its_fullest_part():
    from vawg_geo.areas.in_time import _Pool, _pooled_persons

    rows = pd.DataFrame({"area_code": "A", "indicator": "crimes", "sex": "persons",
                         "period": ["2013", "2014"], "individuals": [4, 9]})  # fmt: skip
    pool = _Pool(word="2013 to 2014", parts=("2013", "2014"))
    found = _pooled_persons(rows, {("crimes", "2013"): pool, ("crimes", "2014"): pool})
    assert found[["period", "individuals"]].to_numpy().tolist() == [["2013 to 2014", 9]]


@pytest.mark.parametrize(
    ("lines", "match"),
    [
        ("pool = 0", "pool must be a number of periods from 2 to 120"),
        ("pooled = 3", "'pooled' is not a key of .periods.. Did you mean 'pool'"),
        ('indicators = ["x"]', "pool says how many: give it"),
    ],
)
def test_wrong_settings_are_told(tmp_path, lines, match):
    from vawg_geo.commands.init import write_project

    write_project(tmp_path)
    path = tmp_path / "vawg.toml"
    before, _, after = path.read_text("utf-8").partition("[periods]\n")
    path.write_text(f"{before}[periods]\n{lines}\n[rates]{after.partition('[rates]')[2]}", "utf-8")
    with pytest.raises(ConfigurationError, match=match):
        read_project(path)


def test_what_reading_told_is_no_key_of_the_configuration(tmp_path):
    path = tmp_path / "vawg.toml"
    path.write_text('told = ["x"]\n', "utf-8")
    with pytest.raises(ConfigurationError, match="'told' is not a key"):
        read_project(path)
