"""The key of a project: by it the choice of what to hide goes, so that nobody can run it again.

Of patterns that protect as well, the key takes one. Whoever has the published files and this
package could otherwise choose again for every table that fits what is shown, and rule out those for
which other counts would be hidden. The key stays beside the configuration and in no edition.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Final

from vawg_geo.errors import ConfigurationError
from vawg_geo.files.whole import written_whole
from vawg_geo.inputs.catalogue.registry import embedded_folder

__all__ = ["KEY_FILE", "PUBLIC_KEY", "read_key"]

KEY_FILE: Final = "disclosure.key"
PUBLIC_KEY: Final = "0" * 64
"""Of the embedded default: what it hides is illustrative."""

_FORM: Final = re.compile(r"[0-9a-f]{64}")


def read_key(folder: Path | str) -> str:
    """Key of the project in a folder; made at the first time.

    Parameters
    ----------
    folder : path
        Where the configuration lies.

    Returns
    -------
    str
        64 hexadecimal digits. The same key gives the same choice.

    Raises
    ------
    ConfigurationError
        The file of the key holds something else, or cannot be read or written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     read_key(name) == read_key(name)
    True
    """
    place = Path(folder)
    if place.resolve() == embedded_folder("data").resolve():
        return PUBLIC_KEY
    path = place / KEY_FILE
    try:
        if not path.exists():
            # For its owner alone: whoever has it can run the choice again.
            with written_whole(path, private=True) as draft:
                draft.write_text(secrets.token_hex(32) + "\n", "utf-8")
        key = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        msg = (
            f"{KEY_FILE} beside the configuration cannot be read or made: {error}. It keeps others "
            "from choosing again what is hidden. Make the folder writable, or put a file of that "
            "name with 64 hexadecimal digits there."
        )
        raise ConfigurationError(msg) from error
    if not _FORM.fullmatch(key):
        msg = (
            f"{KEY_FILE} beside the configuration does not hold 64 hexadecimal digits. Take it "
            "out, and a new one is made; other counts may then be hidden than before."
        )
        raise ConfigurationError(msg)
    return key
