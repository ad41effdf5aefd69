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

function drawTable() {
  var s = current(), columns = tableColumns(s);
  var by = columns.find(column => column.id === state.sort) || columns[0];
  var all = sortedAreas(by), rows = all.slice(0, tableRows);
  // The chosen area is never out of the table.
  if (state.area !== null && all.indexOf(state.area) >= tableRows) rows.push(state.area);
  replace(byId("table"), [el("table", {}, [
    el("caption", {text: told("table_caption", seriesNames(s))}),
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

function csvText() {
  var s = current(), names = seriesNames(s);
  var head = ["area_code", "area_name", "district", "indicator", "sex", "period", "count", "rate",
    "rate_lower", "rate_upper", "rate_per", "denominator", "comparator", "significance", "standing", "status", "basis"];
  var labels = labelColumns(s).concat(changeCells(s).map(cell => [cell.id, cell.file]));
  var columns = tableColumns(s);
  var by = columns.find(column => column.id === state.sort) || columns[0];
  var rows = sortedAreas(by).map(i => {
    function number(value, decimals) { return value === null ? "" : value.toFixed(decimals); }
    return [data.areas.code[i], nameOf(i), parentOf(i),
      names.title, s.sex, s.period, number(s.count[i], 0),
      number(s.rate[i], s.decimals), number(s.low[i], s.decimals),
      number(s.high[i], s.decimals), String(s.per), timedDenominator(s),
      s.comparator ? s.comparator.name : "", significanceOf(s, i), standingOf(s, i),
      statusOf(s, i), s.basis].concat(labels.map(one => one[1](i)));
  });
  head = head.concat(labels.map(one => one[0]));
  return [head].concat(rows).map(row => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function download() {
  var s = current();
  // With a byte order mark, without which spreadsheets misread names.
  var blob = new Blob(["\ufeff" + csvText()], {type: "text/csv;charset=utf-8"});
  var name = [about(s).slug, s.sex, s.period, data.meta.level];
  var link = el("a", {href: URL.createObjectURL(blob), download: name.join("-").replace(/[^\w-]+/g, "-") + ".csv"});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 1000);
}
