// What, who, when, and how it is coloured: one layer is painted anew, limits stay.

// The comparison that was looked at last.
var compared = null;

function radio(group, value, text, small) {
  var input = el("input", {type: "radio", name: "vawg-" + group, value});
  return el("label", {}, [
    input, el("span", {text}), small ? el("small", {text: small}) : null
  ]);
}

function option(value, text) {
  return el("option", {value, text});
}

// The one of the four that a view belongs to; none for what is laid over the rates.
function familyOf(view) {
  return compares(view) ? "compared" : view;
}

function inFamily(series, family) {
  return (family === "compared" ? data.meta.compares : [family]).some(view => viewable(series, view));
}

// Those of the four that any series of the page can show.
function families() {
  return ["rate", "compared", "change", "patterns"].filter(family => data.series.some(s => inFamily(s, family)));
}

function viewText(view) {
  return told("view_" + view);
}

// Why a series cannot be shown so, in words.
function familyWhy(series, family) {
  if (inFamily(series, family)) return "";
  if (family === "patterns") return withoutText(series);
  if (family === "change") return says("change_single");
  return says(series.basis === "illustrative" ? "compared_illustrative" : "compared_none");
}

function startPickers() {
  startIndicator();
  var sexes = data.meta.sexes.filter(sex => data.series.some(s => s.sex === sex));
  sexes.forEach(sex => { byId("sex").append(radio("sex", sex, data.words.sex[sex])); });
  var periods = unique(data.series.map(s => s.period)).sort();
  if (data.runs && periods.length > 3) startSlider();
  else periods.forEach(period => { byId("period").append(radio("period", period, period)); });
  startViews();
  startMore();
  hear(byId("controls"), "submit", event => { event.preventDefault(); });
  hear(document, "change", event => {
    var group = event.target.name, value = event.target.value;
    if (group === "vawg-indicator") change({series: nearestSeries({indicator: Number(value)})});
    if (group === "vawg-sex") change({series: nearestSeries({sex: value})});
    if (group === "vawg-period") change({series: nearestSeries({period: value})});
    if (group === "vawg-run") change({series: Number(value)});
    if (group === "vawg-compared") change({view: value});
    if (group === "vawg-view") change({view: value === "compared" ? nearestView(current(), compared || data.meta.compares[0]) : value});
  });
  drawWith(drawPickers);
}

// Radio buttons for a few indicators, a list for more.
function startIndicator() {
  var few = data.indicators.length < 5, box = few ? byId("indicator") : el("select", {name: "vawg-indicator", "aria-label": says("indicator")});
  if (!few) byId("indicator").append(box);
  data.indicators.forEach((known, place) => {
    var tag = data.series.some(s => s.indicator === place && s.basis === "illustrative") ? says("illustrative_tag") : "";
    box.append(few ? radio("indicator", place, known.title, tag) : option(place, known.title + (tag && " (" + tag + ")")));
  });
}

function startViews() {
  var row = el("div", {class: "views"}), second = el("div", {class: "stack", id: "vawg-compared"});
  families().forEach(family => { row.append(radio("view", family, viewText(family))); });
  byId("view").append(row, el("div", {id: "vawg-view-why"}), second);
  data.meta.compares.slice().sort().forEach(view => {
    var one = radio("compared", view, told("compared_" + view));
    put(one.lastChild, {}, [el("small", {id: "vawg-asks-" + view})]);
    second.append(one);
  });
  startSince();
}

// What is rarer, closed until it is asked for.
function startMore() {
  startOverlays();
  startSecondChoice();
  startWithin();
}

function startWithin() {
  var box = byId("within");
  byId("within-field").hidden = data.parents.edge.length < 2;
  box.append(option("", says("within_all")));
  data.parents.name.map((name, place) => [name, place]).sort().forEach(pair => {
    box.append(option(pair[1], pair[0]));
  });
  hear(box, "change", () => {
    change({within: box.value === "" ? null : Number(box.value)});
  });
}

// Marks what is chosen and switches off what there is not; the labels of what is off.
function mark(box, value, why) {
  var off = [];
  byId(box).querySelectorAll("input[type=radio]").forEach(input => {
    input.checked = input.value === String(value);
    input.disabled = Boolean(why && why(input.value));
    if (input.disabled) off.push([why(input.value), input]);
  });
  return off;
}

// Is there a series of the indicator shown, with a sex or in a period?
function has(known) {
  return data.series.some(s => s.indicator === current().indicator && Object.keys(known).every(key => s[key] === known[key]));
}

// A sex of other periods alone is off in this one, where a period that has both can be gone to.
function sexWhy(sex) {
  var now = current();
  if (!has({sex})) return says("not_in_indicator");
  return !has({sex, period: now.period}) && data.series.some(s => has({sex: now.sex, period: s.period}) && has({sex, period: s.period}))
    ? says("not_in_period") : "";
}

function periodWhy(period) {
  var now = current();
  if (has({sex: now.sex, period})) return "";
  return has({period}) ? told("not_of_sex", {sex: lower(data.words.sex[now.sex])}) : says("not_in_indicator");
}

function drawPickers() {
  var now = current(), off = [];
  byId("indicator").querySelectorAll("select").forEach(box => { box.value = now.indicator; });
  mark("indicator", now.indicator);
  off = mark("sex", now.sex, sexWhy).concat(slides ? [] : mark("period", now.period, periodWhy));
  byId("why").textContent = unique(off.map(one => one[0])).map(why => {
    return told("not_here", {why, choices: off.filter(one => one[0] === why).map(one => one[1].nextSibling.textContent).join(", ")});
  }).join(" ");
  document.querySelectorAll("#vawg-sex input, #vawg-period input[type=radio]").forEach(input => {
    if (input.disabled) input.setAttribute("aria-describedby", "vawg-why");
    else input.removeAttribute("aria-describedby");
  });
  drawViews(now);
  byId("within").value = state.within === null ? "" : String(state.within);
}

function drawViews(now) {
  if (compares(state.view)) compared = state.view;
  mark("view", familyOf(state.view), family => familyWhy(now, family));
  var off = families().filter(family => !inFamily(now, family));
  replace(byId("view-why"), off.map(family => el("p", {class: "why", id: "vawg-why-" + family, text: familyWhy(now, family)})));
  byId("view").querySelectorAll("[name=vawg-view]").forEach(input => {
    if (input.disabled) input.setAttribute("aria-describedby", "vawg-why-" + input.value);
    else input.removeAttribute("aria-describedby");
  });
  drawCompared(now);
  drawMoreTitle();
}

// With the whole, or among its like: what each asks.
function drawCompared(now) {
  byId("compared").hidden = !compares(state.view);
  mark("compared", state.view, view => !viewable(now, view) && view);
  data.meta.compares.forEach(view => {
    byId("asks-" + view).textContent = viewable(now, view) ? told("asks_" + view, comparable(now) ? comparatorNames(now) : {})
      : view === "standing" ? told("standing_few") : says("compared_none");
  });
}

// What is on among the rarer, so that it is not overlooked while closed.
function drawMoreTitle() {
  var on = [overlay() && overlay().title, besideSeries() && says("beside_on"), state.fade && fades() && says("fade_on"),
    state.within !== null && data.parents.name[state.within]].filter(Boolean);
  byId("more-title").textContent = on.length ? told("view_more_on", {on: on.join(", ")}) : says("view_more");
}

// The sentence of what is shown now, for a screen reader and for whoever says it.
function viewSaid() {
  var s = current();
  if (overlay()) return overlay().title + ". " + overlay().note;
  if (changing()) return finding(s);
  if (showsPatterns()) return patternsSaid(s);
  return compares(state.view) ? comparedSaid(s) : keyTitle(s, true) + ".";
}

// How many areas shown are higher, similar, lower: the key in a line.
function comparedSaid(s) {
  var words = data.words[state.view];
  return told("compared_said", {
    title: keyTitle(s, false),
    counts: Object.keys(words).map(word => [words[word], countWhere(rated(s, i => comparedWord(s, i) === word))])
      .filter(pair => pair[1]).map(pair => lower(pair[0]) + " " + pair[1]).join(", ") || says("none")
  });
}
