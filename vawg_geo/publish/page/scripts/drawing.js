// What the maps show now, drawn anew from their own layers as one SVG; and columns of texts beside it.

var INK = "#1f1a2e";
var SOFT = "#514b60";
var FACE = "Arial, Helvetica, 'Liberation Sans', sans-serif";
var textPen = null;

function wideAs(text, size, bold) {
  textPen = textPen || el("canvas").getContext("2d");
  textPen.font = (bold ? "bold " : "") + size + "px " + FACE;
  return textPen.measureText(text).width;
}

function wrapped(text, size, width, bold) {
  var lines = [""];
  text.split(/\s+/).forEach(word => {
    var last = lines.length - 1, longer = (lines[last] + " " + word).trim();
    if (lines[last] && wideAs(longer, size, bold) > width) lines.push(word);
    else lines[last] = longer;
  });
  return lines;
}

function lettered(x, y, size, text, more) {
  return svg("text", {x: x.toFixed(1), y: y.toFixed(1), "font-size": size, fill: INK, ...more, text});
}

// A column grows downwards: lines of text, and drawings of a known height.
function write(box, text, size, bold, ink) {
  var inset = box.inset || 0;
  if (!text) return;
  wrapped(text, size, box.width - inset, bold).forEach(line => {
    box.y += size * 1.28;
    box.node.append(lettered(inset, box.y - size * 0.3, size, line, {"font-weight": bold ? 700 : null, fill: ink || INK}));
  });
}

function moveTo(x, y, node, scale) {
  return svg("g", {transform: "translate(" + x.toFixed(1) + " " + y.toFixed(1) + ")" + (scale ? " scale(" + scale.toFixed(3) + ")" : "")}, [node]);
}

// Parts one below the other: as large as they fit, up to this scale.
function column(width, most, parts, largest) {
  var scale = largest || 1, box;
  for (box = stacked(width / scale, parts); box.y * scale > most && scale > 0.4; box = stacked(width / scale, parts)) scale -= 0.05;
  return {node: box.node, tall: box.y * scale, scale};
}

function stacked(width, parts) {
  var box = {node: svg("g"), y: 0, width};
  parts.forEach(part => { part(box); });
  return box;
}

// What is seen of a map: all of the area, or as far as somebody has zoomed into it.
function viewOf(made) {
  if (moved) return made.map.getBounds();
  return made.layers.filter((layer, i) => shown(i)).reduce((box, layer) => box.extend(layer.getBounds()), L.latLngBounds([]));
}

function mercator(place) {
  var lat = Math.max(-85, Math.min(85, place.lat)) * Math.PI / 180;
  return [place.lng * Math.PI / 180, -Math.log(Math.tan(Math.PI / 4 + lat / 2))];
}

function shapeOf(view) {
  var a = mercator(view.getNorthWest()), b = mercator(view.getSouthEast());
  return {x: a[0], y: a[1], wide: b[0] - a[0], tall: b[1] - a[1]};
}

// Path of a layer; points nearer to each other than can be seen, and parts out of sight, are left out.
function pathOf(points, frame, shut) {
  if (!points.length) return "";
  if (points[0].lat === undefined) return points.map(part => pathOf(part, frame, shut)).join("");
  var kept = [], last = null, low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  points.forEach((point, n) => {
    var at = frame.at(point);
    [0, 1].forEach(k => { low[k] = Math.min(low[k], at[k]); high[k] = Math.max(high[k], at[k]); });
    if (last && n < points.length - 1 && Math.abs(at[0] - last[0]) + Math.abs(at[1] - last[1]) < frame.fine) return;
    kept.push(at[0].toFixed(1) + "," + at[1].toFixed(1));
    last = at;
  });
  var out = high[0] < 0 || high[1] < 0 || low[0] > frame.wide || low[1] > frame.tall;
  return out ? "" : "M" + kept.join("L") + (shut ? "z" : "");
}

function drawnLayer(layer, frame, series) {
  var o = layer.options, area = layer.place !== undefined;
  var look = {
    fill: !o.fill ? "none" : area ? fillOf(series, layer.place) : o.fillColor || o.color,
    "fill-opacity": o.fill && o.fillOpacity < 1 ? o.fillOpacity : null, "fill-rule": o.fill ? "evenodd" : null,
    stroke: o.stroke ? o.color : "none", "stroke-width": o.weight, "stroke-opacity": o.opacity < 1 ? o.opacity : null,
    "stroke-dasharray": o.dashArray, "stroke-linejoin": o.lineJoin, "stroke-linecap": o.dashArray ? "butt" : o.lineCap
  };
  if (layer.getLatLngs) {
    var d = pathOf(layer.getLatLngs(), frame, layer instanceof L.Polygon);
    return d ? svg("path", {d, ...look}) : null;
  }
  var at = frame.at(layer.getLatLng());
  return svg("circle", {cx: at[0].toFixed(1), cy: at[1].toFixed(1), r: layer.getRadius(), ...look});
}

// Names and signs are placed anew, by the placer of the screen: the sheet has another scale, and other
// things upon its map.
function labelled(made, frame, corner) {
  if (made !== plates[0]) return [];
  var from = map.latLngToContainerPoint(corner), to = frame.at(corner), k = frame.zoom;
  function there(box) { return {...box, x: to[0] + (box.x - from.x) * k, y: to[1] + (box.y - from.y) * k}; }
  function back(box) { return {...box, x: from.x + (box.x - to[0]) / k, y: from.y + (box.y - to[1]) / k, w: box.w / k, h: box.h / k}; }
  var side = insetSide(made, frame.tall);
  var fixed = [{x: side / 2, y: frame.tall / 2, w: side && side / 2 + 8, h: side && frame.tall / 2}, {x: frame.wide - 18, y: 20, w: 18, h: 20}, {x: frame.wide - 75, y: frame.tall - 27, w: 75, h: 25}];
  return placeAll(wishes.map(wish => ({
    ...there(wish), fits: wish.fits && (box => wish.fits(back(box))),
    shuns: wish.shuns && wish.shuns.map(box => ({...there(box), w: box.w * k, h: box.h * k}))
  })), fixed, {x: frame.wide, y: frame.tall});
}

// Grounds of the kinds that have one.
var GROUNDS = {"scan-number": "#6a1b9a", "plate-label": "#ffffff"};

function drawnLabel(box) {
  var kind = box.kind.split(" ")[0], ground = GROUNDS[kind], probe = el("div", {class: "place " + box.kind}), lines = box.parts ? box.parts.map(part => part.textContent) : box.lines;
  if (kind === "dot") return svg("circle", {cx: box.x.toFixed(1), cy: box.y.toFixed(1), r: 3, fill: "#fff", stroke: INK, "stroke-width": 1.5});
  labels.append(probe);
  var look = getComputedStyle(probe), high = box.h * 2 / lines.length, size = parseFloat(look.fontSize);
  var text = {"text-anchor": "middle", "font-weight": look.fontWeight, "font-style": look.fontStyle, fill: kind === "scan-number" ? "#ffffff" : look.color};
  if (!ground) Object.assign(text, {stroke: "#fff", "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke"});
  probe.remove();
  return svg("g", {}, [ground ? svg("rect", {x: box.x - box.w, y: box.y - box.h, width: box.w * 2, height: box.h * 2, rx: kind === "scan-number" ? box.h : 3, fill: ground, "fill-opacity": kind === "scan-number" ? null : 0.9}) : null]
    .concat(lines.map((line, n) => lettered(box.x, box.y - box.h + high * (n + 0.5) + size * 0.35, size, line, text))));
}

function heightOn(on, layer) {
  return Number(getComputedStyle(on.getPane(layer.options.pane)).zIndex) || 0;
}

// A view at a scale as points of the sheet, its corner at a place.
function frameAt(view, k, size, corner) {
  return {...size, fine: many() ? 0.5 : 0.3, at(place) {
    var p = mercator(place);
    return [corner[0] + (p[0] - view.x) * k, corner[1] + (p[1] - view.y) * k];
  }};
}

// The small maps of towns stand at the left, where a whole area is shown: so wide are they, or not there.
function insetSide(made, tall) {
  var side = Math.min(124, (tall - 16) / insets.length - 22);
  return made === plates[0] && besideSeries() === null && !moved && state.within === null && insets.length && side > 56 ? side : 0;
}

function smallMaps(layers, series, tall, side) {
  var low = tall - 4;
  return svg("g", {}, insets.slice().reverse().map((one, n) => {
    var view = shapeOf(L.latLngBounds(one.bounds)), k = side / view.wide, high = view.tall * k, id = "s-inset-" + n;
    var frame = frameAt(view, k, {wide: side, tall: high}, [0, 0]);
    var signs = one.areas.filter(i => shown(i) && signOf(series, i)).map(i => {
      var at = frame.at(layers.find(each => each.place === i).getCenter());
      return lettered(at[0], at[1] + 3, 9, signOf(series, i), {"text-anchor": "middle", stroke: "#fff", "stroke-width": 2, "paint-order": "stroke"});
    });
    low -= high + 20;
    return moveTo(8, low, svg("g", {}, [
      svg("clipPath", {id}, [svg("rect", {width: side, height: high})]), svg("rect", {width: side, height: high, fill: "#e9eef2"}),
      svg("g", {"clip-path": "url(#" + id + ")"}, layers.map(layer => drawnLayer(layer, frame, series)).concat(signs)),
      svg("rect", {width: side, height: high, fill: "none", stroke: INK}),
      lettered(side / 2, high + 14, 12, data.context.towns[data.context.insets[insets.length - 1 - n][0]][0], {"text-anchor": "middle", "font-weight": 700})
    ]));
  }));
}

// A map in a frame of this size: sea, layers from the lowest, texts, marks, scale and north.
function framed(made, series, room) {
  var view = shapeOf(viewOf(made)), edge = moved ? 0 : 12, on = made.map, side = insetSide(made, room.tall), strip = side && side + 8;
  var k = Math.min((room.wide - strip - 2 * edge) / view.wide, (room.tall - 2 * edge) / view.tall);
  // What was zoomed to is all that is shown; a whole area stands in the middle of its frame.
  var wide = moved ? view.wide * k : room.wide, tall = moved ? view.tall * k : room.tall;
  var frame = frameAt(view, k, {wide, tall, zoom: k * 2 * Math.PI / 256 / Math.pow(2, on.getZoom())}, [strip + (wide - strip - view.wide * k) / 2, (tall - view.tall * k) / 2]);
  var found = [], id = "s-frame-" + plates.indexOf(made), size = {width: wide, height: tall};
  on.eachLayer(layer => {
    if (layer.options && (layer.getLatLngs || layer.getRadius)) found.push([heightOn(on, layer), layer]);
  });
  var drawing = found.sort((a, b) => a[0] - b[0]).map(one => one[1]), bare = drawing.filter(layer => layer.options.pane !== "insets");
  var inside = svg("g", {"clip-path": "url(#" + id + ")"}, (side ? drawing : bare).map(layer => drawnLayer(layer, frame, series)));
  labelled(made, frame, viewOf(made).getNorthWest()).forEach(box => { inside.append(drawnLabel(box)); });
  if (side) inside.append(smallMaps(bare, series, tall, side));
  if (series.basis === "illustrative") stamped(inside, wide, tall);
  return {wide, tall, node: svg("g", {}, [
    svg("clipPath", {id}, [svg("rect", size)]), svg("rect", {...size, fill: room.ground}), inside,
    svg("rect", {...size, fill: "none", stroke: "#8d879a"}),
    scaleBar(view, k, wide, tall), lettered(wide - 18, 34, 13, "N", {"text-anchor": "middle", "font-weight": 700}),
    svg("path", {d: "M" + (wide - 18) + ",6l6,14h-12z", fill: INK})
  ])};
}

function stamped(onto, wide, tall) {
  var size = Math.min(wide / 26, tall / 14);
  [0.26, 0.52, 0.78].forEach(share => {
    onto.append(svg("g", {transform: "translate(" + wide / 2 + " " + tall * share + ") rotate(-20)", opacity: 0.4}, [
      lettered(0, 0, size.toFixed(1), says("illustrative_mark"), {"text-anchor": "middle", "font-weight": 700, fill: "#7a1f1f", stroke: "#fff", "stroke-width": 2, "paint-order": "stroke"})
    ]));
  });
}

// Kilometres and miles, each as far as a round number reaches within a fifth of the frame.
function scaleBar(view, k, wide, tall) {
  var middle = 2 * Math.atan(Math.exp(-(view.y + view.tall / 2))) - Math.PI / 2;
  var km = k / (6371 * Math.cos(middle)), most = Math.min(130, wide / 5), node = svg("g", {});
  [["km", km, 0], ["mi", km * 1.609344, 1]].forEach(unit => {
    var power = Math.pow(10, Math.floor(Math.log10(most / unit[1])));
    var n = [5, 2, 1].find(each => each * power * unit[1] <= most) * power, long = n * unit[1];
    var y = tall - 27, way = unit[2] ? 6 : -6;
    node.append(svg("path", {d: "M" + (wide - 12 - long) + "," + (y + way) + "V" + y + "H" + (wide - 12) + "V" + (y + way), fill: "none", stroke: INK, "stroke-width": 1.5}),
      lettered(wide - 16, y + (unit[2] ? 15 : -5), 12, Number(n.toPrecision(3)) + " " + unit[0], {"text-anchor": "end", stroke: "#fff", "stroke-width": 3, "paint-order": "stroke"}));
  });
  return node;
}
