// Fills that say something without colour: hatches by status, a light one for unstable rates.

function luminance(hex) {
  var parts = [1, 3, 5].map(at => {
    var c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

function pattern(id, size, ground, marks) {
  return svg("pattern", {id, width: size, height: size, patternUnits: "userSpaceOnUse"},
    [svg("rect", {width: size, height: size, fill: ground})].concat(marks));
}

function line(path, ink, width) {
  return svg("path", {d: path, stroke: ink, "stroke-width": width, fill: "none"});
}

function statusPattern(id, kind) {
  var ground = kind[0], ink = kind[1];
  if (kind[2] === "diagonal") {
    return pattern(id, 7, ground, [line("M-2,2 l4,-4 M0,7 l7,-7 M5,9 l4,-4", ink, 1.3)]);
  }
  if (kind[2] === "cross") {
    return pattern(id, 8, ground, [line("M0,0 l8,8 M8,0 l-8,8", ink, 1)]);
  }
  if (kind[2] === "back") return pattern(id, 9, ground, [line("M-2,7 l4,4 M0,0 l9,9 M7,-2 l4,4", ink, 0.8)]);
  return pattern(id, 6, ground, [line("M0,3 h6", ink, 1)]);
}

// A pattern by its ground, ink and kind.
function marked(id, kind) {
  return (["up", "down", "upright", "rings", "noughts"].indexOf(kind[2]) < 0 ? statusPattern : clusterPattern)(id, kind);
}

// Arrows for areas unlike their surroundings, rings for those without any, bars for no label.
function clusterPattern(id, kind) {
  var ground = kind[0], ink = kind[1];
  if (kind[2] === "rings") {
    return pattern(id, 9, ground, [svg("circle", {cx: 4.5, cy: 4.5, r: 2.4, fill: "none", stroke: ink})]);
  }
  if (kind[2] === "noughts") {
    return pattern(id, 12, ground, [3, 9].map(at => svg("circle", {cx: at, cy: at, r: 1.5, fill: "none", stroke: ink, "stroke-width": 0.8})));
  }
  if (kind[2] === "upright") return pattern(id, 6, ground, [line("M3,0 v6", ink, 1)]);
  var arrow = kind[2] === "up" ? "l2.7,4.6 h-5.4 z" : "l-2.7,-4.6 h5.4 z";
  var at = kind[2] === "up" ? ["M3,.4 ", "M7.5,5.2 "] : ["M3,5 ", "M7.5,9.8 "];
  return pattern(id, 9.8, ground, at.map(from => {
    return svg("path", {d: from + arrow, fill: ink});
  }));
}

function clusterFill(word) {
  var kind = data.palette.clusters[word];
  return kind[2] === "solid" ? kind[0] : "url(#p-label-" + word + ")";
}

// The light hatch of unsure rates: 0.3 of ink in the ground, or of white in a dark one.
function hatchInk(ground) {
  var other = luminance(ground) > 0.18 ? "#1f1a2e" : "#ffffff";
  return "#" + [1, 3, 5].map(at => {
    var [a, b] = [ground, other].map(hex => parseInt(hex.slice(at, at + 2), 16));
    return Math.round(a + (b - a) * 0.3).toString(16).padStart(2, "0");
  }).join("");
}

function hatched(id, ground) {
  return statusPattern(id, [ground, hatchInk(ground), "back"]);
}

function drawPatterns() {
  var found = [marked("p-zero", data.palette.zero)];
  Object.keys(data.palette.classes).forEach(k => {
    data.palette.classes[k].forEach((colour, c) => {
      found.push(hatched("p-light-" + k + "-" + c, colour));
    });
  });
  Object.keys(data.palette.compared).forEach(word => {
    found.push(hatched("p-light-" + word, data.palette.compared[word]));
  });
  [["", "patterns"], ["label-", "clusters"], ["change-", "change"]].forEach(kind => {
    var paints = data.palette[kind[1]] || {};
    Object.keys(paints).forEach(word => {
      if (paints[word][2] !== "solid") found.push(marked("p-" + kind[0] + word, paints[word]));
    });
  });
  found = found.concat(overlayPatterns());
  document.body.append(svg("svg", {width: 0, height: 0, class: "unseen", "aria-hidden": "true"},
    [svg("defs", {}, found)]));
}

// Colour, or pattern's address, of an area in the present view.
function fillOf(series, i, plainly) {
  var status = statusOf(series, i), laid = overlayFor(series, state.view);
  // A layer of one series has no class where the series has no rate; the status says why.
  if (laid && (laid.series === undefined || hasRate(series, i))) return overlayPaint(laid, laid.class[i]);
  if (changing()) return changePaint(changeKind(series, i), plainly);
  if (!hasRate(series, i)) {
    return "url(#p-" + (data.palette.patterns[status] ? status : "missing") + ")";
  }
  // No hatch here: a standardised rate has taken account of small numbers.
  if (showsPatterns()) return patternFill(series, i);
  var light = status === "unstable" && !plainly;
  if (compares(state.view)) {
    var word = comparedWord(series, i);
    return light ? "url(#p-light-" + word + ")" : data.palette.compared[word];
  }
  if (status === "zero") return "url(#p-zero)";
  var k = series.breaks.length + 1;
  return light ? "url(#p-light-" + k + "-" + series.class[i] + ")"
    : data.palette.classes[k][series.class[i]];
}

// An outline that stands out from its fill at 3 to 1 or more, whatever the fill.
function outlineOn(series, i, opacity) {
  var ground = fillOf(series, i, true);
  return opacity === 1 && ground.charAt(0) === "#" && luminance(ground) < 0.29 ? "#ffffff" : "#4a4458";
}

// A fill as a canvas takes it: hatches are drawn once from the patterns of the page.
var inks = {};

function inked(fillWith) {
  var id = fillWith.slice(5, -1);
  if (fillWith.indexOf("url(") !== 0) return fillWith;
  return inks[id] = inks[id] || tile(document.getElementById(id));
}

function tile(from) {
  var board = el("canvas", {width: Math.round(from.width.baseVal.value), height: Math.round(from.height.baseVal.value)});
  var pen = board.getContext("2d");
  Array.from(from.children).forEach(part => {
    var path = new Path2D(part.getAttribute("d") || ""), ink = part.getAttribute("stroke");
    var fillWith = part.getAttribute("fill") || "none";
    if (part.tagName === "rect") path.rect(0, 0, board.width, board.height);
    if (part.tagName === "circle") path.arc(+part.getAttribute("cx"), +part.getAttribute("cy"), +part.getAttribute("r"), 0, 7);
    pen.lineWidth = part.getAttribute("stroke-width") || 1;
    pen.fillStyle = fillWith;
    pen.strokeStyle = ink;
    if (fillWith !== "none") pen.fill(path);
    if (ink) pen.stroke(path);
  });
  return pen.createPattern(board, "repeat");
}

// How pale an unsure rate is drawn, where the reader asks for that.
function fadeOf(series, i) {
  return state.fade ? [1, 0.5, 0.2][fadeClass(series, i)] : 1;
}

// 0 where the interval is at most half as wide as the rate, 1 up to as wide, 2 beyond.
function fadeClass(series, i) {
  var wide = series.high[i] - series.low[i];
  if (!hasRate(series, i) || series.rate[i] === 0 || !fades()) return 0;
  return wide <= series.rate[i] / 2 ? 0 : wide <= series.rate[i] ? 1 : 2;
}

function fades() {
  return !changing() && !overlay() && !showsPatterns();
}

function swatch(fillWith) {
  return svg("svg", {width: 26, height: 17, "aria-hidden": "true"}, [
    svg("rect", {x: .5, y: .5, width: 25, height: 16, fill: fillWith, stroke: "#4a4458"})
  ]);
}
