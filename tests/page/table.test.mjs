import assert from "node:assert/strict";
import test from "node:test";

import {cases, open, same, series} from "./harness.mjs";

const page = open();

/** A plain reader of CSV, by the rules of RFC 4180. */
function read(text) {
  const rows = [[]];
  let cell = "", quoted = false;
  for (let n = 0; n < text.length; n += 1) {
    const sign = text[n];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[n + 1] === '"') { cell += '"'; n += 1; } else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "," || sign === "\n") {
      rows.at(-1).push(cell);
      cell = "";
      if (sign === "\n") rows.push([]);
    } else if (sign !== "\r") cell += sign;
  }
  same(rows.pop(), []);
  const [head, ...body] = rows;
  return body.map((row) => {
    assert.equal(row.length, head.length);
    return Object.fromEntries(head.map((name, n) => [name, row[n]]));
  });
}

test("cells are quoted and formulas made harmless as in the files that Python writes", () => {
  assert.ok(cases.cells.length > 15);
  for (const [text, wanted] of cases.cells) assert.equal(page.csvCell(text), wanted, JSON.stringify(text));
});

test("the file holds every area once, absences empty, words as they are in the tables", () => {
  const rows = read(page.csvText());
  const wanted = cases.rates;
  same(rows.map((row) => row.area_code).sort(), wanted.map((row) => row.area_code).sort());
  for (const row of rows) {
    const known = wanted.find((one) => one.area_code === row.area_code);
    for (const name of ["area_name", "status", "significance", "standing", "count", "rate", "rate_lower", "rate_upper"]) {
      assert.equal(row[name], known[name], row.area_code + ", " + name);
    }
    assert.equal(row.rate_per, "1000");
    assert.equal(row.basis, "published");
  }
});

test("the file is in the table's order and of the chosen district", () => {
  const made = open();
  Object.assign(made.state, {sort: "name", down: false, within: 1});
  const names = read(made.csvText()).map((row) => row.area_name);
  same(names, [...names].sort((a, b) => a.localeCompare(b, "en-GB")));
  assert.equal(names.length, 6);
});

test("columns of hotspots are there for a series that has them", () => {
  const made = open(), row = read(made.csvText()).find((one) => one.area_code === "E05990000");
  same([row.moran_cluster, row.gi_cluster, row.scan_cluster, row.moran_stability], ["high-high", "hot", "1", "1"]);
  made.state.series = series(made, "crimes");
  assert.equal("moran_cluster" in read(made.csvText())[0], false);
});

test("what has no number comes last, however the table is sorted", () => {
  const column = page.tableColumns(page.current()).find((one) => one.id === "rate");
  for (const down of [true, false]) {
    page.state.down = down;
    const order = page.sortedAreas(column), rates = order.map((i) => page.current().rate[i]);
    same([...order].sort((a, b) => a - b), page.data.areas.code.map((_, i) => i));
    same(rates.slice(-3), [null, null, null]);
    const known = rates.slice(0, -3);
    same([...known], [...known].sort((a, b) => down ? b - a : a - b));
  }
});

test("columns are those that the page and series have", () => {
  const ids = (made) => Array.from(made.tableColumns(made.current()), (one) => one.id);
  const made = open("laid");
  same(ids(made), ["name", "parent", "rate", "interval", "count", "significance", "standing", "pattern", "status"]);
  made.state.view = "over-deprivation";
  assert.ok(ids(made).includes("overlay"));
  made.state.view = "rate";
  made.state.series = series(made, "crimes");
  same(ids(made), ["name", "parent", "rate", "interval", "count", "significance", "status"]);
  assert.equal(ids(open("district")).includes("parent"), false);
});

test("the drawn table has a heading for each column and never a number where one is hidden", () => {
  const made = open();
  made.state.area = 3;
  made.drawTable();
  const table = made.box("table"), rows = table.all("tbody")[0].all("tr");
  assert.equal(rows.length, 12);
  assert.equal(table.all("thead")[0].all("th").length, 9);
  const picked = rows.filter((row) => row.getAttribute("aria-current") === "true");
  assert.equal(picked.length, 1);
  const cells = picked[0].all("td").map((cell) => cell.textContent);
  assert.equal(cells[1], "hidden");
  assert.equal(cells[3], "hidden");
  assert.doesNotMatch(cells.join(" "), /\d/);
});

test("a period that a spreadsheet would make a day of is said to be what it is", () => {
  same(["2019-08", "2009/10", "2015/16", "1/2", "2024", "2019/20 to 2021/22"].map((text) => page.periodCell(text)),
    ["2019-08 (month)", "2009/10 (year)", "2015/16 (year)", "1/2 (period)", "2024", "2019/20 to 2021/22"]);
});

test("every column of numbers holds numbers alone, and a symbol says why one is empty", () => {
  const made = open("laid"), rows = read(made.csvText());
  const numbers = ["count", "population", "rate", "rate_lower", "rate_upper", "rate_per", "comparator_rate", "comparator_lower", "comparator_upper"];
  for (const row of rows) {
    for (const name of numbers) assert.match(row[name], /^\d*(\.\d+)?$/, name);
    assert.equal(row.symbol, {suppressed: "[c]", missing: "[x]", not_applicable: "[z]", unstable: "[u]"}[row.status] ?? "");
    for (const name of ["source", "licence", "edition", "basis"]) assert.ok(row[name], name);
  }
  const hidden = rows.filter((row) => row.status === "suppressed");
  assert.ok(hidden.length > 0);
  same(hidden.map((row) => row.count + row.rate + row.rate_lower + row.rate_upper), hidden.map(() => ""));
});

test("layers are columns of the file whatever the map shows, and none of a single service", () => {
  const made = open("laid"), head = made.csvText().split("\r\n")[0];
  const wide = made.data.overlays.layers.filter((one) => made.fits(one, made.current()));
  assert.ok(wide.length > 0);
  for (const one of wide) assert.equal(head.split(",").includes(one.id.replace(/\W+/g, "_")), !one.brief, one.id);
});

test("the chart of a change has the ratios on a scale where two is as far from one as a half", () => {
  const made = open("years");
  made.state.view = "change";
  made.state.series = made.data.series.findIndex((one) => one.changes);
  const figure = made.figureOf(made.current()), scale = made.figureScale(figure, made.chartOrder(made.current()));
  assert.ok(figure.ratio);
  assert.ok(scale.ticks.includes(1));
  assert.ok(Math.abs(scale.share(2) + scale.share(0.5) - 2 * scale.share(1)) < 1e-9);
  same([scale.share(0), scale.share(Infinity)], [0, 1]);
  made.current().rate.forEach((rate, i) => { if (rate === null) assert.equal(made.drawable(figure, i), false); });
});
