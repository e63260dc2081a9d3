"""Every constructor of the catalogue, called with invalid arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from typing import Any

import pytest

import mirage_devices as m
from functoria import App, FunctoriaError, Impl, noop
from functoria.errors import DeviceError, InvalidValue
from mirage_devices.v3.backends import BACKENDS, Backend
from tests.catalogue.test_catalogue import plan_of
from tests.catalogue_rows import ALL, ARP, ETH, FILE, IP, NET, STACK

NAMES = [name for name in dir(m) if inspect.isfunction(getattr(m, name))]
RECORDS = ["Threshold", "Ipv4Config", "Ipv6Config", "SyslogConfig"]

GIVEN: dict[str, Any] = {
    "addresses": ["fe80::2"],
    "arp": ARP,
    "backend": BACKENDS["hvt"],
    "block": FILE,
    "conduit": m.conduit_direct(STACK),
    "config": m.ipv6_config(["fe80::2"]),
    "db": m.default_qubesdb,
    "dev": "tap0",
    "dir": "htdocs",
    "eth": ETH,
    "file": "disk.img",
    "fs": m.fat(FILE),
    "gateway": None,
    "gateways": [],
    "hostname": "host",
    "id": "0",
    "ip": IP,
    "ips": ["0.0.0.0"],
    "jobs": [noop],
    "kv": m.crunch("htdocs"),
    "level": "info",
    "name": "name",
    "net": NET,
    "netmasks": [],
    "network": "10.0.0.2/24",
    "size": 1000,
    "source": None,
    "stack": STACK,
}
"""An argument for each parameter without a default, by the parameter's name."""

WRONG: list[Any] = [
    object(),
    3,
    -1,
    "x",
    "",
    "a\0b",
    "\ud800",
    [],
    [3],
    {},
    None,
    True,
    1.5,
    b"x",
    IPv4Address(1),
    noop,
    m.time,
]
"""Things of many kinds: each is wrong for most parameters, and right for some."""


def _parameters() -> Iterator[tuple[str, str]]:
    for name in (*NAMES, *RECORDS):
        yield from ((name, parameter) for parameter in inspect.signature(getattr(m, name)).parameters)


def _called(of: str, /, **given: Any) -> Any:
    """Call the constructor with `given` and its other required arguments."""
    constructor: Callable[..., Any] = getattr(m, of)
    parameters = inspect.signature(constructor).parameters.values()
    needed = {each.name: GIVEN[each.name] for each in parameters if each.default is each.empty}
    return constructor(**{**needed, **given})


def _used(made: Any, target: str) -> None:
    """Emit everything for the result of a constructor."""
    if isinstance(made, Impl):
        plan_of(made, context={"target": target}).files()
    elif isinstance(made, App):
        made.plan(target=target).files()


@pytest.mark.parametrize("name", [*NAMES, *RECORDS])
def test_a_constructor_takes_what_it_is_for(name: str) -> None:
    made = _called(name)
    assert isinstance(made, (Impl, App, Backend)) or type(made).__name__ in RECORDS


@pytest.mark.parametrize(("name", "parameter"), [*_parameters()])
def test_a_wrong_argument_is_an_error_of_the_library(name: str, parameter: str) -> None:
    for wrong in WRONG:
        try:
            made = _called(name, **{parameter: wrong})
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


@pytest.mark.parametrize(("name", "parameter"), [*_parameters()])
def test_an_object_of_no_kind_is_refused_at_once(name: str, parameter: str) -> None:
    if (name, parameter) in (("dhcp_ipv4_stack", "group"), ("qubes_ipv4_stack", "group")):
        return  # has no effect
    with pytest.raises(FunctoriaError) as refused:
        _called(name, **{parameter: object()})
    assert {place.file for place in refused.value.locations} == {__file__}


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("make", [m.crunch, m.direct_kv_ro, m.archive_of_files, m.fat_of_files, m.generic_kv_ro])
def test_no_directory_has_an_empty_name(make: Callable[[str], object], target: str) -> None:
    with pytest.raises(InvalidValue, match=r"dir of \w+ is empty"):
        make("")
