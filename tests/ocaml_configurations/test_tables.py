"""The tables of OCaml names agree with the Python constructors, and are complete."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import functoria
import mirage_devices
from functoria import Impl, Type, arg
from functoria.ocaml import codecs, load
from functoria.ocaml.abstract_codecs import ImplCodec
from functoria.ocaml.signature import Signature, parse
from mirage_devices import v4
from mirage_devices.v3 import keys as keys_3
from mirage_devices.v3.ocaml import modules as ocaml_3
from mirage_devices.v4 import keys as keys_4
from mirage_devices.v4 import runtime_args as arguments_4
from mirage_devices.v4.ocaml import modules as ocaml_4
from mirage_devices.v4.ocaml import tables

OF_PYTHON = {
    "mirage_devices": {
        "Mirage": "the root's class",
        "TARGETS": "a list of names",
        "Threshold": "a record of a key's value",
        "argv": "of Functoria_app",
        "argv_solo5": "chosen by default_argv",
        "argv_unix": "chosen by default_argv",
        "argv_xen": "chosen by default_argv",
        "conduit_connector": "a type that 3.3's interface does not have",
        "tcp_conduit_connector": "of conduit_direct",
        "tls_conduit_connector": "of conduit_direct",
        "direct_icmpv4": "of Mirage_impl_icmp",
        "ipv4_config": "a type of records",
        "ipv6_config": "a type of records",
        "ipv4_address": "a converter, of Key.Arg",
        "ipv4_interface": "a converter, of Key.Arg",
        "ipv6_address": "a converter, of Key.Arg",
        "ipv6_network": "a converter, of Key.Arg",
        "log_threshold": "a converter",
        "is_solo5": "not in 3.3's interface",
        "is_xen": "not in 3.3's interface",
        "is_unix": "of Key",
        "no_depext": "of Key",
        "target": "of Key",
        "target_debug": "of Key",
        "warn_error": "of Key",
        "register": "said apart",
        "add_target": "of Python's targets",
        "icmpv4": "of Mirage_impl_icmp",
        "icmpv6": "of Mirage_impl_icmp",
    },
    "mirage_devices.v4": {
        "Mirage": "the root's class",
        "TARGETS": "a list of names",
        "Device": "a class of devices",
        "Install": "of Functoria.Install",
        "RuntimeArg": "of Runtime_arg",
        "add_target": "of Python's targets",
        "keys": "a module, Key",
        "runtime_args": "a module, Runtime_arg",
        "if_impl": "said apart",
        "match_impl": "said apart",
        "add_dhcp_request": "said apart",
        "make_dhcp_requests": "said apart",
        "extra_repos": "an option of the tool",
        "no_depext": "an option of the tool",
        "no_extra_repo": "an option of the tool",
        "is_solo5": "of Key",
        "is_unikraft": "of Key",
        "is_unix": "of Key",
        "is_xen": "of Key",
        "target": "of Key",
        "main": "said apart",
        "package": "said apart",
        "register": "said apart",
        "runtime_arg": "said apart",
        "direct_icmpv4": "not in 4.11's interface",
        "icmpv4": "not in 4.11's interface",
        "socket_stackv4v6": "not in 4.11's interface",
        "tcp": "said apart",
        "udp": "said apart",
        "tcpv4": "not in 4.11's interface",
        "tcpv6": "not in 4.11's interface",
        "udpv4": "not in 4.11's interface",
        "udpv6": "not in 4.11's interface",
    },
}
"""Names in the catalogues that have no OCaml value of the same name, with the reason."""


@pytest.mark.parametrize(
    ("catalogue", "constants", "functions"),
    [(mirage_devices, ocaml_3.CONSTANTS, ocaml_3.FUNCTIONS), (v4, tables.CONSTANTS, tables.FUNCTIONS)],
    ids=["3.3", "4.11"],
)
def test_no_name_of_a_catalogue_is_forgotten(
    catalogue: Any, constants: tuple[str, ...], functions: Mapping[str, str]
) -> None:
    exempt = OF_PYTHON[catalogue.__name__]
    names = {name for name in catalogue.__all__ if not _is_label(getattr(catalogue, name))}
    assert names - set(constants) - set(functions) == set(exempt) & names
    assert set(exempt).isdisjoint({*constants, *functions})
    assert {*constants, *functions} <= names
    for name in constants:
        assert isinstance(getattr(catalogue, name), (Impl, Type)), name


def _is_label(value: object) -> bool:
    """Return whether it is a class that is only a label for type checkers."""
    return (
        isinstance(value, type)
        and value.__module__ != "functoria.device"
        and value.__name__[0].isupper()
        and (
            (value.__doc__ is not None and value.__doc__.startswith("Label of"))
            or value.__name__ in ("Ipv4Config", "Ipv6Config", "SyslogConfig", "DhcpRequests")
        )
    )


def check(name: str, signature: Signature, python: Callable[..., Any]) -> None:
    """Check that `python` has exactly the labels of a signature as parameters, and as many positional ones."""
    parameters = list(inspect.signature(python).parameters.values())
    labels = {each.label: each for each in signature.parameters if each.label}
    by_place = [each for each in signature.parameters if not each.label and each.codec is not codecs.UNIT]
    known = {parameter.name for parameter in parameters}
    assert set(labels) - ONLY_OCAML.get(name, set()) <= known, name
    plain = [each for each in parameters if each.kind is not each.KEYWORD_ONLY and each.name not in labels]
    assert len(by_place) <= len(plain), name
    for parameter in plain[len(by_place) :]:
        assert parameter.default is not parameter.empty, (name, parameter)
    for label, taken in labels.items():
        if label not in known:
            continue
        parameter = next(each for each in parameters if each.name == label)
        if taken.optional:
            assert parameter.default is not parameter.empty, (name, label)
    left_out = known - set(labels) - {each.name for each in plain[: len(by_place)]}
    assert left_out <= ONLY_PYTHON.get(name, set()), (name, left_out)


ONLY_OCAML = {"direct_stackv4": {"group"}}
"""Labels without effect: the group of a stack appears in no name."""
ONLY_PYTHON: dict[str, set[str]] = {
    "package": {"compatible", "pin_version", "scope"},
    "foreign": {"libraries", "modules", "preprocess", "stanzas"},
    "generic_stackv4v6": set(),
    "create_ipv4": {"network", "gateway"},
    "create_ipv6": {"network", "gateway"},
}
"""Parameters that do not exist in the release's interface."""

ENTRIES = [
    *((f"3.3 {name}", text, getattr(mirage_devices, name), ocaml_3.types) for name, text in ocaml_3.FUNCTIONS.items()),
    *((f"3.3 Key.{name}", text, getattr(keys_3, name), ocaml_3.types) for name, text in ocaml_3.KEYS.items()),
    *((f"3.3 Key.V4.{name}", *entry, ocaml_3.types) for name, entry in ocaml_3.V4_KEYS.items()),
    *((f"3.3 Key.V6.{name}", *entry, ocaml_3.types) for name, entry in ocaml_3.V6_KEYS.items()),
    *((f"4.11 {name}", text, getattr(v4, name), tables.types) for name, text in tables.FUNCTIONS.items()),
    *((f"4.11 Key.{name}", text, getattr(keys_4, name), tables.types) for name, text in tables.KEYS.items()),
    *((f"4.11 Runtime_arg.{name}", *entry, tables.types) for name, entry in tables.RUNTIME_ARGS.items()),
    *((f"4.11 Runtime_arg.V4.{name}", *entry, tables.types) for name, entry in tables.V4_ARGS.items()),
    *((f"4.11 Runtime_arg.V6.{name}", *entry, tables.types) for name, entry in tables.V6_ARGS.items()),
    ("4.11 package", ocaml_4.PACKAGE, v4.package, tables.types),
    ("3.3 package", ocaml_3.PACKAGE, functoria.package, ocaml_3.types),
    ("3.3 foreign", ocaml_3.FOREIGN, ocaml_3.foreign, ocaml_3.types),
]


@pytest.mark.parametrize(("name", "text", "python", "types"), ENTRIES, ids=[entry[0] for entry in ENTRIES])
def test_a_signature_is_that_of_the_constructor(name: str, text: str, python: Any, types: Any) -> None:
    signature = parse(text, types)
    if callable(python) and not isinstance(python, Impl):
        check(name.rpartition(" ")[2], signature, python)
    else:
        assert not signature.parameters


@pytest.mark.parametrize("release", [0, 1])
def test_every_value_of_a_release_can_be_made(release: int) -> None:
    from functoria.ocaml import releases
    from functoria.ocaml.program import session_of
    from functoria.ocaml.unknown import every

    for names in every(releases()[release].modules(session_of("/nowhere/config.ml", {}))):
        for name in names.names():
            assert names.value(name) is not None, (names.title, name)


def test_keys_of_ones_own_are_made_as_in_python(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text(
        """open Mirage
let speed = Key.configure_key ~group:"disk" ~doc:"How fast." ~default:3 Cmdliner.Arg.int "speed"
let quiet = Key.configure_flag ~doc:"No words." "quiet"
let packages_v = Key.(if_ (value quiet)) [] [ package "fmt" ]
let unikernel = main ~packages_v "Unikernel" (network @-> job)
let fast = Key.(map (fun x -> x > 2) (value speed))
let () = register "keys" [ if_impl fast (unikernel $ default_network) (unikernel $ netif "other") ]
"""
    )
    speed = keys_4.configure_key("speed", arg.int, default=3, doc="How fast.", group="disk")
    quiet = keys_4.configure_flag("quiet", doc="No words.")
    unikernel = v4.main("Unikernel", v4.network >> v4.job, packages=quiet.value.if_([], [v4.package("fmt")]))
    fast = speed.value.map(lambda value: value > 2)
    job = functoria.if_impl(fast, unikernel @ v4.default_network, unikernel @ v4.netif("other"))
    (tmp_path / "python").mkdir()
    ours, theirs = v4.register("keys", [job], src=None), load(tmp_path / "config.ml", release="4.11")
    for context in ({}, {"disk-speed": 1, "target": "hvt"}, {"quiet": True}):
        one, two = (app.plan(context).files()["mirage/main.ml"] for app in (ours, theirs))
        assert one == two
    assert [key for key in theirs.keys if key.name in ("disk-speed", "quiet")] == [speed, quiet]


def _annotated(signature: Signature, python: Any) -> list[tuple[str, codecs.Codec, str]]:
    """Return the types of the parameters and of the result, from the signature and from the constructor's annotations."""
    known = inspect.signature(python)
    by_place = [each for each in known.parameters.values() if each.kind is not each.KEYWORD_ONLY]
    found = [("the result", signature.gives, str(known.return_annotation))]
    number = 0
    for taken in signature.parameters:
        parameter = known.parameters.get(taken.label)
        if not taken.label:
            if taken.codec is codecs.UNIT:
                continue
            parameter, number = by_place[number], number + 1
        if parameter is not None:
            found.append((parameter.name, taken.codec, str(parameter.annotation)))
    return found


def _expected(codec: codecs.Codec) -> str | None:
    """Return how the annotation of a type begins, lower-case and without underscores; None if it may be anything."""
    if isinstance(codec, ImplCodec) and codec.type is not None:
        return f"impl[{codec.type.name.replace('_', '').lower()}]"
    return {codecs.STRING: "str", codecs.INT: "int", codecs.BOOL: "bool"}.get(codec)


@pytest.mark.parametrize(
    ("name", "text", "python", "types"),
    [entry for entry in ENTRIES if inspect.isfunction(entry[2])],
    ids=[entry[0] for entry in ENTRIES if inspect.isfunction(entry[2])],
)
def test_a_signature_has_the_types_of_the_constructor(name: str, text: str, python: Any, types: Any) -> None:
    for what, codec, annotation in _annotated(parse(text, types), python):
        expected = _expected(codec)
        said = annotation.replace("_", "").lower().replace("types.", "")
        kinds = [kind.strip() for kind in said.split("|")]
        assert expected is None or any(kind.startswith(expected) for kind in kinds), (
            name,
            what,
            codec.name,
            annotation,
        )


@pytest.mark.parametrize(
    ("module", "said", "apart"),
    [
        (
            keys_3,
            {
                *(getattr(keys_3, name) for name in ocaml_3.KEYS),
                *(python for _, python in (*ocaml_3.V4_KEYS.values(), *ocaml_3.V6_KEYS.values())),
            },
            {"grouped": "no key", "logs": "said apart"},
        ),
        (
            keys_4,
            {getattr(keys_4, name) for name in tables.KEYS},
            {
                "configure_key": "said apart",
                "configure_flag": "said apart",
                "disk_name": "made by docteur",
                "disk_output": "made by docteur",
            },
        ),
        (
            arguments_4,
            {python for table in (tables.RUNTIME_ARGS, tables.V4_ARGS, tables.V6_ARGS) for _, python in table.values()},
            {"runtime_arg": "of Mirage", "given": "no argument"},
        ),
    ],
    ids=["3.3 keys", "4.11 keys", "4.11 arguments"],
)
def test_no_key_of_a_catalogue_is_forgotten(module: Any, said: set[Any], apart: Mapping[str, str]) -> None:
    own = {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert {name for name, value in own.items() if value not in said} == set(apart)
