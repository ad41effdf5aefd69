"""How tables and editions show themselves in a notebook: what they hold, and never a count.

A notebook keeps the plain words of a result beside the formatted ones, and both are sent on with
it. So neither holds a figure of a table, whatever the table is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from vawg_geo.words.markup import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Sized

    import pandas as pd
    from jinja2 import Template

__all__ = ["Summary", "areas_by_level", "series_rows"]

HEAD: Final = ("Indicator", "Levels", "Sex", "Period")
HEAD_HIDDEN: Final = (*HEAD, "Hidden")
_CELL: Final = """
<div><p><strong>{{ summary.title }}</strong><br>Areas: {{ summary.areas }}</p><table><thead><tr>
{%- for name in summary.head %}<th scope="col">{{ name }}</th>{% endfor -%}
</tr></thead><tbody>
{%- for row in summary.rows -%}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{%- endfor -%}
</tbody></table>
{%- for line in summary.lines if line %}<p>{{ line }}</p>{% endfor -%}
</div>""".lstrip()


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A heading, a table of what is there, and lines on what to do with it.

    Attributes
    ----------
    kind : str
        Name of the class that it is of.
    title : str
    areas : str
        As `areas_by_level` words them.
    head : tuple of str
    rows : sequence of tuple of str
        Each as long as `head`.
    lines : tuple of str
        Below the table.
    """

    kind: str
    title: str
    areas: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    lines: tuple[str, ...] = ()

    def text(self) -> str:
        """One line, for a console.

        Examples
        --------
        >>> row = ("crimes", "ward", "persons", "2015/16")
        >>> Summary(kind="Tables", title="Fens", areas="ward: 2", head=HEAD, rows=[row]).text()
        '<Tables: Fens; ward: 2; 1 indicator: crimes>'
        """
        names = ", ".join(row[0] for row in self.rows)
        noun = "indicator" if len(self.rows) == 1 else "indicators"
        return f"<{self.kind}: {self.title}; {self.areas}; {len(self.rows):,} {noun}: {names}>"

    def html(self) -> str:
        """The whole, for a notebook; every text of a file escaped."""
        return _notebook().render(summary=self)


@cache
def _notebook() -> Template:
    """Template of a notebook's cell; made when one is shown, so that nothing else waits for it."""
    return environment({"summary": _CELL}.__getitem__).get_template("summary")


def areas_by_level(areas: Mapping[str, Sized]) -> str:
    """How many areas each level has.

    Examples
    --------
    >>> areas_by_level({"police_area": [1], "ward": range(1440)})
    'police_area: 1, ward: 1,440'
    """
    return ", ".join(f"{level}: {len(layer):,}" for level, layer in areas.items())


def series_rows(
    table: pd.DataFrame,
    *,
    hidden: bool = False,
    not_shown: Iterable[tuple[str, str, str]] = (),
) -> list[tuple[str, ...]]:
    """List what a long table holds, one row for each indicator.

    Parameters
    ----------
    table : pandas.DataFrame
        `indicator`, `level`, `sex`, `period`; with `hidden` also `status`.
    hidden : bool
        Say by level how many figures are hidden. Only of an edition: before the gate nothing is.
    not_shown : iterable of (indicator, level, sex)
        Series that the edition leaves out.

    Returns
    -------
    list of tuple of str
        The columns `HEAD`, with `hidden` those of `HEAD_HIDDEN`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"indicator": "crimes", "level": ["district", "ward", "ward"],
    ...     "sex": "persons", "period": "2015/16", "status": ["value", "zero", "suppressed"]})
    >>> series_rows(table, hidden=True)
    [('crimes', 'district, ward', 'persons', '2015/16', 'ward: 1 of 2')]
    """
    out: dict[tuple[str, str], list[str]] = {}
    for indicator, level, sex in not_shown:
        out.setdefault((indicator, level), []).append(sex)
    rows = []
    for key, mine in table.groupby("indicator", sort=False):
        name = str(key)
        row = [name, *(_listed(mine[column]) for column in ("level", "sex", "period"))]
        if hidden:
            parts = [*_hidden(mine), *_left_out(name, out)]
            row.append("; ".join(parts) or "none")
        rows.append(tuple(row))
    return rows


def _listed(values: pd.Series) -> str:
    return ", ".join(str(value) for value in values.unique())


def _hidden(table: pd.DataFrame) -> list[str]:
    found = []
    for level, mine in table.groupby("level", sort=False):
        n = int((mine["status"] == "suppressed").sum())
        if n:
            found.append(f"{level}: {n:,} of {len(mine):,}")
    return found


def _left_out(name: str, out: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    return [
        f"{level}: {', '.join(sexes)} not shown"
        for (indicator, level), sexes in out.items()
        if indicator == name
    ]
