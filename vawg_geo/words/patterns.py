"""Texts of the view of patterns: local statistics and the scan in one sentence.

A pattern is a statement about recorded figures and their surroundings. How it was found, with
p-values, permutations and seeds, stands in the closed part alone.
"""

from __future__ import annotations

from typing import Final

__all__ = ["PATTERN", "PATTERNS_SAID", "PATTERN_PAGE", "PATTERN_SENTENCE", "PATTERN_SIGN"]

# What both local statistics say together, by words of `hotspots.CLUSTER`: an area that is unlike
# its neighbours is called so, whatever gathers around it.
PATTERN: Final = {
    "hot": "High among high",
    "cold": "Low among low",
    "high-low": "High among low",
    "low-high": "Low among high",
    "not_significant": "No clear pattern",
    "island": "No neighbour with a figure",
    "not_applicable": "Not labelled",
}

# Beside the colour, on the map and in the key.
PATTERN_SIGN: Final = {"hot": "HH", "cold": "LL", "high-low": "HL", "low-high": "LH"}

PATTERN_SENTENCE: Final = {
    "hot": "With its neighbours, it stands out: high rates gather here.",
    "cold": "With its neighbours, it stands out: low rates gather here.",
    "high-low": "It stands out from its neighbours: a high rate among low ones.",
    "low-high": "It stands out from its neighbours: a low rate among high ones.",
    "not_significant": "On its own it does not stand out among its neighbours.",
    "island": "It borders no other {level} with a figure: it has no neighbours to stand out from.",
    "not_applicable": "Its neighbours were not compared: there is no figure to go by.",
}

# The one sentence of the view, in pieces: what neighbours say, then what the scan says.
PATTERNS_SAID: Final = {
    "near_none": "No {level} stands out on its own",
    "near_none_whole": "No {level} stands out among its neighbours",
    "near_one": "1 {level} stands out among its neighbours ({kinds})",
    "near_some": "{n} {levels} stand out among their neighbours ({kinds})",
    "kind": "{n} {label}",
    "found_none": "; no group of {levels} does. None was found, and that is a finding too.",
    "group_none": "; no group of {levels} does.",
    "group_one": "; one group does: {groups}.",
    "group_ward": "; against the whole map one does: {groups}.",
    "group_some": "; {k} groups do: {groups}.",
    "too_one": "; so does one group: {groups}.",
    "too_some": "; so do {k} groups: {groups}.",
    "only_none": "No group of {levels} stands out. None was found, and that is a finding too.",
    "only_one": "One group stands out: {groups}.",
    "only_some": "{k} groups stand out: {groups}.",
    "no_groups": ". Groups were not searched for.",
    "not_near": "Neighbours were not compared.",
    "overlap_all": "Every {level} that is high among high lies in a group.",
    "overlap_some": "{overlap} of the {high} high among high lie in a group.",
    "overlap_none": "No {level} that is high among high lies in a group.",
    "group": "{n} {levels} {where} (about {times} times what was expected)",
    "single": "{name} (about {times} times what was expected)",
    "in_one": "in {a}",
    "in_two": "in {a} and {b}",
    "in_more": "in {a}, {b} and elsewhere",
    "about": "about {a}",
    "more": "{n} more",
    "size_one": "1 {level}",
    "size_some": "{n} {levels}",
}

PATTERN_PAGE: Final = {
    "view_patterns": "Patterns",
    "pattern_sub": "Patterns of the {rate}",
    "pattern": "Pattern",
    "pattern_none": "Patterns were not computed: {reason}.",
    "pattern_in": "It is in group {n} of {of}: {group}.",
    "pattern_out": "It is in no group.",
    "pattern_ground": "Not compared with its neighbours",
    "pattern_group": "Dashed: a group with more than expected",
    "pattern_list": "{label} ({n}):",
    "pattern_members": "Group {n}, {size}: {observed} recorded, {expected} expected by population",
    "pattern_agree": "Local Moran and Gi* say the same of all {n} {levels}.",
    "pattern_differ": "Local Moran and Gi* differ on {n} of {of} {levels}: {names}.",
    "pattern_differs": "{area} ({moran}; {gi})",
    "pattern_scanned": "Group {n}: p\u00a0{p}, recorded rate {risk} times the rest's.",
    "pattern_scanned_all": "Group {n}: p\u00a0{p}; nothing is recorded outside it.",
    "pattern_cell": "{label}; group {n}",
    "pattern_cell_group": "Group {n}",
}
