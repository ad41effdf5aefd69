// The key: classes with their limits and how many areas each has; hatches; the chosen area's class.

function classText(series, c) {
  var page = data.words.page, breaks = series.breaks, last = breaks.length;
  function at(n) { return rateText(series, breaks[n]); }
  if (last === 0) return page.key_all;
  if (c === 0) return fill(page.key_below, {high: at(0)});
  if (c === last) return fill(page.key_above, {low: at(last - 1)});
  return fill(page.key_between, {low: at(c - 1), high: at(c)});
}

function keyRow(paint, text, count, now) {
  return el("tr", {class: now ? "now" : null}, [
    el("td", {}, [swatch(paint)]), el("td", {text: text}), el("td", {text: String(count)})
  ]);
}

function countWhere(test) {
  var n = 0;
  for (var i = 0; i < data.areas.code.length; i += 1) if (shown(i) && test(i)) n += 1;
  return n;
}

function classRows(series) {
  var colours = data.palette.classes[series.breaks.length + 1];
  return colours.map(function (colour, c) {
    function inClass(i) {
      return hasRate(series, i) && statusOf(series, i) !== "zero" && series.class[i] === c;
    }
    return keyRow(colour, classText(series, c), countWhere(inClass),
      state.area !== null && inClass(state.area));
  }).reverse().concat(zeroRow(series));
}

function zeroRow(series) {
  function isZero(i) { return hasRate(series, i) && statusOf(series, i) === "zero"; }
  var count = countWhere(isZero);
  return count ? [keyRow(data.palette.zero, data.words.status.zero, count,
    state.area !== null && isZero(state.area))] : [];
}

function significanceRows(series) {
  return ["higher", "similar", "lower", "not_compared"].map(function (word) {
    function same(i) {
      return hasRate(series, i) && (comparable(series) ? significanceOf(series, i) : "not_compared") === word;
    }
    var count = countWhere(same);
    if (word === "not_compared" && !count) return null;
    var sign = {higher: "\u25B2 ", lower: "\u25BC "}[word] || "";
    return keyRow(data.palette.significance[word], sign + data.words.significance[word], count,
      state.area !== null && same(state.area));
  }).filter(Boolean);
}

function statusRows(series) {
  return Object.keys(data.palette.patterns).map(function (status) {
    function same(i) { return !hasRate(series, i) && statusOf(series, i) === status; }
    var count = countWhere(same);
    if (!count) return null;
    return keyRow("url(#p-" + status + ")", data.words.status[status], count,
      state.area !== null && same(state.area));
  }).filter(Boolean);
}

function unstableRow(series) {
  var count = countWhere(function (i) { return statusOf(series, i) === "unstable"; });
  if (!count) return null;
  var k = series.breaks.length + 1;
  var paint = state.view === "significance" ? "url(#p-dots-similar)" : "url(#p-dots-" + k + "-" + Math.min(1, k - 1) + ")";
  return keyRow(paint, data.words.page.key_unstable, count, false);
}

function drawKey() {
  var series = current(), page = data.words.page;
  var laid = overlay(), byRate = state.view === "rate" || laid !== null, found = hotspots(series, state.view);
  var title = found ? page["view_" + state.view] : byRate || !comparable(series)
    ? fill(page.rate_per, {per: perText(series), denominator: denominator(series)})
    : fill(page.key_compared_with, {
      name: series.comparator.name, rate: rateText(series, series.comparator.rate)
    });
  if (laid) title = laid.title;
  var rows = laid ? overlayRows(laid) : found ? clusterRows(series, found)
    : byRate ? classRows(series) : significanceRows(series);
  if (!laid || laid.series !== undefined) rows = rows.concat(statusRows(series));
  var unstable = found || laid ? null : unstableRow(series);
  if (unstable) rows.push(unstable);
  var head = el("tr", {}, [
    el("th", {scope: "col", colspan: 3, text: fill(page.key_count_title, levels({}))})
  ]);
  var foot = laid ? el("p", {text: laid.note}) : byRate && comparable(series) ? el("p", {text: fill(page.key_comparator, {
    name: series.comparator.name, rate: rateText(series, series.comparator.rate)
  })}) : null;
  if (found) {
    foot = el("div", {}, [
      found.cluster.some(function (c, i) { return clusterSign(found, i); }) ? null
        : el("p", {class: "none", text: fill(page.hot_none, levels({}))}),
      el("p", {text: found.rule})
    ]);
  }
  else if (!byRate && series.rule) {
    foot = el("p", {text: fill(page.rule_value, {
      rule: series.rule, words: data.words.rule[series.rule] || series.rule
    })});
  }
  replace(byId("key"), [
    el("h3", {text: title}),
    el("table", {}, [el("thead", {}, [head]), el("tbody", {}, rows)]),
    foot,
    clusterList(series)
  ]);
}
