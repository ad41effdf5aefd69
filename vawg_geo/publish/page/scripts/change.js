// Change since an earlier period: which is shown, its colours, and what it says in words.

// The change that is shown: since the period that was chosen, or the earliest that it is compared with.
function changeOf(s) {
  var all = s.changes || [];
  return all.find(one => one.since === state.since) || all.find(one => one.since === s.since) || all[0] || null;
}

function changing() {
  return state.view === "change";
}

// The key's line that an area belongs to: a change, or why there is none.
function changeKind(s, i) {
  var one = changeOf(s);
  return one ? data.meta.changes[one.kind[i]] : hasRate(s, i) ? "not_compared" : statusOf(s, i);
}

function changeWord(s, i) {
  return data.words.change_word[changeKind(s, i)] || "not_compared";
}

// The same, held against the change of the comparator.
function againstWord(s, i) {
  var one = changeOf(s);
  return one && one.against ? data.meta.verdicts[one.against[i]] : "not_compared";
}

function changeText(word) {
  return signed(data.words.change_sign[word], data.words.change[word]);
}

function changePaint(kind, noHatch) {
  var paint = data.palette.change[kind];
  return noHatch || paint[2] === "solid" ? paint[0] : "url(#p-change-" + kind + ")";
}

// Ratios come in hundredths; -1 stands for what has no end.
function timesText(value) {
  return value === null || value < 0 ? "" : printed(value / 100, 2);
}

function limitsText(low, high) {
  return low === null ? "" : told(high < 0 ? "or_more" : "to", {low: timesText(low), high: timesText(high)});
}

// The ratio, its limits where nothing was recorded at the start, or why there is none.
function ratioText(s, i) {
  var one = changeOf(s);
  if (one === null || one.low[i] === null) return data.words.change_kind[changeKind(s, i)];
  return one.ratio[i] < 0 ? limitsText(one.low[i], one.high[i]) : timesText(one.ratio[i]);
}

function changeSentence(s, i) {
  var one = changeOf(s), word = changeWord(s, i);
  if (one === null) return told("change_none", s);
  var by = data.words.relative_sentence[word], ratio = one.ratio[i], relative = one.against && one.relative[i];
  var values = {
    areas: whose(nameOf(i)), period: s.period, since: one.since, comparator: one.comparator,
    ratio: timesText(ratio), low: timesText(one.low[i]), limits: limitsText(one.low[i], one.high[i])
  };
  var said = fill((ratio < 0 && data.words.change_from_none[word]) || data.words.change_sentence[word], values);
  if (!by) return (said + " " + (noted(one.note, i) || "")).trim();
  if (!(ratio > 0 && relative > 0)) return said;
  return (said + " " + fill(by[againstWord(s, i)] || "", {
    ...values, whole: printed(ratio / relative, 2), relative: timesText(relative), limits: limitsText(one.relative_low[i], one.relative_high[i])
  })).trim();
}

// How many of the areas shown rose and fell, since when, and against the whole.
function finding(s) {
  var one = changeOf(s);
  if (one === null) return told("change_none", s);
  function n(of, word) { return countWhere(i => of(s, i) === word); }
  var values = {
    n: countWhere(() => true), rose: n(changeWord, "increasing"), fell: n(changeWord, "decreasing"),
    unsure: n(changeWord, "no_clear_change"), without: n(changeWord, "not_compared"),
    more: n(againstWord, "increasing"), less: n(againstWord, "decreasing")
  };
  var said = [values.without === values.n ? "nothing" : values.rose + values.fell ? "some" : "none"];
  if (values.without < values.n) said.push(values.without ? "without" : "", one.against ? one.whole ? "against_whole" : "against" : "");
  return fill(said.filter(Boolean).map(name => data.words.found[name]).join(" "), levels({...one, ...values}));
}

// Those that rose, or fell, by name, the surest first: each chooses its area.
function namedChanges(s, word, title) {
  var one = changeOf(s), found = everywhere().filter(i => shown(i) && changeWord(s, i) === word);
  found.sort((a, b) => one.p[a] - one.p[b] || a - b);
  return found.length ? namedAreas(word, told(title, {n: found.length}), found) : null;
}

var foundFor = null;

// Those that a view finds, by name. The box never shrinks while periods go by: what stands below it
// would be laid out anew.
function drawFinding(s) {
  var box = byId("finding"), asked = [state.view, state.series, state.within, changing() && changeOf(s) && changeOf(s).since].join();
  // Whoever goes from name to name keeps the place.
  if (asked === foundFor) return;
  foundFor = asked;
  box.style.minHeight = changing() ? box.getBoundingClientRect().height + "px" : "";
  replace(box, changing() ? [
    namedChanges(s, "increasing", "found_rose"), namedChanges(s, "decreasing", "found_fell")
  ] : showsPatterns() ? patternParts(s) : []);
}

function changeRows(s) {
  return Object.keys(data.palette.change).map((kind, n) => {
    return keyRow(changePaint(kind), data.words.change_kind[kind], i => changeKind(s, i) === kind, n < 6);
  });
}

function startSince() {
  if (!data.lines) return;
  var box = el("select", {id: "vawg-since"}), label = titled(says("since"), box);
  byId("view").append(label);
  hear(box, "change", () => { change({since: box.value}); });
  drawWith(() => {
    var one = changeOf(current());
    label.hidden = !changing();
    box.disabled = !one;
    replace(box, (current().changes || []).map(each => option(each.since, each.since)));
    box.value = one && one.since;
  });
}

// What is known of a change: its name in the file, its heading if people read it, its cell there and
// here, and what it is sorted by.
function changeCells(s) {
  var one = changeOf(s), line = lineOf(s);
  function times(values, i, per) { return values[i] === null || values[i] < 0 ? "" : String(values[i] / per); }
  var found = !one ? [] : data.meta.cells.filter(cell => !cell[1] || one[cell[1]]).map(cell => {
    var values = one[cell[1]] || [], p = cell[1] === "p", title = cell[2] && fill(cell[2], one), word = cell[1] === "against" ? againstWord : changeWord;
    if (cell[3] === "times") return {id: cell[0], title, of: values.map(value => value < 0 ? Infinity : value), file: i => times(values, i, p ? 10000 : 100), text: i => cell[0] === "ratio" ? ratioText(s, i) : p && values[i] !== null ? pText(values[i]) : timesText(values[i])};
    return cell[1] ? {id: cell[0], title, file: i => word(s, i), text: i => changeText(word(s, i))} : {id: cell[0], file: () => one.since};
  });
  return line ? found.concat({id: "trend", title: says("trend"), file: i => data.meta.trends[line.trend[i]], text: i => line.words[line.trend[i]]}) : found;
}

// What the panel says of a change, in every view; how sure it is, for who asks.
function changePart(s, i) {
  var one = changeOf(s);
  if (one === null || !hasRate(s, i)) return [];
  return [changing() ? null : para(changeSentence(s, i), "say"), closed("sure", says("change_sure"), [
    pairs(changeCells(s).filter(cell => cell.title).map(cell => [cell.title, cell.text(i)]).concat([[says("note"), noted(one.note, i)]]))
  ].concat(one.rule.map(text => el("p", {class: "small", text}))))];
}
