"""What the scripts that write `data/` share: areas' names, the licence, how files are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from _registry import write_registry

from vawg_geo.inputs.catalogue.registry import read_registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

__all__ = [
    "AREA_NAMES",
    "ASSESSMENT",
    "ATTRIBUTION",
    "COUNTY",
    "DISTRICTS",
    "NO_LICENCE_NAMED",
    "OGL",
    "PETERBOROUGH",
    "POLICE_AREA",
    "WARD_VINTAGE",
    "register",
    "status_of",
    "write_csv",
]

PETERBOROUGH: Final = "E06000031"
COUNTY: Final = "E10000003"
POLICE_AREA: Final = "E23000023"
DISTRICTS: Final = (
    "E07000008", "E07000009", "E07000010", "E07000011", "E07000012", PETERBOROUGH,
)  # fmt: skip
AREA_NAMES: Final = {
    "E07000008": "Cambridge",
    "E07000009": "East Cambridgeshire",
    "E07000010": "Fenland",
    "E07000011": "Huntingdonshire",
    "E07000012": "South Cambridgeshire",
    PETERBOROUGH: "Peterborough",
    COUNTY: "Cambridgeshire",
    POLICE_AREA: "Cambridgeshire and Peterborough",
}
WARD_VINTAGE: Final = "2015-12-31"

ASSESSMENT: Final = "the 2017 needs assessment for Cambridgeshire and Peterborough"
OGL: Final = "Open Government Licence v3.0"
NO_LICENCE_NAMED: Final = "none named in the material; published figures, with their source"
ATTRIBUTION: Final = (
    "Contains National Statistics data © Crown copyright and database right 2015; "
    "contains OS data © Crown copyright and database right 2015; "
    "contains public sector information licensed under the Open Government Licence v3.0."
)


def status_of(figure: str) -> str:
    """State of a figure as a source prints it: `value`, `zero`, `suppressed` or `missing`."""
    if figure == "":
        return "missing"
    if figure == "x":
        return "suppressed"
    return "zero" if float(figure) == 0 else "value"


def write_csv(table: pd.DataFrame, folder: Path, file: str) -> None:
    """Write a table as UTF-8 with LF line ends; what is missing is an empty cell."""
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / file, index=False, encoding="utf-8", lineterminator="\n")
    print(f"{file}: {len(table):,} rows")


def register(folder: Path, entries: Sequence[Mapping[str, object]]) -> None:
    """Put entries into the folder's registry in place of their namesakes; the others stay."""
    tables: dict[str, Mapping[str, object]] = {}
    if (folder / "registry.toml").is_file():
        for name, known in read_registry(folder).items():
            tables[name] = {
                "name": name,
                "file": known.path.relative_to(folder).as_posix(),
                "title": known.title,
                "source": known.source,
                "licence": known.licence,
                "attribution": known.attribution,
                "vintage": known.vintage,
                "done": known.done,
                **known.facts,
            }
    tables |= {str(entry["name"]): entry for entry in entries}
    write_registry(folder, list(tables.values()))
