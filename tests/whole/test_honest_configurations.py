"""Honest projects of many kinds: each builds, with the audit, and none is told to hide more.

Everyday a share of them; all by

    pytest -n 0 -m "long or not long" tests/whole/test_honest_configurations.py

Twenty-nine of these kinds were refused when the list was made, and were seen to be. `DECISIONS` are
those that a person must take: they name the line, and build once it is confirmed there.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shapely.geometry import Polygon

from tests.examples import some_every_day
from tests.whole.honest import COUNTS, COUNTY, DISTRICTS, HOME, NAMES, WARDS, Draft, small_areas
from vawg_geo.audit.run import audit_files
from vawg_geo.errors import DecisionNeeded
from vawg_geo.pipeline import build

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, Callable[[Draft], None]] = {}


def kind(function: Callable[[Draft], None]) -> Callable[[Draft], None]:
    """Add a kind of configuration, named by its function."""
    KINDS[function.__name__] = function
    return function


def spread(start: int, step: int, size: int = 12) -> list[int]:
    """Counts that are all large."""
    return [start + (step * n) % 23 for n in range(size)]


def sums(values: list[Any]) -> list[int]:
    """Counts of the two districts."""
    return [sum(values[:6]), sum(values[6:])]


def split(values: list[int]) -> tuple[list[int], list[int]]:
    """Women and men of counts of persons."""
    women = [value - value // 5 for value in values]
    return women, [value - one for value, one in zip(values, women, strict=True)]


# --- Where files lie, and what outlines are ------------------------------------------------------


@kind
def the_plain_project(draft):
    pass


@kind
def boundary_by_an_absolute_path(draft):
    draft.config["areas"]["ward"]["boundaries"] = str((draft.folder / "wards.gpkg").resolve())


@kind
def counts_by_an_absolute_path(draft):
    draft.config["counts"][0]["file"] = str((draft.folder / "counts.csv").resolve())


@kind
def population_by_an_absolute_path(draft):
    people = str((draft.folder / "people.csv").resolve())
    draft.config["population"]["files"][0]["file"] = people


@kind
def published_counts_by_an_absolute_path(draft):
    draft.config["counts"][0] |= {
        "file": str((draft.folder / "counts.csv").resolve()), "basis": "published"
    }  # fmt: skip


@kind
def a_repaired_outline(draft):
    wards = draft.layers["ward"]
    x, y = 400e3, 300e3
    # A ring that touches itself, as drawn by hand: repaired with a note that names the ward.
    bow = Polygon([(x, y), (x + 2e3, y), (x + 2e3, y + 2e3), (x + 1e3, y + 2e3),
                   (x + 1200, y + 1e3), (x + 800, y + 1e3), (x + 1e3, y + 2e3),
                   (x, y + 2e3)])  # fmt: skip
    assert not bow.is_valid
    shapes = list(wards.geometry)
    shapes[0] = bow
    draft.layers["ward"] = wards.set_geometry(shapes, crs=wards.crs)


@kind
def a_repaired_outline_by_an_absolute_path(draft):
    a_repaired_outline(draft)
    boundary_by_an_absolute_path(draft)


@kind
def names_that_differ(draft):
    rows = [f"{code},{NAMES[code]} Ward,crimes,persons,2015/16,{value}"
            for code, value in zip(WARDS, COUNTS, strict=True)]  # fmt: skip
    draft.tables["counts.csv"] = "\n".join(
        ["area_code,area_name,indicator,sex,period,count", *rows]
    )


@kind
def counts_in_a_folder_called_data(draft):
    draft.tables["data/counts.csv"] = draft.tables.pop("counts.csv")
    draft.config["counts"][0]["file"] = "data/counts.csv"
    (draft.folder / "data").mkdir(parents=True)


# --- Words that readers see ----------------------------------------------------------------------


@kind
def a_wards_code_in_the_title(draft):
    draft.project(title="E05009903 and its neighbours, 2015/16")


@kind
def a_wards_code_in_a_caveat(draft):
    draft.project(caveats=["E05009903 was drawn anew in 2014; 12 streets moved."])


@kind
def a_wards_code_in_the_attribution(draft):
    draft.project(attribution=["Outlines: E05009901 to E05009912, edition 3 of 2015."])


@kind
def a_wards_code_in_an_indicators_caveat(draft):
    draft.indicator(caveat="E05009903 has a police station: 2 of 5 reports are made there.")


@kind
def a_wards_code_in_a_note(draft):
    draft.config["counts"][0]["notes"] = "E05009903 includes the 2 streets that moved in 2014"


@kind
def a_wards_code_in_an_indicators_title(draft):
    draft.indicator(title="Crimes (E05009903 as drawn in 2014)")


@kind
def ward_of_the_victims_postcode(draft):
    draft.indicator(definition="Crimes by the ward of the victim's postcode.")


@kind
def coordinates_that_the_police_recorded(draft):
    draft.indicator(definition="Crimes at the coordinates that the police recorded.")


@kind
def honour_based_abuse_is_not_in_it(draft):
    draft.indicator(definition="Crimes at home; honour-based abuse is not in it.")


@kind
def trafficking_is_counted_elsewhere(draft):
    draft.indicator(definition="Sexual offences. Trafficking is counted elsewhere.")


@kind
def fgm_and_forced_marriage_are_excluded(draft):
    draft.indicator(definition="Domestic abuse, excluding FGM, forced marriage and trafficking.")


@kind
def without_prostitution_offences(draft):
    draft.indicator(definition="Sexual offences without offences related to prostitution.")


@kind
def a_refuge_in_a_caveat(draft):
    draft.indicator(caveat="Women in refuges are counted where they lived before.")


@kind
def a_refuge_in_a_definition(draft):
    draft.indicator(definition="Referrals from any agency, refuges among them.")


@kind
def victims_home_address_in_a_definition(draft):
    draft.indicator(definition="Crimes by the ward of the victim's home address.")


@kind
def street_named_in_a_source(draft):
    draft.indicator(source="Street-level crime, data.police.uk; grid references rounded by them")


@kind
def ward_profiles_as_a_title(draft):
    draft.project(title="Ward profiles of Bourneshire")


@kind
def ward_profiles_as_a_publisher(draft):
    draft.project(publisher="Ward profiles team, Bourneshire")


@kind
def red_light_in_a_caveat(draft):
    draft.project(caveats=["Speed and red-light offences are not in these figures."])


@kind
def forced_marriage_among_others_in_a_definition(draft):
    draft.indicator(definition="Crimes at home, forced marriage among them.")


@kind
def brothels_in_a_caveat(draft):
    draft.project(caveats=["Offences at brothels are counted where the police station is."])


@kind
def a_wards_code_in_a_title_and_a_report(draft):
    draft.project(title='E05009903 & its neighbours: "the <moor>", 2015/16')
    draft.report = True


@kind
def an_address_of_the_publisher(draft):
    draft.project(publisher="Bourneshire CSP, Shire Hall, CB1 2AB")


@kind
def refuge_a_charity_in_the_attribution(draft):
    draft.project(attribution=["Text on help: Refuge and Women's Aid."])


@kind
def a_publisher_like_a_path(draft):
    draft.project(publisher="Community safety /home/ and /srv/ group")


@kind
def a_publisher_like_a_windows_path(draft):
    draft.project(publisher=r"Bourneshire CSP, S:\Community\VAWG")


@kind
def a_source_like_a_path(draft):
    draft.indicator(source="County/data/Crime team; /var/ table 3")


@kind
def an_agreement_like_a_path(draft):
    draft.project(agreement="ISA/data/2026/12")


@kind
def a_hash_in_the_attribution(draft):
    draft.project(attribution=["Outlines: sha256 " + "ab12" * 16])


@kind
def names_that_are_not_english(draft):
    for level, layer in draft.layers.items():
        names = [f"{name} (Ynys Môn, ŵ), l'Été" for name in layer["area_name"]]
        draft.layers[level] = layer.assign(area_name=names)
    draft.project(
        title="Trais yn erbyn menywod: Ynys Môn, Pen-y-bont ar Ogwr", publisher="Yr Heddlu"
    )
    draft.indicator(title="Troseddau (ŵyl, ŷd)")


@kind
def titles_with_figures_and_signs(draft):
    draft.project(title="10 years on: 16 to 24 & 'safe' <2015/16> \"draft 3\"")
    draft.indicator(title="Crimes, 16+ (per 1,000), 5 < 8 & 7")


@kind
def notes_with_numbers(draft):
    draft.config["counts"][0]["notes"] = "as at 31 March 2016; 12 records of 400 had no ward"


@kind
def notes_for_each_row(draft):
    rows = [f'{code},crimes,persons,2015/16,{value},"{NAMES[code]}: {n % 3} beats since 201{n % 6}"'
            for n, (code, value) in enumerate(zip(WARDS, COUNTS, strict=True))]  # fmt: skip
    draft.tables["counts.csv"] = "\n".join(["area_code,indicator,sex,period,count,note", *rows])


@kind
def an_indicator_called_as_a_column(draft):
    draft.counts({("count", "persons", "2015/16"): list(COUNTS)})


@kind
def an_indicator_called_as_a_sex(draft):
    draft.counts({("offences_female", "persons", "2015/16"): list(COUNTS)})


@kind
def an_indicator_with_signs_in_its_name(draft):
    draft.counts({("violence / sexual (all), 'recorded'", "persons", "2015/16"): list(COUNTS)})


# --- Figures -------------------------------------------------------------------------------------


@kind
def fractions_as_rebase_gives_them(draft):
    values = [18.25, 40.5, 12.75, 22.125, 3.4, 31.6, 27.9, 0, 30.1, 25.35, 6.45, 35.8]
    draft.counts({("crimes", "persons", "2015/16"): values})
    draft.config["counts"][0]["basis"] = "estimated"


@kind
def fractions_by_sex(draft):
    women = [18.25, 40.5, 12.75, 22.125, 23.4, 31.6, 27.9, 10, 30.1, 25.35, 16.45, 35.8]
    men = [9.75, 10.1, 11.2, 9.3, 3.1, 12.4, 14.3, 9.9, 2.6, 11.7, 12.9, 8.4]
    both = [round(a + b, 3) for a, b in zip(women, men, strict=True)]
    draft.counts({("crimes", "female", "2015/16"): women, ("crimes", "male", "2015/16"): men,
                  ("crimes", "persons", "2015/16"): both})  # fmt: skip
    draft.config["counts"][0]["basis"] = "estimated"


def _shares(draft, **ratio):
    incidents, arrests = spread(60, 7), spread(18, 5)
    arrests[3] = 4
    draft.counts({("incidents", "persons", "2015/16"): incidents,
                  ("arrests", "persons", "2015/16"): arrests})  # fmt: skip
    draft.config["ratios"] = [
        {"indicator": "arrests per 100 incidents", "numerator": "arrests",
         "denominator": "incidents", "per": 100, **ratio}
    ]  # fmt: skip


@kind
def ratios_of_own_counts(draft):
    _shares(draft)


@kind
def ratios_of_own_counts_with_a_report(draft):
    _shares(draft)
    draft.report = True


@kind
def ratios_of_two_years(draft):
    draft.counts({(name, "persons", year): spread(first + later, step)
                  for name, first, step in (("incidents", 60, 7), ("arrests", 18, 5))
                  for year, later in (("2014/15", 0), ("2015/16", 4))})  # fmt: skip
    draft.config["ratios"] = [{"indicator": "arrests per 100 incidents", "numerator": "arrests",
                               "denominator": "incidents"}]  # fmt: skip


@kind
def two_ratios_of_one_denominator(draft):
    incidents, arrests, charges = spread(60, 7), spread(18, 5), spread(11, 3)
    arrests[3], charges[8] = 4, 5
    draft.counts({("incidents", "persons", "2015/16"): incidents,
                  ("arrests", "persons", "2015/16"): arrests,
                  ("charges", "persons", "2015/16"): charges})  # fmt: skip
    draft.config["ratios"] = [
        {"indicator": f"{name} per 100 incidents", "numerator": name, "denominator": "incidents"}
        for name in ("arrests", "charges")
    ]


@kind
def the_plain_project_with_a_report(draft):
    draft.report = True


@kind
def rape_by_sex_with_other_and_the_whole_as_persons(draft):
    rape, other = spread(14, 3), spread(31, 5)
    rape[4] = 8
    women, men = split(rape)
    whole = [a + b for a, b in zip(rape, other, strict=True)]
    draft.counts({
        ("rape", "female", "2015/16"): women, ("rape", "male", "2015/16"): men,
        ("rape", "persons", "2015/16"): rape,
        ("other sexual offences", "persons", "2015/16"): other,
        ("sexual offences", "persons", "2015/16"): whole,
    })  # fmt: skip
    for name in ("rape", "other sexual offences"):
        draft.indicator(name, part_of="sexual offences", part_of_complete=True)


def _nest_of_three(draft, *, complete):
    rape, other, rest = spread(14, 3), spread(31, 5), spread(90, 11)
    rape[4] = 5
    sexual = [a + b for a, b in zip(rape, other, strict=True)]
    violence = [a + b for a, b in zip(sexual, rest, strict=True)]
    draft.counts({("rape", "persons", "2015/16"): rape,
                  ("other sexual", "persons", "2015/16"): other,
                  ("other violence", "persons", "2015/16"): rest,
                  ("violence", "persons", "2015/16"): violence})  # fmt: skip
    rows = [f"{code},sexual offences,persons,2015/16,{value}"
            for code, value in zip(DISTRICTS, sums(sexual), strict=True)]  # fmt: skip
    head = "area_code,indicator,sex,period,count"
    draft.tables["districts.csv"] = "\n".join([head, *rows])
    draft.config["counts"].append({"file": "districts.csv", "basis": "own", "level": "district"})
    draft.indicator("rape", part_of="sexual offences", part_of_complete=complete)
    draft.indicator("other sexual", part_of="sexual offences", part_of_complete=complete)
    draft.indicator("sexual offences", part_of="violence", part_of_complete=complete)
    draft.indicator("other violence", part_of="violence", part_of_complete=complete)


@kind
def a_complete_nest_of_three_whose_middle_is_by_district(draft):
    _nest_of_three(draft, complete=True)


@kind
def a_nest_of_three_whose_middle_is_by_district(draft):
    _nest_of_three(draft, complete=False)


@kind
def a_part_of_a_complete_sum_that_nobody_gives(draft):
    # The district's whole would give it, one event, and is hidden.
    rape = spread(14, 3)[:6]
    draft.counts({("rape", "persons", "2015/16"): [*rape, *[None] * 6]})
    rows = [f"{DISTRICTS[0]},sexual offences,persons,2015/16,{sum(rape) + 1}"]
    draft.tables["districts.csv"] = "\n".join(["area_code,indicator,sex,period,count", *rows])
    draft.config["counts"].append({"file": "districts.csv", "basis": "own", "level": "district"})
    for name in ("rape", "other sexual"):
        draft.indicator(name, part_of="sexual offences", part_of_complete=True)


@kind
def preset_open_with_a_decision(draft):
    draft.config["disclosure"] = {"preset": "open", "decision": "DPO, 3 May 2026: public already"}


@kind
def preset_open_in_the_partnership_edition(draft):
    draft.config["disclosure"] = {
        "decision": "DPO, 3 May 2026: partners see all", "partnership": {"preset": "open"},
    }  # fmt: skip


@kind
def preset_dfe(draft):
    draft.config["disclosure"] = {"preset": "dfe"}


@kind
def noughts_hidden_too(draft):
    draft.config["disclosure"] = {"public": {"smallest_hidden": 0}}


@kind
def noughts_hidden_in_both_editions(draft):
    draft.config["disclosure"] = {
        "public": {"smallest_hidden": 0}, "partnership": {"smallest_hidden": 0, "largest_hidden": 4},
    }  # fmt: skip


@kind
def rounding(draft):
    draft.config["disclosure"] = {"protection": "rounding"}


@kind
def rounding_by_sex_and_year(draft):
    draft.counts(_by_sex_and_year())
    draft.config["disclosure"] = {"protection": "rounding", "round_to": 5}


@kind
def a_higher_threshold(draft):
    draft.config["disclosure"] = {"public": {"largest_hidden": 15}}


def _small_comparator(draft):
    values = [None, None, None, None, None, None, 0, 2, 0, 1, 0, 0]
    draft.counts({("stalking", "persons", "2015/16"): values,
                  ("crimes", "persons", "2015/16"): spread(20, 7)})  # fmt: skip


@kind
def a_comparator_that_is_itself_hidden(draft):
    _small_comparator(draft)
    draft.config["significance"]["comparator"] = DISTRICTS[1]
    draft.indicator("stalking", scope=DISTRICTS[1], comparator=DISTRICTS[1])


@kind
def a_county_of_a_handful(draft):
    draft.counts({("stalking", "persons", "2015/16"): [0, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0]})


@kind
def a_comparator_of_a_hidden_ratio(draft):
    few = [0, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0]
    draft.counts({("incidents", "persons", "2015/16"): spread(60, 7),
                  ("arrests", "persons", "2015/16"): few})  # fmt: skip
    draft.config["ratios"] = [{"indicator": "arrests per 100 incidents", "numerator": "arrests",
                               "denominator": "incidents"}]  # fmt: skip


@kind
def every_count_nought(draft):
    draft.counts({("stalking", "persons", "2015/16"): [0] * 12})


@kind
def wards_without_a_row(draft):
    values: list[Any] = list(COUNTS)
    values[2] = values[9] = None
    draft.counts({("crimes", "persons", "2015/16"): values})


@kind
def one_district_only(draft):
    draft.counts({("crimes", "persons", "2015/16"): [*spread(20, 7)[:6], *[None] * 6]})
    draft.indicator(scope=DISTRICTS[0], comparator=DISTRICTS[0])


@kind
def hidden_by_the_source(draft):
    draft.tables["counts.csv"] = draft.tables["counts.csv"].replace(",3\n", ",*\n")


def _by_sex_and_year():
    series = {}
    for year, start in (("2014/15", 24), ("2015/16", 29)):
        persons = spread(start, 7)
        persons[5] = 9
        women, men = split(persons)
        series |= {("crimes", "persons", year): persons, ("crimes", "female", year): women,
                   ("crimes", "male", year): men}  # fmt: skip
    return series


@kind
def two_years_by_sex(draft):
    draft.counts(_by_sex_and_year())


@kind
def women_and_persons_only(draft):
    draft.counts({key: values for key, values in _by_sex_and_year().items() if key[1] != "male"})


@kind
def women_only(draft):
    draft.counts({("crimes", "female", "2015/16"): list(COUNTS)})


@kind
def quarters_and_their_year(draft):
    quarters = {f"2015/16 Q{n}": spread(9 + n, 3 + 2 * n) for n in (1, 2, 3, 4)}
    quarters["2015/16 Q2"][4] = 2
    series = {("crimes", "persons", name): values for name, values in quarters.items()}
    series["crimes", "persons", "2015/16"] = [
        sum(some) for some in zip(*quarters.values(), strict=True)
    ]
    draft.counts(series)


@kind
def three_years_pooled(draft):
    years = {
        name: spread(20 + n, 5 + 2 * n) for n, name in enumerate(("2013/14", "2014/15", "2015/16"))
    }
    pooled = [sum(some) for some in zip(*years.values(), strict=True)]
    draft.counts({("crimes", "persons", "2013/14 to 2015/16"): pooled})
    draft.project(period="2013/14 to 2015/16")


@kind
def a_published_indicator_beside_own_ones(draft):
    draft.counts({("stalking", "persons", "2015/16"): list(COUNTS)})
    rows = [f"{code},burglary,persons,2015/16,{value}"
            for code, value in zip(WARDS, [3, 1, 0, 9, 4, 2, 17, 8, 5, 5, 1, 2], strict=True)]  # fmt: skip
    draft.tables["public.csv"] = "\n".join(["area_code,indicator,sex,period,count", *rows])
    draft.config["counts"].append(
        {"file": "public.csv", "basis": "published", "level": "ward", "vintage": "2015"}
    )


@kind
def illustrative_counts(draft):
    draft.config["counts"][0]["basis"] = "illustrative"


@kind
def published_district_totals_of_own_wards(draft):
    rows = [f"{code},crimes,persons,2015/16,{value}"
            for code, value in zip(DISTRICTS, sums(COUNTS), strict=True)]  # fmt: skip
    draft.tables["known.csv"] = "\n".join(["area_code,indicator,sex,period,count", *rows])
    draft.config["known"] = [{"file": "known.csv", "basis": "published", "level": "district"}]


@kind
def two_indicators_of_one_table(draft):
    draft.counts({("crimes", "persons", "2015/16"): list(COUNTS),
                  ("stalking", "persons", "2015/16"): spread(6, 5)})  # fmt: skip


@kind
def an_indicator_as_the_whole_of_another(draft):
    part, whole = list(COUNTS), [value + 30 for value in COUNTS]
    draft.counts({("domestic", "persons", "2015/16"): part,
                  ("violence", "persons", "2015/16"): whole})  # fmt: skip
    draft.indicator("domestic", part_of="violence")


@kind
def the_analysts_edition_too(draft):
    draft.config["editions"] = {
        "build": ["public", "partnership", "analyst"], "reason": "checking; ward of the postcode"
    }  # fmt: skip


@kind
def every_format(draft):
    draft.config["output"] = {"formats": ["flatgeobuf", "geoparquet", "shapefile", "filegdb"]}


@kind
def every_format_by_sex_and_year(draft):
    draft.counts(_by_sex_and_year())
    draft.config["output"] = {"formats": ["flatgeobuf", "geoparquet", "shapefile", "filegdb"]}


@kind
def rates_per_100_000_by_byar(draft):
    draft.config["rates"] = {"per": 100000, "method": "byar"}


@kind
def wilsons_limits_and_the_funnel(draft):
    draft.config["rates"] = {"per": 100, "method": "wilson"}
    draft.config["significance"] |= {"rule": "funnel", "overdispersion": True}


@kind
def no_correction_and_no_scan(draft):
    draft.config["hotspots"] |= {"correction": "none", "scan": False, "statistic": ["gi-star"]}


# --- What is laid over the rates -----------------------------------------------------------------


def _access(draft, *, within_km=None, towns=True):
    small_areas(draft)
    draft.tables["sites.csv"] = (
        "site,kind,easting,northing,district_code,idva\n"
        "Northbourne Hospital,hospital,400900,301200,E07000401,yes\n"
        "Southbourne Hospital,hospital,407100,304800,E07000402,yes\n"
    )
    draft.config["overlays"]["access"] = {"sites": "sites.csv", "next_sites": 2}
    if towns:
        draft.tables["towns.csv"] = (
            "town,easting,northing,district_code\nMidham,402900,303100,E07000401\n"
            "Overton,405100,303000,E07000402\nUnderhill,407000,301000,E07000402\n"
        )
        draft.config["overlays"]["access"]["towns"] = "towns.csv"
    if within_km:
        draft.config["overlays"]["access"]["within_km"] = within_km


@kind
def access_within_the_usual_distances(draft):
    _access(draft)


@kind
def access_within_other_distances(draft):
    _access(draft, within_km=[3, 7.5, 15])


@kind
def access_within_one_distance(draft):
    _access(draft, within_km=[1.25], towns=False)


@kind
def access_within_four_distances_and_every_format(draft):
    _access(draft, within_km=[0.5, 2, 4, 8])
    draft.config["output"] = {"formats": ["flatgeobuf", "geoparquet", "shapefile", "filegdb"]}


def _deprivation(draft):
    small_areas(draft)
    draft.config["overlays"]["deprivation"] = {"file": "imd.csv", "source_claims": ["crimes"]}


@kind
def deprivation(draft):
    _deprivation(draft)


@kind
def deprivation_and_a_report(draft):
    _deprivation(draft)
    draft.report = True


def _services(draft):
    lines = [
        "service,area_code,level,coverage,valid_from,valid_to,provides,age_range,public_site,note"
    ]
    for n, code in enumerate(DISTRICTS):
        lines += [
            f"Bourne IDVA service,{code},district,stated,2015-04-01,{'2016-06-30' if n else ''},"
            "high-risk victims,all,,since 1 April 2015",
            f"Bourne outreach,{code},district,{'none' if n else 'stated'},2015-04-01,,outreach,all,,",
        ]
    lines += [f"Ward hub,{code},ward,{'stated' if n % 2 else 'none'},2015-04-01,,outreach,all,,"
              for n, code in enumerate(WARDS)]  # fmt: skip
    draft.tables["services.csv"] = "\n".join(lines) + "\n"
    draft.config.setdefault("overlays", {})["services"] = {
        "file": "services.csv", "date": dt.date(2016, 3, 31), "compare_with": dt.date(2017, 4, 1)
    }  # fmt: skip


@kind
def services(draft):
    _services(draft)


def _reach(draft):
    _services(draft)
    referrals = spread(9, 5)
    referrals[1] = 3
    draft.counts({("incidents", "persons", "2015/16"): spread(60, 7),
                  ("referrals", "persons", "2015/16"): referrals,
                  ("referrals", "female", "2015/16"): [v - v // 6 for v in referrals]})  # fmt: skip
    draft.config["overlays"]["services"]["reach"] = [
        {"name": "Referrals per 100 incidents", "numerator": "referrals", "sex": "persons",
         "denominator": "incidents", "comparator": COUNTY},
        {"name": "Referrals per 1,000 women", "numerator": "referrals", "per": 1000},
    ]  # fmt: skip


@kind
def reach_of_own_counts(draft):
    _reach(draft)


@kind
def reach_of_own_counts_with_a_report(draft):
    _reach(draft)
    draft.report = True


@kind
def reach_that_is_hidden_for_the_comparator(draft):
    _reach(draft)
    draft.counts({("incidents", "persons", "2015/16"): spread(60, 7),
                  ("referrals", "persons", "2015/16"): [0, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0]})  # fmt: skip
    del draft.config["overlays"]["services"]["reach"][1]


def _profiles(draft):
    rows = [f"brothel concentration,{WARDS[n]},{NAMES[WARDS[n]]},ward,2015-12-31,{HOME[WARDS[n]]},highest,"
            "2016-06-26,inferred,High Street," for n in (2, 7)]  # fmt: skip
    head = ("profile,area_code,area_name,level,vintage,parent_code,profile_class,as_of,basis,"
            "area_name_in_source,note")  # fmt: skip
    draft.tables["profiles.csv"] = "\n".join([head, *rows]) + "\n"
    draft.config.setdefault("overlays", {})["profiles"] = {"file": "profiles.csv"}


@kind
def profiles_of_wards(draft):
    _profiles(draft)


@kind
def surfaces(draft):
    _access(draft)
    draft.config["overlays"]["surfaces"] = {"cell_m": 250}


def _history(draft):
    """A table of a source by group and year, small counts in it, and what its text says."""
    rows = [f"calls,{COUNTY},{group},{year},{number}" for group, numbers in
            {"all": (31, 36), "unborn": (2, 3), "children": (29, 33)}.items()
            for year, number in zip(("2014/15", "2015/16"), numbers, strict=True)]  # fmt: skip
    draft.tables["published.csv"] = "\n".join(["indicator,area_code,category,period,value", *rows])
    people = [f"{COUNTY},children,{year},{number}" for year, number in
              (("2014/15", 21000), ("2015/16", 21500))]  # fmt: skip
    draft.tables["children.csv"] = "\n".join(["area_code,category,period,population", *people])
    draft.tables["said.csv"] = (
        "statement,indicator,area_code,since,until,stated_percent,comparator\n"
        f"Incidents fell by 5%.,incidents,{COUNTY},2014/15,2015/16,-5,\n"
        f"The rate is above the county's.,incidents,{DISTRICTS[0]},,2015/16,,{COUNTY}\n"
    )
    draft.config.setdefault("overlays", {})["history"] = {
        "file": "published.csv", "residents": "children.csv", "statements": "said.csv",
        "series": [{"indicator": "calls", "whole": "all", "without": ["unborn"],
                    "called": "children born", "source": "a made-up source"}],
    }  # fmt: skip


def _everything(draft):
    _reach(draft)
    _history(draft)
    _deprivation(draft)
    _profiles(draft)
    _access(draft, within_km=[3, 7.5, 15])
    draft.config["overlays"]["surfaces"] = {"cell_m": 250}
    draft.config["overlays"]["deprivation"]["source_claims"] = ["incidents"]


@kind
def every_overlay(draft):
    _everything(draft)


@kind
def every_overlay_with_a_report(draft):
    _everything(draft)
    draft.report = True


@kind
def every_overlay_and_every_format(draft):
    _everything(draft)
    draft.config["output"] = {"formats": ["flatgeobuf", "geoparquet", "shapefile", "filegdb"]}


@kind
def a_refuge_service_by_district(draft):
    _services(draft)
    draft.tables["services.csv"] += (
        f"Bourne refuge,{DISTRICTS[0]},district,stated,2015-04-01,,refuge accommodation,all,,\n"
    )


# What only a person can decide: the message names the line, and with what it asks for the project
# builds.
DECISIONS = {
    "a_wards_code_in_a_caveat": "[project] caveats",
    "a_wards_code_in_the_attribution": "[project] attribution",
    "a_wards_code_in_an_indicators_caveat": "[[indicators]] 'crimes', caveat",
    "a_wards_code_in_a_note": "[[counts]] 'counts.csv', notes",
    "a_refuge_in_a_definition": "[[indicators]] 'crimes', definition",
    "forced_marriage_among_others_in_a_definition": "[[indicators]] 'crimes', definition",
    "brothels_in_a_caveat": "[project] caveats",
}  # fmt: skip
# A share of those that build, for every day: one of each sort, the quick ones.
EVERYDAY = (
    "names_that_are_not_english",
    "fractions_by_sex",
    "preset_open_with_a_decision",
    "noughts_hidden_too",
    "a_comparator_that_is_itself_hidden",
    "every_overlay",
    "a_complete_nest_of_three_whose_middle_is_by_district",
    "a_repaired_outline_by_an_absolute_path",
)


@pytest.mark.parametrize(
    "name",
    [
        name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.long)
        for name in KINDS
        if name not in DECISIONS
    ],
)
def test_an_honest_project_builds(name, tmp_path):
    draft = Draft(Path(tmp_path) / "project")
    KINDS[name](draft)
    built = build(draft.write(), report=draft.report)
    assert built.folders


def confirm(draft, text):
    """Say in the configuration that somebody read a text."""
    draft.config.setdefault("disclosure", {}).setdefault("confirmed", []).append(
        {"text": text, "by": "Data protection officer", "on": dt.date(2026, 11, 30)}
    )


@pytest.mark.parametrize(
    ("name", "where"),
    some_every_day(DECISIONS.items(), 1),
)
def test_a_decision_names_its_line_and_is_taken_there(name, where, tmp_path):
    draft = Draft(Path(tmp_path) / "project")
    KINDS[name](draft)
    config = draft.write()
    with pytest.raises(DecisionNeeded, match=r"vawg\.toml, line \d+, " + re.escape(where)) as asked:
        build(config)
    assert not (config.parent / "maps").exists()
    text = json.loads(re.search(r"text = (\".*?(?<!\\)\"), by", str(asked.value))[1])
    line = int(re.search(r"line (\d+)", str(asked.value))[1])
    assert text.split()[0] in config.read_text("utf-8").splitlines()[line - 1]
    confirm(draft, text)
    built = build(draft.write())
    record = json.loads((built.folders["public"] / "build.json").read_text("utf-8"))
    assert {"Data protection officer"} >= {one.get("by") for one in record.get("words", [])}
    assert audit_files(built.folders["public"]).passed
    # A text that was changed since is asked about anew.
    draft.config["disclosure"]["confirmed"][0]["text"] += " "
    build(draft.write())
    draft.config["disclosure"]["confirmed"][0]["text"] += "Or so."
    with pytest.raises(DecisionNeeded):
        build(draft.write())
