"""Documents about the figures: the record of a build, styles and projects."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.documents.prose import odd_prose, read_prose, without_prose
from vawg_geo.audit.observed import Finding, Parameters
from vawg_geo.audit.tables.sheets import Reading
from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "PRINTED",
    "absolute_paths",
    "packed_runs",
    "read_object",
    "read_record",
    "read_text",
    "texts_of",
]

PRINTED: Final = re.compile(rb"[\x20-\x7e\x80-\xff]{4,}")
"""What a stranger sees who looks for texts among bytes."""

_KNOWN: Final = frozenset(
    (
        "title",
        "edition",
        "vawg_geo",
        "python",
        "libraries",
        "parameters",
        "rows",
        "public_inputs",
        "attribution",
        "protection",
        "notes",
        "watermark",
        "not_shown",
        "words",
    )
)
_PARAMETERS: Final = frozenset(
    (
        "rate_per",
        "rate_method",
        "confidence",
        "comparator",
        "significance_rule",
        "significance_correction",
        "leave_out",
        "protection",
        "disclosure_preset",
        "disclosure_decision",
        "smallest_hidden",
        "largest_hidden",
        "base",
        "zeros",
        "seed",
        "threshold_unit",
    )
)
# Only these editions stay with the analyst, who knows her own inputs.
_OWN: Final = frozenset(("analyst",))
_HASH: Final = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])")
_ROOTS: Final = (
    "home",
    "Users",
    "root",
    "tmp",
    "var",
    "mnt",
    "media",
    "opt",
    "srv",
    "work",
    "data",
    "etc",
    "usr",
    "Volumes",
    "private",
)
_PATH: Final = re.compile(
    r"(?<![\w/.:-])(?:file:/{1,3}\S+|[A-Za-z]:[\\/][^\s\"'<>|]+|\\\\[\w.$-]+\\\S+"
    rf"|/(?:{'|'.join(_ROOTS)})/[^\s\"'<>|]+)"
)
# No path is without one of these, and a text without any need not be searched letter by letter.
_PATH_SIGNS: Final = ("file:", ":\\", ":/", "\\\\", *(f"/{root}/" for root in _ROOTS))


# A code of an area, and a number that is no part of another code within reach.
_CODE_AND_NUMBER: Final = re.compile(
    r"(?<![0-9A-Za-z])([EWSNKJL]\d{8})(?![0-9A-Za-z])[^\n]{0,120}?"
    r"(?<![0-9A-Za-z#.])\d+(?:\.\d+)?(?![0-9A-Za-z])"
)

# What base64 writes, its kind for addresses too; shorter runs hold less than a row of counts.
_RUN: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{60,}={0,2}")
_PARTS: Final = re.compile(r"[^-_/+=]+")
# A word, or several as programs join them; capitals stand at the beginning of one.
_WORD: Final = re.compile(r"(?:[A-Z]?[a-z]{2,})+|[A-Z]{2,}|[A-Za-z]")
_LONGEST_WORD: Final = 58
_LONGEST_NUMBER: Final = 8


def packed_runs(text: str) -> list[str]:
    """Long runs of letters and digits that may be packed data, each once.

    Words that are joined by dashes, as in an address, are none, nor is a line of dashes or the
    alphabet.

    Examples
    --------
    >>> packed_runs("gov.uk/government/publications/a-very-long-title-of-some-national-strategy")
    []
    >>> len(packed_runs("3-12-0-27-" * 9)), len(packed_runs("AwAAAAwAAAAbAAAA" * 5))
    (1, 1)
    """
    text = without_prose(text)
    return sorted({run for run in _RUN.findall(text) if not _is_words(run)})


def _is_words(run: str) -> bool:
    parts = _PARTS.findall(run)
    if not parts or len(set(run)) == len(run):
        return len(set(run)) in (1, len(run))
    numbers = [part for part in parts if part.isdigit() and len(part) <= _LONGEST_NUMBER]
    words = [part for part in parts if _WORD.fullmatch(part) and len(part) <= _LONGEST_WORD]
    return len(words) + len(numbers) == len(parts) and 3 * len(numbers) <= len(words)


def read_record(path: Path, source: str) -> Reading:
    """Read the record of a build: how the edition says that it is protected.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        Keys that no reader knows, paths of a machine and hashes outside `public_inputs` are
        findings.

    Raises
    ------
    InputError
        The file is no JSON object.
    """
    record = read_object(path, source, otherwise="is not the record of a build")
    parameters = record.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    edition = str(record.get("edition", ""))
    findings = odd_prose(read_prose(record), source)
    if edition not in _OWN:
        strange = [*(record.keys() - _KNOWN), *(parameters.keys() - _PARAMETERS)]
        findings += [
            Finding(kind="unknown_key", file=source, text=f"the key {key!r} is not known.")
            for key in sorted(strange)
        ]
        findings += _traces(record, source)
    return Reading(
        parameters=Parameters(
            edition=edition,
            smallest=_integer(parameters.get("smallest_hidden")),
            largest=_integer(parameters.get("largest_hidden")),
            base=_integer(parameters.get("base")) or 0,
            prose=read_prose(record),
            version=str(record.get("vawg_geo", "")),
        ),
        findings=findings,
    )


def read_object(path: Path, source: str, *, otherwise: str) -> dict[str, object]:
    """Read a JSON object.

    Parameters
    ----------
    path : Path
    source : str
    otherwise : str
        What is to be said of a file that holds anything else.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        The file cannot be read, or is no JSON object.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        msg = f"{source} cannot be read: {error}. Build the edition again."
        raise InputError(msg) from error
    if not isinstance(content, dict):
        msg = f"{source} {otherwise}. Take it out, or build the edition again."
        raise InputError(msg)
    return content


def _traces(record: dict[str, object], source: str) -> list[Finding]:
    """Paths and hashes that say something of a machine or of a private input."""
    findings = absolute_paths("\n".join(texts_of(record)), source)
    inputs = record.get("public_inputs")
    record = {key: value for key, value in record.items() if key != "words"}
    rest = {key: value for key, value in record.items() if key != "public_inputs"}
    if isinstance(inputs, dict):
        # A catalogue's name has no ending; a file of an analyst's has one.
        findings += [
            Finding(kind="private_input", file=source, text=f"{name!r} is a file's name.")
            for name in sorted(map(str, inputs))
            if re.search(r"[\\/]|\.\w{2,5}$", name)
        ]
    findings += [
        Finding(kind="private_input", file=source, text=f"a hash of an unknown input: {found}.")
        for found in sorted(set(_HASH.findall(without_prose("\n".join(texts_of(rest))))))
    ]
    return findings


def absolute_paths(text: str, source: str) -> list[Finding]:
    """Paths of somebody's machine in a text.

    Examples
    --------
    >>> [f.kind for f in absolute_paths("see C:/Users/ann/counts.csv", "a.qgs")]
    ['absolute_path']
    >>> absolute_paths("https://example.org/home/page and rates/ward.csv", "a.qgs")
    []
    """
    text = without_prose(text)
    # Addresses of the web have a sign of a path and are none.
    bare = text.replace("http://", "").replace("https://", "")
    if not any(sign in bare for sign in _PATH_SIGNS):
        return []
    paths = sorted({match.group() for match in _PATH.finditer(text)})
    return [
        Finding(kind="absolute_path", file=source, text=f"{path!r} is a place on a machine.")
        for path in paths
    ]


def read_text(text: str, source: str) -> Reading:
    """Read a text that should tell of no area: a description, a style, a script, a query.

    Examples
    --------
    >>> [f.kind for f in read_text("E05002703: 12 crimes", "a.qml").findings]
    ['figure_in_text']
    >>> read_text("rates of E05002703 and 12 crimes elsewhere", "a.qml").findings == []
    False
    """
    text = without_prose(text)
    findings = absolute_paths(text, source)
    codes = [match.group(1) for match in _CODE_AND_NUMBER.finditer(text)]
    if codes:
        words = f"{len(codes):,} codes of areas stand beside numbers; first: {codes[0]}."
        findings.append(Finding(kind="figure_in_text", file=source, text=words))
    return Reading(findings=findings)


def texts_of(value: object) -> Iterator[str]:
    """Every text in decoded JSON, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)


def _integer(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
