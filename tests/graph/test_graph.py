"""Graphs: each device once, after everything that it needs, and every choice made by the keys."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, TypeAlias

import networkx
import pytest
from attrs import frozen
from hypothesis import example, given
from hypothesis import strategies as st

from functoria import App, Device, Job, Key, Main, Node, Type, Value, foreign, functor, if_impl, job, noop, register
from functoria.device import AnyDevice
from functoria.errors import DependencyCycle, DeviceError, Undecided
from functoria.graph.graph import Role
from functoria.graph.resolve import resolve
from functoria.impl import AnyImpl, Choice
from mirage_devices.v3.numbering import by_level

A: Type[Any] = Type("a")
FLAGS = [Key.flag(f"f{i}", stage="configure") for i in range(3)]


@frozen
class Leaf(Device[*tuple[Any, ...]]):
    """A device that needs nothing, or the devices that it is given."""

    number: int
    deps: tuple[AnyImpl, ...] = ()
    name: str = "leaf"

    type = job
    module = "Leaf"


@frozen
class Over(Device[*tuple[Any, ...]]):
    """A functor over jobs, which may have dependencies as well."""

    number: int
    arity: int
    deps: tuple[AnyImpl, ...] = ()

    module = "Over"

    @property
    def type(self) -> Any:
        """One job for each parameter, then one for the result."""
        return Type.of_parts([job] * (self.arity + 1))


# A recipe is plain data; `make` builds its term each time anew, `chosen` is the recipe without its choices.

Recipe: TypeAlias = tuple[Any, ...]
numbers = st.integers(0, 2)


def _grown(inner: st.SearchStrategy[Recipe]) -> st.SearchStrategy[Recipe]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.tuples(st.just("leaf"), numbers, several),
        st.tuples(st.just("over"), numbers, several.filter(bool), several),
        st.tuples(st.just("if"), st.integers(0, 2), inner, inner),
    )


recipes: st.SearchStrategy[Recipe] = st.recursive(
    st.tuples(st.just("leaf"), numbers, st.just(())), _grown, max_leaves=14
)
settings = st.lists(st.booleans(), min_size=3, max_size=3)


def make(recipe: Recipe) -> Any:
    match recipe:
        case ("leaf", number, deps):
            return Leaf(number, tuple(map(make, deps)))
        case ("over", number, arguments, deps):
            return Over(number, len(arguments), tuple(map(make, deps)))(*map(make, arguments))
        case ("if", flag, then, otherwise):
            return if_impl(FLAGS[flag].value, make(then), make(otherwise), keys=[FLAGS[flag]])
    raise AssertionError(recipe)


def chosen(recipe: Recipe, on: list[bool]) -> Recipe:
    match recipe:
        case ("leaf", number, deps):
            return ("leaf", number, tuple(chosen(dep, on) for dep in deps))
        case ("over", number, arguments, deps):
            return ("over", number, *(tuple(chosen(part, on) for part in parts) for parts in (arguments, deps)))
        case ("if", flag, then, otherwise):
            return chosen(then if on[flag] else otherwise, on)
    raise AssertionError(recipe)


def recipe_of(node: Node) -> Recipe:
    """Return the recipe, without choices, of the device at `node`."""
    arguments, deps = (tuple(map(recipe_of, nodes)) for nodes in (node.arguments, node.deps))
    if isinstance(node.device, Over):
        return ("over", node.device.number, arguments, deps)
    assert isinstance(node.device, Leaf)
    assert not arguments
    return ("leaf", node.device.number, deps)


def inside(recipe: Recipe) -> list[Recipe]:
    """Yield `recipe` and all parts in order of initialisation: arguments, dependencies, then itself; with repetitions."""
    parts = [part for parts in recipe[2:] for part in parts]
    return [*(found for part in parts for found in inside(part)), recipe]


def graph_of(jobs: list[Any], on: list[bool]) -> tuple[Node, ...]:
    app = register("app", jobs)
    return app.plan(
        {flag: value for flag, value in zip(FLAGS, on, strict=True) if flag.name in app.keys_by_name}
    ).devices


several = st.lists(recipes, min_size=1, max_size=3)


@given(several, settings)
def test_nodes_are_what_is_distinct_in_order_of_initialisation(jobs: list[Recipe], on: list[bool]) -> None:
    resolved = [chosen(recipe, on) for recipe in jobs]
    expected = list(dict.fromkeys(found for recipe in resolved for found in inside(recipe)))
    nodes = graph_of([make(recipe) for recipe in resolved], on)
    assert [recipe_of(node) for node in nodes[:-1]] == expected
    assert [node.index for node in nodes] == list(range(len(nodes)))
    assert isinstance(nodes[-1].device, Main)


@given(several, settings)
def test_choices_give_the_graph_of_what_they_choose(jobs: list[Recipe], on: list[bool]) -> None:
    with_choices = graph_of([make(recipe) for recipe in jobs], on)
    without = graph_of([make(chosen(recipe, on)) for recipe in jobs], on)
    assert [recipe_of(node) for node in with_choices[-1].deps] == [recipe_of(node) for node in without[-1].deps]
    assert {recipe_of(node) for node in with_choices[:-1]} == {recipe_of(node) for node in without[:-1]}


@given(several, settings)
def test_what_is_needed_comes_before(jobs: list[Recipe], on: list[bool]) -> None:
    nodes = graph_of([make(recipe) for recipe in jobs], on)
    for node in nodes:
        assert all(need.index < node.index for need, _ in node.needs)
        assert all(nodes[need.index] is need for need, _ in node.needs)
        assert len(node.arguments) == len(node.device.type.parameters)
        assert not node.functor
        assert not node.undecided


@given(recipes, settings)
def test_a_term_built_twice_is_one(recipe: Recipe, on: list[bool]) -> None:
    nodes = graph_of([make(recipe), make(recipe)], on)
    assert nodes[-1].deps[0] is nodes[-1].deps[1]
    assert len(nodes) == len(graph_of([make(recipe)], on))


@given(several, settings)
def test_the_networkx_graph_is_the_same_graph(jobs: list[Recipe], on: list[bool]) -> None:
    app = register("app", [make(recipe) for recipe in jobs])
    plan = app.plan({flag: on[i] for i, flag in enumerate(FLAGS) if flag.name in app.keys_by_name})
    graph = plan.graph
    assert isinstance(graph, networkx.DiGraph)
    assert networkx.is_directed_acyclic_graph(graph)
    assert list(graph) == list(range(len(plan.devices)))
    assert set(graph) == {plan.root.index} | networkx.descendants(graph, plan.root.index)
    for node in plan.devices:
        assert graph.nodes[node.index] == {"device": node.device, "module": node.module, "node": node}
        edges = [(role, other) for _, other, roles in graph.out_edges(node.index, data="roles") for role in roles]
        found = {role: plan.devices[other] for role, other in edges}
        assert len(found) == len(edges)
        assert found == {role: need for need, role in node.needs}
        for kind, needs in (("argument", node.arguments), ("dependency", node.deps)):
            assert tuple(found[Role(kind, i)] for i in range(len(needs))) == needs
        assert {role.kind for role in found} <= {"argument", "dependency"}


# Which devices are the same


@given(st.lists(st.tuples(numbers, st.sampled_from(["leaf", "x", "y"])), min_size=1, max_size=6))
def test_devices_are_one_node_where_they_are_equal_whatever_their_names(parts: list[tuple[int, str]]) -> None:
    devices = [Leaf(number, name=name) for number, name in parts]
    nodes = graph_of(devices, [False] * 3)
    assert [node.device for node in nodes[:-1]] == list(dict.fromkeys(devices))
    assert len(nodes) == len(set(parts)) + 1


def test_one_device_on_other_arguments_is_another_node() -> None:
    over = Over(0, 1)
    nodes = graph_of([over @ Leaf(1), over @ Leaf(2), over @ Leaf(1)], [False] * 3)
    assert [recipe_of(node)[2] for node in nodes if node.device == over] == [
        (("leaf", 1, ()),),
        (("leaf", 2, ()),),
    ]


def test_a_functor_that_is_an_argument_is_a_node_without_a_value() -> None:
    outer = foreign("Outer", functor([job >> job], job))
    partly = Over(0, 2) @ Leaf(1)
    *_, node, applied, _ = graph_of([outer @ partly], [False] * 3)
    assert node.functor
    assert (node.device, [argument.device for argument in node.arguments]) == (Over(0, 2), [Leaf(1)])
    assert applied.arguments == (node,)
    assert not applied.functor


# The root's own order


@given(st.permutations([1, 2, 3, 4, 5, 6]), st.integers(0, 6))
def test_init_devices_come_in_order_and_before_the_jobs(numbers: list[int], split: int) -> None:
    init, jobs = [Leaf(n) for n in numbers[:split]], [Leaf(n) for n in numbers[split:]]
    plan = register("app", jobs, init=init).plan()
    assert [node.device for node in plan.devices[:-1]] == [*init, *jobs]
    assert [node.device for node in plan.root.deps] == [*init, *jobs]


@given(st.lists(numbers, max_size=4), st.lists(numbers, max_size=4))
def test_what_is_among_both_starts_with_the_first(init: list[int], jobs: list[int]) -> None:
    plan = register("app", [Leaf(n) for n in jobs], init=[Leaf(n) for n in init]).plan()
    assert [node.device.number for node in plan.devices[:-1]] == list(dict.fromkeys([*init, *jobs]))
    assert [node.device.number for node in plan.root.deps] == [*init, *jobs]


# Cycles


class Patience:
    """Ends what would otherwise never end."""

    def __init__(self, times: int) -> None:
        self.left = times

    def ask(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("asked again and again")


def _ring(size: int, again: bool) -> list[AnyDevice]:
    """Return devices each of which needs the next, and the last the first; made at each access, or only once."""
    made: dict[int, AnyDevice] = {}
    patience = Patience(100 * size)

    @frozen
    class Ring(Device[Job]):
        place: int

        type = job

        @property
        def module(self) -> str:
            return f"Ring{self.place}"

        @property
        def deps(self) -> tuple[AnyDevice]:
            patience.ask()
            return (one((self.place + 1) % size),)

    def one(place: int) -> AnyDevice:
        return Ring(place) if again else made.setdefault(place, Ring(place))

    return [one(place) for place in range(size)]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("again", [False, True], ids=["made once", "made anew"])
def test_a_device_that_needs_itself_is_refused(size: int, again: bool) -> None:
    ring = _ring(size, again)
    with pytest.raises(DependencyCycle) as caught:
        register("app", [noop, Leaf(0, (ring[0],))]).plan()
    assert set(caught.value.objects) == set(ring)
    path = " → ".join(f"Ring{place % size}" for place in range(size + 1))
    assert caught.value.message == f"a device needs itself: {path}: remove one of these from the deps of another"
    assert {place.file for place in caught.value.locations} == {__file__}


@pytest.mark.parametrize("arguments", ["applied", "chosen"])
def test_a_cycle_through_an_argument_or_a_choice_is_refused(arguments: str) -> None:
    patience = Patience(100)

    class Around(Device[Job]):
        type = job
        module = "Around"

        @property
        def deps(self) -> tuple[AnyImpl]:
            patience.ask()
            if arguments == "applied":
                return (Over(0, 1) @ Around(),)
            return (if_impl(Value.pure(True), Around(), noop),)

    with pytest.raises(DependencyCycle, match=r"Around → .*Around"):
        register("app", [Around()]).plan()


def test_a_cycle_in_a_branch_not_taken_is_no_cycle() -> None:
    patience = Patience(100)

    @frozen
    class Maybe(Device[Job]):
        number: int

        type = job
        module = "Maybe"

        @property
        def deps(self) -> tuple[AnyImpl]:
            patience.ask()
            return (if_impl(FLAGS[0].value, Maybe(1), noop, keys=[FLAGS[0]]),)

    app = register("app", [Maybe(1)])
    assert [node.module for node in app.plan().devices] == ["Stdlib", "Maybe", "Stdlib"]
    with pytest.raises(DependencyCycle, match="Maybe"):
        app.plan({FLAGS[0]: True})


@pytest.mark.parametrize(
    ("deps", "message"),
    [
        (lambda: (_ for _ in [3]), "holds 3, but must be a list of implementations"),
        (lambda: ["leaf"], "holds 'leaf'"),
        (lambda: 1 // 0, "failed: ZeroDivisionError"),
        (lambda: None, "is None, but must be a list of implementations"),
    ],
)
def test_deps_that_fail_name_their_device(deps: Callable[[], Any], message: str) -> None:
    class Broken(Device[Job]):
        type = job
        module = "Broken"

        @property
        def deps(self) -> Any:
            return deps()

    with pytest.raises(DeviceError, match=rf"^deps of Broken \(Broken\) {message}") as caught:
        register("app", [Broken()]).plan()
    assert caught.value.objects == (Broken(),)
    assert {place.file for place in caught.value.locations} == {__file__}


def test_deps_made_anew_are_shared() -> None:
    # A few times for each level, not for each path to it, of which there are 4096.
    patience = Patience(200)

    @frozen
    class Tower(Device[Job]):
        level: int

        type = job
        module = "Tower"

        @property
        def deps(self) -> tuple[AnyImpl, ...]:
            patience.ask()
            return (Tower(self.level - 1), Tower(self.level - 1)) if self.level else ()

    plan = register("app", [Tower(12)]).plan()
    assert [node.device for node in plan.devices[:-1]] == [Tower(level) for level in range(13)]
    assert plan.why("ocaml").reasons


# Open choices


def _open(open_: set[int], on: list[bool]) -> Callable[[Key[Any]], Any]:
    def read(key: Key[Any]) -> bool:
        index = FLAGS.index(key)
        if index in open_:
            raise Undecided(key.name)
        return on[index]

    return read


@given(recipes, settings, st.sets(st.integers(0, 2)))
@example(("if", 0, ("leaf", 0, ()), ("leaf", 1, ())), [True, True, True], {0})
def test_what_is_open_stays_in_the_graph_and_covers_every_outcome(
    recipe: Recipe, on: list[bool], open_: set[int]
) -> None:
    partial = resolve(make(recipe), _open(open_, on))
    assert set(partial.undecided) <= {FLAGS[index] for index in open_}
    assert bool(partial.undecided) == any(node.undecided for node in partial.graph.devices)
    for node in partial.graph.devices:
        assert node.undecided == isinstance(node.device, Choice)
        assert bool(node.branches) == node.undecided
        assert all(need.index < node.index for need, _ in node.needs)
    for more in itertools.product([False, True], repeat=len(open_)):
        outcome = dict(zip(sorted(open_), more, strict=True))
        full = resolve(make(recipe), _open(set(), [outcome.get(i, on[i]) for i in range(3)]))
        assert {node.device for node in full.graph.devices} <= {node.device for node in partial.graph.devices}
        if not partial.undecided:
            assert [recipe_of(node) for node in full.graph.devices] == [
                recipe_of(node) for node in partial.graph.devices
            ]


def test_an_open_choice_of_functors_keeps_its_arguments() -> None:
    choice = if_impl(FLAGS[0].value, Over(1, 1), Over(2, 1))
    *_, node = resolve(choice @ Leaf(7), _open({0}, [])).graph.devices
    assert node.undecided
    assert [argument.device for argument in node.arguments] == [Leaf(7)]
    assert [branch.device for branch in node.branches] == [Over(1, 1), Over(2, 1)]
    assert all(branch.functor for branch in node.branches)
    assert [role for _, role in node.needs] == [Role("argument", 0), Role("branch", 0), Role("branch", 1)]


# The order by levels, in which MirageOS numbers devices


@given(several, settings)
def test_by_level_puts_every_device_before_its_users(jobs: list[Recipe], on: list[bool]) -> None:
    app = register("app", [make(recipe) for recipe in jobs])
    plan = app.plan({flag: value for flag, value in zip(FLAGS, on, strict=True) if flag.name in app.keys_by_name})
    nodes = plan.devices
    order = by_level(nodes, plan.context.read)
    assert sorted(node.index for node in order) == [node.index for node in nodes]
    place = {node.index: i for i, node in enumerate(order)}
    assert all(place[need.index] < place[node.index] for node in nodes for need, _ in node.needs)


def test_an_app_says_its_name_and_where_it_is() -> None:
    app: App = register("app", [noop])
    assert repr(app) == "<App 'app'>"
    assert app.location is not None
    assert app.location.file == __file__
