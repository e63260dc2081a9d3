"""Every constructor of 4.11's catalogue, called with invalid arguments."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mirage_devices.v4 as m
from functoria import App, FunctoriaError, Impl, Key, Package, Type, arg
from functoria.errors import DeviceError
from mirage_devices.v4.targets import BY_NAME, Target
from tests.catalogue.test_catalogue411 import plan_of
from tests.catalogue.test_constructors import WRONG as WRONG_OF_3_3
from tests.catalogue_rows411 import ARP, CLIENT, DNS, ETH, HE, IPV4, IPV6, MIMIC, NET, PORT, RAM, STACK, TCP

NAMES = [
    (module, name)
    for module in (m, m.keys, m.runtime_args)
    for name in dir(module)
    if isinstance(getattr(module, name), types.FunctionType) and not name.startswith("_") and name != "given"
    if getattr(module, name).__module__.startswith("mirage_devices.v4" if module is m else module.__name__)
]
CONDUIT = m.conduit_direct(STACK)

GIVEN: dict[str, Any] = {
    "arp": ARP,
    "block": RAM,
    "code": 15,
    "conduit": CONDUIT,
    "db": m.default_qubesdb,
    "dev": "tap0",
    "directory": "htdocs",
    "dns": DNS,
    "eth": ETH,
    "file": "disk.img",
    "he": HE,
    "id": "0",
    "ip": m.create_ipv4v6(IPV4, IPV6),
    "ipv4": IPV4,
    "ipv6": IPV6,
    "jobs": [m.noop],
    "key": PORT,
    "kv": m.crunch("htdocs"),
    "mimic": MIMIC,
    "name": "name",
    "net": NET,
    "one": m.git_tcp(TCP, MIMIC),
    "port": PORT,
    "program_block_size": PORT,
    "remote": "https://example.org/x",
    "requests": m.make_dhcp_requests(),
    "resolver": m.resolver_dns(STACK),
    "stack": STACK,
    "target": BY_NAME["hvt"],
    "tcp": TCP,
    "two": m.git_tcp(TCP, MIMIC),
}
"""An argument for each parameter without a default, by the parameter's name."""
OF: dict[tuple[str, str], Any] = {
    ("runtime_arg", "code"): "Unikernel.x",
    ("main", "module"): "Unikernel",
    ("main", "type"): m.job,
    ("direct_icmpv4", "ip"): IPV4,
    ("udp", "ip"): m.ipv4,
    ("tcp", "ip"): m.ipv4,
    ("interface", "default"): "tap0",
    ("ipv4_network", "default"): "10.0.0.2/24",
    ("configure_key", "converter"): arg.int,
    ("configure_key", "default"): 3,
    ("configure_key", "doc"): "How many.",
    ("configure_flag", "doc"): "Whether.",
}
"""The same for single constructors, where that name means something else."""

WRONG = [*WRONG_OF_3_3, CLIENT, m.network, PORT, Key.flag("flag"), (3, 4), float("nan"), m.make_dhcp_requests()]


def _parameters() -> Iterator[tuple[types.ModuleType, str, str]]:
    for module, name in NAMES:
        yield from ((module, name, parameter) for parameter in inspect.signature(getattr(module, name)).parameters)


def _called(module: types.ModuleType, of: str, /, **given: Any) -> Any:
    """Call the constructor with `given` and its other required arguments."""
    constructor: Callable[..., Any] = getattr(module, of)
    parameters = inspect.signature(constructor).parameters.values()
    needed = {
        each.name: OF.get((of, each.name), GIVEN.get(each.name)) for each in parameters if each.default is each.empty
    }
    return constructor(**{**needed, **given})


def _used(made: Any, target: str) -> None:
    """Emit everything for the result of a constructor."""
    if isinstance(made, m.RuntimeArg):
        made = m.main("Unikernel", m.job, runtime_args=[made])
    if isinstance(made, Package):
        made = m.main("Unikernel", m.job, packages=[made])
    if isinstance(made, tuple) and all(isinstance(each, Impl) for each in made):
        plan_of(*made, context={"target": target}).files()
    elif isinstance(made, Impl):
        plan_of(made, context={"target": target}).files()
    elif isinstance(made, App):
        made.plan(target=target).files()


KINDS = (Target, Impl, App, Package, Type, Key, m.RuntimeArg, type(m.make_dhcp_requests()), tuple)


@pytest.mark.parametrize(("module", "name"), NAMES)
@pytest.mark.filterwarnings("ignore:etif is now")
def test_a_constructor_takes_what_it_is_for(module: types.ModuleType, name: str) -> None:
    made = _called(module, name)
    assert isinstance(made, KINDS)
    for target in ("unix", "xen", "hvt", "unikraft-qemu"):
        try:
            _used(made, target)
        except FunctoriaError:
            assert name in ("block_of_xenstore_id", "ipv4_qubes", "socket_stackv4v6")  # not for all targets


@pytest.mark.parametrize(("module", "name", "parameter"), [*_parameters()])
@pytest.mark.filterwarnings("ignore:etif is now")
def test_a_wrong_argument_is_an_error_of_the_library(module: types.ModuleType, name: str, parameter: str) -> None:
    for wrong in WRONG:
        try:
            made = _called(module, name, **{parameter: wrong})
        except DeviceError as error:
            pytest.fail(f"{wrong!r}: {error}")  # detected too late, by code that failed on it
        except FunctoriaError:
            continue
        for target in ("unix", "xen", "hvt"):
            try:
                _used(made, target)
            except DeviceError as error:
                pytest.fail(f"{wrong!r}: {error}")
            except FunctoriaError:
                continue


@pytest.mark.parametrize(("module", "name", "parameter"), [*_parameters()])
@pytest.mark.filterwarnings("ignore:etif is now")
def test_an_object_of_no_kind_is_refused_at_once(module: types.ModuleType, name: str, parameter: str) -> None:
    with pytest.raises(FunctoriaError) as refused:
        _called(module, name, **{parameter: object()})
    assert {place.file for place in refused.value.locations} == {__file__}
