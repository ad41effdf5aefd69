// The panel of the chosen area, and what is said about the indicator below.

function pairs(list) {
  var items = [];
  list.forEach(pair => {
    if (pair[1] === null || pair[1] === undefined || pair[1] === "") return;
    items.push(el("dt", {text: pair[0]}), el("dd", {text: pair[1]}));
  });
  return el("dl", {}, items);
}

function comparisonText(s, i) {
  if (!comparable(s) || !hasRate(s, i)) return null;
  return data.words.significance[significanceOf(s, i)] + " (" + rateText(s, s.comparator.rate) + ")";
}

// The place among its like; of too few areas, that nothing is said.
function standingText(s, i) {
  if (!comparable(s) || !hasRate(s, i)) return null;
  return ranked(s) ? data.words.standing[standingOf(s, i)] : told("standing_few");
}

// What neighbours and the whole map make of few events, and how sure it is that it is high.
function smoothedText(s, i) {
  if (!s.risk || s.risk[i] === null) return null;
  var page = data.words.page, above = s.risk_above[i];
  return told("smoothed_value", {
    risk: printed(s.risk[i], 2), low: printed(s.risk_low[i], 2), high: printed(s.risk_high[i], 2),
    threshold: s.threshold, above: above > 99 ? page.smoothed_most : above < 1 ? page.smoothed_least : above
  });
}

function ruleText(s, view) {
  if (view === "standing") return told("standing_rule", comparatorNames(s));
  if (!s.rule) return null;
  return told("rule_value", {
    rule: s.rule, words: data.words.rule[s.rule] || s.rule
  });
}

function detailPairs(s, i) {
  var page = data.words.page, known = about(s);
  var counted = hasRate(s, i);
  return pairs([
    [page.interval95, counted ? rangeText(s, s.low[i], s.high[i]) : null],
    [page.interval998, counted ? rangeText(s, s.low998[i], s.high998[i]) : null],
    [told("count", {unit: known.unit}), s.count[i] === null ? null : printed(s.count[i], 0)],
    [capital(denominator(s)), populationOf(s, i) === null ? null : printed(populationOf(s, i), s.per === 1 ? 2 : 0)],
    [told("comparison", {name: comparable(s) ? s.comparator.name : ""}), comparisonText(s, i)],
    [told("standing"), standingText(s, i)],
    [page.smoothed, smoothedText(s, i)],
    [told("rank"), counted ? rankText(s, i) : null],
    [page.status, data.words.status[statusOf(s, i)]],
    [page.basis, data.words.basis[s.basis]],
    [page.rule, counted && comparable(s) ? ruleText(s) : null],
    [page.method, counted ? data.words.method[s.method] || s.method : null],
    [page.note, noteOf(s, i)],
    [page.source, sourceOf(s)]
  ]);
}

// Labels and cluster of an area, where its series has them.
function hotspotPart(s, i) {
  var page = data.words.page, list = [], near = null;
  if (!s.hot || !hasRate(s, i)) return [];
  var said = hotspots(s, state.view) || s.hot.moran || s.hot.gi;
  ["moran", "gi"].forEach(view => {
    var found = hotspots(s, view);
    if (!found) return;
    near = found.near[i];
    list.push([page[view], clusterText(found, i)]);
  });
  list.push([page.scan, scanText(s, i)], [page.near, near]);
  return [
    el("h3", {text: page.hot_title}), para(clusterSentence(said, i), "say"), pairs(list),
    para(page.hot_trials, "small")
  ];
}

function drawDetail() {
  var s = current(), i = state.area, page = data.words.page;
  document.body.classList.toggle("unpicked", i === null);
  byId("detail-title").textContent = i === null ? told("detail") : nameOf(i);
  if (i === null) {
    replace(byId("detail-body"), [para(told("choose"))]);
    return;
  }
  var place = [parentOf(i), data.areas.code[i]].filter(Boolean).join(", ");
  var paint = swatch(fillOf(s, i));
  var figures = [detailPairs(s, i)], labels = hotspotPart(s, i), laid = overlayPart(s, i);
  replace(byId("detail-body"), [
    para(place, "where"),
    s.basis === "illustrative" ? el("p", {}, [el("span", {class: "tag", text: page.illustrative_title})]) : null,
    hasRate(s, i)
      ? el("p", {class: "big"}, [paint, el("b", {text: rateText(s, s.rate[i])}),
        el("span", {text: told("rate_per", {rate_unit: unitText(s)})})])
      : el("p", {class: "state"}, [paint, el("span", {text: data.words.status[statusOf(s, i)]})]),
    para(changing() ? changeSentence(s, i) : sentence(s, i), "say"),
    ...linePart(s, i),
    changing() ? para(sentence(s, i), "say") : null,
    besideSeries() ? el("p", {class: "say", text: beside(other => {
      return told("beside_said", {title: named(other), said: sentence(other, i)});
    })}) : null
  ].concat(changePart(s, i), laid.length && overlay() ? laid : [], showsHotspots(s) ? labels.concat(figures) : figures.concat(labels),
    laid.length && !overlay() ? laid : [], [
    el("button", {type: "button", text: page.clear, click: () => { change({area: null}); map.getContainer().focus(); }})
  ]));
}

function drawAbout() {
  var s = current(), page = data.words.page, known = about(s);
  function said(text, title) {
    if (!text) return null;
    return el("p", {}, [title ? el("b", {text: title + ": "}) : null, document.createTextNode(text)]);
  }
  replace(byId("about"), [
    said(known.definition, page.definition),
    said(known.caveat),
    said(sourceOf(s), page.source),
    said(data.words.basis[s.basis], page.basis),
    said(data.words.method[s.method] || s.method, page.method),
    said(ruleText(s), page.rule),
    said(s.chance.significance), said(s.chance.standing),
    s.hot ? el("h3", {text: page.hot_title}) : null
  ].concat(["moran", "gi"].map(view => hotspots(s, view) && said(hotspots(s, view).rule + ".")), [
    s.hot && said(page.hot_why), s.scan && said(s.scan.said), s.scan && said(s.scan.rule + "."),
    s.hot && said(page.hot_caveat)
  ]));
}

function drawHeading() {
  var s = current(), banner = byId("banner");
  drawHeadline(s);
  byId("heading").textContent = headline(s);
  byId("subheading").textContent = subheadline(s);
  byId("caveat").textContent = showsHotspots(s) ? says("hot_caveat") : !changing() ? "" : changeOf(s) ? changeOf(s).caveat : says("change_caveat");
  drawFinding(s);
  banner.hidden = s.basis !== "illustrative";
  banner.textContent = banner.hidden ? "" : says("illustrative_banner");
}
