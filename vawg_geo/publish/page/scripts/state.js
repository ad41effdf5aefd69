// What is chosen now, as one object, and its form in the address (#indicator=...&area=...).

var data = null;
var state = {series: 0, view: "rate", since: null, beside: null, than: null, fade: false, area: null, pins: [], within: null, sort: "rate", down: true};
var drawers = [];

function current() {
  return data.series[state.series];
}

function drawWith(drawer) {
  drawers.push(drawer);
}

// With many areas the map comes first: the rest follows when that is painted, part by part as the
// browser has time, so that the next choice need not wait for all of them.
function later(drawer) {
  var waiting = false, idle = window.requestIdleCallback || setTimeout;
  return before => {
    if (!many()) return drawer(before);
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      setTimeout(() => { idle(() => { waiting = false; drawer(before); }, {timeout: 500}); }, 30);
    });
  };
}

function change(changes) {
  var before = {...state};
  Object.assign(state, changes);
  state.view = nearestView(current(), state.view);
  if (state.beside === current().indicator) state.beside = null;
  if (state.than === current().period) state.than = null;
  if (state.area !== null && state.within !== null && data.areas.parent[state.area] !== state.within) {
    if ("within" in changes && !("area" in changes)) state.area = null;
    else state.within = null;
  }
  drawers.forEach(draw => { draw(before); });
  writeAddress();
}

// The view wished for, or what a series has in its place: the other comparison, or its rates.
function nearestView(series, wish) {
  return [wish].concat(compares(wish) ? data.meta.compares : []).find(view => viewable(series, view)) || "rate";
}

function viewable(series, view) {
  if (overlayFor(series, view)) return true;
  if (view === "standing") return ranked(series);
  if (view === "change") return lineOf(series) !== null;
  return view === "rate" || (view === "significance" ? comparable(series) : view === "patterns" && patterned(series));
}

function findSeries(indicator, sex, period) {
  return data.series.findIndex(s => s.indicator === indicator && s.sex === sex && s.period === period);
}

// The series nearest to a wish: the indicator counts most, then the sex, then the period.
function nearestSeries(wish) {
  var now = current();
  var indicator = wish.indicator === undefined ? now.indicator : wish.indicator;
  var sex = wish.sex === undefined ? now.sex : wish.sex;
  var period = wish.period === undefined ? now.period : wish.period;
  var best = -1, score = -1;
  data.series.forEach((s, place) => {
    if (s.indicator !== indicator) return;
    var points = (s.sex === sex ? 4 : 0) + (s.period === period ? 2 : 0) + (s.sex === "persons" ? 1 : 0);
    if (points >= score) { score = points; best = place; }
  });
  return best < 0 ? state.series : best;
}

function everywhere() {
  return [...data.areas.code.keys()];
}

function shown(i) {
  return state.within === null || data.areas.parent[i] === state.within;
}

function writeAddress() {
  var s = current();
  var parts = {
    indicator: data.indicators[s.indicator].slug, sex: s.sex, period: s.period,
    view: state.view === "rate" ? null : state.view,
    since: changing() && changeOf(s) ? changeOf(s).since : null, and: state.than,
    compare: state.beside === null ? null : data.indicators[state.beside].slug, fade: state.fade ? "1" : null,
    area: state.area === null ? null : data.areas.code[state.area],
    pins: state.pins.length ? state.pins.map(i => data.areas.code[i]).join() : null,
    within: state.within === null ? null : data.parents.code[state.within]
  };
  var text = Object.keys(parts).filter(key => parts[key] !== null)
    .map(key => key + "=" + encodeURIComponent(parts[key])).join("&");
  if ("#" + text === location.hash) return;
  try {
    history.replaceState(null, "", "#" + text);
  } catch (error) {
    // Some browsers allow no such change on a file opened from disk: the page works without it.
  }
}

function knownPeriod(period) {
  return data.series.some(s => s.period === period) ? period : null;
}

// Changes that an address asks for; what it does not know is left out.
function readAddress() {
  var wish = new URLSearchParams(location.hash.slice(1));
  var changes = {};
  function place(key) { return data.indicators.findIndex(known => known.slug === wish.get(key)); }
  var indicator = place("indicator"), other = place("compare");
  if (indicator >= 0) {
    var series = findSeries(indicator, wish.get("sex"), wish.get("period"));
    changes.series = series >= 0 ? series : nearestSeries({indicator});
  }
  var wished = wish.get("view") || "";
  // Addresses from before patterns were one view.
  if (wished === "moran" || wished === "gi" || wish.get("clusters") === "1") wished = "patterns";
  if (["rate", "change", "patterns"].concat(data.meta.compares).indexOf(wished) >= 0 || wished.indexOf("over-") === 0) changes.view = wished;
  changes.fade = wish.get("fade") === "1";
  changes.beside = other < 0 ? null : other;
  changes.than = knownPeriod(wish.get("and"));
  if (wish.has("since")) changes.since = knownPeriod(wish.get("since"));
  var area = data.areas.code.indexOf(wish.get("area"));
  if (area >= 0) changes.area = area;
  changes.pins = unique((wish.get("pins") || "").split(",").map(code => data.areas.code.indexOf(code))).filter(i => i >= 0).slice(0, MOST_PINS);
  var within = data.parents.code.indexOf(wish.get("within"));
  if (within >= 0) changes.within = within;
  return changes;
}
