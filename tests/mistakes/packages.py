"""Mistakes in packages, versions and bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import functoria
from functoria import Device, Job, Key, Package, errors, foreign, job, package
from mirage_devices import register, target
from tests.mistakes.registry import mistake, plain, write


@mistake(
    errors.InvalidValue,
    ValueError,
    "is only given when the unikernel runs, but the configuration depends on it",
    objects=[Key],
)
def packages_by_a_key_that_comes_too_late(directory: Path) -> object:
    late = Key.flag("late", stage="run")  # here
    wanted = late.value.if_([package("a")], [])
    return register("mistake", [foreign("Unikernel", job, packages=wanted)]).plan().write(directory)  # here


@mistake(
    errors.Unsupported, ValueError, "the key target is for applications made by mirage_devices.register", objects=[Key]
)
def packages_by_a_key_of_another_register(directory: Path) -> object:
    wanted = target.value.match({"xen": [package("a")]}, default=[])
    return functoria.register("mistake", [foreign("Unikernel", job, packages=wanted)]).plan().write(directory)  # here


@mistake(errors.InvalidVersion, ValueError, "1 is not a version: write it as text, in quotes", objects=[int])
def version_that_is_a_number(directory: Path) -> object:
    wanted = package("tcpip", min=1)  # type: ignore[arg-type]  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "a: sublibs and ocamlfind must be lists of names", objects=[str])
def sublibraries_that_are_a_number(directory: Path) -> object:
    number: Any = 5
    return write(directory, plain, packages=[package("a", sublibs=number)])  # here


@mistake(errors.EmptyBounds, ValueError, "tcpip", "the minimum must be below the maximum")
def empty_interval(directory: Path) -> object:
    wanted = package("tcpip", min="3.6.0", max="3.5.0")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.EmptyBounds, ValueError, "the minimum must be below the maximum")
def interval_without_its_only_version(directory: Path) -> object:
    wanted = package("tcpip", min="3.5.0", max="3.5.0")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.EmptyBounds, ValueError, "tcpip", "the minimum must be below the maximum")
def empty_interval_in_a_specifier(directory: Path) -> object:
    wanted = package("tcpip>=3.6,<3.5")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.EmptyBounds, ValueError, "no version of tcpip will do", '>= "3.6.0"', '< "3.5.0"', objects=[Package])
def empty_interval_after_merging(directory: Path) -> object:
    low = package("tcpip", min="3.6.0")  # here
    high = package("tcpip", max="3.5.0")  # here
    return write(directory, foreign("Unikernel", job, packages=[low]), packages=[package("tcpip"), high])


@mistake(errors.InvalidVersion, ValueError, "'3 5' is not a version", "opam accepts", objects=[str])
def malformed_version(directory: Path) -> object:
    wanted = package("tcpip", min="3 5")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidVersion, ValueError, "does not begin with a number", "max=")
def version_that_no_bound_follows_from(directory: Path) -> object:
    wanted = package("tcpip", compatible="dev")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidVersion, ValueError, "write >=, < or ~=")
def specifier_that_no_interval_says(directory: Path) -> object:
    wanted = package("tcpip!=3.5")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidName, ValueError, "'tcp ip' is not a package name: opam accepts", objects=[str])
def malformed_package_name(directory: Path) -> object:
    wanted = package("tcp ip")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidName, ValueError, "is not an OCamlfind library name", objects=[str])
def malformed_library_name(directory: Path) -> object:
    wanted = package("tcpip", ocamlfind=['tcp"ip'])  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "the pin 'git url' is not a URL or path", objects=[str])
def malformed_pin(directory: Path) -> object:
    wanted = package("tcpip", pin="git url")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "is not a URL or path: it must not be empty", objects=[str])
def empty_pin(directory: Path) -> object:
    wanted = package("tcpip", pin="")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "sublibs", "or ocamlfind", "not both", objects=[str])
def sublibs_and_ocamlfind(directory: Path) -> object:
    wanted = package("tcpip", sublibs=["unix"], ocamlfind=["tcpip.unix"])  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "leave min and max out", objects=[str])
def compatible_and_bounds(directory: Path) -> object:
    wanted = package("tcpip", compatible="3.5.0", max="3.6.0")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.PinConflict, ValueError, "pinned to git+https://a and to git+https://b: keep one", objects=[Package])
def conflicting_pins(directory: Path) -> object:
    one = package("tcpip", pin="git+https://a")  # here
    two = package("tcpip", pin="git+https://b")  # here
    return write(directory, foreign("Unikernel", job, packages=[one]), packages=[two])


@mistake(
    errors.DeviceError,
    RuntimeError,
    "packages of Listless (Listless) is 'tcpip', but must be a list of",
    objects=[Device],
)
def packages_that_are_none(directory: Path) -> object:
    class Listless(Device[Job]):
        type = job
        module = "Listless"
        packages = "tcpip"  # here

    return write(directory, Listless())  # here
