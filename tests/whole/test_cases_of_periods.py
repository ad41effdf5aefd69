"""Periods as spreadsheets and offices write them, in counts of wards that somebody gave."""

from __future__ import annotations

import shutil

import pytest

from vawg_geo import load_default, protect
from vawg_geo.errors import DisclosureError

pytestmark = pytest.mark.shared


def test_months_of_small_areas_are_refused_as_a_spreadsheet_prints_them(shared, tmp_path):
    table = shutil.copyfile(
        shared / "cases" / "months_as_excel_writes_them.csv", tmp_path / "months.csv"
    )
    tables = load_default(counts=table)
    assert set(tables.counts["period"]) == {"2019-08"}
    with pytest.raises(DisclosureError, match=r"small areas by sex and month.*'2019-08'"):
        protect(tables, edition="public")


def test_a_hidden_quarter_in_words_has_a_hidden_partner_in_its_year(shared, tmp_path):
    table = shutil.copyfile(shared / "cases" / "quarters_in_words.csv", tmp_path / "quarters.csv")
    edition = protect(load_default(counts=table), edition="public")
    counts = edition.counts[edition.counts["level"] == "ward"]
    hidden = counts[counts["status"] == "suppressed"]
    assert len(hidden) > 0
    by_ward = hidden.groupby("area_code")["period"].count()
    shown = counts[(counts["period"] == "2015/16") & counts["count"].notna()]["area_code"]
    # Where the year is shown, a lone hidden quarter would follow by subtraction.
    assert (by_ward[by_ward.index.isin(shown)] >= 2).all()
