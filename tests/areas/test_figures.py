"""Published figures that anybody can look up, as the gate knows them."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.project import read_project

SERVICES = """
[overlays.services]
file = "services"
date = 2016-03-31
figures = "figures.csv"
"""
PETERBOROUGH = "E06000031"
FIGURE = (
    f"indicator,area_code,sex,period,value,unit\ncases,{PETERBOROUGH},persons,2015/16,{{}},cases\n"
)


@pytest.fixture
def project(make_project, project_text):
    """Own counts of cases by district: a single man in a hundred in Peterborough."""
    districts = ["E07000008", "E07000009", "E07000010", "E07000011", "E07000012", PETERBOROUGH]
    rows = ["area_code,sex,period,indicator,count"]
    for place, code in enumerate(districts):
        women, men = 504 + place, 3 if code == PETERBOROUGH else 60 + place
        for sex, count in (("female", women), ("male", men), ("persons", women + men)):
            rows.append(f"{code},{sex},2015/16,cases,{count}")
    text = project_text.replace('level = "ward"\nvintage = "2015"', 'level = "district"')

    def write(figures):
        config = make_project(table="\n".join(rows) + "\n", toml=text + SERVICES)
        (config.parent / "figures.csv").write_text(figures)
        return load_tables(read_project(config))

    return write


def hidden(edition):
    rows = edition.counts[edition.counts["status"] == "suppressed"]
    return set(zip(rows["area_code"], rows["sex"], strict=True))


def test_what_is_published_elsewhere_hides_nothing(project):
    """Beside the men, persons are hidden; where these are published, the women must be."""
    without = hidden(protect(project(FIGURE.replace("cases,E", "others,E").format(512))))
    assert {(PETERBOROUGH, "male"), (PETERBOROUGH, "persons")} <= without
    assert (PETERBOROUGH, "female") not in without
    tables = project(FIGURE.format(512))
    assert tables.known[["area_code", "sex", "count"]].to_numpy().tolist() == [
        [PETERBOROUGH, "persons", 512]
    ]
    # With 509 women shown, whoever looks up 512 persons would know of 3 men.
    assert {(PETERBOROUGH, "male"), (PETERBOROUGH, "female")} <= hidden(protect(tables))


def test_only_figures_of_our_indicators_areas_and_kind_are_known(project):
    more = [
        f"cases,E07000999,female,2015/16,9,cases\ncases,{PETERBOROUGH},male,2015/16,33,percent",
        f"others,{PETERBOROUGH},male,2015/16,33,cases",
    ]
    tables = project(FIGURE.format(512) + "\n".join(more) + "\n")
    assert tables.known["count"].tolist() == [512]
    assert tables.known["basis"].tolist() == ["published"]


def test_a_figure_beside_the_same_known_table_counts_once(project):
    table = project(FIGURE.format(512)).known
    assert not table.duplicated(["area_code", "indicator", "sex", "period"]).any()
    assert isinstance(table, pd.DataFrame)
