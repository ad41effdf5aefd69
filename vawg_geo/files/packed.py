"""Tables that come packed: `.csv.gz`, and a zip of tables such as police.uk's own of many months.

Members get names of our own in a temporary folder, bounded before and while they are unpacked.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from vawg_geo.errors import InputError
from vawg_geo.files.limits import PARSED_BYTES, require_bounded_zip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "is_packed",
    "opened_table",
    "plain_name",
    "read_gzip",
    "tables_in_zip",
    "unpacked_tables",
]

_ENCRYPTED: Final = 0x1
_MOST_MEMBERS: Final = 20_000
_CHUNK: Final = 1 << 20
_AGAIN: Final = "Fetch or pack it again."
# What reading a damaged zip raises; RuntimeError and NotImplementedError where a member is packed
# in a way that is not built in.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


def is_packed(path: Path) -> bool:
    """Whether a name says that tables are packed in it.

    Examples
    --------
    >>> is_packed(Path("2018-01-street.csv.gz")), is_packed(Path("months.ZIP"))
    (True, True)
    >>> is_packed(Path("counts.csv"))
    False
    """
    return path.suffix.lower() in (".gz", ".zip")


def plain_name(path: Path) -> str:
    """Name of the file within a `.gz`; of any other file its own.

    Examples
    --------
    >>> plain_name(Path("counts.csv.gz")), plain_name(Path("counts.csv"))
    ('counts.csv', 'counts.csv')
    """
    return path.stem if path.suffix.lower() == ".gz" else path.name


def read_gzip(path: Path, *, most: int = PARSED_BYTES) -> bytes:
    """Bytes of a file packed with gzip.

    Parameters
    ----------
    path : Path
    most : int
        Bytes when unpacked.

    Raises
    ------
    InputError
        It is damaged, cut short, or unpacks to more.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "counts.csv.gz")
    ...     _ = path.write_bytes(gzip.compress(b"code,count"))
    ...     read_gzip(path)
    b'code,count'
    """
    try:
        with gzip.open(path, "rb") as stream:
            raw = stream.read(most + 1)
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    if len(raw) > most:
        raise _too_much(path, most)
    return raw


def tables_in_zip(path: Path, *, endings: Sequence[str] = (".csv",)) -> list[str]:
    """Names of the tables in a zip, in their order, as `opened_table` takes them.

    Raises
    ------
    InputError
        It is damaged, encrypted, or holds no such table.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "months.zip")
    ...     with zipfile.ZipFile(path, "w") as archive:
    ...         archive.writestr("2018-02/2018-02-a-street.csv", "two")
    ...         archive.writestr("README.txt", "three")
    ...     name, = tables_in_zip(path)
    ...     with opened_table(path, name) as stream:
    ...         name, stream.read()
    ('2018-02/2018-02-a-street.csv', b'two')
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return sorted(member.filename for member in _tables_of(archive, path, endings))
    except _DAMAGE as error:
        raise _damaged(path, error) from error


@contextmanager
def opened_table(path: Path, member: str = "") -> Iterator[IO[bytes]]:
    """Read a packed table bit by bit, never whole; whoever reads keeps count of the bytes.

    Parameters
    ----------
    path : Path
        A `.gz`, or a zip.
    member : str
        Of the zip.

    Raises
    ------
    InputError
        It is damaged or cut short.
    """
    try:
        if member:
            with zipfile.ZipFile(path) as archive, archive.open(member) as table:
                yield table
        else:
            with gzip.open(path) as stream:
                yield stream  # type: ignore[misc]
    except _DAMAGE as error:
        raise _damaged(path, error) from error


@contextmanager
def unpacked_tables(
    path: Path, *, endings: Sequence[str] = (".csv",), most: int = 4 * PARSED_BYTES
) -> Iterator[list[Path]]:
    """Give the tables in a file as plain files, which are removed afterwards.

    Parameters
    ----------
    path : Path
        A `.gz` of one table, a zip of several, or a plain table, which is given back itself.
    endings : sequence of str
        What the names of the tables in a zip end in; any other member is left in it.
    most : int
        Bytes of all when unpacked. They go to disk and not into memory.

    Yields
    ------
    list of Path
        The tables, by name. Folders of the zip are part of it: `2018-01/a.csv` is `2018-01_a.csv`.

    Raises
    ------
    InputError
        It is damaged, encrypted, holds no such table, or too much.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "months.zip")
    ...     with zipfile.ZipFile(path, "w") as archive:
    ...         archive.writestr("2018-02/2018-02-a-street.csv", "two")
    ...         archive.writestr("../2018-01-a-street.csv", "one")
    ...         archive.writestr("README.txt", "three")
    ...     with unpacked_tables(path) as tables:
    ...         [(table.name, table.read_text()) for table in tables]
    [('2018-01-a-street.csv', 'one'), ('2018-02_2018-02-a-street.csv', 'two')]
    """
    if not is_packed(path):
        yield [path]
        return
    with tempfile.TemporaryDirectory(prefix="vawg-geo-") as folder:
        try:
            if path.suffix.lower() == ".gz":
                found = [_unpacked_gzip(path, Path(folder), most)]
            else:
                found = _unpacked_zip(path, Path(folder), endings=endings, most=most)
        except _DAMAGE as error:
            raise _damaged(path, error) from error
        yield found


def _unpacked_gzip(path: Path, folder: Path, most: int) -> Path:
    target = folder / plain_name(path)
    left = most
    with gzip.open(path, "rb") as packed, target.open("xb") as plain:
        while chunk := packed.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _too_much(path, most)
            plain.write(chunk)
    return target


def _unpacked_zip(path: Path, folder: Path, *, endings: Sequence[str], most: int) -> list[Path]:
    with zipfile.ZipFile(path) as archive:
        members = _tables_of(archive, path, endings)
        require_bounded_zip(
            members, label=path.name, action=_AGAIN, error=InputError, unpacked_bytes=most
        )
        found: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            found.setdefault(_own_name(member), member)
        if len(found) < len(members):
            msg = f"{path.name} holds {len(members) - len(found):,} tables of the name of another."
            raise InputError(f"{msg} {_AGAIN}")
        paths = []
        for name, member in sorted(found.items()):
            # No more than the announced bytes come out, and their checksum is looked at.
            with archive.open(member) as packed, (folder / name).open("xb") as plain:
                _copy(packed, plain)
            paths.append(folder / name)
    return paths


def _copy(packed: IO[bytes], plain: IO[bytes]) -> None:
    shutil.copyfileobj(packed, plain, _CHUNK)


def _tables_of(
    archive: zipfile.ZipFile, path: Path, endings: Sequence[str]
) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        msg = (
            f"{path.name} has {len(members):,} members, more than the {_MOST_MEMBERS:,} that are "
            "read. Pack only the tables that are needed."
        )
        raise InputError(msg)
    tables = [
        member
        for member in members
        if not member.is_dir()
        and _place_of(member).suffix.lower() in endings
        and "__MACOSX" not in _place_of(member).parts
        and not _place_of(member).name.startswith("._")
    ]
    if not tables:
        held = ", ".join(_place_of(member).name for member in members[:5]) or "nothing"
        msg = (
            f"{path.name} has no table that ends in {' or '.join(endings)} (it holds: {held}). "
            "Unpack it, and give the file that is meant."
        )
        raise InputError(msg)
    if locked := [member for member in tables if member.flag_bits & _ENCRYPTED]:
        msg = f"{path.name}: {_place_of(locked[0]).name} is encrypted. Unpack it by hand."
        raise InputError(msg)
    return tables


def _place_of(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename.replace("\\", "/"))


def _own_name(member: zipfile.ZipInfo) -> str:
    """A name that is no path: letters, digits, blanks, dots and dashes of what the zip says."""
    parts = [part for part in _place_of(member).parts if part not in ("/", ".", "..")]
    return re.sub(r"[^\w. -]", "_", "_".join(parts))[-150:]


def _damaged(path: Path, error: Exception) -> InputError:
    detail = (str(error).splitlines() or [type(error).__name__])[0]
    msg = f"{path.name} cannot be unpacked ({detail}): it is damaged or cut short. {_AGAIN}"
    return InputError(msg)


def _too_much(path: Path, most: int) -> InputError:
    msg = (
        f"{path.name} would unpack to more than the {most:,} bytes that are read. Take out what is "
        "not needed."
    )
    return InputError(msg)
