"""What is said of published figures over time, and of a source's statements of change."""

from __future__ import annotations

from typing import Final

__all__ = ["CHANGE", "HISTORY"]

HISTORY: Final = {
    "taken_off": "{whole} less {off}; not printed in the source.",
    "no_residents": "No residents of this group are known, so that it has no rate and no trend.",
    "no_trend": (
        "No recent trend can be calculated: residents are known for {n} of {periods} periods, and "
        "it takes {fewest}."
    ),
    # Of a statement that can be computed.
    "agrees": "The figures agree: {from_count} in {since}, {to_count} in {until}, a change of "
    "{change} (95% interval: {lower} to {upper}).",
    "differs": "The figures say otherwise: {from_count} in {since}, {to_count} in {until}, a "
    "change of {change} (95% interval: {lower} to {upper}).",
    "above": "The figures of {until} agree: {rate} per {per} against {other_rate} in {other}, "
    "{times} times the rate of the rest of it (95% interval: {lower} to {upper}).",
    "not_above": "The figures of {until} do not show it: {rate} per {per} against {other_rate} in "
    "{other}, {times} times the rate of the rest of it (95% interval: {lower} to {upper}).",
    # Of one that cannot.
    "no_earlier": "Cannot be computed: no figure of an earlier period is at hand.",
    "no_since": "Cannot be computed: no figure of {since} is at hand.",
    "hidden": "Cannot be computed: the figure of {until} is hidden.",
    "no_until": "Cannot be computed: no figure of {area} is at hand.",
    "unprinted": (
        "What the source says of a change is not printed: with a figure that is shown it would "
        "give one that is hidden."
    ),
    "at_its_word": (
        "Taken at its word, {to_count} in {until} came after about {from_count}: a change of "
        "{change} (95% interval: {lower} to {upper})."
    ),
    "against": (
        "Against the rest of {other} that is {times} times as much (95% interval: {lower} to "
        "{upper}): {verdict}."
    ),
    "within_chance": "no more than chance gives",
    "beyond_chance": "more than chance alone gives",
    "rest": "If {areas} changed as stated, the rest changed by {lower} to {upper}.",
    # In the report.
    "heading": "Figures over time, and what the source says of change",
    "caption": "{title}, {area}, by group",
    "group": "Group",
    "rate_caption": "{title}, {area}, per {per} residents",
    "hidden_cell": "hidden",
    "no_cell": "no figure",
    "statements": "What the source says of change",
    "at_word_elsewhere": (
        "What each would mean taken at its word, and the notes, are in "
        "tables/statements_of_change.csv."
    ),
    "statement": "{statement} ({place}{when}) {found} {note}",
    "when": ", {since} to {until}",
    "until": ", {until}",
    "source": "Source: {source}. {caveat}",
    "changes": "How sure the changes are",
    "change": (
        "{group}: {from_count} in {since}, {to_count} in {until}, {times} times as many (95% "
        "interval: {lower} to {upper}). {change}."
    ),
    "rate_change": (
        "{group}, per {per} residents: {from_count} in {since}, {to_count} in {until}, {times} "
        "times (95% interval: {lower} to {upper}). {change}."
    ),
    "no_ratio": "{group}: {from_count} in {since}, {to_count} in {until}. {change}.",
    "limits": (
        "Limits are of chance alone: of one area nobody can say how it varies from year to year. "
        "Whether a group changed is corrected for the number of groups."
    ),
    "on_page": "{title}, {area}: {change}",
    "chart": "{title}: {area}",
    "chart_alt": "Line chart of numbers, {area}: {title}. {lines}.",
    "chart_line": "{group}: {first} in {since}, {last} in {until}",
}

CHANGE: Final = {
    "increasing": "It rose",
    "decreasing": "It fell",
    "no_clear_change": "No clear change",
    "not_compared": "Not compared",
}
