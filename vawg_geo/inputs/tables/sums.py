"""A record of checksums beside one's own files: `SHA256SUMS`, as `sha256sum` writes it.

A table that was cut at the end of a row, or a number of which one bit turned, looks like any other.
Only a checksum tells. Embedded, fetched and added layers have theirs in a registry; for files of
her own an analyst may leave this record in their folder, and every reader here holds to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError
from vawg_geo.inputs.catalogue.registry import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RECORD", "require_recorded"]

RECORD: Final = "SHA256SUMS"
_LINE: Final = re.compile(r"\\?(?P<sum>[0-9a-fA-F]{64}) [ *](?P<name>.+)")


def require_recorded(path: Path) -> list[str]:
    r"""Refuse a file that differs from the record beside it, where there is one.

    Of a Shapefile, every part that the record names must be there as recorded.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    list of str
        A note where there is a record and the file is not in it; else empty.

    Raises
    ------
    InputError
        The record cannot be read, or a file is absent or not the one recorded.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "counts.csv")
    ...     _ = table.write_text("area_code,count\nE05002703,12\n")
    ...     _ = Path(folder, "SHA256SUMS").write_text(f"{sha256_of(table)}  counts.csv\n")
    ...     print(require_recorded(table))
    ...     _ = table.write_text("area_code,count\nE05002703,13\n")
    ...     require_recorded(table)
    Traceback (most recent call last):
    vawg_geo.errors.InputError: counts.csv is not the file that SHA256SUMS beside it records: it was
    changed, cut short or damaged since. Restore it, or, if the change was meant, write the record
    anew: sha256sum * > SHA256SUMS
    """
    record = path.with_name(RECORD)
    if not record.is_file():
        return []
    sums = _recorded_sums(record)
    names = [path.name]
    if path.suffix.lower() == ".shp":
        parts = [name for name in sums if name.rpartition(".")[0] == path.stem]
        names += [name for name in parts if name != path.name]
    if path.name not in sums:
        return [f"{path.name} is not in {RECORD} beside it, so nothing vouches for it"]
    for name in names:
        part = path.with_name(name)
        if not part.is_file():
            msg = f"{name} is absent, and {RECORD} records it. Restore it."
            raise InputError(msg)
        if sha256_of(part) != sums[name]:
            msg = (
                f"{name} is not the file that {RECORD} beside it records: it was changed, cut "
                "short or damaged since. Restore it, or, if the change was meant, write the record "
                f"anew: sha256sum * > {RECORD}"
            )
            raise InputError(msg)
    return []


def _recorded_sums(record: Path) -> dict[str, str]:
    try:
        lines = record.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{RECORD} cannot be read ({error}). Write it anew: sha256sum * > {RECORD}"
        raise InputError(msg) from error
    sums = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if (found := _LINE.fullmatch(line)) is None:
            msg = (
                f"line {number} of {len(lines)} of {RECORD} is no checksum and name. Write it "
                f"anew: sha256sum * > {RECORD}"
            )
            raise InputError(msg)
        sums[found["name"].removeprefix("./")] = found["sum"].lower()
    return sums
