// The map: outlines, district borders, the chosen area, and the keyboard's way about.

var map = null;
var plates = [];
var layers = [];
var whole = null;
var moved = false;
var fitted = [];

// Beyond this many areas the map is one picture (canvas), and lists are shown in parts.
function many() {
  return data.areas.code.length > 1000;
}

function pane(name, level, on) {
  var made = (on || map).createPane(name), ours = name === "areas" || name === "borders";
  made.style.zIndex = level;
  // Only areas take the pointer: an analyst's own layers lie above all of ours.
  if (name !== "areas") made.style.pointerEvents = "none";
  return many() && ours ? L.canvas({pane: name, padding: 0.1}) : L.svg({pane: name, padding: 0.6});
}

// Areas, borders and the chosen outline on a map; two of them where indicators lie side by side.
function plate(on) {
  var ground = pane("areas", 310, on), borders = pane("borders", 330, on), marks = pane("chosen", 350, on);
  var made = {map: on, ground, marks};
  made.layers = data.areas.shape.map((shape, i) => {
    var layer = L.polygon(decodeShape(shape), {
      pane: "areas", renderer: ground, weight: many() ? 0.3 : data.parents.edge.length ? 0.7 : 1.6,
      color: "#4a4458", fillOpacity: 1, smoothFactor: many() ? 1 : 0.4, bubblingMouseEvents: false
    });
    layer.place = i;
    return layer;
  });
  made.all = L.featureGroup(made.layers);
  // Leaflet would make every outline a stop of the Tab key; arrow keys, search and table reach them.
  made.all._addFocusListeners = () => {};
  made.all.on("click", event => { change({area: event.layer.place}); })
    .on("mouseover", event => { pointAt(event.layer.place); }).on("mouseout", () => { pointAt(null); })
    .bindTooltip(layer => tip(layer.place, on !== map), {sticky: true, opacity: 1});
  var edge = {
    pane: "borders", renderer: borders, fill: false, interactive: false, weight: many() ? 0.8 : 2.2,
    color: "#1f1a2e", smoothFactor: many() ? 1 : 0.4
  };
  // A river through the areas lies upon both of its banks, and is no border.
  var water = Object.assign({}, edge, {fill: true, fillColor: data.palette.water, fillOpacity: 1, color: data.palette.water});
  made.borders = data.areas.water.map(shape => L.polygon(decodeShape(shape), water));
  // A dark area has a light outline, which is lost against the sea.
  data.parents.edge.concat(data.areas.edge.length ? [data.areas.edge] : []).forEach(lines => {
    made.borders.push(L.polyline(decodeShape(lines), edge));
  });
  made.chosen = L.layerGroup([]).addTo(on);
  plates.push(made);
  return made;
}

// Areas join the map when they have their colours: a canvas is then painted once. One that stands
// is told to be drawn anew, unless the map is moved, which draws it as well.
function paint(made, series) {
  made.layers.forEach((layer, i) => {
    var ink = fillOf(series, i);
    var style = {fillColor: many() ? inked(ink) : ink, fillOpacity: shown(i) ? fadeOf(series, i) : 0.18};
    style.color = outlineOn(series, i, style.fillOpacity);
    if (many() || !made.painted) Object.assign(layer.options, style);
    else layer.setStyle(style);
  });
  if (made.painted) return many() && made.ground;
  made.borders.concat(made.all).forEach(part => { part.addTo(made.map); });
  made.painted = true;
  return null;
}

function startMap() {
  map = window[data.meta.map];
  layers = plate(map).layers;
  whole = plates[0].all.getBounds();
  startLabels();
  addControls();
  listen();
  drawWith(drawMap);
}

function tip(i, second) {
  if (second && besideSeries()) return beside(() => tip(i));
  var series = current();
  var value = hasRate(series, i)
    ? told("rate_short", {per: series.per === 1 ? timedDenominator(series) : perText(series) + timeText(series)}) + ": " + rateText(series, series.rate[i])
    : data.words.status[statusOf(series, i)];
  var laid = overlay();
  if (changing()) value = (changeOf(series) ? told("change_title", changeOf(series)) + ": " : "") + ratioText(series, i);
  if (laid) value = laid.series !== undefined && !hasRate(series, i) ? value : overlayLabel(laid, i);
  return el("div", {class: "tip"}, [
    el("b", {text: nameOf(i)}), el("span", {text: value}),
    changing() ? el("i", {text: changeText(changeWord(series, i))}) : null,
    showsPatterns() && hasRate(series, i) ? el("i", {text: patternCell(series, i)}) : null
  ]);
}

function mapButton(text, title, act) {
  return el("button", {type: "button", text, title, "aria-label": title, click: act});
}

function addControls() {
  var Buttons = L.Control.extend({
    onAdd: () => {
      var box = el("div", {class: "leaflet-bar leaflet-control leaflet-control-zoom"}, [
        mapButton("+", says("zoom_in"), () => { moved = true; map.zoomIn(); }),
        mapButton("\u2212", says("zoom_out"), () => { moved = true; map.zoomOut(); }),
        mapButton("\u2922", says("fit"), () => { fitWhole(); })
      ]);
      L.DomEvent.disableClickPropagation(box);
      return box;
    }
  });
  new Buttons({position: "topright"}).addTo(map);
  L.control.scale({position: "bottomright", maxWidth: 130}).addTo(map);
}

function listen() {
  var box = map.getContainer();
  put(box, {
    tabindex: "0", role: "application", "aria-label": told("map_label")
  });
  hear(box, "keydown", event => {
    if (event.target !== box || event.ctrlKey || event.altKey || event.metaKey) return;
    var arrows = {ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};
    if (arrows[event.key]) step(arrows[event.key]);
    else if (event.key === "+" || event.key === "=") { moved = true; map.zoomIn(); }
    else if (event.key === "-") { moved = true; map.zoomOut(); }
    else if (event.key === "Home") fitWhole();
    else if (event.key === "Escape") change({area: null});
    else if (event.key === "Enter" && state.area !== null) byId("detail").focus();
    else return;
    event.preventDefault();
  });
  map.on("dragstart", () => { moved = true; });
  hear(box, "wheel", () => { moved = true; }, {passive: true});
  // The frame changes with the window, and with the heading above it.
  new ResizeObserver(() => {
    map.invalidateSize({animate: false, pan: false});
    if (!moved) fitWhole();
  }).observe(box);
}

// The nearest area in a direction: what lies off to the side counts double.
function step(direction) {
  var points = data.areas.point.map(p => map.project(latLng(p)));
  if (state.area === null) {
    var middle = map.project(map.getCenter());
    change({area: nearest(points, p => p.distanceTo(middle))});
    return;
  }
  var from = points[state.area];
  var next = nearest(points, (p, i) => {
    var along = (p.x - from.x) * direction[0] + (p.y - from.y) * direction[1];
    var across = Math.abs((p.x - from.x) * direction[1]) + Math.abs((p.y - from.y) * direction[0]);
    return i === state.area || along <= 0 || across > along * 1.7 ? Infinity : along + 2 * across;
  });
  if (next !== null) change({area: next});
}

function nearest(points, cost) {
  var best = null, least = Infinity;
  points.forEach((p, i) => {
    var c = shown(i) ? cost(p, i) : Infinity;
    if (c < least) { least = c; best = i; }
  });
  return best;
}

// Room for what lies on the map: the area stands beside it or above it, whichever lets it be larger,
// and may reach into its corner as long as no area lies under it.
function roomFor(bounds) {
  var rail = byId("rail"), best = null;
  if (getComputedStyle(rail).position !== "absolute") return {from: [8, 8], to: [8, 8]};
  function offer(under, from, to) {
    var one = {under, from, to, zoom: map.getBoundsZoom(bounds, false, L.point(from).add(to))};
    if ((!best || one.zoom > best.zoom + 0.01) && free(one)) best = one;
  }
  function free(one) {
    var frame = map.getContainer().getBoundingClientRect(), size = map.getSize();
    var over = covers().slice(1).map(box => box.getBoundingClientRect()).filter(box => box.width);
    var middle = map.project(bounds.getSouthWest(), one.zoom).add(map.project(bounds.getNorthEast(), one.zoom)).divideBy(2);
    var shift = L.point(one.from[0] + size.x - one.to[0], one.from[1] + size.y - one.to[1]).divideBy(2).subtract(middle);
    return ends().every(point => {
      var at = map.project(point, one.zoom).add(shift).add([frame.left, frame.top]);
      return over.every(box => at.x < box.left - 3 || at.x > box.right + 3 || at.y < box.top - 3 || at.y > box.bottom + 3);
    });
  }
  rail.classList.remove("under");
  var beside = {under: false, from: [rail.offsetWidth + 16, 10], to: [50, 12]};
  [1, 0.75, 0.5, 0.25, 0].forEach(share => { offer(false, [12 + (rail.offsetWidth + 4) * share, 10], [50, 12]); });
  rail.classList.add("under");
  [60, 124].forEach(top => { offer(true, [12, top], [50, rail.offsetHeight + 16]); });
  best = best || beside;
  rail.classList.toggle("under", best.under);
  return best;
}

// Where areas end towards each side. Of thousands, some stand for all, and are where their points are.
function ends() {
  var found = [];
  layers.forEach((layer, i) => {
    if (!shown(i) || many() && i % 16) return;
    if (many()) found.push(latLng(data.areas.point[i]));
    else layer.getLatLngs().flat(2).forEach((at, k, all) => { if (k % Math.ceil(all.length / 24) === 0) found.push(at); });
  });
  return found;
}

// What the room depends on.
function layout(size) {
  return [size.x, size.y, state.within].concat(covers().flatMap(box => [box.offsetWidth, box.offsetHeight]));
}

function covers() {
  return [byId("rail"), byId("key"), byId("insets"), byId("tools"), byId("find").parentNode];
}

// Where only the period is another, the map keeps its place as long as nothing needs more room.
function fitWhole(calm) {
  var bounds = whole, size = map.getSize();
  if (state.within !== null) {
    bounds = L.latLngBounds([]);
    layers.forEach((layer, i) => { if (shown(i)) bounds.extend(layer.getBounds()); });
  }
  // A frame not laid out yet has no room for any view.
  if (size.x < 100 || size.y < 100) return;
  // To find room and to set a view are slow with many areas, and change nothing where all is as it was.
  if (!moved && layout(size).every((now, k) => now === fitted[k] || calm && k > 2 && now < fitted[k])) return;
  var room = roomFor(bounds);
  fitted = layout(size);
  moved = false;
  map.fitBounds(bounds, {paddingTopLeft: room.from, paddingBottomRight: room.to, animate: false});
  return true;
}

function drawMap(before) {
  var series = current();
  if (!plates[0].painted) {
    // All that takes room beside the map stands by now: the view is set once.
    map.invalidateSize({animate: false, pan: false});
    fitWhole();
  }
  var stale = paint(plates[0], series);
  stamp(byId("stamp"), series);
  var grown = before.view !== state.view || before.series !== state.series;
  var drew = (before.within !== state.within || grown && !moved) && fitWhole(before.view === state.view);
  if (stale && !drew) stale._redraw();
  plates.forEach(drawChosen);
  if (state.area !== null && before.area !== state.area && !map.getBounds().contains(layers[state.area].getBounds())) {
    map.panInside(latLng(data.areas.point[state.area]), {padding: [70, 70], animate: false});
  }
}

// Across made-up figures.
function stamp(box, series) {
  box.hidden = series.basis !== "illustrative";
  if (!box.hidden && !box.firstChild) {
    for (var n = 0; n < 3; n += 1) box.append(el("span", {text: says("illustrative_mark")}));
  }
}

function drawChosen(made) {
  made.chosen.clearLayers();
  if (state.area === null) return;
  // An area that a river runs through has one outline, without its banks.
  var lines = data.context.outlines[state.area], shape = decodeShape(lines || data.areas.shape[state.area]);
  [["#ffffff", 6.5], ["#1f1a2e", 3.2]].forEach(style => {
    made.chosen.addLayer(L[lines ? "polyline" : "polygon"](shape, {
      pane: "chosen", renderer: made.marks, fill: false, interactive: false,
      color: style[0], weight: style[1], smoothFactor: 0.4
    }));
  });
}
