// The frame of the page: sheets on a phone, the way to the sources, a district's wards, the headline.

function sheet(kind, open) {
  document.body.classList.toggle(kind, open);
}

function startShell() {
  var layers = byId("layers"), grip = byId("grip"), about = byId("about-tab");
  function choices(open) {
    sheet("layers", open);
    put(layers, {"aria-expanded": String(open)});
    (open ? byId("controls").querySelector("input:checked, select") : layers).focus();
  }
  sheet("script", true);
  hear(layers, "click", () => { choices(!document.body.classList.contains("layers")); });
  hear(byId("layers-close"), "click", () => { choices(false); });
  hear(document, "keydown", event => {
    if (event.key === "Escape" && document.body.classList.contains("layers")) choices(false);
  });
  hear(grip, "click", () => {
    var up = !document.body.classList.contains("raised");
    sheet("raised", up);
    put(grip, {"aria-expanded": String(up), text: says(up ? "sheet_less" : "sheet_more")});
  });
  if (about) hear(about, "click", event => {
    event.preventDefault();
    byId("sources").scrollIntoView();
    byId("sources-title").focus();
  });
}

// One finger moves the page and two the map; with a mouse, the map is dragged as ever.
function startFingers(box) {
  var hint = byId("hint"), turn = 0;
  if (window.matchMedia("(pointer: coarse)").matches) map.dragging.disable();
  hear(box, "pointerdown", event => {
    if (event.pointerType === "touch") map.dragging.disable();
    else map.dragging.enable();
  }, {capture: true});
  hear(box, "touchmove", event => {
    hint.hidden = event.touches.length > 1;
    turn += 1;
    var mine = turn;
    setTimeout(() => { if (mine === turn) hint.hidden = true; }, 900);
  }, {passive: true});
}

// The chosen area is not left under the sheet that tells of it.
function clearSheet(before) {
  var box = byId("detail");
  if (state.area === null || state.area === before.area || getComputedStyle(box).position !== "fixed") return;
  var frame = map.getContainer().getBoundingClientRect();
  var below = map.latLngToContainerPoint(latLng(data.areas.point[state.area])).y - (box.getBoundingClientRect().top - frame.top - 40);
  if (below <= 0) return;
  moved = true;
  map.panBy([0, below], {animate: false});
}

// From a district to the map of its wards, with the same figure.
function startOpening() {
  var opens = data.meta.opens, box = byId("opens");
  startFingers(map.getContainer());
  if (!opens) return;
  drawWith(() => {
    var s = current();
    box.hidden = state.area === null;
    if (box.hidden) return;
    replace(box, [el("a", {
      href: opens.href + "#indicator=" + encodeURIComponent(about(s).slug) + "&sex=" + s.sex + "&period=" + encodeURIComponent(s.period) + "&within=" + data.areas.code[state.area],
      text: fill(opens.text, {area: nameOf(state.area)})
    })]);
  });
}

// What the figures say first: computed with them, of the whole map.
function drawHeadline(s) {
  var box = byId("headline"), said = changing() || showsPatterns() ? ["", viewSaid()] : state.view === "rate" || compares(state.view) ? s.finding || [] : [];
  // A change counts what is shown; the rest was computed with the figures.
  if (state.within !== null && !changing() && said.length) said.push(says("said_whole"));
  // It never shrinks while periods go by: what is chosen below it would move away.
  box.style.minHeight = changing() ? box.getBoundingClientRect().height + "px" : "";
  replace(box, said.map((text, n) => text && el(n ? "span" : "b", {text: n ? " " + text : text})));
}
