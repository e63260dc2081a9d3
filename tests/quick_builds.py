"""The environment in which the tests build OCaml programs, with the same tools in their quickest way."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

KEPT = {"DUNE_CACHE": "enabled"}
"""Has dune keep what it makes by the content of what that is made of: what several tests build alike is built once.

It is for tests of programs that accept no warning, because what is kept is made without one. Where dune's rules are tried
themselves it would hide that a tool is missing, or is run again.
"""
COMPILED = {"OCAMLRUNPARAM": "o=1000"}
"""Has a compiler collect less garbage before it ends, which is a tenth of its time. It is not for what needs much memory."""
_TRIPLET = f"{platform.machine()}-linux-gnu"


def variables(shared: Path, own: Path) -> dict[str, str]:
    """The environment variables, with a directory `shared` by all processes that run tests, and an empty one of this process.

    A dune that is told to by `KEPT` keeps what it makes in `shared`. No daemon outlives the tests.
    """
    return {
        "XDG_CACHE_HOME": str(shared),
        "DUNE_CACHE_TRANSPORT": "direct",
        **_gold(),
        "PATH": f"{_archivers(own)}{os.pathsep}{os.environ['PATH']}",
    }


def _gold() -> dict[str, str]:
    """Make OCaml link with gold, which takes half of the time of binutils' other linker."""
    return {"OCAMLPARAM": "_,ccopt=-fuse-ld=gold"} if shutil.which("ld.gold") else {}


def _archivers(directory: Path) -> Path:
    """Make ar and ranlib, by the names that OCaml has for them, gcc's own, which load no plug-in but gcc's.

    By themselves they load those of all compilers that are installed, and LLVM's alone takes longer than all the rest.
    """
    for tool in ("ar", "ranlib"):
        found = shutil.which(f"{_TRIPLET}-gcc-{tool}")
        if found:
            (directory / f"{_TRIPLET}-{tool}").symlink_to(found)
    return directory
