"""The catalogue's packages have the 58 constraints listed in the announcement of MirageOS 3.3."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from functoria import Impl, Package, foreign, job
from mirage_devices import default_network, dhcp_ipv4_stack, register
from tests.catalogue_rows import ALL, ROWS

CONSTRAINTS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "constraints.json").read_text())
OWN = {"mirage": "application", "mirage_impl_arpv4": "arp", "mirage_impl_conduit_connector": "conduit"}
"""Modules whose names here differ from those there."""
DHCP: Impl[Any] = dhcp_ipv4_stack(default_network)


@cache
def carried(module: str) -> frozenset[Package]:
    """Return the packages of the devices that `module` of the catalogue defines, on all targets where they are not refused."""
    found = set()
    for impl, targets in [*((row.impl, row.targets) for row in ROWS.values()), (DHCP, ALL)]:
        main: Any = foreign("Unikernel.Main", impl.signature >> job)
        app = register("constraints", [main @ impl])
        for target in targets:
            for demand in app.plan(target=target).demands:
                if type(demand.node.device).__module__.startswith("mirage_devices.") and type(
                    demand.node.device
                ).__module__.endswith(f".{module}"):
                    found.add(demand.package)
    return frozenset(found)


def home(row: dict[str, Any]) -> str:
    """Return the module here that corresponds to the row's module."""
    name: str = row["module"]
    return OWN.get(name, name.removeprefix("mirage_impl_"))


def satisfies(wanted: Package, row: dict[str, Any]) -> bool:
    """Return whether `wanted` is the package of the row, with its bounds, kind and libraries."""
    if not fnmatchcase(wanted.name, row["package"]):
        return False
    name, sublibs = wanted.name, row.get("sublibs", [])
    libraries = [name, *(f"{name}.{sub}" for sub in sublibs)] if "ocamlfind" not in row else row["ocamlfind"]
    if sublibs == "per device":
        libraries = [library for library in wanted.libraries if library.startswith(f"{name}.") or library == name]
    bounds = tuple(None if end is None else str(end) for end in (wanted.min, wanted.max))
    return (
        bounds == (row["min"], row["max"])
        and wanted.build == row["build"]
        and sorted(wanted.libraries) == sorted(libraries)
    )


def test_there_are_58() -> None:
    assert len(CONSTRAINTS) == 58


@pytest.mark.parametrize("row", CONSTRAINTS, ids=lambda row: f"{home(row)}-{row['package']}")
def test_the_module_carries_the_constraint(row: dict[str, Any]) -> None:
    if row["package"] == "ocamlbuild":  # the package of the build system itself
        row = {**row, "package": "dune", "min": "1.1.0"}
    assert [wanted for wanted in carried(home(row)) if satisfies(wanted, row)]


def test_no_module_carries_ocamlbuild() -> None:
    assert not [
        wanted
        for module in {home(row) for row in CONSTRAINTS}
        for wanted in carried(module)
        if "ocamlbuild" in wanted.name
    ]


@pytest.mark.parametrize("name", sorted({row["package"] for row in CONSTRAINTS} - {"ocamlbuild"}))
def test_a_package_that_is_listed_has_no_other_bounds_in_any_module(name: str) -> None:
    listed = {(row["min"], row["max"]) for row in CONSTRAINTS if row["package"] == name}
    modules = {home(row) for row in CONSTRAINTS} | {"icmp", "stack", "tcp", "udp", "qubes"}
    found = {
        tuple(None if end is None else str(end) for end in (wanted.min, wanted.max))
        for module in modules
        for wanted in carried(module)
        if fnmatchcase(wanted.name, name)
    }
    assert found == listed


@pytest.mark.parametrize("module", sorted({home(row) for row in CONSTRAINTS} - {"application"}))
def test_a_module_carries_no_bounds_that_are_listed_for_none(module: str) -> None:
    listed = {row["package"] for row in CONSTRAINTS}
    # The announcement's list omits packages that had bounds before it.
    before = {"mirage-bootvar-solo5"}
    unlisted = {wanted.name for wanted in carried(module) if wanted.min or wanted.max} - listed
    assert unlisted <= before
