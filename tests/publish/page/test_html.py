"""The page as text: policy, hashes, escapes, same bytes, layers of the analyst's own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import folium
import pytest

from vawg_geo.errors import OutputError
from vawg_geo.publish.edition import write_edition
from vawg_geo.publish.page import leaflet
from vawg_geo.publish.page.assemble import own_script, own_style, page_text
from vawg_geo.publish.page.html import OfflineMap, build_map, write_html
from vawg_geo.publish.page.pages import write_index, write_pages
from vawg_geo.publish.written import Written

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "${alert(3)}",
    "{{ 7 * 7 }}",
    "`${alert(4)}`",
    '=HYPERLINK("x")',
    "<!--",
    "a\u2028b\u202e",
)


class Page(HTMLParser):
    """What stands in a page, as a browser's parser would see it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.contents, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.contents.append([tag, dict(attrs), ""])

    def handle_data(self, data):
        if self.contents:
            self.contents[-1][2] += data

    def inside(self, tag):
        return [(attrs, text) for found, attrs, text in self.contents if found == tag]

    @property
    def policy(self):
        return next(a["content"] for a, _ in self.inside("meta") if "http-equiv" in a)


@pytest.fixture
def text(results, tmp_path):
    return write_html(build_map(results, level="ward"), tmp_path / "ward.html").read_text("utf-8")


def test_same_inputs_same_bytes(results, tmp_path):
    pages = []
    for name in ("one.html", "two.html"):
        chart = build_map(results, level="ward")
        folium.CircleMarker([52.3, 0.2], radius=4).add_to(chart)
        folium.GeoJson({"type": "Point", "coordinates": [0.2, 52.3]}).add_to(chart)
        pages.append(write_html(chart, tmp_path / name).read_bytes())
    assert pages[0] == pages[1]


def test_rendering_twice_gives_the_same(results):
    root = build_map(results, level="ward").get_root()
    assert root.render() == root.render()


def test_policy_allows_exactly_what_stands_there(text):
    page = Page(text)
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    for wanted in ("img-src data:", "base-uri 'none'", "form-action 'none'"):
        assert wanted in page.policy
    assert "unsafe" not in page.policy
    scripts = [body for attrs, body in page.inside("script") if "type" not in attrs]
    # A body ends where the next element begins, and the line end between belongs to neither.
    for kind, bodies in (("script", scripts), ("style", [b for _, b in page.inside("style")])):
        assert bodies
        hashes = set(
            re.findall(r"'(sha256-[^']+)'", page.policy.split(f"{kind}-src")[1].split(";")[0])
        )
        found = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert hashes == {
            "sha256-" + base64.b64encode(hashlib.sha256(b.encode()).digest()).decode()
            for b in found
        }


def test_nothing_is_asked_of_a_network(text):
    page = Page(text)
    assert not [a for a in page.attributes if a[1] in ("src", "srcset", "style", "action")]
    links = {value for tag, name, value in page.attributes if name == "href"}
    assert {link for link in links if link.startswith("http")} == {"https://www.bbc.co.uk/weather"}
    assert "url(http" not in text
    assert "sourceMappingURL" not in text


def test_for_everybody(text):
    page = Page(text)
    assert ("html", "lang", "en-GB") in page.attributes
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    viewport = next(a["content"] for a, _ in page.inside("meta") if a.get("name") == "viewport")
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    assert "0808 2000 247" in text
    assert "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS" in text


def test_hostile_names_stay_data(factory, tmp_path):
    areas = factory.grid_areas(4, 3, names=HOSTILE)
    results = factory.make_results(areas, note=HOSTILE[1], watermark=HOSTILE[0])
    text = write_html(build_map(results, level="ward"), tmp_path / "ward.html").read_text("utf-8")
    page = Page(text)
    assert "img" not in page.tags
    assert page.tags.count("script") == 4
    data = json.loads(next(body for attrs, body in page.inside("script") if "type" in attrs))
    # A mark that turns the reading round is shown, and turns nothing.
    shown = tuple(name.replace("\u202e", "\ufffd") for name in HOSTILE)
    assert tuple(data["areas"]["name"][: len(HOSTILE)]) == shown
    assert data["notes"] == [HOSTILE[1]]


def test_hostile_texts_on_the_index(factory, results, tmp_path):
    entry = Written(href="ward.html", title=HOSTILE[0], description=HOSTILE[1], kind="page")
    text = write_index(tmp_path / "index.html", results, entries=[entry]).read_text("utf-8")
    page = Page(text)
    assert "img" not in page.tags
    assert "script" not in page.tags
    assert "script-src 'none'" in page.policy


@pytest.mark.parametrize("href", ["javascript:alert(1)", "https://x.org", "/etc", "../x", "\\\\x"])
def test_index_links_to_its_own_folder_only(results, tmp_path, href):
    entry = Written(href=href, title="t", description="d")
    with pytest.raises(OutputError, match="does not stand beside the index"):
        write_index(tmp_path / "index.html", results, entries=[entry])


def test_pages_of_an_edition(results, tmp_path):
    written = write_edition(results, tmp_path, writers=[write_pages])
    assert [page.href for page in written] == ["district.html", "ward.html"]
    assert {page.kind for page in written} == {"page"}
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "12 wards, 2 indicators. Some figures are illustrative" in index


def test_analysts_layers_are_drawn(results, tmp_path):
    chart = build_map(results, level="ward")
    folium.Marker([52.3, 0.2]).add_to(chart)
    group = folium.FeatureGroup("mine").add_to(chart)
    folium.PolyLine([[52.3, 0.2], [52.4, 0.3]]).add_to(group)
    text = write_html(chart, tmp_path / "ward.html").read_text("utf-8")
    assert "L.polyline(" in text
    assert 'iconUrl:"data:image/png;base64,' in text


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (lambda: folium.TileLayer("OpenStreetMap"), "TileLayer"),
        (lambda: folium.TopoJson({"type": "Topology", "objects": {}}, "objects"), "TopoJson"),
        (lambda: folium.Marker([52, 0], icon=folium.Icon()), "Icon"),
        (lambda: folium.plugins.HeatMap([[52, 0]]), "HeatMap"),
    ],
)
def test_layers_that_need_a_network_are_refused_by_name(results, tmp_path, layer, name):
    import folium.plugins

    chart = build_map(results, level="ward")
    layer().add_to(folium.FeatureGroup().add_to(chart))
    target = tmp_path / "ward.html"
    with pytest.raises(OutputError, match=rf"the layer {name} wants .* from a network"):
        write_html(chart, target)
    assert not list(tmp_path.iterdir())


def test_colour_legends_are_refused(results, tmp_path):
    from branca.colormap import LinearColormap

    chart = build_map(results, level="ward")
    LinearColormap(["white", "black"]).add_to(chart)
    with pytest.raises(OutputError, match="wants d3 from a network"):
        write_html(chart, tmp_path / "ward.html")


def test_links_do_not_leak_into_other_maps(results):
    chart = build_map(results, level="ward")
    with pytest.raises(OutputError, match="wants the script x"):
        chart.add_js_link("x", "https://example.org/x.js")
    assert OfflineMap.default_js == []
    assert folium.Map.default_js


def test_other_maps_are_refused(tmp_path):
    with pytest.raises(OutputError, match="not made by build_map"):
        write_html(folium.Map(), tmp_path / "x.html")


def test_a_failed_write_leaves_nothing(results, tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        write_html(build_map(results, level="ward"), tmp_path / "absent" / "ward.html")
    assert not list(tmp_path.iterdir())


def test_opens_with_what_is_asked_for(results):
    def start(**wanted):
        payload = build_map(results, level="ward", **wanted).get_root().payload
        series = payload["series"][payload["start"]]
        return payload["indicators"][series["indicator"]]["name"], series["sex"]

    assert start() == ("incidents", "persons")
    assert start(indicator="crimes") == ("crimes", "persons")
    assert start(indicator="crimes", sex="male") == ("crimes", "male")
    assert start(sex="female") == ("crimes", "female")
    with pytest.raises(OutputError, match="no figures for indicator 'crimes', period '1999'"):
        start(indicator="crimes", period="1999")


def test_a_script_that_would_end_its_element_is_refused():
    with pytest.raises(OutputError, match="'</script'"):
        page_text("index.html", {}, styles=[], scripts=["'</script>'"])


def test_leaflet_is_checked(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setitem(leaflet._SHA256, "leaflet.css", "0" * 64)
        leaflet.load_leaflet.cache_clear()
        with pytest.raises(OutputError, match=r"leaflet.css .* SHA-256 differs"):
            leaflet.load_leaflet()
    with monkeypatch.context() as patch:
        patch.setattr(leaflet, "_DISTRIBUTION", "XStatic-Absent")
        with pytest.raises(OutputError, match="is not installed"):
            leaflet.load_leaflet()
    style = leaflet.load_leaflet().style
    assert "\r" not in style
    assert "url(images" not in style
    assert style.count("data:image/png;base64,") == 3


def test_ours_is_small():
    # Pictures, paper, labels, small maps, pins and services took 45,000 characters.
    assert len(own_script()) < 97_500
    assert len(own_style()) < 32_000
