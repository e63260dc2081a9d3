"""How the OCaml code of a unikernel is linked: a library of dune's, and ocamlfind over it, on every target alike.

dune's own `(executable)` cannot do it. It gives findlib no predicates, and libraries such as mirage-os-shim have archives
under those alone; and it orders libraries by what they say that they require, which in MirageOS 3.3's time is not all that
they need. ocamlfind, asked for them in the reverse of alphabetical order, is what they were released with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functoria.main import compiler_flags
from functoria.sexp import Sexp, Verbatim

if TYPE_CHECKING:
    from functoria import Info

LIBRARY = "unikernel_objects"
"""The name of the library; no opam package has it."""


def library(info: Info, flags: Sequence[str]) -> list[Sexp]:
    """The library of all modules in the directory, compiled with `flags` after dune's own.

    config.ml is not among them: under that name MirageOS 3.3 has the configuration.
    """
    return [
        (
            "library",
            ("name", LIBRARY),
            ("wrapped", "false"),
            ("modules", (Verbatim(":standard"), Verbatim("\\"), "config")),
            ("libraries", *info.libraries),
            # No module uses Main, so that the library says itself that all of it is to be linked.
            ("library_flags", ("-linkall",)),
            *compiler_flags(flags),
        ),
        # dune excludes only what there is. It never makes this one, for nothing asks for it.
        ("rule", ("targets", "config.ml"), ("mode", "fallback"), ("action", ("write-file", "config.ml", ""))),
    ]


def linked(info: Info, target: str, predicate: str, options: Sequence[str], *fields: Sexp) -> Sexp:
    """The rule that links the library to `target` with what it needs, under `predicate` and with `options` of the compiler.

    `fields` are more fields of the rule.
    """
    return (
        "rule",
        ("targets", target),
        # What opam has installed is linked too, and no file of the workspace says when that changes.
        ("deps", f"{LIBRARY}.cmxa", f"{LIBRARY}.a", ("universe",)),
        *fields,
        (
            "action",
            (
                "run", "ocamlfind", "ocamlopt", "-g", "-linkpkg", *options, "-predicates", predicate,
                "-package", ",".join(reversed(info.libraries)), f"{LIBRARY}.cmxa", "-o", target,
            ),
        ),
    )  # fmt: skip
