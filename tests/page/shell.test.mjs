// The frame of the page: the key's strip, what can be searched, the headline, the way to a district's wards.

import assert from "node:assert/strict";
import test from "node:test";

import {open, same} from "./harness.mjs";

const marks = (strip, kind) => strip.all("path").filter((path) => path.getAttribute("class") === kind);
const across = (mark) => Number(mark.getAttribute("transform").match(/\(([-\d.]+) /)[1]);

test("a rate stands on the strip in its class, by its value within it", () => {
  const page = open(), one = page.current(), edges = page.stripEdges(one);
  const wide = 230 / (one.breaks.length + 1);
  assert.ok(one.breaks.length > 1);
  for (const i of page.everywhere().filter((place) => page.onIt(one, place))) {
    const at = page.onStrip(one, edges, one.rate[i]);
    assert.ok(at >= one.class[i] * wide - 0.05 && at <= (one.class[i] + 1) * wide + 0.05, i + ": " + at);
  }
  const sorted = page.everywhere().filter((place) => page.onIt(one, place)).sort((a, b) => one.rate[a] - one.rate[b]);
  const places = sorted.map((i) => page.onStrip(one, edges, one.rate[i]));
  same([...places], [...places].sort((a, b) => a - b));
  same([places[0], places.at(-1)], [0, 230]);
});

test("the strip counts what it shows and marks the whole and the chosen area, none recorded apart", () => {
  const page = open(), one = page.current();
  page.state.area = page.everywhere().find((i) => page.onIt(one, i));
  const strip = page.strip(one);
  const inside = strip.all("text").filter((text) => text.getAttribute("class") === "inside").map((text) => Number(text.textContent));
  assert.equal(inside.reduce((a, b) => a + b), page.countWhere((i) => page.onIt(one, i)));
  assert.equal(across(marks(strip, "mine")[0]), page.onStrip(one, page.stripEdges(one), one.rate[page.state.area]));
  assert.equal(across(marks(strip, "whole")[0]), page.onStrip(one, page.stripEdges(one), one.comparator.rate));
  one.status[page.state.area] = page.data.meta.statuses.indexOf("zero");
  assert.equal(marks(page.strip(one), "mine").length, 0);
  page.state.area = one.rate.indexOf(null);
  assert.equal(marks(page.strip(one), "mine").length, 0);
  one.significance.fill(page.data.meta.significances.indexOf("not_compared"));
  page.comparable = () => false;
  assert.equal(marks(page.strip(one), "whole").length, 0);
});

test("where no area has a rate there is no strip, and with one rate it stands in the middle", () => {
  const page = open(), one = page.current();
  const rates = [...one.rate];
  one.rate = rates.map(() => null);
  assert.equal(page.strip(one), null);
  one.breaks = [];
  one.rate = rates.map(() => 4);
  assert.equal(page.onStrip(one, [4, 4], 4), 115);
});

test("areas, districts and towns are found, and each choice does its own", () => {
  const page = open();
  page.data.context = {towns: [["Wisbech", 0, 0, 2, 0], ["Far away", 0, 0, null, null]]};
  const found = page.places(), named = (name) => found.find((one) => one.name === name);
  same(named("Square 6").go, {area: page.data.areas.name.indexOf("Square 6")});
  same(named("Wisbech").go, {area: 2});
  assert.match(named("Wisbech").beside, /^Town, in /);
  assert.equal(named("Far away"), undefined);
  const district = named(page.data.parents.name[1]);
  same(district.go, {within: 1, area: null});
  assert.equal(district.beside, "Whole district");
});

test("the headline stands over rates and comparisons, what a view found over its own, and none over a layer", () => {
  const page = open(), one = page.current(), box = () => page.box("headline").textContent;
  one.finding = ["Two are higher.", "Ten are not."];
  for (const view of ["rate", "significance", "standing"]) {
    page.state.view = view;
    page.drawHeadline(one);
    assert.equal(box(), "Two are higher. Ten are not.");
  }
  page.state.view = "patterns";
  page.drawHeadline(one);
  assert.equal(box().trim(), page.patternsSaid(one));
  page.state.view = "over-deprivation";
  page.drawHeadline(one);
  assert.equal(box(), "");
});
