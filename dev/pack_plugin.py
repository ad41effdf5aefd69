"""Pack the QGIS plugin into a zip that QGIS installs and its repository takes.

    python dev/pack_plugin.py [--out FOLDER] [--home URL --email ADDRESS]

Writes `vawg_geo-VERSION.zip` with the same bytes each time. The addresses in `metadata.txt` are of
a name that nobody has; whoever uploads the plugin gives their own, and `URL/issues` must exist too.
"""

from __future__ import annotations

import argparse
import configparser
import sys
import zipfile
from pathlib import Path
from typing import Final

__all__ = ["main", "pack"]

_ROOT: Final = Path(__file__).resolve().parents[1]
_PLUGIN: Final = _ROOT / "qgis" / "vawg_geo"
_ENDINGS: Final = (".py", ".txt", ".svg", ".qm")
# What no clock sets: the first day that a zip can name.
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_ADDRESS: Final = "https://example.org/vawg-geo"
_MAIL: Final = "vawg-geo@example.org"


def main(arguments: list[str] | None = None) -> int:
    """Pack, and say where."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=Path())
    parser.add_argument("--home", default=_ADDRESS, help="address of the project")
    parser.add_argument("--email", default=_MAIL, help="address of whoever keeps the plugin")
    asked = parser.parse_args(arguments)
    path = pack(asked.out, home=asked.home.rstrip("/"), email=asked.email)
    print(f"{path}: {path.stat().st_size:,} bytes")
    if asked.home == _ADDRESS or asked.email == _MAIL:
        print(
            "For the repository of plugins give --home and --email: these addresses are nobody's."
        )
    return 0


def pack(folder: Path, *, home: str = _ADDRESS, email: str = _MAIL) -> Path:
    """Write the zip into a folder, whole or not at all; gives its path."""
    about = (_PLUGIN / "metadata.txt").read_text("utf-8")
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(about)
    target = folder / f"vawg_geo-{parser['general']['version']}.zip"
    contents = {
        path.relative_to(_PLUGIN).as_posix(): path.read_bytes()
        for path in _PLUGIN.rglob("*")
        if path.suffix in _ENDINGS and "__pycache__" not in path.parts
    }
    contents["metadata.txt"] = about.replace(_ADDRESS, home).replace(_MAIL, email).encode()
    contents["LICENSE"] = (_ROOT / "LICENSE").read_bytes()
    draft = target.with_suffix(".part")
    # Stored and not deflated: what deflating gives depends on the library.
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(f"vawg_geo/{name}", _DAY)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    draft.replace(target)
    return target


if __name__ == "__main__":
    sys.exit(main())
