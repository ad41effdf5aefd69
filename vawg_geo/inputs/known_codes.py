"""What the country's list of codes says of codes and names that stand side by side in a table.

A spreadsheet sorts one column and leaves the next as it was: then every code is an area and every
name is one, and no row is true. And wards of two years in one table fit no map.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError, problem
from vawg_geo.inputs.code_history import former_codes, stretches
from vawg_geo.terms.area_names import normalise_name
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

__all__ = [
    "contradicting_names",
    "is_name_of",
    "is_wholly_called",
    "mixture_of_years",
    "require_names_of_codes",
    "years_of_code",
]

_LEVELS_OF_YEARS: Final = {"ward": "wards", "district": "districts"}
_MANY: Final = 10


@cache
def _history() -> Mapping[str, tuple[tuple[frozenset[str], int, int], ...]]:
    """By code: names, first and last year of each stretch of its life.

    A year counts where the code stood at its end; a code that began and ended within one year has
    that year.
    """
    return {
        code: tuple((each.names, each.first, max(each.first, each.last)) for each in found)
        for code, found in stretches().items()
    }


@cache
def _names_of(code: str) -> frozenset[str]:
    """Names that an area has had, in their plain form."""
    codes = (code, *former_codes().get(code, ()))
    history = _history()
    return frozenset(
        normalise_name(name)
        for one in codes
        for names, *_ in history.get(one, ())
        for name in names
    )


@cache
def _called() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """By plain form of a name: kinds of areas that have had it, and what else they were called.

    A ward may have had its Welsh name under a former code only.
    """
    kinds: dict[str, set[str]] = {}
    beside: dict[str, set[str]] = {}
    for code, found in _history().items():
        for names, *_ in found:
            forms = [normalise_name(name) for name in names]
            for form in forms:
                kinds.setdefault(form, set()).add(code[:3])
                beside.setdefault(form, set()).update(forms)
    return {form: (frozenset(kinds[form]), frozenset(beside[form])) for form in kinds}


def years_of_code(code: str) -> list[int]:
    """Years at whose end a code stood, as the country's list has it; empty where it does not.

    Examples
    --------
    >>> years_of_code("E05000829")[-1], years_of_code("E05015239")[0], years_of_code("X1")
    (2022, 2023, [])
    """
    stretches = _history().get(code, ())
    return sorted({year for _, first, last in stretches for year in range(first, last + 1)})


def is_name_of(name: str, code: str) -> bool:
    """Whether an area of the country is, or has been, called so, in English or Welsh.

    All words of one name within the other are enough: "Arbury, Cambridge" is Arbury.

    Examples
    --------
    >>> is_name_of("Biwmares", "W05000004"), is_name_of("Barnack", "E05002170")
    (True, False)
    """
    return _agrees(normalise_name(name), _names_of(code))


def is_wholly_called(name: str, code: str) -> bool:
    """Whether a name, as it is, has been that of an area, in English or Welsh.

    Examples
    --------
    >>> is_wholly_called("Biwmares", "W05000004"), is_wholly_called("Arbury, X", "E05002702")
    (True, False)
    """
    form = normalise_name(name)
    # The list of codes has not all Welsh names of today's wards, their outlines have.
    return form in _names_of(code) or (code[:1] == "W" and form == _welsh_names().get(code))


@cache
def _welsh_names() -> Mapping[str, str]:
    from vawg_geo.inputs.national import read_welsh_names

    return {code: normalise_name(name) for code, name in read_welsh_names().items()}


def _agrees(form: str, known: Iterable[str]) -> bool:
    words = set(form.split())
    return any(
        form == other or words <= (others := set(other.split())) or others <= words
        for other in known
    )


def contradicting_names(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Codes beside the name of another area of their kind.

    A name that is none in the country's list contradicts nothing: people have names of their own.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Codes and names.

    Returns
    -------
    dict of (str, str) to str
        Those pairs, and the name that the code has.

    Examples
    --------
    >>> contradicting_names([("E05002169", "Barnack"), ("E05002170", "Barnack")])
    {('E05002170', 'Barnack'): 'Bretton North'}
    """
    history = _history()
    odd = {}
    for code, name in dict.fromkeys(pairs):
        if code not in history or not name:
            continue
        form = normalise_name(name)
        if _agrees(form, _names_of(code)):
            continue
        kinds, beside = _called().get(form, (frozenset(), frozenset()))
        if code[:3] in kinds and not beside & _names_of(code):
            odd[code, name] = min(history[code][-1][0])
    return odd


def require_names_of_codes(areas: pd.DataFrame) -> list[str]:
    """Refuse a table in which most names belong to other codes, and say where a few do.

    Parameters
    ----------
    areas : pandas.DataFrame
        `area_code`, `area_name`; the index is the table's row numbers.

    Returns
    -------
    list of str
        A note where some names, and not most, are those of other areas.

    Raises
    ------
    InputError
        More than half of the different names are those of other rows, or nearly all of ten or
        more are those of areas elsewhere.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"area_code": ["E05002169", "E05002170"], "area_name": ["Bretton North", "Barnack"]},
    ...     index=[2, 3])
    >>> require_names_of_codes(table)
    Traceback (most recent call last):
    vawg_geo.errors.InputError: 2 of 2 names contradict their codes; first: row 2, 'E05002169'
    Bretton North (that is the code of Barnack). One column may have been sorted without the other:
    put codes and names side by side again, or leave the wrong one unread:
    columns = { area_name = "" }.
    """
    pairs = list(zip(areas["area_code"], areas["area_name"], strict=True))
    named = [pair for pair in dict.fromkeys(pairs) if pair[0] and pair[1]]
    odd = contradicting_names(named) if named else {}
    if not odd:
        return []
    code, name = first = next(iter(odd))
    row = areas.index[pairs.index(first)]
    most = _is_sorted_apart(odd, named)
    text = problem(
        "contradict their codes",
        bad=len(odd),
        total=len(named),
        noun="names",
        first=f"row {row}, '{code}' {name} (that is the code of {odd[first]})",
        action="One column may have been sorted without the other: put codes and names side by "
        'side again, or leave the wrong one unread: columns = { area_name = "" }.'
        if most
        else "The codes are taken; check that they are meant.",
    )
    if most:
        raise InputError(text)
    return [text]


def _is_sorted_apart(odd: Iterable[tuple[str, str]], named: Sequence[tuple[str, str]]) -> bool:
    """Whether contradictions are those of a column that was sorted, or of codes of elsewhere.

    Names that belong to other rows of the table tell the first where most are so. Names of other
    parts of the country tell the second only where nearly all are so and there are many: people
    have names of their own, and some ward somewhere may be called the same.
    """
    odd = list(odd)
    here = frozenset[str]().union(*(_names_of(code) for code, _ in named))
    moved = [name for _, name in odd if normalise_name(name) in here]
    if len(set(moved)) > 1 and 2 * len(moved) > len(named):
        return True
    return len({name for _, name in odd}) >= _MANY and 10 * len(odd) >= 9 * len(named)


def mixture_of_years(
    codes: Sequence[str], *, periods: Sequence[str] = (), file: str = "FILE"
) -> str:
    """Say that codes of wards or districts are of two years, so that no year has all of them.

    Parameters
    ----------
    codes : sequence of str
        Those that the country's list does not have are passed over.
    periods : sequence of str
        Of counts, beside each code: a table that has each period by the codes of one year can be
        carried over at once.
    file : str
        Name of the table of counts, for the command that helps; nothing helps where it is empty.

    Returns
    -------
    str
        How many are of which year, the first of each, and what helps; empty where some year has
        all of them.

    Examples
    --------
    >>> print(mixture_of_years(["E05000829", "E05000830", "E05015239"], file="own.csv"))
    codes of wards of two years: 2 of 2022 (first: E05000829 Gorse Hill) and 1 of 2023 (first: E05015239 Altrincham). No set of boundaries has all of them: give each year's rows by themselves. 'vawg-geo rebase own.csv --from wards-2022 --to wards-2023 --leave-out --out own-2023.csv' makes estimates for the wards of 2023 from the rows of 2022, and leaves out the others.
    >>> mixture_of_years(["E05000829", "E05000830"])
    ''
    """  # noqa: E501
    said = []
    for level, noun in _LEVELS_OF_YEARS.items():
        known = [c for c in dict.fromkeys(codes) if level_of_code(c) == level and c in _history()]
        years = _two_years(known)
        if years is not None:
            ours = set(known)
            by_period: dict[str, set[str]] = {}
            for code, period in zip(codes, periods, strict=bool(periods)):
                if code in ours:
                    by_period.setdefault(period, set()).add(code)
            apart = bool(by_period) and not any(map(_two_years, map(sorted, by_period.values())))
            said.append(_mixture(known, noun, years) + _advice(noun, years, file, apart=apart))
    return " ".join(said)


def _advice(noun: str, years: tuple[int, int], file: str, *, apart: bool) -> str:
    """The command that carries counts over, as it is to be typed."""
    if not file:
        return " Give a table of the year of the boundaries."
    early, late = years
    stem = file.rpartition(".")[0] or file
    quoted, out = (f'"{each}"' if " " in each else each for each in (file, f"{stem}-{late}.csv"))
    if apart:
        return (
            f" Each period is of one year: 'vawg-geo rebase {quoted} --to {noun}-{late} --out "
            f"{out}' carries all of them over to the {noun} of {late}."
        )
    return (
        f" 'vawg-geo rebase {quoted} --from {noun}-{early} --to {noun}-{late} --leave-out --out "
        f"{out}' makes estimates for the {noun} of {late} from the rows of {early}, and leaves out "
        "the others."
    )


def _two_years(codes: Sequence[str]) -> tuple[int, int] | None:
    """Two years that have the most of some codes together, where none has all of them."""
    years = {code: frozenset(years_of_code(code)) for code in codes}
    if not codes or frozenset.intersection(*years.values()):
        return None
    in_year = Counter(year for found in years.values() for year in found)
    both = Counter(pair for found in years.values() for pair in combinations(sorted(found), 2))
    # Of several pairs the nearest years.
    return max(
        combinations(sorted(in_year), 2),
        key=lambda pair: (
            in_year[pair[0]] + in_year[pair[1]] - both[pair],
            pair[0] - pair[1],
            pair[1],
        ),
    )


def _mixture(codes: list[str], noun: str, pair: tuple[int, int]) -> str:
    years = {code: frozenset(years_of_code(code)) for code in codes}
    early, late = pair
    parts = {
        early: [c for c in codes if early in years[c] and late not in years[c]],
        late: [c for c in codes if late in years[c] and early not in years[c]],
    }
    told = " and ".join(
        f"{len(found):,} of {year} (first: {found[0]} {min(_history()[found[0]][-1][0])})"
        for year, found in parts.items()
    )
    same = len(codes) - sum(map(len, parts.values()))
    beside = f"; {same:,} more are of both or of neither" if same else ""
    return (
        f"codes of {noun} of two years: {told}{beside}. No set of boundaries has all of them: "
        "give each year's rows by themselves."
    )
