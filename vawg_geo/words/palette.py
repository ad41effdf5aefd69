"""Colours and patterns of the maps, chosen to hold up for colour-blind readers and in grey print.

Fill never carries meaning alone: the key prints every class, the panel and the table say it in
words, and hidden, missing and unstable areas have patterns of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ALERT",
    "BAND",
    "BIVARIATE",
    "CHANGE_FILLS",
    "CLUSTER_COLOUR",
    "CLUSTER_FILLS",
    "GRID",
    "INK",
    "MARK",
    "OUTLINE",
    "PATTERNS",
    "QUIET",
    "SIGNIFICANCE_COLOURS",
    "STANDING_COLOURS",
    "TREND_FILLS",
    "WATER",
    "ZERO",
    "contrast_ratio",
    "hatch_ink",
    "sequential",
]

# Light yellow through teal to dark blue: lightness falls by even steps, so that neighbours are told
# apart at 1.35 to 1 however many there are, and grey print keeps their order.
_ANCHORS: Final = ("#fcf4c8", "#9ecb91", "#52a29c", "#2876a2", "#1f3f86", "#10173b")

# Higher is not "worse" and lower is not "better", hence neither red nor green. The three differ in
# lightness too.
SIGNIFICANCE_COLOURS: Final[dict[str, str]] = {
    "higher": "#a9500f",
    "similar": "#f1ece1",
    "lower": "#7fb2dd",
    "not_compared": "#ffffff",
}

# The same two hues, dark where it is surest.
STANDING_COLOURS: Final[dict[str, str]] = {
    "unusually_high": "#a9500f",
    "possibly_high": "#eebf94",
    "as_expected": "#f1ece1",
    "possibly_low": "#aecfec",
    "unusually_low": "#5e9ad0",
    "not_compared": "#ffffff",
}

# Nothing was recorded: no class of a rate, and no absence of a figure. Small noughts tell it from
# the paper outside the map.
ZERO: Final[tuple[str, str, str]] = ("#ffffff", "#76707f", "noughts")

# Texts, quieter texts, outlines of areas, and what nobody may overlook: a mark's ground, a warning.
INK: Final = "#1f1a2e"
QUIET: Final = "#5b5660"
OUTLINE: Final = "#4a4458"
# Rivers that no area covers: far from every class, above all from the blues that mean low.
WATER: Final = "#b4f2f1"
MARK: Final = "#ffd98a"
ALERT: Final = "#8f1d14"
# Of a chart: lines of the grid, and the band of the comparator's interval.
GRID: Final = "#dddae2"
BAND: Final = "#c9c4d4"

# By status: ground, ink and kind of pattern. The kinds are drawn by the page's script.
PATTERNS: Final[dict[str, tuple[str, str, str]]] = {
    "suppressed": ("#ffffff", "#5b5660", "diagonal"),
    "missing": ("#ffffff", "#5b5660", "cross"),
    "not_applicable": ("#e4e2de", "#6f6b76", "level"),
}

# By hotspot label: ground, ink and kind of pattern. High is brown and low is blue, as in the
# comparison; an area that differs from its surroundings has arrows on a pale ground.
CLUSTER_FILLS: Final[dict[str, tuple[str, str, str]]] = {
    "high-high": ("#a9500f", "", "solid"),
    "low-low": ("#7fb2dd", "", "solid"),
    "high-low": ("#f8dfc6", "#8f3f06", "up"),
    "low-high": ("#dce9f5", "#1f5488", "down"),
    "hot": ("#a9500f", "", "solid"),
    "cold": ("#7fb2dd", "", "solid"),
    "not_significant": ("#f1ece1", "", "solid"),
    "island": ("#ffffff", "#5b5660", "rings"),
    "not_applicable": ("#e4e2de", "#5b5660", "upright"),
}

# By the kind of a change, from the largest rise to the largest fall: the comparison's two hues, in
# four lightnesses, so that grey print keeps them apart. What chance alone could do is pale, with
# a light hatch, the other way than what is hidden.
CHANGE_FILLS: Final[dict[str, tuple[str, str, str]]] = {
    "up_high": ("#7a3404", "", "solid"),
    "up": ("#b8621f", "", "solid"),
    "unsure_up": ("#fbeee2", "#a8754f", "back"),
    "unsure_down": ("#eef4fa", "#6585a3", "back"),
    "down": ("#a9d0ec", "", "solid"),
    "down_low": ("#5e9ad0", "", "solid"),
    "zero": ZERO,
    "not_compared": ("#e9e7ec", "", "solid"),
}

# By the word of a trend that was tested.
TREND_FILLS: Final[dict[str, str]] = {
    "increasing": "#a9500f",
    "no_significant_change": "#f1ece1",
    "decreasing": "#7fb2dd",
}

# Rate (first) by deprivation (second), 3 high: blue for the rate, brown for deprivation, and dark
# where both are high. From high rates to low, as the key reads.
BIVARIATE: Final[dict[tuple[int, int], str]] = {
    (3, 3): "#4a2f2a", (3, 2): "#4d6a86", (3, 1): "#3f8fc6",
    (2, 3): "#a8602f", (2, 2): "#b0a294", (2, 1): "#a3cbe6",
    (1, 3): "#e3954a", (1, 2): "#f1cda6", (1, 1): "#f1efea",
}  # fmt: skip

# Outlines and numbers of the scan's clusters, over any fill with a white casing.
CLUSTER_COLOUR: Final = "#6a1b9a"


def sequential(classes: int, colours: Sequence[str] = ()) -> tuple[str, ...]:
    """Hex colours from light (low) to dark (high).

    Parameters
    ----------
    classes : int
        1 to 9.
    colours : sequence of str
        Others than the usual ones, of which those that are lacking are worked out.

    Returns
    -------
    tuple of str

    Raises
    ------
    OutputError
        More classes than a reader can tell apart.

    Examples
    --------
    >>> sequential(3)
    ('#fcf4c8', '#52a29c', '#1f3f86')
    >>> sequential(1)
    ('#52a29c',)
    >>> sequential(3, ["#ffffff", "#000000"])
    ('#ffffff', '#808080', '#000000')
    """
    if not 1 <= classes <= 9:
        msg = f"a key of {classes} classes cannot be read. Use 1 to 9 classes; 5 are usual."
        raise OutputError(msg)
    if colours:
        steps = (len(colours) - 1) / max(classes - 1, 1)
        return tuple(_at(step * steps, colours) for step in range(classes))
    if classes == 1:
        return (_ANCHORS[2],)
    # Short keys end before the darkest colour, where outlines would drown.
    end = len(_ANCHORS) - 1 if classes > 5 else len(_ANCHORS) - 2
    return tuple(_at(step * end / (classes - 1), _ANCHORS) for step in range(classes))


def contrast_ratio(one: str, other: str) -> float:
    """Contrast of two hex colours by the WCAG 2 formula, from 1 to 21.

    Examples
    --------
    >>> contrast_ratio("#000000", "#ffffff")
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def hatch_ink(ground: str) -> str:
    """Ink of the light hatch of unsure rates: a shade of its ground, so that it is never loud.

    Parameters
    ----------
    ground : str
        Hex colour of the class that the hatch lies upon.

    Returns
    -------
    str
        Hex colour: the ground with 0.3 of a dark ink, or of white where it is dark itself.

    Examples
    --------
    >>> hatch_ink("#fcf4c8"), hatch_ink("#1f3f86")
    ('#bab39a', '#6279aa')
    """
    other = INK if _luminance(ground) > 0.18 else "#ffffff"
    pairs = zip(_rgb(ground), _rgb(other), strict=True)
    # Halves go up, as the page's script rounds them.
    return "#" + "".join(f"{int(a + (b - a) * 0.3 + 0.5):02x}" for a, b in pairs)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _at(position: float, anchors: Sequence[str]) -> str:
    """Colour at a position along anchors, interpolated between its two neighbours."""
    low = min(int(position), len(anchors) - 2)
    share = position - low
    pairs = zip(_rgb(anchors[low]), _rgb(anchors[low + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    channels = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in _rgb(colour))
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
