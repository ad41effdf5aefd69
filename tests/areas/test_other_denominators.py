"""Rates per households, all recorded crime, square kilometres, women: each with its own words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import vawg_geo
from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.project import read_project
from vawg_geo.results.results import compute_results
from vawg_geo.results.series import series_of
from vawg_geo.words.figures import NO_DENOMINATOR, TOWN_CENTRES

MORE = """
[[denominators]]
name = "households"
kind = "households"
file = "households.csv"
[[denominators]]
name = "recorded crimes"
kind = "events"
file = "all_crime.csv"
[[denominators]]
name = "km²"
kind = "area"
[[denominators]]
name = "women aged 16 and over"
sex = "female"
age_group = "16+"
file = "women.csv"
[[indicators]]
name = "burglaries"
denominator = "households"
place = "offence"
[[indicators]]
name = "share"
denominator = "recorded crimes"
[[indicators]]
name = "density"
denominator = "km²"
place = "offence"
[[indicators]]
name = "victims"
denominator = "women aged 16 and over"
place = "offence"
[[indicators]]
name = "plain"
place = "unknown"
"""
NAMES = ("burglaries", "share", "density", "victims", "plain")


@pytest.fixture
def project(make_project, project_text, ward_codes):
    def make(more=MORE, small=None):
        counts = [
            f"{code},persons,2015/16,{name},{20 + n + 7 * place}"
            for place, name in enumerate(NAMES)
            for n, code in enumerate(ward_codes)
        ]
        # No share of the seventh ward's five crimes: so few are hidden if they are ours.
        counts[144 + 7] = f"{ward_codes[7]},persons,2015/16,share,0"
        if small:
            counts[144] = f"{ward_codes[0]},persons,2015/16,share,3"
        table = "\n".join(["area_code,sex,period,indicator,count", *counts]) + "\n"
        path = make_project(toml=project_text + more, table=table)
        for name, column in (
            ("households", lambda n: 1000 + n),
            ("all_crime", lambda n: 5 if n == 7 else 400 + n),
            ("women", lambda n: 2000 + n),
        ):
            sex = "female" if name == "women" else "persons"
            rows = [f"{code},{sex},{column(n)}" for n, code in enumerate(ward_codes)]
            text = "\n".join(["area_code,sex,population", *rows]) + "\n"
            (path.parent / f"{name}.csv").write_text(text, "utf-8")
        return path

    return make


@pytest.fixture
def results(project):
    return compute_results(protect(load_tables(read_project(project())), edition="public"))


def of_wards(results, name):
    rates = results.rates
    return rates[(rates["level"] == "ward") & (rates["indicator"] == name)].reset_index(drop=True)


def test_each_indicator_divides_by_its_own(results, ward_codes):
    wards = vawg_geo.read_boundaries("wards-2015").set_index("area_code")
    homes, share, density, victims = (of_wards(results, name) for name in NAMES[:4])
    places = np.array([ward_codes.index(code) for code in homes["area_code"]])
    assert (homes["population"] == 1000 + places).all()
    assert homes["rate"].to_numpy() == pytest.approx((20 + places) / (1000 + places) * 1000)
    known = places != 7
    assert share["rate"].to_numpy()[known] == pytest.approx(
        ((27 + places) / (400 + places) * 100)[known]
    )
    size = wards.loc[density["area_code"]].geometry.area.to_numpy() / 1e6
    assert density["rate"].to_numpy() == pytest.approx((34 + places) / size)
    assert (victims["population"] == 2000 + places).all()
    per = results.rates.groupby("indicator")[["rate_per", "denominator", "rate_method"]].first()
    assert per.loc["share"].tolist() == [100, "recorded crimes", "wilson"]
    assert per.loc["density"].tolist() == [1, "km²", "public-health"]
    assert per.loc["plain", "denominator"] == "residents aged 16 and over"


def test_larger_areas_are_sums_of_all_their_parts(results):
    rates = results.rates.set_index(["level", "indicator"])
    assert rates.loc[("police_area", "burglaries"), "population"].sum() == sum(
        1000 + n for n in range(144)
    )
    assert rates.loc[("police_area", "density"), "population"].sum() == pytest.approx(
        3400, rel=0.02
    )


def test_the_unit_is_in_every_heading(results):
    headings = {one.indicator.name: one.per for one in series_of(results, "ward")}
    assert headings == {
        "burglaries": "Rate per 1,000 households",
        "share": "Rate per 100 recorded crimes",
        "density": "Rate per km²",
        "victims": "Rate per 1,000 women aged 16 and over",
        "plain": "Rate per 1,000 residents aged 16 and over",
    }


def test_residents_under_offences_of_town_centres_are_said_once(results):
    caveats = {name: about.caveat for name, about in results.indicators.items()}
    assert caveats == {
        "burglaries": "", "share": "", "density": "",
        "victims": TOWN_CENTRES["offence"], "plain": TOWN_CENTRES["unknown"],
    }  # fmt: skip


def test_few_published_events_are_no_denominator(results, ward_codes):
    share = of_wards(results, "share").set_index("area_code").loc[ward_codes[7]]
    assert (share["status"], share["note"]) == ("missing", NO_DENOMINATOR)
    assert share[["count", "rate", "population"]].isna().all()


@pytest.mark.parametrize("edition", ["public", "partnership"])
def test_what_is_built_gives_no_hidden_count_away(project, tmp_path, ward_codes, edition):
    path = project(small=True)
    out = vawg_geo.build(read_project(path), out=tmp_path / "maps", editions=[edition])
    table = pd.read_csv(tmp_path / "maps" / edition / "tables" / "rates_ward.csv")
    row = table[(table["indicator"] == "share") & (table["area_code"] == ward_codes[0])].iloc[0]
    assert row["status"] == "suppressed"
    assert row[["count", "rate", "population"]].isna().all()
    assert (row["significance"], row["standing"]) == ("not_compared", "not_compared")
    page = (tmp_path / "maps" / edition / "ward.html").read_text("utf-8")
    assert "km²" in page
    assert out


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('denominator = "km²"', "", "no indicator names the denominator 'km²'"),
        ('kind = "area"', 'kind = "area"\nfile = "women.csv"', "a denominator has a file, but"),
        ('kind = "events"', 'kind = "events"\nbasis = "own"', "must be published"),
        ('kind = "area"', 'kind = "aera"', "Did you mean 'area'"),
        ('name = "km²"', 'name = "households"', "stands twice"),
    ],
)
def test_what_cannot_be_is_refused(project, old, new, match):
    path = project(MORE.replace(old, new, 1))
    with pytest.raises(ConfigurationError, match=match):
        load_tables(read_project(path))


def test_more_events_than_all_events_are_refused(project):
    path = project()
    few = "area_code,sex,population\n" + "".join(
        f"{line.split(',')[0]},persons,30\n"
        for line in (path.parent / "women.csv").read_text("utf-8").splitlines()[1:]
    )
    (path.parent / "all_crime.csv").write_text(few, "utf-8")
    with pytest.raises(InputError, match="147 of 152 counts are more than all recorded crimes"):
        load_tables(read_project(path))
