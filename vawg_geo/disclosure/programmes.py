"""Linear programmes of an attack, solved many at a time.

The searches for what to hide are independent of one another and ask for hundreds of small
programmes, of which preparing one takes longer than solving it. So each search is a generator: it
yields programmes and is sent the answers; what all of them ask at the same time is solved as one
programme with a block for each.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scipy.sparse import csr_array

__all__ = ["Answer", "Asking", "Programme", "gather", "maximise", "minimise", "together"]

Numbers: TypeAlias = NDArray[np.float64]
# Values at the maximum, and the multiplier of each equation.
Answer: TypeAlias = tuple[Numbers, Numbers]
Made = TypeVar("Made")
# Columns of one joint programme: a wider one takes longer than its blocks alone.
_WIDEST: Final = 1_000
# Columns of all programmes that wait at a time.
_MOST_WAITING: Final = 1_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Programme:
    """Maximise ``objective @ x`` where ``equations @ x = totals`` and x is within bounds.

    Attributes
    ----------
    objective : ndarray, shape (columns,)
    equations : scipy.sparse.csr_array, shape (equations, columns)
    totals : ndarray, shape (equations,)
    bounds : ndarray, shape (columns, 2)
    """

    objective: Numbers
    equations: csr_array
    totals: Numbers
    bounds: Numbers


Asking: TypeAlias = Generator["list[Programme]", "list[Answer | None]", Made]


def gather(askers: Sequence[Asking[Made]], *, columns: int = 0) -> Asking[list[Made]]:
    """Ask what several generators ask, all at once.

    Parameters
    ----------
    askers : sequence of generator
        Each yields programmes and is sent their answers, None for one without a solution.
    columns : int
        Of the programmes of each: wide ones would fill the memory, and go in turns.

    Yields
    ------
    list of Programme

    Returns
    -------
    list
        What each of them returns.
    """
    if len(askers) > (most := max(1, _MOST_WAITING // max(1, columns))):
        turns = [askers[first : first + most] for first in range(0, len(askers), most)]
        made: list[Made] = []
        for turn in turns:
            made += yield from gather(turn)
        return made
    ended: dict[int, Made] = {}
    asked: dict[int, list[Programme]] = {}

    def go_on(place: int, answers: list[Answer | None] | None) -> None:
        try:
            asked[place] = askers[place].send(answers)  # type: ignore[arg-type]  # None starts it
        except StopIteration as stop:
            ended[place] = stop.value

    for place in range(len(askers)):
        go_on(place, None)
    while asked:
        waiting = dict(asked)
        asked.clear()
        answers = iter((yield [programme for some in waiting.values() for programme in some]))
        for place, some in waiting.items():
            go_on(place, [next(answers) for _ in some])
    return [ended[place] for place in range(len(askers))]


def together(askers: Sequence[Asking[Made]]) -> list[Made]:
    """Run generators to their ends, answering what they ask at the same time at once.

    Parameters
    ----------
    askers : sequence of generator
        As for `gather`.

    Returns
    -------
    list
        What each of them returns.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> def largest(total):
    ...     (answer,) = yield [Programme(
    ...         objective=np.array([1.0, 0.0]), equations=csr_array([[1.0, 1.0]]),
    ...         totals=np.array([total]), bounds=np.array([[0.0, 9.0], [2.0, 9.0]]))]
    ...     return None if answer is None else float(answer[0][0])
    >>> together([largest(5.0), largest(10.0), largest(1.0)])
    [3.0, 8.0, None]
    """
    all_of_them = gather(askers)
    try:
        asked = next(all_of_them)
        while True:
            asked = all_of_them.send(list(_answers(asked)))
    except StopIteration as stop:
        made: list[Made] = stop.value
        return made


def maximise(programme: Programme) -> Answer | None:
    """Solve one programme; None where nothing fulfils it."""
    result = minimise(
        -programme.objective,
        A_eq=programme.equations,
        b_eq=programme.totals,
        bounds=programme.bounds,
    )
    return (result.x, result.eqlin.marginals) if result.status == 0 else None


def minimise(costs: Numbers, **system: Any) -> Any:
    """HiGHS, untyped: the stubs of SciPy know no sparse matrices here."""
    from scipy import optimize

    solver: Any = optimize.linprog
    return solver(costs, method="highs", **system)


def _answers(programmes: Sequence[Programme]) -> Iterator[Answer | None]:
    """Solve in groups that are not too wide; one by one where a group has no solution."""
    for group in _groups(programmes):
        joint = maximise(_joined(group)) if len(group) > 1 else None
        if joint is None:
            yield from (maximise(programme) for programme in group)
            continue
        ends = np.cumsum([programme.equations.shape for programme in group], axis=0)[:-1]
        yield from zip(np.split(joint[0], ends[:, 1]), np.split(joint[1], ends[:, 0]), strict=True)


def _groups(programmes: Sequence[Programme]) -> Iterator[list[Programme]]:
    group: list[Programme] = []
    width = 0
    for programme in programmes:
        width += len(programme.objective)
        if group and width > _WIDEST:
            yield group
            group, width = [], len(programme.objective)
        group.append(programme)
    if group:
        yield group


def _joined(group: Sequence[Programme]) -> Programme:
    """One programme with a block for each."""
    from scipy.sparse import csr_array

    columns = np.cumsum([0, *(len(one.objective) for one in group)])
    entries = np.cumsum([0, *(one.equations.nnz for one in group)])
    starts = [one.equations.indptr[1:] + e for one, e in zip(group, entries, strict=False)]
    places = [one.equations.indices + c for one, c in zip(group, columns, strict=False)]
    totals = np.concatenate([one.totals for one in group])
    data = np.concatenate([one.equations.data for one in group])
    return Programme(
        objective=np.concatenate([one.objective for one in group]),
        equations=csr_array(
            (data, np.concatenate(places), np.concatenate([[0], *starts])),
            shape=(len(totals), int(columns[-1])),
        ),
        totals=totals,
        bounds=np.concatenate([one.bounds for one in group]),
    )
