import assert from "node:assert/strict";
import test from "node:test";

import {cases, open, same, series} from "./harness.mjs";

/** A page of one area that has one figure. */
function single(one) {
  const page = open();
  page.data.areas.name = [one.area];
  const denominators = {persons: one.denominator, female: one.denominator, male: one.denominator};
  page.data.indicators = [{...page.data.indicators[0], unit: one.unit, denominators}];
  page.data.series = [{
    ...page.data.series[0], indicator: 0, per: one.per, decimals: one.decimals, rate: [one.rate],
    status: [page.data.meta.statuses.indexOf(one.status)],
    significance: [page.data.meta.significances.indexOf(one.significance)],
    standing: [page.data.meta.standings.indexOf(one.standing)],
    comparator: one.comparator === null ? null : {name: one.comparator, rate: one.comparator_rate, low: null, high: null},
  }];
  return page;
}

test("each area's sentence is what Python says of it", () => {
  assert.ok(cases.sentences.length > 100);
  for (const one of cases.sentences) {
    const page = single(one);
    assert.equal(page.sentence(page.data.series[0], 0), one.said, JSON.stringify(one));
    assert.equal(page.sentence(page.data.series[0], 0, true), one.brief, JSON.stringify(one));
  }
});

test("the heading is what Python says, with its mark where figures are made up", () => {
  const page = open();
  for (const one of cases.titles) {
    const at = page.data.series.find((s) => page.data.indicators[s.indicator].title === one.title &&
      (s.basis === "illustrative") === one.illustrative);
    assert.equal(page.headline(at), one.said);
  }
});

test("a range needs both its ends", () => {
  const page = open(), one = page.current();
  assert.equal(page.rangeText(one, 1, 2.25), "1.0 to 2.3");
  assert.equal(page.rangeText(one, null, 2), "");
  assert.equal(page.rangeText(one, 1, null), "");
});

test("what a rate is per is said for each sex by Python", () => {
  const page = open();
  page.data.indicators[0].denominators = {persons: "adults", female: "female adults", male: "male adults"};
  assert.equal(page.denominator({indicator: 0, sex: "female"}), "female adults");
  assert.equal(page.denominator({indicator: 0, sex: "persons"}), "adults");
});

test("figures that were made up have no source but this package", () => {
  const page = open();
  assert.equal(page.sourceOf({indicator: 0, basis: "published"}), "Made up for tests");
  assert.equal(page.sourceOf({indicator: 0, basis: "illustrative"}), page.data.words.page.source_illustrative);
});

test("what stands where a number would", () => {
  const page = open(), one = page.current(), words = page.data.words.page;
  same([3, 4, 5].map((i) => page.absence(one, i)), [words.hidden, words.none, words.no_case]);
});

test("nothing is compared without a comparator, its rate, or any area that was", () => {
  const page = open(), one = page.current(), none = page.data.meta.significances.indexOf("not_compared");
  const again = (changes) => page.comparable({...one, compared: undefined, ...changes});
  assert.equal(again({}), true);
  assert.equal(again({comparator: null}), false);
  assert.equal(again({comparator: {...one.comparator, rate: null}}), false);
  assert.equal(again({significance: one.significance.map(() => none)}), false);
});

test("places count from the highest, equals share one, and none stands without what chance makes of it", () => {
  const page = open();
  const one = {rate: [3, 9, null, 9, 1], low998: [2, 8, null, 8, 0.5], high998: [4, 10, null, 10, 1.5]};
  page.data.meta.rank = 1;
  same([0, 1, 3, 4].map((i) => page.rankText(one, i)), [
    ["3 of 4", "3 to 3"], ["1 of 4", "1 to 2"], ["1 of 4", "1 to 2"], ["4 of 4", "4 to 4"],
  ].map(([place, range]) => place + " with a rate, from the highest; by chance alone it could be anywhere from " + range));
  page.data.meta.rank = 20;
  assert.match(page.rankText(one, 0), /from 1 to 4$/);
  one.low998[0] = null;
  assert.equal(page.rankText(one, 0), null);
  delete page.data.meta.rank;
  assert.equal(page.rankText(one, 1), null);
});

test("a note is shared, an area's own, or absent", () => {
  const page = open();
  page.data.notes = ["first", "second"];
  assert.equal(page.noteOf({note: 1}, 5), "second");
  assert.equal(page.noteOf({note: [1, 0]}, 1), "first");
  assert.equal(page.noteOf({note: [null, 0]}, 0), null);
  assert.equal(page.noteOf({note: null}, 0), null);
});

test("levels come along with the values of a text", () => {
  const page = open();
  same(page.levels({n: 3}), {level: "ward", levels: "wards", n: 3});
});

test("the line under the heading says rate, who, when, and the view where it is of patterns", () => {
  const page = open(), one = page.current();
  assert.equal(page.subheadline(one), "Rate per 1,000 residents aged 16 and over, all people, 2015/16");
  page.state.view = "patterns";
  assert.match(page.subheadline(one), /^Patterns of the rate per 1,000 residents/);
  const made_up = page.data.series[series(page, "crimes", "female")];
  page.state.view = "rate";
  assert.equal(page.subheadline(made_up), "Rate per 1,000 female residents aged 16 and over, women and girls, 2015/16");
});
