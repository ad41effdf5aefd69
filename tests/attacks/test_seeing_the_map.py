"""Whatever a hidden count is, the public files are the same to the byte."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.pipeline import build
from vawg_geo.project import read_project

NEED = "domestic abuse incidents"
# Contacts with services, of women; and cases, of persons.
CONTACTS = ("IDVA high-risk referrals", "Cambridge Women's Aid contacts")
CASES = "MARAC cases heard"
# Everything that is laid over the rates, and so must not say what they do not.
LAID_OVER = {
    "rates_by_deprivation", "deprivation_links", "rate_and_deprivation", "source_claims", "reach",
    "gaps",
}  # fmt: skip


def rows_of(female, male, contacts, codes):
    lines = ["area_code,sex,period,indicator,count"]
    for place, (code, women, men) in enumerate(zip(codes, female, male, strict=True)):
        for sex, count in (("female", women), ("male", men), ("persons", women + men)):
            lines.append(f"{code},{sex},2015/16,{NEED},{count}")
        lines += [f"{code},female,2015/16,{name},{contacts[place]}" for name in CONTACTS]
        # No copy of the contacts: of a copy, what is shown would tell what is hidden of them.
        more = 0 if place % 5 == 1 else 1 + place * 7 % 11
        lines.append(f"{code},persons,2015/16,{CASES},{contacts[place] + more}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def counts(ward_codes):
    """Women and men by ward; a small count in every fourth ward, all sums large."""
    generator = np.random.default_rng(20151)
    female = generator.integers(20, 90, len(ward_codes))
    male = generator.integers(20, 60, len(ward_codes))
    small = np.arange(0, len(ward_codes), 4)
    female[small] = generator.integers(2, 7, len(small))
    return female, male, small


@pytest.fixture
def contacts(ward_codes):
    """Counts of a service's contacts by ward; a small one in every fifth, from the second on."""
    generator = np.random.default_rng(20152)
    numbers = generator.integers(9, 40, len(ward_codes))
    small = np.arange(1, len(ward_codes), 5)
    numbers[small] = generator.integers(2, 7, len(small))
    return numbers, small


def swapped(female, male, small, districts, hidden):
    """Move one woman between two small counts of a district so that all that is shown stays.

    In each of the two wards the men make up for it where they are hidden, and persons do where
    those are.
    """
    female, male = female.copy(), male.copy()
    moved = 0
    groups = {}
    for place in small:
        groups.setdefault((districts[place], hidden[place]), []).append(place)
    for (_, also_hidden), places in groups.items():
        for one, other in zip(places[::2], places[1::2], strict=False):
            step = 1 if female[one] < 7 and female[other] > 1 else -1
            female[one], female[other] = female[one] + step, female[other] - step
            if "male" in also_hidden:
                male[one], male[other] = male[one] - step, male[other] + step
            moved += 1
    return female, male, moved


@pytest.mark.promise
@pytest.mark.parametrize("spatial_model", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_public_files_are_the_same_to_the_byte(
    overlaid, ward_codes, counts, contacts, tmp_path, spatial_model
):
    """Seeing the map tells nothing: with other hidden counts the public files are the same to the
    byte.
    """
    female, male, small = counts
    numbers, few = contacts

    def project(folder, women, men, of_services):
        table = rows_of(women, men, of_services, ward_codes)
        return overlaid(
            tmp_path / folder,
            table,
            claims=[NEED],
            wards=ward_codes,
            spatial_model=spatial_model,
        )

    first_config = project("a", female, male, numbers)
    tables = load_tables(read_project(first_config))
    districts = [tables.parents[code] for code in ward_codes]
    shown = protect(tables).counts
    cells = shown[(shown["level"] == "ward") & (shown["status"] == "suppressed")]
    need = cells[(cells["indicator"] == NEED) & (cells["sex"] != "female")]
    also = need.groupby("area_code")["sex"].agg(frozenset).to_dict()
    hidden = [also.get(code, frozenset()) for code in ward_codes]
    assert all(hidden[place] for place in small)
    # Of a ward's two other cells either will do as the partner of a small one: where persons are
    # hidden, another number of women may turn the choice.
    men = [place for place in small if hidden[place] == {"male"}]
    other_female, other_male, moved = swapped(female, male, men, districts, hidden)
    other_numbers, _, also_moved = swapped(numbers, numbers, few, districts, [frozenset()] * 144)
    assert moved > 10
    assert also_moved > 8
    assert ((other_female[small] >= 1) & (other_female[small] <= 7)).all()
    assert ((other_numbers[few] >= 1) & (other_numbers[few] <= 7)).all()
    first = build(first_config, out=tmp_path / "a-out", editions=["public"]).folders["public"]
    second = build(
        project("b", other_female, other_male, other_numbers),
        out=tmp_path / "b-out", editions=["public"],
    ).folders["public"]  # fmt: skip
    names = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(second) for p in second.rglob("*") if p.is_file())
    assert len(names) > 10
    different = [n for n in names if (first / n).read_bytes() != (second / n).read_bytes()]
    assert different == []
    _require_overlays_of_wards(first)


def _require_overlays_of_wards(folder):
    """Nothing is proved by tables that have no wards, or wards with nothing hidden."""
    tables = {path.stem: pd.read_csv(path) for path in (folder / "tables").glob("*.csv")}
    assert set(tables) >= LAID_OVER
    for name in LAID_OVER:
        assert (tables[name]["level"] == "ward").any(), name
    reached = tables["reach"][tables["reach"]["level"] == "ward"]
    hidden = reached["status"] == "suppressed"
    assert hidden.sum() > 20
    assert reached.loc[hidden, ["reach", "reach_lower", "reach_upper"]].isna().all(axis=None)
    assert (tables["rates_by_deprivation"]["areas_without"] > 0).any()
    classes = tables["rate_and_deprivation"]
    assert classes.loc[classes["status"] == "suppressed", "rate_class"].isna().all()
    words = tables["gaps"]["words"]
    assert words.str.startswith("No rate").any() or words.str.contains("; no rate of").any()
