// Find an area, a town or a district by name or code: a text field with a list, by keyboard or mouse.

var hits = [];
var active = -1;

// What can be found: its name, what stands beside it, and what choosing it does.
function places() {
  var found = data.areas.name.map((name, i) => ({name, beside: parentOf(i) || data.areas.code[i], code: data.areas.code[i], go: {area: i}}));
  data.parents.name.forEach((name, d) => {
    found.push({name, beside: told("find_district"), code: data.parents.code[d], go: {within: d, area: null}});
  });
  (data.context && data.context.towns || []).forEach(town => {
    if (town[3] === null) return;
    found.push({name: town[0], beside: told("find_town", {area: nameOf(town[3])}), code: "", go: {area: town[3]}});
  });
  found.forEach(one => { one.plain = plain(one.name); one.code = one.code.toLowerCase(); });
  return found;
}

function startSearch() {
  var field = byId("find"), list = byId("found");
  var known = null;
  hear(field, "input", () => {
    var wish = plain(field.value);
    known = known || places();
    hits = [];
    if (wish) {
      known.forEach((one, n) => {
        var at = one.plain.indexOf(wish);
        if (at >= 0 || one.code.indexOf(wish) === 0) hits.push([at > 0 ? 1 : 0, one.plain, n, one]);
      });
      hits = hits.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[2] - b[2]))
        .slice(0, 12).map(hit => hit[3]);
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
    var option = event.target.closest("[data-hit]");
    event.preventDefault();
    if (option) take(hits[Number(option.dataset.hit)]);
  });
}

function take(one) {
  byId("find").value = one.name;
  hits = [];
  active = -1;
  drawHits(false);
  change(one.go);
}

function drawHits(open) {
  var field = byId("find"), list = byId("found");
  var options = hits.map((one, place) => {
    return el("li", {
      role: "option", id: "vawg-hit-" + place, "data-hit": place,
      "aria-selected": place === active ? "true" : "false"
    }, [el("span", {text: one.name}), " ", el("small", {text: one.beside})]);
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
