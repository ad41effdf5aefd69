"""A command in a process of its own, whose memory and processor time the system measures."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

# Imported here, so that each process starts with them.
import vawg_geo.areas.counting.count_points
import vawg_geo.audit.run
import vawg_geo.inputs.population  # noqa: F401
from vawg_geo.commands.main import main

SECONDS, BYTES = 10, 1 << 30
# What a process holds that has imported the above and done nothing else.
_STARTED = 340 << 20


@dataclass(frozen=True)
class Ended:
    """How a process ended; `bytes` is the most that it held, had it started from nothing."""

    code: int
    said: str
    seconds: float
    bytes: int


def _held_now():
    """Bytes that this process holds, which a child of it starts with."""
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def run_measured(words, said):
    """Run the command line and give how it ended; what it says is wrong goes into a file."""
    sys.stdout.flush()
    before = _held_now()
    child = os.fork()
    if not child:
        code = 99
        try:
            # How far it has come is told elsewhere than what is wrong.
            with said.open("w") as stream, said.with_suffix(".out").open("w") as other:
                os.dup2(other.fileno(), 1)
                os.dup2(stream.fileno(), 2)
            sys.stdout = os.fdopen(1, "w", closefd=False)
            sys.stderr = os.fdopen(2, "w", closefd=False)
            # What would go on for ever is stopped; a machine is not to be filled for a test.
            resource.setrlimit(resource.RLIMIT_CPU, (40, 45))
            resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
            signal.alarm(120)
            code = main([str(word) for word in words])
        except BaseException:  # noqa: BLE001  (a traceback is what is looked for)
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    scale = 1 if sys.platform == "darwin" else 1024
    return Ended(
        os.waitstatus_to_exitcode(status),
        said.read_text(),
        used.ru_utime + used.ru_stime,
        # A worker that has run other tests holds more than a fresh process, and its child too.
        _STARTED + max(0, used.ru_maxrss * scale - before),
    )


def require_refused(ended, message):
    assert ended.code == 2, ended
    assert ended.said.startswith("vawg-geo: "), ended
    assert ended.said.count("\n") == 1, ended
    assert message in ended.said
    assert ended.seconds < SECONDS, ended
    assert ended.bytes < BYTES, ended
