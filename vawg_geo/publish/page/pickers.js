// Radio buttons for indicator, sex, period and view: one layer is painted anew, limits stay.

function radio(group, value, text, small) {
  var input = el("input", {type: "radio", name: "vawg-" + group, value: value});
  return el("label", {}, [
    input, el("span", {text: text}), small ? el("small", {text: small}) : null
  ]);
}

function unique(values) {
  return values.filter(function (value, place) { return values.indexOf(value) === place; });
}

function startPickers() {
  data.indicators.forEach(function (known, place) {
    var made_up = data.series.some(function (s) {
      return s.indicator === place && s.basis === "illustrative";
    });
    byId("indicator").append(radio("indicator", place, known.title,
      made_up ? data.words.page.illustrative_tag : ""));
  });
  var sexes = data.meta.sexes.filter(function (sex) {
    return data.series.some(function (s) { return s.sex === sex; });
  });
  sexes.forEach(function (sex) { byId("sex").append(radio("sex", sex, data.words.sex[sex])); });
  unique(data.series.map(function (s) { return s.period; })).sort().forEach(function (period) {
    byId("period").append(radio("period", period, period));
  });
  views().forEach(function (view) {
    byId("view").append(radio("view", view, data.words.page["view_" + view]));
  });
  byId("view").append(el("label", {}, [
    el("input", {type: "checkbox", name: "vawg-scan"}), el("span", {text: data.words.page.view_scan})
  ]), el("p", {class: "why", id: "vawg-unlabelled"}));
  startOverlays();
  startWithin();
  byId("controls").addEventListener("submit", function (event) { event.preventDefault(); });
  document.addEventListener("change", function (event) {
    var group = event.target.name, value = event.target.value;
    if (group === "vawg-indicator") change({series: nearestSeries({indicator: Number(value)})});
    if (group === "vawg-sex") change({series: nearestSeries({sex: value})});
    if (group === "vawg-period") change({series: nearestSeries({period: value})});
    if (group === "vawg-view") change({view: value});
    if (group === "vawg-scan") change({scan: event.target.checked});
  });
  drawWith(drawPickers);
}

function startWithin() {
  var box = byId("within");
  byId("within-field").hidden = data.parents.shape.length < 2;
  box.append(el("option", {value: "", text: data.words.page.within_all}));
  data.parents.name.map(function (name, place) { return [name, place]; }).sort().forEach(function (pair) {
    box.append(el("option", {value: pair[1], text: pair[0]}));
  });
  box.addEventListener("change", function () {
    change({within: box.value === "" ? null : Number(box.value)});
  });
}

// The scan's switch, and why it or the hotspots cannot be chosen.
function drawSwitch(series) {
  var box = byId("view").querySelector("[name=vawg-scan]"), why = withoutText(series);
  box.checked = state.scan;
  byId("unlabelled").textContent = why;
  byId("view").querySelectorAll("input").forEach(function (input) {
    if (input === box) input.disabled = !series.scan;
    if (input.disabled && input.value !== "significance") {
      input.setAttribute("aria-describedby", "vawg-unlabelled");
    } else input.removeAttribute("aria-describedby");
  });
}

function drawPickers() {
  var now = current();
  var without = [];
  function mark(group, value, exists) {
    byId(group).querySelectorAll("input[type=radio]").forEach(function (input) {
      input.checked = input.value === String(value);
      input.disabled = exists ? !exists(input.value) : false;
      var named = input.disabled && (group !== "view" || input.value === "significance");
      if (named) without.push(input.nextSibling.textContent);
    });
  }
  mark("indicator", now.indicator);
  mark("sex", now.sex, function (sex) {
    return data.series.some(function (s) { return s.indicator === now.indicator && s.sex === sex; });
  });
  mark("period", now.period, function (period) {
    return findSeries(now.indicator, now.sex, period) >= 0;
  });
  mark("view", state.view, function (view) { return viewable(now, view); });
  drawSwitch(now);
  byId("why").textContent = without.length
    ? fill(data.words.page.not_in_series, {choices: without.join(", ")}) : "";
  byId("within").value = state.within === null ? "" : String(state.within);
}
