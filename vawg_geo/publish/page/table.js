// The table of all areas, linked with the map, and its download.

function tableColumns(series) {
  var page = data.words.page;
  var columns = [
    {id: "name", title: page.area, text: function (i) { return data.areas.name[i]; }},
    {id: "parent", title: page.district, text: function (i) {
      return data.areas.parent[i] === null ? "" : data.parents.name[data.areas.parent[i]];
    }},
    {id: "rate", title: fill(page.rate_short, {per: perText(series)}), number: series.rate, decimals: series.decimals},
    {id: "interval", title: page.interval95, of: series.low, text: function (i) {
      return hasRate(series, i) ? rangeText(series, series.low[i], series.high[i]) : "";
    }},
    {id: "count", title: page.count_short, number: series.count, decimals: 0},
    {id: "significance", title: page.comparison_short, text: function (i) {
      return comparable(series) && hasRate(series, i) ? data.words.significance[significanceOf(series, i)] : "";
    }},
    {id: "moran", title: page.moran, text: function (i) { return labelCell(series, "moran", i); }},
    {id: "gi", title: page.gi, text: function (i) { return labelCell(series, "gi", i); }},
    {id: "scan", title: page.scan, text: function (i) {
      return scanOf(series, i) ? fill(page.scan_cell, {n: series.scan.member[i]}) : "";
    }},
    {id: "overlay", title: overlay() ? overlay().title : "", text: function (i) { return overlayLabel(overlay(), i); }},
    {id: "status", title: page.status, text: function (i) { return data.words.status[statusOf(series, i)]; }}
  ];
  return columns.filter(function (column) {
    if (column.id === "parent") return data.parents.code.length > 0;
    if (column.id === "overlay") return overlay() !== null;
    if (column.id === "scan") return Boolean(series.scan);
    return ["moran", "gi"].indexOf(column.id) < 0 || hotspots(series, column.id) !== null;
  });
}

function labelCell(series, view, i) {
  return hasRate(series, i) ? data.words.cluster[clusterOf(hotspots(series, view), i)] : "";
}

// Columns of the file for labels that the series has: name and cell.
function labelColumns(series) {
  var found = [];
  ["moran", "gi"].forEach(function (view) {
    var labels = hotspots(series, view);
    if (!labels) return;
    function share(values, times) {
      return function (i) { return values[i] === null ? "" : String(values[i] / times); };
    }
    found.push([view + "_cluster", function (i) { return clusterOf(labels, i); }],
      [view + "_p_value", share(labels.p, 10000)], [view + "_p_adjusted", share(labels.q, 10000)],
      [view + "_stability", share(labels.holds, 100)]);
  });
  if (series.scan) found.push(["scan_cluster", function (i) { return String(series.scan.member[i] || ""); }]);
  return found;
}

function cellText(column, series, i) {
  if (!column.number) return column.text(i);
  return column.number[i] === null ? absence(series, i) : printed(column.number[i], column.decimals);
}

function sortedAreas(column) {
  var order = data.areas.code.map(function (code, i) { return i; }).filter(shown);
  var values = column.number || column.of;
  var sign = state.down ? -1 : 1;
  return order.sort(function (a, b) {
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

function tableRow(columns, series, i) {
  return el("tr", {class: i === state.area ? "picked" : null, "aria-current": i === state.area ? "true" : null},
    columns.map(function (column) {
      if (column.id === "name") {
        return el("th", {scope: "row"}, [el("button", {type: "button", "data-area": i, text: column.text(i)})]);
      }
      var quiet = column.number && column.number[i] === null;
      return el("td", {
        class: quiet ? "num quiet" : (column.number || column.of ? "num" : null),
        text: cellText(column, series, i)
      });
    }));
}

function startTable() {
  var box = byId("table");
  box.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.sort) {
      var id = button.dataset.sort;
      change({sort: id, down: state.sort === id ? !state.down : id !== "name" && id !== "parent"});
      box.querySelector("[data-sort=" + id + "]").focus();
    } else {
      change({area: Number(button.dataset.area)});
      box.querySelector("[data-area='" + button.dataset.area + "']").focus();
    }
  });
  byId("csv").addEventListener("click", download);
  drawWith(drawTable);
}

function drawTable() {
  var series = current(), columns = tableColumns(series);
  var by = columns.find(function (column) { return column.id === state.sort; }) || columns[0];
  replace(byId("table"), [el("table", {}, [
    el("caption", {text: fill(data.words.page.table_caption, seriesNames(series))}),
    el("thead", {}, [el("tr", {}, columns.map(headCell))]),
    el("tbody", {}, sortedAreas(by).map(function (i) { return tableRow(columns, series, i); }))
  ])]);
}

// A cell that begins like a formula would be run by a spreadsheet: an apostrophe keeps it text.
function csvCell(text) {
  var safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

function csvText() {
  var series = current(), names = seriesNames(series);
  var head = ["area_code", "area_name", "district", "indicator", "sex", "period", "count", "rate",
    "rate_lower", "rate_upper", "rate_per", "comparator", "significance", "status", "basis"];
  var labels = labelColumns(series);
  var columns = tableColumns(series);
  var by = columns.find(function (column) { return column.id === state.sort; }) || columns[0];
  var rows = sortedAreas(by).map(function (i) {
    var parent = data.areas.parent[i];
    function number(value, decimals) { return value === null ? "" : value.toFixed(decimals); }
    return [data.areas.code[i], data.areas.name[i], parent === null ? "" : data.parents.name[parent],
      names.title, series.sex, series.period, number(series.count[i], 0),
      number(series.rate[i], series.decimals), number(series.low[i], series.decimals),
      number(series.high[i], series.decimals), String(series.per),
      series.comparator ? series.comparator.name : "", significanceOf(series, i),
      statusOf(series, i), series.basis].concat(labels.map(function (one) { return one[1](i); }));
  });
  head = head.concat(labels.map(function (one) { return one[0]; }));
  return [head].concat(rows).map(function (row) { return row.map(csvCell).join(","); }).join("\r\n") + "\r\n";
}

function download() {
  var series = current();
  // With a byte order mark, without which spreadsheets misread names.
  var blob = new Blob(["\ufeff" + csvText()], {type: "text/csv;charset=utf-8"});
  var name = [data.indicators[series.indicator].slug, series.sex, series.period, data.meta.level];
  var link = el("a", {href: URL.createObjectURL(blob), download: name.join("-").replace(/[^\w-]+/g, "-") + ".csv"});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
}
