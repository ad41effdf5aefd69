"""Every control there is, found on the page itself: by mouse, and by keyboard alone."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.long]

START = "#indicator=crimes&sex=persons&period=2015%2F16&view=rate&area=E05990001"

# What a reader could notice: address, texts, zoom, what is checked, printing, files, leaving.
NOTICED = """() => JSON.stringify([
  location.hash, document.getElementById("vawg-status").textContent, document.getElementById("vawg-detail").innerText,
  document.getElementById("vawg-table").innerText, map_vawg.getZoom().toFixed(3), map_vawg.getCenter().toString(),
  [...document.querySelectorAll("input")].map(at => at.type === "text" ? at.value : at.checked),
  [...document.querySelectorAll("select")].map(at => at.value), [...document.querySelectorAll("details")].map(at => at.open),
  [...document.querySelectorAll("[aria-sort]")].map(at => at.getAttribute("aria-sort")), scrollY, window.noticed])"""

# Printing, leaving and other pages would end the test: they only leave a note.
WATCH = """() => { window.noticed = 0; window.print = () => { window.noticed += 1; };
  document.getElementById("vawg-exit").href = "#left";
  document.querySelectorAll("a[href]:not([href^='#'])").forEach(at => at.addEventListener("click", event => {
    event.preventDefault();
    window.noticed += 1;
  }));
  addEventListener("hashchange", event => { if (event.newURL.endsWith("#left")) window.noticed += 1; }, true); }"""

NOW = """() => { const at = document.activeElement, table = at.closest("#vawg-table");
  const kind = at.tagName === "INPUT" ? at.type : at.tagName.toLowerCase();
  // One heading and one name stand for all of the table.
  const name = table && at.dataset.area ? "table-area" : table && at.dataset.sort ? "table-sort"
    : at.id || at.name || at.getAttribute("aria-label") || at.getAttribute("class") || at.textContent;
  return [name, kind]; }"""

ALL = """() => [...document.querySelectorAll("input, select, button, summary, a[href], [tabindex='0']")]
  .filter(at => at.checkVisibility() && !at.disabled && at.tabIndex >= 0)
  .map(at => at.dataset.area ? "table-area" : at.dataset.sort ? "table-sort"
    : at.id || at.name || at.getAttribute("aria-label") || at.getAttribute("class") || at.textContent)"""

# Each from the same beginning, with what is rarer open: some choices switch other controls off.
AGAIN = f"""() => {{ location.hash = "{START}"; document.getElementById("vawg-more").open = true;
  map_vawg.panBy([70, 50], {{animate: false}}); }}"""

# Regions that take the focus so that they can be scrolled; they do nothing else.
SCROLLED = {"vawg-table", "vawg-chart"}


def visit_watched(visit, laid):
    page = visit(laid / "ward.html", address=START, accept_downloads=True)
    page.evaluate(WATCH)
    page.on("download", lambda _: page.evaluate("() => { window.noticed += 1; }"))
    return page


def settled(page, before):
    """Something noticed has changed, within three seconds: machines are busy at times."""
    for _ in range(60):
        if page.evaluate(NOTICED) != before:
            return True
        page.wait_for_timeout(50)
    return False


KEYS = {
    "radio": ("ArrowDown",),
    "checkbox": ("Space",),
    "select": ("ArrowDown",),
    "button": ("Enter",),
    "summary": ("Enter",),
    "a": ("Enter",),
    "div": ("ArrowRight", "ArrowUp"),
    "text": ("s", "q", "u", "a", "r", "e", "Space", "8", "Enter"),
}


@pytest.mark.promise
def test_each_by_keyboard_alone(visit, laid):
    """Every control of the page works by keyboard alone."""
    page = visit_watched(visit, laid)
    page.evaluate(AGAIN)
    page.wait_for_timeout(50)
    wanted = set(page.evaluate(ALL))
    assert len(wanted) >= 25
    used, dead = set(), []
    for _ in range(140):
        page.keyboard.press("Tab")
        name, kind = page.evaluate(NOW)
        if kind == "body":
            break
        # A browser lets a box that scrolls be reached; it does nothing else.
        if name in used or name in SCROLLED or kind == "section":
            used.add(name)
            continue
        used.add(name)
        # Showing the whole area changes something only where less of it is shown.
        page.evaluate("() => { map_vawg.panBy([70, 50], {animate: false}); }")
        before = page.evaluate(NOTICED)
        page.evaluate("() => { window.was = document.activeElement; }")
        assert kind in KEYS, name
        for key in KEYS[kind]:
            page.keyboard.press(key)
        # A group of a single choice has nothing to change.
        alone = kind == "radio" and page.locator(f"input[name={name}]:enabled").count() == 1
        if name != "skip" and not alone and not settled(page, before):
            dead.append(name)
        page.evaluate(AGAIN)
        page.wait_for_timeout(50)
        # What a control did may have moved the focus, or drawn it anew.
        page.evaluate(
            "() => { if (window.was.isConnected) window.was.focus({preventScroll: true}); }"
        )
    assert dead == []
    assert wanted - used == set()


@pytest.mark.promise
def test_each_by_mouse(visit, laid):
    """Every control of the page works by mouse."""
    page = visit_watched(visit, laid)
    dead, tried = [], 0
    page.evaluate(AGAIN)
    for selector in (
        "input[type=radio]", "input[type=checkbox]", "button", "select", "summary", "a[href]:not(.skip)"
    ):  # fmt: skip
        count = page.locator(selector).count()
        for place in range(count):
            if place >= page.locator(selector).count():
                break
            page.evaluate(AGAIN)
            page.wait_for_timeout(150)
            at = page.locator(selector).nth(place)
            if not at.is_visible() or not at.is_enabled():
                continue
            # The table's buttons are many and alike.
            if at.evaluate("at => at.matches('#vawg-table tbody tr:nth-child(n + 4) button')"):
                continue
            chosen = selector.endswith("radio]") and at.is_checked()
            if chosen or at.get_attribute("data-area") == "1":
                continue
            before = page.evaluate(NOTICED)
            tried += 1
            if selector == "select":
                values = at.evaluate(
                    "at => [...at.options].filter(o => !o.disabled).map(o => o.value)"
                )
                at.select_option(next(v for v in values if v != at.input_value()))
            else:
                at.click()
            if not settled(page, before):
                dead.append(at.evaluate("at => at.outerHTML.slice(0, 90)"))
    assert dead == []
    assert tried >= 25


def test_a_dead_control_is_seen(visit, laid):
    page = visit_watched(visit, laid)
    page.evaluate(
        "document.getElementById('vawg-csv').addEventListener('click', e => e.stopImmediatePropagation(), true)"
    )
    before = page.evaluate(NOTICED)
    page.click("#vawg-csv")
    assert not settled(page, before)
