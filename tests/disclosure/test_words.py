"""Texts of the configuration: what is refused, what is asked, and what passes.

Seen to fail: with every 'not' taken for leaving out, with confirmed texts compared by their first
letter, and with an audit that believes every record.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.examples import some_every_day
from tests.whole.honest import DISTRICTS, Draft
from vawg_geo.commands.check import check_project
from vawg_geo.commands.main import main
from vawg_geo.errors import DecisionNeeded, DisclosureError
from vawg_geo.pipeline import build

DPO = {"by": "Data protection officer", "on": dt.date(2026, 11, 30)}


@pytest.fixture
def draft(tmp_path):
    return Draft(tmp_path / "project")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"title": "Honour-based violence"}, "no finer than the county"),
        ({"title": "Trafficking, recorded; theft is not in it"}, "no finer than the county"),
        ({"title": "Women in refuges"}, "below district level"),
        ({"title": "Offences related to prostitution"}, "below district level"),
        ({"title": "Crimes by postcode"}, "below district level"),
    ],
)
def test_what_is_mapped_is_refused_and_no_confirmation_lifts_it(draft, said, word):
    draft.indicator(**said)
    draft.config["disclosure"] = {"confirmed": [{"text": said["title"], **DPO}]}
    with pytest.raises(DisclosureError, match=word) as refused:
        build(draft.write())
    assert not isinstance(refused.value, DecisionNeeded)


@pytest.mark.parametrize(
    "title",
    some_every_day(
        [
            "Sexual offences without trafficking",
            "Offences other than prostitution",
            "Crimes, excluding FGM and forced marriage",
        ],
        1,
    ),
)
def test_a_title_that_leaves_it_out_is_honest(draft, title):
    draft.indicator(title=title)
    assert build(draft.write()).folders
    assert check_project(draft.write()).decisions == ()


@pytest.mark.parametrize(
    "definition",
    ["Honour-based violence, whether or not it was reported.",
     "Honour-based violence not in touch with any service.",
     "Trafficking; theft is not in it.",
     "Crimes without a suspect. FGM among them.",
     "Women in refuges at the end of the month."],
)  # fmt: skip
def test_a_definition_that_says_what_is_counted_waits_for_a_person(draft, definition):
    """Each fails where any 'not' in the text counts as leaving it out."""
    draft.indicator(definition=definition)
    with pytest.raises(DecisionNeeded, match="definition"):
        build(draft.write())


def test_definitions_of_larger_areas_are_asked_nothing(draft):
    draft.counts({("hbv", "persons", "2015/16"): [44, 51]}, areas=DISTRICTS)
    draft.config["counts"][0] |= {"level": "district"}
    draft.indicator("hbv", definition="Honour-based violence and women in refuges.")
    draft.config["editions"] = {"build": ["partnership"]}
    assert build(draft.write()).folders


def test_a_place_of_a_refuge_is_refused_wherever_it_stands(draft):
    draft.project(caveats=["The refuge moved to CB1 2AB in May."])
    with pytest.raises(DisclosureError, match=r"refuge a place.*vawg\.toml, line \d+"):
        build(draft.write())


ASKED = {
    "[[indicators]] 'crimes', definition": ("definition", "Crimes by the ward of the postcode."),
    "[[indicators]] 'crimes', caveat": ("caveat", "E05009903 was drawn anew in 2014."),
    "[[indicators]] 'crimes', source": ("source", r"Table 3, S:\Community\VAWG"),
}


@pytest.mark.parametrize("where", some_every_day(ASKED, 1))
def test_check_asks_and_the_build_goes_on(draft, where, capsys):
    key, text = ASKED[where]
    draft.indicator(**{key: text})
    config = draft.write()
    assert build(config).folders
    assert main(["check", str(config)]) == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert f", {where}" in said
    assert "[[disclosure.confirmed]]" in said
    draft.config["disclosure"] = {"confirmed": [{"text": text, **DPO}]}
    assert main(["check", str(draft.write())]) == 0
    draft.config["disclosure"]["confirmed"][0]["text"] = text.upper()
    assert main(["check", str(draft.write())]) == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert "reads so any more" in said


def test_check_lists_what_stops_a_build_and_goes_on(draft, capsys):
    draft.indicator(definition="Crimes, forced marriage among them.")
    draft.project(caveats=["E05009903: 12 streets moved."])
    report = check_project(draft.write())
    assert [line.split(": ")[0].split(", ", 2)[2] for line in report.decisions] == [
        "[project] caveats", "[[indicators]] 'crimes', definition",
    ]  # fmt: skip
    assert main(["build", str(draft.write())]) == 1
    assert "2 texts must be read first" in capsys.readouterr().err


def test_the_agreement_is_in_no_public_record(draft):
    draft.project(agreement="ISA E05009903, 2026", title="E05009904, 2015/16")
    built = build(draft.write())
    public = (built.folders["public"] / "build.json").read_text("utf-8")
    assert '"text": "E05009904, 2015/16"' in public
    assert "ISA" not in public
    assert "ISA" in (built.folders["partnership"] / "build.json").read_text("utf-8")


def test_an_unconfirmed_record_is_found_by_the_audit(draft):
    """The audit reads the record by itself: a text with a figure needs somebody's name."""
    text = "E05009903: 12 streets moved."
    draft.project(caveats=[text])
    draft.config["disclosure"] = {"confirmed": [{"text": text, **DPO}]}
    folder = build(draft.write()).folders["public"]
    assert main(["audit", str(folder)]) == 0
    record = folder / "build.json"
    record.write_text(record.read_text("utf-8").replace('"by"', '"not_by"'), "utf-8")
    assert main(["audit", str(folder)]) == 1


def test_a_figure_beside_a_confirmed_text_is_still_found(draft):
    text = "E05009903 was drawn anew in 2014."
    draft.project(caveats=[text])
    folder = build(draft.write()).folders["public"]
    page = folder / "ward.html"
    page.write_text(page.read_text("utf-8").replace("<h1>", "<h1>E05009903: 3 crimes "), "utf-8")
    assert main(["audit", str(folder)]) == 1
