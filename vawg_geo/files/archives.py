"""One file of outlines out of somebody's zip, each part under a name of our own.

Nothing else of the zip is unpacked, and no name in it is a path here: where a member says that it
lies, whether it is a link and what else there is are then no questions.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import BoundaryError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["unpacked_boundaries", "unpacked_shapefile"]

# What a reader of Shapefiles looks at.
_PARTS: Final = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
# Other files of outlines, each with what must lie beside it; of a geodatabase all its folder has.
_OTHERS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        (".gpkg", ".geojson", ".json", ".topojson", ".fgb", ".parquet", ".geoparquet"), frozenset()
    ),
    **dict.fromkeys((".kml", ".gml"), frozenset()),
    ".tab": frozenset({".dat", ".map", ".id", ".ind"}),
    ".mif": frozenset({".mid"}),
    ".gdb": frozenset(),
}
# GeoJSON with many digits, and the empty pages of databases, shrink more than Shapefiles.
_RATIO_OF_OTHERS: Final = 250.0
# Below this a high ratio harms nobody: attribute tables padded with blanks shrink a lot.
_RATIO_MATTERS_FROM: Final = 1 << 20
_BY_HAND: Final = "Unpack it by hand if you trust it, and give the .shp."
_ENCRYPTED: Final = 0x1
# What reading a damaged zip raises; RuntimeError and NotImplementedError where a member is packed
# in a way that is not built in.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    UnicodeDecodeError,
)


@contextmanager
def unpacked_shapefile(
    path: Path,
    *,
    layer: str | None = None,
    max_bytes: int = 1 << 30,
    max_ratio: float = 100.0,
    max_files: int = 500,
) -> Iterator[Path]:
    """Take a Shapefile out of a zip, into a temporary folder that is removed afterwards.

    Parameters
    ----------
    path : Path
        A zip file.
    layer : str, optional
        Name of the Shapefile without its ending, needed where there are several.
    max_bytes : int
        Most bytes that may come out, in all.
    max_ratio : float
        Most bytes that may come out for each byte that is packed.
    max_files : int
        Most members.

    Yields
    ------
    Path
        The `.shp`, its parts beside it.

    Raises
    ------
    BoundaryError
        The zip is damaged, there is no such Shapefile or more than one, a part of it is encrypted
        or there twice, or there is too much of it.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "two.zip")
    ...     with zipfile.ZipFile(path, "w") as archive:
    ...         archive.writestr("../wards.shp", b"one")
    ...         archive.writestr("old/wards.dbf", b"two")
    ...     with unpacked_shapefile(path) as shape:
    ...         shape.name, shape.read_bytes(), [part.name for part in shape.parent.iterdir()]
    ('wards.shp', b'one', ['wards.shp'])
    """
    with tempfile.TemporaryDirectory(prefix="vawg-geo-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
                if len(members) > max_files:
                    msg = (
                        f"{path.name} has {len(members):,} members, more than the {max_files:,} "
                        "allowed. Give a zip that holds one set of boundaries."
                    )
                    raise BoundaryError(msg)
                shape = _shape_of(members, layer, label=path.name)
                parts = _parts_of(shape, members, label=path.name)
                _require_bounded(parts, path.name, max_bytes=max_bytes, max_ratio=max_ratio)
                # Of the name in the zip no more than letters and digits, for messages.
                stem = re.sub(r"[^\w -]", "_", _place_of(shape).stem)[:80]
                for part in parts:
                    target = Path(folder, stem + _place_of(part).suffix.lower())
                    # No more than the announced bytes come out, and their checksum is looked at.
                    with archive.open(part) as packed, target.open("xb") as unpacked:
                        shutil.copyfileobj(packed, unpacked)
        except _DAMAGE as error:
            detail = (str(error).replace(folder, "").splitlines() or [type(error).__name__])[0]
            msg = (
                f"{path.name} cannot be unpacked ({detail}): it is damaged, cut short or no zip. "
                "Fetch it again."
            )
            raise BoundaryError(msg) from error
        yield Path(folder, f"{stem}.shp")


@contextmanager
def unpacked_boundaries(
    path: Path, *, layer: str | None = None, max_bytes: int = 1 << 30, max_files: int = 500
) -> Iterator[Path]:
    """Take the one file of outlines out of a zip, into a temporary folder that is removed again.

    Parameters
    ----------
    path : Path
        A zip file with a Shapefile, or with one file of another format that is read.
    layer : str, optional
        Name of the file without its ending, where there are several; else of a layer in it.
    max_bytes, max_files : int
        As for `unpacked_shapefile`.

    Yields
    ------
    Path
        The file, its parts beside it; of a geodatabase its folder.

    Raises
    ------
    BoundaryError
        As for `unpacked_shapefile`.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "wards.gpkg.zip")
    ...     with zipfile.ZipFile(path, "w") as archive:
    ...         archive.writestr("../2025/wards.gpkg", b"one")
    ...         archive.writestr("README.txt", b"two")
    ...     with unpacked_boundaries(path) as file:
    ...         file.name, file.read_bytes(), len(list(file.parent.iterdir()))
    ('wards.gpkg', b'one', 1)
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not _is_clutter(_place_of(m))]
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    others = _others_of(members)
    if not others or any(_place_of(member).suffix.lower() == ".shp" for member in members):
        with unpacked_shapefile(
            path, layer=layer, max_bytes=max_bytes, max_files=max_files
        ) as shape:
            yield shape
        return
    named = [place for place in others if place.stem == layer]
    if len(others) > 1 and len(named) != 1:
        names = ", ".join(repr(place.stem) for place in sorted(others))
        msg = f"{path.name} has {len(others)} files of outlines. Give layer= one of: {names}."
        raise BoundaryError(msg)
    place = named[0] if len(others) > 1 else next(iter(others))
    parts = others[place]
    if len(parts) > max_files:
        msg = f"{path.name}: {place.name} has {len(parts):,} parts, more than {max_files:,}."
        raise BoundaryError(f"{msg} {_BY_HAND}")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        msg = f"{path.name}: {place.name} is encrypted. Ask for a zip without a password."
        raise BoundaryError(msg)
    _require_bounded(parts, path.name, max_bytes=max_bytes, max_ratio=_RATIO_OF_OTHERS)
    with tempfile.TemporaryDirectory(prefix="vawg-geo-") as folder:
        stem = re.sub(r"[^\w -]", "_", place.stem)[:80]
        file = Path(folder, stem + place.suffix.lower())
        try:
            _unpack_parts(path, parts, file)
        except _DAMAGE as error:
            raise _damaged(path, error) from error
        yield file


def _others_of(
    members: Sequence[zipfile.ZipInfo],
) -> dict[PurePosixPath, list[zipfile.ZipInfo]]:
    """Each file of outlines that is no Shapefile, with what belongs to it."""
    found: dict[PurePosixPath, list[zipfile.ZipInfo]] = {}
    files = [(_place_of(member), member) for member in members if not member.is_dir()]
    for place, member in files:
        base = next((up for up in place.parents if up.suffix.lower() == ".gdb"), None)
        if base is not None:
            found.setdefault(base, []).append(member)
        elif place.suffix.lower() in _OTHERS:
            found.setdefault(place, []).append(member)
    for place, parts in found.items():
        beside = _OTHERS[place.suffix.lower()]
        stem = str(place.with_suffix("")).casefold()
        parts += [
            member
            for other, member in files
            if other.suffix.lower() in beside and str(other.with_suffix("")).casefold() == stem
        ]
    return found


def _unpack_parts(path: Path, parts: Sequence[zipfile.ZipInfo], file: Path) -> None:
    is_folder = file.suffix == ".gdb"
    if is_folder:
        file.mkdir()
    with zipfile.ZipFile(path) as archive:
        for part in parts:
            name = re.sub(r"[^\w.-]", "_", _place_of(part).name)
            place = file / name if is_folder else file.with_suffix(_place_of(part).suffix.lower())
            # No more than the announced bytes come out, and their checksum is looked at.
            with archive.open(part) as packed, place.open("xb") as unpacked:
                shutil.copyfileobj(packed, unpacked)


def _damaged(path: Path, error: Exception) -> BoundaryError:
    detail = (str(error).splitlines() or [type(error).__name__])[0]
    return BoundaryError(
        f"{path.name} cannot be unpacked ({detail}): it is damaged, cut short or no zip. Fetch it "
        "again."
    )


def _place_of(member: zipfile.ZipInfo) -> PurePosixPath:
    """Where a member says that it lies, whichever way its separators lean."""
    return PurePosixPath(member.filename.replace("\\", "/"))


def _is_clutter(place: PurePosixPath) -> bool:
    """Whether a member is a desktop's own note about a file and no file of the sender's."""
    return "__MACOSX" in place.parts or place.name.startswith("._")


def _shape_of(
    members: Sequence[zipfile.ZipInfo], layer: str | None, *, label: str
) -> zipfile.ZipInfo:
    """The one `.shp` that is meant."""
    places = [(_place_of(member), member) for member in members if not member.is_dir()]
    places = [(place, member) for place, member in places if not _is_clutter(place)]
    shapes = [(place, member) for place, member in places if place.suffix.lower() == ".shp"]
    if not shapes:
        listed = ", ".join(place.name for place, _ in places[:5]) or "nothing"
        msg = (
            f"{label} has no Shapefile (it holds: {listed}). Give a zip with a .shp and its "
            "sidecars in it; archives inside an archive are not opened."
        )
        raise BoundaryError(msg)
    meant = [member for place, member in shapes if layer is None or place.stem == layer]
    if len(meant) == 1:
        return meant[0]
    stems = sorted({place.stem for place, _ in shapes})
    names = ", ".join(map(repr, stems))
    if not meant:
        hint = did_you_mean(str(layer), stems, otherwise="Choose another.")
        msg = f"{label} has no Shapefile {layer!r}. {hint} Give layer= one of: {names}."
    elif len(stems) > 1 and layer is None:
        msg = f"{label} has {len(meant)} Shapefiles. Give layer= one of: {names}."
    else:
        msg = (
            f"{label} has {len(meant)} Shapefiles called {_place_of(meant[0]).stem!r}; which one "
            "is meant cannot be known. Zip the one that is meant."
        )
    raise BoundaryError(msg)


def _parts_of(
    shape: zipfile.ZipInfo, members: Sequence[zipfile.ZipInfo], *, label: str
) -> list[zipfile.ZipInfo]:
    """The `.shp` and what lies beside it under the same name; case is no other name."""
    beside = str(_place_of(shape).with_suffix("")).casefold()
    parts: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        if member.is_dir():
            continue
        place = _place_of(member)
        ending = place.suffix.lower()
        if ending not in _PARTS or str(place.with_suffix("")).casefold() != beside:
            continue
        if ending in parts:
            msg = (
                f"{label} has two {place.name}; which one is meant cannot be known. Zip the files "
                "again."
            )
            raise BoundaryError(msg)
        if member.flag_bits & _ENCRYPTED:
            msg = f"{label}: {place.name} is encrypted. Ask for a zip without a password."
            raise BoundaryError(msg)
        parts[ending] = member
    return list(parts.values())


def _require_bounded(
    parts: Sequence[zipfile.ZipInfo], label: str, *, max_bytes: int, max_ratio: float
) -> None:
    """Refuse a Shapefile that announces too much, in all or for what it weighs."""
    if len({part.header_offset for part in parts}) < len(parts):
        # Python 3.13.5 and later read these with a warning, former ones see other names.
        msg = f"{label} cannot be unpacked: some of its members share their bytes. Fetch it again."
        raise BoundaryError(msg)
    total = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if total > max_bytes:
        msg = (
            f"{label} would unpack to {total:,} bytes, more than the {max_bytes:,} allowed. "
            f"{_BY_HAND}"
        )
        raise BoundaryError(msg)
    if total > _RATIO_MATTERS_FROM and total / packed > max_ratio:
        msg = (
            f"{label} would unpack to {total / packed:,.0f} times its size ({total:,} bytes), more "
            f"than the {max_ratio:g} times allowed: it looks like a zip bomb. {_BY_HAND}"
        )
        raise BoundaryError(msg)
