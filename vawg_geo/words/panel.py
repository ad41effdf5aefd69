"""Texts of the panel of a chosen area, of what is pinned beside it, and of what is announced."""

from __future__ import annotations

from typing import Final

__all__ = ["PANEL_PAGE", "SERVICE_STATE"]

# A sign that tells each without colour, and its word.
SERVICE_STATE: Final = {
    "stated": ("●", "Covered"),
    "inferred": ("◐", "Covered, inferred"),
    "none": ("○", "None named"),
    "not_running": ("–", "Not running"),
    "not_recoverable": ("?", "Not known"),
}

PANEL_PAGE: Final = {
    "clear": "×",
    "clear_label": "Close {area}",
    "big_per": "per {rate_unit}",
    "counted": "{n} {unit}",
    "among_people": "{n} {people}",
    "interval_said": "95% interval: {low} to {high}",
    "ruler_label": "{area}: {rate}, 95% interval {low} to {high}, among all {levels}.",
    "ruler_whole": "{name}: {rate}.",
    "ruler_value": "{name}: {rate}",
    "worked_out": "How this was worked out",
    "over_title": "Also known of this area",
    "rank": "Place among the {levels}",
    "rank_value": (
        "{place} of {n} with a rate, from the highest; by chance alone it could be anywhere from "
        "{first} to {last}"
    ),
    "rank_rule": (
        "The place could be any that is left when all {levels} are taken away that are surely "
        "higher or lower, corrected for their number."
    ),
    # Up to four areas beside the chosen one.
    "pin": "Pin to compare",
    "unpin": "Unpin",
    "unpin_label": "Unpin {area}",
    "pins": "Pinned to compare",
    "pin_full": "Four {levels} are pinned, and four is the most: unpin one to pin another.",
    "pin_scale": "Bars: 95% intervals on one scale, from 0 to {top}.",
    "pin_whole": "Dashed: {name} ({rate}).",
    "pin_chosen": "The chosen {level}",
    "pin_above": "Higher than {other}, by more than chance alone would give.",
    "pin_below": "Lower than {other}, by more than chance alone would give.",
    "pin_similar": "Cannot be told apart from {other}: chance alone could give this difference.",
    "pin_made_up": "Not compared: these are not real figures.",
    "pin_unknown": "Not compared: no interval is known.",
    "pin_none": "Choose a {level} to hold the pinned ones against it.",
    "pin_rule": (
        "Two rates differ where the 95% interval of their difference leaves out 0; it is computed "
        "from the two intervals shown (square and add). Each pair is looked at by itself."
    ),
    "pin_lines": "Rates over time of the pinned {levels}, by letter.",
    "methods": "Methods",
    "claims": "What the source says",
    "claim_source": "The source",
    "claim_found": "These figures",
    "claim_silent": "The chosen figures say nothing of it.",
    "claim_all": "The same of every indicator",
    "claim_more": "What it says of change ({n})",
    # Kinds of help by district and date.
    "services": "Help by {level}",
    "services_caption": (
        "Kinds of help by {level}, as at each date by the table of services. Choose a cell to see "
        "it on the map."
    ),
    "services_caption_alone": "Kinds of help by {level}, as at each date by the table of services.",
    "services_kind": "Kind of help",
    "services_date": "As at",
    "services_at": "By the source, at {date}:",
    "services_none": "{kind}: none named in {areas}.",
    "services_idle": "{kind}: not running in {areas}.",
    "services_any": "any {level}",
    "services_full": "Nothing that the source says leaves a {level} without.",
    "services_note": (
        "“None named”: the source knows this kind of help and names none here. “Inferred”: from "
        "the source’s text. “Not known” is neither cover nor a gap."
    ),
    "services_map": "Map of {levels}, with this help",
    "and": "{all} and {last}",
    "and_more": "{all} and {n} more",
    # What is said once to those who do not see it change.
    "said_pinned": "Pinned: {area}. {n} of 4.",
    "said_unpinned": "No longer pinned: {area}.",
    "said_none": "No {level} is chosen.",
    "said_within": "Shown: {name}.",
    "said_whole": "This is said of the whole map, not only of the part that is shown.",
    "said_sorted": "Sorted by {column}, {way}.",
    "said_down": "highest first",
    "said_up": "lowest first",
    "said_az": "A to Z",
    "said_za": "Z to A",
    "said_second": "Second map: {title}.",
    "said_one": "One map.",
    "said_fade": "Unsure rates are paler.",
    "said_unfade": "All rates in full colour.",
}
