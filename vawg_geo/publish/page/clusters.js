// The scan's clusters on the map and in the key.

var clusterLines = null;
var clusterTops = [];

// Outer border of areas together: sides that two of them share fall away.
function outline(members) {
  var ends = {};
  function turn(a, b) {
    var at = (ends[a] = ends[a] || []), place = at.indexOf(b);
    if (place < 0) at.push(b); else at.splice(place, 1);
  }
  members.forEach(function (i) {
    decodeShape(data.areas.shape[i]).forEach(function (rings) {
      rings.forEach(function (ring) {
        ring.forEach(function (point, n) {
          var a = String(point), b = String(ring[(n + 1) % ring.length]);
          turn(a, b);
          turn(b, a);
        });
      });
    });
  });
  return chains(ends);
}

// Sides joined end to end, so that dashes run on.
function chains(ends) {
  var lines = [];
  function next(at) {
    var to = ends[at].pop();
    ends[to].splice(ends[to].indexOf(at), 1);
    return to;
  }
  Object.keys(ends).forEach(function (start) {
    while (ends[start].length) {
      var line = [start];
      while (ends[line[line.length - 1]].length) line.push(next(line[line.length - 1]));
      lines.push(line.map(function (point) { return point.split(",").map(Number); }));
    }
  });
  return lines;
}

function startClusters() {
  var renderer = pane("scan", 340);
  clusterLines = L.layerGroup([]).addTo(map);
  drawWith(function (before) {
    if (before.scan !== state.scan || before.series !== state.series) drawClusters(renderer);
  });
}

function drawClusters(renderer) {
  var series = current();
  clusterLines.clearLayers();
  clusterTops = [];
  (state.scan ? series.scan.clusters : []).forEach(function (one) {
    var members = data.areas.code.map(function (code, i) { return i; }).filter(function (i) {
      return series.scan.member[i] === one.n;
    });
    var lines = outline(members);
    // Numbers stand above the northern end of the border, where they hide no member.
    var corners = [].concat.apply([], lines);
    clusterTops.push([one.n, corners.reduce(function (a, b) { return b[0] > a[0] ? b : a; }), corners]);
    [["#ffffff", 6.5, null], [data.palette.scan, 3.2, "9 5"]].forEach(function (style) {
      clusterLines.addLayer(L.polyline(lines, {
        pane: "scan", renderer: renderer, interactive: false, color: style[0], weight: style[1],
        dashArray: style[2], lineCap: "butt", smoothFactor: 0.4
      }));
    });
  });
  drawLabels();
}

function drawClusterNumbers() {
  clusterTops.forEach(function (top) {
    label(top[1], "scan-number", [el("span", {text: String(top[0])})]);
  });
}

function clusterRows(series, found) {
  var words = state.view === "moran" ? ["high-high", "low-low", "high-low", "low-high"] : ["hot", "cold"];
  return words.concat("not_significant", "island", "not_applicable").map(function (word, place) {
    function same(i) { return hasRate(series, i) && clusterOf(found, i) === word; }
    var count = countWhere(same), sign = data.words.cluster_sign[word];
    if (!count && word !== "not_significant" && !sign) return null;
    var text = data.words.cluster[word];
    return keyRow(clusterFill(word), sign
      ? fill(data.words.page.label_with_sign, {sign: sign, label: text}) : text,
    count, state.area !== null && same(state.area));
  }).filter(Boolean);
}

function clusterList(series) {
  var page = data.words.page;
  if (!state.scan) return null;
  var mine = state.area === null ? 0 : series.scan.member[state.area];
  return el("div", {class: "scan"}, [
    el("h3", {text: page.scan_key}),
    el("ol", {}, series.scan.clusters.map(function (one) {
      return el("li", {class: one.n === mine ? "now" : null}, [
        el("b", {class: "scan-number", text: String(one.n)}),
        el("span", {}, [
          el("span", {text: fill(one.areas === 1 ? page.scan_area : page.scan_areas, levels({n: one.areas, risk: printed(one.risk, 2)}))}),
          el("span", {text: fill(page.scan_counts, {
            observed: printed(one.observed, 0), expected: printed(one.expected, one.expected < 10 ? 1 : 0),
            p: pText(one.p)
          })})
        ])
      ]);
    })),
    el("p", {text: series.scan.rule})
  ]);
}
