// The table of all areas, linked with the map, and its download.

function tableColumns(s) {
  var page = data.words.page;
  var columns = [
    {id: "name", title: page.area, text: i => nameOf(i)},
    {id: "parent", title: page.district, text: parentOf},
    {id: "rate", title: told("rate_short", {per: perText(s)}), number: s.rate, decimals: s.decimals},
    {id: "interval", title: page.interval95, of: s.low, text: i => hasRate(s, i) ? rangeText(s, s.low[i], s.high[i]) : ""},
    {id: "count", title: page.count_short, number: s.count, decimals: 0},
    {id: "significance", title: page.comparison_short, text: i => comparable(s) && hasRate(s, i) ? data.words.significance[significanceOf(s, i)] : ""},
    {id: "standing", title: told("standing"), text: i => hasRate(s, i) ? data.words.standing[standingOf(s, i)] : ""},
    {id: "pattern", title: page.pattern, text: i => patternCell(s, i)},
    {id: "overlay", title: overlay() ? overlay().title : "", text: i => overlayLabel(overlay(), i)},
    {id: "status", title: page.status, text: i => data.words.status[statusOf(s, i)]}
  ];
  if (changing()) columns.splice(4, 3, ...changeCells(s).filter(cell => cell.title));
  return columns.filter(column => {
    if (column.id === "parent") return data.parents.code.length > 0;
    if (column.id === "standing") return ranked(s);
    if (column.id === "overlay") return overlay() !== null;
    return column.id !== "pattern" || patterned(s);
  });
}

// Columns of the file for labels that the series has: name and cell.
function labelColumns(s) {
  var found = [];
  ["moran", "gi"].forEach(view => {
    var labels = hotspots(s, view);
    if (!labels) return;
    function share(values, times) {
      return i => values[i] === null ? "" : String(values[i] / times);
    }
    found.push([view + "_cluster", i => clusterOf(labels, i)],
      [view + "_p_value", share(labels.p, 10000)], [view + "_p_adjusted", share(labels.q, 10000)],
      [view + "_stability", share(labels.holds, 100)]);
  });
  if (s.scan) found.push(["scan_cluster", i => String(s.scan.member[i] || "")]);
  return found;
}

function cellText(column, s, i) {
  if (!column.number) return column.text(i);
  return column.number[i] === null ? absence(s, i) : printed(column.number[i], column.decimals);
}

function sortedAreas(column) {
  var order = everywhere().filter(shown);
  var values = column.number || column.of;
  var sign = state.down ? -1 : 1;
  return order.sort((a, b) => {
    if (!values) return sign * column.text(a).localeCompare(column.text(b), "en-GB") || a - b;
    // What has no number comes last either way.
    if (values[a] === null || values[b] === null) {
      return (values[a] === null) - (values[b] === null) || a - b;
    }
    return sign * (values[a] - values[b]) || a - b;
  });
}

function headCell(column) {
  var now = column.id === state.sort;
  return el("th", {
    scope: "col", class: column.number || column.of ? "num" : null,
    "aria-sort": now ? (state.down ? "descending" : "ascending") : "none"
  }, [el("button", {type: "button", "data-sort": column.id, text: column.title})]);
}

function tableRow(columns, s, i) {
  return el("tr", {class: i === state.area ? "picked" : null, "aria-current": i === state.area ? "true" : null},
    columns.map(column => {
      if (column.id === "name") {
        return el("th", {scope: "row"}, [el("button", {type: "button", "data-area": i, text: column.text(i)})]);
      }
      var quiet = column.number && column.number[i] === null;
      return el("td", {
        class: quiet ? "num quiet" : (column.number || column.of ? "num" : null),
        text: cellText(column, s, i)
      });
    }));
}

var tableRows = 1000;

function startTable() {
  if (many()) tableRows = 100;
  var box = byId("table");
  hear(box, "click", event => {
    var button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.more) {
      tableRows += 500;
      drawTable();
      box.querySelectorAll("tbody button")[tableRows - 500].focus();
    } else if (button.dataset.sort) {
      var id = button.dataset.sort;
      change({sort: id, down: state.sort === id ? !state.down : id !== "name" && id !== "parent"});
      box.querySelector("[data-sort=" + id + "]").focus();
    } else {
      change({area: Number(button.dataset.area)});
      box.querySelector("[data-area='" + button.dataset.area + "']").focus();
    }
  });
  hear(byId("csv"), "click", download);
  drawWith(later(drawTable));
}

function drawTable(before) {
  // A change is sorted by itself, as it is drawn.
  if (before && before.view !== state.view) state.sort = changing() && state.sort === "rate" ? "ratio" : !changing() && state.sort === "ratio" ? "rate" : state.sort;
  var s = current(), columns = tableColumns(s);
  var by = columns.find(column => column.id === state.sort) || columns[0];
  var all = sortedAreas(by), rows = all.slice(0, tableRows);
  // The chosen area is never out of the table.
  if (state.area !== null && all.indexOf(state.area) >= tableRows) rows.push(state.area);
  replace(byId("table"), [el("table", {}, [
    el("caption", {text: told("table_caption", {...seriesNames(s), figure: figureOf(s).title})}),
    el("thead", {}, [el("tr", {}, columns.map(headCell))]),
    el("tbody", {}, rows.map(i => tableRow(columns, s, i)))
  ]), all.length > rows.length ? el("p", {class: "tools"}, [el("button", {
    type: "button", "data-more": "1", text: told("more", {n: printed(all.length - rows.length, 0)})
  })]) : null]);
}

// A cell that begins like a formula would be run by a spreadsheet: an apostrophe keeps it text.
function csvCell(text) {
  var safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

// A period that a spreadsheet would make a day of ("2019-08", "2009/10") is said to be what it is.
function periodCell(text) {
  var kind = /^\d{4}\/\d\d$/.test(text) ? "year" : /^\d{4}-\d\d$/.test(text) ? "month" : /^\d+([-/.]\d+)+$/.test(text) ? "period" : "";
  return kind ? text + " (" + kind + ")" : text;
}

// Columns of the file: name and cell. Numbers stand alone; why there is none has a column of its own.
function fileColumns(s) {
  var names = seriesNames(s), whole = s.comparator || {};
  function number(values, decimals) {
    return i => values[i] === null || values[i] === undefined ? "" : values[i].toFixed(decimals);
  }
  function same(text) { return () => text; }
  function limit(value) { return same(value === null || value === undefined ? "" : value.toFixed(s.decimals)); }
  var layers = unique(data.overlays.layers.filter(one => fits(one, s) && !one.brief));
  return [
    ["area_code", i => data.areas.code[i]], ["area_name", nameOf], ["district", parentOf],
    ["indicator", same(names.title)], ["sex", same(s.sex)], ["period", same(periodCell(s.period))],
    ["count", number(s.count, 0)], ["population", number(data.populations[s.population], s.per === 1 ? 2 : 0)],
    ["rate", number(s.rate, s.decimals)], ["rate_lower", number(s.low, s.decimals)], ["rate_upper", number(s.high, s.decimals)],
    ["rate_per", same(String(s.per))], ["denominator", same(timedDenominator(s))],
    ["status", i => statusOf(s, i)], ["symbol", i => data.words.symbol[statusOf(s, i)] || ""],
    ["comparator", same(whole.name || "")], ["comparator_rate", limit(whole.rate)],
    ["comparator_lower", limit(whole.low)], ["comparator_upper", limit(whole.high)],
    ["significance", i => significanceOf(s, i)], ["standing", i => standingOf(s, i)]
  ].concat(labelColumns(s), changeCells(s).map(cell => [cell.id, cell.id === "period_from" ? i => periodCell(cell.file(i)) : cell.file]),
    layers.map(one => [one.id.replace(/\W+/g, "_"), i => one.class[i] === null ? "" : overlayLabel(one, i)]), [
      ["basis", same(s.basis)], ["source", same(sourceOf(s))], ["licence", same(data.meta.attribution.join(" "))],
      ["edition", same(data.meta.edition_title)], ["edition_mark", same(data.meta.watermark)]
    ]);
}

function csvText() {
  var s = current(), file = fileColumns(s), columns = tableColumns(s);
  var by = columns.find(column => column.id === state.sort) || columns[0];
  return [file.map(one => one[0])].concat(sortedAreas(by).map(i => file.map(one => String(one[1](i)))))
    .map(row => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

// With a byte order mark, without which spreadsheets misread names.
function download() {
  save(new Blob(["\ufeff" + csvText()], {type: "text/csv;charset=utf-8"}), fileName("csv"));
}
