"""A command run in this process, and an analyst's own files."""

from __future__ import annotations

import pytest

from vawg_geo.commands.main import main


@pytest.fixture
def run(capsys):
    """Give a function that runs a command; it gives exit code, output and errors."""

    def run_command(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


@pytest.fixture
def own_files(tmp_path, ward_codes):
    """Made-up counts of the embedded wards, and their populations."""
    rows = [
        f"{code},persons,2015/16,crimes,{20 + (7 * n) % 31}" for n, code in enumerate(ward_codes)
    ]
    counts, people = tmp_path / "counts.csv", tmp_path / "people.csv"
    counts.write_text("area_code,sex,period,indicator,count\n" + "\n".join(rows))
    people.write_text(
        "area_code,sex,population\n" + "\n".join(f"{code},persons,4000" for code in ward_codes)
    )
    return [counts, "--population", people, "--areas", "wards-2015"]
