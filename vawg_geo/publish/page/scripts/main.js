// Start: read the data, build the parts, draw once; then every change draws all of them.

function say(text) {
  byId("status").textContent = text;
}

function announce(before) {
  var series = current();
  if (player.on && state.series !== before.series) say(series.period + (state.area === null ? "" : ". " + sentence(series, state.area)));
  else if (state.area !== null && (state.area !== before.area || state.series !== before.series)) {
    var found = hotspots(series, state.view);
    say(data.areas.name[state.area] + ". " + (changing() ? changeSentence(series, state.area) + " " : "") + sentence(series, state.area) +
      (found && hasRate(series, state.area) ? " " + clusterSentence(found, state.area) : ""));
  } else if (state.series !== before.series) {
    say(told("announce", seriesNames(series)));
  } else if (changing() && (state.view !== before.view || state.since !== before.since)) {
    say(state.area === null ? finding(series) : changeSentence(series, state.area));
  } else if (state.view !== before.view && overlay()) say(overlay().title + ". " + overlay().note);
}

function start() {
  startShell();
  data = JSON.parse(document.getElementById("vawg-data").textContent);
  state.series = data.start;
  drawPatterns();
  drawWith(drawHeading);
  drawWith(drawKey);
  startPickers();
  startSearch();
  drawHeading();
  drawKey();
  startMap();
  startOpening();
  startBeside();
  startClusters();
  startMarks();
  drawWith(drawDetail);
  drawWith(drawAbout);
  startTable();
  startChart();
  startPrint();
  startLeaving();
  startLink();
  drawWith(clearSheet);
  drawWith(announce);
  change(readAddress());
  hear(window, "hashchange", () => { change(readAddress()); });
}
