"""A map of change: colour and arrow where it is sure, hatched where chance alone could do it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from vawg_geo.publish.pictures.drawing import Picture, bare_axes, new_figure, settings
from vawg_geo.publish.pictures.frame import file_name, period_name, put_frame, who_when
from vawg_geo.publish.pictures.key import HATCHES, Painted, draw_change_key
from vawg_geo.publish.pictures.map import KEY, draw_areas
from vawg_geo.results.change_kinds import change_kinds
from vawg_geo.results.key import KeyClass, state_classes
from vawg_geo.words import page as words
from vawg_geo.words.change import CHANGE_KIND, CHANGE_SIGN, RULES
from vawg_geo.words.palette import CHANGE_FILLS, INK, QUIET
from vawg_geo.words.report import CHANGE_PICTURE, PICTURE
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from vawg_geo.publish.pictures.map import Ground
    from vawg_geo.results.over_time import Change
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["change_picture"]


def change_picture(
    results: EditionResults, series: Series, change: Change, ground: Ground
) -> Picture:
    """Draw the change of a series since an earlier period on a map.

    Parameters
    ----------
    results : EditionResults
    series : Series
        Of the later period.
    change : Change
    ground : Ground

    Returns
    -------
    Picture
    """
    title = words.fill(
        CHANGE_PICTURE["title"],
        {"title": series.indicator.title, "level": words.LEVEL[series.level][0]},
    )
    values = {"since": change.period_from, "period": change.period_to}
    when = words.fill(
        PICTURE["who_when"],
        {"sex": words.SEX[series.sex], "period": words.fill(CHANGE_PICTURE["when"], values)},
    )
    groups = _painted(change)
    with settings():
        figure = new_figure()
        put_frame(figure, results, series, title, when=when)
        told = [_told(change, place) for place in range(series.areas)]
        axes, labels = draw_areas(figure, ground, groups, names=series.area_name, values=told)
        if not ground.is_few:
            labels += _arrows(axes, change, ground)
        draw_change_key(
            bare_axes(figure, KEY),
            [group for group in groups if group.places],
            head=words.fill(CHANGE_PICTURE["head"], values),
            levels=series.levels,
            notes=[*_notes(series, change), *([PICTURE["borders"]] if ground.is_bordered else [])],
        )
    return Picture(
        name=f"change.{file_name(series)}.{period_name(change.period_from)}",
        title=f"{title}. {who_when(series)}",
        alt=_alt(series, change, groups),
        figure=figure,
        labels=labels,
        level=series.level,
        indicator=series.indicator.name,
        sex=series.sex,
        made_from=results.made_from,
        period=series.period,
        over_time=True,
    )


def _painted(change: Change) -> list[Painted]:
    """Areas by the kind of their change, in the key's order, then those without one."""
    kinds = change_kinds(change.ratio, change.lower, change.change, change.status)
    lines = [
        KeyClass(key=kind, label=CHANGE_KIND[kind], ground=ground, ink=ink, pattern=pattern)
        for kind, (ground, ink, pattern) in CHANGE_FILLS.items()
    ]
    states = [one for one in state_classes() if one.key != "zero"]
    return [
        Painted(
            of=one,
            places=np.flatnonzero(kinds == one.key).tolist(),
            hatch=HATCHES.get(one.pattern, ""),
            ink=one.ink or QUIET,
        )
        for one in (*lines, *states)
    ]


def _told(change: Change, place: int) -> str:
    """Arrow and ratio of an area, as they stand on it."""
    ratio, sign = change.ratio[place], CHANGE_SIGN.get(str(change.change[place]), "")
    if isnan(ratio):
        return sign
    return f"{sign} ×{words.format_number(float(ratio), 2)}".strip()


def _arrows(axes: Axes, change: Change, ground: Ground) -> list[Text]:
    found = []
    for place, word in enumerate(change.change.tolist()):
        if sign := CHANGE_SIGN.get(word):
            x, y = ground.points[place]
            found.append(axes.text(x, y, sign, size=8, ha="center", va="center", color=INK))
    return found


def _notes(series: Series, change: Change) -> Iterator[str]:
    yield words.fill(RULES["sure"], {"levels": series.levels})
    cv = change.year_cv
    kind = "vary_unknown" if isnan(cv) else "vary" if cv > 0 else "vary_chance"
    shown = "" if isnan(cv) else words.format_number(100 * cv, 0)
    yield words.fill(RULES[kind], {"levels": series.levels, "cv": shown})
    yield RECORDING


def _alt(series: Series, change: Change, groups: list[Painted]) -> str:
    lines = (
        words.fill(PICTURE["alt_class"], {"label": one.of.label, "n": f"{len(one.places):,}"})
        for one in groups
        if one.places
    )
    values = {
        "n": f"{series.areas:,}",
        "levels": series.levels,
        "title": series.indicator.title,
        "sex": words.SEX[series.sex].lower(),
        "period": change.period_to,
        "since": change.period_from,
        "kinds": "; ".join(lines),
    }
    return words.fill(CHANGE_PICTURE["alt"], values)
