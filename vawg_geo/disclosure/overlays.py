"""What an edition may know of the tables that are laid over the counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import DisclosureError, problem
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.refuges import refuse_places_of_refuges, refuse_refuges

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.areas.reference import Reference

__all__ = ["allowed_reference"]

_WHOLE_AREAS: Final = frozenset(("ward", "district", "county", "police_area"))


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
    # Existing sites and those that may be next are printed with their places.
    for name, places in (("site", reference.sites), ("town", reference.towns)):
        if places is not None:
            refuse_refuges(places, name=name)
    if reference.services is not None:
        refuse_places_of_refuges(reference.services)
    _refuse_small_profiles(reference.profiles)
    return replace(
        reference,
        profiles=None if edition == "public" else reference.profiles,
        points=reference.points if edition == "analyst" else None,
    )


def _refuse_small_profiles(profiles: pd.DataFrame | None) -> None:
    if profiles is None:
        return
    by_code = profiles["area_code"].map(lambda code: level_of_code(code) or "")
    small = ~profiles["level"].isin(_WHOLE_AREAS) | ~by_code.isin({*_WHOLE_AREAS, ""})
    if small.any():
        msg = problem(
            "are of something smaller than a ward",
            bad=int(small.sum()),
            total=len(profiles),
            noun="profiles",
            first=repr(profiles.loc[small, "profile"].iloc[0]),
            action="Take them out: no edition shows them.",
        )
        raise DisclosureError(msg)
