"""Every value in the release's interfaces is supported, or refused by name where it is used."""

from __future__ import annotations

import re

import pytest

from functoria import FunctoriaError
from functoria.location import Location
from functoria.ocaml import loads
from functoria.ocaml.opaque import Pending
from functoria.ocaml.program import session_of
from functoria.ocaml.release import named, releases
from functoria.ocaml.scope import Names
from functoria.ocaml.unread import Unread
from mirage_devices.v3.ocaml import unread as v3_unread
from mirage_devices.v4.ocaml import unread as v4_unread
from tests.ocaml_configurations import interface_33, interface_411

INTERFACES = {"3.3": (interface_33.VALUES, v3_unread.UNREAD), "4.11": (interface_411.VALUES, v4_unread.UNREAD)}
NAMES = [
    (release, module, name)
    for release, (values, _) in INTERFACES.items()
    for module, names in values.items()
    for name in names.split()
]
MODULES = {name: named(name, releases()).modules(session_of("/nowhere/config.ml", {})) for name in INTERFACES}
AT = Location("/nowhere/config.ml", 3)


def module_of(release: str, path: str) -> Names:
    first, *rest = path.split(".")
    found = MODULES[release][first]
    for name in rest:
        found = found.modules[name]
    return found


def is_unread(value: object) -> bool:
    return isinstance(value, Pending) and value.value.__module__ == Unread.__module__


@pytest.mark.parametrize(("release", "module", "name"), NAMES, ids=lambda part: part)
def test_a_value_of_the_interface_is_known(release: str, module: str, name: str) -> None:
    assert module_of(release, module).value(name) is not None


@pytest.mark.parametrize("release", INTERFACES)
def test_what_is_not_read_is_listed_and_nothing_else(release: str) -> None:
    found = {
        (title, name)
        for each, path, name in NAMES
        if each == release and is_unread(module_of(each, path).value(name)) and not module_of(each, path).opaque
        for title in [module_of(each, path).title]
    }
    listed = {(module, name) for module, names in INTERFACES[release][1].values.items() for name in names}
    assert found == listed


@pytest.mark.parametrize(
    "path", ["Mirage", "Mirage.Key", "Mirage.Key.Arg", "Mirage.Key.V4", "Mirage.Key.V6", "Mirage.Info"]
)
def test_a_module_of_3_3_has_no_other_values(path: str) -> None:
    assert set(module_of("3.3", path).names()) <= set(interface_33.VALUES[path].split())


@pytest.mark.parametrize(("release", "module", "name"), sorted(set(NAMES)), ids=lambda part: part)
def test_what_is_not_read_is_refused_by_its_name(release: str, module: str, name: str) -> None:
    value = module_of(release, module).value(name)
    if is_unread(value):
        with pytest.raises(FunctoriaError, match=r"is not supported in a config\.ml") as caught:
            value.value(AT)
        assert caught.value.locations == (AT,)
        assert name in caught.value.message


HEAD = 'open Mirage\ntype t = T\nlet t = typ T\nlet connect _ m _ = code ~pos:__POS__ "%s.make ()" m\n'
TAIL = 'let () = register "x" [ main "Unikernel" (t @-> job) $ d ]\n'
WAYS = [
    'let d = Impl.v ~packages:[ package "fmt" ] ~connect "Dev" t\n',
    'let d = of_device (Functoria.Device.v ~packages:[ Functoria.Package.v "fmt" ] ~connect "Dev" t)\n',
    'let d = Impl.of_device @@ Functoria.Device.v ~packages:[ package "fmt" ] ~connect "Dev" t\n',
    'let d = Functoria.impl ~packages:[ package "fmt" ] ~connect "Dev" t\n',
    'let d = let e = impl ~packages:[ package "fmt" ] ~connect "Dev" t in Impl.if_ Key.is_unix e e\n',
]


@pytest.mark.parametrize("way", WAYS)
def test_all_ways_to_make_a_device_are_one(way: str) -> None:
    want = loads(HEAD + 'let d = impl ~packages:[ package "fmt" ] ~connect "Dev" t\n' + TAIL, environment={})
    found = loads(HEAD + way + TAIL, environment={})
    for target in ("unix", "hvt"):
        assert found.plan(target=target).files() == want.plan(target=target).files()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("let x = of_device default_network", "but the type ('a, abstract_impl) Device.t is expected"),
        ('let x = Functoria.Device.v "A" t $ default_network', None),
        ("let x = Functoria.Device.extend", "Device.extend of MirageOS 4.11 is not supported"),
        ("let x = Key.Set.empty", "Key.Set.empty of MirageOS 4.11 is not supported"),
        ("let x = Context.empty", "Mirage.Context.empty of MirageOS 4.11 is not supported"),
        ("let x i = Info.package_names i", "no value Info.package_names"),
    ],
)
def test_what_is_wrong_or_not_read_has_its_place(use: str, message: str | None) -> None:
    with pytest.raises(FunctoriaError, match=message and re.escape(message)) as caught:
        loads(f"{HEAD}{use}\n{TAIL.replace(' $ d', '')}", "/nowhere/config.ml", release="4.11", environment={})
    assert [(place.file, place.line) for place in caught.value.locations[:1]] == [("/nowhere/config.ml", 5)]


@pytest.mark.parametrize(
    ("use", "meant"),
    [
        ('Key.(create "a" Arg.(opt string "" (info [ "a" ])))', "Cmdliner.Arg.string"),
        ('Key.create "a" (Key.Arg.opt Key.Arg.int64 0L (Key.Arg.info [ "a" ]))', "Cmdliner.Arg.int64"),
        ("if_impl is_unix default_network default_network", "Key.is_unix"),
    ],
)
def test_a_name_of_another_module_of_the_release_is_said_in_full(use: str, meant: str) -> None:
    with pytest.raises(FunctoriaError, match=rf"did you mean {re.escape(meant)}\?"):
        loads(f"{HEAD}let x = {use}\n{TAIL.replace(' $ d', '')}", release="4.11", environment={})
