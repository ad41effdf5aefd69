"""Write the ledger of releases: one file for each edition that goes out, whole or not at all."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from vawg_geo.errors import InputError, OutputError
from vawg_geo.files.whole import written_whole
from vawg_geo.inputs.releases import (
    LEDGER,
    ledger_of,
    read_releases,
    release_content,
    same_figures,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from vawg_geo.disclosure.gate import Edition

__all__ = ["forget_release", "note_releases", "noted_releases"]

# An analyst's edition stays with her.
_LEAVES = ("public", "partnership")


@contextmanager
def noted_releases() -> Iterator[list[Path]]:
    """Take back what was noted in the block if the block fails: then nothing went out.

    Yields
    ------
    list of Path
        For the files of `note_releases`.
    """
    noted: list[Path] = []
    try:
        yield noted
    except BaseException:
        for path in noted:
            with suppress(OSError):
                path.unlink()
        raise


def note_releases(editions: Sequence[Edition], noted: list[Path]) -> list[str]:
    """Write into the ledger what editions show, unless an earlier release said the same.

    Parameters
    ----------
    editions : sequence of Edition
        About to take their names.
    noted : list of Path
        Gets the files.

    Returns
    -------
    list of str
        What was noted, in words.

    Raises
    ------
    OutputError
        The ledger cannot be written to.
    """
    lines = []
    for edition in editions:
        ledger = ledger_of(edition.project.folder)
        if ledger is None or edition.name not in _LEAVES:
            continue
        former = [release for release in edition.released if release.edition == edition.name]
        for release in former:
            # The edition in the folder that is replaced went out before there was a ledger.
            if not (ledger / f"{release.name}.json").exists():
                content = release.content | {"released": release.released}
                noted.append(_write(ledger, release.edition, content))
        content = release_content(
            edition.counts,
            edition=edition.name,
            protected=(edition.rules.smallest, edition.rules.largest, edition.rules.base),
            parents=edition.parents,
            part_of=edition.part_of(),
        )
        if any(same_figures(release.content, content) for release in former):
            continue
        noted.append(_write(ledger, edition.name, content | {"released": _today()}))
        lines.append(
            f"Noted what goes out: {LEDGER}/{noted[-1].name}. If it never does, say so: vawg-geo "
            f"releases forget {noted[-1].stem}"
        )
    return lines


def forget_release(folder: Path | str, name: str) -> Path:
    """Say of a release that it never went out: nothing is compared with it any more.

    Parameters
    ----------
    folder : path
        Of the configuration.
    name : str
        `public-0002`, as `read_releases` names it.

    Returns
    -------
    Path
        Its file, which says so and holds no count any more.

    Raises
    ------
    InputError
        There is no such release.
    OutputError
        The ledger cannot be written to.
    """
    ledger = ledger_of(folder)
    releases = {one.name: one for one in read_releases(folder) if not one.forgotten}
    if ledger is None or name not in releases:
        listed = ", ".join(releases) or "none"
        msg = f"there is no release {name!r} beside this configuration. There are: {listed}."
        raise InputError(msg)
    gone = releases[name].content | {"cells": [], "parents": {}, "part_of": {}}
    dates = {"released": releases[name].released, "forgotten": _today()}
    return _write_file(ledger / f"{name}.json", gone | dates)


def _write(ledger: Path, edition: str, content: dict[str, Any]) -> Path:
    number = 1 + max(
        (int(path.stem.rpartition("-")[2]) for path in ledger.glob(f"{edition}-[0-9]*.json")),
        default=0,
    )
    return _write_file(ledger / f"{edition}-{number:04d}.json", content)


def _write_file(path: Path, content: dict[str, Any]) -> Path:
    cells = ",\n".join(json.dumps(row, ensure_ascii=False) for row in content["cells"])
    head = json.dumps({k: v for k, v in content.items() if k != "cells"}, ensure_ascii=False)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with written_whole(path, private=True) as draft:
            draft.write_text(f'{head[:-1]}, "cells": [\n{cells}\n]}}\n', "utf-8")
    except OSError as error:
        msg = (
            f"the ledger of releases cannot be written: {path}: {error.strerror}. Make room there, "
            "or let yourself write there. Nothing was changed."
        )
        raise OutputError(msg) from error
    return path


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
