"""Write the pairs of wards of the default that face each other across a tidal river.

    python dev/data/make_bridges.py

The outlines of wards are clipped to mean high water, and so the banks of a tidal river do not
touch. `facing_pairs` finds the pairs; what is known of each place stands here, by name, and was
looked up by hand: whether a bridge is there, and if not why the pair is joined all the same. The
script refuses a pair without a word, and a word without a pair.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from _data import ATTRIBUTION, OGL, WARD_VINTAGE, register, write_csv

from vawg_geo.areas.neighbours.facing import ALONG, WITHIN, facing_pairs
from vawg_geo.inputs.boundaries.by_name import read_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["bridges", "main"]

FILE: Final = "bridges_wards_2015.csv"

# What is known of each place. A pair without a bridge on its stretch is joined where people of both
# banks use the same next bridge, and its reason says that no bridge is there.
REASONS: Final = {
    ("Medworth", "Peckover"): (
        "Face each other across the tidal Nene in Wisbech; the Town Bridge joins them."
    ),
    ("Clarkson", "Peckover"): (
        "Face each other across the tidal Nene in Wisbech; the Freedom Bridge (A1101) crosses "
        "close to where Clarkson and Medworth meet, at the southern end of the stretch."
    ),
    ("Clarkson", "Roman Bank"): (
        "Face each other across the tidal Nene at the port of Wisbech; no bridge on the stretch, "
        "the next is the Freedom Bridge, less than 1 km upstream. Joined as facing banks."
    ),
    ("Roman Bank", "Waterlees Village"): (
        "Face each other across the tidal Nene below Wisbech; no bridge on the stretch, the next "
        "is the Freedom Bridge, less than 2 km upstream. Joined as facing banks."
    ),
    ("Medworth", "Parson Drove & Wisbech St Mary"): (
        "Face each other across the tidal Nene above Wisbech; no road bridge known on the "
        "stretch, the next are in Wisbech and at Guyhirn. Joined as facing banks."
    ),
    ("Elm & Christchurch", "Parson Drove & Wisbech St Mary"): (
        "Face each other across the tidal Nene above Wisbech; the road bridge at Guyhirn (A47) "
        "joins them."
    ),
    ("Eye and Thorney", "Bassenhally"): (
        "Face each other across the tidal Nene east of Whittlesey; the Dog-in-a-Doublet bridge "
        "(B1040, Thorney to Whittlesey) crosses at the western end of the stretch."
    ),
    ("Haddenham", "Earith"): (
        "Face each other across the tidal New Bedford River at Earith; the road from Earith to "
        "Haddenham (A1123) crosses it there."
    ),
}


def bridges() -> pd.DataFrame:
    """Pairs of wards of 2015 with the reason of each, in the order of their codes."""
    found = facing_pairs(read_layer("wards-2015"))
    named = {frozenset(pair): reason for pair, reason in REASONS.items()}
    faced = [frozenset(pair) for pair in found[["area_name", "across_name"]].to_numpy()]
    if set(faced) != set(named):
        odd = sorted(map(sorted, set(faced) ^ set(named)))
        msg = f"{len(odd)} pairs have a word and no place, or a place and no word: {odd}."
        raise ValueError(msg)
    return (
        found.assign(reason=[named[pair] for pair in faced])
        .sort_values(["area_code", "across_code"])
        .reset_index(drop=True)
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Write and register the table."""
    data = Path(__file__).resolve().parents[2] / "data"
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=data, help="folder to write")
    options = parser.parse_args(argv)
    table = bridges()
    write_csv(table, options.out, FILE)
    register(options.out, [{
        "name": "bridges-wards-2015",
        "file": FILE,
        "title": "Wards that face each other across a tidal river and count as neighbours",
        "source": "outlines of wards-2015; what is known of bridges was looked up by hand",
        "licence": OGL,
        "attribution": ATTRIBUTION,
        "vintage": f"wards of {WARD_VINTAGE}",
        "done": f"pairs within {WITHIN:g} m along {ALONG:g} m or more that share no point; "
                "a reason for each",
        "rows": len(table),
        "script": Path(__file__).name,
    }])  # fmt: skip


if __name__ == "__main__":
    main()
