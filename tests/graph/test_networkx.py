"""A plan's graph is a networkx graph: every function takes it as it is, and nothing changes it."""

from __future__ import annotations

import copy
import functools
import inspect
import math
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import networkx as nx
import pytest

import mirage_devices
from functoria import Plan, foreign, job, package, register
from functoria.graph.graph import Graph, Role
from tests import recorded

PLAN = recorded.application("conduit_server").plan(recorded.context("conduit_server", "hvt"))
GRAPH: Any = PLAN.graph
COPY: Any = nx.DiGraph(GRAPH)
ROOT, LEAF, MIDDLE = PLAN.root.index, 0, len(PLAN.devices) // 2


def _listed(value: Any) -> Any:
    """Convert the result of a networkx function to a comparable form."""
    if isinstance(value, nx.Graph):
        return sorted(value.nodes), sorted(value.edges)
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    if isinstance(value, (str, bytes, int, float, bool, type(None))):
        return value
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    return [_listed(each) for each in value]


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "adjacency_data": lambda g: nx.adjacency_data(g)["adjacency"],
    "all_neighbors": lambda g: nx.all_neighbors(g, MIDDLE),
    "all_simple_paths": lambda g: nx.all_simple_paths(g, ROOT, LEAF),
    "all_topological_sorts": lambda g: next(iter(nx.all_topological_sorts(g))),
    "ancestors": lambda g: nx.ancestors(g, LEAF),
    "antichains": lambda g: next(iter(nx.antichains(g))),
    "average_clustering": nx.average_clustering,
    "betweenness_centrality": nx.betweenness_centrality,
    "bfs_edges": lambda g: nx.bfs_edges(g, ROOT),
    "bfs_layers": lambda g: nx.bfs_layers(g, ROOT),
    "bfs_predecessors": lambda g: nx.bfs_predecessors(g, ROOT),
    "compose": lambda g: nx.compose(g, g),
    "condensation": nx.condensation,
    "contracted_nodes": lambda g: nx.contracted_nodes(g, ROOT, ROOT - 1),
    "dag_longest_path": nx.dag_longest_path,
    "degree_centrality": nx.degree_centrality,
    "degree_histogram": nx.degree_histogram,
    "density": nx.density,
    "descendants": lambda g: nx.descendants(g, ROOT),
    "dfs_postorder_nodes": lambda g: nx.dfs_postorder_nodes(g, ROOT),
    "dfs_tree": lambda g: nx.dfs_tree(g, ROOT),
    "difference": lambda g: nx.difference(g, g),
    "dominance_frontiers": lambda g: nx.dominance_frontiers(g, ROOT),
    "edge_boundary": lambda g: nx.edge_boundary(g, [ROOT]),
    "ego_graph": lambda g: nx.ego_graph(g, ROOT, radius=2),
    "flow_hierarchy": nx.flow_hierarchy,
    "generate_adjlist": nx.generate_adjlist,
    "get_edge_attributes": lambda g: nx.get_edge_attributes(g, "roles"),
    "get_node_attributes": lambda g: nx.get_node_attributes(g, "module"),
    "has_path": lambda g: nx.has_path(g, ROOT, LEAF),
    "immediate_dominators": lambda g: nx.immediate_dominators(g, ROOT),
    "in_degree_centrality": nx.in_degree_centrality,
    "induced_subgraph": lambda g: nx.induced_subgraph(g, [ROOT, ROOT - 1]),
    "info": str,
    "is_directed_acyclic_graph": nx.is_directed_acyclic_graph,
    "is_isomorphic": lambda g: nx.is_isomorphic(g, COPY),
    "is_weakly_connected": nx.is_weakly_connected,
    "isolates": nx.isolates,
    "katz_centrality": lambda g: sorted(nx.katz_centrality(g, alpha=0.01)),
    "lexicographical_topological_sort": nx.lexicographical_topological_sort,
    "line_graph": nx.line_graph,
    "lowest_common_ancestor": lambda g: nx.lowest_common_ancestor(g, LEAF, MIDDLE),
    "node_link_data": lambda g: nx.node_link_data(g)["links" if "links" in nx.node_link_data(g) else "edges"],
    "number_of_nodes": nx.number_of_nodes,
    "number_of_selfloops": nx.number_of_selfloops,
    "pagerank": lambda g: {k: round(v, 9) for k, v in _pagerank(g).items()},
    "relabel_nodes": lambda g: nx.relabel_nodes(g, lambda n: n + 1000),
    "reverse": nx.reverse,
    "reverse_view": nx.reverse_view,
    "shortest_path": lambda g: nx.shortest_path(g, ROOT, LEAF),
    "simple_cycles": nx.simple_cycles,
    "single_source_shortest_path_length": lambda g: nx.single_source_shortest_path_length(g, ROOT),
    "strongly_connected_components": nx.strongly_connected_components,
    "subgraph_view": lambda g: nx.subgraph_view(g, filter_node=lambda n: n > LEAF),
    "to_dict_of_lists": nx.to_dict_of_lists,
    "to_edgelist": lambda g: [edge[:2] for edge in nx.to_edgelist(g)],
    "to_undirected": nx.to_undirected,
    "topological_generations": nx.topological_generations,
    "topological_sort": nx.topological_sort,
    "transitive_closure_dag": nx.transitive_closure_dag,
    "transitive_reduction": nx.transitive_reduction,
    "triadic_census": nx.triadic_census,
    "union": lambda g: nx.union(g, nx.relabel_nodes(g, lambda n: -n - 1)),
    "weakly_connected_components": nx.weakly_connected_components,
    "write_graphml": lambda g: "".join(nx.generate_graphml(nx.DiGraph(g.edges))),
}


def _pagerank(graph: Any) -> dict[int, float]:
    """Uses networkx's own loop, because the usual one needs SciPy."""
    from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python

    ranks: dict[int, float] = _pagerank_python(graph)
    return ranks


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_networkx_take_the_graph_as_it_is(name: str) -> None:
    assert _listed(FUNCTIONS[name](GRAPH)) == _listed(FUNCTIONS[name](COPY))


def test_there_are_many_functions() -> None:
    assert len(FUNCTIONS) >= 40


WRITING = {"maximum_spanning_arborescence", "minimum_branching", "minimal_branching", "minimum_spanning_arborescence"}
"""Functions that set weights in their graph."""
REFUSED = (TypeError, "the graph of a plan is immutable: networkx.DiGraph(plan.graph) is a mutable copy")
SMALL: Any = recorded.application("noop-functor").plan(recorded.context("noop-functor", "unix")).graph
PLACES = {
    **dict.fromkeys(["source", "node", "n", "u", "i", "start"], SMALL.root.index),
    **dict.fromkeys(["target", "v", "t", "j"], 0),
    **dict.fromkeys(["nodes", "nbunch", "S", "sources"], (0, SMALL.root.index)),
    "k": 2,
}


def _all_functions() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Yield every function of networkx that requires only a graph, or a graph and its nodes."""
    for name, function in sorted(vars(nx).items()):
        if name.startswith("_") or inspect.isclass(function) or not callable(function):
            continue
        parameters = list(inspect.signature(function).parameters.values())
        needed = [each.name for each in parameters[1:] if each.default is each.empty and each.kind in (0, 1)]
        if parameters and parameters[0].name == "G" and PLACES.keys() >= set(needed):
            seed = {"seed": 1} if "seed" in inspect.signature(function).parameters else {}
            arguments = [PLACES[each] for each in needed]
            yield name, functools.partial(_called, function, arguments, seed)


def _called(function: Callable[..., Any], arguments: Sequence[Any], seed: Mapping[str, Any], graph: Any) -> Any:
    """Return the result of the function, sorted and rounded, or the error that it raises."""
    try:
        return _rounded(function(graph, *arguments, **seed))
    except Exception as error:
        return type(error), str(error)


def _rounded(value: Any) -> Any:
    if isinstance(value, nx.Graph):
        return _rounded(nx.to_dict_of_dicts(value))
    if isinstance(value, float):
        return "nan" if math.isnan(value) else round(value, 9)
    if isinstance(value, (str, bytes, int, type(None), Role)):
        return value
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return sorted(map(_rounded, value), key=repr)
    return type(value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "function"), [pytest.param(*each, id=each[0]) for each in _all_functions()])
def test_every_function_of_networkx_gives_for_the_graph_what_it_gives_for_a_copy(
    name: str, function: Callable[[Any], Any]
) -> None:
    there = function(SMALL)
    assert SMALL.nodes.keys() == nx.DiGraph(SMALL).nodes.keys()
    if name not in WRITING or there != REFUSED:
        assert there == function(nx.freeze(nx.DiGraph(SMALL)))


def test_all_of_networkx_is_tried() -> None:
    names = {name for name, _ in _all_functions()}
    assert len(names) > 200
    assert names > WRITING - {"minimal_branching"}


def test_numbers_of_other_libraries_are_nodes() -> None:
    class Number:
        """Behaves like numpy's integers."""

        def __hash__(self) -> int:
            return 0

        def __eq__(self, other: object) -> bool:
            return other == 0

    others: list[Any] = [Number(), 0.0, True, -1, 0.5, "0", None, [], len(GRAPH), len(GRAPH) - 1]
    for other in others:
        assert (other in GRAPH) == (other in COPY)


def test_it_is_a_graph_of_networkx() -> None:
    assert isinstance(GRAPH, nx.DiGraph)
    assert isinstance(GRAPH, nx.Graph)
    assert nx.is_frozen(GRAPH)
    assert not isinstance(nx.DiGraph(GRAPH), Graph)
    assert list(GRAPH) == list(GRAPH.nodes) == list(range(len(PLAN.devices)))
    assert len(GRAPH) == GRAPH.number_of_nodes() == nx.number_of_nodes(GRAPH)
    assert ROOT in GRAPH
    assert len(PLAN.devices) not in GRAPH
    assert nx.utils.graphs_equal(GRAPH, COPY)


def test_nodes_have_devices_and_edges_have_roles() -> None:
    for node in PLAN.devices:
        held = GRAPH.nodes[node.index]
        assert (held["device"], held["module"], held["node"]) == (node.device, node.module, node)
        for other, role in node.needs:
            assert role in GRAPH.edges[node.index, other.index]["roles"]
            assert role in GRAPH[node.index][other.index]["roles"]
            assert node.index in set(GRAPH.predecessors(other.index))


MUTATIONS: dict[str, Callable[[Any], Any]] = {
    "add_node": lambda g: g.add_node(1000),
    "add_nodes_from": lambda g: g.add_nodes_from([1000]),
    "add_edge": lambda g: g.add_edge(0, 1),
    "add_edges_from": lambda g: g.add_edges_from([(0, 1)]),
    "add_weighted_edges_from": lambda g: g.add_weighted_edges_from([(0, 1, 1.0)]),
    "remove_node": lambda g: g.remove_node(0),
    "remove_nodes_from": lambda g: g.remove_nodes_from([0]),
    "remove_edge": lambda g: g.remove_edge(*next(iter(g.edges))),
    "remove_edges_from": lambda g: g.remove_edges_from(list(g.edges)),
    "update": lambda g: g.update(edges=[(0, 1)]),
    "clear": lambda g: g.clear(),
    "clear_edges": lambda g: g.clear_edges(),
    "an attribute of a node": lambda g: g.nodes[0].update(module="x"),
    "set_node_attributes": lambda g: nx.set_node_attributes(g, "x", "module"),
    "an attribute of an edge": lambda g: g.edges[next(iter(g.edges))].update(roles=()),
    "set_edge_attributes": lambda g: nx.set_edge_attributes(g, "x", "roles"),
    "an item": lambda g: g.__setitem__(0, {}),
    "the devices": lambda g: setattr(g, "devices", ()),
    "another attribute": lambda g: setattr(g, "name", "x"),
    "an attribute deleted": lambda g: delattr(g, "devices"),
    "what is said of the graph": lambda g: g.graph.update(name="x"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_nothing_changes_it(name: str) -> None:
    before = nx.DiGraph(GRAPH)
    with pytest.raises((nx.NetworkXError, TypeError, AttributeError)):
        MUTATIONS[name](GRAPH)
    assert nx.utils.graphs_equal(GRAPH, before)
    assert [node.index for node in PLAN.devices] == list(GRAPH)


def test_a_copy_can_be_changed() -> None:
    for made in (nx.DiGraph(GRAPH), GRAPH.copy(), nx.Graph(GRAPH)):
        assert isinstance(made, nx.Graph)
        made.add_edge(1000, ROOT)
        made.nodes[0]["module"] = "x"
    assert 1000 not in GRAPH
    assert GRAPH.nodes[0]["module"] != "x"


def test_freezing_it_again_changes_nothing() -> None:
    assert nx.freeze(GRAPH) is GRAPH
    assert nx.utils.graphs_equal(GRAPH, COPY)


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda graph: pickle.loads(pickle.dumps(graph))])
def test_it_travels(travel: Callable[[Any], Any]) -> None:
    there = travel(GRAPH)
    assert isinstance(there, nx.DiGraph)
    assert there == GRAPH
    assert hash(there) == hash(GRAPH)
    assert nx.utils.graphs_equal(there, GRAPH)
    assert list(there.edges(data="roles")) == list(GRAPH.edges(data="roles"))
    assert [there.nodes[n]["device"] for n in there] == [node.device for node in PLAN.devices]
    assert [node.term for node in there.devices] == [node.term for node in PLAN.devices]


def test_graphs_are_equal_where_their_devices_are_joined_alike() -> None:
    def plan(*jobs: Any, **choices: Any) -> Any:
        return mirage_devices.register("x", jobs, packages=[package("duration")]).plan(**choices).graph

    one, two = foreign("One", job), foreign("Two", job)
    after = foreign("Two", job, deps=[one])
    assert plan(one, two) == plan(foreign("One", job), foreign("Two", job))
    graphs = [plan(one, two), plan(two, one), plan(one, after), plan(one), plan(one, two, target="xen")]
    assert [[a == b for b in graphs] for a in graphs] == [[a is b for b in graphs] for a in graphs]
    assert COPY != GRAPH


def test_a_deep_graph_travels() -> None:
    last = foreign("Job0", job)
    for i in range(1, 10_000):
        last = foreign(f"Job{i}", job, deps=[last])
    plan = register("deep", [last]).plan()
    for travelled in (pickle.loads(pickle.dumps(plan.graph)), pickle.loads(pickle.dumps(plan)).graph):
        assert travelled == plan.graph
    root, graph = pickle.loads(pickle.dumps((plan.root, plan.graph)))
    assert root is graph.root
    assert root == plan.root
    assert nx.dag_longest_path_length(graph) == 10_000


def test_partial_graphs_have_choices() -> None:
    partial: Plan = recorded.application("network").plan(partial=True)
    graph: Any = partial.graph
    kinds = {role.kind for _, _, roles in graph.edges(data="roles") for role in roles}
    assert kinds == {"argument", "dependency", "branch"}
    assert nx.is_directed_acyclic_graph(graph)


def test_networkx_is_imported_only_where_an_algorithm_is_asked_for() -> None:
    program = """
import sys
import mirage_devices as m
for act in (lambda p: p.files(), lambda p: p.packages, lambda p: (len(p.graph), list(p.graph)), lambda p: p.to_json()):
    plan = m.register('x', [m.noop]).plan(target='xen')
    act(plan)
    assert 'networkx' not in sys.modules, act.__code__.co_names
plan.graph.nodes
assert 'networkx' in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
