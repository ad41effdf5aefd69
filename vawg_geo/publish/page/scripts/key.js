// The key: classes with their limits and how many areas each has; hatches; the chosen area's class.

function classText(series, c) {
  var page = data.words.page, breaks = series.breaks, last = breaks.length;
  function at(n) { return rateText(series, breaks[n]); }
  if (last === 0) return page.key_all;
  if (c === 0) return fill(page.key_below, {high: at(0)});
  if (c === last) return fill(page.key_above, {low: at(last - 1)});
  return fill(page.key_between, {low: at(c - 1), high: at(c)});
}

// A line of the key: how many areas shown it is true of; none where it is of none, unless wanted.
function keyRow(paint, text, test, wanted) {
  var count = countWhere(test);
  if (!count && !wanted) return null;
  return el("tr", {class: state.area !== null && test(state.area) ? "now" : null}, [
    el("td", {}, [swatch(paint)]), el("td", {text}), el("td", {text: String(count)})
  ]);
}

function countWhere(test) {
  var n = 0;
  for (var i = 0; i < data.areas.code.length; i += 1) if (shown(i) && test(i)) n += 1;
  return n;
}

// The same test, of areas with a rate only.
function rated(series, test) {
  return i => hasRate(series, i) && test(i);
}

function classRows(series) {
  var zero = i => statusOf(series, i) === "zero";
  return data.palette.classes[series.breaks.length + 1].map((colour, c) =>
    keyRow(colour, classText(series, c), rated(series, i => !zero(i) && series.class[i] === c), true)
  ).reverse().concat(keyRow(data.palette.zero, data.words.status.zero, rated(series, zero)));
}

function comparedRows(series) {
  var words = data.words[state.view];
  return Object.keys(words).map(word => {
    return keyRow(data.palette.compared[word], ((data.words.compared_sign[word] || "") + " " + words[word]).trim(),
      rated(series, i => comparedWord(series, i) === word), word !== "not_compared");
  });
}

function statusRows(series) {
  return Object.keys(data.palette.patterns).map(status =>
    keyRow("url(#p-" + status + ")", data.words.status[status],
      i => !hasRate(series, i) && statusOf(series, i) === status));
}

function unstableRow(series) {
  var k = series.breaks.length + 1;
  var paint = compares(state.view) ? "similar" : k + "-" + Math.min(1, k - 1);
  return keyRow("url(#p-dots-" + paint + ")", says("key_unstable"), i => statusOf(series, i) === "unstable");
}

function fadeRows(series) {
  return !state.fade || !fades(series) ? [] : ["sure", "less_sure", "unsure"].map((word, c) => {
    var row = keyRow("#1f3f86", data.words.page["fade_" + word], rated(series, i => fadeClass(series, i) === c), true);
    row.querySelector("rect").setAttribute("fill-opacity", [1, 0.5, 0.2][c]);
    return row;
  });
}

function waterRow() {
  return el("tr", {}, [el("td", {}, [swatch(data.palette.water)]), el("td", {text: says("key_water"), colspan: 2})]);
}

function drawKey() {
  var key = byId("key");
  replace(key, keyParts(current()));
  // A key that is scrolled is reached by the Tab key.
  key.tabIndex = key.scrollHeight > key.clientHeight + 1 ? 0 : -1;
  if (besideSeries()) replace(byId("second-key"), beside(keyParts));
}

function keyParts(series) {
  var page = data.words.page;
  var laid = overlay(), byRate = state.view === "rate" || laid !== null, found = hotspots(series, state.view);
  var title = found ? page["view_" + state.view] : byRate || !comparable(series)
    ? fill(page.rate_per, {rate_unit: unitText(series)})
    : fill(page.key_compared_with, comparatorNames(series));
  if (state.view === "standing") title = viewText("standing");
  if (laid) title = laid.title;
  var rows = laid ? overlayRows(laid) : found ? clusterRows(series, found)
    : byRate ? classRows(series) : comparedRows(series);
  if (!laid || laid.series !== undefined) rows = rows.concat(statusRows(series));
  var unstable = found || laid ? null : unstableRow(series);
  if (unstable) rows.push(unstable);
  rows = rows.concat(fadeRows(series));
  if (data.areas.water.length) rows.push(waterRow());
  var head = el("tr", {}, [
    el("th", {scope: "col", colspan: 3, text: fill(page.key_count_title, levels({}))})
  ]);
  var foot = laid ? el("p", {text: laid.note}) : byRate && comparable(series) ? el("p", {text: fill(page.key_comparator, comparatorNames(series))}) : null;
  if (found) {
    foot = el("div", {}, [
      found.none ? el("p", {class: "none", text: found.none}) : null,
      el("p", {text: found.rule})
    ]);
  }
  else if (!byRate) {
    foot = el("div", {}, [ruleText(series, state.view), series.chance[state.view]].map(text => text && el("p", {text})));
  }
  return [
    el("h3", {text: title}),
    el("table", {}, [el("thead", {}, [head]), el("tbody", {}, rows.filter(Boolean))]),
    foot,
    clusterList(series)
  ];
}
