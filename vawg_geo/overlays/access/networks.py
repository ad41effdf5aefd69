"""Distance along a network that the analyst supplies, instead of the straight line.

What is returned is what `access` and `place_sites` take as `distance=`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.overlays.access.places import positive_weights, require_columns, require_points

if TYPE_CHECKING:
    from vawg_geo.overlays.access.places import Distance, Metres

__all__ = ["network_distance"]


def network_distance(
    nodes: pd.DataFrame, edges: pd.DataFrame, *, one_way: bool = False
) -> Distance:
    """Shortest way along a network of nodes and edges.

    Parameters
    ----------
    nodes : pandas.DataFrame
        `node`, `easting`, `northing` (EPSG:27700).
    edges : pandas.DataFrame
        `from_node`, `to_node`, `metres`. Of several edges between two nodes the shortest counts.
    one_way : bool
        Whether an edge leads from its first node to its second only.

    Returns
    -------
    callable
        Takes origins and destinations, shape (n, 2) and (m, 2), and gives metres, shape (n, m):
        from each point straight to its nearest node, along the network, and straight to the
        destination; infinite where there is no way.

    Raises
    ------
    InputError
        Columns are missing, an edge has no length or leads to a node that is not there.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node": ["a", "b"], "easting": [500000, 500000 + 3000],
    ...                       "northing": [200000, 200000]})
    >>> edges = pd.DataFrame({"from_node": ["a"], "to_node": ["b"], "metres": [3500]})
    >>> by_road = network_distance(nodes, edges)
    >>> by_road(np.array([[500000.0, 200100.0]]), np.array([[503000.0, 200000.0]]))
    array([[3600.]])
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import KDTree

    points = require_points(nodes, name="node", what="nodes")
    require_columns(edges, ["from_node", "to_node", "metres"], what="edges")
    metres = positive_weights(edges, "metres", name="from_node", what="edges")
    at = pd.Index(nodes["node"])
    ends = np.column_stack([at.get_indexer(pd.Index(edges[c])) for c in ("from_node", "to_node")])
    if (lost := (ends < 0).any(axis=1)).any():
        first = edges.iloc[int(lost.argmax())]
        raise InputError(
            problem(
                "lead to a node that is not there",
                bad=int(lost.sum()),
                total=len(edges),
                noun="edges",
                first=f"{first['from_node']!r} to {first['to_node']!r}",
                action="Give every node of the edges its place.",
            )
        )
    # A sparse matrix takes zero for "no edge", and adds up what is given twice.
    shortest = (
        pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "metres": np.maximum(metres, 1e-6)})
        .groupby(["a", "b"], as_index=False)
        .min()
    )
    graph = csr_array(
        (shortest["metres"].to_numpy(), (shortest["a"].to_numpy(), shortest["b"].to_numpy())),
        shape=(len(nodes), len(nodes)),
    )
    tree = KDTree(points)

    def along(origins: Metres, destinations: Metres) -> Metres:
        start, first = (np.asarray(found) for found in tree.query(origins))
        end, last = (np.asarray(found) for found in tree.query(destinations))
        # From the few destinations backwards: one search for each of them.
        searched = graph.T.tocsr() if one_way else graph
        back = np.asarray(dijkstra(searched, directed=one_way, indices=last.astype(np.int32)))
        return np.asarray(back.T[first] + start[:, None] + end[None, :], dtype=np.float64)

    return along
