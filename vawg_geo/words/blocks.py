"""What a report says in words: blocks that a page and a PDF print alike.

The `kind` of a block names the macro of `blocks.html` that prints it, and its case in `report.typ`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

__all__ = [
    "Bullets",
    "Chart",
    "ChartLine",
    "Facts",
    "Heading",
    "Keyed",
    "Led",
    "Mark",
    "Paragraph",
    "Table",
    "Text",
    "Told",
]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading; `rank` 2 is a section, 3 a part of one."""

    kind: ClassVar = "heading"
    text: str
    rank: int = 2


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    kind: ClassVar = "paragraph"
    text: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A paragraph that nobody may overlook."""

    kind: ClassVar = "mark"
    text: str


class Led(str):
    """A line that begins with what it is about; the page sets that in bold.

    Examples
    --------
    >>> line = Led("2 of 6 districts are higher.", about="Crimes")
    >>> line, line.about, line.rest
    ('Crimes: 2 of 6 districts are higher.', 'Crimes:', '2 of 6 districts are higher.')
    """

    __slots__ = ("about", "rest")

    about: str
    rest: str

    def __new__(cls, text: str, *, about: str) -> Led:
        """Put before a text what it is about."""
        line = super().__new__(cls, f"{about}: {text}")
        line.about, line.rest = f"{about}:", text
        return line


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """A list; a line may be `Led`."""

    kind: ClassVar = "bullets"
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names and what each is, as a title block has them."""

    kind: ClassVar = "facts"
    pairs: tuple[tuple[str, str], ...]


class Keyed(str):
    """A word in a cell, with what a program knows it by: the word may be changed or translated.

    Examples
    --------
    >>> Keyed("hidden", key="suppressed"), Keyed("hidden", key="suppressed").key
    ('hidden', 'suppressed')
    """

    __slots__ = ("key",)

    key: str

    def __new__(cls, text: str, *, key: str) -> Keyed:
        """Give a text its key."""
        word = super().__new__(cls, text)
        word.key = key
        return word


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
        The first cell of each names its row; a word that a program must know is `Keyed`.
    numbers : bool
        Whether columns after the names hold numbers: these stand at the right, point under point.
    names : int
        How many columns hold names.
    columns : tuple of str
        What a program knows the columns by, as the tables name them; empty where it need not.
    series : dict of str to str
        What all rows have in common: indicator, sex, period, basis. A program that reads the page
        finds it there.
    """

    kind: ClassVar = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: bool = False
    names: int = 1
    columns: tuple[str, ...] = ()
    series: dict[str, str] = field(default_factory=dict)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers.

        Examples
        --------
        >>> Table(caption="", head=("Area", "Rate", "Word"), numbers=True,
        ...     rows=(("A", "hidden", ""), ("B", "2.5", "Higher"))).numeric
        (False, True, False)
        """
        return tuple(
            self.numbers
            and n >= self.names
            and any(is_number(row[n]) for row in self.rows if n < len(row))
            for n in range(len(self.head))
        )

    def aligned(self) -> tuple[tuple[str, ...], ...]:
        """Rows whose numbers have their points under each other once they stand at the right.

        Spaces as wide as a digit and as a point stand for the decimals that a number lacks.

        Examples
        --------
        >>> [row[1] for row in Table(caption="", head=("Area", "Rate"), numbers=True,
        ...     rows=(("A", "12"), ("B", "2.5"))).aligned()]
        ['12\u2008\u2007', '2.5']
        """
        most = [
            max((decimals(row[n]) for row in self.rows if is_number(row[n])), default=0)
            if right
            else 0
            for n, right in enumerate(self.numeric)
        ]
        return tuple(
            tuple(_padded(cell, most[n]) if self.numeric[n] else cell for n, cell in enumerate(row))
            for row in self.rows
        )


def is_number(cell: str) -> bool:
    """Whether a cell holds a number: 12,302 or -0.35."""
    return cell.lstrip("-+−")[:1].isdigit()


def decimals(number: str) -> int:
    """How many decimals a printed number has."""
    return len(number.partition(".")[2])


def _padded(cell: str, most: int) -> str:
    if not is_number(cell) or (lacking := most - decimals(cell)) <= 0:
        return cell
    pad = ("" if "." in cell else "\u2008") + "\u2007" * lacking
    return Keyed(cell + pad, key=cell.key) if isinstance(cell, Keyed) else cell + pad


@dataclass(frozen=True, kw_only=True)
class ChartLine:
    """One line of a chart: a value for each place, None where there is none, which is a gap."""

    name: str
    points: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Numbers along places that follow each other, as lines; the report draws it.

    Attributes
    ----------
    title, alt : str
        Heading, and what a reader who does not see it should know.
    places : tuple of str
    lines : tuple of ChartLine
    """

    kind: ClassVar = "chart"
    title: str
    alt: str
    places: tuple[str, ...]
    lines: tuple[ChartLine, ...]


Text = Heading | Paragraph | Mark | Bullets | Facts | Table
Told = Text | Chart
"""What an overlay may say: texts, and charts that the report draws."""
