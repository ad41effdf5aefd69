import assert from "node:assert/strict";
import test from "node:test";

import {cases, open, same, series} from "./harness.mjs";


test("limits of classes leave no gap and no overlap in words", () => {
  const page = open(), one = {decimals: 1, breaks: [5, 10, 20.5]};
  same([0, 1, 2, 3].map((c) => page.classText(one, c)),
    ["Under 5.0", "5.0 to under 10.0", "10.0 to under 20.5", "20.5 or more"]);
  same([0, 1].map((c) => page.classText({decimals: 2, breaks: [1]}, c)), ["Under 1.00", "1.00 or more"]);
  assert.equal(page.classText({decimals: 1, breaks: []}, 0), "All rates");
});

test("the key counts every area once", () => {
  const page = open("laid");
  for (const at of page.data.series.keys()) {
    for (const view of ["rate", "significance", "standing", "patterns", "over-deprivation", "over-outreach", "over-both"]) {
      if (!page.viewable(page.data.series[at], view)) continue;
      Object.assign(page.state, {series: at, view});
      page.drawKey();
      // A hatch lies upon classes and dashes about them: their rows count what others have counted.
      const rows = page.box("key").all("tbody")[0].all("tr").filter((row) => !/^(Light hatch|Dashed)/.test(row.textContent));
      const counted = rows.map((row) => Number(row.all("td")[2].textContent));
      assert.equal(counted.reduce((a, b) => a + b, 0), 12, view);
    }
  }
});

test("the chosen area's class is marked, and only that", () => {
  const page = open();
  for (const view of ["rate", "significance", "standing", "patterns"]) {
    for (const i of page.data.areas.code.keys()) {
      Object.assign(page.state, {view, area: i});
      page.drawKey();
      const marked = page.box("key").all("tr").filter((row) => (row.getAttribute("class") || "").split(" ").includes("now"));
      // An unstable rate has its class, and may have its hatch marked too; so may a group's outline.
      same(marked.filter((row) => !/^(Light hatch|Dashed)/.test(row.textContent)).length, 1, view + " " + i);
    }
  }
});

test("key and map have the same fills", () => {
  const page = open("laid");
  for (const view of ["rate", "significance", "standing", "patterns", "over-deprivation", "over-outreach"]) {
    page.state.view = view;
    page.drawKey();
    const key = new Set(page.box("key").all("rect").map((rect) => rect.getAttribute("fill")));
    for (const i of page.data.areas.code.keys()) {
      const paint = page.fillOf(page.current(), i, true);
      assert.ok(key.has(paint), view + ": " + paint + " of area " + i + " is not in the key");
    }
  }
});

test("every fill by pattern has its pattern, once", () => {
  const page = open("laid");
  page.drawPatterns();
  const ids = page.document.body.all("pattern").map((one) => one.getAttribute("id"));
  assert.equal(new Set(ids).size, ids.length);
  for (const at of page.data.series.keys()) {
    for (const view of ["rate", "significance", "standing", "patterns", "over-deprivation", "over-outreach", "over-both"]) {
      if (!page.viewable(page.data.series[at], view)) continue;
      Object.assign(page.state, {series: at, view});
      for (const i of page.data.areas.code.keys()) {
        const paint = page.fillOf(page.current(), i), id = /^url\(#(.+)\)$/.exec(paint);
        assert.ok(id ? ids.includes(id[1]) : /^#[0-9a-f]{6}$/.test(paint), paint);
      }
    }
  }
});

test("hidden, missing and not available are patterns in every view of figures", () => {
  const page = open("laid");
  for (const view of ["rate", "significance", "standing", "patterns", "over-both"]) {
    page.state.view = view;
    same([3, 4, 5].map((i) => page.fillOf(page.current(), i)),
      ["url(#p-suppressed)", "url(#p-missing)", "url(#p-not_applicable)"], view);
  }
});

test("lightness as Python computes it for contrast", () => {
  const page = open();
  for (const [one, other, ratio] of cases.contrasts) {
    const [a, b] = [one, other].map((colour) => page.luminance(colour) + 0.05).sort((x, y) => y - x);
    assert.ok(Math.abs(a / b - ratio) < 1e-9, one + " and " + other);
  }
});

test("the light hatch has the ink that Python gives it", () => {
  const page = open();
  for (const [ground, ink] of cases.hatches) assert.equal(page.hatchInk(ground), ink);
  assert.ok(cases.hatches.length > 10);
});

test("the outline of areas together is the border of their union, in closed lines", () => {
  const page = open();
  assert.ok(cases.outlines.length >= 6);
  for (const {members, sides} of cases.outlines) {
    const lines = structuredClone(page.outline(members)), found = [];
    for (const line of lines) {
      same(line[0], line.at(-1), "a line that is not closed");
      line.slice(1).forEach((to, n) => found.push([line[n], to].map(([y, x]) => x.toFixed(5) + " " + y.toFixed(5)).sort().join(" ")));
    }
    same(found.sort(), sides, "members " + members);
  }
});

test("chains use every side once", () => {
  const page = open();
  const ring = (names) => Object.fromEntries(names.map((name, n) => [name, [names.at(n - 1), names[(n + 1) % names.length]]]));
  const lines = structuredClone(page.chains(ring(["0,0", "0,1", "1,1"])));
  same(lines.map((line) => line.length), [4]);
  same(page.chains({"0,0": [], "1,1": []}), []);
});

test("the arrows' next area is ahead, and one off to the side is farther", () => {
  const page = open("ward");
  page.map = {
    project: ([lat, lng]) => ({x: lng * 1e5, y: -lat * 1e5, distanceTo(to) { return Math.hypot(this.x - to.x, this.y - to.y); }}),
    getCenter: () => [page.data.areas.point[5][1] / 1e5, page.data.areas.point[5][0] / 1e5],
  };
  const name = () => page.data.areas.name[page.state.area];
  page.step([1, 0]);
  assert.equal(name(), "Square 6");
  const walk = [[[1, 0], "Square 7"], [[0, -1], "Square 11"], [[-1, 0], "Square 10"], [[0, 1], "Square 6"], [[0, 1], "Square 2"], [[0, 1], "Square 2"]];
  for (const [way, wanted] of walk) {
    page.step(way);
    assert.equal(name(), wanted);
  }
  page.state.within = 0;
  page.step([1, 0]);
  assert.equal(name(), "Square 2");
});

test("the nearest of those that are shown, or none", () => {
  const page = open();
  assert.equal(page.nearest([9, 4, 4, 7], (p) => p), 1);
  assert.equal(page.nearest([1, 2], () => Infinity), null);
  page.state.within = 1;
  assert.equal(page.nearest([1, 2, 3], (p) => p), 2);
});

test("signs stand beside colours where a difference is claimed", () => {
  const page = open(), one = page.current();
  page.state.view = "significance";
  page.data.areas.code.forEach((_, i) => {
    const word = page.hasRate(one, i) ? page.significanceOf(one, i) : "";
    assert.equal(page.signOf(one, i), {higher: "\u25B2", lower: "\u25BC"}[word] ?? "");
  });
  page.state.view = "standing";
  const signs = {unusually_high: "\u25B2", possibly_high: "\u25B3", possibly_low: "\u25BD", unusually_low: "\u25BC"};
  page.data.meta.standings.forEach((word, place) => {
    one.standing[0] = place;
    assert.equal(page.signOf(one, 0), signs[word] ?? "");
    assert.equal(page.signOf(one, 3), "");
  });
  page.state.view = "patterns";
  assert.equal(page.signOf(one, 0), "HH");
  assert.equal(page.signOf(one, 3), "");
  page.state.view = "rate";
  assert.equal(page.signOf(one, 0), "");
});

test("the panel of a hidden area holds no figure", () => {
  const page = open();
  page.map = {getContainer: () => ({focus() {}})};
  page.state.area = 3;
  page.drawDetail();
  const items = page.box("detail-body").all("dl")[0].children.map((node) => node.textContent);
  const said = Object.fromEntries(items.flatMap((item, n) => n % 2 ? [] : [[item, items[n + 1]]]));
  assert.equal(said["State of the figure"], "Hidden to protect people");
  for (const absent of ["95% interval", "99.8% interval", "Number of incidents", "Interval", "Rule"]) assert.equal(said[absent], undefined);
  page.state.area = null;
  page.drawDetail();
  assert.equal(page.box("detail-title").textContent, "Chosen ward");
});

test("a made-up figure says so in heading, banner and panel", () => {
  const page = open();
  page.map = {getContainer: () => ({focus() {}})};
  Object.assign(page.state, {series: series(page, "crimes"), area: 0});
  page.drawHeading();
  page.drawDetail();
  page.drawAbout();
  assert.match(page.box("heading").textContent, /\(illustrative, not real figures\)$/);
  assert.equal(page.box("banner").hidden, false);
  assert.match(page.box("detail-body").textContent, /Illustrative, not real figures/);
  assert.match(page.box("about").textContent, /Made up by this package/);
  page.state.series = series(page, "incidents");
  page.drawHeading();
  assert.equal(page.box("banner").hidden, true);
  assert.equal(page.box("banner").textContent, "");
});

test("the scale begins at nothing, reaches the longest line and has few ticks", () => {
  const page = open();
  for (const top of [0.0031, 0.19, 1, 4.2, 9.99, 10, 31.1, 250, 99999]) {
    const scale = page.chartScale({comparator: null, high: [top, null], rate: [top / 2, top / 3]}, [0, 1]);
    assert.equal(scale.ticks[0], 0);
    assert.ok(scale.top >= top, top + " above " + scale.top);
    assert.ok(scale.top < 2 * top && scale.ticks.length >= 3 && scale.ticks.length <= 7, top + ": " + scale.ticks);
    const printed = scale.ticks.map((tick) => page.printed(tick, scale.decimals));
    assert.equal(new Set(printed).size, printed.length, printed.join(" "));
  }
  assert.ok(page.chartScale({comparator: {high: 50}, high: [10], rate: [5]}, [0]).top >= 50);
  assert.ok(page.chartScale({comparator: null, high: [0], rate: [0]}, [0]).top > 0);
});

test("the chart has a dot for every rate and none for what is hidden", () => {
  const page = open();
  page.drawChart();
  assert.equal(page.box("chart").all("circle").length, 9);
  same([3, 4, 5].filter((i) => page.chartOrder(page.current()).includes(i)), []);
  assert.match(page.box("chart-note").textContent, /not drawn: 3 wards/);
  const order = page.chartOrder(page.current()).map((i) => page.current().rate[i]);
  same([...order], [...order].sort((a, b) => b - a));
});

test("p-values in words", () => {
  const page = open();
  const said = [[0, "under 0.0001"], [1, "0.0001"], [10, "0.001"], [123, "0.0123"], [500, "0.050"], [10000, "1.000"]];
  for (const [value, wanted] of said) assert.equal(page.pText(value).replace("\u00a0", " "), wanted);
});

test("how steady a label is, in three degrees", () => {
  const page = open(), say = (share) => page.holdsText({holds: [share]}, 0);
  assert.equal(say(null), null);
  same([100, 90, 89, 50, 49, 0].map((share) => say(share).split(":")[0]), ["Steady", "Steady", "Fairly steady", "Fairly steady", "Frail", "Frail"]);
});

test("the scan says which group, or none", () => {
  const page = open(), one = page.current();
  assert.match(page.patternSentence(one, 6), / It is in group 2 of 2: 3 wards in /);
  assert.equal(page.groupOf(one, 11), null);
  assert.match(page.patternSentence(one, 11), / It is in no group\.$/);
  assert.equal(page.patternSentence(page.data.series[series(page, "crimes")], 6), "");
  same(page.membersOf(one, one.scan.clusters[1]), [6, 7, 10]);
  page.state.area = 6;
  same(["now", null], [6, 11].map((i) => { page.state.area = i; return page.groupRow(one).getAttribute("class"); }));
});

test("a layer belongs to every series or to its own", () => {
  const page = open("laid"), own = page.data.series[series(page, "incidents")], other = page.data.series[series(page, "crimes")];
  assert.equal(page.overlayFor(own, "over-both").title, "Rate and deprivation together");
  assert.equal(page.overlayFor(other, "over-both"), null);
  assert.equal(page.overlayFor(other, "over-deprivation").id, "deprivation");
  assert.equal(page.overlayFor(own, "over-nothing"), null);
  assert.equal(page.overlayFor(own, "rate"), null);
});

test("an area without a class of a layer says so", () => {
  const page = open("laid"), layer = page.data.overlays.layers.find((one) => one.id === "outreach");
  same([0, 1, 2].map((i) => page.overlayLabel(layer, i)), ["Covered", "None named by the source", "No figure"]);
  assert.equal(page.overlayPaint(layer, null), "url(#p-missing)");
  same([0, 2].map((i) => page.overlayWords(layer, i)), ["Help of E05990000.", "Help of E05990002."]);
  const deprivation = page.data.overlays.layers.find((one) => one.id === "deprivation");
  assert.equal(page.overlayShort(deprivation, 0), "decile 1");
  assert.equal(page.overlayShort(layer, 0), "Covered");
});
