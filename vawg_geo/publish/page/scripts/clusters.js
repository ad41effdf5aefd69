// The scan's groups on the map: dashed outlines with numbers.

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
    if (before.view !== state.view || before.series !== state.series) drawClusters(renderer);
  });
}

function drawClusters(renderer) {
  var series = current();
  clusterLines.clearLayers();
  clusterTops = [];
  (showsPatterns() && series.scan ? series.scan.clusters : []).forEach(one => {
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
}

function drawClusterNumbers() {
  clusterTops.forEach(top => {
    label(top[1], "scan-number", [el("span", {text: String(top[0])})]);
  });
}
