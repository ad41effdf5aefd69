"""`[scan]`: its keys, those that older configurations have in `[hotspots]`, and refusals."""

from __future__ import annotations

import pytest

from vawg_geo.errors import ConfigurationError
from vawg_geo.project import default_project_path, read_project


@pytest.fixture
def configured(tmp_path):
    """Read the embedded configuration with more lines, of which some may be of `[hotspots]`."""

    def read(more):
        text = default_project_path().read_text("utf-8")
        older, _, rest = more.rpartition("[hotspots]\n")[2].partition("\n")
        if more.startswith("[hotspots]"):
            assert text.count("[hotspots]") == 1
            text, more = text.replace("[hotspots]", f"[hotspots]\n{older}"), rest
        path = tmp_path / "vawg.toml"
        path.write_text(f"{text}\n{more}\n", encoding="utf-8")
        return read_project(path)

    return read


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ("negative-binomial", None, 999)),
        ('[scan]\nmodel = "poisson"\nmax_population = 0.2', ("poisson", 0.2, 999)),
        ("[hotspots]\nreplicates = 199", ("negative-binomial", None, 199)),
        ("[hotspots]\nreplicates = 199\n[scan]\nmax_population = 0.3",
         ("negative-binomial", 0.3, 199)),
    ],
)  # fmt: skip
def test_options(configured, more, expected):
    project = configured(more)
    assert tuple(project.scan.options(project.hotspots).values()) == expected


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('[scan]\nmodel = "poison"', "Did you mean 'poisson'"),
        ("[scan]\nmax_population = 0.6", "max_population must lie between 0 and 0.5"),
        ("[scan]\nreplicates = 9", "replicates must be at least 99"),
        ("[hotspots]\nreplicates = 199\n[scan]\nreplicates = 999", "keep that of .scan."),
    ],
)
def test_refuses(configured, more, says):
    with pytest.raises(ConfigurationError, match=says):
        configured(more)
