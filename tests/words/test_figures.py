"""Where help is, what is said of reporting, and breaks in the series."""

from __future__ import annotations

import pytest

from vawg_geo.terms.indicators import Indicator
from vawg_geo.words.figures import help_lines, map_caveats, usual_caveats

ENGLAND, WALES = "0808 2000 247", "0808 80 10 800"


@pytest.mark.parametrize(
    ("codes", "own", "there", "not_there"),
    [
        (["E05002703", "E12000006"], (), [ENGLAND], [WALES]),
        (["W05000004", "beat 7"], (), [WALES], [ENGLAND]),
        (["E06000051", "W06000023"], (), [ENGLAND, WALES], []),
        (["beat 7"], (), [ENGLAND, WALES], []),
        (["E05002703"], ("Our line: 01223 460947",), ["01223 460947"], [ENGLAND, WALES]),
    ],
)
def test_helplines_of_the_nation(codes, own, there, not_there):
    told = " ".join(help_lines(codes, own))
    assert told.startswith("In an emergency, call 999.")
    assert all(number in told for number in there)
    assert not any(number in told for number in not_there)


@pytest.mark.parametrize(
    ("name", "of_domestic_abuse"),
    [
        ("domestic abuse crimes", True),
        ("DA crimes", True),
        ("MARAC cases heard", True),
        ("Coercive control", True),
        ("sexual offences", False),
        ("stalking", False),
        ("Dangerous driving", False),
    ],
)
def test_eighty_per_cent_is_of_domestic_abuse(name, of_domestic_abuse):
    about = Indicator(name=name)
    assert about.of_domestic_abuse == of_domestic_abuse
    for lines in (
        map_caveats([], of_domestic_abuse=about.of_domestic_abuse),
        usual_caveats(parts_of_comparator=False, of_domestic_abuse=about.of_domestic_abuse),
    ):
        assert any("80 %" in line for line in lines) == of_domestic_abuse
        assert any("less is reported" in line for line in lines)
