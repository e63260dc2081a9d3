"""Pickling: everything is equal afterwards, has an equal hash, and means the same in another process."""

from __future__ import annotations

import concurrent.futures
import importlib
import io
import multiprocessing
import pickle
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import cloudpickle
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import functoria
import functoria.testing as t
import mirage_devices
from functoria import (
    App,
    Device,
    FunctoriaError,
    Job,
    Key,
    Plan,
    Type,
    Value,
    arg,
    foreign,
    functor,
    if_impl,
    job,
    noop,
)
from functoria.errors import DependencyCycle, InvalidValue
from functoria.term import walk
from mirage_devices import TARGETS
from tests import recorded, recorded411
from tests.random_terms import CATALOGUE, TYPES, applications
from tests.tools import run

ROOT = Path(__file__).parents[2]
LAW = settings(deadline=None, max_examples=60)
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def travelled(value: Any, protocol: int | None = None) -> Any:
    """Return `value` after pickling, with both of Python's picklers."""
    written = pickle.dumps(value, protocol)
    assert pickle._dumps(value, protocol) is not None  # type: ignore[attr-defined]  # the one in Python
    return pickle.loads(written)


def check(value: Any, protocol: int | None = None) -> None:
    """Check that a value is the same after pickling."""
    there = travelled(value, protocol)
    assert type(there) is type(value)
    assert there == value
    assert hash(there) == hash(value)
    assert getattr(there, "location", None) == getattr(value, "location", None)


# Everything public in both packages


def _modules() -> list[Any]:
    found = []
    for package in (functoria, mirage_devices):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                found.append(importlib.import_module(module.name))
    return found


MODULES = _modules()
KINDS = (functoria.Impl, Key, Value, Type, functoria.Package, arg.Converter, functoria.Bounds, functoria.Version)


def _constants() -> Iterator[tuple[str, Any]]:
    """Yield the named objects in the modules of both packages, including those imported on first use."""
    for module in MODULES:
        for name in dir(module):
            value = getattr(module, name)
            if isinstance(value, KINDS) and not isinstance(value, type):
                yield f"{module.__name__}.{name}", value


CONSTANTS = dict(_constants())


def _errors(cls: type[FunctoriaError]) -> Iterator[type[FunctoriaError]]:
    yield cls
    for each in cls.__subclasses__():
        if each.__module__.partition(".")[0] in ("functoria", "mirage_devices"):
            yield from _errors(each)


@pytest.mark.parametrize("name", CONSTANTS)
def test_what_a_module_holds(name: str) -> None:
    check(CONSTANTS[name])


def test_there_are_constants_of_every_kind() -> None:
    assert all(any(isinstance(value, kind) for value in CONSTANTS.values()) for kind in KINDS[:6])
    assert len(CONSTANTS) > 100


@LAW
@given(
    st.one_of(st.sampled_from(TYPES).flatmap(lambda type: t.terms(CATALOGUE, type)), t.devices(), t.types()),
    st.sampled_from(PROTOCOLS),
)
def test_terms_and_all_that_is_inside_them(term: Any, protocol: int) -> None:
    check(term, protocol)
    if not isinstance(term, Type):
        check(tuple(walk([term])), protocol)


@LAW
@given(
    st.one_of(
        t.versions(),
        t.bounds(),
        t.packages(),
        t.converters(),
        t.keys(),
        t.values(t.common_keys()),
        t.conditions(t.common_keys()),
    ),
    st.sampled_from(PROTOCOLS),
)
def test_what_terms_are_made_of(value: Any, protocol: int) -> None:
    check(value, protocol)


def _same(there: Plan, plan: Plan) -> None:
    assert there == plan
    assert hash(there) == hash(plan)
    assert there.graph == plan.graph
    assert there.devices == plan.devices
    assert [hash(node) for node in there.devices] == [hash(node) for node in plan.devices]
    assert nx.utils.graphs_equal(there.graph, plan.graph)
    assert there.keys == plan.keys
    assert there.values == plan.values
    assert there.app.location == plan.app.location
    assert there.to_json() == plan.to_json()
    if not plan.undecided:
        assert there.contents == plan.contents
        assert there.packages == plan.packages


@LAW
@given(applications(), st.sampled_from(TARGETS), st.booleans())
def test_plans(app: App, target: str, used: bool) -> None:
    check(app)
    try:
        plan = app.plan(target=target)
    except FunctoriaError as error:
        _same_error(travelled(error), error)
        return
    written = len(pickle.dumps(plan))
    if used:
        plan.files()  # its cached results are not pickled
        assert len(pickle.dumps(plan)) == written
    _same(travelled(plan), plan)
    info = travelled(plan.info)
    assert (info.name, info.context, info.graph, info.keys) == (app.name, plan.values, plan.graph, plan.keys)
    assert info.products == plan.products
    why = plan.why("lwt")
    assert str(travelled(why)) == str(why)


@LAW
@given(applications())
def test_partial_plans(app: App) -> None:
    plan = app.plan(partial=True)
    there = travelled(plan)
    _same(there, plan)
    try:
        whole = plan.complete()
    except FunctoriaError as error:
        with pytest.raises(type(error)):
            there.complete()
    else:
        _same(there.complete(), whole)


def _same_error(there: FunctoriaError, error: FunctoriaError) -> None:
    assert type(there) is type(error)
    assert there.args == error.args
    assert str(there) == str(error)
    assert (there.message, there.objects, there.locations, there.placed) == (
        error.message,
        error.objects,
        error.locations,
        error.placed,
    )


@pytest.mark.parametrize(
    "cls", sorted(_errors(FunctoriaError), key=lambda cls: cls.__qualname__), ids=lambda cls: cls.__name__
)
def test_errors(cls: type[FunctoriaError]) -> None:
    key = Key.flag("k")
    for error in (
        cls("why"),
        cls("why", objects=[noop, key, (1, "a")], locations=[key.location, None], more=["| told"]),
    ):
        _same_error(travelled(error), error)
        error.at(noop.location)
        _same_error(travelled(error), error)


# Any size


@attrs.frozen
class Record:
    """A value that is not a term, but contains some."""

    held: Any


@attrs.frozen
class Holder(Device[Job]):
    """A device that contains others in any way."""

    held: Any
    apart: Any = attrs.field(default=None, eq=False)

    type = job
    module = "Holder"


class Plain(Device[Job]):
    """A device whose class declares nothing."""

    type = job
    module = "Plain"

    def __init__(self, held: Any) -> None:
        self.held = {"held": [held]}


FLAG = Key.flag("flag")
STEPS: dict[str, Callable[[Any], Any]] = {
    "deps": lambda below: foreign("Level", job, deps=[below]),
    "doubled deps": lambda below: foreign("Level", job, deps=[below, below]),
    "arguments": lambda below: foreign("Level", job >> job) @ below,
    "doubled arguments": lambda below: foreign("Level", job >> job >> job)(below, below),
    "choices": lambda below: if_impl(FLAG.value, foreign("Level", job, deps=[below]), below),
    "a value": lambda below: foreign("Level", job, packages=Value.pure(below).map(str)),
    "a list": lambda below: Holder([[below], {"k": below}]),
    "a set": lambda below: Holder({below}),
    "a record": lambda below: Holder(Record(below)),
    "what is not compared": lambda below: Holder(1, [below]),
    "no declaration": Plain,
}
VALUES: dict[str, Callable[[Any], Any]] = {
    "map": lambda below: below.map(bool),
    "if": lambda below: FLAG.value.if_(below, below),
    "condition": lambda below: below.map(bool).if_(1, 2),
    "functor": lambda below: functor([below], job),
    "doubled functor": lambda below: functor([below, below], job),
}


def _tower(step: Callable[[Any], Any], base: Any, levels: int) -> Any:
    for _ in range(levels):
        base = step(base)
    return base


BASES: dict[str, tuple[Callable[[Any], Any], Any]] = {
    **{name: (step, noop) for name, step in STEPS.items()},
    **{name: (step, job if "functor" in name else FLAG.value) for name, step in VALUES.items()},
}


@pytest.mark.parametrize("name", BASES)
def test_ten_thousand_levels(name: str) -> None:
    step, base = BASES[name]
    term = _tower(step, base, 10_000)
    written = pickle.dumps(term)
    there = pickle.loads(written)
    assert there == term
    assert hash(there) == hash(term)
    assert len(written) < 2.1 * len(pickle.dumps(_tower(step, base, 5_000))) < 500 * 10_000


@pytest.mark.parametrize("name", ["deps", "doubled deps", "doubled arguments", "no declaration"])
def test_a_plan_of_ten_thousand_levels(name: str) -> None:
    step, base = BASES[name]
    plan = functoria.register("app", [_tower(step, base, 10_000)]).plan()
    there = pickle.loads(pickle.dumps(plan))
    assert there == plan
    assert there.graph == plan.graph
    assert there.root == plan.root == pickle.loads(pickle.dumps(plan.root))
    assert there.files() == plan.files()


@pytest.mark.parametrize("order", [1, -1])
def test_terms_that_share_are_written_once(order: int) -> None:
    # Each is the previous one with one more level: separately, they are 300 * 300 / 2 levels.
    levels = [noop]
    for _ in range(300):
        levels.append(STEPS["deps"](levels[-1]))
    written = pickle.dumps(levels[::order])
    assert len(written) < 300 * 300
    there = pickle.loads(written)
    assert there == levels[::order]
    for one, two in zip(there[::order], there[::order][1:], strict=False):
        assert two.deps == (one,)
        assert two.deps[0] is one


def test_what_is_one_object_stays_one() -> None:
    below = Holder([1])
    both, record = Holder([below, below]), Record(below)
    there = travelled({"both": both, "below": below, "record": record, "more": Holder(record)})
    assert there["both"].held[0] is there["both"].held[1] is there["below"] is there["record"].held
    assert there["more"].held is there["record"]


def test_a_term_that_is_hidden_where_nobody_looks() -> None:
    # Python itself pickles a function with bound arguments, while pickling what contains it; those arguments arrive too.
    below = foreign("Below", job)
    hidden = foreign("Hidden", job, deps=[below])
    value = Value.pure(1).map(partial(_first, hidden))
    late = foreign("Late", job, deps=[below])
    term = foreign("Top", job, packages=value, deps=[late, below])
    there = travelled(term)
    assert there.packages.function.args == (hidden,)
    assert there.deps == (late, below)
    assert there.packages.function.args[0].deps[0] is there.deps[1]


def _first(one: Any, two: Any) -> Any:
    return one


class Nested:
    """A value that pickles something while it is pickled itself."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def __reduce__(self) -> tuple[Any, ...]:
        return (_nested, (pickle.dumps(self.inside),))


def _nested(written: bytes) -> Nested:
    return Nested(pickle.loads(written))


def test_picklers_within_each_other_and_side_by_side() -> None:
    below = STEPS["deps"](noop)
    held = Nested([below, STEPS["deps"](below)])
    term = Holder([below, held, STEPS["arguments"](below)])
    there = travelled([term, below])
    assert there[0].held[1].inside == held.inside
    assert (there[0].held[0], there[0].held[2], there[1]) == (below, term.held[2], below)
    assert there[0].held[0] is there[1]

    one, two = io.BytesIO(), io.BytesIO()
    picklers = [pickle.Pickler(one), pickle.Pickler(two)]
    for each in (below, term.held[2], below):
        for pickler in picklers:
            pickler.dump(each)
    for stream in (one, two):
        stream.seek(0)
        unpickler = pickle.Unpickler(stream)
        assert [unpickler.load() for _ in range(3)] == [below, term.held[2], below]


def test_threads_that_pickle_the_same() -> None:
    term = _tower(STEPS["doubled deps"], noop, 500)
    expected = pickle.dumps(term)
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        for written in threads.map(lambda _: pickle.dumps([term, term]), range(40)):
            assert pickle.loads(written)[0] == term
    assert pickle.dumps(term) == expected
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(pickle.dumps(term)))
    thread.start()
    thread.join()
    assert found == [expected]


def test_what_cannot_be_pickled_is_pickles_own_error() -> None:
    converter: arg.Converter[int] = arg.custom("a number", runtime="int", parse=int, literal=lambda value: str(value))
    key = Key.opt("k", converter, default="1")
    term = foreign("Unikernel", job, keys=[key], deps=[_tower(STEPS["deps"], noop, 10)])
    for _ in range(2):
        with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
            pickle.dumps(term)
        check(term.deps[0])  # type: ignore[attr-defined]  # what was begun is forgotten
    there = cloudpickle.loads(cloudpickle.dumps(term))
    assert there.keys[0].converter.literal(3) == "3"
    functions = arg.custom("a number", runtime="int", parse=int, literal=str, instance=int)
    check(Key.opt("k", functions, default=1))


def test_functions_with_arguments_and_methods_of_their_own() -> None:
    functions: list[Callable[..., Any]] = [
        partial(_first, 1),
        partial(_first, True),
        partial(_first, one=1),
        partial(_first, [1], two={"k": 2}),
        arg.int.parse,
        arg.bool.parse,
        "{}!".format,
        "{}?".format,
        Record(1).__eq__,
        "x".__add__,
        len,
        _first,
        Record,
    ]
    values = [Value.pure(1).map(function) for function in functions]
    converters = [arg.custom("x", runtime="x", parse=function, literal=str) for function in functions]
    for made in (values, converters, list(map(Holder, functions))):
        for each in made:
            check(each)
        assert len({*made, *travelled(made)}) == len(functions)


def test_a_device_that_is_made_of_itself_does_not_travel() -> None:
    class Own(Device[Job]):
        type = job
        module = "Own"

        def __init__(self) -> None:
            self.me = [self]

    with pytest.raises(DependencyCycle, match="contains itself"):
        pickle.dumps(Own())


# In another process


def _files(written: bytes) -> dict[str, dict[str, str]]:
    """Return the files of plans and applications by name, made where this runs."""
    found = {}
    for name, (value, context) in pickle.loads(written).items():
        plan = value if isinstance(value, Plan) else value.plan(context)
        found[name] = plan.files()
    return found


def _recorded(release: str) -> Iterator[tuple[str, Callable[[], App], dict[str, Any]]]:
    """Return unikernels of a release, each with choices that it was recorded with."""
    if release == "3.3":
        for name, target in recorded.cases():
            yield f"{name} for {target}", partial(recorded.application, name), recorded.context(name, target)
        return
    for path in sorted(recorded411.CONFIGURATIONS.glob("*.py")):
        for target in ("unix", "hvt", "xen", "unikraft-qemu"):
            yield f"{path.stem} for {target}", partial(recorded411.application, path.stem), {"target": target}


@pytest.mark.parametrize("release", ["3.3", "4.11"])
def test_recorded_unikernels_in_a_spawned_process(release: str) -> None:
    cases: dict[str, tuple[Any, Any]] = {}
    for name, make, context in _recorded(release):
        try:
            app = make()
            plan = app.plan(context)
            plan.files()
        except FunctoriaError:
            continue  # MirageOS refuses it too
        cases |= {f"the plan of {name}": (plan, None), name: (app, context)}
    written = cloudpickle.dumps(cases)  # some of these configurations define functions
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(_files, written).result()
    assert len(there) > 100
    assert there == _files(written)
    assert there == {
        name: (value if context is None else value.plan(context)).files() for name, (value, context) in cases.items()
    }


_EQUAL = """
import pickle, sys
from tests.core.test_travel import CONSTANTS
for name, value in pickle.load(open(sys.argv[1], "rb")).items():
    assert CONSTANTS[name] == value, name
    assert hash(CONSTANTS[name]) == hash(value), name
print("equal")
"""


@pytest.mark.parametrize("seed", ["0", "1"])
def test_what_travelled_is_equal_to_what_is_there(tmp_path: Path, seed: str) -> None:
    for value in CONSTANTS.values():
        hash(value)  # which is different there
    (tmp_path / "constants").write_bytes(pickle.dumps(CONSTANTS))
    said = run(sys.executable, "-c", _EQUAL, tmp_path / "constants", cwd=ROOT, PYTHONHASHSEED=seed).stdout
    assert said == "equal\n"


_NOTEBOOK = """
import sys
from dataclasses import dataclass

import cloudpickle
from attrs import frozen

from functoria import Device, Job, Key, arg, foreign, if_impl, job, package
from mirage_devices import register

LOUD = Key.flag("loud")
COLOUR = Key.opt("colour", arg.custom("a colour", runtime="colour", parse=lambda text: text, literal=lambda c: f'"{c}"'),
                 default="red")

@frozen
class Counter(Device[Job]):
    label: str
    type = job
    module = "Counter"
    keys = (COLOUR,)
    def connect(self, info, module, values):
        return f"{module}.connect {self.ocaml_string(self.label)}"

@frozen(slots=False)
class Loud(Counter):
    times: int = 2
    @property
    def shout(self):
        return self.label.upper() * self.times
    def connect(self, info, module, values):
        return super().connect(info, module, values) + f" ~loud:{self.ocaml_string(self.shout)}"

@dataclass(frozen=True)
class Data(Device[Job]):
    one: int
    type = job
    module = "Data"

class Heir(Loud):
    def __init__(self, label, more):
        super().__init__(label)
        self.more = [more]
    def connect(self, info, module, values):
        return super().connect(info, module, values) + f" {self.more!r}"

class Slotted(Device[Job]):
    __slots__ = ("held",)
    type = job
    module = "Slotted"
    def __init__(self, held):
        self.held = held
        self_type = __class__

main = foreign("Unikernel.Main", job >> job, packages=LOUD.value.map(lambda loud: [package("loud")] if loud else []))
app = register("note-book", [main @ Counter("a"), main @ Loud("b"), Data(1), Data(2), Heir("c", 3), Slotted(4),
                             if_impl(LOUD.value, Heir("d", 5), Heir("d", 6))], keys=[LOUD])
with open(sys.argv[1], "wb") as file:
    cloudpickle.dump([app, app.plan(loud=True)], file)
assert cloudpickle.loads(cloudpickle.dumps(Heir("c", 3))) == Heir("c", 3)
print([app.plan(loud=loud).files() for loud in (True, False)])
"""
_ELSEWHERE = """
import pickle, sys
app, plan = pickle.load(open(sys.argv[1], "rb"))
assert plan.files() == app.plan(loud=True).files()
again = type(plan.devices[-2].device)
print([app.plan(loud=loud).files() for loud in (True, False)])
"""


def test_a_configuration_that_is_typed_at_a_prompt_or_in_a_notebook(tmp_path: Path) -> None:
    here = run(sys.executable, "-c", _NOTEBOOK, tmp_path / "app", cwd=ROOT, PYTHONHASHSEED="1").stdout
    there = run(sys.executable, "-c", _ELSEWHERE, tmp_path / "app", cwd=ROOT, PYTHONHASHSEED="2").stdout
    assert here == there
    assert "BB" in here


def test_a_value_of_a_partial_plan_in_an_error_travels() -> None:
    with pytest.raises(InvalidValue) as caught:
        FLAG.value.eq("x")
    _same_error(travelled(caught.value), caught.value)
