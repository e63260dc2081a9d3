"""Shared code of the families without an operating system: an object of all OCaml code, linked by a script.

The object is made with `ocamlfind ocamlopt -output-obj`, without the libraries that need an operating system, as
MirageOS 3.3 made it. dune's own mode for objects adds the OCaml runtime of the machine that builds, from dune 2 on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functoria.emit.dune import c_files
from functoria.emit.emitter import header
from functoria.sexp import Sexp, Verbatim
from mirage_devices.v3.backends import ocaml

if TYPE_CHECKING:
    from functoria import Info

SCRIPT = "link.sh"
_OBJECT = "main.o"
_OPTIONS = ("-dontlink", "unix,str,num,threads", "-output-obj")

_C_FLAGS = "c_flags.sexp"
_ASK = """\
prefix=$(opam config var prefix)
PKG_CONFIG_PATH=$prefix/share/pkgconfig:$prefix/lib/pkgconfig${{PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}}
export PKG_CONFIG_PATH
flags=$(pkg-config {headers} --cflags)
echo "($flags)"
"""

PRELUDE = (
    f"#!/bin/sh\n{header('#')}"
    + r"""# usage: link.sh OBJECT RESULT LIBRARY... DIRECTORY/...
set -eu
object=$1 result=$2
shift 2

# The C code of the unikernel and of its own libraries, in archives of these directories; the rest are libraries of packages.
own=
for word do
  shift
  case $word in
    */) for archive in "$word"lib*.a; do [ ! -e "$archive" ] || own="$own $archive"; done ;;
    *) set -- "$@" "$word" ;;
  esac
done

prefix=$(opam config var prefix)
PKG_CONFIG_PATH=$prefix/share/pkgconfig:$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

# The C objects of each library, in order of dependency: its directory, and its own linker flags, in which @NAME/FILE
# stands for a file in the library directory of the opam prefix.
artifacts() {
  variable=$1
  shift
  found=$(ocamlfind query -recursive -predicates native -format "%d	%($variable)" "$@")
  printf '%s\n' "$found" | while IFS='	' read -r directory flags; do
    if [ -n "$flags" ]; then
      printf '%s\n' "-L$directory"
      printf '%s\n' "$flags" | tr -s ' ' '\n' | sed "s|@|$prefix/lib/|"
    fi
  done
}
"""
)


def program(
    info: Info, flags: Sequence[str], predicate: str, headers: str, result: str, more: Sequence[str] = ()
) -> list[Sexp]:
    """Return stanzas that make an object of all OCaml code, and link it to `result` by link.sh, which also makes `more`.

    C stubs are compiled with the headers of the pkg-config package `headers`.
    """
    closure = ocaml.closure(info)
    c_archives = ocaml.c_archives(info, closure.local)
    c_flags: Sexp = ("c_flags", (Verbatim(":standard"), (Verbatim(":include"), _C_FLAGS)))
    return [
        *ocaml.library(info, flags, [c_flags]),
        *([_c_flags(headers)] if c_files(info) else []),
        ocaml.linked(info, closure, _OBJECT, predicate, _OPTIONS),
        (
            "rule",
            ("targets", result, *more),
            ("deps", SCRIPT, _OBJECT, *(("glob_files", f"{directory}lib*.a") for directory in c_archives)),
            ("mode", "promote-until-clean"),
            ("action", ("run", "sh", SCRIPT, _OBJECT, result, *closure.packages, *c_archives)),
        ),
    ]


def _c_flags(headers: str) -> Sexp:
    """Return the rule that writes the C compiler's flags, from pkg-config, as a dune list."""
    return (
        "rule",
        ("targets", _C_FLAGS),
        ("deps", ("universe",)),
        ("action", ("with-stdout-to", _C_FLAGS, ("system", _ASK.format(headers=headers)))),
    )
