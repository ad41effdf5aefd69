"""Twenty of the thousand random tables of docs/suppression.csv, chosen and audited again."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.examples import some_every_day
from vawg_geo.audit.observed import OBSERVATION_COLUMNS, Observed
from vawg_geo.audit.run import audit_observed
from vawg_geo.disclosure.cells import CellTable
from vawg_geo.disclosure.rules import PRESETS


@pytest.mark.promise
@pytest.mark.parametrize("seed", some_every_day(range(20), 5))
def test_an_attacker_narrows_nothing_and_little_more_is_hidden_than_need_be(root, seed):
    """In random tables no small count is narrowed, and at most a tenth more is hidden than the
    optimum.
    """
    from random_tables import random_parents, random_table

    table, parents = random_table(seed), random_parents()
    hidden, unprotected = CellTable(table, PRESETS["nhs"], parents, part_of={}).choose([])
    assert not len(unprotected)
    shown = table["count"].astype(float).mask(hidden)
    observations = table.assign(
        status=table["status"].mask(hidden, "suppressed"), low=shown, high=shown, source="table"
    )
    report = audit_observed(
        Observed(observations=observations[list(OBSERVATION_COLUMNS)], parents=parents),
        smallest=1,
        largest=7,
    )
    assert report.passed
    assert report.hidden == hidden.sum()
    others = pd.read_csv(root / "docs" / "suppression.csv").set_index("seed")
    assert hidden.sum() <= 1.1 * others.loc[seed, "hidden_theirs"]
