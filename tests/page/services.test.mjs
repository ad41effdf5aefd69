// The table of help: by district and date, told apart without colour, and nothing below a district.

import assert from "node:assert/strict";
import test from "node:test";

import {open, same} from "./harness.mjs";

const KEYS = ["stated", "inferred", "none", "not_running", "not_recoverable"];

/** Kinds of help as [title, date, states], a state by its place in the keys, or null. */
function laid(page, kinds, names = ["Ely", "March", "Soham"]) {
  const layers = kinds.map(([title, date, states]) => ({
    id: title.toLowerCase() + "-" + date, group: "Services", title, date, brief: true, note: "", keys: KEYS,
    classes: KEYS.map((key) => [key, "#ffffff", "", "solid"]), class: states, text: states.map(() => null),
  }));
  page.data.services = {level: "district", one: "district", many: "districts", code: names, name: names, words: [], layers};
  page.startServices();
  return page.box("services");
}

const rows = (box) => box.all("tbody")[0].all("tr").map((row) => row.children.map((cell) => cell.textContent).filter(Boolean));

test("a row for each kind and date, and dates that do not differ share one", () => {
  const box = laid(open(), [
    ["Outreach", "2016", [0, 2, 4]], ["Refuge", "2016", [1, null, 0]], ["Outreach", "2017", [0, 3, 4]], ["Refuge", "2017", [1, 4, 0]],
  ]);
  same(rows(box), [
    ["Outreach", "2016", "\u25cf Covered", "\u25cb None named", "? Not known"],
    ["2017", "\u25cf Covered", "\u2013 Not running", "? Not known"],
    ["Refuge", "2016 and 2017", "\u25d0 Covered, inferred", "? Not known", "\u25cf Covered"],
  ]);
  same(box.all("thead")[0].all("th").map((head) => [head.textContent, head.getAttribute("scope")]),
    ["Kind of help", "As at", "Ely", "March", "Soham"].map((text) => [text, "col"]));
  same(box.all("tbody")[0].all("th").map((head) => head.getAttribute("scope")), ["rowgroup", "row", "row", "rowgroup", "row"]);
  assert.equal(box.all("tbody")[0].all("th")[0].getAttribute("rowspan"), "2");
});

test("gaps are those that the source names, at its last date, and what it does not say is none", () => {
  const box = laid(open(), [
    ["Outreach", "2016", [2, 2, 2]], ["Refuge", "2016", [0, 0, 0]], ["Outreach", "2017", [0, 3, 4]], ["Refuge", "2017", [2, 2, 2]],
  ]);
  same(box.all("li").map((line) => line.textContent), ["Outreach: not running in March.", "Refuge: none named in any district."]);
  const full = laid(open(), [["Outreach", "2017", [0, 1, 4]]]);
  assert.equal(full.all("li").length, 0);
  assert.match(full.textContent, /Nothing that the source says leaves a district without\./);
});

test("names in a sentence", () => {
  const page = open();
  same([[], ["a"], ["a", "b"], ["a", "b", "c"]].map((names) => page.joined(names)), ["", "a", "a and b", "a, b and c"]);
  assert.equal(page.joined([..."abcdefghij"]), "a, b, c, d, e, f, g and 3 more");
});

test("on its own page a cell opens its layer and area; elsewhere it is text, and hostile names are text", () => {
  const page = open("district");
  page.data.overlays.layers = [{
    id: "outreach", group: "Services", title: "<b>Outreach</b>", date: "2017", brief: true, note: "As at 2017.", keys: KEYS,
    classes: KEYS.map((key) => [key, "#ffffff", "", "solid"]), class: page.data.areas.code.map(() => 0), text: page.data.areas.code.map(() => null),
  }];
  page.data.services = {};
  page.startServices();
  const box = page.box("services"), button = box.all("tbody")[0].all("button")[1];
  assert.equal(box.all("tbody")[0].all("th")[0].textContent, "<b>Outreach</b>");
  button.fire("click");
  same([page.state.view, page.state.area, button.getAttribute("aria-pressed")], ["over-outreach", 1, "true"]);
  const other = laid(open(), [["Outreach", "2017", [0, 1, 4]]]);
  assert.equal(other.all("button").length, 0);
});

test("without services there is no table", () => {
  const page = open();
  delete page.data.services;
  page.startServices();
  assert.equal(page.box("services").hidden, true);
});
