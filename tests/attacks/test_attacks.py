"""Every attack of which we know, on our own files and on a naive publication beside them."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(scope="module")
def attacked(root, tmp_path_factory):
    sys.path.insert(0, str(root / "scripts"))
    try:
        import attack_editions

        return attack_editions.run(1, tmp_path_factory.mktemp("attacked"))
    finally:
        sys.path.remove(str(root / "scripts"))


def test_all_attacks_were_run(attacked):
    assert len(attacked) == 9
    assert attacked["channel"].is_unique


def test_each_attack_works_on_a_naive_publication(attacked):
    assert (attacked["naive_recovered"] > 0).all()


def test_no_hidden_count_of_ours_is_recovered(attacked):
    assert (attacked["ours_of"] > 40).all()
    assert attacked["ours_recovered"].tolist() == [0] * 9
