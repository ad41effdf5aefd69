// Layers that are laid over the rates, one at a time: deprivation, services, profiles, access.

var marks = null;

// The layer of a view, or null where the view is one of the four.
function overlayFor(series, view) {
  if (view.indexOf("over-") !== 0) return null;
  return data.overlays.layers.find(one => "over-" + one.id === view && fits(one, series)) || null;
}

function fits(one, series) {
  return one.series === undefined || data.series[one.series] === series;
}

function overlay() {
  return overlayFor(current(), state.view);
}

function overlayLabel(one, i) {
  return one.class[i] === null ? says("over_none") : one.classes[one.class[i]][0];
}

// On a map of few areas: a number where the layer has one.
function overlayShort(one, i) {
  return one.short && one.short[i] || overlayLabel(one, i);
}

function overlayWords(one, i) {
  return one.text[i] === null ? overlayLabel(one, i) : data.overlays.words[one.text[i]];
}

function overlayPaint(one, c) {
  if (c === null) return "url(#p-missing)";
  return one.classes[c][3] === "solid" ? one.classes[c][1]
    : "url(#p-over-" + data.overlays.layers.indexOf(one) + "-" + c + ")";
}

function overlayPatterns() {
  var found = [];
  data.overlays.layers.forEach((one, place) => {
    one.classes.forEach((kind, c) => {
      if (kind[3] !== "solid") found.push(marked("p-over-" + place + "-" + c, kind.slice(1)));
    });
  });
  return found;
}

function overlayRows(one) {
  return one.classes.concat(null).map((kind, c) => {
    var place = kind ? c : null;
    return keyRow(overlayPaint(one, place), kind ? kind[0] : says("over_none"),
      // As `fillOf`: in a layer of one series, the status counts areas without a rate.
      i => one.class[i] === place && (one.series === undefined || hasRate(current(), i)), kind);
  });
}

// What all layers say of an area; those of a single service only while they are shown.
function overlayPart(series, i) {
  var list = data.overlays.layers
    .filter(one => fits(one, series) && (!one.brief || one === overlay()) && one.text[i] !== null)
    .sort((a, b) => (b === overlay()) - (a === overlay()))
    .map(one => [one.title, overlayWords(one, i)]);
  return list.length ? [el("h3", {text: says("over_title")}), pairs(list)] : [];
}

function startOverlays() {
  var page = data.words.page, groups = Object.create(null), listed = [];
  if (!data.overlays.layers.length) return;
  var box = el("select", {id: "vawg-overlay"}, [option("", page.over_off)]);
  data.overlays.layers.filter(one => !inTable(one)).forEach(one => {
    var value = "over-" + one.id, group = groups[one.group];
    if (!group) box.append(group = groups[one.group] = el("optgroup", {label: one.group}));
    if (listed.indexOf(value) >= 0) return;
    listed.push(value);
    group.append(option(value, one.title));
  });
  // What was chosen in the table of help has its name here for as long as it is shown.
  var help = option("", "");
  box.append(help);
  byId("within-field").before(titled(page.over_choose, box));
  hear(box, "change", () => { change({view: box.value || "rate"}); });
  drawWith(() => {
    box.querySelectorAll("option").forEach(one => {
      one.disabled = one.value !== "" && one !== help && !overlayFor(current(), one.value);
    });
    help.hidden = !(overlay() && inTable(overlay()));
    put(help, {value: help.hidden ? "help" : state.view, text: help.hidden ? "" : overlay().title + ", " + overlay().date});
    box.value = overlay() ? state.view : "";
  });
}

function startMarks() {
  var renderer = pane("marks", 360);
  marks = L.layerGroup([]).addTo(map);
  drawWith(before => {
    if (before.view === state.view) return;
    marks.clearLayers();
    (overlay() && overlay().points || []).forEach(point => {
      marks.addLayer(L.circleMarker(latLng(point), {
        pane: "marks", renderer, interactive: false, radius: 6, weight: 2.5,
        color: "#ffffff", fillColor: "#1f1a2e", fillOpacity: 1
      }));
    });
  });
}

function drawMarkNames() {
  (overlay() && overlay().points || []).forEach(point => {
    label(latLng(point), "mark-name", [el("b", {text: point[2]})]);
  });
}
