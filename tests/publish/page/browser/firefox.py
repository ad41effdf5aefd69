"""Firefox by WebDriver BiDi: a browser of its own profile, driven over a socket, without more.

What the protocol is: https://w3c.github.io/webdriver-bidi/; its messages go over a WebSocket
(RFC 6455), of which a client needs little.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

__all__ = ["Firefox", "Tab", "firefox_path"]

# Nothing but the file is to be loaded, and nothing asked of the reader.
SETTINGS = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.offline-localhost": False,
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
KEYS = {
    "Tab": "\ue004", "Enter": "\ue007", "Space": " ", "Escape": "\ue00c", "Home": "\ue011",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
}  # fmt: skip
PATIENCE = 60
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def firefox_path() -> str | None:
    """Where the browser is, if it is."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class WebSocket:
    """A client's end of a WebSocket on this machine: whole texts in and out."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self.line = socket.create_connection((host, port), timeout=PATIENCE)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self.line.sendall(head.encode())
        self.held = b""
        while b"\r\n\r\n" not in self.held:
            self.held += self._more()
        answer, _, self.held = self.held.partition(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n")[0]:
            msg = f"no WebSocket: {answer[:80]!r}"
            raise ConnectionError(msg)

    def _more(self) -> bytes:
        data = self.line.recv(1 << 16)
        if not data:
            msg = "the browser closed the line"
            raise ConnectionError(msg)
        return data

    def _take(self, size: int) -> bytes:
        while len(self.held) < size:
            self.held += self._more()
        taken, self.held = self.held[:size], self.held[size:]
        return taken

    def send(self, text: str, kind: int = TEXT) -> None:
        data, mask = text.encode(), secrets.token_bytes(4)
        size = len(data)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        hidden = bytes(a ^ b for a, b in zip(data, itertools.cycle(mask), strict=False))
        self.line.sendall(head + mask + hidden)

    def receive(self) -> str:
        """Give the next whole text; answers to pings go out beside it."""
        whole = b""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", self._take(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", self._take(8))
            data, kind = self._take(size), first & 0x0F
            if kind == PING:
                self.send(data.decode("latin-1"), PONG)
            elif kind == CLOSE:
                msg = "the browser closed the line"
                raise ConnectionError(msg)
            elif kind != PONG:
                whole += data
                if first & 0x80:
                    return whole.decode()

    def close(self) -> None:
        self.line.close()


class Firefox:
    """A headless Firefox; what its pages write to the console is in `messages`."""

    def __init__(self, path: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="firefox-"))
        profile = self.folder / "profile"
        profile.mkdir()
        lines = [f'user_pref("{key}", {json.dumps(value)});' for key, value in SETTINGS.items()]
        (profile / "user.js").write_text("\n".join(lines) + "\n", "utf-8")
        said = self.folder / "said"
        with said.open("wb") as out:
            self.process = subprocess.Popen(
                [path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
                stdout=out, stderr=out, env=os.environ | {"HOME": str(self.folder)},
            )  # fmt: skip
        self.numbers = itertools.count(1)
        self.messages: list[str] = []
        self.requests: list[str] = []
        self.socket = WebSocket("127.0.0.1", self._port(said), "/session")
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])

    def _port(self, said: Path) -> int:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = re.search(rb"WebDriver BiDi listening on ws://[^:]+:(\d+)", said.read_bytes())
            if found:
                return int(found[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.close()
        msg = "Firefox did not start"
        raise ConnectionError(msg)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; what comes in between is noted."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            heard = json.loads(self.socket.receive())
            if heard.get("id") == number:
                if heard["type"] == "error":
                    msg = f"{method}: {heard['error']}: {heard['message']}"
                    raise RuntimeError(msg)
                return heard["result"]
            held = heard.get("params", {})
            if heard.get("method") == "log.entryAdded":
                self.messages.append(f"{held['level']}: {held['text']}")
            elif heard.get("method") == "network.beforeRequestSent":
                self.requests.append(held["request"]["url"])

    def open(self, address: str, *, width: int = 1366, height: int = 768) -> Tab:
        """Open an address in a tab of its own."""
        context = self.ask("browsingContext.create", type="tab")["context"]
        viewport = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", context=context, viewport=viewport)
        tab = Tab(self, context)
        tab.go(address)
        return tab

    def close(self) -> None:
        """End the browser and forget its profile."""
        with contextlib.suppress(OSError, RuntimeError, AttributeError):
            self.ask("browser.close")
            self.socket.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Tab:
    """A tab of Firefox."""

    def __init__(self, browser: Firefox, context: str) -> None:
        self.browser, self.context = browser, context

    def go(self, address: str) -> None:
        self.browser.ask(
            "browsingContext.navigate", context=self.context, url=address, wait="complete"
        )

    def evaluate(self, expression: str) -> Any:
        """Value of an expression; what it gives must be text, number, truth or nothing."""
        answer = self.browser.ask(
            "script.evaluate", expression=expression, target={"context": self.context},
            awaitPromise=True,
        )  # fmt: skip
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until an expression is true, ten seconds at most."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            found = self.evaluate(expression)
            if found:
                return found
            time.sleep(0.05)
        msg = f"never true: {expression}"
        raise AssertionError(msg)

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of an element."""
        found = self.browser.ask(
            "browsingContext.locateNodes", context=self.context,
            locator={"type": "css", "value": selector}, maxNodeCount=1,
        )["nodes"]  # fmt: skip
        if not found:
            msg = f"nothing is {selector}"
            raise AssertionError(msg)
        self.evaluate(
            f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'nearest'}})"
        )
        self._act(
            "pointer",
            {"type": "pointerMove", "x": 0, "y": 0,
             "origin": {"type": "element", "element": {"sharedId": found[0]["sharedId"]}}},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )  # fmt: skip

    def press(self, *keys: str) -> None:
        """Press keys one after the other, or type letters."""
        values = [KEYS.get(key, key) for key in keys]
        acts = [{"type": kind, "value": v} for v in values for kind in ("keyDown", "keyUp")]
        self._act("key", *acts)

    def _act(self, kind: str, *acts: dict[str, Any]) -> None:
        source = {"type": kind, "id": kind, "actions": list(acts)}
        self.browser.ask("input.performActions", context=self.context, actions=[source])

    def paper(self, *, landscape: bool = False) -> bytes:
        """Print as the page asks for it: a PDF on A4, as a reader's dialogue has it at first."""
        size = {"width": 21.0, "height": 29.7}
        answer = self.browser.ask(
            "browsingContext.print", context=self.context, page=size, background=True,
            orientation="landscape" if landscape else "portrait",
        )  # fmt: skip
        return base64.b64decode(answer["data"])

    def picture(self) -> bytes:
        """PNG of what is seen."""
        answer = self.browser.ask("browsingContext.captureScreenshot", context=self.context)
        return base64.b64decode(answer["data"])
