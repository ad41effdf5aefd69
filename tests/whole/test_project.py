"""The configuration: strict keys, kind words."""

from __future__ import annotations

import pytest

from vawg_geo.errors import ConfigurationError
from vawg_geo.project import default_project_path, find_project, read_project


def config_of(tmp_path, text):
    path = tmp_path / "vawg.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_default_reads():
    project = read_project(default_project_path())
    assert project.significance.comparator == "E23000023"
    assert project.rates.method == "exact"
    assert list(project.areas) == ["ward", "district", "county", "police_area"]
    assert len({i.slug for i in project.indicators}) == len(project.indicators) == 8


def test_a_path_may_be_a_text():
    path = default_project_path()
    assert read_project(str(path)) == read_project(path)
    with pytest.raises(ConfigurationError, match=r"there is no file nowhere\.toml"):
        read_project("nowhere.toml")


def test_documented_defaults_are_the_real_ones(make_project):
    """What the template says a setting is when left out is what it is."""
    from importlib.resources import files

    template = read_project(files("vawg_geo.commands") / "templates" / "vawg.toml")
    bare = read_project(make_project())
    for section in ("rates", "editions"):
        assert getattr(template, section) == getattr(bare, section)
    assert template.disclosure.preset == bare.disclosure.preset
    assert template.disclosure.partnership == bare.disclosure.partnership
    assert template.significance.rule == bare.significance.rule


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rates]\npre = 3", r"'pre' is not a key of \[rates\]\. Did you mean 'per'\?"),
        ("[areas.wards]\nboundaries='x'", "Did you mean 'ward'"),
        ("[disclosure.public]\nlargest_hiden=3", "Did you mean 'largest_hidden'"),
        ("[[counts]]\nfil='x'", r"'fil' is not a key of \[counts\]"),
        ("zebra = 1", "not a key of the top level. Known: project, areas"),
        (
            "[areas.ward]\nboundries='x'",
            r"is not a key of \[areas.NAME\]\. Did you mean 'boundaries'",
        ),
        ("folder = 'x'", "'folder' is not a key of the top level. Known: project, areas"),
        (
            "[editions]\nbuild = ['pubic']",
            r"may be analyst, partnership, public\. Did you mean 'pub",
        ),
        ("[rates]\nmethod = 'wald'", "method"),
        ("[rates]\nper = 0", "1 or more, not 0"),
        ("[rates]\nconfidence = [0.95, 0.99]", r"confidence is \[0.95, 0.998\]"),
        ("[project]\ntitle = 3", "title"),
        ("[project", "is not TOML"),
    ],
)
def test_refused(tmp_path, text, message):
    with pytest.raises(ConfigurationError, match=message):
        read_project(config_of(tmp_path, text))


def test_not_text(tmp_path):
    path = tmp_path / "vawg.toml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ConfigurationError, match="Save it as UTF-8"):
        read_project(path)


def test_which_configuration_is_used(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_project(None) == default_project_path()
    config_of(tmp_path, "")
    assert find_project(None).name == "vawg.toml"
    assert find_project(None) != default_project_path()
    assert find_project(tmp_path / "other.toml") == tmp_path / "other.toml"
