"""What the page's panel says of an area, said again in Python: an oracle for `sentences.js`."""

from __future__ import annotations

from vawg_geo.words import page as words


def area_sentence(
    *,
    area: str,
    unit: str,
    status: str,
    significance: str = "not_compared",
    standing: str = "not_compared",
    level: str = "ward",
    rate: float | None = None,
    per: int = 1000,
    denominator: str = "residents aged 16 and over",
    decimals: int = 1,
    comparator: str | None = None,
    comparator_rate: float | None = None,
    brief: bool = False,
) -> str:
    """Say one area's figure in one to four sentences; rates unrounded, per so many."""
    values = {"area": area, "areas": words.possessive(area), "unit": unit}
    values["rate_unit"] = words.unit_of(per, denominator)
    if status in ("suppressed", "missing", "not_applicable") or rate is None:
        return words.fill(
            words.STATUS_SENTENCE.get(status, words.STATUS_SENTENCE["missing"]), values
        )
    if comparator is None or comparator_rate is None:
        significance = "not_compared"
    else:
        values["comparator"] = comparator
        values["comparator_rate"] = words.format_number(comparator_rate, decimals)
    values["rate"] = words.format_number(rate, decimals)
    said = words.page_words()["significance_brief" if brief else "significance_sentence"]
    sentences = [words.fill(said[significance], values)]
    levels = {"levels": words.LEVEL[level][1]}
    if among := words.fill(words.STANDING_SENTENCE[standing], levels):
        sentences.append(among)
    if status == "zero":
        sentences.insert(0, words.fill(words.STATUS_SENTENCE["zero"], values))
    if status == "unstable":
        sentences.append(words.fill(words.STATUS_SENTENCE["unstable"], values))
    return " ".join(sentences)
