"""Every attack of which we know, on our own files and on a naive publication beside them."""

from __future__ import annotations

import pandas as pd
import pytest

# With this seed even marking small counts otherwise than others gives some of them away.
SEED = 1


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """What each attack recovered, the folder of our public edition, and the attacks."""
    import _attacks
    import attack_editions

    folder = tmp_path_factory.mktemp("attacked")
    table = attack_editions.run(SEED, folder).set_index("channel")
    return table, folder / "ours" / "out" / "public", _attacks


@pytest.mark.promise
def test_each_attack_works_on_a_naive_publication(attacked):
    """Each of these attacks recovers counts from a naive publication of the same table."""
    table, _, _ = attacked
    assert len(table) == 9
    assert table.index.is_unique
    assert (table["naive_recovered"] > 0).all()


@pytest.mark.promise
def test_no_hidden_count_of_ours_is_recovered(attacked):
    """Every attack that we know of recovers none of our hidden counts."""
    table, _, _ = attacked
    assert (table["ours_of"] > 30).all()
    assert table["ours_recovered"].to_dict() == dict.fromkeys(table.index, 0)


def test_the_ward_level_is_shown_and_a_tenth_or_more_of_it_hidden(attacked):
    """Nothing is proved by an edition that shows nothing."""
    _, public, _ = attacked
    wards = pd.read_csv(public / "tables" / "rates_ward.csv")
    offences = wards[wards["indicator"] == "offences"]
    hidden = (offences["status"] == "suppressed").groupby(offences["sex"]).mean()
    assert set(hidden.index) == {"persons", "female", "male"}
    assert hidden.max() < 1 / 3
    assert hidden.mean() > 0.1


@pytest.mark.parametrize("name", ["by_embedded_data", "by_bytes", "by_rate"])
def test_the_attack_finds_what_our_files_do_show(attacked, name):
    """A reader that cannot read our files would recover nothing either."""
    _, public, attacks = attacked
    printed = attacks.read_tables([public], attacks.OFFENCES).counts
    shown = {c: n for c, n in printed.items() if c.area.startswith("E05")}
    found = getattr(attacks, name)(public)
    found = {c: n for c, n in found.items() if c.area.startswith("E05")}
    assert len(shown) > 300
    # A count of zero has a rate of zero, whatever the population; all others are found.
    assert {c: n for c, n in found.items() if n} == {c: n for c, n in shown.items() if n}


def test_sums_give_back_what_is_taken_out_of_ours(attacked, tmp_path):
    """The attack on sums can read our tables: one more count hidden, and it comes back."""
    _, public, attacks = attacked
    tables = tmp_path / "tables"
    tables.mkdir()
    for path in (public / "tables").glob("*.csv"):
        table = pd.read_csv(path, dtype=str)
        if path.stem == "rates_ward":
            shown = table[table["indicator"].eq("offences") & table["count"].notna()]
            whole = shown.groupby("area_code").filter(lambda rows: len(rows) == 3)
            row = whole[whole["sex"] == "male"].iloc[0]
            table.loc[row.name, ["count", "status"]] = [None, "suppressed"]
        table.to_csv(tables / path.name, index=False)
    cell = attacks.Cell(row["area_code"], "male", row["period"])
    assert attacks.by_sums(tmp_path) == {cell: int(row["count"])}
