"""Words that are the analyst's: places, breaks, helplines, attribution."""

from __future__ import annotations

import pandas as pd
import pytest

INDICATOR = '\n[[indicators]]\nname = "crimes"\n'


@pytest.fixture
def built(run, tmp_path, make_project):
    """Build a project with more in its configuration; gives its tables' folder and a page."""

    def build(more):
        config = make_project()
        config.write_text(config.read_text() + more)
        code, _, error = run("build", config, "--quiet", "--out", tmp_path / "maps")
        assert code == 0, error
        return tmp_path / "maps" / "public"

    return build


def test_what_is_printed(built):
    more = (
        f'{INDICATOR}definition = "All crimes."\nplace = "home"\n'
        '[[breaks]]\ndate = 2015-10-01\nindicator = "crimes"\nwords = "A new system at the police."\n'
        '[[breaks]]\nperiod = "2014/15"\nwords = "Counting rules changed."\n'
        '[help]\nlines = ["Our own line: 01223 460947"]\n'
    )
    folder = built(more)
    table = pd.read_csv(folder / "tables" / "indicators.csv")
    assert table["place"].tolist() == ["home"]
    said = pd.read_csv(folder / "tables" / "sources_and_caveats.csv")
    assert said.loc[said["kind"] == "break", "text"].tolist() == [
        "Crimes, break at 2015-10-01: A new system at the police.",
        "All figures, break at 2014/15: Counting rules changed.",
    ]
    page = (folder / "ward.html").read_text("utf-8")
    index = (folder / "index.html").read_text("utf-8")
    assert "Counted by the home of the person concerned." in page
    for text in (page, index):
        assert "break at 2015-10-01: A new system at the police." in text
        assert "01223 460947" in text
        assert "0808 2000 247" not in text
        # Crimes of any kind: nothing is known of how many of them are reported.
        assert "80 %" not in text


def test_check_asks_and_refuses_nothing(run, make_project):
    config = make_project()
    code, printed, _ = run("check", config)
    assert code == 0
    assert (
        "Question: 1 of 1 indicators do not say what their rows are by; first: 'crimes'" in printed
    )
    config.write_text(f'{config.read_text()}{INDICATOR}place = "offence"\n')
    code, printed, _ = run("check", config)
    assert code == 0
    assert "what their rows are by" not in printed


def test_check_asks_whose_boundaries_these_are(run, make_project, tmp_path):
    import vawg_geo

    config = make_project()
    layer = vawg_geo.read_boundaries("wards-2015")
    layer.attrs.clear()
    layer.to_file(config.parent / "wards.gpkg")
    text = config.read_text().replace('boundaries = "wards-2015"', 'boundaries = "wards.gpkg"')
    config.write_text(text)
    code, printed, _ = run("check", config)
    asked = "nobody is named as their source; first: [areas.ward] wards.gpkg."
    assert (code, asked in printed) == (0, True)
    config.write_text(text.replace("[project]", '[project]\nattribution = ["Our GIS team"]'))
    assert asked not in run("check", config)[1]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (f'{INDICATOR}place = "street"\n', "it may be home, offence, unknown"),
        ('[[breaks]]\nwords = "x"\n', "either a date or a period"),
        ('[[breaks]]\ndate = 2015-10-01\nperiod = "2015"\nwords = "x"\n', "either a date or a per"),
        ('[[breaks]]\ndate = 2015-10-01\nwords = " "\n', "words must say what changed"),
        ('[[breaks]]\ndate = 2015-10-01\nindicator = "crime"\nwords = "x"\n', "mean 'crimes'"),
        ('[[breaks]]\ndate = "October"\nwords = "x"\n', "breaks"),
        ('[[breaks]]\ndates = 2015-10-01\nwords = "x"\n', "Did you mean 'date'"),
        ('[help]\nline = ["x"]\n', "Did you mean 'lines'"),
    ],
)
def test_what_cannot_be_is_refused(run, make_project, more, message):
    config = make_project()
    config.write_text(config.read_text() + more)
    code, _, error = run("check", config)
    assert code == 2
    assert message in error
