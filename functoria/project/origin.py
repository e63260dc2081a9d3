"""Origins of generated lines: the device, key or package, and its line in the configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attr import frozen

from functoria.graph.graph import Node
from functoria.graph.hooks import use
from functoria.key import Key
from functoria.location import in_library
from functoria.package import Package
from functoria.sexp import targets

if TYPE_CHECKING:
    from functoria.emit.emitter import Source
    from functoria.location import Location
    from functoria.plan.plan import Plan

_OCAML = r'File "(?:\./)?([^"\n]+)", lines? (\d+)'
_C = r'^(?:\./)?([^\s:"]+\.[ch]):(\d+):'
_PLACES = re.compile(f"{_OCAML}|{_C}", re.MULTILINE)
"""Matches a place as OCaml and dune name it, or as C compilers do."""
_MISSING = re.compile(r'Library "([^"]+)".* not found')
"""Matches dune's report of a missing library."""
_NO_PROGRAM = re.compile(r"Program (\S+)\s+not\s+found in the tree or in\s+PATH")
"""Matches dune's report of a missing program."""


@frozen
class Origin:
    """The origin of a line in a generated file."""

    file: str
    line: int
    what: str
    """The device with its arguments, the key, or the package."""
    location: Location | None
    """Its line in the configuration, or that of the nearest use if a catalogue made it; None if neither is known."""

    def __str__(self) -> str:
        return f"{self.file} line {self.line} is made for {self.what}{_of(self.location)}"


@frozen
class Missing:
    """A library that dune does not find, and the package that provides it."""

    library: str
    package: str
    location: Location | None
    """The line in the configuration that declares the package."""

    def __str__(self) -> str:
        return f"the library {self.library} comes with the package {self.package}{_of(self.location)}"


def origin(plan: Plan, file: str, line: int) -> Origin | None:
    """Return the origin of line `line`, counted from 1, of a generated `file`; None if it is not known.

    All of a file that a dune rule makes is for the device that has the rule.
    """
    written = plan.contents.get(file)
    source = _maker(plan, file) if written is None else written.source(line)
    return None if source is None else Origin(file, line, _described(source), _location(plan, source))


def origins(plan: Plan, output: str) -> list[Origin]:
    """Return the distinct origins of the lines that a compiler or dune names in `output`, in order."""
    places = dict.fromkeys(
        (file or c_file, int(line or c_line)) for file, line, c_file, c_line in _PLACES.findall(output)
    )
    found = (origin(plan, file, line) for file, line in places)
    return [each for each in found if each is not None]


def missing(plan: Plan, output: str) -> list[Missing]:
    """Return the libraries that dune does not find, according to `output`, and that packages of the plan provide."""
    names = missing_names(output)
    return [
        Missing(name, package.name, _location(plan, package))
        for name in names
        for package in plan.packages
        if name in package.libraries
    ]


def missing_names(output: str) -> list[str]:
    """Return the names of the libraries that dune does not find, according to `output`."""
    return list(dict.fromkeys(_MISSING.findall(output)))


def missing_programs(output: str) -> list[str]:
    """Return the names of the programs that dune does not find, according to `output`."""
    return list(dict.fromkeys(_NO_PROGRAM.findall(output)))


def _maker(plan: Plan, file: str) -> Source:
    """Return the device whose rule makes `file`; None for the application's own rules, and if there is none."""
    for stanza, source in plan.info.stanzas.items():
        if file in targets(stanza):
            return None if source is plan.root.device else source
    return None


def _described(source: Source) -> str:
    if isinstance(source, (Key, Package)):
        return f"the {'key' if isinstance(source, Key) else 'package'} {source.name}"
    assert source is not None
    applied = "".join(f"({argument.module})" for argument in source.arguments) if isinstance(source, Node) else ""
    return f"the device {source.module}{applied}"


def _location(plan: Plan, source: Source) -> Location | None:
    """Return where the user declares `source`, or where the devices that declare it are used if a catalogue does."""
    declared: list[Location | None]
    if isinstance(source, Node):
        devices, declared = [source.device], [source.term.location, source.device.location]
    elif isinstance(source, Package):
        demands = [each for each in plan.demands if each.package.name == source.name]
        devices, declared = [each.node.device for each in demands], [each.package.location for each in demands]
    elif isinstance(source, Key):
        # A key that no device has decides a choice somewhere in the application.
        devices = [node.device for node in plan.devices if source in node.device.keys] or [plan.root.device]
        declared = [source.location]
    else:
        assert source is not None
        devices, declared = [source], [source.location]
    known = [each for each in declared if each is not None]
    users = next((each for each in known if not in_library(each)), None)
    return users or use(plan.graph, devices) or next(iter(known), None)


def _of(location: Location | None) -> str:
    return "" if location is None else f", of {location}"
