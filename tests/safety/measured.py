"""A command in a process of its own, whose memory and processor time the system measures."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from dataclasses import dataclass

# Imported here, so that each process starts with them.
import vawg_geo.areas.count_points
import vawg_geo.audit.run
import vawg_geo.inputs.portal
import vawg_geo.tools  # noqa: F401
from vawg_geo.cli import main

SECONDS, BYTES = 10, 1 << 30


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    said: str
    seconds: float
    bytes: int


def run_measured(words, said):
    """Run the command line and give how it ended; what it says is wrong goes into a file."""
    sys.stdout.flush()
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
        used.ru_maxrss * scale,
    )


def require_refused(ended, message):
    assert ended.code == 2, ended
    assert ended.said.startswith("vawg-geo: "), ended
    assert ended.said.count("\n") == 1, ended
    assert message in ended.said
    assert ended.seconds < SECONDS, ended
    assert ended.bytes < BYTES, ended
