// Areas that are pinned, up to four: their rates on one scale, and whether they differ by more than chance.

var MOST_PINS = 4;

// Is the rate of one area above another's by more than chance? By the interval of the difference, which is
// computed from the limits of both (square and add); "wide" for one that holds for all areas at once.
function above(s, i, j, wide) {
  var low = (wide ? s.low998 : s.low)[i], high = (wide ? s.high998 : s.high)[j];
  return low !== null && high !== null && s.rate[i] - s.rate[j] > (wide || 1) * Math.hypot(s.rate[i] - low, high - s.rate[j]);
}

function bounded(s, i) {
  return s.low[i] !== null && s.high[i] !== null;
}

// What is said of a pinned area against the chosen one.
function pairText(s, i, j) {
  if (!hasRate(s, i) || !hasRate(s, j)) return told("pin_" + (s.basis === "illustrative" ? "made_up" : "unknown"));
  if (s.basis === "illustrative") return says("pin_made_up");
  if (!bounded(s, i) || !bounded(s, j)) return says("pin_unknown");
  return told(above(s, i, j) ? "pin_above" : above(s, j, i) ? "pin_below" : "pin_similar", {other: nameOf(j)});
}

function pinned(i) {
  return state.pins.indexOf(i) >= 0;
}

function pin(i) {
  if (pinned(i)) change({pins: state.pins.filter(one => one !== i)});
  else if (state.pins.length < MOST_PINS) change({pins: state.pins.concat(i)});
  else say(told("pin_full"));
}

// The highest that a ruler of these areas must show.
function rulerTop(s, list) {
  var top = comparable(s) ? s.comparator.rate : 0;
  list.forEach(i => { if (hasRate(s, i)) top = Math.max(top, s.rate[i], s.high[i]); });
  return top || 1;
}

// A rate with its interval on a scale from 0; with a tick for every area where it stands alone.
function ruler(s, i, top, alone) {
  var y = alone ? 30 : 9, parts = [], ticks = {}, whole = comparable(s) && s.comparator;
  function x(value) { return Math.round(40 + value / top * 3520) / 10; }
  function word(at, height, anchor, text) { parts.push(svg("text", {x: at, y: height, "text-anchor": anchor, class: "soft", text})); }
  // To the right of its line where there is room, else as far to the left as it must.
  function nameWhole(at, text) {
    var wide = text.length * 6.6;
    word(at + wide < 356 ? at : Math.max(at, wide), 11, at + wide < 356 ? "start" : "end", text);
  }
  parts.push(segment(true, 4, 356, y, "grid"));
  if (alone) {
    everywhere().forEach(each => { if (shown(each) && hasRate(s, each)) ticks[Math.round(x(s.rate[each]))] = 1; });
    parts.push(svg("path", {class: "tick", d: Object.keys(ticks).map(at => "M" + at + ",24v12").join("")}));
    word(4, 54, "start", "0");
    word(356, 54, "end", rateText(s, top));
  }
  if (bounded(s, i)) parts.push(segment(true, x(s.low[i]), x(s.high[i]), y, "span"));
  if (whole) {
    parts.push(segment(false, alone ? 16 : 0, alone ? 42 : 18, x(whole.rate), "mean"));
    if (alone) nameWhole(x(whole.rate), told("ruler_value", comparatorNames(s)));
  }
  parts.push(svg("circle", {cx: x(s.rate[i]), cy: y, r: 5, class: "dot", fill: fillOf(s, i, true)}));
  return svg("svg", {viewBox: "0 0 360 " + (alone ? 58 : 18), role: "img", "aria-label": [
    told("ruler_label", {area: nameOf(i), rate: rateText(s, s.rate[i]), low: rateLimit(s, s.low[i]), high: rateLimit(s, s.high[i])}),
    whole && told("ruler_whole", comparatorNames(s))
  ].filter(Boolean).join(" ")}, parts);
}

function rateLimit(s, value) {
  return value === null ? says("none") : rateText(s, value);
}

function verdict(s, i) {
  if (!comparable(s) || !hasRate(s, i)) return null;
  var word = significanceOf(s, i);
  return el("span", {class: "verdict", text: signed(data.words.compared_sign[word], data.words.significance[word])});
}

function pinRow(s, i, letter, top) {
  var chosen = i === state.area, name = nameOf(i), known = hasRate(s, i);
  return el("li", {class: chosen ? "picked" : null}, [
    el("p", {}, [
      data.lines ? el("b", {class: "letter", text: letter}) : "",
      chosen ? el("b", {text: name}) : el("button", {type: "button", "data-act": "go-" + i, text: name, click: () => { change({area: i}); }}),
      el("span", {class: "num", text: known ? rateText(s, s.rate[i]) : data.words.status[statusOf(s, i)]}),
      verdict(s, i) || "",
      pinned(i) ? el("button", {type: "button", class: "off", "aria-label": told("unpin_label", {area: name}), text: "\u00d7", click: () => { pin(i); }}) : ""
    ]),
    known ? el("div", {class: "chart ruler"}, [ruler(s, i, top)]) : "",
    chosen ? "" : para(state.area === null || !known ? "" : pairText(s, i, state.area), "small")
  ]);
}

// The lines of all that are compared; each ends in its letter, and has dashes of its own.
function pinLines(s, list) {
  if (lineOf(s) === null) return "";
  var parts = [], all = list.map(i => linePoints(s, i)), last = all[0].length - 1, ends = [];
  var scale = chartScale({high: all.flat().map(p => p.rate || 0)}, [...all.flat().keys()]);
  function x(n) { return 36 + n / last * 284; }
  function y(value) { return 104 - value / scale.top * 94; }
  function word(at, height, anchor, text) { parts.push(svg("text", {x: at, y: height, "text-anchor": anchor, class: "soft", text})); }
  [0, scale.top].forEach(tick => {
    parts.push(segment(true, 36, 320, y(tick), "grid"));
    word(31, y(tick) + 4, "end", printed(tick, scale.decimals));
  });
  all.forEach((points, n) => {
    var known = points.filter(p => p.rate !== null), end = known[known.length - 1];
    pieces(points, "rate").forEach(run => {
      parts.push(svg("path", {class: "rate dash" + n, d: "M" + run.map(p => x(p.n).toFixed(1) + "," + y(p.rate).toFixed(1) + (run.length > 1 ? "" : "h.01")).join("L")}));
    });
    if (end) ends.push([y(end.rate), String.fromCharCode(65 + n), x(end.n)]);
  });
  // Letters that would lie on each other move apart.
  ends.sort((a, b) => b[0] - a[0]).forEach((one, n) => {
    if (n) one[0] = Math.min(one[0], ends[n - 1][0] - 12);
    word(one[2] + 5, one[0] + 4, "start", one[1]);
  });
  word(36, 121, "start", all[0][0].period);
  word(320, 121, "end", all[0][last].period);
  return el("div", {class: "chart line"}, [svg("svg", {viewBox: "0 0 340 132", role: "img", "aria-label": told("pin_lines")}, parts)]);
}

function pinsPart(s) {
  if (!state.pins.length) return [];
  var list = (state.area === null || pinned(state.area) ? [] : [state.area]).concat(state.pins), top = rulerTop(s, list);
  var rated = list.some(i => hasRate(s, i));
  return [el("section", {class: "pins", "aria-label": says("pins")}, [
    el("h3", {text: says("pins")}),
    el("ul", {}, list.map((i, n) => pinRow(s, i, String.fromCharCode(65 + n), top))),
    pinLines(s, list),
    para([
      rated && told("pin_scale", {top: rateText(s, top)}), rated && comparable(s) && told("pin_whole", comparatorNames(s)),
      state.area === null && told("pin_none"), state.pins.length === MOST_PINS && told("pin_full")
    ].filter(Boolean).join(" "), "small")
  ])];
}

// From which place to which an area could be: all that are surely higher or lower, at once, are taken away.
function rankRange(s, i) {
  var wide = data.meta.rank, higher = 0, lower = 0;
  if (!wide || s.low998[i] === null || s.high998[i] === null) return null;
  s.rate.forEach((rate, j) => {
    if (rate === null || j === i) return;
    if (above(s, j, i, wide)) higher += 1;
    else if (above(s, i, j, wide)) lower += 1;
  });
  return {first: higher + 1, last: s.rate.filter(rate => rate !== null).length - lower};
}
