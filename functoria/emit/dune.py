"""dune's files: dune-project, and the dune file with the program and what devices add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from functoria.beside import place
from functoria.building import read
from functoria.emit.emitter import File, Piece, header
from functoria.graph.hooks import building_of, called, has, iterated, wrong
from functoria.sexp import Sexp, stanza, targets

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.emit.emitter import Source
    from functoria.graph.info import Info


USER = "dune.user"
"""The file of the user's own stanzas, which is included."""


def emit(info: Info) -> Mapping[str, File]:
    """Emit dune-project and dune, in the root's version of dune's language, and dune files that make dune ignore data."""
    return {
        "dune-project": File(f"(lang dune {'.'.join(map(str, version(info)))})\n{using(info)}{header(';')}"),
        "dune": File.of(_pieces(info)),
        **ignoring(info),
    }


def _pieces(info: Info) -> Iterator[Piece]:
    yield Piece(header(";"))
    for found, source in info.stanzas.items():
        yield Piece(f"\n{stanza(found)}\n", None if source is info.root else source)


def made(info: Info) -> Mapping[Sexp, Source]:
    """Return the stanzas of the dune file, each with its device: the program, its images, and the rules of devices.

    Raises DeviceError if a device's rules fail, or two of them make one file.
    """
    root = info.root
    found: dict[Sexp, AnyDevice] = dict.fromkeys(own(info), root)
    for each, device in info.added.items():
        found.setdefault(each, device)
    makers: dict[str, AnyDevice] = {}
    for each, device in found.items():
        for name in targets(each):
            if name in makers:
                raise wrong(
                    device, f"rules of {called(device)} make {name}, which those of {called(makers[name])} make"
                )
            makers[name] = device
    return found


def added(info: Info) -> Mapping[Sexp, AnyDevice]:
    """Return the stanzas that devices add, each with the first that does. Raises DeviceError if a device's rules fail."""
    found: dict[Sexp, AnyDevice] = {}
    for node in info.nodes:
        for each in _rules(node.device, info):
            found.setdefault(each, node.device)
    return found


def own(info: Info) -> list[Sexp]:
    """Return the stanzas of the application itself: ignored directories, generated modules, the program, dune.user."""
    root = info.root
    user: list[Sexp] = [] if info.beside.user is None else [("include", USER)]
    return [*ignored(info), *generators(info), *info.program, *root.default_alias(info), *user]


def ignored(info: Info) -> list[Sexp]:
    """Return the stanzas that make dune ignore the directories that devices read as data."""
    found: list[Sexp] = []
    for parent, names in _data(info).items():
        stanza: Sexp = ("data_only_dirs", *names) if version(info) >= (1, 6) else ("ignored_subdirs", names)
        if parent == ".":
            found.append(stanza)
        elif version(info) >= (2, 5):
            found.append(("subdir", parent, stanza))
    return found


def ignoring(info: Info) -> Mapping[str, File]:
    """Emit dune files that ignore deeper directories, which before version 2.5 the language cannot express otherwise.

    A dune file of the user's in such a directory is left as it is.
    """
    deeper = {parent: names for parent, names in _data(info).items() if parent != "."}
    if not deeper or version(info) >= (2, 5):
        return {}
    return {
        f"{parent}/dune": File(header(";") + "\n" + stanza(("ignored_subdirs", names)) + "\n")
        for parent, names in deeper.items()
        if parent not in info.beside.dune_files
    }


def _data(info: Info) -> dict[str, tuple[str, ...]]:
    """Return the names of the directories that devices read as data, by the directory that contains them."""
    found: dict[str, dict[str, None]] = {}
    said = (place(path) for path in info.sources if path.endswith("/"))
    known = {path for path in said if path is not None} | {*info.beside.data}
    for where in map(PurePosixPath, sorted(known.difference(info.beside.ignored))):
        if not any(part[0] in "._" for part in where.parts) and where.parts:  # dune ignores these by itself
            found.setdefault(str(where.parent), {})[where.name] = None
    return {parent: tuple(names) for parent, names in found.items()}


def version(info: Info) -> tuple[int, ...]:
    """Return the version of dune's language: the root's, or the first in which menhir infers types if that is later."""
    own = tuple(int(part) for part in info.root.dune_language.split("."))
    return max(own, (1, 4)) if _uses_menhir(info) else own


def using(info: Info) -> str:
    """Return the line of dune-project that enables menhir, in the first version that infers types."""
    return "(using menhir 2.0)\n" if _uses_menhir(info) else ""


def _uses_menhir(info: Info) -> bool:
    return "menhir" in info.beside.kinds or any(each[0] == "menhir" for each in [*generators(info), *info.added])


def generators(info: Info) -> list[Sexp]:
    """Return the stanzas that compile lexers and grammars beside the configuration."""
    if not info.beside.lexers and not info.beside.grammars:
        return []
    elsewhere = info.claims.sources
    lexers, grammars = ([n for n in each if n not in elsewhere] for each in (info.beside.lexers, info.beside.grammars))
    found: list[Sexp] = [("ocamllex", *lexers)] if lexers else []
    if grammars:
        found.append(("menhir", ("modules", *grammars)) if info.menhir else ("ocamlyacc", *grammars))
    return found


def c_files(info: Info) -> tuple[str, ...]:
    """Return the C files beside the configuration that no other stanza compiles, without extension."""
    if not info.beside.stubs:
        return ()
    elsewhere = info.claims.stubs
    return tuple(name for name in info.beside.stubs if name not in elsewhere)


def stubs(info: Info) -> list[Sexp]:
    """Return the field of a library stanza that compiles the C files beside the configuration; empty without any."""
    names = c_files(info)
    if not names:
        return []
    return [("c_names", *names) if version(info) < (2, 0) else ("foreign_stubs", ("language", "c"), ("names", *names))]


def _rules(device: AnyDevice, info: Info) -> list[Sexp]:
    found: list[Sexp] = [*building_of(device).stanzas]
    for given in iterated(device, "rules", "stanzas", info) if has(device, "rules") else ():
        try:
            found += read(given)
        except ValueError as error:
            raise wrong(device, f"rules of {called(device)}: {error}") from None
    return found
