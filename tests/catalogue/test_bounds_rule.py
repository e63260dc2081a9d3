"""Every package of the catalogue follows MirageOS's rule for upper bounds, or has a reason not to."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import mirage_devices
from functoria import App, Bounds, Device, FunctoriaError, Key, Package, Value, arg, foreign, job, package
from functoria.errors import InvalidValue
from functoria.term import walk
from functoria.value import Pure
from mirage_devices import archive_of_files, default_network, dhcp_ipv4_stack, fat_of_files, register
from mirage_devices.v3.backends.base import Backend
from mirage_devices.v3.exceptions import EXCEPTIONS
from mirage_devices.v3.targets import TARGETS, target
from tests import recorded
from tests.catalogue_rows import ROWS
from tests.random_terms import applications
from tests.testing.test_testing import FAST

ROOT = Path(mirage_devices.__file__).parent / "v3"


def chosen(name: str, key: Key[Any]) -> Any:
    """The value of `key` where the target is `name` and all else is left out."""
    return name if key == target else key.default


def held(thing: Any) -> Iterator[Package]:
    """The packages that a global of a module of devices holds, on any target."""
    if isinstance(thing, Package):
        yield thing
    elif isinstance(thing, (tuple, list)):
        for item in thing:
            yield from held(item)
    elif isinstance(thing, dict):
        yield from held(list(thing.values()))
    elif isinstance(thing, Value):
        for term in walk([thing]):
            if isinstance(term, Pure):
                yield from held(term.constant)
        for name in TARGETS:
            yield from held(thing.evaluate(partial(chosen, name)))
    elif isinstance(thing, Backend):
        yield from held(thing.all_packages())
    elif isinstance(thing, Device) or (isinstance(thing, type) and issubclass(thing, Device) and not core(thing)):
        for attribute in ("packages", "own_packages"):
            value = getattr(thing, attribute, ())
            if not isinstance(value, property):
                yield from held(value)


def core(cls: type) -> bool:
    """Whether a class is the core's, which a module of devices only imports."""
    return cls.__module__.partition(".")[0] == "functoria"


def written() -> Iterator[tuple[str, Package]]:
    """The packages that the source text declares with a literal name, each with its place."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "package":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    bounds = {
                        word.arg: ast.literal_eval(word.value)
                        for word in node.keywords
                        if word.arg in ("min", "max", "compatible")
                    }
                    yield f"{path.name}:{node.lineno}", package(first.value, **bounds)


MORE = (archive_of_files("t"), fat_of_files("t"), dhcp_ipv4_stack(default_network))
"""Devices that no row is of."""


def rows() -> list[App]:
    """An application of each device of the catalogue."""
    impls: list[Any] = [*(row.impl for row in ROWS.values()), *MORE]
    mains: Any = [foreign("Unikernel.Main", impl.signature >> job) @ impl for impl in impls]
    return [register("x", [main]) for main in mains]


@cache
def drawn() -> list[App]:
    """The same devices made with any arguments, in random applications."""
    found: list[App] = []

    @settings(FAST, max_examples=150)
    @given(applications())
    def collect(app: App) -> None:
        found.append(app)

    collect()
    return found


def devices(app: App) -> Iterator[Device[Any]]:
    """The devices in all branches of all choices, and what they come after."""
    levels: list[list[Any]] = [[app.root]]  # all kept alive, for `seen` goes by identity
    seen: set[int] = set()
    while levels[-1]:
        levels.append([])
        for term in walk(levels[-2], seen):
            if isinstance(term, Device):
                yield term
                levels[-1].extend(term.deps)


def values(key: Key[Any]) -> list[Any]:
    """All values of `key` where they are few; else its default."""
    if key.converter == arg.bool:
        return [False, True]
    return list(dict.fromkeys(name for name, _ in getattr(key.converter, "choices", ()))) or [key.default]


def demanded(device: Device[Any]) -> Iterator[Package]:
    """The packages that a device demands, on every target and with every value of the keys that they depend on."""
    packages: Any = device.packages
    if not isinstance(packages, Value):
        yield from packages
        return
    for chosen in product(*map(values, packages.keys)):
        context = dict(zip(packages.keys, chosen, strict=True))
        with suppress(InvalidValue):  # a value for which there is no case
            yield from packages.evaluate(context.__getitem__)


def ours(apps: Iterable[App]) -> list[Device[Any]]:
    """The catalogue's devices in `apps`; an application's own packages are no part of it."""
    found = dict.fromkeys(device for app in apps for device in devices(app))
    return [device for device in found if type(device).__module__.startswith("mirage_devices.v3.")]


def catalogue() -> dict[str, set[Bounds]]:
    """The bounds of every package that a device or a target declares, by name."""
    found = [declared for _, declared in written()]
    for device in ours([*rows(), *drawn()]):
        found += demanded(device)
    for module in pkgutil.walk_packages([str(ROOT)], "mirage_devices.v3."):
        for thing in list(vars(importlib.import_module(module.name)).values()):
            found += held(thing)
    for name, where in recorded.cases():
        try:
            plan = recorded.application(name).plan(recorded.context(name, where))
        except FunctoriaError:
            continue
        theirs = [d for d in plan.demands if type(d.node.device).__module__.startswith("mirage_devices.v3.")]
        extra = plan.app.root.extra_packages
        found += [d.package for d in theirs if d.package not in extra]
    bounds: dict[str, set[Bounds]] = {}
    for declared in found:
        bounds.setdefault(declared.name, set()).add(declared.bounds)
    return bounds


def breaches(bounds: dict[str, set[Bounds]]) -> Iterable[str]:
    """What breaks the rule without a reason that speaks of these very bounds."""
    for name in sorted(bounds):
        for one in sorted(bounds[name], key=str):
            if one.min is not None and one == Bounds.compatible(one.min):
                continue
            excepted = EXCEPTIONS.get(name)
            if excepted is None or Bounds.of_specifiers(excepted.bounds) != one:
                yield f"{name} {one}: use compatible=, or record the reason in mirage_devices/v3/exceptions.py"


def test_every_package_follows_the_rule_or_has_a_reason() -> None:
    assert list(breaches(catalogue())) == []


def test_no_exception_is_left_over() -> None:
    found = catalogue()
    for name, excepted in EXCEPTIONS.items():
        bounds = Bounds.of_specifiers(excepted.bounds)
        assert bounds in found.get(name, ()), f"{name} has no such bounds any more: remove its exception"
        assert bounds.min is None or bounds != Bounds.compatible(bounds.min), f"{name} follows the rule"
        assert len(excepted.reason.split()) > 3


@pytest.mark.parametrize(
    "entry",
    [
        package("tcpip", min="3.5.0", max="3.7.0"),
        package("new", min="1.0.0"),
        package("new", max="2.0"),
        package("new"),
    ],
    ids=str,
)
def test_a_new_entry_that_breaks_the_rule_fails(entry: Package) -> None:
    bounds = catalogue()
    bounds.setdefault(entry.name, set()).add(entry.bounds)
    assert [line.split()[0] for line in breaches(bounds)] == [entry.name]


def test_packages_with_computed_names_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def packages(self: Any) -> tuple[Package, ...]:
        return (package("-".join(["some", "console", self.family]), min="1.0"),)

    device: Any = next(device for device in ours(rows()) if type(device).__name__ == "FamilyConsole")
    monkeypatch.setattr(type(device), "packages", property(packages))
    wrong = {line.split()[0] for line in breaches(catalogue())}
    assert wrong == {"some-console-unix", "some-console-xen", "some-console-solo5"}


def test_every_device_of_the_catalogue_is_asked() -> None:
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages([str(ROOT)], "mirage_devices.v3.")
    ]
    classes = {thing for module in modules for thing in vars(module).values() if isinstance(thing, type)}
    written = {cls for cls in classes if issubclass(cls, Device) and not core(cls)}
    asked = {type(device) for device in ours(rows())}
    assert written - {parent for cls in written for parent in cls.__mro__[1:]} <= asked


def test_the_catalogue_is_found_whole() -> None:
    found = catalogue()
    assert {f"solo5-bindings-{name}" for name in ("virtio", "hvt", "muen", "genode")} <= set(found)
    assert {"mirage-net-macosx", "logs-syslog", "mirage-qubes-ipv4", "zarith-freestanding", "crunch"} <= set(found)
    assert {declared.name for _, declared in written()} <= set(found)
