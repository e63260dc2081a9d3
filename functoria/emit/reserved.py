"""Names that the build itself uses, which programs and modules of the user's must not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from functoria.errors import InvalidModule, InvalidName
from functoria.graph.hooks import attribute, called
from functoria.key import Key
from functoria.names import first_module
from functoria.sexp import made

if TYPE_CHECKING:
    from functoria.emit.emitter import File
    from functoria.graph.info import Info
    from functoria.sexp import Sexp

_CONTROL = frozenset(
    [
        *("dune", "dune-project", "dune-workspace", "dune-file", "dune-package"),
        *("jbuild", "jbuild-ignore", "jbuild-workspace", "makefile", "gnumakefile", "bsdmakefile"),
    ]
)
"""Files that dune and make look for by name, in lower case. `.user` may be appended."""
_READ = (
    *(".ml", ".mli", ".mll", ".mly", ".mlt", ".mld", ".re", ".rei"),
    *(".c", ".h", ".cc", ".cpp", ".cxx", ".hpp"),
    *(".o", ".a", ".so", ".cmi", ".cmo", ".cmx", ".cma", ".cmxa", ".cmxs", ".cmt", ".cmti", ".d"),
    *(".opam", ".install", ".template"),
)
"""Suffixes by which dune recognises sources, objects and packages."""
_CAPITALISED = re.compile(r"[A-Z][\w']*")
"""Matches all that may be the head of a module path, and other words, in much less time than `_HEAD`."""
_TEXT = r"""(?s)\(\*.*?\*\)|'"'|"[^"\\]*(?:\\.[^"\\]*)*\""""
_HEAD = r"(?<![\w.'`])(?:([A-Z][\w']*)\s*\.|(?:open!?|include)\s+([A-Z][\w']*))"
"""Matches the head of a module path in OCaml code. Both are compiled where code mentions a module of the user's."""


def check_outputs(info: Info, names: Iterable[str], products: Sequence[str]) -> None:
    """Raise InvalidName if one of the `products` of building would replace another file. `names` are the emitted files.

    Names are compared without regard to case, because some file systems ignore it.
    """
    taken: dict[str, str] = {}
    for name in names:
        other = taken.setdefault(name.casefold(), name)
        if other != name:
            raise InvalidName(f"{other} and {name} are one file on some systems: choose another name", objects=[name])
    own = {unit.casefold() for each in info.stanzas for unit in _units(each)}
    for name in products:
        file = taken.get(name.casefold())
        if file is not None or name.casefold() in own or name.partition("/")[0].casefold() == "_build":
            what = "what dune makes or keeps there" if file is None else "a file of the project"
            raise _refused(info, name, what if file in (None, name) else f"{file}, {what}, where case does not matter")
    for name in (info.root.result(info), *info.results):
        last = _last(name).casefold()
        if last.removesuffix(".user") in _CONTROL or last.endswith(_READ):
            raise _refused(info, name, "a file that dune or make reads or makes by that name")


def _refused(info: Info, name: str, what: str) -> InvalidName:
    return InvalidName(
        f"building would make {name}, which is {what}: choose another name, as by the output of register",
        objects=[info.root, name],
    )


def _units(stanza: Sexp) -> Iterator[str]:
    """Return the files beside the sources that dune can make of a library or executable."""
    if isinstance(stanza, str):
        return
    kind, *fields = stanza
    named = {part[0]: part[1:] for part in fields if isinstance(part, tuple)}
    for name in (*named.get("name", ()), *named.get("names", ())):
        if kind == "library":
            yield from (f"{name}{end}" for end in (".a", ".cma", ".cmxa", ".cmxs"))
            yield from (f"lib{name}_stubs.a", f"dll{name}_stubs.so")
        elif kind in ("executable", "executables"):
            yield from (f"{name}{end}" for end in (".exe", ".bc", ".bc.js", ".o", ".so", ".bc.exe", ".exe.o"))


def check_modules(info: Info, files: Mapping[str, File]) -> None:
    """Refuse modules of the user's (`own_source`) whose names the build generates or uses for other modules.

    Raises InvalidModule, located at the line of the configuration.
    """
    generated = {module.casefold(): (file, module) for file, module in _generated(info, files)}
    main = _last(info.root.executable(info)).casefold()
    heads = [
        (node, first_module(str(node.device.module)), attribute(node.device, "own_source")) for node in info.nodes[:-1]
    ]
    users = {head for _, head, own in heads if own}
    used = {head: name for name, file in files.items() if name.endswith(".ml") for head in _used(file, users)}
    for node, head, own in heads:
        file, module = generated.get(head.casefold(), (None, ""))
        if file is not None and (own or head.casefold() == main):
            why = f"building generates {file}, which defines the module {module}"
        elif own and head in used:
            why = f"{used[head]} uses another module {head}, which your file would replace"
        else:
            continue
        raise InvalidModule(
            f"{node.module} cannot be the module of {called(node.device)}: {why}; choose another name",
            objects=[node.device],
            locations=[node.term.location, node.device.location],
        )


def check_libraries(info: Info, files: Mapping[str, File]) -> None:
    """Refuse local libraries with the name of a generated module. Raises InvalidModule, located at their line."""
    if not info.local_libraries:
        return
    generated = {module.casefold(): file for file, module in _generated(info, files)}
    for name, device in info.local_libraries.items():
        library = info.beside.library(name)
        file = generated.get((name if library is None else library.name).casefold())
        if file is not None:
            raise InvalidModule(
                f"the library {name} has the module that building makes of {file}: choose another name",
                objects=[device, name],
                locations=[device.location],
            )


def _generated(info: Info, files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    """Return the OCaml files that dune compiles together with the user's, each with its module."""
    copied = {name.removeprefix("./") for name in _copied(info.stanzas)}
    names = [name for name in files if "/" not in name or name in copied]
    for name in (*names, *(product for each in info.stanzas for product in made(each))):
        if name.endswith((".ml", ".mli")):
            last = _last(name)
            stem = last.rpartition(".")[0]
            yield last, stem[:1].upper() + stem[1:]
    if any(each[0] in ("executable", "executables") for each in info.stanzas):
        yield "the executable", "Dune__exe"


def _copied(stanzas: Iterable[Sexp]) -> Iterator[str]:
    for each in stanzas:
        if each[0] in ("copy_files", "copy_files#"):
            yield from (part for part in each[1:] if isinstance(part, str))


def _used(file: File, modules: Set[str]) -> Iterator[str]:
    """Return those of `modules` that a file uses in parts that belong to no device, and so in every program."""
    start = 0
    for length, source in zip(file.lengths, file.sources, strict=True):
        end = start + length
        shared = source is None or isinstance(source, Key)
        if shared and not modules.isdisjoint(_CAPITALISED.findall(file.text, start, end)):
            for inside, opened in re.findall(_HEAD, re.sub(_TEXT, " ", file.text[start:end])):
                if (inside or opened) in modules:
                    yield inside or opened
        start = end


def _last(path: str) -> str:
    """Return the last part of a path with `/`."""
    return path.rpartition("/")[2]
