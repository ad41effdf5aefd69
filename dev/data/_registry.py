"""Write the `registry.toml` of a folder of embedded files, for the scripts that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomli_w

from vawg_geo.inputs.catalogue.registry import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["write_registry"]

# What `vawg_geo.inputs.catalogue.registry` reads, in the order in which a person wants to see it.
_REQUIRED = ("name", "file", "title", "source", "licence", "attribution", "vintage", "done")


def write_registry(folder: Path, entries: Sequence[Mapping[str, object]]) -> None:
    """Write `registry.toml` for files that stand in a folder already.

    Parameters
    ----------
    folder : Path
        Where the files are and where the registry goes.
    entries : sequence of mapping
        One per file, with `name`, `file` (relative to the folder), `title`, `source`, `licence`,
        `attribution`, `vintage`, `done`, and any further facts. The checksum is computed here.

    Raises
    ------
    ValueError
        An entry lacks a key, or two have one name.

    Notes
    -----
    Entries are sorted by name and facts by key, so that the same files give the same bytes.
    """
    tables: list[dict[str, object]] = []
    for entry in sorted(entries, key=lambda entry: str(entry.get("name"))):
        if missing := [key for key in _REQUIRED if key not in entry]:
            msg = f"{entry.get('name')!r} lacks {', '.join(missing)}. Add it to the entry."
            raise ValueError(msg)
        facts = {key: entry[key] for key in sorted(entry) if key not in {*_REQUIRED, "sha256"}}
        checksum = sha256_of(folder / str(entry["file"]))
        known = {key: entry[key] for key in _REQUIRED}
        tables.append({"name": known.pop("name"), "file": known.pop("file"), "sha256": checksum}
                      | known | facts)  # fmt: skip
    names = [table["name"] for table in tables]
    if repeated := sorted({str(name) for name in names if names.count(name) > 1}):
        msg = f"{repeated[0]!r} is registered more than once. Give each file a name of its own."
        raise ValueError(msg)
    text = tomli_w.dumps({"file": tables})
    partial = folder / ".registry.toml.partial"
    partial.write_bytes(text.encode("utf-8"))
    partial.replace(folder / "registry.toml")
