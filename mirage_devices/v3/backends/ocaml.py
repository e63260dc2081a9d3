"""Linking the OCaml code of a unikernel, on every target: a dune library, which ocamlfind links.

dune's `(executable)` does not work here. It passes no predicates to findlib, and some libraries, such as mirage-os-shim, have
archives under predicates only. It also orders libraries by their declared requirements, and in MirageOS 3.3's time these were
incomplete. Packages of that time were released to be linked by ocamlfind, in reverse alphabetical order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from functoria.beside import Library
from functoria.emit import own as own_modules
from functoria.emit.dune import c_files, stubs
from functoria.main import compiler_flags
from functoria.sexp import Sexp

if TYPE_CHECKING:
    from functoria import Info

LIBRARY = "unikernel_objects"
"""The name of the library; no opam package has it."""


def library(info: Info, flags: Sequence[str], c_flags: Sequence[Sexp] = ()) -> list[Sexp]:
    """Return the library of all modules and C files in the directory, compiled with `flags` after dune's own.

    `c_flags` is the field with flags for the C compiler. config.ml, which is MirageOS's configuration, is not among the
    modules.
    """
    c_code = stubs(info)
    return [
        (
            "library",
            ("name", LIBRARY),
            ("wrapped", "false"),
            *own_modules.modules(info, "config"),
            ("libraries", *dict.fromkeys([*info.libraries, *info.local_libraries])),
            *own_modules.preprocess(info),
            *c_code,
            *(c_flags if c_code else ()),
            # Nothing refers to Main, so force the linker to keep every module.
            ("library_flags", ("-linkall",)),
            *compiler_flags(flags),
        ),
        # dune can only exclude modules that exist. It never makes this one, because nothing needs it.
        ("rule", ("targets", "config.ml"), ("mode", "fallback"), ("action", ("write-file", "config.ml", ""))),
    ]


class Closure(NamedTuple):
    """All that is linked with the program's own modules."""

    local: Sequence[Library]
    """The local libraries, dependencies first."""
    packages: Sequence[str]
    """The libraries of packages, in alphabetical order."""


def closure(info: Info) -> Closure:
    """Return the libraries to link."""
    local, others = info.beside.closure([*info.libraries, *info.local_libraries], own_modules.ppx_libraries(info))
    # Before the directory has been read, assume that a library is in a directory with its name.
    unseen = info.local_libraries.keys() - info.libraries
    assumed = [Library(name, name) for name in others if name in unseen]
    return Closure([*assumed, *local], sorted(name for name in others if name not in unseen))


def linked(info: Info, closure: Closure, target: str, predicate: str, options: Sequence[str], *fields: Sexp) -> Sexp:
    """Return the rule that links the library to `target`, with a findlib `predicate` and compiler `options`.

    `fields` are further fields of the rule. Local libraries are archives of the workspace, dependencies first; ocamlfind also
    links the packages that they require.
    """
    local, packages = closure
    return (
        "rule",
        ("targets", target),
        # Installed libraries are linked too, and no file of the workspace changes when they do.
        ("deps", *(f"{each.archive}.cmxa" for each in local), *_archives(local), *_objects(info), ("universe",)),
        *fields,
        (
            "action",
            (
                "run", "ocamlfind", "ocamlopt", "-g", "-linkpkg", *options, "-predicates", predicate,
                "-package", ",".join(reversed(packages)), *(word for each in local for word in _archive(each)),
                *(("-I", ".") if c_files(info) else ()), f"{LIBRARY}.cmxa", "-o", target,
            ),
        ),
    )  # fmt: skip


def _archive(library: Library) -> tuple[str, ...]:
    """Return ocamlopt's arguments for a local library, whose C archive lies beside its own."""
    return ("-I", library.directory, f"{library.archive}.cmxa")


def _archives(libraries: Sequence[Library]) -> list[Sexp]:
    """Return the further archives of libraries: objects of OCaml code, and of C stubs if there are any."""
    return [("glob_files", f"{each.directory}/{{{each.name},lib*}}.a") for each in libraries]


def _objects(info: Info) -> list[str]:
    return [f"{LIBRARY}.cmxa", f"{LIBRARY}.a", *([f"lib{LIBRARY}_stubs.a"] if c_files(info) else [])]


def c_archives(info: Info, local: Sequence[Library]) -> list[str]:
    """Return the directories, each with a `/`, whose archives `lib*.a` hold C stubs of `local` libraries and modules."""
    return [*dict.fromkeys(f"{each.directory}/" for each in local), *(["./"] if c_files(info) else [])]
