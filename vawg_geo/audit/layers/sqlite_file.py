"""What lies in a SQLite file and belongs to no row: read from the file format, without SQLite.

A release of SQLite decides where in a page a row stands and what stays behind when rows move, so
two files of the same rows differ. Here each page is read as the format describes it. What belongs
to a live row is marked, and of the rest every byte must be what a live row left when it moved.

Format: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Leftover", "leftovers"]

_HEADER: Final = 100
_UNUSED_HEADER: Final = slice(72, 92)
_TABLE_INTERIOR: Final = 5
_TABLE_LEAF: Final = 13
_INDEX_INTERIOR: Final = 2
_INDEX_LEAF: Final = 10
_INTERIOR: Final = (_TABLE_INTERIOR, _INDEX_INTERIOR)
_KINDS: Final = (*_INTERIOR, _INDEX_LEAF, _TABLE_LEAF)
# SQLite gives no cell less, and no free block is smaller.
_SMALLEST: Final = 4
# Bytes of a value by its type in a record, for types that are one byte long.
_WIDTHS: Final = bytes([0, 1, 2, 3, 4, 6, 8, 8, *[0] * 4, *((n - 12) // 2 for n in range(12, 128))])
_ROOT: Final = 3
# Stands between live cells that are searched together; no cell has it by chance.
_BETWEEN: Final = b"\xfe\x00\xfd\x01\xfc\x02\xfb\x03\xfa"
# What is left of a freed row of two small numbers.
_SHORT: Final = 8
# A row's beginning is known by so many bytes.
_BEGINNING: Final = 6
# Comparisons after which a file is not worth more: it says that it should be written anew.
_MOST_WORK: Final = 10_000_000
# Bytes that are searched in the time of one comparison.
_FAST: Final = 1_000
# As many noughts are no part of a number in a row that was cut off: they were wiped.
_WIPED: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftover:
    """Bytes that belong to no row.

    Attributes
    ----------
    page : int
        Number of the page, from 1; one more than the last for what is behind it.
    place : str
        In words.
    content : bytes
        What stands there.
    """

    page: int
    place: str
    content: bytes


@dataclass(kw_only=True)
class _Pages:
    """A file taken apart into pages, and which bytes of each have a use."""

    data: bytes
    size: int
    used: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    # Where the list of a page's cells ends: behind it may stand what is left of a longer list.
    lists: dict[int, int] = field(default_factory=dict)
    # Where what is left of a freed row of a table begins, by page.
    freed: set[tuple[int, int]] = field(default_factory=set)
    free: set[int] = field(default_factory=set)
    # Live cells, without the number of a page before them, and contents of overflow pages.
    cells: set[bytes] = field(default_factory=set)
    row_numbers: set[int] = field(default_factory=set)
    odd_rows: int = 0

    @property
    def count(self) -> int:
        return len(self.data) // self.size

    @property
    def usable(self) -> int:
        return self.size - self.data[20]

    def page(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            msg = f"it names page {number:,} of {self.count:,}"
            raise InputError(msg)
        return self.data[(number - 1) * self.size : number * self.size]

    def mark(self, page: int, start: int, end: int) -> None:
        self.used.setdefault(page, []).append((start, end))


def leftovers(data: bytes) -> list[Leftover]:
    """Bytes of a SQLite file that belong to no row and are not what a live row left as it moved.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    list of Leftover
        Empty for a file that was written anew, by whatever release of SQLite.

    Raises
    ------
    InputError
        The file does not hold together.

    Examples
    --------
    >>> import sqlite3
    >>> base = sqlite3.connect(":memory:", isolation_level=None)
    >>> _ = base.execute("PRAGMA secure_delete=OFF")
    >>> _ = base.execute("CREATE TABLE t (ward TEXT, n INTEGER)")
    >>> _ = base.execute("INSERT INTO t VALUES ('Abbey', 3), ('Arbury', 12), ('Castle', 27)")
    >>> leftovers(base.serialize())
    []
    >>> _ = base.execute("DELETE FROM t WHERE n = 3")
    >>> [(found.page, b"Abbey" in found.content) for found in leftovers(base.serialize())]
    [(2, True)]
    """
    try:
        pages = _take_apart(data)
        return list(_unexplained(pages))
    except IndexError as error:
        msg = "its pages do not hold together"
        raise InputError(msg) from error


def _take_apart(data: bytes) -> _Pages:
    size = _two(data, 16)
    size = 65536 if size == 1 else size
    if size < 512 or size & (size - 1) or len(data) < size:
        msg = f"its pages have {size:,} bytes, which is none of the format's sizes"
        raise InputError(msg)
    pages = _Pages(data=data, size=size)
    pages.mark(1, 0, _HEADER)
    schema = [(record, 0) for record in _tree(pages, 1)]
    for record, _ in schema:
        if root := _root_of(record):
            for row in _tree(pages, root):
                pages.odd_rows += _is_odd(row)
    pages.odd_rows += sum(_is_odd(record) for record, _ in schema)
    _free_pages(pages)
    _page_map(pages)
    return pages


def _tree(pages: _Pages, root: int) -> Iterator[bytes]:
    """Mark a tree of pages, and give the content of each of its rows."""
    waiting = [root]
    while waiting:
        number = waiting.pop()
        if number in pages.lists:
            msg = f"page {number:,} is in it twice"
            raise InputError(msg)
        page = pages.page(number)
        start = _HEADER if number == 1 else 0
        kind = page[start]
        if kind not in _KINDS:
            msg = f"page {number:,} is of no kind that the format has"
            raise InputError(msg)
        cells = start + (12 if kind in _INTERIOR else 8)
        end = cells + 2 * _two(page, start + 3)
        pages.mark(number, start, end)
        pages.lists[number] = end
        if kind in _INTERIOR:
            waiting.append(_four(page, start + 8))
        for at in range(cells, end, 2):
            where = _two(page, at)
            if kind in _INTERIOR:
                waiting.append(_four(page, where))
            row = _cell(pages, number, page=page, where=where, kind=kind)
            if row is not None:
                yield row
        block = _two(page, start + 1)
        while block:
            pages.mark(number, block, block + _SMALLEST)
            if kind == _TABLE_LEAF:
                pages.freed.add((number, block + _SMALLEST))
            following = _two(page, block)
            block = following if following > block else 0


def _cell(pages: _Pages, number: int, *, page: bytes, where: int, kind: int) -> bytes | None:
    """Mark a cell, and give the content of its row."""
    at = where + 4 * (kind in _INTERIOR)
    begin = at
    if kind == _TABLE_INTERIOR:
        row_number, at = _varint(page, at)
        pages.row_numbers.add(row_number)
        end = max(at, where + _SMALLEST)
        pages.mark(number, where, end)
        pages.cells.add(page[where:end])
        return None
    length, at = _varint(page, at)
    if kind == _TABLE_LEAF:
        row_number, at = _varint(page, at)
        pages.row_numbers.add(row_number)
    local = _local(length, pages.usable, table=kind == _TABLE_LEAF)
    content = page[at : at + local]
    at += local
    if local < length:
        content += _overflow(pages, _four(page, at), length - local)
        at += 4
    end = max(at, where + _SMALLEST)
    pages.mark(number, where, end)
    pages.cells.add(page[begin:end])
    return content


def _local(length: int, usable: int, *, table: bool) -> int:
    """How much of a row stands in its own page."""
    most = usable - 35 if table else (usable - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    wanted = least + (length - least) % (usable - 4)
    return wanted if wanted <= most else least


def _overflow(pages: _Pages, number: int, length: int) -> bytes:
    parts = []
    while length > 0:
        page = pages.page(number)
        if number in pages.used:
            msg = f"page {number:,} is in it twice"
            raise InputError(msg)
        here = min(length, pages.usable - 4)
        pages.mark(number, 0, 4 + here)
        parts.append(page[4 : 4 + here])
        pages.cells.add(parts[-1])
        length -= here
        number = _four(page, 0)
    return b"".join(parts)


def _free_pages(pages: _Pages) -> None:
    trunk = _four(pages.data, 32)
    while trunk and trunk not in pages.free:
        page = pages.page(trunk)
        pages.free.add(trunk)
        listed = _four(page, 4)
        pages.mark(trunk, 0, 8 + 4 * listed)
        pages.free |= {_four(page, 8 + 4 * n) for n in range(min(listed, pages.size // 4))}
        trunk = _four(page, 0)


def _page_map(pages: _Pages) -> None:
    """Mark what tells of each page who names it, in files that shrink by themselves."""
    if not _four(pages.data, 52):
        return
    step = pages.usable // 5 + 1
    for number in range(2, pages.count + 1, step):
        pages.mark(number, 0, 5 * min(step - 1, pages.count - number))


def _root_of(record: bytes) -> int:
    """First page of a table or index, from its row in the schema; 0 for a view or trigger."""
    values = _values(record)
    return int.from_bytes(values[_ROOT], "big") if len(values) > _ROOT else 0


def _values(record: bytes) -> list[bytes]:
    end, at = _varint(record, 0)
    kinds = []
    while at < end:
        kind, at = _varint(record, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        width = (kind - 12) // 2 if kind >= 12 else _WIDTHS[kind]
        # Nought and one have types of their own.
        values.append(b"\1" if kind == 9 else record[end : end + width])
        end += width
    return values


def _is_odd(record: bytes) -> bool:
    """Whether a row has bytes behind its last value."""
    end, at = _varint(record, 0)
    kinds = record[at:end]
    if kinds.isascii():
        return end + sum(kinds.translate(_WIDTHS.ljust(256, b"\0"))) != len(record)
    width = 0
    while at < end:
        kind, at = _varint(record, at)
        width += (kind - 12) // 2 if kind >= 12 else _WIDTHS[kind]
    return end + width != len(record)


def _unexplained(pages: _Pages) -> Iterator[Leftover]:
    if any(pages.data[_UNUSED_HEADER]):
        content = pages.data[_UNUSED_HEADER]
        yield Leftover(page=1, place="its header has bytes of no use", content=content)
    if pages.odd_rows:
        words = f"{pages.odd_rows:,} rows have bytes behind their last value"
        yield Leftover(page=1, place=words, content=b"")
    moved = _Moved(pages=pages)
    for number in range(1, pages.count + 1):
        for start, content in _gaps(pages, number):
            if not moved.explains(content, page=number, start=start):
                free = number in pages.free or number not in pages.used
                place = "a free page" if free else "the room between rows"
                yield Leftover(page=number, place=place, content=content)
    if behind := pages.data[pages.count * pages.size :]:
        yield Leftover(page=pages.count + 1, place="behind the last page", content=behind)


def _gaps(pages: _Pages, number: int) -> Iterator[tuple[int, bytes]]:
    """Bytes of a page that have no use and are not all noughts."""
    page = pages.page(number)
    used = pages.used.get(number, [])
    if not used and page[0] in _KINDS:
        # A page that a tree had: what its head says is of no row.
        start = 12 if page[0] in _INTERIOR else 8
        pages.lists[number] = start
        used = [(0, start)]
    at = 0
    for start, end in [*sorted(used), (pages.size, pages.size)]:
        if start > at and page[at:start].strip(b"\0"):
            yield at, page[at:start].rstrip(b"\0")
        at = max(at, end)


@dataclass(frozen=True, kw_only=True)
class _Places:
    """Places of a gap where a cell begins, and those where a free block may have begun."""

    begins: list[int]
    heads: set[int]


@dataclass(kw_only=True)
class _Moved:
    """What live rows may have left where they stood before.

    A gap is a row of pieces: whole cells, cells that are cut off by what stands there now, lists of
    cells' places, heads of free blocks. Two pieces meet only where the one on the left ends as its
    cell does, or the one on the right begins as its cell does. So a row that was deleted, or that
    had another count once, is no such sequence, however much of it is like a live row.
    """

    pages: _Pages
    work: int = 0

    @cached_property
    def _sorted(self) -> list[bytes]:
        return sorted(self.pages.cells)

    @cached_property
    def _all(self) -> bytes:
        return _BETWEEN + _BETWEEN.join(self._sorted) + _BETWEEN

    @cached_property
    def _beginnings(self) -> frozenset[bytes]:
        return frozenset(cell[:_SMALLEST] for cell in self.pages.cells)

    def explains(self, gap: bytes, *, page: int, start: int) -> bool:
        """Whether a gap of a page holds nothing but pieces of live rows.

        Of a short row that was freed so little is left that it is like any other.
        """
        if (page, start) in self.pages.freed and len(gap) <= _SHORT:
            return False
        starts = [0]
        if self.pages.lists.get(page) == start:
            at = 0
            while at + 1 < len(gap) and 0 < _two(gap, at) <= self.pages.size:
                at += 2
                starts.append(at)
            if at + 1 >= len(gap):
                return True
        if self.work > _MOST_WORK:
            return False
        # Where a cell begins, or began that is free now: there one piece may be cut off by another.
        heads = {at for at in range(len(gap) - 3) if self._is_head(gap, at, start)}
        begins = [at for at in range(len(gap)) if at in heads or self._begins(gap, at)]
        places = _Places(begins=begins, heads=heads)
        seen: set[tuple[int, bool]] = set()
        return any(self._follows(gap, one, places, seen) for one in reversed(starts))

    def _is_head(self, gap: bytes, at: int, start: int) -> bool:
        """Whether a free block may have begun at a place: where the next is, and its own size."""
        here, following, size = start + at, _two(gap, at), _two(gap, at + 2)
        end = here + size
        return (
            size >= _SMALLEST
            and end <= self.pages.size
            and (not following or end + _SMALLEST <= following <= self.pages.size - _SMALLEST)
        )

    def _follows(
        self, gap: bytes, start: int, places: _Places, seen: set[tuple[int, bool]]
    ) -> bool:
        """Whether pieces follow each other from a place to the gap's end."""
        waiting = [(start, True)]
        while waiting and self.work <= _MOST_WORK:
            at, cut = waiting.pop()
            if at >= len(gap):
                return True
            if (at, cut) not in seen:
                seen.add((at, cut))
                following = list(self._next(gap, at, places, cut=cut))
                self.work += 10 * len(following)
                waiting += following
        return False

    def _next(
        self, gap: bytes, at: int, places: _Places, *, cut: bool
    ) -> Iterator[tuple[int, bool]]:
        """Ends of all pieces that begin at a place, and whether the next may be cut at its left."""
        rest = len(gap) - at
        wiped = rest - len(gap[at:].lstrip(b"\0"))
        if wiped >= _WIPED or wiped == rest:
            yield at + wiped, True
        length, whole = self._cell_at(gap, at)
        if length:
            if whole or length == rest:
                yield at + length, True
            yield from ((end, False) for end in places.begins if at < end <= at + length)
        if at in places.heads:
            yield at + _SMALLEST, True
        if cut:
            yield from self._after_cut(gap, at, places)
        if rest > 4 and 0 < _four(gap, at) <= self.pages.count:
            # The number of a page, and the row or the number of a row that parts two pages.
            number, end = _varint(gap + bytes(9), at + 4)
            if number in self.pages.row_numbers:
                yield end, True
            if self._cell_at(gap, at + 4)[0] >= _BEGINNING:
                yield at + 4, False

    def _after_cut(self, gap: bytes, at: int, places: _Places) -> Iterator[tuple[int, bool]]:
        """Ends of a piece whose left is cut off."""
        rest = len(gap) - at
        if rest < _SMALLEST:
            yield len(gap), True
            return
        length = self._longest(gap, at)
        if length == rest or (length and gap[at : at + length] + _BETWEEN in self._all):
            yield at + length, True
        yield from ((end, False) for end in places.begins if at < end <= at + length)
        noughts = gap.find(bytes(_WIPED), at, at + length + _WIPED)
        if noughts > at:
            yield noughts, False

    def _begins(self, gap: bytes, at: int) -> bool:
        length, _ = self._cell_at(gap, at)
        return length >= _BEGINNING or (0 < length == len(gap) - at)

    def _cell_at(self, gap: bytes, at: int) -> tuple[int, bool]:
        """How many bytes of a cell begin at a place, and whether they are the whole of it."""
        self.work += 1
        if gap[at : at + _SMALLEST] not in self._beginnings:
            return 0, False
        # Of all cells, one of the two beside it in their order has most in common with it.
        rest = gap[at:]
        place = bisect_left(self._sorted, rest)
        beside = self._sorted[max(place - 1, 0) : place + 1]
        return max((alike := _alike(cell, rest), alike == len(cell)) for cell in beside)

    def _longest(self, gap: bytes, at: int) -> int:
        """Length of the longest piece from a place on that any cell has."""
        low, high, step = 0, len(gap) - at, 1
        self.work += 20 * (1 + len(self._all) // _FAST)
        while step <= high and gap[at : at + step] in self._all:
            low, step = step, 2 * step
        high = min(high, step)
        while low < high:
            middle = (low + high + 1) // 2
            if gap[at : at + middle] in self._all:
                low = middle
            else:
                high = middle - 1
        return low


def _alike(cell: bytes, rest: bytes) -> int:
    """How many bytes from the beginning are the same."""
    low, high = 0, min(len(cell), len(rest))
    if rest.startswith(cell[:high]):
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if rest.startswith(cell[:middle]):
            low = middle
        else:
            high = middle - 1
    return low


def _two(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]


def _four(data: bytes, at: int) -> int:
    if len(data) < at + 4:
        # A number that is cut off is an error, not a smaller one.
        raise IndexError(at)
    return int.from_bytes(data[at : at + 4], "big")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for end in range(at, at + 8):
        value = value << 7 | data[end] & 127
        if data[end] < 128:
            return value, end + 1
    return value << 8 | data[at + 8], at + 9
