"""OCaml's modules Sys and Filename, restricted to what has no effects."""

from __future__ import annotations

import posixpath
from typing import Any

from functoria.location import Location
from functoria.ocaml.builtin import raw
from functoria.ocaml.errors import refused
from functoria.ocaml.expected import or_none, raised_at, text_of
from functoria.ocaml.opaque import not_done
from functoria.ocaml.values import NIL, Construct, Raised, invalid
from functoria.ocaml.world import Surroundings


def system(world: Surroundings) -> dict[str, Any]:
    """Return the values of the module Sys."""

    def getenv(name: Any, at: Location) -> str:
        found = world.variable(text_of(name, at))
        if found is None:
            raise Raised(Construct("Not_found"), at)
        return found

    def exists(name: Any, at: Location) -> bool:
        found = world.exists(text_of(name, at))
        if found is None:
            raise refused(at, f"{name} is outside of the configuration's directory, and no file is looked up there")
        return found

    return {
        "getenv": raw("Sys.getenv", ".", getenv),
        "getenv_opt": raw("Sys.getenv_opt", ".", or_none(getenv)),
        "getcwd": raw("Sys.getcwd", ".", lambda unit, at: world.directory),
        "file_exists": raw("Sys.file_exists", ".", exists),
        "argv": NIL,
        "os_type": "Unix",
        "win32": False,
        "unix": True,
        "command": not_done("Sys.command"),
        "readdir": not_done("Sys.readdir"),
        "remove": not_done("Sys.remove"),
        "is_directory": not_done("Sys.is_directory"),
    }


def _extension_removed(name: Any, at: Location) -> str:
    return posixpath.splitext(text_of(name, at))[0]


def _chopped(name: Any, at: Location) -> str:
    found = _extension_removed(name, at)
    if found == name:
        raise raised_at(invalid("Filename.chop_extension"), at)
    return found


def _concat(directory: Any, name: Any, at: Location) -> str:
    before = text_of(directory, at)
    return f"{before}{'' if not before or before.endswith('/') else '/'}{text_of(name, at)}"


def _dirname(name: str) -> str:
    return posixpath.dirname(name.rstrip("/")) or ("/" if name.startswith("/") else ".")


FILENAMES: dict[str, Any] = {
    "concat": raw("Filename.concat", ". .", _concat),
    "dirname": raw("Filename.dirname", ".", lambda name, at: _dirname(text_of(name, at))),
    "basename": raw("Filename.basename", ".", lambda name, at: posixpath.basename(text_of(name, at).rstrip("/"))),
    "chop_extension": raw("Filename.chop_extension", ".", _chopped),
    "remove_extension": raw("Filename.remove_extension", ".", _extension_removed),
    "extension": raw("Filename.extension", ".", lambda name, at: posixpath.splitext(text_of(name, at))[1]),
    "quote": raw("Filename.quote", ".", lambda name, at: "'" + text_of(name, at).replace("'", "'\\''") + "'"),
    "current_dir_name": ".",
    "parent_dir_name": "..",
    "dir_sep": "/",
}
