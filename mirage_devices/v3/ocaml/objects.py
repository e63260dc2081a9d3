"""Devices that a config.ml of MirageOS 3.3 makes from objects, which have the methods of OCaml's class type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from attr import frozen

import functoria
from functoria import Info, Key, Package, Type, Value
from functoria.impl import AnyImpl
from functoria.location import Location
from functoria.misspelling import near
from functoria.names import value_name
from functoria.ocaml import codecs, devices
from functoria.ocaml.abstract_codecs import ValueCodec
from functoria.ocaml.builtin import raw
from functoria.ocaml.checking import checking, meeting, touched
from functoria.ocaml.codecs import Codec
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.making import called
from functoria.ocaml.numbered import counted
from functoria.ocaml.objects import ObjectValue, send
from functoria.ocaml.state import Sets, connecting, state_of
from functoria.ocaml.uncaught import uncaught
from functoria.ocaml.values import NIL, Raised, Wrapped, named, ok

if TYPE_CHECKING:
    from functoria.graph.graph import Node


@frozen
class _Result(Codec):
    """The codec for results of `configure`, `build` and `clean`."""

    def python(self, value: Any, at: Location) -> Any:
        if getattr(value, "name", None) not in ("Ok", "Error"):
            raise self.wrong(value, at)
        return value


_STEP = devices.Hook("a function of information", 1, _Result("(unit, [> `Msg of string ]) result"))
METHODS: Mapping[str, Codec] = {
    "ty": codecs.Same("a type of devices", Type),
    "name": codecs.STRING,
    "module_name": codecs.STRING,
    "keys": devices.KEYS,
    "packages": ValueCodec("package list value", devices.PACKAGES),
    "deps": devices.DEPS,
    "connect": devices.Hook("a function of information, a module and values", 3, devices.TEXT),
    "configure": _STEP,
    "build": _STEP,
    "clean": _STEP,
}
"""The methods of a device, with their types."""


@frozen
class _Inherited:
    """A method inherited from base_configurable."""

    value: Any

    def __call__(self) -> Any:
        return self.value


def _step(name: str) -> _Inherited:
    return _Inherited(raw(name, ".", lambda info, at: ok(())))


BASE: Mapping[str, Callable[[], Any]] = {
    "keys": _Inherited(NIL),
    "packages": _Inherited(Wrapped("value", Value.pure(()), devices.PACKAGES)),
    "deps": _Inherited(NIL),
    "connect": _Inherited(raw("connect", ". . .", lambda info, module, values, at: "return ()")),
    "configure": _step("configure"),
    "build": _step("build"),
    "clean": _step("clean"),
}
"""The methods that objects inherit from base_configurable."""


def base_configurable(given: Any, at: Location) -> ObjectValue:
    """Return the class of `inherit base_configurable`. Raises TypeMismatch for arguments."""
    if given:
        raise mistyped(at, "the class base_configurable takes no argument")
    return counted(ObjectValue(dict(BASE), None, at))


def foreign(given: Any, at: Location) -> ObjectValue:
    """Refuse `inherit foreign`. Raises ConfigError."""
    raise refused(at, "the class foreign is not supported: inherit base_configurable, or call the function foreign")


@frozen(repr=False)
class OcamlDevice(functoria.Device[*tuple[Any, ...]]):
    """A device that a config.ml makes from an object."""

    module: str
    type: Type[*tuple[Any, ...]]
    name: str
    packages: tuple[Package, ...] | Value[Sequence[Package]]
    keys: tuple[Key[Any], ...]
    deps: tuple[AnyImpl, ...]
    made: ObjectValue
    """The object."""

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return the code from the object's method `connect`."""
        what = f"connect of {self.module}"
        with connecting(self.made):
            hook = self.made.methods["connect"]()
            return str(devices.code_of(hook, what, self.made.at, info, module, values, code=devices.TEXT))


class BuiltDevice(OcamlDevice):
    """A device whose object runs OCaml code when the unikernel is built."""

    def build(self, info: Any) -> None:
        """Refuse to build, because that would run OCaml code."""
        raise devices.by_hand(self, "build", self.made.at)

    def clean(self, info: Any) -> None:
        """Do nothing, because nothing was built."""


class _Unshared:
    """A device whose name is different at each access."""

    def configure(self, info: Info) -> None:
        """Raise ConfigError if it is used more than once: MirageOS makes a device for each use, since no name equals another."""
        node = _used_often(info).get(id(self))
        if node is not None:
            raise refused(
                _named_at(self),
                f"the name of {node.module} is different at each use, so MirageOS makes a device "
                "for each: make the name outside of the object, as in let name = …",
                objects=[self],
            )


_found: WeakKeyDictionary[Info, dict[int, Node]] = WeakKeyDictionary()
"""What `_used_often` returned, so that it looks at a plan once."""


def _used_often(info: Info) -> dict[int, Node]:
    """Return the nodes to which several ways lead from the root, by the identity of their device."""
    found = _found.get(info)
    if found is None:
        ways = [0] * len(info.nodes)
        ways[-1] = 1
        for node in reversed(info.nodes):
            for each in node.needed:
                ways[each.index] = min(2, ways[each.index] + ways[node.index])
        found = _found[info] = {id(node.device): node for node in info.nodes if ways[node.index] > 1}
    return found


def _named_at(device: Any) -> Location:
    return place(device.made, "name")


class UnsharedDevice(_Unshared, OcamlDevice):
    """A device that is not equal to itself."""


class UnsharedBuiltDevice(_Unshared, BuiltDevice):
    """A device that is not equal to itself, and whose object runs OCaml code when the unikernel is built."""


def impl(value: Any, at: Location) -> AnyImpl:
    """Make the device that an object describes. Raises TypeMismatch if its type is not that of devices."""
    if not isinstance(value, ObjectValue):
        raise mistyped(at, f"impl makes a device of an object, and not of {named(value)}", objects=[value])
    has = [name for name in value.methods if name not in value.private]
    odd = [name for name in has if name not in METHODS]
    lacking = next((name for name in METHODS if name not in has), None)
    if lacking is not None:
        wrong = near(lacking, odd)
        remedy = f"rename {wrong[0]} to {lacking}" if wrong else f"add it, as in method {lacking} = …"
        if not wrong and lacking in BASE:
            remedy = "inherit base_configurable"
        message = f"the object has no method {lacking}, which a device has: {remedy}"
        raise mistyped(value.at, message, objects=[lacking])
    if odd:
        right = near(odd[0], [name for name in METHODS if value.methods[name] is BASE.get(name)])
        remedy = (
            f"did you mean {right[0]}?" if right else "make it private, or a val, or a variable outside of the object"
        )
        message = f"the object has a method {odd[0]}, which devices do not have: {remedy}"
        raise mistyped(place(value, odd[0]), message, objects=[odd[0]])
    checks = checking.get() or meeting.get()
    for name, codec in METHODS.items():
        if checks is not None and isinstance(codec, devices.Hook) and value.methods[name] is not BASE[name]:
            checks.met(partial(_checked, value, name, codec))
    return _made(value, at)


def place(value: ObjectValue, method: str) -> Location:
    """Return the place of a method, or of the object if that is not known."""
    found: Location = getattr(value.methods[method], "at", value.at)
    return found


def _checked(value: ObjectValue, method: str, codec: Codec) -> None:
    """Raise TypeMismatch if a method certainly returns a value of another type than its own."""
    found = send(value, method, value.at)
    if not touched(found):
        codec.python(found, place(value, method))


def _made(value: ObjectValue, at: Location) -> AnyImpl:
    state = state_of(value)

    def asked(method: str, way: Callable[[], AbstractContextManager[None]] = state.watched) -> Any:
        found = value.methods[method]
        try:
            with way():
                return METHODS[method].python(found(), place(value, method))
        except Raised as raised:
            raise uncaught(raised, value.at) from None

    module, ty, unshared = asked("module_name"), asked("ty"), False
    try:
        name = asked("name")
    except Sets:
        name = asked("name", state.apart)
        unshared = name != asked("name", partial(state.apart, kept=False))
        if not unshared:
            raise
    built = any(value.methods[each] is not BASE[each] for each in ("build", "clean"))
    kind = _KINDS[built, unshared]
    parts = [
        module,
        ty,
        value_name(name, of="device"),
        _plain(asked("packages")),
        tuple(asked("keys")),
        tuple(asked("deps")),
        value,
    ]
    made: AnyImpl = called(kind, parts, {}, at)
    return made


_KINDS = {
    (False, False): OcamlDevice,
    (True, False): BuiltDevice,
    (False, True): UnsharedDevice,
    (True, True): UnsharedBuiltDevice,
}
"""The class of a device, by whether it runs code when the unikernel is built, and whether its name changes."""


def _plain(held: Value[Sequence[Package]]) -> Any:
    """Return the packages of a device, as a tuple if they depend on no key."""
    return held if held.keys else tuple(held.evaluate(lambda key: key.default))
