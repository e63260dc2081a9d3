"""The OCaml modules of MirageOS 4.11, for one evaluation of a config.ml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attr import frozen

from functoria import App, Package, Type, Value
from functoria.impl import AnyImpl
from functoria.location import Location
from functoria.ocaml import cmdliner, codecs, converters, devices, dsl, keys
from functoria.ocaml.abstract_codecs import Kind, ValueCodec
from functoria.ocaml.builtin import module, raw, words
from functoria.ocaml.checking import reading
from functoria.ocaml.codecs import Codec
from functoria.ocaml.errors import mistyped
from functoria.ocaml.expected import of_kind, text_of
from functoria.ocaml.making import called
from functoria.ocaml.scope import Names
from functoria.ocaml.values import ABSENT, Variant, Wrapped, named
from mirage_devices import v4
from mirage_devices.v4 import keys as own_keys
from mirage_devices.v4 import targets
from mirage_devices.v4.devices.runtime import ReadArguments
from mirage_devices.v4.ocaml import hooks, tables, unread
from mirage_devices.v4.ocaml.tables import types
from mirage_devices.v4.runtime_args import RuntimeArg

if TYPE_CHECKING:
    from functoria.ocaml.program import Session

PACKAGE = (
    "?scope:scope -> ?build:bool -> ?sublibs:string list -> ?libs:string list -> ?min:string -> ?max:string -> ?pin:string -> "
    "?pin_version:string -> string -> package"
)
MAIN = (
    "?pos:pos -> ?packages:package list -> ?packages_v:package list value -> ?local_libs:string list -> "
    "?runtime_args:runtime_args list -> ?deps:abstract_impl list -> string -> devices -> 'a impl"
)
IMPL = (
    "?packages:package list -> ?packages_v:package list value -> ?local_libs:string list -> ?install:install -> "
    "?install_v:install_v -> ?keys:abstract_key list -> ?runtime_args:runtime_args list -> ?extra_deps:abstract_impl list -> "
    "?connect:connect -> ?dune:dune -> ?configure:configure -> ?files:files -> string -> devices -> 'a impl"
)
DEVICE = IMPL.removesuffix("'a impl") + "device"
REGISTER = (
    "?argv:argv impl -> ?reporter:reporter impl -> ?sleep:sleep impl -> ?ptime:ptime impl -> ?mtime:mtime impl -> "
    "?random:random impl -> ?src:source -> string -> job impl list -> unit"
)


@frozen
class _Source(Codec):
    """The location of a unikernel's published source."""

    def python(self, value: Any, at: Location) -> Any:
        if isinstance(value, Variant) and value.tag == "Some" and value.applied:
            return codecs.STRING.python(value.argument, at)
        if isinstance(value, Variant) and value.tag in ("Auto", "None") and not value.applied:
            return "auto" if value.tag == "Auto" else None
        raise self.wrong(value, at)


_OWN: Mapping[str, Codec] = {
    "device": Kind("('a, abstract_impl) Device.t", "device"),
    "source": _Source("`Auto, `None or `Some of a URL"),
    "connect": devices.Hook("a function of information, a module and values", 3, devices.CODE),
    "dune": devices.Hook("a function of information", 1, hooks.STANZAS),
    "files": devices.Hook("a function of information", 1, hooks.PATHS),
    "configure": devices.Hook("a function of information", 1, Kind("unit Action.t", "action")),
    "install": devices.Hook("a function of information", 1, hooks.INSTALL),
    "install_v": devices.Hook("a function of information", 1, ValueCodec("Install.t value", codecs.ANY)),
}


def _types(name: str) -> Codec | None:
    return _OWN.get(name) or types(name)


def main(
    module: str,
    type: Type[*tuple[Any, ...]],
    *,
    pos: object = None,
    packages: Sequence[Package] = (),
    packages_v: Value[Sequence[Package]] | None = None,
    local_libs: Sequence[str] = (),
    runtime_args: Sequence[RuntimeArg] = (),
    deps: Sequence[AnyImpl] = (),
) -> AnyImpl:
    """Make a module of the unikernel's own; packages that depend on keys are a separate argument."""
    given = hooks.united(packages, packages_v)
    return v4.main(
        module,
        type,
        packages=given if isinstance(given, Value) else list(given),
        runtime_args=runtime_args,
        deps=deps,
        local_libs=local_libs,
    )


def _runtime_arg(pos: Any, packages: Any, code: Any, at: Location) -> RuntimeArg:
    wanted = [] if packages is ABSENT else devices.PACKAGES.python(packages, at)
    made: RuntimeArg = called(v4.runtime_arg, [text_of(code, at)], {"packages": wanted}, at)
    return made


class _Requests:
    """DHCP requests, to which a file can add options anywhere.

    A device here needs them when it is made. If an option is added later, the file is evaluated again with that option known
    from the start.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.made: list[list[int]] = []

    def make(self, unit: Any, at: Location) -> Wrapped:
        number = len(self.made)
        self.made.append([])
        known = self.session.memory.get(f"dhcp {number}", ())
        return Wrapped(
            "dhcp_requests", called(v4.make_dhcp_requests, [list(known)], {}, at), codecs.Anything(str(number))
        )

    def add(self, requests: Any, code: Any, at: Location) -> tuple[()]:
        if not isinstance(requests, Wrapped) or requests.kind != "dhcp_requests" or requests.of is None:
            raise mistyped(at, f"this is {named(requests)}, but requests of DHCP are expected", objects=[requests])
        number = int(requests.of.name)
        added = self.made[number]
        added.append(codecs.INT.python(code, at))
        called(v4.make_dhcp_requests, [added], {}, at)
        if not reading("add_dhcp_request", at):
            return ()
        name = f"dhcp {number}"
        known: tuple[int, ...] = self.session.memory.get(name, ())
        if code not in known:
            self.session.memory[name] = (*known, code)
            self.session.again = True
        return ()


def application(name: str, jobs: Sequence[AnyImpl], **named: Any) -> App:
    """Return the application that `register` makes."""
    return v4.register(name, jobs, **named)


def _values(session: Session) -> dict[str, Any]:
    table: dict[str, Any] = {name: getattr(v4, name) for name in tables.CONSTANTS}
    table |= {name: (text, getattr(v4, name)) for name, text in tables.FUNCTIONS.items()}
    table |= dsl.functions(session.types)
    del table["abstract"]
    requests = _Requests(session)
    return table | {
        "noop": v4.noop,
        "tcp": v4.tcpv4v6,  # in OCaml, for any version of IP; nearly always this one is meant
        "udp": v4.udpv4v6,
        "package": (PACKAGE, v4.package),
        "main": (MAIN, main),
        "impl": (IMPL, hooks.impl),
        "of_device": raw("of_device", ".", _of_device),
        "register": (REGISTER, session.registering(application)),
        "runtime_arg": raw(
            "runtime_arg", "~pos ?packages .", lambda *v: Wrapped("abstract_runtime_arg", _runtime_arg(*v))
        ),
        "runtime_args": ("argv impl -> job impl", ReadArguments),
        "key": raw("key", ".", lambda key, at: Wrapped("abstract_key", keys.key_of(key, at).value)),
        "code": hooks.code,
        "connect_err": raw("connect_err", ". .", hooks.connect_err),
        "make_dhcp_requests": raw("make_dhcp_requests", ".", requests.make, pure=False),
        "add_dhcp_request": raw("add_dhcp_request", ". .", requests.add, pure=False),
    }


def _configure_key(group: Any, doc: Any, default: Any, held: Any, name: Any, at: Location) -> Wrapped:
    converter = converters.converter_of(held, at)
    given = {"default": converter.of.python(default, at), "doc": text_of(doc, at), **_group(group, at)}
    made = called(own_keys.configure_key, [text_of(name, at), converter.value], given, at)
    return Wrapped("key", made, converter.of)


def _configure_flag(group: Any, doc: Any, name: Any, at: Location) -> Wrapped:
    given = {"doc": text_of(doc, at), **_group(group, at)}
    return Wrapped("key", called(own_keys.configure_flag, [text_of(name, at)], given, at), codecs.BOOL)


def _group(group: Any, at: Location) -> dict[str, str]:
    return {} if group is ABSENT else {"group": text_of(group, at)}


def _keys() -> Names:
    table: dict[str, Any] = keys.functions("configure")
    table["configure_key"] = raw("Key.configure_key", "?group ~doc ~default . .", _configure_key)
    table["configure_flag"] = raw("Key.configure_flag", "?group ~doc .", _configure_flag)
    table |= {name: (text, getattr(own_keys, name)) for name, text in tables.KEYS.items()}
    table["target"] = Wrapped("key", targets.target, tables.TARGET)
    for name in ("is_unix", "is_solo5", "is_xen", "is_unikraft"):
        table[name] = Wrapped("value", getattr(targets, name), codecs.BOOL)
    return module("Key", table, types, Arg=module("Key.Arg", keys.argument_functions(stages=False)))


def _runtime_args() -> Names:
    table: dict[str, Any] = dict(tables.RUNTIME_ARGS)
    table |= {
        "create": raw("Runtime_arg.create", "~pos ?packages .", lambda *v: Wrapped("runtime_arg", _runtime_arg(*v))),
        "v": raw("Runtime_arg.v", ".", _untyped),
    }
    inner = {
        "V4": module("Runtime_arg.V4", tables.V4_ARGS, types),
        "V6": module("Runtime_arg.V6", tables.V6_ARGS, types),
    }
    return module("Runtime_arg", table, types, **inner)


def _untyped(argument: Any, at: Location) -> Wrapped:
    return Wrapped("abstract_runtime_arg", of_kind(argument, "runtime_arg", "a runtime argument", at).value)


def _type(session: Session) -> Names:
    table = dsl.functions(session.types)
    return module(
        "Type", {"v": table["typ"], "@->": table["@->"], "job": table["job"], "argv": v4.default_argv.signature}
    )


def _of_device(device: Any, at: Location) -> AnyImpl:
    made: AnyImpl = _OWN["device"].python(device, at)
    return made


def modules(session: Session) -> dict[str, Names]:
    """Return the modules of the release."""
    values = _values(session)
    inner = {
        "Key": unread.add(_keys()),
        "Runtime_arg": unread.add(_runtime_args()),
        "Info": unread.add(module("Info", {k: v for k, v in devices.information().items() if k != "package_names"})),
        "Dune": unread.add(hooks.dune()),
        "Action": unread.add(hooks.action()),
        "Type": unread.add(_type(session)),
        "Impl": unread.add(
            module(
                "Impl",
                {
                    "v": (IMPL, hooks.impl),
                    "$": values["$"],
                    "abstract": values["dep"],
                    "if_": values["if_impl"],
                    "match_": values["match_impl"],
                    "of_device": values["of_device"],
                },
                _types,
            )
        ),
    }
    mirage = unread.add(module("Mirage", values, _types, **inner))
    mirage.modules["Tool"] = module("Tool", {"run": raw("Tool.run", ".", lambda unit, at: ())})
    own = words(
        "typ @-> $ dep key if_impl match_impl package main code of_device impl runtime_arg job noop runtime_args"
    )
    functoria = unread.add(module("Functoria", {name: mirage.value(name) for name in own}, types, **inner))
    functoria.modules |= {
        "Install": unread.add(hooks.install()),
        "Device": unread.add(module("Device", {"v": (DEVICE, hooks.impl), "code": values["code"]}, _types)),
        "Package": unread.add(module("Package", {"v": values["package"]}, types)),
        "Tool": mirage.modules["Tool"],
        "DSL": functoria,
    }
    return {"Mirage": mirage, "Functoria": functoria, "Cmdliner": cmdliner.cmdliner()}
