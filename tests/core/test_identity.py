"""Two devices are equal exactly if everything that they contain is equal, however their classes are made."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
import types
import weakref
from abc import ABC, abstractmethod
from collections import UserDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from pathlib import PureWindowsPath
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import attr
import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Device, Job, Version, job, noop, register
from functoria.errors import DeviceError
from functoria.freeze import FrozenDict, FrozenSet

T = TypeVar("T")


# Bases that are not devices


class Setting:
    """Sets one attribute before the next `__init__`, and one after."""

    def __init__(self, *, early: Any, late: Any, **more: Any) -> None:
        self.early = early
        super().__init__(**more)
        self.late = late


class Slotless(Setting):
    """The same, without a `__dict__`."""

    __slots__ = ()


class Abstract(ABC):
    @abstractmethod
    def said(self) -> str: ...


class Spoken(Protocol):
    def said(self) -> str: ...


@dataclasses.dataclass(init=False)
class Comparing:
    """A base that compares and shows only its own attributes."""

    compared: ClassVar[int] = 1


@dataclasses.dataclass(init=False, frozen=True)
class Frozen:
    pass


@attrs.define(slots=False, init=False)
class Watched:
    """Sets attributes without the `__setattr__` of other classes."""

    watched: int = attrs.field(default=0, validator=attrs.validators.instance_of(int))


# Classes of devices that declare their fields


def bare() -> type[Device[Job]]:
    class Made(Device[Job]):
        type = job
        module = "Made"

    return Made


def by_attrs(decorate: Callable[[type], type]) -> Callable[[], Any]:
    def make() -> Any:
        class Made(Device[Job]):
            one: Any
            two: Any = 0
            apart: Any = attrs.field(default=0, eq=False)
            shared: ClassVar[int] = 3

            type = job
            module = "Made"

            @cached_property
            def cache(self) -> list[Any]:
                return [self.one]

        return decorate(Made)

    return make


def by_dataclass(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        class Made(Device[Job]):
            one: Any
            two: Any = 0
            apart: Any = dataclasses.field(default=0, compare=False)
            from_given: Any = dataclasses.field(init=False)
            given: dataclasses.InitVar[Any] = 0
            shared: ClassVar[int] = 3

            type = job
            module = "Made"

            def __post_init__(self, given: Any) -> None:
                object.__setattr__(self, "from_given", [given])

        return dataclasses.dataclass(**how)(Made)

    return make


ATTRS, DATACLASS = ("one", "two", "apart"), ("one", "two", "apart", "given")
DECLARED: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "bare": (bare, ()),
    "attrs.frozen": (by_attrs(attrs.frozen), ATTRS),
    "attrs.frozen, kw_only, order": (by_attrs(attrs.frozen(kw_only=True, order=True)), ATTRS),
    "attrs.define": (by_attrs(attrs.define), ATTRS),
    "attrs.frozen, no slots": (by_attrs(attrs.frozen(slots=False)), ATTRS),
    "attrs.mutable, no slots": (by_attrs(attrs.mutable(slots=False)), ATTRS),
    "attr.s": (by_attrs(attr.s(auto_attribs=True)), ATTRS),
    "attr.s, slots": (by_attrs(attr.s(auto_attribs=True, slots=True, frozen=True, hash=True, cache_hash=True)), ATTRS),
    "dataclass": (by_dataclass(), DATACLASS),
    "dataclass, frozen": (by_dataclass(frozen=True), DATACLASS),
    "dataclass, slots": (by_dataclass(slots=True), DATACLASS),
    "dataclass, frozen, slots, kw_only": (by_dataclass(frozen=True, slots=True, kw_only=True), DATACLASS),
    "dataclass, order": (by_dataclass(order=True), DATACLASS),
    "dataclass, no eq": (by_dataclass(eq=False), DATACLASS),
}


def _own_init(bases: tuple[type, ...], slots: tuple[str, ...] | None, also: dict[str, Any]) -> Any:
    """Return a class that declares nothing, and sets attributes before and after the `__init__` of its bases."""

    class Layer(*bases):  # type: ignore[misc]  # whatever they are
        if slots is not None:
            __slots__ = slots
        vars().update(also)

        def __init__(self, *, early: Any, late: Any, **more: Any) -> None:
            self.early = early
            super().__init__(**more)
            self.late = late

        def said(self) -> str:
            return "said"

    return Layer


def _bare_heir(*bases: type) -> Any:
    return types.new_class("Layer", bases)


LAYERS: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda base: base,
    "heir": _bare_heir,
    "own init": lambda base: _own_init((base,), None, {}),
    "slots": lambda base: _own_init((base,), ("early", "late"), {}),
    "private slots": lambda base: _own_init((base,), ("early", "late", "__unset"), {}),
    "a mixin in front": lambda base: _bare_heir(Setting, base),
    "a mixin without a dict": lambda base: _bare_heir(Slotless, types.new_class("Between", (base,))),
    "an abstract base": lambda base: _own_init((base, Abstract), None, {}),
    "a protocol": lambda base: _own_init((base, Spoken), None, {}),
    "a generic base": lambda base: _own_init((base, Generic[T]), None, {}),
    "a base that compares": lambda base: _own_init((Comparing, base), None, {}),
    "a frozen base": lambda base: _own_init((Frozen, base), None, {}),
    "a base that sets, behind": lambda base: _own_init((base, Watched), None, {}),
    "a base that sets, by attrs": lambda base: attrs.define(slots=False, init=False)(
        _own_init((Watched, base), None, {})
    ),
    "class attributes": lambda base: _own_init((base,), None, {"early": 7, "two": 8, "eager": True}),
}

scalars = st.sampled_from([0, 1, True, 1.0, "a", "b", b"a", None, (), noop])
held = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.lists(inner, max_size=2).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
        st.sets(st.integers(0, 2), max_size=2),
    ),
    max_leaves=3,
)


def _model(values: Mapping[str, Any]) -> Any:
    """Return the value by which devices are compared: immutable, and with `1` distinct from `True`."""

    def model(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return ("sequence", *map(model, value))
        if isinstance(value, Mapping):
            return ("mapping", frozenset((key, model(item)) for key, item in value.items()))
        return (type(value), frozenset(value) if isinstance(value, set) else value)

    return {name: model(value) for name, value in values.items() if name != "apart"}


def _class(declared: str, layer: str) -> tuple[Any, tuple[str, ...]]:
    """Draw a new class of devices, and arguments for it."""
    make, fields = DECLARED[declared]
    return LAYERS[layer](make()), fields if layer in ("nothing", "heir") else (*fields, "early", "late")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(DECLARED)), st.sampled_from(list(LAYERS)), st.data())
def test_two_devices_are_equal_exactly_where_all_that_they_hold_is(
    declared: str, layer: str, data: st.DataObject
) -> None:
    cls, names = _class(declared, layer)
    given_ = data.draw(st.fixed_dictionaries(dict.fromkeys(names, held)))
    other = {**given_, **data.draw(st.dictionaries(st.sampled_from(names), held, max_size=2) if names else st.just({}))}
    one, again, two = cls(**given_), cls(**copy.deepcopy(given_)), cls(**copy.deepcopy(other))
    same = _model(given_) == _model(other)
    assert one == again
    assert hash(one) == hash(again)
    assert (one == two) is same
    assert (one != two) is not same
    assert len({one, again, two}) == (1 if same else 2)
    assert len(register("app", [one, again, two]).plan().devices) == (2 if same else 3)
    if declared != "bare":
        assert one.cache == [one.one] if hasattr(cls, "cache") else True
        assert one == again
    assert copy.copy(one) is copy.deepcopy(one) is one


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("declared", DECLARED)
def test_a_device_is_sealed_when_its_construction_ends(declared: str, layer: str) -> None:
    cls, names = _class(declared, layer)
    given_ = {name: [name, {"k": [1]}, {2}] for name in names}
    device = cls(**given_)
    before = hash(device)
    for value in given_.values():
        value[1]["k"].append(2)
        value.append("more")
    assert hash(cls(**{name: [name, {"k": [1]}, {2}] for name in names})) == before
    for name in (*names, "other", "type", "__dict__"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(device, name, 1)
        with pytest.raises((AttributeError, TypeError)):
            delattr(device, name)
    for name in {*names} - {"apart", "given"}:
        first, mapping, numbers = getattr(device, name)
        assert (first, mapping, numbers) == (name, {"k": (1,)}, {2})
        assert (type(mapping), type(numbers)) == (FrozenDict, FrozenSet)


@pytest.mark.parametrize("declared", [name for name, (_, fields) in DECLARED.items() if fields])
def test_a_device_made_from_another_is_a_device(declared: str) -> None:
    cls, names = _class(declared, "nothing")
    device = cls(**dict.fromkeys(names, 1))
    changed = dataclasses.replace(device, two=[2], given=1) if "given" in names else attrs.evolve(device, two=[2])
    assert changed == cls(**{**dict.fromkeys(names, 1), "two": (2,)})
    assert changed != device
    assert changed.two == (2,)
    with pytest.raises(AttributeError):
        changed.two = 3


def test_what_a_class_gives_that_was_made_before_is_as_it_was() -> None:
    class Only(Device[Job]):
        type = job
        module = "Only"
        made: ClassVar[Any] = None

        def __new__(cls) -> Any:
            if cls.made is None:
                cls.made = super().__new__(cls)
                object.__setattr__(cls.made, "held", [1])
            return cls.made

    assert Only() is Only()
    assert Only().held == (1,)  # type: ignore[attr-defined]  # of its __new__

    class Chosen(Device[Job]):
        type = job
        module = "Chosen"

        def __new__(cls, held: Any) -> Any:
            return super().__new__(Taken)

    class Taken(Chosen):
        def __init__(self, held: Any) -> None:
            self.held = held

    assert type(Chosen([1])) is Taken
    assert Chosen([1]) == Chosen((1,)) != Chosen([2])
    assert Chosen([1]).held == (1,)  # type: ignore[attr-defined]  # of Taken


def test_devices_inside_of_others_are_sealed_before_them() -> None:
    class Outer(Device[Job]):
        type = job
        module = "Outer"

        def __init__(self, held: Any) -> None:
            self.inner = Inner(held)
            with pytest.raises(AttributeError, match="immutable"):
                self.inner.held = 3
            self.held = held

    class Inner(Device[Job]):
        type = job
        module = "Inner"

        def __init__(self, held: Any) -> None:
            self.held = held

    assert Outer([1]) == Outer([1])
    assert Outer([1]).inner == Inner([1])


@pytest.mark.parametrize(
    "use", [hash, lambda me: me == Making(None), lambda me: {me}, pickle.dumps, lambda me: register("app", [me]).plan()]
)
def test_a_device_that_is_being_made_has_no_value_yet(use: Callable[[Any], Any]) -> None:
    with pytest.raises(DeviceError, match="before its __init__ has finished") as caught:
        Making(use)
    assert isinstance(caught.value.objects[0], Making)
    assert repr(caught.value.objects[0]) == "<Making under construction>"


class Making(Device[Job]):
    """A device that is used in its own `__init__`."""

    type = job
    module = "Making"

    def __init__(self, use: Callable[[Any], Any] | None) -> None:
        self.first = 1
        if use is not None:
            use(self)


def test_a_class_that_compares_its_devices_itself_is_refused() -> None:
    for name in ("__eq__", "__hash__"):
        with pytest.raises(TypeError, match=rf"Own defines {name}, but devices are compared by their values"):
            types.new_class("Own", (Device,), {}, lambda space, name=name: space.update({name: lambda *_: True}))


def test_attributes_may_have_the_names_that_terms_use() -> None:
    @attrs.frozen
    class Named(Device[Job]):
        _hash: int
        _location: str
        name: str

        type = job
        module = "Named"

    one, two = Named(1, "a", "b"), Named(2, "a", "b")
    assert one == Named(1, "a", "b") != two
    assert len({one, two, Named(2, "a", "b")}) == 2
    assert (one._hash, one._location, one.name) == (1, "a", "b")


def test_a_class_whose_devices_could_change_or_compare_otherwise_is_refused() -> None:
    with pytest.raises(TypeError, match="let Watched come after the device among the bases"):
        types.new_class("Layer", (Watched, bare()))()

    class Alone(Device[Job]):
        type = job
        module = "Alone"

        def __init_subclass__(cls) -> None:
            """Does not call its bases."""

    @dataclasses.dataclass
    class Heir(Alone):
        held: int

    with pytest.raises(TypeError, match="let its __init_subclass__ call super"):
        Heir(1)


def test_slots_of_one_name_are_each_a_part_of_the_value() -> None:
    class Lower(Device[Job]):
        __slots__ = ("held",)
        type = job
        module = "Lower"

        def __init__(self, low: Any, high: Any) -> None:
            Lower.held.__set__(self, low)  # type: ignore[attr-defined]  # a slot
            self.held = high

    class Upper(Lower):
        __slots__ = ("held",)

    class Shown(Lower):
        __slots__ = ()

        @property
        def held(self) -> Any:
            return "always"

        @held.setter
        def held(self, value: Any) -> None:
            """Do nothing."""

    assert Upper(1, 2) == Upper(1, 2)
    assert len({Upper(1, 2), Upper(1, 3), Upper(2, 2)}) == 3
    assert Shown(1, 2) == Shown(1, 3) != Shown(2, 2)


def test_fields_are_compared_by_what_they_say() -> None:
    @attrs.frozen
    class Folded(Device[Job]):
        text: str = attrs.field(eq=str.lower)
        other: int = 0
        type = job
        module = "Folded"

    assert Folded("A") == Folded("a") != Folded("b")
    assert hash(Folded("A")) == hash(Folded("a"))
    assert Folded("A", 1) != Folded("a", 2)


def test_a_class_that_is_made_anew_leaves_nothing_behind() -> None:
    found = {}
    for declared in DECLARED:
        for layer in LAYERS:
            cls, names = _class(declared, layer)
            device = cls(**dict.fromkeys(names, 1))
            hash(device)
            repr(device)
            found[declared, layer] = weakref.ref(cls)
            del cls, device
    gc.collect()
    assert [made for made, reference in found.items() if reference() is not None] == []


# Contents of fields


@attrs.frozen
class Record:
    """A value that contains others."""

    held: Any
    apart: Any = attrs.field(default=0, eq=False)


@attrs.frozen
class Holder(Device[Job]):
    held: Any
    type = job
    module = "Holder"


NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
ALIKE: list[list[Any]] = [
    [Version("1.0"), Version("1.00")],
    [NOON, NOON.astimezone(timezone(timedelta(hours=1)))],
    [PureWindowsPath("A"), PureWindowsPath("a")],
    [Record(1), Record(True), Record(1.0)],
    [Record((1,)), Record((True,))],
    [Record(Version("1.0")), Record(Version("1.00"))],
    [0.0, -0.0],
    [range(0), range(1, 1)],
    [10**5000, -(10**5000), 1, True, 0, False],  # Python refuses to write the first two
]


@pytest.mark.parametrize("values", ALIKE)
@pytest.mark.parametrize(
    "wrapped", [lambda x: x, lambda x: [x], lambda x: {"k": x}, lambda x: Record(x), lambda x: {x}]
)
def test_what_python_calls_equal_but_reads_otherwise(values: list[Any], wrapped: Callable[[Any], Any]) -> None:
    assert len({Holder(wrapped(value)) for value in values * 2}) == len(values)
    assert len({Holder(wrapped(copy.deepcopy(value))) for value in values * 2}) == len(values)


def test_what_a_record_leaves_out_of_its_value_is_out_of_its_holders() -> None:
    assert Holder(Record(1, apart=2)) == Holder(Record(1, apart=3))
    assert Holder(float("nan")) == Holder(float("nan"))


@pytest.mark.parametrize("make", [dict, UserDict, MappingProxyType, FrozenDict])
def test_mappings_of_any_class_are_frozen(make: Callable[[Any], Any]) -> None:
    inside = {"a": [1]}
    device = Holder(make(inside))
    before = hash(device)
    inside["b"] = [2]
    assert device == Holder({"a": (1,)})
    assert hash(Holder({"a": [1]})) == before
    assert device.held == {"a": (1,)}
    assert device.held | {"b": 1} == {"a": (1,), "b": 1} == {"b": 1} | device.held
    assert list(reversed(Holder({"b": 1, "a": 2}).held)) == ["a", "b"]
    assert device.held == pickle.loads(pickle.dumps(device.held)) == copy.deepcopy(device.held)
    assert Holder({"a": 1}.keys()).held == {"a"}
