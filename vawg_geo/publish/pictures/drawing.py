"""From a figure of Matplotlib to bytes that are the same for the same figures.

Drawings are made fit for a page with a strict policy: no style of their own, no names beyond those
that they point at themselves, text as text.
"""

from __future__ import annotations

import io
import re
import textwrap
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.errors import ConfigurationError, OutputError
from vawg_geo.files.whole import write_whole
from vawg_geo.words.palette import INK, QUIET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from vawg_geo.disclosure.gate import Edition

__all__ = [
    "Picture",
    "as_png",
    "as_svg",
    "bare_axes",
    "new_figure",
    "settings",
    "wrap",
]

_SVG: Final = "http://www.w3.org/2000/svg"
_LINK: Final = "http://www.w3.org/1999/xlink"
# The first comes with Matplotlib; the others are as wide or narrower, so that nothing collides.
_FONTS: Final = "DejaVu Sans, Verdana, Arial, sans-serif"
_DPI: Final = 160
_HALO: Final = "halo"
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{2,}")
_SETTINGS: Final[dict[str, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "hatch.linewidth": 0.9,
    "svg.fonttype": "none",
    "svg.hashsalt": "vawg_geo",
    "path.simplify": False,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """One picture, not drawn to bytes yet.

    Attributes
    ----------
    name : str
        File name without its ending.
    title, alt : str
        Heading, and what a reader who does not see it should know.
    figure : matplotlib.figure.Figure
    labels : list of matplotlib.text.Text
        Texts that stand on fills and need a pale edge.
    level, indicator, sex, period : str
        The series.
    made_from : Edition
        What it was drawn from.
    over_time : bool
        Whether it is of several periods.
    """

    name: str
    title: str
    alt: str
    figure: Figure
    level: str
    indicator: str
    sex: str
    period: str
    labels: list[Text] = field(default_factory=list)
    made_from: Edition | None = field(default=None, repr=False)
    over_time: bool = False

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """What a notebook shows, with the words for a reader who does not see it."""
        return as_png(self), {"alt": f"{self.title}. {self.alt}"}

    def save(self, path: str | Path) -> Path:
        """Write the picture, whole or not at all.

        Parameters
        ----------
        path : path-like
            Ending in `.png` or `.svg`.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        OutputError
            Another ending, or the file cannot be written.
        DisclosureError
            The audit found that it gives away a count that the edition hides.
        """
        target = Path(path)
        kinds: dict[str, Callable[[Picture], str | bytes]] = {".png": as_png, ".svg": as_svg}
        if (make := kinds.get(target.suffix.lower())) is None:
            msg = f"{target.name} must end in .png or .svg. Give it one of these endings."
            raise OutputError(msg)
        with drafted(self.made_from, target.parent) as draft:
            write_whole(draft / target.name, make(self))
        return target


def settings() -> Any:
    """Context in which figures are made and written, whatever a user's own settings say."""
    import matplotlib as mpl

    every: dict[Any, Any] = {**mpl.rcParamsDefault}
    return mpl.rc_context(every | _SETTINGS | {"backend": "agg"})


def new_figure(width: float = 10, height: float = 7.5) -> Figure:
    """Return an empty figure of that many inches, without the machinery of windows."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as New

    figure = New(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def bare_axes(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    """Return axes without frame or ticks, in fractions of the figure."""
    axes = figure.add_axes(place)
    axes.set_axis_off()
    return axes


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most so many characters."""
    return textwrap.wrap(text, width, break_long_words=False) or [""]


def as_png(picture: Picture) -> bytes:
    """Pixels for slides: 160 for each inch, in one palette, with a title and nothing else."""
    from matplotlib.patheffects import withStroke
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    with settings():
        for label in picture.labels:
            label.set_path_effects([withStroke(linewidth=3, foreground="white")])
        canvas: Any = picture.figure.canvas
        before = picture.figure.get_dpi()
        picture.figure.set_dpi(_DPI)
        canvas.draw()
        size = canvas.get_width_height()
        image = Image.frombytes("RGBA", size, bytes(canvas.buffer_rgba())).convert("RGB")
        picture.figure.set_dpi(before)
        for label in picture.labels:
            label.set_path_effects([])
    # Median cut would keep a few colours better, and take twenty times as long.
    image = image.quantize(200, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    about = PngInfo()
    about.add_itxt("Title", picture.title, lang="en-GB")
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=False, compress_level=6, pnginfo=about)
    return out.getvalue()


def as_svg(picture: Picture) -> str:
    """Return a drawing as text, its title and description in it.

    Names in it begin with the picture's, so that several can stand in one page.
    """
    with settings():
        for label in picture.labels:
            label.set_gid(_HALO)
        raw = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        picture.figure.savefig(raw, format="svg", metadata=nothing)
    for prefix, address in (("", _SVG), ("xlink", _LINK)):
        ET.register_namespace(prefix, address)
    # What Matplotlib wrote a moment ago, and nobody else.
    root = ET.fromstring(raw.getvalue())  # noqa: S314
    for child in [c for c in root if c.tag.endswith("metadata")]:
        root.remove(child)
    _plain(root)
    _rename(root, picture.name)
    _describe(root, picture)
    return ET.tostring(root, encoding="unicode") + "\n"


def _plain(root: ET.Element) -> None:
    """Styles as attributes, which a strict policy lets through; short numbers."""
    for parent, child in list(_pairs(root)):
        if child.tag == f"{{{_SVG}}}style":
            parent.remove(child)
    root.attrib |= {"stroke-linejoin": "round", "stroke-linecap": "butt"}
    for pattern in root.iter(f"{{{_SVG}}}pattern"):
        _smaller(pattern)
    for _, element in _pairs(root):
        for name, value in _declarations(element.attrib.pop("style", "")):
            element.set(name, value)
        for name in ("d", "points"):
            if name in element.attrib:
                element.set(name, _LONG_NUMBER.sub(_short, element.get(name, "").replace("\n", "")))
        if element.get("id") == _HALO:
            for text in element:
                text.attrib |= {
                    "stroke": "#ffffff",
                    "stroke-width": "2.6",
                    "paint-order": "stroke",
                    "stroke-linejoin": "round",
                }


def _smaller(pattern: ET.Element) -> None:
    """Draw a pattern's noughts once: Matplotlib writes each of hundreds with eight curves."""
    mark = pattern[-1]
    if "C" not in mark.get("d", ""):
        return
    ink = dict(_declarations(mark.get("style", ""))).get("fill", INK)
    pattern.remove(mark)
    pattern.attrib |= {"width": "9", "height": "9"}
    for at in ("2.25", "6.75"):
        nought = {"cx": at, "cy": at, "r": "1.3", "fill": "none", "stroke": ink}
        ET.SubElement(pattern, f"{{{_SVG}}}circle", nought | {"stroke-width": "0.7"})


def _pairs(root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    for parent in root.iter():
        for child in parent:
            yield parent, child


def _short(found: re.Match[str]) -> str:
    return f"{float(found.group()):.1f}".removesuffix(".0")


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for part in style.split(";"):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name == "font":
            # "bold 17px 'DejaVu Sans'": only weight and size ever differ.
            size = re.search(r"([\d.]+)px", value)
            yield "font-family", _FONTS
            yield "font-size", size.group(1) if size else "11"
            if "bold" in value or re.search(r"\b[67]00\b", value):
                yield "font-weight", "bold"
        elif name:
            yield name, value


def _rename(root: ET.Element, name: str) -> None:
    """Keep only names that something points at, and make them the picture's own."""
    text = ET.tostring(root, encoding="unicode")
    wanted = dict.fromkeys(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    names = {old: f"{name}.{number}" for number, old in enumerate(wanted, start=1)}
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in names:
            element.set("id", names[old])
        for key, value in element.attrib.items():
            if "#" in value and (key.endswith("href") or value.startswith("url(#")):
                target = value.removeprefix("url(").strip("#)")
                new = names.get(target, target)
                element.set(key, f"#{new}" if key.endswith("href") else f"url(#{new})")


def _describe(root: ET.Element, picture: Picture) -> None:
    ids = f"{picture.name}.title", f"{picture.name}.text"
    for place, (kind, text) in enumerate((("title", picture.title), ("desc", picture.alt))):
        element = ET.Element(f"{{{_SVG}}}{kind}", {"id": ids[place]})
        element.text = text
        root.insert(place, element)
    root.attrib |= {"role": "img", "aria-labelledby": " ".join(ids), "lang": "en-GB"}


def require_modules(names: Sequence[str], *, what: str, extra: str) -> None:
    """Refuse what needs modules that are not installed.

    Parameters
    ----------
    names : sequence of str
        Modules.
    what : str
        What needs them.
    extra : str
        What to install.

    Raises
    ------
    ConfigurationError
        One of them is absent; the message says which and what to install.

    Examples
    --------
    >>> require_modules(("json",), what="a table", extra="vawg-geo")
    """
    lacking = [name for name in names if find_spec(name) is None]
    if lacking:
        msg = (
            f"{what} needs {', '.join(lacking)}, which is not installed. Install the extra: "
            f"pip install '{extra}'."
        )
        raise ConfigurationError(msg)
