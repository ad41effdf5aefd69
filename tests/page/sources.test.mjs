// The scripts share one scope: what none of them can see alone.

import assert from "node:assert/strict";
import test from "node:test";

import {sources} from "./harness.mjs";

const declared = sources.flatMap(({name, text}) =>
  [...text.matchAll(/^(?:function|var) (\w+)/gm)].map((found) => ({file: name, name: found[1]})));

test("no name is declared twice", () => {
  const places = Map.groupBy ? Map.groupBy(declared, (one) => one.name) : new Map(declared.map((one) => [one.name, declared.filter((other) => other.name === one.name)]));
  const twice = [...places].filter(([, all]) => all.length > 1).map(([name, all]) => name + " in " + all.map((one) => one.file).join(" and "));
  assert.ok(declared.length > 100);
  assert.deepEqual(twice, []);
});

test("nothing is declared that nobody uses", () => {
  const whole = sources.map((one) => one.text).join("\n");
  const unused = declared.filter(({name}) => name !== "start" && whole.match(new RegExp("\\b" + name + "\\b", "g")).length < 2);
  assert.deepEqual(unused, []);
});
