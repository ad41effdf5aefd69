// The placer of labels: which boxes stand, and where.

import assert from "node:assert/strict";
import test from "node:test";

import {open, same} from "./harness.mjs";

const FRAME = {x: 400, y: 300};
const box = (x, y, w, h, more) => ({kind: "area", lines: ["a"], x, y, w, h, ...more});

/** Numbers in a fixed order that looks like none. */
function drawing(seed) {
  let state = seed;
  return (top) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648 * top;
  };
}

test("no two labels meet and none leaves the frame, whatever is wished for", () => {
  const page = open(), meet = (a, b) => Math.abs(a.x - b.x) < a.w + b.w && Math.abs(a.y - b.y) < a.h + b.h;
  for (let seed = 1; seed < 30; seed += 1) {
    const draw = drawing(seed), fixed = [box(60, 250, 60, 50)];
    const wishes = Array.from({length: 120}, (_, n) => box(draw(460) - 30, draw(360) - 30, 4 + draw(40), 4 + draw(10), {
      spots: [[0, 0], [20, 0], [-20, 0], [0, 15]], must: n % 15 === 0, dot: n % 4 ? null : "dot", name: n
    }));
    const stood = structuredClone(page.placeAll(wishes, fixed, FRAME));
    assert.ok(stood.length > 10, String(stood.length));
    stood.forEach((one, n) => {
      assert.ok(one.x - one.w >= 0 && one.x + one.w <= FRAME.x && one.y - one.h >= 0 && one.y + one.h <= FRAME.y);
      stood.slice(n + 1).concat(fixed).forEach((other) => assert.ok(!meet(one, other), seed + ": " + JSON.stringify([one, other])));
    });
  }
});

test("the first wish stands where it wants, the next beside it, or not at all", () => {
  const page = open(), spots = [[0, 0], [0, 20]];
  const stood = page.placeAll([box(100, 100, 30, 8, {spots}), box(100, 100, 30, 8, {spots}), box(100, 100, 30, 8, {spots})], [], FRAME);
  same(stood.map((one) => [one.x, one.y]), [[100, 100], [100, 120]]);
});

test("what must stand takes the place of others, but not of the key", () => {
  const page = open(), sign = box(100, 100, 6, 6, {kind: "sign"}), name = box(100, 100, 30, 8, {kind: "now", must: true});
  same(page.placeAll([sign, name], [], FRAME).map((one) => one.kind), ["now"]);
  same(page.placeAll([sign, name], [box(125, 100, 10, 10)], FRAME).map((one) => one.kind), ["sign"]);
});

test("a name is written once", () => {
  const page = open(), once = "Ely";
  same(page.placeAll([box(50, 50, 9, 9, {once}), box(200, 200, 9, 9, {once})], [], FRAME).length, 1);
});

test("a dot stands with its name, or neither does", () => {
  const page = open(), town = box(100, 100, 30, 8, {dot: "dot", spots: [[40, 0]]});
  same(page.placeAll([town], [], FRAME).map((one) => one.kind), ["dot", "area"]);
  same(page.placeAll([town], [box(140, 100, 5, 5)], FRAME), []);
  same(page.placeAll([town], [box(100, 100, 2, 2)], FRAME), []);
});

test("what is shunned is covered least", () => {
  const page = open(), shuns = [box(100, 100, 30, 30), box(100, 160, 5, 5)];
  const found = page.placed(box(100, 100, 20, 10, {shuns, spots: [[0, 0], [0, 60], [0, 30]]}), [], FRAME);
  same([found.x, found.y], [100, 160]);
  assert.equal(page.covered(box(0, 0, 10, 10), [box(15, 0, 10, 10), box(0, 40, 10, 10)]), 100);
});

test("long names are cut near their middle", () => {
  const page = open();
  same(["Doddington & Wimblington", "Stoke-on-Trent", "Ely", "Y Felinheli"].map((name) => page.halves(name)),
    [["Doddington &", "Wimblington"], ["Stoke-", "on-Trent"], null, ["Y", "Felinheli"]]);
});

test("an area holds a name that lies in it, not one that hangs out or lies in its hole", () => {
  const page = open();
  const ring = (x, y, half) => [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([a, b]) => ({lng: x + a * half, lat: y + b * half}));
  page.map = {containerPointToLatLng: ([x, y]) => ({lng: x, lat: y})};
  page.layers = [{getLatLngs: () => [[ring(50, 50, 40), ring(70, 70, 10)]]}];
  assert.equal(page.holds(0, {x: 50, y: 50, w: 40, h: 5}), true);
  assert.equal(page.holds(0, {x: 80, y: 50, w: 40, h: 5}), false);
  assert.equal(page.holds(0, {x: 70, y: 70, w: 5, h: 5}), false);
});

test("an area stands out where it is called higher, whatever colours the map", () => {
  const page = open(), one = page.current();
  const higher = page.data.areas.code.map((_, i) => page.hasRate(one, i) && page.significanceOf(one, i) === "higher");
  for (const view of ["rate", "significance"]) {
    page.state.view = view;
    same(page.data.areas.code.map((_, i) => page.stands(one, i)), higher);
  }
  assert.ok(higher.includes(true) && higher.includes(false));
  page.state.view = "standing";
  one.standing[0] = page.data.meta.standings.indexOf("unusually_high");
  one.standing[1] = page.data.meta.standings.indexOf("possibly_high");
  same([0, 1, 3].map((i) => page.stands(one, i)), [true, false, false]);
});
