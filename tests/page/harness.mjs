// The page's plain scripts, loaded as the page loads them: in order, strict, in one scope.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import vm from "node:vm";

import {Document} from "./dom.mjs";

if (!process.env.VAWG_PAGE_CASES) {
  throw new Error("no cases: run these through python -m pytest tests/publish/page/test_page_scripts.py");
}

/** What Python says: pages' data, and what the scripts must make of many inputs. */
export const cases = JSON.parse(readFileSync(process.env.VAWG_PAGE_CASES, "utf8"));

export const sources = cases.scripts.map((name) => {
  const path = fileURLToPath(new URL("../../vawg_geo/publish/page/scripts/" + name, import.meta.url));
  return {name, path, text: readFileSync(path, "utf8")};
});

const compiled = sources.map(({path, text}) => new vm.Script('"use strict"; ' + text, {filename: path}));

/** A page with the data of one of the cases' pages, its address, and nothing drawn. */
export function open(name = "ward", {hash = ""} = {}) {
  const document = new Document();
  const location = {hash};
  const page = vm.createContext({
    document, location, URLSearchParams,
    history: {replaceState(_, title, address) { location.hash = address; }},
    addEventListener() {},
    getComputedStyle: () => ({position: "static"}),
    ResizeObserver: class { observe() {} },
    // Tests say themselves when time passes, and whether motion is wanted.
    waiting: [],
    matchMedia: () => ({matches: page.calm === true}),
    setTimeout(act) { page.waiting.push(act); },
  });
  page.window = page;
  compiled.forEach((script) => script.runInContext(page));
  page.data = structuredClone(cases.pages[name]);
  page.state.series = page.data.start ?? 0;
  page.box = (id) => document.getElementById("vawg-" + id);
  return page;
}

/** Values from the scripts' own realm have other prototypes: compare their content. */
export function same(found, wanted, message) {
  assert.deepEqual(structuredClone(found), structuredClone(wanted), message);
}

export function series(page, indicator, sex = "persons") {
  const at = page.data.series.findIndex((one) =>
    page.data.indicators[one.indicator].name === indicator && one.sex === sex);
  assert.notEqual(at, -1, indicator + ", " + sex);
  return at;
}
