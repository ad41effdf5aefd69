"""Is a GeoPackage open elsewhere? Asked before it is replaced.

QGIS keeps a GeoPackage that it edits in SQLite's write-ahead mode, with a `-wal` and a `-shm` file
beside it. A new file under the old name would meet the old `-wal` (what QGIS then shows is broken),
and what she saves afterwards would go into a file that is gone. QGIS that only shows a layer holds
nothing (tried with 3.22), and keeps showing the former file until it is reloaded.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from vawg_geo.errors import OutputError

__all__ = ["require_closed"]

# In seconds: a program that reads a file lets go of it between two queries.
_PATIENCE: Final = 0.5
_TAKEN: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def require_closed(path: Path) -> None:
    """Refuse a GeoPackage that another program edits or writes to.

    What a program that crashed left in a `-wal` or `-journal` beside the file is settled into the
    file by SQLite, as the next program to open it would do; nothing else is changed.

    Parameters
    ----------
    path : Path
        Need not exist.

    Raises
    ------
    OutputError
        The file is in use.

    Examples
    --------
    >>> require_closed(Path("no such file.gpkg"))
    """
    if not path.is_file():
        return
    try:
        with closing(_connect(path)) as base:
            if base.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                # Takes every lock there is, and fails where another program has the file open.
                base.execute("PRAGMA journal_mode=DELETE").fetchone()
            base.execute("BEGIN EXCLUSIVE")
            base.execute("ROLLBACK")
    except sqlite3.Error as error:
        if (error.sqlite_errorcode & 0xFF) in _TAKEN:
            raise _in_use(path) from error
        # Not a database, or one that cannot be opened: whoever replaces it finds out.
    if Path(f"{path}-wal").exists():
        raise _in_use(path)


def _connect(path: Path) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None)


def _in_use(path: Path) -> OutputError:
    return OutputError(
        f"{path.name} in {path.absolute().parent.name} is open for editing in another program. "
        "Save and close it there (QGIS: end editing, or remove the layer), then run again. Nothing "
        "was changed."
    )
