"""Looking up the area that a code or a name stands for, or what it may have meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_geo.areas.joining.names import suggest_names
from vawg_geo.errors import nearest, offer
from vawg_geo.inputs.code_history import present_district, stretches
from vawg_geo.inputs.known_codes import is_name_of, is_wholly_called, years_of_code
from vawg_geo.terms.area_names import normalise_name
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["Finder", "Match", "rebase_command"]


@dataclass(frozen=True)
class Match:
    """What one pair of code and name stands for."""

    outcome: str
    code: str = ""
    detail: str = ""
    suggestion: str = ""


class Finder:
    """Looks up codes and names among the areas of one level and one vintage."""

    def __init__(
        self,
        areas: pd.DataFrame,
        vintage: str,
        gazetteer: pd.DataFrame | None,
        parent_names: Mapping[str, str],
    ) -> None:
        self.vintage = vintage[:4]
        self.names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
        self.parents = dict(zip(areas["area_code"], areas["parent_code"], strict=True))
        self.by_name: dict[str, list[str]] = {}
        for code, name in self.names.items():
            self.by_name.setdefault(normalise_name(name), []).append(code)
        self.gazetteer = gazetteer
        self.parent_names = {normalise_name(name): code for code, name in parent_names.items()}

    def match(self, code: str, name: str, district: str, vintage: str) -> Match:
        """Area of a code, or of a name within a district; `vintage` is the table's own."""
        if code:
            return self._by_code(code.strip().upper(), name)
        return self._by_name(name, district, vintage[:4])

    def _by_code(self, code: str, name: str) -> Match:
        if code in self.names:
            if name and not self._is_called(name, code):
                detail = f"the table calls {code} {name!r}, the boundaries {self.names[code]!r}"
                others = [c for c in self.by_name.get(normalise_name(name), []) if c != code]
                if others:
                    detail += f" ({name!r} is {others[0]})"
                return Match("name_differs", code, detail, "Check that the code is meant.")
            return Match("matched_by_code", code)
        years = self._years(code)
        if years and self.vintage:
            detail = f"{code} is a code of {_listed(years)}, the boundaries are of {self.vintage}"
            advice = "Use the boundaries of that vintage, or rebase the counts."
            return Match("other_vintage", "", detail, advice)
        told = _called_elsewhere(code)
        elsewhere = (
            "Give counts of the areas of this map, or 'vawg-geo init' a project of that one."
        )
        advice = offer(
            [f"{near} {self.names[near]}" for near in nearest(code, self.names)],
            otherwise=elsewhere if told else "Check the code, or add the boundaries that hold it.",
        )
        return Match("unknown", "", f"no area has the code {code!r}{told}", advice)

    def _is_called(self, name: str, code: str) -> bool:
        """Whether an area has a name: by the boundaries, else by the country's list of codes."""
        if normalise_name(name) == normalise_name(self.names[code]):
            return True
        return normalise_name(name) not in self.by_name and is_name_of(name, code)

    def is_shifted(self, code: str, name: str) -> bool:
        """Whether a code stands beside the name of another area of the boundaries."""
        others = set(self.by_name.get(normalise_name(name), []))
        return code in self.names and bool(others) and code not in others

    def _by_name(self, name: str, district: str, vintage: str) -> Match:
        form = normalise_name(name)
        within = self._district_code(district)
        if district and within is None:
            return Match("unknown", "", f"no district {district!r}", "Correct the district.")
        codes = [c for c in self.by_name.get(form, []) if within in (None, self.parents[c])]
        if not codes:
            # The boundaries may have one of two names: Treganna is Canton.
            inside = [c for c in self.names if within in (None, self.parents[c])]
            codes = [c for c in inside if c[:1] == "W" and is_wholly_called(name, c)]
        if len(codes) > 1:
            places = ", ".join(f"{code} ({self.parents[code]})" for code in codes)
            return Match(
                "ambiguous", "", f"{name!r} is {places}", "Add a column with codes or districts."
            )
        if not codes:
            return self._unknown_name(name, within)
        elsewhere = self._other_vintages(form, codes[0])
        if elsewhere and vintage != self.vintage:
            return Match(
                "ambiguous",
                "",
                f"{name!r} is {codes[0]} in {self.vintage} and {elsewhere} with other borders",
                f'Give codes, or say vintage = "{self.vintage}" for the table if it is of then.',
            )
        return Match("matched_by_name", codes[0])

    def _unknown_name(self, name: str, within: str | None) -> Match:
        known = [n for c, n in self.names.items() if within in (None, self.parents[c])]
        suggestions = suggest_names(name, known)
        run_together = " ".join(map(normalise_name, suggestions)) == normalise_name(name)
        advice = offer(
            suggestions,
            otherwise="Check the name, or give codes.",
            joint="and" if run_together else "or",
        )
        years = self._name_years(normalise_name(name))
        if years and self.vintage not in years:
            detail = f"{name!r} is a name of {_listed(years)}, the boundaries are of {self.vintage}"
            return Match("other_vintage", "", detail, advice)
        where = f" in {within}" if within else ""
        return Match("unknown", "", f"no area is called {name!r}{where}", advice)

    def _district_code(self, district: str) -> str | None:
        if not district:
            return None
        parents = set(self.parents.values())
        if district in parents:
            return district
        found = self.parent_names.get(normalise_name(district))
        return found if found in parents else None

    def _years(self, code: str) -> list[str]:
        """Years of a code that the boundaries lack; none where theirs is among them."""
        told: list[str] = []
        if self.gazetteer is not None:
            rows = self.gazetteer.loc[self.gazetteer["area_code"] == code, "vintages"]
            told = sorted({year for cell in rows for year in str(cell).split(";")})
        if told:
            return told
        years = [str(year) for year in years_of_code(code)]
        return [] if self.vintage in years else years

    def _name_years(self, form: str) -> list[str]:
        if self.gazetteer is None:
            return []
        rows = self.gazetteer[self.gazetteer["area_name"].map(normalise_name) == form]
        return sorted({year for cell in rows["vintages"] for year in str(cell).split(";")})

    def _other_vintages(self, form: str, code: str) -> str:
        """Other codes that the name has had in the same district, as words."""
        if self.gazetteer is None:
            return ""
        rows = self.gazetteer
        same = rows[
            (rows["parent_code"] == self.parents[code])
            & (rows["area_code"] != code)
            & (rows["area_name"].map(normalise_name) == form)
        ]
        return ", ".join(
            f"{other} in {_listed(str(years).split(';'))}"
            for other, years in same[["area_code", "vintages"]].itertuples(index=False)
        )


def _called_elsewhere(code: str) -> str:
    """What the country's list of codes calls an area that the boundaries lack, in brackets."""
    found = stretches().get(code, ())
    if not found:
        return ""
    last = found[-1]
    home = stretches().get(present_district(last.parent), ())
    where = f" in {home[-1].name} ({present_district(last.parent)})" if home else ""
    return f" ({last.name}{where})"


def rebase_command(file: str, code: str, vintage: str) -> str:
    """Word the command that carries a file of counts over, as it is to be typed.

    Returns
    -------
    str
        Empty where nothing is a file, or a level that is not carried over.

    Examples
    --------
    >>> rebase_command("own.csv", "E05000829", "2025")
    'vawg-geo rebase own.csv --to wards-2025 --out own-2025.csv'
    """
    level = level_of_code(code)
    if level not in {"ward", "district"} or "." not in file or not vintage:
        return ""
    quoted, out = (
        f'"{name}"' if " " in name else name
        for name in (file, f"{file.rpartition('.')[0]}-{vintage}.csv")
    )
    return f"vawg-geo rebase {quoted} --to {level}s-{vintage} --out {out}"


def _listed(years: list[str]) -> str:
    """Years as a range where they follow one another."""
    numbers = sorted(int(year) for year in years)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))
