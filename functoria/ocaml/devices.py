"""Devices that a configuration defines itself: objects, and functions given to `impl`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from attr import frozen

from functoria import Info
from functoria.errors import DeviceError, TypeMismatch
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.apply import Given, apply, unlabelled
from functoria.ocaml.builtin import raw
from functoria.ocaml.checking import checking, meeting, touched
from functoria.ocaml.codecs import Codec
from functoria.ocaml.errors import mistyped
from functoria.ocaml.keys import get
from functoria.ocaml.simple_types import SIMPLE
from functoria.ocaml.told import LookedInto, Text, Told
from functoria.ocaml.uncaught import uncaught
from functoria.ocaml.values import UNKNOWN, Function, Raised, Wrapped, list_of, named, option
from functoria.ocaml.values_of_keys import info_of

if TYPE_CHECKING:
    from functoria.device import AnyDevice


def asked(hook: Any, what: str, at: Location, *values: Any) -> Any:
    """Call a hook of a device with `values`. Raises ConfigError for an OCaml exception."""
    try:
        return unlabelled(hook, *values, at=at)
    except Raised as raised:
        raise uncaught(raised, at) from None
    except LookedInto as error:
        if error.placed:
            raise
        raise LookedInto(error.message, locations=[at]) from None


def code_of(hook: Any, what: str, at: Location, info: Any, module: Text, values: Sequence[Text], *, code: Codec) -> Any:
    """Return the code from `connect`, after `code` has checked it."""
    found = asked(hook, what, at, Wrapped("info", info), module, list_of(values))
    try:
        return code.python(found, at)
    except TypeMismatch:
        raise mistyped(at, f"{what} gives {named(found)}, but {code.name} is expected", objects=[found]) from None


@frozen
class Code(Codec):
    """The result of `connect`: code. While translating, only the positions of names in it are known."""

    kind: str | None
    """The kind of its wrapper; None for a string."""

    def python(self, value: Any, at: Location) -> Any:
        if isinstance(value, Wrapped) and value.kind == self.kind:
            return value.value
        if self.kind is None and isinstance(value, (str, Told)):
            return value
        raise self.wrong(value, at)


TEXT = Code("a string with the code", None)
CODE = Code("the result of code ~pos:__POS__", "code")


@frozen
class Hook(Codec):
    """A function of a device that takes this number of arguments and returns a value of the type `gives`."""

    takes: int
    gives: Codec

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Function):
            raise self.wrong(value, at)
        checks = checking.get() or meeting.get()
        if checks is not None:
            checks.met(lambda: self.check(value, at))
        return value

    def check(self, hook: Any, at: Location) -> None:
        """Raise TypeMismatch if a function certainly returns another type, as far as that is known without its arguments."""
        try:
            found = apply(hook, [Given(UNKNOWN)] * self.takes, at)
        except TypeMismatch as error:
            if error.locations[:1] == (at,) and not error.objects:
                raise mistyped(at, f"this takes fewer arguments, but {self.name} is expected") from None
            raise
        if found is not UNKNOWN and (isinstance(self.gives, Code) or not touched(found)):
            try:
                self.gives.python(found, at)
            except TypeMismatch as error:  # here no unknown part matters
                raise mistyped(at, error.message) from None


def by_hand(device: AnyDevice, hook: str, at: Location) -> DeviceError:
    """Return the error for a hook that would have to run OCaml's commands."""
    return DeviceError(
        f"{hook} of {device.module} is OCaml that runs commands or writes files when the unikernel is built: it is not run "
        "here. Write the device in Python, or do that with a rule of dune",
        objects=[device],
        locations=[at],
    )


def information() -> dict[str, Any]:
    """Return the values of the module Info that both releases have."""

    def reading(read: Callable[[Info], Any]) -> Callable[[Any, Location], Any]:
        return lambda info, at: read(info_of(info, at))

    return {
        "name": raw("Info.name", ".", reading(lambda info: info.title)),
        "output": raw("Info.output", ".", reading(lambda info: option(getattr(info.root, "output", None)))),
        "libraries": raw("Info.libraries", ".", reading(lambda info: list_of(info.libraries))),
        "context": raw("Info.context", ".", lambda info, at: Wrapped("context", info_of(info, at))),
        "get": raw("Info.get", ". .", lambda info, key, at: get(Wrapped("context", info_of(info, at)), key, at)),
        "packages": raw(
            "Info.packages", ".", reading(lambda info: list_of(Wrapped("package", each) for each in info.packages))
        ),
        "package_names": raw(
            "Info.package_names", ".", reading(lambda info: list_of(each.name for each in info.packages))
        ),
    }


PACKAGES = codecs.ListCodec("package list", SIMPLE["package"])
KEYS = codecs.ListCodec("abstract_key list", SIMPLE["abstract_key"])
DEPS = codecs.ListCodec("abstract_impl list", SIMPLE["abstract_impl"])
