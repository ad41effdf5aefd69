"""Tables of text: what they tell of counts, shown or hidden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.audit.files import read_folder
from vawg_geo.audit.tables.symbols import read_figure
from vawg_geo.errors import InputError

WARDS = ["E05002702", "E05002703", "E05002704", "E05002705"]


@pytest.fixture
def read(tmp_path):
    """Write tables and read them; each is given as lines."""

    def write(**tables):
        for name, lines in tables.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        return read_folder(tmp_path)

    return write


def kinds(observed):
    return sorted({finding.kind for finding in observed.findings})


def bounds(observed, code):
    rows = observed.observations
    rows = rows[(rows["area_code"] == code) & rows["low"].notna()]
    return [(float(low), float(high)) for low, high in zip(rows["low"], rows["high"], strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", (0, 0, "zero")), ("1,234", (1234, 1234, "value")), ("12.5%", (12.5, 12.5, "value")),
        ("<8", (0, 7, "suppressed")), ("1 to 7", (1, 7, "suppressed")),
        ("≤7", (0, 7, "suppressed")), ("fewer than 8", (0, 7, "suppressed")),
    ],
)  # fmt: skip
def test_figures_and_ranges(text, expected):
    assert read_figure(text) == expected


@pytest.mark.parametrize("text", ["x", "X", "*", "c", "[c]", "~", "[low]"])
def test_symbols_hide(text):
    low, high, status = read_figure(text)
    assert (np.isnan(low), np.isnan(high), status) == (True, True, "suppressed")


def test_other_symbols_do_not_hide():
    assert [read_figure(t)[2] for t in ("", "-", "..", "[z]", "ten")] == [
        "missing", "missing", "missing", "not_applicable", "unknown",
    ]  # fmt: skip
    assert (read_figure("10+")[0], read_figure(">50")[0]) == (10, 51)


@given(st.text())
def test_whatever_a_cell_says_it_is_read(text):
    low, high, status = read_figure(text)
    assert status in {
        "value", "zero", "suppressed", "missing", "not_applicable", "unknown",
    }  # fmt: skip
    assert not low > high


def test_other_peoples_columns_are_read(read):
    observed = read(own=["Ward code;Sex;Number", f"{WARDS[0]};Women;12", f"{WARDS[1]};Women;x"])
    rows = observed.observations
    assert rows["sex"].tolist() == ["female", "female"]
    assert rows["status"].tolist() == ["value", "suppressed"]
    assert rows["level"].tolist() == ["ward", "ward"]
    assert rows["basis"].tolist() == ["own", "own"]
    assert observed.findings == []


def test_a_rate_and_a_population_give_the_count(read):
    observed = read(
        own=[
            "area_code,count,population,rate",
            f"{WARDS[0]},x,7508,0.4",
            f"{WARDS[1]},12,7508,1.6",
            f"{WARDS[2]},x,7508,",
        ]
    )
    assert "derived_figure" in kinds(observed)
    ((low, high),) = bounds(observed, WARDS[0])
    assert low <= 3 <= high
    assert high - low < 1
    assert bounds(observed, WARDS[1]) == [(12, 12)]
    assert bounds(observed, WARDS[2]) == []


def test_a_full_rate_gives_it_to_the_letter(read):
    rate = 3 / 7508.3 * 1000
    observed = read(own=["area_code,count,population,rate", f"{WARDS[0]},x,7508.3,{rate!r}"])
    ((low, high),) = bounds(observed, WARDS[0])
    assert low == pytest.approx(3, abs=1e-4)
    assert high == pytest.approx(3, abs=1e-4)


def test_a_rate_of_the_true_count_beside_a_rounded_one(read):
    rate = 13 / 7000 * 1000
    honest = read(own=["area_code,count,population,rate", f"{WARDS[0]},15,7000,{15 / 7!r}"])
    assert honest.findings == []
    observed = read(own=["area_code,count,population,rate", f"{WARDS[0]},15,7000,{rate!r}"])
    assert kinds(observed) == ["derived_figure"]
    assert any(low <= 13 <= high < 14 for low, high in bounds(observed, WARDS[0]))


def test_limits_of_the_true_count_beside_a_rounded_one(read):
    head = "area_code,count,population,rate_upper,rate_per,rate_method,basis"
    upper = {13: 22.23, 15: 24.74, 17: 27.22}

    def row(n, count, people):
        return f"{WARDS[n]},15,{people},{upper[count] / people * 1000:.3f},1000,exact,own"

    assert read(own=[head, row(0, 15, 7000), row(1, 15, 5211), row(2, 15, 9000)]).findings == []
    observed = read(own=[head, row(0, 13, 7000), row(1, 15, 5211), row(2, 17, 9000)])
    assert kinds(observed) == ["derived_figure"]
    assert read(own=[head, row(0, 13, 7000)]).findings == []


def test_a_share_tells_what_it_is_a_share_of(read):
    observed = read(
        indicators=["name,title,denominator", "incidents,I,residents", "converted,C,incidents"],
        own=[
            "area_code,indicator,count,population",
            f"{WARDS[0]},incidents,x,5000",
            f"{WARDS[0]},converted,x,6",
        ],
    )
    assert bounds(observed, WARDS[0]) == [(6, 6)]
    told = observed.observations[observed.observations["low"].notna()]
    assert told["indicator"].tolist() == ["incidents"]


def test_a_population_may_stand_in_another_table(read):
    observed = read(
        people=["area_code,sex,population", f"{WARDS[0]},persons,5000"],
        own=["area_code,count,rate", f"{WARDS[0]},x,0.6"],
    )
    ((low, high),) = bounds(observed, WARDS[0])
    assert low <= 3 <= high


def test_percentages_of_another_count_give_it(read):
    observed = read(
        own=[
            "area_code,indicator,count,percent,part_of",
            f"{WARDS[0]},contacts,40,,",
            f"{WARDS[0]},contacts about children,x,15.0,contacts",
            f"{WARDS[1]},contacts,x,,",
            f"{WARDS[1]},contacts about children,x,15.0,contacts",
        ]
    )
    assert [b for b in bounds(observed, WARDS[0]) if b != (40, 40)] == [
        (pytest.approx(5.98), pytest.approx(6.02))
    ]
    assert bounds(observed, WARDS[1]) == []
    assert observed.part_of == {"contacts about children": ("contacts", False)}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("significance", "higher"), ("standing", "as_expected"), ("rate_upper", "5.1"), ("cluster", "hot"), ("z", "1.2"),
        ("p_value", "0.2"), ("rank", "3"), ("class", "0"), ("smoothed", "0.7"),
    ],
)  # fmt: skip
def test_figures_beside_a_hidden_count(read, column, value):
    lines = [f"area_code,count,{column}", f"{WARDS[0]},x,{value}", f"{WARDS[1]},12,{value}"]
    (finding,) = read(own=lines).findings
    assert finding.kind == "derived_figure"
    assert column in finding.text
    assert WARDS[0] in finding.text
    assert WARDS[1] not in finding.text


def test_figures_of_a_cell_that_another_table_hides(read):
    observed = read(
        rates=["area_code,indicator,count", f"{WARDS[0]},crimes,x", f"{WARDS[1]},crimes,12"],
        spots=["area_code,indicator,cluster", f"{WARDS[0]},crimes,hot", f"{WARDS[1]},crimes,hot"],
    )
    assert [(f.kind, f.file) for f in observed.findings] == [("derived_figure", "spots.csv")]


def test_published_figures_may_say_anything(read):
    lines = ["area_code,count,basis,rate", f"{WARDS[0]},x,published,0.3"]
    assert read(own=lines).findings == []


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("count", "x", "c"),
        ("count,note", ",hidden: small", ",hidden: to protect another"),
        ("count,hatch", "x,1", "x,2"),
    ],
)
def test_two_kinds_of_hidden_cells_are_told_apart(read, head, first, second):
    first, second = (t if t[0] != "," else f"x{t}" for t in (first, second))
    lines = [f"area_code,{head}", f"{WARDS[0]},{first}", f"{WARDS[1]},{second}"]
    assert kinds(read(own=lines)) == ["told_apart"]
    alike = [f"area_code,{head}", f"{WARDS[0]},{first}", f"{WARDS[1]},{first}"]
    assert read(own=alike).findings == []


def test_hidden_in_one_table_and_missing_in_another(read):
    head = "area_code,indicator,count"
    observed = read(
        one=[head, f"{WARDS[0]},crimes,x", f"{WARDS[1]},crimes,x"],
        two=[head, f"{WARDS[0]},crimes,x", f"{WARDS[1]},crimes,"],
    )
    assert {(f.kind, f.file) for f in observed.findings} == {("told_apart", "two.csv")}


def test_a_note_with_a_number_of_its_own(read):
    lines = ["area_code,count,note", f"{WARDS[0]},x,was 3"]
    assert kinds(read(own=lines)) == ["derived_figure"]


def test_clusters_count_their_shown_members_only(read):
    rates = ["area_code,indicator,count", *(f"{w},crimes,{n}" for w, n in zip(WARDS, (20, 30, 12, "x"), strict=True))]  # fmt: skip
    head = "area_code,indicator,scan_cluster,areas,observed"
    fair = [head, f"{WARDS[0]},crimes,1,2,50", f"{WARDS[1]},crimes,1,2,50"]
    assert read(rates=rates, scans=fair).findings == []
    for areas, observed in ((2, 53), (3, 50)):
        unfair = [head, *(f"{w},crimes,1,{areas},{observed}" for w in WARDS[:2])]
        assert kinds(read(rates=rates, scans=unfair)) == ["derived_figure"]
    with_hidden = [head, *(f"{w},crimes,1,2,23" for w in (WARDS[0], WARDS[3]))]
    assert "derived_figure" in kinds(read(rates=rates, scans=with_hidden))


def test_unknown_columns_tables_and_words(read):
    observed = read(
        own=["area_code,count,wisdom", f"{WARDS[0]},many,1"], other=["some,thing", "1,2"]
    )
    assert kinds(observed) == ["unknown_column", "unknown_table", "unknown_value"]


def test_indicators_that_nest_and_areas_that_lie_in_others(read):
    observed = read(
        indicators=["name,title,part_of,complete", "crimes,Crimes,incidents,true", "other,Other,,"],
        areas=["area_code,area_name,level,parent_code", f"{WARDS[0]},Abbey,ward,E07000008"],
    )
    assert observed.part_of == {"crimes": ("incidents", True)}
    assert observed.parents == {WARDS[0]: "E07000008"}
    assert observed.observations.empty
    assert observed.findings == []


def test_general_texts_name_no_area_with_a_figure(read):
    observed = read(notes=["kind,text", f"caveat,{WARDS[0]} had 3 cases", "caveat,8 of 12 wards"])
    assert kinds(observed) == ["figure_in_text"]


def test_no_table_at_all(tmp_path):
    (tmp_path / "own.csv").write_bytes(b"\0\1\2")
    with pytest.raises(InputError, match=r"own\.csv cannot be read as a table"):
        read_folder(tmp_path)
    (tmp_path / "own.csv").write_text("area_code,count\nE05002702,1,2\n")
    with pytest.raises(InputError, match="1 of 2 lines have more cells"):
        read_folder(tmp_path)
