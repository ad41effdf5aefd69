// The line over all periods, the slider that goes over them, and two periods side by side.

import assert from "node:assert/strict";
import test from "node:test";

import {open, same} from "./harness.mjs";

const [ROSE, HIDDEN_ONCE, MISSING_FIRST, OUT] = [0, 3, 4, 2];

function at(period) {
  const page = open("years");
  page.state.series = page.data.series.findIndex((one) => one.period === period);
  return page;
}

test("a point for each period, and a gap where a year is hidden or missing", () => {
  const page = at("2019/20"), points = page.linePoints(page.current(), HIDDEN_ONCE);
  same(points.map((p) => p.period), ["2014/15", "2015/16", "2016/17", "2017/18", "2018/19", "2019/20"]);
  same([points[2].rate, points[2].why, points[5].now], [null, "hidden", true]);
  same(page.pieces(points, "rate").map((run) => run.map((p) => p.n)), [[0, 1], [3, 4, 5]]);
  assert.equal(page.linePoints(page.current(), MISSING_FIRST)[0].why, "no figure");
  const parts = page.lineChart(points);
  same([parts.all("circle").length, parts.all("path").filter((path) => path.getAttribute("class") === "rate").length], [5, 2]);
  assert.ok(parts.all("text").some((text) => text.textContent === "\u00d7"));
});

test("the comparator is without the area where every year is counted, and whole where one is hidden", () => {
  const page = at("2019/20"), now = page.current(), whole = now.comparator;
  const rest = 1000 * (whole.count - now.count[ROSE]) / (whole.population - page.populationOf(now, ROSE));
  assert.ok(Math.abs(page.linePoints(now, ROSE)[5].rest - rest) < 1e-9);
  assert.notEqual(page.rateText(now, rest), page.rateText(now, whole.rate));
  same(page.linePoints(now, HIDDEN_ONCE).map((p) => p.rest), page.lineSeries(now).map((one) => one.comparator.rate));
  assert.match(page.linePart(now, ROSE).map((part) => part.textContent).join(" "), /Dashed: the rest of Cambridgeshire and Peterborough\./);
  assert.match(page.linePart(now, HIDDEN_ONCE).map((part) => part.textContent).join(" "), /Dashed: Cambridgeshire and Peterborough\./);
  whole.part = false;
  assert.equal(page.linePoints(now, ROSE)[5].rest, whole.rate);
});

test("the trend is said in words, or why there is none", () => {
  const page = at("2019/20"), said = (i) => page.linePart(page.current(), i)[1].textContent;
  assert.equal(said(ROSE), "Trend: Increasing over 5 years. Dashed: the rest of Cambridgeshire and Peterborough.");
  assert.match(said(HIDDEN_ONCE), /^Trend: Cannot be calculated: No figure for 2016\/17/);
});

test("a new series breaks the line and is named", () => {
  const page = at("2019/20"), line = page.lineOf(page.current());
  line.breaks = [3];
  const points = page.linePoints(page.current(), ROSE);
  same(page.pieces(points, "rate").map((run) => run.map((p) => p.n)), [[0, 1, 2], [3, 4, 5]]);
  assert.equal(page.lineChart(points).all("line").filter((one) => one.getAttribute("class") === "start").length, 1);
  assert.match(page.lineTable(page.current(), points, null).textContent, /2017\/18.*New series\./);
});

test("months that stand out are marked, and one that lacks is a gap", () => {
  const page = at("2018-06"), points = page.linePoints(page.current(), OUT);
  same(points.filter((p) => p.out).map((p) => [p.period, p.out]), [["2018-05", 1]]);
  same(points.filter((p) => p.rate === null).map((p) => [p.period, p.why]), [["2017-07", "no figure"]]);
  assert.equal(page.lineChart(points).all("text").filter((text) => text.textContent === "\u25b2").length, 1);
  assert.match(page.lineTable(page.current(), points, "x").textContent, /2018-05.*\u25b2 Above its expected range\./);
});

test("the table beside the line has every period", () => {
  const page = at("2016/17"), now = page.current(), points = page.linePoints(now, HIDDEN_ONCE);
  const rows = page.lineTable(now, points, "the whole").all("tbody")[0].all("tr");
  assert.equal(rows.length, 6);
  same(rows[2].all("td").map((cell) => cell.textContent).slice(0, 2), ["hidden", ""]);
  same([rows[2].getAttribute("class"), rows[1].getAttribute("class")], ["picked", null]);
});

test("what was opened stays open", () => {
  const page = at("2019/20"), box = page.closed("x", "More", []);
  assert.equal(box.getAttribute("open"), null);
  box.open = true;
  box.fire("toggle");
  assert.equal(page.closed("x", "More", []).getAttribute("open"), "");
});

test("the slider goes over periods of one length, others stand apart", () => {
  const page = at("2017/18");
  page.startSlider();
  page.drawSlider();
  const range = page.box("slide");
  same([range.getAttribute("max"), range.value, range.getAttribute("aria-valuetext"), page.box("slid").textContent], ["5", 3, "2017/18", "2017/18"]);
  assert.equal(page.runs().length, 1);
  page.state.series = page.data.series.findIndex((one) => one.period === "2016-02");
  page.drawSlider();
  same([range.getAttribute("max"), range.value, page.box("slid").textContent], ["28", 1, "2016-02"]);
  page.data.runs.push([page.data.series.length]);
  page.data.series.push({...page.current(), period: "2018", line: undefined});
  page.drawSlider();
  same(page.box("runs").all("span").map((text) => text.textContent), ["2016-01 to 2018-06", "2018"]);
});

test("it plays to the end and stops there, and says so", () => {
  const page = at("2017/18");
  page.startSlider();
  page.pressPlay();
  assert.equal(page.box("play").textContent, "Pause");
  page.waiting.shift()();
  assert.equal(page.current().period, "2018/19");
  page.waiting.shift()();
  same([page.current().period, page.player.on, page.waiting.length], ["2019/20", false, 0]);
  same([page.box("status").textContent, page.box("play").textContent], ["2019/20: the end. Stopped.", "Play"]);
  page.pressPlay();
  assert.equal(page.current().period, "2014/15");
});

test("pause stops it, and an old wait does nothing", () => {
  const page = at("2015/16");
  page.startSlider();
  page.pressPlay();
  page.pressPlay();
  page.waiting.shift()();
  same([page.current().period, page.waiting.length, page.box("play").textContent], ["2015/16", 0, "Play"]);
  page.pressPlay();
  page.pressPlay();
  page.pressPlay();
  page.waiting.shift()();
  same([page.current().period, page.player.on, page.waiting.length], ["2015/16", true, 1]);
});

test("where motion is not wanted, each press is one step", () => {
  const page = at("2018/19");
  page.calm = true;
  page.startSlider();
  page.drawSlider();
  assert.equal(page.box("play").textContent, "Next period");
  page.pressPlay();
  same([page.current().period, page.waiting.length, page.player.on], ["2019/20", 0, false]);
  page.pressPlay();
  assert.equal(page.current().period, "2014/15");
});

test("another period stands beside, and the same classes are said", () => {
  const page = at("2019/20");
  page.change({than: "2014/15"});
  assert.equal(page.besideSeries().period, "2014/15");
  same(page.scaleSaid().map((part) => part.textContent), ["Both maps have the same classes and colours."]);
  page.besideSeries().per = 100;
  same(page.scaleSaid().map((part) => part.textContent), ["Each map has classes of its own: their colours do not compare."]);
  Object.assign(page.besideSeries(), {per: 1000, breaks: [1]});
  same(page.scaleSaid().map((part) => part.textContent), ["Each map has classes of its own: their colours do not compare."]);
  assert.equal(page.beside(() => page.current().period), "2014/15");
  page.change({series: page.data.series.findIndex((one) => one.period === "2014/15")});
  same([page.state.than, page.besideSeries()], [null, null]);
});
