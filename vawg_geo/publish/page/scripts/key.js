// The key: classes with their limits and how many areas each has; hatches; the chosen area's class.

function classText(s, c) {
  var page = data.words.page, breaks = s.breaks, last = breaks.length;
  function at(n) { return rateText(s, breaks[n]); }
  if (last === 0) return page.key_all;
  if (c === 0) return told("key_below", {high: at(0)});
  if (c === last) return told("key_above", {low: at(last - 1)});
  return told("key_between", {low: at(c - 1), high: at(c)});
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
function rated(s, test) {
  return i => hasRate(s, i) && test(i);
}

function classRows(s) {
  var zero = i => statusOf(s, i) === "zero";
  return data.palette.classes[s.breaks.length + 1].map((colour, c) =>
    keyRow(colour, classText(s, c), rated(s, i => !zero(i) && s.class[i] === c), true)
  ).reverse().concat(keyRow(data.palette.zero, data.words.status.zero, rated(s, zero)));
}

function comparedRows(s) {
  var words = data.words[state.view];
  return Object.keys(words).map(word => {
    return keyRow(data.palette.compared[word], signed(data.words.compared_sign[word], words[word]),
      rated(s, i => comparedWord(s, i) === word), word !== "not_compared");
  });
}

function statusRows(s) {
  return Object.keys(data.palette.patterns).map(status =>
    keyRow("url(#p-" + status + ")", data.words.status[status],
      i => !hasRate(s, i) && statusOf(s, i) === status));
}

function unstableRow(s) {
  var k = s.breaks.length + 1;
  var paint = compares(state.view) ? "similar" : k + "-" + Math.min(1, k - 1);
  return keyRow("url(#p-dots-" + paint + ")", says("key_unstable"), i => statusOf(s, i) === "unstable");
}

function fadeRows(s) {
  return !state.fade || !fades(s) ? [] : ["sure", "less_sure", "unsure"].map((word, c) => {
    var row = keyRow("#1f3f86", data.words.page["fade_" + word], rated(s, i => fadeClass(s, i) === c), true);
    row.querySelector("rect").setAttribute("fill-opacity", [1, 0.5, 0.2][c]);
    return row;
  });
}

function waterRow() {
  return el("tr", {}, [el("td", {}, [swatch(data.palette.water)]), el("td", {text: says("key_water"), colspan: 2})]);
}

// A key that is scrolled is reached by the Tab key.
function reached(key) {
  key.tabIndex = key.scrollHeight > key.clientHeight + 1 ? 0 : -1;
}

function drawKey() {
  var key = byId("key");
  replace(key, keyParts(current()));
  reached(key);
  if (besideSeries()) replace(byId("second-key"), scaleSaid().concat(beside(keyParts)));
}

function keyTitle(s, byRate, since) {
  if (since) return told("change_title", since);
  if (["rate", "significance"].indexOf(state.view) < 0) return viewText(state.view);
  return byRate || !comparable(s)
    ? told("rate_per", {rate_unit: unitText(s)}) : told("key_compared_with", comparatorNames(s));
}

function keyParts(s) {
  var laid = overlay(), byRate = state.view === "rate" || laid !== null, found = hotspots(s, state.view);
  var since = changing() && changeOf(s), title = laid ? laid.title : keyTitle(s, byRate, since);
  var rows = laid ? overlayRows(laid) : changing() ? changeRows(s) : found ? clusterRows(s, found)
    : byRate ? classRows(s) : comparedRows(s);
  if (!changing() && (!laid || laid.series !== undefined)) rows = rows.concat(statusRows(s));
  var unstable = found || laid || changing() ? null : unstableRow(s);
  if (unstable) rows.push(unstable);
  rows = rows.concat(fadeRows(s));
  if (data.areas.water.length) rows.push(waterRow());
  var head = el("tr", {}, [
    el("th", {scope: "col", colspan: 3, text: told("key_count_title")})
  ]);
  var foot = laid ? [laid.note] : found ? [found.none, found.rule] : changing() ? since ? since.rule : [told("change_none", s)]
    : !byRate ? [ruleText(s, state.view), s.chance[state.view]] : comparable(s) ? [told("key_comparator", comparatorNames(s))] : [];
  return [
    el("h3", {text: title}),
    el("table", {}, [el("thead", {}, [head]), el("tbody", {}, rows.filter(Boolean))]),
    foot.length ? el("div", {}, foot.map(text => (text || laid) && el("p", {text, class: found && text === found.none ? "none" : null}))) : null,
    clusterList(s)
  ];
}
