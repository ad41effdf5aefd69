"""What a map says first, held to the words of its areas one by one."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from vawg_geo.results.headline import headline_of
from vawg_geo.results.results import results_of
from vawg_geo.results.series import series_of


def said(series, held, names):
    return " ".join(headline_of(series, parents=held, names=names))


def with_words(series, words, *, compares="significance"):
    column = {"significance": "significance", "standing": "standing"}[compares]
    return dataclasses.replace(series, compares=compares, **{column: np.array(words)})


@pytest.fixture(scope="module")
def ward(default_edition):
    results = results_of(default_edition("public"))
    areas = results.areas["ward"]
    held = areas["parent_code"].fillna("").astype(str).tolist()
    return series_of(results, "ward"), held, results.area_names


def test_the_counts_are_those_of_the_rows(ward):
    """Counted from the words of each area, which every map and table prints."""
    every, held, names = ward
    # Made-up figures are compared with nothing.
    compared = [one for one in every if set(getattr(one, one.compares)) != {"not_compared"}]
    assert len(compared) in range(1, len(every))
    assert all(not said(one, held, names) for one in every if one not in compared)
    for series in compared:
        words = Counter(getattr(series, series.compares).tolist())
        text = said(series, held, names)
        high = words["higher"] + words["unusually_high"]
        assert text.startswith(
            f"{high} of {series.areas}" if high else f"None of the {series.areas}"
        )
        if words["lower"] + words["unusually_low"]:
            assert f"{words['lower'] + words['unusually_low']} " in text


def test_few_are_named_and_many_counted_by_district(ward):
    """Seen to fail with the districts' order turned round."""
    (series, *_), held, names = ward
    places = [place for place, code in enumerate(held) if code == held[0]]
    words = ["similar"] * series.areas
    words[places[0]] = "higher"
    first = said(with_words(series, words), held, names)
    assert f"1 of {series.areas} wards is higher" in first
    assert first.count(str(series.area_name[places[0]])) == 1
    other = next(place for place, code in enumerate(held) if code != held[0])
    for place in [*places[:4], other]:
        words[place] = "higher"
    many = said(with_words(series, words), held, names)
    assert f"5 of {series.areas} wards are higher" in many
    assert f": 4 in {names[held[0]]} and 1 in {names[held[other]]}." in many
    assert str(series.area_name[places[0]]) not in many


def test_what_holds_them_is_named_or_not_spoken_of(ward, default_edition):
    """Districts of a project without counties lie in a county that the country's list names.

    Seen to fail when a code without a name stood in the sentence: such a build was refused.
    """
    (series, *_), held, names = ward
    words = ["higher"] * series.areas
    nameless = said(with_words(series, words), held, {})
    assert f"{series.areas} of {series.areas} wards are higher" in nameless
    assert not any(code in nameless for code in held)
    results = results_of(default_edition("public"))
    alone = {"district": results.areas["district"], "ward": results.areas["ward"]}
    county = set(results.areas["county"]["area_code"])
    told = {code: name for code, name in names.items() if code not in county}
    without = dataclasses.replace(results, areas=alone, area_names=told)
    assert without.parent_names[next(iter(county))] == "Cambridgeshire"


def test_nothing_compared_says_nothing_and_the_missing_are_counted_apart(ward):
    (series, *_), held, names = ward
    none = with_words(series, ["not_compared"] * series.areas)
    assert headline_of(none, parents=held, names=names) == []
    alone = dataclasses.replace(series, comparator=None)
    assert headline_of(alone, parents=held, names=names) == []
    words = ["similar"] * (series.areas - 1) + ["not_compared"]
    text = said(with_words(series, words), held, names)
    assert text.startswith(f"None of the {series.areas} wards is higher than ")
    assert text.endswith("1 has no figure that can be compared.")


def test_possibly_high_is_not_called(ward):
    (series, *_), held, names = ward
    words = ["possibly_high"] * 3 + ["as_expected"] * (series.areas - 3)
    text = said(with_words(series, words, compares="standing"), held, names)
    assert text.startswith(f"None of the {series.areas} wards is unusually high")
    assert f"{series.areas} are not unusual, or only possibly" in text
