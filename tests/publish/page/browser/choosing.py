"""Ways to what is chosen on a page, as a reader goes."""

from __future__ import annotations


def more(page, control):
    """Open what is rarer, where it is closed; the control again, to be used."""
    if page.get_attribute("#vawg-more", "open") is None:
        page.click("#vawg-more > summary")
    return control
