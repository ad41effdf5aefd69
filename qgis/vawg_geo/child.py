"""Run `entry.py` in the package's Python: hand over a folder, wait, stop it where asked to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from .environment import environment_for, without_window

ENTRY = Path(__file__).with_name("entry.py")
REQUEST, RESULT = "request.json", "result.json"
_WAIT = 0.2


class ChildRefused(Exception):
    """What the package said when it refused."""


@contextmanager
def exchange_folder(warn):
    """Folder for what is handed over; it holds every count, and goes when the tool ends."""
    folder = Path(mkdtemp(prefix="vawg-"))
    try:
        yield folder
    finally:
        shutil.rmtree(str(folder), ignore_errors=True)
        if folder.exists():
            warn(str(folder))


def run_entry(python, folder, request, feedback, *, entry=ENTRY):
    """Run a request in a folder; give its result, or None where the person stopped it."""
    (folder / REQUEST).write_text(json.dumps(request), "utf-8")
    process = subprocess.Popen(
        [str(python), str(entry), str(folder)],
        cwd=str(folder), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env=environment_for(python), **without_window(),
    )  # fmt: skip
    while True:
        try:
            _, said = process.communicate(timeout=_WAIT)
            break
        except subprocess.TimeoutExpired:
            if feedback.isCanceled():
                stop(process)
                return None
    if process.returncode:
        words = said.decode("utf-8", "replace").strip()
        raise ChildRefused(words or f"vawg_geo ended with {process.returncode}.")
    return json.loads((folder / RESULT).read_text("utf-8"))


def stop(process):
    """End a child and whatever it started."""
    if os.name == "nt":
        # The Python of an environment starts another one there.
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(process.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            check=False, **without_window(),
        )  # fmt: skip
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.communicate()
