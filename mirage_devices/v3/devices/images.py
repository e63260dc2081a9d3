"""Images of directories, made by the build: their names, and the actions that make them."""

from __future__ import annotations

import re
import zlib

from functoria import Info, arg
from functoria.errors import InvalidValue
from functoria.sexp import Sexp, Verbatim
from mirage_devices.directories import entered, there

_WORD = re.compile(r"[a-z0-9_]*\Z", re.ASCII)
_LONGEST = 100


def slug(stem: str, *parts: str) -> str:
    """Return a file-safe name from `stem` and `parts`; a checksum keeps different parts apart.

    Of an absolute path only the end counts, because the rest differs between machines.
    """
    text = "_".join(
        part.rstrip("/").rpartition("/")[2] if part.startswith("/") else part
        for part in parts
        if part not in (".", "*")
    )
    kept = re.sub(r"[^a-z0-9_]+", "_", text.lower(), flags=re.ASCII).strip("_")[:_LONGEST]
    name = f"{stem}_{kept}" if kept else stem
    if len(parts) > 1 or not _WORD.match(text) or kept != text or parts != (text,):
        distinct = zlib.crc32("\0".join(parts).encode(errors="surrogatepass"))
        return name if parts in ((".",), (".", "*")) else f"{name}_{distinct:08x}"
    return name


def directory(dir: object, of: str) -> str:
    """Return `dir`, the argument of the constructor `of`. Raises InvalidValue unless it is text that is not empty."""
    name = arg.string.accept(dir, of=f"dir of {of}")
    if not name:
        raise InvalidValue(f"dir of {of} is empty: the project's own directory is '.'", objects=[dir])
    return name


def source(directory: str) -> str:
    """Return `directory` for a device's `sources`, as a directory that dune ignores."""
    return f"{directory.rstrip('/')}/"


def printed(tool: str, hint: str, directory: str, command: str, info: Info) -> Sexp:
    """Return the action that runs the shell `command` in `directory`; its output is the target. It requires `tool`."""
    script = f"set -e\n{there(tool, hint, directory)}\n{entered(directory, info)}\n{command}"
    return ("with-stdout-to", Verbatim("%{targets}"), ("system", script))
