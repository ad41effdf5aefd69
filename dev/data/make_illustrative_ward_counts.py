"""Share each district's published totals out among its wards: figures to try maps with.

The assessment's ward figures do not survive. These stand in for them until an analyst's own do,
and say nothing about any ward: the weights are the population aged 16+ with random noise, and
nothing else. Wards add up to the published figure exactly.

    python dev/data/make_illustrative_ward_counts.py --seed 20170701
"""

from __future__ import annotations

import argparse
import hashlib
import math
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import pandas as pd
from _data import (
    ASSESSMENT,
    ATTRIBUTION,
    DISTRICTS,
    NO_LICENCE_NAMED,
    OGL,
    WARD_VINTAGE,
    register,
    write_csv,
)

from vawg_geo.terms.columns import COUNT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["main", "noise", "share_out", "ward_counts"]

SEED: Final = 20170701
# Two thirds of the wards then get 0.7 to 1.4 times what their population alone would give.
SPREAD: Final = 0.35
FILE: Final = "ward_counts_illustrative.csv"
NOTE: Final = (
    "Illustrative: the district's published total shared out by population and random noise; "
    "no figure of this ward was observed and nothing can be inferred from this one."
)
NOT_COVERED: Final = (
    "The source gives no figure for this district: its table covers Cambridgeshire only."
)


def noise(seed: int, area_code: str, indicator: str, sex: str) -> float:
    """Make a standard normal deviate of a hash: the same on every machine, in every order.

    Examples
    --------
    >>> noise(1, "E05002703", "sexual offences", "female") == noise(
    ...     1, "E05002703", "sexual offences", "female")
    True
    """
    digest = hashlib.sha256(f"{seed}|{area_code}|{indicator}|{sex}".encode()).digest()
    uniform = ((int.from_bytes(digest[:8], "big") >> 12) + 0.5) / 2**52
    return NormalDist().inv_cdf(uniform)


def share_out(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share a total out in proportion to whole-number weights, by largest remainder.

    Parameters
    ----------
    total : int
        What the shares add up to.
    weights : mapping of str to int
        By area code; positive.

    Returns
    -------
    dict of str to int
        By area code. Equal remainders go to the lower code first.

    Examples
    --------
    >>> share_out(10, {"A": 1, "B": 1, "C": 1})
    {'A': 4, 'B': 3, 'C': 3}
    """
    whole = sum(weights.values())
    parts = {code: divmod(total * weight, whole) for code, weight in weights.items()}
    shares = {code: share for code, (share, _) in parts.items()}
    by_remainder = sorted(parts, key=lambda code: (-parts[code][1], code))
    for code in by_remainder[: total - sum(shares.values())]:
        shares[code] += 1
    return shares


def _weights(wards: pd.DataFrame, *, indicator: str, sex: str, seed: int) -> dict[str, int]:
    # Rounded to whole numbers so that the last bit of somebody's exp() cannot move a count.
    return {
        code: max(1, round(population * math.exp(SPREAD * noise(seed, code, indicator, sex)) * 100))
        for code, population in zip(wards["area_code"], wards["population"], strict=True)
    }


def _district_counts(
    published: pd.Series | None, wards: pd.DataFrame, *, indicator: str, seed: int
) -> dict[str, dict[str, int]]:
    """Share one district's totals out by sex; nothing where nothing was published."""
    if published is None:
        return {}
    drawn = {
        sex: share_out(
            int(published[sex]), _weights(wards, indicator=indicator, sex=sex, seed=seed)
        )
        for sex in published.index
        if sex != "persons" or len(published) == 1
    }
    if {"female", "male"} <= set(drawn):
        drawn["persons"] = {
            code: drawn["female"][code] + drawn["male"][code] for code in drawn["female"]
        }
    return drawn


def ward_counts(published: pd.DataFrame, wards: pd.DataFrame, *, seed: int = SEED) -> pd.DataFrame:
    """Share out every indicator, sex and district of a published table.

    Parameters
    ----------
    published : pandas.DataFrame
        Rows with `area_code`, `level`, `indicator`, `sex`, `period`, `count`.
    wards : pandas.DataFrame
        `area_code`, `area_name`, `parent_code`, `population` (persons aged 16+).
    seed : int
        Another seed gives another draw.

    Returns
    -------
    pandas.DataFrame
        With the columns `COUNT_COLUMNS`. Persons are female and male together wherever the
        source has both.
    """
    districts = published[published["level"] == "district"]
    rows: list[tuple[object, ...]] = []
    for key, table in districts.groupby(["indicator", "period"], sort=False):
        indicator, period = map(str, key)
        sexes = list(dict.fromkeys(table["sex"]))
        totals = dict(iter(table.groupby("area_code")))
        for district in DISTRICTS:
            inside = wards[wards["parent_code"] == district].sort_values("area_code")
            total = totals[district].set_index("sex")["count"] if district in totals else None
            counts = _district_counts(total, inside, indicator=indicator, seed=seed)
            for code, name in zip(inside["area_code"], inside["area_name"], strict=True):
                for sex in sexes:
                    count = counts[sex][code] if counts else None
                    rows.append((
                        code, name, "ward", WARD_VINTAGE, indicator, sex, period, count,
                        "not_applicable" if count is None else "value" if count else "zero",
                        "illustrative", NOT_COVERED if count is None else NOTE,
                    ))  # fmt: skip
    made = pd.DataFrame(rows, columns=list(COUNT_COLUMNS))
    return made.assign(count=made["count"].astype("Int64"))


def main(argv: Sequence[str] | None = None) -> None:
    """Read the published table and the ward populations, write the ward counts, register them."""
    data = Path(__file__).resolve().parents[2] / "data"
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--data", type=Path, default=data, help="folder with the tables it reads")
    parser.add_argument("--out", type=Path, help=f"file to write; default: {FILE} in that folder")
    options = parser.parse_args(argv)
    out: Path = options.out or options.data / FILE

    published = pd.read_csv(options.data / "published_rates.csv")
    people = pd.read_csv(options.data / "population_wards_2015.csv")
    made = ward_counts(published, people[people["sex"] == "persons"], seed=options.seed)
    write_csv(made, out.parent, out.name)
    register(out.parent, [{
        "name": "ward-counts-illustrative",
        "file": out.name,
        "title": "Ward counts, illustrative: published district totals shared out by chance",
        "source": f"made from the district rows of published_rates.csv ({ASSESSMENT}) and from "
                  "population_wards_2015.csv",
        "licence": f"populations and codes: {OGL}; totals: {NO_LICENCE_NAMED}",
        "attribution": ATTRIBUTION,
        "vintage": f"wards of {WARD_VINTAGE}; 2015/16",
        "done": "each district's total by indicator and sex shared among its wards by population "
                "aged 16+ times log-normal noise, by largest remainder; persons are female and "
                "male together where the source has both",
        "script": Path(__file__).name,
        "seed": options.seed,
        "spread": SPREAD,
        "rows": len(made),
    }])  # fmt: skip


if __name__ == "__main__":
    main()
