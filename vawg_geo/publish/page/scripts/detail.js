// The panel of the chosen area, and what is said about the indicator below.

function pairs(list) {
  var items = [];
  list.forEach(pair => {
    if (pair[1] === null || pair[1] === undefined || pair[1] === "") return;
    items.push(el("dt", {text: pair[0]}), el("dd", {text: pair[1]}));
  });
  return el("dl", {}, items);
}

function comparisonText(series, i) {
  if (!comparable(series) || !hasRate(series, i)) return null;
  return data.words.significance[significanceOf(series, i)] + " (" + rateText(series, series.comparator.rate) + ")";
}

// The place among its like; of too few areas, that nothing is said.
function standingText(series, i) {
  if (!comparable(series) || !hasRate(series, i)) return null;
  return ranked(series) ? data.words.standing[standingOf(series, i)] : fill(says("standing_few"), levels({}));
}

// What neighbours and the whole map make of few events, and how sure it is that it is high.
function smoothedText(series, i) {
  if (!series.risk || series.risk[i] === null) return null;
  var page = data.words.page, above = series.risk_above[i];
  return fill(page.smoothed_value, {
    risk: printed(series.risk[i], 2), low: printed(series.risk_low[i], 2), high: printed(series.risk_high[i], 2),
    threshold: series.threshold, above: above > 99 ? page.smoothed_most : above < 1 ? page.smoothed_least : above
  });
}

function ruleText(series, view) {
  if (view === "standing") return fill(says("standing_rule"), levels(comparatorNames(series)));
  if (!series.rule) return null;
  return fill(says("rule_value"), {
    rule: series.rule, words: data.words.rule[series.rule] || series.rule
  });
}

function detailPairs(series, i) {
  var page = data.words.page, known = data.indicators[series.indicator];
  var counted = hasRate(series, i);
  return pairs([
    [page.interval95, counted ? rangeText(series, series.low[i], series.high[i]) : null],
    [page.interval998, counted ? rangeText(series, series.low998[i], series.high998[i]) : null],
    [fill(page.count, {unit: known.unit}), series.count[i] === null ? null : printed(series.count[i], 0)],
    [capital(denominator(series)), populationOf(series, i) === null ? null : printed(populationOf(series, i), series.per === 1 ? 2 : 0)],
    [fill(page.comparison, {name: comparable(series) ? series.comparator.name : ""}), comparisonText(series, i)],
    [fill(page.standing, levels({})), standingText(series, i)],
    [page.smoothed, smoothedText(series, i)],
    [fill(page.rank, levels({})), counted ? rankText(series, i) : null],
    [page.status, data.words.status[statusOf(series, i)]],
    [page.basis, data.words.basis[series.basis]],
    [page.rule, counted && comparable(series) ? ruleText(series) : null],
    [page.method, counted ? data.words.method[series.method] || series.method : null],
    [page.note, noteOf(series, i)],
    [page.source, sourceOf(series)]
  ]);
}

// Labels and cluster of an area, where its series has them.
function hotspotPart(series, i) {
  var page = data.words.page, list = [], near = null;
  if (!series.hot || !hasRate(series, i)) return [];
  var said = hotspots(series, state.view) || series.hot.moran || series.hot.gi;
  ["moran", "gi"].forEach(view => {
    var found = hotspots(series, view);
    if (!found) return;
    near = found.near[i];
    list.push([page[view], clusterText(found, i)]);
  });
  list.push([page.scan, scanText(series, i)], [page.near, near]);
  return [
    el("h3", {text: page.hot_title}), el("p", {class: "say", text: clusterSentence(said, i)}), pairs(list),
    el("p", {class: "small", text: page.hot_trials})
  ];
}

function drawDetail() {
  var series = current(), i = state.area, page = data.words.page;
  document.body.classList.toggle("unpicked", i === null);
  byId("detail-title").textContent = i === null ? fill(page.detail, levels({})) : data.areas.name[i];
  if (i === null) {
    replace(byId("detail-body"), [el("p", {text: fill(page.choose, levels({}))})]);
    return;
  }
  var place = [parentOf(i), data.areas.code[i]].filter(Boolean).join(", ");
  var paint = swatch(fillOf(series, i));
  var figures = [detailPairs(series, i)], labels = hotspotPart(series, i), laid = overlayPart(series, i);
  replace(byId("detail-body"), [
    el("p", {class: "where", text: place}),
    series.basis === "illustrative" ? el("p", {}, [el("span", {class: "tag", text: page.illustrative_title})]) : null,
    hasRate(series, i)
      ? el("p", {class: "big"}, [paint, el("b", {text: rateText(series, series.rate[i])}),
        el("span", {text: fill(page.rate_per, {rate_unit: unitText(series)})})])
      : el("p", {class: "state"}, [paint, el("span", {text: data.words.status[statusOf(series, i)]})]),
    el("p", {class: "say", text: sentence(series, i)}),
    besideSeries() ? el("p", {class: "say", text: beside(other => {
      return fill(page.beside_said, {title: named(other), said: sentence(other, i)});
    })}) : null
  ].concat(laid.length && overlay() ? laid : [], showsHotspots(series) ? labels.concat(figures) : figures.concat(labels),
    laid.length && !overlay() ? laid : [], [
    el("button", {type: "button", text: page.clear, click: () => { change({area: null}); map.getContainer().focus(); }})
  ]));
}

function drawAbout() {
  var series = current(), page = data.words.page, known = data.indicators[series.indicator];
  function said(text, title) {
    if (!text) return null;
    return el("p", {}, [title ? el("b", {text: title + ": "}) : null, document.createTextNode(text)]);
  }
  replace(byId("about"), [
    said(known.definition, page.definition),
    said(known.caveat),
    said(sourceOf(series), page.source),
    said(data.words.basis[series.basis], page.basis),
    said(data.words.method[series.method] || series.method, page.method),
    said(ruleText(series), page.rule),
    said(series.chance.significance), said(series.chance.standing),
    series.hot ? el("h3", {text: page.hot_title}) : null
  ].concat(["moran", "gi"].map(view => hotspots(series, view) && said(hotspots(series, view).rule + ".")), [
    series.hot && said(page.hot_why), series.scan && said(series.scan.said), series.scan && said(series.scan.rule + "."),
    series.hot && said(page.hot_caveat)
  ]));
}

function drawHeading() {
  var series = current(), banner = byId("banner");
  byId("heading").textContent = headline(series);
  byId("subheading").textContent = subheadline(series);
  byId("caveat").textContent = showsHotspots(series) ? says("hot_caveat") : "";
  banner.hidden = series.basis !== "illustrative";
  banner.textContent = banner.hidden ? "" : says("illustrative_banner");
}
