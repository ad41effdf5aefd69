// Small maps of the largest towns: fixed by where people live, never by what was found.

var insets = [];
// Pixels of a side, and of what is too fine to be drawn.
var SIDE = 120;
var FINE = 0.4;

function startInsets() {
  var renderer = pane("insets", 345);
  insets = data.context.insets.map(inset);
  insets.forEach(one => {
    [["#ffffff", 3.5], ["#1f1a2e", 1.4]].forEach(([color, weight]) => {
      L.rectangle(one.bounds, {pane: "insets", renderer, fill: false, interactive: false, color, weight}).addTo(map);
    });
  });
  replace(byId("insets"), insets.map(one => one.box));
  drawWith(drawInsets);
}

// Frames on the map stand only where the small maps do.
function frameInsets() {
  map.getPane("insets").style.display = byId("insets").offsetWidth ? "" : "none";
}

function inset([town, west, south, east, north, side]) {
  var name = data.context.towns[town][0], bounds = [[south / SCALE, west / SCALE], [north / SCALE, east / SCALE]];
  var zero = map.project([bounds[1][0], bounds[0][1]], 0), end = map.project([bounds[0][0], bounds[1][1]], 0);
  var k = SIDE / (end.x - zero.x), high = Math.round((end.y - zero.y) * k);
  var made = {bounds, at: point => [(point.x - zero.x) * k, (point.y - zero.y) * k]};
  made.areas = everywhere().filter(i => flat[i][2].x > zero.x && flat[i][1].x < end.x && flat[i][2].y > zero.y && flat[i][1].y < end.y);
  made.paths = made.areas.map(i => svg("path", {d: traced(made, data.areas.shape[i], true), "data-area": i, "fill-rule": "evenodd"}, [svg("title")]));
  made.over = svg("g", {class: "over-inset"});
  var edges = data.parents.edge.concat(data.areas.edge.length ? [data.areas.edge] : []);
  var map0 = svg("svg", {viewBox: "0 0 " + SIDE + " " + high, "aria-hidden": "true"}, made.paths.concat(
    data.areas.water.map(shape => svg("path", {d: traced(made, shape, true), fill: data.palette.water})),
    svg("path", {class: "edge", d: edges.map(lines => traced(made, lines)).join("")}), made.over, insetScale(high, side)
  ));
  hear(map0, "click", event => { if (areaAt(event) !== null) change({area: areaAt(event)}); });
  hear(map0, "mouseover", event => {
    var i = areaAt(event);
    pointAt(i);
    if (i !== null) event.target.querySelector("title").textContent = Array.from(tip(i).children).map(part => part.textContent).join(", ");
  });
  hear(map0, "mouseleave", () => { pointAt(null); });
  made.box = el("div", {class: "inset"}, [map0, el("button", {
    type: "button", text: name, title: told("inset_zoom", {town: name}), click: () => {
      moved = true;
      map.fitBounds(bounds, {animate: false, paddingTopLeft: [byId("rail").offsetWidth + 16, 8], paddingBottomRight: [50, 8]});
    }
  })]);
  return made;
}

function areaAt(event) {
  return event.target.dataset.area === undefined ? null : Number(event.target.dataset.area);
}

// A shape or lines as a path of the small map; what lies beyond it is left out.
function traced(made, shape, closed) {
  return decodeShape(shape).flat().map(ring => {
    var last = null, seen = false, path = "";
    ring.map(at => made.at(map.project(at, 0))).forEach(([x, y]) => {
      seen = seen || x > -SIDE && x < 2 * SIDE && y > -SIDE && y < 2 * SIDE;
      if (last && Math.abs(x - last[0]) + Math.abs(y - last[1]) < FINE) return;
      path += (last ? "L" : "M") + x.toFixed(1) + "," + y.toFixed(1);
      last = [x, y];
    });
    return seen ? path + (closed ? "z" : "") : "";
  }).join("");
}

// A bar of a round length of kilometres.
function insetScale(high, side) {
  var km = [20, 10, 5, 2, 1].find(length => length * 1000 <= side * 0.4) || 0.5, wide = km * 1000 / side * SIDE;
  return svg("g", {class: "bar"}, [
    svg("path", {d: "M5," + (high - 9) + "v4h" + wide.toFixed(1) + "v-4"}),
    svg("text", {x: wide + 9, y: high - 4, text: told("inset_km", {km})})
  ]);
}

function drawInsets() {
  var series = current();
  insets.forEach(made => {
    made.paths.forEach((path, n) => {
      var i = made.areas[n], opacity = shown(i) ? fadeOf(series, i) : 0.18;
      var look = {fill: fillOf(series, i), "fill-opacity": opacity, stroke: outlineOn(series, i, opacity)}, now = Object.values(look).join();
      if (path.look !== now) put(path, look);
      path.look = now;
    });
    var i = made.areas.indexOf(state.area), marked = [];
    if (i >= 0) {
      [["#ffffff", 5], ["#1f1a2e", 2.4]].forEach(([stroke, width]) => {
        var lines = data.context.outlines[state.area];
        marked.push(svg("path", {d: lines ? traced(made, lines) : made.paths[i].getAttribute("d"), fill: "none", stroke, "stroke-width": width}));
      });
    }
    replace(made.over, marked.concat(insetSigns(made, series)));
  });
}

// Signs that meet no other.
function insetSigns(made, series) {
  var wanted = made.areas.filter(i => shown(i) && signOf(series, i)).map(i => {
    var [x, y] = made.at(flat[i][0]), text = signOf(series, i);
    return {x, y, w: 3.5 * text.length + 1.5, h: 5, text};
  });
  return placeAll(wanted, [], {x: SIDE, y: SIDE}).map(box =>
    svg("text", {x: box.x.toFixed(1), y: (box.y + 3).toFixed(1), class: "sign", text: box.text}));
}
