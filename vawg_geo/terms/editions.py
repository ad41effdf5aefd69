"""Editions: who each is for, and the kinds of files that it may have beside its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from vawg_geo.errors import ConfigurationError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EDITIONS", "FORMATS", "LAYERS_FOLDER", "EditionName", "require_formats"]

EditionName = Literal["public", "partnership", "analyst"]
# From what everybody may have to what nobody else may.
EDITIONS: Final[tuple[str, ...]] = get_args(EditionName)
# Layers for other tools than QGIS: kinds of files by the word that asks for them, and how their
# names end.
FORMATS: Final = {
    "flatgeobuf": ".fgb",
    "geoparquet": ".parquet",
    "shapefile": ".shp",
    "filegdb": ".gdb.zip",
}
# Where they stand in an edition's folder.
LAYERS_FOLDER: Final = "layers"


def require_formats(names: Iterable[str]) -> tuple[str, ...]:
    """Kinds of files in the order of `FORMATS`, each once.

    Parameters
    ----------
    names : iterable of str
        In any case, with blanks around them.

    Returns
    -------
    tuple of str

    Raises
    ------
    ConfigurationError
        A name that is none; the message names the nearest.

    Examples
    --------
    >>> require_formats(["GeoParquet", "flatgeobuf", "geoparquet"])
    ('flatgeobuf', 'geoparquet')
    >>> require_formats(["geoparket"])
    Traceback (most recent call last):
    ...
    vawg_geo.errors.ConfigurationError: 1 of 1 formats is not known; first: 'geoparket'. Did you
    mean 'geoparquet'? Known: flatgeobuf, geoparquet, shapefile, filegdb.
    """
    wanted = [name.strip().lower() for name in names]
    strange = [name for name in wanted if name not in FORMATS]
    if strange:
        verb = "is" if len(strange) == 1 else "are"
        msg = (
            f"{len(strange)} of {len(wanted)} formats {verb} not known; first: {strange[0]!r}. "
            f"{did_you_mean(strange[0], FORMATS, otherwise='Correct the word.')} Known: "
            f"{', '.join(FORMATS)}."
        )
        raise ConfigurationError(msg)
    return tuple(name for name in FORMATS if name in wanted)
