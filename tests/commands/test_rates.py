"""`vawg-geo rates`: what it writes, and what it refuses."""

from __future__ import annotations

import pandas as pd


def test_rates(run, tmp_path):
    (tmp_path / "counts.csv").write_text(
        "area_code,sex,period,indicator,count\n"
        "E06000031,persons,2015/16,incidents,4683\n"
        "E23000023,persons,2015/16,incidents,12302\n"
        "E07000010,persons,2015/16,incidents,x\n"
    )
    (tmp_path / "people.csv").write_text(
        "area_code,sex,population\nE06000031,persons,150817\nE23000023,persons,679010\n"
        "E07000010,persons,81732\n"
    )
    out = tmp_path / "rates.csv"
    arguments = ["rates", tmp_path / "counts.csv", "--population", tmp_path / "people.csv"]
    code, printed, _ = run(*arguments, "--comparator", "E23000023", "--out", out)
    assert code == 0
    assert "no small number is hidden" in printed
    rates = pd.read_csv(out).set_index("area_code")
    assert round(rates.loc["E06000031", "rate"], 1) == 31.1
    assert rates.loc["E06000031", "significance"] == "higher"
    assert rates.loc["E07000010", "status"] == "suppressed"
    assert pd.isna(rates.loc["E07000010", "rate"])
    narrow = rates
    run(*arguments, "--confidence", "0.998", "--method", "exact", "--out", out, "--replace")
    wide = pd.read_csv(out).set_index("area_code")
    assert wide.loc["E06000031", "rate_lower"] == wide.loc["E06000031", "rate_lower_998"]
    assert wide.loc["E06000031", "rate_lower"] < narrow.loc["E06000031", "rate_lower"]


def test_rates_on_bad_input_write_nothing(run, tmp_path):
    (tmp_path / "counts.csv").write_text(
        "area_code,sex,period,indicator,count\nE07000008,persons,y,i,-4\n"
    )
    (tmp_path / "people.csv").write_text("area_code,sex,population\nE07000008,persons,100\n")
    out = tmp_path / "rates.csv"
    code, _, error = run(
        "rates",
        tmp_path / "counts.csv",
        "--population",
        tmp_path / "people.csv",
        "--out",
        out,
    )
    assert code == 2
    assert "negative" in error
    assert sorted(p.name for p in tmp_path.iterdir()) == ["counts.csv", "people.csv"]


def test_rates_never_write_over_their_input(run, tmp_path):
    counts = tmp_path / "counts.csv"
    counts.write_text("area_code,sex,period,indicator,count\nE07000008,persons,y,i,4\n")
    (tmp_path / "people.csv").write_text("area_code,sex,population\nE07000008,persons,100\n")
    before = counts.read_bytes()
    arguments = ["rates", counts, "--population", tmp_path / "people.csv", "--out", counts]
    code, _, error = run(*arguments)
    assert code == 2
    assert "is one of the inputs" in error
    assert counts.read_bytes() == before
    code, _, error = run(*arguments[:-1], tmp_path / "o.csv", "--per", "0")
    assert code == 2
    assert "above 0" in error


def repeats_files(tmp_path):
    (tmp_path / "counts.csv").write_text(
        "area_code,sex,period,indicator,count\nE07000008,persons,2015/16,incidents,1725\n"
    )
    (tmp_path / "people.csv").write_text("area_code,sex,population\nE07000008,persons,110607\n")
    return ["rates", tmp_path / "counts.csv", "--population", tmp_path / "people.csv"]


def test_repeat_victims_reach_the_limits(run, tmp_path):
    arguments, out = repeats_files(tmp_path), tmp_path / "rates.csv"
    (tmp_path / "repeats.csv").write_text("events_per_person,persons\n1,200\n2,50\n4,20\n10,5\n")
    code, printed, _ = run(*arguments, "--repeat-victims", tmp_path / "repeats.csv", "--out", out)
    assert code == 0
    assert "the limits allow for repeat victims" in printed
    row = pd.read_csv(out).iloc[0]
    assert row["rate_method"] == "public-health, variance 2.8 times, 1.6 events a person"
    assert (round(row["rate_lower"], 1), round(row["rate_upper"], 1)) == (14.4, 16.9)
    code, printed, _ = run(*arguments, "--variance-factor", "2.8", "--out", out, "--replace")
    assert "by a factor from elsewhere" in printed


def test_repeat_victims_that_cannot_be_used(run, tmp_path):
    arguments, out = repeats_files(tmp_path), tmp_path / "rates.csv"
    few = tmp_path / "repeats.csv"
    few.write_text("events_per_person,persons\n1,20\n2,5\n")
    code, _, error = run(*arguments, "--repeat-victims", few, "--out", out)
    assert code == 2
    assert "fewer than 50 persons" in error
    code, _, error = run(
        *arguments, "--repeat-victims", few, "--variance-factor", "2", "--out", out
    )
    assert code == 2
    assert "Give one of them" in error
    code, _, error = run(*arguments, "--variance-factor", "0.2", "--out", out)
    assert code == 2
    assert not out.exists()


def test_months_are_of_a_month_or_made_yearly(run, tmp_path):
    rows = [f"E07000008,persons,2019-{m:02},incidents,{100 + m}\n" for m in range(1, 13)]
    (tmp_path / "counts.csv").write_text("area_code,sex,period,indicator,count\n" + "".join(rows))
    (tmp_path / "people.csv").write_text("area_code,sex,population\nE07000008,persons,120000\n")
    arguments = ["rates", tmp_path / "counts.csv", "--population", tmp_path / "people.csv"]
    code, printed, _ = run(*arguments, "--out", tmp_path / "plain.csv")
    assert code == 0
    assert "the same residents stand under all 12 periods: 2019-01 to 2019-12" in printed
    plain = pd.read_csv(tmp_path / "plain.csv")
    assert set(plain["denominator"]) == {"residents per month"}
    code, printed, _ = run(*arguments, "--annualise", "--out", tmp_path / "yearly.csv")
    assert (code, "rates of months are made yearly" in printed) == (0, True)
    yearly = pd.read_csv(tmp_path / "yearly.csv")
    assert set(yearly["denominator"]) == {"person-years of residents (made yearly)"}
    for name in ("rate", "rate_lower", "rate_upper"):
        assert (yearly[name] / plain[name]).round(9).unique().tolist() == [12.0]
    code, printed, _ = run(*arguments, "--pool", "6", "--out", tmp_path / "halves.csv")
    halves = pd.read_csv(tmp_path / "halves.csv")
    assert halves["period"].tolist() == ["2019-01 to 2019-06", "2019-07 to 2019-12"]
    # 621 events in half a year of 120,000 residents, so twice that in a year.
    assert round(halves["rate"].iloc[0], 6) == round(621 * 2 / 120, 6)


def test_pooled_years_say_what_is_left_out(run, tmp_path):
    years = ("2012/13", "2014/15", "2015/16", "2016/17")
    rows = [f"E07000008,persons,{year},incidents,30\n" for year in years]
    (tmp_path / "counts.csv").write_text("area_code,sex,period,indicator,count\n" + "".join(rows))
    (tmp_path / "people.csv").write_text("area_code,sex,population\nE07000008,persons,120000\n")
    arguments = ["rates", tmp_path / "counts.csv", "--population", tmp_path / "people.csv"]
    out = tmp_path / "out.csv"
    code, printed, _ = run(*arguments, "--pool", "3", "--out", out)
    assert (code, "left out of the pooled periods: 2012/13" in printed) == (0, True)
    assert pd.read_csv(out)["rate"].tolist() == [0.25]
    out.unlink()
    for options, match in (
        (("--pool", "5"), "no 5 periods follow each other"),
        (("--break", "2014/15"), "--break goes with --pool"),
        (("--annualise", "--standardise", "direct"), "go with crude rates"),
    ):
        code, _, error = run(*arguments, *options, "--out", out)
        assert (code, match in " ".join(error.split()), out.exists()) == (2, True, False), error
