"""A cluster that holds all that is recorded: there is no rest to set its rate against."""

from __future__ import annotations

import pandas as pd


def test_the_map_says_so_in_words(run, make_project, ward_codes, tmp_path):
    """Seen to fail: the build ended with a traceback, since a page's data cannot hold infinity."""
    counts = [60, *[0] * (len(ward_codes) - 1)]
    rows = [f"{c},persons,2015/16,crimes,{n}" for c, n in zip(ward_codes, counts, strict=True)]
    table = "\n".join(["area_code,sex,period,indicator,count", *rows]) + "\n"
    out = tmp_path / "maps"
    code, _, error = run("build", make_project(table=table), "--quiet", "--out", out)
    assert code == 0, error
    scans = pd.read_csv(out / "public" / "tables" / "scans.csv")
    assert scans["relative_risk"].isin([float("inf")]).any()
    page = (out / "public" / "ward.html").read_text("utf-8")
    assert "nothing is recorded outside it." in page
    assert '"risk":null' in page
    # A sheet of a workbook cannot either: seen to fail with an empty cell in it, which the audit
    # took for something unseen.
    import openpyxl

    book = openpyxl.load_workbook(out / "public" / "tables" / "vawg.xlsx", read_only=True)
    assert any("inf" in row for sheet in book for row in sheet.iter_rows(values_only=True))
