"""Texts of the configuration that only might be sensitive: what is asked, and what stops a build.

An indicator's name and title say what is mapped; what they may not name is refused
(`refusals.py`). Every other text may mention such a thing in passing. Whether it does is for a
person to say once, under `[[disclosure.confirmed]]`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.disclosure.refusals import NO_FINER_THAN_COUNTY
from vawg_geo.errors import DecisionNeeded, DisclosureError, problem
from vawg_geo.overlays.registry import chosen_overlays
from vawg_geo.terms.editions import EDITIONS
from vawg_geo.terms.refuges import HIDDEN_SUBJECT, PLACE_WORD, gives_refuge_a_place, is_left_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from vawg_geo.project import Project

__all__ = ["Question", "noticed_texts", "questions", "require_confirmed", "stale_confirmations"]

_FINE: Final = frozenset(("ward", "lsoa"))
_CODE: Final = re.compile(r"(?<![0-9A-Za-z])[EWSNKJL]\d{8}(?![0-9A-Za-z])")
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\d[\d,.]*(?![0-9A-Za-z])")
# Years and spans of years, which are no figures of an area.
_YEARS: Final = re.compile(r"\b(?:19|20)\d\d(?: ?[/–-] ?\d{2,4})?\b")
# What the public edition shows of no area, in any layer.
_PROFILE: Final = re.compile(r"brothel|red[ _-]light", re.I)
_PATH: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\\w|file:/|(?<![\w/.:-])/[A-Za-z]\w*/")
_HASH: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,}(?![0-9a-f])")
_LAYER_WORD: Final = re.compile(r"ward[ _-]profile|profile_class", re.I)


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A text of the configuration: where it stands, and the indicator that it is about."""

    where: str
    text: str
    indicator: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A text that somebody must read: what is asked of it, and whether a build waits for that."""

    quoted: Quoted
    why: str
    stops: bool

    def line(self, project: Project) -> str:
        """What is asked, where it stands, and what to add where the text may stay."""
        text = json.dumps(self.quoted.text, ensure_ascii=False)
        return (
            f"{_place(project, self.quoted)}: {text} {self.why}. Change it; or, if it may stand, "
            f'add to {project.file}: [[disclosure.confirmed]] text = {text}, by = "who read it", '
            "on = the day (a key to a line)."
        )


def texts_of_project(project: Project, edition: str) -> Iterator[Quoted]:
    """Every text of the configuration that an edition prints, and where it stands."""
    about = project.project
    yield Quoted(where="[project] title", text=about.title)
    yield Quoted(where="[project] publisher", text=about.publisher)
    yield from (Quoted(where="[project] attribution", text=line) for line in about.attribution)
    yield from (Quoted(where="[project] caveats", text=line) for line in about.caveats)
    if edition == "partnership":
        yield Quoted(where="[project] agreement", text=about.agreement)
    if edition == "analyst":
        yield Quoted(where="[editions] reason", text=project.editions.reason)
    yield Quoted(where="[population] series", text=project.population.series)
    for source in project.counts:
        yield Quoted(where=f"[[counts]] {source.file!r}, notes", text=source.notes)
    for one in project.indicators:
        for role in ("name", "title", "unit", "definition", "source", "denominator", "caveat"):
            where = f"[[indicators]] {one.name!r}, {role}"
            yield Quoted(where=where, text=getattr(one, role), indicator=one.name, role=role)
    for one_break in project.breaks:
        yield Quoted(where="[[breaks]] words", text=one_break.words)
        yield Quoted(where="[[breaks]] period", text=one_break.period)
    yield from (Quoted(where="[help] lines", text=line) for line in project.help.lines)
    for ratio in project.ratios:
        yield Quoted(where="[[ratios]] indicator", text=ratio.indicator)
    for overlay, settings in chosen_overlays(project.overlays):
        yield from (Quoted(where=where, text=text) for where, text in overlay.texts(settings))


def questions(project: Project, counts: pd.DataFrame, edition: str) -> list[Question]:
    """Texts of an edition that nobody has confirmed and somebody must read.

    Parameters
    ----------
    project : Project
    counts : pandas.DataFrame
        `indicator` and `level`: by how small areas each indicator is shown.
    edition : str

    Returns
    -------
    list of Question
        In the configuration's order, one for each text.

    Raises
    ------
    DisclosureError
        A text gives a refuge a place: a postcode, a grid reference, coordinates.
    """
    confirmed = {_one_line(one.text) for one in project.disclosure.confirmed}
    shown: dict[str, set[str]] = {}
    for name, level in counts[["indicator", "level"]].drop_duplicates().to_numpy().tolist():
        shown.setdefault(name, set()).add(level)
    every = [quoted for quoted in texts_of_project(project, edition) if quoted.text.strip()]
    _refuse_places_of_refuges(project, every)
    asked: dict[str, Question] = {}
    for quoted in every:
        if _one_line(quoted.text) in confirmed:
            continue
        if question := _question(quoted, shown, edition):
            asked.setdefault(quoted.text, question)
    return list(asked.values())


def require_confirmed(project: Project, counts: pd.DataFrame, edition: str) -> None:
    """Refuse to build with texts that may say what no edition of this kind shows.

    Raises
    ------
    DecisionNeeded
        A definition names, and does not leave out, what its indicator may not show by areas so
        small; a text has an area's code and a number beside it; a public text speaks of brothels
        or red-light areas. The message names the line and says what to add.
    """
    open_ones = [one for one in questions(project, counts, edition) if one.stops]
    if open_ones:
        several = f"{len(open_ones):,} texts must be read first ({edition} edition); first: "
        raise DecisionNeeded(several + open_ones[0].line(project))


def noticed_texts(project: Project, edition: str) -> list[dict[str, str]]:
    """Texts of an edition that look like more than words, for its record.

    Whoever audits the edition reads them there as texts, and not among figures. Those that have an
    area's code and a number beside it come with who confirmed them, and when.

    Returns
    -------
    list of dict
        `text`, and `by` and `on` where somebody confirmed it.
    """
    by_text = {_one_line(one.text): one for one in project.disclosure.confirmed}
    noticed: dict[str, dict[str, str]] = {}
    for quoted in texts_of_project(project, edition):
        looks = (_CODE, _PATH, _HASH, _PROFILE, _LAYER_WORD)
        if not any(look.search(quoted.text) for look in looks):
            continue
        noticed[quoted.text] = {"text": quoted.text}
        if one := by_text.get(_one_line(quoted.text)):
            noticed[quoted.text] |= {"by": one.by, "on": one.on.isoformat()}
    return list(noticed.values())


def stale_confirmations(project: Project) -> list[str]:
    """Confirmed texts that the configuration does not have any more, in words."""
    texts = {_one_line(s.text) for edition in EDITIONS for s in texts_of_project(project, edition)}
    return [
        f"[[disclosure.confirmed]] {json.dumps(one.text, ensure_ascii=False)}: no text of the "
        "configuration reads so any more; take the entry out."
        for one in project.disclosure.confirmed
        if _one_line(one.text) not in texts
    ]


def _question(quoted: Quoted, shown: Mapping[str, set[str]], edition: str) -> Question | None:
    if quoted.role == "definition":
        asked = _of_definition(quoted, shown.get(quoted.indicator, set()), edition)
        if asked is not None:
            return asked
    if edition == "public" and (word := _named(_PROFILE, quoted.text)):
        why = f"speaks of {word!r}, which the public edition says of no area"
        return Question(quoted=quoted, why=why, stops=True)
    if match := _CODE.search(quoted.text):
        number = _NUMBER.search(_YEARS.sub("", _CODE.sub("", quoted.text)))
        beside = f" and a number ({number[0]})" if number else ""
        why = f"has the code of an area ({match[0]}){beside}"
        return Question(quoted=quoted, why=why, stops=number is not None)
    if match := _PATH.search(quoted.text) or _HASH.search(quoted.text):
        why = f"looks like a file's place or hash ({match[0]})"
        return Question(quoted=quoted, why=why, stops=False)
    return None


def _of_definition(quoted: Quoted, levels: set[str], edition: str) -> Question | None:
    """What is asked of a definition of an indicator that is shown at these levels."""
    fine = bool(levels & _FINE)
    finer = fine or "district" in levels
    if fine and (word := _named(HIDDEN_SUBJECT, quoted.text)):
        return _subject(quoted, word, "no edition may show it below district level")
    if edition == "public" and finer and (word := _named(NO_FINER_THAN_COUNTY, quoted.text)):
        return _subject(quoted, word, "the public edition may show it no finer than the county")
    if fine and (match := PLACE_WORD.search(quoted.text)):
        why = f"names a place of single events or persons ({match[0]!r})"
        return Question(quoted=quoted, why=why, stops=False)
    return None


def _subject(quoted: Quoted, word: str, otherwise: str) -> Question:
    why = f"names {word!r}; if that is what this indicator counts, {otherwise}"
    return Question(quoted=quoted, why=why, stops=True)


def _named(subject: re.Pattern[str], text: str) -> str:
    """First of the words that a text names and does not leave out; empty for none."""
    found = (match for match in subject.finditer(text) if not is_left_out(text, match))
    return next((match[0] for match in found), "")


def _refuse_places_of_refuges(project: Project, every: Iterable[Quoted]) -> None:
    every = list(every)
    bad = [quoted for quoted in every if gives_refuge_a_place(quoted.text)]
    if bad:
        raise DisclosureError(
            problem(
                "would give a refuge a place",
                bad=len(bad),
                total=len(every),
                noun="texts",
                first=_place(project, bad[0]),
                action="Refuges are known by district and never any closer: take the place out.",
            )
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _place(project: Project, quoted: Quoted) -> str:
    """File, line and key of a text; without the line where it cannot be found."""
    path = Path(project.folder, project.file)
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return f"{project.file}, {quoted.where}"
    start = json.dumps(quoted.text.strip(), ensure_ascii=False)[1:-1][:40]
    starts = (start, quoted.text.strip().splitlines()[0][:40])
    number = next((n for n, line in enumerate(lines, 1) if any(s in line for s in starts)), 0)
    line = f", line {number}" if number else ""
    return f"{project.file}{line}, {quoted.where}"
