// Paper: the map is drawn anew at the size that A4 has for it, and put back afterwards.

function startPrint() {
  hear(byId("print"), "click", () => { window.print(); });
  hear(window, "beforeprint", () => { printing(true); });
  hear(window, "afterprint", () => { printing(false); });
}

function printing(on) {
  document.body.classList.toggle("printing", on);
  var height = on ? paperHeight() + "px" : "";
  plates.forEach(made => {
    made.map.getContainer().style.height = height;
    made.map.invalidateSize({animate: false, pan: false});
  });
  fitWhole();
}

// The whole area's height at the paper's width, or what heading and key leave of an A4 page.
function paperHeight() {
  var others = document.querySelector("header").offsetHeight + byId("key").offsetHeight +
    document.querySelector(".head").offsetHeight;
  return Math.max(360, Math.min(heightFor(besideSeries() === null ? 700 : 349), 970 - others));
}

function startLeaving() {
  var exit = byId("exit"), shifts = 0;
  function leave(event) {
    if (event) event.preventDefault();
    // Replaces this page in the history, so that "back" does not return to it.
    location.replace(exit.href);
  }
  hear(exit, "click", leave);
  hear(document, "keydown", event => {
    if (event.key !== "Shift") shifts = 0;
    else if (!event.repeat) shifts += 1;
    if (shifts === 3) leave();
  });
}

function startLink() {
  hear(byId("link"), "click", () => {
    var field = el("textarea", {class: "unseen", text: location.href});
    document.body.append(field);
    field.select();
    // Works from a file too, where the newer clipboard interface asks or refuses.
    if (document.execCommand("copy")) say(says("linked"));
    field.remove();
    byId("link").focus();
  });
}
