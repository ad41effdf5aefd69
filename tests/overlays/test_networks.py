"""Ways along a network: held to another library's search, and to a network's own object."""

from __future__ import annotations

import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.overlays.access.networks import network_distance, pandana_distance

SOUTH_WEST = np.array([500_000.0, 300_000.0])


@pytest.fixture(scope="module")
def streets():
    """Nodes on a shaken grid of 1 km; streets between neighbours, some missing, one doubled."""
    rng = np.random.default_rng(11)
    names = [(column, row) for column in range(6) for row in range(6)]
    points = SOUTH_WEST + 1000 * np.array(names) + rng.uniform(-200, 200, (36, 2))
    nodes = pd.DataFrame(points, columns=["easting", "northing"])
    nodes.insert(0, "node", [f"n{a}{b}" for a, b in names])
    pairs = [
        (f"n{a}{b}", f"n{a + c}{b + d}")
        for a, b in names
        for c, d in ((1, 0), (0, 1))
        if a + c < 6 and b + d < 6 and rng.random() < 0.85
    ]
    edges = pd.DataFrame(pairs, columns=["from_node", "to_node"])
    edges["metres"] = rng.uniform(1000, 2000, len(edges))
    # The longer of two ways between the same nodes, one of them given the other way round.
    back = edges.iloc[:10].rename(columns={"from_node": "to_node", "to_node": "from_node"})
    longer = pd.concat([back, edges.iloc[10:20]]).assign(metres=9000.0)
    return nodes, pd.concat([edges, longer], ignore_index=True)


def by_networkx(nodes, edges, origins, destinations, *, one_way):
    graph = nx.DiGraph() if one_way else nx.Graph()
    graph.add_nodes_from(nodes["node"])
    for row in edges.sort_values("metres", ascending=False).itertuples():
        graph.add_edge(row.from_node, row.to_node, metres=row.metres)
    points = nodes[["easting", "northing"]].to_numpy()
    found = np.full((len(origins), len(destinations)), np.inf)
    for i, origin in enumerate(origins):
        start = np.hypot(*(points - origin).T)
        ways = nx.single_source_dijkstra_path_length(
            graph, nodes["node"].iloc[start.argmin()], weight="metres"
        )
        for j, destination in enumerate(destinations):
            end = np.hypot(*(points - destination).T)
            way = ways.get(nodes["node"].iloc[end.argmin()], np.inf)
            found[i, j] = start.min() + way + end.min()
    return found


@pytest.mark.parametrize("one_way", [False, True])
def test_ways_are_those_of_networkx(streets, one_way):
    nodes, edges = streets
    rng = np.random.default_rng(2)
    homes, places = (SOUTH_WEST + rng.uniform(0, 5000, (n, 2)) for n in (40, 5))
    found = network_distance(nodes, edges, one_way=one_way)(homes, places)
    expected = by_networkx(nodes, edges, homes, places, one_way=one_way)
    assert np.isinf(expected).any() == one_way
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_an_edge_to_nowhere_and_one_without_a_length(streets):
    nodes, edges = streets
    with pytest.raises(InputError, match="edges lead to a node that is not there; first: "):
        network_distance(nodes.iloc[1:], edges)
    with pytest.raises(InputError, match=r"1 of .* edges have no metres of zero or more"):
        network_distance(nodes, edges.assign(metres=edges["metres"].where(edges.index != 3)))


class Network:
    """What is used of a pandana.Network, with its sign for no way."""

    def __init__(self, nodes, edges):
        self.nodes_df = nodes.set_index("node").rename(columns={"easting": "x", "northing": "y"})
        self.graph = nx.Graph()
        self.graph.add_nodes_from(self.nodes_df.index)
        for row in edges.sort_values("metres", ascending=False).itertuples():
            self.graph.add_edge(row.from_node, row.to_node, metres=row.metres)

    def get_node_ids(self, x, y):
        points = self.nodes_df[["x", "y"]].to_numpy()
        nearest = [np.hypot(*(points - home).T).argmin() for home in zip(x, y, strict=True)]
        return pd.Series(self.nodes_df.index[nearest])

    def shortest_path_lengths(self, first, last):
        warnings.warn("no way between some nodes", UserWarning, stacklevel=2)
        ways = dict(nx.all_pairs_dijkstra_path_length(self.graph, weight="metres"))
        return [ways[a].get(b, 4294967.295) for a, b in zip(first, last, strict=True)]


def test_a_network_object_gives_the_same(streets):
    nodes, edges = streets
    alone = pd.DataFrame({"node": ["alone"], "easting": [530_000.0], "northing": [300_000.0]})
    nodes = pd.concat([nodes, alone], ignore_index=True)
    homes = np.vstack([SOUTH_WEST + np.array([[120, 3000], [4100, 900]]), [[529_900, 300_100]]])
    places = SOUTH_WEST + np.array([[2000.0, 2000.0], [4900.0, 4900.0]])
    found = pandana_distance(Network(nodes, edges))(homes, places)
    assert np.isinf(found[2]).all()
    np.testing.assert_allclose(found, network_distance(nodes, edges)(homes, places), rtol=1e-9)
