"""`vawg-geo init`: a folder with a commented configuration and templates to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DONE
from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run", "write_project"]

_COPIED: Final = ("vawg.toml", "README.md")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser("init", help="start a project for an area of one's own")
    command.add_argument("folder", type=Path, metavar="DIR")
    return command


def run(options: argparse.Namespace) -> int:
    """Write the files, and say which."""
    for path in write_project(options.folder):
        print(path)
    return DONE


def write_project(folder: Path) -> list[Path]:
    """Write a commented configuration, templates and a short guide into a new folder.

    Parameters
    ----------
    folder : Path
        Made where it is absent; nothing in it is overwritten.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    OutputError
        A file of the same name is there already, or the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as place:
    ...     [path.name for path in write_project(Path(place, "county"))]
    ['vawg.toml', 'README.md', 'ward_counts.csv', 'population.csv']
    """
    from importlib.resources import files

    from vawg_geo.files.whole import write_whole

    here = files("vawg_geo.commands") / "templates"
    texts = {name: (here / name).read_text("utf-8") for name in _COPIED}
    texts["ward_counts.csv"] = _empty_ward_counts()
    texts["population.csv"] = "area_code,sex,population\n"
    present = [name for name in texts if (folder / name).exists()]
    if present:
        msg = (
            f"{len(present)} of {len(texts)} files are in {folder} already; first: {present[0]}. "
            "Choose another folder: nothing is overwritten."
        )
        raise OutputError(msg)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_whole(folder / name, text)
    except OSError as error:
        msg = f"{folder} cannot be written to: {error}. Choose another folder."
        raise OutputError(msg) from None
    return [folder / name for name in texts]


def _empty_ward_counts() -> str:
    """Embedded wards with no count yet, as CSV."""
    import csv
    import io

    from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry, verified_path

    source = verified_path(read_registry(embedded_folder("data"))["population-wards-2015"])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["area_code", "area_name", "indicator", "sex", "period", "count"])
    with source.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["sex"] == "persons":
                series = ["domestic abuse crimes", "persons", "2015/16", ""]
                writer.writerow([row["area_code"], row["area_name"], *series])
    return text.getvalue()
