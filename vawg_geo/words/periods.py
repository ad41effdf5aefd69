"""What rates of other times than a year are per, and how long periods are, in words."""

from __future__ import annotations

__all__ = ["counted_in_years", "time_of_rate"]


def counted_in_years(people: str, *, of_persons: bool = True) -> str:
    """What a yearly rate of several years, or of a part of one, is per.

    Examples
    --------
    >>> counted_in_years("residents aged 16 and over")
    'person-years of residents aged 16 and over'
    >>> counted_in_years("households", of_persons=False)
    'years of households'
    """
    return f"{'person-years' if of_persons else 'years'} of {people}"


def time_of_rate(length: str, *, in_years: bool, among_others: bool) -> str:
    """Of what time a rate is, as it stands behind what it is per.

    Parameters
    ----------
    length : str
        Of the period: a word of `periods.length_of`.
    in_years : bool
        Whether the rate is a yearly one, whatever the length.
    among_others : bool
        Whether the same indicator has periods of other lengths: then a year is said too.

    Returns
    -------
    str
        Empty for a year, and where nobody can say how long the period is.

    Examples
    --------
    >>> time_of_rate("month", in_years=False, among_others=False)
    'per month'
    >>> time_of_rate("3 years", in_years=False, among_others=False)
    'over 3 years'
    >>> time_of_rate("month", in_years=True, among_others=False)
    '(made yearly)'
    """
    if in_years:
        return "" if length in ("", "year") or length.endswith(" years") else "(made yearly)"
    if length == "year" and not among_others:
        return ""
    if not length:
        return ""
    return f"over {length}" if length[0].isdigit() else f"per {length}"
