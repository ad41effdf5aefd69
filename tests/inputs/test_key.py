"""The key of a project: made once, for its owner, in no edition."""

from __future__ import annotations

import stat

import pytest

from vawg_geo.disclosure.hide import hide_counts
from vawg_geo.disclosure.rules import PRESETS
from vawg_geo.errors import ConfigurationError
from vawg_geo.inputs.catalogue.registry import embedded_folder
from vawg_geo.inputs.key import KEY_FILE, PUBLIC_KEY, read_key


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    first = read_key(tmp_path)
    assert len(first) == 64
    assert read_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_the_embedded_default_has_a_public_one():
    assert read_key(embedded_folder("data")) == PUBLIC_KEY
    assert not (embedded_folder("data") / KEY_FILE).exists()


def test_a_file_that_is_no_key_is_refused(tmp_path):
    (tmp_path / KEY_FILE).write_text("letmein\n")
    with pytest.raises(ConfigurationError, match="does not hold 64 hexadecimal digits"):
        read_key(tmp_path)


def test_keys_choose_between_patterns_that_cost_about_the_same():
    """Seen to fail with `_BY_KEY` of 0: then every key hides the same ward."""
    import pandas as pd

    values = {"d": 123, "s": 3, **dict.fromkeys("tuvwxy", 20)}
    counts = pd.DataFrame({
        "area_code": list(values), "level": ["district"] + 7 * ["ward"], "note": "",
        "indicator": "crimes", "sex": "persons", "period": "2015/16", "basis": "own",
        "status": "value", "count": pd.array([*values.values()], "Int64"),
    })  # fmt: skip
    chosen = set()
    for key in map(str, range(60)):
        shown = hide_counts(counts, PRESETS["nhs"], dict.fromkeys("stuvwxy", "d"), key=key).counts
        hidden = shown.loc[shown["status"] == "suppressed", "area_code"]
        assert len(hidden) == 2
        chosen |= set(hidden)
    assert chosen == set("stuvwxy")
