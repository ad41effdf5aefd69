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
