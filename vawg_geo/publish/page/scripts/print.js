// Paper: one sheet with the view on it, made as the printing starts. Leaving the page; its link.

function startPrint() {
  hear(byId("print"), "click", () => { window.print(); });
  hear(window, "beforeprint", () => { printing(true); });
  hear(window, "afterprint", () => { printing(false); });
}

// Wide where two maps lie side by side, or where the area is wider than it is tall.
function wideSheet() {
  var view = shapeOf(viewOf(plates[0]));
  return besideSeries() !== null || view.wide > view.tall * 1.15;
}

var paper = null;

// A rule of its own says which way the paper lies: a name for its pages is not heard by all browsers.
function printing(on) {
  var rules = document.styleSheets[document.styleSheets.length - 1];
  if (paper) {
    paper.remove();
    rules.deleteRule(rules.cssRules.length - 1);
  }
  paper = null;
  document.body.classList.toggle("printing", on);
  if (!on) return;
  var wide = wideSheet(), root = wide ? onSheet(1108, 760, "#f3f6f8") : onSheet(760, 1108, "#f3f6f8");
  rules.insertRule("@page { size: A4 " + (wide ? "landscape" : "portrait") + "; margin: 8mm; }", rules.cssRules.length);
  document.body.append(paper = el("div", {class: wide ? "paper wide" : "paper"}, [root]));
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

// Works from a file too, where the newer clipboard interface asks or refuses.
function copyLink() {
  var field = el("textarea", {class: "unseen", text: location.href}), box = byId("link");
  document.body.append(field);
  field.select();
  var done = document.execCommand("copy");
  field.remove();
  box.focus();
  if (box.nextSibling && box.nextSibling.className === "copied") box.nextSibling.remove();
  // Where it cannot be copied, the address itself is shown.
  var said = el("span", {class: "copied", text: done ? says("linked") : location.href});
  box.after(said);
  if (done) setTimeout(() => { said.remove(); }, 4000);
  say(says(done ? "linked" : "not_linked"));
}

// A telephone has its own way to send something.
function startLink() {
  hear(byId("link"), "click", () => {
    if (!window.navigator.share || !window.matchMedia("(pointer: coarse)").matches) return copyLink();
    window.navigator.share({title: document.title, url: location.href}).catch(error => {
      if (error.name !== "AbortError") copyLink();
    });
  });
}
