"""Styles of rasters for QGIS: classes with limits that a key can print."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from vawg_geo.words.layers import RASTER
from vawg_geo.words.page import fill
from vawg_geo.words.palette import sequential

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["class_limits", "raster_style"]

_CLASSES: Final = 5

# The map beneath shows through a little.
_FRAME: Final = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.28" styleCategories="Symbology">
  <pipe>
    <provider>
      <resampling enabled="false" zoomedInResamplingMethod="nearestNeighbour"
        zoomedOutResamplingMethod="nearestNeighbour" maxOversampling="2"/>
    </provider>
    <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" nodataColor=""
      opacity="0.85" classificationMin="{lowest}" classificationMax="{highest}">
      <rasterTransparency/>
      <minMaxOrigin>
        <limits>None</limits>
        <extent>WholeRaster</extent>
        <statAccuracy>Exact</statAccuracy>
      </minMaxOrigin>
      <rastershader>
        <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0"
          minimumValue="{lowest}" maximumValue="{highest}" labelPrecision="6">
{items}
        </colorrampshader>
      </rastershader>
    </rasterrenderer>
    <rasterresampler maxOversampling="2"/>
  </pipe>
  <blendMode>0</blendMode>
</qgis>
"""


def raster_style(
    *,
    lowest: float,
    highest: float,
    limits: Sequence[float] = (),
    unit: str = "",
    scale: float = 1,
) -> str:
    """Style of one band in classes, light for low and dark for high.

    Parameters
    ----------
    lowest, highest : float
        Least and greatest value of the raster.
    limits : sequence of float
        Inner limits of the classes, ascending; made from the greatest value where there are none.
        A value that equals a limit belongs to the class below, as QGIS has it.
    unit : str
        Words after the figures.
    scale : float
        What the figures of the key are divided by: 1,000 for metres that are printed in
        kilometres.

    Returns
    -------
    str
        QML; cells without a value are transparent.

    Examples
    --------
    >>> text = raster_style(lowest=0, highest=9.5, limits=(2, 5), unit="per 1000")
    >>> [line.strip() for line in text.splitlines() if "<item" in line][0]
    '<item alpha="255" value="2" color="#fcf4c8" label="up to 2 per 1000"/>'
    """
    limits = tuple(limits) or class_limits(highest)
    colours = sequential(len(limits) + 1)
    words = _labels([limit / scale for limit in limits], unit)
    ends = [*(f"{limit:.10g}" for limit in limits), "inf"]
    items = "\n".join(
        f'          <item alpha="255" value="{end}" color="{colour}" label={quoteattr(label)}/>'
        for end, colour, label in zip(ends, colours, words, strict=True)
    )
    return _FRAME.format(items=items, lowest=f"{lowest:.10g}", highest=f"{highest:.10g}")


def class_limits(highest: float) -> tuple[float, ...]:
    """Limits that double from one class to the next, in two figures, for what is mostly low.

    Examples
    --------
    >>> class_limits(100.0), class_limits(0.0)
    ((6.2, 12.0, 25.0, 50.0), ())
    """
    if not highest > 0:
        return ()
    limits = [highest / 2**step for step in range(_CLASSES - 1, 0, -1)]
    return tuple(round(one, 1 - math.floor(math.log10(one))) for one in limits)


def _labels(limits: Sequence[float], unit: str) -> list[str]:
    figures = [f"{limit:,.10g}" for limit in limits]
    if not figures:
        return [unit]
    inner = [fill(RASTER["between"], {"low": low, "high": high}) for low, high in pairwise(figures)]
    lowest, highest = {"high": figures[0]}, {"low": figures[-1]}
    texts = [fill(RASTER["below"], lowest), *inner, fill(RASTER["above"], highest)]
    return [f"{text} {unit}".strip() for text in texts]
