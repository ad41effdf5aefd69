// Change since an earlier period: kinds, sentences, the count of those that rose, table and file.

import assert from "node:assert/strict";
import test from "node:test";

import {open, same} from "./harness.mjs";

const [ROSE, FELL, HIDDEN_ONCE, MISSING_FIRST, FROM_NONE, NEVER] = [0, 1, 3, 4, 5, 6];

/** The page of six years, in the view of change, at one of its periods. */
function changing(period = "2019/20", changes = {}) {
  const page = open("years");
  const series = page.data.series.findIndex((one) => one.period === period && page.data.indicators[one.indicator].name === "incidents");
  Object.assign(page.state, {series, view: "change", ...changes});
  return page;
}

test("the change shown is since the period that was asked for, or the earliest", () => {
  const page = changing(), now = page.current();
  assert.equal(page.changeOf(now).since, "2014/15");
  page.state.since = "2017/18";
  assert.equal(page.changeOf(now).since, "2017/18");
  page.state.since = "1999/00";
  assert.equal(page.changeOf(now).since, "2014/15");
  now.since = "2016/17";
  assert.equal(page.changeOf(now).since, "2016/17");
  assert.equal(changing("2014/15").changeOf(changing("2014/15").current()), null);
});

test("kinds: missing, hidden, none at all and a rise from none are five things", () => {
  const page = changing(), kind = (i) => page.changeKind(page.current(), i);
  same([ROSE, FELL, MISSING_FIRST, FROM_NONE, NEVER].map(kind), ["up_high", "down_low", "missing", "up_high", "zero"]);
  page.state.since = "2016/17";
  assert.equal(kind(HIDDEN_ONCE), "suppressed");
  assert.equal(page.fillOf(page.current(), HIDDEN_ONCE), "url(#p-change-suppressed)");
  assert.equal(page.fillOf(page.current(), ROSE), page.data.palette.change.up_high[0]);
  const first = changing("2014/15");
  same([ROSE, MISSING_FIRST].map((i) => first.changeKind(first.current(), i)), ["not_compared", "missing"]);
});

test("what is unsure is hatched, and has no arrow", () => {
  const page = changing(), now = page.current();
  const unsure = page.data.areas.code.findIndex((_, i) => page.changeWord(now, i) === "no_clear_change");
  assert.match(page.fillOf(now, unsure), /^url\(#p-change-unsure_(up|down)\)$/);
  assert.match(page.fillOf(now, unsure, true), /^#/);
  same([page.signOf(now, unsure), page.signOf(now, ROSE), page.signOf(now, FELL)], ["", "\u25b2", "\u25bc"]);
});

test("the sentence of an area has ratio, limits, and the change of the others", () => {
  const page = changing(), now = page.current();
  assert.equal(page.changeSentence(now, ROSE),
    "Square 1\u2019s rate rose: in 2019/20 it was 2.09 times that of 2014/15 (95% interval 1.68 to 2.62). It rose more than " +
    "the rest of Cambridgeshire and Peterborough, whose rate was 0.99 times what it had been: 2.12 times as much (95% interval 1.69 to 2.67).");
  assert.match(page.changeSentence(now, FELL), /^Square 2\u2019s rate fell: .* It fell more than the rest of /);
  assert.equal(page.changeSentence(now, FROM_NONE),
    "Square 6\u2019s rate rose from none recorded in 2014/15: by its 95% interval to 7.62 times or more.");
  assert.equal(page.changeSentence(now, NEVER),
    "Square 7\u2019s rate of 2019/20 is not compared with that of 2014/15. No events in either period: there is no ratio.");
  page.state.since = "2016/17";
  assert.match(page.changeSentence(now, HIDDEN_ONCE), /not compared with that of 2016\/17\. A count is hidden, so the change is\.$/);
  assert.equal(changing("2014/15").changeSentence(changing("2014/15").current(), 0), "Nothing earlier can be compared with 2014/15.");
});

test("rose as everywhere is not rose more", () => {
  const page = changing(), now = page.current(), one = page.changeOf(now);
  one.against[ROSE] = page.data.meta.verdicts.indexOf("no_clear_change");
  assert.match(page.changeSentence(now, ROSE), /But it did not clearly rise more than the rest of .*, whose rate was 0\.99 times/);
  delete one.against;
  assert.match(page.changeSentence(now, ROSE), /\(95% interval 1\.68 to 2\.62\)\.$/);
});

test("the sentence of the whole counts those shown, by their words", () => {
  const page = changing(), now = page.current();
  const n = (word) => page.data.areas.code.filter((_, i) => page.changeWord(now, i) === word).length;
  assert.equal(page.finding(now), `${n("increasing")} of 48 wards rose since 2014/15, ${n("decreasing")} fell, ` +
    `${n("no_clear_change")} did not clearly change. Not compared: 2. Held against the change of Cambridgeshire and Peterborough ` +
    `(1.02 times), ${n("increasing")} rose and ${n("decreasing")} fell.`);
  same([n("increasing"), n("decreasing")], [2, 1]);
  page.state.within = 1;
  assert.match(page.finding(now), /^1 of 24 wards rose since 2014\/15, 0 fell, 21 did not clearly change\. Not compared: 2\./);
  page.changeOf(now).kind.fill(page.data.meta.changes.indexOf("unsure_up"));
  assert.match(page.finding(now), /^None of the 24 wards clearly rose or fell since 2014\/15\. Held against/);
  page.changeOf(now).kind.fill(page.data.meta.changes.indexOf("not_compared"));
  assert.equal(page.finding(now), "None of the 24 wards is compared with 2014/15.");
});

test("names of those that rose choose them, the surest first", () => {
  const page = changing(), part = page.namedChanges(page.current(), "increasing", "found_rose");
  same(part.all("button").map((button) => button.textContent), ["Square 1", "Square 6"]);
  part.all("button")[1].fire("click");
  assert.equal(page.state.area, FROM_NONE);
  const names = () => page.namedChanges(page.current(), "increasing", "found_rose").all("button").map((button) => button.textContent);
  Object.assign(page.changeOf(page.current()).p, {[ROSE]: 20, [FROM_NONE]: 10});
  same(names(), ["Square 6", "Square 1"]);
  page.state.within = page.data.areas.parent[ROSE];
  same(names(), ["Square 1"]);
  page.state.within = null;
  page.changeOf(page.current()).kind.fill(0);
  const closed = page.namedChanges(page.current(), "increasing", "found_rose").all("details")[0];
  same([closed.getAttribute("open"), closed.all("summary")[0].textContent, closed.all("button").length], [null, "Rose (48):", 48]);
  const many = page.namedAreas("x", "All:", Array(130).fill(3));
  same([many.all("button").length, many.textContent.endsWith(" 30 more")], [100, true]);
  assert.equal(page.namedChanges(page.current(), "decreasing", "found_fell"), null);
});

test("the key counts every area once, and says what is sure", () => {
  const page = changing();
  page.drawKey();
  const rows = page.box("key").all("tbody")[0].all("tr").map((row) => row.all("td").slice(1).map((cell) => cell.textContent));
  assert.equal(rows.filter(([text]) => !text.startsWith("Strip")).reduce((sum, row) => sum + Number(row[1]), 0), 48);
  same(rows.slice(0, 2).map((row) => row[0]), ["\u25b2 Rose, by half or more", "\u25b2 Rose, by less"]);
  assert.ok(rows.some(([text]) => text === "None recorded, then and now"));
  assert.match(page.box("key").textContent, /^Change since 2014\/15.*sure, after correction for the number of wards/s);
  const first = changing("2014/15");
  first.drawKey();
  assert.match(first.box("key").textContent, /^Change.*Nothing earlier can be compared with 2014\/15\.$/s);
});

test("table and file have the change, hidden as hidden and what has no end empty", () => {
  const page = changing("2019/20", {since: "2016/17"}), now = page.current();
  const columns = page.tableColumns(now), cell = (id, i) => columns.find((one) => one.id === id).text(i);
  same([cell("ratio", HIDDEN_ONCE), cell("change", HIDDEN_ONCE), cell("change", ROSE)], ["Hidden to protect people", "Not compared", "\u25b2 Rose"]);
  assert.equal(cell("trend", ROSE), "Increasing over 5 years");
  page.state.since = "2014/15";
  assert.equal(page.tableColumns(now).find((one) => one.id === "ratio").text(FROM_NONE), "7.62 or more");
  const [head, ...rows] = page.csvText().trim().split("\r\n").map((line) => line.split(","));
  const row = (i) => Object.fromEntries(rows.find((one) => one[0] === page.data.areas.code[i]).map((text, n) => [head[n], text]));
  const {period_from: from, ratio, ratio_lower: lower, ratio_upper: upper, change, trend} = row(ROSE);
  same([from, ratio, lower, upper, change, trend], ["2014/15 (year)", "2.09", "1.68", "2.62", "increasing", "increasing"]);
  same([row(FROM_NONE).ratio, row(FROM_NONE).ratio_lower, row(FROM_NONE).ratio_upper], ["", "7.62", ""]);
  same([row(MISSING_FIRST).ratio, row(MISSING_FIRST).change, row(MISSING_FIRST).relative_change], ["", "not_compared", "not_compared"]);
  page.state.view = "rate";
  assert.equal(page.tableColumns(now).some((one) => one.id === "ratio"), false);
  assert.match(page.csvText().split("\r\n")[0], /,ratio,ratio_lower,ratio_upper,p_adjusted,change,relative_ratio,/);
});

test("a page of one period has no such view", () => {
  const page = open();
  same(page.families(), ["rate", "compared", "patterns"]);
  same(changing().families().includes("change"), true);
  page.change({view: "change"});
  assert.equal(page.state.view, "rate");
  assert.doesNotMatch(page.csvText(), /ratio|trend/);
  same(page.linePart(page.current(), 0).length, 0);
});

test("the address says view, period and since, and reads back as the same", () => {
  const page = changing("2018/19");
  page.state.since = null;
  page.writeAddress();
  assert.match(page.location.hash, /period=2018%2F19&view=change&since=2017%2F18/);
  const again = open("years", {hash: page.location.hash + "&and=2014%2F15"});
  again.change(again.readAddress());
  same([again.current().period, again.state.view, again.changeOf(again.current()).since, again.state.than], ["2018/19", "change", "2017/18", "2014/15"]);
  const strange = open("years", {hash: "#view=change&since=%3Cscript%3E&and=x"}).readAddress();
  same([strange.since, strange.than], [null, null]);
});
