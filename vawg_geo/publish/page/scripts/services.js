// Kinds of help by district and date, as one table; never of places below a district.

// The layers of kinds of help with their areas: the page's own, or those of the level above it.
function helpOf() {
  if (!data.services) return null;
  var own = data.overlays, here = !data.services.layers;
  return {
    here, code: data.areas.code, name: data.areas.name, one: data.meta.level_one, many: data.meta.level_many,
    layers: here ? own.layers.filter(one => one.date) : null, ...data.services
  };
}

// Is a layer a row of the page's own table, and so not among the choices above the map?
function inTable(one) {
  return Boolean(one.date && data.services && !data.services.layers);
}

// Words with the name of the table's level, which may be another than the page's.
function helpTold(help, name, values) {
  return told(name, {level: help.one, levels: help.many, ...values});
}

function helpKey(one, i) {
  return one.class[i] === null ? "not_recoverable" : one.keys[one.class[i]];
}

// Sign and word of a state; a table of one's own may have others.
function helpText(one, i) {
  var known = data.words.service_state[helpKey(one, i)];
  return known ? signed(known[0], known[1]) : one.classes[one.class[i]][0];
}

// Dates at which nothing differs share a row.
function helpRows(help, kind) {
  var rows = [];
  help.layers.filter(one => one.title === kind).forEach(one => {
    var states = help.code.map((code, i) => helpKey(one, i)).join(), last = rows[rows.length - 1];
    if (last && last.states === states) rows[rows.length - 1] = {one, states, dates: last.dates.concat(one.date)};
    else rows.push({one, states, dates: [one.date]});
  });
  return rows;
}

// "Ely, March and 3 more": at most eight names.
function joined(names) {
  if (names.length < 2) return names.join("");
  if (names.length > 8) return told("and_more", {all: names.slice(0, 7).join(", "), n: names.length - 7});
  return told("and", {all: names.slice(0, -1).join(", "), last: names[names.length - 1]});
}

// What the source names nowhere in a district, or says did not run, at the last date.
function helpGaps(help, date) {
  var said = [];
  help.layers.filter(one => one.date === date).forEach(one => {
    [["none", "services_none"], ["not_running", "services_idle"]].forEach(pair => {
      var names = help.name.filter((name, i) => helpKey(one, i) === pair[0]);
      if (names.length) said.push(told(pair[1], {kind: one.title, areas: names.length > 1 && names.length === help.name.length ? helpTold(help, "services_any") : joined(names)}));
    });
  });
  return said;
}

function openHelp(one, i) {
  change({view: "over-" + one.id, area: i});
  byId("frame").scrollIntoView({block: "nearest"});
}

function helpCell(help, one, i) {
  var text = helpText(one, i), key = helpKey(one, i);
  return el("td", {"data-state": key}, [help.here ? el("button", {
    type: "button", "data-view": "over-" + one.id, text, click: () => { openHelp(one, i); }
  }) : el("span", {text})]);
}

function helpTable(help, kinds) {
  function head(text) { return el("th", {scope: "col", text}); }
  var rows = kinds.flatMap(kind => helpRows(help, kind).map((row, n, all) => el("tr", {}, [
    n ? "" : el("th", {scope: "rowgroup", rowspan: all.length, text: kind}),
    el("th", {scope: "row", class: "dates", text: joined(row.dates)})
  ].concat(help.code.map((code, i) => helpCell(help, row.one, i))))));
  return el("table", {}, [
    el("caption", {text: helpTold(help, help.here ? "services_caption" : "services_caption_alone")}),
    el("thead", {}, [el("tr", {}, [says("services_kind"), says("services_date")].concat(help.name).map(head))]),
    el("tbody", {}, rows)
  ]);
}

function startServices() {
  var help = helpOf(), box = byId("services");
  box.hidden = !help || !help.layers.length;
  if (box.hidden) return;
  var last = help.layers[help.layers.length - 1].date, gaps = helpGaps(help, last), title = helpTold(help, "services");
  var there = help.here ? null : document.querySelector("a[href='" + help.level + ".html']");
  replace(box, [
    el("h2", {text: title, tabindex: "-1"}),
    gaps.length ? para(told("services_at", {date: last})) : para(helpTold(help, "services_full")),
    el("ul", {class: "gaps"}, gaps.map(text => el("li", {text}))),
    el("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": title}, [helpTable(help, unique(help.layers.map(one => one.title)))]),
    para(says("services_note"), "small"),
    there && el("p", {}, [el("a", {href: help.level + ".html#view=over-" + help.layers[0].id, text: helpTold(help, "services_map")})])
  ]);
  byId("within-field").before(el("p", {class: "tools"}, [el("button", {type: "button", text: title, click: () => {
    box.scrollIntoView();
    box.querySelector("h2").focus();
  }})]));
  drawWith(() => {
    box.querySelectorAll("button").forEach(button => { button.setAttribute("aria-pressed", String(button.getAttribute("data-view") === state.view)); });
  });
}
