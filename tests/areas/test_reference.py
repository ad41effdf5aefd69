"""Tables that are laid over the counts, tied to a project's areas."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.areas.tables import load_tables
from vawg_geo.errors import ConfigurationError, JoinError
from vawg_geo.project import read_project

LSOAS = '[overlays.lsoas]\nfile = "{}"\ncolumns = {{ ward_code = "ward15_code" }}\n'
DEPRIVATION = '[overlays.deprivation]\nfile = "{}"\n'


@pytest.fixture(scope="module")
def default(default_tables):
    return default_tables.reference


@pytest.fixture
def load(make_project, project_text, root):
    """Read a project with these overlays; `tables` are files to write beside it."""

    def made(overlays, **tables):
        config = make_project(toml=project_text + overlays)
        for name, frame in tables.items():
            frame.to_csv(config.parent / f"{name}.csv", index=False)
        return load_tables(read_project(config)).reference

    made.lookup = pd.read_csv(root / "data" / "lookup_lsoa11_wards.csv", dtype=str)
    made.scores = pd.read_csv(root / "data" / "imd2015_lsoa11.csv", dtype=str)
    return made


def test_the_default_has_everything(default, root):
    lookup = pd.read_csv(root / "data" / "lookup_lsoa11_wards.csv")
    assert len(default.lsoas) == len(lookup)
    assert list(default.lsoas.columns) == [
        "lsoa_code", "ward_code", "district_code", "population", "population_16", "easting",
        "northing",
    ]  # fmt: skip
    laid = default.table("deprivation", "scores")
    assert list(laid.columns) == [*default.lsoas.columns, "score", "rank", "decile"]
    assert default.lsoas.notna().all(axis=None)
    assert default.lsoas["population"].sum() == lookup["pop_all"].sum()
    assert default.lsoas["population_16"].sum() == lookup["pop16"].sum()
    # Each row keeps its own score.
    scores = pd.read_csv(root / "data" / "imd2015_lsoa11.csv").set_index("lsoa_code")["score"]
    joined = laid.set_index("lsoa_code")["score"]
    pd.testing.assert_series_equal(joined, scores.reindex(joined.index), check_names=False)
    for overlay, name in (
        ("services", "services"), ("services", "figures"), ("profiles", "profiles"),
        ("access", "sites"), ("access", "towns"), ("history", "history"),
        ("history", "residents_by_group"), ("history", "statements"),
    ):  # fmt: skip
        assert len(default.table(overlay, name)) > 2, name
    # One file of published figures, read for two overlays.
    figures, history = default.figures
    assert figures is default.table("services", "figures")
    assert history is default.table("history", "history")
    assert default.of("surfaces").files == {}


def test_nothing_is_laid_over_where_nothing_is_named(load):
    reference = load("")
    assert reference.lsoas is None
    assert (reference.inputs, reference.figures) == ({}, ())
    assert reference.table("access", "sites") is None


def test_a_look_up_of_all_england_is_cut_to_the_project(load):
    far = load.lookup.iloc[[0]].assign(
        lsoa_code="E01099999", ward15_code="E05099999", district_code="E07000999"
    )
    reference = load(LSOAS.format("l.csv"), l=pd.concat([load.lookup, far]))
    assert "E01099999" not in set(reference.lsoas["lsoa_code"])
    assert len(reference.lsoas) == len(load.lookup)


def test_residents_of_another_table_take_the_place_of_the_look_ups(load):
    people = load.lookup[["lsoa_code"]].assign(population="1000", population_16="800")
    overlays = LSOAS.format("l.csv") + 'population = "p.csv"\n'
    reference = load(overlays, l=load.lookup, p=people)
    assert reference.lsoas["population"].unique().tolist() == [1000.0]
    assert list(reference.lsoas.columns).count("population") == 1


def test_wards_without_an_lsoa_are_said(make_project, project_text, load):
    config = make_project(toml=project_text + LSOAS.format("l.csv"))
    kept = load.lookup[load.lookup["ward15_code"] != "E05002702"]
    kept.to_csv(config.parent / "l.csv", index=False)
    notes = [note.text for note in load_tables(read_project(config)).notes]
    (said,) = [text for text in notes if "best fit of no LSOA" in text]
    assert said.startswith("1 of 144 wards")


@pytest.mark.parametrize(
    ("overlays", "spoil", "error", "match"),
    [
        (
            DEPRIVATION.format("d.csv"), lambda _, d: {"d": d.iloc[1:]}, JoinError,
            r"1 of \d+ LSOAs of the look-up are not in d\.csv",
        ),
        (
            "", lambda look, _: {"l": look.assign(ward15_code="E05099999")}, JoinError,
            r"LSOAs of l\.csv lie in no area",
        ),
        (
            "", lambda look, _: {"l": look.assign(pop_all="0")}, JoinError,
            "have no positive population",
        ),
        (
            "", lambda look, _: {"l": look.drop(columns=["pop16"])}, JoinError,
            "have no positive population",
        ),
        (
            '[overlays.access]\nsites = "public-sites"\n', lambda *_: {}, ConfigurationError,
            "needs a place in each LSOA",
        ),
        (
            '[overlays.services]\nfile = "s.csv"\ndate = 2016-03-31\n',
            lambda *_: {"s": pd.DataFrame({"service": ["A"], "area_code": ["E07000001"],
                                           "coverage": ["none"], "valid_from": ["2015-04-01"]})},
            JoinError, r"1 of 1 rows of s\.csv name no area.*'E07000001'",
        ),
        (
            '[overlays.profiles]\nfile = "w.csv"\n',
            lambda *_: {"w": pd.DataFrame({"profile": ["red-light area"], "area_code": ["E05010816"],
                                           "area_name": ["A"], "level": ["ward"],
                                           "profile_class": ["current"], "as_of": ["2016"],
                                           "basis": ["stated"]})},
            JoinError, r"1 of 1 rows of w\.csv name no area",
        ),
    ],
)  # fmt: skip
def test_tables_that_do_not_fit(load, overlays, spoil, error, match):
    files = {"l": load.lookup, **spoil(load.lookup, load.scores)}
    with pytest.raises(error, match=match):
        load(LSOAS.format("l.csv") + overlays, **files)


def test_deprivation_needs_the_look_up(load):
    with pytest.raises(ConfigurationError, match=r"needs \[overlays\.lsoas\]"):
        load(DEPRIVATION.format("imd2015-lsoa11"))


def test_own_points_are_a_place_and_are_not_read(load):
    reference = load('[overlays.surfaces]\npoints = "nowhere.csv"\n')
    assert reference.of("surfaces").files["points"].name == "nowhere.csv"


def test_a_table_of_ones_own_leaves_no_name_among_the_inputs(make_project, project_text, load):
    config = make_project(toml=project_text + LSOAS.format("private-look-up.csv"))
    load.lookup.to_csv(config.parent / "private-look-up.csv", index=False)
    tables = load_tables(read_project(config))
    assert not any("private" in name for name in tables.inputs)
