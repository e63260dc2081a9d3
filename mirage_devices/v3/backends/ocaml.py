"""How the OCaml code of a unikernel is linked: a library of dune's, and ocamlfind over it, on every target alike.

dune's own `(executable)` cannot do it. It gives findlib no predicates, and libraries such as mirage-os-shim have archives
under those alone; and it orders libraries by what they say that they require, which in MirageOS 3.3's time is not all that
they need. ocamlfind, asked for them in the reverse of alphabetical order, is what they were released with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functoria.beside import Library
from functoria.emit.dune import stubs
from functoria.main import compiler_flags
from functoria.sexp import Sexp, Verbatim

if TYPE_CHECKING:
    from functoria import Info

LIBRARY = "unikernel_objects"
"""The name of the library; no opam package has it."""


def library(info: Info, flags: Sequence[str], c_flags: Sequence[Sexp] = ()) -> list[Sexp]:
    """The library of all modules and C files in the directory, compiled with `flags` after dune's own.

    `c_flags` is the field for the C compiler's. config.ml is not among the modules: under that name MirageOS 3.3 has the
    configuration.
    """
    c_files = stubs(info)
    return [
        (
            "library",
            ("name", LIBRARY),
            ("wrapped", "false"),
            ("modules", (Verbatim(":standard"), Verbatim("\\"), "config")),
            ("libraries", *dict.fromkeys([*info.libraries, *info.local_libraries])),
            *c_files,
            *(c_flags if c_files else ()),
            # No module uses Main, so that the library says itself that all of it is to be linked.
            ("library_flags", ("-linkall",)),
            *compiler_flags(flags),
        ),
        # dune excludes only what there is. It never makes this one, for nothing asks for it.
        ("rule", ("targets", "config.ml"), ("mode", "fallback"), ("action", ("write-file", "config.ml", ""))),
    ]


def linked(info: Info, target: str, predicate: str, options: Sequence[str], *fields: Sexp) -> Sexp:
    """The rule that links the library to `target` with what it needs, under `predicate` and with `options` of the compiler.

    `fields` are more fields of the rule. Libraries of the user's own are archives of the workspace, each after those that it
    requires; what they require of others is asked of ocamlfind too.
    """
    local = own(info)
    return (
        "rule",
        ("targets", target),
        # What opam has installed is linked too, and no file of the workspace says when that changes.
        ("deps", *(f"{each.archive}.cmxa" for each in local), *_archives(local), *_objects(info), ("universe",)),
        *fields,
        (
            "action",
            (
                "run", "ocamlfind", "ocamlopt", "-g", "-linkpkg", *options, "-predicates", predicate,
                "-package", ",".join(reversed(packages(info))), *(word for each in local for word in _archive(each)),
                *(("-I", ".") if info.beside.stubs else ()), f"{LIBRARY}.cmxa", "-o", target,
            ),
        ),
    )  # fmt: skip


def own(info: Info) -> list[Library]:
    """The libraries of the user's own that are linked, each after those that it requires."""
    local, others = info.beside.closure([*info.libraries, *info.local_libraries])
    # As long as nothing is known of what lies beside, a library is in the directory of its name.
    return [*(Library(name, name) for name in others if _is_unseen(name, info)), *local]


def packages(info: Info) -> list[str]:
    """The libraries of packages that are linked, in alphabetical order."""
    _, others = info.beside.closure([*info.libraries, *info.local_libraries])
    return sorted(name for name in others if not _is_unseen(name, info))


def _is_unseen(name: str, info: Info) -> bool:
    return name in info.local_libraries and name not in info.libraries


def _archive(library: Library) -> tuple[str, ...]:
    """How ocamlopt is told of a library of the user's own, whose C code lies beside its archive."""
    return ("-I", library.directory, f"{library.archive}.cmxa")


def _archives(libraries: Sequence[Library]) -> list[Sexp]:
    """What a library consists of besides, if anything: objects of OCaml code, and of C."""
    return [("glob_files", f"{each.directory}/{{{each.name},lib*}}.a") for each in libraries]


def _objects(info: Info) -> list[str]:
    return [f"{LIBRARY}.cmxa", f"{LIBRARY}.a", *([f"lib{LIBRARY}_stubs.a"] if info.beside.stubs else [])]


def c_archives(info: Info) -> list[str]:
    """The directories, each with a `/`, whose archives `lib*.a` hold the C code of the user's own libraries and modules."""
    return [*dict.fromkeys(f"{each.directory}/" for each in own(info)), *(["./"] if info.beside.stubs else [])]
