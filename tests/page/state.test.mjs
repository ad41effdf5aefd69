import assert from "node:assert/strict";
import test from "node:test";

import {open, same, series} from "./harness.mjs";

test("the nearest series: indicator first, then sex, then period", () => {
  const page = open();
  const one = (indicator, sex, period) => ({...page.data.series[0], indicator, sex, period});
  page.data.series = [
    one(0, "persons", "2014"), one(0, "persons", "2015"), one(0, "female", "2014"),
    one(1, "persons", "2015"), one(1, "male", "2014"),
  ];
  page.state.series = 2;
  const wishes = [
    [{}, 2], [{sex: "persons"}, 0], [{period: "2015"}, 2], [{sex: "persons", period: "2015"}, 1],
    [{indicator: 1}, 4], [{indicator: 1, period: "2015"}, 3], [{indicator: 1, sex: "male"}, 4],
    [{indicator: 7}, 2],
  ];
  for (const [wish, wanted] of wishes) assert.equal(page.nearestSeries(wish), wanted, JSON.stringify(wish));
});

test("a series is found by all three, or not", () => {
  const page = open();
  assert.equal(page.findSeries(1, "male", "2015/16"), series(page, "crimes", "male"));
  assert.equal(page.findSeries(0, "male", "2015/16"), -1);
});

test("a view that the series does not have falls back: to the other comparison, or to rates", () => {
  const page = open(), made_up = series(page, "crimes"), real = page.state.series;
  page.change({view: "patterns"});
  assert.equal(page.state.view, "patterns");
  page.change({series: made_up});
  assert.equal(page.state.view, "rate");
  const none = page.data.meta.standings.indexOf("not_compared");
  page.data.series[real].standing.fill(none);
  page.change({series: real, view: "standing"});
  assert.equal(page.state.view, "significance");
  page.data.series[real].compared = false;
  page.change({view: "standing"});
  assert.equal(page.state.view, "rate");
});

test("addresses of before open as patterns, and pins are known areas, four of them at most", () => {
  const view = (hash) => {
    const page = open("ward", {hash});
    page.change(page.readAddress());
    return page.state.view;
  };
  same(["view=moran", "view=gi", "clusters=1", "view=significance&clusters=1", "view=patterns"].map((part) => view("#" + part)), Array(5).fill("patterns"));
  same(["view=scan", "clusters=0", "view=__proto__"].map((part) => view("#" + part)), Array(3).fill("rate"));
  const page = open(), codes = page.data.areas.code;
  page.change({pins: [4, 0]});
  assert.equal(page.location.hash.includes("pins=" + encodeURIComponent(codes[4] + "," + codes[0])), true);
  const pins = (hash) => open("ward", {hash}).readAddress().pins;
  same(pins(page.location.hash), [4, 0]);
  same(pins("#pins=" + [codes[2], "zzz", codes[2], "", codes[1], codes[3], codes[5], codes[6]].join(",")), [2, 1, 3, 5]);
  same(pins("#area=x"), []);
});

test("a district and an area outside it cannot both be chosen: the newer wish holds", () => {
  const page = open(), [west, east] = [0, 1];
  const inEast = page.data.areas.parent.indexOf(east);
  page.change({within: west});
  page.change({area: inEast});
  same([page.state.area, page.state.within], [inEast, null]);
  page.change({within: west});
  same([page.state.area, page.state.within], [null, west]);
  page.change({area: page.data.areas.parent.indexOf(west)});
  assert.equal(page.state.within, west);
  assert.equal(page.shown(inEast), false);
  page.change({within: null});
  assert.equal(page.shown(inEast), true);
});

test("every drawer hears of what was before", () => {
  const page = open(), heard = [];
  page.drawWith((before) => heard.push([before.area, page.state.area]));
  page.change({area: 2});
  page.change({area: 5});
  same(heard, [[null, 2], [2, 5]]);
});

test("the address says the view, and reads back as the same", () => {
  const page = open("laid");
  const changes = [
    {}, {area: 3}, {view: "significance"}, {view: "patterns", pins: [2, 9]}, {view: "over-deprivation", area: 1},
    {within: 1}, {series: series(page, "crimes", "male"), area: 7, within: 1},
  ];
  for (const change of changes) {
    const from = open("laid");
    from.change(change);
    const to = open("laid", {hash: from.location.hash});
    to.change(to.readAddress());
    same(to.state, from.state, from.location.hash);
  }
});

test("an address of nothing known changes nothing", () => {
  const plain = open();
  plain.change({});
  const strange = "#indicator=%3Cscript%3E&sex=x&period=&view=constructor&area=__proto__&within=0&clusters=2";
  const page = open("ward", {hash: strange});
  page.change(page.readAddress());
  same(page.state, plain.state);
  assert.equal(page.location.hash, plain.location.hash);
});

test("an address with a sex that the indicator lacks gets the nearest series", () => {
  const page = open("ward", {hash: "#indicator=incidents&sex=female&period=2015%2F16"});
  page.state.series = series(page, "crimes", "male");
  assert.equal(page.readAddress().series, series(page, "incidents"));
});

test("a browser that refuses to change the address still shows the page", () => {
  const page = open();
  page.history.replaceState = () => { throw new Error("SecurityError"); };
  page.change({area: 1});
  assert.equal(page.state.area, 1);
});
