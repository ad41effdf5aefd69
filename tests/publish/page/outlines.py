"""Outlines as the page's scripts read them."""

from __future__ import annotations

import numpy as np

# Integers in a degree: written here once more, so that a change on one side alone is seen.
PER_DEGREE = 100_000


def decode_shapes(shapes):
    """Turn what `encode_shapes` gives back into rings of longitude and latitude.

    Examples
    --------
    >>> decode_shapes([[[[10, 5200000, 5, 0, 0, 5]]]])[0][0][0].tolist()
    [[0.0001, 52.0], [0.00015, 52.0], [0.00015, 52.00005]]
    """
    return [
        [
            [np.cumsum(np.reshape(ring, (-1, 2)), axis=0) / PER_DEGREE for ring in rings]
            for rings in shape
        ]
        for shape in shapes
    ]
