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


def test_check_names_the_pairs_across_the_water(run, root, tmp_path):
    text = (root / "data" / "vawg.toml").read_text()
    bridges = 'bridges = { ward = "bridges-wards-2015" }'
    assert bridges in text
    config = tmp_path / "vawg.toml"
    config.write_text(text.replace(bridges, ""))
    code, printed, _ = run("check", config)
    assert code == 0
    assert "Question: 8 pairs among 144 wards face each other within 60 m" in printed
    for pair in (("Medworth", "Peckover"), ("Haddenham", "Earith"), ("Eye and Thorney", "Bassen")):
        assert any(all(name in line for name in pair) for line in printed.splitlines())
    code, printed, _ = run("check")
    assert "Question: 8 pairs" not in printed
    assert "bridges-wards-2015: 8 of 8 pairs are neighbours across water" in printed


def test_check_refuses_bridges_of_other_wards(run, make_project):
    config = make_project()
    (config.parent / "b.csv").write_text(
        "area_code,area_name,across_code,reason\nE05999998,Nowhere,E05009506,a bridge\n"
    )
    text = config.read_text()
    assert text.count("[hotspots]\n") == 1

    def with_bridges(level: str) -> str:
        return text.replace("[hotspots]\n", f'[hotspots]\nbridges = {{ {level} = "b.csv" }}\n')

    config.write_text(with_bridges("ward"))
    code, _, error = run("check", config)
    assert code == 2
    assert "1 of 2 areas of b.csv are none of the 144 wards of this map" in error
    assert "'E05999998 Nowhere'" in error
    config.write_text(with_bridges("lsoa"))
    assert "which has no boundaries. Add [areas.lsoa]" in run("check", config)[2]
    config.write_text(with_bridges("wards"))
    assert "Did you mean 'ward'" in run("check", config)[2]
