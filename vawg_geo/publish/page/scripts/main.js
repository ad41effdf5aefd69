// Start: read the data, build the parts, draw once; then every change draws all of them.

function say(text) {
  byId("status").textContent = text;
}

function areaSaid(s) {
  var i = state.area, found = patternText(s, i);
  return (changing() ? changeSentence(s, i) : sentences(s, i)[0]) + (found ? " " + found : "");
}

function pinSaid(before) {
  var more = state.pins.filter(i => before.pins.indexOf(i) < 0), less = before.pins.filter(i => !pinned(i));
  function names(list) { return {area: list.map(nameOf).join(", "), n: state.pins.length}; }
  return more.length ? told("said_pinned", names(more)) : less.length ? told("said_unpinned", names(less)) : null;
}

function sortSaid(s) {
  var column = tableColumns(s).find(one => one.id === state.sort);
  var way = column && (column.number || column.of ? state.down ? "said_down" : "said_up" : state.down ? "said_za" : "said_az");
  return column && told("said_sorted", {column: column.title, way: says(way)});
}

// Every change is said once, in a short sentence: what changed, and what that shows.
function announce(before) {
  var s = current(), second = besideSeries();
  function changed(...keys) { return keys.some(key => state[key] !== before[key]); }
  var shows = changed("series"), view = changed("view") || changing() && changed("since");
  var said = [
    shows && (player.on ? s.period + "." : told("announce", seriesNames(s))),
    // What is longer is read where it stands.
    view && !changing() && split(viewSaid())[0].replace(/;$/, "."),
    state.area !== null && (shows || changed("area")) ? areaSaid(s) : changing() && view && (state.area === null ? finding(s) : changeSentence(s, state.area)),
    changed("area") && state.area === null && told("said_none"),
    pinSaid(before),
    changed("within") && told("said_within", {name: state.within === null ? says("within_all") : data.parents.name[state.within]}),
    changed("sort", "down") && sortSaid(s),
    changed("beside", "than") && (second ? told("said_second", {title: beside(named)}) : says("said_one")),
    changed("fade") && says(state.fade ? "said_fade" : "said_unfade")
  ].filter(Boolean).join(" ");
  if (said) say(said);
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
  startInsets();
  startOpening();
  startBeside();
  startClusters();
  startMarks();
  drawWith(later(settle));
  drawWith(drawDetail);
  drawWith(drawAbout);
  startServices();
  startTable();
  startChart();
  startPicture();
  startPrint();
  startLeaving();
  startLink();
  drawWith(showDetail);
  drawWith(clearSheet);
  drawWith(announce);
  change(readAddress());
  hear(window, "hashchange", () => { change(readAddress()); });
}
