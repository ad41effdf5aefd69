"""Areas of England and Wales by what people call them."""

from __future__ import annotations

from collections import Counter

import pytest

from vawg_geo.areas.country import find_area, list_areas, look_up
from vawg_geo.errors import InputError

# What people write, and the code that they mean.
MEANT = {
    "Bristol": "E06000023",
    "Bristol City Council": "E06000023",
    "Hull": "E06000010",
    "County Durham": "E06000047",
    "Durham County Council": "E06000047",
    "Durham Constabulary": "E23000008",
    "Safe Durham Partnership": "E22000365",
    "Rhondda": "W06000016",
    "RCT": "W06000016",
    "Ynys Mon": "W06000001",
    "Ynys Môn": "W06000001",
    "Anglesey": "W06000001",
    "Cyngor Sir Ynys Môn": "W06000001",
    "St Helens": "E08000013",
    "ST. HELENS": "E08000013",
    "Saint Helens": "E08000013",
    "sheffield council": "E08000039",
    "Safer Sheffield Partnership": "E08000039",
    "Safer Cornwall": "E06000052",
    "Safer Stockton Partnership": "E06000004",
    "Brighton & Hove Community Safety Partnership": "E06000043",
    "South Devon and Dartmoor Community Safety Partnership": "E22000364",
    "Wiltshire CSP": "E22000361",
    "Kent Police": "E23000032",
    "Kent County Council": "E10000016",
    "North Yorkshire Council": "E06000065",
    "North Yorkshire Police": "E23000009",
    "Greater Manchester": "E23000005",
    "GMP": "E23000005",
    "West Midlands Police": "E23000014",
    "Met Police": "E23000001",
    "City of London": "E09000001",
    "London Borough of Hackney": "E09000012",
    "RBKC": "E09000020",
    "BCP": "E06000058",
    "Kings Lynn": "E07000146",
    "Barnsley MBC": "E08000038",
    "Devon & Cornwall Police": "E23000035",
    "Heddlu De Cymru": "W15000003",
    "Sir Benfro": "W06000009",
    "Bro Morgannwg": "W06000014",
    "E08000019": "E08000039",
}


@pytest.mark.parametrize(("asked", "code"), MEANT.items())
def test_what_people_write_is_understood(asked, code):
    """Of these, 12 were unknown or another area; "London" was the City of London."""
    assert find_area(asked).code == code


# What is not one area, and what is said of it.
NOT_ONE = {
    "London": r"a region, and no level of a project\. There are: City of London \(district, "
    r"E09000001\); Metropolitan Police \(police force area, E23000001\), 32 districts",
    "Greater London": "London, a region, and no level",
    "North West": r"a region.*Cumbria .*Merseyside .*Greater Manchester .*E23000006",
    "West Midlands": r"a region.*West Midlands \(police force area, E23000014\), 7 districts",
    "E12000008": r"South East, a region.*Thames Valley",
    "Wales": r"a nation.*North Wales .*W15000001",
    "Tyne and Wear": r"Gateshead \(district, E08000037\)",
    "Durham": r"2 areas: Durham \(police force area, E23000008\); County Durham \(district",
    "Newcastle": r"2 areas: Newcastle-under-Lyme .*Newcastle upon Tyne .*Give the code",
    "Cambridgeshire": r"2 areas: .*E10000003.*E23000023",
    "Dorset CSP": r"holds a part of Bournemouth, Christchurch and Poole only and shares it",
    "Poole": r"no outline\. Build the district instead: --area 'Bournemouth, Christchurch",
    "Craven": r"ended on 2023-03-31; it is now part of North Yorkshire .*--area E06000065",
    "Holbeach": r"a town in South Holland \(district, E07000140\)",
    "Cornwall and Isles of Scilly": r"Did you mean Isles of Scilly .*or Cornwall ",
    "East Sussex Safer Communities": r"Did you mean East Sussex \(county, E10000011\)\?",
    "Middlesborough": "Did you mean Middlesbrough",
    "E0800039": r"Did you mean Sheffield \(district, E08000039\)",
    "E07000999": r"no code of a ward.*Did you mean ",
    "E05010857": r"a ward, Beauchief and Greenhill; it lies in Sheffield",
    " - ": "is no name",
}


@pytest.mark.parametrize(("asked", "said"), NOT_ONE.items())
def test_what_is_not_one_area_is_answered_with_what_there_is(asked, said):
    with pytest.raises(InputError, match=said):
        find_area(asked)


def test_every_area_is_found_by_its_code_and_every_name_leads_somewhere():
    """A name finds its area, one with the same districts, or several of which it is one."""
    shared = 0
    for area in list_areas():
        if area.shared:
            shared += 1
            with pytest.raises(InputError, match="shares"):
                find_area(area.code)
            continue
        assert find_area(area.code) == area
        try:
            found = find_area(area.name)
        except InputError as error:
            same = [one for one in list_areas() if set(one.districts) == set(area.districts)]
            assert any(one.code in str(error) for one in same), str(error)  # noqa: PT017
        else:
            assert set(found.districts) == set(area.districts)
    assert shared == 21


def test_codes_are_looked_up_by_any_form_of_a_name():
    assert "W06000001" in set(look_up("ynys mon")["code"])
    assert "E08000013" in set(look_up("Saint Helens")["code"])
    assert "E09000012" in set(look_up("London Borough of Hackney")["code"])
    assert Counter(look_up("E07000163")["became"])["E06000065"] == 1
    with pytest.raises(InputError, match="Did you mean"):
        look_up("Sheffeild")
