// What key, panel, table and chart say in each view, part by part.

import assert from "node:assert/strict";
import test from "node:test";

import {open, same, series} from "./harness.mjs";

const crimes = (page) => page.data.series[series(page, "crimes")];

/** Key's text, without its table. */
function foot(page, changes) {
  Object.assign(page.state, changes);
  page.drawKey();
  return page.box("key").children.filter((child) => child.tagName !== "table" && child.tagName !== "svg").map((child) => child.textContent);
}

test("the key's heading and foot fit the view", () => {
  const page = open("laid"), one = page.current();
  const whole = page.rateText(one, one.comparator.rate), name = "Cambridgeshire and Peterborough";
  same(foot(page, {view: "rate"}), ["Rate per 1,000 residents aged 16 and over", name + ": " + whole]);
  same(foot(page, {view: "significance"}), [
    "Compared with " + name + " (" + whole + ")", "intervals-apart: different when the two 95% intervals do not overlap",
  ]);
  one.chance.significance = "Chance calls 3.";
  assert.match(foot(page, {view: "significance"})[1], /overlapChance calls 3\.$/);
  one.chance = {standing: "Chance calls 7."};
  same(foot(page, {view: "standing"}), [
    "Unusual among wards", "Unusual: outside 99.8% limits about " + name + " (" + whole +
    ") that take account of how wards differ; possibly: outside 95% limitsChance calls 7.",
  ]);
  same(foot(page, {view: "over-deprivation"}), ["Deprivation (made up)", "Scores are made up."]);
  const hot = foot(page, {view: "moran"});
  assert.equal(hot[0], page.data.words.page.view_moran);
  assert.match(hot[1], /^Local Moran on .*99,999 permutations/);
  one.hot.moran.none = "No ward stands out after the correction. The smallest adjusted p is 0.067.";
  assert.match(foot(page, {view: "moran"})[1], /^No ward stands out after the correction\. [^.]*0\.067\.Local Moran/);
  one.compared = false;
  same(foot(page, {view: "rate"}), ["Rate per 1,000 residents aged 16 and over"]);
  one.rule = "strange";
  assert.match(foot(page, {view: "significance"})[1], /^strange: different when strange$/);
});

test("rows of the key that count nothing are left out where they say nothing", () => {
  const page = open();
  const rows = (changes) => {
    Object.assign(page.state, changes);
    page.drawKey();
    return page.box("key").all("tbody")[0].all("tr").map((row) => row.all("td")[1].textContent);
  };
  const gi = rows({view: "gi"});
  assert.ok(gi.includes("H: Hot spot") && gi.includes("No neighbours"));
  page.current().hot.gi.cluster.fill(page.data.meta.clusters.indexOf("not_significant"));
  same(rows({view: "gi"}).slice(0, 3), ["H: Hot spot", "C: Cold spot", "No clear pattern"]);
  assert.equal(rows({view: "gi"}).includes("No neighbours"), false);
  same(rows({view: "standing"}).slice(0, 5), ["\u25B2 Unusually high", "\u25B3 Possibly high",
    "Not unusual", "\u25BD Possibly low", "\u25BC Unusually low"]);
  assert.ok(rows({view: "rate"}).includes("None recorded"));
  assert.ok(rows({view: "rate"}).includes("Dots: fewer than 10 events"));
  page.current().status.fill(0);
  assert.equal(rows({view: "rate"}).includes("Dots: fewer than 10 events"), false);
});

test("the panel says the smoothed risk, and how sure it is", () => {
  const page = open(), one = page.current();
  Object.assign(one, {risk: [1.9, 0.5, null], risk_low: [1.38, 0.2, null], risk_high: [2.516, 1.06, null],
    risk_above: [100, 4, null], threshold: 1.5});
  assert.equal(page.smoothedText(one, 0),
    "1.90 (1.38 to 2.52) times the whole map's rate; above 1.5 with a probability of over 99%");
  assert.match(page.smoothedText(one, 1), /^0\.50 .* a probability of 4%$/);
  one.risk_above[1] = 0;
  assert.match(page.smoothedText(one, 1), /a probability of under 1%$/);
  assert.equal(page.smoothedText(one, 2), null);
  delete one.risk;
  assert.equal(page.smoothedText(one, 0), null);
});

test("why a view is off", () => {
  const page = open(), one = page.current();
  assert.equal(page.withoutText(one), "");
  assert.equal(page.withoutText(crimes(page)), "Hotspots and clusters: not computed: illustrative figures");
  assert.match(page.withoutText({...one, scan: undefined}), /^Clusters \(scan\): none to show/);
  assert.match(page.withoutText({...one, hot: {moran: one.hot.moran}}), /^[^.]*Gi\*[^.]*: not computed: [^.]+$/);
  assert.equal(page.viewable(one, "gi"), true);
  assert.equal(page.viewable({...one, hot: {moran: one.hot.moran}}, "gi"), false);
  assert.equal(page.viewable({...one, compared: false}, "significance"), false);
  const none = page.data.meta.standings.indexOf("not_compared");
  assert.equal(page.viewable(one, "standing"), true);
  assert.equal(page.viewable({...one, standing: one.standing.map(() => none)}, "standing"), false);
});

test("the panel says label, p-values, steadiness and cluster", () => {
  const page = open(), one = page.current();
  const items = Array.from(page.hotspotPart(one, 0)).flatMap((part) => part.all("dt").map((dt, n) =>
    [dt.textContent, part.all("dd")[n].textContent.replaceAll("\u00a0", " ")]));
  same(items, [
    ["Local Moran", "High among high (p under 0.0001, adjusted under 0.0001). Steady: held in 100% of trials"],
    ["Gi*", "Hot spot (p under 0.0001, adjusted under 0.0001). Steady: held in 100% of trials"],
    ["Scan", "In cluster 1 of 2, whose recorded rate is 2.13 times that of the rest of the map (p 0.001). That compares places; it is no person's risk"],
    ["Neighbours with a figure", "3"],
  ]);
  assert.equal(page.hotspotPart(one, 3).length, 0);
  assert.equal(page.hotspotPart(crimes(page), 0).length, 0);
  assert.equal(page.clusterSentence(one.hot.moran, 0), "A ward with a high rate among wards with high rates.");
  assert.equal(page.clusterText({...one.hot.moran, p: [null], q: [1], holds: [null]}, 0), "High among high");
  assert.equal(page.clusterText({...one.hot.moran, p: [1], q: [null], holds: [null]}, 0), "High among high");
});

test("the comparison is said where there is one", () => {
  const page = open(), one = page.current(), whole = " (" + page.rateText(one, one.comparator.rate) + ")";
  one.rate.forEach((rate, i) => assert.equal(page.comparisonText(one, i),
    rate === null ? null : page.data.words.significance[page.significanceOf(one, i)] + whole));
  assert.equal(page.comparisonText({...one, compared: false}, 0), null);
  one.rate.forEach((rate, i) => assert.equal(page.standingText(one, i),
    rate === null ? null : page.data.words.standing[page.standingOf(one, i)]));
  assert.equal(page.standingText({...one, compared: false}, 0), null);
  const few = {...one, standing: one.standing.map(() => page.data.meta.standings.indexOf("not_compared"))};
  assert.equal(page.standingText(few, 0), "Not said: fewer than 10 wards have a figure");
  assert.equal(page.ruleText({rule: ""}), null);
  assert.equal(page.ruleText({rule: "own"}), "own: different when own");
});

test("the panel has every figure of an area, and the layers' words", () => {
  const page = open("laid"), one = page.current();
  page.map = {getContainer: () => ({focus() {}})};
  page.state.area = 0;
  page.drawDetail();
  const body = page.box("detail-body");
  const said = Object.fromEntries(body.all("dt").map((dt, n) => [dt.textContent, body.all("dd")[n].textContent]));
  assert.equal(said["95% interval"], page.rangeText(one, one.low[0], one.high[0]));
  assert.equal(said["99.8% interval"], page.rangeText(one, one.low998[0], one.high998[0]));
  assert.equal(said["Number of incidents"], page.printed(one.count[0], 0));
  assert.equal(said["Residents aged 16 and over"], page.printed(page.populationOf(one, 0), 0));
  assert.equal(said["Against Cambridgeshire and Peterborough"], page.comparisonText(one, 0));
  assert.equal(said["Among the wards"], page.standingText(one, 0));
  assert.equal(said["Deprivation (made up)"], "Score 20.0 of E05990000.");
  assert.equal(said["Rate and deprivation together"], "Both.");
  assert.equal(said.Outreach, undefined);
  same(page.overlayPart(crimes(page), 0).at(-1).all("dt").map((dt) => dt.textContent), ["Deprivation (made up)", "Within 10 km"]);
  page.state.view = "over-outreach";
  assert.equal(page.overlayPart(one, 0).at(-1).all("dt")[0].textContent, "Outreach");
  page.data.overlays.layers = [];
  assert.equal(page.overlayPart(one, 0).length, 0);
});

test("cells of the table say what panel and map say", () => {
  const page = open(), one = page.current();
  const columns = Object.fromEntries(Array.from(page.tableColumns(one), (column) => [column.id, column]));
  const cell = (id, i) => page.cellText(columns[id], one, i);
  page.data.areas.code.forEach((code, i) => {
    const has = one.rate[i] !== null;
    assert.equal(cell("interval", i), has ? page.rangeText(one, one.low[i], one.high[i]) : "");
    assert.equal(cell("significance", i), has ? page.data.words.significance[page.significanceOf(one, i)] : "");
    assert.equal(cell("standing", i), has ? page.data.words.standing[page.standingOf(one, i)] : "");
    assert.equal(cell("moran", i), has ? page.data.words.cluster[page.clusterOf(one.hot.moran, i)] : "");
    assert.equal(cell("status", i), page.data.words.status[page.statusOf(one, i)]);
    assert.equal(cell("parent", i), page.data.parents.name[page.data.areas.parent[i]]);
    assert.equal(cell("scan", i), one.scan.member[i] ? page.data.words.page.scan_cell.replace("{n}", one.scan.member[i]) : "");
    assert.equal(cell("rate", i), has ? page.printed(one.rate[i], 1) : page.absence(one, i));
  });
});

test("headings say how the table is sorted", () => {
  const page = open(), columns = page.tableColumns(page.current());
  const sorts = () => Array.from(columns, (column) => page.headCell(column).getAttribute("aria-sort")).filter((sort) => sort !== "none");
  same(sorts(), ["descending"]);
  page.state.down = false;
  same(sorts(), ["ascending"]);
  same(Array.from(columns, (column) => page.headCell(column).getAttribute("class")).slice(0, 5), [null, null, "num", "num", "num"]);
});

for (const [name, along, across] of [["lying", "cx", "cy"], ["standing", "cy", "cx"]]) {
  test("dots lie within their lines and in order, " + name, () => {
    const page = open(), one = page.current(), order = page.chartOrder(one), lying = name === "lying";
    const box = {lying, left: 100, upper: 10, length: 400, across: 180, step: 20};
    const parts = Array.from(page.chartBody(one, order, box));
    const groups = parts.filter((part) => part.tagName === "g");
    assert.equal(groups.length, order.length);
    const at = groups.map((group) => Number(group.all("circle")[0].getAttribute(along)));
    const slots = groups.map((group) => Number(group.all("circle")[0].getAttribute(across)));
    same(at, [...at].sort((a, b) => lying ? b - a : a - b));
    same(slots, order.map((_, n) => (lying ? 10 : 100) + (n + 0.5) * 20));
    groups.forEach((group, n) => {
      const line = group.all("line")[0], ends = (lying ? ["x1", "x2"] : ["y2", "y1"]).map((key) => Number(line.getAttribute(key)));
      assert.ok(ends[0] <= at[n] && at[n] <= ends[1], ends + " about " + at[n]);
      assert.ok(at[n] >= (lying ? 100 : 10) && at[n] <= (lying ? 500 : 410));
      assert.equal(group.all("circle")[0].getAttribute("fill"), page.fillOf(one, order[n], true));
    });
    const mean = parts.find((part) => part.getAttribute("class") === "mean");
    const band = parts.find((part) => part.getAttribute("class") === "band");
    const from = Number(band.getAttribute(lying ? "x" : "y")), size = Number(band.getAttribute(lying ? "width" : "height"));
    const middle = Number(mean.getAttribute(lying ? "x1" : "y1"));
    assert.ok(from <= middle && middle <= from + size, middle + " in " + from + " + " + size);
    one.compared = false;
    assert.equal(Array.from(page.chartBody(one, order, box)).some((part) => ["mean", "band"].includes(part.getAttribute("class"))), false);
  });
}

test("fading follows how wide an interval is beside its rate, and hides nothing else", () => {
  const page = open();
  const one = {...page.current(), rate: [10, 10, 10, 0, null], low: [8, 6, 1, 0, null], high: [13, 16, 30, 4, null]};
  same([0, 1, 2, 3, 4].map((i) => page.fadeClass(one, i)), [0, 1, 2, 0, 0]);
  assert.equal(page.fadeOf(one, 2), 1);
  page.state.fade = true;
  const steps = [0, 1, 2].map((i) => page.fadeOf(one, i));
  same([...steps], [...steps].sort((a, b) => b - a));
  assert.equal(new Set(steps).size, 3);
  page.state.view = "moran";
  assert.equal(page.fadeOf(one, 2), 1);
  page.state.view = "rate";
  page.state.area = null;
  page.drawKey();
  const rows = page.box("key").all("tr").filter((row) => row.all("rect").some((rect) => rect.getAttribute("fill-opacity")));
  assert.equal(rows.map((row) => Number(row.all("td")[2].textContent)).reduce((a, b) => a + b, 0), 9);
  assert.ok(rows.every((row) => row.getAttribute("class") !== "now"));
});

test("the indicator beside is kept in the address, and no choice of its own changes the first", () => {
  const page = open();
  page.state.beside = 1;
  const before = structuredClone(page.state);
  assert.equal(page.besideSeries().indicator, 1);
  assert.match(page.beside(page.headline), /^Domestic abuse crimes by ward/);
  assert.throws(() => page.beside(() => { throw new Error("stop"); }), /stop/);
  same(structuredClone(page.state), before);
  page.writeAddress();
  assert.match(page.location.hash, /compare=crimes/);
  page.state.beside = null;
  page.writeAddress();
  assert.doesNotMatch(page.location.hash, /compare|fade/);
});
