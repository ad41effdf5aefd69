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
  // Rules and p-values of patterns are in the closed part alone.
  same(foot(page, {view: "patterns"}), ["Patterns"]);
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
  same(rows({view: "patterns"}).slice(0, 6), ["HH: High among high", "LL: Low among low", "HL: High among low", "LH: Low among high", "No clear pattern", "No neighbour with a figure"]);
  const quiet = page.current().hot.moran.cluster.map(() => page.data.meta.clusters.indexOf("not_significant"));
  page.current().hot = {moran: {...page.current().hot.moran, cluster: quiet}};
  same(rows({view: "patterns"}).slice(0, 2), ["HH: High among high", "No clear pattern"]);
  same(["No neighbour with a figure", "Dashed: a group with more than expected"].map((text) => rows({view: "patterns"}).includes(text)), [false, true]);
  page.current().scan.clusters = [];
  assert.equal(rows({view: "patterns"}).some((text) => text.startsWith("Dashed")), false);
  page.current().hot = undefined;
  assert.equal(rows({view: "patterns"})[0], "Not compared with its neighbours");
  same(rows({view: "standing"}).slice(0, 5), ["\u25B2 Unusually high", "\u25B3 Possibly high",
    "Not unusual", "\u25BD Possibly low", "\u25BC Unusually low"]);
  assert.ok(rows({view: "rate"}).includes("None recorded"));
  assert.ok(rows({view: "rate"}).includes("Light hatch: fewer than 10 events"));
  page.current().status.fill(0);
  assert.equal(rows({view: "rate"}).includes("Light hatch: fewer than 10 events"), false);
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
  assert.equal(page.familyWhy(one, "patterns"), "");
  assert.equal(page.familyWhy(crimes(page), "patterns"), "Patterns were not computed: illustrative figures.");
  assert.equal(page.familyWhy({...crimes(page), compared: false, standing: []}, "compared"), "Compared: illustrative figures are compared with nothing.");
  assert.equal(page.familyWhy({...one, compared: false, standing: []}, "compared"), "Compared: there is nothing to compare it with.");
  assert.equal(page.familyWhy({...one, hot: undefined, scan: undefined, without: "few_areas"}, "patterns"), "Patterns were not computed: fewer than 10 areas.");
  assert.equal(open("years").familyWhy({...one, line: undefined}, "change"), "Change: there is no earlier period of this.");
  // Either of the two is enough: the sentence says which is lacking.
  same([{hot: undefined}, {scan: undefined}, {hot: undefined, scan: undefined}].map((without) => page.viewable({...one, ...without}, "patterns")), [true, true, false]);
  same(page.families(), ["rate", "compared", "patterns"]);
  page.data.series = [{...crimes(page), compared: false, standing: []}];
  same(page.families(), ["rate"]);
  page.data.series = [one];
  assert.equal(page.viewable({...one, compared: false}, "significance"), false);
  const none = page.data.meta.standings.indexOf("not_compared");
  assert.equal(page.viewable(one, "standing"), true);
  assert.equal(page.viewable({...one, standing: one.standing.map(() => none)}, "standing"), false);
});

test("the panel says the pattern; p-values and steadiness are in its closed part", () => {
  const page = open(), one = page.current();
  same([0, 1, 2, 6, 7, 8].map((i) => page.patternOf(one, i)), ["hot", "cold", "not_significant", "high-low", "low-high", "island"]);
  assert.equal(page.patternSentence(one, 0), "With its neighbours, it stands out: high rates gather here. " +
    "It is in group 1 of 2: 2 wards in East & <Right> (about 2.0 times what was expected).".replace("East & <Right>", page.parentOf(0)));
  same(Array.from(page.patternPairs(one, 0), ([title, text]) => [title, String(text).replaceAll("\u00a0", " ")]), [
    ["Local Moran", "High among high (p under 0.0001, adjusted under 0.0001). Steady: held in 100% of trials"],
    ["Gi*", "Hot spot (p under 0.0001, adjusted under 0.0001). Steady: held in 100% of trials"],
    ["Scan", "Group 1: p 0.001, recorded rate 2.13 times the rest's."],
    ["Neighbours with a figure", "3"],
  ]);
  same(Array.from(page.patternPart(one, 0), (node) => node.tagName), ["h3", "dl"]);
  assert.doesNotMatch(page.patternSentence(one, 0), /p\u00a0|0\.0/);
  same(["rate", "patterns"].map((view) => { page.state.view = view; return page.patternText(one, 0); }), ["", page.patternSentence(one, 0)]);
  for (const s of [one, crimes(page)]) same([page.patternSentence(s, 3), page.patternPairs(s, 3).length, page.patternPart(s, 3).length], ["", 0, 0]);
  assert.equal(page.labelText({...one.hot.moran, p: [null], q: [1], holds: [null]}, 0), "High among high");
  assert.equal(page.labelText({...one.hot.moran, p: [1], q: [null], holds: [null]}, 0), "High among high");
  assert.equal(page.patternCell(one, 0), "High among high; group 1");
  assert.equal(page.patternCell(one, 3), "");
  assert.equal(page.patternCell({...one, hot: undefined}, 0), "Group 1");
});

/** The sentence of the view, with a word for each area of both statistics and clusters as given. */
function sentenceOf(word, clusters, changes = {}) {
  const page = open(), one = page.current(), n = one.rate.length;
  const found = (name) => ({...one.hot[name], cluster: Array(n).fill(0).map((_, i) => page.data.meta.clusters.indexOf(word(i, name)))});
  const member = Array(n).fill(0);
  clusters.forEach((places, at) => places.forEach((i) => { member[i] = at + 1; }));
  const scan = {...one.scan, member, clusters: clusters.map((places, at) =>
    ({n: at + 1, centre: places[0], areas: places.length, observed: 30, expected: 20, risk: 1.8, p: 10}))};
  return page.patternsSaid({...one, hot: {moran: found("moran"), gi: found("gi")}, scan, ...changes});
}

test("one sentence joins neighbours and groups, and says that none was found", () => {
  const none = () => "not_significant", two = (i) => i < 2 ? "high-high" : "not_significant";
  const one = "2 wards in West & Left (about 1.5 times what was expected)", single = "Square 1, West & Left (about 1.5 times what was expected)";
  const cases = [
    [none, [], {}, "No ward stands out on its own; no group of wards does. None was found, and that is a finding too."],
    [none, [[0, 1]], {}, "No ward stands out on its own; one group does: " + one + "."],
    [none, [[0]], {}, "No ward stands out among its neighbours; against the whole map one does: " + single + "."],
    [none, [[0, 1], [2]], {}, "No ward stands out among its neighbours; 2 groups do: " + one + "; Square 3, "],
    [two, [], {}, "2 wards stand out among their neighbours (2 high among high); no group of wards does."],
    [two, [[0, 1]], {}, "2 wards stand out among their neighbours (2 high among high); so does one group: " + one + ". Every ward that is high among high lies in a group."],
    [two, [[1, 2], [6, 7]], {}, "2 wards stand out among their neighbours (2 high among high); so do 2 groups: "],
    [two, [[6, 7]], {}, "lies in a group."],
    [(i) => i ? "not_significant" : "low-high", [], {}, "1 ward stands out among its neighbours (1 low among high); no group of wards does."],
    [none, [], {hot: undefined}, "No group of wards stands out. None was found, and that is a finding too. Neighbours were not compared."],
    [none, [[0, 1]], {hot: undefined}, "One group stands out: " + one + ". Neighbours were not compared."],
    [none, [], {scan: undefined}, "No ward stands out on its own. Groups were not searched for."],
    [none, [], {hot: undefined, scan: undefined, without: "zero"}, "Patterns were not computed: nothing was recorded anywhere."],
  ];
  for (const [word, clusters, changes, wanted] of cases) {
    const said = sentenceOf(word, clusters, changes);
    assert.ok(said.includes(wanted), said + " | " + wanted);
    assert.doesNotMatch(said, /[{}]|undefined|NaN|\.\./);
  }
  assert.match(sentenceOf(two, [[1, 2], [6, 7]]), /1 of the 2 high among high lie in a group\.$/);
  assert.match(sentenceOf(two, [[6, 7]]), /No ward that is high among high lies in a group\.$/);
  assert.match(sentenceOf(none, [[0], [1], [2], [6], [7]]), /; 3 more\.$/);
});

test("where a group lies is said by its districts, or by its middle where there are none", () => {
  const page = open(), one = page.current(), scan = one.scan, all = {...scan.clusters[0], n: 9};
  one.scan = {...scan, member: scan.member.map(() => 9)};
  assert.equal(page.whereText(one, all), "in " + page.data.parents.name.join(" and "));
  page.data.areas.parent = page.data.areas.parent.map((_, i) => i % 3);
  page.data.parents.name = ["A", "B", "C"];
  assert.equal(page.whereText(one, all), "in A, B and elsewhere");
  page.data.areas.parent.fill(null);
  assert.equal(page.whereText(one, {...all, centre: 4}), "about Square 5");
  assert.equal(page.whereText(one, {...all, centre: null}), "about Square 1");
});

test("members choose their areas, long lists are closed, and p-values are in the closed part alone", () => {
  const page = open(), one = page.current();
  const parts = Array.from(page.patternParts(one)).filter(Boolean), closed = parts.at(-1);
  const groups = parts.filter((part) => part.textContent.startsWith("Group"));
  same(groups.map((part) => part.all("b")[0].textContent), ["Group 1, 2 wards: 1,234 recorded, 617 expected by population", "Group 2, 3 wards: 617 recorded, 309 expected by population"]);
  groups[1].all("button")[2].fire("click");
  assert.equal(page.state.area, 10);
  assert.equal(closed.tagName, "details");
  assert.equal(closed.all("summary")[0].textContent, "How this was worked out");
  const said = closed.all("li").map((item) => item.textContent);
  assert.ok(["Local Moran on ", "Gi* on ", "Circular scan, ", "Group 1: p\u00a00.001"].every((text) => said.some((line) => line.startsWith(text))), said.join("\n"));
  assert.ok(said.some((line) => line.includes("99,999 permutations")));
  assert.doesNotMatch(parts.slice(0, -1).map((part) => part.textContent).join(), /p\u00a0|permutations|seed/);
  one.scan = {...one.scan, member: one.scan.member.map(() => 1), clusters: [{...one.scan.clusters[0], areas: 12}]};
  assert.equal(page.patternParts(one).filter((part) => part && part.tagName === "div")[0].all("details")[0].all("button").length, 12);
});

test("agreement of both statistics is said in words", () => {
  const page = open(), one = page.current();
  assert.equal(page.agreeText(one), "Local Moran and Gi* differ on 2 of 9 wards: Square 7 (high among low; hot spot); Square 8 (low among high; cold spot).");
  one.hot.moran.cluster = [...one.hot.gi.cluster];
  assert.equal(page.agreeText(one), "Local Moran and Gi* say the same of all 9 wards.");
  delete one.hot.gi;
  assert.equal(page.agreeText(one), null);
});

test("every view has its sentence", () => {
  const page = open("laid"), one = page.current();
  const said = (view) => { page.state.view = view; return page.viewSaid(); };
  assert.equal(said("patterns"), page.patternsSaid(one));
  assert.equal(said("over-deprivation"), "Deprivation (made up). Scores are made up.");
  const counts = (words, word) => page.data.areas.code.filter((_, i) => page.hasRate(one, i) && words(one, i) === word).length;
  assert.match(said("significance"), new RegExp("^Compared with .*\\): higher " + counts(page.significanceOf, "higher") + ","));
  assert.match(said("standing"), /^Unusual among wards: [a-z ]+ \d/);
  assert.equal(said("rate"), "Rate per 1,000 residents aged 16 and over.");
});

test("a choice that there is not is off, and says exactly why", () => {
  const page = open();
  const one = (indicator, sex, period) => ({...page.data.series[0], indicator, sex, period});
  page.data.series = [one(0, "persons", "2015"), one(0, "persons", "2015-08"), one(0, "female", "2015"), one(0, "male", "2014"), one(1, "persons", "2016")];
  page.state.series = 1;
  same(["persons", "female"].map(page.sexWhy), ["", "Not for this period"]);
  // No period has both: it can be chosen, or nobody could ever reach it.
  assert.equal(page.sexWhy("male"), "");
  same(["2015", "2014", "2016"].map(page.periodWhy), ["", "Not of all people", "Not for this indicator"]);
  page.state.series = 4;
  assert.equal(page.sexWhy("female"), "Not for this indicator");
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
    assert.equal(cell("pattern", i), page.patternCell(one, i));
    assert.equal(cell("status", i), page.data.words.status[page.statusOf(one, i)]);
    assert.equal(cell("parent", i), page.data.parents.name[page.data.areas.parent[i]]);
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
  page.state.view = "patterns";
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
