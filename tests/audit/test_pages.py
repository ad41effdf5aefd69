"""Web pages and JSON: data in scripts, blobs, colours and text."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from vawg_geo.audit.files import read_folder

CODES = [f"E0500{n:04d}" for n in range(2700, 2730)]


def kinds(observed):
    return sorted({finding.kind for finding in observed.findings})


def payload(**changes):
    """The data of a page: three wards, the first two hidden."""
    series = {
        "indicator": 0, "sex": "female", "period": "2015/16", "per": 1000, "basis": "own",
        "count": [None, None, 40], "rate": [None, None, 8.0], "class": [None, None, 1],
        "status": [1, 1, 0], "significance": [1, 1, 0], "standing": [1, 1, 0], "note": 0, "population": 0,
        "hot": {"gi": {"cluster": [1, 1, 0], "p": [None, None, 12], "near": [1, 2, 1], "rule": ""}},
    }  # fmt: skip
    meta = {
        "level": "ward",
        "statuses": ["value", "suppressed"],
        "significances": ["higher", "not_compared"],
        "standings": ["unusually_high", "not_compared"],
        "clusters": ["hot", "not_applicable"],
    }
    return {
        "meta": meta,
        "areas": {"code": CODES[:3], "name": CODES[:3], "parent": [0, 0, 0]},
        "parents": {"code": ["E07000008"]},
        "indicators": [{"name": "crimes"}],
        "notes": ["hidden"],
        "populations": [[5000, 5000, 5000]],
        "series": [series | changes],
    }


@pytest.fixture
def read(tmp_path):
    def write(body, name="map.html"):
        (tmp_path / name).write_text(body, "utf-8")
        return read_folder(tmp_path)

    return write


def page(data):
    return f'<html><script type="application/json">{json.dumps(data)}</script><p>Map</p></html>'


def test_a_page_of_ours(read):
    observed = read(page(payload()))
    assert observed.findings == []
    rows = observed.observations
    assert rows["status"].tolist() == ["suppressed", "suppressed", "value"]
    assert rows["low"].tolist()[2] == 40
    assert observed.parents[CODES[0]] == "E07000008"


@pytest.mark.parametrize(
    "change",
    [
        {"rate": [0.6, None, 8.0]},
        {"low998": [0.1, None, 7.0]},
        {"class": [0, None, 1]},
        {"significance": [0, 1, 0]},
        {"standing": [0, 1, 0]},
        {"hot": {"gi": {"cluster": [0, 1, 0]}}},
        {"hot": {"gi": {"p": [3, None, 12]}}},
        {"scan": {"clusters": [{"n": 1, "areas": 1, "observed": 3}], "member": [1, 0, 0]}},
        {"comparator": {"code": CODES[0], "name": "Abbey", "rate": 0.6}},
    ],
)
def test_figures_at_hidden_places(read, change):
    assert "derived_figure" in kinds(read(page(payload(**change))))


def test_a_hidden_count_that_is_there(read):
    rows = read(page(payload(count=[3, None, 40]))).observations
    assert rows[["status", "low", "high"]].to_numpy().tolist()[0] == ["suppressed", 3.0, 3.0]


def test_a_rate_gives_the_count(read):
    rows = read(page(payload(rate=[0.6, None, 8.0]))).observations
    told = rows[(rows["status"] == "suppressed") & rows["low"].notna()]
    assert told["low"].item() <= 3 <= told["high"].item()


def test_kinds_of_hidden_cells_told_apart(read):
    data = payload(note=[0, 1, None])
    data["notes"] = ["small", "to protect another"]
    assert kinds(read(page(data))) == ["told_apart"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(secret=[3, 4, 40]),
        lambda d: d["series"][0].update(secret=[3, 4, 40]),
        lambda d: d["areas"].update(secret=[3, 4, 40]),
        lambda d: d["series"][0].update(count=[3, 4, 40, 12]),
        lambda d: d["series"][0]["hot"]["gi"].update(secret=[3, 4, 40]),
    ],
)
def test_keys_that_no_reader_knows(read, spoil):
    data = payload()
    spoil(data)
    assert kinds(read(page(data))) == ["unknown_key"]


def feature(code, **properties):
    ring = [[0, 52], [1, 52], [1, 53], [0, 52]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {
        "type": "Feature", "id": code, "geometry": geometry,
        "properties": {"area_code": code, **properties},
    }  # fmt: skip


def collection(features):
    return {"type": "FeatureCollection", "features": features}


def test_a_map_whose_tooltip_hides_the_count(read):
    features = [feature(code, count=n) for n, code in enumerate(CODES)]
    script = f"function add(data) {{}} add({json.dumps(collection(features))});"
    rows = read(f"<script>{script}</script>").observations
    assert rows["low"].tolist() == list(range(len(CODES)))


def shade(n):
    return f"#{255 - 4 * n:02x}{80 + 3 * n:02x}40"


def test_a_real_folium_map_with_continuous_colours(read):
    import folium

    chart = folium.Map(tiles=None)
    data = collection([feature(code) for code in CODES])
    shades = {code: shade(n) for n, code in enumerate(CODES)}
    folium.GeoJson(data, style_function=lambda f: {"fillColor": shades[f["id"]]}).add_to(chart)
    observed = read(chart.get_root().render())
    found = [f for f in observed.findings if f.kind == "derived_figure"]
    assert len(found) == 1
    assert "30 areas have colours of a scale" in found[0].text


def test_a_real_folium_map_with_one_colour(read):
    import folium

    chart = folium.Map(tiles=None)
    data = collection([feature(code) for code in CODES])
    folium.GeoJson(data, style_function=lambda _: {"fillColor": "#cccccc"}).add_to(chart)
    assert "derived_figure" not in kinds(read(chart.get_root().render()))


@pytest.mark.parametrize(
    ("hidden_colours", "wrong"),
    [
        (["#eeeeee", "#eeeeee"], False),
        (["#eeeeee", "#dddddd"], True),
        (["#1f3f86", "#1f3f86"], True),  # a class that shown areas have
        (["#ffaa00"], True),
        (["#eeeeee"], False),
    ],
)
def test_colours_of_hidden_areas(read, hidden_colours, wrong):
    features = [
        feature(code, count="x", style={"fillColor": colour})
        for code, colour in zip(CODES, hidden_colours, strict=False)
    ]
    features += [feature(code, count=30, style={"fillColor": "#1f3f86"}) for code in CODES[5:]]
    found = kinds(read(json.dumps(collection(features)), "map.geojson"))
    assert found == (["derived_figure"] if wrong else [])


def test_heights_may_be_figures(read):
    one = feature(CODES[0])
    one["geometry"]["coordinates"] = [[[0, 52, 3], [1, 52, 3], [1, 53, 3], [0, 52, 3]]]
    one["properties"]["count"] = "x"
    assert kinds(read(json.dumps(collection([one])), "map.geojson")) == ["unknown_geometry"]


@pytest.mark.parametrize("pack", [lambda d: d, zlib.compress])
def test_data_in_base64(read, pack):
    table = {"series": [{"area": CODES[0], "count": 3}], "filler": "a" * 100}
    blob = base64.b64encode(pack(json.dumps(table).encode())).decode()
    assert kinds(read(f'<script>var d = atob("{blob}");</script>')) in (
        ["figure_in_text"], ["unknown_data"], ["figure_in_text", "unknown_data"],
    )  # fmt: skip


def test_bytes_in_base64_that_nobody_knows(read):
    blob = base64.b64encode(bytes(range(256))).decode()
    assert kinds(read(f'<img src="data:image/webp;base64,{blob}">')) == ["unknown_data"]


def test_icons_are_no_data_but_pictures_are(read):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    icon = base64.b64encode(head + bytes([0, 0, 0, 26, 0, 0, 0, 26]) + b"\0" * 200).decode()
    assert read(f'<img src="data:image/png;base64,{icon}">').findings == []
    large = base64.b64encode(head + bytes([0, 0, 4, 0, 0, 0, 4, 0]) + b"\0" * 200).decode()
    assert kinds(read(f'<img src="data:image/png;base64,{large}">')) == ["unknown_data"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<p>{CODES[0]} had 3 crimes</p>", "figure_in_text"),
        (f"<svg><path data-area='{CODES[0]}' data-count='3'/></svg>", "figure_in_text"),
        (f"<!-- {CODES[0]}: 3 -->", "figure_in_text"),
        (f"<script>var a = {{'{CODES[0]}': 3}};</script>", "figure_in_text"),
        ("<script>var a = [3,4,1,2,3,4,5,6,7,8,9,1,2,3,4];</script>", "unknown_data"),
        ("<table><tr><th>Ward<th>Wisdom</tr><tr><td>Abbey<td>3</tr></table>", "unknown_column"),
    ],
)
def test_figures_elsewhere_in_a_page(read, body, kind):
    assert kind in kinds(read(f"<html><body>{body}</body></html>"))


def test_a_table_in_a_page(read):
    observed = read(
        f"<table><tr><th>Area code</th><th>Number</th></tr>"
        f"<tr><td>{CODES[0]}</td><td>x</td></tr><tr><td>{CODES[1]}</td><td>12</td></tr></table>"
    )
    assert observed.findings == []
    assert observed.observations["status"].tolist() == ["suppressed", "value"]


def cells(*row):
    """A row of a table: texts, and for some the key that a program knows them by."""
    pairs = [cell if isinstance(cell, tuple) else (cell, "") for cell in row]
    keyed = [(text, f' data-key="{key}"' if key else "") for text, key in pairs]
    return "<tr>" + "".join(f"<td{key}>{text}</td>" for text, key in keyed) + "</tr>"


def of_help(*row):
    head = "<tr><th>Kind of help</th><th>Norden</th><th>Süden</th></tr>"
    return f"<table>{head}{cells(*row)}</table>"


def test_a_table_of_help_in_any_language(read):
    """Seen to fail with the code before, which knew the words Covered and Not said alone."""
    assert read(of_help("IDVA", ("Gedeckt", "stated"), "")).findings == []


@pytest.mark.parametrize(
    "row",
    [
        ("IDVA", ("Gedeckt", "unheard-of"), ""),
        ("IDVA", "Gedeckt", ""),
        ("IDVA", ("3 contacts", "stated"), ""),
        ("IDVA", ("Gedeckt", "stated"), ("Kaum gedeckt", "stated")),
        ("IDVA", ("Gedeckt", "stated"), ("Gedeckt", "none")),
        ("IDVA, 3 contacts", ("Gedeckt", "stated"), ""),
    ],
)
def test_a_table_of_help_with_something_else_in_it(read, row):
    """A key that nobody knows, a word without one, a figure, a key with two words or two keys."""
    assert read(of_help(*row)).findings


def of_counts(*rows):
    names = ("area_name", "count", "significance")
    head = "".join(f'<th data-column="{name}">Wort {n}</th>' for n, name in enumerate(names))
    about = ' data-indicator="crimes" data-sex="female" data-period="2015/16"'
    lines = "".join(cells((f"Ort {n}", CODES[n]), *row) for n, row in enumerate(rows))
    return f"<table{about}><tr>{head}</tr>{lines}</table>"


def test_a_table_of_counts_in_any_language(read):
    """Columns, areas and words are known by their keys."""
    rows = [(("nicht gezeigt", "suppressed"), ""), ("40", ("Höher", "higher"))]
    observed = read(of_counts(*rows))
    assert observed.findings == []
    told = observed.observations.set_index("area_code")
    assert told.loc[CODES[0], "status"] == "suppressed"
    assert (told.loc[CODES[1], "low"], told.loc[CODES[1], "indicator"]) == (40, "crimes")


@pytest.mark.parametrize(
    "cell",
    [("nicht gezeigt", "unheard-of"), ("1 bis 7", "suppressed"), "nicht gezeigt"],
)
def test_a_word_among_counts_that_the_audit_does_not_know(read, cell):
    """A key hides no figure: where it is not fair, the word itself is read, and is none."""
    observed = read(of_counts((cell, ""), (("nicht gezeigt", "suppressed"), ""), ("40", "")))
    assert kinds(observed) == ["unknown_value"]


def test_a_count_under_the_key_of_a_hidden_one(read):
    observed = read(of_counts((("3", "suppressed"), ""), ("40", "")))
    assert observed.observations["low"].tolist() == [3, 40]


def test_a_page_of_words_is_nothing_to_find(read):
    assert read("<html><style>p{width:3px}</style><p>8 of 12 wards</p></html>").findings == []


# Steps of a small map as the index page has them: digits and dashes, like base64 for addresses.
STEPS = (
    "M309 214l" + "".join(f"{n % 7 - 3}-{n % 9 + 1}" for n in range(40)).replace("--", "-") + "z"
)


def base64_alike(text):
    import re

    return re.search(r"[A-Za-z0-9+/_-]{60,}", text)


@pytest.mark.parametrize(
    "markup",
    [
        f'<svg viewBox="0 0 9 9"><path fill="#fff" d="{STEPS}"/></svg>',
        f"<svg><path d='{STEPS}{STEPS}'></path></svg>",
        f'<script>var icon = "{STEPS}";</script>',
        '<svg><polygon points="' + "-".join("3" * 60) + '"/></svg>',
        f'<a href="https://www.gov.uk/government/publications/{"-".join(["violence"] * 9)}">x</a>',
        "<style>/* " + "-" * 78 + " */</style>",
        "<script>var all = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='"
        "</script>",
        f'<script src="https://example.org/a.js" integrity="sha384-{"aB3+" * 16}"></script>',
    ],
)
def test_lines_of_a_drawing_and_words_are_no_data(read, markup):
    """Taking `without_geometry` or `is_path_data` out of the reader makes the first four fail."""
    assert base64_alike(markup)
    assert read(f"<html><body>{markup}</body></html>").findings == []


# A row of counts, one for each ward, written without gaps; of every length, as base64 has lengths.
ROW = "".join(str(n % 10) for n in range(0, 3 * 147, 3))


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        # Not written as a path is: it is read as text.
        (f'<svg><path d="M {CODES[0]} 3"/></svg>', "figure_in_text"),
        (f'<svg><path d="{CODES[0]}: 3"/></svg>', "figure_in_text"),
        (f'<p d="{CODES[0]}: 3">x</p>', "figure_in_text"),
        (f'<svg><path points="{CODES[0]} 3"/></svg>', "figure_in_text"),
        (f'<svg><g transform="{CODES[0]} 3"/></svg>', "figure_in_text"),
        # Written as one, and no place on any map: digits without end.
        (f'<svg><path d="M0 0l{ROW} 3z"/></svg>', "unknown_data"),
        (f'<svg><path data-d="{STEPS}"/></svg>', "unknown_data"),
        (f'<p title="{STEPS[1:-1]}">x</p>', "unknown_data"),
        *((f"<p>{ROW[:end]}</p>", "unknown_data") for end in (144, 145, 146, 147)),
        (f"<p>{'3-12-0-27-' * 8}</p>", "unknown_data"),
        (f"<p>{'abbey-3-arbury-12-' * 8}</p>", "unknown_data"),
    ],
)
def test_what_only_looks_like_a_drawing_is_read(read, markup, kind):
    assert kind in kinds(read(f"<html><body>{markup}</body></html>"))


def test_a_long_page_is_read_in_the_time_of_its_length(read):
    """Grammars that read a number twice need minutes for a line that ends badly."""
    import time

    start = time.perf_counter()
    read(f'<svg><path d="M{"1 2 " * 200_000}x"/></svg><svg><path d="M{"12" * 200_000}"/></svg>')
    assert time.perf_counter() - start < 5
