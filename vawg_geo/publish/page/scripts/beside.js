// Two indicators, or two periods, side by side: a second map that moves with the first.

// The series shown beside, or null.
function besideSeries() {
  var now = current();
  if (state.than !== null) return data.series[findSeries(now.indicator, now.sex, state.than)] || null;
  return state.beside === null ? null : data.series[nearestSeries({indicator: state.beside})];
}

// What the second map shows, by the same functions: for as long as they run, its series is chosen.
function beside(work) {
  var kept = state, series = besideSeries();
  var view = overlay() || !viewable(series, kept.view) ? "rate" : kept.view;
  state = {...kept, series: data.series.indexOf(series), view, beside: null, than: null};
  try {
    return work(series);
  } finally {
    state = kept;
  }
}

// The choice of a second map, and of fading what is unsure.
function startSecondChoice() {
  var page = data.words.page, box = el("select", {id: "vawg-beside"}, [option("", page.beside_off)]);
  var fade = el("input", {type: "checkbox", name: "vawg-fade"});
  var last = byId("within-field");
  function group(name, options) {
    if (options.length > 1) box.append(el("optgroup", {label: page[name]}, options));
  }
  group("indicator", data.indicators.map((known, place) => option(place, known.title)));
  group("period", data.lines ? unique(data.series.map(s => s.period)).map(period => option(period, period)) : []);
  if (data.indicators.length > 1 || data.lines) last.before(titled(page.beside, box));
  last.before(el("label", {class: "check"}, [fade, el("span", {text: page.fade})]));
  hear(box, "change", () => {
    change({beside: data.indicators[box.value] ? Number(box.value) : null, than: knownPeriod(box.value)});
  });
  hear(fade, "change", () => { change({fade: fade.checked}); });
  drawWith(() => {
    var now = current();
    box.value = state.than || (state.beside === null ? "" : state.beside);
    Array.from(box.options).forEach(one => {
      one.disabled = one.value === String(now.indicator) || one.value === now.period ||
        knownPeriod(one.value) !== null && findSeries(now.indicator, now.sex, one.value) < 0;
    });
    fade.checked = state.fade;
    fade.disabled = !fades();
  });
}

function startBeside() {
  drawWith(drawBeside);
}

// Whether the two maps can be compared by their colours.
function scaleSaid() {
  var one = current(), other = besideSeries();
  if (state.than === null || state.view !== "rate") return [];
  return [para(says(String(one.breaks) === String(other.breaks) && one.per === other.per ? "beside_same" : "beside_other"))];
}

function named(series) {
  return headline(series) + ", " + series.period;
}

function drawBeside(before) {
  var series = besideSeries(), frame = byId("second");
  byId("frames").classList.toggle("beside", series !== null);
  frame.hidden = series === null;
  if (series === null) return;
  byId("first-title").textContent = named(current());
  byId("second-title").textContent = beside(named);
  stamp(byId("second-stamp"), series);
  byId("second-map").setAttribute("aria-label", told("beside_label", {title: beside(named)}));
  if (!plates[1]) startSecond();
  var stale = beside(() => paint(plates[1], series));
  if (stale) stale._redraw();
  drawChosen(plates[1]);
  if (before.beside === null && before.than === null) {
    map.invalidateSize({animate: false});
    plates[1].map.invalidateSize({animate: false});
    fitWhole();
  }
}

function startSecond() {
  var other = L.map(byId("second-map"), {
    zoomControl: false, attributionControl: false, keyboard: false, zoomAnimation: false, fadeAnimation: false,
    zoomSnap: 0, wheelPxPerZoomLevel: 90
  });
  var following = false;
  function follow(from, to) {
    from.on("move", () => {
      if (following) return;
      following = true;
      to.setView(from.getCenter(), from.getZoom(), {animate: false});
      following = false;
    });
  }
  other.setView(map.getCenter(), map.getZoom());
  plate(other);
  follow(map, other);
  follow(other, map);
  other.on("dragstart", () => { moved = true; });
}
