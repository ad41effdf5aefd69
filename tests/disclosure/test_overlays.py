"""What the gate lets through of the tables that are laid over the counts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import vawg_geo
from vawg_geo.areas.reference import Reference
from vawg_geo.disclosure.gate import protect
from vawg_geo.disclosure.overlays import allowed_reference
from vawg_geo.errors import DisclosureError
from vawg_geo.overlays.overlay import Inputs
from vawg_geo.terms.editions import EDITIONS


def laid(**tables):
    """What overlays have read: their tables by name, and the files of `points`."""
    points = tables.pop("points", None)
    inputs = {}
    for overlay, names in {
        "access": ("sites", "towns"), "services": ("services",), "profiles": ("profiles",),
    }.items():  # fmt: skip
        mine = {name: tables[name] for name in names if name in tables}
        if mine:
            inputs[overlay] = Inputs(tables=mine)
    if points:
        inputs["surfaces"] = Inputs(files={"points": points})
    return Reference(inputs=inputs)


def sites(**changes):
    row = {"site": "City Hospital", "kind": "hospital", "easting": 545_000.0, "northing": 258_000.0}
    return pd.DataFrame([row | changes])


def towns(name):
    return pd.DataFrame([{"town": name, "easting": 545_000.0, "northing": 258_000.0}])


def services(**changes):
    row = {
        "service": "Women's Aid refuge", "area_code": "E07000008", "level": "district",
        "coverage": "stated", "provides": "refuge", "public_site": "", "note": "",
    }  # fmt: skip
    return pd.DataFrame([row | changes])


def profiles(**changes):
    row = {"profile": "red-light area", "area_code": "E05002702", "level": "ward"}
    return pd.DataFrame([row | changes])


@pytest.mark.promise
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("reference", "first"),
    [
        (laid(sites=sites(site="Northside Refuge")), "Northside Refuge"),
        (laid(sites=sites(kind="safe house")), "City Hospital"),
        (laid(sites=sites(kind="sex work outreach")), "City Hospital"),
        (laid(towns=towns("Mill Road refuge")), "Mill Road refuge"),
        (laid(services=services(public_site="12 Mill Road")), "Women's Aid refuge"),
        (
            laid(services=services(service="Outreach", provides="advice",
                                        public_site="The refuge, Mill Road")),
            "Outreach",
        ),
        (laid(services=services(level="ward", area_code="E05002702")), "Women's Aid refuge"),
        # A table without levels, or with a wrong one, is known by its codes.
        (laid(services=services(level="", area_code="E05002702")), "Women's Aid refuge"),
        (laid(services=services(area_code="E05002702")), "Women's Aid refuge"),
        (laid(services=services(area_code="E01017985", level="lsoa")), "Women's Aid refuge"),
        (laid(profiles=profiles(level="lsoa", area_code="E01017985")), "red-light area"),
        (laid(profiles=profiles(area_code="E01017985")), "red-light area"),
        (laid(profiles=profiles(level="street", area_code="")), "red-light area"),
    ],
)  # fmt: skip
def test_what_no_edition_shows_is_refused_by_name(reference, first, edition):
    """A layer that no edition shows is refused by name."""
    with pytest.raises(DisclosureError, match=rf"1 of 1 .*first: ['\"]{first}['\"]"):
        allowed_reference(reference, edition=edition)


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_may_be_shown_passes(edition):
    reference = laid(
        sites=sites(),
        towns=towns("Ely"),
        services=pd.concat([services(), services(service="Outreach", provides="advice",
                                                 public_site="City Hospital")]),
    )  # fmt: skip
    allowed = allowed_reference(reference, edition=edition)
    for overlay, name in (("access", "sites"), ("access", "towns"), ("services", "services")):
        assert allowed.table(overlay, name) is reference.table(overlay, name)


@pytest.mark.parametrize(
    ("edition", "with_profiles", "with_points"),
    [("public", False, False), ("partnership", True, False), ("analyst", True, True)],
)
def test_profiles_and_own_points_go_by_edition(edition, with_profiles, with_points):
    reference = laid(profiles=profiles(), points=Path("own.csv"))
    allowed = allowed_reference(reference, edition=edition)
    assert (allowed.table("profiles", "profiles") is not None) is with_profiles
    assert ("points" in allowed.of("surfaces").files) is with_points
    # What was given stays as it was.
    assert reference.table("profiles", "profiles") is not None


def test_the_public_edition_does_not_know_that_there_are_profiles(default_tables):
    assert default_tables.reference.table("profiles", "profiles") is not None
    assert "ward-profiles" in default_tables.inputs
    public, partnership = (
        protect(default_tables, edition=name) for name in ("public", "partnership")
    )
    assert public.reference.table("profiles", "profiles") is None
    assert "ward-profiles" not in public.inputs
    assert partnership.reference.table("profiles", "profiles") is not None
    assert "ward-profiles" in partnership.inputs


@pytest.mark.promise
def test_a_refuge_in_the_tables_stops_the_whole_build(overlaid, ward_codes, tmp_path):
    """A refuge among the places stops the whole build, and nothing is written.

    No edition is begun, and no folder is left.
    """
    counts = "".join(f"{c},persons,2015/16,domestic abuse incidents,20\n" for c in ward_codes)
    rest = "".join(
        f"{c},persons,2015/16,Cambridge Women's Aid contacts,20\n"
        f"{c},persons,2015/16,IDVA high-risk referrals,20\n"
        for c in ward_codes
    )
    config = overlaid(
        tmp_path / "p", "area_code,sex,period,indicator,count\n" + counts + rest, claims=[],
        wards=ward_codes[:1],
    )  # fmt: skip
    table = config.parent / "services.csv"
    hidden = table.read_text().replace("Ward hub", "Safe house")
    table.write_text(hidden)
    with pytest.raises(DisclosureError, match="first: 'Safe house'"):
        vawg_geo.build(config, out=tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.csv"))
