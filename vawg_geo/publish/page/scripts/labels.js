// Labels of the map: one placer for all of them, the most wanted first, so that no two ever meet.

var labels = null;
var wishes = [];
var flat = [];
// How the frame lies upon the world while labels are placed.
var looks = {k: 1, x: 0, y: 0};
var fonts = {};
var widths = {};
var pen = null;
// What stands on the map now: boxes with middle and half sizes in pixels of the frame.
var standing = [];
// Padding of kinds that have a ground, in pixels.
var PADS = {"scan-number": [8, 4], "plate-label": [5, 0]};

function startLabels() {
  labels = map.createPane("names");
  labels.style.zIndex = 611;
  labels.style.pointerEvents = "none";
  // Where the world is 256 wide: any zoom is a multiple of this.
  flat = layers.map((layer, i) => {
    var box = layer.getBounds();
    return [latLng(data.areas.point[i]), box.getNorthWest(), box.getSouthEast()].map(at => map.project(at, 0));
  });
  map.on("zoomstart", () => { labels.style.display = "none"; });
  map.on("moveend", drawLabels);
  map.on("moveend", frameInsets);
}

function look() {
  var zero = map.getPixelOrigin().add(map.containerPointToLayerPoint([0, 0]));
  looks = {k: Math.pow(2, map.getZoom()), x: zero.x, y: zero.y};
}

// An area's point and the corners of its frame, in pixels of the map's frame.
function onScreen(i) {
  return flat[i].map(at => ({x: at.x * looks.k - looks.x, y: at.y * looks.k - looks.y}));
}

// Width and height of an area's frame.
function sizeOf(i) {
  return [(flat[i][2].x - flat[i][1].x) * looks.k, (flat[i][2].y - flat[i][1].y) * looks.k];
}

function fontOf(kind) {
  var name = kind + byId("frames").className;
  if (fonts[name]) return fonts[name];
  var probe = el("div", {class: "place " + kind});
  labels.append(probe);
  var style = getComputedStyle(probe);
  fonts[name] = {name: [style.fontStyle, style.fontWeight, style.fontSize, style.fontFamily].join(" "), high: parseFloat(style.lineHeight)};
  probe.remove();
  return fonts[name];
}

// Half sizes of some lines of text: each text is measured once.
function sized(kind, lines) {
  var font = fontOf(kind), pad = PADS[kind.split(" ")[0]] || [1, 0];
  pen = pen || el("canvas").getContext("2d");
  var wide = lines.map(text => {
    var known = font.name + text;
    if (widths[known] === undefined) {
      pen.font = font.name;
      widths[known] = pen.measureText(text).width;
    }
    return widths[known];
  });
  return {w: Math.max(...wide) / 2 + pad[0], h: lines.length * font.high / 2 + pad[1]};
}

function meets(a, b) {
  return Math.abs(a.x - b.x) < a.w + b.w && Math.abs(a.y - b.y) < a.h + b.h;
}

function within(box, frame) {
  return box.x - box.w >= 0 && box.y - box.h >= 0 && box.x + box.w <= frame.x && box.y + box.h <= frame.y;
}

// How much of others a box would cover, in square pixels.
function covered(box, others) {
  return others.reduce((sum, b) => meets(box, b) ? sum + (Math.min(box.x + box.w, b.x + b.w) - Math.max(box.x - box.w, b.x - b.w)) *
    (Math.min(box.y + box.h, b.y + b.h) - Math.max(box.y - box.h, b.y - b.h)) : sum, 0);
}

// The first spot of a wish at which its box lies in the frame and meets nothing; of those that
// would cover what it shuns, the one that covers least. Null where there is none.
function placed(wish, stood, frame) {
  var best = null, least = Infinity;
  (wish.spots || [[0, 0]]).some(([right, down]) => {
    var box = {...wish, x: wish.x + right, y: wish.y + down};
    if (!within(box, frame) || wish.fits && !wish.fits(box) || stood.some(other => meets(box, other))) return false;
    var cost = wish.shuns ? covered(box, wish.shuns) : 0;
    if (cost < least) { least = cost; best = box; }
    return cost === 0;
  });
  return best;
}

// All wishes in their order. What must stand takes its first spot from those that are there.
function placeAll(wanted, fixed, frame) {
  var stood = fixed.slice(), said = new Set();
  wanted.forEach(wish => {
    if (wish.once && said.has(wish.once)) return;
    var dot = wish.dot && {kind: wish.dot, lines: [""], x: wish.x, y: wish.y, w: 4, h: 4};
    if (dot && !placed(dot, stood, frame)) return;
    var box = placed(wish, dot ? stood.concat(dot) : stood, frame);
    if (!box && wish.must) {
      box = placed(wish, dot ? fixed.concat(dot) : fixed, frame);
      if (box) stood = stood.filter(other => fixed.indexOf(other) >= 0 || !meets(box, other));
    }
    if (!box) return;
    if (wish.once) said.add(wish.once);
    if (dot) stood.push(dot);
    stood.push(box);
  });
  return stood.slice(fixed.length);
}

// A label that wants a place: each part of it is a line.
function label(at, kind, parts, more) {
  var point = map.latLngToContainerPoint(at), lines = parts.map(part => part.textContent);
  var offset = {"scan-number": -14, "mark-name": -17}[kind];
  wishes.push({kind, lines, parts, x: point.x, y: point.y, ...sized(kind, lines), ...(offset && {
    must: true, spots: [[0, offset], [0, -offset], [18, offset], [-18, offset], [30, 0], [-30, 0]]
  }), ...more});
}

// The same for an area, whose place is known already.
function areaLabel(i, kind, lines, more) {
  var at = onScreen(i)[0];
  wishes.push({kind, lines, x: at.x, y: at.y, ...sized(kind, lines), ...more});
}

// Beside the colour: an arrow in the comparison, letters among patterns.
function signOf(series, i) {
  if (!hasRate(series, i)) return "";
  if (showsPatterns()) return patternSign(series, i);
  if (changing()) return data.words.change_sign[changeWord(series, i)] || "";
  return compares(state.view) && data.words.compared_sign[comparedWord(series, i)] || "";
}

// Is an area one of those that the map is looked at for?
function stands(series, i) {
  if (!hasRate(series, i)) return false;
  if (changing() || showsPatterns()) return signOf(series, i) !== "";
  return state.view === "standing" ? standingOf(series, i) === "unusually_high" : significanceOf(series, i) === "higher";
}

// What lies upon the map: the key, the search, buttons.
function furniture(frame) {
  var at = map.getContainer().getBoundingClientRect();
  var all = document.querySelectorAll("#vawg-key, #vawg-insets, #vawg-tools, .find, #vawg-frame .north, #vawg-frame .leaflet-control");
  return Array.from(all).map(node => {
    var box = node.getBoundingClientRect();
    return {x: (box.left + box.right) / 2 - at.left, y: (box.top + box.bottom) / 2 - at.top, w: box.width / 2, h: box.height / 2};
  }).filter(box => box.w && meets(box, {x: frame.x / 2, y: frame.y / 2, w: frame.x / 2, h: frame.y / 2}));
}

function drawLabels() {
  var series = current(), frame = map.getSize();
  wishes = [];
  labels.style.display = "";
  if (frame.x < 100 || frame.y < 100) return;
  look();
  var seen = everywhere().filter(i => shown(i) && inView(flat[i], frame));
  if (!few()) seen.forEach(i => { wishSign(series, i); });
  drawClusterNumbers();
  if (!few()) wishChosen();
  drawMarkNames();
  var fixed = furniture(frame);
  var towns = townsIn(frame), shuns = loud(series, seen);
  if (few()) wishPlates(series, fixed, frame);
  else wishDistricts(shuns.concat(towns.slice(0, 9).map(town => spot(latLng([town[1], town[2]]), 5))));
  wishTowns(towns, shuns);
  if (!few()) seen.forEach(i => { wishName(series, i); });
  standing = placeAll(wishes, fixed, frame);
  replace(labels, standing.map(drawn));
}

// What needs to know how large all is that was drawn before it: asked for once, when that stands.
function settle() {
  ["key", "second-key"].forEach(id => { reached(byId(id)); });
  frameInsets();
  drawLabels();
}

function inView([, a, b], frame) {
  return b.x * looks.k > looks.x && a.x * looks.k < looks.x + frame.x && b.y * looks.k > looks.y && a.y * looks.k < looks.y + frame.y;
}

function drawn(box) {
  var node = el("div", {class: "place " + box.kind}, box.parts || box.lines.map(text => el("b", {text})));
  var at = map.containerPointToLayerPoint([box.x, box.y]);
  node.style.left = at.x + "px";
  node.style.top = at.y + "px";
  return node;
}

// Small areas that the map is looked at for: names keep clear of them.
function loud(series, seen) {
  return seen.filter(i => Math.max(...sizeOf(i)) < 70 && stands(series, i)).map(i => {
    var [, a, b] = onScreen(i);
    return {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, w: (b.x - a.x) / 2, h: (b.y - a.y) / 2};
  });
}

// Arrows stay within their areas; letters are few, and a small hotspot must not be overlooked.
function wishSign(series, i) {
  var sign = signOf(series, i);
  if (sign && (Math.min(...sizeOf(i)) > 13 || !compares(state.view))) {
    areaLabel(i, "sign", [sign], {parts: [el("span", {text: sign})]});
  }
}

// The chosen area's name, and those kept beside it, wherever there is room around.
function wishChosen() {
  [state.area].concat(state.pins || []).filter((i, n, all) => i !== null && all.indexOf(i) === n).forEach(i => {
    var size = sized("now", [nameOf(i)]), spots = [];
    [14, 26, 40, 56].forEach(far => {
      [[0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]].forEach(way => {
        spots.push([way[0] * (size.w + far - 8), way[1] * (size.h + far - 8)]);
      });
    });
    areaLabel(i, "now", [nameOf(i)], {spots, must: true, once: nameOf(i)});
  });
}

// Names of districts, away from what stands out. Of a dozen and more each stays near its place, or
// waits until the map is nearer by.
function wishDistricts(shuns) {
  var crowd = data.parents.point.length > 12, far = crowd ? [0, 8] : [0, 18, 34, 50, 66];
  var borders = clusterTops.map(top => top[2].map(corner => spot(corner, 2))).flat();
  data.parents.point.forEach((point, d) => {
    var name = data.parents.name[d], spots = [], half = sized("", [name]).w;
    far.forEach(y => {
      [0, -0.6, 0.6].forEach(x => { if (!crowd || !x) spots.push([x * half, -y], [x * half, y]); });
    });
    label(latLng(point), "", [el("b", {text: name})], {spots, shuns: shuns.concat(borders), once: name});
  });
}

function spot(at, half) {
  var point = map.latLngToContainerPoint(at);
  return {x: point.x, y: point.y, w: half, h: half};
}

// The largest towns in view: one for so much of the frame.
function townsIn(frame) {
  var box = map.getBounds();
  return data.context.towns.filter(town => box.contains(latLng([town[1], town[2]]))).slice(0, frame.x * frame.y / 25000);
}

// A dot where a town lies, and its name beside it.
function wishTowns(towns, shuns) {
  towns.forEach(town => {
    var kind = "town" + (town[3] === null ? " far" : ""), {w, h} = sized(kind, [town[0]]);
    label(latLng([town[1], town[2]]), kind, [el("span", {text: town[0]})], {
      dot: "dot", once: town[0], shuns, spots: [[w + 6, 0], [-w - 6, 0], [0, -h - 5], [0, h + 5]]
    });
  });
}

// Longer names in two lines of about one length.
function halves(name) {
  var cuts = [...name.matchAll(/[ -]/g)].map(found => found.index + (found[0] === "-"));
  if (!cuts.length) return null;
  var cut = cuts.reduce((a, b) => Math.abs(b - name.length / 2) < Math.abs(a - name.length / 2) ? b : a);
  return [name.slice(0, cut).trim(), name.slice(cut).trim()];
}

// An area's name, in one line or two, where the area has room for it at this zoom.
function wishName(series, i) {
  var [wide, high] = sizeOf(i);
  if (high < 12 || wide < 22) return;
  var at = onScreen(i)[0];
  [[nameOf(i)], halves(nameOf(i))].forEach(lines => {
    if (!lines) return;
    var {w, h} = sized("area", lines);
    if (2 * w > wide * 1.1 || 2 * h > high) return;
    wishes.push({
      kind: "area", lines, x: at.x, y: at.y, w, h, once: nameOf(i), fits: box => holds(i, box),
      spots: signOf(series, i) ? [[0, h + 7], [0, -h - 7]] : [[0, 0], [0, -8], [0, 8], [0, -16], [0, 16]]
    });
  });
}

// Whether an area holds a label, or nearly: both of its ends, and its middle.
function holds(i, box) {
  return [-0.85, 0, 0.85].every(part => {
    var at = map.containerPointToLatLng([box.x + part * box.w, box.y]);
    return layers[i].getLatLngs().flat().filter(ring => inRing(ring, at)).length % 2 === 1;
  });
}

function inRing(ring, at) {
  var inside = false;
  ring.forEach((p, n) => {
    var q = ring[n ? n - 1 : ring.length - 1];
    if (p.lat > at.lat !== q.lat > at.lat && at.lng < (q.lng - p.lng) * (at.lat - p.lat) / (q.lat - p.lat) + p.lng) inside = !inside;
  });
  return inside;
}

// Few areas have their figures on them: first those, then the names above them that meet no other.
function wishPlates(series, fixed, frame) {
  var laid = overlay(), kind = "plate-label", paired = besideSeries() !== null;
  var wanted = everywhere().filter(shown).map(i => {
    var value = laid ? overlayShort(laid, i) : !hasRate(series, i) ? absence(series, i)
      : changing() ? ratioText(series, i) : rateText(series, series.rate[i]);
    var text = signed(signOf(series, i), value), at = onScreen(i)[0];
    return {i, kind, text, lines: [text], x: at.x, y: at.y, ...sized(kind, [text]), spots: [[0, 0], [0, -14], [0, 14], [-20, 0], [20, 0]]};
  });
  var stood = placeAll(wanted, fixed, frame);
  stood.forEach(box => {
    var name = nameOf(box.i), larger = {...box, ...sized(kind, [name, box.text])};
    var named = !paired && within(larger, frame) && stood.concat(fixed).every(other => other === box || !meets(larger, other));
    if (named) Object.assign(box, larger);
    wishes.push(Object.assign(box, {
      spots: null, parts: (named ? [el("b", {text: name})] : []).concat(el("span", {text: box.text})), once: named ? name : null
    }));
  });
}
