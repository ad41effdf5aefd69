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
function keyRow(paint, text, test, wanted, kind) {
  var count = countWhere(test);
  if (!count && !wanted) return null;
  return el("tr", {class: [kind, state.area !== null && test(state.area) && "now"].filter(Boolean).join(" ") || null}, [
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

// How many areas of a class are shown; those without any event have a colour of their own.
function inClass(s, c) {
  return rated(s, i => statusOf(s, i) !== "zero" && s.class[i] === c);
}

// The strip shows the classes; their rows are read out and printed.
function classRows(s) {
  var zero = i => statusOf(s, i) === "zero";
  return data.palette.classes[s.breaks.length + 1].map((colour, c) =>
    keyRow(colour, classText(s, c), inClass(s, c), true, "said")
  ).reverse().concat(keyRow("url(#p-zero)", data.words.status.zero, rated(s, zero)));
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
  return keyRow("url(#p-light-" + paint + ")", says("key_unstable"), i => statusOf(s, i) === "unstable");
}

function fadeRows(s) {
  return !state.fade || !fades() ? [] : ["sure", "less_sure", "unsure"].map((word, c) => {
    var row = keyRow("#1f3f86", data.words.page["fade_" + word], rated(s, i => fadeClass(s, i) === c), true);
    row.querySelector("rect").setAttribute("fill-opacity", [1, 0.5, 0.2][c]);
    return row;
  });
}

function waterRow() {
  return el("tr", {}, [el("td", {}, [swatch(data.palette.water)]), el("td", {text: says("key_water"), colspan: 2})]);
}

// Has an area a place on the strip? None recorded has a row of its own.
function onIt(s, i) {
  return hasRate(s, i) && statusOf(s, i) !== "zero";
}

// Lowest rate, limits of the classes, highest rate.
function stripEdges(s) {
  var rates = s.rate.filter((rate, i) => shown(i) && onIt(s, i));
  return rates.length ? [Math.min(...rates, ...s.breaks), ...s.breaks, Math.max(...rates, ...s.breaks)] : null;
}

// Where a rate stands: classes are equally wide, and within one it stands by its value.
function onStrip(s, edges, value) {
  var k = s.breaks.filter(limit => value >= limit).length, low = edges[k], high = edges[k + 1];
  var share = high > low ? Math.min(Math.max((value - low) / (high - low), 0), 1) : 0.5;
  return Math.round((k + share) * 2300 / (s.breaks.length + 1)) / 10;
}

function stripMark(kind, at, down) {
  return svg("path", {class: kind, id: "vawg-" + kind, d: down ? "M-5,0h10l-5,9z" : "M-5,9h10l-5,-9z", transform: "translate(" + at + " " + (down ? 0 : 38) + ")"});
}

// Classes as a strip: a tick for every area, marks for the whole, the chosen and the pointed-at one.
function strip(s) {
  var edges = stripEdges(s), n = s.breaks.length + 1, wide = 230 / n, marks = [];
  if (!edges) return null;
  function at(i) { return onStrip(s, edges, s.rate[i]); }
  var ticks = unique(everywhere().filter(i => shown(i) && onIt(s, i)).map(at));
  marks.push(svg("path", {class: "tick", d: ticks.map(x => "M" + x + ",10v9").join("")}));
  data.palette.classes[n].forEach((colour, c) => {
    marks.push(svg("rect", {x: c * wide, y: 19, width: wide, height: 18, fill: colour, stroke: "#1f1a2e", "stroke-width": 0.8}),
      svg("text", {class: "inside", x: (c + 0.5) * wide, y: 32, fill: luminance(colour) > 0.3 ? "#1f1a2e" : "#fff", text: countWhere(inClass(s, c))}));
  });
  edges.forEach((edge, k) => {
    marks.push(svg("text", {class: "limit", x: k * wide, y: 58, text: rateText(s, edge)}));
  });
  if (comparable(s)) marks.push(stripMark("whole", onStrip(s, edges, s.comparator.rate)));
  marks.push(stripMark("ghost", 0, true));
  marks[marks.length - 1].style.display = "none";
  if (state.area !== null && onIt(s, state.area)) marks.push(stripMark("mine", at(state.area), true));
  return svg("svg", {class: "strip", viewBox: "-19 -2 268 64", "aria-hidden": "true"}, marks);
}

// The area under the pointer has its mark on the strip.
function pointAt(i) {
  var ghost = byId("ghost"), s = current(), seen = ghost && i !== null && onIt(s, i);
  if (!ghost) return;
  ghost.style.display = seen ? "" : "none";
  if (seen) put(ghost, {transform: "translate(" + onStrip(s, stripEdges(s), s.rate[i]) + " 0)"});
}

// A key that is scrolled is reached by the Tab key.
function reached(key) {
  key.tabIndex = key.scrollHeight > key.clientHeight + 1 ? 0 : -1;
}

function drawKey() {
  var key = byId("key");
  replace(key, keyParts(current()));
  if (besideSeries()) replace(byId("second-key"), scaleSaid().concat(beside(keyParts)));
}

function keyTitle(s, byRate, since) {
  if (since) return told("change_title", since);
  if (["rate", "significance"].indexOf(state.view) < 0) return viewText(state.view);
  return byRate || !comparable(s)
    ? told("rate_per", {rate_unit: unitText(s)}) : told("key_compared_with", comparatorNames(s));
}

function keyParts(s) {
  var laid = overlay(), byRate = state.view === "rate" || laid !== null, found = showsPatterns();
  var since = changing() && changeOf(s), title = laid ? laid.title : keyTitle(s, byRate, since);
  var rows = laid ? overlayRows(laid) : changing() ? changeRows(s) : found ? patternRows(s)
    : byRate ? classRows(s) : comparedRows(s);
  if (!changing() && (!laid || laid.series !== undefined)) rows = rows.concat(statusRows(s));
  var unstable = found || laid || changing() ? null : unstableRow(s);
  if (unstable) rows.push(unstable);
  rows = rows.concat(fadeRows(s));
  if (data.areas.water.length) rows.push(waterRow());
  var head = el("tr", {}, [
    el("th", {scope: "col", colspan: 3, text: told("key_count_title")})
  ]);
  var foot = laid ? [laid.note] : found ? [] : changing() ? since ? since.rule : [told("change_none", s)]
    : !byRate ? [ruleText(s, state.view), s.chance[state.view]] : comparable(s) ? [told("key_comparator", comparatorNames(s))] : [];
  return [
    el("h3", {"aria-level": 2, text: title}),
    byRate && !laid ? strip(s) : null,
    el("table", {}, [el("thead", {}, [head]), el("tbody", {}, rows.filter(Boolean))]),
    foot.length ? el("div", {}, foot.map(text => (text || laid) && para(text))) : null
  ];
}
