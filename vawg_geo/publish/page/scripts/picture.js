// The view as one drawing, for slides (PNG, SVG) and for paper: what the maps show now, drawn anew
// from their own layers, with title, key, finding, chosen area, source and licence.

var INK = "#1f1a2e", SOFT = "#514b60";
var FACE = "Arial, Helvetica, 'Liberation Sans', sans-serif";
var ruler = null;

function wideAs(text, size, bold) {
  ruler = ruler || el("canvas").getContext("2d");
  ruler.font = (bold ? "bold " : "") + size + "px " + FACE;
  return ruler.measureText(text).width;
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
function write(box, text, size, bold, ink, inset) {
  if (!text) return;
  wrapped(text, size, box.width - (inset || 0), bold).forEach(line => {
    box.y += size * 1.28;
    box.node.append(lettered(inset || 0, box.y - size * 0.3, size, line, {"font-weight": bold ? 700 : null, fill: ink || INK}));
  });
}

function moveTo(x, y, node, scale) {
  return svg("g", {transform: "translate(" + x.toFixed(1) + " " + y.toFixed(1) + ")" + (scale ? " scale(" + scale.toFixed(3) + ")" : "")}, [node]);
}

// Parts one below the other: as large as they fit, up to this scale.
function column(width, most, parts, largest) {
  for (var scale = largest || 1; ; scale -= 0.05) {
    var box = {node: svg("g"), y: 0, width: width / scale};
    parts.forEach(part => { part(box); });
    if (box.y * scale <= most || scale < 0.4) return {node: box.node, tall: box.y * scale, scale};
  }
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
function framed(made, series, wide, tall, ground) {
  var view = shapeOf(viewOf(made)), edge = moved ? 0 : 12, on = made.map;
  var k = Math.min((wide - 2 * edge) / view.wide, (tall - 2 * edge) / view.tall);
  // What was zoomed to is all that is shown; a whole area stands in the middle of its frame.
  if (moved) { wide = view.wide * k; tall = view.tall * k; }
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
  var size = wide / 26;
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

// The key of the page, line by line, whatever it holds.
function keyOnto(box, node) {
  var text = node.textContent, swatched = node.tagName.toLowerCase() === "tr" && node.querySelector("svg");
  if (node.tagName === "H3") write(box, text, 15, true);
  else if (swatched) {
    var cells = node.querySelectorAll("td"), y = box.y, count = cells[2] ? cells[2].textContent : "", kept = box.width, room = Math.min(kept, 330);
    var rect = swatched.querySelector("rect").cloneNode();
    box.width = room - 40;
    write(box, cells[1].textContent, 14, node.className === "now", INK, 36);
    box.width = kept;
    put(rect, {x: 0, y: y + 1.5, width: 26, height: 15, stroke: "#4a4458"});
    box.node.append(rect, lettered(room, y + 14, 14, count, {"text-anchor": "end", fill: SOFT}));
    box.y += 3;
  } else if (node.tagName === "TR") {
    box.node.append(lettered(Math.min(box.width, 330), box.y + 13, 12, text, {"text-anchor": "end", fill: SOFT}));
    box.y += 17;
  } else if (node.tagName === "P" || node.tagName === "LI") {
    write(box, Array.from(node.querySelectorAll("b, span")).filter(part => !part.children.length).map(part => part.textContent).join(". ") || text, 12, false, SOFT);
    box.y += 3;
  } else if (node.tagName !== "BUTTON" && node.tagName.toLowerCase() !== "svg") Array.from(node.children).forEach(child => { keyOnto(box, child); });
}

function keyColumn() {
  var parts = keyParts(current()).filter(Boolean);
  return box => { parts.forEach(part => { keyOnto(box, part); }); };
}

// The chosen area's figure on an axis, with its limits and what it is compared with.
function barOnto(box, s, i) {
  var figure = figureOf(s), scale, y = box.y + 18;
  if (figure.value[i] === null && figure.low[i] === null) return;
  scale = figureScale(figure, [i]);
  function at(value) { return 8 + scale.share(value) * (box.width - 24); }
  scale.ticks.forEach(tick => {
    box.node.append(svg("path", {d: "M" + at(tick) + "," + (y - 12) + "v24", stroke: "#d5d1da"}),
      lettered(at(tick), y + 26, 11, tickText(scale, tick), {"text-anchor": "middle", fill: SOFT}));
  });
  if (figure.mean !== null) box.node.append(svg("path", {d: "M" + at(figure.mean) + "," + (y - 14) + "v28", stroke: INK, "stroke-width": 2, "stroke-dasharray": "5 3"}));
  if (figure.low[i] !== null) box.node.append(svg("path", {d: "M" + at(figure.low[i]) + "," + y + "H" + at(figure.high[i]), stroke: INK, "stroke-width": 3}));
  if (figure.value[i] !== null) box.node.append(svg("circle", {cx: at(figure.value[i]), cy: y, r: 6, fill: "#5b3fa0", stroke: "#fff", "stroke-width": 1.5}));
  box.y += 50;
  write(box, told("bar_says", {interval: says("interval95"), mean: figure.meanSays || ""}).trim(), 12, false, SOFT);
}

var LINE_LOOKS = {
  grid: {stroke: "#d5d1da"}, at: {stroke: SOFT}, start: {stroke: INK, "stroke-dasharray": "2 3"}, band: {fill: SOFT, "fill-opacity": 0.18},
  whisker: {stroke: SOFT, "stroke-width": 1.6}, mean: {fill: "none", stroke: INK, "stroke-width": 1.5, "stroke-dasharray": "6 4"},
  rate: {fill: "none", stroke: "#5b3fa0", "stroke-width": 2.4}, dot: {fill: "#5b3fa0"}, soft: {fill: SOFT, "font-size": 12}
};

function lineOnto(box, s, i) {
  if (lineOf(s) === null) return;
  var drawn = lineChart(linePoints(s, i)), scale = Math.min(1.3, box.width / 340);
  drawn.querySelectorAll("[class]").forEach(part => { put(part, LINE_LOOKS[part.getAttribute("class")]); });
  box.y += 8;
  write(box, says("line"), 14, true);
  box.node.append(moveTo(0, box.y, put(svg("g"), {}, Array.from(drawn.childNodes)), scale));
  box.y += 134 * scale;
}

function areaOnto(box, s, i) {
  box.y += 6;
  write(box, nameOf(i) + (parentOf(i) ? ", " + parentOf(i) : ""), 18, true);
  if (hasRate(s, i)) {
    write(box, rateText(s, s.rate[i]), 34, true);
    write(box, told("rate_per", {rate_unit: unitText(s)}) + " (" + says("interval95") + " " + rangeText(s, s.low[i], s.high[i]) + ")", 14);
  } else write(box, data.words.status[statusOf(s, i)], 15, true);
  box.y += 5;
  write(box, changing() ? changeSentence(s, i) : sentence(s, i), 14);
  box.y += 5;
  barOnto(box, s, i);
  lineOnto(box, s, i);
}

// What is said beside the map: the finding, the chosen area, those that are pinned beside it.
function saidOnto(box) {
  var s = current(), i = state.area;
  ["headline", "caveat"].forEach((id, n) => {
    write(box, byId(id) ? byId(id).textContent : "", n ? 12 : 16, !n, n ? SOFT : INK);
    box.y += 6;
  });
  if (changing() && !(byId("headline") && byId("headline").textContent)) write(box, finding(s), 15);
  if (i !== null) areaOnto(box, s, i);
  (state.pins || []).forEach(pin => {
    if (pin === i) return;
    box.y += 6;
    write(box, nameOf(pin), 14, true);
    write(box, hasRate(s, pin) ? rateText(s, s.rate[pin]) + " (" + rangeText(s, s.low[pin], s.high[pin]) + ")" : data.words.status[statusOf(s, pin)], 14);
  });
}

// Whose figures, under which licence, of when, and which edition.
function sourceLines(s) {
  return [
    told("picture_source", {source: sourceOf(s), basis: data.words.basis[s.basis], period: s.period}),
    overlay() ? overlay().title + ": " + overlay().note : "", data.meta.attribution.join(" "),
    told("picture_edition", {title: data.meta.title, edition: data.meta.edition_title, protection: data.meta.protection})
  ];
}

function headOnto(box, two) {
  var s = current();
  if (!two) {
    write(box, byId("heading").textContent, 26, true);
    write(box, byId("subheading").textContent, 16, false, SOFT);
  } else write(box, data.meta.title, 24, true);
  if (s.basis === "illustrative") write(box, says("illustrative_banner"), 14, true, "#7a1f1f");
  box.y += 8;
}

// One map with key and words: beside it on a wide sheet, below it on a tall one.
function oneMap(wide, tall, room, ground) {
  var view = shapeOf(viewOf(plates[0])), ratio = view.wide / view.tall, made, key, said, gap = 22;
  if (wide > tall) {
    var across = Math.max(wide * 0.5, Math.min(wide * 0.68, room * ratio));
    made = framed(plates[0], current(), across, room, ground);
    said = column(wide - across - gap, room, [saidOnto, box => { box.y += 12; }, keyColumn()], 1.5);
    return [moveTo((across - made.wide) / 2, 0, made.node), moveTo(across + gap, 0, said.node, said.scale)];
  }
  var half = (wide - gap) / 2, most = room * 0.48;
  key = column(half, most, [keyColumn()]);
  said = column(half, most, [saidOnto]);
  made = framed(plates[0], current(), wide, Math.min(room - gap - Math.max(key.tall, said.tall), wide / ratio), ground);
  return [moveTo((wide - made.wide) / 2, 0, made.node)].concat([key, said].map((each, n) => moveTo(n * (half + gap), made.tall + gap * 0.7, each.node, each.scale)));
}

function twoMaps(wide, tall, room, ground) {
  var gap = 18, half = (wide - gap) / 2, said = column(wide, room * 0.2, [saidOnto]), parts = [];
  var halves = [work => work(current()), beside].map(by => by(() => {
    var s = current();
    return {s, by, head: column(half, 90, [box => { write(box, named(s), 17, true); write(box, subheadline(s), 13, false, SOFT); }]), key: column(half, room * 0.34, [keyColumn()])};
  }));
  var top = Math.max(...halves.map(one => one.head.tall)) + 6, low = Math.max(...halves.map(one => one.key.tall));
  halves.forEach((one, n) => {
    var made = one.by(() => framed(plates[n], one.s, half, room - top - low - said.tall - 24, ground)), x = n * (half + gap);
    parts.push(moveTo(x, 0, one.head.node, one.head.scale), moveTo(x + (half - made.wide) / 2, top, made.node), moveTo(x, room - low - said.tall - 10, one.key.node, one.key.scale));
  });
  return parts.concat(moveTo(0, room - said.tall, said.node, said.scale));
}

// The whole sheet, of this size, as an SVG that needs nothing else.
function onSheet(wide, tall, ground) {
  var two = besideSeries() !== null, edge = 24, across = wide - 2 * edge, mark = data.meta.watermark;
  var root = svg("svg", {viewBox: "0 0 " + wide + " " + tall, width: wide, height: tall, "font-family": FACE, role: "img"}, [
    svg("title", {text: byId("heading").textContent + ". " + byId("subheading").textContent}), svg("rect", {width: wide, height: tall, fill: "#ffffff"})
  ]);
  var head = column(across, tall * 0.2, [box => { headOnto(box, two); }]);
  var foot = column(across, tall * 0.16, [box => { sourceLines(current()).forEach(line => { write(box, line, 11, false, SOFT); }); }]);
  var top = edge, room;
  if (mark) {
    root.append(svg("rect", {width: wide, height: 26, fill: "#5c2440"}), lettered(edge, 18, 14, mark, {fill: "#ffffff", "font-weight": 700}));
    top += 18;
  }
  room = tall - top - head.tall - foot.tall - edge - 6;
  root.append(moveTo(edge, top, head.node, head.scale), moveTo(edge, tall - edge - foot.tall + 8, foot.node, foot.scale),
    moveTo(edge, top + head.tall, svg("g", {}, (two ? twoMaps : oneMap)(across, tall, room, ground))));
  return selfContained(root);
}

// Patterns that are used come along, under names of their own.
function selfContained(root) {
  var known = {}, defs = svg("defs");
  root.querySelectorAll("[fill^='url(#']").forEach(part => {
    var id = part.getAttribute("fill").slice(5, -1);
    if (!known[id] && document.getElementById(id)) defs.append(put(document.getElementById(id).cloneNode(true), {id: "s-" + id}));
    known[id] = true;
    put(part, {fill: "url(#s-" + id + ")"});
  });
  root.prepend(defs);
  return root;
}

// Level, indicator, who, when, view, edition: what a file shows can be told from its name.
function fileName(kind) {
  var s = current(), other = besideSeries();
  var parts = [data.meta.level, about(s).slug, s.sex, s.period, state.view, other && (state.than || about(other).slug), data.meta.edition];
  return parts.filter(Boolean).join("-").replace(/[^\w-]+/g, "-") + "." + kind;
}

function save(blob, name) {
  var link = el("a", {href: URL.createObjectURL(blob), download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 1000);
}

function pictureText() {
  return new XMLSerializer().serializeToString(onSheet(1600, 900, "#e9eef2"));
}

function savePng() {
  var image = el("img"), text = pictureText();
  hear(image, "load", () => {
    var board = el("canvas", {width: 3200, height: 1800});
    board.getContext("2d").drawImage(image, 0, 0, 3200, 1800);
    board.toBlob(blob => { save(blob, fileName("png")); });
  });
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
}

function startPicture() {
  hear(byId("png"), "click", savePng);
  hear(byId("svg"), "click", () => { save(new Blob([pictureText()], {type: "image/svg+xml"}), fileName("svg")); });
}
