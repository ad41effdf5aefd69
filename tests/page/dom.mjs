// As much of a document as the page's drawing functions use, and not more: what they make of names
// must be text and attributes, so markup is refused here.

class Leaf {
  constructor(text) { this.text = String(text); }
  get textContent() { return this.text; }
}

export class Element {
  constructor(tag) {
    this.tagName = tag;
    this.attributes = {};
    this.children = [];
    this.listeners = {};
    this.hidden = false;
    this.clientWidth = 800;
    this.style = {};
    const names = new Set();
    this.classList = {
      toggle: (name, on) => { if (on) names.add(name); else names.delete(name); },
      add: (name) => names.add(name),
      contains: (name) => names.has(name),
    };
  }

  get textContent() { return this.children.map((child) => child.textContent).join(""); }
  set textContent(text) { this.children = [new Leaf(text)]; }
  get firstChild() { return this.children[0] ?? null; }

  set innerHTML(_) { throw new Error("markup was written"); }
  set outerHTML(_) { throw new Error("markup was written"); }
  insertAdjacentHTML() { throw new Error("markup was written"); }

  append(...nodes) {
    this.children.push(...nodes.map((n) => n instanceof Element || n instanceof Leaf ? n : new Leaf(n)));
  }
  replaceChildren(...nodes) {
    this.children = [];
    this.append(...nodes);
  }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  removeAttribute(name) { delete this.attributes[name]; }
  getAttribute(name) { return this.attributes[name] ?? null; }
  addEventListener(kind, listener) { (this.listeners[kind] ??= []).push(listener); }
  fire(kind, event = {}) { (this.listeners[kind] ?? []).forEach((listener) => listener({target: this, ...event})); }
  focus() {}
  scrollIntoView() {}
  before() {}

  /** The first element of a kind: tags are all that is asked for so far. */
  querySelector(tag) { return this.all(tag)[0] ?? null; }

  querySelectorAll(tag) { return this.all(tag); }

  /** All elements of a kind, this one's descendants, in order. */
  all(tag) {
    return this.children.filter((child) => child instanceof Element)
      .flatMap((child) => [...(child.tagName === tag ? [child] : []), ...child.all(tag)]);
  }
}

export class Document extends Element {
  constructor() {
    super("#document");
    this.body = new Element("body");
    this.known = {};
  }
  createElement(tag) { return new Element(tag); }
  createElementNS(_, tag) { return new Element(tag); }
  createTextNode(text) { return new Leaf(text); }
  getElementById(id) { return (this.known[id] ??= new Element("div")); }
}
