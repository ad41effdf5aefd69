"""Tables that are laid over the rates, as somebody might spoil them."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing

import pandas as pd
import pytest

from vawg_geo.audit.files import read_folder
from vawg_geo.audit.run import audit_files

WARDS = [f"E0500{n:04d}" for n in range(2702, 2712)]
# The first two are hidden in the rates; the others have 20, 21, ...
HIDDEN = WARDS[:2]
COUNTS = {code: None if code in HIDDEN else 20 + n for n, code in enumerate(WARDS)}
SERIES = {"level": "ward", "indicator": "crimes", "sex": "female", "period": "2015/16"}


def rate_rows(indicator="crimes"):
    return [
        {
            "area_code": code,
            **SERIES,
            "indicator": indicator,
            "count": count,
            "population": 5000,
            "status": "value" if count else "suppressed",
            "basis": "own",
        }
        for code, count in COUNTS.items()
    ]


def deprivation():
    """Wards' scores; the first five in decile 1, the others in decile 9."""
    return [
        {"area_code": code, "level": "ward", "score": 40 - n, "lsoas_most_deprived": 1,
         "decile": 1 if n < 5 else 9, "population": 6000}
        for n, code in enumerate(WARDS)
    ]  # fmt: skip


def by_group():
    groups = {1: [c for c in WARDS[:5] if COUNTS[c]], 9: WARDS[5:]}
    rows = []
    for group, codes in groups.items():
        count, people = sum(COUNTS[c] for c in codes), 5000 * len(codes)
        rows.append(
            {
                **SERIES, "grouping": "national decile", "group": group, "areas": len(codes),
                "areas_without": 5 - len(codes), "count": count, "population": people,
                "rate": count / people * 1000, "rate_lower": 1.5, "rate_upper": 9.5,
                "rate_per": 1000, "rate_method": "exact", "status": "value", "note": "",
            }
        )  # fmt: skip
    return rows


def links():
    return [
        {**SERIES, "statistic": "spearman", "value": 0.4, "lower": 0.1, "upper": 0.6,
         "p_value": 0.02, "areas": 8, "areas_without": 2, "status": "value",
         "words": "More deprived wards tend to have higher rates.", "note": ""}
    ]  # fmt: skip


def classes():
    return [
        {"area_code": code, **SERIES, "rate_class": 2 if COUNTS[code] else None,
         "deprivation_class": 3, "status": "value" if COUNTS[code] else "suppressed",
         "rate_limit_1": 4.4, "rate_limit_2": 5.0, "note": ""}
        for code in WARDS
    ]  # fmt: skip


def claims():
    return [
        {**SERIES, "claim": "Rates are higher in the more deprived areas.", "evidence": "Yes.",
         "agrees": "yes", "value": 0.4, "lower": 0.1, "upper": 0.6, "areas": 8, "area_code": ""}
    ]  # fmt: skip


def reach():
    """Contacts of services per crime: hidden where the crimes are."""
    return [
        {
            "area_code": code, "level": "ward", "indicator": "Contacts per 100", "numerator":
            "contacts", "period": "2015/16", "numerator_sex": "female", "numerator_count": 30,
            "numerator_basis": "published", "denominator": "crimes", "denominator_sex": "female",
            "denominator_count": count, "denominator_basis": "own",
            "reach": 30 / count * 100 if count else None, "reach_lower": 90 if count else None,
            "reach_upper": 200 if count else None, "reach_per": 100, "comparator": "",
            "comparator_reach": None, "significance": "similar" if count else "not_compared",
            "status": "value" if count else "suppressed", "basis": "own", "note": "",
        }
        for code, count in COUNTS.items()
    ]  # fmt: skip


def gaps():
    """One gap of a ward whose need is shown, one of a ward whose need is hidden."""
    shown, hidden = WARDS[4], WARDS[0]
    blank = {"need_count": None, "need_population": 5000, "need_rate": None,
             "need_rate_lower": None, "need_rate_per": 1000, "need_status": "suppressed",
             "need_significance": "not_compared"}  # fmt: skip
    figures = {"need_count": COUNTS[shown], "need_rate": COUNTS[shown] / 5, "need_rate_lower": 2.9,
               "need_status": "value", "need_significance": "higher"}  # fmt: skip
    series = {"need_indicator": "crimes", "need_sex": "female", "need_period": "2015/16",
              "need_basis": "own", "need_comparator": "", "need_comparator_rate": None}  # fmt: skip
    none = {
        "reach_numerator": "", "reach_numerator_sex": "", "reach_numerator_count": None,
        "reach_numerator_basis": "", "reach_denominator": "", "reach_denominator_sex": "",
        "reach_denominator_count": None, "reach_denominator_basis": "", "reach": None,
        "reach_lower": None, "reach_upper": None, "reach_period": "", "reach_status": "",
        "reach_significance": "", "reach_comparator": "", "reach_comparator_value": None,
    }  # fmt: skip
    return [
        {"area_code": code, "level": "ward", "gap": gap, **series, **blank, **more, **none,
         "words": words}
        for code, gap, more, words in (
            (shown, "none", figures, "The rate is higher."),
            (hidden, "not_recoverable", {}, "Not told; no rate is shown."),
        )
    ]  # fmt: skip


def layers(name="reach-contacts", title="Contacts per 100", series=False):
    return [
        {
            "area_code": code, "level": "ward", "layer": name, "title": title,
            "indicator": "crimes" if series else "", "sex": "female" if series else "",
            "period": "2015/16" if series else "",
            "class": "similar" if COUNTS[code] else None if series else "suppressed",
            "label": "Similar" if COUNTS[code] else None if series else "Hidden",
            "words": "96.8 per 100." if COUNTS[code] else None,
        }
        for code in WARDS
    ]  # fmt: skip


TABLES = {
    "deprivation": deprivation, "rates_by_deprivation": by_group, "deprivation_links": links,
    "rate_and_deprivation": classes, "source_claims": claims, "reach": reach, "gaps": gaps,
    "overlays": layers,
}  # fmt: skip


def csv_of(rows):
    names = list(rows[0])
    lines = [",".join(names)]
    for row in rows:
        cells = ("" if row[n] is None else str(row[n]) for n in names)
        lines.append(",".join(f'"{c}"' for c in cells))
    return "\n".join(lines) + "\n"


@pytest.fixture
def read(tmp_path):
    """Write the rates and all tables, some of them changed; gives the findings."""

    def write(**changed):
        (tmp_path / "rates_ward.csv").write_text(csv_of(rate_rows()))
        for name, made in TABLES.items():
            rows = changed[name] if name in changed else made()
            (tmp_path / f"{name}.csv").write_text(csv_of(rows))
        return read_folder(tmp_path).findings

    return write


def kinds(findings):
    return {(finding.kind, finding.file.split(".")[0]) for finding in findings}


def test_fair_tables_have_nothing_to_find(read):
    assert read() == []
    assert read(overlays=layers("rate-and-deprivation", "Both", series=True)) == []


@pytest.mark.parametrize("name", list(TABLES))
def test_a_column_more(read, name):
    rows = [row | {"wisdom": 3} for row in TABLES[name]()]
    assert kinds(read(**{name: rows})) >= {("unknown_column", name)} or kinds(
        read(**{name: rows})
    ) >= {("unknown_table", name)}


@pytest.mark.parametrize("name", ["deprivation", "rate_and_deprivation", "overlays"])
def test_a_count_beside_it(read, name):
    """A column that other tables may have, and this one may not."""
    rows = [row | {"count": 3} for row in TABLES[name]()]
    assert any(file == name for _, file in kinds(read(**{name: rows})))


@pytest.mark.parametrize(
    "change",
    [
        {"count": 70}, {"rate": 3.9}, {"count": None}, {"count": None, "rate": None},
        {"population": 19_000},
    ],
)  # fmt: skip
def test_a_sum_that_holds_a_hidden_count(read, change):
    rows = by_group()
    assert rows[0]["count"] == 22 + 23 + 24
    rows[0] |= change
    (finding,) = read(rates_by_deprivation=rows)
    assert finding.kind == "derived_figure"
    assert "national decile 1" in finding.text


def test_a_group_of_hidden_areas_alone(read):
    """Nothing is said of a group without a shown area; a count there is a hidden one."""
    rows = by_group()
    blank = dict.fromkeys(("count", "population", "rate", "rate_lower", "rate_upper"))
    rows.append(rows[0] | blank | {"group": 5, "areas": 0, "areas_without": 2})
    assert read(rates_by_deprivation=rows) == []
    rows[-1]["count"] = 4
    assert kinds(read(rates_by_deprivation=rows)) == {("derived_figure", "rates_by_deprivation")}


def test_a_class_in_a_hidden_ward(read):
    rows = classes()
    rows[0]["rate_class"] = 1
    assert kinds(read(rate_and_deprivation=rows)) >= {("derived_figure", "rate_and_deprivation")}


@pytest.mark.parametrize("column", ["reach", "reach_lower", "reach_upper"])
@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_a_ratio_beside_a_hidden_part(read, column, part):
    rows = reach()
    if part == "numerator":
        rows[3] |= {"numerator_count": None, "numerator_basis": "own", "status": "suppressed",
                    "significance": "not_compared",
                    **dict.fromkeys(("reach", "reach_lower", "reach_upper"))}  # fmt: skip
        layer = layers()
        layer[3] |= {"class": "suppressed", "label": "Hidden", "words": None}
        assert read(reach=rows, overlays=layer) == []
        rows[3][column] = 61.5
        assert kinds(read(reach=rows, overlays=layer)) >= {("derived_figure", "reach")}
    else:
        rows[0][column] = 600
        assert kinds(read(reach=rows)) >= {("derived_figure", "reach")}


def test_a_comparison_beside_a_hidden_part(read):
    rows = reach()
    rows[0]["significance"] = "higher"
    assert kinds(read(reach=rows)) >= {("derived_figure", "reach")}


def test_a_ratio_where_both_parts_are_hidden(read):
    rows = reach()
    rows[0] |= {"numerator_count": None, "numerator_basis": "own"}
    assert read(reach=rows) == []
    rows[0]["reach"] = 100
    assert kinds(read(reach=rows)) >= {("derived_figure", "reach")}


@pytest.mark.parametrize("table", ["reach", "gaps"])
def test_a_hidden_count_as_a_part(tmp_path, table):
    """A count is no finding of a file: it is judged with all that is known of the hidden cell."""
    (tmp_path / "rates_ward.csv").write_text(csv_of(rate_rows()))
    rows = TABLES[table]()
    (tmp_path / f"{table}.csv").write_text(csv_of(rows))
    assert audit_files(tmp_path, smallest=1, largest=7).passed
    if table == "reach":
        rows[0]["denominator_count"] = 5
    else:
        rows[1] |= {"need_count": 5, "need_status": "value"}
    (tmp_path / f"{table}.csv").write_text(csv_of(rows))
    report = audit_files(tmp_path, smallest=1, largest=7)
    assert any(HIDDEN[0] in finding.text for finding in report.findings)


def test_an_own_count_beside_a_published_one_is_not_published(tmp_path):
    """The basis of a ratio is not that of both parts: a published one must not excuse the other."""
    (tmp_path / "rates_ward.csv").write_text(csv_of(rate_rows()))
    rows = reach()
    rows[0]["denominator_count"] = 5
    for row in rows:
        row["basis"] = "published"
    (tmp_path / "reach.csv").write_text(csv_of(rows))
    assert not audit_files(tmp_path, smallest=1, largest=7).passed
    observed = read_folder(tmp_path).observations
    told = observed[observed["source"].str.startswith("reach")]
    assert dict(told.groupby("indicator")["basis"].first()) == {
        "contacts": "published", "crimes": "own",
    }  # fmt: skip


def test_of_residents_there_is_nothing_to_hide(read):
    rows = reach()
    for row in rows:
        row |= {"denominator": "residents", "denominator_basis": "", "denominator_count": 5000,
                "status": "value", "reach": 0.6, "significance": "similar"}  # fmt: skip
    layer = layers()
    for row in layer:
        row |= {"class": "similar", "label": "Similar", "words": "0.6 per 100."}
    assert read(reach=rows, overlays=layer) == []


def test_a_comparator_that_is_hidden(read):
    rows = reach()
    for row in rows[2:]:
        row |= {"comparator": HIDDEN[0], "comparator_reach": 600}
    assert kinds(read(reach=rows)) >= {("derived_figure", "reach")}


@pytest.mark.parametrize(
    "change",
    [
        {"need_rate": 0.8}, {"need_rate_lower": 0.2}, {"need_significance": "higher"},
        {"reach_numerator": "crimes", "reach_numerator_sex": "female", "reach_period": "2015/16",
         "reach": 40.0},
        {"reach_denominator": "crimes", "reach_denominator_sex": "female",
         "reach_period": "2015/16", "reach_upper": 40.0},
        {"need_comparator": HIDDEN[1], "need_comparator_rate": 0.8},
    ],
)  # fmt: skip
def test_figures_of_a_hidden_need(read, change):
    rows = gaps()
    rows[1] |= change
    found = kinds(read(gaps=rows))
    assert ("derived_figure", "gaps") in found or ("derived_figure", "rates_ward") in found


@pytest.mark.parametrize("change", [{"class": "lower", "label": "Fewer"}, {"words": "7 per 100."}])
def test_a_layer_that_says_what_its_ratio_hides(read, change):
    rows = layers()
    rows[0] |= change
    assert kinds(read(overlays=rows)) >= {("derived_figure", "overlays")}


def test_a_class_of_a_series_in_a_hidden_ward(read):
    rows = layers("rate-and-deprivation", "Both", series=True)
    rows[0]["class"] = "13"
    assert kinds(read(overlays=rows)) >= {("derived_figure", "overlays")}


@pytest.mark.parametrize("times", [1, 2.5, "per 1,000 residents"])
def test_a_column_that_is_declared_to_tell_nothing_and_follows_the_counts(read, times):
    """What a column is declared to tell is a judgement; its values are looked at all the same."""
    rows = deprivation()
    for n, row in enumerate(rows):
        row["population"] = 5000 + 37 * n
        count = COUNTS[row["area_code"]] or 3
        per = 1000 / row["population"] if isinstance(times, str) else times
        row["score"] = count * per
    (finding,) = read(deprivation=rows)
    assert (finding.kind, finding.file) == ("copied_figure", "deprivation.csv")
    assert "'score' has a value of 2 areas whose count of crimes, female" in finding.text
    assert "in 8 of 8 areas" in finding.text
    # With one area out of line it is something else; without the hidden areas it tells nothing.
    rows[5]["score"] *= 1.01
    assert read(deprivation=rows) == []
    rows[5]["score"] /= 1.01
    assert read(deprivation=rows[2:], rates_by_deprivation=by_group()) == []


def page(reach_class, text, series_class=None):
    """A page's data with a layer of a ratio, one of a series and one of neither."""
    hot = [COUNTS[code] for code in WARDS[:4]]
    series = {
        "indicator": 0, "sex": "female", "period": "2015/16", "per": 1000, "basis": "own",
        "count": hot, "status": [1, 1, 0, 0], "note": 0, "population": 0,
    }  # fmt: skip
    classes = [["Similar", "#fff", "", "solid"], ["Hidden", "#fff", "#000", "diagonal"]]
    layer = {"group": "Reach", "title": "Contacts per 100", "classes": classes, "note": "",
             "keys": ["similar", "suppressed"]}  # fmt: skip
    return {
        "meta": {"level": "ward", "statuses": ["value", "suppressed"]},
        "areas": {"code": WARDS[:4], "name": WARDS[:4]},
        "indicators": [{"name": "crimes"}],
        "notes": [""],
        "populations": [[5000] * 4],
        "series": [series],
        "overlays": {
            "words": ["3.2 per 100"],
            "layers": [
                {"id": "reach", **layer, "class": [reach_class, 1, 0, 0],
                 "text": [text, None, 0, 0]},
                {"id": "both", **layer, "title": "Both", "series": 0,
                 "class": [series_class, None, 0, 0], "text": [None, None, 0, 0]},
                {"id": "score", **layer, "title": "Deprivation", "class": [0, 0, 0, 0],
                 "text": [0, 0, 0, 0]},
            ],
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reach_class", "text", "series_class", "fair"),
    [(1, None, None, True), (0, None, None, False), (1, 0, None, False), (1, None, 0, False)],
)
def test_layers_of_a_page(tmp_path, reach_class, text, series_class, fair):
    data = json.dumps(page(reach_class, text, series_class))
    (tmp_path / "ward.html").write_text(f'<script type="application/json">{data}</script>')
    (tmp_path / "reach.csv").write_text(csv_of(reach()[:4]))
    found = read_folder(tmp_path).findings
    assert ("derived_figure" in {f.kind for f in found}) is not fair
    assert fair is (found == [])
    assert all("ward.html" in f.file for f in found)


def read_layers(folder, change):
    """Findings of a page whose layer of a ratio was changed, beside the ratios."""
    data = page(1, None)
    change(data["overlays"]["layers"][0])
    text = f'<script type="application/json">{json.dumps(data)}</script>'
    (folder / "ward.html").write_text(text)
    (folder / "reach.csv").write_text(csv_of(reach()[:4]))
    return read_folder(folder).findings


def test_a_label_is_nobodys_business(tmp_path):
    """Old code: seen to fail, since the audit looked for the word Hidden."""

    def change(layer):
        layer["classes"][0][0], layer["classes"][1][0] = "Ähnlich", "Nicht gezeigt"

    assert read_layers(tmp_path, change) == []


@pytest.mark.parametrize(
    "keys",
    [
        ["similar", "unheard-of"], ["similar", "similar"], ["suppressed", "suppressed"],
        ["similar", None], ["similar", 3], ["similar"], None, "suppressed",
    ],
)  # fmt: skip
def test_a_class_key_that_the_audit_does_not_know(tmp_path, keys):
    """A hidden ratio whose class nobody knows tells something, until somebody says otherwise."""
    found = read_layers(tmp_path, lambda layer: layer.update(keys=keys))
    assert "derived_figure" in {finding.kind for finding in found}


@pytest.mark.parametrize("label", ["Similar", "1 to 7 contacts"])
def test_a_label_that_says_what_the_key_hides(tmp_path, label):
    """A class is known by its key, so its label must not be that of another, or hold a figure."""
    found = read_layers(tmp_path, lambda layer: layer["classes"][1].__setitem__(0, label))
    assert "derived_figure" in {finding.kind for finding in found}


@pytest.mark.parametrize(
    "change", [{"label": "Fewer"}, {"label": "Similar"}, {"label": "3 contacts"},
               {"class": "unheard-of"}, {"class": None}]
)  # fmt: skip
def test_a_layers_table_whose_hidden_rows_are_not_alike(read, change):
    rows = layers()
    rows[0] |= change
    assert kinds(read(overlays=rows)) >= {("derived_figure", "overlays")}


@pytest.mark.parametrize("change", [{"label": "High rate"}, {"words": "High rate, by thirds."}])
def test_words_of_a_series_in_a_hidden_ward(read, change):
    """Seen to fail where the audit looked at the class alone."""
    rows = layers("rate-and-deprivation", "Both", series=True)
    rows[0] |= change
    assert kinds(read(overlays=rows)) >= {("derived_figure", "overlays")}


def test_a_key_that_no_layer_has(tmp_path):
    data = page(1, None)
    data["overlays"]["layers"][0]["counts"] = [1, 2, 3, 4]
    (tmp_path / "ward.html").write_text(
        f'<script type="application/json">{json.dumps(data)}</script>'
    )
    assert "unknown_key" in {f.kind for f in read_folder(tmp_path).findings}


@pytest.fixture
def public(tmp_path):
    """A folder that says it is the public edition."""
    record = {"edition": "public", "parameters": {"smallest_hidden": 1, "largest_hidden": 7}}
    (tmp_path / "build.json").write_text(json.dumps(record))
    return tmp_path


PROFILE = {
    "area_code": WARDS[0], "area_name": "Abbey", "level": "ward",
    "profile": "brothel concentration", "profile_class": "highest", "basis": "stated",
}  # fmt: skip


def write_profile(folder, kind):
    if kind == "csv":
        (folder / "notes.csv").write_text(csv_of([PROFILE]))
    elif kind == "text":
        (folder / "notes.csv").write_text("kind,text\nnote,A Red Light area lies there\n")
    elif kind == "html":
        (folder / "a.html").write_text("<p>Brothel concentration: highest</p>")
    elif kind == "gpkg":
        with closing(sqlite3.connect(folder / "a.gpkg")) as base, base:
            base.execute("CREATE TABLE overlays (area_code, words)")
            base.execute("INSERT INTO overlays VALUES (?, 'Red-light area: current')", WARDS[:1])
    elif kind == "qgz":
        with zipfile.ZipFile(folder / "a.qgz", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("a.qgs", "<qgis><layer name='Brothel concentration'/></qgis>")
    elif kind == "json":
        record = json.loads((folder / "build.json").read_text())
        record["public_inputs"] = {"ward-profiles": "0" * 64}
        (folder / "build.json").write_text(json.dumps(record))


@pytest.mark.promise
@pytest.mark.parametrize("kind", ["csv", "text", "html", "gpkg", "qgz", "json"])
def test_a_word_of_a_ward_profile_in_a_public_file(public, kind):
    """The audit refuses a public folder that holds a ward profile."""
    (public / "rates_ward.csv").write_text(csv_of(rate_rows()))
    write_profile(public, kind)
    assert "forbidden_layer" in {f.kind for f in read_folder(public).findings}


def test_profiles_in_a_partnership_edition(public):
    record = json.loads((public / "build.json").read_text()) | {"edition": "partnership"}
    (public / "build.json").write_text(json.dumps(record))
    write_profile(public, "csv")
    assert read_folder(public).findings == []


@pytest.fixture
def geopackage(tmp_path):
    """Write the rates and all tables into a GeoPackage, and a view of the layer; findings."""

    def write(**changed):
        path = tmp_path / "a.gpkg"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as base, base:
            frames = {"rates": rate_rows(), **{name: made() for name, made in TABLES.items()}}
            for name, rows in (frames | changed).items():
                pd.DataFrame(rows).to_sql(name, base, index=False)
            base.execute(
                "CREATE VIEW ward_reach AS SELECT area_code, level, layer, title, indicator, sex, "
                "period, class, label, words FROM overlays"
            )
        return read_folder(tmp_path).findings

    return write


def test_tables_and_views_of_a_geopackage(geopackage):
    assert geopackage() == []
    for name, change in (
        ("reach", {"reach_lower": 300.0}),
        ("rate_and_deprivation", {"rate_class": 3}),
        ("overlays", {"words": "7 per 100."}),
        ("rates_by_deprivation", {"count": 70}),
        ("deprivation", {"wisdom": 3}),
    ):
        rows = TABLES[name]()
        rows[0] |= change
        found = geopackage(**{name: rows})
        assert any(name in finding.file for finding in found), name
        if name == "overlays":
            assert any("ward_reach" in finding.file for finding in found)
