"""A template need remember nothing: whatever it is given comes out escaped, wherever it stands.

Each slot of each template is filled with a text that would be markup. The check is seen to fail
with the environment's autoescape off, and with one slot that says `|safe`.
"""

from __future__ import annotations

from importlib import resources
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError, meta, nodes

from vawg_geo.words.markup import environment, plain, trusted

TEMPLATES = {
    path.name: path.read_text("utf-8")
    for path in (resources.files("vawg_geo.publish.page") / "templates").iterdir()
    if path.name.endswith(".html")
}


class Slot(str):
    """A hostile text that is a list, a mapping, an object and a function of hostile texts too."""

    __slots__ = ()

    def __getattribute__(self, name):
        return super().__getattribute__(name) if name.startswith("__") else self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter((self, self))

    def __call__(self, *args):
        return self


HOSTILE = "\u202e<b onclick='alert(1)'>\"&"
ESCAPED = "\ufffd&lt;b onclick=&#x27;alert(1)&#x27;&gt;&quot;&amp;"


def fillings(made):
    """Text of each template and of each macro with a hostile text in every slot."""
    trees = {name: made.parse(text) for name, text in TEMPLATES.items()}
    slots = {slot for tree in trees.values() for slot in meta.find_undeclared_variables(tree)}
    values = dict.fromkeys(slots, Slot(HOSTILE))
    for name, tree in trees.items():
        macros = list(tree.find_all(nodes.Macro))
        for macro in macros:
            # A new page of the report prints nothing.
            if all(one.ctx != "load" for part in macro.body for one in part.find_all(nodes.Name)):
                continue
            run = getattr(made.get_template(name).module, macro.name)
            yield f"{name}: {macro.name}", str(run(*[Slot(HOSTILE)] * len(macro.args)))
        if not macros:
            # A block's kind is a word of the program's own; its macro is looked at by itself.
            block = SimpleNamespace(kind="paragraph", text=Slot(HOSTILE))
            yield name, made.get_template(name).render(values, blocks=[(block, Slot(HOSTILE))])


def markup_let_through(made):
    found = dict(fillings(made))
    return [name for name, text in found.items() if "<b " in text or "\u202e" in text], found


def test_every_slot_is_escaped():
    wrong, found = markup_let_through(environment(TEMPLATES.__getitem__))
    assert wrong == []
    assert len(found) >= 15
    without = [name for name, text in found.items() if ESCAPED not in text]
    assert without == []


def test_the_check_fails_where_escaping_is_left_to_the_templates():
    made = environment(TEMPLATES.__getitem__)
    made.autoescape = False
    wrong, found = markup_let_through(made)
    assert sorted(wrong) == sorted(found)


@pytest.mark.parametrize("slot", ["{{ line }}", "{{ exit }}", "{{ block.caption }}"])
def test_the_check_fails_for_one_slot(slot):
    texts = {
        name: text.replace(slot, slot.replace(" }}", "|safe }}"))
        for name, text in TEMPLATES.items()
    }
    wrong, _ = markup_let_through(environment(texts.__getitem__))
    assert wrong


def test_trusted_markup_stays_as_it_is():
    made = environment({"one": "{{ drawing }}"}.__getitem__).get_template("one")
    assert made.render(drawing=trusted("<svg/>")) == "<svg/>"


def test_a_slot_that_nobody_fills_or_fills_with_nothing_is_an_error():
    made = environment({"one": "{{ area }}"}.__getitem__).get_template("one")
    with pytest.raises(UndefinedError, match="'area' is undefined"):
        made.render()
    with pytest.raises(TypeError, match="not NoneType"):
        made.render(area=None)


def test_what_no_document_may_hold_is_replaced():
    assert plain("a\tb\nc") == "a\tb\nc"
    assert set(plain("\x00\x1b\x7f\x85\u202a\u2066\ud800")) == {"\ufffd"}
