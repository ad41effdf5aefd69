// Small tools. Texts reach the page through textContent alone: no name is ever read as markup.

var SCALE = 100000;
var SVG = "http://www.w3.org/2000/svg";

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => Object.prototype.hasOwnProperty.call(values, name) ? String(values[name]) : whole);
}

function says(name) {
  return data.words.page[name];
}

function told(name, values) {
  return fill(says(name), levels(values));
}

function para(text, kind) {
  return el("p", {text, class: kind});
}

function titled(text, box) {
  return el("label", {class: "over"}, [el("span", {text}), box]);
}

function signed(sign, text) {
  return sign ? sign + " " + text : text;
}

function nameOf(i) {
  return data.areas.name[i];
}

function hear(node, event, act, options) {
  node.addEventListener(event, act, options);
}

function byId(id) {
  return document.getElementById("vawg-" + id);
}

function put(node, attributes, children) {
  Object.keys(attributes || {}).forEach(key => {
    var value = attributes[key];
    if (value === null || value === undefined || value === false) return;
    if (key === "text") node.textContent = value;
    else if (key === "click") hear(node, "click", value);
    else node.setAttribute(key, value === true ? "" : value);
  });
  (children || []).forEach(child => {
    if (child) node.append(child);
  });
  return node;
}

function el(tag, attributes, children) {
  return put(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, children) {
  return put(document.createElementNS(SVG, tag), attributes, children);
}

function replace(node, children) {
  node.replaceChildren(...children.filter(Boolean));
}

// Numbers come rounded half up; this only prints them.
function printed(value, decimals) {
  var parts = value.toFixed(decimals).split(".");
  parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
  return parts.join(".");
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function lower(text) {
  return text[0].toLowerCase() + text.slice(1);
}

function unique(values) {
  return [...new Set(values)];
}

function whose(name) {
  return name + (/['\u2019]s$/.test(name) ? "" : name.endsWith("s") ? "\u2019" : "\u2019s");
}

// Delta-coded whole numbers back to Leaflet's [latitude, longitude].
function decodeShape(shape) {
  return shape.map(rings => {
    return rings.map(ring => {
      var points = [], x = 0, y = 0;
      for (var i = 0; i < ring.length; i += 2) {
        x += ring[i];
        y += ring[i + 1];
        points.push([y / SCALE, x / SCALE]);
      }
      return points;
    });
  });
}

function latLng(point) {
  return [point[1] / SCALE, point[0] / SCALE];
}

// Letters without accents, apostrophes or case, '&' as 'and': what people type finds what is meant.
function plain(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f'\u2019]/g, "").replace(/&/g, " and ")
    .replace(/[^\p{L}\p{N}]+/gu, " ").trim().toLowerCase();
}
