"""Surfaces of an edition as Cloud-Optimised GeoTIFF, each with a QGIS style beside it.

Everything is read from the edition: public sites, and in an analyst's own points.

The smoothed rates are computed from what the edition shows and from nothing else: a cell in an
area whose count is hidden has no value, and the area lends nothing to its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.disclosure.way_out import audited_as_a_whole, is_audited_here, require_safe_draft
from vawg_geo.errors import DisclosureError, OutputError
from vawg_geo.files.whole import give_name, scratch_beside, write_whole
from vawg_geo.overlays.access.places import STRAIGHT_LINE
from vawg_geo.overlays.surfaces.grid import Grid, grid_over
from vawg_geo.overlays.surfaces.own_points import own_points
from vawg_geo.overlays.surfaces.settings import SurfaceSettings
from vawg_geo.overlays.surfaces.surfaces import (
    SMALLEST_DENSITY_CELL,
    nearest_distance,
    point_density,
    smoothed_rate,
)
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.publish.rasters.style import raster_style
from vawg_geo.results.results import edition_of
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.refuges import refuse_refuges
from vawg_geo.words import page as words
from vawg_geo.words.figures import LESS_REPORTED
from vawg_geo.words.layers import RASTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.overlays.surfaces.own_points import OwnPoints
    from vawg_geo.results.results import EditionResults

__all__ = ["write_rasters"]

_NODATA: Final = -9999.0
# Tiles of the draft and of the file; a strip is as many rows as a tile, or tiles would be
# compressed more than once.
_TILE: Final = 256
_CACHE: Final = 64 * 1024**2
_DRAFT: Final = {
    "driver": "GTiff",
    "dtype": "float32",
    "count": 1,
    "nodata": _NODATA,
    "tiled": True,
    "blockxsize": _TILE,
    "blockysize": _TILE,
    "bigtiff": "if_safer",
}
# Overviews are thinned, never averaged: each of their cells is a cell of the raster, so that they
# say nothing that it does not. GDAL is not asked to share the work: one thread, one file.
_FINAL: Final = {
    "compress": "deflate",
    "predictor": "standard",
    "level": "6",
    "blocksize": str(_TILE),
    "overview_resampling": "nearest",
    "bigtiff": "if_safer",
    "statistics": "auto",
}
_CRS: Final = 27700
# Limits of the classes of distance: those of the tables of access, and two beyond.
_KILOMETRES: Final = (5, 10, 20, 30)
# From these levels, the first that there is, comes the outline of the whole area.
_WIDEST_FIRST: Final = ("police_area", "county", "csp", "district", "ward")
_ENDS: Final = ("MINIMUM", "MAXIMUM")


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """One raster: what it is called, how its cells come, what it says of itself, its classes."""

    name: str
    title: str
    unit: str
    grid: Grid
    strips: Iterator[NDArray[np.float32]]
    decimals: int
    tags: dict[str, str]
    limits: tuple[float, ...] = ()
    scale: float = 1
    scale_unit: str = ""


def write_rasters(
    results: EditionResults,
    folder: Path | str,
    *,
    cell_m: float | None = None,
    bandwidth_m: float = 2_000,
    density_bandwidth_m: float = 1_000,
) -> list[Path]:
    """Write the surfaces that `[overlays.surfaces]` asks for.

    Parameters
    ----------
    results : EditionResults
        Nothing else is accepted.
    folder : Path or str
        Made where it is absent.
    cell_m : float, optional
        Side of a cell in metres, of the density 250 or more; the configuration's by default.
    bandwidth_m, density_bandwidth_m : float
        Standard deviations of the kernels of the smoothed rates and of the density.

    Returns
    -------
    list of Path
        `smoothed_rate_<level>_<indicator>_<sex>_<period>.tif` for each series of wards that is not
        illustrative, `distance_nearest_site.tif` where the configuration names sites,
        `density_of_points.tif` where an analyst's names points, each followed by its `.qml`; empty
        where it asks for no surfaces.

    Raises
    ------
    DisclosureError
        This is no edition; points in another edition than the analyst's; a site or the points are
        such as have no place on a map; the audit found that they give away what is hidden.
    InputError, ConfigurationError
        As the surfaces of `vawg_geo.overlays.surfaces.surfaces` do.
    OutputError
        A file cannot be written. Nothing was changed then.
    """
    edition = edition_of(results)
    settings = edition.project.overlays.of(SurfaceSettings)
    sites = edition.reference.table("access", "sites")
    if settings is None:
        return []
    points = own_points(edition)
    if points is not None:
        _require_analyst(edition, points.title)
    if sites is not None:
        refuse_refuges(sites, name="site")
    whole = _whole(edition)
    cell_m = settings.cell_m if cell_m is None else cell_m
    grid = grid_over(whole, cell_m=cell_m)
    layers = list(_smoothed_layers(edition, results, grid, bandwidth_m))
    if sites is not None:
        layers.append(_distance_layer(sites, results, grid, whole))
    if points is not None:
        coarse = grid_over(whole, cell_m=max(cell_m, SMALLEST_DENSITY_CELL))
        layers.append(
            _density_layer(points, results, coarse, whole, bandwidth_m=density_bandwidth_m)
        )
    return _write_all(layers, Path(folder), results)


def _require_analyst(edition: Edition, title: str) -> None:
    if edition.name != "analyst":
        msg = (
            f"a kernel density of {title} is in no {edition.name} edition: it shows where single "
            "events were. Leave the points out, or build the analyst edition."
        )
        raise DisclosureError(msg)
    refuse_refuges(pd.DataFrame({"site": [title]}), name="site")


def _whole(edition: Edition) -> gpd.GeoDataFrame:
    """Outline of everything, from the widest level that there is."""
    level = next(level for level in (*_WIDEST_FIRST, *edition.areas) if level in edition.areas)
    return edition.areas[level]


def _smoothed_layers(
    edition: Edition, results: EditionResults, grid: Grid, bandwidth_m: float
) -> Iterator[_Layer]:
    """Smoothed rates of every series of wards that has a count to show and is no illustration."""
    level = "ward"
    rates = results.rates
    rates = rates[
        (rates["level"] == level)
        & (rates["basis"] != "illustrative")
        & ~rates["indicator"].isin(results.shares)
    ]
    for key, rows in rates.groupby(["indicator", "sex", "period"], sort=False):
        indicator, sex, period = map(str, key)
        if rows["count"].isna().all():
            continue
        about = results.indicators[indicator]
        per = f"{rows['rate_per'].iloc[0]:g}"
        values = {
            "title": about.title or indicator,
            "sex": words.SEX[sex].lower(),
            "period": period,
            "level": level,
            "unit": about.unit or "events",
            "per": per,
            "denominator": " ".join(
                (results.denominator(indicator, sex), results.time_of_rate(indicator, period))
            ).strip(),
        }
        tags = {
            "kind": "smoothed_rate",
            "indicator": indicator,
            "sex": sex,
            "period": period,
            "level": level,
            "basis": str(rows["basis"].iloc[0]),
            "rate_per": per,
            "bandwidth_m": f"{bandwidth_m:g}",
            "method": words.fill(RASTER["smoothed_method"], values),
            "source": about.source,
            "caveat": " ".join([about.caveat, *results.caveats]).strip(),
        }
        yield _Layer(
            name=slug(f"smoothed_rate_{level}_{about.slug}_{sex}_{period}"),
            title=words.fill(RASTER["smoothed"], values),
            unit=words.fill(RASTER["smoothed_unit"], values),
            grid=grid,
            strips=smoothed_rate(
                rows,
                results.areas[level],
                grid,
                bandwidth_m=bandwidth_m,
                rows=_TILE,
                shared=edition.shared,
            ),
            decimals=2,
            tags=_tags(tags, results),
            # The limits of the ward map: one colour means one rate on both.
            limits=results.limits(level=level, indicator=indicator, sex=sex, period=period),
        )


def _distance_layer(
    sites: pd.DataFrame, results: EditionResults, grid: Grid, whole: gpd.GeoDataFrame
) -> _Layer:
    shared = edition_of(results).shared
    strips = nearest_distance(sites, grid, within=whole, rows=_TILE, shared=shared)
    places = sites[["easting", "northing"]].astype(float)
    tags = {
        "kind": "distance",
        # A distance gives its sites away: they are said, and an audit can try it.
        "sites": "; ".join(f"{e:g} {n:g}" for e, n in places.itertuples(index=False)),
        "method": words.fill(
            RASTER["distance_method"], {"method": STRAIGHT_LINE, "n": f"{len(sites):,}"}
        ),
    }
    return _Layer(
        name="distance_nearest_site",
        title=RASTER["distance"],
        unit="m",
        grid=grid,
        strips=strips,
        decimals=0,
        tags=_tags(tags, results),
        limits=tuple(1_000.0 * km for km in _KILOMETRES),
        scale=1_000,
        scale_unit="km",
    )


def _density_layer(
    points: OwnPoints,
    results: EditionResults,
    grid: Grid,
    whole: gpd.GeoDataFrame,
    *,
    bandwidth_m: float,
) -> _Layer:
    tags = {
        "kind": "density",
        "bandwidth_m": f"{bandwidth_m:g}",
        "method": RASTER["density_method"],
        "caveat": LESS_REPORTED,
    }
    return _Layer(
        name="density_of_points",
        title=words.fill(RASTER["density"], {"title": points.title}),
        unit=RASTER["density_unit"],
        grid=grid,
        strips=point_density(
            points.frames(),
            grid,
            within=whole,
            bandwidth_m=bandwidth_m,
            rows=_TILE,
            shared=edition_of(results).shared,
        ),
        decimals=3,
        tags=_tags(tags, results),
    )


def _tags(own: dict[str, str], results: EditionResults) -> dict[str, str]:
    """What every raster says of itself, and what this one does."""
    common = {
        "edition": results.edition,
        "watermark": results.watermark,
        "attribution": " ".join(results.attribution),
        "protection": results.protection if own["kind"] == "smoothed_rate" else "",
        "help": " ".join(results.help_lines),
    }
    return {name: text for name, text in (own | common).items() if text}


def _write_all(layers: list[_Layer], folder: Path, results: EditionResults) -> list[Path]:
    """Write all files under another name, then give them theirs."""
    if not layers:
        return []
    import rasterio

    # What `rasterio.shutil` lets through has no public name.
    from rasterio._err import CPLE_BaseError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (
            scratch_beside(folder / "rasters") as scratch,
            rasterio.Env(GDAL_CACHEMAX=_CACHE, GDAL_NUM_THREADS="1", GDAL_PAM_ENABLED=False),
        ):
            drafts = [path for layer in layers for path in _write_layer(layer, scratch)]
            _require_safe(results, scratch)
            return [give_name(draft, folder / draft.name) for draft in drafts]
    except (OSError, rasterio.errors.RasterioError, CPLE_BaseError) as error:
        # GDAL's own words are in the cause; without room on the disk it says no more than "failed".
        what = str(error.__cause__ or error).rstrip(".")
        msg = f"the rasters cannot be written: {what}. Make room there, or close them elsewhere."
        raise OutputError(msg) from error


def _require_safe(results: EditionResults, draft: Path) -> None:
    """Audit rasters with the outlines and figures that say what of them is hidden."""
    edition = edition_of(results)
    if is_audited_here() and edition.rules.largest:
        with audited_as_a_whole():
            write_geopackage(results, draft / "vawg.gpkg")
        require_safe_draft(edition, draft)


def _write_layer(layer: _Layer, folder: Path) -> tuple[Path, Path]:
    import rasterio
    import rasterio.shutil

    plain, path = folder / f"{layer.name}.draft", folder / f"{layer.name}.tif"
    with _opened(plain, layer.grid) as raster:
        raster.update_tags(title=layer.title, unit=layer.unit, **layer.tags)
        raster.set_band_description(1, layer.title)
        raster.set_band_unit(1, layer.unit)
        statistics = _fill(raster, layer)
        raster.update_tags(1, **statistics)
    rasterio.shutil.copy(plain, path, driver="COG", **_FINAL)
    plain.unlink()
    style = path.with_suffix(".qml")
    lowest, highest = (float(statistics.get(f"STATISTICS_{end}", 0)) for end in _ENDS)
    text = raster_style(
        lowest=lowest,
        highest=highest,
        limits=layer.limits,
        unit=layer.scale_unit or layer.unit,
        scale=layer.scale,
    )
    write_whole(style, text)
    return path, style


def _opened(path: Path, grid: Grid) -> Any:
    """Open a plain GeoTIFF to write strips into: the final format cannot be written in parts."""
    import rasterio
    from affine import Affine

    return rasterio.open(
        path,
        "w",
        width=grid.width,
        height=grid.height,
        crs=rasterio.CRS.from_epsg(_CRS),
        transform=Affine(*grid.transform),
        **_DRAFT,
    )


def _fill(raster: Any, layer: _Layer) -> dict[str, str]:
    """Write the strips, and add up their statistics under the names that GDAL gives them."""
    from rasterio.windows import Window

    row, cells, total, squares = 0, 0, 0.0, 0.0
    lowest, highest = np.inf, -np.inf
    for strip in layer.strips:
        # Rounded: more digits would be false, and differ between processors.
        values = np.round(strip.astype(np.float64), layer.decimals)
        known = values[~np.isnan(values)]
        if known.size:
            cells += known.size
            total += float(known.sum())
            squares += float((known**2).sum())
            lowest, highest = min(lowest, float(known.min())), max(highest, float(known.max()))
        stored = np.where(np.isnan(values), _NODATA, values).astype(np.float32)
        raster.write(stored, 1, window=Window(0, row, stored.shape[1], stored.shape[0]))
        row += stored.shape[0]
    if not cells:
        return {}
    mean = total / cells
    return {
        "STATISTICS_MINIMUM": f"{lowest:.{layer.decimals}f}",
        "STATISTICS_MAXIMUM": f"{highest:.{layer.decimals}f}",
        "STATISTICS_MEAN": f"{mean:.6g}",
        "STATISTICS_STDDEV": f"{np.sqrt(max(0.0, squares / cells - mean**2)):.6g}",
        "STATISTICS_VALID_PERCENT": f"{100 * cells / (row * layer.grid.width):.4g}",
    }
