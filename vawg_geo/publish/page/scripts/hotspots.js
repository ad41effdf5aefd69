// Patterns: what both local statistics and the scan say together, in one sentence and its members.

var LABELS = {"high-high": "hot", "low-low": "cold"};

// Labels of a statistic ("moran", "gi") of a series, or null where it has none.
function hotspots(series, name) {
  return series.hot && series.hot[name] || null;
}

function patterned(series) {
  return Boolean(series.hot || series.scan);
}

// Is what is shown now a statement about surroundings?
function showsPatterns() {
  return state.view === "patterns";
}

function clusterOf(found, i) {
  return data.meta.clusters[found.cluster[i]];
}

// What is worked out of a series' labels or groups is worked out once.
var workedOnce = new WeakMap();

function once(from, work) {
  if (!workedOnce.has(from)) workedOnce.set(from, work());
  return workedOnce.get(from);
}

// Both statistics rest on one comparison: what is unlike its neighbours comes first, then what gathers.
function patternOf(s, i) {
  return !s.hot ? "not_applicable" : once(s.hot, () => {
    var found = ["moran", "gi"].map(name => hotspots(s, name)).filter(Boolean), words = data.meta.clusters.map(word => LABELS[word] || word);
    return everywhere().map(n => {
      var said = found.map(one => words[one.cluster[n]]);
      return ["high-low", "low-high", "hot", "cold", "not_significant", "island"].find(word => said.indexOf(word) >= 0) || "not_applicable";
    });
  })[i];
}

function patternSign(s, i) {
  return data.words.pattern_sign[patternOf(s, i)] || "";
}

function patternFill(s, i) {
  return clusterFill(s.hot ? patternOf(s, i) : "not_significant");
}

// p-values come in ten-thousandths.
function pText(value) {
  if (value < 1) return told("p_under", {p: printed(0.0001, 4)});
  return printed(value / 10000, value % 10 ? 4 : 3);
}

function holdsText(found, i) {
  var share = found.holds[i], page = data.words.page;
  if (share === null) return null;
  return fill(share >= 90 ? page.holds_steady : share >= 50 ? page.holds_fair : page.holds_frail, {share});
}

// One statistic's label of an area, with all that the closed part says of it.
function labelText(found, i) {
  var label = data.words.cluster[clusterOf(found, i)];
  if (found.p[i] !== null && found.q[i] !== null) {
    label = told("hot_label", {label, p: pText(found.p[i]), q: pText(found.q[i])});
  }
  return [label].concat(holdsText(found, i) || []).join(". ");
}

function membersOf(series, one) {
  return once(series.scan, () => {
    var found = {};
    series.scan.member.forEach((n, i) => { (found[n] = found[n] || []).push(i); });
    return found;
  })[one.n] || [];
}

// The group that an area is in, or null.
function groupOf(series, i) {
  var n = series.scan ? series.scan.member[i] : 0;
  return n ? series.scan.clusters.find(one => one.n === n) : null;
}

// Where a group lies: in the districts that hold most of it.
function whereText(series, one) {
  var words = data.words.patterns_said, counts = new Map();
  membersOf(series, one).map(parentOf).filter(Boolean).forEach(name => { counts.set(name, (counts.get(name) || 0) + 1); });
  var names = Array.from(counts.keys()).sort((a, b) => counts.get(b) - counts.get(a));
  if (!names.length) return fill(words.about, {a: nameOf(one.centre === null ? membersOf(series, one)[0] : one.centre)});
  return fill(names.length > 2 ? words.in_more : names[1] ? words.in_two : words.in_one, {a: names[0], b: names[1]});
}

function groupText(series, one) {
  var members = membersOf(series, one), alone = members.length === 1;
  return fill(data.words.patterns_said[alone ? "single" : "group"], levels({
    n: members.length, name: [nameOf(members[0]), parentOf(members[0])].filter(Boolean).join(", "),
    where: alone ? "" : whereText(series, one), times: printed(one.observed / one.expected, 1)
  }));
}

function firstOf(all, most, say) {
  var more = all.length - most;
  return all.slice(0, most).map(say).concat(more > 0 ? fill(data.words.patterns_said.more, {n: more}) : []).join("; ");
}

// The areas of each kind of pattern that stands out, in the key's order; kinds of none are left out.
function patternMembers(s) {
  var found = Object.keys(data.words.pattern_sign).map(word => [word, []]);
  if (s.hot) everywhere().filter(i => hasRate(s, i)).forEach(i => {
    var word = patternOf(s, i);
    found.filter(kind => kind[0] === word).forEach(kind => { kind[1].push(i); });
  });
  return found.filter(kind => kind[1].length);
}

// Why there are no patterns, in words; nothing where there are.
function withoutText(s) {
  return patterned(s) ? "" : told("pattern_none", {reason: data.words.not_computed[s.without || "settings"]});
}

// The sentence of the view: what neighbours say, what the scan says, and how they go together.
function patternsSaid(s) {
  var words = data.words.patterns_said, groups = s.scan ? s.scan.clusters : [], k = groups.length;
  if (!patterned(s)) return withoutText(s);
  var kinds = patternMembers(s), high = kinds.filter(kind => kind[0] === "hot").map(kind => kind[1])[0] || [];
  var n = kinds.reduce((sum, kind) => sum + kind[1].length, 0), alone = groups.some(one => one.areas === 1);
  var overlap = high.filter(i => groupOf(s, i)).length;
  var near = !s.hot ? "" : n > 1 ? words.near_some : n ? words.near_one : alone ? words.near_none_whole : words.near_none;
  var count = k > 1 ? "some" : k ? "one" : "none";
  var far = !s.scan ? words.no_groups : !s.hot ? words["only_" + count] : !k ? n ? words.group_none : words.found_none
    : n ? words["too_" + count] : k === 1 && alone ? words.group_ward : words["group_" + count];
  return fill(near + far + (s.hot ? "" : " " + words.not_near) + (k && high.length ? " " + words["overlap_" + (overlap === high.length ? "all" : overlap ? "some" : "none")] : ""), levels({
    n, k, overlap, high: high.length, groups: firstOf(groups, 2, one => groupText(s, one)),
    kinds: kinds.map(kind => fill(words.kind, {n: kind[1].length, label: lower(data.words.pattern[kind[0]])})).join(", ")
  }));
}

// What the patterns say of one area; nothing where it has no figure, or nothing was computed.
function patternSentence(s, i) {
  if (!patterned(s) || !hasRate(s, i)) return "";
  var one = groupOf(s, i), said = s.hot ? [fill(data.words.pattern_sentence[patternOf(s, i)], levels())] : [];
  if (one) said.push(told("pattern_in", {n: one.n, of: s.scan.clusters.length, group: groupText(s, one)}));
  else if (s.scan && s.scan.clusters.length) said.push(says("pattern_out"));
  return said.join(" ");
}

// How it was worked out for one area: title and text of each statistic, for the closed part.
function patternPairs(s, i) {
  if (!patterned(s) || !hasRate(s, i)) return [];
  var found = ["moran", "gi"].filter(name => hotspots(s, name)), one = groupOf(s, i);
  return found.map(name => [says(name), labelText(hotspots(s, name), i)]).concat([
    [says("scan"), one && scannedText(one)], [says("near"), found.length ? hotspots(s, found[0]).near[i] : null]
  ]);
}

function patternPart(s, i) {
  var found = patternPairs(s, i);
  return found.length ? [el("h3", {text: says("view_patterns")}), pairs(found)] : [];
}

function patternCell(s, i) {
  var word = patternOf(s, i), one = groupOf(s, i), label = s.hot && hasRate(s, i) ? data.words.pattern[word] : "";
  return one ? told(label ? "pattern_cell" : "pattern_cell_group", {label, n: one.n}) : label;
}

function scannedText(one) {
  return told(one.risk === null ? "pattern_scanned_all" : "pattern_scanned", {n: one.n, p: pText(one.p), risk: one.risk === null ? "" : printed(one.risk, 2)});
}

// Whether the two local statistics agree, and where they do not.
function agreeText(s) {
  var moran = hotspots(s, "moran"), gi = hotspots(s, "gi");
  if (!moran || !gi) return null;
  var all = everywhere().filter(i => hasRate(s, i)), differ = all.filter(i => {
    var words = [moran, gi].map(found => clusterOf(found, i)).map(word => LABELS[word] || word);
    return words[0] !== words[1];
  });
  return told(differ.length ? "pattern_differ" : "pattern_agree", {
    n: differ.length || all.length, of: all.length,
    names: firstOf(differ, 8, i => told("pattern_differs", {
      area: nameOf(i), moran: lower(data.words.cluster[clusterOf(moran, i)]), gi: lower(data.words.cluster[clusterOf(gi, i)])
    }))
  });
}

// p-values, permutations, seeds and rules: here and nowhere else.
function workedOut(s) {
  var page = data.words.page, said = [agreeText(s)];
  ["moran", "gi"].map(name => hotspots(s, name)).filter(Boolean).forEach(found => { said.push(found.none, ...found.rule.split("; ")); });
  if (s.scan) said = said.concat(s.scan.clusters.map(scannedText), s.scan.said, s.scan.rule);
  if (s.hot) said.push(page.hot_why, page.hot_rules);
  if (s.hot && s.scan) said.push(page.hot_trials, page.hot_circles);
  return closed("patterns-worked", page.worked_out, [el("ul", {}, unique(said.filter(Boolean)).flatMap(split).map(text => el("li", {text})))]);
}

// Names that choose their areas; a long list is closed.
function namedAreas(id, title, places) {
  var names = places.slice(0, 100).map(i => el("button", {type: "button", text: nameOf(i), click: () => { change({area: i}); }}));
  if (places.length > 100) names.push(el("span", {text: " " + fill(data.words.patterns_said.more, {n: places.length - 100})}));
  return places.length > 8 ? el("div", {class: "named"}, [closed(id, title, names)])
    : el("p", {class: "named"}, [el("b", {text: title})].concat(names));
}

function patternParts(s) {
  return patternMembers(s).map(kind => {
    return namedAreas(kind[0], told("pattern_list", {label: data.words.pattern[kind[0]], n: kind[1].length}), kind[1]);
  }).concat((s.scan ? s.scan.clusters : []).map(one => namedAreas("group-" + one.n, told("pattern_members", {
    n: one.n, size: fill(data.words.patterns_said[one.areas > 1 ? "size_some" : "size_one"], levels({n: one.areas})), observed: printed(one.observed, 0), expected: printed(one.expected, one.expected < 10 ? 1 : 0)
  }), membersOf(s, one))), s.scan && s.scan.clusters.length ? para(says("scan_places"), "small") : null, patterned(s) ? workedOut(s) : null);
}

// Rows of the key: what there is, and that nothing stands out.
function patternRows(s) {
  var rows = s.hot ? Object.keys(data.words.pattern).map(word => {
    var sign = data.words.pattern_sign[word];
    return keyRow(clusterFill(word), signed(sign ? sign + ":" : "", data.words.pattern[word]), rated(s, i => patternOf(s, i) === word), word === "hot" || word === "not_significant");
  }) : [keyRow(clusterFill("not_significant"), says("pattern_ground"), rated(s, () => true), true)];
  return rows.concat(s.scan && s.scan.clusters.length ? groupRow(s) : []);
}

// The scan's groups have an outline and no fill of their own.
function groupRow(s) {
  var dashes = {y: 1.5, x: 1.5, width: 23, height: 14, fill: "none", stroke: data.palette.scan, "stroke-width": 3, "stroke-dasharray": "6 3"};
  return el("tr", {class: state.area !== null && groupOf(s, state.area) ? "now" : null}, [
    el("td", {}, [svg("svg", {width: 26, height: 17, "aria-hidden": "true"}, [svg("rect", dashes)])]),
    el("td", {text: says("pattern_group")}), el("td", {text: String(s.scan.clusters.length)})
  ]);
}
