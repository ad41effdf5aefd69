"""Hide and attack random structures: crossed sums, gaps, nests, overlapping periods, editions.

    python dev/evidence/attack_structures.py [--structures 2000] [--seed 1] [--first 0]
                                                 [--workers 2] [--out docs/structures.csv]

Each structure (`_structures.py`) is protected by the package, attacked over its atoms by a
programme that shares no sum, reader or word with the package (`_atom_attack.py`), written as files
and audited. A small count is narrowed where the shown figures tell more of it than the published
ones alone; that a hidden count is at least the number of hidden counts in it, is counted apart. A
finding of the audit is a build that would be refused. Small structures are compared
with the best pattern there is, found by trying. The exit code is 1 where anything was narrowed or
refused.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import dataclasses
import functools
import itertools
import json
import multiprocessing
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from _atom_attack import Attack, Fact, Known, facts_of, narrowed, published_facts, unnamed_figures
from _structures import Figure, Structure, make_structure

from vawg_geo.audit.run import audit_files
from vawg_geo.disclosure.hide import hide_counts
from vawg_geo.disclosure.rules import Rules
from vawg_geo.errors import VawgGeoError

__all__ = [
    "Edition",
    "Outcome",
    "attack_shown",
    "audited",
    "best_pattern",
    "hide",
    "is_unsafe",
    "run",
    "small_figures",
    "try_structure",
    "write_edition",
]

# What a programme that is wrong raises; the other structures are tried all the same.
_FAULTS: Final = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


@dataclasses.dataclass
class Outcome:
    """What was measured of one structure; a row of the table."""

    structure: int
    features: str
    cells: int
    small: int = 0
    hidden: int = 0
    withheld: int = 0
    narrowed: int = 0
    recovered: int = 0
    floors: int = 0
    shown_small: int = 0
    stopped: int = 0
    not_named: int = 0
    not_named_narrowed: int = 0
    not_named_recovered: int = 0
    refused: int = 0
    refused_kind: str = ""
    refused_text: str = ""
    first: str = ""
    seconds_choosing: float = 0.0
    seconds_auditing: float = 0.0
    best: int | None = None


class Edition(NamedTuple):
    """What a reader is given, and by which rules."""

    name: str
    shown: pd.DataFrame
    withheld: int
    rules: Rules


# The gate


def hide(structure: Structure) -> tuple[list[Edition], float]:
    """Editions of a structure, and the processor's seconds that choosing took."""
    start = time.process_time()
    public = structure.public if len(structure.public) else None
    hidden = functools.partial(
        hide_counts,
        structure.counts,
        parents=structure.parents,
        part_of=structure.part_of,
        public=public,
        people=structure.people,
    )
    first = hidden(rules=structure.rules)
    editions = [Edition("public", first.counts, len(first.withheld), structure.rules)]
    if structure.partnership is not None:
        second = hidden(rules=structure.partnership, other_edition=first.counts)
        editions.append(
            Edition("partnership", second.counts, len(second.withheld), structure.partnership)
        )
    return editions, time.process_time() - start


# The attack


def _is_small(value: float, rules: Rules, *, estimated: bool) -> bool:
    if estimated:
        return rules.smallest <= value < rules.largest + 1 and (value > 0 or not rules.smallest)
    return rules.smallest <= value <= rules.largest


def small_figures(structure: Structure, rules: Rules) -> list[Figure]:
    """Own counts that an edition must hide."""
    counts = structure.counts
    return [
        figure
        for figure, value, basis in zip(
            structure.figures, counts["count"], counts["basis"], strict=True
        )
        if basis != "published"
        and not pd.isna(value)
        and _is_small(float(value), rules, estimated=basis == "estimated")
    ]


def _joined(tables: Iterable[Mapping[Figure, list[Fact]]]) -> dict[Figure, list[Fact]]:
    together: dict[Figure, list[Fact]] = {}
    for table in tables:
        for figure, facts in table.items():
            together.setdefault(figure, []).extend(facts)
    return together


class Findings(NamedTuple):
    """What one reader found out.

    `floors` are small counts of which no more is known than that they are at least as many as the
    hidden counts that they hold, since each mark stands for 1 or more: to hide more does not help.
    """

    small: list[Figure]
    known: list[Known]
    floors: list[Known]
    shown: list[Figure]
    not_named: list[Figure]
    not_named_known: list[Known]
    others: list[Known]


def attack_shown(
    structure: Structure, editions: Sequence[Edition], *, others: bool = False
) -> Findings:
    """What the reader of the last edition, who holds those before it too, finds out.

    With `others` also of the counts that are hidden for others' sake: they must look like small
    ones, or be plainly large and as wide as the protected range.

    Where published totals contradict the rest, those that are wrong are left out of the attack:
    with them nothing fits.
    """
    rules = editions[-1].rules
    shown = [facts_of(e.shown, structure.spans, e.rules) for e in editions]
    small = small_figures(structure, rules)
    not_named = _small_not_named(structure, shown, rules)
    beside = _hidden_beside(structure, shown[-1], set(small)) if others else []
    attack, alone, table, public = _attacks(structure, shown, [*small, *not_named, *beside])
    wanted = (float(rules.smallest), float(rules.largest))

    def more_of(figures: Sequence[Figure], by: Attack = attack) -> list[Known]:
        return narrowed(by, alone, dict.fromkeys(figures, wanted), structure.atoms.value)

    known, named, near = more_of(small), more_of(not_named), more_of(beside)
    ends = [one for one in [*known, *named, *near] if _only_least(one)]
    floors = _floors(structure, ends, table, public)
    return Findings(
        small=small,
        known=[one for one in known if one.figure not in floors],
        floors=[one for one in known if one.figure in floors],
        shown=[
            figure for figure in small if _is_exact(shown[-1].get(figure)) and figure not in public
        ],
        not_named=not_named,
        not_named_known=[one for one in named if one.figure not in floors],
        others=[one for one in near if one.figure not in floors and not _plainly_large(one, rules)],
    )


def _attacks(
    structure: Structure, shown: Sequence[dict[Figure, list[Fact]]], targets: Sequence[Figure]
) -> tuple[Attack, Attack, dict[Figure, list[Fact]], dict[Figure, list[Fact]]]:
    """With the table and with published figures alone, and what each knows."""
    for without_wrong in (False, True):
        public = published_facts(structure, without_wrong=without_wrong)
        own = [_without_those(facts, structure) for facts in shown] if without_wrong else shown
        table = _joined([*own, public])
        attack = Attack(structure, table, targets)
        if attack.feasible:
            break
    return attack, Attack(structure, public, targets), table, public


def _small_not_named(
    structure: Structure, shown: Sequence[dict[Figure, list[Fact]]], rules: Rules
) -> list[Figure]:
    there = {figure for table in shown for figure in table}
    named = {*structure.figures, *structure.public_figures}
    estimated = bool((structure.counts["basis"] == "estimated").any())
    return [
        figure
        for figure in unnamed_figures(structure, there)
        if figure not in named
        and _is_small(structure.atoms.value(figure), rules, estimated=estimated)
    ]


def _hidden_beside(
    structure: Structure, facts: Mapping[Figure, list[Fact]], small: set[Figure]
) -> list[Figure]:
    """Counts that are hidden for others' sake."""
    published = set(itertools.compress(structure.figures, structure.counts["basis"] == "published"))
    return [
        figure
        for figure, known in facts.items()
        if not np.isfinite(known[0].high) and figure not in small and figure not in published
    ]


def _is_exact(facts: Sequence[Fact] | None) -> bool:
    return facts is not None and facts[0].low == facts[0].high


def _only_least(near: Known) -> bool:
    """Whether the count can still be as large as it may look."""
    return near.high >= near.wanted[1] - 1e-5 and not near.exactly


def _floors(
    structure: Structure,
    ends: Sequence[Known],
    table: Mapping[Figure, list[Fact]],
    public: dict[Figure, list[Fact]],
) -> set[Figure]:
    """Figures whose least is what marks of hidden counts and noughts give, and no more."""
    marks = {
        figure: [fact for fact in facts if not np.isfinite(fact.high) or not fact.high]
        for figure, facts in table.items()
    }
    only = _joined([{figure: facts for figure, facts in marks.items() if facts}, public])
    attack = Attack(structure, only, [near.figure for near in ends])
    return {
        near.figure
        for near in ends
        if attack.feasible and near.low <= attack.end_of(near.figure, sign=1) + 1e-5
    }


def _plainly_large(near: Known, rules: Rules) -> bool:
    width = (
        np.floor(near.high + 1e-5) - np.ceil(near.low - 1e-5) if np.isfinite(near.high) else np.inf
    )
    return bool(near.low > rules.largest and width >= rules.largest - max(rules.smallest, 1))


def _without_those(
    facts: dict[Figure, list[Fact]], structure: Structure
) -> dict[Figure, list[Fact]]:
    wrong = {structure.figures[i] for i in structure.wrong}
    return {figure: known for figure, known in facts.items() if figure not in wrong}


# The audit


def write_edition(structure: Structure, edition: Edition, folder: Path) -> Path:
    """Files as an edition has them: counts by level, areas with their parents, indicators."""
    tables = folder / edition.name / "tables"
    tables.mkdir(parents=True)
    for level, rows in edition.shown.groupby("level"):
        rows.to_csv(tables / f"rates_{level}.csv", index=False)
    names = structure.counts.set_index("area_code")["area_name"].to_dict()
    levels = {
        "E01": "lsoa",
        "E05": "ward",
        "E07": "district",
        "E10": "county",
        "E23": "police_area",
    }
    codes = sorted({*structure.parents, *structure.parents.values()})
    pd.DataFrame(
        {
            "area_code": codes,
            "area_name": [names.get(code, code) for code in codes],
            "level": [levels[code[:3]] for code in codes],
            "parent_code": [structure.parents.get(code, "") for code in codes],
        }
    ).to_csv(tables / "areas.csv", index=False)
    indicators = sorted({*structure.counts["indicator"], *_named_in(structure)})
    pd.DataFrame(
        {
            "name": indicators,
            "title": [name.capitalize() for name in indicators],
            "part_of": [structure.part_of.get(name, ("", False))[0] for name in indicators],
            "part_of_complete": [
                structure.part_of.get(name, ("", False))[1] for name in indicators
            ],
        }
    ).to_csv(tables / "indicators.csv", index=False)
    rules = edition.rules
    record = {
        "edition": edition.name,
        "parameters": {
            "smallest_hidden": rules.smallest,
            "largest_hidden": rules.largest,
            "base": rules.base,
        },
    }
    (folder / edition.name / "build.json").write_text(json.dumps(record), encoding="utf-8")
    return folder / edition.name


def _named_in(structure: Structure) -> set[str]:
    return {name for part, (whole, _) in structure.part_of.items() for name in (part, whole)}


def audited(structure: Structure, editions: Sequence[Edition]) -> list[tuple[str, str]]:
    """Kind and text of each finding of the audit on what was written."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = []
        if len(structure.public):
            structure.public.to_csv(folder / "published.csv", index=False)
            known = [folder / "published.csv"]
        before: list[Path] = []
        for edition in editions:
            written = write_edition(structure, edition, folder)
            report = audit_files(
                written,
                beside=before,
                known=known,
                smallest=edition.rules.smallest,
                largest=edition.rules.largest,
            )
            found += [
                (str(finding.kind), f"{edition.name} {finding.file}: {finding.text}")
                for finding in report.findings
            ]
            before.append(written)
    return found


# The best pattern


def _fits(structure: Structure, hidden: frozenset[Figure], learned: list[set[Figure]]) -> bool:
    """Whether hiding these protects all small counts and each other, by the attack's measure."""
    if any(not (cut & hidden) for cut in learned):
        return False
    rules = structure.rules
    shown = structure.counts.copy()
    mask = np.array([figure in hidden for figure in structure.figures])
    shown.loc[mask, "status"] = "suppressed"
    shown.loc[mask, "count"] = pd.NA
    findings = attack_shown(structure, [Edition("tried", shown, 0, rules)], others=True)
    for near in [*findings.known, *findings.not_named_known]:
        _learn(structure, shown, near, learned)
    return not (findings.known or findings.not_named_known or findings.others)


def _learn(
    structure: Structure, shown: pd.DataFrame, near: Known, learned: list[set[Figure]]
) -> None:
    """Of the counts that give a figure away, one must be hidden in every pattern that fits."""
    facts = _joined([facts_of(shown, structure.spans, structure.rules), published_facts(structure)])
    attack = Attack(structure, facts, [near.figure])
    own = dict(zip(structure.figures, structure.counts["basis"], strict=True))
    sign = 1 if near.low > near.wanted[0] + 1e-5 else -1
    used = {
        figure for figure in attack.proof(near.figure, sign=sign) if own.get(figure) != "published"
    }
    if used:
        learned.append(used)


def best_pattern(structure: Structure, most: int) -> int | None:
    """Fewest counts that can be hidden so that all is protected; patterns are tried by size.

    None where no pattern with fewer than `most` further counts does.
    """
    small = frozenset(small_figures(structure, structure.rules))
    counts = structure.counts
    given = (counts["basis"] != "published") & (counts["count"].fillna(0) > 0)
    free = [
        figure
        for figure, own in zip(structure.figures, given, strict=True)
        if own and figure not in small
    ]
    learned: list[set[Figure]] = []
    for size in range(most + 1):
        for chosen in itertools.combinations(free, size):
            if _fits(structure, small | frozenset(chosen), learned):
                return len(small) + size
    return None


# One structure


def _text(near: Known) -> str:
    figure = near.figure
    return (
        f"{figure.area}, {figure.indicator}, {figure.sex}, months {figure.span.start} to "
        f"{figure.span.end}: {near.value:g} is known to be {near.low:g} to {near.high:g}, "
        f"not {near.wanted[0]:g} to {near.wanted[1]:g}"
    )


def _hidden_in(edition: Edition, counts: pd.DataFrame) -> int:
    """Counts that an edition does not show and that were given."""
    given = int(counts["count"].notna().sum())
    return given - int(edition.shown["count"].notna().sum())


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Stop what takes more of the processor's time; 0 is no limit."""

    def stop(_signal: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def try_structure(number: int, *, seed: int, brute: bool = True, limit: float = 0) -> Outcome:
    """Make, hide, attack and audit one structure; `limit` is of the seconds to choose."""
    structure = make_structure(number, seed=seed)
    outcome = Outcome(number, "+".join(structure.features), len(structure.counts))
    try:
        with _at_most(limit):
            editions, outcome.seconds_choosing = hide(structure)
    except TimeoutError:
        outcome.stopped, outcome.seconds_choosing = 1, limit
        return outcome
    except (VawgGeoError, *_FAULTS) as error:
        outcome.refused, outcome.refused_kind = 1, type(error).__name__
        outcome.refused_text = str(error)
        return outcome
    outcome.hidden = _hidden_in(editions[0], structure.counts)
    outcome.withheld = editions[0].withheld
    for last in range(1, len(editions) + 1):
        found = attack_shown(structure, editions[:last])
        outcome.small += len(found.small)
        outcome.narrowed += len(found.known)
        outcome.recovered += sum(near.exactly for near in found.known)
        outcome.floors += len(found.floors)
        outcome.shown_small += len(found.shown)
        outcome.not_named += len(found.not_named)
        outcome.not_named_narrowed += len(found.not_named_known)
        outcome.not_named_recovered += sum(near.exactly for near in found.not_named_known)
        if not outcome.first and (found.known or found.not_named_known):
            outcome.first = _text((found.known or found.not_named_known)[0])
    start = time.process_time()
    findings = audited(structure, editions)
    outcome.seconds_auditing = time.process_time() - start
    outcome.refused = len(findings)
    if findings:
        outcome.refused_kind, outcome.refused_text = findings[0]
    if brute and structure.small and not editions[0].withheld and not structure.rules.base:
        further = outcome.hidden - len(small_figures(structure, structure.rules))
        outcome.best = best_pattern(structure, further)
    return outcome


# The command


def run(
    numbers: Iterable[int],
    *,
    seed: int,
    workers: int = 1,
    limit: float = 0,
    brute: bool = True,
    report: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Try structures, several at a time, in the order of their numbers."""
    one = functools.partial(try_structure, seed=seed, limit=limit, brute=brute)
    done = []
    if workers < 2:
        results: Iterator[Outcome] = map(one, numbers)
        for outcome in results:
            report(outcome)
            done.append(outcome)
        return done
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for outcome in pool.map(one, numbers, chunksize=4):
            report(outcome)
            done.append(outcome)
    return done


def is_unsafe(outcome: Outcome) -> bool:
    """Whether a structure shows a fault."""
    return bool(outcome.narrowed or outcome.shown_small or outcome.refused or outcome.stopped)


def _of(outcomes: Sequence[Outcome], name: str) -> int:
    return sum(int(getattr(outcome, name)) for outcome in outcomes)


def _ratio_line(outcomes: Sequence[Outcome]) -> str:
    compared = [outcome for outcome in outcomes if outcome.best]
    if not compared:
        return "No structure was small enough to try all patterns."
    ratios = [outcome.hidden / (outcome.best or 1) for outcome in compared]
    return (
        f"{len(compared)} small structures with something to hide: hidden over the fewest that can "
        f"be, {np.mean(ratios):.4f} on average, {max(ratios):.3f} at most; "
        f"{_of(compared, 'hidden')} hidden, {_of(compared, 'best')} by trying all."
    )


def summarise(outcomes: Sequence[Outcome]) -> str:
    """What was found, in words and by what the structures have."""
    lines = [
        f"{len(outcomes)} structures, {_of(outcomes, 'cells')} counts, "
        f"{_of(outcomes, 'small')} of them small (by reader), {_of(outcomes, 'hidden')} hidden, "
        f"{_of(outcomes, 'withheld')} series withheld.",
        f"Small counts narrowed {_of(outcomes, 'narrowed')} (exactly {_of(outcomes, 'recovered')}, "
        f"in {sum(o.narrowed > 0 for o in outcomes)} structures), shown "
        f"{_of(outcomes, 'shown_small')}. Known only to be at least as many as the hidden counts "
        f"in them: {_of(outcomes, 'floors')}.",
        f"Refused: {sum(o.refused > 0 for o in outcomes)} builds, {_of(outcomes, 'refused')} "
        f"findings. Stopped for the time it took to choose: {_of(outcomes, 'stopped')}.",
        f"Small figures that are not named but follow along one axis: "
        f"{_of(outcomes, 'not_named')}, "
        f"narrowed {_of(outcomes, 'not_named_narrowed')}, exactly "
        f"{_of(outcomes, 'not_named_recovered')}.",
        _ratio_line(outcomes),
    ]
    for name, word in (("seconds_choosing", "to choose"), ("seconds_auditing", "to audit")):
        seconds = [getattr(outcome, name) for outcome in outcomes]
        middle, most = np.percentile(seconds, [50, 99])
        lines.append(
            f"Processor seconds {word}: median {middle:.2f}, 99 % {most:.2f}, "
            f"largest {max(seconds):.2f}."
        )
    return "\n".join([*lines, "", _by_feature(outcomes)])


def _by_feature(outcomes: Sequence[Outcome]) -> str:
    names = sorted({name for outcome in outcomes for name in outcome.features.split("+")})
    lines = [f"{'with':22} structures   small  unsafe  narrowed  exactly  refused"]
    for name in names:
        those = [outcome for outcome in outcomes if name in outcome.features.split("+")]
        lines.append(
            f"{name:22} {len(those):10} {_of(those, 'small'):7} "
            f"{sum(o.narrowed > 0 for o in those):7} {_of(those, 'narrowed'):9} "
            f"{_of(those, 'recovered'):8} {sum(o.refused > 0 for o in those):8}"
        )
    return "\n".join(lines)


def write_table(outcomes: Sequence[Outcome], path: Path) -> None:
    """A row per structure."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = [entry.name for entry in dataclasses.fields(Outcome)]
        writer.writerow(names)
        for outcome in outcomes:
            cells = [getattr(outcome, name) for name in names]
            writer.writerow([f"{v:.3f}" if isinstance(v, float) else v for v in cells])


def _said(outcome: Outcome) -> None:
    if is_unsafe(outcome):
        print(
            f"structure {outcome.structure} ({outcome.features}): {outcome.narrowed} narrowed, "
            f"{outcome.shown_small} shown, {outcome.refused} findings. "
            f"{outcome.first or outcome.refused_text or 'Stopped.'}",
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 where anything was narrowed, shown or refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--structures", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first structure")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--limit", type=float, default=0, help="seconds to choose; 0 for no limit")
    options = parser.parse_args(arguments)
    numbers = range(options.first, options.first + options.structures)
    outcomes = run(
        numbers, seed=options.seed, workers=options.workers, limit=options.limit, report=_said
    )
    if options.out:
        write_table(outcomes, options.out)
    print(summarise(outcomes))
    return int(any(map(is_unsafe, outcomes)))


if __name__ == "__main__":
    sys.exit(main())
