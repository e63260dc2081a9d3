"""Fields of devices: what they may contain, which of them are compared, and that they are immutable."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from functoria import Device, Job, Key, arg, foreign, if_impl, job, noop, register
from functoria.device import AnyDevice
from functoria.errors import DependencyCycle, InvalidModule, InvalidValue, TypeMismatch
from tests.core.test_impl import which
from tests.tools import run

HERE = __file__
ROOT = Path(HERE).parent.parent


class Pair(NamedTuple):
    """Two numbers."""

    one: int
    two: int


@frozen
class Holder(Device[*tuple[Any, ...]]):
    """A device with a single field."""

    held: Any

    type = job
    module = "Holder"


scalars = st.none() | st.integers(-3, 3) | st.text(max_size=3) | st.builds(Pair, st.integers(0, 2), st.integers(0, 2))
fields = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
        st.sets(st.integers(0, 3), max_size=3),
    ),
    max_leaves=6,
)


def _frozen(value: Any) -> Any:
    """Return `value` without anything mutable: the model of what a device contains."""
    if isinstance(value, (list, tuple)):
        return ("sequence", *map(_frozen, value))
    if isinstance(value, Mapping):
        return ("mapping", frozenset((key, _frozen(item)) for key, item in value.items()))
    return frozenset(value) if isinstance(value, set) else value


@given(fields, fields)
def test_devices_are_equal_exactly_where_their_fields_are(one: Any, two: Any) -> None:
    assert hash(Holder(one)) == hash(Holder(copy.deepcopy(one)))
    assert Holder(one) == Holder(copy.deepcopy(one))
    assert (Holder(one) == Holder(two)) == (_frozen(one) == _frozen(two))


@given(st.dictionaries(st.text(max_size=2), st.integers(), min_size=2, max_size=4))
def test_the_order_of_a_dict_is_no_part_of_its_value(held: dict[str, int]) -> None:
    turned = dict(reversed(held.items()))
    assert held == turned
    assert Holder(held) == Holder(turned)
    assert hash(Holder(held)) == hash(Holder(turned))


@given(fields)
def test_what_a_device_holds_can_no_longer_change(value: Any) -> None:
    device = Holder(value)
    before = hash(Holder(copy.deepcopy(value)))
    _spoil(value)
    assert hash(device) == before
    for mutable in _within(device.held):
        assert not isinstance(mutable, (list, dict, set))


def _spoil(value: Any) -> None:
    for item in _within(value):
        if isinstance(item, list):
            item.append("more")
        elif isinstance(item, dict):
            item["more"] = "more"
        elif isinstance(item, set):
            item.add("more")


def _within(value: Any) -> list[Any]:
    """Yield `value` and everything in it."""
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple, set)) else ()
    return [value, *(part for item in inside for part in _within(item))]


def test_named_tuples_inside_a_list_keep_their_names() -> None:
    assert Holder([Pair(1, 2)]).held[0].two == 2
    assert Holder({"p": Pair(1, 2)}).held["p"].one == 1
    assert Holder([Pair(1, 2)]).held[0] == Pair(1, 2)


def test_other_classes_make_other_devices() -> None:
    @frozen
    class Other(Device[*tuple[Any, ...]]):
        held: Any
        type = job
        module = "Holder"

    @frozen
    class Heir(Holder):
        pass

    devices: list[AnyDevice] = [Holder(1), Other(1), Heir(1), Holder(IPv4Address("0.0.0.1")), Holder((1,)), Holder("1")]
    assert len(set(devices)) == len(devices)
    assert len(register("app", devices).plan().devices) == len(devices) + 1


class Letter(StrEnum):
    """A subclass of str."""

    A = "a"


SAME_TO_PYTHON = [1, True, 1.0, Decimal("1"), Decimal("1.0"), Fraction(1)]


@pytest.mark.parametrize(
    "wrapped", [lambda x: x, lambda x: (x,), lambda x: {x}, lambda x: {x: 2}, lambda x: {"k": {(x,)}}]
)
def test_what_python_calls_equal_but_ocaml_does_not(wrapped: Callable[[Any], Any]) -> None:
    for values in (SAME_TO_PYTHON, ["a", Letter.A], [noop, foreign("Unikernel", job)]):
        assert len({Holder(wrapped(value)) for value in values}) == len(values)
        assert len({Holder(wrapped(value)) for value in values * 2}) == len(values)
        devices = [Holder(wrapped(value)) for value in values]
        assert sum(isinstance(node.device, Holder) for node in register("app", devices).plan().devices) == len(values)


_SET = """
from attrs import field, frozen
from functoria import Device, job, register
from tests.core.test_fields import Holder

class Printer(Holder):
    def connect(self, info, module, values):
        return f"print {' '.join(self.held)} {list(self.held)}"

print(register("app", [Printer({"a", "b", "c", "d", "e"})]).plan().files()["main.ml"])
"""


def test_a_set_is_gone_through_in_the_same_order_in_every_process() -> None:
    said = {run(sys.executable, "-c", _SET, cwd=ROOT, PYTHONHASHSEED=seed).stdout for seed in "123"}
    assert len(said) == 1
    assert "print a b c d e" in said.pop()
    assert Holder({1, 2}).held == {1, 2}


_SETS = """
from functools import partial
from attrs import frozen
from functoria import Key, Type, Value, arg, foreign, if_impl, job, register
from tests.core.test_fields import Holder

wide, key = foreign("Wide", job >> job), Key.opt("n", arg.int, default=1)
parts = [foreign(f"Part{i}", job) for i in range(4)]
alike = [
    {wide @ part for part in parts},
    {foreign("Same", job, deps=[part]) for part in parts},
    {if_impl(key.value.eq(i), wide @ parts[0], parts[i]) for i in range(4)},
    {wide @ Holder(frozenset({wide @ part, parts[0]})) for part in parts},
    {key.value.map(str).eq(str(i)) for i in range(4)},
    {Value.pure(i).map(str) for i in range(4)},
    {Value.pure("x").map(partial(str.__add__, str(i))) for i in range(4)},
    {Value.pure("x").map(str(i).__add__) for i in range(4)},
    {wide @ Holder({"k": (part, 1.0)}) for part in parts},
]

class Printer(Holder):
    def connect(self, info, module, values):
        return "return ()"
    @property
    def deps(self):
        return tuple(self.held)

plans = [register("app", [Printer(held)]).plan() for held in alike[:4] + alike[8:]]
print([[repr(node.device) for node in plan.devices] + [plan.files()["main.ml"]] for plan in plans])
print([[value.evaluate(lambda key: 1) for value in Holder(held).held] for held in alike[4:8]])
"""


def test_terms_in_a_set_that_differ_deep_inside_are_in_the_same_order_in_every_process() -> None:
    said = {run(sys.executable, "-c", _SETS, cwd=ROOT, PYTHONHASHSEED=seed).stdout for seed in "12345"}
    assert len(said) == 1


def test_a_dataclass_is_a_device_too() -> None:
    @dataclass
    class Plain(Device[Job]):
        held: Any
        type = job
        module = "Plain"

    @dataclass(frozen=True)
    class Frozen(Device[Job]):
        held: Any
        type = job
        module = "Frozen"

    @dataclass
    class Heir(Plain):
        more: Any = ()

    for cls in (Plain, Frozen, Heir):
        devices = [cls(1), cls(True), cls([1])]
        assert len({*devices, cls(1)}) == 3
        assert len(register("app", devices).plan().devices) == 4
        assert cls([1]).held == (1,)
        with pytest.raises(FrozenInstanceError if cls is Frozen else AttributeError, match=r"immutable|cannot assign"):
            devices[0].held = 2
        with pytest.raises(AttributeError):
            del devices[0].held


def test_what_a_generated_init_makes_is_placed_at_the_line_that_calls_it() -> None:
    @frozen
    class ByAttrs(Device[Job]):
        key: Any = field(factory=partial(Key.flag, "k"))
        number: Any = field(default=1, converter=partial(arg.int.accept, of="number"))

    @dataclass
    class ByDataclass(Device[Job]):
        key: Any = dataclass_field(default_factory=partial(Key.flag, "k"))

    for cls in (ByAttrs, ByDataclass):
        device = cls()
        assert device.location is not None
        assert device.key.location == device.location
        assert device.location.file == HERE
    with pytest.raises(InvalidValue) as caught:
        ByAttrs(number="x")
    assert [place.file for place in caught.value.locations] == [HERE]


def test_a_device_made_of_itself_is_refused() -> None:
    class Own(Device[Job]):
        type = job
        module = "Own"

        def __init__(self, wrap: Callable[[Any], Any]) -> None:
            self.me = wrap(self)

    for wrap in (
        lambda me: me,
        lambda me: [me],
        lambda me: Holder(me),
        lambda me: if_impl(which.value.eq("x"), me, me),
    ):
        for act in (hash, lambda own: register("app", [own]).plan()):
            with pytest.raises(DependencyCycle, match="contains itself"):
                act(Own(wrap))


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: (x,), lambda x: {"k": x}])
def test_a_field_nested_too_deeply_is_refused(wrap: Callable[[Any], Any]) -> None:
    value: Any = 1
    for _ in range(100_000):
        value = wrap(value)
    with pytest.raises(InvalidValue, match="nested too deeply"):
        hash(Holder(value))


@pytest.mark.parametrize(
    ("attribute", "error", "said"),
    [("type", TypeMismatch, "Bare has no type"), ("module", InvalidModule, "Bare has no module")],
)
def test_a_device_without_what_it_must_have(attribute: str, error: type[Exception], said: str) -> None:
    class Bare(Device[Job]):
        type = job
        module = "Bare"

    delattr(Bare, attribute)
    with pytest.raises(error, match=said):
        register("app", [Bare()]).plan()


@pytest.mark.parametrize("module", ["", "unikernel.main", "Main.", ".Main", "Main x", "Main.É", "3", 'M"', None, 3])
def test_what_is_no_module_is_refused(module: Any) -> None:
    with pytest.raises(InvalidModule) as caught:
        foreign(module, job)
    assert HERE in [place.file for place in caught.value.locations]


@pytest.mark.parametrize(
    "arguments",
    [{"packages": "io-page"}, {"packages": ["io-page"]}, {"keys": [which.value]}, {"deps": [job]}, {"deps": noop}],
)
def test_what_is_no_list_of_the_right_things_is_refused(arguments: Any) -> None:
    with pytest.raises(
        InvalidValue, match=rf"^{next(iter(arguments))} of Unikernel (is|holds) .*, but must be a list of .*: "
    ):
        foreign("Unikernel", job, **arguments)
    with pytest.raises(TypeMismatch, match="must be a Type"):
        foreign("Unikernel", "job")  # type: ignore[arg-type]  # that is what is tested
