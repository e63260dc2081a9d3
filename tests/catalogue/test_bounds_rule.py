"""Every package of the catalogue follows MirageOS's rule for upper bounds, or has a reason not to."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings

import mirage_devices
import mirage_devices.v4 as v4
from functoria import App, Bounds, Device, FunctoriaError, Key, Package, Plan, Value, arg, foreign, job, package
from functoria.errors import InvalidValue
from functoria.term import walk
from functoria.value import Pure
from mirage_devices import archive_of_files, default_network, dhcp_ipv4_stack, fat_of_files, register
from mirage_devices.exceptional import Exceptional
from mirage_devices.v3 import exceptions as exceptions_of_3
from mirage_devices.v3 import targets as targets_of_3
from mirage_devices.v3.backends.base import Backend
from mirage_devices.v4 import exceptions as exceptions_of_4
from mirage_devices.v4 import targets as targets_of_4
from mirage_devices.v4.application import Module
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import Target
from mirage_devices.v4.testing import applications as applications_of_4
from tests import catalogue_rows, catalogue_rows411, recorded, recorded411
from tests.random_terms import applications
from tests.testing.test_testing import FAST

Release = Literal["v3", "v4"]
RELEASES: tuple[Release, ...] = ("v3", "v4")
ROOT = Path(mirage_devices.__file__).parent
TARGETS = {"v3": targets_of_3, "v4": targets_of_4}
EXCEPTIONS = {"v3": exceptions_of_3.EXCEPTIONS, "v4": exceptions_of_4.EXCEPTIONS}


def chosen(name: str, key: Key[Any]) -> Any:
    """Return the value of `key` if the target is `name` and nothing else is given."""
    return name if key.name == "target" else key.default


def held(thing: Any) -> Iterator[Package]:
    """Yield the packages in a global of a module of devices, on any target."""
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
        for name in [name for module in TARGETS.values() for name in module.TARGETS]:
            with suppress(FunctoriaError, KeyError):  # a target that only the other release has
                yield from held(thing.evaluate(partial(chosen, name)))
    elif isinstance(thing, Backend):
        yield from held(thing.all_packages())
    elif isinstance(thing, (Target, RuntimeArg)):
        yield from held(thing.packages)
    elif isinstance(thing, Device) or (isinstance(thing, type) and issubclass(thing, Device) and not core(thing)):
        for attribute in ("packages", "own_packages", "runtime_args"):
            value = getattr(thing, attribute, ())
            if not isinstance(value, property):
                yield from held(value)


def core(cls: type) -> bool:
    """Return whether a class belongs to the core, and a module of devices only imports it."""
    return cls.__module__.partition(".")[0] == "functoria"


def written(release: Release) -> Iterator[tuple[str, Package]]:
    """Yield the packages that are declared with a literal name in the source text, each with its place."""
    for path in sorted((ROOT / release).rglob("*.py")):
        if path.name == "testing.py":
            continue  # the strategies for Hypothesis are not part of the catalogue
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
"""Devices of 3.3 that are in no row."""
MORE_OF_4 = (v4.direct_kv_rw("t"), v4.kv_rw_mem(), v4.generic_stackv4v6_with_lease(v4.default_network)[1])


def rows(release: Release) -> list[App]:
    """Return an application with each device of the catalogue."""
    if release == "v3":
        impls: list[Any] = [*(row.impl for row in catalogue_rows.ROWS.values()), *MORE]
        mains: Any = [foreign("Unikernel.Main", impl.signature >> job) @ impl for impl in impls]
        return [register("x", [main]) for main in mains]
    impls = [*(row.impl for row in catalogue_rows411.ROWS.values()), *MORE_OF_4]
    mains = [v4.main("Unikernel.Main", impl.signature >> v4.job) @ impl for impl in impls]
    mocked = v4.register("x", [], ptime=v4.mock_ptime, mtime=v4.mock_mtime, src=None)
    quiet = v4.register("x", [v4.main("Unikernel", v4.job, deps=[v4.no_reporter])], src=None)
    none = v4.register("x", [], sleep=v4.no_sleep, ptime=v4.no_ptime, mtime=v4.no_mtime, random=v4.no_random, src=None)
    return [*(v4.register("x", [main], src=None) for main in mains), mocked, quiet, none]


@cache
def drawn(release: Release) -> list[App]:
    """Return the same devices made with any arguments, in random applications."""
    found: list[App] = []

    @settings(FAST, max_examples=150 if release == "v3" else 50)
    @given(applications() if release == "v3" else applications_of_4())
    def collect(app: App) -> None:
        found.append(app)

    collect()
    return found


def devices(app: App) -> Iterator[Device[Any]]:
    """Yield the devices in all branches of all choices, and their dependencies."""
    levels: list[list[Any]] = [[app.root]]  # all kept alive, because `seen` compares by identity
    seen: set[int] = set()
    while levels[-1]:
        levels.append([])
        for term in walk(levels[-2], seen):
            if isinstance(term, Device):
                yield term
                levels[-1].extend(term.deps)


def values(key: Key[Any]) -> list[Any]:
    """Return all values of `key` if there are few, otherwise its default."""
    if key.converter == arg.bool:
        return [False, True]
    return list(dict.fromkeys(name for name, _ in getattr(key.converter, "choices", ()))) or [key.default]


def demanded(device: Device[Any]) -> Iterator[Package]:
    """Yield the packages that a device declares, on every target and with every value of the keys that they depend on."""
    packages: Any = device.packages
    if not isinstance(packages, Value):
        yield from packages
        return
    for chosen in product(*map(values, packages.keys)):
        context = dict(zip(packages.keys, chosen, strict=True))
        with suppress(InvalidValue):  # a value without a case
            yield from packages.evaluate(context.__getitem__)


def of_users(cls: type) -> bool:
    """Return whether devices of a class are a user's own: modules, and devices that a config.ml defines."""
    return issubclass(cls, Module) or ".ocaml." in f"{cls.__module__}."


def of_catalogue(release: Release, device: object) -> bool:
    """Return whether a device belongs to the catalogue of `release`, and is not a user's own."""
    return type(device).__module__.startswith(f"mirage_devices.{release}.") and not of_users(type(device))


def brought(device: Any) -> set[Package]:
    """Return the packages of runtime arguments that the user gave to a device."""
    known = ("Mirage_runtime", "Cmdliner_stdlib")
    arguments = [each for each in getattr(device, "runtime_args", ()) if not each.code.startswith(known)]
    return {package for each in arguments for package in each.packages}


def ours(release: Release, apps: Iterable[App]) -> list[Device[Any]]:
    """Return the catalogue's devices in `apps`, without an application's own packages."""
    found = dict.fromkeys(device for app in apps for device in devices(app))
    return [device for device in found if of_catalogue(release, device)]


def plans(release: Release) -> Iterator[Plan]:
    """Yield the plans of the recorded configurations."""
    for name, where in recorded.cases() if release == "v3" else recorded411.cases():
        with suppress(FunctoriaError):
            if release == "v3":
                yield recorded.application(name).plan(recorded.context(name, where))
            else:
                yield recorded411.plan(name, where)


def modules(release: Release) -> Iterator[Any]:
    """Yield the modules of the catalogue, without the strategies for Hypothesis."""
    for found in pkgutil.walk_packages([str(ROOT / release)], f"mirage_devices.{release}."):
        if not found.name.endswith(".testing"):
            yield importlib.import_module(found.name)


@cache
def in_plans(release: Release) -> frozenset[Package]:
    """Return the packages that devices of the catalogue declared in the recorded plans."""
    found: set[Package] = set()
    for plan in plans(release):
        extra = plan.app.root.extra_packages
        for demand in plan.demands:
            device = demand.node.device
            if of_catalogue(release, device) and demand.package not in (*extra, *brought(device)):
                found.add(demand.package)
    return frozenset(found)


def catalogue(release: Release) -> dict[str, set[Bounds]]:
    """Return the bounds of every package that a device or a target declares, by name."""
    found = [*(declared for _, declared in written(release)), *in_plans(release)]
    for device in ours(release, [*rows(release), *drawn(release)]):
        found += [package for package in demanded(device) if package not in brought(device)]
    for module in modules(release):
        for thing in list(vars(module).values()):
            found += held(thing)
    bounds: dict[str, set[Bounds]] = {}
    for declared in found:
        bounds.setdefault(declared.name, set()).add(declared.bounds)
    return bounds


def breaches(release: Release, bounds: Mapping[str, set[Bounds]]) -> Iterable[str]:
    """Return the packages that break the rule without an exception for these bounds."""
    for name in sorted(bounds):
        for one in sorted(bounds[name], key=str):
            if one.min is not None and one == Bounds.compatible(one.min):
                continue
            excepted = EXCEPTIONS[release].get(name)
            if excepted is None or one not in excepted_bounds(excepted):
                yield f"{name} {one}: use compatible=, or record the reason in mirage_devices/{release}/exceptions.py"


def excepted_bounds(excepted: Exceptional) -> list[Bounds]:
    """Return the bounds that an exception is about."""
    return [Bounds.of_specifiers(bounds) for bounds in (excepted.bounds, *excepted.also)]


@pytest.mark.filterwarnings("ignore:two devices claim")
@pytest.mark.parametrize("release", RELEASES)
def test_every_package_follows_the_rule_or_has_a_reason(release: Release) -> None:
    assert list(breaches(release, catalogue(release))) == []


@pytest.mark.parametrize("release", RELEASES)
def test_no_exception_is_left_over(release: Release) -> None:
    found = catalogue(release)
    for name, excepted in EXCEPTIONS[release].items():
        for bounds in excepted_bounds(excepted):
            assert bounds in found.get(name, ()), f"{name} {bounds} is in the catalogue no more: remove its exception"
            assert bounds.min is None or bounds != Bounds.compatible(bounds.min), f"{name} follows the rule"
        assert len(excepted.reason.split()) > 3


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    "entry",
    [
        package("tcpip", min="9.0.0", max="9.7.0"),
        package("tar-mirage", min="1.0.0", max="5.0.0"),
        package("new", min="1.0.0"),
        package("new", max="2.0"),
        package("new"),
    ],
    ids=str,
)
def test_a_new_entry_that_breaks_the_rule_fails(release: Release, entry: Package) -> None:
    bounds = catalogue(release)
    bounds.setdefault(entry.name, set()).add(entry.bounds)
    assert [line.split()[0] for line in breaches(release, bounds)] == [entry.name]


@pytest.mark.parametrize(
    ("release", "kind", "attribute", "names"),
    [
        ("v3", "FamilyConsole", "packages", {"unix", "xen", "solo5"}),
        ("v4", "SocketUdp", "own_packages", {"udp"}),
    ],
)
def test_packages_with_computed_names_are_seen(
    release: Release, kind: str, attribute: str, names: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def packages(self: Any) -> tuple[Package, ...]:
        return (package("-".join(["some", "console", getattr(self, "family", "udp")]), min="1.0"),)

    device: Any = next(device for device in ours(release, rows(release)) if type(device).__name__ == kind)
    monkeypatch.setattr(type(device), attribute, property(packages))
    wrong = {line.split()[0] for line in breaches(release, catalogue(release))}
    assert wrong == {f"some-console-{name}" for name in names}


@pytest.mark.parametrize("release", RELEASES)
def test_every_device_of_the_catalogue_is_asked(release: Release) -> None:
    classes = {thing for module in modules(release) for thing in vars(module).values() if isinstance(thing, type)}
    written = {cls for cls in classes if issubclass(cls, Device) and not core(cls) and not of_users(cls)}
    asked = {type(device) for device in ours(release, rows(release))}
    assert written - {parent for cls in written for parent in cls.__mro__[1:]} <= asked


@pytest.mark.parametrize("release", RELEASES)
def test_the_catalogue_is_found_whole(release: Release) -> None:
    known = {
        "v3": {
            "solo5-bindings-virtio",
            "solo5-bindings-genode",
            "mirage-net-macosx",
            "logs-syslog",
            "zarith-freestanding",
        },
        "v4": {"ocaml-unikraft-backend-qemu", "mirage-solo5", "mirage-net-macosx", "docteur-solo5", "cmdliner-stdlib"},
    }
    found = catalogue(release)
    assert known[release] | {"mirage-qubes-ipv4", "crunch"} <= set(found)
    assert {declared.name for _, declared in written(release)} <= set(found)
