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

function flat(place) {
  var lat = Math.max(-85, Math.min(85, place.lat)) * Math.PI / 180;
  return [place.lng * Math.PI / 180, -Math.log(Math.tan(Math.PI / 4 + lat / 2))];
}

function shapeOf(view) {
  var a = flat(view.getNorthWest()), b = flat(view.getSouthEast());
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

// Texts on the map stand as they do on the screen, beside their points.
function textsOf(layer, frame, on) {
  var box = layer.options.icon && layer.options.icon.options.html, home = on.getContainer().getBoundingClientRect();
  if (!box || !box.children) return [];
  var from = on.latLngToContainerPoint(layer.getLatLng()), to = frame.at(layer.getLatLng());
  return Array.from(box.children).map(part => {
    var r = part.getBoundingClientRect();
    return {part, wide: r.width, tall: r.height,
      x: to[0] + r.left + r.width / 2 - home.left - from.x, y: to[1] + r.top + r.height / 2 - home.top - from.y};
  }).filter(one => one.wide && one.x > 0 && one.x < frame.wide && one.y > 0 && one.y < frame.tall);
}

function drawnText(one) {
  var look = getComputedStyle(one.part), size = parseFloat(look.fontSize), bare = look.backgroundColor === "rgba(0, 0, 0, 0)";
  var halo = bare ? {stroke: "#fff", "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke"} : {};
  return svg("g", {}, [
    bare ? null : svg("rect", {x: one.x - one.wide / 2, y: one.y - one.tall / 2, width: one.wide, height: one.tall, rx: Math.min(one.tall / 2, parseFloat(look.borderRadius) || 0), fill: look.backgroundColor, stroke: parseFloat(look.borderWidth) ? "#fff" : null, "stroke-width": 2}),
    lettered(one.x, one.y + size * 0.35, size, one.part.textContent, {"text-anchor": "middle", "font-weight": look.fontWeight, "font-style": look.fontStyle, fill: look.color, "letter-spacing": parseFloat(look.letterSpacing) || null, ...halo})
  ]);
}

function apart(a, b) {
  return Math.abs(a.x - b.x) * 2 >= a.wide + b.wide || Math.abs(a.y - b.y) * 2 >= a.tall + b.tall;
}

function heightOn(on, layer) {
  return Number(getComputedStyle(on.getPane(layer.options.pane)).zIndex) || 0;
}

// A map in a frame of this size: sea, layers from the lowest, texts, marks, scale and north.
function framed(made, series, room) {
  var view = shapeOf(viewOf(made)), edge = moved ? 0 : 12, on = made.map, ground = room.ground;
  var k = Math.min((room.wide - 2 * edge) / view.wide, (room.tall - 2 * edge) / view.tall);
  // What was zoomed to is all that is shown; a whole area stands in the middle of its frame.
  var wide = moved ? view.wide * k : room.wide, tall = moved ? view.tall * k : room.tall;
  var left = (wide - view.wide * k) / 2, top = (tall - view.tall * k) / 2;
  var frame = {wide, tall, fine: many() ? 0.5 : 0.3, at(place) {
    var p = flat(place);
    return [left + (p[0] - view.x) * k, top + (p[1] - view.y) * k];
  }};
  var drawn = [], texts = [], stood = [], id = "s-frame-" + plates.indexOf(made);
  on.eachLayer(layer => {
    if (layer instanceof L.Marker) texts = texts.concat(textsOf(layer, frame, on));
    else if (layer.options && (layer.getLatLngs || layer.getRadius)) drawn.push([heightOn(on, layer), layer]);
  });
  drawn.sort((a, b) => a[0] - b[0]);
  // Smaller than on the screen there is room for fewer texts; what comes last stays.
  if (k < 256 * Math.pow(2, on.getZoom()) / (2 * Math.PI)) {
    texts.reverse().forEach(one => { if (stood.every(other => apart(one, other))) stood.push(one); });
    texts = stood.reverse();
  }
  var inside = svg("g", {"clip-path": "url(#" + id + ")"}, drawn.map(one => drawnLayer(one[1], frame, series)));
  texts.forEach(one => { inside.append(drawnText(one)); });
  if (series.basis === "illustrative") stamped(inside, wide, tall);
  return {wide, tall, node: svg("g", {}, [
    svg("clipPath", {id}, [svg("rect", {width: wide, height: tall})]),
    svg("rect", {width: wide, height: tall, fill: ground}), inside,
    svg("rect", {width: wide, height: tall, fill: "none", stroke: "#8d879a"}),
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
