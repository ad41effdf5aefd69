// Small maps of towns: their frames, paths and scale.

import assert from "node:assert/strict";
import test from "node:test";

import {open, same} from "./harness.mjs";

const HALF = {at: (point) => [point.x, point.y]};

/** A page whose map has a point for each degree. */
function flatPage() {
  const page = open();
  page.map = {project: ([lat, lng]) => ({x: lng, y: -lat})};
  return page;
}

test("a path keeps what is near the small map, and leaves out what is too fine", () => {
  const page = flatPage();
  const ring = (x, y, steps) => [x * 1e5, y * 1e5, ...steps.map((step) => step * 1e5)];
  same(page.traced(HALF, [[ring(10, -10, [40, 0, 0, -40, 0.1, 0.1, -40, 0])]], true),
    "M10.0,10.0L50.0,10.0L50.0,50.0L10.1,49.9z");
  same(page.traced(HALF, [[ring(10, -10, [40, 0])]]), "M10.0,10.0L50.0,10.0");
  same(page.traced(HALF, [[ring(900, -900, [40, 0, 0, 40])]], true), "");
});

test("the bar has a round length that fits", () => {
  const page = open();
  for (const [side, km] of [[4000, 1], [4900, 1], [5200, 2], [12500, 5], [75903, 20], [1000, 0.5]]) {
    const bar = page.insetScale(120, side), [path] = bar.all("path");
    assert.equal(bar.all("text")[0].textContent, km + " km");
    const wide = Number(/h([\d.]+)/.exec(path.getAttribute("d"))[1]);
    assert.ok(Math.abs(wide - km * 1000 / side * 120) < 0.06 && wide <= 60, String(wide));
  }
});
