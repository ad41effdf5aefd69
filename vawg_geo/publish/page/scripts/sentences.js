// What the numbers say, in the words of the page's data.

function statusOf(s, i) {
  return data.meta.statuses[s.status[i]];
}

function significanceOf(s, i) {
  return data.meta.significances[s.significance[i]];
}

function standingOf(s, i) {
  return data.meta.standings[s.standing[i]];
}

// What the comparison that is shown says of an area.
function comparedWord(s, i) {
  if (state.view === "standing") return standingOf(s, i);
  return comparable(s) ? significanceOf(s, i) : "not_compared";
}

function compares(view) {
  return data.meta.compares.indexOf(view) >= 0;
}

// Is any area compared with the others of its level?
function ranked(s) {
  return s.standing.some((place, i) => standingOf(s, i) !== "not_compared");
}

// The name of what an area lies in, or nothing.
function parentOf(i) {
  var place = data.areas.parent[i];
  return place === null ? "" : data.parents.name[place];
}

function hasRate(s, i) {
  return s.rate[i] !== null;
}

function rateText(s, value) {
  return printed(value, s.decimals);
}

function perText(s) {
  return printed(s.per, 0);
}

function rangeText(s, low, high) {
  if (low === null || high === null) return "";
  return told("to", {low: rateText(s, low), high: rateText(s, high)});
}

function about(s) {
  return data.indicators[s.indicator];
}

function seriesNames(s) {
  return {
    title: about(s).title,
    sex: data.words.sex[s.sex],
    period: s.period
  };
}

// What the rate is per: residents of this sex, or the events that it is a share of.
function denominator(s) {
  return about(s).denominators[s.sex];
}

// With the time that the rate is of, where that is no year: "households per month".
function timedDenominator(s) {
  return denominator(s) + timeText(s);
}

function timeText(s) {
  return s.time ? " " + s.time : "";
}

// With its number: "1,000 households", and "km²" for one.
function unitText(s) {
  return (s.per === 1 ? "" : perText(s) + " ") + timedDenominator(s);
}

// Made-up figures are nobody's: their indicator's source has no part in them.
function sourceOf(s) {
  return s.basis === "illustrative" ? says("source_illustrative")
    : about(s).source;
}

function levels(values) {
  return {level: data.meta.level_one, levels: data.meta.level_many, ...values};
}

// "hidden", "no figure": what stands where a number would.
function absence(s, i) {
  var status = statusOf(s, i);
  if (status === "suppressed") return says("hidden");
  return status === "not_applicable" ? says("no_case") : says("none");
}

// Is there a comparator, and was any area compared with it? Illustrative figures never are.
function comparable(s) {
  if (s.compared === undefined) {
    var none = data.meta.significances.indexOf("not_compared");
    s.compared = s.comparator !== null && s.comparator.rate !== null &&
      s.significance.some(place => place !== none);
  }
  return s.compared;
}

function comparatorNames(s) {
  return {name: s.comparator.name, rate: rateText(s, s.comparator.rate)};
}

// Few enough areas to name and number each on the map.
function few() {
  return data.areas.code.length <= 30;
}

// What is said of an area; briefly where its rate stands beside it.
function sentence(s, i, brief) {
  return sentences(s, i, brief).join(" ");
}

function sentences(s, i, brief) {
  var name = nameOf(i);
  var status = statusOf(s, i);
  var values = {
    area: name, areas: whose(name), unit: about(s).unit,
    rate_unit: unitText(s)
  };
  var states = data.words.status_sentence;
  if (!hasRate(s, i)) return [fill(states[status] || states.missing, values)];
  var significance = comparable(s) ? significanceOf(s, i) : "not_compared";
  values.rate = rateText(s, s.rate[i]);
  if (comparable(s)) {
    values.comparator = s.comparator.name;
    values.comparator_rate = rateText(s, s.comparator.rate);
  }
  var said = [fill(data.words[brief ? "significance_brief" : "significance_sentence"][significance], values)];
  said.push(fill(data.words.standing_sentence[standingOf(s, i)], levels()));
  if (status === "zero") said.unshift(fill(states.zero, values));
  if (status === "unstable") said.push(fill(states["unstable" + lengthOf(s.period)], values));
  return said.filter(Boolean);
}

// How long a period is, by its name: "" for a year.
function lengthOf(period) {
  return /^\d{4}(\/\d\d)?$/.test(period) ? "" : /^\d{4}-\d\d$/.test(period) ? "_month" : "_other";
}

function headline(s) {
  var laid = overlay();
  if (laid && laid.series === undefined) {
    return told("map_of", {title: laid.title, level: data.meta.level_one});
  }
  var text = told("map_of", {
    title: about(s).title, level: data.meta.level_one
  });
  if (s.basis !== "illustrative") return text;
  return text + " (" + lower(says("illustrative_title")) + ")";
}

function subheadline(s) {
  var laid = overlay();
  if (laid && laid.series === undefined) return laid.group;
  var names = seriesNames(s);
  var rate = told("rate_per", {rate_unit: unitText(s)});
  if (showsPatterns()) rate = told("pattern_sub", {rate: lower(rate)});
  if (changing() && changeOf(s)) rate = told("change_sub", {since: changeOf(s).since, rate: lower(rate)});
  return rate + ", " + lower(names.sex) + ", " + names.period;
}

// Place of an area among those with a rate, from the highest; never without what chance makes of it.
function rankText(s, i) {
  var rates = s.rate.filter(rate => rate !== null), range = rankRange(s, i);
  var above = rates.filter(rate => rate > s.rate[i]).length;
  return range && told("rank_value", {place: above + 1, n: rates.length, ...range});
}

// A note that all areas share is sent once for all of them.
function noted(notes, i) {
  var place = Array.isArray(notes) ? notes[i] : notes;
  return place === null ? null : data.notes[place];
}

function noteOf(s, i) {
  return noted(s.note, i);
}

function populationOf(s, i) {
  return data.populations[s.population][i];
}
