// The map: outlines, district borders and names, the chosen area, and the keyboard's way about.

var map = null;
var layers = [];
var chosen = null;
var labels = null;
var whole = null;
var moved = false;

function pane(name, level) {
  var made = map.createPane(name);
  made.style.zIndex = level;
  // Only areas take the pointer: an analyst's own layers lie above all of ours.
  if (name !== "areas") made.style.pointerEvents = "none";
  return L.svg({pane: name, padding: 0.6});
}

function startMap() {
  map = window[data.meta.map];
  var ground = pane("areas", 310);
  var borders = pane("borders", 330);
  var marks = pane("chosen", 350);
  ["signs", "names"].forEach(function (name, place) {
    var made = map.createPane(name);
    made.style.zIndex = 610 + place;
    made.style.pointerEvents = "none";
  });
  layers = data.areas.shape.map(function (shape, i) {
    var layer = L.polygon(decodeShape(shape), {
      pane: "areas", renderer: ground, weight: data.parents.shape.length ? 0.7 : 1.6,
      color: "#4a4458", fillOpacity: 1, smoothFactor: 0.4, bubblingMouseEvents: false
    });
    layer.on("click", function () { change({area: i}); });
    layer.bindTooltip(function () { return tip(i); }, {sticky: true, opacity: 1});
    return layer.addTo(map);
  });
  whole = L.featureGroup(layers).getBounds();
  data.parents.shape.forEach(function (shape) {
    L.polygon(decodeShape(shape), {
      pane: "borders", renderer: borders, fill: false, interactive: false, weight: 2.2,
      color: "#1f1a2e", smoothFactor: 0.4
    }).addTo(map);
  });
  chosen = L.layerGroup([], {}).addTo(map);
  chosen.renderer = marks;
  labels = L.layerGroup([]).addTo(map);
  addControls();
  listen();
  fitWhole();
  map.on("zoomend", drawLabels);
  drawWith(drawMap);
}

function tip(i) {
  var series = current();
  var value = hasRate(series, i)
    ? fill(data.words.page.rate_short, {per: perText(series)}) + ": " + rateText(series, series.rate[i])
    : data.words.status[statusOf(series, i)];
  var found = hotspots(series, state.view), laid = overlay();
  if (laid) value = laid.series !== undefined && !hasRate(series, i) ? value : overlayLabel(laid, i);
  return el("div", {class: "tip"}, [
    el("b", {text: data.areas.name[i]}), el("span", {text: value}),
    found && hasRate(series, i) ? el("i", {text: data.words.cluster[clusterOf(found, i)]}) : null
  ]);
}

function mapButton(text, label, act) {
  return el("button", {type: "button", text: text, title: label, "aria-label": label, click: act});
}

function addControls() {
  var Buttons = L.Control.extend({
    onAdd: function () {
      var box = el("div", {class: "leaflet-bar leaflet-control leaflet-control-zoom"}, [
        mapButton("+", data.words.page.zoom_in, function () { moved = true; map.zoomIn(); }),
        mapButton("\u2212", data.words.page.zoom_out, function () { moved = true; map.zoomOut(); }),
        mapButton("\u2922", data.words.page.fit, function () { fitWhole(); })
      ]);
      L.DomEvent.disableClickPropagation(box);
      return box;
    }
  });
  new Buttons({position: "topleft"}).addTo(map);
  L.control.scale({position: "bottomright", maxWidth: 130}).addTo(map);
}

function listen() {
  var box = map.getContainer();
  put(box, {
    tabindex: "0", role: "application", "aria-label": fill(data.words.page.map_label, levels({}))
  });
  box.addEventListener("keydown", function (event) {
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
  map.on("dragstart", function () { moved = true; });
  box.addEventListener("wheel", function () { moved = true; }, {passive: true});
  // The frame changes with the window, and with the heading above it.
  new ResizeObserver(function () {
    map.invalidateSize({animate: false, pan: false});
    if (!moved) fitWhole();
  }).observe(box);
}

// The nearest area in a direction: what lies off to the side counts double.
function step(direction) {
  var points = data.areas.point.map(function (p) { return map.project(latLng(p)); });
  if (state.area === null) {
    var middle = map.project(map.getCenter());
    change({area: nearest(points, function (p) { return p.distanceTo(middle); })});
    return;
  }
  var from = points[state.area];
  var next = nearest(points, function (p, i) {
    var along = (p.x - from.x) * direction[0] + (p.y - from.y) * direction[1];
    var across = Math.abs((p.x - from.x) * direction[1]) + Math.abs((p.y - from.y) * direction[0]);
    return i === state.area || along <= 0 || across > along * 1.7 ? Infinity : along + 2 * across;
  });
  if (next !== null) change({area: next});
}

function nearest(points, cost) {
  var best = null, least = Infinity;
  points.forEach(function (p, i) {
    var c = shown(i) ? cost(p, i) : Infinity;
    if (c < least) { least = c; best = i; }
  });
  return best;
}

// Height of a frame of this width in which the whole area stands without empty strips.
function heightFor(width) {
  var size = map.project(whole.getSouthEast(), 9).subtract(map.project(whole.getNorthWest(), 9));
  return Math.round((width - 24) * size.y / size.x) + 24;
}

// Room on the left for the key, where it lies upon the map.
function keyWidth() {
  var key = byId("key");
  return getComputedStyle(key).position === "absolute" ? key.offsetWidth + 12 : 0;
}

function fitWhole() {
  var bounds = whole;
  if (state.within !== null) {
    bounds = L.featureGroup(layers.filter(function (layer, i) { return shown(i); })).getBounds();
  }
  moved = false;
  var size = map.getSize(), left = keyWidth();
  // A low key may lie beside the south-western corner; a high one needs the whole side.
  var tall = byId("key").offsetHeight > size.y * 0.4;
  // A frame not laid out yet has no room for any view.
  if (size.x < 100 || size.y < 100) return;
  map.fitBounds(bounds, {
    paddingTopLeft: [size.x > 620 ? left * (tall ? 1 : 0.86) : 8, 10], paddingBottomRight: [12, 12],
    animate: false
  });
}

function drawMap(before) {
  var series = current();
  layers.forEach(function (layer, i) {
    layer.setStyle({fillColor: fillOf(series, i), fillOpacity: shown(i) ? 1 : 0.18});
  });
  var box = byId("stamp");
  box.hidden = series.basis !== "illustrative";
  if (!box.hidden && !box.firstChild) {
    for (var n = 0; n < 3; n += 1) box.append(el("span", {text: data.words.page.illustrative_mark}));
  }
  var grown = before.view !== state.view || before.scan !== state.scan || before.series !== state.series;
  if (before.within !== state.within || grown && !moved) fitWhole();
  drawChosen(before);
  drawLabels();
}

function drawChosen(before) {
  chosen.clearLayers();
  if (state.area === null) return;
  var shape = decodeShape(data.areas.shape[state.area]);
  [["#ffffff", 6.5], ["#1f1a2e", 3.2]].forEach(function (style) {
    chosen.addLayer(L.polygon(shape, {
      pane: "chosen", renderer: chosen.renderer, fill: false, interactive: false,
      color: style[0], weight: style[1], smoothFactor: 0.4
    }));
  });
  if (before.area !== state.area && !map.getBounds().contains(layers[state.area].getBounds())) {
    map.panInside(latLng(data.areas.point[state.area]), {padding: [70, 70], animate: false});
  }
}

function label(at, kind, lines) {
  var box = el("div", {class: "place " + kind}, lines);
  labels.addLayer(L.marker(at, {
    pane: kind === "" || kind === "plate-label" ? "names" : "signs", interactive: false, keyboard: false,
    icon: L.divIcon({className: "", iconSize: [0, 0], html: box})
  }));
}

// Beside the colour: an arrow in the comparison, letters of the label among hotspots.
function signOf(series, i) {
  if (!hasRate(series, i)) return "";
  var found = hotspots(series, state.view);
  if (found) return clusterSign(found, i);
  if (state.view !== "significance" || !comparable(series)) return "";
  return {higher: "\u25B2", lower: "\u25BC"}[significanceOf(series, i)] || "";
}

// Names of districts; on a page of districts their rates too; signs; numbers of clusters.
function drawLabels() {
  var series = current();
  var taken = clusterTops.map(function (top) { return map.project(top[1]).subtract([0, 14]); });
  var borders = [].concat.apply([], clusterTops.map(function (top) {
    return top[2].map(function (corner) { return map.project(corner); });
  }));
  labels.clearLayers();
  data.areas.point.forEach(function (point, i) {
    var sign = signOf(series, i);
    if (few()) {
      var laid = overlay();
      var value = laid ? overlayShort(laid, i) : hasRate(series, i) ? rateText(series, series.rate[i]) : absence(series, i);
      label(latLng(point), "plate-label", [
        el("b", {text: data.areas.name[i]}), el("span", {text: (sign + " " + value).trim()})
      ]);
    } else if (sign && shown(i) && roomy(i, sign, taken)) {
      label(latLng(point), "sign", [el("span", {text: sign})]);
    }
  });
  if (!few()) {
    data.parents.point.forEach(function (point, d) {
      label(free(latLng(point), data.parents.name[d], taken.concat(borders)), "", [el("b", {text: data.parents.name[d]})]);
    });
  }
  drawClusterNumbers();
  drawMarkNames();
}

// A district's name moves up or down where signs, numbers or clusters would lie under it.
function free(at, name, taken) {
  var from = map.project(at), half = name.length * 4 + 8;
  if (state.view === "significance") return at;
  var best = [0, -20, 20, -36, 36, -52, 52, -68].map(function (shift) {
    var under = taken.filter(function (p) {
      return Math.abs(p.x - from.x) < half && Math.abs(p.y - from.y - shift) < 15;
    });
    return [under.length, shift];
  }).reduce(function (a, b) { return b[0] < a[0] ? b : a; });
  return map.unproject(from.add([0, best[1]]));
}

// Room for an area's sign beside those that stand already; then it is taken. Arrows stay within
// their areas; letters are few, and a small hotspot must not be overlooked.
function roomy(i, sign, taken) {
  var box = layers[i].getBounds(), at = map.project(latLng(data.areas.point[i]));
  var a = map.project(box.getNorthWest()), b = map.project(box.getSouthEast());
  var wide = sign.length * 7 + 6;
  var within = b.x - a.x > 13 && b.y - a.y > 13 || state.view !== "significance";
  var room = within && taken.every(function (p) {
    return Math.abs(p.x - at.x) > wide || Math.abs(p.y - at.y) > 13;
  });
  if (room) taken.push(at);
  return room;
}
