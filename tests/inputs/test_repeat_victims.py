"""Reading persons by their number of events."""

from __future__ import annotations

import pytest

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.inputs.repeat_victims import read_persons_by_events

HEAD = "area_code,indicator,sex,period,events_per_person,persons\n"


def written(tmp_path, text):
    path = tmp_path / "repeats.csv"
    path.write_text(text)
    return path


def test_a_whole_table(tmp_path):
    rows = 'E10000003,incidents,F,2023/24,1,"1,200"\nE10000003,incidents,F,2023/24,2,0\n'
    found = read_persons_by_events(written(tmp_path, HEAD + rows))
    assert found["persons"].tolist() == [1200, 0]
    assert found["sex"].tolist() == ["female"] * 2
    assert found["events_per_person"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ("E1,i,F,p,0,4\n", "1 of 1 rows are no number of events from 1; first: row 2: '0'"),
        ("E1,i,F,p,1.5,4\n", "no number of events from 1"),
        ("E1,i,F,p,1,<5\n", "have no number of persons; first: row 2: '<5'"),
        ("E1,i,F,p,1,\n", "have no number of persons"),
        ("E1,i,F,p,1,-3\n", "negative"),
        ("E1,i,F,p,1,4\nE1,i,F,p,1,5\n", "1 of 2 rows repeat an earlier one"),
        ("E1,i,all women,p,1,4\n", "is unknown. Write persons"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, rows, match):
    with pytest.raises(InputError, match=match):
        read_persons_by_events(written(tmp_path, HEAD + rows))


def test_columns_that_are_absent(tmp_path):
    with pytest.raises(InputError, match="no column of persons was recognised"):
        read_persons_by_events(written(tmp_path, "events_per_person,many\n1,2\n"), indicator="i")
    with pytest.raises(ConfigurationError, match="which indicator"):
        read_persons_by_events(written(tmp_path, "events_per_person,persons\n1,2\n"))
