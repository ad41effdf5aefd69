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
  members.forEach(i => {
    decodeShape(data.areas.shape[i]).forEach(rings => {
      rings.forEach(ring => {
        ring.forEach((point, n) => {
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
  Object.keys(ends).forEach(start => {
    while (ends[start].length) {
      var line = [start];
      while (ends[line[line.length - 1]].length) line.push(next(line[line.length - 1]));
      lines.push(line.map(point => point.split(",").map(Number)));
    }
  });
  return lines;
}

function startClusters() {
  var renderer = pane("scan", 340);
  clusterLines = L.layerGroup([]).addTo(map);
  drawWith(before => {
    if (before.scan !== state.scan || before.series !== state.series) drawClusters(renderer);
  });
}

function drawClusters(renderer) {
  var series = current();
  clusterLines.clearLayers();
  clusterTops = [];
  (state.scan ? series.scan.clusters : []).forEach(one => {
    var members = membersOf(series, one);
    var lines = outline(members);
    // Numbers stand above the northern end of the border, where they hide no member.
    var corners = lines.flat();
    clusterTops.push([one.n, corners.reduce((a, b) => b[0] > a[0] ? b : a), corners]);
    [["#ffffff", 6.5, null], [data.palette.scan, 3.2, "9 5"]].forEach(style => {
      clusterLines.addLayer(L.polyline(lines, {
        pane: "scan", renderer, interactive: false, color: style[0], weight: style[1],
        dashArray: style[2], lineCap: "butt", smoothFactor: 0.4
      }));
    });
  });
  drawLabels();
}

function drawClusterNumbers() {
  clusterTops.forEach(top => {
    label(top[1], "scan-number", [el("span", {text: String(top[0])})]);
  });
}

function membersOf(series, one) {
  return everywhere().filter(i => series.scan.member[i] === one.n);
}

function clusterRows(series, found) {
  var words = state.view === "moran" ? ["high-high", "low-low", "high-low", "low-high"] : ["hot", "cold"];
  return words.concat("not_significant", "island", "not_applicable").map(word => {
    var sign = data.words.cluster_sign[word], text = data.words.cluster[word];
    return keyRow(clusterFill(word), sign
      ? told("label_with_sign", {sign, label: text}) : text,
    rated(series, i => clusterOf(found, i) === word), sign || word === "not_significant");
  });
}

function clusterList(series) {
  var page = data.words.page;
  if (!state.scan) return null;
  var mine = state.area === null ? 0 : series.scan.member[state.area];
  return el("div", {class: "scan"}, [
    el("h3", {text: page.scan_key}),
    el("ol", {}, series.scan.clusters.map(one => {
      return el("li", {class: one.n === mine ? "now" : null}, [
        el("b", {class: "scan-number", text: String(one.n)}),
        el("span", {}, [
          el("span", {text: fill(one.risk === null ? page.scan_all : one.areas === 1 ? page.scan_area : page.scan_areas, levels({n: one.areas, risk: printed(one.risk, 2)}))}),
          el("span", {text: told("scan_counts", {
            observed: printed(one.observed, 0), expected: printed(one.expected, one.expected < 10 ? 1 : 0),
            p: pText(one.p)
          })}),
          el("span", {text: one.areas === 1 ? "" : membersOf(series, one).map(i => nameOf(i)).join(", ")})
        ])
      ]);
    })),
    para(series.scan.clusters.length ? page.scan_places : series.scan.said)
  ]);
}
