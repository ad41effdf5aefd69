// What the numbers say, in the words of the page's data.

function statusOf(series, i) {
  return data.meta.statuses[series.status[i]];
}

function significanceOf(series, i) {
  return data.meta.significances[series.significance[i]];
}

function standingOf(series, i) {
  return data.meta.standings[series.standing[i]];
}

// What the comparison that is shown says of an area.
function comparedWord(series, i) {
  if (state.view === "standing") return standingOf(series, i);
  return comparable(series) ? significanceOf(series, i) : "not_compared";
}

function compares(view) {
  return data.meta.compares.indexOf(view) >= 0;
}

// Is any area compared with the others of its level?
function ranked(series) {
  return series.standing.some((place, i) => standingOf(series, i) !== "not_compared");
}

// The name of what an area lies in, or nothing.
function parentOf(i) {
  var place = data.areas.parent[i];
  return place === null ? "" : data.parents.name[place];
}

function hasRate(series, i) {
  return series.rate[i] !== null;
}

function rateText(series, value) {
  return printed(value, series.decimals);
}

function perText(series) {
  return printed(series.per, 0);
}

function rangeText(series, low, high) {
  if (low === null || high === null) return "";
  return fill(says("to"), {low: rateText(series, low), high: rateText(series, high)});
}

function seriesNames(series) {
  return {
    title: data.indicators[series.indicator].title,
    sex: data.words.sex[series.sex],
    period: series.period
  };
}

// What the rate is per: residents of this sex, or the events that it is a share of.
function denominator(series) {
  return data.indicators[series.indicator].denominators[series.sex];
}

// With its number: "1,000 households", and "km²" for one.
function unitText(series) {
  return (series.per === 1 ? "" : perText(series) + " ") + denominator(series);
}

// Made-up figures are nobody's: their indicator's source has no part in them.
function sourceOf(series) {
  return series.basis === "illustrative" ? says("source_illustrative")
    : data.indicators[series.indicator].source;
}

function levels(values) {
  return {level: data.meta.level_one, levels: data.meta.level_many, ...values};
}

// "hidden", "no figure": what stands where a number would.
function absence(series, i) {
  var status = statusOf(series, i);
  if (status === "suppressed") return says("hidden");
  return status === "not_applicable" ? says("no_case") : says("none");
}

// Is there a comparator, and was any area compared with it? Illustrative figures never are.
function comparable(series) {
  if (series.compared === undefined) {
    var none = data.meta.significances.indexOf("not_compared");
    series.compared = series.comparator !== null && series.comparator.rate !== null &&
      series.significance.some(place => place !== none);
  }
  return series.compared;
}

function comparatorNames(series) {
  return {name: series.comparator.name, rate: rateText(series, series.comparator.rate)};
}

// Few enough areas to name and number each on the map.
function few() {
  return data.areas.code.length <= 30;
}

function sentence(series, i) {
  var name = data.areas.name[i];
  var status = statusOf(series, i);
  var values = {
    area: name, areas: whose(name), unit: data.indicators[series.indicator].unit,
    rate_unit: unitText(series)
  };
  var sentences = data.words.status_sentence;
  if (!hasRate(series, i)) return fill(sentences[status] || sentences.missing, values);
  var significance = comparable(series) ? significanceOf(series, i) : "not_compared";
  values.rate = rateText(series, series.rate[i]);
  if (comparable(series)) {
    values.comparator = series.comparator.name;
    values.comparator_rate = rateText(series, series.comparator.rate);
  }
  var said = [fill(data.words.significance_sentence[significance], values)];
  said.push(fill(data.words.standing_sentence[standingOf(series, i)], levels({})));
  if (status === "zero") said.unshift(fill(sentences.zero, values));
  if (status === "unstable") said.push(fill(sentences.unstable, values));
  return said.filter(Boolean).join(" ");
}

function headline(series) {
  var laid = overlay();
  if (laid && laid.series === undefined) {
    return fill(says("map_of"), {title: laid.title, level: data.meta.level_one});
  }
  var text = fill(says("map_of"), {
    title: data.indicators[series.indicator].title, level: data.meta.level_one
  });
  if (series.basis !== "illustrative") return text;
  var mark = says("illustrative_title");
  return text + " (" + mark[0].toLowerCase() + mark.slice(1) + ")";
}

function subheadline(series) {
  var laid = overlay();
  if (laid && laid.series === undefined) return laid.group;
  var names = seriesNames(series);
  var rate = fill(says("rate_per"), {rate_unit: unitText(series)});
  if (hotspots(series, state.view)) {
    rate = fill(says("hot_sub"), {
      view: data.words.page["view_" + state.view], rate: rate[0].toLowerCase() + rate.slice(1)
    });
  }
  return rate + ", " + names.sex[0].toLowerCase() + names.sex.slice(1) + ", " + names.period;
}

// Place of an area among those with a rate, from the highest.
function rankText(series, i) {
  var rates = series.rate.filter(rate => rate !== null);
  var above = rates.filter(rate => rate > series.rate[i]).length;
  return fill(says("rank_value"), {place: above + 1, n: rates.length});
}

// A note that all areas share is sent once for the series.
function noteOf(series, i) {
  var place = Array.isArray(series.note) ? series.note[i] : series.note;
  return place === null ? null : data.notes[place];
}

function populationOf(series, i) {
  return data.populations[series.population][i];
}
