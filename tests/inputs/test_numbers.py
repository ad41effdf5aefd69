# ruff: noqa: PD011 - `values` is a field of ParsedCounts
from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import InputError
from vawg_geo.inputs.tables.numbers import parse_counts, status_of_mark

SUPPRESSED = [
    "x", "X", "*", "c", "C", "s", "supp", "Suppressed", "<5", "< 5", "<8", "<=7", "≤4", "1-4",
    "1 – 4", "1 to 7", "[c]", "[low]", "fewer than 8", "Less than 5", "under 5", " x ",
]  # fmt: skip
MISSING = ["", " ", ":", "..", "...", "-", "–", "—", "n/a", "N/A", "NA", "[x]", "[u]", "[w]"]
NOT_APPLICABLE = ["[z]", "z", "."]
MARKS = {
    **dict.fromkeys(SUPPRESSED, "suppressed"),
    **dict.fromkeys(MISSING, "missing"),
    **dict.fromkeys(NOT_APPLICABLE, "not_applicable"),
}


def series(*texts):
    return pd.Series(list(texts), index=range(2, len(texts) + 2), dtype="str")


@pytest.mark.parametrize(("mark", "status"), MARKS.items())
@pytest.mark.parametrize("fractional", [False, True])
def test_marks_are_states_and_never_numbers(mark, status, fractional):
    parsed = parse_counts(series("7", mark), fractional=fractional)
    assert parsed.values.isna().tolist() == [False, True]
    assert parsed.status.tolist() == ["value", status]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 12 ", 12), ("12.0", 12), ("12.", 12), ("1,234", 1234), ("12,345,678", 12345678),
     ("1e9", 10**9), ("1.5e1", 15), ("0", 0), ("0.0", 0), ("007", 7),
     ("999999999999999", 10**15 - 1)],
)  # fmt: skip
def test_numbers(text, number):
    parsed = parse_counts(series(text))
    assert parsed.values.tolist() == [number]
    assert parsed.status.tolist() == ["value" if number else "zero"]
    assert str(parsed.values.dtype) == "Int64"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-3", "are negative"),
        ("−3", "are negative"),
        ("-1e9", "are negative"),
        ("12.5", r"are fractional; .* basis = \"estimated\""),
        ("1,23", "have a comma that may stand for"),
        ("0,123", "have a comma that may stand for"),
        ("1,234,5", "have a comma that may stand for"),
        ("1e15", "are too large"),
        ("1e9999", "are too large"),
        ("01-Apr", "read like dates"),
        ("2017-04-01", "read like dates"),
        ("2015-16", "are neither numbers nor known marks"),
        ("4-1", "are neither numbers nor known marks"),
        *[
            (text, "are neither numbers nor known marks")
            for text in ("nan", "inf", "Infinity", "none", "1_000", "１２", "12*", "12 r", "#N/A",
                         "12%", "(3)", "1 234", "0x1", "twelve", "+5", "<0", ">5", "١٢", "1e")
        ],
    ],
)  # fmt: skip
def test_refused_text_is_named_with_its_row(text, message):
    with pytest.raises(InputError, match=f"1 of 3 counts {message}") as raised:
        parse_counts(series("1", "x", text))
    assert f"first: row 4 ({text!r})" in str(raised.value)


def test_several_faults_are_counted():
    with pytest.raises(InputError, match=r"^2 of 4 counts are negative; first: row 3 \('-2'\)\. "):
        parse_counts(series("1", "-2", "-5", "1.5"))
    with pytest.raises(InputError, match=r"^2 of 3 crimes are negative; first: place 0 \('-2'\)"):
        parse_counts(series("-2", "-2", "0"), noun="crimes", where=lambda at: f"place {at}")


def test_fractions_where_they_are_allowed():
    parsed = parse_counts(series("12.5", "0", ".25", "1,234.5", "x"), fractional=True)
    assert parsed.values.tolist()[:4] == [12.5, 0, 0.25, 1234.5]
    assert parsed.status.tolist() == ["value", "zero", "value", "value", "suppressed"]
    assert str(parsed.values.dtype) == "Float64"


def test_notes_count_what_was_not_plain():
    parsed = parse_counts(series("1,200", "1,200", "3,400", "x", "<5", "x", "-", None, "[z]", "7"))
    assert parsed.notes == (
        "3 of 10 counts had thousands separators; first: 1,200",
        "3 of 10 counts are marked as suppressed: x, <5",
        "2 of 10 counts are missing, not zero: -, empty",
        "1 of 10 counts are marked as not applicable: [z]",
    )
    assert parse_counts(series("1", "0")).notes == ()


@given(st.lists(st.integers(0, 10**15 - 1), max_size=20), st.sampled_from(["{}", "{:,}", " {}.0 "]))
def test_counts_survive_being_written(numbers, form):
    parsed = parse_counts(series(*(form.format(n) for n in numbers)))
    assert parsed.values.tolist() == numbers
    assert parsed.status.tolist() == ["value" if n else "zero" for n in numbers]


@given(st.lists(st.sampled_from([*MARKS, "0", "5", "1,000"]), min_size=1), st.randoms())
def test_order_and_index_are_kept(texts, random):
    labels = list(range(len(texts)))
    random.shuffle(labels)
    parsed = parse_counts(pd.Series(texts, index=labels, dtype="str"))
    assert parsed.values.index.tolist() == parsed.status.index.tolist() == labels
    for text, value, status in zip(texts, parsed.values, parsed.status, strict=True):
        assert status == MARKS.get(text, "zero" if text == "0" else "value")
        assert (value is pd.NA) == (text in MARKS)


@given(st.text(max_size=12))
def test_any_text_is_a_number_a_state_or_refused(text):
    try:
        parsed = parse_counts(series(text))
    except InputError:
        assert status_of_mark(text) is None
        return
    value, status = parsed.values.iloc[0], parsed.status.iloc[0]
    if status in {"value", "zero"}:
        assert value == int(float(text.replace(",", "")))
        assert text.isascii() or text.strip().isascii()
    else:
        assert value is pd.NA
        assert status == status_of_mark(text)
