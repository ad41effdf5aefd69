// Hotspots: what a label of a local statistic, its p-values, its steadiness and the scan say.

// Labels of a view ("moran", "gi") of a series, or null where it has none.
function hotspots(series, view) {
  return series.hot && series.hot[view] || null;
}

function clusterOf(found, i) {
  return data.meta.clusters[found.cluster[i]];
}

function viewable(series, view) {
  if (overlayFor(series, view)) return true;
  if (view === "standing") return ranked(series);
  if (view === "change") return lineOf(series) !== null;
  return view === "rate" || (view === "significance" ? comparable(series) : hotspots(series, view) !== null);
}

function views() {
  return ["rate"].concat(data.meta.compares, data.lines ? ["change"] : [], ["moran", "gi"]);
}

function viewText(view) {
  return fill(says("view_" + view), levels());
}

// Is what is shown now a statement about surroundings, which needs its caveat?
function showsHotspots(series) {
  return state.scan || hotspots(series, state.view) !== null;
}

// p-values come in ten-thousandths.
function pText(value) {
  if (value < 1) return told("p_under", {p: printed(0.0001, 4)});
  return printed(value / 10000, value % 10 ? 4 : 3);
}

function clusterSign(found, i) {
  return data.words.cluster_sign[clusterOf(found, i)] || "";
}

function clusterText(found, i) {
  var label = data.words.cluster[clusterOf(found, i)];
  if (found.p[i] !== null && found.q[i] !== null) {
    label = told("hot_label", {label, p: pText(found.p[i]), q: pText(found.q[i])});
  }
  return [label].concat(holdsText(found, i) || []).join(". ");
}

function clusterSentence(found, i) {
  return fill(data.words.cluster_sentence[clusterOf(found, i)], levels());
}

function holdsText(found, i) {
  var share = found.holds[i], page = data.words.page;
  if (share === null) return null;
  var text = share >= 90 ? page.holds_steady : share >= 50 ? page.holds_fair : page.holds_frail;
  return fill(text, {share});
}

// The cluster that an area is in, or null.
function scanOf(series, i) {
  var n = series.scan ? series.scan.member[i] : 0;
  return n ? series.scan.clusters.find(one => one.n === n) : null;
}

function scanText(series, i) {
  if (!series.scan) return null;
  var one = scanOf(series, i), page = data.words.page;
  return one === null ? page.scan_out : told("scan_in", {
    n: one.n, of: series.scan.clusters.length, risk: printed(one.risk, 2), p: pText(one.p)
  });
}

// Why views are switched off for this series, in words.
function withoutText(series) {
  var page = data.words.page;
  var reason = data.words.not_computed[series.without || "settings"];
  if (!series.hot) return told("not_computed", {what: page.view_note, reason});
  var said = ["moran", "gi"].filter(view => !hotspots(series, view))
    .map(view => {
      return told("not_computed", {what: page["view_" + view], reason});
    });
  if (!series.scan) said.push(page.scan_none);
  return said.join(". ");
}
