"""Everything that a project names, gathered."""

from __future__ import annotations

import pytest

import vawg_geo
from vawg_geo.areas.tables import load_tables
from vawg_geo.errors import ConfigurationError, InputError, JoinError
from vawg_geo.project import default_project_path, read_project


@pytest.fixture(scope="module")
def default(default_tables):
    return default_tables


@pytest.fixture
def own_counts(tmp_path, ward_codes):
    path = tmp_path / "thefts.csv"
    rows = [f"{code},persons,2019/20,thefts,{7 * n % 40}" for n, code in enumerate(ward_codes)]
    path.write_text("\n".join(["area_code,sex,period,indicator,count", *rows]) + "\n", "utf-8")
    return path


def test_own_counts_take_the_place_of_the_defaults(own_counts):
    tables = vawg_geo.load_default(counts=own_counts)
    assert set(tables.counts["indicator"]) == {"thefts"}
    wards = tables.counts[tables.counts["level"] == "ward"]
    assert wards["count"].sum() == sum(7 * n % 40 for n in range(144))
    assert set(wards["basis"]) == {"own"}
    # Nothing is said of figures that are not there: no source, no publisher, no claim.
    settings = tables.project.project
    said = [settings.title, settings.publisher, settings.reference_date, *settings.attribution]
    assert not any(word in text for text in said for word in ("assessment", "police.uk", "2016"))
    assert settings.period == "2019/20"
    assert (tables.project.indicators, tables.project.ratios) == ((), ())
    assert tables.project.overlays.deprivation.source_claims == ()


def test_own_counts_are_hidden_by_a_key_of_their_own(own_counts):
    """The default's key is known to everybody: whoever has it can choose again."""
    from vawg_geo.inputs.key import PUBLIC_KEY

    key = own_counts.with_name("disclosure.key")
    assert not key.exists()
    edition = vawg_geo.protect(vawg_geo.load_default(counts=own_counts), edition="public")
    assert (edition.counts["status"] == "suppressed").any()
    assert key.read_text("utf-8").strip() != PUBLIC_KEY


@pytest.mark.parametrize(
    ("table", "level", "error", "message"),
    [
        (None, None, InputError, "is not there"),
        ("E05999999,persons,2019/20,thefts,3", None, JoinError, "no area has the code 'E05999999'"),
        ("Abbey,persons,2019/20,thefts,3", None, InputError, 'Say it: level = "ward"'),
        ("E05002169,persons,2019/20,thefts,-3", None, InputError, "-3"),
    ],
)
def test_own_counts_that_cannot_be_used(tmp_path, table, level, error, message):
    path = tmp_path / "own.csv"
    if table:
        path.write_text(f"area_code,sex,period,indicator,count\n{table}\n", "utf-8")
    with pytest.raises(error, match=message):
        vawg_geo.load_default(counts=path, level=level)
    assert {one.name for one in tmp_path.iterdir()} <= {"own.csv"}


def test_own_counts_by_name(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("area_name,sex,period,indicator,count\nFenland,persons,2019/20,thefts,30\n")
    tables = vawg_geo.load_default(counts=path, level="district")
    assert tables.counts.set_index("area_code").loc["E07000010", "count"] == 30
    with pytest.raises(ConfigurationError, match="none is named"):
        vawg_geo.load_default(level="district")


def test_the_default_is_complete(default):
    status = default.counts.groupby(["level", "status"]).size().to_dict()
    assert ("ward", "missing") not in status
    assert set(default.join_report["outcome"]) == {"matched_by_code"}
    # Its residents are of one time; nothing else is to be said.
    assert all("residents of 2015-06-30 stand under" in note.text for note in default.notes)


def test_what_the_source_does_not_cover_is_not_applicable(default):
    rows = default.counts[
        (default.counts["indicator"] == "IDVA high-risk referrals")
        & (default.counts["status"] == "not_applicable")
    ]
    by_level = rows.groupby("level").size().to_dict()
    assert by_level == {"district": 1, "police_area": 1, "ward": 24}
    assert set(rows.loc[rows["level"] == "ward", "area_code"].map(default.parents)) == {"E06000031"}


def test_wards_agree_with_districts_and_districts_with_the_whole(default):
    table = default.reconciliation
    assert {"ward", "district"} == set(table["lower"])
    assert (table["difference"].fillna(0) == 0).all()
    assert table["difference"].notna().sum() > 80


def test_the_month_is_added_up_to_the_whole(default):
    month = default.counts[default.counts["indicator"].str.startswith("violence and sexual")]
    totals = month.groupby("level")["count"].sum()
    assert totals["police_area"] == totals["district"] == totals["ward"] == 1806
    assert totals["county"] < totals["police_area"]


def test_own_wards_are_added_up(make_project, ward_codes):
    tables = load_tables(read_project(make_project(dict.fromkeys(ward_codes, 10))))
    totals = tables.counts.groupby("level")["count"].sum().to_dict()
    assert totals == {"police_area": 1440, "county": 1200, "district": 1440, "ward": 1440}


def test_missing_ward_leaves_sums_missing_and_is_reported(make_project, ward_codes):
    counts = dict.fromkeys(ward_codes[1:], 10)
    tables = load_tables(read_project(make_project(counts)))
    missing = tables.counts[tables.counts["status"] == "missing"]
    assert missing["area_code"].tolist() == ["E23000023", "E06000031", ward_codes[0]]
    assert tables.join_report.query("outcome == 'missing'")["area_code"].tolist() == [ward_codes[0]]


def test_more_events_than_people_many_times_over(make_project, ward_codes):
    counts = dict.fromkeys(ward_codes, 10) | {ward_codes[3]: "1e9"}
    with pytest.raises(
        InputError,
        match=r"1 of 144 counts are more than 5 times the population; first: .*1,000,000,000",
    ):
        load_tables(read_project(make_project(counts)))


def test_unknown_table_and_level_without_boundaries(make_project):
    config = make_project()
    text = config.read_text()
    config.write_text(text.replace('"counts.csv"', '"published-ratez"'))
    with pytest.raises(ConfigurationError, match="no file and no embedded table"):
        load_tables(read_project(config))
    config.write_text(text.replace('[areas.ward]\nboundaries = "wards-2015"\n', ""))
    with pytest.raises(ConfigurationError, match=r"144 of 144 rows are of the level 'ward'"):
        load_tables(read_project(config))


def test_names_are_joined_within_the_districts(make_project):
    wards = vawg_geo.read_boundaries("wards-2015")
    districts = dict(
        vawg_geo.read_boundaries("districts-2015")[["area_code", "area_name"]].itertuples(
            index=False
        )
    )
    rows = ["ward,district,count"] + [
        f'"{name.replace("and", "&").upper()}",{districts[parent]} City,12'
        for name, parent in zip(wards["area_name"], wards["parent_code"], strict=True)
    ]
    config = make_project(table="\n".join(rows))
    text = config.read_text().replace(
        'basis = "own"',
        'basis = "own"\nindicator = "crimes"\nsex = "persons"\nperiod = "2015/16"',
        1,
    )
    config.write_text(text)
    tables = load_tables(read_project(config))
    assert tables.counts.query("level == 'ward'")["count"].tolist() == [12] * 144
    assert tables.join_report["outcome"].eq("matched_by_name").all()


def test_leaving_out_the_county_changes_no_sum(make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 10))
    config.write_text(
        config.read_text().replace('[areas.county]\nboundaries = "county-2015"\n', "")
    )
    tables = load_tables(read_project(config))
    totals = tables.counts.groupby("level")["count"].sum().to_dict()
    assert totals == {"police_area": 1440, "district": 1440, "ward": 1440}
    people = tables.populations.set_index(["area_code", "sex"])["population"]
    assert people["E23000023", "persons"] == 679698
    assert any("by where they lie" in note.text for note in tables.notes)


def test_populations_of_two_levels_are_not_added_together(make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 10))
    rows = [f"{code},persons,1000" for code in ward_codes]
    (config.parent / "people.csv").write_text("area_code,sex,population\n" + "\n".join(rows))
    text = config.read_text()
    start, end = text.index("[population]"), text.index("[significance]")
    files = '[population]\n[[population.files]]\nfile = "people.csv"\n'
    config.write_text(text[:start] + files + text[end:])
    tables = load_tables(read_project(config))
    people = tables.populations.set_index("area_code")["population"]
    assert people["E06000031"] == 24_000
    assert people["E23000023"] == 144_000


def test_a_sum_over_some_of_the_wards_is_no_population(make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 10))
    rows = [f"{code},persons,1000" for code in ward_codes[1:]]
    (config.parent / "people.csv").write_text("area_code,sex,population\n" + "\n".join(rows))
    text = config.read_text()
    start, end = text.index("[population]"), text.index("[significance]")
    files = '[population]\n[[population.files]]\nfile = "people.csv"\n'
    config.write_text(text[:start] + files + text[end:])
    people = load_tables(read_project(config)).populations["area_code"].tolist()
    assert "E06000031" not in people
    assert "E07000008" in people


def test_one_indicator_in_two_files(make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes[:70], 10))
    rows = [f"{code},persons,2015/16,crimes,11" for code in ward_codes[70:]]
    (config.parent / "rest.csv").write_text(
        "area_code,sex,period,indicator,count\n" + "\n".join(rows)
    )
    extra = '[[counts]]\nfile = "rest.csv"\nbasis = "own"\n[population]'
    config.write_text(config.read_text().replace("[population]", extra, 1))
    tables = load_tables(read_project(config))
    assert tables.counts.query("level == 'ward'")["status"].eq("value").all()
    assert tables.missing() == ""
    (config.parent / "rest.csv").write_text(
        f"area_code,sex,period,indicator,count\n{ward_codes[0]},persons,2015/16,crimes,3\n"
    )
    with pytest.raises(JoinError, match=r"counts\.csv and rest\.csv: .*stand for an area twice"):
        load_tables(read_project(config))


def test_one_series_has_one_basis(make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes[:70], 10))
    (config.parent / "rest.csv").write_text(
        f"area_code,sex,period,indicator,count\n{ward_codes[99]},persons,2015/16,crimes,30\n"
    )
    extra = '[[counts]]\nfile = "rest.csv"\nbasis = "published"\n[population]'
    config.write_text(config.read_text().replace("[population]", extra, 1))
    with pytest.raises(ConfigurationError, match="come with more than one basis; first: 'crimes'"):
        load_tables(read_project(config))


def test_a_column_of_numbers_taken_for_the_indicator(make_project, ward_codes):
    rows = [f"{ward_codes[0]},persons,2015/16,case {n},1" for n in range(1500)]
    config = make_project(table="area_code,sex,period,indicator,count\n" + "\n".join(rows))
    with pytest.raises(ConfigurationError, match="1,500 different pairs of indicator"):
        load_tables(read_project(config))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('comparator = "E23000023"', 'comparator = "E23000032"', "Did you mean 'E23000023'"),
        (
            "[population]",
            '[[ratios]]\nindicator = "x"\nnumerator = "crims"\ndenominator = "crimes"\n[population]',
            "'crims', the numerator of a ratio",
        ),
        (
            "[population]",
            '[[indicators]]\nname = "crimes"\nscope = "E99999999"\n[population]',
            "scope of 'crimes'",
        ),
        (
            "[population]",
            '[[ratios]]\nindicator = "crimes"\nnumerator = "crimes"\ndenominator = "crimes"\n'
            "[population]",
            "has the name of a count",
        ),
        ("[significance]", "[editions]\nbuild = []\n[significance]", "nothing under build"),
    ],
)
def test_what_names_nothing_is_refused(make_project, old, new, message):
    config = make_project()
    config.write_text(config.read_text().replace(old, new, 1))
    with pytest.raises(ConfigurationError, match=message):
        load_tables(read_project(config))


def test_no_counts_and_no_populations(make_project):
    config = make_project()
    text = config.read_text()
    start, end = text.index("[[counts]]"), text.index("[population]")
    config.write_text("counts = []\n" + text[:start] + text[end:])
    with pytest.raises(ConfigurationError, match=r"nothing under \[\[counts\]\]"):
        load_tables(read_project(config))


def test_a_part_of_nothing_is_refused(make_project, project_text):
    config = make_project(
        toml=project_text + '[[indicators]]\nname = "crimes"\npart_of = "all crime"\n'
    )
    with pytest.raises(ConfigurationError, match="'all crime', the whole of 'crimes', is in no"):
        load_tables(read_project(config))


def test_known_tables_are_read_and_not_among_the_counts(make_project, project_text, ward_codes):
    config = make_project(
        toml=project_text
        + '[[known]]\nfile = "known.csv"\nbasis = "published"\nlevel = "ward"\nvintage = "2015"\n'
    )
    table = f"area_code,sex,period,indicator,count\n{ward_codes[3]},persons,2015/16,arrests,9\n"
    (config.parent / "known.csv").write_text(table, "utf-8")
    tables = load_tables(read_project(config))
    assert tables.known[["area_code", "indicator", "count"]].to_numpy().tolist() == [
        [ward_codes[3], "arrests", 9]
    ]
    assert set(tables.counts["indicator"]) == {"crimes"}


def test_licences_of_what_is_embedded_get_their_words(default, make_project, ward_codes):
    own = make_project(counts=dict.fromkeys(ward_codes, 12))
    said = load_tables(read_project(own)).project.project.attribution
    assert len(said) == 1
    assert "Crown copyright and database right 2015" in said[0]
    # The default says them itself, in the same words.
    assert (
        default.project.project.attribution
        == read_project(default_project_path()).project.attribution
    )
