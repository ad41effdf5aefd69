"""Fixtures of the browser tests."""

from __future__ import annotations

import pytest

from tests.publish.page.browser.firefox import Firefox, firefox_path


@pytest.fixture(scope="session")
def firefox_found(absent):
    """Where Firefox is."""
    return firefox_path() or absent("no Firefox on this machine")


@pytest.fixture(scope="module")
def firefox_started(firefox_found):
    browser = Firefox(firefox_found)
    yield browser
    browser.close()


@pytest.fixture
def firefox(firefox_started):
    """Firefox; when the test ends, no message and no request may have come of it."""
    firefox_started.messages.clear()
    firefox_started.requests.clear()
    yield firefox_started
    # Whatever is still on its way comes before the answer to this.
    firefox_started.ask("browsingContext.getTree")
    assert firefox_started.messages == []
    kinds = ("file:", "data:", "blob:", "about:")
    assert [u for u in firefox_started.requests if not u.startswith(kinds)] == []
