"""Fields of dune's stanza for the program's own modules: which modules belong to it, and how they are preprocessed.

dune compiles all modules of a directory together, and allows each of them, each lexer, and each C file in only one stanza. So
files that belong to other stanzas, from devices or from dune.user, are left out of the program's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from functoria.building import NOTHING, Preprocess
from functoria.graph.hooks import building_of
from functoria.names import first_module
from functoria.sexp import Sexp, Verbatim, made

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.info import Info

PROGRAMS = ("library", "executable", "executables", "test", "tests")
"""Stanzas that compile modules."""
_GENERATORS = ("ocamllex", "ocamlyacc", "menhir")


class Claims(NamedTuple):
    """The files beside the configuration that belong to stanzas other than the program's."""

    modules: frozenset[str]
    """Modules, by their names in OCaml, that other stanzas compile."""
    sources: frozenset[str]
    """Lexers and grammars, without extension."""
    stubs: frozenset[str]
    """C files, without extension."""
    made: frozenset[str]
    """The modules that dune.user makes, as files without extension. Those that devices make belong to the program."""
    kinds: frozenset[str]
    """The names of these stanzas."""


_NONE = Claims(*[frozenset[str]()] * 5)


def capital(stem: str) -> str:
    """Return the name of the module in a file, given without extension."""
    return stem[:1].upper() + stem[1:]


def claims(info: Info) -> Claims:
    """Return the files claimed by stanzas of the configuration and of dune.user. A device's `rules` may depend on them."""
    stanzas = [*(each for _, building in info.buildings for each in building.stanzas), *(info.beside.user or ())]
    if not stanzas:
        return _NONE
    modules = {capital(name) for each in stanzas for name in compiled(each)[0]}
    sources = {name for each in stanzas for name in _generated(each)}
    stubs = {name for each in stanzas for name in _c_files(each)}
    files = [name for each in info.beside.user or () for name in made(each) if "/" not in name]
    found = {name.rpartition(".")[0] for name in files if name.endswith((".ml", ".mli"))} | sources
    return Claims(*map(frozenset, (modules, sources, stubs, found, {str(each[0]) for each in stanzas if each[:1]})))


def compiled(stanza: Sexp) -> tuple[tuple[str, ...], bool]:
    """Return the modules that a stanza lists, and whether it also compiles all others of its directory."""
    if isinstance(stanza, str) or stanza[:1] == () or stanza[0] not in PROGRAMS:
        return (), False
    lists = [part[1:] for part in stanza[1:] if isinstance(part, tuple) and part[:1] == ("modules",)]
    names = tuple(flat(lists[0])) if lists else ()
    return tuple(name for name in names if name[0] not in ":\\"), not lists or ":standard" in names


def flat(parts: Sexp) -> Iterator[str]:
    """Yield the atoms of a list, at any depth."""
    left: list[Sexp] = [parts]
    while left:
        each = left.pop()
        if isinstance(each, str):
            if each:
                yield each
        else:
            left += reversed(each)


def _generated(stanza: Sexp) -> Iterator[str]:
    if not isinstance(stanza, str) and stanza[:1] and stanza[0] in _GENERATORS:
        for part in stanza[1:]:
            if isinstance(part, str):
                yield part
            elif part[:1] == ("modules",):
                yield from flat(part[1:])


def _c_files(stanza: Sexp) -> Iterator[str]:
    """Yield the C files that a library or a program names."""
    if isinstance(stanza, str) or stanza[:1] == () or stanza[0] not in (*PROGRAMS, "foreign_library"):
        return
    for part in stanza[1:]:
        if isinstance(part, str) or not part:
            continue
        if part[0] == "c_names" or (part[0] == "names" and stanza[0] == "foreign_library"):
            yield from flat(part[1:])
        elif part[0] == "foreign_stubs":
            yield from (name for more in part[1:] if more[:1] == ("names",) for name in flat(more[1:]))


def owners(info: Info) -> list[tuple[AnyDevice, str]]:
    """Return the devices whose modules are the user's own, each with the first module of its path."""
    return [(device, first_module(str(device.module))) for device in info.own_sources]


def wanted(info: Info) -> frozenset[str] | None:
    """Return the modules that belong to the program, by their names in OCaml; None if all do."""
    listed = [building_of(device).modules for device in info.own_sources]
    own = building_of(info.root).modules
    if own is None and (not listed or None in listed):
        return None
    return frozenset([*(own or ()), *(name for each in listed for name in each or ()), *(m for _, m in owners(info))])


def modules(info: Info, *without: str) -> list[Sexp]:
    """Return the field of the program's stanza that leaves modules out; empty if there are none, nor any `without`."""
    found, kept = info.claims, wanted(info)
    if found is _NONE and kept is None and not without:
        return []
    there = dict.fromkeys([*info.beside.modules, *sorted(found.made)])
    out = [name for name in there if kept is not None and capital(name) not in kept]
    out += [name for name in there if capital(name) in found.modules]
    out += sorted(found.modules.difference(map(capital, there)))
    names = dict.fromkeys([*without, *out])
    return [("modules", (Verbatim(":standard"), Verbatim("\\"), *names))] if names else []


def preprocess(info: Info) -> list[Sexp]:
    """Return the field of the program's stanza that preprocesses modules; empty if there is none.

    Preprocessors for all modules apply to the generated ones too. If some modules have additional ones, each module is listed.
    """
    general, special = _preprocessed(info)
    if not special:
        return [("preprocess", general.sexp)] if general.words else []
    names = dict.fromkeys([*map(capital, info.beside.modules), *sorted(special)])
    by_way: dict[Preprocess, list[str]] = {}
    for name in names:
        way = general.with_more(special.get(name, NOTHING))
        if way.words:
            by_way.setdefault(way, []).append(name)
    return [("preprocess", ("per_module", *((way.sexp, *each) for way, each in by_way.items())))]


def ppx_libraries(info: Info) -> tuple[str, ...]:
    """Return the ppx libraries of all the program's modules."""
    general, special = _preprocessed(info)
    return tuple(dict.fromkeys([*general.libraries, *(name for way in special.values() for name in way.libraries)]))


def _preprocessed(info: Info) -> tuple[Preprocess, dict[str, Preprocess]]:
    """Return the preprocessors of all modules, and the additional ones of some, by their names in OCaml."""
    general = building_of(info.root).preprocess
    special: dict[str, Preprocess] = {}
    for device, head in owners(info) if info.buildings else ():
        modules, way, _ = building_of(device)
        if modules is None:
            general = general.with_more(way)
        elif way.words:
            for name in (head, *modules):
                special[name] = special.get(name, NOTHING).with_more(way)
    return general, special
