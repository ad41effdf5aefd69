"""A map as a picture: the page's classes, patterns and key, on paper or on a slide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.areas.neighbours.outer import LIGHT_STRIPS, strips, with_strips
from vawg_geo.publish.pictures.drawing import (
    Picture,
    bare_axes,
    new_figure,
    settings,
    wrap,
)
from vawg_geo.publish.pictures.frame import file_name, put_frame, who_when
from vawg_geo.publish.pictures.key import Painted, draw_key, painted
from vawg_geo.words import page as words
from vawg_geo.words.palette import INK, QUIET, WATER
from vawg_geo.words.report import PICTURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path as Outline
    from matplotlib.text import Text
    from numpy.typing import NDArray

    from vawg_geo.results.key import KeyClass
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = [
    "KEY",
    "Ground",
    "alt_of_map",
    "draw_areas",
    "ground_of",
    "map_picture",
    "mark_made_up",
    "value_text",
]

# Where the map and the key stand, as shares of a slide.
_MAP: Final = (0.02, 0.105, 0.60, 0.76)
KEY: Final = (0.635, 0.105, 0.345, 0.76)

# With more areas than this, districts have labels instead of areas.
_FEW: Final = 40
# Metres: half a point at the scale of a county.
_FINE: Final = 100.0


class Ground:
    """Outlines of a level as all its pictures use them.

    Attributes
    ----------
    shapes : array of shapely geometries
        In the order of the edition's areas; shared borders are shared.
    points : array of float, shape (n, 2)
        Where the label of each area goes.
    parents : list of (name, geometry, point)
        Districts that hold the areas; empty where the areas are no parts of any.
    bounds : tuple of float
    whole : shapely geometry
        All areas in one.
    water : array of shapely geometries
        Strips that no area covers, as the outlines have them.
    """

    def __init__(
        self,
        shapes: NDArray[Any],
        parents: list[tuple[str, Any, NDArray[np.float64]]],
        *,
        water: NDArray[Any],
    ) -> None:
        self.shapes = shapes
        self.water = water
        self.points = _label_points(shapes)
        self.parents = parents
        self.bounds = tuple(shapely.total_bounds(shapes).tolist())
        self.whole = with_strips(shapely.coverage_union_all(shapes), **LIGHT_STRIPS)

    @property
    def is_few(self) -> bool:
        """Whether each area has a label."""
        return len(self.shapes) <= _FEW

    @property
    def is_bordered(self) -> bool:
        """Whether the map has borders of districts."""
        return bool(self.parents) and not self.is_few


def ground_of(results: EditionResults, level: str) -> Ground:
    """Simplify a level's outlines once for all its pictures.

    Parameters
    ----------
    results : EditionResults
    level : str

    Returns
    -------
    Ground
    """
    areas = results.areas[level]
    shapes = areas.geometry.to_numpy()
    water = strips(shapely.union_all(shapes))
    fine = shapely.coverage_simplify(shapes, _FINE)
    # Areas that overlap are no coverage, and stay as they are.
    shapes = shapely.orient_polygons(np.where(shapely.is_empty(fine), shapes, fine))
    return Ground(shapes, _parents(results, areas, shapes), water=water)


def _parents(
    results: EditionResults, areas: gpd.GeoDataFrame, shapes: NDArray[Any]
) -> list[tuple[str, Any, NDArray[np.float64]]]:
    codes = areas["parent_code"].fillna("").to_numpy()
    found = []
    for code in dict.fromkeys(code for code in codes if code):
        whole = shapely.coverage_union_all(shapes[codes == code])
        point = _label_points(np.array([whole]))[0]
        found.append(
            (results.area_names.get(code, code), with_strips(whole, **LIGHT_STRIPS), point)
        )
    return found


def _label_points(shapes: NDArray[Any]) -> NDArray[np.float64]:
    circles = shapely.maximum_inscribed_circle(shapes, tolerance=500)
    points: NDArray[np.float64] = shapely.get_coordinates(shapely.get_point(circles, 0))
    return points


def map_picture(results: EditionResults, series: Series, ground: Ground) -> Picture:
    """Draw one series on a map.

    Parameters
    ----------
    results : EditionResults
    series : Series
    ground : Ground

    Returns
    -------
    Picture
    """
    title = words.series_title(
        series.indicator.title, level=series.level, illustrative=series.illustrative
    )
    groups = painted(series)
    with settings():
        figure = new_figure()
        put_frame(figure, results, series, title)
        values = [value_text(series, place) for place in range(series.areas)]
        axes, labels = draw_areas(figure, ground, groups, names=series.area_name, values=values)
        if series.illustrative:
            mark_made_up(axes)
        draw_key(bare_axes(figure, KEY), series, groups, bordered=ground.is_bordered)
    return Picture(
        name=f"map.{file_name(series)}",
        title=f"{title}. {who_when(series)}",
        alt=alt_of_map(series, groups),
        figure=figure,
        labels=labels,
        level=series.level,
        indicator=series.indicator.name,
        sex=series.sex,
        made_from=results.made_from,
        period=series.period,
    )


def draw_areas(
    figure: Figure,
    ground: Ground,
    groups: Sequence[Painted],
    *,
    names: Sequence[str] | NDArray[np.str_],
    values: Sequence[str],
    box: tuple[float, float, float, float] = _MAP,
) -> tuple[Axes, list[Text]]:
    """Draw areas with their borders, names, scale and north.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        With its frame.
    ground : Ground
    groups : sequence of Painted
    names, values : sequence of str
        Of each area: where they are few, both stand on it.
    box : tuple of float
        Room for the map, as shares of the figure.

    Returns
    -------
    matplotlib.axes.Axes, list of matplotlib.text.Text
        The labels stand on fills and need a pale edge.
    """
    axes = bare_axes(figure, box)
    _fit(axes, ground.bounds)
    for group in groups:
        _fill(axes, ground.shapes[group.places], group, few=ground.is_few)
    _borders(axes, ground, few=ground.is_few)
    labels = _labels(axes, ground, names=names, values=values)
    _scale_bar(axes, ground.bounds)
    return axes, labels


def _fit(axes: Axes, bounds: Sequence[float]) -> None:
    west, south, east, north = bounds
    axes.set_aspect("equal", adjustable="box", anchor="C")
    # Room for the scale bar below.
    axes.set_xlim(west - 500, east + 500)
    axes.set_ylim(south - 0.055 * (north - south), north + 500)


def _fill(axes: Axes, shapes: NDArray[Any], group: Painted, *, few: bool) -> None:
    if not len(shapes):
        return
    from matplotlib.patches import PathPatch

    outline = _outline(shapes)
    line = {"edgecolor": QUIET, "linewidth": 0.9 if few else 0.35}
    if not group.hatch:
        axes.add_patch(PathPatch(outline, facecolor=group.of.ground, **line))
        return
    # A hatch takes its ink from the edge, and so the edge is drawn by itself.
    hatched = {"facecolor": group.of.ground, "edgecolor": group.ink, "hatch": group.hatch}
    axes.add_patch(PathPatch(outline, linewidth=0, **hatched))
    axes.add_patch(PathPatch(outline, fill=False, **line))


def _outline(shapes: NDArray[Any]) -> Outline:
    """All rings of some polygons as one path: no name and no place of its own for any area."""
    from matplotlib.path import Path as New

    rings = shapely.get_rings(shapely.get_parts(shapes))
    sizes = shapely.get_num_coordinates(rings)
    codes = np.full(int(sizes.sum()), New.LINETO, dtype=np.uint8)
    ends = np.cumsum(sizes)
    codes[ends - sizes] = New.MOVETO
    codes[ends - 1] = New.CLOSEPOLY
    return New(shapely.get_coordinates(rings), codes)


def _borders(axes: Axes, ground: Ground, *, few: bool) -> None:
    from matplotlib.patches import PathPatch

    if len(ground.water):
        # Wider than its banks' lines, which are none of a border.
        water = {"facecolor": WATER, "edgecolor": WATER, "linewidth": 1.1}
        axes.add_patch(PathPatch(_outline(ground.water), **water))
    lines = [ground.whole]
    if ground.parents and not few:
        lines += [shape for _, shape, _ in ground.parents]
    outline = _outline(np.array(lines, dtype=object))
    axes.add_patch(PathPatch(outline, fill=False, edgecolor=INK, linewidth=1.1))


def _labels(
    axes: Axes, ground: Ground, *, names: Sequence[str] | NDArray[np.str_], values: Sequence[str]
) -> list[Text]:
    """Names where they fit without touching each other, the largest areas first."""
    if ground.is_few:
        wanted = [
            (f"{name}\n{value}", ground.points[place], ground.shapes[place])
            for place, (name, value) in enumerate(zip(names, values, strict=True))
        ]
    else:
        wanted = [(name, point, shape) for name, shape, point in ground.parents]
    wanted.sort(key=lambda one: -one[2].area)
    placed: list[Any] = []
    labels = []
    for text, point, _ in wanted:
        label = axes.text(
            point[0],
            point[1],
            _narrow(text),
            ha="center",
            va="center",
            size=9.5,
            weight="bold",
            linespacing=1.1,
            color=INK,
        )
        if (box := _free_place(axes, label, point, placed)) is None:
            label.remove()
            continue
        placed.append(box)
        labels.append(label)
    return labels


def _narrow(text: str) -> str:
    """Long names in two lines."""
    return "\n".join("\n".join(wrap(line, 16)) for line in text.split("\n"))


def value_text(series: Series, place: int) -> str:
    """Rate of an area as it stands on a map, or why it has none."""
    if series.rated[place]:
        return series.printed(series.rate[place])
    words_of = {"suppressed": words.PAGE["hidden"], "not_applicable": words.PAGE["no_case"]}
    return words_of.get(series.status[place], words.PAGE["none"])


# Where a label may go beside its place, in its own heights up and widths to the right.
_NEARBY: Final = (
    (0, 0),
    (0.5, 0),
    (-0.5, 0),
    (0, 0.3),
    (0, -0.3),
    (1, 0),
    (-1, 0),
    (0.8, 0.4),
    (0.8, -0.4),
    (-0.8, 0.4),
    (-0.8, -0.4),
)


def _free_place(axes: Axes, label: Text, point: NDArray[np.float64], placed: list[Any]) -> Any:
    """Move a label until it touches no other; None where there is no such place nearby."""
    canvas: Any = axes.figure.canvas
    renderer = canvas.get_renderer()
    axes.apply_aspect()
    frame = axes.get_window_extent(renderer)
    start = label.get_window_extent(renderer)
    invert = axes.transData.inverted()
    at = axes.transData.transform(point)
    for up, right in _NEARBY:
        shift = np.array([right * start.width, up * start.height])
        box = start.translated(*shift).padded(2)
        inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0
        if inside and not any(box.overlaps(other) for other in placed):
            label.set_position(tuple(invert.transform(at + shift)))
            return box
    return None


def _scale_bar(axes: Axes, bounds: Sequence[float]) -> None:
    west, south, east, north = bounds
    room = (east - west) / 4
    power = 10 ** np.floor(np.log10(room))
    length = next(step * power for step in (5, 2, 1) if step * power <= room)
    y = south - 0.02 * (north - south)
    tick = 0.008 * (north - south)
    axes.plot(
        [west, west, west + length, west + length],
        [y + tick, y, y, y + tick],
        color=INK,
        linewidth=1.1,
        solid_capstyle="butt",
        solid_joinstyle="miter",
    )
    text = words.fill(PICTURE["scale"], {"km": f"{length / 1000:g}"})
    axes.text(west + length, y, f"  {text}", va="center", size=8.5)
    x, top = west + 0.02 * (east - west), north
    axes.annotate(
        PICTURE["north"],
        (x, top),
        (x, top - 0.075 * (north - south)),
        ha="center",
        va="center",
        size=10,
        weight="bold",
        color=INK,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.1, "shrinkA": 2},
    )


def mark_made_up(axes: Axes, *, size: float = 27) -> None:
    """Say across the map that it is made up: so it stays when the map alone is cut out."""
    axes.text(
        0.5,
        0.47,
        words.PAGE["illustrative_mark"].replace(" – ", "\n"),
        transform=axes.transAxes,
        ha="center",
        va="center",
        rotation=28,
        size=size,
        weight="bold",
        color=INK,
        alpha=0.2,
        linespacing=1.4,
    )


def alt_of_map(series: Series, groups: Sequence[Painted]) -> str:
    """What a reader who does not see the map should know: classes and their numbers of areas."""

    def said(one: KeyClass) -> str:
        n = sum(len(group.places) for group in groups if group.of is one)
        return words.fill(PICTURE["alt_class"], {"label": one.label, "n": f"{n:,}"})

    lines = dict.fromkeys(group.of for group in groups)
    classes = [one for one in lines if one.key.isdecimal()]
    others = [group.of for group in groups if group.of not in classes and group.places]
    values = {
        "n": f"{series.areas:,}",
        "levels": series.levels,
        "title": series.indicator.title,
        "sex": words.SEX[series.sex].lower(),
        "period": series.period,
        "classes": "; ".join(map(said, reversed(classes))),
        "others": "; ".join(map(said, others)),
    }
    return words.fill(PICTURE["alt_map"], values).removesuffix(" .")
