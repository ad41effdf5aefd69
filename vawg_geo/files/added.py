"""Adding a layer or a sheet to a file that is there already, and losing nothing that is in it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import OutputError
from vawg_geo.files.table import sheet_of, workbook_bytes, write_table
from vawg_geo.files.whole import file_meant, write_whole, written_whole

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["add_layer", "add_table", "require_room"]

# Parts of a workbook that openpyxl does not carry over when it writes one again.
_LOST: Final = re.compile(
    r"xl/(?:charts|chartsheets|drawings/drawing|media|pivotTables|slicers|vbaProject|embeddings|"
    r"threadedComments|timelines|macrosheets|dialogsheets|activeX|ctrlProps|model)"
)


def require_room(out: Path, name: str, *, replace: bool) -> None:
    """Refuse to replace what is there, before the work and not after it.

    Parameters
    ----------
    out : Path
        The file to write.
    name : str
        Of the layer (`.gpkg`) or sheet (`.xlsx`) in it.
    replace : bool
        Whether what is there may be replaced: the layer or sheet of that name, or any other file.

    Raises
    ------
    OutputError
        There is such a layer, sheet or file, or a workbook holds what would be lost.

    Examples
    --------
    >>> require_room(Path("no such file.csv"), "rates", replace=False)
    """
    path = file_meant(out)
    if not path.is_file():
        return
    kind = path.suffix.lower()
    if kind == ".gpkg":
        what, names = "layer", _layers(path)
    elif kind == ".xlsx":
        what, names = "sheet", _sheets(path)
    else:
        if not replace:
            msg = f"{out.name} is there already. Write to another file, or add --replace."
            raise OutputError(msg)
        return
    if not replace and name.casefold() in [each.casefold() for each in names]:
        msg = (
            f"{out.name} has a {what} {name!r} already. Write to another file, or add --replace to "
            f"replace that {what}; what else is in the file stays."
        )
        raise OutputError(msg)


def add_table(frame: pd.DataFrame, out: Path, *, name: str) -> None:
    """Write a table; into a workbook that is there, as a sheet of its own.

    A sheet of that name is replaced: ask `require_room` first.

    Parameters
    ----------
    frame : pandas.DataFrame
    out : Path
        As for `write_table`.
    name : str
        Of the sheet.

    Raises
    ------
    OutputError
        It cannot be written. Nothing was changed then.

    Examples
    --------
    >>> import tempfile
    >>> import openpyxl
    >>> import pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("rates", "scan"):
    ...         add_table(pd.DataFrame({"a": [1]}), Path(folder, "book.xlsx"), name=name)
    ...     openpyxl.load_workbook(Path(folder, "book.xlsx")).sheetnames
    ['rates', 'scan']
    """
    path = file_meant(out)
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        write_table(frame, out, sheet=name)
        return
    import openpyxl

    _sheets(path)
    book = openpyxl.load_workbook(path)
    place = None
    for each in list(book.sheetnames):
        if each.casefold() == name.casefold():
            place = book.sheetnames.index(each)
            del book[each]
    sheet_of(frame, book.create_sheet(name, place))
    write_whole(out, workbook_bytes(book))


def add_layer(frame: gpd.GeoDataFrame, out: Path, *, name: str, about: str) -> None:
    """Write a layer of outlines; into a GeoPackage that is there, beside its other layers.

    A layer of that name is replaced: ask `require_room` first.

    Parameters
    ----------
    frame : GeoDataFrame
    out : Path
        Ends in `.gpkg`.
    name, about : str
        Of the layer, and what it is.

    Raises
    ------
    OutputError
        It cannot be written, or is open in another program. Nothing was changed then.
    """
    import pyogrio

    from vawg_geo.files.in_use import require_closed

    former = file_meant(out)
    options: dict[str, Any] = {} if former.is_file() else {"dataset_options": {"VERSION": "1.3"}}
    try:
        with written_whole(out) as draft:
            if former.is_file():
                require_closed(former)
                shutil.copyfile(former, draft)
            pyogrio.write_dataframe(
                frame,
                draft,
                layer=name,
                geometry_type="MultiPolygon",
                promote_to_multi=True,
                layer_options={"DESCRIPTION": about},
                **options,
            )
            require_closed(former)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        msg = f"{out.name} cannot be written: {error}. Nothing was changed."
        raise OutputError(msg) from error


def _layers(path: Path) -> list[str]:
    """Names of what a GeoPackage holds, layers and tables."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            rows = base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            names = [str(name) for (name,) in rows.fetchall()]
    except sqlite3.Error as error:
        msg = (
            f"{path.name} is there and is no GeoPackage that can be added to ({error}). Write to "
            "another file, or remove it."
        )
        raise OutputError(msg) from error
    if "gpkg_contents" not in names:
        msg = f"{path.name} is there and is no GeoPackage. Write to another file, or remove it."
        raise OutputError(msg)
    return names


def _sheets(path: Path) -> list[str]:
    """Names of a workbook's sheets; refused where adding one would lose what is in it."""
    import openpyxl

    from vawg_geo.errors import InputError
    from vawg_geo.files.limits import require_bounded_zip

    elsewhere = "Write to another file."
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            require_bounded_zip(members, label=path.name, action=elsewhere, error=InputError)
            lost = [member.filename for member in members if _LOST.match(member.filename)]
        names = openpyxl.load_workbook(path, read_only=True).sheetnames
    except InputError:
        raise
    # openpyxl raises what it stumbles over.
    except Exception as error:
        msg = f"{path.name} is there and is no workbook that can be added to. {elsewhere}"
        raise OutputError(msg) from error
    if lost:
        msg = (
            f"{path.name} holds {len(lost)} charts, pictures or the like (first: "
            f"{Path(lost[0]).name}), which would be lost if a sheet were added. {elsewhere}"
        )
        raise OutputError(msg)
    return [str(name) for name in names]
