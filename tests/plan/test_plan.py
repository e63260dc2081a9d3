"""Plans: what follows from an application and its keys, and why, however the plan was made."""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import networkx
import pytest
from attrs import frozen
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functoria import (
    App,
    Device,
    Key,
    Package,
    Plan,
    Unsupported,
    Value,
    arg,
    foreign,
    if_impl,
    job,
    merge,
    package,
    register,
)
from functoria.errors import EmptyBounds, FunctoriaError, PinConflict, Undecided, UnknownKey
from functoria.impl import AnyImpl
from mirage_devices import TARGETS
from tests import recorded
from tests.tools import run

ROOT = Path(__file__).parents[2]
FLAGS = [Key.flag(f"f{i}", stage="configure") for i in range(3)]
TOOL = Key.opt("tool", arg.enum(["old", "new"]), default="old", stage="configure")
NUMBERS = [Key.opt(f"n{i}", arg.int, default=i) for i in range(3)]


@frozen
class Dev(Device[*tuple[Any, ...]]):
    """A device with a key, and with packages of which one depends on a key that every application here has."""

    number: int
    deps: tuple[AnyImpl, ...] = ()

    type = job
    module = "Dev"

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        """Its own key, and the common one."""
        return (NUMBERS[self.number], TOOL)

    @property
    def packages(self) -> Value[tuple[Package, ...]]:
        """Its own package, the common one, and another with the new tool."""
        number = self.number
        own = (package(f"p{number}"), package("common", min=f"1.{number}", max=f"{3 + number}"))
        return TOOL.value.match({"new": (*own, package(f"new{number}", build=True))}, default=own)


# A recipe is plain data; `make` builds its term, `devices` tells which devices remain after all choices.

Recipe: TypeAlias = tuple[Any, ...]
recipes: st.SearchStrategy[Recipe] = st.recursive(
    st.tuples(st.just("dev"), st.integers(0, 2), st.just(())),
    lambda inner: st.one_of(
        st.tuples(st.just("dev"), st.integers(0, 2), st.lists(inner, max_size=3).map(tuple)),
        st.tuples(st.just("if"), st.integers(0, 2), inner, inner),
    ),
    max_leaves=10,
)
applications = st.lists(recipes, min_size=1, max_size=3)
contexts = st.fixed_dictionaries(
    {}, optional={**{key.name: st.booleans() for key in FLAGS}, "tool": st.sampled_from(["old", "new"])}
)


def make(recipe: Recipe) -> Any:
    match recipe:
        case ("dev", number, deps):
            return Dev(number, tuple(map(make, deps)))
        case ("if", flag, then, otherwise):
            return if_impl(FLAGS[flag].value, make(then), make(otherwise), keys=[FLAGS[flag]])
    raise AssertionError(recipe)


def devices(recipe: Recipe, context: dict[str, Any]) -> set[int]:
    """Return the numbers of the devices that remain of `recipe`."""
    match recipe:
        case ("dev", number, deps):
            return {number}.union(*(devices(dep, context) for dep in deps))
        case ("if", flag, then, otherwise):
            return devices(then if context.get(f"f{flag}") else otherwise, context)
    raise AssertionError(recipe)


def flags(recipe: Recipe) -> set[str]:
    """Return the names of the flags by which `recipe` chooses anywhere."""
    match recipe:
        case ("dev", _, deps):
            return set().union(*map(flags, deps))
        case ("if", flag, then, otherwise):
            return {f"f{flag}"} | flags(then) | flags(otherwise)
    raise AssertionError(recipe)


def application(jobs: list[Recipe]) -> App:
    return register("app", [make(recipe) for recipe in jobs])


def fitting(app: App, context: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in context.items() if name in app.keys_by_name}


def facts(plan: Plan) -> tuple[Any, ...]:
    """Return everything observable about a plan."""
    return plan.to_json(), plan.files(), plan.keys, plan.values, [node.device for node in plan.devices]


# The content of a plan


@given(applications, contexts)
@example([("if", 0, ("dev", 0, ()), ("if", 1, ("dev", 1, ()), ("dev", 2, ())))], {"f0": True})
def test_a_plan_has_the_keys_of_its_devices_and_those_that_decide(jobs: list[Recipe], context: dict[str, Any]) -> None:
    app = application(jobs)
    plan = app.plan(fitting(app, context))
    numbers = set().union(*(devices(recipe, context) for recipe in jobs))
    deciding = set().union(*map(flags, jobs))
    assert {key.name for key in plan.keys} == {f"n{number}" for number in numbers} | deciding | {"tool"}
    assert [key.name for key in plan.keys] == sorted(key.name for key in plan.keys)
    assert set(app.keys_by_name) >= {key.name for key in plan.keys}
    for key in plan.keys:
        assert plan.values[key.name] == context.get(key.name, key.default)


@given(applications, contexts)
def test_a_plan_has_the_packages_of_its_devices(jobs: list[Recipe], context: dict[str, Any]) -> None:
    app = application(jobs)
    plan = app.plan(fitting(app, context))
    numbers = set().union(*(devices(recipe, context) for recipe in jobs))
    new = {f"new{number}" for number in numbers} if context.get("tool") == "new" else set()
    names = [wanted.name for wanted in plan.packages]
    assert names == sorted({"ocaml", "common", *new, *(f"p{number}" for number in numbers)})
    common = plan.package("common")
    assert (str(common.min), str(common.max)) == (f"1.{max(numbers)}", f"{3 + min(numbers)}")
    assert plan.libraries == tuple(sorted({"common", *(f"p{number}" for number in numbers)}))
    with pytest.raises(UnknownKey, match="no device declares p9: there are common, "):
        plan.package("p9")


def test_packages_that_contradict_each_other_name_both_devices() -> None:
    low = package("p", max="1.0")
    high = package("p", min="1.0")
    jobs = [foreign("Low", job, packages=[low]), foreign("High", job, packages=[high])]
    with pytest.raises(EmptyBounds, match="no version of p will do") as caught:
        register("app", jobs).plan()
    assert set(caught.value.locations) == {low.location, high.location}
    pins = [foreign(name, job, packages=[package("p", pin=f"./{name}")]) for name in ("One", "Two")]
    with pytest.raises(PinConflict, match=r"p is pinned to \./One and to \./Two"):
        register("app", pins).plan()


@given(st.sets(st.sampled_from(range(3))), st.booleans())
def test_an_application_has_the_keys_that_choices_and_packages_go_by(given: set[int], declared: bool) -> None:
    keys = FLAGS if declared else []
    choice = if_impl(FLAGS[0].value, Dev(0), if_impl(FLAGS[1].value, Dev(1), Dev(2)))
    packages = FLAGS[2].value.if_([package("p")], [])
    app = register("app", [choice, foreign("Unikernel", job, packages=packages)], keys=keys)
    plan = app.plan({FLAGS[number]: True for number in given})
    assert set(FLAGS) <= set(plan.keys)
    assert [f"Dev{n}" for n in range(3) if any(node.device == Dev(n) for node in plan.devices)] == [
        "Dev0" if 0 in given else "Dev1" if 1 in given else "Dev2"
    ]
    assert ("p" in [wanted.name for wanted in plan.packages]) == (2 in given)
    assert app.plan(partial=True).undecided


# Partial plans


@given(applications, contexts, st.data())
def test_what_is_decided_in_two_steps_is_what_is_decided_at_once(
    jobs: list[Recipe], context: dict[str, Any], data: st.DataObject
) -> None:
    app = application(jobs)
    whole = fitting(app, context)
    first = data.draw(st.sets(st.sampled_from(sorted(whole)))) if whole else set()
    early = {name: value for name, value in whole.items() if name in first}
    late = {name: value for name, value in whole.items() if name not in first}
    partial = app.plan(early, partial=True)
    assert facts(partial.complete(late)) == facts(app.plan(whole))
    assert partial.context.partial
    assert not {key.name for key in partial.undecided} & set(early)


@given(applications, contexts)
def test_a_partial_plan_is_undecided_exactly_where_outcomes_differ_in_what_is_read(
    jobs: list[Recipe], context: dict[str, Any]
) -> None:
    app = application(jobs)
    known = fitting(app, context)
    partial = app.plan(known, partial=True)
    open_names = {key.name for key in partial.undecided}
    assert open_names <= {*(key.name for key in FLAGS), TOOL.name} - set(known)
    if not open_names:
        full = app.plan(known)
        assert [node.device for node in partial.devices] == [node.device for node in full.devices]
        assert partial.packages == full.packages
        if len(partial.values) == len(partial.keys):
            assert partial.files() == full.files()
        else:  # a key that is an option of the unikernel has no value yet, but key_gen.ml must contain one
            with pytest.raises(Undecided):
                partial.files()
        return
    for ask in (lambda: partial.packages, lambda: partial.files(), lambda: partial.why("common")):
        with pytest.raises(Undecided, match="complete it first") as caught:
            ask()
        assert {key.name for key in caught.value.objects if isinstance(key, Key)} == open_names
    assert partial.to_json()["undecided"] == [key.name for key in partial.undecided]
    outcomes = [["old", "new"] if key == TOOL else [True, False] for key in partial.undecided]
    for outcome in itertools.product(*outcomes):
        more = dict(zip((key.name for key in partial.undecided), outcome, strict=True))
        full = partial.complete(more)
        assert {node.device for node in full.devices} <= {node.device for node in partial.devices}


def test_what_completes_a_plan_wins_over_what_was_given_before() -> None:
    app = application([("if", 0, ("dev", 0, ()), ("dev", 1, ()))])
    partial = app.plan(f0=True, partial=True)
    assert partial.complete(f0=False).values["f0"] is False
    assert partial.complete({FLAGS[0]: "false"}).values["f0"] is False
    with pytest.raises(UnknownKey):
        partial.complete(f9=True)


# Explanations


@given(applications, contexts, contexts)
def test_why_a_package_is_there(jobs: list[Recipe], context: dict[str, Any], other: dict[str, Any]) -> None:
    app = application(jobs)
    plan = app.plan(fitting(app, context))
    for wanted in plan.packages:
        why = plan.why(wanted.name)
        assert why.package == wanted == merge(reason.package for reason in why.reasons)
        for reason in why.reasons:
            assert reason.path[0] is plan.root
            assert reason.path[-1] is reason.device
            edges = [(a.index, b.index) for a, b in itertools.pairwise(reason.path)]
            assert all(plan.graph.has_edge(*edge) for edge in edges)
            assert len(edges) == networkx.shortest_path_length(plan.graph, plan.root.index, reason.device.index)
            assert all(plan.values[name] == value for name, value in reason.keys)
            # With these values of keys, the package is there whatever the others are.
            again = app.plan(fitting(app, {**other, **dict(reason.keys)}))
            assert wanted.name in {found.name for found in again.packages}
        assert {r.package.min for r in why.min_from} == ({wanted.min} if wanted.min else set())
        assert {r.package.max for r in why.max_from} == ({wanted.max} if wanted.max else set())
        for line in map(str, why.reasons):
            assert f"  {line}" in str(why).splitlines()


def test_why_says_who_set_the_bounds_and_by_which_keys() -> None:
    app = application([("dev", 0, ()), ("if", 0, ("dev", 2, ()), ("dev", 1, ()))])
    why = app.plan(f0=True, tool="new").why("common")
    assert str(why.package) == 'common {>= "1.2" & < "3"}'
    assert [reason.device.device for reason in why.min_from] == [Dev(2)]
    assert [reason.device.device for reason in why.max_from] == [Dev(0)]
    assert [dict(reason.keys) for reason in why.reasons] == [{"tool": "new"}, {"f0": True, "tool": "new"}]
    text = str(why)
    assert "  >= 1.2 is set by Dev" in text
    assert "because --f0, --tool=new" in text
    assert f"{Path(__file__).name}:" in text
    with pytest.raises(UnknownKey, match="no device declares p1"):
        app.plan(f0=True).why("p1")


def test_why_names_every_use_of_a_functor() -> None:
    over = foreign("Over", job >> job, packages=[package("used")])
    one, two = foreign("One", job), foreign("Two", job)
    key = Key.flag("second", stage="configure")
    app = register("app", [over @ one, if_impl(key.value, over @ two, foreign("Other", job), keys=[key])])
    assert [len(app.plan(second=second).why("used").reasons) for second in (False, True)] == [1, 2]
    first, second = app.plan(second=True).why("used").reasons
    assert ([*map(str, first.device.arguments)], dict(first.keys)) == (["<0: One>"], {})
    assert ([node.module for node in second.device.arguments], dict(second.keys)) == (["Two"], {"second": True})


def test_the_reasons_on_a_long_path_are_said_in_short() -> None:
    after: list[Any] = []
    for number in range(20):
        after = [foreign(f"M{number}", job, deps=after, packages=[package("used")])]
    why = register("app", after).plan().why("used")
    assert [len(reason.path) for reason in why.reasons] == list(range(21, 1, -1))
    assert "by Stdlib → M19 → M18 → M17 → (13 more) → M3 → M2 → M1 → M0" in str(why.reasons[0])
    assert str(why.reasons[-1]).endswith("by Stdlib → M19")


def test_why_of_a_pin() -> None:
    plan = register("app", [foreign("Unikernel", job, packages=[package("p", pin="./p")])]).plan()
    assert "  pinned to ./p" in str(plan.why("p")).splitlines()


# Plans as data


@given(applications, contexts)
def test_a_plan_as_data_says_what_the_plan_says(jobs: list[Recipe], context: dict[str, Any]) -> None:
    app = application(jobs)
    plan = app.plan(fitting(app, context))
    data = json.loads(json.dumps(plan.to_json()))
    assert data == plan.to_json()
    assert (data["name"], data["undecided"]) == ("app", [])
    assert data["keys"] == plan.values
    assert data["context"] == plan.context.given
    assert data["libraries"] == list(plan.libraries)
    assert [entry["module"] for entry in data["devices"]] == [node.module for node in plan.devices]
    for entry, node in zip(data["devices"], plan.devices, strict=True):
        assert entry["arguments"] == [need.index for need in node.arguments]
        assert entry["deps"] == [need.index for need in node.deps]
    for entry, wanted in zip(data["packages"], plan.packages, strict=True):
        again = package(
            entry["name"],
            min=entry["min"],
            max=entry["max"],
            ocamlfind=entry["libraries"],
            build=entry["build"],
            pin=entry["pin"],
        )
        assert again == wanted


# The same bytes everywhere

_DIGESTS = """
import hashlib, json, sys
from functoria import FunctoriaError
from tests import recorded
found = {}
for name, target in recorded.cases():
    try:
        plan = recorded.application(name).plan(recorded.context(name, target))
        text = json.dumps([plan.files(), plan.to_json(), [str(p) for p in plan.packages]])
    except FunctoriaError as error:
        text = str(error)
    found[name + " " + target] = hashlib.sha256(text.encode()).hexdigest()
json.dump(found, sys.stdout)
"""


def test_the_same_bytes_in_every_process() -> None:
    digests = [
        json.loads(run(sys.executable, "-c", _DIGESTS, cwd=ROOT, PYTHONHASHSEED=seed, TZ=zone, USER=user).stdout)
        for seed, zone, user in (("0", "UTC", "root"), ("1", "Asia/Tokyo", "nobody"), ("4242", "America/Lima", ""))
    ]
    assert len(digests[0]) == len(recorded.cases())
    for other in digests[1:]:
        assert {case for case in other if other[case] != digests[0][case]} == set()


@given(applications, contexts)
def test_the_same_bytes_from_an_application_made_twice_in_any_order_of_choices(
    jobs: list[Recipe], context: dict[str, Any]
) -> None:
    one, two = application(jobs), application(jobs)
    chosen = fitting(one, context)
    assert facts(one.plan(chosen)) == facts(two.plan(dict(reversed(chosen.items()))))


# The meaning of eight configurations, on every target

MODULES = {
    "hello": ["Unikernel.Hello(OS.Time)"],
    "hello-key": ["Unikernel.Hello(OS.Time)"],
    "noop": ["Unikernel"],
    "noop-functor": ["Unikernel.Main"],
    "clock": ["Unikernel.Main(OS.Time)(Pclock)(Mclock)"],
    "console": ["Unikernel.Main(Console_{family})(OS.Time)"],
    "network": ["Unikernel.Main({stack})"],
    "block": ["Unikernel.Main(OS.Time)(Block)"],
}
FAMILIES = {"unix": "unix", "macosx": "unix", "xen": "xen", "qubes": "xen"}


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("target", TARGETS)
def test_what_a_configuration_runs(name: str, target: str) -> None:
    if (name, target) == ("block", "muen"):
        with pytest.raises(Unsupported, match="muen"):
            recorded.application(name).plan(target=target)
        return
    plan = recorded.application(name).plan(target=target)
    family = FAMILIES.get(target, "solo5")
    expected = [text.format(family=family, stack="Tcpip_stack_direct.Make") for text in MODULES[name]]
    last = plan.root.deps[-len(expected) :]
    assert [node.module + "".join(f"({need.module})" for need in node.arguments) for node in last] == expected
    before = [node.module for node in plan.root.deps[: -len(expected)]]
    qubes = ["Qubes.RExec", "Qubes.GUI"] if target == "qubes" else []
    assert [module for module in before if module != "Stdlib"] == [*qubes, "Key_gen", "Mirage_logs.Make"]
    assert ("hello" in plan.values) == (name == "hello-key")


@pytest.mark.parametrize(
    ("context", "stack", "brings"),
    [
        ({"target": "unix", "net": "socket"}, "Tcpip_stack_socket", "tcpip.stack-socket"),
        ({"target": "unix", "net": "direct"}, "Tcpip_stack_direct.Make", "mirage-net-unix"),
        ({"target": "hvt", "dhcp": "true"}, "Tcpip_stack_direct.Make", "charrua-client-mirage"),
        ({"target": "qubes", "net": "socket"}, "Tcpip_stack_direct.Make", "mirage-qubes-ipv4"),
    ],
)
def test_the_stack_that_keys_and_target_choose(context: dict[str, str], stack: str, brings: str) -> None:
    plan = recorded.application("network").plan(context)
    (argument,) = plan.root.deps[-1].arguments
    assert argument.module == stack
    assert brings in plan.libraries
    why = plan.why(brings.partition(".")[0])
    assert set(context) & {"net", "dhcp"} <= {name for reason in why.reasons for name, _ in reason.keys}


def test_a_stack_of_sockets_is_only_for_unix() -> None:
    with pytest.raises(Unsupported, match="hvt"):
        recorded.application("network").plan(target="hvt", net="socket")


def _outcome(declared: Sequence[Package]) -> object:
    """Return the packages of a plan whose devices declare these, in this order; or the kind of error."""
    jobs = [foreign(f"Unikernel{number}.Main", job, packages=[one]) for number, one in enumerate(declared)]
    try:
        return register("app", jobs).plan().packages
    except FunctoriaError as error:
        return type(error)


PINNED = package("dns", pin="./dns")
DECLARED = st.sampled_from(
    [
        PINNED,
        merge([PINNED, package("dns", min="2")]),
        merge([PINNED, package("dns", max="3")]),
        package("dns", pin="./other"),
        package("dns"),
        package("dns", min="1"),
        package("dns", min="2", sublibs=["mirage"]),
        package("dns", max="1"),
        package("dns", max="3", build=True),
        package("dns", min="2.0"),
        package("dns", min="2.00"),
        package("duration"),
    ]
)


@settings(deadline=None)
@given(st.lists(DECLARED, min_size=1, max_size=4), st.randoms())
@example([PINNED, merge([PINNED, package("dns", min="2")]), package("dns", max="1")], random.Random(0))
def test_packages_do_not_depend_on_the_order_of_declarations(declared: list[Package], order: random.Random) -> None:
    shuffled = order.sample(declared, len(declared))
    halves = [*declared[: len(declared) // 2], *declared[len(declared) // 2 :], *declared]
    assert _outcome(declared) == _outcome(shuffled) == _outcome(halves)
    for first, second in itertools.permutations(declared, 2):
        assert _outcome([first, second]) == _outcome([second, first])
