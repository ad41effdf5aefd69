"""`vawg-geo check`: what it says, and what a person must decide."""

from __future__ import annotations


def test_check_of_the_default(run):
    code, printed, _ = run("check")
    assert code == 0
    assert "Nothing needs a decision." in printed


def test_check_lists_every_refused_row(run, make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 20) | {"E05999998": 3, "E05999999": 3})
    code, _, error = run("check", config)
    assert code == 2
    assert "E05999998" in error
    assert "E05999999" in error


def test_check_of_sums_that_differ(run, make_project, ward_codes):
    config = make_project(dict.fromkeys(ward_codes, 20))
    (config.parent / "districts.csv").write_text(
        "area_code,sex,period,indicator,count\nE07000008,persons,2015/16,crimes,279\n"
    )
    text = config.read_text()
    config.write_text(
        text.replace(
            "[population]", '[[counts]]\nfile = "districts.csv"\nbasis = "own"\n[population]', 1
        )
    )
    code, printed, _ = run("check", config)
    assert code == 1
    assert "first: Cambridge, crimes, persons: parts 280, given 279" in printed


def test_sheet_of_a_workbook(run, tmp_path, make_project, ward_codes):
    import openpyxl

    config = make_project()
    book = openpyxl.Workbook()
    book.active.append(["A cover sheet"])
    sheet = book.create_sheet("Data")
    sheet.append(["area_code", "sex", "period", "indicator", "count"])
    for code in ward_codes:
        sheet.append([code, "persons", "2015/16", "crimes", 20])
    book.save(config.parent / "counts.xlsx")
    config.write_text(config.read_text().replace('"counts.csv"', '"counts.xlsx"\nsheet = "Data"'))
    assert run("check", config)[0] == 0
