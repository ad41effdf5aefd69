"""Styles of layers for QGIS: the classes, limits, colours and words of the page.

A style is rules first and XML last, so that a test can hold it to the page and a writer can put
it into a GeoPackage, into a project, or onto a layer of the analyst's own.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Final

from vawg_geo.measures.time.trend import FEWEST_POINTS
from vawg_geo.publish.geopackage.file import quoted_text
from vawg_geo.results.change_kinds import HIGH_RATIO, LOW_RATIO
from vawg_geo.results.key import rate_classes, state_classes
from vawg_geo.words import page as words
from vawg_geo.words.change import CHANGE_KIND, CHANGE_SIGN, trend_words
from vawg_geo.words.hotspots import CLUSTER, CLUSTER_SIGN, STATISTIC
from vawg_geo.words.layers import STYLE
from vawg_geo.words.palette import (
    CHANGE_FILLS,
    CLUSTER_COLOUR,
    CLUSTER_FILLS,
    PATTERNS,
    SIGNIFICANCE_COLOURS,
    STANDING_COLOURS,
    TREND_FILLS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vawg_geo.overlays.layer import OverlayClass

__all__ = [
    "Label",
    "Rule",
    "Style",
    "change_style",
    "cluster_style",
    "graduated_style",
    "outline_style",
    "overlay_style",
    "rate_style",
    "renamed",
    "scan_areas_style",
    "scan_style",
    "significance_style",
    "standing_style",
    "trend_style",
    "with_heading",
]

# Names of single wards are readable from this scale in.
NAMES_FROM: Final = 150_000
# As many letters as a line of the printed key holds.
_LINE: Final = 50
_MORAN: Final = ("high-high", "low-low", "high-low", "low-high")
_GI: Final = ("hot", "cold")
# A column in an expression of QGIS.
_COLUMN: Final = re.compile(r'"(\w+)"')
_REST: Final = ("not_significant", "island", "not_applicable")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One class: which features, what the key says, how they are drawn.

    Attributes
    ----------
    test : str
        Expression of QGIS.
    label : str
    ground, ink, pattern : str
        As in `qgis_symbols.fill_symbol`; a `ground` that is empty leaves what lies beneath.
    kind : str
        `class`, `over` for what is drawn upon a class and counted beside it, or `heading` for a
        line of the key that draws nothing.
    lower, upper : float
        Limits of a class of a rate, for a graduated style.
    """

    test: str
    label: str
    ground: str
    ink: str = ""
    pattern: str = "solid"
    kind: str = "class"
    lower: float = 0
    upper: float = 0


@dataclass(frozen=True, kw_only=True)
class Label:
    """Text on the map: an expression, where it is shown, and from which scale in."""

    text: str
    test: str = ""
    from_scale: int = 0
    size: float = 8
    bold: bool = False


@dataclass(frozen=True, kw_only=True)
class Style:
    """A style by its name.

    Attributes
    ----------
    name : str
        At most 30 letters, as the table of styles takes them.
    description : str
    rules : tuple of Rule
    labels : tuple of Label
    kind : str
        `rules`, `graduated`, `merged` for areas of a rule in one outline, or `closed` for outlines
        without the banks of a river that runs through an area.
    column : str
        What a graduated style is by.
    width : float
        Of outlines in millimetres.
    shown : str
        Expression of QGIS: which features are drawn at all; empty for every one.
    order : str
        Column in whose order features are drawn, the last on top; empty for any order.
    headings : tuple of (str, str)
        Names for readers of columns that its layer alone has.
    tips : tuple of str
        Expressions of what stands below an area's name beside a resting pointer.
    """

    name: str
    description: str
    rules: tuple[Rule, ...]
    labels: tuple[Label, ...] = ()
    kind: str = "rules"
    column: str = ""
    width: float = 0.15
    shown: str = ""
    order: str = ""
    headings: tuple[tuple[str, str], ...] = ()
    tips: tuple[str, ...] = ()

    def drawn_where(self, test: str) -> str:
        """Which features a rule or a label with this test draws.

        Examples
        --------
        >>> style = Style(name="a", description="", rules=(), shown='"period" = 2 OR TRUE')
        >>> style.drawn_where('"rate" > 1'), style.drawn_where("")
        ('("period" = 2 OR TRUE) AND ("rate" > 1)', '"period" = 2 OR TRUE')
        """
        if not (self.shown and test):
            return self.shown or test
        return f"({self.shown}) AND ({test})"


def rate_style(
    breaks: Sequence[float], *, sex: str, decimals: int = 1, few: bool = False, suffix: str = ""
) -> Style:
    """Classes of a rate, and what is no class: zero, hidden, missing, not applicable, unstable.

    Parameters
    ----------
    breaks : sequence of float
        Inner limits, ascending; a value that equals one belongs to the class above.
    sex : str
        `persons`, `female` or `male`.
    decimals : int
        Of the limits in the key.
    few : bool
        Whether areas are so few that each bears its name and its rate.
    suffix : str
        What follows the columns' names, as in `rate_female`; empty for a table of one sex.

    Returns
    -------
    Style

    Examples
    --------
    >>> style = rate_style((2.0, 5.5), sex="persons", suffix="_persons")
    >>> [rule.label for rule in style.rules][:4]
    ['5.5 or more', '2.0 to under 5.5', 'Under 2.0', 'None recorded']
    >>> print(style.rules[1].test)
    "rate_persons" >= 2.0 AND "rate_persons" < 5.5 AND coalesce("status_persons", '') <> 'zero'
    """
    rate, status = f'"rate{suffix}"', f'"status{suffix}"'
    rules = _classes(breaks, rate=rate, status=status, decimals=decimals)
    nothing = state_classes()[0]
    zero = Rule(
        test=f"{rate} IS NOT NULL AND {status} = '{nothing.key}'",
        label=nothing.label,
        ground=nothing.ground,
        ink=nothing.ink,
        pattern=nothing.pattern,
    )
    number = f"format_number({rate}, {decimals})"
    limits = [f'format_number("rate_{end}{suffix}", {decimals})' for end in ("lower", "upper")]
    told = f"{number} || coalesce(' (' || {limits[0]} || ' – ' || {limits[1]} || ')', '')"
    return Style(
        name=_named("rate", sex),
        tips=(f"coalesce({told}, {_status_words(status)})",),
        description=STYLE["rate_about"],
        rules=(*reversed(rules), zero, *_without(suffix), _unstable(suffix)),
        labels=_labels(number, f"{rate} IS NOT NULL", few=few, status=status),
        width=0.3 if few else 0.15,
    )


def graduated_style(style: Style, *, sex: str, column: str, highest: float) -> Style:
    """Ordinary graduated style with the classes of a style of rates, for changing by hand.

    Areas without a rate are not drawn by it: the rules are the default.

    Parameters
    ----------
    style : Style
        Of rates, as `rate_style` gives it.
    sex : str
        For the style's name.
    column : str
        The rates'.
    highest : float
        The highest rate, where the last class ends.
    """
    classes = [rule for rule in style.rules if rule.upper]
    top = max(highest, classes[0].lower)
    rules = tuple(replace(rule, upper=min(rule.upper, top)) for rule in classes)
    return replace(
        style,
        name=_named("graduated", sex),
        description=STYLE["graduated_about"],
        rules=rules,
        kind="graduated",
        column=column,
    )


def significance_style(*, sex: str, few: bool = False, suffix: str = "") -> Style:
    """Comparison with the whole area: higher, similar, lower."""
    return _compared_style(
        "significance",
        words.SIGNIFICANCE,
        SIGNIFICANCE_COLOURS,
        name=_named("compared", sex),
        about=STYLE["compared_about"],
        few=few,
        suffix=suffix,
    )


def standing_style(*, sex: str, few: bool = False, suffix: str = "") -> Style:
    """Comparison among the areas: unusually high, possibly, as areas differ, and low."""
    return _compared_style(
        "standing",
        words.STANDING,
        STANDING_COLOURS,
        name=_named("standing", sex),
        about=STYLE["standing_about"],
        few=few,
        suffix=suffix,
    )


def _compared_style(
    column: str,
    labels: Mapping[str, str],
    colours: Mapping[str, str],
    *,
    name: str,
    about: str,
    few: bool,
    suffix: str,
) -> Style:
    rate, held = f'"rate{suffix}"', f'"{column}{suffix}"'
    signs = {word: words.COMPARED_SIGN[word] for word in labels if word in words.COMPARED_SIGN}
    rules = [
        Rule(
            test=f"{rate} IS NOT NULL AND coalesce({held}, 'not_compared') = '{word}'",
            label=f"{signs.get(word, '')} {label}".strip(),
            ground=colours[word],
        )
        for word, label in labels.items()
    ]
    cases = " ".join(f"WHEN {held} = '{word}' THEN '{sign}'" for word, sign in signs.items())
    listed = ", ".join(f"'{word}'" for word in signs)
    rules += _without(suffix)
    return Style(
        name=name,
        description=about,
        tips=(_first_class(rules),),
        rules=(*rules, _unstable(suffix)),
        labels=_labels(
            f"CASE {cases} ELSE '' END",
            f"{rate} IS NOT NULL AND {held} IN ({listed})",
            few=few,
            sign=True,
        ),
        width=0.3 if few else 0.15,
    )


def change_style(*, sex: str, few: bool = False, relative: bool = False) -> Style:
    """Change from one period to another: colour and arrow, hatched where chance alone could do it.

    The rules are those of `change_kinds`.

    Parameters
    ----------
    sex : str
    few : bool
    relative : bool
        Against the change of the comparator.

    Returns
    -------
    Style
    """
    start = "relative" if relative else "ratio"
    ratio = f'"{"relative_ratio" if relative else "ratio"}_{sex}"'
    lower, status = f'"{start}_lower_{sex}"', f'"status_{sex}"'
    change = f'"{"relative_change" if relative else "change"}_{sex}"'
    zero = f"({status} = 'zero' AND {lower} IS NOT NULL)"
    grew = f"({ratio} IS NULL AND {lower} IS NOT NULL)"
    tests = {
        "up_high": f"{change} = 'increasing' AND ({grew} OR {ratio} >= {HIGH_RATIO!r})",
        "up": f"{change} = 'increasing' AND {ratio} < {HIGH_RATIO!r}",
        "unsure_up": f"{change} = 'no_clear_change' AND NOT {zero} AND ({grew} OR {ratio} > 1)",
        "unsure_down": f"{change} = 'no_clear_change' AND NOT {zero} AND {ratio} <= 1",
        "down": f"{change} = 'decreasing' AND {ratio} > {LOW_RATIO!r}",
        "down_low": f"{change} = 'decreasing' AND {ratio} <= {LOW_RATIO!r}",
        "zero": zero,
        "not_compared": f"coalesce({change}, 'not_compared') = 'not_compared' AND NOT {zero}",
    }
    shown = f"coalesce({status}, '') IN ('value', 'zero', 'unstable')"
    rules = [
        Rule(test=f"{shown} AND {tests[kind]}", label=label, ground=ground, ink=ink, pattern=marked)
        for kind, label in CHANGE_KIND.items()
        for ground, ink, marked in (CHANGE_FILLS[kind],)
    ]
    times, sure = _arrows(change)
    if few:
        times = f"trim({times} || ' ' || coalesce('\u00d7' || format_number({ratio}, 2), ''))"
    rules += _absent(f"NOT {shown}", status)
    return Style(
        name=_named("relative" if relative else "change", sex),
        description=STYLE["change_about"],
        tips=(_first_class(rules),),
        rules=tuple(rules),
        labels=_labels(times, sure, few=few, sign=True),
        width=0.3 if few else 0.15,
    )


def trend_style(*, sex: str, few: bool = False) -> Style:
    """Trend over the latest periods: increasing, decreasing, neither."""
    trend, status = f'"trend_{sex}"', f'"status_{sex}"'
    labels = trend_words(FEWEST_POINTS, years=True)
    rules = [
        Rule(
            test=f"{trend} = '{word}'",
            label=f"{CHANGE_SIGN.get(word, '')} {labels[word]}".strip(),
            ground=ground,
        )
        for word, ground in TREND_FILLS.items()
    ]
    tested = ", ".join(f"'{word}'" for word in TREND_FILLS)
    without = f"coalesce({trend}, '') NOT IN ({tested})"
    text, sure = _arrows(trend)
    rules += _absent(without, status)
    return Style(
        name=_named("trend", sex),
        description=STYLE["trend_about"],
        tips=(_first_class(rules),),
        rules=tuple(rules),
        labels=_labels(text, sure, few=few, sign=True),
        width=0.3 if few else 0.15,
    )


def cluster_style(statistic: str, *, sex: str, prefix: str, few: bool = False) -> Style:
    """Hotspots of one statistic.

    Parameters
    ----------
    statistic : str
        `local-moran` or `gi-star`.
    sex : str
    prefix : str
        What the columns' names begin with (`moran`, `gi`).
    few : bool

    Returns
    -------
    Style
    """
    held, status = f'"{prefix}_cluster_{sex}"', f'"status_{sex}"'
    shown = f"{status} IN ('value', 'zero', 'unstable')"
    marked = _MORAN if statistic == "local-moran" else _GI
    rules = []
    for word in (*marked, *_REST):
        ground, ink, pattern = CLUSTER_FILLS[word]
        sign = CLUSTER_SIGN.get(word, "")
        label = f"{sign}: {CLUSTER[word]}" if sign else CLUSTER[word]
        test = f"{shown} AND coalesce({held}, 'not_applicable') = '{word}'"
        rules.append(Rule(test=test, label=label, ground=ground, ink=ink, pattern=pattern))
    cases = " ".join(f"WHEN {held} = '{word}' THEN '{CLUSTER_SIGN[word]}'" for word in marked)
    text = f"CASE {cases} ELSE '' END"
    test = f"{shown} AND {held} IN ({', '.join(repr(word) for word in marked)})"
    rules += _absent(f"NOT coalesce({shown}, false)", status)
    return Style(
        name=_named("statistic", sex, statistic=STATISTIC[statistic]),
        description=words.PAGE["hot_caveat"],
        tips=(_first_class(rules),),
        rules=tuple(rules),
        labels=_labels(text, test, few=few, sign=True),
        width=0.3 if few else 0.15,
    )


def scan_style(clusters: Sequence[tuple[int, str]], *, sex: str) -> Style:
    """Outlines of the scan's clusters, each a number and what the key says of it."""
    held = f'"scan_cluster_{sex}"'
    rules = tuple(
        Rule(test=f"{held} = {number}", label=label, ground="", ink=CLUSTER_COLOUR)
        for number, label in clusters
    )
    return Style(
        name=_named("scan", sex),
        description=words.PAGE["hot_caveat"],
        rules=rules,
        kind="merged",
        width=0.7,
    )


def scan_areas_style(*, few: bool = False) -> Style:
    """Areas by the scan's clusters: in one that is clear, in one that chance could give, in none.

    It looks at the columns `significant` and `status` beside the number of the cluster.
    """
    held, status = '"scan_cluster_persons"', '"status_persons"'
    shown = f"{status} IN ('value', 'zero', 'unstable')"
    tests = {
        "clear": f'{held} IS NOT NULL AND coalesce("significant", false)',
        "chance": f'{held} IS NOT NULL AND NOT coalesce("significant", false)',
        "none": f"{held} IS NULL",
    }
    fills = {
        "clear": CLUSTER_FILLS["hot"],
        "chance": (*CLUSTER_FILLS["high-low"][:2], "back"),
        "none": CLUSTER_FILLS["not_significant"],
    }
    rules = [
        Rule(test=f"{shown} AND {test}", label=STYLE[f"scan_{kind}"], ground=ground, ink=ink,
             pattern=pattern)
        for kind, test in tests.items()
        for ground, ink, pattern in (fills[kind],)
    ]  # fmt: skip
    return Style(
        name=_named("scan", "persons"),
        description=words.PAGE["hot_caveat"],
        rules=(*rules, *_absent(f"NOT coalesce({shown}, false)", status)),
        labels=_labels(f"to_string({held})", tests["clear"], few=few, sign=True),
        width=0.3 if few else 0.15,
    )


def overlay_style(
    classes: Sequence[OverlayClass], *, name: str, of_series: bool = False, few: bool = False
) -> Style:
    """Classes of a layer that is laid over the rates; those without one are hatched.

    Parameters
    ----------
    classes : sequence of OverlayClass
    name : str
    of_series : bool
        The layer belongs to a series of rates, whose status says why a class is absent.
    few : bool
        So few areas that each is named on the map.
    """
    shown = "\"status\" IN ('value', 'zero', 'unstable')"
    more = f"{shown} AND " if of_series else ""
    rules = [
        Rule(
            test=f'{more}"class" = {quoted_text(one.key)}',
            label=one.label,
            ground=one.ground,
            ink=one.ink,
            pattern=one.pattern,
        )
        for one in classes
    ]
    ground, ink, pattern = PATTERNS["missing"]
    rules.append(
        Rule(
            test=f'{more}"class" IS NULL',
            label=words.PAGE["over_none"],
            ground=ground,
            ink=ink,
            pattern=pattern,
        )
    )
    if of_series:
        rules += _absent(f"NOT coalesce({shown}, false)", '"status"')
    return Style(
        name=name[:30],
        description=STYLE["classes_about"],
        tips=(_first_class(rules),),
        rules=tuple(rules),
        labels=_labels("coalesce(\"label\", '')", "", few=few),
        width=0.3 if few else 0.15,
    )


def renamed(style: Style, names: Mapping[str, str]) -> Style:
    """Style for a layer that has the same columns under other names.

    Parameters
    ----------
    style : Style
    names : mapping of str to str
        By a column's name the expression that stands for it.

    Examples
    --------
    >>> style = rate_style((2.0,), sex="persons", suffix="_persons")
    >>> new = renamed(style, {"rate_persons": '"crimes_rate_persons"'})
    >>> new.rules[0].test.split(" AND ")[0]
    '"crimes_rate_persons" >= 2.0'
    """

    def put(text: str) -> str:
        return _COLUMN.sub(lambda found: names.get(found[1], found[0]), text)

    return replace(
        style,
        rules=tuple(replace(rule, test=put(rule.test)) for rule in style.rules),
        labels=tuple(
            replace(label, text=put(label.text), test=put(label.test)) for label in style.labels
        ),
        shown=put(style.shown),
        tips=tuple(map(put, style.tips)),
    )


def outline_style(label: str, *, few: bool = False) -> Style:
    """Outlines alone, with names: what is under them is seen.

    Parameters
    ----------
    label : str
        What the key says.
    few : bool
        So few areas that each bears its name at every scale.

    Returns
    -------
    Style

    Examples
    --------
    >>> outline_style("Wards").labels[0].from_scale
    150000
    """
    names = Label(text='"area_name"', from_scale=0 if few else NAMES_FROM, size=9 if few else 7)
    return Style(
        name=STYLE["outlines"],
        description=STYLE["outlines_about"],
        rules=(Rule(test="", label=label, ground=""),),
        labels=(replace(names, bold=few),),
        width=0.3,
    )


def with_heading(style: Style, text: str) -> Style:
    """Put a line above the classes in the key: what the classes are of.

    It is a rule without a mark, because the key of a printed map leaves out what draws nothing.
    """
    heading = Rule(test="", label="\n".join(textwrap.wrap(text, _LINE)), ground="", kind="heading")
    return replace(style, rules=(heading, *style.rules))


def _arrows(held: str) -> tuple[str, str]:
    """Arrow of a column's word, and where there is one."""
    cases = " ".join(f"WHEN {held} = '{word}' THEN '{sign}'" for word, sign in CHANGE_SIGN.items())
    listed = ", ".join(f"'{word}'" for word in CHANGE_SIGN)
    return f"CASE {cases} ELSE '' END", f"{held} IN ({listed})"


def _named(kind: str, sex: str, **values: str) -> str:
    return words.fill(STYLE[kind], {"of": words.SEX[sex].lower(), **values})


def _classes(breaks: Sequence[float], *, rate: str, status: str, decimals: int) -> list[Rule]:
    rules = []
    for one in rate_classes(breaks, decimals=decimals):
        tests = [f"{rate} >= {one.lower!r}"] if one.key != "0" else []
        tests += [f"{rate} < {one.upper!r}"] if one.upper != inf else []
        tests = [*(tests or [f"{rate} IS NOT NULL"]), f"coalesce({status}, '') <> 'zero'"]
        rules.append(
            Rule(
                test=" AND ".join(tests),
                label=one.label,
                ground=one.ground,
                lower=one.lower,
                upper=one.upper,
            )
        )
    return rules


def _without(suffix: str) -> list[Rule]:
    """Rules for areas without a rate, by what their status says."""
    return _absent(f'"rate{suffix}" IS NULL', f'"status{suffix}"')


def _absent(test: str, status: str) -> list[Rule]:
    rules = []
    _, *states = state_classes()
    for one in states:
        told = f"{status} = '{one.key}'"
        if one.key == "missing":
            others = ", ".join(f"'{other.key}'" for other in states if other is not one)
            told = f"coalesce({status}, '') NOT IN ({others})"
        rules.append(
            Rule(
                test=f"{test} AND {told}",
                label=one.label,
                ground=one.ground,
                ink=one.ink,
                pattern=one.pattern,
            )
        )
    return rules


def _unstable(suffix: str) -> Rule:
    return Rule(
        test=f'"rate{suffix}" IS NOT NULL AND "status{suffix}" = \'unstable\'',
        label=words.PAGE["key_unstable"],
        ground="",
        pattern="light",
        kind="over",
    )


def _status_words(status: str) -> str:
    """Expression of the words for a status that has no figure."""
    cases = " ".join(
        f"WHEN {status} = '{word}' THEN {quoted_text(text)}" for word, text in words.STATUS.items()
    )
    return f"CASE {cases} ELSE {quoted_text(words.PAGE['none'])} END"


def _first_class(rules: Sequence[Rule]) -> str:
    """Expression of the key's words for the class that an area is drawn in."""
    cases = " ".join(
        f"WHEN {rule.test} THEN {quoted_text(rule.label)}"
        for rule in rules
        if rule.kind == "class" and rule.test
    )
    return f"CASE {cases} ELSE '' END" if cases else "''"


def _labels(
    text: str, test: str, *, few: bool, sign: bool = False, status: str = ""
) -> tuple[Label, ...]:
    """Name and figure where areas are few; else signs always and names from a scale in."""
    name = '"area_name"'
    if few:
        absent = f"coalesce({text}, '')"
        if status:
            absent = (
                f"coalesce({text}, CASE WHEN {status} = 'suppressed' THEN "
                f"{quoted_text(words.PAGE['hidden'])} WHEN {status} = 'not_applicable' THEN "
                f"{quoted_text(words.PAGE['no_case'])} ELSE {quoted_text(words.PAGE['none'])} END)"
            )
        return (Label(text=f"trim({name} || '\\n' || {absent})", size=9, bold=True),)
    names = Label(text=name, from_scale=NAMES_FROM, size=7)
    return (Label(text=text, test=test, size=8, bold=True), names) if sign else (names,)
