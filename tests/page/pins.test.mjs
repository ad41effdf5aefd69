// Pinned areas: which differ by more than chance, on one scale, and what is said of every change.

import assert from "node:assert/strict";
import test from "node:test";

import {cases, open, same} from "./harness.mjs";

const HIDDEN = 3, ZERO = 6;

function panel(page) {
  page.map = {getContainer: () => ({focus() {}})};
  page.drawWith(page.drawDetail);
  page.drawWith(page.announce);
  return page;
}

test("rates differ where the interval of their difference leaves out 0", () => {
  const page = open();
  const s = {...page.current(), rate: [10, 6, 9, 0], low: [8, 5, 7, 0], high: [12, 7.2, 11, 3.7]};
  assert.equal(page.above(s, 0, 1), true);
  assert.equal(page.above(s, 1, 0), false);
  assert.equal(page.above(s, 0, 2), false);
  assert.equal(page.above(s, 0, 3), true);
  s.low[0] = null;
  assert.equal(page.above(s, 0, 1), false);
});

test("the exact test of two counts says the same of nearly all pairs, and of none much else", () => {
  const page = open();
  let differ = 0, told = 0;
  for (const [sides, p] of cases.pairs) {
    const s = Object.fromEntries(["rate", "low", "high"].map((name) => [name, sides.map((side) => side[name])]));
    const apart = page.above(s, 0, 1) || page.above(s, 1, 0);
    told += apart;
    if (apart !== p < 0.05) { differ += 1; assert.ok(p > 0.015 && p < 0.1, JSON.stringify([sides, p])); }
  }
  assert.ok(told > 100 && cases.pairs.length - told > 100, told);
  assert.ok(differ < 0.03 * cases.pairs.length, differ);
});

test("what is said of a pair: higher, lower, not to be told apart, and four reasons for nothing", () => {
  const page = open(), s = {...page.current(), rate: [10, 6, 9, null], low: [8, 5, 7, null], high: [12, 7.2, 11, null]};
  const name = (i) => page.data.areas.name[i];
  assert.equal(page.pairText(s, 0, 1), "Higher than " + name(1) + ", by more than chance alone would give.");
  assert.equal(page.pairText(s, 1, 0), "Lower than " + name(0) + ", by more than chance alone would give.");
  assert.equal(page.pairText(s, 0, 2), "Cannot be told apart from " + name(2) + ": chance alone could give this difference.");
  assert.equal(page.pairText(s, 0, 3), "Not compared: no interval is known.");
  assert.equal(page.pairText({...s, basis: "illustrative"}, 0, 1), "Not compared: these are not real figures.");
  assert.equal(page.pairText({...s, low: [8, null, 7, null]}, 0, 1), "Not compared: no interval is known.");
});

test("up to four are pinned, a fifth is refused in words, and each can be taken out", () => {
  const page = panel(open());
  [0, 1, 2, 4].forEach((i) => page.pin(i));
  same(page.state.pins, [0, 1, 2, 4]);
  assert.match(page.location.hash, /pins=E05990000%2CE05990001%2CE05990002%2CE05990004/);
  page.pin(5);
  same(page.state.pins, [0, 1, 2, 4]);
  assert.equal(page.box("status").textContent, "Four wards are pinned, and four is the most: unpin one to pin another.");
  assert.match(page.box("detail-body").textContent, /four is the most/);
  page.pin(1);
  same(page.state.pins, [0, 2, 4]);
  assert.equal(page.box("status").textContent, "No longer pinned: Square 2.");
  assert.doesNotMatch(page.box("detail-body").textContent, /four is the most/);
});

test("pins come from the address, those that it does not know and a fifth left out", () => {
  const codes = ["E05990001", "X", "E05990003", "E05990001", "E05990004", "E05990005", "E05990006"];
  const page = open("ward", {hash: "#pins=" + codes.join()});
  same(page.readAddress().pins, [1, 3, 4, 5]);
  same(open().readAddress().pins, []);
});

test("pinned areas stand beside the chosen one, and what is hidden says so and gives no number", () => {
  const page = panel(open());
  page.change({area: 0, pins: [1, HIDDEN]});
  const rows = page.box("detail-body").all("section")[0].all("li");
  same(rows.map((row) => row.all("svg").length), [1, 1, 0]);
  assert.match(rows[2].textContent, /Hidden to protect people/);
  assert.doesNotMatch(rows[2].textContent.replace(page.data.areas.name[HIDDEN], ""), /\d/);
  page.change({area: 1});
  assert.equal(page.box("detail-body").all("section")[0].all("li").length, 2);
  page.change({area: null});
  assert.match(page.box("detail-body").textContent, /Choose a ward to hold the pinned ones against it/);
  page.change({pins: [ZERO]});
  assert.equal(page.box("detail-body").all("section")[0].all("circle").length, 1);
});

test("a ruler puts its marks in order on its scale", () => {
  const page = open(), s = page.current();
  const parts = page.ruler(s, 0, page.rulerTop(s, [0]), true);
  const span = parts.all("line").find((one) => one.getAttribute("class") === "span"), dot = parts.all("circle")[0];
  const [from, to] = ["x1", "x2"].map((key) => Number(span.getAttribute(key))), at = Number(dot.getAttribute("cx"));
  assert.ok(4 <= from && from < at && at < to && to <= 356.1, [from, at, to]);
  assert.match(parts.getAttribute("aria-label"), /^Square 1: [\d.]+, 95% interval [\d.]+ to [\d.]+, among all wards\. Cambridgeshire and Peterborough: [\d.]+\.$/);
});

test("lines of pinned areas end in their letters, which keep clear of each other", () => {
  const page = open("years");
  page.state.series = page.data.series.findIndex((one) => one.period === "2019/20");
  const letters = page.pinLines(page.current(), [0, 1, 2, 3]).all("text").filter((text) => /^[A-D]$/.test(text.textContent));
  same(letters.map((text) => text.textContent).sort(), ["A", "B", "C", "D"]);
  const heights = letters.map((text) => Number(text.getAttribute("y"))).sort((a, b) => a - b);
  assert.ok(heights.slice(1).every((y, n) => y - heights[n] >= 11.9), heights);
  assert.equal(open().pinLines(open().current(), [0]), "");
});

test("the panel says number, events and people open, and the rest closed", () => {
  const page = panel(open("laid"));
  page.change({area: 0});
  const body = page.box("detail-body"), s = page.current();
  same(body.all("details").map((one) => one.all("summary")[0].textContent), ["How this was worked out", "Also known of this area"]);
  assert.equal(body.all("b")[0].textContent, page.rateText(s, s.rate[0]));
  assert.ok(body.children.some((one) => one.textContent === page.countedText(s, 0)));
  assert.match(page.countedText(s, 0), /^95% interval: [\d.]+ to [\d.]+; [\d,]+ incidents; [\d,]+ residents aged 16 and over$/);
  assert.doesNotMatch(page.countedText(s, HIDDEN), /incidents|interval/);
  const open_part = body.children.filter((one) => one.tagName !== "details").map((one) => one.textContent).join(" ");
  assert.doesNotMatch(open_part, /99\.8%|p\u00a0|seed|Let go/);
  assert.ok(body.all("button").some((one) => one.getAttribute("aria-label") === "Close Square 1"));
});

test("every change is said once, in words", () => {
  const page = panel(open("laid")), said = (changes) => {
    page.box("status").textContent = "";
    page.drawKey();
    page.change(changes);
    return page.box("status").textContent;
  };
  page.drawers.unshift(page.drawKey);
  assert.match(said({area: 0}), /^Square 1’s rate, [^.]*\.\d per [^.]* is statistically [^.]*\.\d\)\.$/);
  assert.equal(said({}), "");
  assert.equal(said({pins: [0]}), "Pinned: Square 1. 1 of 4.");
  assert.equal(said({pins: []}), "No longer pinned: Square 1.");
  assert.equal(said({area: null}), "No ward is chosen.");
  assert.match(said({view: "significance"}), /^Compared with Cambridgeshire and Peterborough \([\d.]+\): higher 3, similar 2, lower 4\.$/);
  assert.equal(said({view: "rate"}), "Rate per 1,000 residents aged 16 and over.");
  assert.equal(said({view: "over-deprivation"}), "Deprivation (made up). Scores are made up.");
  assert.equal(said({within: 0}), "Shown: " + page.data.parents.name[0] + ".");
  assert.equal(said({within: null}), "Shown: Whole area.");
  assert.equal(said({sort: "name", down: false}), "Sorted by Area, A to Z.");
  assert.equal(said({sort: "rate", down: true}), "Sorted by Rate per 1,000, highest first.");
  assert.equal(said({down: false}), "Sorted by Rate per 1,000, lowest first.");
  assert.match(said({beside: 1}), /^Second map: Domestic abuse crimes by ward .*\.$/);
  assert.equal(said({beside: null}), "One map.");
  assert.equal(said({fade: true}), "Unsure rates are paler.");
  assert.equal(said({fade: false}), "All rates in full colour.");
  assert.match(said({series: 1}), /^Domestic abuse crimes.*\.$/);
});

test("long texts are paragraphs of forty words where sentences allow it, and nothing is lost", () => {
  const page = open(), sentence = (n) => Array.from({length: n}, (_, k) => "w" + k).join(" ") + ".";
  const two = sentence(30) + " A" + sentence(30);
  same(page.split(two), [sentence(30), "A" + sentence(30)]);
  same(page.split(sentence(10) + " A" + sentence(20)), [sentence(10) + " A" + sentence(20)]);
  same(page.split(sentence(45)), [sentence(45)]);
  same(page.split("half ".repeat(24) + "one; " + "half ".repeat(24) + "two."), ["half ".repeat(24) + "one;", "half ".repeat(24) + "two."]);
  assert.equal(page.split("e.g. this, 2.5 per cent.").length, 1);
});
