// Radio buttons for indicator, sex, period and view: one layer is painted anew, limits stay.

function radio(group, value, text, small) {
  var input = el("input", {type: "radio", name: "vawg-" + group, value});
  return el("label", {}, [
    input, el("span", {text}), small ? el("small", {text: small}) : null
  ]);
}

function unique(values) {
  return values.filter((value, place) => values.indexOf(value) === place);
}

function startPickers() {
  data.indicators.forEach((known, place) => {
    var made_up = data.series.some(s => s.indicator === place && s.basis === "illustrative");
    byId("indicator").append(radio("indicator", place, known.title,
      made_up ? says("illustrative_tag") : ""));
  });
  var sexes = data.meta.sexes.filter(sex => data.series.some(s => s.sex === sex));
  sexes.forEach(sex => { byId("sex").append(radio("sex", sex, data.words.sex[sex])); });
  var periods = unique(data.series.map(s => s.period)).sort();
  if (data.runs && periods.length > 3) startSlider();
  else periods.forEach(period => { byId("period").append(radio("period", period, period)); });
  views().forEach(view => {
    byId("view").append(radio("view", view, viewText(view)));
  });
  byId("view").append(el("label", {}, [
    el("input", {type: "checkbox", name: "vawg-scan"}), el("span", {text: says("view_scan")})
  ]), el("p", {class: "why", id: "vawg-unlabelled"}));
  startSince();
  startOverlays();
  startWithin();
  hear(byId("controls"), "submit", event => { event.preventDefault(); });
  hear(document, "change", event => {
    var group = event.target.name, value = event.target.value;
    if (group === "vawg-indicator") change({series: nearestSeries({indicator: Number(value)})});
    if (group === "vawg-sex") change({series: nearestSeries({sex: value})});
    if (group === "vawg-period") change({series: nearestSeries({period: value})});
    if (group === "vawg-run") change({series: Number(value)});
    if (group === "vawg-view") change({view: value});
    if (group === "vawg-scan") change({scan: event.target.checked});
  });
  drawWith(drawPickers);
}

function startWithin() {
  var box = byId("within");
  byId("within-field").hidden = data.parents.edge.length < 2;
  box.append(el("option", {value: "", text: says("within_all")}));
  data.parents.name.map((name, place) => [name, place]).sort().forEach(pair => {
    box.append(el("option", {value: pair[1], text: pair[0]}));
  });
  hear(box, "change", () => {
    change({within: box.value === "" ? null : Number(box.value)});
  });
}

// The scan's switch, and why it or the hotspots cannot be chosen.
function drawSwitch(series) {
  var box = byId("view").querySelector("[name=vawg-scan]"), why = withoutText(series);
  box.checked = state.scan;
  byId("unlabelled").textContent = why;
  byId("view").querySelectorAll("input").forEach(input => {
    if (input === box) input.disabled = !series.scan;
    if (input.disabled && !compares(input.value) && input.value !== "change") {
      input.setAttribute("aria-describedby", "vawg-unlabelled");
    } else input.removeAttribute("aria-describedby");
  });
}

function drawPickers() {
  var now = current();
  var without = [];
  function mark(group, value, exists) {
    byId(group).querySelectorAll("input[type=radio]").forEach(input => {
      input.checked = input.value === String(value);
      input.disabled = exists ? !exists(input.value) : false;
      var named = input.disabled && (group !== "view" || compares(input.value) || input.value === "change");
      if (named) without.push(input.nextSibling.textContent);
    });
  }
  mark("indicator", now.indicator);
  mark("sex", now.sex, sex => data.series.some(s => s.indicator === now.indicator && s.sex === sex));
  if (!slides) mark("period", now.period, period => findSeries(now.indicator, now.sex, period) >= 0);
  mark("view", state.view, view => viewable(now, view));
  drawSwitch(now);
  byId("why").textContent = without.length
    ? told("not_in_series", {choices: without.join(", ")}) : "";
  byId("within").value = state.within === null ? "" : String(state.within);
}
