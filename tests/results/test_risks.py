"""Smoothed risks of an edition: hidden counts have none, lend none, and are in no rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import vawg_geo
from vawg_geo.areas.neighbours.build import contiguity
from vawg_geo.errors import ConfigurationError
from vawg_geo.measures.risk.series import risk_columns
from vawg_geo.project import default_project_path, read_project
from vawg_geo.results.risks import risks_of
from vawg_geo.terms.tables import RISKS, names_that_tell


@pytest.fixture(scope="module")
def month():
    """Made-up counts on the embedded wards, and who neighbours whom."""
    layer = vawg_geo.read_boundaries("wards-2015")
    rng = np.random.default_rng(8)
    codes = layer["area_code"].tolist()
    rows = pd.DataFrame({"count": pd.array(rng.poisson(9, len(codes)), "Int64")}, index=codes)
    return rows.assign(population=4000.0), contiguity(layer)


def test_nothing_of_a_hidden_count_is_in_any_risk(month):
    rows, near = month
    hidden = rows.index[[3, 40]]
    shown = rows.assign(count=rows["count"].mask(rows.index.isin(hidden)))
    found = risk_columns(shown, near, threshold=1.0)
    for name in ("expected", "smoothed_risk", "smoothed_lower", "smoothed_upper"):
        assert found[name][hidden].isna().all()
        assert found[name].isna().sum() == 2
    assert found["probability_above"][hidden].isna().all()
    # What is shown adds up to what is shown: the hidden are in no rate.
    assert found["expected"].sum() == pytest.approx(float(shown["count"].sum()), abs=0.01)
    assert found["smoothed_risk"].drop(hidden).notna().all()


def test_every_column_that_a_count_gives_is_one_that_the_audit_knows():
    derived = names_that_tell("derived")
    names = ("smoothed_risk", "smoothed_lower", "smoothed_upper", "probability_above", "expected")
    assert set(names) <= set(RISKS.names) & derived


def test_a_map_has_them_in_its_own_order(month):
    rows, near = month
    shown = rows.assign(count=rows["count"].mask(rows.index == rows.index[3]))
    found = risk_columns(shown, near, threshold=1.5)
    table = rows.assign(
        **found,
        area_code=rows.index,
        level="ward",
        indicator="crimes",
        sex="persons",
        period="2015",
    ).iloc[::-1]
    codes = rows.index.tolist()
    risks = risks_of(table, level="ward", areas=codes)["crimes", "persons", "2015"]
    assert risks.threshold == 1.5
    assert risks.risk[0] == found["smoothed_risk"].iloc[0]
    assert risks.above[-1] == found["probability_above"].iloc[-1]
    assert np.isnan([risks.risk[3], risks.lower[3], risks.upper[3], risks.above[3]]).all()
    assert risks_of(table, level="district", areas=codes) == {}


def test_the_default_has_them_and_the_configuration_can_leave_them_out(tmp_path):
    project = read_project(default_project_path())
    assert project.smoothing.risk
    assert project.smoothing.threshold == 1
    path = tmp_path / "vawg.toml"
    text = default_project_path().read_text("utf-8")
    path.write_text(text + "\n[smoothing]\nthreshold = -2\n", "utf-8")
    with pytest.raises(ConfigurationError, match="threshold must be a relative risk above 0, not"):
        read_project(path)
    path.write_text(text + "\n[smoothing]\nrisk = false\n", "utf-8")
    assert not read_project(path).smoothing.risk
