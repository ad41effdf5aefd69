"""What the product promises: tests marked `promise`, whose first sentence says it.

`python -m pytest -m promise --collect-only -q` lists them; without `--collect-only` they run, and the
list says at the end which are kept. With `-m "promise and not long"` it takes minutes.
"""

from __future__ import annotations

import inspect


def first_sentence(text: str | None) -> str:
    """A docstring's first sentence, on one line.

    >>> first_sentence("Nothing is lost, and 5.5 km is\\nsaid. How, is another thing.")
    'Nothing is lost, and 5.5 km is said.'
    """
    paragraph = " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())
    head, stop, _ = paragraph.partition(". ")
    return head + stop.strip()


def promise_of(item) -> str:
    """The words of a test, or of its class where that bears the mark."""
    own = any(mark.name == "promise" for mark in getattr(item.function, "pytestmark", []))
    return first_sentence((item.function if own else item.cls).__doc__)


def are_asked_for(config) -> bool:
    asked = config.option.markexpr
    return "promise" in asked and "not promise" not in asked


def is_kept(outcomes) -> bool:
    """Whether every test of a promise passed; one that is skipped keeps nothing."""
    return set(outcomes) == {"passed"}


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("promise"):
            # Goes with the report of the test, from another process too.
            item.user_properties.append(("promise", promise_of(item)))


def pytest_collection_finish(session):
    if session.config.option.collectonly and are_asked_for(session.config):
        words = {dict(item.user_properties)["promise"] for item in session.items}
        print("\n".join(sorted(words)))


def pytest_terminal_summary(terminalreporter, config):
    if not are_asked_for(config) or config.option.collectonly:
        return
    outcomes = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            if words := dict(getattr(report, "user_properties", [])).get("promise"):
                outcomes.setdefault(words, []).append(outcome)
    terminalreporter.section("promises")
    for words, found in sorted(outcomes.items()):
        kept = "kept" if is_kept(found) else "NOT KEPT"
        terminalreporter.write_line(f"{kept:9}{words}")
    kept = sum(map(is_kept, outcomes.values()))
    terminalreporter.write_line(f"{kept} of {len(outcomes)} promises that were asked for are kept.")
