"""Leaflet for a page without a network: from the installed wheel, checked, in one piece.

Nothing of Leaflet is kept in this repository. Its notice and licence stand in every page that
carries it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

from vawg_geo.errors import OutputError

__all__ = ["NOTICE", "Leaflet", "load_leaflet", "marker_icon_script"]

NOTICE: Final = """\
Leaflet 1.9.3, https://leafletjs.com
Copyright (c) 2010-2022, Volodymyr Agafonkin
Copyright (c) 2010-2011, CloudMade
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions
   and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of
   conditions and the following disclaimer in the documentation and/or other materials provided
   with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT
OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE."""

_DISTRIBUTION: Final = "XStatic-Leaflet"
_FOLDER: Final = "xstatic/pkg/leaflet/data/"
# SHA-256 of each file; of texts after CRLF became LF, since the wheel's CSS has CRLF.
_SHA256: Final = {
    "leaflet.js": "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    "leaflet.css": "4a63465aeb2a2ffaae2a6d9de78241dc2cf0e78bcedfc36f2c718c3489ac38b3",
    "images/layers.png": "1dbbe9d028e292f36fcba8f8b3a28d5e8932754fc2215b9ac69e4cdecf5107c6",
    "images/layers-2x.png": "066daca850d8ffbef007af00b06eac0015728dee279c51f3cb6c716df7c42edf",
    "images/marker-icon.png": "574c3a5cca85f4114085b6841596d62f00d7c892c7b03f28cbfa301deb1dc437",
    "images/marker-icon-2x.png": "00179c4c1ee830d3a108412ae0d294f55776cfeb085c60129a39aa6fc4ae2528",
    "images/marker-shadow.png": "264f5c640339f042dd729062cfc04c17f8ea0f29882b538e3848ed8f10edb4da",
}


@dataclass(frozen=True, kw_only=True)
class Leaflet:
    """What a page must carry.

    Attributes
    ----------
    script : str
        The library, without its pointer to a source map.
    style : str
        Its style sheet, images as `data:` addresses.
    """

    script: str
    style: str


@cache
def load_leaflet() -> Leaflet:
    """Leaflet from the installed wheel, every file checked.

    Raises
    ------
    OutputError
        The wheel is absent, incomplete, or another version than was tested.
    """
    script = _read("leaflet.js").decode()
    style = re.sub(
        r"url\((images/[\w.-]+)\)",
        lambda found: f"url({_data_address(found.group(1))})",
        _read("leaflet.css").decode(),
    )
    return Leaflet(script=re.sub(r"\n//# sourceMappingURL=.*", "", script), style=style)


@cache
def marker_icon_script() -> str:
    """Script that gives Leaflet's default marker its pictures, for pages that have markers.

    Leaflet looks for them beside its style sheet, and an inlined one stands beside nothing.
    """
    pictures = {
        option: _data_address(f"images/{name}")
        for option, name in (
            ("iconUrl", "marker-icon.png"),
            ("iconRetinaUrl", "marker-icon-2x.png"),
            ("shadowUrl", "marker-shadow.png"),
        )
    }
    options = ",".join(f'{key}:"{value}"' for key, value in pictures.items())
    return (
        f"delete L.Icon.Default.prototype._getIconUrl;L.Icon.Default.mergeOptions({{{options}}});"
    )


def _data_address(name: str) -> str:
    return "data:image/png;base64," + base64.b64encode(_read(name)).decode()


def _read(name: str) -> bytes:
    """One file of the wheel, texts with LF line ends, refused when it is not the tested one."""
    data = _locate(name).read_bytes()
    if not name.endswith(".png"):
        data = data.replace(b"\r\n", b"\n")
    if hashlib.sha256(data).hexdigest() != _SHA256[name]:
        msg = (
            f"{name} of {_DISTRIBUTION} is not the file that this package was tested with "
            "(its SHA-256 differs). Reinstall it: pip install --force-reinstall "
            f'"{_DISTRIBUTION}==1.9.3.*"'
        )
        raise OutputError(msg)
    return data


def _locate(name: str) -> Path:
    try:
        files = metadata.files(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.as_posix() == _FOLDER + name:
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    msg = (
        f"{name} of {_DISTRIBUTION} is not installed, and a map cannot be drawn without it. "
        f'Install it: pip install "{_DISTRIBUTION}==1.9.3.*"'
    )
    raise OutputError(msg)
