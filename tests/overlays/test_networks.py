"""Ways along a network: held to another library's search."""

from __future__ import annotations

import msgspec
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import vawg_geo
from vawg_geo.areas.tables import load_tables
from vawg_geo.errors import InputError
from vawg_geo.overlays.access.networks import network_distance
from vawg_geo.overlays.access.settings import AccessSettings
from vawg_geo.overlays.compute import compute_overlays
from vawg_geo.project import read_project

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


def test_a_setting_measures_along_a_network(root, tmp_path):
    """Tables of nodes and edges take the place of the straight line, and the words say so."""
    project = read_project(root / "data" / "vawg.toml")
    places = pd.read_csv(root / "data" / "lsoa11_points.csv")
    sites = pd.read_csv(root / "data" / "public_sites.csv")
    both = pd.concat([places[["easting", "northing"]], sites[["easting", "northing"]]])
    nodes = both.drop_duplicates().reset_index(drop=True)
    nodes.insert(0, "node", [f"n{n}" for n in range(len(nodes))])
    # A star: every way leads through the first node, and is twice as long as it need be.
    metres = 2 * np.hypot(*(nodes[c] - nodes[c].iloc[0] for c in ("easting", "northing")))
    edges = pd.DataFrame({"from_node": "n0", "to_node": nodes["node"], "metres": metres}).iloc[1:]
    nodes.to_csv(tmp_path / "nodes.csv", index=False)
    edges.to_csv(tmp_path / "edges.csv", index=False)
    files = {"nodes": str(tmp_path / "nodes.csv"), "edges": str(tmp_path / "edges.csv")}

    def laid(**changes):
        access = msgspec.structs.replace(project.overlays.access, **changes)
        overlays = msgspec.structs.replace(
            project.overlays,
            access=access,
            deprivation=None,
            services=None,
            profiles=None,
            history=None,
        )
        tables = load_tables(msgspec.structs.replace(project, overlays=overlays))
        return compute_overlays(vawg_geo.protect(tables), pd.DataFrame())

    found, straight = laid(**files), laid()
    table = found.tables["access"]
    assert set(table["method"]) == {"along the network"}
    assert set(found.tables["next_sites"]["distance_method"]) == {"along the network"}
    assert all("along the network" in layer.note for layer in found.layers)
    assert (table["mean_km"] > straight.tables["access"]["mean_km"]).all()
    with pytest.raises(ValueError, match="name both, or neither"):
        AccessSettings(sites="public-sites", nodes="nodes.csv")
