// The view on one sheet, for slides (PNG, SVG) and for paper: its maps with title, key, finding, chosen
// area, source and licence.

// The key of the page, line by line, whatever it holds.
function keyOnto(box, node) {
  var text = node.textContent, swatched = node.tagName.toLowerCase() === "tr" && node.querySelector("svg");
  if (node.tagName === "H3") write(box, text, 15, true);
  else if (swatched) {
    var cells = node.querySelectorAll("td"), y = box.y, count = cells[2] ? cells[2].textContent : "", kept = box.width, room = Math.min(kept, 330);
    var rect = swatched.querySelector("rect").cloneNode();
    box.width = room - 40;
    box.inset = 36;
    write(box, cells[1].textContent, 14, node.classList.contains("now"));
    box.width = kept;
    box.inset = 0;
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
  write(box, told("bar_says", {figure: figure.title, interval: says("interval95"), mean: figure.meanSays || ""}).trim(), 12, false, SOFT);
}

var LOOKS = {
  grid: {stroke: "#d5d1da"}, at: {stroke: SOFT}, start: {stroke: INK, "stroke-dasharray": "2 3"}, band: {fill: SOFT, "fill-opacity": 0.18},
  whisker: {stroke: SOFT, "stroke-width": 1.6}, mean: {fill: "none", stroke: INK, "stroke-width": 1.5, "stroke-dasharray": "6 4"},
  rate: {fill: "none", stroke: "#5b3fa0", "stroke-width": 2.4}, dot: {fill: "#5b3fa0"}, soft: {fill: SOFT, "font-size": 12},
  same: {stroke: INK, "stroke-width": 1}, hit: {fill: "none"}
};

function dressed(drawn, looks) {
  drawn.querySelectorAll("[class]").forEach(part => { put(part, looks[part.getAttribute("class").split(" ")[0]]); });
}

function lineOnto(box, s, i) {
  if (lineOf(s) === null) return;
  var drawn = lineChart(linePoints(s, i)), scale = Math.min(1.3, box.width / 340);
  dressed(drawn, LOOKS);
  box.y += 8;
  write(box, says("line"), 14, true);
  box.node.append(moveTo(0, box.y, put(svg("g"), {}, Array.from(drawn.childNodes)), scale));
  box.y += 134 * scale;
}

function areaOnto(box, s, i, two) {
  box.y += 6;
  write(box, nameOf(i) + (parentOf(i) ? ", " + parentOf(i) : ""), 18, true);
  // The large number is of the same figure as the axis below it.
  var one = changing() && changeOf(s), turned = one && one.low[i] !== null;
  if (hasRate(s, i)) {
    write(box, turned ? ratioText(s, i) : rateText(s, s.rate[i]), 34, true);
    write(box, (turned ? told("change_title", one) : told("rate_per", {rate_unit: unitText(s)})) + " (" + says("interval95") + " " + (turned ? limitsText(one.low[i], one.high[i]) : rangeText(s, s.low[i], s.high[i])) + ")", 14);
  } else write(box, data.words.status[statusOf(s, i)], 15, true);
  box.y += 5;
  write(box, changing() ? changeSentence(s, i) : sentence(s, i), 14);
  box.y += 5;
  barOnto(box, s, i);
  if (!two) lineOnto(box, s, i);
}

// What is said beside the map: the finding, the chosen area, those that are pinned beside it. Of two
// maps each says what it has of the chosen area.
function saidOnto(box, s, two) {
  var i = state.area;
  if (!two) ["headline", "caveat"].forEach((id, n) => {
    write(box, byId(id).textContent, n ? 12 : 16, !n, n ? SOFT : INK);
    box.y += 6;
  });
  if (!two && changing() && !byId("headline").textContent) write(box, finding(s), 15);
  if (i !== null) areaOnto(box, s, i, two);
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
    [sourceOf(s) && says("source") + ": " + sourceOf(s).replace(/\.$/, ""), data.words.basis[s.basis], told("picture_period", s)].filter(Boolean).join(". ") + ".",
    overlay() ? overlay().title + ": " + overlay().note : "", data.meta.attribution.join(" "),
    told("picture_edition", {title: data.meta.title, edition: data.meta.edition_title, protection: data.meta.protection})
  ];
}

function headOnto(box, two) {
  var s = current();
  if (!two) {
    write(box, byId("heading").textContent, box.width > 800 ? 26 : 22, true);
    write(box, byId("subheading").textContent, 16, false, SOFT);
  } else write(box, data.meta.title, 20, true);
  if (s.basis === "illustrative") write(box, says("illustrative_banner"), 14, true, "#7a1f1f");
  box.y += 8;
}

// All areas in order with their intervals, where a map leaves room for that.
function orderOnto(s, wide, tall) {
  var figure = figureOf(s), order = chartOrder(s, figure), lying = order.length <= 12, long = tall - 62;
  if (order.length < 2 || crowded(order) || long < 130 || lying && long < order.length * 16) return null;
  var box = lying ? {lying, left: 150, upper: 0, across: long, length: wide - 174, step: long / order.length}
    : {lying, left: 40, upper: 6, across: wide - 44, length: long, step: (wide - 44) / order.length};
  var drawn = svg("g", {}, chartBody(s, order, box, figure)), head = column(wide, 60, [at => {
    write(at, told("picture_order"), 14, true);
    write(at, figure.meanSays, 12, false, SOFT);
  }]);
  dressed(drawn, {...LOOKS, dot: {stroke: INK, "stroke-width": 0.6}});
  return svg("g", {}, [head.node, moveTo(0, head.tall + 4, drawn)]);
}

// One map with key and words: beside it on a wide sheet, below it on a tall one.
function oneMap(made, s, room, two) {
  var wide = room.wide, tall = room.tall, view = shapeOf(viewOf(made)), ratio = view.wide / view.tall, drawn, key, said, gap = 22, order;
  function saying(box) { saidOnto(box, s, two); }
  if (wide > tall) {
    var across = Math.max(wide * 0.5, Math.min(wide * 0.68, tall * ratio + insetSide(made, tall))), rest = wide - across - gap;
    drawn = framed(made, s, {...room, wide: across});
    said = column(rest, tall, [saying, box => { box.y += 12; }, keyColumn()], two ? 1 : 1.4);
    order = orderOnto(s, rest, tall - said.tall - 16);
    return [moveTo((across - drawn.wide) / 2, 0, drawn.node), moveTo(across + gap, 0, said.node, said.scale), order && moveTo(across + gap, said.tall + 16, order)];
  }
  var half = (wide - gap) / 2;
  key = column(half, tall * (two ? 0.4 : 0.46), [keyColumn()]);
  said = column(half, tall * (two ? 0.4 : 0.46), [saying]);
  drawn = framed(made, s, {...room, tall: Math.min(tall - gap - Math.max(key.tall, said.tall), wide / ratio)});
  order = two ? null : orderOnto(s, half, tall - drawn.tall - gap - said.tall - 12);
  return [moveTo((wide - drawn.wide) / 2, 0, drawn.node)]
    .concat([key, said].map((each, n) => moveTo(n * (half + gap), drawn.tall + gap * 0.7, each.node, each.scale)))
    .concat(order && moveTo(half + gap, drawn.tall + gap + said.tall + 10, order));
}

function twoMaps(room) {
  var gap = 24, half = (room.wide - gap) / 2;
  return [work => work(current()), beside].map((by, n) => by(() => {
    var s = current(), head = column(half, 90, [box => { write(box, named(s), 17, true); write(box, subheadline(s), 13, false, SOFT); }]), top = head.tall + 6;
    return moveTo(n * (half + gap), 0, svg("g", {}, [head.node, moveTo(0, top, svg("g", {}, oneMap(plates[n], s, {...room, wide: half, tall: room.tall - top}, true)))]));
  }));
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
  room = {wide: across, tall: tall - top - head.tall - foot.tall - edge - 6, ground};
  root.append(moveTo(edge, top, head.node, head.scale), moveTo(edge, tall - edge - foot.tall + 8, foot.node, foot.scale),
    moveTo(edge, top + head.tall, svg("g", {}, two ? twoMaps(room) : oneMap(plates[0], current(), room))));
  return selfContained(root);
}

// Patterns that are used come along, under names of their own; their ground lies below them, so
// that no paper shows between their tiles.
function selfContained(root) {
  var known = {}, defs = svg("defs");
  root.querySelectorAll("[fill^='url(#']").forEach(part => {
    var id = part.getAttribute("fill").slice(5, -1);
    var from = document.getElementById(id);
    if (from && !known[id]) {
      defs.append(put(from.cloneNode(true), {id: "s-" + id}));
      known[id] = from.firstChild.getAttribute("fill");
    }
    if (known[id]) part.before(put(part.cloneNode(), {fill: known[id], stroke: "none"}));
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
  return new window.XMLSerializer().serializeToString(onSheet(1600, 900, "#e9eef2"));
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
