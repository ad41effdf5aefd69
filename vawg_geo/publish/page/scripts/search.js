// Find an area by name or code: a text field with a list, all by keyboard or mouse.

var hits = [];
var active = -1;

function startSearch() {
  var field = byId("find"), list = byId("found");
  var names = null;
  hear(field, "input", () => {
    var wish = plain(field.value);
    names = names || data.areas.name.map(plain);
    hits = [];
    if (wish) {
      names.forEach((name, i) => {
        var at = name.indexOf(wish);
        var code = data.areas.code[i].toLowerCase();
        if (at >= 0 || code.indexOf(wish) === 0) hits.push([at < 0 ? 0 : (at === 0 ? 0 : 1), name, i]);
      });
      hits = hits.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
        .slice(0, 12).map(hit => hit[2]);
    }
    active = hits.length ? 0 : -1;
    drawHits(wish !== "");
  });
  hear(field, "keydown", event => {
    if (event.key === "Escape") { drawHits(false); return; }
    if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) take(hits[active]);
      return;
    }
    var way = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!way || !hits.length) return;
    event.preventDefault();
    active = (active + way + hits.length) % hits.length;
    drawHits(true);
  });
  hear(field, "blur", () => { drawHits(false); });
  // Before the field loses its focus and closes the list.
  hear(list, "mousedown", event => {
    var option = event.target.closest("[data-area]");
    event.preventDefault();
    if (option) take(Number(option.dataset.area));
  });
}

function take(i) {
  byId("find").value = nameOf(i);
  hits = [];
  active = -1;
  drawHits(false);
  change({area: i});
}

function drawHits(open) {
  var field = byId("find"), list = byId("found");
  var options = hits.map((i, place) => {
    return el("li", {
      role: "option", id: "vawg-hit-" + place, "data-area": i,
      "aria-selected": place === active ? "true" : "false"
    }, [
      el("span", {text: nameOf(i)}),
      el("small", {text: parentOf(i) || data.areas.code[i]})
    ]);
  });
  if (open && !options.length) {
    options = [el("li", {
      role: "option", "aria-disabled": "true", "aria-selected": "false",
      text: told("find_none")
    })];
  }
  replace(list, options);
  list.hidden = !open;
  field.setAttribute("aria-expanded", open ? "true" : "false");
  if (open && active >= 0) {
    field.setAttribute("aria-activedescendant", "vawg-hit-" + active);
    list.children[active].scrollIntoView({block: "nearest"});
  } else field.removeAttribute("aria-activedescendant");
}
