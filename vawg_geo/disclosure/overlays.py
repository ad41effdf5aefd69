"""What an edition may know of the tables that are laid over the counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from vawg_geo.codes import level_of_code
from vawg_geo.disclosure.refusals import names_hidden_places
from vawg_geo.errors import DisclosureError, problem

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.areas.reference import Reference

__all__ = ["allowed_reference"]

_WHOLE_AREAS: Final = frozenset(("ward", "district", "county", "police_area"))
_COARSE: Final = frozenset(("district", "county", "police_area", ""))


def allowed_reference(reference: Reference, *, edition: str) -> Reference:
    """Take out what an edition may not show, and refuse what none may.

    Parameters
    ----------
    reference : Reference
    edition : {"public", "partnership", "analyst"}

    Returns
    -------
    Reference
        Without ward profiles in the public edition, and without points in all but the analyst's.

    Raises
    ------
    DisclosureError
        A site, or a town for the next one, that is a refuge or a sex worker's place; a refuge by
        anything smaller than a district, or with a site; a profile of anything smaller than a ward.
    """
    _refuse_sites(reference.sites, "site", ("site", "kind"))
    _refuse_sites(reference.towns, "town", ("town",))
    _refuse_services(reference.services)
    _refuse_small_profiles(reference.profiles)
    return replace(
        reference,
        profiles=None if edition == "public" else reference.profiles,
        points=reference.points if edition == "analyst" else None,
    )


def _refuse_sites(sites: pd.DataFrame | None, name: str, columns: tuple[str, ...]) -> None:
    """Existing sites and those that may be next are printed with their places."""
    if sites is None:
        return
    named = _about_hidden_places(sites, columns)
    _refuse(sites[named], name, len(sites), f"{name}s are refuges or private places")


def _refuse_services(services: pd.DataFrame | None) -> None:
    if services is None:
        return
    places = _about_hidden_places(services, ("service", "provides", "public_site"))
    by_code = services["area_code"].map(lambda code: level_of_code(code) or "")
    fine = ~services["level"].isin(_COARSE) | ~by_code.isin(_COARSE)
    near = fine | (services["public_site"] != "")
    _refuse(
        services[places & near],
        "service",
        len(services),
        "rows of services would place a refuge more closely than its district",
    )


def _refuse_small_profiles(profiles: pd.DataFrame | None) -> None:
    if profiles is None:
        return
    by_code = profiles["area_code"].map(lambda code: level_of_code(code) or "")
    small = ~profiles["level"].isin(_WHOLE_AREAS) | ~by_code.isin({*_WHOLE_AREAS, ""})
    _refuse(
        profiles[small], "profile", len(profiles), "profiles are of something smaller than a ward"
    )


def _about_hidden_places(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    words = table[list(columns)].agg(" ".join, axis=1)
    return words.map(names_hidden_places).astype(bool)


def _refuse(wrong: pd.DataFrame, name: str, total: int, what: str) -> None:
    if wrong.empty:
        return
    noun, _, rest = what.partition(" ")
    msg = problem(
        rest,
        bad=len(wrong),
        total=total,
        noun=noun,
        first=repr(wrong[name].iloc[0]),
        action="Take them out: no edition shows them.",
    )
    raise DisclosureError(msg)
