import assert from "node:assert/strict";
import test from "node:test";

import {Element} from "./dom.mjs";
import {cases, open, same} from "./harness.mjs";

const page = open();

test("templates are filled as Python fills them, and values are not templates", () => {
  assert.ok(cases.fill.length > 20);
  for (const [template, values, wanted] of cases.fill) assert.equal(page.fill(template, values), wanted);
});

test("a name of the language itself is no value", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    assert.equal(page.fill("{" + name + "}", {}), "{" + name + "}");
  }
});

test("numbers are printed as Python prints them", () => {
  assert.ok(cases.printed.length > 100);
  for (const [value, decimals, wanted] of cases.printed) assert.equal(page.printed(value, decimals), wanted);
});

test("whose as Python says it", () => {
  for (const [name, wanted] of cases.whose) assert.equal(page.whose(name), wanted);
});

test("outlines come back as Python reads them", () => {
  for (const {shape, rings} of cases.shapes) {
    const found = structuredClone(page.decodeShape(shape));
    assert.deepEqual(found.map((one) => one.map((ring) => ring.length)), rings.map((one) => one.map((ring) => ring.length)));
    found.flat(2).forEach((point, n) => {
      const [x, y] = rings.flat(2)[n];
      assert.ok(Math.abs(point[0] - y) < 1e-9 && Math.abs(point[1] - x) < 1e-9, point + " is not " + [y, x]);
    });
  }
});

test("points are latitude first", () => same(page.latLng([12345, 5212345]), [52.12345, 0.12345]));

test("what people type finds what is meant", () => {
  const meant = [
    ["St. Ives", "st ives"], ["Bar Hill & Boxworth", "bar hill and boxworth"], ["  King\u2019s  Hedges", "kings hedges"],
    ["King's Hedges", "kings hedges"], ["Ynys M\u00f4n", "ynys mon"], ["Yn\u0302ys", "ynys"], ["ELY/North-East (2)", "ely north east 2"],
    ["\u0416ovi \u4e2d", "\u0436ovi \u4e2d"], ["<img>", "img"], ["...", ""], ["", ""],
  ];
  for (const [typed, wanted] of meant) assert.equal(page.plain(typed), wanted);
});

test("an element has its attributes, without those that say no", () => {
  const made = page.el("button", {type: "button", hidden: true, title: null, lang: undefined, disabled: false, "data-n": 0, text: "<b>"});
  assert.deepEqual(made.attributes, {type: "button", hidden: "", "data-n": "0"});
  assert.equal(made.textContent, "<b>");
  assert.equal(made.all("b").length, 0);
});

test("an element's click is heard, and children that are none are left out", () => {
  let clicks = 0;
  const child = new Element("i");
  const made = page.el("p", {click: () => { clicks += 1; }}, [null, child, false, undefined]);
  made.fire("click");
  assert.equal(clicks, 1);
  assert.deepEqual(made.children, [child]);
  assert.equal(made.getAttribute("click"), null);
  page.replace(made, [null, child]);
  assert.deepEqual(made.children, [child]);
});
