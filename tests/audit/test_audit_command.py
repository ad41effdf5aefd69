"""`vawg-geo audit`: exit codes, what is printed, and tables as analysts write them."""

from __future__ import annotations

import csv
import json

import numpy as np
import pandas as pd
import pytest

from vawg_geo.audit.observed import Finding, Observed, Parameters
from vawg_geo.audit.run import audit_files
from vawg_geo.commands.main import main

WHOLE = "children subject to a child protection plan"


def run(capsys, *arguments):
    code = main(["audit", *(str(a) for a in arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def write(path, header, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


HEADER = "area_code,indicator,sex,period,count"
RANGE = ("--smallest", 1, "--largest", 7)
HONEST = (
    "E07000008,referrals,persons,2015/16,60",
    "E07000008,referrals,female,2015/16,c",
    "E07000008,referrals,male,2015/16,c",
)


@pytest.fixture
def table9(shared, tmp_path):
    """Table 9 of the assessment, written as an analyst would write a table of her own."""
    with (shared / "assessment" / "district_tables.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["source_table"] == "9"]
    rows = [r for r in rows if r["area"] == "Peterborough"]
    lines = []
    for row in rows:
        name, of, percent, count = row["indicator"], WHOLE, "", ""
        if row["unit"] == "percent":
            percent, name = row["value"], row["indicator"].removeprefix("child protection plans: ")
            count = "x" if percent == "x" else ""
        else:
            count, name, of = row["value"], WHOLE, ""
        complete = "true" if of else ""
        lines.append(
            f'{row["area_code"]},"{name}",persons,{row["period"]},{count},{percent},"{of}",{complete}'
        )
    assert len(lines) == 6
    header = f"{HEADER},percent,part_of,part_of_complete"
    return write(tmp_path / "table9.csv", header, *lines)


@pytest.mark.promise
@pytest.mark.shared
def test_table_9_as_printed_gives_its_hidden_cells_away(capsys, table9):
    """The audit finds what a published table gives away: Table 9 as printed fails it."""
    code, out, _ = run(capsys, table9, "--smallest", 1, "--largest", 5, "--json")
    assert code == 1
    report = json.loads(out)
    found = {c["indicator"]: (c["kind"], c["lower"], c["upper"]) for c in report["cells"]}
    # 257 children less 185, 10 and 57: the two cells are 5 together.
    assert found == {"physical abuse": ("narrowed", 1, 4), "multiple": ("narrowed", 1, 4)}
    assert report["hidden"] == 2


@pytest.mark.shared
def test_table_9_without_its_total_is_safe(table9):
    lines = table9.read_text("utf-8").splitlines()
    table9.write_text("\n".join([lines[0], *lines[2:]]) + "\n", "utf-8")
    assert audit_files(table9, smallest=1, largest=5).cells.empty


def test_an_honest_table_passes(capsys, tmp_path):
    table = write(tmp_path / "own.csv", HEADER, *HONEST)
    code, out, error = run(capsys, table, *RANGE)
    assert (code, error) == (0, "")
    assert "1 files, 2 hidden counts, 2 counts judged against 1 to 7: 0 findings." in out
    assert out.endswith("No hidden count can be found out.\n")


def test_the_third_sex_fails(capsys, tmp_path):
    rows = [HONEST[0], HONEST[1].replace(",c", ",57")]
    code, out, _ = run(capsys, write(tmp_path / "own.csv", HEADER, *rows), *RANGE)
    assert code == 1
    assert "E07000008, referrals, male, 2015/16: other figures give the count, 3." in out
    assert out.endswith("A person must decide.\n")


def test_a_year_and_eleven_months_of_it_fail(capsys, tmp_path):
    months = HONEST[0].replace("2015/16,60", "2015-04-01 to 2016-02-29,56")
    table = write(tmp_path / "own.csv", HEADER, HONEST[0], months)
    code, out, _ = run(capsys, table, *RANGE)
    assert code == 1
    assert "2016-03-01 to 2016-03-31: other figures give the count, 4." in out


def test_folders_that_one_reader_holds(capsys, tmp_path):
    partner, public = tmp_path / "partner", tmp_path / "public"
    write(partner / "own.csv", HEADER, *HONEST)
    write(
        public / "own.csv", HEADER, HONEST[0].replace("60", "c"),
        HONEST[1].replace(",c", ",57"), HONEST[2],
    )  # fmt: skip
    assert run(capsys, partner, *RANGE)[0] == 0
    assert run(capsys, public, *RANGE)[0] == 0
    code, out, _ = run(capsys, partner, "--with", public, *RANGE)
    assert code == 1
    assert "male, 2015/16: other figures give the count, 3." in out


def test_a_published_table_is_known(capsys, tmp_path):
    table = write(tmp_path / "own.csv", HEADER, *HONEST)
    known = write(tmp_path / "known" / "press.csv", HEADER, HONEST[1].replace(",c", ",55"))
    code, out, _ = run(capsys, table, "--known", known, *RANGE)
    assert code == 1
    # What is published is no secret; what follows from it is.
    assert "female" not in out
    assert "male, 2015/16: other figures give the count, 5." in out


def test_a_range_must_be_given(capsys, tmp_path):
    table = write(tmp_path / "own.csv", HEADER, *HONEST)
    code, out, error = run(capsys, table)
    assert (code, out) == (2, "")
    assert error.startswith("vawg-geo: the files do not say which counts are protected.")
    code, _, error = run(capsys, table, "--smallest", 9, "--largest", 1)
    assert code == 2
    assert "are no range to protect" in error


def test_what_cannot_be_read(capsys, tmp_path):
    code, out, error = run(capsys, tmp_path / "nowhere", *RANGE)
    assert (code, out) == (2, "")
    assert error.startswith("vawg-geo: ")
    assert "Traceback" not in error


def test_findings_of_readers_are_findings(monkeypatch):
    wrong = Finding(kind="unknown_file", file="notes.doc", text="No reader knows it.")
    content = Observed(parameters=Parameters(smallest=1, largest=7), findings=[wrong])
    monkeypatch.setattr("vawg_geo.audit.files.read_folder", lambda _: content)
    report = audit_files("anywhere")
    assert report.findings == (wrong,)
    assert report.exit_code == 1
    assert report.table().to_numpy().tolist() == [["unknown_file", "notes.doc", wrong.text]]


def test_the_report_as_json(capsys, tmp_path):
    rows = [HONEST[0].replace("60", "5"), *HONEST[1:]]
    code, out, _ = run(capsys, write(tmp_path / "own.csv", HEADER, *rows), *RANGE, "--json")
    assert code == 1
    report = json.loads(out)
    assert list(report) == sorted(report)
    assert (report["passed"], report["smallest"], report["largest"]) == (False, 1, 7)
    assert report["files"] == ["own.csv"]
    assert {(c["sex"], c["kind"], c["lower"], c["upper"]) for c in report["cells"]} == {
        ("persons", "shown", 5, 5),
        ("female", "narrowed", 1, 4),
        ("male", "narrowed", 1, 4),
    }


def random_table(seed):
    """Persons, female and male of 144 wards, 6 districts, a county and a police area.

    Small counts are hidden, and as many others as make about 110.
    """
    rng = np.random.default_rng(seed)
    ward = [f"E05{n:06d}" for n in range(144)]
    district = [f"E07{n:06d}" for n in range(5)] + ["E06000001"]
    parents = {w: district[n % 6] for n, w in enumerate(ward)}
    parents |= dict.fromkeys(district[:5], "E10000001") | {
        district[5]: "E23000001",
        "E10000001": "E23000001",
    }
    base = pd.DataFrame(
        {sex: rng.negative_binomial(1.5, 1.5 / (1.5 + 30), 144) for sex in ("female", "male")},
        index=ward,
    )
    base["persons"] = base["female"] + base["male"]
    levels = [base, base.groupby(parents).sum()]
    levels += [levels[1].drop(index=district[5:]).sum().to_frame("E10000001").T]
    levels += [base.sum().to_frame("E23000001").T]
    table = pd.concat(levels).rename_axis("area_code").reset_index()
    table = table.melt("area_code", var_name="sex", value_name="low")
    hide = table["low"].between(1, 7)
    others = table.index[~hide & table["area_code"].isin(ward) & (table["low"] > 7)]
    hide[rng.choice(others, max(0, 110 - int(hide.sum())), replace=False)] = True
    status = np.where(hide, "suppressed", np.where(table["low"] == 0, "zero", "value"))
    low = table["low"].astype(float).mask(hide)
    table = table.assign(
        low=low, high=low, status=status, indicator="a", period="2015/16", level="", basis="own",
        source="own.csv",
    )  # fmt: skip
    return Observed(
        observations=table, parents=parents, parameters=Parameters(smallest=1, largest=7)
    )


def test_a_whole_table_takes_no_time():
    import time

    from vawg_geo.audit.run import audit_observed

    content = random_table(1)
    audit_observed(content)
    start = time.process_time()
    report = audit_observed(content)
    # Measured: 0.05 s. The limit is what the documentation promises.
    assert time.process_time() - start < 10
    assert report.hidden >= 100
    assert not report.passed
