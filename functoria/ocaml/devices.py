"""Devices that a configuration defines itself: objects, and functions given to `impl`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from functoria import Info
from functoria.errors import DeviceError
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.builtin import raw
from functoria.ocaml.errors import mistyped
from functoria.ocaml.keys import get
from functoria.ocaml.uncaught import uncaught
from functoria.ocaml.values import Raised, Wrapped, list_of, named, option
from functoria.ocaml.values_of_keys import info_of

if TYPE_CHECKING:
    from functoria.device import AnyDevice


def asked(hook: Any, what: str, at: Location, *values: Any) -> Any:
    """Call a hook of a device with `values`. Raises ConfigError for an OCaml exception."""
    try:
        return apply(hook, [Given(value) for value in values], at)
    except Raised as raised:
        raise uncaught(raised, at) from None


def code_of(hook: Any, what: str, at: Location, info: Info, module: str, values: Sequence[str]) -> str:
    """Return the code that `connect` gives: text in 3.x, a value of type `code` in 4.x."""
    found = asked(hook, what, at, Wrapped("info", info), module, list_of(values))
    if isinstance(found, Wrapped) and found.kind == "code":
        found = found.value
    if not isinstance(found, str):
        raise mistyped(at, f"{what} gives code, and not {named(found)}", objects=[found])
    return found


def by_hand(device: AnyDevice, hook: str, at: Location) -> DeviceError:
    """Return the error for a hook that would have to run OCaml's commands."""
    return DeviceError(
        f"{hook} of {device.module} is OCaml that runs commands or writes files when the unikernel is built: it is not run "
        "here. Write the device in Python, or do that by a rule of dune",
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


PACKAGES = codecs.ListCodec("package list", codecs.SIMPLE["package"])
KEYS = codecs.ListCodec("abstract_key list", codecs.SIMPLE["abstract_key"])
DEPS = codecs.ListCodec("abstract_impl list", codecs.SIMPLE["abstract_impl"])
