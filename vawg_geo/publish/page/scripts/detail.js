// The panel of the chosen area, and what is said about the indicator below.

function pairs(list) {
  var items = [];
  list.forEach(pair => {
    if (pair[1] === null || pair[1] === undefined || pair[1] === "") return;
    var parts = split(String(pair[1]));
    items.push(el("dt", {text: pair[0]}), parts.length > 1 ? el("dd", {}, parts.map(text => para(text))) : el("dd", {text: pair[1]}));
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

// What the patterns say of an area, where they are what is shown.
function patternText(s, i) {
  return showsPatterns() ? patternSentence(s, i) : "";
}

// How many events and people, and the interval, in one line; what is hidden is left out.
function countedText(s, i) {
  var people = populationOf(s, i);
  return [
    hasRate(s, i) && bounded(s, i) ? told("interval_said", {low: rateText(s, s.low[i]), high: rateText(s, s.high[i])}) : null,
    s.count[i] === null ? null : told("counted", {n: printed(s.count[i], 0), unit: about(s).unit}),
    people === null ? null : told("among_people", {n: printed(people, s.per === 1 ? 2 : 0), people: denominator(s)})
  ].filter(Boolean).join("; ");
}

function bigPart(s, i) {
  var paint = swatch(fillOf(s, i));
  return hasRate(s, i)
    ? el("p", {class: "big"}, [paint, el("b", {text: rateText(s, s.rate[i])}),
      el("span", {text: told("big_per", {rate_unit: unitText(s)})}), verdict(s, i) || ""])
    : el("p", {class: "state"}, [paint, el("span", {text: data.words.status[statusOf(s, i)]})]);
}

function rulerPart(s, i) {
  if (!hasRate(s, i)) return null;
  var top = Math.max(rulerTop(s, [i]), ...everywhere().filter(shown).map(j => s.rate[j] || 0));
  return el("div", {class: "chart ruler"}, [ruler(s, i, top, true)]);
}

// Pin and close stand at the panel's head, whatever follows.
function actPart(i) {
  return el("div", {class: "acts"}, [
    el("button", {type: "button", "data-act": "pin", "aria-pressed": String(pinned(i)), text: says(pinned(i) ? "unpin" : "pin"), click: () => { pin(i); }}),
    el("button", {type: "button", "aria-label": told("clear_label", {area: nameOf(i)}), text: says("clear"), click: () => { change({area: null}); map.getContainer().focus(); }})
  ]);
}

function workedPart(s, i) {
  var line = lineRest(s, i), counted = hasRate(s, i);
  return closed("worked", says("worked_out"), [
    ...line, detailPairs(s, i), ...patternPart(s, i),
    counted && rankText(s, i) ? para(told("rank_rule"), "small") : "",
    state.pins.length ? para(says("pin_rule"), "small") : ""
  ]);
}

function areaParts(s, i) {
  var laid = overlayPart(s, i), over = overlay();
  return [
    actPart(i),
    para([parentOf(i), data.areas.code[i]].filter(Boolean).join(", "), "where"),
    over && over.text[i] !== null ? para(overlayWords(over, i), "say") : null,
    s.basis === "illustrative" ? el("p", {}, [el("span", {class: "tag", text: says("illustrative_title")})]) : null,
    bigPart(s, i),
    para(changing() ? changeSentence(s, i) : sentence(s, i, true), "say"),
    para(countedText(s, i), "small"),
    patternText(s, i) ? para(patternText(s, i), "say") : null,
    rulerPart(s, i),
    ...linePart(s, i),
    changing() ? para(sentence(s, i, true), "say") : null,
    besideSeries() ? el("p", {class: "say", text: beside(other => {
      return told("beside_said", {title: named(other), said: sentence(other, i)});
    })}) : null,
    ...changePart(s, i), ...pinsPart(s), workedPart(s, i),
    laid.length ? closed("known", says("over_title"), laid.slice(1)) : null
  ];
}

// What had the focus in the panel has it again when that was drawn anew.
function keepFocus(box, draw) {
  var held = box.contains && box.contains(document.activeElement) ? document.activeElement : null, again;
  draw();
  if (!held) return;
  again = held.dataset.act && box.querySelector("[data-act='" + held.dataset.act + "']");
  (again || byId("detail")).focus();
}

// The side scrolls as far as the chosen area's panel needs, and leaves what is above it in sight.
function showDetail(before) {
  var box = byId("detail"), side = box.parentNode, head, below;
  if (state.area === null || state.area === before.area || !side.scrollTo) return;
  head = side.querySelector(".head").getBoundingClientRect().height;
  below = box.getBoundingClientRect().top - side.getBoundingClientRect().top - head - 12;
  side.scrollTop += Math.max(0, Math.min(below, below + head + 24 + box.offsetHeight - side.clientHeight));
}

function drawDetail() {
  var s = current(), i = state.area, box = byId("detail-body");
  document.body.classList.toggle("unpicked", i === null && !state.pins.length);
  byId("detail-title").textContent = i === null ? told("detail") : nameOf(i);
  keepFocus(box, () => { replace(box, i === null ? [para(told("choose")), ...pinsPart(s)] : areaParts(s, i)); });
}

// Text that others wrote, in paragraphs of at most forty words where its sentences, or a long one's
// halves, allow it.
function split(text) {
  var found = [], words = 0;
  function size(part) { return part.split(" ").length; }
  text.replace(/([.!?]) (?=[A-Z\u201c])/g, "$1\n").split("\n").flatMap(each => size(each) > 40 ? each.replace(/; /g, ";\n").split("\n") : each).forEach(each => {
    var n = size(each);
    if (found.length && words + n <= 40) { found[found.length - 1] += " " + each; words += n; }
    else { found.push(each); words = n; }
  });
  return found;
}

function paras(text, title) {
  return !text ? [] : split(title ? title + ": " + text : text).map((part, n) => n || !title ? para(part)
    : el("p", {}, [el("b", {text: title + ": "}), document.createTextNode(part.slice(title.length + 2))]));
}

function drawAbout() {
  var s = current(), page = data.words.page, known = about(s);
  replace(byId("about"), [
    ...paras(known.definition, page.definition), ...paras(known.caveat), ...paras(sourceOf(s), page.source),
    ...paras(data.words.basis[s.basis], page.basis),
    closed("methods", page.methods, [
      ...paras(data.words.method[s.method] || s.method, page.method), ...paras(ruleText(s), page.rule),
      ...paras(s.chance.significance), ...paras(s.chance.standing),
      ...paras(withoutText(s))
    ])
  ]);
  drawClaims(s);
}

// What the source says, with what the chosen indicator's figures say of it; those of all in a table.
function drawClaims(s) {
  var page = data.words.page, claims = data.meta.claims, alone = claims.filter(one => !one[1].length);
  replace(byId("claims"), claims.length ? [el("h3", {text: page.claims})].concat(claims.filter(one => one[1].length).flatMap((one, n) => {
    var mine = one[1].find(row => row[1] === about(s).name && row[2] === s.sex) || (one[1].length === 1 && one[1][0]);
    return [
      el("p", {}, [el("b", {text: page.claim_source + ": "}), document.createTextNode(one[0])]),
      ...mine ? paras(mine[3], mine[1] === about(s).name ? page.claim_found : mine[0]) : [para(says("claim_silent"))],
      one[1].length > 1 ? closed("claim" + n, page.claim_all, [el("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": page.claim_all}, [
        el("table", {}, [
          el("thead", {}, [el("tr", {}, [page.indicator, page.sex, page.claim_found].map(text => el("th", {scope: "col", text})))]),
          el("tbody", {}, one[1].map(row => el("tr", {}, [el("th", {scope: "row", text: row[0]}), el("td", {text: data.words.sex[row[2]] || row[2]}), el("td", {text: row[3]})])))
        ])
      ])]) : ""
    ];
  }), alone.length ? closed("alone", told("claim_more", {n: alone.length}), [el("ul", {}, alone.flatMap(one => split(one[0])).map(text => el("li", {text})))]) : "") : []);
}

function drawHeading() {
  var s = current(), banner = byId("banner");
  drawHeadline(s);
  byId("heading").textContent = headline(s);
  document.title = [headline(s), seriesNames(s).sex, s.period].join(", ") + " \u2013 " + data.meta.title;
  byId("subheading").textContent = subheadline(s);
  byId("caveat").textContent = showsPatterns() ? says("hot_caveat") : !changing() ? "" : changeOf(s) ? changeOf(s).caveat : says("change_caveat");
  drawFinding(s);
  banner.hidden = s.basis !== "illustrative";
  banner.textContent = banner.hidden ? "" : says("illustrative_banner");
}
