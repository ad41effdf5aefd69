// The chosen area's rate over all periods: a line with its band, the comparator's beside it.

var opened = {};

function lineOf(s) {
  return s.line === undefined ? null : data.lines[s.line];
}

// What is open stays open while areas and periods change.
function closed(id, title, children) {
  var box = el("details", {open: opened[id]}, [el("summary", {text: title})].concat(children));
  hear(box, "toggle", () => { opened[id] = box.open; });
  return box;
}

// The series of a line's periods; none where a period lacks.
function lineSeries(s) {
  return lineOf(s).places.map(place => data.series[place]);
}

// Can the area be left out of its comparator in every period? Two kinds of rate would be no line.
function leavesOut(s, i) {
  return lineSeries(s).every(one => {
    var whole = one && one.comparator;
    return !whole || whole.rate === null || whole.part && whole.count && one.count[i] !== null && whole.population > populationOf(one, i);
  });
}

function restRate(one, i, without) {
  var whole = one.comparator;
  if (!whole || whole.rate === null || !without) return whole && whole.rate;
  return whole.times * (whole.count - one.count[i]) / (whole.population - populationOf(one, i));
}

// One point for each period, and gaps where a year is hidden, has no figure, or lacks altogether.
function linePoints(s, i) {
  var line = lineOf(s), without = leavesOut(s, i);
  return lineSeries(s).map((one, n) => {
    var out = line.out.find(each => each[0] === i && each[1] === n), known = one && hasRate(one, i);
    return {
      n, period: line.periods[n], now: one === s, out: out ? out[2] : 0, starts: line.breaks.indexOf(n) >= 0,
      rate: known ? one.rate[i] : null, low: known ? one.low[i] : null, high: known ? one.high[i] : null,
      rest: one ? restRate(one, i, without) : null, why: one && !known ? absence(one, i) : says("none")
    };
  });
}

// Runs of points that follow each other: no line over a gap, or into a new series.
function pieces(points, known) {
  var found = [], last = null;
  points.forEach(point => {
    if (point[known] === null) last = null;
    else if (last === null || point.starts) found.push(last = [point]);
    else last.push(point);
  });
  return found;
}

function lineChart(points) {
  var right = 330, left = 36, foot = 78, most = points.map(p => Math.max(p.high, p.rate, p.rest));
  var scale = chartScale({high: most}, [...most.keys()]), last = points.length - 1, parts = [];
  function x(n) { return left + n / last * (right - left); }
  function y(value) { return foot - value / scale.top * (foot - 10); }
  function draw(run, of, back) { return run.map(p => "L" + x(p.n).toFixed(1) + "," + y(p[of]).toFixed(1))[back ? "reverse" : "slice"]().join(""); }
  function word(at, height, anchor, text) { parts.push(svg("text", {x: at, y: height, "text-anchor": anchor, class: "soft", text})); }
  function each(of, kind) {
    pieces(points, of).forEach(run => { parts.push(svg("path", {d: "M" + draw(run, of).slice(1), class: kind})); });
  }
  scale.ticks.forEach((tick, n) => {
    if (n && n * 2 !== scale.ticks.length - 1 && n < scale.ticks.length - 1) return;
    parts.push(segment(true, left, right, y(tick), "grid"));
    word(left - 5, y(tick) + 4, "end", printed(tick, scale.decimals));
  });
  points.forEach(p => {
    if (p.starts) parts.push(segment(false, 10, foot, x(p.n - 0.5), "start"));
    if (p.now) parts.push(segment(false, 10, foot, x(p.n), "at"));
  });
  pieces(points, "low").forEach(run => {
    if (run.length > 1) parts.push(svg("path", {class: "band", d: "M" + (draw(run, "high") + draw(run, "low", true)).slice(1) + "z"}));
    else parts.push(segment(false, y(run[0].low), y(run[0].high), x(run[0].n), "whisker"));
  });
  each("rest", "mean");
  each("rate", "rate");
  points.forEach(p => {
    if (p.rate === null) word(x(p.n), foot - 2, "middle", "\u00d7");
    else if (p.out) word(x(p.n), y(p.rate) + 4, "middle", p.out > 0 ? "\u25b2" : "\u25bc");
    else parts.push(svg("circle", {cx: x(p.n), cy: y(p.rate), r: p.now ? 4.5 : last > 15 ? 1.8 : 3, class: "dot"}));
  });
  word(left, 94, "start", points[0].period);
  word(right, 94, "end", points[last].period);
  return svg("svg", {viewBox: "0 0 340 98", role: "img", "aria-label": says("line_label")}, parts);
}

function lineTable(s, points, others) {
  var page = data.words.page;
  function remark(p) { return (p.starts ? page.line_new + " " : "") + (p.out ? page[p.out > 0 ? "line_above" : "line_below"] : ""); }
  function row(tag, cells, p) {
    return el("tr", {class: p && p.now ? "picked" : null}, cells.map((text, n) => el(n ? tag : "th", {text, scope: p && !n ? "row" : p ? null : "col"})));
  }
  var rows = points.map(p => row("td", [
    p.period, p.rate === null ? p.why : rateText(s, p.rate), rangeText(s, p.low, p.high),
    p.rest === null ? "" : rateText(s, p.rest), remark(p)
  ], p));
  return el("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": page.line_table}, [
    el("table", {}, [el("thead", {}, [row("th", page.line_head.concat(others ? capital(others) : "", page.note))]), el("tbody", {}, rows)])
  ]);
}

// What the dashed line is of.
function othersOf(s, i) {
  var whole = lineSeries(s).find(one => one && one.comparator && one.comparator.rate !== null);
  return whole && told(leavesOut(s, i) ? "line_others" : "line_whole", {comparator: whole.comparator.name});
}

// The line and its trend; what its marks mean and its figures stand in what is closed.
function linePart(s, i) {
  var line = lineOf(s), others = line && othersOf(s, i);
  return line === null ? [] : [
    el("div", {class: "chart line"}, [lineChart(linePoints(s, i))]),
    el("p", {class: "small"}, [
      el("b", {text: says("trend") + ": "}), [line.words[line.trend[i]], noted(line.note, i)].filter(Boolean).join(": ").replace(/\.?$/, ". "),
      others && told("line_key", {others})
    ])
  ];
}

function lineRest(s, i) {
  var line = lineOf(s);
  return line === null ? [] : [el("h3", {text: says("line")}), para(line.said, "small"), lineTable(s, linePoints(s, i), othersOf(s, i))];
}
