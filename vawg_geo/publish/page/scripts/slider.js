// Periods as a slider that plays; periods of other lengths stand apart.

var player = {on: false, turn: 0, step: 1200};
var slides = "";

// Periods of the indicator and sex that are shown, those of one length together.
function runs() {
  return data.runs.filter(run => data.series[run[0]].indicator === current().indicator && data.series[run[0]].sex === current().sex);
}

function runNow() {
  return data.runs.find(run => run.indexOf(state.series) >= 0);
}

function runText(run) {
  var ends = [run[0], run[run.length - 1]].map(place => data.series[place].period);
  return ends[0] === ends[1] ? ends[0] : told("to", {low: ends[0], high: ends[1]});
}

function still() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// One place on; from the end to the start.
function slideOn() {
  var run = runNow();
  change({series: run[(run.indexOf(state.series) + 1) % run.length]});
}

function slidEnd() {
  return runNow().slice(-1)[0] === state.series;
}

function pressPlay() {
  if (still()) return slideOn();
  player.on = !player.on;
  player.turn += 1;
  if (player.on && slidEnd()) slideOn();
  if (player.on) tick(player.turn);
  drawSlider();
}

function tick(turn) {
  setTimeout(() => {
    if (!player.on || turn !== player.turn) return;
    if (!slidEnd()) slideOn();
    player.on = !slidEnd();
    if (player.on) return tick(turn);
    say(told("play_end", current()));
    drawSlider();
  }, player.step);
}

function startSlider() {
  var range = el("input", {id: "vawg-slide", type: "range", min: 0, "aria-label": says("period")});
  slides = "yes";
  byId("period").append(el("div", {id: "vawg-runs"}), el("div", {class: "slide"}, [
    el("button", {id: "vawg-play", type: "button", click: pressPlay}), range, el("output", {id: "vawg-slid"})
  ]));
  hear(range, "input", () => {
    player.on = false;
    change({series: runNow()[Number(range.value)]});
  });
  drawWith(drawSlider);
}

function drawSlider() {
  var all = runs(), run = runNow(), range = byId("slide"), play = byId("play"), period = current().period, key = all.map(runText).join();
  // Others only where another indicator or sex has other periods: the focus stays.
  if (key !== slides) {
    slides = key;
    replace(byId("runs"), all.length > 1 ? all.map(one => radio("run", one.slice(-1)[0], runText(one))) : []);
  }
  byId("runs").querySelectorAll("input").forEach((input, n) => { input.checked = all[n] === run; });
  put(range, {max: run.length - 1, "aria-valuetext": period});
  range.value = run.indexOf(state.series);
  range.disabled = play.disabled = run.length < 2;
  byId("slid").textContent = period;
  play.textContent = says(still() ? "next" : player.on ? "pause" : "play");
}
