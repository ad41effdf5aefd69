"""Periods that are no plain series: what each command, `check` and `build` make of them.

One clear message and nothing written where there is nothing to do, else a result with its notes: a
build is never refused because one series has a gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from vawg_geo.inputs.national import read_national_wards

YEARS = tuple(f"20{y}/{y + 1}" for y in range(10, 22))
HEAD = "area_code,sex,indicator,period,count\n"


@pytest.fixture(scope="module")
def lincoln(tmp_path_factory):
    """Codes of eleven wards, and a file of their outlines."""
    mine = read_national_wards(["E07000138"])
    path = tmp_path_factory.mktemp("outlines") / "wards.gpkg"
    mine.to_file(path)
    return mine["area_code"].tolist(), path


@dataclass(frozen=True, kw_only=True)
class Times:
    """Periods of a table, what of it lacks, and what is expected of it."""

    periods: tuple[str, ...]
    change: tuple[int, str]
    trend: tuple[int, str]
    emerging: tuple[int, str]
    check: tuple[int, str]
    build: int = 0
    residents: tuple[str, ...] = ()
    gone: dict[int, tuple[str, ...]] = field(default_factory=dict)
    zero: bool = False


CASES = {
    "one period": Times(
        periods=("2019/20",),
        change=(2, "all figures are of one period, '2019/20': a change needs two"),
        trend=(2, "all figures are of one period, '2019/20': a trend needs 5"),
        emerging=(2, "at least 10 are needed"),
        check=(0, "Nothing needs a decision"),
    ),
    "gaps in the series": Times(
        periods=tuple(y for y in YEARS if y not in ("2012/13", "2018/19")),
        change=(0, "2020/21 to 2021/22"),
        trend=(0, "gaps in the series: between 2011/12 and 2013/14, between 2017/18 and 2019/20"),
        emerging=(0, "2 gaps between the periods; first: after 2011/12 comes 2013/14"),
        check=(0, "crimes: 2 gaps in the series; first: between 2011/12 and 2013/14. What lacks"),
    ),
    "periods of unequal length": Times(
        periods=(*YEARS[:10], "2020-04", "2020-05"),
        change=(2, "the periods differ in length: '2020-04' has 30 days"),
        trend=(2, "the periods differ in length: '2020-04' has 30 days"),
        emerging=(0, "the periods differ in length, from 30 to 366 days"),
        check=(0, "crimes: periods of 2 lengths (year, month): each length has colours of its own"),
    ),
    "overlapping periods": Times(
        periods=(*(str(y) for y in range(2008, 2018)), "2017/18"),
        change=(2, "'2017' and '2017/18' overlap, so that the same events are in both"),
        trend=(2, "'2017' and '2017/18' overlap, so that the same events are in both"),
        emerging=(2, "begin before the one before them ends; first: '2017/18' after '2017'"),
        check=(0, "crimes: 1 of 11 periods overlap the one before; first: '2017' and '2017/18'"),
    ),
    "a period without residents": Times(
        periods=(*YEARS[:10], "since then"),
        residents=("2015", "2016"),
        change=(2, "1 of 11 periods are not understood; first: 'since then'"),
        trend=(2, "1 of 11 periods are not understood; first: 'since then'"),
        emerging=(2, "11 of 121 rows have no population; first: E05010784, persons, since then"),
        check=(1, "counts of since then get no rate: it cannot be said which of several"),
    ),
    "no period with residents": Times(
        periods=("since then", "before that"),
        residents=("2015", "2016"),
        **dict.fromkeys(
            ("change", "trend", "emerging", "check"),
            (2, "it cannot be said which residents counts of 'before that' divide by"),
        ),
        build=2,
    ),
    "areas that come and go": Times(
        periods=YEARS,
        gone={0: YEARS[:4], 1: YEARS[8:]},
        change=(0, "10 without a clear change"),
        trend=(0, "1 cannot be calculated (1: No figure for 2018/19 (missing)."),
        emerging=(0, "8 of 132 other counts are missing"),
        check=(1, "8 of 132 counts are missing"),
    ),
    "all zero": Times(
        periods=YEARS,
        zero=True,
        change=(0, "0 increasing, 0 decreasing, 11 without a clear change"),
        trend=(0, "0 increasing, 0 decreasing, 11 without a significant change"),
        emerging=(0, "No events at all: there is nothing to scan"),
        check=(0, "Nothing needs a decision"),
    ),
}


def counts_of(times, codes):
    random = np.random.default_rng(4)
    return HEAD + "".join(
        f"{code},persons,crimes,{period},{0 if times.zero else random.poisson(45)}\n"
        for n, code in enumerate(codes)
        for period in times.periods
        if period not in times.gone.get(n, ())
    )


def residents_of(times, codes):
    if not times.residents:
        rows = [f"{code},persons,7000\n" for code in codes]
        return "area_code,sex,population\n" + "".join(rows)
    rows = [f"{code},persons,{year},7000\n" for code in codes for year in times.residents]
    return "area_code,sex,period,population\n" + "".join(rows)


@pytest.mark.parametrize("command", ["change", "trend", "emerging"])
@pytest.mark.parametrize("case", CASES)
def test_commands(run, tmp_path, lincoln, case, command):
    times, (codes, outlines) = CASES[case], lincoln
    (tmp_path / "counts.csv").write_text(counts_of(times, codes))
    (tmp_path / "people.csv").write_text(residents_of(times, codes))
    more = ("--areas", outlines, "--permutations", "99") if command == "emerging" else ()
    code, printed, error = run(
        command, tmp_path / "counts.csv", "--population", tmp_path / "people.csv", *more,
        "--out", tmp_path / "out.csv",
    )  # fmt: skip
    expected, words = getattr(times, command)
    said = " ".join((error if expected else printed).split())
    assert (code, words in said) == (expected, True), said
    assert (tmp_path / "out.csv").exists() == (expected == 0)
    assert "Traceback" not in error
    if case == "all zero":
        # Nothing is not missing: every area has its row, and no ratio of zeros is made up.
        found = pd.read_csv(tmp_path / "out.csv")
        assert len(found) == len(codes)
        assert command != "change" or found["ratio"].isna().all()


def started(run, folder, times, codes):
    """A project of Lincoln by `init`, with residents of its own where the case has them."""
    (folder / "counts.csv").write_text(counts_of(times, codes))
    code, _, error = run(
        "init", folder / "own", "--area", "Lincoln", "--counts", folder / "counts.csv"
    )
    assert code == 0, error
    config = folder / "own" / "vawg.toml"
    text = config.read_text("utf-8")
    if times.residents:
        (folder / "own" / "people.csv").write_text(residents_of(times, codes))
        old = '{ file = "area/residents_wards.csv", level = "ward", basis = "estimated" }'
        assert old in text
        text = text.replace(old, '{ file = "people.csv" }')
    # What is looked for here is in no pattern and no overlay: none is computed.
    plain = "[hotspots]\nstatistic = []\nscan = false\n[smoothing]\nrisk = false\n"
    plain += '[editions]\nbuild = ["public"]\n'
    config.write_text(text.partition("[overlays]")[0] + plain, "utf-8")
    return config


@pytest.mark.parametrize("case", CASES)
def test_check(run, tmp_path, lincoln, case):
    times = CASES[case]
    code, printed, error = run("check", started(run, tmp_path, times, lincoln[0]))
    expected, words = times.check
    said = " ".join((printed + error).split())
    assert (code, words in said) == (expected, True), said
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "case",
    [
        "gaps in the series",
        "no period with residents",
        *(pytest.param(name, marks=pytest.mark.long) for name in CASES if "gap" not in name
          and "no period" not in name),
    ],
)  # fmt: skip
def test_build(run, tmp_path, lincoln, case):
    times = CASES[case]
    config = started(run, tmp_path, times, lincoln[0])
    code, _, error = run("build", config, "--edition", "public")
    assert (code, "Traceback" in error) == (times.build, False), error
    public = config.parent / "maps" / "public"
    assert public.exists() == (times.build == 0)
    if times.build:
        return
    rates = pd.read_csv(public / "tables" / "rates_ward.csv", dtype={"period": str})
    assert set(rates["period"]) == set(times.periods)
    lost = rates[rates["status"] == "missing"]
    if case == "a period without residents":
        assert set(lost["period"]) == {"since then"}
        assert lost["note"].str.contains("no residents of the area are known").all()
    elif case == "areas that come and go":
        assert len(lost) == sum(map(len, times.gone.values()))
    else:
        assert lost.empty
    if case == "all zero":
        assert set(rates["status"]) <= {"zero", "suppressed"}
